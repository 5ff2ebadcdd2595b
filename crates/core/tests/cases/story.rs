//! A case, told line by line, and what it must be on a day.
#![allow(dead_code, reason = "each test file tells its own stories")]
use crate::policies::policy;
use fairwatch_core::clocks::{
    AgeBand, Change, Event, Facts, Refused, Rule, Scope, Stage, State, What, changes, refusal, state,
};
use jiff::civil::Date;
use std::cell::RefCell;

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect(text)
}

/// A case, told line by line.
pub(crate) struct Story {
    policy: &'static str,
    pub(crate) facts: Facts,
    events: RefCell<Vec<Event<'static>>>,
}

pub(crate) fn story(policy: &'static str) -> Story {
    Story { policy, facts: Facts::default(), events: RefCell::default() }
}

impl Story {
    pub(crate) fn born(mut self, born: &str) -> Self {
        self.facts.born = Some(day(born));
        self
    }
    pub(crate) fn looks(mut self, age: AgeBand) -> Self {
        self.facts.apparent_age = age;
        self
    }
    pub(crate) fn unidentified(mut self) -> Self {
        self.facts.identified = false;
        self
    }
    pub(crate) fn and(&self, on: &str, what: What<'static>) -> &Self {
        let event = Event { on: day(on), what };
        let refused = refusal(&policy(self.policy), self.facts, &self.events.borrow(), &event);
        assert!(
            matches!(refused, None | Some(Refused::UnderMinimumAge)),
            "{on} {what:?} is refused: {refused:?}"
        );
        self.events.borrow_mut().push(event);
        self
    }
    pub(crate) fn refuses(&self, on: &str, what: What<'static>, why: Refused) -> &Self {
        let event = Event { on: day(on), what };
        assert_eq!(refusal(&policy(self.policy), self.facts, &self.events.borrow(), &event), Some(why));
        self
    }
    pub(crate) fn report(&self, on: &str, id: &'static str) -> &Self {
        self.and(on, What::Report { id: Some(id), incident: None, occurred: day(on), images: 1 })
    }
    pub(crate) fn report_of(&self, on: &str, id: &'static str, incident: &'static str) -> &Self {
        self.and(on, What::Report { id: Some(id), incident: Some(incident), occurred: day(on), images: 1 })
    }
    pub(crate) fn excluded(&self, on: &str, ends: &str) -> &Self {
        self.and(on, What::Exclusion { ends: day(ends), scope: Scope::Scheme })
    }
    pub(crate) fn on(&self, on: &str) -> State<'static> {
        state(&policy(self.policy), self.facts, &self.events.borrow(), day(on))
    }
    /// Stage, end and rule on a day.
    pub(crate) fn is(&self, on: &str, stage: Stage, until: &str, rule: Rule) -> &Self {
        let state = self.on(on);
        assert_eq!(
            (state.stage, state.until, state.rule),
            (stage, Some(day(until)), Some(rule)),
            "{on}: {}",
            state.because
        );
        self
    }
    pub(crate) fn stage(&self, on: &str, stage: Stage) -> &Self {
        assert_eq!(self.on(on).stage, stage, "{on}");
        self
    }
    pub(crate) fn goes(&self, expected: &[(&str, Stage)]) -> &Self {
        let expected: Vec<_> =
            expected.iter().map(|(on, stage)| Change { on: day(on), stage: *stage }).collect();
        assert_eq!(changes(&policy(self.policy), self.facts, &self.events.borrow()), expected);
        self
    }
}

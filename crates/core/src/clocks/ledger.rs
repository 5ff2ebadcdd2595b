//! The ledger of a case, taken event by event: the subject and everything that surrounds it.
use super::{
    answers::{Change, Excluded, Rule, Stage, State},
    calendar::months_on,
    events::{Event, Refused, What},
    facts::{Facts, Person},
    police::Police,
    subject::{Fate, Notes, Subject},
    track::{Origin, Taken, Track, replay},
    words,
};
use crate::policy::retention::Retention;
use jiff::civil::Date;
use std::collections::HashSet;

/// A legal hold, an open access request or a running proceeding (RET-11).
#[derive(Clone, Copy, Debug)]
pub(super) struct Hold<'a> {
    pub(super) id: &'a str,
    /// The first day on which it no longer counts, planned or reached.
    pub(super) ends: Option<Date>,
}

impl Hold<'_> {
    pub(super) fn is_open(&self, day: Date) -> bool {
        self.ends.is_none_or(|ends| ends > day)
    }
}

/// A subject whose deletion fell due while a hold was open.
#[derive(Clone, Debug)]
pub(super) struct Frozen<'a> {
    pub(super) on: Date,
    pub(super) holds: Vec<Hold<'a>>,
    /// Settled on the day on which deletion fell due (RET-7).
    pub(super) stub: Option<u32>,
    pub(super) why: Why,
}

impl Frozen<'_> {
    /// The day on which the last hold ends, if all have an end.
    pub(super) fn until(&self) -> Option<Date> {
        self.holds.iter().try_fold(self.on, |last, hold| Some(last.max(hold.ends?)))
    }
}

/// Why a subject is no longer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    Due(Rule),
    Erased,
    ReportRemoved,
    UnderMinimumAge,
}

/// How the latest subject left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    pub(super) on: Date,
    pub(super) why: Why,
    /// Until when a record of it is kept.
    pub(super) stub: Option<Date>,
}

/// Ids that must not be repeated. A handful is searched in a row; many are hashed.
#[derive(Clone, Debug, Default)]
struct Ids<'a> {
    few: Vec<&'a str>,
    many: HashSet<&'a str>,
}

impl<'a> Ids<'a> {
    const FEW: usize = 16;

    fn contains(&self, id: &str) -> bool {
        self.few.contains(&id) || (!self.many.is_empty() && self.many.contains(id))
    }

    fn insert(&mut self, id: &'a str) {
        if self.few.len() < Self::FEW {
            self.few.push(id);
        } else {
            self.many.insert(id);
        }
    }
}

/// The state of a case after the events taken so far.
#[derive(Clone, Debug)]
pub(super) struct Ledger<'r, 'a> {
    pub(super) rules: &'r Retention,
    pub(super) today: Date,
    pub(super) track: Track<'a>,
    /// The present subject's events from its first report, and what was known before: what a removal works
    /// out again.
    life: Vec<Event<'a>>,
    origin: Origin,
    pub(super) stage: Stage,
    pub(super) restricted: Option<Date>,
    pub(super) holds: Vec<Hold<'a>>,
    /// While the stage is frozen the last of these is the present subject.
    pub(super) frozen: Vec<Frozen<'a>>,
    stubs: Vec<(Date, Date)>,
    police: Police<'a>,
    report_ids: Ids<'a>,
    hold_ids: Ids<'a>,
    pub(super) left: Option<Left>,
    /// The latest report that was refused under the minimum age.
    pub(super) refused: Option<(Date, Option<&'a str>)>,
    changes: Vec<Change>,
}

impl<'r, 'a> Ledger<'r, 'a> {
    pub(super) fn new(rules: &'r Retention, facts: Facts) -> Self {
        let origin = Origin { person: Person::new(facts), notes: Notes::default(), exclusions: 0 };
        Self {
            rules,
            today: Date::MIN,
            track: Track { known: origin, subject: None },
            life: Vec::new(),
            origin,
            stage: Stage::None,
            restricted: None,
            holds: Vec::new(),
            frozen: Vec::new(),
            stubs: Vec::new(),
            police: Police::default(),
            report_ids: Ids::default(),
            hold_ids: Ids::default(),
            left: None,
            refused: None,
            changes: Vec::with_capacity(4),
        }
    }

    /// Every change of stage so far.
    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    pub(super) fn person(&self) -> &Person {
        &self.track.known.person
    }

    /// A day begins, and the days before it have passed: what is due has happened.
    pub(super) fn begin(&mut self, day: Date) {
        self.fall_due(day, None);
        self.end_frozen(day);
        self.today = self.today.max(day);
    }

    /// Takes an event. One that is refused changes nothing but what was due before it.
    pub(super) fn take(&mut self, event: &Event<'a>) -> Result<Taken, Refused> {
        self.begin(event.on);
        self.check(event)?;
        let taken = self.enter(event);
        self.fall_due(event.on, Some(event.on));
        self.end_frozen(event.on);
        // A stage that what the event made due ended at once was never entered.
        if let Some(stage) = self.track.subject.as_ref().map(Subject::stage) {
            self.change(event.on, stage);
        }
        let excluded = self.track.subject.as_ref().and_then(|subject| subject.exclusion);
        self.police.exclusion_is(excluded, event.on);
        Ok(taken)
    }

    /// Whether an event of this day can be recorded.
    fn check(&self, event: &Event<'_>) -> Result<(), Refused> {
        let on = event.on;
        let subject = self.track.subject.as_ref();
        let refuse = |fault: bool, refused: Refused| if fault { Err(refused) } else { Ok(()) };
        match event.what {
            What::Report { id, occurred, .. } => {
                refuse(occurred > on, Refused::OccurredAfterReport)?;
                refuse(id.is_some_and(|id| self.report_ids.contains(id)), Refused::ReportRepeated)
            }
            What::ReportRemoved { id } => {
                let has = |subject: &Subject<'_>| subject.reports.iter().any(|report| report.id == Some(id));
                refuse(!subject.is_some_and(has), Refused::NoSuchReport)
            }
            What::Identified => refuse(self.person().is_identified(), Refused::AlreadyIdentified),
            What::BornKnown { born } => {
                refuse(self.person().born.is_some(), Refused::BirthAlreadyKnown)?;
                refuse(born > on, Refused::BirthInFuture)
            }
            What::PublicInterest | What::Agreement { .. } => Ok(()),
            What::Exclusion { ends, .. } => {
                refuse(!subject.is_some_and(Subject::circulates), Refused::NotCirculating)?;
                refuse(ends <= on, Refused::ExclusionEndsTooSoon)
            }
            What::ExclusionLifted => {
                refuse(!subject.is_some_and(|subject| subject.is_excluded(on)), Refused::NoExclusion)
            }
            What::Hold { id, ends } => {
                refuse(self.hold_ids.contains(id), Refused::HoldRepeated)?;
                refuse(subject.is_none(), Refused::NoSubject)?;
                refuse(ends.is_some_and(|ends| ends <= on), Refused::HoldEndsTooSoon)
            }
            What::HoldEnded { id } => {
                let mut holds = self.holds.iter().chain(self.frozen.iter().flat_map(|frozen| &frozen.holds));
                refuse(!holds.any(|hold| hold.id == id && hold.is_open(on)), Refused::NoHold)
            }
            What::Restricted => {
                refuse(subject.is_none(), Refused::NoSubject)?;
                refuse(self.restricted.is_some(), Refused::AlreadyRestricted)
            }
            What::RestrictionEnded => refuse(self.restricted.is_none(), Refused::NotRestricted),
            What::Erased => refuse(subject.is_none(), Refused::NoSubject),
            What::PoliceItem { id } => refuse(self.police.knows(id), Refused::PoliceItemRepeated),
            What::PoliceReview { id, .. } => refuse(!self.police.can_review(id), Refused::NoPoliceItem),
        }
    }

    /// Enters an event that was checked.
    fn enter(&mut self, event: &Event<'a>) -> Taken {
        let on = event.on;
        let known = self.track.known;
        let had_subject = self.track.subject.is_some();
        let taken = self.track.take(event, self.rules);
        if !had_subject && self.track.subject.is_some() {
            // Frozen subjects took their holds with them; the new one has none, and no restriction.
            self.life.clear();
            self.origin = known;
            self.holds.clear();
            self.restricted = None;
        }
        if self.track.subject.is_some() {
            self.life.push(*event);
        }
        match event.what {
            What::Report { id, .. } => {
                if let Some(id) = id {
                    self.report_ids.insert(id);
                }
                if taken == Taken::UnderMinimumAge && self.track.subject.is_none() {
                    self.refused = Some((on, id));
                    self.restricted = None;
                    self.change(on, Stage::Refused);
                }
            }
            What::ReportRemoved { .. } => self.work_out_again(on),
            What::BornKnown { .. } if taken == Taken::MustErase => self.leave(on, None, Why::UnderMinimumAge),
            What::Hold { id, ends } => {
                self.hold_ids.insert(id);
                self.holds.push(Hold { id, ends });
            }
            What::HoldEnded { id } => {
                let frozen = self.frozen.iter_mut().flat_map(|frozen| &mut frozen.holds);
                if let Some(hold) = self.holds.iter_mut().chain(frozen).find(|hold| hold.id == id) {
                    hold.ends = Some(on);
                }
            }
            What::Restricted => self.restricted = Some(on),
            What::RestrictionEnded => self.restricted = None,
            What::Erased => self.leave(on, None, Why::Erased),
            What::PoliceItem { id } => self.police.authorise(id, on),
            What::PoliceReview { id, outcome } => self.police.review(id, outcome, on),
            _ => {}
        }
        taken
    }

    /// A report was removed: the subject is worked out again without it. What is left of it that would have
    /// been deleted is erased; what would be frozen is.
    fn work_out_again(&mut self, on: Date) {
        let again = replay(&self.life, self.origin, &self.holds, self.rules);
        if !again.void.is_empty() {
            self.police.exclusions_are_void(&again.void, on);
        }
        if again.track.subject.is_some() {
            self.track = again.track;
            self.origin = again.origin;
            self.life.drain(..again.from);
        } else {
            self.leave(on, again.frozen.and_then(|frost| frost.stub), Why::ReportRemoved);
        }
    }

    /// Everything falls due that is due by a day. What an event makes due happens at once, on its day.
    fn fall_due(&mut self, day: Date, at_once: Option<Date>) {
        while let Some(subject) = &mut self.track.subject {
            let due = subject.due(self.rules, &self.track.known.person);
            if due.on > day {
                return;
            }
            let on = at_once.unwrap_or(due.on);
            match due.what {
                Fate::Withdrawal => {
                    subject.withdraw();
                    self.change(on, Stage::Held);
                }
                Fate::Deletion { stub } => {
                    if at_once.is_none() {
                        self.police.subject_left(on);
                    }
                    self.leave(on, stub, Why::Due(due.rule));
                }
            }
        }
    }

    /// The subject is deleted, or frozen if a hold is open.
    fn leave(&mut self, on: Date, stub: Option<u32>, why: Why) {
        self.track.subject = None;
        let holds = std::mem::take(&mut self.holds);
        if holds.iter().any(|hold| hold.is_open(on)) {
            self.frozen.push(Frozen { on, holds, stub, why });
            self.change(on, Stage::Frozen);
        } else {
            self.restricted = None;
            self.delete(on, stub, why);
            self.change(on, Stage::Deleted);
        }
    }

    fn delete(&mut self, on: Date, stub: Option<u32>, why: Why) {
        let stub = stub.map(|months| months_on(on, months));
        self.left = Some(Left { on, why, stub });
        self.stubs.extend(stub.map(|until| (on, until)));
    }

    /// Frozen subjects whose last hold has ended by a day are deleted.
    fn end_frozen(&mut self, day: Date) {
        for i in (0..self.frozen.len()).rev() {
            let Some(on) = self.frozen[i].until().filter(|until| *until <= day) else { continue };
            let is_present = self.stage == Stage::Frozen && i + 1 == self.frozen.len();
            let frozen = self.frozen.remove(i);
            let left = self.left;
            self.delete(on, frozen.stub, frozen.why);
            if is_present {
                self.restricted = None;
                self.change(on, Stage::Deleted);
            } else {
                // An earlier subject: the words are about the latest.
                self.left = left;
            }
        }
    }

    fn change(&mut self, on: Date, stage: Stage) {
        if self.stage != stage {
            self.stage = stage;
            self.changes.push(Change { on, stage });
        }
    }

    /// The day on which the present stage ends if nothing more happens, and the rule that set it.
    pub(super) fn until(&self) -> (Option<Date>, Option<Rule>) {
        if let Some(subject) = &self.track.subject {
            let due = subject.due(self.rules, self.person());
            return (Some(due.on), Some(due.rule));
        }
        match self.frozen.last().filter(|_| self.stage == Stage::Frozen).and_then(Frozen::until) {
            Some(until) => (Some(until), Some(Rule::LegalHold)),
            None => (None, None),
        }
    }

    /// What holds on a day, no earlier than the latest event taken.
    pub(super) fn state(&mut self, day: Date) -> State<'a> {
        self.begin(day);
        let subject = self.track.subject.as_ref();
        let (until, rule) = self.until();
        let (incidents, images) =
            subject.map_or((0, 0), |subject| subject.in_use(self.rules, self.person(), day));
        let deletion = subject.map(|subject| subject.deletion(self.rules, self.person()));
        State {
            on: day,
            stage: self.stage,
            members_see: self.stage == Stage::Circulating && self.restricted.is_none(),
            restricted: self.restricted.is_some(),
            until,
            rule,
            because: words::because(self),
            column: subject.map(|subject| subject.column),
            incidents,
            images,
            police_items: self.police.open(day),
            stub: self.stubs.iter().any(|(from, until)| (*from..*until).contains(&day)),
            frozen: !self.frozen.is_empty(),
            deletion: deletion.map(|due| due.on),
            excluded: subject
                .and_then(|subject| subject.exclusion)
                .filter(|exclusion| exclusion.ends > day)
                .map(|exclusion| Excluded { number: exclusion.number, ends: exclusion.ends }),
            stub_due: deletion.is_some_and(|due| matches!(due.what, Fate::Deletion { stub: Some(_) })),
        }
    }
}

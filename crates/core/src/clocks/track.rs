//! The person, what was noted for the next subject, and the subject that there is: what a replay works out
//! again when a report is removed (RET-16).
use super::{
    events::{Event, What},
    facts::Person,
    subject::{Counts, Fate, Notes, Report, Subject},
};
use crate::policy::retention::Retention;
use jiff::civil::Date;

/// What was known before a subject's first report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) person: Person,
    /// Noted for the next subject.
    pub(super) notes: Notes,
}

#[derive(Clone, Debug)]
pub(super) struct Track<'a> {
    pub(super) known: Origin,
    pub(super) subject: Option<Subject<'a>>,
}

/// What an event did beyond the subject's own clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Done,
    /// A report on somebody under the minimum age.
    UnderMinimumAge,
    /// The subject turned out to be under the minimum age.
    MustErase,
}

impl<'a> Track<'a> {
    /// Takes an event whose day has begun. One that has nothing to work on counts for nothing: in a replay
    /// an exclusion may be void, and what it lifted with it.
    pub(super) fn take(&mut self, event: &Event<'a>, rules: &Retention) -> Taken {
        let on = event.on;
        let person = &mut self.known.person;
        match (event.what, &mut self.subject) {
            (What::Report { id, incident, occurred, images }, subject) => {
                if person.is_below(rules.minimum_age, on) {
                    return Taken::UnderMinimumAge;
                }
                let (counts, column) = (Counts::First, person.column(on));
                let report = Report { id, incident, on, occurred, images, counts, column };
                match subject {
                    Some(subject) => subject.report(report, rules),
                    None => {
                        let notes = std::mem::take(&mut self.known.notes);
                        *subject = Some(Subject::new(report, notes, rules));
                    }
                }
            }
            (What::Identified, subject) => {
                person.identify(on);
                if let Some(subject) = subject {
                    subject.person_changed(person, rules, on);
                }
            }
            (What::BornKnown { born }, subject) => {
                person.born = Some(born);
                if let Some(subject) = subject {
                    if person.is_below(rules.minimum_age, subject.reports[subject.latest()].on) {
                        return Taken::MustErase;
                    }
                    subject.person_changed(person, rules, on);
                }
            }
            (What::PublicInterest, subject) => {
                subject
                    .as_mut()
                    .map_or(&mut self.known.notes, |subject| &mut subject.notes)
                    .public_interest = true;
                if let Some(subject) = subject {
                    subject.noted(rules, on);
                }
            }
            (What::Agreement { by }, subject) => {
                subject.as_mut().map_or(&mut self.known.notes, |subject| &mut subject.notes).agree(by);
                if let Some(subject) = subject {
                    subject.noted(rules, on);
                }
            }
            (What::Exclusion { ends, scope }, Some(subject)) if subject.circulates() => {
                subject.exclude(ends, scope, rules, on);
            }
            (What::ExclusionLifted, Some(subject)) if subject.is_excluded(on) => subject.lift(rules, on),
            _ => {}
        }
        Taken::Done
    }

    /// Lets everything fall due that is due by a day, as if no hold were open: only whether the subject
    /// lives on is asked.
    fn fall_due(&mut self, day: Date, rules: &Retention) {
        while let Some(subject) = &mut self.subject {
            let due = subject.due(rules, &self.known.person);
            if due.on > day {
                return;
            }
            match due.what {
                Fate::Withdrawal => subject.withdraw(),
                Fate::Deletion { .. } => self.subject = None,
            }
        }
    }
}

/// What is left when a subject is worked out again.
pub(super) struct Replayed<'a> {
    pub(super) track: Track<'a>,
    pub(super) origin: Origin,
    /// The place in the ledger at which the subject that is left begins.
    pub(super) from: usize,
}

/// Works a subject out again from its first report, as if the reports that the ledger removes had never
/// been made. Where a report would have come after a deletion, the subject is the later one.
pub(super) fn replay<'a>(ledger: &[Event<'a>], origin: Origin, rules: &Retention) -> Replayed<'a> {
    let mut removed: Vec<&str> = Vec::new();
    removed.extend(ledger.iter().filter_map(|event| match event.what {
        What::ReportRemoved { id } => Some(id),
        _ => None,
    }));
    let mut left = Replayed { track: Track { known: origin, subject: None }, origin, from: 0 };
    for (place, event) in ledger.iter().enumerate() {
        left.track.fall_due(event.on, rules);
        if matches!(event.what, What::Report { id: Some(id), .. } if removed.contains(&id)) {
            continue;
        }
        let (known, none_before) = (left.track.known, left.track.subject.is_none());
        if left.track.take(event, rules) == Taken::MustErase {
            left.track.subject = None;
        }
        if none_before && left.track.subject.is_some() {
            left.origin = known;
            left.from = place;
        }
        left.track.fall_due(event.on, rules);
    }
    left
}

//! The person, what was noted for the next subject, and the subject that there is: what a replay works out
//! again when a report is removed (RET-16).
use super::{
    events::{Event, What},
    facts::Person,
    ledger::Hold,
    subject::{Fate, Notes, Report, Subject},
};
use crate::policy::retention::Retention;
use jiff::civil::Date;

/// What was known before a subject's first report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) person: Person,
    /// Noted for the next subject.
    pub(super) notes: Notes,
    /// How many exclusions there have been.
    pub(super) exclusions: u32,
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
                let report = Report { occurred, images, ..Report::new(id, incident, on, person.column(on)) };
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
            (What::Exclusion { ends, scope }, subject) => {
                self.known.exclusions += 1;
                if let Some(subject) = subject.as_mut().filter(|subject| subject.circulates()) {
                    subject.exclude(self.known.exclusions, ends, scope, rules, on);
                }
            }
            (What::ExclusionLifted, Some(subject)) if subject.is_excluded(on) => subject.lift(rules, on),
            _ => {}
        }
        Taken::Done
    }
}

/// What is left when a subject is worked out again.
pub(super) struct Replayed<'a> {
    pub(super) track: Track<'a>,
    pub(super) origin: Origin,
    /// The place in the ledger at which the subject that is left begins.
    pub(super) from: usize,
    /// Where the subject is gone: that it would be frozen now, and the record due when its holds end.
    pub(super) frozen: Option<Frost>,
    /// The numbers of the exclusions that are void.
    pub(super) void: Vec<u32>,
    holds: Vec<Hold<'a>>,
}

/// A subject that would have been frozen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frost {
    pub(super) stub: Option<u32>,
    until: Option<Date>,
}

impl Replayed<'_> {
    /// Lets everything fall due that is due by a day.
    fn fall_due(&mut self, day: Date, rules: &Retention) {
        while let Some(subject) = &mut self.track.subject {
            let due = subject.due(rules, &self.track.known.person);
            if due.on > day {
                return;
            }
            match due.what {
                Fate::Withdrawal => subject.withdraw(),
                Fate::Deletion { stub } => {
                    self.track.subject = None;
                    if self.holds.iter().any(|hold| hold.is_open(due.on)) {
                        let last = |last: Date, hold: &Hold<'_>| Some(last.max(hold.ends?));
                        self.frozen = Some(Frost { stub, until: self.holds.iter().try_fold(due.on, last) });
                    }
                }
            }
        }
        self.frozen = self.frozen.filter(|frost| frost.until.is_none_or(|until| until > day));
    }
}

/// Works a subject out again from its first report, as if the reports that the ledger removes had never
/// been made. Where a report would have come after a deletion or freezing, the subject is the later one.
///
/// `holds` are all that the subject has had, with the days on which they ended: they stay, and only whether
/// it would be frozen or gone by now hangs on them.
pub(super) fn replay<'a>(
    ledger: &[Event<'a>],
    origin: Origin,
    holds: &[Hold<'a>],
    rules: &Retention,
) -> Replayed<'a> {
    let removed: Vec<&str> = ledger.iter().filter_map(removes).collect();
    let made = |event: &Event<'a>| match event.what {
        What::Hold { id, .. } => Some(id),
        _ => None,
    };
    // Holds that came from an earlier part of the subject, worked out before, are there from the start.
    let inherited = holds.iter().filter(|hold| !ledger.iter().filter_map(made).any(|id| id == hold.id));
    let mut left = Replayed {
        track: Track { known: origin, subject: None },
        origin,
        from: 0,
        frozen: None,
        void: Vec::new(),
        holds: inherited.copied().collect(),
    };
    for (place, event) in ledger.iter().enumerate() {
        left.fall_due(event.on, rules);
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
            left.frozen = None;
        }
        let number = left.track.known.exclusions;
        let stands = |subject: &Subject<'_>| subject.exclusion.is_some_and(|made| made.number == number);
        if number > known.exclusions && !left.track.subject.as_ref().is_some_and(stands) {
            left.void.push(number);
        }
        if let Some(hold) = made(event).and_then(|id| holds.iter().find(|hold| hold.id == id)) {
            left.holds.push(*hold);
            if let Some(frost) = &mut left.frozen {
                frost.until = frost.until.and_then(|until| Some(until.max(hold.ends?)));
            }
        }
        left.fall_due(event.on, rules);
    }
    left
}

fn removes<'a>(event: &Event<'a>) -> Option<&'a str> {
    match event.what {
        What::ReportRemoved { id } => Some(id),
        _ => None,
    }
}

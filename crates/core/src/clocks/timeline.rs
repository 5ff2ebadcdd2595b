//! The questions that the live system asks.
use super::{
    answers::{Change, Stage, State},
    calendar::plus_months,
    events::{Event, Refused},
    facts::{Facts, Person},
    ledger::Ledger,
    track::Taken,
};
use crate::policy::retention::Retention;
use jiff::civil::Date;

/// An event of the ledger that could not be taken, and so counts for nothing: what was recorded before a
/// report that was approved late may no longer fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its place in the events as they were given.
    pub event: usize,
    /// Why.
    pub refused: Refused,
}

/// A stretch of a subject's life in one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The first day.
    pub from: Date,
    /// The first day on which it is over, if it ever is.
    pub to: Option<Date>,
    /// The stage.
    pub stage: Stage,
    /// Whether it is still to come.
    pub is_planned: bool,
}

/// A subject's life as it looks on a day: what was, what is, and what comes if nothing more happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline<'a> {
    /// What holds on the day (RET-12).
    pub now: State<'a>,
    /// The changes up to and on the day.
    pub past: Vec<Change>,
    /// The changes to come if nothing more happens. Planned ends of holds and exclusions do happen.
    pub planned: Vec<Change>,
    /// The stages with their days, for a bar; stages that did not outlast their day are left out.
    pub segments: Vec<Segment>,
    /// Events up to the day that could not be taken.
    pub passed_over: Vec<PassedOver>,
}

impl Timeline<'_> {
    /// The day on which the subject is deleted, or was; none if that hangs on a hold without an end.
    #[must_use]
    pub fn deleted_on(&self) -> Option<Date> {
        let last = self.planned.last().or(self.past.last())?;
        (last.stage == Stage::Deleted).then_some(last.on)
    }
}

/// Takes what happened up to a day, in the order of days and within a day in the order given. What cannot
/// be taken is passed over.
fn take<'r, 'a>(
    rules: &'r Retention,
    facts: Facts,
    events: &[Event<'a>],
    until: Date,
) -> (Ledger<'r, 'a>, Vec<PassedOver>) {
    let mut order: Vec<usize> = (0..events.len()).filter(|&i| events[i].on <= until).collect();
    order.sort_by_key(|&i| events[i].on);
    let mut ledger = Ledger::new(rules, facts);
    let mut passed_over = Vec::new();
    for event in order {
        if let Err(refused) = ledger.take(&events[event]) {
            passed_over.push(PassedOver { event, refused });
        }
    }
    (ledger, passed_over)
}

/// What holds on a day, after the day's events, knowing nothing later (RET-1 to RET-8, RET-10).
#[must_use]
pub fn state<'a>(rules: &Retention, facts: Facts, events: &[Event<'a>], on: Date) -> State<'a> {
    take(rules, facts, events, on).0.state(on)
}

/// Every change of stage in order, up to the last, as if nothing more happened after the last event.
#[must_use]
pub fn changes(rules: &Retention, facts: Facts, events: &[Event<'_>]) -> Vec<Change> {
    let mut ledger = take(rules, facts, events, Date::MAX).0;
    ledger.begin(Date::MAX);
    ledger.changes().to_vec()
}

/// A subject's life as it looks on a day (RET-12).
#[must_use]
pub fn timeline<'a>(rules: &Retention, facts: Facts, events: &[Event<'a>], on: Date) -> Timeline<'a> {
    let (mut ledger, passed_over) = take(rules, facts, events, on);
    let now = ledger.state(on);
    let so_far = ledger.changes().len();
    ledger.begin(Date::MAX);
    let (past, planned) = ledger.changes().split_at(so_far);
    let all = ledger.changes();
    let segments = all.iter().enumerate().map(|(i, change)| Segment {
        from: change.on,
        to: all.get(i + 1).map(|next| next.on),
        stage: change.stage,
        is_planned: i >= so_far,
    });
    Timeline {
        now,
        past: past.to_vec(),
        planned: planned.to_vec(),
        segments: segments.filter(|segment| segment.to != Some(segment.from)).collect(),
        passed_over,
    }
}

/// Why an event could not be recorded, as the ledger stands on its day: `None` if it could.
///
/// A report on a person under the minimum age is refused here, so that nothing of it is stored (SUB-4). The
/// event comes after those of its day that are there.
#[must_use]
pub fn refusal(
    rules: &Retention,
    facts: Facts,
    events: &[Event<'_>],
    proposed: &Event<'_>,
) -> Option<Refused> {
    match take(rules, facts, events, proposed.on).0.take(proposed) {
        Err(refused) => Some(refused),
        Ok(Taken::UnderMinimumAge) => Some(Refused::UnderMinimumAge),
        Ok(Taken::Done | Taken::MustErase) => None,
    }
}

/// Whether a person is under an age on a day, by what is known: an apparent age band counts only where all of it lies
/// below (SUB-4).
#[must_use]
pub fn is_under(facts: Facts, years: u8, on: Date) -> bool {
    Person::new(facts).is_below(Some(years), on)
}

/// The day on which an incident is deleted, whatever becomes of its subjects; `None` if the policy sets none
/// (RET-6, INC-8).
///
/// `reported` is the day of its first report, which decides the column, and `occurred` the day on which it
/// happened.
#[must_use]
pub fn incident_ends(rules: &Retention, facts: Facts, reported: Date, occurred: Date) -> Option<Date> {
    let column = Person::new(facts).column(reported);
    rules.rules(column).incident.and_then(|months| plus_months(occurred, months))
}

/// The day on which an image is deleted if the person has not been named before it begins; `None` if the
/// policy sets none (RET-6).
#[must_use]
pub fn image_ends(rules: &Retention, facts: Facts, reported: Date) -> Option<Date> {
    let column = Person::new(facts).column(reported);
    rules.rules(column).unidentified_image.and_then(|months| plus_months(reported, months))
}

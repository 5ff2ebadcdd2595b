//! Police items run on a track of their own, whatever the stage of the subject (DIS-12).
use super::{calendar::days_on, events::Outcome};
use jiff::civil::Date;

/// The earliest and the latest review after an authorisation, in days.
const EARLIEST: i32 = 60;
const LATEST: i32 = 120;

#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    id: &'a str,
    authorised: Date,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Open until its review falls due.
    Open,
    /// A review fell due on a day that has begun.
    Overdue,
    Withdrawn,
}

/// The items of a case, and the exclusion that may delay their reviews.
///
/// The exclusion is known by the day on which it ends as things stand. Items are settled before each event
/// may change that day, so that what an event changes never moves a review that fell due before it.
#[derive(Clone, Debug)]
pub(super) struct Police<'a> {
    items: Vec<Item<'a>>,
    excluded_until: Option<Date>,
    /// An exclusion that an event of a day lifts, replaces or cuts still counts for that day.
    not_before: Date,
}

impl<'a> Police<'a> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), excluded_until: None, not_before: Date::MIN }
    }

    fn due(&self, authorised: Date) -> Date {
        let free = days_on(authorised, EARLIEST).max(self.excluded_until.unwrap_or(Date::MIN));
        free.max(self.not_before).min(days_on(authorised, LATEST))
    }

    /// The day has begun, and what is due on it has happened: reviews that are due by now stay due.
    pub(super) fn begin(&mut self, day: Date) {
        for i in 0..self.items.len() {
            let item = self.items[i];
            if item.standing == Standing::Open && self.due(item.authorised) <= day {
                self.items[i].standing = Standing::Overdue;
            }
        }
    }

    /// A subject was deleted or frozen as that day began, which ends its exclusion.
    pub(super) fn subject_left(&mut self, day: Date) {
        self.excluded_until = self.excluded_until.map(|ends| ends.min(day));
    }

    /// After the events of a day: when the exclusion in force now ends.
    pub(super) fn exclusion_is(&mut self, excluded_until: Option<Date>, today: Date) {
        if self.excluded_until != excluded_until {
            self.excluded_until = excluded_until;
            self.not_before = days_on(today, 1);
        }
    }

    /// The exclusion that was in force turned out void, and counts for nothing: reviews that it alone held
    /// back are due at once.
    pub(super) fn exclusion_was_void(&mut self, excluded_until: Option<Date>, today: Date) {
        self.excluded_until = excluded_until;
        self.begin(today);
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        self.items.iter().any(|item| item.id == id)
    }

    pub(super) fn can_review(&self, id: &str) -> bool {
        self.items.iter().any(|item| item.id == id && item.standing != Standing::Withdrawn)
    }

    pub(super) fn authorise(&mut self, id: &'a str, on: Date) {
        self.items.push(Item { id, authorised: on, standing: Standing::Open });
    }

    pub(super) fn review(&mut self, id: &str, outcome: Outcome, on: Date) {
        if let Some(item) = self.items.iter_mut().find(|item| item.id == id) {
            item.authorised = on;
            item.standing = match outcome {
                Outcome::Keep => Standing::Open,
                Outcome::Withdraw => Standing::Withdrawn,
            };
        }
    }

    /// The items open to recipients on a day, sorted.
    pub(super) fn open(&self, day: Date) -> Vec<&'a str> {
        let open = |item: &&Item<'_>| item.standing == Standing::Open && self.due(item.authorised) > day;
        let mut ids: Vec<_> = self.items.iter().filter(open).map(|item| item.id).collect();
        ids.sort_unstable();
        ids
    }
}

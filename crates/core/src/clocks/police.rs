//! Police items run on a track of their own, whatever the stage of the subject (DIS-12).
use super::{calendar::days_on, events::Outcome, subject::Exclusion};
use jiff::civil::Date;

/// The earliest review after an authorisation, in days.
pub const EARLIEST: i32 = 60;
/// The latest, while an exclusion is in force.
pub const LATEST: i32 = 120;

#[derive(Clone, Copy, Debug)]
struct Item<'a> {
    id: &'a str,
    authorised: Date,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Open until its review falls due, which follows from the exclusions.
    Open,
    /// Its review fell due before exclusions were worked out anew.
    Overdue,
    Withdrawn,
}

/// The days that begin with an exclusion in force. What an event of a day does to an exclusion, be it making
/// or ending it, counts from the next day on, so that later events never move a review that has fallen due.
#[derive(Clone, Copy, Debug)]
struct Span {
    number: u32,
    from: Date,
    to: Date,
}

/// The items of a case, and the exclusions that may delay their reviews.
#[derive(Clone, Debug, Default)]
pub(super) struct Police<'a> {
    items: Vec<Item<'a>>,
    /// One after the other: no two are in force as a day begins.
    spans: Vec<Span>,
}

impl<'a> Police<'a> {
    /// The first day from 60 days on that begins without an exclusion in force, within 120 days.
    fn due(&self, authorised: Date) -> Date {
        let free = self.spans.iter().fold(days_on(authorised, EARLIEST), |day, span| {
            if span.from <= day && day < span.to { span.to } else { day }
        });
        free.min(days_on(authorised, LATEST))
    }

    /// A subject was deleted or frozen as that day began, which ended its exclusion.
    pub(super) fn subject_left(&mut self, day: Date) {
        if let Some(span) = self.spans.last_mut() {
            span.to = span.to.min(day);
        }
    }

    /// After an event: the exclusion as it now stands.
    pub(super) fn exclusion_is(&mut self, exclusion: Option<Exclusion>, today: Date) {
        let tomorrow = days_on(today, 1);
        let number = exclusion.map(|exclusion| exclusion.number);
        if let Some(span) = self.spans.last_mut().filter(|span| Some(span.number) != number) {
            span.to = span.to.min(tomorrow);
        }
        let Some(Exclusion { number, made, ends, lifted, .. }) = exclusion else { return };
        let to = if lifted { days_on(ends, 1) } else { ends };
        match self.spans.last_mut().filter(|span| span.number == number) {
            Some(span) => span.to = to,
            None => self.spans.push(Span { number, from: days_on(made, 1), to }),
        }
    }

    /// Exclusions turned out void and count for nothing: reviews that they alone held back are due at once.
    /// An item that is closed stays so until its review.
    pub(super) fn exclusions_are_void(&mut self, numbers: &[u32], today: Date) {
        for i in 0..self.items.len() {
            let item = self.items[i];
            if item.standing == Standing::Open && self.due(item.authorised) <= today {
                self.items[i].standing = Standing::Overdue;
            }
        }
        self.spans.retain(|span| !numbers.contains(&span.number));
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

//! What stage a subject is in on a day, which rule says so, and when the next change comes.
//!
//! Everything here is a pure function of a policy's [`Retention`](crate::policy::retention::Retention), the
//! [`Facts`] of a person, the [`Event`]s that befell the subject, and a day. Deadlines are worked out each
//! time from the whole ledger of events, never stored as truth, so that a report approved late, a report
//! removed and a date of birth that becomes known all lead to the same answer as if they had been known in
//! order (RET-16).
//!
//! - [`state`]: what holds on a day, knowing nothing later (RET-1 to RET-8, RET-10, SUB-4).
//! - [`changes`]: every change of stage, those that are still to come included.
//! - [`timeline()`]: both, and the bar that a page draws from them.
//! - [`refusal`]: whether an event could be recorded, and if not, why.
//! - [`incident_ends`] and [`image_ends`]: when an incident and an unidentified person's image go (RET-6).
//! - [`simulator`]: the same for cases written as JSON.
//!
//! Inside, a subject's own clocks ([`Stage::Pending`], circulating, held) are kept apart from what
//! surrounds it (holds, records of deleted profiles, police items): removing a report works out the former
//! again and leaves the latter standing.
mod answers;
mod calendar;
mod events;
mod facts;
mod ledger;
mod police;
pub mod simulator;
mod subject;
mod timeline;
mod track;
mod words;

pub use answers::{Change, Excluded, Rule, Stage, State};
pub use calendar::plus_months;
pub use events::{Agreeing, Event, Outcome, Refused, Scope, What};
pub use facts::{AgeBand, Facts};
pub use police::{EARLIEST as POLICE_REVIEW_DAYS, LATEST as POLICE_LATEST_DAYS};
pub use subject::AGREEMENT_DAYS;
pub use timeline::{
    PassedOver, Segment, Timeline, changes, image_ends, incident_ends, is_under, refusal, state, timeline,
};

//! Members who are picked for a person: those most likely to be affected, to whom targeted data is shown and to nobody
//! else (SUB-6).
use crate::{
    ids::{MemberId, PickId},
    policy::{Category, Policy, Viewer},
};
use jiff::civil::Date;

/// That a member is picked for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The pick.
    pub id: PickId,
    /// The business whose people are shown it.
    pub member: MemberId,
    /// The first day on which it no longer counts, where there is one.
    pub ends_on: Option<Date>,
}

impl Pick {
    /// Whether it counts on a day (RET-10).
    #[must_use]
    pub fn counts(&self, today: Date) -> bool {
        self.ends_on.is_none_or(|end| today < end)
    }
}

/// The businesses that are picked on a day.
#[must_use]
pub fn on(picks: &[Pick], today: Date) -> Vec<MemberId> {
    picks.iter().filter(|pick| pick.counts(today)).map(|pick| pick.member).collect()
}

/// The categories that members see only where they were picked. Where there is none, nobody can be picked.
#[must_use]
pub fn targeted(policy: &Policy) -> Vec<Category> {
    let is_targeted = |category: &Category| {
        policy.sees(Viewer::TargetedMember, *category) && !policy.sees(Viewer::Member, *category)
    };
    Category::ALL.into_iter().filter(is_targeted).collect()
}

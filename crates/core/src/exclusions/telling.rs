//! What members are told of exclusions: who is excluded, from where and until when, and that it has ended (EXC-6, EXC-7).
use super::{InForce, Scope};
use crate::{
    ids::{MemberId, SubjectId},
    policy::{Category, Policy, Viewer},
    subjects::sight,
};
use jiff::{Span, civil::Date};

/// An exclusion as those are told of it who meet the person: nothing of why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// From all members' premises, or from some.
    pub scope: Scope,
    /// The first day on which it is over.
    pub ends_on: Date,
    /// From whose premises, with what people call them, where not from all.
    pub premises: Vec<(MemberId, String)>,
}

impl Told {
    /// An exclusion that is in force, with the names of the premises that are meant.
    #[must_use]
    pub fn of(exclusion: &InForce, name: impl Fn(MemberId) -> String) -> Self {
        let mut premises =
            exclusion.premises.iter().map(|member| (*member, name(*member))).collect::<Vec<_>>();
        premises.sort_by_cached_key(|(member, name)| (name.to_lowercase(), *member));
        Self { scope: exclusion.scope, ends_on: exclusion.ends_on, premises }
    }
    /// Whether it still holds: a day may have passed since it was read (RET-10).
    #[must_use]
    pub fn holds(&self, today: Date) -> bool {
        self.ends_on > today
    }
    /// Whether that member's premises are meant. Whoever belongs to no member asks for the whole scheme.
    #[must_use]
    pub fn reaches(&self, member: Option<MemberId>) -> bool {
        match self.scope {
            Scope::Scheme => true,
            Scope::Some => member.is_some_and(|member| self.premises.iter().any(|(one, _)| *one == member)),
        }
    }
}

/// An exclusion that has ended, for those who would have minded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The first day on which it was over.
    pub on: Date,
    /// Who was excluded, where they are still shown. Of somebody who is not, nothing is told but that one ended.
    pub subject: Option<SubjectId>,
}

/// So long members are told that an exclusion has ended.
const TOLD_DAYS: i64 = 7;

/// Whether members are told today that an exclusion ended on a day.
#[must_use]
pub fn is_news(ended: Date, today: Date) -> bool {
    ended <= today && today < ended.saturating_add(Span::new().days(TOLD_DAYS))
}

/// Whether a viewer is told of exclusions at all (VIS-1).
#[must_use]
pub fn is_told(policy: &Policy, viewer: Viewer) -> bool {
    sight::sees(policy, viewer, Category::Exclusion)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn exc_7_the_end_is_told_from_its_day_on_for_a_week() {
        let ended = date(2026, 11, 21);
        assert!(!is_news(ended, date(2026, 11, 20)));
        assert!(is_news(ended, ended) && is_news(ended, date(2026, 11, 27)));
        assert!(!is_news(ended, date(2026, 11, 28)));
    }
}

//! The board's view of what the controller and the office do, drawn from the audit alone (SEC-6): how often, beside how
//! often before, by whom, and which entries say so. Of people who are held it knows ids, and shows none.
use crate::{
    gate::{AuditClass, Role},
    scope::{InOrg, Scope},
};
use std::collections::BTreeMap;

/// What is overseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Records that were opened, searched for and listed.
    Looks,
    /// Copies that left the program.
    Exports,
    /// Holds and restrictions.
    Holds,
    /// Records made one, or parted again.
    Merges,
    /// What was erased, corrected or taken away by hand.
    Removals,
    /// Changes of the policy.
    Policy,
    /// Members and users: let in, suspended, removed.
    People,
}

impl Topic {
    /// Every topic, in the order of the page.
    pub const ALL: [Self; 7] =
        [Self::Exports, Self::Holds, Self::Merges, Self::Removals, Self::Policy, Self::People, Self::Looks];

    /// What the page calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Looks => "Looks at people",
            Self::Exports => "Copies and exports",
            Self::Holds => "Holds and restrictions",
            Self::Merges => "Merges",
            Self::Removals => "Erased or corrected by hand",
            Self::Policy => "Changes of the policy",
            Self::People => "Members and users",
        }
    }

    /// To which topic an action belongs, if it is overseen.
    #[must_use]
    pub fn of(action: &str, class: AuditClass) -> Option<Self> {
        let (feature, verb) = action.split_once('.').unwrap_or((action, ""));
        Some(match (feature, verb) {
            ("evidence", "download") | ("letters", "download") => Self::Exports,
            ("exporting", _) if class == AuditClass::Change => Self::Exports,
            ("subjects", "hold" | "end_hold" | "restrict") => Self::Holds,
            ("subjects", "merge" | "undo_merge") => Self::Merges,
            ("subjects", "erase" | "correct" | "remove_field" | "remove_report" | "move_report")
            | ("enquiries" | "evidence", "remove") => Self::Removals,
            ("policies", _) if class == AuditClass::Change => Self::Policy,
            (
                "accounts",
                "suspend" | "invite" | "revoke_invitation" | "correct" | "set_manager" | "add_member",
            )
            | ("leaving", "say" | "take_back" | "end")
            | ("importing", "take" | "undo" | "invite") => Self::People,
            ("conduct", _) if class == AuditClass::Change => Self::People,
            _ if class == AuditClass::Look && !SHOWS_NOBODY.contains(&action) => Self::Looks,
            _ => return None,
        })
    }
}

/// Looks that show nobody but colleagues, the scheme's own papers, or what one sent oneself. Any other look is one at people:
/// whoever adds an action that is none has to say so here.
pub const SHOWS_NOBODY: [&str; 22] = [
    "accounts.colleagues",
    "accreditation.show",
    "audit.list",
    "breaches.list",
    "breaches.show",
    "certifications.list",
    "conduct.list",
    "conduct.show",
    "duties.show",
    "exporting.list",
    "groups.list",
    "groups.show",
    "importing.list",
    "importing.preview",
    "leaving.show",
    "meetings.attendance",
    "news.read",
    "news.readers",
    "old_data.read",
    "oversight.show",
    "policies.open",
    "registers.list",
];

/// How many weeks are told of on the page, today's last.
pub const WEEKS: usize = 4;
/// Against so many weeks before a person's last week is measured.
pub const BEFORE: usize = 8;
/// A week is unusual from so many times the person's own weeks before.
pub const TIMES: u64 = 3;
/// And only where it is so many records more, so that a quiet week does not make an ordinary one strange.
pub const AT_LEAST: u64 = 50;

/// What a person did in the weeks that are looked at: index 0 is the last seven days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weeks(pub BTreeMap<usize, u64>);

impl Weeks {
    /// How much in one of them.
    #[must_use]
    pub fn in_week(&self, week: usize) -> u64 {
        self.0.get(&week).copied().unwrap_or(0)
    }
    /// How much in the weeks that the page tells of.
    #[must_use]
    pub fn lately(&self) -> u64 {
        (0..WEEKS).map(|week| self.in_week(week)).sum()
    }
    /// How much in a usual week of theirs, as of a week: the mean of those of the eight before it in which they did
    /// anything; nothing where there are fewer than two.
    #[must_use]
    pub fn usual(&self, week: usize) -> Option<u64> {
        let active = (week + 1..=week + BEFORE).map(|week| self.in_week(week)).filter(|n| *n > 0);
        let active = active.collect::<Vec<_>>();
        (active.len() >= 2).then(|| active.iter().sum::<u64>() / active.len() as u64)
    }
    /// Whether a week stands out against their own weeks before it. Who has none to compare with is told of once they pass
    /// the least number alone.
    #[must_use]
    pub fn is_unusual(&self, week: usize) -> bool {
        let (seen, usual) = (self.in_week(week), self.usual(week).unwrap_or(0));
        seen >= usual.saturating_mul(TIMES) && seen >= usual.saturating_add(AT_LEAST)
    }
    /// Which of the weeks that the page tells of stand out: a board that looks once a month sees each of them.
    #[must_use]
    pub fn unusual(&self) -> Vec<usize> {
        (0..WEEKS).filter(|week| self.is_unusual(*week)).collect()
    }
}

crate::gate::actions! {
    /// The board's view of what the controller and the office do (SEC-6).
    ShowOversight = "oversight.show", Look, [Role::Board], InOrg => Scope;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weeks(counts: &[u64]) -> Weeks {
        Weeks(counts.iter().copied().enumerate().collect())
    }

    #[test]
    fn sec_6_a_week_is_unusual_against_ones_own_weeks_alone() {
        assert!(!weeks(&[300, 280, 310, 290, 305]).is_unusual(0), "a busy controller is no alarm");
        assert!(weeks(&[400, 100, 120, 80]).is_unusual(0));
        assert!(!weeks(&[299, 100, 100]).is_unusual(0), "not three times as much");
        assert!(!weeks(&[40, 5, 5]).is_unusual(0), "eight times, and still few");
        assert!(weeks(&[55, 5, 5]).is_unusual(0));
        assert!(weeks(&[50]).is_unusual(0) && !weeks(&[49]).is_unusual(0), "somebody new");
        assert!(!weeks(&[0, 0, 0]).is_unusual(0));
        assert_eq!(weeks(&[9, 10, 0, 20]).usual(0), Some(15), "weeks away do not count");
        assert_eq!(weeks(&[9, 10]).usual(0), None);
        // A week that stood out is told of for as long as the page goes back, whatever came after.
        assert_eq!(weeks(&[100, 110, 600, 100, 120, 90]).unusual(), [2]);
    }

    #[test]
    fn sec_6_what_the_requirement_names_is_overseen() {
        use crate::{accounts, exclusions, gate::Action, policies, subjects};
        fn of<A: Action>() -> Option<Topic> {
            Topic::of(A::NAME, A::CLASS)
        }
        assert_eq!(of::<subjects::OpenSubject>(), Some(Topic::Looks));
        assert_eq!(of::<subjects::HoldSubject>(), Some(Topic::Holds));
        assert_eq!(of::<subjects::merging::MergeSubjects>(), Some(Topic::Merges));
        assert_eq!(of::<subjects::EraseSubject>(), Some(Topic::Removals));
        assert_eq!(of::<policies::ProposeChange>(), Some(Topic::Policy));
        assert_eq!(of::<accounts::SuspendUser>(), Some(Topic::People));
        assert_eq!(of::<exclusions::ListCases>(), Some(Topic::Looks));
        assert_eq!(of::<crate::evidence::ShowEvidence>(), Some(Topic::Looks));
        assert_eq!(of::<crate::audit::ListAudit>(), None);
        // What is said to show nobody is there, and a look.
        let all = crate::actions::all();
        for name in SHOWS_NOBODY {
            assert!(all.iter().any(|one| one.name == name && one.class == AuditClass::Look), "{name}");
        }
    }
}

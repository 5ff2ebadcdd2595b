//! Certification: who has read and agreed to what asks for it, without which nobody sees others' data (MEM-3).
//!
//! What asks is the members' notice, written anew by each policy that asks for it, and each version of a governing
//! document that does. Whether somebody is certified is no column: it follows from what they agreed to, from what is in
//! force today, and from the policy's period, whenever it is asked. Reporting is never stopped.
use crate::{
    gate::{AuditClass, Role},
    ids::DocumentId,
    policy::Policy,
    scope::{InOrg, Scope, ends},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What somebody agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// The members' notice, by the version of the policy from which it is written.
    Notice,
    /// A document of the register.
    Document(DocumentId),
}

impl Text {
    /// The document, if it is one of the register.
    #[must_use]
    pub fn document(self) -> Option<DocumentId> {
        match self {
            Self::Notice => None,
            Self::Document(id) => Some(id),
        }
    }
}

/// The day on which somebody has to certify again, who agreed to everything on a day.
#[must_use]
pub fn again_on(policy: &Policy, agreed_on: Date) -> Date {
    ends(agreed_on, policy.reviews.certification.length)
}

/// Whether somebody may see others' data: nothing that asks is open, and everything was agreed to within the policy's
/// period. The day counts, so no job has to write anything down.
#[must_use]
pub fn is_certified(policy: &Policy, today: Date, owes: bool, agreed_on: Option<Date>) -> bool {
    !owes && agreed_on.is_some_and(|day| today < again_on(policy, day))
}

/// What the page asks somebody to read and agree to: a document that was revised alone, else everything. The period runs
/// from the last time that everything was agreed to, which is whenever the notice was.
#[must_use]
pub fn asked(
    policy: &Policy,
    today: Date,
    required: &[(Text, i64)],
    agreed: impl Fn(Text) -> Option<i64>,
    agreed_on: Option<Date>,
) -> Vec<(Text, i64)> {
    let is_open = |(text, version): &(Text, i64)| agreed(*text).is_none_or(|agreed| agreed < *version);
    let all = agreed_on.is_none_or(|day| today >= again_on(policy, day))
        || required.iter().any(|one| one.0 == Text::Notice && is_open(one));
    required.iter().filter(|one| all || is_open(one)).copied().collect()
}

crate::gate::actions! {
    /// What one is asked to agree to, and has agreed to.
    ShowOwed = "certifications.owed", Unrecorded, Role::ALL, InOrg => Scope, uncertified;
    /// Agree to it (MEM-3).
    Certify = "certifications.agree", Change, Role::ALL, InOrg => Scope, uncertified;
    /// Who of the scheme's people has yet to agree.
    ListCertifications = "certifications.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::DocumentId;
    use jiff::civil::date;
    use uuid::Uuid;

    fn policy() -> Policy {
        Policy::parse("generic.toml", include_str!("../../../policies/generic.toml"))
            .expect("the pattern is good")
    }

    #[test]
    fn mem_3_the_period_ends_on_its_day_and_a_revision_at_once() {
        let policy = policy();
        let agreed = Some(date(2026, 3, 2));
        assert!(is_certified(&policy, date(2027, 3, 1), false, agreed));
        assert!(!is_certified(&policy, date(2027, 3, 2), false, agreed), "a year is over");
        assert!(!is_certified(&policy, date(2026, 3, 3), true, agreed), "something else asks");
        assert!(!is_certified(&policy, date(2026, 3, 3), false, None), "they never agreed");
    }

    #[test]
    fn mem_3_a_revision_asks_for_itself_and_the_end_of_the_period_for_everything() {
        let policy = policy();
        let rules = Text::Document(DocumentId(Uuid::from_u128(1)));
        let required = [(Text::Notice, 1), (rules, 3)];
        let had = |text: Text| Some(if text == rules { 2 } else { 1 });
        let agreed = Some(date(2026, 3, 2));
        assert_eq!(asked(&policy, date(2026, 6, 1), &required, had, agreed), [(rules, 3)]);
        assert_eq!(asked(&policy, date(2027, 3, 2), &required, had, agreed), required);
        assert_eq!(asked(&policy, date(2026, 6, 1), &required, |_| None, None), required);
    }
}

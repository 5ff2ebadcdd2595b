//! Finding anyone: who may search, and by which of what is held (INC-2, VIS-1, VIS-4).
use crate::{
    gate::{AuditClass, Role},
    policy::{Category, Viewer},
    scope::{InOrg, Scope},
    subjects::by_policy,
};

/// Whether a viewer finds people by a category of what is held of them: by what they may see, and nothing else. The
/// controller sees everything that is held.
#[must_use]
pub fn may_find_by(scope: &Scope, who: Viewer, category: Category) -> bool {
    who == Viewer::Controller || scope.policy.sees(who, category)
}

/// Whether a viewer finds those who are held as well as those who circulate (VIS-4).
#[must_use]
pub fn may_find_held(scope: &Scope, who: Viewer) -> bool {
    who == Viewer::Controller || (who == Viewer::Staff && scope.policy.sees_held(who))
}

crate::gate::actions! {
    /// Find people by words; the entry lists whom it returned.
    FindAnyone = "finding.find", Look, [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic],
        InOrg => Scope, by_policy;
    /// Ask by what one may search, before the search and its look.
    PrepareFind = "finding.prepare", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic],
        InOrg => Scope, by_policy;
    /// Read what people are found by into the index in memory. Nobody sees it: a look is what a search returns, and is
    /// recorded then.
    IndexScheme = "finding.index", Unrecorded, [], InOrg => Scope, machine;
}

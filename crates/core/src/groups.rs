//! Lists of members of the scheme's own, such as the jewellers' circle, to whom something is told (MEM-4).
use crate::{
    gate::{AuditClass, Facts, Role, Target},
    ids::{GroupId, OrgId},
    scope::{InOrg, Scope},
};
use uuid::Uuid;

/// A list as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneGroup(pub GroupId);

impl Target for OneGroup {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a list.
#[derive(Clone, Debug)]
pub struct GroupFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
}

impl Facts for GroupFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

crate::gate::actions! {
    /// The scheme's lists of members.
    ListGroups = "groups.list", Look, [Role::Controller], InOrg => Scope;
    /// Make a list.
    AddGroup = "groups.add", Change, [Role::Controller], InOrg => Scope;
    /// One list, and who is on it.
    ShowGroup = "groups.show", Look, [Role::Controller], OneGroup => GroupFacts;
    /// Say who is on a list, and what it is called.
    EditGroup = "groups.edit", Change, [Role::Controller], OneGroup => GroupFacts;
    /// End a list: what was for it alone concerns nobody any more.
    EndGroup = "groups.end", Change, [Role::Controller], OneGroup => GroupFacts;
}

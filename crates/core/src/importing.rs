//! Businesses and their users from a file (MEM-1): looked at first, taken whole or not at all, and undone while nothing
//! has come of it.
//!
//! Of a file that is not taken nothing is kept. Whom it names are invited afterwards, in one step; until then they have no
//! role, and whoever is not invited in time goes.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{ImportId, OrgId},
    scope::{InOrg, Scope},
};
use uuid::Uuid;

/// So many lines a file has at most.
pub const MOST_LINES: usize = 10_000;
/// What a file may weigh.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Whoever was named by a file and is not invited within so many days goes.
pub const KEPT_DAYS: i64 = 28;
/// So many invitations are printed at a time: their links work for three days.
pub const PRINTED_AT_ONCE: usize = 50;

/// An import as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneImport(pub ImportId);

impl Target for OneImport {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an import.
#[derive(Clone, Debug)]
pub struct ImportFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// Whether nobody of it was invited yet, and nothing refers to its businesses.
    pub untouched: bool,
}

impl Facts for ImportFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn untouched(_: &Standing, _: &OneImport, facts: &ImportFacts) -> bool {
    facts.untouched
}

crate::gate::actions! {
    /// See what a file would bring: whom of it the scheme has already, and what is wrong with its lines (MEM-1).
    PreviewImport = "importing.preview", Look, [Role::Controller], InOrg => Scope;
    /// Take a file: its businesses are members, and its users are named (MEM-1).
    TakeImport = "importing.take", Change, [Role::Controller], InOrg => Scope;
    /// What was taken lately.
    ListImports = "importing.list", Look, [Role::Controller], InOrg => Scope;
    /// Invite those whom a file named, by mail or by printed pages.
    InviteImported = "importing.invite", Change, [Role::Controller], OneImport => ImportFacts;
    /// Take an import back, with all that it brought.
    UndoImport = "importing.undo", Change, [Role::Controller], OneImport => ImportFacts, untouched;
}

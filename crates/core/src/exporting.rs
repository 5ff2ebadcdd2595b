//! All of a scheme's data as one file: asked for by the controller, agreed to by the board, fetched once (SEC-6, DOC-5).
//!
//! Nobody is locked in; and nobody takes everything alone. The file is written while it is fetched, and never lies on the
//! server.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, ExportId, OrgId},
    incidents::words,
    policy::Policy,
    scope::{InOrg, Scope, ends},
};
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What became of an export.
    ExportState {
        /// It waits for somebody of the board.
        Asked = "asked",
        /// Somebody of the board agreed.
        Agreed = "agreed",
        /// Somebody of the board said no.
        Refused = "refused",
        /// Whoever asked took it back.
        Withdrawn = "withdrawn",
        /// It was fetched.
        Fetched = "fetched",
    }
}

/// The board decides within so many days.
pub const DECIDE_DAYS: i64 = 7;

/// So often it can be begun to be fetched: a line breaks; but what was handed over before it broke has left.
pub const MOST_BEGINNINGS: u32 = 3;

/// What is said of an export; sealed under a key of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Why.
    pub reason: String,
    /// Who gets it.
    pub recipient: String,
    /// In which country that is (DOC-5).
    pub country: String,
    /// Why the board decided as it did.
    #[serde(default)]
    pub decision: String,
}

/// Whether a country that was typed is the United Kingdom.
#[must_use]
pub fn is_here(country: &str) -> bool {
    let country = country.trim().to_lowercase();
    let country = country.strip_prefix("the ").unwrap_or(&country);
    [
        "united kingdom",
        "uk",
        "u.k.",
        "great britain",
        "gb",
        "england",
        "scotland",
        "wales",
        "northern ireland",
    ]
    .contains(&country)
}

/// The first day on which nobody can decide any more.
#[must_use]
pub fn closes_on(asked_on: Date) -> Date {
    asked_on.saturating_add(Span::new().days(DECIDE_DAYS))
}

/// The first day on which it cannot be fetched any more.
#[must_use]
pub fn fetch_until(policy: &Policy, decided_on: Date) -> Date {
    ends(decided_on, policy.keep.export.length)
}

/// The day on which the record of it is deleted: like any record of what went to whom.
#[must_use]
pub fn erased_on(policy: &Policy, last_on: Date) -> Date {
    ends(last_on, policy.keep.sharing.length)
}

/// An export as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneExport(pub ExportId);

impl Target for OneExport {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an export.
#[derive(Clone, Debug)]
pub struct ExportFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What became of it.
    pub state: ExportState,
    /// Who asked.
    pub asked_by: AccountId,
    /// When.
    pub asked_on: Date,
    /// When the board decided.
    pub decided_on: Option<Date>,
    /// How often somebody began to fetch it.
    pub begun: u32,
}

impl Facts for ExportFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Somebody else decides than who asked, whatever other roles they have, and in time.
fn decides(standing: &Standing, _: &OneExport, facts: &ExportFacts) -> bool {
    facts.state == ExportState::Asked
        && standing.account != Some(facts.asked_by)
        && facts.scope.today < closes_on(facts.asked_on)
}

fn is_open(_: &Standing, _: &OneExport, facts: &ExportFacts) -> bool {
    matches!(facts.state, ExportState::Asked | ExportState::Agreed)
}

/// Whoever asked fetches it, at a device of their own, as long as it is there to be fetched.
fn goes_on(standing: &Standing, _: &OneExport, facts: &ExportFacts) -> bool {
    facts.state == ExportState::Agreed
        && standing.account == Some(facts.asked_by)
        && standing.device.is_none()
        && facts.decided_on.is_some_and(|on| facts.scope.today < fetch_until(&facts.scope.policy, on))
}

/// And begins, as often as that is allowed.
fn fetches(standing: &Standing, target: &OneExport, facts: &ExportFacts) -> bool {
    facts.begun < MOST_BEGINNINGS && goes_on(standing, target, facts)
}

crate::gate::actions! {
    /// The exports that were asked for (SEC-6).
    ListExports = "exporting.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
    /// Ask for an export of all data (SEC-6, DOC-5).
    AskExport = "exporting.ask", Change, [Role::Controller], InOrg => Scope;
    /// Take that back.
    WithdrawExport = "exporting.withdraw", Change, [Role::Controller], OneExport => ExportFacts, is_open;
    /// Agree to it, or refuse it, as the second person (SEC-6).
    DecideExport = "exporting.decide", Change, [Role::Board], OneExport => ExportFacts, decides;
    /// Begin to fetch it.
    FetchExport = "exporting.fetch", Change, [Role::Controller], OneExport => ExportFacts, fetches;
    /// Read a part of what goes into it.
    ReadExport = "exporting.read", Look, [Role::Controller], OneExport => ExportFacts, goes_on;
    /// Note that all of it was handed over; then it is there no more.
    FinishExport = "exporting.finish", Change, [Role::Controller], OneExport => ExportFacts, goes_on;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_5_a_country_is_here_or_it_is_not() {
        for here in ["United Kingdom", " the united kingdom", "UK", "Scotland"] {
            assert!(is_here(here), "{here}");
        }
        for there in ["France", "Ireland", "", "United States", "New England"] {
            assert!(!is_here(there), "{there}");
        }
    }
}

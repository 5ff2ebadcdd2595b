//! Businesses that want to join, and what became of it (MEM-1).
//!
//! Anybody may apply; the board decides. Who applies agrees for the business to what the scheme's texts say, in the version
//! that was shown, and it is on record who did so, when and from where.
use crate::{
    accounts::Business,
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{ApplicationId, OrgId},
    incidents::words,
    policy::Policy,
    scope::{InOrg, Scope, ends},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What became of an application. One that was approved is a member instead.
    ApplicationState {
        /// It waits for the board.
        Waiting = "waiting",
        /// The board does not take the business in.
        Refused = "refused",
    }
}

/// What a business wrote that wants to join; sealed under a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// By which whoever applied can name it.
    pub receipt: String,
    /// The business.
    pub business: Business,
    /// Who acts for it, and is to be its first user.
    pub name: String,
    /// Where mail reaches them.
    pub email: String,
    /// Where they can be rung; empty where they did not say.
    pub telephone: String,
    /// What they want to tell the board.
    pub message: String,
    /// That they agreed for the business.
    pub agreed: Agreement,
    /// Why the board refused, in its words.
    #[serde(default)]
    pub reason: Option<String>,
}

/// That somebody read and agreed to a scheme's texts for a business: who, when, to what, from where (MEM-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Who.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// The version of the policy from which the texts that were shown are written.
    pub version: i64,
    /// The address on the network from which it came.
    pub from: String,
}

/// The day on which an application is deleted that came to nothing: the policy's period after the decision, or, where
/// nobody ever decides, after it came (RET-15).
#[must_use]
pub fn erased_on(policy: &Policy, received_on: Date, decided_on: Option<Date>) -> Date {
    ends(decided_on.unwrap_or(received_on), policy.keep.application.length)
}

/// An application as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneApplication(pub ApplicationId);

impl Target for OneApplication {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an application.
#[derive(Clone, Debug)]
pub struct ApplicationFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What became of it.
    pub state: ApplicationState,
}

impl Facts for ApplicationFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn waiting(_: &Standing, _: &OneApplication, facts: &ApplicationFacts) -> bool {
    facts.state == ApplicationState::Waiting
}

/// What the audit calls the arrival of an application, which needs no permit: anybody may apply.
pub const RECEIVED: &str = "joining.receive";

crate::gate::actions! {
    /// Businesses that want to join.
    ListApplications = "joining.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
    /// Read what one of them wrote.
    OpenApplication = "joining.open", Look, [Role::Controller, Role::Board], OneApplication => ApplicationFacts;
    /// Take a business in, and invite whoever applied for it (MEM-1).
    ApproveApplication = "joining.approve", Change, [Role::Board], OneApplication => ApplicationFacts, waiting;
    /// Refuse it, with a reason.
    RefuseApplication = "joining.refuse", Change, [Role::Board], OneApplication => ApplicationFacts, waiting;
}

/// What changes nobody's card in the gallery.
pub const CONCERN_NOBODY: [&str; 3] = [RECEIVED, "joining.approve", "joining.refuse"];

//! What members tell beside reports: who somebody is, and that they saw them (INC-4). Neither is a report: no clock
//! counts it, and it lives no longer than the person whom it is about.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{OrgId, TipId},
    incidents::words,
    scope::Scope,
    subjects::{OneSubject, SubjectFacts},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// How far whoever said it can be relied upon.
    Reliability {
        /// What they said before was right.
        Reliable = "reliable",
        /// Nobody can say yet.
        Untested = "untested",
        /// What they said before was wrong.
        NotReliable = "not_reliable",
    }
}
words! {
    /// How whoever said it came to know.
    Knowledge {
        /// By themselves.
        Direct = "direct",
        /// From somebody else.
        Indirect = "indirect",
        /// They do not say.
        Unknown = "unknown",
        /// It is suspected to be false.
        Doubtful = "doubtful",
    }
}
words! {
    /// What became of a tip.
    TipState {
        /// Waits for the controller.
        Waiting = "waiting",
        /// The name was taken over.
        Accepted = "accepted",
        /// It was not, with a reason that the sender sees.
        Rejected = "rejected",
    }
}

/// Who somebody is, as a member says; sealed under the person whom it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// The name.
    pub name: String,
    /// How they know.
    pub how: String,
    /// How they came to know, in a word.
    pub knowledge: Knowledge,
    /// Who sent it, at the time.
    pub sender: String,
    /// The business for which they sent it.
    pub business: Option<String>,
}

impl Tip {
    /// Whose words these are, as pages name them.
    #[must_use]
    pub fn sender(&self) -> &str {
        named(&self.sender)
    }

    /// Takes away who sent it and for whom (MEM-6).
    pub fn forget_sender(&mut self) {
        self.sender.clear();
        self.business = None;
    }
}

/// How pages name whoever told something, also once their name is gone.
fn named(name: &str) -> &str {
    match name {
        "" => "a former member",
        name => name,
    }
}

/// How far an item can be relied upon, as the controller graded it (INC-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grading {
    /// Whoever said it.
    pub source: Reliability,
    /// What they said.
    pub information: Knowledge,
}

/// That somebody was seen; sealed under them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Where: the premises of whoever saw them.
    pub place: String,
    /// Who saw them.
    pub by: String,
}

impl Seen {
    /// What a page says of it.
    #[must_use]
    pub fn told(&self) -> String {
        let by = named(&self.by);
        if self.place.is_empty() { format!("says {by}") } else { format!("{} \u{b7} says {by}", self.place) }
    }

    /// Takes away who saw them, and their premises (MEM-6).
    pub fn forget_sender(&mut self) {
        self.by.clear();
        self.place.clear();
    }
}

/// A tip as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneTip(pub TipId);

impl Target for OneTip {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a tip.
#[derive(Clone, Debug)]
pub struct TipFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The tip.
    pub tip: TipId,
    /// The person whom it is about.
    pub subject: SubjectFacts,
    /// What became of it.
    pub state: TipState,
}

impl Facts for TipFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Members speak of those whom they are shown.
fn shown(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.members_see
}

/// It waits, and whom it is about has not reached their end.
fn waiting(_: &Standing, _: &OneTip, facts: &TipFacts) -> bool {
    facts.state == TipState::Waiting && facts.subject.stage.is_live()
}

crate::gate::actions! {
    /// Say who somebody is who has no name (INC-4).
    SendTip = "intelligence.send", Change, [Role::MemberUser, Role::Staff], OneSubject => SubjectFacts, shown;
    /// Read a tip to decide on it.
    OpenTip = "intelligence.open", Look, [Role::Controller], OneTip => TipFacts, waiting;
    /// Take a name over, with its grading (INC-4).
    AcceptTip = "intelligence.accept", Change, [Role::Controller], OneTip => TipFacts, waiting;
    /// Reject a tip, with a reason that its sender sees.
    RejectTip = "intelligence.reject", Change, [Role::Controller], OneTip => TipFacts, waiting;
    /// Say that one saw somebody at one's own premises.
    SaySeen = "sightings.say", Change, [Role::MemberUser, Role::Staff], OneSubject => SubjectFacts, shown;
    /// Take that back, on the same day.
    UndoSeen = "sightings.undo", Change, [Role::MemberUser, Role::Staff], OneSubject => SubjectFacts, shown;
}

//! What people write from outside: somebody who had a letter, somebody who may be held, anybody (PUB-2, PUB-3).
//!
//! The public page takes whatever is sent with one answer, so that nobody can find out by it who is held, nor which
//! references exist. Whether a reference fits a letter is worked out for the controller alone.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{EnquiryId, OrgId},
    incidents::words,
    policy::Policy,
    rights::Right,
    scope::{InOrg, Scope, ends},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What somebody writes for.
    Purpose {
        /// They appeal against a warning or an exclusion (EXC-5).
        Appeal = "appeal",
        /// They want to know what is held about them (SAR-1): it becomes a request, as the next two do.
        Access = "access",
        /// They want something put right, or deleted (SAR-6).
        Correction = "correction",
        /// They complain about how their data is handled (SAR-8).
        Complaint = "complaint",
        /// Anything else (PUB-2).
        Other = "other",
    }
}

impl Purpose {
    /// Every purpose, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Appeal, Self::Access, Self::Correction, Self::Complaint, Self::Other];

    /// The right that somebody uses with it: that is a request, with clocks of its own ([`crate::requests`]).
    #[must_use]
    pub fn right(self) -> Option<Right> {
        match self {
            Self::Access => Some(Right::Access),
            Self::Correction => Some(Right::Correction),
            Self::Complaint => Some(Right::Complaint),
            Self::Appeal | Self::Other => None,
        }
    }

    /// The day by which they are told at least that it came: what the policy promises.
    #[must_use]
    pub fn answer_by(self, policy: &Policy, received_on: Date) -> Date {
        ends(received_on, policy.deadlines.receipt.length)
    }
}

/// The day on which an enquiry is deleted: its kind's period after the answer. One that nobody ever answers has an
/// end, too: the period of requests, from the day by which it was due (PUB-2, RET-15).
#[must_use]
pub fn erased_on(policy: &Policy, purpose: Purpose, received_on: Date, answered_on: Option<Date>) -> Date {
    let Some(answered_on) = answered_on else {
        return ends(purpose.answer_by(policy, received_on), policy.keep.request.length);
    };
    ends(answered_on, policy.keep.enquiry.length)
}

words! {
    /// What became of it.
    EnquiryState {
        /// It waits for the controller.
        Waiting = "waiting",
        /// It was answered.
        Answered = "answered",
    }
}

/// What somebody wrote; sealed under a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enquiry {
    /// By which the sender can name it: told to them once it was received.
    pub receipt: String,
    /// The reference on a letter, as typed; empty where there was none.
    pub reference: String,
    /// Who writes.
    pub name: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they write.
    pub message: String,
    /// How it was answered, in the controller's words.
    #[serde(default)]
    pub answer: Option<String>,
    /// Where the answer was sent by e-mail, if it was.
    #[serde(default)]
    pub sent_to: Option<String>,
    /// Whether the controller said that they know that the address is theirs.
    #[serde(default)]
    pub is_known: bool,
}

/// An enquiry as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneEnquiry(pub EnquiryId);

impl Target for OneEnquiry {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an enquiry.
#[derive(Clone, Debug)]
pub struct EnquiryFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What became of it.
    pub state: EnquiryState,
    /// What it is written for.
    pub purpose: Purpose,
}

impl Facts for EnquiryFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn waiting(_: &Standing, _: &OneEnquiry, facts: &EnquiryFacts) -> bool {
    facts.state == EnquiryState::Waiting
}

/// Whether one may be deleted before its time: a right that somebody uses, or a complaint, is answered first.
#[must_use]
pub fn may_be_removed(purpose: Purpose, state: EnquiryState) -> bool {
    purpose == Purpose::Other || state == EnquiryState::Answered
}

fn removable(_: &Standing, _: &OneEnquiry, facts: &EnquiryFacts) -> bool {
    may_be_removed(facts.purpose, facts.state)
}

/// What the audit calls the arrival of an enquiry, which needs no permit: anybody may write.
pub const RECEIVED: &str = "enquiries.receive";

crate::gate::actions! {
    /// What came from outside.
    ListEnquiries = "enquiries.list", Look, [Role::Controller], InOrg => Scope;
    /// Read one of them.
    OpenEnquiry = "enquiries.open", Look, [Role::Controller], OneEnquiry => EnquiryFacts;
    /// Record how it was answered (PUB-2).
    AnswerEnquiry = "enquiries.answer", Change, [Role::Controller], OneEnquiry => EnquiryFacts, waiting;
    /// Delete it before its time, as whoever wrote it asks; what waits, where it uses no right (PUB-2).
    RemoveEnquiry = "enquiries.remove", Change, [Role::Controller], OneEnquiry => EnquiryFacts, removable;
}

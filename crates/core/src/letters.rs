//! Letters to people who were reported, how they are served, and what is still to be made or served (EXC-3, EXC-4, EXC-7,
//! NOT-1, NOT-5).
//!
//! What is due is worked out from what was decided and from what was made ([`due`]); it is never stored. So a letter that
//! nobody made stands on the list from the day on which it is due, whoever forgot it.
pub mod due;
pub mod exemptions;
pub mod reference;
pub mod service;
pub mod sources;

pub use reference::Reference;

use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AttemptId, ExemptionId, LetterId, MemberId, OrgId},
    incidents::words,
    scope::{InOrg, Scope},
    subjects::{OneSubject, SubjectFacts, may_see},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What a letter is.
    Kind {
        /// A warning (EXC-1).
        Warning = "warning",
        /// The notice of an exclusion.
        Exclusion = "exclusion",
        /// That an exclusion stands as its notice said.
        Confirmation = "confirmation",
        /// That an exclusion is another one from now on.
        Variation = "variation",
        /// That it ended before its time.
        Lifting = "lifting",
        /// That it comes to its end (EXC-7).
        Expiry = "expiry",
        /// That an appeal came.
        AppealReceipt = "appeal_receipt",
        /// What became of it.
        AppealDecision = "appeal_decision",
        /// The privacy notice with a few words (NOT-1).
        Notice = "notice",
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Warning,
        Self::Exclusion,
        Self::Confirmation,
        Self::Variation,
        Self::Lifting,
        Self::Expiry,
        Self::AppealReceipt,
        Self::AppealDecision,
        Self::Notice,
    ];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Warning => "Warning letter",
            Self::Exclusion => "Exclusion notice",
            Self::Confirmation => "Confirmation of an exclusion",
            Self::Variation => "Letter about a changed exclusion",
            Self::Lifting => "Letter that an exclusion is lifted",
            Self::Expiry => "Letter that an exclusion ends",
            Self::AppealReceipt => "Receipt of an appeal",
            Self::AppealDecision => "Decision on an appeal",
            Self::Notice => "Privacy notice",
        }
    }
}

/// What stands in a letter that was made, as far as later letters must know it; sealed with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The reference, as it is printed.
    pub reference: String,
    /// The name by which the person was addressed.
    pub name: String,
    /// The postal address, a line each; empty where it is handed over.
    pub address: Vec<String>,
    /// The first day on which the exclusion that it tells of is over.
    pub until: Option<Date>,
    /// From whose premises; empty for all, and for letters that exclude from none.
    pub premises: Vec<MemberId>,
}

/// A letter as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneLetter(pub LetterId);

impl Target for OneLetter {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// A record of service as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneAttempt(pub AttemptId);

impl Target for OneAttempt {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// An exemption as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneExemption(pub ExemptionId);

impl Target for OneExemption {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a letter, and about what belongs to it.
#[derive(Clone, Debug)]
pub struct LetterFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The letter.
    pub letter: LetterId,
    /// What it is.
    pub kind: Kind,
    /// The day on which it was made.
    pub made_on: Date,
    /// The person to whom it went.
    pub subject: SubjectFacts,
}

impl Facts for LetterFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// What the gate must know about an exemption.
#[derive(Clone, Debug)]
pub struct ExemptionFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The exemption.
    pub exemption: ExemptionId,
    /// Whether it has not been ended.
    pub open: bool,
    /// The person about whom it is.
    pub subject: SubjectFacts,
}

impl Facts for ExemptionFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Whether somebody reads the letters of a person: whoever may see the person, and the job that makes letters. Staff who
/// may not see somebody that is withdrawn, restricted or not yet shown do not meet them through a letter either (VIS-4).
#[must_use]
pub fn reads_letters(standing: &Standing, subject: &SubjectFacts) -> bool {
    subject.stage.is_live() && (standing.machine || may_see(standing, subject))
}

fn alive(standing: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    reads_letters(standing, facts)
}

fn held(standing: &Standing, _: &OneLetter, facts: &LetterFacts) -> bool {
    reads_letters(standing, &facts.subject)
}

fn recorded(standing: &Standing, _: &OneAttempt, facts: &LetterFacts) -> bool {
    reads_letters(standing, &facts.subject)
}

fn open(standing: &Standing, _: &OneExemption, facts: &ExemptionFacts) -> bool {
    facts.open && reads_letters(standing, &facts.subject)
}

crate::gate::actions! {
    /// What is to be made, served and reviewed in a scheme, since when and why (NOT-5).
    ListOutstanding = "letters.outstanding", Look, [Role::Controller, Role::Staff], InOrg => Scope, machine;
    /// Look at a letter before it is made.
    PreviewLetter = "letters.preview", Look, [Role::Controller], OneSubject => SubjectFacts, alive, machine;
    /// See the letters of a person, how each was served, and what is outstanding.
    ShowLetters = "letters.list", Look, [Role::Controller, Role::Staff], OneSubject => SubjectFacts, alive;
    /// Make a letter (EXC-3).
    MakeLetter = "letters.make", Change, [Role::Controller], OneSubject => SubjectFacts, alive, machine;
    /// See a letter's record and how it was served.
    OpenLetter = "letters.open", Look, [Role::Controller, Role::Staff], OneLetter => LetterFacts, held;
    /// Take a copy of a letter.
    DownloadLetter = "letters.download", Look, [Role::Controller, Role::Staff], OneLetter => LetterFacts, held;
    /// Record an attempt to serve a letter (EXC-4).
    RecordService = "letters.serve", Change, [Role::Controller, Role::Staff], OneLetter => LetterFacts, held;
    /// See what shows that a letter was served: a photograph or a signature.
    ShowProof = "letters.proof", Look, [Role::Controller, Role::Staff], OneAttempt => LetterFacts, recorded;
    /// Record why a notice need not be served for now (NOT-1).
    ExemptNotice = "letters.exempt", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Look at an exemption again, and go on with it.
    ReviewExemption = "letters.review_exemption", Change, [Role::Controller], OneExemption => ExemptionFacts, open;
    /// End an exemption: the notice is to be served.
    EndExemption = "letters.end_exemption", Change, [Role::Controller], OneExemption => ExemptionFacts, open;
}

//! Evidence: clips, documents and stills that came with a report, kept as they were sent, and who may see them (VIS-3).
use crate::{
    clocks::Stage,
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, EvidenceId, OrgId},
    incidents::{OneReport, ReportFacts, ReportState},
    policy::{Category, Viewer},
    scope::{InOrg, Scope},
    subjects::viewer,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod kind;
pub use kind::{Kind, sniff};

/// The largest file that is taken: what a camera system writes of an incident of some minutes.
pub const MOST_BYTES: u64 = 500 * 1024 * 1024;
/// At most so many files come with one report.
pub const MOST_FILES: i64 = 8;
/// So many bytes from the beginning tell what a file is.
pub const SNIFFED: usize = 4096;
/// For so many days a release holds; proceedings that last longer ask again, so that none is forgotten open.
pub const RELEASED_FOR: i64 = 28;

/// What is held of a file beside its bytes; sealed under the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it is, by its content.
    pub kind: Kind,
    /// The name that the sender's device gave it. It may name somebody, so it is shown to the sender and the
    /// controller alone.
    pub name: String,
    /// Its length in bytes.
    pub length: u64,
    /// The SHA256 fingerprint of its bytes as they arrived, in hexadecimal.
    pub sha256: String,
}

/// A piece of evidence as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneEvidence(pub EvidenceId);

impl Target for OneEvidence {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// Whose it is.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Uploaded and not sent.
    Draft(AccountId),
    /// A report's.
    Report(Box<ReportFacts>),
}

/// A person who is linked to the incident, as far as it matters for who may see its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The stage that holds today.
    pub stage: Stage,
    /// Whether members may see them today.
    pub members_see: bool,
}

/// What the gate must know about a piece of evidence.
#[derive(Clone, Debug)]
pub struct EvidenceFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// Whose it is.
    pub owner: Owner,
    /// Who uploaded it.
    pub added_by: AccountId,
    /// Whether the controller has let those see it whom the policy names.
    pub shared: bool,
    /// To whom it is released today, by a recorded reason.
    pub released: Vec<Viewer>,
    /// Everybody who is linked to the incident.
    pub people: Vec<Linked>,
}

impl Facts for EvidenceFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Whether somebody who looks as this may see evidence of an approved report.
///
/// A clip shows whoever walked by, and nobody can say of it that it shows one person alone. So it goes to members only
/// while they may see everybody who is linked to the incident, and only after the controller has let it.
#[must_use]
pub fn sees(who: Viewer, facts: &EvidenceFacts) -> bool {
    let policy = &facts.scope.policy;
    if facts.released.contains(&who) && policy.release(who, Category::Evidence).is_some() {
        return true;
    }
    if !policy.sees(who, Category::Evidence) || (who.is_outside() && policy.recipient(who).is_none()) {
        return false;
    }
    let held = |person: &Linked| person.stage == Stage::Held && policy.sees_held(who);
    match who {
        Viewer::Controller => true,
        Viewer::Staff | Viewer::Board => facts.people.iter().all(|person| person.members_see || held(person)),
        _ => facts.shared && !facts.people.is_empty() && facts.people.iter().all(|person| person.members_see),
    }
}

fn seen(standing: &Standing, _: &OneEvidence, facts: &EvidenceFacts) -> bool {
    match &facts.owner {
        Owner::Draft(account) => standing.account == Some(*account),
        Owner::Report(report) => {
            // Whoever sent it sees what they sent, as with a picture; never what others added to the report.
            // That needs no certification, what is others' does (MEM-3).
            (standing.account == Some(report.submitter) && standing.account == Some(facts.added_by))
                || (standing.certified && standing.is(Role::Controller))
                || (standing.certified
                    && report.state == ReportState::Approved
                    && standing.role.and_then(viewer).is_some_and(|who| sees(who, facts)))
        }
    }
}

/// Whether a still is shown with a mark of who looks at it, in place of the file that was sent (VIS-8). The controller and
/// the board answer for it and need it as it was, for a court; whoever sent it has it already.
#[must_use]
pub fn bears_mark(standing: &Standing, facts: &EvidenceFacts) -> bool {
    !(standing.is(Role::Controller) || standing.is(Role::Board) || standing.account == Some(facts.added_by))
}

/// Whether it is shown only from a page for which a reason was given: where the policy asks that of whoever looks
/// (VIS-5).
#[must_use]
pub fn needs_reason(standing: &Standing, facts: &EvidenceFacts) -> bool {
    standing.role.and_then(viewer).is_some_and(|who| facts.scope.policy.asks_reason(who))
}

/// A category that the policy does not list cannot be entered (SUB-1).
fn is_held(_: &Standing, _: &InOrg, scope: &Scope) -> bool {
    scope.policy.holds(Category::Evidence)
}

/// To one's own report, or as the controller, while it waits or stands, and as long as nobody is gone whom a file could
/// show (INC-9).
fn attachable(standing: &Standing, _: &OneReport, facts: &ReportFacts) -> bool {
    facts.scope.policy.holds(Category::Evidence)
        && (standing.certified || standing.account == Some(facts.submitter))
        && matches!(facts.state, ReportState::Waiting | ReportState::Approved)
        && !facts.silenced
        && (standing.is(Role::Controller) || standing.account == Some(facts.submitter))
}

fn of_report(_: &Standing, _: &OneEvidence, facts: &EvidenceFacts) -> bool {
    matches!(facts.owner, Owner::Report(_))
}

fn of_approved(_: &Standing, _: &OneEvidence, facts: &EvidenceFacts) -> bool {
    matches!(&facts.owner, Owner::Report(report) if report.state == ReportState::Approved)
}

fn releasable(standing: &Standing, target: &OneEvidence, facts: &EvidenceFacts) -> bool {
    of_approved(standing, target, facts)
        && facts.scope.policy.release(Viewer::Board, Category::Evidence).is_some()
}

crate::gate::actions! {
    /// Find the draft for an upload, and its key, before the bytes come.
    PrepareEvidence = "evidence.prepare", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller],
        InOrg => Scope, is_held, uncertified;
    /// Upload evidence to a draft.
    AddEvidence = "evidence.add", Change, [Role::MemberUser, Role::Staff, Role::Controller], InOrg => Scope, is_held, uncertified;
    /// Take uploaded evidence out of one's own draft.
    TakeBackEvidence = "evidence.take_back", Change, [Role::MemberUser, Role::Staff, Role::Controller],
        InOrg => Scope, uncertified;
    /// Ask whether evidence can be added to a report, and find its key, before the bytes come.
    PrepareAttached = "evidence.prepare_attached", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller],
        OneReport => ReportFacts, attachable, uncertified;
    /// Add evidence to a report that was sent.
    AttachEvidence = "evidence.attach", Change, [Role::MemberUser, Role::Staff, Role::Controller],
        OneReport => ReportFacts, attachable, uncertified;
    /// The page of a piece of evidence, from which it is looked at.
    ShowEvidence = "evidence.show", Look,
        [Role::MemberUser, Role::Staff, Role::Controller, Role::Board, Role::Police, Role::Aic],
        OneEvidence => EvidenceFacts, seen, uncertified;
    /// Its bytes, for a look or a download that is recorded already: a player asks for many pieces of one clip.
    ReadEvidence = "evidence.read", Unrecorded,
        [Role::MemberUser, Role::Staff, Role::Controller, Role::Board, Role::Police, Role::Aic],
        OneEvidence => EvidenceFacts, seen, uncertified;
    /// A copy of its bytes.
    DownloadEvidence = "evidence.download", Look,
        [Role::MemberUser, Role::Staff, Role::Controller, Role::Board, Role::Police, Role::Aic],
        OneEvidence => EvidenceFacts, seen, uncertified;
    /// Evidence of approved reports, for those who see no records.
    ListEvidence = "evidence.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
    /// Let those see it whom the policy names, or end that.
    ShareEvidence = "evidence.share", Change, [Role::Controller], OneEvidence => EvidenceFacts, of_approved;
    /// Release it to the board in legal proceedings (VIS-3).
    ReleaseEvidence = "evidence.release", Change, [Role::Controller], OneEvidence => EvidenceFacts, releasable;
    /// Destroy it before its report.
    RemoveEvidence = "evidence.remove", Change, [Role::Controller], OneEvidence => EvidenceFacts, of_report;
}

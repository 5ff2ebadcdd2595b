//! Pictures: whose they are decides who sees them.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, OrgId, PictureId},
    incidents::{ReportFacts, ReportState},
    policy::Category,
    scope::{InOrg, Scope},
    subjects::{OneSubject, SubjectFacts, sight, viewer},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The sizes that are kept, by longest side in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// 240, for cards and lists.
    Small,
    /// 640, for a subject's page.
    Medium,
    /// 1600, for a close look.
    Large,
}

/// A picture as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnePicture(pub PictureId);

impl Target for OnePicture {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// Whose picture it is.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Uploaded and not sent.
    Draft(AccountId),
    /// A report's: the original, seen by the controller and whoever sent it.
    Report(Box<ReportFacts>),
    /// A subject's copy: seen by whoever sees the subject.
    Subject(Box<SubjectFacts>),
}

/// What the gate must know about a picture.
#[derive(Clone, Debug)]
pub struct PictureFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// Whose it is.
    pub owner: Owner,
}

impl Facts for PictureFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Whether a larger picture is shown only from a page for which a reason was given: where the policy asks that of
/// whoever looks at a subject (VIS-5).
#[must_use]
pub fn needs_reason(standing: &Standing, facts: &PictureFacts) -> bool {
    matches!(facts.owner, Owner::Subject(_))
        && standing.role.and_then(viewer).is_some_and(|who| facts.scope.policy.asks_reason(who))
}

/// Whether what is shown bears who looks at it (VIS-8): a person's picture, for everybody but the controller, who made
/// it what it is and answers for it.
#[must_use]
pub fn bears_mark(standing: &Standing, facts: &PictureFacts) -> bool {
    matches!(facts.owner, Owner::Subject(_)) && !standing.is(Role::Controller)
}

fn seen(standing: &Standing, _: &OnePicture, facts: &PictureFacts) -> bool {
    use crate::gate::Action as _;
    use crate::{incidents, subjects};
    match &facts.owner {
        Owner::Draft(account) => standing.account == Some(*account),
        Owner::Report(report) => {
            let target = incidents::OneReport(report.report);
            (standing.certified && crate::gate::role_may::<incidents::OpenReport>(standing))
                || incidents::ShowOwnReport::allows(standing, &target, report)
        }
        // One's own pictures are seen whether or not one has certified, others' are not (MEM-3).
        Owner::Subject(_) if !standing.certified => false,
        Owner::Subject(subject) => {
            let target = subjects::OneSubject(subject.subject);
            let who = sight::viewer_of(standing, subject);
            who.is_some_and(|who| sight::sees(&subject.scope.policy, who, Category::Image))
                && ((crate::gate::role_may::<subjects::OpenSubject>(standing)
                    && subjects::OpenSubject::allows(standing, &target, subject))
                    || (crate::gate::role_may::<subjects::ShowSubject>(standing)
                        && subjects::ShowSubject::allows(standing, &target, subject)))
        }
    }
}

/// A picture of an approved report: parts of it may be kept with the people whom it shows (INC-9).
fn of_approved(_: &Standing, _: &OnePicture, facts: &PictureFacts) -> bool {
    matches!(&facts.owner, Owner::Report(report) if report.state == ReportState::Approved)
}

fn held(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.stage.is_live()
}

crate::gate::actions! {
    /// A small picture on a page whose look is recorded already; its address carries a token bound to the viewer.
    Thumbnail = "pictures.thumbnail", Unrecorded,
        [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic], OnePicture => PictureFacts, seen, uncertified;
    /// A picture of 640 pixels and more.
    ShowPicture = "pictures.show", Look,
        [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic], OnePicture => PictureFacts, seen, uncertified;
    /// Upload a picture to a draft.
    AddPicture = "pictures.add", Change, [Role::MemberUser, Role::Staff, Role::Controller], InOrg => Scope, uncertified;
    /// A picture that shows several people, and the parts of it that were kept with some of them.
    ShowCrops = "pictures.crops", Look, [Role::Controller], OnePicture => PictureFacts, of_approved;
    /// Read a picture to cut a part out of it, before that part is kept.
    PrepareCrop = "pictures.prepare_crop", Unrecorded, [Role::Controller], OneSubject => SubjectFacts, held;
    /// Keep a part of a picture that shows several people with the one whom it shows (INC-9).
    CropPicture = "pictures.crop", Change, [Role::Controller], OneSubject => SubjectFacts, held;
    /// Take such a part away again.
    UndoCrop = "pictures.undo_crop", Change, [Role::Controller], OneSubject => SubjectFacts, held;
}

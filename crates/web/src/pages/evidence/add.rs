//! Adding evidence to a report that was sent: by whoever sent it, or by the controller.
use super::Item;
use crate::{
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    uploads::{self, FIELD, To},
    view::{Crumb, Errors, FieldError, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use axum::extract::Request;
use fairwatch_app::evidence;
use fairwatch_core::{gate::Role, ids::ReportId, incidents::ReportFacts};

/// `evidence_add.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "evidence_add.html")]
struct AddEvidence {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    reference: String,
    action: String,
    accept: &'static str,
    limits: &'static str,
    back: String,
}

/// What a browser offers to choose from. What is taken is decided by content.
pub(crate) const ACCEPT: &str = "video/*,.mkv,.ts,application/pdf,image/jpeg,image/png,image/webp";
/// What the page says is taken.
pub(crate) const LIMITS: &str =
    "Clips as MP4, MOV, WebM, AVI or MPEG, documents as PDF, stills as JPEG, PNG or WebP; up to 500 MB";

fn back(visit: &Visit, report: &ReportFacts) -> String {
    visit.href(&match (visit.role(), report.incident) {
        (Role::Controller, Some(incident)) => format!("/incidents/{incident}"),
        (Role::Controller, None) => format!("/review/{}", report.report),
        _ => format!("/reports/{}", report.report),
    })
}

fn form(visit: &Visit, report: &ReportFacts, errors: Errors) -> AddEvidence {
    let reference = visit.scope.reference(report.number);
    let back = back(visit, report);
    AddEvidence {
        shell: visit.shell(Nav::Elsewhere),
        errors,
        crumbs: vec![Crumb { label: reference.clone(), href: back.clone() }],
        reference,
        action: visit.href(&format!("/reports/{}/evidence", report.report)),
        accept: ACCEPT,
        limits: LIMITS,
        back,
    }
}

/// `GET /o/{slug}/reports/{id}/evidence`
pub(crate) async fn ask(visit: Visit, Id(report): Id<ReportId>) -> Answer {
    let report = evidence::attachable(&visit.app, &visit.ctx, report).await?;
    page(&form(&visit, &report, Errors::default()))
}

/// `POST /o/{slug}/reports/{id}/evidence`
pub(crate) async fn add(visit: Visit, Id(report): Id<ReportId>, request: Request) -> Answer {
    let facts = evidence::attachable(&visit.app, &visit.ctx, report).await?;
    let received = uploads::receive(request, &visit.web, To::Report(&visit.app, &visit.ctx, report)).await?;
    let mut errors = problems(&received.problems);
    if !errors.any() && received.taken == 0 {
        errors = Errors::one(FIELD, "Choose a file");
    }
    if errors.any() {
        return page_again(&form(&visit, &facts, errors));
    }
    Ok(see_other_done(&back(&visit, &facts), "evidence-added"))
}

/// What is wrong with files, at their control.
pub(crate) fn problems(problems: &[String]) -> Errors {
    let one = |text: &String| FieldError { field: FIELD.into(), text: text.clone() };
    Errors(problems.iter().map(one).collect())
}

/// The address of the page that adds evidence to a report.
pub(crate) fn href(visit: &Visit, report: ReportId) -> String {
    visit.href(&format!("/reports/{report}/evidence"))
}

/// The ids of the pieces of evidence that are to be shared, as the review's form names them.
pub(crate) fn tick(items: &mut [Item], ticked: &[String]) {
    for item in items {
        item.checked = ticked.contains(&item.id);
    }
}

//! The form by which police and agencies give evidence for a decision in which they have no part (EXC-8).
use crate::{
    forms::Sent,
    pages::subjects::here,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Crumb, Errors, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use fairwatch_app::{AppError, exclusions};
use fairwatch_core::ids::SubjectId;

/// `give_evidence.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "give_evidence.html")]
struct GiveEvidence {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    cancel: String,
    text: String,
    organisation: String,
}

fn form(visit: &Visit, subject: SubjectId, sent: &Sent, errors: Errors) -> GiveEvidence {
    let back = here(visit, subject);
    GiveEvidence {
        shell: visit.shell(Nav::Gallery),
        errors,
        crumbs: vec![Crumb { label: "Gallery".into(), href: visit.href("/gallery") }],
        action: format!("{back}/evidence"),
        cancel: back,
        text: sent.one("text").to_owned(),
        organisation: sent.one("organisation").to_owned(),
    }
}

/// `GET /o/{slug}/people/{id}/evidence`: it says nothing of the person, so that it asks for no reason.
pub(crate) async fn ask(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    exclusions::ask_evidence(&visit.app, &visit.ctx, subject).await?;
    page(&form(&visit, subject, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/people/{id}/evidence`
pub(crate) async fn give(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let (text, organisation) = (sent.one("text"), sent.one("organisation"));
    match exclusions::give_evidence(&visit.app, &visit.ctx, subject, text, organisation).await {
        Ok(()) => Ok(see_other_done(&visit.href("/gallery"), "given")),
        Err(AppError::Refused(problems)) => {
            page_again(&form(&visit, subject, &sent, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

//! Recording how a request ended (SAR-7).
use super::{open, way};
use crate::{
    forms::Sent,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use fairwatch_app::{
    AppError,
    requests::{self, Opened},
};
use fairwatch_core::{ids::RequestAboutDataId, requests::Outcome, rights::Right};

/// `request_finish.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "request_finish.html")]
struct Finishing {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    cancel: String,
    outcomes: Vec<Choice>,
    text: String,
    to: Option<String>,
    send: bool,
    is_known: bool,
    is_complaint: bool,
}

fn finishing(visit: &Visit, opened: &Opened, sent: &Sent, errors: Errors) -> Finishing {
    let (crumbs, here) = way(visit, &opened.held);
    let right = opened.held.right;
    let is_known = opened.held.is_known || right == Right::Complaint;
    let choice = |outcome: Outcome| Choice {
        value: outcome.name().into(),
        label: outcome.label(right).into(),
        note: String::new(),
        checked: sent.one("outcome") == outcome.name(),
    };
    // What says something of what is held is no choice before it is known who asks (SAR-2).
    let open = Outcome::of(right).into_iter().filter(|outcome| is_known || !outcome.discloses(right));
    Finishing {
        shell: visit.shell(Nav::Requests),
        errors,
        crumbs,
        action: format!("{here}/finish"),
        cancel: here,
        outcomes: open.map(choice).collect(),
        text: sent.one("text").to_owned(),
        to: requests::address(&opened.held.content).filter(|_| is_known && visit.app.sends_mail()),
        send: sent.has("send"),
        is_known,
        is_complaint: right == Right::Complaint && !opened.held.is_known,
    }
}

/// `GET /o/{slug}/requests/{id}/finish`
pub(crate) async fn ask_finish(visit: Visit, Id(id): Id<RequestAboutDataId>) -> Answer {
    let opened = open(&visit, id).await?;
    page(&finishing(&visit, &opened, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/requests/{id}/finish`
pub(crate) async fn finish(visit: Visit, Id(id): Id<RequestAboutDataId>, sent: Sent) -> Answer {
    let (outcome, text, send) = (sent.one("outcome"), sent.one("text"), sent.has("send"));
    match requests::finish(&visit.app, &visit.ctx, id, outcome, text, send).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/requests/{id}")), "request-finished")),
        Err(AppError::Refused(problems)) => {
            let opened = open(&visit, id).await?;
            page_again(&finishing(&visit, &opened, &sent, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

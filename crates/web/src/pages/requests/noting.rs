//! Recording what happened to a request: receipt, identity, clarification, more time (SAR-1, SAR-2).
use super::{open, way};
use crate::{
    forms::Sent,
    pages::day::Day,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    requests::{self, Opened, TypedStep},
};
use fairwatch_core::{
    ids::RequestAboutDataId,
    requests::{How, StepKind},
};
use serde::Deserialize;

/// `request_note.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "request_note.html")]
struct Noting {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    action: String,
    cancel: String,
    kind: String,
    identity: Option<Identity>,
    on: Day,
    on_label: &'static str,
    text: String,
    hint: String,
}

#[derive(Clone, Debug, Default)]
struct Identity {
    how: Vec<Choice>,
    yes: Vec<Choice>,
}

/// What a step is for, and what is to be written of it.
fn guide(kind: StepKind) -> (&'static str, &'static str) {
    match kind {
        StepKind::Receipt => {
            ("Tell them the receipt, and by when they are answered.", "How and by whom they were told")
        }
        StepKind::IdentityAsked => (
            "Ask only where there is a real doubt, ask for no more than settles it, and ask at once. The law’s month begins when it comes; the promise goes on.",
            "What was asked for, and why there is a doubt",
        ),
        StepKind::Identity => (
            "Look at no more than is needed, and keep no copy. Faces are compared by a person, never by a program.",
            "What was seen, and where: such as a driving licence, at the office",
        ),
        StepKind::Asked => (
            "Where much is held, you may ask what they look for. The days until they answer do not count for the law’s month of an access request; the promise goes on.",
            "What was asked, and why it is needed",
        ),
        StepKind::Came => ("From here the law’s month goes on.", "What they answered"),
        StepKind::Extended => (
            "Only where the request is complex or there are many from the same person, and only if they are told why within the first month.",
            "How they were told, and the reasons",
        ),
        StepKind::Progress => (
            "Such as what was enquired into, or what they were told meanwhile.",
            "What was done, or what they were told",
        ),
    }
}

fn noting(visit: &Visit, opened: &Opened, kind: StepKind, sent: &Sent, errors: Errors) -> Noting {
    let (crumbs, here) = way(visit, &opened.held);
    let (lead, hint) = guide(kind);
    let choice = |field: &str, value: &str, label: &str| Choice {
        value: value.into(),
        label: label.into(),
        note: String::new(),
        checked: sent.one(field) == value,
    };
    let identity = || Identity {
        how: How::ALL.iter().map(|how| choice("how", how.name(), how.label())).collect(),
        yes: vec![choice("yes", "yes", "Yes"), choice("yes", "no", "No, or it is not certain")],
    };
    Noting {
        shell: visit.shell(Nav::Requests),
        errors,
        crumbs,
        title: kind.label().into(),
        lead: lead.into(),
        action: format!("{here}/note"),
        cancel: here,
        kind: kind.name().into(),
        identity: (kind == StepKind::Identity).then(identity),
        on: Day::from_form(sent, "on"),
        on_label: match kind {
            StepKind::Identity => "On which day did it come, or was it shown?",
            _ => "On which day",
        },
        text: sent.one("text").to_owned(),
        hint: hint.into(),
    }
}

/// What the page is about.
#[derive(Deserialize)]
pub(crate) struct About {
    #[serde(default)]
    kind: String,
}

/// `GET /o/{slug}/requests/{id}/note`: kind, progress where nothing is said.
pub(crate) async fn ask_note(
    visit: Visit,
    Id(id): Id<RequestAboutDataId>,
    Query(about): Query<About>,
) -> Answer {
    let kind = match &*about.kind {
        "" => StepKind::Progress,
        kind => kind.parse().map_err(|_| AppError::Hidden)?,
    };
    let opened = open(&visit, id).await?;
    page(&noting(&visit, &opened, kind, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/requests/{id}/note`
pub(crate) async fn note(visit: Visit, Id(id): Id<RequestAboutDataId>, sent: Sent) -> Answer {
    let kind = sent.one("kind").parse::<StepKind>().map_err(|_| AppError::Hidden)?;
    let done = match Day::from_form(&sent, "on").parse() {
        Ok(on) => {
            let text = |field: &str| sent.one(field).to_owned();
            let typed =
                TypedStep { kind: text("kind"), on, yes: text("yes"), how: text("how"), text: text("text") };
            requests::note(&visit.app, &visit.ctx, id, &typed).await
        }
        Err(_) => {
            Err(AppError::in_field("on", "Enter the day, such as 27 3 2027, or leave it empty for today."))
        }
    };
    match done {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/requests/{id}")), "request-noted")),
        Err(AppError::Refused(problems)) => {
            let opened = open(&visit, id).await?;
            page_again(&noting(&visit, &opened, kind, &sent, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

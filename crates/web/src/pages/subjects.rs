//! One person: as members see them, and as the controller does, with what is done to a record.
//!
//! - `member` and `whole` are the two pages, at one address; the role decides.
//! - `deeds` are the forms of the controller's page; `moves` take a report away or to somebody else, and erase.
//! - `held` lists what is held; `fields` enter, correct and remove an item, `source` asks where it comes from; `picks`
//!   are the members to whom targeted data is shown.
//! - `merging` makes two records one and takes that back; `associates` says who acts with whom, drawn by `graph`.
//! - `lifeline`, `portraits` and `told` say what a page shows of a life, of pictures and of fields.
pub(crate) mod associates;
mod choosing;
pub(crate) mod deeds;
pub(crate) mod fields;
mod graph;
mod held;
pub(crate) mod lifeline;
mod member;
pub(crate) mod merging;
pub(crate) mod moves;
pub(crate) mod picks;
pub(crate) mod portraits;
mod source;
pub(crate) mod told;
mod whole;

pub(crate) use whole::ages;

use crate::{
    forms::Sent,
    pages::{confirm::Confirm, gallery},
    respond::{Answer, PageError, page, page_again},
    shell::Nav,
    view::{Crumb, Errors, Piece},
    visit::{Id, Visit},
};
use axum::extract::Query;
use deeds::Typed;
use fairwatch_app::{AppError, subjects};
use fairwatch_core::{gate::Role, ids::SubjectId, subjects::viewer};
use serde::Deserialize;
use std::str::FromStr;

/// An id that an address or a form names. One that is none is answered as one that does not exist (VIS-7).
pub(crate) fn id<T: FromStr>(text: &str) -> Result<T, AppError> {
    text.parse().map_err(|_| AppError::Hidden)
}

/// The address of a person's page.
pub(crate) fn here(visit: &Visit, subject: SubjectId) -> String {
    visit.href(&format!("/people/{subject}"))
}

/// What the address of a person's page says beside the person.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    picture: Option<usize>,
}

/// `GET /o/{slug}/people/{id}`: one address for all who may see the person; the role decides what they see.
///
/// Whoever came from the gallery brings along whom they look for there.
pub(crate) async fn show(
    visit: Visit,
    Id(subject): Id<SubjectId>,
    Query(wanted): Query<Wanted>,
    Query(sought): Query<gallery::Sought>,
) -> Answer {
    if matches!(visit.role(), Role::Controller | Role::Staff) {
        match subjects::open(&visit.app, &visit.ctx, subject).await {
            Err(AppError::Hidden) => merging::lead_on(&visit, subject).await,
            shown => {
                page(&whole::page(&visit, &shown?, wanted.picture, &Typed::default(), Errors::default()))
            }
        }
    } else if viewer(visit.role()).is_some_and(|viewer| visit.scope.policy.asks_reason(viewer)) {
        page(&ask_look(&visit, subject, "", Errors::default()))
    } else {
        let among = sought.sought();
        match subjects::show_among(&visit.app, &visit.ctx, subject, "", Some(&among)).await {
            Err(AppError::Hidden) => merging::lead_on(&visit, subject).await,
            shown => page(&member::page(&visit, &shown?, wanted.picture, &sought)),
        }
    }
}

/// `POST /o/{slug}/people/{id}`: the person, for those of whom the policy asks a reason for each look (VIS-5).
pub(crate) async fn look(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    match subjects::show(&visit.app, &visit.ctx, subject, reason).await {
        Ok(shown) => page(&member::page(&visit, &shown, None, &gallery::Sought::default())),
        Err(AppError::Refused(problems)) => {
            let errors = Errors::one("reason", &problems.to_string());
            page_again(&ask_look(&visit, subject, reason, errors))
        }
        Err(AppError::Hidden) => merging::lead_on(&visit, subject).await,
        Err(error) => Err(error.into()),
    }
}

/// The form that asks those outside the scheme why they look. Like [`ask_reason`], it is the same for every id.
fn ask_look(visit: &Visit, subject: SubjectId, reason: &str, errors: Errors) -> Confirm {
    Confirm {
        shell: visit.shell(Nav::Gallery),
        errors,
        crumbs: vec![Crumb { label: "Gallery".into(), href: visit.href("/gallery") }],
        here: "A person".into(),
        title: "Why do you need to see this person?".into(),
        text: vec![vec![Piece::text(format!(
            "{} asks for a reason each time. It is kept with the record of your look.",
            &*visit.scope.policy.scheme.name
        ))]],
        action: here(visit, subject),
        reason_label: "Your reason".into(),
        reason: reason.to_owned(),
        button: "Go on".into(),
        cancel: visit.href("/gallery"),
        ..Confirm::default()
    }
}

/// The controller's page again, with what was typed and what is wrong with it.
async fn again(visit: &Visit, subject: SubjectId, typed: &Typed, errors: Errors) -> Answer {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    page_again(&whole::page(visit, &shown, None, typed, errors))
}

/// The form that asks for a reason before a frozen record is opened. It is the same for every id, so that it tells
/// nothing of which exist (VIS-7).
fn ask_reason(visit: &Visit, subject: SubjectId, reason: &str, errors: Errors) -> Confirm {
    Confirm {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: vec![Crumb { label: "People".into(), href: visit.href("/people") }],
        here: "Frozen record".into(),
        title: "Open a frozen record?".into(),
        text: vec![vec![Piece::text(
            "Deletion has fallen due for it, and a hold alone keeps it. Nobody sees it, but for the purpose of that hold.",
        )]],
        action: visit.href(&format!("/frozen/{subject}")),
        reason_label: "What for?".into(),
        reason: reason.to_owned(),
        button: "Open it".into(),
        cancel: visit.href("/people?stage=frozen"),
        ..Confirm::default()
    }
}

/// `GET /o/{slug}/frozen/{id}`
pub(crate) async fn ask_frozen(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&ask_reason(&visit, subject, "", Errors::default()))
}

/// `POST /o/{slug}/frozen/{id}`: what a hold alone keeps, for that hold (VIS-4).
pub(crate) async fn open_frozen(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    match subjects::open_frozen(&visit.app, &visit.ctx, subject, reason).await {
        Ok(shown) => page(&whole::page(&visit, &shown, None, &Typed::default(), Errors::default())),
        Err(AppError::Refused(_)) => {
            let errors = Errors::one("reason", "Say what for. It is kept with the record of this look.");
            page_again(&ask_reason(&visit, subject, reason, errors))
        }
        Err(error) => Err(PageError::from(error)),
    }
}

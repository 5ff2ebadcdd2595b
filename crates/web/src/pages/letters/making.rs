//! Making a letter: what would stand in it, a look at it, and the deed (EXC-3).
use super::{bytes, crumbs};
use crate::{
    forms::Sent,
    pages::{gallery::name_or_reference, subjects::here},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Crumb, Errors, Row, Shell},
    visit::Visit,
};
use askama::Template;
use axum::extract::{Path, Query};
use fairwatch_app::{
    AppError,
    letters::{self, Draft, Order},
};
use fairwatch_core::{
    ids::SubjectId,
    letters::{Kind, MakeLetter},
};
use serde::Deserialize;
use uuid::Uuid;

/// `letter_make.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "letter_make.html")]
struct MakeForm {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    tells: Vec<Row>,
    action: String,
    cancel: String,
    about: String,
    name: String,
    address: String,
    reason: Option<String>,
    picture: Option<bool>,
    notice: Option<bool>,
    may_make: bool,
}

/// What the address says beside the path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    about: Option<Uuid>,
}

type Named = Path<(String, String, String)>;

fn named(Path((_, subject, kind)): Named) -> Result<(SubjectId, Kind), AppError> {
    Ok((subject.parse().map_err(|_| AppError::Hidden)?, kind.parse().map_err(|_| AppError::Hidden)?))
}

fn form(visit: &Visit, subject: SubjectId, draft: &Draft, order: &Order, errors: Errors) -> MakeForm {
    let name = name_or_reference(
        Some(order.name.as_str()).filter(|name| !name.is_empty()),
        &draft.scope,
        draft.number,
    );
    let place = format!("{}/letters", here(visit, subject));
    let mut way = crumbs(visit, subject, &name);
    way.push(Crumb { label: "Letters".into(), href: place.clone() });
    MakeForm {
        shell: visit.shell(Nav::Letters),
        errors,
        crumbs: way,
        title: order.kind.label().to_owned(),
        tells: draft.tells.iter().map(|(key, value)| Row::new(*key, value)).collect(),
        action: format!("{place}/new/{}", order.kind.name()),
        cancel: place,
        about: order.about.map_or_else(String::new, |id| id.to_string()),
        name: order.name.clone(),
        address: order.address.clone(),
        reason: draft.gives_reason.then(|| order.reason.clone()),
        picture: draft.can_show_picture.then_some(order.with_picture),
        notice: (order.kind != Kind::Notice).then_some(order.with_notice),
        may_make: visit.may::<MakeLetter>(),
    }
}

/// `GET /o/{slug}/people/{id}/letters/new/{kind}`
pub(crate) async fn ask(visit: Visit, path: Named, Query(wanted): Query<Wanted>) -> Answer {
    let (subject, kind) = named(path)?;
    let mut draft = letters::draft(&visit.app, &visit.ctx, subject, kind, wanted.about).await?;
    draft.order.about = wanted.about;
    page(&form(&visit, subject, &draft, &draft.order, Errors::default()))
}

/// `POST /o/{slug}/people/{id}/letters/new/{kind}`: `do=look` shows the letter, `do=make` makes it.
pub(crate) async fn make(visit: Visit, path: Named, sent: Sent) -> Answer {
    let (subject, kind) = named(path)?;
    let order = Order {
        kind,
        about: Some(sent.one("about"))
            .filter(|id| !id.is_empty())
            .map(str::parse)
            .transpose()
            .map_err(|_| AppError::Hidden)?,
        name: sent.one("name").to_owned(),
        address: sent.one("address").replace('\r', ""),
        reason: sent.one("reason").to_owned(),
        with_picture: sent.has("picture"),
        with_notice: sent.has("notice") || kind == Kind::Notice,
    };
    let done = if sent.one("do") == "look" {
        letters::preview(&visit.app, &visit.ctx, subject, &order)
            .await
            .map(|pdf| bytes("application/pdf", "inline", "letter-not-made.pdf", pdf))
    } else {
        letters::make(&visit.app, &visit.ctx, subject, &order)
            .await
            .map(|letter| see_other_done(&visit.href(&format!("/letters/{letter}")), "letter-made"))
    };
    match done {
        Ok(response) => Ok(response),
        Err(AppError::Refused(problems)) => again(&visit, subject, &order, Errors::from(&problems)).await,
        Err(error) => Err(error.into()),
    }
}

async fn again(visit: &Visit, subject: SubjectId, order: &Order, errors: Errors) -> Answer {
    // What was decided may be gone: then there is no form to show it in, and the reason stands alone.
    match letters::draft(&visit.app, &visit.ctx, subject, order.kind, order.about).await {
        Ok(draft) => page_again(&form(visit, subject, &draft, order, errors)),
        Err(error) => Err(PageError::from(error)),
    }
}

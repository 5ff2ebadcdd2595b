//! Writing something for members, and taking it back (MEM-4, DIS-20).
use super::{crumbs, verb};
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, day::Day, targets, targets::Whom},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Cautions, Crumb, Errors, Piece, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::{Path, rejection::PathRejection};
use fairwatch_app::{
    AppError,
    error::Problems,
    incidents::reporting::cautions::Caution,
    news::{self, Outcome, Typed},
};
use fairwatch_core::{ids::PostId, news::Kind};

/// `news/form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "news/form.html")]
struct Form {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    asks: bool,
    minded: String,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    title_typed: String,
    text: String,
    alert_hint: String,
    is_alert: bool,
    is_document: bool,
    is_event: bool,
    radio: bool,
    happens: Day,
    time: String,
    place: String,
    over: Day,
    usual: String,
    whom: Whom,
    button: &'static str,
    /// By which the same form sent twice is known.
    id: String,
    had_file: bool,
}

/// The kind in the path, if whoever asks writes it.
fn kind(visit: &Visit, path: Result<Path<(String, String)>, PathRejection>) -> Result<Kind, PageError> {
    let Path((_, kind)) = path.map_err(|_| AppError::Hidden)?;
    let kind: Kind = kind.parse().map_err(|_| AppError::Hidden)?;
    if kind.is_written_by(visit.role()) { Ok(kind) } else { Err(AppError::Hidden.into()) }
}

async fn form(
    visit: &Visit,
    kind: Kind,
    sent: &Sent,
    errors: Errors,
    found: &[Caution],
) -> Result<Form, AppError> {
    let choices = news::choices(&visit.app, &visit.ctx, visit.org()).await?;
    let usual = match kind {
        Kind::Event => "Leave it empty for the day of the event".to_owned(),
        kind => {
            let day = words::date(kind.over_on(visit.scope.today, None));
            format!("After that members do not see it any more. Leave it empty for {day}")
        }
    };
    let reference = visit.scope.reference(231);
    Ok(Form {
        shell: visit.shell(Nav::News),
        errors,
        cautions: Cautions::from(found),
        asks: !found.is_empty(),
        minded: if found.is_empty() { sent.one("minded").to_owned() } else { news::minded(found) },
        crumbs: crumbs(visit),
        title: verb(kind).into(),
        action: visit.href(&format!("/news/new/{}", kind.name())),
        cancel: visit.href("/news"),
        title_typed: sent.one("title").to_owned(),
        text: sent.one("text").to_owned(),
        alert_hint: format!(
            "By reference, such as {reference}: members look it up. An empty line begins a paragraph, - a point"
        ),
        is_alert: kind == Kind::Alert,
        is_document: kind == Kind::Document,
        is_event: kind == Kind::Event,
        radio: sent.has("radio"),
        happens: Day::from_form(sent, "happens"),
        time: sent.one("time").to_owned(),
        place: sent.one("place").to_owned(),
        over: Day::from_form(sent, "over"),
        usual,
        whom: Whom::new(&choices, &targets::chosen(sent)),
        button: if kind == Kind::Alert { "Send it now" } else { "Publish it" },
        id: form_id(visit, sent),
        had_file: sent.has("had_file") || !sent.files.is_empty(),
    })
}

/// By which a form is known that is sent twice: what it was given when it was first shown.
pub(crate) fn form_id(visit: &Visit, sent: &Sent) -> String {
    let given = sent.one("id").parse::<PostId>();
    given.unwrap_or_else(|_| visit.ctx.new_id()).to_string()
}

/// `GET /o/{slug}/news/new/{kind}`
pub(crate) async fn ask(visit: Visit, path: Result<Path<(String, String)>, PathRejection>) -> Answer {
    let kind = kind(&visit, path)?;
    page(&form(&visit, kind, &Sent::default(), Errors::default(), &[]).await?)
}

fn typed(kind: Kind, sent: &Sent) -> Result<Typed, Problems> {
    let mut check = fairwatch_app::error::Check::default();
    let mut day = |field: &'static str| {
        Day::from_form(sent, field).parse().unwrap_or_else(|_| {
            check.wrong(field, "There is no such day. Enter it in figures, such as 27 3 2027.");
            None
        })
    };
    let (happens_on, over_on) = (day("happens"), day("over"));
    match check.done() {
        Err(AppError::Refused(problems)) => Err(problems),
        _ => Ok(Typed {
            kind: Some(kind),
            radio: sent.has("radio"),
            title: sent.one("title").to_owned(),
            text: sent.one("text").to_owned(),
            pdf: sent.files.first().map(|file| file.bytes.clone()),
            happens_on,
            time: sent.one("time").to_owned(),
            place: sent.one("place").to_owned(),
            over_on,
            chosen: targets::chosen(sent),
            minded: sent.one("minded").to_owned(),
            had_file: sent.has("had_file"),
            id: sent.one("id").parse().ok(),
        }),
    }
}

/// `POST /o/{slug}/news/new/{kind}`
pub(crate) async fn publish(
    visit: Visit,
    path: Result<Path<(String, String)>, PathRejection>,
    sent: Sent,
) -> Answer {
    let kind = kind(&visit, path)?;
    let done = match typed(kind, &sent) {
        Ok(typed) => news::publish(&visit.app, &visit.ctx, &visit.scope, typed).await,
        Err(problems) => Err(AppError::Refused(problems)),
    };
    match done {
        Ok(Outcome::Published(_)) => {
            let done = if kind == Kind::Alert { "alert-published" } else { "post-published" };
            Ok(see_other_done(&visit.href("/news"), done))
        }
        Ok(Outcome::Warned(found)) => {
            page_again(&form(&visit, kind, &sent, Errors::default(), &found).await?)
        }
        Err(AppError::Refused(problems)) => {
            page_again(&form(&visit, kind, &sent, Errors::from(&problems), &[]).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /o/{slug}/news/{id}/withdraw`
pub(crate) async fn ask_withdraw(visit: Visit, Id(id): Id<PostId>) -> Answer {
    let whole = news::read(&visit.app, &visit.ctx, id).await?;
    if !(whole.is_own || visit.role() == fairwatch_core::gate::Role::Controller) {
        return Err(AppError::Hidden.into());
    }
    let here = visit.href(&format!("/news/{id}"));
    let mut way = crumbs(&visit);
    way.push(Crumb { label: whole.post.content.title.clone(), href: here.clone() });
    let text =
        "It is deleted at once, with who has read it. What went out by e-mail says nothing of what it says.";
    page(&Confirm {
        shell: visit.shell(Nav::News),
        crumbs: way,
        here: "Take it back".into(),
        title: format!("Take back {}?", whole.post.content.title),
        text: vec![vec![Piece::text(text)]],
        danger: true,
        action: format!("{here}/withdraw"),
        button: "Take it back".into(),
        cancel: here,
        ..Confirm::default()
    })
}

/// `POST /o/{slug}/news/{id}/withdraw`
pub(crate) async fn withdraw(visit: Visit, Id(id): Id<PostId>) -> Answer {
    news::withdraw(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href("/news"), "post-withdrawn"))
}

//! All of the scheme's data as one file: asked for, agreed to by the board, fetched once (SEC-6, DOC-5).
use crate::{
    forms::Sent,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Errors, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    exporting::{self, Held, Typed},
};
use fairwatch_core::{
    exporting::{
        AskExport, DECIDE_DAYS, DecideExport, ExportState, FetchExport, MOST_BEGINNINGS, WithdrawExport,
    },
    ids::ExportId,
};
use std::io;

/// `exports.html`
#[derive(Template, Debug)]
#[template(path = "exports.html")]
struct Exports {
    shell: Shell,
    errors: Errors,
    /// Where it is asked for; none for whoever may not.
    action: Option<String>,
    days: i64,
    typed: Typed,
    /// How many restricted people would go out; none where there are none.
    restricted: Option<String>,
    exports: Vec<Shown>,
}

#[derive(Debug)]
struct Shown {
    title: String,
    tags: Vec<Tag>,
    facts: Vec<Row>,
    withdraw: Option<String>,
    fetch: Option<String>,
    decide: Option<String>,
    reason: String,
}

fn shown(visit: &Visit, one: &Held, reason: &str) -> Shown {
    let (today, me) = (visit.scope.today, visit.session.account);
    let left = || "Somebody who has left".to_owned();
    let open = one.state == ExportState::Asked && today < one.closes_on;
    let ready = one.state == ExportState::Agreed && one.fetch_until.is_some_and(|until| today < until);
    let (colour, state) = match one.state {
        ExportState::Asked if open => {
            ("amber", format!("The board decides before {}", words::date(one.closes_on)))
        }
        ExportState::Asked => ("pale", "Nobody decided in time".to_owned()),
        ExportState::Agreed if ready && one.begun >= MOST_BEGINNINGS => {
            ("red", "Begun as often as it can be, and not fetched to its end".to_owned())
        }
        ExportState::Agreed if ready => (
            "green",
            format!("To be fetched before {}", one.fetch_until.map(words::date).unwrap_or_default()),
        ),
        ExportState::Agreed if one.begun > 0 => ("red", "Begun, and not fetched to its end".to_owned()),
        ExportState::Agreed => ("pale", "Agreed to, and not fetched in time".to_owned()),
        ExportState::Refused => ("red", "Refused".to_owned()),
        ExportState::Withdrawn => ("pale", "Taken back".to_owned()),
        ExportState::Fetched => {
            ("teal", format!("Fetched on {}", one.fetched_on.map(words::date).unwrap_or_default()))
        }
    };
    let mut facts = vec![
        Row::new("Why", one.asked.reason.clone()),
        Row::new("Recipient", one.asked.recipient.clone()),
        Row::new("Country", one.asked.country.clone()),
        Row::new("Asked by", one.asker.clone().unwrap_or_else(left)),
    ];
    if let Some(on) = one.decided_on {
        let by = one.decider.clone().unwrap_or_else(left);
        facts.push(Row::new("Decided by", format!("{by}, {}: {}", words::date(on), one.asked.decision)));
    }
    if let Some(at) = one.begun_at {
        let times = words::count(one.begun as usize, "time", "times");
        let said = format!(
            "{times}, the last on {}. What was handed over each time has left.",
            words::date_time(at)
        );
        facts.push(Row::new("Begun to be fetched", said));
    }
    let at = |deed: &str| visit.href(&format!("/exports/{}/{deed}", one.id));
    Shown {
        title: format!("Asked for on {}", words::date(one.asked_on)),
        tags: vec![Tag::new(colour, state)],
        facts,
        withdraw: ((open || ready) && visit.may::<WithdrawExport>()).then(|| at("withdraw")),
        fetch: (ready && one.begun < MOST_BEGINNINGS && one.asked_by == me && visit.may::<FetchExport>())
            .then(|| at("fetch")),
        decide: (open && one.asked_by != me && visit.may::<DecideExport>()).then(|| at("decide")),
        reason: reason.to_owned(),
    }
}

async fn build(visit: &Visit, typed: Typed, reason: &str, errors: Errors) -> Result<Exports, AppError> {
    let listed = exporting::list(&visit.app, &visit.ctx, visit.org()).await?;
    Ok(Exports {
        shell: visit.shell(Nav::Elsewhere),
        errors,
        action: visit.may::<AskExport>().then(|| visit.href("/exports")),
        days: DECIDE_DAYS,
        typed,
        restricted: (listed.restricted > 0).then(|| {
            words::count(usize::try_from(listed.restricted).unwrap_or(usize::MAX), "person", "people")
        }),
        exports: listed.exports.iter().map(|one| shown(visit, one, reason)).collect(),
    })
}

/// `GET /o/{slug}/exports`
pub(crate) async fn list(visit: Visit) -> Answer {
    page(&build(&visit, Typed::default(), "", Errors::default()).await?)
}

/// `POST /o/{slug}/exports`: reason, recipient, country.
pub(crate) async fn ask(visit: Visit, sent: Sent) -> Answer {
    let text = |field: &str| sent.one(field).to_owned();
    let typed = Typed { reason: text("reason"), recipient: text("recipient"), country: text("country") };
    match exporting::ask(&visit.app, &visit.ctx, visit.org(), &typed).await {
        Ok(_) => Ok(see_other_done(&visit.href("/exports"), "export-asked")),
        Err(AppError::Refused(problems)) => {
            page_again(&build(&visit, typed, "", Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/exports/{id}/withdraw`
pub(crate) async fn withdraw(visit: Visit, Id(id): Id<ExportId>) -> Answer {
    exporting::withdraw(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href("/exports"), "export-withdrawn"))
}

/// `POST /o/{slug}/exports/{id}/decide`: decision, why.
pub(crate) async fn decide(visit: Visit, Id(id): Id<ExportId>, sent: Sent) -> Answer {
    let (agrees, reason) = (sent.one("decision") == "agree", sent.one("why"));
    match exporting::decide(&visit.app, &visit.ctx, id, agrees, reason).await {
        Ok(()) => Ok(see_other_done(&visit.href("/exports"), "export-decided")),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            errors.0.iter_mut().for_each(|error| error.field = "why".into());
            page_again(&build(&visit, Typed::default(), reason, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/exports/{id}/fetch`: the file, written while it is sent. Its size is not known before, and it lies nowhere.
pub(crate) async fn fetch(visit: Visit, Id(id): Id<ExportId>) -> Answer {
    let parts = exporting::fetch(&visit.app, &visit.ctx, id).await?;
    let stream = futures_util::stream::unfold(parts, async |mut parts| {
        let part = parts.recv().await?.map_err(|_| io::Error::other("the export ended before its end"));
        Some((part, parts))
    });
    let mut answer = Body::from_stream(stream).into_response();
    let name = format!("attachment; filename=\"{}-{}.zip\"", visit.scope.slug, visit.scope.today);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

//! The yearly audit of what is old, as a guided run (RET-13).
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Errors, Row, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    old_data::{self, Asked, Audit, Overview},
};
use fairwatch_core::{
    ids::OldAuditId,
    joining::OpenApplication,
    old_data::{BeginOldAudit, FinishOldAudit, Ground, Kind, Summary, Why, is_stale},
};
use jiff::civil::Date;
use uuid::Uuid;

/// `old_data.html`
#[derive(Template, Debug)]
#[template(path = "old_data.html")]
struct OldData {
    shell: Shell,
    errors: Errors,
    due: String,
    begin: Option<String>,
    run: Option<Run>,
    finished: Vec<Finished>,
}

#[derive(Debug)]
struct Run {
    lead: String,
    lines: Vec<Line>,
    gone: Vec<Gone>,
    gone_title: String,
    facts: Vec<Row>,
    past: String,
    asked: Vec<Question>,
    decide: String,
    finish: Option<String>,
    conclusion: String,
}

#[derive(Debug)]
struct Line {
    what: &'static str,
    count: u64,
    why: String,
    oldest: String,
    until: String,
}

#[derive(Debug)]
struct Gone {
    what: &'static str,
    listed: u64,
    gone: u64,
    left: u64,
}

#[derive(Debug)]
struct Question {
    id: usize,
    kind: &'static str,
    record: String,
    label: String,
    href: Option<String>,
    why: String,
    ground: String,
    grounds: Vec<Choice>,
    reason: String,
}

#[derive(Debug)]
struct Finished {
    day: String,
    conclusion: String,
    hash: String,
    pdf: String,
    signature: String,
}

/// What was typed into a form that came back.
#[derive(Clone, Debug, Default)]
struct Typed {
    record: String,
    ground: String,
    reason: String,
    conclusion: String,
}

/// Where something is looked at, and what it is called.
fn question(visit: &Visit, n: usize, asked: &Asked, typed: &Typed) -> Question {
    let at = |path: &str| Some(visit.href(&format!("{path}{}", asked.record)));
    let (label, href) = match asked.kind {
        Kind::Person if asked.why == Why::Frozen => ("A frozen record".to_owned(), at("/frozen/")),
        Kind::Person => ("A person".to_owned(), at("/people/")),
        Kind::Report => ("A report".to_owned(), at("/review/")),
        Kind::Tip => ("A name that was sent".to_owned(), at("/names/")),
        Kind::Proposal => ("A proposal".to_owned(), at("/cases/")),
        Kind::Appeal => ("An appeal".to_owned(), at("/appeals/")),
        Kind::Enquiry => ("An enquiry".to_owned(), at("/enquiries/")),
        Kind::Application => (
            "An application to join".to_owned(),
            at("/applications/").filter(|_| visit.may::<OpenApplication>()),
        ),
        other => (other.label().to_owned(), None),
    };
    let label = match (asked.kind, asked.number) {
        (Kind::Proposal, Some(number)) => format!("Proposal {number}"),
        (Kind::Person, Some(number)) if asked.why == Why::Frozen => {
            format!("Frozen record {}", visit.scope.reference(number))
        }
        (Kind::Person | Kind::Report, Some(number)) => visit.scope.reference(number),
        _ => label,
    };
    let record = asked.record.to_string();
    let mine = typed.record == record;
    let kept = asked.ground.map_or("", Ground::name);
    let chosen = if mine { typed.ground.as_str() } else { kept };
    let first = Choice { label: "Choose".into(), checked: chosen.is_empty(), ..Choice::default() };
    let grounds = Ground::ALL.into_iter().map(|ground| Choice {
        value: ground.name().into(),
        label: ground.label().into(),
        note: String::new(),
        checked: chosen == ground.name(),
    });
    Question {
        id: n,
        kind: asked.kind.name(),
        label,
        href,
        why: words::capital(asked.why.label()),
        ground: asked.ground.map(|ground| ground.label().to_owned()).unwrap_or_default(),
        grounds: std::iter::once(first).chain(grounds).collect(),
        reason: if mine { typed.reason.clone() } else { asked.reason.clone() },
        record,
    }
}

/// A month; of few nothing is said.
fn month(day: Option<Date>) -> String {
    day.map_or_else(|| "Not said of so few".to_owned(), |day| day.strftime("%B %Y").to_string())
}

fn facts(summary: &Summary) -> Vec<Row> {
    vec![
        Row::new("Changed or destroyed by the clock", summary.swept.to_string()),
        Row::new("Erased by the controller", summary.erased.to_string()),
        Row::new("Records of deleted profiles made", summary.stubs.to_string()),
        Row::new("Past their end and still here", summary.past.to_string()),
        Row::new("Kept for some days for a report that waits", summary.put_off.to_string()),
        Row::new("Files that the next sweep removes from the disk", summary.files.to_string()),
    ]
}

fn run(visit: &Visit, audit: &Audit, asked: &[Asked], typed: &Typed) -> Run {
    let summary = &audit.summary;
    let age = visit.scope.policy.reviews.old_after.length;
    let at = |what: &str| visit.href(&format!("/old-data/{}/{what}", audit.id));
    let lines = summary.lines.iter().map(|line| Line {
        what: line.kind.label(),
        count: line.count,
        why: words::capital(line.why.label()),
        oldest: month(line.oldest),
        until: match line.until {
            None if line.oldest.is_some() => "With what it belongs to".to_owned(),
            until => month(until),
        },
    });
    let of = |lines: &[fairwatch_core::old_data::Gone]| {
        let line = |one: &fairwatch_core::old_data::Gone| Gone {
            what: one.kind.label(),
            listed: one.listed,
            gone: one.gone,
            left: one.listed.saturating_sub(one.gone),
        };
        lines.iter().map(line).collect::<Vec<_>>()
    };
    let (gone_title, gone) = match &summary.last {
        Some((day, lines)) => (format!("What the audit of {} listed.", words::date(*day)), of(lines)),
        None => ("This is the scheme’s first audit: there is none to compare with.".to_owned(), Vec::new()),
    };
    Run {
        lead: match summary.lines.is_empty() {
            true => format!("On {} the scheme held nothing that was more than {age} old.", words::date(summary.begun_on)),
            false => format!(
                "As of {}: what is from before {}, and so more than {age} old.",
                words::date(summary.begun_on),
                words::date(summary.before)
            ),
        },
        lines: lines.collect(),
        gone,
        gone_title,
        facts: facts(summary),
        past: match summary.past {
            0 => String::new(),
            _ => "Some records are past their end and still here. The sweep destroys them; the audit can be finished then."
                .to_owned(),
        },
        asked: asked.iter().enumerate().map(|(n, one)| question(visit, n, one, typed)).collect(),
        decide: at("decide"),
        finish: visit.may::<FinishOldAudit>().then(|| at("finish")),
        conclusion: typed.conclusion.clone(),
    }
}

fn built(visit: &Visit, found: &Overview, errors: Errors, typed: &Typed) -> OldData {
    let finished = found.finished.iter().map(|audit| {
        let at = |what: &str| visit.href(&format!("/old-data/{}/{what}", audit.id));
        Finished {
            day: audit.finished_on.map(words::date).unwrap_or_default(),
            conclusion: audit.conclusion.clone(),
            hash: audit.hash.clone(),
            pdf: at("pdf"),
            signature: at("signature"),
        }
    });
    let is_open = |audit: &Audit| !is_stale(audit.begun_on, found.scope.today);
    let begins = !found.open.as_ref().is_some_and(is_open) && visit.may::<BeginOldAudit>();
    OldData {
        shell: visit.shell(Nav::OldData),
        errors,
        due: found.due.map_or(String::new(), |day| format!("The next is due by {}.", words::date(day))),
        begin: begins.then(|| visit.href("/old-data")),
        run: found.open.as_ref().map(|audit| run(visit, audit, &found.asked, typed)),
        finished: finished.collect(),
    }
}

async fn again(visit: &Visit, errors: Errors, typed: &Typed) -> Answer {
    let found = old_data::overview(&visit.app, &visit.ctx, visit.org()).await?;
    page_again(&built(visit, &found, errors, typed))
}

/// `GET /o/{slug}/old-data`
pub(crate) async fn show(visit: Visit) -> Answer {
    let found = old_data::overview(&visit.app, &visit.ctx, visit.org()).await?;
    page(&built(&visit, &found, Errors::default(), &Typed::default()))
}

/// `POST /o/{slug}/old-data`
pub(crate) async fn begin(visit: Visit) -> Answer {
    match old_data::begin(&visit.app, &visit.ctx, visit.org()).await {
        Ok(_) => Ok(see_other_done(&visit.href("/old-data"), "old-data-begun")),
        Err(AppError::Refused(problems)) => again(&visit, Errors::from(&problems), &Typed::default()).await,
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/old-data/{id}/decide`: kind, record, ground, reason.
pub(crate) async fn decide(visit: Visit, Id(id): Id<OldAuditId>, sent: Sent) -> Answer {
    let kind: Kind = sent.one("kind").parse().map_err(|_| AppError::Hidden)?;
    let record: Uuid = sent.one("record").parse().map_err(|_| AppError::Hidden)?;
    let ground = sent.one("ground").parse::<Ground>().ok();
    match old_data::decide(&visit.app, &visit.ctx, id, (kind, record), ground, sent.one("reason")).await {
        Ok(()) => Ok(see_other_done(&visit.href("/old-data"), "old-data-decided")),
        Err(AppError::Refused(problems)) => {
            let typed = Typed {
                record: record.to_string(),
                ground: sent.one("ground").into(),
                reason: sent.one("reason").into(),
                conclusion: String::new(),
            };
            // Each record has fields of its own, so what is wrong is said above them.
            let mut errors = Errors::from(&problems);
            errors.0.iter_mut().for_each(|error| error.field = String::new());
            again(&visit, errors, &typed).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/old-data/{id}/finish`: conclusion.
pub(crate) async fn finish(visit: Visit, Id(id): Id<OldAuditId>, sent: Sent) -> Answer {
    match old_data::finish(&visit.app, &visit.ctx, visit.org(), id, sent.one("conclusion")).await {
        Ok(()) => Ok(see_other_done(&visit.href("/old-data"), "old-data-finished")),
        Err(AppError::Refused(problems)) => {
            let typed = Typed { conclusion: sent.one("conclusion").into(), ..Typed::default() };
            again(&visit, Errors::from(&problems), &typed).await
        }
        Err(error) => Err(error.into()),
    }
}

fn file(slug: &str, day: Date, ending: &str) -> Result<HeaderValue, PageError> {
    HeaderValue::from_str(&format!("attachment; filename=\"{slug}-old-data-{day}.{ending}\""))
        .map_err(PageError::internal)
}

/// `GET /o/{slug}/old-data/{id}/pdf`
pub(crate) async fn pdf(visit: Visit, Id(id): Id<OldAuditId>) -> Answer {
    let (bytes, _, day) = old_data::read(&visit.app, &visit.ctx, id).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, file(&visit.scope.slug, day, "pdf")?),
    ];
    Ok((headers, bytes).into_response())
}

/// `GET /o/{slug}/old-data/{id}/signature`: what goes beside the report.
pub(crate) async fn signature(visit: Visit, Id(id): Id<OldAuditId>) -> Answer {
    let (_, beside, day) = old_data::read(&visit.app, &visit.ctx, id).await?;
    let text = serde_json::to_string_pretty(&beside).map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, file(&visit.scope.slug, day, "signature.json")?),
    ];
    Ok((headers, text).into_response())
}

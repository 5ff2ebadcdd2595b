//! A report taken away from a person or moved to another, and a record erased: each on a page of its own, since
//! what is due then happens at once (RET-16).
use super::{
    choosing::{Candidate, candidates, chosen, crumbs, name, reason_asked},
    deeds::after,
    here, id,
};
use crate::{
    forms::Sent,
    pages::confirm::Confirm,
    respond::{Answer, PageError, page, page_again},
    shell::Nav,
    view::{Crumb, Errors, Piece, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Path;
use fairwatch_app::{
    AppError,
    subjects::{self, Involved, Shown},
};
use fairwatch_core::ids::{ReportId, SubjectId};

/// `move_report.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "move_report.html")]
struct MoveReport {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    reference: String,
    from: String,
    what: String,
    action: String,
    q: String,
    candidates: Vec<Candidate>,
    reason: String,
}
/// The person, and the incident by which the report is linked to them.
async fn found(visit: &Visit, subject: SubjectId, report: ReportId) -> Result<(Shown, Involved), PageError> {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let involved = shown.open.involved.iter().find(|involved| involved.report == report).cloned();
    Ok((shown, involved.ok_or(AppError::Hidden)?))
}

fn what(shown: &Shown, involved: &Involved) -> String {
    let kind = words::incident_kind(&shown.scope.policy, &involved.category);
    format!("{kind}, {}", words::date(involved.occurred_on))
}

async fn move_form(
    visit: &Visit,
    subject: SubjectId,
    report: ReportId,
    sent: &Sent,
    errors: Errors,
) -> Result<MoveReport, PageError> {
    let (shown, involved) = found(visit, subject, report).await?;
    let q = sent.one("q").to_owned();
    Ok(MoveReport {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown.scope, &shown.open),
        reference: shown.scope.reference(involved.report_number),
        from: name(&shown),
        what: what(&shown, &involved),
        action: format!("{}/reports/{report}/move", here(visit, subject)),
        candidates: candidates(visit, subject, &q, sent.one("to")).await?,
        q,
        reason: sent.one("reason").to_owned(),
    })
}

/// `GET /o/{slug}/people/{id}/reports/{report}/move`
pub(crate) async fn ask_move(
    visit: Visit,
    Path((_, subject, report)): Path<(String, String, String)>,
) -> Answer {
    page(&move_form(&visit, id(&subject)?, id(&report)?, &Sent::default(), Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/reports/{report}/move`
pub(crate) async fn move_report(
    visit: Visit,
    Path((_, subject, report)): Path<(String, String, String)>,
    sent: Sent,
) -> Answer {
    let (subject, report): (SubjectId, ReportId) = (id(&subject)?, id(&report)?);
    if sent.one("do") == "find" {
        return page(&move_form(&visit, subject, report, &sent, Errors::default()).await?);
    }
    let (app, ctx) = (&visit.app, &visit.ctx);
    let to = chosen(&visit, &sent).await;
    let moved = match to {
        Ok(to) if to == subject => {
            Err(AppError::in_field("q", "The report stands with this person already."))
        }
        Ok(to) => subjects::move_report(app, ctx, subject, to, report, sent.one("reason")).await,
        Err(AppError::Refused(_)) => {
            Err(AppError::in_field("q", "Look the person up and choose them, or enter their reference."))
        }
        Err(error) => Err(error),
    };
    match moved {
        Ok(stage) => after(&visit, subject, Some(stage), "moved"),
        Err(AppError::Refused(problems)) => {
            let errors = reason_asked(Errors::from(&problems), &sent);
            page_again(&move_form(&visit, subject, report, &sent, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove_form(
    visit: &Visit,
    subject: SubjectId,
    report: ReportId,
    reason: &str,
    errors: Errors,
) -> Result<Confirm, PageError> {
    let (shown, involved) = found(visit, subject, report).await?;
    let reference = shown.scope.reference(involved.report_number);
    let text = format!(
        "{}. Everything about {} is worked out again as if this report had never been made, and what is due then \
         happens at once.",
        what(&shown, &involved),
        name(&shown)
    );
    Ok(Confirm {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown.scope, &shown.open),
        here: reference.clone(),
        title: format!("Take report {reference} away from {}?", name(&shown)),
        text: vec![vec![Piece::text(text)]],
        effects: vec!["Pictures and facts that came with this report alone go with it.".into()],
        danger: true,
        action: format!("{}/reports/{report}/remove", here(visit, subject)),
        reason_label: "Why?".into(),
        reason: reason.to_owned(),
        button: "Take it away".into(),
        cancel: here(visit, subject),
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/people/{id}/reports/{report}/remove`
pub(crate) async fn ask_remove(
    visit: Visit,
    Path((_, subject, report)): Path<(String, String, String)>,
) -> Answer {
    page(&remove_form(&visit, id(&subject)?, id(&report)?, "", Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/reports/{report}/remove`
pub(crate) async fn remove_report(
    visit: Visit,
    Path((_, subject, report)): Path<(String, String, String)>,
    sent: Sent,
) -> Answer {
    let (subject, report): (SubjectId, ReportId) = (id(&subject)?, id(&report)?);
    let reason = sent.one("reason");
    match subjects::remove_report(&visit.app, &visit.ctx, subject, report, reason).await {
        Ok(stage) => after(&visit, subject, Some(stage), "removed"),
        Err(AppError::Refused(problems)) => {
            let errors = reason_asked(Errors::from(&problems), &sent);
            page_again(&remove_form(&visit, subject, report, reason, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /o/{slug}/people/{id}/erase`
pub(crate) async fn ask_erase(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let open = &shown.open;
    let mut effects = vec![format!(
        "{} and all that was typed about this person are destroyed, with their keys.",
        words::count(open.pictures.len(), "picture", "pictures")
    )];
    let shared =
        open.involved.iter().filter(|i| i.others.iter().any(|(slot, s)| *slot != i.slot && s.is_some()));
    match shared.count() {
        0 => {}
        n => effects.push(format!(
            "{} shared with others: what identifies this person there goes, too.",
            words::count(n, "incident is", "incidents are")
        )),
    }
    let today = visit.scope.today;
    let is_open =
        |hold: &&subjects::Hold| hold.ended_on.is_none() && hold.ends_on.is_none_or(|end| end > today);
    if let Some(hold) = open.holds.iter().find(is_open) {
        effects.push(format!(
            "A hold is open ({}): the record is frozen instead, and deleted when the last hold ends.",
            hold.reason
        ));
    }
    page(&Confirm {
        shell: visit.shell(Nav::People),
        crumbs: crumbs(&visit, &shown.scope, &shown.open),
        here: shown.scope.reference(open.number),
        title: format!("Erase {}?", name(&shown)),
        text: vec![vec![
            Piece::text("This happens at once and "),
            Piece { strong: true, ..Piece::text("cannot be taken back") },
            Piece::text("."),
        ]],
        effects,
        danger: true,
        action: format!("{}/erase", here(&visit, subject)),
        button: "Erase for good".into(),
        cancel: here(&visit, subject),
        ..Confirm::default()
    })
}

/// `POST /o/{slug}/people/{id}/erase`
pub(crate) async fn erase(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let stage = subjects::erase(&visit.app, &visit.ctx, subject).await?;
    after(&visit, subject, Some(stage), "erased")
}

//! Recording that something was reviewed (DOC-1, DOC-3).
use super::{Which, crumbs, last};
use crate::{
    forms::Sent,
    pages::confirm::{Confirm, answered},
    respond::{Answer, page},
    shell::Nav,
    view::{Errors, Piece, Row},
    visit::{Place, Visit},
    words,
};
use axum::extract::Query;
use fairwatch_app::{AppError, registers};
use fairwatch_core::registers::Subject;

async fn reviewing(
    visit: &Visit,
    subject: &Subject,
    found: &str,
    errors: Errors,
) -> Result<Confirm, AppError> {
    let overview = registers::overview(&visit.app, &visit.ctx, visit.org()).await?;
    let one = overview.review_of(subject).ok_or(AppError::Hidden)?;
    let last = overview.reviews.iter().find(|review| review.subject == *subject);
    let mut text = vec![vec![Piece::text(format!(
        "It was to be reviewed by {}. From today the next review is counted.",
        words::date(one.due)
    ))]];
    if let Some(last) = last {
        let by = last.by.as_deref().map(|by| format!(", {by}")).unwrap_or_default();
        text.push(vec![Piece::text(format!("Last time ({}{by}): {}", words::date(last.on), last.found))]);
    }
    Ok(Confirm {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: crumbs(visit),
        here: "Review".into(),
        title: format!("Reviewed: {}", one.label),
        text,
        action: visit.href(&format!("/reviews/{}", subject.kind)),
        hidden: vec![Row::new("key", subject.key.clone())],
        reason_label: "What did the review find?".into(),
        reason_hint: "Such as: all of it still holds",
        reason: found.to_owned(),
        button: "Record the review".into(),
        cancel: visit.href(if matches!(&*subject.kind, "notice" | "document") {
            "/documents"
        } else {
            "/registers"
        }),
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/reviews/{kind}`: key.
pub(crate) async fn ask_review(visit: Visit, path: Place, Query(which): Query<Which>) -> Answer {
    page(&reviewing(&visit, &Subject { kind: last(path)?, key: which.key }, "", Errors::default()).await?)
}

/// `POST /o/{slug}/reviews/{kind}`: key, reason.
pub(crate) async fn review(visit: Visit, path: Place, sent: Sent) -> Answer {
    let subject = Subject { kind: last(path)?, key: sent.one("key").to_owned() };
    let back = if matches!(&*subject.kind, "notice" | "document") { "/documents" } else { "/registers" };
    let done =
        registers::review(&visit.app, &visit.ctx, visit.org(), subject.clone(), sent.one("reason")).await;
    let again = async |errors| reviewing(&visit, &subject, sent.one("reason"), errors).await;
    answered(done, &visit.href(back), "reviewed", again).await
}

//! The controller's review: reports that wait, and the decision on each (INC-2).
mod form;
mod known;
mod typed;

use super::{crops, evidence::add, reports::report_page, subjects::portraits};
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other},
    shell::Nav,
    view::{Crumb, Errors, Flash, Pager, Pic, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    incidents::review::{self, Review, Waiting},
    intelligence,
};
use fairwatch_core::{ids::ReportId, incidents::ReportState, world::london_date};
use serde::Deserialize;
use typed::{DecisionError, Typed};

/// `review_queue.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "review_queue.html")]
struct ReviewQueue {
    shell: Shell,
    reports: Vec<QueueRow>,
    tips: Vec<QueueRow>,
    pager: Pager,
}
/// A report that waits.
#[derive(Clone, Debug, Default)]
struct QueueRow {
    href: String,
    reference: String,
    title: String,
    line: String,
    from: String,
    waiting: String,
    tags: Vec<Tag>,
    picture: Option<Pic>,
}

/// So many reports stand on a page.
const PAGE: u32 = 25;
/// After so many days a report has waited long.
const LONG: i32 = 3;

/// What the address of the queue says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    after: Option<i64>,
    last: Option<i64>,
}

/// A page's head, which says of which report it says what was done: that of this number.
pub(crate) fn said_of(visit: &Visit, last: Option<i64>, mut shell: Shell) -> Shell {
    if let (Some(number), Some(done)) = (last, visit.done) {
        let text = format!("{}: {done}", visit.scope.reference(number));
        shell.flash = Some(Flash { kind: String::new(), text });
    }
    shell
}

/// The next page of the controller, who is told what became of the report before.
fn onward(visit: &Visit, path: &str, code: &str, number: i64) -> axum::response::Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    see_other(&visit.href(&format!("{path}{mark}done={code}&last={number}")))
}

fn row(visit: &Visit, waiting: &Waiting) -> QueueRow {
    let (scope, report) = (&visit.scope, &waiting.report);
    let since = london_date(waiting.submitted_at);
    let mut tags = Vec::new();
    if waiting.people == 0 {
        tags.push(Tag::new("pale", "Nobody described"));
    }
    if (scope.today - since).get_days() >= LONG {
        tags.push(Tag::new("amber", "Waits long"));
    }
    let business = report.business.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    QueueRow {
        href: visit.href(&format!("/review/{}", waiting.id)),
        reference: scope.reference(waiting.number),
        title: format!("{} · {}", words::incident_kind(&scope.policy, &report.category), report.place),
        line: shortened(&report.sentence),
        from: format!("{}{business}", report.sender()),
        waiting: words::days_since(since, scope.today),
        tags,
        picture: waiting.picture.map(|picture| portraits::small(visit, picture)),
    }
}

/// A name that a member sent for somebody.
fn tip_row(visit: &Visit, waiting: &intelligence::Held) -> QueueRow {
    let tip = &waiting.tip;
    let business = tip.business.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    QueueRow {
        href: visit.href(&format!("/names/{}", waiting.id)),
        reference: visit.scope.reference(waiting.number),
        title: format!("A name: {}", tip.name),
        line: shortened(&tip.how),
        from: format!("{}{business}", tip.sender()),
        waiting: words::days_since(waiting.sent_on, visit.scope.today),
        tags: vec![Tag::new("blue", "Who is this?")],
        picture: waiting.picture.map(|picture| portraits::small(visit, picture)),
    }
}

/// The beginning of a longer text.
fn shortened(text: &str) -> String {
    const MOST: usize = 180;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// `GET /o/{slug}/review`
pub(crate) async fn queue(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let (waiting, total) = review::queue(&visit.app, &visit.ctx, visit.org(), wanted.after, PAGE).await?;
    let last = waiting.last().filter(|_| waiting.len() == PAGE as usize);
    let tips = intelligence::queue(&visit.app, &visit.ctx, visit.org()).await?;
    let count = u64::try_from(total).unwrap_or(0) + tips.len() as u64;
    page(&ReviewQueue {
        shell: said_of(&visit, wanted.last, visit.shell(Nav::Review)).counted(Nav::Review, count),
        reports: waiting.iter().map(|waiting| row(&visit, waiting)).collect(),
        tips: tips.iter().map(|tip| tip_row(&visit, tip)).collect(),
        pager: Pager {
            next: last.map(|waiting| visit.href(&format!("/review?after={}", waiting.number))),
            ..Pager::default()
        },
    })
}

/// A report that was decided already: its incident, or what became of it.
fn decided(visit: &Visit, review: &Review) -> Option<Answer> {
    let held = &review.held;
    if held.state == ReportState::Waiting {
        return None;
    }
    if let Some(incident) = held.incident {
        return Some(Ok(see_other(&visit.href(&format!("/incidents/{incident}")))));
    }
    let crumbs = vec![Crumb { label: "Review queue".into(), href: visit.href("/review") }];
    Some(page(&report_page(visit, held, Nav::Review, crumbs)))
}

/// `GET /o/{slug}/review/{id}`
pub(crate) async fn show(visit: Visit, Id(report): Id<ReportId>, Query(wanted): Query<Wanted>) -> Answer {
    let review = review::open(&visit.app, &visit.ctx, report).await?;
    if let Some(answer) = decided(&visit, &review) {
        return answer;
    }
    let kind = words::incident_kind(&review.scope.policy, &review.held.report.category);
    let mut form = form::page(&visit, &review, &Typed::fresh(&review, &kind), Errors::default());
    form.shell = said_of(&visit, wanted.last, form.shell);
    page(&form)
}

/// What a press of a button asks for beside a decision: the form again, with a person more or with whom they may be.
const AGAIN: [&str; 2] = ["add-person", "look"];

/// `POST /o/{slug}/review/{id}`: approves it or rejects it, and goes on to the next; where that is refused, the form
/// again with what was typed.
pub(crate) async fn decide(visit: Visit, Id(report): Id<ReportId>, sent: Sent) -> Answer {
    let review = review::open_with(&visit.app, &visit.ctx, report, &typed::added(&sent)).await?;
    if let Some(answer) = decided(&visit, &review) {
        return answer;
    }
    let typed = Typed::from_form(&sent, &review);
    let (app, ctx, id) = (&visit.app, &visit.ctx, review.held.id);
    let asks_again = AGAIN.contains(&sent.one("do"));
    let done = if asks_again || crate::visit::resume::is_resumed(&sent) {
        Err(DecisionError::Form(Errors::default()))
    } else if typed.rejecting {
        reject(&visit, id, &typed).await.map(|()| ("rejected", None))
    } else {
        match typed.decision(&visit, &review).await {
            Ok(decision) => match review::approve(app, ctx, id, decision).await {
                Ok(released) => {
                    share(&visit, &review, &sent).await?;
                    Ok(("approved", released.to_crop.first().copied()))
                }
                Err(error) => Err(DecisionError::from(error)),
            },
            Err(error) => Err(error),
        }
    };
    let next = review.next().map(|next| next.to_string());
    let errors = match done {
        Ok((code, to_crop)) => {
            let path = match (to_crop, &next) {
                (Some(picture), _) => crops::path(picture, Some(next.as_deref().unwrap_or(crops::QUEUE))),
                (None, Some(next)) => format!("/review/{next}"),
                (None, None) => "/review".to_owned(),
            };
            return Ok(onward(&visit, &path, code, review.held.number));
        }
        Err(DecisionError::Form(errors)) => errors,
        Err(DecisionError::App(AppError::Refused(problems))) => Errors::from(&problems),
        Err(DecisionError::App(error)) => return Err(error.into()),
    };
    let is_wrong = errors.any();
    let mut form = form::page(&visit, &review, &typed, errors);
    add::tick(&mut form.evidence, &sent.all("share-evidence"));
    if asks_again {
        form.show_added();
    }
    if is_wrong { page_again(&form) } else { page(&form) }
}

/// Shares the evidence that was ticked, now that the report is approved. What was removed meanwhile, or went because it
/// may show somebody who may not be held, is shared with nobody.
async fn share(visit: &Visit, review: &Review, sent: &Sent) -> Result<(), PageError> {
    let ticked = sent.all("share-evidence");
    for held in review.held.evidence.iter().filter(|held| ticked.contains(&held.id.to_string())) {
        match fairwatch_app::evidence::share(&visit.app, &visit.ctx, held.id, true).await {
            Ok(()) | Err(AppError::Hidden) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

async fn reject(visit: &Visit, report: ReportId, typed: &Typed) -> Result<(), DecisionError> {
    if typed.reason.trim().is_empty() {
        let sentence = "Say why, so that the reporter knows what to do differently";
        return Err(DecisionError::Form(Errors::one("reason", sentence)));
    }
    Ok(review::reject(&visit.app, &visit.ctx, report, &typed.reason).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let long = "é".repeat(300);
        assert_eq!(shortened(&long).chars().count(), 181);
        assert_eq!(shortened("short"), "short");
    }
}

//! Reports, for whoever sent them: the form, that it was sent, and what became of it (INC-1, INC-2).
pub(crate) mod breach;
mod form;
pub(crate) mod send;

use super::{
    evidence::{Item, add, items},
    subjects::id,
};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Crumb, Event, Pager, Piece, Row, Shell, Tag, Thumb},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    incidents::{
        Held,
        reporting::{self, Own},
    },
    intelligence,
};
use fairwatch_core::{
    clocks::AgeBand,
    ids::ReportId,
    incidents::{ReportState, ReviewQueue},
    intelligence::TipState,
    policy::Policy,
    scope::{Scope, ends},
    world::london_date,
};
use serde::Deserialize;

/// `report_sent.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "report_sent.html")]
struct ReportSent {
    shell: Shell,
    reference: String,
    href: String,
    again_href: String,
    gallery_href: String,
    next: String,
}

/// `my_reports.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "my_reports.html")]
struct MyReports {
    shell: Shell,
    reports: Vec<ReportRow>,
    tips: Vec<ReportRow>,
    pager: Pager,
    report_href: String,
}
/// A report in the list.
#[derive(Clone, Debug, Default)]
struct ReportRow {
    href: String,
    reference: String,
    title: String,
    line: String,
    sent: String,
    note: String,
    state: Tag,
    new: bool,
}

/// `my_report.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "my_report.html")]
pub(crate) struct MyReport {
    shell: Shell,
    crumbs: Vec<Crumb>,
    reference: String,
    title: String,
    state: Tag,
    outcome: Vec<Vec<Piece>>,
    facts: Vec<Row>,
    text: String,
    pictures: Vec<Thumb>,
    evidence: Vec<Item>,
    evidence_add: Option<String>,
    events: Vec<Event>,
    until: String,
}

/// What became of a report, in a word.
pub(crate) fn state_tag(state: ReportState) -> Tag {
    match state {
        ReportState::Waiting => Tag::new("amber", "Waiting"),
        ReportState::Approved => Tag::new("green", "Approved"),
        ReportState::Rejected => Tag::new("red", "Rejected"),
        ReportState::Removed => Tag::new("pale", "Removed"),
    }
}

/// So many reports stand on a page.
const PAGE: u32 = 25;

/// What the address of the list says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    before: Option<i64>,
}

fn row(visit: &Visit, own: &Own) -> ReportRow {
    ReportRow {
        href: visit.href(&format!("/reports/{}", own.id)),
        reference: visit.scope.reference(own.number),
        title: words::incident_kind(&visit.scope.policy, &own.category),
        line: own.place.clone(),
        sent: words::date(own.submitted_on),
        note: own.decision.clone().unwrap_or_default(),
        state: state_tag(own.state),
        new: own.news.is_some(),
    }
}

/// A name that was sent for somebody.
fn told(visit: &Visit, tip: &intelligence::Held) -> ReportRow {
    let reference = visit.scope.reference(tip.number);
    ReportRow {
        title: format!("Who {reference} is"),
        reference,
        line: tip.tip.name.clone(),
        sent: words::date(tip.sent_on),
        note: tip.decision.clone().unwrap_or_default(),
        state: match tip.state {
            TipState::Waiting => Tag::new("amber", "Waiting"),
            TipState::Accepted => Tag::new("green", "Taken over"),
            TipState::Rejected => Tag::new("red", "Rejected"),
        },
        new: tip.is_news,
        ..ReportRow::default()
    }
}

/// `GET /o/{slug}/reports`
pub(crate) async fn mine(mut visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let own = reporting::mine(&visit.app, &visit.ctx, visit.org(), wanted.before, PAGE).await?;
    let last = own.last().filter(|_| own.len() == PAGE as usize);
    // What stands on this page is seen.
    visit.news.retain(|news| news.report.is_some_and(|report| own.iter().all(|own| own.id != report)));
    let tips = intelligence::mine(&visit.app, &visit.ctx, visit.org()).await?;
    page(&MyReports {
        shell: visit.shell(Nav::MyReports),
        reports: own.iter().map(|own| row(&visit, own)).collect(),
        // They are few, and stand on the first page.
        tips: tips.iter().filter(|_| wanted.before.is_none()).map(|tip| told(&visit, tip)).collect(),
        pager: Pager {
            next: last.map(|own| visit.href(&format!("/reports?before={}", own.number))),
            ..Pager::default()
        },
        report_href: visit.href("/report"),
    })
}

/// `GET /o/{slug}/reports/{id}`
pub(crate) async fn show(mut visit: Visit, Id(report): Id<ReportId>) -> Answer {
    let held = reporting::show_mine(&visit.app, &visit.ctx, report).await?;
    visit.news.retain(|news| news.report != Some(report));
    let crumbs = vec![Crumb { label: "My reports".into(), href: visit.href("/reports") }];
    page(&report_page(&visit, &held, Nav::MyReports, crumbs))
}

/// A report as it was sent, and what became of it.
pub(crate) fn report_page(visit: &Visit, held: &Held, nav: Nav, crumbs: Vec<Crumb>) -> MyReport {
    let (scope, report) = (&visit.scope, &held.report);
    let of = held.pictures.len();
    MyReport {
        shell: visit.shell(nav),
        crumbs,
        reference: scope.reference(held.number),
        title: words::incident_kind(&scope.policy, &report.category),
        state: state_tag(held.state),
        outcome: vec![vec![Piece::text(outcome(held))]],
        facts: facts(&scope.policy, held),
        // A person in it who was deleted may have been named in it.
        text: if report.sentence.is_empty() {
            "The words went with the record of somebody whom they spoke of.".into()
        } else {
            report.sentence.clone()
        },
        pictures: held
            .pictures
            .iter()
            .enumerate()
            .map(|(n, picture)| Thumb {
                src: visit.small(picture.id),
                href: visit.large(picture.id),
                alt: format!("Picture {} of {of}", n + 1),
                current: false,
            })
            .collect(),
        evidence: items(visit, &held.evidence),
        evidence_add: matches!(held.state, ReportState::Waiting | ReportState::Approved)
            .then(|| add::href(visit, held.id)),
        events: events(held),
        until: until(scope, held),
    }
}

fn outcome(held: &Held) -> String {
    match held.state {
        ReportState::Waiting => {
            "It waits for the controller. Nobody else sees it until it is reviewed.".to_owned()
        }
        ReportState::Approved => {
            "Approved. Members see what the controller released of it, as long as those whom it is about are shown."
                .to_owned()
        }
        ReportState::Rejected => match &held.decision {
            Some(reason) => format!("Rejected: {reason}"),
            None => "Rejected.".to_owned(),
        },
        ReportState::Removed => "It was taken away again after it had been approved.".to_owned(),
    }
}

/// What was reported beside the sentence.
pub(crate) fn facts(policy: &Policy, held: &Held) -> Vec<Row> {
    let report = &held.report;
    let mut rows = vec![
        Row::new("What", words::incident_kind(policy, &report.category)),
        Row::new("Where", report.place.clone()),
        Row::new("When", words::date_time(report.occurred_at)),
    ];
    rows.extend(loss(policy, report.loss_pence, &report.items, report.outcome.as_deref()));
    rows.extend(report.vehicle.as_ref().map(|vehicle| Row::new("Vehicle", vehicle.to_string())));
    rows.extend(report.police_reference.clone().map(|number| Row::new("Police reference", number)));
    for person in &held.people {
        let said = person.person.as_ref().map_or_else(
            || fairwatch_core::incidents::SINCE_DELETED.to_owned(),
            |person| described(&person.name, &person.description, person.apparent_age),
        );
        rows.push(Row::new(format!("Person {}", person.slot), said));
    }
    rows
}

/// What was lost and how it ended, in the words of the scheme (INC-7).
pub(crate) fn loss(policy: &Policy, pence: Option<u64>, items: &[String], outcome: Option<&str>) -> Vec<Row> {
    let vocabulary = &policy.incidents;
    let items = items.iter().map(|item| words::label(&vocabulary.items, item)).collect::<Vec<_>>();
    let sum = pence.map(words::pounds).into_iter();
    let lost = sum.chain((!items.is_empty()).then(|| items.join(", "))).collect::<Vec<_>>().join(" · ");
    let mut rows = Vec::new();
    if !lost.is_empty() {
        rows.push(Row::new("Loss", lost));
    }
    rows.extend(outcome.map(|id| Row::new("How it ended", words::label(&vocabulary.outcomes, id))));
    rows
}

/// A person in the reporter's words, in a line.
pub(crate) fn described(name: &str, description: &str, age: AgeBand) -> String {
    let mut parts = Vec::new();
    parts.push(if name.is_empty() { "No name" } else { name }.to_owned());
    if !description.is_empty() {
        parts.push(description.to_owned());
    }
    parts.push(words::age_band(age).to_lowercase());
    parts.join(" · ")
}

fn events(held: &Held) -> Vec<Event> {
    let sent = Event {
        title: "Sent".into(),
        text: format!("by {}", held.report.sender()),
        date: words::date_time(held.submitted_at),
        ..Event::default()
    };
    let decided = held.decided_at.map(|at| Event {
        title: state_tag(held.state).text,
        text: "by the controller".into(),
        date: words::date_time(at),
        ..Event::default()
    });
    decided.into_iter().chain([sent]).collect()
}

fn until(scope: &Scope, held: &Held) -> String {
    match (held.state, held.decided_at) {
        (ReportState::Rejected, Some(at)) => {
            let end = ends(london_date(at), scope.policy.keep.rejected_report.length);
            format!("It is erased on {}.", words::date(end))
        }
        (ReportState::Waiting, _) => String::new(),
        _ => "It is kept as long as the incident that it is about.".to_owned(),
    }
}

/// What the address of the page after sending says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct JustSent {
    id: String,
}

/// `GET /o/{slug}/report/sent`
pub(crate) async fn sent(visit: Visit, Query(sent): Query<JustSent>) -> Answer {
    let report: ReportId = id(&sent.id)?;
    let held = reporting::show_mine(&visit.app, &visit.ctx, report).await?;
    // Whoever reviews goes on to the review; members to what became of it.
    let reviews = visit.may::<ReviewQueue>();
    page(&ReportSent {
        shell: visit.shell(Nav::Report),
        reference: visit.scope.reference(held.number),
        href: visit.href(&if reviews { format!("/review/{report}") } else { format!("/reports/{report}") }),
        again_href: visit.href("/report"),
        gallery_href: visit.href("/gallery"),
        next: "The controller looks at it next. What becomes of it stands under My reports.".into(),
    })
}

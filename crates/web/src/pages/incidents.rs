//! One incident, for the controller: what members read, what was reported, and the people in it.
use super::{
    crops,
    evidence::{Item, add, items},
    reports::{loss, state_tag},
    subjects::here,
};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Crumb, Event, Link, Piece, Row, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::incidents::{self, Held, Told};
use fairwatch_core::{
    ids::{IncidentId, SubjectId},
    incidents::{Piece as Word, ReportState, SINCE_DELETED, pieces},
};

/// `incident.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "incident.html")]
struct Incident {
    shell: Shell,
    crumbs: Vec<Crumb>,
    reference: String,
    title: String,
    facts: Vec<Row>,
    shared: Vec<Vec<Piece>>,
    said: Vec<Said>,
    people: Vec<IncidentPerson>,
    pictures: Vec<IncidentPicture>,
    evidence: Vec<Item>,
    evidence_add: Vec<Link>,
    events: Vec<Event>,
    until: String,
}
/// A report of it, as it was sent.
#[derive(Clone, Debug, Default)]
struct Said {
    reference: String,
    from: String,
    sent: String,
    text: String,
}
/// A person in it.
#[derive(Clone, Debug, Default)]
struct IncidentPerson {
    href: Option<String>,
    name: String,
    note: String,
}
/// A picture of it.
#[derive(Clone, Debug, Default)]
struct IncidentPicture {
    src: String,
    href: String,
    alt: String,
    note: String,
    parts: String,
}

/// What members read, each person a link to their record.
fn shared(visit: &Visit, told: &Told) -> Vec<Piece> {
    pieces(&told.whole.incident.narrative)
        .into_iter()
        .map(|piece| match piece {
            Word::Text(text) => Piece::text(text),
            Word::Slot(slot) => match told.people.iter().find(|(s, ..)| *s == slot) {
                Some((_, subject, name)) => {
                    Piece { href: link(visit, *subject), ..Piece::text(name.clone()) }
                }
                None => Piece::text(SINCE_DELETED),
            },
        })
        .collect()
}

fn link(visit: &Visit, subject: Option<SubjectId>) -> Option<String> {
    subject.map(|subject| here(visit, subject))
}

fn said(visit: &Visit, held: &Held) -> Said {
    let business = held.report.business.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    Said {
        reference: visit.scope.reference(held.number),
        from: format!("{}{business}", held.report.sender()),
        sent: words::date_time(held.submitted_at),
        // The words may have spoken of somebody who was deleted since (INC-9).
        text: if held.report.sentence.is_empty() {
            "The words went with the record of somebody whom they spoke of.".into()
        } else {
            held.report.sentence.clone()
        },
    }
}

fn pictures(visit: &Visit, told: &Told) -> Vec<IncidentPicture> {
    let mut all = Vec::new();
    for held in &told.whole.reports {
        for picture in &held.pictures {
            let shown = held.people.iter().filter(|person| picture.shows.contains(&person.id));
            let names = shown
                .filter_map(|person| told.people.iter().find(|(slot, ..)| *slot == person.slot))
                .map(|(.., name)| name.clone())
                .collect::<Vec<_>>();
            all.push(IncidentPicture {
                src: visit.small(picture.id),
                parts: if picture.several && held.state == ReportState::Approved {
                    visit.href(&crops::path(picture.id, None))
                } else {
                    String::new()
                },
                href: visit.large(picture.id),
                alt: format!("Picture {} of report {}", all.len() + 1, visit.scope.reference(held.number)),
                note: match (picture.several, &names[..]) {
                    (true, _) => "Several people: stays with the incident".into(),
                    (false, []) => "Nobody in particular".into(),
                    (false, names) => format!("Shows {}", words::list(names)),
                },
            });
        }
    }
    all
}

fn events(visit: &Visit, told: &Told) -> Vec<Event> {
    let mut events = Vec::new();
    for held in &told.whole.reports {
        let reference = visit.scope.reference(held.number);
        let event = |title: String, at| Event { title, date: words::date_time(at), ..Event::default() };
        events.push((held.submitted_at, event(format!("Report {reference} sent"), held.submitted_at)));
        if let Some(at) = held.decided_at {
            let what = state_tag(held.state).text.to_lowercase();
            events.push((at, event(format!("Report {reference} {what}"), at)));
        }
    }
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    events.into_iter().map(|(_, event)| event).collect()
}

/// `GET /o/{slug}/incidents/{id}`
pub(crate) async fn show(visit: Visit, Id(incident): Id<IncidentId>) -> Answer {
    let told = incidents::open(&visit.app, &visit.ctx, incident).await?;
    let (whole, scope) = (&told.whole, &visit.scope);
    let kind = words::incident_kind(&scope.policy, &whole.category);
    let mut facts = vec![
        Row::new("What", kind.clone()),
        Row::new("Where", whole.incident.place.clone()),
        Row::new("When", words::date(whole.occurred_on)),
    ];
    let incident = &whole.incident;
    facts.extend(loss(&scope.policy, incident.loss_pence, &incident.items, incident.outcome.as_deref()));
    for report in whole.reports.iter().map(|held| &held.report) {
        facts.extend(report.vehicle.as_ref().map(|vehicle| Row::new("Vehicle", vehicle.to_string())));
        facts.extend(report.police_reference.clone().map(|number| Row::new("Police reference", number)));
    }
    let people = told.people.iter().map(|(slot, subject, name)| IncidentPerson {
        href: link(&visit, *subject),
        name: name.clone(),
        note: format!("{{{slot}}} in the text"),
    });
    page(&Incident {
        shell: visit.shell(Nav::People),
        crumbs: vec![Crumb { label: "People".into(), href: visit.href("/people") }],
        reference: scope.reference(whole.number),
        title: format!("{kind}, {}", words::date(whole.occurred_on)),
        facts,
        shared: vec![shared(&visit, &told)],
        said: whole.reports.iter().map(|held| said(&visit, held)).collect(),
        people: people.collect(),
        pictures: pictures(&visit, &told),
        evidence: whole.reports.iter().flat_map(|held| items(&visit, &held.evidence)).collect(),
        evidence_add: whole
            .reports
            .iter()
            .filter(|held| held.state == ReportState::Approved)
            .map(|held| Link {
                label: format!("Add evidence to {}", scope.reference(held.number)),
                href: add::href(&visit, held.id),
            })
            .collect(),
        events: events(&visit, &told),
        until: whole.delete_on.map_or_else(
            || "Kept as long as somebody in it is held.".to_owned(),
            |end| format!("Deleted on {}, whatever becomes of the people in it.", words::date(end)),
        ),
    })
}

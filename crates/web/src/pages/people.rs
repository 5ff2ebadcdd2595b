//! Everybody who is held, for the controller and, where the policy names them, staff (VIS-4).
use super::{
    gallery::{activity_line, name_or_reference},
    subjects::{here, lifeline, portraits},
};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Chip, LifeSmall, Pager, Pic, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::subjects::{self, Card, ListPage, Part};
use fairwatch_core::{clocks::Stage, gate::Role};
use serde::Deserialize;

/// `people.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "people.html")]
struct People {
    shell: Shell,
    chips: Vec<Chip>,
    find: String,
    people: Vec<PersonRow>,
    pager: Pager,
}
/// A person in the list.
#[derive(Clone, Debug, Default)]
struct PersonRow {
    href: String,
    name: String,
    reference: String,
    line: String,
    next: String,
    tags: Vec<Tag>,
    picture: Option<Pic>,
    life: LifeSmall,
}

/// The parts of the list: the word in addresses, the label, and what it is.
const PARTS: &[(&str, &str, Part)] = &[
    ("", "All", Part::All),
    ("shown", "Shown", Part::Circulating),
    ("held", "Held", Part::Held),
    ("waiting", "Waiting", Part::Pending),
    ("restricted", "Restricted", Part::Restricted),
    ("frozen", "Frozen", Part::Frozen),
];

/// What the address of the list says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    stage: String,
    before: Option<i64>,
}

fn address(visit: &Visit, stage: &str, before: Option<i64>) -> String {
    let mut pairs = Vec::new();
    if !stage.is_empty() {
        pairs.push(format!("stage={stage}"));
    }
    pairs.extend(before.map(|number| format!("before={number}")));
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    visit.href(&format!("/people{query}"))
}

fn row(visit: &Visit, found: &ListPage, card: &Card) -> PersonRow {
    let (scope, today) = (&found.scope, found.scope.today);
    let reference = scope.reference(card.number);
    if card.stage == Stage::Frozen {
        // Of what a hold alone keeps the list says no more than that it is there (VIS-4, RET-11).
        return PersonRow {
            href: visit.href(&format!("/frozen/{}", card.id)),
            name: format!("Ref {reference}"),
            line: "Opened with a reason, for the purpose of its hold alone".into(),
            tags: vec![Tag::new("amber", "Frozen")],
            life: LifeSmall { used: 100, stage: "frozen".into(), until: "Kept by a hold".into() },
            reference,
            ..PersonRow::default()
        };
    }
    let mut tags = Vec::new();
    if !card.identified {
        tags.push(Tag::new("blue", "Who is this?"));
    }
    if card.restricted {
        tags.push(Tag::new("amber", "Restricted"));
    }
    if card.stage == Stage::Pending {
        tags.push(Tag::new("amber", "Waits for agreement"));
    }
    PersonRow {
        href: here(visit, card.id),
        name: name_or_reference(card.profile.name(), scope, card.number),
        line: activity_line(card),
        next: card.delete_on.map(|day| format!("deleted {}", words::date(day))).unwrap_or_default(),
        tags,
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
        life: lifeline::of_card(card, today),
        reference,
    }
}

/// `GET /o/{slug}/people`
pub(crate) async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let (stage, _, part) = PARTS.iter().find(|(word, ..)| *word == wanted.stage).unwrap_or(&PARTS[0]);
    // Staff see what the controller alone keeps frozen as little as members do.
    let frozen_too = visit.role() == Role::Controller;
    let part = if *part == Part::Frozen && !frozen_too { Part::All } else { *part };
    let found = subjects::list(&visit.app, &visit.ctx, visit.org(), part, wanted.before).await?;
    let chips = PARTS.iter().filter(|(_, _, part)| frozen_too || *part != Part::Frozen);
    page(&People {
        shell: visit.shell(Nav::People),
        chips: chips
            .map(|(word, label, _)| Chip {
                label: (*label).into(),
                href: address(&visit, word, None),
                count: None,
                current: word == stage,
            })
            .collect(),
        find: visit.href("/find"),
        people: found.cards.iter().map(|card| row(&visit, &found, card)).collect(),
        pager: Pager {
            next: found.next.map(|number| address(&visit, stage, Some(number))),
            ..Pager::default()
        },
    })
}

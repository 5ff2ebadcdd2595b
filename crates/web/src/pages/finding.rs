//! Finding anyone: the page of what a search found, and what a script asks as words are typed.
use super::{
    excluded,
    gallery::{activity_line, name_or_reference},
    subjects::{here, portraits},
};
use crate::{
    respond::{Answer, page},
    shell::{Nav, veil},
    view::{Pic, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use axum::{Json, extract::Query, http::header, response::IntoResponse as _};
use fairwatch_app::finding::{self, FoundIncident, FoundPerson, How, Typing};
use fairwatch_core::{clocks::Stage, policy::Viewer, scope::Scope};
use serde::{Deserialize, Serialize};

/// `found.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "found.html")]
struct Found {
    shell: Shell,
    action: String,
    q: String,
    people: Vec<Row>,
    incidents: Vec<Row>,
    hint: String,
}
/// Somebody, or an incident, that was found.
#[derive(Clone, Debug, Default)]
struct Row {
    href: String,
    name: String,
    reference: String,
    line: String,
    how: String,
    tags: Vec<Tag>,
    picture: Option<Pic>,
}

/// So many people stand on the page.
const PAGE: usize = 24;
/// So many are offered as words are typed.
const OFFERED: usize = 6;

/// What the address says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
}

/// How what was typed met what is held, where that is not plain to see.
fn how(person: &FoundPerson) -> &'static str {
    match person.how {
        _ if person.by_alias => "Known by that name",
        How::Nickname => "Another form of the name",
        How::Sounds => "Sounds alike",
        How::Misspelt => "Spelt a little differently",
        How::Initial => "By the initial",
        How::Plate => "By a number plate",
        How::Exact | How::Reference | How::Prefix => "",
    }
}

fn person(visit: &Visit, scope: &Scope, viewer: Viewer, found: &FoundPerson) -> Row {
    let card = &found.card;
    let mut tags = excluded::tag(visit, card.exclusion.as_ref()).into_iter().collect::<Vec<_>>();
    if !card.identified {
        tags.push(Tag::new("blue", "Who is this?"));
    }
    if viewer != Viewer::Member {
        if card.restricted {
            tags.push(Tag::new("amber", "Restricted"));
        }
        match card.stage {
            Stage::Held => tags.push(Tag::new("grey", "Held")),
            Stage::Pending => tags.push(Tag::new("amber", "Waits for agreement")),
            _ => {}
        }
    }
    Row {
        href: here(visit, card.id),
        name: name_or_reference(card.profile.name(), scope, card.number),
        reference: scope.reference(card.number),
        line: activity_line(card),
        how: how(found).to_owned(),
        tags,
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
    }
}

fn incident(visit: &Visit, scope: &Scope, found: &FoundIncident) -> Row {
    Row {
        href: visit.href(&format!("/incidents/{}", found.id)),
        name: words::incident_kind(&scope.policy, &found.category),
        reference: scope.reference(found.number),
        line: format!("{} · {}", found.words.place, words::date(found.occurred_on)),
        ..Row::default()
    }
}

/// `GET /o/{slug}/find?q=`
pub(crate) async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let q = wanted.q.trim();
    let found = finding::find(&visit.app, &visit.ctx, visit.org(), q, Typing::Open, PAGE).await?;
    let hint = if found.viewer == Viewer::Controller {
        "Names however they are spelt, descriptions, vehicles, references, places and what happened."
    } else {
        "Names however they are spelt, descriptions and references, of people who are shown now."
    };
    let (scope, viewer) = (&found.scope, found.viewer);
    page(&Found {
        // The page has the box itself.
        shell: Shell {
            search: None,
            veil: (viewer != Viewer::Controller).then(|| veil(&visit)),
            ..visit.shell(Nav::Elsewhere)
        },
        action: visit.href("/find"),
        q: q.to_owned(),
        people: found.people.iter().map(|one| person(&visit, scope, viewer, one)).collect(),
        incidents: found.incidents.iter().map(|one| incident(&visit, scope, one)).collect(),
        hint: hint.to_owned(),
    })
}

/// Somebody who is offered while words are typed.
#[derive(Serialize)]
struct Offered {
    id: String,
    href: String,
    name: String,
    line: String,
    how: String,
    picture: Option<String>,
}

/// `GET /o/{slug}/find/typed?q=`: asked by a script when typing pauses. Each answer is a look.
pub(crate) async fn typed(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let found =
        finding::find(&visit.app, &visit.ctx, visit.org(), wanted.q.trim(), Typing::Open, OFFERED).await?;
    let offered = found.people.iter().map(|one| {
        let row = person(&visit, &found.scope, found.viewer, one);
        let line = match excluded::tag(&visit, one.card.exclusion.as_ref()) {
            Some(tag) => format!("{} · {}", tag.text, row.line),
            None => row.line,
        };
        Offered {
            id: one.card.id.to_string(),
            href: row.href,
            name: row.name,
            line,
            how: row.how,
            picture: row.picture.map(|picture| picture.src),
        }
    });
    let offered = Json(offered.collect::<Vec<_>>());
    Ok(([(header::CACHE_CONTROL, "no-store")], offered).into_response())
}

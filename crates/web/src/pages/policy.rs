//! What a scheme keeps, for how long, and who sees it: public, and made from the rules that the program enforces, so
//! that the two cannot differ (POL-4).
mod tables;

use crate::{
    pages::policies::{holds, who as who_wrote},
    respond::{Answer, page},
    shell,
    view::{Piece, Row, Shell},
    visit::Guest,
    words,
};
use askama::Template;
use axum::extract::{Path, Query, rejection::PathRejection};
use fairwatch_app::{
    AppError, orgs,
    policies::{self, Version},
};
use fairwatch_core::{
    policy::{CategoryRule, Policy as Rules, Viewer},
    scope::Scope,
};
use serde::Deserialize;
use std::fmt::Display;

/// `policy.html`
#[derive(Template, Debug)]
#[template(path = "policy.html")]
struct Policy {
    shell: Shell,
    name: String,
    intro: String,
    version: String,
    facts: Vec<Row>,
    tables: Vec<PolicyTable>,
    seen: Vec<SeenRow>,
    conflicts: Vec<Conflict>,
    rights: Vec<Vec<Piece>>,
    versions: Vec<PolicyVersion>,
    all_versions: String,
}

#[derive(Debug)]
struct PolicyTable {
    title: String,
    text: String,
    columns: Vec<String>,
    rows: Vec<PolicyRow>,
}

#[derive(Debug)]
struct PolicyRow {
    label: String,
    cells: Vec<String>,
    source: String,
}

#[derive(Debug)]
struct SeenRow {
    what: String,
    who: String,
    source: String,
}

#[derive(Debug)]
struct Conflict {
    about: String,
    first: String,
    first_source: String,
    second: String,
    second_source: String,
    choice: String,
}

/// A version, once there are several (POL-5).
#[derive(Debug)]
struct PolicyVersion {
    label: String,
    note: String,
    href: String,
}

/// Which version; the one in force where none is named.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    version: String,
}

/// `GET /o/{slug}/policy`
pub(crate) async fn show(
    guest: Guest,
    path: Result<Path<String>, PathRejection>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    let Path(slug) = path.map_err(|_| AppError::Hidden)?;
    let app = guest.web.app();
    let scope = orgs::by_slug(&app, &guest.ctx, &slug).await?.ok_or(AppError::Hidden)?;
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let versions = policies::versions(&app, &guest.ctx, scope.org).await?;
    let mut shown = scope.clone();
    if !wanted.version.is_empty() {
        shown.policy_version = wanted.version.parse().map_err(|_| AppError::Hidden)?;
        shown.policy = policies::version(&app, &guest.ctx, scope.org, shown.policy_version).await?.1;
    }
    page(&build(shell, &shown, &versions))
}

fn build(shell: Shell, scope: &Scope, versions: &[Version]) -> Policy {
    let rules = &*scope.policy;
    let shown = versions.iter().find(|one| one.version == scope.policy_version);
    let version = match shown {
        Some(one) => {
            format!("Version {}. {}", one.version, holds(versions, one, scope.today))
        }
        None => format!("Version {}, as in force on {}", scope.policy_version, words::date(scope.today)),
    };
    let others = versions.iter().filter(|_| versions.len() > 1).map(|one| PolicyVersion {
        label: format!("Version {}", one.version),
        note: format!("{}. {}. {}", holds(versions, one, scope.today), who_wrote(one), one.reason),
        href: format!("/o/{}/policy?version={}", scope.slug, one.version),
    });
    Policy {
        shell,
        name: rules.scheme.name.to_string(),
        intro: rules.scheme.about.to_string(),
        version,
        facts: facts(rules),
        tables: tables::all(rules),
        seen: seen(rules),
        conflicts: conflicts(rules),
        rights: rights(rules),
        versions: others.collect(),
        all_versions: format!("/o/{}/policy/versions", scope.slug),
    }
}

fn facts(rules: &Rules) -> Vec<Row> {
    let age = rules.subjects.minimum_age.years();
    let contact = &rules.controller.contact;
    let mut reach: Vec<String> = contact.address.iter().map(ToString::to_string).collect();
    reach.extend(contact.email.iter().map(ToString::to_string));
    reach.extend(contact.telephone.iter().map(ToString::to_string));
    let registered = match (&rules.registration.number, rules.registration.expires) {
        (Some(number), Some(day)) => format!("{number}, until {}", words::date(day)),
        (Some(number), None) => number.to_string(),
        (None, _) => "Not stated by the scheme".to_owned(),
    };
    let mut facts = vec![
        Row::new("Where", &*rules.scheme.area_of_operation),
        Row::new(&*rules.controller.title, reach.join(", ")),
        Row::new("Registered with the Information Commissioner", registered),
        Row::new("Who is held", &*rules.subjects.who.text),
        Row::new("On what basis", &*rules.subjects.lawful_basis.text),
        Row::new(
            "Nobody younger than",
            age.map_or("No age is set".to_owned(), |years| format!("{years} years")),
        ),
    ];
    let purposes = rules.subjects.purposes.iter().map(|purpose| &*purpose.text);
    facts.push(Row::new("What for", several(purposes)));
    facts.push(Row::new("Where it comes from", several(rules.sources.iter().map(|source| &*source.text))));
    facts.push(Row::new("Who outside may have access", several(rules.recipients.iter().map(|to| &*to.text))));
    let place = if rules.storage.outside_uk {
        "Also outside the United Kingdom"
    } else {
        "In the United Kingdom alone"
    };
    facts.push(Row::new("Where it is kept", place));
    facts
}

/// Sentences of a scheme's, of which some end with a stop and some do not, one after the other.
fn several<'a>(sentences: impl Iterator<Item = &'a str>) -> String {
    let ended = sentences.map(|text| if text.ends_with('.') { text.to_owned() } else { format!("{text}.") });
    let all = ended.collect::<Vec<_>>().join(" ");
    if all.is_empty() { "Nobody and nothing".to_owned() } else { all }
}

/// Who sees a category, to whom it is released, and what is read in its place (VIS-2, SUB-5).
fn who(category: &CategoryRule) -> String {
    let mut who = viewers(&category.audience);
    if let Some(release) = &category.release {
        let to = listed(&release.to);
        who.push_str(&format!("; released, once and with a recorded reason, to {to}"));
    }
    if let Some(advice) = &category.advice {
        who.push_str(&format!("; read in its place by {}: {}", listed(&advice.to), &*advice.text));
    }
    who
}

fn seen(rules: &Rules) -> Vec<SeenRow> {
    let mut rows: Vec<SeenRow> = rules
        .categories
        .iter()
        .map(|category| SeenRow {
            what: words::capital(&category.kind.to_string()),
            who: who(category),
            source: category.clause.to_string(),
        })
        .collect();
    rows.push(SeenRow {
        what: "Anything at all, after somebody was withdrawn and until they are deleted".into(),
        who: viewers(&rules.subjects.held.viewers),
        source: rules.subjects.held.clause.to_string(),
    });
    rows
}

fn viewers(list: &[Viewer]) -> String {
    words::capital(&listed(list))
}

/// Several things as a sentence lists them.
fn listed(things: &[impl Display]) -> String {
    match things {
        [] => "nobody".to_owned(),
        [one] => one.to_string(),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(ToString::to_string).collect();
            format!("{} and {last}", first.join(", "))
        }
    }
}

fn conflicts(rules: &Rules) -> Vec<Conflict> {
    let one = |conflict: &fairwatch_core::policy::columns::Conflict| Conflict {
        about: tables::place(&conflict.about),
        first: conflict.first.says.to_string(),
        first_source: conflict.first.clause.to_string(),
        second: conflict.second.says.to_string(),
        second_source: conflict.second.clause.to_string(),
        choice: format!("{} {}", conflict.choice, conflict.why),
    };
    rules.conflicts.iter().map(one).collect()
}

fn rights(rules: &Rules) -> Vec<Vec<Piece>> {
    let answer = &rules.deadlines.answer.length;
    let complaint = &rules.deadlines.complaint.length;
    let title = &rules.controller.title;
    let contact = rules.controller.contact.email.as_deref().or(rules.scheme.contact.email.as_deref());
    let write = contact
        .map_or_else(|| format!("Write to the {title}"), |email| format!("Write to the {title} at {email}"));
    let text = |text: String| vec![Piece::text(text)];
    vec![
        text(format!(
            "{write} for a copy of what is held about you, to have it corrected, erased or restricted, or to object. You are answered within {answer}. It costs nothing."
        )),
        text(format!(
            "If you think that your data is not handled as it should be, you can complain. You hear back within {complaint}."
        )),
        vec![
            Piece::text("You can also complain to the Information Commissioner: "),
            Piece {
                text: "ico.org.uk".into(),
                strong: false,
                href: Some("https://ico.org.uk/make-a-complaint/".into()),
            },
            Piece::text("."),
        ],
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(viewers(&[]), "Nobody");
        assert_eq!(listed(&["members"]), "members");
        assert_eq!(
            viewers(&[Viewer::Member, Viewer::Staff, Viewer::Controller]),
            "Members, staff and the controller"
        );
    }
}

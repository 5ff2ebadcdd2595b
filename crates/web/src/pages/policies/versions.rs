//! The versions of the policy that there were, and in what any two differ: public, as policies are (POL-5).
use super::lines::{Beside, Hunk, beside, differences};
use crate::{
    respond::{Answer, page},
    shell,
    view::{Choice, Crumb, Shell},
    visit::Guest,
    words,
};
use askama::Template;
use axum::{
    extract::{Path, Query, rejection::PathRejection},
    http::header,
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError, orgs,
    policies::{self, Version},
};
use jiff::civil::Date;
use serde::Deserialize;

/// `policy_versions.html`
#[derive(Template, Debug)]
#[template(path = "policy_versions.html")]
struct Versions {
    shell: Shell,
    crumbs: Vec<Crumb>,
    scheme: String,
    versions: Vec<Row>,
    action: String,
    older: Vec<Choice>,
    newer: Vec<Choice>,
    compared: String,
    hunks: Vec<Hunk>,
    beside: Vec<Beside>,
}

/// A version in the list.
#[derive(Debug)]
struct Row {
    label: String,
    href: String,
    text: String,
    holds: String,
    reason: String,
    who: String,
}

/// Which two to compare.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Two {
    #[serde(default)]
    older: String,
    #[serde(default)]
    newer: String,
}

/// From when to when a version holds: until the next begins.
pub(crate) fn holds(versions: &[Version], one: &Version, today: Date) -> String {
    let next = versions.iter().rev().find(|other| other.version > one.version);
    let from = words::date(one.effective_on);
    match next.map(|next| next.effective_on) {
        _ if one.effective_on > today => format!("Comes into force on {from}"),
        Some(until) if until <= today => {
            format!("In force from {from} to {}", words::date(until.yesterday().unwrap_or(until)))
        }
        Some(until) => {
            format!("In force from {from}, until {}", words::date(until.yesterday().unwrap_or(until)))
        }
        None => format!("In force from {from}"),
    }
}

/// Who wrote a version and who agreed to it, by office: the page is public.
pub(crate) fn who(one: &Version) -> String {
    match (one.author, one.authorised_by) {
        (Some(_), Some(_)) => "Written by the data controller, agreed to by a member of the board".into(),
        (None, Some(_)) => "Entered at the server’s console, agreed to by a member of the board".into(),
        _ => "Entered when the scheme was set up".into(),
    }
}

/// `GET /o/{slug}/policy/versions`
pub(crate) async fn show(
    guest: Guest,
    path: Result<Path<String>, PathRejection>,
    Query(two): Query<Two>,
) -> Answer {
    let Path(slug) = path.map_err(|_| AppError::Hidden)?;
    let app = guest.web.app();
    let scope = orgs::by_slug(&app, &guest.ctx, &slug).await?.ok_or(AppError::Hidden)?;
    let versions = policies::versions(&app, &guest.ctx, scope.org).await?;
    let number = |text: &str, otherwise: Option<&Version>| {
        let typed = text.parse::<i64>().ok().filter(|n| versions.iter().any(|one| one.version == *n));
        typed.or(otherwise.map(|one| one.version))
    };
    let (older, newer) = (number(&two.older, versions.get(1)), number(&two.newer, versions.first()));
    let (mut hunks, mut texts) = (Vec::new(), Vec::new());
    let mut compared = String::new();
    if let (Some(older), Some(newer)) = (older, newer)
        && versions.len() > 1
    {
        let was = policies::version(&app, &guest.ctx, scope.org, older).await?.0;
        let will = policies::version(&app, &guest.ctx, scope.org, newer).await?.0;
        hunks = differences(&was, &will);
        let was = policies::prose_of(&app, &guest.ctx, scope.org, older).await?;
        let will = policies::prose_of(&app, &guest.ctx, scope.org, newer).await?;
        texts = beside(&was, &will);
        compared = format!("From version {older} to version {newer}");
    }
    let choices = |chosen: Option<i64>| {
        let choice = |one: &Version| Choice {
            value: one.version.to_string(),
            label: format!("Version {}", one.version),
            note: String::new(),
            checked: chosen == Some(one.version),
        };
        versions.iter().map(choice).collect::<Vec<_>>()
    };
    let row = |one: &Version| Row {
        label: format!("Version {}", one.version),
        href: format!("/o/{slug}/policy?version={}", one.version),
        text: format!("/o/{slug}/policy/versions/{}", one.version),
        holds: holds(&versions, one, scope.today),
        reason: one.reason.clone(),
        who: who(one),
    };
    page(&Versions {
        shell: shell::of_place(&guest, &scope.slug, &scope.policy).await?,
        crumbs: vec![Crumb { label: "What we keep".into(), href: format!("/o/{slug}/policy") }],
        scheme: scope.policy.scheme.name.to_string(),
        versions: versions.iter().map(row).collect(),
        action: format!("/o/{slug}/policy/versions"),
        older: choices(older),
        newer: choices(newer),
        compared,
        hunks,
        beside: texts,
    })
}

/// `GET /o/{slug}/policy/versions/{number}`: the text that the program reads.
pub(crate) async fn texts(guest: Guest, path: Result<Path<(String, i64)>, PathRejection>) -> Answer {
    let Path((slug, number)) = path.map_err(|_| AppError::Hidden)?;
    let app = guest.web.app();
    let scope = orgs::by_slug(&app, &guest.ctx, &slug).await?.ok_or(AppError::Hidden)?;
    let (text, _) = policies::version(&app, &guest.ctx, scope.org, number).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

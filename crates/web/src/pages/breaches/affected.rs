//! Who was affected by a breach, from the audit (BRE-4).
use super::{way, when};
use crate::{
    forms::{Sent, encoded},
    pages::day::Day,
    respond::{Answer, page, page_again},
    shell::Nav,
    view::{Crumb, Errors, Shell, number},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    breaches::{self, Affected, Breach, TypedWindow},
};
use fairwatch_core::{ids::BreachId, world::london_date};
use jiff::SignedDuration;

/// `data_breach_affected.html`
#[derive(Template, Debug)]
#[template(path = "data_breach_affected.html")]
struct AffectedPage {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    from: Day,
    from_time: String,
    until: Day,
    until_time: String,
    by: String,
    by_name: Option<String>,
    all: String,
    found: Option<Found>,
}

#[derive(Debug)]
struct Found {
    said: String,
    is_cut: bool,
    rest: usize,
    people: Vec<PersonRow>,
    viewers: Vec<ViewerRow>,
}

#[derive(Debug)]
struct PersonRow {
    href: String,
    reference: String,
    first: String,
    last: String,
    looks: String,
    viewers: String,
}

#[derive(Debug)]
struct ViewerRow {
    name: String,
    looks: String,
    people: String,
    only: Option<String>,
}

/// Somebody who has left is named no more.
const LEFT: &str = "Somebody who has left";

fn found(visit: &Visit, affected: &Affected, only: &dyn Fn(&str) -> String) -> Found {
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| LEFT.to_owned());
    let viewers = affected.viewers.iter().map(|viewer| ViewerRow {
        name: name(&viewer.name),
        looks: number(viewer.looks.into()),
        people: number(viewer.people as u64),
        only: (affected.viewers.len() > 1).then(|| only(&viewer.account.to_string())),
    });
    let named = |id: &uuid::Uuid| {
        let viewer = affected.viewers.iter().find(|viewer| viewer.account.0 == *id);
        viewer.map_or_else(|| LEFT.to_owned(), |viewer| name(&viewer.name))
    };
    let people = affected.shown.iter().map(|one| PersonRow {
        href: visit.href(&format!("/people/{}", one.subject)),
        reference: visit.scope.reference(one.number),
        first: words::date_time(one.first),
        last: words::date_time(one.last),
        looks: number(one.looks.into()),
        viewers: words::list(&one.viewers.iter().map(named).collect::<Vec<_>>()),
    });
    let said = match affected.people {
        0 => "Nobody’s record was looked at in that time.".to_owned(),
        people => format!(
            "{} were looked at, in {} by {}.",
            words::count(people, "person’s record", "people’s records"),
            words::count(affected.looks as usize, "look", "looks"),
            words::count(affected.viewers.len(), "person", "people")
        ),
    };
    Found {
        said,
        is_cut: affected.is_cut,
        rest: affected.people.saturating_sub(affected.shown.len()),
        people: people.collect(),
        viewers: viewers.collect(),
    }
}

fn shown(
    visit: &Visit,
    breach: &Breach,
    sent: &Sent,
    found: Option<Affected>,
    errors: Errors,
) -> AffectedPage {
    let (crumbs, here) = way(visit, breach);
    let action = format!("{here}/affected");
    let asked: String = sent
        .fields()
        .iter()
        .filter(|(name, _)| name != "by")
        .map(|(name, value)| format!("{}={}&", encoded(name), encoded(value)))
        .collect();
    let ((from, from_when), (until, until_when)) = (when(sent, "from"), when(sent, "until"));
    let by = sent.one("by").to_owned();
    let by_name = found.as_ref().filter(|_| !by.is_empty()).map(|found| {
        found.viewers.first().and_then(|viewer| viewer.name.clone()).unwrap_or_else(|| LEFT.to_lowercase())
    });
    AffectedPage {
        shell: visit.shell(Nav::Breaches),
        errors,
        crumbs,
        found: found.map(|affected| {
            self::found(visit, &affected, &|by| format!("{action}?{asked}by={}", encoded(by)))
        }),
        all: format!("{action}?{asked}"),
        action,
        from,
        from_time: from_when.time,
        until,
        until_time: until_when.time,
        by,
        by_name,
    }
}

/// `GET /o/{slug}/breaches/{id}/affected`: from and until, by. Without any of it the form alone, for the day before the
/// breach was detected.
pub(crate) async fn affected(
    visit: Visit,
    Id(id): Id<BreachId>,
    Query(asked): Query<Vec<(String, String)>>,
) -> Answer {
    let breach = breaches::show(&visit.app, &visit.ctx, id).await?;
    let mut sent = Sent::default();
    for (name, value) in asked.into_iter().filter(|(name, _)| name != "done") {
        sent.add(name, value);
    }
    if sent.fields().is_empty() {
        let until = breach.aware_at;
        let from = until.saturating_add(SignedDuration::from_hours(-24)).unwrap_or(until);
        let mut form = shown(&visit, &breach, &sent, None, Errors::default());
        (form.from, form.from_time) = (Day::of(london_date(from)), words::time(from));
        (form.until, form.until_time) = (Day::of(london_date(until)), words::time(until));
        return page(&form);
    }
    let typed = TypedWindow {
        from: when(&sent, "from").1,
        until: when(&sent, "until").1,
        by: sent.one("by").to_owned(),
    };
    match breaches::affected(&visit.app, &visit.ctx, id, &typed).await {
        Ok(found) => page(&shown(&visit, &breach, &sent, Some(found), Errors::default())),
        Err(AppError::Refused(problems)) => {
            page_again(&shown(&visit, &breach, &sent, None, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

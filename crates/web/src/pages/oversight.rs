//! The board's view of what the controller and the office do, each with its entries in the audit (SEC-6).
use crate::{
    forms::encoded,
    pages::audit::told,
    respond::{Answer, page},
    shell::Nav,
    view::{Shell, Tag, number},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::oversight::{self, Done, Overseen};
use fairwatch_core::{
    ids::AccountId,
    oversight::{AT_LEAST, BEFORE, TIMES, Topic, WEEKS, Weeks},
};
use jiff::Span;

/// `oversight.html`
#[derive(Template, Debug)]
#[template(path = "oversight.html")]
struct Oversight {
    shell: Shell,
    since: String,
    rule: String,
    volumes: Vec<Volume>,
    own: Vec<Line>,
    topics: Vec<Part>,
    quiet: Vec<&'static str>,
    audit: String,
}

#[derive(Debug)]
struct Volume {
    who: String,
    tags: Vec<Tag>,
    line: String,
    href: String,
}

#[derive(Debug)]
struct Part {
    title: &'static str,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    what: String,
    who: String,
    count: String,
    note: String,
    href: String,
}

fn name(found: &Overseen, by: AccountId) -> String {
    let end = by.to_string();
    let end = end.get(24..).unwrap_or_default();
    match found.names.get(&by.0) {
        Some(name) => format!("{name} (user {end})"),
        None => format!("Somebody who has left (user {end})"),
    }
}

/// The entries behind a line: by whom, what, and since when.
fn entries(visit: &Visit, by: AccountId, action: &str) -> String {
    let from = visit.scope.today.saturating_sub(Span::new().days(i64::try_from(7 * WEEKS).unwrap_or(28)));
    let action = if action.is_empty() { String::new() } else { format!("&action={}", encoded(action)) };
    visit.href(&format!("/audit?from={from}&actor={by}{action}"))
}

fn usual(weeks: &Weeks) -> String {
    match weeks.usual(0) {
        Some(usual) => format!(
            "{} in the last 7 days, about {} in a week before",
            number(weeks.in_week(0)),
            number(usual)
        ),
        None => {
            format!("{} in the last 7 days, and too few weeks before to compare", number(weeks.in_week(0)))
        }
    }
}

/// Which week stands out, and by how much.
fn unusual(visit: &Visit, weeks: &Weeks, week: usize) -> Tag {
    let until = visit.scope.today.saturating_sub(Span::new().days(i64::try_from(7 * week).unwrap_or(0)));
    Tag::new("red", format!("Unusual: {} in the week to {}", number(weeks.in_week(week)), words::date(until)))
}

fn line(visit: &Visit, found: &Overseen, done: &Done) -> Line {
    Line {
        what: told(&done.action).to_owned(),
        who: name(found, done.by),
        count: number(done.weeks.lately()),
        note: format!("{} in the last 7 days", number(done.weeks.in_week(0))),
        href: entries(visit, done.by, &done.action),
    }
}

/// `GET /o/{slug}/oversight`
pub(crate) async fn show(visit: Visit) -> Answer {
    let found = oversight::show(&visit.app, &visit.ctx, visit.org()).await?;
    let mut volumes = found.seen.iter().map(|(by, weeks)| (weeks, *by)).collect::<Vec<_>>();
    volumes.sort_by_key(|(weeks, by)| (weeks.unusual().is_empty(), std::cmp::Reverse(weeks.in_week(0)), *by));
    let volumes = volumes.into_iter().map(|(weeks, by)| Volume {
        who: name(&found, by),
        tags: weeks.unusual().into_iter().map(|week| unusual(&visit, weeks, week)).collect(),
        line: format!("Records seen: {}", usual(weeks)),
        href: entries(&visit, by, ""),
    });
    let part = |topic: Topic| {
        let lines = found.done.iter().filter(|done| done.topic == topic && done.weeks.lately() > 0);
        Part { title: topic.label(), lines: lines.map(|done| line(&visit, &found, done)).collect() }
    };
    let (topics, quiet): (Vec<Part>, Vec<Part>) =
        Topic::ALL.into_iter().map(part).partition(|part| !part.lines.is_empty());
    let own = found.own.iter().map(|one| Line {
        what: match one.number {
            Some(number) => format!("Approved their own report {}", visit.scope.reference(number)),
            None => "Approved a report of their own that is gone by now".to_owned(),
        },
        who: name(&found, one.by),
        count: String::new(),
        note: words::date_time(one.at),
        href: entries(&visit, one.by, "reports.approve"),
    });
    let since = visit.scope.today.saturating_sub(Span::new().days(i64::try_from(7 * WEEKS).unwrap_or(28)));
    page(&Oversight {
        shell: visit.shell(Nav::Oversight),
        since: words::date(since),
        rule: format!(
            "A week is unusual where somebody saw at least {TIMES} times as many records as in an average week of their own among the {BEFORE} before, and at least {AT_LEAST} more. Weeks in which they did nothing do not count."
        ),
        volumes: volumes.collect(),
        own: own.collect(),
        topics,
        quiet: quiet.into_iter().map(|part| part.title).collect(),
        audit: visit.href("/audit"),
    })
}

//! The audit chain of a scheme: who did what, and when; ids, no personal data (AUD-1, SEC-6).
mod deeds;
pub(crate) use deeds::told;

use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Choice, Crumb, Pager, Row, Shell, number},
    visit::Visit,
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::audit::{self, Line, OwnVerdict, Wanted};
use fairwatch_core::{
    actions,
    audit::{ListAudit, VerifyAudit},
    exporting::ListExports,
    gate::{AuditClass, Role},
    world::london,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use serde::Deserialize;

/// `audit.html`
#[derive(Template, Debug)]
#[template(path = "audit.html")]
struct Audit {
    shell: Shell,
    action: String,
    /// What the list is confined to beside the form, in words, with the fields that carry it on.
    only: Option<Only>,
    kinds: Vec<Choice>,
    from: String,
    to: String,
    clear: Option<String>,
    entries: Vec<AuditRow>,
    pager: Pager,
    check_href: Option<String>,
    exports: Option<String>,
}

#[derive(Debug)]
struct AuditRow {
    n: String,
    at: String,
    who: String,
    role: String,
    what: String,
    about: String,
    note: String,
    hash: String,
}

/// `audit_check.html`
#[derive(Template, Debug)]
#[template(path = "audit_check.html")]
struct Check {
    shell: Shell,
    crumbs: Vec<Crumb>,
    holds: bool,
    said: String,
    faults: Vec<String>,
    summary: Vec<Row>,
}

/// Which entries, and before which the page begins.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    before: String,
    /// Of whom alone, as the board's oversight leads here.
    #[serde(default)]
    actor: String,
    /// Which deed alone.
    #[serde(default)]
    action: String,
}

/// So many stand on a page.
const PAGE: u32 = 50;

fn wanted(asked: &Asked) -> Wanted {
    let begin = |day: Date| day.to_zoned(london().clone()).ok().map(|begin| begin.timestamp());
    let from = asked.from.parse().ok().and_then(begin).unwrap_or(Timestamp::MIN);
    // The last day is wanted whole.
    let after = |day: Date| day.checked_add(1.day()).ok().and_then(begin);
    let until = asked.to.parse().ok().and_then(after).unwrap_or(Timestamp::MAX);
    let class = match asked.kind.as_str() {
        "look" => Some(AuditClass::Look),
        "change" => Some(AuditClass::Change),
        _ => None,
    };
    let action = actions::all().into_iter().map(|listed| listed.name).find(|name| *name == asked.action);
    Wanted { class, from, until, actor: asked.actor.parse().ok(), action }
}

/// What a list is confined to, as the board's oversight leads to it.
#[derive(Debug)]
struct Only {
    said: String,
    actor: String,
    action: String,
}

fn only(visit: &Visit, asked: &Asked) -> Option<Only> {
    let wanted = wanted(asked);
    let (actor, action) = (wanted.actor.map(|_| &*asked.actor), wanted.action);
    let said = [action.map(|action| deeds::told(action).to_owned()), actor.map(|actor| who(visit, actor))];
    let said = said.into_iter().flatten().collect::<Vec<_>>();
    (!said.is_empty()).then(|| Only {
        said: said.join(", "),
        actor: actor.unwrap_or_default().to_owned(),
        action: action.unwrap_or_default().to_owned(),
    })
}

/// `GET .../audit`
pub(crate) async fn list(visit: Visit, Query(asked): Query<Asked>) -> Answer {
    let before = asked.before.parse().ok();
    // One more than is shown tells whether there is a next page.
    let mut lines =
        audit::list(&visit.app, &visit.ctx, visit.org(), wanted(&asked), before, PAGE + 1).await?;
    let more = lines.len() > PAGE as usize;
    lines.truncate(PAGE as usize);
    let filters: String = [
        ("kind", &asked.kind),
        ("from", &asked.from),
        ("to", &asked.to),
        ("actor", &asked.actor),
        ("action", &asked.action),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("&{name}={}", crate::forms::encoded(value)))
    .collect();
    let last = lines.last().map(|line| line.entry.position);
    let summary = match (lines.first(), last) {
        (Some(first), Some(last)) => {
            format!("Entries {} to {}, newest first", number(first.entry.position), number(last))
        }
        _ => String::new(),
    };
    let pager = Pager {
        prev: before.map(|_: u64| visit.href(&format!("/audit?newest=yes{filters}"))),
        next: last.filter(|_| more).map(|last| visit.href(&format!("/audit?before={last}{filters}"))),
        pages: Vec::new(),
        summary,
    };
    let kinds = [("", "Looks and changes"), ("look", "Looks"), ("change", "Changes")];
    let kind = |(value, label): (&str, &str)| Choice {
        value: value.into(),
        label: label.into(),
        note: String::new(),
        checked: value == asked.kind,
    };
    page(&Audit {
        shell: visit.shell(Nav::Audit),
        action: visit.href("/audit"),
        only: only(&visit, &asked),
        kinds: kinds.into_iter().map(kind).collect(),
        clear: (!filters.is_empty()).then(|| visit.href("/audit")),
        entries: lines.into_iter().map(|line| row(&visit, line)).collect(),
        pager,
        exports: visit.may::<ListExports>().then(|| visit.href("/exports")),
        check_href: visit.may::<VerifyAudit>().then(|| visit.href("/audit/check")),
        from: asked.from,
        to: asked.to,
    })
}

fn row(visit: &Visit, Line { entry, reason }: Line) -> AuditRow {
    let note = match (reason, &entry.commitment) {
        (Some(reason), _) => format!("Reason: {reason}"),
        (None, Some(_)) if visit.role() == Role::Controller => {
            "A reason was given; it went with the record".to_owned()
        }
        (None, Some(_)) => "A reason was given".to_owned(),
        (None, None) => String::new(),
    };
    AuditRow {
        n: number(entry.position),
        at: words::date_time(entry.at),
        who: who(visit, &entry.actor),
        role: entry.role.parse::<Role>().map_or_else(|_| entry.role.clone(), |role| role.label().to_owned()),
        what: deeds::told(&entry.action).to_owned(),
        about: match &entry.about[..] {
            [] => String::new(),
            [one] => short(&one.simple().to_string()).to_owned(),
            several => format!("{} records", several.len()),
        },
        note,
        hash: short(&entry.hash).to_owned(),
    }
}

/// An actor without a name: the chain holds none, and this page is for those who need none.
fn who(visit: &Visit, actor: &str) -> String {
    match actor {
        "nobody" => "Nobody".into(),
        "console" => "The server's console".into(),
        "sweep" => "The sweep".into(),
        own if own == visit.session.account.to_string() => "You".into(),
        // The end of an id is random, its beginning a time that many share.
        id if id.len() == 36 => format!("User {}", &id[24..]),
        job => job.to_owned(),
    }
}

/// Enough of a long number to tell it from others: its end.
fn short(digits: &str) -> &str {
    digits.get(digits.len().saturating_sub(12)..).unwrap_or(digits)
}

/// `GET .../audit/check`: works the chain out again, entry by entry.
pub(crate) async fn check(visit: Visit) -> Answer {
    let OwnVerdict { verdict, head } = audit::verify_own(&visit.app, &visit.ctx, visit.org()).await?;
    let holds = verdict.faults.is_empty();
    let mut summary = vec![
        Row::new("Entries", number(verdict.entries)),
        Row::new("Signatures checked", number(verdict.signatures as u64)),
        Row::new("Key of the signatures", audit::signing_key(&visit.app)),
    ];
    if let Some((position, at, hash)) = head {
        summary.push(Row::new("Newest entry", format!("{}, {}", number(position), words::date_time(at))));
        summary.push(Row::new("Hash of it", hash));
    }
    let crumbs =
        visit.may::<ListAudit>().then(|| Crumb { label: "Audit".into(), href: visit.href("/audit") });
    page(&Check {
        shell: visit.shell(Nav::Audit),
        crumbs: crumbs.into_iter().collect(),
        holds,
        said: format!("Worked out again, {}.", words::date_time(visit.ctx.now())),
        faults: verdict.faults,
        summary,
    })
}

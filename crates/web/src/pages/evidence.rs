//! Evidence: a piece of it on its own page, in lists on other pages, and for those who see no records (VIS-3).
pub(crate) mod add;
pub(crate) mod deeds;
pub(crate) mod files;

use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Crumb, Event, Pager, Row, Shell, number},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::evidence::{self, Entry, HeldEvidence, Listed, Shown};
use fairwatch_core::{
    evidence::{ReleaseEvidence, ShareEvidence},
    gate::Role,
    ids::EvidenceId,
    policy::{Category, Viewer},
};
use serde::Deserialize;

/// A piece of evidence in a list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) note: String,
    pub(crate) sha256: String,
    pub(crate) shareable: bool,
    pub(crate) checked: bool,
}

/// `evidence.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "evidence.html")]
struct EvidencePage {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    notice: String,
    facts: Vec<Row>,
    sha256: String,
    clip: Option<Clip>,
    still: Option<String>,
    still_alt: String,
    download: Option<String>,
    unplayable: String,
    custody: Vec<Event>,
    shared: String,
    share: Option<String>,
    withhold: Option<String>,
    release: Option<String>,
    remove: Option<String>,
}
/// What a player plays.
#[derive(Clone, Debug, Default)]
struct Clip {
    src: String,
    kind: String,
}

/// `evidence_list.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "evidence_list.html")]
struct EvidenceList {
    shell: Shell,
    items: Vec<Item>,
    pager: Pager,
}

/// A size as people say it: `940 bytes`, `12 kB`, `48.2 MB`.
pub(crate) fn size(bytes: u64) -> String {
    // In whole numbers, since 48.2 MB is no place for a rounding that surprises.
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => {
            let tenths = bytes / 100_000;
            format!("{}.{} MB", number(tenths / 10), tenths % 10)
        }
    }
}

/// Whether whoever looks sees the name that the sender's device gave the file: it may name somebody.
fn sees_name(visit: &Visit, held: &HeldEvidence) -> bool {
    visit.role() == Role::Controller || held.added_by == visit.session.account
}

fn href(visit: &Visit, id: EvidenceId) -> String {
    let here = visit.href(&format!("/evidence/{id}"));
    let asked = fairwatch_core::subjects::viewer(visit.role());
    if asked.is_some_and(|who| visit.scope.policy.asks_reason(who)) {
        return format!("{here}?t={}", evidence::reason_ticket(&visit.app, &visit.ctx, id));
    }
    here
}

/// A piece of evidence in a list of a page.
pub(crate) fn item(visit: &Visit, held: &HeldEvidence) -> Item {
    let mut note = vec![size(held.evidence.length), format!("added {}", words::date_time(held.added_at))];
    if sees_name(visit, held) && !held.evidence.name.is_empty() {
        note.insert(0, held.evidence.name.clone());
    }
    if visit.role() == Role::Controller && !others(visit).is_empty() {
        note.push(if held.shared { "shared".into() } else { "not shared yet".into() });
    }
    Item {
        id: held.id.to_string(),
        href: href(visit, held.id),
        title: held.evidence.kind.label().to_owned(),
        note: note.join(" · "),
        sha256: held.evidence.sha256.clone(),
        shareable: visit.role() == Role::Controller && !others(visit).is_empty(),
        checked: held.shared,
    }
}

/// The pieces of evidence of a report.
pub(crate) fn items(visit: &Visit, held: &[HeldEvidence]) -> Vec<Item> {
    held.iter().map(|held| item(visit, held)).collect()
}

/// The pieces of evidence of a person's incidents.
pub(crate) fn listed(visit: &Visit, listed: &[Listed]) -> Vec<Item> {
    let one = |listed: &Listed| {
        let item = item(visit, &listed.held);
        Item { note: format!("{} · {}", visit.scope.reference(listed.number), item.note), ..item }
    };
    listed.iter().map(one).collect()
}

/// Those to whom the policy gives evidence only once the controller has shared it.
fn others(visit: &Visit) -> Vec<String> {
    let policy = &visit.scope.policy;
    let of = [Viewer::Member, Viewer::Police, Viewer::Agency];
    of.into_iter().filter(|who| policy.sees(*who, Category::Evidence)).map(|who| who.to_string()).collect()
}

/// What the address of evidence says beside it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ticket {
    t: String,
}

/// `GET /o/{slug}/evidence/{id}?t=`: the page is the look, which is recorded; what it plays carries its ticket.
pub(crate) async fn show(visit: Visit, Id(id): Id<EvidenceId>, Query(ticket): Query<Ticket>) -> Answer {
    let shown = evidence::show(&visit.app, &visit.ctx, id, &ticket.t).await?;
    page(&whole(&visit, &shown))
}

fn whole(visit: &Visit, shown: &Shown) -> EvidencePage {
    let opened = &shown.opened;
    let (held, evidence) = (&opened.held, &opened.held.evidence);
    let here = visit.href(&format!("/evidence/{}", held.id));
    let ticket = evidence::ticket(&visit.app, &visit.ctx, held.id);
    let file = format!("{here}/file?t={ticket}");
    let reference = opened.number.map_or_else(String::new, |number| visit.scope.reference(number));
    let mut facts = vec![Row::new("What", evidence.kind.label()), Row::new("Size", size(evidence.length))];
    if !reference.is_empty() {
        facts.push(Row::new("Report", reference.clone()));
    }
    facts.push(Row::new("Added", words::date_time(held.added_at)));
    if sees_name(visit, held) {
        facts.push(Row::new("Name of the file", evidence.name.clone()));
        let added = shown.custody.first().and_then(|entry| entry.who.clone());
        facts.extend(added.map(|who| Row::new("Added by", who)));
    }
    let is_controller = visit.role() == Role::Controller;
    // What can be done to a draft's evidence stands in the form.
    let changes = is_controller && opened.report.is_some();
    let others = others(visit);
    let deed = |on: bool, name: &str| (changes && on).then(|| format!("{here}/{name}"));
    let releases = visit.may::<ReleaseEvidence>()
        && opened.incident.is_some()
        && visit.scope.policy.release(Viewer::Board, Category::Evidence).is_some();
    let shares = visit.may::<ShareEvidence>() && opened.incident.is_some() && !others.is_empty();
    EvidencePage {
        shell: visit.shell(if is_controller { Nav::People } else { Nav::Elsewhere }),
        crumbs: crumbs(visit, shown, &reference),
        title: evidence.kind.label().to_owned(),
        notice: visit.scope.policy.images.notice.to_string(),
        facts,
        sha256: evidence.sha256.clone(),
        clip: evidence
            .kind
            .plays()
            .then(|| Clip { src: file.clone(), kind: evidence.kind.content_type().to_owned() }),
        still: evidence.kind.is_still().then(|| file.clone()),
        still_alt: format!("Still that came with report {reference}"),
        // On a device that others use as well no file is left (INC-10).
        download: (!visit.session.shared).then(|| format!("{here}/download?t={ticket}")),
        unplayable: if evidence.kind.plays() || evidence.kind.is_still() {
            String::new()
        } else {
            "This page cannot show a file of this kind. Download it to see it.".into()
        },
        custody: shown.custody.iter().map(event).collect(),
        shared: if is_controller { who_sees(shown, &others) } else { String::new() },
        share: deed(shares && !held.shared, "share"),
        withhold: deed(shares && held.shared, "share"),
        release: deed(releases, "release"),
        remove: deed(true, "remove"),
    }
}

fn crumbs(visit: &Visit, shown: &Shown, reference: &str) -> Vec<Crumb> {
    let crumb = |label: &str, path: String| vec![Crumb { label: label.into(), href: visit.href(&path) }];
    match (visit.role(), shown.opened.incident, shown.opened.report) {
        (Role::Controller, Some(incident), _) => crumb(reference, format!("/incidents/{incident}")),
        (Role::Controller, None, Some(report)) => crumb(reference, format!("/review/{report}")),
        (Role::Board, ..) => crumb("Evidence", "/evidence".into()),
        (_, _, None) => crumb("Report an incident", "/report".into()),
        (_, _, Some(report)) if shown.opened.held.added_by == visit.session.account => {
            crumb(reference, format!("/reports/{report}"))
        }
        _ => crumb("Gallery", "/gallery".into()),
    }
}

fn who_sees(shown: &Shown, others: &[String]) -> String {
    let opened = &shown.opened;
    let mut text = match (others.is_empty(), opened.held.shared) {
        (true, _) => "Members do not see evidence in this scheme.".to_owned(),
        (false, false) => {
            format!("Not shared: {} do not see it until you say so.", words::list(others))
        }
        (false, true) => format!(
            "Shared with {}, as long as everybody in the incident is shown to members.",
            words::list(others)
        ),
    };
    if let Some(until) = opened.released_until {
        text.push_str(&format!(" Released to the board until {}.", words::date(until)));
    }
    text
}

fn event(entry: &Entry) -> Event {
    let role = entry.role.parse::<Role>().map_or_else(|_| entry.role.clone(), |role| role.label().to_owned());
    let who = entry.who.clone().unwrap_or_else(|| "somebody without an account".into());
    let reason = entry.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    Event {
        title: super::audit::told(&entry.action).to_owned(),
        text: format!("{who}, {role}{reason}"),
        date: format!("{} · entry {}", words::date_time(entry.at), entry.position),
        ..Event::default()
    }
}

/// Which page of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    before: Option<i64>,
}

/// So many reports with evidence stand on a page.
const PAGE: u32 = 25;

/// `GET /o/{slug}/evidence`: for those who see no records, such as the board, what the policy gives them or was
/// released to them.
pub(crate) async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let (all, next) = evidence::list(&visit.app, &visit.ctx, visit.org(), wanted.before, PAGE).await?;
    page(&EvidenceList {
        shell: visit.shell(Nav::Evidence),
        items: listed(&visit, &all),
        pager: Pager {
            next: next.map(|before| visit.href(&format!("/evidence?before={before}"))),
            ..Pager::default()
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_as_people_say_them() {
        assert_eq!(size(940), "940 bytes");
        assert_eq!(size(12_345), "12 kB");
        assert_eq!(size(48_251_000), "48.2 MB");
        assert_eq!(size(524_288_000), "524.2 MB");
    }
}

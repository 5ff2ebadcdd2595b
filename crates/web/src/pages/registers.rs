//! The registers: processors, agreements, responsible persons, registration, accreditation, and their reviews (DOC-2,
//! DOC-3, DOC-5, POL-7).
mod entering;
mod reviewing;

pub(crate) use entering::{add, ask, ask_edit, ask_end, edit, end};
pub(crate) use reviewing::{ask_review, review};

use crate::{
    forms::encoded,
    respond::{Answer, page},
    shell::Nav,
    view::{Chip, Crumb, Row, Shell, Tag},
    visit::{Place, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    registers::{self, Entry, Overview},
};
use fairwatch_core::{
    certifications::ListCertifications,
    governing::ListDocuments,
    policy::{Policy, scheme::AccreditationStatus},
    registers::{AddEntry, Detail, Kind, ListRegisters, Reviewable, Subject},
};
use jiff::{Span, civil::Date};
use serde::Deserialize;

/// The pages that stand together under Registers.
pub(crate) fn chips(visit: &Visit, here: &str) -> Vec<Chip> {
    let chip = |label: &str, path: &str| Chip {
        label: label.into(),
        href: visit.href(path),
        count: None,
        current: path == here,
    };
    let mut chips = Vec::new();
    if visit.may::<ListDocuments>() {
        chips.push(chip("Documents", "/documents"));
    }
    if visit.may::<ListRegisters>() {
        chips.push(chip("Registers", "/registers"));
    }
    if visit.may::<ListCertifications>() {
        chips.push(chip("Who has agreed", "/certified"));
    }
    chips
}

/// So long before a day something is said to be due soon.
const SOON: i64 = 30;

/// When something is to be reviewed, in words, and a mark where that is near or past.
pub(crate) fn when(one: Option<&Reviewable>, today: Date) -> (String, Option<Tag>) {
    let Some(one) = one else { return (String::new(), None) };
    (format!("Review by {}", words::date(one.due)), late(one.due, today, "Review overdue", "Review due"))
}

fn late(day: Date, today: Date, past: &str, near: &str) -> Option<Tag> {
    if day < today {
        Some(Tag::new("red", past))
    } else if day <= today.saturating_add(Span::new().days(SOON)) {
        Some(Tag::new("amber", near))
    } else {
        None
    }
}

/// Where a review of something is recorded.
pub(crate) fn review_href(visit: &Visit, subject: &Subject) -> String {
    // What is old has a run of its own (RET-13).
    if *subject == Subject::old_data() {
        return visit.href("/old-data");
    }
    visit.href(&format!("/reviews/{}?key={}", subject.kind, encoded(&subject.key)))
}

/// `registers.html`
#[derive(Template, Debug)]
#[template(path = "registers.html")]
struct Registers {
    shell: Shell,
    chips: Vec<Chip>,
    sections: Vec<Section>,
    places: Vec<Row>,
    beside: Vec<Shown>,
}

#[derive(Debug)]
struct Section {
    title: &'static str,
    about: String,
    add: Option<String>,
    add_label: String,
    entries: Vec<Shown>,
    former: Vec<Shown>,
}

#[derive(Debug)]
struct Shown {
    title: String,
    lines: Vec<String>,
    tags: Vec<Tag>,
    day: String,
    href: Option<String>,
    href_label: &'static str,
    review: Option<String>,
}

/// What the policy file says of what it names; the register adds to it.
fn from_policy(policy: &Policy, kind: Kind, key: &str) -> Vec<String> {
    match kind {
        Kind::Processor => policy
            .processors
            .iter()
            .filter(|one| &*one.name == key)
            .map(|one| format!("{}. Keeps data in: {}", &*one.does, &*one.country))
            .collect(),
        Kind::Agreement => policy
            .agreements
            .iter()
            .filter(|one| &*one.id == key)
            .filter_map(|one| one.signed)
            .map(|day| format!("Signed {}", words::date(day)))
            .collect(),
        Kind::Registration => {
            let number = policy.registration.number.as_ref().map(|number| format!("Number {}", &**number));
            vec![number.unwrap_or_else(|| "The policy gives no number".to_owned())]
        }
        Kind::Accreditation => {
            let status = match policy.accreditation.status {
                AccreditationStatus::Accredited => "Accredited",
                AccreditationStatus::WorkingTowards => "Working towards accreditation",
                AccreditationStatus::None => "Not accredited",
            };
            let evidence = policy.accreditation.evidence.as_ref().map(|text| text.to_string());
            [Some(status.to_owned()), evidence].into_iter().flatten().collect()
        }
        Kind::Certificate => {
            policy.storage.certificate.iter().map(|text| format!("The policy names: {}", &**text)).collect()
        }
        Kind::Person | Kind::Revision => Vec::new(),
    }
}

fn told(detail: &Detail) -> Vec<String> {
    let with = |what: &str, text: &str| (!text.is_empty()).then(|| format!("{what}{text}"));
    [
        with("", &detail.about),
        with("Contact: ", &detail.contact),
        with("Looked after by ", &detail.responsible),
        with("", &detail.note),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn shown(
    visit: &Visit,
    found: &Overview,
    kind: Kind,
    key: &str,
    label: &str,
    entry: Option<&Entry>,
) -> Shown {
    let today = visit.scope.today;
    let policy = &found.scope.policy;
    let subject = Subject::entry(kind, key);
    let due = found.review_of(&subject);
    let (day, review_tag) = when(due, today);
    let mut lines = from_policy(policy, kind, key);
    let mut tags = Vec::new();
    let expiry = match entry {
        Some(entry) => {
            if !entry.detail.name.is_empty() && kind.named(policy).is_some() {
                lines.push(entry.detail.name.clone());
            }
            lines.extend(told(&entry.detail));
            found.expiry(entry)
        }
        None => kind.policy_end(policy, key),
    };
    if let Some(end) = expiry {
        lines.push(format!("Runs out on {}", words::date(end)));
        tags.extend(late(end, today, "Run out", "Runs out soon"));
    }
    if kind == Kind::Revision
        && let Some(entry) = entry
    {
        tags.push(Tag::new("red", "The Commissioner has to be told"));
        lines.push(format!("Noticed {}", words::date(entry.starts_on)));
    }
    tags.extend(review_tag);
    let add = visit.href(&format!("/registers/new/{}?key={}", kind.name(), encoded(key)));
    Shown {
        title: match entry {
            Some(entry) if kind.named(policy).is_none() => entry.detail.name.clone(),
            _ => label.to_owned(),
        },
        lines,
        tags,
        day,
        href: match entry {
            Some(entry) => Some(visit.href(&format!("/registers/{}", entry.id))),
            None => visit.may::<AddEntry>().then_some(add),
        },
        href_label: if entry.is_some() { "Change" } else { "Add contract, contact and who looks after it" },
        review: due.map(|_| review_href(visit, &subject)),
    }
}

fn former(entry: &Entry, label: &str) -> Shown {
    let name = if entry.detail.name.is_empty() { label.to_owned() } else { entry.detail.name.clone() };
    let ended = entry.ended_on.map(|day| format!("Until {}", words::date(day)));
    Shown {
        title: name,
        lines: ended.into_iter().collect(),
        tags: Vec::new(),
        day: String::new(),
        href: None,
        href_label: "",
        review: None,
    }
}

fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::Processor => {
            "The policy says who they are; notices are written from it. Contracts and contacts stand here."
        }
        Kind::Agreement => "The policy says with whom there are agreements. Contacts and papers stand here.",
        Kind::Person => "Who answers for what, and how to reach them.",
        Kind::Registration => {
            "Reviewed at each renewal. Its number and its day of ending stand in the policy."
        }
        Kind::Revision => {
            "What has changed since the Commissioner was told. An entry is over when the Commissioner knows."
        }
        Kind::Accreditation => "Whether the scheme is accredited stands in the policy.",
        Kind::Certificate => "That the place where data lies is independently certified as secure.",
    }
}

fn section(visit: &Visit, found: &Overview, kind: Kind) -> Section {
    let policy = &found.scope.policy;
    let entries = found.entries.iter().filter(|entry| entry.kind == kind);
    let (over, standing): (Vec<&Entry>, Vec<&Entry>) = entries.partition(|entry| entry.ended_on.is_some());
    let named = kind.named(policy);
    let mut list = Vec::new();
    match &named {
        Some(named) => {
            for (key, label) in named {
                let entry = standing.iter().find(|entry| entry.key == *key).copied();
                if kind == Kind::Certificate && entry.is_none() && !policy.storage.certified {
                    continue;
                }
                list.push(shown(visit, found, kind, key, label, entry));
            }
            // The policy names it no more: the entry is to be ended, and says so.
            for entry in standing.iter().filter(|entry| !named.iter().any(|(key, _)| *key == entry.key)) {
                let mut one = shown(visit, found, kind, &entry.key, &entry.key, Some(entry));
                one.tags.push(Tag::new("amber", "Not in the policy any more"));
                list.push(one);
            }
        }
        None => {
            list.extend(standing.iter().map(|entry| shown(visit, found, kind, &entry.key, "", Some(entry))));
        }
    }
    let own = named.is_none() || (kind == Kind::Certificate && list.is_empty());
    Section {
        title: kind.heading(),
        about: about(kind).to_owned(),
        add: (own && visit.may::<AddEntry>()).then(|| {
            let key = if kind == Kind::Certificate { "?key=certificate" } else { "" };
            visit.href(&format!("/registers/new/{}{key}", kind.name()))
        }),
        add_label: format!("Add: {}", kind.label().to_lowercase()),
        entries: list,
        former: over.into_iter().map(|entry| former(entry, kind.label())).collect(),
    }
}

/// Where data is, as declared (DOC-5).
fn places(policy: &Policy) -> Vec<Row> {
    let storage = &policy.storage;
    let uk = if storage.outside_uk {
        match &storage.safeguard {
            Some(safeguard) => {
                format!("Data may leave the United Kingdom, under this safeguard: {}", &**safeguard)
            }
            None => "Data may leave the United Kingdom".to_owned(),
        }
    } else {
        "Nothing leaves the United Kingdom".to_owned()
    };
    let mut rows = vec![Row::new("The policy promises", uk)];
    rows.extend(policy.processors.iter().map(|one| Row::new(one.name.to_string(), one.country.to_string())));
    rows
}

/// `GET /o/{slug}/registers`
pub(crate) async fn list(visit: Visit) -> Answer {
    let found = registers::overview(&visit.app, &visit.ctx, visit.org()).await?;
    let beside = found
        .reviewable
        .iter()
        .filter(|one| matches!(&*one.subject.kind, "users" | "old_data" | "restore_test"));
    let beside = beside.map(|one| {
        let (day, tag) = when(Some(one), visit.scope.today);
        Shown {
            title: one.label.clone(),
            lines: vec![if one.reviewed {
                format!("Last reviewed {}", words::date(one.since))
            } else {
                "Not reviewed yet".to_owned()
            }],
            tags: tag.into_iter().collect(),
            day,
            href: None,
            href_label: "",
            review: Some(review_href(&visit, &one.subject)),
        }
    });
    page(&Registers {
        shell: visit.shell(Nav::Registers),
        chips: chips(&visit, "/registers"),
        sections: Kind::ALL.into_iter().map(|kind| section(&visit, &found, kind)).collect(),
        places: places(&found.scope.policy),
        beside: beside.collect(),
    })
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Registers".into(), href: visit.href("/registers") }]
}

/// Which of what the policy names.
#[derive(Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    key: String,
}

/// The last part of the path; what cannot be read names nothing.
fn last(path: Place) -> Result<String, AppError> {
    path.map(|axum::extract::Path((_, last))| last).map_err(|_| AppError::Hidden)
}

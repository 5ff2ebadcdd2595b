//! The registers: processors, agreements, responsible persons, registration, accreditation, and their reviews (DOC-2,
//! DOC-3, DOC-5, POL-7).
use super::day::Day;
use crate::{
    forms::{Sent, encoded},
    pages::confirm::Confirm,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Chip, Choice, Crumb, Errors, Piece, Row, Shell, Tag},
    visit::{Id, Place, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    registers::{self, Entry, Overview, Typed},
};
use fairwatch_core::{
    certifications::ListCertifications,
    governing::ListDocuments,
    ids::EntryId,
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
    let beside = found.reviewable.iter().filter(|one| matches!(&*one.subject.kind, "users" | "restore_test"));
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

/// `register_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "register_form.html")]
struct Form {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    named: Vec<Choice>,
    key: String,
    labels: Labels,
    detail: Detail,
    starts: Day,
    expires: Day,
    /// The policy file says when it runs out, so the register cannot.
    policy_end: String,
    end: Option<String>,
}

/// What the fields are called, by kind; a field without a name is not asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Labels {
    name: &'static str,
    about: &'static str,
    contact: &'static str,
    starts: &'static str,
    expires: &'static str,
}

fn labels(kind: Kind) -> Labels {
    let of = |name, about, contact, starts, expires| Labels { name, about, contact, starts, expires };
    match kind {
        Kind::Processor => of("Contract", "What it covers", "Who to ask there", "Signed", "Runs out"),
        Kind::Agreement => of("Paper", "What it covers", "Who to ask there", "Since", "Runs out"),
        Kind::Person => of("Name", "Responsible for", "How to reach them", "Since", ""),
        Kind::Registration => of("Account or order", "What is registered", "", "Last renewed", "Runs out"),
        Kind::Revision => of("What has to change", "Why", "", "Noticed", ""),
        Kind::Accreditation => of("Evidence", "What it covers", "Who accredits", "Since", "Runs out"),
        Kind::Certificate => of("Certificate", "What it covers", "Who certifies", "Since", "Runs out"),
    }
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Registers".into(), href: visit.href("/registers") }]
}

fn typed(sent: &Sent) -> Result<Typed, AppError> {
    let day = |field: &'static str| {
        Day::from_form(sent, field)
            .parse()
            .map_err(|_| AppError::in_field(field, "Enter the day, such as 27 3 2027, or leave it empty."))
    };
    let text = |field: &str| sent.one(field).to_owned();
    Ok(Typed { key: text("key"), starts: day("starts")?, expires: day("expires")?, detail: detail(sent) })
}

fn detail(sent: &Sent) -> Detail {
    let text = |field: &str| sent.one(field).to_owned();
    Detail {
        name: text("name"),
        about: text("about"),
        contact: text("contact"),
        responsible: text("responsible"),
        note: text("note"),
    }
}

fn policy_end(visit: &Visit, kind: Kind, key: &str) -> String {
    kind.policy_end(&visit.scope.policy, key).map(words::date).unwrap_or_default()
}

fn new_form(visit: &Visit, kind: Kind, key: &str, sent: &Sent, errors: Errors) -> Form {
    let named = kind.named(&visit.scope.policy).unwrap_or_default();
    let choice = |(value, label): &(String, String)| Choice {
        value: value.clone(),
        label: label.clone(),
        note: String::new(),
        checked: value == key,
    };
    Form {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: crumbs(visit),
        title: kind.label().to_owned(),
        action: visit.href(&format!("/registers/new/{}", kind.name())),
        cancel: visit.href("/registers"),
        // One that is named is not asked for.
        named: if named.len() > 1 { named.iter().map(choice).collect() } else { Vec::new() },
        key: named.first().map(|(key, _)| key.clone()).unwrap_or_default(),
        labels: labels(kind),
        detail: detail(sent),
        starts: Day::from_form(sent, "starts"),
        expires: Day::from_form(sent, "expires"),
        policy_end: policy_end(visit, kind, key),
        end: None,
    }
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

/// The kind in the path.
fn kind_of(path: Place) -> Result<Kind, AppError> {
    last(path)?.parse().map_err(|_| AppError::Hidden)
}

/// `GET /o/{slug}/registers/new/{kind}`
pub(crate) async fn ask(visit: Visit, path: Place, Query(which): Query<Which>) -> Answer {
    page(&new_form(&visit, kind_of(path)?, &which.key, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/registers/new/{kind}`
pub(crate) async fn add(visit: Visit, path: Place, sent: Sent) -> Answer {
    let kind = kind_of(path)?;
    let done = match typed(&sent) {
        Ok(typed) => registers::add(&visit.app, &visit.ctx, visit.org(), kind, typed).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_other_done(&visit.href("/registers"), "entered-in-register")),
        Err(AppError::Refused(problems)) => {
            page_again(&new_form(&visit, kind, sent.one("key"), &sent, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn standing(visit: &Visit, id: EntryId) -> Result<Entry, AppError> {
    let found = registers::overview(&visit.app, &visit.ctx, visit.org()).await?;
    let entry = found.entries.into_iter().find(|entry| entry.id == id && entry.ended_on.is_none());
    entry.ok_or(AppError::Hidden)
}

async fn edit_form(
    visit: &Visit,
    id: EntryId,
    sent: Option<&Sent>,
    errors: Errors,
) -> Result<Form, AppError> {
    let entry = standing(visit, id).await?;
    let here = visit.href(&format!("/registers/{id}"));
    Ok(Form {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: crumbs(visit),
        title: entry.kind.label().to_owned(),
        action: here.clone(),
        cancel: visit.href("/registers"),
        named: Vec::new(),
        labels: labels(entry.kind),
        policy_end: policy_end(visit, entry.kind, &entry.key),
        key: String::new(),
        starts: sent.map_or_else(|| Day::of(entry.starts_on), |sent| Day::from_form(sent, "starts")),
        expires: match sent {
            Some(sent) => Day::from_form(sent, "expires"),
            None => entry.expires_on.map(Day::of).unwrap_or_default(),
        },
        detail: sent.map_or(entry.detail, detail),
        end: Some(format!("{here}/end")),
    })
}

/// `GET /o/{slug}/registers/{id}`
pub(crate) async fn ask_edit(visit: Visit, Id(id): Id<EntryId>) -> Answer {
    page(&edit_form(&visit, id, None, Errors::default()).await?)
}

/// `POST /o/{slug}/registers/{id}`
pub(crate) async fn edit(visit: Visit, Id(id): Id<EntryId>, sent: Sent) -> Answer {
    let done = match typed(&sent) {
        Ok(typed) => registers::edit(&visit.app, &visit.ctx, id, typed).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(see_other_done(&visit.href("/registers"), "entered-in-register")),
        Err(AppError::Refused(problems)) => {
            page_again(&edit_form(&visit, id, Some(&sent), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn ending(visit: &Visit, id: EntryId, reason: &str, errors: Errors) -> Result<Confirm, AppError> {
    let entry = standing(visit, id).await?;
    let told = entry.kind == Kind::Revision;
    let kept = visit.scope.policy.keep.old_document.length;
    Ok(Confirm {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: crumbs(visit),
        here: entry.kind.label().into(),
        title: if told { "The Commissioner knows?".into() } else { "This is over?".into() },
        text: vec![vec![Piece::text(format!("It is kept as a former entry for {kept}, then deleted."))]],
        action: visit.href(&format!("/registers/{id}/end")),
        reason_label: if told { "How and when was the Commissioner told?".into() } else { "Why?".into() },
        reason: reason.to_owned(),
        button: if told { "Record that".into() } else { "End the entry".into() },
        cancel: visit.href(&format!("/registers/{id}")),
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/registers/{id}/end`
pub(crate) async fn ask_end(visit: Visit, Id(id): Id<EntryId>) -> Answer {
    page(&ending(&visit, id, "", Errors::default()).await?)
}

/// `POST /o/{slug}/registers/{id}/end`
pub(crate) async fn end(visit: Visit, Id(id): Id<EntryId>, sent: Sent) -> Answer {
    match registers::end(&visit.app, &visit.ctx, id, sent.one("reason")).await {
        Ok(()) => Ok(see_other_done(&visit.href("/registers"), "register-ended")),
        Err(AppError::Refused(problems)) => {
            page_again(&ending(&visit, id, sent.one("reason"), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn reviewing(
    visit: &Visit,
    subject: &Subject,
    found: &str,
    errors: Errors,
) -> Result<Confirm, AppError> {
    let overview = registers::overview(&visit.app, &visit.ctx, visit.org()).await?;
    let one = overview.review_of(subject).ok_or(AppError::Hidden)?;
    let last = overview.reviews.iter().find(|review| review.subject == *subject);
    let mut text = vec![vec![Piece::text(format!(
        "It was to be reviewed by {}. From today the next review is counted.",
        words::date(one.due)
    ))]];
    if let Some(last) = last {
        let by = last.by.as_deref().map(|by| format!(", {by}")).unwrap_or_default();
        text.push(vec![Piece::text(format!("Last time ({}{by}): {}", words::date(last.on), last.found))]);
    }
    Ok(Confirm {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: crumbs(visit),
        here: "Review".into(),
        title: format!("Reviewed: {}", one.label),
        text,
        action: visit.href(&format!("/reviews/{}", subject.kind)),
        hidden: vec![Row::new("key", subject.key.clone())],
        reason_label: "What did the review find?".into(),
        reason_hint: "Such as: all of it still holds",
        reason: found.to_owned(),
        button: "Record the review".into(),
        cancel: visit.href(if matches!(&*subject.kind, "notice" | "document") {
            "/documents"
        } else {
            "/registers"
        }),
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/reviews/{kind}`: key.
pub(crate) async fn ask_review(visit: Visit, path: Place, Query(which): Query<Which>) -> Answer {
    page(&reviewing(&visit, &Subject { kind: last(path)?, key: which.key }, "", Errors::default()).await?)
}

/// `POST /o/{slug}/reviews/{kind}`: key, reason.
pub(crate) async fn review(visit: Visit, path: Place, sent: Sent) -> Answer {
    let subject = Subject { kind: last(path)?, key: sent.one("key").to_owned() };
    let back = if matches!(&*subject.kind, "notice" | "document") { "/documents" } else { "/registers" };
    match registers::review(&visit.app, &visit.ctx, visit.org(), subject.clone(), sent.one("reason")).await {
        Ok(()) => Ok(see_other_done(&visit.href(back), "reviewed")),
        Err(AppError::Refused(problems)) => {
            page_again(&reviewing(&visit, &subject, sent.one("reason"), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

//! The register of governing documents: what the program writes, and what people do (DOC-1).
use super::{day::Day, notices::Section};
use crate::{
    forms::Sent,
    pages::{
        confirm::{Confirm, answered},
        registers,
    },
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Chip, Choice, Crumb, Errors, Piece, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    governing::{self, Document, Entered, Version},
    registers as register,
};
use fairwatch_core::{
    governing::{AddDocument, Audience, Kind, ReviseDocument, blocks},
    ids::DocumentId,
    notices::{Block, Inline, Notice},
    registers::Subject,
};
use serde::Deserialize;

/// `documents.html`
#[derive(Template, Debug)]
#[template(path = "documents.html")]
struct Documents {
    shell: Shell,
    chips: Vec<Chip>,
    cycle: String,
    add: Option<String>,
    written: Vec<Listed>,
    own: Vec<Listed>,
    former: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    title: String,
    href: String,
    line: String,
    review: String,
    review_href: Option<String>,
    tags: Vec<Tag>,
}

/// `GET /o/{slug}/documents`
pub(crate) async fn list(visit: Visit) -> Answer {
    let found = register::overview(&visit.app, &visit.ctx, visit.org()).await?;
    let (scope, today) = (&found.scope, visit.scope.today);
    let listed = |subject: Subject, title: &str, href: String, line: String, mut tags: Vec<Tag>| {
        let one = found.review_of(&subject);
        let (review, late) = registers::when(one, today);
        tags.extend(late);
        Listed {
            title: title.to_owned(),
            href,
            line,
            review,
            review_href: one.map(|_| registers::review_href(&visit, &subject)),
            tags,
        }
    };
    let written = Notice::ALL.into_iter().filter(|notice| notice.is_of(&scope.policy)).map(|notice| {
        let line = format!(
            "Written from the policy, version {}, from {}",
            scope.policy_version,
            words::date(found.in_force)
        );
        let href = visit.href(&format!("/notices/{}", notice.name()));
        listed(Subject::notice(notice), notice.title(), href, line, Vec::new())
    });
    let written = written.collect();
    let (mut own, mut former) = (Vec::new(), Vec::new());
    for document in &found.documents {
        let href = visit.href(&format!("/documents/{}", document.id));
        match document.withdrawn_on {
            Some(day) => former.push(Listed {
                title: document.title.clone(),
                href,
                line: format!("{}, withdrawn {}", document.kind.label(), words::date(day)),
                review: String::new(),
                review_href: None,
                tags: Vec::new(),
            }),
            None => {
                let subject = Subject::document(document.id);
                own.push(listed(
                    subject,
                    &document.title,
                    href,
                    line(document, today),
                    tags(document, today),
                ));
            }
        }
    }
    page(&Documents {
        shell: visit.shell(Nav::Registers),
        chips: registers::chips(&visit, "/documents"),
        cycle: scope.policy.reviews.documents.length.to_string(),
        add: visit.may::<AddDocument>().then(|| visit.href("/documents/new")),
        written,
        own,
        former,
    })
}

fn line(document: &Document, today: jiff::civil::Date) -> String {
    let what = match document.current(today) {
        Some(version) => format!("version {}, from {}", version.version, words::date(version.effective_on)),
        None => "not in force yet".to_owned(),
    };
    format!(
        "{}, {what}. For {}",
        document.kind.label(),
        words::capital(document.audience.label()).to_lowercase()
    )
}

fn tags(document: &Document, today: jiff::civil::Date) -> Vec<Tag> {
    let current = document.current(today);
    let to_come = document.versions.first().filter(|newest| newest.effective_on > today);
    let asks = document.versions.iter().any(|version| version.asks && version.effective_on <= today);
    let mut tags = Vec::new();
    if asks && current.is_some() {
        tags.push(Tag::new("teal", "Agreed to"));
    }
    if let Some(version) = to_come {
        tags.push(Tag::new("amber", format!("New from {}", words::short_date(version.effective_on))));
    }
    tags
}

/// `document.html`
#[derive(Template, Debug)]
#[template(path = "document.html")]
struct DocumentPage {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    sections: Vec<Section>,
    pdf: Option<String>,
    versions: Vec<Former>,
    rows: Vec<Row>,
    revise: Option<String>,
    review: Option<String>,
    withdraw: Option<String>,
}

#[derive(Debug)]
struct Former {
    title: String,
    text: String,
    date: String,
    href: Option<String>,
}

/// Which version is wanted; none is the one in force.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    version: String,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    if visit.may::<AddDocument>() {
        vec![Crumb { label: "Documents".into(), href: visit.href("/documents") }]
    } else {
        vec![Crumb { label: "What you have agreed to".into(), href: visit.href("/certify") }]
    }
}

fn chosen<'a>(visit: &Visit, document: &'a Document, wanted: &Wanted) -> Result<&'a Version, AppError> {
    let found = match wanted.version.parse::<i64>() {
        Ok(number) => document.versions.iter().find(|version| version.version == number),
        Err(_) if wanted.version.is_empty() => {
            document.current(visit.scope.today).or_else(|| document.versions.first())
        }
        Err(_) => None,
    };
    found.ok_or(AppError::Hidden)
}

/// `GET /o/{slug}/documents/{id}`: version, where it is not the one in force.
pub(crate) async fn show(visit: Visit, Id(id): Id<DocumentId>, Query(wanted): Query<Wanted>) -> Answer {
    let document = governing::read(&visit.app, &visit.ctx, id).await?;
    let version = chosen(&visit, &document, &wanted)?;
    let today = visit.scope.today;
    let in_force = document.current(today).map(|version| version.version);
    let at = |more: &str| visit.href(&format!("/documents/{id}{more}"));
    let state = match document.withdrawn_on {
        Some(day) => format!("withdrawn {}", words::date(day)),
        None if Some(version.version) == in_force => {
            format!("in force from {}", words::date(version.effective_on))
        }
        None if version.effective_on > today => {
            format!("takes effect on {}", words::date(version.effective_on))
        }
        None => "not in force any more".to_owned(),
    };
    let former = |one: &Version| Former {
        title: format!("Version {}", one.version),
        text: match &*one.content.changed {
            "" => String::new(),
            changed => format!("What changed: {changed}"),
        },
        date: format!("From {}", words::date(one.effective_on)),
        href: (one.version != version.version).then(|| at(&format!("?version={}", one.version))),
    };
    let mut rows = vec![
        Row::new("What it is", document.kind.label()),
        Row::new("For", document.audience.label()),
        Row::new("Asks to be agreed to", if version.asks { "Yes, from its day on" } else { "No" }),
    ];
    rows.extend(version.author.as_ref().map(|author| Row::new("Entered by", author.clone())));
    let stands = document.withdrawn_on.is_none();
    let keeps = visit.may::<ReviseDocument>() && stands;
    page(&DocumentPage {
        shell: visit.shell(if visit.may::<AddDocument>() { Nav::Registers } else { Nav::Elsewhere }),
        crumbs: crumbs(&visit),
        title: document.title.clone(),
        lead: format!("Version {}, {state}", version.version),
        sections: vec![Section {
            id: String::new(),
            title: String::new(),
            blocks: blocks(&version.content.text),
        }],
        pdf: version.is_pdf.then(|| at(&format!("/pdf?version={}", version.version))),
        versions: document.versions.iter().map(former).collect(),
        rows,
        revise: keeps.then(|| at("/revise")),
        review: keeps.then(|| registers::review_href(&visit, &Subject::document(id))),
        withdraw: keeps.then(|| at("/withdraw")),
    })
}

/// `GET /o/{slug}/documents/{id}/pdf`: version, where it is not the one in force.
pub(crate) async fn pdf(visit: Visit, Id(id): Id<DocumentId>, Query(wanted): Query<Wanted>) -> Answer {
    let document = governing::read(&visit.app, &visit.ctx, id).await?;
    let version = chosen(&visit, &document, &wanted)?.version;
    let bytes = governing::pdf(&visit.app, &visit.ctx, id, version).await?;
    save_pdf(bytes, &format!("document-version-{version}.pdf"))
}

/// A PDF that came from outside: it is saved, and opened by a reader of its own rather than within these pages.
pub(crate) fn save_pdf(bytes: Vec<u8>, name: &str) -> Answer {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
                .unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// `document_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "document_form.html")]
struct Form {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    /// What is asked of a new document alone.
    new: Option<NewFields>,
    changed: Option<String>,
    text: String,
    from: Day,
    asks: bool,
}

#[derive(Clone, Debug, Default)]
struct NewFields {
    title: String,
    kinds: Vec<Choice>,
    audiences: Vec<Choice>,
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice { value: value.into(), label: label.into(), note: String::new(), checked: value == chosen }
}

fn new_form(visit: &Visit, sent: &Sent, errors: Errors) -> Form {
    let kinds = Kind::ALL.iter().map(|kind| choice(kind.name(), kind.label(), sent.one("kind"))).collect();
    let audience = if sent.has("audience") { sent.one("audience") } else { Audience::All.name() };
    let audiences = Audience::ALL.iter().map(|one| choice(one.name(), one.label(), audience)).collect();
    Form {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: crumbs(visit),
        title: "Enter a document".into(),
        action: visit.href("/documents/new"),
        cancel: visit.href("/documents"),
        new: Some(NewFields { title: sent.one("title").to_owned(), kinds, audiences }),
        changed: None,
        text: sent.one("text").to_owned(),
        from: Day::from_form(sent, "from"),
        asks: sent.has("asks"),
    }
}

fn entered(sent: &Sent) -> Result<Entered, AppError> {
    let from = Day::from_form(sent, "from").parse().map_err(|_| {
        AppError::in_field("from", "Enter the day, such as 27 3 2027, or leave it empty for today.")
    })?;
    Ok(Entered {
        text: sent.one("text").to_owned(),
        changed: sent.one("changed").to_owned(),
        pdf: sent.files.first().map(|file| file.bytes.clone()),
        from,
        asks: sent.has("asks"),
    })
}

/// `GET /o/{slug}/documents/new`
pub(crate) async fn ask(visit: Visit) -> Answer {
    page(&new_form(&visit, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/documents/new`
pub(crate) async fn add(visit: Visit, sent: Sent) -> Answer {
    let done = match entered(&sent) {
        Ok(entered) => {
            let of = (sent.one("kind").parse().ok(), sent.one("audience").parse().ok(), sent.one("title"));
            governing::add(&visit.app, &visit.ctx, visit.org(), of, entered).await
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_other_done(&visit.href("/documents"), "document-added")),
        Err(AppError::Refused(problems)) => page_again(&new_form(&visit, &sent, Errors::from(&problems))),
        Err(error) => Err(error.into()),
    }
}

async fn revision(
    visit: &Visit,
    id: DocumentId,
    sent: Option<&Sent>,
    errors: Errors,
) -> Result<Form, AppError> {
    let document = governing::read(&visit.app, &visit.ctx, id).await?;
    if document.withdrawn_on.is_some() {
        return Err(AppError::Hidden);
    }
    let here = visit.href(&format!("/documents/{id}"));
    let mut way = crumbs(visit);
    way.push(Crumb { label: document.title.clone(), href: here.clone() });
    // Whoever revises begins from the newest text.
    let newest = document.versions.first();
    let empty = Sent::default();
    let typed = sent.unwrap_or(&empty);
    let text = match sent {
        Some(sent) => sent.one("text").to_owned(),
        None => newest.map(|version| version.content.text.clone()).unwrap_or_default(),
    };
    Ok(Form {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: way,
        title: format!("Revise: {}", document.title),
        action: format!("{here}/revise"),
        cancel: here,
        new: None,
        changed: Some(typed.one("changed").to_owned()),
        text,
        from: Day::from_form(typed, "from"),
        asks: match sent {
            Some(sent) => sent.has("asks"),
            None => newest.is_some_and(|version| version.asks),
        },
    })
}

/// `GET /o/{slug}/documents/{id}/revise`
pub(crate) async fn ask_revise(visit: Visit, Id(id): Id<DocumentId>) -> Answer {
    page(&revision(&visit, id, None, Errors::default()).await?)
}

/// `POST /o/{slug}/documents/{id}/revise`
pub(crate) async fn revise(visit: Visit, Id(id): Id<DocumentId>, sent: Sent) -> Answer {
    let done = match entered(&sent) {
        Ok(entered) => governing::revise(&visit.app, &visit.ctx, id, entered).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(see_other_done(&visit.href(&format!("/documents/{id}")), "document-revised")),
        Err(AppError::Refused(problems)) => {
            page_again(&revision(&visit, id, Some(&sent), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn withdrawing(
    visit: &Visit,
    id: DocumentId,
    reason: &str,
    errors: Errors,
) -> Result<Confirm, AppError> {
    let document = governing::read(&visit.app, &visit.ctx, id).await?;
    if document.withdrawn_on.is_some() {
        return Err(AppError::Hidden);
    }
    let here = visit.href(&format!("/documents/{id}"));
    let mut way = crumbs(visit);
    way.push(Crumb { label: document.title.clone(), href: here.clone() });
    let kept = visit.scope.policy.keep.old_document.length;
    Ok(Confirm {
        shell: visit.shell(Nav::Registers),
        errors,
        crumbs: way,
        here: "Withdraw".into(),
        title: format!("Withdraw {}?", document.title),
        text: vec![vec![Piece::text(format!(
            "From today nobody reads it or is asked to agree to it. It is kept for {kept}, then deleted."
        ))]],
        action: format!("{here}/withdraw"),
        reason_label: "Why?".into(),
        reason: reason.to_owned(),
        button: "Withdraw it".into(),
        cancel: here,
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/documents/{id}/withdraw`
pub(crate) async fn ask_withdraw(visit: Visit, Id(id): Id<DocumentId>) -> Answer {
    page(&withdrawing(&visit, id, "", Errors::default()).await?)
}

/// `POST /o/{slug}/documents/{id}/withdraw`
pub(crate) async fn withdraw(visit: Visit, Id(id): Id<DocumentId>, sent: Sent) -> Answer {
    let done = governing::withdraw(&visit.app, &visit.ctx, id, sent.one("reason")).await;
    let again = async |errors| withdrawing(&visit, id, sent.one("reason"), errors).await;
    answered(done, &visit.href("/documents"), "document-withdrawn", again).await
}

//! Entering something in a register, bringing it up to date, and saying that it is over.
use super::{Which, crumbs, last};
use crate::{
    forms::Sent,
    pages::{
        confirm::{Confirm, answered},
        day::Day,
    },
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Piece, Shell},
    visit::{Id, Place, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    registers::{self, Entry, Typed},
};
use fairwatch_core::{
    ids::EntryId,
    registers::{Detail, Kind},
};

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
    let done = registers::end(&visit.app, &visit.ctx, id, sent.one("reason")).await;
    let again = async |errors| ending(&visit, id, sent.one("reason"), errors).await;
    answered(done, &visit.href("/registers"), "register-ended", again).await
}

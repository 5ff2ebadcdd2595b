//! What anybody can ask about data that may be held of them: one page and one answer for all (PUB-3, SAR-8).
use crate::{
    forms::Sent,
    pages::public::{looks, scheme, stamp},
    respond::{Answer, page, page_again},
    shell,
    view::{Choice, Errors, Shell},
    visit::Guest,
};
use askama::Template;
use axum::extract::{Path, rejection::PathRejection};
use fairwatch_app::{
    AppError, enquiries,
    requests::{self, Typed},
    spam::{self, AGAIN, Looks},
};
use fairwatch_core::{rights::Right, scope::Scope};

/// `rights.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "rights.html")]
struct Ask {
    shell: Shell,
    errors: Errors,
    stamp: String,
    scheme: String,
    notices: String,
    answer: String,
    post: Vec<String>,
    action: String,
    rights: Vec<Choice>,
    reference: String,
    name: String,
    contact: String,
    message: String,
}

/// `rights_received.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "rights_received.html")]
struct Received {
    shell: Shell,
    scheme: String,
    receipt: String,
    answer: String,
    again: String,
}

/// What somebody asks for, in their own words.
fn label(right: Right) -> (&'static str, &'static str) {
    match right {
        Right::Access => ("I want to know what you hold about me", "You can have a copy of it"),
        Right::Correction => ("Something about me is wrong", ""),
        Right::Erasure => ("Something about me should be deleted", ""),
        Right::Restriction => {
            ("I want you to stop using my data for now", "While something is checked or contested")
        }
        Right::Objection => ("I object to what you do with my data", ""),
        Right::Complaint => ("I complain about how you handle my data", ""),
    }
}

/// The rights, as the person who asks names them.
pub(super) fn rights(chosen: &str) -> Vec<Choice> {
    let choice = |right: Right| {
        let (label, note) = label(right);
        Choice {
            value: right.name().into(),
            label: label.into(),
            note: note.into(),
            checked: right.name() == chosen,
        }
    };
    Right::ALL.into_iter().map(choice).collect()
}

/// What was typed into a form.
pub(super) fn typed(sent: &Sent) -> Typed {
    let text = |field: &str| sent.one(field).to_owned();
    Typed {
        right: text("right"),
        reference: text("reference"),
        name: text("name"),
        contact: text("contact"),
        message: text("message"),
    }
}

fn within(scope: &Scope) -> String {
    format!("within {}", scope.policy.deadlines.answer.length)
}

fn form(shell: Shell, scope: &Scope, typed: Typed, errors: Errors, stamp: String) -> Ask {
    let contact = &scope.policy.controller.contact;
    let lines = contact.address.iter().map(ToString::to_string);
    let email = contact.email.iter().map(ToString::to_string);
    let telephones = contact.telephone.iter().map(ToString::to_string);
    Ask {
        shell,
        errors,
        stamp,
        scheme: scope.policy.scheme.name.to_string(),
        notices: format!("/o/{}/policy", scope.slug),
        answer: within(scope),
        post: lines.chain(email).chain(telephones).collect(),
        action: format!("/o/{}/rights", scope.slug),
        rights: rights(&typed.right),
        reference: typed.reference,
        name: typed.name,
        contact: typed.contact,
        message: typed.message,
    }
}

/// `GET /o/{slug}/rights`
pub(crate) async fn ask(guest: Guest, path: Result<Path<String>, PathRejection>) -> Answer {
    let scope = scheme(&guest, path).await?;
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let stamp = spam::stamp(&guest.web.app(), &guest.ctx);
    page(&form(shell, &scope, Typed::default(), Errors::default(), stamp))
}

/// `POST /o/{slug}/rights`: one answer, whoever is held.
pub(crate) async fn send(guest: Guest, path: Result<Path<String>, PathRejection>, sent: Sent) -> Answer {
    let scope = scheme(&guest, path).await?;
    let app = guest.web.app();
    let typed = typed(&sent);
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let received = match looks(&app, &guest.ctx, &sent) {
        Looks::Machine => Ok(enquiries::receipt(&guest.ctx)),
        Looks::Hasty => requests::check(&typed).and_then(|_| Err(AppError::refused(AGAIN))),
        Looks::Human => requests::receive(&app, &guest.ctx, scope.org, &typed, guest.address).await,
    };
    match received {
        Ok(receipt) => page(&Received {
            shell,
            scheme: scope.policy.scheme.name.to_string(),
            receipt,
            answer: within(&scope),
            again: format!("/o/{}/rights", scope.slug),
        }),
        Err(AppError::Refused(problems)) => {
            let stamp = stamp(&app, &guest.ctx, &sent);
            page_again(&form(shell, &scope, typed, Errors::from(&problems), stamp))
        }
        Err(error) => Err(error.into()),
    }
}

//! The pages behind the link of an invitation (VIS-6, SEC-2).
//!
//! Whoever opens the link sees what the scheme's controller typed, and both ways on: a password for somebody new, signing
//! in for somebody who has an account. Whether an account fits is not asked, so the page cannot tell it: the controller
//! holds the link as well.
use crate::{
    forms::Sent,
    pages::{self, notices::Section, sign_in::SignIn},
    respond::{self, Answer, page, page_again, see_other, see_other_done},
    view::{Errors, Shell},
    visit::{Guest, Own},
};
use askama::Template;
use axum::extract::Path;
use fairwatch_app::{
    App, AppError,
    accounts::{self, INVITATION_PATH, InvitationView, Password, SHORTEST},
    notices,
};
use fairwatch_core::{
    accounts::Profile,
    gate::{Ctx, Role},
    notices::{Block, Inline, Notice},
};

/// `invitation.html`
#[derive(Template, Debug)]
#[template(path = "invitation.html")]
struct Invitation {
    shell: Shell,
    errors: Errors,
    name: String,
    login: String,
    told: String,
    scheme: String,
    role: String,
    action: String,
    answer_href: String,
    decline: String,
    notice: Given,
    min: usize,
    pins: bool,
}

/// The members' notice, as it is served with an invitation (NOT-3).
#[derive(Debug)]
struct Given {
    title: String,
    version: String,
    href: String,
    number: i64,
    sections: Vec<Section>,
}

/// `invitation_answer.html`
#[derive(Template, Debug)]
#[template(path = "invitation_answer.html")]
struct Answering {
    shell: Shell,
    errors: Errors,
    name: String,
    told: String,
    scheme: String,
    role: String,
    accept: String,
    decline: String,
    notice: Given,
}

/// The same words for a link that was used, taken back, declined, has ended, or never was (VIS-7).
async fn behind(app: &App, ctx: &Ctx, token: &str) -> Result<InvitationView, AppError> {
    accounts::behind_invitation(app, ctx, token)
        .await?
        .ok_or_else(|| AppError::refused("This link has been used or is no longer valid. Ask for a new one."))
}

/// What the scheme was told, in a line.
fn told(profile: &Profile) -> String {
    let known = [Some(&profile.name), profile.email.as_ref(), profile.user_name.as_ref()];
    known.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The members' notice in force: whoever accepts has been given it, and in which version is put on record.
async fn notice(app: &App, ctx: &Ctx, slug: &str) -> Result<Given, AppError> {
    let published = notices::published(app, ctx, slug, None).await?.ok_or(AppError::Hidden)?;
    let text = notices::text(&published, Notice::Members, "").ok_or(AppError::Hidden)?;
    Ok(Given {
        title: text.title.clone(),
        version: text.version.clone(),
        href: format!("/o/{slug}/notices/{}", Notice::Members.name()),
        number: published.version,
        sections: pages::notices::sections(text),
    })
}

/// What is said where the notice has changed since the page was opened: what is put on record must have been shown.
const CHANGED: &str =
    "The privacy notice has changed since you opened this page. Look at it again, then accept.";

/// Whether the notice that was shown is the one in force.
async fn was_shown(app: &App, ctx: &Ctx, token: &str, sent: &Sent) -> Result<bool, AppError> {
    let found = behind(app, ctx, token).await?;
    Ok(sent.one("notice") == found.scope.policy_version.to_string())
}

fn address(token: &str, more: &str) -> String {
    format!("{INVITATION_PATH}{token}{more}")
}

async fn newcomer(guest: &Guest, token: &str, errors: Errors) -> Result<Invitation, AppError> {
    let found = behind(&guest.web.app(), &guest.ctx, token).await?;
    Ok(Invitation {
        notice: notice(&guest.web.app(), &guest.ctx, &found.scope.slug).await?,
        shell: guest.shell(),
        errors,
        told: told(&found.told),
        login: found.told.email.or(found.told.user_name).unwrap_or_default(),
        name: found.told.name,
        scheme: found.scope.policy.scheme.name.to_string(),
        role: found.role.label().to_owned(),
        action: address(token, ""),
        answer_href: address(token, "/answer"),
        decline: address(token, "/decline"),
        min: SHORTEST,
        pins: found.role == Role::MemberUser,
    })
}

/// `GET /invitation/{token}`: whoever is signed in already answers as that account.
pub(crate) async fn ask(guest: Guest, Path(token): Path<String>) -> Answer {
    let shown = newcomer(&guest, &token, Errors::default()).await?;
    if guest.session().await?.is_some() { Ok(see_other(&shown.answer_href)) } else { page(&shown) }
}

/// `POST /invitation/{token}`: password, again, pin. Leads to signing in, and says as what.
pub(crate) async fn accept_as_new(mut guest: Guest, Path(token): Path<String>, sent: Sent) -> Answer {
    if sent.one("password") != sent.one("again") {
        let errors = Errors::one("again", "This is not the same as the password above.");
        return page_again(&newcomer(&guest, &token, errors).await?);
    }
    if !was_shown(&guest.web.app(), &guest.ctx, &token, &sent).await? {
        return page_again(&newcomer(&guest, &token, Errors::one("", CHANGED)).await?);
    }
    let password = Password::from(sent.one("password"));
    match accounts::accept_as_new(&guest.web.app(), &guest.ctx, &token, &password, sent.one("pin").trim())
        .await
    {
        Ok(accepted) => {
            guest.done = respond::done("password-set");
            let note = format!("You sign in as {}. Make a note of it.", accepted.login);
            let next = format!("/o/{}", accepted.slug);
            page(&SignIn { login: accepted.login, note, next, ..SignIn::fresh(&guest) })
        }
        Err(AppError::Refused(problems)) => {
            page_again(&newcomer(&guest, &token, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /invitation/{token}/decline`
pub(crate) async fn decline(guest: Guest, Path(token): Path<String>) -> Answer {
    accounts::decline_invitation(&guest.web.app(), &guest.ctx, &token).await?;
    let to = if guest.session().await?.is_some() { "/account" } else { "/sign-in" };
    Ok(see_other_done(to, "declined"))
}

async fn answering(own: &Own, token: &str, errors: Errors) -> Result<Answering, AppError> {
    let found = behind(&own.app(), &own.ctx, token).await?;
    Ok(Answering {
        notice: notice(&own.app(), &own.ctx, &found.scope.slug).await?,
        shell: own.shell(),
        errors,
        name: own.who.name.clone(),
        told: told(&found.told),
        scheme: found.scope.policy.scheme.name.to_string(),
        role: found.role.label().to_owned(),
        accept: address(token, "/accept"),
        decline: address(token, "/decline"),
    })
}

/// `GET /invitation/{token}/answer`
pub(crate) async fn answer(own: Own, Path(token): Path<String>) -> Answer {
    page(&answering(&own, &token, Errors::default()).await?)
}

/// `POST /invitation/{token}/accept`
pub(crate) async fn accept(own: Own, Path(token): Path<String>, sent: Sent) -> Answer {
    if !was_shown(&own.app(), &own.ctx, &token, &sent).await? {
        return page_again(&answering(&own, &token, Errors::one("", CHANGED)).await?);
    }
    match accounts::accept_invitation(&own.app(), &own.ctx, &token).await {
        Ok(accepted) => Ok(see_other(&format!("/o/{}", accepted.slug))),
        Err(AppError::Refused(problems)) => {
            page_again(&answering(&own, &token, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

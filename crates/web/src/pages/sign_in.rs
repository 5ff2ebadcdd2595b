//! Signing in and out, and setting a password by a link (SEC-2).
use crate::{
    forms::{Sent, encoded},
    pages::{second_factor, welcome::first_page},
    respond::{Answer, page, page_again, page_with, see_other, see_other_done},
    view::{Errors, Row, Shell},
    visit::{Guest, cookie, local_path, resume},
};
use askama::Template;
use axum::{
    extract::{Path, Query},
    http::{HeaderMap, StatusCode},
};
use fairwatch_app::{
    AppError,
    accounts::{self, Password, SHORTEST, SignInRefused},
};
use serde::Deserialize;

/// `sign_in.html`
#[derive(Template, Debug)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn {
    pub(crate) shell: Shell,
    pub(crate) errors: Errors,
    pub(crate) action: String,
    pub(crate) login: String,
    pub(crate) next: String,
    pub(crate) demo_href: Option<String>,
    pub(crate) note: String,
    /// Whether a link can be sent to whoever has forgotten their password.
    pub(crate) sends_link: bool,
    /// Fields of another form, carried along.
    pub(crate) carried: Vec<Row>,
}

impl SignIn {
    /// The page before anything was typed.
    pub(crate) fn fresh(guest: &Guest) -> Self {
        Self {
            shell: guest.shell(),
            errors: Errors::default(),
            action: "/sign-in".into(),
            login: String::new(),
            next: String::new(),
            demo_href: guest.web.demo().map(|_| "/".to_owned()),
            note: String::new(),
            sends_link: guest.web.app().sends_mail(),
            carried: Vec::new(),
        }
    }
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`
pub(crate) async fn ask(guest: Guest, Query(onward): Query<Onward>) -> Answer {
    let next = local_path(&onward.next).unwrap_or_default().to_owned();
    page(&SignIn { next, ..SignIn::fresh(&guest) })
}

/// `POST /sign-in`: login, password, next, and what another form sent.
pub(crate) async fn sign_in(guest: Guest, headers: HeaderMap, sent: Sent) -> Answer {
    let app = guest.web.app();
    let (login, password) = (sent.one("login"), sent.one("password"));
    let again = |status, errors| {
        let next = local_path(sent.one("next")).unwrap_or_default().to_owned();
        let carried = resume::carried(&sent);
        page_with(status, &SignIn { errors, login: login.to_owned(), next, carried, ..SignIn::fresh(&guest) })
    };
    if login.trim().is_empty() || password.is_empty() {
        let (field, sentence) = match login.trim() {
            "" => ("login", "Enter your e-mail address or user name."),
            _ => ("password", "Enter your password."),
        };
        return again(StatusCode::UNPROCESSABLE_ENTITY, Errors::one(field, sentence));
    }
    let browser = guest.browser(&headers);
    let signed_in =
        accounts::sign_in(&app, &guest.ctx, login, &Password::from(password), &browser, guest.address).await;
    let session = match signed_in {
        Ok(session) => session,
        Err(refused @ SignInRefused::Wrong) => {
            return again(StatusCode::UNPROCESSABLE_ENTITY, Errors::one("login", &refused.to_string()));
        }
        Err(refused @ SignInRefused::Wait(_)) => {
            return again(StatusCode::TOO_MANY_REQUESTS, Errors::one("", &refused.to_string()));
        }
        Err(SignInRefused::Failed(error)) => return Err(error.into()),
    };
    // Whoever was signed in by this browser before is not any more.
    if let Some(token) = cookie::read(&headers, guest.web.secure()) {
        accounts::sign_out(&app, &guest.ctx, token).await?;
    }
    guest.share(&session).await?;
    if session.half {
        let guest = guest.with_cookie(session.token.reveal());
        let carried = resume::carried(&sent);
        let next = local_path(sent.one("next")).unwrap_or_default();
        let mut answer = if carried.is_empty() {
            see_other(&match next {
                "" => "/sign-in/second".to_owned(),
                next => format!("/sign-in/second?next={}", encoded(next)),
            })
        } else {
            second_factor::asked(&guest, StatusCode::OK, next, carried, "", Errors::default()).await?
        };
        cookie::set(&mut answer, &guest, &session);
        return Ok(answer);
    }
    let mut answer = match resume::back(&sent) {
        Some((to, fields)) => resume::go_on(&guest, to, fields)?,
        None => match local_path(sent.one("next")).filter(|path| *path != "/") {
            Some(next) => see_other(next),
            None => {
                let opened = accounts::session(&app, &guest.ctx, session.token.reveal()).await?;
                see_other(&opened.as_ref().map_or_else(|| "/".to_owned(), first_page))
            }
        },
    };
    cookie::set(&mut answer, &guest, &session);
    Ok(answer)
}

/// `POST /sign-out`
pub(crate) async fn sign_out(guest: Guest, headers: HeaderMap) -> Answer {
    if let Some(token) = cookie::read(&headers, guest.web.secure()) {
        accounts::sign_out(&guest.web.app(), &guest.ctx, token).await?;
    }
    let to = match guest.front().await? {
        Some(_) => "/device",
        None if guest.web.demo().is_some() => "/",
        None => "/sign-in",
    };
    let mut answer = see_other_done(to, "signed-out");
    cookie::clear(&mut answer, guest.web.secure());
    Ok(answer)
}

/// `set_password.html`
#[derive(Template, Debug)]
#[template(path = "set_password.html")]
struct SetPassword {
    shell: Shell,
    errors: Errors,
    action: String,
    name: String,
    login: String,
    first: bool,
    min: usize,
}

/// The page of a link that can be used.
async fn behind(guest: &Guest, token: &str, errors: Errors) -> Result<SetPassword, AppError> {
    let profile = accounts::behind_link(&guest.web.app(), &guest.ctx, token).await?.ok_or_else(|| {
        AppError::refused("This link has been used or is no longer valid. Ask for a new one.")
    })?;
    Ok(SetPassword {
        shell: guest.shell(),
        errors,
        action: format!("{}{token}", accounts::LINK_PATH),
        login: profile.email.or(profile.user_name).unwrap_or_default(),
        name: profile.name,
        // A link from the console and one of an invitation do the same; both begin something.
        first: true,
        min: SHORTEST,
    })
}

/// `GET /set-password/{token}`
pub(crate) async fn ask_password(guest: Guest, Path(token): Path<String>) -> Answer {
    page(&behind(&guest, &token, Errors::default()).await?)
}

/// `POST /set-password/{token}`: password, again.
pub(crate) async fn set_password(guest: Guest, Path(token): Path<String>, sent: Sent) -> Answer {
    if sent.one("password") != sent.one("again") {
        let errors = Errors::one("again", "This is not the same as the password above.");
        return page_again(&behind(&guest, &token, errors).await?);
    }
    let password = Password::from(sent.one("password"));
    match accounts::set_password(&guest.web.app(), &guest.ctx, &token, &password).await {
        Ok(_) => Ok(see_other_done("/sign-in", "password-set")),
        Err(AppError::Refused(problems)) => {
            page_again(&behind(&guest, &token, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

//! The second step of signing in: giving a factor, or setting up the first (SEC-2).
//!
//! Whoever comes here has given the password and is let in nowhere else. Without script a code from an app or a recovery
//! code will do for everything; a passkey needs the browser's own script interface.
use crate::{
    forms::Sent,
    pages::{qr, welcome::first_page},
    respond::{self, Answer, page, page_with, see_other},
    view::{Errors, Row, Shell},
    visit::{Guest, cookie, local_path, resume},
};
use askama::Template;
use axum::{extract::Query, http::StatusCode, response::Response};
use fairwatch_app::{
    AppError,
    accounts::{
        self, NewSession, SignInRefused,
        factors::{self, Enrolment},
    },
};
use serde::Deserialize;

/// `second_factor.html`
#[derive(Template, Debug)]
#[template(path = "second_factor.html")]
struct SecondFactor {
    shell: Shell,
    errors: Errors,
    action: String,
    next: String,
    carried: Vec<Row>,
    login: String,
    note: String,
    codes: bool,
    passkeys: bool,
    setup: Option<Setup>,
}

/// What goes into an app.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) drawing: qr::Drawing,
    pub(crate) typed: String,
    pub(crate) address: String,
}

impl Setup {
    pub(crate) fn of(enrolment: Enrolment) -> Result<Self, AppError> {
        let drawing = qr::draw(&enrolment.address, "The key as a picture, for an authenticator app to scan")?;
        Ok(Self { drawing, typed: enrolment.typed, address: enrolment.address })
    }
}

/// `recovery_codes.html`
#[derive(Template, Debug)]
#[template(path = "recovery_codes.html")]
pub(crate) struct RecoveryCodes {
    pub(crate) shell: Shell,
    pub(crate) codes: Vec<String>,
    pub(crate) action: String,
    pub(crate) hidden: Vec<Row>,
    pub(crate) href: String,
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    next: String,
}

/// The page for whoever is half signed in; to the sign-in page for anybody else.
pub(crate) async fn asked(
    guest: &Guest,
    status: StatusCode,
    next: &str,
    carried: Vec<Row>,
    note: &str,
    errors: Errors,
) -> Answer {
    let (app, token) = (guest.web.app(), guest.cookie().unwrap_or_default());
    let Some(half) = factors::half_session(&app, &guest.ctx, token).await? else {
        return Ok(see_other("/sign-in"));
    };
    let setup = if half.has_any() {
        None
    } else {
        Some(Setup::of(factors::first_enrolment(&app, &guest.ctx, token).await?)?)
    };
    page_with(
        status,
        &SecondFactor {
            shell: guest.shell(),
            errors,
            action: "/sign-in/second".into(),
            next: local_path(next).unwrap_or_default().to_owned(),
            carried,
            note: note.to_owned(),
            codes: half.codes,
            passkeys: half.passkeys,
            login: half.login,
            setup,
        },
    )
}

/// `GET /sign-in/second`
pub(crate) async fn ask(guest: Guest, Query(onward): Query<Onward>) -> Answer {
    asked(&guest, StatusCode::OK, &onward.next, Vec::new(), "", Errors::default()).await
}

/// `POST /sign-in/second`: code, next, and what another form sent.
pub(crate) async fn give(guest: Guest, sent: Sent) -> Answer {
    let (app, token) = (guest.web.app(), guest.cookie().unwrap_or_default());
    let Some(half) = factors::half_session(&app, &guest.ctx, token).await? else {
        return Ok(see_other("/sign-in"));
    };
    let typed = sent.one("code");
    let given = if half.has_any() {
        let given = factors::give_code(&app, &guest.ctx, token, typed, guest.address).await;
        given.map(|session| (session, Vec::new()))
    } else {
        factors::confirm_first(&app, &guest.ctx, token, typed, guest.address).await
    };
    match given {
        Ok((session, codes)) => go_on(&guest, &sent, &session, codes).await,
        Err(SignInRefused::Failed(AppError::Refused(problems))) => {
            again(&guest, StatusCode::UNPROCESSABLE_ENTITY, &sent, Errors::from(&problems)).await
        }
        Err(refused @ SignInRefused::Wait(_)) => {
            let errors = Errors::one("", &refused.to_string());
            again(&guest, StatusCode::TOO_MANY_REQUESTS, &sent, errors).await
        }
        Err(refused) => Err(AppError::from(refused).into()),
    }
}

/// The page again, with what is wrong.
pub(crate) async fn again(guest: &Guest, status: StatusCode, sent: &Sent, errors: Errors) -> Answer {
    asked(guest, status, sent.one("next"), resume::carried(sent), "", errors).await
}

/// Into the session, with its new cookie: back to what was typed, to the page that was asked for, or to the start. New
/// recovery codes are shown before.
pub(crate) async fn go_on(
    guest: &Guest,
    sent: &Sent,
    session: &NewSession,
    codes: Vec<String>,
) -> Result<Response, respond::PageError> {
    enter(guest, resume::back(sent), sent.one("next"), session, codes).await
}

/// The same, with what was typed given, if it goes along.
pub(crate) async fn enter(
    guest: &Guest,
    back: Option<(String, Vec<Row>)>,
    next: &str,
    session: &NewSession,
    codes: Vec<String>,
) -> Result<Response, respond::PageError> {
    let href = match local_path(next).filter(|path| *path != "/") {
        Some(next) => next.to_owned(),
        None => {
            let opened = accounts::session(&guest.web.app(), &guest.ctx, session.token.reveal()).await?;
            opened.as_ref().map_or_else(|| "/".to_owned(), first_page)
        }
    };
    let mut answer = match (back, codes.is_empty()) {
        (Some((to, fields)), true) => resume::go_on(guest, to, fields)?,
        (None, true) => see_other(&href),
        (back, false) => {
            let (action, hidden) = back.unwrap_or_default();
            page(&RecoveryCodes { shell: guest.shell(), codes, action, hidden, href })?
        }
    };
    cookie::set(&mut answer, guest, session);
    Ok(answer)
}

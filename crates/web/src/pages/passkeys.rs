//! Passkeys: what the page's script hands to the browser, and what the browser signed (SEC-2).
use crate::{
    forms::Sent,
    pages::{
        factors::handed,
        second_factor::{self, go_on},
        sign_in::SignIn,
    },
    respond::{Answer, page_with, see_other, see_other_done},
    view::Errors,
    visit::{Guest, Own, cookie, local_path, resume},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    accounts::{self, Password, SignInRefused, passkeys},
};
use serde_json::{Value, json};

/// For the script: what is to be signed, or why not in a sentence.
fn told(asked: Result<Value, AppError>) -> Answer {
    match asked {
        Ok(options) => Ok(Json(options).into_response()),
        Err(AppError::Refused(problems)) => {
            Ok(Json(json!({ "error": problems.to_string() })).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /sign-in/passkey/ask`
pub(crate) async fn ask(guest: Guest) -> Answer {
    let (app, base) = (guest.web.app(), guest.web.base());
    told(passkeys::ask_anybody(&app, &guest.ctx, base, guest.address).await)
}

/// `POST /sign-in/passkey`: question, credential, next, and what another form sent.
pub(crate) async fn sign_in(guest: Guest, headers: HeaderMap, sent: Sent) -> Answer {
    let (app, base, browser) = (guest.web.app(), guest.web.base(), guest.browser(&headers));
    let (question, typed) = (sent.one("question"), sent.one("credential"));
    let opened = passkeys::sign_in(&app, &guest.ctx, base, question, typed, &browser, guest.address).await;
    let session = match opened {
        Ok(session) => session,
        Err(SignInRefused::Failed(AppError::Refused(problems))) => {
            let next = local_path(sent.one("next")).unwrap_or_default().to_owned();
            let (carried, errors) = (resume::carried(&sent), Errors::from(&problems));
            let again = SignIn { next, carried, errors, ..SignIn::fresh(&guest) };
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &again);
        }
        Err(refused) => return Err(AppError::from(refused).into()),
    };
    if let Some(token) = cookie::read(&headers, guest.web.secure()) {
        accounts::sign_out(&app, &guest.ctx, token).await?;
    }
    guest.share(&session).await?;
    go_on(&guest, &sent, &session, Vec::new()).await
}

/// `POST /sign-in/second/passkey/ask`
pub(crate) async fn ask_half(guest: Guest) -> Answer {
    let token = guest.cookie().unwrap_or_default();
    told(passkeys::ask_half(&guest.web.app(), &guest.ctx, guest.web.base(), token).await)
}

/// `POST /sign-in/second/passkey`: credential, next, and what another form sent.
pub(crate) async fn answer_half(guest: Guest, sent: Sent) -> Answer {
    let (app, base) = (guest.web.app(), guest.web.base());
    if !guest.is_half().await? {
        return Ok(see_other("/sign-in"));
    }
    let (token, typed) = (guest.cookie().unwrap_or_default(), sent.one("credential"));
    match passkeys::answer_half(&app, &guest.ctx, base, token, typed, guest.address).await {
        Ok((session, codes)) => go_on(&guest, &sent, &session, codes).await,
        Err(SignInRefused::Failed(AppError::Refused(problems))) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            second_factor::again(&guest, status, &sent, Errors::from(&problems)).await
        }
        Err(refused @ SignInRefused::Wait(_)) => {
            let errors = Errors::one("", &refused.to_string());
            second_factor::again(&guest, StatusCode::TOO_MANY_REQUESTS, &sent, errors).await
        }
        Err(refused) => Err(AppError::from(refused).into()),
    }
}

/// `POST /account/factors/passkey/ask`: password.
pub(crate) async fn ask_own(own: Own, sent: Sent) -> Answer {
    let password = Password::from(sent.one("password"));
    told(passkeys::ask_own(&own.app(), &own.ctx, own.web.base(), &password).await)
}

/// `POST /account/factors/passkey`: name, credential.
pub(crate) async fn confirm_own(own: Own, sent: Sent) -> Answer {
    let (name, typed) = (sent.one("name"), sent.one("credential"));
    let codes = passkeys::confirm_own(&own.app(), &own.ctx, own.web.base(), name, typed).await?;
    if codes.is_empty() {
        Ok(see_other_done("/account/factors", "factor-added"))
    } else {
        handed(&own, codes)
    }
}

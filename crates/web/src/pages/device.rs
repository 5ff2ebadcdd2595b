//! A device that the people of a business share: they pick their name and type a PIN (INC-10).
use crate::{
    forms::Sent,
    pages::second_factor::enter,
    respond::{Answer, page_with, see_other},
    view::{Choice, Errors, Shell},
    visit::{Guest, Own, cookie, local_path},
};
use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderMap, HeaderValue, StatusCode},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    accounts::{self, DeviceFront, SignInRefused, devices},
};
use serde::Deserialize;

/// `device.html`
#[derive(Template, Debug)]
#[template(path = "device.html")]
struct Front {
    shell: Shell,
    errors: Errors,
    business: String,
    people: Vec<Choice>,
    next: String,
    note: String,
}

/// Where to go on.
#[derive(Deserialize)]
pub(crate) struct Onward {
    #[serde(default)]
    next: String,
}

/// The names of a shared device. Nothing of who was signed in before stays in the browser.
pub(crate) fn asked(
    guest: &Guest,
    status: StatusCode,
    front: DeviceFront,
    next: &str,
    note: &str,
    who: &str,
    errors: Errors,
) -> Answer {
    let people = front.people.into_iter().map(|person| {
        let value = person.membership.to_string();
        Choice { checked: value == who, value, label: person.shown, note: String::new() }
    });
    let mut answer = page_with(
        status,
        &Front {
            shell: guest.shell(),
            errors,
            business: front.business,
            people: people.collect(),
            next: local_path(next).unwrap_or_default().to_owned(),
            note: note.to_owned(),
        },
    )?;
    answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(answer)
}

/// `GET /device`
pub(crate) async fn ask(guest: Guest, Query(onward): Query<Onward>) -> Answer {
    let Some(front) = guest.front().await? else { return Ok(see_other("/sign-in")) };
    let mut answer = asked(&guest, StatusCode::OK, front, &onward.next, "", "", Errors::default())?;
    // Whoever comes to this page has left the device to others: no session goes on, in whatever state it is.
    if let Some(token) = guest.cookie() {
        accounts::sign_out(&guest.web.app(), &guest.ctx, token).await?;
        cookie::clear(&mut answer, guest.web.secure());
    }
    Ok(answer)
}

/// `POST /device`: who, pin, next. What another form sent does not go along: it may be of somebody else.
pub(crate) async fn sign_in(guest: Guest, headers: HeaderMap, sent: Sent) -> Answer {
    let app = guest.web.app();
    let Some(front) = guest.front().await? else { return Ok(see_other("/sign-in")) };
    let (token, browser) = (guest.device().unwrap_or_default(), guest.browser(&headers));
    let (who, pin) = (sent.one("who"), sent.one("pin"));
    let again = |status, errors| asked(&guest, status, front.clone(), sent.one("next"), "", who, errors);
    if who.is_empty() {
        return again(StatusCode::UNPROCESSABLE_ENTITY, Errors::one("who", "Choose your name."));
    }
    match devices::sign_in(&app, &guest.ctx, token, who, pin, &browser, guest.address).await {
        Ok(session) => {
            // Whoever was signed in on it before is not any more.
            if let Some(token) = cookie::read(&headers, guest.web.secure()) {
                accounts::sign_out(&app, &guest.ctx, token).await?;
            }
            enter(&guest, None, sent.one("next"), &session, Vec::new()).await
        }
        Err(SignInRefused::Failed(AppError::Refused(problems))) => {
            again(StatusCode::UNPROCESSABLE_ENTITY, Errors::from(&problems))
        }
        Err(refused @ SignInRefused::Wait(_)) => {
            again(StatusCode::TOO_MANY_REQUESTS, Errors::one("pin", &refused.to_string()))
        }
        Err(refused) => Err(AppError::from(refused).into()),
    }
}

/// `POST /device/awake`: somebody is at the device. That the request was let in has kept the session from locking.
pub(crate) async fn awake(_own: Own) -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

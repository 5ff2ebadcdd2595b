//! A forgotten password: a link by mail, and one answer whether or not there is such an account (SEC-2, VIS-7).
use super::{forms, link_address, network, wait_sentence};
use crate::{App, error::AppError, mail};
use async_recursion::async_recursion as boxed;
use fairwatch_core::gate::Ctx;
use fairwatch_store::accounts::{self as store, Attempt};
use std::{net::IpAddr, time::Duration};
use tokio::time::{Instant, sleep_until};

/// No answer comes sooner: writing a mail takes longer than finding nobody, and that must not show.
const AT_LEAST: Duration = Duration::from_millis(400);

/// Sends whoever signs in with this a link by which they choose a new password.
///
/// # Errors
/// [`AppError::Refused`] where nothing was typed, or too many were asked for from one network; [`AppError::Hidden`]
/// where no mail is sent.
#[boxed]
pub async fn ask_reset(app: &App, ctx: &Ctx, login: &str, address: IpAddr) -> Result<(), AppError> {
    let answer_at = Instant::now() + AT_LEAST;
    if !app.sends_mail() {
        return Err(AppError::Hidden);
    }
    if login.trim().is_empty() {
        return Err(AppError::in_field("login", "Enter the e-mail address with which you sign in."));
    }
    let base = mail::base(app, ctx).await?;
    let link = |token: &_| link_address(&base, token);
    let asked = store::ask_reset(&app.store, ctx, &forms::login(login), &network(address), link).await;
    sleep_until(answer_at).await;
    match asked? {
        Attempt::Go => Ok(()),
        Attempt::Wait(wait) => Err(AppError::refused(wait_sentence(wait))),
    }
}

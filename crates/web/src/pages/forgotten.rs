//! A forgotten password: asking for a link by mail, where mail is sent (SEC-2).
use crate::{
    forms::Sent,
    respond::{Answer, page, page_again, see_other_done},
    view::{Errors, Shell},
    visit::Guest,
};
use askama::Template;
use fairwatch_app::{AppError, accounts};

/// `forgotten.html`
#[derive(Template, Debug)]
#[template(path = "forgotten.html")]
struct Forgotten {
    shell: Shell,
    errors: Errors,
    login: String,
}

/// `GET /forgotten`
pub(crate) async fn ask(guest: Guest) -> Answer {
    if !guest.web.app().sends_mail() {
        return Err(AppError::Hidden.into());
    }
    page(&Forgotten { shell: guest.shell(), errors: Errors::default(), login: String::new() })
}

/// `POST /forgotten`: login. One answer, whoever bears it (VIS-7).
pub(crate) async fn send(guest: Guest, sent: Sent) -> Answer {
    let login = sent.one("login");
    match accounts::ask_reset(&guest.web.app(), &guest.ctx, login, guest.address).await {
        Ok(()) => Ok(see_other_done("/sign-in", "link-sent")),
        Err(AppError::Refused(problems)) => page_again(&Forgotten {
            shell: guest.shell(),
            errors: Errors::from(&problems),
            login: login.to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

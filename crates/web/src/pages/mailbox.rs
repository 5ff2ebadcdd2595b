//! The demonstration's mailbox: all mail stays in it, since nobody there has an address.
use crate::{
    respond::{Answer, page},
    view::Shell,
    visit::Guest,
    words,
};
use askama::Template;
use fairwatch_app::{AppError, mail, meetings, news};
use fairwatch_core::gate::Caller;

/// `mailbox.html`
#[derive(Template, Debug)]
#[template(path = "mailbox.html")]
struct Mailbox {
    shell: Shell,
    mails: Vec<Letter>,
}

#[derive(Debug)]
struct Letter {
    to: String,
    subject: String,
    at: String,
    lines: Vec<Line>,
}

/// A line of a mail; one that is a link into this very demonstration leads there.
#[derive(Debug)]
struct Line {
    text: String,
    href: Option<String>,
}

/// Links bear the port on which the demonstration was made; it may listen on another one now.
fn line(text: &str, base: &str) -> Line {
    let host = |text: &str| text.split_once("://").map(|(_, rest)| rest.to_owned());
    let path = host(text).and_then(|rest| rest.find('/').map(|at| rest[at..].to_owned()));
    let is_ours = text.starts_with(base) || text.starts_with("http://127.0.0.1:");
    Line { text: text.to_owned(), href: path.filter(|_| is_ours) }
}

/// `GET /mailbox`: what waits goes out first, into this box.
pub(crate) async fn show(guest: Guest) -> Answer {
    let app = guest.web.app();
    news::announce(&app, &guest.web.ctx().with_caller(Caller::Job("news"))).await?;
    meetings::invite(&app, &guest.web.ctx().with_caller(Caller::Job("meetings"))).await?;
    mail::deliver_due(&app, &guest.web.ctx().with_caller(Caller::Job("mail"))).await?;
    let mailbox = app.mailbox().ok_or(AppError::Hidden)?;
    let base = guest.web.base();
    let mails = mailbox.all().into_iter().map(|kept| Letter {
        at: words::date_time(kept.at),
        lines: kept.mail.text.lines().filter(|text| !text.is_empty()).map(|text| line(text, base)).collect(),
        to: kept.mail.to,
        subject: kept.mail.subject,
    });
    page(&Mailbox { shell: guest.shell(), mails: mails.collect() })
}

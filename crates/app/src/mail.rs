//! Mail: what is queued goes out, by SMTP or into the demonstration's box.
//!
//! Where an installation has nobody to give mail to, nothing is queued, and links are shown on pages instead, to be
//! handed over.
mod mailbox;
mod smtp;

pub use fairwatch_store::mail::Outbox;
pub use mailbox::{Kept, Mailbox};
pub use smtp::{Encryption, Smtp, SmtpSettings};

use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{gate::Ctx, ids::MailId, mail::Mail};
use fairwatch_store::{
    mail::{self as store, Claimed, Ended},
    orgs,
};
use jiff::Timestamp;
use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

/// A mail on its way.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The same for each try, so that whoever gets it twice can tell.
    pub id: MailId,
    /// When it is sent.
    pub at: Timestamp,
    /// To whom and what.
    pub mail: &'a Mail,
    /// An appointment that comes along, as iCalendar.
    pub calendar: Option<&'a str>,
}

/// What became of handing a mail over. It names nobody, so that it can be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It was taken, and is somebody else's to deliver.
    Taken,
    /// This one was not taken now; others may be.
    NotNow(String),
    /// Nobody answers, or nobody lets us in: no other would be taken either.
    Nobody(String),
    /// Nobody can know whether it was taken.
    Unknown(String),
    /// It will never be taken: there is no such address.
    Never(String),
}

/// What carries mail away.
pub trait Carrier: Send + Sync + fmt::Debug {
    /// Hands one mail over.
    fn carry<'a>(&'a self, letter: Letter<'a>) -> Pin<Box<dyn Future<Output = Handed> + Send + 'a>>;
}

/// Who carries an installation's mail.
#[derive(Clone, Debug, Default)]
pub(crate) struct Post {
    carrier: Option<Arc<dyn Carrier>>,
    mailbox: Option<Arc<Mailbox>>,
}

impl App {
    /// With somebody who carries mail.
    #[must_use]
    pub fn with_carrier(mut self, carrier: Arc<dyn Carrier>) -> Self {
        self.store = self.store.sending_mail();
        self.post.carrier = Some(carrier);
        self
    }

    /// With a box in which all mail stays, for a demonstration.
    #[must_use]
    pub fn with_mailbox(self) -> Self {
        let mailbox = Arc::new(Mailbox::default());
        let mut app = self.with_carrier(Arc::clone(&mailbox) as Arc<dyn Carrier>);
        app.post.mailbox = Some(mailbox);
        app
    }

    /// Whether mail goes out. Where none does, links are handed over on pages.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.post.carrier.is_some()
    }

    /// The box in which all mail stays, in a demonstration.
    #[must_use]
    pub fn mailbox(&self) -> Option<&Mailbox> {
        self.post.mailbox.as_deref()
    }
}

/// What a run of the post did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// So many were taken.
    pub sent: u64,
    /// So many are tried again later.
    pub later: u64,
    /// So many nobody will ever take.
    pub given_up: u64,
}

/// Longer than this nobody waits for one mail to be taken. It is below the time for which the lease holds, and longer than
/// all that [`Smtp`] waits for.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Sends what is due. One server does so at a time; where another is at it, or nothing is due, nothing is done. A mail
/// that is not taken is tried again after a minute, and then less and less often. Where nobody answers at all, or
/// nobody knows whether a mail was taken, the run ends: the rest would meet the same.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn deliver_due(app: &App, ctx: &Ctx) -> Result<Delivered, AppError> {
    let mut done = Delivered::default();
    let Some(carrier) = app.post.carrier.clone() else { return Ok(done) };
    if !store::is_due(&app.store, ctx).await? {
        return Ok(done);
    }
    let Some(lease) = store::begin(&app.store, ctx).await? else { return Ok(done) };
    while let Some(Claimed { id, mail, calendar }) = store::claim(&app.store, ctx, lease).await? {
        let letter = Letter { id, at: ctx.real_now(), mail: &mail, calendar: calendar.as_deref() };
        let handed = tokio::time::timeout(LONGEST, carrier.carry(letter)).await;
        let handed = handed.unwrap_or_else(|_| Handed::Unknown("it took too long".into()));
        let ended = match &handed {
            Handed::Taken => Ended::Sent,
            Handed::NotNow(_) | Handed::Nobody(_) => Ended::Later,
            Handed::Unknown(_) => Ended::Unknown,
            Handed::Never(_) => Ended::GivenUp,
        };
        store::note(&app.store, ctx, id, ended).await?;
        match ended {
            Ended::Sent => done.sent += 1,
            Ended::Later | Ended::Unknown => done.later += 1,
            Ended::GivenUp => done.given_up += 1,
        }
        match handed {
            Handed::Taken => {}
            Handed::NotNow(why) => tracing::info!(mail = %id, %why, "a mail is to be tried again"),
            Handed::Never(why) => tracing::warn!(mail = %id, %why, "a mail cannot be delivered"),
            Handed::Unknown(why) => {
                tracing::warn!(mail = %id, %why, "whether a mail was taken is not known; it is tried once more at most");
                break;
            }
            Handed::Nobody(why) => {
                tracing::warn!(%why, "the mail server takes nothing; mail waits");
                break;
            }
        }
    }
    store::finish(&app.store, ctx, lease).await?;
    Ok(done)
}

/// How the outbox is, for the operator; none where no mail is sent. Counts alone: nobody's data.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn outbox(app: &App, ctx: &Ctx) -> Result<Option<Outbox>, AppError> {
    if !app.sends_mail() {
        return Ok(None);
    }
    Ok(Some(store::outbox(&app.store, ctx).await?))
}

/// The address under which links in mail are made.
///
/// # Errors
/// The store's.
pub(crate) async fn base(app: &App, ctx: &Ctx) -> Result<String, AppError> {
    Ok(orgs::installation(&app.store, ctx).await?.map_or(String::new(), |record| record.base_address))
}

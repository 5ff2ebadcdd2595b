//! The outbox: mail is queued in the transaction of what it tells of, and stands sealed until somebody took it.
//!
//! So there is no mail of what did not happen, and nothing is lost while the mail server is down. A mail is *claimed*
//! before it is handed over and *noted* afterwards. Between the two the program may be killed, and nobody can know
//! whether it was taken: it is tried once more then, and bears the same message id, and after the second such end it is
//! given up. Nothing here passes the gate: who may queue what is decided by the action in whose transaction it is done,
//! and what is delivered is shown to nobody.
pub(crate) mod recipients;

use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open,
    leases,
};
use fairwatch_core::{
    accounts::Profile,
    gate::{Action, Ctx},
    ids::{AccountId, ApplicationId, EnquiryId, MailId, MemberId, MembershipId, RequestAboutDataId},
    mail::{GIVEN_UP_AFTER, Mail, ONCE_FOR, UNSURE_MOST, pause},
    subjects::SweepInstallation,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Under whose key a mail is sealed: when they go, what was to be sent to them goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(Uuid);

macro_rules! owners {
    ($($id:ty),+) => {$(
        impl From<$id> for Owner { fn from(id: $id) -> Self { Self(id.0) } }
    )+};
}
owners!(AccountId, MembershipId, MemberId, EnquiryId, ApplicationId, RequestAboutDataId);

/// Queues a mail in the caller's transaction. With `once`, a mail of that name goes out one time alone in this
/// installation, whoever queues it. False where it was queued before, where nobody sends mail, or where the owner is
/// gone.
///
/// # Errors
/// The engine's.
pub async fn queue(
    inner: &mut Inner,
    owner: impl Into<Owner>,
    once: Option<&str>,
    mail: &Mail,
) -> Result<bool, StoreError> {
    queue_with(inner, owner, once, &Posted { mail: mail.clone(), calendar: None }).await
}

/// A mail as it stands sealed, with what comes along.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Posted {
    /// To whom and what.
    #[serde(flatten)]
    pub(crate) mail: Mail,
    /// An appointment for the reader's calendar, as iCalendar.
    #[serde(default)]
    pub(crate) calendar: Option<String>,
}

/// [`queue`], with what comes along.
pub(crate) async fn queue_with(
    inner: &mut Inner,
    owner: impl Into<Owner>,
    once: Option<&str>,
    mail: &Posted,
) -> Result<bool, StoreError> {
    let Owner(owner) = owner.into();
    if !inner.store.sends_mail() {
        return Ok(false);
    }
    let Some(key) = inner.key_if_any(owner).await? else { return Ok(false) };
    let id: MailId = inner.ctx.new_id();
    let once = once.map(|name| inner.store.keys.lookup("mail", name));
    let sealed = inner.seal(&key, "mails", "sealed", id.0, mail)?;
    let now = inner.ctx.real_now();
    let text = sql!(
        "INSERT INTO mails (id, owner_id, once, state, queued_at, next_at, tries, unsure, sealed) \
         VALUES ($1, $2, $3, 'waiting', $4, $4, 0, 0, $5) ON CONFLICT (once) DO NOTHING"
    );
    Ok(inner.exec(text, args![id, owner, once, now, sealed]).await? > 0)
}

/// [`queue`], for a use case.
///
/// # Errors
/// The engine's.
pub async fn queue_in<A: Action>(
    tx: &mut Tx<A>,
    owner: impl Into<Owner>,
    once: Option<&str>,
    mail: &Mail,
) -> Result<bool, StoreError> {
    queue(&mut tx.inner, owner, once, mail).await
}

/// Takes back what waits to go out to an owner, since something newer says it better.
///
/// # Errors
/// The engine's.
pub(crate) async fn take_back(inner: &mut Inner, owner: impl Into<Owner>) -> Result<(), StoreError> {
    let text = sql!("DELETE FROM mails WHERE owner_id = $1 AND state = 'waiting' AND once IS NULL");
    inner.exec(text, args![owner.into().0]).await?;
    Ok(())
}

/// Takes back a mail that is sent one time alone, if it waits still.
///
/// # Errors
/// The engine's.
pub(crate) async fn take_back_once(
    inner: &mut Inner,
    owner: impl Into<Owner>,
    once: &str,
) -> Result<(), StoreError> {
    let name = inner.store.keys.lookup("mail", once);
    let text = sql!("DELETE FROM mails WHERE owner_id = $1 AND state = 'waiting' AND once = $2");
    inner.exec(text, args![owner.into().0, name]).await?;
    Ok(())
}

/// Where mail reaches whoever has a role: the address of their account, which they keep right themselves, or else the
/// one that the scheme was told. None where they have none, the role is not in force, or their business is suspended (MEM-8).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn addresses(inner: &mut Inner, membership: MembershipId) -> Result<Option<String>, StoreError> {
    let text = sql!(
        "SELECT m.account_id, m.sealed AS told, a.sealed FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.id = $1 AND m.state = 'active' AND a.state = 'active' \
         AND NOT EXISTS (SELECT 1 FROM member_suspensions x WHERE x.member_id = m.member_id AND (x.ends_on IS NULL OR x.ends_on > $2))"
    );
    let today = inner.ctx.today();
    let Some(row) = inner.opt(text, args![membership, today]).await? else { return Ok(None) };
    let account: AccountId = row.id("account_id")?;
    let key = inner.key(account.0).await?;
    let own: Profile = open(&key, "accounts", "sealed", account.0, &row.bytes("sealed")?)?;
    if own.email.is_some() {
        return Ok(own.email);
    }
    let key = inner.key(membership.0).await?;
    let told: Profile = open(&key, "memberships", "sealed", membership.0, &row.bytes("told")?)?;
    Ok(told.email)
}

/// A mail that is about to be handed over, and is noted as such.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// By which it is noted how it ended.
    pub id: MailId,
    /// To whom and what.
    pub mail: Mail,
    /// An appointment for the reader's calendar, as iCalendar.
    pub calendar: Option<String>,
}

/// How handing over ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Somebody took it.
    Sent,
    /// Not now: it is tried again.
    Later,
    /// Nobody can know whether it was taken: it counts as one of the ends that can be borne ([`UNSURE_MOST`]).
    Unknown,
    /// Nobody will ever take it.
    GivenUp,
}

/// The lease of whoever delivers (one server at a time, whichever).
const LEASE: &str = "mail";
/// Longer than one mail can take: who holds the lease says before each that they live.
const LEASE_FOR: SignedDuration = SignedDuration::from_mins(20);

/// Whether something waits to go out now.
///
/// # Errors
/// The engine's.
pub async fn is_due(store: &Store, ctx: &Ctx) -> Result<bool, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT id FROM mails WHERE state = 'waiting' AND next_at <= $1 LIMIT 1");
    Ok(inner.opt(text, args![ctx.real_now()]).await?.is_some())
}

/// Becomes the one who delivers, unless another server is at it.
///
/// # Errors
/// The engine's.
pub async fn begin(store: &Store, ctx: &Ctx) -> Result<Option<Uuid>, StoreError> {
    leases::take(store, ctx, LEASE, LEASE_FOR).await
}

/// Ends that.
///
/// # Errors
/// The engine's.
pub async fn finish(store: &Store, ctx: &Ctx, lease: Uuid) -> Result<(), StoreError> {
    leases::give_back(store, ctx, lease).await
}

/// Takes the next mail that is due. From here on it may have been sent, until [`note`] says what became of it. None
/// where nothing is due, or where another server delivers by now.
///
/// # Errors
/// The engine's.
pub async fn claim(store: &Store, ctx: &Ctx, lease: Uuid) -> Result<Option<Claimed>, StoreError> {
    if !leases::keep(store, ctx, lease, LEASE_FOR).await? {
        return Ok(None);
    }
    let mut inner = store.machinery(ctx).await?;
    let now = ctx.real_now();
    let claimed = loop {
        let text = sql!(
            "SELECT id, owner_id, tries, unsure, queued_at, sealed FROM mails \
             WHERE state = 'waiting' AND next_at <= $1 ORDER BY next_at, id LIMIT 1"
        );
        let Some(row) = inner.db.opt_locked(text, args![now], Lock::Update).await? else { break None };
        let (id, owner): (MailId, Uuid) = (row.id("id")?, row.id("owner_id")?);
        let (tries, unsure) = (row.int("tries")? + 1, row.int("unsure")? + 1);
        let over = now.duration_since(row.instant("queued_at")?) > GIVEN_UP_AFTER || unsure > UNSURE_MOST;
        let mail = match (inner.key_if_any(owner).await?, row.opt_bytes("sealed")?) {
            (Some(key), Some(sealed)) if !over => open::<Posted>(&key, "mails", "sealed", id.0, &sealed).ok(),
            _ => None,
        };
        let Some(Posted { mail, calendar }) = mail else {
            end(&mut inner, id, "given_up").await?;
            continue;
        };
        let text = sql!("UPDATE mails SET tries = $2, unsure = $3, next_at = $4 WHERE id = $1");
        inner.exec(text, args![id, tries, unsure, now + pause(tries)]).await?;
        break Some(Claimed { id, mail, calendar });
    };
    inner.db.commit().await?;
    Ok(claimed)
}

/// Notes how handing a mail over ended. What was sent is forgotten but for the hash of what is sent one time alone.
///
/// # Errors
/// The engine's.
pub async fn note(store: &Store, ctx: &Ctx, id: MailId, ended: Ended) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    match ended {
        Ended::Later => {
            let text = sql!("UPDATE mails SET unsure = unsure - 1 WHERE id = $1 AND unsure > 0");
            inner.exec(text, args![id]).await?;
        }
        Ended::Unknown => {
            // The pause runs from now, not from before a long wait.
            let text = sql!("SELECT tries FROM mails WHERE id = $1");
            if let Some(row) = inner.opt(text, args![id]).await? {
                let next = ctx.real_now() + pause(row.int("tries")?);
                inner.exec(sql!("UPDATE mails SET next_at = $2 WHERE id = $1"), args![id, next]).await?;
            }
        }
        Ended::GivenUp => end(&mut inner, id, "given_up").await?,
        Ended::Sent => {
            inner.exec(sql!("DELETE FROM mails WHERE id = $1 AND once IS NULL"), args![id]).await?;
            end(&mut inner, id, "sent").await?;
        }
    }
    inner.db.commit().await
}

async fn end(inner: &mut Inner, id: MailId, state: &'static str) -> Result<(), StoreError> {
    let text = sql!("UPDATE mails SET state = $2, ended_at = $3, sealed = NULL WHERE id = $1");
    inner.exec(text, args![id, state, inner.ctx.real_now()]).await?;
    Ok(())
}

/// How the outbox is: counts alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    /// So many mails wait.
    pub waiting: i64,
    /// Since when the oldest of them does.
    pub oldest: Option<Timestamp>,
    /// So many were given up in the last 30 days.
    pub given_up: i64,
}

/// How it is, for the operator.
///
/// # Errors
/// The engine's.
pub async fn outbox(store: &Store, ctx: &Ctx) -> Result<Outbox, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT COUNT(CASE WHEN state = 'waiting' THEN 1 END) AS waiting, \
         MIN(CASE WHEN state = 'waiting' THEN queued_at END) AS oldest, \
         COUNT(CASE WHEN state = 'given_up' AND ended_at > $1 THEN 1 END) AS given_up FROM mails"
    );
    let row = inner.one(text, args![ctx.real_now() - TOLD_FOR]).await?;
    Ok(Outbox {
        waiting: row.int("waiting")?,
        oldest: row.opt_instant("oldest")?,
        given_up: row.int("given_up")?,
    })
}

/// What was given up is counted for so long.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Takes away what nobody needs any more of mail that went out or was given up. What still waits three days after it was
/// queued is given up here, too: where mail is switched off, nobody else looks at it.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx<SweepInstallation>) -> Result<u64, StoreError> {
    let inner = &mut tx.inner;
    let now = inner.ctx.real_now();
    let text = sql!(
        "UPDATE mails SET state = 'given_up', ended_at = $2, sealed = NULL WHERE state = 'waiting' AND queued_at < $1"
    );
    inner.exec(text, args![now - GIVEN_UP_AFTER, now]).await?;
    let text = sql!(
        "DELETE FROM mails WHERE state <> 'waiting' AND ((once IS NULL AND ended_at <= $1) OR ended_at <= $2)"
    );
    inner.exec(text, args![now - TOLD_FOR, now - ONCE_FOR]).await
}

//! The counting of attempts to sign in (SEC-2): by what is signed in with, and by address.
//!
//! Nobody is locked out for good: after some failures each further try has to wait, longer each time and never
//! more than a minute, and the right password after the wait works. An attempt counts before the password is
//! looked at, so that many at once are as slow as one after the other; success takes it back. What does not
//! exist is counted like what does, so that waiting tells nothing. Both are kept as keyed hashes.
use super::token::Login;
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Store},
    error::StoreError,
};
use fairwatch_core::gate::Ctx;
use jiff::{SignedDuration, Timestamp};

/// Failures are forgotten once so long has passed without another.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// So many failures for one login are free: people mistype.
pub const FREE_BY_LOGIN: i64 = 5;
/// So many failures from one network are free: a whole shopping centre may share one.
pub const FREE_BY_NETWORK: i64 = 30;
/// Nobody waits longer for the next try.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(60);

/// What an attempt is counted under.
#[derive(Clone, Copy, Debug)]
pub struct Attempted<'a> {
    /// What was typed, whether or not an account bears it.
    pub login: &'a Login,
    /// The network that it came from: an IPv4 address, or the part of an IPv6 address that its user cannot
    /// change at will.
    pub network: &'a str,
}

/// Whether an attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It counts as failed until a session is opened.
    Go,
    /// Not before so long.
    Wait(SignedDuration),
}

/// How long after the latest failure the next try has to wait.
fn pause(failures: i64, free: i64) -> SignedDuration {
    let more = failures.saturating_sub(free);
    if more < 0 {
        return SignedDuration::ZERO;
    }
    // Beyond any number that fits, the wait is the longest all the same.
    let more = u32::try_from(more).unwrap_or(u32::MAX);
    SignedDuration::from_secs(2_i64.saturating_pow(more.saturating_add(1))).min(LONGEST_WAIT)
}

/// Counts an attempt, or says how long to wait before the next one.
///
/// # Errors
/// The engine's.
pub async fn count_attempt(
    store: &Store,
    ctx: &Ctx,
    attempted: Attempted<'_>,
) -> Result<Attempt, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let now = ctx.real_now();
    let (by_login, by_network) = (login_key(&inner, attempted.login), network_key(&inner, attempted.network));
    // Always in this order, so that two attempts never wait for each other.
    let first = count(&mut inner, by_login, FREE_BY_LOGIN, now).await?;
    let second = count(&mut inner, by_network, FREE_BY_NETWORK, now).await?;
    let wait = first.max(second);
    if wait > SignedDuration::ZERO {
        // Nothing is kept of an attempt that was not made: knocking does not prolong the wait.
        return Ok(Attempt::Wait(wait));
    }
    inner.db.commit().await?;
    Ok(Attempt::Go)
}

async fn count(
    inner: &mut Inner,
    lookup: [u8; 32],
    free: i64,
    now: Timestamp,
) -> Result<SignedDuration, StoreError> {
    let begin = sql!(
        "INSERT INTO attempts (lookup, failures, window_started_at) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING"
    );
    inner.exec(begin, args![lookup, now]).await?;
    let read = sql!("SELECT failures, window_started_at FROM attempts WHERE lookup = $1");
    let row = inner.db.opt_locked(read, args![lookup], Lock::Update).await?;
    // Forgotten by a sweep between the two statements: as good as new.
    let Some(row) = row else { return Ok(SignedDuration::ZERO) };
    let latest = row.instant("window_started_at")?;
    let since = now.duration_since(latest);
    let failures = if since < WINDOW { row.int("failures")? } else { 0 };
    let wait = pause(failures, free) - since;
    if failures > 0 && wait > SignedDuration::ZERO {
        return Ok(wait);
    }
    // The window begins anew with each failure.
    let add = sql!("UPDATE attempts SET failures = $2, window_started_at = $3 WHERE lookup = $1");
    inner.exec(add, args![lookup, failures + 1, now]).await?;
    Ok(SignedDuration::ZERO)
}

/// So many messages from one network are free.
const FREE_MESSAGES: i64 = 10;

/// Counts a message that somebody sends who is not signed in, or says how long to wait before the next one.
pub(crate) async fn count_message(inner: &mut Inner, network: &str) -> Result<Attempt, StoreError> {
    let lookup = inner.store.keys.lookup("messages by network", network);
    let wait = count(inner, lookup, FREE_MESSAGES, inner.ctx.real_now()).await?;
    Ok(if wait > SignedDuration::ZERO { Attempt::Wait(wait) } else { Attempt::Go })
}

/// Takes back what [`count_attempt`] counted, now that the password was right. The login begins anew; the
/// network loses one failure alone, or whoever has an account could wipe out the count of its network.
pub(super) async fn forgive(inner: &mut Inner, attempted: Attempted<'_>) -> Result<(), StoreError> {
    let (by_login, by_network) = (login_key(inner, attempted.login), network_key(inner, attempted.network));
    inner.exec(sql!("DELETE FROM attempts WHERE lookup = $1"), args![by_login]).await?;
    let less = sql!("UPDATE attempts SET failures = failures - 1 WHERE lookup = $1 AND failures > 0");
    inner.exec(less, args![by_network]).await?;
    Ok(())
}

/// Takes back a try at the password of somebody who is signed in and knew it.
///
/// # Errors
/// The engine's.
pub async fn password_was_right(
    store: &Store,
    ctx: &Ctx,
    attempted: Attempted<'_>,
) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    forgive(&mut inner, attempted).await?;
    inner.db.commit().await
}

/// Lets a login begin anew, after its owner has proved by a link who they are.
pub(super) async fn forget(inner: &mut Inner, login: &Login) -> Result<(), StoreError> {
    let by_login = login_key(inner, login);
    inner.exec(sql!("DELETE FROM attempts WHERE lookup = $1"), args![by_login]).await?;
    Ok(())
}

fn login_key(inner: &Inner, login: &Login) -> [u8; 32] {
    inner.store.keys.lookup("attempts by login", login.as_str())
}

fn network_key(inner: &Inner, network: &str) -> [u8; 32] {
    inner.store.keys.lookup("attempts by network", network)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_2_waits_grow_to_a_minute_and_no_further() {
        let waits: Vec<_> = (0..14).map(|failures| pause(failures, FREE_BY_LOGIN).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
        assert_eq!(pause(i64::MAX, FREE_BY_LOGIN), LONGEST_WAIT);
    }
}

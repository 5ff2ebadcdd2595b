//! Sessions: a random cookie, kept as its keyed hash, live by the clock that nothing moves (SEC-2).
//!
//! `expires_at` is the earlier of two ends: of the session, counted from the sign-in, and of its idleness,
//! counted from the last request. So one comparison tells whether it is live, here and at the doors.
use super::{
    attempts::{self, Attempted},
    devices, factors,
    token::Token,
};
use crate::{
    certifications,
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open as unseal,
    orgs,
};
use fairwatch_core::{
    accounts::{
        EndSessions, ShowAccount,
        factors::{always, required},
    },
    gate::{Caller, Ctx, Hidden, Role},
    ids::{AccountId, DeviceId, MemberId, MembershipId, OrgId, SessionId},
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// From the sign-in.
    pub whole: SignedDuration,
    /// From the last request.
    pub idle: SignedDuration,
}

/// For whoever sees more than members do: a working day, and not over a lunch at an unlocked desk.
pub const OFFICE: Life = Life { whole: SignedDuration::from_hours(12), idle: SignedDuration::from_hours(2) };
/// For those who are member users and nothing else: a phone behind the counter, for a shift. Whoever has to type a
/// password to report a theft does not report it; what they see is what every member sees. A policy can make it
/// shorter; longer than a day none may ask (SEC-2).
pub const COUNTER: Life =
    Life { whole: SignedDuration::from_hours(12), idle: SignedDuration::from_hours(12) };

/// For whoever signed in on a device that others use as well, by a PIN or a password: it locks (INC-10).
pub const SHARED: Life = Life { whole: SignedDuration::from_hours(12), idle: SignedDuration::from_mins(3) };
/// For whoever gave a password and has a second factor still to give, or to set up (SEC-2).
pub const HALF: SignedDuration = SignedDuration::from_mins(15);

/// For so long after its end a session's cookie still lets a form's pictures into its owner's draft, which lives as
/// long: somebody at a till is called away, comes back, and sends.
pub const LAPSE: SignedDuration = SignedDuration::from_hours(24);

/// A request writes that the session was seen only if that was written so long ago: not at each picture.
pub const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// On a shared device more often, since minutes count there.
const SEEN_EVERY_SHARED: SignedDuration = SignedDuration::from_secs(5);

impl Life {
    fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        if roles.into_iter().all(|role| role == Role::MemberUser) { COUNTER } else { OFFICE }
    }
    /// No longer than the policies of the organisations in which the account has a role keep a sign-in (SEC-2).
    async fn within_policies(
        self,
        inner: &mut Inner,
        orgs: impl IntoIterator<Item = OrgId>,
    ) -> Result<Self, StoreError> {
        let mut life = self;
        let mut orgs = orgs.into_iter().collect::<Vec<_>>();
        orgs.sort_unstable();
        orgs.dedup();
        for org in orgs {
            let Some(scope) = crate::orgs::scope(inner, org).await? else { continue };
            let hours =
                i64::try_from(scope.policy.keep.session.length.at_most_hours()).unwrap_or(i64::MAX / 3600);
            life.whole = life.whole.min(SignedDuration::from_hours(hours));
        }
        Ok(life)
    }
    fn end(self, created: Timestamp, seen: Timestamp) -> Timestamp {
        (created + self.whole).min(seen + self.idle)
    }
}

/// The browser and the address of a session, for the list under My account; sealed under the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What the browser says that it is.
    pub browser: String,
    /// The network address at the sign-in.
    pub address: String,
}

impl Device {
    /// From what a request says of itself: foreign text, so cut to a length that a page can show.
    #[must_use]
    pub fn new(browser: &str, address: &str) -> Self {
        let cut = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect();
        Self { browser: cut(browser), address: cut(address) }
    }
}

/// What somebody who signs in has shown of who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The password, or what stands for it.
    Password,
    /// Two factors: a passkey that asked for finger, face or PIN; or the demonstration's one click, where nobody is real.
    Both,
}

/// A session that was just opened.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// For the cookie.
    pub token: Token,
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// When it ends at the latest, for the cookie.
    pub ends_at: Timestamp,
    /// Whether a second factor has still to be given: until then it opens nothing (SEC-2).
    pub half: bool,
}

/// One of the roles that a signed-in account has.
#[derive(Clone, Debug)]
pub struct MembershipView {
    /// The membership.
    pub membership: MembershipId,
    /// The organisation, its policy in force, and today.
    pub scope: Scope,
    /// The role.
    pub role: Role,
    /// The business, for a member user.
    pub member: Option<MemberId>,
    /// Whether they have agreed to all that asks for it: without that they see nothing of others (MEM-3).
    pub certified: bool,
    /// Whether they manage its users (INC-10).
    pub manages: bool,
}

/// A live session: who it is that asks, and under which roles they may.
#[derive(Clone, Debug)]
pub struct SessionView {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// Their active memberships, by organisation; several of one organisation are possible.
    pub memberships: Vec<MembershipView>,
    /// The shared device on which they signed in by a PIN; then there is the role of its business alone (INC-10).
    pub device: Option<DeviceId>,
    /// Whether it is in a browser that others use as well, however they signed in: it locks, and keeps nothing (INC-10).
    pub shared: bool,
    /// Whether something became of what they sent that they may not have seen yet. Told with the session, since it is
    /// asked for each page and is mostly no.
    pub has_news: bool,
}

/// Opens a session for an account whose password was right, and takes back the attempt. None where the account
/// or each of its memberships is suspended: that answers like a wrong password.
///
/// Where a second factor is needed and was not shown yet, the session is half of one: no door opens to it, and no
/// request finds it, until [`super::factors`] have made it whole.
///
/// # Errors
/// The engine's.
pub async fn open(
    store: &Store,
    ctx: &Ctx,
    account: AccountId,
    attempted: Option<Attempted<'_>>,
    device: &Device,
    proof: Proof,
) -> Result<Option<NewSession>, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let Some(session) = begin(&mut inner, account, device, proof).await? else { return Ok(None) };
    if let Some(attempted) = attempted {
        attempts::forgive(&mut inner, attempted).await?;
    }
    inner.db.commit().await?;
    Ok(Some(session))
}

/// Opens a session within a transaction; none where the account or each of its roles is suspended.
pub(super) async fn begin(
    inner: &mut Inner,
    account: AccountId,
    device: &Device,
    proof: Proof,
) -> Result<Option<NewSession>, StoreError> {
    let live = sql!("SELECT id FROM accounts WHERE id = $1 AND state = 'active'");
    if inner.db.opt_locked(live, args![account], Lock::Share).await?.is_none() {
        return Ok(None);
    }
    let roles = roles_of(inner, account).await?;
    if roles.is_empty() {
        return Ok(None);
    }
    let half = proof == Proof::Password
        && (factors::any(inner, account).await? || is_required(inner, &roles).await?);
    let life = life_of(inner, &roles).await?;
    let now = inner.ctx.real_now();
    let ends = if half { now + HALF } else { life.end(now, now) };
    let (second, whole) = (matches!(proof, Proof::Both).then_some(now), now + life.whole);
    let session: SessionId = inner.ctx.new_id();
    let token = Token::fresh(inner.ctx.randomness());
    let key = inner.key(account.0).await?;
    let sealed = inner.seal(&key, "sessions", "sealed", session.0, device)?;
    let make = sql!(
        "INSERT INTO sessions (id, token, account_id, created_at, seen_at, expires_at, half, second_at, shared, sealed) \
         VALUES ($1, $2, $3, $4, $4, $5, $6, $7, 0, $8)"
    );
    let hash = hashed(inner, &token);
    inner.exec(make, args![session, hash, account, now, ends, i64::from(half), second, sealed]).await?;
    super::note(inner, if half { super::HALF_WAY } else { "accounts.sign_in" }, Some(account)).await?;
    Ok(Some(NewSession { token, session, account, ends_at: whole, half }))
}

/// The roles that an account has today, with where.
pub(super) async fn roles_of(
    inner: &mut Inner,
    account: AccountId,
) -> Result<Vec<(Role, OrgId)>, StoreError> {
    let text = sql!(
        "SELECT role, org_id FROM memberships WHERE account_id = $1 AND state = 'active' \
         AND NOT EXISTS (SELECT 1 FROM member_suspensions x WHERE x.member_id = memberships.member_id AND (x.ends_on IS NULL OR x.ends_on > $2))"
    );
    let today = inner.ctx.today();
    let rows = inner.rows(text, args![account, today]).await?;
    rows.iter().map(|row| Ok((row.word("role")?, row.id("org_id")?))).collect()
}

/// Whether one of these roles needs a second factor, by the policies in force (SEC-2).
pub(super) async fn is_required(inner: &mut Inner, roles: &[(Role, OrgId)]) -> Result<bool, StoreError> {
    for (role, org) in roles {
        if always(*role) {
            return Ok(true);
        }
        if let Some(scope) = orgs::scope(inner, *org).await?
            && required(*role, &scope.policy)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn life_of(inner: &mut Inner, roles: &[(Role, OrgId)]) -> Result<Life, StoreError> {
    let life = Life::of(roles.iter().map(|(role, _)| *role));
    life.within_policies(inner, roles.iter().map(|(_, org)| *org)).await
}

/// Makes half a session whole: its second factor was given. It gets another token, so that whoever knew the one before
/// knows nothing.
pub(super) async fn complete(
    inner: &mut Inner,
    session: SessionId,
    account: AccountId,
) -> Result<NewSession, StoreError> {
    let roles = roles_of(inner, account).await?;
    let mut life = life_of(inner, &roles).await?;
    let text = sql!("SELECT shared FROM sessions WHERE id = $1");
    if inner.opt(text, args![session]).await?.ok_or(Hidden)?.flag("shared")? {
        life.idle = SHARED.idle;
    }
    let now = inner.ctx.real_now();
    let token = Token::fresh(inner.ctx.randomness());
    let hash = hashed(inner, &token);
    let text = sql!(
        "UPDATE sessions SET token = $2, half = 0, second_at = $3, seen_at = $3, expires_at = $4, pending = NULL \
         WHERE id = $1 AND ended_at IS NULL AND expires_at > $3"
    );
    if inner.exec(text, args![session, hash, now, life.end(now, now)]).await? == 0 {
        return Err(Hidden.into());
    }
    super::note(inner, "accounts.sign_in", Some(account)).await?;
    Ok(NewSession { token, session, account, ends_at: now + life.whole, half: false })
}

/// Records that somebody could not sign in: as much work for a login that does not exist as for one that does.
///
/// # Errors
/// The engine's.
pub async fn refused(store: &Store, ctx: &Ctx, account: Option<AccountId>) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    super::note(&mut inner, super::REFUSED, account).await?;
    inner.db.commit().await
}

/// The live session of a cookie, with its account's active memberships, in one statement: it is on every
/// request. At most once a minute it also writes that the session was seen. Half a session is none (SEC-2).
///
/// # Errors
/// The engine's.
pub async fn find(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<SessionView>, StoreError> {
    let now = ctx.real_now();
    let Some(Found { view, created, seen, half: false, .. }) = of_cookie(store, ctx, token, now).await?
    else {
        return Ok(None);
    };
    let every = if view.shared { SEEN_EVERY_SHARED } else { SEEN_EVERY };
    if now.duration_since(seen) >= every
        && let Err(error) = touch(store, ctx, &view, created).await
    {
        // A busy database must not sign anybody out; the next request tries again.
        tracing::warn!(%error, "that a session was seen could not be written");
    }
    Ok(Some(view))
}

/// The session of a cookie that has ended by itself, not longer than [`LAPSE`] ago; one that was ended by somebody is
/// none, and so is one on a device that others use as well: whoever sends there next may be somebody else (INC-10). It
/// vouches for nothing but a [`Caller::Lapsed`].
///
/// # Errors
/// The engine's.
pub async fn lapsed(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<SessionView>, StoreError> {
    let found = of_cookie(store, ctx, token, ctx.real_now() - LAPSE).await?;
    Ok(found.filter(|found| !found.half && !found.view.shared).map(|found| found.view))
}

/// The session of a cookie that opens nothing yet, since a second factor has still to be given (SEC-2).
///
/// One that was whole before somebody needed a second factor was left open, perhaps, by whoever gave the password: it may
/// give a factor that there is, but set none up. Where there is none, it ends, and the password is given again.
///
/// # Errors
/// The engine's.
pub async fn half(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<SessionView>, StoreError> {
    let found = of_cookie(store, ctx, token, ctx.real_now()).await?;
    let Some(found) = found.filter(|found| found.half) else { return Ok(None) };
    if found.was_whole && !found.has_factor {
        let mut inner = store.machinery(ctx).await?;
        end_of(&mut inner, found.view.account, Which::One(found.view.session)).await?;
        inner.db.commit().await?;
        return Ok(None);
    }
    Ok(Some(found.view))
}

/// Says of a session that was just opened that it is in the browser of a shared device: it locks as those by PIN do, and
/// reaches what its owner reaches, since they gave more than a PIN (INC-10). Nothing happens where the device is none.
///
/// # Errors
/// The engine's.
pub async fn share(store: &Store, ctx: &Ctx, device: &Token, session: SessionId) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    if !devices::is_one(&mut inner, device).await? {
        return Ok(());
    }
    let ends = ctx.real_now() + SHARED.idle;
    // Half a session keeps its quarter of an hour, in which nothing opens to it.
    let text = sql!(
        "UPDATE sessions SET shared = 1, \
         expires_at = CASE WHEN half = 0 AND expires_at > $2 THEN $2 ELSE expires_at END WHERE id = $1"
    );
    inner.exec(text, args![session, ends]).await?;
    inner.db.commit().await
}

/// What a cookie leads to.
struct Found {
    view: SessionView,
    created: Timestamp,
    seen: Timestamp,
    half: bool,
    /// Whether it was opened as a whole one, by what was enough at that time.
    was_whole: bool,
    has_factor: bool,
}

/// The session of a cookie that nobody ended and that did not end before `after`; when it was opened and last seen.
async fn of_cookie(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    after: Timestamp,
) -> Result<Option<Found>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT s.id, s.account_id, s.created_at, s.seen_at, s.half, s.second_at, s.device_id, s.shared, \
         m.id AS membership_id, m.org_id, m.role, m.member_id, m.manages, o.slug, p.id AS policy_id, p.version, \
         (SELECT MAX(c.agreed_on) FROM certifications c WHERE c.membership_id = m.id AND c.document_id IS NULL) AS agreed_on, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM certifications_owed w WHERE w.membership_id = m.id AND w.asked_on <= $3) \
         THEN 1 ELSE 0 END AS BIGINT) AS owes, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM factors f WHERE f.account_id = s.account_id) \
         THEN 1 ELSE 0 END AS BIGINT) AS has_factor, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM reports r WHERE r.account_id = s.account_id AND r.news IS NOT NULL) \
         OR EXISTS (SELECT 1 FROM intelligence i WHERE i.account_id = s.account_id AND i.news IS NOT NULL) \
         THEN 1 ELSE 0 END AS BIGINT) AS has_news \
         FROM sessions s JOIN accounts a ON a.id = s.account_id \
         LEFT JOIN memberships m ON m.account_id = s.account_id AND m.state = 'active' \
         AND (s.device_id IS NULL OR m.role = 'member_user' AND m.member_id = \
         (SELECT d.member_id FROM devices d WHERE d.id = s.device_id AND d.ended_at IS NULL)) \
         AND NOT EXISTS (SELECT 1 FROM member_suspensions x WHERE x.member_id = m.member_id AND (x.ends_on IS NULL OR x.ends_on > $3)) \
         LEFT JOIN orgs o ON o.id = m.org_id LEFT JOIN policies p ON p.org_id = o.id AND p.version = \
         (SELECT COALESCE(MAX(q.version), 1) FROM policies q WHERE q.org_id = o.id AND q.effective_on <= $3) \
         WHERE s.token = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND a.state = 'active' \
         ORDER BY o.slug, m.id"
    );
    let hash = hashed(&inner, token);
    let rows = inner.rows(text, args![hash, after, ctx.today()]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let mut view = SessionView {
        session: first.id("id")?,
        account: first.id("account_id")?,
        memberships: Vec::new(),
        device: first.opt_id("device_id")?,
        shared: first.flag("shared")?,
        has_news: first.int("has_news")? != 0,
    };
    let has_factor = first.flag("has_factor")?;
    let mut needs = has_factor;
    for row in &rows {
        let Some(membership) = row.opt_id("membership_id")? else { continue };
        let (role, scope): (Role, Scope) = (row.word("role")?, orgs::told(&mut inner, row).await?);
        needs |= required(role, &scope.policy);
        view.memberships.push(MembershipView {
            membership,
            certified: certifications::of_row(row, &scope)?,
            scope,
            role,
            member: row.opt_id("member_id")?,
            manages: row.flag("manages")?,
        });
    }
    // A role that was given since, or a factor that was set up elsewhere, is asked for here as well.
    let was_whole = !first.flag("half")?;
    let half = !was_whole || needs && first.opt_int("second_at")?.is_none();
    let (created, seen) = (first.instant("created_at")?, first.instant("seen_at")?);
    Ok(Some(Found { view, created, seen, half, was_whole, has_factor }))
}

async fn touch(store: &Store, ctx: &Ctx, view: &SessionView, created: Timestamp) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let now = ctx.real_now();
    // Worked out anew, so that a role that was given since shortens the session too.
    let roles = view.memberships.iter().map(|m| (m.role, m.scope.org)).collect::<Vec<_>>();
    let mut life = life_of(&mut inner, &roles).await?;
    if view.shared {
        life.idle = SHARED.idle;
    }
    let end = life.end(created, now);
    let text = sql!(
        "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id = $1 AND ended_at IS NULL AND seen_at < $2"
    );
    inner.exec(text, args![view.session, now, end]).await?;
    inner.db.commit().await
}

/// Ends the session of a cookie. One that has ended already is no fault.
///
/// # Errors
/// The engine's.
pub async fn sign_out(store: &Store, ctx: &Ctx, token: &Token) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let hash = hashed(&inner, token);
    let text =
        sql!("UPDATE sessions SET ended_at = $2 WHERE token = $1 AND ended_at IS NULL RETURNING account_id");
    let Some(row) = inner.opt(text, args![hash, ctx.real_now()]).await? else { return Ok(()) };
    let account: AccountId = row.id("account_id")?;
    super::note(&mut inner, "accounts.sign_out", Some(account)).await?;
    inner.db.commit().await
}

/// Which sessions of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one: sign out everywhere.
    All,
    /// Every one but this.
    AllBut(SessionId),
    /// This one.
    One(SessionId),
}

/// Ends sessions of one's own; how many there were.
///
/// # Errors
/// [`StoreError::Hidden`] where a named one is not theirs or not live; the engine's.
pub async fn end(tx: &mut Tx<EndSessions>, which: Which) -> Result<usize, StoreError> {
    let account = tx.permit.target().0;
    let ended = end_of(&mut tx.inner, account, which).await?;
    if ended.is_empty() && matches!(which, Which::One(_)) {
        return Err(Hidden.into());
    }
    let count = ended.len();
    tx.saw(ended.into_iter().map(Into::into));
    Ok(count)
}

pub(crate) async fn end_of(
    inner: &mut Inner,
    account: AccountId,
    which: Which,
) -> Result<Vec<SessionId>, StoreError> {
    let now = inner.ctx.real_now();
    // One that ended by itself a while ago still lets pictures into its owner's draft: that ends too.
    let lapsing = now - LAPSE;
    let rows = match which {
        Which::All | Which::AllBut(_) => {
            let spared = if let Which::AllBut(session) = which { session.0 } else { Uuid::nil() };
            let text = sql!(
                "UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND id <> $3 AND ended_at IS NULL \
                 AND expires_at > $4 RETURNING id"
            );
            inner.rows(text, args![account, now, spared, lapsing]).await?
        }
        Which::One(session) => {
            let text = sql!(
                "UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND id = $3 AND ended_at IS NULL \
                 AND expires_at > $4 RETURNING id"
            );
            inner.rows(text, args![account, now, session, lapsing]).await?
        }
    };
    rows.iter().map(|row| row.id("id")).collect()
}

/// One of one's own sessions.
#[derive(Clone, Debug, Serialize)]
pub struct OwnSession {
    /// The session.
    pub session: SessionId,
    /// Whether it is the one that asks.
    pub this: bool,
    /// When it was opened.
    pub signed_in_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends if it is not used before.
    pub ends_at: Timestamp,
    /// Browser and address.
    pub device: Device,
    /// Whether it is on a device that others use as well (INC-10).
    pub shared: bool,
}

/// One's own live sessions, the latest used first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ShowAccount>) -> Result<Vec<OwnSession>, StoreError> {
    let account = tx.permit.target().0;
    let this = match tx.inner.ctx.caller() {
        Caller::User { session, .. } => Some(session),
        _ => None,
    };
    let now = tx.inner.ctx.real_now();
    let text = sql!(
        "SELECT id, created_at, seen_at, expires_at, shared, sealed FROM sessions \
         WHERE account_id = $1 AND half = 0 AND ended_at IS NULL AND expires_at > $2 ORDER BY seen_at DESC, id"
    );
    let rows = tx.inner.rows(text, args![account, now]).await?;
    let key = tx.inner.key(account.0).await?;
    rows.iter()
        .map(|row| {
            let session: SessionId = row.id("id")?;
            Ok(OwnSession {
                session,
                this: this == Some(session),
                signed_in_at: row.instant("created_at")?,
                seen_at: row.instant("seen_at")?,
                ends_at: row.instant("expires_at")?,
                shared: row.flag("shared")?,
                device: unseal(&key, "sessions", "sealed", session.0, &row.bytes("sealed")?)?,
            })
        })
        .collect()
}

fn hashed(inner: &Inner, token: &Token) -> [u8; 32] {
    token.hashed(&inner.store.keys, "session")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_2_a_role_beyond_the_counter_shortens_the_session() {
        assert_eq!(Life::of([Role::MemberUser, Role::MemberUser]), COUNTER);
        assert_eq!(Life::of([Role::MemberUser, Role::Board]), OFFICE);
    }

    #[test]
    fn a_device_is_cut_and_holds_no_control_characters() {
        let device = Device::new(&format!("a\r\nb{}", "x".repeat(900)), "::1");
        assert_eq!(device.browser.len(), 200);
        assert!(device.browser.starts_with("abx"));
    }
}

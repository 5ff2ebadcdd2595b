//! Devices that the people of a business share (INC-10): enrolled by its manager, they know the names of those who have a
//! PIN, and nothing else until one of them types it.
use super::{
    attempts::{self, Attempted},
    passwords,
    sessions::{self, Device, NewSession, Proof, SHARED, Which},
    token::{Login, Token},
};
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts::Load,
    keys::open,
    orgs,
};
use fairwatch_core::{
    accounts::{
        Business, DeviceFacts, EndDevice, EnrolDevice, ListColleagues, OneDevice, SetPin, own::Shows,
    },
    gate::{Ctx, Hidden},
    ids::{AccountId, DeviceId, MemberId, MembershipId, OrgId},
};
use fairwatch_vault::Zeroizing;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// That a device was seen is written no more often than this.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(10);
/// A business has no more than so many, so that its manager can keep track of them.
const MOST: i64 = 20;

/// A shared device, as its business's manager sees it.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceView {
    /// The device.
    pub device: DeviceId,
    /// What its manager calls it.
    pub name: String,
    /// How it calls people.
    pub shows: Shows,
    /// Since when.
    pub since: Timestamp,
    /// When it was used last.
    pub seen_at: Timestamp,
}

/// Somebody who can sign in on a shared device.
#[derive(Clone, Debug)]
pub struct OnDevice {
    /// Their role.
    pub membership: MembershipId,
    /// As the device calls them.
    pub shown: String,
}

/// What a shared device shows before anybody has signed in.
#[derive(Clone, Debug)]
pub struct DeviceFront {
    /// The device.
    pub device: DeviceId,
    /// The scheme's name in addresses.
    pub slug: String,
    /// The business.
    pub business: String,
    /// Who can sign in, as the manager chose to show them.
    pub people: Vec<OnDevice>,
}

impl Load<OneDevice> for DeviceFacts {
    async fn load(inner: &mut Inner, target: &OneDevice, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, member_id FROM devices \
             WHERE id = $1 AND ended_at IS NULL AND org_id = COALESCE($2, org_id)"
        );
        let lock = if acting { Lock::Update } else { Lock::Share };
        let values = args![target.0, inner.within];
        let Some(row) = inner.db.opt_locked(text, values, lock).await? else { return Ok(None) };
        Ok(Some(Self { org: row.id("org_id")?, member: row.id("member_id")? }))
    }
}

/// Makes a shared device of the business that somebody manages; with the token for its cookie.
///
/// # Errors
/// [`StoreError::Refused`] where there are many already; the engine's.
pub async fn enrol(tx: &mut Tx<EnrolDevice>, name: &str, shows: Shows) -> Result<Token, StoreError> {
    let org = tx.permit.target().0;
    let member = tx.permit.standing().member.ok_or(Hidden)?;
    let inner = &mut tx.inner;
    let text = sql!("SELECT COUNT(*) AS has FROM devices WHERE member_id = $1 AND ended_at IS NULL");
    if inner.one(text, args![member]).await?.int("has")? >= MOST {
        return Err(StoreError::refused("There are many shared devices already. End one that is not used."));
    }
    let device: DeviceId = inner.ctx.new_id();
    let token = Token::fresh(inner.ctx.randomness());
    let (hash, now) = (hashed(inner, &token), inner.ctx.real_now());
    let key = inner.key(member.0).await?;
    let sealed = inner.seal(&key, "devices", "sealed", device.0, name)?;
    let text = sql!(
        "INSERT INTO devices (id, token, org_id, member_id, shows, created_at, seen_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)"
    );
    inner.exec(text, args![device, hash, org, member, shows.name(), now, sealed]).await?;
    tx.saw([device.0]);
    Ok(token)
}

/// Ends a shared device, and every session on it.
///
/// # Errors
/// The engine's.
pub async fn end(tx: &mut Tx<EndDevice>) -> Result<(), StoreError> {
    let device = tx.permit.target().0;
    let now = tx.inner.ctx.real_now();
    tx.inner.exec(sql!("UPDATE devices SET ended_at = $2 WHERE id = $1"), args![device, now]).await?;
    let text = sql!("UPDATE sessions SET ended_at = $2 WHERE device_id = $1 AND ended_at IS NULL");
    tx.inner.exec(text, args![device, now]).await?;
    Ok(())
}

/// The shared devices of the business that somebody manages, the newest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn devices(tx: &mut Tx<ListColleagues>) -> Result<Vec<DeviceView>, StoreError> {
    let member = tx.permit.standing().member.ok_or(Hidden)?;
    let text = sql!(
        "SELECT id, shows, created_at, seen_at, sealed FROM devices \
         WHERE member_id = $1 AND ended_at IS NULL ORDER BY created_at DESC, id"
    );
    let rows = tx.inner.rows(text, args![member]).await?;
    let key = tx.inner.key(member.0).await?;
    rows.iter()
        .map(|row| {
            let device: DeviceId = row.id("id")?;
            Ok(DeviceView {
                device,
                name: open(&key, "devices", "sealed", device.0, &row.bytes("sealed")?)?,
                shows: row.word("shows")?,
                since: row.instant("created_at")?,
                seen_at: row.instant("seen_at")?,
            })
        })
        .collect()
}

struct Row {
    device: DeviceId,
    member: MemberId,
    org: OrgId,
    shows: Shows,
    seen: Timestamp,
}

async fn found(inner: &mut Inner, token: &Token) -> Result<Option<Row>, StoreError> {
    let text = sql!(
        "SELECT d.id, d.member_id, d.org_id, d.shows, d.seen_at FROM devices d JOIN members b ON b.id = d.member_id \
         WHERE d.token = $1 AND d.ended_at IS NULL AND b.state = 'active'"
    );
    let hash = hashed(inner, token);
    let Some(row) = inner.opt(text, args![hash]).await? else { return Ok(None) };
    Ok(Some(Row {
        device: row.id("id")?,
        member: row.id("member_id")?,
        org: row.id("org_id")?,
        shows: row.word("shows")?,
        seen: row.instant("seen_at")?,
    }))
}

/// The device, while its business is in: at the tills of one that is suspended nobody is named and nobody signs in (MEM-8).
async fn in_use(inner: &mut Inner, token: &Token) -> Result<Option<Row>, StoreError> {
    let Some(row) = found(inner, token).await? else { return Ok(None) };
    let today = inner.ctx.today();
    Ok(crate::conduct::suspension(inner, row.member, today).await?.is_none().then_some(row))
}

/// Whether a browser is a shared device: also while its business is suspended, since whoever signs in there by a password
/// does so where others stand.
pub(super) async fn is_one(inner: &mut Inner, token: &Token) -> Result<bool, StoreError> {
    Ok(found(inner, token).await?.is_some())
}

/// The names of those who have a PIN, for the one business of the device whose cookie this is.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn front(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<DeviceFront>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let Some(row) = in_use(&mut inner, token).await? else { return Ok(None) };
    let Some(scope) = orgs::scope(&mut inner, row.org).await? else { return Ok(None) };
    let text = sql!("SELECT sealed FROM members WHERE id = $1");
    let sealed = inner.one(text, args![row.member]).await?.bytes("sealed")?;
    let key = inner.key(row.member.0).await?;
    let business: Business = open(&key, "members", "sealed", row.member.0, &sealed)?;
    let text = sql!(
        "SELECT m.id, m.account_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.member_id = $1 AND m.role = 'member_user' AND m.state = 'active' AND a.state = 'active' \
         AND a.pin IS NOT NULL"
    );
    let mut people: Vec<(String, MembershipId)> = Vec::new();
    for person in inner.rows(text, args![row.member]).await? {
        let profile = super::profile(&mut inner, person.id("account_id")?).await?;
        people.push((profile.name, person.id("id")?));
    }
    people.sort();
    let shown = row.shows.of(&people.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    let people =
        people.iter().zip(shown).map(|((_, membership), shown)| OnDevice { membership: *membership, shown });
    let people = people.collect();
    drop(inner);
    if ctx.real_now().duration_since(row.seen) >= SEEN_EVERY {
        let mut inner = store.machinery(ctx).await?;
        let text = sql!("UPDATE devices SET seen_at = $2 WHERE id = $1");
        inner.exec(text, args![row.device, ctx.real_now()]).await?;
        inner.db.commit().await?;
    }
    Ok(Some(DeviceFront { device: row.device, slug: scope.slug, business: business.name, people }))
}

/// Under what tries at a PIN are counted: by person, and (as their network) by device.
#[must_use]
pub fn pin_counts_under(membership: MembershipId) -> Login {
    // With an @ in front it is nobody's login.
    Login::new(&format!("@pin {membership}"))
}

/// What is needed to check a PIN on a device: the hash, where the person is one of its business and has one.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn pin_on(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    membership: MembershipId,
) -> Result<(Option<AccountId>, Option<Zeroizing<String>>), StoreError> {
    let mut inner = store.glance(ctx).await?;
    let Some(row) = in_use(&mut inner, token).await? else { return Ok((None, None)) };
    let text = sql!(
        "SELECT account_id FROM memberships \
         WHERE id = $1 AND member_id = $2 AND role = 'member_user' AND state = 'active' AND account_id IS NOT NULL"
    );
    let Some(person) = inner.opt(text, args![membership, row.member]).await? else { return Ok((None, None)) };
    let account: AccountId = person.id("account_id")?;
    Ok((Some(account), passwords::pin(&mut inner, account).await?))
}

/// Opens a session on a shared device for somebody whose PIN was right, and takes back the attempt. Device and PIN are two
/// factors; the session reaches the business of the device and nothing else, and locks after three idle minutes.
///
/// # Errors
/// The engine's.
pub async fn sign_in(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    account: AccountId,
    attempted: Attempted<'_>,
    browser: &Device,
) -> Result<Option<NewSession>, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let Some(row) = in_use(&mut inner, token).await? else { return Ok(None) };
    let Some(session) = sessions::begin(&mut inner, account, browser, Proof::Both).await? else {
        return Ok(None);
    };
    let ends = (ctx.real_now() + SHARED.idle).min(session.ends_at);
    let text = sql!("UPDATE sessions SET device_id = $2, shared = 1, expires_at = $3 WHERE id = $1");
    inner.exec(text, args![session.session, row.device, ends]).await?;
    attempts::forgive(&mut inner, attempted).await?;
    inner.db.commit().await?;
    Ok(Some(session))
}

/// Chooses one's PIN; whoever is signed in by the one before, on any device, is out.
///
/// # Errors
/// The engine's.
pub async fn set_pin(tx: &mut Tx<SetPin>, hash: &str) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    passwords::put_pin(&mut tx.inner, account, hash).await?;
    let text =
        sql!("SELECT id FROM sessions WHERE account_id = $1 AND device_id IS NOT NULL AND ended_at IS NULL");
    for row in tx.inner.rows(text, args![account]).await? {
        sessions::end_of(&mut tx.inner, account, Which::One(row.id("id")?)).await?;
    }
    Ok(())
}

/// Takes away devices that were ended a while ago.
pub(super) async fn forget(inner: &mut Inner, before: Timestamp) -> Result<u64, StoreError> {
    inner.exec(sql!("DELETE FROM devices WHERE ended_at < $1"), args![before]).await
}

fn hashed(inner: &Inner, token: &Token) -> [u8; 32] {
    token.hashed(&inner.store.keys, "shared device")
}

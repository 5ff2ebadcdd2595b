//! What is held about oneself (MEM-2), and what goes when it has ended.
use super::{
    devices,
    factors::{self, OwnFactors},
    sessions::{self, OwnSession},
};
use crate::{
    certifications::{self, Agreed},
    dialect::{args, sql},
    door::Tx,
    error::StoreError,
    keys::open,
    notices::Served,
};
use fairwatch_core::{
    accounts::{Business, MembershipState, Profile, ShowAccount},
    gate::Role,
    ids::{AccountId, MemberId, MembershipId, OrgId},
    subjects::SweepInstallation,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::Serialize;

/// A role of one's own.
#[derive(Clone, Debug, Serialize)]
pub struct OwnMembership {
    /// The membership.
    pub membership: MembershipId,
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// The organisation.
    #[serde(skip)]
    pub org: OrgId,
    /// The role.
    pub role: Role,
    /// What became of it.
    pub state: MembershipState,
    /// Since when.
    pub since: Timestamp,
    /// The business, for a member user.
    pub business: Option<Business>,
    /// The day on which one asked it to delete what it holds (MEM-2).
    pub deletion_asked_on: Option<Date>,
    /// What the organisation was told of oneself when the role was given; gone when it ends.
    pub told: Option<Profile>,
    /// Which notices were served when it was accepted (NOT-3).
    pub served: Vec<Served>,
    /// What was read and agreed to (MEM-3).
    pub agreed: Vec<Agreed>,
}

/// A link that was made for oneself.
#[derive(Clone, Debug, Serialize)]
pub struct OwnLink {
    /// What it is for.
    pub purpose: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Everything that the account holds about its owner. Reports, drafts and looks are other features' to add.
#[derive(Clone, Debug, Serialize)]
pub struct OwnCopy {
    /// The account.
    pub account: AccountId,
    /// Since when there is one.
    pub since: Timestamp,
    /// Name, e-mail address, user name.
    pub profile: Profile,
    /// Whether there is a password; of the password itself a hash alone is kept.
    pub has_password: bool,
    /// Whether there is a PIN for shared devices (INC-10); likewise.
    pub has_pin: bool,
    /// Roles, those that have ended included.
    pub memberships: Vec<OwnMembership>,
    /// Live sessions.
    pub sessions: Vec<OwnSession>,
    /// Links to set a password.
    pub links: Vec<OwnLink>,
    /// What is given beside the password (SEC-2).
    pub second_factors: OwnFactors,
    /// What schemes have recorded of their conduct (MEM-8).
    pub conduct: Vec<crate::conduct::OwnConduct>,
}

/// Everything that is held about oneself in the account (MEM-2).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own_copy(tx: &mut Tx<ShowAccount>) -> Result<OwnCopy, StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let key = inner.key(account.0).await?;
    let text = sql!(
        "SELECT sealed, created_at, CAST(CASE WHEN password IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_password, \
         CAST(CASE WHEN pin IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_pin FROM accounts WHERE id = $1"
    );
    let row = inner.one(text, args![account]).await?;
    let profile = open(&key, "accounts", "sealed", account.0, &row.bytes("sealed")?)?;
    let (since, has_password) = (row.instant("created_at")?, row.flag("has_password")?);
    let has_pin = row.flag("has_pin")?;
    let memberships = own_memberships(tx, account).await?;
    let links = own_links(tx, account).await?;
    let sessions = sessions::list(tx).await?;
    let second_factors = factors::own(tx).await?;
    Ok(OwnCopy {
        account,
        since,
        profile,
        has_password,
        has_pin,
        memberships,
        sessions,
        links,
        second_factors,
        conduct: crate::conduct::own(&mut tx.inner, account).await?,
    })
}

async fn own_memberships(
    tx: &mut Tx<ShowAccount>,
    account: AccountId,
) -> Result<Vec<OwnMembership>, StoreError> {
    let text = sql!(
        "SELECT m.id, m.org_id, m.role, m.state, m.created_at, m.member_id, m.deletion_asked_on, m.sealed AS told, o.slug, b.sealed \
         FROM memberships m JOIN orgs o ON o.id = m.org_id LEFT JOIN members b ON b.id = m.member_id \
         WHERE m.account_id = $1 ORDER BY o.slug, m.id"
    );
    let rows = tx.inner.rows(text, args![account]).await?;
    let mut memberships = Vec::with_capacity(rows.len());
    for row in &rows {
        let business = match row.opt_id::<MemberId>("member_id")? {
            Some(member) => match tx.inner.key_if_any(member.0).await? {
                Some(key) => Some(open(&key, "members", "sealed", member.0, &row.bytes("sealed")?)?),
                // It has left.
                None => None,
            },
            None => None,
        };
        let membership: MembershipId = row.id("id")?;
        let told = match tx.inner.key_if_any(membership.0).await? {
            Some(key) => Some(open(&key, "memberships", "sealed", membership.0, &row.bytes("told")?)?),
            None => None,
        };
        memberships.push(OwnMembership {
            membership,
            organisation: row.text("slug")?,
            org: row.id("org_id")?,
            role: row.word("role")?,
            state: row.word("state")?,
            since: row.instant("created_at")?,
            business,
            deletion_asked_on: row.opt_date("deletion_asked_on")?,
            told,
            served: crate::notices::served(&mut tx.inner, membership).await?,
            agreed: certifications::agreed(&mut tx.inner, membership).await?,
        });
    }
    Ok(memberships)
}

async fn own_links(tx: &mut Tx<ShowAccount>, account: AccountId) -> Result<Vec<OwnLink>, StoreError> {
    let text = sql!(
        "SELECT purpose, created_at, expires_at, used_at FROM links WHERE account_id = $1 ORDER BY created_at"
    );
    let rows = tx.inner.rows(text, args![account]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnLink {
                purpose: row.text("purpose")?,
                made_at: row.instant("created_at")?,
                ends_at: row.instant("expires_at")?,
                used_at: row.opt_int("used_at")?.and_then(|at| Timestamp::from_microsecond(at).ok()),
            })
        })
        .collect()
}

/// Sessions and links that have ended are kept so long, so that their owner can still be told of them.
pub const KEPT_AFTER_END: SignedDuration = SignedDuration::from_hours(24);

/// How many rows a sweep took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forgotten {
    /// Ended sessions.
    pub sessions: u64,
    /// Used and ended links.
    pub links: u64,
    /// Invitations that nobody accepted in time.
    pub invitations: u64,
    /// Accounts of people who have no role left.
    pub accounts: u64,
    /// Counts of failed attempts.
    pub attempts: u64,
}

/// Takes away what has ended: by the clock that nothing moves, like the ends themselves.
///
/// # Errors
/// The engine's.
pub async fn forget(tx: &mut Tx<SweepInstallation>) -> Result<Forgotten, StoreError> {
    let now = tx.inner.ctx.real_now();
    let ended = now - KEPT_AFTER_END;
    factors::forget_challenges(&mut tx.inner).await?;
    devices::forget(&mut tx.inner, ended).await?;
    let sessions = sql!("DELETE FROM sessions WHERE expires_at < $1 OR ended_at < $1");
    let links = sql!("DELETE FROM links WHERE expires_at < $1 OR used_at < $1");
    let attempts = sql!("DELETE FROM attempts WHERE window_started_at < $1");
    let invitations = super::invitations::forget(&mut tx.inner).await?;
    let accounts = super::users::empty_all(&mut tx.inner).await?;
    Ok(Forgotten {
        invitations,
        accounts,
        sessions: tx.inner.exec(sessions, args![ended]).await?,
        links: tx.inner.exec(links, args![ended]).await?,
        attempts: tx.inner.exec(attempts, args![now - super::WINDOW]).await?,
    })
}

//! Accounts and their roles: giving one at the console, listing, suspending.
use super::{
    invitations::INVITATION_KEPT,
    links,
    sessions::{self, Which},
    token::{Login, Token},
};
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts::Load,
    keys::open,
};
use fairwatch_core::{
    accounts::{
        GiveRole, ListMembers, MembershipFacts, MembershipState, OneMembership, Profile, SuspendUser,
    },
    gate::{Ctx, Hidden, Role},
    ids::{AccountId, MemberId, MembershipId, OrgId, SessionId},
};
use fairwatch_vault::DataKey;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Who is to be given a role, or offered one.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What is known of them.
    pub profile: Profile,
    /// The role.
    pub role: Role,
    /// The business, for a member user.
    pub member: Option<MemberId>,
}

/// Somebody who was given a role.
#[derive(Clone, Debug)]
pub struct Given {
    /// Their account, new or not.
    pub account: AccountId,
    /// Their role.
    pub membership: MembershipId,
    /// With which they set their password; none where they have one, or where it is not this organisation's to
    /// give.
    pub link: Option<Token>,
}

/// Gives somebody a role in an organisation at once, at the console, and makes their account if they have none.
///
/// Whoever has an account already keeps it: one account, many memberships. They get a link only if the account
/// has no password yet and no organisation but this one knows it; otherwise a controller could take over, by a
/// link, what an account may do elsewhere. For the same reason a user name counts as taken unless its account
/// has a role here already: unlike an e-mail address, it says nothing of who somebody is. Inviting the same
/// person to the same role again makes a new link, as long as the first was not used.
///
/// # Errors
/// [`StoreError::Refused`] with a sentence; the engine's.
pub async fn give_role(tx: &mut Tx<GiveRole>, invitation: &Invitation) -> Result<Given, StoreError> {
    let org = tx.permit.target().0;
    let inner = &mut tx.inner;
    business_fits(inner, org, invitation).await?;
    let (email, user_name) = (login(&invitation.profile.email), login(&invitation.profile.user_name));
    if email.is_none() && user_name.is_none() {
        return Err(StoreError::refused("Give an e-mail address or a user name: they need one to sign in."));
    }
    let by_email = holder(inner, email.as_ref()).await?;
    let by_name = holder(inner, user_name.as_ref()).await?;
    let account = match (by_email, by_name) {
        (None, None) => None,
        (Some(account), None) if user_name.is_none() => Some(account),
        (Some(account), Some(same)) if account == same => Some(account),
        (None, Some(account)) if email.is_none() && has_role(inner, account, org).await? => Some(account),
        (_, Some(_)) => return Err(StoreError::refused("This user name is taken. Choose another.")),
        (Some(_), None) => {
            return Err(StoreError::refused(
                "Somebody signs in with this e-mail address already. Invite them without a user name.",
            ));
        }
    };
    let account = match account {
        Some(account) => account,
        None => make(inner, &invitation.profile, [email, user_name]).await?,
    };
    let membership = give(inner, account, org, invitation).await?;
    let link = if link_is_ours(inner, account, org).await? {
        Some(links::make(inner, account).await?)
    } else {
        None
    };
    tx.saw([account.0, membership.0]);
    Ok(Given { account, membership, link })
}

pub(super) async fn business_fits(
    inner: &mut Inner,
    org: OrgId,
    invitation: &Invitation,
) -> Result<(), StoreError> {
    match (invitation.role, invitation.member) {
        (Role::MemberUser, None) => Err(StoreError::refused("Choose the business that they belong to.")),
        (Role::MemberUser, Some(member)) => {
            let text = sql!("SELECT id FROM members WHERE id = $1 AND org_id = $2 AND state = 'active'");
            let row = inner.db.opt_locked(text, args![member, org], Lock::Share).await?;
            row.ok_or_else(|| StoreError::refused("This business is not a member any more."))?;
            let today = inner.ctx.today();
            match crate::conduct::suspension(inner, member, today).await? {
                Some(_) => Err(StoreError::refused("This business is suspended. Let it back in first.")),
                None => Ok(()),
            }
        }
        (_, Some(_)) => Err(StoreError::refused("Only member users belong to a business.")),
        (_, None) => Ok(()),
    }
}

fn login(text: &Option<String>) -> Option<Login> {
    text.as_deref().map(Login::new).filter(|login| !login.as_str().is_empty())
}

async fn holder(inner: &mut Inner, login: Option<&Login>) -> Result<Option<AccountId>, StoreError> {
    let Some(login) = login else { return Ok(None) };
    let lookup = login.hashed(&inner.store.keys);
    let text = sql!("SELECT account_id FROM account_logins WHERE lookup = $1");
    inner.opt(text, args![lookup]).await?.map(|row| row.id("account_id")).transpose()
}

async fn has_role(inner: &mut Inner, account: AccountId, org: OrgId) -> Result<bool, StoreError> {
    let text = sql!("SELECT id FROM memberships WHERE account_id = $1 AND org_id = $2");
    Ok(inner.opt(text, args![account, org]).await?.is_some())
}

async fn make(
    inner: &mut Inner,
    profile: &Profile,
    logins: [Option<Login>; 2],
) -> Result<AccountId, StoreError> {
    let (account, _) = begin_account(inner, profile).await?;
    for login in logins.into_iter().flatten() {
        if !claim(inner, account, &login).await? {
            // Two at once.
            return Err(StoreError::refused("They were invited a moment ago. Try again."));
        }
    }
    Ok(account)
}

/// A new account that nothing leads to yet, with its key.
pub(super) async fn begin_account(
    inner: &mut Inner,
    profile: &Profile,
) -> Result<(AccountId, DataKey), StoreError> {
    let account: AccountId = inner.ctx.new_id();
    let now = inner.ctx.now();
    let key = inner.new_key(account.0, "account").await?;
    let sealed = inner.seal(&key, "accounts", "sealed", account.0, profile)?;
    let text = sql!("INSERT INTO accounts (id, state, sealed, created_at) VALUES ($1, 'active', $2, $3)");
    inner.exec(text, args![account, sealed, now]).await?;
    Ok((account, key))
}

/// Makes a login lead to an account; false where it leads to one already.
pub(super) async fn claim(inner: &mut Inner, account: AccountId, login: &Login) -> Result<bool, StoreError> {
    let lookup = login.hashed(&inner.store.keys);
    let text = sql!("INSERT INTO account_logins (lookup, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    Ok(inner.exec(text, args![lookup, account]).await? == 1)
}

/// Seals what a scheme was told of somebody, under a key of the membership's own: it goes with the role.
pub(crate) async fn seal_told(
    inner: &mut Inner,
    membership: MembershipId,
    told: &Profile,
) -> Result<Vec<u8>, StoreError> {
    let key = inner.new_key(membership.0, "membership").await?;
    inner.seal(&key, "memberships", "sealed", membership.0, told)
}

async fn give(
    inner: &mut Inner,
    account: AccountId,
    org: OrgId,
    invitation: &Invitation,
) -> Result<MembershipId, StoreError> {
    let (role, member, now) = (invitation.role, invitation.member, inner.ctx.now());
    let membership: MembershipId = inner.ctx.new_id();
    let sealed = seal_told(inner, membership, &invitation.profile).await?;
    let text = sql!(
        "INSERT INTO memberships (id, account_id, org_id, role, member_id, state, sealed, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'active', $6, $7) ON CONFLICT DO NOTHING"
    );
    if inner.exec(text, args![membership, account, org, role.name(), member, sealed, now]).await? == 1 {
        return Ok(membership);
    }
    inner.destroy_key(membership.0).await?;
    let text = sql!("SELECT id, state FROM memberships WHERE account_id = $1 AND org_id = $2 AND role = $3");
    let row = inner.db.opt_locked(text, args![account, org, role.name()], Lock::Update).await?;
    let row = row.ok_or_else(|| StoreError::corrupt("a membership"))?;
    let membership: MembershipId = row.id("id")?;
    match row.word("state")? {
        MembershipState::Suspended => Err(StoreError::refused(
            "They have this role here, but are suspended. End the suspension instead.",
        )),
        MembershipState::Active if has_password(inner, account).await? => {
            Err(StoreError::refused("They have this role here already."))
        }
        MembershipState::Active | MembershipState::Ended | MembershipState::Invited => {
            inner.destroy_key(membership.0).await?;
            let sealed = seal_told(inner, membership, &invitation.profile).await?;
            let text =
                sql!("UPDATE memberships SET state = 'active', member_id = $2, sealed = $3 WHERE id = $1");
            inner.exec(text, args![membership, member, sealed]).await?;
            Ok(membership)
        }
    }
}

async fn has_password(inner: &mut Inner, account: AccountId) -> Result<bool, StoreError> {
    let text = sql!("SELECT id FROM accounts WHERE id = $1 AND password IS NOT NULL");
    Ok(inner.opt(text, args![account]).await?.is_some())
}

async fn link_is_ours(inner: &mut Inner, account: AccountId, org: OrgId) -> Result<bool, StoreError> {
    let elsewhere = sql!("SELECT id FROM memberships WHERE account_id = $1 AND org_id <> $2");
    Ok(!has_password(inner, account).await? && inner.opt(elsewhere, args![account, org]).await?.is_none())
}

impl Load<OneMembership> for MembershipFacts {
    async fn load(
        inner: &mut Inner,
        target: &OneMembership,
        acting: bool,
    ) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, account_id, role, state, member_id FROM memberships WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let lock = if acting { Lock::Update } else { Lock::Share };
        let values = args![target.0, inner.within];
        let Some(row) = inner.db.opt_locked(text, values, lock).await? else { return Ok(None) };
        Ok(Some(Self {
            org: row.id("org_id")?,
            account: row.opt_id("account_id")?,
            role: row.word("role")?,
            state: row.word("state")?,
            member: row.opt_id("member_id")?,
        }))
    }
}

/// Suspends a role, ends it, or lets its holder back in, with the reason (MEM-8). The doors ask for the state in
/// each transaction, so it holds from the commit on, on every server (SEC-2). Whoever has no role left anywhere
/// is signed out too. What the scheme was told of them goes when the role ends; the reason has a key of its own and stays
/// as long as the policy says.
///
/// # Errors
/// [`StoreError::Refused`] where it is so already, or has ended; the engine's.
pub async fn set_state(
    tx: &mut Tx<SuspendUser>,
    to: MembershipState,
    reason: &str,
) -> Result<(), StoreError> {
    let facts = *tx.permit.facts();
    let MembershipFacts { account, state, .. } = facts;
    // The permit is given for roles that are somebody's.
    let account = account.ok_or(Hidden)?;
    if state == to || to == MembershipState::Invited {
        return Err(StoreError::refused("This was done a moment ago."));
    }
    if state == MembershipState::Ended {
        return Err(StoreError::refused("This role has ended. Invite them again."));
    }
    let membership = tx.permit.target().0;
    let owner = crate::conduct::of_user(&mut tx.inner, membership, &facts, account, to, reason).await?;
    let ended = change_state(&mut tx.inner, membership, account, to, Some(owner)).await?;
    tx.because(owner, reason);
    tx.saw([account.0]);
    tx.saw((owner != account.0).then_some(owner));
    tx.saw(ended.into_iter().map(Into::into));
    Ok(())
}

/// Suspends a role, ends it or gives it back, and signs out whoever has none left; which sessions that ended. `record` says
/// why, and is kept for as long as a suspension rests on it.
pub(crate) async fn change_state(
    inner: &mut Inner,
    membership: MembershipId,
    account: AccountId,
    to: MembershipState,
    record: Option<Uuid>,
) -> Result<Vec<SessionId>, StoreError> {
    if to == MembershipState::Ended {
        end_role(inner, membership).await?;
    } else {
        let record = record.filter(|_| to == MembershipState::Suspended);
        let text = sql!("UPDATE memberships SET state = $2, conduct_id = $3 WHERE id = $1");
        inner.exec(text, args![membership, to.name(), record]).await?;
    }
    sign_out_without_role(inner, account).await
}

/// Ends a role for good, with what the scheme was told of its holder. Whoever has no other role in it is named no more
/// in what they sent (MEM-6).
pub(crate) async fn end_role(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("UPDATE memberships SET state = 'ended' WHERE id = $1"), args![membership]).await?;
    let text = sql!("SELECT account_id, org_id FROM memberships WHERE id = $1");
    let row = inner.one(text, args![membership]).await?;
    let org: OrgId = row.id("org_id")?;
    if let Some(account) = row.opt_id::<AccountId>("account_id")? {
        let other = sql!(
            "SELECT id FROM memberships WHERE account_id = $1 AND org_id = $2 AND state <> 'ended' LIMIT 1"
        );
        // A scheme without a policy has no records.
        let scope = crate::orgs::scope(inner, org).await?;
        if let (None, Some(scope)) = (inner.opt(other, args![account, org]).await?, scope) {
            let stays = scope.policy.members.email_stays_with_report.is;
            crate::leaving::forget_sender_of(inner, account, org, stays).await?;
        }
    }
    crate::notices::forget(inner, membership).await?;
    crate::certifications::forget(inner, membership).await?;
    crate::duties::forget(inner, membership).await?;
    crate::news::forget(inner, membership).await?;
    crate::meetings::forget(inner, membership).await?;
    inner.destroy_key(membership.0).await
}

/// Whether a role is in force, which it stays until the transaction ends: what is written for it then goes with it. Without
/// this a row could come to a role that has just ended, and stay.
pub(crate) async fn still_holds(inner: &mut Inner, membership: MembershipId) -> Result<bool, StoreError> {
    let text = sql!("SELECT id FROM memberships WHERE id = $1 AND state = 'active'");
    Ok(inner.db.opt_locked(text, args![membership], Lock::Share).await?.is_some())
}

/// Signs out whoever has no role in force anywhere.
pub(crate) async fn sign_out_without_role(
    inner: &mut Inner,
    account: AccountId,
) -> Result<Vec<SessionId>, StoreError> {
    match sessions::roles_of(inner, account).await?.is_empty() {
        false => Ok(Vec::new()),
        true => sessions::end_of(inner, account, Which::All).await,
    }
}

/// Empties the account of whoever has no role left anywhere, suspended ones included: name, addresses, password, sessions
/// and links go with its key (MEM-6). The id stays, for the audit chain and for reports. Whether it was emptied.
pub(crate) async fn empty_without_role(inner: &mut Inner, account: AccountId) -> Result<bool, StoreError> {
    let locked = sql!("SELECT id FROM accounts WHERE id = $1 AND state <> 'gone'");
    if inner.db.opt_locked(locked, args![account], Lock::Update).await?.is_none() {
        return Ok(false);
    }
    let left = sql!("SELECT id FROM memberships WHERE account_id = $1 AND state <> 'ended'");
    if inner.opt(left, args![account]).await?.is_some() {
        return Ok(false);
    }
    for text in [
        sql!("DELETE FROM account_logins WHERE account_id = $1"),
        sql!("DELETE FROM links WHERE account_id = $1"),
        sql!("DELETE FROM sessions WHERE account_id = $1"),
        sql!("DELETE FROM factors WHERE account_id = $1"),
        sql!("DELETE FROM recovery_codes WHERE account_id = $1"),
        sql!("DELETE FROM preferences WHERE account_id = $1"),
    ] {
        inner.exec(text, args![account]).await?;
    }
    let text =
        sql!("UPDATE accounts SET state = 'gone', sealed = $2, password = NULL, pin = NULL WHERE id = $1");
    inner.exec(text, args![account, Vec::<u8>::new()]).await?;
    // What was read, answered and attended by a look that met the end of the role.
    for text in [
        sql!(
            "DELETE FROM post_reads WHERE membership_id IN (SELECT m.id FROM memberships m WHERE m.account_id = $1 AND m.state = 'ended')"
        ),
        sql!(
            "DELETE FROM meeting_answers WHERE membership_id IN (SELECT m.id FROM memberships m WHERE m.account_id = $1 AND m.state = 'ended')"
        ),
        sql!(
            "DELETE FROM meeting_attendance WHERE membership_id IN (SELECT m.id FROM memberships m WHERE m.account_id = $1 AND m.state = 'ended')"
        ),
    ] {
        inner.exec(text, args![account]).await?;
    }
    // Their roles and its days go as well, but for one to which something still refers.
    let text = sql!(
        "DELETE FROM memberships WHERE account_id = $1 AND state = 'ended' \
         AND NOT EXISTS (SELECT 1 FROM links l WHERE l.membership_id = memberships.id) \
         AND NOT EXISTS (SELECT 1 FROM certifications c WHERE c.membership_id = memberships.id) \
         AND NOT EXISTS (SELECT 1 FROM notices_served n WHERE n.membership_id = memberships.id) \
         AND NOT EXISTS (SELECT 1 FROM calendar_feeds f WHERE f.membership_id = memberships.id) \
         AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.membership_id = memberships.id)"
    );
    inner.exec(text, args![account]).await?;
    inner.destroy_key(account.0).await?;
    Ok(true)
}

/// Empties every account that has had roles and has none left (MEM-6): the same day, by the sweep.
pub(super) async fn empty_all(inner: &mut Inner) -> Result<u64, StoreError> {
    let text = sql!(
        "SELECT DISTINCT m.account_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.state = 'ended' AND a.state <> 'gone' \
         AND NOT EXISTS (SELECT 1 FROM memberships o WHERE o.account_id = a.id AND o.state <> 'ended')"
    );
    let mut gone = 0;
    for row in inner.rows(text, args![]).await? {
        gone += u64::from(empty_without_role(inner, row.id("account_id")?).await?);
    }
    Ok(gone)
}

/// Whether there is any account yet.
///
/// # Errors
/// The engine's.
pub async fn any(store: &Store, ctx: &Ctx) -> Result<bool, StoreError> {
    let mut inner = store.glance(ctx).await?;
    Ok(inner.opt(sql!("SELECT id FROM accounts LIMIT 1"), args![]).await?.is_some())
}

/// A user of the organisation, as its controller sees them.
#[derive(Clone, Debug, Serialize)]
pub struct UserView {
    /// Their role here.
    pub membership: MembershipId,
    /// Their account; none as long as they have not accepted.
    pub account: Option<AccountId>,
    /// What the scheme was told of them, by its own controller or at the console. The account may be signed in to with
    /// something else: that is not for this scheme (VIS-6).
    pub told: Profile,
    /// The name on the account, which they show by accepting.
    pub name: Option<String>,
    /// The role.
    pub role: Role,
    /// What became of it.
    pub state: MembershipState,
    /// The business, for a member user.
    pub member: Option<MemberId>,
    /// Whether they have set a password, and so can sign in.
    pub has_password: bool,
    /// Whether they manage its users (INC-10).
    pub manages: bool,
    /// The day on which they asked to be deleted (MEM-2).
    pub deletion_asked_on: Option<Date>,
    /// Until when the link of an invitation is good; none where a file named them and nobody has invited them yet.
    pub link_ends_at: Option<Timestamp>,
}

impl UserView {
    /// The name under which the scheme knows them: that on the account once they have accepted, and until then what
    /// was typed.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.told.name)
    }
}

/// The users of an organisation whose role has not ended, and whom it has invited, by name.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn users(tx: &mut Tx<ListMembers>) -> Result<Vec<UserView>, StoreError> {
    let org = tx.permit.target().0;
    let text = sql!(
        "SELECT m.id, m.account_id, m.role, m.state, m.member_id, m.manages, m.deletion_asked_on, m.expires_at, m.invited_at, m.sealed AS told, a.sealed, \
         CAST(CASE WHEN a.password IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_password \
         FROM memberships m LEFT JOIN accounts a ON a.id = m.account_id WHERE m.org_id = $1 AND m.state <> 'ended'"
    );
    let rows = tx.inner.rows(text, args![org]).await?;
    let mut owners: Vec<Uuid> = Vec::with_capacity(rows.len() * 2);
    for row in &rows {
        owners.push(row.id("id")?);
        owners.extend(row.opt_id::<Uuid>("account_id")?);
    }
    let keys: HashMap<_, _> = tx.inner.keys_of(&owners).await?;
    let key = |owner: Uuid| keys.get(&owner).ok_or_else(|| StoreError::corrupt("a data key"));
    let mut users = Vec::with_capacity(rows.len());
    for row in &rows {
        let (membership, account): (MembershipId, Option<AccountId>) =
            (row.id("id")?, row.opt_id("account_id")?);
        let name = match account {
            Some(account) => {
                let key = key(account.0)?;
                let own: Profile = open(key, "accounts", "sealed", account.0, &row.bytes("sealed")?)?;
                Some(own.name)
            }
            None => None,
        };
        let (goes, invited) = (row.opt_instant("expires_at")?, row.opt_int("invited_at")?);
        users.push(UserView {
            membership,
            account,
            told: open(key(membership.0)?, "memberships", "sealed", membership.0, &row.bytes("told")?)?,
            name,
            role: row.word("role")?,
            state: row.word("state")?,
            member: row.opt_id("member_id")?,
            has_password: row.flag("has_password")?,
            manages: row.flag("manages")?,
            deletion_asked_on: row.opt_date("deletion_asked_on")?,
            link_ends_at: goes.filter(|_| invited.is_some()).map(|at| at - INVITATION_KEPT),
        });
    }
    users.sort_by_cached_key(|user| (user.shown_name().to_lowercase(), user.membership));
    tx.saw(users.iter().map(|user| user.account.map_or(user.membership.0, |account| account.0)));
    Ok(users)
}

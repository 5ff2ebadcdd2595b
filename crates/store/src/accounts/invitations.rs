//! Invitations: a role that a controller offers and that nobody has until they accept it (VIS-6, SEC-2).
//!
//! An invitation is a membership in the state `invited` that belongs to no account, so that there is nobody who could
//! do anything under it. What the controller typed is sealed under the membership's own key. No account is looked for
//! until somebody accepts: what the controller is told, and how long it takes, depends on their own scheme alone.
//!
//! Accepting and declining have no permit, since whoever does it has no role in the scheme: the link is what allows
//! it. They leave their entries in the scheme's chain.
use super::{
    attempts, links, passwords,
    token::{Login, Token},
    users::{self, Invitation},
};
use crate::{
    audit,
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{InviteUser, MembershipState, Profile, RenewInvitation, RevokeInvitation},
    certifications::Text,
    gate::{Action, AuditClass, Ctx, Hidden, Role},
    ids::{AccountId, MemberId, MembershipId, OrgId},
    mail,
    scope::Scope,
    world::{Randomness, clear_code},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// An invitation that nobody accepted stays so long after its link has ended, so that its controller can make a new
/// link without typing everything again; then it goes, with what was typed.
pub const INVITATION_KEPT: SignedDuration = SignedDuration::from_hours(24 * 7);

/// What the audit calls the acceptance of an invitation.
pub const ACCEPTED: &str = "accounts.accept_invitation";
/// What the audit calls it when an invitation is declined.
pub const DECLINED: &str = "accounts.decline_invitation";

const PURPOSE: &str = "invitation";

/// An invitation that was made.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The role, which is nobody's yet.
    pub membership: MembershipId,
    /// With which it is accepted.
    pub link: Token,
}

/// What is behind the link of an invitation: what the scheme's controller typed, and nothing of any account.
#[derive(Clone, Debug)]
pub struct InvitationView {
    /// The role that is offered.
    pub membership: MembershipId,
    /// The scheme.
    pub scope: Scope,
    /// The role.
    pub role: Role,
    /// Whom the controller means.
    pub told: Profile,
    /// Until when the link can be used.
    pub expires_at: Timestamp,
}

/// An invitation that was accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Whose the role is now.
    pub account: AccountId,
    /// The role.
    pub membership: MembershipId,
    /// The scheme's name in addresses.
    pub slug: String,
    /// What the account signs in with.
    pub login: String,
}

/// Offers somebody a role. No account is made and none is looked for; only whether this very scheme has invited or
/// taken in the same person before is asked, by what it was told itself.
///
/// # Errors
/// [`StoreError::Refused`] with a sentence; the engine's, or a damaged record.
pub async fn invite(tx: &mut Tx<InviteUser>, invitation: &Invitation) -> Result<Invited, StoreError> {
    let org = tx.permit.target().0;
    if invitation.role == Role::Operator {
        return Err(StoreError::refused("Operators are made at the server's console."));
    }
    let invited = offer(&mut tx.inner, org, invitation, false, None).await?;
    tx.saw([invited.membership.0]);
    Ok(invited)
}

/// Makes the invitation, of a member's manager where `manages` says so; `within` a business where its manager invites,
/// who is to learn of nobody beyond it (INC-10).
pub(crate) async fn offer(
    inner: &mut Inner,
    org: OrgId,
    invitation: &Invitation,
    manages: bool,
    within: Option<MemberId>,
) -> Result<Invited, StoreError> {
    users::business_fits(inner, org, invitation).await?;
    if logins(&invitation.profile).is_empty() {
        return Err(StoreError::refused("Give an e-mail address or a user name: they need one to sign in."));
    }
    not_here_already(inner, org, invitation, within).await?;
    let membership: MembershipId = inner.ctx.new_id();
    let sealed = users::seal_told(inner, membership, &invitation.profile).await?;
    let ends = inner.ctx.real_now() + links::LINK_LIFE + INVITATION_KEPT;
    let text = sql!(
        "INSERT INTO memberships (id, org_id, role, member_id, state, sealed, created_at, expires_at, manages) \
         VALUES ($1, $2, $3, $4, 'invited', $5, $6, $7, $8)"
    );
    let (role, member, now) = (invitation.role.name(), invitation.member, inner.ctx.now());
    inner.exec(text, args![membership, org, role, member, sealed, now, ends, manages]).await?;
    let link = make_link(inner, membership).await?;
    Ok(Invited { membership, link })
}

/// Whether the scheme has the same person in the same role already, as far as it was told.
async fn not_here_already(
    inner: &mut Inner,
    org: OrgId,
    invitation: &Invitation,
    within: Option<MemberId>,
) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT id, state, sealed FROM memberships WHERE org_id = $1 AND role = $2 AND state <> 'ended' \
         AND COALESCE(member_id, org_id) = COALESCE($3, member_id, org_id)"
    );
    let rows = inner.rows(text, args![org, invitation.role.name(), within]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    let wanted = logins(&invitation.profile);
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let key = keys.get(&id).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let told: Profile = open(key, "memberships", "sealed", id, &row.bytes("sealed")?)?;
        if !logins(&told).iter().any(|login| wanted.contains(login)) {
            continue;
        }
        let state: MembershipState = row.word("state")?;
        if within.is_some() && state == MembershipState::Invited {
            destroy(inner, MembershipId(id)).await?;
            continue;
        }
        return Err(StoreError::refused(match state {
            MembershipState::Invited => "They are invited already. Make a new link where they are listed.",
            MembershipState::Suspended => {
                "They have this role here, but are suspended. End the suspension instead."
            }
            MembershipState::Active | MembershipState::Ended => "They have this role here already.",
        }));
    }
    Ok(())
}

/// Makes a new link for an invitation, and with it a new term.
///
/// # Errors
/// The engine's.
pub async fn renew(tx: &mut Tx<RenewInvitation>) -> Result<Token, StoreError> {
    let (membership, member) = (tx.permit.target().0, tx.permit.facts().member);
    let today = tx.inner.ctx.today();
    if let Some(member) = member
        && crate::conduct::suspension(&mut tx.inner, member, today).await?.is_some()
    {
        return Err(StoreError::refused("This business is suspended. Let it back in first."));
    }
    make_new_link(&mut tx.inner, membership).await
}

/// A new link for an invitation, which begins its term anew.
pub(crate) async fn make_new_link(inner: &mut Inner, membership: MembershipId) -> Result<Token, StoreError> {
    let ends = inner.ctx.real_now() + links::LINK_LIFE + INVITATION_KEPT;
    let text = sql!("UPDATE memberships SET expires_at = $2 WHERE id = $1");
    inner.exec(text, args![membership, ends]).await?;
    make_link(inner, membership).await
}

/// Takes an invitation back, with its link and all that was typed about the person.
///
/// # Errors
/// The engine's.
pub async fn revoke(tx: &mut Tx<RevokeInvitation>) -> Result<(), StoreError> {
    let membership = tx.permit.target().0;
    destroy(&mut tx.inner, membership).await
}

/// Sends an invitation its link, where mail is sent and an address was told; gives back that address.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn mail_link<A: Action>(
    tx: &mut Tx<A>,
    membership: MembershipId,
    link: &str,
) -> Result<Option<String>, StoreError> {
    let inner = &mut tx.inner;
    let text = sql!("SELECT org_id, role, sealed FROM memberships WHERE id = $1 AND state = 'invited'");
    let row = inner.one(text, args![membership]).await?;
    let key = inner.key(membership.0).await?;
    let told: Profile = open(&key, "memberships", "sealed", membership.0, &row.bytes("sealed")?)?;
    let Some(to) = told.email else { return Ok(None) };
    let scope = crate::orgs::scope(inner, row.id("org_id")?).await?;
    let scope = scope.ok_or_else(|| StoreError::corrupt("a scheme"))?;
    let until = inner.ctx.real_now() + links::LINK_LIFE;
    let letter = mail::invitation(&to, &told.name, &scope.policy.scheme.name, row.word("role")?, link, until);
    // One that waits still would lead to a link that has ended.
    crate::mail::take_back(inner, membership).await?;
    Ok(crate::mail::queue(inner, membership, None, &letter).await?.then_some(to))
}

/// What is behind a link, if it can be used. Whether there is an account that fits is not asked here: the page is the
/// same, whoever opens it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn look(store: &Store, ctx: &Ctx, token: &Token) -> Result<Option<InvitationView>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    view(&mut inner, token).await
}

async fn view(inner: &mut Inner, token: &Token) -> Result<Option<InvitationView>, StoreError> {
    let text = sql!(
        "SELECT m.id, m.org_id, m.role, m.sealed, l.expires_at FROM links l JOIN memberships m ON m.id = l.membership_id \
         WHERE l.token = $1 AND l.purpose = $2 AND l.used_at IS NULL AND l.expires_at > $3 AND m.state = 'invited'"
    );
    let values = args![hashed(inner, token), PURPOSE, inner.ctx.real_now()];
    let Some(row) = inner.opt(text, values).await? else { return Ok(None) };
    let membership: MembershipId = row.id("id")?;
    // Gone between the two statements: as good as spent.
    let Some(key) = inner.key_if_any(membership.0).await? else { return Ok(None) };
    let scope = crate::orgs::scope(inner, row.id("org_id")?).await?;
    Ok(Some(InvitationView {
        membership,
        scope: scope.ok_or_else(|| StoreError::corrupt("a scheme"))?,
        role: row.word("role")?,
        told: open(&key, "memberships", "sealed", membership.0, &row.bytes("sealed")?)?,
        expires_at: row.instant("expires_at")?,
    }))
}

/// Accepts an invitation as the account that is signed in.
///
/// # Errors
/// [`StoreError::Refused`] where the link cannot be used, or they have the role already; [`StoreError::Hidden`] where
/// nobody is signed in; the engine's.
pub async fn accept(store: &Store, ctx: &Ctx, token: &Token) -> Result<Accepted, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let standing = super::standing(&mut inner, true).await?;
    // Whoever stands at a shared device has shown a PIN, which is for the one role that they have there (INC-10).
    let account = standing.account.filter(|_| standing.device.is_none()).ok_or(Hidden)?;
    let invitation = take(&mut inner, token).await?;
    // Two invitations that one account accepts at once come one after the other.
    let live = sql!("SELECT id FROM accounts WHERE id = $1 AND state = 'active'");
    inner.db.opt_locked(live, args![account], Lock::Update).await?.ok_or(Hidden)?;
    make_way(&mut inner, account, &invitation).await?;
    let profile = super::profile(&mut inner, account).await?;
    settle(inner, account, &invitation, &profile).await
}

/// Accepts an invitation as somebody new, who chooses a password, and a PIN for the shared devices of their business where
/// they work on one (INC-10); both as hashes.
///
/// The new account is signed in to with what the controller typed, unless another account is: then it gets a sign-in
/// name of its own. So it always succeeds, never touches another account, and tells what is taken to nobody but
/// whoever used the link up.
///
/// # Errors
/// [`StoreError::Refused`] where the link cannot be used; the engine's.
pub async fn accept_as_new(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    hash: &str,
    pin: Option<&str>,
) -> Result<Accepted, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let invitation = take(&mut inner, token).await?;
    let (account, profile) = make_account(&mut inner, &invitation.told).await?;
    passwords::put(&mut inner, account, hash).await?;
    if let Some(pin) = pin.filter(|_| invitation.role == Role::MemberUser) {
        passwords::put_pin(&mut inner, account, pin).await?;
    }
    for login in logins(&profile) {
        attempts::forget(&mut inner, &login).await?;
    }
    super::note(&mut inner, "accounts.set_password", Some(account)).await?;
    settle(inner, account, &invitation, &profile).await
}

/// Declines an invitation: it is gone, with all that was typed about the person. The entry does not say who declined,
/// so that it does not tell that they have an account.
///
/// # Errors
/// [`StoreError::Refused`] where the link cannot be used; the engine's.
pub async fn decline(store: &Store, ctx: &Ctx, token: &Token) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let invitation = take(&mut inner, token).await?;
    destroy(&mut inner, invitation.membership).await?;
    let (chain, about) = (invitation.scope.org.0, vec![invitation.membership.0]);
    audit::record(&mut inner, chain, "nobody".into(), String::new(), DECLINED, AuditClass::Change, about)
        .await?;
    inner.db.commit().await
}

/// Uses a link up, with its invitation locked.
async fn take(inner: &mut Inner, token: &Token) -> Result<InvitationView, StoreError> {
    let spent = || StoreError::refused(links::SPENT);
    let found = view(inner, token).await?.ok_or_else(spent)?;
    // The membership before its link, as whoever renews or revokes it does.
    let text = sql!("SELECT id FROM memberships WHERE id = $1 AND state = 'invited'");
    inner.db.opt_locked(text, args![found.membership], Lock::Update).await?.ok_or_else(spent)?;
    let text = sql!("DELETE FROM links WHERE token = $1 AND purpose = $2 AND expires_at > $3");
    let values = args![hashed(inner, token), PURPOSE, inner.ctx.real_now()];
    if inner.exec(text, values).await? == 0 {
        return Err(spent());
    }
    Ok(found)
}

/// The same role of the same account, if it has ended, gives way; one that is suspended does not come back by a link.
async fn make_way(
    inner: &mut Inner,
    account: AccountId,
    invitation: &InvitationView,
) -> Result<(), StoreError> {
    let text = sql!("SELECT id, state FROM memberships WHERE account_id = $1 AND org_id = $2 AND role = $3");
    let values = args![account, invitation.scope.org, invitation.role.name()];
    let Some(row) = inner.db.opt_locked(text, values, Lock::Update).await? else { return Ok(()) };
    match row.word("state")? {
        MembershipState::Ended => destroy(inner, row.id("id")?).await,
        MembershipState::Suspended => Err(StoreError::refused(
            "Your role here is suspended. Ask the scheme's controller to let you back in.",
        )),
        MembershipState::Active | MembershipState::Invited => {
            Err(StoreError::refused("You have this role here already."))
        }
    }
}

/// The role becomes the account's, and the scheme's chain says so.
async fn settle(
    mut inner: Inner,
    account: AccountId,
    invitation: &InvitationView,
    profile: &Profile,
) -> Result<Accepted, StoreError> {
    let membership = invitation.membership;
    let text = sql!(
        "UPDATE memberships SET account_id = $2, state = 'active', expires_at = NULL, created_at = $3 \
         WHERE id = $1 AND state = 'invited'"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![membership, account, now]).await?;
    crate::notices::serve(&mut inner, membership, invitation.scope.policy_version).await?;
    // Who accepts has read the notice, and says so; documents that ask are asked for at the first look (MEM-3).
    let version = invitation.scope.policy_version;
    crate::certifications::record(&mut inner, membership, Text::Notice, version, None).await?;
    let role = invitation.role.name().to_owned();
    let about = vec![membership.0, account.0];
    let (chain, actor) = (invitation.scope.org.0, account.to_string());
    audit::record(&mut inner, chain, actor, role, ACCEPTED, AuditClass::Change, about).await?;
    inner.db.commit().await?;
    let login = profile.email.clone().or_else(|| profile.user_name.clone()).unwrap_or_default();
    Ok(Accepted { account, membership, slug: invitation.scope.slug.clone(), login })
}

/// An account of somebody new, with those of their logins that are free, or else with a sign-in name of its own.
async fn make_account(inner: &mut Inner, told: &Profile) -> Result<(AccountId, Profile), StoreError> {
    let (account, key) = users::begin_account(inner, told).await?;
    let mut profile = Profile { email: None, user_name: None, ..told.clone() };
    if let Some(email) = &told.email
        && users::claim(inner, account, &Login::new(email)).await?
    {
        profile.email = Some(email.clone());
    }
    if let Some(user_name) = &told.user_name
        && users::claim(inner, account, &Login::new(user_name)).await?
    {
        profile.user_name = Some(user_name.clone());
    }
    while logins(&profile).is_empty() {
        let name = sign_in_name(inner.ctx.randomness());
        if users::claim(inner, account, &Login::new(&name)).await? {
            profile.user_name = Some(name);
        }
    }
    let sealed = inner.seal(&key, "accounts", "sealed", account.0, &profile)?;
    inner.exec(sql!("UPDATE accounts SET sealed = $2 WHERE id = $1"), args![account, sealed]).await?;
    Ok((account, profile))
}

fn sign_in_name(randomness: &dyn Randomness) -> String {
    format!("user-{}", clear_code(randomness).to_lowercase())
}

/// An invitation or an ended role goes, with its links and its key.
pub(crate) async fn destroy(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM links WHERE membership_id = $1"), args![membership]).await?;
    crate::notices::forget(inner, membership).await?;
    crate::certifications::forget(inner, membership).await?;
    crate::duties::forget(inner, membership).await?;
    crate::news::forget(inner, membership).await?;
    crate::meetings::forget(inner, membership).await?;
    inner.exec(sql!("DELETE FROM memberships WHERE id = $1"), args![membership]).await?;
    inner.destroy_key(membership.0).await
}

/// Takes away the invitations that nobody accepted in time; how many there were.
pub(super) async fn forget(inner: &mut Inner) -> Result<u64, StoreError> {
    let text = sql!("SELECT id FROM memberships WHERE state = 'invited' AND expires_at <= $1 ORDER BY id");
    let now = inner.ctx.real_now();
    let mut gone = 0;
    for row in inner.rows(text, args![now]).await? {
        let membership: MembershipId = row.id("id")?;
        // Asked again under the lock: it may have got a new link meanwhile.
        let still =
            sql!("SELECT id FROM memberships WHERE id = $1 AND state = 'invited' AND expires_at <= $2");
        if inner.db.opt_locked(still, args![membership, now], Lock::Update).await?.is_some() {
            destroy(inner, membership).await?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Makes the link of an invitation; the one before ends.
async fn make_link(inner: &mut Inner, membership: MembershipId) -> Result<Token, StoreError> {
    let token = Token::fresh(inner.ctx.randomness());
    let now = inner.ctx.real_now();
    inner.exec(sql!("DELETE FROM links WHERE membership_id = $1"), args![membership]).await?;
    let text = sql!(
        "INSERT INTO links (token, purpose, membership_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let hash = hashed(inner, &token);
    inner.exec(text, args![hash, PURPOSE, membership, now, now + links::LINK_LIFE]).await?;
    // Links go soon after they end; that somebody was invited is remembered longer.
    inner.exec(sql!("UPDATE memberships SET invited_at = $2 WHERE id = $1"), args![membership, now]).await?;
    crate::importing::touch(inner, membership).await?;
    Ok(token)
}

fn hashed(inner: &Inner, token: &Token) -> [u8; 32] {
    token.hashed(&inner.store.keys, "invitation link")
}

fn logins(profile: &Profile) -> Vec<Login> {
    let given = [&profile.email, &profile.user_name].into_iter().flatten();
    given.map(|text| Login::new(text)).filter(|login| !login.as_str().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Counting;
    impl Randomness for Counting {
        fn fill(&self, into: &mut [u8]) {
            into.iter_mut().zip(0_u8..).for_each(|(byte, n)| *byte = n.wrapping_mul(37));
        }
    }

    #[test]
    fn a_sign_in_name_can_be_read_aloud_and_is_no_address() {
        let name = sign_in_name(&Counting);
        assert_eq!(name.len(), "user-".len() + 8);
        assert!(name.starts_with("user-") && !name.contains(['@', '0', '1', 'l', 'o', 'i']), "{name}");
    }
}

//! People who sign in: accounts, sessions, memberships, links and the counting of failed attempts (SEC-2).
//!
//! What needs a permit takes a [`Tx`]. Signing in has none to show yet: those functions take the
//! store itself, reach nothing but the account in question, and leave their own entries in the chain that
//! belongs to no organisation: `accounts.sign_in`, `accounts.sign_in_refused`, `accounts.sign_out`,
//! `accounts.ask_reset`, `accounts.set_password`, [`HALF_WAY`], [`CODE_REFUSED`]. Accepting and declining an invitation have none either, and stand in the chain of the
//! scheme: `accounts.accept_invitation`, `accounts.decline_invitation`.
//!
//! Sessions, links and attempts end by [`Ctx::real_now`](fairwatch_core::gate::Ctx::real_now), which the demo
//! cannot move.
mod attempts;
mod colleagues;
mod correcting;
pub mod devices;
pub mod factors;
pub(crate) mod invitations;
pub(crate) mod links;
pub(crate) mod members;
mod own;
pub mod passkeys;
mod passwords;
pub(crate) mod sessions;
mod token;
mod traces;
pub(crate) mod users;
mod wishes;

pub(crate) use attempts::count_message;
pub use attempts::{
    Attempt, Attempted, FREE_BY_LOGIN, FREE_BY_NETWORK, LONGEST_WAIT, WINDOW, count_attempt,
    password_was_right,
};
pub use colleagues::{Colleague, Team, colleagues, invite_colleague, set_manager};
pub use correcting::{correct_own, correct_told, correct_user};
pub use invitations::{
    ACCEPTED, Accepted, DECLINED, INVITATION_KEPT, InvitationView, Invited, accept as accept_invitation,
    accept_as_new, decline as decline_invitation, invite, look as look_at_invitation, mail_link,
    renew as renew_invitation, revoke as revoke_invitation,
};
pub use links::{LINK_LIFE, LinkView, account_of, ask_reset, look as look_at_link, recover, set_password};
pub use members::{MemberView, add_member, members};
pub use own::{Forgotten, KEPT_AFTER_END, OwnCopy, OwnLink, OwnMembership, forget, own_copy};
pub use passwords::{
    Credentials, change as change_password, change_counts_under, credentials, own_hash, own_profile,
};
pub use sessions::{
    COUNTER, Device, HALF, LAPSE, Life, MembershipView, NewSession, OFFICE, OwnSession, Proof, SEEN_EVERY,
    SHARED, SessionView, Which, end as end_sessions, find as find_session, half as half_session,
    lapsed as lapsed_session, list as own_sessions, open as open_session, refused as sign_in_refused, share,
    sign_out,
};
pub use token::{Login, Token};
pub use users::{Given, Invitation, UserView, any, give_role, set_state, users};
pub(crate) use users::{empty_without_role, sign_out_without_role};

pub use traces::{OwnDeed, OwnTraces, own_deeds, own_traces};
pub use wishes::{DeletionAsked, ask_deletion, deletions_asked, own_preferences, set_preferences, wants};

use crate::{
    audit, certifications,
    dialect::{Lock, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys::open,
    orgs,
};
use fairwatch_core::{
    accounts::Profile,
    gate::{Action, AuditClass, Caller, Hidden, Standing},
    ids::AccountId,
    subjects::Visit,
};
use uuid::Uuid;

/// Who asks, as the database knows them in this transaction: the session live, the account and the membership
/// active. A user who was removed a moment ago fails here, on every server (SEC-2).
pub(crate) async fn standing(inner: &mut Inner, acting: bool) -> Result<Standing, StoreError> {
    let now = inner.ctx.real_now();
    let (session, account, membership, ended_after) = match inner.ctx.caller() {
        Caller::Nobody => return Ok(Standing::nobody()),
        Caller::Job(_) | Caller::Console => return Ok(Standing::machine()),
        Caller::User { session, account, membership } => (session, account, membership, now),
        // What they may try at all, `Ctx::may_try` has said before.
        Caller::Lapsed { session, account, membership } => (session, account, Some(membership), now - LAPSE),
    };
    let text = sql!(
        "SELECT a.id, s.second_at, s.device_id, m.org_id, m.role, m.member_id, m.manages, m.looked_at, m.looked_before, o.slug, p.id AS policy_id, p.version, \
         h.position, h.changed, h.hash, x.version AS indexed, x.is_done, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM factors f WHERE f.account_id = a.id) THEN 1 ELSE 0 END AS BIGINT) \
         AS has_factor, \
         (SELECT MAX(c.agreed_on) FROM certifications c WHERE c.membership_id = m.id AND c.document_id IS NULL) AS agreed_on, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM certifications_owed w WHERE w.membership_id = m.id AND w.asked_on <= $5) \
         THEN 1 ELSE 0 END AS BIGINT) AS owes \
         FROM sessions s JOIN accounts a ON a.id = s.account_id \
         LEFT JOIN memberships m ON m.id = $4 AND m.account_id = a.id AND m.state = 'active' \
         AND (s.device_id IS NULL OR m.role = 'member_user' AND m.member_id = \
         (SELECT d.member_id FROM devices d WHERE d.id = s.device_id AND d.ended_at IS NULL)) \
         AND NOT EXISTS (SELECT 1 FROM member_suspensions x WHERE x.member_id = m.member_id AND (x.ends_on IS NULL OR x.ends_on > $5)) \
         LEFT JOIN orgs o ON o.id = m.org_id LEFT JOIN policy_index x ON x.org_id = o.id \
         LEFT JOIN policies p ON p.org_id = o.id AND p.version = \
         (SELECT COALESCE(MAX(q.version), 1) FROM policies q WHERE q.org_id = o.id AND q.effective_on <= $5) \
         LEFT JOIN audit_heads h ON h.chain = m.org_id \
         WHERE s.id = $1 AND a.id = $2 AND s.ended_at IS NULL AND s.half = 0 AND s.expires_at > $3 \
         AND a.state = 'active'"
    );
    let today = inner.ctx.today();
    let row =
        inner.opt(text, args![session, account, ended_after, membership, today]).await?.ok_or(Hidden)?;
    let mut standing =
        Standing { account: Some(account), device: row.opt_id("device_id")?, ..Standing::nobody() };
    let has_second = row.opt_int("second_at")?.is_some();
    if row.flag("has_factor")? && !has_second {
        return Err(Hidden.into());
    }
    if let Some(membership) = membership {
        standing.membership = Some(membership);
        standing.org = Some(row.opt_id("org_id")?.ok_or(Hidden)?);
        standing.role = Some(row.word("role")?);
        standing.member = row.opt_id("member_id")?;
        standing.manages = row.flag("manages")?;
        inner.changed = row.opt_int("changed")?;
        inner.version = row.opt_int("version")?;
        inner.behind = row.opt_int("indexed")? != inner.version || row.opt_int("is_done")? != Some(1);
        inner.visit = row
            .opt_instant("looked_at")?
            .map(|last| Ok::<_, StoreError>(Visit { last, before: row.opt_instant("looked_before")? }))
            .transpose()?;
        let scope = orgs::told(inner, &row).await?;
        standing.certified = certifications::of_row(&row, &scope)?;
        // A role that was given to a session of one factor has to wait for the second (SEC-2).
        if standing.role.is_some_and(|role| !has_second && factors::is_required_for(role, &scope.policy)) {
            return Err(Hidden.into());
        }
        if let Some(org) = standing.org {
            audit::remember_head(inner, org.0, &row)?;
        }
        if acting && inner.db.has_row_locks() {
            // A change by somebody who is being suspended waits for the suspension, or the suspension for it.
            let text = sql!("SELECT id FROM memberships WHERE id = $1 AND state = 'active'");
            inner.db.opt_locked(text, args![membership], Lock::Share).await?.ok_or(Hidden)?;
            // And by somebody whose business is: that is asked once the lock is held (MEM-8).
            if let Some(member) = standing.member
                && crate::conduct::suspension(inner, member, today).await?.is_some()
            {
                return Err(Hidden.into());
            }
        }
    }
    Ok(standing)
}

/// The name of whoever asks, to be burned into what they are shown (VIS-8).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn viewer_name<A: Action>(tx: &mut Tx<A>) -> Result<String, StoreError> {
    match tx.permit.standing().account {
        Some(account) => Ok(profile(&mut tx.inner, account).await?.name),
        None => Ok(String::new()),
    }
}

/// What an account's owner is called, while there is one.
pub(crate) async fn name_of(inner: &mut Inner, account: AccountId) -> Result<Option<String>, StoreError> {
    let found =
        inner.opt(sql!("SELECT id FROM accounts WHERE id = $1 AND state <> 'gone'"), args![account]).await?;
    match found {
        Some(_) => Ok(Some(profile(inner, account).await?.name)),
        None => Ok(None),
    }
}

async fn profile(inner: &mut Inner, account: AccountId) -> Result<Profile, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM accounts WHERE id = $1"), args![account]).await?;
    let key = inner.key(account.0).await?;
    open(&key, "accounts", "sealed", account.0, &row.bytes("sealed")?)
}

/// Leaves an entry for what has no permit: by the account itself, or by nobody where it is not known who it was.
async fn note(inner: &mut Inner, action: &'static str, account: Option<AccountId>) -> Result<(), StoreError> {
    let actor = match account {
        // Whoever failed to sign in, or forgot the password, has not shown that they are the account's owner.
        Some(account) if ![REFUSED, CODE_REFUSED, links::RESET_ASKED].contains(&action) => {
            account.to_string()
        }
        _ => "nobody".to_owned(),
    };
    let about = account.map(|account| account.0).into_iter().collect();
    audit::record(inner, Uuid::nil(), actor, String::new(), action, AuditClass::Change, about).await
}

const REFUSED: &str = "accounts.sign_in_refused";
/// The password was right, and the second factor is still to come.
pub const HALF_WAY: &str = "accounts.password_given";
/// A second factor was wrong.
pub const CODE_REFUSED: &str = "accounts.code_refused";

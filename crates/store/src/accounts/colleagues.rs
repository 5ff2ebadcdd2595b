//! What a manager sees and does for their own business, and nothing beyond it (INC-10).
use super::{
    invitations::{self, Invited},
    users::{self, Invitation},
};
use crate::{
    dialect::{args, sql},
    door::Tx,
    error::StoreError,
    keys::open,
};
use fairwatch_core::{
    accounts::{Business, InviteColleague, ListColleagues, MembershipState, Profile, SetManager},
    gate::{Hidden, Role},
    ids::{AccountId, MembershipId},
};
use jiff::Timestamp;
use serde::Serialize;

/// Somebody of the same business.
#[derive(Clone, Debug, Serialize)]
pub struct Colleague {
    /// Their role.
    pub membership: MembershipId,
    /// Their name: that on the account, or what was typed until they accept.
    pub name: String,
    /// What became of the role.
    pub state: MembershipState,
    /// Whether they manage as well.
    pub manages: bool,
    /// Whether they have a PIN for shared devices.
    pub has_pin: bool,
    /// Until when an invitation is kept.
    pub expires_at: Option<Timestamp>,
}

/// The business that somebody manages.
#[derive(Clone, Debug, Serialize)]
pub struct Team {
    /// The business.
    pub business: Business,
    /// Its people, by name.
    pub people: Vec<Colleague>,
}

/// The people of the business that somebody manages, by name.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn colleagues(tx: &mut Tx<ListColleagues>) -> Result<Team, StoreError> {
    let member = tx.permit.standing().member.ok_or(Hidden)?;
    let text = sql!("SELECT sealed FROM members WHERE id = $1");
    let sealed = tx.inner.one(text, args![member]).await?.bytes("sealed")?;
    let key = tx.inner.key(member.0).await?;
    let business = open(&key, "members", "sealed", member.0, &sealed)?;
    let text = sql!(
        "SELECT m.id, m.account_id, m.state, m.manages, m.expires_at, m.sealed, \
         CAST(CASE WHEN a.pin IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_pin \
         FROM memberships m LEFT JOIN accounts a ON a.id = m.account_id \
         WHERE m.member_id = $1 AND m.role = 'member_user' AND m.state <> 'ended'"
    );
    let mut people = Vec::new();
    for row in tx.inner.rows(text, args![member]).await? {
        let membership: MembershipId = row.id("id")?;
        let name = match row.opt_id::<AccountId>("account_id")? {
            Some(account) => super::profile(&mut tx.inner, account).await?.name,
            None => {
                let key = tx.inner.key(membership.0).await?;
                open::<Profile>(&key, "memberships", "sealed", membership.0, &row.bytes("sealed")?)?.name
            }
        };
        people.push(Colleague {
            membership,
            name,
            state: row.word("state")?,
            manages: row.flag("manages")?,
            has_pin: row.flag("has_pin")?,
            expires_at: row.opt_instant("expires_at")?,
        });
    }
    people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.membership));
    tx.saw(people.iter().map(|person| person.membership.0));
    Ok(Team { business, people })
}

/// Invites somebody to the business that one manages, as a member user. An invitation of the same person that nobody
/// answered gives way, since its print may be lost. Whether they are anything elsewhere in the scheme is not looked for.
///
/// # Errors
/// [`StoreError::Refused`] with a sentence; the engine's.
pub async fn invite_colleague(
    tx: &mut Tx<InviteColleague>,
    profile: &Profile,
) -> Result<Invited, StoreError> {
    let org = tx.permit.target().0;
    let member = tx.permit.standing().member.ok_or(Hidden)?;
    let invitation = Invitation { profile: profile.clone(), role: Role::MemberUser, member: Some(member) };
    users::business_fits(&mut tx.inner, org, &invitation).await?;
    let invited = invitations::offer(&mut tx.inner, org, &invitation, false, Some(member)).await?;
    tx.saw([invited.membership.0]);
    Ok(invited)
}

/// Makes a user of a member its manager, or ends that.
///
/// # Errors
/// [`StoreError::Refused`] where it is so already; the engine's.
pub async fn set_manager(tx: &mut Tx<SetManager>, manages: bool) -> Result<(), StoreError> {
    let membership = tx.permit.target().0;
    let text = sql!("UPDATE memberships SET manages = $2 WHERE id = $1 AND manages <> $2");
    if tx.inner.exec(text, args![membership, i64::from(manages)]).await? == 0 {
        return Err(StoreError::refused("This was done a moment ago."));
    }
    Ok(())
}

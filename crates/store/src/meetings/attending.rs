//! Who is invited to a meeting, what they answered, and who came (MEM-5).
use super::{Meeting, one};
use crate::{
    accounts::users,
    certifications, conduct,
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    targets,
};
use fairwatch_core::{
    gate::Role,
    ids::{AccountId, MeetingId, MemberId, MembershipId},
    meetings::{Circle, Coming, OneMeeting, RecordAttendance, ShowAttendance},
    scope::Scope,
    targets::Belongs,
};
use std::collections::{BTreeSet, HashMap};

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Their role here.
    pub membership: MembershipId,
    /// Their name.
    pub name: String,
    /// Their business, or what they are in the scheme.
    pub of: String,
    /// What they answered.
    pub answer: Option<Coming>,
    /// Whether they came.
    pub came: bool,
}

/// Who is invited to a meeting, with what they answered and whether they came; those who come first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn guests(tx: &mut Tx<ShowAttendance>) -> Result<(Meeting, Vec<Guest>), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let (meeting, _) = one(inner, id, None).await?;
    let invited = invited(inner, &facts.scope, id, facts.circle).await?;
    let mut said: HashMap<MembershipId, Coming> = HashMap::new();
    let text = sql!("SELECT membership_id, coming FROM meeting_answers WHERE meeting_id = $1");
    for row in inner.rows(text, args![id]).await? {
        said.insert(row.id("membership_id")?, row.word("coming")?);
    }
    let text = sql!("SELECT membership_id FROM meeting_attendance WHERE meeting_id = $1");
    let rows = inner.rows(text, args![id]).await?;
    let came =
        rows.iter().map(|row| row.id("membership_id")).collect::<Result<BTreeSet<MembershipId>, _>>()?;
    // Whoever came is shown, wherever their business belongs by now.
    let mut invited = invited;
    let missing = came.iter().filter(|one| !invited.iter().any(|guest| guest.membership == **one));
    for one in missing.copied().collect::<Vec<_>>() {
        let text = sql!(
            "SELECT account_id FROM memberships WHERE id = $1 AND org_id = $2 AND account_id IS NOT NULL AND state <> 'ended'"
        );
        if let Some(row) = inner.opt(text, args![one, facts.scope.org]).await? {
            invited.push(Invited {
                membership: one,
                account: row.id("account_id")?,
                of: "Not invited now".into(),
            });
        }
    }
    let accounts = invited.iter().map(|one| one.account.0).collect::<Vec<_>>();
    let names = certifications::names(inner, &accounts).await?;
    let guest = |one: &Invited| Guest {
        membership: one.membership,
        name: names.get(&one.account.0).cloned().unwrap_or_default(),
        of: one.of.clone(),
        answer: said.get(&one.membership).copied(),
        came: came.contains(&one.membership),
    };
    let mut guests = invited.iter().map(guest).collect::<Vec<_>>();
    let rank = |answer: Option<Coming>| match answer {
        Some(Coming::Yes) => 0,
        None => 1,
        Some(Coming::No) => 2,
    };
    guests.sort_by_cached_key(|one| (rank(one.answer), one.of.to_lowercase(), one.name.to_lowercase()));
    tx.saw(accounts);
    Ok((meeting, guests))
}

struct Invited {
    membership: MembershipId,
    account: AccountId,
    of: String,
}

/// Who is invited today; of a business that is suspended nobody is (MEM-8).
async fn invited(
    inner: &mut Inner,
    scope: &Scope,
    id: MeetingId,
    circle: Circle,
) -> Result<Vec<Invited>, StoreError> {
    let for_whom = targets::of(inner, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let mut businesses = targets::of_all(inner, scope).await?;
    for suspended in conduct::suspended(inner, scope.org, scope.today).await?.keys() {
        businesses.remove(suspended);
    }
    let text = sql!(
        "SELECT m.id, m.account_id, m.role, m.member_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.org_id = $1 AND m.role IN ('member_user', 'controller', 'staff', 'board') \
         AND m.state = 'active' AND a.state = 'active' ORDER BY m.id"
    );
    let mut all = Vec::new();
    for row in inner.rows(text, args![scope.org]).await? {
        let role: Role = row.word("role")?;
        let member: Option<MemberId> = row.opt_id("member_id")?;
        let of = if role == Role::MemberUser {
            let business = member.and_then(|member| businesses.get(&member));
            let fits = |(_, belongs): &&(String, Belongs)| for_whom.holds(belongs);
            match business.filter(fits).filter(|_| circle == Circle::Members) {
                Some((name, _)) => name.clone(),
                None => continue,
            }
        } else {
            role.label().to_owned()
        };
        all.push(Invited { membership: row.id("id")?, account: row.id("account_id")?, of });
    }
    Ok(all)
}

/// Records who came, and takes back who did not: of those whom the page showed. Whom it did not show, such as somebody who
/// has left since, stays as they were recorded. New ones are those who are invited.
///
/// # Errors
/// The engine's.
pub async fn attend(
    tx: &mut Tx<RecordAttendance>,
    came: &[MembershipId],
    did_not: &[MembershipId],
) -> Result<(), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!("DELETE FROM meeting_attendance WHERE meeting_id = $1 AND membership_id = $2");
    for one in did_not.iter().filter(|one| !came.contains(one)) {
        inner.exec(text, args![id, *one]).await?;
    }
    let invited = invited(inner, &facts.scope, id, facts.circle).await?;
    let known = invited.iter().map(|one| one.membership).collect::<BTreeSet<_>>();
    let text = sql!(
        "INSERT INTO meeting_attendance (meeting_id, membership_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    );
    // In one order, so that two who save it at once do not wait for each other for ever.
    let came = came.iter().copied().filter(|one| known.contains(one)).collect::<BTreeSet<_>>();
    for one in came {
        if users::still_holds(inner, one).await? {
            inner.exec(text, args![id, one]).await?;
        }
    }
    Ok(())
}

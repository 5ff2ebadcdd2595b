//! Businesses that leave (MEM-6), and what of them outlives that: the e-mail address on their reports, where the policy
//! says so (INC-3), and the ids in audit entries.
use crate::{
    accounts::{self, invitations, users},
    dialect::{Lock, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, mail, orgs,
};
use fairwatch_core::{
    accounts::{Business, ListMembers, MembershipState},
    ids::{AccountId, MemberId, MembershipId, OrgId, ReportId, SightingId, SubjectId, TipId},
    incidents::Report,
    intelligence::{Seen, Tip},
    leaving::{EndMember, Leaving, MemberFacts, OneMember, SayLeaving, ShowLeaving, TakeBackLeaving},
    mail as letters,
};
use std::collections::{BTreeSet, HashMap};

impl Load<OneMember> for MemberFacts {
    async fn load(inner: &mut Inner, target: &OneMember, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id FROM members WHERE id = $1 AND org_id = COALESCE($2, org_id) AND state = 'active'"
        );
        let lock = if acting { Lock::Update } else { Lock::Share };
        let values = args![target.0, inner.within];
        let Some(row) = inner.db.opt_locked(text, values, lock).await? else { return Ok(None) };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let text = sql!("SELECT asked_on, confirmed_on FROM leavings WHERE member_id = $1");
        let leaving = match inner.opt(text, args![target.0]).await? {
            Some(row) => Some(Leaving::new(&scope, row.date("asked_on")?, row.opt_date("confirmed_on")?)),
            None => None,
        };
        let text = sql!(
            "SELECT id FROM memberships WHERE member_id = $1 AND manages = 1 AND state = 'active' ORDER BY id"
        );
        let managers = inner.rows(text, args![target.0]).await?;
        let managers = managers.iter().map(|row| row.id("id")).collect::<Result<_, _>>()?;
        let suspended = crate::conduct::suspension(inner, target.0, scope.today).await?;
        Ok(Some(Self { scope, member: target.0, leaving, suspended, managers }))
    }
}

/// What the end of a membership ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// People who act for the business, invited ones included.
    pub users: usize,
    /// Reports that it sent and that are still kept.
    pub reports: usize,
    /// Those of them that go on bearing the e-mail address of whoever sent them (INC-3).
    pub addresses: usize,
}

/// A member, whether it is to leave, and what that would end.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The business.
    pub business: Business,
    /// Whether it is to leave.
    pub leaving: Option<Leaving>,
    /// Whether anybody of it could confirm it here.
    pub has_manager: bool,
    /// What it would end.
    pub extent: Extent,
}

/// How a member stands.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowLeaving>) -> Result<Standing, StoreError> {
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let users = "users of it";
    let text = sql!("SELECT COUNT(*) AS n FROM memberships WHERE member_id = $1 AND state <> 'ended'");
    let count = inner.one(text, args![facts.member]).await?.int("n")?;
    let mut extent = Extent {
        users: usize::try_from(count).map_err(|_| StoreError::corrupt(users))?,
        ..Extent::default()
    };
    let stays = facts.scope.policy.members.email_stays_with_report.is;
    for (_, report) in reports(inner, facts.member).await? {
        extent.reports += 1;
        extent.addresses += usize::from(stays && report.reporter_email.is_some());
    }
    Ok(Standing {
        business: business(inner, facts.member).await?,
        leaving: facts.leaving,
        has_manager: !facts.managers.is_empty(),
        extent,
    })
}

pub(crate) async fn business(inner: &mut Inner, member: MemberId) -> Result<Business, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM members WHERE id = $1"), args![member]).await?;
    let key = inner.key(member.0).await?;
    keys::open(&key, "members", "sealed", member.0, &row.bytes("sealed")?)
}

/// The reports that a business sent, as far as they can still be read.
async fn reports(inner: &mut Inner, member: MemberId) -> Result<Vec<(ReportId, Report)>, StoreError> {
    let text = sql!("SELECT id, sealed FROM reports WHERE member_id = $1 ORDER BY id");
    let rows = inner.rows(text, args![member]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<uuid::Uuid>, _>>()?;
    let known = inner.keys_of(&ids).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: ReportId = row.id("id")?;
        if let Some(key) = known.get(&id.0) {
            all.push((id, keys::open(key, "reports", "sealed", id.0, &row.bytes("sealed")?)?));
        }
    }
    Ok(all)
}

/// Writes down that a member leaves; where one of its own people says so, it is confirmed with that. Otherwise its
/// managers are asked by mail to confirm it at `link`.
///
/// # Errors
/// The engine's.
pub async fn say(tx: &mut Tx<SayLeaving>, link: impl Fn(&str) -> String) -> Result<(), StoreError> {
    let facts = tx.permit.facts().clone();
    let standing = tx.permit.standing().clone();
    let (scope, member) = (&facts.scope, facts.member);
    let confirmed = facts.is_spoken_for_by(&standing).then_some(scope.today);
    let inner = &mut tx.inner;
    let text = sql!(
        "INSERT INTO leavings (member_id, org_id, asked_on, confirmed_on, asked_by) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (member_id) DO UPDATE SET confirmed_on = $4"
    );
    inner.exec(text, args![member, scope.org, scope.today, confirmed, standing.account]).await?;
    if confirmed.is_none() {
        let board_from = Leaving::new(scope, scope.today, None).board_from;
        for manager in facts.managers {
            let Some(to) = mail::addresses(inner, manager).await? else { continue };
            let letter = letters::leaving(&to, &scope.policy.scheme.name, &link(&scope.slug), board_from);
            mail::queue(inner, manager, None, &letter).await?;
        }
    }
    Ok(())
}

/// Takes that back.
///
/// # Errors
/// The engine's.
pub async fn take_back(tx: &mut Tx<TakeBackLeaving>) -> Result<(), StoreError> {
    let member = tx.permit.facts().member;
    tx.inner.exec(sql!("DELETE FROM leavings WHERE member_id = $1"), args![member]).await?;
    Ok(())
}

/// A member that left: what the confirmation of its deletion says. It is told once; nothing of it is kept.
#[derive(Clone, Debug)]
pub struct Left {
    /// What the business was.
    pub business: Business,
    /// What was ended.
    pub extent: Extent,
}

/// Ends a membership: its people have no role any more, and what is held about them and the business is destroyed with
/// its keys. Their reports stay as reports, without name and business, and with the e-mail address where the policy says
/// so. An account without any other role is emptied.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn end(tx: &mut Tx<EndMember>) -> Result<Left, StoreError> {
    let facts = tx.permit.facts().clone();
    let member = facts.member;
    let stays = facts.scope.policy.members.email_stays_with_report.is;
    let inner = &mut tx.inner;
    let business = business(inner, member).await?;
    let mut extent = Extent::default();
    // Whoever ever acted for it, also those whose role ended before.
    let text =
        sql!("SELECT DISTINCT account_id FROM memberships WHERE member_id = $1 AND account_id IS NOT NULL");
    for row in inner.rows(text, args![member]).await? {
        forget_sender_of(inner, row.id("account_id")?, facts.scope.org, stays).await?;
    }
    for (id, mut report) in reports(inner, member).await? {
        report.forget_sender(stays);
        extent.reports += 1;
        extent.addresses += usize::from(report.reporter_email.is_some());
        reseal(inner, id, &report).await?;
    }
    let text = sql!(
        "SELECT id, account_id, state FROM memberships WHERE member_id = $1 AND state <> 'ended' ORDER BY id"
    );
    let rows = inner.db.rows_locked(text, args![member]).await?;
    let mut people: BTreeSet<AccountId> = BTreeSet::new();
    for row in &rows {
        let membership: MembershipId = row.id("id")?;
        extent.users += 1;
        match (row.word("state")?, row.opt_id::<AccountId>("account_id")?) {
            (MembershipState::Invited, _) | (_, None) => invitations::destroy(inner, membership).await?,
            (_, Some(account)) => {
                users::end_role(inner, membership).await?;
                people.insert(account);
            }
        }
    }
    for account in &people {
        accounts::sign_out_without_role(inner, *account).await?;
        accounts::empty_without_role(inner, *account).await?;
    }
    crate::conduct::forget(inner, member).await?;
    for text in [
        sql!("DELETE FROM picks WHERE member_id = $1"),
        sql!("DELETE FROM devices WHERE member_id = $1"),
        sql!("DELETE FROM agreements WHERE member_id = $1"),
        sql!("DELETE FROM group_members WHERE member_id = $1"),
        sql!("DELETE FROM leavings WHERE member_id = $1"),
    ] {
        inner.exec(text, args![member]).await?;
    }
    let text = sql!("UPDATE members SET state = 'left', sealed = $2 WHERE id = $1");
    inner.exec(text, args![member, Vec::<u8>::new()]).await?;
    inner.destroy_key(member.0).await?;
    tx.saw(people.into_iter().map(|account| account.0));
    Ok(Left { business, extent })
}

async fn reseal(inner: &mut Inner, id: ReportId, report: &Report) -> Result<(), StoreError> {
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "reports", "sealed", id.0, report)?;
    inner.exec(sql!("UPDATE reports SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
    Ok(())
}

/// Takes somebody's name, and the business for which they acted, out of all that they sent in an organisation: reports,
/// names and sightings (MEM-6). The address stays with the reports where the policy lets it (INC-3); the place of an
/// incident is a fact of the incident and stays with it.
pub(crate) async fn forget_sender_of(
    inner: &mut Inner,
    account: AccountId,
    org: OrgId,
    address_stays: bool,
) -> Result<(), StoreError> {
    // The subjects first, by their ids, as everybody else locks them: names and sightings are sealed under them.
    let text = sql!(
        "SELECT id FROM subjects WHERE org_id = $2 \
         AND (id IN (SELECT subject_id FROM intelligence WHERE account_id = $1) \
         OR id IN (SELECT subject_id FROM sightings WHERE account_id = $1)) ORDER BY id"
    );
    inner.db.rows_locked(text, args![account, org]).await?;
    let text = sql!("SELECT id, sealed FROM reports WHERE account_id = $1 AND org_id = $2 ORDER BY id");
    for row in inner.db.rows_locked(text, args![account, org]).await? {
        let id: ReportId = row.id("id")?;
        let Some(key) = inner.key_if_any(id.0).await? else { continue };
        let mut report: Report = keys::open(&key, "reports", "sealed", id.0, &row.bytes("sealed")?)?;
        report.forget_sender(address_stays);
        reseal(inner, id, &report).await?;
    }
    let text = sql!(
        "SELECT id, subject_id, sealed FROM intelligence WHERE account_id = $1 AND org_id = $2 ORDER BY id"
    );
    for row in inner.db.rows_locked(text, args![account, org]).await? {
        let (id, subject): (TipId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
        let key = inner.key(subject.0).await?;
        let mut tip: Tip = keys::open(&key, "intelligence", "sealed", id.0, &row.bytes("sealed")?)?;
        tip.forget_sender();
        let sealed = inner.seal(&key, "intelligence", "sealed", id.0, &tip)?;
        inner.exec(sql!("UPDATE intelligence SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
    }
    let text = sql!(
        "SELECT id, subject_id, sealed FROM sightings WHERE account_id = $1 \
         AND subject_id IN (SELECT id FROM subjects WHERE org_id = $2) ORDER BY id"
    );
    for row in inner.db.rows_locked(text, args![account, org]).await? {
        let (id, subject): (SightingId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
        let key = inner.key(subject.0).await?;
        let mut seen: Seen = keys::open(&key, "sightings", "sealed", id.0, &row.bytes("sealed")?)?;
        seen.forget_sender();
        let sealed = inner.seal(&key, "sightings", "sealed", id.0, &seen)?;
        inner.exec(sql!("UPDATE sightings SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
    }
    Ok(())
}

/// The members that are to leave, beside the directory of all.
///
/// # Errors
/// The engine's.
pub async fn all(tx: &mut Tx<ListMembers>) -> Result<HashMap<MemberId, Leaving>, StoreError> {
    let scope = tx.permit.facts().clone();
    let text = sql!("SELECT member_id, asked_on, confirmed_on FROM leavings WHERE org_id = $1");
    let rows = tx.inner.rows(text, args![scope.org]).await?;
    rows.iter()
        .map(|row| {
            let leaving = Leaving::new(&scope, row.date("asked_on")?, row.opt_date("confirmed_on")?);
            Ok((row.id("member_id")?, leaving))
        })
        .collect()
}

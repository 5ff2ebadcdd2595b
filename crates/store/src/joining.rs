//! Businesses that want to join (MEM-1).
//!
//! [`receive`] has no permit: anybody may apply. It looks for nobody, so that neither answer nor time can tell who is a
//! member.
use crate::{
    accounts::{self, Attempt, Invitation, Invited, invitations, members},
    audit,
    dialect::{Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    keys, mail, orgs,
};
use fairwatch_core::{
    accounts::{ListMembers, Profile},
    gate::{AuditClass, Ctx, Hidden, Role},
    ids::{ApplicationId, MemberId, MembershipId, OrgId},
    joining::{
        Application, ApplicationState, ApproveApplication, ListApplications, OneApplication, OpenApplication,
        RECEIVED, RefuseApplication, erased_on,
    },
    mail as letters,
    policy::Policy,
    scope::Scope,
    world::london_date,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use uuid::Uuid;

/// So many may wait in one scheme; whoever floods it finds a closed door instead of a full disk.
const MOST_WAITING: i64 = 200;

/// What came of applying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It was received.
    Received(ApplicationId),
    /// The same network has sent too much: not before so long.
    Wait(SignedDuration),
    /// Too much waits here already.
    Full,
}

/// Receives an application, and tells the board by mail that it came.
///
/// # Errors
/// The engine's; [`StoreError::Hidden`] where there is no such organisation.
pub async fn receive(
    store: &Store,
    ctx: &Ctx,
    org: OrgId,
    network: &str,
    application: &Application,
    address: impl Fn(&Scope, ApplicationId) -> String,
) -> Result<Receipt, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let scope = orgs::scope(&mut inner, org).await?.ok_or(Hidden)?;
    if let Attempt::Wait(wait) = accounts::count_message(&mut inner, network).await? {
        return Ok(Receipt::Wait(wait));
    }
    let text = sql!("SELECT COUNT(*) AS n FROM applications WHERE org_id = $1 AND state = 'waiting'");
    if inner.one(text, args![org]).await?.int("n")? >= MOST_WAITING {
        return Ok(Receipt::Full);
    }
    let id: ApplicationId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "application").await?;
    let sealed = inner.seal(&key, "applications", "sealed", id.0, application)?;
    let text = sql!(
        "INSERT INTO applications (id, org_id, state, received_at, received_on, erase_on, sealed) \
         VALUES ($1, $2, 'waiting', $3, $4, $5, $6)"
    );
    let erase_on = erased_on(&scope.policy, scope.today, None);
    let values = args![id, org, inner.ctx.now(), scope.today, erase_on, sealed];
    inner.exec(text, values).await?;
    let about = vec![id.0];
    audit::record(&mut inner, org.0, "nobody".into(), String::new(), RECEIVED, AuditClass::Change, about)
        .await?;
    tell_board(&mut inner, &scope, &address(&scope, id)).await?;
    inner.db.commit().await?;
    Ok(Receipt::Received(id))
}

async fn tell_board(inner: &mut Inner, scope: &Scope, link: &str) -> Result<(), StoreError> {
    if !inner.store.sends_mail() {
        return Ok(());
    }
    let text =
        sql!("SELECT id FROM memberships WHERE org_id = $1 AND role = $2 AND state = 'active' ORDER BY id");
    for row in inner.rows(text, args![scope.org, Role::Board.name()]).await? {
        let membership: MembershipId = row.id("id")?;
        if let Some(to) = mail::addresses(inner, membership).await? {
            let letter = letters::applied(&to, &scope.policy.scheme.name, link);
            mail::queue(inner, membership, None, &letter).await?;
        }
    }
    Ok(())
}

/// An application, as it is kept.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub id: ApplicationId,
    /// What became of it.
    pub state: ApplicationState,
    /// When it came.
    pub received_at: Timestamp,
    /// When the board decided.
    pub decided_on: Option<Date>,
    /// The day on which it is deleted, unless the business is taken in before.
    pub erase_on: Date,
    /// What was written.
    pub application: Application,
}

fn held(row: &Row, key: &fairwatch_vault::DataKey) -> Result<Held, StoreError> {
    let id: ApplicationId = row.id("id")?;
    Ok(Held {
        id,
        state: row.word("state")?,
        received_at: row.instant("received_at")?,
        decided_on: row.opt_date("decided_on")?,
        erase_on: row.date("erase_on")?,
        application: keys::open(key, "applications", "sealed", id.0, &row.bytes("sealed")?)?,
    })
}

/// All that is kept, what waits first, the oldest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListApplications>) -> Result<Vec<Held>, StoreError> {
    let org = tx.permit.target().0;
    let today = tx.inner.ctx.today();
    let text = sql!(
        "SELECT * FROM applications WHERE org_id = $1 AND erase_on > $2 \
         ORDER BY CASE state WHEN 'waiting' THEN 0 ELSE 1 END, received_at, id LIMIT 500"
    );
    let (ids, list) = tx.inner.sealed_under_themselves(text, args![org, today], held).await?;
    tx.saw(ids);
    Ok(list)
}

async fn one(inner: &mut Inner, id: ApplicationId) -> Result<Held, StoreError> {
    let row = inner.one(sql!("SELECT * FROM applications WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    held(&row, &key)
}

/// One of them.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open(tx: &mut Tx<OpenApplication>) -> Result<Held, StoreError> {
    let OneApplication(id) = *tx.permit.target();
    one(&mut tx.inner, id).await
}

/// A business that was taken in.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The member.
    pub member: MemberId,
    /// The invitation of whoever applied, who manages the member's users.
    pub invited: Invited,
}

/// Takes the business in: it is a member with its agreement on record, whoever applied is invited as its manager, and of
/// the application nothing stays.
///
/// # Errors
/// [`StoreError::Refused`] where whoever applied has a role here already; the engine's, or a damaged record.
pub async fn approve(tx: &mut Tx<ApproveApplication>) -> Result<Joined, StoreError> {
    let OneApplication(id) = *tx.permit.target();
    let org = tx.permit.facts().scope.org;
    let inner = &mut tx.inner;
    let Application { business, name, email, agreed, .. } = one(inner, id).await?.application;
    let member = members::make(inner, org, &business).await?;
    let key = inner.key(member.0).await?;
    let agreement: Uuid = inner.ctx.new_id();
    let sealed = inner.seal(&key, "agreements", "sealed", agreement, &(&agreed.name, &agreed.from))?;
    let text = sql!(
        "INSERT INTO agreements (id, member_id, version, agreed_at, sealed) VALUES ($1, $2, $3, $4, $5)"
    );
    inner.exec(text, args![agreement, member, agreed.version, agreed.at, sealed]).await?;
    let profile = Profile { name, email: Some(email), user_name: None };
    let invitation = Invitation { profile, role: Role::MemberUser, member: Some(member) };
    let invited = invitations::offer(inner, org, &invitation, true, None).await?;
    destroy(inner, id).await?;
    tx.saw([member.0, invited.membership.0]);
    Ok(Joined { member, invited })
}

/// Refuses it, and tells whoever applied by mail.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn refuse(tx: &mut Tx<RefuseApplication>, reason: &str) -> Result<(), StoreError> {
    let OneApplication(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let account = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let held = one(inner, id).await?;
    let application = Application { reason: Some(reason.to_owned()), ..held.application };
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "applications", "sealed", id.0, &application)?;
    let received_on = london_date(held.received_at);
    let erase_on = erased_on(&scope.policy, received_on, Some(scope.today));
    let text = sql!(
        "UPDATE applications SET state = 'refused', decided_on = $2, decided_by = $3, erase_on = $4, sealed = $5 \
         WHERE id = $1"
    );
    inner.exec(text, args![id, scope.today, account, erase_on, sealed]).await?;
    let letter = letters::refusal(&application.email, &application.name, &scope.policy.scheme.name, reason);
    mail::queue(inner, id, None, &letter).await?;
    Ok(())
}

/// How many wait: a count alone, beside the members.
///
/// # Errors
/// The engine's.
pub async fn waiting(tx: &mut Tx<ListMembers>) -> Result<i64, StoreError> {
    let org = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT COUNT(*) AS n FROM applications WHERE org_id = $1 AND state = 'waiting' AND erase_on > $2"
    );
    let today = inner.ctx.today();
    inner.one(text, args![org, today]).await?.int("n")
}

/// An application, as far as the day of its end is worked out from it.
pub(crate) struct Dated {
    id: ApplicationId,
    received_on: Date,
    decided_on: Option<Date>,
}

impl Dated {
    /// The day on which it is deleted under a policy.
    pub(crate) fn erased_on(&self, policy: &Policy) -> Date {
        erased_on(policy, self.received_on, self.decided_on)
    }
}

/// All of them, by their days (RET-15).
pub(crate) async fn dated(inner: &mut Inner, org: OrgId) -> Result<Vec<Dated>, StoreError> {
    let text = sql!("SELECT id, received_on, decided_on FROM applications WHERE org_id = $1 ORDER BY id");
    let rows = inner.rows(text, args![org]).await?;
    rows.iter()
        .map(|row| {
            Ok(Dated {
                id: row.id("id")?,
                received_on: row.date("received_on")?,
                decided_on: row.opt_date("decided_on")?,
            })
        })
        .collect()
}

/// Gives every application the day that another policy sets (RET-15).
pub(crate) async fn follow(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    for one in dated(inner, scope.org).await? {
        let text = sql!("UPDATE applications SET erase_on = $2 WHERE id = $1");
        inner.exec(text, args![one.id, one.erased_on(&scope.policy)]).await?;
    }
    Ok(())
}

async fn destroy(inner: &mut Inner, id: ApplicationId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM applications WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// Destroys what is past its end in a scheme (RET-15).
pub(crate) async fn destroy_due(inner: &mut Inner, org: OrgId, today: Date) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM applications WHERE org_id = $1 AND erase_on <= $2 ORDER BY id");
    for row in inner.rows(text, args![org, today]).await? {
        destroy(inner, row.id("id")?).await?;
    }
    Ok(())
}

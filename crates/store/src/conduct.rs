//! Breaches of the rules, and members that are suspended (MEM-8).
//!
//! Each record has a key of its own, so that a reason outlives the account of whoever was removed. When it ends is asked
//! of the policy of the day, whenever the sweep comes by; no day is stored. That a suspension is in force is asked by the
//! statements that find a session and a standing, with the day compared: nobody has to note its end.
use crate::{
    accounts,
    accounts::{Which, sessions, users},
    certifications,
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys, leaving, mail, orgs,
};
use fairwatch_core::{
    accounts::{Business, MembershipFacts, MembershipState},
    conduct::{
        Detail, Kind, LetMemberIn, ListConduct, Measure, RecordBreach, ReviewSuspension, ShowConduct,
        SuspendMember, Suspension,
    },
    ids::{AccountId, ConductId, MemberId, MembershipId, OrgId, SessionId},
    leaving::MemberFacts,
    mail as letters,
    scope::{Scope, ends},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A record of conduct.
#[derive(Clone, Debug)]
pub struct Record {
    /// Which.
    pub id: ConductId,
    /// What is recorded.
    pub kind: Kind,
    /// The business that it concerns.
    pub member: Option<MemberId>,
    /// What followed from a breach.
    pub measure: Option<Measure>,
    /// The day on which it happened.
    pub happened_on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom, while they have an account.
    pub by: Option<String>,
    /// The day on which it is deleted, unless it is about a suspension that is still in force.
    pub ends_on: Date,
    /// What it says.
    pub detail: Detail,
}

/// What is to be recorded.
struct New<'a> {
    kind: Kind,
    member: Option<MemberId>,
    account: Option<AccountId>,
    measure: Option<Measure>,
    happened_on: Date,
    detail: &'a Detail,
}

async fn put(inner: &mut Inner, scope: &Scope, new: New<'_>) -> Result<ConductId, StoreError> {
    let id: ConductId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "conduct").await?;
    let sealed = inner.seal(&key, "conduct", "sealed", id.0, new.detail)?;
    let by = match inner.ctx.caller() {
        fairwatch_core::gate::Caller::User { account, .. } => Some(account),
        _ => None,
    };
    let text = sql!(
        "INSERT INTO conduct (id, org_id, kind, member_id, account_id, measure, happened_on, recorded_on, recorded_at, recorded_by, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    );
    let values = args![
        id,
        scope.org,
        new.kind.name(),
        new.member,
        new.account,
        new.measure.map(Measure::name),
        new.happened_on,
        scope.today,
        inner.ctx.now(),
        by,
        sealed
    ];
    inner.exec(text, values).await?;
    Ok(id)
}

/// Keeps why a user was suspended, removed or let back in, under a key that outlives their account; gives back the owner
/// under whom the audit seals the reason. Of somebody who asked to be deleted nothing outlives that (MEM-2).
pub(crate) async fn of_user(
    inner: &mut Inner,
    membership: MembershipId,
    facts: &MembershipFacts,
    account: AccountId,
    to: MembershipState,
    reason: &str,
) -> Result<Uuid, StoreError> {
    let text = sql!("SELECT deletion_asked_on FROM memberships WHERE id = $1");
    let asked = inner.one(text, args![membership]).await?.opt_date("deletion_asked_on")?;
    let kind = match to {
        MembershipState::Suspended => Kind::UserSuspended,
        MembershipState::Ended => Kind::UserRemoved,
        MembershipState::Active | MembershipState::Invited => Kind::UserLetIn,
    };
    if asked.is_some() && to == MembershipState::Ended {
        // What was recorded of them before goes as well: they asked for that.
        let text = sql!("SELECT id FROM conduct WHERE org_id = $1 AND account_id = $2 ORDER BY id");
        for row in inner.rows(text, args![facts.org, account]).await? {
            destroy(inner, row.id("id")?).await?;
        }
    }
    let scope = orgs::scope(inner, facts.org).await?;
    let (None, Some(scope)) = (asked, scope) else { return Ok(account.0) };
    let business = match facts.member {
        Some(member) => leaving::business(inner, member).await?.name,
        None => String::new(),
    };
    let person = accounts::name_of(inner, account).await?;
    let detail = Detail { business, person, rule: String::new(), text: reason.to_owned() };
    let new = New {
        kind,
        member: facts.member,
        account: Some(account),
        measure: None,
        happened_on: scope.today,
        detail: &detail,
    };
    Ok(put(inner, &scope, new).await?.0)
}

/// Whether a business is suspended on a day, and until when.
pub(crate) async fn suspension(
    inner: &mut Inner,
    member: MemberId,
    today: Date,
) -> Result<Option<Suspension>, StoreError> {
    let text = sql!("SELECT began_on, review_on, ends_on FROM member_suspensions WHERE member_id = $1");
    let row = inner.opt(text, args![member]).await?;
    Ok(row.as_ref().map(read).transpose()?.filter(|found| found.holds(today)))
}

fn read(row: &Row) -> Result<Suspension, StoreError> {
    Ok(Suspension {
        began_on: row.date("began_on")?,
        review_on: row.date("review_on")?,
        ends_on: row.opt_date("ends_on")?,
    })
}

/// The businesses of a scheme that are suspended today: nothing is sent to their people.
pub(crate) async fn suspended(
    inner: &mut Inner,
    org: OrgId,
    today: Date,
) -> Result<BTreeMap<MemberId, Suspension>, StoreError> {
    let text = sql!(
        "SELECT member_id, began_on, review_on, ends_on FROM member_suspensions \
         WHERE org_id = $1 AND (ends_on IS NULL OR ends_on > $2)"
    );
    let rows = inner.rows(text, args![org, today]).await?;
    rows.iter().map(|row| Ok((row.id("member_id")?, read(row)?))).collect()
}

/// What the register of conduct holds.
#[derive(Clone, Debug)]
pub struct Register {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// Every record that is kept, the latest first.
    pub records: Vec<Record>,
    /// Who is suspended today: which business, what it is called, until when.
    pub suspended: Vec<(MemberId, String, Suspension)>,
}

async fn records(inner: &mut Inner, scope: &Scope, rows: Vec<Row>) -> Result<Vec<Record>, StoreError> {
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    let by = rows.iter().map(|row| row.opt_id::<Uuid>("recorded_by")).collect::<Result<Vec<_>, _>>()?;
    let mut by = by.into_iter().flatten().collect::<Vec<_>>();
    by.sort_unstable();
    by.dedup();
    let names = certifications::names(inner, &by).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: ConductId = row.id("id")?;
        let ends_on = ends(row.date("recorded_on")?, scope.policy.keep.conduct.length);
        let key = keys.get(&id.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        found.push(Record {
            id,
            kind: row.word("kind")?,
            member: row.opt_id("member_id")?,
            measure: row.opt_word("measure")?,
            happened_on: row.date("happened_on")?,
            recorded_at: row.instant("recorded_at")?,
            by: row.opt_id::<Uuid>("recorded_by")?.and_then(|by| names.get(&by).cloned()),
            ends_on,
            detail: keys::open(key, "conduct", "sealed", id.0, &row.bytes("sealed")?)?,
        });
    }
    // What is past its end is told to nobody, whether or not the sweep has come by; why somebody is out is.
    let resting = rested_on(inner, scope).await?;
    found.retain(|one| scope.today < one.ends_on || resting.contains(&one.id.0));
    Ok(found)
}

/// The records on which a suspension in force rests, of a business or of one of its people: they are kept as long as that.
pub(crate) async fn rested_on(inner: &mut Inner, scope: &Scope) -> Result<HashSet<Uuid>, StoreError> {
    let text = sql!(
        "SELECT record_id FROM member_suspensions WHERE org_id = $1 AND (ends_on IS NULL OR ends_on > $2) \
         UNION SELECT conduct_id AS record_id FROM memberships WHERE org_id = $1 AND state = 'suspended' \
         AND conduct_id IS NOT NULL"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    rows.iter().map(|row| row.id("record_id")).collect()
}

/// The register of conduct of a scheme.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListConduct>) -> Result<Register, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!("SELECT * FROM conduct WHERE org_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT 500");
    let rows = inner.rows(text, args![scope.org]).await?;
    let records = records(inner, &scope, rows).await?;
    let mut out = Vec::new();
    for (member, found) in suspended(inner, scope.org, scope.today).await? {
        out.push((member, leaving::business(inner, member).await?.name, found));
    }
    out.sort_by(|a, b| (a.2.review_on, &a.1).cmp(&(b.2.review_on, &b.1)));
    let seen = records.iter().map(|one| one.id.0).chain(out.iter().map(|one| one.0.0)).collect::<Vec<_>>();
    tx.saw(seen);
    Ok(Register { scope, records, suspended: out })
}

/// Who is suspended, beside the directory of all.
///
/// # Errors
/// The engine's.
pub async fn all(
    tx: &mut Tx<fairwatch_core::accounts::ListMembers>,
) -> Result<HashMap<MemberId, Suspension>, StoreError> {
    let scope = tx.permit.facts().clone();
    Ok(suspended(&mut tx.inner, scope.org, scope.today).await?.into_iter().collect())
}

/// What concerns one business and its people.
#[derive(Clone, Debug)]
pub struct OfMember {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The business.
    pub business: Business,
    /// Whether it is suspended.
    pub suspended: Option<Suspension>,
    /// What was recorded, the latest first.
    pub records: Vec<Record>,
    /// Its people, by name.
    pub users: Vec<(MembershipId, String)>,
}

/// What was recorded of one business and its people.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowConduct>) -> Result<OfMember, StoreError> {
    let MemberFacts { scope, member, suspended, .. } = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text =
        sql!("SELECT * FROM conduct WHERE member_id = $1 ORDER BY recorded_at DESC, id DESC LIMIT 500");
    let rows = inner.rows(text, args![member]).await?;
    let records = records(inner, &scope, rows).await?;
    let text = sql!(
        "SELECT id, account_id FROM memberships WHERE member_id = $1 AND state IN ('active', 'suspended') \
         AND account_id IS NOT NULL"
    );
    let mut users = Vec::new();
    for row in inner.rows(text, args![member]).await? {
        if let Some(name) = accounts::name_of(inner, row.id("account_id")?).await? {
            users.push((row.id("id")?, name));
        }
    }
    users.sort_by_cached_key(|(id, name)| (name.to_lowercase(), *id));
    let business = leaving::business(inner, member).await?;
    let seen = records.iter().map(|one| one.id.0).collect::<Vec<_>>();
    tx.saw(seen);
    Ok(OfMember { scope, business, suspended, records, users })
}

/// That the rules were broken.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Whom of its people it concerns; nobody where it is the business as a whole.
    pub membership: Option<MembershipId>,
    /// What follows.
    pub measure: Measure,
    /// The day on which it happened.
    pub happened_on: Date,
    /// Which rule was broken.
    pub rule: String,
    /// What happened.
    pub text: String,
    /// Where the whole business is suspended with it: by when that is looked at again.
    pub review_on: Option<Date>,
}

/// Records a breach, takes the measure in the same transaction, and tells the managers that there is something. How many of
/// them a mail goes to.
///
/// # Errors
/// [`StoreError::Refused`] in words; the engine's.
pub async fn record(tx: &mut Tx<RecordBreach>, breach: &Breach) -> Result<usize, StoreError> {
    let facts = tx.permit.facts().clone();
    let own = tx.permit.standing().account;
    let MemberFacts { scope, member, suspended, managers, .. } = &facts;
    let inner = &mut tx.inner;
    let business = leaving::business(inner, *member).await?.name;
    let whom = match breach.membership {
        Some(membership) => Some(whom(inner, *member, membership, own).await?),
        None => None,
    };
    let detail = Detail {
        business,
        person: whom.as_ref().map(|whom| whom.name.clone()),
        rule: breach.rule.clone(),
        text: breach.text.clone(),
    };
    let new = New {
        kind: Kind::Breach,
        member: Some(*member),
        account: whom.as_ref().map(|whom| whom.account),
        measure: Some(breach.measure),
        happened_on: breach.happened_on,
        detail: &detail,
    };
    // Before the measure: whoever is suspended is reached by no other mail.
    let told = addresses(inner, managers).await?;
    let id = put(inner, scope, new).await?;
    let mut touched = vec![id.0];
    let mut gone = None;
    match (breach.measure, &whom) {
        (Measure::Warning | Measure::Training, _) => {}
        (Measure::Suspension, Some(whom)) => {
            if whom.state != MembershipState::Suspended {
                touched.extend(change(inner, whom, MembershipState::Suspended, id).await?);
            }
        }
        (Measure::Removal, Some(whom)) => {
            gone = Some(whom.membership);
            touched.extend(change(inner, whom, MembershipState::Ended, id).await?);
        }
        (Measure::Suspension, None) => {
            if suspended.is_some() {
                return Err(StoreError::RefusedAt(
                    "measure",
                    "The business is suspended already. Record another measure.".into(),
                ));
            }
            let review = breach.review_on.unwrap_or(scope.today);
            touched.extend(shut_out(inner, &facts, id, review, None).await?);
        }
        (Measure::Removal, None) => {
            return Err(StoreError::RefusedAt(
                "measure",
                "The board ends a membership. Suspend the business, and ask the board.".into(),
            ));
        }
    }
    let letter = match (breach.measure, &whom) {
        (Measure::Suspension, None) => letters::member_suspended,
        _ => letters::conduct_recorded,
    };
    let told = told.into_iter().filter(|(manager, _)| Some(*manager) != gone).collect::<Vec<_>>();
    let told = tell(inner, scope, &told, letter).await?;
    tx.because(id.0, &breach.text);
    tx.saw(touched);
    Ok(told)
}

/// Whom a record concerns.
struct Whom {
    membership: MembershipId,
    account: AccountId,
    state: MembershipState,
    name: String,
}

async fn whom(
    inner: &mut Inner,
    member: MemberId,
    membership: MembershipId,
    own: Option<AccountId>,
) -> Result<Whom, StoreError> {
    let nobody = || StoreError::RefusedAt("who", "They are nobody of this business any more.".into());
    let text = sql!(
        "SELECT account_id, state, deletion_asked_on FROM memberships \
         WHERE id = $1 AND member_id = $2 AND state IN ('active', 'suspended')"
    );
    let row = inner.db.opt_locked(text, args![membership, member], Lock::Update).await?.ok_or_else(nobody)?;
    let account = row.opt_id::<AccountId>("account_id")?.ok_or_else(nobody)?;
    if own == Some(account) {
        return Err(StoreError::RefusedAt("who", "Of yourself somebody else records it.".into()));
    }
    if row.opt_date("deletion_asked_on")?.is_some() {
        let answer =
            "They asked to be deleted. Answer that first, under Members: nothing new is kept of them.";
        return Err(StoreError::RefusedAt("who", answer.into()));
    }
    let name = accounts::name_of(inner, account).await?.ok_or_else(nobody)?;
    Ok(Whom { membership, account, state: row.word("state")?, name })
}

async fn change(
    inner: &mut Inner,
    whom: &Whom,
    to: MembershipState,
    record: ConductId,
) -> Result<Vec<Uuid>, StoreError> {
    let ended = users::change_state(inner, whom.membership, whom.account, to, Some(record.0)).await?;
    Ok([whom.account.0, whom.membership.0].into_iter().chain(ended.into_iter().map(|id| id.0)).collect())
}

/// Suspends a business: from the commit on nobody of it passes a door, on any server. Sessions that lead nowhere else end,
/// and so do those at its shared devices. What they sent stays, and what they typed stays as long as any draft.
async fn shut_out(
    inner: &mut Inner,
    facts: &MemberFacts,
    record: ConductId,
    review_on: Date,
    ends_on: Option<Date>,
) -> Result<Vec<Uuid>, StoreError> {
    let MemberFacts { scope, member, .. } = facts;
    // Whoever is changing something at this moment does so before, or finds out.
    let text =
        sql!("SELECT id, account_id FROM memberships WHERE member_id = $1 AND state <> 'ended' ORDER BY id");
    let people = inner.db.rows_locked(text, args![*member]).await?;
    let text = sql!(
        "INSERT INTO member_suspensions (member_id, org_id, record_id, began_on, review_on, ends_on) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (member_id) DO UPDATE \
         SET record_id = $3, began_on = $4, review_on = $5, ends_on = $6"
    );
    inner.exec(text, args![*member, scope.org, record, scope.today, review_on, ends_on]).await?;
    let text = sql!(
        "SELECT s.id, s.account_id FROM sessions s JOIN devices d ON d.id = s.device_id \
         WHERE d.member_id = $1 AND s.ended_at IS NULL ORDER BY s.id"
    );
    let mut ended: Vec<SessionId> = Vec::new();
    for row in inner.rows(text, args![*member]).await? {
        ended.extend(sessions::end_of(inner, row.id("account_id")?, Which::One(row.id("id")?)).await?);
    }
    for row in &people {
        if let Some(account) = row.opt_id::<AccountId>("account_id")? {
            ended.extend(users::sign_out_without_role(inner, account).await?);
        }
    }
    Ok(ended.into_iter().map(|session| session.0).collect())
}

/// Where those who speak for a business are reached.
async fn addresses(
    inner: &mut Inner,
    managers: &[MembershipId],
) -> Result<Vec<(MembershipId, String)>, StoreError> {
    let mut found = Vec::new();
    for manager in managers {
        found.extend(mail::addresses(inner, *manager).await?.map(|to| (*manager, to)));
    }
    Ok(found)
}

/// Tells the managers of a business by mail that there is something, and no more. To how many it goes.
async fn tell(
    inner: &mut Inner,
    scope: &Scope,
    managers: &[(MembershipId, String)],
    letter: impl Fn(&str, &str, &str) -> letters::Mail,
) -> Result<usize, StoreError> {
    let contact = &scope.policy.controller.contact;
    let telephone = || contact.telephone.first().map(ToString::to_string);
    let reach = contact.email.as_ref().map(ToString::to_string).or_else(telephone);
    let reach = reach.unwrap_or_else(|| scope.policy.scheme.name.to_string());
    let mut told = 0;
    for (manager, to) in managers {
        let letter = letter(to, &scope.policy.scheme.name, &reach);
        told += usize::from(mail::queue(inner, *manager, None, &letter).await?);
    }
    Ok(told)
}

async fn about_member(
    inner: &mut Inner,
    facts: &MemberFacts,
    kind: Kind,
    reason: &str,
) -> Result<ConductId, StoreError> {
    let business = leaving::business(inner, facts.member).await?.name;
    let detail = Detail { business, person: None, rule: String::new(), text: reason.to_owned() };
    let new = New {
        kind,
        member: Some(facts.member),
        account: None,
        measure: None,
        happened_on: facts.scope.today,
        detail: &detail,
    };
    put(inner, &facts.scope, new).await
}

/// Suspends a whole business, with the reason. To how many of its managers a mail goes.
///
/// # Errors
/// The engine's.
pub async fn suspend(
    tx: &mut Tx<SuspendMember>,
    reason: &str,
    review_on: Date,
    ends_on: Option<Date>,
) -> Result<usize, StoreError> {
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let told = addresses(inner, &facts.managers).await?;
    let id = about_member(inner, &facts, Kind::MemberSuspended, reason).await?;
    let ended = shut_out(inner, &facts, id, review_on, ends_on).await?;
    let told = tell(inner, &facts.scope, &told, letters::member_suspended).await?;
    tx.because(id.0, reason);
    tx.saw(std::iter::once(id.0).chain(ended));
    Ok(told)
}

/// Keeps what a review of the suspension found, with its next day and its end.
///
/// # Errors
/// The engine's.
pub async fn review(
    tx: &mut Tx<ReviewSuspension>,
    found: &str,
    review_on: Date,
    ends_on: Option<Date>,
) -> Result<(), StoreError> {
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let id = about_member(inner, &facts, Kind::MemberReviewed, found).await?;
    let text = sql!("UPDATE member_suspensions SET review_on = $2, ends_on = $3 WHERE member_id = $1");
    inner.exec(text, args![facts.member, review_on, ends_on]).await?;
    tx.because(id.0, found);
    tx.saw([id.0]);
    Ok(())
}

/// Lets a business back in, with the reason.
///
/// # Errors
/// The engine's.
pub async fn let_in(tx: &mut Tx<LetMemberIn>, reason: &str) -> Result<(), StoreError> {
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let id = about_member(inner, &facts, Kind::MemberLetIn, reason).await?;
    inner.exec(sql!("DELETE FROM member_suspensions WHERE member_id = $1"), args![facts.member]).await?;
    let told = addresses(inner, &facts.managers).await?;
    tell(inner, &facts.scope, &told, letters::member_let_in).await?;
    tx.because(id.0, reason);
    tx.saw([id.0]);
    Ok(())
}

/// What was recorded of the conduct of somebody: theirs to see, wherever it was (MEM-2).
#[derive(Clone, Debug, Serialize)]
pub struct OwnConduct {
    /// What is recorded.
    pub kind: Kind,
    /// What followed from a breach.
    pub measure: Option<Measure>,
    /// The day on which it happened.
    pub happened_on: Date,
    /// What it says.
    pub detail: Detail,
}

/// All of it, the latest first, as far as it is not past its end.
pub(crate) async fn own(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnConduct>, StoreError> {
    let text = sql!("SELECT DISTINCT org_id FROM conduct WHERE account_id = $1");
    let mut all = Vec::new();
    for row in inner.rows(text, args![account]).await? {
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { continue };
        let text = sql!(
            "SELECT * FROM conduct WHERE account_id = $1 AND org_id = $2 ORDER BY recorded_at DESC, id DESC LIMIT 500"
        );
        let rows = inner.rows(text, args![account, scope.org]).await?;
        let found = records(inner, &scope, rows).await?.into_iter();
        all.extend(found.map(|Record { kind, measure, happened_on, detail, .. }| OwnConduct {
            kind,
            measure,
            happened_on,
            detail,
        }));
    }
    Ok(all)
}

/// What is held of the conduct of a business that leaves goes with it (MEM-6).
pub(crate) async fn forget(inner: &mut Inner, member: MemberId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM member_suspensions WHERE member_id = $1"), args![member]).await?;
    for row in
        inner.rows(sql!("SELECT id FROM conduct WHERE member_id = $1 ORDER BY id"), args![member]).await?
    {
        destroy(inner, row.id("id")?).await?;
    }
    Ok(())
}

async fn destroy(inner: &mut Inner, id: ConductId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM conduct WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// Destroys the records whose time is over (RET-15), but for the reason of a suspension that is in force.
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!("DELETE FROM member_suspensions WHERE org_id = $1 AND ends_on <= $2");
    inner.exec(text, args![scope.org, scope.today]).await?;
    let resting = rested_on(inner, scope).await?;
    let text = sql!("SELECT id, recorded_on FROM conduct WHERE org_id = $1 ORDER BY id");
    for row in inner.rows(text, args![scope.org]).await? {
        let id: ConductId = row.id("id")?;
        let ends_on = ends(row.date("recorded_on")?, scope.policy.keep.conduct.length);
        if ends_on <= scope.today && !resting.contains(&id.0) {
            destroy(inner, id).await?;
        }
    }
    Ok(())
}

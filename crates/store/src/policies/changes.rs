//! Changes of a policy: drafted, tried, proposed, agreed to by somebody else, in force from a day on (POL-5, SEC-6).
//! One at a time in each organisation, so that nobody agrees to what another change has overtaken.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts::Load,
    keys, orgs,
    subjects::pages::{self, Card},
};
use fairwatch_core::{
    gate::{Action, Ctx},
    ids::{AccountId, OrgId, PolicyChangeId, PolicyId, SubjectId},
    notices::{self, Prose},
    policies::{
        AuthoriseChange, ChangeFacts, ChangeState, DraftChange, EditChange, ListAffected, ListChanges,
        OneChange, OpenChange, ProposeChange, RefuseChange, WithdrawChange,
    },
    policy::{
        Policy, Severity,
        changing::{Effect, Numbers, fixed},
    },
    scope::ends,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::dialect::Lock;

/// What is written of a change. A reason is free text and may name anybody, so all of it is sealed under the change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The text of the policy.
    pub text: String,
    /// What is written beside it, as [`Prose::to_json`] writes it.
    pub prose: String,
    /// Why it is changed. It is published with the version.
    pub reason: String,
    /// Why it was refused or taken back.
    pub against: String,
}

impl Written {
    /// What is written beside the policy.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it is something else.
    pub fn prose(&self) -> Result<Prose, StoreError> {
        Prose::from_json(&self.prose).ok_or_else(|| StoreError::corrupt("what is kept beside a policy"))
    }
}

/// How far the dry run of a change has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The day on which it was begun.
    pub on: Date,
    /// How many people there were then.
    pub total: u64,
    /// Whether it is whole.
    pub is_done: bool,
    /// What it found so far.
    pub numbers: Numbers,
    /// How many changes have been recorded since it began.
    pub changes_since: u64,
}

impl Tried {
    /// Whether the list of people whom it concerns is still there.
    #[must_use]
    pub fn is_listed(&self, today: Date) -> bool {
        self.on >= listed_from(today)
    }

    /// Whether somebody may still decide on it: it is whole, of today, and the data has not changed a lot since.
    #[must_use]
    pub fn is_fresh(&self, today: Date) -> bool {
        self.is_done && self.on == today && self.changes_since <= MANY.max(self.total / 20)
    }
}

/// Whether the list of people whom a dry run of a day concerns is still there: over a day old it says nothing that
/// anybody may decide by, and goes (RET-15).
fn listed_from(today: Date) -> Date {
    today.yesterday().unwrap_or(today)
}

/// For so long a change waits for somebody to write at it or to decide on it (RET-15).
const WAITS: SignedDuration = SignedDuration::from_hours(24 * 90);

/// So many changes are not a lot, however few people there are.
const MANY: u64 = 20;

/// A change as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The change.
    pub id: PolicyChangeId,
    /// How far it has come.
    pub state: ChangeState,
    /// The version that it was written from.
    pub base: PolicyId,
    /// The version that it became.
    pub version: Option<i64>,
    /// Who wrote it; none for the console.
    pub author: Option<AccountId>,
    /// Everybody who wrote at it or put it before the board: none of them agrees to it (SEC-6).
    pub writers: Vec<AccountId>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// From which day it is to hold.
    pub effective_on: Option<Date>,
    /// What the file is called.
    pub file_name: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was put before the board.
    pub proposed_at: Option<Timestamp>,
    /// When that decided, or the author took it back.
    pub decided_at: Option<Timestamp>,
    /// What is written.
    pub written: Written,
    /// Its dry run.
    pub tried: Option<Tried>,
}

impl Load<OneChange> for ChangeFacts {
    async fn load(inner: &mut Inner, target: &OneChange, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, state, author_id, writers, effective_on FROM policy_changes WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let lock = if acting { Lock::Update } else { Lock::Share };
        let values = args![target.0, inner.within];
        let Some(row) = inner.db.opt_locked(text, values, lock).await? else { return Ok(None) };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        Ok(Some(Self {
            change: target.0,
            state: row.word("state")?,
            author: row.opt_id("author_id")?,
            writers: writers(&row)?,
            effective_on: row.opt_date("effective_on")?,
            scope,
        }))
    }
}

fn writers(row: &Row) -> Result<Vec<AccountId>, StoreError> {
    let ids = row.text("writers")?;
    ids.split_whitespace()
        .map(|id| id.parse().map_err(|_| StoreError::corrupt("who wrote at a change of policy")))
        .collect()
}

/// Notes that somebody wrote at a change.
async fn wrote(inner: &mut Inner, change: &Change, by: Option<AccountId>) -> Result<(), StoreError> {
    let Some(by) = by.filter(|by| !change.writers.contains(by)) else { return Ok(()) };
    let all = change.writers.iter().copied().chain([by]).map(|id| id.to_string()).collect::<Vec<_>>();
    let text = sql!("UPDATE policy_changes SET writers = $2 WHERE id = $1");
    inner.exec(text, args![change.id, all.join(" ")]).await?;
    Ok(())
}

async fn read(inner: &mut Inner, org: OrgId, row: &Row) -> Result<Change, StoreError> {
    let id: PolicyChangeId = row.id("id")?;
    let key = inner.key(id.0).await?;
    Ok(Change {
        id,
        state: row.word("state")?,
        base: row.id("base_id")?,
        version: row.opt_int("version")?,
        author: row.opt_id("author_id")?,
        writers: writers(row)?,
        decided_by: row.opt_id("decided_by")?,
        effective_on: row.opt_date("effective_on")?,
        file_name: row.text("file_name")?,
        created_at: row.instant("created_at")?,
        proposed_at: row.opt_instant("proposed_at")?,
        decided_at: row.opt_instant("decided_at")?,
        written: keys::open(&key, "policy_changes", "sealed", id.0, &row.bytes("sealed")?)?,
        tried: tried(inner, org, row).await?,
    })
}

async fn tried(inner: &mut Inner, org: OrgId, row: &Row) -> Result<Option<Tried>, StoreError> {
    let (Some(on), Some(at)) = (row.opt_date("tried_on")?, row.opt_int("tried_at")?) else { return Ok(None) };
    let since = sql!(
        "SELECT COUNT(*) AS n FROM audit_entries WHERE chain = $1 AND position > $2 AND class = 'change' \
         AND action NOT LIKE 'policies.%'"
    );
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(Some(Tried {
        on,
        total: count(row.opt_int("tried_total")?.unwrap_or(0)),
        is_done: row.flag("tried_done")?,
        numbers: serde_json::from_str(&row.text("tried")?).map_err(|_| StoreError::corrupt("a dry run"))?,
        changes_since: count(inner.one(since, args![org, at]).await?.int("n")?),
    }))
}

/// The change that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open<A>(tx: &mut Tx<A>) -> Result<Change, StoreError>
where
    A: Action<Target = OneChange, Facts = ChangeFacts>,
{
    let (id, org) = (tx.permit.target().0, tx.permit.facts().scope.org);
    let row = tx.inner.one(sql!("SELECT * FROM policy_changes WHERE id = $1"), args![id]).await?;
    read(&mut tx.inner, org, &row).await
}

/// The changes of the organisation, the newest first; of drafts only what the asker may open.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListChanges>, with_drafts: bool) -> Result<Vec<Change>, StoreError> {
    let org = tx.permit.target().0;
    let text =
        sql!("SELECT * FROM policy_changes WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50");
    let mut changes = Vec::new();
    for row in tx.inner.rows(text, args![org]).await? {
        let change = read(&mut tx.inner, org, &row).await?;
        if with_drafts || change.state != ChangeState::Draft {
            changes.push(change);
        }
    }
    Ok(changes)
}

/// Begins a change from the policy in force.
///
/// # Errors
/// [`StoreError::Refused`] while another is under way.
pub async fn draft(tx: &mut Tx<DraftChange>) -> Result<PolicyChangeId, StoreError> {
    let scope = tx.permit.facts().clone();
    let author = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let over = sql!(
        "UPDATE policy_changes SET is_open = 0 WHERE org_id = $1 AND is_open = 1 AND state = 'authorised' AND effective_on <= $2"
    );
    inner.exec(over, args![scope.org, scope.today]).await?;
    let text = sql!("SELECT file_name, body, prose FROM policies WHERE id = $1");
    let row = inner.one(text, args![scope.policy_id]).await?;
    let id: PolicyChangeId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "policy_change").await?;
    let written = Written { text: row.text("body")?, prose: row.text("prose")?, ..Written::default() };
    let sealed = inner.seal(&key, "policy_changes", "sealed", id.0, &written)?;
    let text = sql!(
        "INSERT INTO policy_changes (id, org_id, state, is_open, base_id, author_id, file_name, created_at, changed_at, \
         sealed, tried_done, tried, writers) VALUES ($1, $2, 'draft', 1, $3, $4, $5, $6, $6, $7, 0, '{}', $8) ON CONFLICT DO NOTHING"
    );
    let by = author.map_or_else(String::new, |author| author.to_string());
    let (file, now) = (row.text("file_name")?, inner.ctx.now());
    let values = args![id, scope.org, scope.policy_id, author, file, now, sealed, by];
    if inner.exec(text, values).await? == 0 {
        return Err(StoreError::refused(
            "There is a change under way already. Finish it, or take it back, before you begin another.",
        ));
    }
    tx.saw([id.0]);
    Ok(id)
}

/// What somebody is called who wrote a change or decided on it, while they have an account.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn name(tx: &mut Tx<OpenChange>, account: Option<AccountId>) -> Result<Option<String>, StoreError> {
    match account {
        Some(account) => crate::accounts::name_of(&mut tx.inner, account).await,
        None => Ok(None),
    }
}

/// Changes whose dry run of today is not whole: ids alone, for the job that goes on with them.
///
/// # Errors
/// The engine's.
pub async fn unfinished(store: &Store, ctx: &Ctx) -> Result<Vec<PolicyChangeId>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT id FROM policy_changes WHERE state IN ('draft', 'proposed') AND tried_done = 0 AND tried_on = $1"
    );
    let rows = inner.rows(text, args![ctx.today()]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// The folder in which what is written beside a policy file lies.
#[must_use]
pub fn folder(file: &str) -> &str {
    file.strip_suffix(".toml").unwrap_or(file)
}

async fn reseal(inner: &mut Inner, id: PolicyChangeId, written: &Written) -> Result<(), StoreError> {
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "policy_changes", "sealed", id.0, written)?;
    let text = sql!("UPDATE policy_changes SET sealed = $2, changed_at = $3 WHERE id = $1");
    inner.exec(text, args![id, sealed, inner.ctx.now()]).await?;
    Ok(())
}

/// Keeps what was typed, whatever is wrong with it. What was tried before is no dry run of this.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn save(
    tx: &mut Tx<EditChange>,
    text: String,
    prose: &Prose,
    reason: String,
    effective_on: Option<Date>,
) -> Result<(), StoreError> {
    let (before, by) = (open(tx).await?, tx.permit.standing().account);
    let id = before.id;
    wrote(&mut tx.inner, &before, by).await?;
    let prose = prose.to_json();
    let is_another = before.written.text != text || before.effective_on != effective_on;
    reseal(&mut tx.inner, id, &Written { text, prose, reason, ..before.written }).await?;
    let day = sql!("UPDATE policy_changes SET effective_on = $2 WHERE id = $1");
    tx.inner.exec(day, args![id, effective_on]).await?;
    if is_another {
        forget_trial(&mut tx.inner, id).await?;
    }
    Ok(())
}

async fn forget_trial(inner: &mut Inner, id: PolicyChangeId) -> Result<(), StoreError> {
    forget_effects(inner, id).await?;
    let text = sql!(
        "UPDATE policy_changes SET tried_on = NULL, tried_run = NULL, tried_at = NULL, tried_done = 0, tried = '{}' WHERE id = $1"
    );
    inner.exec(text, args![id]).await?;
    Ok(())
}

pub(super) async fn forget_effects(inner: &mut Inner, id: PolicyChangeId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM policy_effects WHERE change_id = $1"), args![id]).await?;
    Ok(())
}

fn must_be_fresh(change: &Change, today: Date) -> Result<(), StoreError> {
    if change.tried.as_ref().is_some_and(|tried| tried.is_fresh(today)) {
        return Ok(());
    }
    Err(StoreError::refused(
        "Work out anew what this change would do: there is no dry run of today, or the data has changed a lot since.",
    ))
}

/// Refuses a policy that has no word for what is held: its notice would say that it is not (SUB-1, POL-4).
fn must_deny_nothing(change: &Change) -> Result<(), StoreError> {
    let dropped = change.tried.iter().flat_map(|tried| &tried.numbers.dropped);
    let held = dropped.filter(|dropped| dropped.people > 0).map(ToString::to_string).collect::<Vec<_>>();
    if held.is_empty() { Ok(()) } else { Err(StoreError::Refused(held.join("\n"))) }
}

/// Refuses what a running scheme's policy may not change, and texts beside it that it contradicts (POL-4).
pub(super) fn must_fit(old: &Policy, new: &Policy, change: &Change) -> Result<(), StoreError> {
    let mut found = fixed(old, new);
    found.extend(notices::check(new, &change.written.prose()?, folder(&change.file_name)));
    found.retain(|finding| finding.severity == Severity::Error);
    if found.is_empty() {
        return Ok(());
    }
    Err(StoreError::Refused(found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// Puts the change before the board.
///
/// # Errors
/// [`StoreError::Refused`] without a reason, a day, or a dry run of today.
pub async fn propose(tx: &mut Tx<ProposeChange>) -> Result<(), StoreError> {
    let change = open(tx).await?;
    let today = tx.permit.facts().scope.today;
    if change.written.reason.trim().is_empty() {
        return Err(StoreError::RefusedAt("reason", "Say why the policy is changed.".into()));
    }
    match change.effective_on {
        Some(day) if day >= today => {}
        _ => return Err(StoreError::RefusedAt("from", "Say from which day: today or later.".into())),
    }
    must_be_fresh(&change, today)?;
    must_deny_nothing(&change)?;
    let by = tx.permit.standing().account;
    wrote(&mut tx.inner, &change, by).await?;
    let text =
        sql!("UPDATE policy_changes SET state = 'proposed', proposed_at = $2, changed_at = $2 WHERE id = $1");
    let now = tx.inner.ctx.now();
    tx.inner.exec(text, args![change.id, now]).await?;
    tx.because(change.id.0, &change.written.reason);
    Ok(())
}

/// Agrees to the change: a version of its own from its day on, or from today where that has passed (SEC-6).
///
/// # Errors
/// [`StoreError::Refused`] without a dry run of today, or where the policy is another one than it was written from.
pub async fn authorise(tx: &mut Tx<AuthoriseChange>) -> Result<i64, StoreError> {
    let change = open(tx).await?;
    let facts = tx.permit.facts().clone();
    let (scope, by) = (facts.scope.clone(), tx.permit.standing().account);
    must_be_fresh(&change, scope.today)?;
    must_deny_nothing(&change)?;
    if change.base != scope.policy_id {
        return Err(StoreError::refused(
            "The policy in force is another one than this change was written from. Refuse it, and ask for a new one.",
        ));
    }
    // The rules for files may have become stricter since it was written.
    let policy = Policy::parse(&change.file_name, &change.written.text).map_err(|findings| {
        StoreError::Refused(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    must_fit(&scope.policy, &policy, &change)?;
    let inner = &mut tx.inner;
    let number = sql!(
        "SELECT MAX(v.version) + 1 AS next FROM (SELECT version FROM policies WHERE org_id = $1 \
         UNION ALL SELECT version FROM policy_changes WHERE org_id = $1 AND version IS NOT NULL) v"
    );
    let version = inner.one(number, args![scope.org]).await?.int("next")?;
    let (id, effective, now): (PolicyId, Date, _) =
        (inner.ctx.new_id(), facts.takes_effect(), inner.ctx.now());
    let text = sql!(
        "INSERT INTO policies (id, org_id, version, file_name, body, author_id, authorised_by, reason, certify, \
         change_id, effective_on, created_at, prose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    let written = &change.written;
    let values = args![
        id,
        scope.org,
        version,
        &*change.file_name,
        &*written.text,
        change.author,
        by,
        &*written.reason,
        policy.deadlines.certify_on_revision.is,
        change.id,
        effective,
        now,
        &*written.prose
    ];
    inner.exec(text, values).await?;
    let text = sql!(
        "UPDATE policy_changes SET state = 'authorised', version = $2, decided_by = $3, decided_at = $4, effective_on = $5 \
         WHERE id = $1"
    );
    inner.exec(text, args![change.id, version, by, now, effective]).await?;
    Ok(version)
}

/// Refuses the change.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn refuse(tx: &mut Tx<RefuseChange>, reason: &str) -> Result<(), StoreError> {
    let (change, by) = (open(tx).await?, tx.permit.standing().account);
    end(&mut tx.inner, &change, ChangeState::Refused, by, reason).await?;
    tx.because(change.id.0, reason);
    Ok(())
}

/// Takes the change back, before it takes effect.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn withdraw(tx: &mut Tx<WithdrawChange>, reason: &str) -> Result<(), StoreError> {
    let (change, by) = (open(tx).await?, tx.permit.standing().account);
    let today = tx.permit.facts().scope.today;
    // Its number is not given again: somebody may have read of it.
    let text = sql!("DELETE FROM policies WHERE change_id = $1 AND effective_on > $2");
    tx.inner.exec(text, args![change.id, today]).await?;
    end(&mut tx.inner, &change, ChangeState::Withdrawn, by, reason).await?;
    tx.because(change.id.0, reason);
    Ok(())
}

async fn end(
    inner: &mut Inner,
    change: &Change,
    state: ChangeState,
    by: Option<AccountId>,
    reason: &str,
) -> Result<(), StoreError> {
    let written = Written { against: reason.to_owned(), ..change.written.clone() };
    reseal(inner, change.id, &written).await?;
    forget_effects(inner, change.id).await?;
    let text = sql!(
        "UPDATE policy_changes SET state = $2, is_open = 0, decided_by = $3, decided_at = $4, ended_on = $5 WHERE id = $1"
    );
    let (now, today) = (inner.ctx.now(), inner.ctx.today());
    inner.exec(text, args![change.id, state.as_str(), by, now, today]).await?;
    Ok(())
}

/// Destroys what was refused or taken back and is older than the policy keeps former documents (RET-15), and the lists
/// of dry runs whose change is in force.
pub(crate) async fn forget_old(
    inner: &mut Inner,
    scope: &fairwatch_core::scope::Scope,
) -> Result<(), StoreError> {
    let text = sql!("SELECT id, ended_on FROM policy_changes WHERE org_id = $1 AND ended_on IS NOT NULL");
    for row in inner.rows(text, args![scope.org]).await? {
        if ends(row.date("ended_on")?, scope.policy.keep.old_document.length) <= scope.today {
            let id: Uuid = row.id("id")?;
            forget_effects(inner, PolicyChangeId(id)).await?;
            inner.exec(sql!("DELETE FROM policy_changes WHERE id = $1"), args![id]).await?;
            inner.destroy_key(id).await?;
        }
    }
    let over = sql!(
        "DELETE FROM policy_effects WHERE change_id IN (SELECT c.id FROM policy_changes c WHERE c.org_id = $1 \
         AND ((c.state = 'authorised' AND c.effective_on <= $2) OR c.tried_on < $3))"
    );
    inner.exec(over, args![scope.org, scope.today, listed_from(scope.today)]).await?;
    let since = inner.ctx.now().checked_sub(WAITS).unwrap_or(Timestamp::MIN);
    let idle = sql!(
        "SELECT * FROM policy_changes WHERE org_id = $1 AND state IN ('draft', 'proposed') AND changed_at <= $2"
    );
    for row in inner.rows(idle, args![scope.org, since]).await? {
        let change = read(inner, scope.org, &row).await?;
        let why = "Nobody wrote at it or decided on it for 90 days.";
        end(inner, &change, ChangeState::Withdrawn, None, why).await?;
    }
    Ok(())
}

/// Somebody to whom a change would do something.
#[derive(Clone, Debug)]
pub struct Affected {
    /// Who.
    pub card: Card,
    /// The day under the policy in force.
    pub was: Option<Date>,
    /// The day under the new one.
    pub will: Option<Date>,
}

/// The people to whom a change does one thing, by day and id, after the last of the page before; those of them who
/// are still there.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn affected(
    tx: &mut Tx<ListAffected>,
    effect: Effect,
    after: Option<(String, SubjectId)>,
    size: u32,
) -> Result<(Vec<Affected>, Option<(String, SubjectId)>), StoreError> {
    let (id, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let text = sql!(
        "SELECT e.subject_id, e.was_on, e.will_on, COALESCE(e.will_on, '9999-12-31') AS sort FROM policy_effects e \
         JOIN policy_changes c ON c.id = e.change_id AND c.tried_on >= $6 WHERE e.change_id = $1 AND e.effect = $2 AND (COALESCE(e.will_on, '9999-12-31') > $3 \
         OR (COALESCE(e.will_on, '9999-12-31') = $3 AND e.subject_id > $4)) ORDER BY sort, e.subject_id LIMIT $5"
    );
    let (day, last) = after.unwrap_or((String::new(), SubjectId(Uuid::nil())));
    let rows =
        tx.inner.rows(text, args![id, effect.as_str(), day, last, size, listed_from(scope.today)]).await?;
    let mut people = Vec::new();
    for row in &rows {
        // By the clock of today, whatever the index says: who is past their end is nobody's to read (RET-10).
        if let Some(card) = pages::one(&mut tx.inner, &scope, row.id("subject_id")?).await? {
            people.push(Affected { card, was: row.opt_date("was_on")?, will: row.opt_date("will_on")? });
        }
    }
    let next = match rows.last() {
        Some(row) if rows.len() == size as usize => Some((row.text("sort")?, row.id("subject_id")?)),
        _ => None,
    };
    tx.saw(people.iter().map(|one| one.card.id.0).collect::<Vec<_>>());
    Ok((people, next))
}

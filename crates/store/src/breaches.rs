//! The register of personal data breaches (BRE-1 to BRE-3); who was affected is in `breaches/affected.rs` (BRE-4).
mod affected;

pub use affected::{Affected, AffectedPerson, Viewer, Window, affected};

use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::{self, Load},
    mail, orgs, steps,
};
use fairwatch_core::{
    breaches::{
        BreachFacts, BreachState, CloseBreach, Content, EditBreach, JudgeBreach, ListBreaches, NoteBreach,
        OneBreach, Owed, RecordBreach, ShowBreach, Step, StepKind, owed,
    },
    duties::{Dated, Kind},
    gate::{Action, Role},
    ids::{AccountId, BreachId, MembershipId, OrgId},
    mail as letters,
    policy::Policy,
    scope::{Scope, ends},
    world::{london, london_date},
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

impl Load<OneBreach> for BreachFacts {
    async fn load(inner: &mut Inner, target: &OneBreach, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, state, erase_on FROM breaches WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = facts::row(inner, text, target.0.0, Some(facts::lock(acting))).await? else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let is_over = row.opt_date("erase_on")?.is_some_and(|day| day <= scope.today);
        Ok((!is_over).then_some(Self { state: row.word("state")?, scope }))
    }
}

/// A breach, as the register keeps it.
#[derive(Clone, Debug)]
pub struct Breach {
    /// Which.
    pub id: BreachId,
    /// Its number in the register.
    pub number: i64,
    /// What became of it.
    pub state: BreachState,
    /// Whether it is an exercise: nothing happened, and nobody was told.
    pub is_exercise: bool,
    /// When the scheme became aware of it: entry 1.
    pub aware_at: Timestamp,
    /// The day on which it was closed.
    pub closed_on: Option<Date>,
    /// The day on which it is deleted, once it is closed.
    pub erase_on: Option<Date>,
    /// How often it was changed: who changes it says which edition they have read.
    pub edition: i64,
    /// What the register says of it.
    pub content: Content,
    /// What was done about it.
    pub steps: Vec<Step>,
    /// What is still owed; nothing of one that is closed.
    pub owed: Vec<Owed>,
}

fn kept(step: steps::Kept<StepKind, String>) -> Step {
    Step { kind: step.kind, yes: step.yes, at: step.at, words: step.words, by: step.by }
}

async fn breach(inner: &mut Inner, policy: &Policy, row: &Row) -> Result<Breach, StoreError> {
    let id: BreachId = row.id("id")?;
    let (key, content): (_, Content) = steps::content(inner, "breaches", id.0, &row.bytes("sealed")?).await?;
    let steps = steps::all(inner, id.0, &key).await?.into_iter().map(kept).collect::<Vec<_>>();
    let (state, aware_at) = (row.word("state")?, row.instant("aware_at")?);
    let owed = match state {
        BreachState::Open => owed(policy, aware_at, content.is_personal, &steps),
        BreachState::Closed => Vec::new(),
    };
    Ok(Breach {
        id,
        number: row.int("number")?,
        state,
        is_exercise: row.flag("is_exercise")?,
        aware_at,
        closed_on: row.opt_date("closed_on")?,
        erase_on: row.opt_date("erase_on")?,
        edition: row.int("edition")?,
        content,
        steps,
        owed,
    })
}

async fn one(inner: &mut Inner, policy: &Policy, id: BreachId) -> Result<Breach, StoreError> {
    let row = inner.one(sql!("SELECT * FROM breaches WHERE id = $1"), args![id]).await?;
    breach(inner, policy, &row).await
}

/// The register, what is open first, the newest first (BRE-1).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListBreaches>) -> Result<Vec<Breach>, StoreError> {
    let scope = tx.permit.facts().clone();
    let text = sql!(
        "SELECT * FROM breaches WHERE org_id = $1 AND (erase_on IS NULL OR erase_on > $2) \
         ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, number DESC LIMIT 500"
    );
    let rows = tx.inner.rows(text, args![scope.org, scope.today]).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        all.push(breach(&mut tx.inner, &scope.policy, row).await?);
    }
    tx.saw(all.iter().map(|breach| breach.id.0));
    Ok(all)
}

/// One of them.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowBreach>) -> Result<Breach, StoreError> {
    let OneBreach(id) = *tx.permit.target();
    let policy = tx.permit.facts().scope.policy.clone();
    one(&mut tx.inner, &policy, id).await
}

/// Enters a breach, and sends the board a mail that there is one. A mail that is on its way has told nobody: that the
/// board knows is owed until somebody records it (BRE-2). Of an exercise nobody is told.
///
/// # Errors
/// The engine's.
pub async fn record(
    tx: &mut Tx<RecordBreach>,
    aware_at: Timestamp,
    is_exercise: bool,
    content: &Content,
    host: &str,
) -> Result<BreachId, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let id: BreachId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "breach").await?;
    let sealed = inner.seal(&key, "breaches", "sealed", id.0, content)?;
    let number = orgs::next_breach(inner, scope.org).await?;
    let text = sql!(
        "INSERT INTO breaches (id, org_id, number, state, is_exercise, is_personal, aware_at, recorded_at, edition, sealed) \
         VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, 1, $8)"
    );
    let now = inner.ctx.now();
    let values = args![id, scope.org, number, is_exercise, content.is_personal, aware_at, now, sealed];
    inner.exec(text, values).await?;
    if !is_exercise {
        mail_board(inner, &scope, &format!("{host}/o/{}/breaches/{id}", scope.slug)).await?;
    }
    tx.saw([id.0]);
    Ok(id)
}

/// Sends each of the board a mail that there is a breach.
async fn mail_board(inner: &mut Inner, scope: &Scope, link: &str) -> Result<(), StoreError> {
    let text =
        sql!("SELECT id FROM memberships WHERE org_id = $1 AND role = $2 AND state = 'active' ORDER BY id");
    for row in inner.rows(text, args![scope.org, Role::Board.name()]).await? {
        let membership: MembershipId = row.id("id")?;
        if let Some(to) = mail::addresses(inner, membership).await? {
            let letter = letters::breach(&to, &scope.policy.scheme.name, link);
            mail::queue(inner, membership, None, &letter).await?;
        }
    }
    Ok(())
}

/// A change of what is said of a breach.
#[derive(Clone, Debug)]
pub struct Change {
    /// The edition that was read.
    pub read: i64,
    /// When it was detected.
    pub aware_at: Timestamp,
    /// What is said now.
    pub content: Content,
    /// Why entry 1 or 5 is another, where one is.
    pub reason: String,
}

fn moment(at: Timestamp) -> String {
    london().to_datetime(at).strftime("%-d %B %Y, %H:%M").to_string()
}

/// Says more of a breach, or corrects what was said. From when the hours run, and whether personal data is concerned,
/// leave a step: what was said before, and why it is another.
///
/// # Errors
/// [`StoreError::Refused`] where somebody else has changed it meanwhile, where a reason is missing, where it would be
/// detected after somebody was told, and where anybody but the board says that no personal data is concerned after all.
pub async fn edit(tx: &mut Tx<EditBreach>, change: &Change) -> Result<(), StoreError> {
    let OneBreach(id) = *tx.permit.target();
    let policy = tx.permit.facts().scope.policy.clone();
    let (by, is_board) = (tx.permit.standing().account, tx.permit.standing().is(Role::Board));
    let inner = &mut tx.inner;
    let was = one(inner, &policy, id).await?;
    if was.edition != change.read {
        return Err(StoreError::refused(
            "Somebody else has changed it since you opened this page. What you typed is here: compare it with the breach’s page, \
             then keep it again.",
        ));
    }
    let mut said = Vec::new();
    if was.aware_at != change.aware_at {
        if was.steps.iter().any(|step| step.kind != StepKind::Changed && step.at < change.aware_at) {
            let text = "Somebody was told before that. Check day and time.";
            return Err(StoreError::RefusedAt("aware", text.into()));
        }
        said.push(format!("Detected {}, not {}.", moment(change.aware_at), moment(was.aware_at)));
    }
    if was.content.is_personal != change.content.is_personal {
        if !change.content.is_personal && !is_board {
            let text = "That no personal data is concerned after all, the board says.";
            return Err(StoreError::RefusedAt("personal", text.into()));
        }
        let now = if change.content.is_personal { "Personal data is" } else { "No personal data is" };
        said.push(format!("{now} concerned, otherwise than was said before."));
    }
    let key = inner.key(id.0).await?;
    if !said.is_empty() {
        if change.reason.is_empty() {
            let text = "Say why entry 1 or 5 is another now. It stands in the report.";
            return Err(StoreError::RefusedAt("reason", text.into()));
        }
        said.push(change.reason.clone());
        let (words, at) = (said.join(" "), inner.ctx.now());
        let yes = change.content.is_personal;
        let kind = StepKind::Changed.name();
        let new = steps::New { kind, yes, at, on: None, by, words: words.as_str() };
        steps::put(inner, id.0, &key, new).await?;
    }
    let sealed = inner.seal(&key, "breaches", "sealed", id.0, &change.content)?;
    let text = sql!(
        "UPDATE breaches SET aware_at = $2, is_personal = $3, sealed = $4, edition = edition + 1 WHERE id = $1"
    );
    inner.exec(text, args![id, change.aware_at, change.content.is_personal, sealed]).await?;
    Ok(())
}

/// A step to be recorded.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// What it is about.
    pub kind: StepKind,
    /// Whether they were told; of the risk, whether it is high.
    pub yes: bool,
    /// When.
    pub at: Timestamp,
    /// In which words.
    pub words: String,
}

/// Records who was told, or why not (BRE-2, BRE-3).
///
/// # Errors
/// [`StoreError::Refused`] for the risk, which is the board's, where the board is not to be told, where the risk is high and
/// the Commissioner is not to be told, and for a time before the scheme was aware.
pub async fn note(tx: &mut Tx<NoteBreach>, step: &NewStep) -> Result<(), StoreError> {
    match (step.kind, step.yes) {
        (StepKind::Risk | StepKind::Changed, _) => {
            return Err(StoreError::refused("This is not recorded here."));
        }
        (StepKind::Board, false) => {
            let text = "The board has to know. Record it once it was told.";
            return Err(StoreError::RefusedAt("yes", text.into()));
        }
        _ => {}
    }
    add(tx, *tx.permit.target(), step).await
}

/// Records how high the board judges the risk (BRE-3).
///
/// # Errors
/// As [`note`].
pub async fn judge(tx: &mut Tx<JudgeBreach>, step: &NewStep) -> Result<(), StoreError> {
    add(tx, *tx.permit.target(), step).await
}

async fn add<A: Action>(tx: &mut Tx<A>, target: OneBreach, step: &NewStep) -> Result<(), StoreError> {
    let OneBreach(id) = target;
    let by: Option<AccountId> = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let text = sql!("SELECT aware_at FROM breaches WHERE id = $1");
    let found = steps::bare::<StepKind>(inner, &[id.0]).await?;
    let high = found.iter().rfind(|one| one.kind == StepKind::Risk).is_some_and(|one| one.yes);
    if high && step.kind == StepKind::Commissioner && !step.yes {
        let text = "The board finds the risk high: then the Information Commissioner is told.";
        return Err(StoreError::RefusedAt("yes", text.into()));
    }
    if step.at < inner.one(text, args![id]).await?.instant("aware_at")? {
        return Err(StoreError::RefusedAt(
            "at",
            "That is before the breach was detected. Check day and time.".into(),
        ));
    }
    let key = inner.key(id.0).await?;
    let NewStep { kind, yes, at, words } = step;
    let new = steps::New { kind: kind.name(), yes: *yes, at: *at, on: None, by, words: words.as_str() };
    steps::put(inner, id.0, &key, new).await
}

/// Closes a breach of which nothing is owed any more; from then on its time to the end runs.
///
/// # Errors
/// [`StoreError::Refused`] with what is still owed.
pub async fn close(tx: &mut Tx<CloseBreach>) -> Result<(), StoreError> {
    let OneBreach(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let breach = one(inner, &scope.policy, id).await?;
    if !breach.owed.is_empty() {
        let open = breach.owed.iter().map(|owed| owed.kind.label()).collect::<Vec<_>>().join("; ");
        return Err(StoreError::refused(format!(
            "It cannot be closed yet. Record first what was done, or why not: {open}."
        )));
    }
    let text = sql!("UPDATE breaches SET state = 'closed', closed_on = $2, erase_on = $3 WHERE id = $1");
    let erase_on = ends(scope.today, scope.policy.keep.breach.length);
    inner.exec(text, args![id, scope.today, erase_on]).await?;
    Ok(())
}

/// What is owed of open breaches, for the calendar of duties: numbers and what to do, and no word of what happened.
/// Exercises are nobody's duty.
pub(crate) async fn dated(inner: &mut Inner, scope: &Scope) -> Result<Vec<Dated>, StoreError> {
    let text = sql!(
        "SELECT id, number, aware_at, is_personal FROM breaches WHERE org_id = $1 AND state = 'open' AND is_exercise = 0"
    );
    let rows = inner.rows(text, args![scope.org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let done = steps::bare::<StepKind>(inner, &ids).await?;
    let mut all = Vec::new();
    for row in &rows {
        let (id, number): (Uuid, i64) = (row.id("id")?, row.int("number")?);
        let steps = done.iter().filter(|step| step.owner == id);
        let steps = steps
            .map(|step| Step { kind: step.kind, yes: step.yes, at: step.at, words: String::new(), by: None })
            .collect::<Vec<_>>();
        let owed = owed(&scope.policy, row.instant("aware_at")?, row.flag("is_personal")?, &steps);
        if owed.is_empty() {
            // A day that stands still, so that nobody is reminded of it each morning.
            let due = london_date(steps.last().map_or(row.instant("aware_at")?, |step| step.at));
            let about = format!("Close breach {number} of personal data: nothing of it is open");
            all.push(Dated { kind: Kind::Breach, key: format!("{id} close"), due, count: 1, about });
        }
        for owed in owed {
            let about = match owed.kind {
                StepKind::Board => format!("Tell the board of breach {number} of personal data"),
                StepKind::Commissioner => {
                    format!("Tell the Information Commissioner of breach {number} of personal data")
                }
                StepKind::Processor => format!("Tell the processors of breach {number} of personal data"),
                StepKind::Risk => format!("Judge the risk to people from breach {number} of personal data"),
                StepKind::People | StepKind::Changed => {
                    format!("Tell the people concerned by breach {number} of personal data")
                }
            };
            let key = format!("{id} {}", owed.kind.name());
            all.push(Dated { kind: Kind::Breach, key, due: london_date(owed.by), count: 1, about });
        }
    }
    Ok(all)
}

/// Closed breaches by the day on which they were, for what ends by another policy (RET-15).
pub(crate) async fn closed(inner: &mut Inner, org: OrgId) -> Result<Vec<(BreachId, Date)>, StoreError> {
    let text =
        sql!("SELECT id, closed_on FROM breaches WHERE org_id = $1 AND closed_on IS NOT NULL ORDER BY id");
    let rows = inner.rows(text, args![org]).await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.date("closed_on")?))).collect()
}

/// Gives every closed breach the day that another policy sets (RET-15).
pub(crate) async fn follow(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    for (id, day) in closed(inner, scope.org).await? {
        let text = sql!("UPDATE breaches SET erase_on = $2 WHERE id = $1");
        inner.exec(text, args![id, ends(day, scope.policy.keep.breach.length)]).await?;
    }
    Ok(())
}

/// Destroys what is past its end in a scheme (RET-15).
pub(crate) async fn destroy_due(inner: &mut Inner, org: OrgId, today: Date) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM breaches WHERE org_id = $1 AND erase_on <= $2 ORDER BY id");
    for row in inner.rows(text, args![org, today]).await? {
        let id: BreachId = row.id("id")?;
        inner.exec(sql!("DELETE FROM breaches WHERE id = $1"), args![id]).await?;
        steps::destroy(inner, id.0).await?;
    }
    Ok(())
}

//! What people ask about their data (SAR-1, SAR-2, SAR-7, PUB-3).
//!
//! [`receive`] has no permit: anybody may ask. It looks for nobody and asks nothing about the reference that was typed, so
//! that neither answer nor time can tell who is held.
use crate::{
    accounts::{self, Attempt},
    audit,
    dialect::{Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts::{self, Load},
    keys, mail, orgs, steps,
};
use fairwatch_core::{
    duties::{Dated as Duty, Kind},
    gate::{AuditClass, Ctx, Hidden},
    ids::{AccountId, OrgId, RequestAboutDataId, SubjectId},
    mail as letters,
    policy::Policy,
    requests::{
        Content, CountRequests, Dated, Due, EnterRequest, FinishRequest, LinkRequest, ListRequests,
        NoteRequest, OneRequest, OpenRequest, Origin, Outcome, RECEIVED, RequestFacts, RequestState, Step,
        StepKind, Words, due, erased_on, is_known, may,
    },
    rights::Right,
    scope::Scope,
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;
use uuid::Uuid;

/// So many may be open in one scheme by the public form; whoever floods it finds a closed door instead of a full disk.
const MOST_OPEN: i64 = 500;

impl Load<OneRequest> for RequestFacts {
    async fn load(inner: &mut Inner, target: &OneRequest, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, asks, state, received_on, subject_id, erase_on FROM requests \
             WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = facts::row(inner, text, target.0.0, Some(facts::lock(acting))).await? else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        if row.date("erase_on")? <= scope.today {
            return Ok(None);
        }
        let steps = steps::bare(inner, &[target.0.0]).await?.iter().map(dated_step).collect();
        Ok(Some(Self {
            state: row.word("state")?,
            right: row.word("asks")?,
            received_on: row.date("received_on")?,
            steps,
            subject: row.opt_id("subject_id")?,
            scope,
        }))
    }
}

fn dated_step(step: &steps::Bare<StepKind>) -> Dated {
    Dated { kind: step.kind, on: step.on, yes: step.yes }
}

/// What came of asking by the public form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It was received.
    Received(RequestAboutDataId),
    /// The same network has sent too much: not before so long.
    Wait(jiff::SignedDuration),
    /// Too much waits here already.
    Full,
}

/// Receives what somebody asks of an organisation by the public form. The page tells them the receipt, and so the first
/// step is that they were told.
///
/// # Errors
/// The engine's; [`StoreError::Hidden`] where there is no such organisation.
pub async fn receive(
    store: &Store,
    ctx: &Ctx,
    org: OrgId,
    right: Right,
    network: &str,
    content: &Content,
) -> Result<Receipt, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let scope = orgs::scope(&mut inner, org).await?.ok_or(Hidden)?;
    if let Attempt::Wait(wait) = accounts::count_message(&mut inner, network).await? {
        return Ok(Receipt::Wait(wait));
    }
    let text =
        sql!("SELECT COUNT(*) AS n FROM requests WHERE org_id = $1 AND state = 'open' AND origin = 'site'");
    if inner.one(text, args![org]).await?.int("n")? >= MOST_OPEN {
        return Ok(Receipt::Full);
    }
    let id = put(&mut inner, &scope, right, Origin::Site, scope.today, content).await?;
    let words = Words { text: format!("On the page, with the receipt {}.", content.receipt), how: None };
    add(&mut inner, id, &Noted { kind: StepKind::Receipt, yes: true, on: scope.today, words }, None).await?;
    audit::record(
        &mut inner,
        org.0,
        "nobody".into(),
        String::new(),
        RECEIVED,
        AuditClass::Change,
        vec![id.0],
    )
    .await?;
    inner.db.commit().await?;
    Ok(Receipt::Received(id))
}

/// Enters one that came by e-mail, on paper, by telephone or in person.
///
/// # Errors
/// The engine's.
pub async fn enter(
    tx: &mut Tx<EnterRequest>,
    right: Right,
    origin: Origin,
    received_on: Date,
    content: &Content,
) -> Result<RequestAboutDataId, StoreError> {
    let scope = tx.permit.facts().clone();
    let id = put(&mut tx.inner, &scope, right, origin, received_on, content).await?;
    tx.saw([id.0]);
    Ok(id)
}

async fn put(
    inner: &mut Inner,
    scope: &Scope,
    right: Right,
    origin: Origin,
    received_on: Date,
    content: &Content,
) -> Result<RequestAboutDataId, StoreError> {
    let id: RequestAboutDataId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "request").await?;
    let sealed = inner.seal(&key, "requests", "sealed", id.0, content)?;
    let text = sql!(
        "INSERT INTO requests (id, org_id, asks, origin, state, received_on, received_at, erase_on, sealed) \
         VALUES ($1, $2, $3, $4, 'open', $5, $6, $7, $8)"
    );
    let erase_on = erased_on(&scope.policy, right, received_on, None);
    let now = inner.ctx.now();
    inner
        .exec(text, args![id, scope.org, right.name(), origin.name(), received_on, now, erase_on, sealed])
        .await?;
    Ok(id)
}

/// A request, as it is kept.
#[derive(Clone, Debug)]
pub struct Held {
    /// Which.
    pub id: RequestAboutDataId,
    /// What is asked for.
    pub right: Right,
    /// By which way it came.
    pub origin: Origin,
    /// What became of it.
    pub state: RequestState,
    /// The day on which it was received.
    pub received_on: Date,
    /// When it was written down.
    pub received_at: Timestamp,
    /// The day on which it was completed.
    pub done_on: Option<Date>,
    /// The day on which it is deleted.
    pub erase_on: Date,
    /// What they asked.
    pub content: Content,
    /// What is still due, and by when.
    pub due: Due,
    /// Whether it is known who asks.
    pub is_known: bool,
}

fn held(
    row: &Row,
    key: &fairwatch_vault::DataKey,
    policy: &Policy,
    steps: &[Dated],
) -> Result<Held, StoreError> {
    let id: RequestAboutDataId = row.id("id")?;
    let (right, received_on) = (row.word("asks")?, row.date("received_on")?);
    Ok(Held {
        id,
        right,
        origin: row.word("origin")?,
        state: row.word("state")?,
        received_on,
        received_at: row.instant("received_at")?,
        done_on: row.opt_date("done_on")?,
        erase_on: row.date("erase_on")?,
        content: keys::open(key, "requests", "sealed", id.0, &row.bytes("sealed")?)?,
        due: due(policy, right, received_on, steps),
        is_known: is_known(steps),
    })
}

/// Everything that is kept, what is open first, the soonest due first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListRequests>) -> Result<Vec<Held>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT * FROM requests WHERE org_id = $1 AND erase_on > $2 \
         ORDER BY CASE state WHEN 'open' THEN 0 ELSE 1 END, received_on DESC, id LIMIT 1000"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    let steps = by_owner(inner, &ids).await?;
    let none = Vec::new();
    let mut list = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let key = keys.get(&id).ok_or_else(|| StoreError::corrupt("a data key"))?;
        list.push(held(row, key, &scope.policy, steps.get(&id).unwrap_or(&none))?);
    }
    list.sort_by_key(|held| match held.state {
        RequestState::Open => (0, held.due.answer_by, held.id),
        RequestState::Done => (1, held.erase_on, held.id),
    });
    tx.saw(ids);
    Ok(list)
}

async fn by_owner(inner: &mut Inner, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Dated>>, StoreError> {
    let mut steps: BTreeMap<Uuid, Vec<Dated>> = BTreeMap::new();
    for step in steps::bare::<StepKind>(inner, ids).await? {
        steps.entry(step.owner).or_default().push(dated_step(&step));
    }
    Ok(steps)
}

/// One request with all that happened to it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What they asked.
    pub held: Held,
    /// What happened, in the order in which it was written down.
    pub steps: Vec<Step>,
    /// Whose record it is linked to, by number, while they are held.
    pub subject: Option<(SubjectId, i64)>,
}

/// Reads one of them.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open(tx: &mut Tx<OpenRequest>) -> Result<Opened, StoreError> {
    let OneRequest(id) = *tx.permit.target();
    let (policy, linked) = (tx.permit.facts().scope.policy.clone(), tx.permit.facts().subject);
    let inner = &mut tx.inner;
    let row = inner.one(sql!("SELECT * FROM requests WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    let steps = steps::all::<StepKind, Words>(inner, id.0, &key).await?;
    let steps = steps
        .into_iter()
        .map(|step| Step { kind: step.kind, on: step.on, yes: step.yes, words: step.words, by: step.by })
        .collect::<Vec<_>>();
    let held = held(&row, &key, &policy, &steps.iter().map(Dated::from).collect::<Vec<_>>())?;
    let mut subject = None;
    if let Some(linked) = linked
        && facts::subject(inner, linked, None).await?.is_some_and(|facts| facts.stage.is_live())
    {
        let text = sql!("SELECT number FROM subjects WHERE id = $1");
        subject = Some((linked, inner.one(text, args![linked]).await?.int("number")?));
        tx.saw([linked.0]);
    }
    Ok(Opened { held, steps, subject })
}

/// A step to be recorded.
#[derive(Clone, Debug)]
pub struct Noted {
    /// What happened.
    pub kind: StepKind,
    /// On which day.
    pub on: Date,
    /// Of identity: whether it is them.
    pub yes: bool,
    /// In which words.
    pub words: Words,
}

/// Records what happened to it (SAR-1, SAR-2).
///
/// # Errors
/// [`StoreError::RefusedAt`] for a step that cannot be.
pub async fn note(tx: &mut Tx<NoteRequest>, noted: &Noted) -> Result<(), StoreError> {
    let OneRequest(id) = *tx.permit.target();
    let facts = tx.permit.facts();
    let step = Dated { kind: noted.kind, on: noted.on, yes: noted.yes };
    let scope = facts.scope.clone();
    may(&scope.policy, facts.right, facts.received_on, &facts.steps, step, scope.today)
        .map_err(|no| StoreError::RefusedAt("on", no.sentence().into()))?;
    let by = tx.permit.standing().account;
    // Whoever turns out to be somebody else is linked to nobody.
    if noted.kind == StepKind::Identity && !noted.yes {
        let text = sql!("UPDATE requests SET subject_id = NULL WHERE id = $1");
        tx.inner.exec(text, args![id]).await?;
    }
    add(&mut tx.inner, id, noted, by).await
}

async fn add(
    inner: &mut Inner,
    id: RequestAboutDataId,
    noted: &Noted,
    by: Option<AccountId>,
) -> Result<(), StoreError> {
    let key = inner.key(id.0).await?;
    let (kind, at) = (noted.kind.name(), inner.ctx.now());
    let new = steps::New { kind, yes: noted.yes, at, on: Some(noted.on), by, words: &noted.words };
    steps::put(inner, id.0, &key, new).await
}

/// Links it to the record of whoever asks, by its reference, with or without what this scheme's references begin with;
/// nothing takes the link away (SAR-2).
///
/// # Errors
/// [`StoreError::RefusedAt`] where it is no reference of this scheme, or nobody who is held has it.
pub async fn link(tx: &mut Tx<LinkRequest>, reference: &str) -> Result<(), StoreError> {
    let OneRequest(id) = *tx.permit.target();
    let org = tx.permit.facts().scope.org;
    let prefix = tx.permit.facts().scope.policy.scheme.prefix.to_string();
    let digits = match reference.rsplit_once('-') {
        Some((before, digits)) if before.trim().eq_ignore_ascii_case(&prefix) => Some(digits.trim()),
        Some(_) => None,
        None => Some(reference.trim()),
    };
    let number = match digits {
        Some("") if reference.trim().is_empty() => None,
        digits => Some(digits.and_then(|digits| digits.parse::<i64>().ok()).ok_or_else(|| {
            let text = format!("Enter the reference of the person’s record, such as {prefix}-0231.");
            StoreError::RefusedAt("number", text)
        })?),
    };
    let inner = &mut tx.inner;
    let nobody = || StoreError::RefusedAt("number", "Nobody who is held has that number. Check it.".into());
    let mut subject: Option<SubjectId> = None;
    if let Some(number) = number {
        // The number of a record that was merged leads to whoever holds it now.
        let text = sql!(
            "SELECT id FROM subjects WHERE org_id = $1 AND number = $2 \
             UNION ALL SELECT owner_id AS id FROM merges WHERE org_id = $1 AND other_number = $2"
        );
        let row = inner.opt(text, args![org, number]).await?.ok_or_else(nobody)?;
        let found: SubjectId = row.id("id")?;
        let facts = facts::subject(inner, found, None).await?.ok_or_else(nobody)?;
        if !facts.stage.is_live() {
            return Err(nobody());
        }
        subject = Some(found);
    }
    let text = sql!("UPDATE requests SET subject_id = $2 WHERE id = $1");
    inner.exec(text, args![id, subject]).await?;
    tx.saw(subject.iter().map(|subject| subject.0));
    Ok(())
}

/// Records how it ended, and sends the answer to `to`, where it is to go by mail; from then on its time to the end runs
/// (SAR-7).
///
/// # Errors
/// [`StoreError::Refused`] where it would disclose something and it is not known who asks (SAR-2).
pub async fn finish(
    tx: &mut Tx<FinishRequest>,
    outcome: Outcome,
    words: &str,
    to: Option<&str>,
    reach: &str,
) -> Result<(), StoreError> {
    let OneRequest(id) = *tx.permit.target();
    let facts = tx.permit.facts();
    if outcome.discloses(facts.right) && !is_known(&facts.steps) {
        return Err(StoreError::RefusedAt(
            "outcome",
            "Record first how it is known who asks: nothing is said of what is held before that.".into(),
        ));
    }
    if to.is_some() && facts.right != Right::Complaint && !is_known(&facts.steps) {
        return Err(StoreError::refused(
            "Record first how it is known who asks, or do not send this by e-mail: anybody may write in anybody’s name.",
        ));
    }
    let (scope, right, received_on) = (facts.scope.clone(), facts.right, facts.received_on);
    let inner = &mut tx.inner;
    let row = inner.one(sql!("SELECT sealed FROM requests WHERE id = $1"), args![id]).await?;
    let (key, content): (_, Content) = steps::content(inner, "requests", id.0, &row.bytes("sealed")?).await?;
    if let Some(to) = to {
        let name = &scope.policy.scheme.name;
        let letter = letters::answer(to, &content.name, name, &content.receipt, words, reach);
        mail::queue(inner, id, None, &letter).await?;
    }
    let content = Content { outcome: Some((outcome, words.to_owned())), ..content };
    let sealed = inner.seal(&key, "requests", "sealed", id.0, &content)?;
    let erase_on = erased_on(&scope.policy, right, received_on, Some(scope.today));
    let text = sql!(
        "UPDATE requests SET state = 'done', outcome = $2, done_on = $3, erase_on = $4, sealed = $5 WHERE id = $1"
    );
    inner.exec(text, args![id, outcome.name(), scope.today, erase_on, sealed]).await?;
    Ok(())
}

/// How many requests of one kind there were, and how they went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Those that are open.
    pub open: u64,
    /// Of these, those whose due day is over.
    pub overdue: u64,
    /// Those that were completed.
    pub done: u64,
    /// Of these, those that were completed by their due day.
    pub in_time: u64,
    /// Of these, those that were refused, whole or in part.
    pub refused: u64,
}

/// How many there are that are kept, by what was asked (SAR-7): counts alone, for the board.
///
/// # Errors
/// The engine's.
pub async fn count(tx: &mut Tx<CountRequests>) -> Result<Vec<(Right, Count)>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT id, asks, state, received_on, done_on, outcome FROM requests WHERE org_id = $1 AND erase_on > $2"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let steps = by_owner(inner, &ids).await?;
    let none = Vec::new();
    let mut counts: BTreeMap<Right, Count> = BTreeMap::new();
    for row in &rows {
        let right: Right = row.word("asks")?;
        let steps = steps.get(&row.id::<Uuid>("id")?).unwrap_or(&none);
        let by = due(&scope.policy, right, row.date("received_on")?, steps).answer_by;
        let count = counts.entry(right).or_default();
        if let Some(done) = row.opt_date("done_on")? {
            let outcome: Option<Outcome> = row.opt_word("outcome")?;
            count.done += 1;
            count.in_time += u64::from(done <= by);
            count.refused += u64::from(matches!(outcome, Some(Outcome::Refused | Outcome::Partly)));
        } else {
            count.open += 1;
            count.overdue += u64::from(by < scope.today);
        }
    }
    Ok(counts.into_iter().collect())
}

/// What is due of open requests, for the calendar of duties: what is asked for, and no word of who asks.
pub(crate) async fn duties(inner: &mut Inner, scope: &Scope) -> Result<Vec<Duty>, StoreError> {
    let text = sql!(
        "SELECT id, asks, received_on FROM requests WHERE org_id = $1 AND state = 'open' AND erase_on > $2"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let steps = by_owner(inner, &ids).await?;
    let none = Vec::new();
    let mut all = Vec::new();
    for row in &rows {
        let (id, right): (Uuid, Right) = (row.id("id")?, row.word("asks")?);
        let steps = steps.get(&id).unwrap_or(&none);
        let found = due(&scope.policy, right, row.date("received_on")?, steps);
        let mut put = |kind, due| {
            let about = right.label().to_lowercase();
            all.push(Duty { kind, key: id.to_string(), due, count: 1, about });
        };
        put(Kind::Request, found.answer_by);
        if let Some(by) = found.receipt_by {
            put(Kind::Receipt, by);
        }
    }
    Ok(all)
}

/// A request, as far as the day of its end is worked out from it.
pub(crate) struct Ending {
    id: RequestAboutDataId,
    right: Right,
    received_on: Date,
    done_on: Option<Date>,
}

impl Ending {
    /// The day on which it is deleted under a policy.
    pub(crate) fn erased_on(&self, policy: &Policy) -> Date {
        erased_on(policy, self.right, self.received_on, self.done_on)
    }
}

/// All of them, by their days (RET-15).
pub(crate) async fn endings(inner: &mut Inner, org: OrgId) -> Result<Vec<Ending>, StoreError> {
    let text = sql!("SELECT id, asks, received_on, done_on FROM requests WHERE org_id = $1 ORDER BY id");
    let rows = inner.rows(text, args![org]).await?;
    rows.iter()
        .map(|row| {
            Ok(Ending {
                id: row.id("id")?,
                right: row.word("asks")?,
                received_on: row.date("received_on")?,
                done_on: row.opt_date("done_on")?,
            })
        })
        .collect()
}

/// Gives every request the day that another policy sets (RET-15).
pub(crate) async fn follow(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    for one in endings(inner, scope.org).await? {
        let text = sql!("UPDATE requests SET erase_on = $2 WHERE id = $1");
        inner.exec(text, args![one.id, one.erased_on(&scope.policy)]).await?;
    }
    Ok(())
}

/// A person's end takes the link to them: the request itself has its own end (SAR-7).
pub(crate) async fn unlink(inner: &mut Inner, subject: SubjectId) -> Result<(), StoreError> {
    inner.exec(sql!("UPDATE requests SET subject_id = NULL WHERE subject_id = $1"), args![subject]).await?;
    Ok(())
}

/// Destroys what is past its end in a scheme (RET-15).
pub(crate) async fn destroy_due(inner: &mut Inner, org: OrgId, today: Date) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM requests WHERE org_id = $1 AND erase_on <= $2 ORDER BY id");
    for row in inner.rows(text, args![org, today]).await? {
        let id: RequestAboutDataId = row.id("id")?;
        inner.exec(sql!("DELETE FROM requests WHERE id = $1"), args![id]).await?;
        steps::destroy(inner, id.0).await?;
    }
    Ok(())
}

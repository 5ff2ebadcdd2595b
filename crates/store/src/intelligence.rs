//! What members tell beside reports: who somebody is, and that they saw them (INC-4). All of it is sealed under the
//! person whom it is about, and goes with them.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents::{org, reporting},
    keys,
    ledger::Recorded,
    subjects::{self, changes},
};
use fairwatch_core::{
    clocks::Stage,
    gate::Action,
    ids::{AccountId, PictureId, SightingId, SubjectId, TipId},
    incidents::{ListOwnReports, ReviewQueue},
    intelligence::{
        AcceptTip, Grading, OneTip, OpenTip, RejectTip, SaySeen, Seen, SendTip, Tip, TipFacts, TipState,
        UndoSeen,
    },
    policy::Category,
    scope::InOrg,
    subjects::{Field, OneSubject, Source},
    world::london_date,
};
use jiff::{Timestamp, civil::Date};

/// That somebody was seen.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Who said so.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
    /// The London day of that.
    pub on: Date,
    /// Where, and by whom.
    pub seen: Seen,
}

/// Who saw a subject where, newest first.
pub(crate) async fn sightings(inner: &mut Inner, id: SubjectId) -> Result<Vec<Sighting>, StoreError> {
    let text = sql!("SELECT * FROM sightings WHERE subject_id = $1 ORDER BY seen_at DESC, id DESC LIMIT 100");
    let rows = inner.rows(text, args![id]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = inner.key(id.0).await?;
    rows.iter()
        .map(|row| {
            let sighting: SightingId = row.id("id")?;
            Ok(Sighting {
                account: row.id("account_id")?,
                at: row.instant("seen_at")?,
                on: row.date("seen_on")?,
                seen: keys::open(&key, "sightings", "sealed", sighting.0, &row.bytes("sealed")?)?,
            })
        })
        .collect()
}

fn account<A: Action>(tx: &Tx<A>) -> Result<AccountId, StoreError> {
    tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))
}

/// Says that one saw somebody today at one's own premises; saying it twice is saying it once.
///
/// # Errors
/// The engine's.
pub async fn say_seen(tx: &mut Tx<SaySeen>) -> Result<(), StoreError> {
    let (account, OneSubject(subject)) = (account(tx)?, *tx.permit.target());
    let reporter = reporting::reporter(tx).await?;
    let place = reporter.business.map_or(String::new(), |b| format!("{}, {}", b.name, b.premises));
    let seen = Seen { place, by: reporter.profile.name };
    let inner = &mut tx.inner;
    let id: SightingId = inner.ctx.new_id();
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "sightings", "sealed", id.0, &seen)?;
    let text = sql!(
        "INSERT INTO sightings (id, subject_id, account_id, seen_at, seen_on, sealed) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING"
    );
    let (now, today) = (inner.ctx.now(), inner.ctx.today());
    inner.exec(text, args![id, subject, account, now, today, sealed]).await?;
    Ok(())
}

/// Takes back what one said today.
///
/// # Errors
/// The engine's.
pub async fn undo_seen(tx: &mut Tx<UndoSeen>) -> Result<(), StoreError> {
    let (account, OneSubject(subject)) = (account(tx)?, *tx.permit.target());
    let today = tx.inner.ctx.today();
    let text = sql!("DELETE FROM sightings WHERE subject_id = $1 AND account_id = $2 AND seen_on = $3");
    tx.inner.exec(text, args![subject, account, today]).await?;
    Ok(())
}

/// What a member says of who somebody is.
#[derive(Clone, Debug)]
pub struct NewTip {
    /// The name.
    pub name: String,
    /// How they know.
    pub how: String,
    /// How they came to know, in a word.
    pub knowledge: fairwatch_core::intelligence::Knowledge,
}

/// Sends a name for somebody who has none (INC-4).
///
/// # Errors
/// [`StoreError::Refused`] where the person has a name, or the sender has sent one that waits.
pub async fn send(tx: &mut Tx<SendTip>, said: NewTip) -> Result<TipId, StoreError> {
    let (account, OneSubject(subject)) = (account(tx)?, *tx.permit.target());
    let scope = tx.permit.facts().scope.clone();
    if !scope.policy.holds(Category::Name) {
        return Err(StoreError::refused("This scheme's policy does not hold names."));
    }
    if subjects::profile(&mut tx.inner, subject).await?.name().is_some() {
        return Err(StoreError::refused("This person has a name by now."));
    }
    let waits =
        sql!("SELECT id FROM intelligence WHERE subject_id = $1 AND account_id = $2 AND state = 'waiting'");
    if tx.inner.opt(waits, args![subject, account]).await?.is_some() {
        return Err(StoreError::refused(
            "You have sent a name for this person. It waits for the controller.",
        ));
    }
    let reporter = reporting::reporter(tx).await?;
    let tip = Tip {
        name: said.name,
        how: said.how,
        knowledge: said.knowledge,
        sender: reporter.profile.name,
        business: reporter.business.map(|business| business.name),
    };
    let inner = &mut tx.inner;
    let id: TipId = inner.ctx.new_id();
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "intelligence", "sealed", id.0, &tip)?;
    let text = sql!(
        "INSERT INTO intelligence (id, org_id, subject_id, account_id, state, sent_at, sealed) \
         VALUES ($1, $2, $3, $4, 'waiting', $5, $6)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, scope.org, subject, account, now, sealed]).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// A tip as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The tip.
    pub id: TipId,
    /// The person whom it is about.
    pub subject: SubjectId,
    /// Their number, which is their reference.
    pub number: i64,
    /// What was said.
    pub tip: Tip,
    /// What became of it.
    pub state: TipState,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// The London day of that.
    pub sent_on: Date,
    /// The reason for a rejection.
    pub decision: Option<String>,
    /// Whether its sender has not seen yet what became of it.
    pub is_news: bool,
    /// The person's newest picture.
    pub picture: Option<PictureId>,
}

async fn held(inner: &mut Inner, row: &Row) -> Result<Held, StoreError> {
    let (id, subject): (TipId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
    let key = inner.key(subject.0).await?;
    let decision = row.opt_bytes("decision")?;
    let sent_at = row.instant("sent_at")?;
    Ok(Held {
        id,
        subject,
        number: row.int("number")?,
        tip: keys::open(&key, "intelligence", "sealed", id.0, &row.bytes("sealed")?)?,
        state: row.word("state")?,
        sent_at,
        sent_on: london_date(sent_at),
        decision: decision.map(|d| keys::open(&key, "intelligence", "decision", id.0, &d)).transpose()?,
        is_news: row.opt_text("news")?.is_some(),
        picture: None,
    })
}

/// Tips that wait for the controller, oldest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn waiting(tx: &mut Tx<ReviewQueue>) -> Result<Vec<Held>, StoreError> {
    let (org, today) = (org(tx), tx.inner.ctx.today());
    let text = sql!(
        "SELECT i.*, s.number, (SELECT p.id FROM pictures p WHERE p.owner_id = s.id \
         ORDER BY p.added_on DESC, p.position DESC LIMIT 1) AS picture \
         FROM intelligence i JOIN subjects s ON s.id = i.subject_id \
         WHERE i.org_id = $1 AND i.state = 'waiting' AND s.stage <> 'frozen' \
         AND (s.delete_on IS NULL OR s.delete_on > $2) ORDER BY i.sent_at, i.id LIMIT 50"
    );
    let rows = tx.inner.rows(text, args![org, today]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let tip = held(&mut tx.inner, row).await?;
        found.push(Held { picture: row.opt_id("picture")?, ..tip });
    }
    tx.saw(found.iter().map(|tip| tip.id.0));
    Ok(found)
}

/// One's own tips, newest first, as long as those whom they are about are held; what became of them is seen with that.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own(tx: &mut Tx<ListOwnReports>) -> Result<Vec<Held>, StoreError> {
    let (InOrg(org), today) = (*tx.permit.target(), tx.inner.ctx.today());
    let account = account(tx)?;
    let text = sql!(
        "SELECT i.*, s.number FROM intelligence i JOIN subjects s ON s.id = i.subject_id \
         WHERE i.account_id = $1 AND i.org_id = $2 AND (i.erase_on IS NULL OR i.erase_on > $3) \
         AND s.stage <> 'frozen' AND (s.delete_on IS NULL OR s.delete_on > $3) \
         ORDER BY i.sent_at DESC, i.id DESC LIMIT 50"
    );
    let rows = tx.inner.rows(text, args![account, org, today]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let tip = held(&mut tx.inner, row).await?;
        if tip.is_news {
            tx.inner.exec(sql!("UPDATE intelligence SET news = NULL WHERE id = $1"), args![tip.id]).await?;
        }
        found.push(tip);
    }
    Ok(found)
}

async fn load(inner: &mut Inner, id: TipId) -> Result<Held, StoreError> {
    let text = sql!(
        "SELECT i.*, s.number FROM intelligence i JOIN subjects s ON s.id = i.subject_id WHERE i.id = $1"
    );
    let row = inner.one(text, args![id]).await?;
    held(inner, &row).await
}

/// A tip with the person whom it is about.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open(tx: &mut Tx<OpenTip>) -> Result<(Held, subjects::Open), StoreError> {
    let OneTip(id) = *tx.permit.target();
    let TipFacts { scope, subject, .. } = tx.permit.facts().clone();
    let tip = load(&mut tx.inner, id).await?;
    let open = subjects::load(&mut tx.inner, &scope, subject.subject).await?;
    tx.saw([subject.subject.0]);
    Ok((tip, open))
}

/// Takes a name over: it becomes the person's, with the tip and its grading as the source, and the clocks are told
/// (INC-4, INC-5). Those who reported the person are told that there is one.
///
/// # Errors
/// [`StoreError::Refused`] where the person was named meanwhile.
pub async fn accept(tx: &mut Tx<AcceptTip>, name: &str, grading: Grading) -> Result<Stage, StoreError> {
    let OneTip(id) = *tx.permit.target();
    let TipFacts { scope, subject, .. } = tx.permit.facts().clone();
    let subject = subject.subject;
    let by = account(tx)?;
    let tip = load(&mut tx.inner, id).await?;
    let mut profile = subjects::profile(&mut tx.inner, subject).await?;
    if profile.name().is_some() {
        return Err(StoreError::refused(
            "This person was named meanwhile. Reject it, and correct the record if its name is wrong.",
        ));
    }
    let source = Source::Intelligence { tip: id, grading };
    let field = tx.inner.ctx.new_id();
    profile.add(Field::new(field, Category::Name, name, source, tip.sent_on));
    subjects::reseal(&mut tx.inner, subject, &profile).await?;
    let text = sql!(
        "UPDATE intelligence SET state = 'accepted', decided_at = $2, decided_by = $3, news = 'accepted' WHERE id = $1"
    );
    let now = tx.inner.ctx.now();
    tx.inner.exec(text, args![id, now, by]).await?;
    tx.saw([subject.0]);
    let stage = changes::happen(&mut tx.inner, &scope, subject, Recorded::Identified).await?;
    if stage == Stage::Circulating {
        let sender = sql!("SELECT account_id FROM intelligence WHERE id = $1");
        let sender: AccountId = tx.inner.one(sender, args![id]).await?.id("account_id")?;
        reporting::tell_of_name(&mut tx.inner, subject, Some(sender)).await?;
    }
    Ok(stage)
}

/// Rejects a tip with a reason that its sender sees; it is erased as a rejected report is (RET-15).
///
/// # Errors
/// The engine's.
pub async fn reject(tx: &mut Tx<RejectTip>, reason: &str) -> Result<(), StoreError> {
    let OneTip(id) = *tx.permit.target();
    let TipFacts { scope, subject, .. } = tx.permit.facts().clone();
    let by = account(tx)?;
    let inner = &mut tx.inner;
    let key = inner.key(subject.subject.0).await?;
    let decision = inner.seal(&key, "intelligence", "decision", id.0, reason)?;
    let erase_on = subjects::rejected_ends(&scope);
    let text = sql!(
        "UPDATE intelligence SET state = 'rejected', decision = $2, erase_on = $3, decided_at = $4, decided_by = $5, \
         news = 'rejected' WHERE id = $1"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, decision, erase_on, now, by]).await?;
    tx.because(subject.subject.0, reason);
    Ok(())
}

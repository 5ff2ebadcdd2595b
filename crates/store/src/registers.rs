//! The registers and their reviews (DOC-1, DOC-2, DOC-3, POL-7).
use crate::{
    certifications,
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    governing::{self, Document},
    keys, orgs,
};
use fairwatch_core::{
    ids::{AccountId, EntryId, OrgId, ReviewId},
    registers::{
        AddEntry, Detail, EditEntry, EndEntry, EntryFacts, Kind, Known, ListRegisters, OneEntry,
        RecordReview, Subject,
    },
    scope::{Scope, ends},
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Load<OneEntry> for EntryFacts {
    async fn load(inner: &mut Inner, target: &OneEntry, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, kind, ended_on FROM register_entries WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = crate::facts::row(inner, text, target.0.0, Some(crate::facts::lock(acting))).await?
        else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        Ok(Some(Self { scope, kind: row.word("kind")?, ended_on: row.opt_date("ended_on")? }))
    }
}

/// An entry of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub id: EntryId,
    /// What it is about.
    pub kind: Kind,
    /// What of the policy file it belongs to; its own id where the register alone knows it.
    pub key: String,
    /// Since when it holds, or was noticed.
    pub starts_on: Date,
    /// When it runs out.
    pub expires_on: Option<Date>,
    /// Since when it is over.
    pub ended_on: Option<Date>,
    /// What it says.
    pub detail: Detail,
}

/// What is entered.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What it is about.
    pub kind: Kind,
    /// What of the policy file it belongs to; nothing where the register alone knows it.
    pub key: String,
    /// Since when it holds, or was noticed.
    pub starts_on: Date,
    /// When it runs out.
    pub expires_on: Option<Date>,
    /// What it says.
    pub detail: Detail,
}

/// That something was reviewed.
#[derive(Clone, Debug)]
pub struct Review {
    /// What.
    pub subject: Subject,
    /// On which day.
    pub on: Date,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<String>,
    /// With what result.
    pub found: String,
}

/// All that the registers hold.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What reviews are worked out from.
    pub known: Known,
    /// The governing documents.
    pub documents: Vec<Document>,
    /// The entries, those that are over among them.
    pub entries: Vec<Entry>,
    /// Every review that is kept, the latest first.
    pub reviews: Vec<Review>,
}

/// The registers: what stands and what is over, and every review that is kept, the latest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn overview(tx: &mut Tx<ListRegisters>) -> Result<Kept, StoreError> {
    let scope = tx.permit.facts().clone();
    let kept = kept(&mut tx.inner, &scope).await?;
    tx.saw(kept.entries.iter().map(|entry| entry.id.0));
    Ok(kept)
}

pub(crate) async fn kept(inner: &mut Inner, scope: &Scope) -> Result<Kept, StoreError> {
    let documents = governing::all(inner, scope.org).await?;
    let entries = entries(inner, scope.org).await?;
    let reviews = reviews(inner, scope.org).await?;
    let text = sql!("SELECT version, effective_on FROM policies WHERE org_id = $1 ORDER BY version");
    let mut known = Known { begun: scope.today, in_force: scope.today, ..Known::default() };
    for row in inner.rows(text, args![scope.org]).await? {
        let (version, from): (i64, Date) = (row.int("version")?, row.date("effective_on")?);
        if version == 1 {
            known.begun = from;
        }
        if version == scope.policy_version {
            known.in_force = from;
        }
    }
    for document in documents.iter().filter(|document| document.withdrawn_on.is_none()) {
        if let Some(current) = document.current(scope.today) {
            known.documents.push((document.id, document.title.clone(), current.effective_on));
        }
    }
    let standing = entries.iter().filter(|entry| entry.ended_on.is_none());
    known.entries = standing.map(|entry| (entry.kind, entry.key.clone(), entry.starts_on)).collect();
    for review in &reviews {
        let last = known.last.entry(review.subject.clone()).or_insert(review.on);
        *last = (*last).max(review.on);
    }
    Ok(Kept { scope: scope.clone(), known, documents, entries, reviews })
}

pub(crate) async fn entries(inner: &mut Inner, org: OrgId) -> Result<Vec<Entry>, StoreError> {
    let text = sql!("SELECT * FROM register_entries WHERE org_id = $1 ORDER BY created_at, id");
    let opened = inner.sealed_under_themselves(text, args![org], |row, key| {
        let id: EntryId = row.id("id")?;
        Ok(Entry {
            id,
            kind: row.word("kind")?,
            key: row.text("about")?,
            starts_on: row.date("starts_on")?,
            expires_on: row.opt_date("expires_on")?,
            ended_on: row.opt_date("ended_on")?,
            detail: keys::open(key, "register_entries", "sealed", id.0, &row.bytes("sealed")?)?,
        })
    });
    Ok(opened.await?.1)
}

pub(crate) async fn reviews(inner: &mut Inner, org: OrgId) -> Result<Vec<Review>, StoreError> {
    let text = sql!("SELECT * FROM reviews WHERE org_id = $1 ORDER BY reviewed_at DESC, id DESC");
    let opened = inner.sealed_under_themselves(text, args![org], |row, key| {
        let id: ReviewId = row.id("id")?;
        let by: Option<Uuid> = row.opt_id("account_id")?;
        let review = Review {
            subject: subject(row)?,
            on: row.date("reviewed_on")?,
            at: row.instant("reviewed_at")?,
            by: None,
            found: keys::open(key, "reviews", "sealed", id.0, &row.bytes("sealed")?)?,
        };
        Ok((review, by))
    });
    let (_, opened) = opened.await?;
    let mut by = opened.iter().filter_map(|(_, by)| *by).collect::<Vec<_>>();
    by.sort_unstable();
    by.dedup();
    let names = certifications::names(inner, &by).await?;
    let named = |(review, by): (Review, Option<Uuid>)| Review {
        by: by.and_then(|by| names.get(&by).cloned()),
        ..review
    };
    Ok(opened.into_iter().map(named).collect())
}

fn subject(row: &Row) -> Result<Subject, StoreError> {
    Ok(Subject { kind: row.text("kind")?, key: row.text("about")? })
}

fn must_fit(scope: &Scope, kind: Kind, key: &str) -> Result<(), StoreError> {
    let Some(named) = kind.named(&scope.policy) else { return Ok(()) };
    if named.iter().any(|(known, _)| known == key) {
        return Ok(());
    }
    Err(StoreError::RefusedAt(
        "key",
        "The policy names nobody like that. Change the policy first: what is published is written from it."
            .into(),
    ))
}

/// Enters something. Of what the policy file names there is one entry at a time; what the register alone knows stands by
/// itself.
///
/// # Errors
/// [`StoreError::RefusedAt`] for what the policy does not name, and where there is an entry already.
pub async fn add(tx: &mut Tx<AddEntry>, new: &NewEntry) -> Result<EntryId, StoreError> {
    let scope = tx.permit.facts().clone();
    must_fit(&scope, new.kind, &new.key)?;
    let id: EntryId = tx.inner.ctx.new_id();
    let key = if new.kind.named(&scope.policy).is_some() { new.key.clone() } else { id.to_string() };
    let inner = &mut tx.inner;
    let standing = sql!(
        "SELECT id FROM register_entries WHERE org_id = $1 AND kind = $2 AND about = $3 AND ended_on IS NULL"
    );
    if inner.opt(standing, args![scope.org, new.kind.name(), &*key]).await?.is_some() {
        return Err(StoreError::RefusedAt(
            "key",
            "There is an entry for this already: bring that up to date.".into(),
        ));
    }
    let data_key = inner.new_key(id.0, "register").await?;
    let sealed = inner.seal(&data_key, "register_entries", "sealed", id.0, &new.detail)?;
    let text = sql!(
        "INSERT INTO register_entries (id, org_id, kind, about, starts_on, expires_on, created_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let values =
        args![id, scope.org, new.kind.name(), key, new.starts_on, new.expires_on, inner.ctx.now(), sealed];
    inner.exec(text, values).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// Puts an entry right.
///
/// # Errors
/// The engine's.
pub async fn edit(
    tx: &mut Tx<EditEntry>,
    starts_on: Date,
    expires_on: Option<Date>,
    detail: &Detail,
) -> Result<(), StoreError> {
    let OneEntry(id) = *tx.permit.target();
    let key = tx.inner.key(id.0).await?;
    let sealed = tx.inner.seal(&key, "register_entries", "sealed", id.0, detail)?;
    let text = sql!("UPDATE register_entries SET starts_on = $2, expires_on = $3, sealed = $4 WHERE id = $1");
    tx.inner.exec(text, args![id, starts_on, expires_on, sealed]).await?;
    Ok(())
}

/// Says that an entry is over; it goes after the policy's period for former documents.
///
/// # Errors
/// The engine's.
pub async fn end(tx: &mut Tx<EndEntry>, reason: &str) -> Result<(), StoreError> {
    let OneEntry(id) = *tx.permit.target();
    let today = tx.permit.facts().scope.today;
    tx.inner.exec(sql!("UPDATE register_entries SET ended_on = $2 WHERE id = $1"), args![id, today]).await?;
    tx.because(id.0, reason);
    Ok(())
}

/// Records a review.
///
/// # Errors
/// [`StoreError::Hidden`] for what this scheme does not review.
pub async fn review(tx: &mut Tx<RecordReview>, subject: &Subject, found: &str) -> Result<(), StoreError> {
    let scope = tx.permit.facts().clone();
    // What is old is reviewed by its own run alone, which proves what it says (RET-13).
    let by_hand = *subject != Subject::old_data() && subject.cycle(&scope.policy).is_some();
    if !by_hand || !is_there(&mut tx.inner, &scope, subject).await? {
        return Err(fairwatch_core::gate::Hidden.into());
    }
    let by = tx.permit.standing().account;
    let id = note_review(&mut tx.inner, &scope, subject, found, by).await?;
    tx.saw([id.0]);
    Ok(())
}

/// Writes a review down.
pub(crate) async fn note_review(
    inner: &mut Inner,
    scope: &Scope,
    subject: &Subject,
    found: &str,
    by: Option<AccountId>,
) -> Result<ReviewId, StoreError> {
    let id: ReviewId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "review").await?;
    let sealed = inner.seal(&key, "reviews", "sealed", id.0, found)?;
    let text = sql!(
        "INSERT INTO reviews (id, org_id, kind, about, reviewed_on, reviewed_at, account_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    let (today, now) = (scope.today, inner.ctx.now());
    let values = args![id, scope.org, &*subject.kind, &*subject.key, today, now, by, sealed];
    inner.exec(text, values).await?;
    Ok(id)
}

/// A document that is reviewed has to be one of this scheme's, and in force.
async fn is_there(inner: &mut Inner, scope: &Scope, subject: &Subject) -> Result<bool, StoreError> {
    if subject.kind != "document" {
        return Ok(true);
    }
    let Ok(id) = subject.key.parse::<fairwatch_core::ids::DocumentId>() else { return Ok(false) };
    let text =
        sql!("SELECT id FROM governing_documents WHERE id = $1 AND org_id = $2 AND withdrawn_on IS NULL");
    Ok(inner.opt(text, args![id, scope.org]).await?.is_some())
}

/// Destroys entries that are over, and reviews that were followed by another, once the policy's period for former
/// documents is over (RET-15).
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let is_over = |day: Date| ends(day, scope.policy.keep.old_document.length) <= scope.today;
    let text = sql!(
        "SELECT id, kind, about, ended_on FROM register_entries WHERE org_id = $1 AND ended_on IS NOT NULL"
    );
    for row in inner.rows(text, args![scope.org]).await? {
        if is_over(row.date("ended_on")?) {
            let id: EntryId = row.id("id")?;
            inner.exec(sql!("DELETE FROM register_entries WHERE id = $1"), args![id]).await?;
            inner.destroy_key(id.0).await?;
            // What is reviewed only where there is an entry goes with its last one.
            let of = subject(&row)?;
            let kind = of.kind.parse::<Kind>().ok();
            if matches!(kind, Some(Kind::Certificate | Kind::Accreditation)) {
                let left = sql!("SELECT id FROM register_entries WHERE org_id = $1 AND kind = $2 LIMIT 1");
                if inner.opt(left, args![scope.org, &*of.kind]).await?.is_none() {
                    forget_reviews(inner, scope.org, &of).await?;
                }
            }
        }
    }
    let text = sql!(
        "SELECT id, kind, about, reviewed_on FROM reviews WHERE org_id = $1 ORDER BY reviewed_at DESC, id DESC"
    );
    let mut next: BTreeMap<Subject, Date> = BTreeMap::new();
    for row in inner.rows(text, args![scope.org]).await? {
        let of = subject(&row)?;
        let replaced = match next.insert(of.clone(), row.date("reviewed_on")?) {
            None => ended(inner, scope, &of).await?,
            followed => followed,
        };
        if replaced.is_some_and(is_over) {
            forget_review(inner, row.id("id")?).await?;
        }
    }
    Ok(())
}

/// The day from which the policy has nothing any more of what was reviewed: it is as if a review had followed. A
/// document's reviews go with the document.
async fn ended(inner: &mut Inner, scope: &Scope, of: &Subject) -> Result<Option<Date>, StoreError> {
    if of.cycle(&scope.policy).is_some() {
        return Ok(None);
    }
    let text = sql!(
        "SELECT id, effective_on FROM policies WHERE org_id = $1 AND version <= $2 ORDER BY version DESC"
    );
    let mut since = None;
    for row in inner.rows(text, args![scope.org, scope.policy_version]).await? {
        if of.cycle(&*orgs::policy_of(inner, row.id("id")?).await?).is_some() {
            break;
        }
        since = Some(row.date("effective_on")?);
    }
    Ok(since)
}

async fn forget_review(inner: &mut Inner, id: ReviewId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM reviews WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// Destroys every review of something, with their keys.
pub(crate) async fn forget_reviews(inner: &mut Inner, org: OrgId, of: &Subject) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM reviews WHERE org_id = $1 AND kind = $2 AND about = $3");
    for row in inner.rows(text, args![org, &*of.kind, &*of.key]).await? {
        forget_review(inner, row.id("id")?).await?;
    }
    Ok(())
}

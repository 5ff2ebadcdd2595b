//! The register of governing documents and their versions (DOC-1).
use crate::{
    certifications,
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, orgs, registers,
};
use fairwatch_core::{
    gate::{Action, Caller, Hidden},
    governing::{
        AddDocument, Audience, Content, DocumentFacts, Kind, ListDocuments, OneDocument, ReadDocument,
        ReviseDocument, WithdrawDocument, keeps,
    },
    ids::{AccountId, DocumentId, DocumentVersionId, OrgId},
    registers::Subject,
    scope::{Scope, ends},
};
use fairwatch_vault::{DataKey, Place};
use jiff::{Timestamp, civil::Date};
use std::collections::HashMap;
use uuid::Uuid;

impl Load<OneDocument> for DocumentFacts {
    async fn load(inner: &mut Inner, target: &OneDocument, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, audience, withdrawn_on FROM governing_documents WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = crate::facts::row(inner, text, target.0.0, Some(crate::facts::lock(acting))).await?
        else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let (audience, withdrawn_on) = (row.word("audience")?, row.opt_date("withdrawn_on")?);
        let roles = match inner.ctx.caller() {
            Caller::User { account, .. } => {
                let own = certifications::roles_of(inner, account, scope.org).await?;
                own.into_iter().map(|(_, role)| role).collect()
            }
            _ => Vec::new(),
        };
        Ok(Some(Self { scope, audience, withdrawn_on, roles }))
    }
}

/// A version of a document.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// From when it holds, or held.
    pub effective_on: Date,
    /// Whether its readers certify again from that day.
    pub asks: bool,
    /// Who entered it.
    pub author: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// What it says.
    pub content: Content,
    /// Whether it is a PDF.
    pub is_pdf: bool,
}

/// A document with its versions.
#[derive(Clone, Debug)]
pub struct Document {
    /// Which.
    pub id: DocumentId,
    /// What it is.
    pub kind: Kind,
    /// For whom.
    pub audience: Audience,
    /// Its title.
    pub title: String,
    /// Since when it is not in force any more.
    pub withdrawn_on: Option<Date>,
    /// Its versions that the reader may have, the newest first.
    pub versions: Vec<Version>,
}

impl Document {
    /// The version in force on a day.
    #[must_use]
    pub fn current(&self, today: Date) -> Option<&Version> {
        self.versions.iter().find(|version| version.effective_on <= today)
    }
}

/// A version to be entered.
#[derive(Clone, Debug, Default)]
pub struct NewVersion {
    /// What it says.
    pub content: Content,
    /// The PDF, where it is one.
    pub pdf: Option<Vec<u8>>,
    /// From when it holds.
    pub effective_on: Option<Date>,
    /// Whether its readers certify again from that day.
    pub asks: bool,
}

/// A document to be entered.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// What it is.
    pub kind: Kind,
    /// For whom.
    pub audience: Audience,
    /// Its title.
    pub title: String,
    /// Its first version.
    pub version: NewVersion,
}

fn place(id: DocumentVersionId) -> Place<'static> {
    Place { table: "document_versions", column: "file", row: id.0 }
}

/// The register: every document with its versions, without their files (DOC-1).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListDocuments>) -> Result<Vec<Document>, StoreError> {
    all(&mut tx.inner, tx.permit.target().0).await
}

/// Every document of a scheme.
pub(crate) async fn all(inner: &mut Inner, org: OrgId) -> Result<Vec<Document>, StoreError> {
    let text = sql!("SELECT * FROM governing_documents WHERE org_id = $1 ORDER BY created_at, id");
    let rows = inner.rows(text, args![org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    let mut documents = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: DocumentId = row.id("id")?;
        let key = keys.get(&id.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        documents.push(document(inner, row, key).await?);
    }
    Ok(documents)
}

async fn document(inner: &mut Inner, row: &Row, key: &DataKey) -> Result<Document, StoreError> {
    let id: DocumentId = row.id("id")?;
    let text = sql!(
        "SELECT id, version, effective_on, asks, author_id, created_at, sealed, \
         CAST(CASE WHEN file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_pdf FROM document_versions \
         WHERE document_id = $1 ORDER BY version DESC"
    );
    let rows = inner.rows(text, args![id]).await?;
    let authors = rows
        .iter()
        .map(|row| row.opt_id::<Uuid>("author_id"))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    let names: HashMap<Uuid, String> = certifications::names(inner, &authors).await?;
    let mut versions = rows.iter().map(|row| version(row, key, &names)).collect::<Result<Vec<_>, _>>()?;
    // What is left of a former one that asks says nothing any more.
    versions.retain(|version| version.is_pdf || version.content != Content::default());
    Ok(Document {
        id,
        kind: row.word("kind")?,
        audience: row.word("audience")?,
        title: keys::open(key, "governing_documents", "sealed", id.0, &row.bytes("sealed")?)?,
        withdrawn_on: row.opt_date("withdrawn_on")?,
        versions,
    })
}

fn version(row: &Row, key: &DataKey, names: &HashMap<Uuid, String>) -> Result<Version, StoreError> {
    let id: DocumentVersionId = row.id("id")?;
    let author: Option<AccountId> = row.opt_id("author_id")?;
    Ok(Version {
        version: row.int("version")?,
        effective_on: row.date("effective_on")?,
        asks: row.flag("asks")?,
        author: author.and_then(|author| names.get(&author.0).cloned()),
        created_at: row.instant("created_at")?,
        content: keys::open(key, "document_versions", "sealed", id.0, &row.bytes("sealed")?)?,
        is_pdf: row.flag("is_pdf")?,
    })
}

/// A document, with the versions that the reader may have: those who keep the register read former ones and what has
/// yet to take effect, everybody else what is in force.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn read(tx: &mut Tx<ReadDocument>) -> Result<Document, StoreError> {
    let OneDocument(id) = *tx.permit.target();
    let mut document = one(&mut tx.inner, id).await?;
    let (today, keeper) = (tx.permit.facts().scope.today, tx.permit.standing().role.is_some_and(keeps));
    if !keeper {
        let current = document.current(today).map(|version| version.version);
        document.versions.retain(|version| Some(version.version) == current);
        if document.versions.is_empty() {
            return Err(Hidden.into());
        }
    }
    Ok(document)
}

async fn one(inner: &mut Inner, id: DocumentId) -> Result<Document, StoreError> {
    let row = inner.one(sql!("SELECT * FROM governing_documents WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    document(inner, &row, &key).await
}

/// The PDF of a version that the reader may have.
///
/// # Errors
/// [`StoreError::Hidden`] where there is none for them.
pub async fn pdf(tx: &mut Tx<ReadDocument>, version: i64) -> Result<Vec<u8>, StoreError> {
    let document = read(tx).await?;
    if !document.versions.iter().any(|one| one.version == version) {
        return Err(Hidden.into());
    }
    let text = sql!("SELECT id, file FROM document_versions WHERE document_id = $1 AND version = $2");
    let row = tx.inner.one(text, args![document.id, version]).await?;
    let file = row.opt_bytes("file")?.ok_or(Hidden)?;
    let key = tx.inner.key(document.id.0).await?;
    Ok(key.open(place(row.id("id")?), &file)?.to_vec())
}

/// Enters a document with its first version.
///
/// # Errors
/// The engine's.
pub async fn add(tx: &mut Tx<AddDocument>, new: &NewDocument) -> Result<DocumentId, StoreError> {
    let scope = tx.permit.facts().clone();
    let id: DocumentId = tx.inner.ctx.new_id();
    let key = tx.inner.new_key(id.0, "document").await?;
    let sealed = tx.inner.seal(&key, "governing_documents", "sealed", id.0, &new.title)?;
    let text = sql!(
        "INSERT INTO governing_documents (id, org_id, kind, audience, created_at, sealed) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    let values = args![id, scope.org, new.kind.name(), new.audience.name(), tx.inner.ctx.now(), sealed];
    tx.inner.exec(text, values).await?;
    put(tx, &scope, id, &key, 1, &new.version).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// Enters another version of a document; the former ones are kept.
///
/// # Errors
/// [`StoreError::Refused`] for a day before that of the version which it follows.
pub async fn revise(tx: &mut Tx<ReviseDocument>, new: &NewVersion) -> Result<i64, StoreError> {
    let OneDocument(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let text = sql!(
        "SELECT version, effective_on FROM document_versions WHERE document_id = $1 ORDER BY version DESC LIMIT 1"
    );
    let last = tx.inner.one(text, args![id]).await?;
    let from = new.effective_on.unwrap_or(scope.today);
    if from < last.date("effective_on")? {
        return Err(StoreError::RefusedAt(
            "from",
            "That is before the day of the version which it follows. Choose a later day.".into(),
        ));
    }
    let version = last.int("version")? + 1;
    let key = tx.inner.key(id.0).await?;
    put(tx, &scope, id, &key, version, new).await?;
    Ok(version)
}

async fn put<A: Action>(
    tx: &mut Tx<A>,
    scope: &Scope,
    document: DocumentId,
    key: &DataKey,
    version: i64,
    new: &NewVersion,
) -> Result<(), StoreError> {
    let author = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let id: DocumentVersionId = inner.ctx.new_id();
    let sealed = inner.seal(key, "document_versions", "sealed", id.0, &new.content)?;
    let file = new.pdf.as_ref().map(|bytes| key.seal(place(id), bytes, inner.ctx.randomness()));
    let from = new.effective_on.unwrap_or(scope.today);
    let text = sql!(
        "INSERT INTO document_versions (id, document_id, version, effective_on, asks, author_id, created_at, sealed, file) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, document, version, from, new.asks, author, now, sealed, file]).await?;
    Ok(())
}

/// Withdraws a document: it asks nobody any more, and goes after the policy's period for former ones.
///
/// # Errors
/// The engine's.
pub async fn withdraw(tx: &mut Tx<WithdrawDocument>, reason: &str) -> Result<(), StoreError> {
    let OneDocument(id) = *tx.permit.target();
    let today = tx.permit.facts().scope.today;
    let text = sql!("UPDATE governing_documents SET withdrawn_on = $2 WHERE id = $1");
    tx.inner.exec(text, args![id, today]).await?;
    tx.because(id.0, reason);
    Ok(())
}

/// Destroys former versions, and documents that were withdrawn, once the policy's period is over (RET-15). Nothing of it
/// is a stored day, so another policy is followed at once.
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let is_over = |day: Date| ends(day, scope.policy.keep.old_document.length) <= scope.today;
    let text = sql!("SELECT id, withdrawn_on FROM governing_documents WHERE org_id = $1 ORDER BY id");
    for row in inner.rows(text, args![scope.org]).await? {
        let id: DocumentId = row.id("id")?;
        if row.opt_date("withdrawn_on")?.is_some_and(is_over) {
            inner.exec(sql!("DELETE FROM certifications WHERE document_id = $1"), args![id]).await?;
            inner.exec(sql!("DELETE FROM document_versions WHERE document_id = $1"), args![id]).await?;
            inner.exec(sql!("DELETE FROM governing_documents WHERE id = $1"), args![id]).await?;
            inner.destroy_key(id.0).await?;
            registers::forget_reviews(inner, scope.org, &Subject::document(id)).await?;
            continue;
        }
        forget_versions(inner, scope, id).await?;
    }
    Ok(())
}

/// Destroys what former versions of a document that stands said. Of the newest that asks the row stays, empty: whoever
/// comes later is asked by it to agree to what is in force (MEM-3).
async fn forget_versions(inner: &mut Inner, scope: &Scope, id: DocumentId) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT id, effective_on, asks, sealed, CAST(CASE WHEN file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS is_pdf \
         FROM document_versions WHERE document_id = $1 ORDER BY version DESC"
    );
    let (mut next, mut is_asked): (Option<Date>, bool) = (None, false);
    for row in inner.rows(text, args![id]).await? {
        let version: DocumentVersionId = row.id("id")?;
        let from = row.date("effective_on")?;
        let still_asks = row.flag("asks")? && !is_asked && from <= scope.today;
        is_asked |= still_asks;
        let is_over = next.is_some_and(|day| ends(day, scope.policy.keep.old_document.length) <= scope.today);
        next = Some(from);
        if !is_over {
            continue;
        }
        if !still_asks {
            inner.exec(sql!("DELETE FROM document_versions WHERE id = $1"), args![version]).await?;
            continue;
        }
        let key = inner.key(id.0).await?;
        let said: Content =
            keys::open(&key, "document_versions", "sealed", version.0, &row.bytes("sealed")?)?;
        if row.flag("is_pdf")? || said != Content::default() {
            let sealed = inner.seal(&key, "document_versions", "sealed", version.0, &Content::default())?;
            let text =
                sql!("UPDATE document_versions SET sealed = $2, file = NULL, author_id = NULL WHERE id = $1");
            inner.exec(text, args![version, sealed]).await?;
        }
    }
    Ok(())
}

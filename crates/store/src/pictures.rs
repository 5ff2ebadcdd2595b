//! Pictures: rows here, sealed bytes in the blob folder. Whose key seals a picture decides with whom it goes.
pub mod crops;
pub mod prints;

use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    subjects::circulating,
};
use fairwatch_core::{
    gate::{Action, Hidden},
    ids::{OrgId, PersonId, PictureId, ReportId, SubjectId},
    incidents::KeepDraft,
    pictures::{OnePicture, Size},
};
use fairwatch_vault::{DataKey, Place};
use jiff::civil::Date;
use std::sync::Arc;
use uuid::Uuid;

/// The names of a picture's sealed files, by size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// 240 pixels.
    pub small: String,
    /// 640 pixels.
    pub medium: String,
    /// 1600 pixels.
    pub large: String,
    /// Of the large one.
    pub width: u32,
    /// Of the large one.
    pub height: u32,
}

impl Files {
    /// From the columns of a row.
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let side = |n: i64| u32::try_from(n).map_err(|_| StoreError::corrupt("a picture's size"));
        Ok(Self {
            small: row.text("small")?,
            medium: row.text("medium")?,
            large: row.text("large")?,
            width: side(row.int("width")?)?,
            height: side(row.int("height")?)?,
        })
    }
    /// The name of one size.
    #[must_use]
    pub fn name(&self, size: Size) -> &str {
        match size {
            Size::Small => &self.small,
            Size::Medium => &self.medium,
            Size::Large => &self.large,
        }
    }
}

/// The place to which a picture's bytes are bound.
#[must_use]
pub fn place(picture: PictureId, size: Size) -> Place<'static> {
    let column = match size {
        Size::Small => "small",
        Size::Medium => "medium",
        Size::Large => "large",
    };
    Place { table: "pictures", column, row: picture.0 }
}

/// A picture that may be looked at: its files and the key that opens them.
pub struct Opened {
    /// The picture.
    pub picture: PictureId,
    /// Its files.
    pub files: Files,
    /// The key of its owner.
    pub key: Arc<DataKey>,
}

/// A picture of somebody whom the asker's organisation shows today, as kept in memory.
pub(crate) fn at_hand(inner: &Inner, picture: PictureId) -> Option<circulating::Found> {
    let scope = inner.scope.as_ref()?;
    circulating::at_hand(inner, scope.org)?.portrait(scope, picture)
}

pub(crate) async fn open(inner: &mut Inner, picture: PictureId) -> Result<Opened, StoreError> {
    if let Some(found) = at_hand(inner, picture) {
        return Ok(Opened { picture, files: found.files, key: found.key });
    }
    open_as_it_is(inner, picture).await
}

async fn open_as_it_is(inner: &mut Inner, picture: PictureId) -> Result<Opened, StoreError> {
    let text = sql!("SELECT owner_id, small, medium, large, width, height FROM pictures WHERE id = $1");
    // It may have gone since it was allowed.
    let row = inner.opt(text, args![picture]).await?.ok_or(Hidden)?;
    let files = Files::read(&row)?;
    let key = Arc::new(inner.key(row.id("owner_id")?).await?);
    Ok(Opened { picture, files, key })
}

/// The picture that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show<A: Action<Target = OnePicture>>(tx: &mut Tx<A>) -> Result<Opened, StoreError> {
    let picture = tx.permit.target().0;
    open(&mut tx.inner, picture).await
}

/// Where a new picture belongs.
pub(crate) struct NewPicture<'a> {
    pub(crate) id: PictureId,
    pub(crate) org: OrgId,
    pub(crate) owner: Uuid,
    pub(crate) owner_kind: &'static str,
    pub(crate) report: Option<ReportId>,
    pub(crate) source: Option<PictureId>,
    pub(crate) added_on: Date,
    pub(crate) files: &'a Files,
    /// What it looks like, sealed (see [`prints::place`]).
    pub(crate) print: Vec<u8>,
}

pub(crate) async fn insert(inner: &mut Inner, new: NewPicture<'_>) -> Result<(), StoreError> {
    if new.owner_kind != "draft" {
        inner.touched(new.owner);
    }
    let count = sql!("SELECT COUNT(*) AS n FROM pictures WHERE owner_id = $1");
    let position = inner.one(count, args![new.owner]).await?.int("n")?;
    let text = sql!(
        "INSERT INTO pictures (id, org_id, owner_id, owner_kind, report_id, source_id, position, several, added_on, \
         added_at, small, medium, large, width, height, print) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13, $14, $15)"
    );
    let now = inner.ctx.now();
    let files = new.files;
    let values = args![
        new.id,
        new.org,
        new.owner,
        new.owner_kind,
        new.report,
        new.source,
        position,
        new.added_on,
        now,
        files.small.as_str(),
        files.medium.as_str(),
        files.large.as_str(),
        files.width,
        files.height,
        new.print
    ];
    inner.exec(text, values).await?;
    Ok(())
}

/// The pictures of an owner, in order.
pub(crate) async fn of(inner: &mut Inner, owner: Uuid) -> Result<Vec<PictureId>, StoreError> {
    let text = sql!("SELECT id FROM pictures WHERE owner_id = $1 ORDER BY position, id");
    inner.rows(text, args![owner]).await?.iter().map(|row| row.id("id")).collect()
}

/// The people whom a picture shows, as review said.
pub(crate) async fn shows(inner: &mut Inner, picture: PictureId) -> Result<Vec<PersonId>, StoreError> {
    let text = sql!("SELECT person_id FROM picture_people WHERE picture_id = $1 ORDER BY person_id");
    inner.rows(text, args![picture]).await?.iter().map(|row| row.id("person_id")).collect()
}

/// Destroys a picture: its row now, its files by the job that the row in `blob_removals` asks for, in the same
/// transaction (RET-9). The files cannot be read once the owner's key is gone; where the owner lives on, they
/// are removed within the minute.
pub(crate) async fn destroy(inner: &mut Inner, picture: PictureId) -> Result<(), StoreError> {
    let text = sql!("SELECT owner_id, owner_kind, small, medium, large FROM pictures WHERE id = $1");
    let Some(row) = inner.opt(text, args![picture]).await? else { return Ok(()) };
    if row.text("owner_kind")? != "draft" {
        // What is known of pictures in memory follows these (see `prints`).
        inner.touched(row.id("owner_id")?);
    }
    let now = inner.ctx.real_now();
    for size in ["small", "medium", "large"] {
        queue_removal(inner, &row.text(size)?, now).await?;
    }
    inner.exec(sql!("DELETE FROM picture_people WHERE picture_id = $1"), args![picture]).await?;
    inner.exec(sql!("UPDATE pictures SET source_id = NULL WHERE source_id = $1"), args![picture]).await?;
    inner.exec(sql!("DELETE FROM pictures WHERE id = $1"), args![picture]).await?;
    Ok(())
}

/// Destroys all pictures of an owner.
pub(crate) async fn destroy_all(inner: &mut Inner, owner: Uuid) -> Result<(), StoreError> {
    for picture in of(inner, owner).await? {
        destroy(inner, picture).await?;
    }
    Ok(())
}

/// Destroys pictures that nobody can open any more, since the key of their owner is gone.
pub(crate) async fn destroy_lost(inner: &mut Inner) -> Result<(), StoreError> {
    let lost = sql!(
        "SELECT p.id FROM pictures p WHERE NOT EXISTS (SELECT 1 FROM data_keys k WHERE k.owner_id = p.owner_id) ORDER BY p.id"
    );
    for row in inner.rows(lost, args![]).await? {
        destroy(inner, row.id("id")?).await?;
    }
    Ok(())
}

/// A copy of a picture that becomes a subject's own: the keys on both sides.
pub struct Copy {
    /// The picture: a report's, or a part of one that another subject had.
    pub from: Opened,
    /// The report's picture from which it comes.
    pub source: Option<PictureId>,
    /// What it looks like.
    pub print: Vec<u8>,
    /// The subject's new picture.
    pub to: PictureId,
    /// The subject.
    pub subject: SubjectId,
    /// The subject's key.
    pub key: DataKey,
    /// The report with which it came.
    pub report: ReportId,
    /// The day of that report.
    pub added_on: Date,
}

/// Plans the copy of a picture for a subject.
pub(crate) async fn copy(
    inner: &mut Inner,
    picture: PictureId,
    subject: SubjectId,
    report: ReportId,
    added_on: Date,
) -> Result<Copy, StoreError> {
    let from = open(inner, picture).await?;
    let row = inner
        .one(sql!("SELECT owner_kind, source_id, print FROM pictures WHERE id = $1"), args![picture])
        .await?;
    let is_original = row.text("owner_kind")? == "report";
    Ok(Copy {
        source: if is_original { Some(picture) } else { row.opt_id("source_id")? },
        print: from.key.open(prints::place(picture), &row.bytes("print")?)?.to_vec(),
        from,
        to: inner.ctx.new_id(),
        subject,
        key: inner.key(subject.0).await?,
        report,
        added_on,
    })
}

/// Records a copy whose files have been written.
///
/// # Errors
/// The engine's.
pub async fn keep_copy<A: Action>(
    tx: &mut Tx<A>,
    org: OrgId,
    copy: &Copy,
    files: &Files,
    print: Vec<u8>,
) -> Result<(), StoreError> {
    let new = NewPicture {
        id: copy.to,
        org,
        owner: copy.subject.0,
        owner_kind: "subject",
        report: Some(copy.report),
        source: copy.source,
        added_on: copy.added_on,
        files,
        print,
    };
    insert(&mut tx.inner, new).await
}

/// A picture that goes over to another owner: the keys on both sides.
pub struct Handover {
    /// The picture, as its owner until now seals it.
    pub from: Opened,
    /// What it looks like.
    pub print: Vec<u8>,
    /// The key of its owner from now on.
    pub key: Arc<DataKey>,
}

/// Gives a picture to another owner; its files are sealed anew before the commit ([`keep_handover`]).
pub(crate) async fn hand_over(
    inner: &mut Inner,
    picture: PictureId,
    owner: SubjectId,
    position: i64,
    key: &Arc<DataKey>,
) -> Result<Handover, StoreError> {
    let from = open_as_it_is(inner, picture).await?;
    let row = inner.one(sql!("SELECT print FROM pictures WHERE id = $1"), args![picture]).await?;
    let print = from.key.open(prints::place(picture), &row.bytes("print")?)?.to_vec();
    let text = sql!("UPDATE pictures SET owner_id = $2, position = $3 WHERE id = $1");
    inner.exec(text, args![picture, owner, position]).await?;
    Ok(Handover { from, print, key: Arc::clone(key) })
}

/// Records a picture's new files, which have been written, and what it looks like, sealed anew; queues the old files.
///
/// # Errors
/// The engine's.
pub async fn keep_handover<A: Action>(
    tx: &mut Tx<A>,
    handover: &Handover,
    files: &Files,
    print: &[u8],
) -> Result<(), StoreError> {
    let old = &handover.from.files;
    let now = tx.inner.ctx.real_now();
    for name in [&old.small, &old.medium, &old.large] {
        queue_removal(&mut tx.inner, name, now).await?;
    }
    let text = sql!("UPDATE pictures SET small = $2, medium = $3, large = $4, print = $5 WHERE id = $1");
    let Files { small, medium, large, .. } = files;
    let values = args![handover.from.picture, small.as_str(), medium.as_str(), large.as_str(), print];
    tx.inner.exec(text, values).await?;
    Ok(())
}

pub(crate) async fn queue_file(inner: &mut Inner, name: &str) -> Result<(), StoreError> {
    let now = inner.ctx.real_now();
    queue_removal(inner, name, now).await
}

async fn queue_removal(inner: &mut Inner, name: &str, now: jiff::Timestamp) -> Result<(), StoreError> {
    let text = sql!("INSERT INTO blob_removals (name, queued_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    inner.exec(text, args![name, now]).await?;
    Ok(())
}

/// The names of files that are to be removed.
///
/// # Errors
/// The engine's.
pub async fn removals(
    store: &crate::Store,
    ctx: &fairwatch_core::gate::Ctx,
) -> Result<Vec<String>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let rows = inner
        .rows(sql!("SELECT name FROM blob_removals ORDER BY queued_at, name LIMIT 500"), args![])
        .await?;
    rows.iter().map(|row| row.text("name")).collect()
}

/// Notes that files were removed.
///
/// # Errors
/// The engine's.
pub async fn removed(
    store: &crate::Store,
    ctx: &fairwatch_core::gate::Ctx,
    names: &[String],
) -> Result<(), StoreError> {
    let mut inner = store.machinery(ctx).await?;
    for name in names {
        inner.exec(sql!("DELETE FROM blob_removals WHERE name = $1"), args![name.as_str()]).await?;
    }
    inner.db.commit().await
}

/// Whether any picture, evidence or letter uses a file; one that none does and that is a day old is an orphan of an upload that was
/// never committed.
///
/// # Errors
/// The engine's.
pub async fn is_used(
    store: &crate::Store,
    ctx: &fairwatch_core::gate::Ctx,
    name: &str,
) -> Result<bool, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT COUNT(*) AS n FROM pictures WHERE small = $1 OR medium = $1 OR large = $1");
    let evidence = sql!("SELECT COUNT(*) AS n FROM evidence WHERE file = $1");
    let letters = sql!(
        "SELECT (SELECT COUNT(*) FROM letters WHERE file = $1) + (SELECT COUNT(*) FROM service_attempts WHERE file = $1) AS n"
    );
    Ok(inner.one(text, args![name]).await?.int("n")? > 0
        || inner.one(evidence, args![name]).await?.int("n")? > 0
        || inner.one(letters, args![name]).await?.int("n")? > 0)
}

/// The pictures of a draft.
///
/// # Errors
/// The engine's.
pub async fn of_draft(
    tx: &mut Tx<KeepDraft>,
    draft: fairwatch_core::ids::DraftId,
) -> Result<Vec<PictureId>, StoreError> {
    of(&mut tx.inner, draft.0).await
}

//! The bytes of evidence, handed out in parts.
use super::{LOOK, REASON, is_good, reasoned};
use crate::{App, error::AppError};
use fairwatch_blobs::{BlobName, Reader};
use fairwatch_core::{
    evidence::{DownloadEvidence, Evidence, OneEvidence, ReadEvidence},
    gate::Ctx,
    ids::EvidenceId,
};
use fairwatch_store::{
    StoreError, Tx,
    evidence::{self, Opened, place},
};
use fairwatch_vault::FileOpener;
use std::sync::Arc;

/// Evidence whose bytes may be read. It holds an open file and a key, and no bytes.
pub struct Content {
    /// What is held of it.
    pub evidence: Evidence,
    /// The number of its report, for the name of a copy.
    pub number: Option<i64>,
    opener: Arc<FileOpener>,
    reader: Arc<Reader>,
}

/// The bytes for the player or picture on its page, whose look is recorded: for the session that has the ticket.
///
/// # Errors
/// [`AppError::Hidden`] where the ticket is not the viewer's or has run out, the viewer may not see it, or it is gone.
pub async fn content(app: &App, ctx: &Ctx, id: EvidenceId, ticket: &str) -> Result<Content, AppError> {
    if !is_good(app, ctx, LOOK, id, ticket) {
        return Err(AppError::Hidden);
    }
    let opened = app
        .store
        .read::<ReadEvidence, _>(ctx, OneEvidence(id), async |tx: &mut Tx<ReadEvidence>| {
            evidence::open(tx).await
        })
        .await?;
    prepare(app, opened).await
}

/// The bytes for a copy; the look is recorded, each time that somebody asks for them from the beginning.
///
/// # Errors
/// As [`content`].
pub async fn download(app: &App, ctx: &Ctx, id: EvidenceId, ticket: &str) -> Result<Content, AppError> {
    let is_reasoned = is_good(app, ctx, LOOK, id, ticket) || is_good(app, ctx, REASON, id, ticket);
    let opened = app
        .store
        .read::<DownloadEvidence, _>(ctx, OneEvidence(id), async move |tx: &mut Tx<DownloadEvidence>| {
            reasoned(tx, is_reasoned)?;
            evidence::open(tx).await
        })
        .await?;
    prepare(app, opened).await
}

async fn prepare(app: &App, opened: Opened) -> Result<Content, AppError> {
    let blobs = Arc::clone(&app.blobs);
    crate::blocking(move || {
        let Opened { held, file, key, number, .. } = opened;
        let name: BlobName = file.parse().map_err(|_| AppError::Hidden)?;
        let reader = blobs.reader(name)?;
        let header = reader.read(0, FileOpener::HEADER)?;
        let opener =
            FileOpener::new(key, place(held.id), &header, held.evidence.length).map_err(StoreError::from)?;
        let (opener, reader) = (Arc::new(opener), Arc::new(reader));
        Ok(Content { evidence: held.evidence, number, opener, reader })
    })
    .await
}

impl Content {
    /// The bytes from `from` up to, but not including, `to`.
    #[must_use]
    pub fn part(&self, from: u64, to: u64) -> Part {
        let to = to.min(self.evidence.length);
        Part { opener: Arc::clone(&self.opener), reader: Arc::clone(&self.reader), at: from, to }
    }
}

/// A run of bytes that is read as it is asked for, a chunk at a time.
pub struct Part {
    opener: Arc<FileOpener>,
    reader: Arc<Reader>,
    at: u64,
    to: u64,
}

impl Part {
    /// So many bytes are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.to.saturating_sub(self.at)
    }

    /// The next bytes, and what comes after them; none at the end.
    ///
    /// # Errors
    /// The disk's, or where the file was damaged.
    pub async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>, AppError> {
        if self.left() == 0 {
            return Ok(None);
        }
        crate::blocking(move || {
            let index = self.opener.chunk_of(self.at);
            let (place, length) = self.opener.span(index);
            let chunk =
                self.opener.open(index, &self.reader.read(place, length)?).map_err(StoreError::from)?;
            let begin = u64::from(index) * fairwatch_vault::CHUNK as u64;
            let from = usize::try_from(self.at - begin).unwrap_or(usize::MAX).min(chunk.len());
            let wanted = usize::try_from(self.to - begin).unwrap_or(usize::MAX).min(chunk.len());
            let bytes = chunk[from..wanted].to_vec();
            if bytes.is_empty() {
                return Err(AppError::internal("a file is shorter than its record says"));
            }
            self.at += bytes.len() as u64;
            Ok(Some((bytes, self)))
        })
        .await
    }
}

//! The bytes of evidence, handed out in parts.
//!
//! Those who bear a mark are shown a still as a picture that bears it, made anew from its pixels each time (VIS-8); the
//! file as it was sent does not reach them. Clips and documents cannot be marked: a copy of one is recorded.
use super::{LOOK, REASON, is_good, reasoned};
use crate::{App, error::AppError, pictures::viewers_mark};
use async_recursion::async_recursion as boxed;
use fairwatch_blobs::{BlobName, Reader};
use fairwatch_core::{
    evidence::{DownloadEvidence, Evidence, EvidenceFacts, Kind, OneEvidence, ReadEvidence, bears_mark},
    gate::{Action, Ctx},
    ids::EvidenceId,
};
use fairwatch_imaging::{Limits, Mark, mark, prepare as prepare_picture};
use fairwatch_store::{
    StoreError, Tx,
    evidence::{self, Opened, place},
};
use fairwatch_vault::FileOpener;
use std::sync::Arc;

/// Evidence whose bytes may be read.
pub struct Content {
    /// What is held of it; for a still that bears a mark, kind and length are those of the marked picture.
    pub evidence: Evidence,
    /// The number of its report, for the name of a copy.
    pub number: Option<i64>,
    bytes: Bytes,
}

/// Where bytes come from.
#[derive(Clone)]
enum Bytes {
    /// An open file and a key.
    Sealed { opener: Arc<FileOpener>, reader: Arc<Reader> },
    /// A picture that bears a mark.
    Marked(Arc<Vec<u8>>),
}

/// The bytes for the player or picture on its page, whose look is recorded: for the session that has the ticket.
///
/// # Errors
/// [`AppError::Hidden`] where the ticket is not the viewer's or has run out, the viewer may not see it, or it is gone.
#[boxed]
pub async fn content(app: &App, ctx: &Ctx, id: EvidenceId, ticket: &str) -> Result<Content, AppError> {
    if !is_good(app, ctx, LOOK, id, ticket) {
        return Err(AppError::Hidden);
    }
    let (opened, bears) = app
        .store
        .read::<ReadEvidence, _>(ctx, OneEvidence(id), async |tx: &mut Tx<ReadEvidence>| {
            opened(app, tx).await
        })
        .await?;
    prepare(app, opened, bears).await
}

/// The evidence, and the mark that it bears for whoever asks, if it does.
async fn opened<A>(app: &App, tx: &mut Tx<A>) -> Result<(Opened, Option<Mark>), StoreError>
where
    A: Action<Target = OneEvidence, Facts = EvidenceFacts>,
{
    let opened = evidence::open(tx).await?;
    let (permit, is_still) = (tx.permit(), opened.held.evidence.kind.is_still());
    if !is_still || !bears_mark(permit.standing(), permit.facts()) {
        return Ok((opened, None));
    }
    let scope = permit.facts().scope.clone();
    Ok((opened, Some(viewers_mark(app, tx, &scope).await?)))
}

/// The bytes for a copy; the look is recorded, each time that somebody asks for them from the beginning.
///
/// # Errors
/// As [`content`].
#[boxed]
pub async fn download(app: &App, ctx: &Ctx, id: EvidenceId, ticket: &str) -> Result<Content, AppError> {
    let is_reasoned = is_good(app, ctx, LOOK, id, ticket) || is_good(app, ctx, REASON, id, ticket);
    let (opened, bears) = app
        .store
        .read::<DownloadEvidence, _>(ctx, OneEvidence(id), async move |tx: &mut Tx<DownloadEvidence>| {
            reasoned(tx, is_reasoned)?;
            opened(app, tx).await
        })
        .await?;
    prepare(app, opened, bears).await
}

async fn prepare(app: &App, opened: Opened, bears: Option<Mark>) -> Result<Content, AppError> {
    let content = sealed(app, opened).await?;
    match bears {
        None => Ok(content),
        Some(bears) => marked(app, content, bears).await,
    }
}

/// The still as a picture of at most 1600 pixels that bears a mark. One that cannot be decoded is not shown.
async fn marked(app: &App, content: Content, bears: Mark) -> Result<Content, AppError> {
    let limits = Limits::default();
    let too_much = "This still is too large to be shown with your mark. Ask the controller for it.";
    if usize::try_from(content.evidence.length).map_or(true, |length| length > limits.bytes) {
        return Err(AppError::refused(too_much));
    }
    // One at a time, as with what is uploaded.
    let _turn = app.decoding.acquire().await.map_err(|_| AppError::busy())?;
    let (mut original, mut part) = (Vec::new(), content.part(0, content.evidence.length));
    while let Some((bytes, rest)) = part.next().await? {
        original.extend_from_slice(&bytes);
        part = rest;
    }
    let bytes = crate::blocking(move || {
        let unreadable =
            |_| AppError::refused("This still cannot be shown with your mark. Ask the controller for it.");
        let prepared = prepare_picture(&original, &limits).map_err(unreadable)?;
        Ok(mark(&prepared.large.bytes, &bears).map_err(AppError::internal)?.bytes)
    })
    .await?;
    let evidence = Evidence { kind: Kind::Jpeg, length: bytes.len() as u64, ..content.evidence };
    Ok(Content { evidence, number: content.number, bytes: Bytes::Marked(Arc::new(bytes)) })
}

async fn sealed(app: &App, opened: Opened) -> Result<Content, AppError> {
    let blobs = Arc::clone(&app.blobs);
    crate::blocking(move || {
        let Opened { held, file, key, number, .. } = opened;
        let name: BlobName = file.parse().map_err(|_| AppError::Hidden)?;
        let reader = blobs.reader(name)?;
        let header = reader.read(0, FileOpener::HEADER)?;
        let opener =
            FileOpener::new(key, place(held.id), &header, held.evidence.length).map_err(StoreError::from)?;
        let bytes = Bytes::Sealed { opener: Arc::new(opener), reader: Arc::new(reader) };
        Ok(Content { evidence: held.evidence, number, bytes })
    })
    .await
}

impl Content {
    /// Whether this is a picture that bears a mark: made anew each time, so that parts of two do not fit together.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        matches!(self.bytes, Bytes::Marked(_))
    }

    /// The bytes from `from` up to, but not including, `to`.
    #[must_use]
    pub fn part(&self, from: u64, to: u64) -> Part {
        let to = to.min(self.evidence.length);
        Part { bytes: self.bytes.clone(), at: from, to }
    }
}

/// A run of bytes that is read as it is asked for, a chunk at a time.
pub struct Part {
    bytes: Bytes,
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
        let (opener, reader) = match &self.bytes {
            Bytes::Marked(bytes) => {
                let at = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(bytes.len());
                let rest = bytes[at(self.at)..at(self.to)].to_vec();
                self.at = self.to;
                return Ok(Some((rest, self)));
            }
            Bytes::Sealed { opener, reader } => (Arc::clone(opener), Arc::clone(reader)),
        };
        crate::blocking(move || {
            let index = opener.chunk_of(self.at);
            let (place, length) = opener.span(index);
            let chunk = opener.open(index, &reader.read(place, length)?).map_err(StoreError::from)?;
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

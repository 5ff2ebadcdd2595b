//! Evidence: taken in as it arrives, looked at, handed out in parts, and never in memory as a whole (VIS-3).
//!
//! What is kept are the bytes that were sent, so that the SHA256 fingerprint that is taken on the way in is that of the camera's
//! own file. Nothing is decoded, turned or stripped: see [`fairwatch_core::evidence::sniff`] for what is taken at all.
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_blobs::{BlobName, Blobs, Writer};
use fairwatch_core::{
    evidence::{
        AddEvidence, AttachEvidence, Evidence, ListEvidence, MOST_BYTES, OneEvidence, PrepareAttached,
        PrepareEvidence, ReleaseEvidence, RemoveEvidence, SNIFFED, ShareEvidence, ShowEvidence,
        TakeBackEvidence, needs_reason, sniff,
    },
    gate::{Action, Caller, Ctx, Hidden},
    ids::{DraftId, EvidenceId, OrgId, ReportId},
    incidents::{OneReport, ReportFacts},
    scope::{InOrg, Scope},
    subjects::viewer,
};
use fairwatch_store::{
    StoreError, Tx,
    evidence::{self, Opened, Written, place},
};
use fairwatch_vault::{CHUNK, DataKey, FileSealer};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

mod reading;

pub use fairwatch_store::evidence::{Entry, HeldEvidence, Listed};
pub use reading::{Content, Part, content, download};

/// Where an upload goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Draft(OrgId, DraftId),
    Report(ReportId),
}

/// An upload on its way in: bytes go in as they come, and out to the disk sealed, chunk by chunk. Dropped before
/// [`Upload::finish`] it leaves nothing behind.
pub struct Upload {
    to: To,
    id: EvidenceId,
    file: BlobName,
    name: String,
    /// Bytes that are not sealed yet: a chunk is held back until it is known whether it is the last.
    rest: Vec<u8>,
    length: u64,
    /// The sealer and the file, which go to a thread for each chunk and come back.
    out: Option<Box<Out>>,
    kind: Option<fairwatch_core::evidence::Kind>,
}

struct Out {
    sealer: FileSealer,
    hash: Sha256,
    writer: Writer,
}

impl Out {
    fn write(&mut self, chunk: Vec<u8>, is_last: bool) -> Result<(), AppError> {
        self.hash.update(&chunk);
        let sealed = self.sealer.seal(chunk, is_last).map_err(AppError::internal)?;
        Ok(self.writer.write(&sealed)?)
    }
}

/// The name of a file as a device gives it: the last part of a path, without what cannot be shown, and not too long.
fn tidy(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(120).collect::<String>().trim().to_owned()
}

/// Begins an upload to the draft of a form.
///
/// # Errors
/// [`AppError::Refused`] where the report is full; [`AppError::Hidden`] where the policy holds no evidence.
#[boxed]
pub async fn begin(app: &App, ctx: &Ctx, org: OrgId, form: &str, name: &str) -> Result<Upload, AppError> {
    let form = form.to_owned();
    let (draft, key) = app
        .store
        .write::<PrepareEvidence, _>(ctx, InOrg(org), async move |tx: &mut Tx<PrepareEvidence>| {
            evidence::room(tx, &form).await
        })
        .await?;
    open(app, ctx, To::Draft(org, draft), key, name).await
}

/// Begins an upload to a report that was sent.
///
/// # Errors
/// As [`begin`]; [`AppError::Hidden`] where the report is not theirs, or was decided against.
#[boxed]
pub async fn begin_attached(app: &App, ctx: &Ctx, report: ReportId, name: &str) -> Result<Upload, AppError> {
    let key = app
        .store
        .write::<PrepareAttached, _>(ctx, OneReport(report), async |tx: &mut Tx<PrepareAttached>| {
            evidence::room_in_report(tx).await
        })
        .await?;
    open(app, ctx, To::Report(report), key, name).await
}

/// The facts of a report to which evidence may be added, for the page that asks for it.
///
/// # Errors
/// [`AppError::Hidden`] where it may not.
#[boxed]
pub async fn attachable(app: &App, ctx: &Ctx, report: ReportId) -> Result<ReportFacts, AppError> {
    let facts = app
        .store
        .read::<PrepareAttached, _>(ctx, OneReport(report), async |tx: &mut Tx<PrepareAttached>| {
            Ok::<_, StoreError>(tx.permit().facts().clone())
        })
        .await?;
    Ok(facts)
}

async fn open(app: &App, ctx: &Ctx, to: To, key: DataKey, name: &str) -> Result<Upload, AppError> {
    let id: EvidenceId = ctx.new_id();
    let file = BlobName::new(ctx.randomness());
    let sealer = FileSealer::new(key, place(id), ctx.randomness());
    let blobs: Arc<Blobs> = Arc::clone(&app.blobs);
    let out = crate::blocking(move || {
        let mut writer = blobs.create(file)?;
        writer.write(&sealer.header())?;
        Ok(Box::new(Out { sealer, hash: Sha256::new(), writer }))
    })
    .await?;
    let rest = Vec::with_capacity(CHUNK);
    Ok(Upload { to, id, file, name: tidy(name), rest, length: 0, out: Some(out), kind: None })
}

impl Upload {
    /// Takes further bytes. After an error the upload is over.
    ///
    /// # Errors
    /// [`AppError::Refused`] for what is not taken, or is too large.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), AppError> {
        self.length = self.length.saturating_add(bytes.len() as u64);
        if self.length > MOST_BYTES {
            return Err(AppError::refused(format!(
                "“{}” is larger than 500 MB. Cut the clip to the minutes that matter and send it again.",
                self.name
            )));
        }
        while !bytes.is_empty() {
            // Only now is it known that what is full is not the last.
            if self.rest.len() == CHUNK {
                self.flush(false).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.rest.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
            if self.kind.is_none() && self.rest.len() >= SNIFFED {
                self.look()?;
            }
        }
        Ok(())
    }

    fn look(&mut self) -> Result<(), AppError> {
        let head = &self.rest[..self.rest.len().min(SNIFFED)];
        self.kind = sniff(head);
        match self.kind {
            Some(_) => Ok(()),
            None => Err(AppError::refused(format!(
                "“{}” is not a kind of file that is taken. Send clips as MP4, MOV, WebM, AVI or MPEG, documents as PDF, and stills as JPEG, PNG or WebP.",
                self.name
            ))),
        }
    }

    async fn flush(&mut self, is_last: bool) -> Result<(), AppError> {
        let chunk = std::mem::replace(&mut self.rest, Vec::with_capacity(if is_last { 0 } else { CHUNK }));
        let Some(mut out) = self.out.take() else {
            return Err(AppError::internal("an upload went on after an error"));
        };
        let out = crate::blocking(move || out.write(chunk, is_last).map(|()| out)).await?;
        self.out = Some(out);
        Ok(())
    }

    /// All bytes have come: brings the file to the disk, and records it.
    ///
    /// # Errors
    /// [`AppError::Refused`] for what is not taken, or where the report was sent, decided against or filled meanwhile.
    pub async fn finish(mut self, app: &App, ctx: &Ctx) -> Result<EvidenceId, AppError> {
        if self.kind.is_none() {
            self.look()?;
        }
        let kind = self.kind.ok_or_else(|| AppError::internal("an upload without a kind"))?;
        self.flush(true).await?;
        let Some(out) = self.out.take() else {
            return Err(AppError::internal("an upload went on after an error"));
        };
        let hash = crate::blocking(move || {
            out.writer.finish()?;
            Ok(out.hash.finalize())
        })
        .await?;
        let sha256 = fairwatch_store::audit::hex(&hash);
        let evidence = Evidence { kind, name: self.name, length: self.length, sha256 };
        let new = Written { id: self.id, file: self.file.to_string(), evidence };
        match self.to {
            To::Draft(org, draft) => {
                app.store
                    .write::<AddEvidence, _>(ctx, InOrg(org), async move |tx: &mut Tx<AddEvidence>| {
                        evidence::add(tx, draft, &new).await
                    })
                    .await?;
            }
            To::Report(report) => {
                app.store
                    .write::<AttachEvidence, _>(
                        ctx,
                        OneReport(report),
                        async move |tx: &mut Tx<AttachEvidence>| evidence::attach(tx, &new).await,
                    )
                    .await?;
            }
        }
        Ok(self.id)
    }
}

/// Takes an upload out of one's own draft again.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn take_back(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    form: &str,
    evidence: EvidenceId,
) -> Result<(), AppError> {
    let form = form.to_owned();
    app.store
        .write::<TakeBackEvidence, _>(ctx, InOrg(org), async move |tx: &mut Tx<TakeBackEvidence>| {
            evidence::take_back(tx, &form, evidence).await
        })
        .await?;
    Ok(())
}

/// How long a ticket lasts at least, in seconds; twice that at most. Whoever watches a clip seeks in it for a while.
const TICKET: i64 = 3600;
/// What tickets are for. That of a look reads the bytes; that of a page for which a reason was given opens the look.
const LOOK: &str = "evidence ticket";
const REASON: &str = "evidence reason ticket";

fn ticket_of(app: &App, ctx: &Ctx, what: &str, evidence: EvidenceId, window: i64) -> String {
    let viewer = match ctx.caller() {
        Caller::User { session, .. } => session.to_string(),
        _ => String::new(),
    };
    let hash = app.store.keys().lookup(what, &format!("{viewer}|{evidence}|{window}"));
    fairwatch_store::audit::hex(&hash[..12])
}

fn ticket_now(app: &App, ctx: &Ctx, what: &str, evidence: EvidenceId) -> String {
    ticket_of(app, ctx, what, evidence, ctx.real_now().as_second().div_euclid(TICKET))
}

fn is_good(app: &App, ctx: &Ctx, what: &str, evidence: EvidenceId, ticket: &str) -> bool {
    let window = ctx.real_now().as_second().div_euclid(TICKET);
    [window, window - 1].iter().any(|w| ticket_of(app, ctx, what, evidence, *w) == ticket)
}

/// The ticket that the page of a piece of evidence gives the address of its bytes: the look is recorded already, for
/// this session, and a player that asks for two hundred pieces of the clip leaves no two hundred entries.
#[must_use]
pub fn ticket(app: &App, ctx: &Ctx, evidence: EvidenceId) -> String {
    ticket_now(app, ctx, LOOK, evidence)
}

/// The ticket that the page of a person gives the addresses of evidence; it stands for the reason that was given there
/// (VIS-5).
#[must_use]
pub fn reason_ticket(app: &App, ctx: &Ctx, evidence: EvidenceId) -> String {
    ticket_now(app, ctx, REASON, evidence)
}

/// A piece of evidence on its own page.
pub struct Shown {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The evidence and where it belongs.
    pub opened: Opened,
    /// Its chain of custody, for the controller.
    pub custody: Vec<Entry>,
}

fn reasoned<A>(tx: &Tx<A>, is_reasoned: bool) -> Result<(), StoreError>
where
    A: Action<Target = OneEvidence, Facts = fairwatch_core::evidence::EvidenceFacts>,
{
    let permit = tx.permit();
    if !is_reasoned && needs_reason(permit.standing(), permit.facts()) {
        return Err(Hidden.into());
    }
    Ok(())
}

/// Opens the page of a piece of evidence; the look is recorded. Those of whom the policy asks a reason for each look
/// need the [ticket](reason_ticket) that a page gave them for it.
///
/// # Errors
/// [`AppError::Hidden`] where they may not see it, or it is gone.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, id: EvidenceId, ticket: &str) -> Result<Shown, AppError> {
    let is_reasoned = is_good(app, ctx, REASON, id, ticket);
    let shown = app
        .store
        .read::<ShowEvidence, _>(ctx, OneEvidence(id), async move |tx: &mut Tx<ShowEvidence>| {
            reasoned(tx, is_reasoned)?;
            let opened = evidence::open(tx).await?;
            let is_controller = tx.permit().standing().is(fairwatch_core::gate::Role::Controller);
            let custody = if is_controller { evidence::custody(tx).await? } else { Vec::new() };
            Ok(Shown { scope: tx.permit().facts().scope.clone(), opened, custody })
        })
        .await?;
    Ok(shown)
}

/// The evidence of approved reports that they may see, for those who see no records.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    before: Option<i64>,
    size: u32,
) -> Result<(Vec<Listed>, Option<i64>), AppError> {
    let listed = app
        .store
        .read::<ListEvidence, _>(ctx, InOrg(org), async move |tx: &mut Tx<ListEvidence>| {
            match tx.permit().standing().role.and_then(viewer) {
                Some(who) => evidence::all(tx, who, before, size).await,
                None => Ok((Vec::new(), None)),
            }
        })
        .await?;
    Ok(listed)
}

/// Lets those see it whom the policy names, or ends that.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn share(app: &App, ctx: &Ctx, id: EvidenceId, is_shared: bool) -> Result<(), AppError> {
    app.store
        .write::<ShareEvidence, _>(ctx, OneEvidence(id), async move |tx: &mut Tx<ShareEvidence>| {
            evidence::share(tx, is_shared).await
        })
        .await?;
    Ok(())
}

/// Releases it to the board in legal proceedings; the reason is recorded (VIS-3).
///
/// # Errors
/// [`AppError::Refused`] without a reason; [`AppError::Hidden`] where the policy knows no such release.
#[boxed]
pub async fn release(app: &App, ctx: &Ctx, id: EvidenceId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    app.store
        .write::<ReleaseEvidence, _>(ctx, OneEvidence(id), async move |tx: &mut Tx<ReleaseEvidence>| {
            evidence::release(tx, &reason).await
        })
        .await?;
    Ok(())
}

/// Destroys it before its report; the reason is recorded.
///
/// # Errors
/// [`AppError::Refused`] without a reason.
#[boxed]
pub async fn remove(app: &App, ctx: &Ctx, id: EvidenceId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    app.store
        .write::<RemoveEvidence, _>(ctx, OneEvidence(id), async move |tx: &mut Tx<RemoveEvidence>| {
            evidence::remove(tx, &reason).await
        })
        .await?;
    Ok(())
}

fn given(reason: &str) -> Result<String, AppError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > 2000 {
        return Err(AppError::in_field(
            "reason",
            "Say why, in 2,000 characters or fewer. It is kept with the record.",
        ));
    }
    Ok(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_a_path_and_can_be_shown() {
        assert_eq!(tidy("C:\\Users\\till\\clip 3.mp4"), "clip 3.mp4");
        assert_eq!(tidy("../../etc/passwd"), "passwd");
        assert_eq!(tidy("a\r\nb\u{0}.mp4"), "ab.mp4");
        assert_eq!(tidy(&"é".repeat(500)).chars().count(), 120);
    }
}

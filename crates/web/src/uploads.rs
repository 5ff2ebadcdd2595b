//! Forms with files that are too large for memory: fields and pictures as in any form, evidence on to the disk as it
//! arrives (VIS-3).
use crate::{
    forms::{File, PART, Sent, unreadable},
    respond::PageError,
    routes::UPLOAD,
    web::Web,
};
use axum::{
    extract::{FromRequest as _, Multipart, Request, multipart::Field},
    http::header,
};
use fairwatch_app::{
    App, AppError,
    evidence::{self, Upload},
    incidents::reporting::FORM,
};
use fairwatch_core::{
    gate::Ctx,
    ids::{OrgId, ReportId},
};
use std::time::Duration;

/// The field that evidence comes in.
pub(crate) const FIELD: &str = "evidence";
/// A connection on which nothing comes for so long is given up: an upload as a whole may take its time.
const SILENCE: Duration = Duration::from_secs(60);

/// Where evidence goes.
#[derive(Clone, Copy)]
pub(crate) enum To<'a> {
    /// Into the draft of the report form.
    Draft(&'a App, &'a Ctx, OrgId),
    /// Into a report that was sent.
    Report(&'a App, &'a Ctx, ReportId),
}

impl To<'_> {
    async fn begin(self, name: &str) -> Result<Upload, AppError> {
        match self {
            Self::Draft(app, ctx, org) => evidence::begin(app, ctx, org, FORM, name).await,
            Self::Report(app, ctx, report) => evidence::begin_attached(app, ctx, report, name).await,
        }
    }
    async fn finish(self, upload: Upload) -> Result<(), AppError> {
        match self {
            Self::Draft(app, ctx, _) | Self::Report(app, ctx, _) => upload.finish(app, ctx).await.map(|_| ()),
        }
    }
}

/// What came of a form with evidence.
#[derive(Default)]
pub(crate) struct Received {
    /// Its fields and pictures.
    pub(crate) sent: Sent,
    /// So many files of evidence were taken.
    pub(crate) taken: usize,
    /// Why others were not.
    pub(crate) problems: Vec<String>,
}

/// Reads a form, passing evidence on as it comes. A file that is refused is read to its end all the same, since the
/// browser waits for that with its answer; one that breaks off leaves nothing behind.
pub(crate) async fn receive(request: Request, web: &Web, to: To<'_>) -> Result<Received, PageError> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    if !kind.is_some_and(|kind| kind.starts_with(b"multipart/form-data")) {
        let sent = Sent::from_request(request, web).await?;
        return Ok(Received { sent, ..Received::default() });
    }
    let mut parts =
        Multipart::from_request(request, web).await.map_err(|rejection| unreadable(rejection.status()))?;
    let mut received = Received::default();
    // What stays in memory is as much as any other form may weigh.
    let mut room = UPLOAD;
    while let Some(mut part) = next(&mut parts).await? {
        let Some(field) = part.name().map(str::to_owned) else { continue };
        room = room.checked_sub(PART + field.len()).ok_or(PageError::TooLarge)?;
        match part.file_name().map(str::to_owned) {
            Some(name) if field == FIELD => match pass_on(&mut part, &name, to).await? {
                Passed::Nothing => {}
                Passed::Taken => received.taken += 1,
                Passed::Refused(why) => received.problems.push(why),
            },
            file => {
                let mut bytes = Vec::new();
                while let Some(chunk) = chunk(&mut part).await? {
                    room = room.checked_sub(chunk.len()).ok_or(PageError::TooLarge)?;
                    bytes.extend_from_slice(&chunk);
                }
                if file.is_none() {
                    let value = String::from_utf8(bytes).map_err(|_| PageError::Unreadable)?;
                    received.sent.add(field, value);
                } else if !bytes.is_empty() {
                    received.sent.files.push(File { bytes });
                }
            }
        }
    }
    Ok(received)
}

enum Passed {
    /// A browser sends an empty file for a control without a choice.
    Nothing,
    Taken,
    Refused(String),
}

async fn pass_on(part: &mut Field<'_>, name: &str, to: To<'_>) -> Result<Passed, PageError> {
    let mut upload: Option<Upload> = None;
    let mut refused: Option<String> = None;
    while let Some(bytes) = chunk(part).await? {
        if bytes.is_empty() || refused.is_some() {
            continue;
        }
        let written = async {
            let mut begun = match upload.take() {
                Some(begun) => begun,
                None => to.begin(name).await?,
            };
            begun.write(&bytes).await?;
            Ok::<_, AppError>(begun)
        };
        match written.await {
            Ok(begun) => upload = Some(begun),
            Err(AppError::Refused(problems)) => refused = Some(problems.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    let Some(upload) = upload else { return Ok(refused.map_or(Passed::Nothing, Passed::Refused)) };
    match to.finish(upload).await {
        Ok(()) => Ok(Passed::Taken),
        Err(AppError::Refused(problems)) => Ok(Passed::Refused(problems.to_string())),
        Err(error) => Err(error.into()),
    }
}

async fn next<'a>(parts: &'a mut Multipart) -> Result<Option<Field<'a>>, PageError> {
    let part = tokio::time::timeout(SILENCE, parts.next_field()).await.map_err(|_| PageError::Slow)?;
    part.map_err(|error| unreadable(error.status()))
}

async fn chunk(part: &mut Field<'_>) -> Result<Option<Vec<u8>>, PageError> {
    let chunk = tokio::time::timeout(SILENCE, part.chunk()).await.map_err(|_| PageError::Slow)?;
    Ok(chunk.map_err(|error| unreadable(error.status()))?.map(Into::into))
}

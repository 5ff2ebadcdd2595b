//! The bytes of evidence: as they were sent, in parts, and never as anything that a browser would run.
use super::Ticket;
use crate::{
    range::{self, Wanted},
    respond::Answer,
    visit::{Id, Visit},
};
use axum::{
    body::Body,
    extract::Query,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use fairwatch_app::{
    AppError,
    evidence::{self, Content},
};
use fairwatch_core::ids::EvidenceId;
use futures_util::stream::try_unfold;

/// Should a browser take the bytes for a page after all, it is one that can do nothing.
const POLICY: &str =
    "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

fn asked(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::RANGE).and_then(|range| range.to_str().ok())
}

/// `GET .../evidence/{id}/file?t=`: for the player or picture on the page of the evidence, whose look is recorded. The
/// ticket is that look's.
pub(crate) async fn file(
    visit: Visit,
    Id(id): Id<EvidenceId>,
    Query(ticket): Query<Ticket>,
    headers: HeaderMap,
) -> Answer {
    let content = evidence::content(&visit.app, &visit.ctx, id, &ticket.t).await?;
    // A document is never shown in the place of a page: it would be a download.
    let kind = content.evidence.kind;
    if visit.session.shared && !kind.plays() && !kind.is_still() {
        return Err(AppError::Hidden.into());
    }
    let how = if kind.plays() || kind.is_still() { "inline" } else { "attachment" };
    Ok(answer(&visit, id, &content, asked(&headers), how))
}

/// `GET .../evidence/{id}/download?t=`: a copy. Each that begins is recorded; one that broke off and goes on where it
/// was, with the ticket of the page, is the same copy.
pub(crate) async fn download(
    visit: Visit,
    Id(id): Id<EvidenceId>,
    Query(ticket): Query<Ticket>,
    headers: HeaderMap,
) -> Answer {
    if visit.session.shared {
        return Err(AppError::Hidden.into());
    }
    let (app, ctx) = (&visit.app, &visit.ctx);
    let goes_on = matches!(range::wanted(asked(&headers), u64::MAX), Wanted::Part { from: 1.., .. });
    let content = match evidence::content(app, ctx, id, &ticket.t).await {
        Ok(content) if goes_on => content,
        _ => evidence::download(app, ctx, id, &ticket.t).await?,
    };
    Ok(answer(&visit, id, &content, asked(&headers), "attachment"))
}

fn answer(visit: &Visit, id: EvidenceId, content: &Content, range: Option<&str>, how: &str) -> Response {
    let length = content.evidence.length;
    let range = range.filter(|_| !content.is_marked());
    let (status, from, to) = match range::wanted(range, length) {
        Wanted::All => (StatusCode::OK, 0, length),
        Wanted::Part { from, to } => (StatusCode::PARTIAL_CONTENT, from, to),
        Wanted::Nothing => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    let body = Body::from_stream(try_unfold(content.part(from, to), evidence::Part::next));
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, content.evidence.kind.content_type());
    set(header::CONTENT_LENGTH, &(to - from).to_string());
    set(header::ACCEPT_RANGES, if content.is_marked() { "none" } else { "bytes" });
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    match status {
        StatusCode::PARTIAL_CONTENT => {
            set(header::CONTENT_RANGE, &format!("bytes {from}-{}/{length}", to - 1));
        }
        StatusCode::RANGE_NOT_SATISFIABLE => set(header::CONTENT_RANGE, &format!("bytes */{length}")),
        _ => {}
    }
    // The name that the sender's device gave may name somebody, so a copy has one of its own.
    let reference = content.number.map_or_else(|| "draft".into(), |number| visit.scope.reference(number));
    let id = id.to_string();
    let name = format!("{reference}-{}.{}", &id[id.len() - 6..], content.evidence.kind.ending());
    set(header::CONTENT_DISPOSITION, &format!("{how}; filename=\"{name}\""));
    response
}

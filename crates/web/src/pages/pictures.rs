//! Pictures, as JPEG.
use crate::{
    respond::Answer,
    visit::{Id, Visit},
};
use axum::{extract::Query, http::header, response::IntoResponse as _};
use fairwatch_app::pictures::{self, Jpeg};
use fairwatch_core::{ids::PictureId, pictures::Size};
use serde::Deserialize;

/// The ticket of a picture.
#[derive(Deserialize)]
pub(crate) struct Ticket {
    #[serde(default)]
    t: String,
}

/// `GET .../pictures/{id}/small?t=`: on a page whose look is recorded. The browser may keep it for as long as the
/// ticket lasts, for this user alone.
pub(crate) async fn small(visit: Visit, Id(id): Id<PictureId>, Query(ticket): Query<Ticket>) -> Answer {
    let jpeg = pictures::thumbnail(&visit.app, &visit.ctx, id, &ticket.t).await?;
    Ok(answer(jpeg, "private, max-age=300"))
}

/// `GET .../pictures/{id}/medium?t=`: a look that is recorded, so the browser asks each time. The ticket is asked of
/// those who have to give a reason for each look.
pub(crate) async fn medium(visit: Visit, Id(id): Id<PictureId>, Query(ticket): Query<Ticket>) -> Answer {
    Ok(answer(pictures::show_larger(&visit.app, &visit.ctx, id, Size::Medium, &ticket.t).await?, "no-store"))
}

/// `GET .../pictures/{id}/large?t=`: likewise.
pub(crate) async fn large(visit: Visit, Id(id): Id<PictureId>, Query(ticket): Query<Ticket>) -> Answer {
    Ok(answer(pictures::show_larger(&visit.app, &visit.ctx, id, Size::Large, &ticket.t).await?, "no-store"))
}

fn answer(Jpeg(bytes): Jpeg, cache: &'static str) -> axum::response::Response {
    ([(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, cache)], bytes).into_response()
}

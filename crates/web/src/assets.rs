//! Style sheet, script, typeface: inside the binary, under an address that changes with their content.
use crate::respond::{Answer, PageError};
use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::AppError;
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/assets/dist"]
struct Dist;

/// The address below which the assets are, without a slash at its end.
pub(crate) fn prefix() -> &'static str {
    static PREFIX: LazyLock<String> = LazyLock::new(|| {
        let mut names: Vec<_> = Dist::iter().collect();
        names.sort();
        // Each file is hashed at build time; their hashes together need to be different, not secret.
        let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
        for name in names {
            let hash = Dist::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default();
            for byte in name.bytes().chain(hash) {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        format!("/assets/{sum:016x}")
    });
    &PREFIX
}

/// `GET /assets/{hash}/{*file}`
pub(crate) async fn serve(
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
) -> Answer {
    let hidden = || PageError::from(AppError::Hidden);
    let Path((hash, name)) = path.map_err(|_| hidden())?;
    if prefix().strip_prefix("/assets/") != Some(&hash) {
        return Err(hidden());
    }
    let file = Dist::get(&name).ok_or_else(hidden)?;
    let kind = match name.rsplit('.').next() {
        // The library's table knows neither.
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        _ => file.metadata.mimetype(),
    };
    let kind = HeaderValue::from_str(kind).map_err(PageError::internal)?;
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, forever)], file.data.into_owned())
        .into_response())
}

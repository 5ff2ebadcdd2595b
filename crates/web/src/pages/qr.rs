//! A QR code as the path of a drawing: squares of one unit, for telephones to scan.
use askama::Template;
use fairwatch_app::AppError;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// `qr.html`: a drawing with what it says for those who do not see it.
#[derive(Template, Clone, Debug, Default)]
#[template(path = "qr.html")]
pub(crate) struct Drawing {
    /// Its width and height in squares, with the white edge that scanners need.
    pub(crate) size: usize,
    /// The path of its dark squares.
    pub(crate) path: String,
    /// What it is, in words.
    pub(crate) label: String,
}

/// Squares that stay white around the code.
const EDGE: usize = 4;

/// Draws a text.
///
/// # Errors
/// [`AppError::Internal`] where it is longer than any code holds.
pub(crate) fn draw(text: &str, label: &str) -> Result<Drawing, AppError> {
    let code =
        QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).map_err(AppError::internal)?;
    let width = code.width();
    let mut path = String::new();
    for (n, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            let _ = write!(path, "M{} {}h1v1h-1z", n % width + EDGE, n / width + EDGE);
        }
    }
    Ok(Drawing { size: width + 2 * EDGE, path, label: label.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_and_a_white_edge() {
        let drawing = draw("https://watch.example/invitation/0123456789abcdef", "The invitation").unwrap();
        assert!(drawing.path.starts_with("M4 4h1v1h-1z"), "its first corner");
        assert!(drawing.path.contains(&format!("M{} 4h", drawing.size - 5)), "its second");
        assert!(drawing.path.contains(&format!("M4 {}h", drawing.size - 5)), "its third");
        assert!(!drawing.path.contains("M3 ") && !drawing.path.contains(" 3h"));
        assert!(draw(&"x".repeat(9000), "").is_err());
    }
}

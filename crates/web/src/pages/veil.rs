//! The faint mark over pages of people: viewer, scheme and day, so that a photographed screen can be traced (VIS-8).
use crate::{respond::Answer, visit::Visit, words};
use axum::{http::header, response::IntoResponse as _};
use fairwatch_app::pictures::viewer_code;
use std::fmt::Write as _;

/// Text as it may stand in XML.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut all, letter| {
        match letter {
            '&' | '<' | '>' | '"' | '\'' => {
                let _ = write!(all, "&#{};", u32::from(letter));
            }
            _ if letter.is_control() => all.push(' '),
            _ => all.push(letter),
        }
        all
    })
}

/// A tile of the mark, repeated over whatever it is laid on; wide enough for the words, whatever face draws them.
fn drawing(words: &str) -> String {
    let width = 40 + 9 * words.chars().count();
    // The second line stands half a tile further on, and what is cut off there goes on in the next.
    let half = width / 2;
    let words = escaped(words);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"100%\"><defs>\
         <pattern id=\"t\" width=\"{width}\" height=\"150\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-24)\">\
         <g font-family=\"sans-serif\" font-size=\"15\" fill=\"#17262b\" fill-opacity=\"0.11\">\
         <text x=\"6\" y=\"40\">{words}</text><text x=\"{half}\" y=\"115\">{words}</text><text x=\"-{half}\" y=\"115\">{words}</text></g>\
         </pattern></defs><rect width=\"100%\" height=\"100%\" fill=\"url(#t)\"/></svg>"
    )
}

/// `GET /o/{slug}/veil.svg`: for whoever is signed in, of themselves.
pub(crate) async fn show(visit: Visit) -> Answer {
    let code = viewer_code(&visit.app, visit.org(), visit.session.account);
    let words = format!(
        "{} {code} · {} · {}",
        visit.who.name,
        &*visit.scope.policy.scheme.short,
        words::date(visit.scope.today)
    );
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "private, max-age=300")];
    Ok((headers, drawing(&words)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vis_8_a_name_cannot_draw_anything() {
        let drawn = drawing("Ann <script>alert(1)</script> & \"Co\"\u{7}");
        assert!(!drawn.contains("<script") && !drawn.contains('\u{7}') && drawn.contains("Ann &#60;script"));
    }
}

//! Words that people typed, made fit for paper: every character can be shown, no word is wider than its line, and a name
//! that is written from right to left does not reorder what stands around it.
use crate::world::Shared;
use serde_json::Value;

/// Values that are no words to be shown.
const ADDRESSES: [&str; 5] = ["url", "brand", "kind", "letter_page", "notice_page"];
/// The longest run of letters that is taken for a word of a language. The narrowest column takes as many.
const LONGEST: usize = 28;
/// In longer runs, a line may break after so many.
const PIECE: usize = 8;
/// What stands for a character that no typeface has.
const UNKNOWN: char = '\u{fffd}';
const MAY_BREAK: char = '\u{200b}';

/// Makes all texts of a document's values fit.
pub(crate) fn fit(shared: &Shared, value: &mut Value) {
    match value {
        Value::String(text) => *text = fitting(shared, text),
        Value::Array(values) => values.iter_mut().for_each(|value| fit(shared, value)),
        Value::Object(map) => {
            // To whom a letter goes is an object of texts; where a link leads is a text.
            let leads = |key: &str, value: &Value| key == "to" && value.is_string();
            for (key, value) in map.iter_mut() {
                if !ADDRESSES.contains(&key.as_str()) && !leads(key, value) {
                    fit(shared, value);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn fitting(shared: &Shared, text: &str) -> String {
    let mut fit = String::with_capacity(text.len());
    let mut run = 0;
    for c in text.chars() {
        if c.is_whitespace() {
            fit.push(if c == '\n' { '\n' } else { ' ' });
            run = 0;
            continue;
        }
        // Controls show nothing. Marks of direction, too, could turn the rest of a line around: isolates of our own are
        // set below, and joiners matter in several scripts.
        if c.is_control() || is_direction(c) || c == '\u{feff}' {
            continue;
        }
        let joins = is_joiner(c);
        if run >= LONGEST && run % PIECE == 0 && !joins && !is_mark(c) {
            fit.push(MAY_BREAK);
        }
        fit.push(if joins || (!is_private(c) && shared.shows(c)) { c } else { UNKNOWN });
        run += 1;
    }
    // The first letters of a long run must be able to break, too.
    let fit = if fit.contains(MAY_BREAK) { early(&fit) } else { fit };
    if fit.chars().any(is_right_to_left) { isolate(&fit) } else { fit }
}

/// Where a run was too long, lets it break from its beginning on.
fn early(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        if !word.contains(MAY_BREAK) {
            return word.to_owned();
        }
        let mut whole = String::with_capacity(word.len());
        for (n, c) in word.chars().filter(|c| *c != MAY_BREAK).enumerate() {
            if n > 0 && n % PIECE == 0 && !is_joiner(c) && !is_mark(c) {
                whole.push(MAY_BREAK);
            }
            whole.push(c);
        }
        whole
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Sets a text that holds words from right to left apart from what stands around it.
fn isolate(text: &str) -> String {
    text.split('\n').map(|line| format!("\u{2068}{line}\u{2069}")).collect::<Vec<_>>().join("\n")
}

fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
}

fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}')
}

/// Combining marks, which stay with the letter before them.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c),
        0x0300..=0x036F | 0x0483..=0x0489 | 0x0591..=0x05C7 | 0x0610..=0x061A | 0x064B..=0x065F | 0x0900..=0x0903
        | 0x093A..=0x094F | 0x0951..=0x0957 | 0x0981..=0x0983 | 0x09BC..=0x09CD | 0x0A01..=0x0A4D | 0x0A81..=0x0ACD
        | 0x0B01..=0x0B57 | 0x0B82..=0x0BCD | 0x0C00..=0x0C56 | 0x0C81..=0x0CD6 | 0x0D00..=0x0D57 | 0x0D81..=0x0DDF
        | 0x0E31..=0x0E3A | 0x0E47..=0x0E4E | 0x0EB1..=0x0EBC | 0x0EC8..=0x0ECD | 0x0F71..=0x0F84 | 0x102B..=0x103E
        | 0x17B4..=0x17D3 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str) -> String {
        let shared = Shared::new(None).expect("the templates and typefaces that are embedded");
        fitting(&shared, text)
    }

    #[test]
    fn words_of_a_language_stay_as_they_are() {
        let text = "An incomprehensibly disproportionate misunderstanding, Mr O\u{2019}Brien-Wojciechowska.";
        assert_eq!(made(text), text);
    }

    #[test]
    fn a_very_long_word_may_break_everywhere_and_loses_nothing() {
        let word = "W".repeat(300);
        let fit = made(&word);
        assert!(fit.split('\u{200b}').all(|piece| piece.chars().count() <= PIECE), "{fit}");
        assert_eq!(fit.replace('\u{200b}', ""), word);
    }

    #[test]
    fn what_no_typeface_has_is_shown_as_unknown_and_controls_go() {
        assert_eq!(made("a\u{0}b\u{e000}c\u{1f600}"), "ab\u{fffd}c\u{fffd}");
    }

    #[test]
    fn words_from_right_to_left_are_set_apart_and_cannot_turn_the_line() {
        assert_eq!(made("\u{639}\u{644}\u{64a}"), "\u{2068}\u{639}\u{644}\u{64a}\u{2069}");
        assert_eq!(made("safe\u{202e}txt"), "safetxt");
    }
}

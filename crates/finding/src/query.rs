//! What was typed into the one box.
use crate::{
    codes::Typed,
    fold::{fold, joined, pieces},
};
use zeroize::Zeroize as _;

/// More words than this are left out.
pub(crate) const MOST_WORDS: usize = 10;
/// A plate or reference is typed in at most this many words: `12 D 12345`.
const MOST_PARTS: usize = 3;

/// One word that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// It may go on: the last word, with nothing after it yet.
    pub(crate) open: bool,
    /// In quotation marks: only this word will do, and it must be there.
    pub(crate) exact: bool,
    /// It holds a sign that stands for any other, so it is part of a plate.
    pub(crate) wild: bool,
}

impl Drop for Word {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// A search as it was typed: words, `"quoted words"`, plates with unknown signs (`A?12`), references (`CS-0123`).
///
/// What is typed may be personal data; it is overwritten when the query goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub(crate) words: Vec<Word>,
    /// Runs of words that may be a plate or a reference: the first word, the one after the last.
    pub(crate) codes: Vec<(usize, usize, Typed)>,
}

impl Query {
    /// Reads what was typed. Unless a space follows, the last word may be unfinished.
    pub fn typed(text: &str) -> Query {
        Query::read(text, true)
    }

    /// Reads words that are finished: a name from a form.
    pub fn finished(text: &str) -> Query {
        Query::read(text, false)
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    fn read(text: &str, unfinished: bool) -> Query {
        let mut words = Vec::new();
        for (at, part) in text.split(['"', '“', '”']).enumerate() {
            for chunk in part.split_whitespace() {
                read_chunk(chunk, at % 2 == 1, &mut words);
            }
        }
        words.truncate(MOST_WORDS);
        if let Some(last) = words.last_mut() {
            last.open = unfinished && !last.exact && text.ends_with(|letter: char| letter.is_alphanumeric());
        }
        let codes = codes(&words);
        Query { words, codes }
    }
}

fn read_chunk(chunk: &str, exact: bool, words: &mut Vec<Word>) {
    let wild = chunk.starts_with(['?', '*'])
        || chunk.contains(['?', '*']) && chunk.bytes().any(|byte| byte.is_ascii_digit());
    let word = |text: String| Word { text, open: false, exact: exact && !wild, wild };
    if wild {
        if chunk.chars().any(char::is_alphanumeric) {
            words.push(word(chunk.to_owned()));
        }
        return;
    }
    let mut folded = String::new();
    fold(chunk, &mut folded);
    words.extend(pieces(&folded).map(|piece| joined(piece.text)).filter(|text| !text.is_empty()).map(word));
    folded.zeroize();
}

fn codes(words: &[Word]) -> Vec<(usize, usize, Typed)> {
    let mut codes = Vec::new();
    for from in 0..words.len() {
        let mut run = String::new();
        for to in from + 1..=words.len().min(from + MOST_PARTS) {
            run.push_str(&words[to - 1].text);
            if let Some(typed) = Typed::new(&run) {
                codes.push((from, to, typed));
            }
        }
        run.zeroize();
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        Query::typed(text).words.iter().map(|word| word.text.clone()).collect()
    }

    #[test]
    fn the_box_is_read() {
        assert_eq!(words("Wainwright, Susan"), ["wainwright", "susan"]);
        assert_eq!(words("O'Brien-Smith"), ["obrien", "smith"]);
        assert_eq!(words("A?12 cde"), ["A?12", "cde"]);
        assert_eq!(words("who?"), ["who"]);
        assert!(Query::typed("bob").words[0].open && !Query::typed("bob ").words[0].open);
        assert!(Query::typed("\"bob\" smith").words[0].exact);
        assert_eq!(Query::typed("CS-0123").codes.len(), 2);
        assert!(Query::typed(" ?!* ").is_empty());
    }

    proptest! {
        #[test]
        fn anything_can_be_typed(text in "\\PC{0,60}") {
            let query = Query::typed(&text);
            prop_assert!(query.words.len() <= MOST_WORDS);
            prop_assert!(query.words.iter().all(|word| !word.text.is_empty()));
        }
    }
}

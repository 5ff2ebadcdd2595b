//! Which words a text is found by.
use crate::{
    entry::Kind,
    fold::{Piece, joined, pieces},
};
use zeroize::Zeroize as _;

/// Words that stand before a name and are written with it or apart from it.
const PARTICLES: [&str; 30] = [
    "o", "mc", "mac", "al", "el", "ul", "ur", "de", "da", "di", "du", "la", "le", "van", "von", "der", "den",
    "bin", "ibn", "ben", "abu", "abd", "abdul", "abdur", "abdi", "st", "ni", "nic", "fitz", "ter",
];

pub(crate) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}

/// Words that say little in a description. Fixed: a weight worked out from the texts would tell of hidden ones.
const COMMON: [&str; 96] = [
    "a",
    "about",
    "aged",
    "all",
    "also",
    "an",
    "and",
    "appeared",
    "approx",
    "approximately",
    "are",
    "around",
    "as",
    "at",
    "be",
    "been",
    "before",
    "black",
    "blue",
    "brown",
    "build",
    "but",
    "by",
    "carrying",
    "coat",
    "dark",
    "did",
    "early",
    "eyes",
    "face",
    "female",
    "for",
    "from",
    "grey",
    "had",
    "hair",
    "has",
    "hat",
    "have",
    "he",
    "height",
    "her",
    "him",
    "his",
    "in",
    "into",
    "is",
    "it",
    "its",
    "jacket",
    "jeans",
    "known",
    "large",
    "late",
    "left",
    "light",
    "long",
    "male",
    "man",
    "medium",
    "no",
    "not",
    "of",
    "off",
    "old",
    "on",
    "or",
    "out",
    "over",
    "seen",
    "she",
    "shoes",
    "short",
    "slim",
    "small",
    "tall",
    "than",
    "that",
    "the",
    "their",
    "then",
    "they",
    "this",
    "to",
    "top",
    "trousers",
    "under",
    "up",
    "was",
    "wearing",
    "were",
    "white",
    "who",
    "with",
    "woman",
    "years",
];

/// How much a word tells, in tenths.
pub(crate) fn telling(word: &str) -> u32 {
    if COMMON.binary_search(&word).is_ok() {
        2
    } else if word.len() <= 2 {
        5
    } else {
        10
    }
}

/// The ways in which a name is written, each a sequence of words; the first is as it stands.
///
/// `O'Brien` is `obrien`, and is found by `brien`; `Mac Mahon` is found by `macmahon`.
pub(crate) fn name_forms(folded: &str) -> Vec<Vec<String>> {
    let all: Vec<Piece<'_>> = pieces(folded).collect();
    let plain: Vec<String> =
        all.iter().map(|piece| joined(piece.text)).filter(|word| !word.is_empty()).collect();
    let mut forms = vec![plain];
    if all.iter().any(|piece| piece.apostrophe) {
        let mut tails: Vec<String> = all.iter().map(|piece| tail(piece)).collect();
        if tails == forms[0] {
            tails.zeroize();
        }
        forms.push(tails);
    }
    if forms[0].iter().rev().skip(1).any(|word| is_particle(word)) {
        let closed = closed(&forms[0]);
        forms.push(closed);
    }
    forms.retain(|form| !form.is_empty());
    forms
}

/// What stands after an apostrophe, where that is most of the word.
fn tail(piece: &Piece<'_>) -> String {
    match piece.text.split_once('\'') {
        Some((before, after)) if before.len() <= 2 && after.len() >= 3 => joined(after),
        _ => joined(piece.text),
    }
}

/// The same words with each particle joined to what follows.
fn closed(words: &[String]) -> Vec<String> {
    let mut closed: Vec<String> = Vec::with_capacity(words.len());
    let mut open = false;
    for word in words {
        match closed.last_mut() {
            Some(last) if open => last.push_str(word),
            _ => closed.push(word.clone()),
        }
        open = is_particle(word);
    }
    closed
}

/// Whether a text of this kind is one code rather than words.
pub(crate) fn is_code(kind: Kind) -> bool {
    matches!(kind, Kind::Plate | Kind::Reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_closed_and_open() {
        assert_eq!(name_forms("kevin o'brien"), [["kevin", "obrien"], ["kevin", "brien"]]);
        assert_eq!(name_forms("tom o dwyer")[1], ["tom", "odwyer"]);
        assert_eq!(name_forms("john smith"), [["john", "smith"]]);
        assert_eq!(name_forms("abdul rahman ul haq")[1], ["abdulrahman", "ulhaq"]);
        assert!(name_forms("--").is_empty());
    }

    #[test]
    fn common_words_are_in_order() {
        assert!(COMMON.is_sorted());
        assert_eq!((telling("jacket"), telling("parka")), (2, 10));
    }
}

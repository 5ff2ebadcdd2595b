//! What must not be told to those who decide without knowing on whom (EXC-2): it is pointed out to whoever writes it.
use crate::incidents::warnings::every;

/// A piece of a text that may tell of whom it is, or what must not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The piece, as it stands there.
    pub found: String,
    /// What to say of it, without a full stop.
    pub sentence: String,
}

/// Words that tell of a characteristic that the law protects and nobody may decide by.
const PROTECTED: &[(&str, &[&str])] = &[
    (
        "sex",
        &[
            "he",
            "him",
            "his",
            "himself",
            "she",
            "her",
            "hers",
            "herself",
            "man",
            "woman",
            "men",
            "women",
            "male",
            "female",
            "boy",
            "girl",
            "lad",
            "lady",
            "gentleman",
            "mother",
            "father",
            "mum",
            "dad",
            "son",
            "daughter",
            "brother",
            "sister",
        ],
    ),
    (
        "age",
        &[
            "aged",
            "elderly",
            "teenager",
            "teenage",
            "teen",
            "youth",
            "youngster",
            "pensioner",
            "young",
            "old",
            "toddler",
            "adolescent",
            "schoolboy",
            "schoolgirl",
            "child",
            "kid",
            "juvenile",
        ],
    ),
    (
        "family or pregnancy",
        &["pregnant", "pregnancy", "wife", "husband", "married", "divorced", "partner", "widow"],
    ),
    ("gender reassignment", &["transgender", "trans", "transsexual"]),
    (
        "disability",
        &["wheelchair", "disabled", "disability", "blind", "deaf", "crutches", "autistic", "limp"],
    ),
];

/// What in a text tells of somebody: contact details, special category data of any kind, and words for what the law
/// protects. The person stands in it as `{1}`, which is read as “the person”.
#[must_use]
pub fn telling(text: &str) -> Vec<Telling> {
    let mut found = every(text)
        .into_iter()
        .map(|warning| (warning.start, warning.end, warning.sentence))
        .collect::<Vec<_>>();
    for (start, word) in words(text) {
        let end = start + word.len();
        if found.iter().any(|(from, to, _)| *from < end && start < *to) {
            continue;
        }
        let lower = word.to_lowercase();
        let kind = PROTECTED.iter().find(|(_, words)| words.contains(&&*lower));
        if let Some((kind, _)) = kind {
            let sentence =
                format!("“{word}” may tell of somebody’s {kind}. Nobody may decide by that: leave it out");
            found.push((start, end, sentence));
        }
    }
    found.sort_by_key(|(start, ..)| *start);
    found
        .into_iter()
        .map(|(start, end, sentence)| Telling { found: text[start..end].to_owned(), sentence })
        .collect()
}

fn words(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_alphanumeric(), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                found.push((start, &text[start..at]));
                from = None;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// EXC-2: no protected characteristic reaches those who decide without being pointed out.
    #[test]
    fn exc_2_what_must_not_count_is_pointed_out() {
        let found = |text: &str| telling(text).into_iter().map(|one| one.found).collect::<Vec<_>>();
        assert_eq!(found("{1} took gin twice and spat at a worker on 3 March."), Vec::<String>::new());
        assert_eq!(found("He is an elderly man."), ["He", "elderly", "man"]);
        assert_eq!(found("{1} is pregnant, and said to be gay"), ["is pregnant", "gay"]);
        assert_eq!(found("{1} is a Muslim from 07700 900123"), ["Muslim", "07700 900123"]);
        assert_eq!(found("a tall black man"), ["black man"]);
    }

    proptest! {
        #[test]
        fn exc_2_every_piece_stands_in_the_text(text in "\\PC{0,80}") {
            for one in telling(&text) {
                prop_assert!(text.contains(&one.found) && one.sentence.contains(&one.found));
            }
        }
    }
}

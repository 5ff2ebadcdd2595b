//! Forms of one name: short forms, pet names, and the same name in another language.
//!
//! Written from what is commonly known of names, not from the set by which finding is measured. A line of
//! `nicknames.txt` gives a name and its other forms; a form may stand in several lines. Two forms of one name are
//! less close than a form and its name.
//!
//! Yoruba and Igbo names are whole sentences, called by their ends: Oluwaseun is Seun, Chukwuemeka is Emeka. No table
//! holds those; what is left after a known beginning is the short form ([`short`]).
use hashbrown::HashMap;
use std::sync::LazyLock;

static TEXT: &str = include_str!("nicknames.txt");

/// Word -> the groups in which it stands, and whether it heads them.
type Groups = HashMap<&'static str, Vec<(u16, bool)>>;

static GROUPS: LazyLock<(Groups, Vec<Vec<&'static str>>)> = LazyLock::new(|| {
    let mut groups = Groups::new();
    let mut lines = Vec::new();
    for line in TEXT.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        for (at, &word) in words.iter().enumerate() {
            groups.entry(word).or_default().push((lines.len() as u16, at == 0));
        }
        lines.push(words);
    }
    (groups, lines)
});

/// Whether a word, in small letters, is known as a first name.
#[must_use]
pub fn is_first_name(word: &str) -> bool {
    GROUPS.0.contains_key(word)
}

/// Other forms of this name, and whether each is close: a name and its form, not two forms of one name.
pub(crate) fn forms(name: &str) -> Vec<(&'static str, bool)> {
    let (groups, lines) = &*GROUPS;
    let mut forms = Vec::new();
    for &(line, heads) in groups.get(name).into_iter().flatten() {
        for (at, &other) in lines[usize::from(line)].iter().enumerate() {
            if other != name {
                forms.push((other, heads || at == 0));
            }
        }
    }
    forms
}

/// Beginnings of Yoruba, Igbo, Akan and Arabic names that are left off in speech; the longest first.
const BEGINNINGS: [&str; 21] = [
    "oluwafun", "oluwa", "chukwu", "adetoku", "chukwe", "olorun", "abdul", "abdur", "abdel", "ogune",
    "babat", "akin", "bami", "baba", "ade", "ayo", "olu", "ola", "chi", "omo", "ugo",
];

/// The short form of such a name: what is left of it, if that is a name by itself.
pub(crate) fn short(name: &str) -> Option<&str> {
    BEGINNINGS.iter().filter_map(|beginning| name.strip_prefix(beginning)).find(|rest| rest.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_found_both_ways() {
        assert!(forms("rob").contains(&("robert", true)));
        assert!(forms("robert").contains(&("rob", true)));
        assert!(forms("rob").contains(&("bobby", false)));
        assert!(forms("nobody").is_empty());
    }

    #[test]
    fn names_called_by_their_ends() {
        assert_eq!(short("oluwatosin"), Some("tosin"));
        assert_eq!(short("chukwudi"), None);
        assert_eq!(short("adewale"), Some("wale"));
        assert_eq!(short("smith"), None);
    }

    /// The index compares folded words, so the table must hold nothing else.
    #[test]
    fn the_table_is_folded() {
        for line in TEXT.lines().filter(|line| !line.starts_with('#')) {
            assert!(line.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' '), "{line}");
        }
    }
}

//! Typed words: made clean, kept short, and searched for names.
use crate::error::AppError;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The most characters in a line: a name, a place.
pub(crate) const LINE: usize = 200;
/// In the few words of a card.
pub(crate) const FEW: usize = 80;
/// In what is said of a person: what they look like, why they are held.
pub(crate) const PARAGRAPH: usize = 1000;
/// In a reason.
pub(crate) const REASON: usize = 2000;
/// In what happened.
pub(crate) const TEXT: usize = 4000;

/// What was typed, without what cannot be seen: control characters but line feeds, what turns the direction of
/// writing, and what joins or breaks words unseen, behind which a name could hide.
pub(crate) fn tidy(text: &str) -> String {
    let is_unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let seen = text.chars().map(|c| if c == '\t' { ' ' } else { c });
    seen.filter(|c| *c == '\n' || !is_unseen(*c)).collect()
}

/// Refuses a text that is too long, in words that name the limit.
pub(crate) fn short(what: &str, text: &str, most: usize) -> Result<(), AppError> {
    if is_within(text, most) { Ok(()) } else { Err(AppError::refused(too_long(what, most))) }
}

/// Whether a text has so many characters at most.
pub(crate) fn is_within(text: &str, most: usize) -> bool {
    text.chars().nth(most).is_none()
}

/// What a refusal says of a text that is too long.
pub(crate) fn too_long(what: &str, most: usize) -> String {
    let most = if most < 1000 { most.to_string() } else { format!("{},{:03}", most / 1000, most % 1000) };
    format!("{what} is too long. Say it in {most} characters or fewer")
}

/// The beginning of a text.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// How closely a text is searched for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search<'a> {
    /// Any part of the name; one that is an ordinary word, too, where it is written with a capital.
    Close,
    /// Any part of the name but ordinary words: titles are written with capitals.
    Title,
    /// The family name, if it is no ordinary word and longer than three letters: streets and shops bear the names of
    /// people. The words of the business that reported are part of its address.
    Place(&'a str),
}

/// What of a name stands in a text as a word of its own, as it stands there. The whole name always counts, case and
/// marks do not.
pub(crate) fn named(text: &str, name: &str, how: Search<'_>) -> Option<String> {
    read(text).names(name, how)
}

/// A text that is searched for many names.
pub(crate) struct Read([Vec<Word>; 2]);

/// Reads a text once.
pub(crate) fn read(text: &str) -> Read {
    Read(readings(text))
}

impl Read {
    /// [`named`] in this text.
    pub(crate) fn names(&self, name: &str, how: Search<'_>) -> Option<String> {
        names(&self.0, name, how)
    }
}

fn names(readings_of_text: &[Vec<Word>; 2], name: &str, how: Search<'_>) -> Option<String> {
    let name_readings = readings(name);
    for text in readings_of_text {
        for name in &name_readings {
            let family = family(name);
            let name = name.iter().filter(|word| word.plain != ",").collect::<Vec<_>>();
            if name.iter().all(|word| NOBODY.contains(&&*word.plain)) {
                continue;
            }
            if name.len() > 1
                && let Some(found) = whole(text, &name)
            {
                return Some(found);
            }
            let found = text.iter().find(|word| {
                name.iter().any(|part| {
                    part.plain == word.plain
                        && is_part(&part.plain)
                        && match how {
                            Search::Close => word.is_capital || !is_ordinary(&part.plain),
                            Search::Title => !is_ordinary(&part.plain),
                            Search::Place(business) => {
                                Some(&part.plain) == family.as_ref()
                                    && part.plain.chars().count() > 3
                                    && !is_ordinary(&part.plain)
                                    && !readings(business).concat().iter().any(|w| w.plain == part.plain)
                            }
                        }
                })
            });
            if let Some(found) = found {
                return Some(found.typed.clone());
            }
        }
    }
    None
}

/// A word of a text.
#[derive(Clone, Debug)]
struct Word {
    /// As typed, but for marks.
    typed: String,
    /// In lower case.
    plain: String,
    is_capital: bool,
}

/// A text as words, in two ways: where an apostrophe or a hyphen parts words, and where it joins them. Commas stay.
fn readings(text: &str) -> [Vec<Word>; 2] {
    const JOINTS: [char; 6] = ['\'', '\u{2019}', '\u{2018}', '\u{2bc}', '-', '\u{2010}'];
    let bare = tidy(text).nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>();
    let joined = bare.replace(JOINTS, "");
    [words(&bare.replace(JOINTS, " ")), words(&joined)]
}

fn words(text: &str) -> Vec<Word> {
    text.replace(',', " , ")
        .split(|c: char| !c.is_alphanumeric() && c != ',')
        .filter(|word| !word.is_empty())
        .map(|word| Word {
            typed: word.to_owned(),
            plain: word.chars().flat_map(char::to_lowercase).map(latin).collect(),
            is_capital: word.chars().next().is_some_and(char::is_uppercase),
        })
        .collect()
}

/// Letters that are one with their mark, and that people type without it.
fn latin(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        letter => letter,
    }
}

/// The family name: before the comma where there is one, else the last word.
fn family(name: &[Word]) -> Option<String> {
    let end = name.iter().position(|word| word.plain == ",").filter(|at| *at > 0).unwrap_or(name.len());
    name[..end].last().map(|word| word.plain.clone())
}

/// The whole name in a text, in its order or with the last word first.
fn whole(text: &[Word], name: &[&Word]) -> Option<String> {
    let text = text.iter().filter(|word| word.plain != ",").collect::<Vec<_>>();
    text.windows(name.len())
        .find(|found| {
            let is = |shift: usize| {
                found.iter().enumerate().all(|(n, word)| word.plain == name[(n + shift) % name.len()].plain)
            };
            is(0) || is(name.len() - 1) || is(1)
        })
        .map(|found| found.iter().map(|word| &*word.typed).collect::<Vec<_>>().join(" "))
}

/// Whether a word of a name can stand for somebody: an initial or a number cannot, nor can 'unknown male'.
pub(crate) fn is_part(word: &str) -> bool {
    let is_letters = word.chars().any(char::is_alphabetic) && (word.chars().count() > 1 || !word.is_ascii());
    is_letters && !NOBODY.contains(&word)
}

/// Whether a part of a name is also a word of every day.
pub(crate) fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(&word)
}

/// What is typed where a name is asked for and none is known.
const NOBODY: &[&str] = &[
    "a",
    "an",
    "and",
    "another",
    "boy",
    "child",
    "customer",
    "dr",
    "female",
    "first",
    "gentleman",
    "girl",
    "lady",
    "male",
    "man",
    "miss",
    "mr",
    "mrs",
    "ms",
    "name",
    "nobody",
    "not",
    "of",
    "offender",
    "older",
    "one",
    "other",
    "person",
    "second",
    "shoplifter",
    "sir",
    "somebody",
    "someone",
    "the",
    "thief",
    "unidentified",
    "unknown",
    "unnamed",
    "with",
    "without",
    "woman",
    "younger",
    "youth",
];

/// Names that are words of every day, too. The list need not be complete: a word that is missing from it is refused
/// in small letters as well, and another can be found.
const ORDINARY: &[&str] = &[
    "abbey",
    "al",
    "all",
    "amber",
    "apple",
    "art",
    "as",
    "ash",
    "at",
    "autumn",
    "baker",
    "ball",
    "banks",
    "bar",
    "barn",
    "barnes",
    "bath",
    "bay",
    "be",
    "beach",
    "bean",
    "beer",
    "bell",
    "best",
    "big",
    "bill",
    "bird",
    "bishop",
    "black",
    "blue",
    "bob",
    "bolt",
    "bond",
    "book",
    "booth",
    "box",
    "brand",
    "bridge",
    "bright",
    "brook",
    "brown",
    "buck",
    "bull",
    "burn",
    "bush",
    "butcher",
    "butler",
    "buy",
    "by",
    "can",
    "carter",
    "case",
    "cash",
    "castle",
    "chance",
    "chapel",
    "chase",
    "christian",
    "church",
    "close",
    "coat",
    "cook",
    "cope",
    "court",
    "crane",
    "cross",
    "crystal",
    "dale",
    "dawn",
    "day",
    "de",
    "dean",
    "del",
    "der",
    "dick",
    "do",
    "drake",
    "drew",
    "driver",
    "el",
    "eve",
    "faith",
    "field",
    "fields",
    "finch",
    "fish",
    "fisher",
    "flood",
    "flower",
    "ford",
    "forest",
    "fox",
    "frank",
    "friday",
    "frost",
    "gale",
    "gardener",
    "gate",
    "gates",
    "gay",
    "gene",
    "gin",
    "ginger",
    "glen",
    "go",
    "gold",
    "golden",
    "good",
    "grace",
    "grant",
    "gray",
    "green",
    "grey",
    "guy",
    "hall",
    "ham",
    "hand",
    "hands",
    "harbour",
    "hart",
    "hazel",
    "he",
    "head",
    "heath",
    "heather",
    "hill",
    "hills",
    "holly",
    "home",
    "hood",
    "hope",
    "house",
    "hunt",
    "hunter",
    "ice",
    "in",
    "iris",
    "is",
    "it",
    "ivy",
    "jack",
    "jay",
    "jewel",
    "jolly",
    "joy",
    "june",
    "key",
    "keys",
    "king",
    "kit",
    "knight",
    "la",
    "lake",
    "lamb",
    "lance",
    "land",
    "lane",
    "law",
    "le",
    "lee",
    "left",
    "light",
    "lily",
    "little",
    "lock",
    "long",
    "love",
    "low",
    "major",
    "march",
    "marina",
    "mark",
    "marks",
    "marsh",
    "martin",
    "mason",
    "may",
    "mead",
    "melody",
    "mercy",
    "miles",
    "mill",
    "miller",
    "mills",
    "miner",
    "money",
    "moon",
    "moor",
    "my",
    "new",
    "nick",
    "no",
    "noble",
    "north",
    "odd",
    "olive",
    "on",
    "or",
    "out",
    "page",
    "paige",
    "paris",
    "park",
    "parks",
    "pat",
    "pearl",
    "penny",
    "pepper",
    "pike",
    "piper",
    "plain",
    "pool",
    "pope",
    "poppy",
    "porter",
    "potter",
    "price",
    "prince",
    "queen",
    "rain",
    "ray",
    "read",
    "red",
    "rice",
    "rich",
    "ring",
    "river",
    "rivers",
    "rob",
    "robin",
    "rock",
    "rocky",
    "rose",
    "ruby",
    "rusty",
    "sage",
    "salt",
    "sandy",
    "sands",
    "savage",
    "say",
    "sharp",
    "shaw",
    "shepherd",
    "sherry",
    "shop",
    "short",
    "silver",
    "singer",
    "skinner",
    "sky",
    "small",
    "smart",
    "snow",
    "so",
    "south",
    "spring",
    "stamp",
    "star",
    "still",
    "stone",
    "storm",
    "street",
    "strong",
    "sue",
    "sugar",
    "summer",
    "summers",
    "sun",
    "sunny",
    "swan",
    "sweet",
    "swift",
    "tall",
    "tanner",
    "taylor",
    "temple",
    "till",
    "to",
    "tom",
    "town",
    "trip",
    "turner",
    "up",
    "van",
    "victor",
    "violet",
    "von",
    "walker",
    "wall",
    "walls",
    "ward",
    "water",
    "waters",
    "way",
    "week",
    "well",
    "wells",
    "west",
    "white",
    "will",
    "winter",
    "winters",
    "wise",
    "wolf",
    "wood",
    "woods",
    "worth",
    "young",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let close = |text: &str, name: &str| named(text, name, Search::Close).is_some();
        for (text, name) in [
            ("by Seán's till", "Sean Murphy"),
            ("SEAN ran", "Seán"),
            ("obrien ran", "Pat O\u{2019}Brien"),
            ("O'Brien ran", "OBrien"),
            ("smith-jones ran", "Ann Smith-Jones"),
            ("Soren left", "Søren Dahl"),
            ("with Al", "Al Bo"),
            ("mark will", "Will Mark"),
            // The full name, by chance: better one sentence written anew than a name that stays.
            ("he will mark it", "Will Mark"),
            ("cra\u{200b}igory ran", "Craigory"),
        ] {
            assert!(close(text, name), "{text}: {name}");
        }
        for (text, name) in [
            ("they will leave", "Will Mark"),
            ("the male ran", "Unknown male"),
            ("aldi", "Al"),
            ("a 2 by 4", "J 2"),
            ("{1} ran", "Male 1"),
        ] {
            assert!(!close(text, name), "{text}: {name}");
        }
    }

    #[test]
    fn a_place_may_bear_a_name() {
        let place = |text: &str, name: &str| named(text, name, Search::Place("Spencer & Sons")).is_some();
        assert!(!place("Spencer & Sons, Charlotte Street", "Charlotte Spencer"));
        assert!(place("The flat of Charlotte Spencer", "Spencer, Charlotte"));
        assert!(place("Krank's yard", "Krank, Zebulon"));
        assert!(!place("Krank's yard", "Lee, Krank"));
    }

    #[test]
    fn what_is_cut_is_cut_between_letters() {
        assert_eq!((cut("éab", 2), is_within("éa", 2), is_within("éab", 2)), ("éa".into(), true, false));
        assert!(too_long("This", 4000).contains("4,000"));
        assert_eq!(tidy("a\r\n\tb\0\u{202e}"), "a\n b");
    }
}

//! What is read out over radio or telephone: references, never names (DIS-20).
//!
//! Anybody with a scanner hears it. The names that a store knows are asked of the store; this is the rest: what looks like
//! a name, and the words as they are to be spoken.

/// What may stand before or within two words with capitals that are no name: beginnings of sentences, days, and what
/// streets and places are called.
const NO_NAMES: &[&str] = &[
    "a",
    "alert",
    "all",
    "an",
    "and",
    "any",
    "april",
    "are",
    "area",
    "arcade",
    "at",
    "august",
    "avenue",
    "bank",
    "bakery",
    "bridge",
    "british",
    "bus",
    "by",
    "call",
    "camera",
    "car",
    "centre",
    "christmas",
    "close",
    "college",
    "control",
    "corner",
    "council",
    "court",
    "cross",
    "december",
    "do",
    "door",
    "east",
    "easter",
    "exit",
    "february",
    "for",
    "friday",
    "from",
    "garden",
    "gardens",
    "gate",
    "green",
    "group",
    "hall",
    "has",
    "have",
    "he",
    "her",
    "high",
    "hill",
    "his",
    "hospital",
    "hotel",
    "house",
    "i",
    "if",
    "in",
    "inn",
    "is",
    "it",
    "january",
    "july",
    "june",
    "keep",
    "lane",
    "last",
    "library",
    "local",
    "look",
    "man",
    "march",
    "market",
    "may",
    "members",
    "men",
    "monday",
    "new",
    "north",
    "november",
    "now",
    "o",
    "october",
    "of",
    "on",
    "one",
    "park",
    "parade",
    "please",
    "police",
    "post",
    "precinct",
    "quay",
    "report",
    "retail",
    "road",
    "row",
    "saturday",
    "school",
    "seen",
    "september",
    "she",
    "shop",
    "shopping",
    "south",
    "square",
    "staff",
    "station",
    "stop",
    "store",
    "street",
    "sunday",
    "team",
    "terrace",
    "the",
    "their",
    "there",
    "they",
    "this",
    "three",
    "thursday",
    "to",
    "today",
    "town",
    "tuesday",
    "two",
    "university",
    "walk",
    "watch",
    "way",
    "we",
    "wednesday",
    "west",
    "when",
    "white",
    "who",
    "woman",
    "women",
    "yard",
    "you",
    "your",
];

/// What comes before a name.
const TITLES: &[&str] =
    &["mr", "mrs", "ms", "miss", "mister", "dr", "sir", "madam", "pc", "constable", "officer"];
/// Words after which a name is told.
const TELLS: &[&str] = &["called", "named", "name", "nicknamed", "alias", "aka"];

#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    /// Where it begins and ends, in bytes.
    start: usize,
    end: usize,
    /// Whether it begins a sentence.
    is_first: bool,
}

impl Word<'_> {
    fn lower(&self) -> String {
        self.text.to_lowercase()
    }
    /// Whether it is written like a name: a capital, then small letters.
    fn is_like_a_name(&self) -> bool {
        let mut letters = self.text.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
    }
    fn is_no_name(&self) -> bool {
        NO_NAMES.contains(&&*self.lower())
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let (mut from, mut is_first) = (None, true);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let inside = c.is_alphanumeric() || (matches!(c, '\'' | '\u{2019}' | '-') && from.is_some());
        match (inside, from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                let typed = text[start..at].trim_end_matches(['\'', '\u{2019}', '-']);
                words.push(Word { text: typed, start, end: start + typed.len(), is_first });
                (from, is_first) = (None, false);
            }
            _ => {}
        }
        is_first |= matches!(c, '.' | '!' | '?' | '\n');
    }
    words
}

/// The first piece of a text that looks like somebody's name: two words with capitals side by side, a title before one,
/// or what is said to be a name. `is_name` says of a word whether it is known as a first name; and it is told whether
/// its capital says nothing: where it begins a sentence, or has none.
#[must_use]
pub fn like_a_name(text: &str, is_name: impl Fn(&str, bool) -> bool) -> Option<&str> {
    let words = words(text);
    let near = |a: &Word<'_>, b: &Word<'_>| {
        text[a.end..b.start].chars().all(|c| matches!(c, ' ' | '\u{a0}' | '.' | ','))
    };
    for (n, word) in words.iter().enumerate() {
        let next = words.get(n + 1).filter(|next| near(word, next));
        let before = n.checked_sub(1).and_then(|n| words.get(n));
        let lower = word.lower();
        if let Some(next) = next {
            let piece = &text[word.start..next.end];
            if TITLES.contains(&&*lower) && next.is_like_a_name() {
                return Some(piece);
            }
            let side_by_side = text[word.end..next.start].chars().all(char::is_whitespace);
            if side_by_side && [word, next].iter().all(|word| word.is_like_a_name() && !word.is_no_name()) {
                return Some(piece);
            }
            if TELLS.contains(&&*lower) && next.is_like_a_name() {
                return Some(&text[next.start..next.end]);
            }
            // "known as" and "goes by".
            let told = before.is_some_and(|before| {
                matches!(
                    (&*before.lower(), &*lower),
                    ("known", "as") | ("goes" | "going", "by") | ("name", "is")
                )
            });
            if told && next.is_like_a_name() {
                return Some(&text[next.start..next.end]);
            }
        }
        // A first name is one however it is typed.
        if !word.is_no_name() && is_name(&lower, word.is_first || !word.is_like_a_name()) {
            return Some(word.text);
        }
    }
    None
}

/// Whether most of a text is in capitals, so that names cannot be told from other words by theirs.
#[must_use]
pub fn is_shouted(text: &str) -> bool {
    let words = words(text);
    let letters = |word: &&Word<'_>| word.text.chars().filter(|c| c.is_alphabetic()).count() > 1;
    let long = words.iter().filter(letters).filter(|word| !word.text.chars().any(|c| c.is_ascii_digit()));
    let (mut all, mut capitals) = (0, 0);
    for word in long {
        all += 1;
        capitals += usize::from(!word.text.chars().any(char::is_lowercase));
    }
    all > 2 && capitals * 2 > all
}

/// The references in a text, such as `NG-0231`, each once: their numbers.
#[must_use]
pub fn references(text: &str, prefix: &str) -> Vec<i64> {
    let mut found = Vec::new();
    for (_, number) in marks(text, prefix) {
        if !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

fn marks<'a>(text: &'a str, prefix: &str) -> Vec<(&'a str, i64)> {
    let upper = text.to_ascii_uppercase();
    let mark = format!("{}-", prefix.to_ascii_uppercase());
    let mut found = Vec::new();
    for (at, _) in upper.match_indices(&mark) {
        let is_inside = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let digits = text[at + mark.len()..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + mark.len() + digits;
        if is_inside || digits == 0 {
            continue;
        }
        if let Ok(number) = text[at + mark.len()..end].parse() {
            found.push((&text[at..end], number));
        }
    }
    found
}

/// A reference as it is spoken: `November Golf, zero two three one`.
#[must_use]
pub fn spoken(reference: &str) -> String {
    let word = |c: char| -> Option<&'static str> {
        Some(match c.to_ascii_uppercase() {
            'A' => "Alfa",
            'B' => "Bravo",
            'C' => "Charlie",
            'D' => "Delta",
            'E' => "Echo",
            'F' => "Foxtrot",
            'G' => "Golf",
            'H' => "Hotel",
            'I' => "India",
            'J' => "Juliett",
            'K' => "Kilo",
            'L' => "Lima",
            'M' => "Mike",
            'N' => "November",
            'O' => "Oscar",
            'P' => "Papa",
            'Q' => "Quebec",
            'R' => "Romeo",
            'S' => "Sierra",
            'T' => "Tango",
            'U' => "Uniform",
            'V' => "Victor",
            'W' => "Whiskey",
            'X' => "X-ray",
            'Y' => "Yankee",
            'Z' => "Zulu",
            '0' => "zero",
            '1' => "one",
            '2' => "two",
            '3' => "three",
            '4' => "four",
            '5' => "five",
            '6' => "six",
            '7' => "seven",
            '8' => "eight",
            '9' => "nine",
            _ => return None,
        })
    };
    let part = |text: &str| text.chars().filter_map(word).collect::<Vec<_>>().join(" ");
    match reference.split_once('-') {
        Some((letters, digits)) => format!("{}, {}", part(letters), part(digits)),
        None => part(reference),
    }
}

/// What is read out: the text, with each reference as it is spoken.
#[must_use]
pub fn read_out(text: &str, prefix: &str) -> String {
    let mut said = text.to_owned();
    let mut found = marks(text, prefix).into_iter().map(|(mark, _)| mark.to_owned()).collect::<Vec<_>>();
    // The longest first: one may begin with another.
    found.sort_by_key(|mark| std::cmp::Reverse(mark.len()));
    found.dedup();
    for mark in found {
        said = said.replace(&mark, &spoken(&mark));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&str> {
        like_a_name(text, |word, is_first| word == "dave" || (word == "will" && !is_first))
    }

    /// DIS-20: what looks like a name is found however it is told.
    #[test]
    fn dis_20_what_looks_like_a_name_is_found() {
        for (text, wanted) in [
            ("Alfred Banks is in the centre", "Alfred Banks"),
            ("Look out for Jo O\u{2019}Neill-Smith near the station", "Jo O\u{2019}Neill-Smith"),
            ("He is with Mr Patel again", "Mr Patel"),
            ("A man called Spider went north", "Spider"),
            ("He is known as Gaz", "Gaz"),
            ("NG-0231 is with Dave at the door", "Dave"),
            ("Dave went in", "Dave"),
            ("Seen: Dave at the tills", "Dave"),
            ("He is with Will", "Will"),
            ("with dave smith at the tills", "dave"),
            ("SEEN WITH DAVE SMITH", "DAVE"),
            ("a man CALLED Spider", "Spider"),
        ] {
            assert_eq!(found(text), Some(wanted), "{text}");
        }
    }

    /// DIS-20: references, places, days and shops pass.
    #[test]
    fn dis_20_references_and_places_pass() {
        for text in [
            "NG-0231 and NG-0245 are in Market Square. They go towards the Station Road car park.",
            "Police want to know of NG-0231 by Friday. Call control on channel 3.",
            "Two men, one in a red coat, left the High Street at 14:05",
            "Bank Holiday Monday: keep the side doors shut",
            "CCTV NG-0231 OUT OF BOUNDS",
            "Will whoever sees NG-0231 call control",
            "will members please look",
            "",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    /// DIS-20: in capitals nobody tells a name from another word.
    #[test]
    fn dis_20_a_text_in_capitals_is_known() {
        assert!(is_shouted("SEEN WITH JOHN SMITH AT TILLS") && is_shouted("TWO MEN IN RED COATS, NG-0231"));
        assert!(
            !is_shouted("CCTV shows NG-0231 by the ATM at the door")
                && !is_shouted("NG-0231")
                && !is_shouted("")
        );
    }

    /// DIS-20: what is read out spells each reference, and changes nothing else.
    #[test]
    fn dis_20_references_are_spelt_out() {
        assert_eq!(references("ng-0231, NG-0231 and NG-7; XNG-9, NG-x", "NG"), [231, 7]);
        assert_eq!(spoken("NG-0231"), "November Golf, zero two three one");
        assert_eq!(
            read_out("NG-7 left with NG-71.", "NG"),
            "November Golf, seven left with November Golf, seven one."
        );
        assert_eq!(read_out("Nobody", "NG"), "Nobody");
    }

    proptest::proptest! {
        #[test]
        fn dis_20_any_text_is_read_without_a_fault(text in "\\PC{0,60}") {
            let _ = (like_a_name(&text, |_, _| true), read_out(&text, "NG"), references(&text, "ng"));
        }
    }
}

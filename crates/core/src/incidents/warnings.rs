//! What looks as if it must not stand in free text (INC-7): contact details, and special category data of a kind that
//! the scheme does not process.
//!
//! A pure function of a text and a policy, for what is typed and for what is released alike. It warns and never
//! refuses: whoever wrote "12 Market Street" may have meant the shop.
mod lists;

use crate::policy::{Category, Policy};
use lists::{ADDED, BETWEEN, LISTS, PEOPLE, STREETS, STREETS_WITH_CAPITAL};

/// What a piece of text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Looks {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Telephone,
    /// A postcode.
    Postcode,
    /// A house in a street.
    Address,
    /// Health.
    Health,
    /// Ethnicity.
    Ethnicity,
    /// Religion.
    Religion,
    /// Sexual orientation.
    Orientation,
    /// Somebody's name, where none belongs: in news. What names anybody the store knows, and not this module.
    Name,
}

impl Looks {
    /// The stable name, by which a form remembers what somebody has passed over.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Postcode => "postcode",
            Self::Address => "address",
            Self::Health => "health",
            Self::Ethnicity => "ethnicity",
            Self::Religion => "religion",
            Self::Orientation => "orientation",
            Self::Name => "name",
        }
    }

    /// Whether it would be special category data (UK GDPR 9), of which nothing is held about members (MEM-7).
    #[must_use]
    pub fn is_special(self) -> bool {
        matches!(self, Self::Health | Self::Ethnicity | Self::Religion | Self::Orientation)
    }

    /// Whether it may not stand in the free text of a scheme. Contact details never may: where a policy holds them,
    /// they have a place of their own, with an audience of their own. Special category data may where the scheme
    /// processes that kind of it.
    fn is_unwanted(self, policy: &Policy) -> bool {
        let processes = |kind: Category| policy.subjects.special_category.is && policy.holds(kind);
        match self {
            Self::Email | Self::Telephone | Self::Postcode | Self::Address => true,
            Self::Health => !processes(Category::MedicalRisk),
            Self::Ethnicity => !processes(Category::Ethnicity),
            Self::Religion | Self::Orientation | Self::Name => true,
        }
    }

    fn sentence(self, found: &str) -> String {
        let what = match self {
            Self::Email => "looks like an e-mail address",
            Self::Telephone => "looks like a telephone number",
            Self::Postcode => "looks like a postcode",
            Self::Address => "looks like somebody\u{2019}s address",
            Self::Health => "may speak of somebody\u{2019}s health",
            Self::Ethnicity => "may speak of somebody\u{2019}s ethnicity",
            Self::Religion => "may speak of somebody\u{2019}s religion",
            Self::Orientation => "may speak of somebody\u{2019}s sexual orientation",
            Self::Name => "may be somebody\u{2019}s name",
        };
        format!("\u{201c}{found}\u{201d} {what}. That must not be in here: leave it out")
    }
}

/// A piece of text that may have to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it looks like.
    pub looks: Looks,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
    /// What to say of it, without a full stop.
    pub sentence: String,
}

/// What in a text looks as if it must not be there, in order and without overlaps.
#[must_use]
pub fn warnings(text: &str, policy: &Policy) -> Vec<Warning> {
    let mut found = find(text);
    found.retain(|(looks, ..)| looks.is_unwanted(policy));
    told(text, found)
}

/// The same, whatever the scheme processes elsewhere.
#[must_use]
pub fn every(text: &str) -> Vec<Warning> {
    told(text, find(text))
}

fn find(text: &str) -> Vec<Found> {
    let words = words(text);
    let mut found = emails(text);
    found.extend(telephones(text));
    found.extend(postcodes(text, &words));
    found.extend(addresses(text, &words));
    found.extend(telling(text, &words));
    found
}

fn told(text: &str, mut found: Vec<Found>) -> Vec<Warning> {
    // Of two that overlap the one that says more stays.
    found.sort_by_key(|(_, start, end)| (*start, std::cmp::Reverse(*end)));
    let mut last = 0;
    found.retain(|(_, start, end)| {
        let is_free = *start >= last;
        if is_free {
            last = *end;
        }
        is_free
    });
    found
        .into_iter()
        .map(|(looks, start, end)| Warning { looks, start, end, sentence: looks.sentence(&text[start..end]) })
        .collect()
}

type Found = (Looks, usize, usize);

/// A run of letters and digits.
struct Word {
    start: usize,
    end: usize,
    lower: String,
    is_capital: bool,
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut from = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_alphanumeric(), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                let typed = &text[start..at];
                let is_capital = typed.starts_with(char::is_uppercase);
                words.push(Word { start, end: at, lower: typed.to_lowercase(), is_capital });
                from = None;
            }
            _ => {}
        }
    }
    words
}

/// Whether one word follows another with nothing but a space or a hyphen between them.
fn follows(text: &str, one: &Word, other: &Word) -> bool {
    matches!(&text[one.end..other.start], " " | "-" | "\u{a0}" | "\u{2010}")
}

fn emails(text: &str) -> Vec<Found> {
    let is_host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let is_box = |c: char| is_host(c) || matches!(c, '_' | '+' | '%' | '\'');
    text.match_indices('@')
        .filter_map(|(at, _)| {
            let before =
                text[..at].chars().rev().take_while(|c| is_box(*c)).map(char::len_utf8).sum::<usize>();
            let host = &text[at + 1..];
            let host = &host[..host.chars().take_while(|c| is_host(*c)).map(char::len_utf8).sum()];
            let host = host.trim_end_matches(['.', '-']);
            let (_, top) = host.rsplit_once('.')?;
            let fits = before > 0 && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
            fits.then_some((Looks::Email, at - before, at + 1 + host.len()))
        })
        .collect()
}

/// Numbers as they are dialled here: from `0` or `+`, in groups. Prices, dates, times and bar codes are none.
fn telephones(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(['0', '+']).map(|at| at + from) {
        from = start + 1;
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | ',' | '/' | ':' | '\u{a3}' | '+'))
        {
            continue;
        }
        let mut groups = vec![0_usize];
        let mut digits = String::new();
        let mut end = start;
        let mut gap = 0;
        for (at, c) in text[start..].char_indices() {
            match c {
                '+' if at == 0 => {}
                '0'..='9' => {
                    if gap > 0 {
                        groups.push(0);
                        gap = 0;
                    }
                    if let Some(group) = groups.last_mut() {
                        *group += 1;
                    }
                    digits.push(c);
                    end = start + at + 1;
                }
                ' ' | '-' | '(' | ')' if gap < 2 => gap += 1,
                _ => break,
            }
        }
        let is_open = text[end..].starts_with(|c: char| c.is_alphanumeric());
        let is_date = groups.len() > 2 && groups[0] <= 2 && groups[1] <= 2 && !text[start..].starts_with('+');
        let fits = if text[start..].starts_with('+') || digits.starts_with("00") {
            (10..=15).contains(&digits.len())
        } else {
            (10..=11).contains(&digits.len()) && digits[1..].starts_with(['1', '2', '3', '7', '8'])
        };
        if fits && !is_open && !is_date {
            found.push((Looks::Telephone, start, end));
            from = end;
        }
    }
    found
}

/// The first half of a postcode: `M1`, `SW1A`, `GL50`.
fn is_outward(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &text.as_bytes()[letters..];
    (1..=2).contains(&letters)
        && match rest {
            [a] => a.is_ascii_digit(),
            [a, b] => a.is_ascii_digit() && b.is_ascii_alphanumeric(),
            _ => false,
        }
}

/// The second half: a digit and two letters of those that postcodes use. `2pm` and `5km` are none.
fn is_inward(text: &str) -> bool {
    let is_used = |b: &u8| b.is_ascii_lowercase() && !b"cikmov".contains(b);
    matches!(text.as_bytes(), [a, b, c] if a.is_ascii_digit() && is_used(b) && is_used(c))
}

fn postcodes(text: &str, words: &[Word]) -> Vec<Found> {
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [one, other] if follows(text, one, other) && is_outward(&one.lower) && is_inward(&other.lower) => {
            Some((Looks::Postcode, one.start, other.end))
        }
        _ => None,
    });
    let joined = words.iter().filter_map(|word| {
        let half = word.lower.len().checked_sub(3).filter(|half| word.lower.is_char_boundary(*half))?;
        let (outward, inward) = word.lower.split_at(half);
        (is_outward(outward) && is_inward(inward)).then_some((Looks::Postcode, word.start, word.end))
    });
    pairs.chain(joined).collect()
}

fn addresses(text: &str, words: &[Word]) -> Vec<Found> {
    let is_number = |word: &Word| {
        let digits = word.lower.bytes().take_while(u8::is_ascii_digit).count();
        (1..=4).contains(&digits)
            && match &word.lower.as_bytes()[digits..] {
                [] => true,
                [letter] => letter.is_ascii_alphabetic(),
                _ => false,
            }
    };
    let mut found = Vec::new();
    for (n, number) in words.iter().enumerate().filter(|(_, word)| is_number(word)) {
        let mut before = number;
        for (named, word) in words[n + 1..].iter().take(4).enumerate() {
            let near = follows(text, before, word) || &text[before.end..word.start] == ", ";
            if !near || BETWEEN.contains(&&*word.lower) {
                break;
            }
            let is_street = STREETS.contains(&&*word.lower)
                || (word.is_capital && STREETS_WITH_CAPITAL.contains(&&*word.lower));
            if is_street && named > 0 {
                found.push((Looks::Address, number.start, word.end));
                break;
            }
            before = word;
        }
    }
    found
}

fn telling(text: &str, words: &[Word]) -> Vec<Found> {
    let run = |from: usize, phrase: &str| -> Option<usize> {
        let mut at = from;
        for part in phrase.split(' ') {
            let word = words.get(at)?;
            if word.lower != part || (at > from && !follows(text, &words[at - 1], word)) {
                return None;
            }
            at += 1;
        }
        Some(at - 1)
    };
    let of_person = |from: usize| -> Option<usize> {
        let rest = words.iter().enumerate().skip(from + 1).take(3);
        for (at, word) in rest {
            if !follows(text, &words[at - 1], word) {
                return None;
            }
            if PEOPLE.contains(&&*word.lower) {
                return Some(at);
            }
            if !ADDED.contains(&&*word.lower) {
                return None;
            }
        }
        None
    };
    let mut found = Vec::new();
    for (n, word) in words.iter().enumerate() {
        for list in LISTS {
            let always = list.always.iter().filter_map(|phrase| run(n, phrase)).max();
            let of = list.of_people.contains(&&*word.lower).then(|| of_person(n)).flatten();
            found.extend(always.max(of).map(|last| (list.looks, word.start, words[last].end)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static CS: LazyLock<Policy> =
        LazyLock::new(|| policy(include_str!("../../../../policies/cheltenham-safe.toml")));
    static DTAC: LazyLock<Policy> =
        LazyLock::new(|| policy(include_str!("../../../../policies/dartford-tac.toml")));

    fn policy(text: &str) -> Policy {
        Policy::parse("test.toml", text).unwrap()
    }

    fn found<'a>(text: &'a str, policy: &Policy) -> Vec<(&'static str, &'a str)> {
        warnings(text, policy).iter().map(|w| (w.looks.name(), &text[w.start..w.end])).collect()
    }

    /// INC-7: what must not be in free text is found as people type it.
    #[test]
    fn inc_7_contact_details_are_found_however_they_are_written() {
        for (text, wanted) in [
            ("Her mail is jo.bloggs+x@example.co.uk, she said", ("email", "jo.bloggs+x@example.co.uk")),
            ("rang 07700 900123 after", ("telephone", "07700 900123")),
            ("ring (020) 7946 0018", ("telephone", "020) 7946 0018")),
            ("ring +44 7700 900 123.", ("telephone", "+44 7700 900 123")),
            ("lives near GL50 1AA somewhere", ("postcode", "GL50 1AA")),
            ("lives near sw1a1aa", ("postcode", "sw1a1aa")),
            ("he lives at 14 Acacia Avenue", ("address", "14 Acacia Avenue")),
            ("flat 2b, st marys road", ("address", "2b, st marys road")),
        ] {
            assert_eq!(found(text, &CS), [wanted], "{text}");
        }
    }

    /// INC-7: what is said of health, ethnicity and religion is found where it is said of people.
    #[test]
    fn inc_7_special_category_words_are_found_where_they_speak_of_people() {
        for (text, wanted) in [
            ("a tall black man in a black coat", ("ethnicity", "black man")),
            ("white British male, 40s", ("ethnicity", "white British male")),
            ("IC1 male", ("ethnicity", "IC1")),
            ("of mixed-race appearance", ("ethnicity", "mixed-race")),
            ("He has mental health problems", ("health", "mental health")),
            ("She is a Muslim", ("religion", "Muslim")),
            ("said to be gay", ("orientation", "gay")),
        ] {
            assert_eq!(found(text, &CS), [wanted], "{text}");
        }
    }

    /// INC-7: the days, prices, goods and clothes of every report pass.
    #[test]
    fn inc_7_what_every_report_says_is_not_warned_of() {
        for text in [
            "Took 3 bottles of gin worth £84.50 at 14:05 on 01-02-2026 14:05, barcode 5012345678900",
            "Black jacket, white trainers, brown bag, red polish and a Christian Dior perfume",
            "Left in a blue Ford Transit AB12 CDE, later A123 BCD",
            "2 men ran down Market Street, 5 minutes from the station",
            "Crime reference 42/12345/26, log 0123 of today",
            "3 staff close to the door; till 4 2pm; M1 junction, 5km away",
            "About 185 cm, 30 to 40 years old, 9 stone, size 10",
            "",
        ] {
            assert_eq!(found(text, &CS), [], "{text}");
        }
    }

    /// INC-7: a scheme that processes a kind of special category data is not warned of that kind, and of others it is.
    #[test]
    fn inc_7_a_scheme_is_warned_of_what_it_does_not_process() {
        let text = "A white man. He is autistic. He is a Catholic. 07700 900123";
        let kinds = |policy| found(text, policy).iter().map(|(kind, _)| *kind).collect::<Vec<_>>();
        assert_eq!(kinds(&CS), ["ethnicity", "health", "religion", "telephone"]);
        let dtac = kinds(&DTAC);
        assert_eq!(dtac.contains(&"ethnicity"), !DTAC.holds(Category::Ethnicity));
        assert_eq!(dtac.contains(&"health"), !DTAC.holds(Category::MedicalRisk));
        assert!(dtac.contains(&"religion") && dtac.contains(&"telephone"));
    }

    proptest! {
        #[test]
        fn inc_7_every_warning_names_a_piece_of_the_text(text in "\\PC{0,80}") {
            let mut last = 0;
            for warning in warnings(&text, &CS) {
                prop_assert!(warning.start >= last && warning.start < warning.end);
                prop_assert!(warning.sentence.contains(&text[warning.start..warning.end]));
                last = warning.end;
            }
        }

        #[test]
        fn inc_7_a_number_is_found_in_any_surroundings(before in "[a-z ,.]{0,20}", after in "[,. ][a-z ]{0,20}") {
            let text = format!("{before} 07700 900123{after}");
            prop_assert!(found(&text, &CS).contains(&("telephone", "07700 900123")), "{}", text);
        }
    }
}

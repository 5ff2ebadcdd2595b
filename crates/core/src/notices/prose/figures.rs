//! Figures, periods, ages, dates, addresses, categories and audiences in prose, held against the policy (POL-4).
//!
//! What a sentence means is beyond a program. That it names 24 months where no rule says 24 months, an age that is
//! nobody's, a category that is not held, or members as seeing what the policy does not show them, is not.
use super::{Fault, slots::lengths};
use crate::policy::{Category, Policy, Viewer, period::Length, scheme::Contact};
use jiff::civil::Date;

/// Everything in a text that the policy contradicts.
pub(super) fn check(text: &str, policy: &Policy) -> Vec<Fault> {
    let text = without_slots(text);
    let mut faults = Vec::new();
    numbers(&text, policy, &mut faults);
    addresses(&text, policy, &mut faults);
    for (at, sentence) in sentences(&text) {
        sight(at, sentence, policy, &mut faults);
    }
    faults
}

/// The text with its slots blanked, every byte where it was: what the policy fills in needs no check.
fn without_slots(text: &str) -> String {
    let mut blank = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        let end = start + length + 2;
        blank.push_str(&rest[..start]);
        blank.extend(rest[start..end].bytes().map(|_| '~'));
        rest = &rest[end..];
    }
    blank.push_str(rest);
    blank
}

/// The words of a text, in small letters, each with its place. Hyphens part words, so that "12-month" is two.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (at, letter) in text.char_indices() {
        if letter.is_alphanumeric() || letter == '\'' || letter == '’' {
            match words.last_mut() {
                Some((_, word)) if open => word.extend(letter.to_lowercase()),
                _ => words.push((at, letter.to_lowercase().collect())),
            }
            open = true;
        } else {
            open = false;
        }
    }
    words
}

const NUMBERS: [(&str, u32); 27] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

fn number(word: &str) -> Option<u32> {
    word.parse().ok().or_else(|| NUMBERS.iter().find(|(name, _)| *name == word).map(|(_, number)| *number))
}

/// A period of so many of a unit, if the word is a unit of time.
fn period(number: u32, unit: &str) -> Option<Length> {
    match unit.trim_end_matches('s') {
        "hour" => Some(Length::Hours(number)),
        "day" => Some(Length::Days(number)),
        "week" => Some(Length::Days(number.saturating_mul(7))),
        "fortnight" => Some(Length::Days(number.saturating_mul(14))),
        "month" => Some(Length::Months(number)),
        "year" => Some(Length::Months(number.saturating_mul(12))),
        _ => None,
    }
}

/// The same length in a unit in which it can be compared.
fn canonical(length: Length) -> Length {
    match length {
        Length::Hours(hours) if hours % 24 == 0 => Length::Days(hours / 24),
        other => other,
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Periods, ages and dates.
fn numbers(text: &str, policy: &Policy, faults: &mut Vec<Fault>) {
    let words = words(text);
    let word = |index: usize| words.get(index).map_or("", |(_, word)| word.as_str());
    let lengths: Vec<Length> = lengths(policy).into_iter().map(canonical).collect();
    let ages: Vec<u32> = [policy.subjects.minimum_age.years(), policy.subjects.necessity_under.years()]
        .into_iter()
        .flatten()
        .map(u32::from)
        .chain([14, 18].into_iter().filter(|_| policy.columns.tables().len() > 1))
        .collect();
    let dates = dates(policy);
    let mut skip = 0;
    for (index, (at, _)) in words.iter().enumerate() {
        if index < skip {
            continue;
        }
        let before = index.checked_sub(1).map_or("", word);
        // "A year" is one, but not in "twice a year" or "half a year".
        let article = ["a", "an"].contains(&word(index));
        if article && ["half", "of", "once", "twice", "times"].contains(&before) {
            continue;
        }
        let Some(mut many) = number(word(index)).or(article.then_some(1)) else { continue };
        let mut next = index + 1;
        // "twenty-four" is two words.
        if many >= 20
            && many % 10 == 0
            && word(index).parse::<u32>().is_err()
            && let Some(ones) = number(word(next)).filter(|ones| *ones < 10)
        {
            many += ones;
            next += 1;
        }
        if let Some(day) = day(text, &words, index) {
            skip = index + 3;
            if !dates.contains(&day) {
                faults.push(Fault { at: *at, reason: format!("the policy knows no such day as {day}") });
            }
            continue;
        }
        if ["calendar", "further", "more", "full", "whole", "working", "consecutive"].contains(&word(next)) {
            next += 1;
        }
        let is_age = word(next) == "years" && ["old", "and", "or", "of"].contains(&word(next + 1))
            || ["aged", "age"].contains(&before)
            || ["under", "over"].contains(&before)
                && period(1, word(next)).is_none()
                && (5..=21).contains(&many)
                && !is_thing(word(next));
        if is_age {
            if !ages.contains(&many) {
                faults.push(Fault {
                    at: *at,
                    reason: format!("the policy knows no age of {many}: it has {}", listed(&ages)),
                });
            }
            continue;
        }
        let Some(length) = period(many, word(next)) else { continue };
        if !lengths.contains(&canonical(length)) {
            faults.push(Fault {
                at: *at,
                reason: format!(
                    "no rule of the policy says {length}: write what it says, or better its slot, such as {{{{retention.known.first}}}}"
                ),
            });
        }
        skip = next + 1;
    }
}

/// What is counted and is no age: "under 10 incidents".
fn is_thing(word: &str) -> bool {
    word.ends_with('s') && word != "years"
}

fn listed(numbers: &[u32]) -> String {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    match numbers.as_slice() {
        [] => "none".into(),
        some => some.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// A day that is written out at a word: "1 May 2026", or "2026-05-01".
fn day(text: &str, words: &[(usize, String)], index: usize) -> Option<Date> {
    let word = |index: usize| words.get(index).map_or("", |(_, word)| word.as_str());
    let digits = word(index).trim_end_matches(|c: char| c.is_ascii_alphabetic());
    if let Some(month) = MONTHS.iter().position(|month| *month == word(index + 1)) {
        let month = i8::try_from(month + 1).ok()?;
        return Date::new(word(index + 2).parse().ok()?, month, digits.parse().ok()?).ok();
    }
    let at = words.get(index)?.0;
    let written = text.get(at..at + 10)?;
    written.parse().ok().filter(|_| written.as_bytes().get(4) == Some(&b'-'))
}

/// Every day that the policy names.
fn dates(policy: &Policy) -> Vec<Date> {
    let mut dates: Vec<Date> = policy.published.iter().filter_map(|published| published.dated).collect();
    dates.extend(policy.registration.expires);
    dates.extend(policy.accreditation.expires);
    dates.extend(policy.agreements.iter().flat_map(|agreement| [agreement.signed, agreement.ends]).flatten());
    dates
}

/// E-mail addresses that are not the scheme's.
fn addresses(text: &str, policy: &Policy, faults: &mut Vec<Fault>) {
    let known = |contact: &Contact| contact.email.as_ref().map(|email| email.to_lowercase());
    let mut emails: Vec<String> =
        known(&policy.scheme.contact).into_iter().chain(known(&policy.controller.contact)).collect();
    let officer = policy.protection.officer.as_ref().and_then(|officer| officer.contact.as_ref());
    emails.extend(officer.and_then(known));
    let mut from = 0;
    for piece in text.split(|c: char| c.is_whitespace() || "()<>[],;".contains(c)) {
        let at = from;
        from += piece.len() + 1;
        let address =
            piece.trim_start_matches("mailto:").trim_end_matches(['.', ':', '!', '?']).to_lowercase();
        if address.contains('@') && !emails.contains(&address) {
            faults.push(Fault {
                at,
                reason: format!(
                    "`{address}` is no address of the policy's: write {{{{contact.email}}}} or {{{{controller.email}}}}"
                ),
            });
        }
    }
}

/// The sentences of a text, each with its place.
fn sentences(text: &str) -> Vec<(usize, &str)> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let bytes = text.as_bytes();
    for (at, letter) in text.char_indices() {
        let next = bytes.get(at + 1).copied();
        let ends = match letter {
            '.' | '!' | '?' | ';' => next.is_none_or(|next| next.is_ascii_whitespace()),
            '\n' => matches!(next, Some(b'\n' | b'-' | b'*' | b'#')),
            _ => false,
        };
        if ends {
            sentences.push((start, &text[start..at]));
            start = at + letter.len_utf8();
        }
    }
    sentences.push((start, &text[start..]));
    sentences
}

/// The words by which a sentence names a category. What is held everywhere, or has no word of its own, is left out.
const CATEGORIES: [(Category, &[&str]); 12] = [
    (Category::DateOfBirth, &["date of birth", "dates of birth"]),
    (Category::Ethnicity, &["ethnicity", "ethnic origin"]),
    (Category::MedicalRisk, &["medical condition", "medical risk"]),
    (Category::Convictions, &["conviction"]),
    (Category::Arrests, &["arrests"]),
    (Category::WarningMarkers, &["warning marker"]),
    (Category::Vehicles, &["vehicle"]),
    (Category::Associates, &["associates"]),
    (Category::ContactDetails, &["contact details", "postal address", "home address", "telephone number"]),
    (Category::Vulnerability, &["vulnerability", "that you are vulnerable"]),
    (Category::Image, &["facial image", "picture of you", "photograph"]),
    (Category::ModusOperandi, &["modus operandi"]),
];

/// The words by which a sentence names somebody.
const VIEWERS: [(Viewer, &[&str]); 5] = [
    (Viewer::Member, &["members"]),
    (Viewer::Board, &["the board"]),
    (Viewer::Police, &["police"]),
    (Viewer::Agency, &["public agencies", "agencies"]),
    (Viewer::NeighbouringScheme, &["neighbouring schemes", "other schemes"]),
];

const SEEING: [&str; 9] = ["see", "sees", "seen", "show", "shown", "shows", "share", "shared", "shares"];
const DENYING: [&str; 13] = [
    "no", "not", "never", "nobody", "none", "without", "neither", "nor", "cannot", "don't", "don’t",
    "nothing", "only",
];

/// Categories that are not held, and viewers who do not see what they are said to see.
fn sight(at: usize, sentence: &str, policy: &Policy, faults: &mut Vec<Fault>) {
    let lower = sentence.to_lowercase();
    let words: Vec<String> = words(&lower).into_iter().map(|(_, word)| word).collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let (denies, sees) = (has(&DENYING), has(&SEEING));
    let at = at + sentence.len() - sentence.trim_start().len();
    let mut fault = |reason: String| faults.push(Fault { at, reason });
    let named = |list: &[&str]| list.iter().any(|word| lower.contains(word));
    let viewers: Vec<Viewer> =
        VIEWERS.iter().filter(|(_, list)| named(list)).map(|(viewer, _)| *viewer).collect();
    if sees && !denies {
        let outside = viewers.iter().filter(|viewer| viewer.is_outside());
        for viewer in outside.filter(|viewer| policy.recipient(**viewer).is_none()) {
            fault(format!(
                "this sentence lets {viewer} see data, but the policy has no `[[recipient]]` for them"
            ));
        }
    }
    for (category, _) in CATEGORIES.iter().filter(|(_, list)| named(list)) {
        if !policy.holds(*category) {
            // The way to somebody is also the scheme's own.
            if !denies && *category != Category::ContactDetails {
                fault(format!("this sentence speaks of {category}, which the policy does not hold"));
            }
            continue;
        }
        if !sees {
            continue;
        }
        for viewer in &viewers {
            let shown = policy.sees(*viewer, *category);
            if shown == denies && !words.iter().any(|word| word == "only") {
                let does = if shown { "shows" } else { "does not show" };
                fault(format!("the policy {does} {category} to {viewer}: this sentence says otherwise"));
            }
        }
    }
}

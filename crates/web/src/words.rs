//! Dates, sums and counts as pages say them: one place, so that every page says them alike.
use fairwatch_core::{
    clocks::AgeBand,
    policy::{Policy, practice::Word},
    world::london,
};
use jiff::{Timestamp, civil::Date};

/// A day: `21 November 2026`.
pub(crate) fn date(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// A day where there is little room: `21 Nov 2026`.
pub(crate) fn short_date(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// A day with its weekday: `Saturday 21 November 2026`.
pub(crate) fn weekday(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// An instant by the clocks of London: `21 November 2026, 14:05`.
pub(crate) fn date_time(at: Timestamp) -> String {
    london().to_datetime(at).strftime("%-d %B %Y, %H:%M").to_string()
}

/// The time of day in London: `14:05`.
pub(crate) fn time(at: Timestamp) -> String {
    london().to_datetime(at).strftime("%H:%M").to_string()
}

/// A number of things: `1 picture`, `3 pictures`.
pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A sum of money: `£45`, `£45.50`, `£1,200`.
pub(crate) fn pounds(pence: u64) -> String {
    let (whole, rest) = ((pence / 100).to_string(), pence % 100);
    let mut grouped = String::with_capacity(whole.len() + 6);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest == 0 { format!("£{grouped}") } else { format!("£{grouped}.{rest:02}") }
}

/// How long ago a day was: `today`, `yesterday`, `5 days`.
pub(crate) fn days_since(day: Date, today: Date) -> String {
    match (today - day).get_days() {
        ..=0 => "since today".to_owned(),
        1 => "since yesterday".to_owned(),
        days => format!("{days} days"),
    }
}

/// The first letter of a sentence that began in the middle of one.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A list in a sentence: `a`, `a and b`, `a, b and c`.
pub(crate) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// How old a person looks.
pub(crate) fn age_band(band: AgeBand) -> &'static str {
    match band {
        AgeBand::Adult => "18 or over",
        AgeBand::Under18 => "Under 18",
        AgeBand::Under14 => "Under 14",
    }
}

/// What a scheme calls a kind of incident. A word that a later policy dropped still says something.
pub(crate) fn incident_kind(policy: &Policy, id: &str) -> String {
    let word = policy.incidents.categories.iter().find(|word| *word.id == *id);
    word.map_or_else(|| "Incident".to_owned(), |word| word.label.to_string())
}

/// The label of a word of a vocabulary, and its id where a later policy dropped it.
pub(crate) fn label(words: &[Word], id: &str) -> String {
    words.iter().find(|word| *word.id == *id).map_or_else(|| id.to_owned(), |word| word.label.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn days_are_said_as_people_say_them() {
        let day = civil::date(2026, 11, 1);
        assert_eq!(date(day), "1 November 2026");
        assert_eq!(weekday(day), "Sunday 1 November 2026");
        assert_eq!(days_since(day, civil::date(2026, 11, 21)), "20 days");
        // Half past midnight in London's summer is still the day before by UTC.
        let at = civil::date(2026, 6, 30).at(23, 30, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        assert_eq!(date_time(at.timestamp()), "1 July 2026, 00:30");
    }

    #[test]
    fn sums_and_lists_read_well() {
        assert_eq!(pounds(4_500), "£45");
        assert_eq!(pounds(123_456_705), "£1,234,567.05");
        assert_eq!(list(&["a".into(), "b".into(), "c".into()]), "a, b and c");
        assert_eq!(count(1, "picture", "pictures"), "1 picture");
        assert_eq!(capital("élan"), "Élan");
    }
}

//! What somebody wants of messages, and PINs of those who share a device (MEM-2, INC-10).
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A kind of message that somebody may have or not (MEM-2). What the law or the rules demand comes in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Message {
    /// What became of one's own reports.
    Reports,
    /// Alerts of the scheme, as they are sent.
    Alerts,
    /// What is new, each week.
    Digest,
    /// Meetings, and what changes of them.
    Meetings,
    /// That something is due, for those who are responsible.
    Reminders,
}

impl Message {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Reports, Self::Alerts, Self::Digest, Self::Meetings, Self::Reminders];

    /// The stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reports => "reports",
            Self::Alerts => "alerts",
            Self::Digest => "digest",
            Self::Meetings => "meetings",
            Self::Reminders => "reminders",
        }
    }

    /// What a page calls it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Reports => "What became of my reports",
            Self::Alerts => "Alerts of the scheme, as they are sent",
            Self::Digest => "What is new, once a week",
            Self::Meetings => "Meetings: invitations and changes",
            Self::Reminders => "Reminders of what is due from me",
        }
    }
}

impl FromStr for Message {
    type Err = UnknownMessage;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|message| message.name() == text).ok_or(UnknownMessage)
    }
}

/// A stored kind of message that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such kind of message")]
pub struct UnknownMessage;

/// The fewest digits of a PIN.
pub const PIN_SHORTEST: usize = 6;
/// The most.
pub const PIN_LONGEST: usize = 12;

/// Why a PIN will not do; none where it will (INC-10).
#[must_use]
pub fn pin_refusal(pin: &str) -> Option<&'static str> {
    let digits = pin.as_bytes();
    if !digits.iter().all(u8::is_ascii_digit) || !(PIN_SHORTEST..=PIN_LONGEST).contains(&digits.len()) {
        return Some("A PIN has 6 to 12 digits.");
    }
    let steps = digits.windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0])).collect::<Vec<_>>();
    let even = steps.windows(2).all(|pair| pair[0] == pair[1]) && steps[0].abs() <= 1;
    let pairs = digits.chunks(2).all(|pair| pair == &digits[..2]);
    let halves = digits.len().is_multiple_of(2) && digits[..digits.len() / 2] == digits[digits.len() / 2..];
    (even || pairs || halves).then_some(
        "This PIN is among the first that anybody would try. Choose digits that do not repeat or count.",
    )
}

/// How a shared device calls those who sign in on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shows {
    /// `Alex`, and `Alex M.` where there are two.
    FirstNames,
    /// `AM`.
    Initials,
}

impl Shows {
    /// The stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstNames => "first_names",
            Self::Initials => "initials",
        }
    }

    /// What the device shows of these people, in their order: never more than is chosen, and each told from the others.
    #[must_use]
    pub fn of(self, names: &[&str]) -> Vec<String> {
        let words = |name: &str| name.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let letter =
            |word: &String| word.chars().next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        let short = |name: &str| match self {
            Self::FirstNames => words(name).first().cloned().unwrap_or_default(),
            Self::Initials => words(name).iter().map(letter).collect(),
        };
        let all = names.iter().map(|name| short(name)).collect::<Vec<_>>();
        let named = |at: usize| {
            let same = |short: &String| all.iter().filter(|other| *other == short).count() > 1;
            if !same(&all[at]) {
                return all[at].clone();
            }
            let last = words(names[at]).last().map(letter).filter(|_| self == Self::FirstNames);
            let longer = |at: usize| {
                let last = words(names[at]).last().map(letter).unwrap_or_default();
                format!("{} {last}.", all[at])
            };
            let twins = (0..names.len()).filter(|other| all[*other] == all[at]).collect::<Vec<_>>();
            let tells =
                last.is_some() && twins.iter().filter(|other| longer(**other) == longer(at)).count() == 1;
            if tells {
                return longer(at);
            }
            let number = twins.iter().position(|other| *other == at).unwrap_or(0) + 1;
            format!("{} ({number})", all[at])
        };
        (0..names.len()).map(named).collect()
    }
}

impl FromStr for Shows {
    type Err = UnknownShows;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::FirstNames, Self::Initials].into_iter().find(|one| one.name() == text).ok_or(UnknownShows)
    }
}

/// A stored choice that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such choice")]
pub struct UnknownShows;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inc_10_a_pin_has_six_digits_that_nobody_tries_first() {
        for refused in [
            "",
            "12345",
            "1234567890123",
            "12a456",
            "000000",
            "123456",
            "654321",
            "121212",
            "258258",
            "\u{661}23456",
        ] {
            assert!(pin_refusal(refused).is_some(), "{refused}");
        }
        for good in ["739105", "90210377", "102938475610"] {
            assert_eq!(pin_refusal(good), None, "{good}");
        }
    }

    #[test]
    fn inc_10_a_shared_device_tells_people_apart_and_shows_no_more_than_is_chosen() {
        let names = ["Alex Marsh", "Alex Price", "Bo", "Alex Peel"];
        assert_eq!(Shows::FirstNames.of(&names), ["Alex M.", "Alex (2)", "Bo", "Alex (3)"]);
        assert_eq!(Shows::Initials.of(&names), ["AM", "AP (1)", "B", "AP (2)"]);
        assert_eq!(Shows::FirstNames.of(&["Alex Marsh"]), ["Alex"]);
    }
}

//! Who commits such crime with whom (SUB-3): what a controller records of it, and what a registration mark is.
use super::{OneSubject, PairFacts, Source, SubjectFacts, TwoSubjects, alive, both_alive, with_held};
use crate::gate::{AuditClass, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What two people do together. Only association in such crime is held: that they are kin, or live together, is
/// nobody's business, and there is no word for it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// They act together.
    Act,
    /// One brings, collects or looks out for the other while they do it.
    Help,
    /// One passes on or takes what the other takes.
    PassOn,
}

impl Together {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Act, Self::Help, Self::PassOn];

    /// The stable name, as forms and the store know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Help => "help",
            Self::PassOn => "pass_on",
        }
    }

    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Act => "act together",
            Self::Help => "one helps the other do it",
            Self::PassOn => "one passes on what the other takes",
        }
    }

    /// By its stable name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// A recorded association; sealed under the subject from whose page it was recorded, and destroyed with either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Association {
    /// What they do together.
    pub together: Together,
    /// Where that comes from (INC-5).
    pub source: Source,
    /// Why it is recorded.
    pub reason: String,
}

/// The registration marks in a vehicle's words, such as `Blue Ford Transit, AB12 CDE`: capitals and digits without
/// spaces, so that two who typed the same mark differently mean one vehicle.
#[must_use]
pub fn registrations(vehicle: &str) -> BTreeSet<String> {
    let mark = |part: &str| {
        let bare = part.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>();
        let bare = bare.to_uppercase();
        let plain = bare.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let both = bare.chars().any(|c| c.is_ascii_digit()) && bare.chars().any(|c| c.is_ascii_uppercase());
        (plain && both && (4..=8).contains(&bare.len())).then_some(bare)
    };
    // A mark stands by itself after what the vehicle looks like. `BMW X5` alone is what it looks like.
    let parts = vehicle.split(',').map(str::trim).collect::<Vec<_>>();
    let is_alone = parts.len() == 1;
    parts.into_iter().filter_map(mark).filter(|mark| !is_alone || is_british(mark)).collect()
}

/// Whether a mark is of one of the forms that are issued here: `AB12CDE`, `A123BCD`, `ABC123D`, `ABC1234`, `1234ABC`.
fn is_british(mark: &str) -> bool {
    let mut runs: Vec<(bool, usize)> = Vec::new();
    for character in mark.chars() {
        let is_digit = character.is_ascii_digit();
        match runs.last_mut() {
            Some((kind, length)) if *kind == is_digit => *length += 1,
            _ => runs.push((is_digit, 1)),
        }
    }
    matches!(
        *runs.as_slice(),
        [(false, 2), (true, 2), (false, 3)]
            | [(false, 3), (true, 4)]
            | [(true, 4), (false, 3)]
            | [(false, 1), (true, 1..=3), (false, 3)]
            | [(false, 3), (true, 1..=3), (false, 1)]
    )
}

crate::gate::actions! {
    /// With whom somebody commits such crime, for those who see all of a record (SUB-3).
    ShowAssociates = "associates.show", Look, [Role::Controller, Role::Staff], OneSubject => SubjectFacts, with_held;
    /// Record that two people commit such crime together (SUB-3).
    Associate = "associates.record", Change, [Role::Controller], TwoSubjects => PairFacts, both_alive;
    /// Take such a record back.
    Dissociate = "associates.remove", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(vehicle: &str) -> Vec<String> {
        registrations(vehicle).into_iter().collect()
    }

    #[test]
    fn sub_3_a_mark_is_one_however_it_is_typed() {
        for typed in
            ["Blue Ford Transit, AB12 CDE", "AB12 CDE", "van, ab12cde", "Blue Ford, AB 12 CDE", "AB12-CDE"]
        {
            assert_eq!(marks(typed), ["AB12CDE"], "{typed}");
        }
        for typed in ["A123 BCD", "ABC 123D", "ABZ 1234", "1234 ABC"] {
            assert_eq!(marks(typed).len(), 1, "{typed}");
        }
    }

    #[test]
    fn sub_3_what_a_vehicle_looks_like_is_no_mark() {
        for typed in
            ["BMW X5", "Audi A3", "Blue Ford Transit", "Red van, dented", "Peugeot 206, red", "", "12, 34"]
        {
            assert!(marks(typed).is_empty(), "{typed}: {:?}", marks(typed));
        }
        // A mark from abroad counts where it stands beside what the vehicle looks like.
        assert_eq!(marks("White Dacia, B 123 XYZ"), ["B123XYZ"]);
    }

    #[test]
    fn sub_3_words_and_names_are_those_of_every_kind() {
        for kind in Together::ALL {
            assert_eq!(Together::named(kind.name()), Some(kind));
            assert!(!kind.words().is_empty());
        }
        assert_eq!(Together::named("same_household"), None);
    }
}

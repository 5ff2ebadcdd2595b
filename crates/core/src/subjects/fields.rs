//! What may be entered of a person: a category that the policy lists, from a source that it accepts, in a shape that
//! fits (SUB-1, SUB-6, INC-5, K10 8.4, 8.5).
use super::{Corrected, Field, Profile, Source};
use crate::{
    ids::FieldId,
    incidents::{self, Looks, Warning, warnings},
    policy::{Category, CategoryRule, Nature, Policy, category::Condition, scheme::SourceKind},
};
use jiff::civil::Date;

/// The categories that are held as items of text. Name, date of birth, pictures, evidence, exclusions and associates
/// have ways of their own, since more hangs on them.
pub const AS_TEXT: [Category; 12] = [
    Category::Alias,
    Category::Description,
    Category::Ethnicity,
    Category::Vehicles,
    Category::SuspectedActivity,
    Category::ModusOperandi,
    Category::Arrests,
    Category::Convictions,
    Category::WarningMarkers,
    Category::ContactDetails,
    Category::MedicalRisk,
    Category::Vulnerability,
];

/// Why something cannot be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The policy does not list the category (SUB-1).
    #[error("This scheme\u{2019}s policy does not hold {0}.")]
    NotHeld(&'static str),
    /// It is special category or criminal offence data, and the policy names no lawful condition for it (SUB-6).
    #[error(
        "The law asks for a condition before {0} can be held, and this scheme\u{2019}s policy names none that fits."
    )]
    NoCondition(&'static str),
    /// The policy does not take data from there (INC-5).
    #[error("This scheme\u{2019}s policy does not take data from there.")]
    SourceNotTaken,
    /// Convictions and warning markers do not come from the police (K10 8.4, 8.5).
    #[error(
        "The police do not supply {0}, and nobody may hold {0} that came from them (Kent Police K10, 8.4 and 8.5)."
    )]
    FromPolice(&'static str),
    /// Nothing was typed.
    #[error("Write what is to be held.")]
    Empty,
    /// It is too long.
    #[error("Write this in {0} characters or fewer.")]
    TooLong(usize),
    /// It holds no letter or digit.
    #[error("Write this in words.")]
    NoWords,
    /// One is held already, and there can be only one.
    #[error("This is held already: correct what is there.")]
    HeldAlready,
}

/// A category in the middle of a sentence, of several.
fn plural(category: Category) -> &'static str {
    match category {
        Category::Name => "names",
        Category::Alias => "aliases",
        Category::Image => "images",
        Category::DateOfBirth => "dates of birth",
        Category::Description => "descriptions",
        Category::Ethnicity => "ethnicity",
        Category::Associates => "associates",
        Category::Vehicles => "vehicles",
        Category::SuspectedActivity => "suspected activity",
        Category::ModusOperandi => "modus operandi",
        Category::Arrests => "arrests",
        Category::Convictions => "convictions",
        Category::WarningMarkers => "warning markers",
        Category::Exclusion => "exclusions",
        Category::ContactDetails => "contact details",
        Category::MedicalRisk => "medical risks",
        Category::Vulnerability => "vulnerability",
        Category::Evidence => "evidence",
    }
}

/// The lawful condition under which a category is held, where its nature asks for one (SUB-6).
#[must_use]
pub fn condition<'a>(policy: &'a Policy, rule: &CategoryRule) -> Option<&'a Condition> {
    let id = rule.condition.as_ref()?;
    policy.conditions.iter().find(|condition| condition.id == *id && condition.nature == rule.nature)
}

/// Whether a category may be entered at all: the policy lists it, and where the law asks for a condition it names one
/// that fits (SUB-1, SUB-6). The lint refuses a policy without; here no policy, however it was made, comes past it.
///
/// # Errors
/// [`Refused::NotHeld`] or [`Refused::NoCondition`].
pub fn may_hold(policy: &Policy, category: Category) -> Result<&CategoryRule, Refused> {
    let rule = policy.category(category).ok_or(Refused::NotHeld(plural(category)))?;
    let in_law = category.nature_in_law();
    let is_understated = in_law != Nature::Ordinary && rule.nature != in_law;
    let has_none = rule.nature != Nature::Ordinary && condition(policy, rule).is_none();
    let is_excluded = rule.nature == Nature::Special && !policy.subjects.special_category.is;
    if is_understated || has_none || is_excluded {
        return Err(Refused::NoCondition(plural(category)));
    }
    Ok(rule)
}

/// Whether a category may come from a source: one that the policy takes data from, and for convictions and warning
/// markers none of the police (SUB-1, INC-5, K10 8.4, 8.5). An agreement with the police is one that the policy names
/// for a source of that kind, or for the police as recipients.
///
/// # Errors
/// [`Refused::SourceNotTaken`] or [`Refused::FromPolice`].
pub fn may_come_from(policy: &Policy, category: Category, source: &Source) -> Result<(), Refused> {
    if !source.is_accepted(policy) {
        return Err(Refused::SourceNotTaken);
    }
    let never_from_police = matches!(category, Category::Convictions | Category::WarningMarkers);
    if never_from_police && is_police(policy, source) {
        return Err(Refused::FromPolice(plural(category)));
    }
    Ok(())
}

/// Whether a source is the police, as the policy has it.
fn is_police(policy: &Policy, source: &Source) -> bool {
    let Source::Police { agreement } = source else { return false };
    let gives = policy
        .sources
        .iter()
        .any(|source| source.kind == SourceKind::Police && source.agreement.as_deref() == Some(agreement));
    let receives = policy
        .recipient(crate::policy::Viewer::Police)
        .is_some_and(|recipient| recipient.agreement.as_deref() == Some(agreement));
    gives || receives
}

/// Whether there is one of a category at most.
#[must_use]
pub fn is_single(category: Category) -> bool {
    matches!(category, Category::Ethnicity | Category::Vulnerability)
}

/// How long a value may be, in characters.
#[must_use]
pub fn longest(category: Category) -> usize {
    match category {
        Category::Ethnicity => 80,
        Category::Name | Category::Alias | Category::Vehicles | Category::SuspectedActivity => 200,
        _ => 1000,
    }
}

/// A value as it is held: without what cannot be seen, in single spaces where it is one line, registration marks as
/// they stand on a plate.
///
/// # Errors
/// [`Refused`] where nothing is left, or too much.
pub fn value(category: Category, typed: &str) -> Result<String, Refused> {
    let visible = |c: char| !c.is_control() || c == '\n';
    let lines = typed.lines().map(|line| {
        let line = line.chars().map(|c| if visible(c) { c } else { ' ' }).collect::<String>();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let lines = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>();
    let text = lines.join(if longest(category) > 200 { "\n" } else { " " });
    let text = if category == Category::Vehicles { incidents::with_marks(&text) } else { text };
    match text.chars().count() {
        0 => Err(Refused::Empty),
        n if n > longest(category) => Err(Refused::TooLong(longest(category))),
        _ if !text.contains(char::is_alphanumeric) => Err(Refused::NoWords),
        _ => Ok(text),
    }
}

/// What in a value looks as if it must not stand there (INC-7). Contact details have their place among contact details,
/// health among medical risk and vulnerability, ethnicity in its own field.
#[must_use]
pub fn unwanted(policy: &Policy, category: Category, text: &str) -> Vec<Warning> {
    let has_its_place = |looks: Looks| match category {
        Category::ContactDetails => {
            matches!(looks, Looks::Email | Looks::Telephone | Looks::Postcode | Looks::Address)
        }
        Category::MedicalRisk | Category::Vulnerability => looks == Looks::Health,
        Category::Ethnicity => looks == Looks::Ethnicity,
        _ => false,
    };
    let mut found = warnings(text, policy);
    found.retain(|warning| !has_its_place(warning.looks));
    found
}

impl Profile {
    /// An item by its id.
    #[must_use]
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Enters an item; where there can be one at most, the one that is there is corrected instead. What is held already
    /// is held once, with all who say it.
    ///
    /// # Errors
    /// [`Refused::HeldAlready`].
    pub fn enter(&mut self, field: Field) -> Result<FieldId, Refused> {
        let (category, id) = (field.category, field.id);
        let same = self.fields.iter().find(|held| held.category == category && held.value == field.value);
        match same.map(|held| held.id) {
            None if is_single(category) && self.newest(category).is_some() => Err(Refused::HeldAlready),
            same => {
                self.add(field);
                Ok(same.unwrap_or(id))
            }
        }
    }

    /// Puts an item right: it has the new value, and where that came from. Others said what was wrong, so they no longer
    /// stand behind it. Nothing where there is no such item.
    pub fn correct(&mut self, id: FieldId, value: &str, source: Source, corrected: Corrected) -> bool {
        let Some(field) = self.fields.iter_mut().find(|field| field.id == id) else { return false };
        value.clone_into(&mut field.value);
        field.source = source;
        field.also.clear();
        field.corrected = Some(corrected);
        true
    }

    /// Takes an item out. Where it was the name, another that a report gave takes its place.
    pub fn remove(&mut self, id: FieldId) -> Option<Field> {
        let at = self.fields.iter().position(|field| field.id == id)?;
        let gone = self.fields.remove(at);
        if gone.category == crate::policy::Category::Name {
            self.name_by_alias();
        }
        Some(gone)
    }

    /// Puts the date of birth right, as if it had been known so from the beginning; enters it where it was unknown.
    pub fn correct_birth(&mut self, born: Date, source: Source, corrected: Corrected) {
        let is_known = self.born().is_some();
        let since = self.births.first().map_or(corrected.on, |birth| birth.origin.since);
        let corrected = is_known.then_some(corrected);
        self.births =
            vec![super::Brought { value: born, origin: super::Origin { source, since, corrected } }];
        self.born_at_first = self.born_at_first.map(|_| born);
    }
}

//! What looks as if it must not stand in a report (INC-7): warnings for whoever types it, which they may pass over.
use super::Typed;
use fairwatch_core::{
    incidents::{Looks, every, warnings},
    scope::Scope,
};

/// A warning at a field of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caution {
    /// The field's name.
    pub field: String,
    /// What it looks like.
    pub looks: Looks,
    /// The piece of text.
    pub found: String,
    /// What to say of it, without a full stop.
    pub sentence: String,
}

/// The warnings of a report as it was typed: of what happened, and of what people and vehicles look like. Names are
/// names, and a place may be an address.
#[must_use]
pub fn of(scope: &Scope, typed: &Typed) -> Vec<Caution> {
    let people = typed
        .people
        .iter()
        .enumerate()
        .map(|(n, person)| (format!("person-{n}-description"), &person.description));
    people
        .chain([("sentence".to_owned(), &typed.sentence), ("vehicle".to_owned(), &typed.vehicle)])
        .flat_map(|(field, text)| {
            warnings(text, &scope.policy).into_iter().map(move |warning| Caution {
                field: field.clone(),
                looks: warning.looks,
                found: text[warning.start..warning.end].to_owned(),
                sentence: warning.sentence,
            })
        })
        .collect()
}

/// The warnings of a text about a member or one of its people: of them nothing of special categories is held, whatever the
/// scheme holds of others (MEM-7). Addresses and telephone numbers are ordinary there.
#[must_use]
pub fn special(field: &str, text: &str) -> Vec<Caution> {
    let found = every(text).into_iter().filter(|warning| warning.looks.is_special());
    found
        .map(|warning| Caution {
            field: field.to_owned(),
            looks: warning.looks,
            found: text[warning.start..warning.end].to_owned(),
            sentence: warning.sentence,
        })
        .collect()
}

/// What a form sends back to say that its user has seen these warnings: what each looks like, and the piece.
#[must_use]
pub fn mark(cautions: &[Caution]) -> String {
    cautions.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(caution: &Caution) -> String {
    // In one line, however it was typed.
    let found = caution.found.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}:{}", caution.looks.name(), found.to_lowercase())
}

/// Whether each warning was seen: one that was shown and passed over is not shown again, wherever the piece stands by
/// now; a new one is.
#[must_use]
pub fn are_minded(cautions: &[Caution], minded: &str) -> bool {
    cautions.iter().all(|caution| minded.lines().any(|seen| seen.trim() == one(caution)))
}

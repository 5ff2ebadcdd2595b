//! Somebody else to be chosen on a page about a person: looked up by words, or named by their reference.
use super::{here, id, lifeline, portraits};
use crate::{
    forms::Sent,
    pages::gallery::name_or_reference,
    respond::PageError,
    view::{Crumb, Errors, Pic, Tag},
    visit::Visit,
};
use fairwatch_app::{
    AppError,
    finding::{self, Typing},
    subjects::{self, Open, Shown},
};
use fairwatch_core::{ids::SubjectId, scope::Scope};

/// Somebody who may be meant.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) why: String,
    pub(super) until: String,
    pub(super) picture: Option<Pic>,
    pub(super) tags: Vec<Tag>,
    pub(super) checked: bool,
}

/// At most so many are found.
const MOST: usize = 10;

/// A person on a page of the controller's list.
pub(super) fn candidate(visit: &Visit, scope: &Scope, card: &subjects::Card, chosen: &str) -> Candidate {
    Candidate {
        id: card.id.to_string(),
        name: name_or_reference(card.profile.name(), scope, card.number),
        why: scope.reference(card.number),
        until: lifeline::of_card(card, scope.today).until,
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
        tags: if card.identified { Vec::new() } else { vec![Tag::new("blue", "Who is this?")] },
        checked: card.id.to_string() == chosen,
    }
}

/// Those whom words find, but for the person whose page it is.
pub(super) async fn candidates(
    visit: &Visit,
    from: SubjectId,
    q: &str,
    chosen: &str,
) -> Result<Vec<Candidate>, PageError> {
    if q.trim().is_empty() {
        return Ok(Vec::new());
    }
    let found = finding::find(&visit.app, &visit.ctx, visit.org(), q, Typing::Open, MOST + 1).await?;
    let cards = found.people.iter().map(|person| &person.card);
    let others = cards.filter(|card| card.id != from).take(MOST);
    Ok(others.map(|card| candidate(visit, &found.scope, card, chosen)).collect())
}

/// Whom a form names: the one who was chosen, or else whoever has the reference that was typed, so that whoever knows
/// it need not look the person up.
pub(super) async fn chosen(visit: &Visit, sent: &Sent) -> Result<SubjectId, AppError> {
    match sent.one("to") {
        "" => subjects::by_reference(&visit.app, &visit.ctx, visit.org(), sent.one("q")).await,
        chosen => id::<SubjectId>(chosen),
    }
}

/// A refusal that is about no control is about the reason where none was given.
pub(super) fn reason_asked(mut errors: Errors, sent: &Sent) -> Errors {
    if sent.given("reason").is_none() {
        for error in errors.0.iter_mut().filter(|error| error.field.is_empty()) {
            "reason".clone_into(&mut error.field);
        }
    }
    errors
}

pub(super) fn name_of(scope: &Scope, open: &Open) -> String {
    name_or_reference(open.profile.name(), scope, open.number)
}

pub(super) fn name(shown: &Shown) -> String {
    name_of(&shown.scope, &shown.open)
}

/// The way to a page under a person's.
pub(super) fn crumbs(visit: &Visit, scope: &Scope, open: &Open) -> Vec<Crumb> {
    vec![
        Crumb { label: "People".into(), href: visit.href("/people") },
        Crumb { label: name_of(scope, open), href: here(visit, open.id) },
    ]
}

//! One report before the controller: what was reported, beside the people in it.
use super::typed::{Typed, TypedPerson};
use crate::{
    pages::{
        day::Day,
        evidence::{Item, add, items},
        gallery::name_or_reference,
        reports::{described, facts},
        subjects::{ages, lifeline, portraits},
    },
    shell::Nav,
    view::{Cautions, Choice, Crumb, Errors, Pic, Row, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::incidents::{
    HeldPerson, Whole,
    review::{Candidate, Review},
};
use fairwatch_core::{clocks::Stage, incidents::tell, policy::Category, scope::Scope};

/// `review.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "review.html")]
pub(super) struct ReviewPage {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    crumbs: Vec<Crumb>,
    action: String,
    reference: String,
    title: String,
    said: String,
    facts: Vec<Row>,
    similar: Vec<Similar>,
    alone: bool,
    pictures: Vec<ReviewPicture>,
    pub(super) evidence: Vec<Item>,
    evidence_add: String,
    persons: Vec<ReviewPerson>,
    categories: Vec<Choice>,
    place: String,
    activity: String,
    shared: String,
    slots: Vec<Slot>,
    asks_vehicle: bool,
    vehicle: String,
    vehicle_of: Vec<Choice>,
    reason: String,
    rejecting: bool,
    erased_after: String,
}
/// An incident that may be the same.
#[derive(Clone, Debug, Default)]
struct Similar {
    id: String,
    reference: String,
    date: String,
    what: String,
    why: String,
    checked: bool,
}
/// A picture of the report.
#[derive(Clone, Debug, Default)]
struct ReviewPicture {
    id: String,
    src: String,
    href: String,
    alt: String,
    choices: Vec<Choice>,
}
/// A person of the report; `n` counts from one.
#[derive(Clone, Debug, Default)]
struct ReviewPerson {
    n: usize,
    slot: String,
    said: String,
    picked: String,
    candidates: Vec<ReviewCandidate>,
    reference: String,
    name: String,
    born: Day,
    ages: Vec<Choice>,
    /// Whether the policy holds descriptions (SUB-1).
    asks_necessity: String,
    necessity: String,
    asks_description: bool,
    description: String,
}
/// Whom they may be.
#[derive(Clone, Debug, Default)]
struct ReviewCandidate {
    id: String,
    name: String,
    why: String,
    until: String,
    picture: Option<Pic>,
    tags: Vec<Tag>,
    checked: bool,
}
/// A slot of the text that is shared.
#[derive(Clone, Debug, Default)]
struct Slot {
    key: String,
    label: String,
}

/// The page, with what was typed into it and what is wrong with that.
pub(super) fn page(visit: &Visit, review: &Review, typed: &Typed, errors: Errors) -> ReviewPage {
    let (scope, held) = (&review.scope, &review.held);
    let reference = scope.reference(held.number);
    let kind = words::incident_kind(&scope.policy, &held.report.category);
    let mut rows = facts(&scope.policy, held);
    let business = held.report.business.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    rows.push(Row::new("From", format!("{}{business}", held.report.reporter_name)));
    rows.push(Row::new("Sent", words::date_time(held.submitted_at)));
    let category = |word: &fairwatch_core::policy::practice::Word| Choice {
        value: word.id.to_string(),
        label: word.label.to_string(),
        note: String::new(),
        checked: *word.id == *typed.category,
    };
    let persons = held.people.iter().zip(&typed.people).zip(&review.candidates).zip(1..);
    ReviewPage {
        shell: visit.shell(Nav::Review),
        errors,
        cautions: cautions(scope, typed),
        crumbs: vec![Crumb { label: "Review queue".into(), href: visit.href("/review") }],
        action: visit.href(&format!("/review/{}", held.id)),
        title: format!("{kind}, {}", words::date(held.occurred_on)),
        said: held.report.sentence.clone(),
        facts: rows,
        similar: review.near.iter().map(|whole| similar(scope, whole, held, typed)).collect(),
        alone: typed.joins.is_empty(),
        pictures: pictures(visit, review, typed),
        evidence: items(visit, &held.evidence),
        evidence_add: add::href(visit, held.id),
        persons: persons
            .map(|(((held, typed), candidates), n)| person(visit, scope, n, held, typed, candidates))
            .collect(),
        categories: scope.policy.incidents.categories.iter().map(category).collect(),
        place: typed.place.clone(),
        activity: typed.activity.clone(),
        shared: typed.shared.clone(),
        slots: held
            .people
            .iter()
            .map(|person| Slot { key: slot(person), label: format!("Person {}", person.slot) })
            .collect(),
        asks_vehicle: held.report.vehicle.is_some()
            && !held.people.is_empty()
            && scope.policy.holds(Category::Vehicles),
        vehicle: typed.vehicle.clone(),
        vehicle_of: vehicle_of(held.people.len(), &typed.vehicle_of),
        reason: typed.reason.clone(),
        rejecting: typed.rejecting,
        erased_after: words::date(fairwatch_core::scope::ends(
            scope.today,
            scope.policy.keep.rejected_report.length,
        )),
        reference,
    }
}

/// What in the texts that would be released or held looks as if it must not be there (INC-7).
fn cautions(scope: &Scope, typed: &Typed) -> Cautions {
    let mut found = Cautions::default();
    found.add("shared", &typed.shared, &scope.policy);
    for (n, person) in (1..).zip(&typed.people) {
        found.add(&format!("p{n}-description"), &person.description, &scope.policy);
    }
    found.add("vehicle", &typed.vehicle, &scope.policy);
    found
}

/// With whom the vehicle of the report is kept.
fn vehicle_of(people: usize, chosen: &str) -> Vec<Choice> {
    let nobody = ("".to_owned(), "Nobody: it stays with the report".to_owned());
    let people = (1..=people).map(|n| (n.to_string(), format!("Person {n}")));
    [nobody]
        .into_iter()
        .chain(people)
        .map(|(value, label)| Choice { checked: value == chosen, value, label, note: String::new() })
        .collect()
}

fn slot(person: &HeldPerson) -> String {
    format!("{{{}}}", person.slot)
}

fn similar(scope: &Scope, whole: &Whole, held: &fairwatch_app::incidents::Held, typed: &Typed) -> Similar {
    let mut why = Vec::new();
    if whole.occurred_on == held.occurred_on {
        why.push("the same day");
    } else {
        why.push("within two days");
    }
    if whole.category == held.report.category {
        why.push("the same kind");
    }
    if whole.incident.place.trim().to_lowercase() == held.report.place.trim().to_lowercase() {
        why.push("the same place");
    }
    let told = tell(&whole.incident.narrative, |slot| format!("person {slot}"));
    Similar {
        id: whole.id.to_string(),
        reference: scope.reference(whole.number),
        date: words::date(whole.occurred_on),
        what: format!("{}: {told}", words::incident_kind(&scope.policy, &whole.category)),
        why: why.join(" · "),
        checked: whole.id.to_string() == typed.joins,
    }
}

fn pictures(visit: &Visit, review: &Review, typed: &Typed) -> Vec<ReviewPicture> {
    let of = review.held.pictures.len();
    let choices = |chosen: &str| {
        let choice = |value: String, label: String| Choice {
            checked: value == chosen,
            value,
            label,
            note: String::new(),
        };
        let mut choices = vec![choice(String::new(), "Choose".into())];
        choices.extend(
            (1..=review.held.people.len()).map(|n| choice(n.to_string(), format!("Person {n} alone"))),
        );
        choices.push(choice("several".into(), "Several people: it stays with the report".into()));
        choices.push(choice("nobody".into(), "Nobody: it stays with the report".into()));
        choices
    };
    review
        .held
        .pictures
        .iter()
        .zip(&typed.pictures)
        .enumerate()
        .map(|(n, (picture, chosen))| ReviewPicture {
            id: picture.id.to_string(),
            src: visit.small(picture.id),
            href: visit.large(picture.id),
            alt: format!("Picture {} of {of}", n + 1),
            choices: choices(chosen),
        })
        .collect()
}

fn person(
    visit: &Visit,
    scope: &Scope,
    n: usize,
    held: &HeldPerson,
    typed: &TypedPerson,
    candidates: &[Candidate],
) -> ReviewPerson {
    let said = held.person.clone().unwrap_or_default();
    ReviewPerson {
        n,
        slot: slot(held),
        said: described(&said.name, &said.description, said.apparent_age),
        picked: typed.link.clone(),
        candidates: candidates.iter().map(|found| candidate(visit, scope, found, &typed.link)).collect(),
        reference: typed.reference.clone(),
        name: typed.name.clone(),
        born: typed.born.clone(),
        ages: ages(&typed.age),
        asks_necessity: scope
            .policy
            .subjects
            .necessity_under
            .years()
            .map_or(String::new(), |years| format!("If under {years}: why it is necessary to hold them")),
        necessity: typed.necessity.clone(),
        asks_description: scope.policy.holds(Category::Description),
        description: typed.description.clone(),
    }
}

fn candidate(visit: &Visit, scope: &Scope, found: &Candidate, link: &str) -> ReviewCandidate {
    let card = &found.card;
    let mut tags = Vec::new();
    if !card.identified {
        tags.push(Tag::new("blue", "Who is this?"));
    }
    if card.restricted {
        tags.push(Tag::new("amber", "Restricted"));
    }
    let until = match card.stage {
        Stage::Held => "Held, comes back with this report".to_owned(),
        _ => lifeline::of_card(card, scope.today).until,
    };
    ReviewCandidate {
        id: card.id.to_string(),
        name: name_or_reference(card.profile.name(), scope, card.number),
        why: words::capital(&found.reasons.join(" · ")),
        until,
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
        tags,
        checked: link.strip_prefix("subject:") == Some(&*card.id.to_string()),
    }
}

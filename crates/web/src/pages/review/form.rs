//! One report before the controller: what was reported, beside the people in it.
use super::{
    known,
    typed::{Typed, TypedPerson, added_slot},
};
use crate::{
    pages::{
        day::Day,
        evidence::{Item, add, items},
        excluded,
        gallery::name_or_reference,
        reports::{described, facts},
        subjects::{ages, lifeline, portraits},
    },
    shell::Nav,
    view::{Cautions, Choice, Crumb, Errors, Pic, Piece, Row, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::incidents::{
    HeldPerson, Whole,
    review::{Candidate, Review},
};
use fairwatch_core::{
    clocks::Stage,
    ids::ReportId,
    incidents::{Piece as Word, pieces, tell},
    policy::Category,
    scope::Scope,
};

/// `review.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "review.html")]
pub(super) struct ReviewPage {
    pub(super) shell: Shell,
    errors: Errors,
    cautions: Cautions,
    crumbs: Vec<Crumb>,
    action: String,
    reference: String,
    place_in_queue: String,
    before: Option<String>,
    after: Option<String>,
    /// Whether the last report was decided just now: then the heading takes focus.
    arrived: bool,
    title: String,
    said: String,
    facts: Vec<Row>,
    similar: Vec<Similar>,
    alone: bool,
    pictures: Vec<ReviewPicture>,
    pub(super) evidence: Vec<Item>,
    evidence_add: String,
    persons: Vec<ReviewPerson>,
    listed: usize,
    added: usize,
    categories: Vec<Choice>,
    place: String,
    activity: String,
    shared: String,
    reads: Vec<Piece>,
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
    seen: Vec<known::Line>,
}
/// A person of the report; `n` counts from one.
#[derive(Clone, Debug, Default)]
struct ReviewPerson {
    n: usize,
    /// Whether the controller added them.
    added: bool,
    /// Whether they were added just now: then their heading takes focus.
    fresh: bool,
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
    n: usize,
}

impl ReviewPage {
    /// The person who was added last takes focus.
    pub(super) fn show_added(&mut self) {
        if let Some(last) = self.persons.last_mut().filter(|person| person.added) {
            last.fresh = true;
        }
    }
}

/// The page, with what was typed into it and what is wrong with that.
pub(super) fn page(visit: &Visit, review: &Review, typed: &Typed, errors: Errors) -> ReviewPage {
    let (scope, held) = (&review.scope, &review.held);
    let reference = scope.reference(held.number);
    let kind = words::incident_kind(&scope.policy, &held.report.category);
    let mut rows = facts(&scope.policy, held);
    let business = held.report.business.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    rows.push(Row::new("From", format!("{}{business}", held.report.sender())));
    rows.push(Row::new("Sent", words::date_time(held.submitted_at)));
    let category = |word: &fairwatch_core::policy::practice::Word| Choice {
        value: word.id.to_string(),
        label: word.label.to_string(),
        note: String::new(),
        checked: *word.id == *typed.category,
    };
    let place = held.people.len();
    let href = |report: Option<ReportId>| report.map(|report| visit.href(&format!("/review/{report}")));
    let mut slots = Vec::with_capacity(typed.people.len());
    let mut persons = Vec::with_capacity(typed.people.len());
    for (n, typed) in typed.people.iter().enumerate() {
        let of = held.people.get(n);
        let slot = of.map(|held| held.slot).or_else(|| added_slot(review, n.checked_sub(place)?));
        let key = format!("{{{}}}", slot.unwrap_or_default());
        slots.push(Slot { key: key.clone(), label: label(n + 1, &typed.name), n: n + 1 });
        let candidates = review.candidates.get(n).map_or(&[][..], Vec::as_slice);
        persons.push(ReviewPerson { slot: key, ..person(visit, scope, n + 1, of, typed, candidates) });
    }
    ReviewPage {
        shell: visit.shell(Nav::Review),
        place_in_queue: format!("{} of {} waiting", review.around.ahead + 1, review.around.all),
        before: href(review.around.before),
        after: href(review.around.after),
        arrived: visit.done.is_some(),
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
        persons,
        listed: place,
        added: typed.added,
        categories: scope.policy.incidents.categories.iter().map(category).collect(),
        place: typed.place.clone(),
        activity: typed.activity.clone(),
        shared: typed.shared.clone(),
        reads: reads(&typed.shared, &slots),
        slots,
        asks_vehicle: held.report.vehicle.is_some()
            && !typed.people.is_empty()
            && scope.policy.holds(Category::Vehicles),
        vehicle: typed.vehicle.clone(),
        vehicle_of: vehicle_of(typed.people.len(), &typed.vehicle_of),
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

/// A person as the form calls them.
fn label(n: usize, name: &str) -> String {
    match name.trim() {
        "" => format!("Person {n}, not yet named"),
        name => format!("Person {n}, {name}"),
    }
}

/// The text that would be shared, with each person in words in the place of their slot.
fn reads(shared: &str, slots: &[Slot]) -> Vec<Piece> {
    let words = pieces(shared).into_iter().map(|piece| match piece {
        Word::Text(text) => Piece::text(text),
        Word::Slot(slot) => {
            let key = format!("{{{slot}}}");
            let known = slots.iter().find(|slot| slot.key == key);
            let text =
                known.map_or_else(|| format!("{key}, which is nobody here"), |slot| slot.label.clone());
            Piece { strong: true, ..Piece::text(text) }
        }
    });
    words.collect()
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
        choices.extend((1..=typed.people.len()).map(|n| choice(n.to_string(), format!("Person {n} alone"))));
        choices.push(choice("several".into(), "Several people: parts are cut out next".into()));
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
            seen: review
                .seen
                .get(n)
                .map_or(&[][..], Vec::as_slice)
                .iter()
                .map(|seen| known::line(visit, seen))
                .collect(),
        })
        .collect()
}

fn person(
    visit: &Visit,
    scope: &Scope,
    n: usize,
    held: Option<&HeldPerson>,
    typed: &TypedPerson,
    candidates: &[Candidate],
) -> ReviewPerson {
    let said = held.map(|held| held.person.clone().unwrap_or_default());
    ReviewPerson {
        n,
        added: held.is_none(),
        said: said.map_or_else(
            || "Not listed by the reporter: you add this person to the report.".to_owned(),
            |said| described(&said.name, &said.description, said.apparent_age),
        ),
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
        ..ReviewPerson::default()
    }
}

fn candidate(visit: &Visit, scope: &Scope, found: &Candidate, link: &str) -> ReviewCandidate {
    let card = &found.card;
    let mut tags = excluded::tag(visit, card.exclusion.as_ref()).into_iter().collect::<Vec<_>>();
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

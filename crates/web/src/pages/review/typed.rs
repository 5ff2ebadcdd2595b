//! A decision as typed into the review form, and as the use case takes it.
use crate::{
    forms::Sent,
    pages::{day::Day, subjects::id},
    view::{Errors, FieldError},
    visit::Visit,
};
use fairwatch_app::{
    AppError,
    incidents::review::{Decision, Link, PersonDecision, Review, Shows, proposed_text},
    subjects,
};
use fairwatch_core::{
    clocks::AgeBand,
    ids::{PersonId, PictureId, SubjectId},
    incidents::Person,
};

/// What was typed, as typed, so that nothing is lost by a refusal.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) joins: String,
    pub(super) category: String,
    pub(super) place: String,
    pub(super) activity: String,
    pub(super) shared: String,
    /// Those whom the reporter listed, then those whom the controller adds.
    pub(super) people: Vec<TypedPerson>,
    /// How many the controller adds.
    pub(super) added: usize,
    pub(super) pictures: Vec<String>,
    /// The number of the person whose vehicle it is, or nothing.
    pub(super) vehicle_of: String,
    pub(super) vehicle: String,
    pub(super) rejecting: bool,
    pub(super) reason: String,
}
/// A person of the report as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedPerson {
    /// `subject:ID`, `reference`, `new`, `none`, or nothing yet.
    pub(super) link: String,
    /// The reference of a record that was not proposed.
    pub(super) reference: String,
    pub(super) name: String,
    pub(super) born: Day,
    pub(super) age: String,
    pub(super) necessity: String,
    pub(super) description: String,
}

/// At most so many people stand in one report.
const MOST_PEOPLE: usize = 12;

/// A person of a form by their number, counted from one.
fn typed_person(sent: &Sent, n: usize) -> TypedPerson {
    let field = |name: &str| sent.one(&format!("p{n}-{name}")).to_owned();
    TypedPerson {
        link: field("link"),
        reference: field("reference"),
        name: field("name"),
        born: Day::from_form(sent, &format!("p{n}-born")),
        age: field("age"),
        necessity: field("necessity"),
        description: field("description"),
    }
}

/// How many people a form adds to those whom the reporter listed, whose number it says as well.
fn counted(sent: &Sent) -> (usize, usize) {
    let number = |name: &str| sent.one(name).parse::<usize>().unwrap_or(0).min(MOST_PEOPLE);
    let (listed, added) = (number("listed"), number("added"));
    let one_more = usize::from(sent.one("do") == "add-person");
    (listed, (added + one_more).min(MOST_PEOPLE.saturating_sub(listed)))
}

/// Those whom the controller adds, as far as they are described: so that they are looked for, too.
pub(super) fn added(sent: &Sent) -> Vec<Person> {
    let (listed, added) = counted(sent);
    let person = |n| {
        let typed = typed_person(sent, n);
        Person { name: typed.name, description: typed.description, ..Person::default() }
    };
    (listed + 1..=listed + added).map(person).collect()
}

fn age_value(band: AgeBand) -> &'static str {
    match band {
        AgeBand::Adult => "adult",
        AgeBand::Under18 => "under_18",
        AgeBand::Under14 => "under_14",
    }
}

impl Typed {
    /// The form as it is first shown: what the reporter said, ready to be decided.
    pub(super) fn fresh(review: &Review, kind: &str) -> Self {
        let held = &review.held;
        let people = held.people.iter().map(|held| {
            let said = held.person.clone().unwrap_or_default();
            TypedPerson {
                // Whom the reporter chose is taken for granted no more than any other: the controller links.
                link: String::new(),
                reference: String::new(),
                name: said.name,
                born: said.born.map(Day::of).unwrap_or_default(),
                age: age_value(said.apparent_age).to_owned(),
                necessity: String::new(),
                description: said.description,
            }
        });
        Self {
            category: held.report.category.clone(),
            place: held.report.place.clone(),
            activity: kind.to_owned(),
            shared: proposed_text(held),
            people: people.collect(),
            pictures: vec![String::new(); held.pictures.len()],
            vehicle: held.report.vehicle.as_ref().map(ToString::to_string).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// What the form sent, person by person and picture by picture of the report.
    pub(super) fn from_form(sent: &Sent, review: &Review) -> Self {
        let field = |name: &str| sent.one(name).to_owned();
        let added = counted(sent).1;
        let picture = |id: PictureId| field(&format!("picture-{id}"));
        Self {
            joins: field("join"),
            category: field("category"),
            place: field("place"),
            activity: field("activity"),
            shared: field("shared"),
            people: (1..=review.held.people.len() + added).map(|n| typed_person(sent, n)).collect(),
            added,
            pictures: review.held.pictures.iter().map(|held| picture(held.id)).collect(),
            vehicle_of: field("vehicle-of"),
            vehicle: field("vehicle"),
            rejecting: sent.one("decision") == "reject",
            reason: field("reason"),
        }
    }

    /// The decision that was meant, or what is missing.
    pub(super) async fn decision(&self, visit: &Visit, review: &Review) -> Result<Decision, DecisionError> {
        let mut wrong = Vec::new();
        let mut people = Vec::new();
        let ids = self.ids(visit, review);
        for (n, (id, typed)) in (1..).zip(ids.iter().zip(&self.people)) {
            let Some(id) = id else { continue };
            match person(visit, n, *id, typed).await? {
                Ok(decided) => people.push(decided),
                Err(error) => wrong.push(error),
            }
        }
        let mut pictures = Vec::new();
        for (held, shows) in review.held.pictures.iter().zip(&self.pictures) {
            match shows_whom(&ids, shows) {
                Some(shows) => pictures.push((held.id, shows)),
                None => wrong.push(at(format!("picture-{}", held.id), "Say whom this picture shows")),
            }
        }
        if !review.scope.policy.incidents.categories.iter().any(|word| *word.id == *self.category) {
            wrong.push(at("category", "Choose what happened"));
        }
        if self.activity.trim().is_empty() {
            wrong.push(at("activity", "Say in a few words what it was about, such as: Theft, spirits"));
        }
        if self.shared.trim().is_empty() {
            wrong.push(at("shared", "Write what members may read, in a sentence"));
        }
        let whose = numbered(&ids, &self.vehicle_of);
        if whose.is_some() && self.vehicle.trim().is_empty() {
            wrong.push(at("vehicle", "Say what vehicle it is, or that it is kept with nobody"));
        }
        if !wrong.is_empty() {
            return Err(DecisionError::Form(Errors(wrong)));
        }
        let joins = match self.joins.trim() {
            "" => None,
            chosen => Some(id(chosen)?),
        };
        Ok(Decision {
            joins,
            category: self.category.clone(),
            place: self.place.trim().to_owned(),
            narrative: self.shared.trim().to_owned(),
            activity: self.activity.trim().to_owned(),
            people,
            added: self.slots(review).zip(&ids).filter_map(|(slot, id)| Some(((*id)?, slot?))).collect(),
            vehicle: whose.map(|person| (person, self.vehicle.trim().to_owned())),
            pictures,
        })
    }

    /// The people of the form, in order; none for somebody who was added and is not needed after all.
    fn ids(&self, visit: &Visit, review: &Review) -> Vec<Option<PersonId>> {
        let listed = review.held.people.iter().map(|held| Some(held.id));
        let added = self.people.iter().skip(review.held.people.len());
        let added = added.map(|typed| (typed.link != "none").then(|| visit.ctx.new_id()));
        listed.chain(added).collect()
    }

    /// For each person of the form the slot that they get, where they are added.
    fn slots(&self, review: &Review) -> impl Iterator<Item = Option<u32>> {
        let listed = review.held.people.len();
        (0..self.people.len()).map(move |n| added_slot(review, n.checked_sub(listed)?))
    }
}

/// The slot of the nth person who is added: after those of everybody whom the reporter listed.
pub(super) fn added_slot(review: &Review, n: usize) -> Option<u32> {
    let top = review.held.people.iter().map(|held| held.slot).max().unwrap_or(0);
    top.checked_add(u32::try_from(n).ok()?)?.checked_add(1)
}

/// The person of a number as the form shows it, counted from one.
fn numbered(ids: &[Option<PersonId>], number: &str) -> Option<PersonId> {
    let n = number.parse::<usize>().ok()?.checked_sub(1)?;
    *ids.get(n)?
}

/// Whom a picture shows; none where that was not said, or names nobody of this report.
fn shows_whom(ids: &[Option<PersonId>], shows: &str) -> Option<Shows> {
    match shows {
        "several" => Some(Shows::Several),
        "nobody" => Some(Shows::Nobody),
        n => numbered(ids, n).map(Shows::One),
    }
}

/// Why there is no decision yet.
pub(super) enum DecisionError {
    /// Something is missing; the form says what.
    Form(Errors),
    /// A use case failed.
    App(AppError),
}

impl From<AppError> for DecisionError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

fn at(field: impl Into<String>, text: &str) -> FieldError {
    FieldError { field: field.into(), text: text.to_owned() }
}

async fn person(
    visit: &Visit,
    n: usize,
    person: PersonId,
    typed: &TypedPerson,
) -> Result<Result<PersonDecision, FieldError>, AppError> {
    let link = match &*typed.link {
        "new" => Link::New,
        "none" => Link::LeftOut,
        "reference" => {
            match subjects::by_reference(&visit.app, &visit.ctx, visit.org(), &typed.reference).await {
                Ok(subject) => Link::Existing(subject),
                Err(AppError::Refused(problems)) => {
                    return Ok(Err(at(format!("p{n}-reference"), &problems.to_string())));
                }
                Err(error) => return Err(error),
            }
        }
        chosen => match chosen.strip_prefix("subject:").map(str::parse::<SubjectId>) {
            Some(Ok(subject)) => Link::Existing(subject),
            _ => return Ok(Err(at(format!("p{n}-link"), &format!("Say who person {n} is")))),
        },
    };
    let Ok(born) = typed.born.parse() else {
        return Ok(Err(at(format!("p{n}-born"), "Enter a date of birth that exists, such as 27 3 1999")));
    };
    if born.is_some_and(|born| born > visit.scope.today) {
        return Ok(Err(at(format!("p{n}-born"), "The date of birth must be in the past")));
    }
    let apparent_age = match &*typed.age {
        "under_18" => AgeBand::Under18,
        "under_14" => AgeBand::Under14,
        _ => AgeBand::Adult,
    };
    Ok(Ok(PersonDecision {
        person,
        link,
        name: typed.name.trim().to_owned(),
        description: typed.description.trim().to_owned(),
        born,
        apparent_age,
        necessity: typed.necessity.trim().to_owned(),
    }))
}

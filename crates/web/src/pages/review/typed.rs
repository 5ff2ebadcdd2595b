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
};

/// What was typed, as typed, so that nothing is lost by a refusal.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) joins: String,
    pub(super) category: String,
    pub(super) place: String,
    pub(super) activity: String,
    pub(super) shared: String,
    pub(super) people: Vec<TypedPerson>,
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
        let person = |n: usize| TypedPerson {
            link: field(&format!("p{n}-link")),
            reference: field(&format!("p{n}-reference")),
            name: field(&format!("p{n}-name")),
            born: Day::from_form(sent, &format!("p{n}-born")),
            age: field(&format!("p{n}-age")),
            necessity: field(&format!("p{n}-necessity")),
            description: field(&format!("p{n}-description")),
        };
        let picture = |id: PictureId| field(&format!("picture-{id}"));
        Self {
            joins: field("join"),
            category: field("category"),
            place: field("place"),
            activity: field("activity"),
            shared: field("shared"),
            people: (1..=review.held.people.len()).map(person).collect(),
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
        for (n, (held, typed)) in (1..).zip(review.held.people.iter().zip(&self.people)) {
            match person(visit, n, held.id, typed).await? {
                Ok(decided) => people.push(decided),
                Err(error) => wrong.push(error),
            }
        }
        let mut pictures = Vec::new();
        for (held, shows) in review.held.pictures.iter().zip(&self.pictures) {
            match self.shows(review, shows) {
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
        let whose = self.numbered(review, &self.vehicle_of);
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
            vehicle: whose.map(|person| (person, self.vehicle.trim().to_owned())),
            pictures,
        })
    }

    /// The person of a number as the form shows it, counted from one.
    fn numbered(&self, review: &Review, number: &str) -> Option<PersonId> {
        let n = number.parse::<usize>().ok()?.checked_sub(1)?;
        review.held.people.get(n).map(|person| person.id)
    }

    /// Whom a picture shows; none where that was not said, or names nobody of this report.
    fn shows(&self, review: &Review, shows: &str) -> Option<Shows> {
        match shows {
            "several" => Some(Shows::Several),
            "nobody" => Some(Shows::Nobody),
            n => self.numbered(review, n).map(Shows::One),
        }
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

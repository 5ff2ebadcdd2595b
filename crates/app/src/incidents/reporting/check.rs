//! What was typed into the report form, and what is wrong with it (INC-1).
use crate::incidents::words::{self, cut, is_within, tidy, too_long};
use fairwatch_core::{
    clocks::{AgeBand, Event, Facts, Refused, What, refusal},
    gate::Ctx,
    ids::SubjectId,
    incidents::{Person, Report, Vehicle},
    policy::practice::Word,
    scope::Scope,
    world::{london, london_date},
};
use fairwatch_store::incidents::reporting::NewPerson;
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
};
use serde::{Deserialize, Serialize};

/// What was typed into the report form, as typed, so that nothing is lost by an error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// The kind, an id of the policy's vocabulary.
    pub category: String,
    /// Where.
    pub place: String,
    /// The day: ISO, as a date input sends it. Empty for today.
    pub day: String,
    /// The time: `14:05`. Empty for now.
    pub time: String,
    /// In a sentence.
    pub sentence: String,
    /// Loss in pounds.
    pub loss: String,
    /// What was taken or damaged, ids of the policy's vocabulary.
    pub items: Vec<String>,
    /// How it ended, an id of the policy's vocabulary, or nothing.
    pub outcome: String,
    /// The registration of a vehicle.
    pub registration: String,
    /// What the vehicle looks like.
    pub vehicle: String,
    /// The number under which the police know of it.
    pub police_reference: String,
    /// The people.
    pub people: Vec<TypedPerson>,
    /// Warnings that were shown and passed over, as [`super::cautions::mark`] writes them; never kept.
    #[serde(skip)]
    pub minded: String,
}

/// A person as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedPerson {
    /// A name, or nothing.
    pub name: String,
    /// What they look like.
    pub description: String,
    /// `adult`, `under_18` or `under_14`.
    pub age: String,
    /// The date of birth, where known: ISO.
    pub born: String,
    /// The subject for whom the reporter takes them.
    pub proposed: String,
}

impl TypedPerson {
    pub(super) fn is_empty(&self) -> bool {
        [&self.name, &self.description, &self.born, &self.proposed].iter().all(|text| text.trim().is_empty())
    }
}

/// A mistake in a form: the field, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name.
    pub field: String,
    /// What is wrong and what to do.
    pub sentence: String,
}

impl Mistake {
    /// Whether it is about a person who is too young to be held, or about what went with them: nothing of it was kept
    /// (SUB-4).
    #[must_use]
    pub fn is_too_young(&self) -> bool {
        // Nothing else can be wrong with an age that is chosen from a list, or with the pictures of a draft.
        (self.field.starts_with("person-") && self.field.ends_with("-age")) || self.field == "picture"
    }

    pub(super) fn pictures() -> Self {
        let sentence = "The pictures have not been kept, nor the files, since they may show this person. Choose again \
                        those that do not";
        Self { field: "picture".to_owned(), sentence: sentence.to_owned() }
    }
}

/// In a day, a time, a choice: more is no mistake that could be told better than by what the field asks for.
const SHORT: usize = 64;
/// In a registration, with spaces.
const REGISTRATION: usize = 16;
/// At most so many people stand in one report.
const MOST_PEOPLE: usize = 12;
/// No vocabulary is longer.
const MOST_ITEMS: usize = 100;

impl Typed {
    /// Does something to each text, which may have so many characters.
    fn each(mut self, change: impl Fn(&str, usize) -> String) -> Self {
        let texts = [
            (&mut self.category, SHORT),
            (&mut self.place, words::LINE),
            (&mut self.day, SHORT),
            (&mut self.time, SHORT),
            (&mut self.sentence, words::TEXT),
            (&mut self.loss, SHORT),
            (&mut self.outcome, SHORT),
            (&mut self.registration, SHORT),
            (&mut self.vehicle, words::LINE),
            (&mut self.police_reference, SHORT),
        ];
        for (text, most) in texts {
            *text = change(text, most);
        }
        for item in &mut self.items {
            *item = change(item, SHORT);
        }
        for person in &mut self.people {
            let texts = [
                (&mut person.name, words::LINE),
                (&mut person.description, words::PARAGRAPH),
                (&mut person.age, SHORT),
                (&mut person.born, SHORT),
                (&mut person.proposed, SHORT),
            ];
            for (text, most) in texts {
                *text = change(text, most);
            }
        }
        self
    }

    /// Without what cannot be seen.
    pub(super) fn tidy(&self) -> Self {
        self.clone().each(|text, _| tidy(text))
    }

    /// No more of each text than a report can hold.
    pub(super) fn cut(mut self) -> Self {
        self.people.truncate(MOST_PEOPLE);
        self.items.truncate(MOST_ITEMS);
        self.each(cut)
    }
}

pub(super) struct Checked {
    pub(super) report: Report,
    pub(super) people: Vec<NewPerson>,
}

/// Those of whom nothing may be stored, by their places in the form.
#[derive(Default)]
pub(super) struct TooYoung {
    /// The clock says so.
    pub(super) certain: Vec<usize>,
    /// A date of birth that was typed and does not exist, or is not finished, may mean so.
    pub(super) possible: Vec<usize>,
}

/// What was typed as a report; or the mistakes in it, and which of its people are or may be too young to be held:
/// nothing of them may be stored, not even in a draft.
pub(super) fn check(scope: &Scope, ctx: &Ctx, typed: &Typed) -> Result<Checked, (Vec<Mistake>, TooYoung)> {
    let mut mistakes = Vec::new();
    let mut wrong = |field: &str, sentence: &str| {
        mistakes.push(Mistake { field: field.to_owned(), sentence: sentence.to_owned() });
    };
    let words_of = &scope.policy.incidents;
    let is_word = |list: &[Word], id: &str| list.iter().any(|word| *word.id == *id);
    if !is_word(&words_of.categories, &typed.category) {
        wrong("category", "Choose what happened");
    }
    if !typed.items.iter().all(|item| is_word(&words_of.items, item)) {
        wrong("items", "Choose from this list what was taken or damaged");
    }
    if !typed.outcome.is_empty() && !is_word(&words_of.outcomes, &typed.outcome) {
        wrong("outcome", "Choose from this list how it ended");
    }
    for (field, text, most) in [
        ("registration", &typed.registration, REGISTRATION),
        ("vehicle", &typed.vehicle, words::LINE),
        ("police_reference", &typed.police_reference, SHORT),
    ] {
        if !is_within(text, most) {
            wrong(field, &too_long("This", most));
        }
    }
    if typed.sentence.trim().is_empty() {
        wrong("sentence", "Say in a sentence what happened");
    } else if !is_within(&typed.sentence, words::TEXT) {
        wrong("sentence", "Say what happened in 4,000 characters or fewer");
    }
    if typed.place.trim().is_empty() {
        wrong("place", "Say where it happened");
    } else if !is_within(&typed.place, words::LINE) {
        wrong("place", "Say where it happened in 200 characters or fewer");
    }
    let occurred_at = when(ctx, &typed.day, &typed.time).unwrap_or_else(|(field, sentence)| {
        wrong(field, sentence);
        ctx.now()
    });
    let loss_pence = pounds(&typed.loss).unwrap_or_else(|sentence| {
        wrong("loss", sentence);
        None
    });
    let mut people = Vec::new();
    let mut too_young = TooYoung::default();
    for (n, person) in typed.people.iter().enumerate().filter(|(_, person)| !person.is_empty()) {
        if !is_within(&person.name, words::LINE) {
            wrong(&format!("person-{n}-name"), &too_long("The name", words::LINE));
        }
        if !is_within(&person.description, words::PARAGRAPH) {
            wrong(&format!("person-{n}-description"), &too_long("The description", words::PARAGRAPH));
        }
        let born = match person.born.trim() {
            "" => None,
            text => match text.parse::<Date>() {
                Ok(born) if born <= ctx.today() => Some(born),
                Ok(_) => {
                    wrong(&format!("person-{n}-born"), "The date of birth must be in the past");
                    None
                }
                Err(_) => {
                    if scope.policy.retention().minimum_age.is_some() {
                        too_young.possible.push(n);
                    }
                    wrong(
                        &format!("person-{n}-born"),
                        "Enter a date of birth that exists, such as 27 3 1999",
                    );
                    None
                }
            },
        };
        let apparent_age = match person.age.as_str() {
            "under_18" => AgeBand::Under18,
            "under_14" => AgeBand::Under14,
            _ => AgeBand::Adult,
        };
        let facts = Facts { born, apparent_age, identified: !person.name.trim().is_empty() };
        if is_under_minimum_age(scope, facts, ctx.today()) {
            too_young.certain.push(n);
            let years = scope.policy.retention().minimum_age.unwrap_or_default();
            let sentence = format!(
                "{} does not hold anything about children under {years}. Take this person out of the report and send \
                 it without them; nothing about them has been kept",
                &*scope.policy.scheme.name
            );
            wrong(&format!("person-{n}-age"), &sentence);
        }
        people.push(NewPerson {
            person: Person {
                name: person.name.trim().to_owned(),
                description: person.description.trim().to_owned(),
                born,
                apparent_age,
            },
            proposed: person.proposed.parse::<SubjectId>().ok(),
        });
    }
    if people.len() > MOST_PEOPLE {
        wrong("people", "A report can name twelve people. Send a second report for the others");
    }
    if !mistakes.is_empty() {
        return Err((mistakes, too_young));
    }
    let report = Report {
        category: typed.category.clone(),
        place: typed.place.trim().to_owned(),
        occurred_at,
        sentence: typed.sentence.trim().to_owned(),
        loss_pence,
        items: typed.items.clone(),
        outcome: Some(typed.outcome.clone()).filter(|outcome| !outcome.is_empty()),
        vehicle: Vehicle::typed(&typed.registration, &typed.vehicle),
        police_reference: Some(typed.police_reference.trim().to_owned()).filter(|number| !number.is_empty()),
        reporter_email: None,
        reporter_name: String::new(),
        business: None,
    };
    Ok(Checked { report, people })
}

/// Whether the scheme may not hold anything about such a person (SUB-4): the clock's own answer.
fn is_under_minimum_age(scope: &Scope, facts: Facts, today: Date) -> bool {
    let report =
        Event { on: today, what: What::Report { id: None, incident: None, occurred: today, images: 0 } };
    refusal(&scope.policy.retention(), facts, &[], &report) == Some(Refused::UnderMinimumAge)
}

/// The instant that was meant: London time; now where nothing was typed.
fn when(ctx: &Ctx, day: &str, time: &str) -> Result<Timestamp, (&'static str, &'static str)> {
    let now = london().to_datetime(ctx.now());
    let date = match day.trim() {
        "" => now.date(),
        text => text.parse::<Date>().map_err(|_| ("day", "Enter a day that exists, such as 21 11 2026"))?,
    };
    let time = match time.trim() {
        "" if date == now.date() => now.time(),
        "" => Time::midnight(),
        text => text.parse::<Time>().map_err(|_| ("time", "Enter a time such as 14:05"))?,
    };
    let at = london()
        .to_ambiguous_timestamp(DateTime::from_parts(date, time))
        .compatible()
        .map_err(|_| ("day", "Enter a day that exists, such as 21 11 2026"))?;
    // A minute of grace: clocks of tills and phones differ.
    if at > ctx.now() + jiff::SignedDuration::from_mins(5) || london_date(at) > ctx.today() {
        return Err(("day", "It cannot have happened in the future. Check the day and the time"));
    }
    if date < ctx.today().saturating_sub(jiff::Span::new().years(2)) {
        return Err((
            "day",
            "This is more than two years ago, which is longer than anything is held. Check the year",
        ));
    }
    Ok(at)
}

/// Pounds as people type them: `12`, `£12.50`, `1,200`.
fn pounds(text: &str) -> Result<Option<u64>, &'static str> {
    const SENTENCE: &str = "Enter the loss in pounds, such as 45 or 45.50";
    let digits = text.trim().trim_start_matches('£').replace(',', "");
    if digits.is_empty() {
        return Ok(None);
    }
    let (whole, pence) = digits.split_once('.').unwrap_or((&digits, ""));
    if pence.len() > 2 || whole.is_empty() || !whole.bytes().chain(pence.bytes()).all(|b| b.is_ascii_digit())
    {
        return Err(SENTENCE);
    }
    let whole: u64 = whole.parse().map_err(|_| SENTENCE)?;
    let pence: u64 = format!("{pence:0<2}").parse().map_err(|_| SENTENCE)?;
    match whole.checked_mul(100).and_then(|n| n.checked_add(pence)) {
        Some(sum) if sum <= 1_000_000_000 => Ok(Some(sum)),
        _ => Err("The loss is larger than ten million pounds. Check the figure"),
    }
}

//! What a member does: type a report, send it, and see what became of it (INC-1).
use super::words::{self, Search, cut, is_within, tidy, too_long};
use crate::{App, error::AppError};
use fairwatch_core::{
    clocks::{AgeBand, Event, Facts, Refused, What, refusal},
    gate::Ctx,
    ids::{OrgId, PictureId, ReportId, SubjectId},
    incidents::{KeepDraft, ListOwnReports, OneReport, Person, Report, ShowOwnReport, SubmitReport},
    scope::{InOrg, Scope},
    world::{london, london_date},
};
use fairwatch_store::{
    StoreError, Tx,
    incidents::{
        Held, drafts,
        reporting::{self, NewPerson},
    },
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
};
use serde::{Deserialize, Serialize};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::incidents::{
    drafts::MOST_PICTURES,
    reporting::{Own, Sent},
};

/// The name of the report form, under which its draft is kept.
pub const FORM: &str = "report";

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
    /// The people.
    pub people: Vec<TypedPerson>,
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
    fn is_empty(&self) -> bool {
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

    fn pictures() -> Self {
        let sentence = "The pictures have not been kept, nor the files, since they may show this person. Choose again those \
                        that do not";
        Self { field: "picture".to_owned(), sentence: sentence.to_owned() }
    }
}

/// In a day, a time, a choice: more is no mistake that could be told better than by what the field asks for.
const SHORT: usize = 64;
/// At most so many people stand in one report.
const MOST_PEOPLE: usize = 12;

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
        ];
        for (text, most) in texts {
            *text = change(text, most);
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
    fn tidy(&self) -> Self {
        self.clone().each(|text, _| tidy(text))
    }

    /// No more of each text than a report can hold.
    fn cut(mut self) -> Self {
        self.people.truncate(MOST_PEOPLE);
        self.each(cut)
    }
}

struct Checked {
    report: Report,
    people: Vec<NewPerson>,
}

/// Those of whom nothing may be stored, by their places in the form.
#[derive(Default)]
struct TooYoung {
    /// The clock says so.
    certain: Vec<usize>,
    /// A date of birth that was typed and does not exist, or is not finished, may mean so.
    possible: Vec<usize>,
}

/// What was typed as a report; or the mistakes in it, and which of its people are or may be too young to be held:
/// nothing of them may be stored, not even in a draft.
fn check(scope: &Scope, ctx: &Ctx, typed: &Typed) -> Result<Checked, (Vec<Mistake>, TooYoung)> {
    let mut mistakes = Vec::new();
    let mut wrong = |field: &str, sentence: &str| {
        mistakes.push(Mistake { field: field.to_owned(), sentence: sentence.to_owned() });
    };
    let known = scope.policy.incidents.categories.iter().any(|word| *word.id == *typed.category);
    if !known {
        wrong("category", "Choose what happened");
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

/// What came of sending a report.
pub enum Outcome {
    /// It was sent.
    Sent(Sent),
    /// It was not: what is wrong, and what was typed, so that nothing is lost.
    Mistakes(Vec<Mistake>),
}

/// Sends a report; where something is wrong, keeps what was typed as a draft and says what (INC-1).
///
/// # Errors
/// The store's.
pub async fn submit(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<Outcome, AppError> {
    let scope = scope(app, ctx, org).await?;
    let typed = &typed.tidy();
    let Checked { mut report, people } = match check(&scope, ctx, typed) {
        Ok(checked) => checked,
        Err((mut mistakes, _)) => {
            if keep(app, ctx, org, typed).await? {
                mistakes.push(Mistake::pictures());
            }
            return Ok(Outcome::Mistakes(mistakes));
        }
    };
    let sent = app
        .store
        .write::<SubmitReport, _>(ctx, InOrg(org), async move |tx: &mut Tx<SubmitReport>| {
            let reporter = reporting::reporter(tx).await?;
            report.reporter_email = reporter.profile.email;
            report.reporter_name = reporter.profile.name;
            report.business = reporter.business.map(|business| business.name);
            reporting::submit(tx, FORM, &report, &people).await
        })
        .await?;
    Ok(Outcome::Sent(sent))
}

/// What was typed, without those who are or may be too young. Where somebody certainly is, what else speaks of them
/// goes, too: the sentence, and what was said of the others with their name (SUB-4).
fn without(typed: &Typed, too_young: &TooYoung) -> Typed {
    let mut kept = typed.clone();
    if !too_young.certain.is_empty() {
        kept.sentence.clear();
        let children = too_young.certain.iter().filter_map(|n| typed.people.get(*n)).collect::<Vec<_>>();
        let names = |text: &str| {
            children.iter().any(|child| words::named(text, &child.name, Search::Close).is_some())
        };
        for text in kept.people.iter_mut().map(|person| &mut person.description).chain([&mut kept.place]) {
            if names(text) {
                text.clear();
            }
        }
    }
    let mut n = 0;
    kept.people.retain(|_| {
        n += 1;
        !too_young.certain.contains(&(n - 1)) && !too_young.possible.contains(&(n - 1))
    });
    kept
}

async fn scope(app: &App, ctx: &Ctx, org: OrgId) -> Result<Scope, AppError> {
    app.store
        .read::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| {
            Ok::<_, StoreError>(tx.permit().facts().clone())
        })
        .await
        .map_err(AppError::from)
}

/// The report form as this user left it: what was typed, and the pictures.
pub struct Draft {
    /// What was typed.
    pub typed: Typed,
    /// The pictures that were uploaded.
    pub pictures: Vec<PictureId>,
    /// The evidence that was uploaded.
    pub evidence: Vec<crate::evidence::HeldEvidence>,
}

/// The draft of the report form, or a fresh form at the user's own premises.
///
/// # Errors
/// The store's.
pub async fn draft(app: &App, ctx: &Ctx, org: OrgId) -> Result<Draft, AppError> {
    let draft = app
        .store
        .read::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| {
            if let Some(draft) = drafts::find(tx, FORM).await? {
                let typed: Typed = serde_json::from_str(&draft.content).unwrap_or_default();
                if typed != Typed::default() {
                    return Ok(Draft { typed, pictures: draft.pictures, evidence: draft.evidence });
                }
                let typed = fresh(tx).await?;
                return Ok(Draft { typed, pictures: draft.pictures, evidence: draft.evidence });
            }
            Ok(Draft { typed: fresh(tx).await?, pictures: Vec::new(), evidence: Vec::new() })
        })
        .await?;
    Ok(draft)
}

async fn fresh(tx: &mut Tx<KeepDraft>) -> Result<Typed, StoreError> {
    let place = reporting::reporter(tx)
        .await?
        .business
        .map_or(String::new(), |b| format!("{}, {}", b.name, b.premises));
    Ok(Typed { place, ..Typed::default() })
}

/// What is wrong with a report so far, without sending it; what was typed is kept as a draft.
///
/// # Errors
/// The store's.
pub async fn look_over(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<Vec<Mistake>, AppError> {
    let typed = &typed.tidy();
    let dropped = keep(app, ctx, org, typed).await?;
    let scope = scope(app, ctx, org).await?;
    let mistakes = check(&scope, ctx, typed).err().map_or_else(Vec::new, |(mistakes, _)| mistakes);
    Ok(mistakes.into_iter().chain(dropped.then(Mistake::pictures)).collect())
}

/// Keeps what was typed for 24 hours, but for people who are too young to be held: nothing about them is stored, and
/// no picture that may show them.
///
/// # Errors
/// The store's.
pub async fn keep_draft(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<(), AppError> {
    keep(app, ctx, org, &typed.tidy()).await.map(|_| ())
}

/// As [`keep_draft`]; whether pictures were destroyed.
async fn keep(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<bool, AppError> {
    let typed = typed.clone();
    let dropped = app
        .store
        .write::<KeepDraft, _>(ctx, InOrg(org), async move |tx: &mut Tx<KeepDraft>| {
            let (kept, is_child) = match check(tx.permit().facts(), tx.ctx(), &typed) {
                Ok(_) => (typed, false),
                Err((_, too_young)) => (without(&typed, &too_young), !too_young.certain.is_empty()),
            };
            let content = serde_json::to_string(&kept.cut()).unwrap_or_else(|_| "{}".to_owned());
            drafts::keep(tx, FORM, &content).await?;
            if is_child { reporting::drop_pictures(tx, FORM).await } else { Ok(false) }
        })
        .await?;
    Ok(dropped)
}

/// Throws the draft away.
///
/// # Errors
/// The store's.
pub async fn discard_draft(app: &App, ctx: &Ctx, org: OrgId) -> Result<(), AppError> {
    app.store
        .write::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| {
            drafts::discard(tx, FORM).await
        })
        .await?;
    Ok(())
}

/// One's own reports, newest first.
///
/// # Errors
/// The store's.
pub async fn mine(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    before: Option<i64>,
    size: u32,
) -> Result<Vec<Own>, AppError> {
    let list = app
        .store
        .read::<ListOwnReports, _>(ctx, InOrg(org), async move |tx: &mut Tx<ListOwnReports>| {
            reporting::own(tx, before, size).await
        })
        .await?;
    Ok(list)
}

/// One of one's own reports.
///
/// # Errors
/// [`AppError::Hidden`] where it is not theirs or does not exist.
pub async fn show_mine(app: &App, ctx: &Ctx, report: ReportId) -> Result<Held, AppError> {
    let held = app
        .store
        .read::<ShowOwnReport, _>(ctx, OneReport(report), async |tx: &mut Tx<ShowOwnReport>| {
            reporting::show_own(tx).await
        })
        .await?;
    Ok(held)
}

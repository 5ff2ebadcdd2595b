//! What stands in a letter. Everything that a letter needs is a field without a default, so that a value that is missing
//! is an error before anything is made (EXC-3).
pub mod example;

use crate::{DocumentError, publications};
use fairwatch_core::notices::Publication;
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// A letter to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Who writes.
    pub from: Letterhead,
    /// To whom.
    pub to: Addressee,
    /// The reference, by which they can answer.
    pub reference: String,
    /// The day that it bears.
    pub dated: Date,
    /// What it says.
    pub content: Content,
    /// What the person can do, and where.
    pub rights: Rights,
    /// The privacy notice, attached on pages of its own.
    pub notice: Option<Publication>,
}

/// Who writes, and how to reach them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letterhead {
    /// The scheme's full name.
    pub scheme: String,
    /// What people call it.
    pub short: String,
    /// The postal address, a line each.
    pub address: Vec<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Telephone numbers.
    pub telephone: Vec<String>,
    /// The web site.
    pub website: Option<String>,
    /// A colour of its own, as `#rrggbb`.
    pub brand: Option<String>,
    /// What the scheme calls its controller, who signs.
    pub controller: String,
}

/// To whom a letter goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Addressee {
    /// The name as far as it is known, or how the person is described.
    pub name: String,
    /// The first words of the letter, such as "Dear Robin Example,".
    pub greeting: String,
    /// The postal address, a line each; empty where the letter is handed over.
    pub address: Vec<String>,
}

/// What the person can do, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rights {
    /// The address of the page on which the reference opens the notice, an appeal or a request.
    pub letter_page: String,
    /// The address of the page with the privacy notice.
    pub notice_page: String,
    /// Within which time a complaint is acknowledged, such as "30 days".
    pub complaint: String,
}

/// Something that was reported, in general words (a letter names no witness and shows no report).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Happened {
    /// The day.
    #[serde(serialize_with = "day")]
    pub on: Date,
    /// What it was, such as "Theft".
    pub what: String,
    /// Where, in general words.
    pub place: String,
}

/// From where somebody is excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Premises {
    /// From all members' premises in an area.
    All {
        /// Where the scheme operates.
        area: String,
    },
    /// From those that are named.
    Named {
        /// A line each: the business and where it is.
        places: Vec<String>,
    },
}

/// A warning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// What was reported.
    pub happened: Vec<Happened>,
    /// Why the scheme writes, in the words of whoever decided.
    pub reason: String,
    /// Within which time it can be appealed against, such as "28 days".
    pub appeal: String,
}

/// The notice of an exclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exclusion {
    /// What was reported.
    pub happened: Vec<Happened>,
    /// Why the scheme decided so.
    pub reason: String,
    /// The first day.
    #[serde(serialize_with = "day")]
    pub from: Date,
    /// The last day.
    #[serde(serialize_with = "day")]
    pub until: Date,
    /// From where.
    pub premises: Premises,
    /// The rules of the exclusion, one each.
    pub rules: Vec<String>,
    /// Within which time it can be appealed against.
    pub appeal: String,
}

/// That an exclusion stands as its notice said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Confirmation {
    /// The day on which its notice was made.
    #[serde(serialize_with = "day")]
    pub noticed: Date,
    /// The first day.
    #[serde(serialize_with = "day")]
    pub from: Date,
    /// The last day.
    #[serde(serialize_with = "day")]
    pub until: Date,
    /// From where.
    pub premises: Premises,
    /// The rules of the exclusion, one each.
    pub rules: Vec<String>,
    /// Within which time it can be appealed against.
    pub appeal: String,
}

/// That an exclusion is another one from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variation {
    /// From which day on it is what this letter says.
    #[serde(serialize_with = "day")]
    pub varied: Date,
    /// The last day.
    #[serde(serialize_with = "day")]
    pub until: Date,
    /// From where.
    pub premises: Premises,
    /// Why.
    pub reason: String,
    /// Within which time it can be appealed against.
    pub appeal: String,
}

/// That an exclusion ended before its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lifting {
    /// The day on which it was lifted.
    #[serde(serialize_with = "day")]
    pub lifted: Date,
    /// Why.
    pub reason: String,
}

/// That an exclusion comes, or came, to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Expiry {
    /// The last day.
    #[serde(serialize_with = "day")]
    pub until: Date,
    /// The day on which members no longer see the person, if it is known.
    #[serde(serialize_with = "maybe_day")]
    pub withdrawn: Option<Date>,
    /// The day on which everything is deleted, if it is known.
    #[serde(serialize_with = "maybe_day")]
    pub deleted: Option<Date>,
    /// Whether a short record that there was one stays for a time after that (RET-7).
    pub record: bool,
}

/// That an appeal came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppealReceipt {
    /// The day on which it came.
    #[serde(serialize_with = "day")]
    pub received: Date,
    /// The day by which it is decided.
    #[serde(serialize_with = "day")]
    pub decide_by: Date,
}

/// What became of an appeal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppealDecision {
    /// The day on which it came.
    #[serde(serialize_with = "day")]
    pub received: Date,
    /// The day on which it was decided.
    #[serde(serialize_with = "day")]
    pub decided: Date,
    /// What was decided, as a sentence.
    pub outcome: String,
    /// Why.
    pub reason: String,
    /// The last day of the exclusion from now on; none where it is over.
    #[serde(serialize_with = "maybe_day")]
    pub until: Option<Date>,
    /// From where from now on.
    pub premises: Option<Premises>,
}

/// That the scheme holds data about the person, with its privacy notice (NOT-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covering {
    /// Since when it does.
    #[serde(serialize_with = "day")]
    pub since: Date,
    /// Where it comes from, in general words.
    pub source: String,
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A warning.
    Warning(Warning),
    /// The notice of an exclusion.
    Exclusion(Exclusion),
    /// That an exclusion stands as its notice said.
    Confirmation(Confirmation),
    /// That an exclusion is another one from now on.
    Variation(Variation),
    /// That an exclusion ended before its time.
    Lifting(Lifting),
    /// That an exclusion comes to its end.
    Expiry(Expiry),
    /// That an appeal came.
    AppealReceipt(AppealReceipt),
    /// What became of an appeal.
    AppealDecision(AppealDecision),
    /// The privacy notice with a few words.
    Notice(Covering),
}

impl Content {
    /// The name of its template, without ending.
    #[must_use]
    pub fn template(&self) -> &'static str {
        match self {
            Self::Warning(_) => "warning",
            Self::Exclusion(_) => "exclusion",
            Self::Confirmation(_) => "confirmation",
            Self::Variation(_) => "variation",
            Self::Lifting(_) => "lifting",
            Self::Expiry(_) => "expiry",
            Self::AppealReceipt(_) => "appeal_receipt",
            Self::AppealDecision(_) => "appeal_decision",
            Self::Notice(_) => "notice",
        }
    }

    /// Whether it shows a picture of the person where there is one.
    #[must_use]
    pub fn shows_a_picture(&self) -> bool {
        matches!(self, Self::Exclusion(_) | Self::Confirmation(_))
    }

    fn values(&self) -> Value {
        // Dates, texts and lists alone: nothing here can fail to become JSON.
        let values = match self {
            Self::Warning(it) => serde_json::to_value(it),
            Self::Exclusion(it) => serde_json::to_value(it),
            Self::Confirmation(it) => serde_json::to_value(it),
            Self::Variation(it) => serde_json::to_value(it),
            Self::Lifting(it) => serde_json::to_value(it),
            Self::Expiry(it) => serde_json::to_value(it),
            Self::AppealReceipt(it) => serde_json::to_value(it),
            Self::AppealDecision(it) => serde_json::to_value(it),
            Self::Notice(it) => serde_json::to_value(it),
        };
        values.unwrap_or(Value::Null)
    }

    fn check(&self) -> Result<(), DocumentError> {
        match self {
            Self::Warning(it) => {
                happened(&it.happened)?;
                there(&it.reason, "reason")?;
                there(&it.appeal, "time to appeal")
            }
            Self::Exclusion(it) => {
                happened(&it.happened)?;
                there(&it.reason, "reason")?;
                period(it.from, it.until)?;
                premises(&it.premises)?;
                rules(&it.rules)?;
                there(&it.appeal, "time to appeal")
            }
            Self::Confirmation(it) => {
                period(it.from, it.until)?;
                premises(&it.premises)?;
                rules(&it.rules)?;
                there(&it.appeal, "time to appeal")
            }
            Self::Variation(it) => {
                premises(&it.premises)?;
                there(&it.reason, "reason")?;
                there(&it.appeal, "time to appeal")
            }
            Self::Lifting(it) => there(&it.reason, "reason"),
            Self::Expiry(_) | Self::AppealReceipt(_) => Ok(()),
            Self::AppealDecision(it) => {
                there(&it.outcome, "outcome of the appeal")?;
                there(&it.reason, "reason")?;
                it.premises.as_ref().map_or(Ok(()), premises)
            }
            Self::Notice(it) => there(&it.source, "words for where the data come from"),
        }
    }
}

impl Letter {
    /// Whether everything is there that this letter needs.
    pub(crate) fn check(&self, pictured: bool) -> Result<(), DocumentError> {
        there(&self.from.scheme, "name of the scheme")?;
        there(&self.from.controller, "title of the controller")?;
        let reached =
            self.from.email.is_some() || !self.from.address.is_empty() || !self.from.telephone.is_empty();
        if !reached {
            return Err(DocumentError::Missing("way to reach the scheme"));
        }
        there(&self.to.name, "name of the person to whom it goes")?;
        there(&self.to.greeting, "greeting")?;
        there(&self.reference, "reference")?;
        there(&self.rights.letter_page, "address of the page for answers")?;
        there(&self.rights.notice_page, "address of the privacy notice")?;
        there(&self.rights.complaint, "time in which complaints are answered")?;
        if pictured && !self.content.shows_a_picture() {
            return Err(DocumentError::Missing("place for a picture"));
        }
        if matches!(self.content, Content::Notice(_)) && self.notice.is_none() {
            return Err(DocumentError::Missing("privacy notice"));
        }
        if let Some(notice) = &self.notice {
            publications::check(notice)?;
        }
        self.content.check()
    }

    /// What the template reads: whoever writes a template of their own finds the names of all values here.
    #[must_use]
    pub fn values(&self, pictured: bool) -> Value {
        json!({
            "from": self.from,
            "to": self.to,
            "reference": self.reference,
            "dated": words(self.dated),
            "rights": self.rights,
            "content": self.content.values(),
            "pictured": pictured,
            "notice": self.notice.as_ref().map(publications::values),
        })
    }
}

fn there(text: &str, what: &'static str) -> Result<(), DocumentError> {
    if text.trim().is_empty() { Err(DocumentError::Missing(what)) } else { Ok(()) }
}

fn happened(reports: &[Happened]) -> Result<(), DocumentError> {
    if reports.is_empty() {
        return Err(DocumentError::Missing("account of what is said to have happened"));
    }
    reports.iter().try_for_each(|it| {
        there(&it.what, "word for what is said to have happened")?;
        there(&it.place, "word for where it is said to have happened")
    })
}

fn premises(premises: &Premises) -> Result<(), DocumentError> {
    match premises {
        Premises::All { area } => there(area, "area of the exclusion"),
        Premises::Named { places } if places.is_empty() => Err(DocumentError::Missing("premises")),
        Premises::Named { places } => {
            places.iter().try_for_each(|place| there(place, "name of the premises"))
        }
    }
}

fn rules(rules: &[String]) -> Result<(), DocumentError> {
    if rules.is_empty() {
        return Err(DocumentError::Missing("rules of the exclusion"));
    }
    rules.iter().try_for_each(|rule| there(rule, "rule that says something"))
}

fn period(from: Date, until: Date) -> Result<(), DocumentError> {
    if until < from { Err(DocumentError::Missing("last day that is after its first")) } else { Ok(()) }
}

/// A date as letters write it: 21 November 2026.
fn words(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

fn day<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&words(*date))
}

fn maybe_day<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => day(date, serializer),
        None => serializer.serialize_none(),
    }
}

//! Reading a case. The text as a whole must be JSON; everything beyond that is kept as a fault beside its
//! event, because which fault is reported depends on the order in which events are taken.
use super::Fault;
use crate::{
    clocks::{
        calendar::read_date,
        events::{Agreeing, Event, Outcome, Scope, What},
        facts::{AgeBand, Facts},
    },
    world::london_date,
};
use jiff::{Timestamp, civil::Date};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use std::{borrow::Cow, fmt};

/// A case as it was written.
#[derive(Debug, Default)]
pub(super) struct Case<'a> {
    pub(super) facts: Facts,
    pub(super) events: Vec<Draft<'a>>,
    pub(super) days: Vec<Date>,
    /// What is wrong with the facts, so that nothing can be worked out from them.
    pub(super) subject_fault: Option<String>,
    /// What else is wrong beside the events.
    pub(super) fault: Option<String>,
}

/// A value as far as any field has a use for it.
#[derive(Debug, Default)]
enum Value<'a> {
    #[default]
    Null,
    Text(Cow<'a, str>),
    Count(u64),
    Truth(bool),
    Other,
}

impl Value<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Value::Truth(truth))
    }
    fn visit_u64<E>(self, count: u64) -> Result<Self::Value, E> {
        Ok(Value::Count(count))
    }
    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Value::Other)
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

/// The fields that events have, in the order of their bits.
const FIELDS: [&str; 11] =
    ["on", "at", "type", "id", "incident", "occurred", "images", "born", "by", "ends", "scope"];
const ON: usize = 0;
const AT: usize = 1;
const TYPE: usize = 2;
const ID: usize = 3;
const INCIDENT: usize = 4;
const OCCURRED: usize = 5;
const IMAGES: usize = 6;
const BORN: usize = 7;
const BY: usize = 8;
const ENDS: usize = 9;
const SCOPE: usize = 10;
const OUTCOME: usize = 11;

/// An event as it was written.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    fields: [Value<'a>; 12],
    /// Which fields are there, a bit each.
    present: u16,
    fault: Option<Fault>,
}

/// A field's place among those of events.
struct Field(Result<usize, Fault>);

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Field;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field")
            }
            fn visit_str<E>(self, name: &str) -> Result<Field, E> {
                let place = match name {
                    "outcome" => Some(OUTCOME),
                    _ => FIELDS.iter().position(|field| *field == name),
                };
                Ok(Field(place.ok_or_else(|| format!("unknown field {name:?}").into())))
            }
        }
        deserializer.deserialize_identifier(Name)
    }
}

impl<'de> Deserialize<'de> for Draft<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyDraft;
        impl<'de> Visitor<'de> for AnyDraft {
            type Value = Draft<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut draft = Draft::default();
                while let Some(Field(field)) = map.next_key()? {
                    let value = map.next_value()?;
                    match field {
                        Ok(place) if draft.present & 1 << place == 0 => {
                            draft.present |= 1 << place;
                            draft.fields[place] = value;
                        }
                        Ok(_) => draft.fault = Some("a field is given twice".into()),
                        Err(fault) => draft.fault = Some(fault),
                    }
                }
                Ok(draft)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Draft::default())
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Draft::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Draft::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Draft::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Draft::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Draft::default())
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Draft::default())
            }
        }
        deserializer.deserialize_any(AnyDraft)
    }
}

impl Draft<'_> {
    /// The London date on which it counts (RET-8).
    pub(super) fn day(&self) -> Result<Date, Fault> {
        match (&self.fields[ON], &self.fields[AT]) {
            (Value::Text(on), Value::Null) => {
                read_date(on).ok_or_else(|| format!("{on:?} is not a date that exists").into())
            }
            (Value::Null, Value::Text(at)) => match at.parse::<Timestamp>() {
                Ok(at) => Ok(london_date(at)),
                Err(_) => Err(format!("{at:?} is not an instant").into()),
            },
            (Value::Null, Value::Null) => Err("it has neither a date (`on`) nor an instant (`at`)".into()),
            (Value::Null, _) => Err("`at` is not a text".into()),
            (_, Value::Null) => Err("`on` is not a text".into()),
            _ => Err("it has both a date (`on`) and an instant (`at`)".into()),
        }
    }

    /// The event, once its day is known.
    pub(super) fn event(&self, on: Date) -> Result<Event<'_>, Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let kind = self.fields[TYPE].text().ok_or("it has no type")?;
        let (fields, what): (&[usize], _) = match kind {
            "report" => {
                let occurred = self.date(OCCURRED)?.unwrap_or(on);
                let (id, incident) = (self.text(ID)?, self.text(INCIDENT)?);
                let what = What::Report { id, incident, occurred, images: self.count(IMAGES)? };
                (&[ID, INCIDENT, OCCURRED, IMAGES], what)
            }
            "report_removed" => (&[ID], What::ReportRemoved { id: self.id()? }),
            "identified" => (&[], What::Identified),
            "born_known" => {
                let born = self.date(BORN)?.ok_or("it has no `born`")?;
                (&[BORN], What::BornKnown { born })
            }
            "public_interest" => (&[], What::PublicInterest),
            "agreement" => {
                let by = match self.text(BY)? {
                    Some("police") => Agreeing::Police,
                    Some("board") => Agreeing::Board,
                    _ => return Err("`by` is neither police nor board".into()),
                };
                (&[BY], What::Agreement { by })
            }
            "exclusion" => {
                let ends = self.date(ENDS)?.ok_or("it has no `ends`")?;
                let scope = match self.text(SCOPE)? {
                    None | Some("scheme") => Scope::Scheme,
                    Some("some") => Scope::Some,
                    Some(_) => return Err("`scope` is neither scheme nor some".into()),
                };
                (&[ENDS, SCOPE], What::Exclusion { ends, scope })
            }
            "exclusion_lifted" => (&[], What::ExclusionLifted),
            "hold" => (&[ID, ENDS], What::Hold { id: self.id()?, ends: self.date(ENDS)? }),
            "hold_ended" => (&[ID], What::HoldEnded { id: self.id()? }),
            "restricted" => (&[], What::Restricted),
            "restriction_ended" => (&[], What::RestrictionEnded),
            "erased" => (&[], What::Erased),
            "police_item" => (&[ID], What::PoliceItem { id: self.id()? }),
            "police_review" => {
                let outcome = match self.text(OUTCOME)? {
                    Some("keep") => Outcome::Keep,
                    Some("withdraw") => Outcome::Withdraw,
                    _ => return Err("`outcome` is neither keep nor withdraw".into()),
                };
                (&[ID, OUTCOME], What::PoliceReview { id: self.id()?, outcome })
            }
            _ => return Err(format!("unknown type {kind:?}").into()),
        };
        let allowed = fields.iter().fold(1 << ON | 1 << AT | 1 << TYPE, |bits, field| bits | 1 << field);
        let strange = self.present & !allowed;
        if strange != 0 {
            let name = FIELDS.get(strange.trailing_zeros() as usize).unwrap_or(&"outcome");
            return Err(format!("{kind} has no field {name:?}").into());
        }
        Ok(Event { on, what })
    }

    fn text(&self, field: usize) -> Result<Option<&str>, Fault> {
        match &self.fields[field] {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(format!("`{}` is not a text", FIELDS.get(field).unwrap_or(&"outcome")).into()),
        }
    }

    fn id(&self) -> Result<&str, Fault> {
        self.text(ID)?.ok_or_else(|| "it has no `id`".into())
    }

    fn date(&self, field: usize) -> Result<Option<Date>, Fault> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        read_date(text).map(Some).ok_or_else(|| format!("{text:?} is not a date that exists").into())
    }

    fn count(&self, field: usize) -> Result<u32, Fault> {
        match self.fields[field] {
            Value::Null => Ok(0),
            Value::Count(count) => u32::try_from(count).map_err(|_| "so many images cannot be".into()),
            _ => Err("`images` is not a count".into()),
        }
    }
}

/// The facts, or what is wrong with them.
struct Subject(Result<Facts, String>);

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnySubject;
        impl<'de> Visitor<'de> for AnySubject {
            type Value = Subject;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the facts of a subject")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut facts = Facts::default();
                let mut fault = None;
                let mut seen: Vec<Cow<'_, str>> = Vec::new();
                while let Some(Value::Text(name)) = map.next_key()? {
                    let value: Value<'_> = map.next_value()?;
                    match (&*name, &value) {
                        _ if seen.contains(&name) => fault = Some(format!("{name:?} is given twice")),
                        ("born", Value::Null) => facts.born = None,
                        ("born", Value::Text(text)) => match read_date(text) {
                            None => fault = Some(format!("{text:?} is not a date that exists")),
                            born => facts.born = born,
                        },
                        ("apparent_age", Value::Text(band)) => match &**band {
                            "adult" => facts.apparent_age = AgeBand::Adult,
                            "under_18" => facts.apparent_age = AgeBand::Under18,
                            "under_14" => facts.apparent_age = AgeBand::Under14,
                            _ => fault = Some("`apparent_age` is not adult, under_18 or under_14".into()),
                        },
                        ("identified", Value::Truth(truth)) => facts.identified = *truth,
                        ("born" | "apparent_age" | "identified", _) => {
                            fault = Some(format!("{name:?} of the subject makes no sense"));
                        }
                        _ => fault = Some(format!("unknown field {name:?} of the subject")),
                    }
                    seen.push(name);
                }
                Ok(Subject(fault.map_or(Ok(facts), Err)))
            }
        }
        deserializer.deserialize_map(AnySubject)
    }
}

/// The days asked, or what is wrong with them.
struct Days(Result<Vec<Date>, String>);

impl<'de> Deserialize<'de> for Days {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyDays;
        impl<'de> Visitor<'de> for AnyDays {
            type Value = Days;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of days")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let (mut days, mut fault) = (Vec::with_capacity(4), None);
                while let Some(value) = seq.next_element::<Value<'_>>()? {
                    match value.text().and_then(read_date) {
                        Some(day) => days.push(day),
                        None => fault = Some("a day asked for is not a date that exists".to_owned()),
                    }
                }
                Ok(Days(fault.map_or(Ok(days), Err)))
            }
        }
        deserializer.deserialize_seq(AnyDays)
    }
}

impl<'de> Deserialize<'de> for Case<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyCase;
        impl<'de> Visitor<'de> for AnyCase {
            type Value = Case<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a case with subject, events and days")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut case = Case::default();
                let mut seen: Vec<Cow<'_, str>> = Vec::with_capacity(3);
                while let Some(Value::Text(name)) = map.next_key()? {
                    if seen.contains(&name) {
                        return Err(A::Error::custom(format_args!("{name:?} is given twice")));
                    }
                    match &*name {
                        "subject" => match map.next_value::<Subject>()?.0 {
                            Ok(facts) => case.facts = facts,
                            Err(fault) => case.subject_fault = Some(fault),
                        },
                        "events" => case.events = map.next_value()?,
                        "days" => match map.next_value::<Days>()?.0 {
                            Ok(days) => case.days = days,
                            Err(fault) => case.fault = Some(fault),
                        },
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            case.fault = Some(format!("unknown field {name:?}"));
                        }
                    }
                    seen.push(name);
                }
                Ok(case)
            }
        }
        deserializer.deserialize_map(AnyCase)
    }
}

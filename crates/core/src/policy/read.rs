//! Reading a policy file: every error in one go, each at its line (POL-3).
//!
//! Serde stops at the first thing that it cannot read. An author would rather see all of them, so the
//! offending entry is noted, taken out, and the rest is read again, until nothing new is found.
use super::{Policy, finding::Finding, finding::Severity, text::short};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// A policy file is a few dozen kilobytes; more is a mistake or an attack.
const LONGEST_FILE: usize = 512 * 1024;
/// After so many errors another one helps nobody.
const MOST_ERRORS: usize = 100;

/// A place in a file: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Where each entry of a file stands, by its path, such as `retention.known.first` or `category[3].audience`.
///
/// It is built from the file's own table, so that the types of the policy need no spans in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    file: String,
    by_path: BTreeMap<String, Place>,
}

impl Places {
    /// A finding at a path, or at the nearest thing around it that the file has.
    pub(crate) fn finding(&self, severity: Severity, path: &str, reason: impl Into<String>) -> Finding {
        let mut at = path;
        let place = loop {
            if let Some(place) = self.by_path.get(at) {
                break *place;
            }
            match at.rfind(['.', '[']) {
                Some(end) => at = &at[..end],
                None => break Place { line: 1, column: 1 },
            }
        };
        Finding::new(severity, &self.file, place, &reason.into())
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.by_path.contains_key(path)
    }

    fn add_table(&mut self, path: &str, table: &DeTable<'_>, lines: &Lines<'_>) {
        for (key, value) in table {
            let path =
                if path.is_empty() { key.get_ref().to_string() } else { format!("{path}.{}", key.get_ref()) };
            self.by_path.insert(path.clone(), lines.place(key.span().start));
            self.add_value(&path, value, lines);
        }
    }

    fn add_value(&mut self, path: &str, value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) {
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(path, table, lines),
            DeValue::Array(array) => {
                for (index, element) in array.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    self.by_path.insert(path.clone(), lines.place(element.span().start));
                    self.add_value(&path, element, lines);
                }
            }
            _ => {}
        }
    }
}

/// The starts of a text's lines, to turn byte offsets into places.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count());
        let count = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Place { line: count(line), column: count(column) }
    }
}

/// Reads a file's types, without asking whether what it says makes sense.
pub(super) fn read(file: &str, text: &str) -> Result<Policy, Vec<Finding>> {
    let lines = Lines::new(text);
    let error =
        |offset: usize, reason: String| Finding::new(Severity::Error, file, lines.place(offset), &reason);
    if text.len() > LONGEST_FILE {
        return Err(vec![error(0, format!("the file is larger than {} KiB", LONGEST_FILE / 1024))]);
    }
    let (table, broken) = DeTable::parse_recoverable(text);
    if !broken.is_empty() {
        // What a broken file means beyond its broken lines is a guess; say only what is certain.
        return Err(broken
            .iter()
            .take(MOST_ERRORS)
            .map(|e| error(e.span().map_or(0, |span| span.start), plain(e.message())))
            .collect());
    }
    let mut places = Places { file: file.to_owned(), by_path: BTreeMap::new() };
    places.add_table("", table.get_ref(), &lines);

    let mut found = Vec::new();
    let mut left = table;
    // Names that were taken out, by the place of the table that held them: their absence is our doing.
    let mut taken = BTreeSet::new();
    loop {
        let failure = match Policy::deserialize(toml::Deserializer::from(left.clone())) {
            Ok(policy) if found.is_empty() => return Ok(Policy { places, ..policy }),
            Ok(_) => return Err(found),
            Err(failure) => failure,
        };
        let message = failure.message();
        let span = failure.span().unwrap_or(0..0);
        let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let ours = missing.is_some_and(|name| taken.contains(&(span.start, name.to_owned())));
        if !ours {
            found.push(error(span.start, plain(message)));
        }
        let out = take_out(&mut left, &span, missing.is_some(), &mut taken);
        if !out || found.len() >= MOST_ERRORS {
            return Err(found);
        }
    }
}

/// Takes the smallest entry around `span` out of the table, and says whether there was one.
fn take_out(
    table: &mut Spanned<DeTable<'_>>,
    span: &Range<usize>,
    whole_table: bool,
    taken: &mut BTreeSet<(usize, String)>,
) -> bool {
    let start = table.span().start;
    take_from_table(table.get_mut(), start, span, whole_table, taken)
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn take_from_table(
    table: &mut DeTable<'_>,
    start: usize,
    span: &Range<usize>,
    whole_table: bool,
    taken: &mut BTreeSet<(usize, String)>,
) -> bool {
    let mut found: Option<Cow<'_, str>> = None;
    for (key, value) in table.iter_mut() {
        if take_from_value(value, span, whole_table, taken) {
            return true;
        }
        if covers(&key.span(), span) || covers(&value.span(), span) {
            found = Some(key.get_ref().clone());
        }
    }
    let Some(name) = found else { return false };
    let key = table.iter().map(|(key, _)| key).find(|key| *key.get_ref() == name).cloned();
    if let Some(key) = key {
        table.remove(&key);
        taken.insert((start, name.into_owned()));
        return true;
    }
    false
}

fn take_from_value(
    value: &mut Spanned<DeValue<'_>>,
    span: &Range<usize>,
    whole_table: bool,
    taken: &mut BTreeSet<(usize, String)>,
) -> bool {
    // A table that lacks something is reported by its own span and must go as a whole.
    if whole_table && value.span() == *span {
        return false;
    }
    let start = value.span().start;
    match value.get_mut() {
        DeValue::Table(table) => take_from_table(table, start, span, whole_table, taken),
        DeValue::Array(array) => {
            let count = array.len();
            for index in 0..count {
                let Some(element) = array.get_mut(index) else { break };
                if take_from_value(element, span, whole_table, taken) {
                    return true;
                }
            }
            let Some(gone) = array.iter().position(|element| covers(&element.span(), span)) else {
                return false;
            };
            let kept = std::mem::replace(array, toml::de::DeArray::new())
                .into_iter()
                .enumerate()
                .filter(|(index, _)| *index != gone);
            *array = kept.map(|(_, element)| element).collect();
            true
        }
        _ => false,
    }
}

/// What the parser says, in words for someone who writes a policy and no programs.
fn plain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let line = short_enough(line);
    if let Some(rest) = line.strip_prefix("missing field `") {
        return format!("`{rest} is missing here");
    }
    if let Some((field, known)) =
        line.strip_prefix("unknown field `").and_then(|rest| rest.split_once("`, expected "))
    {
        return format!(
            "unknown field `{field}`; what may stand here: {}",
            known.trim_start_matches("one of ")
        );
    }
    if let Some((word, known)) =
        line.strip_prefix("unknown variant `").and_then(|rest| rest.split_once("`, expected "))
    {
        return format!("`{word}` is not among the words for this: {}", known.trim_start_matches("one of "));
    }
    line.replace("expected u32", "expected a whole number from 0 to 4294967295")
        .replace("expected struct ", "expected a table for ")
        .replace("expected a string", "expected a text in quotation marks")
        .replace("expected a boolean", "expected true or false")
}

fn short_enough(line: &str) -> String {
    line.chars().take(600).collect()
}

/// A date as TOML writes it (`2027-03-31`), or none.
pub(super) fn optional_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<jiff::civil::Date>, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)
        .map_err(|_| D::Error::custom("this is no date: write it as 2027-03-31, without quotation marks"))?;
    let (Some(date), None, None) = (written.date, written.time, written.offset) else {
        return Err(D::Error::custom("give the day alone: write it as 2027-03-31"));
    };
    let numbers =
        i16::try_from(date.year).ok().zip(i8::try_from(date.month).ok()).zip(i8::try_from(date.day).ok());
    numbers
        .and_then(|((year, month), day)| jiff::civil::Date::new(year, month, day).ok())
        .map(Some)
        .ok_or_else(|| D::Error::custom(format!("{} is no day that exists", short(&written.to_string()))))
}

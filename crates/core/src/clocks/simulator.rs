//! Cases written as JSON, for whoever wants to try a policy: the same code as the live system runs.
//!
//! One case in, one answer out, both as text; reading and writing files is the program's part.
mod case;
mod print;

use super::{
    events::{Event, What},
    ledger::Ledger,
};
use crate::policy::retention::Retention;
use case::{Case, Draft};
use jiff::civil::Date;

/// Why a case has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// The first event at fault, counted from 0 in the order given; none where no event is at fault.
    pub event: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl Refusal {
    /// The refusal as the simulator prints it.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        print::refusal(&mut out, self);
        out
    }
}

/// Answers one case: a JSON object without a line break.
///
/// # Errors
/// What is wrong with the case.
pub fn simulate(rules: &Retention, case: &str) -> Result<String, Refusal> {
    let mut out = String::new();
    run(rules, case, &mut out).map(|()| out)
}

/// Answers one line of a batch: appends a JSON object without a line break, be it an answer or a refusal.
pub fn simulate_line(rules: &Retention, line: &str, out: &mut String) {
    let start = out.len();
    if let Err(refusal) = run(rules, line, out) {
        out.truncate(start);
        print::refusal(out, &refusal);
    }
}

/// Answers a batch, one case a line, in order.
pub fn batch<'b>(rules: &'b Retention, lines: &'b str) -> impl Iterator<Item = String> + 'b {
    lines.lines().map(move |line| {
        let mut out = String::new();
        simulate_line(rules, line, &mut out);
        out
    })
}

fn run(rules: &Retention, text: &str, out: &mut String) -> Result<(), Refusal> {
    let nobody = |reason: String| Refusal { event: None, reason };
    let case: Case<'_> = serde_json::from_str(text).map_err(|error| nobody(error.to_string()))?;
    let order = case.order()?;
    let mut days: Vec<(Date, usize)> =
        case.days.iter().enumerate().map(|(place, day)| (*day, place)).collect();
    days.sort_unstable();
    let mut days = days.into_iter().peekable();
    let mut states: Vec<_> = case.days.iter().map(|_| None).collect();

    let last_start = Limits::of(rules);
    let mut ledger = Ledger::new(rules, case.facts);
    for (on, place) in order {
        while let Some((day, answer)) = days.next_if(|(day, _)| *day < on) {
            states[answer] = Some(ledger.state(day));
        }
        let refuse = |reason: String| Refusal { event: Some(place), reason };
        let event = case.events[place].event(on).map_err(|fault| refuse(fault.to_string()))?;
        last_start.check(&event).map_err(|fault| refuse(fault.to_owned()))?;
        // Whatever else is wrong with the case, an event at fault comes first; without a sound subject
        // only an event's own form can be told.
        if case.subject_fault.is_none() {
            ledger.take(&event).map_err(|refused| refuse(refused.to_string()))?;
        }
    }
    if let Some(fault) = case.subject_fault.or(case.fault) {
        return Err(nobody(fault));
    }
    for (day, answer) in days {
        states[answer] = Some(ledger.state(day));
    }
    ledger.begin(Date::MAX);
    print::answer(out, states.iter().flatten(), ledger.changes());
    Ok(())
}

/// The latest day from which every period of a policy still ends within the calendar.
struct Limits(Date);

impl Limits {
    fn of(rules: &Retention) -> Self {
        let columns = [&rules.known, &rules.unknown, &rules.under_18, &rules.under_14];
        let longest = columns.iter().map(|column| {
            let ends = column.first.max(column.repeat).saturating_add(column.hold);
            let others =
                [column.single_report_delete, column.cap, column.incident, column.unidentified_image];
            others.into_iter().flatten().fold(ends, u32::max).saturating_add(column.stub.unwrap_or(0))
        });
        // A year for the days of police items and agreements, and for rounding.
        let years = longest.max().unwrap_or(0).div_ceil(12).saturating_add(1);
        let year = i64::from(Date::MAX.year()) - i64::from(years);
        let last = i16::try_from(year).ok().and_then(|year| Date::new(year, 12, 31).ok());
        Self(last.unwrap_or(Date::MIN))
    }

    /// Every period is counted from a report or an exclusion, or from a day on which they still circulate.
    fn check(&self, event: &Event<'_>) -> Result<(), &'static str> {
        let from = match event.what {
            What::Report { .. } => event.on,
            What::Exclusion { ends, .. } => ends,
            _ => return Ok(()),
        };
        if from > self.0 {
            return Err("periods from so late a day run past the end of the calendar");
        }
        Ok(())
    }
}

/// What the parts of an event say, before they are put together.
type Fault = std::borrow::Cow<'static, str>;

impl Case<'_> {
    /// The events by day, in the order given within a day; an event without a valid day comes first.
    fn order(&self) -> Result<Vec<(Date, usize)>, Refusal> {
        let mut order = Vec::with_capacity(self.events.len());
        for (place, draft) in self.events.iter().enumerate() {
            let on =
                Draft::day(draft).map_err(|fault| Refusal { event: Some(place), reason: fault.into() })?;
            order.push((on, place));
        }
        order.sort_unstable();
        Ok(order)
    }
}

//! What a policy that can be read may still have wrong (POL-3).
//!
//! An error is a contradiction, or what the law or the program's own promises forbid: the file is refused.
//! A warning is for a person to weigh. A note tells what a reader should know: each conflict with both
//! sentences and the choice, and each sentence that was replaced.
mod sight;
mod steps;
mod time;
mod who;
mod words;

use super::{FORMAT, Finding, Policy, Severity, read::Places};
use jiff::civil::Date;
use std::{collections::BTreeSet, fmt::Display};

/// Everything to be said of a policy but what depends on today's date, by line.
#[must_use]
pub fn lint(policy: &Policy) -> Vec<Finding> {
    run(policy, None)
}

/// As [`lint`], and what depends on the day: agreements and registrations that ran out, and days to come
/// where only a day gone by makes sense.
#[must_use]
pub fn lint_on(policy: &Policy, today: Date) -> Vec<Finding> {
    run(policy, Some(today))
}

fn run(policy: &Policy, today: Option<Date>) -> Vec<Finding> {
    let mut report = Report { places: policy.places(), findings: Vec::new() };
    if policy.format != FORMAT {
        report.error("format", format!("this program reads format {FORMAT}, not {}", policy.format));
    }
    who::lint(policy, today, &mut report);
    sight::lint(policy, &mut report);
    time::lint(policy, &mut report);
    steps::lint(policy, &mut report);
    words::lint(policy, &mut report);
    report.findings.sort_by_key(|finding| (finding.line, finding.column));
    report.findings
}

/// Findings as they come, each at its place in the file.
struct Report<'a> {
    places: &'a Places,
    findings: Vec<Finding>,
}

impl Report<'_> {
    fn error(&mut self, path: &str, reason: impl Into<String>) {
        self.findings.push(self.places.finding(Severity::Error, path, reason));
    }

    fn warning(&mut self, path: &str, reason: impl Into<String>) {
        self.findings.push(self.places.finding(Severity::Warning, path, reason));
    }

    fn note(&mut self, path: &str, reason: impl Into<String>) {
        self.findings.push(self.places.finding(Severity::Note, path, reason));
    }

    /// An error at each item that stands twice in a list. `field` is the part of an item that must differ.
    fn unique<T: Ord + Display>(&mut self, list: &str, field: &str, items: impl IntoIterator<Item = T>) {
        let mut seen = BTreeSet::new();
        for (index, item) in items.into_iter().enumerate() {
            if seen.contains(&item) {
                self.error(&format!("{list}[{index}]{field}"), format!("`{item}` stands here twice"));
            }
            seen.insert(item);
        }
    }
}

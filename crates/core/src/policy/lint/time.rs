//! How long things last: sane, lawful, and free of contradiction (RET-1 to RET-8, RET-15).
use super::Report;
use crate::policy::{
    Policy,
    columns::{ColumnRules, Columns},
    period::{Length, Term},
    retention::Admit,
    text::Text,
};

/// No period of the field is longer than a life; more is a slip of the pen and would overflow dates.
pub(super) const LONGEST_MONTHS: u32 = 1200;
/// Longer than this asks for a reason in the file.
pub(super) const USUAL_MONTHS: u32 = 24;
/// A record of a deleted profile ends after this many months (RET-7).
const STUB_MONTHS: u32 = 24;

pub(super) fn lint(policy: &Policy, report: &mut Report<'_>) {
    for (name, rules) in policy.columns.tables() {
        column(name, rules, report);
    }
    between_columns(policy, report);
    terms(policy, report);
    maxima(policy, report);
    if policy.statistics.suppress_below < 3 {
        report.error(
            "statistics.suppress_below",
            "numbers below 3 point to people: write 3 or more, 5 is usual (RET-14)",
        );
    }
}

fn column(name: &str, rules: &ColumnRules, report: &mut Report<'_>) {
    let periods: [(&str, Option<u32>, Option<&Text>); 8] = [
        ("first", Some(rules.first.months), rules.first.why.as_ref()),
        ("repeat", Some(rules.repeat.months), rules.repeat.why.as_ref()),
        ("hold", Some(rules.hold.months), rules.hold.why.as_ref()),
        (
            "single_report_delete",
            rules.single_report_delete.months.0,
            rules.single_report_delete.why.as_ref(),
        ),
        ("cap", rules.cap.months.0, rules.cap.why.as_ref()),
        ("stub", rules.stub.months.0, rules.stub.why.as_ref()),
        ("incident", rules.incident.months.0, rules.incident.why.as_ref()),
        ("unidentified_image", rules.unidentified_image.months.0, rules.unidentified_image.why.as_ref()),
    ];
    for (parameter, months, why) in periods {
        let path = format!("retention.{name}.{parameter}.months");
        match months {
            Some(0) if parameter != "hold" => {
                report.error(&path, format!("a `{parameter}` of 0 months makes no sense; where there is no such limit write \"none\""));
            }
            Some(months) if months > LONGEST_MONTHS => report
                .error(&path, format!("{months} months is longer than a life: at most {LONGEST_MONTHS}")),
            // A cap is a promise to go, not a wish to stay: a long one does no harm by itself.
            Some(months) if months > USUAL_MONTHS && why.is_none() && parameter != "cap" => {
                report.warning(&path, format!("{months} months is longer than {USUAL_MONTHS}: say `why`"));
            }
            _ => {}
        }
    }
    limits(name, rules, report);
    stub(name, rules, report);
}

/// Limits that are never reached, or cut off what another rule promises.
fn limits(name: &str, rules: &ColumnRules, report: &mut Report<'_>) {
    let path = |parameter: &str| format!("retention.{name}.{parameter}");
    let circulation = [("first", rules.first.months), ("repeat", rules.repeat.months)];
    if let Some(cap) = rules.cap.months.0 {
        for (parameter, months) in circulation {
            if months > cap {
                report.error(
                    &path(parameter),
                    format!("{months} months of circulation cannot be had: `cap` deletes {cap} months after the latest report"),
                );
            } else if months.saturating_add(rules.hold.months) > cap {
                report.warning(
                    &path("hold"),
                    format!(
                        "after `{parameter}` the person is not held for {} months: `cap` deletes {cap} months after the latest report",
                        rules.hold.months
                    ),
                );
            }
        }
    }
    if let Some(single) = rules.single_report_delete.months.0 {
        if single < rules.first.months {
            report.error(
                &path("single_report_delete"),
                format!("{} months of first circulation cannot be had: a person with one report is deleted after {single}", rules.first.months),
            );
        } else if single > rules.first.months.saturating_add(rules.hold.months) {
            report.warning(
                &path("single_report_delete"),
                "never reached: `first` and `hold` are over before it",
            );
        }
    }
    if rules.repeat.months < rules.first.months {
        report.warning(&path("repeat"), "a further report gives less time than the first");
    }
}

fn stub(name: &str, rules: &ColumnRules, report: &mut Report<'_>) {
    let Some(months) = rules.stub.months.0 else { return };
    let path = format!("retention.{name}.stub");
    if name == "unknown" {
        report.error(&path, "no record is kept of people who were never identified (RET-7): write \"none\"");
    }
    if months > STUB_MONTHS {
        report.error(
            &path,
            format!("a record of a deleted profile ends after {STUB_MONTHS} months at the latest (RET-7)"),
        );
    }
    report.warning(
        &path,
        "a record of deleted profiles: UK GDPR recital 64 is against keeping data only to be able to answer possible requests",
    );
}

fn between_columns(policy: &Policy, report: &mut Report<'_>) {
    let minimum = policy.subjects.minimum_age.years.0;
    let by = match &policy.columns {
        Columns::All(all) => {
            if all.admit.held == Admit::WithAgreement {
                report.error(
                    "retention.all.admit",
                    "the agreement of police and board is for children, not for all",
                );
            }
            child_safeguard(policy, all.admit.held, report);
            return;
        }
        Columns::ByColumn(by) => by,
    };
    for (name, rules) in [("known", &by.known), ("unknown", &by.unknown)] {
        if rules.admit.held == Admit::WithAgreement {
            report.error(
                &format!("retention.{name}.admit"),
                "the agreement of police and board is for children, not for adults",
            );
        }
    }
    for (name, rules, age) in [("under_18", &by.under_18, 18), ("under_14", &by.under_14, 14)] {
        if rules.admit.held == Admit::WithAgreement && minimum.is_some_and(|minimum| minimum >= age) {
            report.error(
                &format!("retention.{name}.admit"),
                format!(
                    "nobody under {} is held at all, so no agreement can ever be asked for",
                    minimum.unwrap_or(age)
                ),
            );
        }
        for (parameter, months, adults) in [
            ("first", rules.first.months, by.known.first.months),
            ("repeat", rules.repeat.months, by.known.repeat.months),
            ("hold", rules.hold.months, by.known.hold.months),
        ] {
            if months > adults {
                report.error(
                    &format!("retention.{name}.{parameter}"),
                    format!("children are kept longer than adults: {months} months and {adults} (SUB-4)"),
                );
            }
        }
    }
    child_safeguard(policy, by.under_14.admit.held, report);
}

fn child_safeguard(policy: &Policy, admit: Admit, report: &mut Report<'_>) {
    let minimum = policy.subjects.minimum_age.years.0.unwrap_or(0);
    let necessity = policy.subjects.necessity_under.years.0.unwrap_or(0);
    if admit == Admit::Yes && minimum < 14 && necessity < 14 {
        report.error(
            "subjects.necessity_under",
            "children under 14 could be held like anyone else: set a minimum age, a recorded necessity, or an agreement (SUB-4)",
        );
    }
    if minimum < 10 {
        report.warning(
            "subjects.minimum_age",
            "under ten no offence is possible: set a minimum age of 10 or more",
        );
    }
}

fn terms(policy: &Policy, report: &mut Report<'_>) {
    let tables = [
        ("keep", policy.keep.terms()),
        ("deadlines", policy.deadlines.terms()),
        ("reviews", policy.reviews.terms()),
    ];
    for (table, terms) in tables {
        for (name, term) in terms {
            let path = format!("{table}.{name}");
            let zero = term.length.at_most_hours() == 0;
            if zero && !matches!(name, "user" | "review_delay" | "breach_processor" | "rejected_report") {
                report.error(&path, format!("0 makes no sense for `{name}`"));
            }
            if term.length.at_most_hours() > Length::Months(LONGEST_MONTHS).at_most_hours() {
                report.error(&path, format!("{} is longer than a life", term.length));
            }
        }
    }
    let appeal = &policy.exclusions.appeal;
    if !(7 * 24..=Length::Months(6).at_most_hours()).contains(&appeal.length.at_most_hours()) {
        report.error("exclusions.appeal", "a person has between 7 days and 6 months to appeal");
    }
}

/// What the law, or the program's own promises, allow at most.
fn maxima(policy: &Policy, report: &mut Report<'_>) {
    let (keep, deadlines, reviews) = (&policy.keep, &policy.deadlines, &policy.reviews);
    let at_most: [(&str, &Term, Length, &str); 13] = [
        (
            "keep.review_delay",
            &keep.review_delay,
            Length::Days(7),
            "a report that waits delays a deletion by 7 days at most (RET-15)",
        ),
        (
            "keep.rejected_report",
            &keep.rejected_report,
            Length::Days(28),
            "a rejected report is erased after 28 days at the latest (RET-15)",
        ),
        (
            "keep.unattached",
            &keep.unattached,
            Length::Days(28),
            "what belongs to no report is deleted after 28 days at the latest (RET-15)",
        ),
        ("keep.draft", &keep.draft, Length::Hours(24), "a draft is kept for 24 hours at most"),
        (
            "keep.session",
            &keep.session,
            Length::Hours(24),
            "a session ends after 24 hours at the latest (SEC-2)",
        ),
        ("keep.user", &keep.user, Length::Days(0), "a user who left goes the same day (MEM-6)"),
        (
            "keep.backup",
            &keep.backup,
            Length::Days(30),
            "deleted means gone from backups within 30 days (RET-9)",
        ),
        (
            "deadlines.answer",
            &deadlines.answer,
            Length::Days(30),
            "a request is answered within one month, which 30 days keep as a rule (UK GDPR 12(3))",
        ),
        (
            "deadlines.receipt",
            &deadlines.receipt,
            Length::Days(30),
            "the receipt comes no later than the answer",
        ),
        (
            "deadlines.complaint",
            &deadlines.complaint,
            Length::Days(30),
            "a complaint is acknowledged within 30 days (DPA 2018 s.164A)",
        ),
        (
            "deadlines.breach",
            &deadlines.breach,
            Length::Hours(72),
            "a breach is reported within 72 hours (UK GDPR 33(1))",
        ),
        (
            "deadlines.breach_processor",
            &deadlines.breach_processor,
            Length::Hours(72),
            "processors are told no later than the Commissioner (BRE-2)",
        ),
        (
            "deadlines.notice",
            &deadlines.notice,
            Length::Months(1),
            "the notice is served within one month (UK GDPR 14(3))",
        ),
    ];
    for (path, term, most, reason) in at_most {
        if term.length.at_most_hours() > most.at_most_hours() {
            report.error(path, format!("{} is too long: {reason}", term.length));
        }
    }
    let should: [(&str, &Term, Length, &str); 5] = [
        (
            "reviews.documents",
            &reviews.documents,
            Length::Months(6),
            "governing documents are reviewed every six months (DOC-1)",
        ),
        (
            "reviews.registration",
            &reviews.registration,
            Length::Months(12),
            "the registration is renewed each year (DOC-3)",
        ),
        ("reviews.audit", &reviews.audit, Length::Months(12), "what is old is audited each year (RET-13)"),
        (
            "reviews.old_after",
            &reviews.old_after,
            Length::Months(24),
            "what is more than two years old is audited (RET-13)",
        ),
        (
            "reviews.certification",
            &reviews.certification,
            Length::Months(12),
            "users certify at least once a year (MEM-3)",
        ),
    ];
    for (path, term, most, reason) in should {
        if term.length.at_most_hours() > most.at_most_hours() {
            report.warning(path, format!("{} is long: {reason}", term.length));
        }
    }
}

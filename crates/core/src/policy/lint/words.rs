//! Lists of words, sentences that contradict each other, and sentences that were replaced (POL-2, POL-3).
use super::Report;
use crate::policy::{Policy, Severity, Tag, practice::Word};

pub(super) fn lint(policy: &Policy, report: &mut Report<'_>) {
    report.unique("area", ".id", policy.areas.iter().map(|area| &area.id));
    if policy.areas.is_empty() {
        report.error("area", "there is no place in the area: add an `[[area]]`");
    }
    vocabulary("incidents.categories", &policy.incidents.categories, report);
    vocabulary("incidents.items", &policy.incidents.items, report);
    vocabulary("incidents.outcomes", &policy.incidents.outcomes, report);
    tags(policy, report);
    conflicts(policy, report);
    for (index, replaced) in policy.replaced.iter().enumerate() {
        report.note(
            &format!("replaced[{index}]"),
            format!(
                "replaced: “{}” ({}). {} Instead: {}",
                replaced.says, replaced.clause, replaced.why, replaced.instead
            ),
        );
    }
}

fn vocabulary(path: &str, words: &[Word], report: &mut Report<'_>) {
    if words.is_empty() {
        report.error(path, "this list is empty: nothing could be chosen");
    }
    report.unique(path, ".id", words.iter().map(|word| &word.id));
    report.unique(path, ".label", words.iter().map(|word| word.label.to_lowercase()));
}

/// A tag is a value of a category, so the category must be held.
fn tags(policy: &Policy, report: &mut Report<'_>) {
    report.unique("tag", ".id", policy.tags.iter().map(|tag| &tag.id));
    report.unique("tag", ".label", policy.tags.iter().map(|tag| tag.label.to_lowercase()));
    for (index, tag) in policy.tags.iter().enumerate() {
        let path = format!("tag[{index}].category");
        if !Tag::CATEGORIES.contains(&tag.category) {
            let fitting = Tag::CATEGORIES.map(|category| category.to_string()).join(" or ");
            report.error(&path, format!("a tag cannot be {}: it can be {fitting}", tag.category));
        } else if policy.category(tag.category).is_none() {
            report
                .error(&path, format!("this scheme holds no {}: add its `[[category]]` first", tag.category));
        }
    }
}

/// Each conflict with both sentences and the choice.
fn conflicts(policy: &Policy, report: &mut Report<'_>) {
    report.unique("conflict", ".id", policy.conflicts.iter().map(|conflict| &conflict.id));
    for (index, conflict) in policy.conflicts.iter().enumerate() {
        let path = format!("conflict[{index}]");
        if !report.places.has(&conflict.about) {
            report.error(
                &format!("{path}.about"),
                format!("`{}` is no place in this file, such as `retention.known.repeat`", conflict.about),
            );
        }
        if conflict.first.says == conflict.second.says {
            report.error(&format!("{path}.second"), "both sentences are the same: where is the conflict?");
        }
        report.findings.push(report.places.finding(
            Severity::Note,
            &path,
            format!(
                "conflict `{}`: “{}” ({}), but “{}” ({}). Choice: {} {}",
                conflict.id,
                conflict.first.says,
                conflict.first.clause,
                conflict.second.says,
                conflict.second.clause,
                conflict.choice,
                conflict.why
            ),
        ));
    }
}

//! The graduated response and who decides on it: steps that are reached, in order, with an end (EXC-1, EXC-2).
use super::{
    Report,
    time::{LONGEST_MONTHS, USUAL_MONTHS},
};
use crate::policy::{
    Policy,
    category::Viewer,
    period::Length,
    practice::{BREACH, Scope, Step, StepKind},
    retention::ExclusionEffect,
};

pub(super) fn lint(policy: &Policy, report: &mut Report<'_>) {
    let exclusions = &policy.exclusions;
    report.unique("exclusions.step", ".id", exclusions.steps.iter().map(|step| &step.id));
    if exclusions.steps.is_empty() {
        report.error("exclusions", "there is no `[[exclusions.step]]`");
    }
    if exclusions.votes == 0 || exclusions.votes > 100 {
        report.error("exclusions.votes", "how many must agree: 1 to 100");
    }
    let mut least = 0;
    for (index, step) in exclusions.steps.iter().enumerate() {
        let path = format!("exclusions.step[{index}]");
        if step.after_incidents == 0 {
            report.error(
                &format!("{path}.after_incidents"),
                "nobody is warned or excluded without an incident",
            );
        }
        if step.after_incidents < least {
            report.warning(&format!("{path}.after_incidents"), "the steps are not in order, mildest first");
        }
        least = step.after_incidents;
        counts(policy, index, step, report);
        match step.kind {
            StepKind::Warning => {
                if !step.scopes.is_empty() || step.months.is_some() || step.longest_months.is_some() {
                    report.error(&path, "a warning excludes from nowhere: no `scopes`, no `months`");
                }
            }
            StepKind::Exclusion => exclusion_step(&path, step, report),
        }
    }
    deciding(policy, report);
    let none_has_effect =
        policy.columns.tables().iter().all(|(_, rules)| rules.exclusion.effect == ExclusionEffect::None);
    let replaces =
        policy.columns.tables().iter().any(|(_, rules)| rules.exclusion.effect == ExclusionEffect::Replaces);
    if replaces && !exclusions.steps.iter().any(|step| step.scopes.contains(&Scope::Scheme)) {
        report.warning(
            "retention",
            "only a scheme-wide exclusion replaces what reports give, and no step has one",
        );
    }
    if none_has_effect && exclusions.steps.iter().any(|step| step.kind == StepKind::Exclusion) {
        report.warning("retention", "exclusions have no effect on how long anyone circulates");
    }
}

/// From when on a step may be taken, and whether it ever is the one that the tariff proposes (EXC-1).
fn counts(policy: &Policy, index: usize, step: &Step, report: &mut Report<'_>) {
    let path = |name: &str| format!("exclusions.step[{index}].{name}");
    for (name, n) in [("after_serious", step.after_serious), ("after_breaches", step.after_breaches)] {
        if n == Some(0) {
            report.error(
                &path(name),
                format!("0 makes no sense for `{name}`: leave it out where it sets nothing"),
            );
        }
    }
    if step.after_serious.is_some() && !policy.incidents.categories.iter().any(|word| word.serious) {
        report.error(
            &path("after_serious"),
            "no category of `incidents.categories` has `serious = true`: this can never be reached",
        );
    }
    let excludes = |step: &Step| step.kind == StepKind::Exclusion;
    if step.after_breaches.is_some() && !policy.exclusions.steps.iter().any(excludes) {
        report.error(&path("after_breaches"), "no step excludes anybody, so there is nothing to breach");
    }
    let is_reached_first = |later: &Step| {
        let sooner = |later: Option<u32>, this: Option<u32>| match (later, this) {
            (_, None) => true,
            (Some(later), Some(this)) => later <= this,
            (None, Some(_)) => false,
        };
        later.after_incidents <= step.after_incidents
            && sooner(later.after_serious, step.after_serious)
            && sooner(later.after_breaches, step.after_breaches)
    };
    if policy.exclusions.steps[index + 1..].iter().any(is_reached_first) {
        report.error(
            &path("id"),
            format!("`{}` can never be proposed: a later step is reached whenever this one is", step.id),
        );
    }
}

/// By whom, in which time and on what it is decided (EXC-2).
fn deciding(policy: &Policy, report: &mut Report<'_>) {
    let exclusions = &policy.exclusions;
    let alone = exclusions.authorised_by == [Viewer::Controller];
    if alone && exclusions.votes > 1 {
        report.error(
            "exclusions.votes",
            "the controller decides alone: write 1, or name the board in `authorised_by`",
        );
    }
    if exclusions.pseudonymised.is && exclusions.authorised_by.contains(&Viewer::Controller) {
        report.error(
            "exclusions.pseudonymised",
            "the controller keeps the records and knows on whom is decided: write `is = false`, or let others decide",
        );
    }
    if exclusions.pseudonymised.is && exclusions.authorised_by.contains(&Viewer::Staff) {
        report.error(
            "exclusions.pseudonymised",
            "staff see the records and could tell on whom is decided: write `is = false`, or let others decide",
        );
    }
    let within = exclusions.decide_within.length.at_most_hours();
    if within == 0 {
        report.error("exclusions.decide_within", "nobody can decide in no time");
    } else if within > Length::Months(6).at_most_hours() {
        report.error(
            "exclusions.decide_within",
            format!(
                "{} is too long to leave somebody in the balance: 6 months at most",
                exclusions.decide_within.length
            ),
        );
    }
    match exclusions.counts.months {
        0 => report.error("exclusions.counts.months", "then nothing counts towards any step"),
        n if n > LONGEST_MONTHS => report.error(
            "exclusions.counts.months",
            format!("{n} months is longer than a life: at most {LONGEST_MONTHS}"),
        ),
        n if n > USUAL_MONTHS && exclusions.counts.why.is_none() => {
            report.warning(
                "exclusions.counts.months",
                format!("{n} months is longer than {USUAL_MONTHS}: say `why`"),
            );
        }
        _ => {}
    }
    appeals(policy, report);
    let excludes = |step: &Step| step.kind == StepKind::Exclusion;
    if exclusions.steps.iter().any(excludes)
        && !policy.incidents.categories.iter().any(|word| &*word.id == BREACH)
    {
        report.error(
            "incidents.categories",
            format!("no category has the id `{BREACH}`: then nobody can report that an exclusion was breached (EXC-6)"),
        );
    }
    if exclusions.rules.lines.is_empty() {
        report.warning("exclusions.rules", "no rule tells somebody who is excluded what to mind");
    }
    for (name, words) in [("items", &policy.incidents.items), ("outcomes", &policy.incidents.outcomes)] {
        if let Some(at) = words.iter().position(|word| word.serious) {
            report.error(
                &format!("incidents.{name}[{at}]"),
                "what happened is serious, not what was taken or how it ended: `serious` belongs to `categories`",
            );
        }
    }
}

fn exclusion_step(path: &str, step: &Step, report: &mut Report<'_>) {
    if step.scopes.is_empty() {
        report.error(path, "an exclusion says from where: fill in `scopes`");
    }
    let Some(months) = step.months else {
        report.error(path, "an exclusion has a period that is made known to the person: fill in `months`");
        return;
    };
    let Some(longest) = step.longest_months else {
        report
            .error(path, "without an end in sight an exclusion cannot be weighed: fill in `longest_months`");
        return;
    };
    if months == 0 || longest == 0 {
        report.error(path, "an exclusion of 0 months makes no sense");
    }
    if months > longest {
        report
            .error(&format!("{path}.months"), format!("{months} months is more than the longest, {longest}"));
    }
    if longest > 60 {
        report.error(
            &format!("{path}.longest_months"),
            format!("{longest} months: an exclusion lasts 60 months at most"),
        );
    } else if longest > USUAL_MONTHS {
        report.warning(
            &format!("{path}.longest_months"),
            format!("{longest} months is longer than {USUAL_MONTHS}: can it still be proportionate?"),
        );
    }
}

/// An appeal is heard by people other than those who authorised (EXC-5), and neither by police (EXC-8).
fn appeals(policy: &Policy, report: &mut Report<'_>) {
    let exclusions = &policy.exclusions;
    let path = "exclusions.appeal_heard_by";
    let hearing = &exclusions.appeal_heard_by.viewers;
    report.unique(path, ".viewers", hearing.iter().copied());
    if hearing.is_empty() {
        report.error(path, "nobody hears appeals");
    }
    if let Some(viewer) = hearing.iter().find(|viewer| !matches!(viewer, Viewer::Board | Viewer::Controller))
    {
        report.error(path, format!("{viewer} hear no appeals: the board or the controller does"));
    }
    if *hearing == [Viewer::Controller] {
        report.error(
            path,
            "the controller proposes every exclusion, and so cannot hear the appeal alone (EXC-5): name the board",
        );
    }
    let decided = exclusions.appeal_decided.length.at_most_hours();
    if decided == 0 || decided > Length::Months(3).at_most_hours() {
        report.error(
            "exclusions.appeal_decided",
            "an appeal is decided within 1 day to 3 months of its receipt",
        );
    }
}

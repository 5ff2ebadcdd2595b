//! Who sees what, and whether the law lets it be held (SUB-1, SUB-6, VIS-1 to VIS-5).
use super::Report;
use crate::policy::{Category, CategoryRule, Nature, Policy, Viewer, practice::MarkPart};

pub(super) fn lint(policy: &Policy, report: &mut Report<'_>) {
    if policy.categories.is_empty() {
        report.error("category", "no category is listed: then nothing can be entered");
    }
    report.unique("category", ".kind", policy.categories.iter().map(|rule| rule.kind));
    for (index, rule) in policy.categories.iter().enumerate() {
        let path = format!("category[{index}]");
        audience(policy, &path, rule, report);
        forbidden(&path, rule, report);
        lawful(policy, &path, rule, report);
        release(&path, rule, report);
        advice(&path, rule, report);
    }
    conditions(policy, report);
    held(policy, report);
    ages(policy, report);
    deciding(policy, report);
    marks(policy, report);
}

fn audience(policy: &Policy, path: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    let list = format!("{path}.audience");
    report.unique(&list, "", rule.audience.iter().copied());
    if !rule.audience.contains(&Viewer::Controller) {
        report.error(&list, format!("the controller answers for the {} and must see it", rule.kind));
    }
    for viewer in rule.audience.iter().filter(|viewer| viewer.is_outside()) {
        if policy.recipient(*viewer).is_none() {
            report.error(&list, format!("{viewer} see the {}, but no `[[recipient]]` names them", rule.kind));
        }
    }
}

/// Audiences that see what the category forbids, whatever a file says.
fn forbidden(path: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    let list = format!("{path}.audience");
    let sees = |viewer| rule.audience.contains(&viewer);
    let members = sees(Viewer::Member) || sees(Viewer::TargetedMember);
    match rule.kind {
        Category::ContactDetails if members => report.error(
            &list,
            "members never see contact details (VIS-2); for civil recovery or legal proceedings there is `release`",
        ),
        Category::Convictions | Category::Arrests if members => {
            report.warning(&list, format!("members see {}: is that necessary for them to be safe?", rule.kind));
        }
        Category::Vulnerability if sees(Viewer::Member) => report.warning(
            &list,
            "every member sees that the person is vulnerable: as a rule the advice is enough",
        ),
        _ => {}
    }
    if rule.nature == Nature::Special && sees(Viewer::Member) {
        report.error(
            &list,
            format!(
                "{} is special category data and never for all members: write `targeted_member`, those picked for the person (SUB-6)",
                rule.kind
            ),
        );
    }
}

fn lawful(policy: &Policy, path: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    let in_law = rule.kind.nature_in_law();
    if in_law != Nature::Ordinary && rule.nature != in_law {
        report.error(&format!("{path}.nature"), format!("{} is {in_law}, whatever a file says", rule.kind));
    }
    if rule.nature == Nature::Special && !policy.subjects.special_category.is {
        report.error(
            &format!("{path}.kind"),
            format!(
                "{} is special category data, and `subjects.special_category` says that none is processed",
                rule.kind
            ),
        );
    }
    match &rule.condition {
        None if rule.nature != Nature::Ordinary => report.error(
            path,
            format!(
                "{} is {} and needs a lawful condition: fill in `condition` (SUB-6)",
                rule.kind, rule.nature
            ),
        ),
        Some(id) => match policy.conditions.iter().find(|condition| condition.id == *id) {
            None => report.error(
                &format!("{path}.condition"),
                format!("there is no `[[condition]]` with the id `{id}`"),
            ),
            Some(condition) if condition.nature != rule.nature => report.error(
                &format!("{path}.condition"),
                format!(
                    "the condition `{id}` allows {}, but {} is {}",
                    condition.nature, rule.kind, rule.nature
                ),
            ),
            Some(_) => {}
        },
        None => {}
    }
}

fn release(path: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    let Some(release) = &rule.release else { return };
    let path = format!("{path}.release");
    if release.to.is_empty() || release.reasons.is_empty() {
        report.error(&path, "a release names to whom and for what reasons");
    }
    for viewer in &release.to {
        if rule.audience.contains(viewer) {
            report.error(&path, format!("{viewer} see the {} anyway: a release adds nothing", rule.kind));
        }
    }
}

/// Advice stands in for vulnerability alone: in place of anything else it would tell that there is something to hide.
fn advice(path: &str, rule: &CategoryRule, report: &mut Report<'_>) {
    let Some(advice) = &rule.advice else {
        if rule.kind == Category::Vulnerability {
            report.note(
                &format!("{path}.kind"),
                "members are told nothing of what is right for somebody vulnerable: there is `advice` (SUB-5)",
            );
        }
        return;
    };
    let path = format!("{path}.advice");
    report.unique(&format!("{path}.to"), "", advice.to.iter().copied());
    if rule.kind != Category::Vulnerability {
        report.error(&path, format!("advice stands in for vulnerability, not for {}", rule.kind));
    }
    if advice.to.is_empty() {
        report.error(&path, "advice names who reads it");
    }
}

fn conditions(policy: &Policy, report: &mut Report<'_>) {
    report.unique("condition", ".id", policy.conditions.iter().map(|condition| &condition.id));
    for (index, condition) in policy.conditions.iter().enumerate() {
        let path = format!("condition[{index}]");
        if condition.nature == Nature::Ordinary {
            report.error(&format!("{path}.nature"), "ordinary personal data needs no condition");
        }
        if !policy.categories.iter().any(|rule| rule.condition.as_ref() == Some(&condition.id)) {
            report.warning(&format!("{path}.id"), "no category names this condition");
        }
        if !condition.policy_document {
            report.warning(
                &format!("{path}.policy_document"),
                "few conditions do without an appropriate policy document (DPA 2018, Schedule 1, paragraphs 5 and 38 to 41)",
            );
        }
    }
}

fn held(policy: &Policy, report: &mut Report<'_>) {
    for (path, viewers) in [
        ("subjects.held.viewers", &policy.subjects.held.viewers),
        ("members.audience.viewers", &policy.members.audience.viewers),
    ] {
        report.unique(path, "", viewers.iter().copied());
        if !viewers.contains(&Viewer::Controller) {
            report.error(path, "the controller answers for the data and must see it");
        }
    }
    for viewer in &policy.subjects.held.viewers {
        if !matches!(viewer, Viewer::Controller | Viewer::Staff) {
            report.error(
                "subjects.held.viewers",
                format!("after withdrawal only the controller and authorised staff see a person, not {viewer} (VIS-4)"),
            );
        }
    }
    for viewer in &policy.members.audience.viewers {
        if viewer.is_outside() {
            report.error(
                "members.audience.viewers",
                format!("members' own data goes to {viewer} only under a warrant, with permission or by law (VIS-6)"),
            );
        }
    }
}

fn ages(policy: &Policy, report: &mut Report<'_>) {
    let subjects = &policy.subjects;
    for (path, age) in [
        ("subjects.minimum_age", &subjects.minimum_age),
        ("subjects.necessity_under", &subjects.necessity_under),
    ] {
        match age.years.0 {
            Some(0) => report.error(path, "nobody is younger than 0: write \"none\""),
            Some(years) if years > 25 => {
                report.error(path, format!("{years} is no sensible age for this rule"));
            }
            _ => {}
        }
    }
    match (subjects.minimum_age.years.0, subjects.necessity_under.years.0) {
        (Some(minimum), Some(under)) if under <= minimum => report.error(
            "subjects.necessity_under",
            format!("nobody under {minimum} is held, so a necessity under {under} can never be asked for"),
        ),
        _ => {}
    }
    if subjects.minimum_age.years.0.is_some_and(|years| years > 0) && !policy.holds(Category::DateOfBirth) {
        report.warning(
            "subjects.minimum_age",
            "no date of birth may be held: the minimum age rests on apparent age alone",
        );
    }
}

/// Who decides on exclusions needs to know why, and must not be police (EXC-2, EXC-8).
fn deciding(policy: &Policy, report: &mut Report<'_>) {
    let path = "exclusions.authorised_by";
    let deciders = &policy.exclusions.authorised_by;
    report.unique(path, "", deciders.iter().copied());
    if deciders.is_empty() {
        report.error(path, "nobody authorises exclusions");
    }
    for viewer in deciders {
        if !matches!(viewer, Viewer::Board | Viewer::Controller | Viewer::Staff) {
            report.error(
                path,
                format!("{viewer} take no part in deciding an exclusion (EXC-8): the board, the controller or staff do"),
            );
        } else if !policy.sees(*viewer, Category::Evidence) {
            report.warning(path, format!("{viewer} decides on evidence that it does not see"));
        }
    }
}

fn marks(policy: &Policy, report: &mut Report<'_>) {
    for (part, name) in [(MarkPart::Viewer, "viewer"), (MarkPart::Scheme, "scheme"), (MarkPart::Time, "time")]
    {
        if !policy.images.mark.contains(&part) {
            report.error(
                "images.mark",
                format!("pictures bear a mark of viewer, scheme and time: `{name}` is missing (VIS-8)"),
            );
        }
    }
}

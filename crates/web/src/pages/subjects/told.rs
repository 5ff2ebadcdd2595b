//! What is held of a person, who sees it, where it came from, and what happened: in words.
use crate::words;
use fairwatch_app::subjects::{Involved, Open, Recorded};
use fairwatch_core::{
    exclusions::Scope,
    intelligence::{Knowledge, Reliability},
    policy::{Category, Policy, Viewer},
    scope::Scope as OrgScope,
    subjects::{Field, Source},
};

/// Who sees a category of a person who is shown: `Members, staff and the controller`.
pub(crate) fn audience(policy: &Policy, category: Category) -> String {
    let sees = |viewer: Viewer| policy.sees(viewer, category);
    let viewers = Viewer::ALL
        .into_iter()
        // A targeted member sees what any member sees; to name both would puzzle.
        .filter(|viewer| sees(*viewer) && !(*viewer == Viewer::TargetedMember && sees(Viewer::Member)))
        .map(|viewer| viewer.to_string())
        .collect::<Vec<_>>();
    if viewers.is_empty() { "Nobody".to_owned() } else { words::capital(&words::list(&viewers)) }
}

/// The same in the middle of a sentence, where picked members are named as what they are (SUB-6).
pub(crate) fn seen_by(policy: &Policy, category: Category) -> String {
    let text = audience(policy, category);
    let mut letters = text.chars();
    let text = letters.next().map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect());
    text.replace("targeted members", "members picked for the person")
}

/// Where an item came from (INC-5).
pub(crate) fn source(scope: &OrgScope, source: &Source, involved: &[Involved]) -> String {
    match source {
        Source::Subject => "from the person".to_owned(),
        Source::Controller => "from the controller".to_owned(),
        Source::Intelligence { grading, .. } => format!(
            "from a member, who is {}; {}",
            reliability(grading.source).to_lowercase(),
            knowledge(grading.information).to_lowercase()
        ),
        Source::Police { agreement } => {
            let agreement = scope.policy.agreement(agreement);
            agreement
                .map_or_else(|| "from the police".to_owned(), |a| format!("from {}, {}", &*a.with, &*a.name))
        }
        Source::Scheme { agreement } => {
            let agreement = scope.policy.agreement(agreement);
            agreement.map_or_else(
                || "from another scheme".to_owned(),
                |a| format!("from {}, {}", &*a.with, &*a.name),
            )
        }
        Source::SocialMedia { address, seen_on } => {
            format!("from a public page, {address}, seen on {}", words::date(*seen_on))
        }
        Source::Report { report, .. } => {
            let known = involved.iter().find(|involved| involved.report == *report);
            known.map_or_else(
                || "from a report that is no longer held".to_owned(),
                |involved| format!("from report {}", scope.reference(involved.report_number)),
            )
        }
    }
}

/// How far whoever said something can be relied upon (INC-4).
pub(crate) fn reliability(source: Reliability) -> &'static str {
    match source {
        Reliability::Reliable => "Reliable",
        Reliability::Untested => "Untested",
        Reliability::NotReliable => "Not reliable",
    }
}

/// How whoever said something came to know (INC-4).
pub(crate) fn knowledge(information: Knowledge) -> &'static str {
    match information {
        Knowledge::Direct => "Known directly",
        Knowledge::Indirect => "Known from somebody else",
        Knowledge::Unknown => "Not known how",
        Knowledge::Doubtful => "Suspected to be false",
    }
}

/// What a category is called above its value.
pub(crate) fn label(category: Category) -> String {
    words::capital(&category.to_string())
}

/// The fields of a profile in the order of the policy's categories, the newest of each first.
pub(crate) fn in_order(open: &Open) -> Vec<&Field> {
    Category::ALL
        .iter()
        .flat_map(|category| {
            open.profile.fields.iter().rev().filter(move |field| field.category == *category)
        })
        .collect()
}

/// What happened, as the timeline names it: a title and a line.
pub(crate) fn happened(what: &Recorded) -> (String, String) {
    let own = |title: &str, text: &str| (title.to_owned(), text.to_owned());
    match what {
        Recorded::Report { reference, images, .. } => (
            format!("Report {reference}"),
            match images {
                0 => "approved; it counts from this day".to_owned(),
                n => {
                    let pictures = words::count(*n as usize, "picture", "pictures");
                    format!("approved, with {pictures}; it counts from this day")
                }
            },
        ),
        Recorded::ReportRemoved { reference } => (
            format!("Report {reference} taken away"),
            "everything was worked out again without it".to_owned(),
        ),
        Recorded::Identified => own("Named", "the person is no longer unknown"),
        Recorded::BornKnown => own("Date of birth learnt", ""),
        Recorded::NameRemoved => own("Name removed", "as if nobody had named the person"),
        Recorded::BirthRemoved => own("Date of birth removed", ""),
        Recorded::PublicInterest => own("Public interest recorded", ""),
        Recorded::Agreement { by } if by == "police" => own("The police agreed", ""),
        Recorded::Agreement { .. } => own("The board agreed", ""),
        Recorded::Hold { ends: Some(ends), .. } => {
            ("Hold".to_owned(), format!("until {}", words::date(*ends)))
        }
        Recorded::Hold { ends: None, .. } => own("Hold", "until it is ended"),
        Recorded::HoldEnded { .. } => own("Hold ended", ""),
        Recorded::Restricted => own("Restricted", "members do not see this person"),
        Recorded::RestrictionEnded => own("Restriction ended", ""),
        Recorded::Erased => own("Erased", ""),
        Recorded::Excluded { ends, scope, .. } => {
            let from =
                if *scope == Scope::Scheme { "all members’ premises" } else { "some members’ premises" };
            ("Excluded".to_owned(), format!("from {from}, until {}", words::date(*ends)))
        }
        Recorded::ExclusionLifted { .. } => own("Exclusion lifted", ""),
        Recorded::Merged { reference } => (
            format!("Merged with {reference}"),
            "two records of one person are one; the clocks take the events of both".to_owned(),
        ),
    }
}

/// How many years old somebody is on a day.
pub(crate) fn age(born: jiff::civil::Date, today: jiff::civil::Date) -> i16 {
    let had_birthday = (today.month(), today.day()) >= (born.month(), born.day());
    today.year() - born.year() - i16::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_age_is_reached_on_the_birthday() {
        assert_eq!(age(date(2010, 11, 21), date(2026, 11, 20)), 15);
        assert_eq!(age(date(2010, 11, 21), date(2026, 11, 21)), 16);
    }

    #[test]
    fn each_event_has_words() {
        let (title, text) = happened(&Recorded::Report {
            reference: "CS-0007".into(),
            incident: "CS-0007".into(),
            occurred: date(2026, 11, 20),
            images: 1,
        });
        assert_eq!(title, "Report CS-0007");
        assert!(text.contains("1 picture;"));
    }
}

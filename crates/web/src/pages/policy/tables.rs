//! The tables of the published policy: how long people are kept, how long everything else, by when one is answered.
use super::{PolicyRow, PolicyTable};
use fairwatch_core::policy::{
    Policy,
    columns::ColumnRules,
    period::{Length, Limit, Term},
    retention::{Admit, ExclusionEffect},
    text::Text,
};

/// Every table of the page.
pub(super) fn all(policy: &Policy) -> Vec<PolicyTable> {
    vec![people(policy), rest(policy), deadlines(policy)]
}

fn months(n: u32) -> String {
    Length::Months(n).to_string()
}

fn limit(limit: &Limit) -> String {
    limit.0.map_or_else(|| "No such limit".to_owned(), months)
}

type Cell = fn(&ColumnRules) -> (String, &Text);

/// The rows of the retention table, in the order of somebody's life in it.
const ROWS: &[(&str, &str, Cell)] = &[
    ("admit", "May be held", |rules| {
        let held = match rules.admit.held {
            Admit::Yes => "Yes",
            Admit::WithAgreement => {
                "Only with significant public interest, and the agreement of police and board"
            }
        };
        (held.to_owned(), &rules.admit.clause)
    }),
    ("first", "Shown to members after a first report", |rules| {
        (months(rules.first.months), &rules.first.clause)
    }),
    ("repeat", "Shown to members from a further report on", |rules| {
        (months(rules.repeat.months), &rules.repeat.clause)
    }),
    ("exclusion", "What an exclusion does to that", |rules| {
        let effect = match rules.exclusion.effect {
            ExclusionEffect::Extends => "Makes it longer where the exclusion ends later",
            ExclusionEffect::Replaces => {
                "Sets its end where it is for the whole scheme and follows a further report"
            }
            ExclusionEffect::None => "Nothing",
        };
        (effect.to_owned(), &rules.exclusion.clause)
    }),
    ("hold", "Then kept for the controller alone", |rules| match rules.hold.months {
        0 => ("Not at all: deleted at once".to_owned(), &rules.hold.clause),
        n => (months(n), &rules.hold.clause),
    }),
    ("single_report_delete", "Deleted, with one report alone, after", |rules| {
        (limit(&rules.single_report_delete.months), &rules.single_report_delete.clause)
    }),
    ("cap", "Deleted at the latest, counted from the latest report, after", |rules| {
        (limit(&rules.cap.months), &rules.cap.clause)
    }),
    ("stub", "That a profile was held and deleted stays recorded for", |rules| {
        (limit(&rules.stub.months), &rules.stub.clause)
    }),
    ("incident", "An incident is deleted after", |rules| {
        (limit(&rules.incident.months), &rules.incident.clause)
    }),
    ("unidentified_image", "A picture of somebody unidentified is deleted after", |rules| {
        (limit(&rules.unidentified_image.months), &rules.unidentified_image.clause)
    }),
];

fn people(policy: &Policy) -> PolicyTable {
    let tables = policy.columns.tables();
    let columns = tables.iter().map(|(name, _)| column(name).to_owned()).collect();
    let row = |(_, label, cell): &(&str, &str, Cell)| {
        let (cells, clauses): (Vec<String>, Vec<&Text>) = tables.iter().map(|(_, rules)| cell(rules)).unzip();
        // A clause that serves several columns is named once.
        let mut source: Vec<&str> = Vec::new();
        for clause in clauses {
            if !source.contains(&&**clause) {
                source.push(clause);
            }
        }
        PolicyRow { label: (*label).to_owned(), cells, source: source.join("; ") }
    };
    PolicyTable {
        title: "People who are reported".into(),
        text: "Counted in whole calendar months from the day of a report. Somebody is shown on the day before an end, and not on it.".into(),
        columns,
        rows: ROWS.iter().map(row).collect(),
    }
}

fn column(name: &str) -> &str {
    match name {
        "all" => "Everybody",
        "known" => "Adults who are named",
        "unknown" => "Adults who are not",
        "under_18" => "Under 18",
        "under_14" => "Under 14",
        other => other,
    }
}

/// A place in a policy file in words, such as `retention.known.repeat`; one without words keeps its name.
pub(super) fn place(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    let row = |name: &str| ROWS.iter().find(|(known, ..)| *known == name).map(|(_, label, _)| *label);
    match parts[..] {
        ["retention", table, name] => match row(name) {
            Some(label) if table == "all" => label.to_owned(),
            Some(label) => format!("{label}: {}", column(table)),
            None => path.to_owned(),
        },
        ["keep", name] => labelled(KEPT, name).unwrap_or(path).to_owned(),
        ["deadlines", name] => labelled(ANSWERED, name).unwrap_or(path).to_owned(),
        _ => path.to_owned(),
    }
}

const KEPT: &[(&str, &str)] = &[
    ("review_delay", "The most by which a report that waits delays a deletion"),
    ("rejected_report", "A report that was rejected"),
    ("unattached", "What came from police, other schemes or the public, and belongs to no report"),
    ("intelligence", "What a member sent that belongs to nobody"),
    ("incident_without_subject", "An incident with nobody in it"),
    ("letter", "A letter"),
    ("vote", "A vote on an exclusion, after the decision"),
    ("service_record", "That a notice was served, or tried to be"),
    ("appeal", "An appeal, after its decision"),
    ("request", "A request about one's own data, after it was answered"),
    ("pack", "The copy that answered it, after it was sent"),
    ("complaint", "A complaint, after its outcome"),
    ("breach", "An entry in the register of breaches, after it was closed"),
    ("enquiry", "An enquiry, after it was answered"),
    ("application", "A business that applied and did not join"),
    ("user", "A user who left or was removed"),
    ("conduct", "That a member broke the rules, or was suspended or removed"),
    ("certification", "Who certified what, after the next time"),
    ("session", "A sign-in without activity"),
    ("draft", "What a user typed and did not send"),
    ("mail", "A message, after it was sent or given up"),
    ("export", "A file that a user had made"),
    ("news", "News, alerts and events, after they were over"),
    ("meeting", "Meetings: who was invited and came, and what was said"),
    ("sharing", "What went to whom"),
    ("hold_record", "That a record was held back from deletion, after the hold ended"),
    ("old_document", "A former version of a document"),
    ("audit", "The audit: who did what, and when"),
    ("backup", "What is deleted, in backups"),
];

const ANSWERED: &[(&str, &str)] = &[
    ("answer", "A request about your own data is answered"),
    ("receipt", "Its receipt is confirmed"),
    ("complaint", "A complaint is acknowledged"),
    ("breach", "A breach is reported to the board and the Information Commissioner"),
    ("breach_processor", "A breach is reported to the companies concerned"),
    ("notice", "You are told, where your data did not come from you"),
    ("leaving", "A member who left confirms it"),
];

fn labelled(labels: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    labels.iter().find(|(known, _)| *known == name).map(|(_, label)| *label)
}

fn terms(list: &[(&'static str, &Term)], labels: &[(&str, &'static str)]) -> Vec<PolicyRow> {
    let row = |(name, term): &(&'static str, &Term)| PolicyRow {
        label: labelled(labels, name).unwrap_or(name).to_owned(),
        cells: vec![match term.length {
            Length::Hours(0) | Length::Days(0) | Length::Months(0) => "At once".to_owned(),
            length => length.to_string(),
        }],
        source: term.clause.to_string(),
    };
    list.iter().map(row).collect()
}

fn rest(policy: &Policy) -> PolicyTable {
    PolicyTable {
        title: "Everything else".into(),
        text: String::new(),
        columns: vec!["Kept for".into()],
        rows: terms(&policy.keep.terms(), KEPT),
    }
}

fn deadlines(policy: &Policy) -> PolicyTable {
    PolicyTable {
        title: "By when".into(),
        text: String::new(),
        columns: vec!["Within".into()],
        rows: terms(&policy.deadlines.terms(), ANSWERED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn policies() -> Vec<Policy> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files
            .filter(|file| file.extension().is_some_and(|kind| kind == "toml"))
            .map(|file| Policy::parse("policy", &std::fs::read_to_string(file).unwrap()).unwrap())
            .collect()
    }

    #[test]
    fn pol_4_every_period_of_a_policy_has_words_on_its_public_page() {
        for policy in policies() {
            let known = |labels: &[(&str, &str)], name: &str| labels.iter().any(|(found, _)| *found == name);
            assert!(policy.keep.terms().iter().all(|(name, _)| known(KEPT, name)));
            assert!(policy.deadlines.terms().iter().all(|(name, _)| known(ANSWERED, name)));
            for table in all(&policy) {
                assert!(table.rows.iter().all(|row| row.cells.len() == table.columns.len()));
            }
        }
    }

    #[test]
    fn a_place_in_the_file_is_told_in_words() {
        assert_eq!(
            place("retention.all.cap"),
            "Deleted at the latest, counted from the latest report, after"
        );
        assert_eq!(
            place("retention.known.first"),
            "Shown to members after a first report: Adults who are named"
        );
        assert_eq!(place("keep.draft"), "What a user typed and did not send");
        assert_eq!(place("images.police"), "images.police");
    }
}

//! The tables of the requirements, cell by cell, against the files.
use super::{all, policy, table};
use fairwatch_core::policy::{
    Category, Nature, Viewer,
    retention::{Admit, Column, ExclusionEffect},
};

fn months(cell: &str) -> Option<u32> {
    (cell != "-").then(|| cell.parse().unwrap())
}

#[test]
fn ret_1_to_ret_8_the_retention_table_cell_by_cell() {
    let rows = table("retention.md");
    assert_eq!(rows.len(), all().len() * 4, "every column of every file");
    for row in rows {
        let retention = policy(&row[0]).retention();
        let column = match &*row[1] {
            "known" => Column::Known,
            "unknown" => Column::Unknown,
            "under_18" => Column::Under18,
            "under_14" => Column::Under14,
            other => panic!("{other}"),
        };
        let rules = retention.rules(column);
        let exclusion = match rules.exclusion {
            ExclusionEffect::Extends => "extends",
            ExclusionEffect::Replaces => "replaces",
            ExclusionEffect::None => "none",
        };
        let admit = match rules.admit {
            Admit::Yes => "yes",
            Admit::WithAgreement => "with_agreement",
        };
        assert_eq!(Some(rules.first), months(&row[2]), "first of {row:?}");
        assert_eq!(Some(rules.repeat), months(&row[3]), "repeat of {row:?}");
        assert_eq!(Some(rules.hold), months(&row[4]), "hold of {row:?}");
        assert_eq!(rules.single_report_delete, months(&row[5]), "single_report_delete of {row:?}");
        assert_eq!(rules.cap, months(&row[6]), "cap of {row:?}");
        assert_eq!(exclusion, row[7], "exclusion of {row:?}");
        assert_eq!(rules.stub, months(&row[8]), "stub of {row:?}");
        assert_eq!(rules.incident, months(&row[9]), "incident of {row:?}");
        assert_eq!(rules.unidentified_image, months(&row[10]), "unidentified_image of {row:?}");
        assert_eq!(admit, row[11], "admit of {row:?}");
        assert_eq!(retention.minimum_age.map(u32::from), months(&row[12]), "minimum of {row:?}");
    }
}

#[test]
fn vis_1_to_vis_4_sub_1_sub_6_sha_1_who_sees_what() {
    for row in table("sight.md") {
        let policy = policy(&row[1]);
        let viewer: Viewer = serde_json::from_value(row[2].clone().into()).unwrap();
        let answer = if row[3] == "held" {
            if policy.sees_held(viewer) { "yes" } else { "no" }
        } else {
            let category: Category = serde_json::from_value(row[3].clone().into()).unwrap();
            if policy.sees(viewer, category) {
                "yes"
            } else if policy.release(viewer, category).is_some() {
                "release"
            } else {
                "no"
            }
        };
        assert_eq!(answer, row[4], "{row:?}");
    }
}

#[test]
fn sub_6_each_category_names_its_lawful_condition() {
    for (name, _) in all() {
        let policy = policy(&name);
        for rule in &policy.categories {
            let condition = policy.conditions.iter().find(|c| Some(&c.id) == rule.condition.as_ref());
            match rule.nature {
                Nature::Ordinary => assert!(condition.is_none(), "{name}: {}", rule.kind),
                nature => assert_eq!(condition.unwrap().nature, nature, "{name}: {}", rule.kind),
            }
        }
    }
}

#[test]
fn vis_5_everyone_outside_looks_under_a_named_agreement_and_with_a_reason() {
    for (name, _) in all() {
        let policy = policy(&name);
        for viewer in Viewer::ALL.into_iter().filter(|viewer| viewer.is_outside()) {
            let sees = Category::ALL.into_iter().any(|category| policy.sees(viewer, category));
            let recipient = policy.recipient(viewer);
            assert_eq!(sees, recipient.is_some(), "{name}: {viewer}");
            if let Some(recipient) = recipient {
                assert!(
                    policy.agreement(recipient.agreement.as_deref().unwrap()).is_some(),
                    "{name}: {viewer}"
                );
                assert!(policy.asks_reason(viewer), "{name}: {viewer}");
            }
        }
    }
}

#[test]
fn sub_4_the_age_rules_of_each_file() {
    for row in table("ages.md") {
        let subjects = policy(&row[0]).subjects;
        assert_eq!(subjects.minimum_age.years().map(u32::from), months(&row[1]), "{row:?}");
        assert_eq!(subjects.necessity_under.years().map(u32::from), months(&row[2]), "{row:?}");
    }
}

#[test]
fn inc_3_inc_6_the_address_on_a_report_and_public_pages_as_sources() {
    use fairwatch_core::policy::scheme::SourceKind;
    for row in table("choices.md") {
        let policy = policy(&row[0]);
        let yes = |cell: &str| cell == "yes";
        assert_eq!(policy.members.email_stays_with_report.is, yes(&row[1]), "{row:?}");
        let social = policy.sources.iter().any(|source| source.kind == SourceKind::SocialMedia);
        assert_eq!(social, yes(&row[2]), "{row:?}");
        assert_eq!(policy.subjects.special_category.is, yes(&row[3]), "{row:?}");
    }
}

#[test]
fn ret_15_the_ends_that_all_schemes_share() {
    use fairwatch_core::policy::period::Length;
    for (name, _) in all() {
        let keep = policy(&name).keep;
        assert_eq!(keep.rejected_report.length, Length::Days(28), "{name}");
        assert_eq!(keep.unattached.length, Length::Days(28), "{name}");
        assert_eq!(keep.review_delay.length, Length::Days(7), "{name}");
        assert_eq!(keep.draft.length, Length::Hours(24), "{name}");
        assert_eq!(keep.backup.length, Length::Days(30), "{name}");
    }
}

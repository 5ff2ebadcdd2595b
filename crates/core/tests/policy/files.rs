//! The ready files (POL-2) and what the lint says of them (POL-3).
use super::{all, errors, folder, policy, table, text};
use fairwatch_core::policy::{Severity, check, lint, lint_on, schema, scheme::Kind};
use jiff::civil::date;
use std::{collections::BTreeSet, fs};

#[test]
fn pol_1_pol_2_every_file_of_the_folder_is_accepted() {
    let mut generic = 0;
    for (name, text) in all() {
        let (policy, findings) = check(&name, &text);
        let refused: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
        assert!(refused.is_empty(), "{refused:#?}");
        let policy = policy.unwrap();
        generic += usize::from(policy.scheme.kind == Kind::Generic);
        assert!(text.starts_with("#:schema ./policy.schema.json\n"), "{name}: editors find the schema there");
    }
    assert_eq!(all().len(), 4);
    assert_eq!(generic, 1, "one pattern for a new scheme");
}

#[test]
fn pol_1_names_in_addresses_and_references_are_their_own() {
    let policies: Vec<_> = all().iter().map(|(name, _)| policy(name)).collect();
    let slugs: BTreeSet<_> = policies.iter().map(|p| p.scheme.slug.to_string()).collect();
    let prefixes: BTreeSet<_> = policies.iter().map(|p| p.scheme.prefix.to_string()).collect();
    assert_eq!((slugs.len(), prefixes.len()), (4, 4));
}

/// Editors read the committed schema; `POLICY_SCHEMA=write` renews it.
#[test]
fn pol_1_the_committed_schema_is_what_the_code_builds() {
    let path = folder().join("policy.schema.json");
    let built = schema();
    if std::env::var_os("POLICY_SCHEMA").is_some() {
        fs::write(&path, &built).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap(), built, "run the test again with POLICY_SCHEMA=write");
}

#[test]
fn pol_3_each_conflict_is_printed_with_both_sentences_and_the_choice() {
    for row in table("conflicts.md") {
        let [name, ids, abouts] = &row[..] else { panic!("{row:?}") };
        let policy = policy(name);
        let found: Vec<_> = policy.conflicts.iter().map(|c| c.id.to_string()).collect();
        assert_eq!(found.join(" "), *ids, "{name}");
        let found: Vec<_> = policy.conflicts.iter().map(|c| c.about.to_string()).collect();
        assert_eq!(found.join(" "), *abouts, "{name}");
        let findings = lint(&policy);
        for conflict in &policy.conflicts {
            let parts = [&conflict.first.says, &conflict.second.says, &conflict.choice];
            let note = findings
                .iter()
                .find(|f| {
                    f.severity == Severity::Note && parts.iter().all(|part| f.reason.contains(&***part))
                })
                .unwrap_or_else(|| panic!("{name}: {} is not printed", conflict.id));
            let line = text(name).lines().nth(note.line as usize - 1).unwrap().to_owned();
            assert_eq!(line, "[[conflict]]", "{note}");
        }
    }
}

#[test]
fn pol_2_what_is_unlawful_or_out_of_date_is_replaced_and_listed() {
    for row in table("replaced.md") {
        let [name, says] = &row[..] else { panic!("{row:?}") };
        let policy = policy(name);
        assert!(policy.replaced.iter().any(|replaced| replaced.says.contains(says)), "{name}: {says}");
        let listed =
            lint(&policy).into_iter().any(|f| f.severity == Severity::Note && f.reason.contains(says));
        assert!(listed, "{name}: {says}");
    }
}

#[test]
fn pol_2_the_pattern_says_what_to_fill_in() {
    let (name, text) = all().into_iter().find(|(name, _)| policy(name).scheme.kind == Kind::Generic).unwrap();
    let (_, findings) = check(&name, &text);
    for part in [
        "scheme that does not exist",
        "is an example",
        "`number` and `expires`",
        "was signed",
        "`[[processor]]`",
    ] {
        assert!(
            findings.iter().any(|f| f.severity == Severity::Warning && f.reason.contains(part)),
            "{part}: {findings:#?}"
        );
    }
}

#[test]
fn ret_7_a_record_of_deleted_profiles_is_warned_of() {
    for (name, text) in all() {
        let policy = policy(&name);
        let stubs = policy.columns.tables().iter().filter(|(_, rules)| rules.stub.months.0.is_some()).count();
        let (_, findings) = check(&name, &text);
        assert_eq!(
            findings
                .iter()
                .filter(|f| f.reason.contains(
                    "recital 64 is against keeping data only to be able to answer possible requests"
                ) && f.severity == Severity::Warning)
                .count(),
            stubs,
            "{name}"
        );
    }
}

#[test]
fn pol_3_findings_read_as_file_line_gravity_reason() {
    let findings = errors("format = 1\nfromat = 2\n");
    assert!(
        findings[0].to_string().starts_with("x.toml:2: error: unknown field `fromat`"),
        "{}",
        findings[0]
    );
}

#[test]
fn doc_3_a_registration_that_ran_out_is_seen_on_the_day() {
    let text = text("generic")
        .replace("[registration]\n", "[registration]\nnumber = \"Z0000000\"\nexpires = 2027-03-31\n");
    let (policy, _) = check("x.toml", &text);
    let policy = policy.unwrap();
    let ran_out = |today| lint_on(&policy, today).iter().any(|f| f.reason.contains("ran out on 2027-03-31"));
    assert!(!ran_out(date(2027, 3, 31)));
    assert!(ran_out(date(2027, 4, 1)));
}

#[test]
fn pol_3_days_still_to_come_are_refused_where_only_the_past_makes_sense() {
    let text = text("generic").replace("[[agreement]]\n", "[[agreement]]\nsigned = 2027-01-02\n");
    let (policy, _) = check("x.toml", &text);
    let policy = policy.unwrap();
    let refused = |today| lint_on(&policy, today).iter().any(|f| f.severity == Severity::Error);
    assert!(refused(date(2027, 1, 1)));
    assert!(!refused(date(2027, 1, 2)));
}

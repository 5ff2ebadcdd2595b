//! The policy files of the folder, as committed.
use fairwatch_core::policy::check;

#[test]
fn pol_2_every_file_parses() {
    for path in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies")).unwrap() {
        let path = path.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let (policy, findings) = check(&path.file_name().unwrap().to_string_lossy(), &text);
            for finding in &findings {
                println!("{finding}");
            }
            assert!(policy.is_some());
        }
    }
}

/// Editors read the committed schema; `POLICY_SCHEMA=write` renews it.
#[test]
fn pol_1_the_committed_schema_is_what_the_code_builds() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/policy.schema.json");
    let built = fairwatch_core::policy::schema();
    if std::env::var_os("POLICY_SCHEMA").is_some() {
        std::fs::write(path, &built).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert_eq!(committed, built, "run the test again with POLICY_SCHEMA=write");
}

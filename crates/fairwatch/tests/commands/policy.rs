//! `fairwatch policy`: lint, simulate, schema (POL-3).
use crate::run::{POLICIES, command, fairwatch, fed, policy};
use serde_json::{Value, json};
use std::{path::Path, process::Stdio};

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

/// The value of `says` in every such table of a policy file, in order.
fn sentences<'t>(text: &'t str, field: &str) -> Vec<&'t str> {
    let begin = format!("{field} = {{ says = \"");
    let lines = text.lines().filter_map(|line| line.strip_prefix(&*begin));
    lines.map(|line| line.split_once("\", clause = ").expect("a clause follows").0).collect()
}

/// POL-3: each policy of the product is sound, and each conflict in it is printed with its line, both sentences and
/// the choice.
#[test]
fn lint_prints_the_conflicts_of_each_policy() {
    let mut conflicts = 0;
    for entry in std::fs::read_dir(POLICIES).expect("the folder is there") {
        let file = entry.expect("the folder can be read").path();
        if file.extension().is_none_or(|ending| ending != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("it can be read");
        let said = fairwatch(&["policy", "lint", path(&file)]).well();
        assert!(said.contains("0 errors, "), "{said}");
        let found = said.lines().filter(|line| line.contains(": note: conflict ")).collect::<Vec<_>>();
        assert_eq!(found.len(), text.matches("\n[[conflict]]").count(), "{said}");
        let (first, second) = (sentences(&text, "first"), sentences(&text, "second"));
        assert_eq!((first.len(), second.len()), (found.len(), found.len()));
        let choices = text.lines().filter_map(|line| line.strip_prefix("choice = \"")?.strip_suffix('"'));
        let choices = choices.collect::<Vec<_>>();
        for (n, line) in found.iter().enumerate() {
            let place = line.strip_prefix(&format!("{}:", path(&file))).expect("the file comes first");
            let number: usize = place.split(':').next().and_then(|n| n.parse().ok()).expect("then the line");
            assert_eq!(text.lines().nth(number - 1), Some("[[conflict]]"), "{line}");
            for words in [first[n], second[n]] {
                assert!(line.contains(&format!("“{words}”")), "{words}: {line}");
            }
            assert!(line.contains(&format!("Choice: {}", choices[n])), "{}: {line}", choices[n]);
        }
        conflicts += found.len();
    }
    assert!(conflicts >= 4, "{conflicts}");
}

/// POL-1, POL-3: what is malformed or contradicts itself is refused with file, line and reason, and with a failing
/// exit, by the lint, by the simulator and by `init`; of the others on the command line nothing is kept back.
#[test]
fn lint_refuses_with_file_line_and_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let generic = std::fs::read_to_string(policy("generic.toml")).expect("it can be read");
    let line_of =
        |text: &str, words: &str| 1 + text.lines().position(|line| line.contains(words)).expect(words);
    let wrong = [
        ("unknown field", "slug = \"northgate\"", "slug = \"northgate\"\ncolour = 3", "colour", "colour"),
        ("no TOML", "prefix = \"NG\"", "prefix = NG", "prefix = NG", ""),
        ("wrong type", "short = \"Northgate\"", "short = 12", "short = 12", ""),
        ("unknown word", "basis = \"legitimate_interests\"", "basis = \"habit\"", "\"habit\"", "habit"),
        (
            "twice",
            "short = \"Northgate\"",
            "short = \"N\"\nshort = \"Northgate\"",
            "short = \"Northgate\"",
            "",
        ),
        (
            "too long",
            "minimum_age = { years = 10",
            "minimum_age = { years = 99999999999999999999",
            "minimum_age",
            "",
        ),
    ];
    for (what, from, to, at, reason) in wrong {
        let file = folder.path().join(format!("{}.toml", what.replace(' ', "-")));
        let text = generic.replacen(from, to, 1);
        assert_ne!(text, generic, "{what}");
        std::fs::write(&file, &text).expect("it can be written");
        let said = fairwatch(&["policy", "lint", path(&file), path(&policy("cheltenham-safe.toml"))]);
        assert_eq!(said.code, Some(1), "{what}: {said:?}");
        let errors = said.out.lines().filter(|line| line.contains(": error: ")).collect::<Vec<_>>();
        let place = format!("{}:{}: error: ", path(&file), line_of(&text, at));
        assert!(
            errors.iter().any(|line| line.starts_with(&place) && line.contains(reason)),
            "{what}: {said:?}"
        );
        assert!(said.out.contains("note: conflict") && said.err.is_empty(), "{what}: {said:?}");
        assert!(!said.out.contains("0 errors,"), "{what}: {said:?}");

        let simulated = fed(&["policy", "simulate", path(&file)], "{}");
        assert!(simulated.code == Some(1) && simulated.out.is_empty(), "{what}: {simulated:?}");
        assert!(simulated.err.contains(&place), "{what}: {simulated:?}");
        let data = folder.path().join("data");
        let init = ["init", "--name", "R", "--email", "r@x.example", "--address", "https://x.example"];
        let founded = fairwatch(&[&init[..], &["--data", path(&data), "--policy", path(&file)]].concat());
        assert!(founded.code == Some(1) && founded.err.contains(&place), "{what}: {founded:?}");
        assert!(!data.exists(), "{what}: nothing is made for a policy that is none");
    }
    let said = fairwatch(&["policy", "lint", "/nowhere/policy.toml"]).failed();
    assert!(said.contains("/nowhere/policy.toml cannot be read"), "{said}");
}

/// Who stops reading has heard enough: no panic. A full disk is a failure.
#[test]
fn an_answer_that_nobody_reads_is_no_panic() {
    let lint = || {
        let mut command = command();
        command.args(["policy", "lint"]).arg(policy("cheltenham-safe.toml")).stderr(Stdio::piped());
        command
    };
    let mut child = lint().stdout(Stdio::piped()).spawn().expect("the binary runs");
    drop(child.stdout.take());
    let said = child.wait_with_output().expect("it ends");
    assert_eq!((said.status.code(), String::from_utf8_lossy(&said.stderr).as_ref()), (Some(0), ""));

    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else { return };
    let said = lint().stdout(full).output().expect("the binary runs");
    let line = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.code() == Some(1) && line.lines().count() == 1, "{line}");
    assert!(line.contains("cannot be written: No space left"), "{line}");
}

const CASE: &str = r#"{"subject": {"born": null, "apparent_age": "adult", "identified": false},
 "events": [{"on": "2025-01-31", "type": "report", "id": "r1", "images": 2},
            {"at": "2025-06-30T23:30:00Z", "type": "report", "id": "r2"},
            {"on": "2025-07-01", "type": "exclusion", "ends": "2026-10-01"},
            {"on": "2025-07-02", "type": "police_item", "id": "CZ/001/25"}],
 "days": ["2025-02-01", "2026-07-01"]}"#;

const ANSWER: &str = concat!(
    r#"{"days": [{"on": "2025-02-01", "stage": "circulating", "members_see": true, "until": "2026-01-31", "#,
    r#""rule": "first", "because": "...", "incidents": 1, "images": 2, "police_items": [], "stub": false, "#,
    r#""frozen": false}, {"on": "2026-07-01", "stage": "circulating", "members_see": true, "#,
    r#""until": "2026-10-01", "rule": "exclusion", "because": "...", "incidents": 2, "images": 2, "#,
    r#""police_items": [], "stub": false, "frozen": false}], "#,
    r#""changes": [{"on": "2025-01-31", "stage": "circulating"}, {"on": "2026-10-01", "stage": "held"}, "#,
    r#"{"on": "2027-10-01", "stage": "deleted"}]}"#
);

/// An answer with its words, which may be put better, left out.
fn without_words(answer: &str) -> String {
    let mut parts = answer.split("\"because\": \"");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (words, rest) = part.split_once('"').expect("the words end");
        assert!(words.len() > 10, "it says why: {words}");
        text.push_str("\"because\": \"...\"");
        text.push_str(rest);
    }
    text
}

/// POL-3, RET-3, RET-8: the example of the rules, to the letter, from a file and from the standard input.
#[test]
fn simulate_answers_the_example() {
    let cs = policy("cheltenham-safe.toml");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("case.json");
    std::fs::write(&file, CASE).expect("it can be written");
    let from_file = fairwatch(&["policy", "simulate", path(&cs), path(&file)]).well();
    let from_input = fed(&["policy", "simulate", path(&cs), "-"], CASE).well();
    assert_eq!(from_file, from_input);
    assert_eq!(without_words(&from_file), format!("{ANSWER}\n"));
    let said = fairwatch(&["policy", "simulate", path(&cs), "/nowhere/case.json"]).failed();
    assert!(said.contains("/nowhere/case.json cannot be read"), "{said}");
}

/// POL-3: a refusal is JSON on the standard output, which names the event at fault, and the exit is 1.
#[test]
fn simulate_refuses_in_json() {
    let cs = policy("cheltenham-safe.toml");
    let refused = [
        (r#"{"events": [{"on": "2025-01-01", "type": "report", "colour": "red"}]}"#, json!(0)),
        (
            r#"{"events": [{"on": "2025-02-01", "type": "report"}, {"on": "2025-02-29", "type": "report"}]}"#,
            json!(1),
        ),
        (
            r#"{"events": [{"on": "2025-02-01", "type": "report"}, {"on": "2025-01-01", "type": "erased"}]}"#,
            json!(1),
        ),
        (r#"{"subject": {"born": "2025-02-30"}}"#, Value::Null),
        ("", Value::Null),
        ("nonsense", Value::Null),
    ];
    for (case, event) in refused {
        let said = fed(&["policy", "simulate", path(&cs)], case);
        assert!(said.code == Some(1) && said.err.is_empty(), "{case}: {said:?}");
        let answer: Value = serde_json::from_str(&said.out).expect("it is JSON");
        assert_eq!(answer["error"]["event"], event, "{case}: {said:?}");
        assert!(answer["error"]["reason"].as_str().is_some_and(|reason| reason.len() > 5), "{said:?}");
    }
}

/// POL-3: a batch is answered in order, a line for a line, also where a line is blank, garbage or no text at all, and
/// where the last one has no end; the exit is 0 and each answer is that of the case alone.
#[test]
fn a_batch_keeps_its_order() {
    let cs = policy("cheltenham-safe.toml");
    let report = |day: u32| format!(r#"{{"events": [{{"on": "2025-01-{day:02}", "type": "report"}}]}}"#);
    let example = CASE.replace('\n', " ");
    let mut lines =
        vec![report(1), String::new(), "garbage".into(), example.clone(), "{".into(), "  ".into()];
    lines.extend((2..=28).map(report));
    lines.push(format!("{}\r", report(29)));
    lines.push(report(30));
    let said = fed(&["policy", "simulate", "--batch", path(&cs)], &lines.join("\n"));
    assert!(said.err.is_empty(), "{said:?}");
    let answers = said.well();
    let answers = answers.lines().collect::<Vec<_>>();
    assert_eq!(answers.len(), lines.len());
    for (line, answer) in lines.iter().zip(&answers) {
        let json: Value = serde_json::from_str(answer).expect(answer);
        let day = line.split("\"2025-01-").nth(1).map(|rest| &rest[..2]);
        match day {
            None => {
                assert!(json["error"]["event"].is_null() && json["error"]["reason"].is_string(), "{answer}");
            }
            Some(day) => assert_eq!(json["changes"][0]["on"], format!("2025-01-{day}"), "{answer}"),
        }
    }
    assert_eq!(without_words(answers[3]), ANSWER);
    let alone = fed(&["policy", "simulate", path(&cs)], &lines[10]).well();
    assert_eq!(alone.trim_end(), answers[10]);

    let empty = fed(&["policy", "simulate", "--batch", path(&cs)], "").well();
    assert_eq!(empty, "");
    let said = fairwatch(&["policy", "simulate", "--batch", path(&cs), path(&cs)]).well();
    let text = std::fs::read_to_string(&cs).expect("it can be read");
    assert_eq!(
        said.lines().count(),
        text.lines().count(),
        "a file of something else is refused line by line"
    );
}

/// POL-3: the schema for editors is the one that is committed beside the policies.
#[test]
fn the_schema_is_the_committed_one() {
    let committed = std::fs::read_to_string(policy("policy.schema.json")).expect("it is committed");
    let printed = fairwatch(&["policy", "schema"]).well();
    assert_eq!(printed, committed);
}

/// NOT-4, POL-4: the lint says by article what a notice lacks, and by file and line what was written beside a policy that
/// it contradicts; `init` takes neither.
#[test]
fn lint_says_what_notices_lack_and_what_prose_contradicts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("town.toml");
    let text = std::fs::read_to_string(policy("generic.toml")).expect("it can be read");
    let officer = text.lines().find(|line| line.starts_with("officer = ")).expect("it names one");
    let real = text.replacen("kind = \"generic\"", "kind = \"scheme\"", 1).replacen(officer, "", 1);
    std::fs::write(&file, real).expect("it can be written");
    std::fs::create_dir(folder.path().join("town")).expect("a folder beside it");
    let prose = folder.path().join("town/balance.md");
    std::fs::write(&prose, "We weighed it.\n\nWe keep it for 25 months.\n").expect("it can be written");
    let data = folder.path().join("data");
    let init = ["init", "--name", "R", "--email", "r@x.example", "--address", "https://x.example"];
    let founded = fairwatch(&[&init[..], &["--data", path(&data), "--policy", path(&file)]].concat());
    assert!(founded.code == Some(1) && !data.exists(), "{founded:?}");
    let linted = fairwatch(&["policy", "lint", path(&file)]);
    assert_eq!(linted.code, Some(1), "{linted:?}");
    for said in [linted.out, founded.err] {
        assert!(said.contains("error: UK GDPR 13(1)(b)") && said.contains("UK GDPR 14(1)(b)"), "{said}");
        let place = format!("{}:3: error: no rule of the policy says 25 months", path(&prose));
        assert!(said.contains(&place), "{said}");
    }
}

//! The notices that three schemes publish are the test: each fact in them, line by line, is in ours or is listed with the
//! reason why it cannot be (POL-4, POL-2). The facts stand in Markdown tables beside this file, quoted word for word.
use super::{Notice, beside, policy, write};
use std::{fs, path::PathBuf};

/// A fact of a published document.
struct Fact {
    clause: String,
    says: String,
    notice: Notice,
    ours: String,
}

fn facts(file: &str) -> Vec<Fact> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/notices")).join(file);
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [clause, says, notice, ours] = cells[..] else { panic!("{row}") };
        let notice = Notice::named(notice).unwrap_or_else(|| panic!("{row}"));
        Fact { clause: clause.into(), says: says.into(), notice, ours: ours.into() }
    })
    .collect()
}

/// Whether one line says all parts, in their order.
fn line_says(line: &str, parts: &str) -> bool {
    let mut rest = line;
    parts.split(" … ").all(|part| match rest.find(part) {
        Some(at) => {
            rest = &rest[at + part.len()..];
            true
        }
        None => false,
    })
}

/// Whether a text says it: in one line, or below a heading where one is named before `⇒`.
fn says(text: &str, wanted: &str) -> bool {
    match wanted.split_once(" ⇒ ") {
        None => text.lines().any(|line| line_says(line, wanted)),
        Some((heading, parts)) => {
            let below = text.lines().skip_while(|line| *line != heading).skip(1);
            // As far as the next heading: a line that is none of the cases of a record's run.
            below.take_while(|line| line.contains(": ")).any(|line| line_says(line, parts))
        }
    }
}

fn all_told(file: &str, table: &str, at_least: usize) {
    let (policy, prose) = (policy(file), beside(file));
    let facts = facts(table);
    assert!(facts.len() >= at_least, "{table} holds {} facts", facts.len());
    let mut lacking = Vec::new();
    for fact in &facts {
        if let Some(why) = fact.ours.strip_prefix("replaced: ") {
            assert!(why.len() > 10, "{}: {} is replaced without a reason", fact.clause, fact.says);
            continue;
        }
        let text = write(fact.notice, &policy, &prose).text();
        for wanted in fact.ours.split(" && ") {
            if !says(&text, wanted) {
                lacking.push(format!(
                    "{}: “{}”: {:?} does not say “{wanted}”",
                    fact.clause, fact.says, fact.notice
                ));
            }
        }
    }
    assert!(lacking.is_empty(), "{file}:\n{}", lacking.join("\n"));
}

#[test]
fn pol_4_each_fact_of_cheltenham_safe_is_told() {
    all_told("cheltenham-safe", "facts_cs.md", 115);
}

#[test]
fn pol_4_each_fact_of_safer_towns_is_told() {
    all_told("tm-safer-towns", "facts_tm.md", 115);
}

#[test]
fn pol_4_each_fact_of_dartford_is_told() {
    all_told("dartford-tac", "facts_dtac.md", 95);
}

/// The check itself can fail: what one scheme promises another does not.
#[test]
fn pol_4_facts_of_another_scheme_are_missed() {
    let text = write(Notice::Reported, &policy("tm-safer-towns"), &beside("tm-safer-towns")).text();
    assert!(!says(&text, "Members may see you for 24 months"));
    assert!(!says(&text, "We hold nobody who is under 14"));
    assert!(!line_says("b then a", "a … b"));
}

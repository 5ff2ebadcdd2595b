//! Every statement of the store, prepared on both engines: one SQL text for two, but for the few that name their engine.
use fairwatch_store::{Engine, testing};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use std::{fs, path::Path};

/// A statement in a source: its line, the engine that it is for where it is for one alone, and its text.
type Statement = (usize, Option<Engine>, String);

/// The literal in each `sql!("...")` of a source.
fn statements(source: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find("sql!(") {
        let engine = match &rest[..at] {
            before if before.ends_with("sqlite_") => Some(Engine::Sqlite),
            before if before.ends_with("postgres_") => Some(Engine::Postgres),
            _ => None,
        };
        rest = &rest[at + "sql!(".len()..];
        // The macro's own definition and mentions in comments have no literal.
        let Some(quoted) = rest.trim_start().strip_prefix('"') else { continue };
        let line = source[..source.len() - rest.len()].lines().count();
        let mut text = String::new();
        let mut characters = quoted.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' => break,
                '\\' => match characters.next() {
                    // A line that goes on: the break and the indent of the next line are not part of it.
                    Some('\n') => while characters.next_if(|c| c.is_whitespace()).is_some() {},
                    Some(escaped) => text.push(escaped),
                    None => break,
                },
                other => text.push(other),
            }
        }
        found.push((line, engine, text));
    }
    found
}

fn sources(folder: &Path, into: &mut Vec<(String, Statement)>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("the sources can be read").path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source can be read");
            into.extend(statements(&text).into_iter().map(|found| (path.display().to_string(), found)));
        }
    }
}

#[test]
fn the_scan_reads_literals_as_the_compiler_does() {
    let source = "let a = sqlite_sql!(\"SELECT 1\");\nlet b = sql!(\n    \"SELECT 'x' \\\n     FROM t WHERE a = \\\"b\\\"\"\n);\n// sql!(not)";
    let found = statements(source);
    let expected = [
        (1, Some(Engine::Sqlite), "SELECT 1".to_owned()),
        (2, None, "SELECT 'x' FROM t WHERE a = \"b\"".to_owned()),
    ];
    assert_eq!(found, expected);
}

on_both!(every_statement_is_understood);
async fn every_statement_is_understood(world: &World) -> Outcome {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 150, "only {} statements were found: has the macro another name?", all.len());
    let mut faults = Vec::new();
    let here = world.store.engine();
    for (file, (line, engine, text)) in &all {
        if engine.is_some_and(|engine| engine != here) {
            continue;
        }
        if let Err(error) = testing::prepare(&world.store, &text.replace("{ids}", "$1")).await {
            faults.push(format!("{file}:{line}: {error:?}\n    {text}"));
        }
    }
    assert!(faults.is_empty(), "{} of {} statements:\n{}", faults.len(), all.len(), faults.join("\n"));
    Ok(())
}

//! The policy files of the folder, and what is refused.
//!
//! Rust names no scheme (POL-1): the files are found by listing the folder, and what each must say stands in
//! tables beside this file, in the shape of the requirements.
#![allow(clippy::unwrap_used, reason = "a test that panics says where")]
#[path = "policy/files.rs"]
mod files;
#[path = "policy/foreign.rs"]
mod foreign;
#[path = "policy/refused.rs"]
mod refused;
#[path = "policy/tables.rs"]
mod tables;

use fairwatch_core::policy::{Finding, Policy, Severity, check};
use std::{fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies"))
}

/// Every policy file: its name without the ending, and its text.
fn all() -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn text(name: &str) -> String {
    all()
        .into_iter()
        .find(|(file, _)| file == name)
        .map(|(_, text)| text)
        .unwrap_or_else(|| panic!("no {name}"))
}

fn policy(name: &str) -> Policy {
    Policy::parse(name, &text(name)).unwrap()
}

/// The lines of a table in a Markdown file beside this one: cells without the head.
fn table(file: &str) -> Vec<Vec<String>> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policy")).join(file);
    let text = fs::read_to_string(path).unwrap();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    text.lines().filter(|line| line.starts_with('|')).skip(2).map(cells).collect()
}

fn errors(text: &str) -> Vec<Finding> {
    let (_, mut findings) = check("x.toml", text);
    findings.retain(|finding| finding.severity == Severity::Error);
    findings
}

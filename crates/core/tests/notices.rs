//! What the notices say, and what is said of what they lack (POL-4, NOT-2, NOT-4).
#![allow(clippy::unwrap_used, reason = "a test that panics says where")]
#[path = "notices/facts.rs"]
mod facts;
#[path = "notices/lint.rs"]
mod lint;
#[path = "notices/prose.rs"]
mod prose;
#[path = "notices/texts.rs"]
mod texts;

use fairwatch_core::{
    notices::{Notice, Prose, Publication, Registers, publication},
    policy::Policy,
};
use jiff::civil::date;
use std::{fs, path::PathBuf};

const FILES: [&str; 4] = ["cheltenham-safe", "tm-safer-towns", "dartford-tac", "generic"];

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies"))
}

fn source(file: &str) -> String {
    fs::read_to_string(folder().join(format!("{file}.toml"))).unwrap()
}

fn policy(file: &str) -> Policy {
    Policy::parse(file, &source(file)).unwrap()
}

/// What lies beside a policy file.
fn beside(file: &str) -> Prose {
    let texts = fs::read_dir(folder().join(file)).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap())
    });
    Prose::read(file, texts).unwrap()
}

fn write(notice: Notice, policy: &Policy, prose: &Prose) -> Publication {
    let registers = Registers::of(policy, "/o/here");
    publication(notice, policy, prose, &registers, 3, date(2026, 5, 1))
}

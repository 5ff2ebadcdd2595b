//! The demonstration: four schemes with invented people, drawn faces and a year of history, made by the same use
//! cases that a real installation runs.
mod duties;
mod evidence;
mod exclusions;
mod history;
mod joining;
mod letters;
mod meetings;
mod news;
mod people;
mod policies;
mod rights;
mod seed;
mod signing;

pub(crate) use seed::{Persona, seed};

use fairwatch_core::notices::Prose;
use rust_embed::RustEmbed;

/// The policy files that come with the program.
#[derive(RustEmbed)]
#[folder = "../../policies"]
struct Folder;

/// Each policy file that comes with the program: its name and its text.
pub(crate) fn policies() -> impl Iterator<Item = (String, String)> {
    Folder::iter().filter(|name| name.ends_with(".toml")).filter_map(|name| {
        let file = Folder::get(&name)?;
        Some((name.into_owned(), String::from_utf8_lossy(&file.data).into_owned()))
    })
}

/// What was written beside a policy that comes with the program.
pub(crate) fn prose(file: &str) -> Prose {
    let folder = format!("{}/", fairwatch_app::notices::folder(file));
    let texts = Folder::iter().filter_map(|name| {
        let piece = name.strip_prefix(&folder)?.strip_suffix(".md")?.to_owned();
        Some((piece, String::from_utf8_lossy(&Folder::get(&name)?.data).into_owned()))
    });
    // What comes with the program is checked with it.
    Prose::read(&folder, texts).unwrap_or_default()
}

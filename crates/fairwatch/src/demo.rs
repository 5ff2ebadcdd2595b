//! The demonstration: four schemes with invented people, drawn faces and a year of history, made by the same use
//! cases that a real installation runs.
mod history;
mod people;
mod seed;

pub(crate) use seed::{Persona, seed};

use rust_embed::RustEmbed;

/// The policy files that come with the program.
#[derive(RustEmbed)]
#[folder = "../../policies"]
#[include = "*.toml"]
pub(crate) struct Policies;

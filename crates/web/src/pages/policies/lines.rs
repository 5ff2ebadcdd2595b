//! The lines in which two texts differ, as a table.
use super::edit::label;
use fairwatch_core::{
    notices::{Piece, Prose},
    policy::changing::lines::{compare, hunks},
};

/// A part of the texts with a difference in it.
#[derive(Debug)]
pub(super) struct Hunk {
    pub(super) lines: Vec<Line>,
}

/// A text beside the policy in which there is a difference: notices show it, so whoever agrees to the policy agrees to
/// it.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) label: &'static str,
    pub(super) hunks: Vec<Hunk>,
}

/// The texts beside two policies that differ.
pub(super) fn beside(old: &Prose, new: &Prose) -> Vec<Beside> {
    let text = |prose: &Prose, piece| prose.piece(piece).unwrap_or_default().to_owned();
    let differing =
        |piece| Beside { label: label(piece), hunks: differences(&text(old, piece), &text(new, piece)) };
    Piece::ALL.into_iter().map(differing).filter(|beside| !beside.hunks.is_empty()).collect()
}

/// A line: `-` as it was, `+` as it will be, nothing where it is the same.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) was: String,
    pub(super) will: String,
    pub(super) kind: &'static str,
    pub(super) text: String,
}

/// So many lines stand around each difference.
const AROUND: usize = 3;

/// The parts in which two texts differ; none where they do not.
pub(super) fn differences(old: &str, new: &str) -> Vec<Hunk> {
    let lines = compare(old, new);
    let number = |n: Option<usize>| n.map_or_else(String::new, |n| n.to_string());
    let line = |line: &fairwatch_core::policy::changing::lines::Line<'_>| Line {
        was: number(line.was),
        will: number(line.will),
        kind: match (line.was, line.will) {
            (Some(_), Some(_)) => "",
            (Some(_), None) => "gone",
            _ => "came",
        },
        text: line.text.to_owned(),
    };
    hunks(&lines, AROUND).into_iter().map(|hunk| Hunk { lines: hunk.iter().map(line).collect() }).collect()
}

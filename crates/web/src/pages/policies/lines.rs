//! The lines in which two texts differ, as a table.
use fairwatch_core::policy::changing::lines::{compare, hunks};

/// A part of the texts with a difference in it.
#[derive(Debug)]
pub(super) struct Hunk {
    pub(super) lines: Vec<Line>,
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

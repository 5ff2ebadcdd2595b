//! What is said about a policy file: where, how grave, and why.
use super::read::Place;
use serde::Serialize;
use std::fmt;

/// How grave a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The policy is refused and the old version stays (POL-3).
    Error,
    /// The policy works, but someone should look at this.
    Warning,
    /// Something that a reader should know: a conflict and the choice, a replaced sentence.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One thing found in a policy file, with its place (POL-3).
///
/// Shown as `policies/x.toml:12: error: ...`, the form that editors and terminals make clickable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// The file, as the caller named it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong and, where it helps, what to write instead.
    pub reason: String,
}

impl Finding {
    /// A finding whose reason is one line without control characters, whatever a file put into it: it goes
    /// to terminals and logs.
    pub(crate) fn new(severity: Severity, file: &str, place: Place, reason: &str) -> Self {
        let reason = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { severity, file: file.to_owned(), line: place.line, column: place.column, reason }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.severity, self.reason)
    }
}

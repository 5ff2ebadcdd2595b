//! What only a human can write: Markdown beside the policy, with slots for all that the policy decides (POL-4).
//!
//! Beside `policies/northgate.toml` lies `policies/northgate/` with a file for each [`Piece`] that the scheme wants to say
//! in its own words. `{{retention.known.first}}` stands for what the policy says; a slot that there is not, and a figure,
//! a period, a date, a category or an audience that the policy contradicts, is an error with file and line. The texts
//! are kept with the version of the policy, so that an old notice reads as it read.
mod figures;
mod markdown;
mod slots;

use super::{Block, Given};
use crate::policy::{Finding, Policy, Severity, read::Place};
use std::collections::BTreeMap;

/// A text is a page or two; more is a mistake or an attack.
pub const LONGEST: usize = 64 * 1024;

/// A text that a human writes, by the name of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// `about.md`: who the scheme is, in every notice.
    About,
    /// `balance.md`: how members' interests were weighed (UK GDPR 6(1)(f)).
    Balance,
    /// `reported.md`: in the notice for people who are reported.
    Reported,
    /// `members.md`: in the members' notice.
    Members,
    /// `public.md`: in the notice for visitors and enquirers.
    Public,
    /// `processing.md`: in the processing documentation.
    Processing,
}

impl Piece {
    /// Every piece.
    pub const ALL: [Self; 6] =
        [Self::About, Self::Balance, Self::Reported, Self::Members, Self::Public, Self::Processing];

    /// The name of its file, without the ending.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Balance => "balance",
            Self::Reported => "reported",
            Self::Members => "members",
            Self::Public => "public",
            Self::Processing => "processing",
        }
    }
}

/// All that a scheme wrote beside its policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    pieces: BTreeMap<Piece, String>,
}

impl Prose {
    /// Takes the files of a folder: the name of each without `.md`, and its text. `folder` is only what findings call it.
    ///
    /// # Errors
    /// A finding for each file that no notice would show, or that is too long.
    pub fn read(
        folder: &str,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Finding>> {
        let (mut pieces, mut findings) = (BTreeMap::new(), Vec::new());
        for (name, text) in files {
            let mut wrong = |reason: String| {
                let place = Place { line: 1, column: 1 };
                findings.push(Finding::new(Severity::Error, &format!("{folder}/{name}.md"), place, &reason));
            };
            match Piece::ALL.into_iter().find(|piece| piece.name() == name) {
                None => {
                    let known: Vec<String> =
                        Piece::ALL.iter().map(|piece| format!("{}.md", piece.name())).collect();
                    wrong(format!("no notice shows this file; those that are shown: {}", known.join(", ")));
                }
                Some(_) if text.len() > LONGEST => {
                    wrong(format!("the text is longer than {} KiB", LONGEST / 1024));
                }
                Some(piece) => {
                    pieces.insert(piece, text);
                }
            }
        }
        if findings.is_empty() { Ok(Self { pieces }) } else { Err(findings) }
    }

    /// As it is kept with a version of the policy.
    #[must_use]
    pub fn to_json(&self) -> String {
        let named: BTreeMap<&str, &String> =
            self.pieces.iter().map(|(piece, text)| (piece.name(), text)).collect();
        // Texts by name are plain JSON, so this cannot fail.
        serde_json::to_string(&named).unwrap_or_default()
    }

    /// As [`Prose::to_json`] wrote it; none where it is something else.
    #[must_use]
    pub fn from_json(json: &str) -> Option<Self> {
        let files: BTreeMap<String, String> = serde_json::from_str(json).ok()?;
        Self::read("", files).ok()
    }

    /// What was written for a piece.
    #[must_use]
    pub fn piece(&self, piece: Piece) -> Option<&str> {
        self.pieces.get(&piece).map(String::as_str)
    }

    /// The pieces that are longer than any that [`Prose::read`] takes.
    pub fn too_long(&self) -> impl Iterator<Item = Piece> {
        self.pieces.iter().filter(|(_, text)| text.len() > LONGEST).map(|(piece, _)| *piece)
    }

    /// The same with another text for a piece; an empty one takes it away.
    #[must_use]
    pub fn with(mut self, piece: Piece, text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() {
            self.pieces.remove(&piece);
        } else {
            self.pieces.insert(piece, text);
        }
        self
    }

    /// A piece as blocks, its slots filled. Headings begin at `level`.
    pub(super) fn blocks(&self, piece: Piece, given: Given<'_>, level: u8) -> Vec<Block> {
        let Some(text) = self.piece(piece) else { return Vec::new() };
        let slots = slots::of(given.policy);
        markdown::blocks(text, level, &slots, &|notice| given.registers.place(notice)).0
    }

    /// What is wrong with what was written, by file and line. `folder` is only what findings call it.
    pub(super) fn check(&self, folder: &str, policy: &Policy) -> Vec<Finding> {
        let slots = slots::of(policy);
        let mut findings = Vec::new();
        for (piece, text) in &self.pieces {
            let (_, mut faults) = markdown::blocks(text, 2, &slots, &|notice| notice.name().to_owned());
            faults.extend(figures::check(text, policy));
            faults.sort_by_key(|fault| fault.at);
            let file = format!("{folder}/{}.md", piece.name());
            findings.extend(
                faults
                    .iter()
                    .map(|fault| Finding::new(Severity::Error, &file, place(text, fault.at), &fault.reason)),
            );
        }
        findings
    }
}

/// Something that cannot stay, and where in the text.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    at: usize,
    reason: String,
}

/// Line and column of a byte.
fn place(text: &str, at: usize) -> Place {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Place { line: number(line), column: number(column) }
}

/// What the figures of a statement of the policy contradict, where it is a sentence that is published.
pub(super) fn contradicted(text: &str, policy: &Policy) -> Vec<String> {
    figures::check(text, policy).into_iter().map(|fault| fault.reason).collect()
}

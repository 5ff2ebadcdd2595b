//! Letters and notices as accessible PDF (EXC-3, NOT-2). Knows `core` alone.
//!
//! The engine is a library: no outside program, no file and no network at run time. A template sees two things: its
//! values as data, and at most one picture. Words that people typed are never source text, so nothing that anybody
//! writes in a report or a name can become an instruction to the typesetter.
//!
//! What comes out claims PDF/UA-1 and PDF/A-2a, and the engine refuses to write a file that breaks a rule of either which
//! it can check.
mod letters;
mod publications;
mod text;
mod typesetter;
mod world;

pub use letters::{
    Addressee, AppealDecision, AppealReceipt, Confirmation, Content, Covering, Exclusion, Expiry, Happened,
    Letter, Letterhead, Lifting, Premises, Rights, Variation, Warning, example,
};
pub use typesetter::{Checked, Typesetter};

/// Why no document was made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// A value that the letter needs is not there: it says which.
    #[error("The letter has no {0}.")]
    Missing(&'static str),
    /// A template is wrong, or asks for what it is not given: the file, the line and what is wrong.
    #[error("{file}, line {line}: {message}")]
    Template {
        /// The file of the template.
        file: String,
        /// The line in it, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// What was laid out would stand outside its page.
    #[error("On page {page} \u{201c}{what}\u{201d} would stand outside the paper.")]
    Overflow {
        /// The page, from 1.
        page: usize,
        /// The beginning of what overflows.
        what: String,
    },
    /// The folder of a scheme's own templates cannot be read, or holds what is no template.
    #[error("{0}")]
    Folder(String),
}

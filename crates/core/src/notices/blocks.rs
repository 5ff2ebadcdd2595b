//! What a published text is made of: blocks that a page and a PDF render alike.

/// A text that a scheme publishes, as a page and as PDF alike (NOT-2, POL-4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The name of the text, such as "Privacy notice for members".
    pub title: String,
    /// The name of the scheme that publishes it.
    pub scheme: String,
    /// Such as "Version 3, in force from 1 May 2026".
    pub version: String,
    /// How to reach the scheme, a line each.
    pub contact: Vec<String>,
    /// The scheme's colour, as `#rrggbb`.
    pub brand: Option<String>,
    /// The text itself.
    pub blocks: Vec<Block>,
}

/// A part of a published text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The head of a section.
    Heading {
        /// 2 or 3; the title is 1.
        level: u8,
        /// Its words.
        text: String,
    },
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list.
    List {
        /// Whether the order matters.
        ordered: bool,
        /// What is in it.
        items: Vec<Vec<Inline>>,
    },
    /// A table with a head row.
    Table {
        /// What it shows.
        caption: String,
        /// The names of its columns.
        head: Vec<String>,
        /// A row each, as many cells as the head.
        rows: Vec<Vec<String>>,
    },
    /// Terms, and what each is.
    Facts(Vec<(String, Vec<Inline>)>),
}

/// Words within a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain words.
    Text(String),
    /// Words that matter more.
    Strong(String),
    /// A way to somewhere else.
    Link {
        /// The words that are followed.
        text: String,
        /// Where they lead.
        to: String,
    },
}

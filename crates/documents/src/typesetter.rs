//! The engine: values and a template in, a PDF out.
use crate::{
    DocumentError, Letter,
    letters::example,
    publications, text,
    world::{Desk, Shared},
};
use fairwatch_core::notices::Publication;
use jiff::civil::Date;
use serde_json::Value;
use std::{path::Path, sync::Arc};
use typst::{
    WorldExt,
    diag::SourceDiagnostic,
    foundations::{Datetime, Smart},
    layout::{Abs, Frame, FrameItem, Point, Transform},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

/// Sets letters and publications. Made once: it reads the templates and typefaces. Cheap to clone.
#[derive(Clone)]
pub struct Typesetter {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Typesetter")
    }
}

/// What a check of the templates found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many letters were made.
    pub letters: usize,
    /// On how many pages.
    pub pages: usize,
}

impl Typesetter {
    /// With the embedded templates, and over them those of a scheme's own folder, which bear the same file names.
    ///
    /// # Errors
    /// [`DocumentError::Folder`] where the folder cannot be read, or holds a template by a name that nobody asks for.
    pub fn new(overrides: Option<&Path>) -> Result<Self, DocumentError> {
        Ok(Self { shared: Arc::new(Shared::new(overrides)?) })
    }

    /// Sets a letter as PDF, with a picture where it shows one (EXC-3).
    ///
    /// # Errors
    /// [`DocumentError::Missing`] before anything is made where a value is not there, [`DocumentError::Template`] where a
    /// template is wrong, [`DocumentError::Overflow`] where something would stand outside the paper.
    pub fn letter(&self, letter: &Letter, picture: Option<&[u8]>) -> Result<Vec<u8>, DocumentError> {
        letter.check(picture.is_some())?;
        let values = letter.values(picture.is_some());
        self.set(letter.content.template(), values, picture, &letter.reference, Some(letter.dated))
            .map(|(pdf, _)| pdf)
    }

    /// Sets a published text as PDF (NOT-2).
    ///
    /// # Errors
    /// Like [`Typesetter::letter`].
    pub fn publication(&self, publication: &Publication) -> Result<Vec<u8>, DocumentError> {
        publications::check(publication)?;
        let ident = format!("{} {} {}", publication.scheme, publication.title, publication.version);
        self.set("publication", publications::values(publication), None, &ident, None).map(|(pdf, _)| pdf)
    }

    /// Makes every letter and a publication once, with invented values: whether a scheme's own templates can be used at
    /// all, before a letter depends on it.
    ///
    /// # Errors
    /// The first that is wrong.
    pub fn check(&self) -> Result<Checked, DocumentError> {
        let mut checked = Checked { letters: 0, pages: 0 };
        for letter in example::every() {
            let picture = letter.content.shows_a_picture().then_some(example::PICTURE);
            letter.check(picture.is_some())?;
            let values = letter.values(picture.is_some());
            let (_, pages) =
                self.set(letter.content.template(), values, picture, &letter.reference, Some(letter.dated))?;
            checked = Checked { letters: checked.letters + 1, pages: checked.pages + pages };
        }
        self.publication(&example::publication())?;
        Ok(checked)
    }

    fn set(
        &self,
        template: &str,
        mut values: Value,
        picture: Option<&[u8]>,
        ident: &str,
        dated: Option<Date>,
    ) -> Result<(Vec<u8>, usize), DocumentError> {
        text::fit(&self.shared, &mut values);
        let desk = Desk::new(self.shared.clone(), template, values.to_string(), picture.map(<[u8]>::to_vec))?;
        let made = typeset(&desk, ident, dated);
        // The engine remembers pieces of what it set, and with them words of letters. What the next document does not use
        // goes with it, so that memory is bounded and nobody's letter stays for long.
        comemo::evict(1);
        made
    }
}

/// A letter bears a date, which PDF/A asks for; a publication says from when on it is in force.
fn typeset(desk: &Desk, ident: &str, dated: Option<Date>) -> Result<(Vec<u8>, usize), DocumentError> {
    let document: PagedDocument =
        typst::compile::<PagedDocument>(desk).output.map_err(|found| wrong(desk, &found))?;
    for (n, page) in document.pages().iter().enumerate() {
        within(&page.frame, n + 1)?;
    }
    let timestamp = dated.and_then(|on| {
        let (year, month, day) = (on.year().into(), on.month().unsigned_abs(), on.day().unsigned_abs());
        Datetime::from_ymd_hms(year, month, day, 12, 0, 0).map(Timestamp::new_utc)
    });
    let both = [PdfStandard::Ua_1, PdfStandard::A_2a];
    let standards = PdfStandards::new(if timestamp.is_some() { &both } else { &both[..1] })
        .map_err(|e| DocumentError::Folder(e.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(ident.to_owned()),
        creator: Smart::Custom(Some("Fairwatch".to_owned())),
        timestamp,
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|found| wrong(desk, &found))?;
    Ok((pdf, document.pages().len()))
}

/// The first thing that is wrong, with where.
fn wrong(desk: &Desk, found: &[SourceDiagnostic]) -> DocumentError {
    let Some(first) = found.first() else {
        return DocumentError::Folder("The engine made nothing and did not say why.".to_owned());
    };
    let file = first.span.id().map_or_else(String::new, |id| id.vpath().get_without_slash().to_owned());
    let line = first.span.id().and_then(|id| {
        let range = desk.range(first.span)?;
        let source = typst::World::source(desk, id).ok()?;
        source.lines().byte_to_line(range.start)
    });
    DocumentError::Template {
        file,
        line: line.map_or(0, |line| line + 1),
        message: first.message.to_string(),
    }
}

/// Whether all text of a page stands on its paper. A template cannot know how long a name is; we look at what came out.
fn within(frame: &Frame, page: usize) -> Result<(), DocumentError> {
    fn walk(frame: &Frame, at: Transform, paper: Point, page: usize) -> Result<(), DocumentError> {
        for (pos, item) in frame.items() {
            match item {
                FrameItem::Group(group) => {
                    let inner = at.pre_concat(Transform::translate(pos.x, pos.y)).pre_concat(group.transform);
                    walk(&group.frame, inner, paper, page)?;
                }
                FrameItem::Text(text) => {
                    let from = pos.transform(at);
                    let to = Point::new(pos.x + text.width(), pos.y).transform(at);
                    let slack = Abs::pt(0.5);
                    let out = |p: Point| {
                        p.x < -slack || p.x > paper.x + slack || p.y < -slack || p.y > paper.y + slack
                    };
                    if out(from) || out(to) {
                        return Err(DocumentError::Overflow {
                            page,
                            what: text.text.chars().take(40).collect(),
                        });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
    walk(frame, Transform::identity(), Point::new(frame.width(), frame.height()), page)
}

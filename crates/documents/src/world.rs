//! What a template can reach: the templates, its values, one picture, and the typefaces. No file of the machine, no
//! package, no network and no clock.
use std::{collections::HashMap, fs, path::Path, sync::Arc};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, PackageError},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::DocumentError;

/// The values of a document, for its template.
pub(crate) const VALUES: &str = "values.json";
/// The picture, where there is one.
pub(crate) const PICTURE: &str = "picture.jpg";

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        const TEMPLATES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../templates/", $name)))),+];
    };
}

templates!(
    "letterhead.typ",
    "blocks.typ",
    "publication.typ",
    "warning.typ",
    "exclusion.typ",
    "confirmation.typ",
    "variation.typ",
    "lifting.typ",
    "expiry.typ",
    "appeal_receipt.typ",
    "appeal_decision.typ",
    "notice.typ",
);

macro_rules! fonts {
    ($($name:literal),+ $(,)?) => {
        const FONTS: &[&[u8]] = &[$(include_bytes!(concat!("../fonts/", $name, ".ttf"))),+];
    };
}

// The order is that of preference; `letterhead.typ` names the families once more.
fonts!(
    "AtkinsonHyperlegibleNext-Regular",
    "AtkinsonHyperlegibleNext-Bold",
    "AtkinsonHyperlegibleNext-Italic",
    "NotoSans-Regular",
    "NotoSans-Bold",
    "NotoSansArabic-Regular",
    "NotoSansHebrew-Regular",
    "NotoSansDevanagari-Regular",
    "NotoSansBengali-Regular",
    "NotoSansGurmukhi-Regular",
    "NotoSansGujarati-Regular",
    "NotoSansTamil-Regular",
    "NotoSansTelugu-Regular",
    "NotoSansKannada-Regular",
    "NotoSansMalayalam-Regular",
    "NotoSansOriya-Regular",
    "NotoSansSinhala-Regular",
    "NotoSansThai-Regular",
    "NotoSansLao-Regular",
    "NotoSansKhmer-Regular",
    "NotoSansMyanmar-Regular",
    "NotoSansEthiopic-Regular",
    "NotoSansGeorgian-Regular",
    "NotoSansArmenian-Regular",
    "NotoSansSyriac-Regular",
    "NotoSansThaana-Regular",
    "NotoSansTifinagh-Regular",
    "NotoSansAdlam-Regular",
    "NotoSansNKo-Regular",
    "NotoSansCherokee-Regular",
    "NotoSansCanadianAboriginal-Regular",
    "NotoSansSymbols-Regular",
    "DroidSansFallback",
);

fn id(name: &str) -> Result<FileId, DocumentError> {
    let path = VirtualPath::new(name).map_err(|e| DocumentError::Folder(format!("{name}: {e}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// What all documents share, made once.
pub(crate) struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    sources: HashMap<FileId, Source>,
    values: FileId,
    picture: FileId,
}

impl Shared {
    /// The embedded templates, and over them those of a scheme's own folder.
    pub(crate) fn new(overrides: Option<&Path>) -> Result<Self, DocumentError> {
        let mut texts: HashMap<String, String> =
            TEMPLATES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        if let Some(folder) = overrides {
            texts.extend(own(folder)?);
        }
        let mut sources = HashMap::new();
        for (name, text) in texts {
            let id = id(&name)?;
            sources.insert(id, Source::new(id, text));
        }
        let fonts: Vec<Font> = FONTS.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
        Ok(Self {
            // One library for all documents. Values come as a file rather than as the library's inputs, since the
            // engine remembers what it worked out by the library: with a new one each letter would begin from nothing.
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            sources,
            values: id(VALUES)?,
            picture: id(PICTURE)?,
        })
    }

    /// Whether any typeface can show a character.
    pub(crate) fn shows(&self, c: char) -> bool {
        self.fonts.iter().any(|font| font.info().coverage.contains(c as u32))
    }
}

/// The `.typ` files of a scheme's own folder. They must bear names that are known, so that a slip is not silence.
fn own(folder: &Path) -> Result<Vec<(String, String)>, DocumentError> {
    let broken = |e: std::io::Error| DocumentError::Folder(format!("{}: {e}", folder.display()));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(broken)? {
        let path = entry.map_err(broken)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if Path::new(name).extension().is_none_or(|ext| ext != "typ") {
            continue;
        }
        if !TEMPLATES.iter().any(|(known, _)| *known == name) {
            let known: Vec<&str> = TEMPLATES.iter().map(|(known, _)| *known).collect();
            return Err(DocumentError::Folder(format!(
                "{}: no template has the name {name}. There are {}.",
                folder.display(),
                known.join(", ")
            )));
        }
        found.push((name.to_owned(), fs::read_to_string(&path).map_err(broken)?));
    }
    if found.is_empty() {
        return Err(DocumentError::Folder(format!("{}: there is no template here.", folder.display())));
    }
    Ok(found)
}

/// What one document can reach.
pub(crate) struct Desk {
    shared: Arc<Shared>,
    main: FileId,
    values: Bytes,
    picture: Option<Bytes>,
}

impl Desk {
    /// For a template by its name without ending.
    pub(crate) fn new(
        shared: Arc<Shared>,
        template: &str,
        values: String,
        picture: Option<Vec<u8>>,
    ) -> Result<Self, DocumentError> {
        let main = id(&format!("{template}.typ"))?;
        Ok(Self { shared, main, values: Bytes::from_string(values), picture: picture.map(Bytes::new) })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.shared.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.shared.book
    }
    fn main(&self) -> FileId {
        self.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        self.shared.sources.get(&id).cloned().ok_or_else(|| denied(id))
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shared.values {
            return Ok(self.values.clone());
        }
        match &self.picture {
            Some(picture) if id == self.shared.picture => Ok(picture.clone()),
            _ => Err(denied(id)),
        }
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.shared.fonts.get(index).cloned()
    }
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn denied(id: FileId) -> FileError {
    match id.root() {
        VirtualRoot::Package(package) => FileError::Package(PackageError::NotFound(package.clone())),
        VirtualRoot::Project => FileError::NotFound(id.vpath().get_without_slash().into()),
    }
}

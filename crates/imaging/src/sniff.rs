//! What kind of file this is, by its first bytes. Names and declared types are not asked.
use crate::Refused;

/// The kinds that have a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    WebP,
}

/// What people send by mistake, by how it begins.
const OTHERS: &[(&[u8], &str)] = &[
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF document"),
    (b"BM", "a BMP picture"),
    (b"II*\0", "a TIFF or raw camera picture"),
    (b"MM\0*", "a TIFF or raw camera picture"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"\0\0\x01\xba", "a video"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"8BPS", "a Photoshop document"),
    (b"\0\0\x01\0", "an icon"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an SVG drawing or another XML document"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
];

/// The kind of a file, or why it is none that can be read.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Kind, Refused> {
    if bytes.is_empty() {
        return Err(Refused::Empty);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if bytes.starts_with(b"RIFF") {
        return match bytes.get(8..12) {
            Some(b"WEBP") => Ok(Kind::WebP),
            Some(b"AVI ") => Err(Refused::Kind("a video")),
            Some(b"WAVE") => Err(Refused::Kind("a sound recording")),
            _ => Err(Refused::Unknown),
        };
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Err(match bytes.get(8..12) {
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => {
                Refused::Heic
            }
            Some(b"avif" | b"avis") => Refused::Kind("an AVIF picture"),
            _ => Refused::Kind("a video"),
        });
    }
    let found = OTHERS.iter().find(|(start, _)| bytes.starts_with(start));
    Err(found.map_or(Refused::Unknown, |(_, name)| Refused::Kind(name)))
}

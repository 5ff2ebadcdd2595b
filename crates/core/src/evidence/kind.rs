//! What a file is, by its content. Names and what a browser says of a file are anybody's to choose.
use serde::{Deserialize, Serialize};

/// The kinds of file that are taken as evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// MPEG-4, M4V and 3GP.
    Mp4,
    /// Apple's MOV.
    QuickTime,
    /// WebM.
    WebM,
    /// Matroska that is not WebM.
    Matroska,
    /// AVI.
    Avi,
    /// An MPEG transport or programme stream, as recorders write them.
    Mpeg,
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Mp4,
        Self::QuickTime,
        Self::WebM,
        Self::Matroska,
        Self::Avi,
        Self::Mpeg,
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::WebP,
    ];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Mp4 => "Clip (MP4)",
            Self::QuickTime => "Clip (MOV)",
            Self::WebM => "Clip (WebM)",
            Self::Matroska => "Clip (Matroska)",
            Self::Avi => "Clip (AVI)",
            Self::Mpeg => "Clip (MPEG)",
            Self::Pdf => "Document (PDF)",
            Self::Jpeg => "Still (JPEG)",
            Self::Png => "Still (PNG)",
            Self::WebP => "Still (WebP)",
        }
    }

    /// The ending of a copy's name.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::QuickTime => "mov",
            Self::WebM => "webm",
            Self::Matroska => "mkv",
            Self::Avi => "avi",
            Self::Mpeg => "mpg",
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }

    /// The type of the content, as browsers name it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::QuickTime => "video/quicktime",
            Self::WebM => "video/webm",
            Self::Matroska => "video/x-matroska",
            Self::Avi => "video/x-msvideo",
            Self::Mpeg => "video/mpeg",
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }

    /// Whether browsers can play it on a page.
    #[must_use]
    pub fn plays(self) -> bool {
        matches!(self, Self::Mp4 | Self::QuickTime | Self::WebM)
    }

    /// Whether it is a picture that a page can show.
    #[must_use]
    pub fn is_still(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::WebP)
    }
}

/// What a file is, by its first bytes ([`super::SNIFFED`] of them, or all that there are); none for what is not taken.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Kind> {
    match head {
        [0xFF, 0xD8, 0xFF, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Kind::Png),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
        [0x00, 0x00, 0x01, 0xBA, ..] => Some(Kind::Mpeg),
        [0x1A, 0x45, 0xDF, 0xA3, rest @ ..] => matroska(rest),
        [b'R', b'I', b'F', b'F', _, _, _, _, form @ ..] => match form {
            [b'A', b'V', b'I', b' ', ..] => Some(Kind::Avi),
            [b'W', b'E', b'B', b'P', ..] => Some(Kind::WebP),
            _ => None,
        },
        [a, b, c, d, b'f', b't', b'y', b'p', brands @ ..] => {
            // The box of brands is short. A size beyond that is no size: it may be the beginning of a text.
            let size = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            let is_box = size.is_multiple_of(4) && (16..=1024).contains(&size);
            is_box.then(|| iso(&brands[..brands.len().min(size - 8)])).flatten()
        }
        _ => is_transport_stream(head).then_some(Kind::Mpeg),
    }
}

/// Which of its kinds a Matroska file is stands in its header, near the beginning.
fn matroska(rest: &[u8]) -> Option<Kind> {
    let near = &rest[..rest.len().min(64)];
    let says = |name: &[u8]| near.windows(name.len()).any(|window| window == name);
    if says(b"webm") { Some(Kind::WebM) } else { says(b"matroska").then_some(Kind::Matroska) }
}

/// The brands of an ISO media file: the first is what it is, the others, after a version, what it is like. Sound alone
/// and stills of that family are not taken.
fn iso(brands: &[u8]) -> Option<Kind> {
    const OTHERS: [&[u8]; 8] = [b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"];
    const FILM: [&[u8]; 12] = [
        b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV",
        b"dash",
    ];
    let is_film =
        |brand: &[u8]| FILM.contains(&brand) || brand.starts_with(b"3gp") || brand.starts_with(b"3g2");
    let major = brands.get(..4)?;
    if OTHERS.contains(&major) || major == b"M4A " || major == b"M4B " {
        return None;
    }
    if major == b"qt  " {
        return Some(Kind::QuickTime);
    }
    let like = brands.get(8..).unwrap_or_default();
    (is_film(major) || like.chunks_exact(4).any(is_film)).then_some(Kind::Mp4)
}

/// A transport stream has nothing at its beginning but the mark that each of its packets has.
fn is_transport_stream(head: &[u8]) -> bool {
    let marked = |from: usize, packet: usize| (0..3).all(|n| head.get(from + n * packet) == Some(&0x47));
    marked(0, 188) || marked(4, 192)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sec_4_a_text_that_names_a_brand_is_no_film() {
        for text in [
            &b"  <\rftypqt  -"[..],
            b"<a>\nftypisom\0\0\x02\0",
            b"\0\0\0\x0Aftypisom",
            b"\0\0\x10\0ftypisom\0\0\x02\0",
        ] {
            assert_eq!(sniff(text), None, "{text:?}");
        }
        assert_eq!(sniff(b"\0\0\0\x14ftypqt  \0\0\x02\0qt  "), Some(Kind::QuickTime));
    }

    fn iso_file(brands: &[&[u8; 4]]) -> Vec<u8> {
        let mut bytes = u32::try_from(8 + 4 * (brands.len() + 1)).unwrap().to_be_bytes().to_vec();
        bytes.extend_from_slice(b"ftyp");
        bytes.extend_from_slice(brands[0]);
        bytes.extend_from_slice(&[0, 0, 2, 0]);
        brands[1..].iter().for_each(|brand| bytes.extend_from_slice(*brand));
        bytes.extend_from_slice(&[0, 0, 0, 8, b'f', b'r', b'e', b'e']);
        bytes
    }

    fn packets(size: usize, from: usize) -> Vec<u8> {
        let mut bytes = vec![0; from + size * 3];
        (0..3).for_each(|n| bytes[from + n * size] = 0x47);
        bytes
    }

    /// VIS-3, SEC-4: by content alone.
    #[test]
    fn vis_3_kinds_are_told_by_their_content() {
        let mut webm = vec![0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84];
        webm.extend_from_slice(b"webm");
        let mut mkv = vec![0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x88];
        mkv.extend_from_slice(b"matroska");
        for (kind, bytes) in [
            (Kind::Mp4, iso_file(&[b"isom", b"iso2"])),
            (Kind::Mp4, iso_file(&[b"mp42"])),
            (Kind::Mp4, iso_file(&[b"M4V ", b"M4A "])),
            (Kind::Mp4, iso_file(&[b"3gp4"])),
            (Kind::Mp4, iso_file(&[b"XAVC", b"mp42"])),
            (Kind::QuickTime, iso_file(&[b"qt  "])),
            (Kind::WebM, webm),
            (Kind::Matroska, mkv),
            (Kind::Avi, b"RIFF\0\0\0\0AVI LIST".to_vec()),
            (Kind::WebP, b"RIFF\0\0\0\0WEBPVP8 ".to_vec()),
            (Kind::Mpeg, packets(188, 0)),
            (Kind::Mpeg, packets(192, 4)),
            (Kind::Mpeg, vec![0, 0, 1, 0xBA, 0x44]),
            (Kind::Pdf, b"%PDF-1.7".to_vec()),
            (Kind::Jpeg, vec![0xFF, 0xD8, 0xFF, 0xE0]),
            (Kind::Png, b"\x89PNG\r\n\x1a\n".to_vec()),
        ] {
            assert_eq!(sniff(&bytes), Some(kind), "{kind:?}");
        }
        for other in [
            &b""[..],
            b"<html><script>alert(1)</script>",
            b"MZ\x90\0",
            b"PK\x03\x04",
            b"#!/bin/sh",
            b"RIFF\0\0\0\0WAVE",
            b"%PDF",
            b"<svg xmlns='http://www.w3.org/2000/svg'>",
            b"GIF89a",
        ] {
            assert_eq!(sniff(other), None, "{other:?}");
        }
        assert_eq!(sniff(&iso_file(&[b"heic", b"mif1"])), None);
        assert_eq!(sniff(&iso_file(&[b"M4A ", b"mp42"])), None);
        // Brands beyond the box are not the box's.
        assert_eq!(sniff(b"\0\0\0\x10ftypxxxx\0\0\0\0mp42"), None);
    }

    proptest! {
        #[test]
        fn foreign_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..700)) {
            let _ = sniff(&bytes);
        }

        #[test]
        fn what_begins_like_a_film_does_no_harm(size in any::<u32>(), rest in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut bytes = size.to_be_bytes().to_vec();
            bytes.extend_from_slice(b"ftyp");
            bytes.extend_from_slice(&rest);
            let _ = sniff(&bytes);
        }
    }
}

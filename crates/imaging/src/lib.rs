//! Pictures that strangers send: decoded within limits, turned upright, stripped, made in three sizes.
//!
//! [`prepare`] is the only door for an upload (requirement SEC-4). What comes out was encoded from pixels
//! alone, so nothing of the file that was sent survives: no place where it was taken, no camera, no
//! comment, no second file behind the first.
//!
//! # What bounds the cost of a hostile file
//! - its **bytes**, before anything is read;
//! - its **kind**, by content and never by name; only JPEG, PNG and WebP reach a decoder;
//! - its **pixels**, **sides** and the **memory** that its decoder will need, from the header, before
//!   a pixel is decoded ([`Limits`]); the headers that decoders read later (frames inside a WebP) are
//!   checked too;
//! - its **time**: with pixels and bytes bounded, decoding takes time in proportion to them. The exception
//!   is a progressive JPEG, which may go over the whole picture again with each scan of a few bytes, so
//!   scans are counted first and their number is bounded as well;
//! - its **company**: one picture is decoded at a time in the whole process, so that a hundred uploads need
//!   the memory of one. Callers on an async runtime keep their own queue and call from a blocking thread.
//!
//! A decoder that panics is caught and the file is called damaged.
//!
//! # Decisions
//! - Of an animated PNG or WebP the first picture is taken: phones and chat programs send stills in these
//!   forms, and a person in a hurry at a till is better served by a picture than by a lesson.
//! - Transparent parts become white. Colour profiles are dropped, not applied: on a wide-gamut photograph
//!   colours come out a shade paler, and a face stays that face.
//! - A file that ends early is refused, although a decoder could show its upper part: the sender still has
//!   the whole picture, and half a picture is poor evidence.
#![forbid(unsafe_code)]

mod baseline;
mod colour;
mod decode;
mod fingerprint;
mod jpeg;
mod mark;
mod png;
mod prints;
mod redact;
mod refused;
mod shrink;
mod sizes;
mod sniff;
mod strip;
mod text;
mod webp;

pub use fingerprint::{Fingerprint, Likeness};
pub use mark::{Mark, mark};
pub use prints::{Like, Prints};
pub use redact::redact;
pub use refused::Refused;
pub use strip::{ShortMark, short_mark};

use std::fmt;

/// What an upload may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pixels of the picture: width times height.
    pub pixels: u64,
    /// Pixels of the longer side.
    pub side: u32,
    /// Bytes that decoding may hold at once, beside the file itself.
    pub decode_memory: u64,
    /// Scans of a JPEG. Programs write about ten, the most thorough about twenty.
    pub scans: u32,
}

impl Default for Limits {
    /// 20 MiB, 50 million pixels (the largest that common phones send is 48 or 50), 16,384 a side,
    /// 512 MiB of memory, 40 scans.
    fn default() -> Self {
        Self {
            bytes: 20 * 1024 * 1024,
            pixels: 50_500_000,
            side: 16_384,
            decode_memory: 512 * 1024 * 1024,
            scans: 40,
        }
    }
}

/// A picture as the product keeps it: a JPEG that holds pixels and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The JPEG.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl fmt::Debug for Encoded {
    /// Without the bytes: a picture of a person has no place in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({} x {}, {} bytes)", self.width, self.height, self.bytes.len())
    }
}

/// A picture in its three sizes. None is larger than what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Longest side 240: rows of lists.
    pub small: Encoded,
    /// Longest side 640: the gallery.
    pub medium: Encoded,
    /// Longest side 1,600: the record.
    pub large: Encoded,
    /// What the picture looks like, to find the same picture sent twice.
    pub fingerprint: Fingerprint,
}

/// The longest sides of [`Prepared::small`], [`Prepared::medium`] and [`Prepared::large`].
pub const SIDES: [u32; 3] = [240, 640, 1600];

/// A part of a picture, in fractions of its width and height from the top left corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// Where the part begins, from the left.
    pub left: f64,
    /// Where the part begins, from the top.
    pub top: f64,
    /// How wide the part is.
    pub width: f64,
    /// How high the part is.
    pub height: f64,
}

/// Makes the three sizes of an uploaded picture.
///
/// Takes the time of decoding: call it from a thread that may block.
///
/// # Errors
/// [`Refused`] says to the person who sent the file what is wrong with it and what to do.
pub fn prepare(bytes: &[u8], limits: &Limits) -> Result<Prepared, Refused> {
    decode::guarded(|| {
        let decoded = decode::decode(bytes, limits, decode::Need::Sizes)?;
        sizes::make(&decoded, None)
    })
}

/// Makes the three sizes of one part of a picture that this crate has made, such as one person out of
/// several. The part is at least [`CROP_SIDE`] pixels wide and high.
///
/// # Errors
/// [`Refused::Region`] for a part outside of the picture or too small to show anybody, and whatever
/// [`prepare`] refuses, since bytes that were stored are foreign again.
pub fn prepare_crop(large: &[u8], region: Region) -> Result<Prepared, Refused> {
    decode::guarded(|| {
        let mut decoded = decode::decode(large, &Limits::default(), decode::Need::All)?;
        // Ours stand upright, whatever was added to them.
        decoded.orientation = image::metadata::Orientation::NoTransforms;
        let cut = sizes::Cut::of(region, decoded.width, decoded.height)?;
        sizes::make(&decoded, Some(cut))
    })
}

/// The least width and height of a part, in pixels.
pub const CROP_SIDE: u32 = 24;

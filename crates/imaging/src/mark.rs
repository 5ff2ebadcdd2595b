//! Who looked, burned into the pixels (VIS-8).
//!
//! Rows of text cover the whole picture, close enough that a face cut out of it takes a part along. Letters
//! are light and half transparent upon a dark shade, so that they are legible on any ground and the face
//! stays that face. Only brightness is touched: colours pass through as they were.
use crate::{
    Encoded, Limits, Refused, SIDES,
    baseline::{
        Plane, Planes,
        decode::File,
        encode::encode,
        inverse::Side,
        tables::{Coarseness, coarseness},
    },
    decode::{self, Need},
    sizes::{self, QUALITY},
    text::{self, Stencil},
};
use fast_image_resize::Resizer;

/// The height of a line for a picture of 1,000 pixels; smaller ones have at least [`SMALLEST`].
const PER_THOUSAND: u32 = 24;
/// Below this, letters drown in what JPEG does to them.
const SMALLEST: f32 = 13.0;
/// From one row to the next, in heights of a line.
const PITCH: f32 = 3.6;
/// How much of the ground the shade takes away and the ink covers, of 256.
const SHADE: u32 = 110;
const INK: u32 = 150;
/// The brightness of ink.
const LIGHT: u32 = 240;

/// What is burned into a picture: who sees it, in which scheme, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    text: String,
}

impl Mark {
    /// A mark of these words. They appear in this order, with a dot between them. What has no letter in
    /// Latin scripts becomes a question mark, and of very long names the end is left away.
    #[must_use]
    pub fn new(viewer: &str, scheme: &str, time: &str) -> Self {
        let words = [(viewer, 48), (scheme, 40), (time, 28)].map(|(text, most)| shorten(text.trim(), most));
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        Self { text: words.join(" \u{b7} ") }
    }
}

/// The beginning of a text, with dots for the rest.
fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['\u{2026}']).collect()
}

/// Burns a mark into a picture that this crate has made. What comes out is as large as what went in, or
/// has a longest side of 1,600 pixels if that was larger.
///
/// It takes a few milliseconds and does not wait for pictures that are being decoded.
///
/// # Errors
/// [`Refused`] if the bytes are no picture.
pub fn mark(jpeg: &[u8], mark: &Mark) -> Result<Encoded, Refused> {
    let (mut planes, coarseness) = open(jpeg)?;
    burn(&mut planes.planes[0], mark);
    let bytes = encode(&planes, &coarseness, false);
    Ok(Encoded { bytes, width: planes.width, height: planes.height })
}

/// A picture of ours, and the coarseness to write it with again: the same, so that nothing is lost where
/// there is no mark.
pub(crate) fn open(jpeg: &[u8]) -> Result<(Planes, Coarseness), Refused> {
    decode::caught(|| match ours(jpeg) {
        Some(opened) => Ok(opened),
        // From before, or from elsewhere: the long way.
        None => decode::guarded(|| {
            let decoded = decode::decode(jpeg, &Limits::default(), Need::Sizes)?;
            let planes = sizes::at_most(&mut Resizer::new(), &decoded, None, SIDES[2])?;
            let size = SIDES.iter().position(|side| planes.width.max(planes.height) <= *side);
            Ok((planes, coarseness(QUALITY[size.unwrap_or(2)])))
        }),
    })
}

/// Opens a picture that is as we write them.
fn ours(jpeg: &[u8]) -> Option<(Planes, Coarseness)> {
    let file = File::open(jpeg)?;
    if file.width.max(file.height) > SIDES[2] || file.colour_steps() != (2, 2) {
        return None;
    }
    let coarseness = file.rewritable()?;
    Some((file.read(Side::Eight, Side::Eight)?, coarseness))
}

/// A row of the mark: by how much of 256 a pixel is kept, and how much light is added.
struct Row {
    stencil: Stencil,
    keep: Vec<u16>,
    add: Vec<u16>,
}

impl Row {
    fn of(mark: &Mark, size: f32) -> Self {
        let reach = (size / 12.0).round().max(1.0) as usize;
        let stencil = text::draw(&format!("{}     ", mark.text), size, reach + 1);
        let (mut keep, mut add) = (Vec::new(), Vec::new());
        for (shade, ink) in stencil.spread(reach).into_iter().zip(&stencil.ink) {
            let shade = 256 - SHADE * u32::from(shade) / 255;
            let ink = INK * u32::from(*ink) / 255;
            keep.push((shade * (256 - ink) / 256) as u16);
            add.push((LIGHT * ink / 256) as u16);
        }
        Self { stencil, keep, add }
    }
}

/// Covers a plane of brightness with rows of a mark.
fn burn(plane: &mut Plane, mark: &Mark) {
    let longest = plane.width.max(plane.height);
    let size = (longest as f32 * PER_THOUSAND as f32 / 1000.0).max(SMALLEST);
    let row = Row::of(mark, size);
    let (length, pitch) = (row.stencil.width, (size * PITCH) as usize);
    // The first row is half above the second third of a pitch, so that flat pictures bear one too.
    let first = (pitch / 3).min(plane.height.saturating_sub(row.stencil.height) / 2);
    for (number, top) in (first..plane.height).step_by(pitch).enumerate() {
        // Rows do not begin under each other, so that a column cut out has all parts of the text.
        let shift = number * length * 3 / 8;
        let height = row.stencil.height.min(plane.height - top);
        for y in 0..height {
            let line = y * length..(y + 1) * length;
            let (keep, add) = (&row.keep[line.clone()], &row.add[line]);
            let pixels = &mut plane.samples[(top + y) * plane.width..][..plane.width];
            let mut from = shift % length;
            let mut rest = pixels;
            while !rest.is_empty() {
                let (now, later) = rest.split_at_mut((length - from).min(rest.len()));
                for ((pixel, keep), add) in now.iter_mut().zip(&keep[from..]).zip(&add[from..]) {
                    *pixel = (((u32::from(*pixel) * u32::from(*keep)) >> 8) + u32::from(*add)).min(255) as u8;
                }
                (rest, from) = (later, 0);
            }
        }
    }
}

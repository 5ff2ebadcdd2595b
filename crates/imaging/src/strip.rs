//! A viewer's code below a thumbnail, without decoding it (VIS-8).
//!
//! A page of 48 faces is 48 thumbnails for one viewer, and is looked at all day. So thumbnails are written
//! with a restart marker after each row of blocks, and their height is a multiple of a block's. A strip of
//! one more row, which is encoded once for a viewer, is then put in front of the end marker, and the height
//! in the header grows by sixteen. The bits of the picture are copied as they are.
use crate::{
    Encoded, Refused, SIDES,
    baseline::{
        Plane, Planes,
        bits::Writer,
        encode::{Factors, Group, encode, restart, transform, write},
        header::{GROUP, HEIGHT_AT, groups, header},
        tables::coarseness,
    },
    mark,
    sizes::{self, QUALITY},
    text,
};
use std::sync::OnceLock;

/// Groups in the widest strip.
const WIDEST: usize = SIDES[0] as usize / GROUP;
/// The brightness of the strip, and of its letters.
const GROUND: u8 = 24;
const LIGHT: u8 = 240;
/// The height of a line of letters, of the strip's sixteen pixels.
const SIZE: f32 = 14.0;

/// A viewer's code, ready to be put below thumbnails. Make one for each page, and use it for all of them.
#[derive(Debug)]
pub struct ShortMark {
    groups: Vec<Group>,
    /// The bits of strips, by the number of groups in them, once they were needed.
    strips: [OnceLock<Vec<u8>>; WIDEST],
}

impl ShortMark {
    /// A mark of a short code: six to eight characters fill a third of a strip, in which they are repeated.
    #[must_use]
    pub fn new(code: &str) -> Self {
        let short: String = code.chars().take(16).collect();
        let text = text::draw(&format!("{short}  "), SIZE, 1);
        let width = WIDEST * GROUP;
        let mut light = Plane::filled(width, GROUP, GROUND);
        for (y, row) in light.samples.chunks_exact_mut(width).enumerate().take(text.height) {
            for (x, pixel) in row.iter_mut().enumerate().skip(2) {
                let ink = u32::from(text.ink[y * text.width + (x - 2) % text.width]);
                *pixel = (u32::from(GROUND) + u32::from(LIGHT - GROUND) * ink / 255) as u8;
            }
        }
        let colour = Plane::filled(width / 2, GROUP / 2, 128);
        let planes =
            Planes { width: width as u32, height: GROUP as u32, planes: [light, colour.clone(), colour] };
        let factors = Factors::of(&coarseness(QUALITY[0]));
        Self {
            groups: (0..WIDEST).map(|x| transform(&planes, x, 0, &factors)).collect(),
            strips: Default::default(),
        }
    }

    /// The bits of a strip of so many groups, with the end marker.
    fn strip(&self, groups: usize) -> Option<&[u8]> {
        let made = self.strips.get(groups.checked_sub(1)?)?;
        Some(made.get_or_init(|| {
            let mut writer = Writer::default();
            let mut levels = [0; 3];
            for group in &self.groups[..groups] {
                write(&mut writer, &mut levels, group);
            }
            writer.marker(0xd9);
            writer.finish()
        }))
    }
}

/// Puts a viewer's code below a thumbnail: sixteen pixels more in height, and nothing of it lost.
///
/// It takes microseconds for the smallest size that this crate makes. Any other picture is taken too, made
/// as small, which takes about a millisecond and more.
///
/// # Errors
/// [`Refused`] if the bytes are no picture.
pub fn short_mark(small: &[u8], mark: &ShortMark) -> Result<Encoded, Refused> {
    if let Some(marked) = splice(small, mark) {
        return Ok(marked);
    }
    let small = rewritten(small)?;
    splice(&small, mark).ok_or(Refused::Damaged)
}

/// Splices the strip in, if the picture is as we write thumbnails.
fn splice(small: &[u8], mark: &ShortMark) -> Option<Encoded> {
    let sides = small.get(HEIGHT_AT..HEIGHT_AT + 4)?;
    let height = u16::from_be_bytes([sides[0], sides[1]]);
    let width = u16::from_be_bytes([sides[2], sides[3]]);
    let mut bytes = header(width, height, &coarseness(QUALITY[0]), true);
    let bits = small.strip_prefix(&*bytes)?.strip_suffix(&[0xff, 0xd9])?;
    let strip = mark.strip(groups(width.into()))?;
    let rows = groups(height.into());
    // Rows that fill the last blocks come to light as well, where a height is no multiple of sixteen.
    let marked = u16::try_from((rows + 1) * GROUP).ok()?;
    bytes[HEIGHT_AT..HEIGHT_AT + 2].copy_from_slice(&marked.to_be_bytes());
    bytes.reserve_exact(bits.len() + 2 + strip.len());
    bytes.extend_from_slice(bits);
    bytes.extend_from_slice(&[0xff, restart(rows.checked_sub(1)?)]);
    bytes.extend_from_slice(strip);
    Some(Encoded { bytes, width: width.into(), height: marked.into() })
}

/// A thumbnail as we write them now, of a picture from before or from elsewhere.
fn rewritten(other: &[u8]) -> Result<Vec<u8>, Refused> {
    let (planes, _) = mark::open(other)?;
    let small = sizes::small_of(&planes)?;
    Ok(encode(&small, &coarseness(QUALITY[0]), true))
}

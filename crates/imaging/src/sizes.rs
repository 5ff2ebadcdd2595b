//! From what was decoded to the three sizes.
use crate::{
    CROP_SIDE, Encoded, Fingerprint, Prepared, Refused, Region, SIDES,
    baseline::{Plane, Planes, encode, tables::coarseness},
    decode::{Decoded, Source},
    fingerprint::SIDE,
    shrink,
};
use fast_image_resize::{CropBox, Resizer};
use image::metadata::Orientation;

/// JPEG quality of the three sizes, as libjpeg counts it. The small ones are seen beside many others.
pub(crate) const QUALITY: [u8; 3] = [78, 80, 82];

/// The least height from which a small picture is made a little smaller for the mark; see [`small`].
const ROUND_FROM: u32 = 64;

/// A part of a picture in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut(CropBox);

impl Cut {
    /// The pixels of a region.
    pub(crate) fn of(region: Region, width: u32, height: u32) -> Result<Self, Refused> {
        let Region { left, top, width: across, height: down } = region;
        // A hand on a touch screen overshoots the edge by a little: cut to the picture, then judge. What is
        // not a number fails the last comparison.
        let span = |from: f64, length: f64, whole: u32| {
            let (start, end) = (from.clamp(0.0, 1.0), (from + length).clamp(0.0, 1.0));
            let (start, end) = ((start * f64::from(whole)).round(), (end * f64::from(whole)).round());
            (end - start >= f64::from(CROP_SIDE)).then_some((start, end - start)).ok_or(Refused::Region)
        };
        let ((left, width), (top, height)) = (span(left, across, width)?, span(top, down, height)?);
        Ok(Self(CropBox { left, top, width, height }))
    }
}

/// Makes the three sizes. Each is made from the one above it, and turned upright only when it is small.
pub(crate) fn make(decoded: &Decoded, cut: Option<Cut>) -> Result<Prepared, Refused> {
    let mut resizer = Resizer::new();
    let large = at_most(&mut resizer, decoded, cut, SIDES[2])?;
    from_large(&mut resizer, &large)
}

/// What was decoded, or a part of it, upright, its longest side at most `side`.
pub(crate) fn at_most(
    resizer: &mut Resizer,
    decoded: &Decoded,
    cut: Option<Cut>,
    side: u32,
) -> Result<Planes, Refused> {
    let whole = shrink::whole(f64::from(decoded.width), f64::from(decoded.height));
    let cut = cut.map_or(whole, |cut| cut.0);
    let (width, height) = fit(cut.width, cut.height, side);
    let lying = match &decoded.source {
        Source::Planes { planes, steps } => from_planes(resizer, planes, *steps, cut, width, height)?,
        Source::Pixels(pixels) => shrink::pixels(resizer, pixels, cut, width, height)?,
    };
    Ok(upright(lying, decoded.orientation))
}

/// Makes the two smaller sizes, and encodes all three.
pub(crate) fn from_large(resizer: &mut Resizer, large: &Planes) -> Result<Prepared, Refused> {
    let (width, height) = fit(f64::from(large.width), f64::from(large.height), SIDES[1]);
    let medium = shrink::planes(resizer, large, width, height)?;
    let (width, height) = small(&medium);
    let small = shrink::planes(resizer, &medium, width, height)?;
    let light = &medium.planes[0];
    let whole = shrink::whole(f64::from(medium.width), f64::from(medium.height));
    let fingerprint = Fingerprint::of(&shrink::plane(resizer, light, whole, SIDE, SIDE)?);
    Ok(Prepared {
        small: encode(&small, 0),
        medium: encode(&medium, 1),
        large: encode(large, 2),
        fingerprint,
    })
}

/// The smallest size of a picture.
pub(crate) fn small_of(planes: &Planes) -> Result<Planes, Refused> {
    let (width, height) = small(planes);
    shrink::planes(&mut Resizer::new(), planes, width, height)
}

/// A part of planes that may be smaller than their file, at the size that is kept.
fn from_planes(
    resizer: &mut Resizer,
    from: &Planes,
    steps: [(f64, f64); 2],
    cut: CropBox,
    width: u32,
    height: u32,
) -> Result<Planes, Refused> {
    let scaled = |(across, down): (f64, f64)| CropBox {
        left: cut.left / across,
        top: cut.top / down,
        width: cut.width / across,
        height: cut.height / down,
    };
    let [light, blue, red] = &from.planes;
    let [bright, colour] = steps.map(scaled);
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    Ok(Planes {
        width,
        height,
        planes: [
            shrink::plane(resizer, light, bright, width, height)?,
            shrink::plane(resizer, blue, colour, half_width, half_height)?,
            shrink::plane(resizer, red, colour, half_width, half_height)?,
        ],
    })
}

/// Width and height of a picture whose longest side is at most `side`.
fn fit(width: f64, height: f64, side: u32) -> (u32, u32) {
    let scale = (f64::from(side) / width.max(height)).min(1.0);
    // Within 1..=side, so the conversion is exact.
    let scaled = |length: f64| (length * scale).round().max(1.0) as u32;
    (scaled(width), scaled(height))
}

/// Width and height of the smallest size. Its height is a multiple of sixteen, so that a strip can be put
/// below it without decoding (VIS-8): 235 by 176 instead of 240 by 180. Very flat pictures would lose too
/// much, and get their strip below some repeated rows.
fn small(medium: &Planes) -> (u32, u32) {
    let (across, down) = (f64::from(medium.width), f64::from(medium.height));
    let (width, height) = fit(across, down, SIDES[0]);
    if height < ROUND_FROM || height.is_multiple_of(16) {
        return (width, height);
    }
    let rounded = height / 16 * 16;
    ((across * f64::from(rounded) / down).round().max(1.0) as u32, rounded)
}

/// Turns a picture upright.
fn upright(lying: Planes, orientation: Orientation) -> Planes {
    // Swap rows and columns, then mirror: all eight are made of these.
    let (swap, mirror, flip) = match orientation {
        Orientation::NoTransforms => return lying,
        Orientation::FlipHorizontal => (false, true, false),
        Orientation::Rotate180 => (false, true, true),
        Orientation::FlipVertical => (false, false, true),
        Orientation::Rotate90FlipH => (true, false, false),
        Orientation::Rotate90 => (true, true, false),
        Orientation::Rotate270FlipH => (true, true, true),
        Orientation::Rotate270 => (true, false, true),
    };
    let Planes { width, height, planes } = lying;
    let (width, height) = if swap { (height, width) } else { (width, height) };
    Planes { width, height, planes: planes.map(|plane| turn(&plane, swap, mirror, flip)) }
}

/// Swaps the rows and columns of a plane, or not, then mirrors it left to right, top to bottom, or not.
fn turn(from: &Plane, swap: bool, mirror: bool, flip: bool) -> Plane {
    let (width, height) = if swap { (from.height, from.width) } else { (from.width, from.height) };
    let mut samples = Vec::with_capacity(width * height);
    for y in 0..height {
        let y = if flip { height - 1 - y } else { y };
        let row = samples.len();
        if swap {
            samples.extend(from.samples[y..].iter().step_by(from.width));
        } else {
            samples.extend_from_slice(from.row(y));
        }
        if mirror {
            samples[row..].reverse();
        }
    }
    Plane { width, height, samples }
}

/// Encodes pixels and nothing else: no comment, no profile, no thumbnail.
pub(crate) fn encode(planes: &Planes, size: usize) -> Encoded {
    let bytes = encode::encode(planes, &coarseness(QUALITY[size]), size == 0);
    Encoded { bytes, width: planes.width, height: planes.height }
}

//! Solid boxes over people who must not be seen.
use crate::{
    Prepared, Refused, Region,
    baseline::{Plane, Planes},
    mark, sizes,
};
use fast_image_resize::Resizer;

/// The brightness of a box: dark enough to be seen as one, on any picture.
const BOX: u8 = 32;

/// Burns solid boxes into a picture that this crate has made, and makes the three sizes of the result. What
/// was under a box is in none of them. Boxes reach to whole blocks of two by two pixels outside of their
/// regions.
///
/// # Errors
/// [`Refused::Region`] for a region that lies outside of the picture, and without any; otherwise as
/// [`crate::prepare_crop`].
pub fn redact(large: &[u8], regions: &[Region]) -> Result<Prepared, Refused> {
    let (mut planes, _) = mark::open(large)?;
    if regions.is_empty() {
        return Err(Refused::Region);
    }
    for region in regions {
        cover(&mut planes, *region)?;
    }
    sizes::from_large(&mut Resizer::new(), &planes)
}

/// Covers one region in brightness and colours.
fn cover(planes: &mut Planes, region: Region) -> Result<(), Refused> {
    let Region { left, top, width, height } = region;
    // In steps of two pixels, of which each of the colours has one. What is not a number is refused.
    let span = |from: f64, length: f64, whole: u32| {
        let steps = f64::from(whole) / 2.0;
        let start = (from.clamp(0.0, 1.0) * steps).floor() as usize;
        let end = ((from + length).clamp(0.0, 1.0) * steps).ceil() as usize;
        (from + length > from && start < end).then_some(start..end).ok_or(Refused::Region)
    };
    let (across, down) = (span(left, width, planes.width)?, span(top, height, planes.height)?);
    let [light, blue, red] = &mut planes.planes;
    fill(light, across.start * 2..across.end * 2, down.start * 2..down.end * 2, BOX);
    for colour in [blue, red] {
        fill(colour, across.clone(), down.clone(), 128);
    }
    Ok(())
}

/// Fills a part of a plane, as far as it lies inside.
fn fill(plane: &mut Plane, across: std::ops::Range<usize>, down: std::ops::Range<usize>, value: u8) {
    let (start, end) = (across.start.min(plane.width), across.end.min(plane.width));
    for y in down.start..down.end.min(plane.height) {
        plane.samples[y * plane.width..][start..end].fill(value);
    }
}

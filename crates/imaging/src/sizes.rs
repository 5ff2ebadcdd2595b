//! From pixels to the three sizes.
use crate::{CROP_SIDE, Encoded, Fingerprint, Prepared, Refused, Region, SIDES};
use fast_image_resize::{CropBox, FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image};
use image::{DynamicImage, ExtendedColorType, RgbImage, codecs::jpeg::JpegEncoder, metadata::Orientation};

/// JPEG quality of the three sizes, as libjpeg counts it. The small ones are seen beside many others.
const QUALITY: [u8; 3] = [78, 80, 82];

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
pub(crate) fn make(
    pixels: &DynamicImage,
    cut: Option<Cut>,
    orientation: Orientation,
) -> Result<Prepared, Refused> {
    let whole =
        CropBox { left: 0.0, top: 0.0, width: f64::from(pixels.width()), height: f64::from(pixels.height()) };
    let cut = cut.map_or(whole, |cut| cut.0);
    let (width, height) = fit(cut.width, cut.height, SIDES[2]);
    let kind = pixel_type(pixels)?;
    let source = View { pixels: pixels.as_bytes(), width: pixels.width(), height: pixels.height(), kind };
    let mut resizer = Resizer::new();
    let shrunk = resize(&mut resizer, &source, cut, width, height)?;
    let mut upright = DynamicImage::ImageRgb8(flatten(&shrunk)?);
    upright.apply_orientation(orientation);
    let large = upright.into_rgb8();
    let medium = shrink(&mut resizer, &large, SIDES[1])?;
    let small = shrink(&mut resizer, &medium, SIDES[0])?;
    let fingerprint = Fingerprint::of(&small);
    Ok(Prepared {
        small: encode(&small, QUALITY[0])?,
        medium: encode(&medium, QUALITY[1])?,
        large: encode(&large, QUALITY[2])?,
        fingerprint,
    })
}

/// Width and height of a picture whose longest side is at most `side`.
fn fit(width: f64, height: f64, side: u32) -> (u32, u32) {
    let scale = (f64::from(side) / width.max(height)).min(1.0);
    // Within 1..=side, so the conversion is exact.
    let scaled = |length: f64| (length * scale).round().max(1.0) as u32;
    (scaled(width), scaled(height))
}

/// Pixels that are borrowed.
struct View<'a> {
    pixels: &'a [u8],
    width: u32,
    height: u32,
    kind: PixelType,
}

/// The layout of decoded pixels.
fn pixel_type(pixels: &DynamicImage) -> Result<PixelType, Refused> {
    Ok(match pixels {
        DynamicImage::ImageLuma8(_) => PixelType::U8,
        DynamicImage::ImageLumaA8(_) => PixelType::U8x2,
        DynamicImage::ImageRgb8(_) => PixelType::U8x3,
        DynamicImage::ImageRgba8(_) => PixelType::U8x4,
        DynamicImage::ImageLuma16(_) => PixelType::U16,
        DynamicImage::ImageLumaA16(_) => PixelType::U16x2,
        DynamicImage::ImageRgb16(_) => PixelType::U16x3,
        DynamicImage::ImageRgba16(_) => PixelType::U16x4,
        _ => return Err(Refused::Damaged),
    })
}

/// Resizes in the layout of the source; a transparent pixel lends no colour to its neighbours.
fn resize(
    resizer: &mut Resizer,
    source: &View<'_>,
    cut: CropBox,
    width: u32,
    height: u32,
) -> Result<Image<'static>, Refused> {
    // Refused for 16-bit pixels at an odd address; those of `image` are never at one.
    let from =
        fast_image_resize::images::ImageRef::new(source.width, source.height, source.pixels, source.kind)
            .map_err(|_| Refused::Damaged)?;
    let mut to = Image::new(width, height, source.kind);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(cut.left, cut.top, cut.width, cut.height);
    resizer.resize(&from, &mut to, &options).map_err(|_| Refused::Damaged)?;
    Ok(to)
}

/// Makes a picture's longest side at most `side`.
fn shrink(resizer: &mut Resizer, pixels: &RgbImage, side: u32) -> Result<RgbImage, Refused> {
    let (across, down) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let (width, height) = fit(across, down, side);
    if (width, height) == pixels.dimensions() {
        return Ok(pixels.clone());
    }
    let source = View {
        pixels: pixels.as_raw(),
        width: pixels.width(),
        height: pixels.height(),
        kind: PixelType::U8x3,
    };
    let whole = CropBox { left: 0.0, top: 0.0, width: across, height: down };
    flatten(&resize(resizer, &source, whole, width, height)?)
}

/// Eight bits of red, green and blue, on white.
fn flatten(image: &Image<'_>) -> Result<RgbImage, Refused> {
    let bytes = image.buffer();
    let rgb: Vec<u8> = match image.pixel_type() {
        PixelType::U8x3 => bytes.to_vec(),
        PixelType::U8 => bytes.iter().flat_map(|v| [*v; 3]).collect(),
        PixelType::U8x2 => bytes.chunks_exact(2).flat_map(|p| [on_white(p[0], p[1]); 3]).collect(),
        PixelType::U8x4 => {
            bytes.chunks_exact(4).flat_map(|p| [0, 1, 2].map(|c| on_white(p[c], p[3]))).collect()
        }
        PixelType::U16 => high(bytes).flat_map(|v| [v; 3]).collect(),
        PixelType::U16x3 => high(bytes).collect(),
        PixelType::U16x2 => {
            let eight: Vec<u8> = high(bytes).collect();
            eight.chunks_exact(2).flat_map(|p| [on_white(p[0], p[1]); 3]).collect()
        }
        PixelType::U16x4 => {
            let eight: Vec<u8> = high(bytes).collect();
            eight.chunks_exact(4).flat_map(|p| [0, 1, 2].map(|c| on_white(p[c], p[3]))).collect()
        }
        _ => return Err(Refused::Damaged),
    };
    RgbImage::from_raw(image.width(), image.height(), rgb).ok_or(Refused::Damaged)
}

/// The eight high bits of samples of sixteen.
fn high(bytes: &[u8]) -> impl Iterator<Item = u8> {
    bytes.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]]).to_be_bytes()[0])
}

/// A value of some opacity, seen on white.
fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(255)
}

/// Encodes pixels and nothing else: no comment, no profile, no thumbnail.
fn encode(pixels: &RgbImage, quality: u8) -> Result<Encoded, Refused> {
    let (width, height) = pixels.dimensions();
    let mut bytes = Vec::with_capacity(pixels.as_raw().len() / 8);
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(pixels.as_raw(), width, height, ExtendedColorType::Rgb8)
        .map_err(|_| Refused::Damaged)?;
    Ok(Encoded { bytes, width, height })
}

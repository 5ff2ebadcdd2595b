//! Making planes and pixels smaller.
use crate::{
    Refused,
    baseline::{Plane, Planes},
    colour,
};
use fast_image_resize::{
    CropBox, FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer,
    images::{Image, ImageRef},
};
use image::DynamicImage;

/// The whole of something.
pub(crate) fn whole(width: f64, height: f64) -> CropBox {
    CropBox { left: 0.0, top: 0.0, width, height }
}

fn options(cut: CropBox) -> ResizeOptions {
    ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .crop(cut.left, cut.top, cut.width, cut.height)
}

/// A part of a plane at another size.
pub(crate) fn plane(
    resizer: &mut Resizer,
    from: &Plane,
    cut: CropBox,
    width: u32,
    height: u32,
) -> Result<Plane, Refused> {
    let (across, down) = (width as usize, height as usize);
    // A cut of all but a part of the last pixel is no cut.
    let uncut = cut.left == 0.0 && cut.top == 0.0;
    let full = cut.width > from.width as f64 - 1.0 && cut.height > from.height as f64 - 1.0;
    if uncut && full && (across, down) == (from.width, from.height) {
        return Ok(from.clone());
    }
    let cut = CropBox {
        width: cut.width.min(from.width as f64 - cut.left),
        height: cut.height.min(from.height as f64 - cut.top),
        ..cut
    };
    let view = ImageRef::new(from.width as u32, from.height as u32, &from.samples, PixelType::U8)
        .map_err(|_| Refused::Damaged)?;
    let mut to = Image::new(width, height, PixelType::U8);
    resizer.resize(&view, &mut to, &options(cut)).map_err(|_| Refused::Damaged)?;
    Ok(Plane { width: across, height: down, samples: to.into_vec() })
}

/// A whole picture at another size.
pub(crate) fn planes(
    resizer: &mut Resizer,
    from: &Planes,
    width: u32,
    height: u32,
) -> Result<Planes, Refused> {
    let (across, down) = (f64::from(from.width), f64::from(from.height));
    let [light, blue, red] = &from.planes;
    let (bright, colour) = (whole(across, down), whole(across / 2.0, down / 2.0));
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    Ok(Planes {
        width,
        height,
        planes: [
            plane(resizer, light, bright, width, height)?,
            plane(resizer, blue, colour, half_width, half_height)?,
            plane(resizer, red, colour, half_width, half_height)?,
        ],
    })
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

/// A part of decoded pixels at another size, resized in the layout in which they came, so that a
/// transparent pixel lends no colour to its neighbours.
pub(crate) fn pixels(
    resizer: &mut Resizer,
    from: &DynamicImage,
    cut: CropBox,
    width: u32,
    height: u32,
) -> Result<Planes, Refused> {
    let kind = pixel_type(from)?;
    // Refused for 16-bit pixels at an odd address; those of `image` are never at one.
    let view =
        ImageRef::new(from.width(), from.height(), from.as_bytes(), kind).map_err(|_| Refused::Damaged)?;
    let mut to = Image::new(width, height, kind);
    resizer.resize(&view, &mut to, &options(cut)).map_err(|_| Refused::Damaged)?;
    Ok(colour::split(&colour::flatten(&to)?, width, height))
}

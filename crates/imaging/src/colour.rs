//! From red, green and blue to brightness and two colours, as JPEGs keep them, and on white.
use crate::{
    Refused,
    baseline::{Plane, Planes},
};
use fast_image_resize::{PixelType, images::Image};

/// Eight bits of red, green and blue, on white.
pub(crate) fn flatten(image: &Image<'_>) -> Result<Vec<u8>, Refused> {
    let bytes = image.buffer();
    Ok(match image.pixel_type() {
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
    })
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

/// Takes red, green and blue apart. The colours are the mean of two by two pixels.
pub(crate) fn split(rgb: &[u8], width: u32, height: u32) -> Planes {
    let (across, down) = (width as usize, height as usize);
    let light = rgb.chunks_exact(3).map(|p| brightness([p[0], p[1], p[2]])).collect();
    let mut blue = Plane::filled(across.div_ceil(2), down.div_ceil(2), 0);
    let mut red = blue.clone();
    for y in 0..blue.height {
        let rows = [y * 2, (y * 2 + 1).min(down - 1)].map(|y| &rgb[y * across * 3..][..across * 3]);
        for x in 0..blue.width {
            let columns = [x * 2, (x * 2 + 1).min(across - 1)];
            let sum = |c: usize| -> i32 {
                rows.iter().map(|row| columns.iter().map(|x| i32::from(row[x * 3 + c])).sum::<i32>()).sum()
            };
            let (r, g, b) = (sum(0), sum(1), sum(2));
            // Four pixels in sixteen bits of fraction, rounded.
            let at = y * blue.width + x;
            let value = |sum: i32| (((sum + (1 << 17)) >> 18) + 128).clamp(0, 255) as u8;
            blue.samples[at] = value(-11_059 * r - 21_709 * g + 32_768 * b);
            red.samples[at] = value(32_768 * r - 27_439 * g - 5_329 * b);
        }
    }
    Planes { width, height, planes: [Plane { width: across, height: down, samples: light }, blue, red] }
}

/// The brightness of a pixel.
#[inline]
fn brightness(rgb: [u8; 3]) -> u8 {
    let [r, g, b] = rgb.map(u32::from);
    ((19_595 * r + 38_470 * g + 7_471 * b + (1 << 15)) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_standard() {
        for (rgb, expected) in [
            ([0, 0, 0], [0, 128, 128]),
            ([255, 255, 255], [255, 128, 128]),
            ([255, 0, 0], [76, 85, 255]),
            ([0, 255, 0], [150, 44, 21]),
            ([0, 0, 255], [29, 255, 107]),
        ] {
            let planes = split(&rgb.repeat(15), 5, 3).planes;
            assert_eq!(planes[1].samples.len(), 6);
            for (plane, expected) in planes.iter().zip(expected) {
                assert!(plane.samples.iter().all(|value| *value == expected), "{rgb:?}: {plane:?}");
            }
        }
    }
}

//! Files to send, good ones and ones with parts added by hand.
#![allow(dead_code, reason = "each test file uses some of these")]
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// Red, green, blue, near white: the quarters of [`fields`], and of the fixtures.
pub(crate) const FIELDS: [[u8; 3]; 4] = [[220, 30, 30], [30, 180, 60], [40, 60, 200], [240, 240, 240]];

/// A picture in four fields.
pub(crate) fn fields(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(FIELDS[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)])
    })
}

/// A JPEG, by an encoder other than the one under test.
pub(crate) fn jpeg(pixels: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 92)
        .encode_image(pixels)
        .expect("a picture");
    bytes
}

/// A PNG.
pub(crate) fn png(pixels: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    pixels.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).expect("a picture");
    bytes
}

/// A JPEG with a segment put behind its first two bytes.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("a short body").to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, body, &jpeg[2..]].concat()
}

/// A JPEG with an EXIF segment: orientation, and a place (Gravesend).
pub(crate) fn with_exif(jpeg: &[u8], orientation: u16, little_endian: bool) -> Vec<u8> {
    let short = |v: u16| if little_endian { v.to_le_bytes() } else { v.to_be_bytes() };
    let long = |v: u32| if little_endian { v.to_le_bytes() } else { v.to_be_bytes() };
    let mut tiff: Vec<u8> = if little_endian { b"II".to_vec() } else { b"MM".to_vec() };
    tiff.extend(short(42));
    tiff.extend(long(8));
    // The first directory: orientation, and where the directory of the place is.
    tiff.extend(short(2));
    tiff.extend([short(0x0112), short(3)].concat());
    tiff.extend(long(1));
    tiff.extend([short(orientation), short(0)].concat());
    tiff.extend([short(0x8825), short(4)].concat());
    tiff.extend(long(1));
    tiff.extend(long(38));
    tiff.extend(long(0));
    // The place: a latitude reference and a date in text.
    tiff.extend(short(2));
    tiff.extend([short(1), short(2)].concat());
    tiff.extend(long(2));
    tiff.extend(b"N\0\0\0");
    tiff.extend([short(0x001d), short(2)].concat());
    tiff.extend(long(11));
    tiff.extend(long(68));
    tiff.extend(long(0));
    tiff.extend(b"Private\0\0\0\0");
    with_segment(jpeg, 0xe1, &[b"Exif\0\0".as_slice(), &tiff].concat())
}

/// A chunk of a PNG with its checksum.
pub(crate) fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let named = [name.as_slice(), body].concat();
    let mut sum = u32::MAX;
    for byte in &named {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    let length = u32::try_from(body.len()).expect("a short body");
    [&length.to_be_bytes(), named.as_slice(), &(!sum).to_be_bytes()].concat()
}

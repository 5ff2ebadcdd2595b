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

/// A JPEG with an EXIF segment.
pub(crate) fn with_exif(jpeg: &[u8], orientation: u16, little_endian: bool) -> Vec<u8> {
    with_segment(jpeg, 0xe1, &[b"Exif\0\0".as_slice(), &exif(orientation, little_endian)].concat())
}

/// The directories of EXIF: orientation, and a place (Gravesend).
pub(crate) fn exif(orientation: u16, little_endian: bool) -> Vec<u8> {
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
    tiff
}

/// A PNG with a chunk put behind its header.
pub(crate) fn with_chunk(png: &[u8], name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&png[..33], &chunk(name, body), &png[33..]].concat()
}

/// The start of a PNG that promises pixels.
pub(crate) fn png_header(width: u32, height: u32, bits: u8, colour: u8, interlace: u8) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let header = [&*sides, &[bits, colour, 0, 0, interlace]].concat();
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header)].concat()
}

/// The end of a PNG: rows, each behind a zero for "no filter", not compressed.
pub(crate) fn png_rows(rows: &[u8]) -> Vec<u8> {
    let mut zlib = vec![0x78, 0x01];
    let (mut low, mut high) = (1u32, 0u32);
    for byte in rows {
        low = (low + u32::from(*byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    let mut parts = rows.chunks(60_000).peekable();
    while let Some(part) = parts.next() {
        let length = u16::try_from(part.len()).expect("a short part");
        zlib.push(u8::from(parts.peek().is_none()));
        zlib.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        zlib.extend(part);
    }
    zlib.extend((high << 16 | low).to_be_bytes());
    [chunk(b"IDAT", &zlib), chunk(b"IEND", b"")].concat()
}

/// A WebP without loss, its parts in a file that says of itself what else there is: EXIF, an animation.
pub(crate) fn webp_of(width: u32, height: u32, flags: u8, parts: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let sides = [width - 1, height - 1].map(|side| side.to_le_bytes());
    let canvas = [&[flags, 0, 0, 0], &sides[0][..3], &sides[1][..3]].concat();
    let mut body = b"WEBP".to_vec();
    for (name, bytes) in [(b"VP8X", &*canvas)].iter().chain(parts) {
        body.extend_from_slice(*name);
        body.extend(u32::try_from(bytes.len()).expect("a short part").to_le_bytes());
        body.extend_from_slice(bytes);
        body.extend(vec![0; bytes.len() % 2]);
    }
    [b"RIFF".as_slice(), &u32::try_from(body.len()).expect("a short file").to_le_bytes(), &body].concat()
}

/// The pixels of a WebP without loss: what stands behind the headers.
pub(crate) fn webp_pixels(pixels: &DynamicImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    pixels.write_to(&mut Cursor::new(&mut bytes), ImageFormat::WebP).expect("a picture");
    let at = bytes.windows(4).position(|name| name == b"VP8L").expect("pixels");
    let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().expect("four bytes"));
    bytes[at + 8..][..length as usize].to_vec()
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

/// A number from 0 to 1 that belongs to a seed and a place in it.
pub(crate) fn chance(seed: u32, place: u32) -> f32 {
    let mut mixed = seed.wrapping_mul(0x9e37_79b1) ^ place.wrapping_mul(0x85eb_ca6b);
    for _ in 0..2 {
        mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
        mixed = (mixed ^ mixed >> 12).wrapping_mul(0x297a_2d39);
    }
    (mixed >> 8) as f32 / (1 << 24) as f32
}

/// A person who does not exist, as a camera over a till sees one: head and shoulders, hair, eyes, mouth, a
/// ground of shelves, light from one side, and grain. All of one style, so that they are easily confused.
pub(crate) fn portrait(width: u32, height: u32, seed: u32) -> RgbImage {
    let of = |place: u32, low: f32, high: f32| low + (high - low) * chance(seed, place);
    let (centre, middle) = (of(1, 0.38, 0.62), of(2, 0.36, 0.5));
    let (head, long) = (of(3, 0.14, 0.22), of(4, 1.15, 1.5));
    let skin = [of(5, 90.0, 235.0), of(6, 70.0, 190.0), of(7, 60.0, 160.0)];
    let hair = [of(8, 15.0, 170.0), of(9, 15.0, 120.0), of(10, 15.0, 90.0)];
    let coat = [of(11, 20.0, 220.0), of(12, 20.0, 220.0), of(13, 20.0, 220.0)];
    let wall = [of(14, 60.0, 220.0), of(15, 60.0, 220.0), of(16, 60.0, 220.0)];
    let (shelves, stands, light) = (of(17, 2.0, 9.0), of(18, 2.0, 9.0), of(19, -0.5, 0.5));
    let (fringe, shoulders, eyes, mouth) =
        (of(20, 0.2, 0.75), of(21, 0.25, 0.45), of(22, 0.25, 0.5), of(23, 0.35, 0.65));
    RgbImage::from_fn(width, height, |px, py| {
        let (x, y) = ((px as f32 + 0.5) / width as f32, (py as f32 + 0.5) / height as f32);
        let (u, v) = ((x - centre) / head, (y - middle) / (head * long));
        let on_shelf = chance(seed, 100 + (x * stands) as u32 * 31 + (y * shelves) as u32);
        let mut colour = wall.map(|value| value * (0.55 + 0.45 * on_shelf));
        if (y * shelves).fract() < 0.08 {
            colour = [60.0, 50.0, 45.0];
        }
        let body = (x - centre) / shoulders;
        if y > middle + head * long * 0.8 + body * body * 0.2 {
            colour = if body.abs() < 0.12 { skin.map(|value| value * 0.8) } else { coat };
        }
        if u * u + v * v < 1.25 && v < 0.3 {
            colour = hair;
        }
        if u * u + v * v < 1.0 && v > -fringe {
            colour = skin;
            let eye = (u.abs() - eyes).powi(2) + (v + 0.1).powi(2) * 3.0;
            if eye < 0.02 || (v - mouth).abs() < 0.05 && u.abs() < 0.35 {
                colour = [50.0, 25.0, 25.0];
            }
        }
        let grain = (chance(seed, px.wrapping_mul(7919) ^ py.wrapping_mul(104_729)) - 0.5) * 10.0;
        Rgb(colour.map(|value| (value * (1.0 + light * (x - 0.5)) + grain).clamp(0.0, 255.0) as u8))
    })
}

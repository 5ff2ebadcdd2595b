//! SEC-4: pictures of every kind come out upright, in three sizes, and bare of all but their pixels.
mod common;

use common::{FIELDS, fields, jpeg, png, with_exif, with_segment};
use fairwatch_imaging::{CROP_SIDE, Encoded, Limits, Refused, Region, SIDES, prepare, prepare_crop};
use image::{DynamicImage, ImageFormat, RgbImage, Rgba, RgbaImage};

fn open(encoded: &Encoded) -> RgbImage {
    let pixels =
        image::load_from_memory_with_format(&encoded.bytes, ImageFormat::Jpeg).expect("a JPEG").into_rgb8();
    assert_eq!(pixels.dimensions(), (encoded.width, encoded.height));
    pixels
}

/// The colours in the middles of the four quarters, top left, top right, bottom left, bottom right.
fn quarters(pixels: &RgbImage) -> [[u8; 3]; 4] {
    let (width, height) = pixels.dimensions();
    [(1, 1), (3, 1), (1, 3), (3, 3)].map(|(x, y)| pixels.get_pixel(width * x / 4, height * y / 4).0)
}

fn assert_quarters(pixels: &RgbImage, expected: [[u8; 3]; 4], what: &str) {
    for (found, expected) in quarters(pixels).into_iter().zip(expected) {
        let near = found.into_iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 14);
        assert!(near, "{what}: {found:?} instead of {expected:?}");
    }
}

#[test]
fn three_sizes_of_the_longest_side_and_never_larger_than_sent() {
    // The height of the smallest is a multiple of sixteen, for the strip that is put below it (VIS-8).
    for (sent, sizes) in [
        ((2000, 1000), [(224, 112), (640, 320), (1600, 800)]),
        ((900, 1200), [(180, 240), (480, 640), (900, 1200)]),
        ((100, 50), [(100, 50), (100, 50), (100, 50)]),
        ((4000, 1), [(240, 1), (640, 1), (1600, 1)]),
        ((1, 1), [(1, 1), (1, 1), (1, 1)]),
    ] {
        let prepared = prepare(&jpeg(&fields(sent.0, sent.1)), &Limits::default()).unwrap();
        let made = [&prepared.small, &prepared.medium, &prepared.large];
        for (encoded, size) in made.into_iter().zip(sizes) {
            assert_eq!((encoded.width, encoded.height), size, "{sent:?}");
            let _ = open(encoded);
        }
    }
    assert_eq!(SIDES, [240, 640, 1600]);
}

#[test]
fn every_orientation_is_turned_upright() {
    let [a, b, c, d] = FIELDS;
    // What the four quarters become under each value of the EXIF tag.
    let upright = [
        (1, [a, b, c, d]),
        (2, [b, a, d, c]),
        (3, [d, c, b, a]),
        (4, [c, d, a, b]),
        (5, [a, c, b, d]),
        (6, [c, a, d, b]),
        (7, [d, b, c, a]),
        (8, [b, d, a, c]),
        (9, [a, b, c, d]),
    ];
    for (value, expected) in upright {
        for little_endian in [false, true] {
            let sent = with_exif(&jpeg(&fields(320, 160)), value, little_endian);
            let prepared = prepare(&sent, &Limits::default()).unwrap();
            let size = if (5..=8).contains(&value) { (160, 320) } else { (320, 160) };
            assert_eq!((prepared.large.width, prepared.large.height), size, "orientation {value}");
            for encoded in [&prepared.small, &prepared.large] {
                assert_quarters(&open(encoded), expected, &format!("orientation {value}"));
            }
        }
    }
}

/// SEC-4.
#[test]
fn nothing_but_pixels_survives() {
    let secret = b"51.4416N 0.3687E Mrs Private";
    let mut sent = with_exif(&jpeg(&fields(300, 200)), 1, true);
    sent = with_segment(&sent, 0xe1, &[b"http://ns.adobe.com/xap/1.0/\0<x>".as_slice(), secret].concat());
    sent = with_segment(&sent, 0xe2, &[b"ICC_PROFILE\0\x01\x01".as_slice(), secret].concat());
    sent = with_segment(&sent, 0xed, &[b"Photoshop 3.0\0".as_slice(), secret].concat());
    sent = with_segment(&sent, 0xfe, secret);
    // A second file behind the first, as in a polyglot or a phone's moving picture.
    sent.extend_from_slice(b"PK\x03\x04<script>alert(1)</script>");
    sent.extend_from_slice(secret);
    let prepared = prepare(&sent, &Limits::default()).unwrap();
    for encoded in [&prepared.small, &prepared.medium, &prepared.large] {
        for trace in
            [b"Private".as_slice(), b"Exif", b"xap", b"ICC_PROFILE", b"Photoshop", b"PK\x03\x04", b"script"]
        {
            assert!(
                !encoded.bytes.windows(trace.len()).any(|part| part == trace),
                "{}",
                trace.escape_ascii()
            );
        }
        assert_eq!(markers(&encoded.bytes), [0xe0], "no application segments but JFIF's, no comment");
        assert!(encoded.bytes.ends_with(&[0xff, 0xd9]));
    }
}

/// The application segments and comments of a JPEG, until its first scan.
fn markers(bytes: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = 2;
    while bytes[at + 1] != 0xda {
        assert_eq!(bytes[at], 0xff);
        if matches!(bytes[at + 1], 0xe0..=0xef | 0xfe) {
            found.push(bytes[at + 1]);
        }
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    found
}

#[test]
fn png_text_and_trailing_bytes_do_not_survive() {
    let mut sent = png(&fields(80, 60).into());
    sent.extend_from_slice(b"<?php Private ?>");
    let prepared = prepare(&sent, &Limits::default()).unwrap();
    assert!(!prepared.large.bytes.windows(7).any(|part| part == b"Private"));
}

#[test]
fn other_kinds_of_pixels_become_the_same_picture() {
    let rgb = DynamicImage::from(fields(64, 48));
    let mut webp = Vec::new();
    rgb.write_to(&mut std::io::Cursor::new(&mut webp), ImageFormat::WebP).unwrap();
    let files: [(&str, Vec<u8>); 10] = [
        ("png", png(&rgb)),
        ("png with 16 bits", png(&rgb.to_rgb16().into())),
        ("png with 16 bits and alpha", png(&rgb.to_rgba16().into())),
        ("lossless webp", webp),
        ("lossy webp", include_bytes!("fixtures/lossy.webp").to_vec()),
        ("animated webp", include_bytes!("fixtures/animated.webp").to_vec()),
        ("animated png", include_bytes!("fixtures/animated.png").to_vec()),
        ("cmyk jpeg", include_bytes!("fixtures/cmyk.jpg").to_vec()),
        ("progressive jpeg", include_bytes!("fixtures/progressive.jpg").to_vec()),
        ("jpeg", jpeg(&fields(64, 48))),
    ];
    for (what, bytes) in files {
        let prepared =
            prepare(&bytes, &Limits::default()).unwrap_or_else(|refused| panic!("{what}: {refused}"));
        assert_eq!((prepared.large.width, prepared.large.height), (64, 48), "{what}");
        assert_quarters(&open(&prepared.large), FIELDS, what);
    }
}

#[test]
fn grey_pictures_stay_grey() {
    let grey = DynamicImage::from(fields(64, 48)).to_luma8();
    let expected = quarters(&DynamicImage::from(grey.clone()).into_rgb8());
    for picture in
        [DynamicImage::from(grey.clone()), DynamicImage::from(grey).to_luma16().into(), grey_alpha().into()]
    {
        assert_quarters(&open(&prepare(&png(&picture), &Limits::default()).unwrap().large), expected, "grey");
    }
}

fn grey_alpha() -> image::GrayAlphaImage {
    DynamicImage::from(fields(64, 48)).to_luma_alpha8()
}

#[test]
fn what_is_transparent_becomes_white_and_lends_no_colour() {
    // Left half red and opaque, right half transparent with a black that nobody should see.
    let half =
        RgbaImage::from_fn(1000, 500, |x, _| if x < 500 { Rgba([200, 20, 20, 255]) } else { Rgba([0; 4]) });
    let prepared = prepare(&png(&half.into()), &Limits::default()).unwrap();
    for encoded in [&prepared.small, &prepared.large] {
        let [left, right, ..] = quarters(&open(encoded));
        assert!(right.iter().all(|value| *value >= 250), "{right:?}");
        assert!(left[0] > 180 && left[1] < 40, "{left:?}");
        // No dark fringe where they meet; half black would be 100.
        assert!(open(encoded).pixels().all(|pixel| pixel.0[0] > 150));
    }
}

#[test]
fn a_part_of_a_picture_is_a_picture() {
    let large = prepare(&jpeg(&fields(1200, 800)), &Limits::default()).unwrap().large;
    let part = Region { left: 0.5, top: 0.0, width: 0.5, height: 0.5 };
    let cropped = prepare_crop(&large.bytes, part).unwrap();
    assert_eq!((cropped.large.width, cropped.large.height), (600, 400));
    assert_eq!((cropped.small.width, cropped.small.height), (240, 160));
    assert_quarters(&open(&cropped.large), [FIELDS[1]; 4], "the top right quarter");
    // A hand that slipped over the edge.
    let over = Region { left: -0.2, top: -0.1, width: 1.5, height: 0.6 };
    let cropped = prepare_crop(&large.bytes, over).unwrap();
    assert_eq!((cropped.large.width, cropped.large.height), (1200, 400));
}

#[test]
fn a_part_that_shows_nobody_is_refused() {
    let large = prepare(&jpeg(&fields(1200, 800)), &Limits::default()).unwrap().large;
    let fraction = f64::from(CROP_SIDE - 1) / 1200.0;
    for (left, top, width, height) in [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, fraction, 1.0),
        (1.5, 0.0, 1.0, 1.0),
        (0.5, 0.5, -0.4, 0.4),
        (f64::NAN, 0.0, 1.0, 1.0),
        (0.0, 0.0, f64::INFINITY, f64::NAN),
        (f64::NEG_INFINITY, 0.0, f64::INFINITY, 1.0),
    ] {
        let region = Region { left, top, width, height };
        assert_eq!(prepare_crop(&large.bytes, region), Err(Refused::Region), "{region:?}");
    }
    let whole = Region { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
    assert_eq!(prepare_crop(b"not ours", whole), Err(Refused::Unknown));
}

//! SEC-4: what we write, other decoders read; what others write, we read as they do, or not at all.
use super::{Planes, decode::File, encode::encode, inverse::Side, tables::coarseness};
use crate::colour::split;
use image::{ExtendedColorType, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};
use proptest::prelude::*;

/// A picture with slopes, edges and grain.
fn picture(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let grain =
            (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca6b) ^ seed).wrapping_mul(0xc2b2_ae35);
        let edge = if (x / 13 + y / 17 + seed).is_multiple_of(3) { 60 } else { 0 };
        let value = |c: u32| (x * (c + 1) / 2 + y * (3 - c) / 2 + edge + (grain >> 28)) % 200 + 20;
        image::Rgb([value(0) as u8, value(1) as u8, value(2) as u8])
    })
}

fn planes(picture: &RgbImage) -> Planes {
    split(picture.as_raw(), picture.width(), picture.height())
}

fn opened_by_another(bytes: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
}

/// Written by `image`, with all its colours.
fn written_by_another(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("a picture");
    bytes
}

/// How alike two rows of samples are, in decibels.
fn likeness(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let sum: u64 = one.iter().zip(other).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    10.0 * (255.0 * 255.0 * one.len() as f64 / (sum as f64).max(0.1)).log10()
}

/// Brightness alone: of colours there is a quarter, on purpose.
fn brightness(picture: &RgbImage) -> Vec<u8> {
    planes(picture).planes[0].samples.clone()
}

#[test]
fn every_small_size_is_read_by_another_decoder() {
    for width in 1..=40 {
        for height in 1..=40 {
            let smooth =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([90 + x as u8, 80 + y as u8, 100]));
            let bytes = encode(&planes(&smooth), &coarseness(82), (width + height) % 2 == 0);
            let found = opened_by_another(&bytes);
            assert_eq!(found.dimensions(), (width, height));
            let near = found.as_raw().iter().zip(smooth.as_raw()).all(|(a, b)| a.abs_diff(*b) <= 8);
            assert!(near, "{width} x {height}");
        }
    }
}

#[test]
fn we_write_as_well_as_another_encoder_in_fewer_bytes() {
    let picture = picture(640, 480, 3);
    for quality in [40, 78, 82, 95] {
        let (ours, theirs) =
            (encode(&planes(&picture), &coarseness(quality), false), written_by_another(&picture, quality));
        let [our, their] = [&ours, &theirs]
            .map(|bytes| likeness(&brightness(&opened_by_another(bytes)), &brightness(&picture)));
        assert!(our > their - 0.3, "{our} dB, {their} dB at {quality}");
        assert!(ours.len() < theirs.len(), "{} and {} bytes at {quality}", ours.len(), theirs.len());
    }
}

#[test]
fn we_read_what_another_encoder_wrote_as_another_decoder_does() {
    let picture = picture(333, 217, 5);
    let bytes = written_by_another(&picture, 90);
    let ours = File::open(&bytes).expect("a common JPEG").read(Side::Eight, Side::Eight).expect("whole");
    let theirs = brightness(&opened_by_another(&bytes));
    assert_eq!((ours.width, ours.height), (333, 217));
    assert!(likeness(&ours.planes[0].samples, &theirs) > 45.0);
}

#[test]
fn smaller_pictures_come_straight_from_the_frequencies() {
    let smooth = RgbImage::from_fn(641, 479, |x, y| image::Rgb([(x / 4) as u8, (y / 3) as u8, 90]));
    let bytes = encode(&planes(&smooth), &coarseness(90), true);
    let file = File::open(&bytes).expect("a common JPEG");
    for side in Side::ALL {
        let step = 8 / side.pixels() as u32;
        let found = file.read(side, Side::Eight).expect("whole");
        assert_eq!((found.width, found.height), (641u32.div_ceil(step), 479u32.div_ceil(step)));
        let plane = &found.planes[0];
        for (x, y) in [(10, 10), (200, 30), (300, 400), (600, 470)] {
            let [r, g, b] = smooth.get_pixel(x, y).0.map(f64::from);
            let expected = 0.299 * r + 0.587 * g + 0.114 * b;
            let value = plane.row((y / step) as usize)[(x / step) as usize];
            assert!((f64::from(value) - expected).abs() < 5.0, "{side:?} {x} {y}: {value} {expected}");
        }
    }
}

#[test]
fn writing_again_what_was_read_changes_next_to_nothing() {
    let bytes = encode(&planes(&picture(640, 480, 9)), &coarseness(80), false);
    let read = |bytes: &[u8]| File::open(bytes).unwrap().read(Side::Eight, Side::Eight).unwrap();
    let first = read(&bytes);
    let second = read(&encode(&first, &coarseness(80), false));
    assert!(likeness(&first.planes[0].samples, &second.planes[0].samples) > 50.0);
}

#[test]
fn kinds_that_are_not_common_are_left_to_the_other_decoder() {
    for bytes in [
        include_bytes!("../../tests/fixtures/progressive.jpg").as_slice(),
        include_bytes!("../../tests/fixtures/cmyk.jpg"),
    ] {
        assert!(File::open(bytes).is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_picture_is_read_alike_by_us_and_by_others(
        (width, height) in (1u32..90, 1u32..90), seed: u32, quality in 30u8..=100, restarts: bool,
    ) {
        let picture = picture(width, height, seed);
        let planes = planes(&picture);
        let bytes = encode(&planes, &coarseness(quality), restarts);
        let ours = File::open(&bytes).expect("ours").read(Side::Eight, Side::Eight).expect("whole");
        prop_assert_eq!((ours.width, ours.height), (width, height));
        let mut grey = image::codecs::jpeg::JpegDecoder::new(std::io::Cursor::new(&bytes)).expect("a JPEG");
        use image::ImageDecoder as _;
        prop_assert_eq!(grey.dimensions(), (width, height));
        let _ = grey.icc_profile();
        let theirs = brightness(&opened_by_another(&bytes));
        // They make red, green and blue of it, which cuts off what no screen shows.
        prop_assert!(likeness(&ours.planes[0].samples, &theirs) > 30.0);
    }

    #[test]
    fn damage_is_refused_or_read_and_never_a_panic(
        seed: u32, at in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = encode(&planes(&picture(50, 40, seed)), &coarseness(75), seed.is_multiple_of(2));
        for (index, value) in at {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        let small = |file: &File<'_>| u64::from(file.width) * u64::from(file.height) < 1_000_000;
        if let Some(file) = File::open(&bytes).filter(small) {
            let _ = file.read(Side::Eight, Side::Two);
        }
    }

    #[test]
    fn a_file_cut_short_is_not_read(seed: u32, keep in 0.0..0.98f64) {
        let bytes = encode(&planes(&picture(50, 40, seed)), &coarseness(75), false);
        let mut cut = bytes[..(bytes.len() as f64 * keep) as usize].to_vec();
        cut.extend_from_slice(&[0xff, 0xd9]);
        prop_assert!(File::open(&cut).and_then(|file| file.read(Side::Eight, Side::Eight)).is_none());
    }
}

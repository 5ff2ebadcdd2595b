//! VIS-8: pictures shown to members bear who looked, in which scheme and when, in their pixels.
mod common;

use common::{jpeg, portrait};
use fairwatch_imaging::{Encoded, Limits, Mark, Prepared, Refused, ShortMark, mark, prepare, short_mark};
use image::{GrayImage, ImageFormat, RgbImage, imageops};
use proptest::prelude::*;

fn open(bytes: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).expect("a JPEG").into_rgb8()
}

fn grey(encoded: &Encoded) -> GrayImage {
    let pixels = open(&encoded.bytes);
    assert_eq!(pixels.dimensions(), (encoded.width, encoded.height));
    imageops::grayscale(&pixels)
}

fn prepared(picture: &RgbImage) -> Prepared {
    prepare(&jpeg(picture), &Limits::default()).expect("a good picture")
}

fn words() -> Mark {
    Mark::new("Zoë Brown", "Harbour Retail Watch", "21 November 2026 14:05")
}

/// Pixels in which two pictures differ by more than compression does.
fn touched(one: &GrayImage, other: &GrayImage) -> usize {
    one.pixels().zip(other.pixels()).filter(|(a, b)| a.0[0].abs_diff(b.0[0]) > 40).count()
}

#[test]
fn vis_8_a_mark_is_legible_on_every_ground() {
    for ground in [0, 60, 128, 190, 255] {
        let plain = RgbImage::from_pixel(640, 480, image::Rgb([ground; 3]));
        let marked = grey(&mark(&prepared(&plain).medium.bytes, &words()).unwrap());
        let (mut darkest, mut lightest) = (255, 0);
        let mut strong = 0;
        for y in 1..479 {
            for x in 0..636 {
                let near: Vec<u8> = (0..4).map(|step| marked.get_pixel(x + step, y).0[0]).collect();
                let (low, high) = (near.iter().min().unwrap(), near.iter().max().unwrap());
                (darkest, lightest) = (darkest.min(*low), lightest.max(*high));
                strong += usize::from(high - low > 60);
            }
        }
        // Letters and what is around them differ, over and over.
        assert!(lightest - darkest > 80, "{ground}: {darkest} to {lightest}");
        assert!(strong > 4_000, "{ground}: {strong}");
    }
}

#[test]
fn vis_8_a_face_cut_out_takes_a_part_of_the_mark_along() {
    for size in [(640, 480), (480, 640), (1600, 1200)] {
        let made = prepared(&portrait(size.0, size.1, 7));
        let picture = if size.0 > 640 { made.large } else { made.medium };
        let (before, after) = (grey(&picture), grey(&mark(&picture.bytes, &words()).unwrap()));
        let side = size.0.max(size.1) / 8;
        for top in (0..=size.1 - side).step_by(side as usize / 4) {
            for left in (0..=size.0 - side).step_by(side as usize / 2) {
                let cut = |from: &GrayImage| imageops::crop_imm(from, left, top, side, side).to_image();
                let touched = touched(&cut(&before), &cut(&after));
                assert!(touched * 80 > (side * side) as usize, "{size:?} at {left}, {top}: {touched}");
            }
        }
    }
}

#[test]
fn vis_8_the_face_stays_recognisable() {
    let picture = prepared(&portrait(1200, 1600, 3)).medium;
    let (before, after) = (grey(&picture), grey(&mark(&picture.bytes, &words()).unwrap()));
    // Most pixels are as they were, and no mark is opaque.
    let share = touched(&before, &after) as f64 / before.pixels().len() as f64;
    assert!((0.01..0.2).contains(&share), "{share}");
    let first = prepared(&open(&picture.bytes)).fingerprint;
    let second = prepared(&open(&mark(&picture.bytes, &words()).unwrap().bytes)).fingerprint;
    assert!(first.same_picture(&second).is_some());
}

#[test]
fn vis_8_marks_differ_by_viewer_scheme_and_time() {
    let picture = prepared(&portrait(640, 480, 1)).medium;
    let marks = [
        words(),
        Mark::new("Zoe Brown", "Harbour Retail Watch", "21 November 2026 14:05"),
        Mark::new("Zoë Brown", "Harbour Retail Match", "21 November 2026 14:05"),
        Mark::new("Zoë Brown", "Harbour Retail Watch", "21 November 2026 14:06"),
    ];
    let made: Vec<_> = marks.iter().map(|words| mark(&picture.bytes, words).unwrap().bytes).collect();
    for (at, one) in made.iter().enumerate() {
        assert!(made[at + 1..].iter().all(|other| other != one));
    }
    assert_eq!(mark(&picture.bytes, &words()).unwrap().bytes, made[0]);
}

#[test]
fn vis_8_where_there_is_no_mark_nothing_is_lost() {
    let picture = prepared(&portrait(640, 480, 1)).medium;
    let blank = Mark::new("", "", "");
    let again = grey(&mark(&picture.bytes, &blank).unwrap());
    let before = grey(&picture);
    assert!(before.pixels().zip(again.pixels()).all(|(a, b)| a.0[0].abs_diff(b.0[0]) <= 6));
}

#[test]
fn vis_8_pictures_of_before_are_marked_too() {
    // Written by another encoder, with all their colours; progressive; smaller than a line of text.
    for bytes in [jpeg(&portrait(640, 480, 2)), include_bytes!("fixtures/progressive.jpg").to_vec()] {
        let marked = mark(&bytes, &words()).unwrap();
        assert_eq!(open(&marked.bytes).dimensions(), open(&bytes).dimensions());
        assert!(touched(&imageops::grayscale(&open(&bytes)), &grey(&marked)) > 50);
        let short = short_mark(&bytes, &ShortMark::new("KX4-7QM")).unwrap();
        assert!(short.width <= 240);
        let _ = grey(&short);
    }
    assert_eq!(mark(b"", &words()), Err(Refused::Empty));
    assert_eq!(mark(&[0; 900], &words()), Err(Refused::Unknown));
    assert_eq!(short_mark(&[0; 900], &ShortMark::new("x")).unwrap_err(), Refused::Unknown);
}

#[test]
fn vis_8_a_thumbnail_bears_a_code_and_keeps_every_pixel() {
    for (width, height) in [(4000, 3000), (1600, 900), (300, 400), (640, 200), (64, 64)] {
        let small = prepared(&portrait(width, height, 5)).small;
        let marked = short_mark(&small.bytes, &ShortMark::new("KX4-7QM")).unwrap();
        assert_eq!((marked.width, marked.height), (small.width, small.height.next_multiple_of(16) + 16));
        let (before, after) = (open(&small.bytes), open(&marked.bytes));
        // The decoder smooths colours over the border, so the last row may differ.
        let kept = imageops::crop_imm(&after, 0, 0, small.width, small.height - 1).to_image();
        assert_eq!(kept, imageops::crop_imm(&before, 0, 0, small.width, small.height - 1).to_image());
        let strip = imageops::grayscale(
            &imageops::crop_imm(&after, 0, marked.height - 16, small.width, 16).to_image(),
        );
        let light = strip.pixels().filter(|pixel| pixel.0[0] > 170).count() as f64;
        let dark = strip.pixels().filter(|pixel| pixel.0[0] < 60).count() as f64;
        let all = f64::from(small.width * 16);
        assert!(light / all > 0.08 && dark / all > 0.4, "{light} light, {dark} dark of {all}");
    }
}

#[test]
fn vis_8_codes_differ() {
    let small = prepared(&portrait(400, 300, 5)).small;
    let one = |code: &str| short_mark(&small.bytes, &ShortMark::new(code)).unwrap().bytes;
    assert_ne!(one("KX4-7QM"), one("KX4-7QN"));
    assert_eq!(one("KX4-7QM"), one("KX4-7QM"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// VIS-8.
    #[test]
    fn any_words_can_be_marked(viewer: String, scheme: String, time: String, side in 1u32..300) {
        let picture = prepared(&portrait(side, 300 - side, side));
        let words = Mark::new(&viewer, &scheme, &time);
        let marked = mark(&picture.medium.bytes, &words).unwrap();
        prop_assert_eq!((marked.width, marked.height), (picture.medium.width, picture.medium.height));
        let _ = grey(&marked);
        let _ = grey(&short_mark(&picture.small.bytes, &ShortMark::new(&viewer)).unwrap());
    }
}

//! The same picture is found again after what people do to pictures, and no other picture is. No face is
//! compared: different photographs are different, however alike the people in them.
mod common;

use common::{chance, jpeg, portrait};
use fairwatch_imaging::{Fingerprint, Limits, prepare};
use image::{DynamicImage, RgbImage, codecs::jpeg::JpegEncoder, imageops};

const PICTURES: u32 = 300;

fn print(picture: &RgbImage) -> Fingerprint {
    prepare(&jpeg(picture), &Limits::default()).expect("a good picture").fingerprint
}

fn original(seed: u32) -> RgbImage {
    let (width, height) = [(240, 180), (180, 240), (200, 200)][seed as usize % 3];
    portrait(width, height, seed + 20_000)
}

fn resized(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    imageops::resize(picture, width, height, imageops::FilterType::Triangle)
}

fn compressed(picture: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).expect("a picture");
    image::load_from_memory(&bytes).expect("a JPEG").into_rgb8()
}

/// Left, right, top and bottom, in fractions of a side.
fn cropped(picture: &RgbImage, [left, right, top, bottom]: [f32; 4]) -> RgbImage {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let (x, y) = ((left * width) as u32, (top * height) as u32);
    let (across, down) = ((width * (1.0 - left - right)) as u32, (height * (1.0 - top - bottom)) as u32);
    imageops::crop_imm(picture, x, y, across, down).to_image()
}

fn brighter(picture: &RgbImage, by: i32, contrast: f32) -> RgbImage {
    DynamicImage::from(picture.clone()).brighten(by).adjust_contrast(contrast).into_rgb8()
}

/// A crop of up to 8 % on each side, another one for each picture.
fn by_chance(picture: &RgbImage, seed: u32) -> RgbImage {
    cropped(picture, [1, 2, 3, 4].map(|side| 0.08 * chance(seed, 900 + side)))
}

type Change = (&'static str, fn(&RgbImage, u32) -> RgbImage);

const CHANGES: [Change; 12] = [
    ("half the size", |p, _| resized(p, p.width() / 2, p.height() / 2)),
    ("twice the size", |p, _| resized(p, p.width() * 2, p.height() * 2)),
    ("96 pixels high", |p, _| resized(p, p.width() * 96 / p.height(), 96)),
    ("quality 30", |p, _| compressed(p, 30)),
    ("cropped by 8 % all round", |p, _| cropped(p, [0.08; 4])),
    ("cropped by 8 % at the left", |p, _| cropped(p, [0.08, 0.0, 0.0, 0.0])),
    ("cropped by 8 % at two sides", |p, _| cropped(p, [0.0, 0.08, 0.08, 0.0])),
    ("cropped by chance", by_chance),
    ("mirrored", |p, _| imageops::flip_horizontal(p)),
    ("brighter, less contrast", |p, _| brighter(p, 15, -15.0)),
    ("darker, more contrast", |p, _| brighter(p, -15, 15.0)),
    ("cropped by chance, mirrored, half the size, quality 30", |p, seed| {
        let cropped = imageops::flip_horizontal(&by_chance(p, seed));
        compressed(&resized(&cropped, cropped.width() / 2, cropped.height() / 2), 30)
    }),
];

/// Of 300 pictures of people who do not exist, each changed in twelve ways.
#[test]
fn the_same_picture_is_found_and_no_other() {
    let originals: Vec<_> = (0..PICTURES).map(original).collect();
    let prints: Vec<_> = originals.iter().map(print).collect();
    let (mut found, mut all, mut least) = (0, 0, PICTURES);
    for (name, change) in CHANGES {
        let mut of_this = 0;
        let mut furthest = 0;
        for seed in 0..PICTURES {
            let changed = print(&change(&originals[seed as usize], seed));
            let like = prints[seed as usize].same_picture(&changed);
            furthest = furthest.max(prints[seed as usize].distance(&changed));
            of_this += u32::from(like.is_some());
            assert_eq!(like, changed.same_picture(&prints[seed as usize]), "both ways alike");
        }
        println!("{name}: {of_this} of {PICTURES}, furthest {furthest}");
        least = least.min(of_this);
        (found, all) = (found + of_this, all + PICTURES);
    }
    let (mut wrong, mut nearest) = (0, 128);
    for (at, one) in prints.iter().enumerate() {
        for other in &prints[at + 1..] {
            wrong += u32::from(one.same_picture(other).is_some());
            nearest = nearest.min(one.distance(other));
        }
    }
    println!("found {found} of {all}; {wrong} wrong, the nearest differ by {nearest}");
    // The hardest is four changes at once.
    assert!(least * 100 >= PICTURES * 95, "{least} of {PICTURES} of one kind");
    assert!(found * 100 >= all * 98, "{found} of {all}");
    assert_eq!(wrong, 0, "the nearest differ by {nearest}");
}

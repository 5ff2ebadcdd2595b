//! What pictures cost: one from a telephone, one from a camera over a till, one that is refused; what a mark
//! costs each time that one is shown, and the search for one that was sent before.
//!
//! The photographs are made here, with all their colour (4:4:4); those of telephones halve it and decode
//! faster. To measure a real one, or to compare with another program, name it in `FAIRWATCH_BENCH_PICTURE`.
use divan::{Bencher, black_box};
use fairwatch_imaging::{
    Limits, Mark, Prepared, Prints, Region, ShortMark, mark, prepare, prepare_crop, short_mark,
};
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};

fn main() {
    divan::main();
}

/// A picture with the detail of a photograph: coarse and fine patches of colour, and grain.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    patches(width, height, 0)
}

/// Another one for each salt.
fn patches(width: u32, height: u32, other: u32) -> Vec<u8> {
    let hash = |x: u32, y: u32, salt: u32| {
        let mixed = (x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca6b) ^ salt ^ other << 8)
            .wrapping_mul(0xc2b2_ae35);
        f64::from(mixed >> 16 & 0xff)
    };
    let smooth = |x: u32, y: u32, cell: u32, salt: u32| {
        let (across, down) = (f64::from(x % cell) / f64::from(cell), f64::from(y % cell) / f64::from(cell));
        let corner = |dx, dy| hash(x / cell + dx, y / cell + dy, salt);
        let top = corner(0, 0) * (1.0 - across) + corner(1, 0) * across;
        let bottom = corner(0, 1) * (1.0 - across) + corner(1, 1) * across;
        top * (1.0 - down) + bottom * down
    };
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let fine = smooth(x, y, 40, 4) * 0.25 + hash(x, y, 5) * 0.03;
            for salt in 1..4 {
                pixels.push((smooth(x, y, 500, salt) * 0.7 + fine) as u8);
            }
        }
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90)
        .encode(&pixels, width, height, ExtendedColorType::Rgb8)
        .expect("a picture of this size can be encoded");
    bytes
}

fn measure(bencher: Bencher<'_, '_>, bytes: &[u8]) {
    bencher.bench(|| prepare(black_box(bytes), &Limits::default()).expect("a good picture"));
}

/// 12 megapixels from a telephone, to three sizes.
#[divan::bench(sample_count = 20)]
fn phone_12_megapixels(bencher: Bencher<'_, '_>) {
    measure(bencher, &photograph(4032, 3024));
}

/// The picture that was named, if one was.
#[divan::bench(sample_count = 20)]
fn named_picture(bencher: Bencher<'_, '_>) {
    if let Some(path) = std::env::var_os("FAIRWATCH_BENCH_PICTURE") {
        measure(bencher, &std::fs::read(path).expect("the named picture"));
    }
}

/// A still of a camera.
#[divan::bench(sample_count = 20)]
fn still_2_megapixels(bencher: Bencher<'_, '_>) {
    measure(bencher, &photograph(1920, 1080));
}

/// One person out of a picture of our own.
#[divan::bench(sample_count = 20)]
fn crop(bencher: Bencher<'_, '_>) {
    let own = prepare(&photograph(1920, 1080), &Limits::default()).expect("a good picture").large;
    let region = Region { left: 0.3, top: 0.1, width: 0.3, height: 0.8 };
    bencher.bench(|| prepare_crop(black_box(&own.bytes), region).expect("a good part"));
}

/// A header that promises 65,500 by 65,500 pixels in front of 2 megapixels of data.
#[divan::bench]
fn refused_by_its_header(bencher: Bencher<'_, '_>) {
    let mut bytes = photograph(1920, 1080);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    bencher.bench(|| prepare(black_box(&bytes), &Limits::default()).expect_err("a refusal"));
}

/// A picture of ours in its three sizes.
fn ours() -> Prepared {
    prepare(&photograph(2000, 1500), &Limits::default()).expect("a good picture")
}

/// VIS-8: the gallery's size, marked.
#[divan::bench]
fn mark_640(bencher: Bencher<'_, '_>) {
    let (own, words) =
        (ours().medium, Mark::new("Zoë Brown", "Harbour Retail Watch", "21 November 2026 14:05"));
    bencher.bench(|| mark(black_box(&own.bytes), &words).expect("a good picture"));
}

/// VIS-8: the record's size, marked.
#[divan::bench]
fn mark_1600(bencher: Bencher<'_, '_>) {
    let (own, words) =
        (ours().large, Mark::new("Zoë Brown", "Harbour Retail Watch", "21 November 2026 14:05"));
    bencher.bench(|| mark(black_box(&own.bytes), &words).expect("a good picture"));
}

/// VIS-8: a thumbnail with a code that was used before, as on a page of 48.
#[divan::bench]
fn short_mark_240(bencher: Bencher<'_, '_>) {
    let (own, code) = (ours().small, ShortMark::new("KX4-7QM"));
    bencher.bench(|| short_mark(black_box(&own.bytes), &code).expect("a good picture"));
}

/// VIS-8: a new code.
#[divan::bench]
fn short_mark_made(bencher: Bencher<'_, '_>) {
    bencher.bench(|| ShortMark::new(black_box("KX4-7QM")));
}

/// One picture against 100,000: three hundred, each many times.
#[divan::bench(sample_count = 50)]
fn seen_before_among_100_000(bencher: Bencher<'_, '_>) {
    let print = |salt: u32| {
        let picture = patches(320, 240, salt);
        prepare(&picture, &Limits::default()).expect("a good picture").fingerprint
    };
    let (one, others) = (print(0), (1..301).map(print).collect::<Vec<_>>());
    let mut stored = Prints::default();
    for n in 0..100_000_u32 {
        stored.put(n, n, &others[n as usize % others.len()]);
    }
    stored.put(100_000, 100_000, &one);
    bencher.bench(|| stored.like(black_box(100_000), |_| true).len());
}

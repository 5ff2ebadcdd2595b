//! SEC-4: a hostile, truncated or huge file gets a clear message, costs little and harms nothing.
mod common;

use common::{chunk, fields, jpeg, png, png_header, webp_of, webp_pixels, with_segment};
use fairwatch_imaging::{Limits, Refused, prepare};
use image::{DynamicImage, ImageFormat};

fn refused(bytes: &[u8]) -> Refused {
    prepare(bytes, &Limits::default()).expect_err("a refusal")
}

/// A JPEG whose frame header promises other sides than it holds.
fn jpeg_promising(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(&fields(64, 48));
    let at = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
    bytes[at + 5..at + 9].copy_from_slice(&[height.to_be_bytes(), width.to_be_bytes()].concat());
    bytes
}

fn webp_lossless() -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = DynamicImage::from(fields(64, 48));
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::WebP).expect("a picture");
    bytes
}

#[test]
fn what_is_no_picture_is_named() {
    assert_eq!(refused(b""), Refused::Empty);
    assert_eq!(refused(b"hello"), Refused::Unknown);
    assert_eq!(refused(&[0; 4096]), Refused::Unknown);
    assert_eq!(refused(b"GIF89a\x01\0\x01\0"), Refused::Kind("a GIF"));
    assert_eq!(refused(b"%PDF-1.7"), Refused::Kind("a PDF document"));
    assert_eq!(
        refused(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        Refused::Kind("an SVG drawing")
    );
    assert_eq!(refused(b"\0\0\0\x20ftypisom\0\0\x02\0"), Refused::Kind("a video"));
    assert_eq!(refused(b"\0\0\0\x20ftypavif\0\0\0\0"), Refused::Kind("an AVIF picture"));
    for brand in [b"heic", b"mif1", b"hevc"] {
        let text = refused(&[b"\0\0\0\x20ftyp".as_slice(), brand].concat()).to_string();
        assert!(text.contains("Most Compatible"), "{text}");
    }
}

#[test]
fn too_many_bytes_are_refused_unread() {
    let limits = Limits { bytes: 100, ..Limits::default() };
    let bytes = jpeg(&fields(64, 48));
    assert_eq!(prepare(&bytes, &limits), Err(Refused::Heavy { bytes: bytes.len(), most: 100 }));
}

/// SEC-4.
#[test]
fn huge_promises_are_refused_by_the_header() {
    let text = refused(&jpeg_promising(65_500, 65_500)).to_string();
    assert!(text.contains("65,500 by 65,500") && text.contains("50 million"), "{text}");
    for bytes in [
        png_header(30_000, 30_000, 8, 2, 0),
        png_header(65_500, 65_500, 8, 2, 1),
        png_header(u32::MAX, u32::MAX, 16, 6, 0),
        png_header(16_385, 1, 8, 0, 0),
        jpeg_promising(65_535, 1),
        webp_of(65_500, 65_500, 0, &[(b"VP8L", &webp_pixels(&fields(64, 48).into()))]),
    ] {
        assert!(matches!(refused(&bytes), Refused::Large { .. }));
    }
    // 45 million pixels of eight bytes, which resizing needs twice.
    let deep =
        [png_header(9000, 5000, 16, 6, 0), chunk(b"IDAT", &[0x78, 0x9c]), chunk(b"IEND", b"")].concat();
    assert_eq!(refused(&deep), Refused::Deep { width: 9000, height: 5000 });
    assert_eq!(refused(&png_header(0, 10, 8, 2, 0)), Refused::Damaged);
    assert_eq!(refused(&jpeg_promising(0, 10)), Refused::Damaged);
}

#[test]
fn a_frame_that_contradicts_its_file_is_refused() {
    // A WebP whose outer header is modest and whose frame promises 16,383 by 16,383.
    let canvas = [0, 0, 0, 0, 63, 0, 0, 47, 0, 0];
    let frame = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f];
    let body = [b"WEBPVP8X\x0a\0\0\0".as_slice(), &canvas, b"VP8 \x0a\0\0\0", &frame].concat();
    let length = u32::try_from(body.len()).unwrap().to_le_bytes();
    let bytes = [b"RIFF".as_slice(), &length, &body].concat();
    assert!(matches!(refused(&bytes), Refused::Large { width: 16_383, height: 16_383, .. }));
}

/// SEC-4.
#[test]
fn a_bomb_of_compressed_pixels_is_refused_before_it_opens() {
    // A true PNG of 30,000 x 30,000 black pixels would unpack to 900 MB; its data need not even be there.
    let mut bomb = png_header(30_000, 30_000, 8, 0, 0);
    bomb.extend(chunk(b"IDAT", &[0x78, 0xda, 0xed, 0xc1, 0x01]));
    assert!(matches!(refused(&bomb), Refused::Large { .. }));
}

#[test]
fn a_bomb_in_a_colour_profile_does_not_open() {
    // Stored zlib blocks would be honest; this is an endless run of one byte, 64 MiB from 64 KiB.
    let profile: Vec<u8> = [b"name\0\0".as_slice(), &deflate_zeros(64 * 1024 * 1024)].concat();
    let good = png(&fields(64, 48).into());
    let bytes = [&good[..33], &chunk(b"iCCP", &profile), &good[33..]].concat();
    // The profile is not needed: the picture may come out, or be refused, but without the memory.
    let _ = prepare(&bytes, &Limits::default());
}

/// Zeros as zlib, by fixed Huffman codes: one literal, then matches of 258 at distance 1.
fn deflate_zeros(length: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    // Literal 0 is the code 00110000.
    bits.extend([false, false, true, true, false, false, false, false]);
    for _ in 0..length / 258 {
        // Length 258 is the code 11000101, distance 1 is 00000.
        bits.extend([true, true, false, false, false, true, false, true]);
        bits.extend([false; 5]);
    }
    bits.extend([false; 7]);
    let bytes = bits.chunks(8).map(|part| part.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
    let mut zlib: Vec<u8> = vec![0x78, 0x9c];
    zlib.extend(bytes);
    zlib.extend([0; 4]);
    zlib
}

/// SEC-4: PNG and WebP that are small, honest in their headers, and unpack to as much as is allowed.
#[test]
fn pixels_that_compress_a_thousandfold_cost_what_their_header_says() {
    let limits = Limits { pixels: 1_000_000, ..Limits::default() };
    let black = DynamicImage::from(image::RgbImage::new(1000, 1000));
    let mut webp = Vec::new();
    black.write_to(&mut std::io::Cursor::new(&mut webp), ImageFormat::WebP).expect("a picture");
    for bytes in [png(&black), webp] {
        assert!(bytes.len() < 20_000 && prepare(&bytes, &limits).is_ok());
        let less = Limits { pixels: 999_999, ..limits };
        assert!(matches!(prepare(&bytes, &less), Err(Refused::Large { .. })));
    }
    // More data than the header has room for is left alone.
    let mut rows = vec![0; 65 * 48];
    rows.extend(vec![7; 2_000_000]);
    let _ = prepare(&[png_header(64, 48, 8, 0, 0), common::png_rows(&rows)].concat(), &limits);
}

#[test]
fn many_scans_are_refused_before_they_are_gone_over() {
    let good = include_bytes!("fixtures/progressive.jpg");
    let scan = good.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let mut bytes = good[..good.len() - 2].to_vec();
    for _ in 0..200 {
        bytes.extend_from_slice(&good[scan..scan + 14]);
    }
    bytes.extend_from_slice(&[0xff, 0xd9]);
    assert_eq!(refused(&bytes), Refused::Slow);
}

#[test]
fn rare_kinds_of_jpeg_are_named() {
    // Lossless, arithmetic, and twelve bits.
    for (marker, bits) in [(0xc3, 8), (0xc9, 8), (0xc1, 12)] {
        let mut bytes = jpeg(&fields(64, 48));
        let at = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
        (bytes[at + 1], bytes[at + 4]) = (marker, bits);
        assert_eq!(refused(&bytes), Refused::Rare);
    }
}

#[test]
fn a_file_cut_short_is_called_incomplete() {
    let picture = fields(320, 240);
    let webp = include_bytes!("fixtures/lossy.webp").to_vec();
    for bytes in [jpeg(&picture), png(&picture.clone().into()), webp_lossless(), webp] {
        assert!(prepare(&bytes, &Limits::default()).is_ok());
        for keep in [bytes.len() / 3, bytes.len() / 2, bytes.len() * 9 / 10, bytes.len() - 20] {
            assert_eq!(refused(&bytes[..keep]), Refused::Truncated, "{keep} of {} bytes", bytes.len());
        }
    }
}

#[test]
fn a_file_cut_anywhere_never_panics() {
    for bytes in [jpeg(&fields(64, 48)), png(&fields(64, 48).into()), webp_lossless()] {
        // The last byte may be padding, which a file can do without.
        let ends = (0..bytes.len().min(700) - 1).chain((700..bytes.len().saturating_sub(2)).step_by(37));
        for keep in ends {
            assert!(prepare(&bytes[..keep], &Limits::default()).is_err(), "{keep}");
        }
    }
}

/// The step of splitmix64: the same bytes on every run.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[test]
fn random_bytes_behind_a_good_start_never_panic() {
    let mut state = 7;
    for start in [
        b"\xff\xd8\xff".as_slice(),
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x40\0\0\0WEBPVP8L",
        b"RIFF\x40\0\0\0WEBPVP8 ",
    ] {
        for _ in 0..200 {
            let mut bytes = start.to_vec();
            let length = random(&mut state) % 600;
            bytes.extend((0..length).map(|_| random(&mut state).to_be_bytes()[0]));
            let _ = prepare(&bytes, &Limits::default());
        }
    }
}

#[test]
fn mutated_pictures_never_panic() {
    // Decoders may panic, and are caught; the test's own panic hook must not print hundreds of traces.
    let limits = Limits { pixels: 250_000, ..Limits::default() };
    let files = [
        jpeg(&fields(64, 48)),
        include_bytes!("fixtures/progressive.jpg").to_vec(),
        include_bytes!("fixtures/cmyk.jpg").to_vec(),
        png(&DynamicImage::from(fields(64, 48)).to_rgba16().into()),
        include_bytes!("fixtures/animated.png").to_vec(),
        webp_lossless(),
        include_bytes!("fixtures/lossy.webp").to_vec(),
        include_bytes!("fixtures/animated.webp").to_vec(),
        with_segment(
            &jpeg(&fields(64, 48)),
            0xe1,
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0",
        ),
    ];
    let mut state = 2026;
    let mut outcomes = [0; 2];
    for good in &files {
        for round in 0..300 {
            let mut bytes = good.clone();
            for _ in 0..=round % 6 {
                let at = usize::try_from(random(&mut state) % bytes.len() as u64).unwrap();
                bytes[at] = random(&mut state).to_be_bytes()[0];
            }
            if round % 10 == 0 {
                bytes.truncate(usize::try_from(random(&mut state) % bytes.len() as u64).unwrap());
            }
            outcomes[usize::from(prepare(&bytes, &limits).is_ok())] += 1;
        }
    }
    // Both happen, so the mutations reach the decoders and the checks.
    assert!(outcomes.iter().all(|count| *count > 100), "{outcomes:?}");
}

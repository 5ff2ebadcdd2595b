//! SEC-4: every honest kind of JPEG, PNG and WebP becomes the same picture, upright and bare.
mod common;

use common::{
    FIELDS, chunk, exif, fields, jpeg, png, png_header, png_rows, webp_of, webp_pixels, with_chunk,
    with_exif, with_segment,
};
use fairwatch_imaging::{Limits, Prepared, prepare};
use image::{DynamicImage, ExtendedColorType, ImageFormat, RgbImage, codecs::jpeg::JpegEncoder};

fn prepared(bytes: &[u8], what: &str) -> Prepared {
    prepare(bytes, &Limits::default()).unwrap_or_else(|refused| panic!("{what}: {refused}"))
}

/// That the middles of the four quarters of a picture have these colours.
fn assert_quarters(picture: &Prepared, expected: [[u8; 3]; 4], what: &str) {
    let pixels: RgbImage = image::load_from_memory_with_format(&picture.large.bytes, ImageFormat::Jpeg)
        .expect("a JPEG")
        .into_rgb8();
    let (width, height) = pixels.dimensions();
    for ((x, y), expected) in [(1, 1), (3, 1), (1, 3), (3, 3)].into_iter().zip(expected) {
        let found = pixels.get_pixel(width * x / 4, height * y / 4).0;
        let near = found.into_iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 16);
        assert!(near, "{what}: {found:?} instead of {expected:?}");
    }
}

/// The quarters after turning by each value of the EXIF tag.
fn turned(value: u16) -> [[u8; 3]; 4] {
    let [a, b, c, d] = FIELDS;
    match value {
        2 => [b, a, d, c],
        3 => [d, c, b, a],
        4 => [c, d, a, b],
        5 => [a, c, b, d],
        6 => [c, a, d, b],
        7 => [d, b, c, a],
        8 => [b, d, a, c],
        _ => FIELDS,
    }
}

#[test]
fn sec_4_every_orientation_of_every_kind_is_turned_upright() {
    let picture = fields(64, 48);
    let pixels = webp_pixels(&picture.clone().into());
    for value in 1..=8 {
        let tag = exif(value, value % 2 == 0);
        for (what, bytes) in [
            ("JPEG", with_exif(&jpeg(&picture), value, value % 2 == 1)),
            ("progressive JPEG", with_exif(include_bytes!("fixtures/progressive.jpg"), value, true)),
            ("PNG", with_chunk(&png(&picture.clone().into()), b"eXIf", &tag)),
            ("WebP", webp_of(64, 48, 0x08, &[(b"VP8L", &pixels), (b"EXIF", &tag)])),
        ] {
            let made = prepared(&bytes, what);
            let sides = if value >= 5 { (48, 64) } else { (64, 48) };
            assert_eq!((made.large.width, made.large.height), sides, "{what} {value}");
            assert_quarters(&made, turned(value), &format!("{what} {value}"));
            assert!(!made.large.bytes.windows(7).any(|part| part == b"Private"), "{what} {value}");
        }
    }
}

#[test]
fn sec_4_kinds_of_jpeg() {
    let rgb = fields(64, 48);
    let files: [(&str, Vec<u8>); 5] = [
        ("colours halved across", include_bytes!("fixtures/halved-across.jpg").to_vec()),
        ("colours halved both ways", include_bytes!("fixtures/halved.jpg").to_vec()),
        ("inverted CMYK", include_bytes!("fixtures/cmyk.jpg").to_vec()),
        ("YCbCr by Adobe", with_segment(&jpeg(&rgb), 0xee, b"Adobe\0\x64\0\0\0\0\x01")),
        ("bytes of ones before markers", [&[0xff, 0xd8, 0xff], &jpeg(&rgb)[2..]].concat()),
    ];
    for (what, bytes) in files {
        let made = prepared(&bytes, what);
        assert_eq!((made.large.width, made.large.height), (64, 48), "{what}");
        assert_quarters(&made, FIELDS, what);
    }
}

#[test]
fn sec_4_a_cmyk_jpeg_without_adobes_segment_is_read_or_refused() {
    let inverted = include_bytes!("fixtures/cmyk.jpg");
    let plain = [&inverted[..2], &inverted[18..]].concat();
    let _ = prepare(&plain, &Limits::default());
}

#[test]
fn sec_4_grey_jpegs_of_every_size_stay_grey() {
    for (width, height) in [(64, 48), (1001, 777), (3400, 2500), (7000, 400)] {
        let grey = DynamicImage::from(fields(width, height)).into_luma8();
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 90)
            .encode(grey.as_raw(), width, height, ExtendedColorType::L8)
            .expect("a picture");
        // What `image` makes of the four colours.
        let expected = [70, 139, 66, 240].map(|value| [value; 3]);
        let made = prepared(&bytes, "grey");
        assert!(made.large.width.max(made.large.height) <= 1600);
        let shown = image::load_from_memory(&made.large.bytes).expect("a JPEG").into_rgb8();
        assert!(shown.pixels().all(|p| p.0[0].abs_diff(p.0[1]) <= 1 && p.0[0].abs_diff(p.0[2]) <= 1));
        for (found, expected) in [(1, 1), (3, 1), (1, 3), (3, 3)].into_iter().zip(expected) {
            let at = (made.large.width * found.0 / 4, made.large.height * found.1 / 4);
            let value = shown.get_pixel(at.0, at.1).0[0];
            assert!(value.abs_diff(expected[0]) <= 14, "{value} {expected:?}");
        }
    }
}

/// Read at half, a quarter and an eighth of the size.
#[test]
fn sec_4_large_jpegs_keep_their_colours_and_proportions() {
    for (width, height, sides) in [
        (1700, 1000, (1600, 941)),
        (3200, 2401, (1600, 1201)),
        (3999, 1111, (1600, 445)),
        (777, 6400, (194, 1600)),
        (13_000, 900, (1600, 111)),
    ] {
        let made = prepared(&jpeg(&fields(width, height)), "large");
        assert_eq!((made.large.width, made.large.height), sides);
        assert_quarters(&made, FIELDS, &format!("{width} x {height}"));
    }
}

#[test]
fn sec_4_a_palette_with_transparency_stands_on_white() {
    let mut palette: Vec<u8> = FIELDS.concat();
    palette.extend([0, 0, 0]);
    let mut rows = Vec::new();
    for y in 0..48 {
        rows.push(0);
        // The right edge is the fifth colour, which is transparent.
        rows.extend((0..80).map(|x| if x >= 64 { 4 } else { u8::from(x >= 32) + 2 * u8::from(y >= 24) }));
    }
    let bytes = [
        png_header(80, 48, 8, 3, 0),
        chunk(b"PLTE", &palette),
        chunk(b"tRNS", &[255, 255, 255, 255, 0]),
        png_rows(&rows),
    ]
    .concat();
    let made = prepared(&bytes, "palette");
    let pixels = image::load_from_memory(&made.large.bytes).expect("a JPEG").into_rgb8();
    for ((x, y), expected) in [((16, 12), FIELDS[0]), ((48, 12), FIELDS[1]), ((72, 24), [255; 3])] {
        let found = pixels.get_pixel(x, y).0;
        assert!(found.into_iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 14), "{found:?} {expected:?}");
    }
}

#[test]
fn sec_4_an_interlaced_png_is_put_together() {
    let picture = fields(64, 48);
    let mut rows = Vec::new();
    // Where each of the seven passes begins and how far it steps, across and down.
    for (left, top, across, down) in
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    {
        for y in (top..48).step_by(down) {
            rows.push(0);
            rows.extend((left..64).step_by(across).flat_map(|x| picture.get_pixel(x, y).0));
        }
    }
    let bytes = [png_header(64, 48, 8, 2, 1), png_rows(&rows)].concat();
    assert_quarters(&prepared(&bytes, "interlaced"), FIELDS, "interlaced");
}

#[test]
fn sec_4_pngs_of_few_and_many_bits() {
    // One bit: black above, white below. Sixteen bits of grey: the same.
    for (bits, row) in [(1, 8), (2, 16), (4, 32), (8, 64), (16, 128)] {
        let mut rows = Vec::new();
        for y in 0..48 {
            rows.push(0);
            rows.extend(vec![if y < 24 { 0 } else { 255 }; row]);
        }
        let bytes = [png_header(64, 48, bits, 0, 0), png_rows(&rows)].concat();
        assert_quarters(
            &prepared(&bytes, "grey"),
            [[0; 3], [0; 3], [255; 3], [255; 3]],
            &format!("{bits} bits"),
        );
    }
}

#[test]
fn sec_4_the_first_picture_of_an_animation_is_taken() {
    for bytes in
        [include_bytes!("fixtures/animated.webp").as_slice(), include_bytes!("fixtures/animated.png")]
    {
        assert_quarters(&prepared(bytes, "animated"), FIELDS, "animated");
    }
}

/// Files that are two things at once come out as one.
#[test]
fn sec_4_nothing_of_a_polyglot_survives() {
    let page = b"<html><script>alert('Private')</script></html>";
    let archive = b"PK\x03\x04\x14\0\0\0\0\0Private.txtPK\x05\x06\0\0\0\0";
    let picture = fields(300, 200);
    let good = png(&picture.clone().into());
    let pixels = webp_pixels(&picture.clone().into());
    let files: [(&str, Vec<u8>); 6] = [
        ("JPEG and ZIP", [jpeg(&picture), archive.to_vec()].concat()),
        ("JPEG and page", with_segment(&jpeg(&picture), 0xfe, page)),
        ("PNG and page", with_chunk(&good, b"tEXt", &[b"Comment\0".as_slice(), page].concat())),
        ("PNG and page behind", [&*good, page].concat()),
        ("PNG and ZIP", [&*good, archive].concat()),
        (
            "WebP and page",
            webp_of(300, 200, 0x04, &[(b"VP8L", &pixels), (b"XMP ", page), (b"Priv", archive)]),
        ),
    ];
    for (what, bytes) in files {
        let made = prepared(&bytes, what);
        for encoded in [&made.small, &made.medium, &made.large] {
            for trace in [b"Private".as_slice(), b"PK\x03\x04", b"<html", b"script"] {
                assert!(!encoded.bytes.windows(trace.len()).any(|part| part == trace), "{what}");
            }
        }
    }
}

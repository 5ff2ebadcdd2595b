//! People who must not be seen are covered in every size.
mod common;

use common::{fields, jpeg};
use fairwatch_imaging::{Limits, Refused, Region, prepare, redact};

#[test]
fn nothing_shows_under_a_box_in_any_size() {
    let large = prepare(&jpeg(&fields(1200, 800)), &Limits::default()).unwrap().large;
    // From the middle of the first quarter to that of the fourth, and a hand that slipped over the edge.
    let regions = [
        Region { left: 0.251, top: 0.253, width: 0.5, height: 0.5 },
        Region { left: 0.9, top: -0.1, width: 0.4, height: 0.2 },
    ];
    let made = redact(&large.bytes, &regions).unwrap();
    assert_eq!((made.large.width, made.large.height), (1200, 800));
    for encoded in [&made.small, &made.medium, &made.large] {
        let pixels = image::load_from_memory(&encoded.bytes).unwrap().into_rgb8();
        let at = |x: f64, y: f64| {
            pixels.get_pixel((f64::from(encoded.width) * x) as u32, (f64::from(encoded.height) * y) as u32).0
        };
        for (x, y) in [(0.27, 0.27), (0.5, 0.5), (0.73, 0.73), (0.3, 0.7), (0.95, 0.05)] {
            assert!(at(x, y).iter().all(|value| (20..60).contains(value)), "{x} {y}: {:?}", at(x, y));
        }
        for (x, y) in [(0.1, 0.1), (0.9, 0.9)] {
            assert!(at(x, y).iter().any(|value| *value > 150), "{x} {y}: {:?}", at(x, y));
        }
    }
}

#[test]
fn a_box_that_covers_nothing_is_refused() {
    let large = prepare(&jpeg(&fields(120, 80)), &Limits::default()).unwrap().large;
    assert_eq!(redact(&large.bytes, &[]), Err(Refused::Region));
    for (left, width) in [(0.5, 0.0), (0.5, -0.2), (1.2, 0.3), (f64::NAN, 0.5), (0.1, f64::NAN)] {
        let region = Region { left, top: 0.0, width, height: 1.0 };
        assert_eq!(redact(&large.bytes, &[region]), Err(Refused::Region), "{left} {width}");
    }
}

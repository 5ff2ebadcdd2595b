//! SEC-4: whatever bytes are sent as a picture, they are refused or become three pictures that others can
//! read, and our own code does not panic. (Panics of decoders that we use are caught, and are no finding.)
#![no_main]
use fairwatch_imaging::{Limits, Mark, Region, SIDES, ShortMark, mark, prepare, prepare_crop, short_mark};
use libfuzzer_sys::fuzz_target;
use std::sync::{LazyLock, Once};

/// So few pixels that an input takes milliseconds, and all the same checks.
const LIMITS: fn() -> Limits = || Limits { pixels: 300_000, decode_memory: 16 << 20, ..Limits::default() };

/// Stops at a panic of ours; others unwind to where they are caught.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            if place.contains("imaging/src") || place.contains("targets/") {
                eprintln!("{panic}");
                std::process::abort();
            }
        }));
    });
}

fuzz_target!(|bytes: &[u8]| {
    watch();
    static SHORT: LazyLock<ShortMark> = LazyLock::new(|| ShortMark::new("KX4-7QM"));
    let words = Mark::new("viewer", "scheme", "time");
    // As if it had been stored: pictures of ours may be damaged too.
    if bytes.len() < 20_000 {
        let _ = mark(bytes, &words);
        let _ = short_mark(bytes, &SHORT);
        let _ = prepare_crop(bytes, Region { left: 0.1, top: 0.2, width: 0.7, height: 0.6 });
    }
    let Ok(made) = prepare(bytes, &LIMITS()) else { return };
    for (picture, side) in [&made.small, &made.medium, &made.large].into_iter().zip(SIDES) {
        assert!(picture.width <= side && picture.height <= side);
        let read = image::load_from_memory_with_format(&picture.bytes, image::ImageFormat::Jpeg);
        let read = read.expect("what we write can be read");
        assert_eq!((read.width(), read.height()), (picture.width, picture.height));
    }
    assert!(short_mark(&made.small.bytes, &SHORT).is_ok());
});

//! From a stranger's bytes to pixels.
use crate::{
    Limits, Refused, jpeg, png,
    sniff::{Kind, sniff},
    webp,
};
use image::{
    ColorType, DynamicImage, ImageDecoder, ImageError,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    error::ImageResult,
    metadata::Orientation,
};
use std::{
    io::{Cursor, ErrorKind},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

/// Bytes that the PNG decoder may hold for rows and for what it unpacks beside the picture (a colour
/// profile can be a decompression bomb too).
const PNG_ASIDE: u64 = 16 * 1024 * 1024;

/// Pixels as they were in the file, and how to turn them upright.
pub(crate) struct Decoded {
    pub(crate) pixels: DynamicImage,
    pub(crate) orientation: Orientation,
}

/// Does the work for one picture at a time, and calls a file damaged on which a decoder panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    static TURN: Mutex<()> = Mutex::new(());
    // The lock guards memory, not data, so a panic while it was held has broken nothing.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refused::Damaged))
}

/// Decodes a file within limits.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, Refused> {
    if bytes.len() > limits.bytes {
        return Err(Refused::Heavy { bytes: bytes.len(), most: limits.bytes });
    }
    match sniff(bytes)? {
        Kind::Jpeg => {
            let look = jpeg::look(bytes);
            // Without a header the size is unknown; without the end the picture is.
            let frame = look.frame.ok_or(if look.whole { Refused::Damaged } else { Refused::Truncated })?;
            check(frame.width, frame.height, frame.memory, limits)?;
            if !frame.common {
                return Err(Refused::Rare);
            }
            if look.scans > limits.scans {
                return Err(Refused::Slow);
            }
            if !look.whole {
                return Err(Refused::Truncated);
            }
            if look.more_frames {
                return Err(Refused::Damaged);
            }
            pixels(JpegDecoder::new(Cursor::new(bytes)), limits)
        }
        Kind::Png => {
            let header_missing = if bytes.len() < 24 { Refused::Truncated } else { Refused::Damaged };
            let look = png::look(bytes).ok_or(header_missing)?;
            check(look.width, look.height, 0, limits)?;
            if !look.whole {
                return Err(Refused::Truncated);
            }
            let mut aside = image::Limits::no_limits();
            aside.max_alloc = Some(PNG_ASIDE);
            pixels(PngDecoder::with_limits(Cursor::new(bytes), aside), limits)
        }
        Kind::WebP => {
            let look = webp::look(bytes)?;
            // The colour planes, then up to two copies of the picture with alpha.
            let memory = u64::from(look.width) * u64::from(look.height) * 19 / 2;
            check(look.width, look.height, memory, limits)?;
            pixels(WebPDecoder::new(Cursor::new(bytes)), limits)
        }
    }
}

/// Refuses what is too large to decode.
fn check(width: u32, height: u32, memory: u64, limits: &Limits) -> Result<(), Refused> {
    let pixels = u64::from(width) * u64::from(height);
    if width.max(height) > limits.side || pixels > limits.pixels {
        return Err(Refused::Large { width, height, pixels: limits.pixels, side: limits.side });
    }
    if memory > limits.decode_memory {
        return Err(Refused::Deep { width, height });
    }
    if pixels == 0 { Err(Refused::Damaged) } else { Ok(()) }
}

/// Runs a decoder whose file passed the checks of its kind.
fn pixels(decoder: ImageResult<impl ImageDecoder>, limits: &Limits) -> Result<Decoded, Refused> {
    let mut decoder = decoder.map_err(refuse)?;
    let (width, height) = decoder.dimensions();
    // Resizing multiplies colours by their opacity in a copy.
    let copies = if decoder.color_type().has_alpha() { 2 } else { 1 };
    check(width, height, decoder.total_bytes().saturating_mul(copies), limits)?;
    let mut own = image::Limits::no_limits();
    own.max_image_width = Some(limits.side);
    own.max_image_height = Some(limits.side);
    own.max_alloc = Some(limits.decode_memory);
    decoder.set_limits(own).map_err(refuse)?;
    // A picture without readable directions stands as it is.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    if matches!(decoder.color_type(), ColorType::Rgb32F | ColorType::Rgba32F) {
        return Err(Refused::Damaged);
    }
    let pixels = DynamicImage::from_decoder(decoder).map_err(refuse)?;
    Ok(Decoded { pixels, orientation })
}

/// What a decoder's error means to the person who sent the file.
fn refuse(error: ImageError) -> Refused {
    use std::error::Error;
    if matches!(error, ImageError::Unsupported(_)) {
        return Refused::Rare;
    }
    // The PNG decoder wraps the end of the file, the WebP decoder passes it on.
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<std::io::Error>();
        if io.is_some_and(|io| io.kind() == ErrorKind::UnexpectedEof) {
            return Refused::Truncated;
        }
        cause = error.source();
    }
    Refused::Damaged
}

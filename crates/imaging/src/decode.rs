//! From a stranger's bytes to pixels.
use crate::{
    Limits, Refused, SIDES,
    baseline::{Planes, decode::File, inverse::Side},
    jpeg, png,
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

/// What a file held, and how to turn it upright.
pub(crate) struct Decoded {
    pub(crate) source: Source,
    /// Width in the file. What was decoded may be smaller.
    pub(crate) width: u32,
    /// Height in the file.
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
}

/// What was decoded.
pub(crate) enum Source {
    /// By our own reader: no smaller than the largest size that it is for.
    Planes {
        planes: Planes,
        /// Pixels of brightness in the file for each of the planes, then of the colours, across and down.
        steps: [(f64, f64); 2],
    },
    /// By the decoders of every kind.
    Pixels(DynamicImage),
}

/// Does the work for one picture at a time, and calls a file damaged on which a decoder panics.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    static TURN: Mutex<()> = Mutex::new(());
    // The lock guards memory, not data, so a panic while it was held has broken nothing.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    caught(work)
}

/// Calls a file damaged on which a decoder panics.
pub(crate) fn caught<T>(work: impl FnOnce() -> Result<T, Refused>) -> Result<T, Refused> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refused::Damaged))
}

/// How much of a picture's size will be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Every pixel: a part of it may be cut out.
    All,
    /// Enough for the largest of the sizes that are made.
    Sizes,
}

/// Decodes a file within limits.
pub(crate) fn decode(bytes: &[u8], limits: &Limits, need: Need) -> Result<Decoded, Refused> {
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
            match common(bytes, need) {
                Some(decoded) => Ok(decoded),
                None => pixels(JpegDecoder::new(Cursor::new(bytes)), limits),
            }
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
    Ok(Decoded { source: Source::Pixels(pixels), width, height, orientation })
}

/// Decodes the common JPEG by our own reader.
fn common(bytes: &[u8], need: Need) -> Option<Decoded> {
    let file = File::open(bytes)?;
    let (width, height) = (file.width, file.height);
    let (across, down) = file.colour_steps();
    let longest = width.max(height) as usize;
    // The smallest picture that can be made from the blocks and needs no enlarging.
    let enough = |steps: usize, wanted: u32| {
        let fits = |side: &Side| longest * side.pixels() >= wanted as usize * 8 * steps;
        Side::ALL.into_iter().find(fits).unwrap_or(Side::Eight)
    };
    let (bright, colour) = match need {
        Need::All => (Side::Eight, Side::Eight),
        Need::Sizes => (enough(1, SIDES[2]), enough(across.max(down), SIDES[2] / 2)),
    };
    let planes = file.read(bright, colour)?;
    let step = |side: Side, steps: usize| (8 * steps) as f64 / side.pixels() as f64;
    let steps = if file.is_grey() {
        // The colours of grey pictures are made up, at half the sides of what was read.
        [1, 2].map(|steps| (step(bright, steps), step(bright, steps)))
    } else {
        [(step(bright, 1), step(bright, 1)), (step(colour, across), step(colour, down))]
    };
    let orientation = jpeg::exif(bytes).and_then(Orientation::from_exif_chunk);
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    Some(Decoded { source: Source::Planes { planes, steps }, width, height, orientation })
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

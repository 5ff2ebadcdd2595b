//! Pictures of one face that differ as pictures do.
use super::{
    Face, Hat, backdrop, clothes, hair, hats, head,
    pen::{Canvas, Ink, Pen, Tone},
};
use crate::Random;
use image::{ExtendedColorType, ImageEncoder, RgbImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};
use tiny_skia::Transform;

/// What took the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Camera {
    /// A telephone or camera: clear and in colour.
    Photo,
    /// A camera over a shop floor: from above, pale, coarse and noisy.
    Cctv,
}

/// How a picture is taken: all that differs from picture to picture of one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What took it.
    pub camera: Camera,
    /// 1 shows head and shoulders, 2 the face alone, 0.5 the person down to the hips.
    pub zoom: f32,
    /// How far the person stands to the right and below the middle, in widths of the picture.
    pub offset: (f32, f32),
    /// Degrees by which the picture is tilted.
    pub tilt: f32,
    /// 1 is good light, 0.5 is dusk, 1.3 is glare.
    pub light: f32,
    /// Above 0 is lamplight, below 0 is daylight, up to 1 either way.
    pub warmth: f32,
    /// 0 is clean, 1 is as coarse as a bad camera.
    pub noise: f32,
    /// Whether left and right are swapped, as in a mirror.
    pub flip: bool,
    /// What is behind the person, and where the grain falls.
    pub seed: u64,
}

impl Shot {
    /// A straight portrait in good light.
    #[must_use]
    pub fn portrait(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            camera: Camera::Photo,
            zoom: 1.0,
            offset: (0.0, 0.0),
            tilt: 0.0,
            light: 1.0,
            warmth: 0.0,
            noise: 0.0,
            flip: false,
            seed: 0,
        }
    }

    /// A portrait that a seed varies a little in all of these.
    #[must_use]
    pub fn varied(width: u32, height: u32, seed: u64) -> Self {
        let mut random = Random::aspect(seed, "shot");
        Self {
            zoom: random.real(0.86, 1.28),
            offset: (random.real(-0.06, 0.06), random.real(-0.03, 0.05)),
            tilt: random.real(-3.5, 3.5),
            light: random.real(0.82, 1.10),
            warmth: random.real(-0.5, 0.6),
            noise: random.real(0.02, 0.14),
            flip: random.chance(0.3),
            seed,
            ..Self::portrait(width, height)
        }
    }

    /// A still from a camera over a shop floor.
    #[must_use]
    pub fn cctv(width: u32, height: u32, seed: u64) -> Self {
        let mut random = Random::aspect(seed, "cctv");
        Self {
            camera: Camera::Cctv,
            zoom: random.real(0.52, 0.92),
            offset: (random.real(-0.16, 0.16), random.real(-0.06, 0.02)),
            tilt: random.real(-6.0, 6.0),
            light: random.real(0.95, 1.22),
            warmth: random.real(-0.5, 0.1),
            noise: random.real(0.28, 0.62),
            flip: random.chance(0.5),
            seed,
            ..Self::portrait(width, height)
        }
    }
}

/// A picture that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture(pub RgbImage);

impl Picture {
    /// The picture as a JPEG. Quality goes from 1 to 100.
    #[must_use]
    pub fn to_jpeg(&self, quality: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (width, height) = self.0.dimensions();
        JpegEncoder::new_with_quality(&mut bytes, quality)
            .encode(self.0.as_raw(), width, height, ExtendedColorType::Rgb8)
            .expect("a picture with pixels can be encoded");
        bytes
    }

    /// The picture as a PNG.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (width, height) = self.0.dimensions();
        PngEncoder::new(&mut bytes)
            .write_image(self.0.as_raw(), width, height, ExtendedColorType::Rgb8)
            .expect("a picture with pixels can be encoded");
        bytes
    }
}

/// Takes a picture of a face.
pub(super) fn take(face: &Face, shot: &Shot) -> Picture {
    // A coarse camera has fewer pixels than its picture.
    let coarse = if shot.camera == Camera::Cctv { 2 } else { 1 };
    let (width, height) = (shot.width.max(1), shot.height.max(1));
    let (across, down) = (width.div_ceil(coarse), height.div_ceil(coarse));
    let (wide, high) = (across as f32, down as f32);
    // The drawing of 240 by 300 covers the picture, and is cut where the shapes differ.
    let scale = (wide / 240.0).max(high / 300.0);
    let cover = Transform::from_translate(-120.0, -150.0)
        .post_scale(scale, scale)
        .post_translate(wide / 2.0, high / 2.0);
    let mirror = if shot.flip { -1.0 } else { 1.0 };
    // Turned and enlarged about the middle of the face.
    let person = Transform::from_translate(-120.0, -140.0)
        .post_scale(shot.zoom * mirror, shot.zoom)
        .post_rotate(shot.tilt)
        .post_translate(
            120.0 + shot.offset.0 * 240.0,
            140.0 + shot.offset.1 * 240.0 - (1.0 - shot.zoom).max(0.0) * 50.0,
        )
        .post_concat(cover);
    let Some(mut canvas) = Canvas::new(across, down, cover) else {
        return Picture(RgbImage::new(width, height));
    };
    backdrop::draw(&mut canvas, shot.seed ^ face.seed.rotate_left(9), shot.camera == Camera::Cctv);
    canvas.place(person);
    figure(&mut canvas, face);
    if shot.camera == Camera::Cctv {
        canvas.place(cover);
        // The lens is darker towards its edge.
        for (x, y) in [(0.0, 0.0), (240.0, 0.0), (0.0, 300.0), (240.0, 300.0)] {
            canvas.fill(Pen::oval(x, y, 170.0, 170.0), Ink::Glow((x, y), 170.0, Tone::BLACK, 0.36));
        }
    }
    Picture(develop(&canvas.finish(), across, width, height, coarse, shot))
}

/// Draws the person, from back to front.
fn figure(canvas: &mut Canvas, face: &Face) {
    hats::behind(canvas, face);
    hair::behind(canvas, face);
    head::neck(canvas, face);
    clothes::draw(canvas, face);
    if !matches!(face.hat, Hat::Headscarf) {
        head::ears(canvas, face);
    }
    head::face(canvas, face);
    hair::above(canvas, face);
    if face.hat == Hat::Headscarf {
        hats::above(canvas, face);
        head::glasses(canvas, face);
    } else {
        head::glasses(canvas, face);
        hats::above(canvas, face);
    }
}

/// Light, colour and grain.
fn develop(pixels: &[u8], across: u32, width: u32, height: u32, coarse: u32, shot: &Shot) -> RgbImage {
    let pale = if shot.camera == Camera::Cctv { 0.62 } else { 0.0 };
    // Whole numbers of 1/256, since this runs for every pixel.
    let gain = |warm: f32| (shot.light * (1.0 + warm * shot.warmth) * 256.0) as i32;
    let gains = [gain(0.07), gain(0.01), gain(-0.08)];
    let pale = (pale * 256.0) as i32;
    let grain = (shot.noise * 44.0) as i32;
    let mut random = Random::aspect(shot.seed, "grain");
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        // Every second line of a coarse camera is a little darker.
        let line = if coarse > 1 && y % 4 < 2 { 246 } else { 256 };
        let row = &pixels[(y / coarse * across * 4) as usize..];
        let mut bits = 0;
        for x in 0..width {
            let at = (x / coarse * 4) as usize;
            let colour = [row[at], row[at + 1], row[at + 2]].map(i32::from);
            let grey = (colour[0] * 77 + colour[1] * 150 + colour[2] * 29) >> 8;
            if x % 4 == 0 && grain > 0 {
                bits = random.number();
            }
            // Two bytes make a hill of likelihood about zero.
            let (one, two) = ((bits & 0xff) as i32, ((bits >> 8) & 0xff) as i32);
            bits >>= 16;
            let speck = ((one + two - 255) * grain) >> 8;
            for (value, gain) in colour.into_iter().zip(gains) {
                let value = value + (((grey - value) * pale) >> 8);
                let value = ((((value * gain) >> 8) * line) >> 8) + speck;
                rgb.push(value.clamp(0, 255) as u8);
            }
        }
    }
    RgbImage::from_raw(width, height, rgb).expect("three bytes were pushed for each pixel")
}

//! Finding a picture that was sent before, also when it was resized, compressed again, cropped a little or
//! mirrored.
//!
//! The picture as a whole is compared: its coarse light and dark, as a few cosine waves. Nothing looks for a
//! face or measures one, and two photographs of one person have nothing in common here. That is a decision
//! (no faces are recognised or compared by machine), and the tests hold it.
//!
//! # How
//! A [`Fingerprint`] is the signs of 128 waves in the picture ("perceptual hash"), and those of 35 parts of
//! it, each a little less at the sides. Whoever crops a picture makes one of these parts of it, nearly, so
//! the whole of one picture is compared with the parts of the other, both ways round.
//!
//! Mirroring turns the signs of the waves that are odd from left to right and leaves the others. The two
//! kinds are kept apart: the even ones tell at once that two pictures differ, and if they do not, the odd
//! ones tell which way round it is.
use crate::baseline::Plane;
use std::{f32::consts::PI, sync::LazyLock};

/// Sides of what is looked at.
const GRID: usize = 64;
/// A number for each place of a side.
type Line = [f32; GRID];
/// How much is left away at the beginning and the end of a side, in thousandths. The first is the whole.
const CUTS: [(u16, u16); 6] = [(0, 0), (18, 18), (70, 70), (5, 70), (70, 5), (42, 42)];
/// Every pair of cuts across and down. The first is the whole.
pub(crate) const WINDOWS: usize = CUTS.len() * CUTS.len();
/// Signs of 32 waves, for each window.
pub(crate) type Signs = [u32; WINDOWS];
/// Half-waves across and down, at most: eight are coarse, four more are fine.
const WAVES: usize = 12;
const COARSE: usize = 8;
/// The first byte of a stored fingerprint. Those of 1 were never stored.
const VERSION: u8 = 2;
/// How many of 64 coarse signs may differ in two pictures that are said to be the same, and of all 128.
const MOST: [u32; 2] = [10, 16];
/// How many of all may differ where there is hardly a doubt.
const SURE: u32 = 8;
/// The least contrast at which there is something to compare: the mean distance from the mean.
const LEAST_CONTRAST: f32 = 2.0;

/// What a picture looks like, for finding it again. See the head of this module's source for how.
///
/// It is personal data of the people in the picture, and sealed like the picture.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// Too little contrast to tell anything: it is like no other.
    plain: bool,
    /// Signs of the coarse waves that are even from left to right, for each window.
    pub(crate) even: Signs,
    /// Those of the coarse waves that are odd.
    pub(crate) odd: Signs,
    /// Those of the fine waves: even, odd.
    pub(crate) fine: [[u32; 2]; WINDOWS],
}

/// What is compared of a fingerprint, wherever it stands.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) even: &'a Signs,
    pub(crate) odd: &'a Signs,
    pub(crate) fine: &'a [[u32; 2]; WINDOWS],
}

/// How two pictures are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// How many of 128 signs differ.
    pub differing: u32,
    /// Whether one is the mirror image of the other.
    pub mirrored: bool,
}

impl Likeness {
    /// Whether there is hardly a doubt. Pictures that were made smaller and compressed again differ in a handful of
    /// signs, those that were cropped as well in more; so do, now and then, two that are only composed alike.
    #[must_use]
    pub fn is_sure(self) -> bool {
        self.differing <= SURE
    }
}

impl Fingerprint {
    /// The bytes of [`Fingerprint::to_bytes`].
    pub const BYTES: usize = 2 + WINDOWS * 16;

    /// Whether two pictures are the same one, resized, compressed, a little cropped or mirrored. `None` if
    /// there is no reason to think so.
    #[must_use]
    pub fn same_picture(&self, other: &Self) -> Option<Likeness> {
        if self.plain || other.plain {
            return None;
        }
        self.view().same_picture(other.view())
    }

    /// What is compared of it.
    pub(crate) fn view(&self) -> View<'_> {
        View { even: &self.even, odd: &self.odd, fine: &self.fine }
    }

    /// Whether there is too little in the picture to compare.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    /// The number of signs, of 128, in which two pictures differ in the nearest of their windows. Unrelated
    /// pictures differ in about 45.
    #[must_use]
    pub fn distance(&self, other: &Self) -> u32 {
        let near = self.view().nearest(other.view(), [64, 128]);
        let near = near.into_iter().chain(other.view().nearest(self.view(), [64, 128]));
        near.map(|likeness| likeness.differing).min().unwrap_or(128)
    }

    /// The fingerprint of nothing: it is like no other.
    #[must_use]
    pub(crate) const fn blank() -> Self {
        Self { plain: true, even: [0; WINDOWS], odd: [0; WINDOWS], fine: [[0; 2]; WINDOWS] }
    }

    /// For storing.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, u8::from(self.plain)];
        for signs in self.even.iter().chain(&self.odd).chain(self.fine.as_flattened()) {
            bytes.extend_from_slice(&signs.to_le_bytes());
        }
        bytes
    }

    /// What was stored. `None` for bytes of another version or length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&[VERSION, plain @ 0..=1], rest) = bytes.split_first_chunk::<2>()? else { return None };
        if bytes.len() != Self::BYTES {
            return None;
        }
        let mut print = Self { plain: plain == 1, ..Self::blank() };
        let places = print.even.iter_mut().chain(&mut print.odd).chain(print.fine.as_flattened_mut());
        for (signs, word) in places.zip(rest.as_chunks::<4>().0) {
            *signs = u32::from_le_bytes(*word);
        }
        Some(print)
    }

    /// The fingerprint of a picture's brightness, at [`GRID`] by [`GRID`] pixels.
    pub(crate) fn of(grid: &Plane) -> Self {
        let light: Vec<f32> = grid.samples.iter().map(|value| f32::from(*value)).collect();
        let mean = light.iter().sum::<f32>() / light.len().max(1) as f32;
        let contrast =
            light.iter().map(|value| (value - mean).abs()).sum::<f32>() / light.len().max(1) as f32;
        let mut print = Self { plain: contrast < LEAST_CONTRAST, ..Self::blank() };
        for (across, wave) in WAVE_SETS.iter().enumerate() {
            let columns: Vec<_> = wave.iter().map(|wave| column(wave, &light)).collect();
            for (down, wave) in WAVE_SETS.iter().enumerate() {
                let window = across * CUTS.len() + down;
                (print.even[window], print.odd[window], print.fine[window]) = signs(&columns, wave);
            }
        }
        print
    }
}

impl View<'_> {
    /// See [`Fingerprint::same_picture`].
    pub(crate) fn same_picture(self, other: View<'_>) -> Option<Likeness> {
        let near = self.nearest(other, MOST).into_iter().chain(other.nearest(self, MOST));
        near.min_by_key(|likeness| likeness.differing)
    }

    /// Compares the whole of this picture with all windows of another.
    #[inline(never)]
    fn nearest(self, other: View<'_>, [coarse, all]: [u32; 2]) -> Option<Likeness> {
        let (even, odd) = (self.even[0], self.odd[0]);
        // Loops without branches, which become vector instructions. The top bit says that some count is small enough;
        // for nearly all pictures it is clear after the first loop, for nearly all others after the second.
        let mut near = 0;
        for window in other.even {
            near |= ones(even ^ window).wrapping_sub(coarse + 1);
        }
        if near >> 31 == 0 {
            return None;
        }
        let mut coarsely = [0; WINDOWS];
        let mut near = 0;
        for ((count, even_of), odd_of) in coarsely.iter_mut().zip(other.even).zip(other.odd) {
            *count = ones(even ^ even_of) + folded(ones(odd ^ odd_of));
            near |= count.wrapping_sub(coarse + 1);
        }
        if near >> 31 == 0 {
            return None;
        }
        let mut nearest: Option<Likeness> = None;
        for (at, coarsely) in coarsely.into_iter().enumerate().filter(|(_, count)| *count <= coarse) {
            let [one, window] = [&self.fine[0], &other.fine[at]];
            // Straight or mirrored, whichever is nearer in what is coarse.
            let mirrored = ones(odd ^ other.odd[at]) > 16;
            let fine_odd = (one[1] ^ window[1]).count_ones();
            let fine_odd = if mirrored { 32 - fine_odd } else { fine_odd };
            let differing = coarsely + (one[0] ^ window[0]).count_ones() + fine_odd;
            let better = nearest.is_none_or(|nearest| differing < nearest.differing);
            if differing <= all && better {
                nearest = Some(Likeness { differing, mirrored });
            }
        }
        nearest
    }
}

/// The sides of the grid that [`Fingerprint::of`] takes.
pub(crate) const SIDE: u32 = GRID as u32;

/// How many bits are ones, by arithmetic that every processor has in vectors.
#[inline(always)]
fn ones(bits: u32) -> u32 {
    let pairs = bits - (bits >> 1 & 0x5555_5555);
    let fours = (pairs & 0x3333_3333) + (pairs >> 2 & 0x3333_3333);
    let eights = (fours + (fours >> 4)) & 0x0f0f_0f0f;
    let sixteens = eights + (eights >> 8);
    (sixteens + (sixteens >> 16)) & 0x3f
}

/// How many of 32 signs differ in a picture or its mirror image, whichever are fewer.
#[inline(always)]
fn folded(count: u32) -> u32 {
    16 - count.abs_diff(16)
}

#[inline(never)]
fn product(one: &Line, other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// The part of one wave in each row.
#[inline(never)]
fn column(wave: &Line, light: &[f32]) -> Line {
    let mut column = [0.0; GRID];
    for (value, row) in column.iter_mut().zip(light.chunks_exact(GRID)) {
        *value = product(wave, row);
    }
    column
}

/// The waves of every cut.
static WAVE_SETS: LazyLock<Vec<Vec<Line>>> = LazyLock::new(|| {
    let waves = |cut| (0..WAVES).map(|number| wave(cut, number)).collect();
    CUTS.into_iter().map(waves).collect()
});

/// A wave within a cut of a side. It sums to nothing, so that brightness does not matter.
#[inline(never)]
fn wave((start, end): (u16, u16), number: usize) -> Line {
    let sides = [f32::from(start), 1000.0 - f32::from(end)].map(|at| at * GRID as f32 / 1000.0);
    let length = sides[1] - sides[0];
    let weight = |at: usize| (sides[1].min(at as f32 + 1.0) - sides[0].max(at as f32)).clamp(0.0, 1.0);
    let mut wave = [0.0; GRID];
    let mut sum = 0.0;
    for (at, value) in wave.iter_mut().enumerate() {
        *value = ((at as f32 + 0.5 - sides[0]) / length * number as f32 * PI).cos();
        sum += *value * weight(at);
    }
    let mean = if number == 0 { 0.0 } else { sum / length };
    for (at, value) in wave.iter_mut().enumerate() {
        *value = (*value - mean) * weight(at);
    }
    wave
}

/// The signs of pairs of waves: coarse and even across, then coarse and odd, fine and even, fine and odd.
fn signs(columns: &[Line], down: &[Line]) -> (u32, u32, [u32; 2]) {
    let mut signs = [0; 4];
    for (number, wave) in down.iter().enumerate() {
        for (across, column) in columns.iter().enumerate() {
            let kind = match (across < COARSE, number < COARSE) {
                (true, true) => across % 2,
                // Both fine: these say the least.
                (false, false) => continue,
                _ => 2 + across % 2,
            };
            // The mean of all says nothing about a picture; a wave more takes its place.
            let column = if (across, number) == (0, 0) { &columns[COARSE] } else { column };
            signs[kind] = signs[kind] << 1 | u32::from(product(wave, column) > 0.0);
        }
    }
    let [even, odd, fine @ ..] = signs;
    (even, odd, fine)
}

impl std::fmt::Debug for Fingerprint {
    /// Without the bits, which belong to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fingerprint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of slopes, or of next to nothing.
    fn grid(strength: f32) -> Plane {
        let value = |at: usize| ((at * 37 % 911) as f32 + (at / 64 * 53 % 701) as f32) * strength / 10.0;
        let samples = (0..GRID * GRID).map(|at| value(at) as u8).collect();
        Plane { width: GRID, height: GRID, samples }
    }

    #[test]
    fn what_is_stored_comes_back() {
        let print = Fingerprint::of(&grid(1.0));
        let bytes = print.to_bytes();
        assert_eq!(bytes.len(), Fingerprint::BYTES);
        assert_eq!(Fingerprint::from_bytes(&bytes), Some(print));
        assert_eq!(Fingerprint::from_bytes(&bytes[1..]), None);
        assert_eq!(Fingerprint::from_bytes(&[&*bytes, &[0]].concat()), None);
        assert_eq!(Fingerprint::from_bytes(&[&[1], &bytes[1..]].concat()), None);
    }

    #[test]
    fn a_picture_is_itself_and_a_plain_one_is_nothing() {
        let print = Fingerprint::of(&grid(1.0));
        assert_eq!(print.same_picture(&print), Some(Likeness { differing: 0, mirrored: false }));
        let plain = Fingerprint::of(&grid(0.01));
        assert_eq!(plain.same_picture(&plain), None);
        assert_eq!(print.same_picture(&plain), None);
    }

    #[test]
    fn bits_are_counted() {
        for bits in [0, 1, u32::MAX, 0x8000_0001, 0xf0f0_1234, 0x7fff_ffff] {
            assert_eq!(ones(bits), bits.count_ones());
        }
    }
}

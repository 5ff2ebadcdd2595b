//! From frequencies back to pixels: all eight by eight, or fewer for a smaller picture.
use std::f32::consts::SQRT_2;

use super::transform::{Block, SCALE, transposed};

/// How many pixels a side are made of a block of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    One = 1,
    Two = 2,
    Four = 4,
    Eight = 8,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::One, Self::Two, Self::Four, Self::Eight];

    /// As a number.
    pub(crate) fn pixels(self) -> usize {
        self as usize
    }
}

/// What stored numbers, row by row, are multiplied by before [`inverse`].
pub(crate) fn factors(coarseness: &[u16; 64], side: Side) -> [f32; 64] {
    let mut factors = [0.0; 64];
    for (at, factor) in factors.iter_mut().enumerate() {
        let scale = if side == Side::Eight { SCALE[at % 8] * SCALE[at / 8] } else { 1.0 };
        *factor = f32::from(coarseness[at]) * scale / 8.0;
    }
    factors
}

/// Writes the pixels of a block of frequencies at a place of a plane whose rows are `stride` long.
///
/// Fewer pixels come from the low frequencies alone, which is what a smaller picture can show.
pub(crate) fn inverse(block: &Block, side: Side, to: &mut [u8], stride: usize) {
    match side {
        Side::One => to[0] = sample(block[0][0]),
        Side::Two => {
            let (a, b, c, d) = (block[0][0], block[0][1], block[1][0], block[1][1]);
            to[0] = sample(a + b + c + d);
            to[1] = sample(a - b + c - d);
            to[stride] = sample(a + b - c - d);
            to[stride + 1] = sample(a - b - c + d);
        }
        Side::Four => four(block, to, stride),
        Side::Eight => eight(block, to, stride),
    }
}

/// A pixel: rounded, about 128, within a byte.
#[inline(always)]
fn sample(value: f32) -> u8 {
    let value = value + 128.0;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    // Adding this leaves the rounded number in the low bits of the float.
    (value + 12_582_912.0).to_bits() as u8
}

fn four(block: &Block, to: &mut [u8], stride: usize) {
    let mut half = [[0.0; 4]; 4];
    for i in 0..4 {
        let (even, odd) = halves(block[0][i], block[1][i], block[2][i], block[3][i]);
        half[0][i] = even[0] + odd[0];
        half[1][i] = even[1] + odd[1];
        half[2][i] = even[1] - odd[1];
        half[3][i] = even[0] - odd[0];
    }
    let mut turned = [[0.0; 4]; 4];
    for i in 0..4 {
        for (j, row) in turned.iter_mut().enumerate() {
            row[i] = half[i][j];
        }
    }
    let mut rows = [[0; 4]; 4];
    for i in 0..4 {
        let (even, odd) = halves(turned[0][i], turned[1][i], turned[2][i], turned[3][i]);
        rows[i] = [
            sample(even[0] + odd[0]),
            sample(even[1] + odd[1]),
            sample(even[1] - odd[1]),
            sample(even[0] - odd[0]),
        ];
    }
    for (y, row) in rows.iter().enumerate() {
        to[y * stride..][..4].copy_from_slice(row);
    }
}

/// The even and odd halves of a transform of four.
#[inline(always)]
fn halves(a: f32, b: f32, c: f32, d: f32) -> ([f32; 2], [f32; 2]) {
    const HIGH: f32 = 1.306_563;
    const LOW: f32 = 0.541_196_1;
    ([a + c, a - c], [b * HIGH + d * LOW, b * LOW - d * HIGH])
}

fn eight(block: &Block, to: &mut [u8], stride: usize) {
    let mut block = *block;
    columns(&mut block);
    let mut block = transposed(&block);
    columns(&mut block);
    let block = transposed(&block);
    for (y, row) in block.iter().enumerate() {
        let to = &mut to[y * stride..][..8];
        for x in 0..8 {
            to[x] = sample(row[x]);
        }
    }
}

/// Transforms the columns of a block.
#[expect(clippy::needless_range_loop, reason = "lanes of all rows, which become vectors")]
#[inline(always)]
fn columns(b: &mut Block) {
    for i in 0..8 {
        let (sum, dif) = (b[0][i] + b[4][i], b[0][i] - b[4][i]);
        let outer = b[2][i] + b[6][i];
        let inner = (b[2][i] - b[6][i]) * SQRT_2 - outer;
        let (even0, even3, even1, even2) = (sum + outer, sum - outer, dif + inner, dif - inner);
        let (a, c) = (b[5][i] + b[3][i], b[5][i] - b[3][i]);
        let (d, e) = (b[1][i] + b[7][i], b[1][i] - b[7][i]);
        let odd7 = d + a;
        let middle = (d - a) * SQRT_2;
        let common = (c + e) * 1.847_759_1;
        let low = common - e * 1.082_392_2;
        let high = common - c * 2.613_126;
        let odd6 = high - odd7;
        let odd5 = middle - odd6;
        let odd4 = low - odd5;
        b[0][i] = even0 + odd7;
        b[7][i] = even0 - odd7;
        b[1][i] = even1 + odd6;
        b[6][i] = even1 - odd6;
        b[2][i] = even2 + odd5;
        b[5][i] = even2 - odd5;
        b[3][i] = even3 + odd4;
        b[4][i] = even3 - odd4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The definition in the standard with `side` places instead of eight, slowly.
    fn defined(block: &[f32; 64], side: usize) -> Vec<f64> {
        let mut found = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let mut sum = 0.0;
                for v in 0..side {
                    for u in 0..side {
                        let wave = |at: usize, f: usize| {
                            let weight = if f == 0 { 0.5f64.sqrt() } else { 1.0 };
                            weight * ((2 * at + 1) as f64 * f as f64 * PI / (2 * side) as f64).cos()
                        };
                        sum += f64::from(block[v * 8 + u]) * wave(x, u) * wave(y, v);
                    }
                }
                found.push((sum / 4.0 + 128.0).clamp(0.0, 255.0));
            }
        }
        found
    }

    #[test]
    fn the_fast_ways_are_the_defined_ones() {
        let mut stored = [0.0; 64];
        for (at, value) in stored.iter_mut().enumerate() {
            *value = ((at * at * 37 + at * 11) % 120) as f32 - 60.0;
        }
        for side in Side::ALL {
            let factors = factors(&[1; 64], side);
            let mut block = [[0.0; 8]; 8];
            for (at, value) in block.iter_mut().flatten().enumerate() {
                *value = stored[at] * factors[at];
            }
            let mut found = [0; 64];
            inverse(&block, side, &mut found, 8);
            for (at, defined) in defined(&stored, side.pixels()).into_iter().enumerate() {
                let found = found[at / side.pixels() * 8 + at % side.pixels()];
                assert!((f64::from(found) - defined).abs() < 0.52, "{side:?} {at}: {found} {defined}");
            }
        }
    }
}

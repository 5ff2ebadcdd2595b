//! From pixels of a block to frequencies (Arai, Agui and Nakajima's way: five multiplications a row).
//!
//! Loops run over eight independent lanes, which the compiler turns into vector instructions.
use super::tables::ZIGZAG;

/// Eight rows of eight numbers.
pub(crate) type Block = [[f32; 8]; 8];

/// By how much each row and column of frequencies comes out too large.
pub(crate) const SCALE: [f32; 8] =
    [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

/// Transforms the columns of a block.
#[expect(clippy::needless_range_loop, reason = "lanes of all rows, which become vectors")]
#[inline(always)]
fn columns(b: &mut Block) {
    for i in 0..8 {
        let (sum0, sum1, sum2, sum3) =
            (b[0][i] + b[7][i], b[1][i] + b[6][i], b[2][i] + b[5][i], b[3][i] + b[4][i]);
        let (dif0, dif1, dif2, dif3) =
            (b[0][i] - b[7][i], b[1][i] - b[6][i], b[2][i] - b[5][i], b[3][i] - b[4][i]);
        let (even0, even1, even2, even3) = (sum0 + sum3, sum1 + sum2, sum1 - sum2, sum0 - sum3);
        b[0][i] = even0 + even1;
        b[4][i] = even0 - even1;
        let turned = (even2 + even3) * 0.707_106_77;
        b[2][i] = even3 + turned;
        b[6][i] = even3 - turned;
        let (odd0, odd1, odd2) = (dif3 + dif2, dif2 + dif1, dif1 + dif0);
        let common = (odd0 - odd2) * 0.382_683_43;
        let (low, high) = (0.541_196_1 * odd0 + common, 1.306_563 * odd2 + common);
        let middle = odd1 * 0.707_106_77;
        let (above, below) = (dif0 + middle, dif0 - middle);
        b[5][i] = below + low;
        b[3][i] = below - low;
        b[1][i] = above + high;
        b[7][i] = above - high;
    }
}

#[inline(always)]
pub(crate) fn transposed(b: &Block) -> Block {
    let mut turned = [[0.0; 8]; 8];
    for (y, row) in b.iter().enumerate() {
        for (x, value) in row.iter().enumerate() {
            turned[x][y] = *value;
        }
    }
    turned
}

/// What a frequency is multiplied by to become the number that is stored; turned, as [`forward`] is.
pub(crate) fn factors(coarseness: &[u16; 64]) -> Block {
    let mut factors = [[0.0; 8]; 8];
    for (x, column) in factors.iter_mut().enumerate() {
        for (y, factor) in column.iter_mut().enumerate() {
            *factor = 1.0 / (f32::from(coarseness[y * 8 + x]) * SCALE[x] * SCALE[y] * 8.0);
        }
    }
    factors
}

/// The numbers that are stored for a block of pixels, whose values are about zero, in zigzag order.
pub(crate) fn forward(mut block: Block, factors: &Block) -> [i16; 64] {
    columns(&mut block);
    let mut block = transposed(&block);
    columns(&mut block);
    // Adding this leaves the rounded number in the low bits of the float.
    const ROUND: f32 = 12_582_912.0;
    let mut turned = [0i16; 64];
    for (x, (column, factors)) in block.iter().zip(factors).enumerate() {
        for y in 0..8 {
            // Ten bits are the most that a baseline file can hold of a frequency.
            turned[x * 8 + y] = ((column[y] * factors[y] + ROUND).to_bits() as i16).clamp(-1023, 1023);
        }
    }
    // Rows and columns are still swapped, which the order undoes.
    TURNED.map(|at| turned[usize::from(at)])
}

/// [`ZIGZAG`] with rows and columns swapped.
const TURNED: [u8; 64] = {
    let mut turned = [0; 64];
    let mut at = 0;
    while at < 64 {
        turned[at] = ZIGZAG[at] % 8 * 8 + ZIGZAG[at] / 8;
        at += 1;
    }
    turned
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The definition in the standard, slowly.
    fn defined(block: &Block) -> [f64; 64] {
        let mut found = [0.0; 64];
        for (at, place) in ZIGZAG.iter().enumerate() {
            let (u, v) = (f64::from(place % 8), f64::from(place / 8));
            let weight = |f: f64| if f == 0.0 { 0.5f64.sqrt() } else { 1.0 };
            let mut sum = 0.0;
            for (y, row) in block.iter().enumerate() {
                for (x, value) in row.iter().enumerate() {
                    let wave = |at: usize, f: f64| ((2.0 * at as f64 + 1.0) * f * PI / 16.0).cos();
                    sum += f64::from(*value) * wave(x, u) * wave(y, v);
                }
            }
            found[at] = sum * weight(u) * weight(v) / 4.0;
        }
        found
    }

    #[test]
    fn the_fast_way_is_the_defined_one() {
        let mut block = [[0.0; 8]; 8];
        for (at, value) in block.iter_mut().flatten().enumerate() {
            *value = ((at * at * 37 + at * 11) % 256) as f32 - 128.0;
        }
        let found = forward(block, &factors(&[1; 64]));
        for (found, defined) in found.into_iter().zip(defined(&block)) {
            assert!((f64::from(found) - defined).abs() < 0.51, "{found} {defined}");
        }
    }
}

//! What tests and the demo need of a world: a clock that is set, randomness that repeats, and people who
//! do not exist, with drawn faces.
//!
//! Everything comes from a seed. The same seed gives the same person, picture and incident on every
//! machine, so a snapshot stays the same and a failure can be tried again.
#![forbid(unsafe_code)]

pub mod clock;
pub mod engines;
pub mod faces;
pub mod people;
pub mod smtp;

pub use clock::TestClock;

use fairwatch_core::world::Randomness;
use std::sync::{Mutex, PoisonError};

/// A small deterministic generator (splitmix64). Not for keys outside of tests.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator whose sequence follows from the seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A generator for one aspect of a seed: what is drawn for one aspect does not shift the others when
    /// somebody adds a draw.
    #[must_use]
    pub fn aspect(seed: u64, aspect: &str) -> Self {
        // FNV-1a over the name, then one step to spread it.
        let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed.rotate_left(17);
        for byte in aspect.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self(Self(hash).number())
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        // The high bits, scaled: a bias of one in 2^32 does not matter here.
        usize::try_from(((self.number() >> 32) * bound as u64) >> 32).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(0);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// A number from `low` to `high`.
    pub fn real(&mut self, low: f32, high: f32) -> f32 {
        // 24 bits fit in the fraction of an f32.
        low + (high - low) * ((self.number() >> 40) as f32 / 16_777_216.0)
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.real(0.0, 1.0) < probability
    }

    /// One of several.
    ///
    /// # Panics
    /// For an empty list.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Randomness that repeats, for a program under test.
#[derive(Debug)]
pub struct Seeded(Mutex<Random>);

impl Seeded {
    /// Randomness whose bytes follow from the seed and the order in which they are asked for.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Random::new(seed)))
    }
}

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for part in bytes.chunks_mut(8) {
            let fresh = random.number().to_le_bytes();
            part.copy_from_slice(&fresh[..part.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_splitmix64() {
        let mut random = Random::new(1_234_567);
        // From the reference implementation.
        assert_eq!(random.number(), 6_457_827_717_110_365_317);
        assert_eq!(random.number(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn draws_stay_within_their_bounds() {
        let mut random = Random::new(3);
        let mut seen = [false; 5];
        for _ in 0..1000 {
            seen[random.below(5)] = true;
            assert!((-2..=2).contains(&random.between(-2, 2)));
            assert!((0.5..1.5).contains(&random.real(0.5, 1.5)));
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn seeded_bytes_repeat_and_do_not_stop() {
        let draw = |seed| {
            let seeded = Seeded::new(seed);
            let mut bytes = [[0; 13]; 2];
            bytes.iter_mut().for_each(|part| seeded.fill(part));
            bytes
        };
        assert_eq!(draw(5), draw(5));
        assert_ne!(draw(5), draw(6));
        assert_ne!(draw(5)[0], draw(5)[1]);
    }
}

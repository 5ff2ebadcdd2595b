//! What this crate's tests share.
use fairwatch_core::world::Randomness;
use jiff::civil::{Date, date};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

use crate::Keys;

/// Bytes that differ at each draw and are the same in each run.
#[derive(Default)]
pub(crate) struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let drawn = blake3::hash(&self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
            chunk.copy_from_slice(&drawn.as_bytes()[..chunk.len()]);
        }
    }
}

pub(crate) const DAY: Date = date(2026, 3, 1);

pub(crate) const fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Keys that no file holds.
pub(crate) fn keys(randomness: &Counter) -> Keys {
    Keys::fresh(id(1), DAY, randomness)
}

//! Many fingerprints in memory, among which one is looked for.
use crate::{Fingerprint, Likeness};
use std::{collections::HashMap, hash::Hash, thread};

/// So many stand together. A block never grows, so that nothing is left behind where it was.
const BLOCK: usize = 512;
/// From so many on, the search is shared among threads.
const SHARED: usize = 8 * BLOCK;
/// At most so many threads search.
const THREADS: usize = 4;

/// A fingerprint like the one that was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Like<K> {
    /// Under what it was put in.
    pub key: K,
    /// How like it is.
    pub likeness: Likeness,
}

/// Fingerprints, each under a key and with an owner with whom it goes.
#[derive(Debug)]
pub struct Prints<K, O> {
    blocks: Vec<Vec<(Option<K>, Fingerprint)>>,
    of: HashMap<O, Vec<usize>>,
    free: Vec<usize>,
}

impl<K, O> Default for Prints<K, O> {
    fn default() -> Self {
        Self { blocks: Vec::new(), of: HashMap::new(), free: Vec::new() }
    }
}

impl<K: Copy + Send + Sync, O: Copy + Eq + Hash> Prints<K, O> {
    /// Puts one in.
    pub fn put(&mut self, owner: O, key: K, print: Fingerprint) {
        let place = self.free.pop().unwrap_or_else(|| {
            if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
                self.blocks.push(Vec::with_capacity(BLOCK));
            }
            let last = self.blocks.len() - 1;
            self.blocks[last].push((None, Fingerprint::blank()));
            last * BLOCK + self.blocks[last].len() - 1
        });
        self.blocks[place / BLOCK][place % BLOCK] = (Some(key), print);
        self.of.entry(owner).or_default().push(place);
    }

    /// Overwrites all of an owner's.
    pub fn forget(&mut self, owner: O) {
        for place in self.of.remove(&owner).unwrap_or_default() {
            self.blocks[place / BLOCK][place % BLOCK] = (None, Fingerprint::blank());
            self.free.push(place);
        }
    }

    /// All of an owner's, with their keys.
    pub fn of(&self, owner: O) -> impl Iterator<Item = (K, &Fingerprint)> {
        let places = self.of.get(&owner).into_iter().flatten();
        places.filter_map(|place| {
            let (key, print) = &self.blocks[place / BLOCK][place % BLOCK];
            key.map(|key| (key, print))
        })
    }

    /// Those that are the same picture, the likest first.
    #[must_use]
    pub fn like(&self, print: &Fingerprint) -> Vec<Like<K>> {
        let among = |blocks: &[Vec<(Option<K>, Fingerprint)>]| {
            let all = blocks.iter().flatten();
            let like = all.filter_map(|(key, other)| {
                let likeness = print.same_picture(other)?;
                key.map(|key| Like { key, likeness })
            });
            like.collect::<Vec<_>>()
        };
        let threads = thread::available_parallelism().map_or(1, |n| n.get().min(THREADS));
        let mut found = if threads == 1 || self.blocks.len() * BLOCK < SHARED {
            among(&self.blocks)
        } else {
            let share = self.blocks.len().div_ceil(threads);
            thread::scope(|scope| {
                let parts = self.blocks.chunks(share).map(|part| scope.spawn(move || among(part)));
                let parts = parts.collect::<Vec<_>>();
                parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
            })
        };
        found.sort_by_key(|like| like.likeness.differing);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fingerprint of noise.
    fn noise(seed: u64) -> Fingerprint {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = vec![0; Fingerprint::BYTES];
        bytes[0] = 2;
        for byte in &mut bytes[2..] {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = state.to_be_bytes()[0];
        }
        Fingerprint::from_bytes(&bytes).expect("a fingerprint")
    }

    #[test]
    fn what_was_put_in_is_found_and_what_was_forgotten_is_not() {
        let mut prints = Prints::default();
        for n in 0..6_000_u32 {
            prints.put(n / 2, n, noise(u64::from(n) + 1));
        }
        let found = prints.like(&noise(4_322));
        assert_eq!(found.iter().map(|like| like.key).collect::<Vec<_>>(), [4_321]);
        assert_eq!(prints.of(2_160).map(|(key, _)| key).collect::<Vec<_>>(), [4_320, 4_321]);
        prints.forget(2_160);
        assert_eq!(prints.like(&noise(4_322)), []);
        assert_eq!(prints.of(2_160).count(), 0);
        // Its place is used again, and nothing of it is left there.
        prints.put(9_999, 9_999, noise(70_099));
        prints.put(9_999, 10_000, noise(70_100));
        assert_eq!(prints.blocks.iter().map(Vec::len).sum::<usize>(), 6_000);
        assert_eq!(prints.like(&noise(70_099))[0].key, 9_999);
        assert!(prints.blocks.iter().flatten().all(|(_, print)| *print != noise(4_322)));
    }
}

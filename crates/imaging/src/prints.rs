//! Many fingerprints in memory, among which one is looked for.
use crate::{
    Fingerprint, Likeness,
    fingerprint::{Signs, View, WINDOWS},
};
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

/// Some fingerprints, part by part: what nearly every search decides by stands close together.
#[derive(Debug)]
struct Block<K> {
    keys: Vec<Option<K>>,
    prints: Parts,
}

/// The parts of fingerprints, each in the order of the keys.
#[derive(Debug)]
struct Parts {
    even: Vec<Signs>,
    odd: Vec<Signs>,
    fine: Vec<[[u32; 2]; WINDOWS]>,
}

impl<K: Copy> Block<K> {
    fn new() -> Self {
        let prints = Parts {
            even: Vec::with_capacity(BLOCK),
            odd: Vec::with_capacity(BLOCK),
            fine: Vec::with_capacity(BLOCK),
        };
        Self { keys: Vec::with_capacity(BLOCK), prints }
    }

    fn push(&mut self) -> usize {
        let blank = Fingerprint::blank();
        self.keys.push(None);
        self.prints.even.push(blank.even);
        self.prints.odd.push(blank.odd);
        self.prints.fine.push(blank.fine);
        self.keys.len() - 1
    }

    fn set(&mut self, at: usize, key: Option<K>, print: &Fingerprint) {
        self.keys[at] = key;
        self.prints.even[at] = print.even;
        self.prints.odd[at] = print.odd;
        self.prints.fine[at] = print.fine;
    }

    fn all(&self) -> impl Iterator<Item = (Option<K>, View<'_>)> {
        let Parts { even, odd, fine } = &self.prints;
        let parts = self.keys.iter().zip(even).zip(odd.iter().zip(fine));
        parts.map(|((key, even), (odd, fine))| (*key, View { even, odd, fine }))
    }
}

/// Fingerprints, each under a key and with an owner with whom it goes.
#[derive(Debug)]
pub struct Prints<K, O> {
    blocks: Vec<Block<K>>,
    of: HashMap<O, Vec<(K, usize)>>,
    free: Vec<usize>,
}

impl<K, O> Default for Prints<K, O> {
    fn default() -> Self {
        Self { blocks: Vec::new(), of: HashMap::new(), free: Vec::new() }
    }
}

impl<K: Copy + Send + Sync, O: Copy + Eq + Hash> Prints<K, O> {
    /// Puts one in. One of a picture in which there is too little to compare is like no other, and not kept.
    pub fn put(&mut self, owner: O, key: K, print: &Fingerprint) {
        if print.is_plain() {
            return;
        }
        let place = self.free.pop().unwrap_or_else(|| {
            if self.blocks.last().is_none_or(|block| block.keys.len() == BLOCK) {
                self.blocks.push(Block::new());
            }
            let last = self.blocks.len() - 1;
            last * BLOCK + self.blocks[last].push()
        });
        self.blocks[place / BLOCK].set(place % BLOCK, Some(key), print);
        self.of.entry(owner).or_default().push((key, place));
    }

    /// Overwrites all of an owner's.
    pub fn forget(&mut self, owner: O) {
        for (_, place) in self.of.remove(&owner).unwrap_or_default() {
            self.blocks[place / BLOCK].set(place % BLOCK, None, &Fingerprint::blank());
            self.free.push(place);
        }
    }

    /// Those that are the same picture as one of an owner's, itself among them, the likest first.
    #[must_use]
    pub fn like(&self, owner: O, is_it: impl Fn(K) -> bool) -> Vec<Like<K>> {
        let own = self.of.get(&owner).into_iter().flatten().find(|(key, _)| is_it(*key));
        let view = own.and_then(|(_, place)| self.blocks[place / BLOCK].all().nth(place % BLOCK));
        view.map_or_else(Vec::new, |(_, view)| self.among(view))
    }

    fn among(&self, print: View<'_>) -> Vec<Like<K>> {
        let among = |blocks: &[Block<K>]| {
            let all = blocks.iter().flat_map(Block::all);
            let like = all.filter_map(|(key, other)| {
                let key = key?;
                print.same_picture(other).map(|likeness| Like { key, likeness })
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
            prints.put(n / 2, n, &noise(u64::from(n) + 1));
        }
        // The same once more, under another owner.
        prints.put(9_999, 9_999, &noise(4_322));
        let like = |prints: &Prints<u32, u32>| {
            let found = prints.like(9_999, |key| key == 9_999);
            let mut keys = found.iter().map(|like| like.key).collect::<Vec<_>>();
            keys.sort_unstable();
            keys
        };
        assert_eq!(like(&prints), [4_321, 9_999]);
        prints.forget(2_160);
        assert_eq!(like(&prints), [9_999]);
        assert!(prints.like(2_160, |_| true).is_empty());
        // Their places are used again, and nothing of them is left there.
        let mine = noise(4_322);
        assert_eq!(
            prints.blocks.iter().flat_map(Block::all).filter(|(_, view)| *view.even == mine.even).count(),
            1
        );
        prints.put(7_777, 7_777, &noise(70_099));
        prints.put(7_777, 7_778, &noise(70_100));
        assert_eq!(prints.blocks.iter().map(|block| block.keys.len()).sum::<usize>(), 6_001);
        assert_eq!(prints.like(7_777, |key| key == 7_778)[0].key, 7_778);
        assert!(prints.like(7_777, |key| key == 1).is_empty());
    }
}

//! Every distinct word once, with what is needed to tell in a glance whether a typed word may mean it.
//!
//! What is asked of a word stands in columns, one value for each word, and a search reads the columns from end to
//! end: a hundred thousand people have some tens of thousands of distinct words, and ruling out nearly all of them
//! takes a few instructions each. So there is no second structure (tree, trigrams, deletions) that would have to be
//! kept in step, and a word that is forgotten is gone from one place.
use crate::{fold::cut, near, nicknames, sound};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher as _;
use zeroize::Zeroize as _;

/// The number of a word.
pub(crate) type Token = u32;

/// Part of the arena may be zeros before it is packed, if it is more than this and a quarter of all.
const SLACK: usize = 4096;

#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    /// The letters of all words.
    arena: Vec<u8>,
    start: Vec<u32>,
    /// 0 for a number that is free.
    pub(crate) length: Vec<u8>,
    /// The first eight letters: a prefix is a shift and a comparison.
    pub(crate) head: Vec<u64>,
    pub(crate) letters: Vec<u32>,
    pub(crate) sound_bits: Vec<u64>,
    pub(crate) sounds: Vec<[u32; sound::KEYS]>,
    /// What the word is called for short, as a hash; 0 for most.
    pub(crate) short: Vec<u32>,
    table: HashTable<Token>,
    hasher: DefaultHashBuilder,
    free: Vec<Token>,
    zeros: usize,
}

/// The first eight bytes, the first in the highest place.
pub(crate) fn head(word: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = word.len().min(8);
    bytes[..length].copy_from_slice(&word[..length]);
    u64::from_be_bytes(bytes)
}

/// A small hash for short forms, never 0; equality is checked on the letters.
pub(crate) fn small_hash(word: &[u8]) -> u32 {
    word.iter().fold(0x811c_9dc5_u32, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) | 1
}

impl Dictionary {
    /// How many numbers are given out, free ones included.
    pub(crate) fn len(&self) -> usize {
        self.length.len()
    }

    /// The letters of a word.
    pub(crate) fn word(&self, token: Token) -> &[u8] {
        word_at(&self.arena, &self.start, &self.length, token)
    }

    /// The number of a word that is known.
    pub(crate) fn find(&self, word: &str) -> Option<Token> {
        let word = cut(word).as_bytes();
        self.table.find(self.hasher.hash_one(word), |&token| self.word(token) == word).copied()
    }

    /// The number of a word, which is learned if it is new. True if it was.
    pub(crate) fn learn(&mut self, word: &str) -> (Token, bool) {
        let word = cut(word).as_bytes();
        let hash = self.hasher.hash_one(word);
        let (arena, start, length) = (&self.arena, &self.start, &self.length);
        if let Some(&token) = self.table.find(hash, |&token| word_at(arena, start, length, token) == word) {
            return (token, false);
        }
        let token = self.add(word);
        let (arena, start, length, hasher) = (&self.arena, &self.start, &self.length, &self.hasher);
        self.table.insert_unique(hash, token, |&token| hasher.hash_one(word_at(arena, start, length, token)));
        (token, true)
    }

    fn add(&mut self, word: &[u8]) -> Token {
        let token = self.free.pop().unwrap_or_else(|| self.widen());
        let at = token as usize;
        self.start[at] = self.append(word);
        self.length[at] = word.len() as u8;
        self.head[at] = head(word);
        self.letters[at] = near::letters(word);
        self.sounds[at] = sound::keys(word);
        self.sound_bits[at] = sound::bits(&self.sounds[at]);
        self.short[at] = std::str::from_utf8(word)
            .ok()
            .and_then(nicknames::short)
            .map_or(0, |short| small_hash(short.as_bytes()));
        token
    }

    fn widen(&mut self) -> Token {
        self.start.push(0);
        self.length.push(0);
        self.head.push(0);
        self.letters.push(0);
        self.sound_bits.push(0);
        self.sounds.push([0; sound::KEYS]);
        self.short.push(0);
        self.length.len() as Token - 1
    }

    /// Puts the letters at the end. An arena that is too small is copied by hand, so that the old one is wiped.
    fn append(&mut self, word: &[u8]) -> u32 {
        if self.arena.len() + word.len() > self.arena.capacity() {
            let mut larger = Vec::with_capacity((self.arena.len() * 2).max(4096));
            larger.extend_from_slice(&self.arena);
            self.arena.zeroize();
            self.arena = larger;
        }
        let at = self.arena.len() as u32;
        self.arena.extend_from_slice(word);
        at
    }

    /// Forgets a word that stands nowhere any more: its letters are overwritten, and what was derived from them.
    pub(crate) fn forget(&mut self, token: Token) {
        let at = token as usize;
        let hash = self.hasher.hash_one(self.word(token));
        if let Ok(found) = self.table.find_entry(hash, |&other| other == token) {
            found.remove();
        }
        let (from, length) = (self.start[at] as usize, usize::from(self.length[at]));
        self.arena[from..from + length].zeroize();
        self.zeros += length;
        self.start[at] = 0;
        self.length[at] = 0;
        self.head[at] = 0;
        self.letters[at] = 0;
        self.sound_bits[at] = 0;
        self.sounds[at] = [0; sound::KEYS];
        self.short[at] = 0;
        self.free.push(token);
        if self.zeros > SLACK && self.zeros * 4 > self.arena.len() {
            self.pack();
        }
    }

    fn pack(&mut self) {
        let mut packed = Vec::with_capacity(self.arena.len());
        for token in 0..self.length.len() {
            let at = packed.len() as u32;
            packed.extend_from_slice(word_at(&self.arena, &self.start, &self.length, token as Token));
            self.start[token] = at;
        }
        self.arena.zeroize();
        self.arena = packed;
        self.zeros = 0;
    }

    /// Bytes held.
    pub(crate) fn memory(&self) -> usize {
        self.arena.capacity()
            + (self.start.capacity() + self.letters.capacity() + self.short.capacity() + self.free.capacity())
                * 4
            + self.length.capacity()
            + (self.head.capacity() + self.sound_bits.capacity()) * 8
            + self.sounds.capacity() * size_of::<[u32; sound::KEYS]>()
            + self.table.capacity() * 8 / 7 * 5
    }

    /// Whether these letters stand anywhere in memory: for tests of what deletion leaves.
    #[cfg(test)]
    pub(crate) fn holds(&self, letters: &str) -> bool {
        self.arena.windows(letters.len()).any(|window| window == letters.as_bytes())
    }
}

impl Drop for Dictionary {
    fn drop(&mut self) {
        self.arena.zeroize();
    }
}

fn word_at<'a>(arena: &'a [u8], start: &[u32], length: &[u8], token: Token) -> &'a [u8] {
    let from = start[token as usize] as usize;
    &arena[from..from + usize::from(length[token as usize])]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Words learned and forgotten in any order: what is left is found, the rest is nowhere.
        #[test]
        fn what_is_forgotten_is_gone(steps in proptest::collection::vec((any::<bool>(), "[a-c]{1,3}z"), 0..60)) {
            let mut dictionary = Dictionary::default();
            let mut known = BTreeSet::new();
            for (learn, word) in steps {
                if learn {
                    let (token, new) = dictionary.learn(&word);
                    prop_assert_eq!(new, known.insert(word.clone()));
                    prop_assert_eq!(dictionary.word(token), word.as_bytes());
                } else if let Some(token) = dictionary.find(&word) {
                    dictionary.forget(token);
                    known.remove(&word);
                }
                prop_assert_eq!(dictionary.find(&word).is_some(), known.contains(&word));
            }
            dictionary.pack();
            for word in &known {
                prop_assert!(dictionary.find(word).is_some());
            }
            let held: usize = dictionary.length.iter().map(|&length| usize::from(length)).sum();
            prop_assert_eq!(dictionary.arena.len(), held);
        }
    }

    #[test]
    fn forgotten_letters_are_overwritten() {
        let mut dictionary = Dictionary::default();
        let (token, _) = dictionary.learn("featherstonehaugh");
        dictionary.learn("smith");
        dictionary.forget(token);
        assert!(!dictionary.holds("feather") && dictionary.holds("smith"));
    }
}

//! What a name sounds like, read as people of several languages read it.
//!
//! Nobody can tell from `Niamh` or `Wojciech` alone whose spelling it is, so a word is read in every way its letters
//! suggest, each giving a plain respelling. From that comes a key of consonants in broad classes (t with d, s with sh,
//! f with v); vowels count only as a first letter. Two words may sound alike if they share a key; how much alike they
//! are, the respellings tell.
use crate::fold::LONGEST;

/// How a word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// English, and the usual English spelling of other scripts.
    English,
    /// The same with every g and c hard: `Gill`, `Girma`.
    Hard,
    /// The same where an r before a consonant is not heard: `Norton`, `Naughton`.
    Soft,
    /// Polish, and with it Czech, Hungarian, Romanian and South Slavic.
    Slavic,
    /// Irish and Scottish Gaelic.
    Irish,
    /// West African French: `Diallo` is `Jallow`.
    French,
    /// Somali: `Caasha Xirsi` is `Asha Hersi`.
    Somali,
}

impl Reading {
    pub(crate) const ALL: [Reading; 7] = [
        Reading::English,
        Reading::Hard,
        Reading::Soft,
        Reading::Slavic,
        Reading::Irish,
        Reading::French,
        Reading::Somali,
    ];
}

/// As many keys as a word can have.
pub(crate) const KEYS: usize = 6;

/// A respelling: `a e i o u`, one letter for each consonant; `S` is sh, `C` is ch, `J` is as in jam.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelt {
    bytes: [u8; LONGEST + 4],
    length: usize,
}

impl Spelt {
    fn new() -> Spelt {
        Spelt { bytes: [0; LONGEST + 4], length: 0 }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn last(&self) -> u8 {
        if self.length == 0 { 0 } else { self.bytes[self.length - 1] }
    }

    /// Adds a sound. Doubled letters are one, and a run of vowels is its first.
    fn say(&mut self, sound: u8) {
        let run = is_vowel(sound) && is_vowel(self.last());
        if sound != self.last() && !run && self.length < self.bytes.len() {
            self.bytes[self.length] = sound;
            self.length += 1;
        }
    }

    /// The key; 0 for a word without letters.
    pub(crate) fn key(&self) -> u32 {
        let mut hash = 0x811c_9dc5_u32;
        let mut classes = 0;
        for (at, &sound) in self.as_bytes().iter().enumerate() {
            let class = match sound {
                b'p' | b'b' => b'P',
                b'f' | b'v' | b'w' => b'F',
                b't' | b'd' => b'T',
                b'k' | b'g' => b'K',
                b's' | b'z' | b'S' => b'S',
                b'C' | b'J' => b'X',
                b'l' | b'r' | b'm' | b'n' => sound,
                b'h' if at == 0 => b'H',
                _ if at == 0 => b'A',
                _ => continue,
            };
            classes += 1;
            hash = (hash ^ u32::from(class)).wrapping_mul(0x0100_0193);
        }
        if classes == 0 { 0 } else { hash | 1 }
    }
}

fn is_vowel(sound: u8) -> bool {
    matches!(sound, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// Whether anything in the word makes this reading differ from the English one.
fn suggests(word: &[u8], reading: Reading) -> bool {
    let has = |pair: &[u8]| word.windows(pair.len()).any(|window| window == pair);
    let any = |letters: &[u8]| word.iter().any(|byte| letters.contains(byte));
    match reading {
        Reading::English => true,
        Reading::Hard => any(b"gc") || has(b"rz"),
        Reading::Soft => word.iter().skip(1).any(|&byte| byte == b'r'),
        Reading::Slavic => any(b"wjcyhz") || has(b"sz") || has(b"zs"),
        Reading::Irish => word.len() > 2 && any(b"hc") || has(b"ao"),
        Reading::French => has(b"di") || has(b"ch") || has(b"j"),
        Reading::Somali => {
            any(b"x") || word.starts_with(b"ca") || word.starts_with(b"ci") || word.starts_with(b"cu")
        }
    }
}

/// The keys of a word, without repetition; the rest are 0. Digits and words of two letters have none.
pub(crate) fn keys(word: &[u8]) -> [u32; KEYS] {
    let mut keys = [0; KEYS];
    let mut count = 0;
    if word.len() < 2 || word.iter().any(u8::is_ascii_digit) {
        return keys;
    }
    for reading in Reading::ALL {
        if count < KEYS && suggests(word, reading) {
            let key = respell(word, reading).key();
            if key != 0 && !keys[..count].contains(&key) {
                keys[count] = key;
                count += 1;
            }
        }
    }
    keys
}

/// A bit for each key, so that two words without a common bit need no comparing.
pub(crate) fn bits(keys: &[u32; KEYS]) -> u64 {
    keys.iter()
        .filter(|&&key| key != 0)
        .fold(0, |bits, &key| bits | 1 << (key.wrapping_mul(0x9e37_79b1) >> 26))
}

/// All readings of a word, for comparing it with several others.
pub(crate) struct Readings([Option<Spelt>; 7]);

impl Readings {
    pub(crate) fn of(word: &[u8]) -> Readings {
        Readings(Reading::ALL.map(|reading| suggests(word, reading).then(|| respell(word, reading))))
    }

    /// How much alike the two sound where they share a key, in thousandths.
    pub(crate) fn likeness(&self, other: &Readings) -> Option<usize> {
        let mut best = None;
        for ours in self.0.iter().flatten() {
            for theirs in other.0.iter().flatten() {
                if ours.key() != 0 && ours.key() == theirs.key() {
                    best = best.max(Some(crate::near::likeness(ours.as_bytes(), theirs.as_bytes())));
                }
            }
        }
        best
    }
}

/// A word as it is read.
pub(crate) fn respell(word: &[u8], reading: Reading) -> Spelt {
    let mut out = Spelt::new();
    let mut at = 0;
    while at < word.len() {
        let taken = rule(word, at, reading);
        for &sound in taken.1 {
            out.say(sound);
        }
        at += taken.0;
    }
    out
}

/// How many letters are read at `at`, and as what.
fn rule(word: &[u8], at: usize, reading: Reading) -> (usize, &'static [u8]) {
    let rest = &word[at..];
    let own = match reading {
        Reading::Slavic => slavic(rest),
        Reading::Irish => irish(rest),
        Reading::French => french(rest),
        Reading::Somali => somali(rest, at),
        Reading::Soft => soft(rest),
        Reading::Hard => hard(rest),
        Reading::English => None,
    };
    own.or_else(|| if at == 0 { initial(rest) } else { None })
        .or_else(|| clusters(rest))
        .unwrap_or_else(|| (1, letter(rest, at)))
}

type Read = Option<(usize, &'static [u8])>;

fn next_is(rest: &[u8], at: usize, letters: &[u8]) -> bool {
    rest.get(at).is_some_and(|byte| letters.contains(byte))
}

fn initial(rest: &[u8]) -> Read {
    Some(match rest {
        [b'm', b'c', ..] => (2, b"mak"),
        [b'k' | b'g', b'n', ..] => (2, b"n"),
        [b'w', b'r', ..] | [b'r', b'h', ..] => (2, b"r"),
        [b'w', b'h', ..] => (2, b"w"),
        [b'p', b's', ..] => (2, b"s"),
        [b'x', ..] => (1, b"z"),
        [b'g', b'h', ..] => (2, b"g"),
        [b'y', b'e', ..] => (2, b"ye"),
        [b'y', ..] if next_is(rest, 1, b"aou") => (1, b"y"),
        _ => return None,
    })
}

fn clusters(rest: &[u8]) -> Read {
    Some(match rest {
        [b's', b'c', b'h', ..] => (3, b"S"),
        [b't', b'c', b'h', ..] => (3, b"C"),
        [b'c', b'h', b'r' | b'l', ..] => (2, b"k"),
        [b'c', b'h', ..] | [b'c', b'z', ..] => (2, b"C"),
        [b's', b'h', ..] | [b'z', b'h', ..] => (2, b"S"),
        [b'p', b'h', ..] => (2, b"f"),
        [b't', b'h', ..] => (2, b"t"),
        [b'd', b'h', ..] => (2, b"d"),
        [b'b', b'h', ..] => (2, b"b"),
        [b'k', b'h', ..] | [b'c', b'k', ..] => (2, b"k"),
        [b'g', b'h', b't', ..] | [b'g', b'h'] => (2, b""),
        [b'j', b'h', ..] | [b'd', b'j', ..] => (2, b"J"),
        [b'd', b'g', b'e' | b'i', ..] => (2, b"J"),
        [b'q', b'u', ..] => (2, b"kw"),
        [b'e', b'e' | b'a', ..] => (2, b"i"),
        [b'o', b'o' | b'u', ..] => (2, b"u"),
        [b'a', b'u' | b'w', ..] => (2, b"o"),
        [b'a' | b'e', b'i' | b'y', ..] => (2, b"e"),
        [b'g', b'g', ..] => (2, b"g"),
        [b'n', b'd', b's', ..] => (2, b"n"),
        _ => return None,
    })
}

fn letter(rest: &[u8], at: usize) -> &'static [u8] {
    let front = next_is(rest, 1, b"eiy");
    match rest[0] {
        b'a' => b"a",
        b'e' => b"e",
        b'i' | b'y' => b"i",
        b'o' => b"o",
        b'u' => b"u",
        b'b' => b"b",
        b'c' if front => b"s",
        b'c' | b'k' | b'q' => b"k",
        b'd' => b"d",
        b'f' => b"f",
        b'g' if front => b"J",
        b'g' => b"g",
        // Before a consonant it is heard where vowels are not written.
        b'h' if at == 0 || next_is(rest, 1, b"aeiou") || !rest.iter().any(|byte| is_vowel(*byte)) => b"h",
        b'j' => b"J",
        b'l' => b"l",
        b'm' => b"m",
        b'n' => b"n",
        b'p' => b"p",
        b'r' => b"r",
        b's' => b"s",
        b't' => b"t",
        b'v' => b"v",
        b'w' if next_is(rest, 1, b"aeiouy") => b"w",
        b'w' => b"u",
        b'x' => b"ks",
        b'z' => b"z",
        _ => b"",
    }
}

fn hard(rest: &[u8]) -> Read {
    match rest {
        [b'g', b'e' | b'i' | b'y', ..] => Some((1, b"g")),
        // What the English hear of Krzysztof.
        [b'k', b'r', b'z', ..] => Some((3, b"kr")),
        [b's', b'z', ..] => Some((2, b"S")),
        [b'c', b'e' | b'i' | b'y', ..] | [b'c', b'h', ..] => Some((1, b"k")),
        _ => None,
    }
}

fn soft(rest: &[u8]) -> Read {
    match rest {
        [b'r', b'r', ..] => None,
        [b'r'] => Some((1, b"")),
        [b'r', next, ..] if !b"aeiouy".contains(next) => Some((1, b"")),
        _ => None,
    }
}

fn slavic(rest: &[u8]) -> Read {
    Some(match rest {
        [b's', b'z', b'c', b'z', ..] => (4, b"SC"),
        [b'd', b'r', b'z', ..] => (3, b"J"),
        [b't', b'r', b'z', ..] => (3, b"C"),
        [b'd', b'z' | b'j', ..] | [b'g', b'y', ..] => (2, b"J"),
        [b'r', b'z', ..] | [b'z', b's', ..] => (2, b"S"),
        [b's', b'z', ..] => (2, b"S"),
        [b'c', b'z' | b's', ..] | [b't', b's' | b'z', ..] => (2, b"C"),
        [b'c', b'h', ..] => (2, b"k"),
        [b'k', b'h', ..] => (2, b"h"),
        [b'c', b'k', ..] => (1, b"C"),
        [b'c', b'i', ..] => (2, b"Ci"),
        [b'c', b'a' | b'o' | b'u', ..] => (1, b"k"),
        [b'c', ..] => (1, b"C"),
        [b's' | b'z', b'i', b'a' | b'o' | b'u' | b'e', ..] => (2, b"S"),
        [b'j', ..] => (1, b"i"),
        [b'w', ..] => (1, b"v"),
        [b'g', b'h', ..] => (2, b"g"),
        [b'g', ..] => (1, b"g"),
        [b't', b'h', ..] => (2, b"t"),
        _ => return None,
    })
}

fn irish(rest: &[u8]) -> Read {
    Some(match rest {
        [b'b' | b'm', b'h', ..] => (2, b"v"),
        [b'd' | b'f' | b't', b'h', ..] => (2, b""),
        [b'g', b'h', ..] => (2, b""),
        [b's', b'h', ..] => return None,
        [b'c', b'h', ..] => (2, b"k"),
        [b'c', ..] => (1, b"k"),
        [b'g', ..] => (1, b"g"),
        [b'a', b'o', b'i', ..] => (3, b"i"),
        [b'a', b'o', ..] => (2, b"i"),
        [b'e', b'a', b'i' | b'u', ..] => (3, b"e"),
        _ => return None,
    })
}

fn french(rest: &[u8]) -> Read {
    Some(match rest {
        [b'd', b'i', b'a' | b'o' | b'e', ..] => (2, b"J"),
        [b'c', b'h', ..] => (2, b"S"),
        [b'j', ..] => (1, b"S"),
        [b't', b'h', ..] => (2, b"t"),
        _ => return None,
    })
}

fn somali(rest: &[u8], at: usize) -> Read {
    match rest[0] {
        b'x' if at == 0 => Some((1, b"h")),
        b'x' => Some((1, b"")),
        b'c' => Some((1, b"")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alike(a: &str, b: &str) -> bool {
        Readings::of(a.as_bytes()).likeness(&Readings::of(b.as_bytes())).is_some()
    }

    #[test]
    fn spellings_of_one_sound_share_a_key() {
        for (a, b) in [
            ("shevawn", "siobhan"),
            ("neave", "niamh"),
            ("wojtek", "voytek"),
            ("jadwiga", "yadviga"),
            ("grzegorz", "gzhegozh"),
            ("diallo", "jallow"),
            ("xasan", "hassan"),
            ("geoffrey", "jeffrey"),
            ("mcdonald", "macdonald"),
            ("tchaikovsky", "chaykovskiy"),
            ("zsuzsa", "zhuzha"),
        ] {
            assert!(alike(a, b), "{a} {b}");
        }
        for (a, b) in [("murphy", "kelly"), ("khan", "shah"), ("nowak", "kowal")] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn any_word_can_be_read(word in "\\PC{0,40}") {
            let word = crate::fold::cut(&word).as_bytes();
            let keys = keys(word);
            let readings = Readings::of(word);
            for key in keys.into_iter().filter(|&key| key != 0) {
                prop_assert!(readings.0.iter().flatten().any(|spelt| spelt.key() == key));
            }
        }
    }
}

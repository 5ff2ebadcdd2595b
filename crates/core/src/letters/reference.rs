//! What a letter is named by: ten characters that nobody mistakes for others, and that nobody finds by guessing.
use crate::world::Randomness;
use std::{fmt, str::FromStr};

/// No 0, 1, I, L, O, S or U: none is taken for another, and no word of a language comes about easily. Twenty-nine is a
/// prime, so that one wrong character, and two that changed places, are always found.
const ALPHABET: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRTVWXYZ";
const SIZE: u32 = 29;
const LENGTH: usize = 10;

/// The reference of a letter, such as K7QF2-M9TXC. Nine characters are random, some 43 bits; the last one checks them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference([u8; LENGTH]);

impl Reference {
    /// A new one.
    #[must_use]
    pub fn new(randomness: &dyn Randomness) -> Self {
        let mut digits = [0; LENGTH];
        for digit in digits.iter_mut().take(LENGTH - 1) {
            // Bytes beyond the last whole multiple are drawn again, so that every character is as likely.
            let mut byte = [u8::MAX];
            while u32::from(byte[0]) >= 256 - 256 % SIZE {
                randomness.fill(&mut byte);
            }
            *digit = byte[0] % 29;
        }
        digits[LENGTH - 1] = check(&digits);
        Self(digits)
    }

    /// What it is looked up by: the same however it was typed.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.iter().map(|digit| char::from(ALPHABET[usize::from(*digit) % ALPHABET.len()])).collect()
    }
}

fn check(digits: &[u8; LENGTH]) -> u8 {
    let sum: u32 =
        digits.iter().take(LENGTH - 1).zip(2_u32..).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    u8::try_from(sum % SIZE).unwrap_or(0)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key();
        let (first, second) = key.split_at(LENGTH / 2);
        write!(f, "{first}-{second}")
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reference")
    }
}

/// What was typed is no reference: a slip of the pen, or something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not a reference")]
pub struct NoReference;

impl FromStr for Reference {
    type Err = NoReference;

    /// As people type it: with or without the dash, spaces and capitals.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut digits = [0; LENGTH];
        let mut n = 0;
        for c in text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2013}' | '\u{2010}' | '\u{2011}'))
        {
            let c = c.to_ascii_uppercase();
            let digit = ALPHABET.iter().position(|known| char::from(*known) == c).ok_or(NoReference)?;
            *digits.get_mut(n).ok_or(NoReference)? = u8::try_from(digit).map_err(|_| NoReference)?;
            n += 1;
        }
        if n == LENGTH && check(&digits) == digits[LENGTH - 1] { Ok(Self(digits)) } else { Err(NoReference) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counting(AtomicU8);
    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(37, Ordering::Relaxed));
        }
    }

    #[test]
    fn a_reference_is_read_as_it_was_written_however_it_is_typed() {
        let reference = Reference::new(&Counting(AtomicU8::new(3)));
        let text = reference.to_string();
        assert_eq!(text.len(), 11);
        assert_eq!(text.parse(), Ok(reference));
        assert_eq!(text.to_lowercase().replace('-', " ").parse(), Ok(reference));
        assert_eq!(format!("  {}  ", text.replace('-', "")).parse(), Ok(reference));
    }

    #[test]
    fn one_wrong_character_and_two_that_changed_places_are_found() {
        let key = Reference::new(&Counting(AtomicU8::new(11))).key();
        for at in 0..LENGTH {
            for other in ALPHABET {
                let mut wrong = key.clone().into_bytes();
                if wrong[at] != *other {
                    wrong[at] = *other;
                    assert_eq!(String::from_utf8_lossy(&wrong).parse::<Reference>(), Err(NoReference));
                }
            }
            for to in at + 1..LENGTH {
                let mut swapped = key.clone().into_bytes();
                swapped.swap(at, to);
                if swapped != key.as_bytes() {
                    assert_eq!(
                        String::from_utf8_lossy(&swapped).parse::<Reference>(),
                        Err(NoReference),
                        "{at} {to}"
                    );
                }
            }
        }
    }

    #[test]
    fn foreign_texts_are_no_reference() {
        for text in ["", "K7QF2", "K7QF2-M9TXCC", "\u{1f600}", "O0IL1-SU000", &"2".repeat(5000)] {
            assert_eq!(text.parse::<Reference>(), Err(NoReference), "{text}");
        }
    }
}

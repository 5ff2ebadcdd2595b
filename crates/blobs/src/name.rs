//! Names of files: random, and nothing else.
use fairwatch_core::world::Randomness;
use std::{fmt, str::FromStr};

/// A file's name: 16 random bytes, written as 32 lower-case hexadecimal digits. No other text makes one, so no name
/// leads out of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName([u8; 16]);

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file's name has 32 lower-case hexadecimal digits")]
pub struct NotABlobName;

impl BlobName {
    /// A fresh name.
    #[must_use]
    pub fn new(randomness: &dyn Randomness) -> Self {
        let mut bytes = [0; 16];
        randomness.fill(&mut bytes);
        Self(bytes)
    }

    /// The folder that the file lies in.
    pub(crate) fn fan(self) -> String {
        format!("{:02x}", self.0[0])
    }
}

impl From<[u8; 16]> for BlobName {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl From<BlobName> for [u8; 16] {
    fn from(name: BlobName) -> Self {
        name.0
    }
}

impl fmt::Display for BlobName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for BlobName {
    type Err = NotABlobName;

    fn from_str(text: &str) -> Result<Self, NotABlobName> {
        // Checked first: the number's own parser takes signs and capitals, and two texts would make one name.
        if text.len() != 32 || !text.bytes().all(is_digit) {
            return Err(NotABlobName);
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| NotABlobName)
    }
}

/// Whether a folder's name is one that [`BlobName::fan`] gives.
pub(crate) fn is_fan(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(is_digit)
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

//! Data keys: one per owner, sealing that owner's values in their places.
use fairwatch_core::world::Randomness;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    sealing::{self, Unreadable},
    secret::Secret,
};

/// Where a sealed value stands. A value opens only in the place for which it was sealed, so that nobody who can
/// write to the database can show one person's name on another's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table's name.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// The row's id.
    pub row: Uuid,
}

impl Place<'_> {
    /// The bytes a value is bound to. Lengths go first, so that `("ab", "c")` and `("a", "bc")` differ.
    fn bound_to(&self) -> Vec<u8> {
        self.labelled(b"fairwatch value 1")
    }

    /// The same under another label, so that what is sealed for one use opens for no other.
    pub(crate) fn labelled(&self, label: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(label.len() + 32 + self.table.len() + self.column.len());
        bytes.extend_from_slice(label);
        for name in [self.table, self.column] {
            bytes.extend_from_slice(&(name.len() as u64).to_le_bytes());
            bytes.extend_from_slice(name.as_bytes());
        }
        bytes.extend_from_slice(self.row.as_bytes());
        bytes
    }
}

/// A value that cannot be written as JSON (a map with keys that are not text, say). Says nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value cannot be written as JSON")]
pub struct Unsealable;

/// The key of one owner's data (SEC-1). Wiped when dropped; without its wrapped copy in the database all that it
/// sealed is gone (RET-9).
pub struct DataKey(pub(crate) Secret);

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(secret)")
    }
}

impl DataKey {
    /// What sealing adds to a value's length, in bytes.
    pub const OVERHEAD: usize = sealing::OVERHEAD;

    /// Seals `plaintext` for `place`: version byte, 24 bytes of nonce, ciphertext, 16 bytes of tag.
    ///
    /// # Panics
    /// With more than 256 GiB of plaintext, which does not reach this point.
    #[must_use]
    pub fn seal(&self, place: Place<'_>, plaintext: &[u8], randomness: &dyn Randomness) -> Vec<u8> {
        sealing::seal(&self.0, &place.bound_to(), plaintext, randomness)
    }

    /// Opens what [`DataKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`Unreadable::Format`] or [`Unreadable::Rejected`] if the bytes were altered, moved or cut, or belong to
    /// another key.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        sealing::open(&self.0, &place.bound_to(), sealed)
    }

    /// Seals a value as JSON.
    ///
    /// # Errors
    /// [`Unsealable`] if the value's type cannot be written as JSON.
    pub fn seal_json<T: Serialize + ?Sized>(
        &self,
        place: Place<'_>,
        value: &T,
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, Unsealable> {
        // Room for most records at once: a buffer that grows leaves its former self behind unwiped.
        let mut json = Zeroizing::new(Vec::with_capacity(2048));
        serde_json::to_writer(&mut *json, value).map_err(|_| Unsealable)?;
        Ok(self.seal(place, &json, randomness))
    }

    /// Opens a value sealed by [`DataKey::seal_json`].
    ///
    /// # Errors
    /// As [`DataKey::open`], and [`Unreadable::Shape`] if the JSON is not a `T`.
    pub fn open_json<T: DeserializeOwned>(&self, place: Place<'_>, sealed: &[u8]) -> Result<T, Unreadable> {
        let json = self.open(place, sealed)?;
        // The parser's own message quotes the value, and errors end in logs.
        serde_json::from_slice(&json).map_err(|_| Unreadable::Shape)
    }
}

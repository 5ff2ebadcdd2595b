//! Keys, sealing, shredding and key epochs (SEC-1, RET-9).
//!
//! Three layers of keys:
//!
//! 1. **Epoch keys** live in one [`KeyFile`], outside the database and outside every backup. [`Keys`] is that
//!    file in memory.
//! 2. **Data keys** ([`DataKey`]) belong to one owner each (a subject, an incident, a user). The database holds
//!    them [`Wrapped`] under an epoch key, bound to the owner's id. Deleting the owner deletes the wrapped key.
//! 3. **Sealed values** are bytes under a data key, bound to their [`Place`]: table, column and row. A value moved
//!    to another place does not open.
//!
//! What is too large for memory is sealed in chunks ([`FileSealer`]), each of which opens by itself ([`FileOpener`]).
//!
//! Remnants of a deleted wrapped key (write-ahead log, heap, backups) become worthless when their epoch is
//! destroyed: add an epoch, use it, [`Keys::rewrap`] what lives, destroy the old one.
//!
//! Beside these, the key file holds a signing key for the audit chain (AUD-1) and a lookup key for keyed hashes
//! (sign-in by e-mail, RET-7's stubs); [`commit`] makes the audit trail's commitments (AUD-2). These outlive epochs.
//!
//! Randomness is a parameter everywhere. Apart from the key file nothing here touches the disk.
//!
//! ```
//! # use fairwatch_core::world::Randomness;
//! # use fairwatch_vault::{KeyFile, Place};
//! # fn example(keys: &fairwatch_vault::Keys, owner: uuid::Uuid, randomness: &dyn Randomness)
//! # -> Result<(), fairwatch_vault::Unreadable> {
//! let data_key = keys.new_data_key(randomness);
//! let wrapped = keys.wrap(&data_key, owner, randomness);
//! let place = Place { table: "subject", column: "person", row: owner };
//! let sealed = data_key.seal(place, b"a name", randomness);
//!
//! let again = keys.unwrap(&wrapped, owner)?;
//! assert_eq!(&*again.open(place, &sealed)?, b"a name");
//! # Ok(()) }
//! ```
mod data_key;
mod disk;
mod files;
mod key_file;
mod keys;
mod sealing;
mod secret;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use data_key::{DataKey, Place, Unsealable};
pub use files::{CHUNK, FileOpener, FileSealer, TooLong};
pub use key_file::{KeyFile, KeyFileError};
pub use keys::{Keys, Wrapped, WrongKeyFile, chain, commit, verify};
pub use sealing::Unreadable;
pub use zeroize::Zeroizing;

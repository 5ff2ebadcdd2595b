//! The key file's content in memory, and what is done with it.
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use fairwatch_core::world::Randomness;
use jiff::civil::Date;
use std::fmt;
use uuid::Uuid;

use crate::{
    data_key::DataKey,
    sealing::{self, Unreadable},
    secret::Secret,
};

/// One epoch: the key that wraps data keys during its time.
pub(crate) struct Epoch {
    pub(crate) id: u32,
    pub(crate) created_on: Date,
    pub(crate) key: Secret,
}

/// An installation's keys. Wiped when dropped; prints no secret. Share it by reference or `Arc`.
pub struct Keys {
    pub(crate) installation: Uuid,
    pub(crate) current: u32,
    /// The id the next epoch gets. Ids are not used twice, or a destroyed epoch could seem to be back.
    pub(crate) next: u32,
    pub(crate) epochs: Vec<Epoch>,
    pub(crate) signing: Box<SigningKey>,
    pub(crate) lookup: Secret,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("installation", &self.installation)
            .field("current", &self.current)
            .field("epochs", &self.epochs.iter().map(|epoch| epoch.id).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// A data key as the database keeps it: sealed under an epoch's key, bound to its owner and epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// The epoch whose key wraps it.
    pub epoch: u32,
    /// The sealed data key: [`Wrapped::LENGTH`] bytes.
    pub bytes: Vec<u8>,
}

impl Wrapped {
    /// The length of a wrapped data key, in bytes.
    pub const LENGTH: usize = 32 + sealing::OVERHEAD;
}

/// The database was made with another key file than the one opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("wrong key file: this database was made with the key file of another installation")]
pub struct WrongKeyFile;

impl Keys {
    /// Fresh keys with one epoch, 1.
    pub(crate) fn fresh(installation: Uuid, created_on: Date, randomness: &dyn Randomness) -> Self {
        let mut keys = Self {
            installation,
            current: 1,
            next: 1,
            epochs: Vec::new(),
            signing: Box::new(SigningKey::from_bytes(Secret::fresh(randomness).bytes())),
            lookup: Secret::fresh(randomness),
        };
        keys.add_epoch(created_on, randomness);
        keys
    }

    pub(crate) fn add_epoch(&mut self, created_on: Date, randomness: &dyn Randomness) -> u32 {
        let id = self.next;
        self.next += 1;
        self.epochs.push(Epoch { id, created_on, key: Secret::fresh(randomness) });
        id
    }

    /// The installation that the key file was made for.
    #[must_use]
    pub fn installation(&self) -> Uuid {
        self.installation
    }

    /// The epoch under which new data keys are wrapped.
    #[must_use]
    pub fn current_epoch(&self) -> u32 {
        self.current
    }

    /// The epochs that can be unwrapped, oldest first, with the London date on which each was made. Every live
    /// server must hold a new epoch before one of them uses it.
    pub fn epochs(&self) -> impl Iterator<Item = (u32, Date)> {
        self.epochs.iter().map(|epoch| (epoch.id, epoch.created_on))
    }

    /// A fresh key for a new owner.
    #[must_use]
    pub fn new_data_key(&self, randomness: &dyn Randomness) -> DataKey {
        DataKey(Secret::fresh(randomness))
    }

    /// Wraps a data key under the current epoch for its owner.
    ///
    /// # Panics
    /// Never: the current epoch's key is there from construction.
    #[must_use]
    pub fn wrap(&self, key: &DataKey, owner: Uuid, randomness: &dyn Randomness) -> Wrapped {
        let epoch = self.epoch(self.current).expect("the key file has its current epoch");
        let bytes = sealing::seal(&epoch.key, &wrap_bound_to(owner, epoch.id), key.0.bytes(), randomness);
        Wrapped { epoch: epoch.id, bytes }
    }

    /// Unwraps an owner's data key.
    ///
    /// # Errors
    /// [`Unreadable`] if the epoch is destroyed or unknown, or if the bytes were altered or belong to another
    /// owner or key file.
    pub fn unwrap(&self, wrapped: &Wrapped, owner: Uuid) -> Result<DataKey, Unreadable> {
        let epoch = self.epoch(wrapped.epoch)?;
        let key = sealing::open(&epoch.key, &wrap_bound_to(owner, epoch.id), &wrapped.bytes)?;
        Secret::from_slice(&key).map(DataKey).ok_or(Unreadable::Format)
    }

    /// Wraps an owner's data key again, under the current epoch, so that its former epoch can be destroyed.
    ///
    /// # Errors
    /// As [`Keys::unwrap`].
    pub fn rewrap(
        &self,
        wrapped: &Wrapped,
        owner: Uuid,
        randomness: &dyn Randomness,
    ) -> Result<Wrapped, Unreadable> {
        Ok(self.wrap(&self.unwrap(wrapped, owner)?, owner, randomness))
    }

    fn epoch(&self, id: u32) -> Result<&Epoch, Unreadable> {
        self.epochs.iter().find(|epoch| epoch.id == id).ok_or({
            if (1..self.next).contains(&id) {
                Unreadable::Destroyed { epoch: id }
            } else {
                Unreadable::UnknownEpoch { epoch: id }
            }
        })
    }

    /// A public commitment to this key file, which the database keeps to recognise it. The same for the file's
    /// whole life, whatever epochs come and go.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("fairwatch 2026 key file fingerprint 1");
        hasher.update(self.installation.as_bytes());
        hasher.update(&self.public_key());
        // The lookup key goes in as a keyed hash of its own domain, from which nothing of it can be had.
        hasher.update(&self.lookup("fairwatch fingerprint", ""));
        hasher.finalize().into()
    }

    /// Checks the fingerprint that the database kept.
    ///
    /// # Errors
    /// [`WrongKeyFile`] if it is another one's.
    pub fn check_fingerprint(&self, kept: &[u8]) -> Result<(), WrongKeyFile> {
        if kept == self.fingerprint() { Ok(()) } else { Err(WrongKeyFile) }
    }

    /// A keyed hash by which a value is found without being kept: an e-mail at sign-in, a name and date of birth
    /// among the records of deleted profiles (RET-7). Equal values hash equally within a `domain` (the purpose,
    /// a constant of the program) and cannot be told to be equal across domains.
    ///
    /// The caller brings the value to one form first (case, spaces, Unicode).
    #[must_use]
    pub fn lookup(&self, domain: &str, value: &str) -> [u8; 32] {
        let of_domain = blake3::keyed_hash(self.lookup.bytes(), domain.as_bytes());
        blake3::keyed_hash(of_domain.as_bytes(), value.as_bytes()).into()
    }

    /// Signs bytes with Ed25519 (AUD-1: the heads of the audit chain). The bytes should begin with what they are
    /// for, so that a signature for one purpose cannot serve another.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> [u8; 64] {
        self.signing.sign(bytes).to_bytes()
    }

    /// The Ed25519 key with which anyone can verify what [`Keys::sign`] signed.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }
}

/// The bytes a wrapped key is bound to: swapping two owners' keys, or renaming an epoch, does not pass.
fn wrap_bound_to(owner: Uuid, epoch: u32) -> [u8; 40] {
    let mut bytes = [0; 40];
    bytes[..20].copy_from_slice(b"fairwatch data key 1");
    bytes[20..36].copy_from_slice(owner.as_bytes());
    bytes[36..].copy_from_slice(&epoch.to_le_bytes());
    bytes
}

/// Whether `signature` is `public`'s Ed25519 signature of `bytes`. False for a malformed key, too.
#[must_use]
pub fn verify(public: &[u8; 32], bytes: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(public)
        // Strict: keys and signatures for which several messages verify are refused.
        .is_ok_and(|key| key.verify_strict(bytes, &Signature::from_bytes(signature)).is_ok())
}

/// The hash of an entry of the audit chain: of the hash before it and the entry's own bytes (AUD-1). It needs no
/// key, so that anyone with the entries can work it out.
#[must_use]
pub fn chain(before: &[u8; 32], entry: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("fairwatch 2026 audit chain 1");
    hasher.update(before);
    hasher.update(entry);
    hasher.finalize().into()
}

/// The audit trail's commitment to a text such as a reason (AUD-2). The text and its random salt are sealed under
/// their owner; when they are gone, the commitment tells nothing, and the chain is whole.
#[must_use]
pub fn commit(salt: &[u8; 16], text: &str) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("fairwatch 2026 audit commitment 1");
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

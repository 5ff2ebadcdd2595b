//! The one envelope: version byte, nonce, ciphertext, tag.
use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use fairwatch_core::world::Randomness;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The envelope's version; another one means that a newer program wrote it.
const VERSION: u8 = 1;
/// Random nonces of 192 bits do not repeat, so no counter has to be kept.
const NONCE: usize = 24;
const TAG: usize = 16;
/// What sealing adds to the length of the plaintext, in bytes.
pub(crate) const OVERHEAD: usize = 1 + NONCE + TAG;

/// Why sealed bytes or a wrapped key cannot be read. Names no secret and no personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The epoch that wrapped the data key was destroyed: the owner's data is gone for good (RET-9).
    #[error("the key of epoch {epoch} was destroyed")]
    Destroyed {
        /// The destroyed epoch.
        epoch: u32,
    },
    /// The key file never had this epoch: it is an older copy than the database.
    #[error("the key file does not know epoch {epoch}: it is an older copy, or another one")]
    UnknownEpoch {
        /// The epoch asked for.
        epoch: u32,
    },
    /// Sealed by a newer version of the program, or not sealed bytes at all.
    #[error("sealed in an unknown format")]
    Format,
    /// The bytes were altered, moved to another place or owner, or sealed under another key.
    #[error("altered, moved, or sealed under another key")]
    Rejected,
    /// The bytes opened, but their content is not what this version of the program expects there.
    #[error("opened, but its content has an unexpected shape")]
    Shape,
}

/// Seals `plaintext` under `key`, bound to `bound_to`.
pub(crate) fn seal(key: &Secret, bound_to: &[u8], plaintext: &[u8], randomness: &dyn Randomness) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    randomness.fill(&mut nonce);
    let mut sealed = Vec::with_capacity(OVERHEAD + plaintext.len());
    sealed.push(VERSION);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let tag = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt_inout_detached(&XNonce::from(nonce), bound_to, (&mut sealed[1 + NONCE..]).into())
        .expect("the cipher refuses only messages of more than 256 GiB");
    sealed.extend_from_slice(&tag);
    sealed
}

/// Opens what [`seal`] made under the same key and bound to the same bytes.
pub(crate) fn open(key: &Secret, bound_to: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    let Some((&VERSION, rest)) = sealed.split_first() else { return Err(Unreadable::Format) };
    let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or(Unreadable::Format)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG>().ok_or(Unreadable::Format)?;
    let mut opened = Zeroizing::new(ciphertext.to_vec());
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            bound_to,
            opened.as_mut_slice().into(),
            &Tag::from(*tag),
        )
        .map_err(|_| Unreadable::Rejected)?;
    Ok(opened)
}

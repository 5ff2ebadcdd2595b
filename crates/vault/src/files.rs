//! Files too large for memory, sealed in chunks: the STREAM construction over XChaCha20-Poly1305.
//!
//! A sealed file is a header (version byte, 19 random bytes) and chunks of [`CHUNK`] bytes, the last of which may be
//! shorter, each with its tag. The nonce of a chunk is the random bytes, its number, and whether it is the last; so any
//! chunk opens by itself, and none opens at another place, in another file, or as the end of a file that was cut. Chunks
//! are bound to their place as every value is.
use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use fairwatch_core::world::Randomness;
use std::fmt;
use zeroize::Zeroizing;

use crate::{DataKey, Place, sealing::Unreadable};

/// The length of a chunk before it is sealed.
pub const CHUNK: usize = 256 * 1024;
/// Another version means that a newer program wrote it.
const VERSION: u8 = 1;
const PREFIX: usize = 19;
const TAG: usize = 16;
const HEADER: usize = 1 + PREFIX;
const LABEL: &[u8] = b"fairwatch file 1";

/// More chunks than can be numbered, or one that is not of the length that it must have. Says nothing of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is too long, or its chunks are not of one length")]
pub struct TooLong;

/// What sealer and opener share.
struct Stream {
    key: DataKey,
    bound_to: Vec<u8>,
    prefix: [u8; PREFIX],
}

impl Stream {
    fn nonce(&self, index: u32, is_last: bool) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..23].copy_from_slice(&index.to_be_bytes());
        nonce[23] = u8::from(is_last);
        XNonce::from(nonce)
    }
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.key.0.bytes().into())
    }
}

/// Seals a file chunk by chunk.
pub struct FileSealer {
    stream: Stream,
    next: Option<u32>,
}

impl fmt::Debug for FileSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileSealer(secret)")
    }
}

impl FileSealer {
    /// Begins a file that is bound to a place.
    #[must_use]
    pub fn new(key: DataKey, place: Place<'_>, randomness: &dyn Randomness) -> Self {
        let mut prefix = [0; PREFIX];
        randomness.fill(&mut prefix);
        Self { stream: Stream { key, bound_to: place.labelled(LABEL), prefix }, next: Some(0) }
    }

    /// The bytes that come before the first chunk.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        [&[VERSION][..], &self.stream.prefix].concat()
    }

    /// Seals the next chunk: [`CHUNK`] bytes, or what is left if it is the last. An empty file is one empty chunk.
    ///
    /// # Errors
    /// [`TooLong`] where the last chunk was sealed already, or this one has not the length that it must have.
    pub fn seal(&mut self, mut chunk: Vec<u8>, is_last: bool) -> Result<Vec<u8>, TooLong> {
        let fits = if is_last { chunk.len() <= CHUNK } else { chunk.len() == CHUNK };
        let index = self.next.filter(|_| fits).ok_or(TooLong)?;
        self.next = if is_last { None } else { index.checked_add(1) };
        let nonce = self.stream.nonce(index, is_last);
        let tag = self
            .stream
            .cipher()
            .encrypt_inout_detached(&nonce, &self.stream.bound_to, chunk.as_mut_slice().into())
            .map_err(|_| TooLong)?;
        chunk.extend_from_slice(&tag);
        Ok(chunk)
    }
}

/// Opens any chunk of a file whose length is known.
pub struct FileOpener {
    stream: Stream,
    length: u64,
}

impl fmt::Debug for FileOpener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileOpener(secret)")
    }
}

impl FileOpener {
    /// So many bytes stand before the first chunk.
    pub const HEADER: usize = HEADER;

    /// Opens a file by its header. `length` is that of the file before it was sealed, which is kept elsewhere, sealed:
    /// so a file that was cut, even between two chunks, is found out.
    ///
    /// # Errors
    /// [`Unreadable::Format`] if this is no header.
    pub fn new(key: DataKey, place: Place<'_>, header: &[u8], length: u64) -> Result<Self, Unreadable> {
        let Some((&VERSION, prefix)) = header.split_first() else { return Err(Unreadable::Format) };
        let prefix = prefix.try_into().map_err(|_| Unreadable::Format)?;
        // More chunks than have numbers were never sealed.
        if u32::try_from(length / CHUNK as u64).is_err() {
            return Err(Unreadable::Format);
        }
        Ok(Self { stream: Stream { key, bound_to: place.labelled(LABEL), prefix }, length })
    }

    /// The number of the last chunk.
    fn last(&self) -> u32 {
        let chunks = self.length.div_ceil(CHUNK as u64).max(1);
        u32::try_from(chunks - 1).unwrap_or(u32::MAX)
    }

    /// The chunk in which a byte of the file stands.
    #[must_use]
    pub fn chunk_of(&self, byte: u64) -> u32 {
        u32::try_from(byte / CHUNK as u64).unwrap_or(u32::MAX).min(self.last())
    }

    /// Where a sealed chunk stands in the sealed file, and how long it is there.
    #[must_use]
    pub fn span(&self, index: u32) -> (u64, usize) {
        let before = u64::from(index) * CHUNK as u64;
        let plain = usize::try_from(self.length.saturating_sub(before)).unwrap_or(CHUNK).min(CHUNK);
        ((HEADER as u64) + u64::from(index) * (CHUNK + TAG) as u64, plain + TAG)
    }

    /// Opens a chunk by its number.
    ///
    /// # Errors
    /// [`Unreadable::Format`] or [`Unreadable::Rejected`] if it was altered, moved or cut, or belongs to another file,
    /// place or key.
    pub fn open(&self, index: u32, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        if index > self.last() || sealed.len() != self.span(index).1 {
            return Err(Unreadable::Format);
        }
        let (ciphertext, tag) = sealed.split_last_chunk::<TAG>().ok_or(Unreadable::Format)?;
        let mut opened = Zeroizing::new(ciphertext.to_vec());
        self.stream
            .cipher()
            .decrypt_inout_detached(
                &self.stream.nonce(index, index == self.last()),
                &self.stream.bound_to,
                opened.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(|_| Unreadable::Rejected)?;
        Ok(opened)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Counter, id, keys};
    use proptest::prelude::*;

    const PLACE: Place<'static> = Place { table: "evidence", column: "file", row: id(7) };

    /// The same key twice, as the database hands it out twice.
    fn two(randomness: &Counter) -> (DataKey, DataKey) {
        let keys = keys(randomness);
        let wrapped = keys.wrap(&keys.new_data_key(randomness), id(7), randomness);
        (keys.unwrap(&wrapped, id(7)).unwrap(), keys.unwrap(&wrapped, id(7)).unwrap())
    }

    fn sealed(plain: &[u8], randomness: &Counter) -> (Vec<u8>, DataKey) {
        let (one, other) = two(randomness);
        let mut sealer = FileSealer::new(one, PLACE, randomness);
        let mut file = sealer.header();
        let mut chunks = plain.chunks(CHUNK).peekable();
        if chunks.peek().is_none() {
            file.extend(sealer.seal(Vec::new(), true).unwrap());
        }
        while let Some(chunk) = chunks.next() {
            file.extend(sealer.seal(chunk.to_vec(), chunks.peek().is_none()).unwrap());
        }
        assert_eq!(sealer.seal(Vec::new(), true), Err(TooLong), "nothing comes after the last");
        (file, other)
    }

    fn chunk<'a>(opener: &FileOpener, file: &'a [u8], index: u32) -> &'a [u8] {
        let (at, length) = opener.span(index);
        let at = usize::try_from(at).unwrap();
        file.get(at..at + length).unwrap_or_default()
    }

    fn opener(key: DataKey, file: &[u8], length: usize) -> FileOpener {
        FileOpener::new(key, PLACE, &file[..HEADER], length as u64).unwrap()
    }

    /// Bytes that differ from place to place.
    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n.wrapping_mul(31) ^ (n >> 8)) as u8).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// SEC-1: each chunk opens by itself, in any order, whatever the length.
        #[test]
        fn sec_1_any_chunk_opens_by_itself(length in prop_oneof![0..3usize, (CHUNK - 2)..(CHUNK + 3), 0..(3 * CHUNK), Just(2 * CHUNK)], at in any::<prop::sample::Index>()) {
            let plain = plain(length);
            let (file, key) = sealed(&plain, &Counter::default());
            let opener = opener(key, &file, length);
            let byte = at.index(length.max(1));
            let index = opener.chunk_of(byte as u64);
            let opened = opener.open(index, chunk(&opener, &file, index)).unwrap();
            let from = index as usize * CHUNK;
            prop_assert_eq!(&**opened, &plain[from..(from + CHUNK).min(length)]);
            let (end, tail) = opener.span(opener.last());
            prop_assert_eq!(end as usize + tail, file.len());
        }

        /// SEC-1: what was altered anywhere does not open.
        #[test]
        fn sec_1_an_altered_file_does_not_open(length in 1..(2 * CHUNK), at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let (mut file, key) = sealed(&plain(length), &Counter::default());
            let byte = at.index(file.len());
            file[byte] ^= 1 << bit;
            let Ok(opener) = FileOpener::new(key, PLACE, &file[..HEADER], length as u64) else { return Ok(()) };
            let is_whole = (0..=opener.last()).all(|n| opener.open(n, chunk(&opener, &file, n)).is_ok());
            prop_assert!(!is_whole);
        }

        /// SEC-1: a file that was cut, or whose length is lied about, does not open to its end.
        #[test]
        fn sec_1_a_file_that_was_cut_does_not_open(length in 1..(3 * CHUNK), said in 0..(3 * CHUNK)) {
            prop_assume!(length != said);
            let (file, key) = sealed(&plain(length), &Counter::default());
            let opener = opener(key, &file, said);
            let last = opener.last();
            prop_assert!(opener.open(last, chunk(&opener, &file, last)).is_err());
        }
    }

    /// SEC-1.
    #[test]
    fn sec_1_chunks_cannot_change_places() {
        let randomness = Counter::default();
        let (file, key) = sealed(&plain(3 * CHUNK), &randomness);
        let opener = opener(key, &file, 3 * CHUNK);
        for (index, other) in [(0, 1), (1, 0), (1, 2), (2, 1)] {
            assert_eq!(opener.open(index, chunk(&opener, &file, other)).unwrap_err(), Unreadable::Rejected);
        }
        assert_eq!(opener.open(3, chunk(&opener, &file, 2)).unwrap_err(), Unreadable::Format);
        // Of another file under the same key, whose random bytes differ.
        let (one, other) = two(&randomness);
        let mut first = FileSealer::new(one, PLACE, &randomness);
        let mut second = FileSealer::new(other, PLACE, &randomness);
        assert_ne!(first.seal(vec![1; CHUNK], false).unwrap(), second.seal(vec![1; CHUNK], false).unwrap());
    }

    /// SEC-1.
    #[test]
    fn sec_1_a_file_opens_in_its_place_alone_and_is_no_value() {
        for place in [
            Place { row: id(8), ..PLACE },
            Place { column: "sealed", ..PLACE },
            Place { table: "pictures", ..PLACE },
        ] {
            let (file, key) = sealed(b"a clip", &Counter::default());
            assert_eq!(key.open(PLACE, &file).unwrap_err(), Unreadable::Rejected);
            let opener = FileOpener::new(key, place, &file[..HEADER], 6).unwrap();
            assert_eq!(opener.open(0, &file[HEADER..]).unwrap_err(), Unreadable::Rejected, "{place:?}");
        }
        let (one, other) = two(&Counter::default());
        assert!(FileOpener::new(one, PLACE, &[2; HEADER], 6).is_err());
        assert!(FileOpener::new(other, PLACE, &[VERSION; HEADER - 1], 6).is_err());
    }

    #[test]
    fn only_the_last_chunk_may_be_short() {
        let randomness = Counter::default();
        let mut sealer = FileSealer::new(two(&randomness).0, PLACE, &randomness);
        assert_eq!(sealer.seal(vec![0; CHUNK - 1], false), Err(TooLong));
        assert_eq!(sealer.seal(vec![0; CHUNK + 1], true), Err(TooLong));
        assert!(sealer.seal(vec![0; CHUNK], false).is_ok());
    }
}

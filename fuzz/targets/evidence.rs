//! VIS-3, SEC-4: whatever bytes are sent as evidence, what they are is said by their content, nothing is taken that a
//! browser would run, and a sealed file that was damaged is refused and never misread.
#![no_main]
use fairwatch_core::{
    evidence::{Kind, SNIFFED, sniff},
    world::Randomness,
};
use fairwatch_vault::{CHUNK, DataKey, FileOpener, FileSealer, KeyFile, Keys, Place};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use uuid::Uuid;

/// The same for each run, so that a finding can be repeated.
struct Same;
impl Randomness for Same {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("fairwatch-fuzz-{}.key", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let keys = KeyFile::create(&path, Uuid::nil(), jiff::civil::date(2026, 1, 1), &Same);
    let _ = std::fs::remove_file(&path);
    keys.expect("a key file can be made")
});
const PLACE: Place<'static> = Place { table: "evidence", column: "file", row: Uuid::nil() };

fn key() -> DataKey {
    KEYS.new_data_key(&Same)
}

fuzz_target!(|bytes: &[u8]| {
    let head = &bytes[..bytes.len().min(SNIFFED)];
    if let Some(kind) = sniff(head) {
        // A page, a drawing or a script begins otherwise, whatever follows. Packets of a camera begin with a clock,
        // which can be any four bytes; that no browser takes those for a page, the headers see to.
        assert!(kind == Kind::Mpeg || !head.trim_ascii_start().starts_with(b"<"), "{kind:?}");
        assert!(!head.starts_with(b"#!") && !head.starts_with(b"MZ") && !head.starts_with(b"PK"), "{kind:?}");
        assert!(!kind.content_type().contains("html") && !kind.content_type().contains("xml"));
        assert_eq!(sniff(head), Some(kind));
    }

    // As if it lay on the disk: a header, a chunk, and a length that somebody altered.
    if let Some((length, rest)) = bytes.split_first_chunk::<8>() {
        let length = u64::from_le_bytes(*length);
        let (header, chunk) = rest.split_at(rest.len().min(FileOpener::HEADER));
        if let Ok(opener) = FileOpener::new(key(), PLACE, header, length) {
            for index in [0, 1, opener.chunk_of(length / 2), opener.chunk_of(u64::MAX), u32::MAX] {
                let _ = opener.span(index);
                assert!(opener.open(index, chunk).is_err(), "nobody sealed this");
            }
        }
    }

    // What was sealed opens as it was; with any byte changed it does not.
    let plain = &bytes[..bytes.len().min(4096)];
    let mut sealer = FileSealer::new(key(), PLACE, &Same);
    let header = sealer.header();
    let sealed = sealer.seal(plain.to_vec(), true).expect("it is one chunk");
    assert!(plain.len() <= CHUNK && sealer.seal(Vec::new(), true).is_err(), "the last was sealed");
    let open = |header: &[u8], length: usize, sealed: &[u8]| {
        let opener = FileOpener::new(key(), PLACE, header, length as u64)?;
        opener.open(0, sealed).map(|opened| opened.to_vec())
    };
    assert_eq!(open(&header, plain.len(), &sealed).as_deref().ok(), Some(plain));
    assert!(open(&header, plain.len() + 1, &sealed).is_err());
    if let Some(at) = bytes.first().map(|n| usize::from(*n) % sealed.len()) {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        assert!(open(&header, plain.len(), &damaged).is_err());
    }
});

use fairwatch_core::world::Randomness;
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::atomic::{AtomicU8, Ordering},
    time::SystemTime,
};
use tempfile::TempDir;

use crate::{Action, BlobError, BlobName, Blobs};

/// Bytes that differ at each draw.
#[derive(Default)]
struct Counter(AtomicU8);

impl Randomness for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

fn fixture() -> (TempDir, Blobs, Counter) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(folder.path().join("blobs")).unwrap();
    (folder, blobs, Counter::default())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

const NOON: Timestamp = Timestamp::constant(1_772_366_400, 0);

/// Sets the time at which a file was last written.
fn written(path: &Path, at: Timestamp) {
    fs::File::options().write(true).open(path).unwrap().set_modified(SystemTime::from(at)).unwrap();
}

#[test]
fn what_was_put_is_got_until_it_is_removed() {
    let (_folder, blobs, randomness) = fixture();
    let (one, other) = (BlobName::new(&randomness), BlobName::new(&randomness));
    blobs.put(one, b"sealed").unwrap();
    blobs.put(other, b"").unwrap();
    assert_eq!(blobs.get(one).unwrap(), b"sealed");
    assert_eq!(blobs.get(other).unwrap(), b"");
    blobs.remove(one).unwrap();
    blobs.remove(one).unwrap();
    assert!(matches!(blobs.get(one), Err(BlobError::Missing { action: Action::Read, .. })));
    assert_eq!(blobs.get(other).unwrap(), b"");
    // Of a name whose folder was never made.
    blobs.remove(BlobName::from([255; 16])).unwrap();
}

#[test]
fn files_survive_opening_the_folder_again() {
    let (folder, blobs, randomness) = fixture();
    let name = BlobName::new(&randomness);
    blobs.put(name, b"sealed").unwrap();
    let again = Blobs::open(folder.path().join("blobs")).unwrap();
    assert_eq!(again.get(name.to_string().parse().unwrap()).unwrap(), b"sealed");
}

/// SEC-1.
#[test]
fn files_and_folders_are_the_owners_alone() {
    let (_folder, blobs, _) = fixture();
    let name = BlobName::from([0xab; 16]);
    blobs.put(name, b"sealed").unwrap();
    let fan = blobs.folder.join("ab");
    assert_eq!(mode(&blobs.folder), 0o700);
    assert_eq!(mode(&fan), 0o700);
    assert_eq!(mode(&fan.join("ab".repeat(16))), 0o600);
    assert_eq!(fs::read_dir(&fan).unwrap().count(), 1, "no unfinished file is left");
    assert_eq!(fs::read_dir(&blobs.folder).unwrap().count(), 1, "no probe is left");
}

#[test]
fn a_name_is_not_given_twice() {
    let (_folder, blobs, randomness) = fixture();
    let name = BlobName::new(&randomness);
    blobs.put(name, b"first").unwrap();
    let error = blobs.put(name, b"second").unwrap_err();
    assert!(matches!(error, BlobError::Other { action: Action::Write, .. }), "{error}");
    assert_eq!(blobs.get(name).unwrap(), b"first");
}

#[test]
fn only_32_lower_case_digits_make_a_name() {
    let name = BlobName::from(*b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\xff");
    let text = "000102030405060708090a0b0c0d0eff";
    assert_eq!(name.to_string(), text);
    assert_eq!(text.parse(), Ok(name));
    assert_eq!(<[u8; 16]>::from(name)[15], 0xff);
    let upper = text.to_uppercase();
    let long = format!("{text}0");
    let sign = format!("+{}", &text[1..]);
    let traversal = format!("../../{}", &text[6..]);
    let nul = format!("\0{}", &text[1..]);
    let two_bytes = format!("é{}", &text[2..]);
    for not_a_name in
        ["", "..", "/etc/passwd", &text[1..], &upper, &long, &sign, &traversal, &nul, &two_bytes]
    {
        assert!(not_a_name.parse::<BlobName>().is_err(), "{not_a_name:?}");
    }
}

/// RET-9: what a crash left behind is found and removed.
#[test]
fn old_files_are_listed_and_young_ones_are_not() {
    let (_folder, blobs, randomness) = fixture();
    let names: Vec<_> = (0..3).map(|_| BlobName::new(&randomness)).collect();
    let ages = [SignedDuration::from_hours(-25), SignedDuration::from_hours(-24), SignedDuration::ZERO];
    for (name, age) in names.iter().zip(ages) {
        blobs.put(*name, b"sealed").unwrap();
        written(&blobs.path(*name), NOON + age);
    }
    let day_ago = NOON - SignedDuration::from_hours(24);
    assert_eq!(blobs.list_older_than(day_ago).unwrap(), names[..1]);
    let all: BTreeSet<_> =
        blobs.list_older_than(NOON + SignedDuration::from_secs(1)).unwrap().into_iter().collect();
    assert_eq!(all, names.into_iter().collect());
}

#[test]
fn what_is_not_ours_is_neither_listed_nor_removed() {
    let (_folder, blobs, _) = fixture();
    let name = BlobName::from([0xab; 16]);
    blobs.put(name, b"sealed").unwrap();
    written(&blobs.path(name), NOON);
    let fan = blobs.folder.join("ab");
    fs::create_dir(blobs.folder.join("lost+found")).unwrap();
    // In the fan-out folder of another name; not a name; not a file; not in a folder.
    let strangers = [fan.join("cd".repeat(16)), fan.join("notes.new"), blobs.folder.join("cd".repeat(16))];
    for stranger in &strangers {
        fs::write(stranger, "").unwrap();
        written(stranger, NOON);
    }
    fs::create_dir(fan.join("ef".repeat(16))).unwrap();
    let after = NOON + SignedDuration::from_hours(1_000_000);
    assert_eq!(blobs.list_older_than(after).unwrap(), [name]);
    assert_eq!(blobs.remove_unfinished(after).unwrap(), 0);
    assert!(strangers.iter().all(|stranger| stranger.exists()));
}

#[test]
fn interrupted_writes_are_not_files_and_are_removed_when_old() {
    let (_folder, blobs, _) = fixture();
    let name = BlobName::from([0xab; 16]);
    fs::create_dir(blobs.folder.join("ab")).unwrap();
    let unfinished = blobs.folder.join("ab").join(format!("{name}.new"));
    fs::write(&unfinished, "half a pict").unwrap();
    written(&unfinished, NOON);
    assert!(blobs.get(name).is_err());
    assert_eq!(blobs.list_older_than(NOON + SignedDuration::from_secs(1)).unwrap(), []);
    assert_eq!(blobs.remove_unfinished(NOON).unwrap(), 0);
    assert_eq!(blobs.remove_unfinished(NOON + SignedDuration::from_secs(1)).unwrap(), 1);
    assert!(!unfinished.exists());
    blobs.put(name, b"sealed").unwrap();
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "").unwrap();
    let error = Blobs::open(&path).unwrap_err().to_string();
    assert!(error.starts_with("cannot use ") && error.contains("file"), "{error}");
}

#[test]
fn the_systems_refusals_become_one_line_each() {
    let path = Path::new("blobs/ab");
    let line = |kind: io::ErrorKind| BlobError::new(Action::Write, path, kind.into()).to_string();
    assert_eq!(line(io::ErrorKind::StorageFull), "cannot write blobs/ab: the disk is full");
    assert_eq!(line(io::ErrorKind::QuotaExceeded), "cannot write blobs/ab: the disk is full");
    assert_eq!(line(io::ErrorKind::NotFound), "cannot write blobs/ab: it is not there");
    for kind in [io::ErrorKind::PermissionDenied, io::ErrorKind::ReadOnlyFilesystem] {
        assert!(line(kind).contains("the program's account may not"), "{}", line(kind));
    }
}

#[test]
fn a_folder_closed_to_the_program_is_forbidden() {
    let (_folder, blobs, randomness) = fixture();
    fs::set_permissions(&blobs.folder, Permissions::from_mode(0o500)).unwrap();
    let probe = blobs.folder.join("probe");
    // The superuser is not refused anything; the words are tested above.
    if fs::write(&probe, "").is_err() {
        let error = blobs.put(BlobName::new(&randomness), b"sealed").unwrap_err();
        assert!(matches!(error, BlobError::Forbidden { .. }), "{error}");
    }
    fs::set_permissions(&blobs.folder, Permissions::from_mode(0o700)).unwrap();
}

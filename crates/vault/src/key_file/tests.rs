//! The key file on a real disk.
use std::{
    fs::{self, Permissions},
    os::unix::fs::{PermissionsExt as _, symlink},
    path::PathBuf,
};
use tempfile::TempDir;

use super::{KeyFile, KeyFileError};
use crate::{
    Keys, Unreadable,
    testing::{Counter, DAY, id},
};

struct Fixture {
    folder: TempDir,
    path: PathBuf,
    randomness: Counter,
    keys: Keys,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys").join("keys.json");
    let randomness = Counter::default();
    let keys = KeyFile::create(&path, id(1), DAY, &randomness).unwrap();
    Fixture { folder, path, randomness, keys }
}

fn mode(path: impl AsRef<std::path::Path>) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The error of opening a file of this text.
fn refused(fixture: &Fixture, text: &[u8]) -> String {
    fs::write(&fixture.path, text).unwrap();
    let error = KeyFile::open(&fixture.path).unwrap_err().to_string();
    assert!(!error.contains('\n'), "one line: {error}");
    error
}

/// SEC-1: keys apart from the data, closed to others.
#[test]
fn a_new_key_file_opens_as_it_was_made() {
    let Fixture { path, keys, randomness, .. } = &fixture();
    assert_eq!(mode(path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let opened = KeyFile::open(path).unwrap();
    assert_eq!(opened.installation(), id(1));
    assert_eq!(opened.current_epoch(), 1);
    assert_eq!(opened.epochs().collect::<Vec<_>>(), [(1, DAY)]);
    assert_eq!(opened.fingerprint(), keys.fingerprint());
    assert_eq!(opened.public_key(), keys.public_key());
    let wrapped = keys.wrap(&keys.new_data_key(randomness), id(7), randomness);
    opened.unwrap(&wrapped, id(7)).unwrap();
}

#[test]
fn only_the_key_file_and_its_lock_are_left() {
    let Fixture { path, randomness, .. } = &fixture();
    KeyFile::add_epoch(path, DAY, randomness).unwrap();
    let mut names: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".keys.json.lock", "keys.json"]);
}

#[test]
fn a_key_file_is_never_overwritten_by_a_new_one() {
    let Fixture { path, randomness, folder, .. } = &fixture();
    let before = fs::read(path).unwrap();
    let error = KeyFile::create(path, id(2), DAY, randomness).unwrap_err();
    assert!(matches!(error, KeyFileError::Exists { .. }), "{error}");
    assert_eq!(fs::read(path).unwrap(), before);

    let dangling = folder.path().join("dangling");
    symlink(folder.path().join("nowhere"), &dangling).unwrap();
    let error = KeyFile::create(&dangling, id(2), DAY, randomness).unwrap_err();
    assert!(matches!(error, KeyFileError::Exists { .. }), "{error}");
}

#[test]
fn a_missing_key_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    for error in [
        KeyFile::open(&path).unwrap_err(),
        KeyFile::add_epoch(&path, DAY, &Counter::default()).unwrap_err(),
        KeyFile::destroy_epoch(&path, 1).unwrap_err(),
    ] {
        assert!(matches!(error, KeyFileError::Missing { .. }), "{error}");
        assert!(error.to_string().contains("keys.json"));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// SEC-1.
#[test]
fn a_key_file_open_to_others_is_refused() {
    let Fixture { path, randomness, .. } = &fixture();
    for wide in [0o644, 0o640, 0o660, 0o604, 0o620, 0o666, 0o601] {
        fs::set_permissions(path, Permissions::from_mode(wide)).unwrap();
        let error = KeyFile::open(path).unwrap_err();
        assert!(matches!(error, KeyFileError::TooOpen { mode, .. } if mode == wide), "{error}");
        assert!(error.to_string().contains(&format!("{wide:04o}")));
        assert!(KeyFile::add_epoch(path, DAY, randomness).is_err());
    }
    // A mounted secret may be closed to writing, too.
    for narrow in [0o600, 0o400] {
        fs::set_permissions(path, Permissions::from_mode(narrow)).unwrap();
        KeyFile::open(path).unwrap();
    }
}

#[test]
fn what_is_no_key_file_is_refused_without_being_repeated() {
    let fixture = &fixture();
    let text = fs::read_to_string(&fixture.path).unwrap();
    assert!(refused(fixture, b"").contains("empty"));
    assert!(refused(fixture, b"\xff\xfe").contains("not text"));
    assert!(refused(fixture, b"{}").contains("line 1"));
    assert!(refused(fixture, &text.as_bytes()[..text.len() / 2]).contains("not a key file's JSON"));
    let secret = text.split("\"signing_key\": \"").nth(1).unwrap()[..64].to_owned();
    for (from, to) in [
        // A key where a number is expected, a key that is cut, and one with a wrong letter.
        ("\"current_epoch\": 1".to_owned(), format!("\"current_epoch\": \"{secret}\"")),
        (secret.clone(), secret[..60].to_owned()),
        (secret.clone(), format!("{}xy", &secret[..62])),
        ("\"lookup_key\"".to_owned(), "\"look_up_key\"".to_owned()),
    ] {
        let error = refused(fixture, text.replace(&from, &to).as_bytes());
        assert!(error.contains("not a key file's JSON at line"), "{error}");
        assert!(!error.contains(&secret[..8]), "{error}");
    }
    fs::remove_file(&fixture.path).unwrap();
    fs::create_dir(&fixture.path).unwrap();
    assert!(KeyFile::open(&fixture.path).unwrap_err().to_string().contains("not a file"));
}

#[test]
fn a_changed_digit_shows_at_once() {
    let fixture = &fixture();
    let text = fs::read_to_string(&fixture.path).unwrap();
    for field in ["\"key\": \"", "\"signing_key\": \"", "\"lookup_key\": \"", "\"check\": \""] {
        let at = text.find(field).unwrap() + field.len();
        let other = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
        let mut damaged = text.clone();
        damaged.replace_range(at..=at, other);
        assert!(refused(fixture, damaged.as_bytes()).contains("damaged"), "{field}");
    }
    for (from, to) in
        [("\"next_epoch\": 2", "\"next_epoch\": 3"), ("2026-03-01", "2026-03-02"), ("000001\"", "000002\"")]
    {
        assert!(refused(fixture, text.replace(from, to).as_bytes()).contains("damaged"), "{from}");
    }
}

#[test]
fn contradictory_epochs_are_refused_even_with_a_right_check() {
    let fixture = fixture();
    let mut keys = KeyFile::open(&fixture.path).unwrap();
    keys.current = 2;
    assert!(refused(&fixture, super::text(&keys).as_bytes()).contains("contradict"));
    keys.current = 1;
    keys.next = 1;
    assert!(refused(&fixture, super::text(&keys).as_bytes()).contains("contradict"));
    keys.next = u32::MAX;
    assert!(refused(&fixture, super::text(&keys).as_bytes()).contains("contradict"));
}

#[test]
fn a_newer_version_is_recognised_before_its_fields() {
    let error = refused(&fixture(), br#"{ "version": 2, "something": "new" }"#);
    assert!(error.contains("version 2"), "{error}");
}

/// RET-9: what is wrapped under a destroyed epoch is gone, wherever a copy lies.
#[test]
fn an_epoch_is_added_used_and_destroyed() {
    let Fixture { path, randomness, keys, .. } = &fixture();
    let first = keys.wrap(&keys.new_data_key(randomness), id(7), randomness);
    let first_key = fs::read_to_string(path).unwrap().split("\"key\": \"").nth(1).unwrap()[..64].to_owned();

    let added = KeyFile::add_epoch(path, DAY.tomorrow().unwrap(), randomness).unwrap();
    assert_eq!(added.current_epoch(), 1);
    assert_eq!(added.epochs().map(|(id, _)| id).collect::<Vec<_>>(), [1, 2]);
    assert!(matches!(KeyFile::destroy_epoch(path, 1), Err(KeyFileError::EpochInUse { epoch: 1 })));
    assert!(matches!(KeyFile::use_epoch(path, 3), Err(KeyFileError::NoSuchEpoch { epoch: 3 })));

    let used = KeyFile::use_epoch(path, 2).unwrap();
    let second = used.rewrap(&first, id(7), randomness).unwrap();
    // A server that has not opened the file again says so.
    assert_eq!(keys.unwrap(&second, id(7)).unwrap_err(), Unreadable::UnknownEpoch { epoch: 2 });

    KeyFile::destroy_epoch(path, 1).unwrap();
    let left = KeyFile::open(path).unwrap();
    assert_eq!(left.unwrap(&first, id(7)).unwrap_err(), Unreadable::Destroyed { epoch: 1 });
    left.unwrap(&second, id(7)).unwrap();
    assert_eq!(left.fingerprint(), keys.fingerprint());
    assert_eq!(mode(path), 0o600);
    assert!(!fs::read_to_string(path).unwrap().contains(&first_key));
    assert!(matches!(KeyFile::destroy_epoch(path, 1), Err(KeyFileError::NoSuchEpoch { epoch: 1 })));
}

#[test]
fn an_epochs_id_is_never_given_twice() {
    let Fixture { path, randomness, .. } = &fixture();
    KeyFile::add_epoch(path, DAY, randomness).unwrap();
    KeyFile::destroy_epoch(path, 2).unwrap();
    let keys = KeyFile::add_epoch(path, DAY, randomness).unwrap();
    assert_eq!(keys.epochs().map(|(id, _)| id).collect::<Vec<_>>(), [1, 3]);
}

/// RET-9.
#[test]
fn destroying_wipes_the_former_file() {
    use std::io::{Read as _, Seek as _};
    let Fixture { path, randomness, .. } = &fixture();
    KeyFile::add_epoch(path, DAY, randomness).unwrap();
    let mut former = fs::File::open(path).unwrap();
    KeyFile::destroy_epoch(path, 2).unwrap();
    let mut bytes = Vec::new();
    former.rewind().unwrap();
    former.read_to_end(&mut bytes).unwrap();
    assert!(bytes.len() > 500 && bytes.iter().all(|&byte| byte == 0));
}

#[test]
fn a_link_to_the_key_file_stays_a_link() {
    let Fixture { path, randomness, folder, .. } = &fixture();
    let link = folder.path().join("link.json");
    symlink(path, &link).unwrap();
    KeyFile::add_epoch(&link, DAY, randomness).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    assert_eq!(KeyFile::open(path).unwrap().epochs().count(), 2);
}

#[test]
fn a_crash_while_writing_leaves_the_former_file_and_no_obstacle() {
    let Fixture { path, randomness, keys, .. } = &fixture();
    fs::write(path.with_file_name(".keys.json.new"), "half a ke").unwrap();
    assert_eq!(KeyFile::open(path).unwrap().fingerprint(), keys.fingerprint());
    assert_eq!(KeyFile::add_epoch(path, DAY, randomness).unwrap().epochs().count(), 2);
}

#[test]
fn epochs_added_at_once_are_all_kept() {
    let Fixture { path, randomness, .. } = &fixture();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| KeyFile::add_epoch(path, DAY, randomness).unwrap());
        }
        for _ in 0..8 {
            scope.spawn(|| KeyFile::open(path).unwrap());
        }
    });
    assert_eq!(KeyFile::open(path).unwrap().epochs().count(), 9);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file").join("keys.json");
    let error = KeyFile::create(&path, id(1), DAY, &Counter::default()).unwrap_err();
    assert!(matches!(error, KeyFileError::Unwritable { .. }), "{error}");
    assert!(error.to_string().contains("keys.json"));
}

/// What version 1 wrote; installations hold such files for years. The keys are the tests' counter, hashed.
const VERSION_1: &str = r#"{
  "version": 1,
  "installation": "00000000-0000-0000-0000-000000000001",
  "current_epoch": 1,
  "next_epoch": 2,
  "epochs": [
    {
      "id": 1,
      "created_on": "2026-03-01",
      "key": "ea21c7b3c885cf2fb547bb51016c8bbbaca21db264cc9f332769ad8dd895f0a3"
    }
  ],
  "signing_key": "71e0a99173564931c0b8acc52d2685a8e39c64dc52e3d02390fdac2a12b155cb",
  "lookup_key": "1a0d12016999e47689dae5744d2b8c1903faf7ca2886a658150083100ef2c8ee",
  "check": "2a655418236f68530c5ce4d0d6d61ae7dc5c011e4e98c3b30936305ebb818a1c"
}"#;

#[test]
fn a_key_file_of_version_1_still_opens() {
    let Fixture { path, keys, .. } = &fixture();
    fs::write(path, VERSION_1).unwrap();
    assert_eq!(KeyFile::open(path).unwrap().fingerprint(), keys.fingerprint());
}

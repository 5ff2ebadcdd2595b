//! Sealing, wrapping, looking up, signing and committing. The key file has its own tests.
use serde::{Deserialize, Serialize};

use crate::{
    DataKey, Keys, Place, Unreadable, Unsealable, Wrapped, commit,
    testing::{Counter, DAY, id, keys},
    verify,
};

const PLACE: Place<'static> = Place { table: "subject", column: "person", row: id(7) };

fn sealed(randomness: &Counter) -> (DataKey, Vec<u8>) {
    let key = keys(randomness).new_data_key(randomness);
    let sealed = key.seal(PLACE, b"Joan Example", randomness);
    (key, sealed)
}

#[test]
fn what_was_sealed_opens_in_its_place() {
    let randomness = Counter::default();
    let (key, sealed) = sealed(&randomness);
    assert_eq!(sealed.len(), "Joan Example".len() + DataKey::OVERHEAD);
    assert_eq!(&**key.open(PLACE, &sealed).unwrap(), b"Joan Example");
    let empty = key.seal(PLACE, b"", &randomness);
    assert_eq!(&**key.open(PLACE, &empty).unwrap(), b"");
}

#[test]
fn sealing_twice_gives_different_bytes() {
    let randomness = Counter::default();
    let (key, sealed) = sealed(&randomness);
    assert_ne!(key.seal(PLACE, b"Joan Example", &randomness), sealed);
}

/// SEC-1.
#[test]
fn what_was_sealed_opens_in_no_other_place() {
    let (key, sealed) = sealed(&Counter::default());
    for elsewhere in [
        Place { table: "member", ..PLACE },
        Place { column: "narrative", ..PLACE },
        Place { row: id(8), ..PLACE },
        // The same letters, cut at another point.
        Place { table: "subjectp", column: "erson", ..PLACE },
        Place { table: "", column: "subjectperson", ..PLACE },
    ] {
        assert_eq!(key.open(elsewhere, &sealed).unwrap_err(), Unreadable::Rejected, "{elsewhere:?}");
    }
}

#[test]
fn what_was_sealed_does_not_open_under_another_key() {
    let randomness = Counter::default();
    let (_, sealed) = sealed(&randomness);
    let other = keys(&randomness).new_data_key(&randomness);
    assert_eq!(other.open(PLACE, &sealed).unwrap_err(), Unreadable::Rejected);
}

/// SEC-1.
#[test]
fn no_bit_can_be_flipped_and_no_byte_be_cut() {
    let (key, sealed) = sealed(&Counter::default());
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let expected = if bit < 8 { Unreadable::Format } else { Unreadable::Rejected };
        assert_eq!(key.open(PLACE, &flipped).unwrap_err(), expected, "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(key.open(PLACE, &sealed[..length]).is_err(), "{length} bytes");
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Person {
    name: String,
    born: Option<u16>,
}

#[test]
fn json_comes_back_as_it_was() {
    let randomness = Counter::default();
    let (key, _) = sealed(&randomness);
    let person = Person { name: "Joan Example".to_owned(), born: Some(1990) };
    let sealed = key.seal_json(PLACE, &person, &randomness).unwrap();
    assert_eq!(key.open_json::<Person>(PLACE, &sealed).unwrap(), person);
}

#[test]
fn an_unexpected_shape_is_reported_without_its_content() {
    let randomness = Counter::default();
    let (key, _) = sealed(&randomness);
    let sealed = key.seal_json(PLACE, "Joan Example", &randomness).unwrap();
    let error = key.open_json::<u32>(PLACE, &sealed).unwrap_err();
    assert_eq!(error, Unreadable::Shape);
    assert!(!format!("{error} {error:?}").contains("Joan"));
}

#[test]
fn a_value_that_json_cannot_hold_is_refused() {
    let randomness = Counter::default();
    let (key, _) = sealed(&randomness);
    let value = std::collections::BTreeMap::from([((1, 2), 3)]);
    assert_eq!(key.seal_json(PLACE, &value, &randomness).unwrap_err(), Unsealable);
}

/// SEC-1.
#[test]
fn a_wrapped_key_is_its_owners_alone() {
    let randomness = Counter::default();
    let keys = keys(&randomness);
    let key = keys.new_data_key(&randomness);
    let sealed = key.seal(PLACE, b"Joan Example", &randomness);
    let wrapped = keys.wrap(&key, id(7), &randomness);
    assert_eq!((wrapped.epoch, wrapped.bytes.len()), (1, Wrapped::LENGTH));

    let again = keys.unwrap(&wrapped, id(7)).unwrap();
    assert_eq!(&**again.open(PLACE, &sealed).unwrap(), b"Joan Example");
    assert_eq!(keys.unwrap(&wrapped, id(8)).unwrap_err(), Unreadable::Rejected);
    for bit in 0..wrapped.bytes.len() * 8 {
        let mut flipped = wrapped.clone();
        flipped.bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(keys.unwrap(&flipped, id(7)).is_err(), "bit {bit}");
    }
}

#[test]
fn a_sealed_value_does_not_pass_for_a_wrapped_key() {
    let randomness = Counter::default();
    let keys = keys(&randomness);
    let key = keys.new_data_key(&randomness);
    for length in [0, 31, 32, 33] {
        let value = key.seal(PLACE, &vec![1; length], &randomness);
        assert!(keys.unwrap(&Wrapped { epoch: 1, bytes: value }, id(7)).is_err());
    }
}

/// RET-9: remnants of a wrapped key end with their epoch.
#[test]
fn rewrapping_moves_a_key_to_the_current_epoch() {
    let randomness = Counter::default();
    let mut keys = keys(&randomness);
    let key = keys.new_data_key(&randomness);
    let sealed = key.seal(PLACE, b"Joan Example", &randomness);
    let first = keys.wrap(&key, id(7), &randomness);

    assert_eq!(keys.add_epoch(DAY, &randomness), 2);
    assert_eq!(keys.wrap(&key, id(7), &randomness).epoch, 1, "a new epoch is not used yet");
    keys.current = 2;
    let second = keys.rewrap(&first, id(7), &randomness).unwrap();
    assert_eq!(second.epoch, 2);
    assert_eq!(keys.rewrap(&first, id(8), &randomness).unwrap_err(), Unreadable::Rejected);

    keys.epochs.retain(|epoch| epoch.id != 1);
    assert_eq!(keys.unwrap(&first, id(7)).unwrap_err(), Unreadable::Destroyed { epoch: 1 });
    let again = keys.unwrap(&second, id(7)).unwrap();
    assert_eq!(&**again.open(PLACE, &sealed).unwrap(), b"Joan Example");
}

#[test]
fn a_wrapped_key_cannot_be_moved_to_another_epoch() {
    let randomness = Counter::default();
    let mut keys = keys(&randomness);
    keys.add_epoch(DAY, &randomness);
    let mut wrapped = keys.wrap(&keys.new_data_key(&randomness), id(7), &randomness);
    wrapped.epoch = 2;
    assert_eq!(keys.unwrap(&wrapped, id(7)).unwrap_err(), Unreadable::Rejected);
    for unknown in [0, 3, u32::MAX] {
        wrapped.epoch = unknown;
        let expected = Unreadable::UnknownEpoch { epoch: unknown };
        assert_eq!(keys.unwrap(&wrapped, id(7)).unwrap_err(), expected);
    }
}

#[test]
fn another_key_file_is_recognised() {
    let randomness = Counter::default();
    let one = keys(&randomness);
    let other = keys(&randomness);
    one.check_fingerprint(&one.fingerprint()).unwrap();
    let error = one.check_fingerprint(&other.fingerprint()).unwrap_err();
    assert!(error.to_string().contains("wrong key file"));
    assert!(one.check_fingerprint(&[]).is_err());
    let wrapped = one.wrap(&one.new_data_key(&randomness), id(7), &randomness);
    assert_eq!(other.unwrap(&wrapped, id(7)).unwrap_err(), Unreadable::Rejected);
}

#[test]
fn the_fingerprint_outlives_epochs() {
    let randomness = Counter::default();
    let mut keys = keys(&randomness);
    let before = keys.fingerprint();
    keys.add_epoch(DAY, &randomness);
    keys.current = 2;
    assert_eq!(keys.fingerprint(), before);
}

/// RET-7: the stub's keyed hash.
#[test]
fn lookups_agree_within_a_domain_and_an_installation_alone() {
    let randomness = Counter::default();
    let keys = keys(&randomness);
    let hash = keys.lookup("e-mail", "joan@example.org");
    assert_eq!(hash, keys.lookup("e-mail", "joan@example.org"));
    assert_ne!(hash, keys.lookup("e-mail", "john@example.org"));
    assert_ne!(hash, keys.lookup("stub", "joan@example.org"));
    assert_ne!(keys.lookup("ab", "c"), keys.lookup("a", "bc"));
    assert_ne!(hash, crate::testing::keys(&randomness).lookup("e-mail", "joan@example.org"));
}

/// AUD-1: the chain's heads are signed.
#[test]
fn signatures_verify_for_their_bytes_and_key_alone() {
    let randomness = Counter::default();
    let (keys, other) = (keys(&randomness), keys(&randomness));
    let signature = keys.sign(b"audit head 12");
    assert!(verify(&keys.public_key(), b"audit head 12", &signature));
    assert!(!verify(&keys.public_key(), b"audit head 13", &signature));
    assert!(!verify(&other.public_key(), b"audit head 12", &signature));
    let mut flipped = signature;
    flipped[40] ^= 1;
    assert!(!verify(&keys.public_key(), b"audit head 12", &flipped));
    // The neutral element signs anything for a lenient verifier.
    let mut weak = [0; 32];
    weak[0] = 1;
    let mut forged = [0; 64];
    forged[0] = 1;
    assert!(!verify(&weak, b"audit head 12", &forged));
    assert!(!verify(&[255; 32], b"audit head 12", &signature));
}

/// AUD-2.
#[test]
fn a_commitment_depends_on_salt_and_text() {
    let commitment = commit(&[1; 16], "asked by the police");
    assert_eq!(commitment, commit(&[1; 16], "asked by the police"));
    assert_ne!(commitment, commit(&[2; 16], "asked by the police"));
    assert_ne!(commitment, commit(&[1; 16], "asked by the council"));
}

#[test]
fn nothing_prints_a_secret() {
    let randomness = Counter::default();
    let keys: Keys = keys(&randomness);
    let key = keys.new_data_key(&randomness);
    assert_eq!(format!("{key:?}"), "DataKey(secret)");
    let installation = id(1);
    assert_eq!(
        format!("{keys:?}"),
        format!("Keys {{ installation: {installation}, current: 1, epochs: [1], .. }}")
    );
    assert_eq!(format!("{:?}", keys.lookup), "(secret)");
}

#[test]
fn the_formats_of_version_1_stay_as_they_are() {
    // Databases and chains hold these bytes: if one of them changes, old records no longer open.
    let randomness = Counter::default();
    let keys = keys(&randomness);
    let key = keys.new_data_key(&randomness);
    let digest = |bytes: &[u8]| blake3::hash(bytes).to_hex()[..16].to_owned();
    let digests = [
        digest(&key.seal(PLACE, b"Joan Example", &randomness)),
        digest(&keys.wrap(&key, id(7), &randomness).bytes),
        digest(&keys.lookup("e-mail", "joan@example.org")),
        digest(&keys.fingerprint()),
        digest(&keys.sign(b"audit head 12")),
        digest(&commit(&[1; 16], "asked by the police")),
    ];
    let pinned = [
        "2341932f6a800f4a",
        "9443f9f127618aee",
        "719195517f3547dd",
        "d5a898aa8dc59d80",
        "8a6ba15293d73abc",
        "6fb9024d5f59dd05",
    ];
    assert_eq!(digests, pinned);
}

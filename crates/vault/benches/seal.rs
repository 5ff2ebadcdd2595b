//! How long sealing and opening take. A page of a hundred profiles unwraps and opens a hundred times.
use divan::{Bencher, black_box};
use fairwatch_core::world::Randomness;
use fairwatch_vault::{KeyFile, Keys, Place};
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

fn main() {
    divan::main();
}

/// Costs nothing, so that the figures are the vault's.
struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        let drawn = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (byte, drawn) in bytes.iter_mut().zip(drawn.into_iter().cycle()) {
            *byte = drawn;
        }
    }
}

static RANDOMNESS: Counter = Counter(AtomicU64::new(1));
const OWNER: Uuid = Uuid::from_u128(7);
const PLACE: Place<'static> = Place { table: "subject", column: "person", row: OWNER };

fn keys() -> Keys {
    let folder = tempfile::tempdir().expect("a folder");
    let day = jiff::civil::date(2026, 3, 1);
    KeyFile::create(folder.path().join("keys.json"), OWNER, day, &RANDOMNESS).expect("a key file")
}

#[divan::bench]
fn unwrap(bencher: Bencher<'_, '_>) {
    let keys = keys();
    let wrapped = keys.wrap(&keys.new_data_key(&RANDOMNESS), OWNER, &RANDOMNESS);
    bencher.bench_local(|| keys.unwrap(black_box(&wrapped), OWNER).expect("its owner"));
}

#[divan::bench(args = [500, 100_000])]
fn unwrap_and_open(bencher: Bencher<'_, '_>, bytes: usize) {
    let keys = keys();
    let key = keys.new_data_key(&RANDOMNESS);
    let wrapped = keys.wrap(&key, OWNER, &RANDOMNESS);
    let sealed = key.seal(PLACE, &vec![b'a'; bytes], &RANDOMNESS);
    bencher.bench_local(|| {
        let key = keys.unwrap(black_box(&wrapped), OWNER).expect("its owner");
        key.open(PLACE, black_box(&sealed)).expect("its place")
    });
}

#[divan::bench(args = [500, 100_000])]
fn seal(bencher: Bencher<'_, '_>, bytes: usize) {
    let key = keys().new_data_key(&RANDOMNESS);
    let plaintext = vec![b'a'; bytes];
    bencher.bench_local(|| key.seal(PLACE, black_box(&plaintext), &RANDOMNESS));
}

#[divan::bench]
fn lookup(bencher: Bencher<'_, '_>) {
    let keys = keys();
    bencher.bench_local(|| keys.lookup("e-mail", black_box("joan@example.org")));
}

#[divan::bench]
fn sign(bencher: Bencher<'_, '_>) {
    let keys = keys();
    bencher.bench_local(|| keys.sign(black_box(b"audit head 12")));
}

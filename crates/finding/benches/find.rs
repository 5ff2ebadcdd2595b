//! What building, changing and searching an index of 100,000 subjects costs. `examples/figures.rs` prints the spread.
#[path = "../tests/people/mod.rs"]
mod people;

use divan::{Bencher, counter::ItemsCount};
use fairwatch_finding::{Index, Kind, Query, Viewer};
use people::records::{Record, Records};
use std::sync::LazyLock;

static RECORDS: LazyLock<Vec<Record>> = LazyLock::new(|| Records::new(1).take(100_000).collect());
static INDEX: LazyLock<Index> = LazyLock::new(|| built(&RECORDS));

fn main() {
    divan::main();
}

fn built(records: &[Record]) -> Index {
    let mut index = Index::new();
    for record in records {
        record.entry(|entry| index.put(entry));
    }
    index
}

#[divan::bench(args = [10_000, 100_000], sample_count = 5)]
fn build(bencher: Bencher<'_, '_>, subjects: usize) {
    let records = &RECORDS[..subjects];
    bencher.counter(ItemsCount::new(subjects)).bench(|| built(records));
}

#[divan::bench(sample_count = 5)]
fn join_two_halves(bencher: Bencher<'_, '_>) {
    let (first, second) = RECORDS.split_at(RECORDS.len() / 2);
    bencher.with_inputs(|| (built(first), built(second))).bench_values(|(mut whole, part)| {
        whole.absorb(part);
        whole
    });
}

#[divan::bench]
fn put_in_place_of_another(bencher: Bencher<'_, '_>) {
    let mut index = built(&RECORDS);
    let mut at = 0;
    bencher.bench_local(|| {
        at = (at + 7919) % RECORDS.len();
        RECORDS[at].entry(|entry| index.put(entry));
    });
}

#[divan::bench(args = [
    "m", "mo", "jon smyth", "Wojciech Kowalczyk", "shivaun obrian", "featherstonhaugh", "bob", "CS-01234", "12 C",
    "tall male with scar",
])]
fn search(bencher: Bencher<'_, '_>, typed: &str) {
    let index = &*INDEX;
    bencher.bench(|| index.search(&Query::typed(typed), &Viewer::ALL, 20));
}

#[divan::bench]
fn suggest(bencher: Bencher<'_, '_>) {
    let index = &*INDEX;
    let texts: Vec<(Kind, &str)> =
        RECORDS[77].texts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    bencher.bench(|| index.suggest(&texts, &Viewer::ALL, 10));
}

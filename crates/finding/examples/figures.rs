//! Prints what finding costs on this machine: building, changing, memory, and how long searches take.
//!
//! `cargo run --release -p fairwatch-finding --example figures [subjects]`
#![allow(clippy::print_stdout)]
#[path = "../tests/people/mod.rs"]
mod people;

use fairwatch_finding::{Index, Kind, Query, Viewer};
use people::{
    Dice,
    records::{Record, Records, typed},
};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

const QUERIES: usize = 2000;
const CHANGES: usize = 4_000;

/// How long this thread has worked: what others take of the machine does not count. By Linux's scheduler, which
/// brings its books up to date when we yield; elsewhere by the wall.
fn worked() -> Duration {
    static BEGAN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    thread::yield_now();
    let books = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = books.and_then(|books| books.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGAN.elapsed(), Duration::from_nanos)
}

fn main() {
    let subjects = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let records: Vec<Record> = Records::new(1).take(subjects).collect();
    let mut index = build(&records);
    build_in_parts(&records);
    memory(&index);
    search(&index, &records);
    change(&mut index, &records);
    memory(&index);
}

fn build(records: &[Record]) -> Index {
    let began = worked();
    let mut index = Index::new();
    for record in records {
        record.entry(|entry| index.put(entry));
    }
    let took = worked() - began;
    let each = took / records.len() as u32;
    println!(
        "build: {} subjects in {took:.0?}, {each:?} each, {:.0} a second",
        records.len(),
        1e9 / each.as_nanos() as f64
    );
    index
}

fn build_in_parts(records: &[Record]) {
    let began = Instant::now();
    let parts: Vec<Index> = thread::scope(|scope| {
        let halves: Vec<_> =
            records.chunks(records.len().div_ceil(2)).map(|half| scope.spawn(|| part(half))).collect();
        halves.into_iter().filter_map(|half| half.join().ok()).collect()
    });
    let built = began.elapsed();
    let whole = parts.into_iter().reduce(|mut whole, part| {
        whole.absorb(part);
        whole
    });
    let joined = began.elapsed() - built;
    println!(
        "build in two parts: {built:.0?}, joining them {joined:.0?}, {} entries",
        whole.map_or(0, |whole| whole.len())
    );
}

fn part(records: &[Record]) -> Index {
    let mut index = Index::new();
    for record in records {
        record.entry(|entry| index.put(entry));
    }
    index
}

fn memory(index: &Index) {
    let (bytes, entries) = (index.memory(), index.len().max(1));
    println!(
        "memory: {:.1} MB, {} bytes a subject, {} distinct words",
        bytes as f64 / 1e6,
        bytes / entries,
        index.words()
    );
}

fn search(index: &Index, records: &[Record]) {
    let mut dice = Dice::new(5);
    let (mut all, mut every) = (Vec::new(), Vec::new());
    let mut slowest: Vec<(Duration, String, usize)> = Vec::new();
    for _ in 0..QUERIES {
        let text = typed(&records[dice.below(records.len())], &mut dice);
        let (wall, began) = (Instant::now(), worked());
        let hits = index.search(&Query::typed(&text), &Viewer::ALL, 20);
        let took = worked().saturating_sub(began);
        every.push(wall.elapsed());
        all.push(took);
        slowest.push((took, text, hits.len()));
    }
    show("search, by the wall", &mut every);
    show("search", &mut all);
    slowest.sort_unstable_by(|a, b| b.cmp(a));
    for (took, text, hits) in &slowest[..5] {
        println!("  slowest: {took:.1?} {text:?}, {hits} hits");
    }
    for letters in ["a", "m", "s", "mo", "sa", "th"] {
        let mut short: Vec<Duration> = (0..50)
            .map(|_| {
                let began = worked();
                index.search(&Query::typed(letters), &Viewer::ALL, 20);
                worked().saturating_sub(began)
            })
            .collect();
        show(&format!("search {letters:?}"), &mut short);
    }
    let mut suggested: Vec<Duration> = (0..200)
        .map(|_| {
            let record = &records[dice.below(records.len())];
            let texts: Vec<(Kind, &str)> =
                record.texts.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
            let began = worked();
            index.suggest(&texts, &Viewer::ALL, 10);
            worked().saturating_sub(began)
        })
        .collect();
    show("suggest", &mut suggested);
}

fn change(index: &mut Index, records: &[Record]) {
    let mut dice = Dice::new(6);
    let (mut replaced, mut removed) = (Vec::new(), Vec::new());
    for _ in 0..CHANGES.min(records.len()) {
        let record = &records[dice.below(records.len())];
        let began = worked();
        record.entry(|entry| index.put(entry));
        replaced.push(worked().saturating_sub(began));
    }
    for record in &records[..CHANGES.min(records.len()) / 2] {
        let began = worked();
        index.remove(record.key);
        removed.push(worked().saturating_sub(began));
    }
    show("put in place of another", &mut replaced);
    show("remove", &mut removed);
}

fn show(what: &str, all: &mut [Duration]) {
    all.sort_unstable();
    let at = |percent: usize| all[(all.len() - 1) * percent / 100];
    println!(
        "{what}: {} times, half under {:.1?}, 95 % under {:.1?}, 99 % under {:.1?}, longest {:.1?}",
        all.len(),
        at(50),
        at(95),
        at(99),
        at(100)
    );
}

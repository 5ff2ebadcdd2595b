//! Whether people are found however their names are typed: the set of `names.tsv` among 20,000 others.
//!
//! The set was written before the index; the tables of nicknames and the rules of sounds were written from what is
//! known of names, not from it. The first run, before any tuning, found 97.1 %. Then rules were mended by what three
//! rows of four told; every fourth is held out, its misses are printed without what was found instead, and nothing
//! was changed for them. All three rates are asserted.
mod people;

use fairwatch_finding::{Entry, Index, Kind, Query, Viewer};
use people::{Dice, cultures};
use std::collections::{BTreeMap, HashMap};

const OTHERS: usize = 20_000;

struct Row {
    query: &'static str,
    name: &'static str,
    kind: &'static str,
    culture: &'static str,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("names.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| match line.split('\t').collect::<Vec<_>>()[..] {
            [query, name, kind, culture] => Row { query, name, kind, culture },
            _ => panic!("{line}"),
        })
        .collect()
}

/// The others, made from the same lists and from the parts of the right names too, so that there are many who share
/// a name with each right person; and the right people, none of them twice.
fn crowd(rows: &[Row]) -> (Index, HashMap<u128, String>) {
    let mut cultures = cultures();
    for row in rows {
        let (given, family) = row.name.rsplit_once(' ').unwrap_or(("", row.name));
        for culture in cultures.iter_mut().filter(|culture| culture.name == row.culture) {
            culture.families.push(family);
            culture.given.extend(given.split(' ').next().filter(|given| !given.is_empty()));
        }
    }
    let mut names: Vec<String> = Vec::new();
    let mut dice = Dice::new(7);
    for at in 0..OTHERS {
        names.push(cultures[at % cultures.len()].person(&mut dice));
    }
    names.extend(rows.iter().map(|row| row.name.to_owned()));
    names.sort_unstable();
    names.dedup();
    let mut index = Index::new();
    let mut known = HashMap::new();
    for (at, name) in names.into_iter().enumerate() {
        let key = at as u128 + 1;
        index.put(&Entry { key, flags: 0, recent: dice.roll() >> 40, texts: &[(Kind::Name, &name)] });
        known.insert(key, name);
    }
    (index, known)
}

#[derive(Default, Clone, Copy)]
struct Rate {
    found: usize,
    first: usize,
    all: usize,
}

impl Rate {
    fn count(&mut self, place: Option<usize>) {
        self.all += 1;
        self.found += usize::from(place.is_some());
        self.first += usize::from(place == Some(0));
    }

    fn percent(self) -> f64 {
        100.0 * self.found as f64 / self.all.max(1) as f64
    }
}

#[test]
fn the_right_person_is_among_the_first_five() {
    let rows = rows();
    assert!(rows.len() >= 500, "a set of {}", rows.len());
    let (index, known) = crowd(&rows);
    assert!(index.len() >= OTHERS);
    let mut rates: BTreeMap<String, Rate> = BTreeMap::new();
    let mut misses = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let hits = index.search(&Query::typed(row.query), &Viewer::ALL, 5);
        let place = hits.iter().position(|hit| known[&hit.key] == row.name);
        let held_out = at % 4 == 3;
        let part = if held_out { "held out" } else { "tuned on" };
        for group in [
            "all".to_owned(),
            part.to_owned(),
            format!("kind {}", row.kind),
            format!("culture {}", row.culture),
        ] {
            rates.entry(group).or_default().count(place);
        }
        if place.is_none() {
            let got: Vec<_> =
                hits.iter().map(|hit| format!("{} {:?} {}", known[&hit.key], hit.how, hit.score)).collect();
            let got = if held_out && std::env::var_os("SHOW_HELD_OUT").is_none() {
                vec!["held out".to_owned()]
            } else {
                got
            };
            misses.push(format!(
                "{} -> {} ({}, {}): {}",
                row.query,
                row.name,
                row.kind,
                row.culture,
                got.join("; ")
            ));
        }
    }
    for (group, rate) in &rates {
        println!(
            "{group:32} {:5.1} % in five, {:4} of {:4}; {:4} first",
            rate.percent(),
            rate.found,
            rate.all,
            rate.first
        );
    }
    println!("{}", misses.join("\n"));
    for group in ["all", "tuned on", "held out"] {
        assert!(rates[group].percent() >= 95.0, "{group}: {:.1} %", rates[group].percent());
    }
}

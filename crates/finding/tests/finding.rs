//! What a search promises: who is found by what, in which order, and that what is hidden is as absent.
mod people;

use fairwatch_finding::{Entry, Filter, Hit, How, Index, Kind, Kinds, Query, Reason, Viewer};
use people::records::{Record, Records, typed};
use proptest::prelude::*;

const CIRCULATING: u16 = 1;
const HELD: u16 = 2;

/// Key, flags, texts.
type Given<'a> = (u128, u16, &'a [(Kind, &'a str)]);

fn index(entries: &[Given<'_>]) -> Index {
    let mut index = Index::new();
    for &(key, flags, texts) in entries {
        index.put(&Entry { key, flags, recent: 0, texts });
    }
    index
}

fn people() -> Index {
    index(&[
        (
            1,
            CIRCULATING,
            &[(Kind::Name, "Robert Smith"), (Kind::Description, "tall with a scar on the chin")],
        ),
        (2, CIRCULATING, &[(Kind::Name, "Bob Smith"), (Kind::Alias, "Smudge"), (Kind::Reference, "CS-0123")]),
        (3, HELD, &[(Kind::Name, "Siobhan O'Brien"), (Kind::Vehicle, "white Transit AB12 CDE, dented")]),
        (4, CIRCULATING, &[(Kind::Name, "Bobbie Smithson"), (Kind::Place, "Boots, High Street")]),
        (5, CIRCULATING, &[(Kind::Name, "Katarzyna Nowak"), (Kind::Plate, "YK71 XYZ")]),
    ])
}

fn found(index: &Index, text: &str) -> Vec<u128> {
    index.search(&Query::typed(text), &Viewer::ALL, 10).iter().map(|hit| hit.key).collect()
}

fn first(index: &Index, text: &str) -> (u128, How, Kind) {
    let hits = index.search(&Query::typed(text), &Viewer::ALL, 10);
    let hit = hits.first().unwrap_or_else(|| panic!("nobody for {text}"));
    (hit.key, hit.how, hit.matched)
}

#[test]
fn each_way_of_typing_finds_and_says_how() {
    let index = people();
    for (text, key, how, kind) in [
        ("bob smith", 2, How::Exact, Kind::Name),
        ("robert smith", 1, How::Exact, Kind::Name),
        ("smudg", 2, How::Prefix, Kind::Alias),
        ("shivaun obrien", 3, How::Sounds, Kind::Name),
        ("katarzina nowak", 5, How::Sounds, Kind::Name),
        ("kasia nowak", 5, How::Nickname, Kind::Name),
        ("cs123", 2, How::Reference, Kind::Reference),
        ("0123", 2, How::Reference, Kind::Reference),
        ("B12", 3, How::Plate, Kind::Vehicle),
        ("12 CDE", 3, How::Plate, Kind::Vehicle),
        ("Y?71", 5, How::Plate, Kind::Plate),
        ("smithson boots", 4, How::Exact, Kind::Name),
        ("scar chin", 1, How::Exact, Kind::Description),
    ] {
        assert_eq!(first(&index, text), (key, how, kind), "{text}");
    }
}

#[test]
fn the_order_is_exact_then_begun_then_nickname() {
    assert_eq!(found(&people(), "bob")[..3], [2, 4, 1]);
}

#[test]
fn quoted_words_are_taken_literally() {
    let index = people();
    assert_eq!(found(&index, "\"robert\" smith"), [1]);
    assert_eq!(found(&index, "\"robrt\""), [] as [u128; 0]);
}

/// VIS-1, VIS-7: neither who is held nor what is not for members.
#[test]
fn members_find_what_circulates_by_what_they_may_see() {
    let index = people();
    let filter = Filter { all: CIRCULATING, ..Filter::EVERYTHING };
    let member = Viewer { kinds: Kinds::ALL.without(Kind::Plate), filter };
    assert!(index.search(&Query::typed("siobhan"), &member, 10).iter().all(|hit| hit.key != 3));
    assert!(index.search(&Query::typed("YK71XYZ"), &member, 10).is_empty());
    assert_eq!(index.search(&Query::typed("siobhan"), &Viewer::ALL, 10)[0].key, 3);
}

/// INC-2, SUB-3: review gets candidates, and why.
#[test]
fn whoever_is_described_is_suggested_with_reasons() {
    let index = people();
    let described = [(Kind::Name, "Rob Smyth"), (Kind::Description, "man, tall, scar on his chin")];
    let suggested = index.suggest(&described, &Viewer::ALL, 5);
    assert_eq!(suggested[0].key, 1);
    assert!(matches!(
        suggested[0].reasons[..],
        [Reason::Name(_, How::Nickname | How::Sounds), Reason::Description(2..)]
    ));
    let suggested = index.suggest(&[(Kind::Plate, "AB12CDE")], &Viewer::ALL, 5);
    assert_eq!((suggested[0].key, suggested[0].reasons.as_slice()), (3, &[Reason::Plate][..]));
    assert!(index.suggest(&[(Kind::Name, "Zygmunt Featherstone")], &Viewer::ALL, 5).is_empty());
    assert!(
        index.suggest(&[(Kind::Place, "Boots")], &Viewer::ALL, 5).is_empty(),
        "a place alone says nothing"
    );
}

#[test]
fn an_index_is_searched_by_many_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Index>();
}

/// Small words, so that entries share many.
fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        proptest::sample::select(vec![
            "bob",
            "robert",
            "rob",
            "smith",
            "smyth",
            "smithson",
            "john",
            "jon",
            "mac",
            "donald",
            "macdonald",
            "ab12",
            "cde",
            "cs",
            "0123",
            "scar",
            "scarf",
            "siobhan",
            "shivaun",
            "o'brien",
            "j",
        ]),
        1..4,
    )
    .prop_map(|words| words.join(" "))
}

fn texts() -> impl Strategy<Value = Vec<(Kind, String)>> {
    proptest::collection::vec((proptest::sample::select(Kind::ALL.to_vec()), text()), 0..4)
}

type Made = Vec<(u16, u64, Vec<(Kind, String)>)>;

fn entries() -> impl Strategy<Value = Made> {
    proptest::collection::vec((0_u16..4, 0_u64..3, texts()), 0..12)
}

fn put(
    index: &mut Index,
    key: u128,
    flags: u16,
    recent: u64,
    texts: &[(Kind, String)],
    keep: impl Fn(Kind) -> bool,
) {
    let kept = texts.iter().filter(|(kind, _)| keep(*kind));
    let texts: Vec<(Kind, &str)> = kept.map(|(kind, text)| (*kind, text.as_str())).collect();
    index.put(&Entry { key, flags, recent, texts: &texts });
}

fn answers(index: &Index, query: &str, viewer: &Viewer) -> (Vec<Hit>, Vec<Hit>, String) {
    let typed = index.search(&Query::typed(query), viewer, 5);
    let finished = index.search(&Query::finished(query), viewer, 50);
    let described =
        [(Kind::Name, query), (Kind::Description, query), (Kind::Plate, query), (Kind::Place, query)];
    (typed, finished, format!("{:?}", index.suggest(&described, viewer, 5)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// VIS-7: a text that the viewer may not search by, and an entry that they may not find, change nothing of what they get:
    /// not who, not the order, not the scores, not the reasons.
    #[test]
    fn what_is_hidden_is_as_absent(made in entries(), query in text(), kinds in 0_usize..1024, all in 0_u16..4, none in 0_u16..4) {
        let seen: Vec<Kind> = Kind::ALL.into_iter().enumerate().filter(|(at, _)| kinds >> at & 1 == 1).map(|(_, kind)| kind).collect();
        let filter = Filter { all, any: 0, none };
        let viewer = Viewer { kinds: Kinds::of(&seen), filter };
        let (mut whole, mut bare) = (Index::new(), Index::new());
        for (at, (flags, recent, texts)) in made.iter().enumerate() {
            let key = at as u128 + 1;
            put(&mut whole, key, *flags, *recent, texts, |_| true);
            if filter.passes(*flags) {
                put(&mut bare, key, *flags, *recent, texts, |kind| viewer.kinds.has(kind));
            }
        }
        prop_assert_eq!(answers(&whole, &query, &viewer), answers(&bare, &query, &viewer));
    }

    /// Whatever was put, replaced and removed before, in whatever parts: the answers depend on what is there now.
    #[test]
    fn history_leaves_no_trace(before in entries(), after in entries(), query in text(), split in 0_usize..12) {
        let mut lived = Index::new();
        for (at, (flags, recent, texts)) in before.iter().enumerate() {
            put(&mut lived, at as u128, *flags, *recent, texts, |_| true);
        }
        for at in (after.len()..before.len()).rev() {
            prop_assert!(lived.remove(at as u128));
        }
        let mut parts = [Index::new(), Index::new()];
        for (at, (flags, recent, texts)) in after.iter().enumerate().rev() {
            put(&mut lived, at as u128, *flags, *recent, texts, |_| true);
            put(&mut parts[usize::from(at < split)], at as u128, *flags, *recent, texts, |_| true);
        }
        let [mut joined, part] = parts;
        joined.absorb(part);
        let mut fresh = Index::new();
        for (at, (flags, recent, texts)) in after.iter().enumerate() {
            put(&mut fresh, at as u128, *flags, *recent, texts, |_| true);
        }
        let expected = answers(&fresh, &query, &Viewer::ALL);
        prop_assert_eq!(&answers(&lived, &query, &Viewer::ALL), &expected);
        prop_assert_eq!(&answers(&joined, &query, &Viewer::ALL), &expected);
        prop_assert_eq!((lived.len(), lived.words()), (fresh.len(), fresh.words()));
    }

    /// Nothing that can be typed or put stops it, and no score or count leaves its bounds.
    #[test]
    fn anything_can_be_put_and_typed(text in "\\PC{0,80}", query in "\\PC{0,60}") {
        let index = index(&[(1, 0, &Kind::ALL.map(|kind| (kind, text.as_str()))), (2, 0, &[(Kind::Name, &query)])]);
        for hit in index.search(&Query::typed(&query), &Viewer::ALL, 3) {
            prop_assert!(hit.score <= 1000);
        }
        for suggestion in index.suggest(&Kind::ALL.map(|kind| (kind, query.as_str())), &Viewer::ALL, 3) {
            prop_assert!(suggestion.score <= 1000);
        }
    }
}

/// Thousands of changes, past the points where lists are packed and numbers given anew: as if it had never been else.
#[test]
fn many_changes_leave_an_index_as_if_made_anew() {
    let records: Vec<Record> = Records::new(2).take(6000).collect();
    let mut lived = Index::new();
    for record in &records {
        record.entry(|entry| lived.put(entry));
    }
    let full = lived.memory();
    for record in records.iter().filter(|record| record.key % 3 != 0) {
        assert!(lived.remove(record.key));
    }
    let mut fresh = Index::new();
    for record in records.iter().filter(|record| record.key % 3 == 0) {
        record.entry(|entry| fresh.put(entry));
        record.entry(|entry| lived.put(entry));
    }
    assert_eq!((lived.len(), lived.words()), (fresh.len(), fresh.words()));
    assert!(lived.memory() < full, "no garbage grows");
    let mut dice = people::Dice::new(4);
    for record in &records[..300] {
        let query = Query::typed(&typed(record, &mut dice));
        assert_eq!(lived.search(&query, &Viewer::ALL, 10), fresh.search(&query, &Viewer::ALL, 10));
    }
}

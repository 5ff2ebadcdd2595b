//! Cases as JSON: the example of the specification, chosen cases with their answers, and what is refused.
#[path = "cases/policies.rs"]
mod policies;

use fairwatch_core::clocks::simulator::{batch, simulate};
use policies::policy;
use serde_json::{Value, json};

fn answer(name: &str, case: &str) -> Value {
    let answer = simulate(&policy(name), case).expect(case);
    serde_json::from_str(&answer).expect(&answer)
}

/// The words may be put better without changing any answer.
fn without_words(mut answer: Value) -> Value {
    for day in answer["days"].as_array_mut().into_iter().flatten() {
        day.as_object_mut().map(|day| day.remove("because"));
    }
    answer
}

fn refused(case: &str) -> Option<u64> {
    let refusal = simulate(&policy("cs"), case).expect_err(case);
    assert!(!refusal.reason.is_empty());
    let json: Value = serde_json::from_str(&refusal.to_json()).expect("a refusal is JSON");
    assert_eq!(json["error"]["reason"], refusal.reason);
    json["error"]["event"].as_u64()
}

fn refused_events(events: &str) -> Option<u64> {
    refused(&format!(r#"{{"events": [{events}]}}"#))
}

/// The example of the specification, field by field and in their order.
#[test]
fn the_example() {
    let case = r#"{"subject": {"born": null, "apparent_age": "adult", "identified": false},
        "events": [{"on": "2025-01-31", "type": "report", "id": "r1", "images": 2},
                   {"at": "2025-06-30T23:30:00Z", "type": "report", "id": "r2"},
                   {"on": "2025-07-01", "type": "exclusion", "ends": "2026-10-01"},
                   {"on": "2025-07-02", "type": "police_item", "id": "CZ/001/25"}],
        "days": ["2025-02-01", "2026-07-01"]}"#;
    let printed = simulate(&policy("cs"), case).expect("it is sound");
    let mut rest = printed.as_str();
    let mut expected = String::new();
    while let Some((before, words)) = rest.split_once(r#""because": ""#) {
        expected += before;
        expected += r#""because": "..."#;
        rest = words.split_once('"').map_or("", |(_, after)| after);
        expected.push('"');
    }
    expected += rest;
    assert_eq!(
        expected,
        concat!(
            r#"{"days": [{"on": "2025-02-01", "stage": "circulating", "members_see": true, "until": "2026-01-31", "#,
            r#""rule": "first", "because": "...", "incidents": 1, "images": 2, "police_items": [], "stub": false, "#,
            r#""frozen": false}, {"on": "2026-07-01", "stage": "circulating", "members_see": true, "#,
            r#""until": "2026-10-01", "rule": "exclusion", "because": "...", "incidents": 2, "images": 2, "#,
            r#""police_items": [], "stub": false, "frozen": false}], "#,
            r#""changes": [{"on": "2025-01-31", "stage": "circulating"}, {"on": "2026-10-01", "stage": "held"}, "#,
            r#"{"on": "2027-10-01", "stage": "deleted"}]}"#
        )
    );
}

/// RET-8: an instant falls on its London date, in winter and in summer.
#[test]
fn ret_8_instants_fall_on_their_london_date() {
    for (at, on) in [
        ("2025-01-31T23:59:59Z", "2025-01-31"),
        ("2025-02-01T00:00:00Z", "2025-02-01"),
        ("2025-06-30T22:59:59Z", "2025-06-30"),
        ("2025-06-30T23:00:00Z", "2025-07-01"),
        ("2025-06-30T18:30:00-05:00", "2025-07-01"),
        ("2025-03-30T00:59:59.999Z", "2025-03-30"),
        ("2025-10-25T23:00:00Z", "2025-10-26"),
        ("2025-10-26T23:30:00Z", "2025-10-26"),
        ("2024-02-29T23:30:00+00:00", "2024-02-29"),
    ] {
        let answer = answer("tm", &format!(r#"{{"events": [{{"at": "{at}", "type": "report"}}]}}"#));
        assert_eq!(answer["changes"][0]["on"], on, "{at}");
    }
}

/// Cases that were settled by reading the specification against two independent accounts of it.
#[test]
fn chosen_cases() {
    let text = include_str!("cases/golden.jsonl");
    let mut count = 0;
    for (line, text) in text.lines().enumerate() {
        let golden: Value = serde_json::from_str(text).expect(text);
        let name = golden["policy"].as_str().expect("a policy");
        let found = without_words(answer(name, &golden["case"].to_string()));
        assert_eq!(found, golden["answer"], "line {}: {name} {}", line + 1, golden["case"]);
        count += 1;
    }
    assert!(count >= 60, "{count}");
}

/// Events come in any order and are taken by day, in the order given within a day.
#[test]
fn events_in_any_order() {
    let ordered = answer(
        "cs",
        r#"{"events": [{"on": "2025-01-31", "type": "report"}, {"on": "2025-06-30", "type": "report"}],
            "days": ["2025-07-01", "2025-02-01"]}"#,
    );
    let turned = answer(
        "cs",
        r#"{"days": ["2025-07-01", "2025-02-01"],
            "events": [{"on": "2025-06-30", "type": "report"}, {"type": "report", "on": "2025-01-31"}]}"#,
    );
    assert_eq!(ordered, turned);
    assert_eq!(ordered["days"][0]["on"], "2025-07-01");
    // Within a day: a hold before the report has nobody to hold.
    let (hold, report) =
        (r#"{"on": "2025-01-31", "type": "hold", "id": "h"}"#, r#"{"on": "2025-01-31", "type": "report"}"#);
    assert_eq!(refused_events(&format!("{hold}, {report}")), Some(0));
    assert!(simulate(&policy("cs"), &format!(r#"{{"events": [{report}, {hold}]}}"#)).is_ok());
}

/// Of `subject` each field may be left out, and so may the rest; ids and their escapes come back as they were.
#[test]
fn what_may_be_left_out() {
    assert_eq!(answer("cs", "{}"), json!({"days": [], "changes": []}));
    let nothing = answer("dtac", r#"{"subject": {}, "days": ["2025-01-01"]}"#);
    assert_eq!(nothing["days"][0]["stage"], "none");
    let items = answer(
        "dtac",
        r#"{"events": [{"on": "2025-01-01", "type": "police_item", "id": "z\"\\\u0007é\ud83d\ude00"},
                       {"on": "2025-01-01", "type": "police_item", "id": ""},
                       {"on": "2025-01-01", "type": "report", "id": "\"quoted\"\n"}], "days": ["2025-01-02"]}"#,
    );
    assert_eq!(items["days"][0]["police_items"], json!(["", "z\"\\\u{7}é😀"]));
    assert!(items["days"][0]["because"].as_str().is_some_and(|words| words.contains("(\"quoted\"\n)")));
}

/// Nonsense is refused: which event is at fault, and none where none is.
#[test]
fn refusals_name_the_event() {
    for text in [
        "",
        "nonsense",
        "[]",
        "null",
        "1",
        r#"{"events": [}"#,
        r#"{"events": []} x"#,
        r#"{"events": [], "events": []}"#,
        r#"{"events": {}}"#,
        r#"{"event": []}"#,
        r#"{"subject": null}"#,
        r#"{"subject": {"born": "2025-02-30"}}"#,
        r#"{"subject": {"born": 3}}"#,
        r#"{"subject": {"apparent_age": "old"}}"#,
        r#"{"subject": {"identified": null}}"#,
        r#"{"subject": {"name": "x"}}"#,
        r#"{"subject": {"born": null, "born": null}}"#,
        r#"{"days": ["2025-02-29"]}"#,
        r#"{"days": [20250228]}"#,
        r#"{"days": "2025-02-28"}"#,
    ] {
        assert_eq!(refused(text), None, "{text}");
    }
    for event in [
        r#"{"on": "2025-01-01"}"#,
        r#"{"on": "2025-01-01", "type": "sighting"}"#,
        r#"{"on": "2025-01-01", "type": 1}"#,
        r#"{"on": "2025-01-01", "type": "report", "type": "report"}"#,
        r#"{"on": "2025-01-01", "type": "report", "ends": "2025-02-01"}"#,
        r#"{"on": "2025-01-01", "type": "report", "colour": "red"}"#,
        r#"{"on": "2025-01-01", "type": "report", "outcome": "keep"}"#,
        r#"{"on": "2025-01-01", "type": "report", "id": 7}"#,
        r#"{"on": "2025-01-01", "type": "report", "images": -1}"#,
        r#"{"on": "2025-01-01", "type": "report", "images": 1.0}"#,
        r#"{"on": "2025-01-01", "type": "report", "images": true}"#,
        r#"{"on": "2025-01-01", "type": "report", "images": 4294967296}"#,
        r#"{"on": "2025-01-01", "type": "report", "images": 99999999999999999999999}"#,
        r#"{"on": "2025-01-01", "type": "report", "occurred": "2025-01-02"}"#,
        r#"{"on": "2025-01-01", "type": "report", "occurred": "2024-02-30"}"#,
        r#"{"on": "2025-01-01", "type": "report_removed"}"#,
        r#"{"on": "2025-01-01", "type": "report_removed", "id": "r"}"#,
        r#"{"on": "2025-01-01", "type": "identified"}"#,
        r#"{"on": "2025-01-01", "type": "born_known"}"#,
        r#"{"on": "2025-01-01", "type": "born_known", "born": "2025-01-02"}"#,
        r#"{"on": "2025-01-01", "type": "agreement"}"#,
        r#"{"on": "2025-01-01", "type": "agreement", "by": "mayor"}"#,
        r#"{"on": "2025-01-01", "type": "exclusion", "ends": "2026-01-01"}"#,
        r#"{"on": "2025-01-01", "type": "exclusion"}"#,
        r#"{"on": "2025-01-01", "type": "exclusion", "ends": "2026-01-01", "scope": "town"}"#,
        r#"{"on": "2025-01-01", "type": "exclusion_lifted"}"#,
        r#"{"on": "2025-01-01", "type": "hold"}"#,
        r#"{"on": "2025-01-01", "type": "hold_ended", "id": "h"}"#,
        r#"{"on": "2025-01-01", "type": "restricted"}"#,
        r#"{"on": "2025-01-01", "type": "restriction_ended"}"#,
        r#"{"on": "2025-01-01", "type": "erased"}"#,
        r#"{"on": "2025-01-01", "type": "police_review", "id": "p", "outcome": "keep"}"#,
        r#"{"on": "2025-01-01", "type": "police_review", "id": "p", "outcome": "lose"}"#,
        r#"{"on": "9998-01-01", "type": "report"}"#,
        r#"{"type": "report"}"#,
        r#"{"on": "2025-01-01", "at": "2025-01-01T00:00:00Z", "type": "report"}"#,
        r#"{"on": "2025-02-29", "type": "report"}"#,
        r#"{"on": "0000-01-01", "type": "report"}"#,
        r#"{"on": 20250101, "type": "report"}"#,
        r#"{"at": "2025-01-01T00:00:00", "type": "report"}"#,
        r#"{"at": "2025-01-01", "type": "report"}"#,
        "[]",
        "null",
        "true",
        "7",
        "-7",
        "7.5",
        r#""report""#,
        r#"{"on": {"a": [1, {"b": null}]}, "type": "report"}"#,
    ] {
        let good = r#"{"on": "2024-01-01", "type": "public_interest"}"#;
        assert_eq!(refused_events(&format!("{good}, {event}")), Some(1), "{event}");
    }
    // Ids are unique, those of refused and removed reports included.
    for first in [
        r#"{"on": "2024-01-01", "type": "report", "id": "r"}"#,
        r#"{"on": "2024-01-01", "type": "report", "id": "r"}, {"on": "2024-01-02", "type": "report_removed", "id": "r"}"#,
    ] {
        let events = format!(r#"{{"on": "2025-01-01", "type": "report", "id": "r"}}, {first}"#);
        assert_eq!(refused_events(&events), Some(0));
        let child = format!(r#"{{"subject": {{"apparent_age": "under_14"}}, "events": [{events}]}}"#);
        assert!(refused(&child).is_some());
    }
}

/// The first offender in the order taken; one without a valid day comes first; an event before anything else.
#[test]
fn the_first_offender() {
    let early = r#"{"on": "2025-01-01", "type": "erased"}"#;
    let late = r#"{"on": "2025-02-01", "type": "sighting"}"#;
    let no_day = r#"{"on": "2025-02-30", "type": "report"}"#;
    assert_eq!(refused_events(&format!("{late}, {early}")), Some(1));
    assert_eq!(refused_events(&format!("{early}, {late}, {no_day}")), Some(2));
    assert_eq!(refused_events(&format!("{no_day}, {no_day}, {early}")), Some(0));
    assert_eq!(refused(&format!(r#"{{"events": [{late}, {early}], "days": ["x"]}}"#)), Some(1));
    assert_eq!(refused(&format!(r#"{{"events": [{late}], "subject": {{"born": "x"}}}}"#)), Some(0));
    assert_eq!(refused(r#"{"events": [{"on": "2025-01-01", "type": "report"}], "days": ["x"]}"#), None);
}

/// Dates at the ends of the calendar neither panic nor overflow.
#[test]
fn absurd_dates() {
    let case = r#"{"subject": {"born": "9999-12-31"}, "days": ["0001-01-01", "9999-12-31"],
        "events": [{"on": "0001-01-01", "type": "report", "images": 4294967295, "occurred": "0001-01-01"},
                   {"on": "0001-01-01", "type": "report", "images": 4294967295},
                   {"on": "9999-12-31", "type": "police_item", "id": "p"}]}"#;
    let answer = answer("dtac", case);
    assert_eq!(answer["days"][0]["images"], 2 * 4_294_967_295_u64);
    let ends = r#"{"on": "2025-01-01", "type": "report"}, {"on": "2025-01-02", "type": "exclusion", "ends": "9999-12-31"}"#;
    assert_eq!(refused_events(ends), Some(1));
    let mut rules = policy("tm");
    rules.known.first = u32::MAX;
    assert!(simulate(&rules, r#"{"events": [{"on": "2025-01-01", "type": "report"}]}"#).is_err());
}

/// One case a line in, one answer a line out, in order, refusals among them.
#[test]
fn a_batch() {
    let lines = "{\"days\": [\"2025-01-01\"]}\n\n{\"days\": [\"2025-02-30\"]}\n{}";
    let answers: Vec<Value> = batch(&policy("cs"), lines)
        .map(|line| serde_json::from_str(&line).expect("each line is JSON"))
        .collect();
    assert_eq!(answers.len(), 4);
    assert_eq!(answers[0]["days"][0]["stage"], "none");
    assert_eq!(answers[1]["error"]["event"], Value::Null);
    assert_eq!(answers[2]["error"]["event"], Value::Null);
    assert_eq!(answers[3], json!({"days": [], "changes": []}));
}

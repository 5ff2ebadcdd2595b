//! What holds of every case, whatever happens in it.
#[path = "cases/policies.rs"]
mod policies;

use fairwatch_core::clocks::{
    AgeBand, Agreeing, Event, Facts, Outcome, Scope, Stage, What, changes,
    simulator::{simulate, simulate_line},
    state, timeline,
};
use jiff::{ToSpan, civil::Date};
use policies::policy;
use proptest::prelude::*;
use serde_json::{Value, json};

const IDS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

fn start() -> Date {
    Date::constant(2023, 12, 1)
}

fn on(days: i32) -> Date {
    start().checked_add(days.days()).expect("a day of this century")
}

fn policies() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("cs"), Just("tm"), Just("dtac")]
}

fn facts() -> impl Strategy<Value = Facts> {
    let born = prop_oneof![3 => Just(None), 1 => (-7000..0_i32).prop_map(|days| Some(on(days)))];
    let age = prop_oneof![
        3 => Just(AgeBand::Adult),
        1 => Just(AgeBand::Under18),
        1 => Just(AgeBand::Under14)
    ];
    (born, age, any::<bool>()).prop_map(|(born, apparent_age, identified)| Facts {
        born,
        apparent_age,
        identified,
    })
}

/// An event on a day; ends are so many days later.
fn event() -> impl Strategy<Value = Event<'static>> {
    // Round distances are where rules meet.
    let day = prop_oneof![0..1400_i32, (0..40_i32).prop_map(|n| n * 31), (0..4_i32).prop_map(|n| n * 366)];
    let ends = prop_oneof![1..900_i32, Just(365), Just(366), Just(60), Just(120)];
    let id = (0..IDS.len()).prop_map(|i| IDS[i]);
    (day, ends, id, 0..4_usize, 0..30_u32).prop_map(|(day, ends, id, which, kind)| {
        let later = on(day + ends);
        let incident = (which == 0).then_some("i").or((which == 1).then_some("j"));
        let what = match kind {
            0..=8 => What::Report {
                id: Some(id),
                incident,
                occurred: on(day - ends % 50),
                images: ends as u32 % 4,
            },
            9 | 10 => What::ReportRemoved { id },
            11 => What::Identified,
            12 => What::BornKnown { born: on(day - 4300 - ends * 2) },
            13 => What::PublicInterest,
            14 => What::Agreement { by: Agreeing::Police },
            15 => What::Agreement { by: Agreeing::Board },
            16..=19 => {
                What::Exclusion { ends: later, scope: if which == 0 { Scope::Some } else { Scope::Scheme } }
            }
            20 => What::ExclusionLifted,
            21 | 22 => What::Hold { id, ends: (which > 1).then_some(later) },
            23 => What::HoldEnded { id },
            24 => What::Restricted,
            25 => What::RestrictionEnded,
            26 => What::Erased,
            27 | 28 => What::PoliceItem { id },
            _ => {
                What::PoliceReview { id, outcome: if which == 0 { Outcome::Withdraw } else { Outcome::Keep } }
            }
        };
        Event { on: on(day), what }
    })
}

/// A case of which every event can be taken.
fn case() -> impl Strategy<Value = (&'static str, Facts, Vec<Event<'static>>)> {
    (policies(), facts(), prop::collection::vec(event(), 1..14)).prop_map(|(name, facts, events)| {
        let passed_over = timeline(&policy(name), facts, &events, Date::MAX).passed_over;
        let is_sound = |place: &usize| !passed_over.iter().any(|passed| passed.event == *place);
        let events = (0..events.len()).filter(is_sound).map(|place| events[place]).collect();
        (name, facts, events)
    })
}

/// The days on which something may turn: around the events, the changes and the ends of periods.
fn days(name: &str, facts: Facts, events: &[Event<'_>]) -> Vec<Date> {
    let mut days: Vec<Date> = events.iter().map(|event| event.on).collect();
    days.extend(changes(&policy(name), facts, events).iter().map(|change| change.on));
    let around = |day: &Date| [-1, 0, 1, 28, 60, 120, 366].map(|n| day.checked_add(n.days()).expect("a day"));
    let mut days: Vec<Date> = days.iter().flat_map(around).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn as_json(facts: Facts, events: &[Event<'_>], days: &[Date]) -> String {
    let event = |event: &Event<'_>| {
        let mut json = match event.what {
            What::Report { id, incident, occurred, images } => {
                json!({"type": "report", "id": id, "incident": incident, "occurred": occurred, "images": images})
            }
            What::ReportRemoved { id } => json!({"type": "report_removed", "id": id}),
            What::Identified => json!({"type": "identified"}),
            What::BornKnown { born } => json!({"type": "born_known", "born": born}),
            What::PublicInterest => json!({"type": "public_interest"}),
            What::Agreement { by } => json!({"type": "agreement", "by": by}),
            What::Exclusion { ends, scope } => json!({"type": "exclusion", "ends": ends, "scope": scope}),
            What::ExclusionLifted => json!({"type": "exclusion_lifted"}),
            What::Hold { id, ends } => json!({"type": "hold", "id": id, "ends": ends}),
            What::HoldEnded { id } => json!({"type": "hold_ended", "id": id}),
            What::Restricted => json!({"type": "restricted"}),
            What::RestrictionEnded => json!({"type": "restriction_ended"}),
            What::Erased => json!({"type": "erased"}),
            What::PoliceItem { id } => json!({"type": "police_item", "id": id}),
            What::PoliceReview { id, outcome } => {
                json!({"type": "police_review", "id": id, "outcome": outcome})
            }
        };
        json["on"] = json!(event.on);
        json
    };
    let subject =
        json!({"born": facts.born, "apparent_age": facts.apparent_age, "identified": facts.identified});
    json!({"subject": subject, "events": events.iter().map(event).collect::<Vec<_>>(), "days": days})
        .to_string()
}

fn answers(name: &str, case: &str) -> Value {
    let answer = simulate(&policy(name), case).expect(case);
    serde_json::from_str(&answer).expect("answers are JSON")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    /// RET-10: no day shows a subject to members on or after its `until`, unless something happens; and no
    /// stage outlasts it.
    #[test]
    fn ret_10_nothing_is_shown_past_its_end((name, facts, events) in case()) {
        let rules = policy(name);
        for day in days(name, facts, &events) {
            let before: Vec<_> = events.iter().filter(|event| event.on <= day).copied().collect();
            let now = state(&rules, facts, &before, day);
            let Some(until) = now.until else { continue };
            prop_assert!(until > day, "{day}: {now:?}");
            let eve = state(&rules, facts, &before, until.yesterday().expect("a day before"));
            prop_assert_eq!(eve.stage, now.stage);
            let then = state(&rules, facts, &before, until);
            prop_assert_ne!(then.stage, now.stage);
            prop_assert!(!then.members_see, "{until}: {then:?}");
        }
    }

    /// RET-2: a further report never shortens the circulation of an adult.
    #[test]
    fn ret_2_a_further_report_never_shortens((name, mut facts, mut events) in case(), ahead in 0..400_i32) {
        facts.born = None;
        facts.apparent_age = AgeBand::Adult;
        events.retain(|event| !matches!(event.what, What::BornKnown { .. } | What::ReportRemoved { .. }));
        let rules = policy(name);
        let day = on(ahead);
        events.retain(|event| event.on <= day);
        let without = state(&rules, facts, &events, day);
        let report = What::Report { id: None, incident: None, occurred: day, images: 0 };
        events.push(Event { on: day, what: report });
        let with = state(&rules, facts, &events, day);
        prop_assert_eq!(with.stage, Stage::Circulating);
        if without.stage == Stage::Circulating {
            prop_assert!(with.until >= without.until);
            prop_assert!(with.deletion >= without.deletion);
        }
    }

    /// What happens later never changes what was answered for an earlier day, and days asked together are
    /// answered as if asked one by one.
    #[test]
    fn later_events_change_nothing_earlier((name, facts, events) in case()) {
        let days = days(name, facts, &events);
        let together = answers(name, &as_json(facts, &events, &days));
        prop_assert_eq!(&together, &answers(name, &as_json(facts, &events, &days)));
        for (place, day) in days.iter().enumerate() {
            let before: Vec<_> = events.iter().filter(|event| event.on <= *day).copied().collect();
            let alone = answers(name, &as_json(facts, &before, &[*day]));
            prop_assert_eq!(&together["days"][place], &alone["days"][0], "{}", day);
        }
    }

    /// The live system and the simulator answer alike, and the changes tell the stage of every day.
    #[test]
    fn changes_tell_the_stage_of_every_day((name, facts, events) in case()) {
        let rules = policy(name);
        let changes = changes(&rules, facts, &events);
        prop_assert!(changes.iter().is_sorted_by_key(|change| change.on));
        prop_assert!(changes.windows(2).all(|pair| pair[0].stage != pair[1].stage));
        for day in days(name, facts, &events) {
            let stage = changes.iter().rev().find(|change| change.on <= day).map_or(Stage::None, |change| change.stage);
            let now = state(&rules, facts, &events, day);
            prop_assert_eq!(now.stage, stage, "{}", day);
            let line = timeline(&rules, facts, &events, day);
            prop_assert_eq!(&line.now, &now);
            prop_assert_eq!(line.past.last().map_or(Stage::None, |change| change.stage), stage);
            prop_assert_eq!(line.planned.first().map(|change| change.on), now.until, "{}", day);
        }
    }

    /// In whatever order the days' events are given, they are taken by day.
    #[test]
    fn the_order_of_days_does_not_matter((name, facts, events) in case()) {
        let days = days(name, facts, &events);
        let mut turned = events.clone();
        turned.sort_by_key(|event| std::cmp::Reverse(event.on));
        prop_assert_eq!(answers(name, &as_json(facts, &events, &days)), answers(name, &as_json(facts, &turned, &days)));
    }

    /// Foreign text is answered or refused, with JSON either way, and never a panic.
    #[test]
    fn any_text_is_answered(
        (name, facts, events) in case(),
        cut in 0..2000_usize,
        put in "[\\PC\u{0}]{0,3}|\"[a-z]{0,3}\"|9999-12-31|null|-1e99|\\{|\\[|,",
    ) {
        let text = as_json(facts, &events, &[on(3)]);
        let at = (0..=cut % (text.len() + 1)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let (before, after) = text.split_at(at);
        for text in [format!("{before}{put}{after}"), format!("{before}{put}"), put.clone()] {
            let mut out = String::new();
            simulate_line(&policy(name), &text, &mut out);
            prop_assert!(serde_json::from_str::<Value>(&out).is_ok(), "{out}");
            prop_assert!(!out.contains('\n'));
        }
    }
}

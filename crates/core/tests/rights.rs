//! The clocks of requests and breaches against cases that were worked out by hand (SAR-1, SAR-6 to SAR-9, BRE-2).
use fairwatch_core::{
    policy::{period::Length, scheme::Nation},
    rights::{Asked, Course, Right, Statute, acknowledge_by, breach_by, holidays},
    world::london,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};

const CASES: &str = include_str!("rights/cases.txt");
const PROMISE: Length = Length::Days(30);

fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|_| panic!("no day: {text}"))
}

fn asked(text: &str) -> Asked {
    match text.split_once("..") {
        Some((on, came)) => Asked { on: day(on), came_on: Some(day(came)) },
        None => Asked { on: day(text), came_on: None },
    }
}

fn course(nation: &str, received: &str, history: &str) -> Course {
    let nation = match nation {
        "E" => Nation::EnglandAndWales,
        "S" => Nation::Scotland,
        "N" => Nation::NorthernIreland,
        other => panic!("no nation: {other}"),
    };
    let mut course = Course {
        right: Right::Access,
        nation,
        received_on: day(received),
        promise: PROMISE,
        identity: None,
        clarifications: Vec::new(),
        extended_on: None,
    };
    for event in history.split(", ").filter(|event| *event != "-") {
        match event.split_once(' ') {
            Some(("id", days)) => course.identity = Some(asked(days)),
            Some(("ask", days)) => course.clarifications.push(asked(days)),
            Some(("ext", told)) => course.extended_on = Some(day(told)),
            _ => course.right = event.parse().unwrap_or_else(|_| panic!("no such event: {event}")),
        }
    }
    course
}

fn told(statute: Statute) -> String {
    match statute {
        Statute::Runs(last) => format!("{}{}", last.day, if last.beyond { "?" } else { "" }),
        Statute::NotBegun(since) => format!("not-begun {since}"),
        Statute::Paused(since) => format!("paused {since}"),
    }
}

#[test]
fn sar_1_the_clocks_are_those_that_were_worked_out_by_hand() {
    let (mut cases, mut wrong) = (0, Vec::new());
    for line in CASES.lines().filter(|line| line.chars().nth(1) == Some(' ') && !line.starts_with('#')) {
        let cells = line.split(" | ").collect::<Vec<_>>();
        let [nation, received, history, statute, due, why] = cells[..] else { panic!("cells: {line}") };
        assert!(!why.is_empty());
        cases += 1;
        let clocks = course(nation, received, history).clocks();
        let found = (told(clocks.statute), clocks.due.to_string());
        if found != (statute.to_owned(), due.to_owned()) {
            wrong.push(format!("{line}\n    found {found:?}"));
        }
    }
    assert!(cases >= 200, "{cases} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sar_8_a_complaint_is_acknowledged_within_thirty_days_the_first_of_which_is_that_of_receipt() {
    let lines = CASES.lines().filter_map(|line| line.strip_prefix("complaint | "));
    let mut cases = 0;
    for line in lines {
        let cells = line.split(" | ").collect::<Vec<_>>();
        let [received, by, _] = cells[..] else { panic!("cells: {line}") };
        assert_eq!(acknowledge_by(day(received), PROMISE), day(by), "{line}");
        // No policy can take longer than the law lets it; it may promise to be quicker.
        assert_eq!(acknowledge_by(day(received), Length::Days(60)), day(by), "{line}");
        assert!(acknowledge_by(day(received), Length::Days(7)) < day(by));
        cases += 1;
    }
    assert_eq!(cases, 8);
}

/// SAR-1: what holds whatever happened: both clocks end after receipt, the due day is the earlier one, no last day is a
/// weekend, more waiting never shortens the month, and the promise never moves.
#[test]
fn sar_1_what_holds_of_every_course() {
    let nations = ["E", "S", "N"];
    let mut received = day("2024-01-01");
    let mut seed = 7_u32;
    let mut random = |below: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        i64::from((seed >> 8) % below)
    };
    while received <= day("2028-09-30") {
        for nation in nations {
            let mut course = course(nation, &received.to_string(), "-");
            let plain = course.clocks();
            assert_eq!(plain.due, plain.promise.min(plain.statute.last_day().unwrap().day));
            let on = received + random(28).days();
            course.clarifications.push(Asked { on, came_on: Some(on + random(20).days()) });
            let paused = course.clocks();
            let (before, after) = (plain.statute.last_day().unwrap(), paused.statute.last_day().unwrap());
            assert!(
                after.counted >= before.counted
                    && after.counted == before.counted + paused.paused_days.days()
            );
            assert!(
                after.day >= after.counted && after.day <= after.counted + 5.days(),
                "{nation} {received}"
            );
            assert!(holidays::is_working_day(course.nation, after.day));
            assert_eq!((paused.promise, paused.extend_by), (plain.promise, Some(after.day)));
            assert!(course.may_extend(after.day) && !course.may_extend(after.day + 1.day()));
            course.extended_on = Some(after.day);
            let longer = course.clocks();
            assert!(longer.extended && longer.extend_by.is_none());
            assert!(longer.statute.last_day().unwrap().counted >= after.counted + 59.days());
        }
        received += 3.days();
    }
}

/// BRE-2: 72 hours that pass, across weekends and both changes of the clocks.
#[test]
fn bre_2_seventy_two_hours_are_hours() {
    let by = |aware: &str, hours: u32| {
        let aware: Timestamp = aware.parse().expect("an instant");
        let end = breach_by(aware, Length::Hours(hours));
        london().to_datetime(end).strftime("%a %-d %b %Y %H:%M").to_string()
    };
    for (aware, end) in [
        // A Friday in winter, a Thursday in summer.
        ("2026-11-20T09:00:00Z", "Mon 23 Nov 2026 09:00"),
        ("2026-07-02T08:30:00Z", "Sun 5 Jul 2026 09:30"),
        // The clocks go forward on 29 March 2026, and back on 25 October.
        ("2026-03-27T12:00:00Z", "Mon 30 Mar 2026 13:00"),
        ("2026-10-23T11:00:00Z", "Mon 26 Oct 2026 11:00"),
        // Over Christmas, and across a leap day.
        ("2026-12-24T16:00:00Z", "Sun 27 Dec 2026 16:00"),
        ("2028-02-27T00:00:00Z", "Wed 1 Mar 2028 00:00"),
    ] {
        assert_eq!(by(aware, 72), end, "{aware}");
        assert_eq!(by(aware, 100), end, "no policy can take longer");
    }
    assert_eq!(by("2026-11-20T09:00:00Z", 24), "Sat 21 Nov 2026 09:00");
    assert_eq!(by("2026-11-20T09:00:00Z", 0), "Fri 20 Nov 2026 09:00");
}

//! Holds, removal, erasure and restriction, police items, late approvals, refusals, and the words.
#[path = "cases/policies.rs"]
mod policies;
#[path = "cases/story.rs"]
mod story;

use fairwatch_core::clocks::{
    Event, Facts, Outcome, Refused,
    Rule::{Cap, First, Hold, LegalHold, Repeat, SingleReport},
    Segment,
    Stage::{Circulating, Deleted, Frozen, Held},
    What, state, timeline,
};
use policies::policy;
use story::{day, story};

/// RET-11: where deletion falls due while a hold is open the subject is frozen, and deleted on the day on
/// which the last hold ends, with the record that was due.
#[test]
fn ret_11_holds() {
    let hold = |id, ends: Option<&str>| What::Hold { id, ends: ends.map(day) };
    let s = story("dtac");
    s.report("2025-03-14", "r1");
    s.and("2025-04-01", hold("h1", Some("2026-06-01"))).and("2025-04-01", hold("h2", None));
    s.is("2026-03-13", Circulating, "2026-03-14", First).stage("2026-03-14", Frozen);
    let frozen = s.on("2026-03-14");
    assert_eq!((frozen.until, frozen.rule, frozen.frozen, frozen.incidents), (None, None, true, 0));
    assert!(!frozen.members_see && !frozen.stub);
    s.and("2026-04-01", What::HoldEnded { id: "h2" }).is("2026-04-01", Frozen, "2026-06-01", LegalHold);
    s.stage("2026-05-31", Frozen).stage("2026-06-01", Deleted);
    assert!(s.on("2026-06-01").stub && s.on("2028-05-31").stub && !s.on("2028-06-01").stub);
    // A report on a frozen subject starts a new subject, on which the old holds have no hold.
    s.report("2026-05-01", "r2").is("2026-05-01", Circulating, "2027-05-01", First);
    assert!(s.on("2026-05-01").frozen);
    assert!(!s.on("2026-06-01").frozen && s.on("2026-06-01").stub);
    s.stage("2027-05-01", Deleted);
    // The day on which a hold ends is the first on which it no longer counts.
    let s = story("dtac");
    s.report("2025-03-14", "r1").and("2025-04-01", hold("h1", Some("2026-03-14")));
    s.stage("2026-03-14", Deleted);
    s.refuses("2026-03-14", What::HoldEnded { id: "h1" }, Refused::NoHold);
}

/// RET-11: holds do not delay withdrawal.
#[test]
fn ret_11_holds_do_not_delay_withdrawal() {
    let s = story("tm");
    s.report("2025-03-14", "r1").and("2025-04-01", What::Hold { id: "h1", ends: None });
    s.goes(&[("2025-03-14", Circulating), ("2026-03-14", Held), ("2027-03-14", Frozen)]);
}

/// RET-16: erased at once and without a record, or frozen; restricted, the clocks run on.
#[test]
fn ret_16_erased_and_restricted() {
    let s = story("dtac");
    s.report("2025-03-14", "r1").and("2025-04-01", What::Restricted);
    assert!(!s.on("2025-04-01").members_see && s.on("2025-04-01").restricted);
    s.is("2025-04-01", Circulating, "2026-03-14", First);
    s.refuses("2025-04-02", What::Restricted, Refused::AlreadyRestricted);
    s.and("2025-05-01", What::RestrictionEnded);
    assert!(s.on("2025-05-01").members_see);
    s.and("2025-06-01", What::Erased).stage("2025-06-01", Deleted);
    assert!(!s.on("2025-06-01").stub);
    // A new subject is not restricted.
    let s = story("dtac");
    s.report("2025-03-14", "r1").and("2025-04-01", What::Restricted).and("2025-04-01", What::Erased);
    s.report("2025-04-02", "r2");
    assert!(s.on("2025-04-02").members_see);
    let s = story("dtac");
    s.report("2025-03-14", "r1").and("2025-04-01", What::Hold { id: "h1", ends: None });
    s.and("2025-06-01", What::Erased).stage("2025-06-01", Frozen);
    s.and("2025-07-01", What::HoldEnded { id: "h1" }).stage("2025-07-01", Deleted);
    assert!(!s.on("2025-07-01").stub);
}

/// RET-16: a report removed counts as if it had never been made.
#[test]
fn ret_16_report_removed() {
    let removed = |id| What::ReportRemoved { id };
    // Back to the first report's year.
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").and("2025-12-01", removed("r2"));
    s.is("2025-12-01", Circulating, "2026-03-14", First);
    // What is due is due at once: held since the day on which the year ended.
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").and("2026-05-01", removed("r2"));
    s.is("2026-05-01", Held, "2027-03-14", Hold);
    // What is left would have been deleted: erased.
    let s = story("dtac");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").and("2026-05-01", removed("r2"));
    s.stage("2026-05-01", Deleted);
    assert!(!s.on("2026-05-01").stub);
    // Nothing is left.
    let s = story("cs");
    s.report("2025-03-14", "r1").and("2025-04-01", removed("r1")).stage("2025-04-01", Deleted);
    s.refuses("2025-04-01", removed("r1"), Refused::NoSuchReport);
    // Its id stays taken.
    let again = What::Report { id: Some("r1"), incident: None, occurred: day("2025-05-01"), images: 0 };
    s.refuses("2025-05-01", again, Refused::ReportRepeated);
    // Removing the first of two moves the first year to the second.
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").and("2025-12-01", removed("r1"));
    s.is("2025-12-01", Circulating, "2026-11-02", First);
}

/// RET-16: an exclusion that the subject could not have had is void, and one that replaced extends.
#[test]
fn ret_16_exclusions_after_removal() {
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").excluded("2026-05-01", "2026-09-01");
    s.and("2026-06-01", What::ReportRemoved { id: "r2" }).is("2026-06-01", Held, "2027-03-14", Hold);
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").excluded("2025-12-01", "2026-01-01");
    s.and("2025-12-15", What::ReportRemoved { id: "r2" });
    s.is("2025-12-15", Circulating, "2026-03-14", First);
}

/// RET-16: where what remains would have come after a deletion, the subject is the later one, with the holds
/// and the restriction.
#[test]
fn ret_16_the_later_subject() {
    let s = story("dtac");
    s.report("2024-01-10", "r1").report("2024-12-01", "r2").report("2025-11-01", "r3");
    s.and("2025-11-02", What::Restricted).and("2025-11-02", What::Hold { id: "h1", ends: None });
    s.and("2025-11-10", What::ReportRemoved { id: "r2" });
    s.is("2025-11-10", Circulating, "2026-11-01", First);
    let state = s.on("2025-11-10");
    assert!(state.restricted && !state.frozen && !state.stub);
    assert_eq!((state.incidents, state.images), (1, 1));
    s.refuses("2025-11-10", What::ReportRemoved { id: "r1" }, Refused::NoSuchReport);
    s.stage("2026-11-01", Frozen);
}

/// RET-16, RET-11: what would be frozen by now is frozen, with the record that was due; what a hold came too
/// late for is erased, and frozen for that hold without a record.
#[test]
fn ret_16_removal_and_holds() {
    let hold = What::Hold { id: "h1", ends: Some(day("2027-01-01")) };
    for (held_on, stub) in [("2025-06-01", true), ("2026-04-01", false)] {
        let s = story("dtac");
        s.report("2025-03-14", "r1");
        if held_on < "2025-11-02" {
            s.and(held_on, hold).report("2025-11-02", "r2");
        } else {
            s.report("2025-11-02", "r2").and(held_on, hold);
        }
        s.and("2026-05-01", What::ReportRemoved { id: "r2" });
        s.is("2026-05-01", Frozen, "2027-01-01", LegalHold);
        assert_eq!(s.on("2027-01-01").stub, stub, "held on {held_on}");
    }
}

/// A report approved late is entered on its day of submission; the whole ledger gives the same answer as if
/// it had been there, and events that no longer fit are passed over (RET-16).
#[test]
fn reports_approved_late() {
    let rules = policy("tm");
    let report = |on: &str, id| Event {
        on: day(on),
        what: What::Report { id: Some(id), incident: None, occurred: day(on), images: 0 },
    };
    let mut ledger = vec![report("2025-03-14", "CS-1"), report("2026-04-01", "CS-3")];
    let before = state(&rules, Facts::default(), &ledger, day("2026-04-10"));
    assert_eq!((before.until, before.rule), (Some(day("2027-04-01")), Some(First)));
    ledger.push(report("2026-03-10", "CS-2"));
    let after = state(&rules, Facts::default(), &ledger, day("2026-04-10"));
    assert_eq!((after.until, after.rule), (Some(day("2027-04-01")), Some(Repeat)));

    let restrict = Event { on: day("2024-01-01"), what: What::Restricted };
    ledger.push(restrict);
    let line = timeline(&rules, Facts::default(), &ledger, day("2026-04-10"));
    assert_eq!(line.passed_over.len(), 1);
    assert_eq!((line.passed_over[0].event, line.passed_over[0].refused), (3, Refused::NoSubject));
    assert_eq!(line.deleted_on(), Some(day("2028-04-01")));
    let segments: Vec<_> = line.segments.iter().map(|s| (s.stage, s.is_planned)).collect();
    assert_eq!(segments, [(Circulating, false), (Held, true), (Deleted, true)]);
    assert_eq!(
        line.segments[1],
        Segment { from: day("2027-04-01"), to: Some(day("2028-04-01")), stage: Held, is_planned: true }
    );
}

/// DIS-12: a police item is reviewed after 60 days; while an exclusion is in force after 120 at the latest.
#[test]
fn dis_12_police_items() {
    let item = |id| What::PoliceItem { id };
    let review = |id, outcome| What::PoliceReview { id, outcome };
    let s = story("tm");
    s.and("2026-01-01", item("b")).and("2026-01-02", item("a"));
    assert_eq!(s.on("2026-01-02").police_items, ["a", "b"]);
    assert_eq!(s.on("2026-03-01").police_items, ["a", "b"]);
    assert_eq!(s.on("2026-03-02").police_items, ["a"], "60 days after 1 January");
    s.and("2026-04-01", review("b", Outcome::Keep));
    assert_eq!(s.on("2026-04-01").police_items, ["b"]);
    s.and("2026-04-02", review("b", Outcome::Withdraw));
    assert!(s.on("2026-04-02").police_items.is_empty());
    s.refuses("2026-04-03", review("b", Outcome::Keep), Refused::NoPoliceItem);
    s.refuses("2026-04-03", item("b"), Refused::PoliceItemRepeated);

    // Until the exclusion ends, but no longer than 120 days.
    for (ends, due) in
        [("2026-03-02", "2026-03-02"), ("2026-03-20", "2026-03-20"), ("2027-01-01", "2026-05-01")]
    {
        let s = story("tm");
        s.report("2025-12-01", "r1").and("2026-01-01", item("a")).excluded("2026-02-01", ends);
        let eve = day(due).yesterday().expect("a day before");
        assert_eq!(s.on(&eve.to_string()).police_items, ["a"], "{ends}");
        assert!(s.on(due).police_items.is_empty(), "{ends}");
    }
    // Made on the due day is too late; lifted on a day still counts for that day.
    let s = story("tm");
    s.report("2025-12-01", "r1").and("2026-01-01", item("a")).excluded("2026-03-02", "2026-06-01");
    assert!(s.on("2026-03-02").police_items.is_empty());
    let s = story("tm");
    s.report("2025-12-01", "r1").and("2026-01-01", item("a")).excluded("2026-03-01", "2026-06-01");
    s.and("2026-03-10", What::ExclusionLifted);
    assert_eq!(s.on("2026-03-10").police_items, ["a"]);
    assert!(s.on("2026-03-11").police_items.is_empty());
}

/// DIS-12: deletion as a day begins ends the exclusion for that day, an erasure for the next; a void exclusion
/// counts for nothing; what is closed stays closed.
#[test]
fn dis_12_and_the_end_of_a_subject() {
    let item = |id| What::PoliceItem { id };
    let s = story("dtac").unidentified();
    s.report("2025-01-01", "r1").excluded("2025-02-01", "2027-01-01").and("2025-10-20", item("a"));
    assert_eq!(s.on("2025-12-31").police_items, ["a"]);
    s.stage("2026-01-01", Deleted);
    assert!(s.on("2026-01-01").police_items.is_empty());

    let s = story("dtac");
    s.report("2025-01-01", "r1").excluded("2025-02-01", "2027-01-01").and("2025-10-20", item("a"));
    s.and("2025-12-31", What::Erased);
    assert_eq!(s.on("2025-12-31").police_items, ["a"]);
    assert!(s.on("2026-01-01").police_items.is_empty());

    let s = story("dtac");
    s.report("2025-01-01", "r1").excluded("2025-02-01", "2027-01-01").and("2025-10-20", item("a"));
    s.and("2025-12-31", What::ReportRemoved { id: "r1" });
    assert!(s.on("2025-12-31").police_items.is_empty());
}

/// What a simulator must refuse, the live system asks about before it records.
#[test]
fn refusals() {
    let s = story("tm");
    s.refuses("2025-01-01", What::Erased, Refused::NoSubject);
    s.refuses("2025-01-01", What::Hold { id: "h", ends: None }, Refused::NoSubject);
    s.refuses("2025-01-01", What::RestrictionEnded, Refused::NotRestricted);
    s.refuses("2025-01-01", What::Identified, Refused::AlreadyIdentified);
    s.refuses("2025-01-01", What::BornKnown { born: day("2025-01-02") }, Refused::BirthInFuture);
    let late = What::Report { id: None, incident: None, occurred: day("2025-01-02"), images: 0 };
    s.refuses("2025-01-01", late, Refused::OccurredAfterReport);
    s.report("2025-01-01", "r1").and("2025-01-01", What::Hold { id: "h", ends: None });
    s.refuses("2025-01-02", What::Hold { id: "h", ends: None }, Refused::HoldRepeated);
    let empty = What::Hold { id: "g", ends: Some(day("2025-01-02")) };
    s.refuses("2025-01-02", empty, Refused::HoldEndsTooSoon);
    s.and("2025-01-02", What::BornKnown { born: day("1990-01-01") });
    s.refuses("2025-01-03", What::BornKnown { born: day("1990-01-01") }, Refused::BirthAlreadyKnown);
}

/// RET-12: why, in words that a person can read.
#[test]
fn ret_12_words() {
    let s = story("cs");
    s.report("2026-03-14", "CS-2044").report("2026-11-02", "CS-2231");
    assert_eq!(
        s.on("2026-11-02").because,
        "Reported on 2 November 2026 (CS-2231) while a report of 14 March 2026 (CS-2044) was still circulating. \
         A further report keeps a person in the gallery for 24 months, until 2 November 2028. Then held for the \
         controller alone until 2 November 2029, when everything is deleted."
    );
    assert_eq!(
        s.on("2028-11-02").because,
        "Withdrawn from members on 2 November 2028, after the further report of 2 November 2026 (CS-2231). Held \
         for the controller alone until 2 November 2029, when everything is deleted."
    );
    let s = story("dtac");
    s.report("2026-03-14", "D-1");
    assert_eq!(
        s.on("2026-03-14").because,
        "Reported on 14 March 2026 (D-1). A first report keeps a person in the gallery for 12 months, until 14 \
         March 2027. Everything is deleted on that day, 12 months after the only report, of 14 March 2026 (D-1). A \
         record that this person was held is kept for 24 months after that."
    );
    s.excluded("2026-04-01", "2027-09-01");
    assert_eq!(
        s.on("2026-04-01").because,
        "Reported on 14 March 2026 (D-1), and excluded on 1 April 2026 until 1 September 2027. An exclusion keeps a \
         person in the gallery for as long as it lasts where, as here, the reports give less (until 14 March 2027). \
         Everything is deleted on that day, as the exclusion outlasts the 12 months after the only report, of 14 \
         March 2026 (D-1). A record that this person was held is kept for 24 months after that."
    );
    assert_eq!(
        story("dtac").born("2013-01-01").report("2026-03-14", "D-1").on("2026-03-14").because,
        "Reported on 14 March 2026 (D-1). A person under 14 circulates only with a recorded public interest and the \
         agreement of police and board, and is seen by the controller alone until then. Still missing: the public \
         interest, the agreement of the police, the agreement of the board. Unless that is complete before 11 April \
         2026, everything is deleted on that day and no record is kept."
    );
    assert_eq!(
        story("cs").born("2013-01-01").report("2026-03-14", "D-1").on("2026-03-14").because,
        "The report of 14 March 2026 (D-1) was refused: on that day the person was under 14, the least age at which \
         anybody is held. Nothing is stored but that fact."
    );
}

/// A single report and a cap name themselves where they bring deletion forward.
#[test]
fn deletion_brought_forward() {
    let mut rules = policy("dtac");
    rules.known.single_report_delete = Some(6);
    let report = |on: &str| Event {
        on: day(on),
        what: What::Report { id: None, incident: None, occurred: day(on), images: 0 },
    };
    let one = state(&rules, Facts::default(), &[report("2025-03-14")], day("2025-03-14"));
    assert_eq!((one.until, one.rule), (Some(day("2025-09-14")), Some(SingleReport)));
    rules.known.cap = Some(9);
    let two = [report("2025-03-14"), report("2025-03-15")];
    let two = state(&rules, Facts::default(), &two, day("2025-03-15"));
    assert_eq!((two.until, two.rule), (Some(day("2025-12-15")), Some(Cap)));
}

//! Circulation, exclusion, holding, deletion and age: each numbered rule of the retention specification, its
//! footnotes, and the documents' own cases, on the days on which they turn.
#[path = "cases/policies.rs"]
mod policies;
#[path = "cases/story.rs"]
mod story;

use fairwatch_core::clocks::{
    AgeBand, Agreeing, Facts, Refused,
    Rule::{self, Cap, First, Hold, Repeat},
    Scope,
    Stage::{self, Circulating, Deleted, Held, Pending},
    What, image_ends, incident_ends,
};
use policies::policy;
use story::{day, story};

/// RET-1, RET-4, RET-8: a first report circulates for 12 months, is held for 12, then deleted, each from the
/// day on which the period ends.
#[test]
fn ret_1_and_4_first_report() {
    for name in ["cs", "tm"] {
        let s = story(name);
        s.report("2025-03-14", "r1")
            .stage("2025-03-13", Stage::None)
            .is("2025-03-14", Circulating, "2026-03-14", First)
            .is("2026-03-13", Circulating, "2026-03-14", First)
            .is("2026-03-14", Held, "2027-03-14", Hold)
            .is("2027-03-13", Held, "2027-03-14", Hold)
            .stage("2027-03-14", Deleted)
            .goes(&[("2025-03-14", Circulating), ("2026-03-14", Held), ("2027-03-14", Deleted)]);
        assert!(s.on("2026-03-13").members_see);
        assert!(!s.on("2026-03-14").members_see);
        assert_eq!(s.on("2027-03-14").until, None);
        assert!(!s.on("2027-03-14").stub);
    }
}

/// RET-8: month ends and leap days; each period counts from the day that its rule names.
#[test]
fn ret_8_month_ends_and_leap_days() {
    story("tm").report("2024-02-29", "r1").goes(&[
        ("2024-02-29", Circulating),
        ("2025-02-28", Held),
        ("2026-02-28", Deleted),
    ]);
    story("tm").report("2023-02-28", "r1").goes(&[
        ("2023-02-28", Circulating),
        ("2024-02-28", Held),
        ("2025-02-28", Deleted),
    ]);
    // The 24 months of a further report on 29 February end on 28 February two years on.
    story("cs").report("2024-01-31", "r1").report("2024-02-29", "r2").is(
        "2024-03-01",
        Circulating,
        "2026-02-28",
        Repeat,
    );
}

/// RET-2: a further report while circulating gives 24 months at CS and 12 elsewhere, from its own day.
#[test]
fn ret_2_further_report() {
    for (name, until) in [("cs", "2027-11-02"), ("tm", "2026-11-02"), ("dtac", "2026-11-02")] {
        story(name).report("2025-03-14", "r1").report("2025-11-02", "r2").is(
            "2025-11-02",
            Circulating,
            until,
            Repeat,
        );
    }
    // On the day on which circulation ends it is over: the report starts a new run.
    story("cs").report("2025-03-14", "r1").report("2026-03-14", "r2").is(
        "2026-03-14",
        Circulating,
        "2027-03-14",
        First,
    );
    story("cs").report("2025-03-14", "r1").report("2026-03-13", "r2").is(
        "2026-03-13",
        Circulating,
        "2028-03-13",
        Repeat,
    );
}

/// Of two reports that give the same day the earlier one set it.
#[test]
fn a_rule_sets_the_end_only_where_it_moves_it() {
    story("tm").report("2025-03-14", "r1").report("2025-03-14", "r2").is(
        "2025-03-14",
        Circulating,
        "2026-03-14",
        First,
    );
    let s = story("tm");
    s.report("2025-03-14", "r1").excluded("2025-04-01", "2026-03-14");
    s.is("2025-04-01", Circulating, "2026-03-14", First);
}

/// Reports of one incident count once, as the first of them, over all runs of a subject; their images count.
#[test]
fn one_incident_counts_once() {
    let s = story("cs");
    s.report_of("2025-03-14", "r1", "i1").report_of("2025-06-01", "r2", "i1");
    s.is("2025-06-01", Circulating, "2026-03-14", First);
    assert_eq!((s.on("2025-06-01").incidents, s.on("2025-06-01").images), (1, 2));
    // While held it starts no run.
    s.report_of("2026-06-01", "r3", "i1").is("2026-06-01", Held, "2027-03-14", Hold);
    // After deletion it is the first of a new subject.
    s.report_of("2027-06-01", "r4", "i1").is("2027-06-01", Circulating, "2028-06-01", First);
    assert_eq!(s.on("2027-06-01").images, 1);
    // When the first goes, the next one counts.
    let s = story("cs");
    s.report_of("2025-03-14", "r1", "i1").report_of("2025-06-01", "r2", "i1");
    s.and("2025-07-01", What::ReportRemoved { id: "r1" });
    s.is("2025-07-01", Circulating, "2026-06-01", First);
}

/// RET-3: at TM and for DTAC's known persons an exclusion keeps a subject for as long as it lasts, where that
/// is longer.
#[test]
fn ret_3_exclusion_extends() {
    for name in ["tm", "dtac"] {
        let s = story(name);
        s.report("2025-03-14", "r1").report("2025-03-20", "r2").excluded("2025-04-01", "2026-09-01");
        s.is("2025-04-01", Circulating, "2026-09-01", Rule::Exclusion);
        // A shorter one takes its place, effect included.
        s.excluded("2025-05-01", "2025-06-01").is("2025-05-01", Circulating, "2026-03-20", Repeat);
    }
}

/// RET-3, footnote 4: at CS a scheme-wide exclusion after a further report sets the end; any other extends.
#[test]
fn ret_3_exclusion_replaces() {
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2");
    s.excluded("2025-12-01", "2026-06-01").is("2025-12-01", Circulating, "2026-06-01", Rule::Exclusion);
    // A report made after it counts, also later on the same day.
    s.report("2025-12-01", "r3").is("2025-12-01", Circulating, "2027-12-01", Repeat);

    let s = story("cs");
    s.report("2025-03-14", "r1").excluded("2025-04-01", "2025-06-01");
    s.is("2025-04-01", Circulating, "2026-03-14", First);
    // Made before the further report, it goes on extending.
    s.report("2025-05-01", "r2").is("2025-05-01", Circulating, "2027-05-01", Repeat);

    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2");
    s.and("2025-12-01", What::Exclusion { ends: day("2026-06-01"), scope: Scope::Some });
    s.is("2025-12-01", Circulating, "2027-11-02", Repeat);
}

/// RET-3: lifted, an exclusion leaves what all reports give, but not before that day.
#[test]
fn ret_3_exclusion_lifted() {
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-11-02", "r2").excluded("2025-12-01", "2026-06-01");
    s.and("2026-02-01", What::ExclusionLifted).is("2026-02-01", Circulating, "2027-11-02", Repeat);
    s.refuses("2026-02-02", What::ExclusionLifted, Refused::NoExclusion);

    let s = story("tm");
    s.report("2025-03-14", "r1").excluded("2025-04-01", "2027-04-01");
    s.and("2026-08-01", What::ExclusionLifted).is("2026-08-01", Held, "2027-08-01", Hold);
    s.goes(&[("2025-03-14", Circulating), ("2026-08-01", Held), ("2027-08-01", Deleted)]);
}

/// RET-3: what may be excluded, and until when it is in force.
#[test]
fn ret_3_exclusion_refused() {
    let exclusion = |ends| What::Exclusion { ends: day(ends), scope: Scope::Scheme };
    let s = story("tm");
    s.refuses("2025-03-01", exclusion("2026-01-01"), Refused::NotCirculating);
    s.report("2025-03-14", "r1");
    s.refuses("2025-03-14", exclusion("2025-03-14"), Refused::ExclusionEndsTooSoon);
    s.excluded("2025-03-14", "2025-03-15");
    s.refuses("2025-03-15", What::ExclusionLifted, Refused::NoExclusion);
    s.refuses("2026-03-14", exclusion("2027-01-01"), Refused::NotCirculating);
}

/// RET-3, footnote 5: an exclusion never outlives the year of children and unknown persons; once the person
/// is named it works.
#[test]
fn ret_3_exclusion_of_unknown_persons() {
    let s = story("dtac").unidentified();
    s.report("2025-03-14", "r1").excluded("2025-04-01", "2027-04-01");
    s.is("2025-04-01", Circulating, "2026-03-14", First).stage("2026-03-14", Deleted);
    s.and("2025-05-01", What::Identified);
    s.is("2025-05-01", Circulating, "2027-04-01", Rule::Exclusion);
}

/// RET-5: a report while held starts a fresh first circulation of the same subject.
#[test]
fn ret_5_report_while_held() {
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2025-03-15", "r2").report("2027-06-01", "r3");
    s.is("2027-06-01", Circulating, "2028-06-01", First);
    assert_eq!(s.on("2027-06-01").incidents, 3);
}

/// RET-6, footnote 2: at DTAC whoever comes to notice once only is deleted after 12 months, with a record.
#[test]
fn ret_6_one_report_only() {
    let s = story("dtac");
    s.report("2025-03-14", "r1").is("2025-03-14", Circulating, "2026-03-14", First);
    s.goes(&[("2025-03-14", Circulating), ("2026-03-14", Deleted)]);
    let state = s.on("2025-03-14");
    assert_eq!((state.deletion, state.stub_due), (Some(day("2026-03-14")), true));
    // Two reports: held for the further year.
    s.report("2025-05-01", "r2");
    s.goes(&[("2025-03-14", Circulating), ("2026-05-01", Held), ("2027-05-01", Deleted)]);
    // An exclusion of the run holds the deletion back.
    let s = story("dtac");
    s.report("2025-03-14", "r1").excluded("2025-04-01", "2026-09-01");
    s.goes(&[("2025-03-14", Circulating), ("2026-09-01", Deleted)]);
}

/// RET-6, footnote 3: data over two years old is deleted even if a subject is active.
#[test]
fn ret_6_cap() {
    let s = story("dtac");
    s.report("2025-03-14", "r1").report("2025-04-14", "r2").excluded("2025-05-01", "2026-12-01");
    s.is("2025-05-01", Circulating, "2026-12-01", Rule::Exclusion);
    s.is("2026-12-01", Held, "2027-04-14", Cap).stage("2027-04-14", Deleted);
    // Not before the exclusion ends.
    let s = story("dtac");
    s.report("2025-03-14", "r1").report("2025-04-14", "r2").excluded("2025-05-01", "2028-01-01");
    s.goes(&[("2025-03-14", Circulating), ("2028-01-01", Deleted)]);
}

/// RET-6: unknown persons and children are deleted as circulation ends, without the year of holding; a record
/// is kept of identified persons alone (RET-7, footnote 6).
#[test]
fn ret_6_and_7_unknown_and_children() {
    let unknown = story("dtac").unidentified();
    unknown.report("2025-03-14", "r1").report("2025-04-14", "r2").stage("2026-04-13", Circulating);
    unknown.stage("2026-04-14", Deleted);
    assert!(!unknown.on("2026-04-14").stub);

    for (identified, stub) in [(true, true), (false, false)] {
        let mut child = story("dtac").born("2009-01-01");
        child.facts.identified = identified;
        child.report("2025-03-14", "r1").report("2025-04-14", "r2").stage("2026-04-14", Deleted);
        assert_eq!(child.on("2026-04-13").stub_due, stub);
        assert_eq!(child.on("2026-04-14").stub, stub);
        assert_eq!(child.on("2028-04-13").stub, stub);
        assert!(!child.on("2028-04-14").stub, "the record ends after 24 months");
    }
}

/// RET-6: an incident goes two years after it happened, an unidentified person's image a year after its
/// report; images go with their incident.
#[test]
fn ret_6_incidents_and_images() {
    let s = story("dtac").unidentified();
    let report = |id, occurred, images| What::Report { id: Some(id), incident: None, occurred, images };
    s.and("2025-03-14", report("r1", day("2024-01-10"), 2));
    s.and("2025-10-01", report("r2", day("2025-10-01"), 3));
    let in_use = |on| (s.on(on).incidents, s.on(on).images);
    assert_eq!(in_use("2026-01-09"), (2, 5));
    assert_eq!(in_use("2026-01-10"), (1, 3));
    // Identified as that day begins or later is too late; the day before is not.
    let first = story("dtac").unidentified();
    first.report("2025-03-14", "r1").report("2025-10-01", "r2");
    assert_eq!(first.on("2026-03-13").images, 2);
    assert_eq!(first.on("2026-03-14").images, 1);
    first.and("2026-03-14", What::Identified);
    assert_eq!(first.on("2026-03-14").images, 1);
    let named = story("dtac").unidentified();
    named.report("2025-03-14", "r1").report("2025-10-01", "r2").and("2026-03-13", What::Identified);
    assert_eq!(named.on("2026-03-14").images, 2);

    let facts = Facts::default();
    let end = incident_ends(&policy("dtac"), facts, day("2025-03-14"), day("2024-02-29"));
    assert_eq!(end, Some(day("2026-02-28")));
    assert_eq!(image_ends(&policy("dtac"), facts, day("2024-02-29")), Some(day("2025-02-28")));
    assert_eq!(incident_ends(&policy("cs"), facts, day("2025-03-14"), day("2025-03-14")), None);
}

/// SUB-4: under the minimum age on the day of a report nothing is stored but the fact.
#[test]
fn sub_4_minimum_age() {
    let s = story("cs").born("2011-06-15");
    s.refuses(
        "2025-06-14",
        What::Report { id: None, incident: None, occurred: day("2025-06-14"), images: 0 },
        Refused::UnderMinimumAge,
    );
    s.report("2025-06-14", "r1").stage("2025-06-14", Stage::Refused);
    assert_eq!((s.on("2025-06-14").incidents, s.on("2025-06-14").until), (0, None));
    s.report("2025-06-15", "r2").is("2025-06-15", Circulating, "2026-06-15", First);
    // Born on a leap day: of age on 1 March in common years.
    story("cs").born("2012-02-29").report("2026-02-28", "r1").stage("2026-02-28", Stage::Refused);
    story("cs").born("2012-02-29").report("2026-03-01", "r1").stage("2026-03-01", Circulating);
    // A band refuses only where all of it lies below.
    story("cs").looks(AgeBand::Under14).report("2025-06-14", "r1").stage("2025-06-14", Stage::Refused);
    story("cs").looks(AgeBand::Under18).report("2025-06-14", "r1").stage("2025-06-14", Circulating);
    story("tm").looks(AgeBand::Under14).report("2025-06-14", "r1").stage("2025-06-14", Circulating);
    // Footnote 7.
    story("tm").born("2015-06-15").report("2025-06-14", "r1").stage("2025-06-14", Stage::Refused);
    story("tm").born("2015-06-15").report("2025-06-15", "r1").stage("2025-06-15", Circulating);
}

/// SUB-4: found out later, by the latest report's day, also while held: erased.
#[test]
fn sub_4_found_out_later() {
    let s = story("cs");
    s.report("2025-03-14", "r1").and("2026-05-01", What::BornKnown { born: day("2012-01-01") });
    s.goes(&[("2025-03-14", Circulating), ("2026-03-14", Held), ("2026-05-01", Deleted)]);
    let s = story("cs");
    s.report("2025-03-14", "r1").report("2026-02-01", "r2");
    s.and("2026-03-01", What::BornKnown { born: day("2012-02-01") }).stage("2026-03-01", Circulating);
    // Without the second report the first alone was of a child.
    s.and("2026-04-01", What::ReportRemoved { id: "r2" }).stage("2026-04-01", Deleted);
}

/// SUB-4: at DTAC a child under 14 waits for the public interest and both agreements, in any order, and is
/// deleted without a record on the 28th day.
#[test]
fn sub_4_agreements() {
    let s = story("dtac").born("2012-06-15");
    s.report("2026-01-10", "r1").is("2026-01-10", Pending, "2026-02-07", Rule::AwaitingAgreement);
    assert!(!s.on("2026-01-10").members_see);
    assert!(!s.on("2026-01-10").stub_due);
    s.goes(&[("2026-01-10", Pending), ("2026-02-07", Deleted)]);
    assert!(!s.on("2026-02-07").stub);
    s.and("2026-01-12", What::Agreement { by: Agreeing::Board });
    s.and("2026-01-12", What::PublicInterest).stage("2026-01-12", Pending);
    // A further report of the waiting run does not start the days again.
    s.report("2026-01-20", "r2").is("2026-01-20", Pending, "2026-02-07", Rule::AwaitingAgreement);
    s.and("2026-02-06", What::Agreement { by: Agreeing::Police });
    s.is("2026-02-06", Circulating, "2027-01-20", Repeat);
    // The agreements hold for this subject.
    s.report("2026-05-01", "r3").stage("2026-05-01", Circulating);

    // Noted before, for the next subject.
    let s = story("dtac").born("2012-06-15");
    s.and("2026-01-01", What::PublicInterest).and("2026-01-01", What::Agreement { by: Agreeing::Police });
    s.and("2026-01-02", What::Agreement { by: Agreeing::Board }).report("2026-01-10", "r1");
    s.goes(&[("2026-01-10", Circulating), ("2027-01-10", Deleted)]);
    // And not for the one after it.
    s.report("2027-01-10", "r2");
    let s = story("dtac").born("2014-06-15");
    s.and("2026-01-01", What::PublicInterest).and("2026-01-01", What::Agreement { by: Agreeing::Police });
    s.and("2026-01-02", What::Agreement { by: Agreeing::Board }).report("2026-01-10", "r1");
    s.report("2027-01-10", "r2").stage("2027-01-10", Pending);
}

/// SUB-4: a child becomes fourteen: the next report needs no agreement.
#[test]
fn sub_4_pending_subject_comes_of_age() {
    let s = story("dtac").born("2012-01-20");
    s.report("2026-01-10", "r1").report("2026-01-19", "r2").stage("2026-01-19", Pending);
    s.report("2026-01-20", "r3").is("2026-01-20", Circulating, "2027-01-20", Repeat);
}

/// SUB-4: a date of birth that becomes known takes a circulating child to the controller; `end` never moves
/// to before that day.
#[test]
fn sub_4_born_known() {
    let s = story("dtac");
    s.report("2026-01-10", "r1").report("2026-02-10", "r2");
    s.and("2026-03-01", What::BornKnown { born: day("2012-06-15") });
    s.is("2026-03-01", Pending, "2026-03-29", Rule::AwaitingAgreement);
    // Of 16 years: no year of holding any more.
    let s = story("dtac");
    s.report("2026-01-10", "r1").report("2026-02-10", "r2");
    s.and("2026-03-01", What::BornKnown { born: day("2009-06-15") });
    s.goes(&[("2026-01-10", Circulating), ("2027-02-10", Deleted)]);
    // Kept by an exclusion beyond what the reports give: withdrawn, and so deleted, on the day.
    let s = story("dtac");
    s.report("2025-01-10", "r1").report("2025-02-10", "r2").excluded("2025-03-01", "2027-03-01");
    s.and("2026-06-01", What::BornKnown { born: day("2009-06-15") });
    s.goes(&[("2025-01-10", Circulating), ("2026-06-01", Deleted)]);
    // A deletion that the event makes due at once leaves no day of waiting.
    let s = story("dtac");
    s.report("2025-01-10", "r1").excluded("2025-03-01", "2027-03-01");
    s.and("2026-06-01", What::BornKnown { born: day("2012-06-15") });
    s.goes(&[("2025-01-10", Circulating), ("2026-06-01", Deleted)]);
    assert!(s.on("2026-06-01").stub);
    // A birthday by itself changes nothing.
    let s = story("dtac").born("2007-06-15");
    s.report("2025-06-14", "r1").report("2025-06-14", "r2").is(
        "2025-06-16",
        Circulating,
        "2026-06-14",
        First,
    );
    assert_eq!(s.on("2025-06-16").deletion, Some(day("2026-06-14")));
}

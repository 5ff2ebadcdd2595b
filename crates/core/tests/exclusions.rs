//! The tariff and the count of votes (EXC-1, EXC-2).
#![allow(clippy::unwrap_used, reason = "a test that panics says where")]
use fairwatch_core::{
    clocks::plus_months,
    exclusions::{
        Asked, Count, Counted, Earlier, History, Kind, Scope, Verdict, deciders,
        tariff::{Fit, tariff},
    },
    gate::Role,
    policy::{Policy, practice},
};
use jiff::{Timestamp, civil::Date};
use proptest::prelude::*;
use std::sync::LazyLock;

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    ["cheltenham-safe", "tm-safer-towns", "dartford-tac", "generic"]
        .map(|name| {
            let path = format!("{}/../../policies/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            Policy::parse(name, &std::fs::read_to_string(path).unwrap()).unwrap()
        })
        .into()
});

fn at(day: Date) -> Timestamp {
    day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

fn incident(reference: &str, on: Date, category: &str, breach: bool) -> Counted {
    Counted { reference: reference.into(), on, at: at(on), category: Some(category.into()), breach }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// EXC-1: the first incident warns, more or worse ones exclude, from more premises and for longer.
#[test]
fn exc_1_the_tariff_of_the_pattern_step_by_step() {
    let policy = &POLICIES[3];
    let today = day("2026-06-01");
    let says = |incidents: Vec<Counted>| tariff(policy, &History { incidents, earlier: Vec::new() }, today);
    let of = |n: usize, category: &str| {
        (0..n).map(|at| incident(&format!("NG-{at}"), day("2026-05-01"), category, false)).collect::<Vec<_>>()
    };
    for (incidents, step) in [
        (of(0, "theft"), None),
        (of(1, "theft"), Some(0)),
        (of(2, "theft"), Some(1)),
        (of(1, "violence"), Some(1)),
        (of(3, "theft"), Some(2)),
        (of(2, "violence"), Some(2)),
        (vec![incident("NG-1", today, "theft", true)], Some(2)),
        // Two reports of one incident are one.
        ([of(1, "theft"), of(1, "theft")].concat(), Some(0)),
        // A year later it counts no more: the day on which it is over is the first on which it does not.
        (vec![incident("NG-1", day("2025-06-01"), "theft", false)], None),
        (vec![incident("NG-1", day("2025-06-02"), "theft", false)], Some(0)),
    ] {
        assert_eq!(says(incidents.clone()).step, step, "{incidents:?}");
    }
    let told = says(of(3, "theft"));
    assert!(told.counted.contains("3 incidents were reported: NG-0 (1 May 2026), NG-1"), "{}", told.counted);
    assert!(
        told.why.iter().all(|line| !line.contains("NG-")),
        "those who decide read no reference: {told:?}"
    );
    assert!(told.why[0].contains("from 3 incidents on"));
}

/// EXC-1: what the tariff says, or less; never more.
#[test]
fn exc_1_below_the_tariff_with_a_reason_and_never_above() {
    let policy = &POLICIES[3];
    let today = day("2026-06-01");
    let incidents = vec![incident("a", today, "theft", false), incident("b", today, "theft", false)];
    let says = tariff(policy, &History { incidents, earlier: Vec::new() }, today);
    let asked = |step: &str, scope, months| {
        let asked = Asked { step: step.into(), scope, months };
        says.fits(policy, &asked).map_err(|(field, _)| field)
    };
    assert_eq!(asked("exclusion", Some(Scope::Some), Some(6)), Ok(Fit::Same));
    assert_eq!(asked("exclusion", Some(Scope::Some), Some(3)), Ok(Fit::Departs));
    assert_eq!(asked("exclusion", Some(Scope::Some), Some(12)), Ok(Fit::Departs));
    assert_eq!(asked("warning", None, None), Ok(Fit::Departs));
    assert_eq!(asked("exclusion", Some(Scope::Some), Some(13)), Err("months"));
    assert_eq!(asked("exclusion", Some(Scope::Some), Some(0)), Err("months"));
    assert_eq!(asked("exclusion", Some(Scope::Scheme), Some(6)), Err("scope"));
    assert_eq!(asked("exclusion", None, Some(6)), Err("scope"));
    assert_eq!(asked("scheme_exclusion", Some(Scope::Scheme), Some(6)), Err("step"));
    assert_eq!(asked("exile", None, None), Err("step"));
}

/// EXC-8: no policy of the folder lets anybody decide but board, controller and staff, and none could.
#[test]
fn exc_8_no_policy_makes_police_deciders() {
    for policy in POLICIES.iter() {
        let deciders = deciders(policy);
        assert!(!deciders.is_empty());
        assert!(deciders.iter().all(|role| matches!(role, Role::Board | Role::Controller | Role::Staff)));
    }
    let mut policy = POLICIES[3].clone();
    policy.exclusions.authorised_by = fairwatch_core::policy::Viewer::ALL.to_vec();
    assert_eq!(deciders(&policy), [Role::Board, Role::Controller, Role::Staff]);
}

/// EXC-2: as soon as enough agree, or too few can.
#[test]
fn exc_2_a_decision_falls_as_soon_as_it_can() {
    let count = |may, authorise, refuse, abstain| Count { may, authorise, refuse, abstain }.verdict(3);
    assert_eq!(count(5, 2, 2, 0), Verdict::Open);
    assert_eq!(count(5, 3, 2, 0), Verdict::Authorised);
    assert_eq!(count(5, 2, 3, 0), Verdict::Refused);
    assert_eq!(count(3, 0, 0, 1), Verdict::Refused);
    assert_eq!(count(2, 0, 0, 0), Verdict::Open, "nobody has refused: it lapses");
}

fn histories() -> impl Strategy<Value = History> {
    let incidents = prop::collection::vec(
        (
            0..8_u32,
            0..900_i64,
            prop::sample::select(vec!["theft", "violence", "other", "gone"]),
            any::<bool>(),
        ),
        0..10,
    );
    let earlier =
        prop::collection::vec((0..900_i64, prop::sample::select(vec!["warning", "exclusion"])), 0..3);
    (incidents, earlier).prop_map(|(incidents, earlier)| {
        let on = |ago: i64| day("2026-06-01").saturating_sub(jiff::Span::new().days(ago));
        History {
            incidents: incidents
                .into_iter()
                .map(|(n, ago, category, breach)| incident(&format!("r{n}"), on(ago), category, breach))
                .collect(),
            earlier: earlier
                .into_iter()
                .map(|(ago, step)| Earlier {
                    step: step.into(),
                    kind: if step == "warning" { Kind::Warning } else { Kind::Exclusion },
                    on: on(ago),
                    at: at(on(ago)),
                })
                .collect(),
        }
    })
}

proptest! {
    /// EXC-1: nothing above what is proposed may be asked for, whatever is asked; all that may is within the step.
    #[test]
    fn exc_1_nothing_above_the_tariff_ever_fits(
        history in histories(), which in 0..4_usize, step in 0..4_usize, scheme in any::<bool>(), months in 0..80_u32,
    ) {
        let (policy, today) = (&POLICIES[which], day("2026-06-01"));
        let says = tariff(policy, &history, today);
        let steps = &policy.exclusions.steps;
        let Some(step) = steps.get(step) else { return Ok(()) };
        let place = steps.iter().position(|one| one.id == step.id).unwrap();
        let scope = if scheme { Scope::Scheme } else { Scope::Some };
        let is_warning = step.kind == practice::StepKind::Warning;
        let asked = Asked {
            step: step.id.to_string(),
            scope: (!is_warning).then_some(scope),
            months: (!is_warning).then_some(months),
        };
        let fits = says.fits(policy, &asked);
        let may = says.step.is_some_and(|most| place <= most)
            && (is_warning
                || (step.scopes.iter().any(|one| Scope::from(*one) == scope)
                    && months > 0
                    && months <= step.longest_months.unwrap()));
        prop_assert_eq!(fits.is_ok(), may, "{:?}", fits);
    }

    /// EXC-1: one more incident never says less, the order of what happened says nothing, and a report of an incident
    /// that is there already adds nothing.
    #[test]
    fn exc_1_more_never_says_less(history in histories(), which in 0..4_usize, again in 0..10_usize) {
        let (policy, today) = (&POLICIES[which], day("2026-06-01"));
        let says = tariff(policy, &history, today);
        let mut turned = history.clone();
        turned.incidents.reverse();
        let back = tariff(policy, &turned, today);
        prop_assert_eq!((back.step, back.incidents, back.breaches), (says.step, says.incidents, says.breaches));
        let mut more = history.clone();
        more.incidents.push(incident("new", today, "theft", false));
        let worse = tariff(policy, &more, today);
        prop_assert_eq!(worse.incidents, says.incidents + 1);
        prop_assert!(worse.step >= says.step);
        let mut same = history.clone();
        if let Some(one) = history.incidents.get(again) {
            same.incidents.push(one.clone());
        }
        prop_assert_eq!(tariff(policy, &same, today), says);
    }

    /// EXC-1: what is older than the policy counts says nothing.
    #[test]
    fn exc_1_what_is_over_counts_no_more(history in histories(), which in 0..4_usize) {
        let (policy, today) = (&POLICIES[which], day("2026-06-01"));
        let counts = |on: Date| plus_months(on, policy.exclusions.counts.months).unwrap() > today;
        let mut recent = history.clone();
        // An incident is as old as its first report.
        let first = |reference: &str| {
            history.incidents.iter().filter(|one| one.reference == reference).map(|one| one.on).min().unwrap()
        };
        recent.incidents.retain(|one| counts(first(&one.reference)));
        recent.earlier.retain(|one| counts(one.on));
        prop_assert_eq!(tariff(policy, &recent, today), tariff(policy, &history, today));
    }

    /// EXC-2: nothing is authorised without enough votes, and whoever abstains never helps it.
    #[test]
    fn exc_2_a_verdict_needs_its_votes(may in 0..9_u32, yes in 0..9_u32, no in 0..9_u32, none in 0..9_u32, needed in 1..6_u32) {
        let count = Count { may, authorise: yes, refuse: no, abstain: none };
        match count.verdict(needed) {
            Verdict::Authorised => prop_assert!(yes >= needed),
            Verdict::Refused => prop_assert!(yes < needed && no + none > 0),
            Verdict::Open => prop_assert!(yes < needed),
        }
    }
}

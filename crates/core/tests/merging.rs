//! What becomes of two profiles that are joined, and of one that is taken apart (SUB-2).
use fairwatch_core::{
    clocks::AgeBand,
    ids::{FieldId, IncidentId, ReportId, TipId},
    intelligence::{Grading, Knowledge, Reliability},
    policy::Category,
    subjects::{
        Brought, Field, Origin, Profile, Source,
        merging::{Changed, Chosen, Joining, Side, asks_born, join, part},
    },
};
use jiff::{ToSpan, civil::Date};
use proptest::prelude::*;
use uuid::Uuid;

fn report(n: u128) -> ReportId {
    ReportId(Uuid::from_u128(n))
}

fn on(days: i64) -> Date {
    Date::constant(2026, 1, 1).checked_add(days.days()).expect("a day of this century")
}

fn day(report: ReportId) -> Date {
    on(i64::try_from(report.0.as_u128() % 1000).expect("small"))
}

fn by(n: u128) -> Source {
    Source::Report { report: report(n), incident: IncidentId(Uuid::from_u128(n)) }
}

fn tip(n: u128) -> Source {
    let grading = Grading { source: Reliability::Reliable, information: Knowledge::Direct };
    Source::Intelligence { tip: TipId(Uuid::from_u128(n)), grading }
}

fn brought<T>(value: T, n: u128) -> Brought<T> {
    Brought { value, origin: Origin::new(by(n), day(report(n))) }
}

fn item(n: u128, category: Category, value: &str, source: Source, since: Date) -> Field {
    Field::new(FieldId(Uuid::from_u128(n)), category, value, source, since)
}

/// A profile as reports make it: `odd` keeps the reports of two of them apart.
fn profile(odd: u128) -> impl Strategy<Value = Profile> {
    let category = prop_oneof![
        Just(Category::Alias),
        Just(Category::Description),
        Just(Category::Vehicles),
        Just(Category::ModusOperandi)
    ];
    let said = (category, "[a-d]", prop::collection::vec(1..30_u128, 1..3));
    let name = prop::option::of(("[A-C]", 1..30_u128));
    let born = prop::option::of((0..3_i64, 1..30_u128));
    let age = prop_oneof![Just(AgeBand::Adult), Just(AgeBand::Under18), Just(AgeBand::Under14)];
    (
        prop::collection::vec(said, 0..6),
        name,
        born,
        age,
        any::<bool>(),
        prop::collection::vec(1..30_u128, 1..4),
    )
        .prop_map(move |(said, name, born, apparent_age, at_first, mut reports)| {
            let own = |n: u128| n * 2 + odd;
            reports.sort_unstable();
            let mut profile = Profile {
                first: report(own(reports[0])),
                births: Vec::new(),
                apparent_age,
                apparent_age_origin: Origin::new(by(own(reports[0])), day(report(own(reports[0])))),
                identified_at_first: name.is_some() && at_first,
                born_at_first: None,
                fields: Vec::new(),
                activities: Vec::new(),
                necessities: Vec::new(),
                other_numbers: Vec::new(),
            };
            let mut items = 0;
            let mut add = |category, value: &str, n: u128| {
                items += 1;
                profile.add(item(own(items), category, value, by(own(n)), day(report(own(n)))));
            };
            if let Some((name, n)) = &name {
                add(Category::Name, name, *n);
            }
            for (category, value, sources) in &said {
                sources.iter().for_each(|n| add(*category, value, *n));
            }
            if let Some((born, n)) = born {
                let value = Date::constant(1990, 1, 1).checked_add(born.days()).expect("a day");
                profile.births.push(brought(value, own(n)));
                profile.born_at_first = at_first.then_some(value);
            }
            for n in reports {
                profile.activities.push(brought(format!("deed {}", own(n)), own(n)));
            }
            profile
        })
}

fn joining(chosen: Chosen, first: Side) -> Joining<'static> {
    Joining { chosen, first, holds_aliases: true, number: 12, day: &day }
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Kept), Just(Side::Other)]
}

fn sources(field: &Field) -> Vec<&Source> {
    std::iter::once(&field.source).chain(&field.also).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// SUB-2: everything that either held is held of the joined one, with all who said it, and nothing else.
    #[test]
    fn sub_2_joined_they_hold_what_both_held(
        kept in profile(0), other in profile(1), name in side(), born in side(), first in side()
    ) {
        let chosen = Chosen { name, born: Some(born) };
        let joined = join(&kept, &other, &joining(chosen, first));
        for field in kept.fields.iter().chain(&other.fields) {
            let is_name = matches!(field.category, Category::Name | Category::Alias);
            let held = joined.fields.iter().find(|held| {
                held.value == field.value && (held.category == field.category
                    || is_name && matches!(held.category, Category::Name | Category::Alias))
            });
            prop_assert!(held.is_some(), "{:?} is lost of {:#?}", field, joined);
            let said = held.map(sources).unwrap_or_default();
            prop_assert!(sources(field).iter().all(|source| said.contains(source)));
        }
        let of = |side| if side == Side::Kept { &kept } else { &other };
        let wanted = of(name).name().or(kept.name()).or(other.name());
        prop_assert_eq!(joined.name(), wanted);
        let names = joined.fields.iter().filter(|field| field.category == Category::Name).count();
        prop_assert_eq!(names, usize::from(wanted.is_some()));
        prop_assert_eq!(joined.born(), of(born).born().or(kept.born()).or(other.born()));
        prop_assert_eq!(joined.activities.len(), kept.activities.len() + other.activities.len());
        let days = joined.activities.iter().map(|b| b.origin.source.report().map(day)).collect::<Vec<_>>();
        prop_assert!(days.is_sorted(), "{:?}", days);
        prop_assert_eq!(joined.identified_at_first, of(first).identified_at_first);
        prop_assert_eq!(asks_born(&kept, &other), kept.born().is_some() && other.born().is_some() && kept.born() != other.born());
    }

    /// SUB-2: taken apart at once, both are as they were.
    #[test]
    fn sub_2_taken_apart_they_are_as_they_were(
        kept in profile(0), other in profile(1), name in side(), born in side(), first in side()
    ) {
        let then = join(&kept, &other, &joining(Chosen { name, born: Some(born) }, first));
        let parted = part(&then, &then, (&kept, &other), &|_| false).expect("nothing has changed");
        prop_assert_eq!(&parted.kept, &kept);
        prop_assert_eq!(&parted.other, &other);
        prop_assert!(!parted.names_kept && !parted.names_other);
    }

    /// SUB-2: what came since stays with the kept one, but what belongs to the other goes with it.
    #[test]
    fn sub_2_what_came_since_has_its_side(kept in profile(0), other in profile(1), value in "[a-f]") {
        let then = join(&kept, &other, &joining(Chosen::default(), Side::Kept));
        let said = |source| item(900, Category::Description, &value, source, on(900));
        let mut now = then.clone();
        now.add(said(by(999)));
        now.add(said(tip(7)));
        now.activities.push(brought("deed 999".into(), 999));
        let is_others = |source: &Source| *source == tip(7);
        let parted = part(&then, &now, (&kept, &other), &is_others).expect("nothing is lost");
        let (mut one, mut two) = (kept.clone(), other.clone());
        one.add(said(by(999)));
        one.activities.push(brought("deed 999".into(), 999));
        two.add(said(tip(7)));
        // Since when a thing is held, and its id, is known of the thing, not of each who says it.
        let undated = |mut profile: Profile| {
            for field in &mut profile.fields {
                (field.since, field.id) = (on(0), FieldId(Uuid::nil()));
            }
            profile
        };
        prop_assert_eq!(undated(parted.kept), undated(one));
        prop_assert_eq!(undated(parted.other), undated(two));
    }

    /// SUB-2, RET-16: whatever was taken away or replaced since is not brought back.
    #[test]
    fn sub_2_what_is_gone_stays_gone(kept in profile(0), other in profile(1), which in any::<prop::sample::Index>()) {
        let then = join(&kept, &other, &joining(Chosen::default(), Side::Kept));
        let mut now = then.clone();
        if then.fields.is_empty() {
            now.activities.remove(which.index(then.activities.len()));
        } else {
            let gone = which.index(then.fields.len());
            if now.fields[gone].also.is_empty() {
                now.fields.remove(gone);
            } else {
                now.fields[gone].also.pop();
            }
        }
        prop_assert_eq!(part(&then, &now, (&kept, &other), &|_| false), Err(Changed));
        let reports = then.activities.iter().filter_map(|brought| brought.origin.source.report()).collect::<Vec<_>>();
        let mut now = then.clone();
        now.forget_report(reports[which.index(reports.len())]);
        prop_assert_eq!(part(&then, &now, (&kept, &other), &|_| false), Err(Changed));
    }
}

/// SUB-2: a policy without aliases holds the name that stands and no other; a name that was corrected since is the kept
/// one's alias and name.
#[test]
fn sub_2_names_stand_as_the_policy_holds_them() {
    let said = |name: &str, n| item(n, Category::Name, name, by(n), on(1));
    let of = |name: &str, n| Profile {
        first: report(n),
        births: Vec::new(),
        apparent_age: AgeBand::Adult,
        apparent_age_origin: Origin::new(by(n), on(1)),
        identified_at_first: true,
        born_at_first: None,
        fields: vec![said(name, n)],
        activities: Vec::new(),
        necessities: Vec::new(),
        other_numbers: Vec::new(),
    };
    let (kept, other) = (of("Una", 2), of("Dora", 3));
    let without = Joining { holds_aliases: false, ..joining(Chosen::default(), Side::Kept) };
    let joined = join(&kept, &other, &without);
    assert_eq!(joined.fields.iter().map(|f| f.value.as_str()).collect::<Vec<_>>(), ["Una"]);
    assert_eq!(joined.other_numbers, [12]);
    assert_eq!(
        part(&joined, &joined, (&kept, &other), &|_| false).map(|parted| parted.other),
        Ok(other.clone())
    );

    let then = join(&kept, &other, &joining(Chosen::default(), Side::Kept));
    let mut now = then.clone();
    for field in &mut now.fields {
        field.category = Category::Alias;
    }
    now.fields.push(Field { source: Source::Controller, ..said("Tess", 2) });
    let parted = part(&then, &now, (&kept, &other), &|_| false).expect("nothing is lost");
    assert!(parted.names_kept && !parted.names_other);
    assert_eq!((parted.kept.name(), parted.other.name()), (Some("Tess"), Some("Dora")));
    assert_eq!(parted.kept.newest(Category::Alias).map(|alias| alias.value.as_str()), Some("Una"));
}

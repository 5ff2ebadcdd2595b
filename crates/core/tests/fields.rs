//! What may be entered of a person, and who sees what of it: SUB-1, SUB-5, SUB-6, VIS-1, INC-5, K10 8.4 and 8.5.
use fairwatch_core::{
    clocks::{AgeBand, Stage},
    gate::{Role, Standing},
    ids::{FieldId, IncidentId, MemberId, OrgId, PolicyId, ReportId, SubjectId},
    letters::sources::{Reporters, told},
    policy::{Category, Policy, Viewer, category::CategoryRule},
    scope::Scope,
    subjects::{
        Brought, Corrected, Field, Origin, Profile, Source, SubjectFacts,
        fields::{AS_TEXT, Refused, is_single, longest, may_come_from, may_hold, unwanted, value},
        picks::{self, Pick},
        sight,
    },
};
use jiff::civil::{Date, date};
use proptest::{prelude::*, sample::subsequence};
use std::sync::Arc;
use uuid::Uuid;

const POLICIES: [(&str, &str); 4] = [
    ("cheltenham-safe", include_str!("../../../policies/cheltenham-safe.toml")),
    ("tm-safer-towns", include_str!("../../../policies/tm-safer-towns.toml")),
    ("dartford-tac", include_str!("../../../policies/dartford-tac.toml")),
    ("generic", include_str!("../../../policies/generic.toml")),
];

fn policy(name: &str) -> Policy {
    let text = POLICIES.iter().find(|(known, _)| *known == name).expect(name).1;
    Policy::parse(name, text).expect(name)
}

const DAY: Date = date(2026, 3, 2);

fn source() -> Source {
    Source::Report { report: ReportId(Uuid::from_u128(1)), incident: IncidentId(Uuid::from_u128(2)) }
}

fn field(n: u128, category: Category, value: &str) -> Field {
    Field::new(FieldId(Uuid::from_u128(n)), category, value, Source::Controller, DAY)
}

/// Everything that can be held, whatever a policy says of it.
fn full() -> Profile {
    let origin = Origin::new(source(), DAY);
    let fields = Category::ALL.into_iter().zip(1..).map(|(category, n)| field(n, category, "x"));
    Profile {
        first: ReportId(Uuid::from_u128(1)),
        births: vec![Brought { value: date(1990, 1, 1), origin: origin.clone() }],
        apparent_age: AgeBand::Adult,
        apparent_age_origin: origin.clone(),
        identified_at_first: true,
        born_at_first: Some(date(1990, 1, 1)),
        fields: fields.collect(),
        activities: vec![Brought { value: "Theft".into(), origin: origin.clone() }],
        necessities: vec![Brought { value: "Staff were hurt".into(), origin }],
        other_numbers: Vec::new(),
    }
}

/// A policy with any audiences: those of a file with each list replaced, and some categories left out.
fn any_policy() -> impl Strategy<Value = Policy> {
    let viewers = subsequence(Viewer::ALL.to_vec(), 0..=Viewer::ALL.len());
    let rules = proptest::collection::vec((any::<bool>(), viewers), 18);
    (0..POLICIES.len(), rules).prop_map(|(file, rules)| {
        let mut policy = policy(POLICIES[file].0);
        let pattern: CategoryRule = policy.categories[0].clone();
        policy.categories = Category::ALL
            .into_iter()
            .zip(rules)
            .filter(|(_, (listed, _))| *listed)
            .map(|(kind, (_, audience))| CategoryRule { kind, audience, ..pattern.clone() })
            .collect();
        policy
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// VIS-1, VIS-5, SUB-6: for every policy, viewer and category what is shown is what the policy lists, and nothing
    /// else; a targeted member sees what members see as well. The controller alone sees all that is held.
    #[test]
    fn vis_1_sub_6_what_is_shown_is_what_the_policy_lists(policy in any_policy()) {
        for who in Viewer::ALL {
            let mut shown = full();
            shown.cut(&policy, who);
            for category in Category::ALL {
                let rule = policy.categories.iter().find(|rule| rule.kind == category);
                let listed = who == Viewer::Controller || rule.is_some_and(|rule| {
                    rule.audience.contains(&who)
                        || (who == Viewer::TargetedMember && rule.audience.contains(&Viewer::Member))
                });
                prop_assert_eq!(shown.newest(category).is_some(), listed, "{} to {}", category, who);
                match category {
                    Category::DateOfBirth => {
                        prop_assert_eq!(shown.born().is_some(), listed);
                        prop_assert_eq!(shown.born_at_first.is_some(), listed);
                    }
                    Category::SuspectedActivity => prop_assert_eq!(!shown.activities.is_empty(), listed),
                    _ => {}
                }
            }
            prop_assert_eq!(shown.necessity().is_some(), who == Viewer::Controller);
        }
    }
}

fn facts(policy: Policy, picked: Vec<MemberId>) -> SubjectFacts {
    let org = OrgId(Uuid::from_u128(7));
    let scope = Scope {
        org,
        slug: "here".into(),
        policy: Arc::new(policy),
        policy_id: PolicyId(Uuid::nil()),
        policy_version: 1,
        today: DAY,
    };
    let subject = SubjectId(Uuid::from_u128(8));
    SubjectFacts { scope, subject, stage: Stage::Circulating, members_see: true, picked }
}

/// SUB-6: targeted is who belongs to a business that is picked, and nobody of another, of none, or in another role.
#[test]
fn sub_6_only_people_of_a_picked_business_are_targeted() {
    let (picked, other) = (MemberId(Uuid::from_u128(1)), MemberId(Uuid::from_u128(2)));
    let facts = facts(policy("tm-safer-towns"), vec![picked]);
    for role in Role::ALL {
        for member in [None, Some(picked), Some(other)] {
            let standing = Standing { role: Some(role), member, ..Standing::nobody() };
            let targeted = role == Role::MemberUser && member == Some(picked);
            let who = sight::viewer_of(&standing, &facts);
            assert_eq!(who == Some(Viewer::TargetedMember), targeted, "{role} of {member:?}: {who:?}");
        }
    }
    assert_eq!(sight::viewer_of(&Standing::machine(), &facts), None);
}

/// SUB-6, RET-10: a pick counts until its day begins.
#[test]
fn sub_6_a_pick_ends_on_its_day() {
    let pick =
        |n, ends_on| Pick { id: Uuid::from_u128(n).into(), member: MemberId(Uuid::from_u128(n)), ends_on };
    let picks = [pick(1, None), pick(2, Some(date(2026, 3, 3)))];
    assert_eq!(picks::on(&picks, DAY).len(), 2);
    assert_eq!(picks::on(&picks, date(2026, 3, 3)), [MemberId(Uuid::from_u128(1))]);
}

/// SUB-6: which files target what.
#[test]
fn sub_6_the_files_target_what_their_documents_say() {
    let targeted = |name| picks::targeted(&policy(name));
    assert_eq!(targeted("tm-safer-towns"), [Category::Ethnicity, Category::MedicalRisk], "TM 6 d");
    assert_eq!(targeted("dartford-tac"), [Category::Ethnicity]);
    assert_eq!(targeted("cheltenham-safe"), []);
    assert_eq!(targeted("generic"), []);
}

/// SUB-1: each file lets be entered what it lists, and nothing else.
#[test]
fn sub_1_what_a_policy_does_not_list_cannot_be_held() {
    for (name, _) in POLICIES {
        let policy = policy(name);
        for category in Category::ALL {
            let may = may_hold(&policy, category);
            assert_eq!(may.is_ok(), policy.holds(category), "{category} in {name}: {may:?}");
        }
    }
}

/// SUB-1, POL-1: the files list what their documents do (TM 6, DTAC "may collect", CS), and decisions that say so.
#[test]
fn sub_1_pol_1_the_files_list_what_their_documents_name() {
    use Category as C;
    let named: [(&str, &[Category]); 3] = [
        (
            "dartford-tac",
            &[
                C::Name,
                C::Image,
                C::DateOfBirth,
                C::Description,
                C::Ethnicity,
                C::Alias,
                C::Associates,
                C::Vehicles,
                C::Arrests,
                C::SuspectedActivity,
                C::Convictions,
                C::WarningMarkers,
                C::Vulnerability,
                C::Exclusion,
            ],
        ),
        (
            "tm-safer-towns",
            &[
                C::Name,
                C::Image,
                C::DateOfBirth,
                C::SuspectedActivity,
                C::ModusOperandi,
                C::ContactDetails,
                C::Evidence,
                C::Ethnicity,
                C::MedicalRisk,
                C::Associates,
                C::Exclusion,
            ],
        ),
        (
            "cheltenham-safe",
            &[C::Name, C::Image, C::SuspectedActivity, C::ContactDetails, C::Evidence, C::Exclusion],
        ),
    ];
    for (name, named) in named {
        let policy = policy(name);
        for rule in &policy.categories {
            let decided =
                rule.clause.contains("Decision:") || name == "dartford-tac" && rule.kind == C::Evidence;
            assert!(named.contains(&rule.kind) || decided, "{} in {name} has no document", rule.kind);
        }
        for category in named {
            assert!(policy.holds(*category), "{category} is missing in {name}");
        }
    }
}

/// SUB-6: the lint refuses a file without a lawful condition; a policy that lost it all the same lets nothing be entered.
#[test]
fn sub_6_without_its_lawful_condition_nothing_is_held() {
    let mut without = policy("tm-safer-towns");
    without.conditions.clear();
    let mut unnamed = policy("tm-safer-towns");
    let mut understated = policy("tm-safer-towns");
    for rule in &mut unnamed.categories {
        rule.condition = None;
    }
    for rule in &mut understated.categories {
        rule.nature = fairwatch_core::policy::Nature::Ordinary;
    }
    for policy in [without, unnamed, understated] {
        for category in [Category::Ethnicity, Category::MedicalRisk, Category::SuspectedActivity] {
            let why = may_hold(&policy, category).unwrap_err();
            assert!(matches!(why, Refused::NoCondition(_)), "{category}: {why}");
        }
        assert!(may_hold(&policy, Category::Name).is_ok());
    }
    let mut none = policy("dartford-tac");
    none.subjects.special_category.is = false;
    assert!(may_hold(&none, Category::Ethnicity).is_err());
    assert!(may_hold(&none, Category::Vulnerability).is_err(), "DTAC holds it as special category data");
    assert!(may_hold(&none, Category::Convictions).is_ok());
}

/// SUB-1, K10 8.4, 8.5: convictions and warning markers are taken from nobody under an agreement with the police; other
/// things are, and they from others.
#[test]
fn sub_1_k10_no_convictions_or_markers_from_the_police() {
    let policy = policy("dartford-tac");
    let under = |agreement: &str| Source::Police { agreement: agreement.into() };
    for category in [Category::Convictions, Category::WarningMarkers] {
        let why = may_come_from(&policy, category, &under("police")).unwrap_err();
        assert!(matches!(why, Refused::FromPolice(_)) && why.to_string().contains("K10"), "{why}");
        assert_eq!(may_come_from(&policy, category, &under("agencies")), Ok(()));
        assert_eq!(may_come_from(&policy, category, &Source::Controller), Ok(()));
        assert_eq!(may_come_from(&policy, category, &source()), Ok(()));
    }
    for category in [Category::Arrests, Category::Description, Category::Vehicles] {
        assert_eq!(may_come_from(&policy, category, &under("police")), Ok(()));
    }
    // One agreement for both is one with the police.
    let mut shared = policy.clone();
    for source in &mut shared.sources {
        if source.agreement.is_some() {
            source.agreement = Some("police".to_owned().try_into().expect("an id"));
        }
    }
    assert!(may_come_from(&shared, Category::Convictions, &under("police")).is_err());
}

/// INC-5, INC-6: a source that the scheme does not name is none.
#[test]
fn inc_5_inc_6_sources_are_those_of_the_policy() {
    let page = Source::SocialMedia { address: "https://example.org/7".into(), seen_on: DAY };
    for (name, _) in POLICIES {
        let policy = policy(name);
        let takes = may_come_from(&policy, Category::Alias, &page).is_ok();
        assert_eq!(takes, name == "tm-safer-towns", "{name}");
        let nobody = Source::Police { agreement: "nobody".into() };
        assert_eq!(may_come_from(&policy, Category::Alias, &nobody), Err(Refused::SourceNotTaken));
    }
}

/// SUB-1: values are made clean, kept short, and bear registration marks as on a plate.
#[test]
fn sub_1_values_have_a_sensible_shape() {
    let held = |category, text: &str| value(category, text);
    assert_eq!(held(Category::Alias, "  Bob\t the\u{0} Cat \n"), Ok("Bob the Cat".into()));
    assert_eq!(held(Category::Alias, "one\ntwo"), Ok("one two".into()));
    assert_eq!(
        held(Category::ContactDetails, "1 High St \r\n\r\n GL50 1UH"),
        Ok("1 High St\nGL50 1UH".into())
    );
    assert_eq!(held(Category::Alias, " \n"), Err(Refused::Empty));
    assert_eq!(held(Category::Alias, "?!"), Err(Refused::NoWords));
    for category in AS_TEXT {
        let most = longest(category);
        assert!(held(category, &"é".repeat(most)).is_ok());
        assert_eq!(held(category, &"é".repeat(most + 1)), Err(Refused::TooLong(most)));
    }
    let plates = [
        ("blue Ford Transit, ab12cde", "blue Ford Transit, AB12 CDE"),
        ("AB 12 CDE", "AB12 CDE"),
        ("ab12 cde, white van", "AB12 CDE, white van"),
        ("A123BCD", "A123 BCD"),
        ("red Audi A4, abc123d.", "red Audi A4, ABC 123D."),
        ("Audi a4 car", "Audi a4 car"),
        ("no plate seen", "no plate seen"),
    ];
    for (typed, plate) in plates {
        assert_eq!(held(Category::Vehicles, typed), Ok(plate.into()));
    }
}

/// INC-7: what has its own place may stand there, and nowhere else.
#[test]
fn inc_7_each_warning_has_its_place() {
    let policy = policy("tm-safer-towns");
    let warned = |category, text: &str| !unwanted(&policy, category, text).is_empty();
    for (text, place) in
        [("Ring 07700 900123", Category::ContactDetails), ("He is a Muslim", Category::Image)]
    {
        for category in AS_TEXT {
            assert_eq!(warned(category, text), category != place, "{text} in {category}");
        }
    }
    let cs = self::policy("cheltenham-safe");
    assert!(!unwanted(&cs, Category::Alias, "He is diabetic").is_empty());
    assert!(unwanted(&policy, Category::MedicalRisk, "He is diabetic").is_empty());
}

/// RET-16: what is put right has a new source and says who did it; others who said what was wrong stand behind it no
/// longer. There is one ethnicity at most.
#[test]
fn ret_16_a_correction_is_honest_about_where_it_comes_from() {
    let mut profile = full();
    profile.fields.clear();
    let id = profile.enter(field(1, Category::Alias, "Bob")).expect("it is entered");
    let again = Field { source: source(), ..field(2, Category::Alias, "Bob") };
    assert_eq!(profile.enter(again), Ok(id), "what is held already is held once");
    assert_eq!(profile.fields[0].also, [source()]);
    let by = Corrected { by: "Carol".into(), on: date(2026, 4, 1) };
    assert!(profile.correct(id, "Rob", Source::Subject, by.clone()));
    let held = profile.field(id).expect("it is held");
    assert_eq!((&*held.value, &held.source, &held.also, held.since), ("Rob", &Source::Subject, &vec![], DAY));
    assert_eq!(held.corrected, Some(by.clone()));
    assert!(!profile.correct(FieldId(Uuid::from_u128(9)), "x", Source::Subject, by.clone()));
    assert!(is_single(Category::Ethnicity));
    profile.enter(field(3, Category::Ethnicity, "White")).expect("it is entered");
    assert_eq!(profile.enter(field(4, Category::Ethnicity, "Black")), Err(Refused::HeldAlready));
    assert!(profile.remove(id).is_some() && profile.remove(id).is_none());
    profile.correct_birth(date(1991, 1, 1), Source::Subject, by.clone());
    assert_eq!((profile.born(), profile.born_at_first), (Some(date(1991, 1, 1)), Some(date(1991, 1, 1))));
    assert_eq!(profile.births[0].origin.corrected, Some(by));
}

/// SUB-5: where somebody is vulnerable members are told what the policy says, and not why; without the mark nobody is.
#[test]
fn sub_5_members_read_the_advice_and_not_the_mark() {
    for (name, reads) in
        [("dartford-tac", true), ("generic", true), ("tm-safer-towns", false), ("cheltenham-safe", false)]
    {
        let policy = policy(name);
        for who in [Viewer::Member, Viewer::TargetedMember, Viewer::Police] {
            let mut profile = full();
            assert_eq!(sight::advice(&policy, who, &profile).is_some(), reads, "{name} {who}");
            profile.cut(&policy, who);
            assert!(profile.newest(Category::Vulnerability).is_none(), "{name} {who}");
            assert!(sight::advice(&policy, who, &profile).is_none(), "asked before the profile is cut");
        }
        assert!(
            sight::advice(&policy, Viewer::Controller, &full()).is_none(),
            "the controller reads the mark"
        );
    }
}

/// INC-5, NOT-1: the covering letter says from whom what is held came, each once, by what the record says of each item, and
/// a report by who made it.
#[test]
fn inc_5_not_1_a_letter_says_from_whom_data_came() {
    let policy = policy("tm-safer-towns");
    let mut profile = full();
    profile.fields.clear();
    let members = Reporters { members: true, scheme: false };
    let by_member = told(&policy, &profile, members);
    assert!(by_member.starts_with("a member of our scheme, who reported"), "{by_member}");
    assert!(!by_member.contains("; and"), "{by_member}");
    let by_staff = told(&policy, &profile, Reporters { members: false, scheme: true });
    assert!(!by_staff.contains("member") && by_staff.contains("works for our scheme"), "{by_staff}");
    let from = |source: Source| Field { source, ..field(1, Category::Alias, "x") };
    let by = |agreement: &str| Source::Police { agreement: agreement.into() };
    for (source, words) in [
        (by("police"), "the police, under an agreement"),
        (by("agencies"), "a public agency, under an agreement"),
        (Source::Scheme { agreement: "schemes".into() }, "another scheme"),
        (Source::SocialMedia { address: "x".into(), seen_on: DAY }, "social media"),
        (Source::Controller, "our own enquiries"),
        (Source::Subject, "you yourself"),
    ] {
        profile.fields = vec![from(source.clone()), from(source)];
        let both = told(&policy, &profile, members);
        assert_eq!(both.matches(words).count(), 1, "{both}");
        assert_eq!(both.matches("; and ").count(), 1, "{both}");
    }
}

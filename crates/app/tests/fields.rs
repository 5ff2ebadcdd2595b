//! What is held of a person, item by item: entered, put right, taken out, and gone with the person (SUB-1, SUB-4, SUB-5,
//! INC-5, INC-6, RET-16).
mod support;

use fairwatch_app::{
    AppError,
    finding::{self, Typing},
    subjects::{
        self, Correction, Item,
        fields::{self, Outcome as Kept, Typed},
    },
};
use fairwatch_core::{
    clocks::{AgeBand, Stage},
    gate::Role,
    ids::{IncidentId, ReportId, SubjectId},
    policy::Category,
    subjects::{Source, fields::AS_TEXT},
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, DTAC, GENERIC, POLICIES, Scene, TM, day, hidden, policy, refusal};

fn typed(category: Category, value: &str, source: Source) -> Typed {
    Typed { category, value: value.into(), source, was_public: false, minded: String::new() }
}

async fn enter(
    scene: &Scene,
    subject: SubjectId,
    file: &str,
    category: Category,
    value: &str,
    source: Source,
) -> Result<Kept, AppError> {
    let typed = typed(category, value, source);
    fields::enter(&scene.app, &scene.controller.ctx, &policy(file), subject, typed).await
}

async fn profile(scene: &Scene, subject: SubjectId) -> Result<fairwatch_core::subjects::Profile, AppError> {
    Ok(subjects::open(&scene.app, &scene.controller.ctx, subject).await?.open.profile)
}

/// A value of each category that no warning minds.
fn value_of(category: Category) -> &'static str {
    match category {
        Category::Ethnicity => "White British",
        Category::Vehicles => "Blue van, ab12cde",
        Category::ContactDetails => "07700 900123",
        Category::MedicalRisk => "Seizures",
        _ => "Zqxwv",
    }
}

on_both!(sub_1_every_category_that_a_policy_lists_can_be_entered_and_no_other);
/// SUB-1, INC-5: in every policy; members see of it what the policy gives them.
async fn sub_1_every_category_that_a_policy_lists_can_be_entered_and_no_other(world: &World) -> Outcome {
    for (file, _) in POLICIES {
        let (scene, policy) = (Scene::new(world, file).await, policy(file));
        let subject = scene.subject("Ella Example", &[]).await?;
        let involved = subjects::open(&scene.app, &scene.controller.ctx, subject).await?.open.involved;
        let report = Source::Report { report: involved[0].report, incident: involved[0].incident };
        for category in Category::ALL {
            let done = enter(&scene, subject, file, category, value_of(category), report.clone()).await;
            if AS_TEXT.contains(&category) && policy.holds(category) {
                assert!(matches!(done, Ok(Kept::Done)), "{category} in {file}: {done:?}");
                let held = profile(&scene, subject).await?;
                let field = held.newest(category).expect("it is held");
                assert_eq!(
                    (&field.source, field.since),
                    (&report, scene.controller.ctx.today()),
                    "{category}"
                );
            } else {
                assert!(refusal(done).contains("does not hold"), "{category} in {file}");
            }
        }
        let shown = subjects::show(&scene.app, &scene.member.ctx, subject, "").await?.open.profile;
        for field in &shown.fields {
            let rule = policy.category(field.category).expect("it is listed");
            let members = rule.audience.contains(&fairwatch_core::policy::Viewer::Member);
            assert!(members, "{} in {file}", field.category);
        }
        if policy.holds(Category::Vehicles) {
            let vehicle = profile(&scene, subject).await?;
            assert_eq!(vehicle.newest(Category::Vehicles).map(|f| &*f.value), Some("Blue van, AB12 CDE"));
        }
    }
    Ok(())
}

on_both!(inc_5_a_source_is_one_that_the_policy_takes_and_a_report_one_of_this_person);
/// INC-5, INC-6, K10 8.4, 8.5.
async fn inc_5_a_source_is_one_that_the_policy_takes_and_a_report_one_of_this_person(
    world: &World,
) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (one, other) = (scene.subject("Ella Example", &[]).await?, scene.subject("Omar Other", &[]).await?);
    let involved = subjects::open(&scene.app, &scene.controller.ctx, other).await?.open.involved;
    let of_other = Source::Report { report: involved[0].report, incident: involved[0].incident };
    let invented = Source::Report { report: ReportId(one.0), incident: IncidentId(one.0) };
    let police = Source::Police { agreement: "police".into() };
    let agencies = Source::Police { agreement: "agencies".into() };
    let alias = |source: Source| enter(&scene, one, DTAC, Category::Alias, "Bob", source);
    for source in [of_other, invented] {
        assert!(refusal(alias(source).await).contains("a report of this person"));
    }
    assert!(refusal(alias(Source::Police { agreement: "x".into() }).await).contains("does not take"));
    for category in [Category::Convictions, Category::WarningMarkers] {
        let done = enter(&scene, one, DTAC, category, "Robbery", police.clone()).await;
        assert!(refusal(done).contains("K10"), "{category}");
        enter(&scene, one, DTAC, category, "Robbery", agencies.clone()).await?;
        // Neither can what is held be put right with what the police said.
        let field = profile(&scene, one).await?.newest(category).expect("it is held").id;
        let again = typed(category, "Robbery, 2019", police.clone());
        let (app, ctx, policy) = (&scene.app, &scene.controller.ctx, policy(DTAC));
        let done = fields::correct_field(app, ctx, &policy, one, field, again, "They said so").await;
        assert!(refusal(done).contains("K10"), "{category}");
    }
    enter(&scene, one, DTAC, Category::Arrests, "May 2025, theft", police).await?;
    assert_eq!(profile(&scene, one).await?.fields.iter().filter(|f| f.value == "Robbery").count(), 2);

    // A public page needs its address, its day and the confirmation (INC-6).
    let scene = Scene::new(world, TM).await;
    let one = scene.subject("Ella Example", &[]).await?;
    let page = |address: &str| Source::SocialMedia { address: address.into(), seen_on: day("2026-03-01") };
    let public = typed(Category::Alias, "Bob", page("https://example.org/7"));
    let (app, ctx, policy) = (&scene.app, &scene.controller.ctx, policy(TM));
    let done = fields::enter(app, ctx, &policy, one, public.clone()).await;
    assert!(refusal(done).contains("anybody could see it"));
    let done = fields::enter(
        app,
        ctx,
        &policy,
        one,
        Typed { source: page("their wall"), was_public: true, ..public.clone() },
    );
    assert!(refusal(done.await).contains("https://"));
    fields::enter(app, ctx, &policy, one, Typed { was_public: true, ..public }).await?;
    Ok(())
}

on_both!(ret_16_what_is_put_right_says_so_and_what_is_taken_out_is_gone);
/// RET-16, SUB-7, AUD-1: who corrected it and when stands with it, a reason is asked, an entry is left; what is removed
/// is found by nobody.
async fn ret_16_what_is_put_right_says_so_and_what_is_taken_out_is_gone(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx, policy) = (&scene.app, &scene.controller.ctx, policy(GENERIC));
    let one = scene.subject("Ella Example", &[]).await?;
    enter(&scene, one, GENERIC, Category::Alias, "Grimbald", Source::Subject).await?;
    let field = profile(&scene, one).await?.newest(Category::Alias).expect("it is held").id;
    let right = || typed(Category::Alias, "Grimwald", Source::Controller);
    world.clock.set_day(day("2026-04-01"));
    let done = fields::correct_field(app, ctx, &policy, one, field, right(), " ").await;
    assert!(refusal(done).contains("Give a reason"));
    fields::correct_field(app, ctx, &policy, one, field, right(), "Misheard").await?;
    let held = profile(&scene, one).await?;
    let alias = held.field(field).expect("it is held");
    let corrected = alias.corrected.as_ref().expect("it says so");
    assert_eq!((&*alias.value, &alias.source), ("Grimwald", &Source::Controller));
    assert_eq!((alias.since, corrected.on), (day("2026-03-02"), day("2026-04-01")));
    assert!(corrected.by.contains("Data controller"));
    assert_eq!(scene.found("Grimwald").await?, [one]);

    assert!(refusal(fields::remove(app, ctx, one, Item::Field(field), "", false).await).contains("reason"));
    fields::remove(app, ctx, one, Item::Field(field), "Not theirs", false).await?;
    assert!(hidden(&fields::remove(app, ctx, one, Item::Field(field), "Again", false).await));
    assert_eq!(scene.found("Grimwald").await?, []);
    let actions = world.actions(scene.org().0).await?;
    for action in ["subjects.enter", "subjects.correct", "subjects.remove_field"] {
        assert!(actions.iter().any(|known| known == action), "{action} in {actions:?}");
    }
    // Nobody but the controller can, whatever a route says.
    for role in [Role::Staff, Role::MemberUser, Role::Board, Role::Police] {
        let who = world.person(&scene.scheme, role).await;
        let typed = typed(Category::Alias, "x", Source::Controller);
        assert!(hidden(&fields::enter(app, &who.ctx, &policy, one, typed).await), "{role}");
        assert!(hidden(&fields::remove(app, &who.ctx, one, Item::Birth, "x", false).await), "{role}");
    }
    Ok(())
}

on_both!(inc_7_what_must_not_stand_there_is_said_once);
/// INC-7: a warning is said, and passed over where the form has shown it.
async fn inc_7_what_must_not_stand_there_is_said_once(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let one = scene.subject("Ella Example", &[]).await?;
    let (app, ctx, policy) = (&scene.app, &scene.controller.ctx, policy(GENERIC));
    let text = typed(Category::Description, "Tall. Ring 07700 900123.", Source::Controller);
    let Kept::Warned(found) = fields::enter(app, ctx, &policy, one, text.clone()).await? else {
        panic!("it is warned of");
    };
    assert_eq!(profile(&scene, one).await?.fields.iter().filter(|f| f.value.contains("07700")).count(), 0);
    let minded = fairwatch_app::incidents::reporting::cautions::mark(&found);
    let done = fields::enter(app, ctx, &policy, one, Typed { minded, ..text }).await?;
    assert!(matches!(done, Kept::Done));
    // In its own place it is no matter at all.
    enter(&scene, one, GENERIC, Category::ContactDetails, "07700 900123", Source::Subject).await?;
    Ok(())
}

on_both!(ret_16_a_field_goes_with_the_report_that_brought_it);
/// RET-16, INC-5: what a report is the source of goes when it is taken away; a correction by the controller stays.
async fn ret_16_a_field_goes_with_the_report_that_brought_it(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx, policy) = (&scene.app, &scene.controller.ctx, policy(GENERIC));
    let one = scene.subject("Ella Example", &[]).await?;
    let again = scene.again(one).await?;
    let involved = subjects::open(app, ctx, one).await?.open.involved;
    let of = involved.iter().find(|i| i.report == again).expect("it is linked");
    let report = Source::Report { report: of.report, incident: of.incident };
    enter(&scene, one, GENERIC, Category::Alias, "Wrongly", report.clone()).await?;
    enter(&scene, one, GENERIC, Category::Alias, "Rightly", report).await?;
    let field = profile(&scene, one).await?.newest(Category::Alias).expect("it is held").id;
    let right = typed(Category::Alias, "Rightly so", Source::Subject);
    fields::correct_field(app, ctx, &policy, one, field, right, "He says so").await?;
    subjects::remove_report(app, ctx, one, again, "Not them").await?;
    let held = profile(&scene, one).await?;
    let aliases = held.fields.iter().filter(|f| f.category == Category::Alias).map(|f| &*f.value);
    assert_eq!(aliases.collect::<Vec<_>>(), ["Rightly so"]);
    Ok(())
}

on_both!(sub_4_a_later_date_of_birth_that_makes_somebody_too_young_is_told_first);
/// SUB-4, RET-16: the record of somebody under the minimum age is destroyed, and whoever enters the date is told before;
/// of somebody young the necessity is asked.
async fn sub_4_a_later_date_of_birth_that_makes_somebody_too_young_is_told_first(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Ella Example", &[]).await?;
    let child = || Correction { born: Some(day("2014-01-01")), ..Correction::default() };
    let Err(AppError::Refused(problems)) = subjects::correct(app, ctx, one, child(), "Her school").await
    else {
        panic!("it is told first");
    };
    let told = problems.of("ends-record").expect("at the box to tick");
    assert!(told.contains("destroyed at once"), "{told}");
    assert_eq!(profile(&scene, one).await?.born(), None, "nothing was kept of it");
    assert_eq!(scene.shown().await?, [one]);
    let confirmed = Correction { ends_record: true, ..child() };
    assert_eq!(subjects::correct(app, ctx, one, confirmed, "Her school").await?, Stage::Deleted);
    assert!(hidden(&subjects::open(app, ctx, one).await));
    assert_eq!(scene.found("Ella").await?, []);

    // How old somebody looks is put right in the same way, and a wrong date of birth too.
    let two = scene.subject("Ada Example", &[]).await?;
    let looks = |age| Correction { apparent_age: Some(age), ..Correction::default() };
    let under_14 = subjects::correct(app, ctx, two, looks(AgeBand::Under14), "The film").await;
    assert!(refusal(under_14).contains("destroyed at once"));
    subjects::correct(app, ctx, two, looks(AgeBand::Under18), "The film").await?;
    let held = profile(&scene, two).await?;
    assert_eq!(held.apparent_age, AgeBand::Under18);
    assert!(held.apparent_age_origin.corrected.is_some());
    for born in ["1990-05-06", "1991-05-06"] {
        let correction = Correction { born: Some(day(born)), ..Correction::default() };
        subjects::correct(app, ctx, two, correction, "Her passport").await?;
        assert_eq!(profile(&scene, two).await?.born(), Some(day(born)));
    }
    let birth = profile(&scene, two).await?.births[0].origin.clone();
    assert_eq!((birth.source, birth.corrected.is_some()), (Source::Controller, true), "INC-5");

    // Where the policy asks why somebody so young is held, so does the form (TM: under 14).
    let scene = Scene::new(world, TM).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Ella Example", &[]).await?;
    let Err(AppError::Refused(problems)) = subjects::correct(app, ctx, one, child(), "Her school").await
    else {
        panic!("it is asked");
    };
    assert!(problems.of("necessity").is_some());
    let necessary = Correction { necessity: Some("Staff were hurt".into()), ..child() };
    subjects::correct(app, ctx, one, necessary, "Her school").await?;
    assert_eq!(profile(&scene, one).await?.necessity(), Some("Staff were hurt"));
    Ok(())
}

on_both!(ret_16_a_date_of_birth_that_was_put_right_stays_when_its_report_goes);
/// RET-16, SUB-4: the clocks go on knowing what the controller put right, whatever becomes of the report that first said
/// something else.
async fn ret_16_a_date_of_birth_that_was_put_right_stays_when_its_report_goes(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Ella Example", &[]).await?;
    let first = subjects::open(app, ctx, one).await?.open.involved[0].report;
    scene.again(one).await?;
    for born in ["1990-01-01", "2010-01-01"] {
        let correction = Correction { born: Some(day(born)), ..Correction::default() };
        subjects::correct(app, ctx, one, correction, "Her passport").await?;
    }
    let twin = scene.subject("Tina Twin", &[]).await?;
    let correction = Correction { born: Some(day("2010-01-01")), ..Correction::default() };
    subjects::correct(app, ctx, twin, correction, "Her passport").await?;
    subjects::remove_report(app, ctx, one, first, "Not her").await?;
    let (one, twin) = (subjects::open(app, ctx, one).await?.open, subjects::open(app, ctx, twin).await?.open);
    assert_eq!(one.profile.born(), Some(day("2010-01-01")));
    assert_eq!((one.life.until, one.life.deletion), (twin.life.until, twin.life.deletion), "as under 18");
    Ok(())
}

on_both!(ret_16_without_name_or_birth_the_clocks_are_as_if_they_had_never_been_known);
/// RET-16, SUB-2: a name or date of birth that is taken out leaves the clocks as they would be without.
async fn ret_16_without_name_or_birth_the_clocks_are_as_if_they_had_never_been_known(
    world: &World,
) -> Outcome {
    for (file, _) in POLICIES {
        let scene = Scene::new(world, file).await;
        let (app, ctx) = (&scene.app, &scene.controller.ctx);
        let (one, twin) = (scene.subject("", &[]).await?, scene.subject("", &[]).await?);
        let known = Correction {
            name: Some("Ella Example".into()),
            born: Some(day("1990-01-01")),
            ..Correction::default()
        };
        subjects::correct(app, ctx, one, known.clone(), "I know").await?;
        let name = profile(&scene, one).await?.newest(Category::Name).expect("a name").id;
        fields::remove(app, ctx, one, Item::Field(name), "It was another", false).await?;
        fields::remove(app, ctx, one, Item::Birth, "It was another", false).await?;
        let life = |shown: subjects::Shown| {
            let life = shown.open.life;
            (life.stage, life.until, life.deletion, life.identified, life.segments.len())
        };
        let as_if = life(subjects::open(app, ctx, twin).await?);
        assert_eq!(life(subjects::open(app, ctx, one).await?), as_if, "{file}");
        assert!(!as_if.3, "{file}: unknown again");
        assert_eq!(scene.found("Ella").await?, []);
        // And what becomes known again counts from then on.
        for subject in [one, twin] {
            subjects::correct(app, ctx, subject, known.clone(), "I know").await?;
        }
        let as_if = life(subjects::open(app, ctx, twin).await?);
        assert_eq!(life(subjects::open(app, ctx, one).await?), as_if, "{file}");
        world.clock.set_day(day("2026-03-02"));
    }
    Ok(())
}

on_both!(sub_5_a_mark_of_vulnerability_changes_what_members_are_told_and_goes_with_the_record);
/// SUB-5: members read the advice and not why, find nobody by it, and it ends with the record by the same clock.
async fn sub_5_a_mark_of_vulnerability_changes_what_members_are_told_and_goes_with_the_record(
    world: &World,
) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, ctx, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let one = scene.subject("Ella Example", &[]).await?;
    let before = subjects::open(app, ctx, one).await?.open.life;
    assert_eq!(subjects::show(app, member, one, "").await?.advice, None);
    enter(&scene, one, DTAC, Category::Vulnerability, "Zqxwv lives on the street", Source::Subject).await?;
    let shown = subjects::show(app, member, one, "").await?;
    assert!(shown.advice.expect("they are told").contains("with care"));
    let text = serde_json::to_string(&shown.open.profile)?;
    assert!(!text.contains("Zqxwv") && !text.contains("vulnerab"), "{text}");
    let card = format!("{:?}", scene.gallery(member).await?.cards);
    assert!(!card.contains("Zqxwv"));
    let found = finding::find(app, member, scene.org(), "Zqxwv", Typing::Finished, 20).await?;
    assert!(found.people.is_empty());
    assert_eq!(scene.found("Zqxwv").await?, [one], "the controller finds by all that is held");
    let after = subjects::open(app, ctx, one).await?.open.life;
    assert_eq!((after.until, after.deletion), (before.until, before.deletion), "treated like the rest");
    world.clock.set_day(after.deletion.expect("an end"));
    scene.sweep(world).await?;
    assert!(hidden(&subjects::open(app, ctx, one).await));
    assert_eq!(scene.found("Zqxwv").await?, []);
    Ok(())
}

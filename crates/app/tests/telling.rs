//! What members tell, in and beside reports, and what they are told of it.
mod support;

use fairwatch_app::{
    AppError,
    incidents::{
        reporting::{self, Outcome as Sending, Typed, cautions},
        review,
    },
    intelligence, subjects,
};
use fairwatch_core::{
    clocks::Stage,
    gate::Role,
    ids::SubjectId,
    incidents::News,
    intelligence::{Grading, Knowledge, Reliability, TipState},
    policy::Category,
    subjects::Source,
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, GENERIC, Scene, day, everybody_is_new, face, hidden, later, person, refusal, theft};

const UNTESTED: Grading = Grading { source: Reliability::Untested, information: Knowledge::Direct };

async fn news(scene: &Scene) -> Result<Vec<(Option<fairwatch_core::ids::ReportId>, News)>, AppError> {
    let account = scene.member.account;
    let found = reporting::news(&scene.app, &scene.member.ctx, scene.org(), account).await?;
    Ok(found.iter().map(|unseen| (unseen.report, unseen.news)).collect())
}

on_both!(what_became_of_a_report_is_news_until_its_sender_looks);
/// INC-1, INC-2: approved, rejected and taken away, each until whoever sent it has looked; nobody else is told.
async fn what_became_of_a_report_is_news_until_its_sender_looks(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, member, controller) = (&scene.app, &scene.member.ctx, &scene.controller.ctx);
    let other = world.person(&scene.scheme, Role::MemberUser).await;
    let typed = theft("They took a bottle of gin.", vec![person("Nell Newsome", "Tall, green coat")]);
    let one = scene.report(member, &typed, &[]).await?.id;
    let two = scene.report(member, &typed, &[]).await?.id;
    assert_eq!(news(&scene).await?, [], "what waits is no news");
    let subject = scene.approve(one, everybody_is_new(&scene.review(one).await?)).await?[0];
    review::reject(app, controller, two, "It is the same as the other.").await?;
    // The newest first.
    let found = news(&scene).await?;
    assert_eq!(found, [(Some(two), News::Rejected), (Some(one), News::Approved)]);
    assert_eq!(reporting::news(app, &other.ctx, scene.org(), other.account).await?, []);

    let shown = reporting::show_mine(app, member, two).await?;
    assert_eq!(shown.decision.as_deref(), Some("It is the same as the other."));
    assert_eq!(news(&scene).await?, [(Some(one), News::Approved)]);
    let own = reporting::mine(app, member, scene.org(), None, 25).await?;
    assert_eq!(own.iter().map(|own| own.news).collect::<Vec<_>>(), [None, Some(News::Approved)]);
    assert_eq!(news(&scene).await?, []);

    // With another report of the person, so that they and the report do not go together.
    scene.again(subject).await?;
    reporting::mine(app, member, scene.org(), None, 25).await?;
    subjects::remove_report(app, controller, subject, one, "It was somebody else.").await?;
    assert_eq!(news(&scene).await?, [(Some(one), News::Removed)]);
    world.clock.set_day(later(scene.member.ctx.today(), 29));
    assert_eq!(news(&scene).await?, [], "after four weeks nobody is told any more");
    Ok(())
}

on_both!(what_may_have_to_go_is_said_once_and_stops_nobody);
/// INC-7: a report with a telephone number in it is kept and asked about; sent again as it is, it is sent.
async fn what_may_have_to_go_is_said_once_and_stops_nobody(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, member, org) = (&scene.app, &scene.member.ctx, scene.org());
    let typed = theft("He said to ring 07700 900123.", vec![person("", "A white man, slim")]);
    let Sending::Warned(found) = reporting::submit(app, member, org, &typed).await? else {
        panic!("it was sent without a word")
    };
    let fields = found.iter().map(|found| (&*found.field, &*found.found)).collect::<Vec<_>>();
    assert_eq!(fields, [("person-0-description", "white man"), ("sentence", "07700 900123")]);
    assert_eq!(reporting::draft(app, member, org).await?.typed.sentence, typed.sentence, "nothing is lost");
    let while_typing = reporting::keep_draft(app, member, org, &typed).await?;
    assert_eq!(while_typing, found, "what is said while typing is what is said on sending");

    // What was seen is passed over, wherever it stands by now; what is new is not.
    let minded = cautions::mark(&found);
    let moved = Typed { sentence: "Ring 07700  900123, he said. He is diabetic.".into(), minded, ..typed };
    let Sending::Warned(found) = reporting::submit(app, member, org, &moved).await? else {
        panic!("what is new was not said")
    };
    assert_eq!(found.len(), 3);
    let passed = Typed { minded: cautions::mark(&found), ..moved };
    assert!(matches!(reporting::submit(app, member, org, &passed).await?, Sending::Sent(_)));
    Ok(())
}

fn vehicles(open: &subjects::Open) -> Vec<(String, Source)> {
    let of = open.profile.fields.iter().filter(|field| field.category == Category::Vehicles);
    of.map(|field| (field.value.clone(), field.source.clone())).collect()
}

on_both!(a_vehicle_goes_with_the_person_whose_it_is);
/// INC-1, INC-5, INC-7, SUB-1: a vehicle is held of the person to whom review links it, with the report as its source,
/// where the policy holds vehicles at all; goods and outcome are the incident's.
async fn a_vehicle_goes_with_the_person_whose_it_is(world: &World) -> Outcome {
    for (file, holds) in [(GENERIC, true), (CS, false)] {
        let scene = Scene::new(world, file).await;
        let (app, controller) = (&scene.app, &scene.controller.ctx);
        let people = vec![person("Vera Vann", "Tall, red cap"), person("Walt Wheeler", "Short, blue coat")];
        let typed = Typed {
            items: vec!["alcohol".into(), "food".into()],
            outcome: "police_attended".into(),
            registration: "ab12  cde".into(),
            vehicle: "Blue Ford  Transit".into(),
            police_reference: " 42/12345/26 ".into(),
            ..theft("They drove off.", people)
        };
        let report = scene.report(&scene.member.ctx, &typed, &[]).await?.id;
        let review = scene.review(report).await?;
        let vehicle = review.held.report.vehicle.clone().expect("it was typed").to_string();
        assert_eq!(vehicle, "Blue Ford Transit, AB12 CDE");
        let mut decision = everybody_is_new(&review);
        decision.narrative = "{1} and {2} drove off.".into();
        decision.vehicle = Some((decision.people[1].person, "A van of Vera Vann".into()));
        let refused = refusal(scene.approve(report, decision.clone()).await);
        assert!(refused.contains("names someone else"), "{refused}");
        decision.vehicle = Some((decision.people[1].person, vehicle.clone()));
        let linked = scene.approve(report, decision).await?;
        let held = |id: SubjectId| async move {
            Ok::<_, AppError>(vehicles(&subjects::open(app, controller, id).await?.open))
        };
        assert_eq!(held(linked[0]).await?, []);
        let told = scene.incident_of(linked[0]).await?;
        assert_eq!(told.whole.incident.items, ["alcohol", "food"]);
        assert_eq!(told.whole.incident.outcome.as_deref(), Some("police_attended"));
        let source = Source::Report { report, incident: told.whole.id };
        let wanted = if holds { vec![(vehicle, source)] } else { Vec::new() };
        assert_eq!(held(linked[1]).await?, wanted);

        // INC-9: what may point to somebody who is gone goes from what others share.
        subjects::erase(app, controller, linked[1]).await?;
        let told = scene.incident_of(linked[0]).await?;
        let words = format!("{:?}", told.whole);
        for gone in ["Transit", "AB12", "12345/26", "Wheeler"] {
            assert!(!words.contains(gone), "{gone} is left in {words}");
        }
        assert_eq!(told.whole.incident.items, ["alcohol", "food"]);
    }
    Ok(())
}

/// Somebody without a name, reported by the member.
async fn nobody_known(scene: &Scene) -> Result<SubjectId, AppError> {
    scene.subject("", &[face(5)]).await
}

on_both!(a_name_that_a_member_sends_is_reviewed_and_keeps_its_source);
/// INC-4, INC-5: a name waits for the controller, stands with its source and grading once taken over, is an event for
/// the clocks, and whoever reported the person is told; rejected, it is erased in time, and its sender reads why.
async fn a_name_that_a_member_sends_is_reviewed_and_keeps_its_source(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller, org) = (&scene.app, &scene.controller.ctx, scene.org());
    let knows = world.person(&scene.scheme, Role::MemberUser).await;
    let elsewhere = Scene::new(world, GENERIC).await;
    let subject = nobody_known(&scene).await?;
    reporting::mine(app, &scene.member.ctx, org, None, 25).await?;

    let send =
        |by, name: &'static str| intelligence::send(app, by, subject, name, "From school", Knowledge::Direct);
    assert!(hidden(&send(&elsewhere.member.ctx, "Ina Kent").await), "another scheme's");
    assert!(refusal(send(&knows.ctx, " ").await).contains("who it is"));
    let wrong = send(&knows.ctx, "Ina Kent").await?;
    assert!(refusal(send(&knows.ctx, "Ina Kent").await).contains("waits"));
    assert_eq!(subjects::open(app, controller, subject).await?.open.profile.name(), None);
    let waiting = intelligence::queue(app, controller, org).await?;
    assert_eq!((waiting.len(), &*waiting[0].tip.name), (1, "Ina Kent"));
    assert!(waiting[0].picture.is_some());
    assert!(hidden(&intelligence::open(app, &knows.ctx, wrong).await), "it is the controller's to read");
    assert!(hidden(&intelligence::open(app, &elsewhere.controller.ctx, wrong).await));

    intelligence::reject(app, controller, wrong, "She was abroad then.").await?;
    assert!(
        hidden(&intelligence::accept(app, controller, wrong, "Ina Kent", UNTESTED).await),
        "decided once"
    );
    world.clock.pass(jiff::SignedDuration::from_mins(1));
    let right = send(&knows.ctx, "Una Kent").await?;
    intelligence::accept(app, controller, right, "Una Kent", UNTESTED).await?;
    let shown = subjects::open(app, controller, subject).await?;
    let field = shown.open.profile.newest(Category::Name).expect("there is a name");
    assert_eq!(field.source, Source::Intelligence { tip: right, grading: UNTESTED });
    assert!(shown.open.life.identified);
    assert_eq!(subjects::show(app, &knows.ctx, subject, "").await?.open.profile.name(), Some("Una Kent"));
    assert!(refusal(send(&scene.member.ctx, "Una Kent").await).contains("has a name by now"));

    let told = news(&scene).await?;
    assert_eq!(told.iter().map(|(_, news)| *news).collect::<Vec<_>>(), [News::Named], "the reporter is told");
    let unseen = reporting::news(app, &knows.ctx, org, knows.account).await?;
    assert_eq!(unseen.len(), 2, "and the sender");
    let own = intelligence::mine(app, &knows.ctx, org).await?;
    assert_eq!(own.iter().map(|tip| tip.state).collect::<Vec<_>>(), [TipState::Accepted, TipState::Rejected]);
    assert_eq!(own[1].decision.as_deref(), Some("She was abroad then."));
    assert_eq!(reporting::news(app, &knows.ctx, org, knows.account).await?, []);

    world.clock.set_day(later(scene.member.ctx.today(), 40));
    assert_eq!(intelligence::mine(app, &knows.ctx, org).await?.len(), 1, "gone on its day, swept or not");
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM intelligence").await?, 1);
    subjects::erase(app, controller, subject).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM intelligence").await?, 0, "it goes with the person");
    burglar.leave().await;
    Ok(())
}

on_both!(a_sighting_moves_no_clock_and_can_be_taken_back_today);
/// INC-4: a member says that they saw somebody; the controller sees it, other members do not, and nothing is extended.
async fn a_sighting_moves_no_clock_and_can_be_taken_back_today(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, member, controller) = (&scene.app, &scene.member.ctx, &scene.controller.ctx);
    let other = world.person(&scene.scheme, Role::MemberUser).await;
    let subject = scene.subject("Sid Seen", &[]).await?;
    let life = subjects::open(app, controller, subject).await?.open.life;
    world.clock.set_day(later(scene.member.ctx.today(), 100));
    for _ in 0..2 {
        intelligence::say_seen(app, member, subject).await?;
    }
    let seen = |ctx| async move {
        Ok::<_, AppError>(subjects::show(app, ctx, subject, "").await?.open.sightings.len())
    };
    assert_eq!(
        (seen(member).await?, seen(&other.ctx).await?),
        (1, 0),
        "said twice, said once; one's own alone"
    );
    let shown = subjects::open(app, controller, subject).await?.open;
    assert_eq!(shown.sightings.len(), 1);
    assert_eq!((shown.life.until, shown.life.deletion), (life.until, life.deletion), "it moves no clock");

    intelligence::undo_seen(app, &other.ctx, subject).await?;
    assert_eq!(seen(member).await?, 1, "nobody takes back what another said");
    intelligence::undo_seen(app, member, subject).await?;
    assert_eq!(seen(member).await?, 0);
    intelligence::say_seen(app, member, subject).await?;
    world.clock.set_day(later(scene.member.ctx.today(), 1));
    intelligence::undo_seen(app, member, subject).await?;
    assert_eq!(subjects::open(app, controller, subject).await?.open.sightings.len(), 1, "the day is over");
    assert_eq!(seen(member).await?, 0);

    subjects::restrict(app, controller, subject, true, "A question is open").await?;
    assert!(hidden(&intelligence::say_seen(app, member, subject).await), "who is hidden is seen by nobody");
    assert_eq!(subjects::erase(app, controller, subject).await?, Stage::Deleted);
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM sightings").await?, 0);
    burglar.leave().await;
    Ok(())
}

on_both!(a_correction_says_where_it_comes_from);
/// INC-5, INC-6: what is corrected keeps its source, of those that the policy takes; social media only where it was
/// public, with address and date.
async fn a_correction_says_where_it_comes_from(world: &World) -> Outcome {
    let page =
        |address: &str, seen_on: &str| Source::SocialMedia { address: address.into(), seen_on: day(seen_on) };
    let public = page("https://example.org/post/7", "2026-03-01");
    let mut takers = 0;
    for (file, _) in support::POLICIES {
        let scene = Scene::new(world, file).await;
        let subject = scene.subject("Sol Source", &[]).await?;
        let correct = |source: Source, was_public| {
            let correction = subjects::Correction {
                name: Some("Sol Sourced".into()),
                source: Some(source),
                was_public,
                ..subjects::Correction::default()
            };
            subjects::correct(&scene.app, &scene.controller.ctx, subject, correction, "It was wrong")
        };
        let name = || async {
            let open = subjects::open(&scene.app, &scene.controller.ctx, subject).await?.open;
            Ok::<_, AppError>(open.profile.newest(Category::Name).cloned().expect("there is a name"))
        };
        assert!(refusal(correct(public.clone(), false).await).contains("anybody could see it"), "{file}");
        for wrong in [page("a post of theirs", "2026-03-01"), page("https://example.org/7", "2027-01-01")] {
            assert_ne!(refusal(correct(wrong, true).await), "not refused", "{file}");
        }
        let nobody = Source::Police { agreement: "no such agreement".into() };
        assert!(refusal(correct(nobody, false).await).contains("does not take"), "{file}");
        if public.is_accepted(&support::policy(file)) {
            takers += 1;
            correct(public.clone(), true).await?;
            assert_eq!((name().await?.value, name().await?.source), ("Sol Sourced".into(), public.clone()));
        } else {
            assert!(refusal(correct(public.clone(), true).await).contains("does not take"), "{file}");
            assert_eq!(name().await?.value, "Sol Source");
        }
    }
    assert!(takers > 0, "a policy takes public pages");
    Ok(())
}

//! The main job: a report reaches the gallery of its own scheme, and nobody else's.
mod support;

use fairwatch_app::{
    incidents::{
        self, reporting,
        review::{self, Decision, Link, Shows},
    },
    pictures, subjects,
    subjects::Correction,
};
use fairwatch_core::{
    clocks::Stage,
    gate::Role,
    ids::{IncidentId, PictureId, ReportId, SubjectId},
    incidents::ReportState,
    pictures::Size,
    policy::{Category, Viewer},
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, DTAC, GENERIC, Scene, TM, day, everybody_is_new, face, hidden, person, refusal, theft};
use uuid::Uuid;

on_both!(a_report_reaches_the_gallery_of_its_own_scheme);
/// INC-1, INC-2, INC-5, VIS-1, VIS-7, RET-12: the whole of the main job.
async fn a_report_reaches_the_gallery_of_its_own_scheme(world: &World) -> Outcome {
    let here = Scene::new(world, TM).await;
    let there = Scene::new(world, CS).await;
    let (member, controller) = (&here.member.ctx, &here.controller.ctx);

    let typed = theft(
        "Alfred Example took two bottles of gin.",
        vec![person("Alfred Example", "Tall, red cap, scar")],
    );
    let sent = here.report(member, &typed, &[face(1)]).await?;

    let mine = reporting::mine(&here.app, member, here.org(), None, 20).await?;
    assert_eq!((mine.len(), mine[0].id, mine[0].state), (1, sent.id, ReportState::Waiting));
    let own = reporting::show_mine(&here.app, member, sent.id).await?;
    assert_eq!(own.report.sentence, "Alfred Example took two bottles of gin.");
    assert_eq!(own.report.loss_pence, Some(1250));
    assert_eq!(own.report.reporter_email.as_deref(), Some(&*here.member.login), "INC-3");
    assert!(here.shown().await?.is_empty(), "nothing circulates before review");

    let (waiting, total) = review::queue(&here.app, controller, here.org(), None, 20).await?;
    assert_eq!((total, waiting[0].id, waiting[0].people), (1, sent.id, 1));
    let opened = here.review(sent.id).await?;
    assert_eq!(opened.held.pictures.len(), 1);
    assert_eq!(review::proposed_text(&opened.held), "{1} took two bottles of gin.");
    let mut decision = everybody_is_new(&opened);
    decision.narrative = review::proposed_text(&opened.held);
    let subject = here.approve(sent.id, decision).await?[0];

    let own = reporting::mine(&here.app, member, here.org(), None, 20).await?;
    assert_eq!(own[0].state, ReportState::Approved);
    let page = here.gallery(member).await?;
    assert_eq!((page.viewer, page.cards.len(), page.cards[0].id), (Viewer::Member, 1, subject));
    assert_eq!(page.cards[0].profile.name(), Some("Alfred Example"));
    let picture = page.cards[0].picture.expect("the card has a picture");

    let shown = subjects::show(&here.app, member, subject, "").await?;
    assert_eq!(shown.narratives, ["Alfred Example took two bottles of gin."]);
    assert_eq!(shown.open.pictures, [picture]);
    let ticket = pictures::ticket(&here.app, member, picture);
    assert!(pictures::thumbnail(&here.app, member, picture, &ticket).await?.0.starts_with(&[0xff, 0xd8]));
    assert!(pictures::show(&here.app, member, picture, Size::Large).await?.0.starts_with(&[0xff, 0xd8]));

    let open = subjects::open(&here.app, controller, subject).await?;
    assert_eq!(open.open.life.stage, Stage::Circulating);
    assert_eq!(open.open.life.until, Some(day("2027-03-02")));
    assert!(!open.open.life.because.is_empty() && open.open.life.segments.len() == 3, "RET-12");

    // Another scheme's people, and nobody at all, find nothing: not the subject, not what belongs to it.
    let incident = open.open.involved[0].incident;
    let original = opened.held.pictures[0].id;
    for stranger in [&there.member.ctx, &there.controller.ctx, &world.nobody()] {
        assert!(hidden(&subjects::show(&here.app, stranger, subject, "why").await));
        assert!(hidden(&subjects::open(&here.app, stranger, subject).await));
        assert!(hidden(&reporting::show_mine(&here.app, stranger, sent.id).await));
        assert!(hidden(&review::open(&here.app, stranger, sent.id).await));
        assert!(hidden(&incidents::open(&here.app, stranger, incident).await));
        assert!(hidden(&here.gallery(stranger).await));
        for picture in [picture, original] {
            assert!(hidden(&pictures::show(&here.app, stranger, picture, Size::Small).await));
            let ticket = pictures::ticket(&here.app, stranger, picture);
            assert!(hidden(&pictures::thumbnail(&here.app, stranger, picture, &ticket).await));
        }
        // What does not exist answers the same (VIS-7).
        assert!(hidden(&subjects::show(&here.app, stranger, SubjectId(Uuid::nil()), "why").await));
        assert!(hidden(&incidents::open(&here.app, stranger, IncidentId(Uuid::nil())).await));
    }
    assert!(there.shown().await?.is_empty());
    // A ticket is for its viewer alone, and for minutes.
    assert!(hidden(&pictures::thumbnail(&here.app, controller, picture, &ticket).await));
    world.clock.pass(jiff::SignedDuration::from_mins(11));
    assert!(hidden(&pictures::thumbnail(&here.app, member, picture, &ticket).await));
    // The report's own picture stays with reporter and controller.
    let colleague = world.person(&here.scheme, Role::MemberUser).await;
    assert!(hidden(&pictures::show(&here.app, &colleague.ctx, original, Size::Large).await));
    assert!(hidden(&reporting::show_mine(&here.app, &colleague.ctx, sent.id).await));
    pictures::show(&here.app, member, original, Size::Large).await?;
    pictures::show(&here.app, controller, original, Size::Large).await?;
    assert!(hidden(&pictures::show(&here.app, member, PictureId(Uuid::nil()), Size::Large).await));
    Ok(())
}

on_both!(a_rejected_report_tells_its_reporter_why);
/// INC-2: rejected with a reason that the reporter sees, and decided once.
async fn a_rejected_report_tells_its_reporter_why(world: &World) -> Outcome {
    let here = Scene::new(world, GENERIC).await;
    let typed = theft("Somebody looked at me.", vec![person("", "A tall man in a coat")]);
    let sent = here.report(&here.member.ctx, &typed, &[face(2)]).await?;
    let without = review::reject(&here.app, &here.controller.ctx, sent.id, "  ").await;
    assert!(refusal(without).contains("Say why"));
    review::reject(&here.app, &here.controller.ctx, sent.id, "Looking is no offence.").await?;
    let mine = reporting::mine(&here.app, &here.member.ctx, here.org(), None, 20).await?;
    assert_eq!(mine[0].state, ReportState::Rejected);
    assert_eq!(mine[0].decision.as_deref(), Some("Looking is no offence."));
    assert!(here.shown().await?.is_empty());
    let opened = here.review(sent.id).await?;
    assert!(hidden(&here.approve(sent.id, everybody_is_new(&opened)).await));
    assert!(hidden(&review::reject(&here.app, &here.controller.ctx, sent.id, "Again.").await));
    let (_, total) = review::queue(&here.app, &here.controller.ctx, here.org(), None, 20).await?;
    assert_eq!(total, 0);
    Ok(())
}

on_both!(a_second_report_finds_whom_it_may_be_about);
/// INC-2, SUB-3: a similar name is among the candidates; the report is linked to it, and circulation is longer.
async fn a_second_report_finds_whom_it_may_be_about(world: &World) -> Outcome {
    let here = Scene::new(world, CS).await;
    let subject = here.subject("Frederick Sampleton", &[face(3)]).await?;
    here.subject("Mary Other", &[]).await?;
    world.clock.set_day(day("2026-06-02"));
    let typed = theft("Fred took meat.", vec![person("Fredrick Sampelton", "A man with a bag")]);
    let sent = here.report(&here.member.ctx, &typed, &[face(4)]).await?;
    let opened = here.review(sent.id).await?;
    let first = &opened.candidates[0][0];
    assert_eq!(first.card.id, subject);
    assert_eq!(first.reasons, ["a name that sounds alike", "was at the same place before"]);
    assert_eq!(opened.candidates[0].len(), 1, "nobody who is not similar");
    let mut decision = everybody_is_new(&opened);
    decision.people[0].link = Link::Existing(subject);
    decision.people[0].name.clear();
    assert_eq!(here.approve(sent.id, decision).await?, [subject]);
    let shown = subjects::open(&here.app, &here.controller.ctx, subject).await?;
    assert_eq!(shown.open.life.until, Some(day("2028-06-02")), "RET-2: 24 months from the further report");
    assert_eq!((shown.open.involved.len(), shown.open.pictures.len()), (2, 2));
    assert_eq!(here.shown().await?.len(), 2);

    // By the reporter's own choice, and by words of the description, where the policy holds descriptions.
    let here = Scene::new(world, GENERIC).await;
    let subject = here.subject("Frederick Sampleton", &[]).await?;
    let other = here.subject("Mary Other", &[]).await?;
    let mut described = person("", "Very slim, scar on the left brow, about 185 cm");
    described.proposed = subject.to_string();
    let sent = here.report(&here.member.ctx, &theft("Again.", vec![described]), &[]).await?;
    let opened = here.review(sent.id).await?;
    let found = opened.candidates[0].iter().map(|candidate| candidate.card.id).collect::<Vec<_>>();
    assert_eq!(found, [subject, other]);
    let reasons = &opened.candidates[0][0].reasons;
    assert_eq!(reasons[0], "the reporter chose this person");
    assert!(reasons[1].starts_with("description shares"), "{reasons:?}");
    Ok(())
}

on_both!(each_viewer_sees_what_the_policy_gives);
/// VIS-1, VIS-5, VIS-7, SUB-1: the date of birth is shared where the policy shares it, and leaves the use case
/// nowhere else; the police see nothing where the policy names no such recipient, and give a reason where it does.
async fn each_viewer_sees_what_the_policy_gives(world: &World) -> Outcome {
    for (file, shares) in [(TM, true), (CS, false), (DTAC, false)] {
        let here = Scene::new(world, file).await;
        let subject = here.subject("Berta Example", &[face(5)]).await?;
        let born = Correction { born: Some(day("1990-05-17")), ..Correction::default() };
        subjects::correct(&here.app, &here.controller.ctx, subject, born, "From the court list").await?;
        let card = here.gallery(&here.member.ctx).await?.cards.remove(0);
        let shown = subjects::show(&here.app, &here.member.ctx, subject, "").await?;
        let expected = shares.then(|| day("1990-05-17"));
        assert_eq!((card.profile.born(), shown.open.profile.born()), (expected, expected), "{file}");
        for profile in [&card.profile, &shown.open.profile] {
            let text = serde_json::to_string(profile)?;
            assert_eq!(text.contains("1990-05-17"), shares, "{file}: {text}");
            let policy = &shown.scope.policy;
            assert!(profile.fields.iter().all(|field| policy.sees(Viewer::Member, field.category)), "{file}");
        }
        let whole = subjects::open(&here.app, &here.controller.ctx, subject).await?;
        assert_eq!(whole.open.profile.born(), Some(day("1990-05-17")));
        assert_eq!(shown.open.happened.len() + shown.open.holds.len(), 0, "who did what is the controller's");

        let officer = world.person(&here.scheme, Role::Police).await;
        let asked = subjects::show(&here.app, &officer.ctx, subject, "").await;
        assert!(refusal(asked).contains("Say why"), "{file}");
        let reason = "Matches a description in an enquiry";
        let seen = subjects::show(&here.app, &officer.ctx, subject, reason).await?;
        assert_eq!(seen.viewer, Viewer::Police);
        assert!(hidden(&subjects::open(&here.app, &officer.ctx, subject).await));
        for role in [Role::Board, Role::Auditor, Role::Operator] {
            let other = world.person(&here.scheme, role).await;
            assert!(hidden(&subjects::show(&here.app, &other.ctx, subject, reason).await), "{file} {role}");
            assert!(hidden(&here.gallery(&other.ctx).await), "{file} {role}");
        }
    }
    let closed = world.scheme_with("closed", without_police).await;
    let officer = world.person(&closed, Role::Police).await;
    let controller = world.person(&closed, Role::Controller).await;
    let member = world.person(&closed, Role::MemberUser).await;
    let here = Scene { app: support::app(world), scheme: closed, controller, member };
    let subject = here.subject("Carl Example", &[face(6)]).await?;
    assert!(hidden(&here.gallery(&officer.ctx).await));
    assert!(hidden(&subjects::show(&here.app, &officer.ctx, subject, "why").await));
    let picture = here.gallery(&here.member.ctx).await?.cards[0].picture.expect("it has one");
    assert!(hidden(&pictures::show(&here.app, &officer.ctx, picture, Size::Large).await));
    Ok(())
}

/// The generic policy without the police as recipients.
fn without_police(policy: String) -> String {
    let is_police = |part: &&str| part.starts_with("recipient]]") && part.contains("viewer = \"police\"");
    let parts = policy.split("\n[[").filter(|part| !is_police(part)).collect::<Vec<_>>();
    parts.join("\n[[").replace("\"police\", ", "").replace(", \"police\"", "")
}

on_both!(what_a_policy_does_not_hold_is_not_kept);
/// SUB-4, INC-9: nothing is stored of a person under the minimum age; a name in the released text is refused.
async fn what_a_policy_does_not_hold_is_not_kept(world: &World) -> Outcome {
    let here = Scene::new(world, CS).await;
    let typed = theft("A child took sweets.", vec![person("Tim Young", "A boy with a red cap")]);
    let sent = here.report(&here.member.ctx, &typed, &[]).await?;
    let opened = here.review(sent.id).await?;
    let mut decision = everybody_is_new(&opened);
    decision.people[0].born = Some(day("2013-01-01"));
    let refused = refusal(here.approve(sent.id, decision.clone()).await);
    assert!(refused.contains("minimum age") && refused.contains("Not directly involved"), "{refused}");
    assert!(here.shown().await?.is_empty());
    assert_eq!(here.found("").await?, []);
    decision.people[0].born = None;
    decision.narrative = "Young took sweets.".into();
    assert!(refusal(here.approve(sent.id, decision.clone()).await).contains("{1}"));
    decision.narrative = "{1} took sweets.".into();
    decision.people[0].link = Link::LeftOut;
    assert_eq!(here.approve(sent.id, decision).await?, []);
    Ok(())
}

on_both!(a_decision_reaches_only_what_belongs_to_its_report);
/// SEC-3: what review names must belong to the report that the permit is for, and to its scheme.
async fn a_decision_reaches_only_what_belongs_to_its_report(world: &World) -> Outcome {
    let (here, there) = (Scene::new(world, TM).await, Scene::new(world, CS).await);
    let foreign = there.subject("Dora Example", &[face(7)]).await?;
    let foreign_incident = there.incident_of(foreign).await?.whole.id;
    let typed = theft("They took gin.", vec![person("", "Tall, with a bag")]);
    let one = here.report(&here.member.ctx, &typed, &[face(8)]).await?;
    let other = here.report(&here.member.ctx, &typed, &[face(9)]).await?;
    let (opened, others) = (here.review(one.id).await?, here.review(other.id).await?);
    type Change<'a> = &'a dyn Fn(&mut Decision);
    let wrong: [(&str, Change<'_>); 4] = [
        ("a subject of another scheme", &|d| d.people[0].link = Link::Existing(foreign)),
        ("an incident of another scheme", &|d| d.joins = Some(foreign_incident)),
        ("a person of another report", &|d| d.people[0].person = others.held.people[0].id),
        ("a picture of another report", &|d| d.pictures[0] = (others.held.pictures[0].id, Shows::Nobody)),
    ];
    for (what, change) in wrong {
        let mut decision = everybody_is_new(&opened);
        change(&mut decision);
        let refused = refusal(here.approve(one.id, decision).await);
        assert!(refused.contains("Open the report again"), "{what}: {refused}");
        assert!(here.shown().await?.is_empty(), "{what}: nothing was left half done");
    }
    assert_eq!(there.shown().await?, [foreign]);
    assert!(hidden(&here.approve(ReportId(Uuid::nil()), everybody_is_new(&opened)).await));
    here.approve(one.id, everybody_is_new(&opened)).await?;
    Ok(())
}

on_both!(a_subject_that_ends_as_it_is_linked_leaves_nothing);
/// SUB-4, RET-9: a report that waited for longer than the subject may live, and a date of birth that shows a person
/// to be too young, end the subject in the approval itself; nothing of the person is left behind.
async fn a_subject_that_ends_as_it_is_linked_leaves_nothing(world: &World) -> Outcome {
    let here = Scene::new(world, DTAC).await;
    let typed = theft("A child took sweets.", vec![person("Tim Young", "A boy with a red cap")]);
    let sent = here.report(&here.member.ctx, &typed, &[face(10)]).await?;
    world.clock.set_day(day("2026-04-10"));
    let opened = here.review(sent.id).await?;
    let mut decision = everybody_is_new(&opened);
    decision.people[0].born = Some(day("2014-01-01"));
    // Pending from 2 March, and past its 28 days before it was looked at.
    assert_eq!(here.approve(sent.id, decision).await?, []);
    assert_eq!(here.found("").await?, []);
    let own = reporting::show_mine(&here.app, &here.member.ctx, sent.id).await;
    assert!(
        own.is_err()
            || own.is_ok_and(|held| held.people.iter().all(|p| p.person.is_none() && p.subject.is_none()))
    );

    let here = Scene::new(world, CS).await;
    let subject = here.subject("Tom Younger", &[face(11)]).await?;
    let sent = here.report(&here.member.ctx, &typed, &[face(12)]).await?;
    let opened = here.review(sent.id).await?;
    let mut decision = everybody_is_new(&opened);
    decision.people[0].link = Link::Existing(subject);
    decision.people[0].born = Some(day("2013-01-01"));
    assert_eq!(here.approve(sent.id, decision).await?, []);
    assert_eq!(here.found("").await?, []);
    assert!(here.shown().await?.is_empty());
    assert!(hidden(&subjects::open(&here.app, &here.controller.ctx, subject).await));
    Ok(())
}

on_both!(the_name_of_a_category_is_no_field);
/// SUB-7: what a subject holds says where it came from and since when.
async fn the_name_of_a_category_is_no_field(world: &World) -> Outcome {
    let here = Scene::new(world, TM).await;
    let subject = here.subject("Emil Example", &[]).await?;
    let open = subjects::open(&here.app, &here.controller.ctx, subject).await?.open;
    let name = open.profile.newest(Category::Name).expect("there is a name");
    assert_eq!(name.since, day("2026-03-02"));
    assert!(
        matches!(name.source, fairwatch_core::subjects::Source::Report { report, .. } if report == open.involved[0].report)
    );
    Ok(())
}

on_both!(a_child_is_held_only_with_a_recorded_necessity);
/// SUB-4: where the policy asks for it, somebody so young is held only with the controller's recorded necessity.
async fn a_child_is_held_only_with_a_recorded_necessity(world: &World) -> Outcome {
    let here = Scene::new(world, TM).await;
    let typed = theft("A boy took sweets.", vec![person("Tim Young", "A boy with a red cap")]);
    let sent = here.report(&here.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&here.review(sent.id).await?);
    decision.people[0].born = Some(day("2013-01-01"));
    decision.people[0].necessity.clear();
    let refused = refusal(here.approve(sent.id, decision.clone()).await);
    assert!(refused.contains("under 14 is held only where that is necessary"), "{refused}");
    assert!(here.shown().await?.is_empty());
    decision.people[0].necessity = "He hurt a shop assistant.".to_owned();
    let subject = here.approve(sent.id, decision).await?[0];
    let open = subjects::open(&here.app, &here.controller.ctx, subject).await?.open;
    assert_eq!(open.profile.necessity(), Some("He hurt a shop assistant."));
    let shown = subjects::show(&here.app, &here.member.ctx, subject, "").await?.open;
    assert_eq!(shown.profile.necessity(), None, "why is the controller's alone");
    Ok(())
}

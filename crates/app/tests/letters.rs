//! Letters to people: made, served, outstanding, exempted, ended (EXC-3, EXC-4, EXC-7, NOT-1, NOT-5).
mod support;

use fairwatch_app::{
    AppError,
    exclusions::{
        self,
        proposing::{self, Outcome as Proposed, Typed},
    },
    letters::{
        self, Order, exemptions, many,
        service::{self, Entered},
    },
};
use fairwatch_core::{
    gate::{Ctx, Role},
    ids::{LetterId, SubjectId},
    letters::{
        Kind, Reference,
        due::Task,
        exemptions::Ground,
        service::{How, Outcome as Ended, Shows},
    },
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::civil::Date;
use support::{CS, Scene, TM, day, face, files, hidden, later, refusal};

/// Warns somebody, or excludes them from some premises where a warning is not heeded; the controller decides alone.
async fn decided(scene: &Scene, id: SubjectId, step: &str) -> Result<(), AppError> {
    let ctx = &scene.controller.ctx;
    let ground = proposing::ground(&scene.app, ctx, id).await?;
    let mut typed = Typed {
        step: step.into(),
        evidence: ground.open.involved.iter().map(|one| one.incident.to_string()).collect(),
        necessity: "A letter may prevent another incident.".into(),
        proportionality: "Nothing milder was left.".into(),
        account: "{1} left without paying.".into(),
        ..Typed::default()
    };
    if step == "exclusion" {
        typed.scope = "some".into();
        typed.premises = vec![scene.member.member.expect("a business").to_string()];
        typed.months = "3".into();
        typed.departs = "The other shops had no trouble.".into();
    }
    let Proposed::Made(proposal, _) = proposing::propose(&scene.app, ctx, id, &typed).await? else {
        return Err(AppError::refused("warned"));
    };
    if step == "exclusion" {
        let choice = fairwatch_core::exclusions::Choice::Authorise;
        exclusions::deciding::vote(&scene.app, ctx, proposal, choice, "I read what it rests on.").await?;
    }
    Ok(())
}

async fn order(scene: &Scene, id: SubjectId, kind: Kind) -> Result<Order, AppError> {
    Ok(letters::draft(&scene.app, &scene.controller.ctx, id, kind, None).await?.order)
}

async fn made(scene: &Scene, id: SubjectId, kind: Kind) -> Result<LetterId, AppError> {
    letters::make(&scene.app, &scene.controller.ctx, id, &order(scene, id, kind).await?).await
}

fn attempt(on: Date, outcome: Ended) -> Entered {
    Entered {
        how: How::ByHand,
        on,
        outcome,
        place: "At the address".into(),
        by: "Jo Warden".into(),
        note: "Nobody opened.".into(),
        proof: None,
    }
}

/// What is outstanding in the scheme, as words.
async fn list(scene: &Scene, by: &Ctx) -> Result<Vec<String>, AppError> {
    let (scope, listed) = letters::outstanding(&scene.app, by, scene.org()).await?;
    let words = |task: &Task| match task {
        Task::Make { kind, .. } => format!("make {}", kind.name()),
        Task::Serve { kind, .. } => format!("serve {}", kind.name()),
        Task::Review { .. } => "review".to_owned(),
    };
    let late = |late: bool| if late { ", late" } else { "" };
    Ok(listed
        .iter()
        .map(|one| format!("{}{}", words(&one.what.task), late(one.what.is_overdue(scope.today))))
        .collect())
}

on_both!(exc_3_exc_4_not_5_a_warning_is_made_and_served);
/// EXC-3, EXC-4, NOT-1, NOT-5: a warning that was authorised is outstanding until its letter is made, and then until it is
/// served; failed attempts stay on record; the notice that is attached is served with it; a copy is recorded and is the
/// same PDF; a member sees none of it.
async fn exc_3_exc_4_not_5_a_warning_is_made_and_served(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, CS).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let id = scene.subject("Una Example", &[]).await?;
    assert_eq!(list(&scene, ctx).await?, ["make notice"], "due on the day on which members see them");
    decided(&scene, id, "warning").await?;
    assert_eq!(list(&scene, ctx).await?, ["make notice", "make warning"]);

    let mut wanted = order(&scene, id, Kind::Warning).await?;
    assert_eq!((&*wanted.name, &*wanted.reason), ("Una Example", "Theft, 2 March 2026"));
    wanted.name = " ".into();
    assert!(refusal(letters::make(app, ctx, id, &wanted).await).contains("how the person is addressed"));
    assert_eq!(files(world).len(), 0, "nothing is left of what was not made");
    wanted.name = "Una Example".into();
    wanted.address = "1 Invented Row\n\n  Cheltenham ".into();
    let look = letters::preview(app, ctx, id, &wanted).await?;
    assert!(look.starts_with(b"%PDF-"));
    assert_eq!(list(&scene, ctx).await?.len(), 2, "a look makes nothing");
    let letter = letters::make(app, ctx, id, &wanted).await?;
    assert_eq!(list(&scene, ctx).await?, ["serve warning"]);

    let opened = letters::open(app, ctx, letter).await?;
    assert_eq!(opened.held.written.address, ["1 Invented Row", "Cheltenham"]);
    let reference: Reference = opened.held.written.reference.parse().expect("a reference");
    let org = scene.org();
    let known = fairwatch_store::letters::by_reference(&world.store, ctx, org, reference).await?;
    assert_eq!(
        known.map(|known| (known.letter, known.subject, known.kind)),
        Some((letter, id, Kind::Warning))
    );
    let other = Reference::new(ctx.randomness());
    assert!(fairwatch_store::letters::by_reference(&world.store, ctx, org, other).await?.is_none());
    let (name, pdf) = letters::download(app, ctx, letter).await?;
    assert_eq!(name, opened.held.written.reference);
    assert!(pdf.starts_with(b"%PDF-"));
    let sealed = std::fs::read(&files(world)[0]).expect("a file");
    assert!(!sealed.windows(5).any(|part| part == b"%PDF-"), "it is sealed on disk");

    let today = day("2026-03-02");
    world.clock.set_day(later(today, 3));
    let ctx = &scene.controller.again(world);
    assert!(
        refusal(service::record(app, ctx, letter, attempt(later(today, 4), Ended::Failed)).await)
            .contains("to come")
    );
    assert!(
        refusal(service::record(app, ctx, letter, attempt(later(today, -1), Ended::Failed)).await)
            .contains("before")
    );
    service::record(app, ctx, letter, attempt(later(today, 1), Ended::Failed)).await?;
    service::record(app, ctx, letter, attempt(later(today, 2), Ended::Failed)).await?;
    let (_, listed) = letters::outstanding(app, ctx, org).await?;
    assert_eq!(listed[0].what.failed, Some((2, later(today, 2))));
    let proof = Some((Shows::Signature, face(3)));
    let served =
        service::record(app, ctx, letter, Entered { proof, ..attempt(later(today, 3), Ended::Served) })
            .await?;
    assert!(service::proof(app, ctx, served).await?.starts_with(&[0xff, 0xd8]));
    assert_eq!(list(&scene, ctx).await?, Vec::<String>::new());
    assert!(
        refusal(service::record(app, ctx, letter, attempt(later(today, 3), Ended::Failed)).await)
            .contains("already")
    );
    let record = letters::of_subject(app, ctx, id).await?.record;
    assert_eq!(record.notice_served, Some(later(today, 3)));
    assert_eq!((record.collected, record.circulated), (Some(today), Some(today)));
    assert_eq!(record.letters[0].attempts.len(), 3);

    let member = &scene.member.again(world);
    assert!(hidden(&letters::open(app, member, letter).await));
    assert!(hidden(&letters::download(app, member, letter).await));
    assert!(hidden(&letters::of_subject(app, member, id).await));
    assert!(hidden(&service::proof(app, member, served).await));
    let elsewhere = Scene::new(world, TM).await;
    assert!(hidden(&letters::open(app, &elsewhere.controller.ctx, letter).await));
    assert!(hidden(&service::proof(app, &elsewhere.controller.ctx, served).await));
    let entries = scene.audit().await?;
    for action in ["letters.preview", "letters.make", "letters.download", "letters.serve", "letters.proof"] {
        assert!(entries.iter().any(|line| line.entry.action == action), "{action}");
    }
    Ok(())
}

on_both!(vis_4_staff_meet_nobody_through_a_letter_whom_they_may_not_see);
/// VIS-4, RET-16, NOT-5: staff see the letters of those whom they may see, and no others: who is hidden from members, or
/// withdrawn where the policy names no authorised personnel, is on no list and behind no address of a letter. The
/// controller, and the job that makes letters, still have them.
async fn vis_4_staff_meet_nobody_through_a_letter_whom_they_may_not_see(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    for file in [CS, TM] {
        let scene = Scene::new(world, file).await;
        let (app, ctx) = (&scene.app, &scene.controller.ctx);
        let id = scene.subject("Una Example", &[]).await?;
        let letter = made(&scene, id, Kind::Notice).await?;
        let proof = Some((Shows::Photograph, face(3)));
        let tried =
            service::record(app, ctx, letter, Entered { proof, ..attempt(day("2026-03-02"), Ended::Failed) })
                .await?;
        let staff = &world.person(&scene.scheme, Role::Staff).await.ctx;
        assert_eq!(list(&scene, staff).await?.len(), 1);
        letters::open(app, staff, letter).await?;
        fairwatch_app::subjects::restrict(app, ctx, id, true, "It is disputed.").await?;
        assert_eq!(list(&scene, staff).await?, Vec::<String>::new());
        assert!(hidden(&letters::of_subject(app, staff, id).await));
        assert!(hidden(&letters::open(app, staff, letter).await));
        assert!(hidden(&letters::download(app, staff, letter).await));
        assert!(hidden(&service::proof(app, staff, tried).await));
        let again = attempt(day("2026-03-02"), Ended::Failed);
        assert!(hidden(&service::record(app, staff, letter, again).await));
        assert_eq!(list(&scene, ctx).await?.len(), 1);
        letters::open(app, ctx, letter).await?;
        assert_eq!(list(&scene, &world.job("letters")).await?.len(), 1);
    }
    Ok(())
}

on_both!(exc_4_police_take_part_where_the_scheme_is_accredited);
/// EXC-4, O31 3.3: officers and police stations serve only for schemes that are accredited or work towards it.
async fn exc_4_police_take_part_where_the_scheme_is_accredited(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let text = support::policy_text(CS);
    let towards = text.replacen("status = \"none\"", "status = \"working_towards\"", 1);
    assert_ne!(text, towards);
    for (text, may) in
        [(text.to_owned(), false), (towards.replace("slug = \"cheltenham-safe\"", "slug = \"cs-two\""), true)]
    {
        let scene = Scene::from_text(world, CS, &text).await;
        let id = scene.subject("Una Example", &[]).await?;
        let letter = made(&scene, id, Kind::Notice).await?;
        let by_officer = Entered { how: How::Officer, ..attempt(day("2026-03-02"), Ended::Served) };
        let done = service::record(&scene.app, &scene.controller.ctx, letter, by_officer).await;
        assert_eq!(done.is_ok(), may, "{done:?}");
    }
    Ok(())
}

on_both!(not_1_exemptions_are_reasoned_reviewed_and_ended);
/// NOT-1, NOT-5: an exemption needs a reason, takes the notice off the list, comes back for review when the policy says,
/// and ends; best endeavours end a letter, and not the duty.
async fn not_1_exemptions_are_reasoned_reviewed_and_ended(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, CS).await;
    let app = &scene.app;
    let id = scene.subject("Una Example", &[]).await?;
    world.clock.set_day(day("2026-03-03"));
    let ctx = scene.controller.again(world);
    assert_eq!(list(&scene, &ctx).await?, ["make notice, late"]);
    let letter = made(&scene, id, Kind::Notice).await?;
    let gave_up = Entered {
        note: "Three visits and a letter that came back.".into(),
        ..attempt(day("2026-03-03"), Ended::Endeavoured)
    };
    service::record(app, &ctx, letter, gave_up).await?;
    assert_eq!(list(&scene, &ctx).await?, ["make notice, late"]);
    assert!(refusal(exemptions::exempt(app, &ctx, id, Ground::Impossible, " ").await).contains("why"));
    let exemption = exemptions::exempt(app, &ctx, id, Ground::Impossible, "No address is known.").await?;
    assert!(refusal(exemptions::exempt(app, &ctx, id, Ground::Impair, "Another.").await).contains("already"));
    assert_eq!(list(&scene, &ctx).await?, Vec::<String>::new());
    // The policy reviews after three months.
    world.clock.set_day(day("2026-06-02"));
    assert_eq!(list(&scene, &scene.controller.again(world)).await?, Vec::<String>::new());
    world.clock.set_day(day("2026-06-03"));
    let ctx = scene.controller.again(world);
    assert_eq!(list(&scene, &ctx).await?, ["review"]);
    exemptions::review(app, &ctx, exemption, "Still none.").await?;
    assert_eq!(list(&scene, &ctx).await?, Vec::<String>::new());
    let held = letters::of_subject(app, &ctx, id).await?.record.exemptions;
    assert_eq!((held[0].review, held[0].said.reviews.len()), (day("2026-09-03"), 1));
    exemptions::end(app, &ctx, exemption).await?;
    assert!(hidden(&exemptions::end(app, &ctx, exemption).await));
    assert_eq!(list(&scene, &ctx).await?, ["make notice, late"]);
    let staff = world.person(&scene.scheme, Role::Staff).await;
    assert!(hidden(&exemptions::exempt(app, &staff.ctx, id, Ground::Impossible, "x").await));
    Ok(())
}

on_both!(exc_3_exc_7_letters_of_an_exclusion);
/// EXC-3, EXC-7: the notice of an exclusion, its confirmation, the letter about a change, and that of its end a week
/// ahead; what changed between looking and making is not told wrongly; many are made in one run.
async fn exc_3_exc_7_letters_of_an_exclusion(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, CS).await;
    let app = &scene.app;
    let id = scene.subject("Una Example", &[face(1)]).await?;
    decided(&scene, id, "warning").await?;
    world.clock.set_day(day("2026-03-03"));
    scene.again(id).await?;
    decided(&scene, id, "exclusion").await?;
    let ctx = scene.controller.again(world);
    assert_eq!(list(&scene, &ctx).await?, ["make notice, late", "make exclusion", "make warning"]);
    let notice = order(&scene, id, Kind::Exclusion).await?;
    assert!(notice.with_picture);
    let letter = letters::make(app, &ctx, id, &notice).await?;
    let held = letters::open(app, &ctx, letter).await?.held;
    assert_eq!((held.written.until, held.written.premises.len()), (Some(day("2026-06-03")), 1));
    service::record(app, &ctx, letter, attempt(day("2026-03-03"), Ended::Served)).await?;
    made(&scene, id, Kind::Confirmation).await?;
    assert!(refusal(made(&scene, id, Kind::Lifting).await).contains("Nothing was decided"));

    let job = world.job("letters");
    let due = many::due(app, &job, scene.org(), &[]).await?;
    assert_eq!(due.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::Warning]);
    let run = many::make_many(app, &job, &due, &|_, _| {}).await?;
    assert_eq!((run.letters.len(), run.refused.len()), (1, 0), "{run:?}");
    assert!(many::due(app, &job, scene.org(), &[]).await?.is_empty());

    world.clock.set_day(day("2026-04-01"));
    let ctx = scene.controller.again(world);
    let change = exclusions::Change { ends_on: Some(day("2026-05-04")), premises: None };
    exclusions::vary(app, &ctx, id, change, "They found work there.").await?;
    assert!(list(&scene, &ctx).await?.contains(&"make variation".to_owned()));
    let job_again = world.job("letters");
    // EXC-2: why it was changed is kept with the record; for the person somebody finds the words, and no run does.
    let due = many::due(app, &job_again, scene.org(), &[Kind::Variation]).await?;
    let run = many::make_many(app, &job_again, &due, &|_, _| {}).await?;
    assert_eq!((run.letters.len(), run.refused.len()), (0, 1), "{run:?}");
    let mut order = order(&scene, id, Kind::Variation).await?;
    assert_eq!(order.reason, "");
    order.reason = "{1} found work there.".into();
    assert!(refusal(letters::make(app, &ctx, id, &order).await).contains("{1}"));
    order.reason = "You told us that you work there.".into();
    let variation = letters::make(app, &ctx, id, &order).await?;
    assert_eq!(letters::open(app, &ctx, variation).await?.held.written.until, Some(day("2026-05-04")));
    assert!(!list(&scene, &ctx).await?.contains(&"make variation".to_owned()));
    world.clock.set_day(day("2026-04-27"));
    assert!(list(&scene, &scene.controller.again(world)).await?.contains(&"make expiry".to_owned()));
    made(&scene, id, Kind::Expiry).await?;
    Ok(())
}

on_both!(ret_15_letters_end_by_policy_and_with_the_person);
/// RET-9, RET-15, NOT-1: a letter can be read until its own end, whether or not the sweep has come by; its file and what it
/// says go, and the day on which the notice was served stays; and all of it goes with the person.
async fn ret_15_letters_end_by_policy_and_with_the_person(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let text = support::policy_text(CS);
    let short = text.replacen("letter = { months = 24", "letter = { days = 28", 1);
    let short = short.replacen("service_record = { months = 24", "service_record = { days = 28", 1);
    assert_ne!(text, short);
    let scene = Scene::from_text(world, CS, &short).await;
    let app = &scene.app;
    let id = scene.subject("Una Example", &[]).await?;
    let letter = made(&scene, id, Kind::Notice).await?;
    let proof = Some((Shows::Photograph, face(3)));
    let served = Entered { proof, ..attempt(day("2026-03-02"), Ended::Served) };
    service::record(app, &scene.controller.ctx, letter, served).await?;
    assert_eq!(files(world).len(), 2);
    let opened = letters::open(app, &scene.controller.ctx, letter).await?;
    let reference: Reference = opened.held.written.reference.parse().expect("a reference");
    world.clock.set_day(day("2026-03-29"));
    letters::open(app, &scene.controller.again(world), letter).await?;
    world.clock.set_day(day("2026-03-30"));
    let ctx = scene.controller.again(world);
    assert!(hidden(&letters::open(app, &ctx, letter).await), "the day is compared, not the sweep's work");
    assert_eq!(list(&scene, &ctx).await?, Vec::<String>::new());
    scene.sweep(world).await?;
    assert_eq!(files(world).len(), 0);
    let record = letters::of_subject(app, &ctx, id).await?.record;
    assert_eq!(record.letters.len(), 0);
    assert_eq!(record.notice_served, Some(day("2026-03-02")), "the day on which they had the notice stays");
    assert_eq!(list(&scene, &ctx).await?, Vec::<String>::new(), "and it is not due again");
    assert!(hidden(&letters::open(app, &ctx, letter).await));
    let known = fairwatch_store::letters::by_reference(&world.store, &ctx, scene.org(), reference).await?;
    assert!(known.is_none(), "its reference is gone");
    let again = made(&scene, id, Kind::Notice).await?;
    assert_eq!(files(world).len(), 1);
    fairwatch_app::subjects::erase(app, &ctx, id).await?;
    assert!(hidden(&letters::open(app, &ctx, again).await));
    assert_eq!(files(world).len(), 0);
    Ok(())
}

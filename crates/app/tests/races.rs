//! What happens at once happens one after the other: erasures, uploads, and what a sent report takes with it.
mod support;

use fairwatch_app::{
    AppError, accounts, incidents,
    incidents::{
        reporting::{self, FORM, Outcome as Answer},
        review::{Link, Shows},
    },
    meetings, news, pictures, subjects,
};
use fairwatch_core::{
    accounts::MembershipState,
    clocks::Stage,
    gate::Role,
    ids::{PictureId, ReportId, SubjectId},
    incidents::{PersonState, ReportState},
    meetings::{Circle, Coming, Kind as Meeting},
    news::Kind as News,
    pictures::{AddPicture, Size},
    scope::InOrg,
};
use fairwatch_store::{
    StoreError,
    incidents::drafts,
    orgs,
    pictures::{Files, prints},
    testing::Burglar,
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{GENERIC, Scene, everybody_is_new, face, files, hidden, person, refusal, theft};

async fn count(world: &World, text: &'static str) -> Result<i64, StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let number = burglar.number(text).await;
    burglar.leave().await;
    number
}

async fn damage(world: &World, text: &'static str) -> Result<u64, StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let touched = burglar.run(text).await;
    burglar.leave().await;
    touched
}

/// A report of two people who are new, approved at once.
async fn two_people(scene: &Scene) -> Result<(ReportId, Vec<SubjectId>), AppError> {
    let people = vec![person("Olga Odd", "Tall, red cap"), person("Peter Plain", "Short, blue coat")];
    let sent = scene.report(&scene.member.ctx, &theft("Two of them.", people), &[face(71)]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.narrative = "{1} and {2} took gin.".into();
    decision.pictures[0].1 = Shows::Several;
    Ok((sent.id, scene.approve(sent.id, decision).await?))
}

on_both!(both_people_of_an_incident_who_are_erased_at_once_leave_nothing);
/// INC-9, RET-15: whichever comes second sees that nobody else is left, and takes incident and report with it.
async fn both_people_of_an_incident_who_are_erased_at_once_leave_nothing(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    for round in 0..6 {
        let (report, people) = two_people(&scene).await?;
        let erasing = people.into_iter().map(|subject| {
            let (app, ctx) = (scene.app.clone(), scene.controller.ctx.clone());
            tokio::spawn(async move { subjects::erase(&app, &ctx, subject).await })
        });
        for erased in erasing.collect::<Vec<_>>() {
            assert_eq!(erased.await??, Stage::Deleted, "round {round}");
        }
        assert!(hidden(&reporting::show_mine(&scene.app, &scene.member.ctx, report).await), "round {round}");
        assert_eq!(count(world, "SELECT COUNT(*) AS n FROM incidents").await?, 0, "round {round}");
        assert_eq!(count(world, "SELECT COUNT(*) AS n FROM reports").await?, 0, "round {round}");
        assert_eq!(count(world, "SELECT COUNT(*) AS n FROM pictures").await?, 0, "round {round}");
    }
    Ok(())
}

on_both!(who_meets_again_and_again_is_erased_together);
/// INC-9: two people who share several incidents are erased at once without waiting for each other for ever.
async fn who_meets_again_and_again_is_erased_together(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (_, people) = two_people(&scene).await?;
    for _ in 0..3 {
        let both = vec![person("", "The tall one"), person("", "The short one")];
        let sent = scene.report(&scene.member.ctx, &theft("Again.", both), &[]).await?;
        let mut decision = everybody_is_new(&scene.review(sent.id).await?);
        for (decided, subject) in decision.people.iter_mut().zip(&people) {
            decided.link = Link::Existing(*subject);
        }
        scene.approve(sent.id, decision).await?;
    }
    let looking = (0..4).map(|_| {
        let (app, ctx, subject) = (scene.app.clone(), scene.controller.ctx.clone(), people[0]);
        tokio::spawn(async move { subjects::open(&app, &ctx, subject).await.map(|_| Stage::None) })
    });
    let looking = looking.collect::<Vec<_>>();
    let erasing = people.clone().into_iter().map(|subject| {
        let (app, ctx) = (scene.app.clone(), scene.controller.ctx.clone());
        tokio::spawn(async move { subjects::erase(&app, &ctx, subject).await })
    });
    for erased in erasing.collect::<Vec<_>>() {
        assert_eq!(erased.await??, Stage::Deleted);
    }
    for looked in looking {
        let looked = looked.await?;
        assert!(looked.is_ok() || hidden(&looked), "{looked:?}");
    }
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM incidents").await?, 0);
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM reports").await?, 0);
    Ok(())
}

on_both!(a_report_that_was_removed_forgets_who_is_erased);
/// RET-9, INC-9: whoever was taken out of a report and is then erased is not told of there for the weeks that it is
/// still kept; where they were alone in it, it goes with them.
async fn a_report_that_was_removed_forgets_who_is_erased(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let subject = scene.subject("Olga Odd", &[]).await?;
    let mut olga = person("", "Tall, red cap, surely Olga Odd");
    olga.proposed = subject.to_string();
    let alone = scene.report(member, &theft("Olga Odd again.", vec![olga.clone()]), &[face(72)]).await?;
    let mut decision = everybody_is_new(&scene.review(alone.id).await?);
    decision.people[0].link = Link::Existing(subject);
    decision.narrative = "{1} left.".into();
    scene.approve(alone.id, decision).await?;
    let both = vec![olga.clone(), person("Peter Plain", "Short, came with Olga Odd")];
    let with = scene.report(member, &theft("Olga Odd and a friend.", both), &[face(73)]).await?;
    let mut decision = everybody_is_new(&scene.review(with.id).await?);
    decision.people[0].link = Link::Existing(subject);
    decision.people[1].description = "Short".into();
    decision.narrative = "{1} and {2} left.".into();
    let other = scene.approve(with.id, decision).await?[1];
    // One that still waits is only told that it proposed nobody.
    let waiting = scene.report(member, &theft("Somebody.", vec![olga]), &[]).await?;
    for report in [alone.id, with.id] {
        subjects::remove_report(app, controller, subject, report, "It was somebody else").await?;
    }
    let removed = reporting::show_mine(app, member, alone.id).await?;
    assert_eq!(removed.state, ReportState::Removed);
    assert!(format!("{removed:?}").contains("Olga"), "the test looks for the right words");

    assert_eq!(subjects::erase(app, controller, subject).await?, Stage::Deleted);

    assert!(hidden(&reporting::show_mine(app, member, alone.id).await));
    let kept = reporting::show_mine(app, member, with.id).await?;
    assert_eq!(
        kept.people.iter().map(|person| person.state).collect::<Vec<_>>(),
        [PersonState::Gone, PersonState::Linked]
    );
    assert!(kept.people.iter().all(|person| person.proposed.is_none()), "{:?}", kept.people);
    assert_eq!(kept.pictures.len(), 0);
    assert!(!format!("{kept:?}").contains("Olga"), "{kept:?}");
    let told = scene.incident_of(other).await?;
    assert!(!format!("{:?} {}", told.whole, told.narrative).contains("Olga"), "{:?}", told.whole);
    assert_eq!(files(world).len(), 0);
    let held = scene.review(waiting.id).await?.held;
    assert_eq!((held.people[0].state, held.people[0].proposed), (PersonState::Waiting, None));
    assert!(held.people[0].person.is_some());
    let mine = reporting::mine(app, member, scene.org(), None, 10).await?;
    assert_eq!(mine.iter().map(|own| own.id).collect::<Vec<_>>(), [waiting.id, with.id]);
    Ok(())
}

on_both!(a_report_carries_eight_pictures_however_they_come);
/// INC-1, SEC-4: uploads that come at once share one draft and its limit.
async fn a_report_carries_eight_pictures_however_they_come(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let uploads = (0..12).map(|n| {
        let (app, ctx, org) = (scene.app.clone(), scene.member.ctx.clone(), scene.org());
        tokio::spawn(async move { pictures::add(&app, &ctx, org, FORM, face(80 + n)).await })
    });
    let mut stored = 0;
    for upload in uploads.collect::<Vec<_>>() {
        match upload.await? {
            Ok(_) => stored += 1,
            Err(AppError::Refused(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    assert_eq!(stored, 8);
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM drafts").await?, 1);
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'draft'").await?, 1);
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM pictures").await?, 8);
    let draft = reporting::draft(&scene.app, &scene.member.ctx, scene.org()).await?;
    assert_eq!(draft.pictures.len(), 8);
    Ok(())
}

/// Begins an upload as [`pictures::add`] does, lets something happen, and ends it.
async fn upload_around(
    scene: &Scene,
    between: impl AsyncFnOnce() -> Result<(), AppError>,
) -> Result<PictureId, AppError> {
    let (store, ctx, org) = (&scene.app.store, &scene.member.ctx, scene.org());
    let (draft, key) =
        store.write::<AddPicture, _>(ctx, InOrg(org), async |tx| drafts::room(tx, FORM).await).await?;
    between().await?;
    let id: PictureId = ctx.new_id();
    let name = |size: &str| format!("{id}-{size}");
    let files = Files { small: name("s"), medium: name("m"), large: name("l"), width: 96, height: 120 };
    let print = key.seal(prints::place(id), &[], ctx.randomness());
    store
        .write::<AddPicture, _>(ctx, InOrg(org), async move |tx| {
            drafts::add(tx, draft, id, &files, print).await
        })
        .await?;
    Ok(id)
}

on_both!(an_upload_that_ends_too_late_is_refused);
/// RET-15, INC-1: a draft that was thrown away, sent, or reached its end during an upload takes no picture; a sent
/// report keeps what was sent.
async fn an_upload_that_ends_too_late_is_refused(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, org) = (&scene.app, &scene.member.ctx, scene.org());
    let discarded = upload_around(&scene, async || reporting::discard_draft(app, member, org).await).await;
    assert!(refusal(discarded).contains("upload the picture again"));
    let typed = theft("Gin.", vec![person("Olga Odd", "Tall")]);
    let sent = upload_around(&scene, async || match reporting::submit(app, member, org, &typed).await? {
        Answer::Sent(_) => Ok(()),
        Answer::Mistakes(mistakes) => Err(AppError::refused(format!("{mistakes:?}"))),
        Answer::Warned(found) => Err(AppError::refused(format!("{found:?}"))),
    })
    .await;
    assert!(refusal(sent).contains("upload the picture again"));
    let expired = upload_around(&scene, async || {
        world.clock.pass(jiff::SignedDuration::from_hours(25));
        Ok(())
    })
    .await;
    assert!(expired.is_err(), "session or draft has ended");
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM pictures").await?, 0);
    Ok(())
}

on_both!(a_draft_is_thrown_away_or_sent_but_not_both);
/// INC-1, RET-9: whatever comes at once, a report that was sent can be opened with its pictures, and nothing belongs
/// to a draft that is not there.
async fn a_draft_is_thrown_away_or_sent_but_not_both(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, org) = (&scene.app, &scene.member.ctx, scene.org());
    for round in 0..6 {
        let first = pictures::add(app, member, org, FORM, face(90)).await?;
        let (one, ctx) = (app.clone(), member.clone());
        let sending = tokio::spawn(async move {
            let typed = theft("Gin.", vec![person("Olga Odd", "Tall")]);
            reporting::submit(&one, &ctx, org, &typed).await
        });
        let (one, ctx) = (app.clone(), member.clone());
        let adding = tokio::spawn(async move { pictures::add(&one, &ctx, org, FORM, face(91)).await });
        let (one, ctx) = (app.clone(), member.clone());
        let removing = tokio::spawn(async move { pictures::remove(&one, &ctx, org, FORM, first).await });
        let (one, ctx) = (app.clone(), member.clone());
        let discarding = tokio::spawn(async move { reporting::discard_draft(&one, &ctx, org).await });
        discarding.await??;
        removing.await??;
        let added = adding.await?;
        assert!(matches!(added, Ok(_) | Err(AppError::Refused(_))), "round {round}: {added:?}");
        let Answer::Sent(sent) = sending.await?? else { panic!("round {round}: it was not sent") };
        let own = reporting::show_mine(app, member, sent.id).await?;
        for picture in &own.pictures {
            pictures::show(app, &scene.controller.ctx, picture.id, Size::Large).await?;
        }
        let lost = "SELECT COUNT(*) AS n FROM pictures p WHERE NOT EXISTS (SELECT 1 FROM drafts d WHERE d.id = p.owner_id \
             AND p.owner_kind = 'draft') AND NOT EXISTS (SELECT 1 FROM reports r WHERE r.id = p.owner_id AND p.owner_kind = 'report')";
        assert_eq!(count(world, lost).await?, 0, "round {round}");
        let keyless = "SELECT COUNT(*) AS n FROM data_keys k WHERE k.kind = 'draft' AND NOT EXISTS \
             (SELECT 1 FROM drafts d WHERE d.id = k.owner_id)";
        assert_eq!(count(world, keyless).await?, 0, "round {round}");
        reporting::discard_draft(app, member, org).await?;
    }
    Ok(())
}

on_both!(a_picture_whose_owner_is_gone_is_swept);
/// RET-15: nothing can open a picture whose owner's key is gone; the sweep takes the row, and then the files.
async fn a_picture_whose_owner_is_gone_is_swept(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, org) = (&scene.app, &scene.member.ctx, scene.org());
    pictures::add(app, member, org, FORM, face(92)).await?;
    damage(world, "DELETE FROM drafts").await?;
    damage(world, "DELETE FROM data_keys WHERE kind = 'draft'").await?;
    let kept = scene.subject("Olga Odd", &[face(93)]).await?;
    assert_eq!(files(world).len(), 3 * 3);
    scene.sweep(world).await?;
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM pictures").await?, 2);
    assert_eq!(files(world).len(), 3 * 2);
    assert_eq!(subjects::open(app, &scene.controller.ctx, kept).await?.open.pictures.len(), 1);
    Ok(())
}

on_both!(no_short_name_is_too_odd_to_be_unknown);
/// VIS-7: an address that no scheme can have is answered as one that none has.
async fn no_short_name_is_too_odd_to_be_unknown(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let ctx = world.nobody();
    let long = "a".repeat(65);
    for slug in ["", "\0", "no\0rthgate", "North", "a b", "schön", "%", long.as_str()] {
        assert!(orgs::by_slug(&scene.app.store, &ctx, slug).await?.is_none(), "{slug:?}");
    }
    let all = orgs::all(&scene.app.store, &ctx).await?;
    assert!(orgs::by_slug(&scene.app.store, &ctx, &all[0].slug).await?.is_some());
    Ok(())
}

on_both!(nothing_of_another_scheme_is_worked_out);
/// VIS-7: the answer about a record of another scheme costs what the answer about none does, since nothing of it is
/// opened: even one that is damaged is simply not there.
async fn nothing_of_another_scheme_is_worked_out(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (report, people) = two_people(&scene).await?;
    let incident = scene.review(report).await?.held.incident.expect("it has one");
    let picture = scene.review(report).await?.held.pictures[0].id;
    let elsewhere = world.scheme("elsewhere").await;
    let controller = world.person(&elsewhere, Role::Controller).await;
    damage(world, "UPDATE policies SET body = 'damaged' WHERE file_name = 'generic.toml'").await?;
    damage(world, "UPDATE subject_events SET detail = 'damaged'").await?;
    // Another server has cached no policy.
    let blobs = fairwatch_blobs::Blobs::open(world.folder().join("blobs"))?;
    let app = fairwatch_app::App::new(world.another_server().await?, blobs);
    let ctx = &controller.ctx;
    assert!(hidden(&subjects::open(&app, ctx, people[0]).await));
    assert!(hidden(&subjects::erase(&app, ctx, people[0]).await));
    assert!(hidden(&subjects::move_report(&app, ctx, people[0], people[1], report, "why").await));
    assert!(hidden(&incidents::open(&app, ctx, incident).await));
    assert!(hidden(&reporting::show_mine(&app, ctx, report).await));
    assert!(hidden(&pictures::show(&app, ctx, picture, Size::Large).await));
    assert!(
        !hidden(&subjects::open(&app, &scene.controller.ctx, people[0]).await),
        "the damage would be met"
    );
    app.store.close().await;
    Ok(())
}

on_both!(mem_6_what_is_read_and_answered_while_a_role_ends_keeps_nobody_from_going);
/// MEM-6, RET-15: whoever reads an alert, answers an invitation or is ticked as having come while their role ends leaves
/// nothing behind; and were there something, the sweep would take it with the account instead of failing on it.
async fn mem_6_what_is_read_and_answered_while_a_role_ends_keeps_nobody_from_going(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller) = (&scene.app, &scene.controller);
    let scopes = orgs::all(&world.store, &world.console()).await?;
    let scope = scopes.into_iter().find(|scope| scope.org == scene.org()).expect("it is there");
    let alert = news::Typed {
        kind: Some(News::Alert),
        title: "Foil in bags".into(),
        text: "Look at large bags.".into(),
        ..news::Typed::default()
    };
    let published = news::publish(app, &controller.again(world), &scope, alert).await?;
    let news::Outcome::Published(post) = published else { panic!("{published:?}") };
    let briefing = meetings::Typed {
        kind: Some(Meeting::Meeting),
        circle: Some(Circle::Members),
        title: "Briefing".into(),
        place: "The town hall".into(),
        day: Some(controller.ctx.today()),
        from: "18:00".into(),
        to: "19:00".into(),
        ..meetings::Typed::default()
    };
    let called = meetings::call(app, &controller.again(world), &scope, &briefing).await?;
    let meetings::Outcome::Kept(meeting) = called else { panic!("{called:?}") };
    let left = "SELECT (SELECT COUNT(*) FROM post_reads) + (SELECT COUNT(*) FROM meeting_answers) \
                + (SELECT COUNT(*) FROM meeting_attendance) AS n";
    for round in 0..8 {
        let who = scene.another_member(world).await;
        let membership = who.membership;
        let (app, ctx) = (app.clone(), who.again(world));
        let reads = tokio::spawn(async move { news::read(&app, &ctx, post).await.map(|_| ()) });
        let (app, ctx) = (scene.app.clone(), who.again(world));
        let answers =
            tokio::spawn(async move { meetings::answer(&app, &ctx, meeting, Some(Coming::Yes)).await });
        let (app, ctx) = (scene.app.clone(), controller.again(world));
        let ticks =
            tokio::spawn(async move { meetings::attend(&app, &ctx, meeting, &[membership], &[]).await });
        let (app, ctx) = (scene.app.clone(), controller.again(world));
        let ends = tokio::spawn(async move {
            accounts::set_membership(&app, &ctx, membership, MembershipState::Ended, "They left.").await
        });
        for done in [reads, answers, ticks] {
            let done = done.await?;
            assert!(done.is_ok() || hidden(&done), "round {round}: {done:?}");
        }
        ends.await??;
        assert_eq!(count(world, left).await?, 0, "round {round}");
    }
    // What stands there all the same, by another version of the program, is no reason to fail.
    for row in [
        "INSERT INTO post_reads (post_id, membership_id, read_at) SELECT p.id, m.id, 1 FROM posts p, memberships m WHERE m.state = 'ended'",
        "INSERT INTO meeting_answers (meeting_id, membership_id, coming, answered_at) SELECT t.id, m.id, 'yes', 1 FROM meetings t, memberships m WHERE m.state = 'ended'",
        "INSERT INTO meeting_attendance (meeting_id, membership_id) SELECT t.id, m.id FROM meetings t, memberships m WHERE m.state = 'ended'",
    ] {
        assert_eq!(damage(world, row).await?, 8);
    }
    scene.sweep(world).await?;
    assert_eq!(count(world, left).await?, 0);
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM accounts WHERE state = 'gone'").await?, 8);
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM memberships WHERE state = 'ended'").await?, 0);
    Ok(())
}

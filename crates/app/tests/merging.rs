//! Two records of one person become one, by the clocks' own rules, and are put back as they were (SUB-2).
mod support;

use fairwatch_app::{
    AppError,
    incidents::{reporting, review::Shows},
    intelligence, pictures,
    subjects::{
        self, Correction, associates, fields,
        merging::{self, follow},
    },
};
use fairwatch_core::{
    clocks::{AgeBand, Stage},
    gate::Role,
    ids::{PictureId, SubjectId},
    intelligence::{Grading, Knowledge, Reliability},
    pictures::Size,
    policy::Category,
    subjects::{
        Source,
        associates::Together,
        merging::{Chosen, Side},
    },
};
use fairwatch_store::{StoreError, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{
    DTAC, GENERIC, Scene, day, everybody_is_new, face, files, hidden, later, person, record, refusal, theft,
};

const ANY: Chosen = Chosen { name: Side::Kept, born: Some(Side::Kept) };

async fn merge(scene: &Scene, kept: SubjectId, other: SubjectId) -> Result<(), AppError> {
    merging::merge(&scene.app, &scene.controller.ctx, kept, other, ANY, "The same person").await
}

async fn undo(scene: &Scene, kept: SubjectId) -> Result<SubjectId, AppError> {
    merging::undo(&scene.app, &scene.controller.ctx, kept, "They are two after all").await
}

async fn count(world: &World, text: &'static str) -> Result<i64, StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let number = burglar.number(text).await;
    burglar.leave().await;
    number
}

on_both!(the_end_of_the_merged_record_destroys_both);
/// RET-9, RET-7, AUD-2: one key seals all of it; when it goes nothing of either is left, one stub stands for the pair,
/// and neither reference leads anywhere.
async fn the_end_of_the_merged_record_destroys_both(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Una Example", &[face(1)]).await?;
    let two = scene.subject("Dora Other", &[face(2)]).await?;
    let third = scene.subject("Tess Third", &[face(3)]).await?;
    subjects::hold(app, ctx, two, "A claim", later(ctx.today(), 30), Some(later(ctx.today(), 60))).await?;
    intelligence::say_seen(app, &scene.member.ctx, two).await?;
    associates::associate(app, ctx, third, two, Together::Act, Source::Controller, "Seen together").await?;
    merge(&scene, one, two).await?;
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'subject'").await?, 2);
    let held = subjects::open(app, ctx, one).await?.open;
    assert_eq!(
        (held.pictures.len(), held.holds.len(), held.sightings.len(), held.involved.len()),
        (2, 1, 1, 2)
    );
    // Why things were done to the other is still read, under the key of the one that holds it now.
    let audit = scene.audit().await?;
    assert!(audit.iter().any(|line| line.reason.as_deref() == Some("A claim")));
    let number = subjects::open(app, ctx, third).await?.open.number;
    world.clock.set_day(day("2028-06-01"));
    scene.sweep(world).await?;
    for id in [one, two] {
        assert!(hidden(&subjects::open(app, ctx, id).await));
        assert_eq!(follow(app, ctx, scene.org(), id).await?, None);
    }
    for table in [
        "SELECT COUNT(*) AS n FROM subjects",
        "SELECT COUNT(*) AS n FROM merges",
        "SELECT COUNT(*) AS n FROM associations",
        "SELECT COUNT(*) AS n FROM holds",
        "SELECT COUNT(*) AS n FROM sightings",
        "SELECT COUNT(*) AS n FROM subject_events",
        "SELECT COUNT(*) AS n FROM pictures",
        "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'subject'",
        "SELECT COUNT(*) AS n FROM audit_reasons",
    ] {
        assert_eq!(count(world, table).await?, 0, "{table}");
    }
    assert_eq!(files(world).len(), 0);
    assert_eq!(
        count(world, "SELECT COUNT(*) AS n FROM stubs").await?,
        2,
        "one for the pair, one for {number}"
    );
    Ok(())
}

on_both!(both_references_lead_to_the_merged_record_for_those_who_may_see_it);
/// SUB-2, VIS-7: the second reference and the old address lead on; for members only while they may see the record, and
/// for another scheme never.
async fn both_references_lead_to_the_merged_record_for_those_who_may_see_it(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx, member, org) = (&scene.app, &scene.controller.ctx, &scene.member.ctx, scene.org());
    let [one, two, three] = [
        scene.subject("Una Example", &[]).await?,
        scene.subject("Dora Other", &[]).await?,
        scene.subject("Tess Third", &[]).await?,
    ];
    let reference = subjects::open(app, ctx, two).await?;
    let reference = reference.scope.reference(reference.open.number);
    merge(&scene, one, two).await?;
    for viewer in [ctx, member] {
        assert_eq!(follow(app, viewer, org, two).await?, Some(one));
        assert_eq!(follow(app, viewer, org, three).await?, None);
    }
    assert_eq!(subjects::by_reference(app, ctx, org, &reference).await?, one);
    assert_eq!(scene.found(&reference).await?, [one]);
    // Into a third: all references lead there.
    merge(&scene, three, one).await?;
    for id in [one, two] {
        assert_eq!(follow(app, member, org, id).await?, Some(three));
    }
    assert_eq!(scene.found(&reference).await?, [three]);
    subjects::restrict(app, ctx, three, true, "A dispute").await?;
    assert_eq!(follow(app, member, org, two).await?, None);
    assert_eq!(follow(app, ctx, org, two).await?, Some(three));
    let elsewhere = world.scheme("elsewhere").await;
    let stranger = world.person(&elsewhere, Role::Controller).await;
    assert_eq!(follow(app, &stranger.ctx, elsewhere.org, two).await?, None);
    assert!(hidden(&follow(app, &stranger.ctx, org, two).await));
    // Somebody who reports them from a page that was opened before names the record that holds them now.
    subjects::restrict(app, ctx, three, false, "Settled").await?;
    assert_eq!(follow(app, member, org, two).await?, Some(three));
    let mut again = person("", "As before");
    again.proposed = two.to_string();
    let sent = scene.report(member, &theft("Again.", vec![again]), &[]).await?;
    assert_eq!(scene.review(sent.id).await?.held.people[0].proposed, Some(three));
    // The last is taken back first.
    assert_eq!(undo(&scene, three).await?, one);
    assert_eq!(follow(app, member, org, two).await?, Some(one));
    assert_eq!(undo(&scene, one).await?, two);
    assert_eq!(scene.found(&reference).await?, [two]);
    Ok(())
}

on_both!(what_came_since_stays_with_the_kept_record);
/// SUB-2: what came after the merge stays with the record that was kept, but a name that somebody had sent for the
/// other goes with it, and what protects the person stands for both.
async fn what_came_since_stays_with_the_kept_record(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let one = scene.subject("", &[]).await?;
    let two = scene.subject("", &[]).await?;
    let how = "We went to school together";
    let tip = intelligence::send(app, member, two, "Dora Other", how, Knowledge::Direct).await?;
    let before = subjects::open(app, ctx, two).await?.open;
    merge(&scene, one, two).await?;
    let report = scene.again(one).await?;
    let grading = Grading { source: Reliability::Reliable, information: Knowledge::Direct };
    intelligence::accept(app, ctx, tip, "Dora Other", grading).await?;
    subjects::restrict(app, ctx, one, true, "A dispute").await?;
    subjects::hold(app, ctx, one, "A claim", later(ctx.today(), 30), None).await?;
    assert_eq!(undo(&scene, one).await?, two);
    let (kept, other) =
        (subjects::open(app, ctx, one).await?.open, subjects::open(app, ctx, two).await?.open);
    assert!(kept.involved.iter().any(|involved| involved.report == report) && kept.involved.len() == 2);
    assert_eq!(other.involved.len(), 1);
    assert_eq!((kept.profile.name(), kept.life.identified), (None, false));
    assert_eq!((other.profile.name(), other.life.identified), (Some("Dora Other"), true));
    assert_eq!(other.life.until, before.life.until, "the report since counts for the other no more");
    for open in [&kept, &other] {
        assert!(open.life.restricted);
        assert_eq!(open.holds.iter().map(|hold| hold.reason.as_str()).collect::<Vec<_>>(), ["A claim"]);
    }
    assert_ne!(kept.holds[0].id, other.holds[0].id);
    let ended = subjects::end_hold(app, ctx, two, other.holds[0].id).await?;
    assert_eq!(ended, Stage::Circulating);
    assert!(subjects::open(app, ctx, one).await?.open.holds[0].ended_on.is_none());
    Ok(())
}

on_both!(nothing_that_was_destroyed_comes_back);
/// SUB-2, RET-9, RET-16: once anything of either was destroyed or corrected, or a stage has ended, a merge is not taken
/// back; it is said why, and what was kept for it is destroyed at once.
async fn nothing_that_was_destroyed_comes_back(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    for (step, why) in
        ["taken away, moved or deleted since", "corrected or taken away since", "end of a stage", "by now"]
            .into_iter()
            .enumerate()
    {
        world.clock.set_day(day("2026-03-02"));
        let one = scene.subject("Una Example", &[face(1)]).await?;
        world.clock.set_day(day("2026-09-02"));
        let two = scene.subject("Dora Other", &[face(2)]).await?;
        let report = subjects::open(app, ctx, two).await?.open.involved[0].report;
        merge(&scene, one, two).await?;
        let (_, undoing) = merging::preview_undo(app, ctx, one).await?;
        assert!(undoing.is_some_and(|undoing| undoing.apart.is_ok()));
        match step {
            0 => {
                subjects::remove_report(app, ctx, one, report, "Not them").await?;
            }
            1 => {
                let held = subjects::open(app, ctx, one).await?.open.profile.fields;
                let described = held.iter().find(|field| field.category == Category::Description);
                let field = described.expect("it is held").id;
                let right = fields::Typed {
                    category: Category::Description,
                    value: "Small".into(),
                    source: Source::Controller,
                    was_public: false,
                    minded: String::new(),
                };
                let policy = support::policy(GENERIC);
                fields::correct_field(app, ctx, &policy, one, field, right, "As they asked").await?;
            }
            2 => {
                let until = subjects::open(app, ctx, one).await?.open.life.until.expect("it has an end");
                world.clock.set_day(until);
                scene.sweep(world).await?;
            }
            _ => {
                // A further report keeps the merged record; by themselves they would have ended.
                for month in 1..24 {
                    world.clock.set_day(later(day("2026-09-02"), month * 80));
                    if subjects::open(app, ctx, one).await?.open.life.stage == Stage::Circulating {
                        scene.again(one).await?;
                    }
                }
            }
        }
        let refused = refusal(undo(&scene, one).await);
        assert!(refused.contains("cannot be taken back"), "{step}: {refused}");
        let (_, undoing) = merging::preview_undo(app, ctx, one).await?;
        let said = undoing.expect("it was merged").apart.err().unwrap_or_default();
        assert!(refused.ends_with(&said) && (said.contains(why) || step == 3), "{step}: {said}");
        assert_eq!(count(world, "SELECT COUNT(*) AS n FROM merges WHERE is_open = 1").await?, 0, "{step}");
        assert_eq!(follow(app, ctx, scene.org(), two).await?, Some(one));
        subjects::erase(app, ctx, one).await?;
    }
    Ok(())
}

on_both!(two_people_of_one_report_become_one);
/// SUB-2, INC-9: both slots of the narrative are the same person; the report counts once, is taken away whole, and is
/// two people's again when the merge is taken back.
async fn two_people_of_one_report_become_one(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let people = vec![person("Una Example", "Tall"), person("Dora Other", "Small")];
    let sent = scene.report(member, &theft("Two of them.", people), &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.narrative = "{1} held the door for {2}.".into();
    let both = scene.approve(sent.id, decision).await?;
    let before = subjects::open(app, ctx, both[0]).await?.open.life.until;
    merge(&scene, both[0], both[1]).await?;
    let shown = subjects::show(app, member, both[0], "").await?;
    assert_eq!(shown.narratives[0], "Una Example held the door for Una Example.");
    assert_eq!(shown.open.life.until, before, "one report, once");
    let told = format!("{:?}", shown.open.profile.fields);
    assert!(told.contains("Dora Other") && shown.open.profile.name() == Some("Una Example"), "{told}");
    undo(&scene, both[0]).await?;
    let shown = subjects::show(app, member, both[1], "").await?;
    assert_eq!(shown.narratives[0], "another person held the door for Dora Other.");
    merge(&scene, both[1], both[0]).await?;
    scene.again(both[1]).await?;
    subjects::remove_report(app, ctx, both[1], sent.id, "Neither was there").await?;
    let held = scene.review(sent.id).await?.held;
    assert!(held.people.iter().all(|person| person.subject.is_none()), "{:?}", held.people);
    let open = subjects::open(app, ctx, both[1]).await?.open;
    assert_eq!((open.involved.len(), open.profile.name()), (1, None));
    Ok(())
}

on_both!(what_differs_is_asked_and_the_stricter_rule_wins);
/// SUB-2, SUB-4, RET-16: two dates of birth are asked about; the younger age, a restriction and a hold carry over; one
/// that is withdrawn and one that circulates run on as one.
async fn what_differs_is_asked_and_the_stricter_rule_wins(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let born = |born: &str| Correction { born: Some(day(born)), ..Correction::default() };
    let one = scene.subject("Una Example", &[]).await?;
    let two = scene.subject("Dora Other", &[]).await?;
    subjects::correct(app, ctx, one, born("1990-01-01"), "A court list").await?;
    subjects::correct(app, ctx, two, born("1991-01-01"), "A court list").await?;
    subjects::restrict(app, ctx, two, true, "A dispute").await?;
    let chosen = Chosen { name: Side::Other, born: None };
    let asked = refusal(merging::merge(app, ctx, one, two, chosen, "The same").await);
    assert!(asked.contains("different dates of birth"), "{asked}");
    let (_, preview) = merging::preview(app, ctx, one, two, chosen).await?;
    assert!(preview.asks_born && preview.joined.is_err());
    let chosen = Chosen { name: Side::Other, born: Some(Side::Other) };
    let (_, preview) = merging::preview(app, ctx, one, two, chosen).await?;
    let (profile, life) = preview.joined.expect("it can be done");
    merging::merge(app, ctx, one, two, chosen, "The same").await?;
    let open = subjects::open(app, ctx, one).await?.open;
    assert_eq!(open.profile, profile);
    assert_eq!((open.life.until, open.life.deletion), (life.until, life.deletion));
    assert_eq!((open.profile.name(), open.profile.born()), (Some("Dora Other"), Some(day("1991-01-01"))));
    let alias = open.profile.newest(Category::Alias).map(|field| field.value.as_str());
    assert_eq!(alias, Some("Una Example"));
    assert!(open.life.restricted && !open.life.members_see);
    assert!(scene.shown().await?.is_empty());

    // A child, by how they look: their shorter column counts for all of it.
    let typed = theft("They took gin.", vec![person("", "Small")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.people[0].apparent_age = AgeBand::Under18;
    let child = scene.approve(sent.id, decision).await?[0];
    let adult = scene.subject("", &[]).await?;
    merge(&scene, adult, child).await?;
    let open = subjects::open(app, ctx, adult).await?.open;
    assert_eq!(open.profile.apparent_age, AgeBand::Under18);
    undo(&scene, adult).await?;
    assert_eq!(subjects::open(app, ctx, adult).await?.open.profile.apparent_age, AgeBand::Adult);
    Ok(())
}

on_both!(what_is_frozen_or_would_have_ended_is_not_merged);
/// SUB-2, RET-11: a frozen record is hidden from merging; two records of which the clocks would have ended a part are
/// refused, with the reason, and nothing changes.
async fn what_is_frozen_or_would_have_ended_is_not_merged(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Una Example", &[]).await?;
    let frozen = scene.subject("Dora Other", &[]).await?;
    subjects::hold(app, ctx, frozen, "A claim", later(ctx.today(), 30), None).await?;
    assert_eq!(subjects::erase(app, ctx, frozen).await?, Stage::Frozen);
    for (kept, other) in [(one, frozen), (frozen, one), (one, one)] {
        assert!(hidden(&merge(&scene, kept, other).await));
        assert!(hidden(&merging::preview(app, ctx, kept, other, ANY).await));
    }
    assert!(hidden(&merging::merge(app, &scene.member.ctx, one, frozen, ANY, "why").await));
    assert!(refusal(merging::merge(app, ctx, one, frozen, ANY, " ").await).contains("Give a reason"));
    let nothing = refusal(undo(&scene, one).await);
    assert!(nothing.contains("Nothing was merged"), "{nothing}");
    let (_, undoing) = merging::preview_undo(app, ctx, one).await?;
    assert!(undoing.is_none());
    Ok(())
}

on_both!(reporters_learn_the_name_of_whom_they_reported);
/// INC-4: whoever reported somebody unknown is told that they have a name now, once they were merged with somebody who
/// has; and no more when that is taken back.
async fn reporters_learn_the_name_of_whom_they_reported(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, org) = (&scene.app, &scene.member.ctx, scene.org());
    let unknown = scene.subject("", &[]).await?;
    let known = scene.subject("Una Example", &[]).await?;
    let mine = async || -> Result<String, AppError> {
        let own = reporting::mine(app, member, org, None, 10).await?;
        Ok(format!("{:?}", own.iter().map(|report| report.news).collect::<Vec<_>>()))
    };
    // Whoever looks has seen it.
    assert!(mine().await?.contains("Approved"));
    assert_eq!(mine().await?, "[None, None]");
    merge(&scene, unknown, known).await?;
    undo(&scene, unknown).await?;
    assert_eq!(mine().await?, "[None, None]");
    merge(&scene, unknown, known).await?;
    assert_eq!(mine().await?, "[None, Some(Named)]", "the newest first, who was named all along");
    Ok(())
}

on_both!(merges_that_come_at_once_leave_one_record);
/// SUB-2, RET-11: both merged into each other, a report approved, a sweep, an erasure and looks at the same time: one
/// record holds everything, or nothing is left, and nobody waits for ever.
async fn merges_that_come_at_once_leave_one_record(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    for round in 0..6_u64 {
        let people = vec![person("Una Example", "Tall"), person("Dora Other", "Small")];
        let sent = scene.report(&scene.member.ctx, &theft("Two of them.", people), &[face(round)]).await?;
        let mut decision = everybody_is_new(&scene.review(sent.id).await?);
        decision.narrative = "{1} and {2} took gin.".into();
        decision.pictures[0].1 = Shows::One(decision.people[1].person);
        let both = scene.approve(sent.id, decision).await?;
        let (one, two) = (both[0], both[1]);
        let merging = [(one, two), (two, one)].map(|(kept, other)| {
            let (app, ctx) = (scene.app.clone(), scene.controller.ctx.clone());
            tokio::spawn(async move { merging::merge(&app, &ctx, kept, other, ANY, "The same").await })
        });
        let looking = [one, two, one].map(|id| {
            let (app, ctx) = (scene.app.clone(), scene.controller.ctx.clone());
            tokio::spawn(async move { subjects::open(&app, &ctx, id).await.map(|_| ()) })
        });
        let erasing = (round % 2 == 1).then(|| {
            let (app, ctx) = (scene.app.clone(), scene.controller.ctx.clone());
            tokio::spawn(async move { subjects::erase(&app, &ctx, two).await })
        });
        if round % 3 == 0 {
            scene.sweep(world).await?;
        }
        let mut done = 0;
        for merged in merging {
            let merged = merged.await?;
            assert!(merged.is_ok() || hidden(&merged), "round {round}: {merged:?}");
            done += i32::from(merged.is_ok());
        }
        for looked in looking {
            let looked = looked.await?;
            assert!(looked.is_ok() || hidden(&looked), "round {round}: {looked:?}");
        }
        if let Some(erasing) = erasing {
            let erased = erasing.await?;
            assert!(erased.is_ok() || hidden(&erased), "round {round}: {erased:?}");
        } else {
            assert_eq!(done, 1, "round {round}");
        }
        let keys = count(world, "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'subject'").await?;
        assert_eq!(keys, count(world, "SELECT COUNT(*) AS n FROM subjects").await?, "round {round}");
        for id in [one, two] {
            if let Ok(shown) = subjects::open(&scene.app, &scene.controller.ctx, id).await {
                for picture in shown.open.pictures {
                    pictures::show(&scene.app, &scene.controller.ctx, picture, Size::Large).await?;
                }
                subjects::erase(&scene.app, &scene.controller.ctx, id).await?;
            }
        }
        assert_eq!(count(world, "SELECT COUNT(*) AS n FROM subjects").await?, 0, "round {round}");
        assert_eq!(count(world, "SELECT COUNT(*) AS n FROM merges").await?, 0, "round {round}");
        assert_eq!(files(world).len(), 0, "round {round}");
    }
    Ok(())
}

on_both!(a_merge_that_fails_on_its_way_changes_nothing);
/// SUB-2, RET-9: where a picture's file cannot be read the whole merge is refused; both records stand as they were, and
/// nothing of the attempt stays but files without a row, which are collected.
async fn a_merge_that_fails_on_its_way_changes_nothing(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Una Example", &[face(1)]).await?;
    let two = scene.subject("Dora Other", &[face(2), face(3)]).await?;
    let pictures: Vec<PictureId> = subjects::open(app, ctx, two).await?.open.pictures;
    let [before_one, before_two] = [record(&scene, one).await?, record(&scene, two).await?];
    let kept = files(world).into_iter().map(|path| Ok((std::fs::read(&path)?, path))).collect::<Vec<_>>();
    let kept = kept.into_iter().collect::<Result<Vec<_>, std::io::Error>>()?;
    for (_, path) in &kept {
        std::fs::write(path, b"damaged")?;
    }
    let refused = refusal(merge(&scene, one, two).await);
    assert!(refused.contains("could not be copied"), "{refused}");
    for (bytes, path) in &kept {
        std::fs::write(path, bytes)?;
    }
    assert_eq!(pictures.len(), 2);
    assert_eq!(record(&scene, one).await?, before_one);
    assert_eq!(record(&scene, two).await?, before_two);
    merge(&scene, one, two).await?;
    Ok(())
}

//! A policy is in force from its day, by the clock (POL-5, RET-10).
use super::{
    Changing,
    support::{GENERIC, face, hidden, later, person, policy_text, refusal, theft},
    today, with,
};
use fairwatch_app::{
    App, AppError,
    policies::{self, Typed},
    subjects, sweep,
};
use fairwatch_core::{
    gate::Ctx,
    policies::ApplyPolicy,
    policy::{
        Viewer,
        changing::{Effect, Tally},
    },
    scope::InOrg,
};
use fairwatch_store::{policies::applying, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::Span;
use std::collections::BTreeSet;

on_both!(a_shorter_period_hides_on_its_day_without_any_job);
/// POL-5, RET-10: on the day of effect, by the clock alone, on every server, and in every way of looking.
async fn a_shorter_period_hides_on_its_day_without_any_job(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let scene = &it.scene;
    let old = scene.subject("Una Example", &[face(1)]).await?;
    world.clock.set_day(later(today(world), 70));
    let new = scene.subject("Dora Example", &[face(2)]).await?;
    let day = later(today(world), 10);
    it.agreed(&with(2, 12), day).await?;
    let other = world.another_server().await?;
    let elsewhere = App::new(other.clone(), (*scene.app.blobs).clone());
    let there = async |ctx: &Ctx| {
        let page =
            subjects::gallery(&elsewhere, ctx, scene.org(), &subjects::Sought::default(), None).await?;
        Ok::<_, AppError>(page.cards.iter().map(|card| card.id).collect::<BTreeSet<_>>())
    };
    let member = &scene.member;
    let both = BTreeSet::from([old, new]);
    assert_eq!((it.shown().await?, there(&member.ctx).await?), (both.clone(), both.clone()));
    world.clock.set_day(later(day, -1));
    assert_eq!(it.shown().await?, both, "the day before");
    world.clock.set_day(day);
    let ctx = member.again(world);
    assert_eq!(
        there(&ctx).await?,
        BTreeSet::from([new]),
        "on the day, on a server that was looked at before"
    );
    assert_eq!(it.shown().await?, BTreeSet::from([new]), "on the day, here");
    assert!(hidden(&subjects::show(&scene.app, &member.again(world), old, "").await), "its page");
    assert_eq!(scene.found("una").await?, [old], "the controller finds who is held");
    let report = scene.sweep(world).await?;
    assert_eq!((report.deleted, it.listed().await?), (0, both), "and nobody is destroyed");
    other.close().await;
    Ok(())
}

on_both!(a_longer_period_keeps_and_shows);
/// POL-5, RET-10: what a longer period extends is neither hidden nor deleted, although its row said another day; who
/// was withdrawn comes back.
async fn a_longer_period_keeps_and_shows(world: &World) -> Outcome {
    let first = 3;
    let it = Changing::under(world, &with(3, 12)).await;
    let id = it.scene.subject("Una Example", &[face(1)]).await?;
    let ends = today(world).saturating_add(Span::new().months(first));
    world.clock.set_day(later(ends, -3));
    it.agreed(&with(6, 12), ends).await?;
    world.clock.set_day(ends);
    it.scene.sweep(world).await?;
    assert_eq!(it.shown().await?, BTreeSet::from([id]), "on the day on which it would have been withdrawn");
    world.clock.set_day(ends.saturating_add(Span::new().months(3)));
    assert_eq!(it.shown().await?, BTreeSet::new(), "as the new policy says");
    // And back again: withdrawn under one, shown under the next.
    let back = later(today(world), 5);
    it.agreed(&with(9, 12), back).await?;
    world.clock.set_day(back);
    assert_eq!(it.shown().await?, BTreeSet::from([id]));
    Ok(())
}

on_both!(who_sees_what_changes_on_the_day);
/// POL-5, VIS-1: audiences are counted beforehand, and hold from the day on in what was kept in memory, too.
async fn who_sees_what_changes_on_the_day(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    it.scene.subject("Una Example", &[face(1)]).await?;
    it.scene.subject("", &[face(2)]).await?;
    let mut inside = false;
    let lines = policy_text(GENERIC).lines().map(|line| {
        inside = if line.starts_with("kind = ") { line == "kind = \"name\"" } else { inside };
        if inside && line.starts_with("audience = ") {
            line.replace("\"member\", ", "")
        } else {
            line.to_owned()
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    assert_ne!(text.trim(), policy_text(GENERIC).trim());
    let day = later(today(world), 2);
    let id = it.agreed(&text, day).await?;
    let numbers =
        policies::open(it.app(), it.controller(), id).await?.change.tried.expect("it was tried").numbers;
    let members =
        numbers.sights.iter().find(|sight| sight.viewer == Viewer::Member).expect("members are told");
    assert_eq!((members.seen, members.people), (false, 1), "one of the two has a name");
    let names = async || {
        let page = it.scene.gallery(&it.scene.member.again(world)).await?;
        let named = page.cards.iter().filter(|card| card.profile.name().is_some());
        Ok::<_, AppError>(named.count())
    };
    assert_eq!(names().await?, 1);
    world.clock.set_day(day);
    assert_eq!(names().await?, 0);
    Ok(())
}

on_both!(whoever_is_cut_off_goes_on_where_they_were);
/// POL-5, RET-10: records are worked out in parts; what has not been come to is hidden, and a dry run that was broken
/// off is gone on with.
async fn whoever_is_cut_off_goes_on_where_they_were(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    for n in 0..5 {
        it.scene.subject(&format!("Person {n}"), &[]).await?;
    }
    let day = later(today(world), 2);
    it.agreed(&with(6, 12), day).await?;
    world.clock.set_day(day);
    let job = world.job("policy");
    let org = it.scene.org();
    // A job that is killed after its first small part.
    world.store.write::<ApplyPolicy, _>(&job, InOrg(org), async |tx| applying::switch(tx).await).await?;
    let last = world
        .store
        .write::<ApplyPolicy, _>(&job, InOrg(org), async |tx| applying::part(tx, uuid::Uuid::nil(), 2).await)
        .await?;
    assert!(last.is_some());
    let progress = applying::progress(&world.store, &job, org).await?;
    assert_eq!((progress.people, progress.left), (5, 3));
    assert!(policies::apply(it.app(), &job, org, None).await?, "another one goes on");
    assert_eq!(applying::progress(&world.store, &job, org).await?.left, 0);
    assert_eq!(it.shown().await?.len(), 5);
    // A dry run that nobody waited for.
    let id = policies::begin(it.app(), it.controller(), org).await?;
    let from = Some(later(day, 1));
    let typed = Typed { text: with(1, 12), reason: "Less".into(), from, ..Typed::default() };
    policies::save(it.app(), it.controller(), id, typed).await?;
    assert!(!policies::try_out(it.app(), it.controller(), id, 0).await?);
    assert!(refusal(policies::propose(it.app(), it.controller(), id).await).contains("Work out anew"));
    policies::keep_up(it.app(), &job).await?;
    let tried = policies::open(it.app(), it.controller(), id).await?.change.tried.expect("it was tried");
    assert_eq!((tried.is_done, tried.numbers.people), (true, 5));
    assert_eq!(tried.numbers.effects.get(&Effect::ShownShorter).map(|t: &Tally| t.count), Some(5));
    policies::propose(it.app(), it.controller(), id).await?;
    Ok(())
}

on_both!(a_sweep_asks_before_a_policy_destroys_what_stands_beside_people);
/// RET-11, POL-5: a shorter period for incidents, reports, records of profiles or pictures is as good a cause to stop
/// as one for people.
async fn a_sweep_asks_before_a_policy_destroys_what_stands_beside_people(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let scene = &it.scene;
    for _ in 0..21 {
        let sent = scene.report(&scene.member.ctx, &theft("A mistake.", vec![person("", "")]), &[]).await?;
        fairwatch_app::incidents::review::reject(it.app(), it.controller(), sent.id, "Nothing happened")
            .await?;
    }
    let keep = policy_text(GENERIC).lines().map(|line| match line.starts_with("rejected_report = ") {
        true => "rejected_report = { days = 2, clause = \"x\" }",
        false => line,
    });
    let day = later(today(world), 3);
    it.agreed(&keep.collect::<Vec<_>>().join("\n"), day).await?;
    let job = world.job("sweep");
    let doubts = async || {
        let plans = sweep::plan(it.app(), &job).await?;
        let up_for = jiff::SignedDuration::from_hours(100_000);
        let doubts = sweep::doubts(it.app(), &job, &plans, None, up_for).await?;
        let about = doubts.into_iter().map(|doubt| doubt.0).filter(|doubt| !doubt.contains("clock"));
        Ok::<_, AppError>((plans[0].plan.losses(), about.collect::<Vec<_>>()))
    };
    assert_eq!(doubts().await?, (0, Vec::new()));
    world.clock.set_day(day);
    let (losses, found) = doubts().await?;
    assert_eq!((losses, found.len()), (21, 1), "{found:?}");
    assert!(found[0].contains("21 of 21") && found[0].to_lowercase().contains("rejected"), "{found:?}");
    Ok(())
}

on_both!(one_damaged_record_keeps_nobody_else);
/// RET-10: a record that cannot be worked out by the new policy stays hidden and is counted for the operator; the others
/// follow the policy.
async fn one_damaged_record_keeps_nobody_else(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    it.scene.subject("Una Example", &[face(1)]).await?;
    let dora = it.scene.subject("Dora Example", &[face(2)]).await?;
    let day = later(today(world), 2);
    it.agreed(&with(6, 12), day).await?;
    world.clock.set_day(day);
    let burglar = Burglar::at(world.address()).await?;
    let text = "UPDATE subject_events SET detail = 'damaged' WHERE subject_id = (SELECT id FROM subjects WHERE number = (SELECT MIN(number) FROM subjects))";
    assert!(burglar.run(text).await? > 0);
    burglar.leave().await;
    let (job, org) = (world.job("policy"), it.scene.org());
    assert!(policies::apply(it.app(), &job, org, None).await?, "it comes to its end");
    let progress = applying::progress(&world.store, &job, org).await?;
    assert_eq!((progress.people, progress.left, progress.damaged), (2, 0, 1));
    assert_eq!(it.shown().await?, BTreeSet::from([dora]));
    Ok(())
}

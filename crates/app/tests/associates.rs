//! Who commits such crime with whom: recorded, derived, told to those whom the policy names, and gone with either
//! (SUB-3).
mod support;

use fairwatch_app::{
    AppError,
    incidents::review::Link,
    subjects::{
        self,
        associates::{self, Near},
        merging,
    },
};
use fairwatch_core::{
    gate::Role,
    ids::SubjectId,
    subjects::{Source, associates::Together, merging::Chosen},
};
use fairwatch_store::{StoreError, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{GENERIC, Scene, app, everybody_is_new, hidden, later, person, policy_text, refusal, theft};

async fn near(scene: &Scene, id: SubjectId) -> Result<Vec<Near>, AppError> {
    Ok(associates::show(&scene.app, &scene.controller.ctx, scene.org(), id).await?.near)
}

fn why(near: &[Near]) -> Vec<(SubjectId, usize, Vec<String>, usize)> {
    near.iter()
        .map(|one| (one.card.id, one.incidents.len(), one.vehicles.clone(), one.linked.len()))
        .collect()
}

/// Somebody new whose report names a vehicle.
async fn driver(scene: &Scene, name: &str, vehicle: &str) -> Result<SubjectId, AppError> {
    let sent = scene.report(&scene.member.ctx, &theft("Drove off.", vec![person(name, "Tall")]), &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.vehicle = Some((decision.people[0].person, vehicle.to_owned()));
    Ok(scene.approve(sent.id, decision).await?[0])
}

/// A report of two who are held already.
async fn together(scene: &Scene, people: [SubjectId; 2]) -> Result<(), AppError> {
    let both = vec![person("", "One"), person("", "The other")];
    let sent = scene.report(&scene.member.ctx, &theft("Both.", both), &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.narrative = "{1} and {2} left.".into();
    for (decided, subject) in decision.people.iter_mut().zip(people) {
        decided.link = Link::Existing(subject);
        decided.description.clear();
    }
    scene.approve(sent.id, decision).await?;
    Ok(())
}

async fn count(world: &World, text: &'static str) -> Result<i64, StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let number = burglar.number(text).await;
    burglar.leave().await;
    number
}

on_both!(who_acts_with_whom_is_recorded_and_derived);
/// SUB-3: the same incidents, the same vehicle however its mark was typed, and what the controller records, from both
/// sides; it is taken back with a reason.
async fn who_acts_with_whom_is_recorded_and_derived(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = driver(&scene, "Una Example", "Blue Ford Transit, AB12 CDE").await?;
    let two = driver(&scene, "Dora Other", "van, ab12cde").await?;
    let three = driver(&scene, "Tess Third", "Blue Ford Transit").await?;
    together(&scene, [one, three]).await?;
    together(&scene, [one, three]).await?;
    assert_eq!(why(&near(&scene, one).await?), [(three, 2, vec![], 0), (two, 0, vec!["AB12CDE".into()], 0)]);
    assert_eq!(why(&near(&scene, two).await?), [(one, 0, vec!["AB12CDE".into()], 0)]);
    let act = Together::PassOn;
    let link =
        associates::associate(app, ctx, two, three, act, Source::Controller, "She sells what he takes")
            .await?;
    let found = near(&scene, three).await?;
    assert_eq!(why(&found), [(two, 0, vec![], 1), (one, 2, vec![], 0)]);
    assert_eq!(found[0].linked[0].association.reason, "She sells what he takes");
    let again = associates::associate(app, ctx, three, two, act, Source::Controller, "Again").await;
    assert!(refusal(again).contains("recorded already"));
    let without = associates::associate(app, ctx, one, two, act, Source::Controller, "").await;
    assert!(refusal(without).contains("Give a reason"));
    let page = Source::Police { agreement: "nobody's".into() };
    let refused = refusal(associates::associate(app, ctx, one, two, act, page, "They say so").await);
    assert!(refused.contains("does not take data from there"), "{refused}");
    assert!(hidden(&associates::associate(app, ctx, one, one, act, Source::Controller, "Self").await));
    let audit = scene.audit().await?;
    let recorded =
        audit.iter().find(|line| line.entry.action == "associates.record").expect("it is on record");
    // The reason stands with what is recorded and ends with it; the entry commits to it.
    assert!(recorded.reason.is_none() && recorded.entry.commitment.is_some());
    associates::dissociate(app, ctx, three, link, "It was somebody else").await?;
    assert_eq!(why(&near(&scene, three).await?), [(one, 2, vec![], 0)]);
    assert!(refusal(associates::dissociate(app, ctx, three, link, "Again").await).contains("no longer"));
    Ok(())
}

on_both!(a_link_goes_with_either_and_with_its_report);
/// RET-9, RET-16: nothing of somebody who was deleted is left on the record of whoever they acted with; a link goes with
/// the report that said so.
async fn a_link_goes_with_either_and_with_its_report(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = driver(&scene, "Una Example", "van, AB12 CDE").await?;
    let two = driver(&scene, "Dora Other", "van, AB12 CDE").await?;
    let three = scene.subject("Tess Third", &[]).await?;
    let report = scene.again(two).await?;
    let incident = subjects::open(app, ctx, two)
        .await?
        .open
        .involved
        .iter()
        .find(|i| i.report == report)
        .map(|i| i.incident);
    let source = Source::Report { report, incident: incident.expect("it has one") };
    let act = Together::Act;
    associates::associate(app, ctx, one, two, act, source.clone(), "Dora drove Una").await?;
    associates::associate(app, ctx, one, three, act, Source::Controller, "Seen together").await?;
    let elsewhere = associates::associate(app, ctx, one, three, Together::Help, source, "No").await;
    assert!(refusal(elsewhere).contains("tells of neither"));
    subjects::remove_report(app, ctx, two, report, "It was not Dora").await?;
    assert_eq!(why(&near(&scene, one).await?), [(three, 0, vec![], 1), (two, 0, vec!["AB12CDE".into()], 0)]);
    subjects::erase(app, ctx, three).await?;
    subjects::erase(app, ctx, two).await?;
    assert!(near(&scene, one).await?.is_empty());
    assert_eq!(count(world, "SELECT COUNT(*) AS n FROM associations").await?, 0);
    let whole = format!("{:?}", subjects::open(app, ctx, one).await?.open);
    assert!(!whole.contains("Dora") && !whole.contains("Tess"), "{whole}");
    Ok(())
}

/// The generic policy, which tells members of associates, too.
async fn telling_members(world: &World, told: &'static [&'static str]) -> Scene {
    let policy = move |policy: String| {
        let parts = policy.split("\n[[").map(|part| {
            let is_told = told.iter().any(|kind| part.contains(&format!("kind = \"{kind}\"")));
            if part.starts_with("category]]") && is_told {
                part.replace("audience = [\"staff\"", "audience = [\"member\", \"staff\"")
            } else {
                part.to_owned()
            }
        });
        parts.collect::<Vec<_>>().join("\n[[")
    };
    assert!(policy_text(GENERIC).contains("kind = \"associates\""));
    let scheme = world.scheme_with("telling", policy).await;
    let controller = world.person(&scheme, Role::Controller).await;
    let member = world.person(&scheme, Role::MemberUser).await;
    Scene { app: app(world), scheme, controller, member }
}

on_both!(members_are_told_as_the_policy_says_and_of_those_who_are_shown);
/// SUB-3, VIS-7, RET-10: members read of associates only where the policy says so, and of them only who is shown at that
/// moment; who is restricted, withdrawn or not theirs is as absent.
async fn members_are_told_as_the_policy_says_and_of_those_who_are_shown(world: &World) -> Outcome {
    let quiet = Scene::new(world, GENERIC).await;
    let scene = telling_members(world, &["associates"]).await;
    for (scene, is_told) in [(&quiet, false), (&scene, true)] {
        let (app, ctx, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
        let one = driver(scene, "Una Example", "van, AB12 CDE").await?;
        let two = scene.subject("Dora Other", &[]).await?;
        let three = driver(scene, "Tess Third", "van, AB12 CDE").await?;
        together(scene, [one, two]).await?;
        let link =
            associates::associate(app, ctx, one, two, Together::Act, Source::Controller, "Both").await?;
        associates::show(app, ctx, scene.org(), one).await?;
        let told = subjects::show(app, member, one, "").await?.near;
        // The vehicle is not theirs to know, so nobody is named for it.
        let expected = if is_told { vec![(two, 1, vec![], 1)] } else { Vec::new() };
        assert_eq!(why(&told), expected);
        assert!(!told.iter().any(|one| one.card.id == three));
        assert!(hidden(&associates::show(app, member, scene.org(), one).await));
        subjects::restrict(app, ctx, two, true, "A dispute").await?;
        assert!(subjects::show(app, member, one, "").await?.near.is_empty());
        assert_eq!(near(scene, one).await?.len(), 2, "the controller sees them on");
        subjects::restrict(app, ctx, two, false, "Settled").await?;
        associates::dissociate(app, ctx, one, link, "Not so").await?;
        let board = world.person(&scene.scheme, Role::Board).await;
        assert!(hidden(&associates::show(app, &board.ctx, scene.org(), one).await));
        let elsewhere = world.scheme(if is_told { "here" } else { "there" }).await;
        let stranger = world.person(&elsewhere, Role::Controller).await;
        assert!(hidden(&associates::show(app, &stranger.ctx, elsewhere.org, one).await));
    }
    let day = scene.controller.ctx.today();
    let [one, two] = [scene.subject("Olga Odd", &[]).await?, scene.subject("Peter Plain", &[]).await?];
    together(&scene, [one, two]).await?;
    world.clock.set_day(later(day, 300));
    scene.again(one).await?;
    let mut withdrawn = false;
    for days in [300, 400, 500, 600] {
        world.clock.set_day(later(day, days));
        let Ok(told) = subjects::show(&scene.app, &scene.member.ctx, one, "").await else { break };
        let is_shown = subjects::show(&scene.app, &scene.member.ctx, two, "").await.is_ok();
        assert_eq!(told.near.len(), usize::from(is_shown), "after {days} days, without a sweep");
        withdrawn |= !is_shown;
    }
    assert!(withdrawn, "the other was withdrawn while the first was shown");
    Ok(())
}

on_both!(links_follow_a_merge_and_its_undoing);
/// SUB-2, SUB-3: what was recorded of either is recorded of the merged record, nobody is associated with themselves, and
/// all of it is as it was when the merge is taken back.
async fn links_follow_a_merge_and_its_undoing(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let [one, two, three] = [
        scene.subject("Una Example", &[]).await?,
        scene.subject("Dora Other", &[]).await?,
        scene.subject("Tess Third", &[]).await?,
    ];
    let act = Together::Act;
    associates::associate(app, ctx, two, three, act, Source::Controller, "Two with three").await?;
    associates::associate(app, ctx, three, two, Together::Help, Source::Controller, "Three for two").await?;
    associates::associate(app, ctx, two, one, act, Source::Controller, "Two with one").await?;
    let before =
        [why(&near(&scene, one).await?), why(&near(&scene, two).await?), why(&near(&scene, three).await?)];
    merging::merge(app, ctx, one, two, Chosen::default(), "The same").await?;
    assert_eq!(why(&near(&scene, one).await?), [(three, 0, vec![], 2)]);
    assert_eq!(why(&near(&scene, three).await?), [(one, 0, vec![], 2)]);
    merging::undo(app, ctx, one, "They are two").await?;
    let after =
        [why(&near(&scene, one).await?), why(&near(&scene, two).await?), why(&near(&scene, three).await?)];
    assert_eq!(after, before);
    let reasons = near(&scene, one).await?[0].linked[0].association.reason.clone();
    assert_eq!(reasons, "Two with one");
    Ok(())
}

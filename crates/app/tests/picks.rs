//! Targeted data: ethnicity and medical risk are shown to members who were picked for a person, at once, on every server,
//! and to nobody else (SUB-6, VIS-1, VIS-7; TM, offenders 6 d).
mod support;

use fairwatch_app::{
    App, AppError,
    finding::{self, Typing},
    subjects::{self, Sought, fields, picks},
};
use fairwatch_core::{
    gate::{Ctx, Role},
    ids::SubjectId,
    policy::{Category, Viewer},
    subjects::Source,
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use support::{CS, Scene, TM, day, hidden, later, policy, refusal};

const SECRET: &str = "Zqxwvitis";

async fn with_medical(scene: &Scene) -> Result<SubjectId, AppError> {
    let subject = scene.subject("Ella Example", &[]).await?;
    for (category, value) in [(Category::MedicalRisk, SECRET), (Category::Ethnicity, "Zqxwvian")] {
        let typed = fields::Typed {
            category,
            value: value.into(),
            source: Source::Controller,
            was_public: false,
            minded: String::new(),
        };
        fields::enter(&scene.app, &scene.controller.ctx, &policy(TM), subject, typed).await?;
    }
    Ok(subject)
}

/// Whether somebody reads it on the person's page; nothing else that the page holds may give it away to who does not.
async fn reads(app: &App, ctx: &Ctx, subject: SubjectId) -> Result<bool, AppError> {
    let shown = subjects::show(app, ctx, subject, "Asked by the shop").await?;
    let held = &shown.open.profile;
    let (medical, ethnicity) = (held.newest(Category::MedicalRisk), held.newest(Category::Ethnicity));
    assert_eq!(medical.is_some(), ethnicity.is_some());
    assert_eq!(medical.is_some(), shown.viewer == Viewer::TargetedMember);
    if medical.is_none() {
        assert!(!format!("{:?}", shown.open).contains("Zqxwv"));
    }
    assert!(shown.open.picks.is_empty(), "who is picked and why is the controller's");
    Ok(medical.is_some())
}

/// Nobody but the controller finds by it or sees it on a card, picked or not.
async fn nowhere_else(app: &App, scene: &Scene, who: &Person, world: &World) -> Outcome {
    let ctx = who.again(world);
    let page = subjects::gallery(app, &ctx, scene.org(), &Sought::default(), None).await?;
    assert!(!format!("{:?}", page.cards).contains("Zqxwv"));
    for words in [SECRET, "Zqxwvian", "zqx"] {
        let found = finding::find(app, &ctx, scene.org(), words, Typing::Open, 20).await?;
        assert!(found.people.is_empty(), "{words} for {}", who.role);
    }
    let found = finding::find(app, &ctx, scene.org(), "Ella", Typing::Open, 20).await?;
    assert_eq!(found.people.len(), 1);
    assert!(!format!("{:?}", found.people[0].card).contains("Zqxwv"));
    Ok(())
}

on_both!(sub_6_only_picked_members_see_what_is_targeted_on_every_server);
/// SUB-6, VIS-1, VIS-7: picked on one server, seen on the other, and no longer when it is ended there.
async fn sub_6_only_picked_members_see_what_is_targeted_on_every_server(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let other_server = world.another_server().await?;
    let elsewhere = App::new(other_server.clone(), (*scene.app.blobs).clone());
    let picked = world.person(&scene.scheme, Role::MemberUser).await;
    let colleague = world.person_of(&scene.scheme, Role::MemberUser, picked.member).await;
    let controller = &scene.controller.ctx;
    let one = with_medical(&scene).await?;
    let two = with_medical(&scene).await?;
    let everybody = [&scene.member, &picked, &colleague];
    for server in [&scene.app, &elsewhere] {
        for who in everybody {
            assert!(!reads(server, &who.again(world), one).await?, "nobody is picked");
        }
    }
    let member = picked.member.expect("a business");
    let pick = picks::pick(&scene.app, controller, one, member, None, "Next door").await?;
    for server in [&scene.app, &elsewhere] {
        for who in everybody {
            let is_picked = who.member == Some(member);
            assert_eq!(reads(server, &who.again(world), one).await?, is_picked, "of the picked business");
            assert!(!reads(server, &who.again(world), two).await?, "picked for one and not for another");
        }
        let officer = world.person(&scene.scheme, Role::Police).await;
        assert!(!reads(server, &officer.ctx, one).await?);
    }
    picks::end(&elsewhere, controller, one, pick).await?;
    assert!(refusal(picks::end(&scene.app, controller, one, pick).await).contains("ended already"));
    for server in [&scene.app, &elsewhere] {
        assert!(!reads(server, &picked.again(world), one).await?, "ended, at once");
    }
    let actions = world.actions(scene.org().0).await?;
    assert!(["subjects.pick", "subjects.end_pick"].iter().all(|a| actions.iter().any(|known| known == a)));
    other_server.close().await;
    Ok(())
}

on_both!(vis_7_what_is_targeted_is_in_no_gallery_and_found_by_no_search);
/// VIS-7, SUB-6: neither by a picked member nor by one who is not.
async fn vis_7_what_is_targeted_is_in_no_gallery_and_found_by_no_search(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let other_server = world.another_server().await?;
    let elsewhere = App::new(other_server.clone(), (*scene.app.blobs).clone());
    let picked = world.person(&scene.scheme, Role::MemberUser).await;
    let one = with_medical(&scene).await?;
    for app in [&scene.app, &elsewhere] {
        nowhere_else(app, &scene, &scene.member, world).await?;
    }
    let member = picked.member.expect("a business");
    picks::pick(&scene.app, &scene.controller.ctx, one, member, None, "Next door").await?;
    for app in [&scene.app, &elsewhere] {
        assert!(reads(app, &picked.again(world), one).await?);
        for who in [&scene.member, &picked] {
            nowhere_else(app, &scene, who, world).await?;
        }
    }
    assert_eq!(scene.found(SECRET).await?, [one], "the controller finds by all that is held");
    other_server.close().await;
    Ok(())
}

async fn rows(world: &World) -> Result<i64, fairwatch_store::StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let rows = burglar.number("SELECT COUNT(*) AS n FROM picks").await;
    burglar.leave().await;
    rows
}

on_both!(sub_6_a_pick_ends_on_its_day_and_goes_with_the_person);
/// SUB-6, RET-9, RET-10, RET-15: by the day alone, before any sweep; the row goes with the next.
async fn sub_6_a_pick_ends_on_its_day_and_goes_with_the_person(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let (one, member) = (with_medical(&scene).await?, scene.member.member.expect("a business"));
    let today = scene.controller.ctx.today();
    let late = picks::pick(app, controller, one, member, Some(today), "Next door").await;
    assert!(refusal(late).contains("after today"));
    picks::pick(app, controller, one, member, Some(later(today, 7)), "Next door").await?;
    let again = picks::pick(app, controller, one, member, None, "Next door").await;
    assert!(refusal(again).contains("picked already"));
    world.clock.set_day(later(today, 6));
    assert!(reads(app, &scene.member.again(world), one).await?);
    world.clock.set_day(later(today, 7));
    assert!(!reads(app, &scene.member.again(world), one).await?);
    let open = || subjects::open(app, controller, one);
    assert!(open().await?.open.picks.is_empty());
    picks::pick(app, controller, one, member, Some(later(today, 14)), "Again").await?;
    let held = open().await?.open.picks;
    assert_eq!((held.len(), &*held[0].reason), (1, "Again"));
    world.clock.set_day(later(today, 15));
    assert_eq!(rows(world).await?, 1, "it waits for the sweep");
    scene.sweep(world).await?;
    assert_eq!(rows(world).await?, 0);
    picks::pick(app, controller, one, member, None, "For good").await?;
    // It goes with the person, whom nothing keeps from being erased.
    subjects::erase(app, controller, one).await?;
    assert!(hidden(&open().await));
    assert_eq!(rows(world).await?, 0);
    Ok(())
}

on_both!(sub_6_nobody_is_picked_where_the_policy_targets_nothing_or_from_elsewhere);
/// SUB-6, VIS-7: not in a scheme without targeted data, no business of another scheme, and by the controller alone.
async fn sub_6_nobody_is_picked_where_the_policy_targets_nothing_or_from_elsewhere(world: &World) -> Outcome {
    let (here, there) = (Scene::new(world, TM).await, Scene::new(world, CS).await);
    let (one, theirs) = (with_medical(&here).await?, there.subject("Omar Other", &[]).await?);
    let (own, other) = (here.member.member.expect("one"), there.member.member.expect("one"));
    let app = &here.app;
    let pick = |who: &Person, subject, member| {
        let ctx = who.again(world);
        async move { picks::pick(app, &ctx, subject, member, None, "Next door").await }
    };
    assert!(refusal(pick(&here.controller, one, other).await).contains("of this scheme"));
    assert!(refusal(pick(&there.controller, theirs, other).await).contains("shows picked members nothing"));
    assert!(hidden(&pick(&there.controller, one, own).await));
    assert!(hidden(&pick(&here.member, one, own).await));
    let reason = picks::pick(app, &here.controller.ctx, one, own, None, " ").await;
    assert!(refusal(reason).contains("Give a reason"));
    let shown = subjects::open(app, &here.controller.ctx, one).await?;
    assert!(shown.open.picks.is_empty() && shown.scope.today == day("2026-03-02"));
    Ok(())
}

//! Finding anyone: by what the asker may see and nothing else, on every server, as of now (INC-2, VIS-1, VIS-4, VIS-7).
mod support;

use fairwatch_app::{
    App, AppError,
    finding::{self, How, Typing},
    subjects::{self, Correction},
};
use fairwatch_core::{gate::Role, ids::SubjectId};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::Span;
use std::time::Duration;
use support::{CS, GENERIC, Scene, TM, hidden};

async fn find(
    app: &App,
    world: &World,
    who: &Person,
    scene: &Scene,
    words: &str,
) -> Result<Vec<SubjectId>, AppError> {
    let answer = finding::find(app, &who.again(world), scene.org(), words, Typing::Open, 10).await?;
    Ok(answer.people.iter().map(|found| found.card.id).collect())
}

on_both!(anyone_is_found_however_they_are_spelt);
/// INC-2: by names as they sound, as people are called and as they are mistyped, by description, and by reference; and
/// it says how. For the controller also by place and by what happened.
async fn anyone_is_found_however_they_are_spelt(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, controller) = (&scene.app, &scene.member, &scene.controller);
    let robert = scene.subject("Robert Example", &[]).await?;
    let siobhan = scene.subject("Siobhán O'Brien", &[]).await?;
    for (words, wanted) in [
        ("bob example", robert),
        ("Exampel", robert),
        ("rob", robert),
        ("shivaun", siobhan),
        ("OBrien", siobhan),
        ("NG-0002", siobhan),
    ] {
        for who in [member, controller] {
            assert_eq!(find(app, world, who, &scene, words).await?.first(), Some(&wanted), "{words}");
        }
    }
    assert_eq!(find(app, world, member, &scene, "scar brow").await?.len(), 2);
    let answer = finding::find(app, &member.again(world), scene.org(), "bob", Typing::Finished, 10).await?;
    assert_eq!(answer.people[0].how, How::Nickname);
    assert!(answer.incidents.is_empty(), "members are shown no incidents");
    for words in ["till", "left without paying"] {
        let found =
            finding::find(app, &controller.again(world), scene.org(), words, Typing::Open, 10).await?;
        assert_eq!(found.incidents.len(), 2, "{words}");
    }
    assert_eq!(find(app, world, member, &scene, "").await?, []);
    Ok(())
}

on_both!(nobody_is_found_by_what_is_not_shown);
/// VIS-7, VIS-1: a member finds nobody by what their policy does not show them, nor anybody of another scheme, and
/// whoever has no role for it is not told that there is a search.
async fn nobody_is_found_by_what_is_not_shown(world: &World) -> Outcome {
    let (here, there) = (Scene::new(world, GENERIC).await, Scene::new(world, CS).await);
    let one = here.subject("Una Example", &[]).await?;
    let foreign = there.subject("Fay Foreign", &[]).await?;
    assert_eq!(find(&here.app, world, &here.controller, &here, "fay foreign").await?, []);
    assert!(hidden(&find(&here.app, world, &here.member, &there, "fay").await));
    assert_eq!(find(&there.app, world, &there.member, &there, "fay").await?, [foreign]);
    let board = world.person(&here.scheme, Role::Board).await;
    assert!(hidden(&find(&here.app, world, &board, &here, "una").await));
    // Hidden while a dispute lasts: the controller alone finds them.
    subjects::restrict(&here.app, &here.controller.ctx, one, true, "A dispute").await?;
    assert_eq!(find(&here.app, world, &here.member, &here, "una").await?, []);
    assert_eq!(find(&here.app, world, &here.controller, &here, "una").await?, [one]);
    Ok(())
}

on_both!(the_index_follows_what_other_servers_change);
/// VIS-4, RET-9, RET-10: what was changed elsewhere is found at once; who was withdrawn is found by the controller
/// alone, on the day itself; who was deleted by nobody, and by no word of theirs.
async fn the_index_follows_what_other_servers_change(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member, controller) = (&scene.app, &scene.member, &scene.controller);
    let other = world.another_server().await?;
    let elsewhere = App::new(other.clone(), (*app.blobs).clone());
    let one = scene.subject("", &[]).await?;
    for server in [app, &elsewhere] {
        assert_eq!(find(server, world, member, &scene, "scar").await?, [one]);
        assert_eq!(find(server, world, member, &scene, "tess").await?, []);
    }
    let name = Correction { name: Some("Tess Example".into()), ..Correction::default() };
    subjects::correct(app, &controller.ctx, one, name, "Someone knew").await?;
    for server in [&elsewhere, app] {
        assert_eq!(find(server, world, member, &scene, "tess").await?, [one]);
    }
    let two = scene.subject("Dora Example", &[]).await?;
    assert_eq!(find(&elsewhere, world, member, &scene, "dora").await?, [two]);
    subjects::erase(&elsewhere, &controller.ctx, two).await?;
    for server in [app, &elsewhere] {
        for who in [member, controller] {
            assert_eq!(find(server, world, who, &scene, "dora").await?, []);
        }
        let found =
            finding::find(server, &controller.again(world), scene.org(), "till", Typing::Open, 10).await?;
        assert_eq!(found.incidents.len(), 1, "the incident went with the only person in it");
    }
    // The sweep has not come by.
    world.clock.set_day(controller.ctx.today().saturating_add(Span::new().months(12)));
    assert_eq!(find(app, world, member, &scene, "tess").await?, []);
    assert_eq!(find(app, world, controller, &scene, "tess").await?, [one]);
    other.close().await;
    Ok(())
}

on_both!(a_search_that_was_broken_off_leaves_the_index_right);
/// VIS-4, RET-9: whoever asks may go away at any moment, also while the index is being built or brought up to date; the
/// next to ask finds everybody who is there, and nobody who is gone.
async fn a_search_that_was_broken_off_leaves_the_index_right(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (member, controller) = (&scene.member, &scene.controller.ctx);
    let mut there = vec![scene.subject("Una Example", &[]).await?, scene.subject("Dora Example", &[]).await?];
    let mut server = support::app(world);
    for n in 0_u64..24 {
        if n % 8 == 0 {
            // From the beginning.
            server = support::app(world);
        }
        let patience = Duration::from_micros(40 * n * n);
        let _ = tokio::time::timeout(patience, find(&server, world, member, &scene, "example")).await;
        if n % 6 == 0 {
            there.push(scene.subject(&format!("Example Number{n}"), &[]).await?);
        } else if n % 6 == 3 {
            subjects::erase(&scene.app, controller, there.remove(0)).await?;
        }
        let _ = tokio::time::timeout(patience, find(&server, world, member, &scene, "example")).await;
        let mut found = find(&server, world, member, &scene, "example").await?;
        found.sort_unstable();
        let mut wanted = there.clone();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "after {n}");
    }
    Ok(())
}

on_both!(staff_find_nobody_whose_record_is_not_open_to_them);
/// VIS-4, VIS-7: staff whom the policy names find people who are held, but nobody who is restricted: what a search and the
/// list show is what opens.
async fn staff_find_nobody_whose_record_is_not_open_to_them(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let staff = world.person(&scene.scheme, Role::Staff).await;
    let app = &scene.app;
    let one = scene.subject("Una Example", &[]).await?;
    subjects::restrict(app, &scene.controller.ctx, one, true, "A dispute").await?;
    assert_eq!(find(app, world, &staff, &scene, "una").await?, []);
    let listed = subjects::list(app, &staff.again(world), scene.org(), subjects::Part::All, None).await?;
    assert!(listed.cards.is_empty());
    assert!(hidden(&subjects::open(app, &staff.again(world), one).await));
    subjects::restrict(app, &scene.controller.ctx, one, false, "Settled").await?;
    assert_eq!(find(app, world, &staff, &scene, "una").await?, [one]);
    Ok(())
}

on_both!(a_search_is_a_look_at_whom_it_returns);
/// AUD-1: the entry lists those who were returned, and no words.
async fn a_search_is_a_look_at_whom_it_returns(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (one, _) = (scene.subject("Una Example", &[]).await?, scene.subject("Dora Other", &[]).await?);
    find(&scene.app, world, &scene.member, &scene, "una").await?;
    let entries = world.audit().await?;
    let look = entries.iter().rev().find(|entry| entry.action == "finding.find").expect("a look");
    assert_eq!(look.about, [one.0]);
    world.verify_chains().await;
    Ok(())
}

//! The board's view of what the office does, on both engines (SEC-6).
mod support;

use fairwatch_app::{audit, oversight, subjects};
use fairwatch_core::{gate::Role, oversight::Topic};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::SignedDuration;
use support::{GENERIC, Scene, hidden};

on_both!(sec_6_the_board_sees_what_the_office_did_with_its_entries_and_nobody_who_is_held);
/// SEC-6: looks, holds and own approvals are counted from the audit by person; a week that stands out against the person's
/// own weeks is marked; each number leads to its entries; nobody but the board sees it.
async fn sec_6_the_board_sees_what_the_office_did_with_its_entries_and_nobody_who_is_held(
    world: &World,
) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, by) = (&scene.app, scene.org(), scene.controller.account);
    let subject = scene.subject("Alfred Example", &[]).await?;
    let look = async |times: usize| {
        for _ in 0..times {
            subjects::open(app, &world.person(&scene.scheme, Role::Controller).await.ctx, subject).await?;
        }
        Ok::<_, fairwatch_app::AppError>(())
    };
    look(1).await?;
    let review = support::later(scene.controller.ctx.today(), 30);
    let held = scene.controller.again(world);
    subjects::hold(app, &held, subject, "A claim is threatened.", review, None).await?;
    let board = world.person(&scene.scheme, Role::Board).await;
    let found = oversight::show(app, &board.ctx, org).await?;
    let held = found.done.iter().find(|done| done.action == "subjects.hold").expect("the hold is told of");
    assert_eq!((held.topic, held.by, held.weeks.lately()), (Topic::Holds, by, 1));
    assert!(found.names.contains_key(&by.0), "colleagues are named");
    let shown = format!("{:?}{:?}{:?}{:?}", found.done, found.seen, found.own, found.names);
    assert!(!shown.contains("Alfred") && !shown.contains("claim"), "nobody who is held, and no reason");

    // The number leads to its entries.
    let wanted = audit::Wanted { actor: Some(by.0), action: Some("subjects.hold"), ..Default::default() };
    let entries = audit::list(app, &board.again(world), org, wanted, None, 50).await?;
    assert_eq!(entries.len(), 1);
    assert!(entries[0].entry.about.contains(&subject.0) && entries[0].reason.is_none());

    // A report that somebody approves for whom it is their own.
    assert!(found.own.is_empty());
    let sent = scene.report(&scene.controller.again(world), &support::theft("Gin.", vec![]), &[]).await?;
    let opened = scene.review(sent.id).await?;
    scene.approve(sent.id, support::everybody_is_new(&opened)).await?;
    let found = oversight::show(app, &board.again(world), org).await?;
    assert_eq!(found.own.iter().map(|one| (one.report, one.by)).collect::<Vec<_>>(), [(sent.id, by)]);

    // Against their own weeks: a look a week, and then many.
    for _ in 0..3 {
        world.clock.pass(SignedDuration::from_hours(24 * 7));
        let again = world.person(&scene.scheme, Role::Controller).await;
        subjects::open(app, &again.ctx, subject).await?;
    }
    let eager = world.person(&scene.scheme, Role::Controller).await;
    for _ in 0..60 {
        subjects::open(app, &eager.again(world), subject).await?;
    }
    let board = world.person(&scene.scheme, Role::Board).await;
    let found = oversight::show(app, &board.ctx, org).await?;
    assert!(!found.seen[&eager.account].unusual().is_empty());
    assert!(found.seen[&by].unusual().is_empty(), "of others it says nothing");
    for role in [Role::Controller, Role::Staff, Role::MemberUser, Role::Auditor, Role::Operator] {
        let who = world.person(&scene.scheme, role).await;
        assert!(hidden(&oversight::show(app, &who.ctx, org).await), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Board).await;
    assert!(hidden(&oversight::show(app, &stranger.ctx, org).await));
    Ok(())
}

//! The gate from outside: what was checked is what is touched, and who was removed is out at once.
mod support;

use fairwatch_app::{incidents::reporting, pictures, subjects};
use fairwatch_core::{
    accounts::{MembershipState, OneMembership, SuspendUser},
    gate::{Caller, Role},
    ids::{HoldId, MembershipId, SessionId},
    pictures::Size,
};
use fairwatch_store::accounts;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, GENERIC, Scene, TM, day, face, hidden, refusal, theft};
use uuid::Uuid;

on_both!(what_was_allowed_is_what_is_touched);
/// SEC-3: an id beside the permit reaches nothing that is not the target's own.
async fn what_was_allowed_is_what_is_touched(world: &World) -> Outcome {
    let (scene, there) = (Scene::new(world, TM).await, Scene::new(world, CS).await);
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let (one, other) = (scene.subject("Lea One", &[]).await?, scene.subject("Lou Other", &[]).await?);
    let foreign = there.subject("Fay Foreign", &[]).await?;
    let hold = subjects::hold(app, controller, other, "A claim", day("2026-04-02"), None).await?;
    let ended = subjects::end_hold(app, controller, one, hold).await;
    assert!(refusal(ended).contains("already ended"));
    assert!(
        refusal(subjects::end_hold(app, controller, one, HoldId(Uuid::nil())).await)
            .contains("already ended")
    );
    let holds = subjects::open(app, controller, other).await?.open.holds;
    assert_eq!(holds.iter().map(|hold| hold.ended_on).collect::<Vec<_>>(), [None]);
    let report = subjects::open(app, controller, other).await?.open.involved[0].report;
    let removed = subjects::remove_report(app, controller, one, report, "Not them").await;
    assert!(refusal(removed).contains("no longer linked"));
    assert!(hidden(&subjects::move_report(app, controller, other, foreign, report, "Mixed up").await));
    assert!(hidden(&subjects::move_report(app, controller, foreign, other, report, "Mixed up").await));
    assert!(hidden(&subjects::move_report(app, controller, other, other, report, "Mixed up").await));
    assert_eq!(subjects::open(app, controller, other).await?.open.involved.len(), 1);
    // An upload is its owner's, until it is sent.
    let colleague = world.person(&scene.scheme, Role::MemberUser).await;
    let org = scene.org();
    let picture = pictures::add(app, &scene.member.ctx, org, reporting::FORM, face(80)).await?;
    assert!(hidden(&pictures::show(app, &colleague.ctx, picture, Size::Small).await));
    assert!(hidden(&pictures::show(app, controller, picture, Size::Small).await));
    pictures::remove(app, &colleague.ctx, org, reporting::FORM, picture).await?;
    assert_eq!(reporting::draft(app, &scene.member.ctx, org).await?.pictures, [picture]);
    pictures::show(app, &scene.member.ctx, picture, Size::Small).await?;
    Ok(())
}

on_both!(who_is_suspended_is_out_at_once);
/// SEC-2, MEM-8: although the session lives, on every server; and what they sent stays.
async fn who_is_suspended_is_out_at_once(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member) = (&scene.app, &scene.member);
    let subject = scene.subject("Max Example", &[face(81)]).await?;
    let picture = subjects::show(app, &member.ctx, subject, "").await?.open.pictures[0];
    let ticket = pictures::ticket(app, &member.ctx, picture);
    let other = world.another_server().await?;
    let elsewhere = fairwatch_app::App::new(other.clone(), (*app.blobs).clone());
    world
        .store
        .write::<SuspendUser, _>(&scene.controller.ctx, OneMembership(member.membership), async |tx| {
            accounts::set_state(tx, MembershipState::Suspended, "Shared a picture").await
        })
        .await?;
    for app in [app, &elsewhere] {
        assert!(hidden(&scene.gallery(&member.ctx).await));
        assert!(hidden(&subjects::show(app, &member.ctx, subject, "").await));
        assert!(hidden(&pictures::show(app, &member.ctx, picture, Size::Large).await));
        assert!(hidden(&pictures::thumbnail(app, &member.ctx, picture, &ticket).await));
        assert!(hidden(&reporting::mine(app, &member.ctx, scene.org(), None, 9).await));
        assert!(hidden(&reporting::submit(app, &member.ctx, scene.org(), &theft("Again.", vec![])).await));
    }
    other.close().await;
    subjects::open(app, &scene.controller.ctx, subject).await?;
    Ok(())
}

on_both!(nobody_acts_under_what_is_not_theirs);
/// SEC-3, VIS-7: not under another's role, session or account, not as a job, and not beyond what the route names.
async fn nobody_acts_under_what_is_not_theirs(world: &World) -> Outcome {
    let (scene, there) = (Scene::new(world, TM).await, Scene::new(world, CS).await);
    let app = &scene.app;
    let subject = scene.subject("Nina Example", &[]).await?;
    let (member, controller) = (&scene.member, &scene.controller);
    let own = |session: SessionId, membership: MembershipId| Caller::User {
        session,
        account: member.account,
        membership: Some(membership),
    };
    for (what, caller) in [
        ("the controller's role", own(member.session, controller.membership)),
        ("a role elsewhere", own(member.session, there.controller.membership)),
        ("another's session", own(controller.session, member.membership)),
        ("no such session", own(SessionId(Uuid::nil()), member.membership)),
        ("no such role", own(member.session, MembershipId(Uuid::nil()))),
        ("no role", Caller::User { session: member.session, account: member.account, membership: None }),
        ("a job", Caller::Job("sweep")),
        ("the console", Caller::Console),
    ] {
        let ctx = world.ctx(caller);
        assert!(hidden(&subjects::open(app, &ctx, subject).await), "{what}");
        assert!(hidden(&subjects::show(app, &ctx, subject, "").await), "{what}");
        assert!(hidden(&scene.gallery(&ctx).await), "{what}");
        assert!(hidden(&subjects::erase(app, &ctx, subject).await), "{what}");
    }
    let confined = member.ctx.clone().confined_to(&["subjects.gallery"]);
    scene.gallery(&confined).await?;
    assert!(hidden(&subjects::show(app, &confined, subject, "").await));
    assert!(hidden(&reporting::mine(app, &confined, scene.org(), None, 9).await));
    let nothing = controller.ctx.clone().confined_to(&[]);
    assert!(hidden(&subjects::open(app, &nothing, subject).await));
    assert!(hidden(&subjects::erase(app, &nothing, subject).await));
    subjects::show(app, &member.ctx, subject, "").await?;
    Ok(())
}

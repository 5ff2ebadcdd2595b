//! Businesses that leave, and what outlives that (MEM-6, INC-3).
mod support;

use fairwatch_app::{
    AppError, accounts,
    incidents::review,
    intelligence,
    leaving::{self, Extent},
    mail::deliver_due,
    subjects,
};
use fairwatch_core::{accounts::MembershipState, gate::Role, ids::ReportId, intelligence::Knowledge};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::SignedDuration;
use support::{DTAC, GENERIC, Scene, hidden, person, theft};

const MONTH: SignedDuration = SignedDuration::from_hours(24 * 28);

/// The members' people speak for them, as whoever joins by an application does.
async fn they_manage(world: &World) -> Result<Burglar, Box<dyn std::error::Error + Send + Sync>> {
    let burglar = Burglar::at(world.address()).await?;
    burglar.run("UPDATE memberships SET manages = 1 WHERE role = 'member_user'").await?;
    Ok(burglar)
}

/// Somebody of the same business.
async fn colleague(world: &World, scene: &Scene) -> Person {
    world.person_of(&scene.scheme, Role::MemberUser, scene.member.member).await
}

on_both!(mem_6_inc_3_a_member_leaves_and_of_its_people_an_address_on_reports_stays);
/// MEM-6, INC-3: said by the scheme, confirmed by the member, ended by the board: everybody is out at once, business, users
/// and accounts are destroyed with their keys, and a report keeps the sender's e-mail address and nothing else of them.
async fn mem_6_inc_3_a_member_leaves_and_of_its_people_an_address_on_reports_stays(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.with_mailbox();
    let (app, member) = (&scene.app, scene.member.member.expect("they have a business"));
    let board = world.person(&scene.scheme, Role::Board).await;
    let other = scene.another_member(world).await;
    // Somebody who also works for the scheme keeps that role and the account.
    let both = colleague(world, &scene).await;
    let staff = world.role_of(&scene.scheme, &both, Role::Staff).await;
    let subject = scene.subject("Alfred Example", &[]).await?;
    let sent = scene.report(&scene.member.ctx, &theft("Again.", vec![person("", "Tall")]), &[]).await?;
    let burglar = they_manage(world).await?;
    leaving::say(app, &scene.controller.again(world), member).await?;
    let early = leaving::end(app, &board.ctx, member).await;
    assert!(hidden(&early), "the member has not confirmed it, and its time is not over");
    deliver_due(app, &world.job("mail")).await?;
    let mails = app.mailbox().expect("there is a box").all();
    assert!(mails.iter().any(|kept| kept.mail.to == scene.member.login && kept.mail.text.contains("/leave")));
    assert!(mails.iter().all(|kept| kept.mail.to != other.login), "nobody else is asked");
    leaving::say(app, &scene.member.again(world), member).await?;
    let standing = leaving::show(app, &board.again(world), member).await?;
    assert_eq!(standing.extent, Extent { users: 2, reports: 2, addresses: 2 });
    let left = leaving::end(app, &board.again(world), member).await?;
    assert_eq!(left.extent, standing.extent);
    assert!(left.business.name.starts_with("Corner Shop"), "the confirmation names it, once");
    // Out at once.
    assert!(hidden(&scene.gallery(&scene.member.again(world)).await));
    assert!(hidden(&scene.gallery(&both.again(world)).await), "as a member user");
    scene.gallery(&staff.again(world)).await?;
    let copy = accounts::own_copy(app, &staff.again(world)).await?;
    assert!(copy.memberships.iter().any(|own| own.state == MembershipState::Active));
    // Nothing is left of it.
    for (gone, count) in [
        (
            "SELECT COUNT(*) AS n FROM data_keys k JOIN members m ON m.id = k.owner_id WHERE m.state = 'left'",
            0,
        ),
        (
            "SELECT COUNT(*) AS n FROM data_keys k JOIN accounts a ON a.id = k.owner_id WHERE a.state = 'gone'",
            0,
        ),
        (
            "SELECT COUNT(*) AS n FROM account_logins l JOIN accounts a ON a.id = l.account_id WHERE a.state = 'gone'",
            0,
        ),
        ("SELECT COUNT(*) AS n FROM accounts WHERE state = 'gone'", 1),
        ("SELECT COUNT(*) AS n FROM leavings", 0),
    ] {
        assert_eq!(burglar.number(gone).await?, count, "{gone}");
    }
    for report in [sent.id] {
        let opened = review::open(app, &scene.controller.again(world), report).await?;
        let report = &opened.held.report;
        assert_eq!(report.reporter_email.as_deref(), Some(&*scene.member.login), "INC-3");
        assert_eq!((report.sender(), &report.business), ("a former member", &None));
    }
    // Everybody else goes on as before, and the report can still be decided.
    let opened = scene.review(sent.id).await?;
    scene.approve(sent.id, support::everybody_is_new(&opened)).await?;
    let directory = accounts::directory(app, &scene.controller.again(world), scene.org()).await?;
    assert!(directory.members.iter().all(|view| view.member != member));
    assert!(scene.gallery(&other.again(world)).await?.cards.iter().any(|card| card.id == subject));
    assert!(hidden(&leaving::show(app, &board.again(world), member).await), "it is nobody any more");
    Ok(())
}

on_both!(mem_6_what_nobody_confirms_the_board_does_after_the_policys_time);
/// MEM-6: nobody speaks for a business but its managers, and the board; unconfirmed after 28 days, the board does it.
async fn mem_6_what_nobody_confirms_the_board_does_after_the_policys_time(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, member) = (&scene.app, scene.member.member.expect("they have a business"));
    let other = scene.another_member(world).await;
    assert!(hidden(&leaving::say(app, &scene.member.again(world), member).await), "they are no manager");
    they_manage(world).await?;
    assert!(hidden(&leaving::say(app, &other.again(world), member).await), "not of that business");
    for role in [Role::Staff, Role::Police, Role::Auditor, Role::Operator] {
        let who = world.person(&scene.scheme, role).await;
        assert!(hidden(&leaving::say(app, &who.ctx, member).await), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Board).await;
    assert!(hidden(&leaving::say(app, &stranger.ctx, member).await));
    leaving::say(app, &scene.controller.again(world), member).await?;
    leaving::take_back(app, &scene.member.again(world), member).await?;
    assert!(leaving::show(app, &scene.controller.again(world), member).await?.leaving.is_none());
    leaving::say(app, &scene.controller.again(world), member).await?;
    world.clock.pass(MONTH - SignedDuration::from_hours(24));
    let board = world.person(&scene.scheme, Role::Board).await;
    assert!(hidden(&leaving::end(app, &board.ctx, member).await), "a day too early");
    world.clock.pass(SignedDuration::from_hours(24));
    let controller = world.person(&scene.scheme, Role::Controller).await;
    assert!(hidden(&leaving::end(app, &controller.ctx, member).await), "the board does it");
    let board = world.person(&scene.scheme, Role::Board).await;
    leaving::end(app, &board.ctx, member).await?;
    let deeds = world.actions(scene.org().0).await?;
    for deed in ["leaving.say", "leaving.take_back", "leaving.end"] {
        assert!(deeds.iter().any(|name| name == deed), "{deed}");
    }
    Ok(())
}

on_both!(inc_3_where_the_policy_does_not_say_so_no_address_stays);
async fn inc_3_where_the_policy_does_not_say_so_no_address_stays(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, member) = (&scene.app, scene.member.member.expect("they have a business"));
    let board = world.person(&scene.scheme, Role::Board).await;
    let sent = scene.report(&scene.member.ctx, &theft("Gin.", vec![person("", "Tall")]), &[]).await?;
    they_manage(world).await?;
    leaving::say(app, &scene.member.again(world), member).await?;
    let left = leaving::end(app, &board.ctx, member).await?;
    assert_eq!(left.extent, Extent { users: 1, reports: 1, addresses: 0 });
    let id: ReportId = sent.id;
    assert_eq!(scene.review(id).await?.held.report.reporter_email, None);
    Ok(())
}

on_both!(mem_6_whoever_is_removed_loses_their_account_the_same_day);
/// MEM-6: a removed user goes the same day; one who is suspended, or has another role, does not.
async fn mem_6_whoever_is_removed_loses_their_account_the_same_day(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let suspended = scene.another_member(world).await;
    let set = async |who: &Person, to| {
        let ctx = scene.controller.again(world);
        accounts::set_membership(&scene.app, &ctx, who.membership, to, "They left.").await
    };
    set(&suspended, MembershipState::Suspended).await?;
    let sent = scene.report(&scene.member.ctx, &theft("Gin.", vec![person("", "Tall")]), &[]).await?;
    let subject = scene.subject("", &[]).await?;
    let ctx = scene.member.again(world);
    intelligence::say_seen(&scene.app, &ctx, subject).await?;
    let (name, how) = ("Alfred Example", "From school.");
    let tip = intelligence::send(&scene.app, &ctx, subject, name, how, Knowledge::Direct).await?;
    set(&scene.member, MembershipState::Ended).await?;
    // Their name is in nothing that they sent.
    let report = scene.review(sent.id).await?.held.report;
    assert_eq!((report.sender(), &report.business), ("a former member", &None));
    let ctx = scene.controller.again(world);
    let tip = intelligence::open(&scene.app, &ctx, tip).await?.tip.tip;
    assert_eq!((tip.sender(), &tip.business), ("a former member", &None));
    let seen =
        subjects::open(&scene.app, &ctx, subject).await?.open.sightings.first().map(|one| one.seen.told());
    assert_eq!(seen.as_deref(), Some("says a former member"));
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    let gone = "SELECT COUNT(*) AS n FROM accounts WHERE state = 'gone'";
    assert_eq!(burglar.number(gone).await?, 1);
    set(&suspended, MembershipState::Active).await?;
    let copy = accounts::own_copy(&scene.app, &suspended.again(world)).await;
    assert!(copy.is_ok() || matches!(copy, Err(AppError::Hidden)), "their account is whole");
    // What they did is still on record, by whom nobody can say any more.
    scene.audit().await?;
    Ok(())
}

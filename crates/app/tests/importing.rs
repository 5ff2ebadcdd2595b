//! Members from a file, on both engines (MEM-1).
mod support;

use fairwatch_app::{
    accounts,
    accounts::NewUser,
    importing::{self, How},
};
use fairwatch_core::{gate::Role, ids::ImportId};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::SignedDuration;
use std::fmt::Write as _;
use support::{GENERIC, Scene, hidden, refusal};

const FILE: &str = "Business,Premises,Name,E-mail,User name,Manager\n\
    New Deli,2 High Street,Ann Deli,ann@deli.example,,yes\n\
    New Deli,2 High Street,Ben Deli,,ben.deli,\n\
    Mill Inn,1 Mill Lane,,,,\n";

async fn took(scene: &Scene, world: &World, file: &str) -> Result<ImportId, fairwatch_app::AppError> {
    let ctx = scene.controller.again(world);
    let preview = importing::preview(&scene.app, &ctx, scene.org(), file.as_bytes().to_vec()).await?;
    importing::take(&scene.app, &scene.controller.again(world), scene.org(), &preview.rows).await
}

on_both!(mem_1_a_file_is_looked_at_taken_whole_invited_and_until_then_undone);
/// MEM-1: the preview keeps nothing; what is taken is there whole, and goes whole; whoever is invited accepts as ever, and
/// from the first invitation on nothing is taken back.
async fn mem_1_a_file_is_looked_at_taken_whole_invited_and_until_then_undone(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.with_mailbox();
    let (app, org) = (&scene.app, scene.org());
    let burglar = Burglar::at(world.address()).await?;
    let rows = "SELECT (SELECT COUNT(*) FROM members) + (SELECT COUNT(*) FROM memberships) + (SELECT COUNT(*) FROM imports) + (SELECT COUNT(*) FROM data_keys) AS n";
    let before = burglar.number(rows).await?;
    let ctx = scene.controller.again(world);
    let preview = importing::preview(app, &ctx, org, FILE.into()).await?;
    assert_eq!((preview.plan.new_members(), preview.plan.new_users()), (2, 2));
    let bad = importing::preview(
        app,
        &scene.controller.again(world),
        org,
        b"Business,Name,E-mail\nDeli,Ann,nowhere\n".to_vec(),
    )
    .await?;
    assert_eq!(bad.plan.faults[0].line, 2);
    assert!(
        refusal(importing::take(app, &scene.controller.again(world), org, &bad.rows).await)
            .contains("Line 2")
    );
    assert!(
        refusal(importing::preview(app, &scene.controller.again(world), org, vec![0; 9]).await)
            .contains("Save it again")
    );
    assert!(
        refusal(importing::take(app, &scene.controller.again(world), org, "[[1").await)
            .contains("not sent whole")
    );
    assert_eq!(burglar.number(rows).await?, before, "nothing is kept of what is not taken");

    // Taken, taken twice, undone.
    let id = importing::take(app, &scene.controller.again(world), org, &preview.rows).await?;
    let again = importing::take(app, &scene.controller.again(world), org, &preview.rows).await;
    assert!(refusal(again).contains("already"), "the second click brings nobody twice");
    let directory = accounts::directory(app, &scene.controller.again(world), org).await?;
    assert!(directory.members.iter().any(|one| one.business.name == "Mill Inn"));
    let ann = directory.users.iter().find(|user| user.told.name == "Ann Deli").expect("she is named");
    assert!(ann.manages && ann.link_ends_at.is_none() && ann.account.is_none(), "named, not invited");
    let listed = importing::list(app, &scene.controller.again(world), org).await?;
    assert_eq!((listed[0].members, listed[0].users, listed[0].to_mail, listed[0].to_print), (2, 2, 1, 1));
    importing::undo(app, &scene.controller.again(world), id).await?;
    let directory = accounts::directory(app, &scene.controller.again(world), org).await?;
    assert!(directory.users.iter().all(|user| !user.told.name.contains("Deli")));
    assert!(directory.members.iter().all(|one| one.business.name != "Mill Inn"));
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM data_keys k JOIN members m ON m.id = k.owner_id WHERE m.state = 'left'").await?, 0);

    // Taken again, and invited.
    let id = took(&scene, world, FILE).await?;
    let mailed = importing::invite(app, &scene.controller.again(world), id, How::Mail).await?;
    assert_eq!((mailed.mailed, mailed.printed.len()), (1, 0));
    let printed = importing::invite(app, &scene.controller.again(world), id, How::Print).await?.printed;
    assert_eq!((printed.len(), &*printed[0].business), (1, "New Deli"));
    let none = importing::invite(app, &scene.controller.again(world), id, How::Print).await?;
    assert!(none.printed.is_empty() && none.mailed == 0, "nobody is invited twice");
    assert!(hidden(&importing::undo(app, &scene.controller.again(world), id).await), "somebody was invited");
    // A page that was lost before anybody had it is printed again, with a new link; the one before ends.
    let again = importing::invite(app, &scene.controller.again(world), id, How::Again).await?.printed;
    assert_eq!(again.len(), 1, "who gets mail is not printed");
    assert!(accounts::behind_invitation(app, &world.nobody(), printed[0].link.reveal()).await?.is_none());
    let link = again[0].link.reveal();
    let accepted =
        accounts::accept_as_new(app, &world.nobody(), link, &"lamp otter window".into(), "").await?;
    assert_eq!(accepted.login, "ben.deli");

    // Whoever is somebody here already is passed over, and said to be elsewhere where that is so.
    let more = "Business,Premises,Name,User name\nNew Deli,2 High Street,Ben,ben.deli\nOther,,Ben,ben.deli\n";
    let preview = importing::preview(app, &scene.controller.again(world), org, more.into()).await?;
    assert_eq!((preview.plan.known_users, preview.plan.faults.len()), (1, 1));

    // Nobody else does any of it.
    for role in [Role::Board, Role::Staff, Role::MemberUser, Role::Auditor] {
        let who = world.person(&scene.scheme, role).await;
        assert!(hidden(&importing::preview(app, &who.ctx, org, FILE.into()).await), "{role}");
        assert!(hidden(&importing::list(app, &who.again(world), org).await), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&importing::invite(app, &stranger.ctx, id, How::Mail).await));
    assert!(hidden(&importing::take(app, &stranger.again(world), org, &preview.rows).await));
    Ok(())
}

on_both!(mem_1_whom_a_file_named_and_nobody_invited_goes);
/// RET-15: after 28 days whoever was not invited is forgotten, with what was typed; the business stays a member.
async fn mem_1_whom_a_file_named_and_nobody_invited_goes(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    took(&scene, world, FILE).await?;
    // A business to which somebody was invited by hand is not taken back either.
    let id = took(&scene, world, "Business\nBakery\n").await?;
    let ctx = scene.controller.again(world);
    let bakery = accounts::directory(&scene.app, &ctx, scene.org()).await?.members;
    let bakery = bakery.into_iter().find(|one| one.business.name == "Bakery").expect("it is a member").member;
    let user = NewUser {
        name: "Cal".into(),
        user_name: Some("cal.bakes".into()),
        role: Some(Role::MemberUser),
        member: Some(bakery),
        ..NewUser::default()
    };
    accounts::invite(&scene.app, &scene.controller.again(world), scene.org(), &user).await?;
    assert!(hidden(&importing::undo(&scene.app, &scene.controller.again(world), id).await));
    world.clock.pass(SignedDuration::from_hours(24 * 29));
    support::sweep_all(&scene.app, world).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM memberships WHERE import_id IS NOT NULL").await?, 0);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM imports").await?, 0);
    assert_eq!(
        burglar
            .number("SELECT COUNT(*) AS n FROM members WHERE import_id IS NOT NULL AND state = 'active'")
            .await?,
        3
    );
    Ok(())
}

on_both!(mem_1_a_thousand_members_with_five_thousand_users_in_one_file);
async fn mem_1_a_thousand_members_with_five_thousand_users_in_one_file(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let mut file = "Business,Premises,Area,Trade,Name,E-mail,Manager\n".to_owned();
    for n in 0..5000 {
        let shop = n / 5;
        let manager = if n % 5 == 0 { "yes" } else { "no" };
        writeln!(
            file,
            "Shop {shop},{shop} Long Street,Town,Grocer,Person {n},person{n}@shop{shop}.example,{manager}"
        )?;
    }
    let began = std::time::Instant::now();
    took(&scene, world, &file).await?;
    let took_it = began.elapsed();
    let listed = importing::list(&scene.app, &scene.controller.again(world), scene.org()).await?;
    assert_eq!((listed[0].members, listed[0].users), (1000, 5000));
    eprintln!("looked at and taken in {took_it:?}");
    assert!(took_it.as_secs() < 60, "seconds where it is built for speed: {took_it:?} unoptimised");
    Ok(())
}

on_both!(mem_1_who_was_invited_stays_invited_when_the_link_is_gone);
/// MEM-1: links are swept soon after they end. Nobody gets a second mail for that, and what somebody was invited to is not
/// taken back, also when they have come, gone, and left nothing behind.
async fn mem_1_who_was_invited_stays_invited_when_the_link_is_gone(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.with_mailbox();
    let app = &scene.app;
    let id = took(&scene, world, FILE).await?;
    let invited = importing::invite(app, &scene.controller.again(world), id, How::Mail).await?;
    assert_eq!(invited.mailed, 1);
    world.clock.pass(SignedDuration::from_hours(24 * 5));
    support::sweep_all(app, world).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM links WHERE purpose = 'invitation'").await?, 0);
    let controller = world.person(&scene.scheme, Role::Controller).await;
    let again = importing::invite(app, &controller.ctx, id, How::Mail).await?;
    assert_eq!(again.mailed, 0, "nobody is invited twice");
    let listed = importing::list(app, &controller.again(world), scene.org()).await?;
    assert_eq!((listed[0].to_mail, listed[0].untouched), (0, false));
    assert!(hidden(&importing::undo(app, &controller.again(world), id).await));
    let users = accounts::directory(app, &controller.again(world), scene.org()).await?.users;
    let ann = users.iter().find(|user| user.told.name == "Ann Deli").expect("she is still invited");
    assert!(ann.link_ends_at.is_some(), "and the list says until when she was");
    // Once they are gone altogether it is no different.
    world.clock.pass(SignedDuration::from_hours(24 * 6));
    support::sweep_all(app, world).await?;
    let controller = world.person(&scene.scheme, Role::Controller).await;
    assert!(hidden(&importing::undo(app, &controller.ctx, id).await));
    Ok(())
}

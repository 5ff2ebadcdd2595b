//! Where each role starts: what needs it today, in order (DOC-4, MEM-6).
mod support;

use fairwatch_app::{
    App,
    enquiries::{self, Typed},
    leaving, registers,
    subjects::Sought,
    today,
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    duties::State,
    gate::{Ctx, Role},
    registers::Subject,
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use std::net::{IpAddr, Ipv4Addr};
use support::{CS, GENERIC, Scene, hidden, later, person, theft};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

async fn labels(scene: &Scene, ctx: &Ctx) -> Vec<String> {
    let day = today::show(&scene.app, ctx, scene.org()).await.expect("the page opens");
    day.needs.into_iter().map(|need| need.label).collect()
}

fn enquiry(name: &str) -> Typed {
    Typed {
        purpose: "other".into(),
        name: name.into(),
        contact: "una@home.example".into(),
        message: "When does the scheme meet?".into(),
        ..Typed::default()
    }
}

on_both!(doc_4_what_needs_a_controller_stands_in_order_and_names_nobody);
/// DOC-4: what needs a controller stands in order, each kind in one line, and names nobody; it is there with the next look
/// after it came, and gone with the next look after it was done, whichever server did it.
async fn doc_4_what_needs_a_controller_stands_in_order_and_names_nobody(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    // What another server does is seen here with the next look.
    let blobs = Blobs::open(world.folder().join("elsewhere"))?;
    let elsewhere = App::new(world.another_server().await?, blobs);
    let ctx = || scene.controller.again(world);
    let before = labels(&scene, &ctx()).await;
    assert!(!before.iter().any(|label| label.contains("enquir")), "{before:?}");
    for name in ["Una Example", "Ulf Example"] {
        enquiries::receive(&elsewhere, &world.nobody(), org, &enquiry(name), HOME).await?;
    }
    let board = world.person(&scene.scheme, Role::Board).await;
    let day = labels(&scene, &ctx()).await;
    assert!(!day.iter().any(|label| label.contains("Una")), "it names nobody: {day:?}");
    let day = today::show(app, &ctx(), org).await?;
    let at =
        day.needs.iter().position(|need| need.label == "2 enquiries to answer").expect("they are due soon");
    assert_eq!(day.needs[at].path, "/enquiries");
    let order = day.needs.iter().map(|need| (need.state, need.due)).collect::<Vec<_>>();
    assert!(order.is_sorted(), "{order:?}");
    let boards = labels(&scene, &board.again(world)).await;
    assert!(!boards.iter().any(|label| label.contains("enquiries")), "others’ duties are theirs: {boards:?}");
    let waiting = enquiries::list(app, &ctx(), org).await?;
    enquiries::answer(&elsewhere, &ctx(), waiting[0].id, "By post", false).await?;
    assert!(labels(&scene, &ctx()).await.contains(&"Answer an enquiry".to_owned()), "one is left");
    enquiries::answer(&elsewhere, &ctx(), waiting[1].id, "By post", false).await?;
    let after = labels(&scene, &ctx()).await;
    assert!(!after.iter().any(|label| label.contains("enquir")), "{after:?}");
    // What comes round is overdue the day after its day, and a review ends that.
    world.clock.set_day(later(world.nobody().today(), 400));
    let users = |needs: &[fairwatch_core::today::Need]| {
        needs.iter().find(|need| need.label.contains("documents and entries")).map(|need| need.state)
    };
    let late = today::show(app, &ctx(), org).await?;
    assert_eq!(users(&late.needs), Some(State::Overdue));
    registers::review(&elsewhere, &ctx(), org, Subject::users(), "All of them work here.").await?;
    let now = fairwatch_app::duties::list(app, &ctx(), org).await?;
    assert!(now.duties.iter().any(|duty| duty.key == "users users" && duty.due > world.nobody().today()));
    Ok(())
}

on_both!(doc_4_every_role_starts_with_what_is_its_own);
/// DOC-4, MEM-6: a member is told of the report that they began, who is new and who is excluded where they are, and its
/// manager that the business is said to leave; the auditor how the audit stands; nobody else's scheme anything.
async fn doc_4_every_role_starts_with_what_is_its_own(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, member) = (&scene.app, scene.org(), &scene.member);
    let day = today::show(app, &member.again(world), org).await?;
    assert!(day.needs.is_empty() && day.audit.is_none(), "{:?}", day.needs);
    assert_eq!(day.gallery.map(|counts| (counts.all, counts.since)), Some((0, 0)));
    scene.subject("Alfred Example", &[]).await?;
    let day = today::show(app, &member.again(world), org).await?;
    assert_eq!(day.gallery.map(|counts| (counts.all, counts.since)), Some((1, 1)));
    // It is no look: whoever is new stays new until they look at the gallery.
    let day = today::show(app, &member.again(world), org).await?;
    assert_eq!(day.gallery.map(|counts| counts.since), Some(1));
    let shown =
        fairwatch_app::subjects::gallery(app, &member.again(world), org, &Sought::default(), None).await?;
    assert_eq!(shown.new.len(), 1);
    // A report that is begun.
    fairwatch_app::incidents::reporting::keep_draft(
        app,
        &member.again(world),
        org,
        &theft("They took gin.", vec![person("", "")]),
    )
    .await?;
    let day = today::show(app, &member.again(world), org).await?;
    assert_eq!(day.needs.iter().map(|need| need.path.as_str()).collect::<Vec<_>>(), ["/report"]);
    assert!(day.needs[0].until.is_some());
    // Others have nothing of it.
    let auditor = world.person(&scene.scheme, Role::Auditor).await;
    let day = today::show(app, &auditor.again(world), org).await?;
    assert!(day.needs.is_empty() && day.gallery.is_none());
    assert!(day.audit.is_some_and(|chain| chain.entries > 0 && chain.signed_on.is_none()));
    scene.sweep(world).await?;
    let day = today::show(app, &auditor.again(world), org).await?;
    assert_eq!(day.audit.and_then(|chain| chain.signed_on), Some(world.nobody().today()));
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&today::show(app, &stranger.ctx, org).await));
    Ok(())
}

on_both!(mem_6_a_leaving_business_stands_before_its_manager_and_the_board);
/// MEM-6, DOC-4: that a business is said to leave stands before whoever manages it until they say so, and before the
/// board until it has ended the membership.
async fn mem_6_a_leaving_business_stands_before_its_manager_and_the_board(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, member) = (&scene.app, &scene.member);
    let board = world.person(&scene.scheme, Role::Board).await;
    let business = member.member.expect("they are of a business");
    fairwatch_app::accounts::devices::set_manager(
        app,
        &scene.controller.again(world),
        member.membership,
        true,
    )
    .await?;
    leaving::say(app, &scene.controller.again(world), business).await?;
    world.clock.set_day(later(world.nobody().today(), 20));
    let mine = labels(&scene, &member.again(world)).await;
    assert!(mine.iter().any(|label| label.contains("whether your business leaves")), "{mine:?}");
    let boards = labels(&scene, &board.again(world)).await;
    assert!(boards.iter().any(|label| label.contains("member that leaves")), "{boards:?}");
    leaving::say(app, &member.again(world), business).await?;
    assert!(labels(&scene, &member.again(world)).await.is_empty(), "they have said so");
    assert!(
        labels(&scene, &board.again(world)).await.iter().any(|label| label.contains("member that leaves"))
    );
    Ok(())
}

on_both!(doc_4_a_calendar_that_has_the_feed_is_told_so_until_something_moves);
/// DOC-4: a calendar that has the feed already is told so without anything being worked out; whatever moves a duty, and
/// each new day, gives it a new one.
async fn doc_4_a_calendar_that_has_the_feed_is_told_so_until_something_moves(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let path = fairwatch_app::duties::make_feed(app, &scene.controller.again(world), org).await?;
    let token = path.trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
    let read = async |known: Option<String>| {
        let (ctx, host) = (world.nobody(), "https://fairwatch.example");
        let feed = fairwatch_app::duties::feed(app, &ctx, &token, host, known.as_deref()).await;
        feed.expect("it is answered").expect("it is there")
    };
    let first = read(None).await;
    assert!(first.text.is_some());
    // A look, and what somebody types, moves nothing.
    fairwatch_app::duties::list(app, &scene.controller.again(world), org).await?;
    let again = read(Some(first.version.clone())).await;
    assert!(again.text.is_none() && again.version == first.version);
    enquiries::receive(app, &world.nobody(), org, &enquiry("Una Example"), HOME).await?;
    let moved = read(Some(first.version.clone())).await;
    assert!(moved.version != first.version);
    assert!(moved.text.is_some_and(|text| text.contains("Answer an enquiry")));
    world.clock.set_day(later(world.nobody().today(), 1));
    assert!(read(Some(moved.version)).await.text.is_some(), "each day anew");
    Ok(())
}

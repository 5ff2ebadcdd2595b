//! One calendar of every duty: the page, the feed, reminders (DOC-4).
mod support;

use fairwatch_app::{
    duties,
    enquiries::{self, Typed},
    registers,
};
use fairwatch_core::{
    duties::{Kind, State},
    gate::{Ctx, Role},
    registers::{Detail, Kind as Register, Subject},
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::civil::date;
use std::net::{IpAddr, Ipv4Addr};
use support::{GENERIC, Scene, hidden, later, person, policy, theft};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

async fn kinds(scene: &Scene, ctx: &Ctx) -> Vec<Kind> {
    let found = duties::list(&scene.app, ctx, scene.org()).await.expect("the calendar opens");
    found.duties.iter().map(|duty| duty.kind).collect()
}

on_both!(doc_4_what_waits_stands_in_the_calendar_until_it_is_done);
/// DOC-4: whatever waits in its own record stands in the calendar of those who are responsible, with its own day, and is
/// gone when it is done; nobody else's scheme shows anything of it, and no words name anybody.
async fn doc_4_what_waits_stands_in_the_calendar_until_it_is_done(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let board = world.person(&scene.scheme, Role::Board).await;
    assert!(hidden(&duties::list(app, &scene.member.again(world), org).await));
    let letter = Typed {
        purpose: "other".into(),
        name: "Una Example".into(),
        contact: "una@home.example".into(),
        message: "What do you hold?".into(),
        ..Typed::default()
    };
    enquiries::receive(app, &world.nobody(), org, &letter, HOME).await?;
    scene
        .report(&scene.member.again(world), &theft("They took razors.", vec![person("", "red coat")]), &[])
        .await?;
    let detail = Detail { name: "We keep clips now".into(), ..Detail::default() };
    let change = registers::Typed { detail, ..registers::Typed::default() };
    let change = registers::add(app, &controller.again(world), org, Register::Revision, change).await?;
    let mine = kinds(&scene, &controller.again(world)).await;
    for kind in [Kind::Enquiry, Kind::Report, Kind::Revision, Kind::Review] {
        assert!(mine.contains(&kind), "{kind:?} of {mine:?}");
    }
    let boards = kinds(&scene, &board.again(world)).await;
    assert!(
        !boards.iter().any(|kind| matches!(kind, Kind::Enquiry | Kind::Report | Kind::Review)),
        "{boards:?}"
    );
    let found = duties::list(app, &controller.again(world), org).await?;
    let of = |kind| found.duties.iter().find(|duty| duty.kind == kind).expect("it is there");
    let today = world.nobody().today();
    let answer = fairwatch_core::scope::ends(today, policy(GENERIC).deadlines.receipt.length);
    assert_eq!(of(Kind::Enquiry).due, answer, "the day that its own record says");
    assert_eq!(of(Kind::Revision).due, later(today, 28), "the Commissioner has to know within 28 days");
    assert!(found.duties.iter().all(|duty| !duty.label.contains("Una") && !duty.label.contains("red coat")));
    // It stays until it is done, however late.
    world.clock.set_day(later(answer, 40));
    let found = duties::list(app, &controller.again(world), org).await?;
    let late = found.duties.iter().find(|duty| duty.kind == Kind::Enquiry).expect("it is still there");
    assert_eq!(late.state(world.nobody().today()), State::Overdue);
    let waiting = enquiries::list(app, &controller.again(world), org).await?;
    enquiries::answer(app, &controller.again(world), waiting[0].id, "By post", false).await?;
    registers::end(app, &controller.again(world), change, "Told by form").await?;
    let after = kinds(&scene, &controller.again(world)).await;
    assert!(!after.contains(&Kind::Enquiry) && !after.contains(&Kind::Revision));
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&duties::list(app, &stranger.ctx, org).await));
    // What is reviewed comes round again.
    let users = Subject::users();
    let day = async || {
        let found = duties::list(app, &controller.again(world), org).await.expect("the calendar opens");
        found.duties.iter().find(|duty| duty.key == "users users").expect("it comes round").due
    };
    let before = day().await;
    registers::review(app, &controller.again(world), org, users, "All of them work here.").await?;
    assert!(day().await > before);
    Ok(())
}

on_both!(doc_4_a_feed_is_its_owners_and_ends_with_the_role);
/// DOC-4: a feed shows what its owner's role is responsible for, to whoever has the address and to nobody else; making
/// another ends it, and so does the end of the role.
async fn doc_4_a_feed_is_its_owners_and_ends_with_the_role(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let read = async |path: &str| {
        let token = path.trim_start_matches("/calendar/").trim_end_matches(".ics").to_owned();
        let found = duties::feed(app, &world.nobody(), &token, "https://fairwatch.example", None).await;
        found.expect("it is answered").and_then(|feed| feed.text)
    };
    assert!(hidden(&duties::make_feed(app, &scene.member.again(world), org).await));
    let first = duties::make_feed(app, &controller.again(world), org).await?;
    assert!(duties::list(app, &controller.again(world), org).await?.has_feed);
    let text = read(&first).await.expect("it is there");
    assert!(text.contains("SUMMARY:Review: Users\\, and what each may do"), "{text}");
    assert!(text.contains("URL:https://fairwatch.example/o/"));
    assert!(read("/calendar/0000.ics").await.is_none());
    let second = duties::make_feed(app, &controller.again(world), org).await?;
    assert!(read(&first).await.is_none() && read(&second).await.is_some(), "one at a time");
    let board = world.person(&scene.scheme, Role::Board).await;
    let theirs = duties::make_feed(app, &board.again(world), org).await?;
    let text = read(&theirs).await.expect("it is there");
    assert!(!text.contains("Users"), "what their role is responsible for");
    let suspended = fairwatch_core::accounts::MembershipState::Suspended;
    fairwatch_app::accounts::set_membership(
        app,
        &controller.again(world),
        board.membership,
        suspended,
        "Away",
    )
    .await?;
    assert!(read(&theirs).await.is_none(), "at once");
    duties::end_feed(app, &controller.again(world), org).await?;
    assert!(read(&second).await.is_none());
    assert!(!duties::list(app, &controller.again(world), org).await?.has_feed);
    Ok(())
}

on_both!(doc_4_whoever_is_responsible_is_reminded_once_of_each);
/// DOC-4: a fortnight ahead, on the day and a week late, each once and in one mail; a server that was off, or another
/// beside it, reminds nobody twice and forgets nobody; mail names nobody but whom it goes to.
async fn doc_4_whoever_is_responsible_is_reminded_once_of_each(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let silent = duties::remind(&scene.app, &world.job("duties")).await?;
    assert_eq!(silent, 0, "where no mail is sent nobody is reminded");
    let app = scene.app.clone().with_mailbox();
    world.person(&scene.scheme, Role::Staff).await;
    let remind = async || duties::remind(&app, &world.job("duties")).await.expect("it is done");
    // What comes round first: a backup is tried after three months, on 2 June.
    world.clock.set_day(date(2026, 5, 18));
    assert_eq!(remind().await, 0, "more than a fortnight ahead");
    world.clock.set_day(date(2026, 5, 19));
    assert_eq!(remind().await, 1, "the controller, and nobody of the staff");
    assert_eq!(remind().await, 0, "once");
    world.clock.set_day(date(2026, 5, 30));
    assert_eq!(remind().await, 0, "ahead was said already");
    // It did not run on the day itself.
    world.clock.set_day(date(2026, 6, 4));
    assert_eq!(remind().await, 1, "that it is due");
    world.clock.set_day(date(2026, 6, 9));
    assert_eq!((remind().await, remind().await), (1, 0), "that it is late");
    world.clock.set_day(date(2026, 7, 1));
    assert_eq!(remind().await, 0, "nobody is told every day");
    fairwatch_app::mail::deliver_due(&app, &world.job("mail")).await?;
    let kept = app.mailbox().expect("there is a box").all();
    assert_eq!(kept.len(), 3);
    for mail in &kept {
        assert_eq!(mail.mail.to, scene.controller.login);
        assert!(mail.mail.text.contains("A backup, by restoring it, by 2 June 2026"), "{}", mail.mail.text);
        assert!(mail.mail.text.contains("/o/") && mail.mail.text.contains("/duties"));
    }
    Ok(())
}

on_both!(doc_4_of_a_list_one_is_reminded_once_at_each_stage_until_it_is_empty);
/// DOC-4: reports that wait, letters and people who have yet to agree have a day that is stored, so each becomes overdue;
/// nobody is reminded of them every morning, however they change, and what nobody does for years is mailed no more.
async fn doc_4_of_a_list_one_is_reminded_once_at_each_stage_until_it_is_empty(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (org, controller) = (scene.org(), &scene.controller);
    let app = scene.app.clone().with_mailbox();
    let begun = world.nobody().today();
    world.newcomer(&scene.scheme, Role::Police).await;
    scene.subject("Robin Example", &[]).await?;
    let sent = async || {
        let theft = theft("They took razors.", vec![person("", "red coat")]);
        scene.report(&scene.member.again(world), &theft, &[]).await.expect("it is sent").id
    };
    let first = sent().await;
    let mut told = 0;
    for day in 0..60 {
        world.clock.set_day(later(begun, day));
        if day % 5 == 4 {
            sent().await;
        }
        if day == 20 {
            let decided =
                fairwatch_app::incidents::review::reject(&app, &controller.again(world), first, "Not ours")
                    .await;
            decided?;
        }
        told += duties::remind(&app, &world.job("duties")).await?;
    }
    fairwatch_app::mail::deliver_due(&app, &world.job("mail")).await?;
    let texts = app.mailbox().expect("there is a box").all().into_iter().map(|kept| kept.mail.text);
    let texts = texts.filter(|text| text.contains("/duties")).collect::<Vec<_>>();
    for words in ["for review", "to make, serve", "yet to read and agree"] {
        let n = texts.iter().filter(|text| text.contains(words)).count();
        assert!((1..=3).contains(&n), "{n} mails of {words:?} among {told}");
    }
    let found = duties::list(&app, &controller.again(world), org).await?;
    let certification = found.duties.iter().find(|duty| duty.kind == Kind::Certification).expect("it waits");
    assert_eq!(certification.due, begun, "since the day on which they were first asked");
    let letters = found.duties.iter().find(|duty| duty.kind == Kind::Letter).expect("they wait");
    assert_eq!(letters.state(world.nobody().today()), State::Overdue);
    // A feed opens nothing of people for whoever has its address.
    let feed = duties::make_feed(&app, &controller.again(world), org).await?;
    let token = feed.trim_start_matches("/calendar/").trim_end_matches(".ics");
    let found = duties::feed(&app, &world.nobody(), token, "https://fairwatch.example", None).await?;
    let text = found.and_then(|feed| feed.text).expect("it is there");
    assert!(text.contains("yet to read and agree") && !text.contains("to make, serve"), "{text}");
    // That they were reminded is forgotten after 13 months; they are reminded no more by then.
    for day in [800, 801, 802] {
        world.clock.set_day(later(begun, day));
        duties::remind(&app, &world.job("duties")).await?;
        scene.sweep(world).await?;
    }
    world.clock.set_day(later(begun, 803));
    assert_eq!(duties::remind(&app, &world.job("duties")).await?, 0);
    Ok(())
}

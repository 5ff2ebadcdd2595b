//! News, alerts, documents and events, for those whom they concern; what goes out of it by mail (MEM-4, DIS-20).
mod support;

use fairwatch_app::{
    App,
    accounts::{
        self,
        correcting::{set_preferences, whole_copy},
    },
    conduct::{self, Until},
    groups, mail,
    news::{self, For, Outcome as Published, Typed},
    today,
};
use fairwatch_core::{
    accounts::{Business, own::Message},
    gate::Role,
    ids::PostId,
    news::{Kind, erased_on},
    scope::Scope,
};
use fairwatch_store::{orgs, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::{SignedDuration, civil::date};
use support::{GENERIC, Scene, hidden, later, policy, refusal};

async fn scope(world: &World, scene: &Scene) -> Scope {
    let scopes = orgs::all(&world.store, &world.console()).await.expect("schemes are listed");
    scopes.into_iter().find(|scope| scope.org == scene.org()).expect("it is there")
}

fn typed(kind: Kind, title: &str, text: &str) -> Typed {
    Typed { kind: Some(kind), title: title.into(), text: text.into(), ..Typed::default() }
}

/// Publishes it, past whatever it is warned of.
async fn publish(world: &World, scene: &Scene, by: &Person, typed: Typed) -> PostId {
    // Each later than the one before.
    world.clock.pass(SignedDuration::from_mins(1));
    let scope = scope(world, scene).await;
    let one = async |typed: Typed| {
        news::publish(&scene.app, &by.again(world), &scope, typed).await.expect("it is published")
    };
    match one(typed.clone()).await {
        Published::Published(id) => id,
        Published::Warned(found) => match one(Typed { minded: news::minded(&found), ..typed }).await {
            Published::Published(id) => id,
            Published::Warned(again) => panic!("warned twice: {again:?}"),
        },
    }
}

async fn titles(world: &World, scene: &Scene, who: &Person) -> Vec<String> {
    let found = news::list(&scene.app, &who.again(world), scene.org()).await.expect("the list opens");
    found.into_iter().map(|post| post.content.title).collect()
}

async fn alerts(world: &World, scene: &Scene, who: &Person) -> Vec<PostId> {
    let found = news::unread_alerts(&scene.app, &who.again(world), scene.org()).await;
    found.expect("they are asked for").into_iter().map(|post| post.id).collect()
}

/// A member user of a business of this part of town and trade.
async fn shop(world: &World, scene: &Scene, area: &str, trade: &str) -> Person {
    let business = Business {
        name: format!("Shop of {trade}"),
        premises: "1 Parade".into(),
        area: area.into(),
        trade: trade.into(),
    };
    let ctx = scene.controller.again(world);
    let member = accounts::add_member(&scene.app, &ctx, scene.org(), &business).await.expect("it is added");
    world.person_of(&scene.scheme, Role::MemberUser, Some(member)).await
}

on_both!(mem_4_each_reads_what_concerns_their_business_and_nothing_else);
/// MEM-4: by area, trade and group, each kind that is named has to fit; what is not for a business is nothing to its
/// people, in the list, by its address and as an alert; another scheme sees nothing at all.
async fn mem_4_each_reads_what_concerns_their_business_and_nothing_else(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let of = policy(GENERIC);
    let (first, second) = (&of.areas[0], &of.areas[1]);
    // However the area and the trade were typed.
    let gems = shop(world, &scene, &first.label.to_uppercase(), "Jeweller").await;
    let rings = shop(world, &scene, &second.label, "  jeweller").await;
    let bread = shop(world, &scene, &first.label, "Bakery").await;
    let everybody = publish(world, &scene, controller, typed(Kind::News, "For all", "Hello.")).await;
    let choices = news::choices(app, &controller.again(world), org).await?;
    assert!(choices.trades.contains_key("jeweller") && choices.trades.contains_key("bakery"), "{choices:?}");
    let here = |areas: &[&str], trades: &[&str]| For {
        areas: areas.iter().map(|one| (*one).to_owned()).collect(),
        trades: trades.iter().map(|one| (*one).to_owned()).collect(),
        ..For::default()
    };
    let in_area = Typed { chosen: here(&[&first.id], &[]), ..typed(Kind::Alert, "In the area", "Look out.") };
    let in_area = publish(world, &scene, controller, in_area).await;
    let both =
        Typed { chosen: here(&[&first.id], &["jeweller"]), ..typed(Kind::News, "Jewellers there", "Rings.") };
    let both = publish(world, &scene, controller, both).await;
    let list = groups::add(app, &controller.again(world), org, "The circle").await?;
    let on = [rings.member.expect("they have one")];
    groups::edit(app, &controller.again(world), list, "The circle", &on).await?;
    let chosen = For { groups: vec![list.to_string()], ..For::default() };
    let circle = Typed { chosen, ..typed(Kind::News, "The circle", "Only you.") };
    let circle = publish(world, &scene, controller, circle).await;
    assert_eq!(titles(world, &scene, &gems).await, ["Jewellers there", "In the area", "For all"]);
    assert_eq!(titles(world, &scene, &rings).await, ["The circle", "For all"]);
    assert_eq!(titles(world, &scene, &bread).await, ["In the area", "For all"]);
    assert_eq!(titles(world, &scene, controller).await.len(), 4, "whoever writes sees all");
    assert_eq!(alerts(world, &scene, &bread).await, [in_area]);
    assert!(alerts(world, &scene, &rings).await.is_empty());
    let starts_with = async |who: &Person| {
        let day = today::show(app, &who.again(world), org).await.expect("the page opens");
        day.needs.into_iter().map(|need| need.label).collect::<Vec<_>>()
    };
    assert_eq!(starts_with(&bread).await, ["Read an alert"], "they start there");
    assert!(starts_with(&rings).await.is_empty());
    for (who, post) in [(&rings, in_area), (&bread, both), (&gems, circle)] {
        assert!(hidden(&news::read(app, &who.again(world), post).await), "not by its address, either");
    }
    assert!(news::read(app, &rings.again(world), circle).await.is_ok());
    let whole = news::read(app, &gems.again(world), both).await?;
    assert_eq!(whole.post.content.for_whom, [first.label.to_string(), "Jeweller".to_owned()]);
    // Read, it stands on the start page no more.
    news::read(app, &bread.again(world), in_area).await?;
    assert!(alerts(world, &scene, &bread).await.is_empty());
    assert!(starts_with(&bread).await.is_empty());
    let read = whole_copy(app, &bread.again(world)).await?.traces.news_read;
    assert_eq!(
        read.iter().map(|one| &*one.kind).collect::<Vec<_>>(),
        ["alert"],
        "MEM-2: it is in their copy"
    );
    assert!(
        whole_copy(app, &rings.again(world)).await?.traces.news_read.iter().all(|one| one.kind == "news")
    );
    let (_, readers) = news::readers(app, &controller.again(world), in_area).await?;
    let read = readers.iter().filter(|one| one.read_at.is_some()).collect::<Vec<_>>();
    assert_eq!((read.len(), &*read[0].business), (1, "Shop of Bakery"));
    assert!(!readers.iter().any(|one| one.business == "Shop of   jeweller"), "whom it is not for");
    // A list that ends takes nothing with it, and opens nothing to others.
    groups::end(app, &controller.again(world), list).await?;
    assert!(!titles(world, &scene, &rings).await.contains(&"The circle".to_owned()));
    assert!(!titles(world, &scene, &gems).await.contains(&"The circle".to_owned()));
    let south = world.scheme("southgate").await;
    for role in [Role::Controller, Role::MemberUser] {
        let stranger = world.person(&south, role).await;
        assert!(hidden(&news::list(app, &stranger.ctx, org).await));
        assert!(hidden(&news::read(app, &stranger.again(world), everybody).await));
    }
    let police = world.person(&scene.scheme, Role::Police).await;
    assert!(hidden(&news::list(app, &police.ctx, org).await));
    Ok(())
}

on_both!(mem_4_the_controller_writes_all_the_board_news_and_events);
/// MEM-4: who writes what, what a form refuses, and who takes back; an event stands with its day and place, a document with
/// its file, until its last day.
async fn mem_4_the_controller_writes_all_the_board_news_and_events(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller, &scene.member);
    let board = world.person(&scene.scheme, Role::Board).await;
    let of = scope(world, &scene).await;
    let by = async |who: &Person, typed: Typed| news::publish(app, &who.again(world), &of, typed).await;
    assert!(hidden(&by(member, typed(Kind::News, "Mine", "Hello.")).await));
    for kind in [Kind::Alert, Kind::Document] {
        assert!(hidden(&by(&board, typed(kind, "Theirs", "Hello.")).await), "{kind:?}");
    }
    let said = refusal(by(controller, Typed { kind: Some(Kind::Event), ..Typed::default() }).await);
    for part in ["Give it a title", "Type what", "Say on which day", "Say where"] {
        assert!(said.contains(part), "{said}");
    }
    let gone = For { groups: vec!["01900000-0000-7000-8000-000000000000".into()], ..For::default() };
    let said = refusal(by(controller, Typed { chosen: gone, ..typed(Kind::News, "A", "B.") }).await);
    assert!(said.contains("not there any more"), "never for everybody by mistake: {said}");
    let no_pdf = Typed { pdf: Some(b"GIF89a".to_vec()), ..typed(Kind::Document, "A", "B.") };
    assert!(refusal(by(controller, no_pdf).await).contains("no PDF"));
    // A file cannot be kept while its sender reads what they are warned of: nothing goes out without it.
    let lost = Typed { had_file: true, ..typed(Kind::Document, "A", "B.") };
    assert!(refusal(by(controller, lost).await).contains("Choose the file again"));
    // The same form sent twice is one post; another's id is nobody's to take.
    let id: PostId = world.nobody().new_id();
    let twice = Typed { id: Some(id), ..typed(Kind::News, "Once", "Hello.") };
    for _ in 0..2 {
        assert_eq!(by(controller, twice.clone()).await?, Published::Published(id));
    }
    assert_eq!(titles(world, &scene, member).await, ["Once"]);
    assert!(hidden(&by(&board, twice).await));
    let person = scene.subject("Cassius Quillfeather", &[]).await?;
    let taken = Typed { id: Some(PostId(person.0)), ..typed(Kind::News, "Taken", "Hello.") };
    assert!(
        hidden(&by(&board, taken).await),
        "the id of somebody is answered as any other that is not theirs"
    );
    news::withdraw(app, &controller.again(world), id).await?;
    let early = Typed {
        happens_on: Some(date(2026, 3, 20)),
        over_on: Some(date(2026, 3, 10)),
        place: "Here".into(),
        ..typed(Kind::Event, "A", "B.")
    };
    assert!(refusal(by(controller, early).await).contains("gone before it happens"));
    let late = Typed { over_on: Some(date(2026, 3, 1)), ..typed(Kind::News, "A", "B.") };
    assert!(refusal(by(controller, late).await).contains("This day is over"));
    let event = Typed {
        happens_on: Some(date(2026, 3, 20)),
        time: "10:00".into(),
        place: "The town hall".into(),
        ..typed(Kind::Event, "Briefing", "Come.")
    };
    let event = publish(world, &scene, &board, event).await;
    let pdf = b"%PDF-1.7 short".to_vec();
    let paper = Typed { pdf: Some(pdf.clone()), ..typed(Kind::Document, "A paper", "") };
    let paper = publish(world, &scene, controller, paper).await;
    let shown = news::read(app, &member.again(world), event).await?.post;
    assert_eq!((shown.happens_on, &*shown.content.place), (Some(date(2026, 3, 20)), "The town hall"));
    assert_eq!(news::pdf(app, &member.again(world), paper).await?, pdf);
    assert!(hidden(&news::pdf(app, &member.again(world), event).await));
    // The board takes back its own, the controller anybody's, a member nothing.
    assert!(hidden(&news::withdraw(app, &member.again(world), event).await));
    assert!(hidden(&news::withdraw(app, &board.again(world), paper).await));
    world.clock.set_day(date(2026, 3, 20));
    assert_eq!(titles(world, &scene, member).await, ["A paper", "Briefing"], "on its day it is there");
    world.clock.set_day(date(2026, 3, 21));
    assert_eq!(titles(world, &scene, member).await, ["A paper"]);
    assert!(hidden(&news::read(app, &member.again(world), event).await), "over, by its address as well");
    assert_eq!(titles(world, &scene, &board).await.len(), 2, "those who write see what is over");
    news::withdraw(app, &controller.again(world), event).await?;
    assert!(hidden(&news::read(app, &controller.again(world), event).await));
    Ok(())
}

on_both!(ret_15_news_goes_by_itself_and_with_whom_it_was_read_by);
/// RET-15, MEM-4: the policy's period after its last day a post is gone by the clock, and destroyed by the sweep with its
/// key, its targets and who has read it.
async fn ret_15_news_goes_by_itself_and_with_whom_it_was_read_by(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller, &scene.member);
    let over = date(2026, 3, 30);
    let somebody = For { areas: vec!["market_square".into()], ..For::default() };
    let post = Typed { over_on: Some(over), chosen: somebody, ..typed(Kind::News, "For a while", "Hello.") };
    let post = publish(world, &scene, controller, post).await;
    news::read(app, &member.again(world), post).await?;
    let (_, readers) = news::readers(app, &controller.again(world), post).await?;
    assert_eq!(readers.iter().filter(|one| one.read_at.is_some()).count(), 1);
    let gone = erased_on(&policy(GENERIC), over);
    world.clock.set_day(later(gone, -1));
    scene.sweep(world).await?;
    assert!(titles(world, &scene, controller).await.contains(&"For a while".to_owned()));
    world.clock.set_day(gone);
    assert!(titles(world, &scene, controller).await.is_empty(), "by the clock, before any sweep");
    assert!(hidden(&news::read(app, &controller.again(world), post).await));
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    for (table, count) in [
        ("posts", "SELECT COUNT(*) AS n FROM posts"),
        ("post_reads", "SELECT COUNT(*) AS n FROM post_reads"),
        ("targets", "SELECT COUNT(*) AS n FROM targets"),
        ("data_keys", "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'post'"),
    ] {
        assert_eq!(burglar.number(count).await?, 0, "{table}");
    }
    burglar.leave().await;
    Ok(())
}

on_both!(dis_20_an_alert_for_the_radio_names_nobody);
/// DIS-20: an alert for the radio is refused with the name of anybody who is held, however it is written, with what looks
/// like a name, and with a reference that nobody can look up; with references it goes, and the words are spelt out. Other
/// texts are warned of names, and go when their writer says so.
async fn dis_20_an_alert_for_the_radio_names_nobody(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller) = (&scene.app, &scene.controller);
    scene.subject("Cassius Quillfeather", &[]).await?;
    let of = scope(world, &scene).await;
    let reference = of.reference(1);
    let radio = async |text: &str| {
        let typed = Typed { radio: true, ..typed(Kind::Alert, "Seen in town", text) };
        news::publish(app, &controller.again(world), &of, typed).await
    };
    for text in ["Cassius Quillfeather is in town", "quillfeather, by the station", "Here is CASSIUS again"] {
        let said = refusal(radio(text).await);
        assert!(said.contains("names somebody who is held") && said.contains(&reference), "{text}: {said}");
    }
    for text in ["With Mr Brown at the door", "Somebody called Spider", "Thaddeus Okonjo is near"] {
        assert!(refusal(radio(text).await).contains("looks like a name"), "{text}");
    }
    let unknown = of.reference(4711);
    assert!(refusal(radio(&format!("{unknown} is near")).await).contains("nobody whom members can look up"));
    assert!(refusal(radio(&format!("{reference}, ring 07700 900123")).await).contains("telephone"));
    let label = &of.policy.areas[0].label;
    let good = format!("{reference} is in {label}, in a red coat. Call control.");
    assert!(matches!(radio(&good).await?, Published::Published(_)), "places are no names");
    // A shop may bear the name of somebody who is held: a word of it alone is that name, the whole may be the place.
    let business = Business {
        name: "Quillfeather".into(),
        premises: "Quillfeather Lane".into(),
        area: "high_street".into(),
        trade: "Bakery".into(),
    };
    accounts::add_member(app, &controller.again(world), scene.org(), &business).await?;
    assert!(refusal(radio("Quillfeather is at the door").await).contains("names somebody"));
    let place = radio("Near Quillfeather Lane, in a red coat").await?;
    let Published::Warned(found) = place else { panic!("it may be the place: {place:?}") };
    assert!(found[0].sentence.contains("unless it means a place"), "{found:?}");
    let said = refusal(radio("SEEN WITH SOMEBODY AT THE TILLS").await);
    assert!(said.contains("in capitals a name cannot be told"), "{said}");
    // What is not read out is warned of, and told whom it names.
    let named = typed(Kind::News, "Well done", "Quillfeather was found in time.");
    let warned = news::publish(app, &controller.again(world), &of, named.clone()).await?;
    let Published::Warned(found) = warned else { panic!("it is warned of") };
    assert!(found.iter().any(|one| one.field == "text" && one.sentence.contains(&reference)), "{found:?}");
    let passed = Typed { minded: news::minded(&found), ..named.clone() };
    assert!(matches!(
        news::publish(app, &controller.again(world), &of, passed).await?,
        Published::Published(_)
    ));
    // The board reads nobody's name: it is not told whether somebody of that name is held.
    let board = world.person(&scene.scheme, Role::Board).await;
    let theirs = news::publish(app, &board.again(world), &of, named).await?;
    assert!(matches!(theirs, Published::Published(_)), "a word is a word: {theirs:?}");
    let looks = scene.audit().await?;
    assert!(
        looks.iter().any(|line| line.entry.action == "news.check"),
        "that somebody was looked for is on record"
    );
    Ok(())
}

async fn delivered(world: &World, app: &App) -> Vec<fairwatch_core::mail::Mail> {
    mail::deliver_due(app, &world.job("mail")).await.expect("it goes out");
    app.mailbox().expect("there is one").all().into_iter().map(|kept| kept.mail).collect()
}

on_both!(mem_4_an_alert_goes_out_at_once_to_those_who_want_it_and_says_nothing);
/// MEM-4, SEC-5: each of those whom it concerns and who want it gets one mail, however often the job runs; in it stands
/// that there is an alert and where, and nothing of what it says.
async fn mem_4_an_alert_goes_out_at_once_to_those_who_want_it_and_says_nothing(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.clone().with_mailbox();
    let of = policy(GENERIC);
    let near = shop(world, &scene, &of.areas[0].label, "Bakery").await;
    let far = shop(world, &scene, &of.areas[1].label, "Bakery").await;
    let silent = shop(world, &scene, &of.areas[0].label, "Florist").await;
    set_preferences(&scene.app, &silent.again(world), &[Message::Digest]).await?;
    let chosen = For { areas: vec![of.areas[0].id.to_string()], ..For::default() };
    let alert = Typed { chosen, ..typed(Kind::Alert, "Foil in bags", "Look at large bags.") };
    let id = publish(world, &scene, &scene.controller, alert).await;
    publish(world, &scene, &scene.controller, typed(Kind::News, "No alert", "Hello.")).await;
    let job = || world.job("news");
    let first = news::announce(&scene.app, &job()).await?;
    assert_eq!(first, 2, "the bakery there, and the scene's own shop on the square");
    assert_eq!(news::announce(&scene.app, &job()).await?, 0, "once");
    let mails = delivered(world, &scene.app).await;
    let to = mails.iter().map(|mail| &*mail.to).collect::<Vec<_>>();
    assert!(
        to.contains(&&*near.login) && !to.contains(&&*far.login) && !to.contains(&&*silent.login),
        "{to:?}"
    );
    for mail in &mails {
        assert!(mail.text.contains(&format!("/news/{id}")), "{}", mail.text);
        let all = format!("{} {}", mail.subject, mail.text);
        for word in ["Foil", "foil", "bags", &*near.login] {
            assert!(!all.contains(word), "{word}: {all}");
        }
    }
    // One that was taken back before its mails went out goes to nobody.
    let late = publish(world, &scene, &scene.controller, typed(Kind::Alert, "Nothing", "Never mind.")).await;
    news::withdraw(&scene.app, &scene.controller.again(world), late).await?;
    assert_eq!(news::announce(&scene.app, &job()).await?, 0);
    Ok(())
}

on_both!(mem_4_once_a_week_members_are_told_what_was_new);
/// MEM-4: on the first run of a week each who wants it gets one mail with what concerned them in the week before; titles
/// that name somebody are counted, never told; nobody is told twice, whichever server does it, and an empty week is told to
/// nobody.
async fn mem_4_once_a_week_members_are_told_what_was_new(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.clone().with_mailbox();
    let of = policy(GENERIC);
    scene.subject("Cassius Quillfeather", &[]).await?;
    let shop = shop(world, &scene, &of.areas[0].label, "Bakery").await;
    set_preferences(&scene.app, &scene.member.again(world), &[Message::Alerts]).await?;
    let job = || world.job("duties");
    // A Monday; the week before had nothing.
    world.clock.set_day(date(2026, 3, 9));
    assert_eq!(news::send_digests(&scene.app, &job()).await?, 0, "never empty");
    world.clock.set_day(date(2026, 3, 11));
    let controller = &scene.controller;
    publish(world, &scene, controller, typed(Kind::News, "New opening hours", "Hello.")).await;
    publish(world, &scene, controller, typed(Kind::News, "Thanks about quillfeather", "Hello.")).await;
    publish(world, &scene, controller, typed(Kind::Alert, "Foil in bags", "Look.")).await;
    let elsewhere = For { areas: vec![of.areas[1].id.to_string()], ..For::default() };
    let other = Typed { chosen: elsewhere, ..typed(Kind::News, "Elsewhere", "Hello.") };
    publish(world, &scene, controller, other).await;
    assert_eq!(news::send_digests(&scene.app, &job()).await?, 0, "not before the week is over");
    // Nobody ran on Monday.
    world.clock.set_day(date(2026, 3, 17));
    let mut second = scene.app.clone();
    second.store = world.another_server().await?.sending_mail();
    let sent = news::send_digests(&scene.app, &job()).await? + news::send_digests(&second, &job()).await?;
    assert_eq!(sent, 1, "one for the shop, none for who does not want it");
    assert_eq!(news::send_digests(&scene.app, &job()).await?, 0, "never twice");
    let mails = delivered(world, &scene.app).await;
    let mail = mails.iter().find(|mail| mail.to == shop.login).expect("it came");
    assert!(mail.text.contains("- News: New opening hours\n- 2 more items\n"), "{}", mail.text);
    assert!(!mail.text.to_lowercase().contains("quill") && !mail.text.contains("Elsewhere"));
    assert!(!mail.text.contains("oil in bags"), "an alert stays inside");
    world.clock.set_day(date(2026, 3, 23));
    assert_eq!(news::send_digests(&scene.app, &job()).await?, 0, "an empty week");
    // What the board may not look up it does not learn from the mail: of its titles none is in it, whomever they name.
    let board = world.person(&scene.scheme, Role::Board).await;
    publish(world, &scene, &board, typed(Kind::News, "Thanks about quillfeather", "Hello.")).await;
    publish(world, &scene, &board, typed(Kind::News, "Thanks about the roads", "Hello.")).await;
    world.clock.set_day(date(2026, 3, 30));
    assert_eq!(news::send_digests(&scene.app, &job()).await?, 1);
    let mails = delivered(world, &scene.app).await;
    let told = mails.iter().filter(|mail| mail.to == shop.login).collect::<Vec<_>>();
    assert!(told.iter().any(|mail| mail.text.contains("2 items")), "{told:?}");
    assert!(!told.iter().any(|mail| mail.text.contains("Thanks about")), "{told:?}");
    Ok(())
}

on_both!(mem_8_nobody_of_a_suspended_business_is_told_anything);
/// MEM-8, MEM-4: while a business is suspended its people get no alert and no digest, and are none of those whom a post
/// concerns; afterwards they are again.
async fn mem_8_nobody_of_a_suspended_business_is_told_anything(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.clone().with_mailbox();
    let (app, controller) = (&scene.app, &scene.controller);
    let other = scene.another_member(world).await;
    let board = world.person(&scene.scheme, Role::Board).await;
    let out = scene.member.member.expect("they have a business");
    let until = Until { review: Some(later(controller.ctx.today(), 7)), ..Until::default() };
    conduct::suspend(app, &board.again(world), out, "They sell what was stolen.", &until).await?;
    let post = publish(world, &scene, controller, typed(Kind::Alert, "Foil in bags", "Look.")).await;
    let concerned = async || {
        let (_, readers) = news::readers(app, &controller.again(world), post).await.expect("the page opens");
        readers.len()
    };
    assert_eq!(concerned().await, 1, "the other alone");
    publish(world, &scene, controller, typed(Kind::News, "New opening hours", "Hello.")).await;
    assert_eq!(news::announce(app, &world.job("news")).await?, 1);
    world.clock.set_day(date(2026, 3, 9));
    assert_eq!(news::send_digests(app, &world.job("duties")).await?, 1);
    let mails = delivered(world, app).await;
    let theirs =
        mails.iter().filter(|mail| mail.to == scene.member.login && !mail.text.contains("suspended"));
    assert_eq!(theirs.count(), 0, "{mails:?}");
    assert_eq!(mails.iter().filter(|mail| mail.to == other.login).count(), 2);
    conduct::let_in(app, &board.again(world), out, "It is put right.").await?;
    assert_eq!(concerned().await, 2);
    Ok(())
}

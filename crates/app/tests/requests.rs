//! What people ask about their data: intake, both clocks, identity, the end (SAR-1, SAR-2, SAR-7, SAR-8, SAR-9, PUB-3).
mod support;

use fairwatch_app::{
    AppError, duties, enquiries, mail,
    requests::{self, Typed, TypedEntry, TypedStep},
    subjects::{self, merging},
};
use fairwatch_core::{
    duties::Kind,
    gate::Role,
    requests::{How, Origin, RequestState, StepKind},
    rights::{Right, Statute},
    subjects::merging::{Chosen, Side},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::civil::{Date, date};
use std::net::{IpAddr, Ipv4Addr};
use support::{CS, Scene, hidden, later, refusal};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

fn typed(right: &str) -> Typed {
    Typed {
        right: right.into(),
        reference: String::new(),
        name: "Una Example".into(),
        contact: "una@home.example".into(),
        message: "What do you hold about me?".into(),
    }
}

fn step(kind: StepKind, on: Date, text: &str) -> TypedStep {
    TypedStep { kind: kind.name().into(), on: Some(on), text: text.into(), ..TypedStep::default() }
}

fn identity(on: Date, yes: &str, how: How) -> TypedStep {
    TypedStep {
        yes: yes.into(),
        how: how.name().into(),
        ..step(StepKind::Identity, on, "Passport, at the office.")
    }
}

on_both!(sar_1_pub_3_a_request_by_the_site_has_a_receipt_and_both_clocks);
/// SAR-1, PUB-3: a request by the public form gets a receipt, reaches the controller alone with both clocks, stands in the
/// calendar without a word of who asks, and the board sees counts.
async fn sar_1_pub_3_a_request_by_the_site_has_a_receipt_and_both_clocks(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, org) = (&scene.app, scene.org());
    world.clock.set_day(date(2026, 11, 25));
    let nobody = world.nobody();
    let bare = Typed { right: "all".into(), ..Typed::default() };
    let Err(AppError::Refused(problems)) = requests::receive(app, &nobody, org, &bare, HOME).await else {
        panic!("it was taken")
    };
    for field in ["right", "name", "contact", "message"] {
        assert!(problems.of(field).is_some(), "{field}");
    }
    // Whoever wants a copy of everything need not say more.
    let copy = Typed { message: String::new(), ..typed("access") };
    let receipt = requests::receive(app, &nobody, org, &copy, HOME).await?;
    let controller = || scene.controller.again(world);
    let list = requests::list(app, &controller(), org).await?;
    let [held] = &list[..] else { panic!("one came: {list:?}") };
    assert_eq!(
        (held.content.receipt == receipt, held.right, held.origin),
        (true, Right::Access, Origin::Site)
    );
    assert_eq!(held.due.receipt_by, None, "the page told them");
    // Christmas: the law's month ends on 29 December, the promise on the 25th.
    assert_eq!(held.due.clocks.statute.last_day().map(|last| last.day), Some(date(2026, 12, 29)));
    assert_eq!((held.due.clocks.promise, held.due.answer_by), (date(2026, 12, 25), date(2026, 12, 25)));
    // The older form for whoever had a letter leads to the same desk (SAR-8).
    let letter = enquiries::Typed {
        purpose: "complaint".into(),
        name: "Olu Example".into(),
        contact: "By post".into(),
        message: "You shared my picture.".into(),
        ..enquiries::Typed::default()
    };
    enquiries::receive(app, &nobody, org, &letter, HOME).await?;
    assert!(enquiries::list(app, &controller(), org).await?.is_empty());
    let complaint = requests::list(app, &controller(), org).await?;
    assert!(
        complaint.iter().any(|held| held.right == Right::Complaint && held.content.name == "Olu Example")
    );
    let found = duties::list(app, &controller(), org).await?;
    let mine = found.duties.iter().filter(|duty| duty.kind == Kind::Request).collect::<Vec<_>>();
    assert_eq!(mine.len(), 2);
    assert_eq!(mine[0].due, date(2026, 12, 25));
    assert!(mine.iter().all(|duty| !duty.label.contains("Una") && duty.path.starts_with("/requests/")));
    for role in [Role::Board, Role::Staff, Role::MemberUser, Role::Police, Role::Auditor, Role::Operator] {
        let other = world.person(&scene.scheme, role).await;
        assert!(hidden(&requests::list(app, &other.ctx, org).await), "{role}");
        assert!(hidden(&requests::open(app, &other.ctx, held.id).await), "{role}");
        let counts = requests::count(app, &other.ctx, org).await;
        if role == Role::Board {
            let open = counts?.iter().map(|(right, count)| (*right, count.open)).collect::<Vec<_>>();
            assert_eq!(open, [(Right::Access, 1), (Right::Complaint, 1)]);
        } else {
            assert!(hidden(&counts), "{role}");
        }
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&requests::open(app, &stranger.ctx, held.id).await));
    Ok(())
}

on_both!(pub_3_whoever_floods_the_form_waits);
/// PUB-3, SEC-2: one network cannot fill the controller's desk, and shares its limit with the other public form.
async fn pub_3_whoever_floods_the_form_waits(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let mut refused = 0;
    for _ in 0..20 {
        match requests::receive(&scene.app, &world.nobody(), scene.org(), &typed("erasure"), HOME).await {
            Ok(_) => {}
            Err(AppError::Refused(_)) => refused += 1,
            Err(error) => return Err(error.into()),
        }
    }
    assert!(refused >= 9, "only {refused} were refused");
    let other = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
    requests::receive(&scene.app, &world.nobody(), scene.org(), &typed("objection"), other).await?;
    Ok(())
}

on_both!(sar_1_sar_2_sar_7_from_paper_to_the_end);
/// SAR-1, SAR-2, SAR-7: one on paper: receipt, identity, clarification and more time move the law's clock and never the
/// promise; nothing is said of what is held, and no record linked, before it is known who asks; it ends with the answer on
/// record, and goes with its key.
async fn sar_1_sar_2_sar_7_from_paper_to_the_end(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let app = scene.app.clone().with_mailbox();
    let org = scene.org();
    let subject = scene.subject("Una Example", &[]).await?;
    let came = later(world.nobody().today(), 1);
    let today = later(came, 20);
    world.clock.set_day(today);
    let controller = || scene.controller.again(world);
    let paper = |received| TypedEntry { typed: typed("access"), origin: "paper".into(), received };
    let told = refusal(requests::enter(&app, &controller(), org, &paper(Some(later(today, 1)))).await);
    assert!(told.contains("not come yet"), "{told}");
    let told = refusal(requests::enter(&app, &controller(), org, &paper(Some(later(today, -800)))).await);
    assert!(told.contains("over a year ago"), "{told}");
    let mut odd = paper(Some(came));
    (odd.origin, odd.typed.name) = ("site".into(), String::new());
    let told = refusal(requests::enter(&app, &controller(), org, &odd).await);
    assert!(told.contains("how it came") && told.contains("who you are"), "all of it at once: {told}");
    let id = requests::enter(&app, &controller(), org, &paper(Some(came))).await?;
    let open = async || requests::open(&app, &controller(), id).await;
    let note = async |step: TypedStep| requests::note(&app, &controller(), id, &step).await;
    let first = open().await?.held;
    assert_eq!(first.due.receipt_by, Some(later(came, 30)), "CS: the receipt is confirmed within 30 days");
    let month = first.due.clocks.statute.last_day().expect("it runs").counted;
    note(step(StepKind::Receipt, later(came, 1), "By post, with the receipt.")).await?;
    assert!(refusal(note(step(StepKind::Receipt, today, "Again.")).await).contains("told already"));
    assert!(refusal(note(step(StepKind::Came, today, "?")).await).contains("Nothing was asked"));
    assert!(refusal(note(step(StepKind::Asked, today, " ")).await).contains("Say what was asked"));
    // Who asks: the law's month has not begun until it comes.
    note(step(StepKind::IdentityAsked, later(came, 1), "A document: two people bear this name.")).await?;
    assert_eq!(open().await?.held.due.clocks.statute, Statute::NotBegun(later(came, 1)));
    assert_eq!(open().await?.held.due.answer_by, later(came, 30), "the promise does not wait");
    let given = requests::finish(&app, &controller(), id, "given", "Here it is.", false).await;
    assert!(refusal(given).contains("how it is known who asks"));
    assert!(hidden(&requests::link(&app, &controller(), id, "1").await), "nothing is linked before that");
    let mut mute = identity(later(came, 5), "", How::Document);
    mute.how.clear();
    let told = refusal(note(mute).await);
    assert!(told.contains("how it was looked at") && told.contains("whether it is them"), "{told}");
    note(identity(later(came, 5), "yes", How::InPerson)).await?;
    let opened = open().await?;
    assert!(opened.held.is_known && opened.steps.last().is_some_and(|step| step.by.is_some()), "by whom");
    let begun = opened.held.due.clocks.statute.last_day().expect("it runs").counted;
    assert!(begun > month, "a month from the day on which it was shown");
    // What is meant: both days and those between do not count.
    note(step(StepKind::Asked, later(came, 6), "Which shop? We hold much.")).await?;
    assert_eq!(open().await?.held.due.clocks.statute, Statute::Paused(later(came, 6)));
    note(step(StepKind::Came, later(came, 9), "The one at the station.")).await?;
    assert_eq!(open().await?.held.due.clocks.statute.last_day().expect("it runs").counted, later(begun, 4));
    note(step(StepKind::Extended, later(came, 10), "By post: there are eleven requests.")).await?;
    let due = open().await?.held.due;
    assert!(due.clocks.extended && due.answer_by == later(came, 30), "the promise is not extended: {due:?}");
    // Their record.
    let number = subjects::open(&app, &controller(), subject).await?.open.number;
    assert!(refusal(requests::link(&app, &controller(), id, "CS-9999").await).contains("Nobody who is held"));
    for other in [&*format!("DTAC-{number:04}"), "CS-", "CS-x", "-"] {
        let told = refusal(requests::link(&app, &controller(), id, other).await);
        assert!(told.contains("Enter the reference"), "{other}: {told}");
    }
    requests::link(&app, &controller(), id, &format!("cs-{number:04}")).await?;
    assert_eq!(open().await?.subject, Some((subject, number)));
    // Two records of one person: the link goes over, and comes back.
    let twin = scene.subject("Una Example", &[]).await?;
    let any = Chosen { name: Side::Kept, born: Some(Side::Kept) };
    merging::merge(&app, &controller(), twin, subject, any, "The same person").await?;
    assert_eq!(open().await?.subject.map(|(subject, _)| subject), Some(twin));
    requests::link(&app, &controller(), id, &number.to_string()).await?;
    assert_eq!(open().await?.subject.map(|(subject, _)| subject), Some(twin), "the old number leads there");
    // Whoever turns out to be somebody else is linked to nobody, and is told nothing.
    note(identity(today, "no", How::Known)).await?;
    assert_eq!(open().await?.subject, None);
    assert!(hidden(&requests::link(&app, &controller(), id, "1").await));
    note(identity(today, "yes", How::Document)).await?;
    requests::link(&app, &controller(), id, "").await?;
    requests::finish(
        &app,
        &controller(),
        id,
        "partly",
        "Your record is enclosed; one item is withheld.",
        true,
    )
    .await?;
    mail::deliver_due(&app, &world.job("mail")).await?;
    let sent = app.mailbox().expect("there is a box").all();
    assert!(
        sent.iter().any(|kept| kept.mail.to == "una@home.example" && kept.mail.text.contains("is enclosed"))
    );
    let done = open().await?;
    assert_eq!((done.held.state, done.held.done_on), (RequestState::Done, Some(today)));
    assert!(hidden(&note(step(StepKind::Progress, today, "More.")).await), "what is completed stands");
    let found = duties::list(&app, &controller(), org).await?;
    assert!(!found.duties.iter().any(|duty| matches!(duty.kind, Kind::Request | Kind::Receipt)));
    let counts = requests::count(&app, &controller(), org).await?;
    let [(Right::Access, count)] = &counts[..] else { panic!("{counts:?}") };
    assert_eq!((count.open, count.done, count.in_time, count.refused), (0, 1, 1, 1));
    world.clock.set_day(done.held.erase_on);
    assert!(hidden(&open().await), "by the clock");
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    for left in [
        "SELECT COUNT(*) AS n FROM requests",
        "SELECT COUNT(*) AS n FROM steps",
        "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'request'",
    ] {
        assert_eq!(burglar.number(left).await?, 0, "{left}");
    }
    burglar.leave().await;
    Ok(())
}

on_both!(sar_2_an_answer_by_mail_goes_to_nobody_who_is_not_known);
/// SAR-2: whoever did not show who they are is told nothing by mail; and a person's end takes the link to them, while the
/// request keeps its own.
async fn sar_2_an_answer_by_mail_goes_to_nobody_who_is_not_known(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let app = scene.app.clone().with_mailbox();
    let (org, ctx) = (scene.org(), &scene.controller.ctx);
    requests::receive(&app, &world.nobody(), org, &typed("erasure"), HOME).await?;
    requests::receive(&app, &world.nobody(), org, &typed("access"), HOME).await?;
    let list = requests::list(&app, ctx, org).await?;
    let (first, second) = (list[0].id, list[1].id);
    let sent = requests::finish(&app, ctx, first, "unknown", "They did not come.", true).await;
    assert!(refusal(sent).contains("do not send this by e-mail"));
    requests::finish(&app, ctx, first, "unknown", "They did not come.", false).await?;
    mail::deliver_due(&app, &world.job("mail")).await?;
    assert!(app.mailbox().expect("there is a box").all().is_empty());
    // Whoever complains shows nothing, and is told what became of it (SAR-8).
    requests::receive(&app, &world.nobody(), org, &typed("complaint"), HOME).await?;
    let list = requests::list(&app, ctx, org).await?;
    let complaint = list.iter().find(|held| held.right == Right::Complaint).expect("it came").id;
    requests::finish(&app, ctx, complaint, "refused", "We looked into it: the sign was up.", true).await?;
    mail::deliver_due(&app, &world.job("mail")).await?;
    assert_eq!(app.mailbox().expect("there is a box").all().len(), 1);
    let subject = scene.subject("Una Example", &[]).await?;
    let today = world.nobody().today();
    requests::note(&app, ctx, second, &identity(today, "yes", How::Document)).await?;
    let number = subjects::open(&app, ctx, subject).await?.open.number;
    requests::link(&app, ctx, second, &number.to_string()).await?;
    subjects::erase(&app, ctx, subject).await?;
    assert_eq!(requests::open(&app, ctx, second).await?.subject, None);
    requests::finish(&app, ctx, second, "given", "It was deleted, as you asked.", true).await?;
    Ok(())
}

//! What people write from outside (PUB-2, PUB-3, RET-15).
mod support;

use fairwatch_app::{
    AppError,
    enquiries::{self, Sending, Typed},
    mail,
};
use fairwatch_core::{enquiries::EnquiryState, gate::Role};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::SignedDuration;
use std::net::{IpAddr, Ipv4Addr};
use support::{GENERIC, Scene};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

fn letter(reference: &str) -> Typed {
    Typed {
        purpose: "appeal".into(),
        reference: reference.into(),
        name: "Una Example".into(),
        contact: "una@home.example".into(),
        message: "It was not me.".into(),
    }
}

on_both!(pub_2_what_was_written_is_answered_on_record_and_goes);
/// PUB-2, RET-15: an enquiry reaches the controller alone, is answered on record, and goes with its key when the policy's
/// period is over.
async fn pub_2_what_was_written_is_answered_on_record_and_goes(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let receipt = enquiries::receive(app, &world.nobody(), org, &letter("X"), HOME).await?;
    assert_eq!(receipt.len(), 8);
    let list = enquiries::list(app, &scene.controller.ctx, org).await?;
    let [held] = &list[..] else { panic!("one came: {list:?}") };
    assert_eq!(held.enquiry.receipt, receipt);
    assert_eq!(held.enquiry.message, "It was not me.");
    for role in [Role::Board, Role::Staff, Role::MemberUser, Role::Police, Role::Operator] {
        let other = world.person(&scene.scheme, role).await;
        assert!(matches!(enquiries::list(app, &other.ctx, org).await, Err(AppError::Hidden)), "{role}");
        assert!(matches!(enquiries::open(app, &other.ctx, held.id).await, Err(AppError::Hidden)), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(matches!(enquiries::open(app, &stranger.ctx, held.id).await, Err(AppError::Hidden)));
    enquiries::answer(app, &scene.controller.ctx, held.id, "By telephone: we look into it.", false).await?;
    assert!(
        matches!(
            enquiries::answer(app, &scene.controller.ctx, held.id, "Again", false).await,
            Err(AppError::Hidden)
        ),
        "it is answered once"
    );
    let opened = enquiries::open(app, &scene.controller.ctx, held.id).await?;
    assert_eq!(opened.held.state, EnquiryState::Answered);
    assert_eq!(opened.held.enquiry.answer.as_deref(), Some("By telephone: we look into it."));
    // Its end holds by the clock, whether or not the sweep has come by (RET-10).
    let end = opened.held.erase_on;
    world.clock.set_day(end);
    let controller = scene.controller.again(world);
    assert!(matches!(enquiries::open(app, &controller, held.id).await, Err(AppError::Hidden)));
    assert!(enquiries::list(app, &controller, org).await?.is_empty());
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM enquiries").await?, 0);
    let keys = "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'enquiry'";
    assert_eq!(burglar.number(keys).await?, 0, "its key is gone");
    burglar.leave().await;
    Ok(())
}

on_both!(sec_2_whoever_floods_the_page_waits);
/// SEC-2: one network cannot fill the controller's list.
async fn sec_2_whoever_floods_the_page_waits(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let mut refused = 0;
    for n in 0..20 {
        match enquiries::receive(app, &world.nobody(), org, &letter(&n.to_string()), HOME).await {
            Ok(_) => {}
            Err(AppError::Refused(_)) => refused += 1,
            Err(error) => return Err(error.into()),
        }
    }
    assert!(refused >= 9, "only {refused} were refused");
    let other = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
    enquiries::receive(app, &world.nobody(), org, &letter(""), other).await?;
    world.clock.pass(SignedDuration::from_mins(20));
    enquiries::receive(app, &world.nobody(), org, &letter(""), HOME).await?;
    Ok(())
}

on_both!(pub_2_nothing_typed_is_taken_without_what_an_answer_needs);
/// PUB-2: whoever leaves something out is told all of it at once.
async fn pub_2_nothing_typed_is_taken_without_what_an_answer_needs(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let typed = Typed { purpose: "nonsense".into(), name: " ".into(), ..Typed::default() };
    let told = enquiries::receive(&scene.app, &world.nobody(), scene.org(), &typed, HOME).await;
    let Err(AppError::Refused(problems)) = told else { panic!("it was taken") };
    for field in ["purpose", "name", "contact", "message"] {
        assert!(problems.of(field).is_some(), "{field}");
    }
    Ok(())
}

on_both!(pub_2_an_answer_goes_by_mail_and_an_enquiry_is_deleted_on_request);
/// PUB-2: the answer goes to the address that was given, with the receipt, and what was sent is on record; whoever wrote
/// can have it all deleted, and then nothing is sent any more.
async fn pub_2_an_answer_goes_by_mail_and_an_enquiry_is_deleted_on_request(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let app = scene.app.clone().with_mailbox();
    let org = scene.org();
    let mut typed = letter("");
    typed.contact = "Mail me: una@home.example, or ring 01632 960300.".into();
    let receipt = enquiries::receive(&app, &world.nobody(), org, &typed, HOME).await?;
    enquiries::receive(&app, &world.nobody(), org, &letter(""), HOME).await?;
    let controller = &scene.controller;
    let list = enquiries::list(&app, &controller.ctx, org).await?;
    let first = list.iter().find(|held| held.enquiry.receipt == receipt).expect("it came").id;
    let second = list.iter().find(|held| held.id != first).expect("both came").id;
    // Both use a right: they are not deleted before they are answered, and not by mail to whoever it may be.
    let early = enquiries::remove(&app, &controller.again(world), second, "They ask for it.").await;
    assert!(matches!(early, Err(AppError::Hidden)));
    let unchecked = Sending::Unchecked;
    let refused = enquiries::answer(&app, &controller.again(world), first, "At nine.", unchecked).await;
    assert!(matches!(refused, Err(AppError::Refused(_))));
    for id in [first, second] {
        let ctx = controller.again(world);
        enquiries::answer(&app, &ctx, id, "We open at nine.", Sending::Known).await?;
    }
    let (held, _) = {
        let opened = enquiries::open(&app, &controller.again(world), first).await?;
        (opened.held, opened.matched)
    };
    assert_eq!(held.enquiry.answer.as_deref(), Some("We open at nine."));
    assert_eq!(held.enquiry.sent_to.as_deref(), Some("una@home.example"));
    assert!(held.enquiry.is_known, "and that they said that they know them");
    // The second is deleted before anybody took the mail.
    // What was answered goes with a reason, which the audit keeps (SEC-6).
    let silent = enquiries::remove(&app, &controller.again(world), second, " ").await;
    assert!(matches!(silent, Err(AppError::Refused(_))));
    enquiries::remove(&app, &controller.again(world), second, "They asked for it by telephone.").await?;
    let said = scene.audit().await?.into_iter().find(|line| line.entry.action == "enquiries.remove");
    assert_eq!(said.and_then(|line| line.reason).as_deref(), Some("They asked for it by telephone."));
    assert!(matches!(enquiries::open(&app, &controller.again(world), second).await, Err(AppError::Hidden)));
    mail::deliver_due(&app, &world.job("mail")).await?;
    let sent = app.mailbox().expect("there is a box").all();
    let [one] = &sent[..] else { panic!("one answer goes: {}", sent.len()) };
    assert_eq!(one.mail.to, "una@home.example");
    assert!(one.mail.text.contains("We open at nine.") && one.mail.text.contains(&receipt));
    assert!(one.mail.text.contains("/contact"), "and where to write again: {}", one.mail.text);
    let staff = world.person(&scene.scheme, Role::Staff).await;
    assert!(matches!(enquiries::remove(&app, &staff.ctx, first, "Why not.").await, Err(AppError::Hidden)));
    Ok(())
}

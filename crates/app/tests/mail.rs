//! Mail: what is queued goes out once, by a mail server that is a process of its own (SEC-2, VIS-6, MEM-1).
mod support;

use fairwatch_app::{
    App, AppError,
    accounts::{self, NewUser, Password, SignInRefused},
    mail::{Carrier, Delivered, Encryption, Handed, Letter, Smtp, SmtpSettings, deliver_due, outbox},
};
use fairwatch_core::{
    accounts::AddMember,
    gate::Role,
    ids::{MailId, MembershipId},
    mail::{Mail, UNSURE_MOST},
    scope::InOrg,
};
use fairwatch_store::{mail as store, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, Person, Scheme, World},
    on_both,
    smtp::{Mood, Server},
};
use jiff::SignedDuration;
use std::{
    collections::BTreeSet,
    future::Future,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    sync::{Arc, Mutex},
};

fairwatch_testkit::smtp_server!();

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
const GOOD: &str = "a long enough sentence";

fn settings(port: u16) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port: Some(port),
        encryption: Encryption::None,
        login: Some(("fairwatch".into(), "secret".into())),
        from: "Northgate <watch@northgate.example>".into(),
        authority: None,
    }
}

fn sending(world: &World, server: &Server) -> App {
    let smtp = Smtp::new(settings(server.port())).expect("these settings will do");
    support::app(world).with_carrier(Arc::new(smtp))
}

fn pat() -> NewUser {
    NewUser {
        name: "Pat Example".into(),
        email: Some("pat@corner.example".into()),
        role: Some(Role::Staff),
        ..NewUser::default()
    }
}

/// Queues mails to `count` people, each under their own invitation's key.
async fn invite_many(
    world: &World,
    app: &App,
    controller: &Person,
    scheme: &Scheme,
    count: usize,
) -> Vec<MembershipId> {
    let mut invited = Vec::new();
    for n in 0..count {
        let user = NewUser { email: Some(format!("pat{n}@corner.example")), ..pat() };
        let offered = accounts::invite(app, &controller.again(world), scheme.org, &user).await;
        invited.push(offered.expect("they can be invited").membership);
    }
    invited
}

async fn deliver(world: &World, app: &App) -> Delivered {
    deliver_due(app, &world.job("mail")).await.expect("the outbox can be looked through")
}

on_both!(sec_2_vis_6_an_invitation_goes_by_mail_and_its_link_lets_in);
/// VIS-6, SEC-2: the link goes to the address alone, in a mail that names nobody else, and nothing of it stays.
async fn sec_2_vis_6_an_invitation_goes_by_mail_and_its_link_lets_in(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let offered = accounts::invite(&app, &controller.again(world), scheme.org, &pat()).await?;
    assert_eq!(offered.mailed.as_deref(), Some("pat@corner.example"));
    let burglar = Burglar::at(world.address()).await?;
    let stored = burglar.bytes("SELECT sealed AS bytes FROM mails").await?;
    assert!(stored.len() == 1 && !String::from_utf8_lossy(&stored[0]).contains("corner"), "it waits sealed");
    assert_eq!(deliver(world, &app).await, Delivered { sent: 1, later: 0, given_up: 0 });
    let taken = server.taken();
    let [mail] = &taken[..] else { panic!("one was taken: {taken:?}") };
    assert_eq!(mail.header("to"), Some("pat@corner.example"));
    assert_eq!(mail.header("from"), Some("Northgate <watch@northgate.example>"));
    assert_eq!(mail.header("auto-submitted"), Some("auto-generated"));
    assert!(mail.text.starts_with("Hello Pat Example,"), "{}", mail.text);
    let link = mail.link().and_then(|link| link.rsplit('/').next()).expect("it has a link");
    let accepted = accounts::accept_as_new(&app, &world.nobody(), link, &Password::from(GOOD), "").await?;
    assert_eq!(accepted.membership, offered.membership);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM mails").await?, 0, "nothing of it stays");
    assert_eq!(deliver(world, &app).await, Delivered::default(), "and it goes once");
    Ok(())
}

on_both!(without_mail_nothing_is_queued_and_links_are_handed_over);
async fn without_mail_nothing_is_queued_and_links_are_handed_over(world: &World) -> Outcome {
    let app = support::app(world);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let offered = accounts::invite(&app, &controller.again(world), scheme.org, &pat()).await?;
    assert_eq!(offered.mailed, None);
    assert_eq!(Burglar::at(world.address()).await?.number("SELECT COUNT(*) AS n FROM mails").await?, 0);
    assert_eq!(outbox(&app, &world.nobody()).await?, None);
    let asked = accounts::ask_reset(&app, &world.nobody(), &controller.login, HOME).await;
    assert!(matches!(asked, Err(AppError::Hidden)));
    Ok(())
}

on_both!(nothing_is_lost_while_the_mail_server_is_down);
async fn nothing_is_lost_while_the_mail_server_is_down(world: &World) -> Outcome {
    let mut server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    server.kill();
    invite_many(world, &app, &controller, &scheme, 3).await;
    // The first meets a closed door, the others are spared it.
    assert_eq!(deliver(world, &app).await, Delivered { sent: 0, later: 1, given_up: 0 });
    let waiting = outbox(&app, &world.nobody()).await?.expect("mail is sent");
    assert_eq!((waiting.waiting, waiting.given_up), (3, 0));
    world.clock.pass(SignedDuration::from_hours(20));
    assert_eq!(deliver(world, &app).await.sent, 0);
    server.revive();
    world.clock.pass(SignedDuration::from_hours(2));
    assert_eq!(deliver(world, &app).await, Delivered { sent: 3, later: 0, given_up: 0 });
    let to: BTreeSet<String> =
        server.taken().iter().filter_map(|mail| mail.header("to").map(str::to_owned)).collect();
    assert_eq!(to.len(), 3, "each of them once: {to:?}");
    assert_eq!(server.taken().len(), 3);
    Ok(())
}

on_both!(what_nobody_took_in_three_days_is_given_up);
async fn what_nobody_took_in_three_days_is_given_up(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &app, &controller, &scheme, 1).await;
    server.answers(Mood::Closed);
    let mut tries = 0;
    for _ in 0..24 * 4 {
        tries += deliver(world, &app).await.later;
        world.clock.pass(SignedDuration::from_hours(1));
    }
    // A server that lets nobody in is a matter of settings: tried on until the link has ended.
    assert!((60..=73).contains(&tries), "about every hour for three days: {tries}");
    let after = outbox(&app, &world.nobody()).await?.expect("mail is sent");
    assert_eq!((after.waiting, after.given_up), (0, 1));
    let burglar = Burglar::at(world.address()).await?;
    let sealed = burglar.number("SELECT COUNT(*) AS n FROM mails WHERE sealed IS NOT NULL").await?;
    assert_eq!(sealed, 0, "what it said is gone");
    Ok(())
}

on_both!(what_waits_where_mail_was_switched_off_is_emptied_by_the_sweep);
async fn what_waits_where_mail_was_switched_off_is_emptied_by_the_sweep(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &app, &controller, &scheme, 1).await;
    // From here on nobody delivers: the sweep runs on a server without mail.
    let app = support::app(world);
    let burglar = Burglar::at(world.address()).await?;
    let held = "SELECT COUNT(*) AS n FROM mails WHERE sealed IS NOT NULL";
    for (hours, left) in [(71, 1), (2, 0)] {
        world.clock.pass(SignedDuration::from_hours(hours));
        support::sweep_all(&app, world).await?;
        assert_eq!(burglar.number(held).await?, left, "after {hours} more hours");
    }
    Ok(())
}

on_both!(an_address_that_nobody_has_is_given_up_at_once_and_not_repeated);
/// What is logged is what [`Handed`] holds: a code, and never the address that the server repeats.
async fn an_address_that_nobody_has_is_given_up_at_once_and_not_repeated(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &app, &controller, &scheme, 1).await;
    server.answers(Mood::Later);
    assert_eq!(deliver(world, &app).await, Delivered { sent: 0, later: 1, given_up: 0 });
    assert_eq!(deliver(world, &app).await, Delivered::default(), "not before a minute has passed");
    server.answers(Mood::KnowsNobody);
    world.clock.pass(SignedDuration::from_mins(2));
    assert_eq!(deliver(world, &app).await, Delivered { sent: 0, later: 0, given_up: 1 });
    let smtp = Smtp::new(settings(server.port()))?;
    let mail = Mail { to: "una@home.example".into(), subject: "x".into(), text: "y".into() };
    let letter =
        Letter { id: world.nobody().new_id(), at: world.nobody().real_now(), mail: &mail, calendar: None };
    let handed = smtp.carry(letter).await;
    assert!(server.heard().contains("una@home.example"), "the server was asked for it");
    assert_eq!(handed, Handed::Never("it answered 550".into()));
    Ok(())
}

on_both!(a_fault_of_the_sender_gives_up_nobodys_mail);
/// A server that does not relay, or does not take this sender, says nothing of the address: mail waits.
async fn a_fault_of_the_sender_gives_up_nobodys_mail(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &app, &controller, &scheme, 2).await;
    for mood in [Mood::NoRelay, Mood::NotFromYou] {
        server.answers(mood);
        assert_eq!(deliver(world, &app).await, Delivered { sent: 0, later: 2, given_up: 0 }, "{mood:?}");
        world.clock.pass(SignedDuration::from_hours(2));
    }
    server.answers(Mood::Takes);
    assert_eq!(deliver(world, &app).await, Delivered { sent: 2, later: 0, given_up: 0 });
    Ok(())
}

on_both!(a_mail_after_which_the_server_hangs_up_goes_twice_at_most);
async fn a_mail_after_which_the_server_hangs_up_goes_twice_at_most(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &app, &controller, &scheme, 1).await;
    server.answers(Mood::HangsUp);
    for _ in 0..24 {
        deliver(world, &app).await;
        world.clock.pass(SignedDuration::from_hours(2));
    }
    assert_eq!(server.taken().len(), usize::try_from(UNSURE_MOST)?);
    assert_eq!(outbox(&app, &world.nobody()).await?.map(|outbox| outbox.given_up), Some(1));
    Ok(())
}

on_both!(two_servers_send_each_mail_once);
async fn two_servers_send_each_mail_once(world: &World) -> Outcome {
    let server = Server::start();
    let one = sending(world, &server);
    let smtp = Smtp::new(settings(server.port()))?;
    let blobs = fairwatch_blobs::Blobs::open(world.folder().join("others"))?;
    let two = App::new(world.another_server().await?, blobs).with_carrier(Arc::new(smtp));
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &one, &controller, &scheme, 12).await;
    let ctx = world.job("mail");
    let (first, second) = tokio::join!(deliver_due(&one, &ctx), deliver_due(&two, &ctx));
    let rest = deliver(world, &two).await;
    assert_eq!(first?.sent + second?.sent + rest.sent, 12);
    let taken = server.taken();
    let ids: BTreeSet<_> = taken.iter().filter_map(|mail| mail.header("message-id")).collect();
    assert_eq!((taken.len(), ids.len()), (12, 12), "each once");
    two.store.close().await;
    Ok(())
}

/// Takes mail, and is killed before it can say so.
#[derive(Debug, Default)]
struct Dying(Mutex<Vec<MailId>>);

impl Carrier for Dying {
    fn carry<'a>(&'a self, letter: Letter<'a>) -> Pin<Box<dyn Future<Output = Handed> + Send + 'a>> {
        self.0.lock().expect("nobody panicked").push(letter.id);
        Box::pin(std::future::pending())
    }
}

on_both!(a_mail_that_was_taken_as_the_program_died_goes_twice_at_most);
async fn a_mail_that_was_taken_as_the_program_died_goes_twice_at_most(world: &World) -> Outcome {
    let dying = Arc::new(Dying::default());
    let app = support::app(world).with_carrier(Arc::clone(&dying) as Arc<dyn Carrier>);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    invite_many(world, &app, &controller, &scheme, 1).await;
    for _ in 0..5 {
        let ctx = world.job("mail");
        let run = tokio::time::timeout(std::time::Duration::from_millis(300), deliver_due(&app, &ctx));
        // Killed between the server's word and our note, or nothing was left to do.
        let _ = run.await;
        world.clock.pass(SignedDuration::from_hours(2));
    }
    let tried = dying.0.lock().expect("nobody panicked").clone();
    assert_eq!(tried.len(), usize::try_from(UNSURE_MOST)?, "{tried:?}");
    assert!(tried.windows(2).all(|pair| pair[0] == pair[1]), "under one id, so that its reader can tell");
    assert_eq!(outbox(&app, &world.nobody()).await?.map(|outbox| outbox.given_up), Some(1));
    Ok(())
}

on_both!(a_mail_goes_with_whom_it_is_about);
async fn a_mail_goes_with_whom_it_is_about(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let invited = invite_many(world, &app, &controller, &scheme, 2).await;
    accounts::revoke_invitation(&app, &controller.again(world), invited[0]).await?;
    // Only the newest link works, so only its mail goes.
    accounts::renew_invitation(&app, &controller.again(world), invited[1]).await?;
    assert_eq!(deliver(world, &app).await, Delivered { sent: 1, later: 0, given_up: 0 });
    assert_eq!(server.taken()[0].header("to"), Some("pat1@corner.example"));
    Ok(())
}

on_both!(what_goes_out_one_time_alone_is_queued_once);
async fn what_goes_out_one_time_alone_is_queued_once(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let mail = Mail { to: controller.login.clone(), subject: "Due".into(), text: "Something is due.".into() };
    let account = controller.account;
    let queue = async || {
        let mail = mail.clone();
        app.store
            .write::<AddMember, _>(&world.console(), InOrg(scheme.org), async move |tx| {
                store::queue_in(tx, account, Some("duty 1"), &mail).await
            })
            .await
    };
    assert!(queue().await?);
    assert!(!queue().await?);
    assert_eq!(deliver(world, &app).await.sent, 1);
    assert!(!queue().await?, "nor after it went");
    world.clock.pass(SignedDuration::from_hours(24 * 200));
    support::sweep_all(&app, world).await?;
    assert!(!queue().await?, "a year is remembered");
    world.clock.pass(SignedDuration::from_hours(24 * 201));
    support::sweep_all(&app, world).await?;
    let left = Burglar::at(world.address()).await?.number("SELECT COUNT(*) AS n FROM mails").await?;
    assert_eq!(left, 0, "and then forgotten");
    Ok(())
}

/// MEM-5: an appointment comes along as a file of its own, beside the text.
#[test]
fn mem_5_an_appointment_comes_along() {
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let smtp = Smtp::new(settings(server.port())).expect("these settings will do");
    let mail = Mail { to: "una@home.example".into(), subject: "x".into(), text: "You are invited:".into() };
    let id = MailId("01900000-0000-7000-8000-000000000000".parse().expect("an id"));
    let calendar = Some("BEGIN:VCALENDAR\r\nSUMMARY:Briefing\r\nEND:VCALENDAR\r\n");
    let letter = Letter { id, at: jiff::Timestamp::UNIX_EPOCH, mail: &mail, calendar };
    assert_eq!(runtime.block_on(smtp.carry(letter)), Handed::Taken);
    let taken = server.taken();
    for part in ["You are invited:", "text/calendar", "meeting.ics", "SUMMARY:Briefing"] {
        assert!(taken[0].text.contains(part), "{part}: {}", taken[0].text);
    }
}

/// SEC-2: a server that offers no encryption is told nothing, neither a password nor an address.
#[test]
fn sec_2_nothing_is_said_in_the_clear() {
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let smtp = Smtp::new(SmtpSettings { encryption: Encryption::StartTls, ..settings(server.port()) });
    let mail = Mail { to: "una@home.example".into(), subject: "x".into(), text: "y".into() };
    let id = MailId("01900000-0000-7000-8000-000000000000".parse().expect("an id"));
    let letter = Letter { id, at: jiff::Timestamp::UNIX_EPOCH, mail: &mail, calendar: None };
    let handed = runtime.block_on(smtp.expect("these settings will do").carry(letter));
    assert!(matches!(handed, Handed::Nobody(_)), "{handed:?}");
    let heard = server.heard();
    assert!(heard.contains("EHLO") && !heard.contains("AUTH") && !heard.contains("MAIL"), "{heard}");
    let elsewhere = Smtp::new(SmtpSettings { host: "mail.example".into(), ..settings(25) });
    assert!(elsewhere.is_err(), "in the clear to this machine alone");
}

on_both!(sec_2_a_forgotten_password_is_chosen_anew_by_mail);
/// SEC-2, VIS-7: one answer, whoever bears the address; the link goes to the account's own address and ends every
/// session.
async fn sec_2_a_forgotten_password_is_chosen_anew_by_mail(world: &World) -> Outcome {
    let server = Server::start();
    let app = sending(world, &server);
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    accounts::ask_reset(&app, &world.nobody(), "nobody@nowhere.example", HOME).await?;
    assert_eq!(deliver(world, &app).await, Delivered::default());
    // Asked for twice in a moment: one mail.
    accounts::ask_reset(&app, &world.nobody(), &controller.login, HOME).await?;
    accounts::ask_reset(&app, &world.nobody(), &controller.login.to_uppercase(), HOME).await?;
    assert_eq!(deliver(world, &app).await.sent, 1);
    let taken = server.taken();
    assert_eq!(taken[0].header("to"), Some(&*controller.login));
    let link = taken[0].link().and_then(|link| link.rsplit('/').next()).expect("it has a link").to_owned();
    accounts::set_password(&app, &world.nobody(), &link, &Password::from(GOOD)).await?;
    let gone = accounts::own_copy(&app, &controller.again(world)).await;
    assert!(matches!(gone, Err(AppError::Hidden)), "every session has ended");
    let login = &controller.login;
    accounts::sign_in(&app, &world.nobody(), login, &Password::from(GOOD), "Test", HOME).await?;
    let wrong =
        accounts::sign_in(&app, &world.nobody(), login, &Password::from("another"), "Test", HOME).await;
    assert!(matches!(wrong, Err(SignInRefused::Wrong)));
    // Whoever asks without end waits, and so does whoever asks for others.
    let mut waits = false;
    for n in 0..15 {
        let asked = accounts::ask_reset(&app, &world.nobody(), &format!("a{n}@b.example"), HOME).await;
        waits |= matches!(asked, Err(AppError::Refused(_)));
    }
    assert!(waits);
    Ok(())
}

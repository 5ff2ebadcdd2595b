//! Businesses that want to join (MEM-1, RET-15).
mod support;

use fairwatch_app::{
    App, AppError,
    accounts::{self, Password},
    joining::{self, Typed},
    mail::{Mailbox, deliver_due},
    orgs,
};
use fairwatch_core::{accounts::Business, gate::Role, ids::ApplicationId, joining::ApplicationState};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Scheme, World},
    on_both,
};
use jiff::SignedDuration;
use std::net::{IpAddr, Ipv4Addr};

const SHOP: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
const GOOD: &str = "a long enough sentence";

fn typed() -> Typed {
    Typed {
        business: Business {
            name: "The Corner".into(),
            premises: "1 Market Square".into(),
            area: "Market Square".into(),
            trade: "Convenience".into(),
        },
        person: "Una Example".into(),
        email: "una@corner.example".into(),
        telephone: "01632 960200".into(),
        message: "We would like to join.".into(),
        agrees: true,
        version: "1".into(),
    }
}

async fn apply(world: &World, app: &App, scheme: &Scheme, typed: &Typed) -> Result<String, AppError> {
    let ctx = world.nobody();
    let found = orgs::by_slug(app, &ctx, &scheme.slug).await?.expect("there is such a scheme");
    joining::receive(app, &ctx, &found, typed, SHOP).await
}

async fn post(world: &World, app: &App) -> Vec<(String, String)> {
    deliver_due(app, &world.job("mail")).await.expect("mail goes out");
    let mailbox: &Mailbox = app.mailbox().expect("there is a box");
    mailbox.all().into_iter().map(|kept| (kept.mail.to, kept.mail.text)).collect()
}

on_both!(mem_1_a_business_applies_the_board_takes_it_in_and_it_names_its_users);
/// MEM-1: applying, agreeing, the board's approval, the invitation by mail, and its first user at work; who agreed to
/// what, when and from where is on record, and of the application itself nothing stays.
async fn mem_1_a_business_applies_the_board_takes_it_in_and_it_names_its_users(world: &World) -> Outcome {
    let app = support::app(world).with_mailbox();
    let scheme = world.scheme("northgate").await;
    let (board, controller) =
        (world.person(&scheme, Role::Board).await, world.person(&scheme, Role::Controller).await);
    let receipt = apply(world, &app, &scheme, &typed()).await?;
    let told = post(world, &app).await;
    let [(to, text)] = &told[..] else { panic!("the board is told: {told:?}") };
    assert_eq!(*to, board.login);
    assert!(
        !text.contains("Una") && !text.contains("Corner"),
        "by mail nothing but that there is something: {text}"
    );
    let list = joining::list(&app, &board.ctx, scheme.org).await?;
    let [held] = &list[..] else { panic!("one came: {list:?}") };
    let id: ApplicationId = held.id;
    assert!(text.contains(&format!("https://fairwatch.example/o/northgate/applications/{id}")));
    assert_eq!((&held.application.receipt, &*held.application.agreed.from), (&receipt, "198.51.100.7"));
    assert_eq!((held.application.agreed.version, held.application.agreed.at), (1, world.nobody().now()));
    // The controller reads, and does not decide; nobody else knows of it.
    joining::open(&app, &controller.ctx, id).await?;
    assert!(matches!(joining::approve(&app, &controller.again(world), id).await, Err(AppError::Hidden)));
    for role in [Role::Staff, Role::MemberUser, Role::Police, Role::Auditor, Role::Operator] {
        let other = world.person(&scheme, role).await;
        assert!(matches!(joining::list(&app, &other.ctx, scheme.org).await, Err(AppError::Hidden)), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Board).await;
    assert!(matches!(joining::open(&app, &stranger.ctx, id).await, Err(AppError::Hidden)));
    let (member, offered) = joining::approve(&app, &board.again(world), id).await?;
    assert_eq!(offered.mailed.as_deref(), Some("una@corner.example"));
    assert!(
        matches!(joining::open(&app, &board.again(world), id).await, Err(AppError::Hidden)),
        "it is a member now"
    );
    let sent = post(world, &app).await;
    let link = sent[0].1.lines().find_map(|line| line.rsplit_once("/invitation/")).expect("it has a link").1;
    let accepted = accounts::accept_as_new(&app, &world.nobody(), link, &Password::from(GOOD), "").await?;
    accounts::sign_in(&app, &world.nobody(), "una@corner.example", &Password::from(GOOD), "Test", SHOP)
        .await?;
    let directory = accounts::directory(&app, &controller.again(world), scheme.org).await?;
    let una =
        directory.users.iter().find(|user| user.membership == accepted.membership).expect("she is listed");
    assert_eq!((una.member, una.role), (Some(member), Role::MemberUser));
    assert!(directory.members.iter().any(|view| view.business.name == "The Corner"));
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM applications").await?, 0);
    assert_eq!(burglar.number("SELECT version AS n FROM agreements").await?, 1);
    let manages = "SELECT COUNT(*) AS n FROM memberships WHERE manages = 1 AND state = 'active'";
    assert_eq!(burglar.number(manages).await?, 1, "she names the others");
    let deeds = world.actions(scheme.org.0).await?;
    for deed in ["joining.receive", "joining.open", "joining.approve", "accounts.accept_invitation"] {
        assert!(deeds.iter().any(|name| name == deed), "{deed}");
    }
    Ok(())
}

on_both!(mem_1_ret_15_who_is_refused_is_told_why_and_forgotten);
/// MEM-1, RET-15: whoever is refused gets the board's words; the application goes after the policy's period, and so does
/// one on which nobody ever decides.
async fn mem_1_ret_15_who_is_refused_is_told_why_and_forgotten(world: &World) -> Outcome {
    let app = support::app(world).with_mailbox();
    let scheme = world.scheme("northgate").await;
    let board = world.person(&scheme, Role::Board).await;
    apply(world, &app, &scheme, &typed()).await?;
    apply(world, &app, &scheme, &Typed { email: "two@corner.example".into(), ..typed() }).await?;
    let list = joining::list(&app, &board.ctx, scheme.org).await?;
    let una = list.iter().find(|held| held.application.email == "una@corner.example");
    let first = una.expect("hers came").id;
    let mute = joining::refuse(&app, &board.again(world), first, "  ").await;
    assert!(matches!(mute, Err(AppError::Refused(_))));
    world.clock.pass(SignedDuration::from_hours(24 * 30));
    let board = world.person(&scheme, Role::Board).await;
    joining::refuse(&app, &board.ctx, first, "You are outside our town.").await?;
    let told = post(world, &app).await;
    let letter = told.iter().find(|(to, _)| to == "una@corner.example").expect("she is told");
    assert!(letter.1.contains("You are outside our town."));
    assert!(matches!(joining::approve(&app, &board.again(world), first).await, Err(AppError::Hidden)));
    let list = joining::list(&app, &board.again(world), scheme.org).await?;
    assert_eq!(list.iter().filter(|held| held.state == ApplicationState::Refused).count(), 1);
    // Half a year after each came, or was decided.
    let count = async || {
        support::sweep_all(&app, world).await.expect("the sweep runs");
        let burglar = Burglar::at(world.address()).await.expect("it can be counted");
        let n = burglar.number("SELECT COUNT(*) AS n FROM applications").await.expect("it can be counted");
        let keys = "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'application'";
        assert_eq!(n, burglar.number(keys).await.expect("it can be counted"), "each with its key");
        n
    };
    assert_eq!(count().await, 2);
    world.clock.pass(SignedDuration::from_hours(24 * 155));
    assert_eq!(count().await, 1);
    world.clock.pass(SignedDuration::from_hours(24 * 30));
    assert_eq!(count().await, 0);
    Ok(())
}

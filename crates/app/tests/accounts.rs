//! Signing in, passwords, invitations, founding and recovering, on both engines (SEC-2, MEM-2, MEM-8, INC-10).
use fairwatch_app::{
    App, AppError,
    accounts::{
        self, Founding, NewSession, NewUser, Password, SignInRefused, Token, link_address, sign_in,
        sign_in_as,
    },
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    accounts::{Business, MembershipState},
    gate::{Caller, Ctx, Role},
};
use fairwatch_store::orgs::Kind;
use fairwatch_testkit::{
    engines::{Outcome, Person, Scheme, World},
    on_both,
};
use jiff::SignedDuration;
use std::net::{IpAddr, Ipv4Addr};
use uuid::Uuid;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const GOOD: &str = "lamp otter window";

fn app(world: &World) -> Result<App, AppError> {
    Ok(App::new(world.store.clone(), Blobs::open(world.folder().join("blobs"))?))
}

/// A person who has set a password, which signed them out.
async fn with_password(world: &World, app: &App, scheme: &Scheme, role: Role) -> Result<Person, AppError> {
    let person = world.person(scheme, role).await;
    let link = person.link.as_ref().ok_or(AppError::Hidden)?;
    accounts::set_password(app, &world.nobody(), link.reveal(), &GOOD.into()).await?;
    Ok(person)
}

async fn try_in(world: &World, app: &App, login: &str, password: &str) -> Result<NewSession, SignInRefused> {
    let session = sign_in(app, &world.nobody(), login, &password.into(), "Test browser", HERE).await?;
    // With the second factor, where a role needs one: that has tests of its own.
    Ok(NewSession { token: world.whole(&session.token).await, half: false, ..session })
}

/// The context of whoever has just signed in, under a role of theirs.
fn ctx_of(world: &World, person: &Person, session: &NewSession) -> Ctx {
    let membership = Some(person.membership);
    world.ctx(Caller::User { session: session.session, account: session.account, membership })
}

fn problem(result: Result<impl Sized, AppError>, field: &str) -> String {
    match result {
        Err(AppError::Refused(problems)) => {
            problems.of(field).map_or_else(|| format!("not at {field}: {problems}"), ToOwned::to_owned)
        }
        Err(other) => format!("not refused, but {other:?}"),
        Ok(_) => "not refused".into(),
    }
}

on_both!(sec_2_whoever_has_the_password_signs_in);
async fn sec_2_whoever_has_the_password_signs_in(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Controller).await?;
    // However it is typed.
    let session = try_in(world, &app, &format!("  {} ", person.login.to_uppercase()), GOOD).await?;
    assert_eq!(session.account, person.account);
    let view = accounts::session(&app, &world.nobody(), session.token.reveal()).await?.ok_or("a session")?;
    assert_eq!(view.memberships.len(), 1);
    assert!(accounts::session(&app, &world.nobody(), "no token").await?.is_none());
    let own = accounts::own_sessions(&app, &ctx_of(world, &person, &session)).await?;
    assert_eq!(own[0].device.address, "192.0.2.1");
    accounts::sign_out(&app, &world.nobody(), session.token.reveal()).await?;
    accounts::sign_out(&app, &world.nobody(), "no token").await?;
    assert!(accounts::session(&app, &world.nobody(), session.token.reveal()).await?.is_none());
    assert!(matches!(
        accounts::own_sessions(&app, &ctx_of(world, &person, &session)).await,
        Err(AppError::Hidden)
    ));
    Ok(())
}

on_both!(sec_2_whatever_is_wrong_has_one_answer_and_one_trace);
async fn sec_2_whatever_is_wrong_has_one_answer_and_one_trace(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let controller = with_password(world, &app, &scheme, Role::Controller).await?;
    let suspended = with_password(world, &app, &scheme, Role::Staff).await?;
    let without = world.person(&scheme, Role::Staff).await;
    let session = try_in(world, &app, &controller.login, GOOD).await?;
    let ctx = ctx_of(world, &controller, &session);
    let to = MembershipState::Suspended;
    let reason = accounts::set_membership(&app, &ctx, suspended.membership, to, "  ").await;
    assert!(problem(reason, "reason").contains("Say why"));
    accounts::set_membership(&app, &ctx, suspended.membership, to, "Breach of rule 4.").await?;
    let before = world.actions(Uuid::nil()).await?.len();
    let huge = "x".repeat(1 << 20);
    let mut answers = Vec::new();
    for (login, password) in [
        (controller.login.as_str(), "not this one"),
        (suspended.login.as_str(), GOOD),
        (without.login.as_str(), ""),
        ("nobody@northgate.example", GOOD),
        ("", ""),
        (controller.login.as_str(), &huge),
        (&huge, GOOD),
    ] {
        match try_in(world, &app, login, password).await {
            Err(refused @ SignInRefused::Wrong) => answers.push(AppError::from(refused).to_string()),
            other => return Err(format!("{login:.40}: {other:?}").into()),
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let after = world.actions(Uuid::nil()).await?;
    let refused = after[before..].iter().filter(|action| *action == "accounts.sign_in_refused").count();
    assert_eq!(refused, 7, "each leaves an entry, for an account that exists or not: {after:?}");
    Ok(())
}

on_both!(sec_2_after_five_failures_the_right_password_has_to_wait);
async fn sec_2_after_five_failures_the_right_password_has_to_wait(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Staff).await?;
    for _ in 0..5 {
        assert!(matches!(try_in(world, &app, &person.login, "wrong").await, Err(SignInRefused::Wrong)));
    }
    let Err(refused @ SignInRefused::Wait(wait)) = try_in(world, &app, &person.login, GOOD).await else {
        return Err("it has to wait".into());
    };
    assert_eq!(refused.to_string(), "There were too many tries. Wait 2 seconds, then try again.");
    world.clock.pass(wait);
    try_in(world, &app, &person.login, GOOD).await?;
    // And that begins the count anew.
    assert!(matches!(try_in(world, &app, &person.login, "wrong").await, Err(SignInRefused::Wrong)));
    Ok(())
}

on_both!(sec_2_thirty_tries_at_once_are_no_more_than_five);
async fn sec_2_thirty_tries_at_once_are_no_more_than_five(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Staff).await?;
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let (app, ctx, login) = (app.clone(), world.nobody(), person.login.clone());
        tries.spawn(async move { sign_in(&app, &ctx, &login, &"wrong".into(), "Test browser", HERE).await });
    }
    let (mut wrong, mut waiting) = (0, 0);
    while let Some(tried) = tries.join_next().await {
        match tried? {
            Err(SignInRefused::Wrong) => wrong += 1,
            Err(SignInRefused::Wait(_)) => waiting += 1,
            other => return Err(format!("{other:?}").into()),
        }
    }
    assert_eq!((wrong, waiting), (5, 25));
    Ok(())
}

on_both!(sec_2_a_password_is_set_by_link_and_judged);
async fn sec_2_a_password_is_set_by_link_and_judged(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = world.person(&scheme, Role::MemberUser).await;
    let link = person.link.clone().ok_or("a link")?;
    let set = async |password: &str| {
        accounts::set_password(&app, &world.nobody(), link.reveal(), &Password::from(password)).await
    };
    let behind =
        accounts::behind_link(&app, &world.nobody(), link.reveal()).await?.ok_or("the link is good")?;
    assert_eq!(behind.email.as_deref(), Some(person.login.as_str()));
    assert!(problem(set("short").await, "password").contains("at least 12"));
    assert!(
        problem(set(&person.login.to_uppercase()).await, "password").contains("not what you sign in with")
    );
    set(GOOD).await?;
    assert!(accounts::behind_link(&app, &world.nobody(), link.reveal()).await?.is_none());
    let Err(AppError::Refused(spent)) = set(GOOD).await else { return Err("a link works once".into()) };
    assert!(spent.to_string().contains("no longer valid"));
    assert!(accounts::set_password(&app, &world.nobody(), "nonsense", &GOOD.into()).await.is_err());
    try_in(world, &app, &person.login, GOOD).await?;
    Ok(())
}

on_both!(sec_2_changing_a_password_asks_for_the_current_one);
async fn sec_2_changing_a_password_asks_for_the_current_one(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Staff).await?;
    let (this, other) =
        (try_in(world, &app, &person.login, GOOD).await?, try_in(world, &app, &person.login, GOOD).await?);
    let next = "window otter lamp";
    let change = async |current: &str, new: &str| {
        accounts::change_password(&app, &ctx_of(world, &person, &this), &current.into(), &new.into()).await
    };
    assert!(problem(change(GOOD, "short").await, "password").contains("at least 12"));
    for _ in 0..5 {
        assert!(problem(change("wrong", next).await, "current").contains("not your current"));
    }
    assert!(problem(change(GOOD, next).await, "current").contains("Wait 2 seconds"));
    world.clock.pass(SignedDuration::from_secs(2));
    change(GOOD, next).await?;
    assert!(accounts::session(&app, &world.nobody(), this.token.reveal()).await?.is_some());
    assert!(accounts::session(&app, &world.nobody(), other.token.reveal()).await?.is_none());
    assert!(matches!(try_in(world, &app, &person.login, GOOD).await, Err(SignInRefused::Wrong)));
    try_in(world, &app, &person.login, next).await?;
    let nobody = accounts::change_password(&app, &world.nobody(), &GOOD.into(), &next.into()).await;
    assert!(matches!(nobody, Err(AppError::Hidden)));
    Ok(())
}

on_both!(inc_10_a_controller_invites_a_till_by_user_name);
async fn inc_10_a_controller_invites_a_till_by_user_name(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let controller = world.person(&scheme, Role::Controller).await;
    let business = Business {
        name: " The  Corner ".into(),
        premises: "1 Market Square".into(),
        area: "market_square".into(),
        trade: "Convenience".into(),
    };
    let member = accounts::add_member(&app, &controller.ctx, scheme.org, &business).await?;
    let nameless = Business { name: " ".into(), ..business };
    let refused = accounts::add_member(&app, &controller.ctx, scheme.org, &nameless).await;
    assert!(problem(refused, "name").contains("over the door"));
    let till = NewUser {
        name: "Till".into(),
        user_name: Some("Corner-Till".into()),
        member: Some(member),
        ..NewUser::default()
    };
    let invited = accounts::invite(&app, &controller.again(world), scheme.org, &till).await?;
    let link = invited.link.reveal();
    let short = accounts::accept_as_new(&app, &world.nobody(), link, &"short".into(), "").await;
    assert!(problem(short, "password").contains("at least 12"));
    let accepted = accounts::accept_as_new(&app, &world.nobody(), link, &GOOD.into(), "").await?;
    assert_eq!((accepted.login.as_str(), accepted.membership), ("corner-till", invited.membership));
    let session = try_in(world, &app, "corner-till", GOOD).await?;
    assert_eq!(session.account, accepted.account);
    let directory = accounts::directory(&app, &controller.again(world), scheme.org).await?;
    assert_eq!(directory.members[0].business.name, "The Corner");
    assert!(directory.users.iter().any(|user| user.account == Some(accepted.account) && user.has_password));
    let copy = accounts::own_copy(&app, &controller.ctx).await?;
    assert_eq!(copy.account, controller.account);
    Ok(())
}

on_both!(sec_2_signing_out_everywhere);
async fn sec_2_signing_out_everywhere(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Board).await?;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(try_in(world, &app, &person.login, GOOD).await?);
    }
    let ctx = ctx_of(world, &person, &sessions[0]);
    assert_eq!(accounts::end_sessions(&app, &ctx, Some(sessions[1].session)).await?, 1);
    assert_eq!(accounts::end_sessions(&app, &ctx, None).await?, 2);
    for session in &sessions {
        assert!(accounts::session(&app, &world.nobody(), session.token.reveal()).await?.is_none());
    }
    Ok(())
}

fn founding<'a>(kind: Kind, policy: &'a str, email: &str) -> Founding<'a> {
    let controller =
        NewUser { name: "Robin Example".into(), email: Some(email.into()), ..NewUser::default() };
    Founding {
        kind,
        base_address: "https://fairwatch.example/",
        policy_name: "generic.toml",
        policy,
        prose: fairwatch_core::notices::Prose::default(),
        controller,
    }
}

const GENERIC: &str = include_str!("../../../policies/generic.toml");

on_both!(sec_2_init_makes_the_first_controller_and_recover_lets_them_back_in);
async fn sec_2_init_makes_the_first_controller_and_recover_lets_them_back_in(world: &World) -> Outcome {
    let app = app(world)?;
    let login = "robin@northgate.example";
    let init = async |email: &str, policy: &str| {
        accounts::init_installation(&app, &world.console(), &founding(Kind::Real, policy, email)).await
    };
    assert!(problem(init("robin", GENERIC).await, "email").contains("not an e-mail address"));
    assert!(matches!(init(login, "format = 1").await, Err(AppError::Refused(_))));
    let founded = init(login, GENERIC).await?;
    let link = founded.controller.link.clone().ok_or("a link")?;
    let address = link_address("https://fairwatch.example/", &link);
    assert_eq!(address, format!("https://fairwatch.example/set-password/{}", link.reveal()));
    assert!(matches!(init(login, GENERIC).await, Err(AppError::Setup(_))), "once");
    accounts::set_password(&app, &world.nobody(), link.reveal(), &GOOD.into()).await?;
    let session = try_in(world, &app, login, GOOD).await?;
    let view = accounts::session(&app, &world.nobody(), session.token.reveal()).await?.ok_or("a session")?;
    assert_eq!((view.memberships[0].scope.org, view.memberships[0].role), (founded.org, Role::Controller));
    // Forgotten.
    let nobody = accounts::recover(&app, &world.console(), "nobody@northgate.example").await;
    assert!(matches!(nobody, Err(AppError::Refused(_))));
    assert!(matches!(accounts::recover(&app, &world.nobody(), login).await, Err(AppError::Hidden)));
    let link: Token = accounts::recover(&app, &world.console(), " Robin@Northgate.example").await?;
    accounts::set_password(&app, &world.nobody(), link.reveal(), &"window otter lamp".into()).await?;
    assert!(accounts::session(&app, &world.nobody(), session.token.reveal()).await?.is_none());
    try_in(world, &app, login, "window otter lamp").await?;
    assert!(world.actions(Uuid::nil()).await?.contains(&"accounts.recover".to_owned()));
    Ok(())
}

on_both!(an_init_that_was_cut_off_goes_on);
async fn an_init_that_was_cut_off_goes_on(world: &World) -> Outcome {
    let app = app(world)?;
    world.found_as(Kind::Real).await;
    let login = "robin@northgate.example";
    let other =
        accounts::init_installation(&app, &world.console(), &founding(Kind::Demo, GENERIC, login)).await;
    assert!(matches!(other, Err(AppError::Setup(_))), "what was born real stays so");
    let founded =
        accounts::init_installation(&app, &world.console(), &founding(Kind::Real, GENERIC, login)).await?;
    assert!(founded.controller.link.is_some());
    Ok(())
}

on_both!(sec_2_signing_in_without_a_password_exists_in_a_demo_alone);
async fn sec_2_signing_in_without_a_password_exists_in_a_demo_alone(world: &World) -> Outcome {
    let app = app(world)?;
    let real = accounts::init_installation(
        &app,
        &world.console(),
        &founding(Kind::Real, GENERIC, "robin@northgate.example"),
    )
    .await?;
    let tried = sign_in_as(&app, &world.nobody(), real.controller.account, "Test browser", HERE).await;
    assert!(matches!(tried, Err(AppError::Hidden)));
    Ok(())
}

on_both!(a_demo_signs_in_with_one_click);
async fn a_demo_signs_in_with_one_click(world: &World) -> Outcome {
    let app = app(world)?;
    world.found_as(Kind::Demo).await;
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let session = sign_in_as(&app, &world.nobody(), person.account, "Test browser", HERE).await?;
    assert!(accounts::session(&app, &world.nobody(), session.token.reveal()).await?.is_some());
    let stranger = fairwatch_core::ids::AccountId(Uuid::from_u128(7));
    assert!(matches!(sign_in_as(&app, &world.nobody(), stranger, "", HERE).await, Err(AppError::Hidden)));
    Ok(())
}

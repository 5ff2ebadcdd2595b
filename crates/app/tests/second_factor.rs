//! The second factor at sign-in, on both engines (SEC-2).
use fairwatch_app::{
    App, AppError,
    accounts::{self, NewSession, SignInRefused, Token, factors, sign_in},
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    accounts::factors::{FactorKind, Secret, step_at},
    gate::{Caller, Ctx, Role},
};
use fairwatch_store::accounts::factors as store;
use fairwatch_testkit::{
    engines::{Outcome, Person, Scheme, World},
    on_both,
};
use jiff::SignedDuration;
use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr},
};
use uuid::Uuid;

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const GOOD: &str = "lamp otter window";
type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn app(world: &World) -> Result<App, AppError> {
    Ok(App::new(world.store.clone(), Blobs::open(world.folder().join("blobs"))?))
}

async fn with_password(world: &World, app: &App, scheme: &Scheme, role: Role) -> Done<Person> {
    let person = world.person(scheme, role).await;
    let link = person.link.as_ref().ok_or("a link")?;
    accounts::set_password(app, &world.nobody(), link.reveal(), &GOOD.into()).await?;
    Ok(person)
}

async fn password(world: &World, app: &App, person: &Person) -> Done<NewSession> {
    Ok(sign_in(app, &world.nobody(), &person.login, &GOOD.into(), "Test browser", HERE).await?)
}

fn ctx_of(world: &World, person: &Person, session: &NewSession) -> Ctx {
    let membership = Some(person.membership);
    world.ctx(Caller::User { session: session.session, account: session.account, membership })
}

async fn opens(world: &World, app: &App, session: &NewSession) -> Done<bool> {
    Ok(accounts::session(app, &world.nobody(), session.token.reveal()).await?.is_some())
}

/// What stands in the app of whoever is half signed in.
async fn secret(world: &World, session: &NewSession) -> Done<Secret> {
    Ok(store::enrolment(&world.store, &world.nobody(), &session.token)
        .await?
        .ok_or("there is something to set up")?)
}

fn now(world: &World, secret: &Secret) -> String {
    secret.code(step_at(world.nobody().real_now()))
}

async fn enrol(world: &World, app: &App, half: &NewSession) -> Done<(NewSession, Vec<String>, Secret)> {
    let secret = secret(world, half).await?;
    let code = now(world, &secret);
    let (session, codes) =
        factors::confirm_first(app, &world.nobody(), half.token.reveal(), &code, HERE).await?;
    Ok((session, codes, secret))
}

async fn half_is_gone(world: &World, app: &App, half: &NewSession) -> Done<bool> {
    Ok(factors::half_session(app, &world.nobody(), half.token.reveal()).await?.is_none())
}

async fn give(world: &World, app: &App, half: &NewSession, code: &str) -> Result<NewSession, SignInRefused> {
    factors::give_code(app, &world.nobody(), half.token.reveal(), code, HERE).await
}

on_both!(sec_2_a_controller_with_the_password_alone_can_do_nothing_until_codes_are_set_up);
async fn sec_2_a_controller_with_the_password_alone_can_do_nothing_until_codes_are_set_up(
    world: &World,
) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Controller).await?;
    let half = password(world, &app, &person).await?;
    assert!(half.half);
    assert!(!opens(world, &app, &half).await?, "no request finds it");
    let ctx = ctx_of(world, &person, &half);
    assert!(matches!(accounts::own_copy(&app, &ctx).await, Err(AppError::Hidden)), "no door opens to it");
    assert!(matches!(accounts::directory(&app, &ctx, scheme.org).await, Err(AppError::Hidden)));
    let lapsed = accounts::lapsed_session(&app, &world.nobody(), half.token.reveal()).await?;
    assert!(lapsed.is_none(), "nor does it lapse into anything");
    let taken = factors::begin_codes(&app, &ctx, &GOOD.into()).await;
    assert!(
        matches!(taken, Err(AppError::Hidden)),
        "what is for those who are signed in is not for half of them"
    );

    let wrong = factors::confirm_first(&app, &world.nobody(), half.token.reveal(), "000000", HERE).await;
    assert!(matches!(wrong, Err(SignInRefused::Failed(AppError::Refused(_)))));
    let (session, codes, _) = enrol(world, &app, &half).await?;
    assert!(opens(world, &app, &session).await? && codes.len() == 10);
    assert!(!opens(world, &app, &half).await?, "the token of the half is worth nothing now");
    let copy = accounts::own_copy(&app, &ctx_of(world, &person, &session)).await?;
    assert_eq!(copy.second_factors.factors[0].kind, FactorKind::Codes);
    assert_eq!(copy.second_factors.recovery_codes_left, 10);
    let chain = world.actions(Uuid::nil()).await?;
    for entry in [accounts::HALF_WAY, accounts::CODE_REFUSED, "accounts.sign_in", "accounts.change_factors"] {
        assert!(chain.iter().any(|action| action == entry), "{entry} in {chain:?}");
    }
    Ok(())
}

on_both!(sec_2_a_code_is_used_once_and_so_is_each_recovery_code);
async fn sec_2_a_code_is_used_once_and_so_is_each_recovery_code(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Board).await?;
    let half = password(world, &app, &person).await?;
    let (_, codes, secret) = enrol(world, &app, &half).await?;
    let half = password(world, &app, &person).await?;
    assert!(give(world, &app, &half, &now(world, &secret)).await.is_err(), "it was used to set the app up");
    world.clock.pass(SignedDuration::from_secs(30));
    let next = now(world, &secret);
    let session = give(world, &app, &half, &next).await?;
    assert!(opens(world, &app, &session).await?);
    let other = password(world, &app, &person).await?;
    assert!(give(world, &app, &other, &next).await.is_err(), "whoever saw it typed cannot use it");
    // Typed as it was written down, or not quite.
    let session = give(world, &app, &other, &codes[0].to_uppercase().replace('-', " ")).await?;
    assert!(opens(world, &app, &session).await?);
    let again = password(world, &app, &person).await?;
    assert!(give(world, &app, &again, &codes[0]).await.is_err(), "a recovery code is used once");
    // Half a session whose account has a factor sets up no other.
    assert!(store::enrolment(&world.store, &world.nobody(), &again.token).await?.is_none());
    // And somebody else's recovery code is nobody's.
    let other = with_password(world, &app, &scheme, Role::Board).await?;
    let half = password(world, &app, &other).await?;
    enrol(world, &app, &half).await?;
    let half = password(world, &app, &other).await?;
    assert!(give(world, &app, &half, &codes[1]).await.is_err());
    Ok(())
}

on_both!(sec_2_two_browsers_with_one_code_are_one_sign_in);
async fn sec_2_two_browsers_with_one_code_are_one_sign_in(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Controller).await?;
    let half = password(world, &app, &person).await?;
    let (_, _, secret) = enrol(world, &app, &half).await?;
    world.clock.pass(SignedDuration::from_secs(30));
    let code = now(world, &secret);
    let (one, two) = (password(world, &app, &person).await?, password(world, &app, &person).await?);
    let (one, two) = tokio::join!(give(world, &app, &one, &code), give(world, &app, &two, &code));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    Ok(())
}

on_both!(sec_2_tries_at_codes_wait_like_tries_at_passwords);
async fn sec_2_tries_at_codes_wait_like_tries_at_passwords(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Auditor).await?;
    let half = password(world, &app, &person).await?;
    let (_, codes, _) = enrol(world, &app, &half).await?;
    // A new sign-in does not begin the count anew.
    for _ in 0..5 {
        let half = password(world, &app, &person).await?;
        let wrong = give(world, &app, &half, "000000").await;
        assert!(matches!(wrong, Err(SignInRefused::Failed(AppError::Refused(_)))));
    }
    let half = password(world, &app, &person).await?;
    let Err(SignInRefused::Wait(wait)) = give(world, &app, &half, &codes[0]).await else {
        return Err("the right one has to wait as well".into());
    };
    world.clock.pass(wait);
    assert!(give(world, &app, &half, &codes[0]).await.is_ok());
    // Half a session does not last.
    let half = password(world, &app, &person).await?;
    world.clock.pass(SignedDuration::from_mins(15));
    assert!(matches!(
        give(world, &app, &half, &codes[1]).await,
        Err(SignInRefused::Failed(AppError::Hidden))
    ));
    Ok(())
}

on_both!(sec_2_a_member_may_have_one_and_then_needs_it_everywhere);
async fn sec_2_a_member_may_have_one_and_then_needs_it_everywhere(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::MemberUser).await?;
    let here = password(world, &app, &person).await?;
    let elsewhere = password(world, &app, &person).await?;
    assert!(!here.half && opens(world, &app, &elsewhere).await?);
    let ctx = ctx_of(world, &person, &here);
    let wrong = factors::begin_codes(&app, &ctx, &"not this one".into()).await;
    assert!(matches!(wrong, Err(AppError::Refused(_))), "the password is asked for once more");
    factors::begin_codes(&app, &ctx, &GOOD.into()).await?;
    let read = app
        .store
        .read::<fairwatch_core::accounts::ShowAccount, _>(
            &ctx,
            fairwatch_core::accounts::OneAccount(person.account),
            async |tx| store::own_enrolment(tx).await,
        )
        .await?;
    let secret = read.ok_or("it waits to be confirmed")?;
    let codes = factors::confirm_codes(&app, &ctx, &now(world, &secret)).await?;
    assert_eq!(codes.len(), 10);
    assert!(opens(world, &app, &here).await?, "whoever set it up has given it");
    assert!(!opens(world, &app, &elsewhere).await?, "the other browser has to give it now");
    let half = password(world, &app, &person).await?;
    assert!(half.half);
    // They may take it away again, with the codes, and only with the password.
    let factor = accounts::own_copy(&app, &ctx).await?.second_factors.factors[0].factor;
    assert!(factors::remove_factor(&app, &ctx, &"wrong".into(), factor).await.is_err());
    factors::remove_factor(&app, &ctx, &GOOD.into(), factor).await?;
    let left = accounts::own_copy(&app, &ctx).await?.second_factors;
    assert!(left.factors.is_empty() && left.recovery_codes_left == 0);
    assert!(!password(world, &app, &person).await?.half);
    Ok(())
}

on_both!(sec_2_a_policy_asks_members_for_it_and_a_role_that_needs_it_asks_at_once);
async fn sec_2_a_policy_asks_members_for_it_and_a_role_that_needs_it_asks_at_once(world: &World) -> Outcome {
    let app = app(world)?;
    let strict = |policy: String| {
        policy.replace("second_factor = [\"staff\"]", "second_factor = [\"member\", \"staff\"]")
    };
    let (north, south) = (world.scheme("northgate").await, world.scheme_with("southgate", strict).await);
    for (scheme, role, half) in [
        (&north, Role::MemberUser, false),
        (&north, Role::Staff, true),
        (&south, Role::MemberUser, true),
        (&north, Role::Police, true),
        (&north, Role::Aic, true),
        (&north, Role::Auditor, true),
    ] {
        let person = with_password(world, &app, scheme, role).await?;
        assert_eq!(password(world, &app, &person).await?.half, half, "{role} of {}", scheme.slug);
    }
    // Whoever is given such a role while signed in has to give it before the next page.
    let person = with_password(world, &app, &north, Role::MemberUser).await?;
    let session = password(world, &app, &person).await?;
    let board = world.role_of(&north, &person, Role::Board).await;
    assert!(!opens(world, &app, &session).await?);
    let ctx = ctx_of(world, &board, &session);
    assert!(matches!(accounts::directory(&app, &ctx, north.org).await, Err(AppError::Hidden)));
    // A screen that was left open does not set one up: the session ends, and the password is given again.
    assert!(factors::half_session(&app, &world.nobody(), session.token.reveal()).await?.is_none());
    assert!(store::enrolment(&world.store, &world.nobody(), &session.token).await?.is_none());
    let half = password(world, &app, &person).await?;
    let (session, ..) = enrol(world, &app, &half).await?;
    assert!(accounts::directory(&app, &ctx_of(world, &board, &session), north.org).await.is_ok());
    // Nobody whose role needs one takes the last one away.
    let ctx = ctx_of(world, &person, &session);
    let factor = accounts::own_copy(&app, &ctx).await?.second_factors.factors[0].factor;
    let refused = factors::remove_factor(&app, &ctx, &GOOD.into(), factor).await;
    assert!(
        matches!(refused, Err(AppError::Refused(problems)) if problems.to_string().contains("role needs"))
    );
    Ok(())
}

on_both!(sec_2_the_console_lets_back_in_whoever_lost_telephone_and_codes);
async fn sec_2_the_console_lets_back_in_whoever_lost_telephone_and_codes(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let person = with_password(world, &app, &scheme, Role::Controller).await?;
    let half = password(world, &app, &person).await?;
    let (_, codes, _) = enrol(world, &app, &half).await?;
    let open = password(world, &app, &person).await?;
    let link: Token = accounts::recover(&app, &world.console(), &person.login).await?;
    assert!(
        password(world, &app, &person).await.is_err(),
        "nor is whoever knows the old password in before them"
    );
    assert!(give(world, &app, &open, &codes[0]).await.is_err() && half_is_gone(world, &app, &open).await?);
    accounts::set_password(&app, &world.nobody(), link.reveal(), &GOOD.into()).await?;
    let half = password(world, &app, &person).await?;
    assert!(half.half, "they set another one up before they are in");
    assert!(give(world, &app, &half, &codes[0]).await.is_err(), "what was lost is worth nothing");
    let (session, ..) = enrol(world, &app, &half).await?;
    assert!(opens(world, &app, &session).await?);
    Ok(())
}

//! Sessions: how they are found, how they end, and what is swept away.
use super::*;

on_both!(sec_2_a_session_shows_the_active_roles_of_its_account);
async fn sec_2_a_session_shows_the_active_roles_of_its_account(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let person = world.person(&north, Role::MemberUser).await;
    let controller = world.person(&south, Role::Controller).await;
    let also = give(world, &south, named(Some(&person.login.to_uppercase()), None, Role::Board));
    let also = also.await?;
    assert_eq!(also.account, person.account, "one account, many memberships");
    assert!(also.link.is_none(), "there is no link to the account of somebody who has a role elsewhere");
    let view = find(world, &person.cookie).await?.ok_or("there is a session")?;
    assert_eq!((view.session, view.account), (person.session, person.account));
    let roles: Vec<_> = view.memberships.iter().map(|m| (m.scope.slug.as_str(), m.role, m.member)).collect();
    assert_eq!(roles, [("northgate", Role::MemberUser, person.member), ("southgate", Role::Board, None)]);
    assert_eq!(find(world, &controller.cookie).await?.ok_or("there is a session")?.memberships.len(), 1);
    assert!(find(world, &Token::parse(&"0".repeat(64)).ok_or("a token")?).await?.is_none());
    for foreign in ["", "0", &"0".repeat(63), &"g".repeat(64), &"A".repeat(64), &"ä".repeat(32)] {
        assert!(Token::parse(foreign).is_none());
    }
    Ok(())
}

on_both!(sec_2_sessions_end_by_the_real_clock);
async fn sec_2_sessions_end_by_the_real_clock(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let office = world.person(&scheme, Role::Controller).await;
    let counter = world.person(&scheme, Role::MemberUser).await;
    // The clock of records moves a year, as in the demo: nobody is signed out.
    let real = world.clock.clone();
    real.set_day(jiff::civil::date(2027, 3, 2));
    assert!(find(world, &office.cookie).await?.is_some() && find(world, &counter.cookie).await?.is_some());
    // Idle.
    world.clock.pass(OFFICE.idle - SignedDuration::from_secs(1));
    assert!(find(world, &office.cookie).await?.is_some(), "this look counts as use");
    world.clock.pass(OFFICE.idle - SignedDuration::from_secs(1));
    assert!(find(world, &office.cookie).await?.is_some());
    world.clock.pass(OFFICE.idle);
    assert!(find(world, &office.cookie).await?.is_none());
    assert!(hidden(knock(world, &office).await), "the doors know it too");
    assert!(find(world, &counter.cookie).await?.is_some(), "a phone behind the counter keeps");
    // Never longer than the whole, however busy.
    let busy = world.person(&scheme, Role::Staff).await;
    for _ in 0..11 {
        world.clock.pass(SignedDuration::from_hours(1));
        assert!(find(world, &busy.cookie).await?.is_some());
    }
    world.clock.pass(SignedDuration::from_hours(1));
    assert!(find(world, &busy.cookie).await?.is_none());
    let days = COUNTER.whole.as_hours() / 12;
    let mut alive = 0;
    for _ in 0..days {
        world.clock.pass(SignedDuration::from_hours(12));
        alive += i64::from(find(world, &counter.cookie).await?.is_some());
    }
    assert!(alive < days, "nor a phone's beyond a week");
    assert!(hidden(knock(world, &counter).await));
    Ok(())
}

on_both!(sec_2_a_request_writes_at_most_once_a_minute);
async fn sec_2_a_request_writes_at_most_once_a_minute(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let seen = async || -> Result<_, StoreError> {
        let list = world
            .store
            .read::<ShowAccount, _>(&person.again(world), OneAccount(person.account), async |tx| {
                accounts::own_sessions(tx).await
            })
            .await;
        Ok(list?.first().map(|session| session.seen_at))
    };
    let first = seen().await?;
    world.clock.pass(SEEN_EVERY - SignedDuration::from_secs(1));
    find(world, &person.cookie).await?;
    assert_eq!(seen().await?, first);
    world.clock.pass(SignedDuration::from_secs(1));
    find(world, &person.cookie).await?;
    assert_eq!(seen().await?, first.map(|at| at + SEEN_EVERY));
    Ok(())
}

on_both!(sec_2_signing_out_ends_a_session_at_once_on_every_server);
async fn sec_2_signing_out_ends_a_session_at_once_on_every_server(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let other = world.another_server().await?;
    assert!(accounts::find_session(&other, &world.nobody(), &person.cookie).await?.is_some());
    accounts::sign_out(&world.store, &world.nobody(), &person.cookie).await?;
    accounts::sign_out(&world.store, &world.nobody(), &person.cookie).await?;
    assert!(accounts::find_session(&other, &world.nobody(), &person.cookie).await?.is_none());
    assert!(hidden(knock(world, &person).await));
    let actions = world.actions(Uuid::nil()).await?;
    let of = |name: &str| actions.iter().filter(|action| *action == name).count();
    assert_eq!((of("accounts.sign_in"), of("accounts.sign_out")), (1, 1));
    other.close().await;
    Ok(())
}

on_both!(sec_2_one_session_or_all_can_be_ended_but_nobody_elses);
async fn sec_2_one_session_or_all_can_be_ended_but_nobody_elses(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let (person, stranger) =
        (world.person(&scheme, Role::Controller).await, world.person(&scheme, Role::Controller).await);
    let device = Device::new("Another browser", "192.0.2.2");
    let mut more = Vec::new();
    for _ in 0..2 {
        let open = accounts::open_session(
            &world.store,
            &world.nobody(),
            person.account,
            None,
            &device,
            accounts::Proof::Both,
        )
        .await?;
        more.push(open.ok_or("they may sign in")?);
    }
    let end = async |which| {
        world
            .store
            .write::<EndSessions, _>(&person.again(world), OneAccount(person.account), async move |tx| {
                accounts::end_sessions(tx, which).await
            })
            .await
    };
    assert!(hidden(end(Which::One(stranger.session)).await));
    assert_eq!(end(Which::One(more[0].session)).await?, 1);
    assert!(hidden(end(Which::One(more[0].session)).await), "it has ended");
    let list = world
        .store
        .read::<ShowAccount, _>(&person.again(world), OneAccount(person.account), async |tx| {
            accounts::own_sessions(tx).await
        })
        .await;
    let list = list?;
    assert_eq!(list.len(), 2);
    assert_eq!(
        list.iter().filter(|session| session.this).map(|s| s.session).collect::<Vec<_>>(),
        [person.session]
    );
    assert!(list.iter().any(|session| session.device == device));
    let others = world
        .store
        .write::<EndSessions, _>(&person.ctx, OneAccount(stranger.account), async |tx| {
            accounts::end_sessions(tx, Which::All).await
        })
        .await;
    assert!(hidden(others));
    assert_eq!(end(Which::All).await?, 2);
    assert!(hidden(end(Which::All).await), "this very session is over");
    assert!(find(world, &stranger.cookie).await?.is_some());
    Ok(())
}

on_both!(what_has_ended_is_swept_away);
async fn what_has_ended_is_swept_away(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let login = Login::new(&person.login);
    let attempted = Attempted { login: &login, network: "192.0.2.1" };
    accounts::count_attempt(&world.store, &world.nobody(), attempted).await?;
    let sweep = async || {
        world
            .store
            .write::<SweepInstallation, _>(&world.job("sweep"), Installation, async |tx| {
                accounts::forget(tx).await
            })
            .await
    };
    assert_eq!(sweep().await?, Forgotten::default());
    world.clock.pass(SignedDuration::from_hours(24 * 30));
    assert_eq!(sweep().await?, Forgotten { sessions: 1, links: 1, invitations: 0, attempts: 2, accounts: 0 });
    assert_eq!(sweep().await?, Forgotten::default());
    Ok(())
}

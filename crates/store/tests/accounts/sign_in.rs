//! Attempts, links and passwords, up to the hash, which is the matter of `app`.
use super::*;

on_both!(sec_2_tries_wait_longer_each_time_and_nobody_is_locked_out);
async fn sec_2_tries_wait_longer_each_time_and_nobody_is_locked_out(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let ctx = world.nobody();
    // What exists and what does not wait alike.
    for login in [Login::new(&person.login), Login::new("nobody@nowhere.example")] {
        let network = format!("192.0.2.{}", login.as_str().len());
        let attempted = Attempted { login: &login, network: &network };
        for _ in 0..FREE_BY_LOGIN {
            assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Go);
        }
        for seconds in [2, 4, 8, 16, 32, 60, 60] {
            let wait = SignedDuration::from_secs(seconds);
            assert!(wait <= LONGEST_WAIT);
            assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Wait(wait));
            // Knocking while one waits changes nothing.
            world.clock.pass(SignedDuration::from_secs(1));
            let left = Attempt::Wait(wait - SignedDuration::from_secs(1));
            assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, left);
            world.clock.pass(wait - SignedDuration::from_secs(1));
            assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Go);
        }
    }
    // After the wait the right password works, and the count begins anew.
    let login = Login::new(&person.login);
    let attempted = Attempted { login: &login, network: "192.0.2.9" };
    world.clock.pass(LONGEST_WAIT);
    assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Go);
    let device = Device::new("Test browser", "192.0.2.9");
    let open = accounts::open_session(
        &world.store,
        &ctx,
        person.account,
        Some(attempted),
        &device,
        accounts::Proof::Both,
    )
    .await?;
    assert!(open.is_some());
    for _ in 0..FREE_BY_LOGIN {
        assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Go);
    }
    assert!(matches!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Wait(_)));
    // And a quarter of an hour without a failure forgets.
    world.clock.pass(WINDOW);
    assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Go);
    assert_eq!(accounts::count_attempt(&world.store, &ctx, attempted).await?, Attempt::Go);
    Ok(())
}

on_both!(sec_2_one_network_that_tries_many_names_waits_too);
async fn sec_2_one_network_that_tries_many_names_waits_too(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let own = Login::new(&person.login);
    let ctx = world.nobody();
    let device = Device::new("Test browser", "192.0.2.3");
    let mut counted = 0;
    for number in 0..100 {
        let login = Login::new(&format!("name{number}@northgate.example"));
        let attempted = Attempted { login: &login, network: "192.0.2.3" };
        match accounts::count_attempt(&world.store, &ctx, attempted).await? {
            Attempt::Go => counted += 1,
            Attempt::Wait(_) => break,
        }
        // Signing in to an account of one's own takes back that one try and no other.
        let attempted = Attempted { login: &own, network: "192.0.2.3" };
        if accounts::count_attempt(&world.store, &ctx, attempted).await? == Attempt::Go {
            accounts::open_session(
                &world.store,
                &ctx,
                person.account,
                Some(attempted),
                &device,
                accounts::Proof::Both,
            )
            .await?;
        }
    }
    assert_eq!(counted, FREE_BY_NETWORK);
    let elsewhere = Attempted { login: &own, network: "192.0.2.4" };
    assert_eq!(accounts::count_attempt(&world.store, &ctx, elsewhere).await?, Attempt::Go);
    Ok(())
}

on_both!(sec_2_a_link_sets_a_password_once_and_ends_the_sessions);
async fn sec_2_a_link_sets_a_password_once_and_ends_the_sessions(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::MemberUser).await;
    let link = person.link.clone().ok_or("a new account has a link")?;
    let ctx = world.nobody();
    let credentials = async || {
        let found = accounts::credentials(&world.store, &world.nobody(), &Login::new(&person.login)).await?;
        Ok::<_, StoreError>(found.and_then(|c| c.hash).map(|hash| hash.to_string()))
    };
    assert_eq!(credentials().await?, None);
    let view = accounts::look_at_link(&world.store, &ctx, &link).await?.ok_or("the link is good")?;
    assert_eq!((view.account, view.profile.email.as_deref()), (person.account, Some(person.login.as_str())));
    assert_eq!(accounts::set_password(&world.store, &ctx, &link, "a hash").await?, person.account);
    assert_eq!(credentials().await?.as_deref(), Some("a hash"));
    assert!(find(world, &person.cookie).await?.is_none(), "whoever was in is out");
    assert!(accounts::look_at_link(&world.store, &ctx, &link).await?.is_none());
    let again = accounts::set_password(&world.store, &ctx, &link, "another").await;
    assert!(refusal(again).contains("no longer valid"));
    assert_eq!(credentials().await?.as_deref(), Some("a hash"));
    let nobody = accounts::credentials(&world.store, &ctx, &Login::new("nobody@nowhere.example")).await?;
    assert!(nobody.is_none());
    assert!(world.actions(Uuid::nil()).await?.contains(&"accounts.set_password".to_owned()));
    Ok(())
}

on_both!(sec_2_a_link_ends_after_three_days_and_with_a_newer_one);
async fn sec_2_a_link_ends_after_three_days_and_with_a_newer_one(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let first = person.link.clone().ok_or("a new account has a link")?;
    let recover = async || {
        world
            .store
            .write::<Recover, _>(&world.console(), OneAccount(person.account), async |tx| {
                accounts::recover(tx).await
            })
            .await
    };
    let second = recover().await?;
    let ctx = world.nobody();
    assert!(accounts::look_at_link(&world.store, &ctx, &first).await?.is_none());
    world.clock.pass(LINK_LIFE - SignedDuration::from_secs(1));
    assert!(accounts::look_at_link(&world.store, &ctx, &second).await?.is_some());
    world.clock.pass(SignedDuration::from_secs(1));
    assert!(accounts::look_at_link(&world.store, &ctx, &second).await?.is_none());
    assert!(
        refusal(accounts::set_password(&world.store, &ctx, &second, "a hash").await)
            .contains("Ask for a new one")
    );
    // Recovery is the console's alone, and on record.
    let controller = world.person(&scheme, Role::Controller).await;
    let tried = world
        .store
        .write::<Recover, _>(&controller.ctx, OneAccount(person.account), async |tx| {
            accounts::recover(tx).await
        })
        .await;
    assert!(hidden(tried));
    let entries = world.audit().await?;
    let entry = entries.iter().find(|entry| entry.action == "accounts.recover").ok_or("it is on record")?;
    // The account first, then the sessions that ended with it.
    assert_eq!((entry.actor.as_str(), entry.about.first()), ("console", Some(&person.account.0)));
    Ok(())
}

on_both!(sec_2_changing_a_password_ends_the_other_sessions);
async fn sec_2_changing_a_password_ends_the_other_sessions(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let link = person.link.clone().ok_or("a new account has a link")?;
    accounts::set_password(&world.store, &world.nobody(), &link, "first").await?;
    let device = Device::new("Test browser", "192.0.2.1");
    let mut sessions = Vec::new();
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
        sessions.push(open.ok_or("they may sign in")?);
    }
    let caller = Caller::User {
        session: sessions[0].session,
        account: person.account,
        membership: Some(person.membership),
    };
    let change = async |former: &'static str, hash: &'static str| {
        world
            .store
            .write::<ChangePassword, _>(&world.ctx(caller), OneAccount(person.account), async move |tx| {
                accounts::change_password(tx, former, hash).await
            })
            .await
    };
    assert!(refusal(change("not the first", "second").await).contains("somewhere else"));
    change("first", "second").await?;
    assert!(find(world, &sessions[0].token).await?.is_some());
    assert!(find(world, &sessions[1].token).await?.is_none());
    Ok(())
}

on_both!(nothing_secret_or_personal_prints);
async fn nothing_secret_or_personal_prints(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let link = person.link.clone().ok_or("a new account has a link")?;
    accounts::set_password(&world.store, &world.nobody(), &link, "a hash").await?;
    let login = Login::new(&person.login);
    let credentials = accounts::credentials(&world.store, &world.nobody(), &login).await?;
    let device = Device::new("Test browser", "192.0.2.1");
    let session = accounts::open_session(
        &world.store,
        &world.nobody(),
        person.account,
        None,
        &device,
        accounts::Proof::Both,
    )
    .await?;
    let token = session.as_ref().ok_or("they may sign in")?.token.reveal().to_owned();
    let printed = format!("{link:?} {login:?} {credentials:?} {session:?}");
    for secret in [link.reveal(), &person.login, "a hash", &token] {
        assert!(!printed.contains(secret), "{printed}");
    }
    Ok(())
}

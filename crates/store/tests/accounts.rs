//! Accounts, sessions, links and the counting of attempts, on both engines (SEC-2, MEM-2, MEM-8).
use fairwatch_core::{
    accounts::{
        ChangePassword, EndSessions, InviteUser, ListMembers, MembershipState, OneAccount, OneMembership,
        Profile, Recover, ShowAccount, SuspendUser,
    },
    gate::{Caller, Ctx, Role},
    scope::{InOrg, Installation},
    subjects::SweepInstallation,
};
use fairwatch_store::{
    StoreError,
    accounts::{
        self, Attempt, Attempted, COUNTER, Device, FREE_BY_LOGIN, FREE_BY_NETWORK, Forgotten, Invitation,
        Invited, LINK_LIFE, LONGEST_WAIT, Login, OFFICE, SEEN_EVERY, Token, WINDOW, Which,
    },
};
use fairwatch_testkit::{
    engines::{Outcome, Person, Scheme, World},
    on_both,
};
use jiff::SignedDuration;
use uuid::Uuid;

async fn find(world: &World, cookie: &Token) -> Result<Option<accounts::SessionView>, StoreError> {
    accounts::find_session(&world.store, &world.nobody(), cookie).await
}

async fn invite(world: &World, ctx: &Ctx, scheme: &Scheme, who: Invitation) -> Result<Invited, StoreError> {
    let invite = world
        .store
        .write::<InviteUser, _>(ctx, InOrg(scheme.org), async move |tx| accounts::invite(tx, &who).await);
    invite.await
}

fn named(email: Option<&str>, user_name: Option<&str>, role: Role) -> Invitation {
    let profile = Profile {
        name: "Alex Example".into(),
        email: email.map(Into::into),
        user_name: user_name.map(Into::into),
    };
    Invitation { profile, role, member: None }
}

async fn set_state(world: &World, by: &Person, whom: &Person, to: MembershipState) -> Result<(), StoreError> {
    
    world
        .store
        .write::<SuspendUser, _>(&by.ctx, OneMembership(whom.membership), async move |tx| {
            accounts::set_state(tx, to, "Shared a picture outside the scheme.").await
        })
        .await
}

/// What a person can do as long as the door lets them in at all.
async fn knock(world: &World, person: &Person) -> Result<(), StoreError> {
    let look = world
        .store
        .read::<ShowAccount, _>(&person.again(world), OneAccount(person.account), async |tx| {
            accounts::own_copy(tx).await
        })
        .await;
    look.map(|_| ())
}

fn hidden<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Hidden(_)))
}

fn refusal<T>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Refused(sentence)) => sentence,
        Err(other) => format!("not refused, but {other:?}"),
        Ok(_) => "not refused".into(),
    }
}

on_both!(sec_2_a_session_shows_the_active_roles_of_its_account);
async fn sec_2_a_session_shows_the_active_roles_of_its_account(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let person = world.person(&north, Role::MemberUser).await;
    let controller = world.person(&south, Role::Controller).await;
    let also =
        invite(world, &controller.ctx, &south, named(Some(&person.login.to_uppercase()), None, Role::Board));
    let also = also.await?;
    assert_eq!(also.account, person.account, "one account, many memberships");
    assert!(also.link.is_none(), "another scheme's controller gets no link to somebody's account");
    let view = find(world, &person.cookie).await?.ok_or("there is a session")?;
    assert_eq!((view.session, view.account), (person.session, person.account));
    let roles: Vec<_> = view.memberships.iter().map(|m| (m.slug.as_str(), m.role, m.member)).collect();
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
        let open =
            accounts::open_session(&world.store, &world.nobody(), person.account, None, &device).await?;
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
    let open = accounts::open_session(&world.store, &ctx, person.account, Some(attempted), &device).await?;
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
            accounts::open_session(&world.store, &ctx, person.account, Some(attempted), &device).await?;
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
    assert_eq!((entry.actor.as_str(), entry.about.as_slice()), ("console", [person.account.0].as_slice()));
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
        let open =
            accounts::open_session(&world.store, &world.nobody(), person.account, None, &device).await?;
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

on_both!(mem_8_a_suspended_user_is_out_at_once_and_can_be_let_back_in);
async fn mem_8_a_suspended_user_is_out_at_once_and_can_be_let_back_in(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let controller = world.person(&north, Role::Controller).await;
    let stranger = world.person(&south, Role::Controller).await;
    let user = world.person(&north, Role::MemberUser).await;
    assert!(hidden(set_state(world, &stranger, &user, MembershipState::Suspended).await));
    assert!(hidden(set_state(world, &user, &controller, MembershipState::Suspended).await));
    assert!(
        hidden(set_state(world, &controller, &controller, MembershipState::Suspended).await),
        "nor oneself"
    );
    knock(world, &user).await?;
    set_state(world, &controller, &user, MembershipState::Suspended).await?;
    assert!(hidden(knock(world, &user).await));
    assert!(find(world, &user.cookie).await?.is_none(), "no role is left, so the session has ended");
    let device = Device::new("Test browser", "192.0.2.1");
    let open =
        async || accounts::open_session(&world.store, &world.nobody(), user.account, None, &device).await;
    assert!(open().await?.is_none(), "nor do they get a new one");
    assert!(
        refusal(set_state(world, &controller, &user, MembershipState::Suspended).await)
            .contains("a moment ago")
    );
    set_state(world, &controller, &user, MembershipState::Active).await?;
    assert!(open().await?.is_some());
    set_state(world, &controller, &user, MembershipState::Ended).await?;
    assert!(
        refusal(set_state(world, &controller, &user, MembershipState::Active).await)
            .contains("Invite them again")
    );
    // The reason is on record, sealed, with a commitment in the entry (AUD-2).
    let entries = world.audit().await?;
    let entry = entries.iter().find(|entry| entry.action == "accounts.suspend").ok_or("it is on record")?;
    assert_eq!(entry.chain, north.org.0);
    assert!(entry.commitment.is_some());
    assert!(entry.about.contains(&user.membership.0) && entry.about.contains(&user.account.0));
    Ok(())
}

on_both!(mem_8_a_suspension_in_one_scheme_leaves_the_other);
async fn mem_8_a_suspension_in_one_scheme_leaves_the_other(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let controller = world.person(&north, Role::Controller).await;
    let user = world.person(&north, Role::Police).await;
    invite(world, &world.console(), &south, named(Some(&user.login), None, Role::Police)).await?;
    set_state(world, &controller, &user, MembershipState::Suspended).await?;
    let view = find(world, &user.cookie).await?.ok_or("they are still signed in")?;
    assert_eq!(view.memberships.iter().map(|m| m.slug.as_str()).collect::<Vec<_>>(), ["southgate"]);
    assert!(hidden(knock(world, &user).await), "under the suspended role nothing is open");
    Ok(())
}

on_both!(inc_10_somebody_without_an_e_mail_address_has_a_user_name);
async fn inc_10_somebody_without_an_e_mail_address_has_a_user_name(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let till = named(None, Some("corner-till"), Role::Staff);
    let invited = invite(world, &world.console(), &north, till.clone()).await?;
    let found = accounts::credentials(&world.store, &world.nobody(), &Login::new(" Corner-Till ")).await?;
    assert_eq!(found.map(|c| c.account), Some(invited.account));
    // A user name says nothing of who somebody is: elsewhere it is simply taken.
    assert!(refusal(invite(world, &world.console(), &south, till.clone()).await).contains("taken"));
    let both = named(Some("new@northgate.example"), Some("corner-till"), Role::Staff);
    assert!(refusal(invite(world, &world.console(), &north, both).await).contains("taken"));
    assert!(
        refusal(invite(world, &world.console(), &north, named(None, None, Role::Staff)).await)
            .contains("need one")
    );
    // Here, inviting again makes a new link as long as the first was not used.
    let again = invite(world, &world.console(), &north, till.clone()).await?;
    assert_eq!((again.account, again.membership), (invited.account, invited.membership));
    let link = again.link.ok_or("a new link")?;
    accounts::set_password(&world.store, &world.nobody(), &link, "a hash").await?;
    assert!(refusal(invite(world, &world.console(), &north, till).await).contains("already"));
    let more = invite(world, &world.console(), &north, named(None, Some("corner-till"), Role::Board)).await?;
    assert!(more.link.is_none(), "who has a password gets no link to another");
    Ok(())
}

on_both!(sec_3_a_member_user_belongs_to_a_business_of_the_scheme);
async fn sec_3_a_member_user_belongs_to_a_business_of_the_scheme(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let controller = world.person(&north, Role::Controller).await;
    let theirs = world.business(&south).await;
    let mut who = named(Some("a@northgate.example"), None, Role::MemberUser);
    assert!(
        refusal(invite(world, &controller.ctx, &north, who.clone()).await).contains("Choose the business")
    );
    who.member = Some(theirs);
    assert!(refusal(invite(world, &controller.ctx, &north, who.clone()).await).contains("not a member"));
    who.role = Role::Board;
    assert!(refusal(invite(world, &controller.ctx, &north, who.clone()).await).contains("Only member users"));
    assert!(hidden(
        invite(world, &controller.ctx, &south, named(Some("b@x.example"), None, Role::Board)).await
    ));
    let member = world.person(&north, Role::MemberUser).await;
    assert!(hidden(invite(world, &member.ctx, &north, named(Some("b@x.example"), None, Role::Board)).await));
    Ok(())
}

on_both!(the_directory_lists_one_scheme_and_the_look_is_recorded);
async fn the_directory_lists_one_scheme_and_the_look_is_recorded(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let controller = world.person(&north, Role::Controller).await;
    let user = world.person(&north, Role::MemberUser).await;
    world.person(&south, Role::MemberUser).await;
    let look = world
        .store
        .read::<ListMembers, _>(&controller.ctx, InOrg(north.org), async |tx| {
            Ok((accounts::members(tx).await?, accounts::users(tx).await?))
        })
        .await;
    let (members, users) = look?;
    assert_eq!(members.iter().map(|view| Some(view.member)).collect::<Vec<_>>(), [user.member]);
    let mut listed: Vec<_> = users.iter().map(|view| (view.account, view.role, view.has_password)).collect();
    listed.sort();
    let mut known = [(controller.account, Role::Controller, false), (user.account, Role::MemberUser, false)];
    known.sort();
    assert_eq!(listed, known);
    let entries = world.audit().await?;
    let entry =
        entries.iter().find(|entry| entry.action == "accounts.members").ok_or("the look is recorded")?;
    assert!(entry.about.contains(&user.account.0) && entry.about.contains(&controller.account.0));
    let members = world
        .store
        .read::<ListMembers, _>(&user.ctx, InOrg(north.org), async |tx| accounts::users(tx).await)
        .await;
    assert!(hidden(members));
    Ok(())
}

on_both!(mem_2_a_copy_of_everything_about_oneself_and_nobody_else);
async fn mem_2_a_copy_of_everything_about_oneself_and_nobody_else(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::MemberUser).await;
    let other = world.person(&scheme, Role::Controller).await;
    let copy = world
        .store
        .read::<ShowAccount, _>(&person.ctx, OneAccount(person.account), async |tx| {
            accounts::own_copy(tx).await
        })
        .await;
    let copy = copy?;
    assert_eq!(copy.profile.email.as_deref(), Some(person.login.as_str()));
    let json = serde_json::to_string(&copy)?;
    for held in
        [person.login.as_str(), "Corner Shop", "northgate", "Test browser", "192.0.2.1", "set_password"]
    {
        assert!(json.contains(held), "{held} is in the copy: {json}");
    }
    assert!(!json.contains(person.cookie.reveal()), "but no secret is");
    let look = world
        .store
        .read::<ShowAccount, _>(&other.ctx, OneAccount(person.account), async |tx| {
            accounts::own_copy(tx).await
        })
        .await;
    assert!(hidden(look), "nor may the controller");
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
    assert_eq!(sweep().await?, Forgotten { sessions: 1, links: 1, attempts: 2 });
    assert_eq!(sweep().await?, Forgotten::default());
    Ok(())
}

on_both!(two_invitations_at_once_make_one_account);
async fn two_invitations_at_once_make_one_account(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let who = || named(Some("both@northgate.example"), None, Role::Staff);
    let (first, second) = (world.console(), world.console());
    let (one, two) =
        tokio::join!(invite(world, &first, &scheme, who()), invite(world, &second, &scheme, who()));
    let accounts: Vec<_> = [&one, &two].into_iter().flatten().map(|invited| invited.account).collect();
    assert!(!accounts.is_empty() && accounts.iter().all(|account| *account == accounts[0]));
    for refused in [one, two].into_iter().filter(Result::is_err) {
        assert!(refusal(refused).contains("Try again"));
    }
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
    let session =
        accounts::open_session(&world.store, &world.nobody(), person.account, None, &device).await?;
    let token = session.as_ref().ok_or("they may sign in")?.token.reveal().to_owned();
    let printed = format!("{link:?} {login:?} {credentials:?} {session:?}");
    for secret in [link.reveal(), &person.login, "a hash", &token] {
        assert!(!printed.contains(secret), "{printed}");
    }
    Ok(())
}

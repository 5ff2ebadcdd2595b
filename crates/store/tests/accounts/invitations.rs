//! Invitations: what they give before they are accepted, which is nothing, and what they tell, which is less (VIS-6,
//! VIS-7, SEC-2).
use super::*;
use fairwatch_core::incidents::SubmitReport;
use fairwatch_store::{
    accounts::{ACCEPTED, Accepted, DECLINED, INVITATION_KEPT, InvitationView, UserView},
    incidents::reporting,
};

async fn behind(world: &World, link: &Token) -> Result<Option<InvitationView>, StoreError> {
    accounts::look_at_invitation(&world.store, &world.nobody(), link).await
}

async fn accept(world: &World, ctx: &Ctx, link: &Token) -> Result<Accepted, StoreError> {
    accounts::accept_invitation(&world.store, ctx, link).await
}

async fn accept_as_new(world: &World, link: &Token) -> Result<Accepted, StoreError> {
    accounts::accept_as_new(&world.store, &world.nobody(), link, "a hash", None).await
}

async fn users(world: &World, by: &Person, scheme: &Scheme) -> Result<Vec<UserView>, StoreError> {
    let ctx = by.again(world);
    let look =
        world.store.read::<ListMembers, _>(&ctx, InOrg(scheme.org), async |tx| accounts::users(tx).await);
    look.await
}

async fn renew(world: &World, by: &Person, invited: &Invited) -> Result<Token, StoreError> {
    let target = OneMembership(invited.membership);
    let renew = world
        .store
        .write::<RenewInvitation, _>(&by.ctx, target, async |tx| accounts::renew_invitation(tx).await);
    renew.await
}

async fn revoke(world: &World, by: &Person, invited: &Invited) -> Result<(), StoreError> {
    let target = OneMembership(invited.membership);
    let revoke = world
        .store
        .write::<RevokeInvitation, _>(&by.ctx, target, async |tx| accounts::revoke_invitation(tx).await);
    revoke.await
}

async fn sweep(world: &World) -> Result<Forgotten, StoreError> {
    let job = world.job("sweep");
    let sweep =
        world.store.write::<SweepInstallation, _>(&job, Installation, async |tx| accounts::forget(tx).await);
    sweep.await
}

on_both!(vis_6_an_invitation_gives_nothing_and_tells_nothing_of_another_account);
async fn vis_6_an_invitation_gives_nothing_and_tells_nothing_of_another_account(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let guard = world.person(&north, Role::Staff).await;
    let controller = world.person(&south, Role::Controller).await;
    let known = invite(world, &controller.ctx, &south, named(Some(&guard.login), None, Role::Staff)).await?;
    let unknown =
        invite(world, &controller.ctx, &south, named(Some("new@south.example"), None, Role::Staff)).await?;
    // Nothing is open to whom it means, under any name.
    let view = find(world, &guard.cookie).await?.ok_or("they are signed in")?;
    assert_eq!(view.memberships.len(), 1, "the invitation is no role of theirs");
    let caller =
        Caller::User { session: guard.session, account: guard.account, membership: Some(known.membership) };
    let ctx = world.ctx(caller);
    let own = world
        .store
        .read::<ShowAccount, _>(&ctx, OneAccount(guard.account), async |tx| accounts::own_copy(tx).await);
    assert!(hidden(own.await), "the doors know no such standing");
    let look =
        world.store.read::<ListMembers, _>(&ctx, InOrg(south.org), async |tx| accounts::users(tx).await);
    assert!(hidden(look.await));
    // Nor did it make an account, or anything that is found by its address.
    let login = Login::new("new@south.example");
    assert!(accounts::credentials(&world.store, &world.nobody(), &login).await?.is_none());
    // The controller sees of both what they typed, and no more of one than of the other.
    let listed = users(world, &controller, &south).await?;
    let of = |invited: &Invited| {
        let user = listed.iter().find(|user| user.membership == invited.membership);
        user.map(|user| {
            let told = user.told.name.clone();
            (told, user.account, user.name.clone(), user.state, user.has_password, user.link_ends_at)
        })
    };
    assert_eq!(of(&known), of(&unknown));
    let (told, account, name, state, ..) = of(&known).ok_or("they are listed")?;
    assert_eq!((told.as_str(), account, name, state), ("Alex Example", None, None, MembershipState::Invited));
    // The controller can neither let them in nor suspend them, as with a role.
    for to in [MembershipState::Active, MembershipState::Suspended, MembershipState::Ended] {
        let set = world.store.write::<SuspendUser, _>(
            &controller.ctx,
            OneMembership(known.membership),
            async move |tx| accounts::set_state(tx, to, "No reason.").await,
        );
        assert!(hidden(set.await));
    }
    let entries = world.audit().await?;
    let about: Vec<_> = entries.iter().filter(|entry| entry.action == "accounts.invite").collect();
    assert_eq!(about.len(), 2);
    for (entry, invited) in about.iter().zip([&known, &unknown]) {
        assert_eq!(entry.about, [invited.membership.0], "the account is in no entry");
    }
    Ok(())
}

on_both!(vis_6_an_account_accepts_and_shows_its_name_and_not_its_address);
async fn vis_6_an_account_accepts_and_shows_its_name_and_not_its_address(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let guard = world.person(&north, Role::Staff).await;
    let controller = world.person(&south, Role::Controller).await;
    let invited =
        invite(world, &controller.ctx, &south, named(Some("alex@south.example"), None, Role::Staff)).await?;
    assert!(hidden(accept(world, &world.nobody(), &invited.link).await), "nobody is signed in");
    let accepted = accept(world, &guard.again(world), &invited.link).await?;
    assert_eq!((accepted.account, accepted.membership), (guard.account, invited.membership));
    let view = find(world, &guard.cookie).await?.ok_or("they are signed in")?;
    assert_eq!(
        view.memberships.iter().map(|m| m.scope.slug.as_str()).collect::<Vec<_>>(),
        ["northgate", "southgate"]
    );
    let listed = users(world, &controller, &south).await?;
    let user = listed.iter().find(|user| user.membership == invited.membership).ok_or("listed")?;
    assert_eq!((user.shown_name(), user.told.name.as_str()), ("Scheme staff Example", "Alex Example"));
    assert_eq!(user.told.email.as_deref(), Some("alex@south.example"));
    assert!(
        !serde_json::to_string(&listed)?.contains(&guard.login),
        "the address is not this scheme's to know"
    );
    // Nor do their reports here bring it.
    let there = view.memberships.iter().find(|m| m.scope.slug == "southgate").map(|m| m.membership);
    let ctx = world.ctx(Caller::User { session: guard.session, account: guard.account, membership: there });
    let named_as = world
        .store
        .write::<SubmitReport, _>(&ctx, InOrg(south.org), async |tx| reporting::reporter(tx).await)
        .await?
        .profile;
    assert_eq!(
        (named_as.name.as_str(), named_as.email.as_deref()),
        ("Scheme staff Example", Some("alex@south.example"))
    );
    // Whose data it is reads what was told of them (MEM-2).
    let copy = world
        .store
        .read::<ShowAccount, _>(&guard.again(world), OneAccount(guard.account), async |tx| {
            accounts::own_copy(tx).await
        })
        .await?;
    assert!(serde_json::to_string(&copy)?.contains("alex@south.example"));
    // A role that somebody has is no invitation.
    assert!(hidden(revoke(world, &controller, &invited).await));
    assert!(hidden(renew(world, &controller, &invited).await));
    // The same role twice is refused, and the link stays; another role is another matter.
    let mut again = named(Some("sandy@south.example"), None, Role::Staff);
    let twice = invite(world, &controller.ctx, &south, again.clone()).await?;
    assert!(refusal(accept(world, &guard.again(world), &twice.link).await).contains("already"));
    assert!(behind(world, &twice.link).await?.is_some());
    again.role = Role::Board;
    let other = invite(world, &controller.ctx, &south, again).await?;
    accept(world, &guard.again(world), &other.link).await?;
    let entries = world.audit().await?;
    let entry = entries.iter().find(|entry| entry.action == ACCEPTED).ok_or("it is on record")?;
    assert_eq!((entry.chain, entry.actor.clone()), (south.org.0, guard.account.to_string()));
    assert_eq!(entry.role, Role::Staff.name(), "the role here, and none that they have elsewhere");
    world.verify_chains().await;
    Ok(())
}

on_both!(sec_2_somebody_new_accepts_and_no_account_is_taken_over);
async fn sec_2_somebody_new_accepts_and_no_account_is_taken_over(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let guard = world.person(&north, Role::Staff).await;
    let controller = world.person(&south, Role::Controller).await;
    let free =
        invite(world, &controller.ctx, &south, named(Some("new@south.example"), None, Role::Staff)).await?;
    let taken = invite(world, &controller.ctx, &south, named(Some(&guard.login), None, Role::Staff)).await?;
    let one = accept_as_new(world, &free.link).await?;
    assert_eq!(one.login, "new@south.example");
    // It works as well where somebody bears the address, with a name of its own; that account is as it was.
    let two = accept_as_new(world, &taken.link).await?;
    assert_ne!(two.account, guard.account);
    assert!(two.login.starts_with("user-"), "{}", two.login);
    let found = async |login: &str| -> Result<_, StoreError> {
        let found = accounts::credentials(&world.store, &world.nobody(), &Login::new(login))
            .await?
            .ok_or(())
            .map_err(|()| StoreError::refused("nobody"))?;
        Ok((found.account, found.hash.map(|hash| hash.to_string())))
    };
    assert_eq!(found(&guard.login).await?, (guard.account, None));
    assert_eq!(found(&two.login).await?, (two.account, Some("a hash".into())));
    let view = find(world, &guard.cookie).await?.ok_or("nobody signed them out")?;
    assert_eq!(view.memberships.len(), 1, "nor gave them a role");
    for accepted in [&one, &two] {
        let device = Device::new("Test browser", "192.0.2.1");
        let open = accounts::open_session(
            &world.store,
            &world.nobody(),
            accepted.account,
            None,
            &device,
            accounts::Proof::Both,
        )
        .await?;
        assert!(open.is_some(), "they can sign in");
    }
    Ok(())
}

on_both!(vis_7_a_spent_link_is_as_one_that_never_was);
async fn vis_7_a_spent_link_is_as_one_that_never_was(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let member = world.person(&scheme, Role::Board).await;
    let mut number = 0;
    let mut fresh = async || {
        number += 1;
        let who = named(Some(&format!("n{number}@northgate.example")), None, Role::Staff);
        invite(world, &controller.ctx, &scheme, who).await
    };
    let (used, revoked, declined, replaced) =
        (fresh().await?, fresh().await?, fresh().await?, fresh().await?);
    accept_as_new(world, &used.link).await?;
    assert!(hidden(revoke(world, &member, &revoked).await), "the controller's alone");
    revoke(world, &controller, &revoked).await?;
    assert!(hidden(revoke(world, &controller, &revoked).await));
    accounts::decline_invitation(&world.store, &world.nobody(), &declined.link).await?;
    let newer = renew(world, &controller, &replaced).await?;
    let ended = fresh().await?;
    let never = Token::parse(&"0".repeat(64)).ok_or("a token")?;
    assert!(behind(world, &newer).await?.is_some());
    world.clock.pass(LINK_LIFE);
    let member = world.person(&scheme, Role::Board).await;
    for link in [&used.link, &revoked.link, &declined.link, &replaced.link, &newer, &ended.link, &never] {
        assert!(behind(world, link).await?.is_none());
        let answers = [
            refusal(accept(world, &member.ctx, link).await),
            refusal(accept_as_new(world, link).await),
            refusal(accounts::decline_invitation(&world.store, &world.nobody(), link).await),
        ];
        for answer in answers {
            assert_eq!(answer, "This link has been used or is no longer valid. Ask for a new one.");
        }
        // A link of one kind is none of the other.
        assert!(accounts::look_at_link(&world.store, &world.nobody(), link).await?.is_none());
    }
    let entries = world.audit().await?;
    let declined = entries.iter().find(|entry| entry.action == DECLINED).ok_or("it is on record")?;
    assert_eq!((declined.chain, declined.actor.as_str()), (scheme.org.0, "nobody"), "not who declined");
    assert!(entries.iter().any(|entry| entry.action == "accounts.revoke_invitation"));
    assert!(entries.iter().any(|entry| entry.action == "accounts.renew_invitation"));
    Ok(())
}

on_both!(ret_15_an_invitation_that_nobody_accepts_goes_with_what_was_typed);
async fn ret_15_an_invitation_that_nobody_accepts_goes_with_what_was_typed(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let who = |name: &str| named(Some(&format!("{name}@northgate.example")), None, Role::Staff);
    let (old, kept, taken) = (
        invite(world, &controller.ctx, &scheme, who("old")).await?,
        invite(world, &controller.ctx, &scheme, who("kept")).await?,
        invite(world, &controller.ctx, &scheme, who("taken")).await?,
    );
    assert!(refusal(invite(world, &controller.ctx, &scheme, who("old")).await).contains("invited already"));
    accept_as_new(world, &taken.link).await?;
    assert!(refusal(invite(world, &controller.ctx, &scheme, who("taken")).await).contains("already"));
    world.clock.pass(LINK_LIFE + INVITATION_KEPT - SignedDuration::from_secs(1));
    assert_eq!(sweep(world).await?.invitations, 0, "there is still time for a new link");
    let controller = world.person(&scheme, Role::Controller).await;
    renew(world, &controller, &kept).await?;
    world.clock.pass(SignedDuration::from_secs(1));
    assert_eq!(sweep(world).await?.invitations, 1);
    let listed = users(world, &controller, &scheme).await?;
    let state = |invited: &Invited| {
        listed.iter().find(|user| user.membership == invited.membership).map(|user| user.state)
    };
    assert_eq!(state(&old), None);
    assert_eq!(state(&kept), Some(MembershipState::Invited));
    assert_eq!(state(&taken), Some(MembershipState::Active));
    assert!(hidden(renew(world, &controller, &old).await));
    invite(world, &controller.ctx, &scheme, who("old")).await?;
    Ok(())
}

on_both!(mem_8_who_was_put_out_does_not_come_back_by_a_link_of_their_own);
async fn mem_8_who_was_put_out_does_not_come_back_by_a_link_of_their_own(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let controller = world.person(&north, Role::Controller).await;
    let user = world.person(&north, Role::Staff).await;
    give(world, &south, named(Some(&user.login), None, Role::Staff)).await?;
    set_state(world, &controller, &user, MembershipState::Suspended).await?;
    // Signed in still, for the other scheme.
    let view = find(world, &user.cookie).await?.ok_or("they are still signed in")?;
    let ctx = world.ctx(Caller::User {
        session: user.session,
        account: user.account,
        membership: Some(view.memberships[0].membership),
    });
    let invited =
        invite(world, &controller.ctx, &north, named(Some("other@north.example"), None, Role::Staff)).await?;
    assert!(refusal(accept(world, &ctx, &invited.link).await).contains("suspended"));
    // Once the role has ended for good, a new invitation begins it again.
    set_state(world, &controller, &user, MembershipState::Ended).await?;
    let accepted = accept(world, &ctx, &invited.link).await?;
    assert_eq!((accepted.account, accepted.membership), (user.account, invited.membership));
    assert_eq!(find(world, &user.cookie).await?.ok_or("a session")?.memberships.len(), 2);
    Ok(())
}

on_both!(two_who_accept_at_once_are_one);
async fn two_who_accept_at_once_are_one(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let invited =
        invite(world, &controller.ctx, &scheme, named(Some("a@north.example"), None, Role::Staff)).await?;
    let board = world.person(&scheme, Role::Board).await;
    let (one, two) =
        tokio::join!(accept_as_new(world, &invited.link), accept(world, &board.ctx, &invited.link));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
    for refused in [one, two].into_iter().filter(Result::is_err) {
        assert!(refusal(refused).contains("no longer valid"));
    }
    Ok(())
}

on_both!(not_3_what_was_served_goes_with_the_role);
/// NOT-3: whoever accepts was served the members' notice, in which version and when; it goes with the role, and what says
/// that they accepted stays.
async fn not_3_what_was_served_goes_with_the_role(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let controller = world.person(&scheme, Role::Controller).await;
    let who = named(Some("new@northgate.example"), None, Role::Staff);
    let invited = invite(world, &controller.ctx, &scheme, who).await?;
    let served = async || {
        let ctx = controller.again(world);
        let look = world.store.read::<ListMembers, _>(&ctx, InOrg(scheme.org), async |tx| {
            fairwatch_store::notices::served_in(tx).await
        });
        look.await
    };
    assert!(served().await?.is_empty(), "an invitation alone serves nothing");
    let accepted = accept_as_new(world, &invited.link).await?;
    let now = served().await?;
    let record = now.get(&accepted.membership).ok_or("it is on record")?;
    assert_eq!((record.notice.as_str(), record.version), ("members", 1));
    assert_eq!(now.len(), 1);
    let end = world.store.write::<SuspendUser, _>(
        &controller.ctx,
        OneMembership(accepted.membership),
        async |tx| accounts::set_state(tx, MembershipState::Ended, "Left the scheme").await,
    );
    end.await?;
    assert!(served().await?.is_empty());
    assert!(world.audit().await?.iter().any(|entry| entry.action == ACCEPTED));
    Ok(())
}

on_both!(pol_4_prose_is_published_with_its_version);
/// POL-4, NOT-2: what was written beside a policy is kept with its version; what is not in force yet is not published.
async fn pol_4_prose_is_published_with_its_version(world: &World) -> Outcome {
    use fairwatch_core::{
        accounts::AddOrg,
        notices::{Piece, Prose},
        scope::Installation,
    };
    use fairwatch_store::{notices, orgs};
    world.scheme("northgate").await;
    let text = include_str!("../../../../policies/generic.toml").replace("\"northgate\"", "\"eastgate\"");
    let prose = Prose::default().with(Piece::About, "We look out for each other.");
    let kept = prose.clone();
    let console = world.console();
    let add = world.store.write::<AddOrg, _>(&console, Installation, async move |tx| {
        let org = orgs::add(tx, "test.toml", &text).await?;
        notices::keep_prose(tx, org, &kept).await?;
        Ok(org)
    });
    let org = add.await?;
    let found =
        notices::published(&world.store, &world.nobody(), "eastgate", None).await?.ok_or("published")?;
    assert_eq!((found.version, &found.prose), (1, &prose));
    assert_eq!(found.versions, [(1, found.in_force)]);
    assert_eq!(notices::prose(&world.store, &world.nobody(), org, 1).await?, prose);
    for (slug, version) in [("eastgate", Some(2)), ("eastgate", Some(0)), ("nowhere", None)] {
        assert!(notices::published(&world.store, &world.nobody(), slug, version).await?.is_none());
    }
    let plain = notices::published(&world.store, &world.nobody(), "northgate", Some(1)).await?;
    assert_eq!(plain.ok_or("published")?.prose, Prose::default());
    Ok(())
}

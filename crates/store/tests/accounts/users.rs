//! Who is invited, listed, suspended, and told about themselves.
use super::*;

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
    let open = async || {
        accounts::open_session(
            &world.store,
            &world.nobody(),
            user.account,
            None,
            &device,
            accounts::Proof::Both,
        )
        .await
    };
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
    give(world, &south, named(Some(&user.login), None, Role::Police)).await?;
    set_state(world, &controller, &user, MembershipState::Suspended).await?;
    let view = find(world, &user.cookie).await?.ok_or("they are still signed in")?;
    assert_eq!(view.memberships.iter().map(|m| m.scope.slug.as_str()).collect::<Vec<_>>(), ["southgate"]);
    assert!(hidden(knock(world, &user).await), "under the suspended role nothing is open");
    Ok(())
}

on_both!(inc_10_somebody_without_an_e_mail_address_has_a_user_name);
async fn inc_10_somebody_without_an_e_mail_address_has_a_user_name(world: &World) -> Outcome {
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let till = named(None, Some("corner-till"), Role::Staff);
    let invited = give(world, &north, till.clone()).await?;
    let found = accounts::credentials(&world.store, &world.nobody(), &Login::new(" Corner-Till ")).await?;
    assert_eq!(found.map(|c| c.account), Some(invited.account));
    // A user name says nothing of who somebody is: elsewhere it is simply taken.
    assert!(refusal(give(world, &south, till.clone()).await).contains("taken"));
    let both = named(Some("new@northgate.example"), Some("corner-till"), Role::Staff);
    assert!(refusal(give(world, &north, both).await).contains("taken"));
    assert!(refusal(give(world, &north, named(None, None, Role::Staff)).await).contains("need one"));
    // Here, inviting again makes a new link as long as the first was not used.
    let again = give(world, &north, till.clone()).await?;
    assert_eq!((again.account, again.membership), (invited.account, invited.membership));
    let link = again.link.ok_or("a new link")?;
    accounts::set_password(&world.store, &world.nobody(), &link, "a hash").await?;
    assert!(refusal(give(world, &north, till).await).contains("already"));
    let more = give(world, &north, named(None, Some("corner-till"), Role::Board)).await?;
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
    let operator = named(Some("c@x.example"), None, Role::Operator);
    assert!(refusal(invite(world, &controller.ctx, &north, operator.clone()).await).contains("console"));
    give(world, &north, operator).await?;
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
    let mut known =
        [(Some(controller.account), Role::Controller, false), (Some(user.account), Role::MemberUser, false)];
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

on_both!(two_roles_given_at_once_make_one_account);
async fn two_roles_given_at_once_make_one_account(world: &World) -> Outcome {
    let scheme = world.scheme("northgate").await;
    let who = || named(Some("both@northgate.example"), None, Role::Staff);
    let (one, two) = tokio::join!(give(world, &scheme, who()), give(world, &scheme, who()));
    let accounts: Vec<_> = [&one, &two].into_iter().flatten().map(|given| given.account).collect();
    assert!(!accounts.is_empty() && accounts.iter().all(|account| *account == accounts[0]));
    for refused in [one, two].into_iter().filter(Result::is_err) {
        assert!(refusal(refused).contains("Try again"));
    }
    Ok(())
}

//! My account: correcting, copying, wishes and asking to be deleted, on both engines (MEM-2).
use fairwatch_app::{
    App, AppError,
    accounts::{self, NewUser, correcting},
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    accounts::{OneAccount, ShowAccount, own::Message},
    gate::Role,
};
use fairwatch_store::accounts as store;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use std::net::{IpAddr, Ipv4Addr};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const GOOD: &str = "lamp otter window";

fn app(world: &World) -> Result<App, AppError> {
    Ok(App::new(world.store.clone(), Blobs::open(world.folder().join("blobs"))?))
}

fn problem(result: Result<impl Sized, AppError>, field: &str) -> String {
    match result {
        Err(AppError::Refused(problems)) => problems.of(field).unwrap_or("at another field").to_owned(),
        _ => "not refused".into(),
    }
}

on_both!(mem_2_a_user_corrects_their_name_and_what_they_sign_in_with);
async fn mem_2_a_user_corrects_their_name_and_what_they_sign_in_with(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let other = world.person(&scheme, Role::MemberUser).await;
    let person = world.person(&scheme, Role::MemberUser).await;
    let link = person.link.as_ref().ok_or("a link")?;
    accounts::set_password(&app, &world.nobody(), link.reveal(), &GOOD.into()).await?;
    let signed_in = |login: String| {
        let (app, nobody) = (app.clone(), world.nobody());
        async move { accounts::sign_in(&app, &nobody, &login, &GOOD.into(), "Test browser", HERE).await }
    };
    let session = signed_in(person.login.clone()).await?;
    let ctx = world.ctx(fairwatch_core::gate::Caller::User {
        session: session.session,
        account: person.account,
        membership: Some(person.membership),
    });
    let typed = |email: &str| NewUser {
        name: "Alexandra Example".into(),
        email: Some(email.into()),
        user_name: Some("alex.till".into()),
        ..NewUser::default()
    };
    let wrong = correcting::correct_own(&app, &ctx, &typed("new@corner.example"), &"not this".into()).await;
    assert!(problem(wrong, "password").contains("not your current password"));
    let taken = correcting::correct_own(&app, &ctx, &typed(&other.login), &GOOD.into()).await;
    assert!(problem(taken, "email").contains("cannot be used"));
    assert!(signed_in(person.login.clone()).await.is_ok(), "what was refused has changed nothing");
    correcting::correct_own(&app, &ctx, &typed("new@corner.example"), &GOOD.into()).await?;
    assert!(signed_in(person.login.clone()).await.is_err(), "what was given up leads nowhere");
    assert!(
        signed_in("new@corner.example".into()).await.is_ok() && signed_in("alex.till".into()).await.is_ok()
    );
    assert_eq!(accounts::own_copy(&app, &ctx).await?.profile.name, "Alexandra Example");
    // What one scheme was told is corrected apart from it, and nobody else's is.
    correcting::correct_told(&app, &ctx, person.membership, "Alex E.", "shop@corner.example").await?;
    let told = accounts::own_copy(&app, &ctx).await?.memberships.remove(0).told.ok_or("it is told")?;
    assert_eq!((told.name.as_str(), told.email.as_deref()), ("Alex E.", Some("shop@corner.example")));
    let hidden = correcting::correct_told(&app, &ctx, other.membership, "X", "").await;
    assert!(matches!(hidden, Err(AppError::Hidden)));
    Ok(())
}

on_both!(mem_2_a_controller_corrects_on_behalf_of_a_user_and_not_of_another_scheme);
async fn mem_2_a_controller_corrects_on_behalf_of_a_user_and_not_of_another_scheme(world: &World) -> Outcome {
    let app = app(world)?;
    let (north, south) = (world.scheme("northgate").await, world.scheme("southgate").await);
    let (controller, there) =
        (world.person(&north, Role::Controller).await, world.person(&south, Role::Controller).await);
    let person = world.person(&north, Role::MemberUser).await;
    let correct = async |by: &fairwatch_testkit::engines::Person, reason: &str| {
        let ctx = by.again(world);
        correcting::correct_user(&app, &ctx, person.membership, "Alexandra E.", "a@b.example", reason).await
    };
    assert!(problem(correct(&controller, " ").await, "reason").contains("Say why"));
    assert!(matches!(correct(&there, "For a test.").await, Err(AppError::Hidden)));
    correct(&controller, "She asked me to, on the telephone.").await?;
    let copy = accounts::own_copy(&app, &person.again(world)).await?;
    let told = copy.memberships[0].told.as_ref().ok_or("it is told")?;
    assert_eq!((copy.profile.name.as_str(), told.email.as_deref()), ("Alexandra E.", Some("a@b.example")));
    assert_eq!(copy.profile.email.as_deref(), Some(person.login.as_str()), "they sign in as before");
    // Where another scheme knows the account, its name is its owner's to correct.
    world.role_of(&south, &person, Role::Staff).await;
    correct(&controller, "Again.").await?;
    let ctx = controller.again(world);
    correcting::correct_user(&app, &ctx, person.membership, "Somebody Else", "", "A slip.").await?;
    let whole = world.person(&north, Role::Controller).await;
    let seen = accounts::directory(&app, &whole.ctx, north.org).await?;
    let row = seen.users.iter().find(|user| user.membership == person.membership).ok_or("they are listed")?;
    assert_eq!((row.shown_name(), row.told.name.as_str()), ("Alexandra E.", "Somebody Else"));
    Ok(())
}

on_both!(mem_2_a_copy_holds_what_is_held_and_what_was_recorded);
async fn mem_2_a_copy_holds_what_is_held_and_what_was_recorded(world: &World) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let controller = world.person(&scheme, Role::Controller).await;
    accounts::directory(&app, &controller.ctx, scheme.org).await?;
    correcting::set_preferences(&app, &controller.again(world), &[Message::Alerts]).await?;
    let copy = correcting::whole_copy(&app, &controller.again(world)).await?;
    let text = serde_json::to_string(&copy)?;
    for part in [
        controller.login.as_str(),
        "accounts.members",
        "accounts.sign_in",
        "second_factors",
        "deletion_asked_on",
        "[\"alerts\",true]",
        "[\"digest\",false]",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // Of others it holds nothing.
    let other = world.person(&scheme, Role::Controller).await;
    let text = serde_json::to_string(&correcting::whole_copy(&app, &other.again(world)).await?)?;
    assert!(!text.contains(&controller.login) && !text.contains("accounts.members"));
    Ok(())
}

on_both!(mem_2_who_asks_to_be_deleted_is_on_the_controllers_list_until_it_is_done_or_taken_back);
async fn mem_2_who_asks_to_be_deleted_is_on_the_controllers_list_until_it_is_done_or_taken_back(
    world: &World,
) -> Outcome {
    let (app, scheme) = (app(world)?, world.scheme("northgate").await);
    let controller = world.person(&scheme, Role::Controller).await;
    let person = world.person(&scheme, Role::MemberUser).await;
    let asked = async || {
        let seen = accounts::directory(&app, &controller.again(world), scheme.org).await?;
        let row = seen.users.into_iter().find(|user| user.membership == person.membership);
        Ok::<_, AppError>(row.and_then(|user| user.deletion_asked_on))
    };
    assert_eq!(asked().await?, None);
    correcting::ask_deletion(&app, &person.again(world), true).await?;
    let day = asked().await?.ok_or("it is on the list")?;
    assert_eq!(day, world.nobody().today());
    correcting::ask_deletion(&app, &person.again(world), false).await?;
    assert_eq!(asked().await?, None);
    correcting::ask_deletion(&app, &person.again(world), true).await?;
    let to = fairwatch_core::accounts::MembershipState::Ended;
    accounts::set_membership(&app, &controller.again(world), person.membership, to, "They asked.").await?;
    assert_eq!(asked().await?, None, "what is done is no duty any more");
    // What somebody wants of messages: all until they say otherwise.
    let wants = app
        .store
        .read::<ShowAccount, _>(&controller.again(world), OneAccount(controller.account), async |tx| {
            store::own_preferences(tx).await
        })
        .await?;
    assert!(wants.iter().all(|(_, wanted)| *wanted) && wants.len() == Message::ALL.len());
    Ok(())
}

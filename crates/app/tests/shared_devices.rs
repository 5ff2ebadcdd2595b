//! Managers of members, shared devices and PINs, on both engines (INC-10); who is removed is out on every server (SEC-2).
use fairwatch_app::{
    App, AppError,
    accounts::{self, NewUser, SignInRefused, Token, devices},
    certifications,
    governing::{self, Entered},
    subjects::{self, Sought},
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    accounts::{MembershipState, own::Shows},
    gate::{Caller, Ctx, Role},
    governing::{Audience, Kind},
};
use fairwatch_testkit::{
    engines::{Outcome, Person, Scheme, World},
    on_both,
};
use jiff::SignedDuration;
use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr},
};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const GOOD: &str = "lamp otter window";
const PIN: &str = "739105";
type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A shop with a manager, an enrolled till, and somebody with a PIN who accepted a printed invitation.
struct Shop {
    app: App,
    scheme: Scheme,
    controller: Person,
    manager: Person,
    till: Token,
    login: String,
}

impl Shop {
    async fn new(world: &World) -> Done<Self> {
        let app = App::new(world.store.clone(), Blobs::open(world.folder().join("blobs"))?);
        let scheme = world.scheme("northgate").await;
        let controller = world.person(&scheme, Role::Controller).await;
        let manager = world.person(&scheme, Role::MemberUser).await;
        devices::set_manager(&app, &controller.ctx, manager.membership, true).await?;
        let manager = Person { ctx: manager.again(world), ..manager };
        let till = devices::enrol(&app, &manager.ctx, scheme.org, "Till 2", Shows::FirstNames).await?;
        let login = "till.pat".to_owned();
        let shop = Self { app, scheme, controller, manager, till, login };
        shop.hire(world, "Pat Marsh", "till.pat", PIN).await?;
        Ok(shop)
    }

    async fn hire(&self, world: &World, name: &str, user_name: &str, pin: &str) -> Done<()> {
        let user = NewUser { name: name.into(), user_name: Some(user_name.into()), ..NewUser::default() };
        let invited =
            devices::invite_colleague(&self.app, &self.manager.again(world), self.scheme.org, &user).await?;
        accounts::accept_as_new(&self.app, &world.nobody(), invited.link.reveal(), &GOOD.into(), pin).await?;
        Ok(())
    }

    async fn names(&self, world: &World) -> Done<Vec<(String, String)>> {
        let front =
            devices::front(&self.app, &world.nobody(), self.till.reveal()).await?.ok_or("a device")?;
        Ok(front.people.into_iter().map(|person| (person.shown, person.membership.to_string())).collect())
    }

    async fn type_pin(
        &self,
        world: &World,
        who: &str,
        pin: &str,
    ) -> Result<accounts::NewSession, SignInRefused> {
        devices::sign_in(&self.app, &world.nobody(), self.till.reveal(), who, pin, "A till", HERE).await
    }
}

async fn opens(world: &World, app: &App, token: &Token) -> Done<bool> {
    Ok(accounts::session(app, &world.nobody(), token.reveal()).await?.is_some())
}

on_both!(inc_10_somebody_without_e_mail_signs_in_on_a_shared_till_and_is_named_rightly);
async fn inc_10_somebody_without_e_mail_signs_in_on_a_shared_till_and_is_named_rightly(
    world: &World,
) -> Outcome {
    let shop = Shop::new(world).await?;
    let names = shop.names(world).await?;
    assert_eq!(
        names.iter().map(|(shown, _)| shown.as_str()).collect::<Vec<_>>(),
        ["Pat"],
        "the manager has no PIN"
    );
    let pat = &names[0].1;
    let session = shop.type_pin(world, pat, PIN).await?;
    let view =
        accounts::session(&shop.app, &world.nobody(), session.token.reveal()).await?.ok_or("a session")?;
    assert!(view.device.is_some() && view.memberships.len() == 1);
    let membership = Some(view.memberships[0].membership);
    let ctx = world.ctx(Caller::User { session: session.session, account: session.account, membership });
    let copy = accounts::own_copy(&shop.app, &ctx).await?;
    assert_eq!((copy.profile.name.as_str(), copy.has_pin), ("Pat Marsh", true));
    // What they do stands in the audit under their own account.
    subjects::gallery(&shop.app, &ctx, shop.scheme.org, &Sought::default(), None).await?;
    let entries = world.audit().await?;
    let looked =
        entries.iter().rfind(|entry| entry.action == "subjects.gallery").ok_or("a look is recorded")?;
    assert_eq!(looked.actor, session.account.to_string());
    // How they sign in is changed elsewhere: whoever stands at the till has shown a PIN alone.
    let hidden = accounts::change_password(&shop.app, &ctx, &GOOD.into(), &"window otter lamp".into()).await;
    assert!(matches!(hidden, Err(AppError::Hidden)));
    assert!(matches!(devices::set_pin(&shop.app, &ctx, &GOOD.into(), "902177").await, Err(AppError::Hidden)));
    // Nor do they take a role elsewhere from there.
    let south = world.scheme("southgate").await;
    let there = world.person(&south, Role::Controller).await;
    let staff = NewUser {
        name: "Pat".into(),
        email: Some("pat@south.example".into()),
        role: Some(Role::Staff),
        ..NewUser::default()
    };
    let invited = accounts::invite(&shop.app, &there.ctx, south.org, &staff).await?;
    let accepted = accounts::accept_invitation(&shop.app, &ctx, invited.link.reveal()).await;
    assert!(matches!(accepted, Err(AppError::Hidden)));
    // And their password still signs them in anywhere.
    let nobody = world.nobody();
    assert!(accounts::sign_in(&shop.app, &nobody, &shop.login, &GOOD.into(), "A phone", HERE).await.is_ok());
    Ok(())
}

on_both!(inc_10_a_shared_till_locks_after_three_idle_minutes);
async fn inc_10_a_shared_till_locks_after_three_idle_minutes(world: &World) -> Outcome {
    let shop = Shop::new(world).await?;
    let pat = shop.names(world).await?.remove(0).1;
    let session = shop.type_pin(world, &pat, PIN).await?;
    for _ in 0..5 {
        world.clock.pass(SignedDuration::from_secs(150));
        assert!(opens(world, &shop.app, &session.token).await?, "whoever is at it stays");
    }
    world.clock.pass(SignedDuration::from_secs(180));
    assert!(!opens(world, &shop.app, &session.token).await?);
    let ctx =
        world.ctx(Caller::User { session: session.session, account: session.account, membership: None });
    assert!(
        matches!(accounts::own_copy(&shop.app, &ctx).await, Err(AppError::Hidden)),
        "no door opens either"
    );
    // A working day is the end in any case.
    let session = shop.type_pin(world, &pat, PIN).await?;
    for _ in 0..(12 * 60 / 2) {
        world.clock.pass(SignedDuration::from_secs(120));
        opens(world, &shop.app, &session.token).await?;
    }
    assert!(!opens(world, &shop.app, &session.token).await?);
    Ok(())
}

on_both!(inc_10_tries_at_pins_are_limited_by_person_and_by_device);
async fn inc_10_tries_at_pins_are_limited_by_person_and_by_device(world: &World) -> Outcome {
    let shop = Shop::new(world).await?;
    shop.hire(world, "Bo Reed", "till.bo", "902177").await?;
    let names = shop.names(world).await?;
    let of =
        |name: &str| names.iter().find(|(shown, _)| shown == name).map(|(_, id)| id.clone()).ok_or("a name");
    let (pat, bo) = (of("Pat")?, of("Bo")?);
    let said = |refused: SignInRefused| AppError::from(refused).to_string();
    let wrong = said(shop.type_pin(world, &pat, "000001").await.err().ok_or("it is wrong")?);
    // Somebody else's PIN, somebody of another shop, nobody at all: one answer.
    let other = world.person(&shop.scheme, Role::MemberUser).await;
    for (who, pin) in [(pat.as_str(), "902177"), (&other.membership.to_string(), PIN), ("nobody", PIN)] {
        assert_eq!(said(shop.type_pin(world, who, pin).await.err().ok_or("it is wrong")?), wrong);
    }
    for _ in 0..3 {
        let _ = shop.type_pin(world, &pat, "000001").await;
    }
    assert!(matches!(shop.type_pin(world, &pat, PIN).await, Err(SignInRefused::Wait(_))));
    assert!(shop.type_pin(world, &bo, "902177").await.is_ok(), "a colleague is not kept waiting");
    // Whoever tries one name after the other is held up by the device.
    let mut waits = false;
    for n in 0..40 {
        let nobody = format!("01900000-0000-7000-8000-0000000000{n:02}");
        waits |= matches!(shop.type_pin(world, &nobody, PIN).await, Err(SignInRefused::Wait(_)));
    }
    assert!(waits);
    Ok(())
}

on_both!(inc_10_a_manager_sees_their_own_business_and_nothing_beyond);
async fn inc_10_a_manager_sees_their_own_business_and_nothing_beyond(world: &World) -> Outcome {
    let shop = Shop::new(world).await?;
    let other = world.person(&shop.scheme, Role::MemberUser).await;
    let own = devices::own_business(&shop.app, &shop.manager.again(world), shop.scheme.org).await?;
    let names = own.team.people.iter().map(|person| person.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names, ["Member Example", "Pat Marsh"]);
    assert_eq!(own.devices.len(), 1);
    // Nobody else of a member may, and nobody of another scheme.
    assert!(matches!(
        devices::own_business(&shop.app, &other.ctx, shop.scheme.org).await,
        Err(AppError::Hidden)
    ));
    let device = own.devices[0].device;
    devices::set_manager(&shop.app, &shop.controller.again(world), other.membership, true).await?;
    assert!(matches!(devices::end(&shop.app, &other.again(world), device).await, Err(AppError::Hidden)));
    // Whether somebody is of another business is not told: the invitation is made all the same.
    let taken = NewUser { name: "X".into(), email: Some(other.login.clone()), ..NewUser::default() };
    let manager = shop.manager.again(world);
    assert!(devices::invite_colleague(&shop.app, &manager, shop.scheme.org, &taken).await.is_ok());
    // A print that was lost gives way to a new one; somebody who is here already is not invited again.
    let manager = shop.manager.again(world);
    assert!(devices::invite_colleague(&shop.app, &manager, shop.scheme.org, &taken).await.is_ok());
    let here = NewUser { name: "Pat".into(), user_name: Some("till.pat".into()), ..NewUser::default() };
    let manager = shop.manager.again(world);
    let refused = devices::invite_colleague(&shop.app, &manager, shop.scheme.org, &here).await;
    assert!(matches!(refused, Err(AppError::Refused(_))));
    // Managing ends at once.
    devices::set_manager(&shop.app, &shop.controller.again(world), shop.manager.membership, false).await?;
    let manager = shop.manager.again(world);
    assert!(matches!(
        devices::own_business(&shop.app, &manager, shop.scheme.org).await,
        Err(AppError::Hidden)
    ));
    Ok(())
}

on_both!(inc_10_a_till_that_is_ended_opens_nothing_and_signs_out_whoever_is_on_it);
async fn inc_10_a_till_that_is_ended_opens_nothing_and_signs_out_whoever_is_on_it(world: &World) -> Outcome {
    let shop = Shop::new(world).await?;
    let pat = shop.names(world).await?.remove(0).1;
    let session = shop.type_pin(world, &pat, PIN).await?;
    let own = devices::own_business(&shop.app, &shop.manager.again(world), shop.scheme.org).await?;
    devices::end(&shop.app, &shop.manager.again(world), own.devices[0].device).await?;
    assert!(!opens(world, &shop.app, &session.token).await?);
    assert!(devices::front(&shop.app, &world.nobody(), shop.till.reveal()).await?.is_none());
    assert!(shop.type_pin(world, &pat, PIN).await.is_err());
    // A device's cookie is no session's, whatever it is sent as.
    assert!(!opens(world, &shop.app, &shop.till).await?);
    Ok(())
}

/// What somebody can still do on a server: find their session, and pass a door.
async fn out(app: &App, nobody: &Ctx, ctx: &Ctx, token: &Token) -> Done<bool> {
    let found = accounts::session(app, nobody, token.reveal()).await?;
    let door = accounts::own_copy(app, ctx).await;
    Ok(found.is_none() && matches!(door, Err(AppError::Hidden)))
}

on_both!(sec_2_who_is_removed_or_signed_out_is_out_at_once_on_every_server);
async fn sec_2_who_is_removed_or_signed_out_is_out_at_once_on_every_server(world: &World) -> Outcome {
    let shop = Shop::new(world).await?;
    let other = App::new(world.another_server().await?, Blobs::open(world.folder().join("blobs"))?);
    let removed = world.person(&shop.scheme, Role::MemberUser).await;
    let nobody = world.nobody();
    assert!(
        !out(&other, &nobody, &removed.again(world), &removed.cookie).await?,
        "they are in on the other server"
    );
    let (controller, reason) = (shop.controller.again(world), "Left the shop.");
    let to = MembershipState::Ended;
    accounts::set_membership(&shop.app, &controller, removed.membership, to, reason).await?;
    assert!(out(&other, &nobody, &removed.again(world), &removed.cookie).await?);
    // One session ended on one server is ended on the other; the rest live on.
    let person = world.person(&shop.scheme, Role::Staff).await;
    let elsewhere = accounts::own_sessions(&other, &person.again(world)).await?;
    assert_eq!(elsewhere.len(), 1);
    accounts::end_sessions(&shop.app, &person.again(world), Some(person.session)).await?;
    assert!(out(&other, &nobody, &person.again(world), &person.cookie).await?);
    // And whoever is on a shared till is out with their role as well.
    let pat = shop.names(world).await?.remove(0).1;
    let session = shop.type_pin(world, &pat, PIN).await?;
    let membership = pat.parse()?;
    let controller = shop.controller.again(world);
    accounts::set_membership(&shop.app, &controller, membership, MembershipState::Suspended, reason).await?;
    assert!(accounts::session(&other, &nobody, session.token.reveal()).await?.is_none());
    assert!(shop.names(world).await?.is_empty());
    Ok(())
}

on_both!(mem_3_inc_10_at_a_till_one_agrees_under_the_role_that_one_has_there);
/// MEM-3, INC-10: whoever is of the staff as well is asked at a till for what asks members, and nothing else is read there.
async fn mem_3_inc_10_at_a_till_one_agrees_under_the_role_that_one_has_there(world: &World) -> Outcome {
    let shop = Shop::new(world).await?;
    let (app, org) = (&shop.app, shop.scheme.org);
    let session = shop.type_pin(world, &shop.names(world).await?[0].1, PIN).await?;
    let view = accounts::session(app, &world.nobody(), session.token.reveal()).await?.ok_or("a session")?;
    let membership = view.memberships[0].membership;
    let caller =
        Caller::User { session: session.session, account: session.account, membership: Some(membership) };
    let (login, account) = (shop.login.clone(), session.account);
    let pat = Person { ctx: world.ctx(caller), login, account, membership, ..shop.manager.clone() };
    assert_eq!(world.role_of(&shop.scheme, &pat, Role::Staff).await.account, account);
    let mut ids = Vec::new();
    for audience in [Audience::Members, Audience::Office] {
        let of = (Some(Kind::Rules), Some(audience), "House rules");
        let entered = Entered { text: "Be kind.".into(), asks: true, ..Entered::default() };
        ids.push(governing::add(app, &shop.controller.again(world), org, of, entered).await?);
    }
    let gallery = async || subjects::gallery(app, &pat.again(world), org, &Sought::default(), None).await;
    assert!(gallery().await.is_err());
    let owed = certifications::owed(app, &pat.again(world), org).await?;
    let asked = owed.asked.iter().map(|one| certifications::shown(one.text, one.version)).collect::<Vec<_>>();
    assert_eq!(asked, [format!("{}:1", ids[0])], "what asks members");
    governing::read(app, &pat.again(world), ids[0]).await?;
    let office = governing::read(app, &pat.again(world), ids[1]).await;
    assert!(matches!(office, Err(AppError::Hidden)), "not at a device that others use as well");
    certifications::agree(app, &pat.again(world), org, &asked, HERE).await?;
    assert!(gallery().await.is_ok());
    Ok(())
}

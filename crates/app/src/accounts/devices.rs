//! Shared devices: enrolling one, picking one's name and typing a PIN; and what a manager does for their own business
//! (INC-10).
use super::{
    Password, forms, me, password_again,
    sign_in::{SignInRefused, network},
};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::{
        EndDevice, EnrolDevice, InviteColleague, ListColleagues, OneAccount, OneDevice, OneMembership,
        SetManager, SetPin,
        own::{Shows, pin_refusal},
    },
    gate::Ctx,
    ids::{DeviceId, MembershipId, OrgId},
    scope::InOrg,
};
use fairwatch_store::accounts::{
    self as store, Attempt, Attempted, Device, Invited, NewSession, Team, Token,
    devices::{self, DeviceFront, DeviceView, pin_counts_under},
};
use std::net::IpAddr;

/// A device's name is cut at so many letters.
const LONGEST_NAME: usize = 60;

/// The business that somebody manages, with its shared devices.
#[derive(Clone, Debug)]
pub struct Own {
    /// The business and its people.
    pub team: Team,
    /// The devices.
    pub devices: Vec<DeviceView>,
}

/// The business that somebody manages, as one look.
///
/// # Errors
/// [`AppError::Hidden`] for whoever manages none.
#[boxed]
pub async fn own_business(app: &App, ctx: &Ctx, org: OrgId) -> Result<Own, AppError> {
    let look = app.store.read::<ListColleagues, _>(ctx, InOrg(org), async |tx| {
        Ok(Own { team: store::colleagues(tx).await?, devices: devices::devices(tx).await? })
    });
    Ok(look.await?)
}

/// Invites somebody to the business that one manages, as a member user.
///
/// # Errors
/// [`AppError::Refused`] with a sentence; [`AppError::Hidden`].
#[boxed]
pub async fn invite_colleague(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    user: &forms::NewUser,
) -> Result<Invited, AppError> {
    let profile = user.profile()?;
    let invite = app.store.write::<InviteColleague, _>(ctx, InOrg(org), async move |tx| {
        store::invite_colleague(tx, &profile).await
    });
    Ok(invite.await?)
}

/// Makes a user of a member its manager, or ends that.
///
/// # Errors
/// [`AppError::Refused`] where it is so already; [`AppError::Hidden`].
#[boxed]
pub async fn set_manager(
    app: &App,
    ctx: &Ctx,
    membership: MembershipId,
    manages: bool,
) -> Result<(), AppError> {
    let set = app.store.write::<SetManager, _>(ctx, OneMembership(membership), async move |tx| {
        store::set_manager(tx, manages).await
    });
    Ok(set.await?)
}

/// Makes a browser a shared device of the business that one manages; the token is for a cookie of its own.
///
/// # Errors
/// [`AppError::Refused`] at the field `device`; [`AppError::Hidden`].
#[boxed]
pub async fn enrol(app: &App, ctx: &Ctx, org: OrgId, name: &str, shows: Shows) -> Result<Token, AppError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>();
    if name.is_empty() {
        return Err(AppError::in_field("device", "Give the device a name, such as “Till 2”."));
    }
    let enrol = app
        .store
        .write::<EnrolDevice, _>(ctx, InOrg(org), async move |tx| devices::enrol(tx, &name, shows).await);
    Ok(enrol.await?)
}

/// Ends a shared device; whoever is signed in on it is out.
///
/// # Errors
/// [`AppError::Hidden`] where it is not of the business that one manages.
#[boxed]
pub async fn end(app: &App, ctx: &Ctx, device: DeviceId) -> Result<(), AppError> {
    let end = app.store.write::<EndDevice, _>(ctx, OneDevice(device), async |tx| devices::end(tx).await);
    Ok(end.await?)
}

/// What a shared device shows before anybody has signed in; none where the cookie is none of a device.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn front(app: &App, ctx: &Ctx, cookie: &str) -> Result<Option<DeviceFront>, AppError> {
    let Some(token) = Token::parse(cookie) else { return Ok(None) };
    Ok(devices::front(&app.store, ctx, &token).await?)
}

/// Signs somebody in on a shared device by their PIN. It is always hashed; tries are counted by person and by device.
///
/// # Errors
/// [`SignInRefused`]: one answer for a wrong PIN, nobody of this device, and no PIN.
#[boxed]
pub async fn sign_in(
    app: &App,
    ctx: &Ctx,
    cookie: &str,
    who: &str,
    pin: &str,
    browser: &str,
    address: IpAddr,
) -> Result<NewSession, SignInRefused> {
    let place = app.passwords.queue()?;
    let token = Token::parse(cookie).ok_or(AppError::Hidden)?;
    let front = devices::front(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    // What is no id is nobody's: counted, hashed and refused like somebody's.
    let membership: MembershipId = who.parse().unwrap_or(MembershipId(uuid::Uuid::nil()));
    let (login, device) = (pin_counts_under(membership), format!("device {}", front.device));
    let attempted = Attempted { login: &login, network: &device };
    if let Attempt::Wait(wait) = store::count_attempt(&app.store, ctx, attempted).await? {
        return Err(SignInRefused::Wait(wait));
    }
    let (account, hash) = devices::pin_on(&app.store, ctx, &token, membership).await?;
    if place.verify(&Password::from(pin), hash).await?
        && let Some(account) = account
    {
        let browser = Device::new(browser, &network(address));
        let opened = devices::sign_in(&app.store, ctx, &token, account, attempted, &browser).await?;
        if let Some(session) = opened {
            return Ok(session);
        }
    }
    store::sign_in_refused(&app.store, ctx, account).await?;
    Err(SignInRefused::Failed(AppError::in_field("pin", "This PIN is not right.")))
}

/// Says of a session that was opened by a password or a passkey in the browser of a shared device that it is there: it
/// locks after three idle minutes, like those by PIN. Nothing happens where the cookie is none of a device.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`]; the session is then not to be handed out.
#[boxed]
pub async fn share(app: &App, ctx: &Ctx, cookie: &str, session: &NewSession) -> Result<(), AppError> {
    let Some(token) = Token::parse(cookie) else { return Ok(()) };
    Ok(store::share(&app.store, ctx, &token, session.session).await?)
}

/// A PIN as a hash, if it will do.
///
/// # Errors
/// [`AppError::Refused`] at the field `pin`.
pub(super) async fn hashed_pin(app: &App, ctx: &Ctx, pin: &str) -> Result<String, AppError> {
    if let Some(why) = pin_refusal(pin) {
        return Err(AppError::in_field("pin", why));
    }
    Ok(app.passwords.queue()?.hash(&Password::from(pin), ctx.randomness()).await?.to_string())
}

/// Chooses one's PIN for shared devices, once the password was given again.
///
/// # Errors
/// [`AppError::Refused`] at the field `pin` or `pin-password`; [`AppError::Hidden`] for whoever is no member's.
#[boxed]
pub async fn set_pin(app: &App, ctx: &Ctx, password: &Password, pin: &str) -> Result<(), AppError> {
    let account = me(ctx)?;
    let hash = hashed_pin(app, ctx, pin).await?;
    password_again(app, ctx, password).await?;
    let set = app
        .store
        .write::<SetPin, _>(ctx, OneAccount(account), async move |tx| devices::set_pin(tx, &hash).await);
    Ok(set.await?)
}

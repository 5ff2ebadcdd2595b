//! Invitations: offering a role, and accepting or declining it by its link (VIS-6, SEC-2).
use super::{NewUser, Password, devices, invitation_address, logins, passwords};
use crate::{App, error::AppError, mail};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::{InviteUser, OneMembership, RenewInvitation, RevokeInvitation},
    gate::Ctx,
    ids::{MembershipId, OrgId},
    scope::InOrg,
};
use fairwatch_store::accounts::{self as store, Accepted, InvitationView, Invited, Token};

/// An invitation that was made, and how its link comes to whom it is for.
#[derive(Clone, Debug)]
pub struct Offered {
    /// The role, which is nobody's yet.
    pub membership: MembershipId,
    /// With which it is accepted.
    pub link: Token,
    /// The address to which the link was sent; none where it is to be handed over.
    pub mailed: Option<String>,
}

/// Offers somebody a role. The answer is the same whether or not they have an account: none is looked for.
///
/// # Errors
/// [`AppError::Refused`] with a sentence; [`AppError::Hidden`].
#[boxed]
pub async fn invite(app: &App, ctx: &Ctx, org: OrgId, user: &NewUser) -> Result<Offered, AppError> {
    let invitation = user.invitation()?;
    let base = mail::base(app, ctx).await?;
    let invite = app.store.write::<InviteUser, _>(ctx, InOrg(org), async move |tx| {
        let Invited { membership, link } = store::invite(tx, &invitation).await?;
        let mailed = store::mail_link(tx, membership, &invitation_address(&base, &link)).await?;
        Ok(Offered { membership, link, mailed })
    });
    Ok(invite.await?)
}

/// Makes a new link for an invitation; the one before ends.
///
/// # Errors
/// [`AppError::Hidden`] where it is none, or has been accepted.
#[boxed]
pub async fn renew_invitation(app: &App, ctx: &Ctx, membership: MembershipId) -> Result<Offered, AppError> {
    let base = mail::base(app, ctx).await?;
    let renew = app.store.write::<RenewInvitation, _>(ctx, OneMembership(membership), async move |tx| {
        let link = store::renew_invitation(tx).await?;
        let mailed = store::mail_link(tx, membership, &invitation_address(&base, &link)).await?;
        Ok(Offered { membership, link, mailed })
    });
    Ok(renew.await?)
}

/// Takes an invitation back.
///
/// # Errors
/// [`AppError::Hidden`] where it is none, or has been accepted.
#[boxed]
pub async fn revoke_invitation(app: &App, ctx: &Ctx, membership: MembershipId) -> Result<(), AppError> {
    let revoke = app.store.write::<RevokeInvitation, _>(ctx, OneMembership(membership), async |tx| {
        store::revoke_invitation(tx).await
    });
    Ok(revoke.await?)
}

/// What is behind the link of an invitation; none where it cannot be used, for whatever reason.
///
/// # Errors
/// [`AppError::Busy`] or [`AppError::Internal`].
#[boxed]
pub async fn behind_invitation(app: &App, ctx: &Ctx, link: &str) -> Result<Option<InvitationView>, AppError> {
    let Some(token) = Token::parse(link) else { return Ok(None) };
    Ok(store::look_at_invitation(&app.store, ctx, &token).await?)
}

/// Accepts an invitation as somebody new, with a password of their choice. It works the same whether or not another
/// account bears what the controller typed; that account is not touched. `pin` is for the shared devices of a business, or
/// empty (INC-10).
///
/// # Errors
/// [`AppError::Refused`] where the link or the password will not do.
#[boxed]
pub async fn accept_as_new(
    app: &App,
    ctx: &Ctx,
    link: &str,
    password: &Password,
    pin: &str,
) -> Result<Accepted, AppError> {
    let token = Token::parse(link).ok_or_else(spent)?;
    let found = store::look_at_invitation(&app.store, ctx, &token).await?.ok_or_else(spent)?;
    passwords::check(password, &logins(&found.told))?;
    let pin = match pin {
        "" => None,
        pin => Some(devices::hashed_pin(app, ctx, pin).await?),
    };
    let hash = app.passwords.queue()?.hash(password, ctx.randomness()).await?;
    Ok(store::accept_as_new(&app.store, ctx, &token, &hash, pin.as_deref()).await?)
}

/// Accepts an invitation as the account that is signed in.
///
/// # Errors
/// [`AppError::Refused`] where the link will not do, or they have the role; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn accept_invitation(app: &App, ctx: &Ctx, link: &str) -> Result<Accepted, AppError> {
    let token = Token::parse(link).ok_or_else(spent)?;
    Ok(store::accept_invitation(&app.store, ctx, &token).await?)
}

/// Declines an invitation. Whoever has the link may: it destroys what was typed about them.
///
/// # Errors
/// [`AppError::Refused`] where the link will not do.
#[boxed]
pub async fn decline_invitation(app: &App, ctx: &Ctx, link: &str) -> Result<(), AppError> {
    let token = Token::parse(link).ok_or_else(spent)?;
    Ok(store::decline_invitation(&app.store, ctx, &token).await?)
}

fn spent() -> AppError {
    AppError::refused("This link has been used or is no longer valid. Ask for a new one.")
}

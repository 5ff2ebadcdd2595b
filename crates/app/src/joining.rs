//! Businesses that want to join: applying on the public site, and what the board decides (MEM-1).
use crate::{
    App,
    accounts::{forms, invitation_address, network, wait_sentence},
    enquiries,
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
    mail,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::Business,
    gate::Ctx,
    ids::{ApplicationId, MemberId, OrgId},
    joining::{
        Agreement, Application, ApproveApplication, ListApplications, OneApplication, OpenApplication,
        RefuseApplication,
    },
    scope::{InOrg, Scope},
};
use fairwatch_store::{
    Tx, accounts as people,
    joining::{self as store, Joined, Receipt},
};
use std::net::IpAddr;

pub use crate::accounts::Offered;
pub use fairwatch_store::joining::Held;

/// What was typed into the form, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The business.
    pub business: Business,
    /// Who acts for it.
    pub person: String,
    /// Where mail reaches them.
    pub email: String,
    /// Where they can be rung.
    pub telephone: String,
    /// What they want to tell the board.
    pub message: String,
    /// Whether they agreed.
    pub agrees: bool,
    /// The version of the policy whose texts they were shown.
    pub version: String,
}

impl Default for Typed {
    fn default() -> Self {
        let none = String::new;
        let business = Business { name: none(), premises: none(), area: none(), trade: none() };
        Self {
            business,
            person: none(),
            email: none(),
            telephone: none(),
            message: none(),
            agrees: false,
            version: none(),
        }
    }
}

/// Looks over what was typed.
///
/// # Errors
/// [`AppError::Refused`] with all that is missing or too long.
pub fn check(scope: &Scope, ctx: &Ctx, typed: &Typed, address: IpAddr) -> Result<Application, AppError> {
    let mut check = Check::default();
    let business = match forms::business(&typed.business) {
        Ok(business) => business,
        Err(AppError::Refused(problems)) => {
            for problem in problems.iter() {
                // On this form `name` is nobody's.
                let field = problem.field.filter(|field| *field != "name").unwrap_or("business");
                check.wrong(field, problem.sentence.clone());
            }
            typed.business.clone()
        }
        Err(error) => return Err(error),
    };
    check.want(!business.premises.is_empty(), "premises", "Say where the business is.");
    let (person, email) = (forms::tidy(&typed.person), forms::tidy(&typed.email));
    let telephone = forms::tidy(&typed.telephone);
    check.want(!person.is_empty(), "person", "Give your name.");
    check.want(is_within(&person, words::LINE), "person", "This name is too long.");
    check.want(
        forms::is_email(&email),
        "email",
        "Give an e-mail address, like name@example.com: we answer to it.",
    );
    check.want(is_within(&telephone, words::FEW), "telephone", "This is too long for a telephone number.");
    let message = tidy(&typed.message).trim().to_owned();
    let long = format!("{}.", too_long("Your message", words::TEXT));
    check.want(is_within(&message, words::TEXT), "message", long);
    if typed.version != scope.policy_version.to_string() {
        // What is put on record must have been shown.
        check
            .wrong("agrees", "Our notice has changed since you opened this page. Read it again, then agree.");
    } else {
        check.want(typed.agrees, "agrees", "A business joins by agreeing to this.");
    }
    check.done()?;
    Ok(Application {
        receipt: enquiries::receipt(ctx),
        business,
        agreed: Agreement {
            name: person.clone(),
            at: ctx.now(),
            version: scope.policy_version,
            from: address.to_canonical().to_string(),
        },
        name: person,
        email,
        telephone,
        message,
        reason: None,
    })
}

/// Receives an application; gives back the receipt by which they can name it.
///
/// # Errors
/// [`AppError::Refused`] where something is missing or too much was sent; [`AppError::Hidden`] where there is no such
/// organisation.
#[boxed]
pub async fn receive(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    typed: &Typed,
    address: IpAddr,
) -> Result<String, AppError> {
    let application = check(scope, ctx, typed, address)?;
    let base = mail::base(app, ctx).await?;
    let link = |scope: &Scope, id: ApplicationId| format!("{base}/o/{}/applications/{id}", scope.slug);
    let network = network(address);
    match store::receive(&app.store, ctx, scope.org, &network, &application, link).await? {
        Receipt::Received(_) => Ok(application.receipt),
        Receipt::Wait(wait) => Err(AppError::refused(wait_sentence(wait))),
        Receipt::Full => Err(AppError::refused(
            "This page cannot take more applications now. Please write to us by post or e-mail instead.",
        )),
    }
}

/// All that is kept, what waits first.
///
/// # Errors
/// [`AppError::Hidden`].
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Held>, AppError> {
    Ok(app.store.read::<ListApplications, _>(ctx, InOrg(org), async |tx| store::list(tx).await).await?)
}

/// Reads one of them.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, id: ApplicationId) -> Result<Held, AppError> {
    let one = OneApplication(id);
    Ok(app.store.read::<OpenApplication, _>(ctx, one, async |tx| store::open(tx).await).await?)
}

/// Takes the business in, and sends whoever applied an invitation (MEM-1).
///
/// # Errors
/// [`AppError::Refused`] where whoever applied has a role here already; [`AppError::Hidden`] where none waits.
#[boxed]
pub async fn approve(app: &App, ctx: &Ctx, id: ApplicationId) -> Result<(MemberId, Offered), AppError> {
    let base = mail::base(app, ctx).await?;
    let approve = app.store.write::<ApproveApplication, _>(
        ctx,
        OneApplication(id),
        async move |tx: &mut Tx<ApproveApplication>| {
            let Joined { member, invited } = store::approve(tx).await?;
            let address = invitation_address(&base, &invited.link);
            let mailed = people::mail_link(tx, invited.membership, &address).await?;
            Ok((member, Offered { membership: invited.membership, link: invited.link, mailed }))
        },
    );
    Ok(approve.await?)
}

/// Refuses one, in words that whoever applied is told.
///
/// # Errors
/// [`AppError::Refused`] at the field `reason`; [`AppError::Hidden`] where none waits.
#[boxed]
pub async fn refuse(app: &App, ctx: &Ctx, id: ApplicationId, reason: &str) -> Result<(), AppError> {
    let reason = tidy(reason).trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::in_field("reason", "Say why. Whoever applied is told."));
    }
    if !is_within(&reason, words::REASON) {
        return Err(AppError::in_field("reason", format!("{}.", too_long("The reason", words::REASON))));
    }
    let refuse = app.store.write::<RefuseApplication, _>(ctx, OneApplication(id), async move |tx| {
        store::refuse(tx, &reason).await
    });
    Ok(refuse.await?)
}

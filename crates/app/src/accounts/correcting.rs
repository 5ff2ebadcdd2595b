//! My account: correcting it, taking all of it away, asking for its deletion, and which messages one wants (MEM-2).
use super::{NewUser, Password, forms, me, password_again};
use crate::{
    App,
    error::{AppError, Check},
    pictures::viewer_code,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::{
        AskDeletion, CorrectAccount, CorrectUser, OneAccount, OneMembership, SetPreferences, ShowAccount,
        own::Message,
    },
    gate::Ctx,
    ids::MembershipId,
};
use fairwatch_store::accounts::{self as store, Attempt, Attempted, Login, OwnCopy, OwnDeed, OwnTraces};
use serde::Serialize;

/// All that is held of whoever asks, to be taken away.
#[derive(Clone, Debug, Serialize)]
pub struct WholeCopy {
    /// What the account holds.
    #[serde(flatten)]
    pub account: OwnCopy,
    /// Which messages they want.
    pub messages: Vec<(Message, bool)>,
    /// What other parts of the program hold.
    #[serde(flatten)]
    pub traces: OwnTraces,
    /// The code that marks what one is shown, by organisation (VIS-8).
    pub marks: Vec<(String, String)>,
    /// What the audit holds of oneself, the latest first.
    pub recorded: Vec<OwnDeed>,
}

/// So many positions of the audit are looked through in one transaction.
const DEEDS_PAGE: i64 = 20_000;

/// All that is held of whoever asks (MEM-2).
///
/// # Errors
/// [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn whole_copy(app: &App, ctx: &Ctx) -> Result<WholeCopy, AppError> {
    let account = me(ctx)?;
    // It looks through whole chains: one copy at a time, so that nobody stops the house by asking again and again.
    let _turn = app.copies.try_acquire().map_err(|_| AppError::busy())?;
    let read = app.store.read::<ShowAccount, _>(ctx, OneAccount(account), async |tx| {
        Ok((store::own_copy(tx).await?, store::own_preferences(tx).await?, store::own_traces(tx).await?))
    });
    let (copy, messages, traces) = read.await?;
    let mut recorded = Vec::new();
    for chain in &traces.chains {
        let mut after = Some(0);
        while let Some(from) = after {
            let page = app.store.read::<ShowAccount, _>(ctx, OneAccount(account), async move |tx| {
                store::own_deeds(tx, *chain, from, DEEDS_PAGE).await
            });
            let (found, next) = page.await?;
            recorded.extend(found);
            after = next;
        }
    }
    recorded.sort_by_key(|deed| std::cmp::Reverse(deed.at));
    let mut marks = Vec::new();
    for role in &copy.memberships {
        let mark = (role.organisation.clone(), viewer_code(app, role.org, account));
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    Ok(WholeCopy { account: copy, messages, traces, marks, recorded })
}

/// Corrects one's own name, and with what one signs in; the password is given once more. Tries at what is somebody else's
/// are counted, so that nobody finds out many of them.
///
/// # Errors
/// [`AppError::Refused`] at the fields `name`, `email`, `user_name` and `password`; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn correct_own(app: &App, ctx: &Ctx, typed: &NewUser, password: &Password) -> Result<(), AppError> {
    let account = me(ctx)?;
    let profile = typed.profile()?;
    password_again(app, ctx, password).await?;
    let login = Login::new(&format!("@correct {account}"));
    let attempted = Attempted { login: &login, network: &format!("corrections {account}") };
    if let Attempt::Wait(wait) = store::count_attempt(&app.store, ctx, attempted).await? {
        return Err(AppError::refused(super::wait_sentence(wait)));
    }
    let correct = app.store.write::<CorrectAccount, _>(ctx, OneAccount(account), async move |tx| {
        store::correct_own(tx, &profile).await
    });
    correct.await?;
    Ok(store::password_was_right(&app.store, ctx, attempted).await?)
}

/// Corrects what one of one's schemes knows of oneself: a name, and an address for its messages.
///
/// # Errors
/// [`AppError::Refused`] at the fields `name` and `email`; [`AppError::Hidden`] where one has no such role.
#[boxed]
pub async fn correct_told(
    app: &App,
    ctx: &Ctx,
    membership: MembershipId,
    name: &str,
    email: &str,
) -> Result<(), AppError> {
    let (name, email) = told(name, email)?;
    let correct = app.store.write::<CorrectAccount, _>(ctx, OneAccount(me(ctx)?), async move |tx| {
        store::correct_told(tx, membership, &name, email.as_deref()).await
    });
    Ok(correct.await?)
}

/// Corrects what the scheme knows of one of its users, on their behalf, with the reason.
///
/// # Errors
/// [`AppError::Refused`] at the fields `name`, `email` and `reason`; [`AppError::Hidden`].
#[boxed]
pub async fn correct_user(
    app: &App,
    ctx: &Ctx,
    membership: MembershipId,
    name: &str,
    email: &str,
    reason: &str,
) -> Result<(), AppError> {
    let (name, email) = told(name, email)?;
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(AppError::in_field(
            "reason",
            "Say why. The reason stands in the audit for as long as they have an account.",
        ));
    }
    let correct = app.store.write::<CorrectUser, _>(ctx, OneMembership(membership), async move |tx| {
        store::correct_user(tx, &name, email.as_deref(), &reason).await
    });
    Ok(correct.await?)
}

fn told(name: &str, email: &str) -> Result<(String, Option<String>), AppError> {
    let (name, email) = (forms::tidy(name), forms::given(Some(email)));
    let mut check = Check::default();
    check.want(!name.is_empty(), "name", "Give a name.");
    check.want(name.chars().count() <= forms::LONGEST_NAME, "name", "This name is too long.");
    let is_good = email.as_ref().is_none_or(|email| forms::is_email(email));
    check.want(is_good, "email", "This is not an e-mail address. Write it like name@example.com.");
    check.done()?;
    Ok((name, email))
}

/// Asks each scheme in which one has a role for the deletion of what it holds of oneself, or takes that back.
///
/// # Errors
/// [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn ask_deletion(app: &App, ctx: &Ctx, ask: bool) -> Result<(), AppError> {
    let asked = app.store.write::<AskDeletion, _>(ctx, OneAccount(me(ctx)?), async move |tx| {
        store::ask_deletion(tx, ask).await
    });
    Ok(asked.await?)
}

/// Which messages one wants.
///
/// # Errors
/// [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn preferences(app: &App, ctx: &Ctx) -> Result<Vec<(Message, bool)>, AppError> {
    let read = app
        .store
        .read::<ShowAccount, _>(ctx, OneAccount(me(ctx)?), async |tx| store::own_preferences(tx).await);
    Ok(read.await?)
}

/// Says which messages one wants; what the law or the rules demand comes in any case.
///
/// # Errors
/// [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn set_preferences(app: &App, ctx: &Ctx, wanted: &[Message]) -> Result<(), AppError> {
    let wanted = wanted.to_vec();
    let set = app.store.write::<SetPreferences, _>(ctx, OneAccount(me(ctx)?), async move |tx| {
        store::set_preferences(tx, &wanted).await
    });
    Ok(set.await?)
}

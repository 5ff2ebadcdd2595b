//! One calendar of every duty, its feed, and reminders (DOC-4).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    duties::{Duty, EndFeed, MakeFeed, Remind, ShowDuties, calendar},
    gate::Ctx,
    ids::OrgId,
    scope::InOrg,
};
use fairwatch_store::{Tx, accounts::Token, duties, orgs};

/// Below which address feeds lie; the token follows.
pub const FEED_PATH: &str = "/calendar/";

/// The calendar of somebody's role.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// The duties, the soonest first.
    pub duties: Vec<Duty>,
    /// Whether they have a feed.
    pub has_feed: bool,
}

/// The duties for which somebody's role is responsible, the soonest first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Calendar, AppError> {
    let read = async |tx: &mut Tx<ShowDuties>| {
        let duties = duties::list(tx).await?;
        Ok(Calendar { duties, has_feed: duties::has_feed(tx).await? })
    };
    Ok(app.store.read::<ShowDuties, _>(ctx, InOrg(org), read).await?)
}

/// Reminds those who are responsible in every scheme, by mail; how many mails were queued.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn remind(app: &App, ctx: &Ctx) -> Result<usize, AppError> {
    if !app.sends_mail() {
        return Ok(0);
    }
    let host =
        orgs::installation(&app.store, ctx).await?.map_or_else(String::new, |record| record.base_address);
    let mut queued = 0;
    for scope in orgs::all(&app.store, ctx).await? {
        let host = host.clone();
        let remind = async move |tx: &mut Tx<Remind>| duties::remind(tx, &host).await;
        queued += app.store.write::<Remind, _>(ctx, InOrg(scope.org), remind).await?;
    }
    Ok(queued)
}

/// Makes the address of one's own feed, which is told now and never again; the one before ends.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn make_feed(app: &App, ctx: &Ctx, org: OrgId) -> Result<String, AppError> {
    let make = async |tx: &mut Tx<MakeFeed>| duties::make_feed(tx).await;
    let token = app.store.write::<MakeFeed, _>(ctx, InOrg(org), make).await?;
    Ok(format!("{FEED_PATH}{}.ics", token.reveal()))
}

/// Ends one's own feed.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn end_feed(app: &App, ctx: &Ctx, org: OrgId) -> Result<(), AppError> {
    let end = async |tx: &mut Tx<EndFeed>| duties::end_feed(tx).await;
    app.store.write::<EndFeed, _>(ctx, InOrg(org), end).await?;
    Ok(())
}

/// A feed as a calendar gets it.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What a calendar that asks again says it has.
    pub version: String,
    /// The feed as iCalendar; none where the calendar has this version already.
    pub text: Option<String>,
}

/// The feed behind a token, as iCalendar: none where it is nobody's, or the role has ended. It names nobody. A calendar
/// that has it already, by the version that it says it has, is told so without anything being worked out.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn feed(
    app: &App,
    ctx: &Ctx,
    token: &str,
    host: &str,
    known: Option<&str>,
) -> Result<Option<Feed>, AppError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let Some(found) = duties::feed(&app.store, ctx, &token, known).await? else { return Ok(None) };
    let scope = &found.scope;
    let name = format!("Duties at {}", &*scope.policy.scheme.short);
    let text = found.duties.map(|duties| calendar(&name, &duties, host, &scope.slug, ctx.real_now()));
    Ok(Some(Feed { version: found.version, text }))
}

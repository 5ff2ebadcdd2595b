//! News, alerts, documents and events, for the members whom they concern (MEM-4, DIS-20).
pub(crate) mod naming;

use crate::{
    App,
    error::{AppError, Check},
    governing::check_pdf,
    incidents::{
        reporting::cautions::{Caution, are_minded, mark},
        words::{self, is_within, tidy, too_long},
    },
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{OrgId, PostId},
    incidents::warnings,
    news::{
        Announce, Content, Kind, ListAlerts, ListNews, OnePost, PrepareNews, PublishPost, ReadPost,
        SendDigest, ShowReaders, WithdrawPost,
    },
    scope::{InOrg, Scope},
};
use fairwatch_store::{Tx, news, targets::Chosen};
use jiff::{Span, civil::Date};
use std::collections::BTreeSet;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::{
    news::{NewPost, Post, Reader, Whole},
    targets::{Choices, Chosen as For},
};

/// So long a text may be.
const LONGEST: usize = 20_000;
/// So many days at most something is shown.
const MOST_DAYS: i64 = 731;

/// A post as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What it is.
    pub kind: Option<Kind>,
    /// Whether it is to be read out.
    pub radio: bool,
    /// What stands above it.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The PDF, as it was uploaded.
    pub pdf: Option<Vec<u8>>,
    /// Of an event: the day.
    pub happens_on: Option<Date>,
    /// Of an event: the time.
    pub time: String,
    /// Of an event: the place.
    pub place: String,
    /// The last day on which it is shown; what is usual where nothing is said.
    pub over_on: Option<Date>,
    /// For whom it is.
    pub chosen: Chosen,
    /// Which cautions its writer has seen, and passes over.
    pub minded: String,
    /// A file came with the form before, and has to be chosen again: without it nothing is published.
    pub had_file: bool,
    /// By which the same form sent twice is known; a new one where there is none.
    pub id: Option<PostId>,
}

/// What became of publishing something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is published.
    Published(PostId),
    /// It was not: first its writer is to see what looks as if it must not stand there.
    Warned(Vec<Caution>),
}

/// What concerns the asker, the newest first; of those who write, everything that is kept.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Post>, AppError> {
    let read = async |tx: &mut Tx<ListNews>| news::list(tx).await;
    Ok(app.store.read::<ListNews, _>(ctx, InOrg(org), read).await?)
}

/// The alerts that concern the asker and that they have not read, the newest first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn unread_alerts(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Post>, AppError> {
    let read = async |tx: &mut Tx<ListAlerts>| news::unread_alerts(tx).await;
    Ok(app.store.read::<ListAlerts, _>(ctx, InOrg(org), read).await?)
}

/// A post; that it was read is on record.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn read(app: &App, ctx: &Ctx, id: PostId) -> Result<Whole, AppError> {
    let read = async |tx: &mut Tx<ReadPost>| news::read(tx).await;
    Ok(app.store.read::<ReadPost, _>(ctx, OnePost(id), read).await?)
}

/// The PDF of a post.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn pdf(app: &App, ctx: &Ctx, id: PostId) -> Result<Vec<u8>, AppError> {
    let read = async |tx: &mut Tx<ReadPost>| news::pdf(tx).await;
    Ok(app.store.read::<ReadPost, _>(ctx, OnePost(id), read).await?)
}

/// Whom something can be for.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn choices(app: &App, ctx: &Ctx, org: OrgId) -> Result<Choices, AppError> {
    let read = async |tx: &mut Tx<PrepareNews>| news::choices(tx).await;
    Ok(app.store.read::<PrepareNews, _>(ctx, InOrg(org), read).await?)
}

/// Whom a post concerns, and when they read it.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn readers(app: &App, ctx: &Ctx, id: PostId) -> Result<(Post, Vec<Reader>), AppError> {
    let read = async |tx: &mut Tx<ShowReaders>| news::readers(tx).await;
    Ok(app.store.read::<ShowReaders, _>(ctx, OnePost(id), read).await?)
}

/// Takes a post back: it is destroyed.
///
/// # Errors
/// [`AppError::Hidden`] where it is not theirs to take back.
#[boxed]
pub async fn withdraw(app: &App, ctx: &Ctx, id: PostId) -> Result<(), AppError> {
    let withdraw = async |tx: &mut Tx<WithdrawPost>| news::withdraw(tx).await;
    Ok(app.store.write::<WithdrawPost, _>(ctx, OnePost(id), withdraw).await?)
}

/// A post as it is kept, or what is wrong with the form.
fn checked(scope: &Scope, choices: &Choices, typed: Typed) -> Result<NewPost, AppError> {
    let mut check = Check::default();
    let line = |text: &str| tidy(text).replace('\n', " ").trim().to_owned();
    let kind = typed.kind;
    let (title, place, time) = (line(&typed.title), line(&typed.place), line(&typed.time));
    // Lines matter in a text: only its ends are tidied.
    let text = tidy(&typed.text.replace("\r\n", "\n")).trim().to_owned();
    let is = |wanted: Kind| kind == Some(wanted);
    check.want(kind.is_some(), "kind", "Choose what it is.");
    check.want(!title.is_empty(), "title", "Give it a title.");
    for (field, what, text) in
        [("title", "The title", &title), ("place", "The place", &place), ("time", "The time", &time)]
    {
        check.want(is_within(text, words::LINE), field, format!("{}.", too_long(what, words::LINE)));
    }
    check.want(!text.is_empty() || typed.pdf.is_some(), "text", "Type what you want to tell.");
    check.want(is_within(&text, LONGEST), "text", format!("{}.", too_long("The text", LONGEST)));
    check.want(
        typed.pdf.is_some() || !typed.had_file,
        "file",
        "Choose the file again: it cannot be kept while you read this. To publish without one, begin anew.",
    );
    if let Some(pdf) = &typed.pdf {
        check.want(is(Kind::Document), "file", "Only a document comes with a file. Choose: Document.");
        check_pdf(&mut check, pdf);
    }
    let happens_on = typed.happens_on.filter(|_| is(Kind::Event));
    if is(Kind::Event) {
        check.want(happens_on.is_some(), "happens", "Say on which day it is, such as 27 3 2027.");
        check.want(!place.is_empty(), "place", "Say where it is.");
    }
    let over_on = typed
        .over_on
        .or_else(|| kind.map(|kind| kind.over_on(scope.today, happens_on)))
        .unwrap_or(scope.today);
    check.want(
        happens_on.is_none_or(|day| day >= scope.today),
        "happens",
        "This day is over. Give today or a later day.",
    );
    check.want(over_on >= scope.today, "over", "This day is over. Give today or a later day.");
    check.want(
        happens_on.is_none_or(|day| day <= over_on),
        "over",
        "It would be gone before it happens. Give its day or a later one, or leave this empty.",
    );
    check.want(
        over_on <= scope.today.saturating_add(Span::new().days(MOST_DAYS)),
        if typed.over_on.is_none() && happens_on.is_some() { "happens" } else { "over" },
        "That is more than two years from now. Give an earlier day: publish it again then.",
    );
    check.want(
        choices.has(&typed.chosen),
        "areas",
        "Something that you chose is not there any more. Choose again for whom it is.",
    );
    let (targets, for_whom) = choices.of(&typed.chosen);
    check.done()?;
    let kind = kind.ok_or(AppError::Hidden)?;
    let event = |text: String| if kind == Kind::Event { text } else { String::new() };
    let content = Content { title, text, time: event(time), place: event(place), for_whom };
    let radio = typed.radio && kind == Kind::Alert;
    Ok(NewPost { kind, radio, happens_on, over_on, content, pdf: typed.pdf, targets, looked: false })
}

/// What in texts looks as if it must not stand there, at its field: contact details and special category data, by the
/// lint of reports (INC-7).
pub(crate) fn looks(scope: &Scope, fields: &naming::Fields<'_>) -> Vec<Caution> {
    let one = |(field, text): &(&'static str, &str)| {
        let found = warnings(text, &scope.policy).into_iter();
        let caution = |warning: fairwatch_core::incidents::warnings::Warning| Caution {
            field: (*field).to_owned(),
            looks: warning.looks,
            found: text[warning.start..warning.end].to_owned(),
            sentence: warning.sentence,
        };
        found.map(caution).collect::<Vec<_>>()
    };
    fields.iter().flat_map(one).collect()
}

/// Publishes a post. Where its text names somebody who is held, its writer is told of it first, and has to say that it
/// may stand; for the radio it is refused (DIS-20).
///
/// # Errors
/// [`AppError::Refused`] in words, for each field that will not do; [`AppError::Hidden`] for a kind that is not theirs.
#[boxed]
pub async fn publish(app: &App, ctx: &Ctx, scope: &Scope, typed: Typed) -> Result<Outcome, AppError> {
    let choices = choices(app, ctx, scope.org).await?;
    let minded = typed.minded.clone();
    let id = typed.id.unwrap_or_else(|| ctx.new_id());
    let new = checked(scope, &choices, typed)?;
    let named = naming::look(app, ctx, scope, &naming::fields(&new.content)).await?;
    if new.radio {
        naming::refuse(scope, &new.content, &named)?;
    }
    let mut cautions = looks(scope, &naming::fields(&new.content));
    cautions.extend(named.cautions());
    if !are_minded(&cautions, &minded) {
        return Ok(Outcome::Warned(cautions));
    }
    let new = NewPost { looked: named.looked, ..new };
    let publish = async move |tx: &mut Tx<PublishPost>| news::publish(tx, id, &new).await;
    let id = app.store.write::<PublishPost, _>(ctx, InOrg(scope.org), publish).await?;
    Ok(Outcome::Published(id))
}

/// What a form sends back to say that its user has seen these cautions.
#[must_use]
pub fn minded(cautions: &[Caution]) -> String {
    mark(cautions)
}

/// Queues the mails of alerts that were published since; how many. A hundred at a time, so that nobody waits for it.
///
/// # Errors
/// The store's, where it cannot be asked at all. What is wrong in one scheme keeps no other from being told.
#[boxed]
pub async fn announce(app: &App, ctx: &Ctx) -> Result<usize, AppError> {
    if !app.sends_mail() {
        return Ok(0);
    }
    let mut queued = 0;
    for org in news::to_announce(&app.store, ctx).await? {
        match announce_in(app, ctx, org).await {
            Ok(n) => queued += n,
            Err(error) => tracing::error!(%error, scheme = %org, "an alert could not be sent out"),
        }
    }
    Ok(queued)
}

async fn announce_in(app: &App, ctx: &Ctx, org: OrgId) -> Result<usize, AppError> {
    let host = crate::mail::base(app, ctx).await?;
    let mut queued = 0;
    loop {
        let host = host.clone();
        let part = async move |tx: &mut Tx<Announce>| news::announce(tx, &host).await;
        match app.store.write::<Announce, _>(ctx, InOrg(org), part).await? {
            Some(part) => queued += part,
            None => return Ok(queued),
        }
    }
}

/// Tells members once a week by mail what was new; how many mails were queued. Who was told of a week is not told again,
/// whichever server does it, and a week with nothing in it is told to nobody.
///
/// # Errors
/// The store's, where it cannot be asked at all. What is wrong in one scheme keeps no other from being told.
#[boxed]
pub async fn send_digests(app: &App, ctx: &Ctx) -> Result<usize, AppError> {
    if !app.sends_mail() {
        return Ok(0);
    }
    let mut queued = 0;
    for org in news::due_weeks(&app.store, ctx).await? {
        match digest_in(app, ctx, org).await {
            Ok(n) => queued += n,
            Err(error) => tracing::error!(%error, scheme = %org, "members could not be told what was new"),
        }
    }
    Ok(queued)
}

async fn digest_in(app: &App, ctx: &Ctx, org: OrgId) -> Result<usize, AppError> {
    let host = crate::mail::base(app, ctx).await?;
    // Which titles may leave the program is asked once, of everybody of whom there is a record today.
    let look = async |tx: &mut Tx<SendDigest>| {
        let Some(week) = news::week(tx).await? else { return Ok(BTreeSet::new()) };
        // What became of a title would tell whoever may not look whether somebody of a name is held.
        let looked = week.posts.iter().filter(|post| post.looked);
        let titles = looked.map(|post| (post.id, post.content.title.clone()));
        naming::nameless(tx, &titles.collect::<Vec<_>>()).await
    };
    let may_leave = app.store.write::<SendDigest, _>(ctx, InOrg(org), look).await?;
    let mut queued = 0;
    loop {
        let (host, may_leave) = (host.clone(), may_leave.clone());
        let part = async move |tx: &mut Tx<SendDigest>| news::digest(tx, &host, &may_leave).await;
        let (part, is_done) = app.store.write::<SendDigest, _>(ctx, InOrg(org), part).await?;
        queued += part;
        if is_done {
            return Ok(queued);
        }
    }
}

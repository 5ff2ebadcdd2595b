//! What people ask about their data: one answer for whoever asks by the public form, and the controller's desk (SAR-1,
//! SAR-2, SAR-7, PUB-3).
use crate::{
    App,
    accounts::{network, wait_sentence},
    enquiries::{mail_address, receipt},
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
    mail,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    clocks::plus_months,
    gate::Ctx,
    ids::{OrgId, RequestAboutDataId},
    requests::{
        Content, CountRequests, EnterRequest, FinishRequest, How, LinkRequest, ListRequests, NoteRequest,
        OneRequest, OpenRequest, Origin, Outcome, StepKind, Words,
    },
    rights::Right,
    scope::InOrg,
};
use fairwatch_store::{
    Tx,
    requests::{self, Noted, Receipt},
};
use jiff::civil::Date;
use std::net::IpAddr;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::requests::{Count, Held, Opened};

/// What was typed into a form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// What they ask for: `access`, `correction` and so on.
    pub right: String,
    /// The reference on a letter, or nothing.
    pub reference: String,
    /// Who asks.
    pub name: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they ask.
    pub message: String,
}

/// Looks over what was typed. What is asked for has to be said, and how they can be reached; of the rest an access request
/// needs nothing more.
///
/// # Errors
/// [`AppError::Refused`] with all that is missing or too long.
pub fn check(typed: &Typed) -> Result<(Right, Content), AppError> {
    let [reference, name, contact, message] = [&typed.reference, &typed.name, &typed.contact, &typed.message]
        .map(|text| tidy(text).trim().to_owned());
    let mut check = Check::default();
    let right = typed.right.parse::<Right>();
    check.want(right.is_ok(), "right", "Choose what you ask for.");
    check.want(!name.is_empty(), "name", "Say who you are.");
    check.want(!contact.is_empty(), "contact", "Say how we can reach you, or we cannot answer.");
    let is_access = right.as_ref().is_ok_and(|right| *right == Right::Access);
    check.want(is_access || !message.is_empty(), "message", "Say what it is about.");
    for (field, text, what, most) in [
        ("name", &name, "Your name", words::LINE),
        ("contact", &contact, "How we can reach you", words::PARAGRAPH),
        ("message", &message, "Your message", words::TEXT),
    ] {
        check.want(is_within(text, most), field, format!("{}.", too_long(what, most)));
    }
    check.want(is_within(&reference, 64), "reference", "Check the reference: it is shorter than this.");
    check.done()?;
    let Ok(right) = right else { return Err(AppError::in_field("right", "Choose what you ask for.")) };
    let content = Content { receipt: String::new(), reference, name, contact, message, outcome: None };
    Ok((right, content))
}

/// Receives what somebody asks by the public form; gives back the receipt by which they can name it. The answer is the
/// same whoever is held (PUB-3).
///
/// # Errors
/// [`AppError::Refused`] where something is missing or too much was sent; [`AppError::Hidden`] where there is no such
/// organisation.
#[boxed]
pub async fn receive(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    typed: &Typed,
    address: IpAddr,
) -> Result<String, AppError> {
    let (right, content) = check(typed)?;
    let content = Content { receipt: receipt(ctx), ..content };
    match requests::receive(&app.store, ctx, org, right, &network(address), &content).await? {
        Receipt::Received(_) => Ok(content.receipt),
        Receipt::Wait(wait) => Err(AppError::refused(wait_sentence(wait))),
        Receipt::Full => Err(AppError::refused(
            "This page cannot take more requests now. Please write to us by post or e-mail instead.",
        )),
    }
}

/// What was typed of one that came by another way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedEntry {
    /// What they asked.
    pub typed: Typed,
    /// By which way it came.
    pub origin: String,
    /// The day on which it came; today where nothing was typed.
    pub received: Option<Date>,
}

/// Enters one that came by e-mail, on paper, by telephone or in person.
///
/// # Errors
/// [`AppError::Refused`] in words.
#[boxed]
pub async fn enter(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    entry: &TypedEntry,
) -> Result<RequestAboutDataId, AppError> {
    let origin = entry.origin.parse::<Origin>().ok().filter(|origin| Origin::ENTERED.contains(origin));
    let received = entry.received.unwrap_or_else(|| ctx.today());
    let mut all = Check::default();
    all.want(origin.is_some(), "origin", "Choose how it came.");
    all.want(received <= ctx.today(), "received", "That day has not come yet. Check the day.");
    let a_year = plus_months(received, 12);
    all.want(
        a_year.is_some_and(|day| day > ctx.today()),
        "received",
        "That is over a year ago. Check the year.",
    );
    let checked = check(&entry.typed);
    if let Err(AppError::Refused(problems)) = &checked {
        for problem in problems.iter() {
            all.wrong(problem.field.unwrap_or_default(), problem.sentence.clone());
        }
    }
    all.done()?;
    let (right, content) = checked?;
    let Some(origin) = origin else { return Err(AppError::Hidden) };
    let content = Content { receipt: receipt(ctx), ..content };
    let enter =
        async move |tx: &mut Tx<EnterRequest>| requests::enter(tx, right, origin, received, &content).await;
    Ok(app.store.write::<EnterRequest, _>(ctx, InOrg(org), enter).await?)
}

/// Everything that is kept, the soonest due first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Held>, AppError> {
    let read = async |tx: &mut Tx<ListRequests>| requests::list(tx).await;
    Ok(app.store.read::<ListRequests, _>(ctx, InOrg(org), read).await?)
}

/// How many there were, by what was asked: counts alone.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn count(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<(Right, Count)>, AppError> {
    let read = async |tx: &mut Tx<CountRequests>| requests::count(tx).await;
    Ok(app.store.read::<CountRequests, _>(ctx, InOrg(org), read).await?)
}

/// One of them, with all that happened to it.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, id: RequestAboutDataId) -> Result<Opened, AppError> {
    let read = async |tx: &mut Tx<OpenRequest>| requests::open(tx).await;
    Ok(app.store.read::<OpenRequest, _>(ctx, OneRequest(id), read).await?)
}

/// What was typed of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedStep {
    /// What happened.
    pub kind: String,
    /// On which day; today where nothing was typed.
    pub on: Option<Date>,
    /// Of identity: `yes` or `no`.
    pub yes: String,
    /// Of identity: how it was looked at.
    pub how: String,
    /// In which words.
    pub text: String,
}

/// What has to be said of a step, as a refusal says it.
fn missing(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Receipt => "Say how they were told.",
        StepKind::IdentityAsked => "Say what they were asked for, and why there is a doubt who they are.",
        StepKind::Identity => "Say what was seen, and where.",
        StepKind::Asked => "Say what was asked, and why it is needed.",
        StepKind::Came => "Say what they answered.",
        StepKind::Extended => {
            "Say how they were told, and the reasons: how complex it is, or how many requests."
        }
        StepKind::Progress => "Say what was done, or what they were told.",
    }
}

/// Records what happened to it (SAR-1, SAR-2).
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where none is open.
#[boxed]
pub async fn note(app: &App, ctx: &Ctx, id: RequestAboutDataId, typed: &TypedStep) -> Result<(), AppError> {
    let mut check = Check::default();
    let kind = typed.kind.parse::<StepKind>().ok();
    check.want(kind.is_some(), "kind", "Choose what happened.");
    let text = tidy(&typed.text).trim().to_owned();
    check.want(!text.is_empty(), "text", kind.map_or("Say what happened.", missing));
    check.want(is_within(&text, words::TEXT), "text", format!("{}.", too_long("This", words::TEXT)));
    let is_identity = kind == Some(StepKind::Identity);
    let how = typed.how.parse::<How>().ok().filter(|_| is_identity);
    check.want(!is_identity || how.is_some(), "how", "Choose how it was looked at.");
    let answered = matches!(&*typed.yes, "yes" | "no");
    check.want(!is_identity || answered, "yes", "Say whether it is them.");
    check.done()?;
    let Some(kind) = kind else { return Err(AppError::Hidden) };
    let on = typed.on.unwrap_or_else(|| ctx.today());
    let noted = Noted { kind, on, yes: !is_identity || typed.yes == "yes", words: Words { text, how } };
    let note = async move |tx: &mut Tx<NoteRequest>| requests::note(tx, &noted).await;
    app.store.write::<NoteRequest, _>(ctx, OneRequest(id), note).await?;
    Ok(())
}

/// Links it to the record of whoever asks, by its reference; nothing takes the link away (SAR-2).
///
/// # Errors
/// [`AppError::Refused`] where nobody who is held has it; [`AppError::Hidden`] where none is open, or it is not known who
/// asks.
#[boxed]
pub async fn link(app: &App, ctx: &Ctx, id: RequestAboutDataId, reference: &str) -> Result<(), AppError> {
    let reference = reference.to_owned();
    let link = async move |tx: &mut Tx<LinkRequest>| requests::link(tx, &reference).await;
    app.store.write::<LinkRequest, _>(ctx, OneRequest(id), link).await?;
    Ok(())
}

/// Records how it ended, and with `send` sends the answer by mail to the address that they gave. What says something of
/// what is held needs to be known to go to them (SAR-2, SAR-7).
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where none is open.
#[boxed]
pub async fn finish(
    app: &App,
    ctx: &Ctx,
    id: RequestAboutDataId,
    outcome: &str,
    text: &str,
    send: bool,
) -> Result<(), AppError> {
    let mut check = Check::default();
    let outcome = outcome.parse::<Outcome>().ok();
    check.want(outcome.is_some(), "outcome", "Choose how it ended.");
    let text = tidy(text).trim().to_owned();
    check.want(!text.is_empty(), "text", "Say what they were told, and where it was refused, why.");
    check.want(is_within(&text, words::TEXT), "text", format!("{}.", too_long("This", words::TEXT)));
    check.done()?;
    let Some(outcome) = outcome else { return Err(AppError::Hidden) };
    let to = if send { address(&open(app, ctx, id).await?.held.content) } else { None };
    let base = mail::base(app, ctx).await?;
    let finish = async move |tx: &mut Tx<FinishRequest>| {
        let reach = format!("{base}/o/{}/contact", tx.permit().facts().scope.slug);
        requests::finish(tx, outcome, &text, to.as_deref(), &reach).await
    };
    app.store.write::<FinishRequest, _>(ctx, OneRequest(id), finish).await?;
    Ok(())
}

/// Where mail reaches whoever asks, if they gave an address.
#[must_use]
pub fn address(content: &Content) -> Option<String> {
    mail_address(&content.contact)
}

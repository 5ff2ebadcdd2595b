//! Changing a scheme's policy: written and tried by the controller, agreed to by somebody of the board, in force by the
//! clock (POL-5, SEC-6).
use crate::{
    App,
    error::{AppError, Check},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::{Caller, Ctx},
    ids::{OrgId, PolicyChangeId, SubjectId},
    notices::{self, Piece, Prose},
    policies::{
        AuthoriseChange, DraftChange, EditChange, ListAffected, ListChanges, MeasureChange, OneChange,
        OpenChange, ProposeChange, RefuseChange, TryChange, WithdrawChange,
    },
    policy::{
        self, Finding, Policy, Severity,
        changing::{self, Effect},
    },
    scope::{InOrg, Scope},
};
use fairwatch_store::{
    Tx,
    policies::{applying, changes, trying},
};
use jiff::civil::Date;
use std::sync::Arc;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::policies::{
    Version,
    applying::Progress,
    changes::{Affected, Change, Tried},
};

/// The versions of a scheme's policy, the newest first: published, and so through no door.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn versions(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Version>, AppError> {
    Ok(fairwatch_store::policies::versions(&app.store, ctx, org).await?)
}

/// The text of a version, and what it says.
///
/// # Errors
/// [`AppError::Hidden`] where there is no such version.
#[boxed]
pub async fn version(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    number: i64,
) -> Result<(String, Arc<Policy>), AppError> {
    fairwatch_store::policies::text(&app.store, ctx, org, number).await?.ok_or(AppError::Hidden)
}

/// What was written beside a version: published with it.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn prose_of(app: &App, ctx: &Ctx, org: OrgId, number: i64) -> Result<Prose, AppError> {
    Ok(fairwatch_store::notices::prose(&app.store, ctx, org, number).await?)
}

/// The changes of a scheme, the newest first, with how far records have been worked out by the policy in force.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not know.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<(Vec<Change>, Progress), AppError> {
    let look = app.store.read::<ListChanges, _>(ctx, InOrg(org), async |tx: &mut Tx<ListChanges>| {
        // The board reads what it is asked to agree to, and not what somebody is still writing.
        let with_drafts = tx.permit().standing().is(fairwatch_core::gate::Role::Controller);
        changes::list(tx, with_drafts).await
    });
    Ok((look.await?, progress(app, ctx, org).await?))
}

/// A change with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The change.
    pub change: Change,
    /// The organisation, with the policy in force.
    pub scope: Scope,
    /// Who wrote it.
    pub author: Option<String>,
    /// Who else wrote at it: none of them agrees to it.
    pub others: Vec<String>,
    /// Who decided on it.
    pub decided_by: Option<String>,
    /// Whether it is what the scheme does by now.
    pub is_in_force: bool,
    /// The day from which it would hold if it were agreed to now.
    pub takes_effect: Date,
    /// The text from which it was written, and what that says.
    pub before: (String, Arc<Policy>),
    /// All that there is to say of its text.
    pub findings: Vec<Finding>,
    /// What is written beside it.
    pub prose: Prose,
    /// What was written beside the version from which it was written.
    pub prose_before: Prose,
    /// What it says, where it is a policy.
    pub after: Option<Arc<Policy>>,
}

/// How far records have been worked out by the policy in force: counts alone.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn progress(app: &App, ctx: &Ctx, org: OrgId) -> Result<Progress, AppError> {
    Ok(applying::progress(&app.store, ctx, org).await?)
}

/// Begins a change from the policy in force.
///
/// # Errors
/// [`AppError::Refused`] while another is under way.
#[boxed]
pub async fn begin(app: &App, ctx: &Ctx, org: OrgId) -> Result<PolicyChangeId, AppError> {
    let work = app
        .store
        .write::<DraftChange, _>(ctx, InOrg(org), async |tx: &mut Tx<DraftChange>| changes::draft(tx).await);
    Ok(work.await?)
}

/// A change, and what is to be said of its text.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not read it.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, id: PolicyChangeId) -> Result<Opened, AppError> {
    let look = app.store.read::<OpenChange, _>(ctx, OneChange(id), async |tx: &mut Tx<OpenChange>| {
        let change = changes::open(tx).await?;
        let author = changes::name(tx, change.author).await?;
        let decided_by = changes::name(tx, change.decided_by).await?;
        let mut others = Vec::new();
        for account in change.writers.iter().filter(|account| Some(**account) != change.author) {
            let name = changes::name(tx, Some(*account)).await?;
            others.push(name.unwrap_or_else(|| "somebody who has left".to_owned()));
        }
        Ok((change, author, others, decided_by, tx.permit().facts().clone()))
    });
    let (change, author, others, decided_by, facts) = look.await?;
    let versions = versions(app, ctx, facts.scope.org).await?;
    let base = versions.iter().find(|version| version.id == change.base).ok_or(AppError::Hidden)?;
    let before = version(app, ctx, facts.scope.org, base.version).await?;
    let prose = change.written.prose()?;
    let prose_before = prose_of(app, ctx, facts.scope.org, base.version).await?;
    let file = change.file_name.as_str();
    let (after, findings) = check(&before.1, file, &change.written.text, &prose, facts.scope.today);
    Ok(Opened {
        author,
        others,
        decided_by,
        is_in_force: facts.is_in_force(),
        takes_effect: facts.takes_effect(),
        before,
        prose,
        prose_before,
        findings,
        after: after.map(Arc::new),
        scope: facts.scope,
        change,
    })
}

/// All that there is to say of a text that is to follow a policy, by line; what it says, if nothing is an error.
#[must_use]
pub fn check(
    before: &Policy,
    file: &str,
    text: &str,
    prose: &Prose,
    today: Date,
) -> (Option<Policy>, Vec<Finding>) {
    let (policy, mut findings) = policy::check(file, text);
    let Some(policy) = policy else { return (None, findings) };
    findings = policy::lint_on(&policy, today);
    findings.extend(changing::fixed(before, &policy));
    findings.extend(notices::check(&policy, prose, &crate::notices::folder(file)));
    findings.sort_by_key(|finding| (finding.severity, finding.line, finding.column));
    let is_sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    (is_sound.then_some(policy), findings)
}

/// What is typed of a change.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The text of the policy.
    pub text: String,
    /// What is written beside it.
    pub prose: Prose,
    /// Why it is changed.
    pub reason: String,
    /// From which day; none where none is given yet.
    pub from: Option<Date>,
}

/// The longest reason.
const LONGEST_REASON: usize = 4_000;

/// The longest text of a policy, in bytes: those that there are have 40 KiB.
pub const LONGEST_TEXT: usize = 512 * 1024;

/// The field in which a text beside the policy is typed.
#[must_use]
pub const fn field(piece: Piece) -> &'static str {
    match piece {
        Piece::About => "prose-about",
        Piece::Balance => "prose-balance",
        Piece::Reported => "prose-reported",
        Piece::Members => "prose-members",
        Piece::Public => "prose-public",
        Piece::Processing => "prose-processing",
    }
}

/// Keeps what was typed, whatever is wrong with it.
///
/// # Errors
/// [`AppError::Refused`] for what cannot be kept at all.
#[boxed]
pub async fn save(app: &App, ctx: &Ctx, id: PolicyChangeId, typed: Typed) -> Result<(), AppError> {
    let mut check = Check::default();
    check.want(
        typed.reason.len() <= LONGEST_REASON,
        "reason",
        format!("Say it in {LONGEST_REASON} letters at most: it is published."),
    );
    check.want(
        typed.text.len() <= LONGEST_TEXT,
        "text",
        format!("The policy is longer than {} KiB. Make it shorter.", LONGEST_TEXT / 1024),
    );
    for piece in typed.prose.too_long() {
        check.want(
            false,
            field(piece),
            format!("This text is longer than {} KiB. Make it shorter.", notices::LONGEST_PROSE / 1024),
        );
    }
    check.done()?;
    // Browsers send lines as telegraphs did.
    let text = typed.text.replace("\r\n", "\n");
    app.store
        .write::<EditChange, _>(ctx, OneChange(id), async move |tx: &mut Tx<EditChange>| {
            changes::save(tx, text, &typed.prose, typed.reason.trim().to_owned(), typed.from).await
        })
        .await?;
    Ok(())
}

/// So many parts of a dry run are worked out while somebody waits: 20,000 people.
pub const WHILE_WAITING: usize = 40;

/// Works out what a change would do to the data as it stands, anew; whether that is whole. The rest is
/// [`go_on`]'s.
///
/// # Errors
/// [`AppError::Refused`] where the text is no policy.
#[boxed]
pub async fn try_out(app: &App, ctx: &Ctx, id: PolicyChangeId, most: usize) -> Result<bool, AppError> {
    let trial = app
        .store
        .write::<TryChange, _>(ctx, OneChange(id), async |tx: &mut Tx<TryChange>| trying::begin(tx).await)
        .await?;
    parts(app, ctx, id, &trial, most).await
}

/// Goes on with a dry run of today that is not whole; whether it is by now.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn go_on(app: &App, ctx: &Ctx, id: PolicyChangeId, most: usize) -> Result<bool, AppError> {
    let job = job(ctx);
    let trial = app
        .store
        .read::<MeasureChange, _>(&job, OneChange(id), async |tx: &mut Tx<MeasureChange>| {
            trying::under_way(tx).await
        })
        .await?;
    match trial {
        Some(trial) => parts(app, ctx, id, &trial, most).await,
        None => Ok(true),
    }
}

/// Whoever asks has been let through the door of [`TryChange`] or [`OpenChange`]; the parts give back no more than
/// whether there are more.
fn job(ctx: &Ctx) -> Ctx {
    use fairwatch_core::gate::Action as _;
    ctx.clone().with_caller(Caller::Job("policy")).confined_to(&[MeasureChange::NAME])
}

async fn parts(
    app: &App,
    ctx: &Ctx,
    id: PolicyChangeId,
    trial: &trying::Trial,
    most: usize,
) -> Result<bool, AppError> {
    let job = job(ctx);
    for _ in 0..most {
        let measured = app
            .store
            .read::<MeasureChange, _>(&job, OneChange(id), async |tx: &mut Tx<MeasureChange>| {
                trying::measure(tx, trial).await
            })
            .await?;
        let Some(measured) = measured else { return Ok(true) };
        let is_more = app
            .store
            .write::<MeasureChange, _>(&job, OneChange(id), async |tx: &mut Tx<MeasureChange>| {
                trying::record(tx, trial, &measured).await
            })
            .await?;
        if !is_more {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Puts a change before the board.
///
/// # Errors
/// [`AppError::Refused`] in words where something is missing.
#[boxed]
pub async fn propose(app: &App, ctx: &Ctx, id: PolicyChangeId) -> Result<(), AppError> {
    let work = app.store.write::<ProposeChange, _>(ctx, OneChange(id), async |tx: &mut Tx<ProposeChange>| {
        changes::propose(tx).await
    });
    Ok(work.await?)
}

/// Agrees to a change, as a second person; the number of its version (SEC-6).
///
/// # Errors
/// [`AppError::Hidden`] for its author; [`AppError::Refused`] without a dry run of today.
#[boxed]
pub async fn authorise(app: &App, ctx: &Ctx, id: PolicyChangeId) -> Result<i64, AppError> {
    let work =
        app.store.write::<AuthoriseChange, _>(ctx, OneChange(id), async |tx: &mut Tx<AuthoriseChange>| {
            changes::authorise(tx).await
        });
    Ok(work.await?)
}

fn given(reason: &str) -> Result<String, AppError> {
    let reason = reason.trim();
    let mut check = Check::default();
    check.want(!reason.is_empty(), "why", "Say why.");
    check.want(reason.len() <= LONGEST_REASON, "why", format!("Say it in {LONGEST_REASON} letters at most."));
    check.done()?;
    Ok(reason.to_owned())
}

/// Refuses a change.
///
/// # Errors
/// [`AppError::Refused`] without a reason.
#[boxed]
pub async fn refuse(app: &App, ctx: &Ctx, id: PolicyChangeId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    let work =
        app.store.write::<RefuseChange, _>(ctx, OneChange(id), async move |tx: &mut Tx<RefuseChange>| {
            changes::refuse(tx, &reason).await
        });
    Ok(work.await?)
}

/// Takes a change back, before it takes effect.
///
/// # Errors
/// [`AppError::Refused`] without a reason.
#[boxed]
pub async fn withdraw(app: &App, ctx: &Ctx, id: PolicyChangeId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    let work =
        app.store.write::<WithdrawChange, _>(ctx, OneChange(id), async move |tx: &mut Tx<WithdrawChange>| {
            changes::withdraw(tx, &reason).await
        });
    Ok(work.await?)
}

/// Where a page of people begins: after this day and this id.
pub type After = (String, SubjectId);

/// So many people stand on a page.
pub const PAGE: u32 = 50;

/// The people to whom a change would do one thing, for the controller.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not know.
#[boxed]
pub async fn affected(
    app: &App,
    ctx: &Ctx,
    id: PolicyChangeId,
    effect: Effect,
    after: Option<After>,
) -> Result<(Vec<Affected>, Option<After>), AppError> {
    let look =
        app.store.read::<ListAffected, _>(ctx, OneChange(id), async move |tx: &mut Tx<ListAffected>| {
            changes::affected(tx, effect, after, PAGE).await
        });
    Ok(look.await?)
}

/// Works records out by the policy in force, where another has come into force (RET-10); whether all are done.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn apply(app: &App, ctx: &Ctx, org: OrgId, most: Option<usize>) -> Result<bool, AppError> {
    Ok(applying::catch_up(&app.store, ctx, org, most).await?)
}

/// The same in every scheme, and dry runs that nobody waits for: what the server does each minute.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn keep_up(app: &App, ctx: &Ctx) -> Result<(), AppError> {
    for scope in fairwatch_store::orgs::all(&app.store, ctx).await? {
        apply(app, ctx, scope.org, None).await?;
    }
    for id in changes::unfinished(&app.store, ctx).await? {
        match go_on(app, ctx, id, usize::MAX).await {
            // It was decided on, or written at, in between.
            Ok(_) | Err(AppError::Hidden | AppError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

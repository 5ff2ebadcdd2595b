//! The sweep: what is due is destroyed, subject by subject, with progress and a report (RET-4, RET-9, RET-11).
//!
//! Hiding does not wait for it: reading compares the day. Destroying does stop and ask, where the clock or the
//! amount looks wrong.
use crate::{App, error::AppError, pictures};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    audit::SignHeads,
    clocks::Stage,
    gate::Ctx,
    ids::OrgId,
    scope::{InOrg, Installation},
    subjects::{OneSubject, PlanSweep, SweepInstallation, SweepScheme, SweepSubject},
};
use fairwatch_store::{
    Tx, accounts, audit, mail,
    sweep::{self, Plan, Rest, Run},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What is due in one scheme.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SchemePlan {
    /// The scheme.
    pub org: OrgId,
    /// Its short name.
    pub slug: String,
    /// What is due.
    pub plan: Plan,
}

/// What is due everywhere, without doing any of it.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn plan(app: &App, ctx: &Ctx) -> Result<Vec<SchemePlan>, AppError> {
    let mut plans = Vec::new();
    for scope in fairwatch_store::orgs::all(&app.store, ctx).await? {
        // What is due is so by the policy in force, whichever day that came (POL-5).
        crate::policies::apply(app, ctx, scope.org, None).await?;
        plans.push(SchemePlan {
            org: scope.org,
            slug: scope.slug,
            plan: plan_of(app, ctx, scope.org).await?,
        });
    }
    Ok(plans)
}

/// What is due in one scheme.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not know.
#[boxed]
pub async fn plan_of(app: &App, ctx: &Ctx, org: OrgId) -> Result<Plan, AppError> {
    let plan = app
        .store
        .read::<PlanSweep, _>(ctx, InOrg(org), async |tx: &mut Tx<PlanSweep>| sweep::plan(tx).await)
        .await?;
    Ok(plan)
}

/// Why a sweep stops and asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt(pub String);

/// One run may delete so many of a scheme without asking, ...
const FEW: u64 = 20;
/// ... or so great a part of it, in hundredths.
const SMALL_SHARE: u64 = 5;
/// The clock may be so far past the newest entry of the audit chains, beside the time for which this process has
/// been up.
const FAR: SignedDuration = SignedDuration::from_hours(24);
/// The database's clock may differ by so much, in seconds.
const APART: i64 = 300;

/// What looks wrong about sweeping now; nothing where all is well.
///
/// `up_for` is how long the process has been running: a server that slept through a week-end has seen no entries.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn doubts(
    app: &App,
    ctx: &Ctx,
    plans: &[SchemePlan],
    newest: Option<Timestamp>,
    up_for: SignedDuration,
) -> Result<Vec<Doubt>, AppError> {
    let mut doubts = Vec::new();
    if let Some(newest) = newest
        && ctx.now().duration_since(newest) > FAR.saturating_add(up_for)
    {
        let hours = ctx.now().duration_since(newest).as_hours();
        doubts.push(Doubt(format!(
            "the clock says {}, which is {hours} hours after anything was last recorded; is the clock right?",
            ctx.now()
        )));
    }
    if let Some(apart) = sweep::clock_difference(&app.store, ctx).await?
        && apart.abs() > APART
    {
        doubts.push(Doubt(format!("the database's clock differs from this machine's by {apart} seconds")));
    }
    for SchemePlan { slug, plan, .. } in plans {
        // A policy that shortens what is kept beside people destroys as surely as one about them.
        let people = (plan.deletions() as u64, plan.held, "subjects".to_owned());
        let others = plan.others.iter().map(|loss| (loss.due, loss.of, loss.kind.to_string()));
        for (due, held, what) in std::iter::once(people).chain(others) {
            if due > FEW && due > held * SMALL_SHARE / 100 {
                doubts.push(Doubt(format!("{slug}: {due} of {held} {what} would be deleted in one run")));
            }
        }
    }
    Ok(doubts)
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Subjects withdrawn from members.
    pub withdrawn: u64,
    /// Subjects destroyed.
    pub deleted: u64,
    /// Subjects frozen by a hold.
    pub frozen: u64,
    /// Subjects whose deletion was put off since a report that waits names them.
    pub put_off: u64,
    /// Subjects that had only an old picture to lose, or nothing any more.
    pub other: u64,
    /// Incidents destroyed.
    pub incidents: u64,
    /// Rejected reports erased.
    pub reports: u64,
    /// Records of deleted profiles that ended.
    pub stubs: u64,
    /// Drafts thrown away.
    pub drafts: u64,
    /// Files removed.
    pub files: u64,
    /// Those of whom it is a report, by reference, with the stage in which they are now.
    pub subjects: Vec<(String, String)>,
}

/// What a run needs to know beside the plan.
pub struct Order<'a> {
    /// What is due, as planned.
    pub plans: &'a [SchemePlan],
    /// Told after each subject: how many are done, of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Send + Sync),
}

/// Destroys what is due. Each subject is a transaction of its own, so a run that is killed loses nothing and is
/// gone on with by the next (RET-11).
///
/// # Errors
/// [`AppError::Refused`] while another process sweeps; the store's.
pub async fn run(app: &App, ctx: &Ctx, order: Order<'_>) -> Result<Report, AppError> {
    let run = sweep::begin(&app.store, ctx).await?;
    let mut report = Report::default();
    let result = work(app, ctx, &order, &mut report, run).await;
    let text = serde_json::to_string(&report).unwrap_or_default();
    sweep::finish(&app.store, ctx, run, result.is_ok(), &text).await?;
    result.map(|()| report)
}

async fn work(
    app: &App,
    ctx: &Ctx,
    order: &Order<'_>,
    report: &mut Report,
    run: fairwatch_core::ids::SweepId,
) -> Result<(), AppError> {
    let total = order.plans.iter().map(|plan| plan.plan.subjects.len()).sum();
    let mut done = 0;
    for SchemePlan { org, plan, .. } in order.plans {
        for due in &plan.subjects {
            let swept = app
                .store
                .write::<SweepSubject, _>(ctx, OneSubject(due.subject), async |tx: &mut Tx<SweepSubject>| {
                    sweep::subject(tx).await
                })
                .await;
            let stage = match swept.map_err(AppError::from) {
                Ok(stage) => stage,
                // Another run was here first, and all is done.
                Err(AppError::Hidden) => Stage::Deleted,
                Err(error) => return Err(error),
            };
            count(report, due, stage);
            done += 1;
            (order.progress)(done, total);
            if done.is_multiple_of(25) {
                let text = serde_json::to_string(&*report).unwrap_or_default();
                sweep::progress(&app.store, ctx, run, &text).await?;
            }
        }
        let Rest { incidents, reports, stubs } = app
            .store
            .write::<SweepScheme, _>(ctx, InOrg(*org), async |tx: &mut Tx<SweepScheme>| {
                sweep::scheme(tx).await
            })
            .await?;
        report.incidents += incidents;
        report.reports += reports;
        report.stubs += stubs;
    }
    report.drafts = app
        .store
        .write::<SweepInstallation, _>(ctx, Installation, async |tx: &mut Tx<SweepInstallation>| {
            let drafts = sweep::installation(tx).await?;
            accounts::forget(tx).await?;
            mail::forget(tx).await?;
            Ok(drafts)
        })
        .await?;
    report.files = pictures::collect(app, ctx).await? as u64;
    app.store
        .write::<SignHeads, _>(ctx, Installation, async |tx: &mut Tx<SignHeads>| audit::sign_heads(tx).await)
        .await?;
    sweep::scrub(&app.store).await?;
    Ok(())
}

fn count(report: &mut Report, due: &sweep::Due, stage: Stage) {
    let changed = due.from != stage.as_str();
    match stage {
        Stage::Deleted => report.deleted += 1,
        _ if due.put_off => report.put_off += 1,
        Stage::Frozen if changed => report.frozen += 1,
        Stage::Held if changed => report.withdrawn += 1,
        _ => report.other += 1,
    }
    report.subjects.push((due.reference.clone(), stage.as_str().to_owned()));
}

/// The newest instant in any audit chain, by which [`doubts`] judges the clock. Ask before the plan is made, which
/// is itself recorded.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn newest_entry(app: &App, ctx: &Ctx) -> Result<Option<Timestamp>, AppError> {
    Ok(audit::newest(&app.store, ctx).await?)
}

/// The latest runs.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not know.
#[boxed]
pub async fn runs(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Run>, AppError> {
    use fairwatch_core::subjects::ShowSweeps;
    app.store.read::<ShowSweeps, _>(ctx, InOrg(org), async |_: &mut Tx<ShowSweeps>| Ok(())).await?;
    Ok(sweep::runs(&app.store, ctx, 20).await?)
}

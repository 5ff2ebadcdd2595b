//! The yearly audit of what is old, as a guided run with a signed report (RET-13).
use crate::{
    App,
    error::AppError,
    governing::given,
    incidents::words::{self, is_within, tidy, too_long},
    signed::{self, Beside},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{OldAuditId, OrgId},
    incidents::warnings,
    old_data::{
        BeginOldAudit, DecideOldItem, FinishOldAudit, Ground, Kind, OneOldAudit, ReadOldReport, ShowOldData,
        report,
    },
    scope::InOrg,
};
use fairwatch_store::{
    Tx,
    old_data::{self, Report},
};
use jiff::civil::Date;
use uuid::Uuid;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::old_data::{Asked, Audit, Overview};

/// What is old, the run that is open, and the audits that were made.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn overview(app: &App, ctx: &Ctx, org: OrgId) -> Result<Overview, AppError> {
    let read = async |tx: &mut Tx<ShowOldData>| old_data::overview(tx).await;
    Ok(app.store.read::<ShowOldData, _>(ctx, InOrg(org), read).await?)
}

/// Begins the audit of a year.
///
/// # Errors
/// [`AppError::Refused`] while another is open.
#[boxed]
pub async fn begin(app: &App, ctx: &Ctx, org: OrgId) -> Result<OldAuditId, AppError> {
    let begin = async |tx: &mut Tx<BeginOldAudit>| old_data::begin(tx).await;
    Ok(app.store.write::<BeginOldAudit, _>(ctx, InOrg(org), begin).await?)
}

/// Says on what ground something stays that only a judgement keeps.
///
/// # Errors
/// [`AppError::Refused`] without a ground or a reason; [`AppError::Hidden`] for what the run does not ask about.
#[boxed]
pub async fn decide(
    app: &App,
    ctx: &Ctx,
    id: OldAuditId,
    (kind, record): (Kind, Uuid),
    ground: Option<Ground>,
    reason: &str,
) -> Result<(), AppError> {
    let ground = ground.ok_or_else(|| AppError::in_field("ground", "Choose on what ground it stays."))?;
    let reason = given(reason)?;
    let decide =
        async move |tx: &mut Tx<DecideOldItem>| old_data::decide(tx, kind, record, ground, &reason).await;
    Ok(app.store.write::<DecideOldItem, _>(ctx, OneOldAudit(id), decide).await?)
}

/// What the report of a run is, in the line that is signed.
fn what(slug: &str, finished_on: Date) -> String {
    format!("yearly audit of old data at {slug}, finished on {finished_on}")
}

/// Finishes a run: its report is set, signed and kept.
///
/// # Errors
/// [`AppError::Refused`] without a conclusion, while something is open or past its end, and where what the report would
/// say changes while it is made.
#[boxed]
pub async fn finish(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    id: OldAuditId,
    conclusion: &str,
) -> Result<(), AppError> {
    let conclusion = tidy(conclusion).trim().to_owned();
    if conclusion.is_empty() {
        return Err(AppError::in_field(
            "conclusion",
            "Say what the audit found, if only that all of it is in order.",
        ));
    }
    if !is_within(&conclusion, words::TEXT) {
        return Err(AppError::in_field("conclusion", format!("{}.", too_long("This", words::TEXT))));
    }
    let found = overview(app, ctx, org).await?;
    let open = found.open.filter(|audit| audit.id == id).ok_or(AppError::Hidden)?;
    old_data::refuse_unfinished(&open.summary, found.scope.today)?;
    // The report outlives whom it speaks of, so that nothing of a person may stand in it.
    if let Some(warning) = warnings(&conclusion, &found.scope.policy).into_iter().next() {
        return Err(AppError::in_field(
            "conclusion",
            format!("{}. The report outlives whom it speaks of: take it out.", warning.sentence),
        ));
    }
    // Setting it takes longer than a client may pause inside a transaction; the door compares what it says.
    let scope = &found.scope;
    let publication = report(&scope.policy, &open.summary, scope.today, &conclusion);
    let pdf = app.documents.publication(publication).await?;
    let (hash, signature) = signed::sign(app, &what(&scope.slug, scope.today), &pdf);
    let signed_by = app.store.keys().public_key().to_vec();
    let made = Report { pdf, hash, signature, signed_by, finished_on: scope.today };
    let seen = open.summary;
    let finish =
        async move |tx: &mut Tx<FinishOldAudit>| old_data::finish(tx, &seen, &conclusion, &made).await;
    Ok(app.store.write::<FinishOldAudit, _>(ctx, OneOldAudit(id), finish).await?)
}

/// The report of an audit, and what goes beside it.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn read(app: &App, ctx: &Ctx, id: OldAuditId) -> Result<(Vec<u8>, Beside, Date), AppError> {
    let read = async |tx: &mut Tx<ReadOldReport>| {
        let slug = tx.permit().facts().scope.slug.clone();
        Ok((slug, old_data::read(tx).await?))
    };
    let (slug, report) = app.store.read::<ReadOldReport, _>(ctx, OneOldAudit(id), read).await?;
    let beside =
        signed::beside(&what(&slug, report.finished_on), &report.hash, &report.signature, &report.signed_by);
    Ok((report.pdf, beside, report.finished_on))
}

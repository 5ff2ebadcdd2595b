//! What a member does: type a report, send it, and see what became of it (INC-1).
pub mod cautions;
mod check;

use super::words::{self, Search};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use cautions::Caution;
use check::{Checked, TooYoung, check};
use fairwatch_core::{
    gate::Ctx,
    ids::{AccountId, OrgId, PictureId, ReportId},
    incidents::{KeepDraft, ListOwnReports, OneReport, ShowOwnReport, SubmitReport},
    policy::practice::BREACH,
    scope::{InOrg, Scope},
};
use fairwatch_store::{
    StoreError, Tx,
    incidents::{Held, drafts, reporting},
};

pub use check::{Mistake, Typed, TypedPerson};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::incidents::{
    drafts::MOST_PICTURES,
    reporting::{Own, Sent, Unseen},
};

/// The name of the report form, under which its draft is kept.
pub const FORM: &str = "report";

/// What came of sending a report.
pub enum Outcome {
    /// It was sent.
    Sent(Sent),
    /// It was not: what is wrong, and what was typed, so that nothing is lost.
    Mistakes(Vec<Mistake>),
    /// It was not, yet: what looks as if it must not be in it, and was not passed over. What was typed is kept.
    Warned(Vec<Caution>),
}

/// Sends a report; where something is wrong, keeps what was typed as a draft and says what (INC-1).
///
/// # Errors
/// The store's.
#[boxed]
pub async fn submit(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<Outcome, AppError> {
    let scope = scope(app, ctx, org).await?;
    let typed = &typed.tidy();
    let checked = match check(&scope, ctx, typed) {
        Ok(checked) => checked,
        Err((mut mistakes, _)) => {
            if keep(app, ctx, org, typed).await? {
                mistakes.push(Mistake::pictures());
            }
            return Ok(Outcome::Mistakes(mistakes));
        }
    };
    let cautions = cautions::of(&scope, typed);
    if !cautions::are_minded(&cautions, &typed.minded) {
        keep(app, ctx, org, typed).await?;
        return Ok(Outcome::Warned(cautions));
    }
    send(app, ctx, org, FORM, checked).await
}

/// Sends a report that somebody was where they are excluded from: no form is filled in for it, so no draft is touched
/// (EXC-6).
///
/// # Errors
/// The store's.
#[boxed]
pub async fn breach(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<Outcome, AppError> {
    let scope = scope(app, ctx, org).await?;
    let typed = &typed.tidy();
    let checked = match check(&scope, ctx, typed) {
        Ok(checked) => checked,
        Err((mistakes, _)) => return Ok(Outcome::Mistakes(mistakes)),
    };
    let cautions = cautions::of(&scope, typed);
    if !cautions::are_minded(&cautions, &typed.minded) {
        return Ok(Outcome::Warned(cautions));
    }
    send(app, ctx, org, BREACH, checked).await
}

/// Where the user's own premises are, as a report begins with.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn own_place(app: &App, ctx: &Ctx, org: OrgId) -> Result<String, AppError> {
    let place = app
        .store
        .read::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| Ok(fresh(tx).await?.place))
        .await?;
    Ok(place)
}

/// Sends what was checked, with what was uploaded to a form.
async fn send(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    form: &'static str,
    checked: Checked,
) -> Result<Outcome, AppError> {
    let Checked { mut report, people } = checked;
    let sent = app
        .store
        .write::<SubmitReport, _>(ctx, InOrg(org), async move |tx: &mut Tx<SubmitReport>| {
            let reporter = reporting::reporter(tx).await?;
            report.reporter_email = reporter.profile.email;
            report.reporter_name = reporter.profile.name;
            report.business = reporter.business.map(|business| business.name);
            reporting::submit(tx, form, &report, &people).await
        })
        .await?;
    Ok(Outcome::Sent(sent))
}

/// What was typed, without those who are or may be too young. Where somebody certainly is, what else speaks of them
/// goes, too: the sentence, and what was said of the others with their name (SUB-4).
fn without(typed: &Typed, too_young: &TooYoung) -> Typed {
    let mut kept = typed.clone();
    if !too_young.certain.is_empty() {
        kept.sentence.clear();
        kept.registration.clear();
        kept.vehicle.clear();
        kept.police_reference.clear();
        let children = too_young.certain.iter().filter_map(|n| typed.people.get(*n)).collect::<Vec<_>>();
        let names = |text: &str| {
            children.iter().any(|child| words::named(text, &child.name, Search::Close).is_some())
        };
        for text in kept.people.iter_mut().map(|person| &mut person.description).chain([&mut kept.place]) {
            if names(text) {
                text.clear();
            }
        }
    }
    let mut n = 0;
    kept.people.retain(|_| {
        n += 1;
        !too_young.certain.contains(&(n - 1)) && !too_young.possible.contains(&(n - 1))
    });
    kept
}

async fn scope(app: &App, ctx: &Ctx, org: OrgId) -> Result<Scope, AppError> {
    app.store
        .read::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| {
            Ok::<_, StoreError>(tx.permit().facts().clone())
        })
        .await
        .map_err(AppError::from)
}

/// The report form as this user left it: what was typed, and the pictures.
pub struct Draft {
    /// What was typed.
    pub typed: Typed,
    /// The pictures that were uploaded.
    pub pictures: Vec<PictureId>,
    /// The evidence that was uploaded.
    pub evidence: Vec<crate::evidence::HeldEvidence>,
}

/// The draft of the report form, or a fresh form at the user's own premises.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn draft(app: &App, ctx: &Ctx, org: OrgId) -> Result<Draft, AppError> {
    let draft = app
        .store
        .read::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| {
            if let Some(draft) = drafts::find(tx, FORM).await? {
                let typed: Typed = serde_json::from_str(&draft.content).unwrap_or_default();
                if typed != Typed::default() {
                    return Ok(Draft { typed, pictures: draft.pictures, evidence: draft.evidence });
                }
                let typed = fresh(tx).await?;
                return Ok(Draft { typed, pictures: draft.pictures, evidence: draft.evidence });
            }
            Ok(Draft { typed: fresh(tx).await?, pictures: Vec::new(), evidence: Vec::new() })
        })
        .await?;
    Ok(draft)
}

async fn fresh(tx: &mut Tx<KeepDraft>) -> Result<Typed, StoreError> {
    let place = reporting::reporter(tx)
        .await?
        .business
        .map_or(String::new(), |b| format!("{}, {}", b.name, b.premises));
    Ok(Typed { place, ..Typed::default() })
}

/// What is wrong with a report so far, without sending it; what was typed is kept as a draft.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn look_over(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<Vec<Mistake>, AppError> {
    let typed = &typed.tidy();
    let dropped = keep(app, ctx, org, typed).await?;
    let scope = scope(app, ctx, org).await?;
    let mistakes = check(&scope, ctx, typed).err().map_or_else(Vec::new, |(mistakes, _)| mistakes);
    Ok(mistakes.into_iter().chain(dropped.then(Mistake::pictures)).collect())
}

/// Keeps what was typed for 24 hours, but for people who are too young to be held: nothing about them is stored, and
/// no picture that may show them. Gives back what in it looks as if it must not be there, for whoever is typing (INC-7).
///
/// # Errors
/// The store's.
#[boxed]
pub async fn keep_draft(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<Vec<Caution>, AppError> {
    let typed = typed.tidy();
    keep(app, ctx, org, &typed).await?;
    Ok(cautions::of(&scope(app, ctx, org).await?, &typed))
}

/// As [`keep_draft`]; whether pictures were destroyed.
async fn keep(app: &App, ctx: &Ctx, org: OrgId, typed: &Typed) -> Result<bool, AppError> {
    let typed = typed.clone();
    let dropped = app
        .store
        .write::<KeepDraft, _>(ctx, InOrg(org), async move |tx: &mut Tx<KeepDraft>| {
            let (kept, is_child) = match check(tx.permit().facts(), tx.ctx(), &typed) {
                Ok(_) => (typed, false),
                Err((_, too_young)) => (without(&typed, &too_young), !too_young.certain.is_empty()),
            };
            let content = serde_json::to_string(&kept.cut()).unwrap_or_else(|_| "{}".to_owned());
            drafts::keep(tx, FORM, &content).await?;
            if is_child { reporting::drop_pictures(tx, FORM).await } else { Ok(false) }
        })
        .await?;
    Ok(dropped)
}

/// Throws the draft away.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn discard_draft(app: &App, ctx: &Ctx, org: OrgId) -> Result<(), AppError> {
    app.store
        .write::<KeepDraft, _>(ctx, InOrg(org), async |tx: &mut Tx<KeepDraft>| {
            drafts::discard(tx, FORM).await
        })
        .await?;
    Ok(())
}

/// What became of one's own reports since one last looked, for the head of every page.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn news(app: &App, ctx: &Ctx, org: OrgId, account: AccountId) -> Result<Vec<Unseen>, AppError> {
    Ok(reporting::news(&app.store, ctx, org, account).await?)
}

/// One's own reports, newest first; what became of those is seen with that.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn mine(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    before: Option<i64>,
    size: u32,
) -> Result<Vec<Own>, AppError> {
    let list = app
        .store
        .write::<ListOwnReports, _>(ctx, InOrg(org), async move |tx: &mut Tx<ListOwnReports>| {
            let own = reporting::own(tx, before, size).await?;
            for told in own.iter().filter(|own| own.news.is_some()) {
                reporting::seen(tx, told.id).await?;
            }
            Ok(own)
        })
        .await?;
    Ok(list)
}

/// One of one's own reports; what became of it is seen with that.
///
/// # Errors
/// [`AppError::Hidden`] where it is not theirs or does not exist.
#[boxed]
pub async fn show_mine(app: &App, ctx: &Ctx, report: ReportId) -> Result<Held, AppError> {
    let shown = app
        .store
        .read::<ShowOwnReport, _>(ctx, OneReport(report), async |tx: &mut Tx<ShowOwnReport>| {
            Ok((reporting::show_own(tx).await?, tx.permit().facts().scope.org))
        })
        .await?;
    let (held, org) = shown;
    if held.news.is_some() {
        // Afterwards, since a look only shares its lock on the report.
        app.store
            .write::<ListOwnReports, _>(ctx, InOrg(org), async |tx: &mut Tx<ListOwnReports>| {
                reporting::seen(tx, report).await
            })
            .await?;
    }
    Ok(held)
}

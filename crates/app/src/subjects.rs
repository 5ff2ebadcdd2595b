//! Subjects: the gallery, one person for members and for the controller, and what the controller does.
//!
//! - `gallery` is a page of those who circulate.
//! - `fields` enters, corrects and removes what is held, item by item; `picks` are the members to whom targeted data is
//!   shown.
//! - `merging` makes two records of one person one, and takes that back; `associates` says who acts with whom.
pub mod associates;
pub mod fields;
mod gallery;
pub mod merging;
pub mod picks;

pub use fields::correct;
pub use gallery::{GALLERY_PAGE, GalleryPage, gallery};

use crate::{App, error::AppError, incidents::label, pictures};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    clocks::Stage,
    exclusions::{ExclusionState, Told, telling},
    gate::{Action, Ctx, Role},
    ids::{HoldId, MemberId, OrgId, ReportId, SubjectId},
    incidents::tell,
    policy::{Category, Viewer},
    scope::{InOrg, Scope},
    subjects::{
        AgreeSubject, EndHold, EraseSubject, HoldSubject, ListSubjects, MoveReport, OneSubject, OpenFrozen,
        OpenSubject, RemoveReport, RestrictSubject, ShowSubject, TwoSubjects, sight, viewer,
    },
};
use fairwatch_store::{
    StoreError, Tx, evidence,
    subjects::{self, changes, pages},
};
use jiff::civil::Date;

/// What the use cases give back and take, so that their callers need not know the store.
pub use fairwatch_store::{
    ledger::{Life, Recorded},
    subjects::{
        Hold, Involved, Open,
        changes::Agreement,
        fields::{Correction, Item},
        gallery::{After, Counts, Filter, Page as GalleryCards, Sought},
        pages::{Card, Overview, Part},
        picks::Held as Picked,
    },
};

pub(crate) fn viewer_of(role: Option<Role>) -> Viewer {
    role.and_then(viewer).unwrap_or(Viewer::Member)
}

/// Takes out of a card what the policy does not give the viewer, before it leaves the use case (VIS-7).
pub(crate) fn strip(scope: &Scope, viewer: Viewer, card: &mut Card) {
    card.profile.cut(&scope.policy, viewer);
    if !sight::sees(&scope.policy, viewer, Category::Image) {
        card.picture = None;
    }
    // What is kept in memory may be a day old (RET-10).
    let is_told = telling::is_told(&scope.policy, viewer);
    card.exclusion.take_if(|told| !is_told || !told.holds(scope.today));
}

/// A subject with its narratives told.
pub struct Shown {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// As what the viewer looks.
    pub viewer: Viewer,
    /// The subject, holding only what the viewer may see.
    pub open: Open,
    /// What happened, in words: for each incident in which the subject was involved, in the same order.
    pub narratives: Vec<String>,
    /// The evidence that the viewer may see (VIS-3).
    pub evidence: Vec<evidence::Listed>,
    /// Who stands before and after the subject in the gallery, for those who look through it.
    pub beside: (Option<SubjectId>, Option<SubjectId>),
    /// What to mind with somebody vulnerable, without the reason (SUB-5).
    pub advice: Option<String>,
    /// Letters, service and what is outstanding, for those who see all that is held; none for the others (NOT-1, NOT-5).
    pub letters: Option<crate::letters::Record>,
    /// The exclusion that is in force, where the policy gives it to the viewer (EXC-6).
    pub exclusion: Option<Told>,
    /// Whom a member is told of as associates; empty for whoever has a page of them (SUB-3).
    pub near: Vec<associates::Near>,
}

/// A subject as members see it: while it circulates, and of it what the policy gives (VIS-1).
///
/// `reason` is why they look, for viewers of whom the policy asks one each time, such as the police (VIS-5); it is
/// sealed under the subject, and the entry commits to it.
///
/// # Errors
/// [`AppError::Hidden`] where it does not circulate, is restricted or does not exist; [`AppError::Refused`] where a
/// reason is asked for and none is given: then nothing was looked at.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, subject: SubjectId, reason: &str) -> Result<Shown, AppError> {
    show_among(app, ctx, subject, reason, None).await
}

/// As [`show`], for those who look through the gallery: `sought` is whom they look for there, so that they can go on to
/// the next.
///
/// # Errors
/// As [`show`].
#[boxed]
pub async fn show_among(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    reason: &str,
    sought: Option<&Sought>,
) -> Result<Shown, AppError> {
    let (reason, own) = (reason.trim().to_owned(), app.clone());
    let shown = app
        .store
        .read::<ShowSubject, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<ShowSubject>| {
            let scope = tx.permit().facts().scope.clone();
            let role = tx.permit().standing().role;
            let viewer = sight::viewer_of(tx.permit().standing(), tx.permit().facts())
                .unwrap_or_else(|| viewer_of(role));
            if scope.policy.asks_reason(viewer) {
                if reason.is_empty() || reason.chars().count() > 2000 {
                    return Err(StoreError::refused(
                        "Say why you need to see this record, in 2,000 characters or fewer.",
                    ));
                }
                tx.because(subject.0, &reason);
            }
            let near = associates::as_member(&own, tx).await?;
            let mut open = subjects::show(tx).await?;
            let advice = cut(&mut open, &scope, viewer);
            // Who holds it and what was done to it is the controller's.
            open.holds.clear();
            open.happened.clear();
            let exclusion = told(&open);
            open.exclusions.clear();
            // Of those who saw the person everybody reads their own alone.
            let me = tx.permit().standing().account;
            open.sightings.retain(|sighting| Some(sighting.account) == me && sighting.on == scope.today);
            let narratives = tell_as_member(&open);
            // Picked members are shown no more evidence than others: its own page would not open.
            let evidence = evidence::of_subject(tx, viewer_of(role)).await?;
            let beside = match sought {
                Some(sought) => subjects::gallery::beside(tx, sought).await?,
                None => (None, None),
            };
            Ok(Shown {
                scope,
                viewer,
                open,
                narratives,
                evidence,
                beside,
                letters: None,
                near,
                advice,
                exclusion,
            })
        })
        .await?;
    Ok(shown)
}

/// The exclusion that is in force, of those that the viewer may see, as members are told of it.
fn told(open: &Open) -> Option<Told> {
    let held = open.exclusions.iter().find(|held| held.state == ExclusionState::InForce)?;
    let name = |member: MemberId| {
        let known = held.premises.iter().find(|(one, _)| *one == member);
        known.map(|(_, business)| business.name.clone()).unwrap_or_default()
    };
    Some(Told::of(&held.in_force()?, name))
}

/// Takes out what the policy does not give the viewer (VIS-7), and says what to mind with somebody vulnerable.
fn cut(open: &mut Open, scope: &Scope, viewer: Viewer) -> Option<String> {
    let advice = sight::advice(&scope.policy, viewer, &open.profile).map(ToString::to_string);
    open.profile.cut(&scope.policy, viewer);
    if !sight::sees(&scope.policy, viewer, Category::Image) {
        open.pictures.clear();
    }
    if !sight::sees(&scope.policy, viewer, Category::SuspectedActivity) {
        open.involved.clear();
    }
    // Who was picked for whom, and why, is the controller's too; so is what was proposed and how it was decided.
    if viewer != Viewer::Controller {
        open.picks.clear();
        open.proposals.clear();
        open.appeals.clear();
    }
    if !sight::sees(&scope.policy, viewer, Category::Exclusion) {
        open.exclusions.clear();
        (open.excluded, open.life.excluded) = (None, None);
    }
    advice
}

/// Members read of others in an incident only that there was someone: whom they may see of those, they see in the
/// gallery.
fn tell_as_member(open: &Open) -> Vec<String> {
    let own = open.profile.name().unwrap_or("this person").to_owned();
    open.involved
        .iter()
        .map(|involved| {
            // Two reports of one incident may each have brought this person, under slots of their own.
            let is_own = |slot: u32| {
                slot == involved.slot
                    || involved.others.iter().any(|(s, id)| *s == slot && *id == Some(open.id))
            };
            tell(&involved.words.narrative, |slot| {
                if is_own(slot) { own.clone() } else { "another person".to_owned() }
            })
        })
        .collect()
}

/// All that is held about a subject, for the controller (RET-12).
///
/// # Errors
/// [`AppError::Hidden`] where it is past its end or does not exist.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, subject: SubjectId) -> Result<Shown, AppError> {
    let shown = app
        .store
        .read::<OpenSubject, _>(ctx, OneSubject(subject), async |tx: &mut Tx<OpenSubject>| whole(tx).await)
        .await?;
    Ok(shown)
}

/// What a hold alone keeps, for that hold; the reason is recorded (VIS-4).
///
/// # Errors
/// [`AppError::Refused`] without a reason; [`AppError::Hidden`] where it is not frozen.
#[boxed]
pub async fn open_frozen(app: &App, ctx: &Ctx, subject: SubjectId, reason: &str) -> Result<Shown, AppError> {
    let reason = given(reason)?;
    let shown = app
        .store
        .read::<OpenFrozen, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<OpenFrozen>| {
            tx.because(subject.0, &reason);
            whole(tx).await
        })
        .await?;
    Ok(shown)
}

async fn whole<A>(tx: &mut Tx<A>) -> Result<Shown, StoreError>
where
    A: Action<Target = OneSubject, Facts = fairwatch_core::subjects::SubjectFacts>,
{
    let mut open = subjects::open(tx).await?;
    let scope = tx.permit().facts().scope.clone();
    let viewer = viewer_of(tx.permit().standing().role);
    let advice = cut(&mut open, &scope, viewer);
    let others =
        open.involved.iter().flat_map(|i| i.others.iter().filter_map(|(_, s)| *s)).collect::<Vec<_>>();
    let mut names = subjects::names(tx, &others).await?;
    // Whoever may see this record reads its own name in it, a frozen one's too.
    names.insert(open.id, open.profile.name().map(str::to_owned));
    let narratives = open
        .involved
        .iter()
        .map(|involved: &Involved| {
            tell(&involved.words.narrative, |slot| {
                label(involved.others.iter().find(|(s, _)| *s == slot).and_then(|(_, id)| *id), &names)
            })
        })
        .collect();
    let evidence = evidence::of_subject(tx, viewer).await?;
    let letters = match viewer {
        Viewer::Controller | Viewer::Staff => Some(fairwatch_store::letters::of_subject(tx).await?),
        _ => None,
    };
    let exclusion = told(&open);
    let (beside, near) = ((None, None), Vec::new());
    Ok(Shown { scope, viewer, open, narratives, evidence, beside, letters, near, advice, exclusion })
}

/// A page of everybody that is held, whatever the stage.
pub struct ListPage {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The people.
    pub cards: Vec<Card>,
    /// The number before which the next page begins.
    pub next: Option<i64>,
}

/// So many stand on a page of the controller's list.
pub const LIST_PAGE: u32 = 50;

/// Everybody that is held, by stage.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    part: Part,
    before: Option<i64>,
) -> Result<ListPage, AppError> {
    let page = app
        .store
        .read::<ListSubjects, _>(ctx, InOrg(org), async move |tx: &mut Tx<ListSubjects>| {
            let cards = pages::list(tx, part, before, LIST_PAGE).await?;
            let next = cards.get(LIST_PAGE as usize - 1).map(|card| card.number);
            Ok(ListPage { scope: tx.permit().facts().clone(), cards, next })
        })
        .await?;
    Ok(page)
}

/// Numbers for the controller's start page, and whose stage ends within 30 days.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn overview(app: &App, ctx: &Ctx, org: OrgId) -> Result<(Scope, Overview, Vec<Card>), AppError> {
    let page = app
        .store
        .read::<ListSubjects, _>(ctx, InOrg(org), async |tx: &mut Tx<ListSubjects>| {
            let (overview, soon) = pages::overview(tx).await?;
            Ok((tx.permit().facts().clone(), overview, soon))
        })
        .await?;
    Ok(page)
}

fn given(reason: &str) -> Result<String, AppError> {
    match reason.trim() {
        "" => Err(AppError::refused("Give a reason. It is kept with the record of what you do.")),
        text if text.chars().count() > 2000 => {
            Err(AppError::refused("Give the reason in 2,000 characters or fewer."))
        }
        text => Ok(text.to_owned()),
    }
}

/// Hides a subject from members, or ends that (RET-16).
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done.
#[boxed]
pub async fn restrict(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    restricted: bool,
    reason: &str,
) -> Result<(), AppError> {
    let reason = given(reason)?;
    app.store
        .write::<RestrictSubject, _>(ctx, OneSubject(id), async move |tx: &mut Tx<RestrictSubject>| {
            changes::restrict(tx, restricted, &reason).await
        })
        .await?;
    Ok(())
}

/// Deletes a subject before its time (RET-16); the stage that holds afterwards.
///
/// # Errors
/// [`AppError::Hidden`] where it is gone already.
#[boxed]
pub async fn erase(app: &App, ctx: &Ctx, id: SubjectId) -> Result<Stage, AppError> {
    let stage = app
        .store
        .write::<EraseSubject, _>(ctx, OneSubject(id), async |tx: &mut Tx<EraseSubject>| {
            changes::erase(tx).await
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Keeps a subject from being destroyed while a proceeding runs (RET-11).
///
/// # Errors
/// [`AppError::Refused`] in words where a day does not fit.
#[boxed]
pub async fn hold(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    reason: &str,
    review_on: Date,
    ends: Option<Date>,
) -> Result<HoldId, AppError> {
    let reason = given(reason)?;
    if review_on <= ctx.today() {
        return Err(AppError::refused("Choose a day after today on which the hold is reviewed."));
    }
    let hold = app
        .store
        .write::<HoldSubject, _>(ctx, OneSubject(id), async move |tx: &mut Tx<HoldSubject>| {
            changes::hold(tx, &reason, review_on, ends).await
        })
        .await?;
    Ok(hold)
}

/// Ends a hold; where it was the last on a frozen subject, that is destroyed at once (RET-11).
///
/// # Errors
/// [`AppError::Refused`] where it has ended already.
#[boxed]
pub async fn end_hold(app: &App, ctx: &Ctx, id: SubjectId, hold: HoldId) -> Result<Stage, AppError> {
    let stage = app
        .store
        .write::<EndHold, _>(ctx, OneSubject(id), async move |tx: &mut Tx<EndHold>| {
            changes::end_hold(tx, hold).await
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Records public interest, or the agreement of police or board, for a child (SUB-4).
///
/// # Errors
/// [`AppError::Refused`] without a reason.
#[boxed]
pub async fn agree(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    agreement: Agreement,
    reason: &str,
) -> Result<Stage, AppError> {
    let reason = given(reason)?;
    let stage = app
        .store
        .write::<AgreeSubject, _>(ctx, OneSubject(id), async move |tx: &mut Tx<AgreeSubject>| {
            changes::agree(tx, agreement, &reason).await
        })
        .await?;
    Ok(stage)
}

/// Takes a report away from a subject (RET-16); the stage that holds afterwards.
///
/// # Errors
/// [`AppError::Refused`] where it is not linked to it, or without a reason.
#[boxed]
pub async fn remove_report(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    report: ReportId,
    reason: &str,
) -> Result<Stage, AppError> {
    let reason = given(reason)?;
    let stage = app
        .store
        .write::<RemoveReport, _>(ctx, OneSubject(id), async move |tx: &mut Tx<RemoveReport>| {
            changes::remove_report(tx, report, &reason).await
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Moves a report from one subject to another (RET-16); the stage of the first afterwards.
///
/// # Errors
/// [`AppError::Refused`] in words where the other cannot take it.
#[boxed]
pub async fn move_report(
    app: &App,
    ctx: &Ctx,
    from: SubjectId,
    to: SubjectId,
    report: ReportId,
    reason: &str,
) -> Result<Stage, AppError> {
    let reason = given(reason)?;
    let copier = app.clone();
    let stage = app
        .store
        .write::<MoveReport, _>(ctx, TwoSubjects(from, to), async move |tx: &mut Tx<MoveReport>| {
            let org = tx.permit().facts().from.scope.org;
            let (stage, copies) = changes::move_report(tx, report, &reason).await?;
            pictures::copy_all(&copier, tx, org, copies).await?;
            Ok(stage)
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// The subject with a reference such as `CS-0012` or a number, for moving a report to.
///
/// # Errors
/// [`AppError::Refused`] where there is none.
#[boxed]
pub async fn by_reference(app: &App, ctx: &Ctx, org: OrgId, reference: &str) -> Result<SubjectId, AppError> {
    let digits = reference.trim().rsplit('-').next().unwrap_or_default();
    let number: i64 = digits.parse().map_err(|_| AppError::refused("Enter a reference such as CS-0012."))?;
    let page = app
        .store
        .read::<ListSubjects, _>(ctx, InOrg(org), async move |tx: &mut Tx<ListSubjects>| {
            pages::list(tx, Part::All, number.checked_add(1), 1).await
        })
        .await?;
    if let Some(card) = page.into_iter().find(|card| card.number == number) {
        return Ok(card.id);
    }
    // A record that was merged is still known by its reference (SUB-2).
    let merged = async move |tx: &mut Tx<ListSubjects>| {
        fairwatch_store::subjects::merging::of_number(tx, number).await
    };
    let merged = app.store.read::<ListSubjects, _>(ctx, InOrg(org), merged).await?;
    merged.ok_or_else(|| AppError::refused("There is no record with this reference."))
}

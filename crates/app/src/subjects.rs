//! Subjects: the gallery, one person for members and for the controller, and what the controller does.
pub mod associates;
pub mod merging;

use crate::{
    App,
    error::AppError,
    incidents::{label, words},
    pictures,
};
use fairwatch_core::{
    clocks::Stage,
    gate::{Action, Ctx, Role},
    ids::{HoldId, OrgId, ReportId, SubjectId},
    incidents::tell,
    policy::{Category, Viewer},
    scope::{InOrg, Scope},
    subjects::{
        AgreeSubject, CorrectSubject, EndHold, EraseSubject, Gallery, HoldSubject, ListSubjects, MoveReport,
        OneSubject, OpenFrozen, OpenSubject, RemoveReport, RestrictSubject, ShowSubject, Source, TwoSubjects,
        viewer,
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
        changes::{Agreement, Correction},
        pages::{After, Card, Counts, Filter, Overview, Part},
    },
};

/// A page of the gallery.
pub struct GalleryPage {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// As what the viewer looks.
    pub viewer: Viewer,
    /// The people.
    pub cards: Vec<Card>,
    /// Where the next page begins.
    pub next: Option<After>,
    /// How many there are.
    pub counts: Counts,
}

/// So many pictures stand on a page of the gallery.
pub const GALLERY_PAGE: usize = 48;

/// People who circulate (VIS-1).
///
/// # Errors
/// [`AppError::Hidden`] where the policy names no such viewer.
pub async fn gallery(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    filter: Filter,
    after: Option<After>,
    new_since: Date,
) -> Result<GalleryPage, AppError> {
    let page = app
        .store
        .read::<Gallery, _>(ctx, InOrg(org), async move |tx: &mut Tx<Gallery>| {
            let (mut cards, counts) = pages::gallery(tx, filter, after, GALLERY_PAGE, new_since).await?;
            let scope = tx.permit().facts().clone();
            let viewer = viewer_of(tx.permit().standing().role);
            for card in &mut cards {
                strip(&scope, viewer, card);
            }
            let full = cards.len() == GALLERY_PAGE;
            let next = cards.last().filter(|_| full).map(|card| After(card.latest_on, card.id));
            Ok(GalleryPage { scope, viewer, cards, next, counts })
        })
        .await?;
    Ok(page)
}

pub(crate) fn viewer_of(role: Option<Role>) -> Viewer {
    role.and_then(viewer).unwrap_or(Viewer::Member)
}

/// Takes out of a card what the policy does not give the viewer, before it leaves the use case (VIS-7).
pub(crate) fn strip(scope: &Scope, viewer: Viewer, card: &mut Card) {
    card.profile.fields.retain(|field| scope.policy.sees(viewer, field.category));
    if !scope.policy.sees(viewer, Category::DateOfBirth) {
        card.profile.hide_birth();
    }
    if !scope.policy.sees(viewer, Category::SuspectedActivity) {
        card.profile.activities.clear();
    }
    if !scope.policy.sees(viewer, Category::Image) {
        card.picture = None;
    }
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
pub async fn show(app: &App, ctx: &Ctx, subject: SubjectId, reason: &str) -> Result<Shown, AppError> {
    let (reason, own) = (reason.trim().to_owned(), app.clone());
    let shown = app
        .store
        .read::<ShowSubject, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<ShowSubject>| {
            let scope = tx.permit().facts().scope.clone();
            let viewer = viewer_of(tx.permit().standing().role);
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
            open.profile.fields.retain(|field| scope.policy.sees(viewer, field.category));
            if !scope.policy.sees(viewer, Category::DateOfBirth) {
                open.profile.hide_birth();
            }
            if !scope.policy.sees(viewer, Category::Image) {
                open.pictures.clear();
            }
            if !scope.policy.sees(viewer, Category::SuspectedActivity) {
                open.involved.clear();
                open.profile.activities.clear();
            }
            // Why, who holds it and what was done to it is the controller's.
            open.holds.clear();
            open.profile.necessities.clear();
            open.happened.clear();
            // Of those who saw the person everybody reads their own alone.
            let me = tx.permit().standing().account;
            open.sightings.retain(|sighting| Some(sighting.account) == me && sighting.on == scope.today);
            let narratives = tell_as_member(&open);
            let evidence = evidence::of_subject(tx, viewer).await?;
            Ok(Shown { scope, viewer, open, narratives, evidence, near })
        })
        .await?;
    Ok(shown)
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
    let sees = |category| viewer == Viewer::Controller || scope.policy.sees(viewer, category);
    open.profile.fields.retain(|field| sees(field.category));
    if !sees(Category::DateOfBirth) {
        open.profile.hide_birth();
    }
    if !sees(Category::Image) {
        open.pictures.clear();
    }
    if !sees(Category::SuspectedActivity) {
        open.involved.clear();
        open.profile.activities.clear();
    }
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
    Ok(Shown { scope, viewer, open, narratives, evidence, near: Vec::new() })
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

/// Names a person, learns a date of birth, corrects a description (RET-16).
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done.
pub async fn correct(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    correction: Correction,
    reason: &str,
) -> Result<Stage, AppError> {
    let reason = given(reason)?;
    if correction.name.is_none() && correction.born.is_none() && correction.description.is_none() {
        return Err(AppError::refused("Nothing was changed. Enter what is to be corrected."));
    }
    if let Some(Source::SocialMedia { address, seen_on }) = &correction.source {
        public_page(ctx.today(), address, *seen_on, correction.was_public)?;
    }
    if correction.born.is_some_and(|born| born > ctx.today()) {
        return Err(AppError::refused("The date of birth must be in the past."));
    }
    let stage = app
        .store
        .write::<CorrectSubject, _>(ctx, OneSubject(id), async move |tx: &mut Tx<CorrectSubject>| {
            changes::correct(tx, &correction, &reason).await
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Social media is a source only where it was public, with address and date (INC-6).
fn public_page(today: Date, address: &str, seen_on: Date, was_public: bool) -> Result<(), AppError> {
    let is_address = address.strip_prefix("https://").or(address.strip_prefix("http://"));
    if !is_address.is_some_and(|rest| rest.contains('.') && !rest.contains(char::is_whitespace)) {
        return Err(AppError::refused("Enter the address of the page, which begins with https://"));
    }
    words::short("The address of the page", address, words::PARAGRAPH)?;
    if seen_on > today {
        return Err(AppError::refused("Enter the day on which you saw it, today or before."));
    }
    if !was_public {
        return Err(AppError::refused(
            "Confirm that anybody could see it. What is not public is no source for this scheme.",
        ));
    }
    Ok(())
}

/// Keeps a subject from being destroyed while a proceeding runs (RET-11).
///
/// # Errors
/// [`AppError::Refused`] in words where a day does not fit.
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

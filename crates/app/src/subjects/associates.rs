//! With whom somebody commits such crime: what is recorded, who was reported for the same incidents, and who uses the
//! same vehicle (SUB-3). Nobody is named whom the viewer may not see at that moment (VIS-7).
use super::{Open, given, strip, viewer_of};
use crate::{App, error::AppError, finding};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    finding::may_find_held,
    gate::{Action, Ctx},
    ids::{AssociationId, OrgId, SubjectId},
    policy::{Category, Viewer},
    scope::Scope,
    subjects::{
        OneSubject, Profile, Source, SubjectFacts, TwoSubjects,
        associates::{Associate, Association, Dissociate, ShowAssociates, Together, registrations},
    },
};
use fairwatch_store::{
    StoreError, Tx,
    subjects::{associates, pages::Card},
};
use std::collections::BTreeSet;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::subjects::associates::Linked;

/// Somebody with whom a subject may be associated, and why.
pub struct Near {
    /// Who; of them what the policy gives the viewer.
    pub card: Card,
    /// The incidents for which both were reported, by number, the latest first.
    pub incidents: Vec<i64>,
    /// The registration marks of vehicles that both are said to use.
    pub vehicles: Vec<String>,
    /// What the controller recorded.
    pub linked: Vec<Linked>,
}

/// A subject and those with whom it may be associated.
pub struct Shown {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The subject, as the controller sees it.
    pub open: Open,
    /// The others: those with the most in common first.
    pub near: Vec<Near>,
}

/// The registration marks of the vehicles that a profile tells of.
#[must_use]
pub fn marks(profile: &Profile) -> BTreeSet<String> {
    let vehicles = profile.fields.iter().filter(|field| field.category == Category::Vehicles);
    vehicles.flat_map(|field| registrations(&field.value)).collect()
}

/// With whom a subject may be associated, for those who see all of its record.
///
/// # Errors
/// [`AppError::Hidden`] where it is not for the asker, or the policy holds no associates.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, org: OrgId, id: SubjectId) -> Result<Shown, AppError> {
    let near = finding::by_vehicle(app, ctx, org, id).await?;
    let look = async move |tx: &mut Tx<ShowAssociates>| {
        let (scope, found, viewer) = around(tx, &near).await?;
        if !scope.policy.sees(viewer, Category::Associates) && viewer != Viewer::Controller {
            return Err(fairwatch_core::gate::Hidden.into());
        }
        let near = near_of(&scope, viewer, &found);
        let mut open = found.open;
        open.profile.cut(&scope.policy, viewer);
        Ok(Shown { scope, open, near })
    };
    Ok(app.store.read::<ShowAssociates, _>(ctx, OneSubject(id), look).await?)
}

async fn around<A>(
    tx: &mut Tx<A>,
    near: &[SubjectId],
) -> Result<(Scope, associates::Surrounded, Viewer), StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let scope = tx.permit().facts().scope.clone();
    let viewer = viewer_of(tx.permit().standing().role);
    let held_too = may_find_held(&scope, viewer);
    let found = associates::surrounded(tx, near, held_too).await?;
    Ok((scope, found, viewer))
}

/// What a member is told of those with whom somebody acts: only where the policy names members, and of them only who
/// is shown now, by what the member sees of both.
pub(super) async fn as_member<A>(app: &App, tx: &mut Tx<A>) -> Result<Vec<Near>, StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let scope = tx.permit().facts().scope.clone();
    let viewer = viewer_of(tx.permit().standing().role);
    if !scope.policy.sees(viewer, Category::Associates) {
        return Ok(Vec::new());
    }
    let near = finding::near_by_vehicle(app, scope.org, tx.permit().target().0);
    let found = associates::surrounded(tx, &near, false).await?;
    Ok(near_of(&scope, viewer, &found))
}

fn near_of(scope: &Scope, viewer: Viewer, found: &associates::Surrounded) -> Vec<Near> {
    let sees = |category| viewer == Viewer::Controller || scope.policy.sees(viewer, category);
    let own = marks(&found.open.profile);
    let near = found.cards.iter().map(|card| {
        let mut incidents = Vec::new();
        for involved in &found.open.involved {
            let is_there = involved.others.iter().any(|(_, other)| *other == Some(card.id));
            if is_there && sees(Category::SuspectedActivity) && !incidents.contains(&involved.number) {
                incidents.push(involved.number);
            }
        }
        let shared = marks(&card.profile).intersection(&own).cloned().collect::<Vec<_>>();
        let mut card = card.clone();
        if viewer != Viewer::Controller {
            strip(scope, viewer, &mut card);
        }
        Near {
            linked: found.linked.iter().filter(|link| link.with == card.id).cloned().collect(),
            vehicles: if sees(Category::Vehicles) { shared } else { Vec::new() },
            incidents,
            card,
        }
    });
    let mut near = near
        .filter(|one| !one.incidents.is_empty() || !one.vehicles.is_empty() || !one.linked.is_empty())
        .collect::<Vec<_>>();
    near.sort_by_key(|one| {
        let weight = one.linked.len() + one.incidents.len() + one.vehicles.len();
        (std::cmp::Reverse((!one.linked.is_empty(), weight)), one.card.number)
    });
    near
}

/// Records that two people commit such crime together.
///
/// # Errors
/// [`AppError::Refused`] without a reason, or where the policy holds no associates or takes no such source.
#[boxed]
pub async fn associate(
    app: &App,
    ctx: &Ctx,
    one: SubjectId,
    two: SubjectId,
    together: Together,
    source: Source,
    reason: &str,
) -> Result<AssociationId, AppError> {
    let association = Association { together, source, reason: given(reason)? };
    let work = async move |tx: &mut Tx<Associate>| {
        let policy = &tx.permit().facts().from.scope.policy;
        if !policy.holds(Category::Associates) {
            return Err(StoreError::refused("This scheme's policy does not hold associates."));
        }
        if !association.source.is_accepted(policy) {
            return Err(StoreError::refused("This scheme's policy does not take data from there."));
        }
        associates::associate(tx, &association).await
    };
    Ok(app.store.write::<Associate, _>(ctx, TwoSubjects(one, two), work).await?)
}

/// Takes back what was recorded.
///
/// # Errors
/// [`AppError::Refused`] without a reason, or where it is gone already.
#[boxed]
pub async fn dissociate(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    id: AssociationId,
    reason: &str,
) -> Result<(), AppError> {
    let reason = given(reason)?;
    let work = async move |tx: &mut Tx<Dissociate>| associates::dissociate(tx, id, &reason).await;
    Ok(app.store.write::<Dissociate, _>(ctx, OneSubject(subject), work).await?)
}

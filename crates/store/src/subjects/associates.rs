//! Who commits such crime with whom: what the controller recorded, and what incidents tell of themselves (SUB-3).
use super::{Open, circulating, load, pages::Card};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    gate::Action,
    ids::{AssociationId, ReportId, SubjectId},
    subjects::{
        OneSubject, SubjectFacts, TwoSubjects,
        associates::{Associate, Association, Dissociate},
    },
    world::london_date,
};
use jiff::civil::Date;

/// An association that the controller recorded.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The record of it.
    pub id: AssociationId,
    /// With whom.
    pub with: SubjectId,
    /// What, from where and why.
    pub association: Association,
    /// The day on which it was recorded.
    pub on: Date,
}

/// Records that two people commit such crime together.
///
/// # Errors
/// [`StoreError::Refused`] where it is recorded already, or the report that is named as its source tells of neither.
pub async fn associate(
    tx: &mut Tx<Associate>,
    association: &Association,
) -> Result<AssociationId, StoreError> {
    let TwoSubjects(one, two) = *tx.permit.target();
    let org = tx.permit.facts().from.scope.org;
    let inner = &mut tx.inner;
    for known in linked(inner, one).await? {
        if known.with == two && known.association.together == association.together {
            return Err(StoreError::refused("This is recorded already."));
        }
    }
    let report = match &association.source {
        fairwatch_core::subjects::Source::Report { report, .. } => Some(*report),
        _ => None,
    };
    if let Some(report) = report {
        let of = sql!(
            "SELECT id FROM people WHERE report_id = $1 AND state = 'linked' AND (subject_id = $2 OR subject_id = $3)"
        );
        if inner.opt(of, args![report, one, two]).await?.is_none() {
            return Err(StoreError::refused("This report tells of neither of them any more. Choose again."));
        }
    }
    let id: AssociationId = inner.ctx.new_id();
    let key = inner.key(one.0).await?;
    let sealed = inner.seal(&key, "associations", "sealed", id.0, association)?;
    let text = sql!(
        "INSERT INTO associations (id, org_id, subject_id, other_id, report_id, recorded_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, org, one, two, report, now, sealed]).await?;
    // It speaks of both and must end with either: it stands in the row, and the entry commits to it alone.
    tx.because(id.0, &association.reason);
    tx.saw([id.0]);
    Ok(id)
}

/// Takes back what was recorded.
///
/// # Errors
/// [`StoreError::Refused`] where it is gone already.
pub async fn dissociate(tx: &mut Tx<Dissociate>, id: AssociationId, reason: &str) -> Result<(), StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let text = sql!("DELETE FROM associations WHERE id = $1 AND (subject_id = $2 OR other_id = $2)");
    if tx.inner.exec(text, args![id, subject]).await? == 0 {
        return Err(StoreError::refused("This is no longer recorded."));
    }
    // It may speak of both, and would outlive one of them: the entry commits to it, and nobody keeps it.
    tx.because(id.0, reason);
    tx.saw([id.0]);
    Ok(())
}

/// What is recorded of a subject, whoever's page it was recorded from.
pub(super) async fn linked(inner: &mut Inner, id: SubjectId) -> Result<Vec<Linked>, StoreError> {
    let text = sql!(
        "SELECT id, subject_id, other_id, recorded_at, sealed FROM associations WHERE subject_id = $1 OR other_id = $1 \
         ORDER BY recorded_at, id"
    );
    let mut found = Vec::new();
    for row in inner.rows(text, args![id]).await? {
        let (link, owner, other): (AssociationId, SubjectId, SubjectId) =
            (row.id("id")?, row.id("subject_id")?, row.id("other_id")?);
        // The other may be erased while this is read: then the link went with them.
        let Some(key) = inner.key_if_any(owner.0).await? else { continue };
        found.push(Linked {
            id: link,
            with: if owner == id { other } else { owner },
            association: keys::open(&key, "associations", "sealed", link.0, &row.bytes("sealed")?)?,
            on: london_date(row.instant("recorded_at")?),
        });
    }
    Ok(found)
}

/// Destroys what is recorded of a subject, so that nothing of them is left on others' records (RET-9).
pub(crate) async fn forget(inner: &mut Inner, id: SubjectId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM associations WHERE subject_id = $1 OR other_id = $1"), args![id]).await?;
    Ok(())
}

/// What a report said goes with it: wherever it stood, or of one subject from whom it was taken away (RET-16).
pub(crate) async fn forget_report(
    inner: &mut Inner,
    report: ReportId,
    of: Option<SubjectId>,
) -> Result<(), StoreError> {
    let text = sql!(
        "DELETE FROM associations WHERE report_id = $1 AND (COALESCE($2, subject_id) = subject_id OR $2 = other_id)"
    );
    inner.exec(text, args![report, of]).await?;
    Ok(())
}

/// A subject with those with whom it may be associated.
pub struct Surrounded {
    /// The subject.
    pub open: Open,
    /// What is recorded.
    pub linked: Vec<Linked>,
    /// Those of `near` whom the viewer may see today, with those of incidents and of what is recorded.
    pub cards: Vec<Card>,
}

/// A subject as allowed, with everybody of its incidents, its recorded associates, and of `near`, whom the viewer may
/// see today. Whoever may not be seen is not among them (VIS-7).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn surrounded<A>(
    tx: &mut Tx<A>,
    near: &[SubjectId],
    held_too: bool,
) -> Result<Surrounded, StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let OneSubject(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let is_controller = tx.permit.standing().is(fairwatch_core::gate::Role::Controller);
    let inner = &mut tx.inner;
    let open = load(inner, &scope, id).await?;
    let linked = linked(inner, id).await?;
    let mut ids =
        open.involved.iter().flat_map(|i| i.others.iter().filter_map(|(_, s)| *s)).collect::<Vec<_>>();
    ids.extend(linked.iter().map(|link| link.with));
    ids.extend(near);
    ids.sort_unstable();
    ids.dedup();
    let shown = circulating::of(inner, &scope).await?;
    let mut cards = Vec::new();
    for other in ids.into_iter().filter(|other| *other != id) {
        if let Some((card, picture)) = shown.one(&scope, other) {
            cards.push(Card { picture, ..card.clone() });
        } else if held_too && let Some(card) = super::pages::one(inner, &scope, other).await? {
            let is_open = is_controller || super::pages::is_open_to_staff(&card);
            cards.extend(is_open.then_some(card));
        }
    }
    tx.saw(cards.iter().map(|card| card.id.0));
    Ok(Surrounded { open, linked, cards })
}

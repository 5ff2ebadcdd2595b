//! What people and incidents are found by, for the index in memory, and what a search may show of what it proposes.
//!
//! The index proposes; visibility is decided here, with the conditions of every other page, on the day of the search
//! (RET-10). So an index that is behind shows nobody who may not be seen.
use crate::{
    dialect::{args, sql},
    door::Tx,
    error::StoreError,
    keys,
    pictures::prints::{self, Print},
    subjects::{
        circulating,
        pages::{self, Card, card_of, read_card},
    },
};
use fairwatch_core::{
    finding::{FindAnyone, IndexScheme, may_find_held},
    ids::{IncidentId, SubjectId},
    incidents::Incident,
    policy::Viewer,
    subjects::viewer,
};
use jiff::civil::Date;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What is to be found, as of a position in the organisation's chain.
pub struct Findable {
    /// The position up to which changes are in it.
    pub position: i64,
    /// What was asked for and is not there, or not to be found, any more.
    pub gone: Vec<Uuid>,
    /// People, whatever their stage, but for those whom a hold alone keeps.
    pub people: Vec<Card>,
    /// Incidents.
    pub incidents: Vec<Found>,
    /// Whose pictures may not be those any more that were known.
    pub touched: Vec<Uuid>,
    /// What pictures look like that were sent.
    pub prints: Vec<Print>,
}

/// An incident that can be found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The incident.
    pub id: IncidentId,
    /// Its number.
    pub number: i64,
    /// The kind, an id of the policy's vocabulary.
    pub category: String,
    /// When it happened.
    pub occurred_on: Date,
    /// What is held of it.
    pub words: Incident,
}

async fn position(tx: &mut Tx<IndexScheme>) -> Result<i64, StoreError> {
    let text = sql!("SELECT position FROM audit_heads WHERE chain = $1");
    let org = tx.permit.target().0;
    let row = tx.inner.opt(text, args![org]).await?;
    row.map_or(Ok(0), |row| row.int("position"))
}

/// Everything in the organisation that can be found.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn all(tx: &mut Tx<IndexScheme>) -> Result<Findable, StoreError> {
    let (org, position) = (tx.permit.target().0, position(tx).await?);
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, s.stage, s.restricted, s.ends_on, s.delete_on, s.shown_from, s.latest_on, \
         s.identified, NULL AS picture, k.epoch, k.wrapped FROM subjects s JOIN data_keys k ON k.owner_id = s.id \
         WHERE s.org_id = $1 AND s.stage <> 'frozen'"
    );
    let mut people = Vec::new();
    for row in tx.inner.rows(text, args![org]).await? {
        let key = tx.inner.unwrap_key(row.id("id")?, &row)?;
        people.push(read_card(&row, &key)?);
    }
    let text = sql!("SELECT id FROM incidents WHERE org_id = $1");
    let ids = tx.inner.rows(text, args![org]).await?;
    let mut incidents = Vec::new();
    for row in ids {
        incidents.extend(incident(tx, row.id("id")?).await?);
    }
    let prints = prints::all(tx).await?;
    Ok(Findable { position, gone: Vec::new(), people, incidents, touched: Vec::new(), prints })
}

/// What has changed since a position, or none where nothing has.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn since(tx: &mut Tx<IndexScheme>, known: i64) -> Result<Option<Findable>, StoreError> {
    let (org, position) = (tx.permit.target().0, position(tx).await?);
    if position <= known {
        return Ok(None);
    }
    let text = sql!(
        "SELECT about FROM audit_entries WHERE chain = $1 AND position > $2 AND position <= $3 AND class = 'change'"
    );
    let mut touched = BTreeSet::new();
    for row in tx.inner.rows(text, args![org, known, position]).await? {
        touched.extend(row.bytes("about")?.chunks_exact(16).filter_map(|id| Uuid::from_slice(id).ok()));
    }
    let mut prints = Vec::new();
    for owner in &touched {
        prints.extend(prints::of(tx, *owner).await?);
    }
    let mut findable = Findable {
        position,
        gone: Vec::new(),
        people: Vec::new(),
        incidents: Vec::new(),
        touched: touched.iter().copied().collect(),
        prints,
    };
    let incidents =
        sql!("SELECT DISTINCT incident_id FROM people WHERE subject_id = $1 AND incident_id IS NOT NULL");
    let mut near = BTreeSet::new();
    for id in touched {
        for row in tx.inner.rows(incidents, args![id]).await? {
            near.insert(row.id::<Uuid>("incident_id")?);
        }
        match card_of(&mut tx.inner, org, SubjectId(id)).await? {
            Some(card) => findable.people.push(card),
            None => {
                findable.gone.push(id);
                near.insert(id);
            }
        }
    }
    for id in near {
        if let Some(found) = incident(tx, IncidentId(id)).await? {
            findable.gone.retain(|gone| *gone != id);
            findable.incidents.push(found);
        }
    }
    Ok(Some(findable))
}

async fn incident<A>(tx: &mut Tx<A>, id: IncidentId) -> Result<Option<Found>, StoreError>
where
    A: fairwatch_core::gate::Action<Target = fairwatch_core::scope::InOrg>,
{
    let org = tx.permit.target().0;
    let text = sql!(
        "SELECT i.number, i.category, i.occurred_on, i.sealed, k.epoch, k.wrapped FROM incidents i \
         JOIN data_keys k ON k.owner_id = i.id WHERE i.id = $1 AND i.org_id = $2 \
         AND (i.delete_on IS NULL OR i.delete_on > $3)"
    );
    let today = tx.inner.ctx.today();
    let Some(row) = tx.inner.opt(text, args![id, org, today]).await? else { return Ok(None) };
    let key = tx.inner.unwrap_key(id.0, &row)?;
    Ok(Some(Found {
        id,
        number: row.int("number")?,
        category: row.text("category")?,
        occurred_on: row.date("occurred_on")?,
        words: keys::open(&key, "incidents", "sealed", id.0, &row.bytes("sealed")?)?,
    }))
}

/// Of those whom an index proposes the ones that the asker may see today, in the same order; at most so many.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn people(
    tx: &mut Tx<FindAnyone>,
    proposed: &[SubjectId],
    most: usize,
) -> Result<Vec<Card>, StoreError> {
    let scope = tx.permit.facts().clone();
    let mut cards = Vec::with_capacity(proposed.len());
    let circulating = circulating::of(&mut tx.inner, &scope).await?;
    let who = tx.permit.standing().role.and_then(viewer);
    let held_too = who.is_some_and(|who| may_find_held(&scope, who));
    for id in proposed {
        if cards.len() == most {
            break;
        }
        if let Some((card, picture)) = circulating.one(&scope, *id) {
            cards.push(Card { picture, ..card.clone() });
        } else if held_too && let Some(card) = pages::one(&mut tx.inner, &scope, *id).await? {
            let is_open = who == Some(Viewer::Controller) || pages::is_open_to_staff(&card);
            cards.extend(is_open.then_some(card));
        }
    }
    tx.saw(cards.iter().map(|card| card.id.0));
    Ok(cards)
}

/// Of the incidents that an index proposes those that the asker may open today, in the same order.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn incidents(tx: &mut Tx<FindAnyone>, proposed: &[IncidentId]) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    for id in proposed {
        let is_out_of_use = crate::incidents::present(&mut tx.inner, Some(*id)).await?.is_nobody();
        if !is_out_of_use {
            found.extend(incident(tx, *id).await?);
        }
    }
    tx.saw(found.iter().map(|incident| incident.id.0));
    Ok(found)
}

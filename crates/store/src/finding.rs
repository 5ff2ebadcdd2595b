//! What people and incidents are found by, for the index in memory, and what a search may show of what it proposes.
//!
//! The index proposes; visibility is decided here, with the conditions of every other page, on the day of the search
//! (RET-10). So an index that is behind shows nobody who may not be seen.
use crate::{
    dialect::{Row, args, sql},
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
    gate::Action,
    ids::{IncidentId, SubjectId},
    incidents::Incident,
    policy::Viewer,
    scope::InOrg,
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

impl Findable {
    /// Nothing, as of a position.
    #[must_use]
    pub fn nothing(position: i64) -> Self {
        Self {
            position,
            gone: Vec::new(),
            people: Vec::new(),
            incidents: Vec::new(),
            touched: Vec::new(),
            prints: Vec::new(),
        }
    }
    /// Whether it is nothing but a position.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.gone.is_empty()
            && self.people.is_empty()
            && self.incidents.is_empty()
            && self.touched.is_empty()
            && self.prints.is_empty()
    }
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

/// How far a reading of everything has come; begun with its default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reading {
    /// The position in the chain at its beginning.
    position: Option<i64>,
    /// The numbers of the last that were read.
    person: i64,
    incident: i64,
    print: Uuid,
}

/// So many are read at once: few enough that nothing else waits long, and that they are not all in memory.
const READ_AT_ONCE: i64 = 500;

/// The next part of everything in the organisation that can be found; none at the end. All parts belong into one
/// transaction.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn next(tx: &mut Tx<IndexScheme>, reading: &mut Reading) -> Result<Option<Findable>, StoreError> {
    let org = tx.permit.target().0;
    let position = match reading.position {
        Some(position) => position,
        None => position(tx).await?,
    };
    reading.position = Some(position);
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, s.stage, s.restricted, s.ends_on, s.delete_on, s.shown_from, s.latest_on, \
         s.identified, NULL AS picture, k.epoch, k.wrapped FROM subjects s JOIN data_keys k ON k.owner_id = s.id \
         WHERE s.org_id = $1 AND s.number > $2 AND s.stage <> 'frozen' ORDER BY s.number LIMIT $3"
    );
    let mut people = Vec::new();
    for row in tx.inner.rows(text, args![org, reading.person, READ_AT_ONCE]).await? {
        let key = tx.inner.unwrap_key(row.id("id")?, &row)?;
        people.push(read_card(&row, &key)?);
    }
    let text = sql!(
        "SELECT i.id, i.number, i.category, i.occurred_on, i.sealed, k.epoch, k.wrapped FROM incidents i \
         JOIN data_keys k ON k.owner_id = i.id WHERE i.org_id = $1 AND i.number > $2 \
         AND (i.delete_on IS NULL OR i.delete_on > $3) ORDER BY i.number LIMIT $4"
    );
    let today = tx.inner.ctx.today();
    let mut incidents = Vec::new();
    for row in tx.inner.rows(text, args![org, reading.incident, today, READ_AT_ONCE]).await? {
        incidents.push(read_incident(tx, &row)?);
    }
    let prints = prints::after(tx, reading.print, READ_AT_ONCE).await?;
    if people.is_empty() && incidents.is_empty() && prints.is_empty() {
        return Ok(None);
    }
    reading.print = prints.last().map_or(reading.print, |print| print.picture.0);
    reading.person = people.last().map_or(reading.person, |card| card.number);
    reading.incident = incidents.last().map_or(reading.incident, |incident| incident.number);
    Ok(Some(Findable { people, incidents, prints, ..Findable::nothing(position) }))
}

impl Reading {
    /// The position up to which changes are in what was read.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.position.unwrap_or_default()
    }
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
    let mut findable = Findable { touched: touched.iter().copied().collect(), ..Findable::nothing(position) };
    for owner in &touched {
        findable.prints.extend(prints::of(tx, *owner).await?);
    }
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
    A: Action<Target = InOrg>,
{
    let org = tx.permit.target().0;
    let text = sql!(
        "SELECT i.id, i.number, i.category, i.occurred_on, i.sealed, k.epoch, k.wrapped FROM incidents i \
         JOIN data_keys k ON k.owner_id = i.id WHERE i.id = $1 AND i.org_id = $2 \
         AND (i.delete_on IS NULL OR i.delete_on > $3)"
    );
    let today = tx.inner.ctx.today();
    let row = tx.inner.opt(text, args![id, org, today]).await?;
    row.map(|row| read_incident(tx, &row)).transpose()
}

fn read_incident<A: Action>(tx: &Tx<A>, row: &Row) -> Result<Found, StoreError> {
    let id: IncidentId = row.id("id")?;
    let key = tx.inner.unwrap_key(id.0, row)?;
    Ok(Found {
        id,
        number: row.int("number")?,
        category: row.text("category")?,
        occurred_on: row.date("occurred_on")?,
        words: keys::open(&key, "incidents", "sealed", id.0, &row.bytes("sealed")?)?,
    })
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

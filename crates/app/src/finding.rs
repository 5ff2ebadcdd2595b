//! Finding anyone: one box over what the asker may see (INC-2, VIS-1, VIS-4, VIS-7).
//!
//! What people are found by stands in memory, one index for each organisation (`fairwatch_finding`), since all of it is
//! sealed in the database. It follows the audit chain: before each search, whatever changed since the position up to
//! which it knows is read again. It proposes; the store decides who is shown (`fairwatch_store::finding`).
use crate::{
    App,
    error::AppError,
    subjects::{associates, strip, viewer_of},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    clocks::Stage,
    finding::{FindAnyone, IndexScheme, PrepareFind, may_find_by, may_find_held},
    gate::{Action as _, Caller, Ctx, Hidden},
    ids::{IncidentId, OrgId, PictureId, ReportId, SubjectId},
    policy::{Category, Viewer},
    scope::{InOrg, Scope},
};
use fairwatch_finding::{Entry, Filter, Hit, Index, Kind, Kinds, Query, Suggestion, Viewer as Searcher};
use fairwatch_imaging::{Fingerprint, Like, Prints};
use fairwatch_store::{
    StoreError, Tx,
    finding::{self, Findable, Reading},
    subjects::pages::Card,
};
use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

/// What the use cases give back, so that their callers need not know store and index.
pub use fairwatch_finding::How;
pub use fairwatch_store::finding::Found as FoundIncident;

/// Somebody who circulates, and is not restricted.
const CIRCULATING: u16 = 1;
/// An incident.
const INCIDENT: u16 = 2;

/// The indexes of all organisations of this process.
#[derive(Clone, Default)]
pub(crate) struct Indexes(Arc<RwLock<HashMap<OrgId, Arc<Followed>>>>);

/// A picture, and the report with which it came.
pub(crate) type Came = (PictureId, Option<ReportId>);

/// What is kept in memory of an organisation to find people by.
#[derive(Default)]
struct Memory {
    index: Index,
    vehicles: Vehicles,
    /// What the pictures look like that were sent, by the report or subject whose they are.
    prints: Prints<Came, Uuid>,
}

/// It, and how far it has followed its organisation's chain.
#[derive(Default)]
pub(crate) struct Followed {
    memory: RwLock<Memory>,
    /// The version of the policy whose words are in it, and the position up to which it knows; none before it was built.
    /// Whoever brings it up to date holds this, so that two do not do the same.
    known: Arc<Mutex<Option<(i64, i64)>>>,
}

impl Followed {
    fn read(&self) -> RwLockReadGuard<'_, Memory> {
        self.memory.read().unwrap_or_else(PoisonError::into_inner)
    }
    fn write(&self) -> RwLockWriteGuard<'_, Memory> {
        self.memory.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who may be meant by a description, for the controller: whatever their stage.
    pub(crate) fn suggest(&self, texts: &[(Kind, String)], most: usize) -> Vec<Suggestion> {
        let texts = texts.iter().map(|(kind, text)| (*kind, text.as_str())).collect::<Vec<_>>();
        let filter = Filter { all: 0, any: 0, none: INCIDENT };
        self.read().index.suggest(&texts, &Searcher { kinds: Kinds::ALL, filter }, most)
    }

    /// The pictures that are the same as one of an owner's, the likest first. Pictures are compared as wholes, and no
    /// faces.
    pub(crate) fn like(&self, owner: Uuid, picture: PictureId) -> Vec<Like<Came>> {
        self.read().prints.like(owner, |(known, _)| known == picture)
    }
}

/// Who is said to use which vehicle, as hashes under a secret of this process: nothing here can be read (SUB-3).
#[derive(Default)]
struct Vehicles {
    secret: RandomState,
    marks: HashMap<u128, Vec<u64>>,
}

impl Vehicles {
    fn put(&mut self, card: &Card) {
        let marks = associates::marks(&card.profile);
        let hashes = marks.iter().map(|mark| self.secret.hash_one(mark)).collect::<Vec<_>>();
        if hashes.is_empty() {
            self.marks.remove(&card.id.0.as_u128());
        } else {
            self.marks.insert(card.id.0.as_u128(), hashes);
        }
    }
    /// Others of the same vehicles. It proposes; the store opens their records and decides.
    fn with(&self, id: SubjectId) -> Vec<SubjectId> {
        let own = id.0.as_u128();
        let Some(marks) = self.marks.get(&own) else { return Vec::new() };
        let same = |(other, theirs): &(&u128, &Vec<u64>)| {
            **other != own && theirs.iter().any(|mark| marks.contains(mark))
        };
        self.marks.iter().filter(same).map(|(other, _)| SubjectId(Uuid::from_u128(*other))).collect()
    }
}

/// Who may use the same vehicle as somebody, as far as it is known by now.
pub(crate) fn near_by_vehicle(app: &App, org: OrgId, id: SubjectId) -> Vec<SubjectId> {
    app.indexes.of(org).read().vehicles.with(id)
}

/// The same, with all that has changed until now.
pub(crate) async fn by_vehicle(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    id: SubjectId,
) -> Result<Vec<SubjectId>, AppError> {
    let followed = follow(app, ctx, org).await?;
    Ok(followed.read().vehicles.with(id))
}

impl Indexes {
    fn of(&self, org: OrgId) -> Arc<Followed> {
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&org).cloned();
        found.unwrap_or_else(|| {
            let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(org).or_default())
        })
    }
}

/// By what a category of what is held is found. What has no place here is found by the controller alone.
fn kind(category: Category) -> Kind {
    match category {
        Category::Name => Kind::Name,
        Category::Alias => Kind::Alias,
        Category::Vehicles => Kind::Vehicle,
        Category::Description => Kind::Description,
        Category::SuspectedActivity => Kind::Activity,
        _ => Kind::Other,
    }
}

/// By which kinds of text somebody may search: those of which they may see the category (VIS-7).
fn kinds(scope: &Scope, who: Viewer) -> Kinds {
    let open = [
        Category::Name,
        Category::Alias,
        Category::Vehicles,
        Category::Description,
        Category::SuspectedActivity,
    ];
    if who == Viewer::Controller {
        return Kinds::ALL;
    }
    let seen = open.into_iter().filter(|category| may_find_by(scope, who, *category)).map(kind);
    seen.fold(Kinds::of(&[Kind::Reference]), Kinds::and)
}

fn put_person(index: &mut Index, scope: &Scope, card: &Card) {
    let reference = scope.reference(card.number);
    // A record into which others were merged is found by their references, too (SUB-2).
    let merged = card.profile.other_numbers.iter().map(|n| scope.reference(*n)).collect::<Vec<_>>();
    let mut texts = vec![(Kind::Reference, reference.as_str())];
    texts.extend(merged.iter().map(|reference| (Kind::Reference, reference.as_str())));
    texts.extend(card.profile.fields.iter().map(|field| (kind(field.category), field.value.as_str())));
    texts.extend(card.profile.activities.iter().map(|activity| (Kind::Activity, activity.value.as_str())));
    let is_shown = card.stage == Stage::Circulating && !card.restricted;
    let day = card.latest_on.since(jiff::civil::Date::ZERO).map_or(0, |span| span.get_days());
    index.put(&Entry {
        key: card.id.0.as_u128(),
        flags: if is_shown { CIRCULATING } else { 0 },
        recent: u64::try_from(day).unwrap_or(0),
        texts: &texts,
    });
}

fn put_incident(index: &mut Index, scope: &Scope, incident: &FoundIncident) {
    let reference = scope.reference(incident.number);
    let known = scope.policy.incidents.categories.iter().find(|word| *word.id == *incident.category);
    let label = known.map_or_else(String::new, |word| word.label.to_string());
    let texts = [
        (Kind::Reference, reference.as_str()),
        (Kind::Place, incident.words.place.as_str()),
        (Kind::Narrative, incident.words.narrative.as_str()),
        (Kind::Narrative, label.as_str()),
    ];
    let day = incident.occurred_on.since(jiff::civil::Date::ZERO).map_or(0, |span| span.get_days());
    index.put(&Entry {
        key: incident.id.0.as_u128(),
        flags: INCIDENT,
        recent: u64::try_from(day).unwrap_or(0),
        texts: &texts,
    });
}

impl Memory {
    fn take_in(&mut self, scope: &Scope, changed: &Findable) {
        for id in &changed.gone {
            self.index.remove(id.as_u128());
            self.vehicles.marks.remove(&id.as_u128());
        }
        for card in &changed.people {
            put_person(&mut self.index, scope, card);
            self.vehicles.put(card);
        }
        for incident in &changed.incidents {
            put_incident(&mut self.index, scope, incident);
        }
        for owner in &changed.touched {
            self.prints.forget(*owner);
        }
        for print in &changed.prints {
            // One that another version made is like no other.
            if let Some(fingerprint) = Fingerprint::from_bytes(&print.bytes) {
                self.prints.put(print.owner, (print.picture, print.report), &fingerprint);
            }
        }
    }
}

/// So many parts may have been read that are not yet in the index: few, since each is in memory.
const AHEAD: usize = 2;

/// Reads everything that can be found, and takes each part in while the next is read and unsealed: two thirds of the
/// time that both take one after the other. A reading that is broken off leaves nothing.
async fn read_all(tx: &mut Tx<IndexScheme>, scope: &Scope) -> Result<(Memory, i64), StoreError> {
    let (sender, mut parts) = mpsc::channel::<Findable>(AHEAD);
    let words = scope.clone();
    let taking = tokio::task::spawn_blocking(move || {
        let mut memory = Memory::default();
        while let Some(part) = parts.blocking_recv() {
            memory.take_in(&words, &part);
        }
        memory
    });
    let mut reading = Reading::default();
    while let Some(part) = finding::next(tx, &mut reading).await? {
        if sender.send(part).await.is_err() {
            break;
        }
    }
    drop(sender);
    let memory = taking
        .await
        .map_err(|_| StoreError::Corrupt("what people are found by could not be taken in".into()))?;
    Ok((memory, reading.position()))
}

/// Brings an organisation's index up to date with its chain; the first time builds it.
pub(crate) async fn follow(app: &App, ctx: &Ctx, org: OrgId) -> Result<Arc<Followed>, AppError> {
    let followed = app.indexes.of(org);
    let mut known = Arc::clone(&followed.known).lock_owned().await;
    // Reading what people are found by is the program's own affair; what the asker gets of it is decided later.
    let job = ctx.clone().with_caller(Caller::Job("finding")).confined_to(&[IndexScheme::NAME]);
    let before = *known;
    let building = Arc::clone(&followed);
    let read = app.store.read::<IndexScheme, _>(&job, InOrg(org), async move |tx: &mut Tx<IndexScheme>| {
        let scope = tx.permit().facts().clone();
        // Another policy has other words, and hides and shows whom no entry names: then everything is read again.
        if let Some((_, position)) = before.filter(|(version, _)| *version == scope.policy_version) {
            return Ok(finding::since(tx, position).await?.map(|changed| (scope, changed)));
        }
        // Two would not fit beside each other.
        *building.write() = Memory::default();
        let (memory, position) = read_all(tx, &scope).await?;
        *building.write() = memory;
        Ok(Some((scope, Findable::nothing(position))))
    });
    if let Some((scope, changed)) = read.await? {
        if changed.is_nothing() {
            // Looks alone, mostly.
            *known = Some((scope.policy_version, changed.position));
            return Ok(followed);
        }
        let own = Arc::clone(&followed);
        // Whoever asked may go away meanwhile: the work is done to its end all the same, and nobody comes between.
        crate::blocking(move || {
            own.write().take_in(&scope, &changed);
            *known = Some((scope.policy_version, changed.position));
            Ok(())
        })
        .await?;
    }
    Ok(followed)
}

/// Builds and brings up to date every organisation's index, so that nobody waits for it, and so that what was deleted
/// elsewhere stays in memory neither there nor in the gallery until somebody looks.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn keep_up(app: &App, ctx: &Ctx) -> Result<(), AppError> {
    for scope in fairwatch_store::orgs::all(&app.store, ctx).await? {
        follow(app, ctx, scope.org).await?;
    }
    Ok(fairwatch_store::subjects::let_go(&app.store, ctx).await?)
}

/// Somebody who was found.
pub struct FoundPerson {
    /// What the asker may see of them.
    pub card: Card,
    /// How what was typed met what is held.
    pub how: How,
    /// Whether it was met in another name by which they are known.
    pub by_alias: bool,
}

/// What a search found.
pub struct Answer {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// As what the asker looks.
    pub viewer: Viewer,
    /// People, the likeliest first.
    pub people: Vec<FoundPerson>,
    /// Incidents, the likeliest first; for the controller.
    pub incidents: Vec<FoundIncident>,
}

/// Whether what was typed is finished, or goes on at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// The last word may be the beginning of one.
    Open,
    /// All words are whole.
    Finished,
}

/// At most so long a text is searched for.
const LONGEST: usize = 200;

/// Finds people, and for the controller incidents, by words as typed. Whom it returns is recorded as a look.
///
/// # Errors
/// [`AppError::Hidden`] where the asker may not see anybody here.
#[boxed]
pub async fn find(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    words: &str,
    typing: Typing,
    most: usize,
) -> Result<Answer, AppError> {
    let words = words.chars().take(LONGEST).collect::<String>();
    let query = match typing {
        Typing::Open => Query::typed(&words),
        Typing::Finished => Query::finished(&words),
    };
    let asked = app.store.read::<PrepareFind, _>(ctx, InOrg(org), async |tx: &mut Tx<PrepareFind>| {
        Ok((tx.permit().facts().clone(), viewer_of(tx.permit().standing().role)))
    });
    let (scope, who) = asked.await?;
    let followed = follow(app, ctx, org).await?;
    // Before the look, so that nobody waits at its door meanwhile.
    let (hits, near) = crate::blocking(move || Ok(propose(&followed, &query, &scope, who, most))).await?;
    let answer = app.store.read::<FindAnyone, _>(ctx, InOrg(org), async move |tx: &mut Tx<FindAnyone>| {
        if viewer_of(tx.permit().standing().role) != who {
            return Err(Hidden.into());
        }
        let scope = tx.permit().facts().clone();
        let ids = hits.iter().map(|hit| SubjectId(Uuid::from_u128(hit.key))).collect::<Vec<_>>();
        let cards = finding::people(tx, &ids, most).await?;
        let ids = near.iter().map(|hit| IncidentId(Uuid::from_u128(hit.key))).collect::<Vec<_>>();
        let incidents = finding::incidents(tx, &ids).await?;
        let people = cards.into_iter().map(|mut card| {
            if who != Viewer::Controller {
                strip(&scope, who, &mut card);
            }
            let hit = hits.iter().find(|hit| hit.key == card.id.0.as_u128());
            let (how, by_alias) =
                hit.map_or((How::Exact, false), |hit| (hit.how, hit.matched == Kind::Alias));
            FoundPerson { card, how, by_alias }
        });
        Ok(Answer { people: people.collect(), scope, viewer: who, incidents })
    });
    Ok(answer.await?)
}

/// Whom and what the index proposes. Some of them may have come to their end since the sweep was here last, so it is
/// asked for a few more than are wanted.
fn propose(
    followed: &Followed,
    query: &Query,
    scope: &Scope,
    who: Viewer,
    most: usize,
) -> (Vec<Hit>, Vec<Hit>) {
    if query.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let memory = followed.read();
    let index = &memory.index;
    let all = if may_find_held(scope, who) { 0 } else { CIRCULATING };
    let people = Filter { all, any: 0, none: INCIDENT };
    let people = index.search(query, &Searcher { kinds: kinds(scope, who), filter: people }, most + 8);
    if who != Viewer::Controller {
        return (people, Vec::new());
    }
    let incidents = Filter { all: INCIDENT, any: 0, none: 0 };
    (people, index.search(query, &Searcher { kinds: Kinds::ALL, filter: incidents }, most + 8))
}

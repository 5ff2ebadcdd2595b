//! Everybody whom members can see in one organisation, kept in memory for the gallery and its small pictures.
//!
//! The gallery is what members open most, and its 48 faces come with 48 requests more. Both ask who circulates, and
//! the answer changes some times a day. So it is read once and kept, with the position in the audit chain at which
//! something about the organisation's subjects last changed (`audit_heads.changed`). Each transaction reads that
//! position in the statement that finds out who asks; what was kept at another position is not used. So every
//! server sees every other's changes with its next look, and nothing has to be told to anybody.
//!
//! Days pass without an entry. Therefore nothing here depends on one: each look compares the days again (RET-10).
//!
//! A change made by this process lets go of what was kept at once, so that what was destroyed is not kept in memory
//! until somebody looks.
use super::pages::{Card, oldest_unidentified, read_card};
use crate::{
    accounts::members,
    dialect::{args, sql},
    door::{Inner, Store},
    error::StoreError,
    exclusions::{self, telling::Ending},
    pictures::Files,
};
use fairwatch_core::{
    clocks::Stage,
    exclusions::{Ended, telling},
    gate::Ctx,
    ids::{MemberId, OrgId, PictureId, SubjectId},
    scope::Scope,
    subjects::{
        SubjectFacts,
        picks::{self, Pick},
    },
    targets::area_of,
};
use fairwatch_vault::DataKey;
use jiff::{Timestamp, civil::Date};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};
use uuid::Uuid;

/// What each organisation's members can see, as of a position in its chain.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<RwLock<HashMap<OrgId, Arc<Circulating>>>>);

impl Kept {
    fn at(&self, org: OrgId, changed: i64, version: i64) -> Option<Arc<Circulating>> {
        let kept = self.0.read().ok()?;
        // On the day of another policy nothing was recorded yet, and all the same others are shown, by other words.
        let holds = |one: &&Arc<Circulating>| one.changed == changed && one.version == version;
        kept.get(&org).filter(holds).cloned()
    }
    fn keep(&self, org: OrgId, circulating: Arc<Circulating>) {
        if let Ok(mut kept) = self.0.write() {
            kept.insert(org, circulating);
        }
    }
    fn positions(&self) -> Vec<(OrgId, i64)> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(org, circulating)| (*org, circulating.changed)).collect()
    }
    /// Lets go of what was kept of an organisation: something changed.
    pub(crate) fn forget(&self, org: OrgId) {
        if let Ok(mut kept) = self.0.write() {
            kept.remove(&org);
        }
    }
}

/// Lets go of what was kept and another process has changed since, so that what was destroyed elsewhere does not stay in
/// memory until somebody looks.
///
/// # Errors
/// The engine's.
pub async fn let_go(store: &Store, ctx: &Ctx) -> Result<(), StoreError> {
    for (org, kept) in store.circulating.positions() {
        let mut inner = store.glance(ctx).await?;
        let text = sql!("SELECT changed FROM audit_heads WHERE chain = $1");
        let now = inner.opt(text, args![org]).await?.map(|row| row.int("changed")).transpose()?;
        if now != Some(kept) {
            store.circulating.forget(org);
        }
    }
    Ok(())
}

/// Those of one organisation who circulate and are not restricted, the last reported first.
pub(crate) struct Circulating {
    changed: i64,
    /// The version of the policy by which it was read.
    version: i64,
    people: Vec<Person>,
    /// What the parts of the gallery are counted by, at the same places. Every look goes through all of it.
    briefs: Vec<Brief>,
    places: HashMap<Uuid, usize>,
    /// Where a picture stands: the person, and the picture among theirs.
    portraits: HashMap<PictureId, (usize, usize)>,
    /// Exclusions that ended lately, and those that are still to end.
    endings: Vec<Ending>,
}

/// What of somebody is asked with every look: small, so that thousands are gone through in microseconds.
struct Brief {
    ends_on: Option<Date>,
    /// Since when they are shown.
    shown_at: Option<Timestamp>,
    identified: bool,
    /// Until when they are excluded, if they are.
    excluded_until: Option<Date>,
}

impl Brief {
    /// Whether the clock still shows them (RET-10).
    fn is_shown(&self, today: Date) -> bool {
        self.ends_on.is_some_and(|end| end > today)
    }
}

struct Person {
    card: Card,
    /// What was reported of them, and where.
    reported: Vec<Reported>,
    key: Arc<DataKey>,
    /// The newest first.
    portraits: Vec<Portrait>,
    /// The members who were picked for them.
    picks: Vec<Pick>,
}

/// A report in which somebody was involved.
pub(crate) struct Reported {
    category: String,
    /// The part of town of the business that reported it; empty where that is not known.
    area: Arc<str>,
    /// The day on which its incident is deleted.
    over_on: Option<Date>,
}

struct Portrait {
    id: PictureId,
    added_on: Date,
    /// The day on which the incident with which it came is deleted.
    over_on: Option<Date>,
    files: Files,
}

/// A small picture that may be shown: of whom, its files, and the key that opens them.
pub(crate) struct Found {
    pub(crate) facts: SubjectFacts,
    pub(crate) files: Files,
    pub(crate) key: Arc<DataKey>,
}

impl Person {
    /// Whether the clock still shows them (RET-10).
    fn is_shown(&self, today: Date) -> bool {
        self.card.ends_on.is_some_and(|end| end > today)
    }
    /// Their newest picture that may be shown.
    fn shown(&self, today: Date, oldest_unidentified: Date) -> Option<PictureId> {
        let shown = self.portraits.iter().find(|one| one.is_shown(&self.card, today, oldest_unidentified));
        shown.map(|one| one.id)
    }
}

impl Portrait {
    fn is_shown(&self, person: &Card, today: Date, oldest_unidentified: Date) -> bool {
        (person.identified || self.added_on > oldest_unidentified)
            && self.over_on.is_none_or(|day| day > today)
    }
}

/// Somebody who is shown today.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(crate) card: &'a Card,
    brief: &'a Brief,
    person: &'a Person,
}

impl Shown<'_> {
    /// Since when.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.brief.shown_at
    }
    /// Whether the person is named.
    pub(crate) fn is_identified(&self) -> bool {
        self.brief.identified
    }
    /// Whether an exclusion is in force.
    pub(crate) fn is_excluded(&self, today: Date) -> bool {
        self.brief.excluded_until.is_some_and(|end| end > today)
    }
    /// Their newest picture that may be shown.
    pub(crate) fn picture(&self, scope: &Scope) -> Option<PictureId> {
        self.person.shown(scope.today, oldest_unidentified(scope))
    }
    /// Whether a report of them that is kept is of this category, and was made in this part of town; empty is any.
    pub(crate) fn is_reported(&self, category: &str, area: &str, today: Date) -> bool {
        (category.is_empty() && area.is_empty())
            || self.person.reported.iter().any(|reported| {
                reported.over_on.is_none_or(|day| day > today)
                    && (category.is_empty() || reported.category == category)
                    && (area.is_empty() || &*reported.area == area)
            })
    }
}

impl Circulating {
    /// Everybody who is shown today, the last reported first.
    pub(crate) fn today<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = Shown<'a>> + use<'a> {
        let today = scope.today;
        let all = self.briefs.iter().zip(&self.people).filter(move |(brief, _)| brief.is_shown(today));
        all.map(|(brief, person)| Shown { card: &person.card, brief, person })
    }

    /// Exclusions that have just ended for a member, the latest first (EXC-7).
    pub(crate) fn ended(&self, today: Date, member: Option<MemberId>) -> Vec<Ended> {
        let is_excluded = |subject: SubjectId| {
            let card = self.places.get(&subject.0).and_then(|place| self.people.get(*place));
            card.is_some_and(|person| person.card.exclusion.as_ref().is_some_and(|told| told.holds(today)))
        };
        let is_shown = |subject: SubjectId| {
            let place = self.places.get(&subject.0).and_then(|place| self.people.get(*place));
            place.is_some_and(|person| person.is_shown(today))
        };
        let mut ended = self
            .endings
            .iter()
            .filter(|ending| telling::is_news(ending.told.ends_on, today) && ending.told.reaches(member))
            // Whoever is excluded again is no news.
            .filter(|ending| !is_excluded(ending.subject))
            .map(|ending| Ended {
                on: ending.told.ends_on,
                subject: Some(ending.subject).filter(|subject| is_shown(*subject)),
            })
            .collect::<Vec<_>>();
        ended.sort_unstable_by_key(|ended| (std::cmp::Reverse(ended.on), ended.subject));
        ended
    }

    /// Somebody who is shown today, with the newest picture that is.
    pub(crate) fn one(&self, scope: &Scope, id: SubjectId) -> Option<(&Card, Option<PictureId>)> {
        let person = self.people.get(*self.places.get(&id.0)?)?;
        let is_shown = person.is_shown(scope.today);
        is_shown.then(|| (&person.card, person.shown(scope.today, oldest_unidentified(scope))))
    }

    /// A picture of somebody who is shown today.
    pub(crate) fn portrait(&self, scope: &Scope, picture: PictureId) -> Option<Found> {
        let (person, portrait) = *self.portraits.get(&picture)?;
        let person = self.people.get(person)?;
        let portrait = person.portraits.get(portrait)?;
        let is_shown = person.is_shown(scope.today)
            && portrait.is_shown(&person.card, scope.today, oldest_unidentified(scope));
        is_shown.then(|| Found {
            facts: SubjectFacts {
                stage: Stage::Circulating,
                members_see: true,
                subject: person.card.id,
                picked: picks::on(&person.picks, scope.today),
                scope: scope.clone(),
            },
            files: portrait.files.clone(),
            key: Arc::clone(&person.key),
        })
    }
}

/// What was kept of the asker's organisation, if nothing has changed since.
pub(crate) fn at_hand(inner: &Inner, org: OrgId) -> Option<Arc<Circulating>> {
    inner
        .changed
        .filter(|_| inner.within == Some(org))
        .zip(inner.version)
        .and_then(|(changed, version)| inner.store.circulating.at(org, changed, version))
}

/// Those of the asker's organisation, as of this transaction.
pub(crate) async fn of(inner: &mut Inner, scope: &Scope) -> Result<Arc<Circulating>, StoreError> {
    if let Some(kept) = at_hand(inner, scope.org) {
        return Ok(kept);
    }
    // The position was read before: what is read now is as new or newer, and will be read again if it is newer.
    let changed = inner.changed.filter(|_| inner.within == Some(scope.org));
    let circulating = Arc::new(read(inner, scope, changed.unwrap_or(-1)).await?);
    if changed.is_some() {
        inner.store.circulating.keep(scope.org, Arc::clone(&circulating));
    }
    Ok(circulating)
}

async fn read(inner: &mut Inner, scope: &Scope, changed: i64) -> Result<Circulating, StoreError> {
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, s.stage, s.restricted, s.ends_on, s.delete_on, s.shown_from, s.latest_on, \
         s.shown_at, s.identified, NULL AS picture, k.epoch, k.wrapped FROM subjects s JOIN data_keys k ON k.owner_id = s.id \
         WHERE s.org_id = $1 AND s.stage = 'circulating' AND s.restricted = 0 AND s.ends_on > $2 \
         ORDER BY s.latest_on DESC, s.id DESC"
    );
    let (mut people, mut briefs) = (Vec::new(), Vec::new());
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut excluded = exclusions::telling::all(inner, scope).await?;
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        let key = inner.unwrap_key(row.id("id")?, &row)?;
        let mut card = read_card(&row, &key)?;
        card.exclusion = excluded.remove(&card.id);
        places.insert(card.id.0, people.len());
        briefs.push(Brief {
            ends_on: card.ends_on,
            shown_at: row.opt_instant("shown_at")?,
            identified: card.identified,
            excluded_until: card.exclusion.as_ref().map(|told| told.ends_on),
        });
        people.push(Person {
            card,
            reported: Vec::new(),
            key: Arc::new(key),
            portraits: Vec::new(),
            picks: Vec::new(),
        });
    }
    let mut portraits = HashMap::new();
    let text = sql!(
        "SELECT p.id, p.owner_id, p.added_on, p.small, p.medium, p.large, p.width, p.height, \
         (SELECT i.delete_on FROM reports r JOIN incidents i ON i.id = r.incident_id WHERE r.id = p.report_id) AS over_on \
         FROM subjects s JOIN pictures p ON p.owner_id = s.id \
         WHERE s.org_id = $1 AND s.stage = 'circulating' AND s.restricted = 0 AND s.ends_on > $2 \
         ORDER BY p.owner_id, p.added_on DESC, p.position DESC"
    );
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        // Somebody may have come between the two statements; they are read with the next look.
        let Some(&place) = places.get(&row.id("owner_id")?) else { continue };
        let portrait = Portrait {
            id: row.id("id")?,
            added_on: row.date("added_on")?,
            over_on: row.opt_date("over_on")?,
            files: Files::read(&row)?,
        };
        let of_person = &mut people[place].portraits;
        portraits.insert(portrait.id, (place, of_person.len()));
        of_person.push(portrait);
    }
    let areas = areas(inner, scope).await?;
    let text = sql!(
        "SELECT DISTINCT p.subject_id, i.category, i.delete_on, r.member_id FROM people p \
         JOIN reports r ON r.id = p.report_id JOIN incidents i ON i.id = p.incident_id \
         JOIN subjects s ON s.id = p.subject_id \
         WHERE s.org_id = $1 AND s.stage = 'circulating' AND s.restricted = 0 AND s.ends_on > $2 \
         AND p.state = 'linked' AND r.state = 'approved'"
    );
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        let Some(&place) = places.get(&row.id("subject_id")?) else { continue };
        let member: Option<MemberId> = row.opt_id("member_id")?;
        people[place].reported.push(Reported {
            category: row.text("category")?,
            area: member.and_then(|member| areas.get(&member)).cloned().unwrap_or_default(),
            over_on: row.opt_date("delete_on")?,
        });
    }
    let text = sql!(
        "SELECT k.id, k.member_id, k.ends_on, k.subject_id FROM subjects s JOIN picks k ON k.subject_id = s.id \
         WHERE s.org_id = $1 AND s.stage = 'circulating' AND s.restricted = 0 AND s.ends_on > $2 ORDER BY k.id"
    );
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        if let Some(&place) = places.get(&row.id("subject_id")?) {
            people[place].picks.push(super::picks::read(&row)?);
        }
    }
    let endings = exclusions::telling::endings(inner, scope).await?;
    Ok(Circulating { changed, version: scope.policy_version, people, briefs, places, portraits, endings })
}

/// The part of town of each member business, by the word that the policy's records name it by where it is one of the
/// policy's.
async fn areas(inner: &mut Inner, scope: &Scope) -> Result<HashMap<MemberId, Arc<str>>, StoreError> {
    let businesses = members::all(inner, scope.org).await?;
    let area = |view: &members::MemberView| Arc::from(&*area_of(&scope.policy, &view.business));
    Ok(businesses.iter().map(|view| (view.member, area(view))).collect())
}

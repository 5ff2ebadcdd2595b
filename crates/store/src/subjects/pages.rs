//! Pages of subjects. Visibility is part of the query, not a filter after it (VIS-7); the day is compared there
//! too, so that a late sweep leaks nothing (RET-10).
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    exclusions, keys,
};
use fairwatch_core::{
    clocks::Stage,
    exclusions::Told,
    gate::Role,
    ids::{OrgId, PictureId, SubjectId},
    incidents::Incident,
    scope::Scope,
    subjects::{ListSubjects, MatchSubjects, Profile},
};
use fairwatch_vault::DataKey;
use jiff::civil::Date;
use uuid::Uuid;

/// A subject in a list.
#[derive(Clone, Debug)]
pub struct Card {
    /// The subject.
    pub id: SubjectId,
    /// Its number, which is its reference.
    pub number: i64,
    /// What is held; the caller shows what the policy gives the viewer.
    pub profile: Profile,
    /// The stage that holds today.
    pub stage: Stage,
    /// Whether it is hidden from members.
    pub restricted: bool,
    /// The day on which the stage ends.
    pub ends_on: Option<Date>,
    /// The day on which it is deleted.
    pub delete_on: Option<Date>,
    /// The day from which members could see it.
    pub shown_from: Option<Date>,
    /// The day of the latest report.
    pub latest_on: Date,
    /// Whether the person is named.
    pub identified: bool,
    /// The newest picture.
    pub picture: Option<PictureId>,
    /// The exclusion that is in force; the caller shows it where the policy gives it to the viewer (EXC-6).
    pub exclusion: Option<Told>,
}

pub(crate) fn read_card(row: &Row, key: &DataKey) -> Result<Card, StoreError> {
    let id: SubjectId = row.id("id")?;
    Ok(Card {
        id,
        number: row.int("number")?,
        profile: keys::open(key, "subjects", "sealed", id.0, &row.bytes("sealed")?)?,
        stage: stage(&row.text("stage")?),
        restricted: row.flag("restricted")?,
        ends_on: row.opt_date("ends_on")?,
        delete_on: row.opt_date("delete_on")?,
        shown_from: row.opt_date("shown_from")?,
        latest_on: row.date("latest_on")?,
        identified: row.flag("identified")?,
        picture: row.opt_id("picture")?,
        exclusion: None,
    })
}

fn stage(text: &str) -> Stage {
    [Stage::Pending, Stage::Circulating, Stage::Held, Stage::Frozen, Stage::Deleted]
        .into_iter()
        .find(|stage| stage.as_str() == text)
        .unwrap_or(Stage::None)
}

async fn cards(inner: &mut Inner, rows: &[Row]) -> Result<Vec<Card>, StoreError> {
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    let key = |row: &Row| keys.get(&row.id("id")?).ok_or_else(|| StoreError::corrupt("a data key"));
    rows.iter().map(|row| read_card(row, key(row)?)).collect()
}

/// Whether staff whom the policy names for it open the record: of those who circulate and are not restricted, and of
/// those who are held (VIS-4); not of a child whose agreements are not complete.
pub(crate) fn is_open_to_staff(card: &Card) -> bool {
    card.stage == Stage::Held || (card.stage == Stage::Circulating && !card.restricted)
}

/// One person for the index: whatever the stage, but not whom a hold alone keeps, nor who is past their end.
pub(crate) async fn card_of(
    inner: &mut Inner,
    org: OrgId,
    id: SubjectId,
) -> Result<Option<Card>, StoreError> {
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, s.stage, s.restricted, s.ends_on, s.delete_on, s.shown_from, s.latest_on, \
         s.identified, NULL AS picture, k.epoch, k.wrapped FROM subjects s JOIN data_keys k ON k.owner_id = s.id \
         WHERE s.id = $1 AND s.org_id = $2 AND s.stage <> 'frozen'"
    );
    let Some(row) = inner.opt(text, args![id, org]).await? else { return Ok(None) };
    let key = inner.unwrap_key(id.0, &row)?;
    read_card(&row, &key).map(Some)
}

/// One person as the list shows them, if it does.
pub(crate) async fn one(inner: &mut Inner, scope: &Scope, id: SubjectId) -> Result<Option<Card>, StoreError> {
    let text = sql!("SELECT number FROM subjects WHERE id = $1 AND org_id = $2");
    let Some(row) = inner.opt(text, args![id, scope.org]).await? else { return Ok(None) };
    // The list from that number on, one person long.
    let rows = page_of(inner, scope, Part::All, row.int("number")? + 1, 1).await?;
    let found = cards(inner, &rows).await?.into_iter().find(|card| card.id == id);
    Ok(found.map(|card| Card { stage: today(&card, scope), ..card }))
}

/// Which part of all that is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Part {
    /// Whatever the stage.
    #[default]
    All,
    /// Members see them, unless restricted.
    Circulating,
    /// Withdrawn.
    Held,
    /// Children whose agreements are not complete.
    Pending,
    /// Hidden from members.
    Restricted,
    /// Kept by a hold alone; only that they exist is listed.
    Frozen,
}

/// Everybody that is held and not past the end, with the stage that holds today; newest number first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(
    tx: &mut Tx<ListSubjects>,
    part: Part,
    before: Option<i64>,
    size: u32,
) -> Result<Vec<Card>, StoreError> {
    let scope = tx.permit.facts().clone();
    let held_too = tx
        .permit
        .standing()
        .role
        .and_then(fairwatch_core::subjects::viewer)
        .is_some_and(|v| v == fairwatch_core::policy::Viewer::Controller || scope.policy.sees_held(v));
    let rows = page_of(&mut tx.inner, &scope, part, before.unwrap_or(i64::MAX), size).await?;
    let mut cards = cards(&mut tx.inner, &rows).await?;
    for card in &mut cards {
        card.stage = today(card, &scope);
    }
    exclusions::telling::note(&mut tx.inner, &scope, &mut cards).await?;
    // Staff see those who are withdrawn only where the policy names them (VIS-4).
    let is_controller = tx.permit.standing().is(Role::Controller);
    cards.retain(|card| {
        is_controller
            || if held_too {
                is_open_to_staff(card)
            } else {
                card.stage == Stage::Circulating && !card.restricted
            }
    });
    tx.saw(cards.iter().map(|card| card.id.0));
    Ok(cards)
}

/// The stage in a row is what the clock said when it was last written; the day may have moved since.
fn today(card: &Card, scope: &Scope) -> Stage {
    match card.stage {
        Stage::Circulating if card.ends_on.is_some_and(|end| end <= scope.today) => Stage::Held,
        stage => stage,
    }
}

async fn page_of(
    inner: &mut Inner,
    scope: &Scope,
    part: Part,
    before: i64,
    size: u32,
) -> Result<Vec<Row>, StoreError> {
    // One text for each part would be seven; one condition for each part reads better, and both engines plan it
    // from the same index.
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, s.stage, s.restricted, s.ends_on, s.delete_on, s.shown_from, s.latest_on, \
         s.identified, (SELECT p.id FROM pictures p WHERE p.owner_id = s.id AND (s.identified = 1 OR p.added_on > $6) \
         AND NOT EXISTS (SELECT 1 FROM reports r JOIN incidents i ON i.id = r.incident_id WHERE r.id = p.report_id AND i.delete_on <= $2) \
         ORDER BY p.added_on DESC, p.position DESC LIMIT 1) AS picture \
         FROM subjects s WHERE s.org_id = $1 AND s.number < $3 AND ( \
           ($5 = 'all' AND s.stage <> 'frozen' AND (s.delete_on IS NULL OR s.delete_on > $2)) \
           OR ($5 = 'circulating' AND s.stage = 'circulating' AND s.ends_on > $2) \
           OR ($5 = 'held' AND (s.stage = 'held' OR (s.stage = 'circulating' AND s.ends_on <= $2)) AND s.delete_on > $2) \
           OR ($5 = 'pending' AND s.stage = 'pending' AND s.ends_on > $2) \
           OR ($5 = 'restricted' AND s.restricted = 1 AND s.stage <> 'frozen' AND (s.delete_on IS NULL OR s.delete_on > $2)) \
           OR ($5 = 'frozen' AND s.stage = 'frozen')) \
         ORDER BY s.number DESC LIMIT $4"
    );
    let word = match part {
        Part::All => "all",
        Part::Circulating => "circulating",
        Part::Held => "held",
        Part::Pending => "pending",
        Part::Restricted => "restricted",
        Part::Frozen => "frozen",
    };
    inner.rows(text, args![scope.org, scope.today, before, size, word, oldest_unidentified(scope)]).await
}

/// Of those whom an index proposes for a report the ones whom the controller may see today, in the same order. Somebody
/// who has come to their end since the report was sent is shown for the report that names them, and for no other
/// (VIS-4): a report that waits keeps them for up to a week.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn matching(
    tx: &mut Tx<MatchSubjects>,
    proposed: &[SubjectId],
    named: &[SubjectId],
    sent_on: Date,
) -> Result<Vec<Card>, StoreError> {
    let scope = tx.permit.facts().clone();
    let then = Scope { today: sent_on, ..scope.clone() };
    let mut cards = Vec::with_capacity(proposed.len());
    for id in proposed {
        let card = match one(&mut tx.inner, &scope, *id).await? {
            None if named.contains(id) => one(&mut tx.inner, &then, *id).await?,
            card => card,
        };
        cards.extend(card);
    }
    if !cards.is_empty() {
        exclusions::telling::note(&mut tx.inner, &scope, &mut cards).await?;
    }
    Ok(cards)
}

/// Notes in the audit entry whom the match proposed.
pub fn proposed(tx: &mut Tx<MatchSubjects>, ids: impl IntoIterator<Item = SubjectId>) {
    ids.into_iter().for_each(|id| tx.inner.touched(id.0));
}

/// Whether somebody was in an incident at a place, as far as incidents of theirs are still there.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn was_at(tx: &mut Tx<MatchSubjects>, id: SubjectId, place: &str) -> Result<bool, StoreError> {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (wanted, today) = (plain(place), tx.permit.facts().today);
    let text = sql!(
        "SELECT DISTINCT i.id, i.sealed, i.occurred_on FROM people p JOIN incidents i ON i.id = p.incident_id \
         WHERE p.subject_id = $1 AND (i.delete_on IS NULL OR i.delete_on > $2) ORDER BY i.occurred_on DESC LIMIT 12"
    );
    for row in tx.inner.rows(text, args![id, today]).await? {
        let incident: Uuid = row.id("id")?;
        let key = tx.inner.key(incident).await?;
        let words: Incident = keys::open(&key, "incidents", "sealed", incident, &row.bytes("sealed")?)?;
        if !wanted.is_empty() && plain(&words.place) == wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Pictures of unidentified people from this day or before it are past their end (RET-6, RET-10).
pub(super) fn oldest_unidentified(scope: &Scope) -> Date {
    let months = scope.policy.retention().unknown.unidentified_image;
    let Some(months) = months else { return Date::MIN };
    // A picture of day D is over as D + months begins; the days D for which that is today or before are those up
    // to the last D with D + months <= today.
    let mut day = scope.today.saturating_sub(jiff::Span::new().months(i64::from(months)));
    while fairwatch_core::clocks::plus_months(day.saturating_add(jiff::Span::new().days(1)), months)
        .is_some_and(|end| end <= scope.today)
    {
        day = day.saturating_add(jiff::Span::new().days(1));
    }
    day
}

/// An organisation's numbers for the controller's start page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overview {
    /// Reports that wait.
    pub waiting: i64,
    /// Subjects that circulate.
    pub circulating: i64,
    /// Subjects that are held.
    pub held: i64,
    /// Children whose agreements are not complete.
    pub pending: i64,
    /// Enquiries that nobody has answered.
    pub enquiries: i64,
    /// Appeals that nobody has decided.
    pub appeals: i64,
    /// Proposals to exclude somebody that wait for a decision.
    pub proposals: i64,
}

/// Numbers for the controller's start page, and those whose stage ends within 30 days.
///
/// # Errors
/// The engine's.
pub async fn overview(tx: &mut Tx<ListSubjects>) -> Result<(Overview, Vec<Card>), StoreError> {
    let scope = tx.permit.facts().clone();
    let org: OrgId = scope.org;
    let text = sql!(
        "SELECT COUNT(CASE WHEN stage = 'circulating' AND ends_on > $2 THEN 1 END) AS circulating, \
         COUNT(CASE WHEN (stage = 'held' OR (stage = 'circulating' AND ends_on <= $2)) AND delete_on > $2 THEN 1 END) AS held, \
         COUNT(CASE WHEN stage = 'pending' AND ends_on > $2 THEN 1 END) AS pending FROM subjects WHERE org_id = $1"
    );
    let row = tx.inner.one(text, args![org, scope.today]).await?;
    let waiting = sql!("SELECT COUNT(*) AS n FROM reports WHERE org_id = $1 AND state = 'waiting'");
    let overview = Overview {
        waiting: tx.inner.one(waiting, args![org]).await?.int("n")?,
        circulating: row.int("circulating")?,
        held: row.int("held")?,
        pending: row.int("pending")?,
        enquiries: crate::enquiries::waiting(&mut tx.inner, org).await?,
        appeals: crate::exclusions::appeals::waiting(&mut tx.inner, &scope).await?,
        proposals: crate::exclusions::proposals::waiting(&mut tx.inner, &scope).await?,
    };
    let soon = sql!(
        "SELECT s.id, s.number, s.sealed, s.stage, s.restricted, s.ends_on, s.delete_on, s.shown_from, s.latest_on, \
         s.identified, (SELECT p.id FROM pictures p WHERE p.owner_id = s.id AND (s.identified = 1 OR p.added_on > $4) \
         AND NOT EXISTS (SELECT 1 FROM reports r JOIN incidents i ON i.id = r.incident_id WHERE r.id = p.report_id AND i.delete_on <= $2) \
         ORDER BY p.added_on DESC, p.position DESC LIMIT 1) AS picture \
         FROM subjects s WHERE s.org_id = $1 AND s.ends_on > $2 AND s.ends_on <= $3 \
         AND s.stage IN ('circulating', 'held', 'pending') ORDER BY s.ends_on, s.number LIMIT 20"
    );
    let month = scope.today.saturating_add(jiff::Span::new().days(30));
    let rows = tx.inner.rows(soon, args![org, scope.today, month, oldest_unidentified(&scope)]).await?;
    let soon = cards(&mut tx.inner, &rows).await?;
    tx.saw(soon.iter().map(|card| card.id.0));
    Ok((overview, soon))
}

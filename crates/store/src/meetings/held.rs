//! What meetings were held, what is due of them, and their end (MEM-5, DOC-4, RET-15).
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys, targets,
};
use fairwatch_core::{
    duties::{Dated, Kind as Duty},
    gate::Action,
    ids::{MeetingId, MembershipId, OrgId},
    meetings::{Content, erased_on, holds_until, next_agm},
    scope::Scope,
};
use jiff::civil::{Date, date};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

async fn destroy(inner: &mut Inner, id: MeetingId) -> Result<(), StoreError> {
    // Nobody answers from here on: what they leave would keep it from going.
    inner.db.opt_locked(sql!("SELECT id FROM meetings WHERE id = $1"), args![id], Lock::Update).await?;
    inner.exec(sql!("DELETE FROM meeting_answers WHERE meeting_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM meeting_attendance WHERE meeting_id = $1"), args![id]).await?;
    targets::remove(inner, id.0).await?;
    inner.exec(sql!("DELETE FROM meetings WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// Destroys meetings the policy's period after their day (RET-15). The end is not stored, so another policy is followed at
/// once.
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!("SELECT id, day FROM meetings WHERE org_id = $1 AND day < $2 ORDER BY id");
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        if erased_on(&scope.policy, row.date("day")?) <= scope.today {
            destroy(inner, row.id("id")?).await?;
        }
    }
    Ok(())
}

/// What somebody answered, and to what they came, goes with their role.
pub(crate) async fn forget(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM meeting_answers WHERE membership_id = $1"), args![membership]).await?;
    inner.exec(sql!("DELETE FROM meeting_attendance WHERE membership_id = $1"), args![membership]).await?;
    Ok(())
}

/// What is due of meetings: the annual general meeting, and trainings that run out. A training holds for whoever took it,
/// until they took one of the same name again.
pub(crate) async fn due(inner: &mut Inner, scope: &Scope, begun: Date) -> Result<Vec<Dated>, StoreError> {
    let last = held(inner, scope.org, date(1, 1, 1)).await?.last_agm;
    let mut all = vec![Dated {
        kind: Duty::GeneralMeeting,
        key: "agm".into(),
        due: next_agm(&scope.policy, last, begun),
        count: 1,
        about: String::new(),
    }];
    let text = sql!(
        "SELECT t.id, t.kind, t.circle, t.day, t.from_time, t.to_time, t.valid_months, t.sequence, t.cancelled, t.leaves, t.sealed, \
         CAST(0 AS BIGINT) AS has_minutes, NULL AS coming, a.membership_id FROM meetings t \
         JOIN meeting_attendance a ON a.meeting_id = t.id JOIN memberships m ON m.id = a.membership_id \
         WHERE t.org_id = $1 AND t.kind = 'training' AND t.cancelled = 0 \
         AND m.state = 'active' ORDER BY t.day, t.id"
    );
    let rows = inner.rows(text, args![scope.org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<BTreeSet<Uuid>, _>>()?;
    let known = inner.keys_of(&ids.into_iter().collect::<Vec<_>>()).await?;
    // The latest of each course that each person took.
    let mut latest: HashMap<(String, Uuid), (Uuid, String, Option<Date>)> = HashMap::new();
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let key = known.get(&id).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let title: Content = keys::open(key, "meetings", "sealed", id, &row.bytes("sealed")?)?;
        let months = row.opt_int("valid_months")?.map(u32::try_from).transpose();
        let months = months.map_err(|_| StoreError::corrupt("months"))?;
        // One that need not be taken again holds for ever, and ends the duty of those before it.
        let day = row.date("day")?;
        let until = months.map(|months| holds_until(day, months));
        let course = title.title.trim().to_lowercase();
        latest.insert((course, row.id("membership_id")?), (id, title.title, until));
    }
    let mut trainings: HashMap<Uuid, Dated> = HashMap::new();
    for (id, title, until) in latest.into_values() {
        let Some(until) = until else { continue };
        let one = trainings.entry(id).or_insert_with(|| Dated {
            kind: Duty::Training,
            key: id.to_string(),
            due: until,
            count: 0,
            about: title,
        });
        one.count += 1;
    }
    all.extend(trainings.into_values());
    Ok(all)
}

/// What meetings were held: counts and days alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// So many meetings of any kind took place.
    pub meetings: i64,
    /// The day of the last annual general meeting.
    pub last_agm: Option<Date>,
    /// So many times somebody came to one.
    pub attended: i64,
    /// So many of them have minutes.
    pub with_minutes: i64,
}

/// What meetings of a scheme were held since a day, for whoever accredits it and for duties: those that were not cancelled,
/// up to today.
///
/// # Errors
/// The engine's.
pub async fn held(inner: &mut Inner, org: OrgId, since: Date) -> Result<Held, StoreError> {
    let today = inner.ctx.today();
    let text = sql!(
        "SELECT COUNT(*) AS n, MAX(CASE WHEN kind = 'agm' THEN day END) AS agm, \
         COUNT(CASE WHEN minutes IS NULL AND file IS NULL THEN NULL ELSE 1 END) AS minutes FROM meetings \
         WHERE org_id = $1 AND cancelled = 0 AND day >= $2 AND day <= $3"
    );
    let row = inner.one(text, args![org, since, today]).await?;
    let text = sql!(
        "SELECT COUNT(*) AS n FROM meeting_attendance a JOIN meetings m ON m.id = a.meeting_id \
         WHERE m.org_id = $1 AND m.cancelled = 0 AND m.day >= $2 AND m.day <= $3"
    );
    let attended = inner.one(text, args![org, since, today]).await?.int("n")?;
    Ok(Held {
        meetings: row.int("n")?,
        last_agm: row.opt_date("agm")?,
        attended,
        with_minutes: row.int("minutes")?,
    })
}

/// [`held`], within a use case.
///
/// # Errors
/// The engine's.
pub async fn held_in<A: Action>(tx: &mut Tx<A>, org: OrgId, since: Date) -> Result<Held, StoreError> {
    held(&mut tx.inner, org, since).await
}

//! Meetings and trainings: invitations, answers, who came, and what was said (MEM-5).
mod attending;
mod held;
mod inviting;

pub use attending::{Guest, attend, guests};
pub use held::{Held, held, held_in};
pub(crate) use held::{due, forget, forget_old};
pub use inviting::{invite, to_invite};

use crate::{
    accounts::users,
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys,
    news::acts_for,
    orgs,
    targets::{self, Choices},
};
use fairwatch_core::{
    gate::{Caller, Hidden, Role},
    ids::{MeetingId, MembershipId},
    meetings::{
        AnswerMeeting, Appointment, CallMeeting, CancelMeeting, ChangeMeeting, Circle, Coming, Content,
        KeepMinutes, Kind, ListMeetings, MeetingFacts, Minutes, OneMeeting, PrepareMeeting, ShowMeeting,
        erased_on,
    },
    targets::Targets,
};
use fairwatch_vault::{DataKey, Place};
use jiff::civil::{Date, Time};
use uuid::Uuid;

impl Load<OneMeeting> for MeetingFacts {
    async fn load(inner: &mut Inner, target: &OneMeeting, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, day, circle, cancelled FROM meetings WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let lock = Some(crate::facts::lock(acting));
        let Some(row) = crate::facts::row(inner, text, target.0.0, lock).await? else { return Ok(None) };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let concerns = match acts_for(inner).await? {
            Some(member) => {
                let belongs = targets::of_business(inner, &scope, member).await?;
                let of = targets::of(inner, &[target.0.0]).await?;
                // Whoever was there reads what was said there, wherever their business belongs by now.
                of.get(&target.0.0).is_none_or(|targets| targets.holds(&belongs))
                    || came(inner, target.0).await?
            }
            None => true,
        };
        let (day, circle, cancelled) = (row.date("day")?, row.word("circle")?, row.flag("cancelled")?);
        Ok(Some(Self { scope, day, circle, cancelled, concerns }))
    }
}

/// Whether whoever asks came to a meeting.
async fn came(inner: &mut Inner, id: MeetingId) -> Result<bool, StoreError> {
    let Caller::User { membership: Some(membership), .. } = inner.ctx.caller() else { return Ok(false) };
    let text =
        sql!("SELECT membership_id FROM meeting_attendance WHERE meeting_id = $1 AND membership_id = $2");
    Ok(inner.opt(text, args![id, membership]).await?.is_some())
}

/// A meeting.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// Which.
    pub id: MeetingId,
    /// What it is.
    pub kind: Kind,
    /// Who is invited.
    pub circle: Circle,
    /// When.
    pub at: Appointment,
    /// Of a training: for so many months it holds.
    pub valid_months: Option<u32>,
    /// So many times it has changed.
    pub sequence: i64,
    /// Whether it does not take place.
    pub cancelled: bool,
    /// What is told of it.
    pub content: Content,
    /// Whether there are minutes, as text or as PDF.
    pub has_minutes: bool,
    /// What the asker answered.
    pub answer: Option<Coming>,
    /// Whether title and place name nobody, so that they may stand in mail and in other calendars.
    pub leaves: bool,
}

impl Meeting {
    /// What of it may leave the program: where title or place may name somebody, what it is, and no more.
    #[must_use]
    pub fn leaving(&self) -> Content {
        if self.leaves {
            return Content { agenda: String::new(), ..self.content.clone() };
        }
        Content { title: self.kind.label().to_owned(), ..Content::default() }
    }
}

/// A meeting to be called, or as it is to be.
#[derive(Clone, Debug)]
pub struct NewMeeting {
    /// What it is.
    pub kind: Kind,
    /// Who is invited.
    pub circle: Circle,
    /// When.
    pub at: Appointment,
    /// Of a training: for so many months it holds.
    pub valid_months: Option<u32>,
    /// What is told of it.
    pub content: Content,
    /// For whom of the members it is.
    pub targets: Targets,
    /// Whether title and place name nobody, so that they may stand in mail and in other calendars.
    pub leaves: bool,
}

fn place(id: MeetingId) -> Place<'static> {
    Place { table: "meetings", column: "file", row: id.0 }
}

fn time(row: &Row, column: &str) -> Result<Time, StoreError> {
    row.text(column)?.parse().map_err(|_| StoreError::corrupt("a time"))
}

fn appointment(row: &Row) -> Result<Appointment, StoreError> {
    Ok(Appointment { day: row.date("day")?, from: time(row, "from_time")?, to: time(row, "to_time")? })
}

fn read(row: &Row, key: &DataKey) -> Result<Meeting, StoreError> {
    let id: MeetingId = row.id("id")?;
    let months = row.opt_int("valid_months")?;
    Ok(Meeting {
        id,
        kind: row.word("kind")?,
        circle: row.word("circle")?,
        at: appointment(row)?,
        valid_months: months.and_then(|months| u32::try_from(months).ok()),
        sequence: row.int("sequence")?,
        cancelled: row.flag("cancelled")?,
        content: keys::open(key, "meetings", "sealed", id.0, &row.bytes("sealed")?)?,
        has_minutes: row.flag("has_minutes")?,
        answer: row.opt_word("coming")?,
        leaves: row.flag("leaves")?,
    })
}

/// The meetings to which the asker is invited and that are kept, the latest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListMeetings>) -> Result<Vec<Meeting>, StoreError> {
    let scope = tx.permit.facts().clone();
    let standing = tx.permit.standing();
    let (membership, role, member) = (standing.membership, standing.role, standing.member);
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT m.id, m.kind, m.circle, m.day, m.from_time, m.to_time, m.valid_months, m.sequence, m.cancelled, m.leaves, m.sealed, \
         CAST(CASE WHEN m.minutes IS NULL AND m.file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_minutes, \
         (SELECT a.coming FROM meeting_answers a WHERE a.meeting_id = m.id AND a.membership_id = $2) AS coming, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM meeting_attendance c WHERE c.meeting_id = m.id AND c.membership_id = $2) \
         THEN 1 ELSE 0 END AS BIGINT) AS came FROM meetings m WHERE m.org_id = $1 ORDER BY m.day DESC, m.from_time DESC, m.id"
    );
    let rows = inner.rows(text, args![scope.org, membership]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let of = targets::of(inner, &ids).await?;
    let is_member = role == Some(Role::MemberUser);
    let belongs = match member.filter(|_| is_member && !rows.is_empty()) {
        Some(member) => targets::of_business(inner, &scope, member).await?,
        None => fairwatch_core::targets::Belongs::default(),
    };
    let known = inner.keys_of(&ids).await?;
    let mut meetings = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let is_invited = !is_member
            || (row.word::<Circle>("circle")? == Circle::Members
                && (row.flag("came")? || of.get(&id).is_none_or(|targets| targets.holds(&belongs))));
        if is_invited && erased_on(&scope.policy, row.date("day")?) > scope.today {
            let key = known.get(&id).ok_or_else(|| StoreError::corrupt("a data key"))?;
            meetings.push(read(row, key)?);
        }
    }
    Ok(meetings)
}

async fn one(
    inner: &mut Inner,
    id: MeetingId,
    membership: Option<MembershipId>,
) -> Result<(Meeting, DataKey), StoreError> {
    let text = sql!(
        "SELECT m.id, m.kind, m.circle, m.day, m.from_time, m.to_time, m.valid_months, m.sequence, m.cancelled, m.leaves, m.sealed, \
         CAST(CASE WHEN m.minutes IS NULL AND m.file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_minutes, \
         (SELECT a.coming FROM meeting_answers a WHERE a.meeting_id = m.id AND a.membership_id = $2) AS coming \
         FROM meetings m WHERE m.id = $1"
    );
    let row = inner.one(text, args![id, membership]).await?;
    let key = inner.key(id.0).await?;
    Ok((read(&row, &key)?, key))
}

/// A meeting with all that whoever is invited reads of it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The meeting.
    pub meeting: Meeting,
    /// What was said, as text.
    pub minutes: Option<Minutes>,
    /// Whether that is a PDF.
    pub has_file: bool,
    /// So many said that they come, and that they do not: counts alone.
    pub answers: (i64, i64),
    /// So many came.
    pub came: i64,
}

/// A meeting.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowMeeting>) -> Result<Shown, StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let membership = tx.permit.standing().membership;
    let inner = &mut tx.inner;
    let (meeting, key) = one(inner, id, membership).await?;
    let text = sql!(
        "SELECT minutes, CAST(CASE WHEN file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_file FROM meetings WHERE id = $1"
    );
    let row = inner.one(text, args![id]).await?;
    let minutes = match row.opt_bytes("minutes")? {
        Some(sealed) => Some(keys::open(&key, "meetings", "minutes", id.0, &sealed)?),
        None => None,
    };
    let text = sql!(
        "SELECT COUNT(CASE WHEN coming = 'yes' THEN 1 END) AS yes, COUNT(CASE WHEN coming = 'no' THEN 1 END) AS no \
         FROM meeting_answers WHERE meeting_id = $1"
    );
    let said = inner.one(text, args![id]).await?;
    let text = sql!("SELECT COUNT(*) AS n FROM meeting_attendance WHERE meeting_id = $1");
    let came = inner.one(text, args![id]).await?.int("n")?;
    let answers = (said.int("yes")?, said.int("no")?);
    Ok(Shown { meeting, minutes, has_file: row.flag("has_file")?, answers, came })
}

/// The PDF of a meeting's minutes.
///
/// # Errors
/// [`StoreError::Hidden`] where there is none.
pub async fn pdf(tx: &mut Tx<ShowMeeting>) -> Result<Vec<u8>, StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let row = tx.inner.one(sql!("SELECT file FROM meetings WHERE id = $1"), args![id]).await?;
    let file = row.opt_bytes("file")?.ok_or(Hidden)?;
    let key = tx.inner.key(id.0).await?;
    Ok(key.open(place(id), &file)?.to_vec())
}

/// Whom a meeting can be for.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn choices(tx: &mut Tx<PrepareMeeting>) -> Result<Choices, StoreError> {
    let scope = tx.permit.facts().clone();
    targets::choices(&mut tx.inner, &scope).await
}

fn written(at: Appointment) -> (Date, String, String) {
    let text = |time: Time| time.strftime("%H:%M").to_string();
    (at.day, text(at.from), text(at.to))
}

/// Calls a meeting; those who are invited are told by mail. Of a day that is over it is a record alone. The same form sent
/// twice is one meeting.
///
/// # Errors
/// [`StoreError::Hidden`] where the id is another's.
pub async fn call(
    tx: &mut Tx<CallMeeting>,
    id: MeetingId,
    new: &NewMeeting,
) -> Result<MeetingId, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let is_to_come = new.at.day >= scope.today;
    let after = (is_to_come && inner.store.sends_mail()).then(Uuid::nil);
    let (day, from, to) = written(new.at);
    let text = sql!(
        "INSERT INTO meetings (id, org_id, kind, circle, day, from_time, to_time, valid_months, sequence, cancelled, leaves, \
         mail_after, created_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, $11, $12) \
         ON CONFLICT (id) DO NOTHING"
    );
    let (kind, circle, months, now) = (new.kind.name(), new.circle.name(), new.valid_months, inner.ctx.now());
    let values =
        args![id, scope.org, kind, circle, day, from, to, months, new.leaves, after, now, Vec::<u8>::new()];
    if inner.exec(text, values).await? == 0 {
        let text = sql!("SELECT id FROM meetings WHERE id = $1 AND org_id = $2");
        return inner.opt(text, args![id, scope.org]).await?.map(|_| id).ok_or_else(|| Hidden.into());
    }
    // Something else of this id is nothing to whoever made it up.
    if inner.has_key(id.0).await? {
        return Err(Hidden.into());
    }
    let key = inner.new_key(id.0, "meeting").await?;
    let sealed = inner.seal(&key, "meetings", "sealed", id.0, &new.content)?;
    inner.exec(sql!("UPDATE meetings SET sealed = $2 WHERE id = $1"), args![id, sealed]).await?;
    targets::put(inner, id.0, &new.targets).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// Changes when, where or what a meeting is, and not for whom; those who are invited are told.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn change(
    tx: &mut Tx<ChangeMeeting>,
    at: Appointment,
    content: Content,
    leaves: bool,
) -> Result<(), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let inner = &mut tx.inner;
    let (meeting, key) = one(inner, id, None).await?;
    let content = Content { for_whom: meeting.content.for_whom, ..content };
    let sealed = inner.seal(&key, "meetings", "sealed", id.0, &content)?;
    let after = inner.store.sends_mail().then(Uuid::nil);
    let (day, from, to) = written(at);
    let text = sql!(
        "UPDATE meetings SET day = $2, from_time = $3, to_time = $4, sealed = $5, mail_after = $6, leaves = $7, \
         sequence = sequence + 1 WHERE id = $1"
    );
    inner.exec(text, args![id, day, from, to, sealed, after, leaves]).await?;
    Ok(())
}

/// Cancels a meeting; those who are invited are told.
///
/// # Errors
/// The engine's.
pub async fn cancel(tx: &mut Tx<CancelMeeting>) -> Result<(), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let inner = &mut tx.inner;
    let after = inner.store.sends_mail().then(Uuid::nil);
    let text =
        sql!("UPDATE meetings SET cancelled = 1, mail_after = $2, sequence = sequence + 1 WHERE id = $1");
    inner.exec(text, args![id, after]).await?;
    Ok(())
}

/// Says whether one comes; what one said last counts.
///
/// # Errors
/// The engine's.
pub async fn answer(tx: &mut Tx<AnswerMeeting>, coming: Coming) -> Result<(), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let membership = tx.permit.standing().membership.ok_or(Hidden)?;
    let inner = &mut tx.inner;
    if !users::still_holds(inner, membership).await? {
        return Err(Hidden.into());
    }
    let text = sql!(
        "INSERT INTO meeting_answers (meeting_id, membership_id, coming, answered_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (meeting_id, membership_id) \
         DO UPDATE SET coming = excluded.coming, answered_at = excluded.answered_at"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, membership, coming.name(), now]).await?;
    Ok(())
}

/// Keeps what was said, as text or as PDF; what was kept before is replaced.
///
/// # Errors
/// The engine's.
pub async fn keep_minutes(
    tx: &mut Tx<KeepMinutes>,
    minutes: &Minutes,
    pdf: Option<&[u8]>,
) -> Result<(), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let inner = &mut tx.inner;
    let key = inner.key(id.0).await?;
    let sealed = match pdf {
        None => Some(inner.seal(&key, "meetings", "minutes", id.0, minutes)?),
        Some(_) => None,
    };
    let file = pdf.map(|bytes| key.seal(place(id), bytes, inner.ctx.randomness()));
    inner
        .exec(sql!("UPDATE meetings SET minutes = $2, file = $3 WHERE id = $1"), args![id, sealed, file])
        .await?;
    Ok(())
}

//! Meetings and trainings: invitations, answers, who came, and what was said (MEM-5).
use crate::{
    certifications,
    dialect::{Lock, Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts::Load,
    keys,
    mail::recipients,
    news::acts_for,
    orgs,
    targets::{self, Choices},
};
use fairwatch_core::{
    accounts::own::Message,
    calendar::calendar,
    duties::{Dated, Kind as Duty},
    gate::{Action, Caller, Ctx, Hidden, Role},
    ids::{AccountId, MeetingId, MemberId, MembershipId, OrgId},
    meetings::{
        AnswerMeeting, Appointment, CallMeeting, CancelMeeting, ChangeMeeting, Circle, Coming, Content,
        Invite, KeepMinutes, Kind, ListMeetings, MeetingFacts, Minutes, OFFICE, OneMeeting, PrepareMeeting,
        RecordAttendance, ShowAttendance, ShowMeeting, entry, erased_on, holds_until, mails, next_agm,
    },
    scope::Scope,
    targets::Targets,
};
use fairwatch_vault::{DataKey, Place};
use jiff::civil::{Date, Time, date};
use std::collections::{BTreeSet, HashMap};
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
    let text = sql!(
        "INSERT INTO meeting_answers (meeting_id, membership_id, coming, answered_at) \
         SELECT t.id, m.id, CAST($3 AS TEXT), CAST($4 AS BIGINT) FROM meetings t JOIN memberships m ON m.org_id = t.org_id \
         WHERE t.id = $1 AND m.id = $2 AND m.state = 'active' ON CONFLICT (meeting_id, membership_id) DO UPDATE SET coming = excluded.coming, answered_at = excluded.answered_at"
    );
    let now = inner.ctx.now();
    inner.exec(text, args![id, membership, coming.name(), now]).await?;
    Ok(())
}

/// Somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Their role here.
    pub membership: MembershipId,
    /// Their name.
    pub name: String,
    /// Their business, or what they are in the scheme.
    pub of: String,
    /// What they answered.
    pub answer: Option<Coming>,
    /// Whether they came.
    pub came: bool,
}

/// Who is invited to a meeting, with what they answered and whether they came; those who come first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn guests(tx: &mut Tx<ShowAttendance>) -> Result<(Meeting, Vec<Guest>), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let (meeting, _) = one(inner, id, None).await?;
    let invited = invited(inner, &facts.scope, id, facts.circle).await?;
    let mut said: HashMap<MembershipId, Coming> = HashMap::new();
    let text = sql!("SELECT membership_id, coming FROM meeting_answers WHERE meeting_id = $1");
    for row in inner.rows(text, args![id]).await? {
        said.insert(row.id("membership_id")?, row.word("coming")?);
    }
    let text = sql!("SELECT membership_id FROM meeting_attendance WHERE meeting_id = $1");
    let rows = inner.rows(text, args![id]).await?;
    let came =
        rows.iter().map(|row| row.id("membership_id")).collect::<Result<BTreeSet<MembershipId>, _>>()?;
    // Whoever came is shown, wherever their business belongs by now.
    let mut invited = invited;
    let missing = came.iter().filter(|one| !invited.iter().any(|guest| guest.membership == **one));
    for one in missing.copied().collect::<Vec<_>>() {
        let text = sql!(
            "SELECT account_id FROM memberships WHERE id = $1 AND org_id = $2 AND account_id IS NOT NULL AND state <> 'ended'"
        );
        if let Some(row) = inner.opt(text, args![one, facts.scope.org]).await? {
            invited.push(Invited {
                membership: one,
                account: row.id("account_id")?,
                of: "Not invited now".into(),
            });
        }
    }
    let accounts = invited.iter().map(|one| one.account.0).collect::<Vec<_>>();
    let names = certifications::names(inner, &accounts).await?;
    let guest = |one: &Invited| Guest {
        membership: one.membership,
        name: names.get(&one.account.0).cloned().unwrap_or_default(),
        of: one.of.clone(),
        answer: said.get(&one.membership).copied(),
        came: came.contains(&one.membership),
    };
    let mut guests = invited.iter().map(guest).collect::<Vec<_>>();
    let rank = |answer: Option<Coming>| match answer {
        Some(Coming::Yes) => 0,
        None => 1,
        Some(Coming::No) => 2,
    };
    guests.sort_by_cached_key(|one| (rank(one.answer), one.of.to_lowercase(), one.name.to_lowercase()));
    tx.saw(accounts);
    Ok((meeting, guests))
}

struct Invited {
    membership: MembershipId,
    account: AccountId,
    of: String,
}

async fn invited(
    inner: &mut Inner,
    scope: &Scope,
    id: MeetingId,
    circle: Circle,
) -> Result<Vec<Invited>, StoreError> {
    let for_whom = targets::of(inner, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let businesses = targets::of_all(inner, scope).await?;
    let text = sql!(
        "SELECT m.id, m.account_id, m.role, m.member_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.org_id = $1 AND m.role IN ('member_user', 'controller', 'staff', 'board') \
         AND m.state = 'active' AND a.state = 'active' ORDER BY m.id"
    );
    let mut all = Vec::new();
    for row in inner.rows(text, args![scope.org]).await? {
        let role: Role = row.word("role")?;
        let member: Option<MemberId> = row.opt_id("member_id")?;
        let of = if role == Role::MemberUser {
            let business = member.and_then(|member| businesses.get(&member));
            let fits = |(_, belongs): &&(String, fairwatch_core::targets::Belongs)| for_whom.holds(belongs);
            match business.filter(fits).filter(|_| circle == Circle::Members) {
                Some((name, _)) => name.clone(),
                None => continue,
            }
        } else {
            role.label().to_owned()
        };
        all.push(Invited { membership: row.id("id")?, account: row.id("account_id")?, of });
    }
    Ok(all)
}

/// Records who came, and takes back who did not: of those whom the page showed. Whom it did not show, such as somebody who
/// has left since, stays as they were recorded. New ones are those who are invited.
///
/// # Errors
/// The engine's.
pub async fn attend(
    tx: &mut Tx<RecordAttendance>,
    came: &[MembershipId],
    did_not: &[MembershipId],
) -> Result<(), StoreError> {
    let OneMeeting(id) = *tx.permit.target();
    let facts = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!("DELETE FROM meeting_attendance WHERE meeting_id = $1 AND membership_id = $2");
    for one in did_not.iter().filter(|one| !came.contains(one)) {
        inner.exec(text, args![id, *one]).await?;
    }
    let invited = invited(inner, &facts.scope, id, facts.circle).await?;
    let known = invited.iter().map(|one| one.membership).collect::<BTreeSet<_>>();
    let text = sql!(
        "INSERT INTO meeting_attendance (meeting_id, membership_id) SELECT t.id, m.id FROM meetings t \
         JOIN memberships m ON m.org_id = t.org_id WHERE t.id = $1 AND m.id = $2 AND m.state = 'active' \
         ON CONFLICT DO NOTHING"
    );
    for one in came.iter().filter(|one| known.contains(one)) {
        inner.exec(text, args![id, *one]).await?;
    }
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

/// The schemes in which an invitation has still to go out by mail.
///
/// # Errors
/// The engine's.
pub async fn to_invite(store: &Store, ctx: &Ctx) -> Result<Vec<OrgId>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT DISTINCT org_id FROM meetings WHERE mail_after IS NOT NULL");
    inner.rows(text, args![]).await?.iter().map(|row| row.id("org_id")).collect()
}

/// Queues the next mails of a meeting, each with the appointment; how many, or none where nothing is left to do. Of what is
/// over nobody is told any more. Each change goes out one time alone to each.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn invite(tx: &mut Tx<Invite>, host: &str) -> Result<Option<usize>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT id, mail_after FROM meetings WHERE org_id = $1 AND mail_after IS NOT NULL ORDER BY created_at, id LIMIT 1"
    );
    let Some(row) = inner.db.opt_locked(text, args![scope.org], Lock::Update).await? else { return Ok(None) };
    let id: MeetingId = row.id("id")?;
    let done = sql!("UPDATE meetings SET mail_after = $2 WHERE id = $1");
    let (meeting, _) = one(inner, id, None).await?;
    if meeting.at.day < scope.today {
        inner.exec(done, args![id, None::<Uuid>]).await?;
        return Ok(Some(0));
    }
    let for_whom = targets::of(inner, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let businesses = targets::of_all(inner, &scope).await?;
    let news = match (meeting.cancelled, meeting.sequence) {
        (true, _) => mails::News::Cancelled,
        (false, 0) => mails::News::Invited,
        (false, _) => mails::News::Changed,
    };
    let name = &*scope.policy.scheme.name;
    let change = (meeting.sequence, meeting.cancelled);
    let told_of = meeting.leaving();
    let appointment = entry((id, meeting.at), &told_of, change, (host, &scope.slug));
    let stamp = inner.ctx.real_now();
    let ics = calendar(name, "Meetings", std::slice::from_ref(&appointment), stamp);
    let (part, last) = recipients::next(inner, scope.org, row.id("mail_after")?).await?;
    let (mut queued, mut told) = (0, Vec::new());
    for one in &part {
        let business = one.member.and_then(|member| businesses.get(&member));
        let is_invited = if one.role == Role::MemberUser {
            meeting.circle == Circle::Members && business.is_some_and(|(_, belongs)| for_whom.holds(belongs))
        } else {
            OFFICE.contains(&one.role)
        };
        if !is_invited {
            continue;
        }
        let once = format!("meeting {id} {} {}", meeting.sequence, one.membership);
        let about = (&told_of, meeting.at);
        let write = |to: &str, who: &str| mails::meeting(to, who, name, news, about, &appointment.url);
        if one.send_with(inner, Message::Meetings, &once, write, Some(&ics)).await? {
            queued += 1;
            told.push(one.membership.0);
        }
    }
    inner.exec(done, args![id, last]).await?;
    tx.saw(told);
    Ok(Some(queued))
}

async fn destroy(inner: &mut Inner, id: MeetingId) -> Result<(), StoreError> {
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

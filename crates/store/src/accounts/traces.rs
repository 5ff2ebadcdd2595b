//! What one left in other parts of the program, for the copy of one's own data (MEM-2).
//!
//! What one said of others is theirs: of it the copy says that one did, when, where and what became of it. What one has
//! typed and not sent yet is nobody's but one's own, and is in it whole.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    accounts::ShowAccount,
    ids::{AccountId, DraftId, OrgId},
    intelligence::{Seen, Tip},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use uuid::Uuid;

/// Something that one sent, or did in a decision.
#[derive(Clone, Debug, Serialize)]
pub struct OwnSent {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// Its number there, where it has one.
    pub number: Option<i64>,
    /// When.
    pub at: Timestamp,
    /// What became of it, or how one decided.
    pub state: String,
    /// What it holds of oneself: under which name, for which business, from which place.
    pub as_whom: Vec<String>,
}

/// What one typed and has not sent.
#[derive(Clone, Debug, Serialize)]
pub struct OwnDraft {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// Of which form.
    pub form: String,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// Until when it is kept.
    pub kept_until: Timestamp,
    /// What was typed, as the form keeps it.
    pub typed: String,
    /// How many pictures are with it.
    pub pictures: i64,
    /// How many pieces of evidence.
    pub evidence: i64,
}

/// That one was reminded of a duty.
#[derive(Clone, Debug, Serialize)]
pub struct OwnReminder {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// Of which duty.
    pub duty: String,
    /// Its day.
    pub due_on: Date,
    /// Ahead of it, on it, or after it.
    pub stage: String,
}

/// A message that was sent to one, or is to be.
#[derive(Clone, Debug, Serialize)]
pub struct OwnMail {
    /// When it was queued.
    pub queued_at: Timestamp,
    /// Whether it waits, was sent, or was given up. What was in it goes when it was sent.
    pub state: String,
}

/// When one looked at the gallery of an organisation, by which it says who is new.
#[derive(Clone, Debug, Serialize)]
pub struct OwnVisit {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// The last look.
    pub last: Option<Timestamp>,
    /// The end of the visit before.
    pub before: Option<Timestamp>,
    /// Since when one has the address of a calendar.
    pub calendar_since: Option<Timestamp>,
}

/// Something that the scheme told its members, and that one read.
#[derive(Clone, Debug, Serialize)]
pub struct OwnRead {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// What it was: news, an alert, a document, an event.
    pub kind: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// When one read it first.
    pub read_at: Timestamp,
}

/// A meeting to which one said whether one comes, or came.
#[derive(Clone, Debug, Serialize)]
pub struct OwnMeeting {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// What it was.
    pub kind: String,
    /// Its day.
    pub day: Date,
    /// What one answered.
    pub answer: Option<String>,
    /// Whether it is on record that one came.
    pub came: bool,
}

/// What other parts of the program hold of whoever uses it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnTraces {
    /// What was typed and not sent.
    pub drafts: Vec<OwnDraft>,
    /// The reports that one sent.
    pub reports: Vec<OwnSent>,
    /// The names that one sent of people.
    pub names_sent: Vec<OwnSent>,
    /// That one saw somebody.
    pub sightings: Vec<OwnSent>,
    /// How one voted on proposals.
    pub votes: Vec<OwnSent>,
    /// Evidence that one gave for a decision.
    pub evidence_given: Vec<OwnSent>,
    /// News that one read.
    pub news_read: Vec<OwnRead>,
    /// Meetings.
    pub meetings: Vec<OwnMeeting>,
    /// Reminders of what was due from one.
    pub reminders: Vec<OwnReminder>,
    /// Messages.
    pub mails: Vec<OwnMail>,
    /// Visits to the gallery, and calendars.
    pub visits: Vec<OwnVisit>,
    /// The chains in which entries about one may stand: for [`own_deeds`].
    #[serde(skip)]
    pub chains: Vec<Uuid>,
}

/// What other parts of the program hold of oneself, but for the audit, for the copy that one takes away.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own_traces(tx: &mut Tx<ShowAccount>) -> Result<OwnTraces, StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!("SELECT DISTINCT org_id FROM memberships WHERE account_id = $1 ORDER BY org_id");
    let rows = inner.rows(text, args![account]).await?;
    let mut chains = rows.iter().map(|row| row.id("org_id")).collect::<Result<Vec<Uuid>, _>>()?;
    // What belongs to no organisation, such as signing in.
    chains.push(Uuid::nil());
    let reports = sql!(
        "SELECT o.slug, r.number, r.submitted_at AS at, r.state FROM reports r JOIN orgs o ON o.id = r.org_id \
         WHERE r.account_id = $1 ORDER BY r.submitted_at DESC, r.id"
    );
    let votes = sql!(
        "SELECT o.slug, p.number, v.voted_at AS at, v.choice AS state FROM proposal_votes v JOIN proposals p ON p.id = v.proposal_id \
         JOIN orgs o ON o.id = p.org_id WHERE v.account_id = $1 ORDER BY v.voted_at DESC, v.id"
    );
    let given = sql!(
        "SELECT o.slug, NULL AS number, g.given_at AS at, 'given' AS state FROM given_evidence g JOIN orgs o ON o.id = g.org_id \
         WHERE g.account_id = $1 ORDER BY g.given_at DESC, g.id"
    );
    Ok(OwnTraces {
        drafts: drafts(inner, account).await?,
        reports: sent(inner, reports, account).await?,
        names_sent: names(inner, account).await?,
        sightings: sightings(inner, account).await?,
        votes: sent(inner, votes, account).await?,
        evidence_given: sent(inner, given, account).await?,
        news_read: news_read(inner, account).await?,
        meetings: meetings(inner, account).await?,
        reminders: reminders(inner, account).await?,
        mails: mails(inner, account).await?,
        visits: visits(inner, account).await?,
        chains,
    })
}

fn one_sent(row: &Row, as_whom: Vec<String>) -> Result<OwnSent, StoreError> {
    Ok(OwnSent {
        organisation: row.text("slug")?,
        number: row.opt_int("number")?,
        at: row.instant("at")?,
        state: row.text("state")?,
        as_whom: as_whom.into_iter().filter(|word| !word.is_empty()).collect(),
    })
}

async fn sent(inner: &mut Inner, text: &'static str, account: AccountId) -> Result<Vec<OwnSent>, StoreError> {
    let rows = inner.rows(text, args![account]).await?;
    rows.iter().map(|row| one_sent(row, Vec::new())).collect()
}

async fn drafts(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnDraft>, StoreError> {
    let text = sql!(
        "SELECT d.id, d.form, d.sealed, d.created_at, d.expires_at, o.slug, \
         (SELECT COUNT(*) FROM pictures p WHERE p.owner_id = d.id) AS pictures, \
         (SELECT COUNT(*) FROM evidence e WHERE e.owner_id = d.id) AS evidence \
         FROM drafts d JOIN orgs o ON o.id = d.org_id WHERE d.account_id = $1 AND d.expires_at > $2 ORDER BY d.created_at"
    );
    let now = inner.ctx.real_now();
    let mut all = Vec::new();
    for row in inner.rows(text, args![account, now]).await? {
        let id: DraftId = row.id("id")?;
        let key = inner.key(id.0).await?;
        all.push(OwnDraft {
            organisation: row.text("slug")?,
            form: row.text("form")?,
            begun_at: row.instant("created_at")?,
            kept_until: row.instant("expires_at")?,
            typed: keys::open(&key, "drafts", "sealed", id.0, &row.bytes("sealed")?)?,
            pictures: row.int("pictures")?,
            evidence: row.int("evidence")?,
        });
    }
    Ok(all)
}

/// Names that one sent of people who are shown today. That there is a record of somebody else is as hidden here as on
/// every page (VIS-7).
async fn names(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnSent>, StoreError> {
    let text = sql!(
        "SELECT t.id, t.subject_id, t.sealed, t.sent_at AS at, t.state, s.number, o.slug FROM intelligence t \
         JOIN subjects s ON s.id = t.subject_id JOIN orgs o ON o.id = t.org_id WHERE t.account_id = $1 \
         AND (t.erase_on IS NULL OR t.erase_on > $2) AND s.stage = 'circulating' AND s.restricted = 0 AND s.ends_on > $2 \
         ORDER BY t.sent_at DESC, t.id"
    );
    let today = inner.ctx.today();
    let rows = inner.rows(text, args![account, today]).await?;
    let owners = rows.iter().map(|row| row.id("subject_id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&owners).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = keys.get(&row.id("subject_id")?).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let tip: Tip = keys::open(key, "intelligence", "sealed", row.id("id")?, &row.bytes("sealed")?)?;
        all.push(one_sent(row, vec![tip.sender, tip.business.unwrap_or_default()])?);
    }
    Ok(all)
}

/// That one saw people who are shown today; likewise.
async fn sightings(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnSent>, StoreError> {
    let text = sql!(
        "SELECT g.id, g.subject_id, g.sealed, g.seen_at AS at, 'seen' AS state, s.number, o.slug FROM sightings g \
         JOIN subjects s ON s.id = g.subject_id JOIN orgs o ON o.id = s.org_id WHERE g.account_id = $1 \
         AND s.stage = 'circulating' AND s.restricted = 0 AND s.ends_on > $2 \
         ORDER BY g.seen_at DESC, g.id"
    );
    let today = inner.ctx.today();
    let rows = inner.rows(text, args![account, today]).await?;
    let owners = rows.iter().map(|row| row.id("subject_id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&owners).await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let key = keys.get(&row.id("subject_id")?).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let seen: Seen = keys::open(key, "sightings", "sealed", row.id("id")?, &row.bytes("sealed")?)?;
        all.push(one_sent(row, vec![seen.by, seen.place])?);
    }
    Ok(all)
}

async fn news_read(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnRead>, StoreError> {
    let text = sql!(
        "SELECT o.slug, p.kind, p.published_at, r.read_at FROM post_reads r JOIN memberships m ON m.id = r.membership_id \
         JOIN posts p ON p.id = r.post_id JOIN orgs o ON o.id = p.org_id WHERE m.account_id = $1 \
         ORDER BY r.read_at DESC, p.id"
    );
    let rows = inner.rows(text, args![account]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnRead {
                organisation: row.text("slug")?,
                kind: row.text("kind")?,
                published_at: row.instant("published_at")?,
                read_at: row.instant("read_at")?,
            })
        })
        .collect()
}

async fn meetings(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnMeeting>, StoreError> {
    let text = sql!(
        "SELECT o.slug, t.kind, t.day, a.coming, CAST(CASE WHEN c.meeting_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS came \
         FROM memberships m JOIN meetings t ON t.org_id = m.org_id JOIN orgs o ON o.id = t.org_id \
         LEFT JOIN meeting_answers a ON a.meeting_id = t.id AND a.membership_id = m.id \
         LEFT JOIN meeting_attendance c ON c.meeting_id = t.id AND c.membership_id = m.id \
         WHERE m.account_id = $1 AND (a.meeting_id IS NOT NULL OR c.meeting_id IS NOT NULL) ORDER BY t.day DESC, t.id, m.id"
    );
    let rows = inner.rows(text, args![account]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnMeeting {
                organisation: row.text("slug")?,
                kind: row.text("kind")?,
                day: row.date("day")?,
                answer: row.opt_text("coming")?,
                came: row.flag("came")?,
            })
        })
        .collect()
}

async fn reminders(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnReminder>, StoreError> {
    let text = sql!(
        "SELECT o.slug, r.duty, r.due_on, r.stage FROM reminders r JOIN memberships m ON m.id = r.membership_id \
         JOIN orgs o ON o.id = m.org_id WHERE m.account_id = $1 ORDER BY r.due_on DESC, r.duty, r.stage"
    );
    let rows = inner.rows(text, args![account]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnReminder {
                organisation: row.text("slug")?,
                duty: row.text("duty")?,
                due_on: row.date("due_on")?,
                stage: row.text("stage")?,
            })
        })
        .collect()
}

async fn mails(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnMail>, StoreError> {
    let text = sql!(
        "SELECT queued_at, state FROM mails WHERE owner_id = $1 \
         OR owner_id IN (SELECT m.id FROM memberships m WHERE m.account_id = $1) ORDER BY queued_at DESC"
    );
    let rows = inner.rows(text, args![account]).await?;
    rows.iter()
        .map(|row| Ok(OwnMail { queued_at: row.instant("queued_at")?, state: row.text("state")? }))
        .collect()
}

async fn visits(inner: &mut Inner, account: AccountId) -> Result<Vec<OwnVisit>, StoreError> {
    let text = sql!(
        "SELECT o.slug, m.looked_at, m.looked_before, \
         (SELECT MIN(f.created_at) FROM calendar_feeds f WHERE f.membership_id = m.id) AS calendar \
         FROM memberships m JOIN orgs o ON o.id = m.org_id WHERE m.account_id = $1 ORDER BY o.slug, m.id"
    );
    let rows = inner.rows(text, args![account]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnVisit {
                organisation: row.text("slug")?,
                last: row.opt_instant("looked_at")?,
                before: row.opt_instant("looked_before")?,
                calendar_since: row.opt_instant("calendar")?,
            })
        })
        .collect()
}

/// Something that the audit holds of oneself.
#[derive(Clone, Debug, Serialize)]
pub struct OwnDeed {
    /// When.
    pub at: Timestamp,
    /// What, by its stable name.
    pub action: String,
    /// As what it was done.
    pub role: String,
    /// Whether one did it oneself; otherwise somebody did it to one's account or role.
    pub by_me: bool,
}

/// What so many positions of a chain, after one, hold of oneself: what one did, and what was done about one's account and
/// roles. The position up to which it was looked through; none where the chain ends. Each part is a transaction of its
/// own, so that a long chain keeps nobody waiting; the engine leaves out what is of others.
///
/// # Errors
/// The engine's.
pub async fn own_deeds(
    tx: &mut Tx<ShowAccount>,
    chain: Uuid,
    after: i64,
    size: i64,
) -> Result<(Vec<OwnDeed>, Option<i64>), StoreError> {
    let account = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!("SELECT id, org_id FROM memberships WHERE account_id = $1");
    let rows = inner.rows(text, args![account]).await?;
    let is_mine = rows.iter().any(|row| row.id::<OrgId>("org_id").is_ok_and(|org| org.0 == chain));
    if chain != Uuid::nil() && !is_mine {
        return Err(fairwatch_core::gate::Hidden.into());
    }
    let mut mine = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    mine.push(account.0);
    let actor = account.to_string();
    let head = inner.opt(sql!("SELECT position FROM audit_heads WHERE chain = $1"), args![chain]).await?;
    let end = head.map(|row| row.int("position")).transpose()?.unwrap_or(0);
    let until = after.saturating_add(size);
    let text = sql!(
        "SELECT at, actor, role, action, about FROM audit_entries WHERE chain = $1 AND position > $2 AND position <= $3 \
         AND (actor = $4 OR (class = 'change' AND (action LIKE 'accounts.%' OR action LIKE 'leaving.%' \
         OR action LIKE 'joining.%' OR action LIKE 'devices.%' OR action LIKE 'certifications.%'))) ORDER BY position"
    );
    let mut found = Vec::new();
    for row in inner.rows(text, args![chain, after, until, &*actor]).await? {
        let by_me = row.text("actor")? == actor;
        let about = row.bytes("about")?;
        let of_me = || about.chunks_exact(16).any(|id| mine.iter().any(|own| own.as_bytes() == id));
        if by_me || of_me() {
            found.push(OwnDeed {
                at: row.instant("at")?,
                action: row.text("action")?,
                role: row.text("role")?,
                by_me,
            });
        }
    }
    Ok((found, Some(until).filter(|until| *until < end)))
}

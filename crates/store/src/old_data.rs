//! The yearly audit of what is old (RET-13).
//!
//! A run lists what is older than the policy's age by kind and id, with why each is still here as the clock says it. The
//! next run asks of each id whether anything bears it any more: that is what proves deletion, and no word of the deleted is
//! kept for it. What the report says are counts.
use crate::{
    audit::hex,
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, ledger, orgs, registers, sweep,
};
use fairwatch_core::{
    clocks::{Rule, Stage},
    gate::{Action as _, Hidden},
    ids::{OldAuditId, OrgId, SubjectId},
    old_data::{
        BeginOldAudit, DecideOldItem, FinishOldAudit, GOES_ON, Gone, Ground, Kept, Kind, Line, OldAuditFacts,
        OneOldAudit, ReadOldReport, ShowOldData, Summary, Why, coarse, is_stale,
    },
    registers::Subject,
    scope::{Scope, ends},
    subjects::{EraseSubject, SweepSubject},
    world::{london, london_date},
};
use fairwatch_vault::Place;
use jiff::{Timestamp, civil::Date};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Load<OneOldAudit> for OldAuditFacts {
    async fn load(inner: &mut Inner, target: &OneOldAudit, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, finished_on FROM old_audits WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let lock = if acting { Lock::Update } else { Lock::Share };
        let Some(row) = crate::facts::row(inner, text, target.0.0, Some(lock)).await? else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        Ok(Some(Self { scope, finished_on: row.opt_date("finished_on")? }))
    }
}

/// Something that is old.
#[derive(Clone, Debug)]
struct Item {
    kind: Kind,
    id: Uuid,
    since: Date,
    why: Why,
    until: Option<Date>,
}

/// What is from before this day is old.
fn before(scope: &Scope) -> Date {
    let months = scope.policy.reviews.old_after.length;
    // The last day of which the period is over today, and the next one, on which it is not.
    let mut day = scope.today;
    let mut step = scope.today;
    for back in [4096_i64, 1024, 256, 64, 16, 4, 1] {
        loop {
            let earlier = step.saturating_sub(jiff::Span::new().days(back));
            if ends(earlier, months) <= scope.today || earlier == step {
                break;
            }
            step = earlier;
            day = earlier;
        }
    }
    day
}

/// Everything that is old, by kind.
async fn old(inner: &mut Inner, scope: &Scope, before: Date) -> Result<Vec<Item>, StoreError> {
    let mut all = people(inner, scope, before).await?;
    all.extend(records(inner, scope, before).await?);
    Ok(all)
}

/// People whose first report is old, with the stage and the rule that the clock says.
async fn people(inner: &mut Inner, scope: &Scope, before: Date) -> Result<Vec<Item>, StoreError> {
    let text = sql!(
        "SELECT s.id, s.sealed, (SELECT COUNT(*) FROM holds h WHERE h.subject_id = s.id AND h.ended_on IS NULL \
         AND (h.ends_on IS NULL OR h.ends_on > $3)) AS holds \
         FROM subjects s WHERE s.org_id = $1 AND EXISTS (SELECT 1 FROM subject_events e \
         WHERE e.subject_id = s.id AND e.kind = 'report' AND e.happened_on < $2) ORDER BY s.id"
    );
    let mut all = Vec::new();
    for row in inner.rows(text, args![scope.org, before, scope.today]).await? {
        let id: SubjectId = row.id("id")?;
        let (_, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
        let Some(since) = ledger.first_report().filter(|day| *day < before) else { continue };
        let life = ledger.life(scope, scope.today);
        let why = match (life.stage, life.rule) {
            (Stage::Deleted, _) => Why::Past,
            (Stage::Frozen, _) => Why::Frozen,
            _ if row.int("holds")? > 0 => Why::Held,
            (Stage::Pending, _) => Why::Agreement,
            (_, Some(Rule::Exclusion)) => Why::Exclusion,
            (Stage::Circulating, _) => Why::Shown,
            _ => Why::Withdrawn,
        };
        all.push(Item { kind: Kind::Person, id: id.0, since, why, until: life.deletion });
    }
    Ok(all)
}

/// Every other kind of record: which of them are old, since when, by when they end, and whether they wait. Instants stand
/// where a table keeps no day.
fn statements() -> [(Kind, &'static str); 14] {
    [
        (
            Kind::Incident,
            sql!(
                "SELECT id, occurred_on AS since, NULL AS at, delete_on AS until, CAST(0 AS BIGINT) AS waits FROM incidents \
                 WHERE org_id = $1 AND occurred_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Report,
            sql!(
                "SELECT id, submitted_on AS since, NULL AS at, erase_on AS until, CAST(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END AS BIGINT) AS waits \
                 FROM reports WHERE org_id = $1 AND submitted_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Picture,
            sql!(
                "SELECT id, added_on AS since, NULL AS at, NULL AS until, CAST(0 AS BIGINT) AS waits FROM pictures \
                 WHERE org_id = $1 AND owner_kind <> 'draft' AND added_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Evidence,
            sql!(
                "SELECT id, $2 AS since, added_at AS at, NULL AS until, CAST(0 AS BIGINT) AS waits FROM evidence \
                 WHERE org_id = $1 AND owner_kind <> 'draft' AND added_at < $3"
            ),
        ),
        (
            Kind::Tip,
            sql!(
                "SELECT id, $2 AS since, sent_at AS at, erase_on AS until, CAST(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END AS BIGINT) AS waits \
                 FROM intelligence WHERE org_id = $1 AND sent_at < $3"
            ),
        ),
        (
            Kind::Sighting,
            sql!(
                "SELECT g.id, g.seen_on AS since, NULL AS at, NULL AS until, CAST(0 AS BIGINT) AS waits FROM sightings g \
                 JOIN subjects s ON s.id = g.subject_id WHERE s.org_id = $1 AND g.seen_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Proposal,
            sql!(
                "SELECT id, opened_on AS since, NULL AS at, NULL AS until, CAST(CASE WHEN state = 'open' THEN 1 ELSE 0 END AS BIGINT) AS waits \
                 FROM proposals WHERE org_id = $1 AND opened_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Appeal,
            sql!(
                "SELECT id, received_on AS since, NULL AS at, NULL AS until, CAST(CASE WHEN state = 'open' THEN 1 ELSE 0 END AS BIGINT) AS waits \
                 FROM appeals WHERE org_id = $1 AND received_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Letter,
            sql!(
                "SELECT id, made_on AS since, NULL AS at, CASE WHEN sealed IS NULL THEN NULL ELSE ends_on END AS until, CAST(0 AS BIGINT) AS waits \
                 FROM letters WHERE org_id = $1 AND made_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Enquiry,
            sql!(
                "SELECT id, received_on AS since, NULL AS at, erase_on AS until, CAST(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END AS BIGINT) AS waits \
                 FROM enquiries WHERE org_id = $1 AND received_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Application,
            sql!(
                "SELECT id, received_on AS since, NULL AS at, erase_on AS until, CAST(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END AS BIGINT) AS waits \
                 FROM applications WHERE org_id = $1 AND received_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Stub,
            sql!(
                "SELECT id, deleted_on AS since, NULL AS at, ends_on AS until, CAST(0 AS BIGINT) AS waits FROM stubs \
                 WHERE org_id = $1 AND deleted_on < $2 AND $3 > 0"
            ),
        ),
        (
            Kind::Member,
            sql!(
                "SELECT id, $2 AS since, created_at AS at, NULL AS until, CAST(0 AS BIGINT) AS waits FROM members \
                 WHERE org_id = $1 AND state = 'active' AND created_at < $3"
            ),
        ),
        (
            Kind::User,
            sql!(
                "SELECT id, $2 AS since, created_at AS at, NULL AS until, CAST(0 AS BIGINT) AS waits FROM memberships \
                 WHERE org_id = $1 AND state IN ('active', 'suspended') AND created_at < $3"
            ),
        ),
    ]
}

async fn records(inner: &mut Inner, scope: &Scope, before: Date) -> Result<Vec<Item>, StoreError> {
    let begins = before.to_zoned(london().clone()).map_or(Timestamp::MIN, |day| day.timestamp());
    let mut all = Vec::new();
    for (kind, text) in statements() {
        for row in inner.rows(text, args![scope.org, before, begins]).await? {
            let until = row.opt_date("until")?;
            let why = match until {
                Some(until) if until <= scope.today => Why::Past,
                _ if row.int("waits")? == 1 => Why::Waiting,
                Some(_) => Why::Period,
                None if matches!(kind, Kind::Member | Kind::User) => Why::Part,
                None => Why::With,
            };
            let since = match row.opt_instant("at")? {
                Some(at) => london_date(at),
                None => row.date("since")?,
            };
            all.push(Item { kind, id: row.id("id")?, since, why, until });
        }
    }
    Ok(all)
}

/// How many of what a run listed of a kind are still here. A person whose record went over into another's is gone only
/// with that one.
fn still(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i WHERE i.audit_id = $1 AND i.kind = 'person' AND \
             (EXISTS (SELECT 1 FROM subjects s WHERE s.id = i.record_id) OR EXISTS (SELECT 1 FROM merges m WHERE m.other_id = i.record_id))"
        ),
        Kind::Incident => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN incidents r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'incident'"
        ),
        Kind::Report => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN reports r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'report'"
        ),
        Kind::Picture => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN pictures r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'picture'"
        ),
        Kind::Evidence => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN evidence r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'evidence'"
        ),
        Kind::Tip => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN intelligence r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'tip'"
        ),
        Kind::Sighting => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN sightings r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'sighting'"
        ),
        Kind::Proposal => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN proposals r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'proposal'"
        ),
        Kind::Appeal => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN appeals r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'appeal'"
        ),
        Kind::Letter => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN letters r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'letter'"
        ),
        Kind::Enquiry => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN enquiries r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'enquiry'"
        ),
        Kind::Application => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN applications r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'application'"
        ),
        Kind::Stub => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN stubs r ON r.id = i.record_id WHERE i.audit_id = $1 AND i.kind = 'stub'"
        ),
        // What they held is emptied as they leave; the row stays for the sake of its id.
        Kind::Member => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN members r ON r.id = i.record_id \
             WHERE i.audit_id = $1 AND i.kind = 'member' AND r.state = 'active'"
        ),
        Kind::User => sql!(
            "SELECT COUNT(*) AS n FROM old_audit_items i JOIN memberships r ON r.id = i.record_id \
             WHERE i.audit_id = $1 AND i.kind = 'user' AND r.state IN ('active', 'suspended')"
        ),
    }
}

fn count(row: &Row, column: &str) -> Result<u64, StoreError> {
    Ok(u64::try_from(row.int(column)?).unwrap_or(0))
}

/// What a run listed, by kind, and how much of it is gone.
async fn gone(inner: &mut Inner, audit: OldAuditId) -> Result<Vec<Gone>, StoreError> {
    let text = sql!("SELECT kind, COUNT(*) AS n FROM old_audit_items WHERE audit_id = $1 GROUP BY kind");
    let mut listed = BTreeMap::new();
    for row in inner.rows(text, args![audit]).await? {
        listed.insert(row.word::<Kind>("kind")?, count(&row, "n")?);
    }
    let mut all = Vec::new();
    // What a member saw is put apart where records are merged, and stands in no row while it is held: it is counted with the
    // person, and proves nothing by itself.
    for (kind, listed) in listed.into_iter().filter(|(kind, _)| *kind != Kind::Sighting) {
        let left = count(&inner.one(still(kind), args![audit]).await?, "n")?;
        all.push(Gone { kind, listed, gone: listed.saturating_sub(left) });
    }
    Ok(all)
}

/// A run as it is kept.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Which.
    pub id: OldAuditId,
    /// The day on which it was begun.
    pub begun_on: Date,
    /// What is from before this day is old.
    pub before: Date,
    /// The day on which it was finished.
    pub finished_on: Option<Date>,
    /// What it found, and proved; of a run that is open, as of now.
    pub summary: Summary,
    /// The conclusion, once there is one.
    pub conclusion: String,
    /// SHA256 of the report, in hexadecimal.
    pub hash: String,
}

/// Something on which the controller has to say why it stays.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The kind.
    pub kind: Kind,
    /// Which record.
    pub record: Uuid,
    /// Its number, where it has one.
    pub number: Option<i64>,
    /// Why it is still here.
    pub why: Why,
    /// On what ground it stays, once that was said.
    pub ground: Option<Ground>,
    /// Why, in the controller's words.
    pub reason: String,
    /// Under whose key the reason is sealed: the record's own, or that of the person whom it is about.
    owner: Uuid,
}

/// All about the yearly audit of a scheme.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The day by which the next is to be finished.
    pub due: Option<Date>,
    /// The run that is open.
    pub open: Option<Audit>,
    /// What asks for a decision in it; empty for whoever does not decide.
    pub asked: Vec<Asked>,
    /// The audits that were finished, the latest first.
    pub finished: Vec<Audit>,
}

/// The run that is open, and the audits that were made.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn overview(tx: &mut Tx<ShowOldData>) -> Result<Overview, StoreError> {
    let scope = tx.permit.facts().clone();
    let decides = fairwatch_core::gate::role_may::<DecideOldItem>(tx.permit.standing());
    let inner = &mut tx.inner;
    let known = registers::kept(inner, &scope).await?.known;
    let due = fairwatch_core::registers::reviewable(&scope.policy, &known)
        .into_iter()
        .find(|one| one.subject == Subject::old_data())
        .map(|one| one.due);
    let mut open = None;
    let mut finished = Vec::new();
    for audit in audits(inner, &scope).await? {
        match audit.finished_on {
            Some(_) => finished.push(audit),
            None => open = Some(audit),
        }
    }
    let mut asked = Vec::new();
    if let Some(audit) = &mut open {
        let all = questions(inner, audit.id).await?;
        audit.summary = summary(inner, &scope, audit, &all).await?;
        if decides {
            asked = all;
        }
    }
    tx.saw(asked.iter().map(|one| one.record).collect::<Vec<_>>());
    Ok(Overview { scope, due, open, asked, finished })
}

async fn audits(inner: &mut Inner, scope: &Scope) -> Result<Vec<Audit>, StoreError> {
    let text = sql!(
        "SELECT id, begun_on, before_on, finished_on, said, sealed, hash FROM old_audits WHERE org_id = $1 \
         ORDER BY begun_at DESC, id DESC"
    );
    let rows = inner.rows(text, args![scope.org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let opened = inner.keys_of(&ids).await?;
    rows.iter()
        .map(|row| {
            let id: OldAuditId = row.id("id")?;
            let conclusion = match (opened.get(&id.0), row.opt_bytes("sealed")?) {
                (Some(key), Some(sealed)) => keys::open(key, "old_audits", "sealed", id.0, &sealed)?,
                _ => String::new(),
            };
            Ok(Audit {
                id,
                begun_on: row.date("begun_on")?,
                before: row.date("before_on")?,
                finished_on: row.opt_date("finished_on")?,
                summary: serde_json::from_str(&row.text("said")?)
                    .map_err(|_| StoreError::corrupt("an audit of old data"))?,
                conclusion,
                hash: row.opt_text("hash")?.unwrap_or_default(),
            })
        })
        .collect()
}

/// What of a run asks for a decision, and is still here.
async fn questions(inner: &mut Inner, audit: OldAuditId) -> Result<Vec<Asked>, StoreError> {
    let text = sql!(
        "SELECT i.kind, i.record_id, i.why, i.ground, i.sealed, COALESCE(s.number, r.number, p.number) AS number, \
         COALESCE(p.subject_id, t.subject_id, a.subject_id, i.record_id) AS owner FROM old_audit_items i \
         LEFT JOIN subjects s ON s.id = i.record_id LEFT JOIN reports r ON r.id = i.record_id \
         LEFT JOIN proposals p ON p.id = i.record_id \
         LEFT JOIN intelligence t ON t.id = i.record_id AND t.state = 'waiting' \
         LEFT JOIN appeals a ON a.id = i.record_id AND a.state = 'open' \
         LEFT JOIN enquiries e ON e.id = i.record_id AND e.state = 'waiting' \
         LEFT JOIN applications j ON j.id = i.record_id AND j.state = 'waiting' \
         WHERE i.audit_id = $1 AND i.why IN ('frozen', 'held', 'waiting') \
         AND (s.id IS NOT NULL AND EXISTS (SELECT 1 FROM holds h WHERE h.subject_id = s.id AND h.ended_on IS NULL \
              AND (h.ends_on IS NULL OR h.ends_on > $2)) \
         OR r.state = 'waiting' OR p.state = 'open' OR t.id IS NOT NULL OR a.id IS NOT NULL OR e.id IS NOT NULL OR j.id IS NOT NULL) \
         ORDER BY i.kind, i.record_id"
    );
    let today = inner.ctx.today();
    let rows = inner.rows(text, args![audit, today]).await?;
    let owners = rows.iter().map(|row| row.id("owner")).collect::<Result<Vec<Uuid>, _>>()?;
    let opened = inner.keys_of(&owners).await?;
    rows.iter()
        .map(|row| {
            let (record, owner): (Uuid, Uuid) = (row.id("record_id")?, row.id("owner")?);
            let reason = match (opened.get(&owner), row.opt_bytes("sealed")?) {
                (Some(key), Some(sealed)) => keys::open(key, "old_audit_items", "sealed", record, &sealed)?,
                _ => String::new(),
            };
            Ok(Asked {
                kind: row.word("kind")?,
                record,
                number: row.opt_int("number")?,
                why: row.word("why")?,
                ground: row.opt_word("ground")?,
                reason,
                owner,
            })
        })
        .collect()
}

/// The audit that was finished last, before one that is open.
async fn last(inner: &mut Inner, org: OrgId) -> Result<Option<(OldAuditId, Date, Timestamp)>, StoreError> {
    let text = sql!(
        "SELECT id, begun_on, begun_at FROM old_audits WHERE org_id = $1 AND finished_on IS NOT NULL \
         ORDER BY begun_at DESC, id DESC LIMIT 1"
    );
    let row = inner.opt(text, args![org]).await?;
    row.map(|row| Ok((row.id("id")?, row.date("begun_on")?, row.instant("begun_at")?))).transpose()
}

/// What is past its end and still here: what its stored days say is due, as the sweep asks, and of everybody who is old what
/// the clock says of their whole ledger, whatever day is stored. Apart from it those who are kept for some days, since a
/// report that waits names them.
async fn past(inner: &mut Inner, scope: &Scope, before: Date) -> Result<(u64, u64), StoreError> {
    let due = sweep::due(inner, scope).await?;
    let planned = due.subjects.iter().map(|one| one.subject.0).collect::<BTreeSet<_>>();
    let people = people(inner, scope, before).await?;
    let missed = people.iter().filter(|one| one.why == Why::Past && !planned.contains(&one.id)).count();
    let put_off = due.subjects.iter().filter(|one| one.put_off).count();
    Ok((due.losses() + missed as u64, put_off as u64))
}

/// What an open run says as of now.
async fn summary(
    inner: &mut Inner,
    scope: &Scope,
    audit: &Audit,
    asked: &[Asked],
) -> Result<Summary, StoreError> {
    let last = last(inner, scope.org).await?;
    let since = last.map_or(Timestamp::MIN, |(_, _, at)| at);
    let mut kept: BTreeMap<(Kind, Ground), u64> = BTreeMap::new();
    for (kind, ground) in asked.iter().filter_map(|one| Some((one.kind, one.ground?))) {
        *kept.entry((kind, ground)).or_default() += 1;
    }
    let (past, put_off) = past(inner, scope, audit.before).await?;
    let files = count(&inner.one(sql!("SELECT COUNT(*) AS n FROM blob_removals"), args![]).await?, "n")?;
    let entries = sql!(
        "SELECT COUNT(CASE WHEN action = $3 THEN 1 END) AS swept, COUNT(CASE WHEN action = $4 THEN 1 END) AS erased \
         FROM audit_entries WHERE chain = $1 AND at >= $2"
    );
    let row = inner.one(entries, args![scope.org, since, SweepSubject::NAME, EraseSubject::NAME]).await?;
    let (swept, erased) = (count(&row, "swept")?, count(&row, "erased")?);
    let stubs = sql!("SELECT COUNT(*) AS n FROM stubs WHERE org_id = $1 AND deleted_on >= $2");
    let from = last.map_or(Date::MIN, |(_, day, _)| day);
    let stubs = count(&inner.one(stubs, args![scope.org, from]).await?, "n")?;
    let head = sql!(
        "SELECT position, hash FROM audit_entries WHERE chain = $1 AND action IN ($2, $3) ORDER BY position DESC LIMIT 1"
    );
    let head = match inner.opt(head, args![scope.org, SweepSubject::NAME, EraseSubject::NAME]).await? {
        Some(row) => (count(&row, "position")?, hex(&row.bytes("hash")?)),
        None => (0, "00".repeat(32)),
    };
    let last = match last {
        Some((id, day, _)) => Some((day, gone(inner, id).await?)),
        None => None,
    };
    Ok(Summary {
        last,
        since_begun: gone(inner, audit.id).await?.into_iter().filter(|line| line.gone > 0).collect(),
        kept: kept.into_iter().map(|((kind, ground), count)| Kept { kind, ground, count }).collect(),
        open: asked.iter().filter(|one| one.ground.is_none()).count() as u64,
        past,
        put_off,
        files,
        swept,
        erased,
        stubs,
        head,
        ..audit.summary.clone()
    })
}

/// What was found, by kind and reason: days of few would be somebody's own record, and of many their months are enough.
fn lines(scope: &Scope, items: &[Item]) -> Vec<Line> {
    let mut found: BTreeMap<(Kind, Why), (u64, Date, Option<Date>)> = BTreeMap::new();
    for item in items {
        let (count, oldest, until) =
            found.entry((item.kind, item.why)).or_insert((0, item.since, item.until));
        *count += 1;
        *oldest = (*oldest).min(item.since);
        // One without an end has the whole line without.
        *until = until.zip(item.until).map(|(a, b)| a.max(b));
    }
    found
        .into_iter()
        .map(|((kind, why), (count, oldest, until))| Line {
            kind,
            why,
            count,
            oldest: coarse(&scope.policy, count, Some(oldest)),
            until: coarse(&scope.policy, count, until),
        })
        .collect()
}

/// Begins the audit of a year: lists what is old, and why each is still here.
///
/// # Errors
/// [`StoreError::Refused`] while another is open.
pub async fn begin(tx: &mut Tx<BeginOldAudit>) -> Result<OldAuditId, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let open = sql!("SELECT id, begun_on FROM old_audits WHERE org_id = $1 AND finished_on IS NULL");
    if let Some(row) = inner.opt(open, args![scope.org]).await? {
        if !is_stale(row.date("begun_on")?, scope.today) {
            return Err(already());
        }
        // What it found is old itself.
        destroy(inner, row.id("id")?).await?;
    }
    let before = before(&scope);
    let items = old(inner, &scope, before).await?;
    let lines = lines(&scope, &items);
    let said = Summary {
        begun_on: scope.today,
        before,
        lines,
        last: None,
        since_begun: Vec::new(),
        kept: Vec::new(),
        open: 0,
        past: 0,
        put_off: 0,
        files: 0,
        swept: 0,
        erased: 0,
        stubs: 0,
        head: (0, String::new()),
    };
    let id: OldAuditId = inner.ctx.new_id();
    inner.new_key(id.0, "old_audit").await?;
    let text = sql!(
        "INSERT INTO old_audits (id, org_id, begun_on, begun_at, before_on, said) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING"
    );
    let now = inner.ctx.now();
    // Of two who begin at once one does: there is one open run at a time.
    if inner.exec(text, args![id, scope.org, scope.today, now, before, written(&said)?]).await? == 0 {
        return Err(already());
    }
    let text = sql!("INSERT INTO old_audit_items (audit_id, kind, record_id, why) VALUES ($1, $2, $3, $4)");
    for item in &items {
        inner.exec(text, args![id, item.kind.name(), item.id, item.why.name()]).await?;
    }
    tx.saw([id.0]);
    Ok(id)
}

fn already() -> StoreError {
    StoreError::refused("An audit of old data is open already. Finish that one.")
}

async fn destroy(inner: &mut Inner, id: OldAuditId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM old_audit_items WHERE audit_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM old_audits WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

fn written(said: &Summary) -> Result<String, StoreError> {
    serde_json::to_string(said).map_err(|_| StoreError::corrupt("an audit of old data"))
}

/// Says on what ground something stays. The reason in words is sealed under the record, or under the person whom it is
/// about, and goes with it.
///
/// # Errors
/// [`StoreError::Hidden`] for what this run does not ask about.
pub async fn decide(
    tx: &mut Tx<DecideOldItem>,
    kind: Kind,
    record: Uuid,
    ground: Ground,
    reason: &str,
) -> Result<(), StoreError> {
    let OneOldAudit(id) = *tx.permit.target();
    let asked = questions(&mut tx.inner, id).await?;
    let found = asked.iter().find(|one| (one.kind, one.record) == (kind, record)).ok_or(Hidden)?;
    let (inner, owner) = (&mut tx.inner, found.owner);
    let key = inner.key(owner).await?;
    let sealed = inner.seal(&key, "old_audit_items", "sealed", record, reason)?;
    let text = sql!(
        "UPDATE old_audit_items SET ground = $4, sealed = $5 WHERE audit_id = $1 AND kind = $2 AND record_id = $3"
    );
    inner.exec(text, args![id, kind.name(), record, ground.name(), sealed]).await?;
    tx.saw([record]);
    tx.because(owner, reason);
    Ok(())
}

/// The report of a run, with what goes beside it.
#[derive(Clone, Debug)]
pub struct Report {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Its SHA256, in hexadecimal.
    pub hash: String,
    /// The signature over the statement that names it.
    pub signature: Vec<u8>,
    /// The public key by which that is checked.
    pub signed_by: Vec<u8>,
    /// When the run was finished.
    pub finished_on: Date,
}

/// Finishes a run with its report, which was made from what was read a moment ago.
///
/// # Errors
/// [`StoreError::Refused`] while something asks for a decision or is past its end, and where what the report says has
/// changed meanwhile.
pub async fn finish(
    tx: &mut Tx<FinishOldAudit>,
    seen: &Summary,
    conclusion: &str,
    report: &Report,
) -> Result<(), StoreError> {
    let OneOldAudit(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let by = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let all = audits(inner, &scope).await?;
    let audit = all.into_iter().find(|one| one.id == id).ok_or(Hidden)?;
    let asked = questions(inner, id).await?;
    let now = summary(inner, &scope, &audit, &asked).await?;
    if now != *seen {
        return Err(StoreError::refused(
            "Something of what the report says has just changed. Look at it again, and finish it then.",
        ));
    }
    refuse_unfinished(&now, scope.today)?;
    let before = last(inner, scope.org).await?;
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "old_audits", "sealed", id.0, conclusion)?;
    let file = key.seal(place(id), &report.pdf, inner.ctx.randomness());
    let text = sql!(
        "UPDATE old_audits SET finished_on = $2, finished_by = $3, said = $4, sealed = $5, file = $6, hash = $7, signature = $8, signed_by = $9 \
         WHERE id = $1"
    );
    let values = args![
        id,
        scope.today,
        by,
        written(&now)?,
        sealed,
        file,
        &*report.hash,
        report.signature.clone(),
        report.signed_by.clone()
    ];
    inner.exec(text, values).await?;
    // What the audit before listed has been compared, and is not needed any more.
    if let Some((before, ..)) = before {
        inner.exec(sql!("DELETE FROM old_audit_items WHERE audit_id = $1"), args![before]).await?;
    }
    let review = registers::note_review(inner, &scope, &Subject::old_data(), conclusion, by).await?;
    tx.saw([review.0]);
    Ok(())
}

/// Why a run cannot be finished yet.
///
/// # Errors
/// [`StoreError::Refused`] in words.
pub fn refuse_unfinished(summary: &Summary, today: Date) -> Result<(), StoreError> {
    if is_stale(summary.begun_on, today) {
        return Err(StoreError::refused(format!(
            "This audit was begun more than {GOES_ON} days ago, so that what it found is old itself. Begin it anew."
        )));
    }
    if summary.past > 0 {
        return Err(StoreError::refused(format!(
            "{} past their end and still here. The sweep destroys them, as a rule within the hour: finish the audit then. \
             If it does not, the page of the sweep says why.",
            match summary.past {
                1 => "One record is".to_owned(),
                n => format!("{n} records are"),
            }
        )));
    }
    if summary.open > 0 {
        return Err(StoreError::refused(
            "Say first of each record that no period keeps on what ground it stays.",
        ));
    }
    Ok(())
}

fn place(id: OldAuditId) -> Place<'static> {
    Place { table: "old_audits", column: "file", row: id.0 }
}

/// The report of an audit that was finished.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn read(tx: &mut Tx<ReadOldReport>) -> Result<Report, StoreError> {
    let OneOldAudit(id) = *tx.permit.target();
    let text = sql!("SELECT finished_on, file, hash, signature, signed_by FROM old_audits WHERE id = $1");
    let row = tx.inner.one(text, args![id]).await?;
    let key = tx.inner.key(id.0).await?;
    let file = row.opt_bytes("file")?.ok_or(Hidden)?;
    Ok(Report {
        pdf: key.open(place(id), &file)?.to_vec(),
        hash: row.opt_text("hash")?.unwrap_or_default(),
        signature: row.opt_bytes("signature")?.unwrap_or_default(),
        signed_by: row.opt_bytes("signed_by")?.unwrap_or_default(),
        finished_on: row.date("finished_on")?,
    })
}

/// Destroys audits that were followed by another, once the policy's period for former documents is over (RET-15).
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT id, finished_on FROM old_audits WHERE org_id = $1 AND finished_on IS NOT NULL ORDER BY begun_at DESC, id DESC"
    );
    let mut followed: Option<Date> = None;
    for row in inner.rows(text, args![scope.org]).await? {
        let finished = row.date("finished_on")?;
        let replaced = followed.replace(finished);
        if replaced.is_some_and(|day| ends(day, scope.policy.keep.old_document.length) <= scope.today) {
            let id: OldAuditId = row.id("id")?;
            destroy(inner, id).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::retention::TABLES;
    use std::collections::BTreeSet;

    /// What the audit counts by itself.
    const COUNTED: &str = "subjects incidents reports pictures evidence intelligence sightings proposals appeals letters \
        enquiries applications stubs members memberships";
    /// What is counted with one of those, since it belongs to it and goes with it.
    const WITH: &str = "subject_events holds associations picks merges exclusions exclusion_premises given_evidence \
        notice_exemptions policy_effects proposal_premises proposal_votes people picture_people evidence_custody \
        evidence_releases service_attempts accounts account_logins agreements leavings devices factors recovery_codes \
        preferences certifications notices_served calendar_feeds reminders meeting_answers meeting_attendance post_reads \
        group_members";
    /// What it does not count: what is about the scheme, holds ids alone, or ends within days
    /// ([`fairwatch_core::old_data::NOT_COUNTED`]).
    const NOT_COUNTED: &str = "orgs installation policies policy_changes policy_index governing_documents document_versions \
        register_entries reviews old_audits old_audit_items audit_entries audit_heads audit_reasons audit_signatures \
        data_keys sessions links challenges attempts drafts mails leases blob_removals sweep_runs breaches requests steps \
        conduct member_suspensions exports imports posts meetings member_groups targets digests";

    /// RET-13: whoever adds a table says whether the audit of old data counts it.
    #[test]
    fn ret_13_of_every_table_it_is_said_whether_it_is_counted() {
        let said = [COUNTED, WITH, NOT_COUNTED].map(|list| list.split_whitespace().collect::<BTreeSet<_>>());
        for (table, _) in TABLES {
            let times = said.iter().filter(|list| list.contains(table)).count();
            assert_eq!(times, 1, "{table}: is it counted, counted with what it belongs to, or not?");
        }
        let tables = TABLES.iter().map(|(table, _)| *table).collect::<BTreeSet<_>>();
        for name in said.iter().flatten() {
            assert!(tables.contains(name), "{name} is no table any more");
        }
    }
}

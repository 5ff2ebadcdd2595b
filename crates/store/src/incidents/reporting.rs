//! What a member does: send a report, and see what became of it.
use super::{Held, drafts, held, org};
use crate::{
    dialect::{Lock, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    evidence, keys, orgs, pictures,
};
use fairwatch_core::{
    accounts::{Business, Profile},
    gate::{Action, Ctx},
    ids::{AccountId, DraftId, OrgId, PersonId, ReportId, SubjectId},
    incidents::{
        KeepDraft, ListOwnReports, News, OneReport, Person, Report, ReportState, ShowOwnReport, SubmitReport,
    },
    intelligence::TipState,
    world::london_date,
};
use jiff::{SignedDuration, civil::Date};

/// A person as the reporter describes them, and for whom they take them.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What the reporter says.
    pub person: Person,
    /// For whom they take them.
    pub proposed: Option<SubjectId>,
}

/// A report that was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// The report.
    pub id: ReportId,
    /// Its number, which is its reference.
    pub number: i64,
}

/// Who reports, and for which business.
#[derive(Clone, Debug)]
pub struct Reporter {
    /// The user: the name on their account, and the addresses that the scheme was told, which are all that it knows
    /// (VIS-6).
    pub profile: Profile,
    /// The business that they belong to.
    pub business: Option<Business>,
}

/// Who asks, as a report names them.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn reporter<A: Action>(tx: &mut Tx<A>) -> Result<Reporter, StoreError> {
    let standing = tx.permit.standing().clone();
    let inner = &mut tx.inner;
    let account = standing.account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let row = inner.one(sql!("SELECT sealed FROM accounts WHERE id = $1"), args![account]).await?;
    let key = inner.key(account.0).await?;
    let own: Profile = keys::open(&key, "accounts", "sealed", account.0, &row.bytes("sealed")?)?;
    let membership = standing.membership.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let row = inner.one(sql!("SELECT sealed FROM memberships WHERE id = $1"), args![membership]).await?;
    let key = inner.key(membership.0).await?;
    let told: Profile = keys::open(&key, "memberships", "sealed", membership.0, &row.bytes("sealed")?)?;
    let profile = Profile { name: own.name, ..told };
    let business = match standing.member {
        Some(member) => {
            let row = inner.one(sql!("SELECT sealed FROM members WHERE id = $1"), args![member]).await?;
            let key = inner.key(member.0).await?;
            Some(keys::open(&key, "members", "sealed", member.0, &row.bytes("sealed")?)?)
        }
        None => None,
    };
    Ok(Reporter { profile, business })
}

/// Sends a report, with the pictures of the draft that it was typed in (INC-1). The draft's id and key become
/// the report's.
///
/// # Errors
/// The engine's.
pub async fn submit(
    tx: &mut Tx<SubmitReport>,
    form: &str,
    report: &Report,
    people: &[NewPerson],
) -> Result<Sent, StoreError> {
    let org = org(tx);
    let standing = tx.permit.standing().clone();
    let account = standing.account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    let inner = &mut tx.inner;
    let (now, today, real_now) = (inner.ctx.now(), inner.ctx.today(), inner.ctx.real_now());
    let find = sql!(
        "SELECT id FROM drafts WHERE account_id = $1 AND org_id = $2 AND form = $3 AND expires_at > $4 ORDER BY created_at DESC, id DESC LIMIT 1"
    );
    // Locked first, so that an upload or a discard at the same time comes before all of this or after it.
    let found = inner.db.opt_locked(find, args![account, org, form, real_now], Lock::Update).await?;
    let (id, key) = match found {
        Some(row) => {
            let draft: DraftId = row.id("id")?;
            let id = ReportId(draft.0);
            inner.exec(sql!("UPDATE data_keys SET kind = 'report' WHERE owner_id = $1"), args![id]).await?;
            let take = sql!(
                "UPDATE pictures SET owner_kind = 'report', report_id = $1, added_on = $2 WHERE owner_id = $1"
            );
            inner.exec(take, args![id, today]).await?;
            let take = sql!("UPDATE evidence SET owner_kind = 'report' WHERE owner_id = $1");
            inner.exec(take, args![id]).await?;
            inner.exec(sql!("DELETE FROM drafts WHERE id = $1"), args![id]).await?;
            (id, inner.key(id.0).await?)
        }
        None => {
            let id: ReportId = inner.ctx.new_id();
            (id, inner.new_key(id.0, "report").await?)
        }
    };
    let number = orgs::next_incident(inner, org).await?;
    let sealed = inner.seal(&key, "reports", "sealed", id.0, report)?;
    let text = sql!(
        "INSERT INTO reports (id, org_id, incident_id, number, account_id, member_id, state, submitted_at, submitted_on, \
         occurred_on, sealed) VALUES ($1, $2, NULL, $3, $4, $5, 'waiting', $6, $7, $8, $9)"
    );
    let occurred_on = london_date(report.occurred_at);
    inner
        .exec(text, args![id, org, number, account, standing.member, now, today, occurred_on, sealed])
        .await?;
    for (slot, new) in (1_i64..).zip(people) {
        let person: PersonId = inner.ctx.new_id();
        // Only somebody whom this reporter may see can be proposed; anything else is silently nobody, so that a
        // guess of ids tells nothing (VIS-7).
        let proposed = match new.proposed {
            Some(subject) => {
                // They may have been merged with another record since the page was opened.
                let subject = crate::subjects::merging::where_to(inner, org, subject).await?;
                crate::facts::subject(inner, subject, Some(Lock::Share))
                    .await?
                    .filter(|facts| facts.scope.org == org && facts.members_see)
                    .map(|facts| facts.subject)
            }
            None => None,
        };
        let sealed = inner.seal(&key, "people", "sealed", person.0, &new.person)?;
        let text = sql!(
            "INSERT INTO people (id, report_id, incident_id, slot, state, proposed_id, subject_id, sealed) \
             VALUES ($1, $2, NULL, $3, 'waiting', $4, NULL, $5)"
        );
        inner.exec(text, args![person, id, slot, proposed, sealed]).await?;
    }
    tx.saw([id.0]);
    Ok(Sent { id, number })
}

/// Destroys the pictures and the evidence of a draft, since they may show somebody who may not be held (SUB-4); whether there were any.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn drop_pictures(tx: &mut Tx<KeepDraft>, form: &str) -> Result<bool, StoreError> {
    let Some(draft) = drafts::find(tx, form).await? else { return Ok(false) };
    // Whoever sends it at this moment makes a report of it; its pictures are the report's then.
    let text = sql!("SELECT id FROM drafts WHERE id = $1");
    if tx.inner.db.opt_locked(text, args![draft.id], Lock::Update).await?.is_none() {
        return Ok(false);
    }
    pictures::destroy_all(&mut tx.inner, draft.id.0).await?;
    let had_evidence = evidence::destroy_all(&mut tx.inner, draft.id.0).await?;
    Ok(had_evidence || !draft.pictures.is_empty())
}

/// A line of My reports.
#[derive(Clone, Debug)]
pub struct Own {
    /// The report.
    pub id: ReportId,
    /// Its reference number.
    pub number: i64,
    /// What became of it.
    pub state: ReportState,
    /// The day on which it was submitted.
    pub submitted_on: Date,
    /// The kind, an id of the policy's vocabulary.
    pub category: String,
    /// Where.
    pub place: String,
    /// The reason for a rejection.
    pub decision: Option<String>,
    /// What became of it since its sender last looked.
    pub news: Option<News>,
}

/// One's own reports here, newest first, after a number (0: from the newest).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn own(
    tx: &mut Tx<ListOwnReports>,
    before: Option<i64>,
    size: u32,
) -> Result<Vec<Own>, StoreError> {
    let org = org(tx);
    let Some(account) = tx.permit.standing().account else { return Ok(Vec::new()) };
    let today = tx.inner.ctx.today();
    let text = sql!(
        "SELECT id, number, state, submitted_on, sealed, decision, news FROM reports \
         WHERE account_id = $1 AND org_id = $2 AND number < $3 AND (erase_on IS NULL OR erase_on > $4) \
         AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = reports.incident_id AND i.delete_on <= $4) \
         ORDER BY number DESC LIMIT $5"
    );
    let before = before.unwrap_or(i64::MAX);
    let rows = tx.inner.rows(text, args![account, org, before, today, size]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<uuid::Uuid>, _>>()?;
    let keys = tx.inner.keys_of(&ids).await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: ReportId = row.id("id")?;
        let key = keys.get(&id.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let report: Report = keys::open(key, "reports", "sealed", id.0, &row.bytes("sealed")?)?;
        let decision = row.opt_bytes("decision")?;
        list.push(Own {
            id,
            number: row.int("number")?,
            state: row.word("state")?,
            submitted_on: row.date("submitted_on")?,
            category: report.category,
            place: report.place,
            decision: decision.map(|d| keys::open(key, "reports", "decision", id.0, &d)).transpose()?,
            news: row.opt_word("news")?,
        });
    }
    Ok(list)
}

/// Notes that the sender has seen what became of their report.
///
/// # Errors
/// The engine's.
pub async fn seen(tx: &mut Tx<ListOwnReports>, report: ReportId) -> Result<(), StoreError> {
    let org = org(tx);
    let Some(account) = tx.permit.standing().account else { return Ok(()) };
    let text = sql!(
        "UPDATE reports SET news = NULL, news_at = NULL \
         WHERE id = $1 AND account_id = $2 AND org_id = $3 AND news IS NOT NULL"
    );
    tx.inner.exec(text, args![report, account, org]).await?;
    Ok(())
}

/// Tells those who reported somebody that they have a name now, but for whoever it came from.
pub(crate) async fn tell_of_name(
    inner: &mut Inner,
    subject: SubjectId,
    but: Option<AccountId>,
) -> Result<(), StoreError> {
    let text = sql!(
        "UPDATE reports SET news = 'named', news_at = $2 WHERE state = 'approved' \
         AND id IN (SELECT report_id FROM people WHERE subject_id = $1 AND state = 'linked') \
         AND account_id <> COALESCE($3, org_id)"
    );
    inner.exec(text, args![subject, inner.ctx.now(), but]).await?;
    Ok(())
}

/// Something that became of a report and that its sender has not seen yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// The report; none where a name was sent for somebody.
    pub report: Option<ReportId>,
    /// Its reference number, or that of the person.
    pub number: i64,
    /// What became of it.
    pub news: News,
}

/// What became of somebody's reports in an organisation since they last looked, newest first: for the head of every
/// page, so it is asked without a permit, holds references and kinds alone, and opens nothing. After four weeks
/// nobody is told any more; the list of their reports still marks it.
///
/// # Errors
/// The engine's.
pub async fn news(
    store: &Store,
    ctx: &Ctx,
    org: OrgId,
    account: AccountId,
) -> Result<Vec<Unseen>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let since = ctx.now() - SignedDuration::from_hours(28 * 24);
    let text = sql!(
        "SELECT id, number, news, news_at AS told_at FROM reports WHERE account_id = $1 AND org_id = $2 AND news_at > $3 \
         AND news IS NOT NULL AND (erase_on IS NULL OR erase_on > $4) \
         AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = reports.incident_id AND i.delete_on <= $4) \
         UNION ALL \
         SELECT NULL, s.number, i.state, i.decided_at FROM intelligence i JOIN subjects s ON s.id = i.subject_id \
         WHERE i.account_id = $1 AND i.org_id = $2 AND i.news IS NOT NULL AND i.decided_at > $3 \
         AND (i.erase_on IS NULL OR i.erase_on > $4) AND s.stage <> 'frozen' \
         AND (s.delete_on IS NULL OR s.delete_on > $4) ORDER BY told_at DESC, number DESC LIMIT 50"
    );
    let rows = inner.rows(text, args![account, org, since, ctx.today()]).await?;
    rows.iter()
        .map(|row| {
            let report: Option<ReportId> = row.opt_id("id")?;
            let news = match report {
                Some(_) => row.word("news")?,
                None => match row.word("news")? {
                    TipState::Accepted => News::Approved,
                    TipState::Rejected | TipState::Waiting => News::Rejected,
                },
            };
            Ok(Unseen { report, number: row.int("number")?, news })
        })
        .collect()
}

/// One's own report.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show_own(tx: &mut Tx<ShowOwnReport>) -> Result<Held, StoreError> {
    let OneReport(id) = *tx.permit.target();
    let mut held = held(&mut tx.inner, id).await?.ok_or_else(|| StoreError::corrupt("a report"))?;
    // What others added to it is not theirs to see.
    let account = tx.permit.standing().account;
    held.evidence.retain(|evidence| Some(evidence.added_by) == account);
    tx.saw(held.evidence.iter().map(|evidence| evidence.id.0));
    // Nor are people whom review added: nobody sends a person of whom nothing is said.
    let nothing = Some(Person::default());
    held.people.retain(|held| held.proposed.is_some() || held.person != nothing);
    Ok(held)
}

/// Throws away drafts that are past their time.
pub(crate) async fn expire_drafts(inner: &mut crate::door::Inner) -> Result<u64, StoreError> {
    let now = inner.ctx.real_now();
    let old = inner.rows(sql!("SELECT id FROM drafts WHERE expires_at <= $1"), args![now]).await?;
    for row in &old {
        drafts::destroy(inner, row.id("id")?).await?;
    }
    Ok(old.len() as u64)
}

//! What people write from outside (PUB-2, PUB-3).
//!
//! [`receive`] has no permit: anybody may write. It asks nothing about the reference that was typed, so that neither
//! answer nor time can tell whether there is such a letter.
use crate::{
    accounts::{self, Attempt},
    audit,
    dialect::{Row, args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    facts, keys, mail, orgs, subjects,
};
use fairwatch_core::{
    enquiries::{
        AnswerEnquiry, Enquiry, EnquiryState, ListEnquiries, OneEnquiry, OpenEnquiry, Purpose, RECEIVED,
        RemoveEnquiry, erased_on,
    },
    gate::{AuditClass, Ctx},
    ids::{AccountId, EnquiryId, OrgId, SubjectId},
    letters::{Kind, Reference},
    mail as letters,
    policy::Policy,
    scope::Scope,
    world::london_date,
};
use jiff::{Timestamp, civil::Date};

/// So many may wait in one scheme; whoever floods it finds a closed door instead of a full disk.
const MOST_WAITING: i64 = 500;

/// What came of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// It was received.
    Received(EnquiryId),
    /// The same network has sent too much: not before so long.
    Wait(jiff::SignedDuration),
    /// Too much waits here already.
    Full,
}

/// Receives what somebody wrote to an organisation.
///
/// # Errors
/// The engine's; [`StoreError::Hidden`] where there is no such organisation.
pub async fn receive(
    store: &Store,
    ctx: &Ctx,
    org: OrgId,
    purpose: Purpose,
    network: &str,
    enquiry: &Enquiry,
) -> Result<Receipt, StoreError> {
    let mut inner = store.machinery(ctx).await?;
    let scope = orgs::scope(&mut inner, org).await?.ok_or(fairwatch_core::gate::Hidden)?;
    if let Attempt::Wait(wait) = accounts::count_message(&mut inner, network).await? {
        return Ok(Receipt::Wait(wait));
    }
    let text = sql!("SELECT COUNT(*) AS n FROM enquiries WHERE org_id = $1 AND state = 'waiting'");
    if inner.one(text, args![org]).await?.int("n")? >= MOST_WAITING {
        return Ok(Receipt::Full);
    }
    let id: EnquiryId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "enquiry").await?;
    let sealed = inner.seal(&key, "enquiries", "sealed", id.0, enquiry)?;
    let text = sql!(
        "INSERT INTO enquiries (id, org_id, purpose, state, received_at, received_on, answer_by, erase_on, sealed) \
         VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8)"
    );
    let answer_by = purpose.answer_by(&scope.policy, scope.today);
    let erase_on = erased_on(&scope.policy, purpose, scope.today, None);
    let values = args![id, org, purpose.name(), inner.ctx.now(), scope.today, answer_by, erase_on, sealed];
    inner.exec(text, values).await?;
    let about = vec![id.0];
    audit::record(&mut inner, org.0, "nobody".into(), String::new(), RECEIVED, AuditClass::Change, about)
        .await?;
    inner.db.commit().await?;
    Ok(Receipt::Received(id))
}

/// What somebody wrote, as it is kept.
#[derive(Clone, Debug)]
pub struct Held {
    /// The enquiry.
    pub id: EnquiryId,
    /// What they write for.
    pub purpose: Purpose,
    /// What became of it.
    pub state: EnquiryState,
    /// When it came.
    pub received_at: Timestamp,
    /// The day by which they are answered.
    pub answer_by: Date,
    /// The day on which it is deleted.
    pub erase_on: Date,
    /// Who answered.
    pub answered_by: Option<AccountId>,
    /// What they wrote.
    pub enquiry: Enquiry,
}

fn held(row: &Row, key: &fairwatch_vault::DataKey) -> Result<Held, StoreError> {
    let id: EnquiryId = row.id("id")?;
    Ok(Held {
        id,
        purpose: row.word("purpose")?,
        state: row.word("state")?,
        received_at: row.instant("received_at")?,
        answer_by: row.date("answer_by")?,
        erase_on: row.date("erase_on")?,
        answered_by: row.opt_id("answered_by")?,
        enquiry: keys::open(key, "enquiries", "sealed", id.0, &row.bytes("sealed")?)?,
    })
}

/// Everything that is kept, what waits first, the oldest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListEnquiries>) -> Result<Vec<Held>, StoreError> {
    let org = tx.permit.target().0;
    let today = tx.inner.ctx.today();
    let text = sql!(
        "SELECT * FROM enquiries WHERE org_id = $1 AND erase_on > $2 \
         ORDER BY CASE state WHEN 'waiting' THEN 0 ELSE 1 END, answer_by, id LIMIT 600"
    );
    let (ids, list) = tx.inner.sealed_under_themselves(text, args![org, today], held).await?;
    tx.saw(ids);
    Ok(list)
}

/// How many wait: a count alone, for the controller's first page.
///
/// # Errors
/// The engine's.
pub(crate) async fn waiting(inner: &mut Inner, org: OrgId) -> Result<i64, StoreError> {
    let text =
        sql!("SELECT COUNT(*) AS n FROM enquiries WHERE org_id = $1 AND state = 'waiting' AND erase_on > $2");
    let today = inner.ctx.today();
    inner.one(text, args![org, today]).await?.int("n")
}

pub(crate) async fn one(inner: &mut Inner, id: EnquiryId) -> Result<Held, StoreError> {
    let row = inner.one(sql!("SELECT * FROM enquiries WHERE id = $1"), args![id]).await?;
    let key = inner.key(id.0).await?;
    held(&row, &key)
}

/// One of them.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn open(tx: &mut Tx<OpenEnquiry>) -> Result<(Held, Option<Matched>), StoreError> {
    let OneEnquiry(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let held = one(&mut tx.inner, id).await?;
    let matched = matched(&mut tx.inner, &scope, &held.enquiry.reference).await?;
    // Whose letter it is, is looked at with that.
    tx.saw(matched.iter().map(|matched| matched.subject.0));
    Ok((held, matched))
}

/// The letter that bears a reference.
#[derive(Clone, Debug)]
pub struct Matched {
    /// What it is.
    pub kind: Kind,
    /// To whom it went.
    pub subject: SubjectId,
    /// By number.
    pub number: i64,
    /// By name, where there is one.
    pub name: Option<String>,
    /// Whether it is about a decision against which somebody can appeal.
    pub appealable: bool,
}

/// Whose letter bears a reference that was typed, while that person is held.
async fn matched(inner: &mut Inner, scope: &Scope, typed: &str) -> Result<Option<Matched>, StoreError> {
    let Ok(reference) = typed.parse::<Reference>() else { return Ok(None) };
    let lookup = inner.store.keys().lookup("letter", &reference.key());
    let text = sql!("SELECT subject_id, kind, ends_on FROM letters WHERE lookup = $1 AND org_id = $2");
    let Some(row) = inner.opt(text, args![lookup, scope.org]).await? else { return Ok(None) };
    if row.date("ends_on")? <= scope.today {
        return Ok(None);
    }
    let subject: SubjectId = row.id("subject_id")?;
    let Some(facts) = facts::subject(inner, subject, None).await? else { return Ok(None) };
    if !facts.stage.is_live() {
        return Ok(None);
    }
    let number = inner.one(sql!("SELECT number FROM subjects WHERE id = $1"), args![subject]).await?;
    let kind: Kind = row.word("kind")?;
    Ok(Some(Matched {
        kind,
        number: number.int("number")?,
        name: subjects::profile(inner, subject).await?.name().map(str::to_owned),
        appealable: !matches!(kind, Kind::Notice | Kind::Lifting),
        subject,
    }))
}

/// Records how it was answered, and sends the answer to `to`, where it is to go by mail; from then on its time to the end
/// runs (PUB-2).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn answer(
    tx: &mut Tx<AnswerEnquiry>,
    how: &str,
    to: impl Fn(&Enquiry) -> Option<String>,
    is_known: bool,
    reach: &str,
) -> Result<(), StoreError> {
    let OneEnquiry(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let account = tx.permit.standing().account;
    let inner = &mut tx.inner;
    let held = one(inner, id).await?;
    let mut sent_to = to(&held.enquiry);
    if let Some(address) = &sent_to {
        let Enquiry { name, receipt, .. } = &held.enquiry;
        let letter = letters::answer(address, name, &scope.policy.scheme.name, receipt, how, reach);
        if !mail::queue(inner, id, None, &letter).await? {
            sent_to = None;
        }
    }
    let enquiry = Enquiry {
        answer: Some(how.to_owned()),
        is_known: is_known && sent_to.is_some(),
        sent_to,
        ..held.enquiry
    };
    let key = inner.key(id.0).await?;
    let sealed = inner.seal(&key, "enquiries", "sealed", id.0, &enquiry)?;
    let received = sql!("SELECT received_on FROM enquiries WHERE id = $1");
    let received = inner.one(received, args![id]).await?.date("received_on")?;
    let end = erased_on(&scope.policy, held.purpose, received, Some(scope.today));
    let text = sql!(
        "UPDATE enquiries SET state = 'answered', answered_at = $2, answered_by = $3, erase_on = $4, sealed = $5 \
         WHERE id = $1"
    );
    let values = args![id, inner.ctx.now(), account, end, sealed];
    inner.exec(text, values).await?;
    Ok(())
}

/// Deletes it, with its key and what was to be sent. The reason is kept with whoever deleted it, since nothing of the
/// enquiry is left under which it could be.
///
/// # Errors
/// The engine's.
pub async fn remove(tx: &mut Tx<RemoveEnquiry>, reason: Option<&str>) -> Result<(), StoreError> {
    let OneEnquiry(id) = *tx.permit.target();
    if let (Some(reason), Some(account)) = (reason, tx.permit.standing().account) {
        tx.because(account.0, reason);
    }
    destroy(&mut tx.inner, id).await
}

/// An enquiry, as far as the days of its end are worked out from it.
pub(crate) struct Dated {
    pub(crate) id: EnquiryId,
    pub(crate) purpose: Purpose,
    pub(crate) received_on: Date,
    pub(crate) answered_on: Option<Date>,
}

impl Dated {
    /// The day on which it is deleted under a policy.
    pub(crate) fn erased_on(&self, policy: &Policy) -> Date {
        erased_on(policy, self.purpose, self.received_on, self.answered_on)
    }
}

/// What came from outside, by its days (RET-15).
pub(crate) async fn dated(inner: &mut Inner, org: OrgId) -> Result<Vec<Dated>, StoreError> {
    let text =
        sql!("SELECT id, purpose, received_on, answered_at FROM enquiries WHERE org_id = $1 ORDER BY id");
    let rows = inner.rows(text, args![org]).await?;
    rows.iter()
        .map(|row| {
            Ok(Dated {
                id: row.id("id")?,
                purpose: row.word("purpose")?,
                received_on: row.date("received_on")?,
                answered_on: row.opt_instant("answered_at")?.map(london_date),
            })
        })
        .collect()
}

/// Gives every enquiry the days that another policy sets (RET-15).
pub(crate) async fn follow(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    for one in dated(inner, scope.org).await? {
        let text = sql!("UPDATE enquiries SET erase_on = $2, answer_by = $3 WHERE id = $1");
        let answer_by = one.purpose.answer_by(&scope.policy, one.received_on);
        inner.exec(text, args![one.id, one.erased_on(&scope.policy), answer_by]).await?;
    }
    Ok(())
}

/// It goes, with its key: its time is over, or what it says stands elsewhere now.
pub(crate) async fn destroy(inner: &mut Inner, id: EnquiryId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM enquiries WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// Destroys what is past its end in a scheme (RET-15).
pub(crate) async fn destroy_due(inner: &mut Inner, org: OrgId, today: Date) -> Result<u64, StoreError> {
    let text = sql!("SELECT id FROM enquiries WHERE org_id = $1 AND erase_on <= $2 ORDER BY id");
    let due = inner.rows(text, args![org, today]).await?;
    for row in &due {
        destroy(inner, row.id("id")?).await?;
    }
    Ok(due.len() as u64)
}

//! Loading what the gate must know about a target, in the transaction that acts on it.
use crate::{
    dialect::{Lock, Row, args, sql},
    door::Inner,
    error::StoreError,
    incidents, ledger, orgs, pictures, subjects,
};
use fairwatch_core::{
    accounts::{AccountFacts, OneAccount},
    enquiries::{EnquiryFacts, OneEnquiry},
    evidence::{self as core_evidence, EvidenceFacts, Linked, OneEvidence},
    gate::{Facts, Target},
    ids::{AccountId, IncidentId, LetterId, OrgId, ReportId, SubjectId},
    incidents::{IncidentFacts, OneIncident, OneReport, ReportFacts},
    intelligence::{OneTip, TipFacts},
    joining::{ApplicationFacts, OneApplication},
    letters::{ExemptionFacts, LetterFacts, OneAttempt, OneExemption, OneLetter},
    pictures::{OnePicture, Owner, PictureFacts},
    scope::{InOrg, Installation, Scope},
    subjects::{OneSubject, PairFacts, SubjectFacts, TwoSubjects, picks},
};
use std::future::Future;
use uuid::Uuid;

/// Facts that this store can load for a target.
pub trait Load<T: Target>: Facts + Sized {
    /// Loads them; none where the target does not exist. `acting` says that a change will follow, so that what
    /// was read must not change under it.
    ///
    /// # Errors
    /// The engine's, or a damaged record.
    fn load(
        inner: &mut Inner,
        target: &T,
        acting: bool,
    ) -> impl Future<Output = Result<Option<Self>, StoreError>> + Send;
}

/// What an action rests on is locked, its target alone. What is asked beside it, such as who of an incident is still
/// there, is read as it is: whoever erases locks subjects first, then incidents, then reports and pictures, and a look
/// that took the same the other way round would wait for it while it waits for the look.
pub(crate) fn lock(acting: bool) -> Lock {
    if acting { Lock::Update } else { Lock::Share }
}

impl Load<Installation> for Installation {
    async fn load(_: &mut Inner, _: &Installation, _: bool) -> Result<Option<Self>, StoreError> {
        Ok(Some(Self))
    }
}

impl Load<InOrg> for Scope {
    async fn load(inner: &mut Inner, target: &InOrg, _: bool) -> Result<Option<Self>, StoreError> {
        orgs::scope(inner, target.0).await
    }
}

impl Load<OneAccount> for AccountFacts {
    async fn load(inner: &mut Inner, target: &OneAccount, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!("SELECT id FROM accounts WHERE id = $1");
        let row = inner.db.opt_locked(text, args![target.0], lock(acting)).await?;
        Ok(row.map(|_| Self { account: target.0 }))
    }
}

impl Load<OneSubject> for SubjectFacts {
    async fn load(inner: &mut Inner, target: &OneSubject, acting: bool) -> Result<Option<Self>, StoreError> {
        subject(inner, target.0, Some(lock(acting))).await
    }
}

/// Of another organisation's records nothing is found, locked or worked out: they answer as those that do not exist
/// do, and as fast (VIS-7).
pub(crate) async fn row(
    inner: &mut Inner,
    text: &'static str,
    id: Uuid,
    lock: Option<Lock>,
) -> Result<Option<Row>, StoreError> {
    let values = args![id, inner.within];
    match lock {
        Some(lock) => inner.db.opt_locked(text, values, lock).await,
        None => inner.opt(text, values).await,
    }
}

pub(crate) async fn subject(
    inner: &mut Inner,
    id: SubjectId,
    lock: Option<Lock>,
) -> Result<Option<SubjectFacts>, StoreError> {
    let text = sql!("SELECT org_id, sealed FROM subjects WHERE id = $1 AND org_id = COALESCE($2, org_id)");
    let Some(row) = row(inner, text, id.0, lock).await? else { return Ok(None) };
    let org: OrgId = row.id("org_id")?;
    let Some(scope) = orgs::scope(inner, org).await? else { return Ok(None) };
    let life = match ledger::life(inner, &scope, id, &row.bytes("sealed")?).await {
        Ok(life) => life,
        // Nothing kept them from being erased while they were read.
        Err(_) if lock.is_none() && is_gone(inner, id).await? => return Ok(None),
        Err(error) => return Err(error),
    };
    // What nobody acts on names nobody who was picked: then nobody sees more than any member.
    let picked = match lock {
        Some(_) => picks::on(&subjects::picks::all(inner, id).await?, scope.today),
        None => Vec::new(),
    };
    Ok(Some(SubjectFacts {
        stage: life.stage(),
        members_see: life.members_see(),
        subject: id,
        picked,
        scope,
    }))
}

/// Whether a subject that was read without a lock has been erased since.
pub(crate) async fn is_gone(inner: &mut Inner, id: SubjectId) -> Result<bool, StoreError> {
    Ok(inner.opt(sql!("SELECT id FROM subjects WHERE id = $1"), args![id]).await?.is_none())
}

impl Load<TwoSubjects> for PairFacts {
    async fn load(inner: &mut Inner, target: &TwoSubjects, acting: bool) -> Result<Option<Self>, StoreError> {
        // Locked in the order of their ids, so that two moves between the same two cannot wait for each other.
        let (first, second) = (target.0.min(target.1), target.0.max(target.1));
        let first = subject(inner, first, Some(lock(acting))).await?;
        let second = subject(inner, second, Some(lock(acting))).await?;
        let (Some(first), Some(second)) = (first, second) else { return Ok(None) };
        let (from, to) = if first.subject == target.0 { (first, second) } else { (second, first) };
        Ok(Some(Self { from, to }))
    }
}

impl Load<OneReport> for ReportFacts {
    async fn load(inner: &mut Inner, target: &OneReport, acting: bool) -> Result<Option<Self>, StoreError> {
        report(inner, target.0, acting).await
    }
}

pub(crate) async fn report(
    inner: &mut Inner,
    id: ReportId,
    acting: bool,
) -> Result<Option<ReportFacts>, StoreError> {
    report_locked(inner, id, Some(lock(acting))).await
}

pub(crate) async fn report_locked(
    inner: &mut Inner,
    id: ReportId,
    lock: Option<Lock>,
) -> Result<Option<ReportFacts>, StoreError> {
    let text = sql!(
        "SELECT org_id, incident_id, number, account_id, state, submitted_at, submitted_on, occurred_on, erase_on, \
         (SELECT i.delete_on FROM incidents i WHERE i.id = reports.incident_id) AS over_on, \
         (SELECT COUNT(*) FROM people p WHERE p.sealed IS NULL \
         AND (p.report_id = reports.id OR p.incident_id = reports.incident_id)) AS silenced FROM reports \
         WHERE id = $1 AND org_id = COALESCE($2, org_id)"
    );
    let Some(row) = row(inner, text, id.0, lock).await? else { return Ok(None) };
    let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
    // Reading enforces the end, whether or not the sweep has come by (RET-10, RET-15).
    let ends = [row.opt_date("erase_on")?, row.opt_date("over_on")?];
    if ends.into_iter().flatten().any(|end| end <= scope.today) {
        return Ok(None);
    }
    let incident: Option<IncidentId> = row.opt_id("incident_id")?;
    if incidents::present(inner, incident).await?.is_nobody() {
        return Ok(None);
    }
    Ok(Some(ReportFacts {
        report: id,
        number: row.int("number")?,
        incident,
        submitter: row.id("account_id")?,
        state: row.word("state")?,
        submitted_at: row.instant("submitted_at")?,
        submitted_on: row.date("submitted_on")?,
        occurred_on: row.date("occurred_on")?,
        silenced: row.int("silenced")? > 0,
        scope,
    }))
}

impl Load<OneIncident> for IncidentFacts {
    async fn load(inner: &mut Inner, target: &OneIncident, acting: bool) -> Result<Option<Self>, StoreError> {
        incident(inner, target.0, acting).await
    }
}

pub(crate) async fn incident(
    inner: &mut Inner,
    id: IncidentId,
    acting: bool,
) -> Result<Option<IncidentFacts>, StoreError> {
    let text =
        sql!("SELECT org_id, delete_on FROM incidents WHERE id = $1 AND org_id = COALESCE($2, org_id)");
    let Some(row) = row(inner, text, id.0, Some(lock(acting))).await? else { return Ok(None) };
    let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
    if incidents::present(inner, Some(id)).await?.is_nobody() {
        return Ok(None);
    }
    Ok(Some(IncidentFacts { incident: id, delete_on: row.opt_date("delete_on")?, scope }))
}

impl Load<OneEnquiry> for EnquiryFacts {
    async fn load(inner: &mut Inner, target: &OneEnquiry, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, state, purpose, erase_on FROM enquiries WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = row(inner, text, target.0.0, Some(lock(acting))).await? else { return Ok(None) };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let is_over = row.date("erase_on")? <= scope.today;
        Ok((!is_over).then_some(Self { state: row.word("state")?, purpose: row.word("purpose")?, scope }))
    }
}

impl Load<OneApplication> for ApplicationFacts {
    async fn load(
        inner: &mut Inner,
        target: &OneApplication,
        acting: bool,
    ) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, state, erase_on FROM applications WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(row) = row(inner, text, target.0.0, Some(lock(acting))).await? else { return Ok(None) };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let is_over = row.date("erase_on")? <= scope.today;
        Ok((!is_over).then_some(Self { state: row.word("state")?, scope }))
    }
}

impl Load<OneTip> for TipFacts {
    async fn load(inner: &mut Inner, target: &OneTip, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT subject_id, state, erase_on FROM intelligence WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        // Subjects are locked before what belongs to them; the tip stands still as long as its subject does.
        let Some(found) = row(inner, text, target.0.0, None).await? else { return Ok(None) };
        let Some(subject) = subject(inner, found.id("subject_id")?, Some(lock(acting))).await? else {
            return Ok(None);
        };
        let Some(found) = row(inner, text, target.0.0, Some(lock(acting))).await? else { return Ok(None) };
        if found.opt_date("erase_on")?.is_some_and(|end| end <= subject.scope.today) {
            return Ok(None);
        }
        Ok(Some(Self { scope: subject.scope.clone(), tip: target.0, subject, state: found.word("state")? }))
    }
}

impl Load<OneLetter> for LetterFacts {
    async fn load(inner: &mut Inner, target: &OneLetter, acting: bool) -> Result<Option<Self>, StoreError> {
        letter(inner, target.0, acting).await
    }
}

impl Load<OneAttempt> for LetterFacts {
    async fn load(inner: &mut Inner, target: &OneAttempt, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!("SELECT letter_id, ends_on FROM service_attempts WHERE id = $1");
        let Some(row) = inner.opt(text, args![target.0]).await? else { return Ok(None) };
        let Some(facts) = letter(inner, row.id("letter_id")?, acting).await? else { return Ok(None) };
        Ok((row.date("ends_on")? > facts.scope.today).then_some(facts))
    }
}

/// A letter is there until its own end, and while the person is: the day is compared, whether or not the sweep has come
/// by (RET-10).
async fn letter(inner: &mut Inner, id: LetterId, acting: bool) -> Result<Option<LetterFacts>, StoreError> {
    let text = sql!(
        "SELECT subject_id, kind, made_on, ends_on FROM letters WHERE id = $1 AND org_id = COALESCE($2, org_id)"
    );
    // Subjects are locked before what belongs to them.
    let Some(found) = row(inner, text, id.0, None).await? else { return Ok(None) };
    let Some(subject) = subject(inner, found.id("subject_id")?, Some(lock(acting))).await? else {
        return Ok(None);
    };
    let Some(found) = row(inner, text, id.0, Some(lock(acting))).await? else { return Ok(None) };
    // It may have gone over to another record that is the same person's.
    if found.id::<SubjectId>("subject_id")? != subject.subject
        || found.date("ends_on")? <= subject.scope.today
    {
        return Ok(None);
    }
    let (kind, made_on) = (found.word("kind")?, found.date("made_on")?);
    Ok(Some(LetterFacts { scope: subject.scope.clone(), letter: id, kind, made_on, subject }))
}

impl Load<OneExemption> for ExemptionFacts {
    async fn load(
        inner: &mut Inner,
        target: &OneExemption,
        acting: bool,
    ) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT subject_id, ended_on FROM notice_exemptions WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let Some(found) = row(inner, text, target.0.0, None).await? else { return Ok(None) };
        let Some(subject) = subject(inner, found.id("subject_id")?, Some(lock(acting))).await? else {
            return Ok(None);
        };
        let Some(found) = row(inner, text, target.0.0, Some(lock(acting))).await? else { return Ok(None) };
        if found.id::<SubjectId>("subject_id")? != subject.subject {
            return Ok(None);
        }
        let open = found.opt_text("ended_on")?.is_none();
        Ok(Some(Self { scope: subject.scope.clone(), exemption: target.0, open, subject }))
    }
}

impl Load<OnePicture> for PictureFacts {
    async fn load(inner: &mut Inner, target: &OnePicture, acting: bool) -> Result<Option<Self>, StoreError> {
        if let Some(found) = pictures::at_hand(inner, target.0).filter(|_| !acting) {
            let scope = found.facts.scope.clone();
            return Ok(Some(Self { scope, owner: Owner::Subject(Box::new(found.facts)) }));
        }
        let text = sql!(
            "SELECT org_id, owner_id, owner_kind, report_id FROM pictures WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        // A look locks whose picture it is, and not the picture before that.
        let Some(row) = row(inner, text, target.0.0, acting.then_some(Lock::Update)).await? else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let owner_id: Uuid = row.id("owner_id")?;
        let owner = match row.text("owner_kind")?.as_str() {
            "draft" => draft_owner(inner, owner_id).await?.map(Owner::Draft),
            "report" => match report(inner, ReportId(owner_id), false).await? {
                Some(facts) if incidents::may_show(inner, facts.incident, target.0).await? => {
                    Some(Owner::Report(Box::new(facts)))
                }
                _ => None,
            },
            "subject" => {
                let facts = subject(inner, SubjectId(owner_id), Some(Lock::Share)).await?;
                match facts {
                    Some(facts) if subjects::is_current(inner, &scope, facts.subject, target.0).await? => {
                        Some(Owner::Subject(Box::new(facts)))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        Ok(owner.map(|owner| Self { scope, owner }))
    }
}

async fn draft_owner(inner: &mut Inner, draft: Uuid) -> Result<Option<AccountId>, StoreError> {
    let row = inner.opt(sql!("SELECT account_id FROM drafts WHERE id = $1"), args![draft]).await?;
    row.map(|row| row.id("account_id")).transpose()
}

impl Load<OneEvidence> for EvidenceFacts {
    async fn load(inner: &mut Inner, target: &OneEvidence, acting: bool) -> Result<Option<Self>, StoreError> {
        evidence(inner, *target, Some(acting)).await
    }
}

/// The facts of evidence; with a lock for a change or a look, or none for a page that lists it beside something else.
/// The report is locked before the evidence, as by whoever destroys it.
pub(crate) async fn evidence(
    inner: &mut Inner,
    target: OneEvidence,
    acting: Option<bool>,
) -> Result<Option<EvidenceFacts>, StoreError> {
    let text = sql!(
        "SELECT org_id, owner_id, owner_kind, added_by, shared_at FROM evidence WHERE id = $1 AND org_id = COALESCE($2, org_id)"
    );
    let Some(found) = row(inner, text, target.0.0, None).await? else { return Ok(None) };
    let owner_id: Uuid = found.id("owner_id")?;
    let (owner, people) = if found.text("owner_kind")? == "report" {
        let lock = acting.map(lock);
        let Some(facts) = report_locked(inner, ReportId(owner_id), lock).await? else { return Ok(None) };
        let Some(people) = linked(inner, facts.incident).await? else { return Ok(None) };
        (core_evidence::Owner::Report(Box::new(facts)), people)
    } else {
        let Some(account) = draft_owner(inner, owner_id).await? else { return Ok(None) };
        (core_evidence::Owner::Draft(account), Vec::new())
    };
    // Again, now that its owner stands still: it may have gone, or gone over from draft to report.
    let Some(again) = row(inner, text, target.0.0, acting.map(lock)).await? else { return Ok(None) };
    if again.text("owner_kind")? != found.text("owner_kind")? {
        return Ok(None);
    }
    let Some(scope) = orgs::scope(inner, again.id("org_id")?).await? else { return Ok(None) };
    Ok(Some(EvidenceFacts {
        scope,
        owner,
        added_by: again.id("added_by")?,
        shared: again.opt_int("shared_at")?.is_some(),
        released: crate::evidence::released(inner, target.0).await?,
        people,
    }))
}

/// Everybody who is linked to an incident, by the clock; none where anybody is gone: nobody knows whom a clip shows, so
/// it may show them, whether or not the sweep has come by (INC-9, RET-10).
async fn linked(inner: &mut Inner, incident: Option<IncidentId>) -> Result<Option<Vec<Linked>>, StoreError> {
    let Some(incident) = incident else { return Ok(Some(Vec::new())) };
    if incidents::present(inner, Some(incident)).await?.is_anybody_gone() {
        return Ok(None);
    }
    let text = sql!(
        "SELECT DISTINCT subject_id FROM people WHERE incident_id = $1 AND subject_id IS NOT NULL ORDER BY subject_id"
    );
    let mut people = Vec::new();
    for row in inner.rows(text, args![incident]).await? {
        let Some(facts) = subject(inner, row.id("subject_id")?, None).await? else { return Ok(None) };
        people.push(Linked { stage: facts.stage, members_see: facts.members_see });
    }
    Ok(Some(people))
}

//! Appeals against warnings and exclusions, and what they change at once (EXC-5).
use super::cases::{self, Case};
use crate::{
    accounts::members,
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    enquiries,
    error::StoreError,
    facts::Load,
    incidents::reporting,
    keys, orgs,
};
use fairwatch_core::{
    accounts::Business,
    exclusions::{
        Choice, InForce, Kind, OneProposal, Proposal, ProposalFacts, ProposalState, Scope as From, Variation,
        appeals::{
            Appeal, AppealFacts, AppealState, AskAppeal, DecideAppeal, Decision, ListAppeals, OneAppeal,
            Outcome, ReceiveAppeal, ShowAppeal, WithdrawAppeal, in_time_until,
        },
    },
    ids::{AccountId, AppealId, EnquiryId, ExclusionId, MemberId, OrgId, ProposalId, SubjectId},
    scope::{Scope, ends},
    subjects::OneSubject,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// An appeal as it is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// The appeal.
    pub id: AppealId,
    /// The decision against which it is, by id and number.
    pub proposal: (ProposalId, i64),
    /// The exclusion, where it is one.
    pub exclusion: Option<ExclusionId>,
    /// What became of it.
    pub state: AppealState,
    /// How it was decided.
    pub outcome: Option<Outcome>,
    /// The day on which it came.
    pub received_on: Date,
    /// The day by which it is decided.
    pub decide_by: Date,
    /// The day on which it was decided or taken back.
    pub decided_on: Option<Date>,
    /// What they say, and why it was decided as it was.
    pub says: Appeal,
}

fn read(row: &Row, key: &fairwatch_vault::DataKey) -> Result<Held, StoreError> {
    let id: AppealId = row.id("id")?;
    Ok(Held {
        id,
        proposal: (row.id("proposal_id")?, row.int("number")?),
        exclusion: row.opt_id("exclusion_id")?,
        state: row.word("state")?,
        outcome: row.opt_word("outcome")?,
        received_on: row.date("received_on")?,
        decide_by: row.date("decide_by")?,
        decided_on: row.opt_date("decided_on")?,
        says: keys::open(key, "appeals", "sealed", id.0, &row.bytes("sealed")?)?,
    })
}

/// All appeals of somebody, the newest first.
pub(crate) async fn of_subject(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
) -> Result<Vec<Held>, StoreError> {
    let text = sql!(
        "SELECT a.*, e.ends_on AS stands_until FROM appeals a \
         LEFT JOIN exclusions e ON e.id = a.exclusion_id AND e.state = 'in_force' \
         WHERE a.subject_id = $1 ORDER BY a.received_on DESC, a.id DESC"
    );
    let mut rows = inner.rows(text, args![subject]).await?;
    retain_kept(scope, &mut rows)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = inner.key(subject.0).await?;
    rows.iter().map(|row| read(row, &key)).collect()
}

/// Whether the policy still keeps an appeal: its period after the decision, and as long as the exclusion is in force
/// that it is about. Asked when it is read, whether or not the sweep has come by (RET-10, RET-15). The row has
/// `decided_on`, and `stands_until` where there is such an exclusion.
fn is_kept(scope: &Scope, row: &Row) -> Result<bool, StoreError> {
    let Some(decided) = row.opt_date("decided_on")? else { return Ok(true) };
    let stands = row.opt_date("stands_until")?.is_some_and(|until| until > scope.today);
    Ok(stands || ends(decided, scope.policy.keep.appeal.length) > scope.today)
}

/// Whether an appeal against a decision is kept still: what it is against is kept with it.
pub(super) async fn keep(inner: &mut Inner, scope: &Scope, proposal: ProposalId) -> Result<bool, StoreError> {
    let text = sql!(
        "SELECT a.decided_on, e.ends_on AS stands_until FROM appeals a \
         LEFT JOIN exclusions e ON e.id = a.exclusion_id AND e.state = 'in_force' WHERE a.proposal_id = $1"
    );
    for row in inner.rows(text, args![proposal]).await? {
        if is_kept(scope, &row)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn retain_kept(scope: &Scope, rows: &mut Vec<Row>) -> Result<(), StoreError> {
    let kept = rows.iter().map(|row| is_kept(scope, row)).collect::<Result<Vec<_>, _>>()?;
    let mut kept = kept.into_iter();
    rows.retain(|_| kept.next().unwrap_or(false));
    Ok(())
}

/// Something that can be appealed against: a warning that stands, or an exclusion that is in force.
#[derive(Clone, Debug)]
pub struct Appealable {
    /// The decision.
    pub proposal: ProposalId,
    /// Its number.
    pub number: i64,
    /// A warning or an exclusion.
    pub kind: Kind,
    /// The exclusion, where it is one.
    pub exclusion: Option<InForce>,
    /// The day on which it was decided.
    pub decided_on: Date,
    /// The day on which its letter was served, where it was.
    pub served_on: Option<Date>,
    /// The day from which on an appeal is late; none before it was served.
    pub late_from: Option<Date>,
}

impl Appealable {
    /// Whether an appeal that comes on a day is late.
    #[must_use]
    pub fn is_late(&self, day: Date) -> bool {
        self.late_from.is_some_and(|from| day >= from)
    }
}

/// The day on which the letter of a decision reached the person, where it did (EXC-4), and the day on which it was made.
async fn served(
    inner: &mut Inner,
    proposal: ProposalId,
    exclusion: Option<ExclusionId>,
) -> Result<Option<(Date, Date)>, StoreError> {
    let text = sql!(
        "SELECT a.attempted_on, l.made_on FROM service_attempts a JOIN letters l ON l.id = a.letter_id \
         WHERE a.outcome = 'served' AND ((l.kind = 'exclusion' AND l.exclusion_id = $1) \
         OR (l.kind = 'warning' AND l.proposal_id = $2)) ORDER BY a.attempted_on, l.made_on LIMIT 1"
    );
    let row = inner.opt(text, args![exclusion, proposal]).await?;
    row.map(|row| Ok((row.date("attempted_on")?, row.date("made_on")?))).transpose()
}

/// From when on an appeal is late: by what the letter said, or by today's policy where that gives longer.
async fn late_from(inner: &mut Inner, scope: &Scope, served: Date, made: Date) -> Result<Date, StoreError> {
    let then = orgs::policy_on(inner, scope.org, made).await?;
    Ok(in_time_until(&scope.policy, served).max(in_time_until(&then, served)))
}

async fn appealable(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
) -> Result<Vec<Appealable>, StoreError> {
    let in_force = super::in_force(inner, scope, subject).await?;
    let text = sql!(
        "SELECT p.id, p.number, p.kind, p.decided_on, e.id AS exclusion_id FROM proposals p \
         LEFT JOIN exclusions e ON e.proposal_id = p.id AND e.subject_id = p.subject_id \
         WHERE p.subject_id = $1 AND p.state = 'authorised' AND p.decided_on IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM appeals a WHERE a.proposal_id = p.id AND a.state = 'open') ORDER BY p.number DESC"
    );
    let mut found = Vec::new();
    for row in inner.rows(text, args![subject]).await? {
        let kind: Kind = row.word("kind")?;
        let of: Option<ExclusionId> = row.opt_id("exclusion_id")?;
        let exclusion = in_force.clone().filter(|now| Some(now.id) == of);
        if kind == Kind::Exclusion && exclusion.is_none() {
            continue;
        }
        let proposal: ProposalId = row.id("id")?;
        let served = served(inner, proposal, of).await?;
        let late_from = match served {
            Some((served, made)) => Some(late_from(inner, scope, served, made).await?),
            None => None,
        };
        found.push(Appealable {
            proposal,
            number: row.int("number")?,
            kind,
            exclusion,
            decided_on: row.date("decided_on")?,
            served_on: served.map(|(served, _)| served),
            late_from,
        });
    }
    Ok(found)
}

/// What somebody can appeal against today.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn ask(tx: &mut Tx<AskAppeal>) -> Result<Vec<Appealable>, StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    appealable(&mut tx.inner, &scope, subject).await
}

/// What came.
#[derive(Clone, Debug)]
pub struct New {
    /// The decision against which it is.
    pub proposal: ProposalId,
    /// Who appeals.
    pub by: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they say.
    pub says: String,
    /// Why it is heard although it came late.
    pub late: Option<String>,
    /// The day on which it came.
    pub received_on: Date,
    /// What was written on the public page, which goes with that.
    pub enquiry: Option<EnquiryId>,
}

/// Writes an appeal down. What was written on the public page is the appeal's then, and goes there.
///
/// # Errors
/// [`StoreError::Refused`] where there is no such decision to appeal against, or it is late and nothing is said of why
/// it is heard.
pub async fn receive(tx: &mut Tx<ReceiveAppeal>, new: New) -> Result<AppealId, StoreError> {
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let entered_by = reporting::reporter(tx).await?.profile.name;
    let inner = &mut tx.inner;
    let against = appealable(inner, &scope, subject).await?;
    let against = against.into_iter().find(|one| one.proposal == new.proposal).ok_or_else(|| {
        StoreError::RefusedAt(
            "against",
            "Choose a warning or an exclusion that stands, against which no appeal waits.".into(),
        )
    })?;
    if new.received_on > scope.today || new.received_on < against.decided_on {
        return Err(StoreError::RefusedAt(
            "received",
            "An appeal comes after the decision, and not in the future. Check the day.".into(),
        ));
    }
    let is_late = against.is_late(new.received_on);
    if is_late && new.late.is_none() {
        return Err(StoreError::RefusedAt("late", "It came late. Say why it is heard all the same.".into()));
    }
    if let Some(enquiry) = new.enquiry {
        take(inner, scope.org, enquiry).await?;
    }
    let id: AppealId = inner.ctx.new_id();
    let appeal = Appeal {
        by: new.by,
        contact: new.contact,
        says: new.says,
        late: new.late.filter(|_| is_late),
        entered_by,
        reason: None,
        decided_by: None,
    };
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "appeals", "sealed", id.0, &appeal)?;
    let text = sql!(
        "INSERT INTO appeals (id, org_id, subject_id, proposal_id, exclusion_id, number, state, received_on, decide_by, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9)"
    );
    let decide_by = ends(new.received_on, scope.policy.exclusions.appeal_decided.length);
    let exclusion = against.exclusion.map(|exclusion| exclusion.id);
    let values = args![
        id,
        scope.org,
        subject,
        against.proposal,
        exclusion,
        against.number,
        new.received_on,
        decide_by,
        sealed
    ];
    inner.exec(text, values).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// Takes what was written on the public page of the same scheme, if it still waits.
async fn take(inner: &mut Inner, org: OrgId, enquiry: EnquiryId) -> Result<(), StoreError> {
    let text = sql!("SELECT id FROM enquiries WHERE id = $1 AND org_id = $2 AND state = 'waiting'");
    if inner.db.opt_locked(text, args![enquiry, org], Lock::Update).await?.is_none() {
        return Err(StoreError::refused("This message has been dealt with already."));
    }
    enquiries::destroy(inner, enquiry).await
}

impl Load<OneAppeal> for AppealFacts {
    async fn load(inner: &mut Inner, target: &OneAppeal, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT proposal_id, state, subject_id FROM appeals WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let ending = sql!(
            "SELECT a.decided_on, e.ends_on AS stands_until, a.proposal_id FROM appeals a \
             LEFT JOIN exclusions e ON e.id = a.exclusion_id AND e.state = 'in_force' \
             WHERE a.id = $1 AND a.org_id = COALESCE($2, a.org_id)"
        );
        let values = args![target.0, inner.within];
        let Some(found) = inner.opt(ending, values).await? else { return Ok(None) };
        let of = OneProposal(found.id("proposal_id")?);
        // The person and the proposal are locked before what belongs to them.
        let Some(proposal) = ProposalFacts::load(inner, &of, acting).await? else { return Ok(None) };
        let lock = if acting { Lock::Update } else { Lock::Share };
        let values = args![target.0, inner.within];
        let Some(row) = inner.db.opt_locked(text, values, lock).await? else { return Ok(None) };
        if row.id::<SubjectId>("subject_id")? != proposal.subject.subject
            || !is_kept(&proposal.scope, &found)?
        {
            return Ok(None);
        }
        let mut had_a_part: BTreeSet<AccountId> = proposal.kept_out.keys().copied().collect();
        let text = sql!(
            "SELECT proposed_by AS account_id FROM proposals WHERE id = $1 \
             UNION SELECT account_id FROM proposal_votes WHERE proposal_id = $1 AND choice <> $2"
        );
        for row in inner.rows(text, args![of.0, Choice::Abstain.name()]).await? {
            had_a_part.insert(row.id("account_id")?);
        }
        Ok(Some(Self { state: row.word("state")?, appeal: target.0, proposal, had_a_part }))
    }
}

/// An appeal in a list: nothing by which anybody could tell on whom.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The appeal.
    pub id: AppealId,
    /// The number of the decision.
    pub number: i64,
    /// Whether it is against an exclusion.
    pub kind: Kind,
    /// What became of it.
    pub state: AppealState,
    /// How it was decided.
    pub outcome: Option<Outcome>,
    /// The day on which it came.
    pub received_on: Date,
    /// The day by which it is decided.
    pub decide_by: Date,
}

/// Appeals that wait, the most urgent first, and then those that were decided.
///
/// # Errors
/// The engine's.
pub async fn list(tx: &mut Tx<ListAppeals>) -> Result<Vec<Listed>, StoreError> {
    let scope = tx.permit.facts().clone();
    let text = sql!(
        "SELECT a.id, a.number, a.exclusion_id, a.state, a.outcome, a.received_on, a.decide_by, a.decided_on, \
         e.ends_on AS stands_until FROM appeals a JOIN subjects s ON s.id = a.subject_id \
         LEFT JOIN exclusions e ON e.id = a.exclusion_id AND e.state = 'in_force' WHERE a.org_id = $1 AND s.stage <> 'frozen' \
         AND (s.delete_on IS NULL OR s.delete_on > $2) \
         ORDER BY CASE a.state WHEN 'open' THEN 0 ELSE 1 END, a.decide_by, a.id LIMIT 200"
    );
    let mut rows = tx.inner.rows(text, args![scope.org, scope.today]).await?;
    retain_kept(&scope, &mut rows)?;
    let listed = rows
        .iter()
        .map(|row| {
            let exclusion: Option<ExclusionId> = row.opt_id("exclusion_id")?;
            Ok(Listed {
                id: row.id("id")?,
                number: row.int("number")?,
                kind: if exclusion.is_some() { Kind::Exclusion } else { Kind::Warning },
                state: row.word("state")?,
                outcome: row.opt_word("outcome")?,
                received_on: row.date("received_on")?,
                decide_by: row.date("decide_by")?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    tx.saw(listed.iter().map(|one| one.id.0));
    Ok(listed)
}

/// How many wait: a count alone.
pub(crate) async fn waiting(inner: &mut Inner, scope: &Scope) -> Result<i64, StoreError> {
    let text = sql!(
        "SELECT COUNT(*) AS n FROM appeals a JOIN subjects s ON s.id = a.subject_id \
         WHERE a.org_id = $1 AND a.state = 'open' AND s.stage <> 'frozen' AND (s.delete_on IS NULL OR s.delete_on > $2)"
    );
    inner.one(text, args![scope.org, scope.today]).await?.int("n")
}

/// An appeal, with the decision against which it is.
pub struct Opened {
    /// The appeal.
    pub held: Held,
    /// The decision.
    pub case: Case,
    /// The person, for whoever may know.
    pub subject: SubjectId,
    /// The exclusion as it stands, where it is one that does.
    pub exclusion: Option<super::Held>,
    /// From whose premises that is: of one from all, every member's.
    pub premises: Vec<(MemberId, Business)>,
}

async fn one(inner: &mut Inner, id: AppealId, subject: SubjectId) -> Result<Held, StoreError> {
    let row = inner.one(sql!("SELECT * FROM appeals WHERE id = $1"), args![id]).await?;
    let key = inner.key(subject.0).await?;
    read(&row, &key)
}

/// The appeal that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn show(tx: &mut Tx<ShowAppeal>) -> Result<Opened, StoreError> {
    let OneAppeal(id) = *tx.permit.target();
    let facts = tx.permit.facts().proposal.clone();
    let account = tx.permit.standing().account;
    let subject = facts.subject.subject;
    let inner = &mut tx.inner;
    let held = one(inner, id, subject).await?;
    let case = cases::case(inner, &facts, account).await?;
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![subject]).await?;
    let (_, ledger) = crate::ledger::load(inner, subject, &row.bytes("sealed")?).await?;
    let life = ledger.life(&facts.scope, facts.scope.today);
    let all = super::of_subject(inner, &facts.scope, subject, &ledger, &life).await?;
    let exclusion = all.into_iter().find(|one| Some(one.id) == held.exclusion);
    let premises = match &exclusion {
        Some(exclusion) if exclusion.scope == From::Scheme => {
            let mut all = members::all(inner, facts.scope.org).await?;
            all.sort_by_cached_key(|view| (view.business.name.to_lowercase(), view.member));
            all.into_iter().map(|view| (view.member, view.business)).collect()
        }
        Some(exclusion) => exclusion.premises.clone(),
        None => Vec::new(),
    };
    Ok(Opened { held, case, subject, exclusion, premises })
}

/// Decides on an appeal: what it changes holds in this transaction (EXC-5).
///
/// # Errors
/// [`StoreError::Refused`] for whoever had a part in the decision, and where the exclusion cannot be changed so.
pub async fn decide(tx: &mut Tx<DecideAppeal>, decision: &Decision, reason: &str) -> Result<(), StoreError> {
    let OneAppeal(id) = *tx.permit.target();
    let facts = tx.permit.facts().clone();
    let (scope, subject) = (facts.proposal.scope.clone(), facts.proposal.subject.subject);
    let account = tx.permit.standing().account.ok_or_else(|| StoreError::refused("Sign in first."))?;
    if facts.had_a_part.contains(&account) {
        return Err(StoreError::refused(
            "You had a part in this decision, or in what was reported, so that others hear the appeal.",
        ));
    }
    let decided_by = reporting::reporter(tx).await?.profile.name;
    let inner = &mut tx.inner;
    let held = one(inner, id, subject).await?;
    let outcome = decision.outcome();
    if !Outcome::of(facts.proposal.kind).contains(&outcome) {
        return Err(StoreError::RefusedAt("outcome", "A warning stands, or it does not.".into()));
    }
    // Written down first: what is done next may end the person's record.
    let appeal =
        Appeal { reason: Some(reason.to_owned()), decided_by: Some(decided_by), ..held.says.clone() };
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "appeals", "sealed", id.0, &appeal)?;
    let text = sql!(
        "UPDATE appeals SET state = 'decided', outcome = $2, decided_on = $3, decided_by = $4, sealed = $5 WHERE id = $1"
    );
    inner.exec(text, args![id, outcome.name(), scope.today, account, sealed]).await?;
    inner.touched(subject.0);
    apply(inner, &scope, &facts, &held, decision, reason).await?;
    tx.because(subject.0, reason);
    Ok(())
}

async fn apply(
    inner: &mut Inner,
    scope: &Scope,
    facts: &AppealFacts,
    held: &Held,
    decision: &Decision,
    reason: &str,
) -> Result<(), StoreError> {
    let Some(exclusion) = held.exclusion else {
        return if *decision == Decision::Lift { void_warning(inner, facts, reason).await } else { Ok(()) };
    };
    let what = match decision {
        Decision::Uphold => return Ok(()),
        Decision::Shorten(ends_on) => {
            super::change_end(inner, scope, exclusion, *ends_on).await?;
            "Shortened on appeal"
        }
        Decision::Narrow(premises) => {
            super::narrow(inner, scope, exclusion, premises).await?;
            "Narrowed on appeal"
        }
        Decision::Lift => {
            let in_force = super::in_force(inner, scope, facts.proposal.subject.subject).await?;
            // Of one that is over already the clock has nothing to end; that it did not stand is on record all the same.
            if in_force.is_some_and(|now| now.id == exclusion) {
                super::lift(inner, scope, exclusion).await?;
            }
            "Lifted on appeal"
        }
    };
    let change = Variation { on: scope.today, what: what.to_owned(), reason: reason.to_owned() };
    super::note(inner, exclusion, change).await
}

/// A warning that did not stand counts towards nothing any more.
async fn void_warning(inner: &mut Inner, facts: &AppealFacts, reason: &str) -> Result<(), StoreError> {
    let (id, subject) = (facts.proposal.proposal, facts.proposal.subject.subject);
    let row = inner.one(sql!("SELECT sealed FROM proposals WHERE id = $1"), args![id]).await?;
    let key = inner.key(subject.0).await?;
    let says: Proposal = keys::open(&key, "proposals", "sealed", id.0, &row.bytes("sealed")?)?;
    let says = Proposal { overturned: Some(reason.to_owned()), ..says };
    let sealed = inner.seal(&key, "proposals", "sealed", id.0, &says)?;
    let text = sql!("UPDATE proposals SET state = $2, sealed = $3 WHERE id = $1");
    inner.exec(text, args![id, ProposalState::Withdrawn.name(), sealed]).await?;
    Ok(())
}

/// Records that an appeal was taken back.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn withdraw(tx: &mut Tx<WithdrawAppeal>, reason: &str) -> Result<(), StoreError> {
    let OneAppeal(id) = *tx.permit.target();
    let (scope, subject) =
        (tx.permit.facts().proposal.scope.clone(), tx.permit.facts().proposal.subject.subject);
    let inner = &mut tx.inner;
    let held = one(inner, id, subject).await?;
    let appeal = Appeal { reason: Some(reason.to_owned()), ..held.says };
    let key = inner.key(subject.0).await?;
    let sealed = inner.seal(&key, "appeals", "sealed", id.0, &appeal)?;
    let text = sql!("UPDATE appeals SET state = 'withdrawn', decided_on = $2, sealed = $3 WHERE id = $1");
    inner.exec(text, args![id, scope.today, sealed]).await?;
    tx.because(subject.0, reason);
    Ok(())
}

/// Destroys the appeals of somebody who goes.
pub(super) async fn destroy(inner: &mut Inner, subject: SubjectId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM appeals WHERE subject_id = $1"), args![subject]).await?;
    Ok(())
}

/// Destroys what the policy keeps no longer, but not before the exclusion that it is about is over (RET-15).
pub(crate) async fn sweep(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT a.id, a.decided_on, e.ends_on AS stands_until FROM appeals a \
         LEFT JOIN exclusions e ON e.id = a.exclusion_id AND e.state = 'in_force' \
         WHERE a.org_id = $1 AND a.decided_on IS NOT NULL"
    );
    for row in inner.rows(text, args![scope.org]).await? {
        if !is_kept(scope, &row)? {
            let id: AppealId = row.id("id")?;
            inner.exec(sql!("DELETE FROM appeals WHERE id = $1"), args![id]).await?;
        }
    }
    Ok(())
}

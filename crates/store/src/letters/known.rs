//! What is known of people, from which it is worked out what is outstanding (NOT-5). One reading for a whole scheme, and
//! for one person alike, so that list and page cannot differ.
use super::{About, Held, all, exemptions, matter};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
    ledger::{self, Ledger, Life},
};
use fairwatch_core::{
    clocks::Stage,
    gate::{Action, Standing},
    ids::{LetterId, SubjectId},
    letters::{
        Kind, ListOutstanding, Written,
        due::{self, Known, Made, Outstanding},
        reads_letters,
        service::Outcome,
    },
    scope::Scope,
    subjects::{OneSubject, SubjectFacts},
};
use jiff::civil::Date;
use std::collections::HashMap;
use uuid::Uuid;

/// What was decided, made, served and exempted, by person; of one, or of all in a scheme.
async fn gathered(
    inner: &mut Inner,
    scope: &Scope,
    of: Option<SubjectId>,
) -> Result<HashMap<SubjectId, Known>, StoreError> {
    let mut known: HashMap<SubjectId, Known> = HashMap::new();
    let mut owner: HashMap<LetterId, (SubjectId, usize)> = HashMap::new();
    let text = sql!(
        "SELECT id, subject_id, kind, proposal_id, exclusion_id, appeal_id, with_notice, made_on, ends_on, sealed \
         FROM letters \
         WHERE org_id = $1 AND subject_id = COALESCE($2, subject_id) ORDER BY made_at, id"
    );
    let rows = inner.rows(text, args![scope.org, of.map(|id| id.0)]).await?;
    let telling = rows.iter().filter(|row| {
        row.opt_id::<Uuid>("exclusion_id").is_ok_and(|id| id.is_some())
            && row.opt_bytes("sealed").is_ok_and(|sealed| sealed.is_some())
    });
    let telling = telling.map(|row| row.id::<Uuid>("id")).collect::<Result<Vec<_>, _>>()?;
    let opened = inner.keys_of(&telling).await?;
    for row in &rows {
        let (id, subject): (LetterId, SubjectId) = (row.id("id")?, row.id("subject_id")?);
        let kind: Kind = row.word("kind")?;
        let about = About::read(row)?;
        // The day is compared, whether or not the sweep has come by (RET-10).
        let ended = row.date("ends_on")? <= scope.today;
        let says = match opened.get(&id.0).filter(|_| !ended) {
            Some(key) => {
                let written: Written = keys::open(key, "letters", "sealed", id.0, &row.bytes("sealed")?)?;
                written.until.map(|until| (until, written.premises))
            }
            None => None,
        };
        let made = &mut known.entry(subject).or_default().made;
        owner.insert(id, (subject, made.len()));
        made.push(Made {
            id,
            kind,
            about: about.of(kind),
            exclusion: about.exclusion,
            on: row.date("made_on")?,
            with_notice: row.flag("with_notice")?,
            says,
            served: None,
            endeavoured: false,
            failed: None,
            ended,
        });
    }
    let text = sql!(
        "SELECT a.letter_id, a.attempted_on, a.outcome FROM service_attempts a JOIN letters l ON l.id = a.letter_id \
         WHERE l.org_id = $1 AND l.subject_id = COALESCE($2, l.subject_id) ORDER BY a.attempted_on, a.recorded_at"
    );
    for row in inner.rows(text, args![scope.org, of.map(|id| id.0)]).await? {
        let Some((subject, n)) = owner.get(&row.id("letter_id")?) else { continue };
        let Some(made) = known.get_mut(subject).and_then(|known| known.made.get_mut(*n)) else { continue };
        attempted(made, row.word("outcome")?, row.date("attempted_on")?);
    }
    let text = sql!(
        "SELECT id, subject_id, since_on, review_on, ended_on FROM notice_exemptions \
         WHERE org_id = $1 AND subject_id = COALESCE($2, subject_id) AND ended_on IS NULL"
    );
    for row in inner.rows(text, args![scope.org, of.map(|id| id.0)]).await? {
        known.entry(row.id("subject_id")?).or_default().exempt = exemptions::standing(&row)?;
    }
    for (subject, decided) in matter::decided(inner, scope, of).await? {
        known.entry(subject).or_default().decided.push(decided);
    }
    Ok(known)
}

fn attempted(made: &mut Made, outcome: Outcome, on: Date) {
    match outcome {
        Outcome::Served => made.served = Some(on),
        // A later attempt takes up again what was given up.
        Outcome::Endeavoured => made.endeavoured = true,
        Outcome::Failed => {
            made.endeavoured = false;
            made.failed = Some((made.failed.map_or(1, |(n, _)| n + 1), on));
        }
    }
}

/// When data were collected first, and when members first saw the person, by the clock.
fn days(life: &Life, ledger: &Ledger) -> (Option<Date>, Option<Date>) {
    let shown =
        life.segments.iter().find(|segment| segment.stage == Stage::Circulating && !segment.is_planned);
    (ledger.first_report(), shown.map(|segment| segment.from))
}

/// A person with what is outstanding.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The person.
    pub subject: SubjectId,
    /// Their number, which is their reference.
    pub number: i64,
    /// Their name, where it is known.
    pub name: Option<String>,
    /// What is to be done.
    pub what: Outstanding,
}

/// Everything that is outstanding in a scheme, soonest first (NOT-5); of the people alone whom the viewer may see (VIS-4).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn outstanding(tx: &mut Tx<ListOutstanding>) -> Result<Vec<Listed>, StoreError> {
    let (scope, standing) = (tx.permit.facts().clone(), tx.permit.standing().clone());
    let found = all_outstanding(&mut tx.inner, &scope, |facts| reads_letters(&standing, facts)).await?;
    let mut seen: Vec<Uuid> = found.iter().map(|one| one.subject.0).collect();
    seen.dedup();
    tx.saw(seen);
    Ok(found)
}

/// How many letters are outstanding in a scheme, and the day of the soonest: what the calendar of duties says of them,
/// which names nobody (DOC-4). One without a day is due at once: since the day from which it is outstanding.
pub(crate) async fn soonest(inner: &mut Inner, scope: &Scope) -> Result<Option<(Date, u64)>, StoreError> {
    let machine = Standing::machine();
    let found = all_outstanding(inner, scope, |facts| reads_letters(&machine, facts)).await?;
    let by = found.iter().map(|one| one.what.by.unwrap_or(one.what.since)).min();
    Ok(by.map(|by| (by, found.len() as u64)))
}

async fn all_outstanding(
    inner: &mut Inner,
    scope: &Scope,
    reads: impl Fn(&SubjectFacts) -> bool,
) -> Result<Vec<Listed>, StoreError> {
    let mut gathered = gathered(inner, scope, None).await?;
    let text = sql!(
        "SELECT id, number, sealed FROM subjects WHERE org_id = $1 AND stage <> 'frozen' ORDER BY number"
    );
    let mut found = Vec::new();
    for row in inner.rows(text, args![scope.org]).await? {
        let subject: SubjectId = row.id("id")?;
        let (profile, ledger) = ledger::load(inner, subject, &row.bytes("sealed")?).await?;
        let life = ledger.life(scope, scope.today);
        let facts = SubjectFacts {
            scope: scope.clone(),
            subject,
            stage: life.stage,
            members_see: life.members_see,
            picked: Vec::new(),
        };
        if !reads(&facts) {
            continue;
        }
        let mut known = gathered.remove(&subject).unwrap_or_default();
        (known.collected, known.circulated) = days(&life, &ledger);
        let number = row.int("number")?;
        let name = profile.name();
        for what in due::outstanding(&known, scope.policy.deadlines.notice.length, scope.today) {
            found.push(Listed { subject, number, name: name.map(str::to_owned), what });
        }
    }
    found.sort_by_key(|one| (one.what.by.unwrap_or(Date::MAX), one.what.since, one.number));
    Ok(found)
}

/// All about a person's letters, for their page and for the pages of one letter.
#[derive(Clone, Debug)]
pub struct Record {
    /// The letters that are kept, newest first.
    pub letters: Vec<Held>,
    /// The exemptions, newest first.
    pub exemptions: Vec<exemptions::Held>,
    /// What is to be done.
    pub outstanding: Vec<Outstanding>,
    /// What can be written today.
    pub possible: Vec<(Kind, Option<Uuid>)>,
    /// The day on which data were first collected.
    pub collected: Option<Date>,
    /// The day on which members first saw the person.
    pub circulated: Option<Date>,
    /// The last day on which the privacy notice is in time.
    pub notice_due: Option<Date>,
    /// The day on which the privacy notice was served.
    pub notice_served: Option<Date>,
}

/// Everything about the letters of the person that was allowed.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn of_subject<A>(tx: &mut Tx<A>) -> Result<Record, StoreError>
where
    A: Action<Target = OneSubject, Facts = SubjectFacts>,
{
    let OneSubject(subject) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let mut known = gathered(inner, &scope, Some(subject)).await?.remove(&subject).unwrap_or_default();
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![subject]).await?;
    let (_, ledger) = ledger::load(inner, subject, &row.bytes("sealed")?).await?;
    let life = ledger.life(&scope, scope.today);
    (known.collected, known.circulated) = days(&life, &ledger);
    let period = scope.policy.deadlines.notice.length;
    Ok(Record {
        letters: all(inner, subject, scope.today).await?,
        exemptions: exemptions::all(inner, subject).await?,
        outstanding: due::outstanding(&known, period, scope.today),
        possible: due::possible(&known, scope.today),
        notice_due: due::notice_due(known.collected, known.circulated, period),
        notice_served: due::notice_served(&known.made),
        collected: known.collected,
        circulated: known.circulated,
    })
}

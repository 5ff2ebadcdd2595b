//! What a change would do to the data as it stands (POL-5): asked of everybody's ledger, some at a time, each part read
//! in a transaction of its own and written down in a short one, so that 100,000 people cost memory for a few hundred
//! and keep nobody from working. Whoever is cut off goes on where they were.
use super::{applying, changes};
use crate::{
    dialect::{args, sql},
    door::Tx,
    enquiries,
    error::StoreError,
    incidents, joining, keys,
    ledger::{self, Ledger},
    subjects::ending::stub_ends,
};
use fairwatch_core::{
    clocks::{Facts, image_ends},
    ids::{PolicyChangeId, SubjectId},
    policies::{MeasureChange, TryChange},
    policy::{
        Category, Policy,
        changing::{Ends, Felt, Numbers, Other, Presence, Sight, dropped, holds, sights},
        retention::Retention,
    },
    scope::{Scope, ends},
    subjects::Profile,
};
use jiff::civil::Date;
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// So many people are looked at in one part.
const PART: i64 = 500;

/// A dry run under way.
#[derive(Clone, Debug)]
pub struct Trial {
    change: PolicyChangeId,
    run: Uuid,
    effective: Date,
    old: Arc<Policy>,
    new: Arc<Policy>,
}

/// What a part of it found.
#[derive(Debug)]
pub struct Measured {
    after: i64,
    last: Option<i64>,
    numbers: Numbers,
    felt: Vec<(SubjectId, Felt)>,
}

/// Begins the dry run of a change anew.
///
/// # Errors
/// [`StoreError::Refused`] where the text is no policy.
pub async fn begin(tx: &mut Tx<TryChange>) -> Result<Trial, StoreError> {
    let change = changes::open(tx).await?;
    let facts = tx.permit.facts().clone();
    let (run, effective): (Uuid, Date) = (tx.inner.ctx.new_id(), facts.takes_effect());
    let trial = trial(&change, &facts.scope, run, effective)?;
    let inner = &mut tx.inner;
    changes::forget_effects(inner, change.id).await?;
    let count = sql!("SELECT COUNT(*) AS n FROM subjects WHERE org_id = $1");
    let total = inner.one(count, args![facts.scope.org]).await?.int("n")?;
    let head = sql!("SELECT position FROM audit_heads WHERE chain = $1");
    let at = inner.opt(head, args![facts.scope.org]).await?.map_or(Ok(0), |row| row.int("position"))?;
    let numbers = Numbers { effective: Some(effective), ..compared(&trial) };
    let text = sql!(
        "UPDATE policy_changes SET tried_on = $2, tried_run = $3, tried_at = $4, tried_after = 0, tried_total = $5, \
         tried_done = 0, tried = $6 WHERE id = $1"
    );
    let values = args![change.id, facts.scope.today, run, at, total, written(&numbers)?];
    inner.exec(text, values).await?;
    Ok(trial)
}

/// The dry run of a change that was begun today and is not whole; none where there is none to go on with.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn under_way(tx: &mut Tx<MeasureChange>) -> Result<Option<Trial>, StoreError> {
    let id = tx.permit.target().0;
    let scope = tx.permit.facts().scope.clone();
    let change = changes::open(tx).await?;
    let text = sql!("SELECT tried_run FROM policy_changes WHERE id = $1");
    let run: Option<Uuid> = tx.inner.one(text, args![id]).await?.opt_id("tried_run")?;
    let Some((run, tried)) = run.zip(change.tried.as_ref()) else { return Ok(None) };
    if tried.is_done || tried.on != scope.today {
        return Ok(None);
    }
    let effective = tried.numbers.effective.unwrap_or(scope.today);
    trial(&change, &scope, run, effective).map(Some)
}

fn trial(change: &changes::Change, scope: &Scope, run: Uuid, effective: Date) -> Result<Trial, StoreError> {
    let new = Policy::parse(&change.file_name, &change.written.text)
        .map_err(|_| StoreError::refused("Mend what is wrong with the text first."))?;
    changes::must_fit(&scope.policy, &new, change)?;
    Ok(Trial { change: change.id, run, effective, old: Arc::clone(&scope.policy), new: Arc::new(new) })
}

/// In what the two differ as to who sees what and what is held, with nobody counted yet.
fn compared(trial: &Trial) -> Numbers {
    let (sights, dropped) = (sights(&trial.old, &trial.new), dropped(&trial.old, &trial.new));
    Numbers { sights, dropped, ..Numbers::default() }
}

fn written(numbers: &Numbers) -> Result<String, StoreError> {
    serde_json::to_string(numbers).map_err(|_| StoreError::corrupt("a dry run"))
}

/// Looks at the next people; none where another run took over, or it is whole.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn measure(tx: &mut Tx<MeasureChange>, trial: &Trial) -> Result<Option<Measured>, StoreError> {
    let scope = tx.permit.facts().scope.clone();
    let text =
        sql!("SELECT tried_after FROM policy_changes WHERE id = $1 AND tried_run = $2 AND tried_done = 0");
    let Some(row) = tx.inner.opt(text, args![trial.change, trial.run]).await? else { return Ok(None) };
    let after = row.opt_int("tried_after")?.unwrap_or(0);
    let mut measured = Measured { after, last: None, numbers: compared(trial), felt: Vec::new() };
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, k.epoch, k.wrapped, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM pictures i WHERE i.owner_id = s.id) THEN 1 ELSE 0 END AS BIGINT) AS pictured, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM associations a WHERE a.subject_id = s.id OR a.other_id = s.id) THEN 1 ELSE 0 END AS BIGINT) AS linked, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM people p JOIN evidence e ON e.owner_id = p.report_id WHERE p.subject_id = s.id) THEN 1 ELSE 0 END AS BIGINT) AS clipped \
         FROM subjects s JOIN data_keys k ON k.owner_id = s.id \
         WHERE s.org_id = $1 AND s.number > $2 ORDER BY s.number LIMIT $3"
    );
    let rows = tx.inner.rows(text, args![scope.org, after, PART]).await?;
    let mut people = HashMap::with_capacity(rows.len());
    for row in &rows {
        let id: SubjectId = row.id("id")?;
        let key = tx.inner.unwrap_key(id.0, row)?;
        let profile: Profile = keys::open(&key, "subjects", "sealed", id.0, &row.bytes("sealed")?)?;
        let beside = Beside {
            pictured: row.flag("pictured")?,
            linked: row.flag("linked")?,
            clipped: row.flag("clipped")?,
        };
        people.insert(id, (Ledger::new(&profile), profile, beside));
    }
    let ids = people.keys().map(|id| id.0).collect::<Vec<_>>();
    ledger::fill(&mut tx.inner, &ids, |id, happening| {
        if let Some((ledger, ..)) = people.get_mut(&id) {
            ledger.push_happening(happening);
        }
    })
    .await?;
    let rules = (trial.old.retention(), trial.new.retention());
    let mut unnamed = Vec::new();
    for (id, (ledger, profile, beside)) in &people {
        let foretold = ledger.foretell((&rules.0, &rules.1), scope.today, trial.effective);
        measured.numbers.people += 1;
        for felt in foretold.effects(trial.effective) {
            measured.numbers.effects.entry(felt.effect).or_default().add(1, felt.will);
            measured.felt.push((*id, felt));
        }
        let (was, will) = (foretold.without.on(trial.effective), foretold.with.on(trial.effective));
        for sight in &mut measured.numbers.sights {
            sight.people += u64::from(concerns(sight, (was, will), ledger, profile, beside));
        }
        for dropped in measured.numbers.dropped.iter_mut().filter(|_| will != Presence::Gone) {
            dropped.people += u64::from(is_held(dropped.category, ledger, profile, beside));
        }
        if will != Presence::Gone && beside.pictured && !ledger.is_named(trial.effective) {
            unnamed.push((*id, profile));
        }
    }
    pictures(tx, trial, &rules, &unnamed, &mut measured.numbers).await?;
    measured.last = rows.last().map(|row| row.int("number")).transpose()?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) < PART {
        measured.last = None;
        others(tx, trial, &scope, &mut measured.numbers).await?;
    }
    Ok(Some(measured))
}

/// What stands beside a profile.
struct Beside {
    pictured: bool,
    linked: bool,
    clipped: bool,
}

/// Whether somebody comes to see something of this person, or ceases to, by the audience alone.
fn concerns(
    sight: &Sight,
    (was, will): (Presence, Presence),
    ledger: &Ledger,
    profile: &Profile,
    beside: &Beside,
) -> bool {
    let Some(category) = sight.category else { return was == Presence::Hidden && will == Presence::Hidden };
    let is_shown = was == Presence::Shown && will == Presence::Shown;
    is_shown && is_held(category, ledger, profile, beside)
}

/// Whether something of a category is held about somebody.
fn is_held(category: Category, ledger: &Ledger, profile: &Profile, beside: &Beside) -> bool {
    match category {
        Category::Image => beside.pictured,
        Category::Associates => beside.linked,
        Category::Evidence => beside.clipped,
        Category::Exclusion => ledger.was_excluded(),
        category => holds(profile, category),
    }
}

/// Pictures of people whom nobody has named have an end of their own (RET-6).
async fn pictures(
    tx: &mut Tx<MeasureChange>,
    trial: &Trial,
    (old, new): &(Retention, Retention),
    unnamed: &[(SubjectId, &Profile)],
    numbers: &mut Numbers,
) -> Result<(), StoreError> {
    if unnamed.is_empty() {
        return Ok(());
    }
    let ids = unnamed.iter().map(|(id, _)| id.0).collect::<Vec<_>>();
    let profiles = unnamed.iter().copied().collect::<HashMap<_, _>>();
    let text = sql!("SELECT DISTINCT id, owner_id, added_on FROM pictures WHERE owner_id IN ({ids})");
    for row in tx.inner.rows_in(text, &ids).await? {
        let Some(profile) = profiles.get(&row.id("owner_id")?) else { continue };
        let facts = Facts { born: profile.born(), apparent_age: profile.apparent_age, identified: false };
        let added = row.date("added_on")?;
        let (was, will) = (image_ends(old, facts, added), image_ends(new, facts, added));
        numbers.others.entry(Other::Pictures).or_default().add(1, was, will, trial.effective);
    }
    Ok(())
}

/// What ends by the policy and belongs to no person, by the days from which it is counted.
async fn others(
    tx: &mut Tx<MeasureChange>,
    trial: &Trial,
    scope: &Scope,
    numbers: &mut Numbers,
) -> Result<(), StoreError> {
    let (old, new, org) = (&*trial.old, &*trial.new, scope.org);
    let inner = &mut tx.inner;
    let mut count = |other, n, was, will| {
        let ends: &mut Ends = numbers.others.entry(other).or_default();
        ends.add(n, was, will, trial.effective);
    };
    for (day, linked, n) in incidents::by_day(inner, org).await? {
        let end = |policy| incidents::end_of(policy, day, !linked);
        count(Other::Incidents, n, end(old), end(new));
    }
    let rejected = |policy: &Policy, day| Some(ends(day, policy.keep.rejected_report.length));
    for (day, n) in applying::rejected_by_day(inner, org).await? {
        count(Other::Reports, n, rejected(old, day), rejected(new, day));
    }
    for (_, day) in applying::rejected_tips(inner, org).await? {
        count(Other::Tips, 1, rejected(old, day), rejected(new, day));
    }
    let letter = |policy: &Policy, day| Some(ends(day, policy.keep.letter.length));
    for (day, n) in applying::letters_by_day(inner, org).await? {
        count(Other::Letters, n, letter(old, day), letter(new, day));
    }
    let service = |policy: &Policy, day| Some(ends(day, policy.keep.service_record.length));
    for (day, n) in applying::service_by_day(inner, org).await? {
        count(Other::Service, n, service(old, day), service(new, day));
    }
    for (day, column, n) in applying::stubs_by_day(inner, org).await? {
        let end = |policy| Some(stub_ends(policy, column, day));
        count(Other::Stubs, n, end(old), end(new));
    }
    for one in enquiries::dated(inner, org).await? {
        count(Other::Enquiries, 1, Some(one.erased_on(old)), Some(one.erased_on(new)));
    }
    for one in joining::dated(inner, org).await? {
        count(Other::Applications, 1, Some(one.erased_on(old)), Some(one.erased_on(new)));
    }
    for one in crate::requests::endings(inner, org).await? {
        count(Other::Requests, 1, Some(one.erased_on(old)), Some(one.erased_on(new)));
    }
    let breach = |policy: &Policy, day| Some(ends(day, policy.keep.breach.length));
    for (_, day) in crate::breaches::closed(inner, org).await? {
        count(Other::Breaches, 1, breach(old, day), breach(new, day));
    }
    Ok(())
}

/// Writes down what a part found; whether there is more.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn record(
    tx: &mut Tx<MeasureChange>,
    trial: &Trial,
    measured: &Measured,
) -> Result<bool, StoreError> {
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT tried FROM policy_changes WHERE id = $1 AND tried_run = $2 AND tried_after = $3 AND tried_done = 0"
    );
    // Another process has been here, and goes on itself.
    let Some(row) = inner.opt(text, args![trial.change, trial.run, measured.after]).await? else {
        return Ok(true);
    };
    let mut numbers: Numbers =
        serde_json::from_str(&row.text("tried")?).map_err(|_| StoreError::corrupt("a dry run"))?;
    numbers.take_in(&measured.numbers);
    let text = sql!("UPDATE policy_changes SET tried = $2, tried_after = $3, tried_done = $4 WHERE id = $1");
    let values = args![
        trial.change,
        written(&numbers)?,
        measured.last.unwrap_or(measured.after),
        measured.last.is_none()
    ];
    inner.exec(text, values).await?;
    let text = sql!(
        "INSERT INTO policy_effects (change_id, subject_id, effect, was_on, will_on) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING"
    );
    for (subject, felt) in &measured.felt {
        inner.exec(text, args![trial.change, *subject, felt.effect.as_str(), felt.was, felt.will]).await?;
    }
    Ok(measured.last.is_some())
}

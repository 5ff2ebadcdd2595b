//! Linking a person of a report to a subject: an existing one, or a new one (INC-2).
use crate::{
    dialect::{Lock, args, sql},
    door::Inner,
    error::StoreError,
    incidents::review::PersonDecision,
    ledger::{self, Happening, Ledger},
    orgs,
    subjects::{reseal, settle},
};
use fairwatch_core::{
    clocks::{Facts, Stage, is_under},
    ids::{OrgId, SubjectId},
    policy::Category,
    scope::Scope,
    subjects::{Field, Profile},
};

/// Links to a subject that is held already; to nobody where what is now known of it ends it at once (SUB-4).
pub(crate) async fn existing(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    happened: &Happening,
    decided: &PersonDecision,
    additions: Vec<Field>,
    activity: &str,
) -> Result<Option<SubjectId>, StoreError> {
    let gone = || {
        StoreError::refused("One of the records that you linked is no longer there. Open the report again.")
    };
    let text = sql!("SELECT org_id, number, sealed FROM subjects WHERE id = $1");
    let row = inner.db.opt_locked(text, args![id], Lock::Update).await?.ok_or_else(gone)?;
    if row.id::<OrgId>("org_id")? != scope.org {
        return Err(gone());
    }
    let (mut profile, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    // What counts is the day of submission: a report that waited does not lose the subject that it names.
    if !ledger.life(scope, happened.on).stage.is_live() {
        return Err(StoreError::Refused(format!(
            "{} had reached its end when this report was made, so the report starts a new record. Choose 'A new person'.",
            scope.reference(row.int("number")?)
        )));
    }
    if let Some(why) = ledger.refuses(scope, happened.on, happened.what.clone()) {
        return Err(StoreError::Refused(format!(
            "This report cannot be linked to {}: {why}.",
            scope.reference(row.int("number")?)
        )));
    }
    let young =
        Facts { born: profile.born.or(decided.born), apparent_age: profile.apparent_age, identified: true };
    profile.necessity = necessity(scope, young, happened, decided)?.or(profile.necessity.take());
    let was_named = ledger.life(scope, scope.today).identified;
    let had_birth = profile.born.is_some();
    let additions = as_aliases(scope, &profile, additions);
    add(&mut profile, additions);
    profile.activity = activity.to_owned();
    profile.born = profile.born.or(decided.born);
    reseal(inner, id, &profile).await?;
    ledger::append(inner, id, happened).await?;
    if !was_named && profile.name().is_some() {
        crate::sweep::drop_old_pictures(inner, scope, id).await?;
        ledger::append(inner, id, &Happening::new(scope.today, ledger::Recorded::Identified)).await?;
    }
    if !had_birth && profile.born.is_some() {
        ledger::append(inner, id, &Happening::new(scope.today, ledger::Recorded::BornKnown)).await?;
    }
    let stage = settle(inner, scope, id).await?;
    Ok((stage != Stage::Deleted).then_some(id))
}

/// Why somebody so young is held, where the policy asks for a recorded necessity (SUB-4).
fn necessity(
    scope: &Scope,
    facts: Facts,
    happened: &Happening,
    decided: &PersonDecision,
) -> Result<Option<String>, StoreError> {
    let given = decided.necessity.trim();
    match scope.policy.subjects.necessity_under.years() {
        Some(years) if is_under(facts, years, happened.on) && given.is_empty() => {
            Err(StoreError::Refused(format!(
                "Somebody under {years} is held only where that is necessary. Say why, under the person's age, or choose \
                 'Not directly involved'."
            )))
        }
        Some(years) if is_under(facts, years, happened.on) => Ok(Some(given.to_owned())),
        _ => Ok(None),
    }
}

/// Another name for somebody who has one is an alias, where the policy holds aliases; the name is the controller's to
/// correct.
fn as_aliases(scope: &Scope, profile: &Profile, additions: Vec<Field>) -> Vec<Field> {
    let named = profile.name().is_some();
    let fits = |field: &Field| field.category != Category::Name || profile.name() == Some(&*field.value);
    additions
        .into_iter()
        .filter_map(|mut field| {
            if named && !fits(&field) {
                field.category = Category::Alias;
            }
            scope.policy.holds(field.category).then_some(field)
        })
        .collect()
}

fn add(profile: &mut Profile, additions: Vec<Field>) {
    for field in additions {
        if !profile.fields.iter().any(|held| held.category == field.category && held.value == field.value) {
            profile.fields.push(field);
        }
    }
}

/// Makes a new subject of a person; nobody where it has reached its end already, since the report waited so long.
/// Nothing is stored of somebody under the policy's minimum age (SUB-4).
pub(crate) async fn new(
    inner: &mut Inner,
    scope: &Scope,
    happened: &Happening,
    decided: &PersonDecision,
    additions: Vec<Field>,
    activity: &str,
) -> Result<Option<SubjectId>, StoreError> {
    let mut profile = Profile {
        born: decided.born,
        apparent_age: decided.apparent_age,
        identified_at_first: !decided.name.trim().is_empty(),
        born_at_first: decided.born,
        fields: Vec::new(),
        activity: activity.to_owned(),
        necessity: None,
    };
    add(&mut profile, additions);
    if let Some(why) = Ledger::new(&profile).refuses(scope, happened.on, happened.what.clone()) {
        return Err(StoreError::Refused(format!(
            "A record cannot be made: {why}. Choose 'Not directly involved': then what the report says of them is destroyed."
        )));
    }
    let young = Facts { born: decided.born, apparent_age: decided.apparent_age, identified: true };
    profile.necessity = necessity(scope, young, happened, decided)?;
    let id: SubjectId = inner.ctx.new_id();
    let key = inner.new_key(id.0, "subject").await?;
    let number = orgs::next_subject(inner, scope.org).await?;
    let sealed = inner.seal(&key, "subjects", "sealed", id.0, &profile)?;
    let text = sql!(
        "INSERT INTO subjects (id, org_id, number, stage, restricted, identified, next_event, latest_on, sealed, created_at) \
         VALUES ($1, $2, $3, 'none', 0, $4, 1, $5, $6, $7)"
    );
    let (named, now) = (profile.identified_at_first, inner.ctx.now());
    inner.exec(text, args![id, scope.org, number, named, happened.on, sealed, now]).await?;
    ledger::append(inner, id, happened).await?;
    let stage = settle(inner, scope, id).await?;
    Ok((stage != Stage::Deleted).then_some(id))
}

//! Linking a person of a report to a subject: an existing one, or a new one (INC-2).
use crate::{
    dialect::{Lock, args, sql},
    door::Inner,
    error::StoreError,
    incidents::review::PersonDecision,
    ledger::{self, Happening, Ledger, Recorded},
    orgs,
    subjects::{reseal, settle},
};
use fairwatch_core::{
    clocks::{Facts, Stage, is_under},
    ids::{OrgId, SubjectId},
    policy::Category,
    scope::Scope,
    subjects::{Brought, Field, Origin, Profile, Source},
};
use jiff::civil::Date;

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
    let born = held_birth(scope, decided);
    let young = Facts { born: profile.born().or(born), apparent_age: profile.apparent_age, identified: true };
    let necessity = necessity(scope, young, happened, decided)?;
    let was_named = ledger.life(scope, scope.today).identified;
    let additions = as_aliases(scope, &profile, additions);
    // Each report that names the person is noted as naming them, in case the one before is taken away (RET-16).
    let names = additions.iter().any(|field| matches!(field.category, Category::Name | Category::Alias));
    bring(&mut profile, happened, additions, born, activity, necessity)?;
    reseal(inner, id, &profile).await?;
    ledger::append(inner, id, happened).await?;
    if !was_named && names {
        crate::sweep::drop_old_pictures(inner, scope, id).await?;
    }
    let known = |what| Happening::brought(scope.today, what, happened);
    if names {
        ledger::append(inner, id, &known(Recorded::Identified)).await?;
    }
    if born.is_some() {
        ledger::append(inner, id, &known(Recorded::BornKnown)).await?;
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

/// The date of birth, where the policy lets it be held at all (SUB-1).
fn held_birth(scope: &Scope, decided: &PersonDecision) -> Option<Date> {
    decided.born.filter(|_| scope.policy.holds(Category::DateOfBirth))
}

/// Adds all that a report says, under its id, so that it goes when the report is taken away (RET-16).
fn bring(
    profile: &mut Profile,
    by: &Happening,
    additions: Vec<Field>,
    born: Option<Date>,
    activity: &str,
    necessity: Option<String>,
) -> Result<(), StoreError> {
    let origin = origin(by)?;
    additions.into_iter().for_each(|field| profile.add(field));
    profile.births.extend(born.map(|value| Brought { value, origin: origin.clone() }));
    profile.activities.push(Brought { value: activity.to_owned(), origin: origin.clone() });
    profile.necessities.extend(necessity.map(|value| Brought { value, origin }));
    Ok(())
}

/// The report that brings something, as its source (INC-5).
fn origin(by: &Happening) -> Result<Origin, StoreError> {
    let (Some(report), Some(incident)) = (by.report, by.incident) else {
        return Err(StoreError::corrupt("a report"));
    };
    Ok(Origin::new(Source::Report { report, incident }, by.on))
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
        first: happened.report.ok_or_else(|| StoreError::corrupt("a report"))?,
        births: Vec::new(),
        apparent_age: decided.apparent_age,
        apparent_age_origin: origin(happened)?,
        identified_at_first: false,
        // Whoever is too young is refused by what is said of them, whether or not it would be held.
        born_at_first: decided.born,
        fields: Vec::new(),
        activities: Vec::new(),
        necessities: Vec::new(),
        other_numbers: Vec::new(),
    };
    if let Some(why) = Ledger::new(&profile).refuses(scope, happened.on, happened.what.clone()) {
        return Err(StoreError::Refused(format!(
            "A record cannot be made: {why}. Choose 'Not directly involved': then what the report says of them is destroyed."
        )));
    }
    let young = Facts { born: decided.born, apparent_age: decided.apparent_age, identified: true };
    let necessity = necessity(scope, young, happened, decided)?;
    let born = held_birth(scope, decided);
    bring(&mut profile, happened, additions, born, activity, necessity)?;
    profile.identified_at_first = profile.name().is_some();
    profile.born_at_first = born;
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

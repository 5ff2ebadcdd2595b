//! What is held of a person, item by item: entered, put right and taken out by the controller (SUB-1, SUB-4, INC-5,
//! RET-16). What a change would end is refused until whoever makes it has been told so.
use super::{
    changes::{happen, of},
    profile, reseal, settle,
};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    incidents::reporting,
    ledger::{self, Happening, Recorded},
};
use fairwatch_core::{
    clocks::{AgeBand, Facts, Stage, is_under},
    gate::Action,
    ids::{FieldId, SubjectId},
    policy::Category,
    scope::Scope,
    subjects::{
        Brought, CorrectSubject, Corrected, EnterField, Field, Origin, Profile, RemoveField, Source,
        fields::{AS_TEXT, Refused, may_come_from, may_hold},
    },
};
use jiff::civil::Date;

fn refused(why: Refused) -> StoreError {
    match why {
        Refused::FromPolice(_) | Refused::SourceNotTaken => StoreError::RefusedAt("source", why.to_string()),
        _ => StoreError::RefusedAt("value", why.to_string()),
    }
}

/// Whether a category may be entered as text, from this source, of this subject (SUB-1, INC-5).
async fn fits(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    category: Category,
    source: &Source,
) -> Result<(), StoreError> {
    may_hold(&scope.policy, category).map_err(refused)?;
    may_come_from(&scope.policy, category, source).map_err(refused)?;
    let not_theirs =
        || StoreError::RefusedAt("source", "Choose a report of this person, or another source.".into());
    match source {
        Source::Report { report, incident } => {
            let text = sql!(
                "SELECT p.id FROM people p JOIN incidents i ON i.id = p.incident_id WHERE p.subject_id = $1 \
                 AND p.report_id = $2 AND p.incident_id = $3 AND (i.delete_on IS NULL OR i.delete_on > $4)"
            );
            let linked = inner.rows(text, args![subject, *report, *incident, scope.today]).await?;
            if linked.is_empty() { Err(not_theirs()) } else { Ok(()) }
        }
        // What members send is taken over where it is reviewed, with its grading.
        Source::Intelligence { .. } => Err(not_theirs()),
        _ => Ok(()),
    }
}

/// Who corrects, and today.
async fn corrected<A: Action>(tx: &mut Tx<A>, today: Date) -> Result<Corrected, StoreError> {
    let by = reporting::reporter(tx).await?.profile.name;
    Ok(Corrected { by, on: today })
}

/// Enters an item of text (SUB-1).
///
/// # Errors
/// [`StoreError::Refused`] where the policy does not list it or does not take it from there.
pub async fn enter(
    tx: &mut Tx<EnterField>,
    category: Category,
    value: &str,
    source: Source,
) -> Result<FieldId, StoreError> {
    let (id, scope) = of(tx);
    if !AS_TEXT.contains(&category) {
        return Err(refused(Refused::NotHeld("this as text")));
    }
    fits(&mut tx.inner, &scope, id, category, &source).await?;
    let mut held = profile(&mut tx.inner, id).await?;
    let field = Field::new(tx.inner.ctx.new_id(), category, value, source, scope.today);
    let field = held.enter(field).map_err(refused)?;
    reseal(&mut tx.inner, id, &held).await?;
    tx.saw([field.0]);
    Ok(field)
}

/// Puts an item of text right. The name is put right by [`correct`], since the old one may stay as an alias.
///
/// # Errors
/// [`StoreError::Hidden`] where there is no such item; [`StoreError::Refused`] as for [`enter`].
pub async fn correct_field(
    tx: &mut Tx<CorrectSubject>,
    field: FieldId,
    value: &str,
    source: Source,
    reason: &str,
) -> Result<(), StoreError> {
    let (id, scope) = of(tx);
    let mut held = profile(&mut tx.inner, id).await?;
    let category = text_of(&held, field)?;
    fits(&mut tx.inner, &scope, id, category, &source).await?;
    let by = corrected(tx, scope.today).await?;
    held.correct(field, value, source, by);
    reseal(&mut tx.inner, id, &held).await?;
    // What was wrong must not live on in what a merge keeps for being taken back.
    settle(&mut tx.inner, &scope, id).await?;
    tx.because(id.0, reason);
    tx.saw([field.0]);
    Ok(())
}

fn text_of(held: &Profile, field: FieldId) -> Result<Category, StoreError> {
    let category = held.field(field).map(|field| field.category);
    category.filter(|category| AS_TEXT.contains(category)).ok_or_else(|| fairwatch_core::gate::Hidden.into())
}

/// What the controller corrects of who somebody is and how old, on which the clocks depend (RET-16, SUB-4).
#[derive(Clone, Debug, Default)]
pub struct Correction {
    /// A name, where there was none or it was wrong.
    pub name: Option<String>,
    /// The date of birth, where it was unknown or wrong.
    pub born: Option<Date>,
    /// How old they look, where that was wrong.
    pub apparent_age: Option<AgeBand>,
    /// Where it comes from; none where the controller found it out (INC-5).
    pub source: Option<Source>,
    /// Whether whoever records it confirms that anybody could see it: asked of social media (INC-6).
    pub was_public: bool,
    /// Why it is necessary to hold somebody as young as this makes them, where the policy asks for that (SUB-4).
    pub necessity: Option<String>,
    /// Whether whoever corrects has been told that this ends the record, and means it.
    pub ends_record: bool,
}

/// Names a person, puts a date of birth right, or how old they look. A name that replaces another leaves the old one as
/// an alias where the policy holds aliases; otherwise the old one goes. The clocks are worked out again, as if what is
/// right had been known from the beginning; a name or date of birth that was unknown counts from today.
///
/// # Errors
/// [`StoreError::Refused`] where the policy does not hold such data, where the record would end and that was not
/// confirmed, or where somebody so young needs a recorded necessity.
pub async fn correct(
    tx: &mut Tx<CorrectSubject>,
    correction: &Correction,
    reason: &str,
) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    let mut held = profile(&mut tx.inner, id).await?;
    let mut events = Vec::new();
    let was_born = held.born().is_some();
    let source = correction.source.clone().unwrap_or(Source::Controller);
    let by = corrected(tx, scope.today).await?;
    if let Some(name) = &correction.name {
        fits(&mut tx.inner, &scope, id, Category::Name, &source).await?;
        events.push(Recorded::Identified);
        rename(&mut held, &scope, tx.inner.ctx.new_id(), name, &source, &by);
    }
    if let Some(born) = correction.born {
        fits(&mut tx.inner, &scope, id, Category::DateOfBirth, &source).await?;
        if !was_born {
            events.push(Recorded::BornKnown);
            let origin = Origin::new(source.clone(), scope.today);
            held.births.push(Brought { value: born, origin });
        } else {
            held.correct_birth(born, source.clone(), by.clone());
        }
    }
    if let Some(age) = correction.apparent_age {
        fits(&mut tx.inner, &scope, id, Category::DateOfBirth, &source).await.or_else(age_is_no_date)?;
        held.apparent_age = age;
        let since = held.apparent_age_origin.since;
        held.apparent_age_origin = Origin { source: source.clone(), since, corrected: Some(by) };
    }
    if tells_of_end(&mut tx.inner, &scope, id, &held, &events, correction.ends_record, "With this").await? {
        asks_necessity(&scope, &mut held, correction, source)?;
    }
    reseal(&mut tx.inner, id, &held).await?;
    tx.because(id.0, reason);
    let names = correction.name.is_some();
    let row = tx.inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (_, ledger) = ledger::load(&mut tx.inner, id, &row.bytes("sealed")?).await?;
    let was_named = ledger.life(&scope, scope.today).identified;
    let mut stage = None;
    for event in events {
        if event == Recorded::Identified && was_named {
            // It changes nothing now. Should the report that named them be taken away, the controller's name stays.
            ledger::append(&mut tx.inner, id, &Happening::new(scope.today, event)).await?;
            continue;
        }
        stage = Some(happen(&mut tx.inner, &scope, id, event).await?);
        if stage == Some(Stage::Deleted) {
            break;
        }
    }
    if was_born && correction.born.is_some() {
        // It changes nothing now either: the date stays known should the report that brought one be taken away.
        ledger::append(&mut tx.inner, id, &Happening::new(scope.today, Recorded::BornKnown)).await?;
    }
    let stage = match stage {
        Some(stage) => stage,
        None => settle(&mut tx.inner, &scope, id).await?,
    };
    if names && !was_named && stage == Stage::Circulating {
        let by = tx.permit.standing().account;
        reporting::tell_of_name(&mut tx.inner, id, by).await?;
    }
    Ok(stage)
}

/// How old somebody looks is kept whether or not the policy holds dates of birth: the clocks ask it of everybody.
fn age_is_no_date(error: StoreError) -> Result<(), StoreError> {
    match error {
        StoreError::RefusedAt("value", _) => Ok(()),
        other => Err(other),
    }
}

/// Gives the person a name; the one before becomes an alias where the policy holds aliases.
fn rename(held: &mut Profile, scope: &Scope, id: FieldId, name: &str, source: &Source, by: &Corrected) {
    let was_named = held.name().is_some();
    for old in held.fields.iter_mut().filter(|field| field.category == Category::Name) {
        old.category = Category::Alias;
    }
    if !scope.policy.holds(Category::Alias) {
        held.fields.retain(|field| field.category != Category::Alias);
    }
    held.fields.retain(|field| field.category != Category::Alias || field.value != *name);
    let field = Field::new(id, Category::Name, name, source.clone(), scope.today);
    held.fields.push(Field { corrected: was_named.then(|| by.clone()), ..field });
}

/// What can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// An item of text, or the name.
    Field(FieldId),
    /// The date of birth.
    Birth,
}

/// Takes an item out. Without a name the person is as if nobody had named them, without a date of birth as old as they
/// look; the clocks are worked out again.
///
/// # Errors
/// [`StoreError::Hidden`] where there is no such item; [`StoreError::Refused`] where the record would end and that was
/// not confirmed.
pub async fn remove(
    tx: &mut Tx<RemoveField>,
    item: Item,
    reason: &str,
    ends_record: bool,
) -> Result<Stage, StoreError> {
    let (id, scope) = of(tx);
    let mut held = profile(&mut tx.inner, id).await?;
    let mut event = None;
    match item {
        Item::Field(field) => {
            let gone = held.remove(field).ok_or(fairwatch_core::gate::Hidden)?;
            if gone.category == Category::Name && held.name().is_none() {
                held.identified_at_first = false;
                event = Some(Recorded::NameRemoved);
            }
            tx.saw([field.0]);
            forget_tips(&mut tx.inner, &gone).await?;
        }
        Item::Birth => {
            if held.born().is_none() {
                return Err(fairwatch_core::gate::Hidden.into());
            }
            held.hide_birth();
            event = Some(Recorded::BirthRemoved);
        }
    }
    let events = event.into_iter().collect::<Vec<_>>();
    tells_of_end(&mut tx.inner, &scope, id, &held, &events, ends_record, "Without it").await?;
    reseal(&mut tx.inner, id, &held).await?;
    tx.because(id.0, reason);
    for event in events {
        ledger::append(&mut tx.inner, id, &Happening::new(scope.today, event)).await?;
    }
    settle(&mut tx.inner, &scope, id).await
}

/// A name that somebody sent is destroyed with the name: nobody goes on reading it, its sender neither (RET-16).
async fn forget_tips(inner: &mut Inner, gone: &Field) -> Result<(), StoreError> {
    for source in std::iter::once(&gone.source).chain(&gone.also) {
        if let Source::Intelligence { tip, .. } = source {
            inner.exec(sql!("DELETE FROM intelligence WHERE id = $1"), args![*tip]).await?;
        }
    }
    Ok(())
}

/// Refuses what would end the record until whoever does it has been told, since it is destroyed at once (SUB-4,
/// RET-16). Whether the record goes on.
async fn tells_of_end(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    held: &Profile,
    events: &[Recorded],
    is_told: bool,
    what: &str,
) -> Result<bool, StoreError> {
    let row = inner.one(sql!("SELECT sealed FROM subjects WHERE id = $1"), args![id]).await?;
    let (_, ledger) = ledger::load(inner, id, &row.bytes("sealed")?).await?;
    let life = ledger.supposing(held, scope.today, events).life(scope, scope.today);
    let goes_on = life.stage.is_live();
    if is_told || goes_on {
        return Ok(goes_on);
    }
    let then = if life.stage == Stage::Frozen {
        "The record would be frozen at once, and destroyed when its hold ends."
    } else {
        "The record would be destroyed at once, for good."
    };
    Err(StoreError::RefusedAt(
        "ends-record",
        format!("{what} nobody may hold this record any longer: {} {then}", life.because),
    ))
}

/// Asks why it is necessary to hold somebody who is as young as this makes them, where the policy wants that recorded
/// and nobody has recorded it (SUB-4).
fn asks_necessity(
    scope: &Scope,
    held: &mut Profile,
    correction: &Correction,
    source: Source,
) -> Result<(), StoreError> {
    let Some(years) = scope.policy.subjects.necessity_under.years() else { return Ok(()) };
    let facts = Facts { born: held.born(), apparent_age: held.apparent_age, identified: true };
    let is_about_age = correction.born.is_some() || correction.apparent_age.is_some();
    if !is_about_age || !is_under(facts, years, scope.today) || held.necessity().is_some() {
        return Ok(());
    }
    match correction.necessity.as_deref().map(str::trim) {
        Some(given) if !given.is_empty() => {
            let origin = Origin::new(source, scope.today);
            held.necessities.push(Brought { value: given.to_owned(), origin });
            Ok(())
        }
        _ => Err(StoreError::RefusedAt(
            "necessity",
            format!("Somebody under {years} is held only where that is necessary. Say why it is."),
        )),
    }
}

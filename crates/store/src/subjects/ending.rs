//! The end of a subject: rows, files, key and every trace in what it shared with others, in one transaction
//! (RET-4, RET-9, INC-9).
use super::{Life, forget};
use crate::{
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    ledger::Ledger,
    pictures,
};
use fairwatch_core::{
    clocks::{Stage, plus_months},
    ids::{StubId, SubjectId},
    policy::{Policy, retention::Column},
    scope::Scope,
    subjects::Profile,
};
use jiff::civil::Date;

/// What stubs are found by: the keyed hash of name and date of birth, brought to one form.
#[must_use]
pub fn stub_key(name: &str, born: Option<Date>) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    format!("{name}|{}", born.map_or(String::new(), |day| day.to_string()))
}

/// Destroys a subject, leaving a stub where the clocks say that one is due (RET-7).
pub(crate) async fn destroy(
    inner: &mut Inner,
    scope: &Scope,
    id: SubjectId,
    profile: &Profile,
    life: &Life,
    ledger: &Ledger,
) -> Result<(), StoreError> {
    if life.stage == Stage::Deleted && life.leaves_stub && !ledger.lost_a_report(scope.today) {
        stub(inner, scope, profile, life, ledger).await?;
    }
    forget(inner, id).await?;
    pictures::destroy_all(inner, id.0).await?;
    inner.exec(sql!("DELETE FROM holds WHERE subject_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM intelligence WHERE subject_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM sightings WHERE subject_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM picks WHERE subject_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM policy_effects WHERE subject_id = $1"), args![id]).await?;
    crate::exclusions::destroy(inner, id).await?;
    crate::letters::forget(inner, id).await?;
    crate::requests::unlink(inner, id).await?;
    super::associates::forget(inner, id).await?;
    inner.exec(sql!("DELETE FROM merges WHERE owner_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM subject_events WHERE subject_id = $1"), args![id]).await?;
    inner.exec(sql!("DELETE FROM subjects WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// The day on which a record of a deleted profile ends (RET-7): at once where the policy keeps none.
pub(crate) fn stub_ends(policy: &Policy, column: Column, deleted_on: Date) -> Date {
    let months = policy.retention().rules(column).stub;
    months.and_then(|months| plus_months(deleted_on, months)).unwrap_or(deleted_on)
}

async fn stub(
    inner: &mut Inner,
    scope: &Scope,
    profile: &Profile,
    life: &Life,
    ledger: &Ledger,
) -> Result<(), StoreError> {
    let Some(name) = profile.name() else { return Ok(()) };
    let lookup = inner.store.keys().lookup("stub", &stub_key(name, profile.born()));
    let deleted_on = life.segments.last().map_or(scope.today, |segment| segment.from);
    let id: StubId = inner.ctx.new_id();
    let text = sql!(
        "INSERT INTO stubs (id, org_id, lookup, rule, period, held_from, deleted_on, ends_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    // What ended it is what set the end of its last stage; once deleted it has none.
    let last =
        life.segments.iter().rev().find(|segment| segment.stage.is_live()).and_then(|segment| segment.to);
    let then = last.map(|end| ledger.life(scope, end.yesterday().unwrap_or(end)));
    let rule = then.as_ref().and_then(|life| life.rule).map_or("", |rule| rule.as_str());
    let column = then.and_then(|life| life.column).unwrap_or(Column::Known);
    let ends_on = stub_ends(&scope.policy, column, deleted_on);
    let from = ledger.first_report().unwrap_or(deleted_on);
    inner.exec(text, args![id, scope.org, lookup, rule, column.as_str(), from, deleted_on, ends_on]).await?;
    Ok(())
}

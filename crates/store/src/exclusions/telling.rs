//! What the gallery keeps of exclusions in memory, to tell members who is excluded from where until when (EXC-6, EXC-7).
use crate::{
    accounts::members,
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    subjects::pages::Card,
};
use fairwatch_core::{
    exclusions::{Told, scope_named},
    ids::{MemberId, SubjectId},
    scope::Scope,
};
use jiff::{Span, civil::Date};
use std::collections::HashMap;

/// Everybody who is excluded today, as members are told of it.
pub(crate) async fn all(inner: &mut Inner, scope: &Scope) -> Result<HashMap<SubjectId, Told>, StoreError> {
    let in_force = super::all_in_force(inner, scope).await?;
    if in_force.is_empty() {
        return Ok(HashMap::new());
    }
    let mut names: HashMap<MemberId, String> = HashMap::new();
    if in_force.values().any(|one| !one.premises.is_empty()) {
        let all = members::all(inner, scope.org).await?;
        names.extend(all.into_iter().map(|view| (view.member, view.business.name)));
    }
    let name = |member: MemberId| names.get(&member).cloned().unwrap_or_else(|| "a former member".to_owned());
    Ok(in_force.into_iter().map(|(subject, one)| (subject, Told::of(&one, name))).collect())
}

/// Notes on the cards of a page who of them is excluded.
pub(crate) async fn note(inner: &mut Inner, scope: &Scope, cards: &mut [Card]) -> Result<(), StoreError> {
    let mut told = all(inner, scope).await?;
    for card in cards {
        card.exclusion = told.remove(&card.id);
    }
    Ok(())
}

/// An exclusion with its end, come or to come.
pub(crate) struct Ending {
    pub(crate) subject: SubjectId,
    pub(crate) told: Told,
}

/// Exclusions that have ended in the last weeks or are still to end. One that another has replaced has not ended for
/// anybody who minds it, and what was void never was.
pub(crate) async fn endings(inner: &mut Inner, scope: &Scope) -> Result<Vec<Ending>, StoreError> {
    let text = sql!(
        "SELECT e.id, e.subject_id, e.scope, COALESCE(e.ended_on, e.ends_on) AS over_on, p.member_id FROM exclusions e \
         LEFT JOIN exclusion_premises p ON p.exclusion_id = e.id \
         WHERE e.org_id = $1 AND e.state IN ('in_force', 'expired', 'lifted') \
         AND COALESCE(e.ended_on, e.ends_on) > $2 ORDER BY e.id, p.member_id"
    );
    let since: Date = scope.today.saturating_sub(Span::new().days(28));
    let mut found: Vec<(uuid::Uuid, Ending)> = Vec::new();
    for row in inner.rows(text, args![scope.org, since]).await? {
        let id: uuid::Uuid = row.id("id")?;
        if found.last().is_none_or(|(last, _)| *last != id) {
            let of = scope_named(&row.text("scope")?).ok_or_else(|| StoreError::corrupt("a scope"))?;
            let told = Told { scope: of, ends_on: row.date("over_on")?, premises: Vec::new() };
            found.push((id, Ending { subject: row.id("subject_id")?, told }));
        }
        if let (Some((_, last)), Some(member)) = (found.last_mut(), row.opt_id("member_id")?) {
            last.told.premises.push((member, String::new()));
        }
    }
    Ok(found.into_iter().map(|(_, ending)| ending).collect())
}

//! Under which names people are known to the store, for whoever is about to publish a text (DIS-20, MEM-4).
//!
//! Whom the controller finds in the list of people counts: everybody but those whom a hold alone keeps, by the clock.
use crate::{
    accounts::members,
    dialect::{args, sql},
    door::Tx,
    error::StoreError,
    keys,
};
use fairwatch_core::{
    gate::{Action, Facts as _, Hidden},
    ids::SubjectId,
    policy::Category,
    scope::Scope,
    subjects::Profile,
};
use uuid::Uuid;

/// So many are read at once.
const READ_AT_ONCE: i64 = 500;

/// Somebody who is held, and by which names.
#[derive(Clone, Debug)]
pub struct Known {
    /// Who.
    pub subject: SubjectId,
    /// Their number.
    pub number: i64,
    /// Their names and aliases; none where nobody has named them.
    pub names: Vec<String>,
    /// Whether members see them today.
    pub is_shown: bool,
}

/// The next people after a number, in the order of their numbers; nobody at the end. For what leaves the program everybody
/// counts of whom a record is left, also those whom nobody finds in the list.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn known<A: Action>(tx: &mut Tx<A>, after: i64, all: bool) -> Result<Vec<Known>, StoreError> {
    let org = tx.permit.facts().org().ok_or(Hidden)?;
    let inner = &mut tx.inner;
    let today = inner.ctx.today();
    let text = sql!(
        "SELECT s.id, s.number, s.sealed, k.epoch, k.wrapped, \
         CAST(CASE WHEN s.stage = 'circulating' AND s.ends_on > $2 AND s.restricted = 0 THEN 1 ELSE 0 END AS BIGINT) \
         AS is_shown FROM subjects s JOIN data_keys k ON k.owner_id = s.id \
         WHERE s.org_id = $1 AND s.number > $3 AND (CAST($5 AS BIGINT) = 1 OR (s.stage <> 'frozen' \
         AND (s.stage = 'unsettled' OR s.delete_on IS NULL OR s.delete_on > $2))) ORDER BY s.number LIMIT $4"
    );
    let rows = inner.rows(text, args![org, today, after, READ_AT_ONCE, all]).await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in &rows {
        let subject: SubjectId = row.id("id")?;
        let key = inner.unwrap_key(subject.0, row)?;
        let profile: Profile = keys::open(&key, "subjects", "sealed", subject.0, &row.bytes("sealed")?)?;
        let names = profile.fields.into_iter();
        let names = names.filter(|field| matches!(field.category, Category::Name | Category::Alias));
        people.push(Known {
            subject,
            number: row.int("number")?,
            names: names.map(|field| field.value).collect(),
            is_shown: row.flag("is_shown")?,
        });
    }
    Ok(people)
}

/// What in a text may look like somebody's name and is a place: the scheme's parts of town, and its members' names and
/// premises.
#[derive(Clone, Debug, Default)]
pub struct Surroundings(pub Vec<String>);

/// What stands around.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn surroundings<A: Action<Facts = Scope>>(tx: &mut Tx<A>) -> Result<Surroundings, StoreError> {
    let scope = tx.permit.facts().clone();
    let mut places = vec![scope.policy.scheme.name.to_string(), scope.policy.scheme.short.to_string()];
    places.extend(scope.policy.areas.iter().map(|area| area.label.to_string()));
    for view in members::all(&mut tx.inner, scope.org).await? {
        places.extend([view.business.name, view.business.premises]);
    }
    places.retain(|place| place.chars().count() > 3);
    // The longest first: one may stand within another.
    places.sort_by_key(|place| std::cmp::Reverse(place.len()));
    places.dedup();
    Ok(Surroundings(places))
}

impl Surroundings {
    /// A text without them, where they stand as whole words.
    #[must_use]
    pub fn taken_out_of(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, place| without(&text, place))
    }

    /// A text without those of several words: a single word may be the name of somebody as well.
    #[must_use]
    pub fn phrases_taken_out_of(&self, text: &str) -> String {
        let phrases = self.0.iter().filter(|place| place.split_whitespace().nth(1).is_some());
        phrases.fold(text.to_owned(), |text, place| without(&text, place))
    }
}

fn without(text: &str, place: &str) -> String {
    let (mut left, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(place) {
        let (before, after) = (&rest[..at], &rest[at + place.len()..]);
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let begins = before.chars().next_back().or_else(|| left.chars().next_back());
        left.push_str(before);
        left.push_str(if joins(begins) || joins(after.chars().next()) { place } else { " . " });
        rest = after;
    }
    left.push_str(rest);
    left
}

/// Notes in the entry of a look whom it found in a text.
pub fn found<A: Action>(tx: &mut Tx<A>, subjects: impl IntoIterator<Item = SubjectId>) {
    let ids = subjects.into_iter().map(|subject| subject.0).collect::<Vec<Uuid>>();
    tx.saw(ids);
}

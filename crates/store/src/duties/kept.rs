//! The calendar of a scheme, kept in memory until something can have moved it (DOC-4).
//!
//! What is due is worked out from everything that a scheme keeps: certifications of thousands of users, letters to
//! everybody who is held. Every start page asks for it, and so does each calendar that has a feed. So it is kept with the
//! positions of the last entries that can have moved a duty: in the scheme's chain, and in that of the accounts, which
//! belongs to no scheme (`audit_heads.moved`). They are read before anything else, so that what is kept is never older
//! than they say; every server sees every other's changes with its next look. Days pass without an entry: the day is
//! part of it, too.
//!
//! It holds words that name nobody, counts, days and ids. What is deleted moves it, and is let go of with the next look.
use super::facts;
use crate::{
    audit::hex,
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
};
use fairwatch_core::{
    duties::{Duty, duties},
    gate::Role,
    ids::OrgId,
    scope::Scope,
};
use jiff::civil::Date;
use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};
use uuid::Uuid;

/// As of what a calendar was worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version {
    /// The position in the scheme's chain.
    scheme: i64,
    /// The position in the chain of what belongs to no scheme.
    beyond: i64,
    policy: i64,
    today: Date,
}

impl Version {
    /// How a calendar that asks again names what it has. A keyed hash, since positions would tell how much is done here
    /// and elsewhere.
    pub(super) fn tag(self, inner: &Inner, scope: &Scope, role: Role) -> String {
        let Self { scheme, beyond, policy, today } = self;
        let text = format!("{} {role} {scheme} {beyond} {policy} {today}", scope.org.0);
        hex(&inner.store.keys.lookup("calendar version", &text)[..16])
    }
}

type Calendars = HashMap<(OrgId, bool), (Version, Arc<Vec<Duty>>)>;

/// Calendars by scheme, with letters and without.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<RwLock<Calendars>>);

/// As of what the calendar of a scheme would be worked out now.
pub(super) async fn version(inner: &mut Inner, scope: &Scope) -> Result<Version, StoreError> {
    let text = sql!("SELECT chain, moved FROM audit_heads WHERE chain IN ($1, $2)");
    let mut version = Version { scheme: 0, beyond: 0, policy: scope.policy_version, today: scope.today };
    for row in inner.rows(text, args![scope.org, Uuid::nil()]).await? {
        let moved = row.int("moved")?;
        match row.id::<OrgId>("chain")? == scope.org {
            true => version.scheme = moved,
            false => version.beyond = moved,
        }
    }
    Ok(version)
}

/// Everybody's duties in a scheme, the soonest first.
pub(super) async fn all(
    inner: &mut Inner,
    scope: &Scope,
    letters: bool,
) -> Result<Arc<Vec<Duty>>, StoreError> {
    let version = version(inner, scope).await?;
    let Kept(kept) = inner.store.duties.clone();
    let found = kept.read().ok().and_then(|kept| kept.get(&(scope.org, letters)).cloned());
    if let Some((of, duties)) = found
        && of == version
    {
        return Ok(duties);
    }
    let all = Arc::new(duties(&scope.policy, &facts(inner, scope, letters).await?));
    if let Ok(mut kept) = kept.write() {
        kept.insert((scope.org, letters), (version, Arc::clone(&all)));
    }
    Ok(all)
}

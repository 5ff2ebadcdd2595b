//! Making the demonstration's data.
use super::{history, people};
use crate::commands::Failure;
use fairwatch_app::App;
use fairwatch_core::{
    accounts::AddOrg,
    gate::{Caller, Ctx},
    ids::{AccountId, OrgId},
    scope::Installation,
    world::{Clock, Randomness},
};
use fairwatch_store::{Tx, notices, orgs};
use fairwatch_testkit::TestClock;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Somebody whom the demonstration signs in with one click.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct Persona {
    /// The scheme's short name.
    pub(crate) slug: String,
    /// The scheme's name.
    pub(crate) scheme: String,
    /// Their name.
    pub(crate) name: String,
    /// Their role.
    pub(crate) role: fairwatch_core::gate::Role,
    /// The business, for a member user.
    pub(crate) business: Option<String>,
    /// Which of those with this role, from 1.
    pub(crate) number: usize,
    /// Their account.
    pub(crate) account: AccountId,
}

/// What seeding leans on: the use cases, and a clock that is set to each day of the past.
#[derive(Clone)]
pub(crate) struct Seeding {
    pub(crate) app: App,
    pub(crate) clock: Arc<TestClock>,
    randomness: Arc<dyn Randomness>,
    /// The present, where the history ends.
    pub(crate) now: Timestamp,
}

impl Seeding {
    pub(crate) fn ctx(&self, caller: Caller) -> Ctx {
        Ctx::new(caller, Arc::clone(&self.clock) as Arc<dyn Clock>, Arc::clone(&self.randomness))
    }

    pub(crate) async fn areas(&self, org: OrgId) -> Result<Vec<String>, Failure> {
        let scopes = orgs::all(&self.app.store, &self.ctx(Caller::Console)).await?;
        let scope = scopes.into_iter().find(|scope| scope.org == org);
        Ok(scope
            .map_or_else(Vec::new, |s| s.policy.areas.iter().map(|area| area.label.to_string()).collect()))
    }
}

/// Two years before the present the schemes begin, so that accounts are older than all that they do.
const BEGAN: SignedDuration = SignedDuration::from_hours(24 * 500);

/// Fills a new demonstration's database. Schemes are made side by side: each has a chain and a clock of its own.
pub(crate) async fn seed(
    app: &App,
    randomness: Arc<dyn Randomness>,
    now: Timestamp,
    base_address: &str,
) -> Result<Vec<Persona>, Failure> {
    let clock_at = |instant: Timestamp| {
        let clock = TestClock::at(instant);
        clock.set_real(now);
        Arc::new(clock)
    };
    let seeding = Seeding { app: app.clone(), clock: clock_at(now - BEGAN), randomness, now };
    orgs::found(&app.store, &seeding.ctx(Caller::Console), orgs::Kind::Demo, base_address).await?;
    let mut work = Vec::new();
    let mut personas = Vec::new();
    for (number, (file, text)) in super::policies().enumerate() {
        let org = app
            .store
            .write::<AddOrg, _>(&seeding.ctx(Caller::Console), Installation, async |tx: &mut Tx<AddOrg>| {
                let org = orgs::add(tx, &file, &text).await?;
                notices::keep_prose(tx, org, &super::prose(&file)).await?;
                Ok(org)
            })
            .await?;
        let scopes = orgs::all(&app.store, &seeding.ctx(Caller::Console)).await?;
        let Some(scope) = scopes.into_iter().find(|scope| scope.org == org) else { continue };
        let staffing = people::staff(&seeding, org, &scope.slug, number).await?;
        personas.extend(staffing.all.iter().map(|user| Persona {
            slug: scope.slug.clone(),
            scheme: scope.policy.scheme.name.to_string(),
            name: user.name.clone(),
            role: user.role,
            business: user.business.as_ref().map(|business| business.name.clone()),
            account: user.account,
            number: user.number,
        }));
        let own = Seeding { clock: clock_at(now - BEGAN), ..seeding.clone() };
        work.push(tokio::spawn(async move { history::live(&own, &scope, &staffing, number as u64).await }));
    }
    for history in work {
        history
            .await
            .map_err(|error| Failure::new(format!("the demonstration cannot be made: {error}")))??;
    }
    Ok(personas)
}

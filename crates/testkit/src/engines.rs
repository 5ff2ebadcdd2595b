//! Engines under test: a store on a database of its own, with a clock that is set, randomness that repeats, and
//! people who may ask.
//!
//! Every test of the store, and of what stands on it, runs on both engines:
//!
//! ```ignore
//! use fairwatch_testkit::{engines::{Outcome, World}, on_both};
//!
//! on_both!(a_member_sees_nothing_of_another_scheme);
//! async fn a_member_sees_nothing_of_another_scheme(world: &World) -> Outcome {
//!     let here = world.scheme("northgate").await;
//!     let there = world.scheme("southgate").await;
//!     let controller = world.person(&here, Role::Controller).await;
//!     let look = world.store.read::<ListMembers, _>(&controller.ctx, InOrg(there.org), async |tx| users(tx).await).await;
//!     assert!(matches!(look, Err(StoreError::Hidden(_))));
//!     world.clock.pass(SignedDuration::from_hours(3));
//!     Ok(())
//! }
//! ```
//!
//! `on_both!` makes `a_member_...::sqlite` and `a_member_...::postgres`. The function may return nothing or
//! [`Outcome`]. When it is done, every audit chain is verified. PostgreSQL is that of `scripts/postgres-cluster`;
//! where there is none, the test fails and says what to run.
mod database;
mod people;

pub use fairwatch_store::Engine;
pub use people::{Person, Scheme};

use crate::{Seeded, TestClock};
use database::Database;
use fairwatch_core::{
    audit::{Entry, ExportAudit, ROOT},
    gate::{Caller, Ctx},
    ids::AccountId,
    scope::Installation,
    world::Clock,
};
use fairwatch_store::{Address, Store, StoreError, audit};
use fairwatch_vault::{KeyFile, Keys};
use jiff::civil::date;
use std::{
    collections::HashMap,
    error::Error,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, atomic::AtomicU32},
};
use tempfile::TempDir;
use uuid::Uuid;

/// What a test returns that uses `?`.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// Makes a test of an `async fn name(world: &World)` on each engine.
#[macro_export]
macro_rules! on_both {
    ($name:ident) => {
        mod $name {
            #[test]
            fn sqlite() {
                $crate::engines::run($crate::engines::Engine::Sqlite, super::$name);
            }
            #[test]
            fn postgres() {
                $crate::engines::run($crate::engines::Engine::Postgres, super::$name);
            }
        }
    };
}

/// A store on an empty database, and all that it leans on. Everything goes when it is dropped.
pub struct World {
    /// The store.
    pub store: Store,
    /// Its keys.
    pub keys: Arc<Keys>,
    /// Stands at noon on Monday, 2 March 2026, until it is moved.
    pub clock: Arc<TestClock>,
    /// Repeats from run to run.
    pub randomness: Arc<Seeded>,
    address: Address,
    next: AtomicU32,
    /// Recovery codes that people got when [`World::whole`] set their codes up.
    recovery: Mutex<HashMap<AccountId, Vec<String>>>,
    // Last, since dropping them removes what the others lean on.
    _database: Option<Database>,
    folder: TempDir,
}

impl World {
    /// A world with an empty database of the engine.
    ///
    /// # Panics
    /// Where there is no PostgreSQL, or the disk is full: a test cannot go on.
    pub async fn new(engine: Engine) -> Self {
        let folder =
            tempfile::Builder::new().prefix("fairwatch-test-").tempdir().expect("a temporary folder");
        let clock = Arc::new(TestClock::on(date(2026, 3, 2)));
        let randomness = Arc::new(Seeded::new(1));
        let key_file = folder.path().join("keys.json");
        let today = fairwatch_core::world::london_date(clock.now());
        let id = fairwatch_core::world::new_uuid(clock.now(), &*randomness);
        let keys = Arc::new(KeyFile::create(key_file, id, today, &*randomness).expect("a key file"));
        let (address, database) = match engine {
            Engine::Sqlite => (Address::File(folder.path().join("fairwatch.db")), None),
            Engine::Postgres => {
                let database = Database::new(folder.path());
                (Address::Postgres(database.url().to_owned()), Some(database))
            }
        };
        let store = Store::open(&address, Arc::clone(&keys)).await.expect("an empty database opens");
        let (next, recovery) = (AtomicU32::new(1), Mutex::default());
        Self { store, keys, clock, randomness, address, next, recovery, _database: database, folder }
    }

    /// The folder of the key file, of SQLite's database, and of whatever else a test needs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The key file.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.folder().join("keys.json")
    }

    /// Where the database is.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Another server on the same database, with caches of its own.
    ///
    /// # Errors
    /// The store's.
    pub async fn another_server(&self) -> Result<Store, StoreError> {
        Store::open(&self.address, Arc::clone(&self.keys)).await
    }

    /// The context of a request, with a request id of its own.
    #[must_use]
    pub fn ctx(&self, caller: Caller) -> Ctx {
        Ctx::new(caller, self.clock.clone(), self.randomness.clone())
    }

    /// The context of a browser without a session.
    #[must_use]
    pub fn nobody(&self) -> Ctx {
        self.ctx(Caller::Nobody)
    }

    /// The context of the person at the server's console.
    #[must_use]
    pub fn console(&self) -> Ctx {
        self.ctx(Caller::Console)
    }

    /// The context of a job.
    #[must_use]
    pub fn job(&self, name: &'static str) -> Ctx {
        self.ctx(Caller::Job(name))
    }

    /// Every entry of every chain, chain by chain, oldest first; looking adds one to the installation's own.
    ///
    /// # Errors
    /// The store's.
    pub async fn audit(&self) -> Result<Vec<Entry>, StoreError> {
        self.store
            .write::<ExportAudit, _>(&self.console(), Installation, async |tx| {
                let mut entries = Vec::new();
                for head in audit::heads(tx).await? {
                    let size = u32::try_from(head.position).unwrap_or(u32::MAX);
                    entries.extend(audit::entries(tx, head.chain, 1, size).await?);
                }
                Ok(entries)
            })
            .await
    }

    /// The names of all audited actions so far, in the order in which they happened in one organisation, or with
    /// the nil id in none.
    ///
    /// # Errors
    /// The store's.
    pub async fn actions(&self, chain: Uuid) -> Result<Vec<String>, StoreError> {
        let entries = self.audit().await?;
        Ok(entries.into_iter().filter(|entry| entry.chain == chain).map(|entry| entry.action).collect())
    }

    /// Works every audit chain out again.
    ///
    /// # Panics
    /// Where one does not hold.
    pub async fn verify_chains(&self) {
        let entries = self.audit().await.expect("the audit can be read");
        let (mut chain, mut position, mut hash) = (None, 0, ROOT);
        for entry in &entries {
            if chain != Some(entry.chain) {
                (chain, position, hash) = (Some(entry.chain), 0, ROOT);
            }
            position += 1;
            hash = audit::link(&hash, entry);
            assert_eq!(
                (entry.position, &entry.hash),
                (position, &audit::hex(&hash)),
                "the audit chain holds"
            );
        }
    }
}

/// What a test may return.
pub trait Ends {
    /// Fails the test where it did not go well.
    fn end(self);
}

impl Ends for () {
    fn end(self) {}
}

impl<E: Into<Box<dyn Error + Send + Sync>>> Ends for Result<(), E> {
    fn end(self) {
        let Err(error) = self else { return };
        let error = error.into();
        let mut said = format!("{error} ({error:?})");
        let mut source = error.source();
        while let Some(error) = source {
            said.push_str(&format!("\n  because {error}"));
            source = error.source();
        }
        panic!("{said}");
    }
}

/// Runs a test in a world of its own; `on_both!` calls it.
///
/// # Panics
/// Where the test fails, or leaves an audit chain that does not hold.
pub fn run<R: Ends>(engine: Engine, test: impl AsyncFnOnce(&World) -> R) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let world = World::new(engine).await;
        test(&world).await.end();
        world.verify_chains().await;
        world.store.close().await;
    });
}

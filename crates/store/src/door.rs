//! The doors: one transaction from the question to the audit entry.
use crate::{
    audit,
    dialect::{Connection, Pools, Row, Value},
    error::StoreError,
    facts::Load,
    subjects::circulating::Kept,
};
use fairwatch_core::{
    gate::{Action, AuditClass, Ctx, Facts as _, Hidden, Permit, authorise},
    ids::{OrgId, PolicyId},
    policy::Policy,
    scope::Scope,
    subjects::{Visit, concerns_subjects},
};
use fairwatch_vault::Keys;
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, RwLock},
};
use uuid::Uuid;

/// Where the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An embedded database file.
    File(PathBuf),
    /// `postgres://...`
    Postgres(String),
}

/// The database of an installation, with the keys that open it.
#[derive(Clone)]
pub struct Store {
    pub(crate) pools: Pools,
    pub(crate) keys: Arc<Keys>,
    pub(crate) circulating: Kept,
    pub(crate) duties: crate::duties::kept::Kept,
    policies: Arc<RwLock<HashMap<PolicyId, Arc<Policy>>>>,
    /// Whether there is somebody to whom mail can be given.
    pub(crate) sends_mail: bool,
}

impl Store {
    /// Opens the database and brings its schema up to date. The caller checks that the installation's key file
    /// fits ([`crate::orgs::installation`]).
    ///
    /// # Errors
    /// [`StoreError::Setup`] with one sentence for the operator; [`StoreError::Database`] where the engine fails.
    pub async fn open(address: &Address, keys: Arc<Keys>) -> Result<Self, StoreError> {
        let pools = match address {
            Address::File(file) => {
                Pools::sqlite(file).await.map_err(|e| cannot_open(&file.display().to_string(), e))?
            }
            // The address may hold a password, so it is not repeated.
            Address::Postgres(url) => Pools::postgres(url).await.map_err(|e| cannot_open("PostgreSQL", e))?,
        };
        pools.migrate().await?;
        Ok(Self {
            pools,
            keys,
            circulating: Kept::default(),
            duties: crate::duties::kept::Kept::default(),
            policies: Arc::default(),
            sends_mail: false,
        })
    }

    /// The engine on which this store runs.
    #[must_use]
    pub fn engine(&self) -> crate::Engine {
        self.pools.engine()
    }

    /// The same store, where mail is sent: what is queued is kept until it has gone out. Elsewhere nothing is queued.
    #[must_use]
    pub fn sending_mail(mut self) -> Self {
        self.sends_mail = true;
        self
    }

    /// Whether mail is sent.
    #[must_use]
    pub fn sends_mail(&self) -> bool {
        self.sends_mail
    }

    /// The keys of this installation.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Closes all connections, so that nothing is left half-written when the process ends.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// A policy that was parsed before.
    pub(crate) fn parsed_policy(&self, id: PolicyId) -> Option<Arc<Policy>> {
        self.policies.read().ok().and_then(|cache| cache.get(&id).cloned())
    }

    /// Parses a stored policy, once.
    pub(crate) fn parse_policy(&self, id: PolicyId, file_name: &str, text: &str) -> Result<(), StoreError> {
        let policy = Policy::parse(file_name, text).map_err(|_| StoreError::corrupt("a stored policy"))?;
        if let Ok(mut cache) = self.policies.write() {
            cache.insert(id, Arc::new(policy));
        }
        Ok(())
    }

    /// The door for changes, and for looks that must be recorded.
    ///
    /// # Errors
    /// [`StoreError::Hidden`] where it does not exist or is not for them; whatever `work` returns; the engine's.
    pub async fn write<A, R>(
        &self,
        ctx: &Ctx,
        target: A::Target,
        work: impl AsyncFnOnce(&mut Tx<A>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError>
    where
        A: Action,
        A::Facts: Load<A::Target>,
    {
        self.pass(ctx, target, true, work).await
    }

    /// The door for looks. A look that cannot be recorded does not happen: the entry is durable before the data
    /// is handed out.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn read<A, R>(
        &self,
        ctx: &Ctx,
        target: A::Target,
        work: impl AsyncFnOnce(&mut Tx<A>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError>
    where
        A: Action,
        A::Facts: Load<A::Target>,
    {
        // What leaves no entry writes nothing, and need not wait for a writer.
        self.pass(ctx, target, A::CLASS != AuditClass::Unrecorded, work).await
    }

    async fn pass<A, R>(
        &self,
        ctx: &Ctx,
        target: A::Target,
        writes: bool,
        work: impl AsyncFnOnce(&mut Tx<A>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError>
    where
        A: Action,
        A::Facts: Load<A::Target>,
    {
        if !ctx.may_try(A::NAME) {
            return Err(Hidden.into());
        }
        let acting = A::CLASS == AuditClass::Change;
        let (mut inner, mut standing) = self.enter(ctx, writes, acting).await?;
        if inner.behind
            && let Some(org) = standing.org
        {
            // The day of another policy has come, and this is the first to notice: nobody is shown by the old one.
            drop(inner);
            crate::policies::applying::catch_up(self, ctx, org, Some(crate::policies::applying::PATIENCE))
                .await?;
            (inner, standing) = self.enter(ctx, writes, acting).await?;
        }
        inner.within = (!standing.machine).then(|| standing.org.unwrap_or(OrgId(Uuid::nil())));
        let facts = A::Facts::load(&mut inner, &target, acting).await?.ok_or(Hidden)?;
        let permit = authorise::<A>(standing, target, facts)?;
        let mut tx = Tx { inner, permit };
        let result = work(&mut tx).await?;
        let Tx { mut inner, permit } = tx;
        if A::CLASS != AuditClass::Unrecorded {
            audit::append::<A>(&mut inner, &permit).await?;
        }
        inner.db.commit().await?;
        if A::CLASS == AuditClass::Change
            && concerns_subjects(A::NAME)
            && let Some(org) = permit.facts().org()
        {
            self.circulating.forget(org);
        }
        Ok(result)
    }

    /// A transaction in which it is known who asks.
    async fn enter(
        &self,
        ctx: &Ctx,
        writes: bool,
        acting: bool,
    ) -> Result<(Inner, fairwatch_core::gate::Standing), StoreError> {
        let db = if writes { self.pools.write().await? } else { self.pools.read().await? };
        let mut inner = self.inner(db, ctx);
        let standing = crate::accounts::standing(&mut inner, acting).await?;
        Ok((inner, standing))
    }

    /// A transaction for what has no permit: signing in, and the machinery under the doors.
    pub(crate) async fn machinery(&self, ctx: &Ctx) -> Result<Inner, StoreError> {
        let db = self.pools.write().await?;
        Ok(self.inner(db, ctx))
    }

    /// A read-only transaction for what has no permit: finding the session of a request.
    pub(crate) async fn glance(&self, ctx: &Ctx) -> Result<Inner, StoreError> {
        let db = self.pools.read().await?;
        Ok(self.inner(db, ctx))
    }

    fn inner(&self, db: Connection, ctx: &Ctx) -> Inner {
        Inner {
            db,
            store: self.clone(),
            ctx: ctx.clone(),
            within: None,
            scope: None,
            changed: None,
            version: None,
            behind: false,
            visit: None,
            head: None,
            seen: Vec::new(),
            custody: Vec::new(),
            reason: None,
        }
    }
}

fn cannot_open(what: &str, error: StoreError) -> StoreError {
    match error {
        StoreError::Setup(_) => error,
        StoreError::Database(error) => {
            tracing::debug!(%error, "opening the database failed");
            let why = match &error {
                sqlx::Error::Database(e) => e.message().to_owned(),
                sqlx::Error::Io(e) => e.to_string(),
                sqlx::Error::PoolTimedOut => "it does not answer".into(),
                other => other.to_string(),
            };
            StoreError::Setup(format!("the database at {what} cannot be opened: {why}"))
        }
        other => other,
    }
}

/// What stands under a [`Tx`]: the connection, the keys and the context.
pub struct Inner {
    pub(crate) db: Connection,
    pub(crate) store: Store,
    pub(crate) ctx: Ctx,
    /// The organisation of whoever asks: facts of other ones' records are not even loaded. None for the machine.
    pub(crate) within: Option<OrgId>,
    /// The organisation that this transaction has read already.
    pub(crate) scope: Option<Scope>,
    /// The position in the chain of the asker's organisation at which something about its subjects changed last.
    pub(crate) changed: Option<i64>,
    /// The version of the policy in force in the asker's organisation, by the clock.
    pub(crate) version: Option<i64>,
    /// Stored days and stages have still to be worked out by that version (RET-10).
    pub(crate) behind: bool,
    /// When the asker looked at the gallery, as of the statement that found out who asks.
    pub(crate) visit: Option<Visit>,
    /// The chain of the asker's organisation, its length and its last hash, where nobody else can advance it.
    pub(crate) head: Option<(Uuid, i64, [u8; 32])>,
    /// Ids that go into the audit entry beside the target's own.
    pub(crate) seen: Vec<Uuid>,
    /// Evidence whose chain of custody the audit entry belongs to.
    pub(crate) custody: Vec<Uuid>,
    /// A reason, and the owner under whom it is sealed.
    pub(crate) reason: Option<(Uuid, String)>,
}

impl Inner {
    /// Notes in the entry a record that is changed beside the target: what the index follows.
    pub(crate) fn touched(&mut self, id: Uuid) {
        if !self.seen.contains(&id) {
            self.seen.push(id);
        }
    }
    pub(crate) async fn exec(&mut self, text: &'static str, values: Vec<Value>) -> Result<u64, StoreError> {
        self.db.exec(text, values).await
    }
    pub(crate) async fn rows(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.db.rows(text, values).await
    }
    pub(crate) async fn rows_in(&mut self, text: &'static str, ids: &[Uuid]) -> Result<Vec<Row>, StoreError> {
        self.db.rows_in(text, ids).await
    }
    pub(crate) async fn opt(
        &mut self,
        text: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StoreError> {
        self.db.opt(text, values).await
    }
    pub(crate) async fn one(&mut self, text: &'static str, values: Vec<Value>) -> Result<Row, StoreError> {
        self.db.one(text, values).await
    }
}

/// A transaction in which one action is allowed on one target.
pub struct Tx<A: Action> {
    pub(crate) inner: Inner,
    pub(crate) permit: Permit<A>,
}

impl<A: Action> Tx<A> {
    /// What was allowed, on what, to whom.
    #[must_use]
    pub fn permit(&self) -> &Permit<A> {
        &self.permit
    }
    /// The context of the request.
    #[must_use]
    pub fn ctx(&self) -> &Ctx {
        &self.inner.ctx
    }
    /// Keeps the reason that the user gave: sealed under `owner`, committed to in the entry (AUD-2).
    pub fn because(&mut self, owner: Uuid, reason: &str) {
        self.inner.reason = Some((owner, reason.to_owned()));
    }
    pub(crate) fn saw(&mut self, ids: impl IntoIterator<Item = Uuid>) {
        self.inner.seen.extend(ids);
    }
}

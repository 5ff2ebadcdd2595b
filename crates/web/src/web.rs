//! What every request stands on.
use crate::demo::DemoState;
use fairwatch_app::{
    App,
    accounts::{self, SessionView},
};
use fairwatch_core::{
    gate::{Caller, Ctx},
    ids::AccountId,
    world::{Clock, Randomness},
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

/// Whether people are real.
#[derive(Clone)]
pub enum Mode {
    /// Real people: no one-click sign-in and no movable clock, not even as routes.
    Serve,
    /// Invented people, on loopback.
    Demo(Arc<DemoState>),
}

/// The state behind the router. Cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    /// Behind a lock, since the demo's reset puts another one in its place.
    app: RwLock<App>,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    base: String,
    mode: Mode,
    proxies: Vec<IpAddr>,
    started: Timestamp,
    known: Mutex<HashMap<AccountId, (Timestamp, Arc<Who>)>>,
    sessions: Mutex<HashMap<[u8; 32], (Timestamp, SessionView)>>,
}

/// What the head of a page says of whoever is signed in.
#[derive(Debug, Default)]
pub(crate) struct Who {
    /// Their name.
    pub(crate) name: String,
    /// The organisations in which they have a role: name in addresses, name.
    pub(crate) places: Vec<(String, String)>,
}

/// A name that was read is good for so long: a page reads nobody's name twice in a row.
const KNOWN_FOR: SignedDuration = SignedDuration::from_mins(10);
/// A page brings 48 small pictures along. Whose session it is need not be found out for each of them: that is good for
/// so long, and only for what comes with pages. The door that a picture passes finds out for itself whether the
/// session still lives and the role still stands.
const SESSION_FOR: SignedDuration = SignedDuration::from_secs(1);
/// Beyond so many names those that are remembered are forgotten.
const KNOWN_MOST: usize = 10_000;

impl Web {
    /// The state of a server. `base` is the one address of the installation, such as `https://watch.example`: links
    /// are made under it, and cookies are secure where it is.
    #[must_use]
    pub fn new(
        app: App,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        base: &str,
        mode: Mode,
    ) -> Self {
        let started = clock.real_now();
        Self(Arc::new(Inner {
            app: RwLock::new(app),
            clock,
            randomness,
            base: base.trim_end_matches('/').to_owned(),
            mode,
            proxies: Vec::new(),
            started,
            known: Mutex::default(),
            sessions: Mutex::default(),
        }))
    }

    /// Believes what these proxies say of where a request comes from. To be called before the state is shared;
    /// afterwards it does nothing.
    #[must_use]
    pub fn trusting(mut self, proxies: Vec<IpAddr>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.proxies = proxies;
        }
        self
    }

    /// The use cases.
    pub(crate) fn app(&self) -> App {
        self.0.app.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Puts another database in place of this one: the demo's reset.
    pub(crate) fn replace(&self, app: App) {
        *self.0.app.write().unwrap_or_else(PoisonError::into_inner) = app;
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
    /// A context for a request of nobody in particular.
    pub(crate) fn ctx(&self) -> Ctx {
        Ctx::new(Caller::Nobody, Arc::clone(&self.0.clock), Arc::clone(&self.0.randomness))
    }
    /// The address of the installation, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        &self.0.base
    }
    /// Whether browsers reach it by TLS alone.
    pub(crate) fn secure(&self) -> bool {
        self.0.base.starts_with("https://")
    }
    /// The demo's controls, in a demo.
    pub(crate) fn demo(&self) -> Option<&Arc<DemoState>> {
        match &self.0.mode {
            Mode::Serve => None,
            Mode::Demo(state) => Some(state),
        }
    }
    /// Whether the word of this peer is taken for where a request comes from.
    pub(crate) fn trusts(&self, peer: IpAddr) -> bool {
        self.0.proxies.contains(&peer)
    }
    /// Since when this server is up.
    pub(crate) fn started(&self) -> Timestamp {
        self.0.started
    }

    /// What is remembered of an account for the head of its pages.
    pub(crate) fn known(&self, account: AccountId, now: Timestamp) -> Option<Arc<Who>> {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(&account)
            .filter(|(since, _)| now.duration_since(*since).abs() < KNOWN_FOR)
            .map(|(_, who)| Arc::clone(who))
    }
    /// Remembers it.
    pub(crate) fn know(&self, account: AccountId, now: Timestamp, who: Arc<Who>) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MOST {
            known.clear();
        }
        known.insert(account, (now, who));
    }
    /// Forgets everybody, as many roles ended at once.
    pub(crate) fn forget_everybody(&self) {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
    /// Forgets it, as its roles or sessions changed.
    pub(crate) fn forget(&self, account: AccountId) {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (_, session)| session.account != account);
    }

    /// The session of a cookie as it was a moment ago, for what a page brings along. No cookie is kept, only a keyed hash.
    pub(crate) fn recent_session(&self, token: &str, now: Timestamp) -> Option<SessionView> {
        let hash = accounts::cookie_hash(&self.app(), token);
        let sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, session) =
            sessions.get(&hash).filter(|(at, _)| now.duration_since(*at).abs() < SESSION_FOR)?;
        Some(session.clone())
    }
    /// Remembers it for a moment.
    pub(crate) fn found_session(&self, token: &str, now: Timestamp, session: &SessionView) {
        let hash = accounts::cookie_hash(&self.app(), token);
        let mut sessions = self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (at, _)| now.duration_since(*at).abs() < SESSION_FOR);
        sessions.insert(hash, (now, session.clone()));
    }
}

//! What a handler is given: who asks, in which organisation, as what.
//!
//! - [`Visit`] on routes of an organisation, `/o/{slug}/...`
//! - [`Own`] on routes of one's own account
//! - [`Guest`] on public ones
use crate::{
    access::{role_may, roles_in},
    forms::encoded,
    respond::{self, PageError},
    view::Shell,
    web::{Web, Who},
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, RawPathParams},
    http::{HeaderMap, header, request::Parts},
    response::Response,
};
use fairwatch_app::{
    App, AppError,
    accounts::{self, DeviceFront, MembershipView, NewSession, SessionView, devices, factors},
    incidents::reporting::{self, Unseen},
    pictures,
};
use fairwatch_core::{
    accounts::ShowAccount,
    gate::{Action, Caller, Ctx, Role},
    ids::{OrgId, PictureId},
    incidents::ListOwnReports,
    scope::Scope,
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

pub(crate) mod cookie;
pub(crate) mod resume;

/// The scheme and the thing in the path of a public page.
pub(crate) type Place =
    Result<axum::extract::Path<(String, String)>, axum::extract::rejection::PathRejection>;

/// A request of nobody in particular.
#[derive(Clone)]
pub(crate) struct Guest {
    /// The state.
    pub(crate) web: Web,
    /// The context: nobody, and no action at all.
    pub(crate) ctx: Ctx,
    /// Where it comes from.
    pub(crate) address: IpAddr,
    /// What is to be said above the page.
    pub(crate) done: Option<&'static str>,
    token: Option<String>,
    device: Option<String>,
}

impl Guest {
    /// The token that the browser sent for a session, whatever it is worth.
    pub(crate) fn cookie(&self) -> Option<&str> {
        self.token.as_deref()
    }
    /// The same request by a browser that has just been given another session.
    pub(crate) fn with_cookie(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }
    /// Whether the request comes with half a session, whose second factor is still to be given (SEC-2).
    pub(crate) async fn is_half(&self) -> Result<bool, PageError> {
        let Some(token) = &self.token else { return Ok(false) };
        Ok(factors::half_session(&self.web.app(), &self.ctx, token).await?.is_some())
    }
    /// The token of the shared device that the browser is, whatever it is worth.
    pub(crate) fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }
    /// Has a session that was just opened lock, where the browser is a shared device (INC-10).
    pub(crate) async fn share(&self, session: &NewSession) -> Result<(), PageError> {
        let Some(device) = &self.device else { return Ok(()) };
        Ok(devices::share(&self.web.app(), &self.ctx, device, session).await?)
    }
    /// What the shared device shows that the browser is, if it is one (INC-10).
    pub(crate) async fn front(&self) -> Result<Option<DeviceFront>, PageError> {
        let Some(device) = &self.device else { return Ok(None) };
        Ok(devices::front(&self.web.app(), &self.ctx, device).await?)
    }
    /// To the page on which whoever is not signed in goes on, and back to a path of ours afterwards.
    pub(crate) async fn to_sign_in(&self, back: &str) -> Result<Response, PageError> {
        let page = if self.is_half().await? {
            "/sign-in/second"
        } else if self.front().await?.is_some() {
            "/device"
        } else {
            "/sign-in"
        };
        Ok(respond::see_other(&format!("{page}?next={}", encoded(back))))
    }
    /// The live session of the request, if there is one.
    pub(crate) async fn session(&self) -> Result<Option<SessionView>, PageError> {
        let Some(token) = &self.token else { return Ok(None) };
        let session = accounts::session(&self.web.app(), &self.ctx, token).await?;
        if let Some(session) = &session {
            self.web.found_session(token, self.ctx.real_now(), session);
        }
        Ok(session)
    }
    /// The session of the request as it was a moment ago, else as it is: for what a page brings along.
    pub(crate) async fn recent_session(&self) -> Result<Option<SessionView>, PageError> {
        let recent =
            self.token.as_ref().and_then(|token| self.web.recent_session(token, self.ctx.real_now()));
        match recent {
            Some(session) => Ok(Some(session)),
            None => self.session().await,
        }
    }
    /// The session of the request that ended by itself a while ago, if there is one.
    pub(crate) async fn lapsed(&self) -> Result<Option<SessionView>, PageError> {
        let Some(token) = &self.token else { return Ok(None) };
        Ok(accounts::lapsed_session(&self.web.app(), &self.ctx, token).await?)
    }
    /// What the browser says that it is.
    pub(crate) fn browser(&self, headers: &HeaderMap) -> String {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        agent.unwrap_or("an unknown browser").to_owned()
    }
    /// The head and foot of a page outside of any organisation.
    pub(crate) fn shell(&self) -> Shell {
        crate::shell::of_guest(self)
    }
}

impl FromRequestParts<Web> for Guest {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, PageError> {
        let ctx = parts.extensions.get::<Ctx>().cloned().unwrap_or_else(|| web.ctx());
        let done = parts
            .uri
            .query()
            .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("done=")))
            .and_then(respond::done);
        Ok(Self {
            web: web.clone(),
            // Confined to nothing: a public page passes no door.
            ctx: ctx.confined_to(&[]),
            address: address(parts, web),
            done,
            token: cookie::read(&parts.headers, web.secure()).map(str::to_owned),
            device: cookie::read_device(&parts.headers, web.secure()).map(str::to_owned),
        })
    }
}

/// Where a request comes from.
fn address(parts: &Parts, web: &Web) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let said = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    origin(peer, said.flat_map(|list| list.split(',')), |address| web.trusts(address))
}

/// The peer, or what a proxy that is trusted says of it: the last address that is no proxy of ours, since what
/// stands before it anybody can have written.
fn origin<'a>(
    peer: IpAddr,
    said: impl DoubleEndedIterator<Item = &'a str>,
    trusts: impl Fn(IpAddr) -> bool,
) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusts(peer) {
        return peer;
    }
    said.filter_map(|one| one.trim().parse::<IpAddr>().ok())
        .map(|one| one.to_canonical())
        .rfind(|one| !trusts(*one))
        .unwrap_or(peer)
}

/// A request about one's own account.
#[derive(Clone)]
pub(crate) struct Own {
    /// The state.
    pub(crate) web: Web,
    /// The context, confined to what the route names.
    pub(crate) ctx: Ctx,
    /// The session.
    pub(crate) session: SessionView,
    /// What is to be said above the page.
    pub(crate) done: Option<&'static str>,
    pub(crate) who: Arc<Who>,
}

impl Own {
    pub(crate) async fn new(guest: Guest, ctx: Ctx, session: SessionView) -> Self {
        let who = who(&guest.web, &guest.ctx, &session).await;
        Self { web: guest.web, ctx, session, done: guest.done, who }
    }
    /// The use cases.
    pub(crate) fn app(&self) -> App {
        self.web.app()
    }
    /// What a scheme is called, by its name in addresses.
    pub(crate) fn scheme(&self, slug: &str) -> String {
        let place = self.who.places.iter().find(|(found, _)| found == slug);
        place.map_or_else(|| slug.to_owned(), |(_, name)| name.clone())
    }
    /// The head and foot of a page.
    pub(crate) fn shell(&self) -> Shell {
        crate::shell::of_own(self)
    }
}

/// A request in an organisation, by somebody with a role there that the route is for.
///
/// Use `visit.ctx` for use cases: it carries the caller and is confined to the actions that the table names for the
/// route, so that the store's doors refuse any other.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The state.
    pub(crate) web: Web,
    /// The use cases.
    pub(crate) app: App,
    /// The context, confined to what the route names.
    pub(crate) ctx: Ctx,
    /// The organisation, its policy in force, and today in London.
    pub(crate) scope: Scope,
    /// The role under which the request acts.
    pub(crate) membership: MembershipView,
    /// The session.
    pub(crate) session: SessionView,
    /// What is to be said above the page.
    pub(crate) done: Option<&'static str>,
    /// What became of the user's reports since they last looked.
    pub(crate) news: Vec<Unseen>,
    pub(crate) who: Arc<Who>,
}

impl Visit {
    pub(crate) async fn new(
        guest: Guest,
        app: App,
        ctx: Ctx,
        session: SessionView,
        membership: MembershipView,
    ) -> Self {
        let who = who(&guest.web, &guest.ctx, &session).await;
        let scope = membership.scope.clone();
        let news = Vec::new();
        Self { web: guest.web, app, ctx, scope, membership, session, done: guest.done, news, who }
    }
    /// With what became of the user's reports since they last looked, for a page that tells it.
    pub(crate) async fn with_news(mut self) -> Self {
        if self.session.has_news && self.may::<ListOwnReports>() {
            match reporting::news(&self.app, &self.ctx, self.org(), self.session.account).await {
                Ok(news) => self.news = news,
                // The page is worth more than the line above it.
                Err(error) => tracing::debug!(%error, "what became of reports could not be read"),
            }
        }
        self
    }
    /// The same request, asked to certify first: it may do what that page does, and nothing else (MEM-3).
    pub(crate) fn asked_to_certify(&self) -> Self {
        Self { ctx: self.ctx.clone().confined_to(crate::routes::CERTIFY), ..self.clone() }
    }
    /// The organisation.
    pub(crate) fn org(&self) -> OrgId {
        self.scope.org
    }
    /// The role under which the request acts.
    pub(crate) fn role(&self) -> Role {
        self.membership.role
    }
    /// Whether any of the user's roles in this organisation may ever perform an action: whether to offer a link.
    pub(crate) fn may<A: Action>(&self) -> bool {
        roles_in(&self.session, &self.scope.slug).iter().any(|role| role_may(role.role, A::NAME))
    }
    /// An address in this organisation: `/o/{slug}` and then `path`, which begins with a slash or is empty.
    pub(crate) fn href(&self, path: &str) -> String {
        format!("/o/{}{path}", self.scope.slug)
    }
    /// The head and foot of a page, with the place in the navigation where it stands.
    pub(crate) fn shell(&self, here: crate::shell::Nav) -> Shell {
        crate::shell::of_visit(self, here)
    }
    /// The address of a small picture on a page whose look is recorded; it carries a ticket for this viewer.
    pub(crate) fn small(&self, picture: PictureId) -> String {
        let ticket = pictures::ticket(&self.app, &self.ctx, picture);
        self.href(&format!("/pictures/{picture}/small?t={ticket}"))
    }
    /// The address of a picture of 640 pixels: each look at it is recorded. To be given only by a page for which a
    /// reason was given, where one is asked: the ticket stands for it.
    pub(crate) fn medium(&self, picture: PictureId) -> String {
        let ticket = pictures::larger_ticket(&self.app, &self.ctx, picture);
        self.href(&format!("/pictures/{picture}/medium?t={ticket}"))
    }
    /// The address of a picture of 1600 pixels: likewise.
    pub(crate) fn large(&self, picture: PictureId) -> String {
        let ticket = pictures::larger_ticket(&self.app, &self.ctx, picture);
        self.href(&format!("/pictures/{picture}/large?t={ticket}"))
    }
}

macro_rules! from_the_guard {
    ($($name:ident),+) => {$(
        impl<S: Send + Sync> FromRequestParts<S> for $name {
            type Rejection = PageError;
            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
                // Only the guard puts one there, so a handler on a route with other access gets nowhere.
                let given = parts.extensions.get::<Self>().cloned();
                given.ok_or_else(|| PageError::internal(concat!("the route gives no ", stringify!($name))))
            }
        }
    )+};
}
from_the_guard!(Visit, Own);

/// The record that the path names, `{id}`. What is no id names nothing: the same answer as one that does not exist
/// (VIS-7).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id<T>(pub(crate) T);

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = PageError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| AppError::Hidden)?;
        let named = params.iter().find(|(name, _)| *name == "id").map(|(_, value)| value);
        Ok(Self(named.and_then(|value| value.parse().ok()).ok_or(AppError::Hidden)?))
    }
}

/// The name of whoever is signed in, for the head of the page. Remembered for some minutes, since it is their own,
/// and each door is a transaction.
async fn who(web: &Web, ctx: &Ctx, session: &SessionView) -> Arc<Who> {
    let known = web.known(session.account, ctx.real_now());
    // A role that was given or taken since makes it stale at once.
    if let Some(who) = known.filter(|who| who.places.iter().map(|(slug, _)| &**slug).eq(slugs(session))) {
        return who;
    }
    let membership = session.memberships.first().map(|membership| membership.membership);
    let caller = Caller::User { session: session.session, account: session.account, membership };
    let ctx = ctx.clone().with_caller(caller).confined_to(&[ShowAccount::NAME]);
    let app = web.app();
    let read = async {
        let name = accounts::own_copy(&app, &ctx).await?.profile.name;
        let mut places: Vec<(String, String)> = session
            .memberships
            .iter()
            .map(|membership| &membership.scope)
            .map(|scope| (scope.slug.clone(), scope.policy.scheme.name.to_string()))
            .collect();
        places.dedup();
        Ok::<_, AppError>(Who { name, places })
    };
    match read.await {
        Ok(who) => {
            let who = Arc::new(who);
            web.know(session.account, ctx.real_now(), Arc::clone(&who));
            who
        }
        // The page is worth more than the name above it; the handler meets the same fault, if it lasts.
        Err(error) => {
            tracing::debug!(%error, "a name for the head of a page could not be read");
            Arc::default()
        }
    }
}

/// The organisations of a session, each once: its roles come by organisation.
pub(crate) fn slugs(session: &SessionView) -> Vec<&str> {
    let mut slugs: Vec<&str> = session.memberships.iter().map(|membership| &*membership.scope.slug).collect();
    slugs.dedup();
    slugs
}

/// A path that a browser sent, if it is one of ours: where to go on after signing in.
pub(crate) fn local_path(text: &str) -> Option<&str> {
    let fits = text.len() <= 500
        && text.starts_with('/')
        // `//host` and `/\host` are other hosts to a browser.
        && !text[1..].starts_with(['/', '\\'])
        && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'"');
    fits.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_2_nobody_is_sent_to_another_site_after_signing_in() {
        for path in ["/", "/account", "/o/a-town/people?q=red%20coat"] {
            assert_eq!(local_path(path), Some(path));
        }
        for path in [
            "",
            "o/x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\nb",
            "/a b",
            "/\u{e9}",
        ] {
            assert_eq!(local_path(path), None, "{path}");
        }
        assert_eq!(local_path(&format!("/{}", "a".repeat(600))), None);
    }

    #[test]
    fn sec_2_a_proxy_is_believed_only_where_it_is_named() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [address("10.0.0.1"), address("10.0.0.2")];
        let of = |peer: &str, said: &str| origin(address(peer), said.split(','), |ip| proxies.contains(&ip));
        assert_eq!(of("203.0.113.7", "198.51.100.1"), address("203.0.113.7"), "nobody named this one");
        assert_eq!(of("10.0.0.1", "198.51.100.1"), address("198.51.100.1"));
        assert_eq!(of("::ffff:10.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2"), address("198.51.100.1"));
        assert_eq!(of("10.0.0.1", "not an address"), address("10.0.0.1"));
    }
}

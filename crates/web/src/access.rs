//! Who may use a route: said in the table, held here before the handler runs (SEC-3, VIS-7).
use crate::{
    forms::{Most, Sent},
    pages::certify,
    respond::{PageError, see_other},
    routes::Known,
    uploads,
    visit::{
        self, Guest, Own, Visit,
        resume::{Files, Lapsed},
    },
    web::Web,
};
use axum::{
    extract::{FromRequestParts as _, RawPathParams, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use fairwatch_app::{
    AppError,
    accounts::{MembershipView, SessionView},
};
use fairwatch_core::{
    actions,
    gate::{Action as _, Caller, Ctx, LAPSED_MAY, Listed, Role},
    pictures::AddPicture,
};
use std::{collections::HashMap, sync::LazyLock};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, for this reason.
    Public(&'static str),
    /// Whoever is signed in, for what is their own, for this reason; with the actions that it performs.
    SignedIn(&'static str, &'static [&'static str]),
    /// Whoever has any role in the organisation of the path, for this reason; it performs no action.
    Inside(&'static str),
    /// Whoever has a role in the organisation of the path that may ever perform the first of these actions. The
    /// request can perform these and no others; whether it may on what it names, the doors decide.
    Actions(&'static [&'static str]),
}

impl Access {
    /// The actions that a request by this route can perform.
    pub(crate) fn actions(self) -> &'static [&'static str] {
        match self {
            Self::Public(_) | Self::Inside(_) => &[],
            Self::SignedIn(_, actions) | Self::Actions(actions) => actions,
        }
    }
}

/// Roles from that which sees most to that which sees least: somebody with several acts under the first that the
/// route is for.
pub(crate) const PRECEDENCE: [Role; 8] = [
    Role::Controller,
    Role::Staff,
    Role::Aic,
    Role::Police,
    Role::Board,
    Role::Auditor,
    Role::Operator,
    Role::MemberUser,
];

static MATRIX: LazyLock<HashMap<&'static str, Listed>> =
    LazyLock::new(|| actions::all().into_iter().map(|listed| (listed.name, listed)).collect());

/// Whether a role may ever perform an action: a cell of the role matrix.
pub(crate) fn role_may(role: Role, action: &str) -> bool {
    MATRIX.get(action).is_some_and(|listed| listed.roles.contains(&role))
}

/// Whether a route is open to somebody who has yet to certify: by what it is for, its first action (MEM-3). What it may
/// do beside that, the doors decide.
fn is_open_uncertified(access: Access) -> bool {
    access.actions().first().is_none_or(|first| MATRIX.get(first).is_some_and(|listed| listed.uncertified))
}

/// The roles of a session in one organisation, those that see most first.
pub(crate) fn roles_in<'a>(session: &'a SessionView, slug: &str) -> Vec<&'a MembershipView> {
    let mut found: Vec<_> =
        session.memberships.iter().filter(|membership| membership.scope.slug == slug).collect();
    found.sort_by_key(|membership| PRECEDENCE.iter().position(|role| *role == membership.role));
    found
}

/// Lets a request through to its handler, or answers it.
pub(crate) async fn guard(
    State((web, known)): State<(Web, Known)>,
    params: Result<RawPathParams, axum::extract::rejection::RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(Most(known.limit));
    let too_large = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .is_some_and(|length| length > known.limit);
    if too_large {
        return PageError::TooLarge.into_response();
    }
    match admit(&web, known, params.ok(), request).await {
        Ok(Admitted::In { request, asks, shared }) => {
            let mut response = next.run(request).await;
            // What is one's own was shown. What was hidden is another's, or nothing: one answer for both (VIS-7).
            if let Some(asks) = asks.filter(|_| response.status() == StatusCode::NOT_FOUND) {
                response = see_other(&asks);
            }
            if shared {
                // Pictures, too: whoever comes next finds nothing in the browser (INC-10).
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            response
        }
        Ok(Admitted::Answered(response)) => response,
        Err(error) => error.into_response(),
    }
}

enum Admitted {
    In {
        request: Request,
        /// Where somebody certifies who has yet to: what is hidden from them now is shown, if at all, after that page.
        asks: Option<String>,
        /// Whether it is by somebody on a device that others use as well.
        shared: bool,
    },
    Answered(Response),
}

async fn admit(
    web: &Web,
    known: Known,
    params: Option<RawPathParams>,
    request: Request,
) -> Result<Admitted, PageError> {
    if let Access::Public(_) = known.access {
        return Ok(Admitted::In { request, asks: None, shared: false });
    }
    let slug = params
        .as_ref()
        .and_then(|params| params.iter().find(|(name, _)| *name == "slug"))
        .map(|(_, value)| value.to_owned());
    let (mut parts, body) = request.into_parts();
    let guest = Guest::from_request_parts(&mut parts, web).await?;
    let session = if known.is_page() || parts.method != Method::GET {
        guest.session().await?
    } else {
        guest.recent_session().await?
    };
    let Some(session) = session else {
        let request = Request::from_parts(parts, body);
        return turned_away(&guest, known, slug.as_deref(), request).await.map(Admitted::Answered);
    };
    let shared = session.shared;
    let mut asks = None;
    match known.access {
        Access::Public(_) => {}
        Access::SignedIn(_, actions) => {
            // One's own account is reached under any role that one has that may do what the route is for.
            let may = |view: &&MembershipView| actions.first().is_none_or(|first| role_may(view.role, first));
            let fitting = session.memberships.iter().find(may).or_else(|| session.memberships.first());
            let membership = fitting.map(|view| view.membership);
            let caller = Caller::User { session: session.session, account: session.account, membership };
            let ctx = guest.ctx.clone().with_caller(caller).confined_to(actions);
            parts.extensions.insert(Own::new(guest, ctx, session).await);
        }
        Access::Inside(_) | Access::Actions(_) => {
            let slug = slug.ok_or(AppError::Hidden)?;
            let visit = enter(guest, known, session, &slug).await?;
            asks = (!visit.membership.certified).then(|| certify::address(&visit, &parts.uri));
            if asks.is_some() && !is_open_uncertified(known.access) {
                return stopped(web, known, visit, Request::from_parts(parts, body))
                    .await
                    .map(Admitted::Answered);
            }
            parts.extensions.insert(visit);
        }
    }
    // The page that asks leads nowhere else: to itself it would lead for ever.
    let leads = known.is_page() && parts.method == Method::GET && known.path != certify::PATH;
    let asks = asks.filter(|_| leads);
    Ok(Admitted::In { request: Request::from_parts(parts, body), asks, shared })
}

/// In an organisation, under the role that the route is for. No such organisation, no role in it and the wrong
/// role are one answer.
async fn enter(guest: Guest, known: Known, session: SessionView, slug: &str) -> Result<Visit, PageError> {
    let app = guest.web.app();
    let roles = roles_in(&session, slug);
    let first = known.access.actions().first();
    let membership = roles
        .iter()
        .find(|membership| first.is_none_or(|action| role_may(membership.role, action)))
        .map(|membership| (*membership).clone());
    let Some(membership) = membership else { return Err(AppError::Hidden.into()) };
    let caller = Caller::User {
        session: session.session,
        account: session.account,
        membership: Some(membership.membership),
    };
    let ctx: Ctx = guest.ctx.clone().with_caller(caller).confined_to(known.access.actions());
    let visit = Visit::new(guest, app, ctx, session, membership).await;
    // Pictures and what scripts send have no head that could tell any news.
    Ok(if known.is_page() { visit.with_news().await } else { visit })
}

/// They have yet to certify: to the page that asks for it, and on from there. What was typed goes along (MEM-3).
async fn stopped(web: &Web, known: Known, visit: Visit, request: Request) -> Result<Response, PageError> {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        if !known.is_page() {
            return Err(AppError::Hidden.into());
        }
        return Ok(see_other(&certify::address(&visit, request.uri())));
    }
    let path = request.uri().path().to_owned();
    let sent = Sent::typed(request, web, visit::resume::MOST).await?;
    certify::ask_first(&visit, &path, &sent).await
}

/// Nobody is signed in: to the sign-in page, and back afterwards. What was typed into a form that can be resumed
/// goes along; pictures that came with it go into the draft of whoever was signed in until a while ago.
async fn turned_away(
    guest: &Guest,
    known: Known,
    slug: Option<&str>,
    request: Request,
) -> Result<Response, PageError> {
    let path = request.uri().path().to_owned();
    if request.method() != Method::GET && request.method() != Method::HEAD {
        if known.resumable {
            let lapsed = match slug {
                Some(slug) => lapsed(guest, known, slug).await?,
                None => None,
            };
            let (sent, files) = match lapsed {
                Some(lapsed) => {
                    let to = uploads::To::Draft(&lapsed.app, &lapsed.ctx, lapsed.org);
                    let uploads::Received { mut sent, taken, problems } =
                        uploads::receive(request, &guest.web, to).await?;
                    let kept = lapsed.keep(std::mem::take(&mut sent.files)).await?;
                    (sent, kept.with_evidence(taken, problems.len()))
                }
                None => {
                    let sent = Sent::typed(request, &guest.web, visit::resume::MOST).await?;
                    let files = if sent.files.is_empty() { Files::None } else { Files::Lost };
                    (sent, files)
                }
            };
            return visit::resume::ask(guest, &path, &sent, files).await;
        }
        // What was to be done is not done; the page from which it was sent is not known for sure.
        let home = path.split('/').take(3).collect::<Vec<_>>().join("/");
        let back = if path.starts_with("/o/") { home } else { "/account".to_owned() };
        return guest.to_sign_in(&back).await;
    }
    guest.to_sign_in(&path).await
}

/// Who was signed in until a while ago, if the route takes pictures and they may send them here.
async fn lapsed(guest: &Guest, known: Known, slug: &str) -> Result<Option<Lapsed>, PageError> {
    if !known.access.actions().contains(&AddPicture::NAME) {
        return Ok(None);
    }
    let Some(session) = guest.lapsed().await? else { return Ok(None) };
    let roles = roles_in(&session, slug);
    let Some(membership) = roles.iter().find(|membership| role_may(membership.role, AddPicture::NAME)) else {
        return Ok(None);
    };
    let caller = Caller::Lapsed {
        session: session.session,
        account: session.account,
        membership: membership.membership,
    };
    let ctx = guest.ctx.clone().with_caller(caller).confined_to(LAPSED_MAY);
    Ok(Some(Lapsed { app: guest.web.app(), ctx, org: membership.scope.org }))
}

//! The route table, and the router made of it.
//!
//! A route is a method, a path, who may use it, and a handler; there is no way to add one without saying who. Tests
//! walk the whole table as every role, as nobody, and as a user of another scheme.
use crate::{
    access::{self, Access},
    respond::{self, PageError},
    web::Web,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::{StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse as _, Response},
    routing::{self, MethodRouter},
};
use fairwatch_app::AppError;
use fairwatch_core::evidence::MOST_BYTES;
use std::{any::Any, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    csrf::CsrfLayer,
    timeout::TimeoutLayer,
};

mod conduct;
mod duties;
mod evidence;
mod exclusions;
mod exporting;
mod house;
mod importing;
mod letters;
mod meetings;
mod members;
mod news;
mod oversight;
mod policies;
mod records;
mod rights;
mod signing;
mod yearly;

pub(crate) use duties::CERTIFY;

/// What a form may weigh.
pub(crate) const FORM: usize = 256 * 1024;
/// What a form with pictures may weigh: 25 MB of them, and what stands between.
pub(crate) const UPLOAD: usize = 25 * 1024 * 1024 + FORM;
/// What a form with evidence may weigh: it goes to the disk as it comes.
const EVIDENCE: usize = MOST_BYTES as usize + UPLOAD;
/// A clip on a shop's line takes its time; one on which nothing comes is given up long before.
const LONGEST_UPLOAD: Duration = Duration::from_secs(2 * 60 * 60);
/// Nobody waits longer; an upload on a slow telephone takes a while.
const LONGEST: Duration = Duration::from_secs(90);

/// What the guard knows of a route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// `GET` or `POST`.
    pub(crate) method: &'static str,
    /// The path, with its parameters in braces.
    pub(crate) path: &'static str,
    /// Who may use it.
    pub(crate) access: Access,
    /// The most that may be sent to it, in bytes.
    pub(crate) limit: usize,
    /// How long it may take until it is answered.
    pub(crate) longest: Duration,
    /// Whether what was typed is carried over a sign-in (see `visit::resume`).
    pub(crate) resumable: bool,
}

impl Known {
    /// Whether it answers with a page that has a head.
    pub(crate) fn is_page(self) -> bool {
        if self.path.contains("/parts") {
            return true;
        }
        let other = [
            "/pictures/",
            "/report/draft",
            "/report/picture",
            "/find/typed",
            "/veil.svg",
            "/pdf",
            "/signature",
            "/proof",
        ];
        !other.iter().any(|part| self.path.contains(part))
    }
}

/// A row of the table.
pub(crate) struct Route {
    known: Known,
    handler: MethodRouter<Web>,
}

impl Route {
    /// A page.
    pub(crate) fn get<H, T>(path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        Self::new("GET", path, access, routing::get(handler))
    }
    /// A form.
    pub(crate) fn post<H, T>(path: &'static str, access: Access, handler: H) -> Self
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        Self::new("POST", path, access, routing::post(handler))
    }
    fn new(method: &'static str, path: &'static str, access: Access, handler: MethodRouter<Web>) -> Self {
        Self {
            known: Known { method, path, access, limit: FORM, longest: LONGEST, resumable: false },
            handler,
        }
    }
    /// The form comes with pictures.
    pub(crate) fn upload(mut self) -> Self {
        self.known.limit = UPLOAD;
        self
    }
    /// The form comes with evidence, which the handler passes on as it comes (see `uploads`).
    pub(crate) fn evidence(mut self) -> Self {
        (self.known.limit, self.known.longest) = (EVIDENCE, LONGEST_UPLOAD);
        self
    }
    /// The form weighs no more than that.
    pub(crate) fn of_at_most(mut self, limit: usize) -> Self {
        self.known.limit = limit;
        self
    }
    /// What was typed is carried over a sign-in (see `visit::resume`).
    pub(crate) fn resumable(mut self) -> Self {
        self.known.resumable = true;
        self
    }
}

/// Every route there is. The demo's own are no routes where people are real.
fn table(demo: bool) -> Vec<Route> {
    let mut table = house::table();
    table.extend(records::table());
    table.extend(evidence::table());
    table.extend(letters::table());
    table.extend(members::table());
    table.extend(conduct::table());
    table.extend(exporting::table());
    table.extend(oversight::table());
    table.extend(importing::table());
    table.extend(news::table());
    table.extend(meetings::table());
    table.extend(exclusions::table());
    table.extend(policies::table());
    table.extend(duties::table());
    table.extend(yearly::table());
    table.extend(signing::table());
    table.extend(rights::table());
    if demo {
        table.extend(house::demo());
    }
    table
}

/// The table in words, for tests and for whoever wants to read it: method, path and access of each route.
#[doc(hidden)]
#[must_use]
pub fn listed(demo: bool) -> Vec<(&'static str, &'static str, String, &'static [&'static str])> {
    table(demo)
        .into_iter()
        .map(|Route { known, .. }| {
            let access = match known.access {
                Access::Public(why) => format!("public: {why}"),
                Access::SignedIn(why, _) => format!("signed in: {why}"),
                Access::Inside(why) => format!("inside: {why}"),
                Access::Actions(_) => "actions".to_owned(),
            };
            (known.method, known.path, access, known.access.actions())
        })
        .collect()
}

/// The service of a web state.
///
/// Serve it with `into_make_service_with_connect_info::<SocketAddr>()`, so that attempts to sign in can be counted
/// by where they come from.
pub fn router(web: Web) -> Router {
    let mut router = Router::new();
    for Route { known, handler } in table(web.demo().is_some()) {
        let guarded: MethodRouter<Web> =
            handler.layer(from_fn_with_state((web.clone(), known), access::guard));
        let limited: MethodRouter<Web> = guarded
            // Around the guard: where nobody is signed in any more it reads the form itself, to carry what was typed.
            .layer(DefaultBodyLimit::max(known.limit));
        let handler =
            limited.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, known.longest));
        router = router.route(known.path, handler);
    }
    let router = router
        .fallback(|| async { PageError::App(AppError::Hidden) })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(web.clone(), respond::finish))
        .layer(CompressionLayer::new().compress_when(is_worth_compressing()))
        .with_state(web);
    Router::new().fallback_service(router).layer(map_response(without_methods))
}

/// Evidence is handed out as it was sent, by the byte; images are small already.
fn is_worth_compressing() -> impl Predicate {
    DefaultPredicate::new()
        .and(NotForContentType::const_new("video/"))
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/zip"))
}

/// The router says which methods a path has only after every layer within it, and so tells that there is such a path
/// (VIS-7).
async fn without_methods(mut response: Response) -> Response {
    response.headers_mut().remove(header::ALLOW);
    response
}

/// A handler that panics has failed like any other: a page, and a line in the log, but of what it panicked with
/// only what the program itself wrote.
fn panicked(why: Box<dyn Any + Send>) -> Response {
    let what = why.downcast_ref::<&'static str>().copied().unwrap_or("with a computed message");
    PageError::internal(format!("a handler panicked: {what}")).into_response()
}

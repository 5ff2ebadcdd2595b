//! Answers: pages, redirects, and what went wrong as a page.
//!
//! A handler returns an [`Answer`]. A [`PageError`] leaves it as a bare response that carries the error;
//! [`finish`], which stands around the whole router, turns that into a page, logs the request, and sets the
//! headers that every response has.
use crate::{
    assets, host, shell,
    view::{Link, Shell},
    web::Web,
};
use askama::Template;
use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use fairwatch_app::AppError;
use fairwatch_core::gate::Ctx;
use std::{error::Error, sync::Arc, time::Instant};

/// What a handler gives back.
pub(crate) type Answer = Result<Response, PageError>;

/// Why a handler gave no page of its own.
#[derive(Debug)]
pub(crate) enum PageError {
    /// A use case refused or failed. Handlers of forms show [`AppError::Refused`] in the form instead.
    App(AppError),
    /// What was sent is larger than the route takes.
    TooLarge,
    /// What was sent cannot be read as a form.
    Unreadable,
    /// Another site sent the form.
    Elsewhere,
    /// It took too long.
    Slow,
}

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl PageError {
    /// Something that should not happen.
    pub(crate) fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::App(AppError::internal(error))
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::App(AppError::Hidden) => StatusCode::NOT_FOUND,
            Self::App(AppError::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::App(AppError::Busy(_)) => StatusCode::SERVICE_UNAVAILABLE,
            Self::App(AppError::Setup(_) | AppError::Internal(_)) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Elsewhere => StatusCode::FORBIDDEN,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn message(&self, request: &str) -> Message {
        let (title, text): (&str, Vec<String>) = match self {
            Self::App(AppError::Hidden) => (
                "There is nothing here",
                vec![
                    "The address may be wrong, what was here may have come to its end, or it is not for you.".into(),
                ],
            ),
            Self::App(AppError::Refused(problems)) => {
                ("That cannot be done", problems.iter().map(|problem| problem.sentence.clone()).collect())
            }
            Self::App(AppError::Busy(sentence)) => ("Try again in a moment", vec![sentence.clone()]),
            Self::App(AppError::Setup(_) | AppError::Internal(_)) => (
                "Something went wrong",
                vec!["It is our fault, not yours. What you did last may not have been kept: look before you do it again.".into()],
            ),
            Self::TooLarge => (
                "That is too much at once",
                vec!["Send fewer or smaller pictures: 25 MB at the most. Go back: what you typed is still there.".into()],
            ),
            Self::Unreadable => (
                "That did not arrive whole",
                vec!["The connection may have broken off. Go back and send it again: what you typed is still there.".into()],
            ),
            Self::Elsewhere => (
                "This did not come from here",
                vec!["Another site sent this form in your name, so nothing was done. If it was you, open the page again and send it from there.".into()],
            ),
            Self::Slow => (
                "That took too long",
                vec!["Nothing may have been done. Look before you try again.".into()],
            ),
        };
        let reference = match self.status() {
            StatusCode::INTERNAL_SERVER_ERROR => request.to_owned(),
            _ => String::new(),
        };
        Message {
            // Nothing in it tells who asks, in which scheme, or why (VIS-7).
            shell: shell::bare(),
            title: title.to_owned(),
            text,
            reference,
            link: Some(Link { label: "Go to the start".into(), href: "/".into() }),
        }
    }
}

/// What went wrong, on its way out to [`finish`].
#[derive(Clone)]
struct Ended(Arc<PageError>);

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Ended(Arc::new(self)));
        response
    }
}

/// `message.html`
#[derive(Template, Debug)]
#[template(path = "message.html")]
struct Message {
    shell: Shell,
    title: String,
    text: Vec<String>,
    reference: String,
    link: Option<Link>,
}

/// A page.
pub(crate) fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// A form again, with what is wrong with it.
pub(crate) fn page_again(template: &impl Template) -> Answer {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// A page with a status.
pub(crate) fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let html = template.render().map_err(PageError::internal)?;
    Ok((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response())
}

/// On to another page of ours. `path` is ours, never what a browser sent, unless `local_path` has seen it.
pub(crate) fn see_other(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// On to another page of ours, which says what was done: a code of [`done`].
pub(crate) fn see_other_done(path: &str, code: &str) -> Response {
    let mark = if path.contains('?') { '&' } else { '?' };
    see_other(&format!("{path}{mark}done={code}"))
}

/// What a page says after a redirect. The address carries a code; the words are these, so that no link can put
/// others above a page.
pub(crate) fn done(code: &str) -> Option<&'static str> {
    DONE.iter().find(|(known, _)| *known == code).map(|(_, sentence)| *sentence)
}

const DONE: &[(&str, &str)] = &[
    ("approved", "The report is approved."),
    ("rejected", "The report is rejected. Whoever sent it can see why."),
    ("cropped", "The part is kept as their picture."),
    ("uncropped", "The part is taken away."),
    ("corrected", "The record is corrected, and its clocks are worked out again."),
    ("entered", "It is held now."),
    ("taken-out", "It is removed for good."),
    ("picked", "The member is picked. Its people see it from now on."),
    ("pick-ended", "It has ended. Its people see what every member does."),
    ("restricted", "Members do not see this person now."),
    ("unrestricted", "The restriction has ended."),
    ("erased", "The record is erased."),
    ("frozen", "The record is frozen: a hold keeps it until the last hold ends."),
    ("held", "The record is held."),
    ("hold-ended", "The hold has ended."),
    ("evidence-added", "The evidence is added."),
    ("evidence-shared", "The evidence is shared, as the policy says."),
    ("evidence-withheld", "The evidence is shared no longer."),
    ("evidence-released", "The evidence is released to the board. It finds it under Evidence."),
    ("evidence-removed", "The evidence is removed."),
    ("letter-made", "The letter is made. It is on record until it is served, and listed until then."),
    ("served", "It is recorded that the letter was served."),
    ("attempted", "The attempt is recorded."),
    ("exempted", "The exemption is recorded. It comes back to you when it is to be reviewed."),
    ("exemption-reviewed", "The review is recorded."),
    ("exemption-ended", "The exemption has ended: the notice is to be served."),
    ("agreed", "The agreement is recorded."),
    ("removed", "The report is taken away from this person."),
    ("moved", "The report is moved."),
    ("merged", "The two records are one. Both references lead here."),
    ("unmerged", "They are two records again."),
    ("associated", "It is recorded that they act together."),
    ("dissociated", "It is recorded no longer."),
    ("warned", "The warning is recorded."),
    ("proposed", "The proposal waits for those who decide."),
    ("voted", "Your vote is kept. You can change it until it is decided."),
    ("authorised", "Your vote decided it: the exclusion is authorised, and in force from today."),
    ("case-refused", "Your vote decided it: the proposal is refused. That is kept."),
    ("withdrawn", "The proposal is taken back."),
    ("varied", "The exclusion is changed, and the clocks are worked out again."),
    ("lifted", "The exclusion is lifted, at once and for everybody."),
    ("given", "Thank you. What you gave is with the controller, under your name."),
    ("seen", "You said that you saw them here today. The controller sees it."),
    ("not-seen", "It is taken back."),
    ("name-sent", "Thank you. The controller looks at it; what becomes of it stands under My reports."),
    ("name-accepted", "The name is taken over, and those who reported the person are told."),
    ("name-rejected", "It is rejected. Whoever sent it can see why."),
    ("discarded", "What was typed is thrown away."),
    ("password", "Your password is changed. You are signed out everywhere else."),
    ("enquiry-deleted", "The enquiry is deleted, with what you answered."),
    ("leaving", "It is written down that the business leaves."),
    ("stays", "The business stays."),
    ("joined", "The business is a member. Whoever applied gets an invitation by e-mail."),
    ("refused-joining", "The application is refused."),
    ("link-sent", "If somebody signs in with that, a link is on its way to them. It works for three days."),
    ("password-set", "Your password is set. Sign in with it."),
    ("factor-added", "It is set up. You give it after your password from now on."),
    ("factor-removed", "It is taken away."),
    ("account-corrected", "It is corrected."),
    ("preferences", "It is kept which messages you want."),
    ("deletion-asked", "Your schemes are asked to delete you. Their controllers find it among what is due."),
    ("deletion-taken-back", "It is taken back."),
    ("locked", "The device was locked, since nobody used it."),
    ("device-enrolled", "This browser is a shared device now, and you are signed out on it."),
    ("device-ended", "The shared device is ended. Whoever was signed in on it is out."),
    ("pin", "Your PIN is set."),
    ("manager", "They manage their business now: they invite its users, and enrol its shared devices."),
    ("no-manager", "They do not manage their business any more."),
    ("session-ended", "That device is signed out."),
    ("signed-out", "You are signed out."),
    ("signed-out-everywhere", "You are signed out everywhere."),
    ("suspended", "They are out, at once and everywhere."),
    ("let-in", "They are let back in."),
    ("ended", "Their role has ended."),
    ("business-added", "The business is added."),
    ("taken-back", "The invitation is taken back, and what was typed is deleted."),
    ("declined", "The invitation is declined, and what was typed about you is deleted."),
    ("appeal-received", "The appeal is recorded. Those who hear it find it under Appeals."),
    ("appeal-decided", "The appeal is decided, and what it changes holds now."),
    ("appeal-withdrawn", "It is on record that the appeal was taken back."),
    ("answered", "It is on record that it was answered."),
    ("policy-kept", "It is kept. What is to be said of it stands here."),
    ("policy-tried", "That is what it would do."),
    ("policy-proposed", "It is put before the board."),
    ("policy-authorised", "It is agreed to. It holds from its day on."),
    ("policy-refused", "It is refused. Whoever wrote it can see why."),
    ("policy-withdrawn", "It is taken back."),
    ("certified", "It is on record that you have read it and agree."),
    ("document-added", "The document is in the register."),
    ("document-revised", "The new version is in the register. The one before is kept."),
    ("document-withdrawn", "The document is withdrawn. It asks nobody any more."),
    ("post-published", "It is published. Those whom it concerns find it under News."),
    (
        "alert-published",
        "The alert is out. It stands on the start page of those whom it concerns until they read it.",
    ),
    ("post-withdrawn", "It is taken back, and deleted."),
    ("meeting-called", "It is called. Those who are invited are told by e-mail, if they want that."),
    ("meeting-changed", "It is changed. Those who are invited are told by e-mail, if they want that."),
    ("meeting-cancelled", "It is cancelled. Those who were invited are told by e-mail, if they want that."),
    ("meeting-answered", "Your answer is kept. You can change it until the meeting."),
    ("attendance-kept", "It is on record who came."),
    ("minutes-kept", "The minutes are kept. Whoever was invited can read them."),
    ("group-added", "The list is made. Say who is on it."),
    ("group-kept", "The list is kept."),
    ("group-ended", "The list is ended."),
    ("entered-in-register", "It is in the register."),
    ("register-ended", "It is over, and kept as a former entry."),
    ("feed-ended", "The address has ended. Calendars that have it see nothing any more."),
    ("reviewed", "The review is recorded, and the next one stands in the calendar."),
    ("reset", "The demonstration is as it was delivered."),
];

/// The content security policy of every page: nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; media-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    ),
];

/// Around everything: gives the request its context, and the response its page, its headers and its line in the
/// log. The log holds the route's pattern, never an address, a name or what was sent.
pub(crate) async fn finish(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let ctx = web.ctx();
    let id = ctx.request().to_string();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    request.extensions_mut().insert::<Ctx>(ctx);
    let mut response = if host::is_ours(&web, &request) {
        next.run(request).await
    } else {
        PageError::App(AppError::Hidden).into_response()
    };
    if let Some(Ended(error)) = ended(&response) {
        if let PageError::App(AppError::Internal(_) | AppError::Setup(_)) = &*error {
            tracing::error!(request = %id, route, error = %chain(&error), "a request failed");
        }
        response = shown(&error, &id);
    }
    if route.contains("{token}") {
        // The address itself is the secret: not even our own pages are to be told where one came from.
        response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    for (name, value) in HEADERS {
        // What a handler has set is stricter, or an asset's.
        response.headers_mut().entry(*name).or_insert(HeaderValue::from_static(value));
    }
    if web.secure() {
        let name = header::STRICT_TRANSPORT_SECURITY;
        response.headers_mut().insert(name, HeaderValue::from_static("max-age=31536000"));
    }
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "fairwatch::request", %method, route, status = response.status().as_u16(), ms, request = %id);
    response
}

/// The error that a response carries, or that a layer of the library meant.
fn ended(response: &Response) -> Option<Ended> {
    if let Some(ended) = response.extensions().get::<Ended>() {
        return Some(ended.clone());
    }
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        // A page of ours, or what a handler tells a script.
        kind.as_bytes().starts_with(b"text/html") || kind.as_bytes().starts_with(b"application/json")
    }) {
        return None;
    }
    let error = match response.status() {
        // A route that has no such method is as good as none.
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND => PageError::App(AppError::Hidden),
        StatusCode::FORBIDDEN => PageError::Elsewhere,
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge,
        StatusCode::REQUEST_TIMEOUT => PageError::Slow,
        // A player asks for what is not there, and is told how much there is.
        StatusCode::RANGE_NOT_SATISFIABLE => return None,
        StatusCode::INTERNAL_SERVER_ERROR => PageError::internal("a handler panicked"),
        status if status.is_client_error() => PageError::Unreadable,
        _ => return None,
    };
    Some(Ended(Arc::new(error)))
}

fn shown(error: &PageError, request: &str) -> Response {
    let answer = page_with(error.status(), &error.message(request));
    answer.unwrap_or_else(|_| (error.status(), Body::empty()).into_response())
}

/// An error with all of its sources; none of them holds what a person typed.
fn chain(error: &PageError) -> String {
    let PageError::App(error) = error else { return String::new() };
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Where the assets are, for templates.
pub(crate) fn assets() -> String {
    assets::prefix().to_owned()
}

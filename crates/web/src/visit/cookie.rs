//! The session's cookie.
use crate::visit::Guest;
use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use fairwatch_app::accounts::{self, NewSession};

/// A `__Host-` cookie is taken by TLS alone, for one host and all of its paths; a demo on loopback has no TLS.
fn name(secure: bool) -> &'static str {
    if secure { "__Host-fairwatch" } else { "fairwatch" }
}

/// The token that a browser sent.
pub(crate) fn read(headers: &HeaderMap, secure: bool) -> Option<&str> {
    named(headers, name(secure))
}

fn named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|list| list.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

/// Has the browser keep a new session until it ends, and while pictures of a form that was open then are still taken
/// into its owner's draft. When it ends, the server says.
pub(crate) fn set(response: &mut Response, guest: &Guest, session: &NewSession) {
    let seconds = (session.ends_at + accounts::LAPSE).duration_since(guest.ctx.real_now()).as_secs().max(0);
    put(response, guest.web.secure(), name(guest.web.secure()), session.token.reveal(), seconds);
}

/// The cookie of a shared device: it opens nothing but a list of names (INC-10).
fn device_name(secure: bool) -> &'static str {
    if secure { "__Host-fairwatch-device" } else { "fairwatch-device" }
}

/// Browsers keep no cookie longer.
const DEVICE_SECONDS: i64 = 400 * 24 * 60 * 60;

/// The token of the shared device that a browser is, if it is one.
pub(crate) fn read_device(headers: &HeaderMap, secure: bool) -> Option<&str> {
    named(headers, device_name(secure))
}

/// Makes the browser a shared device.
pub(crate) fn set_device(response: &mut Response, secure: bool, token: &str) {
    put(response, secure, device_name(secure), token, DEVICE_SECONDS);
}

/// Has the browser forget its session.
pub(crate) fn clear(response: &mut Response, secure: bool) {
    put(response, secure, name(secure), "", 0);
}

fn put(response: &mut Response, secure: bool, name: &str, value: &str, seconds: i64) {
    let flag = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{flag}");
    if let Ok(mut text) = HeaderValue::from_str(&text) {
        text.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others_and_by_its_name_alone() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; fairwatch=abc"));
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-fairwatch=def"));
        assert_eq!(read(&headers, false), Some("abc"));
        assert_eq!(read(&headers, true), Some("def"));
        assert_eq!(read(&HeaderMap::new(), true), None);
    }
}

//! Whether a request was meant for this installation: by the name that the browser asked for.
//!
//! A page elsewhere can have its own name point at this machine, and would then read our answers as its own. The name
//! in the request is still that page's, and so gives it away.
use crate::web::Web;
use axum::{
    extract::{ConnectInfo, Request},
    http::{Uri, header, uri::Authority},
};
use std::net::{IpAddr, SocketAddr};

/// Whether the name in a request is ours. One without any name comes from no browser.
pub(crate) fn is_ours(web: &Web, request: &Request) -> bool {
    let said = request.headers().get(header::HOST).map(|value| value.to_str().unwrap_or_default().to_owned());
    let Some(said) = request.uri().authority().map(ToString::to_string).or(said) else { return true };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    if peer.is_some_and(|peer| web.trusts(peer.to_canonical())) {
        // What is in front of us has chosen by the name already, and may pass on another.
        return true;
    }
    names_us(
        &said,
        web.base(),
        web.demo().is_some() || peer.is_some_and(|peer| peer.to_canonical().is_loopback()),
    )
}

/// Whether a name is that of the base address, or of this very machine where that will do.
fn names_us(said: &str, base: &str, or_loopback: bool) -> bool {
    let Some((name, port)) = parts(said) else { return false };
    if or_loopback && is_loopback(&name) {
        return true;
    }
    let Ok(base) = base.parse::<Uri>() else { return false };
    let usual = if base.scheme_str() == Some("https") { 443 } else { 80 };
    let Some((our_name, our_port)) = base.authority().and_then(|authority| parts(authority.as_str())) else {
        return false;
    };
    name == our_name && port.unwrap_or(usual) == our_port.unwrap_or(usual)
}

fn parts(text: &str) -> Option<(String, Option<u16>)> {
    let authority: Authority = text.parse().ok()?;
    let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
    (!authority.as_str().contains('@')).then(|| (name, authority.port_u16()))
}

fn is_loopback(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_2_a_name_that_is_not_ours_is_another_sites() {
        let base = "https://watch.example";
        for ours in ["watch.example", "WATCH.example:443", "watch.example."] {
            assert!(names_us(ours, base, false), "{ours}");
        }
        for other in [
            "evil.example",
            "watch.example:8443",
            "watch.example.evil.example",
            "x@watch.example",
            "",
            "127.0.0.1",
        ] {
            assert!(!names_us(other, base, false), "{other}");
        }
    }

    #[test]
    fn sec_2_a_demonstration_answers_to_this_machine_alone() {
        let base = "http://127.0.0.1:8787";
        for ours in ["127.0.0.1:8787", "localhost:8787", "[::1]:8787", "localhost"] {
            assert!(names_us(ours, base, true), "{ours}");
        }
        for other in ["evil.example:8787", "localhost.evil.example", "192.0.2.1:8787"] {
            assert!(!names_us(other, base, true), "{other}");
        }
    }
}

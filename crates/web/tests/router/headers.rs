//! What every response carries.
use crate::house::{House, Reply, form, request};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use fairwatch_core::gate::Role;

fn assert_safe(reply: &Reply, what: &str) {
    let policy = reply.header(header::CONTENT_SECURITY_POLICY);
    for part in [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' blob:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.split("; ").any(|found| found.trim() == part), "{what}: {part} in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{what}");
    assert_eq!(reply.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{what}");
    assert!(["same-origin", "no-referrer"].contains(&reply.header(header::REFERRER_POLICY)), "{what}");
    assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(reply.header("permissions-policy").contains("geolocation=()"), "{what}");
    assert!(reply.headers.contains_key(header::CACHE_CONTROL), "{what}");
    assert!(reply.headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "{what}");
}

/// Pages, redirects, refusals, files and pictures alike.
#[tokio::test]
async fn every_response_has_the_headers() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let records = house.records(&controller, &member).await;
    let link = format!("/set-password/{}", controller.link.as_ref().unwrap().reveal());
    for path in [
        "/",
        "/sign-in",
        "/o/northgate/policy",
        "/nothing",
        "/account",
        "/account/copy",
        "/o/northgate/members",
        "/o/northgate/gallery",
        "/assets/0/app.css",
        &link,
    ] {
        for who in [None, Some(&controller)] {
            let reply = house.get(path, who).await;
            assert_safe(&reply, path);
            assert_eq!(reply.header(header::CACHE_CONTROL), "no-store", "{path}");
        }
    }
    let picture = format!("/o/northgate/pictures/{}/large", records.picture);
    let reply = house.get(&picture, Some(&member)).await;
    assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (StatusCode::OK, "image/jpeg"));
    assert_eq!(reply.header(header::CACHE_CONTROL), "no-store");
    assert_safe(&reply, &picture);
}

/// SEC-2: another site's form does nothing, whatever it says; a page is shown to whoever comes from elsewhere.
#[tokio::test]
async fn sec_2_a_form_from_another_site_is_refused() {
    let house = House::new().await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let cookie = crate::house::cookie(&member);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        let mut post = request("POST", "/account/sign-out-everywhere", Some(cookie.clone()), form(&[]));
        post.headers_mut().remove("sec-fetch-site");
        post.headers_mut().insert(name, value.parse().unwrap());
        let reply = house.send(post).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert_safe(&reply, value);
        assert!(reply.text().contains("did not come from here"));
    }
    let mut get = request("GET", "/account", Some(cookie), Body::empty());
    get.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(house.send(get).await.status, StatusCode::OK, "nobody was signed out, and links work");
}

/// Assets are for ever: their address changes with their content.
#[tokio::test]
async fn assets_are_immutable_and_compressed() {
    let house = House::new().await;
    let page = house.get("/sign-in", None).await.text();
    let css = page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with("app.css")).unwrap();
    let mut get = request("GET", css, None, Body::empty());
    get.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let reply = house.send(get).await;
    assert_eq!((reply.status, reply.header(header::CONTENT_ENCODING)), (StatusCode::OK, "gzip"));
    assert!(reply.header(header::CACHE_CONTROL).contains("immutable"));
    assert!(reply.header(header::CONTENT_TYPE).starts_with("text/css"));
    let folder = css.trim_end_matches("app.css");
    for (name, kind) in [
        ("app.js", "javascript"),
        ("favicon.svg", "image/svg"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("atkinson-latin-400.woff2", "font/woff2"),
    ] {
        let reply = house.get(&format!("{folder}{name}"), None).await;
        assert!(
            reply.header(header::CONTENT_TYPE).contains(kind),
            "{name}: {}",
            reply.header(header::CONTENT_TYPE)
        );
    }
    for gone in
        [format!("{folder}none.css"), format!("{folder}..%2f..%2fCargo.toml"), "/assets/ffff/app.css".into()]
    {
        assert_eq!(house.get(&gone, None).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
}

/// What is larger than a form may be is refused before it is read.
#[tokio::test]
async fn forms_have_a_limit() {
    let house = House::new().await;
    let long = "x".repeat(300 * 1024);
    let reply = house.post("/sign-in", None, &[("login", &long), ("password", "y")]).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.text().contains("too much at once"));
    let mut odd = request("POST", "/sign-in", None, Body::from("{}"));
    odd.headers_mut().insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
    assert_eq!(house.send(odd).await.status, StatusCode::BAD_REQUEST);
}

//! The demonstration's controls, and that they are nowhere else.
use crate::house::{Reply, answer, app, form, request};
use axum::{
    Router,
    body::Body,
    http::{HeaderValue, StatusCode, header},
};
use fairwatch_app::world::DemoClock;
use fairwatch_core::gate::Role;
use fairwatch_store::orgs::Kind;
use fairwatch_testkit::engines::{Engine, Person, World};
use fairwatch_web::{DemoState, Fresh, Mode, Persona, Task, Web, router};
use jiff::SignedDuration;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

struct Demo {
    _world: World,
    router: Router,
    clock: Arc<DemoClock>,
    moved: Arc<AtomicUsize>,
    person: Person,
}

async fn demo(kind: Kind) -> Demo {
    let world = World::new(Engine::Sqlite).await;
    world.found_as(kind).await;
    let scheme = world.scheme("northgate").await;
    let person = world.person(&scheme, Role::Controller).await;
    let persona = Persona {
        id: "ruth".into(),
        name: "Ruth Okafor".into(),
        note: "Data controller".into(),
        role: Role::Controller,
        slug: scheme.slug.clone(),
        account: person.account,
    };
    let moved = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&moved);
    let after: Task<()> = Box::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    });
    let (app, personas) = (app(&world), vec![persona]);
    let again = (app.clone(), personas.clone());
    let reset: Task<Fresh> = Box::new(move || {
        let (app, personas) = again.clone();
        Box::pin(async move { Ok(Fresh { app, personas }) })
    });
    let clock = Arc::new(DemoClock::default());
    let state = DemoState::new(Arc::clone(&clock), personas, after, reset);
    let web = Web::new(
        app,
        clock.clone(),
        world.randomness.clone(),
        "http://127.0.0.1:8787",
        Mode::Demo(Arc::new(state)),
    );
    Demo { router: router(web), _world: world, clock, moved, person }
}

impl Demo {
    async fn send(&self, method: &str, path: &str, cookie: Option<&str>, fields: &[(&str, &str)]) -> Reply {
        let body = if method == "GET" { Body::empty() } else { form(fields) };
        let mut request = request(method, path, cookie.map(str::to_owned), body);
        request.headers_mut().insert(header::HOST, HeaderValue::from_static("127.0.0.1:8787"));
        request
            .headers_mut()
            .insert(header::REFERER, HeaderValue::from_static("http://127.0.0.1:8787/o/northgate/today"));
        answer(&self.router, request).await
    }
}

/// One click signs in; the bar of every page leads to the others and to the clock.
#[tokio::test]
async fn one_click_signs_in() {
    let demo = demo(Kind::Demo).await;
    let welcome = demo.send("GET", "/", None, &[]).await.text();
    assert!(welcome.contains("Ruth Okafor") && welcome.contains("value=\"ruth\""));
    let reply = demo.send("POST", "/demo/sign-in", None, &[("persona", "ruth")]).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/o/northgate"));
    let set = reply.header(header::SET_COOKIE);
    assert!(set.starts_with("fairwatch=") && !set.contains("Secure") && set.contains("HttpOnly"), "{set}");
    let cookie = set.split(';').next().unwrap();
    let page = demo.send("GET", "/o/northgate/today", Some(cookie), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Move the clock"));
    assert!(!reply.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_eq!(
        demo.send("POST", "/demo/sign-in", None, &[("persona", "nobody")]).await.status,
        StatusCode::NOT_FOUND
    );
}

/// The clock moves forward, what is to happen then happens, and the page from which it was moved is shown again.
#[tokio::test]
async fn the_clock_moves_forward_and_is_reset() {
    let demo = demo(Kind::Demo).await;
    let on = demo.send("POST", "/demo/clock", None, &[("by", "1w"), ("to", "")]).await;
    assert_eq!((on.status, on.location()), (StatusCode::SEE_OTHER, "/o/northgate/today"));
    let ahead = demo.clock.ahead();
    assert!(ahead > SignedDuration::from_hours(24 * 7 - 2) && ahead < SignedDuration::from_hours(24 * 7 + 2));
    assert_eq!(demo.moved.load(Ordering::SeqCst), 1);
    let back = demo.send("POST", "/demo/clock", None, &[("to", "2020-01-01")]).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(demo.clock.ahead(), ahead);
    let reset = demo.send("POST", "/demo/clock", None, &[("by", "reset")]).await;
    assert_eq!(reset.location(), "/?done=reset");
    assert_eq!(demo.clock.ahead(), SignedDuration::ZERO);
}

/// SEC-2: even a router that believes it shows a demo signs nobody in without a password where people are real.
#[tokio::test]
async fn sec_2_a_real_database_knows_no_one_click_sign_in() {
    let demo = demo(Kind::Real).await;
    let reply = demo.send("POST", "/demo/sign-in", None, &[("persona", "ruth")]).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert!(!reply.headers.contains_key(header::SET_COOKIE));
    assert_eq!(demo.person.role, Role::Controller);
}

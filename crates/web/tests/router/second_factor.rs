//! The second step of signing in, through the front door (SEC-2).
use crate::house::{House, PASSWORD, Reply, form, request};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use fairwatch_app::accounts::Token;
use fairwatch_core::{accounts::factors::step_at, gate::Role};
use fairwatch_store::accounts::factors;
use fairwatch_testkit::engines::Person;
use fairwatch_web::listed;
use jiff::SignedDuration;

fn cookie_of(reply: &Reply) -> String {
    let set = reply.header(header::SET_COOKIE);
    set.split(';').next().expect("a cookie has a pair").to_owned()
}

/// The password right, and nothing more.
async fn half(house: &House, person: &Person, more: &[(&str, &str)]) -> Reply {
    let fields = [&[("login", person.login.as_str()), ("password", PASSWORD)], more].concat();
    house.post("/sign-in", None, &fields).await
}

async fn send(house: &House, method: &str, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Reply {
    let body = if fields.is_empty() { Body::empty() } else { form(fields) };
    house.send(request(method, path, Some(cookie.to_owned()), body)).await
}

/// What the app shows of whoever sets one up.
async fn code(house: &House, cookie: &str) -> String {
    let token = cookie.split_once('=').and_then(|(_, token)| Token::parse(token)).expect("a token");
    let ctx = house.world.nobody();
    let secret = factors::enrolment(&house.world.store, &ctx, &token).await.expect("the store answers");
    secret.expect("there is something to set up").code(step_at(ctx.real_now()))
}

/// SEC-2: between password and second factor every address is as for nobody, but that the way leads to the second step.
#[tokio::test]
async fn sec_2_half_a_session_opens_no_address() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::Controller).await;
    let reply = half(&house, &person, &[("next", "/o/northgate/people")]).await;
    assert_eq!(reply.location(), "/sign-in/second?next=%2Fo%2Fnorthgate%2Fpeople");
    let cookie = cookie_of(&reply);
    for (method, pattern, access, _) in listed(false) {
        if access.starts_with("public") {
            continue;
        }
        let path = ["{id}", "{report}", "{item}", "{link}"].iter().fold(pattern.to_owned(), |path, hole| {
            path.replace(hole, "01900000-0000-7000-8000-000000000000")
        });
        let path = path.replace("{slug}", "northgate").replace("{token}", &"0".repeat(64));
        let path = path.replace("{name}", "x").replace("{kind}", "x").replace("{number}", "1");
        let reply = send(&house, method, &path, &cookie, &[]).await;
        let second = reply.location().starts_with("/sign-in/second?next=");
        let carried = reply.status == StatusCode::FORBIDDEN && reply.text().contains("Set up a second step");
        assert!(second || carried, "{method} {path}: {} {}", reply.status, reply.location());
    }
    for path in ["/", "/account"] {
        let reply = send(&house, "GET", path, &cookie, &[]).await;
        assert!(reply.location().starts_with("/sign-in/second"), "{path}: {}", reply.location());
    }
}

/// SEC-2: whoever does not know the password is told the same, whether or not there is a second factor.
#[tokio::test]
async fn sec_2_a_wrong_password_tells_nothing_of_a_second_factor() {
    let house = House::new().await;
    let with = house.with_password(&house.north, Role::Controller).await;
    house.sign_in(&with).await;
    let without = house.with_password(&house.north, Role::MemberUser).await;
    let wrong = async |login: &str| {
        let reply = house.post("/sign-in", None, &[("login", login), ("password", "not this one")]).await;
        (reply.status, reply.text().replace(login, "X"))
    };
    let answer = wrong(&with.login).await;
    assert_eq!(answer, wrong(&without.login).await);
    assert_eq!(answer, wrong("nobody@here.example").await);
    // Without half a session the second step says nothing either.
    for reply in [house.get("/sign-in/second", None).await, house.post("/sign-in/second", None, &[]).await] {
        assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    }
}

/// SEC-2: the first sign-in sets codes up without script, shows the recovery codes once, and leads on.
#[tokio::test]
async fn sec_2_codes_are_set_up_at_the_first_sign_in() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::Board).await;
    let cookie = cookie_of(&half(&house, &person, &[]).await);
    let page = send(&house, "GET", "/sign-in/second", &cookie, &[]).await.text();
    assert!(page.contains("otpauth://totp/Fairwatch:") && page.contains("<svg class=\"qr\""), "{page}");
    let again = send(&house, "POST", "/sign-in/second", &cookie, &[("code", "000000")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("This code is not right") && again.text().contains("otpauth://"));
    let typed = code(&house, &cookie).await;
    let fields = [("code", typed.as_str()), ("next", "/o/northgate/audit")];
    let done = send(&house, "POST", "/sign-in/second", &cookie, &fields).await;
    let codes = done.text();
    assert_eq!(codes.matches("<code>").count(), 10);
    assert!(codes.contains("href=\"/o/northgate/audit\""), "and on to where one was going");
    let session = cookie_of(&done);
    assert_ne!(session, cookie, "whoever knew the token of the half knows nothing of the whole");
    assert_eq!(send(&house, "GET", "/o/northgate/audit", &session, &[]).await.status, StatusCode::OK);
    let own = send(&house, "GET", "/account/factors", &session, &[]).await.text();
    assert!(own.contains("Authenticator app") && own.contains("10 left"));
    for code in codes.split("<code>").skip(1).filter_map(|rest| rest.split('<').next()) {
        assert!(!own.contains(code), "they are shown once");
    }
    // The next time the code is asked for, and the step that was used is not taken again.
    let cookie = cookie_of(&half(&house, &person, &[]).await);
    let page = send(&house, "GET", "/sign-in/second", &cookie, &[]).await.text();
    assert!(page.contains("One more step") && !page.contains("otpauth://"));
    let used = send(&house, "POST", "/sign-in/second", &cookie, &[("code", &typed)]).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// SEC-2: tries at codes wait, and the answer says for how long.
#[tokio::test]
async fn sec_2_tries_at_codes_are_limited() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::Controller).await;
    house.sign_in(&person).await;
    let cookie = cookie_of(&half(&house, &person, &[]).await);
    let mut last = StatusCode::OK;
    for _ in 0..7 {
        last = send(&house, "POST", "/sign-in/second", &cookie, &[("code", "123456")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

/// INC-8, SEC-2: what was typed into a report survives a session that ended, over both steps of signing in again.
#[tokio::test]
async fn sec_2_what_was_typed_survives_both_steps() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::Controller).await;
    let cookie = cookie_of(&half(&house, &person, &[]).await);
    let right = code(&house, &cookie).await;
    let done = send(&house, "POST", "/sign-in/second", &cookie, &[("code", &right)]).await;
    let (session, text) = (cookie_of(&done), done.text());
    let recovery = text.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).expect("a code");
    house.world.clock.pass(SignedDuration::from_hours(13));
    let typed = [("sentence", "Took two bottles of gin."), ("category", "theft")];
    let asked = send(&house, "POST", "/o/northgate/report", &session, &typed).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    let kept = |text: &str| text.contains("kept-sentence") && text.contains("Took two bottles of gin.");
    assert!(kept(&asked.text()));
    let more = [("kept-sentence", "Took two bottles of gin."), ("resume", "/o/northgate/report")];
    let second = half(&house, &person, &more).await;
    assert_eq!(second.status, StatusCode::OK);
    assert!(second.text().contains("One more step") && kept(&second.text()));
    let cookie = cookie_of(&second);
    let wrong =
        send(&house, "POST", "/sign-in/second", &cookie, &[&[("code", "1")], &more[..]].concat()).await;
    assert!(kept(&wrong.text()), "a mistyped code loses nothing");
    let fields = [&[("code", recovery)], &more[..]].concat();
    let page = send(&house, "POST", "/sign-in/second", &cookie, &fields).await.text();
    assert!(
        page.contains("action=\"/o/northgate/report\"") && page.contains("Took two bottles of gin."),
        "{page}"
    );
}

//! Signing in and out, through the front door (SEC-2).
use crate::house::{House, PASSWORD, form, request};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use fairwatch_app::accounts;
use fairwatch_core::{accounts::MembershipState, gate::Role};
use jiff::SignedDuration;

/// SEC-2: the right password signs in, leads on to where one was going, and the cookie is kept from scripts, other
/// sites and plain connections.
#[tokio::test]
async fn sec_2_signing_in_leads_on() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let asked = house.get("/o/northgate/people?q=red%20coat", None).await;
    assert_eq!(asked.location(), "/sign-in?next=%2Fo%2Fnorthgate%2Fpeople");
    let page = house.get(asked.location(), None).await;
    assert!(page.text().contains("name=\"next\" value=\"/o/northgate/people\""));
    let fields = [("login", person.login.as_str()), ("password", PASSWORD), ("next", "/o/northgate/people")];
    let reply = house.post("/sign-in", None, &fields).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, "/o/northgate/people"));
    let set = reply.header(header::SET_COOKIE);
    assert!(set.starts_with("__Host-fairwatch="), "{set}");
    for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Max-Age="] {
        assert!(set.contains(flag), "{set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    let evil = [("login", person.login.as_str()), ("password", PASSWORD), ("next", "//evil.example/")];
    assert_eq!(house.post("/sign-in", None, &evil).await.location(), "/o/northgate");
}

/// SEC-2: no such account, a wrong password and a suspended user have one answer; what was typed as login is kept,
/// what was typed as password is not.
#[tokio::test]
async fn sec_2_a_refusal_says_nothing_of_the_account() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let wrong =
        house.post("/sign-in", None, &[("login", &person.login), ("password", "something else")]).await;
    let nobody = house
        .post("/sign-in", None, &[("login", "nobody@here.example"), ("password", "something else")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.text().replace(&person.login, "X"), nobody.text().replace("nobody@here.example", "X"));
    assert!(wrong.text().contains(&format!("value=\"{}\"", person.login)));
    assert!(!wrong.text().contains("something else"));
    assert!(wrong.text().contains("govuk-error-summary"));
}

/// SEC-2: attempts are limited by account and address; the right password has to wait as well.
#[tokio::test]
async fn sec_2_attempts_are_limited() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let mut statuses = Vec::new();
    for _ in 0..7 {
        let tried =
            house.post("/sign-in", None, &[("login", &person.login), ("password", "a wrong password")]).await;
        statuses.push(tried.status);
    }
    assert_eq!(statuses[0], StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(statuses[6], StatusCode::TOO_MANY_REQUESTS);
    let right = [("login", person.login.as_str()), ("password", PASSWORD)];
    assert_eq!(house.post("/sign-in", None, &right).await.status, StatusCode::TOO_MANY_REQUESTS);
    house.world.clock.pass(SignedDuration::from_mins(2));
    assert_eq!(house.post("/sign-in", None, &right).await.status, StatusCode::SEE_OTHER);
}

/// SEC-2: signing out ends the session on the server; a copied cookie is worth nothing afterwards.
#[tokio::test]
async fn sec_2_signing_out_ends_the_session() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let (here, there) = (house.sign_in(&person).await, house.sign_in(&person).await);
    let get = async |cookie: &str| {
        house
            .send(request("GET", "/o/northgate/gallery", Some(cookie.to_owned()), Body::empty()))
            .await
            .status
    };
    assert_eq!(get(&here).await, StatusCode::OK);
    let out = house.send(request("POST", "/sign-out", Some(here.clone()), Body::empty())).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    assert!(out.header(header::SET_COOKIE).contains("Max-Age=0"));
    assert_eq!(get(&here).await, StatusCode::SEE_OTHER);
    assert_eq!(get(&there).await, StatusCode::OK, "the other device is still signed in");
}

/// SEC-2: sign out everywhere, and one device alone.
#[tokio::test]
async fn sec_2_signing_out_everywhere() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let (a, b) = (house.sign_in(&person).await, house.sign_in(&person).await);
    let get = async |cookie: &str| {
        house.send(request("GET", "/account", Some(cookie.to_owned()), Body::empty())).await
    };
    let page = get(&a).await.text();
    assert!(page.contains("Sign out everywhere") && page.contains(&person.login));
    let other =
        page.split("name=\"session\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let ended =
        house.send(request("POST", "/account/sessions", Some(a.clone()), form(&[("session", other)]))).await;
    assert_eq!(ended.location(), "/account?done=session-ended");
    assert_eq!(get(&b).await.status, StatusCode::SEE_OTHER);
    let b = house.sign_in(&person).await;
    let all =
        house.send(request("POST", "/account/sign-out-everywhere", Some(a.clone()), Body::empty())).await;
    assert_eq!(all.status, StatusCode::SEE_OTHER);
    assert_eq!((get(&a).await.status, get(&b).await.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
}

/// SEC-2, MEM-8: who is suspended is out with the next request.
#[tokio::test]
async fn sec_2_a_suspended_user_is_out_at_once() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    assert_eq!(house.get("/o/northgate/gallery", Some(&member)).await.status, StatusCode::OK);
    let path = format!("/o/northgate/members/{}/suspend", member.membership);
    let without = house.post(&path, Some(&controller), &[("reason", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.get("/o/northgate/gallery", Some(&member)).await.status, StatusCode::OK);
    let done = house.post(&path, Some(&controller), &[("reason", "Left the shop")]).await;
    assert_eq!(done.location(), "/o/northgate/members?done=suspended");
    assert_eq!(house.get("/o/northgate/gallery", Some(&member)).await.status, StatusCode::SEE_OTHER);
}

/// SEC-2, VIS-7: who is suspended in one scheme and not in another stays signed in, and finds the first as if it were
/// not there.
#[tokio::test]
async fn vis_7_a_scheme_that_one_was_put_out_of_is_not_there() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::Staff).await;
    let user = accounts::NewUser {
        name: "Staff Example".into(),
        email: Some(member.login.clone()),
        role: Some(Role::Staff),
        ..accounts::NewUser::default()
    };
    accounts::give_role(&house.app, &house.world.console(), house.south.org, &user).await.unwrap();
    assert_eq!(house.get("/o/southgate/gallery", Some(&member)).await.status, StatusCode::OK);
    accounts::set_membership(
        &house.app,
        &controller.ctx,
        member.membership,
        MembershipState::Suspended,
        "Moved",
    )
    .await
    .unwrap();
    let gone = house.get("/o/northgate/gallery", Some(&member)).await;
    assert!(gone.seen() == house.get("/nothing/is/here", None).await.seen());
    assert_eq!(house.get("/o/southgate/gallery", Some(&member)).await.status, StatusCode::OK);
}

/// SEC-2: a session ends by itself.
#[tokio::test]
async fn sec_2_sessions_end() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    assert_eq!(house.get("/o/northgate/gallery", Some(&controller)).await.status, StatusCode::OK);
    house.world.clock.pass(SignedDuration::from_hours(24 * 8));
    assert_eq!(house.get("/o/northgate/gallery", Some(&controller)).await.status, StatusCode::SEE_OTHER);
}

/// SEC-2: the link of an invitation sets a password once; then one signs in with it.
#[tokio::test]
async fn sec_2_a_link_sets_a_password_once() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let fields = [("name", "Sam Example"), ("email", "sam@corner.example"), ("role", "staff")];
    let page = house.post("/o/northgate/members/invite", Some(&controller), &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    let link =
        text.split("https://fairwatch.example").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let asked = house.get(link, None).await;
    assert_eq!((asked.status, asked.header(header::REFERRER_POLICY)), (StatusCode::OK, "no-referrer"));
    assert!(asked.text().contains("sam@corner.example"));
    for (fields, what) in [
        ([("password", "lamp otter window"), ("again", "lamp otter"), ("notice", "1")], "not the same"),
        ([("password", "short"), ("again", "short"), ("notice", "1")], "at least 12"),
    ] {
        let refused = house.post(link, None, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(what), "{}", refused.text());
    }
    let both = [("password", PASSWORD), ("again", PASSWORD), ("notice", "1")];
    let set = house.post(link, None, &both).await;
    assert_eq!((set.status, set.header(header::REFERRER_POLICY)), (StatusCode::OK, "no-referrer"));
    assert!(
        set.text().contains("Your password is set.") && set.text().contains("value=\"sam@corner.example\"")
    );
    let spent = house.get(link, None).await;
    assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(spent.header(header::REFERRER_POLICY), "no-referrer");
    let again = house.post(link, None, &both).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let signed_in =
        house.post("/sign-in", None, &[("login", "sam@corner.example"), ("password", PASSWORD)]).await;
    assert_eq!(signed_in.location(), "/sign-in/second", "their role needs a second factor");
}

/// INC-1: what was typed into the report form survives a session that ended meanwhile.
#[tokio::test]
async fn inc_1_what_was_typed_survives_a_session_that_ended() {
    let house = House::new().await;
    let member = house.with_password(&house.north, Role::MemberUser).await;
    let typed = [("text", "They took \"gin\" &\nran"), ("place", "Till 3")];
    let asked = house.post("/o/northgate/report", None, &typed).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    let carried = hidden(&asked.text());
    assert!(carried.contains(&("kept-text".into(), "They took \"gin\" &\nran".into())), "{carried:?}");
    let mut fields: Vec<(&str, &str)> = carried.iter().map(|(name, value)| (&**name, &**value)).collect();
    fields.extend([("login", member.login.as_str()), ("password", "a wrong password")]);
    let again = house.post("/sign-in", None, &fields).await;
    assert_eq!(hidden(&again.text()), carried, "a mistyped password loses nothing");
    fields.pop();
    fields.push(("password", PASSWORD));
    let signed_in = house.post("/sign-in", None, &fields).await;
    assert_eq!(signed_in.status, StatusCode::OK);
    let text = signed_in.text();
    assert!(text.contains("action=\"/o/northgate/report\""));
    let cookie = signed_in.header(header::SET_COOKIE).split(';').next().unwrap().to_owned();
    let back = hidden(&text);
    let fields: Vec<(&str, &str)> = back.iter().map(|(name, value)| (&**name, &**value)).collect();
    let form_again =
        house.send(request("POST", "/o/northgate/report", Some(cookie.clone()), form(&fields))).await;
    assert!(
        form_again.status.is_success()
            || form_again.status == StatusCode::SEE_OTHER
            || form_again.status == StatusCode::UNPROCESSABLE_ENTITY
    );
    let shown = match form_again.status {
        StatusCode::SEE_OTHER => {
            house.send(request("GET", form_again.location(), Some(cookie), Body::empty())).await
        }
        _ => form_again,
    };
    assert!(shown.text().contains("Till 3"), "{}", shown.text());
}

/// The hidden inputs of a page, by name and value.
fn hidden(page: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        text.replace("&#38;", "&")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
    };
    page.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .filter_map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"")?;
            let (value, _) = rest.split_once('"')?;
            Some((decode(name), decode(value)))
        })
        .collect()
}

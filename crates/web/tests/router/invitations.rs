//! Inviting and answering, through the front door (VIS-6, VIS-7, SEC-2).
use crate::house::{House, PASSWORD, Reply, Seen, form, request};
use axum::http::StatusCode;
use fairwatch_app::accounts;
use fairwatch_core::gate::Role;
use fairwatch_testkit::engines::Person;
use jiff::SignedDuration;

const HOME: &str = "https://fairwatch.example";

/// The path of the link on a page that hands one over.
fn link(reply: &Reply) -> String {
    let text = reply.text();
    let rest = text.split_once(HOME).unwrap_or_else(|| panic!("no link in {text}")).1;
    rest.split('<').next().unwrap_or_default().to_owned()
}

/// The membership that the directory offers to take back.
fn invited(reply: &Reply) -> String {
    let text = reply.text();
    let rest = text
        .split("/o/southgate/members/")
        .find(|rest| rest.split('"').next().unwrap_or("").ends_with("/take-back"));
    rest.and_then(|rest| rest.split('/').next()).expect("somebody is invited").to_owned()
}

async fn invite(house: &House, by: &Person, email: &str) -> Reply {
    let fields = [("name", "Alex Example"), ("email", email), ("role", "staff")];
    let reply = house.post("/o/southgate/members/invite", Some(by), &fields).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    reply
}

/// An answer with what was typed, the link and the id taken out of it.
fn without(reply: &Reply, taken: &[(&str, &str)]) -> Seen {
    let (status, headers, body) = reply.seen();
    let mut text = String::from_utf8(body).expect("pages are text");
    for (what, name) in taken {
        text = text.replace(what, name);
    }
    (status, headers, text.into_bytes())
}

/// VIS-6, VIS-7: whether somebody has an account elsewhere changes neither what their inviter is told nor what the link
/// shows, byte for byte.
#[tokio::test]
async fn vis_7_the_answer_is_the_same_for_a_known_address_and_an_unknown_one() {
    let house = House::new().await;
    let guard = house.with_password(&house.north, Role::Staff).await;
    let controller = house.world.person(&house.south, Role::Controller).await;
    let mut seen = Vec::new();
    // As long as the other, so that the lengths can be compared, too.
    let unknown = guard.login.replace("staff", "stuff");
    assert_ne!(guard.login, unknown);
    for email in [guard.login.as_str(), unknown.as_str()] {
        let page = invite(&house, &controller, email).await;
        let (link, id) = (link(&page), invited(&page));
        assert!(!page.text().contains("Scheme staff Example"), "the name on the account is not told");
        let opened = house.get(&link, None).await;
        assert_eq!(opened.status, StatusCode::OK);
        let short =
            house.post(&link, None, &[("password", "short"), ("again", "short"), ("notice", "1")]).await;
        let taken = [(link.as_str(), "LINK"), (id.as_str(), "ID"), (email, "ADDRESS")];
        seen.push([&page, &opened, &short].map(|reply| without(reply, &taken)));
        let back = house.post(&format!("/o/southgate/members/{id}/take-back"), Some(&controller), &[]).await;
        assert_eq!(back.location(), "/o/southgate/members?done=taken-back");
    }
    assert!(seen[0] == seen[1], "a known address is told from an unknown one");
}

/// SEC-2, VIS-6: whoever has an account signs in with its password and accepts; then the scheme sees their name, and not
/// with what they sign in.
#[tokio::test]
async fn sec_2_an_account_accepts_after_signing_in() {
    let house = House::new().await;
    let guard = house.with_password(&house.north, Role::Staff).await;
    let controller = house.world.person(&house.south, Role::Controller).await;
    let link = link(&invite(&house, &controller, "alex@south.example").await);
    let answer = format!("{link}/answer");
    assert_eq!(
        house.get(&answer, None).await.location(),
        format!("/sign-in?next={}", answer.replace('/', "%2F"))
    );
    let cookie = house.sign_in(&guard).await;
    let get = async |path: &str| {
        house.send(request("GET", path, Some(cookie.clone()), axum::body::Body::empty())).await
    };
    let fields = [("notice", "1")];
    let post =
        async |path: &str| house.send(request("POST", path, Some(cookie.clone()), form(&fields))).await;
    assert_eq!(
        get("/o/southgate/members").await.status,
        StatusCode::NOT_FOUND,
        "an invitation opens nothing"
    );
    assert_eq!(get(&link).await.location(), answer);
    let asked = get(&answer).await.text();
    assert!(asked.contains("Scheme staff Example") && asked.contains("alex@south.example"), "{asked}");
    assert_eq!(post(&format!("{link}/accept")).await.location(), "/o/southgate");
    assert_eq!(get("/o/southgate").await.status, StatusCode::SEE_OTHER);
    let listed = house.get("/o/southgate/members", Some(&controller)).await.text();
    assert!(
        listed.contains("Scheme staff Example") && listed.contains("invited as Alex Example"),
        "{listed}"
    );
    assert!(!listed.contains(&guard.login) && !listed.contains("not yet accepted"));
    let own = get("/account").await.text();
    assert!(own.contains("it was told: Alex Example, alex@south.example"), "{own}");
    let audit = house.get("/o/southgate/audit", Some(&controller)).await.text();
    assert!(audit.contains("Accepted an invitation") && audit.contains("Invited a user"), "{audit}");
}

/// SEC-2: a password that is chosen by the link is never that of an account that there was.
#[tokio::test]
async fn sec_2_a_link_takes_no_account_over() {
    let house = House::new().await;
    let guard = house.with_password(&house.north, Role::Staff).await;
    let controller = house.world.person(&house.south, Role::Controller).await;
    let link = link(&invite(&house, &controller, &guard.login).await);
    let other = "window otter lamp";
    let set = house.post(&link, None, &[("password", other), ("again", other), ("notice", "1")]).await;
    assert_eq!(set.status, StatusCode::OK);
    let text = set.text();
    let name =
        text.split("You sign in as ").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_default();
    assert!(name.starts_with("user-"), "{text}");
    let wrong = house.post("/sign-in", None, &[("login", &guard.login), ("password", other)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.sign_in(&guard).await;
    let theirs = house.post("/sign-in", None, &[("login", name), ("password", other)]).await;
    assert_eq!(theirs.location(), "/sign-in/second", "staff give a second factor");
    let own = house.post("/sign-in", None, &[("login", &guard.login), ("password", PASSWORD)]).await;
    assert_eq!(own.location(), "/sign-in/second");
}

/// VIS-7: links that were used, declined, taken back, replaced or have ended answer like one that never was.
#[tokio::test]
async fn vis_7_spent_links_answer_like_none() {
    let house = House::new().await;
    let controller = house.world.person(&house.south, Role::Controller).await;
    let mut spent = Vec::new();
    let both = [("password", PASSWORD), ("again", PASSWORD), ("notice", "1")];
    let used = link(&invite(&house, &controller, "used@south.example").await);
    assert_eq!(house.post(&used, None, &both).await.status, StatusCode::OK);
    let declined = link(&invite(&house, &controller, "declined@south.example").await);
    let away = house.post(&format!("{declined}/decline"), None, &[]).await;
    assert_eq!(away.location(), "/sign-in?done=declined");
    let page = invite(&house, &controller, "replaced@south.example").await;
    let (replaced, id) = (link(&page), invited(&page));
    let at = |deed: &str| format!("/o/southgate/members/{id}/{deed}");
    assert!(
        house
            .get(&at("new-link"), Some(&controller))
            .await
            .text()
            .contains("Make a new link for Alex Example")
    );
    let again = house.post(&at("new-link"), Some(&controller), &[]).await;
    let newer = link(&again);
    assert_eq!(house.get(&newer, None).await.status, StatusCode::OK);
    assert!(again.text().contains("Invited, not yet accepted") && again.text().contains("good until"));
    // What is for roles is not there for an invitation.
    for deed in ["suspend", "let-in", "end"] {
        assert_eq!(house.get(&at(deed), Some(&controller)).await.status, StatusCode::NOT_FOUND, "{deed}");
        let sent = house.post(&at(deed), Some(&controller), &[("reason", "None")]).await;
        assert_eq!(sent.status, StatusCode::NOT_FOUND, "{deed}");
    }
    let taken = link(&invite(&house, &controller, "taken@south.example").await);
    let id = accounts::directory(&house.app, &controller.ctx, house.south.org).await.unwrap();
    let id = id.users.iter().find(|user| user.told.email.as_deref() == Some("taken@south.example")).unwrap();
    let back = format!("/o/southgate/members/{}/take-back", id.membership);
    assert!(house.get(&back, Some(&controller)).await.text().contains("is deleted"));
    house.post(&back, Some(&controller), &[]).await;
    spent.extend([used, declined, replaced, taken]);
    let ended = link(&invite(&house, &controller, "ended@south.example").await);
    house.world.clock.pass(SignedDuration::from_hours(72));
    spent.extend([newer, ended]);
    let person = house.world.person(&house.north, Role::Staff).await;
    let never = format!("/invitation/{}", "0".repeat(64));
    for link in &spent {
        for who in [None, Some(&person)] {
            let answers = async |link: &str| {
                [
                    house.get(link, who).await.seen(),
                    house.post(link, who, &both).await.seen(),
                    house.post(&format!("{link}/decline"), who, &[]).await.seen(),
                ]
            };
            assert!(answers(link).await == answers(&never).await, "{link}");
        }
        for (method, deed) in [("GET", "answer"), ("POST", "accept")] {
            let answer = async |link: &str| {
                let path = format!("{link}/{deed}");
                if method == "GET" {
                    house.get(&path, Some(&person)).await.seen()
                } else {
                    house.post(&path, Some(&person), &[]).await.seen()
                }
            };
            assert!(answer(link).await == answer(&never).await, "{method} {link} {deed}");
        }
    }
}

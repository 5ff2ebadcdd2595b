//! What a scheme publishes, through the front door, and that members are served theirs (NOT-2, NOT-3, POL-4).
use crate::house::{House, PASSWORD, Reply, form, request};
use axum::http::{StatusCode, header};
use fairwatch_core::{gate::Role, notices::Notice};

/// NOT-2: whoever comes reads each notice, without an account and without a cookie.
#[tokio::test]
async fn not_2_anybody_reads_each_notice() {
    let house = House::new().await;
    let index = house.get("/o/northgate/notices", None).await;
    assert_eq!(index.status, StatusCode::OK);
    for notice in Notice::ALL {
        let path = format!("/o/northgate/notices/{}", notice.name());
        assert!(index.text().contains(&format!("href=\"{path}\"")), "{path} is listed");
        let reply = house.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert!(!reply.headers.contains_key(header::SET_COOKIE), "{path} sets no cookie");
        let text = reply.text();
        assert!(text.contains(&format!("<h1>{}</h1>", notice.title())), "{path}");
        assert!(text.contains("Version 1, in force from"), "{path} says which version it is");
        // NOT-2: each page of the scheme leads here.
        assert!(text.contains("href=\"/o/northgate/notices\""), "{path}");
    }
    let all = house.get("/notices", None).await.text();
    assert!(all.contains("/o/northgate/notices/reported") && all.contains("/o/southgate/notices/reported"));
    assert!(house.get("/sign-in", None).await.text().contains("href=\"/notices\""));
    let member = house.world.person(&house.north, Role::Controller).await;
    assert!(house.get("/o/northgate/people", Some(&member)).await.text().contains("/o/northgate/notices"));
}

/// NOT-2: each notice is there as a PDF, for anybody; the second time it is the same file.
#[tokio::test]
async fn not_2_anybody_takes_each_notice_as_pdf() {
    let house = House::new().await;
    for notice in Notice::ALL {
        let path = format!("/o/northgate/notices/{}/pdf", notice.name());
        let reply = house.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        assert_eq!(reply.header(header::CONTENT_TYPE), "application/pdf");
        let name = format!("northgate-{}-version-1.pdf", notice.name());
        assert!(reply.header(header::CONTENT_DISPOSITION).contains(&name));
        assert!(!reply.headers.contains_key(header::SET_COOKIE));
        assert!(reply.body.starts_with(b"%PDF-") && reply.body.len() > 20_000, "{path}");
        assert!(house.get(&path, None).await.body == reply.body, "{path} is made once");
    }
    for path in ["/o/northgate/notices/nothing/pdf", "/o/northgate/notices/reported/pdf?version=2"] {
        assert_eq!(house.get(path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

/// POL-4: a notice is read by its version; what there is not yet, or is no version, is nothing.
#[tokio::test]
async fn pol_4_notices_are_read_by_version() {
    let house = House::new().await;
    let one = house.get("/o/northgate/notices/reported?version=1", None).await;
    assert_eq!(one.status, StatusCode::OK);
    assert!(!one.text().contains("This is a former text"));
    for path in [
        "/o/northgate/notices/reported?version=2",
        "/o/northgate/notices/reported?version=0",
        "/o/northgate/notices/reported?version=one",
        "/o/northgate/notices/nothing",
        "/o/nowhere/notices",
        "/o/nowhere/notices/reported",
    ] {
        assert_eq!(house.get(path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

fn link(page: &Reply) -> String {
    let text = page.text();
    text.split("https://fairwatch.example")
        .nth(1)
        .and_then(|rest| rest.split('<').next())
        .expect("a page holds its address")
        .to_owned()
}

/// NOT-3: an invitation shows the members' notice; only who was shown the one in force can accept, and the record says
/// which it was.
#[tokio::test]
async fn not_3_who_accepts_was_served_the_notice_and_it_is_on_record() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let invite = async |email: &str| {
        let fields = [("name", "Sam Example"), ("email", email), ("role", "staff")];
        link(&house.post("/o/northgate/members/invite", Some(&controller), &fields).await)
    };
    let new = invite("sam@corner.example").await;
    let shown = house.get(&new, None).await.text();
    for part in [
        Notice::Members.title(),
        "Version 1, in force from",
        "Your right to object",
        "name=\"notice\" value=\"1\"",
    ] {
        assert!(shown.contains(part), "{part}");
    }
    for version in ["", "2"] {
        let fields = [("password", PASSWORD), ("again", PASSWORD), ("notice", version)];
        let again = house.post(&new, None, &fields).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{version}");
        assert!(again.text().contains("The privacy notice has changed"));
    }
    let listed = async || house.get("/o/northgate/members", Some(&controller)).await.text();
    assert!(!listed().await.contains("given the privacy notice"), "nothing is recorded that was not");
    let fields = [("password", PASSWORD), ("again", PASSWORD), ("notice", "1")];
    assert_eq!(house.post(&new, None, &fields).await.status, StatusCode::OK);
    assert_eq!(listed().await.matches("given the privacy notice, version 1, on ").count(), 1);

    // Whoever has an account already is shown and asked the same.
    let guard = house.with_password(&house.south, Role::Staff).await;
    let second = invite("guard@corner.example").await;
    let cookie = house.sign_in(&guard).await;
    let send = async |method: &str, path: &str, fields: &[(&str, &str)]| {
        let body = if method == "GET" { axum::body::Body::empty() } else { form(fields) };
        house.send(request(method, path, Some(cookie.clone()), body)).await
    };
    let asked = send("GET", &format!("{second}/answer"), &[]).await.text();
    assert!(asked.contains("Your right to object") && asked.contains("name=\"notice\" value=\"1\""));
    let early = send("POST", &format!("{second}/accept"), &[]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    let accepted = send("POST", &format!("{second}/accept"), &[("notice", "1")]).await;
    assert_eq!(accepted.location(), "/o/northgate");
    assert_eq!(listed().await.matches("given the privacy notice, version 1, on ").count(), 2);
    let own = send("GET", "/account", &[]).await.text();
    assert!(own.contains("it gave you its privacy notice, version 1, on "), "{own}");
}

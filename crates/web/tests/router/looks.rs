//! What a look needs before it is answered, and what is kept of one that was turned away.
use crate::house::{House, cookie, form, request};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use fairwatch_app::subjects;
use fairwatch_core::gate::Role;
use fairwatch_testkit::faces::{Face, Shot};

/// The address of a picture in a page, with its ticket.
fn address(page: &str, size: &str) -> String {
    let found = page.split('"').find(|part| part.contains("/pictures/") && part.contains(size));
    found.unwrap_or_else(|| panic!("no {size} in {page}")).replace("&#38;", "&")
}

/// VIS-5, finding 9: whoever has to say why they look gets no larger picture by the ids that the gallery carries; the
/// page that was given for a reason has the addresses, and they are good for nobody else and not for ever.
#[tokio::test]
async fn vis_5_larger_pictures_follow_a_reason() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let records = house.records(&controller, &member).await;
    let officer = house.world.person(&house.north, Role::Police).await;
    let other = house.world.person(&house.north, Role::Police).await;
    let gallery = house.get("/o/northgate/gallery", Some(&officer)).await;
    assert_eq!(gallery.status, StatusCode::OK);
    assert!(gallery.text().contains(&records.picture.to_string()));
    let small = address(&gallery.text(), "/small?t=");
    assert_eq!(house.get(&small, Some(&officer)).await.status, StatusCode::OK);
    let hidden = house.get("/nothing/is/here", None).await;
    let ticket = small.split("t=").nth(1).unwrap();
    for size in ["medium", "large"] {
        let bare = format!("/o/northgate/pictures/{}/{size}", records.picture);
        for path in [bare.clone(), format!("{bare}?t=0"), format!("{bare}?t={ticket}")] {
            assert!(house.get(&path, Some(&officer)).await.seen() == hidden.seen(), "{path}");
        }
        assert_eq!(house.get(&bare, Some(&member)).await.status, StatusCode::OK, "nobody asks a member");
        assert_eq!(house.get(&bare, Some(&controller)).await.status, StatusCode::OK);
    }
    let here = format!("/o/northgate/people/{}", records.subject);
    let page = house.post(&here, Some(&officer), &[("reason", "Crime number 12")]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let medium = address(&page.text(), "/medium?t=");
    let large = medium.replace("/medium?", "/large?");
    for path in [&medium, &large] {
        assert_eq!(house.get(path, Some(&officer)).await.status, StatusCode::OK, "{path}");
        assert!(house.get(path, Some(&other)).await.seen() == hidden.seen(), "another session's");
    }
    house.world.clock.pass(jiff::SignedDuration::from_mins(11));
    assert!(house.get(&large, Some(&officer)).await.seen() == hidden.seen(), "minutes, not for ever");
}

/// RET-10, AUD-2, finding 11: of somebody past their end the controller's audit page reads no reason, before any sweep;
/// while they live, the entry of the look says whose reasons were read.
#[tokio::test]
async fn ret_10_no_reason_of_somebody_past_their_end_is_read() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let records = house.records(&controller, &member).await;
    let why = "Wanda wrote that it was her sister";
    subjects::restrict(&house.app, &controller.ctx, records.subject, true, why).await.unwrap();
    assert!(house.get("/o/northgate/audit", Some(&controller)).await.text().contains(why));
    let entries = house.world.audit().await.unwrap();
    let look = entries.iter().rev().find(|entry| entry.action == "audit.list").unwrap();
    assert!(look.about.contains(&records.subject.0), "the look says whose reason it read");
    house.world.clock.set_day(jiff::civil::date(2031, 3, 2));
    let page = house.get("/o/northgate/audit", Some(&controller)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("her sister"));
    let entries = house.world.audit().await.unwrap();
    let look = entries.iter().rev().find(|entry| entry.action == "audit.list").unwrap();
    assert!(!look.about.contains(&records.subject.0));
}

pub(crate) const EDGE: &str = "the-edge-of-a-part";

pub(crate) fn parts(fields: &[(&str, &str)], picture: &[u8]) -> Body {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{EDGE}\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a.jpg\"\r\n\
         content-type: image/jpeg\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(picture);
    body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
    Body::from(body)
}

pub(crate) fn upload(path: &str, cookie: Option<String>, body: Body) -> axum::http::Request<Body> {
    let mut post = request("POST", path, cookie, body);
    let kind = format!("multipart/form-data; boundary={EDGE}");
    post.headers_mut().insert(header::CONTENT_TYPE, kind.parse().expect("a content type"));
    post
}

/// INC-1, finding 14: what was typed survives a session that ended, with megabytes of pictures beside it; what is longer
/// than any report is not carried.
#[tokio::test]
async fn inc_1_what_was_typed_survives_beside_large_pictures() {
    let house = House::new().await;
    let pictures = vec![7; 5 * 1024 * 1024];
    let long = "x".repeat(80 * 1024);
    let fields = [("text", "They took gin & ran"), ("other", &long), ("place", "Till 3")];
    let asked = house.send(upload("/o/northgate/report", None, parts(&fields, &pictures))).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "{}", asked.text());
    let text = asked.text();
    assert!(text.contains("kept-text") && text.contains("They took gin") && text.contains("Till 3"));
    assert!(text.contains("Pictures have to be chosen again"));
    assert!(asked.body.len() < 72 * 1024, "{}", asked.body.len());
    let too_much = vec![7; 26 * 1024 * 1024];
    let refused = house.send(upload("/o/northgate/report", None, parts(&fields, &too_much))).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// SEC-4, finding 15: a script is told what is wrong with a picture, in a sentence.
#[tokio::test]
async fn sec_4_a_refused_picture_says_why_to_a_script() {
    let house = House::new().await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let send = async |bytes: &[u8]| {
        house.send(upload("/o/northgate/report/picture", Some(cookie(&member)), parts(&[], bytes))).await
    };
    let refused = send(b"This is no picture.").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert!(refused.header(header::CONTENT_TYPE).starts_with("application/json"));
    let said: serde_json::Value = serde_json::from_slice(&refused.body).unwrap();
    assert!(said["error"].as_str().is_some_and(|sentence| sentence.ends_with('.')), "{said}");
    let taken = send(&Face::from_seed(7).draw(&Shot::portrait(96, 120)).to_jpeg(80)).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text());
}

/// SEC-2: a request that asks for another name was not meant for this installation: a page elsewhere that has its name
/// point here reads nothing.
#[tokio::test]
async fn sec_2_another_name_is_answered_like_nothing() {
    let house = House::new().await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let hidden = house.get("/nothing/is/here", None).await;
    for name in ["evil.example", "127.0.0.1:8080", "fairwatch.example:8443"] {
        for (method, path) in [("GET", "/account"), ("GET", "/sign-in"), ("POST", "/sign-in")] {
            let mut asked = request(method, path, Some(cookie(&member)), form(&[]));
            asked.headers_mut().insert(header::HOST, name.parse().unwrap());
            assert!(house.send(asked).await.seen() == hidden.seen(), "{name} {path}");
        }
    }
    let mut asked = request("GET", "/account", Some(cookie(&member)), Body::empty());
    asked.headers_mut().insert(header::HOST, "Fairwatch.Example:443".parse().unwrap());
    assert_eq!(house.send(asked).await.status, StatusCode::OK);
}

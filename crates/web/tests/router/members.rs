//! Forms about members: what they ask for, and what they point out (MEM-7, MEM-8).
use crate::house::House;
use axum::http::StatusCode;
use fairwatch_core::gate::Role;
use std::collections::BTreeSet;

/// Every field that a form about a member or one of its people may have. None of them asks for health, origin, belief or
/// anything else of special category; whoever adds one looks at this list, and thinks of it.
const ASKED: &[&str] = &[
    "action",
    "area",
    "business",
    "business-name",
    "device",
    "email",
    "end-day",
    "end-month",
    "end-year",
    "file",
    "happened-day",
    "happened-month",
    "happened-year",
    "kind",
    "manages",
    "measure",
    "message",
    "minded",
    "name",
    "person",
    "premises",
    "q",
    "reason",
    "review-day",
    "review-month",
    "review-year",
    "role",
    "rows",
    "rule",
    "shown",
    "shows",
    "site",
    "telephone",
    "text",
    "trade",
    "user_name",
    "version",
    "who",
    "agrees",
    "day",
    "month",
    "year",
    "wanted",
    "account",
    "next",
    "date",
    "days",
    "to",
    "how",
];

fn names(page: &str) -> BTreeSet<&str> {
    let main = page.split("<main").nth(1).unwrap_or(page);
    main.split(" name=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// MEM-7: no form about members asks for special category data.
#[tokio::test]
async fn mem_7_no_form_about_members_asks_for_what_must_not_be_held() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.business(&house.north).await;
    let out = house.suspended(&controller).await;
    let user = house.world.person(&house.north, Role::MemberUser).await;
    house.device(&controller, &user).await;
    let about = user.membership;
    let mut walked = 0;
    for (path, who) in [
        ("/o/northgate/join".to_owned(), None),
        ("/o/northgate/members".to_owned(), Some(&controller)),
        ("/o/northgate/members/import".to_owned(), Some(&controller)),
        (format!("/o/northgate/members/{about}/suspend"), Some(&controller)),
        (format!("/o/northgate/members/{about}/correct"), Some(&controller)),
        (format!("/o/northgate/businesses/{member}/conduct"), Some(&controller)),
        (format!("/o/northgate/businesses/{member}/suspend"), Some(&controller)),
        (format!("/o/northgate/businesses/{out}/suspension"), Some(&controller)),
        (format!("/o/northgate/businesses/{out}/let-in"), Some(&controller)),
        ("/o/northgate/colleagues".to_owned(), Some(&user)),
    ] {
        let reply = house.get(&path, who).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}");
        let text = reply.text();
        for name in names(&text) {
            assert!(ASKED.contains(&name), "{path} asks for {name}");
            walked += 1;
        }
    }
    assert!(walked > 30, "the forms were read: {walked}");
}

/// MEM-7: what somebody types about a member and what may tell of health or belief is pointed out once, and nothing of what
/// was typed is lost.
#[tokio::test]
async fn mem_7_free_text_about_members_is_looked_at_like_a_narrative() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.business(&house.north).await;
    let user = house.world.person(&house.north, Role::MemberUser).await;
    let told = "He has epilepsy and left the till.";
    let carried = |text: &str| {
        let rest = text.split("name=\"minded\" value=\"").nth(1).expect("it says what was shown");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    for (path, field, more) in [
        (format!("/o/northgate/members/{}/suspend", user.membership), "reason", vec![]),
        (
            format!("/o/northgate/businesses/{member}/conduct"),
            "text",
            vec![("rule", "4b"), ("measure", "warning")],
        ),
        (format!("/o/northgate/businesses/{member}/suspend"), "reason", vec![]),
        (format!("/o/northgate/businesses/{member}/suspension"), "reason", vec![]),
        (format!("/o/northgate/businesses/{member}/let-in"), "reason", vec![]),
    ] {
        let mut fields = more.clone();
        fields.push((field, told));
        let asked = house.post(&path, Some(&controller), &fields).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let text = asked.text();
        assert!(text.contains("health") && text.contains("left the till"), "{path}: said, and not lost");
        let minded = carried(&text);
        fields.push(("minded", &minded));
        let done = house.post(&path, Some(&controller), &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", done.text());
    }
}

/// MEM-8, INC-1: somebody who is sending a report at the moment at which their business is suspended is out, and what they
/// typed is carried to the sign-in page; once they are back, it is there.
#[tokio::test]
async fn mem_8_a_report_in_hand_is_carried_when_the_business_is_suspended() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let user = house.world.person(&house.north, Role::MemberUser).await;
    let member = user.member.expect("they have a business");
    let path = format!("/o/northgate/businesses/{member}/suspend");
    let done = house.post(&path, Some(&controller), &[("reason", "They were asked twice.")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let typed =
        [("category", "theft"), ("place", "Till 3"), ("sentence", "Somebody took three bottles of gin.")];
    let reply = house.post("/o/northgate/report", Some(&user), &typed).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.text().contains("three bottles of gin"), "what was typed is on the page");
    let gallery = house.get("/o/northgate/gallery", Some(&user)).await;
    assert!(gallery.location().starts_with("/sign-in"), "they are signed out");
}

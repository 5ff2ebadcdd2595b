//! What asks somebody to read and agree before they see others' data (MEM-3).
use crate::house::House;
use axum::http::StatusCode;
use fairwatch_core::gate::Role;

/// MEM-3, VIS-7: whoever has yet to agree is led to the page that asks and on to where they were going, whether or not
/// there is anything there; reporting, one's own reports and one's account are open all the while.
#[tokio::test]
async fn mem_3_the_page_that_asks_stands_before_others_data_and_never_before_a_report() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let records = house.records(&controller, &member).await;
    let newcomer = house.world.newcomer(&house.north, Role::MemberUser).await;
    let get = async |path: &str| house.get(path, Some(&newcomer)).await;
    let shown = format!("/o/northgate/people/{}", records.subject);
    let nobody = "/o/northgate/people/01900000-0000-7000-8000-000000000000";
    for path in ["/o/northgate/gallery?area=x", "/o/northgate/find?q=a", &shown, nobody] {
        let reply = get(path).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
        let to = reply.location();
        assert!(to.starts_with("/o/northgate/certify?then=%2Fo%2Fnorthgate%2F"), "{path}: {to}");
    }
    // What is not theirs at all stays as absent as ever.
    assert_eq!(get("/o/northgate/review").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get("/o/southgate/gallery").await.status, StatusCode::NOT_FOUND);
    let small = format!("/o/northgate/pictures/{}/small?t=x", records.picture);
    assert_eq!(get(&small).await.status, StatusCode::NOT_FOUND);
    let medium = format!("/o/northgate/pictures/{}/medium", records.picture);
    assert_eq!(get(&medium).await.status, StatusCode::NOT_FOUND, "no face is shown");
    let evidence = get(&format!("/o/northgate/evidence/{}", records.evidence)).await;
    assert_eq!(evidence.status, StatusCode::SEE_OTHER);
    assert!(evidence.location().starts_with("/o/northgate/certify?"));
    for path in ["/o/northgate/report", "/o/northgate/reports", "/account", "/account/copy"] {
        assert_eq!(get(path).await.status, StatusCode::OK, "{path}");
    }
    // A form is not acted upon, and what was typed is carried.
    let seen = format!("{shown}/seen");
    let reply = house.post(&seen, Some(&newcomer), &[("where", "By the till")]).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let text = reply.text();
    assert!(text.contains("Read and agree") && text.contains("By the till"), "{text}");
    assert!(text.contains("nothing was done with it yet"));
    // Agreeing goes on to where they were going, and to no other site.
    let page = get("/o/northgate/certify?then=%2Fo%2Fnorthgate%2Fgallery").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("value=\"notice:1\""));
    let then = ("then", "/o/northgate/gallery");
    let none = house.post("/o/northgate/certify", Some(&newcomer), &[then]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().contains("Tick each text"));
    let fields = [("agree", "notice:1"), then];
    let agreed = house.post("/o/northgate/certify", Some(&newcomer), &fields).await;
    assert_eq!(
        (agreed.status, agreed.location()),
        (StatusCode::SEE_OTHER, "/o/northgate/gallery?done=certified")
    );
    assert_eq!(get("/o/northgate/gallery").await.status, StatusCode::OK);
    assert_eq!(get(nobody).await.status, StatusCode::NOT_FOUND);
    let after = get("/o/northgate/certify").await;
    assert!(after.text().contains("Nothing is asked of you now"));
    let abroad = [("agree", "notice:1"), ("then", "https://evil.example")];
    let reply = house.post("/o/northgate/certify", Some(&newcomer), &abroad).await;
    assert_eq!(reply.location(), "/o/northgate?done=certified");
}

/// MEM-3: what somebody sent before they were asked is sent again at a button, as it was typed.
#[tokio::test]
async fn mem_3_what_was_sent_is_carried_over_the_page_that_asks() {
    let house = House::new().await;
    let newcomer = house.world.newcomer(&house.north, Role::Controller).await;
    let path = "/o/northgate/members/businesses";
    let typed =
        [("business-name", "Harbour Books"), ("premises", "2 Quay"), ("area", ""), ("trade", "Books")];
    let reply = house.post(path, Some(&newcomer), &typed).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let carried = [
        ("agree", "notice:1"),
        ("kept-business-name", "Harbour Books"),
        ("kept-premises", "2 Quay"),
        ("kept-trade", "Books"),
        ("resume", path),
    ];
    for (name, value) in &carried[1..] {
        let field = format!("name=\"{name}\" value=\"{value}\"");
        assert!(reply.text().contains(&field), "{field}");
    }
    let back = house.post("/o/northgate/certify", Some(&newcomer), &carried).await;
    assert_eq!(back.status, StatusCode::OK);
    let text = back.text();
    assert!(text.contains("Send it now") && text.contains("action=\"/o/northgate/members/businesses\""));
    let sent = house.post(path, Some(&newcomer), &typed).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
}

/// MEM-3, EXC-6, VIS-7: whoever has yet to agree reports a breach and a theft of somebody whom they chose without seeing
/// who it is, and what they chose stays; there or not, the answer is the same.
#[tokio::test]
async fn mem_3_exc_6_a_breach_is_reported_by_whoever_has_yet_to_agree() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let records = house.records(&controller, &member).await;
    let newcomer = house.world.newcomer(&house.north, Role::MemberUser).await;
    for subject in [&*records.subject.to_string(), "01900000-0000-7000-8000-000000000000"] {
        let path = format!("/o/northgate/people/{subject}/breach");
        let page = house.get(&path, Some(&newcomer)).await;
        assert_eq!(page.status, StatusCode::OK, "{subject}");
        assert!(page.text().contains("Report that the person you chose is here"));
        let typed = [("place", "By the till"), ("sentence", "They came in and would not leave.")];
        let sent = house.post(&path, Some(&newcomer), &typed).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        assert!(sent.location().starts_with("/o/northgate/report/sent?id="), "{}", sent.location());
        let form = house.get(&format!("/o/northgate/report?subject={subject}"), Some(&newcomer)).await;
        let text = form.text();
        assert!(text.contains("The person you chose") && text.contains(&format!("value=\"{subject}\"")));
    }
}

/// MEM-3: whoever has roles of two audiences is led from the page that asks nowhere else.
#[tokio::test]
async fn mem_3_the_page_that_asks_does_not_lead_to_itself() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    house.world.role_of(&house.north, &member, Role::Staff).await;
    // The second stops the controller, too.
    for audience in ["members", "office"] {
        let typed = [
            ("kind", "rules"),
            ("audience", audience),
            ("title", "House rules"),
            ("text", "Be kind."),
            ("asks", "yes"),
        ];
        let reply = house.post("/o/northgate/documents/new", Some(&controller), &typed).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
    }
    let gallery = house.get("/o/northgate/gallery", Some(&member)).await;
    assert_eq!(gallery.status, StatusCode::SEE_OTHER);
    let page = house.get(gallery.location(), Some(&member)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().matches("House rules").count() >= 2, "both are asked");
}

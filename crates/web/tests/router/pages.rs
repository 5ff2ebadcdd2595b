//! What the pages of the house say.
use crate::house::House;
use axum::http::{StatusCode, header};
use fairwatch_core::gate::Role;

/// MEM-2: everything that the account holds, on a page and as a file.
#[tokio::test]
async fn mem_2_ones_own_data_can_be_seen_and_taken_away() {
    let house = House::new().await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let page = house.get("/account", Some(&member)).await.text();
    assert!(page.contains(&member.login) && page.contains("Corner Shop"));
    let copy = house.get("/account/copy", Some(&member)).await;
    assert!(copy.header(header::CONTENT_DISPOSITION).starts_with("attachment"));
    let copy: serde_json::Value = serde_json::from_slice(&copy.body).unwrap();
    assert_eq!(copy["profile"]["email"], member.login);
}

/// POL-4: the public page is made from the rules, and needs nobody to sign in.
#[tokio::test]
async fn pol_4_the_policy_is_public() {
    let house = House::new().await;
    let page = house.get("/o/northgate/policy", None).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for words in
        ["Shown to members after a first report", "Date of birth", "Information Commissioner", "Your rights"]
    {
        assert!(text.contains(words), "{words}");
    }
    let here = house.world.person(&house.north, Role::MemberUser).await;
    assert!(house.get("/o/northgate/policy", Some(&here)).await.text().contains("aria-label=\"Main\""));
    let there = house.world.person(&house.south, Role::MemberUser).await;
    assert!(!house.get("/o/northgate/policy", Some(&there)).await.text().contains("aria-label=\"Main\""));
    assert_eq!(house.get("/o/elsewhere/policy", None).await.status, StatusCode::NOT_FOUND);
}

/// AUD-1, AUD-2, SEC-6: board and auditor read the chain, without anybody's name in it, and have it worked out again.
#[tokio::test]
async fn aud_1_the_audit_is_read_filtered_and_checked() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    house.records(&controller, &member).await;
    let auditor = house.world.person(&house.north, Role::Auditor).await;
    let all = house.get("/o/northgate/audit", Some(&auditor)).await.text();
    assert!(all.contains("Approved a report") && all.contains("Opened a report"));
    assert!(!all.contains(&controller.login) && !all.contains("Wanda"));
    let changes = house
        .get("/o/northgate/audit?kind=change&from=2026-03-02&to=2026-03-02", Some(&auditor))
        .await
        .text();
    assert!(changes.contains("Approved a report") && !changes.contains("Opened a report</td>"));
    let none = house.get("/o/northgate/audit?to=2026-03-01", Some(&auditor)).await.text();
    assert!(none.contains("Nothing was recorded that fits."));
    for _ in 0..60 {
        house.get("/o/northgate/gallery", Some(&member)).await;
    }
    let first = house.get("/o/northgate/audit?kind=look", Some(&auditor)).await.text();
    let next = first
        .split("href=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|href| href.contains("before="))
        .unwrap();
    assert!(next.contains("kind=look"), "{next}");
    assert_eq!(house.get(&next.replace("&#38;", "&"), Some(&auditor)).await.status, StatusCode::OK);
    let check = house.get("/o/northgate/audit/check", Some(&auditor)).await.text();
    assert!(check.contains("The chain holds"), "{check}");
}

/// SEC-3: the operator sees how the installation is, and nobody's data.
#[tokio::test]
async fn sec_3_the_operator_sees_counts() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    house.records(&controller, &member).await;
    let operator = house.world.person(&house.north, Role::Operator).await;
    let page = house.get("/o/northgate/system", Some(&operator)).await.text();
    assert!(page.contains(env!("CARGO_PKG_VERSION")) && page.contains("SQLite"));
    for personal in ["Wanda", &member.login, "Corner Shop", "red coat"] {
        assert!(!page.contains(personal), "{personal}");
    }
}

/// RET-11: the board sees what the sweep would do.
#[tokio::test]
async fn ret_11_the_board_sees_what_is_due() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    house.records(&controller, &member).await;
    assert!(house.get("/o/northgate/sweep", Some(&controller)).await.text().contains("Nothing is due"));
    house.world.clock.set_day(jiff::civil::date(2031, 3, 2));
    let page = house.get("/o/northgate/sweep", Some(&controller)).await.text();
    assert!(page.contains("To be deleted") && !page.contains("Wanda"), "{page}");
}

/// MEM-8: a business and its user are made by the controller; mistakes keep what was typed.
#[tokio::test]
async fn mem_8_the_controller_makes_businesses_and_users() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let wrong = house
        .post("/o/northgate/members/businesses", Some(&controller), &[("premises", "2 High Street")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("value=\"2 High Street\"") && wrong.text().contains("business-name-error"));
    let fields = [("business-name", "The Corn Exchange"), ("premises", "2 High Street")];
    let made = house.post("/o/northgate/members/businesses", Some(&controller), &fields).await;
    assert_eq!(made.location(), "/o/northgate/members?done=business-added");
    let page = house.get(made.location(), Some(&controller)).await.text();
    assert!(page.contains("The Corn Exchange") && page.contains("The business is added."));
    let none = [("name", "Pat"), ("email", "pat@corn.example"), ("role", "member_user"), ("business", "")];
    let refused = house.post("/o/northgate/members/invite", Some(&controller), &none).await;
    assert!(refused.text().contains("Choose the business") && refused.text().contains("pat@corn.example"));
    let found = house.get("/o/northgate/members?q=exchange", Some(&controller)).await.text();
    assert!(found.contains("The Corn Exchange"));
    assert!(
        house
            .get("/o/northgate/members?q=zzz", Some(&controller))
            .await
            .text()
            .contains("No members like that")
    );
}

/// A link that puts words above a page puts only ours there.
#[tokio::test]
async fn what_was_done_is_said_in_fixed_words() {
    let house = House::new().await;
    assert!(house.get("/sign-in?done=signed-out", None).await.text().contains("You are signed out."));
    let forged = house.get("/sign-in?done=Call%200900%201234", None).await.text();
    assert!(!forged.contains("0900") && !forged.contains("role=\"status\""));
}

/// AUD-2, SEC-6: the controller reads a reason; the auditor sees that one was given.
#[tokio::test]
async fn aud_2_reasons_are_for_the_controller() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let auditor = house.world.person(&house.north, Role::Auditor).await;
    let path = format!("/o/northgate/members/{}/end", member.membership);
    house.post(&path, Some(&controller), &[("reason", "Wanda told us")]).await;
    let own = house.get("/o/northgate/audit", Some(&controller)).await.text();
    assert!(own.contains("Reason: Wanda told us"));
    let theirs = house.get("/o/northgate/audit", Some(&auditor)).await.text();
    assert!(theirs.contains("A reason was given") && !theirs.contains("Wanda"));
}

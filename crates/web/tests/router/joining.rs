//! The public site, joining by it, and what keeps machines from its forms (PUB-1, MEM-1).
use crate::house::{House, joining_fields};
use axum::http::{StatusCode, header};
use fairwatch_app::{joining, spam};
use fairwatch_core::gate::Role;

/// PUB-1: who the scheme is, how to join, how to reach it, its notices, people's rights and how to complain, without a
/// cookie and without anything from elsewhere; whoever works there goes on to work.
#[tokio::test]
async fn pub_1_everybody_can_read_who_a_scheme_is() {
    let house = House::new().await;
    let reply = house.get("/o/northgate", None).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header(header::SET_COOKIE), "", "no cookie");
    let text = reply.text();
    for said in [
        "Northgate",
        "href=\"/o/northgate/join\"",
        "href=\"/o/northgate/contact\"",
        "href=\"/o/northgate/letter\"",
        "href=\"/o/northgate/notices/members\"",
        "href=\"/o/northgate/policy\"",
        "Information Commissioner",
        "hello@northgate.example",
    ] {
        assert!(text.contains(said), "{said}");
    }
    for part in text.split("src=\"").skip(1).chain(text.split("<link").skip(1)) {
        let from = part.split('>').next().unwrap_or_default();
        assert!(!from.contains("//"), "nothing comes from elsewhere: {from}");
    }
    let stranger = house.world.person(&house.south, Role::Controller).await;
    assert_eq!(house.get("/o/northgate", Some(&stranger)).await.status, StatusCode::OK);
    let controller = house.world.person(&house.north, Role::Controller).await;
    assert_eq!(house.get("/o/northgate", Some(&controller)).await.location(), "/o/northgate/today");
    assert_eq!(house.get("/o/no-such-town", None).await.status, StatusCode::NOT_FOUND);
}

/// PUB-1: what fills in a field that nobody sees is answered like anybody and thrown away; whoever is too quick, or sends
/// a form that was never shown, gets it back as typed; whoever sends many waits.
#[tokio::test]
async fn pub_1_machines_are_kept_from_public_forms() {
    let house = House::new().await;
    let board = house.world.person(&house.north, Role::Board).await;
    let count = async || {
        let list = joining::list(&house.app, &board.again(&house.world), house.north.org).await;
        list.expect("they are listed").len()
    };
    let stamp = house.stamp();
    let mut filled = joining_fields(&stamp);
    filled[1].1 = "https://cheap.example";
    let thrown = house.post("/o/northgate/join", None, &filled).await;
    assert_eq!(count().await, 0);
    let taken = house.post("/o/northgate/join", None, &joining_fields(&stamp)).await;
    assert_eq!(count().await, 1);
    let without_receipt = |text: String| {
        let (before, rest) = text.split_once("<b class=\"num\">").expect("there is a receipt").to_owned();
        format!("{before}{}", rest.split_once("</b>").expect("it ends").1)
    };
    assert_eq!(thrown.status, taken.status);
    assert_eq!(without_receipt(thrown.text()), without_receipt(taken.text()), "one answer");
    for quick in [spam::stamp(&house.app, &house.world.nobody()), "1-00".into(), String::new()] {
        let again = house.post("/o/northgate/join", None, &joining_fields(&quick)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("We would like to join."), "what was typed is there");
    }
    assert_eq!(count().await, 1);
    let mut waits = 0;
    for _ in 0..15 {
        let stamp = house.stamp();
        let reply = house.post("/o/northgate/join", None, &joining_fields(&stamp)).await;
        waits += usize::from(reply.status == StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(waits > 0 && count().await < 16, "one network sends so many and no more");
    let stamp = house.stamp();
    let long = "x".repeat(40 * 1024);
    let mut large = joining_fields(&stamp);
    large[8].1 = &long;
    assert_eq!(house.post("/o/northgate/join", None, &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// MEM-1: what is missing is said, and what was typed is shown again.
#[tokio::test]
async fn mem_1_who_forgets_something_loses_nothing() {
    let house = House::new().await;
    let stamp = house.stamp();
    let mut fields = joining_fields(&stamp);
    fields[7].1 = "una at corner";
    fields[9] = ("disagrees", "yes");
    let reply = house.post("/o/northgate/join", None, &fields).await;
    let text = reply.text();
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.contains("A business joins by agreeing") && text.contains("Give an e-mail address"));
    for typed in ["The Corner Shop", "1 Market Square", "una at corner", "We would like to join."] {
        assert!(text.contains(typed), "{typed}");
    }
    // What is put on record was shown.
    let mut fields = joining_fields(&stamp);
    fields[10].1 = "7";
    let reply = house.post("/o/northgate/join", None, &fields).await;
    assert!(reply.text().contains("has changed since you opened this page"));
}

/// PUB-3, SAR-8: the form for rights answers everybody alike, whatever is held and whatever was typed, but for the receipt;
/// what a machine sends is thrown away, and whoever is too quick loses nothing.
#[tokio::test]
async fn pub_3_the_form_answers_everybody_alike() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let stamp = house.stamp();
    let ask = async |name: &str, reference: &str, site: &str, shown: &str| {
        let fields = [
            ("shown", shown),
            ("site", site),
            ("right", "erasure"),
            ("name", name),
            ("reference", reference),
            ("contact", "una@home.example"),
            ("message", "Delete what you have."),
        ];
        house.post("/o/northgate/rights", None, &fields).await
    };
    let without_receipt = |text: String| {
        let (before, rest) = text.split_once("<b class=\"num\">").expect("there is a receipt").to_owned();
        format!("{before}{}", rest.split_once("</b>").expect("it ends").1)
    };
    let first = ask("Una Example", "", "", &stamp).await;
    assert_eq!(first.status, StatusCode::OK);
    let first = without_receipt(first.text());
    for (name, reference, site) in [
        ("Somebody Else", "", ""),
        ("Una Example", "ABCD-EFGH-JK", ""),
        ("A machine", "", "https://cheap.example"),
    ] {
        let reply = ask(name, reference, site, &stamp).await;
        assert_eq!((reply.status, without_receipt(reply.text())), (StatusCode::OK, first.clone()), "{name}");
    }
    let list = fairwatch_app::requests::list(&house.app, &controller.ctx, house.north.org).await;
    assert_eq!(list.expect("they are listed").len(), 3, "what the machine sent is thrown away");
    let quick = ask("Una Example", "", "", &spam::stamp(&house.app, &house.world.nobody())).await;
    assert_eq!(quick.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(quick.text().contains("Delete what you have."), "what was typed is there");
}

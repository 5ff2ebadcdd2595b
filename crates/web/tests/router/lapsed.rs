//! A report that is sent after its session ended by itself: what was typed and uploaded survives (INC-1, SEC-2).
use crate::{
    house::{House, cookie, form, request},
    looks::{parts, upload},
};
use axum::{body::Body, http::StatusCode};
use fairwatch_app::{AppError, incidents::reporting, pictures, subjects};
use fairwatch_core::gate::{Caller, Role};
use fairwatch_testkit::faces::{Face, Shot};
use jiff::SignedDuration;

const KEPT: &str = "What you typed is kept, and so are your pictures";
const LOST: &str = "Pictures have to be chosen again";
const REPORT: &str = "/o/northgate/report";

fn face() -> Vec<u8> {
    Face::from_seed(3).draw(&Shot::portrait(96, 120)).to_jpeg(80)
}

/// How many pictures lie in the draft that this cookie's owner sees.
async fn in_the_draft(house: &House, cookie: &str) -> usize {
    let page = house.send(request("GET", REPORT, Some(cookie.to_owned()), Body::empty())).await;
    assert_eq!(page.status, StatusCode::OK);
    page.text().matches("remove-picture:").count()
}

/// INC-1: the pictures wait in the draft, and what was typed goes along with the sign-in. Nothing is sent meanwhile.
#[tokio::test]
async fn inc_1_pictures_survive_a_session_that_ended_by_itself() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let before = house.sign_in(&person).await;
    house.world.clock.pass(SignedDuration::from_hours(13));
    let fields = [("text", "They took gin & ran"), ("do", "send")];
    let asked = house.send(upload(REPORT, Some(before.clone()), parts(&fields, &face()))).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains(KEPT) && asked.text().contains("They took gin"), "{}", asked.text());
    assert!(!asked.text().contains(&person.login), "it says nothing of whoever was signed in");
    let after = house.sign_in(&person).await;
    assert_eq!(in_the_draft(&house, &after).await, 1);
    let resumed = house
        .send(request(
            "POST",
            REPORT,
            Some(after),
            form(&[("text", "They took gin & ran"), ("resumed", "yes")]),
        ))
        .await;
    assert_eq!(resumed.status, StatusCode::OK);
    assert_eq!(resumed.text().matches("remove-picture:").count(), 1, "beside what was typed");
}

/// INC-1, SEC-4: a file that is no picture is not kept, and the page does not claim it.
#[tokio::test]
async fn inc_1_a_refused_file_is_not_said_to_be_kept() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let before = house.sign_in(&person).await;
    house.world.clock.pass(SignedDuration::from_hours(13));
    let asked = house.send(upload(REPORT, Some(before), parts(&[], b"no picture"))).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains(LOST));
}

/// SEC-2: a cookie takes pictures only into its own scheme's draft, for a day, of somebody who may still report, and
/// not once somebody ended its session.
#[tokio::test]
async fn sec_2_an_ended_session_is_worth_nothing_more() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let [late, out, elsewhere] =
        [house.sign_in(&person).await, house.sign_in(&person).await, house.sign_in(&person).await];
    let send = async |path: &str, cookie: &str| {
        let asked = house.send(upload(path, Some(cookie.to_owned()), parts(&[], &face()))).await;
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        asked.text()
    };
    house.send(request("POST", "/sign-out", Some(out.clone()), Body::empty())).await;
    assert!(send(REPORT, &out).await.contains(LOST), "it was signed out");
    house.world.clock.pass(SignedDuration::from_hours(13));
    assert!(send("/o/southgate/report", &elsewhere).await.contains(LOST), "another scheme");
    house.world.clock.pass(SignedDuration::from_hours(24));
    assert!(send(REPORT, &late).await.contains(LOST), "more than a day after its end");
    let now = house.sign_in(&person).await;
    assert_eq!(in_the_draft(&house, &now).await, 0);
    house.world.clock.pass(SignedDuration::from_hours(13));
    let controller = house.world.person(&house.north, Role::Controller).await;
    let path = format!("/o/northgate/members/{}/suspend", person.membership);
    house.post(&path, Some(&controller), &[("reason", "Left the shop")]).await;
    assert!(send(REPORT, &now).await.contains(LOST), "who is suspended reports nothing");
}

/// SEC-2, VIS-7: whoever's session ended sees nothing and changes nothing but their own draft, whatever a route says.
#[tokio::test]
async fn sec_2_a_lapsed_session_opens_no_other_door() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let records = house.records(&controller, &member).await;
    house.world.clock.pass(SignedDuration::from_hours(13));
    let caller = Caller::Lapsed {
        session: controller.session,
        account: controller.account,
        membership: controller.membership,
    };
    let (app, ctx, org) = (&house.app, house.world.ctx(caller), house.north.org);
    pictures::add(app, &ctx, org, reporting::FORM, face()).await.unwrap();
    let hidden = |error: Option<AppError>| assert!(matches!(error, Some(AppError::Hidden)), "{error:?}");
    hidden(subjects::open(app, &ctx, records.subject).await.err());
    hidden(subjects::gallery(app, &ctx, org, &subjects::Sought::default(), None).await.err());
    hidden(reporting::draft(app, &ctx, org).await.err());
    hidden(reporting::discard_draft(app, &ctx, org).await.err());
    for path in ["/account", "/o/northgate/gallery", "/o/northgate/report"] {
        let got = house.send(request("GET", path, Some(cookie(&controller)), Body::empty())).await;
        assert_eq!(got.status, StatusCode::SEE_OTHER, "{path}");
    }
}

/// SEC-2: whoever signs out everywhere, or changes the password, also ends the sessions that have run out by themselves.
#[tokio::test]
async fn sec_2_signing_out_everywhere_ends_lapsed_sessions_too() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let lost = house.sign_in(&person).await;
    house.world.clock.pass(SignedDuration::from_hours(13));
    let here = house.sign_in(&person).await;
    let out = house.send(request("POST", "/account/sign-out-everywhere", Some(here), Body::empty())).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    let asked = house.send(upload(REPORT, Some(lost), parts(&[], &face()))).await;
    assert!(asked.text().contains(LOST));
}

/// SEC-4: somebody who is not signed in cannot have the server keep what they send: a form without files weighs as much as
/// any, and a great many empty parts as much as full ones.
#[tokio::test]
async fn sec_4_a_stranger_fills_no_memory() {
    let house = House::new().await;
    let pairs = Body::from("a=&".repeat(200 * 1024));
    let refused = house.send(request("POST", REPORT, None, pairs)).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    let fields = vec![("", ""); 40 * 1024];
    let refused = house.send(upload(REPORT, None, parts(&fields, b""))).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
}

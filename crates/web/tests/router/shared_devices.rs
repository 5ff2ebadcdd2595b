//! A shared device, through the front door (INC-10).
use crate::house::{House, PASSWORD, Reply, form, request};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use fairwatch_core::gate::Role;
use jiff::SignedDuration;

const PIN: &str = "739105";

/// The cookies that an answer sets, as pairs; one that is cleared is left out.
fn cookies(reply: &Reply) -> Vec<String> {
    let set = reply.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = set.filter_map(|text| text.split(';').next()).filter(|pair| !pair.ends_with('='));
    pairs.map(str::to_owned).collect()
}

async fn send(house: &House, method: &str, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Reply {
    let body = if fields.is_empty() { Body::empty() } else { form(fields) };
    house.send(request(method, path, Some(cookie.to_owned()), body)).await
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from)
        .nth(1)
        .and_then(|rest| rest.split(to).next())
        .unwrap_or_else(|| panic!("no {from} in {text}"))
}

/// INC-10: from the controller's word to a report at the till, without script and without an e-mail address: the manager
/// prints an invitation and enrols the till, the new colleague chooses password and PIN, picks a name, and is named.
#[tokio::test]
async fn inc_10_a_shared_till_from_the_printed_page_to_the_report() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let manager = house.world.person(&house.north, Role::MemberUser).await;
    assert_eq!(house.get("/o/northgate/colleagues", Some(&manager)).await.status, StatusCode::NOT_FOUND);
    let path = format!("/o/northgate/members/{}/manager", manager.membership);
    assert!(house.get(&path, Some(&controller)).await.text().contains("Make Member Example a manager"));
    let made = house.post(&path, Some(&controller), &[("manages", "yes")]).await;
    assert_eq!(made.location(), "/o/northgate/members?done=manager");
    let page = house.get("/o/northgate/colleagues", Some(&manager)).await.text();
    assert!(page.contains("Your business") && page.contains("Make this browser a shared device"));

    let fields = [("name", "Pat Marsh"), ("user_name", "till.pat")];
    let printed = house.post("/o/northgate/colleagues/invite", Some(&manager), &fields).await.text();
    assert!(printed.contains("Invitation for Pat Marsh") && printed.contains("<svg class=\"qr\""));
    let link = format!("/invitation/{}", between(&printed, "https://fairwatch.example/invitation/", "<"));
    let asked = house.get(&link, None).await.text();
    assert!(asked.contains("A PIN, if you work at a shared till"));
    let typed =
        |pin: &'static str| [("password", PASSWORD), ("again", PASSWORD), ("notice", "1"), ("pin", pin)];
    let weak = house.post(&link, None, &typed("123456")).await;
    assert!(weak.text().contains("among the first that anybody would try"), "{}", weak.text());
    assert_eq!(house.post(&link, None, &typed(PIN)).await.status, StatusCode::OK);

    // The manager's own browser becomes the till, and is signed out.
    let enrolled = house.post(
        "/o/northgate/colleagues/devices",
        Some(&manager),
        &[("device", "Till 2"), ("shows", "first_names")],
    );
    let enrolled = enrolled.await;
    assert_eq!(enrolled.location(), "/device?done=device-enrolled");
    let till =
        cookies(&enrolled).into_iter().find(|pair| pair.contains("device")).expect("a cookie of its own");
    assert!(till.starts_with("__Host-fairwatch-device="));
    assert_eq!(house.get("/o/northgate/gallery", Some(&manager)).await.status, StatusCode::SEE_OTHER);

    // It opens the names of that one business, as the manager chose to show them, and nothing else.
    let front = send(&house, "GET", "/device", &till, &[]).await;
    let text = front.text();
    assert!(text.contains(">Pat<") && !text.contains("Marsh") && !text.contains("till.pat"), "{text}");
    assert_eq!(front.header("clear-site-data"), "\"cache\"");
    let away = send(&house, "GET", "/o/northgate/gallery", &till, &[]).await;
    assert_eq!(away.location(), "/device?next=%2Fo%2Fnorthgate%2Fgallery");
    let who = between(&text, "name=\"who\" value=\"", "\"");
    let wrong = send(&house, "POST", "/device", &till, &[("who", who), ("pin", "000001")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("This PIN is not right") && wrong.text().contains("checked"));
    let right = [("who", who), ("pin", PIN), ("next", "/o/northgate/gallery")];
    let signed_in = send(&house, "POST", "/device", &till, &right).await;
    assert_eq!(signed_in.location(), "/o/northgate/gallery");
    let session = format!("{till}; {}", cookies(&signed_in)[0]);
    let gallery = send(&house, "GET", "/o/northgate/gallery", &session, &[]).await;
    assert!(gallery.text().contains("data-locks") && gallery.text().contains("Pat Marsh"));
    assert!(gallery.text().contains("Lock this device"));
    let veil = between(&gallery.text(), "class=\"veil\" src=\"", "\"").replace("&#38;", "&");
    let veil = send(&house, "GET", &veil, &session, &[]).await;
    assert_eq!((veil.status, veil.header(header::CACHE_CONTROL)), (StatusCode::OK, "no-store"));
    // What changes how Pat signs in is not for the till.
    let account = send(&house, "GET", "/account", &session, &[]).await.text();
    assert!(account.contains("a device that others use as well") && !account.contains("/account/pin"));

    // Three idle minutes later a form that was open goes to the names, without what was typed: the next may be another.
    house.world.clock.pass(SignedDuration::from_mins(4));
    let typed = [("text", "Took two bottles of gin."), ("place", "Till 2")];
    let locked = send(&house, "POST", "/o/northgate/report", &session, &typed).await;
    assert_eq!(locked.status, StatusCode::FORBIDDEN);
    let text = locked.text();
    assert!(text.contains("The device was locked") && !text.contains("Took two bottles of gin."), "{text}");
    let back = [
        ("who", who),
        ("pin", PIN),
        ("kept-text", "Took two bottles of gin."),
        ("resume", "/o/northgate/report"),
    ];
    let again = send(&house, "POST", "/device", &till, &back).await;
    assert!(again.status == StatusCode::SEE_OTHER && !again.text().contains("Took two bottles of gin."));

    // By password it locks as well, keeps nothing, and leaves no file.
    let typed = [("login", "till.pat"), ("password", PASSWORD)];
    let signed_in = send(&house, "POST", "/sign-in", &till, &typed).await;
    let session = format!("{till}; {}", cookies(&signed_in)[0]);
    let account = send(&house, "GET", "/account", &session, &[]).await;
    assert!(account.text().contains("data-locks") && account.text().contains("url=/device?done=locked"));
    assert!(!account.text().contains("/account/copy") && account.text().contains("/account/pin"));
    assert_eq!(account.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(send(&house, "GET", "/account/copy", &session, &[]).await.status, StatusCode::NOT_FOUND);
    house.world.clock.pass(SignedDuration::from_mins(4));
    assert!(send(&house, "GET", "/account", &session, &[]).await.location().starts_with("/device?next="));
}

/// INC-10: locking the device by hand ends the session and leads back to the names; going to the names does, too.
#[tokio::test]
async fn inc_10_leaving_the_till_signs_out() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let manager = house.with_password(&house.north, Role::MemberUser).await;
    let cookie = house.sign_in(&manager).await;
    let path = format!("/o/northgate/members/{}/manager", manager.membership);
    house.post(&path, Some(&controller), &[("manages", "yes")]).await;
    let pin = [("pin", PIN), ("pin-password", "not this one")];
    let wrong = send(&house, "POST", "/account/pin", &cookie, &pin).await;
    assert!(wrong.text().contains("This is not your current password"));
    let pin = [("pin", PIN), ("pin-password", PASSWORD)];
    assert_eq!(send(&house, "POST", "/account/pin", &cookie, &pin).await.location(), "/account?done=pin");
    let fields = [("device", "Till 2"), ("shows", "initials")];
    let enrolled = send(&house, "POST", "/o/northgate/colleagues/devices", &cookie, &fields).await;
    let till = cookies(&enrolled).into_iter().find(|pair| pair.contains("device")).expect("a cookie");
    let text = send(&house, "GET", "/device", &till, &[]).await.text();
    let who = between(&text, "name=\"who\" value=\"", "\"");
    assert!(text.contains(">ME<"), "initials alone: {text}");
    for leave in [("POST", "/sign-out"), ("GET", "/device")] {
        let signed_in = send(&house, "POST", "/device", &till, &[("who", who), ("pin", PIN)]).await;
        let session = format!("{till}; {}", cookies(&signed_in)[0]);
        assert_eq!(send(&house, "POST", "/device/awake", &session, &[]).await.status, StatusCode::NO_CONTENT);
        let left = send(&house, leave.0, leave.1, &session, &[]).await;
        assert!(left.status == StatusCode::OK || left.location().starts_with("/device"));
        let after = send(&house, "GET", "/o/northgate/gallery", &session, &[]).await;
        assert!(after.location().starts_with("/device?next="), "{}", after.location());
    }
}

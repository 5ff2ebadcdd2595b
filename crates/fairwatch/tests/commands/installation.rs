//! A new installation, its first controller, and the way back in.
use crate::{
    http::{Browser, Got},
    run::{Place, Server, link},
};
use fairwatch_app::world::SystemClock;
use fairwatch_core::{
    accounts::factors::{Secret, step_at},
    world::Clock as _,
};
use fairwatch_store::{Address, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use std::{os::unix::fs::PermissionsExt as _, path::Path};

const LOGIN: &str = "ruth@northgate.example";
const FIRST: &str = "a gravel path past seven lamps";
const SECOND: &str = "the ferry leaves at a quarter to";

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn set_password(browser: &mut Browser, link: &str, password: &str) -> u16 {
    browser.post(link, &[("password", password), ("again", password)]).status
}

/// Whether these words let Ruth in; if they do, the browser has her session.
fn signs_in(browser: &mut Browser, password: &str) -> Option<String> {
    let answer = browser.post("/sign-in", &[("login", LOGIN), ("password", password), ("next", "")]);
    assert!([303, 422].contains(&answer.status), "{answer:?}");
    (answer.status == 303).then(|| second_step(browser, &answer.location))
}

/// Sets up an app as a controller must (SEC-2), agrees to what asks (MEM-3), and says where that leads.
fn second_step(browser: &mut Browser, path: &str) -> String {
    assert_eq!(path, "/sign-in/second");
    let code = code(&browser.get(path).body);
    let codes = browser.post(path, &[("code", &code)]);
    assert_eq!((codes.status, codes.body.matches("<code>").count()), (200, 10), "{codes:?}");
    let asks = browser.get("/o/northgate/certify").body;
    let texts = asks.split("name=\"agree\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for text in texts {
        assert_eq!(browser.post("/o/northgate/certify", &[("agree", text)]).status, 303);
    }
    "/o/northgate".to_owned()
}

/// What an app shows that was given the key on this page.
fn code(page: &str) -> String {
    let key = page.split("<b class=\"hash\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a key");
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in key.chars().filter(|letter| !letter.is_whitespace()) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).expect("base 32");
        bits = bits << 5 | u32::try_from(value).expect("five bits");
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).expect("a byte"));
        }
    }
    Secret::of(bytes.try_into().expect("twenty bytes")).code(step_at(SystemClock.now()))
}

/// Where signing in leads, in the end.
fn start_page(browser: &mut Browser, path: &str) -> Got {
    let mut page = browser.get(path);
    for _ in 0..3 {
        if page.status != 303 {
            break;
        }
        page = browser.get(&page.location.clone());
    }
    page
}

on_both!(init_makes_an_installation_that_its_controller_enters);
/// SEC-1, SEC-2: folder and key file closed to others; the printed link sets a password, once; `recover` prints
/// another, which is recorded and ends every session; what is there already is not made again.
async fn init_makes_an_installation_that_its_controller_enters(world: &World) -> Outcome {
    // A folder of its own; on PostgreSQL a database in which nothing is yet.
    let data = world.folder().join("new").join("installation");
    let mut place = Place::folder(&data);
    if let Address::Postgres(url) = world.address() {
        let burglar = Burglar::at(world.address()).await?;
        burglar.run("DROP SCHEMA public CASCADE").await?;
        burglar.run("CREATE SCHEMA public").await?;
        burglar.leave().await;
        place.database = Some(url.clone());
    }
    let said = place.init().well();
    assert_eq!((mode(&data), mode(&place.keys), mode(&data.join("files"))), (0o700, 0o600, 0o700));
    assert_eq!(data.join("fairwatch.db").exists(), place.database.is_none());
    let first = link(&said);
    assert!(first.starts_with("/set-password/"), "{first}");

    // A second time: nothing is changed, and no other link is made.
    let keys = std::fs::read(&place.keys)?;
    let refused = place.init().failed();
    assert!(refused.contains("already initialised") && refused.contains("recover"), "{refused}");
    assert_eq!(std::fs::read(&place.keys)?, keys);

    let log = world.folder().join("serve.log");
    let server = Server::start(place.command(&["serve", "--listen", "127.0.0.1:0"]), &log);
    assert_ne!(server.address.port(), 0);
    assert!(server.line.contains("for https://watch.northgate.example"), "{}", server.line);
    let mut browser = Browser::new(server.address);
    assert_eq!(browser.get("/").status, 303, "nobody is signed in");
    assert!(browser.get(&first).body.contains("Ruth Example"));
    let elsewhere = browser.post_from_elsewhere(&first, &[("password", FIRST), ("again", FIRST)]);
    assert_eq!(elsewhere.status, 403, "no other site sets a password");
    assert_eq!(set_password(&mut browser, &first, "short"), 422);
    assert_eq!(set_password(&mut browser, &first, FIRST), 303);
    assert_eq!(set_password(&mut browser, &first, SECOND), 422, "a link is good once");

    assert_eq!(signs_in(&mut browser, SECOND), None);
    let start = signs_in(&mut browser, FIRST).expect("she signs in");
    assert!(start.starts_with("/o/northgate"), "{start}");
    let cookie = browser.cookie.clone().unwrap_or_default();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    let page = start_page(&mut browser, &start);
    assert_eq!(page.status, 200);
    for words in ["Ruth Example", "Northgate", "/o/northgate/review", "/o/northgate/members"] {
        assert!(page.body.contains(words), "the controller's start page has {words}");
    }

    // Locked out: a new link at the console, while the server runs.
    let stranger = place.run(&["recover", "nobody@northgate.example"]).failed();
    assert!(stranger.contains("Nobody signs in with that"), "{stranger}");
    let again = link(&place.run(&["recover", "  Ruth@Northgate.example"]).well());
    assert_ne!(again, first);
    assert_eq!(set_password(&mut browser, &again, SECOND), 303);
    assert_eq!(set_password(&mut browser, &again, FIRST), 422, "a link is good once");
    let today = start_page(&mut browser, "/o/northgate/today");
    assert!(today.body.contains("name=\"password\""), "her sessions have ended");
    browser.cookie = None;
    assert_eq!(signs_in(&mut browser, FIRST), None, "the former password is no longer good");
    let start = signs_in(&mut browser, SECOND).expect("she signs in");
    assert!(start_page(&mut browser, &start).body.contains("Ruth Example"));
    server.logged("swept");
    let log = std::fs::read_to_string(&log)?;
    assert!(!log.contains("ruth") && !log.contains(&first) && !log.contains(&again), "{log}");
    assert_eq!(server.stop(), Some(0), "it ends when it is asked to");

    // What happened stands in the chains, and they hold.
    assert!(place.run(&["audit", "verify"]).well().contains("The chains are whole."));
    let export = place.run(&["audit", "export"]).well();
    let actions = export.lines().filter_map(|line| line.split_once("\"action\":\"")?.1.split('"').next());
    let actions = actions.collect::<Vec<_>>();
    let times = |wanted: &str| actions.iter().filter(|action| **action == wanted).count();
    assert_eq!((times("accounts.give_role"), times("accounts.recover")), (1, 1), "{actions:?}");
    assert!(!export.contains("Ruth") && !export.contains(LOGIN), "no names in an export");
    Ok(())
}

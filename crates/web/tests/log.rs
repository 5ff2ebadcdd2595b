//! What the log holds of requests, in a program of its own: the log is the whole program's.
#[path = "router/house.rs"]
#[allow(dead_code, reason = "this test needs less of it than the others")]
mod house;

use fairwatch_core::gate::Role;
use house::House;
use std::sync::{Arc, Mutex};

/// What was written to the log while a guard of it lives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics while writing").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Design, Organisations: the log names the route by its pattern; of addresses, names and what was typed it holds nothing.
#[tokio::test]
async fn the_log_holds_no_personal_data() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing_subscriber::util::SubscriberInitExt::set_default(subscriber);
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::Controller).await;
    house.sign_in(&person).await;
    let link = person.link.as_ref().unwrap().reveal();
    house.get(&format!("/set-password/{link}"), None).await;
    house.get(&format!("/invitation/{link}/answer"), None).await;
    house.get("/o/northgate/find?q=Wanda+Invented", Some(&person)).await;
    house.get("/nothing/Wanda", None).await;
    house
        .post("/sign-in", None, &[("login", "wanda@invented.example"), ("password", "a wrong password")])
        .await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/set-password/{token}") && text.contains("/o/{slug}/find"), "{text}");
    for secret in [link, "Wanda", "wanda", &*person.login, "a wrong password", "northgate"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

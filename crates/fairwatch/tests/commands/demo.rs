//! The demonstration listens on this machine alone, and takes no folder that is not its own.
use crate::{
    http::Browser,
    run::{Place, Server, command, fairwatch},
};
use fairwatch_store::orgs::Kind;
use fairwatch_testkit::engines::{Engine, World};
use std::{
    net::TcpStream,
    path::Path,
    time::{Duration, Instant},
};

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

/// Lays out what a first start would have made, without its year of history.
fn pristine(folder: &Path, kind: Kind) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        world.found_as(kind).await;
        world.scheme("northgate").await;
        world.store.close().await;
        let to = folder.join("pristine");
        std::fs::create_dir_all(&to).expect("a folder can be made");
        std::fs::copy(world.folder().join("fairwatch.db"), to.join("fairwatch.db")).expect("it is copied");
        std::fs::copy(world.key_file(), to.join("fairwatch.keys")).expect("it is copied");
        std::fs::write(to.join("personas.json"), "[]").expect("it can be written");
    });
}

/// SEC-3: there is no way to have it listen elsewhere, and it does not.
#[test]
fn the_demonstration_is_for_this_machine_alone() {
    for words in
        [&["demo", "--listen", "0.0.0.0:8787"][..], &["demo", "--host", "0.0.0.0"], &["demo", "0.0.0.0"]]
    {
        let said = fairwatch(words);
        assert!(said.code == Some(2) && said.err.contains("unexpected argument"), "{said:?}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("demo");
    pristine(&data, Kind::Demo);
    let mut demo = command();
    // What would have `serve` listen elsewhere says nothing to it.
    demo.args(["demo", "--port", "0", "--data", text(&data)]).env("FAIRWATCH_LISTEN", "0.0.0.0:0");
    let server = Server::start(demo, &folder.path().join("log"));
    assert!(server.address.ip().is_loopback() && server.address.port() != 0, "{}", server.line);
    assert_eq!(Browser::new(server.address).get("/").status, 200);
    // Every other address of this machine, of which 127.0.0.2 is one on Linux, answers nothing.
    let other = std::net::SocketAddr::from(([127, 0, 0, 2], server.address.port()));
    assert!(TcpStream::connect_timeout(&other, Duration::from_secs(2)).is_err());
    assert_eq!(server.stop(), Some(0));
}

/// A folder that holds something else than a demonstration is neither used nor emptied, whatever it is called and
/// whatever is asked for; a real installation least of all.
#[test]
fn no_other_folder_is_taken_or_emptied() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refuse = |data: &Path, keep: &Path| {
        let before = std::fs::read(keep).expect("it is there");
        for fresh in [&[][..], &["--fresh"]] {
            let line =
                fairwatch(&[&["demo", "--port", "0", "--data", text(data)][..], fresh].concat()).failed();
            assert!(line.contains("holds something else than a demonstration"), "{line}");
            assert_eq!(std::fs::read(keep).expect("it is still there"), before);
        }
    };
    let photographs = folder.path().join("photographs");
    std::fs::create_dir(&photographs).expect("a folder can be made");
    std::fs::write(photographs.join("wedding.jpg"), "dear to somebody").expect("it can be written");
    refuse(&photographs, &photographs.join("wedding.jpg"));
    // One in which something happens to be called like a part of a demonstration.
    std::fs::create_dir(photographs.join("live")).expect("a folder can be made");
    refuse(&photographs, &photographs.join("wedding.jpg"));

    let real = Place::folder(&folder.path().join("real"));
    real.init().well();
    refuse(&real.data, &real.data.join("fairwatch.db"));
    // One that lies in a folder called live, and one called pristine.
    for name in ["live", "pristine"] {
        let above = folder.path().join(format!("above-{name}"));
        let real = Place::folder(&above.join(name));
        real.init().well();
        refuse(&above, &real.data.join("fairwatch.db"));
    }
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").expect("it can be written");
    refuse(&file, &file);

    // Real people's database in place of the delivered one.
    let data = folder.path().join("demo");
    pristine(&data, Kind::Real);
    let line = fairwatch(&["demo", "--port", "0", "--data", text(&data)]).failed();
    assert!(line.contains("holds real people"), "{line}");
}

/// A first start that was ended while it made its data is gone on with, by itself.
#[test]
fn a_first_start_that_was_cut_off_is_gone_on_with() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("demo");
    let making = data.join("pristine.making");
    let start = || {
        let log = std::fs::File::create(folder.path().join("log")).expect("a log can be written");
        let mut demo = command();
        demo.args(["demo", "--port", "0", "--data", text(&data)])
            .stdout(std::process::Stdio::null())
            .stderr(log);
        demo.spawn().expect("the binary runs")
    };
    let database = making.join("fairwatch.db");
    let until = Instant::now() + Duration::from_secs(60);
    let mut first = start();
    while !database.exists() {
        assert!(Instant::now() < until && matches!(first.try_wait(), Ok(None)));
        std::thread::sleep(Duration::from_millis(10));
    }
    first.kill().expect("it is killed");
    first.wait().expect("it ends");
    assert!(!data.join("pristine").exists(), "it was cut off");
    let left_behind = making.join("left-behind");
    std::fs::write(&left_behind, "by the first").expect("it can be written");

    let mut second = start();
    while left_behind.exists() || !database.exists() {
        let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
        assert!(Instant::now() < until && matches!(second.try_wait(), Ok(None)), "{log}");
        std::thread::sleep(Duration::from_millis(10));
    }
    second.kill().expect("it is killed");
    second.wait().expect("it ends");
}

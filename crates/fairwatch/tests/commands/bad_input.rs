//! What may go wrong around an installation: one clear line, a failing exit, and no damage.
use crate::{
    run::{Place, Said, Server, fairwatch, policy, run},
    town::Town,
};
use fairwatch_store::{Address, orgs::Kind, testing::Burglar};
use fairwatch_testkit::{
    engines::{Engine, Outcome, World},
    on_both,
};
use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// Commands that open an installation in each of the ways that there are.
const COMMANDS: [&[&str]; 6] = [
    &["serve", "--listen", "127.0.0.1:0"],
    &["sweep"],
    &["sweep", "--dry-run"],
    &["recover", "ruth@northgate.example"],
    &["audit", "verify"],
    &["audit", "export"],
];

/// Every file of a folder with its bytes; the engine's own log and index, which are made and emptied as it is opened,
/// left out.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
                let bytes = std::fs::read(&path).expect("it can be read");
                found.push((path, bytes));
            }
        }
    }
    found.sort();
    found
}

/// An installation in a folder of its own, which nobody has open.
fn installation(folder: &Path) -> Place {
    let place = Place::folder(folder);
    place.init().well();
    place
}

/// Each command fails with these words, and the folder stays as it is.
#[track_caller]
fn all_fail(place: &Place, words: &str) {
    let before = files(&place.data);
    for command in COMMANDS {
        let line = place.run(command).failed();
        assert!(line.contains(words), "{command:?}: {line}");
    }
    assert!(files(&place.data) == before, "nothing was changed");
}

on_both!(a_database_of_a_newer_version_is_left_alone);
/// SEC-1: neither read nor changed, by no command.
async fn a_database_of_a_newer_version_is_left_alone(world: &World) -> Outcome {
    let town = Town::new(world).await;
    town.living(world, 1).await?;
    let burglar = Burglar::at(world.address()).await?;
    burglar
        .run(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
             SELECT 999, 'of a later year', success, checksum, 1 FROM _sqlx_migrations WHERE version = 1",
        )
        .await?;
    let entries = burglar.number("SELECT COUNT(*) AS n FROM audit_entries").await?;
    for command in COMMANDS {
        let line = town.place.run(command).failed();
        assert!(line.contains("written by a newer version of Fairwatch (schema 999)"), "{line}");
    }
    let line = town.place.init().failed();
    assert!(line.contains("newer version"), "{line}");
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM audit_entries").await?, entries);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM subjects").await?, 1);
    burglar.run("DELETE FROM _sqlx_migrations WHERE version = 999").await?;
    assert!(town.place.run(&["audit", "verify"]).well().contains("whole"), "nothing was harmed");
    burglar.leave().await;
    Ok(())
}

on_both!(the_key_file_of_another_installation_opens_nothing);
/// SEC-1: it is told apart before anything is done, on both engines.
async fn the_key_file_of_another_installation_opens_nothing(world: &World) -> Outcome {
    let town = Town::new(world).await;
    town.living(world, 1).await?;
    let other = installation(&world.folder().join("other"));
    let keys = std::fs::read(&other.keys)?;
    let wrong = Place { keys: other.keys, ..town.place.clone() };
    let burglar = Burglar::at(world.address()).await?;
    let entries = burglar.number("SELECT COUNT(*) AS n FROM audit_entries").await?;
    for command in COMMANDS {
        let line = wrong.run(command).failed();
        assert!(line.contains("belongs to another installation") && line.contains("--keys"), "{line}");
    }
    assert!(wrong.init().failed().contains("belongs to another installation"));
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM audit_entries").await?, entries);
    assert_eq!(std::fs::read(&wrong.keys)?, keys);
    assert!(town.place.run(&["audit", "verify"]).well().contains("whole"));
    burglar.leave().await;
    Ok(())
}

/// SEC-1: a key file that is missing, open to others, damaged, or something else; the database is not touched, and no
/// new key file is made beside it.
#[test]
fn a_key_file_that_will_not_do_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    let keys = std::fs::read(&place.keys).expect("it was made");
    let put = |bytes: &[u8], mode| {
        std::fs::write(&place.keys, bytes).expect("it can be written");
        std::fs::set_permissions(&place.keys, PermissionsExt::from_mode(mode)).expect("it can be changed");
    };
    for mode in [0o644, 0o640, 0o604, 0o620] {
        put(&keys, mode);
        all_fail(&place, &format!("is open to others (mode {mode:04o}): run chmod 600 on it"));
    }
    let mut damaged = keys.clone();
    let at = damaged.windows(11).position(|window| window == b"signing_key").expect("it has one") + 20;
    damaged[at] = if damaged[at] == b'a' { b'b' } else { b'a' };
    put(&damaged, 0o600);
    all_fail(&place, "its content does not match its check");
    put(b"", 0o600);
    all_fail(&place, "it is empty");
    put(b"\xff\xfe", 0o600);
    all_fail(&place, "not text");
    std::fs::remove_file(&place.keys).expect("it can be removed");
    all_fail(&place, "no key file at");
    std::fs::create_dir(&place.keys).expect("a folder in its place");
    all_fail(&place, "is malformed: not a file");
    std::fs::remove_dir(&place.keys).expect("it can be removed");
    put(&keys, 0o600);
    assert!(place.run(&["audit", "verify"]).well().contains("whole"), "with the right one all is well");
}

/// SEC-1: a lost key file beside a database that needs it is not replaced by a new one that opens nothing.
#[test]
fn init_makes_no_second_key_file() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    std::fs::remove_file(&place.keys).expect("it can be removed");
    let line = place.init().failed();
    assert!(line.contains("no key file at"), "{line}");
    assert!(!place.keys.exists(), "{line}");
}

/// What somebody else put where the database belongs.
#[test]
fn what_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    std::fs::write(place.data.join("fairwatch.db"), "a shopping list, of some length\n".repeat(100))
        .expect("it can be written");
    all_fail(&place, "fairwatch.db cannot be opened: ");
    let empty = Place::folder(&folder.path().join("empty"));
    std::fs::create_dir(&empty.data).expect("a folder can be made");
    all_fail(&empty, "there is no installation in");
    assert_eq!(files(&empty.data), []);
}

/// A server that asks for a password and takes none.
fn no_password_is_right() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut length = [0; 4];
            let mut message = |stream: &mut std::net::TcpStream| {
                stream.read_exact(&mut length).ok()?;
                let mut rest = vec![0; u32::from_be_bytes(length) as usize - 4];
                stream.read_exact(&mut rest).ok().map(|()| rest)
            };
            let Some(mut asked) = message(&mut stream) else { continue };
            if asked == 80_877_103_u32.to_be_bytes() {
                // No TLS here.
                let _ = stream.write_all(b"N");
                let Some(start) = message(&mut stream) else { continue };
                asked = start;
            }
            drop(asked);
            // "Send the password in the clear", and whatever it is:
            let _ = stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]);
            let _ = stream.read(&mut [0; 512]);
            let said = "SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"fairwatch\"\0\0";
            let length = u32::try_from(said.len() + 4).expect("it is short").to_be_bytes();
            let _ = stream.write_all(&[b"E", &length[..], said.as_bytes()].concat());
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    port
}

/// A PostgreSQL that is not there, or does not let the program in: named, and of the address nothing is repeated, nor
/// logged at any level, since it holds a password.
#[test]
fn a_password_in_an_address_is_never_printed() {
    const SECRET: &str = "wholly-secret-7";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let wrong = no_password_is_right();
    let addresses = [
        (
            format!("postgres://fairwatch:{SECRET}@127.0.0.1:{closed}/fairwatch"),
            "PostgreSQL cannot be opened: ",
        ),
        (
            format!("postgres://fairwatch:{SECRET}@127.0.0.1:{wrong}/fairwatch"),
            "password authentication failed",
        ),
        (
            format!("postgres://fairwatch:{SECRET}@127.0.0.1:port/fairwatch"),
            "the database address is malformed",
        ),
        (
            format!("postgres://fairwatch:{SECRET}@127.0.0.1/fairwatch?sslmode=perhaps"),
            "address is malformed",
        ),
        (format!("mysql://fairwatch:{SECRET}@127.0.0.1/fairwatch"), "the database address is malformed"),
        (SECRET.to_owned(), "the database address is malformed"),
    ];
    for (address, words) in addresses {
        let place = Place { database: Some(address.clone()), ..place.clone() };
        let before = files(&place.data);
        let said = place.run(&["sweep", "--dry-run"]);
        assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{said:?}");
        let line = said.failed();
        assert!(line.contains(words), "{address}: {line}");
        let loud = run(place.command(&["sweep", "--dry-run"]).env("RUST_LOG", "trace"));
        assert!(loud.code == Some(1) && !loud.err.contains(SECRET), "{loud:?}");
        assert!(files(&place.data) == before, "{address}");
    }
    let given = "FAIRWATCH_DATABASE";
    let mut help = crate::run::command();
    help.args(["serve", "--help"]).env(given, format!("postgres://u:{SECRET}@h/d"));
    let help = run(&mut help).well();
    assert!(help.contains(given) && !help.contains(SECRET), "{help}");
}

/// A database that does not exist, on a server that does.
#[test]
fn a_database_that_is_not_there_is_named() {
    let Ok(server) = std::env::var("FAIRWATCH_TEST_POSTGRES") else {
        panic!("FAIRWATCH_TEST_POSTGRES is not set: eval \"$(scripts/postgres-cluster start)\"");
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    let (base, _) = server.rsplit_once('/').expect("it ends in /database");
    let place = Place { database: Some(format!("{base}/no_such_database")), ..place };
    let line = place.run(&["sweep"]).failed();
    assert!(line.contains("\"no_such_database\" does not exist"), "{line}");
}

/// The port is another's: named, and the other goes on.
#[test]
fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    let log = folder.path().join("log");
    let server = Server::start(place.command(&["serve", "--listen", "127.0.0.1:0"]), &log);
    server.logged("swept");
    let (address, port) = (server.address.to_string(), server.address.port().to_string());
    for said in [
        place.run(&["serve", "--listen", &address]),
        fairwatch(&["demo", "--port", &port, "--data", &folder.path().join("demo").to_string_lossy()]),
    ] {
        let line = said.failed();
        assert!(line.contains(&format!("port {port} is in use")), "{line}");
    }
    assert!(!folder.path().join("demo").exists(), "no demonstration is made that cannot be shown");
    assert_eq!(crate::http::Browser::new(server.address).get("/sign-in").status, 200);
    assert_eq!(server.stop(), Some(0));
    // Nobody has this address.
    let line = place.run(&["serve", "--listen", "192.0.2.1:8080"]).failed();
    assert!(line.contains("cannot listen on 192.0.2.1:8080"), "{line}");
}

/// A file in place of the data folder, of the folder above it, of the sealed files' folder, and of the key file's.
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "something else").expect("it can be written");
    for data in [file.clone(), file.join("data")] {
        let line = Place::folder(&data).init().failed();
        assert!(line.contains(&format!("the folder {} cannot be made", data.display())), "{line}");
    }
    let place = Place { keys: file.join("keys"), ..Place::folder(&folder.path().join("data")) };
    let line = place.init().failed();
    assert!(line.contains("the key file") && line.contains("cannot be written"), "{line}");

    let place = installation(&folder.path().join("here"));
    let sealed = place.data.join("files");
    std::fs::remove_dir(&sealed).expect("it is empty");
    std::fs::write(&sealed, "something else").expect("it can be written");
    all_fail(&place, &format!("cannot use {}", sealed.display()));
    assert_eq!(std::fs::read(&file).expect("it is there"), b"something else");
}

/// A demonstration's database is opened by `demo` alone, and a real one by everything else.
#[test]
fn demo_and_real_are_told_apart() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for engine in [Engine::Sqlite, Engine::Postgres] {
        runtime.block_on(async {
            let world = World::new(engine).await;
            world.found_as(Kind::Demo).await;
            let place = Place::of(&world);
            for command in COMMANDS {
                let line = place.run(command).failed();
                assert!(line.contains("a demonstration's database"), "{command:?}: {line}");
            }
            let line = place.init().failed();
            assert!(line.contains("already initialised"), "{line}");
            for command in [&["sweep", "--demo"][..], &["audit", "verify", "--demo"]] {
                place.run(command).well();
            }
            if let Address::File(_) = world.address() {
                assert!(world.folder().join("fairwatch.db").exists());
            }
            world.store.close().await;
        });
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    let before = files(&place.data);
    for command in [&["sweep", "--demo"][..], &["audit", "verify", "--demo"], &["audit", "export", "--demo"]]
    {
        let line = place.run(command).failed();
        assert!(line.contains("this database holds real people"), "{line}");
    }
    assert!(files(&place.data) == before);
}

/// A full disk, as a small one that is filled: nothing half made passes for an installation, and what was there is
/// whole when there is room again. Mounting one needs a privilege; where nobody has it, `/dev/full` has to do.
#[test]
fn a_full_disk_is_named_and_harms_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = installation(&folder.path().join("data"));
    if Path::new("/dev/full").exists() {
        let line = place.run(&["audit", "export", "--to", "/dev/full"]).failed();
        assert!(line.contains("/dev/full cannot be written: No space left"), "{line}");
        let full = std::fs::File::options().write(true).open("/dev/full").expect("it opens");
        let said =
            place.command(&["recover", "ruth@northgate.example"]).stdout(full).output().expect("it runs");
        let line = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(
            Said { code: said.status.code(), out: String::new(), err: line }
                .failed()
                .contains("No space left")
        );
    }
    let mount = |script: &str| {
        let small = folder.path().join("small");
        std::fs::create_dir_all(&small).expect("a folder can be made");
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--map-root-user", "sh", "-c"])
            .arg(script)
            .arg(env!("CARGO_BIN_EXE_fairwatch"));
        command.arg(&small).arg(&place.data).arg(policy("generic.toml"));
        let output = command.output().ok()?;
        // 77 says that this user may not mount.
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        let said = Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        (output.status.success() || output.status.code() == Some(1)).then_some(said)
    };
    let Some(said) = mount(
        "mount -t tmpfs -o size=200k tmpfs \"$1\" || exit 77\n\
         \"$0\" init --data \"$1/new\" --policy \"$3\" --name R --email r@x.example --address https://x.example",
    ) else {
        eprintln!("no small disk can be mounted here; only /dev/full was tried");
        return;
    };
    let line = said.failed();
    assert!(line.contains("disk is full"), "{line}");

    let said = mount(
        "mount -t tmpfs -o size=3m tmpfs \"$1\" || exit 77\n\
         cp -r \"$2\" \"$1/data\" && cp \"$1/data/fairwatch.keys\" \"$1/keys\"\n\
         cat /dev/zero >\"$1/filler\" 2>/dev/null\n\
         for command in 'recover ruth@northgate.example' 'sweep' 'audit verify'; do\n\
           \"$0\" $command --data \"$1/data\"; echo \"exit $?\"\n\
         done\n\
         cmp \"$1/keys\" \"$1/data/fairwatch.keys\" && rm \"$1/filler\" && \"$0\" audit verify --data \"$1/data\"",
    )
    .expect("it was mounted before");
    assert!(said.code == Some(0) && said.out.matches("exit 1\n").count() == 3, "{said:?}");
    assert!(said.out.ends_with("The chains are whole.\n"), "{said:?}");
    let lines = said.err.lines().collect::<Vec<_>>();
    assert_eq!(lines.len(), 3, "{said:?}");
    assert!(lines.iter().all(|line| line.starts_with("fairwatch: ") && line.ends_with("full?")), "{said:?}");
}

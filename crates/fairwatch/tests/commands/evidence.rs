//! A large clip goes through the real binary, in and out, in little memory (VIS-3).
use crate::{
    http::Browser,
    run::Server,
    town::{Town, now},
};
use fairwatch_core::gate::Role;
use fairwatch_testkit::engines::{Engine, World};
use sha2::{Digest as _, Sha256};
use std::{
    io::{BufReader, Read as _, Write as _},
    net::TcpStream,
    time::{Duration, Instant},
};

/// So many pieces of a megabyte: more than the memory that it may take. `FAIRWATCH_TEST_CLIP_MB=300` tries a larger
/// clip, for which a debug build needs a minute or two.
const PIECES: usize = 64;
const PIECE: usize = 1_000_000;
/// So much more memory it may take, the database's caches and the allocator's leavings included.
const GROWTH: u64 = 24 * 1024;

/// The most memory that a process ever had, in kB.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the system says");
    line.trim().trim_end_matches("kB").trim().parse().expect("a number")
}

/// A piece of a clip that nobody can play; the first begins as one does.
fn piece(number: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..PIECE).map(|n| (n.wrapping_mul(31) ^ (n >> 8) ^ number) as u8).collect();
    if number == 0 {
        bytes[..24].copy_from_slice(b"\0\0\0\x18ftypisom\0\0\x02\0isommp42");
    }
    bytes
}

fn connect(server: &Server, head: &str, cookie: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("it answers");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("a limit can be set");
    let rest = format!(
        "Host: {}\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\r\n",
        server.address
    );
    stream.write_all(format!("{head}{rest}").as_bytes()).expect("it can be asked");
    stream
}

/// The cookie of a member whose session the server knows.
fn prepared() -> (World, Town, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let world = World::new(Engine::Sqlite).await;
        world.found_as(fairwatch_store::orgs::Kind::Real).await;
        let town = Town::new(&world).await;
        world.clock.set(now());
        world.clock.set_real(now());
        let member = world.person(&town.scheme, Role::MemberUser).await;
        world.store.close().await;
        let cookie = member.cookie.reveal();
        let both = format!("__Host-fairwatch={cookie}; fairwatch={cookie}");
        (world, town, both)
    })
}

#[test]
fn vis_3_a_large_clip_goes_in_and_out_in_little_memory() {
    let asked = std::env::var("FAIRWATCH_TEST_CLIP_MB").ok().and_then(|text| text.parse().ok());
    let pieces: usize = asked.unwrap_or(PIECES);
    let (_world, town, cookie) = prepared();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server =
        Server::start(town.place.command(&["serve", "--listen", "127.0.0.1:0"]), &folder.path().join("log"));
    server.logged("swept");
    let mut browser = Browser::new(server.address);
    browser.cookie = Some(cookie.clone());
    // Whatever a first page needs once is there before.
    assert_eq!(browser.get("/o/northgate/report").status, 200);
    let before = peak(server.process());

    let edge = "an-edge-that-is-in-no-clip";
    let head = format!(
        "--{edge}\r\ncontent-disposition: form-data; name=\"evidence\"; filename=\"till.mp4\"\r\n\r\n"
    );
    let tail =
        format!("\r\n--{edge}\r\ncontent-disposition: form-data; name=\"do\"\r\n\r\nsave\r\n--{edge}--\r\n");
    let length = head.len() + pieces * PIECE + tail.len();
    let post = format!(
        "POST /o/northgate/report HTTP/1.1\r\nContent-Type: multipart/form-data; boundary={edge}\r\nContent-Length: {length}\r\n"
    );
    let mut hash = Sha256::new();
    let began = Instant::now();
    let mut stream = connect(&server, &post, &cookie);
    stream.write_all(head.as_bytes()).expect("it is taken");
    for number in 0..pieces {
        let bytes = piece(number);
        hash.update(&bytes);
        stream.write_all(&bytes).expect("it is taken");
    }
    stream.write_all(tail.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{}", &answer[..answer.len().min(400)]);
    let up = began.elapsed();
    let sum = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();

    let page =
        answer.split('"').find(|part| part.starts_with("/o/northgate/evidence/")).expect("it is listed");
    let page = browser.get(page).body;
    assert!(page.contains(&sum) && page.contains(&format!("{pieces}.0 MB")), "{page}");
    let copy = page.split('"').find(|part| part.contains("/download?t=")).expect("it can be had").to_owned();
    let began = Instant::now();
    let mut stream = BufReader::new(connect(&server, &format!("GET {copy} HTTP/1.1\r\n"), &cookie));
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("it answers");
        seen.push(byte[0]);
    }
    assert!(seen.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&seen));
    let mut hash = Sha256::new();
    let mut bytes = vec![0; PIECE];
    let mut got = 0;
    loop {
        let read = stream.read(&mut bytes).expect("it answers to the end");
        if read == 0 {
            break;
        }
        hash.update(&bytes[..read]);
        got += read;
    }
    let down = began.elapsed();
    assert_eq!(got, pieces * PIECE);
    let again = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(again, sum, "byte for byte");

    let after = peak(server.process());
    let growth = after - before;
    println!(
        "{pieces} MB: up in {up:?}, down in {down:?}, {growth} kB more memory at its peak of {after} kB"
    );
    assert!(growth < GROWTH, "{growth} kB more than the {before} kB before");
    assert_eq!(server.stop(), Some(0));
}

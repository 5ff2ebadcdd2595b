//! Evidence through the router: in with a form, out in ranges, and never as anything that runs (VIS-3).
use crate::{
    house::{House, Reply, cookie, request},
    looks::{EDGE, upload},
};
use axum::{
    body::Body,
    http::{StatusCode, header},
};
use fairwatch_app::audit;
use fairwatch_core::gate::Role;
use fairwatch_testkit::engines::Person;
use jiff::SignedDuration;

const REPORT: &str = "/o/northgate/report";

fn clip(length: usize) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
    bytes.extend((bytes.len()..length).map(|n| (n.wrapping_mul(31) ^ (n >> 9)) as u8));
    bytes
}

/// A form with fields and files, each under the name of its control.
fn form(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Body {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    for (name, file, bytes) in files {
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    Body::from(body)
}

/// The first address in a page that begins so.
fn href(page: &str, begin: &str) -> String {
    let found = page.split('"').find(|part| part.starts_with(begin));
    found.unwrap_or_else(|| panic!("no {begin} in {page}")).replace("&amp;", "&").replace("&#38;", "&")
}

async fn ranged(house: &House, who: &Person, path: &str, range: &str) -> Reply {
    let mut get = request("GET", path, Some(cookie(who)), Body::empty());
    get.headers_mut().insert(header::RANGE, range.parse().expect("a range"));
    house.send(get).await
}

/// Looks and copies of evidence in the scheme's chain.
async fn recorded(house: &House, controller: &Person) -> usize {
    let lines =
        audit::list(&house.app, &controller.ctx, house.north.org, audit::Wanted::default(), None, 100).await;
    let lines = lines.expect("the controller reads it");
    let of = ["evidence.show", "evidence.download", "evidence.read"];
    lines.iter().filter(|line| of.contains(&&*line.entry.action)).count()
}

/// VIS-3, INC-1: without script, beside a picture and what was typed; a mistake elsewhere loses nothing.
#[tokio::test]
async fn vis_3_a_clip_comes_with_the_report_and_is_played_in_ranges() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let bytes = clip(700_000);
    let typed = [("sentence", "They took gin"), ("do", "send")];
    let files: [(&str, &str, &[u8]); 3] =
        [("evidence", "till <3>.mp4", &bytes), ("evidence", "evil.mp4", b"<html>"), ("evidence", "", b"")];
    let again = house.send(upload(REPORT, Some(cookie(&member)), form(&typed, &files))).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = again.text();
    assert!(text.contains("They took gin") && text.contains("not a kind of file that is taken"), "{text}");
    assert_eq!(text.matches("remove-evidence:").count(), 1);
    assert!(!text.contains("till <3>"), "a name is text");
    let page = house.get(&href(&text, "/o/northgate/evidence/"), Some(&member)).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(
        text.contains("<video") && text.contains("preload=\"metadata\"") && text.contains("class=\"hash\"")
    );
    assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("media-src 'self'"));
    let file = text.split('"').find(|part| part.contains("/file?t=")).unwrap().to_owned();
    let copy = text.split('"').find(|part| part.contains("/download?t=")).unwrap().to_owned();

    let before = recorded(&house, &controller).await;
    let whole = house.get(&file, Some(&member)).await;
    assert_eq!((whole.status, whole.body == bytes), (StatusCode::OK, true));
    assert_eq!(whole.header(header::CONTENT_TYPE), "video/mp4");
    assert_eq!(whole.header(header::ACCEPT_RANGES), "bytes");
    assert_eq!(whole.header(header::CONTENT_LENGTH), "700000");
    assert_eq!(whole.header(header::CACHE_CONTROL), "no-store");
    assert_eq!(whole.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(whole.header(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
    for (range, from, to) in
        [("bytes=0-", 0, 700_000), ("bytes=262140-262150", 262_140, 262_151), ("bytes=-5", 699_995, 700_000)]
    {
        let part = ranged(&house, &member, &file, range).await;
        assert_eq!(
            (part.status, part.body == bytes[from..to]),
            (StatusCode::PARTIAL_CONTENT, true),
            "{range}"
        );
        assert_eq!(part.header(header::CONTENT_RANGE), format!("bytes {from}-{}/700000", to - 1));
    }
    let beyond = ranged(&house, &member, &file, "bytes=700000-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header(header::CONTENT_RANGE), "bytes */700000");
    let mut head = request("HEAD", &file, Some(cookie(&member)), Body::empty());
    head.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let head = house.send(head).await;
    assert_eq!((head.status, head.body.len()), (StatusCode::OK, 0));
    assert_eq!(head.header(header::CONTENT_LENGTH), "700000");
    assert!(!head.headers.contains_key(header::CONTENT_ENCODING));
    assert_eq!(recorded(&house, &controller).await, before, "the page was the look");

    let mut plain = request("GET", &copy, Some(cookie(&member)), Body::empty());
    plain.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let plain = house.send(plain).await;
    assert!(plain.body == bytes && !plain.headers.contains_key(header::CONTENT_ENCODING));
    assert!(plain.header(header::CONTENT_DISPOSITION).starts_with("attachment; filename=\""));
    assert_eq!(recorded(&house, &controller).await, before + 1, "a copy is recorded");
    ranged(&house, &member, &copy, "bytes=500000-").await;
    assert_eq!(recorded(&house, &controller).await, before + 1, "one that goes on is the same copy");
    ranged(&house, &member, &copy, "bytes=0-").await;
    assert_eq!(recorded(&house, &controller).await, before + 2);

    // Somebody else's session gets nothing by the address, nor does anybody once the ticket has run out.
    assert_eq!(house.get(&file, Some(&controller)).await.status, StatusCode::NOT_FOUND);
    house.world.clock.pass(SignedDuration::from_hours(3));
    assert_eq!(house.get(&file, Some(&member)).await.status, StatusCode::NOT_FOUND);
}

/// VIS-3: a document is a file to keep, not a page; what the controller adds stands in the review.
#[tokio::test]
async fn vis_3_a_document_is_added_later_and_never_shown_as_a_page() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let report = house.report(&member, "Somebody took a bottle of gin.").await;
    let add = format!("/o/northgate/reports/{report}/evidence");
    let own = house.get(&format!("/o/northgate/reports/{report}"), Some(&member)).await.text();
    assert!(own.contains(&add));
    assert_eq!(house.get(&add, Some(&member)).await.status, StatusCode::OK);
    let none = house.send(upload(&add, Some(cookie(&member)), form(&[], &[("evidence", "", b"")]))).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text().contains("Choose a file"));
    let pdf: &[u8] = b"%PDF-1.4 a statement";
    let added =
        house.send(upload(&add, Some(cookie(&member)), form(&[], &[("evidence", "a.pdf", pdf)]))).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER);
    assert!(added.location().contains("done=evidence-added"));
    let review = house.get(&format!("/o/northgate/review/{report}"), Some(&controller)).await.text();
    assert!(review.contains("Document (PDF)") && review.contains("a.pdf"), "{review}");
    let page = house.get(&href(&review, "/o/northgate/evidence/"), Some(&controller)).await;
    let text = page.text();
    assert!(text.contains("Chain of custody") && text.contains("Added it to a report as evidence"), "{text}");
    let file =
        text.split('"').find(|part| part.contains("/download?t=")).unwrap().replace("download", "file");
    let got = house.get(&file, Some(&controller)).await;
    assert!(got.body == pdf && got.header(header::CONTENT_DISPOSITION).starts_with("attachment"));
    // Somebody else adds nothing to it.
    let other = house.world.person(&house.north, Role::MemberUser).await;
    assert_eq!(house.get(&add, Some(&other)).await.status, StatusCode::NOT_FOUND);
    let refused = upload(&add, Some(cookie(&other)), form(&[], &[("evidence", "a.pdf", pdf)]));
    assert_eq!(house.send(refused).await.status, StatusCode::NOT_FOUND);
}

/// RET-9: an upload whose connection breaks off leaves neither row nor file.
#[tokio::test]
async fn ret_9_what_breaks_off_leaves_nothing() {
    let house = House::new().await;
    let member = house.world.person(&house.north, Role::MemberUser).await;
    let whole = form(&[], &[("evidence", "clip.mp4", &clip(900_000))]);
    let bytes = axum::body::to_bytes(whole, usize::MAX).await.unwrap();
    let half = Body::from(bytes.slice(..600_000));
    let broken = house.send(upload(REPORT, Some(cookie(&member)), half)).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let files = std::fs::read_dir(house.world.folder().join("blobs")).unwrap();
    let left = files.flatten().flat_map(|fan| std::fs::read_dir(fan.path()).into_iter().flatten()).count();
    assert_eq!(left, 0);
    assert!(!house.get(REPORT, Some(&member)).await.text().contains("remove-evidence:"));
}

/// INC-1: evidence waits in the draft of whoever's session ended by itself; of a stranger nothing is kept.
#[tokio::test]
async fn inc_1_evidence_survives_a_session_that_ended_by_itself() {
    let house = House::new().await;
    let person = house.with_password(&house.north, Role::MemberUser).await;
    let before = house.sign_in(&person).await;
    house.world.clock.pass(SignedDuration::from_hours(13));
    let clip = clip(300_000);
    let sent = form(&[("text", "They took gin"), ("do", "send")], &[("evidence", "a.mp4", &clip)]);
    let asked = house.send(upload(REPORT, Some(before), sent)).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text().contains("and so are your pictures and files"), "{}", asked.text());
    let after = house.sign_in(&person).await;
    let page = house.send(request("GET", REPORT, Some(after), Body::empty())).await.text();
    assert_eq!(page.matches("remove-evidence:").count(), 1);
    let stranger = house.send(upload(REPORT, None, form(&[], &[("evidence", "a.mp4", &clip)]))).await;
    assert!(stranger.text().contains("have to be chosen again"));
}

//! All of a scheme's data as one file, on both engines (SEC-6, DOC-5).
mod support;

use fairwatch_app::{
    AppError, breaches, conduct, duties, evidence,
    exporting::{self, Parts, Typed},
    groups,
    incidents::{
        reporting::{self, TypedPerson},
        review::{Decision, Shows},
    },
    meetings, news, requests, subjects,
};
use fairwatch_core::{
    breaches::{Content, StepKind},
    clocks::Stage,
    duties::Kind as Duty,
    exporting::ExportState,
    gate::{Ctx, Role},
    ids::ExportId,
    meetings::{Circle, Kind as MeetingKind},
    news::Kind as PostKind,
    world::london,
};
use fairwatch_store::{orgs, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::SignedDuration;
use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};
use support::{CS, DTAC, GENERIC, Scene, everybody_is_new, face, hidden, person, refusal, theft};
use uuid::Uuid;

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn asked() -> Typed {
    Typed {
        reason: "We move to another system.".into(),
        recipient: "The scheme itself".into(),
        country: "United Kingdom".into(),
    }
}

async fn whole(mut parts: Parts) -> Result<Vec<u8>, AppError> {
    let mut all = Vec::new();
    while let Some(part) = parts.recv().await {
        all.extend_from_slice(&part?);
    }
    Ok(all)
}

fn unpacked(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("it is a whole archive");
    (0..archive.len())
        .map(|n| {
            let mut file = archive.by_index(n).expect("each part opens");
            let name = file.name().expect("it has a name").into_owned();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("each part is whole");
            (name, bytes)
        })
        .collect()
}

/// Begins to fetch it, once the download before has noticed that nobody listens.
async fn begin(scene: &Scene, world: &World, id: ExportId) -> Result<Parts, AppError> {
    for _ in 0..500 {
        match exporting::fetch(&scene.app, &scene.controller.again(world), id).await {
            Err(AppError::Refused(said)) if said.to_string().contains("already") => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => return other,
        }
    }
    panic!("the download before never ended");
}

async fn agreed(scene: &Scene, world: &World, board: &Ctx) -> Result<ExportId, AppError> {
    let id = exporting::ask(&scene.app, &scene.controller.again(world), scene.org(), &asked()).await?;
    exporting::decide(&scene.app, board, id, true, "We know them.").await?;
    Ok(id)
}

on_both!(sec_6_all_data_leaves_once_by_two_people);
/// SEC-6: the controller asks, the board agrees, whoever asked fetches it once; every record of the scheme is in it, opened, with its
/// files; nothing of another scheme, of who is kept for a hold alone, or of anybody's password; and it lies nowhere.
async fn sec_6_all_data_leaves_once_by_two_people(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let board = world.person(&scene.scheme, Role::Board).await;
    let subject = scene.subject("Alfred Example", &[face(7)]).await?;
    let frozen = scene.subject("Gone Example", &[]).await?;
    let review = support::later(scene.controller.ctx.today(), 30);
    subjects::hold(app, &scene.controller.again(world), frozen, "A claim.", review, None).await?;
    subjects::erase(app, &scene.controller.again(world), frozen).await?;
    scene.report(&scene.member.again(world), &theft("Gin.", vec![person("", "Tall")]), &[]).await?;
    let typed = conduct::Typed {
        measure: "warning".into(),
        rule: "4b".into(),
        text: "A picture on the door.".into(),
        ..conduct::Typed::default()
    };
    let member = scene.member.member.expect("they have a business");
    conduct::record(app, &scene.controller.again(world), member, &typed).await?;
    let south = world.scheme("southgate").await;
    world.business(&south).await;

    // Nobody but the controller asks, and nobody agrees to what they asked for themselves.
    for role in [Role::Board, Role::Staff, Role::MemberUser, Role::Auditor, Role::Operator] {
        let who = world.person(&scene.scheme, role).await;
        assert!(hidden(&exporting::ask(app, &who.ctx, org, &asked()).await), "{role}");
    }
    let both = world.role_of(&scene.scheme, &scene.controller, Role::Board).await;
    let id = exporting::ask(app, &scene.controller.again(world), org, &asked()).await?;
    assert!(
        hidden(&exporting::decide(app, &both.again(world), id, true, "Yes.").await),
        "not by whoever asked"
    );
    assert!(
        hidden(&exporting::fetch(app, &scene.controller.again(world), id).await),
        "not before it is agreed to"
    );
    let again = exporting::ask(app, &scene.controller.again(world), org, &asked()).await;
    assert!(refusal(again).contains("on its way"));
    let due = duties::list(app, &board.again(world), org).await?.duties;
    assert!(due.iter().any(|duty| duty.kind == Duty::Export), "the board is asked");
    assert!(refusal(exporting::decide(app, &board.again(world), id, true, " ").await).contains("Say why"));
    exporting::decide(app, &board.again(world), id, true, "We know them.").await?;
    let other = world.person(&scene.scheme, Role::Controller).await;
    assert!(hidden(&exporting::fetch(app, &other.ctx, id).await), "another controller does not fetch it");
    assert!(hidden(&exporting::fetch(app, &board.again(world), id).await));

    // A line that breaks takes nothing away.
    drop(exporting::fetch(app, &scene.controller.again(world), id).await?);
    let bytes = whole(begin(&scene, world, id).await?).await?;
    let found = unpacked(bytes);
    let text = |name: &str| String::from_utf8_lossy(found.get(name).expect(name)).into_owned();
    assert!(text("data/subjects.jsonl").contains("Alfred Example"));
    assert!(text("data/subject_events.jsonl").contains(&subject.to_string()));
    assert!(text("data/reports.jsonl").contains("Gin."));
    assert!(text("data/people.jsonl").contains("Tall"));
    assert!(text("data/conduct.jsonl").contains("A picture on the door."));
    assert!(text("tables/members.csv").starts_with("id,business,premises,area,trade\n"));
    assert!(text("tables/memberships.csv").contains(&scene.member.login));
    assert!(text("README.txt").contains("subject_events:"));
    let picture =
        found.keys().find(|name| name.starts_with("files/pictures/")).expect("the picture is in it");
    assert!(found[picture].starts_with(&[0xff, 0xd8]), "as a JPEG");
    assert_eq!(text("data/members.jsonl").lines().count(), text("tables/members.csv").lines().count() - 1);
    let all = found.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect::<String>();
    assert!(!all.contains("Gone Example") && !all.contains(&frozen.to_string()), "kept for a hold alone");
    assert!(!all.contains("argon2") && !all.contains(&south.org.to_string()));
    assert!(
        text("data/members.jsonl").lines().all(|line| line.contains("\"sealed\":{")),
        "all of it is opened"
    );

    // Once, and on record.
    let listed = exporting::list(app, &board.again(world), org).await?.exports;
    assert_eq!((listed[0].state, listed[0].begun), (ExportState::Fetched, 2));
    assert!(hidden(&exporting::fetch(app, &scene.controller.again(world), id).await), "once");
    let deeds = world.actions(org.0).await?;
    for deed in ["exporting.ask", "exporting.decide", "exporting.fetch", "exporting.read", "exporting.finish"]
    {
        assert!(deeds.iter().any(|name| name == deed), "{deed}");
    }
    Ok(())
}

on_both!(inc_9_ret_10_what_may_show_or_name_who_is_gone_does_not_leave);
/// INC-9, RET-10, SEC-6: of whom a hold alone keeps, neither report nor incident leaves where nobody else is in it; where somebody
/// else is, it leaves without its words, its evidence and each picture that may show them.
async fn inc_9_ret_10_what_may_show_or_name_who_is_gone_does_not_leave(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, org, ctx) = (&scene.app, scene.org(), &scene.controller.ctx);
    let clip = async |seed: u8| {
        let mut bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
        bytes.extend([seed; 9000]);
        let mut upload = evidence::begin(app, &scene.member.ctx, org, reporting::FORM, "Till 3.mp4").await?;
        upload.write(&bytes).await?;
        upload.finish(app, &scene.member.ctx).await
    };
    // Somebody alone, somebody with another, and somebody who stays.
    let mut sent = Vec::new();
    for (seed, names) in
        [(1, &["Gone Alone"][..]), (2, &["Nora Near", "Gone Together"]), (3, &["Stella Stays"])]
    {
        let clip = clip(seed).await?;
        let people = names.iter().map(|name| person(name, &format!("{name} is tall"))).collect();
        let words = format!("Gin was taken by {}.", names.join(" and "));
        let report = scene
            .report(
                &scene.member.ctx,
                &theft(&words, people),
                &[face(seed.into()), face(u64::from(seed) + 10)],
            )
            .await?
            .id;
        let review = scene.review(report).await?;
        let pictures = review.held.pictures.iter().map(|picture| picture.id).collect::<Vec<_>>();
        let mut decision = Decision { narrative: "Gin was taken.".into(), ..everybody_is_new(&review) };
        // The second picture shows the last of them.
        let last = review.held.people.last().expect("there is somebody").id;
        decision.pictures =
            vec![(pictures[0], Shows::One(review.held.people[0].id)), (pictures[1], Shows::One(last))];
        let subjects = scene.approve(report, decision).await?;
        let incident = scene.review(report).await?.held.incident.expect("it has one");
        sent.push((report, incident, clip, pictures, subjects));
    }
    // A report that waits, of somebody who is taken for one of them.
    let taken = TypedPerson { proposed: sent[0].4[0].to_string(), ..person("", "As before") };
    let words = theft("It was Gone Alone again.", vec![taken]);
    let waits = scene.report(&scene.member.ctx, &words, &[face(30)]).await?.id;
    let shows = scene.review(waits).await?.held.pictures[0].id;
    let review_on = support::later(ctx.today(), 30);
    for gone in [sent[0].4[0], sent[1].4[1]] {
        subjects::hold(app, ctx, gone, "A claim.", review_on, None).await?;
        assert_eq!(subjects::erase(app, ctx, gone).await?, Stage::Frozen);
    }
    subjects::restrict(app, ctx, sent[2].4[0], true, "They object.").await?;
    let board = world.person(&scene.scheme, Role::Board).await;
    let listed = exporting::list(app, &board.again(world), org).await?;
    assert_eq!(listed.restricted, 1, "SAR-8: whoever decides is told");
    let id = agreed(&scene, world, &board.again(world)).await?;
    let found = unpacked(whole(exporting::fetch(app, &scene.controller.again(world), id).await?).await?);
    let text = |name: &str| String::from_utf8_lossy(found.get(name).expect(name)).into_owned();
    let all = found.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect::<String>();
    assert!(!all.contains("Gone"), "named nowhere");
    for gone in [sent[0].4[0], sent[1].4[1]] {
        assert!(!all.contains(&gone.to_string()));
    }
    let (reports, incidents) = (text("data/reports.jsonl"), text("data/incidents.jsonl"));
    for (n, (report, incident, clip, pictures, _)) in sent.iter().enumerate() {
        assert_eq!(reports.contains(&format!("\"id\":\"{report}\"")), n > 0, "{n}");
        assert_eq!(incidents.contains(&format!("\"id\":\"{incident}\"")), n > 0, "{n}");
        assert_eq!(found.contains_key(&format!("files/evidence/{clip}")), n == 2, "{n}");
        for (at, picture) in pictures.iter().enumerate() {
            let leaves = [n == 2, n > 0][usize::from(at == 0)];
            assert_eq!(found.contains_key(&format!("files/pictures/{picture}.jpg")), leaves, "{n} {at}");
            assert_eq!(text("data/picture_people.jsonl").contains(&picture.to_string()), leaves);
        }
    }
    assert!(!reports.contains("Nora Near and"), "its sender's words may name who is gone");
    assert!(reports.contains("taken by Stella Stays"));
    assert!(text("data/people.jsonl").contains("\"state\":\"gone\""), "the slot stays");
    assert!(text("data/subjects.jsonl").contains("Nora Near"));
    assert!(reports.contains(&waits.to_string()), "it waits for review");
    assert!(!found.contains_key(&format!("files/pictures/{shows}.jpg")), "it may show them");

    // SAR-3, BRE-3: each who left is in the entries.
    let entries = world.audit().await?;
    let read =
        |id: Uuid| entries.iter().any(|entry| entry.action == "exporting.read" && entry.about.contains(&id));
    assert!(read(sent[2].4[0].0) && read(sent[1].4[0].0) && read(sent[1].0.0));
    assert!(!read(sent[0].4[0].0) && !read(sent[1].4[1].0));
    Ok(())
}

on_both!(ret_6_a_picture_of_the_unidentified_that_has_ended_does_not_leave);
/// RET-6, RET-10: nor does the report's own, which shows the same, though no sweep has come by.
async fn ret_6_a_picture_of_the_unidentified_that_has_ended_does_not_leave(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let unnamed = scene.subject("", &[face(54)]).await?;
    let named = scene.subject("Nat Named", &[face(55)]).await?;
    world.clock.set_day(support::day("2026-12-01"));
    scene.again(unnamed).await?;
    scene.again(named).await?;
    world.clock.set_day(support::day("2027-03-02"));
    let board = world.person(&scene.scheme, Role::Board).await;
    let id = agreed(&scene, world, &board.again(world)).await?;
    let found =
        unpacked(whole(exporting::fetch(&scene.app, &scene.controller.again(world), id).await?).await?);
    assert_eq!(
        found.keys().filter(|name| name.starts_with("files/pictures/")).count(),
        2,
        "those of the named"
    );
    let subjects = String::from_utf8_lossy(&found["data/subjects.jsonl"]).into_owned();
    assert!(subjects.contains(&unnamed.to_string()), "who they are of is still held");
    Ok(())
}

on_both!(sec_6_a_download_is_begun_three_times_and_each_is_shown);
/// SEC-6: whoever breaks the line has what was handed over: each beginning is noted and shown, two do not run side by side, there are
/// three at most, and none while people are worked out by a new policy.
async fn sec_6_a_download_is_begun_three_times_and_each_is_shown(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    scene.subject("Alfred Example", &[]).await?;
    let board = world.person(&scene.scheme, Role::Board).await;
    let id = agreed(&scene, world, &board.again(world)).await?;
    let burglar = Burglar::at(world.address()).await?;
    burglar.run("UPDATE subjects SET stage = 'unsettled'").await?;
    let early = exporting::fetch(app, &scene.controller.again(world), id).await;
    assert!(refusal(early).contains("new policy"), "nobody vanishes from it silently");
    burglar.run("UPDATE subjects SET stage = 'circulating'").await?;
    burglar.leave().await;
    for time in 1..=3 {
        let parts = begin(&scene, world, id).await?;
        let beside = exporting::fetch(app, &scene.controller.again(world), id).await;
        if time < 3 {
            assert!(refusal(beside).contains("already"), "one at a time");
        }
        let listed = exporting::list(app, &board.again(world), org).await?.exports;
        assert_eq!((listed[0].begun, listed[0].state), (time, ExportState::Agreed));
        assert!(listed[0].begun_at.is_some());
        drop(parts);
    }
    assert!(hidden(&begin(&scene, world, id).await), "that was all");
    assert!(world.actions(org.0).await?.iter().filter(|name| *name == "exporting.fetch").count() == 3);
    Ok(())
}

on_both!(sec_6_requests_breaches_news_and_meetings_go_out_opened);
/// SEC-6: what people asked for by right, breaches with their steps, lists of members, news, and meetings with minutes are in it, opened.
async fn sec_6_requests_breaches_news_and_meetings_go_out_opened(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, ctx) = (&scene.app, scene.org(), &scene.controller.ctx);
    let asks = requests::Typed {
        right: "access".into(),
        name: "Una Example".into(),
        contact: "una@home.example".into(),
        message: "What do you hold about me?".into(),
        ..requests::Typed::default()
    };
    let home = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));
    requests::receive(app, &world.nobody(), org, &asks, home).await?;
    let here = london().to_datetime(ctx.now());
    let now = breaches::When { day: Some(here.date()), time: here.strftime("%H:%M").to_string() };
    let lost = breaches::Typed {
        aware: now.clone(),
        content: Content {
            title: "A lost telephone".into(),
            cause: "In a taxi.".into(),
            ..Content::default()
        },
        personal: "yes".into(),
        people: "2".into(),
        ..breaches::Typed::default()
    };
    let lost = breaches::record(app, ctx, org, &lost, false).await?;
    let did = breaches::TypedStep {
        kind: StepKind::Commissioner.name().into(),
        yes: "yes".into(),
        at: now,
        words: "It was wiped from afar.".into(),
    };
    breaches::note(app, ctx, lost, &did).await?;
    let list = groups::add(app, ctx, org, "The circle").await?;
    let member = scene.member.member.expect("they have a business");
    groups::edit(app, ctx, list, "The circle", &[member]).await?;
    let scope = orgs::all(&world.store, &world.console()).await?.into_iter().find(|scope| scope.org == org);
    let scope = scope.expect("it is there");
    let post = news::Typed {
        kind: Some(PostKind::News),
        title: "New tills".into(),
        text: "They come on Monday.".into(),
        chosen: news::For { groups: vec![list.to_string()], ..news::For::default() },
        ..news::Typed::default()
    };
    let news::Outcome::Published(_) = news::publish(app, ctx, &scope, post).await? else {
        panic!("it warns")
    };
    let meeting = meetings::Typed {
        kind: Some(MeetingKind::Meeting),
        circle: Some(Circle::Members),
        title: "The spring meeting".into(),
        place: "The town hall".into(),
        day: Some(ctx.today()),
        from: "0:00".into(),
        to: "0:30".into(),
        ..meetings::Typed::default()
    };
    let meetings::Outcome::Kept(meeting) = meetings::call(app, ctx, &scope, &meeting).await? else {
        panic!("it warns")
    };
    meetings::attend(app, ctx, meeting, &[scene.member.membership], &[]).await?;
    meetings::keep_minutes(app, ctx, &scope, meeting, "All agreed.", None, "").await?;
    let board = world.person(&scene.scheme, Role::Board).await;
    let id = agreed(&scene, world, &board.again(world)).await?;
    let found = unpacked(whole(exporting::fetch(app, &scene.controller.again(world), id).await?).await?);
    let member = member.to_string();
    for (table, says) in [
        ("requests", "una@home.example"),
        ("breaches", "A lost telephone"),
        ("steps", "It was wiped from afar."),
        ("member_groups", "The circle"),
        ("group_members", &*member),
        ("posts", "They come on Monday."),
        ("targets", "\"kind\":\"group\""),
        ("meetings", "The spring meeting"),
        ("meetings", "All agreed."),
        ("meeting_attendance", &*scene.member.membership.to_string()),
    ] {
        let text = String::from_utf8_lossy(&found[&format!("data/{table}.jsonl")]).into_owned();
        assert!(text.contains(says), "{table}: {text}");
    }
    Ok(())
}

on_both!(doc_5_sec_6_an_export_names_recipient_and_country_and_ends_by_itself);
/// DOC-5, SEC-6: nothing leaves the country against the policy; nobody decides after seven days, nobody fetches after the policy's
/// time; whoever is removed gets no more; the record goes in the end.
async fn doc_5_sec_6_an_export_names_recipient_and_country_and_ends_by_itself(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, org) = (&scene.app, scene.org());
    let ctx = || scene.controller.again(world);
    let bare = exporting::ask(app, &ctx(), org, &Typed::default()).await;
    let said = refusal(bare);
    assert!(
        said.contains("what the export is for")
            && said.contains("who gets it")
            && said.contains("which country")
    );
    let abroad = Typed { country: "France".into(), ..asked() };
    assert!(refusal(exporting::ask(app, &ctx(), org, &abroad).await).contains("United Kingdom"));
    let id = exporting::ask(app, &ctx(), org, &asked()).await?;
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Board).await;
    assert!(hidden(&exporting::decide(app, &stranger.ctx, id, true, "Yes.").await));
    world.clock.pass(DAY * 7);
    let board = world.person(&scene.scheme, Role::Board).await;
    assert!(hidden(&exporting::decide(app, &board.ctx, id, true, "Yes.").await), "a day too late");
    let controller = world.person(&scene.scheme, Role::Controller).await;
    let id = exporting::ask(app, &controller.ctx, org, &asked()).await?;
    exporting::decide(app, &board.again(world), id, true, "We know them.").await?;
    world.clock.pass(DAY * 7);
    let late = world.person(&scene.scheme, Role::Controller).await;
    assert!(hidden(&exporting::fetch(app, &late.ctx, id).await));
    let scene = Scene { controller: late, ..scene };
    let board = world.person(&scene.scheme, Role::Board).await;
    let id = agreed(&scene, world, &board.ctx).await?;
    exporting::withdraw(&scene.app, &scene.controller.again(world), id).await?;
    assert!(
        hidden(&exporting::fetch(&scene.app, &scene.controller.again(world), id).await),
        "it was taken back"
    );
    world.clock.pass(DAY * 31 * 25);
    support::sweep_all(&scene.app, world).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM exports").await?, 0);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'export'").await?, 0);
    Ok(())
}

/// SEC-6: each table goes out, or it is said here why it does not, so that nobody is locked in by what somebody forgot.
#[test]
fn sec_6_every_table_goes_out_or_is_said_not_to() {
    const STAYS: &[(&str, &str)] = &[
        ("account_logins", "hashes alone"),
        (
            "accounts",
            "they belong to their owners, who may have roles elsewhere; what the scheme was told stands in memberships",
        ),
        ("attempts", "counts of wrong passwords"),
        ("audit_entries", "`fairwatch audit export` writes them with their signatures"),
        ("audit_heads", "likewise"),
        ("audit_reasons", "likewise"),
        ("audit_signatures", "likewise"),
        ("blob_removals", "files that wait to be removed"),
        ("calendar_feeds", "hashes of addresses"),
        ("challenges", "random"),
        ("data_keys", "keys"),
        ("devices", "hashes of cookies"),
        ("drafts", "nobody has sent them"),
        ("evidence_custody", "positions in the audit"),
        ("evidence_releases", "who may look for now"),
        ("exports", "about exports"),
        ("factors", "secrets of accounts"),
        ("imports", "about imports"),
        ("installation", "of no scheme"),
        ("leases", "of no scheme"),
        ("leavings", "that a business is to leave, for weeks"),
        ("links", "hashes of addresses"),
        ("mails", "on their way"),
        ("member_suspensions", "for now; the reasons stand in conduct"),
        ("merges", "copies of what stood before"),
        ("notices_served", "days; the entry stands in the audit"),
        ("orgs", "the scheme itself"),
        ("policy_changes", "drafts; what became a version stands in policies"),
        ("policy_effects", "worked out"),
        ("policy_index", "worked out"),
        ("preferences", "of accounts"),
        ("recovery_codes", "secrets of accounts"),
        ("reminders", "of what people were reminded"),
        ("sessions", "hashes of cookies"),
        ("digests", "up to which day members were told"),
        (
            "old_audit_items",
            "ids and kinds, until the next audit proves what is gone; the rest stands in old_audits",
        ),
        ("post_reads", "who has read what, to be told once"),
        ("sweep_runs", "counts alone"),
    ];
    let out = fairwatch_store::exporting::TABLES.iter().map(|table| table.name).collect::<Vec<_>>();
    for (table, _) in fairwatch_store::retention::TABLES {
        let stays = STAYS.iter().any(|(name, _)| name == table);
        let goes = out.contains(table);
        assert!(
            goes != stays,
            "{table}: let it go out in store/src/exporting/tables.rs, or say here why it stays"
        );
    }
    for name in out.iter().chain(STAYS.iter().map(|(name, _)| name)) {
        assert!(
            fairwatch_store::retention::TABLES.iter().any(|(table, _)| table == name),
            "there is no {name}"
        );
    }
}

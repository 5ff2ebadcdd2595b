//! Evidence: kept as it was sent, seen by the scheme's policy, recorded, and gone with its report (VIS-3).
mod support;

use fairwatch_app::{
    AppError,
    evidence::{self, Part},
    incidents::{self, reporting, review, review::Decision},
    subjects,
};
use fairwatch_core::{
    clocks::Stage,
    evidence::MOST_FILES,
    gate::{Ctx, Role},
    ids::{EvidenceId, IncidentId, ReportId, SubjectId},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    faces::{Face, Shot},
    on_both,
};
use sha2::{Digest as _, Sha256};
use support::{CS, DTAC, GENERIC, Scene, TM, day, everybody_is_new, files, hidden, person, refusal, theft};

/// A clip of so many bytes that nobody can play, but that begins as one does.
fn clip(length: usize, seed: u8) -> Vec<u8> {
    let mut bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".to_vec();
    bytes.extend((bytes.len()..length).map(|n| (n.wrapping_mul(31) ^ (n >> 9)) as u8 ^ seed));
    bytes
}

/// Uploads in pieces of an odd length, as a network cuts them.
async fn upload(scene: &Scene, by: &Ctx, bytes: &[u8]) -> Result<EvidenceId, AppError> {
    let name = "Till 3, Olga Odd.mp4";
    let mut upload = evidence::begin(&scene.app, by, scene.org(), reporting::FORM, name).await?;
    for piece in bytes.chunks(70_001) {
        upload.write(piece).await?;
    }
    upload.finish(&scene.app, by).await
}

async fn all(part: Part) -> Result<Vec<u8>, AppError> {
    let (mut bytes, mut rest) = (Vec::new(), Some(part));
    while let Some(part) = rest {
        rest = part.next().await?.map(|(more, rest)| {
            bytes.extend(more);
            rest
        });
    }
    Ok(bytes)
}

/// The bytes by the page's own ticket.
async fn read(scene: &Scene, by: &Ctx, id: EvidenceId, from: u64, to: u64) -> Result<Vec<u8>, AppError> {
    let ticket = evidence::ticket(&scene.app, by, id);
    all(evidence::content(&scene.app, by, id, &ticket).await?.part(from, to)).await
}

struct Sent {
    report: ReportId,
    incident: IncidentId,
    subjects: Vec<SubjectId>,
    evidence: EvidenceId,
}

/// A report of these people with a clip, approved.
async fn approved(scene: &Scene, people: &[&str], bytes: &[u8]) -> Result<Sent, AppError> {
    let member = &scene.member.ctx;
    let evidence = upload(scene, member, bytes).await?;
    let people = people.iter().map(|name| person(name, "About 185 cm, slim")).collect::<Vec<_>>();
    let sent = scene.report(member, &theft("They took gin.", people), &[]).await?;
    let review = scene.review(sent.id).await?;
    assert_eq!(review.held.evidence.iter().map(|held| held.id).collect::<Vec<_>>(), [evidence]);
    let decision = Decision { narrative: "Gin was taken.".into(), ..everybody_is_new(&review) };
    let subjects = scene.approve(sent.id, decision).await?;
    let incident = scene.review(sent.id).await?.held.incident.expect("it has one");
    Ok(Sent { report: sent.id, incident, subjects, evidence })
}

on_both!(what_was_sent_is_what_is_handed_out);
/// VIS-3: byte for byte, in whole and in part, with the fingerprint of what was sent; each look and each copy is in the
/// chain of custody, and the pieces of one look are not.
async fn what_was_sent_is_what_is_handed_out(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let bytes = clip(600_000, 1);
    let Sent { report, evidence: id, .. } = approved(&scene, &["Olga Odd"], &bytes).await?;
    let shown = evidence::show(app, controller, id, "").await?;
    let held = &shown.opened.held.evidence;
    assert_eq!(held.sha256, fairwatch_store::audit::hex(&Sha256::digest(&bytes)));
    assert_eq!((held.length, &*held.name), (600_000, "Till 3, Olga Odd.mp4"));
    assert_eq!(shown.opened.report, Some(report));
    assert_eq!(read(&scene, controller, id, 0, u64::MAX).await?, bytes);
    for (from, to) in [(0, 1), (262_143, 262_145), (262_144, 524_288), (599_999, 600_000), (300_000, 600_000)]
    {
        let part = read(&scene, controller, id, from, to).await?;
        assert_eq!(part, bytes[from as usize..to as usize], "{from}-{to}");
    }
    let copy = all(evidence::download(app, controller, id, "").await?.part(0, u64::MAX)).await?;
    assert_eq!(Sha256::digest(&copy), Sha256::digest(&bytes));
    // Somebody else's ticket, and one of another file, open nothing.
    let theirs = evidence::ticket(app, member, id);
    assert!(hidden(&evidence::content(app, controller, id, &theirs).await));
    assert!(hidden(&evidence::content(app, controller, id, "").await));

    let custody = evidence::show(app, controller, id, "").await?.custody;
    let told = custody.iter().map(|entry| &*entry.action).collect::<Vec<_>>();
    assert_eq!(told, ["evidence.add", "evidence.show", "evidence.download"]);
    assert_eq!(custody[0].role, "member_user");
    assert!(custody.iter().all(|entry| entry.who.is_some()), "{custody:?}");
    // Whoever sent it sees it, without the chain.
    assert!(evidence::show(app, member, id, "").await?.custody.is_empty());
    Ok(())
}

on_both!(members_see_evidence_where_the_policy_says_so);
/// VIS-3, VIS-4: in one scheme members see it, once the controller has shared it and while they may see everybody in
/// the incident; in another nobody but the controller, and the board by a release with a reason.
async fn members_see_evidence_where_the_policy_says_so(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let other = world.person(&scene.scheme, Role::MemberUser).await.ctx;
    let board = world.person(&scene.scheme, Role::Board).await.ctx;
    let sent = approved(&scene, &["Olga Odd", "Peter Plain"], &clip(9_000, 2)).await?;
    let id = sent.evidence;
    let seen = async |ctx: &Ctx| evidence::show(app, ctx, id, "").await.is_ok();
    let listed = async || -> Result<usize, AppError> {
        Ok(subjects::show(app, &other, sent.subjects[0], "").await?.evidence.len())
    };
    assert!(!seen(&other).await && listed().await? == 0, "it is not shared yet");
    assert!(seen(&board).await, "the policy names the board, and the report is reviewed");
    evidence::share(app, controller, id, true).await?;
    assert!(seen(&other).await && listed().await? == 1);
    assert_eq!(evidence::list(app, &board, scene.org(), None, 10).await?.0.len(), 1);
    // While one of the two is hidden, nobody can say that the clip does not show them.
    subjects::restrict(app, controller, sent.subjects[1], true, "They objected").await?;
    assert!(!seen(&other).await && listed().await? == 0);
    assert!(seen(controller).await);
    subjects::restrict(app, controller, sent.subjects[1], false, "It was them").await?;
    assert!(seen(&other).await);
    evidence::share(app, controller, id, false).await?;
    assert!(!seen(&other).await);
    let elsewhere = Scene::new(world, GENERIC).await;
    assert!(hidden(&evidence::show(app, &elsewhere.controller.ctx, id, "").await));

    let scene = Scene::new(world, CS).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let other = world.person(&scene.scheme, Role::MemberUser).await.ctx;
    let board = world.person(&scene.scheme, Role::Board).await.ctx;
    let id = approved(&scene, &["Mona Moved"], &clip(9_000, 3)).await?.evidence;
    evidence::share(app, controller, id, true).await?;
    for who in [&other, &board] {
        assert!(hidden(&evidence::show(app, who, id, "").await));
        assert!(hidden(&evidence::download(app, who, id, "").await));
    }
    assert!(evidence::list(app, &board, scene.org(), None, 10).await?.0.is_empty());
    assert!(refusal(evidence::release(app, controller, id, " ").await).contains("Say why"));
    assert!(hidden(&evidence::release(app, &board, id, "We want to see it").await));
    evidence::release(app, controller, id, "Claim 123 in the county court").await?;
    assert_eq!(evidence::list(app, &board, scene.org(), None, 10).await?.0.len(), 1);
    assert_eq!(read(&scene, &board, id, 0, u64::MAX).await?, clip(9_000, 3));
    evidence::show(app, &board, id, "").await?;
    assert!(hidden(&evidence::show(app, &other, id, "").await), "members do not see it by that");
    let custody = evidence::show(app, controller, id, "").await?.custody;
    let release = custody.iter().find(|entry| entry.action == "evidence.release").expect("it is recorded");
    assert_eq!(release.reason.as_deref(), Some("Claim 123 in the county court"));
    world.clock.set_day(day("2026-03-29"));
    assert!(evidence::show(app, &board, id, "").await.is_ok());
    world.clock.set_day(day("2026-03-30"));
    assert!(hidden(&evidence::show(app, &board, id, "").await), "a release ends");

    // Where the policy gives it to the board at once, there is nothing to release.
    let scene = Scene::new(world, DTAC).await;
    let id = approved(&scene, &["Nick Near"], &clip(9_000, 4)).await?.evidence;
    assert!(hidden(&evidence::release(&scene.app, &scene.controller.ctx, id, "why not").await));
    Ok(())
}

on_both!(vis_8_a_still_bears_who_looks_at_it);
/// VIS-8: members are shown a still with their mark burned in, also as a copy; the controller and whoever sent it have
/// the file as it was, to the last byte, with its fingerprint.
async fn vis_8_a_still_bears_who_looks_at_it(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let still = Face::from_seed(8).draw(&Shot::portrait(400, 500)).to_jpeg(90);
    let sent = approved(&scene, &["Olga Odd"], &still).await?;
    let id = sent.evidence;
    evidence::share(app, controller, id, true).await?;
    assert_eq!(read(&scene, controller, id, 0, u64::MAX).await?, still);
    assert_eq!(read(&scene, &scene.member.ctx, id, 0, u64::MAX).await?, still, "they sent it");
    let mut marked = Vec::new();
    for _ in 0..2 {
        let other = world.person(&scene.scheme, Role::MemberUser).await.ctx;
        let looked = read(&scene, &other, id, 0, u64::MAX).await?;
        let copy = all(evidence::download(app, &other, id, "").await?.part(0, u64::MAX)).await?;
        assert_eq!(looked, copy, "the copy bears the same mark, in the same minute");
        assert!(looked.starts_with(&[0xFF, 0xD8, 0xFF]));
        assert!(fairwatch_imaging::prepare(&looked, &fairwatch_imaging::Limits::default()).is_ok());
        marked.push(looked);
    }
    assert!(marked.iter().all(|bytes| *bytes != still));
    assert_ne!(marked[0], marked[1], "each bears its own viewer");
    // What cannot be marked is not shown as it was.
    let broken = [&still[..200], &[0; 4000]].concat();
    let id = approved(&scene, &["Dora Example"], &broken).await?.evidence;
    evidence::share(app, controller, id, true).await?;
    let other = world.person(&scene.scheme, Role::MemberUser).await.ctx;
    assert!(refusal(read(&scene, &other, id, 0, u64::MAX).await).contains("cannot be shown with your mark"));
    assert_eq!(read(&scene, controller, id, 0, u64::MAX).await?, broken);
    Ok(())
}

on_both!(evidence_is_added_by_those_who_answer_for_the_report);
/// VIS-3, INC-2: to one's own report, and by the controller; what the one added, the other's report does not show.
async fn evidence_is_added_by_those_who_answer_for_the_report(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let other = world.person(&scene.scheme, Role::MemberUser).await.ctx;
    let sent = approved(&scene, &["Olga Odd"], &clip(5_000, 5)).await?;
    let attach = async |by: &Ctx| -> Result<EvidenceId, AppError> {
        let mut upload = evidence::begin_attached(app, by, sent.report, "report.pdf").await?;
        upload.write(b"%PDF-1.7 a statement of Olga Odd").await?;
        upload.finish(app, by).await
    };
    assert!(hidden(&attach(&other).await), "somebody else's report");
    let theirs = attach(member).await?;
    let ours = attach(controller).await?;
    let own = reporting::show_mine(app, member, sent.report).await?;
    let own = own.evidence.iter().map(|held| held.id).collect::<Vec<_>>();
    assert_eq!(own, [sent.evidence, theirs], "not what the controller added");
    assert!(hidden(&evidence::show(app, member, ours, "").await));
    let told = incidents::open(app, controller, sent.incident).await?;
    assert_eq!(told.whole.reports[0].evidence.len(), 3);
    let mut count = 3;
    while count < MOST_FILES {
        attach(controller).await?;
        count += 1;
    }
    assert!(refusal(attach(member).await).contains("8 files"));

    assert!(refusal(evidence::remove(app, controller, ours, "").await).contains("Say why"));
    assert!(hidden(&evidence::remove(app, member, theirs, "It was mine").await));
    let before = files(world).len();
    evidence::remove(app, controller, ours, "It shows a customer alone").await?;
    assert!(hidden(&evidence::show(app, controller, ours, "").await));
    fairwatch_app::pictures::collect(app, controller).await?;
    assert_eq!(files(world).len(), before - 1);
    Ok(())
}

on_both!(what_is_no_evidence_is_refused_and_leaves_nothing);
/// SEC-4, RET-9: what is not taken, what breaks off and what is taken back leave neither row nor file.
async fn what_is_no_evidence_is_refused_and_leaves_nothing(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    for bytes in [&b"<html><script>alert(1)</script>"[..], b"MZ\x90\0", &[0; 10_000]] {
        assert!(refusal(upload(&scene, member, bytes).await).contains("not a kind of file that is taken"));
    }
    let broken_off = async {
        let mut upload = evidence::begin(app, member, scene.org(), reporting::FORM, "clip.mp4")
            .await
            .expect("there is room");
        upload.write(&clip(900_000, 6)).await.expect("it is a clip");
        assert_eq!(files(world).len(), 1, "half of it is on the disk");
    };
    broken_off.await;
    let kept = upload(&scene, member, &clip(300_000, 7)).await?;
    let draft = reporting::draft(app, member, scene.org()).await?;
    assert_eq!(draft.evidence.iter().map(|held| held.id).collect::<Vec<_>>(), [kept]);
    assert_eq!(files(world).len(), 1);
    assert_eq!(read(&scene, member, kept, 0, 8).await?, clip(8, 0)[..8], "one sees one's own draft's");
    assert!(hidden(&evidence::show(app, controller, kept, "").await), "and nobody else does");
    evidence::take_back(app, member, scene.org(), reporting::FORM, kept).await?;
    fairwatch_app::pictures::collect(app, controller).await?;
    assert_eq!(files(world).len(), 0);
    Ok(())
}

async fn left(world: &World) -> Result<[i64; 4], fairwatch_store::StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let counts = [
        burglar.number("SELECT COUNT(*) AS n FROM evidence").await?,
        burglar.number("SELECT COUNT(*) AS n FROM evidence_custody").await?,
        burglar.number("SELECT COUNT(*) AS n FROM evidence_releases").await?,
        burglar.number("SELECT COUNT(*) AS n FROM data_keys WHERE kind IN ('report', 'draft')").await?,
    ];
    burglar.leave().await;
    Ok(counts)
}

on_both!(evidence_goes_with_whomever_it_may_show);
/// RET-9, INC-9, RET-10, RET-15: with the first of its people, and hidden before any sweep; with a rejected report,
/// with a draft that was thrown away or is past its time, row, file, key and custody.
async fn evidence_goes_with_whomever_it_may_show(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let sent = approved(&scene, &["Olga Odd", "Peter Plain"], &clip(400_000, 8)).await?;
    evidence::release(app, controller, sent.evidence, "Olga Odd sues us").await?;
    assert_eq!(left(world).await?, [1, 2, 1, 1]);
    assert_eq!(subjects::erase(app, controller, sent.subjects[0]).await?, Stage::Deleted);
    assert_eq!(left(world).await?, [0, 0, 0, 1]);
    assert_eq!(files(world).len(), 0);
    assert!(hidden(&evidence::show(app, controller, sent.evidence, "").await));
    let told = incidents::open(app, controller, sent.incident).await?;
    assert!(told.whole.reports[0].evidence.is_empty());
    // The clip would show whoever was deleted again: it does not come back by being sent again.
    assert!(hidden(&evidence::begin_attached(app, controller, sent.report, "again.mp4").await));
    assert!(hidden(&evidence::begin_attached(app, member, sent.report, "again.mp4").await));
    subjects::erase(app, controller, sent.subjects[1]).await?;
    assert_eq!(left(world).await?, [0, 0, 0, 0]);

    // Past the end of one of them, it is shown to nobody, though no sweep has come by.
    let sent = approved(&scene, &["Mona Moved", "Nick Near"], &clip(10_000, 9)).await?;
    world.clock.set_day(day("2026-12-01"));
    scene.again(sent.subjects[1]).await?;
    world.clock.set_day(day("2028-03-02"));
    assert!(hidden(&evidence::show(app, controller, sent.evidence, "").await));
    assert!(hidden(&evidence::show(app, member, sent.evidence, "").await));
    assert!(scene.review(sent.report).await?.held.evidence.is_empty());
    scene.sweep(world).await?;
    assert_eq!(left(world).await?[..3], [0, 0, 0]);
    assert_eq!(files(world).len(), 0);

    // A rejected report ends by policy, a draft after a day or when it is thrown away.
    upload(&scene, member, &clip(10_000, 10)).await?;
    let sent = scene.report(member, &theft("Nothing.", Vec::new()), &[]).await?;
    review::reject(app, controller, sent.id, "There is nothing in it").await?;
    upload(&scene, member, &clip(10_000, 11)).await?;
    assert_eq!((left(world).await?[0], files(world).len()), (2, 2));
    reporting::discard_draft(app, member, scene.org()).await?;
    fairwatch_app::pictures::collect(app, controller).await?;
    assert_eq!((left(world).await?[0], files(world).len()), (1, 1));
    world.clock.set_day(day("2028-09-01"));
    scene.sweep(world).await?;
    assert_eq!((left(world).await?[0], files(world).len()), (0, 0));
    Ok(())
}

on_both!(evidence_of_a_child_who_may_not_be_held_is_not_kept);
/// SUB-4: neither in the draft, nor when review finds out.
async fn evidence_of_a_child_who_may_not_be_held_is_not_kept(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, member) = (&scene.app, &scene.member.ctx);
    upload(&scene, member, &clip(10_000, 12)).await?;
    let mut child = person("Little Lou", "Small");
    child.born = "2016-05-01".into();
    let typed = theft("Lou took sweets.", vec![child]);
    reporting::keep_draft(app, member, scene.org(), &typed).await?;
    assert!(reporting::draft(app, member, scene.org()).await?.evidence.is_empty());
    assert_eq!(left(world).await?[0], 0);
    Ok(())
}

//! The audit chain: whatever is done to it is found, in the database and in an exported file.
mod support;

use fairwatch_app::{
    AppError,
    audit::{self, Record, Verdict, Verifier},
    subjects,
};
use fairwatch_core::{
    audit::{Entry, ROOT, SignHeads},
    scope::Installation,
    world::Clock as _,
};
use fairwatch_store::{
    audit::{Head, hex, link, sign_heads},
    testing::Burglar,
};
use fairwatch_testkit::{
    Seeded,
    engines::{Outcome, World},
    on_both,
};
use fairwatch_vault::{KeyFile, Keys};
use std::collections::BTreeMap;
use support::{GENERIC, Scene, TM, day, theft};
use uuid::Uuid;

async fn exported(world: &World, scene: &Scene) -> Result<Vec<Record>, AppError> {
    let mut records = Vec::new();
    audit::export(&scene.app, &world.console(), &mut |record| {
        // As the file has it: a line of JSON.
        let line = serde_json::to_string(record).map_err(AppError::internal)?;
        assert!(!line.contains('\n'));
        records.push(serde_json::from_str(&line).map_err(AppError::internal)?);
        Ok(())
    })
    .await?;
    Ok(records)
}

fn verdict(records: &[Record], trusted: Option<[u8; 32]>) -> Verdict {
    let mut verifier = Verifier::trusting(trusted);
    for record in records {
        verifier.take(record.clone());
    }
    verifier.finish()
}

async fn sign(world: &World) -> Result<(), fairwatch_store::StoreError> {
    let console = world.console();
    world.store.write::<SignHeads, _>(&console, Installation, async |tx| sign_heads(tx).await).await
}

/// Something of everything, signed on the way.
async fn some_history(world: &World) -> Result<Scene, AppError> {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let subject = scene.subject("Ines Example", &[]).await?;
    subjects::restrict(app, controller, subject, true, "Ines objected").await?;
    sign(world).await?;
    world.clock.set_day(day("2026-03-03"));
    subjects::restrict(app, controller, subject, false, "She agreed").await?;
    scene.gallery(&scene.member.ctx).await?;
    subjects::show(app, &scene.member.ctx, subject, "").await?;
    sign(world).await?;
    Ok(scene)
}

/// The places of the entries of a chain among the records.
fn entries(records: &[Record], chain: Uuid) -> Vec<usize> {
    let of = |record: &Record| matches!(record, Record::Entry(entry) if entry.chain == chain);
    (0..records.len()).filter(|place| of(&records[*place])).collect()
}

fn entry(records: &mut [Record], place: usize) -> &mut Entry {
    match &mut records[place] {
        Record::Entry(entry) => entry,
        other => panic!("{other:?} is no entry"),
    }
}

/// Works a chain out anew, as somebody would who changed it and knows how it is made.
fn rewrite(records: &mut [Record], chain: Uuid, sign: &dyn Fn(&Head) -> Option<String>) {
    let (mut before, mut last) = (ROOT, 0);
    for place in entries(records, chain) {
        let entry = entry(records, place);
        last += 1;
        entry.position = last;
        before = link(&before, entry);
        entry.hash = hex(&before);
    }
    for record in records {
        if let Record::Head { chain: of, position, hash, signature } = record
            && *of == chain
        {
            (*position, *hash) = (last, hex(&before));
            if let Some(fresh) = sign(&Head { chain, position: last, hash: before }) {
                *signature = fresh;
            }
        }
    }
}

type Tamper<'a> = Box<dyn Fn(&mut Vec<Record>) + 'a>;

on_both!(whatever_is_done_to_an_exported_chain_is_found);
/// AUD-1: one entry changed in any field, removed, added or swapped, the tail cut, the whole rewritten.
async fn whatever_is_done_to_an_exported_chain_is_found(world: &World) -> Outcome {
    let scene = some_history(world).await?;
    let org = scene.org().0;
    let records = exported(world, &scene).await?;
    let public = world.keys.public_key();
    let good = verdict(&records, Some(public));
    assert_eq!(good.faults, Vec::<String>::new());
    // Two heads now; of those signed before, the installation's own stood still between the two times.
    assert_eq!((good.chains, good.signatures), (2, 2 + 3));
    assert_eq!(verdict(&records, None).faults, Vec::<String>::new());

    let places = entries(&records, org);
    let (first, middle, last) = (places[0], places[places.len() / 2], places[places.len() - 1]);
    assert!(places.len() > 8);
    // Somebody with keys of their own.
    let file = world.folder().join("stranger.json");
    let stranger =
        KeyFile::create(file, Uuid::nil(), day("2026-03-02"), &Seeded::new(99)).expect("a key file");
    let strange = |head: &Head| Some(hex(&Keys::sign(&stranger, &head.bytes())));
    let unsigned = |_: &Head| None;
    let without_tail = |records: &mut Vec<Record>| {
        records.remove(last);
    };
    let field =
        |change: fn(&mut Entry)| -> Tamper<'_> { Box::new(move |records| change(entry(records, middle))) };
    let mut tampered: Vec<(&str, Tamper<'_>)> = vec![
        ("the instant", field(|e| e.at += jiff::SignedDuration::from_micros(1))),
        ("the actor", field(|e| e.actor = "nobody".into())),
        ("the role", field(|e| e.role.push('x'))),
        ("the action", field(|e| e.action = "subjects.show".to_owned() + &e.action)),
        (
            "the class",
            field(|e| {
                use fairwatch_core::gate::AuditClass::{Change, Look};
                e.class = if e.class == Look { Change } else { Look };
            }),
        ),
        ("an id more", field(|e| e.about.push(Uuid::nil()))),
        ("the request", field(|e| e.request = Uuid::nil())),
        ("a commitment", field(|e| e.commitment = Some("00".repeat(32)))),
        ("the hash", field(|e| e.hash = "00".repeat(32))),
        ("the position", field(|e| e.position += 1)),
        ("the chain", field(|e| e.chain = Uuid::max())),
        ("the first is missing", Box::new(|r| drop(r.remove(first)))),
        ("one in the middle is missing", Box::new(|r| drop(r.remove(middle)))),
        ("the last is missing", Box::new(without_tail)),
        (
            "one is there twice",
            Box::new(|r| {
                let copy = r[middle].clone();
                r.insert(middle, copy);
            }),
        ),
        (
            "one was added",
            Box::new(|r| {
                let mut added = r[middle].clone();
                if let Record::Entry(entry) = &mut added {
                    entry.action = "subjects.erase".into();
                }
                r.insert(middle + 1, added);
            }),
        ),
        (
            "one was added behind the last",
            Box::new(|r| {
                let mut added = r[last].clone();
                if let Record::Entry(entry) = &mut added {
                    entry.position += 1;
                    entry.hash = hex(&link(&unhex(&entry.hash), entry));
                }
                r.insert(last + 1, added);
            }),
        ),
        ("two are swapped", Box::new(|r| r.swap(middle, middle + 1))),
        (
            "two are swapped, positions too",
            Box::new(|r| {
                r.swap(middle, middle + 1);
                entry(r, middle).position -= 1;
                entry(r, middle + 1).position += 1;
            }),
        ),
        ("no head", Box::new(|r| r.retain(|record| !matches!(record, Record::Head { .. })))),
        (
            "no head of one chain",
            Box::new(move |r| {
                r.retain(|record| !matches!(record, Record::Head { chain, .. } if *chain == org));
            }),
        ),
        (
            "the tail is cut and its head re-made",
            Box::new(|r| {
                without_tail(r);
                rewrite(r, org, &unsigned);
            }),
        ),
        (
            "the tail is cut, its head re-made, what was signed left out",
            Box::new(|r| {
                without_tail(r);
                rewrite(r, org, &unsigned);
                r.retain(|record| !matches!(record, Record::Signed { .. }));
            }),
        ),
        (
            "all is rewritten",
            Box::new(|r| {
                entry(r, first).actor = "nobody".into();
                rewrite(r, org, &unsigned);
            }),
        ),
        (
            "all is rewritten, what was signed left out",
            Box::new(|r| {
                entry(r, first).actor = "nobody".into();
                rewrite(r, org, &unsigned);
                r.retain(|record| !matches!(record, Record::Signed { .. }));
            }),
        ),
        (
            "all is rewritten and signed by somebody",
            Box::new(|r| {
                entry(r, first).actor = "nobody".into();
                rewrite(r, org, &strange);
                r.retain(|record| !matches!(record, Record::Signed { .. }));
            }),
        ),
        (
            "all is rewritten and signed by somebody who puts their own key there",
            Box::new(|r| {
                r.retain(|record| !matches!(record, Record::Signed { .. }));
                r[0] = Record::Key { public: hex(&stranger.public_key()) };
                let places = entries(r, org);
                entry(r, places[0]).actor = "nobody".into();
                rewrite(r, org, &strange);
                let nil = Uuid::nil();
                rewrite(r, nil, &strange);
            }),
        ),
    ];
    for (what, tamper) in &mut tampered {
        let mut records = records.clone();
        tamper(&mut records);
        let found = verdict(&records, Some(public));
        assert!(!found.faults.is_empty(), "nobody noticed: {what}");
    }
    // Only who was given the key knows that the last is another's.
    let mut forged = records.clone();
    tampered.last().expect("there are some").1(&mut forged);
    assert_eq!(verdict(&forged, None).faults, Vec::<String>::new());
    Ok(())
}

fn unhex(text: &str) -> [u8; 32] {
    let byte = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hexadecimal");
    std::array::from_fn(byte)
}

on_both!(whatever_is_done_to_the_database_is_found);
/// AUD-1: by whoever can write to the database but has not the key, which lives outside of it.
async fn whatever_is_done_to_the_database_is_found(world: &World) -> Outcome {
    let scene = some_history(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    let verify = async || audit::verify(&scene.app, &world.console()).await;
    assert_eq!(verify().await?.faults, Vec::<String>::new());
    burglar
        .run("CREATE TABLE saved AS SELECT * FROM audit_entries WHERE chain IN (SELECT id FROM orgs)")
        .await?;
    burglar
        .run("CREATE TABLE heads AS SELECT * FROM audit_heads WHERE chain IN (SELECT id FROM orgs)")
        .await?;
    const BACK: [&str; 2] = [
        "INSERT INTO audit_entries SELECT * FROM saved s WHERE NOT EXISTS \
         (SELECT 1 FROM audit_entries e WHERE e.chain = s.chain AND e.position = s.position)",
        "UPDATE audit_heads SET position = (SELECT h.position FROM heads h WHERE h.chain = audit_heads.chain), \
         hash = (SELECT h.hash FROM heads h WHERE h.chain = audit_heads.chain) WHERE chain IN (SELECT id FROM orgs)",
    ];
    let tampered: [(&str, &[&str], &[&str]); 9] = [
        (
            "a field was changed",
            &[
                "UPDATE audit_entries SET role = role || 'x' WHERE position = 3 AND chain IN (SELECT id FROM orgs)",
            ],
            &["DELETE FROM audit_entries WHERE position = 3 AND chain IN (SELECT id FROM orgs)"],
        ),
        (
            "the first was removed",
            &["DELETE FROM audit_entries WHERE position = 1 AND chain IN (SELECT id FROM orgs)"],
            &[],
        ),
        (
            "one in the middle was removed",
            &["DELETE FROM audit_entries WHERE position = 4 AND chain IN (SELECT id FROM orgs)"],
            &[],
        ),
        (
            "the last was removed",
            &["DELETE FROM audit_entries WHERE chain IN (SELECT id FROM orgs) AND position = \
               (SELECT position FROM audit_heads h WHERE h.chain = audit_entries.chain)"],
            &[],
        ),
        (
            "the last was removed and the head re-made",
            &[
                "DELETE FROM audit_entries WHERE chain IN (SELECT id FROM orgs) AND position = \
                 (SELECT position FROM audit_heads h WHERE h.chain = audit_entries.chain)",
                "UPDATE audit_heads SET position = position - 1, hash = (SELECT e.hash FROM audit_entries e \
                 WHERE e.chain = audit_heads.chain AND e.position = audit_heads.position - 1) \
                 WHERE chain IN (SELECT id FROM orgs)",
            ],
            &[],
        ),
        (
            "two were swapped",
            &[
                "UPDATE audit_entries SET position = -1 WHERE position = 3 AND chain IN (SELECT id FROM orgs)",
                "UPDATE audit_entries SET position = 3 WHERE position = 4 AND chain IN (SELECT id FROM orgs)",
                "UPDATE audit_entries SET position = 4 WHERE position = -1 AND chain IN (SELECT id FROM orgs)",
            ],
            &["DELETE FROM audit_entries WHERE position IN (3, 4) AND chain IN (SELECT id FROM orgs)"],
        ),
        (
            "one was added behind the head",
            &[
                "INSERT INTO audit_entries SELECT chain, (SELECT position + 1 FROM audit_heads h WHERE h.chain = s.chain), \
               at, actor, role, action, class, about, request, commitment, hash FROM saved s WHERE position = 3",
            ],
            &["DELETE FROM audit_entries WHERE chain IN (SELECT id FROM orgs) AND position > \
               (SELECT position FROM audit_heads h WHERE h.chain = audit_entries.chain)"],
        ),
        (
            "the head was changed",
            &[
                "UPDATE audit_heads SET hash = (SELECT e.hash FROM audit_entries e WHERE e.chain = audit_heads.chain \
               AND e.position = 2) WHERE chain IN (SELECT id FROM orgs)",
            ],
            &[],
        ),
        (
            "a signature was changed",
            &["UPDATE audit_signatures SET position = position - 1 WHERE position = \
               (SELECT MAX(position) FROM audit_signatures s WHERE s.chain = audit_signatures.chain)"],
            &["UPDATE audit_signatures SET position = position + 1 WHERE position = \
               (SELECT MAX(position) FROM audit_signatures s WHERE s.chain = audit_signatures.chain)"],
        ),
    ];
    for (what, tamper, clean) in tampered {
        for statement in tamper {
            assert!(burglar.run(statement).await? > 0, "{what}");
        }
        assert!(!verify().await?.faults.is_empty(), "nobody noticed: {what}");
        for statement in clean.iter().chain(&BACK) {
            burglar.run(statement).await?;
        }
        assert_eq!(verify().await?.faults, Vec::<String>::new(), "{what}: put back");
    }
    burglar.run("DROP TABLE saved").await?;
    burglar.run("DROP TABLE heads").await?;
    burglar.leave().await;
    Ok(())
}

on_both!(many_writers_leave_one_chain);
/// AUD-1: sixteen at once, on two servers, leave a chain without gaps.
async fn many_writers_leave_one_chain(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let subject = scene.subject("Jan Example", &[]).await?;
    let other = world.another_server().await?;
    let elsewhere = fairwatch_app::App::new(other.clone(), (*scene.app.blobs).clone());
    let before = world.actions(scene.org().0).await?.len();
    let mut tasks = Vec::new();
    for n in 0..16_usize {
        let app = if n % 2 == 0 { scene.app.clone() } else { elsewhere.clone() };
        let (member, controller) = (scene.member.again(world), scene.controller.again(world));
        let org = scene.org();
        tasks.push(tokio::spawn(async move {
            for round in 0..6_usize {
                match (n + round) % 3 {
                    0 => drop(subjects::show(&app, &member, subject, "").await?),
                    1 => drop(subjects::open(&app, &controller, subject).await?),
                    _ => {
                        let typed = theft("Again.", vec![]);
                        fairwatch_app::incidents::reporting::submit(&app, &member, org, &typed).await?;
                    }
                }
            }
            Ok::<_, AppError>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    let entries =
        world.audit().await?.into_iter().filter(|entry| entry.chain == scene.org().0).collect::<Vec<_>>();
    assert_eq!(entries.len(), before + 16 * 6);
    let positions = entries.iter().map(|entry| entry.position).collect::<Vec<_>>();
    assert_eq!(positions, (1..=entries.len() as u64).collect::<Vec<_>>());
    let mut numbers = BTreeMap::new();
    for report in
        fairwatch_app::incidents::reporting::mine(&scene.app, &scene.member.ctx, scene.org(), None, 99)
            .await?
    {
        *numbers.entry(report.number).or_insert(0) += 1;
    }
    assert_eq!(
        numbers.keys().copied().collect::<Vec<_>>(),
        (1..=33).collect::<Vec<i64>>(),
        "numbers without gaps"
    );
    assert_eq!(audit::verify(&scene.app, &world.console()).await?.faults, Vec::<String>::new());
    other.close().await;
    Ok(())
}

on_both!(a_look_that_cannot_be_recorded_does_not_happen);
/// AUD-1: without the entry there is no data, and no change.
async fn a_look_that_cannot_be_recorded_does_not_happen(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let subject = scene.subject("Karl Example", &[support::face(70)]).await?;
    let picture = subjects::show(app, member, subject, "").await?.open.pictures[0];
    let burglar = Burglar::at(world.address()).await?;
    burglar.run("ALTER TABLE audit_entries RENAME TO elsewhere").await?;
    let failed = |result: Result<(), AppError>| matches!(result, Err(AppError::Internal(_)));
    assert!(failed(scene.gallery(member).await.map(|_| ())));
    assert!(failed(subjects::show(app, member, subject, "").await.map(|_| ())));
    assert!(failed(subjects::open(app, controller, subject).await.map(|_| ())));
    let look =
        fairwatch_app::pictures::show(app, member, picture, fairwatch_core::pictures::Size::Large).await;
    assert!(failed(look.map(|_| ())));
    assert!(failed(subjects::restrict(app, controller, subject, true, "why").await));
    burglar.run("ALTER TABLE elsewhere RENAME TO audit_entries").await?;
    burglar.leave().await;
    let open = subjects::open(app, controller, subject).await?.open;
    assert!(!open.life.restricted, "the change that could not be recorded was not made");
    Ok(())
}

on_both!(entries_hold_references_alone);
/// AUD-2, RET-9: the entries of the main job name nobody; a reason goes with its owner, and the chain holds.
async fn entries_hold_references_alone(world: &World) -> Outcome {
    let scene = some_history(world).await?;
    let subject = scene.shown().await?[0];
    let text = serde_json::to_string(&world.audit().await?)?;
    for personal in ["Ines", "Example", "objected", "@", "gin", "Member Example"] {
        assert!(!text.contains(personal), "{personal}");
    }
    let reasons = async || -> Result<Vec<String>, AppError> {
        Ok(scene.audit().await?.into_iter().filter_map(|line| line.reason).collect())
    };
    assert_eq!(reasons().await?, ["She agreed", "Ines objected"]);
    subjects::erase(&scene.app, &scene.controller.ctx, subject).await?;
    assert_eq!(reasons().await?, Vec::<String>::new());
    let entries = world.audit().await?;
    assert_eq!(entries.iter().filter(|entry| entry.commitment.is_some()).count(), 2);
    assert!(entries.iter().all(|entry| entry.at <= world.clock.now()));
    assert_eq!(audit::verify(&scene.app, &world.console()).await?.faults, Vec::<String>::new());
    Ok(())
}

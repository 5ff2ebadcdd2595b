//! Of a person who was deleted nothing is left that names or shows them, in whatever they shared with others.
mod support;

use fairwatch_app::{
    incidents,
    incidents::{
        reporting,
        review::{Link, Shows},
    },
    pictures, subjects,
};
use fairwatch_core::{
    clocks::Stage,
    ids::{IncidentId, PictureId, ReportId, SubjectId},
    incidents::PersonState,
    pictures::Size,
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, GENERIC, Scene, day, everybody_is_new, face, files, hidden, later, person, theft};

/// Two people in one incident: a picture of each, and one that shows both.
struct Shared {
    report: ReportId,
    incident: IncidentId,
    one: SubjectId,
    other: SubjectId,
    originals: [PictureId; 3],
}

async fn shared(scene: &Scene) -> Result<Shared, fairwatch_app::AppError> {
    let people = vec![
        person("Olga Odd", "Tall, red cap, with Peter Plain"),
        person("Peter Plain", "Short, blue coat, with Olga Odd"),
    ];
    let typed = theft("Olga Odd and Peter Plain took gin.", people);
    let sent = scene.report(&scene.member.ctx, &typed, &[face(61), face(62), face(63)]).await?;
    let review = scene.review(sent.id).await?;
    let mut decision = everybody_is_new(&review);
    decision.narrative = "{1} and {2} took gin.".into();
    for person in &mut decision.people {
        person.description = person.description.split(", with").next().unwrap_or_default().into();
    }
    decision.pictures[0].1 = Shows::One(decision.people[0].person);
    decision.pictures[1].1 = Shows::One(decision.people[1].person);
    decision.pictures[2].1 = Shows::Several;
    let originals = [0, 1, 2].map(|n: usize| decision.pictures[n].0);
    let subjects = scene.approve(sent.id, decision).await?;
    let incident = scene.review(sent.id).await?.held.incident.expect("it has one");
    Ok(Shared { report: sent.id, incident, one: subjects[0], other: subjects[1], originals })
}

/// Rows that name a subject by its id, in any column of any table but the audit chain's.
async fn rows(world: &World) -> Result<[i64; 5], fairwatch_store::StoreError> {
    let burglar = Burglar::at(world.address()).await?;
    let counts = [
        burglar.number("SELECT COUNT(*) AS n FROM subjects").await?,
        burglar.number("SELECT COUNT(DISTINCT subject_id) AS n FROM subject_events").await?,
        burglar.number("SELECT COUNT(*) AS n FROM holds").await?,
        burglar.number("SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'subject'").await?,
        burglar.number("SELECT COUNT(*) AS n FROM people WHERE subject_id IS NOT NULL").await?,
    ];
    burglar.leave().await;
    Ok(counts)
}

on_both!(nothing_is_left_of_a_person_who_was_erased);
/// INC-9, RET-9, RET-16: rows, events, holds, key and files are gone; what is shared names and shows the other
/// alone; no search, no candidate and no reason in the audit list finds the person.
async fn nothing_is_left_of_a_person_who_was_erased(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let Shared { report, incident, one, other, originals } = shared(&scene).await?;
    let hold = subjects::hold(app, controller, one, "Olga Odd sues us", day("2026-04-01"), None).await?;
    subjects::end_hold(app, controller, one, hold).await?;
    subjects::restrict(app, controller, one, true, "Olga Odd objected").await?;
    let mut waiting = person("Somebody", "Not seen before");
    waiting.proposed = other.to_string();
    let waiting = scene.report(member, &theft("Again.", vec![waiting]), &[]).await?;
    assert_eq!(rows(world).await?, [2, 2, 1, 2, 2]);
    assert_eq!(files(world).len(), 3 * 5, "three originals and two copies, in three sizes each");
    let told = incidents::open(app, controller, incident).await?;
    assert_eq!(told.narrative, "Olga Odd and Peter Plain took gin.");
    let before = scene.audit().await?;
    assert!(before.iter().any(|line| line.reason.as_deref() == Some("Olga Odd objected")));
    let crop = subjects::open(app, controller, other).await?.open.pictures[0];

    assert_eq!(subjects::erase(app, controller, one).await?, Stage::Deleted);

    assert_eq!(rows(world).await?, [1, 1, 0, 1, 1]);
    let told = incidents::open(app, controller, incident).await?;
    assert_eq!(told.narrative, "a person since deleted and Peter Plain took gin.");
    let held = &told.whole.reports[0];
    assert_eq!(held.report.sentence, "", "the reporter's own words are gone");
    let words = format!("{:?} {:?} {:?}", held.report, held.people, told.whole.incident);
    assert!(!words.contains("Olga") && !words.contains("Odd"), "{words}");
    let states = held.people.iter().map(|person| person.state).collect::<Vec<_>>();
    assert_eq!(states, [PersonState::Gone, PersonState::Linked]);
    // The originals that show them are destroyed, and the one that shows both; the other's stay.
    assert_eq!(held.pictures.iter().map(|picture| picture.id).collect::<Vec<_>>(), [originals[1]]);
    for gone in [originals[0], originals[2]] {
        assert!(hidden(&pictures::show(app, controller, gone, Size::Large).await));
        assert!(hidden(&pictures::show(app, member, gone, Size::Large).await));
    }
    pictures::show(app, controller, originals[1], Size::Large).await?;
    pictures::show(app, member, crop, Size::Large).await?;
    assert_eq!(files(world).len(), 3 * 2, "the other's original and copy");
    let own = reporting::show_mine(app, member, report).await?;
    assert!(!format!("{own:?}").contains("Olga"));

    for words in ["Olga", "odd", "red cap"] {
        assert_eq!(scene.found(words).await?, [], "{words}");
    }
    assert_eq!(scene.found("Peter").await?, [other]);
    assert_eq!(scene.shown().await?, [other]);
    let shown = subjects::show(app, member, other, "").await?;
    assert_eq!(shown.narratives, ["another person and Peter Plain took gin."]);
    let open = subjects::open(app, controller, other).await?;
    assert_eq!(open.narratives, ["a person since deleted and Peter Plain took gin."]);
    let whole = format!("{:?}", open.open);
    assert!(!whole.contains("Olga"), "{whole}");
    let again = theft("Olga Odd again.", vec![person("Olga Odd", "Tall, red cap")]);
    let again = scene.report(member, &again, &[]).await?;
    let candidates = scene.review(again.id).await?.candidates.concat();
    assert!(candidates.iter().all(|candidate| candidate.card.id == other), "{candidates:?}");
    assert!(scene.review(waiting.id).await?.held.people[0].proposed == Some(other));
    let lines = scene.audit().await?;
    let reasons = lines.iter().filter_map(|line| line.reason.as_deref()).collect::<Vec<_>>();
    assert!(reasons.iter().all(|reason| !reason.contains("Olga")), "{reasons:?}");
    let committed = lines.iter().filter(|line| line.entry.commitment.is_some()).count();
    assert!(committed >= 2, "the commitments stay, so that the chain holds");
    for gone in [one] {
        assert!(hidden(&subjects::open(app, controller, gone).await));
        assert!(hidden(&subjects::open_frozen(app, controller, gone, "why").await));
        assert!(hidden(&subjects::show(app, member, gone, "").await));
        assert!(hidden(&subjects::erase(app, controller, gone).await));
    }

    // With the last of its people the incident goes, and the report with it.
    subjects::erase(app, controller, other).await?;
    assert!(hidden(&incidents::open(app, controller, incident).await));
    assert!(hidden(&reporting::show_mine(app, member, report).await));
    assert_eq!(files(world).len(), 0);
    assert_eq!(scene.review(waiting.id).await?.held.people[0].proposed, None);
    assert_eq!(rows(world).await?, [0, 0, 0, 0, 0]);
    Ok(())
}

on_both!(a_person_past_the_end_is_named_nowhere_before_the_sweep);
/// RET-10, INC-9, VIS-4: what is shared with others names nobody who is past their end, or frozen, even if no sweep
/// has come by.
async fn a_person_past_the_end_is_named_nowhere_before_the_sweep(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let Shared { report, incident, other, originals, .. } = shared(&scene).await?;
    world.clock.set_day(day("2026-12-01"));
    scene.again(other).await?;
    for (on, also) in [("2028-03-01", true), ("2028-03-02", false)] {
        world.clock.set_day(day(on));
        let told = incidents::open(app, controller, incident).await?;
        let open = subjects::open(app, controller, other).await?;
        let own = reporting::show_mine(app, member, report).await?;
        let reviewed = scene.review(report).await?.held;
        for (what, text) in [
            ("the incident", told.narrative.clone()),
            ("its people", format!("{:?}", told.people)),
            ("its reports", format!("{:?}", told.whole.reports)),
            ("the other's page", format!("{:?} {:?}", open.narratives, open.open.involved)),
            ("the controller's view of the report", format!("{reviewed:?}")),
        ] {
            assert_eq!(text.contains("Olga"), also, "{on} {what}: {text}");
        }
        assert_eq!(format!("{own:?}").contains("Olga"), also, "{on} one's own report");
        for (n, original) in originals.into_iter().enumerate() {
            let seen = pictures::show(app, controller, original, Size::Large).await;
            assert_eq!(seen.is_ok(), also || n == 1, "{on} picture {n}");
        }
    }
    scene.sweep(world).await?;
    assert!(
        incidents::open(app, controller, incident).await?.narrative.starts_with("a person since deleted")
    );
    Ok(())
}

on_both!(a_report_moved_to_and_fro_is_one_report);
/// RET-16: a report that was moved away, back, and removed again is known by what the ledger calls it; each time
/// both are worked out again, and its picture goes with it.
async fn a_report_moved_to_and_fro_is_one_report(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Mona Moved", &[]).await?;
    let other = scene.subject("Nick Near", &[]).await?;
    world.clock.set_day(day("2026-06-02"));
    let sent =
        scene.report(&scene.member.ctx, &theft("Again.", vec![person("", "Tall")]), &[face(64)]).await?;
    let review = scene.review(sent.id).await?;
    let mut decision = everybody_is_new(&review);
    decision.people[0].link = Link::Existing(one);
    scene.approve(sent.id, decision).await?;
    let ends = async |subject| -> Result<_, fairwatch_app::AppError> {
        let open = subjects::open(app, controller, subject).await?.open;
        Ok((open.life.until, open.pictures.len(), open.involved.len()))
    };
    let (with, without) = ((Some(day("2028-06-02")), 1, 2), (Some(day("2027-03-02")), 0, 1));
    assert_eq!((ends(one).await?, ends(other).await?), (with, without));
    world.clock.set_day(later(day("2026-06-02"), 3));
    for _ in 0..2 {
        subjects::move_report(app, controller, one, other, sent.id, "It was the other").await?;
        assert_eq!((ends(one).await?, ends(other).await?), (without, with));
        subjects::move_report(app, controller, other, one, sent.id, "It was not").await?;
        assert_eq!((ends(one).await?, ends(other).await?), (with, without));
    }
    subjects::remove_report(app, controller, one, sent.id, "It was neither").await?;
    assert_eq!((ends(one).await?, ends(other).await?), (without, without));
    Ok(())
}

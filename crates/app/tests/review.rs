//! What the controller's review suggests, where it says that a picture was seen before, and parts of pictures that show
//! several people (INC-2, INC-9, SUB-2, VIS-4, VIS-7, RET-9).
mod support;

use fairwatch_app::{
    App, AppError,
    incidents::review::{self, Candidate, Link, PersonDecision, Review, Shows},
    pictures::{
        self,
        crops::{self, Region},
    },
    subjects,
};
use fairwatch_core::{
    ids::{IncidentId, PersonId, PictureId, ReportId, SubjectId},
    incidents::ReportState,
    pictures::Size,
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    faces::{Face, Shot},
    on_both,
};
use support::{
    ADULT, CS, GENERIC, Scene, day, everybody_is_new, face, files, hidden, person, refusal, theft,
};

/// A picture of somebody who does not exist, as a telephone sends it.
fn sharp(seed: u64) -> Vec<u8> {
    Face::from_seed(seed).draw(&Shot::varied(360, 480, seed)).to_jpeg(90)
}

/// The same picture as a chat program passes it on: half as large, and compressed again.
fn passed_on(seed: u64) -> Vec<u8> {
    Face::from_seed(seed).draw(&Shot::varied(180, 240, seed)).to_jpeg(45)
}

/// INC-2: two pictures of two people are two pictures, however alike the drawings, and each is itself when it was passed
/// on: a wrong answer would send the controller after the wrong person.
#[test]
fn pictures_of_different_people_are_different() {
    let print = |jpeg: Vec<u8>| {
        let limits = fairwatch_imaging::Limits::default();
        fairwatch_imaging::prepare(&jpeg, &limits).expect("a good picture").fingerprint
    };
    let all = (0..60).map(|seed| (print(sharp(seed)), print(passed_on(seed)))).collect::<Vec<_>>();
    let mut alike = Vec::new();
    for (n, (one, passed_on)) in all.iter().enumerate() {
        assert!(one.same_picture(passed_on).is_some_and(|like| like.is_sure()), "{n} is not found again");
        let others = all.iter().enumerate().skip(n + 1);
        alike.extend(others.filter_map(|(m, (other, _))| Some((n, m, one.same_picture(other)?))));
    }
    // Drawings are more alike than photographs. Of 1,770 pairs a few are said to look alike, and none to be the same.
    assert!(alike.len() <= 6 && alike.iter().all(|(.., like)| !like.is_sure()), "{alike:?}");
}

/// A report that waits, with one person of whom nothing is known, and these pictures.
async fn waiting(scene: &Scene, uploads: &[Vec<u8>]) -> Result<ReportId, AppError> {
    let typed = theft("Somebody ran.", vec![person("", "Nobody saw much")]);
    Ok(scene.report(&scene.member.ctx, &typed, uploads).await?.id)
}

/// What review says of each picture: the numbers of the reports with which it was sent, and whom it shows.
fn told(review: &Review) -> Vec<Vec<(Option<i64>, Vec<SubjectId>)>> {
    let line = |seen: &review::SeenBefore| {
        (seen.report.as_ref().map(|report| report.number), seen.people.iter().map(|card| card.id).collect())
    };
    review.seen.iter().map(|lines| lines.iter().map(line).collect()).collect()
}

fn proposed(candidates: &[Candidate]) -> Vec<SubjectId> {
    candidates.iter().map(|candidate| candidate.card.id).collect()
}

on_both!(a_picture_that_was_sent_before_is_found_again);
/// INC-2, VIS-7: smaller and compressed again, it is said with which reports it came, what became of them and whom it
/// shows, and that person is proposed. Another scheme's pictures are never named.
async fn a_picture_that_was_sent_before_is_found_again(world: &World) -> Outcome {
    let (here, there) = (Scene::new(world, GENERIC).await, Scene::new(world, CS).await);
    let one = here.subject("Una Example", &[sharp(7)]).await?;
    let other = here.subject("Dora Other", &[sharp(8)]).await?;
    there.subject("Fay Foreign", &[sharp(9)]).await?;
    let rejected = waiting(&here, &[passed_on(7)]).await?;
    review::reject(&here.app, &here.controller.ctx, rejected, "Nobody could say who it was").await?;
    let report = waiting(&here, &[passed_on(7), sharp(9), sharp(10)]).await?;
    let review = here.review(report).await?;
    assert_eq!(told(&review), [vec![(Some(3), vec![]), (Some(1), vec![one])], vec![], vec![]]);
    let states = review.seen[0].iter().map(|seen| seen.report.as_ref().map(|report| report.state));
    assert_eq!(states.collect::<Vec<_>>(), [Some(ReportState::Rejected), Some(ReportState::Approved)]);
    let candidate = &review.candidates[0][0];
    assert_eq!(candidate.card.id, one);
    assert!(candidate.reasons[0].contains("picture 1"), "{:?}", candidate.reasons);
    assert!(!proposed(&review.candidates[0]).contains(&other), "two pictures of two people are not the same");
    // A second server builds its own, and says the same.
    let server = world.another_server().await?;
    let elsewhere = App::new(server.clone(), (*here.app.blobs).clone());
    let again = review::open(&elsewhere, &here.controller.again(world), report).await?;
    assert_eq!(told(&again), told(&review));
    server.close().await;
    world.verify_chains().await;
    Ok(())
}

on_both!(a_picture_whose_owner_is_gone_is_not_remembered);
/// RET-9, RET-10, RET-15, VIS-4: who is frozen, past their end or deleted is not named by a picture, on any server; nor
/// is a rejected report once it has ended.
async fn a_picture_whose_owner_is_gone_is_not_remembered(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let server = world.another_server().await?;
    let elsewhere = App::new(server.clone(), (*app.blobs).clone());
    let known = async |report: ReportId| -> Result<Vec<usize>, AppError> {
        let mut all = Vec::new();
        for app in [app, &elsewhere] {
            let review = review::open(app, &scene.controller.again(world), report).await?;
            assert_eq!(review.seen.len(), 1);
            all.push(review.seen[0].len());
        }
        Ok(all)
    };
    let one = scene.subject("Una Example", &[sharp(7)]).await?;
    let frozen = scene.subject("Dora Other", &[sharp(8)]).await?;
    let (of_one, of_frozen) =
        (waiting(&scene, &[passed_on(7)]).await?, waiting(&scene, &[passed_on(8)]).await?);
    assert_eq!(known(of_one).await?, [1, 1]);
    assert_eq!(known(of_frozen).await?, [1, 1]);
    subjects::erase(app, controller, one).await?;
    assert_eq!(known(of_one).await?, [0, 0], "nothing is left of the erased person's picture");
    subjects::hold(app, controller, frozen, "A claim", day("2027-06-01"), None).await?;
    subjects::erase(app, controller, frozen).await?;
    assert_eq!(known(of_frozen).await?, [0, 0], "who is frozen is shown for the hold alone");

    let rejected = waiting(&scene, &[sharp(11)]).await?;
    review::reject(app, controller, rejected, "Not needed").await?;
    let later = waiting(&scene, &[passed_on(11)]).await?;
    assert_eq!(known(later).await?, [1, 1]);
    world.clock.set_day(support::later(scene.controller.ctx.today(), 400));
    assert_eq!(known(later).await?, [0, 0], "a rejected report past its end, before the sweep");
    scene.sweep(world).await?;
    assert_eq!(known(later).await?, [0, 0]);
    server.close().await;
    Ok(())
}

on_both!(people_are_proposed_for_reasons);
/// INC-2, SUB-2, SUB-3: by another form of the name, as it sounds, by the vehicle or a part of its registration, by
/// description and place; each with its reason. Who only shares a word is not proposed.
async fn people_are_proposed_for_reasons(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let member = &scene.member.ctx;
    let robert = scene.subject("Robert Example", &[]).await?;
    let mut driver = theft("Somebody drove off.", vec![person("", "Bald, spider tattoo on the neck, limp")]);
    (driver.registration, driver.vehicle) = ("AB12 CDE".into(), "Blue Ford Transit".into());
    let sent = scene.report(member, &driver, &[]).await?;
    let review = scene.review(sent.id).await?;
    let mut decision = everybody_is_new(&review);
    decision.vehicle = Some((decision.people[0].person, "Blue Ford Transit, AB12 CDE".into()));
    let driver = scene.approve(sent.id, decision).await?[0];

    let asked =
        async |name: &str, description: &str, registration: &str| -> Result<Vec<Candidate>, AppError> {
            let mut typed = theft("It happened again.", vec![person(name, description)]);
            typed.registration = registration.into();
            typed.place = "The car park".into();
            let sent = scene.report(member, &typed, &[]).await?;
            Ok(scene.review(sent.id).await?.candidates.concat())
        };
    for (name, description, registration, wanted, why) in [
        ("Bob Example", "", "", robert, "another form of the name"),
        ("Robbert Exampel", "", "", robert, "name"),
        ("", "unseen", "ab12cde", driver, "the same vehicle"),
        ("", "unseen", "AB12", driver, "registration fits"),
        ("", "spider tattoo, limp, bald", "", driver, "description shares"),
    ] {
        let found = asked(name, description, registration).await?;
        let what = format!("{name} {description} {registration}: {found:?}");
        assert_eq!(found.first().map(|one| one.card.id), Some(wanted), "{what}");
        assert!(found[0].reasons.iter().any(|reason| reason.contains(why)), "{what}");
        assert!(!found[0].reasons.iter().any(|reason| reason.contains("place")), "{what}");
    }
    assert_eq!(proposed(&asked("Winifred Nobody", "a coat", "XY99 ZZZ").await?), []);
    let there = theft("Bob again.", vec![person("Bob Example", "")]);
    let there = scene.report(member, &there, &[]).await?;
    let found = scene.review(there.id).await?.candidates.concat();
    assert!(found[0].reasons.iter().any(|reason| reason.contains("same place")), "{found:?}");
    Ok(())
}

on_both!(who_is_hidden_is_not_proposed);
/// VIS-4, RET-10: who is frozen or past their end is proposed for no report but the one that names them; who is
/// restricted or held is, since the controller sees them.
async fn who_is_hidden_is_not_proposed(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let one = scene.subject("Una Example", &[]).await?;
    let ask = async |chosen: Option<SubjectId>| -> Result<ReportId, AppError> {
        let mut una = person("Una Example", "");
        una.proposed = chosen.map(|id| id.to_string()).unwrap_or_default();
        Ok(scene.report(&scene.member.again(world), &theft("Una came.", vec![una]), &[]).await?.id)
    };
    let found = async |report: ReportId| -> Result<Vec<SubjectId>, AppError> {
        Ok(proposed(&review::open(app, &scene.controller.again(world), report).await?.candidates[0]))
    };
    let by_name = ask(None).await?;
    assert_eq!(found(by_name).await?, [one]);
    subjects::restrict(app, controller, one, true, "A dispute").await?;
    assert_eq!(found(by_name).await?, [one]);
    subjects::restrict(app, controller, one, false, "Settled").await?;
    let end = subjects::open(app, controller, one).await?.open.life.deletion.expect("it has an end");
    let withdrawn = subjects::open(app, controller, one).await?.open.life.until.expect("it has an end");
    // On the last day on which members may choose them.
    world.clock.set_day(support::later(withdrawn, -1));
    let names_them = ask(Some(one)).await?;
    assert_eq!(found(names_them).await?, [one]);
    world.clock.set_day(end);
    assert_eq!(found(by_name).await?, [], "past the end, before the sweep");
    assert_eq!(found(names_them).await?, [one], "the report names them");
    let _ = member;

    let frozen = scene.subject("Frieda Frost", &[]).await?;
    let asked = scene.report(member, &theft("Frieda.", vec![person("Frieda Frost", "")]), &[]).await?;
    assert_eq!(found(asked.id).await?, [frozen]);
    subjects::hold(app, controller, frozen, "A claim", support::later(end, 30), None).await?;
    subjects::erase(app, controller, frozen).await?;
    assert_eq!(found(asked.id).await?, []);
    Ok(())
}

on_both!(somebody_whom_nobody_listed_is_added_in_review);
/// INC-2, INC-9: the controller adds a person to a report; they have a slot of their own, their name may not stand in the
/// text, and the report is theirs like anybody's.
async fn somebody_whom_nobody_listed_is_added_in_review(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let known = scene.subject("Robert Example", &[]).await?;
    let typed = theft("Two people took gin.", vec![person("Una Odd", "Tall")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[face(61)]).await?;
    let said = fairwatch_core::incidents::Person { name: "Bob Example".into(), ..Default::default() };
    let review = review::open_with(app, controller, sent.id, &[said]).await?;
    assert_eq!(review.candidates.len(), 2);
    assert_eq!(proposed(&review.candidates[1]), [known], "whom the controller describes is looked for, too");

    let second: PersonId = controller.new_id();
    let mut decision = everybody_is_new(&review);
    decision.added = vec![(second, 2)];
    decision.people.push(PersonDecision {
        person: second,
        link: Link::New,
        name: "Peter Plain".into(),
        description: "Short".into(),
        born: None,
        apparent_age: ADULT,
        necessity: String::new(),
    });
    decision.narrative = "{1} and Peter took gin.".into();
    let refused = refusal(scene.approve(sent.id, decision.clone()).await);
    assert!(refused.contains("{2}"), "{refused}");
    assert_eq!(scene.review(sent.id).await?.held.people.len(), 1, "a refusal leaves nothing behind");
    decision.narrative = "{1} and {2} took gin.".into();
    decision.pictures[0].1 = Shows::One(second);
    let subjects = scene.approve(sent.id, decision).await?;
    let told = scene.incident_of(subjects[1]).await?;
    assert_eq!(told.narrative, "Una Odd and Peter Plain took gin.");
    let own = fairwatch_app::incidents::reporting::show_mine(app, &scene.member.ctx, sent.id).await?;
    assert_eq!(own.people.len(), 1, "the reporter reads what they sent");
    assert_eq!(subjects::open(app, controller, subjects[1]).await?.open.pictures.len(), 1);
    subjects::erase(app, controller, subjects[1]).await?;
    assert_eq!(
        scene.incident_of(subjects[0]).await?.narrative,
        "Una Odd and a person since deleted took gin."
    );
    Ok(())
}

/// Two people in one incident, and one picture of both.
struct Both {
    report: ReportId,
    incident: IncidentId,
    people: Vec<SubjectId>,
    picture: PictureId,
}

async fn both(scene: &Scene) -> Result<Both, AppError> {
    let people = vec![person("Olga Odd", "Tall"), person("Peter Plain", "Short")];
    let sent = scene.report(&scene.member.ctx, &theft("They took gin.", people), &[sharp(63)]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.narrative = "{1} and {2} took gin.".into();
    decision.pictures[0].1 = Shows::Several;
    let picture = decision.pictures[0].0;
    let released = review::approve(&scene.app, &scene.controller.ctx, sent.id, decision).await?;
    assert_eq!(released.to_crop, [picture], "the approval leads on to the crop");
    let incident = scene.review(sent.id).await?.held.incident.expect("it has one");
    Ok(Both { report: sent.id, incident, people: released.subjects, picture })
}

const LEFT: Region = Region { left: 0.0, top: 0.1, width: 0.5, height: 0.8 };
const RIGHT: Region = Region { left: 0.5, top: 0.1, width: 0.5, height: 0.8 };

on_both!(a_part_of_a_picture_becomes_the_picture_of_one_person);
/// INC-9, INC-5, VIS-7: members see the part and never the whole; it is sealed under the person, bears the report as its
/// source, and is found when it is sent again. Nobody gets a part of a picture of an incident in which they are not.
async fn a_part_of_a_picture_becomes_the_picture_of_one_person(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let Both { report, people, picture, .. } = both(&scene).await?;
    let [one, other] = people[..] else { panic!("two people") };
    let stranger = scene.subject("Una Stranger", &[sharp(5)]).await?;
    assert_eq!(files(world).len(), 3 + 6, "nobody has a copy of a picture of several people");
    let part = crops::crop(app, controller, one, picture, LEFT).await?;
    assert_eq!(subjects::open(app, controller, one).await?.open.pictures, [part]);
    assert_eq!(subjects::open(app, controller, other).await?.open.pictures, []);
    pictures::show(app, member, part, Size::Large).await?;
    let outsider = world.person(&scene.scheme, fairwatch_core::gate::Role::MemberUser).await;
    assert!(
        hidden(&pictures::show(app, &outsider.ctx, picture, Size::Large).await),
        "the whole stays with the report"
    );
    let cropping = crops::open(app, controller, picture).await?;
    assert_eq!(cropping.several.parts, [(part, one)]);
    assert_eq!(cropping.several.people, people);

    // Not for others, not of others, not by others, and not a part that shows nothing.
    assert!(hidden(&crops::crop(app, controller, stranger, picture, LEFT).await));
    assert!(hidden(&crops::crop(app, controller, one, part, LEFT).await));
    assert!(hidden(&crops::crop(app, member, one, picture, LEFT).await));
    assert!(hidden(&crops::open(app, member, picture).await));
    let sliver = Region { left: 0.2, top: 0.2, width: 0.001, height: 0.5 };
    assert!(refusal(crops::crop(app, controller, one, picture, sliver).await).contains("part"));

    // Sent again, the part is known as what it is.
    let jpeg = pictures::show(app, controller, part, Size::Large).await?.0;
    let again = waiting(&scene, &[jpeg]).await?;
    let review = scene.review(again).await?;
    assert_eq!(
        review.seen[0].iter().flat_map(|seen| &seen.people).map(|card| card.id).collect::<Vec<_>>(),
        [one]
    );
    assert_eq!(review.seen[0][0].report.as_ref().map(|earlier| earlier.id), Some(report));

    crops::undo(app, controller, one, part).await?;
    assert_eq!(subjects::open(app, controller, one).await?.open.pictures, []);
    assert!(hidden(&pictures::show(app, controller, part, Size::Large).await));
    assert_eq!(told(&scene.review(again).await?), [vec![]], "what was taken away is not remembered");
    Ok(())
}

on_both!(parts_go_with_their_person_and_the_whole_with_the_first);
/// RET-9, INC-9, RET-16: when one of the people goes, their part and the whole picture go and the other's part stays, on
/// the day itself; with the report all goes; a report that is moved takes the part along.
async fn parts_go_with_their_person_and_the_whole_with_the_first(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let Both { incident, people, picture, .. } = both(&scene).await?;
    let [one, other] = people[..] else { panic!("two people") };
    let first = crops::crop(app, controller, one, picture, LEFT).await?;
    let second = crops::crop(app, controller, other, picture, RIGHT).await?;
    assert_eq!(files(world).len(), 3 * 3);
    subjects::erase(app, controller, one).await?;
    for gone in [first, picture] {
        assert!(hidden(&pictures::show(app, controller, gone, Size::Large).await));
    }
    pictures::show(app, controller, second, Size::Large).await?;
    assert_eq!(files(world).len(), 3, "of the one nothing is left, and the whole is gone");
    assert!(hidden(&crops::open(app, controller, picture).await));
    assert!(hidden(&crops::crop(app, controller, other, picture, LEFT).await));
    let told = fairwatch_app::incidents::open(app, controller, incident).await?;
    assert!(told.whole.reports[0].pictures.is_empty());
    subjects::erase(app, controller, other).await?;
    assert_eq!(files(world).len(), 0);

    let Both { report, people, picture, .. } = both(&scene).await?;
    let part = crops::crop(app, controller, people[0], picture, LEFT).await?;
    let to = scene.subject("Tess Target", &[]).await?;
    subjects::move_report(app, controller, people[0], to, report, "It was Tess").await?;
    assert!(hidden(&pictures::show(app, controller, part, Size::Large).await));
    let moved = subjects::open(app, controller, to).await?.open.pictures;
    assert_eq!(moved.len(), 1, "the part is of the one whom the report is about now");
    assert_eq!(crops::open(app, controller, picture).await?.several.parts, [(moved[0], to)]);
    subjects::remove_report(app, controller, to, report, "Nor was it Tess").await?;
    assert!(subjects::open(app, controller, to).await?.open.pictures.is_empty());
    Ok(())
}

on_both!(the_queue_knows_what_comes_next);
/// INC-2: from each waiting report one comes to the one before and the one after it; the last leads back to the first.
async fn the_queue_knows_what_comes_next(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let mut reports = Vec::new();
    for _ in 0..3 {
        reports.push(waiting(&scene, &[]).await?);
    }
    let [first, second, third] = reports[..] else { panic!("three reports") };
    let review = scene.review(second).await?;
    assert_eq!((review.around.before, review.around.after), (Some(first), Some(third)));
    assert_eq!((review.around.ahead, review.around.all, review.next()), (1, 3, Some(third)));
    assert_eq!(scene.review(third).await?.next(), Some(first));
    for report in [first, third] {
        review::reject(&scene.app, &scene.controller.ctx, report, "Not needed").await?;
    }
    assert_eq!(scene.review(second).await?.next(), None);
    Ok(())
}

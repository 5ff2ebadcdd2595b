//! Random histories of two people: merged as the clocks say, and put back as they were (SUB-2).
mod support;

use fairwatch_app::{
    App, AppError,
    exclusions::{
        self, deciding,
        proposing::{self, Outcome as Made},
    },
    finding::{self, Typing},
    incidents::review::Link,
    intelligence,
    subjects::{self, Correction, Sought, associates, merging},
};
use fairwatch_core::{
    clocks::{AgeBand, simulator::simulate},
    exclusions::{Choice, ProposalState, deciders},
    ids::SubjectId,
    subjects::{
        Source,
        associates::Together,
        merging::{Chosen, Side},
    },
};
use fairwatch_store::ledger::Recorded;
use fairwatch_testkit::{
    Random,
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::civil::Date;
use std::fmt::Write as _;
use support::{
    CS, DTAC, GENERIC, Proposable, Scene, TM, day, everybody_is_new, face, files, hidden, later, person,
    policy, proposable, record, theft, voters,
};

const ANY: Chosen = Chosen { name: Side::Kept, born: Some(Side::Kept) };

async fn merge(scene: &Scene, kept: SubjectId, other: SubjectId) -> Result<(), AppError> {
    merging::merge(&scene.app, &scene.controller.ctx, kept, other, ANY, "The same person").await
}

async fn undo(scene: &Scene, kept: SubjectId) -> Result<SubjectId, AppError> {
    merging::undo(&scene.app, &scene.controller.ctx, kept, "They are two after all").await
}

/// What a scheme shows to its member and its controller, and what both of their searches find.
async fn scheme(scene: &Scene, app: &App, world: &World) -> Result<String, AppError> {
    let mut told = String::new();
    for viewer in [&scene.member, &scene.controller] {
        let ctx = viewer.again(world);
        let page = subjects::gallery(app, &ctx, scene.org(), &Sought::default(), None).await?;
        let _ = writeln!(told, "{:?} {:?}", page.cards, page.counts);
        for words in ["Una", "Dora", "limp", "cap", "gin", "0001", "0002", "0003"] {
            let found = finding::find(app, &ctx, scene.org(), words, Typing::Finished, 20).await?;
            let people = found.people.iter().map(|one| (one.card.id, one.card.number)).collect::<Vec<_>>();
            let _ = writeln!(told, "{words}: {people:?}");
        }
    }
    Ok(told)
}

/// Something that happens to one of two people, or to both.
async fn happen(
    scene: &Scene,
    world: &World,
    random: &mut Random,
    people: [SubjectId; 2],
    seed: u64,
    voters: &[Person],
) -> Result<(), AppError> {
    let (app, ctx, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let one = people[random.below(2)];
    match random.below(14) {
        0 | 1 => {
            let uploads = if random.chance(0.5) { vec![face(seed)] } else { Vec::new() };
            let sent = scene.report(member, &theft("Again.", vec![person("", "A limp")]), &uploads).await?;
            let mut decision = everybody_is_new(&scene.review(sent.id).await?);
            decision.people[0].link = Link::Existing(one);
            if random.chance(0.3) {
                decision.people[0].name = (*random.pick(&["Una Example", "Dora Other"])).into();
            }
            scene.approve(sent.id, decision).await?;
        }
        2 => {
            let both = vec![person("", "A limp"), person("", "A cap")];
            let sent = scene.report(member, &theft("Both.", both), &[]).await?;
            let mut decision = everybody_is_new(&scene.review(sent.id).await?);
            decision.narrative = "{1} and {2} took gin.".into();
            for (decided, subject) in decision.people.iter_mut().zip(people) {
                decided.link = Link::Existing(subject);
            }
            scene.approve(sent.id, decision).await?;
        }
        3 => {
            let name = Some((*random.pick(&["Una Example", "Dora Other"])).to_owned());
            let known = Correction { name, ..Correction::default() };
            subjects::correct(app, ctx, one, known, "Somebody knew").await?;
        }
        4 => {
            let known = Correction { born: Some(day("1990-05-05")), ..Correction::default() };
            // Known already: that is refused, and nothing happened.
            let _ = subjects::correct(app, ctx, one, known, "A court list").await;
        }
        5 => {
            let ends = random.chance(0.5).then(|| later(ctx.today(), 40));
            subjects::hold(app, ctx, one, "A claim", later(ctx.today(), 30), ends).await?;
        }
        6 => {
            let _ = subjects::restrict(app, ctx, one, true, "A dispute").await;
        }
        7 => {
            let _ = subjects::restrict(app, ctx, one, false, "Settled").await;
        }
        8 => {
            for seen in people.iter().take(1 + random.below(2)) {
                let _ = intelligence::say_seen(app, member, *seen).await;
            }
        }
        // One of the two is warned or excluded, as the tariff says, or an exclusion is lifted.
        11 | 12 => {
            let ground = proposing::ground(app, ctx, one).await?;
            let Some(Proposable { typed, .. }) = proposable(scene, &ground, random) else { return Ok(()) };
            if let Made::Made(proposal, ProposalState::Open) =
                proposing::propose(app, ctx, one, &typed).await?
            {
                let deciders = deciders(&ground.scope.policy);
                for voter in voters.iter().filter(|voter| deciders.contains(&voter.role)) {
                    deciding::vote(app, &voter.ctx, proposal, Choice::Authorise, "It is shown").await?;
                }
            }
        }
        13 => {
            let _ = exclusions::lift(app, ctx, one, "They made it good").await;
        }
        9 => {
            let [one, two] = people;
            let act = Together::Act;
            let _ = associates::associate(app, ctx, one, two, act, Source::Controller, "Seen together").await;
        }
        _ => {
            let held = subjects::open(app, ctx, people[0]).await?.open;
            if held.involved.len() > 1 {
                let report = held.involved[0].report;
                let is_both = subjects::open(app, ctx, people[1]).await?.open.involved;
                if !is_both.iter().any(|involved| involved.report == report) {
                    subjects::move_report(app, ctx, people[0], people[1], report, "It was the other").await?;
                }
            }
        }
    }
    world.clock.set_day(later(ctx.today(), 1 + i64::try_from(random.below(60)).unwrap_or(1)));
    Ok(())
}

/// Two ledgers as one case of the simulator, put together as `retention.md` reads, by somebody who knows no merges.
fn case(open: [&subjects::Open; 2], on: Date) -> String {
    let begun = |one: &subjects::Open| one.happened.iter().map(|(on, _)| *on).min();
    let [first, second] = if begun(open[1]) < begun(open[0]) { [open[1], open[0]] } else { open };
    let born = first.profile.born().or(second.profile.born());
    let mut events: Vec<(Date, serde_json::Value)> = Vec::new();
    let (mut named, mut knows) = (first.profile.identified_at_first, first.profile.born_at_first.is_some());
    let mut all = Vec::new();
    for (one, is_second) in [(first, false), (second, true)] {
        let mut lines = one.happened.iter().rev().cloned().collect::<Vec<_>>();
        let gone = |reference: &String| {
            let removed = Recorded::ReportRemoved { reference: reference.clone() };
            one.happened.iter().any(|(_, what)| *what == removed)
        };
        let dead = lines
            .iter()
            .filter_map(|(_, what)| match what {
                Recorded::Report { reference, .. } if gone(reference) => Some(reference.clone()),
                _ => None,
            })
            .collect::<Vec<_>>();
        lines.retain(|(_, what)| !matches!(what,
            Recorded::Report { reference, .. } | Recorded::ReportRemoved { reference } if dead.contains(reference)));
        if is_second && let Some((on, _)) = lines.first().cloned() {
            let learnt = [
                (second.profile.identified_at_first, Recorded::Identified),
                (second.profile.born_at_first.is_some(), Recorded::BornKnown),
            ];
            lines.splice(1..1, learnt.into_iter().filter(|(is, _)| *is).map(|(_, what)| (on, what)));
        }
        all.extend(lines);
    }
    all.sort_by_key(|(on, _)| *on);
    let mut restricted = 0;
    let mut barred = None;
    let mut seen = Vec::new();
    for (on, what) in all {
        let event = match what {
            Recorded::Report { reference, incident, occurred, images } => {
                if seen.contains(&reference) {
                    continue;
                }
                seen.push(reference.clone());
                serde_json::json!({"type": "report", "id": reference, "incident": incident, "occurred": occurred, "images": images})
            }
            Recorded::Identified if std::mem::replace(&mut named, true) => continue,
            Recorded::Identified => serde_json::json!({"type": "identified"}),
            Recorded::BornKnown if std::mem::replace(&mut knows, true) => continue,
            Recorded::BornKnown => serde_json::json!({"type": "born_known", "born": born}),
            Recorded::Hold { id, ends } => {
                serde_json::json!({"type": "hold", "id": id.to_string(), "ends": ends})
            }
            Recorded::HoldEnded { id } => serde_json::json!({"type": "hold_ended", "id": id.to_string()}),
            // The restriction of either restricts the person.
            Recorded::Restricted => {
                restricted += 1;
                if restricted > 1 {
                    continue;
                }
                serde_json::json!({"type": "restricted"})
            }
            Recorded::RestrictionEnded => {
                restricted -= 1;
                if restricted > 0 {
                    continue;
                }
                serde_json::json!({"type": "restriction_ended"})
            }
            Recorded::Excluded { exclusion, ends, scope } => {
                barred = Some(exclusion);
                serde_json::json!({"type": "exclusion", "ends": ends, "scope": scope})
            }
            // One that the other record's has replaced was lifted with that.
            Recorded::ExclusionLifted { exclusion } if barred != Some(exclusion) => continue,
            Recorded::ExclusionLifted { .. } => serde_json::json!({"type": "exclusion_lifted"}),
            other => panic!("{other:?} is not in these histories"),
        };
        let mut event = event;
        event["on"] = serde_json::json!(on);
        events.push((on, event));
    }
    let age = if [first, second].iter().any(|one| one.profile.apparent_age == AgeBand::Under18) {
        "under_18"
    } else {
        "adult"
    };
    serde_json::json!({
        "subject": {"born": first.profile.born_at_first, "apparent_age": age, "identified": first.profile.identified_at_first},
        "events": events.into_iter().map(|(_, event)| event).collect::<Vec<_>>(),
        "days": [on],
    })
    .to_string()
}

on_both!(random_histories_are_merged_by_the_clocks_and_put_back_as_they_were);
/// SUB-2, RET-8, RET-16: whatever happened before, the merged record's clock says what the simulator says of both
/// ledgers as one; and after it is taken back everything is as it was: fields, ledger, clocks, pictures, associates,
/// gallery and search, on every server.
async fn random_histories_are_merged_by_the_clocks_and_put_back_as_they_were(world: &World) -> Outcome {
    let other_server = world.another_server().await?;
    let (mut merged, mut tried, mut excluded) = (0, 0, 0);
    let files_of = [CS, TM, DTAC, GENERIC];
    let mut scenes = Vec::new();
    for file in files_of {
        let scene = Scene::new(world, file).await;
        scenes.push((voters(world, &scene).await, scene));
    }
    for seed in 0..16_u64 {
        let mut random = Random::new(seed);
        world.clock.set_day(day("2026-03-02"));
        let place = usize::try_from(seed % 4)?;
        let (file, (voters, scene)) = (files_of[place], &scenes[place]);
        let elsewhere = App::new(other_server.clone(), (*scene.app.blobs).clone());
        let names = ["Una Example", "", "Dora Other"];
        let people = [
            scene.subject(names[random.below(3)], &[face(seed * 100)]).await?,
            scene.subject(names[random.below(3)], &[]).await?,
        ];
        for step in 0..7 {
            if let Err(error) = happen(scene, world, &mut random, people, seed * 100 + step + 1, voters).await
            {
                assert!(matches!(error, AppError::Refused(_) | AppError::Hidden), "{seed}: {error:?}");
            }
        }
        // The sweep may have something to do first: what it does is not the merge's.
        scene.sweep(world).await?;
        let (app, ctx) = (&scene.app, &scene.controller.ctx);
        let opens = [
            subjects::open(app, ctx, people[0]).await.map(|shown| shown.open),
            subjects::open(app, ctx, people[1]).await.map(|shown| shown.open),
        ];
        let [Ok(one), Ok(two)] = opens else { continue };
        tried += 1;
        let whole = [record(scene, people[0]).await?, record(scene, people[1]).await?];
        let around = scheme(scene, app, world).await?;
        assert_eq!(scheme(scene, &elsewhere, world).await?, around, "seed {seed}");
        let count = files(world).len();
        let case = case([&one, &two], ctx.today());
        match merge(scene, people[0], people[1]).await {
            Ok(()) => {}
            Err(AppError::Refused(why)) => {
                assert!(why.to_string().contains("would have come to its end"), "{seed}: {why}");
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        merged += 1;
        excluded += usize::from(!one.exclusions.is_empty() || !two.exclusions.is_empty());
        let life = subjects::open(app, ctx, people[0]).await?.open.life;
        let answer =
            simulate(&policy(file).retention(), &case).map_err(|refused| format!("{refused:?} {case}"))?;
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let said = &answer["days"][0];
        assert_eq!(said["stage"], life.stage.as_str(), "seed {seed}: {case}");
        assert_eq!(said["until"], serde_json::json!(life.until), "seed {seed}: {case}");
        assert_eq!(said["members_see"], life.members_see, "seed {seed}: {case}");
        assert_eq!(
            said["rule"],
            serde_json::json!(life.rule.map(|rule| rule.as_str())),
            "seed {seed}: {case}"
        );
        assert!(hidden(&subjects::open(app, ctx, people[1]).await));
        let joined = record(scene, people[0]).await?;
        assert_ne!(joined, whole[0]);
        assert_eq!(scheme(scene, &elsewhere, world).await?, scheme(scene, app, world).await?, "seed {seed}");
        assert_eq!(files(world).len(), count, "no file is left over, and none is missing");

        assert_eq!(undo(scene, people[0]).await?, people[1]);
        for (id, before) in people.iter().zip(&whole) {
            let now = record(scene, *id).await?;
            assert!(now == *before, "seed {seed}:\n{before}\n---- became ----\n{now}");
        }
        assert_eq!(scheme(scene, app, world).await?, around, "seed {seed}");
        assert_eq!(scheme(scene, &elsewhere, world).await?, around, "seed {seed}");
        assert_eq!(files(world).len(), count);
    }
    assert!(excluded >= 2, "only {excluded} of {merged} had been excluded");
    assert!(merged >= 6, "only {merged} of {tried} histories were merged");
    other_server.close().await;
    Ok(())
}

//! A report that is moved or removed takes with it all that it brought, and what others said as well stays.
mod support;

use fairwatch_app::{
    AppError,
    incidents::review::{Decision, Link},
    subjects::{self, Correction, Shown},
};
use fairwatch_core::{
    gate::Role,
    ids::{ReportId, SubjectId},
    policy::Category,
    subjects::Source,
};
use fairwatch_store::ledger::Recorded;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, DTAC, Scene, TM, day, everybody_is_new, person, refusal, theft};

/// A further report of a subject; what it says of them is decided at its review.
async fn also(
    scene: &Scene,
    subject: SubjectId,
    decide: impl FnOnce(&mut Decision),
) -> Result<ReportId, AppError> {
    let typed = theft("They came back.", vec![person("", "As before")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.people[0].link = Link::Existing(subject);
    decision.people[0].description.clear();
    decide(&mut decision);
    scene.approve(sent.id, decision).await?;
    Ok(sent.id)
}

/// A report that brings all that a report can bring.
async fn telling(scene: &Scene, subject: SubjectId) -> Result<ReportId, AppError> {
    let tells = |decision: &mut Decision| {
        decision.activity = "Arson of the shed".into();
        decision.people[0].name = "Wanda Wrong".into();
        decision.people[0].description = "Limps".into();
        decision.people[0].born = Some(day("2013-01-01"));
        decision.people[0].necessity = "He hurt somebody".into();
    };
    also(scene, subject, tells).await
}

async fn open(scene: &Scene, subject: SubjectId) -> Result<Shown, AppError> {
    subjects::open(&scene.app, &scene.controller.ctx, subject).await
}

/// What the clocks say of a subject today.
async fn clocks(scene: &Scene, subject: SubjectId) -> Result<String, AppError> {
    let life = open(scene, subject).await?.open.life;
    Ok(format!(
        "{:?}",
        (
            life.stage,
            life.until,
            life.rule.map(|rule| rule.as_str()),
            life.deletion,
            life.stub_due,
            life.identified
        )
    ))
}

on_both!(a_report_that_is_moved_takes_all_that_it_brought);
/// RET-16, RET-9: name, description, activity, date of birth, necessity, and that the person was named, go with the
/// report that is moved, for everybody who reads the record.
async fn a_report_that_is_moved_takes_all_that_it_brought(world: &World) -> Outcome {
    a_report_goes(world, true).await
}

on_both!(a_report_that_is_removed_takes_all_that_it_brought);
/// RET-16, RET-9: the same where it is removed.
async fn a_report_that_is_removed_takes_all_that_it_brought(world: &World) -> Outcome {
    a_report_goes(world, false).await
}

async fn a_report_goes(world: &World, is_moved: bool) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let staff = world.person(&scene.scheme, Role::Staff).await;
    let one = scene.subject("", &[]).await?;
    let other = scene.subject("Nick Near", &[]).await?;
    let before = format!("{:?}", open(&scene, one).await?.open.profile);
    let clocks_before = clocks(&scene, one).await?;
    let report = telling(&scene, one).await?;
    let shown = subjects::show(app, member, one, "").await?.open;
    assert_eq!(shown.profile.activity(), "Arson of the shed");
    let whole = open(&scene, one).await?.open;
    assert_eq!(whole.profile.born(), Some(day("2013-01-01")));
    assert_eq!(whole.profile.necessity(), Some("He hurt somebody"));
    assert!(whole.life.identified && whole.happened.iter().any(|(_, what)| *what == Recorded::BornKnown));
    if is_moved {
        subjects::move_report(app, controller, one, other, report, "It was the other").await?;
        subjects::erase(app, controller, other).await?;
    } else {
        subjects::remove_report(app, controller, one, report, "It was somebody else").await?;
    }
    assert_eq!(format!("{:?}", open(&scene, one).await?.open.profile), before);
    assert_eq!(clocks(&scene, one).await?, clocks_before);
    for shown in [
        subjects::show(app, member, one, "").await?,
        subjects::open(app, &staff.ctx, one).await?,
        open(&scene, one).await?,
    ] {
        let text = format!("{:?} {:?} {:?}", shown.open.profile, shown.open.happened, shown.narratives);
        for trace in ["Wanda", "Arson", "2013-01-01", "Limps", "hurt somebody", "Identified", "BornKnown"] {
            assert!(!text.contains(trace), "moved: {is_moved}: {trace} in {text}");
        }
        assert_eq!(shown.open.profile.activity(), "Theft, spirits");
        assert!(!shown.open.life.identified);
    }
    assert!(scene.found("arson").await?.is_empty() && scene.found("wanda").await?.is_empty());
    Ok(())
}

on_both!(the_clocks_run_as_if_it_had_never_been_made);
/// RET-16: whom a report named, or gave an age, has the ends of somebody unnamed again, at once.
async fn the_clocks_run_as_if_it_had_never_been_made(world: &World) -> Outcome {
    for file in [DTAC, CS, TM] {
        world.clock.set_day(day("2026-03-02"));
        let scene = Scene::new(world, file).await;
        let (app, controller) = (&scene.app, &scene.controller.ctx);
        let (one, twin) = (scene.subject("", &[]).await?, scene.subject("", &[]).await?);
        world.clock.set_day(day("2026-09-02"));
        for subject in [one, twin] {
            scene.again(subject).await?;
        }
        world.clock.set_day(day("2026-10-02"));
        let names = |decision: &mut Decision| {
            decision.people[0].name = "Wanda Wrong".into();
            decision.people[0].born = Some(day("1990-01-01"));
        };
        let report = also(&scene, one, names).await?;
        assert_ne!(clocks(&scene, one).await?, clocks(&scene, twin).await?, "{file}");
        world.clock.set_day(day("2026-11-02"));
        subjects::remove_report(app, controller, one, report, "It was somebody else").await?;
        assert_eq!(clocks(&scene, one).await?, clocks(&scene, twin).await?, "{file}");
        // And what is made known afterwards counts as what is new.
        for subject in [one, twin] {
            let known = Correction {
                name: Some("Rita Right".into()),
                born: Some(day("1980-02-03")),
                ..Correction::default()
            };
            subjects::correct(app, controller, subject, known, "From the court list").await?;
        }
        assert_eq!(clocks(&scene, one).await?, clocks(&scene, twin).await?, "{file}");
        assert!(open(&scene, one).await?.open.life.identified);
    }
    Ok(())
}

on_both!(what_others_said_as_well_stays);
/// RET-16, INC-5: what a second report said too is held until that goes as well; another name that was an alias
/// only because of the first becomes the name.
async fn what_others_said_as_well_stays(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Wanda Wrong", &[]).await?;
    let first = open(&scene, one).await?.open.involved[0].report;
    let says = |name: &'static str, activity: &'static str| {
        move |decision: &mut Decision| {
            decision.people[0].name = name.into();
            decision.people[0].born = Some(day("1990-01-01"));
            decision.activity = activity.into();
        }
    };
    let second = also(&scene, one, says("Wanda Wrong", "Fraud")).await?;
    let third = also(&scene, one, says("Wendy Other", "Threats")).await?;
    let quiet = scene.again(one).await?;
    let held = open(&scene, one).await?.open;
    let names = held.profile.fields.iter().filter(|field| field.category == Category::Name).count();
    let known = held.happened.iter().filter(|(_, what)| *what == Recorded::BornKnown).count();
    assert_eq!((names, known), (1, 1), "said twice, held once");

    subjects::remove_report(app, controller, one, first, "Not them").await?;
    let held = open(&scene, one).await?.open;
    assert_eq!(held.profile.name(), Some("Wanda Wrong"));
    let source = &held.profile.newest(Category::Name).expect("it is named").source;
    assert!(matches!(source, Source::Report { report, .. } if *report == second), "{source:?}");
    assert!(held.life.identified && held.profile.born() == Some(day("1990-01-01")));
    subjects::remove_report(app, controller, one, second, "Not them").await?;
    let held = open(&scene, one).await?.open;
    assert_eq!(held.profile.name(), Some("Wendy Other"));
    assert!(held.life.identified && held.profile.born() == Some(day("1990-01-01")));
    subjects::remove_report(app, controller, one, quiet, "Not them").await?;
    assert_eq!(open(&scene, one).await?.open.profile.activity(), "Threats");
    let last = scene.again(one).await?;
    subjects::remove_report(app, controller, one, third, "Not them").await?;
    let held = open(&scene, one).await?.open;
    assert_eq!((held.profile.name(), held.profile.born(), held.life.identified), (None, None, false));
    assert_eq!(held.involved.iter().map(|involved| involved.report).collect::<Vec<_>>(), [last]);
    Ok(())
}

on_both!(what_the_controller_found_out_stays);
/// RET-16, INC-5: a name and a date of birth that the controller gave do not go with a report that gave others.
async fn what_the_controller_found_out_stays(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Wanda Wrong", &[]).await?;
    let first = open(&scene, one).await?.open.involved[0].report;
    let second = also(&scene, one, |decision| decision.people[0].name = "Wanda Wrong".into()).await?;
    let known = Correction {
        name: Some("Wanda Wrong".into()),
        born: Some(day("1980-02-03")),
        ..Correction::default()
    };
    subjects::correct(app, controller, one, known, "She showed her passport").await?;
    scene.again(one).await?;
    for report in [first, second] {
        subjects::remove_report(app, controller, one, report, "Not them").await?;
        let held = open(&scene, one).await?.open;
        assert_eq!(held.profile.name(), Some("Wanda Wrong"));
        assert_eq!(held.profile.newest(Category::Name).expect("it is named").source, Source::Controller);
        assert!(held.life.identified && held.profile.born() == Some(day("1980-02-03")));
    }
    Ok(())
}

on_both!(a_report_that_came_back_can_be_removed);
/// RET-16: moved away and back, a report has another reference in the ledger, "NG-0073 (2)". It can be removed all
/// the same, and what it had brought at first does not come back.
async fn a_report_that_came_back_can_be_removed(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, controller) = (&scene.app, &scene.controller.ctx);
    let (one, other) = (scene.subject("", &[]).await?, scene.subject("", &[]).await?);
    let before = clocks(&scene, one).await?;
    world.clock.set_day(day("2026-06-02"));
    let report = also(&scene, one, |decision| decision.people[0].name = "Wanda Wrong".into()).await?;
    subjects::move_report(app, controller, one, other, report, "It was the other").await?;
    subjects::move_report(app, controller, other, one, report, "It was not").await?;
    let again = open(&scene, one).await?.open;
    let references = again.happened.iter().filter_map(|(_, what)| match what {
        Recorded::Report { reference, .. } => Some(reference.as_str()),
        _ => None,
    });
    assert!(references.clone().any(|reference| reference.ends_with(" (2)")), "{:?}", again.happened);
    assert!(again.profile.name().is_none() && !again.life.identified);
    assert_ne!(clocks(&scene, one).await?, before);
    subjects::remove_report(app, controller, one, report, "It was neither").await?;
    for subject in [one, other] {
        assert_eq!(clocks(&scene, subject).await?, before);
        assert_eq!(open(&scene, subject).await?.open.involved.len(), 1);
    }
    // RET-9: the report waits for its end, and is still known to speak of this subject.
    let held = scene.review(report).await?.held;
    assert_eq!((held.people[0].subject, held.people[0].proposed), (None, Some(one)));
    Ok(())
}

/// The generic policy without some categories of data.
fn without(kinds: &'static [&'static str]) -> impl FnOnce(String) -> String {
    move |policy| {
        let is_kept = |part: &&str| {
            !kinds
                .iter()
                .any(|kind| part.starts_with("category]]") && part.contains(&format!("kind = \"{kind}\"")))
        };
        policy.split("\n[[").filter(is_kept).collect::<Vec<_>>().join("\n[[")
    }
}

on_both!(what_the_policy_does_not_hold_is_never_stored);
/// SUB-1: a name and a date of birth are kept only where the policy holds such data, whoever gives them.
async fn what_the_policy_does_not_hold_is_never_stored(world: &World) -> Outcome {
    let scheme = world.scheme_with("nameless", without(&["name", "alias", "date_of_birth"])).await;
    let controller = world.person(&scheme, Role::Controller).await;
    let member = world.person(&scheme, Role::MemberUser).await;
    let scene = Scene { app: support::app(world), scheme, controller, member };
    let typed = theft("They took gin.", vec![person("Wanda Wrong", "Tall")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.people[0].born = Some(day("1990-01-01"));
    let one = scene.approve(sent.id, decision).await?[0];
    let tells = |decision: &mut Decision| {
        decision.people[0].name = "Wanda Wrong".into();
        decision.people[0].born = Some(day("1990-01-01"));
    };
    also(&scene, one, tells).await?;
    let known = [
        (Correction { name: Some("Wanda Wrong".into()), ..Correction::default() }, "names"),
        (Correction { born: Some(day("1990-01-01")), ..Correction::default() }, "dates of birth"),
    ];
    for (correction, what) in known {
        let done = subjects::correct(&scene.app, &scene.controller.ctx, one, correction, "I know").await;
        let refused = refusal(done);
        assert!(refused.contains(&format!("does not hold {what}")), "{refused}");
    }
    let held = open(&scene, one).await?.open;
    let text = format!("{:?} {:?}", held.profile, held.happened);
    for trace in ["Wanda", "1990-01-01", "Identified", "BornKnown"] {
        assert!(!text.contains(trace), "{trace} in {text}");
    }
    assert!(!held.life.identified);
    Ok(())
}

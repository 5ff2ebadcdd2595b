//! What is typed: whom it may name, what is kept of it, and how much of it is taken.
mod support;

use fairwatch_app::{
    AppError, incidents,
    incidents::{
        reporting::{self, Outcome as Answer, Typed},
        review::{self, Decision, Link, Shows},
    },
    subjects,
};
use fairwatch_core::{
    ids::{ReportId, SubjectId},
    incidents::PersonState,
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, GENERIC, Scene, day, everybody_is_new, face, files, person, refusal, theft};

/// A report of two people, the first of whom review links to a record that is held already, without typing a name.
async fn linked(
    scene: &Scene,
    to: SubjectId,
    typed: &Typed,
) -> Result<(ReportId, Decision), fairwatch_app::AppError> {
    let sent = scene.report(&scene.member.ctx, typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.people[0].link = Link::Existing(to);
    decision.people[0].name.clear();
    decision.people[0].description.clear();
    decision.narrative = "{1} and {2} took gin.".into();
    Ok((sent.id, decision))
}

on_both!(nobody_is_named_in_what_outlives_them);
/// INC-9, RET-9: a person who is linked to a record is not named in any text that is not their own, even where the
/// decision does not type the name; so nothing of them is left on anybody's page once they are erased.
async fn nobody_is_named_in_what_outlives_them(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, member) = (&scene.app, &scene.controller.ctx, &scene.member.ctx);
    let one = scene.subject("Craigory Doylesson", &[]).await?;
    let typed = theft("They took gin.", vec![person("", "Tall"), person("Bo Zhu", "Short, blue coat")]);
    let (report, decision) = linked(&scene, one, &typed).await?;
    let refused = async |change: &dyn Fn(&mut Decision)| -> String {
        let mut changed = decision.clone();
        change(&mut changed);
        refusal(scene.approve(report, changed).await)
    };
    for text in ["Craigory and {2} took gin.", "{1} and {2} took gin, as doylesson's do.", "CRÁIGORY ran."] {
        let told = refused(&|decision| decision.narrative = text.into()).await;
        assert!(told.contains("members may read") && told.contains("{1}"), "{text}: {told}");
    }
    let told = refused(&|decision| decision.narrative = "{1} ran, bo stayed.".into()).await;
    assert!(told.contains("bo") && told.contains("{2}"), "two letters are a name, too: {told}");
    let told = refused(&|decision| decision.activity = "Theft with Craigory".into()).await;
    assert!(told.contains("few words"), "{told}");
    for place in ["Doylesson's yard", "By craigory doylesson"] {
        let told = refused(&|decision| decision.place = place.into()).await;
        assert!(told.contains("place"), "{place}: {told}");
    }
    let told = refused(&|decision| decision.people[1].description = "Short, with Craigory".into()).await;
    assert!(told.contains("person 2"), "{told}");
    let told = refused(&|decision| decision.people[1].necessity = "Craigory hurt staff".into()).await;
    assert!(told.contains("person 2"), "{told}");

    let mut allowed = decision.clone();
    // What is held of a person goes with that person, and may name them.
    allowed.people[1].description = "Short, Bo on the jacket".into();
    let other = scene.approve(report, allowed).await?[1];
    subjects::erase(app, controller, one).await?;
    let shown = subjects::show(app, member, other, "").await?;
    let open = subjects::open(app, controller, other).await?;
    let left = format!("{:?} {:?} {:?}", shown.narratives, shown.open, open.open).to_lowercase();
    assert!(!left.contains("craigory") && !left.contains("doylesson"), "{left}");
    Ok(())
}

on_both!(whoever_was_named_by_the_reporter_or_before_is_not_named_in_what_is_shared);
/// INC-9: names that the reporter typed count where review takes them out, also of somebody left out; so do aliases,
/// the people of an incident that is joined, and what that incident says of somebody who joins it.
async fn whoever_was_named_by_the_reporter_or_before_is_not_named_in_what_is_shared(
    world: &World,
) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let one = scene.subject("Craigory Doylesson", &[]).await?;
    let incident = scene.incident_of(one).await?.whole.id;
    // Known by another name since.
    let typed = theft("Again.", vec![person("Zebulon Krank", ""), person("Osvaldo", "Short")]);
    let (report, mut decision) = linked(&scene, one, &typed).await?;
    decision.people[0].name = "Zebulon Krank".into();
    decision.people[1].name.clear();
    decision.people[1].link = Link::LeftOut;
    decision.narrative = "{1} and Osvaldo took gin.".into();
    assert!(refusal(scene.approve(report, decision.clone()).await).contains("{2}"));
    decision.narrative = "{1} and {2} took gin.".into();
    scene.approve(report, decision).await?;

    let typed = theft("A third time.", vec![person("", "Tall"), person("", "Short")]);
    let (report, mut decision) = linked(&scene, one, &typed).await?;
    decision.narrative = "{1}, or Krank, took gin.".into();
    assert!(refusal(scene.approve(report, decision).await).contains("{1}"));

    let typed = theft("Somebody else saw it.", vec![person("Wilhelmina Ash", "Old")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.joins = Some(incident);
    decision.narrative = "{1} stood by Doylesson.".into();
    let told = refusal(scene.approve(sent.id, decision.clone()).await);
    assert!(told.contains("Doylesson"), "{told}");
    decision.narrative = "{1} stood by.".into();
    scene.approve(sent.id, decision).await?;

    let typed = theft("A bottle.", vec![person("Bottle Gin", ""), person("Payne Leftwich", "")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.narrative = "{1} hid something, and {2} too.".into();
    scene.approve(sent.id, decision).await?;
    let told = incidents::open(&scene.app, &scene.controller.ctx, incident).await?;
    assert!(told.whole.incident.narrative.contains("stood by."));
    Ok(())
}

on_both!(words_of_every_day_are_not_taken_for_names);
/// INC-9: a name that is an ordinary word, too, stands in the way only where it is written like a name; the words of
/// a business are part of its address.
async fn words_of_every_day_are_not_taken_for_names(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let typed =
        theft("Gone.", vec![person("Will Green", "Tall"), person("unknown male", "Short, green coat")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    for text in ["Will took gin.", "{1} and will green took gin."] {
        decision.narrative = text.into();
        assert!(refusal(scene.approve(sent.id, decision.clone()).await).contains("{1}"), "{text}");
    }
    decision.place = "Green Street, by will green's".into();
    decision.narrative = "{1}, a male with a green bag, said that he will be back.".into();
    assert!(refusal(scene.approve(sent.id, decision.clone()).await).contains("place"));
    decision.place = "Green Street".into();
    scene.approve(sent.id, decision).await?;
    Ok(())
}

on_both!(nothing_of_a_child_is_kept_in_a_draft);
/// SUB-4: of a child who may not be held, neither a picture that was uploaded before nor the sentence is kept in the
/// draft; a date that is only half typed costs nobody their pictures.
async fn nothing_of_a_child_is_kept_in_a_draft(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, ctx, org) = (&scene.app, &scene.member.ctx, scene.org());
    let upload = async |seed: u64| -> Result<_, AppError> {
        fairwatch_app::pictures::add(app, ctx, org, reporting::FORM, face(seed)).await
    };
    upload(71).await?;
    upload(72).await?;
    let mut typed = theft(
        "Little Timothea Tot took sweets.",
        vec![person("Timothea Tot", "A girl"), person("Ann Other", "With Timothea")],
    );
    typed.people[0].born = "2015-13".into();
    reporting::keep_draft(app, ctx, org, &typed).await?;
    let draft = reporting::draft(app, ctx, org).await?;
    assert_eq!((draft.pictures.len(), &*draft.typed.sentence), (2, &*typed.sentence));
    typed.people[0].born = "2015-06-01".into();
    let Answer::Mistakes(mistakes) = reporting::submit(app, ctx, org, &typed).await? else {
        panic!("it is refused")
    };
    assert!(mistakes.iter().any(|mistake| mistake.is_too_young()));
    assert!(mistakes.iter().any(|mistake| mistake.field == "picture"), "{mistakes:?}");
    let draft = reporting::draft(app, ctx, org).await?;
    assert!(draft.pictures.is_empty());
    assert!(!format!("{:?}", draft.typed).contains("Timothea"), "{:?}", draft.typed);
    assert_eq!(draft.typed.people[0].name, "Ann Other");
    fairwatch_app::pictures::collect(app, &world.job("sweep")).await?;
    assert_eq!(files(world).len(), 0);
    upload(73).await?;
    let mistakes = reporting::look_over(app, ctx, org, &typed).await?;
    assert!(mistakes.iter().any(|mistake| mistake.field == "picture"), "{mistakes:?}");
    assert!(reporting::draft(app, ctx, org).await?.pictures.is_empty());
    Ok(())
}

on_both!(nothing_of_a_child_is_kept_after_review);
/// SUB-4: where review learns that somebody is too young to be held, leaving them out destroys what the report says
/// of them, the sentence, and every picture that does not show a living person alone.
async fn nothing_of_a_child_is_kept_after_review(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let people = vec![person("Timothea Tot", "A girl, red cap"), person("Ann Other", "With Timothea")];
    let typed = theft("Timothea Tot took sweets.", people);
    let sent = scene.report(&scene.member.ctx, &typed, &[face(74), face(75), face(76)]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.narrative = "{2} took sweets.".into();
    decision.people[0].born = Some(day("2015-06-01"));
    decision.people[1].description = "Tall".into();
    decision.pictures[1].1 = Shows::One(decision.people[1].person);
    decision.pictures[2].1 = Shows::Nobody;
    let told = refusal(scene.approve(sent.id, decision.clone()).await);
    assert!(told.contains("Not directly involved") && told.contains("destroyed"), "{told}");
    decision.people[0].link = Link::LeftOut;
    let kept = decision.pictures[1].0;
    let other = scene.approve(sent.id, decision).await?[0];
    let held = scene.review(sent.id).await?.held;
    let said = format!("{:?} {:?}", held.report, held.people);
    assert!(!said.contains("Timothea") && !said.contains("red cap"), "{said}");
    let states = held.people.iter().map(|person| person.state).collect::<Vec<_>>();
    assert_eq!(states, [PersonState::Gone, PersonState::Linked]);
    assert_eq!(held.pictures.iter().map(|picture| picture.id).collect::<Vec<_>>(), [kept]);
    assert_eq!(subjects::open(&scene.app, &scene.controller.ctx, other).await?.open.pictures.len(), 1);
    Ok(())
}

on_both!(an_incident_past_its_end_is_not_joined);
/// INC-8: an incident that is past its end cannot be joined, even if no sweep has come by.
async fn an_incident_past_its_end_is_not_joined(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let one = scene.subject("Craigory Doylesson", &[]).await?;
    let whole = scene.incident_of(one).await?.whole;
    world.clock.set_day(whole.delete_on.expect("the policy names one"));
    let sent = scene.report(&scene.member.ctx, &theft("Late.", vec![person("", "Tall")]), &[]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    decision.joins = Some(whole.id);
    let told = refusal(scene.approve(sent.id, decision).await);
    assert!(told.contains("incident has changed"), "{told}");
    Ok(())
}

on_both!(what_is_too_long_is_refused_in_words);
/// INC-1, INC-2: each text has a limit that the refusal names, and a draft keeps no more than that.
async fn what_is_too_long_is_refused_in_words(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx, org) = (&scene.app, &scene.member.ctx, scene.org());
    let long = "ab ".repeat(20_000);
    let mut typed = theft(&long, vec![person(&long, &long); 30]);
    typed.people[0].age.clone_from(&long);
    typed.people[0].born.clone_from(&long);
    typed.people[0].proposed.clone_from(&long);
    for text in [&mut typed.category, &mut typed.place, &mut typed.day, &mut typed.time, &mut typed.loss] {
        text.clone_from(&long);
    }
    let Answer::Mistakes(mistakes) = reporting::submit(app, ctx, org, &typed).await? else {
        panic!("it is refused")
    };
    for (field, limit) in
        [("sentence", "4,000"), ("place", "200"), ("person-0-name", "200"), ("person-0-description", "1,000")]
    {
        let said = mistakes.iter().find(|mistake| mistake.field == field).expect(field);
        assert!(said.sentence.contains(limit), "{}", said.sentence);
    }
    let kept = format!("{:?}", reporting::draft(app, ctx, org).await?.typed);
    assert!(kept.len() < 25_000, "{}", kept.len());
    reporting::discard_draft(app, ctx, org).await?;

    let sent = scene.report(ctx, &theft("Gin.", vec![person("", "Tall")]), &[]).await?;
    let decision = everybody_is_new(&scene.review(sent.id).await?);
    type Change = (&'static str, fn(&mut Decision, String));
    let changes: [Change; 6] = [
        ("4,000", |decision, long| decision.narrative = long),
        ("200", |decision, long| decision.place = long),
        ("80", |decision, long| decision.activity = long),
        ("200", |decision, long| decision.people[0].name = long),
        ("1,000", |decision, long| decision.people[0].description = long),
        ("1,000", |decision, long| decision.people[0].necessity = long),
    ];
    for (limit, change) in changes {
        let mut decision = decision.clone();
        change(&mut decision, long.clone());
        let told = refusal(scene.approve(sent.id, decision).await);
        assert!(told.contains(limit), "{limit}: {told}");
    }
    let told = refusal(review::reject(app, &scene.controller.ctx, sent.id, &long).await);
    assert!(told.contains("2,000"), "{told}");
    Ok(())
}

on_both!(what_cannot_be_seen_is_not_kept);
/// SEC-4, INC-9: control characters and those that turn the direction of writing are taken out of what is typed, so
/// that no engine stumbles over them and no name hides behind them.
async fn what_cannot_be_seen_is_not_kept(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let typed =
        theft("Gin\0 and \u{202e}rum\u{7}.\nTwice.", vec![person("Ol\0ga\u{2066}", "Tall\u{2069}\u{1b}")]);
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let review = scene.review(sent.id).await?;
    assert_eq!(review.held.report.sentence, "Gin and rum.\nTwice.");
    let said = review.held.people[0].person.clone().expect("it was said");
    assert_eq!((&*said.name, &*said.description), ("Olga", "Tall"));
    let mut decision = everybody_is_new(&review);
    decision.narrative = "Ol\0ga ran.".into();
    assert!(refusal(scene.approve(sent.id, decision.clone()).await).contains("{1}"));
    decision.narrative = "{1}\0 ran.\u{202d}".into();
    decision.activity = "Theft\0".into();
    decision.place = "Till\0 3".into();
    decision.people[0].description = "Ta\0ll".into();
    let subject = scene.approve(sent.id, decision).await?[0];
    let told = scene.incident_of(subject).await?.whole.incident;
    assert_eq!((&*told.narrative, &*told.place), ("{1} ran.", "Till 3"));
    let open = subjects::open(&scene.app, &scene.controller.ctx, subject).await?.open;
    assert!(!format!("{:?}", open.profile).contains("\\0"), "{:?}", open.profile);
    let again = scene.report(&scene.member.ctx, &theft("Gin.", vec![]), &[]).await?;
    review::reject(&scene.app, &scene.controller.ctx, again.id, "No\0\u{202e}thing").await?;
    assert_eq!(scene.review(again.id).await?.held.decision.as_deref(), Some("Nothing"));
    Ok(())
}

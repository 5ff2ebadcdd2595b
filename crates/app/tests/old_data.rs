//! The yearly audit of what is old: a guided run that proves deletion, with a signed report (RET-13).
mod support;

use fairwatch_app::{
    AppError, duties, intelligence, old_data, registers,
    signed::{self, Unproven},
    subjects,
};
use fairwatch_core::{
    duties::Kind as Duty,
    gate::Role,
    intelligence::Knowledge,
    old_data::{Ground, Kind, Why},
    registers::Subject,
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, DTAC, GENERIC, Scene, day, hidden, later, refusal};

on_both!(ret_13_a_run_lists_what_is_old_asks_what_no_period_keeps_and_proves_what_is_gone);
/// RET-13: a run lists what is older than the policy's age with why it is still here, asks of what a judgement alone keeps,
/// and is finished only when nothing is past its end; the next shows that what was listed is gone. The report names nobody.
async fn ret_13_a_run_lists_what_is_old_asks_what_no_period_keeps_and_proves_what_is_gone(
    world: &World,
) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let ctx = || controller.again(world);
    let board = world.person(&scene.scheme, Role::Board).await;
    world.clock.set_day(day("2026-01-10"));
    let held = scene.subject("Alfred Example", &[]).await?;
    let gone = scene.subject("Bertha Example", &[]).await?;
    let unknown = scene.subject("", &[]).await?;
    let how = "We were at school together.";
    let (member, knows) = (scene.member.again(world), Knowledge::Direct);
    let tip = intelligence::send(app, &member, unknown, "Carl Unheard", how, knows).await?;
    let hold = subjects::hold(app, &ctx(), held, "A claim is made.", day("2026-04-01"), None).await;
    assert!(hold.is_ok());
    // Reported again, so that their clocks run for more than two years.
    world.clock.set_day(day("2026-06-01"));
    scene.again(gone).await?;
    scene.again(unknown).await?;
    world.clock.set_day(day("2028-01-10"));
    let due = duties::list(app, &ctx(), org).await?;
    assert!(due.duties.iter().any(|duty| duty.kind == Duty::Review && duty.path == "/old-data"), "each year");
    assert!(hidden(&old_data::overview(app, &scene.member.again(world), org).await));
    // Only the run records it: by hand it would prove nothing.
    assert!(hidden(&registers::review(app, &ctx(), org, Subject::old_data(), "All of it is old.").await));
    assert!(hidden(&old_data::begin(app, &board.again(world), org).await), "the controller’s task");
    let id = old_data::begin(app, &ctx(), org).await?;
    assert!(refusal(old_data::begin(app, &ctx(), org).await).contains("open already"));
    let found = old_data::overview(app, &ctx(), org).await?;
    let open = found.open.ok_or("it is open")?;
    assert_eq!(open.before, day("2026-01-11"), "two years ago yesterday is over two years old today");
    let people = open.summary.lines.iter().filter(|line| line.kind == Kind::Person).collect::<Vec<_>>();
    assert_eq!(people.iter().map(|line| line.count).sum::<u64>(), 3, "{people:?}");
    assert!(people.iter().any(|line| line.why == Why::Shown && line.oldest.is_none()));
    // The one whose clock is over is past their end, but a hold keeps them: it is asked of the controller.
    let asked = found.asked.iter().map(|one| (one.kind, one.record)).collect::<Vec<_>>();
    assert_eq!(asked, [(Kind::Person, held.0), (Kind::Tip, tip.0)]);
    let boards = old_data::overview(app, &board.again(world), org).await?;
    assert!(boards.asked.is_empty() && boards.open.is_some(), "the board sees counts alone");
    let early = refusal(old_data::finish(app, &ctx(), org, id, "All is in order.").await);
    assert!(early.contains("past their end") || early.contains("on what ground"), "{early}");
    scene.sweep(world).await?;
    let open = old_data::finish(app, &ctx(), org, id, "All is in order.").await;
    assert!(refusal(open).contains("on what ground"));
    let nothing = old_data::decide(app, &ctx(), id, (Kind::Person, held.0), None, "A claim.").await;
    assert!(refusal(nothing).contains("ground"));
    let other = old_data::decide(app, &ctx(), id, (Kind::Person, gone.0), Some(Ground::Claim), "No.").await;
    assert!(hidden(&other), "what the run does not ask about");
    old_data::decide(
        app,
        &ctx(),
        id,
        (Kind::Person, held.0),
        Some(Ground::Claim),
        "Alfred’s insurers claim.",
    )
    .await?;
    let because = "His school asks for it.";
    old_data::decide(app, &ctx(), id, (Kind::Tip, tip.0), Some(Ground::Request), because).await?;
    let asked = old_data::overview(app, &ctx(), org).await?.asked;
    assert_eq!(asked[1].reason, because, "sealed under the person whom the name is about");
    assert_eq!(
        asked[0].reason, "Alfred’s insurers claim.",
        "the controller reads why, also of a frozen record"
    );
    let named = old_data::finish(app, &ctx(), org, id, "Ring 07700 900123 about it.").await;
    assert!(refusal(named).contains("outlives"), "nothing of a person in the report");
    old_data::finish(app, &ctx(), org, id, "All is in order.").await?;
    assert!(hidden(&old_data::finish(app, &ctx(), org, id, "Again.").await), "once");
    let found = old_data::overview(app, &board.again(world), org).await?;
    assert!(found.open.is_none());
    let first = &found.finished[0];
    assert_eq!(
        (first.conclusion.as_str(), first.summary.past, first.summary.open),
        ("All is in order.", 0, 0)
    );
    assert_eq!(first.summary.kept[0].ground, Ground::Claim);
    let said = format!("{:?}", first.summary);
    assert!(!said.contains("Alfred") && !said.contains(&held.to_string()), "{said}");
    assert_eq!(found.due, Some(day("2029-01-10")), "the next in a year");
    // A year on, whoever was shown is gone: the next audit says so of what this one listed.
    world.clock.set_day(day("2030-02-01"));
    scene.sweep(world).await?;
    old_data::begin(app, &ctx(), org).await?;
    let open = old_data::overview(app, &ctx(), org).await?.open.ok_or("it is open")?;
    let (on, became) = open.summary.last.ok_or("there was one before")?;
    let people = became.iter().find(|line| line.kind == Kind::Person).ok_or("people were listed")?;
    assert_eq!((on, people.listed, people.gone), (day("2028-01-10"), 3, 2), "the held one is still here");
    let reports = became.iter().find(|line| line.kind == Kind::Report).ok_or("reports were listed")?;
    assert!(reports.gone > 0, "{became:?}");
    assert!(open.summary.swept > 0);
    Ok(())
}

on_both!(ret_13_a_report_is_signed_and_whoever_has_it_can_check_it);
/// RET-13: the report is signed by the key of the installation; whoever has it and what goes beside it can check it, and
/// sees any change of either. Board and auditor read it, nobody else.
async fn ret_13_a_report_is_signed_and_whoever_has_it_can_check_it(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let id = old_data::begin(app, &controller.again(world), org).await?;
    assert!(hidden(&old_data::read(app, &controller.again(world), id).await), "there is none yet");
    let empty = refusal(old_data::finish(app, &controller.again(world), org, id, " ").await);
    assert!(empty.contains("what the audit found"));
    old_data::finish(app, &controller.again(world), org, id, "Nothing is old.").await?;
    let auditor = world.person(&scene.scheme, Role::Auditor).await;
    let (pdf, beside, _) = old_data::read(app, &auditor.again(world), id).await?;
    assert!(pdf.starts_with(b"%PDF"));
    let (what, key) = signed::check(&pdf, &beside)?;
    assert!(what.starts_with("yearly audit of old data at "), "{what}");
    assert_eq!(key, world.store.keys().public_key());
    let mut changed = pdf.clone();
    changed.push(b' ');
    assert_eq!(signed::check(&changed, &beside), Err(Unproven::Changed));
    let mut again = beside.clone();
    again.sha256 = signed::fingerprint(&changed);
    assert_eq!(signed::check(&changed, &again), Err(Unproven::Damaged), "the statement speaks of the other");
    again.statement = again.statement.replace(&beside.sha256, &again.sha256);
    assert_eq!(signed::check(&changed, &again), Err(Unproven::Forged));
    for broken in ["", "zz", "30"] {
        let mut other = beside.clone();
        other.public_key = broken.into();
        assert_eq!(signed::check(&pdf, &other), Err(Unproven::Damaged), "{broken}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&old_data::read(app, &stranger.ctx, id).await));
    assert!(hidden(&old_data::read(app, &scene.member.again(world), id).await));
    Ok(())
}

on_both!(ret_13_an_audit_that_was_followed_goes_after_the_policys_period);
/// RET-13, RET-15: what an audit listed is needed until the next has compared it; the report itself is kept for the
/// policy's period for former documents after it was followed.
async fn ret_13_an_audit_that_was_followed_goes_after_the_policys_period(world: &World) -> Outcome {
    let scene = Scene::new(world, DTAC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let begun = world.nobody().today();
    let audit = async || -> Result<_, AppError> {
        let id = old_data::begin(app, &controller.again(world), org).await?;
        old_data::finish(app, &controller.again(world), org, id, "In order.").await?;
        Ok(id)
    };
    let first = audit().await?;
    world.clock.set_day(later(begun, 3650));
    scene.sweep(world).await?;
    assert!(old_data::read(app, &controller.again(world), first).await.is_ok(), "the latest is kept");
    let second = audit().await?;
    world.clock.set_day(later(begun, 3650 + 366 * 8));
    scene.sweep(world).await?;
    assert!(hidden(&old_data::read(app, &controller.again(world), first).await));
    assert!(old_data::read(app, &controller.again(world), second).await.is_ok());
    Ok(())
}

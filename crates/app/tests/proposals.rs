//! What becomes of proposals while they wait and once they are decided: other votes, other policies, other stages, and for
//! how long they are kept (EXC-1, EXC-2, RET-15, SUB-2).
mod support;

use fairwatch_app::{
    AppError, accounts,
    exclusions::{self, Change, appeals, deciding},
    policies, subjects,
};
use fairwatch_core::{
    accounts::MembershipState,
    exclusions::{Choice, ProposalState},
    gate::Role,
    ids::{ProposalId, SubjectId},
    subjects::merging::{Chosen, Side},
};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::civil::Date;
use support::{GENERIC, Scene, day, decisions, hidden, later, policy_text, refusal};

async fn vote(
    scene: &Scene,
    world: &World,
    by: &Person,
    id: ProposalId,
    choice: Choice,
) -> Result<ProposalState, AppError> {
    deciding::vote(&scene.app, &by.again(world), id, choice, "I read what it rests on.").await
}

async fn state(scene: &Scene, world: &World, id: ProposalId) -> Result<ProposalState, AppError> {
    Ok(deciding::show(&scene.app, &scene.controller.again(world), id).await?.held.state)
}

async fn open(scene: &Scene, world: &World, id: SubjectId) -> Result<subjects::Open, AppError> {
    Ok(subjects::open(&scene.app, &scene.controller.again(world), id).await?.open)
}

on_both!(exc_2_whichever_vote_decides_it_must_still_rest_on_something);
/// EXC-2: a refusal can be the vote by which enough have agreed, since whoever was suspended counts again; nobody is
/// excluded by it for what was taken away. Who had no vote when it was decided counts for nothing later.
async fn exc_2_whichever_vote_decides_it_must_still_rest_on_something(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 5).await;
    let own = [scene.member.member.expect("a business")];
    let id = scene.subject("Una Example", &[]).await?;
    let further = scene.again(id).await?;
    let suspend = async |who: &Person, state| {
        accounts::set_membership(app, ctx, who.membership, state, "Away, or back").await
    };
    let proposal = decisions::propose(&scene, id, "exclusion", &own).await?;
    vote(&scene, world, &board[0], proposal, Choice::Authorise).await?;
    vote(&scene, world, &board[1], proposal, Choice::Authorise).await?;
    suspend(&board[0], MembershipState::Suspended).await?;
    let third = vote(&scene, world, &board[2], proposal, Choice::Authorise).await?;
    assert_eq!(third, ProposalState::Open);
    suspend(&board[0], MembershipState::Active).await?;
    subjects::remove_report(app, ctx, id, further, "It was somebody else").await?;
    let refused = vote(&scene, world, &board[3], proposal, Choice::Refuse).await;
    assert!(refusal(refused).contains("cannot be authorised any more"));
    assert!(open(&scene, world, id).await?.excluded.is_none());
    deciding::withdraw(app, ctx, proposal, "It was somebody else").await?;

    scene.again(id).await?;
    let proposal = decisions::propose(&scene, id, "exclusion", &own).await?;
    vote(&scene, world, &board[4], proposal, Choice::Refuse).await?;
    suspend(&board[4], MembershipState::Suspended).await?;
    for voter in &board[1..4] {
        vote(&scene, world, voter, proposal, Choice::Authorise).await?;
    }
    suspend(&board[4], MembershipState::Active).await?;
    let votes = deciding::show(app, ctx, proposal).await?.votes;
    assert_eq!((votes.count.authorise, votes.count.refuse, votes.cast.len()), (3, 0, 4));
    Ok(())
}

async fn change_policy(scene: &Scene, world: &World, text: &str, from: Date) -> Result<(), AppError> {
    let (app, ctx) = (&scene.app, &scene.controller.again(world));
    let id = policies::begin(app, ctx, scene.org()).await?;
    let typed = policies::Typed {
        text: text.to_owned(),
        reason: "The board asked for it".into(),
        from: Some(from),
        ..policies::Typed::default()
    };
    policies::save(app, ctx, id, typed).await?;
    assert!(policies::try_out(app, ctx, id, usize::MAX).await?);
    policies::propose(app, ctx, id).await?;
    let board = world.person(&scene.scheme, Role::Board).await;
    policies::authorise(app, &board.ctx, id).await?;
    Ok(())
}

on_both!(exc_2_nobody_decides_by_other_rules_than_it_was_proposed_by);
/// EXC-2, POL-5: where others decide from a day on, or more of them must agree, or they must not know on whom any more,
/// what waits lapses; and what was written for those who knew is not read by those who must not.
async fn exc_2_nobody_decides_by_other_rules_than_it_was_proposed_by(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let blind = policy_text(GENERIC);
    let known = blind.replacen("pseudonymised = { is = true", "pseudonymised = { is = false", 1);
    assert_ne!(known, blind);
    let scene = Scene::from_text(world, GENERIC, &known).await;
    let board = decisions::board(&scene, world, 4).await;
    let own = [scene.member.member.expect("a business")];
    let (_, decided) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    let id = scene.subject("Dora Other", &[]).await?;
    scene.again(id).await?;
    let waits = decisions::propose(&scene, id, "exclusion", &own).await?;
    vote(&scene, world, &board[0], waits, Choice::Authorise).await?;
    let read = deciding::show(&scene.app, &board[3].again(world), decided).await?;
    assert!(read.whom.is_some() && read.held.says.account.contains("pushed a worker"));
    let from = later(day("2026-03-02"), 3);
    change_policy(&scene, world, blind, from).await?;
    assert_eq!(state(&scene, world, waits).await?, ProposalState::Open);
    world.clock.set_day(from);
    assert_eq!(state(&scene, world, waits).await?, ProposalState::Lapsed);
    assert!(hidden(&vote(&scene, world, &board[1], waits, Choice::Authorise).await));
    let read = deciding::show(&scene.app, &board[3].again(world), decided).await?;
    assert!(read.whom.is_none());
    let handed = format!("{:?} {:?}", read.held.says, read.votes);
    assert!(!handed.contains("pushed a worker") && !handed.contains("I read what"), "{handed}");
    let list = deciding::list(&scene.app, &board[3].again(world), scene.org(), None).await?;
    assert!(list.lines.iter().all(|line| !format!("{:?}", line.listed).contains("pushed a worker")));
    // It is in nobody's way.
    scene.sweep(world).await?;
    let ctx = scene.controller.again(world);
    let ground = exclusions::proposing::ground(&scene.app, &ctx, id).await?;
    assert!(ground.before.open.is_none());
    Ok(())
}

on_both!(ret_3_a_proposal_lapses_with_the_stage_in_which_it_was_made);
/// RET-3, EXC-2: whoever went out of the gallery and came back by a new report is not excluded by what was proposed before;
/// nobody is proposed or decided on while members are not shown them (RET-16).
async fn ret_3_a_proposal_lapses_with_the_stage_in_which_it_was_made(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, own) = (&scene.app, [scene.member.member.expect("a business")]);
    let board = decisions::board(&scene, world, 3).await;
    let id = scene.subject("Una Example", &[]).await?;
    scene.again(id).await?;
    let ctx = &scene.controller.again(world);
    subjects::restrict(app, ctx, id, true, "They say that it was not them").await?;
    let proposed = decisions::propose(&scene, id, "exclusion", &own).await;
    assert!(refusal(proposed).contains("while they are restricted"));
    subjects::restrict(app, ctx, id, false, "It was").await?;
    let until = open(&scene, world, id).await?.life.until.expect("it ends");
    world.clock.set_day(later(until, -3));
    let proposal = decisions::propose(&scene, id, "exclusion", &own).await?;
    let ctx = &scene.controller.again(world);
    subjects::restrict(app, ctx, id, true, "They say that it was not them").await?;
    assert!(hidden(&vote(&scene, world, &board[0], proposal, Choice::Authorise).await));
    subjects::restrict(app, ctx, id, false, "It was").await?;
    vote(&scene, world, &board[0], proposal, Choice::Authorise).await?;
    world.clock.set_day(later(until, 1));
    assert_eq!(state(&scene, world, proposal).await?, ProposalState::Lapsed);
    scene.again(id).await?;
    assert!(scene.shown().await?.contains(&id));
    assert_eq!(state(&scene, world, proposal).await?, ProposalState::Lapsed);
    assert!(hidden(&vote(&scene, world, &board[1], proposal, Choice::Authorise).await));
    Ok(())
}

on_both!(ret_15_a_decision_is_kept_for_the_appeal_that_names_it_and_no_longer);
/// RET-10, RET-15: a decision is there for as long as an appeal against it is kept, and on the day on which neither is
/// kept any more it is on no page, whether or not the sweep has come by.
async fn ret_15_a_decision_is_kept_for_the_appeal_that_names_it_and_no_longer(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let app = &scene.app;
    let board = decisions::board(&scene, world, 1).await;
    let id = scene.subject("Una Example", &[]).await?;
    let warning = decisions::propose(&scene, id, "warning", &[]).await?;
    world.clock.set_day(day("2026-03-20"));
    let typed = appeals::Typed {
        against: warning.to_string(),
        by: "Una Example".into(),
        contact: "una@home.example".into(),
        says: "I was not there.".into(),
        ..appeals::Typed::default()
    };
    let appeal = appeals::receive(app, &scene.controller.again(world), id, &typed, None).await?;
    let upheld = appeals::Chosen {
        outcome: "upheld".into(),
        reason: "It was seen.".into(),
        ..appeals::Chosen::default()
    };
    appeals::decide(app, &board[0].again(world), appeal, &upheld).await?;
    for on in ["2027-02-15", "2028-01-15", "2028-03-02"] {
        world.clock.set_day(day(on));
        scene.again(id).await?;
        scene.sweep(world).await?;
    }
    assert_eq!(open(&scene, world, id).await?.proposals.len(), 1, "the appeal is kept");
    world.clock.set_day(day("2028-03-20"));
    assert!(open(&scene, world, id).await?.proposals.is_empty());
    assert!(hidden(&deciding::show(app, &scene.controller.again(world), warning).await));
    let list = deciding::list(app, &scene.controller.again(world), scene.org(), None).await?;
    assert!(list.lines.is_empty());
    scene.sweep(world).await?;
    let burglar = fairwatch_store::testing::Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM proposals").await?, 0);
    burglar.leave().await;
    Ok(())
}

on_both!(sub_2_what_was_done_of_the_others_exclusion_since_keeps_two_records_one);
/// SUB-2, EXC-7: an exclusion that came with the other record and was lifted since would stand there unlifted, were they
/// two again: that is refused, in words. Premises that are named twice are one.
async fn sub_2_what_was_done_of_the_others_exclusion_since_keeps_two_records_one(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 3).await;
    let own = scene.member.member.expect("a business");
    let elsewhere = scene.another_member(world).await.member.expect("a business");
    let (id, _) = decisions::exclude(&scene, &board, "Una Example", &[own, elsewhere]).await?;
    let twice = Change { ends_on: None, premises: Some(vec![own, own]) };
    exclusions::vary(app, ctx, id, twice, "The other shop had no trouble").await?;
    let in_force = open(&scene, world, id).await?.excluded.expect("it stands");
    assert_eq!(in_force.premises, [own]);

    let other = scene.subject("", &[]).await?;
    let chosen = Chosen { name: Side::Other, born: None };
    subjects::merging::merge(app, ctx, other, id, chosen, "One person").await?;
    subjects::merging::undo(app, ctx, other, "They are two").await?;
    subjects::merging::merge(app, ctx, other, id, chosen, "One person after all").await?;
    exclusions::lift(app, ctx, other, "They settled").await?;
    let undone = subjects::merging::undo(app, ctx, other, "They are two").await;
    assert!(refusal(undone).contains("What was proposed or decided of the other record"));
    assert!(open(&scene, world, other).await?.excluded.is_none());
    Ok(())
}

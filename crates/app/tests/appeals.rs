//! Appeals: in time or late, heard by people who had no part in the decision, with effect at once (EXC-5, EXC-8).
mod support;

use fairwatch_app::{
    AppError,
    exclusions::appeals::{self, Chosen, Typed},
    subjects,
};
use fairwatch_core::{
    exclusions::{
        ExclusionState,
        appeals::{ACTIONS, AppealState, Outcome as Decided},
    },
    gate::Role,
    ids::{AppealId, ProposalId, SubjectId},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use support::{CS, GENERIC, Scene, day, decisions, hidden, later, refusal};

fn said(against: ProposalId) -> Typed {
    Typed {
        against: against.to_string(),
        by: "Una Example".into(),
        contact: "una@home.example".into(),
        says: "I was not there.".into(),
        ..Typed::default()
    }
}

async fn appeal(
    scene: &Scene,
    world: &World,
    id: SubjectId,
    against: ProposalId,
) -> Result<AppealId, AppError> {
    appeals::receive(&scene.app, &scene.controller.again(world), id, &said(against), None).await
}

fn chosen(outcome: &str) -> Chosen {
    Chosen { outcome: outcome.into(), reason: "What was said convinces.".into(), ..Chosen::default() }
}

async fn decide(
    scene: &Scene,
    world: &World,
    by: &Person,
    id: AppealId,
    chosen: &Chosen,
) -> Result<(), AppError> {
    appeals::decide(&scene.app, &by.again(world), id, chosen).await
}

on_both!(exc_5_others_than_those_who_decided_hear_it_and_it_holds_at_once);
/// EXC-5: whoever proposed, voted or reported does not hear the appeal; what is decided holds at once, for the clock, the
/// members and the record.
async fn exc_5_others_than_those_who_decided_hear_it_and_it_holds_at_once(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 5).await;
    let (id, case) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    world.clock.set_day(day("2026-03-10"));
    let telling = Typed { says: "I am Una Example, and I was not there.".into(), ..said(case) };
    let told = appeals::receive(&scene.app, &scene.controller.again(world), id, &telling, None).await;
    assert!(refusal(told).contains("says of whom it is"));
    let one = appeal(&scene, world, id, case).await?;
    assert!(refusal(appeal(&scene, world, id, case).await).contains("against which no appeal waits"));
    let heard = appeals::list(&scene.app, &board[4].again(world), scene.org()).await?;
    assert_eq!((heard.len(), heard[0].state), (1, AppealState::Open));
    assert_eq!(heard[0].decide_by, later(day("2026-03-10"), 28));
    // They decide without knowing on whom.
    let shown = appeals::show(&scene.app, &board[4].again(world), one).await?;
    assert!(shown.hears && !shown.had_a_part && shown.subject.is_none());
    assert!(shown.opened.case.name.is_none() && shown.opened.held.says.by.is_empty());
    assert!(shown.opened.held.says.contact.is_empty());
    let told = format!("{:?} {:?}", shown.opened.held, shown.opened.case.held.says);
    assert!(!told.contains("Una"), "{told}");
    assert!(shown.opened.case.held.says.evidence.is_empty(), "nothing leads to the incidents");
    assert!(shown.opened.case.held.says.account.starts_with("The person left"), "{told}");
    for voter in &board[..3] {
        let shown = appeals::show(&scene.app, &voter.again(world), one).await?;
        assert!(shown.had_a_part);
        assert!(refusal(decide(&scene, world, voter, one, &chosen("lifted")).await).contains("had a part"));
    }
    assert!(
        hidden(&decide(&scene, world, &scene.controller, one, &chosen("lifted")).await),
        "the policy names the board"
    );
    let empty = Chosen { reason: String::new(), ..chosen("lifted") };
    assert!(refusal(decide(&scene, world, &board[3], one, &empty).await).contains("Say why"));
    decide(&scene, world, &board[3], one, &chosen("lifted")).await?;
    assert!(hidden(&decide(&scene, world, &board[4], one, &chosen("upheld")).await), "it is decided once");
    let open = subjects::open(&scene.app, &scene.controller.again(world), id).await?.open;
    assert!(open.excluded.is_none());
    assert_eq!(open.exclusions[0].state, ExclusionState::Lifted);
    assert_eq!(open.exclusions[0].terms.changes[0].what, "Lifted on appeal");
    assert_eq!(open.appeals[0].outcome, Some(Decided::Lifted));
    let seen = subjects::show(&scene.app, &scene.member.again(world), id, "").await?;
    assert!(seen.exclusion.is_none() && seen.open.appeals.is_empty());
    Ok(())
}

on_both!(exc_5_it_can_shorten_and_narrow);
/// EXC-5: an appeal can shorten an exclusion or take premises out of it, and never the other way.
async fn exc_5_it_can_shorten_and_narrow(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 4).await;
    let own = scene.member.member.ok_or("a member user has a member")?;
    let (id, case) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    world.clock.set_day(day("2026-03-10"));
    let one = appeal(&scene, world, id, case).await?;
    let longer = Chosen { ends: "2029-01-01".into(), ..chosen("shortened") };
    assert!(
        refusal(decide(&scene, world, &board[3], one, &longer).await)
            .contains("before the one on which it ends")
    );
    let open = |world: &World| {
        let ctx = scene.controller.again(world);
        let app = scene.app.clone();
        async move { subjects::open(&app, &ctx, id).await.map(|shown| shown.open) }
    };
    assert_eq!(open(world).await?.appeals[0].state, AppealState::Open, "a refusal changes nothing");
    let shorter = Chosen { ends: "2026-04-01".into(), ..chosen("shortened") };
    decide(&scene, world, &board[3], one, &shorter).await?;
    assert_eq!(open(world).await?.excluded.ok_or("in force")?.ends_on, day("2026-04-01"));
    let two = appeal(&scene, world, id, case).await?;
    let shown = appeals::show(&scene.app, &board[3].again(world), two).await?;
    assert!(shown.opened.premises.iter().any(|(member, _)| *member == own), "of all members");
    let narrower = Chosen { premises: vec![own.to_string()], ..chosen("narrowed") };
    decide(&scene, world, &board[3], two, &narrower).await?;
    let now = open(world).await?.excluded.ok_or("in force")?;
    assert_eq!((now.premises, now.ends_on), (vec![own], day("2026-04-01")));
    Ok(())
}

on_both!(exc_5_where_the_controller_decides_alone_the_board_hears_it);
/// EXC-5: in a scheme whose controller decides alone, the board hears appeals; a warning that is taken back counts no more.
async fn exc_5_where_the_controller_decides_alone_the_board_hears_it(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let board = world.person(&scene.scheme, Role::Board).await;
    let id = scene.subject("Una Example", &[]).await?;
    let case = decisions::propose(&scene, id, "warning", &[]).await?;
    let one = appeal(&scene, world, id, case).await?;
    assert!(hidden(&decide(&scene, world, &scene.controller, one, &chosen("lifted")).await));
    let shown = appeals::show(&scene.app, &board.again(world), one).await?;
    assert_eq!(shown.opened.held.says.by, "Una Example", "here they may know on whom");
    assert!(
        refusal(decide(&scene, world, &board, one, &chosen("narrowed")).await).contains("Choose from where")
    );
    decide(&scene, world, &board, one, &chosen("lifted")).await?;
    let ground =
        fairwatch_app::exclusions::proposing::ground(&scene.app, &scene.controller.again(world), id).await?;
    assert_eq!(ground.before.tariff.step, Some(0), "as if nobody had been warned");
    Ok(())
}

on_both!(exc_5_a_late_appeal_needs_a_reason_and_what_is_over_cannot_be_appealed);
/// EXC-5: nobody can appeal against what is over, twice at once, or in another scheme; an appeal can be taken back.
async fn exc_5_a_late_appeal_needs_a_reason_and_what_is_over_cannot_be_appealed(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 4).await;
    let (id, case) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    let future = Typed { received: "2026-03-03".into(), ..said(case) };
    let ctx = scene.controller.again(world);
    assert!(
        refusal(appeals::receive(&scene.app, &ctx, id, &future, None).await).contains("not in the future")
    );
    let one = appeal(&scene, world, id, case).await?;
    appeals::withdraw(&scene.app, &ctx, one, "They rang and said so.").await?;
    assert!(hidden(&decide(&scene, world, &board[3], one, &chosen("upheld")).await));
    let two = appeal(&scene, world, id, case).await?;
    decide(&scene, world, &board[3], two, &chosen("upheld")).await?;
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Board).await;
    assert!(hidden(&appeals::show(&scene.app, &stranger.ctx, two).await));
    fairwatch_app::exclusions::lift(&scene.app, &ctx, id, "Agreed.").await?;
    assert!(refusal(appeal(&scene, world, id, case).await).contains("that stands"));
    Ok(())
}

on_both!(exc_5_an_appeal_goes_with_the_person);
/// RET-15: appeals end with the person.
async fn exc_5_an_appeal_goes_with_the_person(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 4).await;
    let (id, case) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    appeal(&scene, world, id, case).await?;
    subjects::erase(&scene.app, &scene.controller.again(world), id).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM appeals").await?, 0);
    burglar.leave().await;
    Ok(())
}

/// EXC-8: neither police nor agencies have any action of this feature, whatever a policy says.
#[test]
fn exc_8_police_have_no_part_in_appeals() {
    for action in ACTIONS {
        for role in [Role::Police, Role::Aic, Role::Auditor, Role::MemberUser] {
            assert!(!action.roles.contains(&role), "{} by {role}", action.name);
        }
    }
}

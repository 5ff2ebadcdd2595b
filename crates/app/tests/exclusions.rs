//! Warnings and exclusions: the tariff, who decides on what, what is in force, and how it ends (EXC-1, EXC-2, EXC-8).
mod support;

use fairwatch_app::{
    AppError, accounts,
    exclusions::{
        self, Change,
        deciding::{self, Case},
        proposing::{self, Outcome as Made, Typed},
    },
    subjects,
};
use fairwatch_core::{
    accounts::MembershipState,
    actions,
    clocks::Stage,
    exclusions::{ACTIONS, Choice, Conflict, ExclusionState, ProposalState, Scope},
    gate::{Ctx, Role},
    ids::{ProposalId, SubjectId},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use support::{CS, GENERIC, Scene, day, decisions, hidden, later, policy_text, refusal};

/// A form as the controller fills it in, with all incidents of the person as evidence.
async fn form(scene: &Scene, id: SubjectId, step: &str, scope: &str) -> Result<Typed, AppError> {
    let ground = proposing::ground(&scene.app, &scene.controller.ctx, id).await?;
    Ok(Typed {
        step: step.into(),
        scope: scope.into(),
        evidence: ground.open.involved.iter().map(|one| one.incident.to_string()).collect(),
        necessity: "Warnings were not heeded.".into(),
        proportionality: "It is for the usual time, and from where {1} steals.".into(),
        account: "{1} left without paying, twice, and pushed a worker.".into(),
        ..Typed::default()
    })
}

async fn propose(scene: &Scene, id: SubjectId, typed: &Typed) -> Result<ProposalId, AppError> {
    match proposing::propose(&scene.app, &scene.controller.ctx, id, typed).await? {
        Made::Made(id, _) => Ok(id),
        Made::Warned(cautions) => Err(AppError::refused(format!("{cautions:?}"))),
    }
}

async fn vote(scene: &Scene, by: &Person, id: ProposalId, choice: Choice) -> Result<ProposalState, AppError> {
    deciding::vote(&scene.app, &by.ctx, id, choice, "I read what it rests on.").await
}

async fn case(scene: &Scene, by: &Ctx, id: ProposalId) -> Result<Case, AppError> {
    deciding::show(&scene.app, by, id).await
}

async fn open(scene: &Scene, id: SubjectId) -> Result<subjects::Open, AppError> {
    Ok(subjects::open(&scene.app, &scene.controller.ctx, id).await?.open)
}

/// Somebody with three incidents, excluded from everywhere by three of the board.
async fn excluded(
    scene: &Scene,
    board: &[Person],
    name: &str,
    step: &str,
    scope: &str,
) -> Result<(SubjectId, ProposalId), AppError> {
    let id = scene.subject(name, &[]).await?;
    scene.again(id).await?;
    scene.again(id).await?;
    let mut typed = form(scene, id, step, scope).await?;
    typed.departs = "As the shops concerned ask.".into();
    if scope == "some" {
        typed.premises = vec![scene.member.member.map(|member| member.to_string()).unwrap_or_default()];
    }
    let case = propose(scene, id, &typed).await?;
    for voter in &board[..3] {
        vote(scene, voter, case, Choice::Authorise).await?;
    }
    Ok((id, case))
}

on_both!(exc_1_exc_2_from_the_tariff_to_an_exclusion_by_vote);
/// EXC-1, EXC-2, RET-3: the tariff says what may be proposed, and why; more is refused; the board votes without knowing
/// on whom, and as soon as enough agree the person is excluded, which the clock follows.
async fn exc_1_exc_2_from_the_tariff_to_an_exclusion_by_vote(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 4).await;
    let id = scene.subject("Una Example", &[support::face(3)]).await?;
    let ground = proposing::ground(app, ctx, id).await?;
    assert_eq!(ground.before.tariff.step, Some(0));
    let above = form(&scene, id, "scheme_exclusion", "scheme").await?;
    assert!(refusal(propose(&scene, id, &above).await).contains("more than the tariff allows"));
    scene.again(id).await?;
    scene.again(id).await?;
    let ground = proposing::ground(app, ctx, id).await?;
    assert_eq!(ground.before.tariff.step, Some(2), "{:?}", ground.before.tariff);
    assert!(ground.before.tariff.why.concat().contains("from 3 incidents on"));

    let good = form(&scene, id, "scheme_exclusion", "scheme").await?;
    for (field, broken) in [
        ("evidence", Typed { evidence: Vec::new(), ..good.clone() }),
        ("necessity", Typed { necessity: " ".into(), ..good.clone() }),
        ("proportionality", Typed { proportionality: String::new(), ..good.clone() }),
        ("account", Typed { account: String::new(), ..good.clone() }),
        ("months", Typed { months: "25".into(), ..good.clone() }),
        ("months", Typed { months: "-1".into(), ..good.clone() }),
        ("departs", Typed { months: "3".into(), ..good.clone() }),
        ("step", Typed { step: "exile".into(), ..good.clone() }),
    ] {
        let Err(AppError::Refused(problems)) = propose(&scene, id, &broken).await else {
            panic!("{field} is taken")
        };
        assert!(problems.of(field).is_some(), "{field}: {problems:?}");
    }
    let proposal = propose(&scene, id, &good).await?;
    assert!(refusal(propose(&scene, id, &good).await).contains("waits for a decision"));
    assert_eq!(vote(&scene, &board[0], proposal, Choice::Authorise).await?, ProposalState::Open);
    assert_eq!(vote(&scene, &board[1], proposal, Choice::Refuse).await?, ProposalState::Open);
    assert_eq!(vote(&scene, &board[2], proposal, Choice::Authorise).await?, ProposalState::Open);
    assert!(open(&scene, id).await?.excluded.is_none());
    // A vote can be changed until it is decided; the third who agrees decides.
    assert_eq!(vote(&scene, &board[1], proposal, Choice::Authorise).await?, ProposalState::Authorised);
    assert!(hidden(&vote(&scene, &board[3], proposal, Choice::Refuse).await), "it is decided");
    let now = open(&scene, id).await?;
    let in_force = now.excluded.expect("the person is excluded");
    assert_eq!((in_force.scope, in_force.ends_on), (Scope::Scheme, day("2026-09-02")));
    assert!(in_force.reaches(scene.member.member) && in_force.reaches(None));
    assert_eq!(now.exclusions[0].terms.rules.len(), 3);
    assert!(now.exclusions[0].terms.reason.starts_with("Theft, 2 March 2026"));
    let told = case(&scene, ctx, proposal).await?;
    assert_eq!((told.held.state, told.votes.count.authorise), (ProposalState::Authorised, 3));
    assert_eq!(told.votes.cast.len(), 3);
    // The clock takes it up, and members go on seeing the person.
    assert_eq!(now.life.stage, Stage::Circulating);
    assert!(scene.shown().await?.contains(&id));
    Ok(())
}

on_both!(exc_2_the_board_decides_without_knowing_on_whom);
/// EXC-2: nothing that the board is handed says of whom it decides: no name, no reference, no id, no picture; what the
/// controller writes may hold none, and what may tell of somebody is pointed out first.
async fn exc_2_the_board_decides_without_knowing_on_whom(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 3).await;
    let id = scene.subject("Una Quillfeather", &[support::face(5)]).await?;
    scene.again(id).await?;
    let mut typed = form(&scene, id, "exclusion", "some").await?;
    typed.premises = vec![scene.member.member.expect("a business").to_string()];
    let number = open(&scene, id).await?.number;
    let reference = fairwatch_core::scope::Scope::reference(&case_scope(&scene).await?, number);
    for named in ["Una did it.", "Quillfeather stole.", &format!("See {reference}."), "una quillfeather"] {
        let typed = Typed { account: named.into(), ..typed.clone() };
        assert!(refusal(propose(&scene, id, &typed).await).contains("says of whom it is"), "{named}");
    }
    let told = Typed { account: "She is an elderly woman who took gin.".into(), ..typed.clone() };
    let Made::Warned(cautions) = proposing::propose(app, ctx, id, &told).await? else {
        panic!("it is not pointed out")
    };
    assert_eq!(cautions.iter().map(|one| &*one.found).collect::<Vec<_>>(), ["She", "elderly", "woman"]);
    let minded = Typed { minded: proposing::mark(&cautions), ..told };
    let proposal = propose(&scene, id, &minded).await?;

    let case = case(&scene, &board[0].ctx, proposal).await?;
    assert!(case.whom.is_none() && case.given.is_empty());
    let handed =
        format!("{:?} {:?} {:?} {:?} {:?}", case.held, case.whom, case.evidence, case.given, case.votes);
    let list = deciding::list(app, &board[0].ctx, scene.org(), None).await?;
    assert!(list.excluded.is_empty() && list.lines[0].whom.is_none());
    let handed = format!("{handed} {:?}", list.lines[0].listed);
    let incident = open(&scene, id).await?.involved[0].incident.to_string();
    assert!(!handed.contains(&incident) && !handed.contains("{1}"), "{handed}");
    for secret in ["Una", "Quillfeather", &reference, &id.to_string()] {
        assert!(!handed.contains(secret), "{secret} in {handed}");
    }
    // The board sees no record by it either.
    assert!(hidden(&subjects::open(app, &board[0].ctx, id).await));
    assert!(hidden(&subjects::show(app, &board[0].ctx, id, "").await));
    // The controller knows.
    let known = deciding::show(app, ctx, proposal).await?;
    assert_eq!(known.whom.and_then(|whom| whom.name).as_deref(), Some("Una Quillfeather"));
    Ok(())
}

async fn case_scope(scene: &Scene) -> Result<fairwatch_core::scope::Scope, AppError> {
    Ok(deciding::list(&scene.app, &scene.controller.ctx, scene.org(), None).await?.scope)
}

on_both!(exc_2_conflicts_suspensions_refusals_and_time);
/// EXC-2: whoever reported it, whose business did, or who proposed it, takes no part; a suspended voter counts no more; a
/// refusal is kept; and after its time nobody decides.
async fn exc_2_conflicts_suspensions_refusals_and_time(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let three = decisions::board(&scene, world, 3).await;
    let id = scene.subject("Una Example", &[]).await?;
    scene.again(id).await?;
    let mut typed = form(&scene, id, "exclusion", "some").await?;
    typed.premises = vec![scene.member.member.expect("a business").to_string()];
    // The reporter, and a colleague of theirs, sit on the board as well.
    let reporter = world.role_of(&scene.scheme, &scene.member, Role::Board).await;
    let colleague = world.person_of(&scene.scheme, Role::MemberUser, scene.member.member).await;
    let colleague = world.role_of(&scene.scheme, &colleague, Role::Board).await;
    let officer = world.person(&scene.scheme, Role::Police).await;
    let officer = world.role_of(&scene.scheme, &officer, Role::Board).await;
    let proposal = propose(&scene, id, &typed).await?;
    for (who, why) in
        [(&reporter, Conflict::Reported), (&colleague, Conflict::TheirBusiness), (&officer, Conflict::Police)]
    {
        assert_eq!(case(&scene, &who.ctx, proposal).await?.conflict, Some(why));
        assert_eq!(refusal(vote(&scene, who, proposal, Choice::Authorise).await), why.sentence());
    }
    assert_eq!(case(&scene, &three[0].ctx, proposal).await?.votes.count.may, 3);
    for voter in &three[..2] {
        vote(&scene, voter, proposal, Choice::Authorise).await?;
    }
    let suspended = three[0].membership;
    accounts::set_membership(app, ctx, suspended, MembershipState::Suspended, "Away").await?;
    assert!(hidden(&vote(&scene, &three[0], proposal, Choice::Refuse).await));
    assert_eq!(vote(&scene, &three[2], proposal, Choice::Authorise).await?, ProposalState::Open);
    let stands = case(&scene, ctx, proposal).await?.votes;
    assert_eq!((stands.count.authorise, stands.cast.iter().filter(|vote| !vote.counts).count()), (2, 1));
    accounts::set_membership(app, ctx, suspended, MembershipState::Active, "Back").await?;
    let again = Person { ctx: three[2].again(world), ..three[2].clone() };
    assert_eq!(vote(&scene, &again, proposal, Choice::Refuse).await?, ProposalState::Refused);
    assert!(open(&scene, id).await?.excluded.is_none());
    let kept = case(&scene, &three[1].again(world), proposal).await?;
    assert_eq!((kept.held.state, kept.votes.cast.len()), (ProposalState::Refused, 3));
    // Nothing was decided for it, so the tariff still says the same; the next one runs out.
    let next = propose(&scene, id, &typed).await?;
    vote(&scene, &again, next, Choice::Authorise).await?;
    world.clock.set_day(day("2026-03-15"));
    assert_eq!(case(&scene, &three[1].again(world), next).await?.held.state, ProposalState::Open);
    world.clock.set_day(day("2026-03-16"));
    assert_eq!(case(&scene, &three[1].again(world), next).await?.held.state, ProposalState::Lapsed);
    let late = Person { ctx: three[1].again(world), ..three[1].clone() };
    assert!(hidden(&vote(&scene, &late, next, Choice::Authorise).await));
    scene.sweep(world).await?;
    assert_eq!(open(&scene, id).await?.proposals[0].decided_on, Some(day("2026-03-16")));
    // One that is taken back is no longer decided on.
    let last = propose(&scene, id, &typed).await?;
    deciding::withdraw(app, ctx, last, "Another report is expected.").await?;
    assert!(hidden(&vote(&scene, &late, last, Choice::Authorise).await));
    Ok(())
}

on_both!(exc_2_votes_at_once_decide_once);
/// EXC-2: however many vote at one time, the decision falls once, and nobody votes after it.
async fn exc_2_votes_at_once_decide_once(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 5).await;
    let id = scene.subject("Una Example", &[]).await?;
    scene.again(id).await?;
    scene.again(id).await?;
    let proposal = propose(&scene, id, &form(&scene, id, "scheme_exclusion", "scheme").await?).await?;
    let yes = |n: usize| vote(&scene, &board[n], proposal, Choice::Authorise);
    let (a, b, c, d, e) = tokio::join!(yes(0), yes(1), yes(2), yes(3), yes(4));
    let all = [a, b, c, d, e];
    let of = |state| all.iter().filter(|one| matches!(one, Ok(now) if *now == state)).count();
    assert_eq!((of(ProposalState::Open), of(ProposalState::Authorised)), (2, 1), "{all:?}");
    assert_eq!(all.iter().filter(|one| hidden(one)).count(), 2, "{all:?}");
    let now = open(&scene, id).await?;
    assert_eq!((now.exclusions.len(), now.excluded.is_some()), (1, true));
    assert_eq!(case(&scene, &scene.controller.ctx, proposal).await?.votes.cast.len(), 3);
    Ok(())
}

on_both!(exc_8_police_give_evidence_and_decide_nothing);
/// EXC-8: police and agencies give evidence, which the controller may name; whatever the policy says, no action of
/// deciding is theirs.
async fn exc_8_police_give_evidence_and_decide_nothing(world: &World) -> Outcome {
    for listed in ACTIONS {
        let outside = [Role::Police, Role::Aic].iter().any(|role| listed.roles.contains(role));
        let gives = matches!(listed.name, "exclusions.ask_evidence" | "exclusions.give_evidence");
        assert_eq!(outside, gives, "{}", listed.name);
        assert!(!listed.machine, "{}", listed.name);
    }
    assert!(actions::all().iter().any(|listed| listed.name == "exclusions.vote"));
    // A policy that names them is refused before anybody can act by it.
    for named in ["police", "agency", "neighbouring_scheme", "member"] {
        let text = policy_text(GENERIC).replacen(
            "authorised_by = [\"board\"]",
            &format!("authorised_by = [\"{named}\"]"),
            1,
        );
        assert!(fairwatch_core::policy::Policy::parse("x.toml", &text).is_err(), "{named}");
    }
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    decisions::board(&scene, world, 3).await;
    let id = scene.subject("Una Example", &[]).await?;
    scene.again(id).await?;
    for role in [Role::Police, Role::Aic] {
        let officer = world.person(&scene.scheme, role).await;
        exclusions::ask_evidence(app, &officer.ctx, id).await?;
        let said = "I attended on 1 March and saw {1} there.";
        exclusions::give_evidence(app, &officer.again(world), id, said, "Kent Police").await?;
        let nothing = exclusions::give_evidence(app, &officer.again(world), id, " ", "").await;
        assert!(refusal(nothing).contains("Say what you know"));
        assert!(hidden(&proposing::ground(app, &officer.again(world), id).await));
        assert!(hidden(&deciding::list(app, &officer.again(world), scene.org(), None).await));
    }
    let ground = proposing::ground(app, ctx, id).await?;
    assert_eq!(ground.before.given.len(), 2);
    let given = &ground.before.given[0];
    assert_eq!((&*given.given.organisation, given.on), ("Kent Police", ctx.today()));
    let mut typed = form(&scene, id, "exclusion", "some").await?;
    typed.premises = vec![scene.member.member.expect("a business").to_string()];
    typed.given = vec![given.id.to_string()];
    let proposal = propose(&scene, id, &typed).await?;
    assert_eq!(case(&scene, ctx, proposal).await?.given.len(), 1);
    for role in [Role::Police, Role::Aic] {
        let officer = world.person(&scene.scheme, role).await;
        assert!(hidden(&case(&scene, &officer.ctx, proposal).await));
        for choice in [Choice::Authorise, Choice::Refuse, Choice::Abstain] {
            assert!(hidden(&vote(&scene, &officer, proposal, choice).await));
        }
        assert!(hidden(&deciding::withdraw(app, &officer.ctx, proposal, "No").await));
        assert!(hidden(&exclusions::lift(app, &officer.ctx, id, "No").await));
    }
    Ok(())
}

on_both!(exc_1_the_controller_alone_where_the_policy_says_so);
/// EXC-1, EXC-2: where the controller decides alone, nobody else is asked, and the same evidence and reasons are; a
/// warning is made at once, touches no clock, and is what the next step follows.
async fn exc_1_the_controller_alone_where_the_policy_says_so(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, CS).await;
    let ctx = &scene.controller.ctx;
    let id = scene.subject("Una Example", &[]).await?;
    let before = open(&scene, id).await?.life;
    let warned = propose(&scene, id, &form(&scene, id, "warning", "").await?).await?;
    let told = case(&scene, ctx, warned).await?;
    assert_eq!((told.held.state, told.held.decided_on), (ProposalState::Authorised, Some(day("2026-03-02"))));
    let after = open(&scene, id).await?.life;
    assert_eq!((before.until, before.deletion, before.because), (after.until, after.deletion, after.because));
    let again = form(&scene, id, "warning", "").await?;
    assert!(refusal(propose(&scene, id, &again).await).contains("Nothing was reported since"));
    world.clock.set_day(day("2026-03-03"));
    scene.again(id).await?;
    // Below the tariff, with a reason: from some premises and for less than is usual.
    let mut typed = form(&scene, id, "exclusion", "some").await?;
    typed.premises = vec![scene.member.member.expect("a business").to_string()];
    typed.months = "3".into();
    assert!(refusal(propose(&scene, id, &typed).await).contains("not what the tariff says"));
    typed.departs = "The other shops had no trouble.".into();
    let proposal = propose(&scene, id, &typed).await?;
    assert!(hidden(
        &vote(&scene, &world.person(&scene.scheme, Role::Board).await, proposal, Choice::Authorise).await
    ));
    assert_eq!(
        vote(&scene, &scene.controller, proposal, Choice::Authorise).await?,
        ProposalState::Authorised
    );
    let now = open(&scene, id).await?;
    let in_force = now.excluded.expect("the person is excluded");
    assert_eq!((in_force.scope, in_force.ends_on), (Scope::Some, day("2026-06-03")));
    let elsewhere = scene.another_member(world).await;
    assert!(in_force.reaches(scene.member.member));
    assert!(!in_force.reaches(elsewhere.member) && !in_force.reaches(None));
    // A breach of it is what the next step follows.
    world.clock.set_day(day("2026-03-10"));
    scene.again(id).await?;
    let tariff = proposing::ground(&scene.app, &scene.controller.again(world), id).await?.before.tariff;
    assert_eq!((tariff.breaches, tariff.step), (1, Some(2)), "{tariff:?}");
    Ok(())
}

on_both!(ret_3_exc_7_exclusions_end_by_the_clock);
/// RET-3, EXC-7: an exclusion ends by itself on its day, whether or not a sweep came by; it can be shortened, narrowed and
/// lifted with a reason, a further one takes its place, and one whose report is taken away may be void.
async fn ret_3_exc_7_exclusions_end_by_the_clock(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 3).await;
    let (id, _) = excluded(&scene, &board, "Una Example", "scheme_exclusion", "scheme").await?;
    let state = |open: &subjects::Open| open.exclusions[0].state;

    // Narrowed, shortened: each is an event that the clock follows.
    let own = scene.member.member.expect("a business");
    let change = Change { ends_on: Some(day("2026-08-01")), premises: Some(vec![own]) };
    exclusions::vary(app, ctx, id, change, "They settled with the others.").await?;
    let now = open(&scene, id).await?;
    let in_force = now.excluded.clone().expect("it stands");
    assert_eq!(
        (in_force.ends_on, in_force.scope, &*in_force.premises),
        (day("2026-08-01"), Scope::Some, &[own][..])
    );
    assert_eq!(now.exclusions[0].terms.changes[0].reason, "They settled with the others.");
    let wider = Change { ends_on: Some(day("2026-09-01")), premises: None };
    assert!(refusal(exclusions::vary(app, ctx, id, wider, "No").await).contains("before the one"));
    let none = Change { ends_on: None, premises: Some(Vec::new()) };
    assert!(refusal(exclusions::vary(app, ctx, id, none, "No").await).contains("from where they stay"));
    assert!(refusal(exclusions::lift(app, ctx, id, " ").await).contains("Say why"));

    // The day comes without a sweep, and then with one.
    world.clock.set_day(day("2026-07-31"));
    assert!(open(&scene, id).await?.excluded.is_some());
    world.clock.set_day(day("2026-08-01"));
    let over = open(&scene, id).await?;
    assert_eq!((over.excluded.is_none(), state(&over)), (true, ExclusionState::Expired));
    assert!(
        deciding::list(app, &scene.controller.again(world), scene.org(), None).await?.excluded.is_empty()
    );
    scene.sweep(world).await?;
    let swept = open(&scene, id).await?;
    assert_eq!(
        (state(&swept), swept.exclusions[0].ended_on),
        (ExclusionState::Expired, Some(day("2026-08-01")))
    );
    assert!(refusal(exclusions::lift(app, ctx, id, "Over").await).contains("No exclusion is in force"));

    // Lifted, and replaced by a further one.
    let (other, _) = excluded(&scene, &board, "Dora Other", "scheme_exclusion", "scheme").await?;
    world.clock.set_day(day("2026-08-02"));
    scene.again(other).await?;
    let mut typed = form(&scene, other, "exclusion", "some").await?;
    typed.premises = vec![own.to_string()];
    typed.departs = "Only there, from now on.".into();
    let further = propose(&scene, other, &typed).await?;
    for voter in &board {
        vote(&scene, voter, further, Choice::Authorise).await?;
    }
    let both = open(&scene, other).await?.exclusions;
    assert_eq!(
        both.iter().map(|one| one.state).collect::<Vec<_>>(),
        [ExclusionState::InForce, ExclusionState::Replaced]
    );
    exclusions::lift(app, ctx, other, "They moved away.").await?;
    let lifted = open(&scene, other).await?;
    assert_eq!((state(&lifted), lifted.excluded.is_none()), (ExclusionState::Lifted, true));
    assert_eq!(lifted.life.until, lifted.life.until.max(Some(ctx.today())));

    // Without its further reports it could not have been made as it was; without any the person would not be here.
    let (third, _) = excluded(&scene, &board, "Petra Third", "scheme_exclusion", "scheme").await?;
    let reports = open(&scene, third).await?.involved.iter().map(|one| one.report).collect::<Vec<_>>();
    subjects::remove_report(app, ctx, third, reports[0], "Somebody else").await?;
    assert!(open(&scene, third).await?.excluded.is_some(), "two reports carry it in the clock");
    Ok(())
}

on_both!(ret_3_ret_16_without_the_report_that_kept_them_there_an_exclusion_is_void);
/// RET-3, RET-16: where the person would not have been shown without a report that is taken away, the exclusion is void;
/// and votes end by policy, once no exclusion rests on them (RET-15).
async fn ret_3_ret_16_without_the_report_that_kept_them_there_an_exclusion_is_void(world: &World) -> Outcome {
    world.clock.set_day(day("2026-01-05"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 3).await;
    let id = scene.subject("Una Example", &[]).await?;
    world.clock.set_day(day("2026-12-01"));
    let mut typed = support::theft("They hit a worker.", vec![support::person("", "The same person")]);
    typed.category = "violence".into();
    let sent = scene.report(&scene.member.ctx, &typed, &[]).await?;
    let mut decision = support::everybody_is_new(&scene.review(sent.id).await?);
    decision.people[0].link = fairwatch_app::incidents::review::Link::Existing(id);
    scene.approve(sent.id, decision).await?;
    world.clock.set_day(day("2027-02-15"));
    let own = scene.member.member.expect("a business").to_string();
    let mut typed = form(&scene, id, "exclusion", "some").await?;
    typed.premises = vec![own];
    let refused = propose(&scene, id, &typed).await?;
    for voter in &board[..2] {
        vote(&scene, voter, refused, Choice::Refuse).await.ok();
    }
    assert_eq!(case(&scene, ctx, refused).await?.held.state, ProposalState::Refused);
    let again = propose(&scene, id, &typed).await?;
    for voter in &board {
        vote(&scene, voter, again, Choice::Authorise).await?;
    }
    let stands = open(&scene, id).await?;
    assert_eq!(
        (stands.life.stage, stands.exclusions[0].state),
        (Stage::Circulating, ExclusionState::InForce)
    );
    subjects::remove_report(app, ctx, id, sent.id, "It was somebody else").await?;
    let void = open(&scene, id).await?;
    assert_eq!((void.life.stage, void.exclusions[0].state), (Stage::Held, ExclusionState::Void));
    assert!(void.excluded.is_none());
    // The person goes on 5 January 2028; one who stays longer is reported again and again.
    let stays = scene.subject("Dora Other", &[]).await?;
    world.clock.set_day(day("2027-02-16"));
    scene.again(stays).await?;
    let mut typed = form(&scene, stays, "exclusion", "some").await?;
    typed.premises = vec![scene.member.member.expect("a business").to_string()];
    let kept = propose(&scene, stays, &typed).await?;
    vote(&scene, &board[0], kept, Choice::Refuse).await?;
    for on in ["2028-01-10", "2028-12-10", "2029-02-15"] {
        world.clock.set_day(day(on));
        scene.again(stays).await?;
        scene.sweep(world).await?;
    }
    assert_eq!(open(&scene, stays).await?.proposals.len(), 1);
    world.clock.set_day(day("2029-02-16"));
    scene.sweep(world).await?;
    assert!(open(&scene, stays).await?.proposals.is_empty(), "24 months after the decision");
    Ok(())
}

on_both!(exc_2_what_was_decided_goes_with_the_person);
/// RET-9, RET-15, SUB-2: all of it goes with the person; votes go when the policy keeps them no longer; what two records
/// of one person were excluded for goes over with a merge, and comes back when it is taken back.
async fn exc_2_what_was_decided_goes_with_the_person(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = decisions::board(&scene, world, 3).await;
    let (id, proposal) = excluded(&scene, &board, "Una Example", "scheme_exclusion", "scheme").await?;
    let officer = world.person(&scene.scheme, Role::Police).await;
    exclusions::give_evidence(app, &officer.ctx, id, "Seen on camera.", "Kent Police").await?;
    let other = scene.subject("", &[]).await?;
    let whole = [support::record(&scene, id).await?, support::record(&scene, other).await?];
    let chosen = fairwatch_core::subjects::merging::Chosen {
        name: fairwatch_core::subjects::merging::Side::Other,
        born: None,
    };
    subjects::merging::merge(app, ctx, other, id, chosen, "One person").await?;
    let merged = open(&scene, other).await?;
    assert!(merged.excluded.is_some() && merged.proposals[0].says.necessity.contains("not heeded"));
    assert_eq!(case(&scene, ctx, proposal).await?.votes.cast.len(), 3);
    assert_eq!(case(&scene, ctx, proposal).await?.whom.map(|whom| whom.id), Some(other));
    subjects::merging::undo(app, ctx, other, "They are two").await?;
    assert_eq!([support::record(&scene, id).await?, support::record(&scene, other).await?], whole);

    // Votes end by policy, once no exclusion rests on them. The person is kept here by a hold.
    let kept = "vote = { months = 24";
    assert!(policy_text(GENERIC).contains(kept));
    subjects::hold(app, ctx, id, "A claim", later(ctx.today(), 30), None).await?;
    subjects::erase(app, ctx, other).await?;
    subjects::end_hold(app, ctx, id, open(&scene, id).await?.holds[0].id).await?;
    subjects::erase(app, ctx, id).await?;
    assert!(hidden(&case(&scene, ctx, proposal).await));
    let burglar = Burglar::at(world.address()).await?;
    for text in [
        "SELECT COUNT(*) AS n FROM proposals",
        "SELECT COUNT(*) AS n FROM proposal_votes",
        "SELECT COUNT(*) AS n FROM exclusions",
        "SELECT COUNT(*) AS n FROM exclusion_premises",
        "SELECT COUNT(*) AS n FROM given_evidence",
    ] {
        assert_eq!(burglar.number(text).await?, 0, "{text}");
    }
    burglar.leave().await;
    Ok(())
}

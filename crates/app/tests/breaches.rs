//! The register of personal data breaches: who is told, what is owed, who was affected (BRE-1 to BRE-4).
mod support;

use fairwatch_app::{
    App, AppError,
    breaches::{self, Breach, Typed, TypedStep, TypedWindow, When},
    duties, mail, subjects,
};
use fairwatch_core::{
    breaches::{Content, StepKind},
    duties::Kind,
    gate::{Ctx, Role},
    ids::BreachId,
    notices::Block,
    world::london,
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::{SignedDuration, Timestamp};
use support::{CS, Scene, hidden, refusal};

/// An instant as somebody types it.
fn when(at: Timestamp) -> When {
    let here = london().to_datetime(at);
    When { day: Some(here.date()), time: here.strftime("%H:%M").to_string() }
}

fn typed(at: Timestamp) -> Typed {
    let content = Content {
        title: "A lost telephone".into(),
        cause: "Negligence: it was left in a taxi.".into(),
        impact: "Loss of confidentiality".into(),
        format: "Digital, encrypted".into(),
        people_kinds: "People who were reported".into(),
        ..Content::default()
    };
    Typed { aware: when(at), content, personal: "yes".into(), people: "1,200".into(), ..Typed::default() }
}

fn step(kind: StepKind, yes: bool, at: Timestamp, words: &str) -> TypedStep {
    let yes = if yes { "yes" } else { "no" };
    TypedStep { kind: kind.name().into(), yes: yes.into(), at: when(at), words: words.into() }
}

async fn owed(app: &App, ctx: &Ctx, id: BreachId) -> Result<Vec<StepKind>, AppError> {
    Ok(breaches::show(app, ctx, id).await?.owed.iter().map(|owed| owed.kind).collect())
}

/// Every word of a report.
fn words(breach: &Breach, world: &World, scope: &fairwatch_core::scope::Scope) -> String {
    let text = breaches::publication(scope, breach, world.nobody().now());
    let blocks = text.blocks.iter().map(|block| match block {
        Block::Facts(facts) => format!("{facts:?}"),
        other => format!("{other:?}"),
    });
    format!("{} {} {}", text.title, text.version, blocks.collect::<String>())
}

async fn scope_of(app: &App, ctx: &Ctx, slug: &str) -> fairwatch_core::scope::Scope {
    fairwatch_app::orgs::by_slug(app, ctx, slug).await.expect("it is asked").expect("there is one")
}

on_both!(bre_1_bre_2_bre_3_a_breach_from_becoming_aware_to_its_end);
/// BRE-1, BRE-2, BRE-3: a breach is recorded, the board is told by a mail that says nothing of it, what is owed follows
/// from what is done, the board alone judges the risk, nothing is closed while anything is owed, and in the end it goes
/// with its key.
async fn bre_1_bre_2_bre_3_a_breach_from_becoming_aware_to_its_end(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let app = scene.app.clone().with_mailbox();
    let board = world.person(&scene.scheme, Role::Board).await;
    let (controller, org) = (&scene.controller, scene.org());
    let now = world.nobody().now();
    let mut wrong = typed(now + SignedDuration::from_hours(2));
    wrong.content.title.clear();
    wrong.people = "many".into();
    let told = refusal(breaches::record(&app, &controller.ctx, org, &wrong, false).await);
    for said in ["short name", "in the future", "number in digits"] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let aware = now - SignedDuration::from_hours(3);
    let id = breaches::record(&app, &controller.ctx, org, &typed(aware), false).await?;
    mail::deliver_due(&app, &world.job("mail")).await?;
    let sent = app.mailbox().expect("there is a box").all();
    let [one] = &sent[..] else { panic!("the board is told: {}", sent.len()) };
    assert_eq!(one.mail.to, board.login);
    assert!(one.mail.text.contains(&format!("/breaches/{id}")), "{}", one.mail.text);
    assert!(!one.mail.text.contains("telephone") && !one.mail.text.contains("taxi"), "{}", one.mail.text);
    // Whoever is neither controller nor board learns nothing of it.
    for role in [Role::Staff, Role::MemberUser, Role::Police, Role::Auditor, Role::Operator] {
        let other = world.person(&scene.scheme, role).await;
        assert!(hidden(&breaches::show(&app, &other.ctx, id).await), "{role}");
        assert!(hidden(&breaches::list(&app, &other.ctx, org).await), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&breaches::show(&app, &stranger.ctx, id).await));
    let breach = breaches::show(&app, &board.ctx, id).await?;
    assert_eq!((breach.number, breach.content.people), (1, Some(1200)));
    assert!(breach.steps.is_empty(), "a mail on its way has told nobody");
    let everything = [StepKind::Processor, StepKind::Board, StepKind::Commissioner, StepKind::Risk];
    assert_eq!(owed(&app, &controller.ctx, id).await?, everything);
    // What is owed stands in the calendar, which says no word of what happened.
    let found = duties::list(&app, &board.ctx, org).await?;
    let mine = found.duties.iter().filter(|duty| duty.kind == Kind::Breach).collect::<Vec<_>>();
    assert_eq!(mine.len(), 4, "{mine:?}");
    assert!(mine.iter().all(|duty| duty.label.contains("breach 1") && !duty.label.contains("telephone")));
    assert!(mine.iter().all(|duty| duty.path == format!("/breaches/{id}")));
    // The risk is the board's to judge.
    let risk = step(StepKind::Risk, true, now, "Addresses were on it.");
    assert!(hidden(&breaches::note(&app, &controller.ctx, id, &risk).await));
    breaches::note(&app, &board.ctx, id, &risk).await?;
    assert!(owed(&app, &controller.ctx, id).await?.contains(&StepKind::People), "high: people are told");
    let early = step(StepKind::Processor, false, aware - SignedDuration::from_hours(1), "None is concerned.");
    assert!(refusal(breaches::note(&app, &controller.ctx, id, &early).await).contains("before the breach"));
    let mute = step(StepKind::Commissioner, false, now, "  ");
    assert!(refusal(breaches::note(&app, &controller.ctx, id, &mute).await).contains("Say why not"));
    let note = async |kind, yes, words: &str| {
        breaches::note(&app, &controller.again(world), id, &step(kind, yes, now, words)).await
    };
    assert!(refusal(note(StepKind::Board, false, "They are away.").await).contains("has to know"));
    note(StepKind::Board, true, "By telephone, each of them.").await?;
    note(StepKind::Processor, false, "None is concerned.").await?;
    assert!(refusal(note(StepKind::Commissioner, false, "Small.").await).contains("risk high"));
    note(StepKind::Commissioner, true, "By telephone, reference IC-1.").await?;
    let told = refusal(breaches::close(&app, &controller.ctx, id).await);
    assert!(told.contains("People concerned"), "{told}");
    note(StepKind::People, false, "We know nobody’s address.").await?;
    let mut more = typed(aware);
    more.content.mitigation = "It was wiped from afar.".into();
    more.edition = 1;
    breaches::edit(&app, &board.again(world), id, &more).await?;
    let stale = refusal(breaches::edit(&app, &controller.again(world), id, &more).await);
    assert!(stale.contains("Somebody else has changed it"), "{stale}");
    // From when the hours run, and whether it is personal, are not changed without a trace.
    let mut moved = Typed { edition: 2, ..typed(aware - SignedDuration::from_hours(1)) };
    moved.content.mitigation = more.content.mitigation.clone();
    assert!(refusal(breaches::edit(&app, &controller.again(world), id, &moved).await).contains("Say why"));
    world.clock.pass(SignedDuration::from_mins(5));
    let at = world.nobody().now();
    let after = Typed { reason: "A slip.".into(), edition: 2, ..typed(at) };
    assert!(
        refusal(breaches::edit(&app, &controller.again(world), id, &after).await).contains("told before")
    );
    let impersonal = Typed { personal: "no".into(), reason: "A slip.".into(), edition: 2, ..typed(aware) };
    let told = refusal(breaches::edit(&app, &controller.again(world), id, &impersonal).await);
    assert!(told.contains("the board says"), "{told}");
    moved.reason = "The driver had rung an hour before.".into();
    breaches::edit(&app, &controller.again(world), id, &moved).await?;
    // The report has the entries in their order, and the reasons.
    let breach = breaches::show(&app, &controller.ctx, id).await?;
    let scope = scope_of(&app, &controller.ctx, &scene.scheme.slug).await;
    let text = words(&breach, world, &scope);
    let order = [
        "1. Date and time of detection",
        "3. Cause of the breach",
        "left in a taxi",
        "8. Date of notification to the Information Commissioner",
        "reference IC-1",
        "9. Date of notification to the people",
        "Not told",
        "nobody’s address",
        "12. Measures taken",
        "About 1200: People who were reported",
        "risk to people is high",
        "The register was corrected",
        "The driver had rung",
    ];
    let mut rest = &*text;
    for said in order {
        rest = rest.split_once(said).unwrap_or_else(|| panic!("{said} in {text}")).1;
    }
    let (number, pdf) = breaches::report(&app, &board.again(world), &scope, id).await?;
    assert!(number == 1 && pdf.starts_with(b"%PDF-"));
    breaches::close(&app, &controller.again(world), id).await?;
    assert!(
        hidden(&breaches::edit(&app, &controller.again(world), id, &more).await),
        "what is closed stands"
    );
    assert!(hidden(&note(StepKind::People, true, "By letter.").await));
    let end = breaches::show(&app, &controller.ctx, id).await?.erase_on.expect("it has an end");
    world.clock.set_day(end);
    assert!(hidden(&breaches::show(&app, &controller.again(world), id).await), "by the clock");
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    for left in [
        "SELECT COUNT(*) AS n FROM breaches",
        "SELECT COUNT(*) AS n FROM steps",
        "SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'breach'",
    ] {
        assert_eq!(burglar.number(left).await?, 0, "{left}");
    }
    burglar.leave().await;
    world.verify_chains().await;
    Ok(())
}

on_both!(bre_2_an_exercise_tells_nobody);
/// BRE-2: an exercise has the same steps and the same clock, and neither mail nor calendar knows of it.
async fn bre_2_an_exercise_tells_nobody(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let app = scene.app.clone().with_mailbox();
    world.person(&scene.scheme, Role::Board).await;
    let ctx = &scene.controller.ctx;
    let id = breaches::record(&app, ctx, scene.org(), &typed(world.nobody().now()), true).await?;
    mail::deliver_due(&app, &world.job("mail")).await?;
    assert!(app.mailbox().expect("there is a box").all().is_empty());
    let found = duties::list(&app, ctx, scene.org()).await?;
    assert!(found.duties.iter().all(|duty| duty.kind != Kind::Breach));
    let breach = breaches::show(&app, ctx, id).await?;
    assert!(breach.is_exercise && breach.owed.len() == 4, "{:?}", breach.owed);
    let scope = scope_of(&app, ctx, &scene.scheme.slug).await;
    assert!(words(&breach, world, &scope).contains("This is an exercise"));
    Ok(())
}

/// From an hour ago until a minute after now, by whomever, or by one.
fn around(world: &World, by: Option<&Person>) -> TypedWindow {
    let now = world.nobody().now();
    TypedWindow {
        from: when(now - SignedDuration::from_hours(1)),
        until: when(now + SignedDuration::from_mins(2)),
        by: by.map(|by| by.account.to_string()).unwrap_or_default(),
    }
}

on_both!(bre_4_the_audit_says_who_was_affected);
/// BRE-4: whose records were seen, by whom and when, is answered from the audit, for the controller alone; what was seen
/// outside the time, or by somebody else, is not in the answer, and somebody who is gone is shown no more.
async fn bre_4_the_audit_says_who_was_affected(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, org) = (&scene.app, scene.org());
    let first = scene.subject("Sam Example", &[support::face(1)]).await?;
    let second = scene.subject("Toni Example", &[]).await?;
    world.clock.set(world.nobody().now() + SignedDuration::from_hours(5));
    let (one, two) = (scene.member.clone(), scene.another_member(world).await);
    subjects::show(app, &one.again(world), first, "").await?;
    subjects::show(app, &one.again(world), first, "").await?;
    subjects::show(app, &two.again(world), second, "").await?;
    let controller = || scene.controller.again(world);
    let id = breaches::record(app, &controller(), org, &typed(world.nobody().now()), false).await?;
    let found = breaches::affected(app, &controller(), id, &around(world, None)).await?;
    assert_eq!((found.people, found.looks, found.is_cut), (2, 3, false), "{found:?}");
    let seen = found.shown.iter().map(|one| (one.subject, one.looks)).collect::<Vec<_>>();
    assert_eq!(seen, [(first, 2), (second, 1)]);
    assert!(found.shown[0].viewers.contains(&one.account.0) && found.shown[0].viewers.len() == 1);
    assert!(found.shown[0].first <= found.shown[0].last);
    assert_eq!(found.viewers.len(), 2);
    assert!(found.viewers.iter().all(|viewer| viewer.name.is_some() && viewer.people == 1));
    // By one person alone, such as whose sign-in was used by somebody else.
    let found = breaches::affected(app, &controller(), id, &around(world, Some(&two))).await?;
    assert_eq!(found.shown.iter().map(|one| one.subject).collect::<Vec<_>>(), [second]);
    // That it was asked is on record, with those of whom it told.
    let asked = scene.audit().await?.into_iter().find(|line| line.entry.action == "breaches.affected");
    assert!(asked.expect("it is on record").entry.about.contains(&second.0));
    // In another time nobody was seen.
    let before =
        TypedWindow { until: around(world, None).from, from: when(Timestamp::UNIX_EPOCH), by: String::new() };
    let found = breaches::affected(app, &controller(), id, &before).await?;
    assert!(found.viewers.iter().all(|viewer| viewer.account != two.account), "{found:?}");
    let reversed = TypedWindow { from: around(world, None).until, ..around(world, None) };
    assert!(
        refusal(breaches::affected(app, &controller(), id, &reversed).await).contains("after the beginning")
    );
    for role in [Role::Board, Role::Staff, Role::Auditor] {
        let other = world.person(&scene.scheme, role).await;
        assert!(hidden(&breaches::affected(app, &other.ctx, id, &around(world, None)).await), "{role}");
    }
    subjects::erase(app, &controller(), first).await?;
    let found = breaches::affected(app, &controller(), id, &around(world, None)).await?;
    assert_eq!(
        found.shown.iter().map(|one| one.subject).collect::<Vec<_>>(),
        [second],
        "nothing tells of them"
    );
    Ok(())
}

//! Breaches of the rules, and members that are suspended, on both engines (MEM-7, MEM-8).
mod support;

use fairwatch_app::{
    AppError, accounts,
    accounts::devices,
    conduct::{self, Outcome as Done, Typed, Until},
    duties, leaving,
    mail::deliver_due,
};
use fairwatch_core::{
    accounts::{MembershipState, own::Shows},
    conduct::Kind,
    duties::Kind as Duty,
    gate::{Caller, Role},
};
use fairwatch_store::testing::Burglar;
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::SignedDuration;
use std::net::{IpAddr, Ipv4Addr};
use support::{GENERIC, Scene, hidden, later, person, refusal, theft};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn manages(world: &World, scene: &Scene, who: &Person) -> Result<Person, AppError> {
    devices::set_manager(&scene.app, &scene.controller.again(world), who.membership, true).await?;
    Ok(Person { ctx: who.again(world), ..who.clone() })
}

fn breach(who: &str, measure: &str) -> Typed {
    Typed {
        who: who.to_owned(),
        measure: measure.to_owned(),
        rule: "4b: pictures are not passed on".into(),
        text: "A picture was put on the door.".into(),
        ..Typed::default()
    }
}

on_both!(mem_8_a_whole_business_is_out_at_once_and_nothing_that_it_sent_is_lost);
/// MEM-8: out with the commit on every server, shared tills too; what was sent is reviewed as ever, what was typed stays a
/// draft; others go on, and so does another role of one of its people; on the day of its end it is back by itself.
async fn mem_8_a_whole_business_is_out_at_once_and_nothing_that_it_sent_is_lost(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.with_mailbox();
    let (app, member) = (&scene.app, scene.member.member.expect("they have a business"));
    let other = scene.another_member(world).await;
    let board = world.person(&scene.scheme, Role::Board).await;
    let manager = manages(world, &scene, &scene.member).await?;
    let both = world.person_of(&scene.scheme, Role::MemberUser, Some(member)).await;
    let staff = world.role_of(&scene.scheme, &both, Role::Staff).await;
    let till = devices::enrol(app, &manager.again(world), scene.org(), "Till", Shows::FirstNames).await?;
    let user = accounts::NewUser {
        name: "Pat Marsh".into(),
        user_name: Some("till.pat".into()),
        ..Default::default()
    };
    let invited = devices::invite_colleague(app, &manager.again(world), scene.org(), &user).await?;
    accounts::accept_as_new(
        app,
        &world.nobody(),
        invited.link.reveal(),
        &"lamp otter window".into(),
        "739105",
    )
    .await?;
    let front = devices::front(app, &world.nobody(), till.reveal()).await?.expect("it is a device");
    let pat = front.people[0].membership.to_string();
    let sign_in =
        async || devices::sign_in(app, &world.nobody(), till.reveal(), &pat, "739105", "A till", HERE).await;
    let session = sign_in().await.expect("the PIN is right");
    let sent = scene.report(&manager.again(world), &theft("Gin.", vec![person("", "Tall")]), &[]).await?;
    let burglar = Burglar::at(world.address()).await?;
    let drafts = "SELECT COUNT(*) AS n FROM drafts";
    let typed = burglar.number(drafts).await?;

    let today = scene.controller.ctx.today();
    let until = Until { review: Some(later(today, 7)), end: Some(later(today, 20)), ..Until::default() };
    assert!(refusal(conduct::suspend(app, &board.ctx, member, " ", &until).await).contains("Say why"));
    let far = Until { review: Some(later(today, 200)), ..Until::default() };
    assert!(
        refusal(conduct::suspend(app, &board.again(world), member, "Why.", &far).await)
            .contains("three months")
    );
    let done =
        conduct::suspend(app, &board.again(world), member, "They sell what was stolen next door.", &until)
            .await?;
    assert!(matches!(done, Done::Recorded(_)));

    // At once, and also for whoever asks another server.
    for who in [&manager, &both] {
        assert!(hidden(&scene.gallery(&who.again(world)).await), "as a member user");
        let late = scene.report(&who.again(world), &theft("Rum.", vec![]), &[]).await;
        assert!(late.is_err(), "no change passes either");
    }
    assert!(accounts::session(app, &world.nobody(), manager.cookie.reveal()).await?.is_none(), "signed out");
    assert!(
        accounts::session(app, &world.nobody(), session.token.reveal()).await?.is_none(),
        "at the till, too"
    );
    assert!(devices::front(app, &world.nobody(), till.reveal()).await?.is_none(), "the till shows no names");
    assert!(sign_in().await.is_err(), "and takes no PIN");
    let half = accounts::session(app, &world.nobody(), staff.cookie.reveal()).await?.expect("staff go on");
    assert!(half.memberships.iter().all(|one| one.member.is_none()));
    scene.gallery(&staff.again(world)).await?;
    scene.gallery(&other.again(world)).await?;
    // Nobody is invited to it meanwhile.
    let new = accounts::NewUser {
        name: "Ann".into(),
        user_name: Some("ann.x".into()),
        role: Some(Role::MemberUser),
        member: Some(member),
        ..Default::default()
    };
    assert!(
        refusal(accounts::invite(app, &scene.controller.again(world), scene.org(), &new).await)
            .contains("suspended")
    );

    // What they sent is there, and decided on.
    let opened = scene.review(sent.id).await?;
    scene.approve(sent.id, support::everybody_is_new(&opened)).await?;
    assert_eq!(burglar.number(drafts).await?, typed, "what was typed is kept as long as any draft");

    // The mail says that, and nothing of why.
    deliver_due(app, &world.job("mail")).await?;
    let mails = app.mailbox().expect("there is a box").all();
    let told =
        mails.iter().filter(|kept| kept.mail.text.contains("suspended your business")).collect::<Vec<_>>();
    assert_eq!(
        told.iter().map(|kept| &*kept.mail.to).collect::<Vec<_>>(),
        [&*scene.member.login],
        "its manager alone"
    );
    assert!(told.iter().all(|kept| !kept.mail.text.contains("stolen")));

    // Board and controller see it, with its day.
    for who in [&board, &scene.controller] {
        let found = conduct::list(app, &who.again(world), scene.org()).await?;
        assert_eq!(found.suspended.len(), 1);
        assert_eq!(found.records[0].detail.text, "They sell what was stolen next door.");
        let due = duties::list(app, &who.again(world), scene.org()).await?;
        let due = due.duties.iter().find(|duty| duty.kind == Duty::Suspension).expect("it is to be reviewed");
        assert_eq!(due.due, later(today, 7));
    }
    for role in [Role::Staff, Role::Auditor, Role::Police] {
        let who = world.person(&scene.scheme, role).await;
        assert!(hidden(&conduct::list(app, &who.ctx, scene.org()).await), "{role}");
        assert!(hidden(&conduct::let_in(app, &who.again(world), member, "Why not.").await), "{role}");
    }
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&conduct::show(app, &stranger.ctx, member).await));
    assert!(hidden(&conduct::suspend(app, &stranger.again(world), member, "Why.", &until).await));

    // On its end it is over, whether or not anybody notes it.
    world.clock.pass(DAY * 19);
    assert!(devices::front(app, &world.nobody(), till.reveal()).await?.is_none(), "the last day counts");
    world.clock.pass(DAY);
    assert!(devices::front(app, &world.nobody(), till.reveal()).await?.is_some());
    let controller = world.person(&scene.scheme, Role::Controller).await;
    assert!(conduct::list(app, &controller.ctx, scene.org()).await?.suspended.is_empty());
    Ok(())
}

on_both!(mem_8_a_breach_is_recorded_with_its_measure_and_outlives_whom_it_removed);
/// MEM-8: the measure is taken with the record; the reason survives the person's account as long as the policy says, and then
/// goes; a business that leaves takes its records with it.
async fn mem_8_a_breach_is_recorded_with_its_measure_and_outlives_whom_it_removed(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.with_mailbox();
    let (app, member) = (&scene.app, scene.member.member.expect("they have a business"));
    let manager = manages(world, &scene, &scene.member).await?;
    let clerk = world.person_of(&scene.scheme, Role::MemberUser, Some(member)).await;
    let (elsewhere, board) =
        (scene.another_member(world).await, world.person(&scene.scheme, Role::Board).await);
    let record =
        async |typed: &Typed| conduct::record(app, &scene.controller.again(world), member, typed).await;
    assert!(
        refusal(record(&Typed { rule: String::new(), ..breach("", "warning") }).await).contains("which rule")
    );
    assert!(refusal(record(&breach("", "flogging")).await).contains("what follows"));
    assert!(refusal(record(&breach("", "removal")).await).contains("board ends"));
    let who = elsewhere.membership.to_string();
    assert!(refusal(record(&breach(&who, "warning")).await).contains("nobody of this business"));
    assert!(
        hidden(&conduct::record(app, &board.ctx, member, &breach("", "warning")).await),
        "the controller does"
    );

    // MEM-7: what would tell of health is pointed out once.
    let told = Typed { text: "She has epilepsy, she says.".into(), ..breach("", "training") };
    let Done::Warned(found) = record(&told).await? else { return Err("it should be pointed out".into()) };
    assert_eq!(found[0].field, "text");
    let minded = fairwatch_app::incidents::reporting::cautions::mark(&found);
    assert!(matches!(record(&Typed { minded, ..told }).await?, Done::Recorded(_)));

    // Whom a record names sees it in the copy of their own data (MEM-2).
    assert!(matches!(record(&breach(&clerk.membership.to_string(), "warning")).await?, Done::Recorded(1)));
    let copy = accounts::own_copy(app, &clerk.again(world)).await?;
    assert_eq!(copy.conduct.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::Breach]);
    let copy = accounts::own_copy(app, &elsewhere.again(world)).await?;
    assert!(copy.conduct.is_empty());
    assert!(matches!(record(&breach(&clerk.membership.to_string(), "removal")).await?, Done::Recorded(1)));
    assert!(hidden(&scene.gallery(&clerk.again(world)).await), "out at once");
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM accounts WHERE state = 'gone'").await?, 1);
    let found = conduct::show(app, &manager.again(world), member).await?;
    let kept = found.records.iter().find(|one| one.detail.person.is_some()).expect("it outlives the account");
    assert_eq!((kept.kind, &*kept.detail.text), (Kind::Breach, "A picture was put on the door."));
    assert!(hidden(&conduct::show(app, &elsewhere.again(world), member).await), "another business");
    deliver_due(app, &world.job("mail")).await?;
    let mails = app.mailbox().expect("there is a box").all();
    assert_eq!(mails.iter().filter(|kept| kept.mail.to == scene.member.login).count(), 3);
    assert!(mails.iter().all(|kept| !kept.mail.text.contains("picture")), "the mail gives no details");

    // A suspension rests on its reason for as long as it lasts.
    let ctx = scene.controller.again(world);
    accounts::set_membership(app, &ctx, manager.membership, MembershipState::Suspended, "Asked about it.")
        .await?;
    world.clock.pass(DAY * 366);
    scene_sweeps(world, &scene).await?;
    let controller = world.person(&scene.scheme, Role::Controller).await;
    let left = conduct::list(app, &controller.ctx, scene.org()).await?.records;
    assert_eq!(left.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::UserSuspended]);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'conduct'").await?, 1);

    // Also one that was the measure of a breach; what its person did before does not stay with it.
    let other = world.person_of(&scene.scheme, Role::MemberUser, Some(member)).await;
    let typed = breach(&other.membership.to_string(), "suspension");
    conduct::record(app, &controller.again(world), member, &typed).await?;
    world.clock.pass(DAY * 366);
    scene_sweeps(world, &scene).await?;
    let controller = world.person(&scene.scheme, Role::Controller).await;
    let left = conduct::list(app, &controller.ctx, scene.org()).await?.records;
    assert_eq!(left.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::Breach, Kind::UserSuspended]);
    accounts::set_membership(
        app,
        &controller.again(world),
        other.membership,
        MembershipState::Active,
        "Heard.",
    )
    .await?;
    scene_sweeps(world, &scene).await?;
    let left = conduct::list(app, &controller.again(world), scene.org()).await?.records;
    assert_eq!(left.iter().map(|one| one.kind).collect::<Vec<_>>(), [Kind::UserLetIn, Kind::UserSuspended]);

    // And a business that leaves takes what is left with it.
    leaving::say(app, &controller.again(world), member).await?;
    world.clock.pass(DAY * 29);
    let board = world.person(&scene.scheme, Role::Board).await;
    leaving::end(app, &board.ctx, member).await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM conduct").await?, 0);
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM data_keys WHERE kind = 'conduct'").await?, 0);
    Ok(())
}

async fn scene_sweeps(world: &World, scene: &Scene) -> Result<(), AppError> {
    support::sweep_all(&scene.app, world).await.map(|_| ())
}

on_both!(mem_2_mem_8_of_whoever_asked_to_be_deleted_no_reason_outlives_them);
async fn mem_2_mem_8_of_whoever_asked_to_be_deleted_no_reason_outlives_them(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let app = &scene.app;
    let burglar = Burglar::at(world.address()).await?;
    let member = scene.member.member.expect("they have a business");
    let typed = breach(&scene.member.membership.to_string(), "warning");
    conduct::record(app, &scene.controller.again(world), member, &typed).await?;
    burglar.run("UPDATE memberships SET deletion_asked_on = '2026-01-01' WHERE role = 'member_user'").await?;
    let ctx = scene.controller.again(world);
    let refused = conduct::record(app, &scene.controller.again(world), member, &typed).await;
    assert!(refusal(refused).contains("asked to be deleted"), "nothing new is kept of them");
    accounts::set_membership(app, &ctx, scene.member.membership, MembershipState::Ended, "As they ask.")
        .await?;
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM conduct").await?, 0);
    scene_sweeps(world, &scene).await?;
    let account =
        Caller::User { session: scene.member.session, account: scene.member.account, membership: None };
    assert!(hidden(&accounts::own_copy(app, &world.ctx(account)).await));
    let reasons = "SELECT COUNT(*) AS n FROM audit_reasons r JOIN accounts a ON a.id = r.owner_id";
    assert_eq!(burglar.number(reasons).await?, 0, "it went with the account");
    Ok(())
}

/// MEM-7: no table about members has a column for special category data, and no sealed value a field: each is on this list,
/// so that whoever adds one thinks of it.
#[test]
fn mem_7_no_table_about_members_has_a_place_for_what_must_not_be_held() {
    const HELD: &[(&str, &[&str])] = &[
        ("accounts", &["id", "state", "sealed", "password", "pin", "created_at"]),
        ("members", &["id", "org_id", "state", "sealed", "created_at", "import_id"]),
        (
            "memberships",
            &[
                "id",
                "account_id",
                "org_id",
                "role",
                "member_id",
                "state",
                "sealed",
                "created_at",
                "expires_at",
                "looked_at",
                "looked_before",
                "manages",
                "deletion_asked_on",
                "import_id",
                "invited_at",
                "conduct_id",
            ],
        ),
        (
            "applications",
            &[
                "id",
                "org_id",
                "state",
                "received_at",
                "received_on",
                "decided_on",
                "decided_by",
                "erase_on",
                "sealed",
            ],
        ),
        ("agreements", &["id", "member_id", "version", "agreed_at", "sealed"]),
        ("leavings", &["member_id", "org_id", "asked_on", "confirmed_on", "asked_by"]),
        (
            "conduct",
            &[
                "id",
                "org_id",
                "kind",
                "member_id",
                "account_id",
                "measure",
                "happened_on",
                "recorded_on",
                "recorded_at",
                "recorded_by",
                "sealed",
            ],
        ),
        ("member_suspensions", &["member_id", "org_id", "record_id", "began_on", "review_on", "ends_on"]),
        ("imports", &["id", "org_id", "taken_at", "taken_on", "touched"]),
        ("member_groups", &["id", "org_id", "created_at", "sealed"]),
        ("group_members", &["group_id", "member_id"]),
        ("post_reads", &["post_id", "membership_id", "read_at"]),
        ("meeting_answers", &["meeting_id", "membership_id", "coming", "answered_at"]),
        ("meeting_attendance", &["meeting_id", "membership_id"]),
    ];
    let schema = include_str!("../../store/migrations/0001_the_ground.sql");
    for (table, columns) in HELD {
        let begin = format!("CREATE TABLE {table} (");
        let body = schema.split(&begin).nth(1).and_then(|rest| rest.split("\n);").next()).expect(table);
        let found = body.lines().filter_map(|line| {
            let word = line.split_whitespace().next()?;
            (!word.starts_with("--") && word.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
                .then_some(word)
        });
        assert_eq!(found.collect::<Vec<_>>(), *columns, "{table}");
    }
    let keys = |value: serde_json::Value| {
        value.as_object().expect("it has fields").keys().cloned().collect::<Vec<_>>()
    };
    let some = || Some(String::new());
    let profile = fairwatch_core::accounts::Profile { name: String::new(), email: some(), user_name: some() };
    assert_eq!(keys(serde_json::to_value(profile).expect("it is data")), ["email", "name", "user_name"]);
    let business = fairwatch_core::accounts::Business {
        name: String::new(),
        premises: String::new(),
        area: String::new(),
        trade: String::new(),
    };
    assert_eq!(
        keys(serde_json::to_value(business).expect("it is data")),
        ["area", "name", "premises", "trade"]
    );
    let detail = fairwatch_core::conduct::Detail {
        business: String::new(),
        person: some(),
        rule: String::new(),
        text: String::new(),
    };
    assert_eq!(
        keys(serde_json::to_value(detail).expect("it is data")),
        ["business", "person", "rule", "text"]
    );
}

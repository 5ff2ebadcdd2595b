//! Who has agreed to what applies to them, and what they see without it (MEM-3, DOC-1).
mod support;

use fairwatch_app::{
    App, AppError, certifications,
    governing::{self, Entered},
    incidents::reporting::{self, FORM},
    pictures, registers,
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    certifications::Text,
    gate::{Ctx, Role},
    governing::{Audience, Kind},
    ids::{DocumentId, OrgId},
    notices::Notice,
    pictures::Size,
    registers::Subject,
};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::civil::Date;
use std::net::{IpAddr, Ipv4Addr};
use support::{GENERIC, Scene, face, hidden, later, person, refusal, theft};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

fn today(world: &World) -> Date {
    world.nobody().today()
}

/// Whether somebody sees others' data.
async fn sees(scene: &Scene, world: &World, who: &Person) -> bool {
    match scene.gallery(&who.again(world)).await {
        Ok(_) => true,
        Err(AppError::Hidden) => false,
        Err(error) => panic!("the gallery failed: {error}"),
    }
}

/// What somebody is asked, by what a form would send.
async fn asked(app: &App, ctx: &Ctx, org: OrgId) -> Vec<String> {
    let owed = certifications::owed(app, ctx, org).await.expect("it is told");
    owed.asked.iter().map(|one| certifications::shown(one.text, one.version)).collect()
}

async fn agree(scene: &Scene, world: &World, who: &Person) -> Result<(), AppError> {
    let ctx = who.again(world);
    let all = asked(&scene.app, &ctx, scene.org()).await;
    certifications::agree(&scene.app, &ctx, scene.org(), &all, HOME).await
}

async fn report(scene: &Scene, world: &World, who: &Person) -> Result<(), AppError> {
    let (app, ctx) = (&scene.app, who.again(world));
    let picture = pictures::add(app, &ctx, scene.org(), FORM, face(7)).await?;
    assert!(
        !reporting::draft(app, &ctx, scene.org()).await?.pictures.is_empty(),
        "they see what they have chosen"
    );
    pictures::show(app, &ctx, picture, Size::Medium).await?;
    let sent = scene.report(&ctx, &theft("They took razors.", vec![person("", "red coat")]), &[]).await?;
    assert!(
        !reporting::mine(app, &ctx, scene.org(), None, 10).await?.is_empty(),
        "they see what became of it"
    );
    reporting::show_mine(app, &ctx, sent.id).await?;
    Ok(())
}

on_both!(mem_3_who_has_not_agreed_sees_nobody_and_reports_all_the_same);
/// MEM-3: without certification others' data is as absent; reports, their pictures and one's own reports are not stopped.
async fn mem_3_who_has_not_agreed_sees_nobody_and_reports_all_the_same(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let subject = scene.subject("Robin Example", &[face(1)]).await?;
    let newcomer = world.newcomer(&scene.scheme, Role::MemberUser).await;
    assert!(!sees(&scene, world, &newcomer).await);
    let shown = fairwatch_app::subjects::show(app, &newcomer.again(world), subject, "").await;
    assert!(hidden(&shown), "as absent as what does not exist (VIS-7)");
    report(&scene, world, &newcomer).await?;
    // Staff, board and controller see nothing either.
    let controller = world.newcomer(&scene.scheme, Role::Controller).await;
    assert!(hidden(&fairwatch_app::subjects::open(app, &controller.ctx, subject).await));

    assert_eq!(asked(app, &newcomer.ctx, org).await, ["notice:1"]);
    let nothing = certifications::agree(app, &newcomer.again(world), org, &[], HOME).await;
    assert!(refusal(nothing).contains("Tick each text"));
    let other = certifications::agree(app, &newcomer.again(world), org, &["notice:7".into()], HOME).await;
    assert!(refusal(other).contains("revised"), "what is put on record was shown");
    assert!(!sees(&scene, world, &newcomer).await);
    agree(&scene, world, &newcomer).await?;
    assert!(sees(&scene, world, &newcomer).await);
    let owed = certifications::owed(app, &newcomer.again(world), org).await?;
    assert_eq!(owed.agreed.len(), 1);
    let first = &owed.agreed[0];
    assert_eq!((first.text, first.version, first.on), (Text::Notice, 1, today(world)));
    assert_eq!(first.from.as_deref(), Some("198.51.100.7"), "where from is on record");
    assert_eq!(
        world.actions(org.0).await?.iter().filter(|action| *action == "certifications.agree").count(),
        1
    );

    // Once a period, by the clock, on every server, without any job.
    let end = fairwatch_core::certifications::again_on(&support::policy(GENERIC), today(world));
    assert_eq!(owed.again_on, Some(end));
    world.clock.set_day(later(end, -1));
    assert!(sees(&scene, world, &newcomer).await);
    world.clock.set_day(end);
    assert!(!sees(&scene, world, &newcomer).await);
    report(&scene, world, &newcomer).await?;
    agree(&scene, world, &newcomer).await?;
    assert!(sees(&scene, world, &newcomer).await);
    // What was followed by another goes when the policy says; the latest stays (RET-15).
    world.clock.set_day(later(end, 366));
    scene.sweep(world).await?;
    let kept = certifications::owed(app, &newcomer.again(world), org).await?.agreed;
    assert_eq!(kept.iter().map(|one| one.on).collect::<Vec<_>>(), [end]);
    Ok(())
}

fn rules(text: &str, asks: bool, from: Option<Date>) -> Entered {
    Entered { text: text.into(), changed: "The second rule is new.".into(), pdf: None, from, asks }
}

async fn enter(
    scene: &Scene,
    world: &World,
    audience: Audience,
    entered: Entered,
) -> Result<DocumentId, AppError> {
    let ctx = scene.controller.again(world);
    let of = (Some(Kind::Rules), Some(audience), "House rules");
    governing::add(&scene.app, &ctx, scene.org(), of, entered).await
}

on_both!(mem_3_doc_1_a_revision_that_asks_stops_its_readers_from_its_day);
/// MEM-3, DOC-1: a document that asks, and each revision that does, stops those for whom it is from its day on; what asks
/// nobody stops nobody; former versions are kept.
async fn mem_3_doc_1_a_revision_that_asks_stops_its_readers_from_its_day(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, member) = (&scene.app, scene.org(), &scene.member);
    let staff = world.person(&scene.scheme, Role::Staff).await;
    assert!(sees(&scene, world, member).await);
    let tomorrow = later(today(world), 1);
    let id = enter(&scene, world, Audience::Members, rules("Be kind.", true, Some(tomorrow))).await?;
    assert!(sees(&scene, world, member).await, "it asks from its day on");
    assert!(hidden(&governing::read(app, &member.again(world), id).await), "what is not in force is nothing");
    world.clock.set_day(tomorrow);
    assert!(!sees(&scene, world, member).await);
    assert!(sees(&scene, world, &staff).await, "it is for members");
    assert!(hidden(&governing::read(app, &staff.again(world), id).await));
    let read = governing::read(app, &member.again(world), id).await?;
    assert_eq!(read.versions[0].content.text, "Be kind.", "whoever is asked can read it");
    assert_eq!(
        asked(app, &member.again(world), org).await,
        [format!("{id}:1")],
        "the notice is not asked again"
    );
    agree(&scene, world, member).await?;
    assert!(sees(&scene, world, member).await);

    governing::revise(app, &scene.controller.again(world), id, rules("Be kind. Be quick.", false, None))
        .await?;
    assert!(sees(&scene, world, member).await, "a revision that asks nobody");
    governing::revise(app, &scene.controller.again(world), id, rules("Be quick.", true, None)).await?;
    assert!(!sees(&scene, world, member).await);
    assert_eq!(asked(app, &member.again(world), org).await, [format!("{id}:3")]);
    report(&scene, world, member).await?;
    agree(&scene, world, member).await?;
    assert!(sees(&scene, world, member).await);
    // The same on a server that was looked at before and knows nothing of it.
    let other = world.another_server().await?;
    let all = governing::read(app, &scene.controller.again(world), id).await?;
    assert_eq!(
        all.versions.iter().map(|one| one.version).collect::<Vec<_>>(),
        [3, 2, 1],
        "old versions are kept"
    );
    assert!(hidden(&governing::revise(app, &member.again(world), id, rules("Mine.", true, None)).await));
    governing::revise(app, &scene.controller.again(world), id, rules("Be calm.", true, None)).await?;
    let there = Scene { app: App::new(other.clone(), Blobs::open(world.folder().join("blobs"))?), ..scene };
    assert!(!sees(&there, world, &there.member).await, "on every server at once");
    let (scene, member) = (&there, &there.member);
    let app = &scene.app;
    governing::withdraw(app, &scene.controller.again(world), id, "Replaced by the agreement").await?;
    assert!(sees(scene, world, member).await, "what is withdrawn asks nobody");
    assert!(hidden(&governing::read(app, &member.again(world), id).await));
    // It goes with its key when the policy's period for former documents is over (RET-15).
    world.clock.set_day(later(today(world), 366 * 8));
    scene.sweep(world).await?;
    assert!(hidden(&governing::read(app, &scene.controller.again(world), id).await));
    other.close().await;
    Ok(())
}

on_both!(mem_3_somebody_with_two_roles_reads_and_agrees_for_both);
/// MEM-3: whoever is of two audiences reads what each is asked under either role, and agrees for both at once; what is
/// withdrawn, and what is for neither, is still nothing.
async fn mem_3_somebody_with_two_roles_reads_and_agrees_for_both(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, member) = (&scene.app, scene.org(), &scene.member);
    let staff = world.role_of(&scene.scheme, member, Role::Staff).await;
    let members = enter(&scene, world, Audience::Members, rules("Be kind.", true, None)).await?;
    let office = enter(&scene, world, Audience::Office, rules("Be thorough.", true, None)).await?;
    for role in [&staff, member] {
        let mut all = asked(app, &role.again(world), org).await;
        all.sort();
        let mut both = [format!("{members}:1"), format!("{office}:1")];
        both.sort();
        assert_eq!(all, both, "{:?}", role.role);
        for id in [members, office] {
            governing::read(app, &role.again(world), id).await?;
        }
    }
    agree(&scene, world, &staff).await?;
    assert!(sees(&scene, world, &staff).await && sees(&scene, world, member).await);
    let other = world.person(&scene.scheme, Role::MemberUser).await;
    assert!(hidden(&governing::read(app, &other.again(world), office).await), "one role has one audience");
    agree(&scene, world, &scene.controller).await?;
    governing::withdraw(app, &scene.controller.again(world), members, "Replaced").await?;
    assert!(hidden(&governing::read(app, &staff.again(world), members).await));
    Ok(())
}

on_both!(mem_3_ret_15_rules_in_force_ask_newcomers_after_the_version_that_asked_is_destroyed);
/// MEM-3, RET-15: what a former version said is destroyed after the policy's period; that it asks stays while the document
/// stands. The reviews of a document go with it.
async fn mem_3_ret_15_rules_in_force_ask_newcomers_after_the_version_that_asked_is_destroyed(
    world: &World,
) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let id = enter(&scene, world, Audience::Members, rules("Be kind.", true, None)).await?;
    governing::revise(app, &controller.again(world), id, rules("Be kind. Be quick.", false, None)).await?;
    registers::review(app, &controller.again(world), org, Subject::document(id), "Still right.").await?;
    let versions = async || {
        let read = governing::read(app, &controller.again(world), id).await.expect("it is there");
        read.versions.iter().map(|one| one.version).collect::<Vec<_>>()
    };
    assert_eq!(versions().await, [2, 1]);
    world.clock.set_day(later(today(world), 366 * 8));
    for _ in 0..2 {
        scene.sweep(world).await?;
        assert_eq!(versions().await, [2], "nothing is left to be read of the first");
    }
    let newcomer = world.newcomer(&scene.scheme, Role::MemberUser).await;
    let all = asked(app, &newcomer.again(world), org).await;
    assert_eq!(all, ["notice:1".to_owned(), format!("{id}:2")]);
    agree(&scene, world, &newcomer).await?;
    assert!(sees(&scene, world, &newcomer).await);
    let reviews = async || {
        let kept = registers::overview(app, &controller.again(world), org).await.expect("it opens").reviews;
        kept.iter().filter(|review| review.subject == Subject::document(id)).count()
    };
    assert_eq!(reviews().await, 1, "the latest, while the document stands");
    governing::withdraw(app, &controller.again(world), id, "Replaced").await?;
    world.clock.set_day(later(today(world), 366 * 8));
    scene.sweep(world).await?;
    assert_eq!(reviews().await, 0);
    Ok(())
}

on_both!(mem_3_the_controller_sees_who_is_outstanding);
/// MEM-3: controller and board see who has yet to agree; nobody else does, and each scheme its own.
async fn mem_3_the_controller_sees_who_is_outstanding(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let newcomer = world.newcomer(&scene.scheme, Role::Staff).await;
    let board = world.person(&scene.scheme, Role::Board).await;
    for who in [&scene.controller, &board] {
        let found = certifications::outstanding(app, &who.again(world), org).await?;
        assert_eq!((found.of, found.are), (4, 3), "controller, member and board have agreed");
        assert_eq!(
            found.outstanding.iter().map(|one| one.membership).collect::<Vec<_>>(),
            [newcomer.membership]
        );
        assert_eq!(found.outstanding[0].agreed_on, None);
    }
    assert!(hidden(&certifications::outstanding(app, &scene.member.again(world), org).await));
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&certifications::outstanding(app, &stranger.ctx, org).await));
    assert!(hidden(&certifications::owed(app, &stranger.again(world), org).await));
    agree(&scene, world, &newcomer).await?;
    let found = certifications::outstanding(app, &board.again(world), org).await?;
    assert!(found.outstanding.is_empty() && found.are == found.of);
    // Somebody with several roles agrees once for all of them.
    let both = world.newcomer(&scene.scheme, Role::Staff).await;
    let second = world.role_of(&scene.scheme, &both, Role::Board).await;
    agree(&scene, world, &both).await?;
    assert!(sees(&scene, world, &both).await);
    assert!(certifications::outstanding(app, &second.again(world), org).await.is_ok());
    Ok(())
}

on_both!(doc_1_documents_are_reviewed_and_come_round);
/// DOC-1: what the program writes stands in the register by itself, each document is reviewed by the policy's cycle, and
/// a review moves the day.
async fn doc_1_documents_are_reviewed_and_come_round(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org) = (&scene.app, scene.org());
    let begun = today(world);
    let id = enter(&scene, world, Audience::All, rules("Be kind.", false, None)).await?;
    let due = async |subject: &Subject| {
        let found =
            registers::overview(app, &scene.controller.again(world), org).await.expect("the registers open");
        found.review_of(subject).map(|one| one.due)
    };
    let (own, notice) = (Subject::document(id), Subject::notice(Notice::Members));
    let half = fairwatch_core::scope::ends(begun, support::policy(GENERIC).reviews.documents.length);
    assert_eq!((due(&own).await, due(&notice).await), (Some(half), Some(half)));
    world.clock.set_day(later(half, 10));
    registers::review(app, &scene.controller.again(world), org, notice.clone(), "All of it holds.").await?;
    let again =
        fairwatch_core::scope::ends(later(half, 10), support::policy(GENERIC).reviews.documents.length);
    assert_eq!(
        (due(&own).await, due(&notice).await),
        (Some(half), Some(again)),
        "one is overdue, one comes round"
    );
    let silent = registers::review(app, &scene.controller.again(world), org, own.clone(), " ").await;
    assert!(refusal(silent).contains("what the review found"));
    let none = Subject { kind: "document".into(), key: org.to_string() };
    assert!(hidden(&registers::review(app, &scene.controller.again(world), org, none, "Holds.").await));
    assert!(hidden(&registers::review(app, &scene.member.again(world), org, own, "Holds.").await));
    let found = registers::overview(app, &scene.controller.again(world), org).await?;
    assert_eq!(found.reviews.len(), 1);
    assert_eq!((found.reviews[0].on, &*found.reviews[0].found), (later(half, 10), "All of it holds."));
    // What is typed must be something that can be kept.
    let both = Entered { pdf: Some(b"%PDF-1.7".to_vec()), ..rules("And a text", false, None) };
    assert!(refusal(enter(&scene, world, Audience::All, both).await).contains("not both"));
    let no_pdf = Entered { text: String::new(), pdf: Some(b"MZ".to_vec()), ..rules("", false, None) };
    assert!(refusal(enter(&scene, world, Audience::All, no_pdf).await).contains("This is no PDF"));
    let past = rules("Late", false, Some(begun));
    assert!(refusal(enter(&scene, world, Audience::All, past).await).contains("in the past"));
    let pdf = Entered { pdf: Some(b"%PDF-1.7 the rules".to_vec()), ..rules("", true, None) };
    let paper = enter(&scene, world, Audience::All, pdf).await?;
    assert_eq!(governing::pdf(app, &scene.member.again(world), paper, 1).await?, b"%PDF-1.7 the rules");
    assert!(hidden(&governing::pdf(app, &scene.member.again(world), paper, 2).await));
    Ok(())
}

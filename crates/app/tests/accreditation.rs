//! What an assessor of the accreditation reads: evidence from the records, and nobody's name (POL-7).
mod support;

use fairwatch_app::{accreditation, meetings, old_data, registers};
use fairwatch_core::{
    accreditation::{Evidence, Shows, Standard},
    gate::{Ctx, Role},
    meetings::{Circle, Kind as Meeting},
    registers::{Detail, Kind},
};
use fairwatch_store::orgs;
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, Scene, hidden, later};

async fn found(scene: &Scene, ctx: &Ctx, asked: &str) -> Evidence {
    let (_, all) = accreditation::show(&scene.app, ctx, scene.org()).await.expect("the page opens");
    all.into_iter().find(|one| one.asked.contains(asked)).expect(asked)
}

on_both!(pol_7_the_page_says_what_the_records_show_and_changes_with_them);
/// POL-7: controller, board and auditor read evidence for each standard that follows the records: what lacks is said until
/// it is put right. It names nobody who was reported and nobody who signs in, and claims nothing of what is not kept.
async fn pol_7_the_page_says_what_the_records_show_and_changes_with_them(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let auditor = world.person(&scene.scheme, Role::Auditor).await;
    let read = || auditor.again(world);
    scene.subject("Alfred Example", &[]).await?;
    assert!(hidden(&accreditation::show(app, &scene.member.again(world), org).await));
    let (_, all) = accreditation::show(app, &read(), org).await?;
    for standard in Standard::ALL {
        assert!(all.iter().any(|one| one.standard == standard), "{standard:?}");
    }
    assert!(!format!("{all:?}").contains("Alfred"), "nobody’s name");
    let board = found(&scene, &read(), "board of at least two").await;
    assert_eq!(board.shows, Shows::Lacking, "there is nobody on it: {}", board.found);
    world.person(&scene.scheme, Role::Board).await;
    world.person(&scene.scheme, Role::Board).await;
    assert_eq!(found(&scene, &read(), "board of at least two").await.shows, Shows::Met);
    // Agreements count when they are in the register, and until they run out.
    let signed = found(&scene, &read(), "signed agreements").await;
    assert_eq!(signed.shows, Shows::Lacking, "{}", signed.found);
    let today = world.nobody().today();
    let named = Kind::Agreement.named(&support::policy(CS)).unwrap_or_default();
    assert!(!named.is_empty());
    for (key, _) in named {
        let detail = Detail { name: "Signed copy".into(), ..Detail::default() };
        let typed =
            registers::Typed { key, expires: Some(later(today, 30)), detail, ..registers::Typed::default() };
        registers::add(app, &controller.again(world), org, Kind::Agreement, typed).await?;
    }
    assert_eq!(found(&scene, &read(), "signed agreements").await.shows, Shows::Met);
    let old = "audited each year";
    assert_eq!(found(&scene, &read(), old).await.shows, Shows::Lacking);
    let id = old_data::begin(app, &controller.again(world), org).await?;
    old_data::finish(app, &controller.again(world), org, id, "Nothing is old.").await?;
    assert_eq!(found(&scene, &read(), old).await.shows, Shows::Met);
    let agm = "annual general meeting";
    assert_eq!(found(&scene, &read(), agm).await.shows, Shows::Lacking);
    assert_eq!(found(&scene, &read(), "who came").await.shows, Shows::Lacking);
    assert_eq!(found(&scene, &read(), "as minutes").await.shows, Shows::Nothing);
    // One that was held last month, and is recorded now.
    let scopes = orgs::all(&world.store, &world.console()).await?;
    let scope = scopes.into_iter().find(|scope| scope.org == org).expect("it is there");
    let held = meetings::Typed {
        kind: Some(Meeting::Agm),
        circle: Some(Circle::Members),
        title: "General meeting".into(),
        place: "The town hall".into(),
        day: Some(later(today, -30)),
        from: "18:00".into(),
        to: "19:00".into(),
        ..meetings::Typed::default()
    };
    let called = meetings::call(app, &controller.again(world), &scope, &held).await?;
    let meetings::Outcome::Kept(id) = called else { panic!("{called:?}") };
    meetings::attend(app, &controller.again(world), id, &[scene.member.membership], &[]).await?;
    assert_eq!(found(&scene, &read(), agm).await.shows, Shows::Met);
    assert_eq!(
        found(&scene, &read(), "who came").await.found,
        "1 meeting in the last year, with 1 attendance on record"
    );
    assert_eq!(found(&scene, &read(), "as minutes").await.shows, Shows::Lacking);
    meetings::keep_minutes(app, &controller.again(world), &scope, id, "All agreed.", None, "").await?;
    assert_eq!(found(&scene, &read(), "as minutes").await.shows, Shows::Met);
    // What ends by the day lacks from that day on.
    world.clock.set_day(later(today, 31));
    let policys = support::policy(CS).agreements.iter().any(|one| one.ends.is_none());
    assert_eq!(found(&scene, &read(), "signed agreements").await.shows == Shows::Lacking, policys);
    // Somebody is past their end until the sweep has come by.
    world.clock.set_day(later(today, 900));
    let past = found(&scene, &read(), "longer than the policy says").await;
    assert_eq!(past.shows, Shows::Lacking, "{}", past.found);
    scene.sweep(world).await?;
    assert_eq!(found(&scene, &read(), "longer than the policy says").await.shows, Shows::Met);
    assert_eq!(found(&scene, &read(), "on record").await.shows, Shows::Met, "signed by the sweep");
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&accreditation::show(app, &stranger.ctx, org).await));
    Ok(())
}

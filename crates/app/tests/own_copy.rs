//! The copy of one's own data holds all of it, and nothing of others (MEM-2).
mod support;

use fairwatch_app::{
    accounts::{correcting, devices},
    incidents::reporting,
    intelligence,
};
use fairwatch_core::{
    accounts::{OneAccount, ShowAccount},
    intelligence::Knowledge,
};
use fairwatch_store::{Tx, accounts::own_deeds};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{CS, Scene, later, person, theft};
use uuid::Uuid;

on_both!(mem_2_the_copy_holds_what_one_typed_sent_saw_and_what_was_done_about_one);
/// MEM-2: the copy holds drafts, reports, names and sightings that one sent, the code of one's marks, and what the audit
/// holds of oneself, whoever did it; of others it holds neither what was said of them nor who did something.
async fn mem_2_the_copy_holds_what_one_typed_sent_saw_and_what_was_done_about_one(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, org, member) = (&scene.app, scene.org(), &scene.member);
    let subject = scene.subject("Alfred Example", &[]).await?;
    let unknown = scene.subject("", &[]).await?;
    intelligence::say_seen(app, &member.again(world), subject).await?;
    let how = "We were at school together.";
    intelligence::send(app, &member.again(world), unknown, "Bertram Unheard", how, Knowledge::Direct).await?;
    let unsent = theft("They took gin, says my draft.", vec![person("Cuthbert Unsent", "")]);
    reporting::keep_draft(app, &member.again(world), org, &unsent).await?;
    for manages in [true, false] {
        devices::set_manager(app, &scene.controller.again(world), member.membership, manages).await?;
    }
    let copy = correcting::whole_copy(app, &member.again(world)).await?;
    assert_eq!(copy.traces.names_sent.len(), 1);
    assert_eq!(copy.traces.sightings.len(), 1);
    assert_eq!(copy.traces.drafts.len(), 1);
    assert!(copy.traces.drafts[0].typed.contains("says my draft"), "what is not sent is one’s own");
    assert!(copy.traces.reports.len() >= 2);
    assert_eq!(copy.marks.len(), 1, "VIS-8: the code on what one is shown");
    let done = copy.recorded.iter().filter(|deed| deed.action == "accounts.set_manager").collect::<Vec<_>>();
    assert_eq!(done.len(), 2, "what others did about one: {:?}", copy.recorded);
    assert!(done.iter().all(|deed| !deed.by_me && deed.role == "controller"));
    assert!(copy.recorded.iter().any(|deed| deed.by_me && deed.action == "reports.submit"));
    let text = serde_json::to_string(&copy)?;
    for others in ["Alfred", "Bertram", &scene.controller.account.to_string(), &subject.to_string()] {
        assert!(!text.contains(others), "{others} in {text}");
    }
    // Of whom they may not see any more nothing tells them that there is a record (VIS-7).
    world.clock.set_day(later(world.nobody().today(), 380));
    let copy = correcting::whole_copy(app, &member.again(world)).await?;
    assert!(copy.traces.sightings.is_empty() && copy.traces.names_sent.is_empty(), "they are withdrawn");
    // Somebody else's copy has nothing of it.
    let other = scene.another_member(world).await;
    let text = serde_json::to_string(&correcting::whole_copy(app, &other.again(world)).await?)?;
    assert!(!text.contains("says my draft") && !text.contains("accounts.set_manager"));
    Ok(())
}

on_both!(mem_2_the_copy_reads_a_long_audit_page_by_page_to_its_end);
/// MEM-2: however long the audit is, each page goes on where the one before ended, and together they hold every entry about
/// oneself; no page reads the chain of a scheme in which one has no part.
async fn mem_2_the_copy_reads_a_long_audit_page_by_page_to_its_end(world: &World) -> Outcome {
    let scene = Scene::new(world, CS).await;
    let (app, member) = (&scene.app, &scene.member);
    for name in ["Alfred Example", "Bertha Example", "Carl Example"] {
        scene.subject(name, &[]).await?;
    }
    let page = async |chain: Uuid, after: i64, size: i64| {
        let own = OneAccount(member.account);
        let read = async move |tx: &mut Tx<ShowAccount>| own_deeds(tx, chain, after, size).await;
        app.store.read::<ShowAccount, _>(&member.again(world), own, read).await
    };
    let whole = page(scene.org().0, 0, 5_000).await?;
    assert!(whole.0.len() > 3 && whole.1.is_none());
    let (mut pieces, mut after, mut pages) = (Vec::new(), Some(0), 0);
    while let Some(from) = after {
        let (found, next) = page(scene.org().0, from, 3).await?;
        pieces.extend(found);
        (after, pages) = (next, pages + 1);
    }
    assert!(pages > 3);
    let told = |deeds: &[fairwatch_store::accounts::OwnDeed]| {
        deeds.iter().map(|deed| (deed.at, deed.action.clone())).collect::<Vec<_>>()
    };
    assert_eq!(told(&pieces), told(&whole.0));
    let south = world.scheme("southgate").await;
    assert!(page(south.org.0, 0, 3).await.is_err(), "another scheme’s");
    Ok(())
}

//! The gallery: who is new to whom, who is found by what, and who comes next (VIS-1, VIS-7, RET-10).
mod support;

use fairwatch_app::{
    AppError,
    subjects::{self, Filter, GalleryPage, Sought},
};
use fairwatch_core::{accounts::Business, gate::Role, ids::SubjectId};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::SignedDuration;
use support::{GENERIC, Scene, everybody_is_new, person, policy_text, theft};

async fn look(scene: &Scene, world: &World, who: &Person, sought: &Sought) -> Result<GalleryPage, AppError> {
    subjects::gallery(&scene.app, &who.again(world), scene.org(), sought, None).await
}

fn ids(page: &GalleryPage) -> Vec<SubjectId> {
    page.cards.iter().map(|card| card.id).collect()
}

on_both!(vis_1_new_is_what_came_since_ones_last_visit);
/// VIS-1: somebody who opens the gallery sees whom they have not been shown yet, and a visit is not one page.
async fn vis_1_new_is_what_came_since_ones_last_visit(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let new = Sought::from(Filter::New);
    let one = scene.subject("Una Example", &[]).await?;
    assert_eq!(ids(&look(&scene, world, &scene.member, &new).await?), [one], "the first visit: this week's");
    world.clock.pass(SignedDuration::from_mins(10));
    let page = look(&scene, world, &scene.member, &Sought::default()).await?;
    assert_eq!(page.new, [one], "it is the same visit");
    assert_eq!(page.counts.since, 1);
    world.clock.pass(SignedDuration::from_mins(25));
    let two = scene.subject("Dora Example", &[]).await?;
    world.clock.pass(SignedDuration::from_mins(10));
    let page = look(&scene, world, &scene.member, &Sought::default()).await?;
    assert_eq!(ids(&page).len(), 2);
    assert_eq!(page.new, [two], "the next visit");
    let other = scene.another_member(world).await;
    assert_eq!(look(&scene, world, &other, &new).await?.counts.since, 2, "each has visits of their own");
    // A further report of somebody who is shown already is no reason to call them new.
    world.clock.pass(SignedDuration::from_mins(45));
    scene.again(one).await?;
    assert_eq!(ids(&look(&scene, world, &scene.member, &new).await?), []);
    Ok(())
}

on_both!(vis_1_people_are_found_by_where_by_what_and_by_tag);
/// VIS-1, INC-8: the filters of the gallery follow what is kept, and end with it.
async fn vis_1_people_are_found_by_where_by_what_and_by_tag(world: &World) -> Outcome {
    // A word that a report brings can be a tag's.
    let text =
        policy_text(GENERIC).replacen("category = \"modus_operandi\"", "category = \"description\"", 1);
    let scene = Scene::from_text(world, GENERIC, &text).await;
    let one = scene.subject("Una Example", &[]).await?;
    let elsewhere = {
        let business = Business {
            name: "The Gate Inn".into(),
            premises: "2 High Street".into(),
            area: "High street ".into(),
            trade: "pub".into(),
        };
        let console = world.console();
        let member =
            fairwatch_app::accounts::add_member(&scene.app, &console, scene.org(), &business).await?;
        world.person_of(&scene.scheme, Role::MemberUser, Some(member)).await
    };
    let mut typed = theft("They shouted at staff.", vec![person("Dora Example", "Works in a group")]);
    typed.category = "abuse".into();
    let sent = scene.report(&elsewhere.ctx, &typed, &[]).await?;
    let two = scene.approve(sent.id, everybody_is_new(&scene.review(sent.id).await?)).await?[0];
    let sought = |area: &str, category: &str, tag: &str| Sought {
        area: area.into(),
        category: category.into(),
        tag: tag.into(),
        ..Sought::default()
    };
    for (what, wanted) in [
        (sought("", "", ""), vec![two, one]),
        (sought("market_square", "", ""), vec![one]),
        (sought("high_street", "", ""), vec![two]),
        (sought("retail_park", "", ""), vec![]),
        (sought("", "theft", ""), vec![one]),
        (sought("", "abuse", ""), vec![two]),
        (sought("high_street", "theft", ""), vec![]),
        (sought("", "", "in_a_group"), vec![two]),
        (sought("", "", "distracts"), vec![]),
        (sought("", "", "no such tag"), vec![]),
    ] {
        let page = look(&scene, world, &scene.member, &what).await?;
        let mut found = ids(&page);
        found.sort_by_key(|id| *id == one);
        assert_eq!(found, wanted, "{what:?}");
        assert_eq!(page.counts.sought, i64::try_from(wanted.len())?, "{what:?}");
        assert_eq!(page.counts.all, 2, "the parts are counted without the filters");
    }
    Ok(())
}

on_both!(vis_7_a_filter_tells_nothing_that_the_viewer_may_not_see);
/// VIS-7: who may not see what somebody is reported for finds nobody by it.
async fn vis_7_a_filter_tells_nothing_that_the_viewer_may_not_see(world: &World) -> Outcome {
    let text = policy_text(GENERIC);
    let rule = text.find("kind = \"suspected_activity\"").expect("the policy holds it");
    let audience = "audience = [\"member\", \"staff\", \"controller\", \"board\", \"police\"]";
    let text = format!(
        "{}{}",
        &text[..rule],
        text[rule..].replacen(audience, "audience = [\"staff\", \"controller\", \"board\", \"police\"]", 1)
    );
    let scene = Scene::from_text(world, GENERIC, &text).await;
    let one = scene.subject("Una Example", &[]).await?;
    for sought in [
        Sought { category: "theft".into(), ..Sought::default() },
        Sought { area: "market_square".into(), ..Sought::default() },
    ] {
        assert_eq!(ids(&look(&scene, world, &scene.member, &sought).await?), []);
        assert_eq!(ids(&look(&scene, world, &scene.controller, &sought).await?), [one]);
    }
    Ok(())
}

on_both!(vis_1_one_goes_from_page_to_page_and_from_person_to_person);
/// VIS-1: forward and back through what was looked for, and never to somebody who is not shown.
async fn vis_1_one_goes_from_page_to_page_and_from_person_to_person(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let mut all = Vec::new();
    for n in 0..(2 * subjects::GALLERY_PAGE + 3) {
        all.push(scene.subject(&format!("Person Number{n}"), &[]).await?);
    }
    let (app, ctx, org) = (&scene.app, &scene.member.ctx, scene.org());
    let sought = Sought::default();
    let first = subjects::gallery(app, ctx, org, &sought, None).await?;
    assert!(first.back.is_none());
    let second = subjects::gallery(app, ctx, org, &sought, first.next).await?;
    assert_eq!(second.back, Some(None), "back to the beginning");
    let third = subjects::gallery(app, ctx, org, &sought, second.next).await?;
    assert!(third.next.is_none());
    let mut seen = [ids(&first), ids(&second), ids(&third)].concat();
    assert_eq!(seen.len(), all.len());
    let back = subjects::gallery(app, ctx, org, &sought, third.back.flatten()).await?;
    assert_eq!(ids(&back), ids(&second), "back is the page before");
    // From person to person, in the same order; whoever is hidden meanwhile is passed over.
    let hidden = seen.remove(1);
    subjects::restrict(app, &scene.controller.ctx, hidden, true, "A dispute").await?;
    let beside = |id| {
        let sought = sought.clone();
        async move { Ok::<_, AppError>(subjects::show_among(app, ctx, id, "", Some(&sought)).await?.beside) }
    };
    assert_eq!(beside(seen[0]).await?, (None, Some(seen[1])));
    assert_eq!(beside(seen[1]).await?, (Some(seen[0]), Some(seen[2])));
    assert_eq!(beside(*seen.last().expect("some")).await?, (Some(seen[seen.len() - 2]), None));
    Ok(())
}

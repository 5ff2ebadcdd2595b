//! What members are told of exclusions, and how they report a breach (EXC-6, EXC-7, VIS-1, VIS-7).
mod support;

use fairwatch_app::{
    exclusions,
    incidents::{
        reporting::{self, Outcome as Sent, Typed, TypedPerson},
        review,
    },
    subjects::{self, Filter, GalleryPage, Sought},
};
use fairwatch_core::{gate::Role, policy::practice::BREACH};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use support::{GENERIC, Scene, day, decisions, everybody_is_new, hidden, later, policy_text};

async fn gallery(
    scene: &Scene,
    world: &World,
    who: &Person,
    part: Filter,
) -> Result<GalleryPage, fairwatch_app::AppError> {
    subjects::gallery(&scene.app, &who.again(world), scene.org(), &Sought::from(part), None).await
}

on_both!(exc_6_members_see_who_is_excluded_from_where_until_when);
/// EXC-6: the exclusion stands on card and page, with whose premises are meant; the filter finds those who are excluded
/// and nobody else.
async fn exc_6_members_see_who_is_excluded_from_where_until_when(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 3).await;
    let other = scene.another_member(world).await;
    let own = scene.member.member.ok_or("a member user has a member")?;
    let (all, _) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    let (some, _) = decisions::exclude(&scene, &board, "Dora Example", &[own]).await?;
    let free = scene.subject("Finn Example", &[]).await?;
    let page = gallery(&scene, world, &scene.member, Filter::Excluded).await?;
    assert_eq!((page.counts.all, page.counts.excluded), (3, 2));
    let told = |page: &GalleryPage, id| {
        page.cards.iter().find(|card| card.id == id).and_then(|card| card.exclusion.clone())
    };
    assert!(page.cards.iter().all(|card| card.id != free));
    let from_some = told(&page, some).ok_or("it is on the card")?;
    assert!(from_some.reaches(Some(own)) && !from_some.reaches(other.member));
    assert!(!from_some.premises[0].1.is_empty(), "premises have a name");
    let from_all = told(&page, all).ok_or("it is on the card")?;
    assert!(from_all.reaches(other.member));
    let shown = subjects::show(&scene.app, &other.again(world), all, "").await?;
    let until = shown.exclusion.ok_or("it is on the page")?.ends_on;
    assert_eq!(until, from_all.ends_on);
    assert!(
        shown.open.exclusions.is_empty() && shown.open.proposals.is_empty(),
        "why, and by whom, is not theirs"
    );
    assert!(subjects::show(&scene.app, &other.again(world), free, "").await?.exclusion.is_none());
    Ok(())
}

on_both!(exc_6_whoever_the_policy_does_not_tell_learns_nothing);
/// VIS-1, VIS-7: where the policy does not give exclusions to members, neither card, page, count nor filter tells them.
async fn exc_6_whoever_the_policy_does_not_tell_learns_nothing(world: &World) -> Outcome {
    let text = policy_text(GENERIC).replace(
        "kind = \"exclusion\"\naudience = [\"member\", \"staff\", \"controller\", \"board\", \"police\"]",
        "kind = \"exclusion\"\naudience = [\"staff\", \"controller\", \"board\"]",
    );
    assert_ne!(text, policy_text(GENERIC));
    let scene = Scene::from_text(world, GENERIC, &text).await;
    let board = decisions::board(&scene, world, 3).await;
    let (id, _) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    let page = gallery(&scene, world, &scene.member, Filter::Excluded).await?;
    assert!(page.cards.is_empty() && page.counts.excluded == 0);
    let page = gallery(&scene, world, &scene.member, Filter::All).await?;
    assert!(page.cards[0].exclusion.is_none());
    let shown = subjects::show(&scene.app, &scene.member.again(world), id, "").await?;
    assert!(shown.exclusion.is_none() && shown.open.excluded.is_none() && shown.open.exclusions.is_empty());
    exclusions::lift(&scene.app, &scene.controller.again(world), id, "Agreed with them.").await?;
    assert!(gallery(&scene, world, &scene.member, Filter::All).await?.ended.is_empty());
    Ok(())
}

on_both!(exc_7_the_end_is_told_at_once_and_of_the_withdrawn_no_more_than_that);
/// EXC-7, RET-10: on the day on which an exclusion is over nobody is shown as excluded, whether or not the sweep has come
/// by; members are told for a week, with the person as long as they are shown and without as soon as they are not.
async fn exc_7_the_end_is_told_at_once_and_of_the_withdrawn_no_more_than_that(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 3).await;
    let own = scene.member.member.ok_or("a member user has a member")?;
    let other = scene.another_member(world).await;
    let (lifted, _) = decisions::exclude(&scene, &board, "Una Example", &[own]).await?;
    let (gone, _) = decisions::exclude(&scene, &board, "Dora Example", &[]).await?;
    assert!(gallery(&scene, world, &scene.member, Filter::All).await?.ended.is_empty());
    // Six months: they are still shown for the other six.
    let ends = subjects::show(&scene.app, &scene.member.again(world), gone, "").await?;
    let ends = ends.exclusion.ok_or("excluded")?.ends_on;
    exclusions::lift(&scene.app, &scene.controller.again(world), lifted, "Agreed with them.").await?;
    let page = gallery(&scene, world, &scene.member, Filter::All).await?;
    let [(ended, Some(card))] = &page.ended[..] else { panic!("one ended: {:?}", page.ended) };
    assert_eq!((ended.on, card.id), (day("2026-03-02"), lifted));
    assert!(gallery(&scene, world, &other, Filter::All).await?.ended.is_empty(), "it was not from there");
    world.clock.set_day(later(ends, -1));
    assert_eq!(gallery(&scene, world, &scene.member, Filter::Excluded).await?.counts.excluded, 1);
    world.clock.set_day(ends);
    let page = gallery(&scene, world, &scene.member, Filter::All).await?;
    assert_eq!(page.counts.excluded, 0, "by the clock alone");
    assert_eq!(page.ended.len(), 1, "the other was told long ago");
    assert_eq!(page.ended[0].0.subject, Some(gone));
    subjects::restrict(&scene.app, &scene.controller.again(world), gone, true, "Under review").await?;
    let page = gallery(&scene, world, &scene.member, Filter::All).await?;
    let [(ended, None)] = &page.ended[..] else { panic!("nothing of who it was: {:?}", page.ended) };
    assert_eq!((ended.on, ended.subject), (ends, None));
    world.clock.set_day(later(ends, 7));
    assert!(gallery(&scene, world, &scene.member, Filter::All).await?.ended.is_empty());
    Ok(())
}

on_both!(exc_6_a_breach_is_reported_and_counts);
/// EXC-6, EXC-1: a breach is one report, touches no draft, and the tariff counts it as one once it is approved.
async fn exc_6_a_breach_is_reported_and_counts(world: &World) -> Outcome {
    world.clock.set_day(day("2026-03-02"));
    let scene = Scene::new(world, GENERIC).await;
    let board = decisions::board(&scene, world, 3).await;
    let (id, _) = decisions::exclude(&scene, &board, "Una Example", &[]).await?;
    world.clock.set_day(day("2026-03-20"));
    let (app, org, ctx) = (&scene.app, scene.org(), scene.member.again(world));
    let unfinished = Typed { sentence: "Not finished".into(), ..Typed::default() };
    reporting::keep_draft(app, &ctx, org, &unfinished).await?;
    let typed = Typed {
        category: BREACH.into(),
        place: reporting::own_place(app, &ctx, org).await?,
        sentence: "They came in although they are excluded.".into(),
        people: vec![TypedPerson { proposed: id.to_string(), ..TypedPerson::default() }],
        ..Typed::default()
    };
    assert!(!typed.place.is_empty());
    let Sent::Sent(sent) = reporting::breach(app, &ctx, org, &typed).await? else { panic!("it is sent") };
    assert_eq!(reporting::draft(app, &ctx, org).await?.typed.sentence, "Not finished");
    let controller = scene.controller.again(world);
    let review = review::open(app, &controller, sent.id).await?;
    assert_eq!(review.held.people[0].proposed, Some(id));
    let mut decision = everybody_is_new(&review);
    decision.people[0].link = review::Link::Existing(id);
    review::approve(app, &controller, sent.id, decision).await?;
    let ground = exclusions::proposing::ground(app, &controller, id).await?;
    assert_eq!(ground.before.tariff.breaches, 1, "{:?}", ground.before.tariff);
    // Police and board report nothing.
    for role in [Role::Board, Role::Police] {
        let other = world.person(&scene.scheme, role).await;
        assert!(hidden(&reporting::breach(app, &other.ctx, org, &typed).await), "{role}");
    }
    Ok(())
}

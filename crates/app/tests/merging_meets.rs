//! Merging two records where it meets what else is done to a record: items taken out, picked members, pictures cut out,
//! associates (SUB-2, SUB-3, SUB-6, INC-9, RET-9, RET-16).
mod support;

use fairwatch_app::{
    AppError, audit,
    pictures::crops::{self, Region},
    subjects::{self, Item, associates, fields, merging, picks},
};
use fairwatch_core::{
    gate::Role,
    ids::SubjectId,
    policy::Category,
    subjects::{
        Source,
        associates::Together,
        merging::{Chosen, Side},
    },
};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use support::{GENERIC, Scene, TM, everybody_is_new, face, person, policy, record, refusal, theft};

const ANY: Chosen = Chosen { name: Side::Kept, born: Some(Side::Kept) };

async fn merge(scene: &Scene, kept: SubjectId, other: SubjectId) -> Result<(), AppError> {
    merging::merge(&scene.app, &scene.controller.ctx, kept, other, ANY, "The same person").await
}

async fn undo(scene: &Scene, kept: SubjectId) -> Result<SubjectId, AppError> {
    merging::undo(&scene.app, &scene.controller.ctx, kept, "They are two after all").await
}

fn item(category: Category, value: &str, source: Source) -> fields::Typed {
    fields::Typed { category, value: value.into(), source, was_public: false, minded: String::new() }
}

on_both!(sub_2_a_name_taken_out_of_one_leaves_the_others_to_the_clocks);
/// SUB-2, RET-16: a wrong name that was taken out of one record before says nothing of the name of the other.
async fn sub_2_a_name_taken_out_of_one_leaves_the_others_to_the_clocks(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Wrong Name", &[]).await?;
    let two = scene.subject("Pete Example", &[]).await?;
    let held = subjects::open(app, ctx, one).await?.open.profile.fields;
    let name = held.iter().find(|field| field.category == Category::Name).expect("it has one").id;
    fields::remove(app, ctx, one, Item::Field(name), "It was somebody else's", false).await?;
    assert!(!subjects::open(app, ctx, one).await?.open.life.identified);
    merge(&scene, one, two).await?;
    let open = subjects::open(app, ctx, one).await?.open;
    assert_eq!(open.profile.name(), Some("Pete Example"));
    assert!(open.life.identified, "the clocks know it, too");
    undo(&scene, one).await?;
    assert!(!subjects::open(app, ctx, one).await?.open.life.identified);
    Ok(())
}

on_both!(inc_9_what_came_from_the_others_report_must_go_before_they_are_two_again);
/// INC-9, RET-16: a part of a picture, and an item, from a report of the one that goes its own way again would stay with
/// the wrong person.
async fn inc_9_what_came_from_the_others_report_must_go_before_they_are_two_again(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Una Example", &[]).await?;
    let people = vec![person("Dora Other", "A limp"), person("Peter Plain", "A cap")];
    let sent = scene.report(&scene.member.ctx, &theft("They took gin.", people), &[face(4)]).await?;
    let mut decision = everybody_is_new(&scene.review(sent.id).await?);
    let picture = decision.pictures[0].0;
    decision.pictures[0].1 = fairwatch_app::incidents::review::Shows::Several;
    decision.narrative = "{1} and {2} took gin.".into();
    let two = scene.approve(sent.id, decision).await?[0];
    let before = [record(&scene, one).await?, record(&scene, two).await?];
    let involved = subjects::open(app, ctx, two).await?.open.involved;
    let source = Source::Report { report: involved[0].report, incident: involved[0].incident };
    merge(&scene, one, two).await?;

    let whole = Region { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };
    assert!(refusal(crops::crop(app, ctx, one, picture, whole).await).contains("nearly the whole picture"));
    let left = Region { left: 0.0, top: 0.1, width: 0.5, height: 0.8 };
    let part = crops::crop(app, ctx, one, picture, left).await?;
    let refused = refusal(undo(&scene, one).await);
    assert!(refused.contains("A part of a picture"), "{refused}");
    crops::undo(app, ctx, one, part).await?;

    let policy = policy(GENERIC);
    fields::enter(app, ctx, &policy, one, item(Category::ModusOperandi, "Hides behind others", source))
        .await?;
    let refused = refusal(undo(&scene, one).await);
    assert!(refused.contains("Something was entered since"), "{refused}");
    let (_, undoing) = merging::preview_undo(app, ctx, one).await?;
    let said = undoing.expect("it was merged").apart.err().unwrap_or_default();
    assert!(refused.ends_with(&said), "the page says so beforehand: {said}");
    let held = subjects::open(app, ctx, one).await?.open.profile.fields;
    let entered = held.iter().find(|field| field.value == "Hides behind others").expect("it is held").id;
    fields::remove(app, ctx, one, Item::Field(entered), "For being two again", false).await?;
    undo(&scene, one).await?;
    assert_eq!([record(&scene, one).await?, record(&scene, two).await?], before);
    Ok(())
}

on_both!(sub_6_a_pick_that_was_ended_does_not_come_back);
/// SUB-6: a member who was picked for both is picked once; ended, they are picked for neither.
async fn sub_6_a_pick_that_was_ended_does_not_come_back(world: &World) -> Outcome {
    let scene = Scene::new(world, TM).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let one = scene.subject("Una Example", &[]).await?;
    let two = scene.subject("Dora Other", &[]).await?;
    let picked = async |id: SubjectId| -> Result<usize, AppError> {
        Ok(subjects::open(app, ctx, id).await?.open.picks.len())
    };
    for end_it in [false, true] {
        let member = world.business(&scene.scheme).await;
        for id in [one, two] {
            picks::pick(app, ctx, id, member, None, "Next door").await?;
        }
        let before = picked(two).await?;
        merge(&scene, one, two).await?;
        assert_eq!(picked(one).await?, before, "each member once");
        if end_it {
            let open = subjects::open(app, ctx, one).await?.open;
            let pick =
                open.picks.iter().find(|held| held.pick.member == member).expect("it is there").pick.id;
            picks::end(app, ctx, one, pick).await?;
        }
        undo(&scene, one).await?;
        let gone = usize::from(end_it);
        assert_eq!([picked(one).await?, picked(two).await?], [before - gone, before - gone]);
    }
    Ok(())
}

on_both!(aud_2_why_two_are_associates_ends_with_either);
/// SUB-3, AUD-2, RET-9: the reason for a link speaks of both, so the audit keeps it under neither.
async fn aud_2_why_two_are_associates_ends_with_either(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, ctx) = (&scene.app, &scene.controller.ctx);
    let board = world.person(&scene.scheme, Role::Board).await;
    let one = scene.subject("Una Example", &[]).await?;
    let two = scene.subject("Dora Other", &[]).await?;
    let why = "Seen with Dora Other, both took gin";
    associates::associate(app, ctx, one, two, Together::Act, Source::Controller, why).await?;
    subjects::erase(app, ctx, two).await?;
    for viewer in [ctx, &board.ctx] {
        let lines = audit::list(app, viewer, scene.org(), audit::Wanted::default(), None, 200).await?;
        let told = lines.iter().filter_map(|line| line.reason.as_deref()).collect::<Vec<_>>();
        assert!(!told.iter().any(|reason| reason.contains("Dora Other")), "{told:?}");
    }
    Ok(())
}

//! What a dry run says, and what then happens (POL-5, RET-10).
use super::{
    Changing, replaced,
    support::{self, GENERIC, Scene, face, hidden, later, person, policy_text, refusal, theft},
    today, with,
};
use fairwatch_app::{
    AppError, policies,
    subjects::{self, Part},
};
use fairwatch_core::{
    gate::Role,
    ids::SubjectId,
    policy::changing::{Effect, Ends, Other},
};
use fairwatch_testkit::{
    Random,
    engines::{Outcome, World},
    on_both,
};
use jiff::{Span, civil::Date};
use std::collections::{BTreeMap, BTreeSet};

/// Somebody whose life is the same in two schemes, of which one changes its policy.
struct Twin {
    changed: SubjectId,
    unchanged: SubjectId,
}

/// What was seen of a scheme on a day: who is shown to members, and who is kept at all.
#[derive(Default)]
struct Seen {
    shown: BTreeSet<SubjectId>,
    kept: BTreeSet<SubjectId>,
}

async fn seen(world: &World, scene: &Scene) -> Result<Seen, AppError> {
    let mut seen = Seen { shown: scene.shown().await?.into_iter().collect(), ..Seen::default() };
    for part in [Part::All, Part::Frozen] {
        let ctx = scene.controller.again(world);
        let page = subjects::list(&scene.app, &ctx, scene.org(), part, None).await?;
        seen.kept.extend(page.cards.iter().map(|card| card.id));
    }
    Ok(seen)
}

on_both!(a_dry_run_says_what_then_happens_on_each_day);
/// POL-5, RET-10: for random lives and random policies, the live system does on each day what the dry run said, and
/// nothing else. What it is compared with is a scheme in which the same happened and no policy changed.
async fn a_dry_run_says_what_then_happens_on_each_day(world: &World) -> Outcome {
    let slug = support::policy(GENERIC).scheme.slug.to_string();
    let mut told = BTreeMap::<Effect, u64>::new();
    for seed in 0..4 {
        let mut random = Random::aspect(seed, "policies");
        let mut rules = |from: u64, to: u64| {
            let mut months =
                |from: u64, to: u64| u32::try_from(from + random.number() % (to - from)).unwrap_or(1);
            let text = replaced(&with(months(from, to), months(1, 5)), "repeat", months(from, to));
            replaced(&text, "cap", months(7, 20))
        };
        let (short, long) = (rules(1, 4), rules(3, 8));
        let (old, new) = if seed % 2 == 0 { (short, long) } else { (long, short) };
        let named = |text: &str, name: &str| text.replacen(&slug, name, 1);
        let one = Scene::from_text(world, GENERIC, &named(&old, &format!("one-{seed}"))).await;
        let two = Scene::from_text(world, GENERIC, &named(&old, &format!("two-{seed}"))).await;
        let board = world.person(&one.scheme, Role::Board).await;
        let it = Changing { scene: one, board };
        let mut twins: Vec<Twin> = Vec::new();
        for _ in 0..9 {
            let deed = random.number() % 6;
            let which = usize::try_from(random.number()).unwrap_or(0);
            let twin = twins.get(which % twins.len().max(1)).filter(|_| deed > 2);
            let (day, number) = (today(world), random.number());
            let mut made = Vec::new();
            for scene in [&it.scene, &two] {
                let id =
                    twin.map(|twin| if scene.org() == two.org() { twin.unchanged } else { twin.changed });
                let (app, ctx) = (&scene.app, scene.controller.again(world));
                match (id, deed) {
                    (None, _) => {
                        let name = if number.is_multiple_of(3) { "" } else { "Una Example" };
                        made.push(scene.subject(name, &[]).await?);
                    }
                    // Whoever has gone by then has no more happen to them, in either scheme.
                    (Some(id), 3) => drop(scene.again(id).await),
                    (Some(id), 4) => {
                        let ends = Some(later(day, i64::try_from(number % 200).unwrap_or(0) + 1));
                        drop(subjects::hold(app, &ctx, id, "A claim", later(day, 1), ends).await);
                    }
                    (Some(id), _) => drop(subjects::restrict(app, &ctx, id, true, "A dispute").await),
                }
            }
            if let [changed, unchanged] = made[..] {
                twins.push(Twin { changed, unchanged });
            }
            world.clock.set_day(later(day, i64::try_from(random.number() % 45).unwrap_or(0)));
        }
        it.scene.sweep(world).await?;
        let effective = later(today(world), i64::try_from(random.number() % 40).unwrap_or(0));
        let changed_text = named(&new, &format!("one-{seed}"));
        let id = it.agreed(&changed_text, effective).await?;
        let tried = policies::open(it.app(), it.controller(), id).await?.change.tried.expect("it was tried");
        let mut felt = BTreeMap::new();
        for effect in Effect::ALL {
            let (people, _) = policies::affected(it.app(), it.controller(), id, effect, None).await?;
            let count = tried.numbers.effects.get(&effect).map_or(0, |tally| tally.count);
            assert_eq!(people.iter().len() as u64, count, "the list is of those who are counted");
            *told.entry(effect).or_default() += count;
            felt.extend(people.into_iter().map(|one| ((one.card.id, effect), (one.was, one.will))));
        }
        // Every day on which something is said to happen, and each day before one.
        let days = felt.values().flat_map(|(was, will)| [*was, *will]).flatten();
        let mut days = days.flat_map(|day| [later(day, -1), day]).collect::<BTreeSet<_>>();
        days.extend((0..14).map(|n| effective.saturating_add(Span::new().months(n))));
        days.retain(|day| *day >= today(world));
        let mut record = BTreeMap::new();
        for day in days {
            world.clock.set_day(day);
            // Hiding waits for no sweep, and a sweep destroys nobody who is not gone already.
            let before = (seen(world, &it.scene).await?, seen(world, &two).await?);
            if random.number().is_multiple_of(3) {
                support::sweep_all(it.app(), world).await?;
                let after = (seen(world, &it.scene).await?, seen(world, &two).await?);
                assert_eq!(
                    (&before.0.kept, &before.0.shown),
                    (&after.0.kept, &after.0.shown),
                    "{seed} on {day}"
                );
            }
            record.insert(day, before);
        }
        for Twin { changed, unchanged } in &twins {
            let days = |effect| felt.get(&(*changed, effect)).copied();
            let here =
                |day: Date| (record[&day].0.shown.contains(changed), record[&day].0.kept.contains(changed));
            let there = |day: Date| {
                (record[&day].1.shown.contains(unchanged), record[&day].1.kept.contains(unchanged))
            };
            let case = format!("seed {seed}, {changed}, effective {effective}");
            if days(Effect::Hidden).is_some() {
                assert_eq!((here(effective).0, there(effective).0), (false, true), "hidden: {case}");
            } else if days(Effect::Shown).is_some() {
                assert_eq!((here(effective).0, there(effective).0), (true, false), "shown: {case}");
            } else if let Some((was, will)) = days(Effect::ShownShorter).or(days(Effect::ShownLonger)) {
                if let Some(day) = will {
                    assert!(here(later(day, -1)).0 && !here(day).0, "withdrawn on {day}: {case}");
                }
                if let Some(day) = was {
                    assert!(
                        there(later(day, -1)).0 && !there(day).0,
                        "withdrawn on {day} without it: {case}"
                    );
                }
            } else {
                for day in record.keys() {
                    assert_eq!(here(*day).0, there(*day).0, "shown alike on {day}: {case}");
                }
            }
            if days(Effect::Deleted).is_some() {
                assert_eq!((here(effective).1, there(effective).1), (false, true), "deleted: {case}");
            } else if let Some((was, will)) = days(Effect::DeletedSooner).or(days(Effect::KeptLonger)) {
                if let Some(day) = will {
                    assert!(here(later(day, -1)).1 && !here(day).1, "deleted on {day}: {case}");
                }
                if let Some(day) = was {
                    assert!(there(later(day, -1)).1 && !there(day).1, "deleted on {day} without it: {case}");
                }
            } else {
                for day in record.keys() {
                    assert_eq!(here(*day).1, there(*day).1, "kept alike on {day}: {case}");
                }
            }
        }
    }
    assert!(
        told.values().filter(|count| **count > 0).count() >= 5,
        "the cases are worth something: {told:?}"
    );
    Ok(())
}

on_both!(what_belongs_to_nobody_follows_the_policy_too);
/// POL-5, RET-15, INC-8: incidents, rejected reports and pictures of unknown people, as the dry run counts them.
async fn what_belongs_to_nobody_follows_the_policy_too(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let scene = &it.scene;
    let rejected = scene.report(&scene.member.ctx, &theft("A mistake.", vec![person("", "")]), &[]).await?;
    fairwatch_app::incidents::review::reject(it.app(), it.controller(), rejected.id, "Nothing happened")
        .await?;
    scene.subject("", &[face(3)]).await?;
    world.clock.set_day(later(today(world), 5));
    let late = scene.report(&scene.member.ctx, &theft("Another.", vec![person("", "")]), &[]).await?;
    fairwatch_app::incidents::review::reject(it.app(), it.controller(), late.id, "Nothing happened").await?;
    let day = later(today(world), 3);
    let keep = policy_text(GENERIC)
        .lines()
        .map(|line| {
            if line.starts_with("rejected_report = ") {
                "rejected_report = { days = 6, clause = \"x\" }"
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    let text = replaced(&replaced(&keep, "unidentified_image", 1), "incident", 1);
    let id = it.agreed(&text, day).await?;
    let open = policies::open(it.app(), it.controller(), id).await?;
    let others = open.change.tried.expect("it was tried").numbers.others;
    let ends = |at_once, sooner, later| Some(Ends { at_once, sooner, later });
    assert_eq!(others.get(&Other::Reports).copied(), ends(1, 1, 0), "{others:?}");
    assert_eq!(others.get(&Other::Incidents).copied(), ends(0, 1, 0), "{others:?}");
    assert_eq!(others.get(&Other::Pictures).copied(), ends(0, 1, 0), "{others:?}");
    world.clock.set_day(later(day, -1));
    assert_eq!(scene.sweep(world).await?.reports, 0);
    world.clock.set_day(day);
    assert_eq!(scene.sweep(world).await?.reports, 1, "as it was said");
    world.clock.set_day(later(day, 3));
    assert_eq!(scene.sweep(world).await?.reports, 1);
    world.clock.set_day(later(day, 30));
    assert_eq!(scene.sweep(world).await?.incidents, 1);
    Ok(())
}

on_both!(the_list_of_a_dry_run_follows_the_clock);
/// RET-10: it names nobody who is past their end by now, and nobody once the change is in force.
async fn the_list_of_a_dry_run_follows_the_clock(world: &World) -> Outcome {
    let it = Changing::under(world, &with(2, 2)).await;
    let una = it.scene.subject("Una Example", &[face(1)]).await?;
    let end = today(world).saturating_add(Span::new().months(4));
    world.clock.set_day(later(end, -1));
    let named = async |id, effect| {
        let ctx = it.scene.controller.again(world);
        let (people, _) = policies::affected(it.app(), &ctx, id, effect, None).await?;
        Ok::<_, AppError>(people.iter().map(|one| one.card.id).collect::<Vec<_>>())
    };
    // The board does not decide in time, and nobody has swept.
    let late = it.proposed(&with(2, 6), later(end, -1)).await?;
    assert_eq!(named(late, Effect::KeptLonger).await?, [una]);
    world.clock.set_day(end);
    assert_eq!(named(late, Effect::KeptLonger).await?, []);
    policies::withdraw(it.app(), &it.scene.controller.again(world), late, "Too late").await?;
    // What is in force has nothing more to do.
    let dora = it.scene.subject("Dora Example", &[face(2)]).await?;
    let day = later(end, 40);
    world.clock.set_day(later(day, -1));
    let id = it.agreed(&with(1, 12), day).await?;
    assert_eq!(named(id, Effect::Hidden).await?, [dora]);
    world.clock.set_day(day);
    assert!(hidden(&named(id, Effect::Hidden).await));
    Ok(())
}

/// The generic policy without the category of this kind.
fn without(kind: &str) -> String {
    let text = policy_text(GENERIC);
    let named = text.find(&format!("kind = \"{kind}\"")).expect("the policy has it");
    let start = text[..named].rfind("[[category]]").expect("it is a category");
    let end = text[named..].find("\n[").map_or(text.len(), |at| named + at + 1);
    format!("{}{}", &text[..start], &text[end..])
}

on_both!(no_policy_is_silent_on_what_is_held);
/// SUB-1, POL-4: a category is dropped once nobody's record holds anything of it, since the notice would deny it.
async fn no_policy_is_silent_on_what_is_held(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let una = it.scene.subject("Una Example", &[face(1)]).await?;
    it.scene.subject("", &[face(2)]).await?;
    let text = without("name");
    let refused = refusal(it.proposed(&text, today(world)).await);
    assert!(refused.contains('1') && refused.contains("name"), "{refused}");
    subjects::erase(it.app(), it.controller(), una).await?;
    let under_way = policies::list(it.app(), it.controller(), it.scene.org()).await?.0[0].id;
    assert!(policies::try_out(it.app(), it.controller(), under_way, usize::MAX).await?);
    policies::propose(it.app(), it.controller(), under_way).await?;
    Ok(())
}

on_both!(records_of_deletion_end_where_a_policy_keeps_none);
/// RET-15, POL-5: a policy that keeps no record of deleted profiles ends those that there are, as its dry run says.
async fn records_of_deletion_end_where_a_policy_keeps_none(world: &World) -> Outcome {
    let none = "stub = { months = \"none\"";
    let it = Changing::under(world, &with(1, 1).replacen(none, "stub = { months = 24", 1)).await;
    it.scene.subject("Una Example", &[face(1)]).await?;
    world.clock.set_day(today(world).saturating_add(Span::new().months(3)));
    assert_eq!(it.scene.sweep(world).await?.deleted, 1);
    let day = later(today(world), 3);
    let id = it.agreed(&with(1, 1), day).await?;
    let tried = policies::open(it.app(), it.controller(), id).await?.change.tried.expect("it was tried");
    let stubs = tried.numbers.others.get(&Other::Stubs).copied();
    assert_eq!(stubs, Some(Ends { at_once: 1, sooner: 0, later: 0 }));
    world.clock.set_day(later(day, -1));
    assert_eq!(it.scene.sweep(world).await?.stubs, 0);
    world.clock.set_day(day);
    assert_eq!(it.scene.sweep(world).await?.stubs, 1, "as it was said");
    Ok(())
}

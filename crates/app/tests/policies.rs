//! A policy is changed by two people, is in force by the clock, and does on each day what its dry run said (POL-5,
//! SEC-6, RET-10).
mod support;

use fairwatch_app::{
    App, AppError,
    policies::{self, Typed},
    subjects::{self, Part},
    sweep,
};
use fairwatch_core::{
    accounts::{GiveRole, Profile},
    gate::{Caller, Ctx, Role},
    ids::{PolicyChangeId, SubjectId},
    policies::{ApplyPolicy, ChangeState},
    policy::{
        Severity, Viewer,
        changing::{Effect, Ends, Other, Tally},
    },
    scope::InOrg,
};
use fairwatch_store::{
    accounts::{self, Invitation},
    policies::applying,
};
use fairwatch_testkit::{
    Random,
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::{Span, civil::Date};
use std::collections::{BTreeMap, BTreeSet};
use support::{GENERIC, Scene, face, hidden, later, person, policy_text, refusal, theft};

/// The generic policy with other months for a named adult.
fn with(first: u32, hold: u32) -> String {
    let text = policy_text(GENERIC);
    let text = replaced(text, "first", first);
    replaced(&text, "hold", hold)
}

/// Another number of months in every column's rule of this name.
fn replaced(text: &str, rule: &str, months: u32) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            inside = line.starts_with("[retention");
        }
        match line.split_once("months = ") {
            Some((head, tail)) if inside && head.starts_with(&format!("{rule} = ")) => {
                let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{head}months = {months}{rest}")
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

struct Changing {
    scene: Scene,
    board: Person,
}

impl Changing {
    async fn new(world: &World) -> Self {
        Self::under(world, policy_text(GENERIC)).await
    }
    async fn under(world: &World, text: &str) -> Self {
        let scene = Scene::from_text(world, GENERIC, text).await;
        let board = world.person(&scene.scheme, Role::Board).await;
        Self { scene, board }
    }
    fn app(&self) -> &App {
        &self.scene.app
    }
    fn controller(&self) -> &Ctx {
        &self.scene.controller.ctx
    }
    /// Written, tried and put before the board.
    async fn proposed(&self, text: &str, from: Date) -> Result<PolicyChangeId, AppError> {
        let (app, ctx) = (self.app(), self.controller());
        let id = policies::begin(app, ctx, self.scene.org()).await?;
        let typed = Typed {
            text: text.to_owned(),
            reason: "The board asked for it".into(),
            from: Some(from),
            ..Typed::default()
        };
        policies::save(app, ctx, id, typed).await?;
        assert!(policies::try_out(app, ctx, id, usize::MAX).await?);
        policies::propose(app, ctx, id).await?;
        Ok(id)
    }
    async fn agreed(&self, text: &str, from: Date) -> Result<PolicyChangeId, AppError> {
        let id = self.proposed(text, from).await?;
        policies::authorise(self.app(), &self.board.ctx, id).await?;
        Ok(id)
    }
    /// Who is on the controller's list.
    async fn listed(&self) -> Result<BTreeSet<SubjectId>, AppError> {
        let page = subjects::list(self.app(), self.controller(), self.scene.org(), Part::All, None).await?;
        Ok(page.cards.iter().map(|card| card.id).collect())
    }
    async fn shown(&self) -> Result<BTreeSet<SubjectId>, AppError> {
        Ok(self.scene.shown().await?.into_iter().collect())
    }
}

/// The controller in another role of theirs.
async fn another_role(world: &World, it: &Changing, role: Role) -> Result<Ctx, AppError> {
    let email = Some(it.scene.controller.login.clone());
    let profile = Profile { name: "Data controller Example".into(), email, user_name: None };
    let invitation = Invitation { profile, role, member: None };
    let console = world.console();
    let give = world.store.write::<GiveRole, _>(&console, InOrg(it.scene.org()), async move |tx| {
        accounts::give_role(tx, &invitation).await
    });
    let given = give.await?;
    assert_eq!(given.account, it.scene.controller.account);
    Ok(world.ctx(Caller::User {
        session: it.scene.controller.session,
        account: given.account,
        membership: Some(given.membership),
    }))
}

fn today(world: &World) -> Date {
    world.nobody().today()
}

on_both!(a_shorter_period_hides_on_its_day_without_any_job);
/// POL-5, RET-10: on the day of effect, by the clock alone, on every server, and in every way of looking.
async fn a_shorter_period_hides_on_its_day_without_any_job(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let scene = &it.scene;
    let old = scene.subject("Una Example", &[face(1)]).await?;
    world.clock.set_day(later(today(world), 70));
    let new = scene.subject("Dora Example", &[face(2)]).await?;
    let day = later(today(world), 10);
    it.agreed(&with(2, 12), day).await?;
    let other = world.another_server().await?;
    let elsewhere = App::new(other.clone(), (*scene.app.blobs).clone());
    let there = async |ctx: &Ctx| {
        let page =
            subjects::gallery(&elsewhere, ctx, scene.org(), &subjects::Sought::default(), None).await?;
        Ok::<_, AppError>(page.cards.iter().map(|card| card.id).collect::<BTreeSet<_>>())
    };
    let member = &scene.member;
    let both = BTreeSet::from([old, new]);
    assert_eq!((it.shown().await?, there(&member.ctx).await?), (both.clone(), both.clone()));
    world.clock.set_day(later(day, -1));
    assert_eq!(it.shown().await?, both, "the day before");
    world.clock.set_day(day);
    let ctx = member.again(world);
    assert_eq!(
        there(&ctx).await?,
        BTreeSet::from([new]),
        "on the day, on a server that was looked at before"
    );
    assert_eq!(it.shown().await?, BTreeSet::from([new]), "on the day, here");
    assert!(hidden(&subjects::show(&scene.app, &member.again(world), old, "").await), "its page");
    assert_eq!(scene.found("una").await?, [old], "the controller finds who is held");
    let report = scene.sweep(world).await?;
    assert_eq!((report.deleted, it.listed().await?), (0, both), "and nobody is destroyed");
    other.close().await;
    Ok(())
}

on_both!(a_longer_period_keeps_and_shows);
/// POL-5, RET-10: what a longer period extends is neither hidden nor deleted, although its row said another day; who
/// was withdrawn comes back.
async fn a_longer_period_keeps_and_shows(world: &World) -> Outcome {
    let first = 3;
    let it = Changing::under(world, &with(3, 12)).await;
    let id = it.scene.subject("Una Example", &[face(1)]).await?;
    let ends = today(world).saturating_add(Span::new().months(first));
    world.clock.set_day(later(ends, -3));
    it.agreed(&with(6, 12), ends).await?;
    world.clock.set_day(ends);
    it.scene.sweep(world).await?;
    assert_eq!(it.shown().await?, BTreeSet::from([id]), "on the day on which it would have been withdrawn");
    world.clock.set_day(ends.saturating_add(Span::new().months(3)));
    assert_eq!(it.shown().await?, BTreeSet::new(), "as the new policy says");
    // And back again: withdrawn under one, shown under the next.
    let back = later(today(world), 5);
    it.agreed(&with(9, 12), back).await?;
    world.clock.set_day(back);
    assert_eq!(it.shown().await?, BTreeSet::from([id]));
    Ok(())
}

on_both!(two_people_change_a_policy);
/// SEC-6, POL-5: the author cannot agree, nor anybody of another scheme, nor the controller; what is under way can be
/// taken back until its day; versions say who and why.
async fn two_people_change_a_policy(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let (app, controller, board) = (it.app(), it.controller(), &it.board.ctx);
    let org = it.scene.org();
    let elsewhere = world.scheme("southgate").await;
    let stranger = world.person(&elsewhere, Role::Board).await;
    let day = later(today(world), 7);
    let id = policies::begin(app, controller, org).await?;
    assert!(refusal(policies::begin(app, controller, org).await).contains("under way already"));
    assert!(hidden(&policies::open(app, board, id).await), "a draft is its author's");
    let save = |text: &str, reason: &str, from| {
        policies::save(
            app,
            controller,
            id,
            Typed { text: text.into(), reason: reason.into(), from, ..Typed::default() },
        )
    };
    save("format = 1\nnonsense", "", None).await?;
    let open = policies::open(app, controller, id).await?;
    assert_eq!(open.change.written.text, "format = 1\nnonsense", "what was typed is kept");
    assert!(open.after.is_none());
    assert!(open.findings.iter().any(|finding| finding.severity == Severity::Error && finding.line == 2));
    assert!(refusal(policies::try_out(app, controller, id, 1).await).contains("Mend what is wrong"));
    save(&with(3, 12), "", None).await?;
    assert!(refusal(policies::propose(app, controller, id).await).contains("Say why"));
    save(&with(3, 12), "Twelve months are more than we need", Some(later(today(world), -1))).await?;
    assert!(refusal(policies::propose(app, controller, id).await).contains("today or later"));
    save(&with(3, 12), "Twelve months are more than we need", Some(day)).await?;
    assert!(refusal(policies::propose(app, controller, id).await).contains("Work out anew"));
    policies::try_out(app, controller, id, usize::MAX).await?;
    policies::propose(app, controller, id).await?;
    assert!(
        hidden(&policies::save(app, controller, id, Typed::default()).await),
        "what is proposed is fixed"
    );
    assert!(hidden(&policies::authorise(app, controller, id).await), "the controller");
    assert!(hidden(&policies::authorise(app, &stranger.ctx, id).await), "another scheme's board");
    assert!(hidden(&policies::open(app, &stranger.ctx, id).await));
    assert!(hidden(&policies::authorise(app, &it.scene.member.ctx, id).await), "a member");
    // The author has a seat on the board, too.
    let two = another_role(world, &it, Role::Board).await?;
    assert!(hidden(&policies::authorise(app, &two, id).await), "the author, in another role");
    assert!(hidden(&policies::refuse(app, &two, id, "no").await));
    assert!(
        hidden(&policies::affected(app, board, id, Effect::Hidden, None).await),
        "the board reads numbers"
    );
    assert_eq!(policies::open(app, board, id).await?.change.state, ChangeState::Proposed);
    world.clock.set_day(later(today(world), 1));
    assert!(refusal(policies::authorise(app, board, id).await).contains("Work out anew"), "a day has passed");
    policies::try_out(app, board, id, usize::MAX).await?;
    assert_eq!(policies::authorise(app, board, id).await?, 2);
    let versions = policies::versions(app, controller, org).await?;
    let told = versions.iter().map(|v| (v.version, v.effective_on, &*v.reason)).collect::<Vec<_>>();
    assert_eq!(told[0], (2, day, "Twelve months are more than we need"));
    assert_eq!(
        (versions[0].author, versions[0].authorised_by),
        (Some(it.scene.controller.account), Some(it.board.account))
    );
    assert!(versions[0].certify, "members are asked to certify again, as the policy says (MEM-3)");
    policies::withdraw(app, controller, id, "The board changed its mind").await?;
    assert_eq!(policies::versions(app, controller, org).await?.len(), 1);
    world.clock.set_day(day);
    let scope = fairwatch_app::orgs::by_slug(app, &world.nobody(), &it.scene.scheme.slug)
        .await?
        .expect("it is there");
    assert_eq!(scope.policy_version, 1, "what was taken back never takes effect");
    let again = it.proposed(&with(4, 12), day).await?;
    policies::refuse(app, &it.board.ctx, again, "Too short").await?;
    let third = it.agreed(&with(5, 12), day).await?;
    let scope = fairwatch_app::orgs::by_slug(app, &world.nobody(), &it.scene.scheme.slug)
        .await?
        .expect("it is there");
    assert_eq!(
        (scope.policy_version, scope.policy.retention().known.first),
        (3, 5),
        "no number is given twice"
    );
    assert!(hidden(&policies::withdraw(app, it.controller(), third, "no").await), "it is in force");
    let open = policies::open(app, it.controller(), third).await?;
    assert!(open.is_in_force);
    let (text, old) = policies::version(app, &world.nobody(), org, 1).await?;
    assert_eq!(
        (&*text, old.retention().known.first),
        (policy_text(GENERIC), support::policy(GENERIC).retention().known.first)
    );
    // What was refused goes with its key once the policy's period for former documents is over (RET-15).
    world.clock.set_day(later(day, 366 * 8));
    it.scene.sweep(world).await?;
    assert!(hidden(&policies::open(app, &it.scene.controller.again(world), again).await));
    assert!(policies::open(app, &it.scene.controller.again(world), third).await.is_ok());
    Ok(())
}

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

on_both!(who_sees_what_changes_on_the_day);
/// POL-5, VIS-1: audiences are counted beforehand, and hold from the day on in what was kept in memory, too.
async fn who_sees_what_changes_on_the_day(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    it.scene.subject("Una Example", &[face(1)]).await?;
    it.scene.subject("", &[face(2)]).await?;
    let mut inside = false;
    let lines = policy_text(GENERIC).lines().map(|line| {
        inside = if line.starts_with("kind = ") { line == "kind = \"name\"" } else { inside };
        if inside && line.starts_with("audience = ") {
            line.replace("\"member\", ", "")
        } else {
            line.to_owned()
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    assert_ne!(text.trim(), policy_text(GENERIC).trim());
    let day = later(today(world), 2);
    let id = it.agreed(&text, day).await?;
    let numbers =
        policies::open(it.app(), it.controller(), id).await?.change.tried.expect("it was tried").numbers;
    let members =
        numbers.sights.iter().find(|sight| sight.viewer == Viewer::Member).expect("members are told");
    assert_eq!((members.seen, members.people), (false, 1), "one of the two has a name");
    let names = async || {
        let page = it.scene.gallery(&it.scene.member.again(world)).await?;
        let named = page.cards.iter().filter(|card| card.profile.name().is_some());
        Ok::<_, AppError>(named.count())
    };
    assert_eq!(names().await?, 1);
    world.clock.set_day(day);
    assert_eq!(names().await?, 0);
    Ok(())
}

on_both!(whoever_is_cut_off_goes_on_where_they_were);
/// POL-5, RET-10: records are worked out in parts; what has not been come to is hidden, and a dry run that was broken
/// off is gone on with.
async fn whoever_is_cut_off_goes_on_where_they_were(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    for n in 0..5 {
        it.scene.subject(&format!("Person {n}"), &[]).await?;
    }
    let day = later(today(world), 2);
    it.agreed(&with(6, 12), day).await?;
    world.clock.set_day(day);
    let job = world.job("policy");
    let org = it.scene.org();
    // A job that is killed after its first small part.
    world.store.write::<ApplyPolicy, _>(&job, InOrg(org), async |tx| applying::switch(tx).await).await?;
    let last = world
        .store
        .write::<ApplyPolicy, _>(&job, InOrg(org), async |tx| applying::part(tx, uuid::Uuid::nil(), 2).await)
        .await?;
    assert!(last.is_some());
    let progress = applying::progress(&world.store, &job, org).await?;
    assert_eq!((progress.people, progress.left), (5, 3));
    assert!(policies::apply(it.app(), &job, org, None).await?, "another one goes on");
    assert_eq!(applying::progress(&world.store, &job, org).await?.left, 0);
    assert_eq!(it.shown().await?.len(), 5);
    // A dry run that nobody waited for.
    let id = policies::begin(it.app(), it.controller(), org).await?;
    let from = Some(later(day, 1));
    let typed = Typed { text: with(1, 12), reason: "Less".into(), from, ..Typed::default() };
    policies::save(it.app(), it.controller(), id, typed).await?;
    assert!(!policies::try_out(it.app(), it.controller(), id, 0).await?);
    assert!(refusal(policies::propose(it.app(), it.controller(), id).await).contains("Work out anew"));
    policies::keep_up(it.app(), &job).await?;
    let tried = policies::open(it.app(), it.controller(), id).await?.change.tried.expect("it was tried");
    assert_eq!((tried.is_done, tried.numbers.people), (true, 5));
    assert_eq!(tried.numbers.effects.get(&Effect::ShownShorter).map(|t: &Tally| t.count), Some(5));
    policies::propose(it.app(), it.controller(), id).await?;
    Ok(())
}

on_both!(a_sweep_asks_before_a_policy_destroys_what_stands_beside_people);
/// RET-11, POL-5: a shorter period for incidents, reports, records of profiles or pictures is as good a cause to stop
/// as one for people.
async fn a_sweep_asks_before_a_policy_destroys_what_stands_beside_people(world: &World) -> Outcome {
    let it = Changing::new(world).await;
    let scene = &it.scene;
    for _ in 0..21 {
        let sent = scene.report(&scene.member.ctx, &theft("A mistake.", vec![person("", "")]), &[]).await?;
        fairwatch_app::incidents::review::reject(it.app(), it.controller(), sent.id, "Nothing happened")
            .await?;
    }
    let keep = policy_text(GENERIC).lines().map(|line| match line.starts_with("rejected_report = ") {
        true => "rejected_report = { days = 2, clause = \"x\" }",
        false => line,
    });
    let day = later(today(world), 3);
    it.agreed(&keep.collect::<Vec<_>>().join("\n"), day).await?;
    let job = world.job("sweep");
    let doubts = async || {
        let plans = sweep::plan(it.app(), &job).await?;
        let up_for = jiff::SignedDuration::from_hours(100_000);
        let doubts = sweep::doubts(it.app(), &job, &plans, None, up_for).await?;
        let about = doubts.into_iter().map(|doubt| doubt.0).filter(|doubt| !doubt.contains("clock"));
        Ok::<_, AppError>((plans[0].plan.losses(), about.collect::<Vec<_>>()))
    };
    assert_eq!(doubts().await?, (0, Vec::new()));
    world.clock.set_day(day);
    let (losses, found) = doubts().await?;
    assert_eq!((losses, found.len()), (21, 1), "{found:?}");
    assert!(found[0].contains("21 of 21") && found[0].to_lowercase().contains("rejected"), "{found:?}");
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

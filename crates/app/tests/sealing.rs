//! Personal data is nowhere in the clear, and the keys of those who were deleted are nowhere at all.
mod support;

use fairwatch_app::{
    evidence,
    incidents::{
        reporting,
        review::{self, Link},
    },
    pictures, subjects,
    subjects::Correction,
};
use fairwatch_core::{
    accounts::{AddMember, Business, GiveRole, Profile},
    gate::{Caller, Role},
    incidents::KeepDraft,
    pictures::Size,
    policy::Category,
    scope::InOrg,
    subjects::Source,
};
use fairwatch_store::{
    Engine,
    accounts::{self, Device, Invitation},
    incidents::drafts,
    testing::Burglar,
};
use fairwatch_testkit::{
    Random,
    engines::{Person, World},
    on_both,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use support::{GENERIC, Scene, day, everybody_is_new, face, files, hidden, later, person, theft};

/// Finds any of many needles in files, in one pass over each.
struct Search {
    /// The needles, by their first two bytes.
    by_start: Vec<Vec<Vec<u8>>>,
}

impl Search {
    fn of(needles: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut by_start = vec![Vec::new(); 1 << 16];
        for needle in needles {
            assert!(needle.len() >= 8, "a short needle is found by chance");
            by_start[usize::from(needle[0]) << 8 | usize::from(needle[1])].push(needle);
        }
        Self { by_start }
    }

    fn finds(&self, bytes: &[u8]) -> Option<usize> {
        (1..bytes.len()).map(|end| end - 1).find(|&at| {
            let start = usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1]);
            self.by_start[start].iter().any(|needle| bytes[at..].starts_with(needle))
        })
    }

    /// The files in which a needle stands.
    fn through(&self, files: &[PathBuf]) -> Vec<String> {
        let found = files.iter().filter_map(|file| {
            // The server may remove a file while it is looked for.
            let bytes = fs::read(file).ok()?;
            let at = self.finds(&bytes)?;
            let around = String::from_utf8_lossy(&bytes[at.saturating_sub(80)..(at + 80).min(bytes.len())])
                .into_owned();
            Some(format!("{} at {at}: {around:?}", file.display()))
        });
        found.collect()
    }
}

/// A text as it might be stored: as it is, in lower case, in UTF-16, in hexadecimal.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for text in [text.to_owned(), text.to_lowercase(), text.to_uppercase()] {
        forms.push(text.as_bytes().to_vec());
        forms.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        forms.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        let hex = fairwatch_store::audit::hex(text.as_bytes());
        forms.push(hex.to_uppercase().into_bytes());
        forms.push(hex.into_bytes());
    }
    forms
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, into) } else { into.push(path) }
    }
}

fn cluster() -> PathBuf {
    std::env::var_os("FAIRWATCH_TEST_POSTGRES_DIR").expect("scripts/postgres-cluster sets it").into()
}

/// Every file that the installation or its database ever wrote, the database's journals and logs included.
fn everything(world: &World) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(world.folder(), &mut found);
    if world.store.engine() == Engine::Postgres {
        let before = found.len();
        walk(&cluster(), &mut found);
        assert!(found.len() > before + 100, "the server's files can be read");
    }
    found
}

/// The database's own files: SQLite's with its journal, PostgreSQL's heaps and indexes without the log of changes.
async fn database(world: &World, burglar: &Burglar) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    match world.store.engine() {
        Engine::Sqlite => {
            walk(world.folder(), &mut found);
            found.retain(|file| file.to_string_lossy().contains("fairwatch.db"));
        }
        Engine::Postgres => {
            burglar.checkpoint().await?;
            let number = burglar
                .number("SELECT CAST(oid AS BIGINT) AS n FROM pg_database WHERE datname = current_database()")
                .await?;
            walk(&cluster().join("data/base").join(number.to_string()), &mut found);
            walk(&cluster().join("data/global"), &mut found);
        }
    }
    assert!(!found.is_empty());
    Ok(found)
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Somebody all of whose own data is marked.
async fn marked_member(world: &World, scene: &Scene, mark: &str) -> Outcome<Person> {
    let business = Business {
        name: format!("{mark}Stores"),
        premises: format!("9 {mark}Street"),
        area: format!("{mark}-area"),
        trade: format!("{mark}trade"),
    };
    let console = world.console();
    let member = world
        .store
        .write::<AddMember, _>(&console, InOrg(scene.org()), async |tx| {
            accounts::add_member(tx, &business).await
        })
        .await?;
    let profile = Profile {
        name: format!("{mark}Memberson"),
        email: Some(format!("{mark}@shop.example")),
        user_name: Some(format!("{mark}-till")),
    };
    let invitation = Invitation { profile, role: Role::MemberUser, member: Some(member) };
    let invited = world
        .store
        .write::<GiveRole, _>(&console, InOrg(scene.org()), async |tx| {
            accounts::give_role(tx, &invitation).await
        })
        .await?;
    let device = Device::new(&format!("{mark}browser"), "192.0.2.77");
    let session = accounts::open_session(
        &world.store,
        &world.nobody(),
        invited.account,
        None,
        &device,
        accounts::Proof::Both,
    )
    .await?;
    let session = session.expect("they may sign in");
    let caller = Caller::User {
        session: session.session,
        account: invited.account,
        membership: Some(invited.membership),
    };
    Ok(Person {
        ctx: world.ctx(caller),
        account: invited.account,
        session: session.session,
        ..scene.member.clone()
    })
}

on_both!(no_personal_data_is_in_the_clear);
/// SEC-1, RET-9, VIS-7: after the whole of the main job no known text and no known picture is in any file of the
/// database, its journals, its log, or the folder of sealed files.
async fn no_personal_data_is_in_the_clear(world: &World) -> Outcome<()> {
    // A mark of this run: the cluster's log remembers earlier ones.
    let run = world.folder().file_name().and_then(|name| name.to_str()).expect("a plain name");
    let mark = format!("Zqx{}", run.rsplit('-').next().unwrap_or_default());
    assert!(mark.len() >= 8, "{mark}");
    let scene = Scene::new(world, GENERIC).await;
    let member = marked_member(world, &scene, &mark).await?;
    let (app, controller, org) = (&scene.app, &scene.controller.ctx, scene.org());

    let mut typed = theft(
        &format!("{mark}Sentence took it"),
        vec![
            person(&format!("{mark}Person"), &format!("{mark}description, tall")),
            person(&format!("{mark}Other"), &format!("another {mark}description")),
        ],
    );
    typed.place = format!("{mark}aisle");
    typed.people[0].born = "1987-06-05".into();
    reporting::keep_draft(app, &member.ctx, org, &typed).await?;
    let name = format!("{mark}clip.pdf");
    let mut clip = evidence::begin(app, &member.ctx, org, reporting::FORM, &name).await?;
    clip.write(format!("%PDF-1.7 {mark}statement").as_bytes()).await?;
    clip.finish(app, &member.ctx).await?;
    let sent = scene.report(&member.ctx, &typed, &[face(21), face(22)]).await?;
    let review = scene.review(sent.id).await?;
    assert_eq!(review.held.report.business, Some(format!("{mark}Stores")));
    let mut decision = everybody_is_new(&review);
    decision.place = format!("{mark}place");
    decision.narrative = "{1} and {2} took bottles of Zq".into();
    decision.activity = format!("{mark}activity");
    let subject = scene.approve(sent.id, decision).await?[0];
    let reason = format!("{mark}reason");
    subjects::restrict(app, controller, subject, true, &reason).await?;
    subjects::restrict(app, controller, subject, false, &reason).await?;
    let hold = subjects::hold(app, controller, subject, &reason, day("2026-04-01"), None).await?;
    subjects::end_hold(app, controller, subject, hold).await?;
    let correction = Correction { name: Some(format!("{mark}Corrected")), ..Correction::default() };
    subjects::correct(app, controller, subject, correction, &reason).await?;
    let alias = subjects::fields::Typed {
        category: Category::Alias,
        value: format!("{mark}Alias"),
        source: Source::Subject,
        was_public: false,
        minded: String::new(),
    };
    subjects::fields::enter(app, controller, &support::policy(GENERIC), subject, alias).await?;
    let officer = world.person(&scene.scheme, Role::Police).await;
    subjects::show(app, &officer.ctx, subject, &reason).await?;
    assert_eq!(scene.found(&mark).await?.len(), 2);
    let rejected = scene.report(&member.ctx, &typed, &[]).await?;
    review::reject(app, controller, rejected.id, &reason).await?;
    let further = scene.report(&member.ctx, &typed, &[]).await?;
    let review = scene.review(further.id).await?;
    let mut decision = everybody_is_new(&review);
    (decision.people[0].link, decision.people[1].link) = (Link::Existing(subject), Link::LeftOut);
    decision.people[0].born = None;
    scene.approve(further.id, decision).await?;
    subjects::remove_report(app, controller, subject, further.id, &reason).await?;
    let picture = subjects::open(app, controller, subject).await?.open.pictures[0];
    let jpegs = [
        face(21),
        pictures::show(app, controller, picture, Size::Small).await?.0,
        pictures::show(app, controller, picture, Size::Large).await?.0,
    ];
    reporting::keep_draft(app, &member.ctx, org, &typed).await?;
    scene.sweep(world).await?;
    // What a failure writes must not say more either.
    assert!(hidden(&subjects::open(app, &member.ctx, subject).await));

    let burglar = Burglar::at(world.address()).await?;
    burglar.checkpoint().await?;
    let all = everything(world);
    let control = Search::of([scene.scheme.slug.clone().into_bytes()]).through(&all);
    assert!(!control.is_empty(), "the search finds what is in the clear: the name of the scheme");
    let mut needles = forms(&mark);
    needles.extend(forms("1987-06-05"));
    // From the middle of each picture: headers and tables are alike in all of them.
    needles.extend(jpegs.iter().map(|jpeg| jpeg[jpeg.len() / 2..][..24].to_vec()));
    needles.extend(jpegs.iter().map(|jpeg| jpeg[jpeg.len() * 3 / 4..][..24].to_vec()));
    assert_eq!(Search::of(needles).through(&all), Vec::<String>::new());

    // Two people, the second erased with all else by the end of time: nothing is left of the files.
    assert!(!files(world).is_empty());
    world.clock.set_day(day("2032-03-02"));
    world.clock.pass(jiff::SignedDuration::from_hours(25));
    scene.sweep(world).await?;
    assert_eq!(files(world), Vec::<PathBuf>::new());
    burglar.leave().await;
    Ok(())
}

on_both!(the_keys_of_the_deleted_are_gone_from_the_database);
/// RET-9, SEC-1: after a sweep the wrapped data keys of deleted owners are in none of the database's own files,
/// whatever order they were made and deleted in.
async fn the_keys_of_the_deleted_are_gone_from_the_database(world: &World) -> Outcome<()> {
    let scene = Scene::new(world, GENERIC).await;
    let (app, controller, org) = (&scene.app, &scene.controller.ctx, scene.org());
    let erased = scene.subject("Erna Erased", &[face(23)]).await?;
    let expired = scene.subject("", &[face(24)]).await?;
    let kept = scene.subject("Karl Kept", &[]).await?;
    // Many owners, so that pages of the table split and merge.
    let keep = async |form: String| {
        world
            .store
            .write::<KeepDraft, _>(controller, InOrg(org), async |tx| {
                drafts::keep(tx, &form, "{}").await.map(|_| ())
            })
            .await
    };
    let forms = (0..400).map(|n| format!("form {n}")).collect::<Vec<_>>();
    for form in &forms {
        keep(form.clone()).await?;
    }
    let burglar = Burglar::at(world.address()).await?;
    const WRAPPED: &str = "SELECT wrapped AS bytes FROM data_keys";
    let mut before = burglar.bytes(WRAPPED).await?.into_iter().collect::<BTreeSet<_>>();
    let files = database(world, &burglar).await?;
    let search = |keys: &BTreeSet<Vec<u8>>| Search::of(keys.iter().map(|key| key[key.len() - 24..].to_vec()));
    assert!(!search(&before).through(&files).is_empty(), "the search finds keys that are there");
    // Statistics hold samples of what they are of, and no sweep reaches those.
    burglar.run("ANALYZE").await?;

    subjects::erase(app, controller, erased).await?;
    let mut order = forms.clone();
    let mut random = Random::new(5);
    while order.len() > 40 {
        let form = order.swap_remove(random.below(order.len()));
        world
            .store
            .write::<KeepDraft, _>(controller, InOrg(org), async |tx| drafts::discard(tx, &form).await)
            .await?;
        if random.chance(0.2) {
            keep(format!("again {}", order.len())).await?;
        }
    }
    before.extend(burglar.bytes(WRAPPED).await?);
    // Unidentified, with one report: deleted after a year; the other is held by then.
    world.clock.set_day(later(day("2027-03-02"), 1));
    scene.sweep(world).await?;
    let after = burglar.bytes(WRAPPED).await?.into_iter().collect::<BTreeSet<_>>();
    let gone = before.difference(&after).cloned().collect::<BTreeSet<_>>();
    assert!(gone.len() > 360 && after.len() > 40, "{} gone, {} left", gone.len(), after.len());
    assert!(hidden(&subjects::open(app, controller, expired).await));
    subjects::open(app, controller, kept).await?;
    let files = database(world, &burglar).await?;
    assert_eq!(search(&gone).through(&files), Vec::<String>::new(), "keys of the deleted");
    assert!(!search(&after).through(&files).is_empty(), "the search finds keys that are there");
    burglar.leave().await;
    Ok(())
}

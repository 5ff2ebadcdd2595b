//! `fairwatch demo`: the product with invented people, on this machine alone.
use super::{Failure, say};
use crate::{
    demo::{Persona, seed},
    installation::{Place, World},
    server,
};
use clap::Args;
use fairwatch_app::{
    App, AppError, duties, news,
    sweep::{Order, plan, run},
    world::{DemoClock, OsRandomness},
};
use fairwatch_core::{gate::Caller, world::Randomness};
use fairwatch_store::orgs::Kind;
use fairwatch_web::{DemoState, Fresh, Mode, Task, Web, router};
use std::{
    ffi::OsStr,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};
use tokio::sync::Mutex;

/// How to show it.
#[derive(Args)]
pub(crate) struct Demo {
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Where the demonstration is kept from one start to the next
    #[arg(long, value_name = "FOLDER", default_value = "demo-data")]
    data: PathBuf,
    /// Make it anew
    #[arg(long)]
    fresh: bool,
}

/// What is kept beside the database: who signs in with one click.
const PERSONAS: &str = "personas.json";

impl Demo {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        // The port comes first: nobody wants to wait for a demonstration that then cannot be shown.
        let listener = server::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).await?;
        let address = listener.local_addr().map_err(|error| Failure::new(format!("no address: {error}")))?;
        let base = format!("http://{address}");
        let clock = Arc::new(DemoClock::default());
        let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
        let world = World { clock: Arc::clone(&clock) as _, randomness: Arc::clone(&randomness) };
        let pristine = self.data.join("pristine");
        if self.fresh && self.data.exists() {
            remove(&self.data)?;
        }
        if !pristine.join(PERSONAS).exists() {
            if self.data.exists() {
                remove(&self.data)?;
            }
            make(&pristine, &world, &base).await?;
        }
        let live = self.data.join("live");
        let app = restore(&pristine, &live, &world).await?;
        // Which database is shown changes with a reset; what sweeps it must know.
        let shown = Arc::new(Mutex::new(app.clone()));
        let moved: Task<()> = {
            let (shown, world) = (Arc::clone(&shown), world.clone());
            Box::new(move || {
                let (shown, world) = (Arc::clone(&shown), world.clone());
                Box::pin(async move {
                    let app = shown.lock().await.clone();
                    sweep(&app, &world).await?;
                    remind(&app, &world).await
                })
            })
        };
        let reset: Task<Fresh> = {
            let (shown, world, pristine, live) =
                (Arc::clone(&shown), world.clone(), pristine.clone(), live.clone());
            Box::new(move || {
                let (shown, world, pristine, live) =
                    (Arc::clone(&shown), world.clone(), pristine.clone(), live.clone());
                Box::pin(async move {
                    let mut shown = shown.lock().await;
                    shown.store.close().await;
                    let fail = |failure: Failure| AppError::Setup(failure.to_string());
                    let app = restore(&pristine, &live, &world).await.map_err(fail)?;
                    *shown = app.clone();
                    Ok(Fresh { app, personas: personas(&pristine).map_err(fail)? })
                })
            })
        };
        let state = DemoState::new(Arc::clone(&clock), personas(&pristine)?, moved, reset);
        let web = Web::new(app, clock, randomness, &base, Mode::Demo(Arc::new(state)));
        say(format_args!("Fairwatch demo: {base}/"))?;
        say("Everybody in it is invented. Press Ctrl+C to end it.")?;
        server::answer(listener, router(web), server::asked_to_end()).await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn remove(folder: &Path) -> Result<(), Failure> {
    // A mistyped --data must not cost anybody a folder of their own, least of all an installation that happens to
    // be called live. One that was cut off as it was made has no personas yet, and a name that nobody else uses.
    let made = folder.join("pristine").join(PERSONAS).exists();
    let is_ours =
        |name: &OsStr| name == "pristine.making" || (made && (name == "pristine" || name == "live"));
    let ours = folder
        .read_dir()
        .is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|entry| is_ours(&entry.file_name()))));
    if !ours {
        return Err(Failure::new(format!("{} holds something else than a demonstration", folder.display())));
    }
    std::fs::remove_dir_all(folder)
        .map_err(|error| Failure::new(format!("the folder {} cannot be emptied: {error}", folder.display())))
}

async fn make(pristine: &Path, world: &World, base: &str) -> Result<(), Failure> {
    say("Making four schemes with a year of history. This takes a moment, once.")?;
    let making = pristine.with_extension("making");
    if making.exists() {
        std::fs::remove_dir_all(&making)
            .map_err(|error| Failure::new(format!("no room for the demonstration: {error}")))?;
    }
    let app = Place::folder(&making).create(world).await?;
    let personas = seed(&app, Arc::clone(&world.randomness), world.clock.real_now(), base).await?;
    sweep(&app, world).await?;
    app.store.close().await;
    let text = serde_json::to_string(&personas).map_err(|error| Failure::new(error.to_string()))?;
    let kept = std::fs::write(making.join(PERSONAS), text).and_then(|()| std::fs::rename(&making, pristine));
    kept.map_err(|error| Failure::new(format!("the demonstration cannot be kept: {error}")))
}

fn personas(pristine: &Path) -> Result<Vec<fairwatch_web::Persona>, Failure> {
    let unreadable =
        |what: String| Failure::new(format!("the demonstration is damaged ({what}); start it with --fresh"));
    let text =
        std::fs::read_to_string(pristine.join(PERSONAS)).map_err(|error| unreadable(error.to_string()))?;
    let kept: Vec<Persona> = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    Ok(kept.into_iter().map(shown).collect())
}

/// A persona as the welcome page shows it.
fn shown(persona: Persona) -> fairwatch_web::Persona {
    let note = match &persona.business {
        Some(business) => format!("{business}, member"),
        None => persona.role.label().to_owned(),
    };
    fairwatch_web::Persona {
        id: match persona.number {
            1 => format!("{}-{}", persona.slug, persona.role.name().replace('_', "-")),
            n => format!("{}-{}-{n}", persona.slug, persona.role.name().replace('_', "-")),
        },
        name: persona.name,
        note,
        role: persona.role,
        slug: persona.slug,
        account: persona.account,
    }
}

/// Puts the demonstration as it was delivered in place of the present one, and opens it.
async fn restore(pristine: &Path, live: &Path, world: &World) -> Result<App, Failure> {
    let failed =
        |error: std::io::Error| Failure::new(format!("the demonstration cannot be laid out: {error}"));
    if live.exists() {
        std::fs::remove_dir_all(live).map_err(failed)?;
    }
    copy(pristine, live).map_err(failed)?;
    let app = Place::folder(live).open(world, Kind::Demo).await?.with_mailbox();
    remind(&app, world).await.map_err(|error| Failure::new(error.to_string()))?;
    Ok(app)
}

/// Whoever is responsible is reminded, as they would be each morning (DOC-4), and members are told what is new (MEM-4).
async fn remind(app: &App, world: &World) -> Result<(), AppError> {
    duties::remind(app, &world.ctx(Caller::Job("duties"))).await?;
    news::send_digests(app, &world.ctx(Caller::Job("duties"))).await?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// What is due is destroyed, without the doubts of a real sweep: here the clock is moved on purpose.
async fn sweep(app: &App, world: &World) -> Result<(), AppError> {
    let ctx = world.ctx(Caller::Job("sweep"));
    let plans = plan(app, &ctx).await?;
    run(app, &ctx, Order { plans: &plans, progress: &|_, _| {} }).await?;
    Ok(())
}

//! `fairwatch serve`: an installation, for its people.
use super::{Failure, say};
use crate::{
    installation::{Place, World},
    server,
};
use clap::Args;
use fairwatch_app::{
    App, duties, finding, mail, meetings, news, policies,
    sweep::{Order, doubts, newest_entry, plan, run},
};
use fairwatch_core::{
    gate::{Caller, Ctx},
    world::london,
};
use fairwatch_store::orgs::{self, Kind};
use fairwatch_web::{Mode, Web, router};
use jiff::{SignedDuration, Timestamp};
use std::{
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;

/// How to serve.
#[derive(Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    place: Place,
    /// Where to listen; put a proxy with TLS before anything but a trial
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "FAIRWATCH_LISTEN")]
    listen: SocketAddr,
    /// A proxy whose word is taken for where requests come from; may be given more than once
    #[arg(long, value_name = "IP", env = "FAIRWATCH_TRUST_PROXY", value_delimiter = ',')]
    trust_proxy: Vec<std::net::IpAddr>,
}

impl Serve {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let world = World::real();
        let app = self.place.open(&world, Kind::Real).await?;
        let record = orgs::installation(&app.store, &world.ctx(Caller::Console)).await?;
        let base_address = record.map_or(String::new(), |record| record.base_address);
        let listener = server::listen(self.listen).await?;
        let web = Web::new(
            app.clone(),
            Arc::clone(&world.clock),
            Arc::clone(&world.randomness),
            &base_address,
            Mode::Serve,
        )
        .trusting(self.trust_proxy);
        let address = listener.local_addr().map_err(|error| Failure::new(format!("no address: {error}")))?;
        say(format_args!("Fairwatch answers on http://{address} for {base_address}"))?;
        let indexer = tokio::spawn(index_every_minute(app.clone(), World::real()));
        let postman = tokio::spawn(deliver_mail(app.clone(), World::real()));
        let reminder = tokio::spawn(remind_each_morning(app.clone(), World::real()));
        let sweeper = tokio::spawn(sweep_every_hour(app.clone(), world));
        server::answer(listener, router(web), server::asked_to_end()).await?;
        sweeper.abort();
        reminder.abort();
        postman.abort();
        indexer.abort();
        app.store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Builds the indexes in the background, and has them follow what other servers delete although nobody searches here.
async fn index_every_minute(app: App, world: World) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        // Another policy comes into force by the clock; who waits for their page should not wait for this (POL-5).
        if let Err(error) = policies::keep_up(&app, &world.ctx(Caller::Job("policy"))).await {
            tracing::error!(%error, "records could not be worked out by the policy in force");
        }
        if let Err(error) = finding::keep_up(&app, &world.ctx(Caller::Job("finding"))).await {
            tracing::error!(%error, "the indexes could not be brought up to date");
        }
    }
}

/// Whoever is responsible for something is reminded of it, in the morning of the day on which it comes near (DOC-4). What
/// was reminded of is remembered in the database, so a server that was off for days, or another one beside it, does no harm.
async fn remind_each_morning(app: App, world: World) {
    let mut often = tokio::time::interval(Duration::from_secs(600));
    often.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut done = None;
    while app.sends_mail() {
        often.tick().await;
        let ctx = world.ctx(Caller::Job("duties"));
        if done == Some(ctx.today()) || london().to_datetime(ctx.now()).hour() < MORNING {
            continue;
        }
        let told = async {
            duties::remind(&app, &ctx).await?;
            // Once a week, in the first morning on which a server runs.
            news::send_digests(&app, &ctx).await
        };
        match told.await {
            Ok(_) => done = Some(ctx.today()),
            Err(error) => {
                tracing::error!(%error, "nobody could be reminded of what is due, or told what is new");
            }
        }
    }
}

/// Nobody is reminded at night.
const MORNING: i8 = 7;

/// Mail goes out soon after it was queued, on whichever server.
async fn deliver_mail(app: App, world: World) {
    let mut soon = tokio::time::interval(Duration::from_secs(5));
    soon.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while app.sends_mail() {
        soon.tick().await;
        if let Err(error) = news::announce(&app, &world.ctx(Caller::Job("news"))).await {
            tracing::error!(%error, "alerts could not be sent out");
        }
        if let Err(error) = meetings::invite(&app, &world.ctx(Caller::Job("meetings"))).await {
            tracing::error!(%error, "invitations could not be sent out");
        }
        if let Err(error) = mail::deliver_due(&app, &world.ctx(Caller::Job("mail"))).await {
            tracing::error!(%error, "mail could not be looked through");
        }
    }
}

/// Hiding follows the clock at each look; this destroys what is due, each hour, unless something looks wrong: then
/// it waits for somebody at the console.
async fn sweep_every_hour(app: App, world: World) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    let mut vouched = None;
    loop {
        hour.tick().await;
        let ctx = world.ctx(Caller::Job("sweep"));
        if let Err(error) = sweep_once(&app, &ctx, &mut vouched).await {
            tracing::error!(%error, "the sweep did not run");
        }
    }
}

/// What the clock is held against.
///
/// What people do under a clock that has run away is recorded at its wrong time, and so is each look at what is due.
/// So neither counts once the server is up, but the last sweep does: it found the clock right, or somebody said so.
struct Vouched {
    /// When something was recorded last, before this server began or by a sweep.
    newest: Option<Timestamp>,
    /// Since when this server has known that, by a clock that nobody sets.
    since: Instant,
}

async fn sweep_once(app: &App, ctx: &Ctx, vouched: &mut Option<Vouched>) -> Result<(), Failure> {
    let known = match vouched {
        Some(known) => known,
        None => vouched.insert(Vouched { newest: newest_entry(app, ctx).await?, since: Instant::now() }),
    };
    let runs = fairwatch_store::sweep::runs(&app.store, ctx, RUNS).await?;
    let finished = runs.into_iter().filter(|run| run.state == "finished").filter_map(|run| run.finished_at);
    let swept = finished.max();
    if swept > known.newest {
        *known = Vouched { newest: swept, since: Instant::now() };
    }
    let up_for = SignedDuration::try_from(known.since.elapsed()).unwrap_or(SignedDuration::MAX);
    let plans = plan(app, ctx).await?;
    let doubts = doubts(app, ctx, &plans, known.newest, up_for).await?;
    if let Some(doubt) = doubts.first() {
        return Err(Failure::new(format!("{}; see `fairwatch sweep --dry-run`", doubt.0)));
    }
    let report = run(app, ctx, Order { plans: &plans, progress: &|_, _| {} }).await?;
    tracing::info!(withdrawn = report.withdrawn, deleted = report.deleted, frozen = report.frozen, "swept");
    Ok(())
}

/// So many of the latest runs are looked through for one that finished.
const RUNS: u32 = 20;

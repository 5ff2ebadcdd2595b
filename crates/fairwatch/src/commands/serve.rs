//! `fairwatch serve`: an installation, for its people.
use super::Failure;
use crate::{
    installation::{Place, World},
    server,
};
use clap::Args;
use fairwatch_app::{
    App,
    sweep::{Order, doubts, newest_entry, plan, run},
};
use fairwatch_core::gate::Caller;
use fairwatch_store::orgs::{self, Kind};
use fairwatch_web::{Mode, Web, router};
use jiff::SignedDuration;
use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

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
        println!("Fairwatch answers on http://{} for {base_address}", self.listen);
        let sweeper = tokio::spawn(sweep_every_hour(app.clone(), world));
        server::answer(listener, router(web), server::asked_to_end()).await?;
        sweeper.abort();
        app.store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Hiding follows the clock at each look; this destroys what is due, each hour, unless something looks wrong: then
/// it waits for somebody at the console.
async fn sweep_every_hour(app: App, world: World) {
    let started = world.clock.real_now();
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hour.tick().await;
        let ctx = world.ctx(Caller::Job("sweep"));
        let up_for = world.clock.real_now().duration_since(started);
        if let Err(error) = sweep_once(&app, &ctx, up_for).await {
            tracing::error!(%error, "the sweep did not run");
        }
    }
}

async fn sweep_once(
    app: &App,
    ctx: &fairwatch_core::gate::Ctx,
    up_for: SignedDuration,
) -> Result<(), Failure> {
    let newest = newest_entry(app, ctx).await?;
    let plans = plan(app, ctx).await?;
    let doubts = doubts(app, ctx, &plans, newest, up_for).await?;
    if let Some(doubt) = doubts.first() {
        return Err(Failure::new(format!("{}; see `fairwatch sweep --dry-run`", doubt.0)));
    }
    let report = run(app, ctx, Order { plans: &plans, progress: &|_, _| {} }).await?;
    tracing::info!(withdrawn = report.withdrawn, deleted = report.deleted, frozen = report.frozen, "swept");
    Ok(())
}

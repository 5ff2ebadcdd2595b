//! `fairwatch bench`: what a request costs on this machine.
//!
//! A server and a client run in one process over loopback, HTTP/1.1 with keep-alive, answers uncompressed. Counted
//! is the processor time of all threads but the client's, so that it covers the session check, the gate, the audit
//! entry, unsealing, the page, and the database. A benchmark that is kept, never a test with a limit.
mod batches;
mod client;
mod filling;

use super::Failure;
use crate::{
    demo,
    installation::{Place, World},
    server,
};
use clap::Args;
use fairwatch_app::{
    AppError,
    world::{DemoClock, OsRandomness},
};
use fairwatch_core::{clocks::simulator, policy::Policy};
use fairwatch_web::{DemoState, Mode, Web, router};
use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

/// What to measure with.
#[derive(Args)]
pub(crate) struct Bench {
    /// Circulating subjects in the gallery
    #[arg(long, default_value_t = 2000)]
    subjects: u64,
    /// Member businesses, who have the users between them
    #[arg(long, default_value_t = 1000)]
    members: u64,
    /// People who sign in, nearly all of whom have read and agreed
    #[arg(long, default_value_t = 5000)]
    users: u64,
    /// Requests of each kind
    #[arg(long, default_value_t = 300)]
    requests: u32,
    /// Letters made in one batch: each the privacy notice, to somebody who is in the gallery
    #[arg(long, default_value_t = 100)]
    letters: usize,
    /// PostgreSQL instead of the embedded database; an empty one
    #[arg(long, value_name = "ADDRESS", hide_env_values = true)]
    database: Option<String>,
    /// A folder to work in; it is made, and removed afterwards
    #[arg(long, value_name = "FOLDER", default_value = "fairwatch-bench")]
    data: PathBuf,
}

impl Bench {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        if self.data.exists() {
            return Err(Failure::new(format!(
                "{} exists already; give another folder with --data",
                self.data.display()
            )));
        }
        let result = self.measure().await;
        let removed = fs::remove_dir_all(&self.data);
        result?;
        removed
            .map_err(|error| Failure::new(format!("{} cannot be removed: {error}", self.data.display())))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn measure(&self) -> Result<(), Failure> {
        simulate()?;
        let clock = Arc::new(DemoClock::default());
        let world = World { clock: Arc::clone(&clock) as _, randomness: Arc::new(OsRandomness) };
        let place = Place { database: self.database.clone(), ..Place::folder(&self.data) };
        let app = place.create(&world).await?;
        let filled = Instant::now();
        let scheme = filling::fill(&app, &world, self.subjects).await?;
        println!(
            "filled with {} subjects in {:.1} s ({:?}, commits wait for the disk)",
            self.subjects,
            filled.elapsed().as_secs_f64(),
            app.store.engine()
        );
        let filled = Instant::now();
        filling::crowd(&app, &world, &scheme, self.members, self.users).await?;
        println!(
            "{} members with {} users in {:.1} s",
            self.members,
            self.users,
            filled.elapsed().as_secs_f64()
        );
        batches::foretell(&app, &world, &scheme).await?;
        batches::letters(&app, &world, &scheme, self.letters).await?;
        let personas = scheme.personas.clone();
        let nothing = || -> fairwatch_web::Task<()> { Box::new(|| Box::pin(async { Ok(()) })) };
        let reset: fairwatch_web::Task<fairwatch_web::Fresh> =
            Box::new(|| Box::pin(async { Err(AppError::refused("a benchmark is not reset")) }));
        let state = DemoState::new(clock, personas, nothing(), reset);
        let listener = server::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let address = listener.local_addr().map_err(|error| Failure::new(error.to_string()))?;
        let web = Web::new(
            app.clone(),
            Arc::clone(&world.clock),
            Arc::clone(&world.randomness),
            &format!("http://{address}"),
            Mode::Demo(Arc::new(state)),
        );
        let serving = tokio::spawn(server::answer(listener, router(web), std::future::pending()));
        let requests = self.requests;
        let client = std::thread::spawn(move || client::walk(address, &scheme, requests));
        let done = tokio::task::spawn_blocking(move || client.join()).await;
        serving.abort();
        app.store.close().await;
        match done {
            Ok(Ok(result)) => result.map_err(|error| Failure::new(format!("the client failed: {error}")))?,
            _ => return Err(Failure::new("the client failed")),
        }
        println!("resident memory {} MB", resident() / 1024);
        Ok(())
    }
}

/// Cases of five events and two days a second, on one core.
fn simulate() -> Result<(), Failure> {
    const CASE: &str = r#"{"subject":{"born":null,"apparent_age":"adult","identified":false},"events":[{"on":"2025-01-31","type":"report","id":"r1","images":2},{"at":"2025-06-30T23:30:00Z","type":"report","id":"r2"},{"on":"2025-07-01","type":"exclusion","ends":"2026-10-01"},{"on":"2025-07-02","type":"police_item","id":"CZ/001/25"},{"on":"2025-07-09","type":"identified"}],"days":["2025-02-01","2026-07-01"]}"#;
    for (file, text) in demo::policies() {
        let policy = Policy::parse(&file, &text)
            .map_err(|_| Failure::new("a policy that came with the program is damaged"))?;
        let rules = policy.retention();
        let (mut out, mut count, begun) = (String::new(), 0_u32, Instant::now());
        while begun.elapsed().as_secs_f64() < 1.0 {
            for _ in 0..1000 {
                out.clear();
                simulator::simulate_line(&rules, CASE, &mut out);
                count += 1;
            }
        }
        println!(
            "simulate, {}: {:.0} cases a second",
            file,
            f64::from(count) / begun.elapsed().as_secs_f64()
        );
    }
    Ok(())
}

/// Kilobytes of memory that are resident.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

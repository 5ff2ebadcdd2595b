//! `fairwatch bench`: what a request costs on this machine.
//!
//! A server and a client run in one process over loopback, HTTP/1.1 with keep-alive, answers uncompressed. Counted
//! is the processor time of all threads but the client's, so that it covers the session check, the gate, the audit
//! entry, unsealing, the page, and the database. A benchmark that is kept, never a test with a limit.
use super::Failure;
use crate::{
    demo,
    installation::{Place, World},
    server,
};
use clap::Args;
use fairwatch_app::{
    App, AppError, accounts,
    incidents::{
        reporting::{self, Outcome, Typed, TypedPerson},
        review,
    },
    pictures, policies,
    world::{DemoClock, OsRandomness},
};
use fairwatch_core::{
    accounts::{AddOrg, Business},
    clocks::simulator,
    gate::{Caller, Ctx, Role},
    ids::OrgId,
    policy::Policy,
    scope::Installation,
};
use fairwatch_store::{
    Tx,
    incidents::review::{Decision, Link, PersonDecision, Shows},
    orgs,
};
use fairwatch_testkit::people::Person;
use fairwatch_web::{DemoState, Mode, Persona, Web, router};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

/// What to measure with.
#[derive(Args)]
pub(crate) struct Bench {
    /// Circulating subjects in the gallery
    #[arg(long, default_value_t = 2000)]
    subjects: u64,
    /// Requests of each kind
    #[arg(long, default_value_t = 300)]
    requests: u32,
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
        let scheme = fill(&app, &world, self.subjects).await?;
        println!(
            "filled with {} subjects in {:.1} s ({:?}, commits wait for the disk)",
            self.subjects,
            filled.elapsed().as_secs_f64(),
            app.store.engine()
        );
        foretell(&app, &world, &scheme).await?;
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
        let client = std::thread::spawn(move || walk(address, &scheme, requests));
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

struct Scheme {
    slug: String,
    personas: Vec<Persona>,
    subject: String,
    category: String,
}

/// What a dry run of a changed policy costs, person by person (POL-5).
async fn foretell(app: &App, world: &World, scheme: &Scheme) -> Result<(), Failure> {
    let ctx = world.ctx(Caller::Console);
    let scope = fairwatch_app::orgs::by_slug(app, &ctx, &scheme.slug).await?;
    let scope = scope.ok_or_else(|| Failure::new("no scheme"))?;
    let (text, _) = policies::version(app, &ctx, scope.org, 1).await?;
    // Everybody is withdrawn on another day, so that there is a line for each to be written down.
    let text = text.replace("first = { months = 12,", "first = { months = 6,");
    let id = policies::begin(app, &ctx, scope.org).await?;
    let prose = policies::open(app, &ctx, id).await?.prose;
    let typed = policies::Typed { text, prose, reason: "A benchmark".into(), from: Some(scope.today) };
    policies::save(app, &ctx, id, typed).await?;
    let began = Instant::now();
    policies::try_out(app, &ctx, id, usize::MAX).await?;
    let took = began.elapsed().as_secs_f64();
    let tried =
        policies::open(app, &ctx, id).await?.change.tried.map(|tried| tried.numbers).unwrap_or_default();
    let felt: u64 = tried.effects.values().map(|tally| tally.count).sum();
    println!(
        "dry run of a policy: {} people, {felt} effects in {took:.2} s, {:.0} people a second",
        tried.people,
        tried.people as f64 / took
    );
    policies::withdraw(app, &ctx, id, "A benchmark").await?;
    Ok(())
}

async fn fill(app: &App, world: &World, subjects: u64) -> Result<Scheme, Failure> {
    let console = world.ctx(Caller::Console);
    orgs::found(&app.store, &console, orgs::Kind::Demo, "http://127.0.0.1").await?;
    let generic = demo::policies().find(|(file, _)| file.starts_with("generic"));
    let (file, text) =
        generic.ok_or_else(|| Failure::new("the generic policy did not come with the program"))?;
    let add = app.store.write::<AddOrg, _>(&console, Installation, async |tx: &mut Tx<AddOrg>| {
        orgs::add(tx, &file, &text).await
    });
    let org = add.await?;
    let scopes = orgs::all(&app.store, &console).await?;
    let scope = scopes.into_iter().find(|scope| scope.org == org).ok_or_else(|| Failure::new("no scheme"))?;
    let business = Business {
        name: "Harbour Pharmacy".into(),
        premises: "12 Market Square".into(),
        area: "Market Square".into(),
        trade: "pharmacy".into(),
    };
    let member = accounts::add_member(app, &console, org, &business).await?;
    let user = |name: &str, role, member| accounts::NewUser {
        name: name.into(),
        email: Some(format!("{}@bench.example", name.replace(' ', "-"))),
        role: Some(role),
        member,
        ..accounts::NewUser::default()
    };
    let reporter =
        accounts::give_role(app, &console, org, &user("A reporter", Role::MemberUser, Some(member))).await?;
    // Whoever looks is not whoever sent two thousand reports.
    let reader =
        accounts::give_role(app, &console, org, &user("A reader", Role::MemberUser, Some(member))).await?;
    let controller =
        accounts::give_role(app, &console, org, &user("A controller", Role::Controller, None)).await?;
    let mut contexts = Vec::new();
    for invited in [&reporter, &controller] {
        let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let session = accounts::sign_in_as(app, &console, invited.account, "bench", address).await?;
        let membership = Some(invited.membership);
        contexts.push(world.ctx(Caller::User {
            session: session.session,
            account: invited.account,
            membership,
        }));
    }
    let category =
        scope.policy.incidents.categories.first().map_or(String::new(), |word| word.id.to_string());
    let mut last = None;
    for n in 0..subjects {
        // The newest page has pictures, as a gallery has.
        let pictured = subjects - n <= 48;
        last = subject(app, org, &contexts[0], &contexts[1], n, pictured, &category).await?.or(last);
    }
    let persona = |id: &str, role, account| Persona {
        id: id.into(),
        name: id.into(),
        note: String::new(),
        role,
        slug: scope.slug.clone(),
        account,
    };
    Ok(Scheme {
        personas: vec![
            persona("member", Role::MemberUser, reader.account),
            persona("controller", Role::Controller, controller.account),
        ],
        slug: scope.slug.clone(),
        subject: last.unwrap_or_default(),
        category,
    })
}

async fn subject(
    app: &App,
    org: OrgId,
    reporter: &Ctx,
    controller: &Ctx,
    n: u64,
    pictured: bool,
    category: &str,
) -> Result<Option<String>, Failure> {
    let person = Person::from_seed(n, reporter.today());
    if pictured {
        let shot = fairwatch_testkit::faces::Shot::varied(800, 1000, n);
        pictures::add(app, reporter, org, reporting::FORM, person.face.draw(&shot).to_jpeg(86)).await?;
    }
    let typed = Typed {
        category: category.into(),
        place: "12 Market Square".into(),
        sentence: "Took three perfumes from the front display and pushed past a colleague at the door."
            .into(),
        people: vec![TypedPerson {
            name: person.name(),
            description: person.description.clone(),
            ..TypedPerson::default()
        }],
        ..Typed::default()
    };
    let Outcome::Sent(sent) = reporting::submit(app, reporter, org, &typed).await? else { return Ok(None) };
    let held = reporting::show_mine(app, reporter, sent.id).await?;
    let people = held
        .people
        .iter()
        .map(|p| PersonDecision {
            person: p.id,
            link: Link::New,
            name: person.name(),
            description: person.description.clone(),
            born: None,
            apparent_age: fairwatch_core::clocks::AgeBand::Adult,
            necessity: String::new(),
        })
        .collect::<Vec<_>>();
    let first = people.first().map(|p| p.person);
    let decision = Decision {
        joins: None,
        added: Vec::new(),
        vehicle: None,
        category: category.into(),
        place: typed.place.clone(),
        narrative: "{1} took three perfumes from the front display.".into(),
        activity: "Theft, perfume".into(),
        pictures: held.pictures.iter().map(|p| (p.id, first.map_or(Shows::Nobody, Shows::One))).collect(),
        people,
    };
    let subjects = review::approve(app, controller, sent.id, decision).await?.subjects;
    Ok(subjects.first().map(ToString::to_string))
}

/// The client: one connection, one request after the other.
fn walk(address: SocketAddr, scheme: &Scheme, requests: u32) -> std::io::Result<()> {
    let mut client = Client::connect(address)?;
    let base = format!("/o/{}", scheme.slug);
    client.sign_in("member")?;
    let gallery = client.get(&format!("{base}/gallery"))?;
    let page = String::from_utf8_lossy(&gallery);
    println!("gallery page {} kB uncompressed", gallery.len() / 1000);
    let address_of = |size: &str| {
        page.split('"')
            .find(|text| text.contains("/pictures/") && text.contains(size))
            .map(|t| t.replace("&#38;", "&").replace("&amp;", "&"))
    };
    client.time("gallery", requests, |client| client.get(&format!("{base}/gallery")).map(drop))?;
    if let Some(thumbnail) = address_of("/small") {
        client.time("thumbnail, 240 px", requests, |client| client.get(&thumbnail).map(drop))?;
        let medium = thumbnail.split('?').next().unwrap_or_default().replace("/small", "/medium");
        client.time("picture, 640 px, recorded", requests, |client| client.get(&medium).map(drop))?;
    }
    client.time("subject, as a member", requests, |client| {
        client.get(&format!("{base}/people/{}", scheme.subject)).map(drop)
    })?;
    let begun = Instant::now();
    client.get(&format!("{base}/find/typed?q=nobody%20yet"))?;
    println!("the index built, with the first search: {:.2} s", begun.elapsed().as_secs_f64());
    for words in ["katie", "shaun walsh", "grey beard", "perfume", "ng 00"] {
        client.time(&format!("search as typed, {words:?}"), requests / 5, |client| {
            client.get(&format!("{base}/find/typed?q={}", words.replace(' ', "%20"))).map(drop)
        })?;
    }
    client.time("report, submitted", requests, |client| {
        let fields = [
            ("category", scheme.category.as_str()),
            ("place", "12 Market Square"),
            ("sentence", "Took three perfumes from the front display."),
            ("person-0-name", ""),
            ("person-0-description", "About 180 cm, red coat, grey beard"),
            ("do", "send"),
        ];
        client.form(&format!("{base}/report"), &fields)
    })?;
    client.sign_in("controller")?;
    client.time("subject, as the controller", requests, |client| {
        client.get(&format!("{base}/people/{}", scheme.subject)).map(drop)
    })
}

fn millis(wait: &Duration) -> f64 {
    wait.as_secs_f64() * 1e3
}

struct Client {
    stream: BufReader<TcpStream>,
    cookie: String,
    host: String,
}

impl Client {
    fn connect(address: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), cookie: String::new(), host: address.to_string() })
    }

    fn time(
        &mut self,
        what: &str,
        requests: u32,
        one: impl Fn(&mut Self) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        for _ in 0..requests / 10 {
            one(self)?;
        }
        let cpu = processor_time();
        let mut waits = Vec::new();
        for _ in 0..requests {
            let begun = Instant::now();
            one(self)?;
            waits.push(begun.elapsed());
        }
        #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
        let used = (processor_time() - cpu) as f64 / f64::from(requests) / 1e6;
        waits.sort_unstable();
        let share = |hundredths: usize| waits.get(waits.len() * hundredths / 100).map_or(0.0, millis);
        println!(
            "{what}: {used:.3} ms of CPU; the answer after {:.2} ms, 95 % within {:.2}, 99 % within {:.2}",
            share(50),
            share(95),
            share(99)
        );
        Ok(())
    }

    fn sign_in(&mut self, persona: &str) -> std::io::Result<()> {
        self.cookie.clear();
        let (_, headers, _) = self.send(
            "POST",
            "/demo/sign-in",
            "application/x-www-form-urlencoded",
            &format!("persona={persona}"),
        )?;
        let cookie = headers.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| value.trim().split(';').next().unwrap_or_default().to_owned())
        });
        self.cookie = cookie.ok_or_else(|| std::io::Error::other("signing in gave no cookie"))?;
        Ok(())
    }

    fn get(&mut self, path: &str) -> std::io::Result<Vec<u8>> {
        let (status, _, body) = self.send("GET", path, "", "")?;
        if status == 200 {
            Ok(body)
        } else {
            Err(std::io::Error::other(format!("status {status} for a page")))
        }
    }

    fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> std::io::Result<()> {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str("--b--\r\n");
        let (status, ..) = self.send("POST", path, "multipart/form-data; boundary=b", &body)?;
        if status == 303 { Ok(()) } else { Err(std::io::Error::other(format!("status {status} for a form"))) }
    }

    fn send(
        &mut self,
        method: &str,
        path: &str,
        kind: &str,
        body: &str,
    ) -> std::io::Result<(u16, Vec<String>, Vec<u8>)> {
        let Self { cookie, host, .. } = self;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nOrigin: http://{host}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
        let (mut headers, mut length) = (Vec::new(), 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some((name, value)) = header.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            headers.push(header.to_owned());
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((status, headers, body))
    }
}

/// Nanoseconds of processor time of all threads of this process but the one that asks.
fn processor_time() -> u64 {
    let own = fs::read_link("/proc/thread-self").ok().and_then(|link| link.file_name().map(|n| n.to_owned()));
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return 0 };
    tasks
        .flatten()
        .filter(|task| Some(task.file_name()) != own)
        .filter_map(|task| fs::read_to_string(task.path().join("schedstat")).ok())
        .filter_map(|text| text.split(' ').next()?.parse::<u64>().ok())
        .sum()
}

/// Kilobytes of memory that are resident.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
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

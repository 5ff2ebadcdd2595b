//! The binary in a process of its own, and what it says.
use fairwatch_store::Address;
use fairwatch_testkit::engines::World;
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The policy files of the product.
pub(crate) const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");

/// A policy file of the product.
pub(crate) fn policy(file: &str) -> PathBuf {
    Path::new(POLICIES).join(file)
}

/// The command, with nothing of whoever runs the tests around it.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairwatch"));
    for name in ["DATA", "DATABASE", "KEYS", "LISTEN", "TRUST_PROXY", "CONFIG"] {
        command.env_remove(format!("FAIRWATCH_{name}"));
    }
    // A panic would show itself as it does to whoever asked for it.
    command.env_remove("RUST_LOG").env("RUST_BACKTRACE", "1").stdin(Stdio::null());
    command
}

/// What a command that has ended said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// What it said on the standard output, since all went well.
    #[track_caller]
    pub(crate) fn well(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self.out
    }

    /// The one line that it said on the standard error as it failed.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let line = self.err.strip_suffix('\n').unwrap_or(&self.err);
        assert!(line.lines().count() == 1 && line.starts_with("fairwatch: "), "one line: {self:?}");
        assert!(line.len() > 30 && !line.contains("went wrong") && !line.contains("panicked"), "{self:?}");
        line.to_owned()
    }
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Said {
    let output = command.output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("the binary writes text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs `fairwatch` with these words.
pub(crate) fn fairwatch(words: &[&str]) -> Said {
    run(command().args(words))
}

/// Runs `fairwatch` with these words, and with a text on its standard input.
pub(crate) fn fed(words: &[&str], text: &str) -> Said {
    let mut child = command()
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut input = child.stdin.take().expect("it is piped");
    let text = text.to_owned();
    let feeding = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().expect("the binary ends");
    // Who refuses early need not have read all of it.
    let _ = feeding.join();
    let text = |bytes| String::from_utf8(bytes).expect("the binary writes text");
    Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Where an installation lies, in the words of the command line.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) data: PathBuf,
    pub(crate) keys: PathBuf,
    pub(crate) database: Option<String>,
}

impl Place {
    /// All of it in one folder.
    pub(crate) fn folder(data: &Path) -> Self {
        Self { data: data.to_owned(), keys: data.join("fairwatch.keys"), database: None }
    }

    /// A world's database and key file; the sealed files lie beside them.
    pub(crate) fn of(world: &World) -> Self {
        let database = match world.address() {
            Address::File(_) => None,
            Address::Postgres(url) => Some(url.clone()),
        };
        Self { data: world.folder().to_owned(), keys: world.key_file(), database }
    }

    /// A command on this installation.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = command();
        command.args(words).arg("--data").arg(&self.data).arg("--keys").arg(&self.keys);
        if let Some(database) = &self.database {
            command.arg("--database").arg(database);
        }
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Said {
        run(&mut self.command(words))
    }

    /// `init` with the generic policy.
    pub(crate) fn init(&self) -> Said {
        let mut command =
            self.command(&["init", "--name", "Ruth Example", "--email", "ruth@northgate.example"]);
        command.args(["--address", "https://watch.northgate.example", "--policy"]);
        run(command.arg(policy("generic.toml")))
    }
}

/// The path of a link in what a command said.
pub(crate) fn link(said: &str) -> String {
    let path = said.lines().find_map(|line| line.strip_prefix("https://watch.northgate.example"));
    path.unwrap_or_else(|| panic!("no link in {said}")).to_owned()
}

/// A process that serves, ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    /// What it has logged.
    log: PathBuf,
    /// The line that says where it answers.
    pub(crate) line: String,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a command that prints where it answers.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let stderr = File::create(log).expect("a log can be written");
        let mut child = command.stdout(Stdio::piped()).stderr(stderr).spawn().expect("the binary runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped"))
            .read_line(&mut line)
            .expect("it says a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split([' ', '/', '\n']).next());
        let Some(address) = address.and_then(|address| address.parse().ok()) else {
            let _ = child.kill();
            panic!("no address in {line:?}; {}", std::fs::read_to_string(log).unwrap_or_default());
        };
        Self { child, log: log.to_owned(), line, address }
    }

    /// Waits until its log says something.
    pub(crate) fn logged(&self, words: &str) -> String {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let log = std::fs::read_to_string(&self.log).expect("the log can be read");
            if log.contains(words) {
                return log;
            }
            assert!(Instant::now() < until, "no {words:?} in {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The id of the process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, and says with which code it did.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(asked.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

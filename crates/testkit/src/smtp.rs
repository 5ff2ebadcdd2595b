//! A mail server for tests: a process of its own that speaks SMTP, keeps what it takes in a folder, and can be told to
//! refuse, or be killed.
//!
//! A test file that uses it says `fairwatch_testkit::smtp_server!();`, which makes the test that *is* the server: it is
//! ignored in a run of tests, and started by [`Server::start`] from the same executable.
use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};
use tempfile::TempDir;

const FOLDER: &str = "FAIRWATCH_TEST_SMTP_FOLDER";
const PORT: &str = "FAIRWATCH_TEST_SMTP_PORT";

/// Makes the test that is the server.
#[macro_export]
macro_rules! smtp_server {
    () => {
        #[test]
        #[ignore = "it is the mail server that other tests start"]
        fn smtp_server() {
            $crate::smtp::serve();
        }
    };
}

/// How the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It takes everything.
    Takes,
    /// It knows no such address, and says so with the address.
    KnowsNobody,
    /// Not now.
    Later,
    /// It lets nobody in.
    Closed,
    /// It takes mail of nobody like us, and says so when it is told to whom.
    NoRelay,
    /// It wants no mail from this sender.
    NotFromYou,
    /// It takes a mail and hangs up without a word.
    HangsUp,
}

impl Mood {
    fn name(self) -> &'static str {
        match self {
            Self::Takes => "takes",
            Self::KnowsNobody => "knows-nobody",
            Self::Later => "later",
            Self::Closed => "closed",
            Self::NoRelay => "no-relay",
            Self::NotFromYou => "not-from-you",
            Self::HangsUp => "hangs-up",
        }
    }
}

/// A server that a test started; it ends with the test.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// Starts one.
    ///
    /// # Panics
    /// Where it does not start: a test cannot go on.
    #[must_use]
    pub fn start() -> Self {
        let folder =
            tempfile::Builder::new().prefix("fairwatch-smtp-").tempdir().expect("a temporary folder");
        let mut server = Self { folder, port: 0, process: None };
        server.revive();
        server
    }

    /// Starts it again, at the same port.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn revive(&mut self) {
        let said = self.folder.path().join("port");
        let _ = fs::remove_file(&said);
        let executable = env::current_exe().expect("a test knows its executable");
        let process = Command::new(executable)
            .args(["--exact", "smtp_server", "--ignored", "--nocapture"])
            .env(FOLDER, self.folder.path())
            .env(PORT, self.port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        self.process = Some(process);
        for _ in 0..600 {
            if let Some(port) = fs::read_to_string(&said).ok().and_then(|text| text.parse().ok()) {
                self.port = port;
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("the mail server did not come up");
    }

    /// Kills it, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Its port on this machine.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How it answers from now on.
    ///
    /// # Panics
    /// Where it cannot be told.
    pub fn answers(&self, mood: Mood) {
        fs::write(self.folder.path().join("mood"), mood.name()).expect("the server can be told");
    }

    /// What it took, in the order in which it did.
    ///
    /// # Panics
    /// Where its folder cannot be read.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.folder.path())
            .expect("its folder is there")
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .collect();
        files.sort();
        files.iter().map(|file| Taken::read(&fs::read_to_string(file).expect("a mail can be read"))).collect()
    }

    /// Every line that anybody said to it, but for mail itself.
    #[must_use]
    pub fn heard(&self) -> String {
        fs::read_to_string(self.folder.path().join("heard")).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A mail that the server took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its head, as it came.
    pub head: String,
    /// What it says.
    pub text: String,
}

impl Taken {
    fn read(raw: &str) -> Self {
        let (head, body) = raw.split_once("\n\n").unwrap_or((raw, ""));
        let head = head.replace("\n ", " ");
        let quoted = head.to_lowercase().contains("content-transfer-encoding: quoted-printable");
        let text = if quoted { unquoted(body) } else { body.to_owned() };
        Self { head, text }
    }

    /// A line of the head.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The first address in it.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.text.lines().find(|line| line.starts_with("http"))
    }
}

fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, more @ ..] = rest {
        let code = more.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if *first == b'=' => {
                bytes.push(byte);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Is the server, until it is killed. Without a folder it has not been started by a test, and is nothing.
///
/// # Panics
/// Where it cannot listen.
pub fn serve() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else { return };
    let port = env::var(PORT).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let listener = (0..100)
        .find_map(|_| {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port))
                .map_err(|_| thread::sleep(Duration::from_millis(50)))
                .ok()
        })
        .expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    fs::write(folder.join("port.new"), address.port().to_string()).expect("its folder can be written");
    fs::rename(folder.join("port.new"), folder.join("port")).expect("its folder can be written");
    for stream in listener.incoming().flatten() {
        let folder = folder.clone();
        thread::spawn(move || {
            let _ = talk(&stream, &folder);
        });
    }
}

fn talk(stream: &TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut to = stream;
    let mut say = |line: &str| to.write_all(format!("{line}\r\n").as_bytes());
    let mood = || fs::read_to_string(folder.join("mood")).unwrap_or_default();
    say("220 test.example ESMTP")?;
    while let Some(line) = lines.next().transpose()? {
        let mut heard = fs::OpenOptions::new().create(true).append(true).open(folder.join("heard"))?;
        writeln!(heard, "{line}")?;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match &*word {
            "EHLO" => {
                say("250-test.example")?;
                say("250-8BITMIME")?;
                say("250 AUTH PLAIN")?;
            }
            "AUTH" if mood() == Mood::Closed.name() => say("535 5.7.8 who are you?")?,
            "AUTH" => say("235 2.7.0 come in")?,
            "RCPT" if mood() == Mood::KnowsNobody.name() => {
                let named = line.split_once(':').map_or("", |(_, address)| address);
                say(&format!("550 5.1.1 {named}: nobody here by that name"))?;
            }
            "RCPT" if mood() == Mood::Later.name() => say("451 4.7.1 come back later")?,
            "RCPT" if mood() == Mood::NoRelay.name() => say("550 5.7.1 relaying denied")?,
            "MAIL" if mood() == Mood::NotFromYou.name() => say("554 5.7.1 sender rejected")?,
            "DATA" => {
                say("354 go on")?;
                let mut mail = String::new();
                while let Some(line) = lines.next().transpose()? {
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push('\n');
                }
                keep(folder, &mail)?;
                if mood() == Mood::HangsUp.name() {
                    return Ok(());
                }
                say("250 2.0.0 taken")?;
            }
            "QUIT" => return say("221 2.0.0 good bye"),
            "MAIL" | "RCPT" | "RSET" | "NOOP" => say("250 2.0.0 so be it")?,
            _ => say("502 5.5.1 what?")?,
        }
    }
    Ok(())
}

/// Under the next number that is free, whoever else takes one.
fn keep(folder: &Path, mail: &str) -> std::io::Result<()> {
    for number in 0.. {
        let file = folder.join(format!("{number:06}.eml"));
        match fs::OpenOptions::new().write(true).create_new(true).open(file) {
            Ok(mut file) => return file.write_all(mail.as_bytes()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

//! `fairwatch audit`: prove or export the audit chains (AUD-1).
use super::{Failure, say};
use crate::installation::{Place, World};
use clap::{Args, Subcommand};
use fairwatch_app::{
    audit::{Record, Verdict, Verifier, export, verify},
    signed::{self, Beside},
};
use fairwatch_core::gate::Caller;
use fairwatch_store::orgs::Kind;
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What to do with the chains.
#[derive(Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Prove the chains: from the database, or from an exported file that needs neither database nor keys
    Verify {
        #[command(flatten)]
        place: Place,
        /// An exported file, or - for the standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The public key that you were given in person, in hexadecimal
        #[arg(long, value_name = "KEY", requires = "file")]
        key: Option<String>,
        /// A demonstration's database
        #[arg(long, hide = true)]
        demo: bool,
    },
    /// Write all chains to a file, a line each entry, with signed heads
    Export {
        #[command(flatten)]
        place: Place,
        /// The file to write, or - for the standard output
        #[arg(long, value_name = "FILE", default_value = "-")]
        to: PathBuf,
        /// A demonstration's database
        #[arg(long, hide = true)]
        demo: bool,
    },
    /// Check a signed report, such as that of a yearly audit of old data; it needs neither database nor keys
    CheckReport {
        /// The report
        report: PathBuf,
        /// What goes beside it
        signature: PathBuf,
        /// The public key that you were given in person, in hexadecimal
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
}

fn kind(demo: bool) -> Kind {
    if demo { Kind::Demo } else { Kind::Real }
}

impl Audit {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            What::CheckReport { report, signature, key } => {
                let key = key.map(|text| parse_key(&text)).transpose()?;
                check_report(&report, &signature, key)
            }
            What::Verify { file: Some(file), key, .. } => {
                let key = key.map(|text| parse_key(&text)).transpose()?;
                tell(&verify_file(&file, key)?)
            }
            What::Verify { place, demo, .. } => {
                let world = World::real();
                let app = place.open(&world, kind(demo)).await?;
                let verdict = verify(&app, &world.ctx(Caller::Console)).await?;
                app.store.close().await;
                tell(&verdict)
            }
            What::Export { place, to, demo } => {
                let world = World::real();
                let app = place.open(&world, kind(demo)).await?;
                let mut out: Box<dyn Write + Send> = if to == Path::new("-") {
                    Box::new(std::io::stdout())
                } else {
                    let file = File::create(&to).map_err(|error| {
                        Failure::new(format!("{} cannot be written: {error}", to.display()))
                    })?;
                    Box::new(BufWriter::new(file))
                };
                let count = export(&app, &world.ctx(Caller::Console), &mut |record: &Record| {
                    serde_json::to_writer(&mut out, record).map_err(fairwatch_app::AppError::internal)?;
                    out.write_all(b"\n").map_err(fairwatch_app::AppError::internal)
                })
                .await?;
                out.flush()
                    .map_err(|error| Failure::new(format!("{} cannot be written: {error}", to.display())))?;
                app.store.close().await;
                eprintln!("Exported {count} entries.");
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn parse_key(text: &str) -> Result<[u8; 32], Failure> {
    let wrong = || Failure::new("the key must be 64 hexadecimal digits");
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut key = [0; 32];
    for (n, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| wrong())?;
    }
    Ok(key)
}

/// The longest line that an export can hold; a longer one is not ours.
const LONGEST: u64 = 1 << 20;

fn verify_file(file: &Path, key: Option<[u8; 32]>) -> Result<Verdict, Failure> {
    let cannot = |error: std::io::Error| Failure::new(format!("{} cannot be read: {error}", file.display()));
    let input: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(File::open(file).map_err(cannot)?)
    };
    let mut reader = BufReader::new(input);
    let mut verifier = Verifier::trusting(key);
    let mut line = String::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        number += 1;
        if reader.by_ref().take(LONGEST).read_line(&mut line).map_err(cannot)? == 0 {
            break;
        }
        let record = serde_json::from_str(line.trim_end()).map_err(|_| {
            Failure::new(format!("{}:{number}: this line is not a record of an audit export", file.display()))
        })?;
        verifier.take(record);
    }
    Ok(verifier.finish())
}

/// A signed report against what goes beside it (RET-13).
fn check_report(report: &Path, signature: &Path, key: Option<[u8; 32]>) -> Result<ExitCode, Failure> {
    let read = |file: &Path| {
        let mut bytes = Vec::new();
        let cannot = |error| Failure::new(format!("{} cannot be read: {error}", file.display()));
        File::open(file).and_then(|open| open.take(LARGEST).read_to_end(&mut bytes)).map_err(cannot)?;
        Ok::<_, Failure>(bytes)
    };
    let beside: Beside = serde_json::from_slice(&read(signature)?)
        .map_err(|_| Failure::new(format!("{} is no file of signature", signature.display())))?;
    let (what, by) =
        signed::check(&read(report)?, &beside).map_err(|fault| Failure::new(fault.to_string()))?;
    say(format_args!("This is the {what}, as it was signed."))?;
    match key {
        Some(key) if key == by => say("It was signed by the key that you gave.")?,
        Some(_) => return Err(Failure::new("it was signed by another key than the one that you gave")),
        None => say(format_args!(
            "It was signed by the key {}: compare it with the one that you were given in person.",
            signed::hexadecimal(&by)
        ))?,
    }
    Ok(ExitCode::SUCCESS)
}

/// More than a report can weigh.
const LARGEST: u64 = 64 << 20;

fn tell(verdict: &Verdict) -> Result<ExitCode, Failure> {
    say(format_args!(
        "{} entries in {} chains, {} signed heads.",
        verdict.entries, verdict.chains, verdict.signatures
    ))?;
    for fault in &verdict.faults {
        say(format_args!("Fault: {fault}"))?;
    }
    if verdict.faults.is_empty() {
        say("The chains are whole.")?;
        Ok(ExitCode::SUCCESS)
    } else {
        say(format_args!("{} faults: the audit chains are not what they were.", verdict.faults.len()))?;
        Ok(ExitCode::FAILURE)
    }
}

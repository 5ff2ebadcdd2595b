//! `fairwatch policy`: check policy files, try cases, print the schema (POL-3).
mod changing;

use super::{Failure, say};
use clap::{Args, Subcommand};
use fairwatch_app::world::SystemClock;
use fairwatch_core::{
    clocks::simulator,
    notices::{self, Prose},
    policy::{Finding, Policy, Severity, check, lint_on, schema},
    world::{Clock as _, london_date},
};
use std::{
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What to do with a policy.
#[derive(Args)]
pub(crate) struct PolicyCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Say what is wrong with policy files, with line and reason; errors make the exit non-zero
    Lint {
        /// The policy files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Answer a case: what stage a subject would be in on a day, and why
    Simulate {
        /// The policy file
        policy: PathBuf,
        /// The case as JSON, or - for the standard input
        #[arg(default_value = "-")]
        case: PathBuf,
        /// One case a line in, one answer a line out, in order
        #[arg(long)]
        batch: bool,
    },
    /// Say in what two policy files differ: lines, periods, who sees what
    Diff {
        /// The old file
        old: PathBuf,
        /// The new one
        new: PathBuf,
    },
    /// Say what a changed policy would do to an installation's data, and put it before the board
    Change(Box<changing::Change>),
    /// Print the JSON schema of policy files, for editors
    Schema,
}

impl PolicyCommand {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            What::Lint { files } => lint(&files),
            What::Simulate { policy, case, batch } => simulate(&policy, &case, batch),
            What::Diff { old, new } => changing::diff(&old, &new),
            What::Change(change) => change.run(),
            What::Schema => {
                say(schema().trim_end())?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}", file.display())))
}

/// What people wrote beside a policy file: the Markdown files of the folder that bears its name.
pub(crate) fn prose_beside(file: &Path) -> Result<Prose, Failure> {
    read_beside(file)?.map_err(refused)
}

/// The same, or what is to be said of the files of that folder.
fn read_beside(file: &Path) -> Result<Result<Prose, Vec<Finding>>, Failure> {
    let folder = file.with_extension("");
    if !folder.is_dir() {
        return Ok(Ok(Prose::default()));
    }
    let cannot =
        |error: std::io::Error| Failure::new(format!("{} cannot be read: {error}", folder.display()));
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.extension().is_some_and(|ending| ending == "md") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            texts.push((name, read(&path)?));
        }
    }
    texts.sort();
    Ok(Prose::read(&folder.display().to_string(), texts))
}

/// Everything for which a file is refused, a line each.
pub(crate) fn refused(findings: Vec<Finding>) -> Failure {
    Failure::new(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

fn lint(files: &[PathBuf]) -> Result<ExitCode, Failure> {
    let today = london_date(SystemClock.now());
    let mut errors = 0;
    let mut warnings = 0;
    for file in files {
        let (policy, mut findings) = check(&file.display().to_string(), &read(file)?);
        if let Some(policy) = policy {
            findings = lint_on(&policy, today);
            let folder = file.with_extension("").display().to_string();
            findings.extend(match read_beside(file)? {
                Ok(prose) => notices::check(&policy, &prose, &folder),
                Err(found) => found,
            });
        }
        for finding in &findings {
            say(finding)?;
            match finding.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
                Severity::Note => {}
            }
        }
    }
    say(format_args!("{errors} errors, {warnings} warnings in {} files.", files.len()))?;
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn simulate(policy: &Path, case: &Path, batch: bool) -> Result<ExitCode, Failure> {
    let text = read(policy)?;
    let policy = Policy::parse(&policy.display().to_string(), &text).map_err(refused)?;
    let rules = policy.retention();
    let cannot = |error: std::io::Error| Failure::new(format!("{} cannot be read: {error}", case.display()));
    let input: Box<dyn Read> = if case == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(case).map_err(cannot)?)
    };
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let written = |result: std::io::Result<()>| match result {
        Ok(()) => Ok(()),
        Err(error) => Err(Failure::new(format!("the answer cannot be written: {error}"))),
    };
    if !batch {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(cannot)?;
        let answer = simulator::simulate(&rules, &String::from_utf8_lossy(&bytes));
        let (text, code) = match answer {
            Ok(answer) => (answer, ExitCode::SUCCESS),
            Err(refusal) => (refusal.to_json(), ExitCode::FAILURE),
        };
        written(writeln!(out, "{text}").and_then(|()| out.flush()))?;
        return Ok(code);
    }
    let (mut line, mut answer) = (Vec::new(), String::new());
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(cannot)? == 0 {
            break;
        }
        answer.clear();
        let text = String::from_utf8_lossy(&line);
        simulator::simulate_line(&rules, text.trim_end_matches(['\n', '\r']), &mut answer);
        answer.push('\n');
        written(out.write_all(answer.as_bytes()))?;
    }
    written(out.flush())?;
    Ok(ExitCode::SUCCESS)
}

//! Fairwatch: the binary.
//!
//! Each command is a module of `commands`. A failure is one clear line on the standard error, without a chain of
//! causes and without personal data, and a non-zero exit.
mod commands;
mod demo;
mod installation;
mod log;
mod server;
mod settings;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Keeps what members of a business crime reduction partnership share: who sees what, for how long, on what ground.
#[derive(Parser)]
#[command(name = "fairwatch", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show the product with invented people, on this machine alone.
    Demo(commands::demo::Demo),
    /// Serve an installation.
    Serve(commands::serve::Serve),
    /// Make a new installation with its first scheme and controller.
    Init(commands::init::Init),
    /// Let a locked-out controller back in, at the console.
    Recover(commands::recover::Recover),
    /// Destroy what is due, or say what is.
    Sweep(commands::sweep::Sweep),
    /// Make all letters that are due in a scheme, or check its own templates.
    Letters(commands::letters::Letters),
    /// Try out how mail is sent.
    Mail(commands::mail::Mail),
    /// Prove or export the audit chains.
    Audit(commands::audit::Audit),
    /// Check policy files, and try cases against them.
    Policy(commands::policy::PolicyCommand),
    /// Measure this machine: CPU for a gallery page, a subject, a picture, a report.
    Bench(commands::bench::Bench),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    log::start();
    let result = match cli.command {
        // These two need neither a database nor threads.
        Command::Policy(command) => command.run(),
        command => match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
            Ok(runtime) => runtime.block_on(run(command)),
            Err(error) => Err(commands::Failure::new(format!("the runtime cannot start: {error}"))),
        },
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("fairwatch: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, commands::Failure> {
    match command {
        Command::Demo(command) => command.run().await,
        Command::Serve(command) => command.run().await,
        Command::Init(command) => command.run().await,
        Command::Recover(command) => command.run().await,
        Command::Sweep(command) => command.run().await,
        Command::Letters(command) => command.run().await,
        Command::Mail(command) => command.run().await,
        Command::Audit(command) => command.run().await,
        Command::Bench(command) => command.run().await,
        Command::Policy(command) => command.run(),
    }
}

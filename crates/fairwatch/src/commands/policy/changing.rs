//! `fairwatch policy diff` and `fairwatch policy change`: what differs, what it would do, and putting it before the board
//! (POL-5). Somebody of the board agrees in the browser: the console is one person, too (SEC-6).
use super::{prose_beside, read, refused};
use crate::{
    commands::{Failure, say},
    installation::{Place, World},
};
use clap::Args;
use fairwatch_app::{
    App, AppError, orgs,
    policies::{self, Typed},
};
use fairwatch_core::{
    gate::{Caller, Ctx},
    policy::{
        Policy, Severity,
        changing::{
            Numbers,
            lines::{compare, hunks},
            periods, sights,
        },
    },
};
use fairwatch_store::orgs::Kind;
use jiff::civil::Date;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Which policy of which scheme, from when, and why.
#[derive(Args)]
pub(crate) struct Change {
    /// The policy file; what is written beside it lies in the folder of its name
    file: PathBuf,
    /// The scheme's short name
    #[arg(long)]
    scheme: String,
    /// From which day, such as 2027-03-27; today or later
    #[arg(long, value_name = "DAY")]
    from: Date,
    /// Why; it is published with the version
    #[arg(long)]
    reason: String,
    /// Say what it would do, and take it back
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
}

/// Says in what two policy files differ: exit status 1 where they do, as `diff` has it.
pub(super) fn diff(old: &Path, new: &Path) -> Result<ExitCode, Failure> {
    let (was, will) = (read(old)?, read(new)?);
    let lines = compare(&was, &will);
    for hunk in hunks(&lines, 3) {
        let first = hunk.first().map_or(0, |line| line.will.or(line.was).unwrap_or(0));
        say(format_args!("@@ from line {first}"))?;
        for line in hunk {
            let mark = match (line.was, line.will) {
                (Some(_), Some(_)) => ' ',
                (Some(_), None) => '-',
                _ => '+',
            };
            say(format_args!("{mark}{}", line.text))?;
        }
    }
    let parse = |file: &Path, text: &str| Policy::parse(&file.display().to_string(), text).map_err(refused);
    let (was, will) = (parse(old, &was)?, parse(new, &will)?);
    for period in periods(&was, &will) {
        say(format_args!("{}: {} becomes {}", period.place, period.was, period.will))?;
    }
    for sight in sights(&was, &will) {
        let what = sight.category.map_or("whoever is withdrawn".to_owned(), |category| category.to_string());
        let how = if sight.seen { "come to see" } else { "no longer see" };
        say(format_args!("{} {how} {what}", sight.viewer))?;
    }
    Ok(if lines.iter().all(|line| line.is_same()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Change {
    /// Needs a database, and so threads, which the other commands about policies do not.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Failure::new(format!("the runtime cannot start: {error}")))?;
        runtime.block_on(async {
            let world = World::real();
            let app = self.place.open(&world, Kind::Real).await?;
            let done = self.change(&app, &world.ctx(Caller::Console)).await;
            app.store.close().await;
            done
        })
    }

    async fn change(&self, app: &App, ctx: &Ctx) -> Result<ExitCode, Failure> {
        let scope = orgs::by_slug(app, ctx, &self.scheme).await?;
        let scope = scope.ok_or_else(|| Failure::new(format!("there is no scheme {}", self.scheme)))?;
        let (text, prose) = (read(&self.file)?, prose_beside(&self.file)?);
        let file = self.file.display().to_string();
        let (policy, findings) = policies::check(&scope.policy, &file, &text, &prose, scope.today);
        for finding in findings.iter().filter(|finding| finding.severity != Severity::Note) {
            say(finding)?;
        }
        if policy.is_none() {
            return Err(Failure::new("the policy is refused, and nothing was changed"));
        }
        let id = policies::begin(app, ctx, scope.org).await?;
        let typed = Typed { text, prose, reason: self.reason.clone(), from: Some(self.from) };
        let put = async {
            policies::save(app, ctx, id, typed).await?;
            policies::try_out(app, ctx, id, usize::MAX).await?;
            let opened = policies::open(app, ctx, id).await?;
            let numbers = opened.change.tried.map(|tried| tried.numbers).unwrap_or_default();
            if !self.dry_run {
                policies::propose(app, ctx, id).await?;
            }
            Ok::<_, AppError>(numbers)
        };
        let put = put.await;
        if self.dry_run || put.is_err() {
            policies::withdraw(app, ctx, id, "A trial at the console").await?;
        }
        tell(&put?)?;
        say(if self.dry_run {
            "Nothing was changed: this was a dry run."
        } else {
            "It is put before the board, who find it under Policy."
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What a dry run found, in numbers.
fn tell(numbers: &Numbers) -> Result<(), Failure> {
    say(format_args!("{} people were looked at.", numbers.people))?;
    for (effect, tally) in &numbers.effects {
        let day = |day: Option<Date>| day.map_or("no day".to_owned(), |day| day.to_string());
        say(format_args!(
            "{}: {} people, {} to {}",
            effect.as_str().replace('_', " "),
            tally.count,
            day(tally.first),
            day(tally.last)
        ))?;
    }
    for (other, ends) in &numbers.others {
        say(format_args!(
            "{other}: {} go on that day, {} sooner, {} later",
            ends.at_once, ends.sooner, ends.later
        ))?;
    }
    for sight in &numbers.sights {
        let what = sight.category.map_or("whoever is withdrawn".to_owned(), |category| category.to_string());
        let how = if sight.seen { "come to see" } else { "no longer see" };
        say(format_args!("{} {how} {what}: {} people", sight.viewer, sight.people))?;
    }
    Ok(())
}

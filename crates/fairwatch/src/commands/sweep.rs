//! `fairwatch sweep`: what is due, and its end (RET-11).
use super::{Failure, say};
use crate::installation::{Place, World};
use clap::Args;
use fairwatch_app::{
    App,
    sweep::{Order, SchemePlan, doubts, newest_entry, plan, run},
};
use fairwatch_core::gate::{Caller, Ctx};
use fairwatch_store::orgs::Kind;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::SignedDuration;
use std::process::ExitCode;

/// How to sweep.
#[derive(Args)]
pub(crate) struct Sweep {
    #[command(flatten)]
    place: Place,
    /// Say what is due, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on although the clock or the amount looks wrong: the number of records that would be deleted, as
    /// the program said it
    #[arg(long, value_name = "COUNT")]
    confirm: Option<u64>,
    /// Sweep a demonstration's database
    #[arg(long, hide = true)]
    demo: bool,
}

impl Sweep {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let world = World::real();
        let kind = if self.demo { Kind::Demo } else { Kind::Real };
        let app = self.place.open(&world, kind).await?;
        let ctx = world.ctx(Caller::Job("sweep"));
        let result = self.sweep(&app, &ctx).await;
        app.store.close().await;
        result
    }

    async fn sweep(&self, app: &App, ctx: &Ctx) -> Result<ExitCode, Failure> {
        let newest = newest_entry(app, ctx).await?;
        let plans = plan(app, ctx).await?;
        print_plan(&plans)?;
        let losses: u64 = plans.iter().map(|plan| plan.plan.losses()).sum();
        // A command has just started; a server that asks says how long it has been up.
        let doubts = doubts(app, ctx, &plans, newest, SignedDuration::ZERO).await?;
        for doubt in &doubts {
            say(format_args!("Looks wrong: {}", doubt.0))?;
        }
        if self.dry_run {
            say("Nothing was done: this was a dry run.")?;
            return Ok(ExitCode::SUCCESS);
        }
        if !doubts.is_empty() && self.confirm != Some(losses) {
            return Err(Failure::new(format!(
                "stopped and destroyed nothing; if this is right, run `fairwatch sweep --confirm {losses}`"
            )));
        }
        let total = plans.iter().map(|plan| plan.plan.subjects.len() as u64).sum();
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} subjects") {
            bar.set_style(style);
        }
        let report =
            run(app, ctx, Order { plans: &plans, progress: &|done, _| bar.set_position(done as u64) })
                .await?;
        bar.finish_and_clear();
        say(format_args!(
            "Withdrawn {}, deleted {}, frozen {}.",
            report.withdrawn, report.deleted, report.frozen
        ))?;
        say(format_args!("Put off, since a report that waits names them: {}.", report.put_off))?;
        say(format_args!(
            "Incidents deleted {}, rejected reports erased {}, records of deleted profiles ended {}.",
            report.incidents, report.reports, report.stubs
        ))?;
        say(format_args!("Drafts thrown away {}, files removed {}.", report.drafts, report.files))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn print_plan(plans: &[SchemePlan]) -> Result<(), Failure> {
    for SchemePlan { slug, plan, .. } in plans {
        say(format_args!("{slug}: {} subjects due of {}", plan.subjects.len(), plan.held))?;
        for due in &plan.subjects {
            let rule = due.rule.as_deref().map_or(String::new(), |rule| format!(", rule {rule}"));
            let put_off = if due.put_off { ", put off: a report that waits names it" } else { "" };
            say(format_args!("  {}: {} -> {}{rule}{put_off}", due.reference, due.from, due.to))?;
        }
        for loss in plan.others.iter().filter(|loss| loss.due > 0) {
            say(format_args!("  {}: {} due of {}", loss.kind, loss.due, loss.of))?;
        }
    }
    Ok(())
}

//! `fairwatch letters`: all letters that are due in a scheme, or a check of a scheme's own templates (EXC-3).
use super::{Failure, say};
use crate::installation::{Place, World};
use clap::Args;
use fairwatch_app::{App, documents::Documents, letters::many};
use fairwatch_core::{
    gate::{Caller, Ctx},
    letters::Kind,
};
use fairwatch_store::orgs;
use indicatif::{ProgressBar, ProgressStyle};
use std::{path::PathBuf, process::ExitCode};

/// Which letters.
#[derive(Args)]
pub(crate) struct Letters {
    #[command(flatten)]
    place: Place,
    /// The scheme, by its short name
    #[arg(long, value_name = "NAME", required_unless_present = "check")]
    scheme: Option<String>,
    /// Only letters of this kind, such as expiry; may be given more than once
    #[arg(long, value_name = "KIND")]
    kind: Vec<Kind>,
    /// Say what is due, and make nothing
    #[arg(long)]
    dry_run: bool,
    /// Make one of each letter with invented values from the templates in this folder, and keep nothing: whether they can
    /// be used at all
    #[arg(long, value_name = "FOLDER", exclusive = true)]
    check: Option<PathBuf>,
}

impl Letters {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        if let Some(folder) = self.check {
            let checked = Documents::new(Some(folder)).check().await?;
            say(format_args!(
                "{} letters on {} pages: the templates can be used.",
                checked.letters, checked.pages
            ))?;
            return Ok(ExitCode::SUCCESS);
        }
        let world = World::real();
        let app = self.place.open(&world, orgs::Kind::Real).await?;
        let ctx = world.ctx(Caller::Job("letters"));
        let result = self.make(&app, &ctx).await;
        app.store.close().await;
        result
    }

    async fn make(&self, app: &App, ctx: &Ctx) -> Result<ExitCode, Failure> {
        let name = self.scheme.as_deref().unwrap_or_default();
        let scope = orgs::by_slug(&app.store, ctx, name).await?;
        let scope =
            scope.ok_or_else(|| Failure::new(format!("there is no scheme with the short name {name}")))?;
        let due = many::due(app, ctx, scope.org, &self.kind).await?;
        for one in due.iter().filter(|_| self.dry_run) {
            say(format_args!("{}: {}", one.reference, one.kind.label()))?;
        }
        if self.dry_run {
            say(format_args!("{} letters are due. Nothing was made: this was a dry run.", due.len()))?;
            return Ok(ExitCode::SUCCESS);
        }
        let bar = ProgressBar::new(due.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} letters") {
            bar.set_style(style);
        }
        let made = many::make_many(app, ctx, &due, &|done, _| bar.set_position(done as u64)).await?;
        bar.finish_and_clear();
        say(format_args!(
            "{} letters were made. They stand under Letters until they are served.",
            made.letters.len()
        ))?;
        for (reference, kind, why) in &made.refused {
            say(format_args!("Not made: {reference}, {}: {why}", kind.label()))?;
        }
        Ok(if made.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

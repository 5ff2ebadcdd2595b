//! `fairwatch recover`: a locked-out sole controller back in, at the console, audited.
use super::{Failure, say};
use crate::installation::{Place, World};
use clap::Args;
use fairwatch_app::accounts::{link_address, recover};
use fairwatch_core::gate::Caller;
use fairwatch_store::orgs::{self, Kind};
use std::process::ExitCode;

/// Whom to let in.
#[derive(Args)]
pub(crate) struct Recover {
    #[command(flatten)]
    place: Place,
    /// The e-mail address or user name with which they sign in
    login: String,
}

impl Recover {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let world = World::real();
        let app = self.place.open(&world, Kind::Real).await?;
        let ctx = world.ctx(Caller::Console);
        let link = recover(&app, &ctx, &self.login).await?;
        let base =
            orgs::installation(&app.store, &ctx).await?.map_or(String::new(), |record| record.base_address);
        app.store.close().await;
        say("A new password is set here, once, within three days:")?;
        say(link_address(&base, &link))?;
        Ok(ExitCode::SUCCESS)
    }
}

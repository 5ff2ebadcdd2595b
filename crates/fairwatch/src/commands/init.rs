//! `fairwatch init`: a new installation with its first scheme and controller.
use super::{
    Failure,
    policy::{prose_beside, refused},
    say,
};
use crate::installation::{Place, World};
use clap::Args;
use fairwatch_app::accounts::{Founding, NewUser, init_installation, link_address};
use fairwatch_core::gate::Caller;
use fairwatch_store::orgs::Kind;
use std::{path::PathBuf, process::ExitCode};

/// What a new installation needs.
#[derive(Args)]
pub(crate) struct Init {
    #[command(flatten)]
    place: Place,
    /// The scheme's policy file
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The data controller's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// The data controller's e-mail address, with which they sign in
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// The address under which people will reach the program, such as `https://watch.example.org`
    #[arg(long, value_name = "URL")]
    address: String,
}

impl Init {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let Some(host) =
            self.address.strip_prefix("https://").or_else(|| self.address.strip_prefix("http://"))
        else {
            return Err(Failure::new(
                "the address must begin with https:// (or http:// for a trial on one machine)",
            ));
        };
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(Failure::new("the address names no host; write it like https://watch.example.org"));
        }
        let name = self.policy.display().to_string();
        let policy = std::fs::read_to_string(&self.policy)
            .map_err(|error| Failure::new(format!("the policy file {name} cannot be read: {error}")))?;
        let world = World::real();
        // What is wrong with the policy is said before a folder or a key file is made.
        let prose = prose_beside(&self.policy)?;
        fairwatch_app::notices::fit(&name, &policy, &prose).map_err(refused)?;
        let app = self.place.create(&world).await?;
        let founding = Founding {
            kind: Kind::Real,
            base_address: &self.address,
            policy_name: &name,
            policy: &policy,
            prose,
            controller: NewUser { name: self.name, email: Some(self.email), ..NewUser::default() },
        };
        let founded = init_installation(&app, &world.ctx(Caller::Console), &founding).await?;
        app.store.close().await;
        say(format_args!("The installation is ready in {}.", self.place.data.display()))?;
        say("Keep the key file where no backup of the data goes, and one copy of it in a safe.")?;
        if let Some(link) = founded.controller.link {
            say("The data controller sets a password here, once, within three days:")?;
            say(link_address(&self.address, &link))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

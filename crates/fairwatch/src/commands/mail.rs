//! `fairwatch mail test`: whether mail goes out as the settings say.
use super::{Failure, say};
use crate::installation::{Place, World};
use clap::{Args, Subcommand};
use fairwatch_app::mail::Letter;
use fairwatch_core::{
    gate::Caller,
    mail::{Mail as Text, letter},
};
use std::process::ExitCode;

/// What to try.
#[derive(Args)]
pub(crate) struct Mail {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Send one mail to an address, and say what the mail server answers
    Test(Test),
}

#[derive(Args)]
struct Test {
    #[command(flatten)]
    place: Place,
    /// Whom to send it to
    address: String,
}

impl Mail {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        let What::Test(Test { place, address }) = self.what;
        let settings = place.settings()?.mail.ok_or_else(|| {
            Failure::new(
                "there is no [mail] in the settings; write fairwatch.toml into the folder of the data, or give --config",
            )
        })?;
        let world = World::real();
        let ctx = world.ctx(Caller::Console);
        let mail = Text {
            to: address,
            subject: "A test from Fairwatch".into(),
            text: letter("", &["If you read this, mail goes out as the settings say."], "Fairwatch"),
        };
        let sent = Letter { id: ctx.new_id(), at: ctx.real_now(), mail: &mail, calendar: None };
        settings.carrier()?.try_out(sent).await?;
        say("The mail server took it. Whether it arrives is the servers' business from here on.")?;
        Ok(ExitCode::SUCCESS)
    }
}

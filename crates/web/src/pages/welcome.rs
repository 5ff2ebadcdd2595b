//! Where everybody starts.
use crate::{
    respond::{Answer, see_other},
    visit::Guest,
};

/// `GET /`
pub(crate) async fn start(_guest: Guest) -> Answer {
    Ok(see_other("/sign-in"))
}

//! The part of the table for the board's oversight (SEC-6).
use super::Route;
use crate::{access::Access::Actions, pages::oversight};
use fairwatch_core::{gate::Action as _, oversight::ShowOversight};

pub(super) fn table() -> Vec<Route> {
    vec![Route::get("/o/{slug}/oversight", Actions(&[ShowOversight::NAME]), oversight::show)]
}

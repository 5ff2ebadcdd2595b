//! The part of the table for exports of all data (SEC-6).
use super::Route;
use crate::{access::Access::Actions, pages::exporting};
use fairwatch_core::{
    exporting::{
        AskExport, DecideExport, FetchExport, FinishExport, ListExports, ReadExport, WithdrawExport,
    },
    gate::Action as _,
};

pub(super) fn table() -> Vec<Route> {
    const ASK: &[&str] = &[AskExport::NAME, ListExports::NAME];
    const DECIDE: &[&str] = &[DecideExport::NAME, ListExports::NAME];
    // What is read while it is sent.
    const FETCH: &[&str] = &[FetchExport::NAME, ReadExport::NAME, FinishExport::NAME];
    vec![
        Route::get("/o/{slug}/exports", Actions(&[ListExports::NAME]), exporting::list),
        Route::post("/o/{slug}/exports", Actions(ASK), exporting::ask),
        Route::post("/o/{slug}/exports/{id}/withdraw", Actions(&[WithdrawExport::NAME]), exporting::withdraw),
        Route::post("/o/{slug}/exports/{id}/decide", Actions(DECIDE), exporting::decide),
        Route::post("/o/{slug}/exports/{id}/fetch", Actions(FETCH), exporting::fetch),
    ]
}

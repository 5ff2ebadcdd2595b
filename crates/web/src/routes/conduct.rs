//! The part of the table for breaches of the rules and suspended members (MEM-8).
use super::Route;
use crate::{access::Access::Actions, pages::conduct};
use fairwatch_core::{
    conduct::{LetMemberIn, ListConduct, RecordBreach, ReviewSuspension, ShowConduct, SuspendMember},
    gate::Action as _,
};

pub(super) fn table() -> Vec<Route> {
    const RECORD: &[&str] = &[RecordBreach::NAME, ShowConduct::NAME];
    const SUSPEND: &[&str] = &[SuspendMember::NAME, ShowConduct::NAME];
    const REVIEW: &[&str] = &[ReviewSuspension::NAME, ShowConduct::NAME];
    const BACK: &[&str] = &[LetMemberIn::NAME, ShowConduct::NAME];
    vec![
        Route::get("/o/{slug}/conduct", Actions(&[ListConduct::NAME]), conduct::list),
        Route::get("/o/{slug}/conduct/own", Actions(&[ShowConduct::NAME]), conduct::own),
        Route::get("/o/{slug}/businesses/{id}/conduct", Actions(&[ShowConduct::NAME]), conduct::show),
        Route::post("/o/{slug}/businesses/{id}/conduct", Actions(RECORD), conduct::record),
        Route::get("/o/{slug}/businesses/{id}/suspend", Actions(SUSPEND), conduct::ask_suspend),
        Route::post("/o/{slug}/businesses/{id}/suspend", Actions(SUSPEND), conduct::suspend),
        Route::get("/o/{slug}/businesses/{id}/suspension", Actions(REVIEW), conduct::ask_review),
        Route::post("/o/{slug}/businesses/{id}/suspension", Actions(REVIEW), conduct::review),
        Route::get("/o/{slug}/businesses/{id}/let-in", Actions(BACK), conduct::ask_let_in),
        Route::post("/o/{slug}/businesses/{id}/let-in", Actions(BACK), conduct::let_in),
    ]
}

//! The part of the table for warnings and exclusions.
use super::Route;
use crate::{
    access::Access::Actions,
    pages::exclusions::{self, deciding, ending, giving, proposing},
};
use fairwatch_core::{
    accounts::ListMembers,
    exclusions::{
        AskEvidence, AskTariff, GiveEvidence, LiftExclusion, ListCases, Propose, ShowCase, VaryExclusion,
        VoteOnCase, WithdrawCase,
    },
    gate::Action as _,
    subjects::OpenSubject,
};

/// The form shows what the tariff says, and whose premises can be meant.
const PROPOSE: &[&str] = &[Propose::NAME, AskTariff::NAME, ListMembers::NAME];
/// A vote shows the proposal again where it is refused.
const VOTE: &[&str] = &[VoteOnCase::NAME, ShowCase::NAME];
const WITHDRAW: &[&str] = &[WithdrawCase::NAME, ShowCase::NAME];
const VARY: &[&str] = &[VaryExclusion::NAME, OpenSubject::NAME, ListMembers::NAME];
const LIFT: &[&str] = &[LiftExclusion::NAME, OpenSubject::NAME];
/// Those who give evidence have no part in what is decided, and see nothing of it (EXC-8).
const GIVE: &[&str] = &[GiveEvidence::NAME, AskEvidence::NAME];

pub(super) fn table() -> Vec<Route> {
    vec![
        Route::get("/o/{slug}/people/{id}/exclude", Actions(PROPOSE), proposing::ask),
        Route::post("/o/{slug}/people/{id}/exclude", Actions(PROPOSE), proposing::propose).resumable(),
        Route::get("/o/{slug}/people/{id}/exclusion/vary", Actions(VARY), ending::ask_vary),
        Route::post("/o/{slug}/people/{id}/exclusion/vary", Actions(VARY), ending::vary),
        Route::get("/o/{slug}/people/{id}/exclusion/lift", Actions(LIFT), ending::ask_lift),
        Route::post("/o/{slug}/people/{id}/exclusion/lift", Actions(LIFT), ending::lift),
        Route::get("/o/{slug}/people/{id}/evidence", Actions(GIVE), giving::ask),
        Route::post("/o/{slug}/people/{id}/evidence", Actions(GIVE), giving::give),
        Route::get("/o/{slug}/cases", Actions(&[ListCases::NAME]), exclusions::list),
        Route::get("/o/{slug}/cases/{id}", Actions(&[ShowCase::NAME]), deciding::show),
        Route::post("/o/{slug}/cases/{id}/vote", Actions(VOTE), deciding::vote),
        Route::get("/o/{slug}/cases/{id}/withdraw", Actions(WITHDRAW), deciding::ask_withdraw),
        Route::post("/o/{slug}/cases/{id}/withdraw", Actions(WITHDRAW), deciding::withdraw),
    ]
}

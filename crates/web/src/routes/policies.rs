//! The part of the table for changing the scheme's policy, and for the versions that there were (POL-5, SEC-6).
use super::Route;
use crate::{
    access::Access::{Actions, Public},
    pages::policies,
};
use fairwatch_core::{
    gate::Action as _,
    policies::{
        AuthoriseChange, DraftChange, EditChange, ListAffected, ListChanges, OpenChange, ProposeChange,
        RefuseChange, TryChange, WithdrawChange,
    },
};

/// What was refused is shown on the page that stands around it.
const BEGIN: &[&str] = &[DraftChange::NAME, ListChanges::NAME];
const EDIT: &[&str] = &[EditChange::NAME, OpenChange::NAME];
const SAVE: &[&str] = &[EditChange::NAME, OpenChange::NAME, TryChange::NAME];
const TRY: &[&str] = &[TryChange::NAME, OpenChange::NAME];
const PROPOSE: &[&str] = &[ProposeChange::NAME, OpenChange::NAME];
const AUTHORISE: &[&str] = &[AuthoriseChange::NAME, OpenChange::NAME];
const REFUSE: &[&str] = &[RefuseChange::NAME, OpenChange::NAME];
const WITHDRAW: &[&str] = &[WithdrawChange::NAME, OpenChange::NAME];

pub(super) fn table() -> Vec<Route> {
    let old = "what a scheme kept of whom, and why that was changed, is published";
    vec![
        Route::get("/o/{slug}/policy/versions", Public(old), policies::versions),
        Route::get("/o/{slug}/policy/versions/{number}", Public(old), policies::texts),
        Route::get("/o/{slug}/policy/changes", Actions(&[ListChanges::NAME]), policies::list),
        Route::post("/o/{slug}/policy/changes", Actions(BEGIN), policies::begin),
        Route::get("/o/{slug}/policy/changes/{id}", Actions(&[OpenChange::NAME]), policies::show),
        Route::get("/o/{slug}/policy/changes/{id}/edit", Actions(EDIT), policies::edit),
        Route::post("/o/{slug}/policy/changes/{id}/edit", Actions(SAVE), policies::save).upload().resumable(),
        Route::get("/o/{slug}/policy/changes/{id}/people", Actions(&[ListAffected::NAME]), policies::people),
        Route::post("/o/{slug}/policy/changes/{id}/try", Actions(TRY), policies::try_out),
        Route::post("/o/{slug}/policy/changes/{id}/propose", Actions(PROPOSE), policies::propose),
        Route::post("/o/{slug}/policy/changes/{id}/authorise", Actions(AUTHORISE), policies::authorise),
        Route::post("/o/{slug}/policy/changes/{id}/refuse", Actions(REFUSE), policies::refuse),
        Route::post("/o/{slug}/policy/changes/{id}/withdraw", Actions(WITHDRAW), policies::withdraw),
    ]
}

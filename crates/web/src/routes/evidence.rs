//! The part of the table for evidence.
use super::Route;
use crate::{
    access::Access::Actions,
    pages::evidence::{self, add, deeds, files},
};
use fairwatch_core::{
    evidence::{
        AttachEvidence, DownloadEvidence, ListEvidence, PrepareAttached, ReadEvidence, ReleaseEvidence,
        RemoveEvidence, ShareEvidence, ShowEvidence,
    },
    gate::Action as _,
};

pub(super) fn table() -> Vec<Route> {
    const ADD: &[&str] = &[AttachEvidence::NAME, PrepareAttached::NAME];
    const REMOVE: &[&str] = &[RemoveEvidence::NAME, ShowEvidence::NAME];
    vec![
        Route::get("/o/{slug}/evidence", Actions(&[ListEvidence::NAME]), evidence::list),
        Route::get("/o/{slug}/evidence/{id}", Actions(&[ShowEvidence::NAME]), evidence::show),
        Route::get("/o/{slug}/evidence/{id}/file", Actions(&[ReadEvidence::NAME]), files::file),
        Route::get(
            "/o/{slug}/evidence/{id}/download",
            Actions(&[DownloadEvidence::NAME, ReadEvidence::NAME]),
            files::download,
        ),
        Route::post("/o/{slug}/evidence/{id}/share", Actions(&[ShareEvidence::NAME]), deeds::share),
        Route::get("/o/{slug}/evidence/{id}/release", Actions(&[ReleaseEvidence::NAME]), deeds::ask_release),
        Route::post("/o/{slug}/evidence/{id}/release", Actions(&[ReleaseEvidence::NAME]), deeds::release),
        Route::get("/o/{slug}/evidence/{id}/remove", Actions(REMOVE), deeds::ask_remove),
        Route::post("/o/{slug}/evidence/{id}/remove", Actions(REMOVE), deeds::remove),
        Route::get("/o/{slug}/reports/{id}/evidence", Actions(ADD), add::ask),
        Route::post("/o/{slug}/reports/{id}/evidence", Actions(ADD), add::add).evidence(),
    ]
}

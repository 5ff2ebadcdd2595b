//! The part of the table for requests about data and for breaches of it (SAR-1 to SAR-9, BRE-1 to BRE-4, PUB-3).
use super::{Route, members::SMALL};
use crate::{
    access::Access::{Actions, Public},
    pages::{breaches, requests},
};
use fairwatch_core::{
    breaches::{
        CloseBreach, EditBreach, FindAffected, JudgeBreach, ListBreaches, NoteBreach, RecordBreach,
        ShowBreach,
    },
    gate::Action as _,
    requests::{
        CountRequests, EnterRequest, FinishRequest, LinkRequest, ListRequests, NoteRequest, OpenRequest,
    },
};

pub(super) fn table() -> Vec<Route> {
    let anybody = "anybody may ask what is held of them; the answer is the same for all";
    const LIST: &[&str] = &[CountRequests::NAME, ListRequests::NAME];
    const NOTE: &[&str] = &[NoteRequest::NAME, OpenRequest::NAME];
    const LINK: &[&str] = &[LinkRequest::NAME, OpenRequest::NAME];
    const FINISH: &[&str] = &[FinishRequest::NAME, OpenRequest::NAME];
    const EDIT: &[&str] = &[EditBreach::NAME, ShowBreach::NAME];
    const TOLD: &[&str] = &[NoteBreach::NAME, JudgeBreach::NAME, ShowBreach::NAME];
    const CLOSE: &[&str] = &[CloseBreach::NAME, ShowBreach::NAME];
    const AFFECTED: &[&str] = &[FindAffected::NAME, ShowBreach::NAME];
    vec![
        Route::get("/o/{slug}/rights", Public(anybody), requests::ask_public),
        Route::post("/o/{slug}/rights", Public(anybody), requests::send_public).of_at_most(SMALL),
        Route::get("/o/{slug}/requests", Actions(LIST), requests::list),
        Route::get("/o/{slug}/requests/new", Actions(&[EnterRequest::NAME]), requests::ask),
        Route::post("/o/{slug}/requests/new", Actions(&[EnterRequest::NAME]), requests::enter),
        Route::get("/o/{slug}/requests/{id}", Actions(&[OpenRequest::NAME]), requests::show),
        Route::get("/o/{slug}/requests/{id}/note", Actions(NOTE), requests::ask_note),
        Route::post("/o/{slug}/requests/{id}/note", Actions(NOTE), requests::note),
        Route::post("/o/{slug}/requests/{id}/link", Actions(LINK), requests::link),
        Route::get("/o/{slug}/requests/{id}/finish", Actions(FINISH), requests::ask_finish),
        Route::post("/o/{slug}/requests/{id}/finish", Actions(FINISH), requests::finish),
        Route::get("/o/{slug}/breaches", Actions(&[ListBreaches::NAME]), breaches::list),
        Route::get("/o/{slug}/breaches/new", Actions(&[RecordBreach::NAME]), breaches::ask),
        Route::post("/o/{slug}/breaches/new", Actions(&[RecordBreach::NAME]), breaches::record),
        Route::get("/o/{slug}/breaches/{id}", Actions(&[ShowBreach::NAME]), breaches::show),
        Route::get("/o/{slug}/breaches/{id}/pdf", Actions(&[ShowBreach::NAME]), breaches::pdf),
        Route::get("/o/{slug}/breaches/{id}/edit", Actions(EDIT), breaches::ask_edit),
        Route::post("/o/{slug}/breaches/{id}/edit", Actions(EDIT), breaches::edit),
        Route::get("/o/{slug}/breaches/{id}/told", Actions(TOLD), breaches::ask_told),
        Route::post("/o/{slug}/breaches/{id}/told", Actions(TOLD), breaches::told),
        Route::get("/o/{slug}/breaches/{id}/close", Actions(CLOSE), breaches::ask_close),
        Route::post("/o/{slug}/breaches/{id}/close", Actions(CLOSE), breaches::close),
        Route::get("/o/{slug}/breaches/{id}/affected", Actions(AFFECTED), breaches::affected),
    ]
}

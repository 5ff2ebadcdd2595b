//! The part of the table for governing documents, certification, registers and duties.
use super::Route;
use crate::{
    access::Access::{Actions, Public},
    pages::{certify, duties, governing, registers},
};
use fairwatch_core::{
    certifications::{Certify, ListCertifications, ShowOwed},
    duties::{EndFeed, MakeFeed, ShowDuties},
    gate::Action as _,
    governing::{AddDocument, ListDocuments, ReadDocument, ReviseDocument, WithdrawDocument},
    registers::{AddEntry, EditEntry, EndEntry, ListRegisters, RecordReview},
};

/// The page that asks somebody to read and agree: what it does, and what it shows.
pub(crate) const CERTIFY: &[&str] = &[Certify::NAME, ShowOwed::NAME, ReadDocument::NAME];

pub(super) fn table() -> Vec<Route> {
    const SHOW: &[&str] = &[ShowOwed::NAME, ReadDocument::NAME];
    const DOCUMENTS: &[&str] = &[ListDocuments::NAME, ListRegisters::NAME];
    const NEW: &[&str] = &[AddDocument::NAME];
    const REVISE: &[&str] = &[ReviseDocument::NAME, ReadDocument::NAME];
    const WITHDRAW: &[&str] = &[WithdrawDocument::NAME, ReadDocument::NAME];
    const REGISTERS: &[&str] = &[ListRegisters::NAME];
    const ADD: &[&str] = &[AddEntry::NAME, ListRegisters::NAME];
    const EDIT: &[&str] = &[EditEntry::NAME, ListRegisters::NAME];
    const END: &[&str] = &[EndEntry::NAME, ListRegisters::NAME];
    const REVIEW: &[&str] = &[RecordReview::NAME, ListRegisters::NAME];
    vec![
        Route::get(certify::PATH, Actions(SHOW), certify::show),
        Route::post("/o/{slug}/certify", Actions(CERTIFY), certify::agree),
        Route::get("/o/{slug}/certified", Actions(&[ListCertifications::NAME]), certify::outstanding),
        Route::get("/o/{slug}/documents", Actions(DOCUMENTS), governing::list),
        Route::get("/o/{slug}/documents/new", Actions(NEW), governing::ask),
        Route::post("/o/{slug}/documents/new", Actions(NEW), governing::add).upload(),
        Route::get("/o/{slug}/documents/{id}", Actions(&[ReadDocument::NAME]), governing::show),
        Route::get("/o/{slug}/documents/{id}/pdf", Actions(&[ReadDocument::NAME]), governing::pdf),
        Route::get("/o/{slug}/documents/{id}/revise", Actions(REVISE), governing::ask_revise),
        Route::post("/o/{slug}/documents/{id}/revise", Actions(REVISE), governing::revise).upload(),
        Route::get("/o/{slug}/documents/{id}/withdraw", Actions(WITHDRAW), governing::ask_withdraw),
        Route::post("/o/{slug}/documents/{id}/withdraw", Actions(WITHDRAW), governing::withdraw),
        Route::get("/o/{slug}/registers", Actions(REGISTERS), registers::list),
        Route::get("/o/{slug}/registers/new/{kind}", Actions(ADD), registers::ask),
        Route::post("/o/{slug}/registers/new/{kind}", Actions(ADD), registers::add),
        Route::get("/o/{slug}/registers/{id}", Actions(EDIT), registers::ask_edit),
        Route::post("/o/{slug}/registers/{id}", Actions(EDIT), registers::edit),
        Route::get("/o/{slug}/registers/{id}/end", Actions(END), registers::ask_end),
        Route::post("/o/{slug}/registers/{id}/end", Actions(END), registers::end),
        Route::get("/o/{slug}/duties", Actions(&[ShowDuties::NAME]), duties::list),
        Route::post("/o/{slug}/duties/feed", Actions(&[MakeFeed::NAME, ShowDuties::NAME]), duties::make_feed),
        Route::post("/o/{slug}/duties/feed/end", Actions(&[EndFeed::NAME]), duties::end_feed),
        Route::get(
            "/calendar/{token}",
            Public("a calendar signs in nowhere; whoever has the address sees duties that name nobody"),
            duties::feed,
        ),
        Route::get("/o/{slug}/reviews/{kind}", Actions(REVIEW), registers::ask_review),
        Route::post("/o/{slug}/reviews/{kind}", Actions(REVIEW), registers::review),
    ]
}

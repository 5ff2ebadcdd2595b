//! The part of the table for letters, their service, and what need not be served for now.
use super::Route;
use crate::{
    access::Access::Actions,
    pages::letters::{self, exempting, making, service},
};
use fairwatch_core::{
    gate::Action as _,
    letters::{
        DownloadLetter, EndExemption, ExemptNotice, ListOutstanding, MakeLetter, OpenLetter, PreviewLetter,
        RecordService, ReviewExemption, ShowLetters, ShowProof,
    },
};

pub(super) fn table() -> Vec<Route> {
    const LOOK: &[&str] = &[PreviewLetter::NAME];
    const MAKE: &[&str] = &[MakeLetter::NAME, PreviewLetter::NAME];
    const SERVE: &[&str] = &[RecordService::NAME, OpenLetter::NAME];
    const EXEMPT: &[&str] = &[ExemptNotice::NAME, ShowLetters::NAME];
    const REVIEW: &[&str] = &[ReviewExemption::NAME, ShowLetters::NAME];
    vec![
        Route::get("/o/{slug}/letters", Actions(&[ListOutstanding::NAME]), letters::outstanding),
        Route::get("/o/{slug}/people/{id}/letters", Actions(&[ShowLetters::NAME]), letters::of_person),
        Route::get("/o/{slug}/people/{id}/letters/new/{kind}", Actions(LOOK), making::ask),
        Route::post("/o/{slug}/people/{id}/letters/new/{kind}", Actions(MAKE), making::make),
        Route::post("/o/{slug}/people/{id}/letters/exempt", Actions(EXEMPT), exempting::exempt),
        Route::post("/o/{slug}/people/{id}/letters/exempt/review", Actions(REVIEW), exempting::review),
        Route::post(
            "/o/{slug}/people/{id}/letters/exempt/end",
            Actions(&[EndExemption::NAME]),
            exempting::end,
        ),
        Route::get("/o/{slug}/letters/{id}", Actions(&[OpenLetter::NAME]), service::show),
        Route::post("/o/{slug}/letters/{id}", Actions(SERVE), service::record).upload(),
        Route::get("/o/{slug}/letters/{id}/pdf", Actions(&[DownloadLetter::NAME]), service::download),
        Route::get("/o/{slug}/attempts/{id}/proof", Actions(&[ShowProof::NAME]), service::proof),
    ]
}

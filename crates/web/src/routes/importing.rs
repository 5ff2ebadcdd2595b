//! The part of the table for members from a file (MEM-1).
use super::Route;
use crate::{access::Access::Actions, pages::importing};
use fairwatch_core::{
    gate::Action as _,
    importing::{InviteImported, ListImports, PreviewImport, TakeImport, UndoImport},
};

/// A file, or what is carried of it.
const FILE: usize = 10 * 1024 * 1024;

pub(super) fn table() -> Vec<Route> {
    const PREVIEW: &[&str] = &[PreviewImport::NAME, ListImports::NAME];
    const TAKE: &[&str] = &[TakeImport::NAME, ListImports::NAME];
    const UNDO: &[&str] = &[UndoImport::NAME, ListImports::NAME];
    const INVITE: &[&str] = &[InviteImported::NAME];
    vec![
        Route::get("/o/{slug}/members/import", Actions(&[ListImports::NAME]), importing::show),
        Route::post("/o/{slug}/members/import", Actions(PREVIEW), importing::preview).of_at_most(FILE),
        Route::post("/o/{slug}/members/import/take", Actions(TAKE), importing::take).of_at_most(2 * FILE),
        Route::post("/o/{slug}/members/import/{id}/invite", Actions(INVITE), importing::invite),
        Route::post("/o/{slug}/members/import/{id}/print", Actions(INVITE), importing::print),
        Route::post("/o/{slug}/members/import/{id}/print-again", Actions(INVITE), importing::print_again),
        Route::get("/o/{slug}/members/import/{id}/undo", Actions(UNDO), importing::ask_undo),
        Route::post("/o/{slug}/members/import/{id}/undo", Actions(UNDO), importing::undo),
    ]
}

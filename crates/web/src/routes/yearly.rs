//! The part of the table for what is looked at once a year.
use super::Route;
use crate::{
    access::Access::Actions,
    pages::{accreditation, old_data},
};
use fairwatch_core::{
    accreditation::ShowAccreditation,
    gate::Action as _,
    old_data::{BeginOldAudit, DecideOldItem, FinishOldAudit, ReadOldReport, ShowOldData},
};

pub(super) fn table() -> Vec<Route> {
    const SHOW: &[&str] = &[ShowOldData::NAME];
    const BEGIN: &[&str] = &[BeginOldAudit::NAME, ShowOldData::NAME];
    const DECIDE: &[&str] = &[DecideOldItem::NAME, ShowOldData::NAME];
    const FINISH: &[&str] = &[FinishOldAudit::NAME, ShowOldData::NAME];
    const READ: &[&str] = &[ReadOldReport::NAME];
    vec![
        Route::get("/o/{slug}/accreditation", Actions(&[ShowAccreditation::NAME]), accreditation::show),
        Route::get("/o/{slug}/old-data", Actions(SHOW), old_data::show),
        Route::post("/o/{slug}/old-data", Actions(BEGIN), old_data::begin),
        Route::post("/o/{slug}/old-data/{id}/decide", Actions(DECIDE), old_data::decide),
        Route::post("/o/{slug}/old-data/{id}/finish", Actions(FINISH), old_data::finish),
        Route::get("/o/{slug}/old-data/{id}/pdf", Actions(READ), old_data::pdf),
        Route::get("/o/{slug}/old-data/{id}/signature", Actions(READ), old_data::signature),
    ]
}

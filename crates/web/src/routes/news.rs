//! The part of the table for what a scheme tells its members, and its lists of them (MEM-4).
use super::Route;
use crate::{
    access::Access::Actions,
    pages::{groups, news},
};
use fairwatch_core::{
    gate::Action as _,
    groups::{AddGroup, EditGroup, EndGroup, ListGroups, ShowGroup},
    news::{CheckNames, ListNews, PrepareNews, PublishPost, ReadPost, ShowReaders, WithdrawPost},
};

pub(super) fn table() -> Vec<Route> {
    const PUBLISH: &[&str] = &[PublishPost::NAME, PrepareNews::NAME, CheckNames::NAME];
    const WITHDRAW: &[&str] = &[WithdrawPost::NAME, ReadPost::NAME];
    const GROUPS: &[&str] = &[ListGroups::NAME];
    const ADD: &[&str] = &[AddGroup::NAME, ListGroups::NAME];
    const EDIT: &[&str] = &[EditGroup::NAME, ShowGroup::NAME];
    const END: &[&str] = &[EndGroup::NAME, ShowGroup::NAME];
    vec![
        Route::get("/o/{slug}/news", Actions(&[ListNews::NAME]), news::list),
        Route::get("/o/{slug}/news/new/{kind}", Actions(PUBLISH), news::writing::ask),
        Route::post("/o/{slug}/news/new/{kind}", Actions(PUBLISH), news::writing::publish).upload(),
        Route::get("/o/{slug}/news/{id}", Actions(&[ReadPost::NAME]), news::show),
        Route::get("/o/{slug}/news/{id}/pdf", Actions(&[ReadPost::NAME]), news::pdf),
        Route::get("/o/{slug}/news/{id}/readers", Actions(&[ShowReaders::NAME]), news::readers),
        Route::get("/o/{slug}/news/{id}/withdraw", Actions(WITHDRAW), news::writing::ask_withdraw),
        Route::post("/o/{slug}/news/{id}/withdraw", Actions(WITHDRAW), news::writing::withdraw),
        Route::get("/o/{slug}/groups", Actions(GROUPS), groups::list),
        Route::post("/o/{slug}/groups", Actions(ADD), groups::add),
        Route::get("/o/{slug}/groups/{id}", Actions(EDIT), groups::show),
        Route::post("/o/{slug}/groups/{id}", Actions(EDIT), groups::edit),
        Route::get("/o/{slug}/groups/{id}/end", Actions(END), groups::ask_end),
        Route::post("/o/{slug}/groups/{id}/end", Actions(END), groups::end),
    ]
}

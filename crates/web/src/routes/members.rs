//! The part of the table for joining, leaving and the public site (MEM-1, MEM-6, PUB-1).
use super::Route;
use crate::{
    access::Access::{Actions, Public},
    pages::{enquiries, joining, leaving, public},
};
use fairwatch_core::{
    gate::Action as _,
    joining::{ApproveApplication, ListApplications, OpenApplication, RefuseApplication},
    leaving::{EndMember, SayLeaving, ShowLeaving, TakeBackLeaving},
};

/// What a form may weigh that anybody may send.
pub(super) const SMALL: usize = 32 * 1024;

pub(super) fn table() -> Vec<Route> {
    let anybody = "anybody may apply or write to a scheme; the answer is the same for all";
    // Without mail the list shows the link that is to be handed over.
    const APPROVE: &[&str] = &[ApproveApplication::NAME, ListApplications::NAME];
    const BACK: &[&str] = &[TakeBackLeaving::NAME];
    const REFUSE: &[&str] = &[RefuseApplication::NAME, OpenApplication::NAME];
    vec![
        Route::get(
            "/o/{slug}",
            Public("who a scheme is; whoever has a role goes to its start"),
            public::home,
        ),
        Route::get("/o/{slug}/join", Public(anybody), joining::ask),
        Route::post("/o/{slug}/join", Public(anybody), joining::send).of_at_most(SMALL),
        Route::get("/o/{slug}/contact", Public(anybody), enquiries::ask_anything),
        Route::post("/o/{slug}/contact", Public(anybody), enquiries::send_anything).of_at_most(SMALL),
        Route::get("/o/{slug}/letter", Public(anybody), enquiries::ask),
        Route::post("/o/{slug}/letter", Public(anybody), enquiries::send).of_at_most(SMALL),
        Route::get("/o/{slug}/leave", Actions(&[ShowLeaving::NAME]), leaving::own),
        Route::get("/o/{slug}/businesses/{id}/leaving", Actions(&[ShowLeaving::NAME]), leaving::show),
        Route::post("/o/{slug}/businesses/{id}/leaving", Actions(&[SayLeaving::NAME]), leaving::say),
        Route::post("/o/{slug}/businesses/{id}/leaving/take-back", Actions(BACK), leaving::take_back),
        Route::post("/o/{slug}/businesses/{id}/leaving/end", Actions(&[EndMember::NAME]), leaving::end),
        Route::get("/o/{slug}/applications", Actions(&[ListApplications::NAME]), joining::list),
        Route::get("/o/{slug}/applications/{id}", Actions(&[OpenApplication::NAME]), joining::show),
        Route::post("/o/{slug}/applications/{id}/approve", Actions(APPROVE), joining::approve),
        Route::post("/o/{slug}/applications/{id}/refuse", Actions(REFUSE), joining::refuse),
    ]
}

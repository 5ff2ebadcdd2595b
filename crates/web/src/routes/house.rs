//! The part of the table for signing in, one's own account, the scheme's house-keeping, pictures and the demo.
use super::Route;
use crate::{
    access::Access::{Actions, Inside, Public, SignedIn},
    assets, demo,
    pages::{account, audit, members, pictures, policy, sign_in, sweep, system, welcome},
};
use fairwatch_core::{
    accounts::{AddMember, ChangePassword, EndSessions, InviteUser, ListMembers, ShowAccount, SuspendUser},
    audit::{ListAudit, VerifyAudit},
    gate::Action as _,
    pictures::{ShowPicture, Thumbnail},
    subjects::{PlanSweep, ShowSweeps},
};

pub(super) fn table() -> Vec<Route> {
    vec![
        Route::get(
            "/assets/{hash}/{*file}",
            Public("style sheet, script and typeface hold nobody's data"),
            assets::serve,
        ),
        Route::get("/", Public("leads everybody to where they start"), welcome::start),
    ]
}

pub(super) fn demo() -> Vec<Route> {
    vec![]
}

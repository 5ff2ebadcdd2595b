//! The part of the table for the second step of signing in, shared devices and their managers (SEC-2, INC-10).
use super::Route;
use crate::{
    access::Access::{Actions, Public, SignedIn},
    pages::{account, colleagues, device, factors, passkeys, second_factor},
};
use fairwatch_core::{
    accounts::{
        ChangeFactors, EndDevice, EndSessions, EnrolDevice, InviteColleague, ListColleagues, ListMembers, SetManager,
        SetPin, ShowAccount,
    },
    gate::Action as _,
};

pub(super) fn table() -> Vec<Route> {
    let half = "nobody is signed in yet: whoever gave the password gives the second factor";
    let anybody = "nobody is signed in yet: a passkey shows who it is";
    let own = "one's own account, in whatever role";
    let shared = "a shared device shows the names of its business to whoever stands before it, and asks for a PIN";
    const TEAM: &[&str] = &[ListColleagues::NAME];
    const INVITE: &[&str] = &[InviteColleague::NAME, ListColleagues::NAME];
    const ENROL: &[&str] = &[EnrolDevice::NAME, ListColleagues::NAME, EndSessions::NAME];
    const MANAGER: &[&str] = &[SetManager::NAME, ListMembers::NAME];
    const CHANGE: &[&str] = &[ChangeFactors::NAME, ShowAccount::NAME];
    vec![
        Route::get("/sign-in/second", Public(half), second_factor::ask),
        Route::post("/sign-in/second", Public(half), second_factor::give),
        Route::post("/sign-in/passkey/ask", Public(anybody), passkeys::ask),
        Route::post("/sign-in/passkey", Public(anybody), passkeys::sign_in),
        Route::post("/sign-in/second/passkey/ask", Public(half), passkeys::ask_half),
        Route::post("/sign-in/second/passkey", Public(half), passkeys::answer_half),
        Route::post("/account/factors/passkey/ask", SignedIn(own, CHANGE), passkeys::ask_own),
        Route::post("/account/factors/passkey", SignedIn(own, CHANGE), passkeys::confirm_own),
        Route::get("/device", Public(shared), device::ask),
        Route::post("/device", Public(shared), device::sign_in),
        Route::post("/device/awake", SignedIn("keeps one's own session from locking", &[]), device::awake),
        Route::post("/account/pin", SignedIn(own, &[SetPin::NAME, ShowAccount::NAME]), account::set_pin),
        Route::get("/o/{slug}/colleagues", Actions(TEAM), colleagues::list),
        Route::post("/o/{slug}/colleagues/invite", Actions(INVITE), colleagues::invite),
        Route::post("/o/{slug}/colleagues/devices", Actions(ENROL), colleagues::enrol),
        Route::get("/o/{slug}/colleagues/devices/{id}/end", Actions(TEAM), colleagues::ask_end),
        Route::post("/o/{slug}/colleagues/devices/{id}/end", Actions(&[EndDevice::NAME]), colleagues::end),
        Route::get("/o/{slug}/members/{id}/manager", Actions(MANAGER), colleagues::ask_manager),
        Route::post("/o/{slug}/members/{id}/manager", Actions(MANAGER), colleagues::manager),
        Route::get("/account/factors", SignedIn(own, &[ShowAccount::NAME]), factors::show),
        Route::post("/account/factors", SignedIn(own, CHANGE), factors::change),
        Route::post("/account/factors/codes", SignedIn(own, CHANGE), factors::confirm),
    ]
}

//! The part of the table for the second step of signing in, shared devices and their managers, and My account (SEC-2,
//! INC-10, MEM-2).
use super::Route;
use crate::{
    access::Access::{Actions, Public, SignedIn},
    pages::{account, colleagues, details, device, factors, passkeys, second_factor},
};
use fairwatch_core::{
    accounts::{
        AskDeletion, ChangeFactors, CorrectAccount, CorrectUser, EndDevice, EndSessions, EnrolDevice,
        InviteColleague, ListColleagues, ListMembers, SetManager, SetPin, SetPreferences, ShowAccount,
    },
    gate::Action as _,
};

pub(super) fn table() -> Vec<Route> {
    let half = "nobody is signed in yet: whoever gave the password gives the second factor";
    let anybody = "nobody is signed in yet: a passkey shows who it is";
    let own = "one's own account, in whatever role";
    let shared =
        "a shared device shows the names of its business to whoever stands before it, and asks for a PIN";
    const TEAM: &[&str] = &[ListColleagues::NAME];
    const INVITE: &[&str] = &[InviteColleague::NAME, ListColleagues::NAME];
    const ENROL: &[&str] = &[EnrolDevice::NAME, ListColleagues::NAME, EndSessions::NAME];
    const MANAGER: &[&str] = &[SetManager::NAME, ListMembers::NAME];
    const CORRECT: &[&str] = &[CorrectAccount::NAME, ShowAccount::NAME];
    const BEHALF: &[&str] = &[CorrectUser::NAME, ListMembers::NAME];
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
        Route::get("/account/details", SignedIn(own, &[ShowAccount::NAME]), details::ask_own),
        Route::post("/account/details", SignedIn(own, CORRECT), details::correct_own),
        Route::get("/account/details/{id}", SignedIn(own, &[ShowAccount::NAME]), details::ask_told),
        Route::post("/account/details/{id}", SignedIn(own, CORRECT), details::correct_told),
        Route::get("/account/deletion", SignedIn(own, &[ShowAccount::NAME]), details::ask_deletion),
        Route::post("/account/deletion", SignedIn(own, &[AskDeletion::NAME]), details::deletion),
        Route::post("/account/preferences", SignedIn(own, &[SetPreferences::NAME]), details::preferences),
        Route::get("/o/{slug}/members/{id}/correct", Actions(BEHALF), details::ask_user),
        Route::post("/o/{slug}/members/{id}/correct", Actions(BEHALF), details::correct_user),
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

//! The part of the table for the second step of signing in and for what makes it up (SEC-2).
use super::Route;
use crate::{
    access::Access::{Public, SignedIn},
    pages::{factors, passkeys, second_factor},
};
use fairwatch_core::{
    accounts::{ChangeFactors, ShowAccount},
    gate::Action as _,
};

pub(super) fn table() -> Vec<Route> {
    let half = "nobody is signed in yet: whoever gave the password gives the second factor";
    let anybody = "nobody is signed in yet: a passkey shows who it is";
    let own = "one's own account, in whatever role";
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
        Route::get("/account/factors", SignedIn(own, &[ShowAccount::NAME]), factors::show),
        Route::post("/account/factors", SignedIn(own, CHANGE), factors::change),
        Route::post("/account/factors/codes", SignedIn(own, CHANGE), factors::confirm),
    ]
}

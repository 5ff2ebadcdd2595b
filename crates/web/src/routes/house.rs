//! The part of the table for signing in, one's own account, the scheme's house-keeping, pictures and the demo.
use super::Route;
use crate::{
    access::Access::{Actions, Public, SignedIn},
    assets, demo,
    pages::{
        account, appeals, audit, crops, enquiries, forgotten, invitations, mailbox, members, notices,
        pictures, policy, sign_in, sweep, system, welcome,
    },
};
use fairwatch_core::{
    accounts::{
        AddMember, ChangePassword, EndSessions, InviteUser, ListMembers, RenewInvitation, RevokeInvitation,
        ShowAccount, SuspendUser,
    },
    audit::{ListAudit, VerifyAudit},
    enquiries::{AnswerEnquiry, ListEnquiries, OpenEnquiry, RemoveEnquiry},
    exclusions::appeals::{AskAppeal, DecideAppeal, ListAppeals, ReceiveAppeal, ShowAppeal, WithdrawAppeal},
    gate::Action as _,
    pictures::{CropPicture, PrepareCrop, ShowCrops, ShowPicture, Thumbnail, UndoCrop},
    subjects::{PlanSweep, ShowSweeps},
};

/// Shows a form again with what is wrong with it, and so the directory that stands around it.
const INVITE: &[&str] = &[InviteUser::NAME, ListMembers::NAME];
const RENEW: &[&str] = &[RenewInvitation::NAME, ListMembers::NAME];
const REVOKE: &[&str] = &[RevokeInvitation::NAME, ListMembers::NAME];
const ADD_BUSINESS: &[&str] = &[AddMember::NAME, ListMembers::NAME];
const SUSPEND: &[&str] = &[SuspendUser::NAME, ListMembers::NAME];

pub(super) fn table() -> Vec<Route> {
    let own = "one's own account, in whatever role";
    let linked = "whoever has the link may answer the invitation, once; it leads to no account that there is";
    let answered = "whoever has the link may accept the invitation as the account that they are signed in to";
    let mut table = vec![
        Route::get(
            "/assets/{hash}/{*file}",
            Public("style sheet, script and typeface hold nobody's data"),
            assets::serve,
        ),
        Route::get("/", Public("leads everybody to where they start"), welcome::start),
        Route::get("/sign-in", Public("nobody is signed in yet"), sign_in::ask),
        Route::post("/sign-in", Public("nobody is signed in yet"), sign_in::sign_in),
        Route::post("/sign-out", Public("a session that has ended already is no fault"), sign_in::sign_out),
        Route::get(
            "/set-password/{token}",
            Public("whoever has the link may set the password, once"),
            sign_in::ask_password,
        ),
        Route::post(
            "/set-password/{token}",
            Public("whoever has the link may set the password, once"),
            sign_in::set_password,
        ),
        Route::get("/forgotten", Public("nobody is signed in yet"), forgotten::ask),
        Route::post("/forgotten", Public("one answer, whoever bears the address"), forgotten::send),
        Route::get("/invitation/{token}", Public(linked), invitations::ask),
        Route::post("/invitation/{token}", Public(linked), invitations::accept_as_new),
        Route::post("/invitation/{token}/decline", Public(linked), invitations::decline),
        Route::get("/invitation/{token}/answer", SignedIn(answered, &[]), invitations::answer),
        Route::post("/invitation/{token}/accept", SignedIn(answered, &[]), invitations::accept),
        Route::get("/choose", SignedIn("which of one's own roles", &[]), welcome::choose),
        Route::get("/account", SignedIn(own, &[ShowAccount::NAME]), account::show),
        Route::get("/account/copy", SignedIn(own, &[ShowAccount::NAME]), account::copy),
        Route::post(
            "/account/password",
            SignedIn(own, &[ChangePassword::NAME, ShowAccount::NAME]),
            account::change_password,
        ),
        Route::post("/account/sessions", SignedIn(own, &[EndSessions::NAME]), account::end_session),
        Route::post(
            "/account/sign-out-everywhere",
            SignedIn(own, &[EndSessions::NAME]),
            account::sign_out_everywhere,
        ),
        Route::get("/notices", Public("which schemes there are, and what each publishes"), notices::all),
        Route::get("/o/{slug}/notices", Public("what a scheme publishes"), notices::index),
        Route::get("/o/{slug}/notices/{name}", Public("what a scheme publishes"), notices::show),
        Route::get("/o/{slug}/notices/{name}/pdf", Public("what a scheme publishes"), notices::pdf),
        Route::get("/o/{slug}/policy", Public("what a scheme keeps of whom is published"), policy::show),
    ];
    table.extend(from_outside());
    table.extend(house_keeping());
    table.extend(pictures());
    table
}

fn from_outside() -> Vec<Route> {
    const ANSWER: &[&str] = &[AnswerEnquiry::NAME, OpenEnquiry::NAME];
    const REMOVE: &[&str] = &[RemoveEnquiry::NAME, OpenEnquiry::NAME];
    const APPEAL: &[&str] = &[ReceiveAppeal::NAME, AskAppeal::NAME, OpenEnquiry::NAME];
    const HEAR: &[&str] = &[DecideAppeal::NAME, ShowAppeal::NAME];
    const BACK: &[&str] = &[WithdrawAppeal::NAME, ShowAppeal::NAME];
    vec![
        Route::get("/o/{slug}/people/{id}/appeal", Actions(APPEAL), appeals::ask),
        Route::post("/o/{slug}/people/{id}/appeal", Actions(APPEAL), appeals::receive),
        Route::get("/o/{slug}/appeals", Actions(&[ListAppeals::NAME]), appeals::list),
        Route::get("/o/{slug}/appeals/{id}", Actions(&[ShowAppeal::NAME]), appeals::show),
        Route::post("/o/{slug}/appeals/{id}", Actions(HEAR), appeals::decide),
        Route::get("/o/{slug}/appeals/{id}/withdraw", Actions(BACK), appeals::ask_withdraw),
        Route::post("/o/{slug}/appeals/{id}/withdraw", Actions(BACK), appeals::withdraw),
        Route::get("/o/{slug}/enquiries", Actions(&[ListEnquiries::NAME]), enquiries::list),
        Route::get("/o/{slug}/enquiries/{id}", Actions(&[OpenEnquiry::NAME]), enquiries::show),
        Route::get("/o/{slug}/enquiries/{id}/answer", Actions(ANSWER), enquiries::ask_answer),
        Route::post("/o/{slug}/enquiries/{id}/answer", Actions(ANSWER), enquiries::answer),
        Route::get("/o/{slug}/enquiries/{id}/remove", Actions(REMOVE), enquiries::ask_remove),
        Route::post("/o/{slug}/enquiries/{id}/remove", Actions(REMOVE), enquiries::remove),
    ]
}

fn house_keeping() -> Vec<Route> {
    vec![
        Route::get("/o/{slug}/members", Actions(&[ListMembers::NAME]), members::list),
        Route::post("/o/{slug}/members/invite", Actions(INVITE), members::invite),
        Route::post("/o/{slug}/members/businesses", Actions(ADD_BUSINESS), members::add_business),
        Route::get("/o/{slug}/members/{id}/suspend", Actions(SUSPEND), members::ask_suspend),
        Route::post("/o/{slug}/members/{id}/suspend", Actions(SUSPEND), members::suspend),
        Route::get("/o/{slug}/members/{id}/let-in", Actions(SUSPEND), members::ask_let_in),
        Route::post("/o/{slug}/members/{id}/let-in", Actions(SUSPEND), members::let_in),
        Route::get("/o/{slug}/members/{id}/end", Actions(SUSPEND), members::ask_end),
        Route::post("/o/{slug}/members/{id}/end", Actions(SUSPEND), members::end),
        Route::get("/o/{slug}/members/{id}/new-link", Actions(RENEW), members::ask_new_link),
        Route::post("/o/{slug}/members/{id}/new-link", Actions(RENEW), members::new_link),
        Route::get("/o/{slug}/members/{id}/take-back", Actions(REVOKE), members::ask_take_back),
        Route::post("/o/{slug}/members/{id}/take-back", Actions(REVOKE), members::take_back),
        Route::get("/o/{slug}/audit", Actions(&[ListAudit::NAME]), audit::list),
        Route::get("/o/{slug}/audit/check", Actions(&[VerifyAudit::NAME]), audit::check),
        Route::get("/o/{slug}/sweep", Actions(&[PlanSweep::NAME, ShowSweeps::NAME]), sweep::show),
        Route::get("/o/{slug}/system", Actions(&[ShowSweeps::NAME]), system::show),
    ]
}

fn pictures() -> Vec<Route> {
    const CROP: &[&str] = &[CropPicture::NAME, PrepareCrop::NAME, ShowCrops::NAME];
    vec![
        Route::get("/o/{slug}/pictures/{id}/small", Actions(&[Thumbnail::NAME]), pictures::small),
        Route::get("/o/{slug}/pictures/{id}/medium", Actions(&[ShowPicture::NAME]), pictures::medium),
        Route::get("/o/{slug}/pictures/{id}/large", Actions(&[ShowPicture::NAME]), pictures::large),
        Route::get("/o/{slug}/pictures/{id}/parts", Actions(&[ShowCrops::NAME]), crops::show),
        Route::post("/o/{slug}/pictures/{id}/parts", Actions(CROP), crops::crop),
        Route::post("/o/{slug}/pictures/{id}/parts/undo", Actions(&[UndoCrop::NAME]), crops::undo),
    ]
}

/// What exists where nobody is real, and nowhere else.
pub(super) fn demo() -> Vec<Route> {
    let why = "nobody in a demonstration is real, and it listens on this machine alone";
    vec![
        Route::post("/demo/sign-in", Public(why), demo::sign_in),
        Route::post("/demo/clock", Public(why), demo::move_clock),
        Route::get("/mailbox", Public(why), mailbox::show),
    ]
}

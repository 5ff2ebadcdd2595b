//! How people of the demonstration sign in beside one click: the controller has an app that shows codes, and a shop has a
//! manager and a colleague who types a PIN at the till (SEC-2, INC-10).
use super::{
    people::{Staffing, User, person_name},
    seed::Seeding,
};
use crate::commands::Failure;
use fairwatch_app::accounts::{self, NewUser, Password, devices};
use fairwatch_core::{
    accounts::{ChangeFactors, OneAccount, factors::step_at},
    gate::{Caller, Ctx, Role},
    ids::OrgId,
};
use fairwatch_store::accounts::factors;

/// The PIN of the colleague at the till, in every scheme: the handbook tells it to whoever tries it.
const PIN: &str = "739105";

/// Sets it up.
pub(crate) async fn happen(
    seeding: &Seeding,
    org: OrgId,
    slug: &str,
    staffing: &Staffing,
    controller: &Ctx,
    number: u64,
) -> Result<(), Failure> {
    let app = &seeding.app;
    let me = OneAccount(staffing.controller.account);
    let secret = app
        .store
        .write::<ChangeFactors, _>(controller, me, async |tx| factors::begin_codes(tx).await)
        .await?;
    let code = secret.code(step_at(controller.real_now()));
    accounts::factors::confirm_codes(app, controller, &code).await?;
    let manager = &staffing.users[0];
    devices::set_manager(app, controller, manager.membership, true).await?;
    let user = NewUser {
        name: person_name(number * 1000 + 700),
        user_name: Some(format!("counter-{slug}")),
        role: Some(Role::MemberUser),
        member: manager.member,
        ..NewUser::default()
    };
    let given = accounts::give_role(app, &seeding.ctx(Caller::Console), org, &user).await?;
    let colleague = User {
        name: user.name,
        role: Role::MemberUser,
        account: given.account,
        membership: given.membership,
        ..manager.clone()
    };
    let ctx = colleague.acts(seeding).await?;
    devices::set_pin(app, &ctx, &Password::from(""), PIN).await?;
    accounts::end_sessions(app, &ctx, None).await?;
    Ok(())
}

//! Accounts, sessions, links and the counting of attempts, on both engines (SEC-2, MEM-2, MEM-8).
mod invitations;
mod sessions;
mod sign_in;
mod users;

use fairwatch_core::{
    accounts::{
        ChangePassword, EndSessions, GiveRole, InviteUser, ListMembers, MembershipState, OneAccount,
        OneMembership, Profile, Recover, RenewInvitation, RevokeInvitation, ShowAccount, SuspendUser,
    },
    gate::{Caller, Ctx, Role},
    scope::{InOrg, Installation},
    subjects::SweepInstallation,
};
use fairwatch_store::{
    StoreError,
    accounts::{
        self, Attempt, Attempted, COUNTER, Device, FREE_BY_LOGIN, FREE_BY_NETWORK, Forgotten, Given,
        Invitation, Invited, LINK_LIFE, LONGEST_WAIT, Login, OFFICE, SEEN_EVERY, Token, WINDOW, Which,
    },
};
use fairwatch_testkit::{
    engines::{Outcome, Person, Scheme, World},
    on_both,
};
use jiff::SignedDuration;
use uuid::Uuid;

async fn find(world: &World, cookie: &Token) -> Result<Option<accounts::SessionView>, StoreError> {
    accounts::find_session(&world.store, &world.nobody(), cookie).await
}

/// Gives a role at the console.
async fn give(world: &World, scheme: &Scheme, who: Invitation) -> Result<Given, StoreError> {
    let console = world.console();
    let give = world.store.write::<GiveRole, _>(&console, InOrg(scheme.org), async move |tx| {
        accounts::give_role(tx, &who).await
    });
    give.await
}

async fn invite(world: &World, ctx: &Ctx, scheme: &Scheme, who: Invitation) -> Result<Invited, StoreError> {
    let invite = world
        .store
        .write::<InviteUser, _>(ctx, InOrg(scheme.org), async move |tx| accounts::invite(tx, &who).await);
    invite.await
}

fn named(email: Option<&str>, user_name: Option<&str>, role: Role) -> Invitation {
    let profile = Profile {
        name: "Alex Example".into(),
        email: email.map(Into::into),
        user_name: user_name.map(Into::into),
    };
    Invitation { profile, role, member: None }
}

async fn set_state(world: &World, by: &Person, whom: &Person, to: MembershipState) -> Result<(), StoreError> {
    world
        .store
        .write::<SuspendUser, _>(&by.ctx, OneMembership(whom.membership), async move |tx| {
            accounts::set_state(tx, to, "Shared a picture outside the scheme.").await
        })
        .await
}

/// What a person can do as long as the door lets them in at all.
async fn knock(world: &World, person: &Person) -> Result<(), StoreError> {
    let look = world
        .store
        .read::<ShowAccount, _>(&person.again(world), OneAccount(person.account), async |tx| {
            accounts::own_copy(tx).await
        })
        .await;
    look.map(|_| ())
}

fn hidden<T>(result: Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Hidden(_)))
}

fn refusal<T>(result: Result<T, StoreError>) -> String {
    match result {
        Err(StoreError::Refused(sentence)) => sentence,
        Err(other) => format!("not refused, but {other:?}"),
        Ok(_) => "not refused".into(),
    }
}

//! The businesses and users of a scheme, and what its controller does about them (MEM-8).
use crate::{
    forms::Sent,
    pages::confirm::{Confirm, unminded},
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Link, Piece, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    accounts::{self, Directory, MemberView, NewUser, Offered, UserView, invitation_address},
    notices::Served,
    pictures::viewer_code,
};
use fairwatch_core::{
    accounts::{Business as Typed, InviteUser, MembershipState, SuspendUser},
    conduct::ShowConduct,
    gate::Role,
    ids::{MemberId, MembershipId},
    joining::ListApplications,
    leaving::ShowLeaving,
    world::london_date,
};
use serde::Deserialize;

/// `members.html`
#[derive(Template, Debug)]
#[template(path = "members.html")]
struct Members {
    shell: Shell,
    errors: Errors,
    q: String,
    action: String,
    businesses: Vec<Business>,
    invite: Option<Invite>,
    add: Option<Add>,
    total: String,
    applications: Option<Link>,
    conduct: Option<Link>,
}

#[derive(Debug)]
struct Business {
    name: String,
    place: String,
    tags: Vec<Tag>,
    users: Vec<MemberUser>,
    links: Vec<Deed>,
}

#[derive(Debug)]
struct MemberUser {
    name: String,
    role: String,
    note: String,
    tags: Vec<Tag>,
    links: Vec<Deed>,
}

#[derive(Debug)]
struct Deed {
    label: &'static str,
    href: String,
}

#[derive(Debug)]
struct Invite {
    action: String,
    name: String,
    email: String,
    user_name: String,
    businesses: Vec<Choice>,
    roles: Vec<Choice>,
    link: String,
    mailed: String,
}

#[derive(Debug)]
struct Add {
    action: String,
    typed: Typed,
}

/// What was looked for.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    q: String,
}

/// What one of the forms had in it, to be shown again.
#[derive(Default)]
struct Typing {
    errors: Errors,
    user: NewUser,
    business: Option<Typed>,
    link: String,
    mailed: String,
}

async fn build(visit: &Visit, q: &str, typing: Typing) -> Result<Members, AppError> {
    let directory = accounts::directory(&visit.app, &visit.ctx, visit.org()).await?;
    let total = format!(
        "{} and {}",
        words::count(directory.members.len(), "business", "businesses"),
        words::count(directory.users.len(), "user", "users"),
    );
    let invites = visit.may::<InviteUser>();
    let invite = invites.then(|| Invite {
        action: visit.href("/members/invite"),
        name: typing.user.name.clone(),
        email: typing.user.email.clone().unwrap_or_default(),
        user_name: typing.user.user_name.clone().unwrap_or_default(),
        businesses: businesses(&directory, typing.user.member),
        roles: roles(typing.user.role),
        link: typing.link,
        mailed: typing.mailed,
    });
    let add = invites.then(|| Add {
        action: visit.href("/members/businesses"),
        typed: typing.business.unwrap_or_else(|| Typed {
            name: String::new(),
            premises: String::new(),
            area: String::new(),
            trade: String::new(),
        }),
    });
    Ok(Members {
        shell: visit.shell(Nav::Members),
        errors: typing.errors,
        q: q.to_owned(),
        action: visit.href("/members"),
        businesses: listed(visit, &directory, q),
        invite,
        add,
        total,
        conduct: super::conduct::link(visit),
        applications: visit.may::<ListApplications>().then(|| Link {
            label: match directory.applications {
                0 => "Applications".to_owned(),
                n => format!("Applications ({n} to decide)"),
            },
            href: visit.href("/applications"),
        }),
    })
}

fn businesses(directory: &Directory, chosen: Option<MemberId>) -> Vec<Choice> {
    let none = Choice { label: "None: they work for the scheme".into(), ..Choice::default() };
    let all = directory.members.iter().map(|member| Choice {
        value: member.member.to_string(),
        label: member.business.name.clone(),
        note: String::new(),
        checked: chosen == Some(member.member),
    });
    std::iter::once(none).chain(all).collect()
}

fn roles(chosen: Option<Role>) -> Vec<Choice> {
    let chosen = chosen.unwrap_or(Role::MemberUser);
    let one = |role: Role| Choice {
        value: role.name().into(),
        label: role.label().into(),
        note: String::new(),
        checked: role == chosen,
    };
    // Operators are made at the server's console.
    Role::ALL.into_iter().filter(|role| *role != Role::Operator).map(one).collect()
}

/// The businesses with their users, those of the scheme first, as far as they have what is looked for.
fn listed(visit: &Visit, directory: &Directory, q: &str) -> Vec<Business> {
    let wanted = q.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let users_of = |member: Option<MemberId>, all: bool| -> Vec<MemberUser> {
        let users = directory.users.iter().filter(|user| user.member == member);
        users
            .filter(|user| all || has(user.shown_name()) || has(&user.told.name))
            .map(|user| row(visit, user, directory.served.get(&user.membership)))
            .collect()
    };
    let scheme = Business {
        name: visit.scope.policy.scheme.short.to_string(),
        place: "The scheme itself".into(),
        tags: Vec::new(),
        links: Vec::new(),
        users: users_of(None, wanted.is_empty()),
    };
    let others = directory.members.iter().filter_map(|MemberView { member, business }| {
        let whole = has(&business.name) || has(&business.premises) || has(&business.area);
        let users = users_of(Some(*member), whole);
        let place = [&business.trade, &business.premises, &business.area];
        let place = place.into_iter().filter(|text| !text.is_empty()).map(String::as_str);
        (whole || !users.is_empty()).then(|| Business {
            name: business.name.clone(),
            place: place.collect::<Vec<_>>().join(" · "),
            users,
            tags: directory
                .suspended
                .contains_key(member)
                .then(|| Tag::new("red", "Suspended"))
                .into_iter()
                .collect(),
            links: links_of(visit, directory, *member),
        })
    });
    std::iter::once(scheme).filter(|scheme| !scheme.users.is_empty()).chain(others).collect()
}

/// What is done about a business.
fn links_of(visit: &Visit, directory: &Directory, member: MemberId) -> Vec<Deed> {
    let conduct = visit
        .may::<ShowConduct>()
        .then(|| Deed { label: "Conduct", href: visit.href(&format!("/businesses/{member}/conduct")) });
    let leaving = visit.may::<ShowLeaving>().then(|| Deed {
        label: match directory.leaving.get(&member) {
            None => "Leaves the scheme?",
            Some(leaving) if leaving.can_end(visit.scope.today) => "Is to leave: the board decides",
            Some(_) => "Is to leave",
        },
        href: visit.href(&format!("/businesses/{member}/leaving")),
    });
    conduct.into_iter().chain(leaving).collect()
}

fn row(visit: &Visit, user: &UserView, served: Option<&Served>) -> MemberUser {
    let deed = |label, what: Deeds| Deed {
        label,
        href: visit.href(&format!("/members/{}/{}", user.membership, what.path())),
    };
    let links = match user.state {
        // Nobody puts themselves out: a scheme's only controller could not undo it.
        _ if !visit.may::<SuspendUser>() || user.account == Some(visit.session.account) => Vec::new(),
        MembershipState::Invited if user.link_ends_at.is_none() => {
            vec![deed("Invite", Deeds::Renew), deed("Take back", Deeds::Revoke)]
        }
        MembershipState::Invited => vec![deed("New link", Deeds::Renew), deed("Take back", Deeds::Revoke)],
        MembershipState::Active => {
            let manage = (user.role == Role::MemberUser).then(|| Deed {
                label: if user.manages { "Manages no more" } else { "Make manager" },
                href: visit.href(&format!("/members/{}/manager", user.membership)),
            });
            let correct =
                Deed { label: "Correct", href: visit.href(&format!("/members/{}/correct", user.membership)) };
            let ends = [correct, deed("Suspend", Deeds::Suspend), deed("Remove", Deeds::End)];
            manage.into_iter().chain(ends).collect()
        }
        MembershipState::Suspended => vec![deed("Let back in", Deeds::LetIn), deed("Remove", Deeds::End)],
        MembershipState::Ended => Vec::new(),
    };
    let mut tags = Vec::new();
    if user.state == MembershipState::Suspended {
        tags.push(Tag::new("red", "Suspended"));
    }
    if let Some(day) = user.deletion_asked_on {
        tags.push(Tag::new("red", format!("Asked on {} to be deleted", words::date(day))));
    }
    if user.manages {
        tags.push(Tag::new("teal", "Manager"));
    }
    if user.state == MembershipState::Invited && user.link_ends_at.is_none() {
        tags.push(Tag::new("amber", "Named, not invited yet"));
    } else if user.state == MembershipState::Invited {
        tags.push(Tag::new("amber", "Invited, not yet accepted"));
    } else if !user.has_password && visit.web.demo().is_none() {
        // In a demonstration nobody needs one.
        tags.push(Tag::new("amber", "No password yet"));
    }
    let mut notes: Vec<String> =
        [&user.told.email, &user.told.user_name].into_iter().flatten().take(1).cloned().collect();
    if user.shown_name() != user.told.name {
        notes.push(format!("invited as {}", user.told.name));
    }
    if let Some(account) = user.account {
        // By it a picture that was copied on is traced to whoever was shown it (VIS-8).
        notes.push(format!("picture code {}", viewer_code(&visit.app, visit.org(), account)));
    }
    if let Some(ends) = user.link_ends_at {
        let over = ends <= visit.ctx.real_now();
        notes.push(format!("link {} {}", if over { "ended" } else { "good until" }, words::date_time(ends)));
    }
    // To whom the notice went, in which version, and when (NOT-3).
    notes.extend(served.map(|served| {
        let day = words::date(london_date(served.at));
        format!("given the privacy notice, version {}, on {day}", served.version)
    }));
    MemberUser {
        name: user.shown_name().to_owned(),
        role: user.role.label().to_owned(),
        note: notes.join(" · "),
        tags,
        links,
    }
}

/// `GET .../members`
pub(crate) async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    page(&build(&visit, &wanted.q, Typing::default()).await?)
}

/// `POST .../members/invite`: name, email, user_name, business, role. The link is shown once and kept nowhere. Whether
/// the person has an account elsewhere changes nothing of the answer (VIS-6, VIS-7).
pub(crate) async fn invite(visit: Visit, sent: Sent) -> Answer {
    let user = NewUser {
        name: sent.one("name").to_owned(),
        email: sent.given("email"),
        user_name: sent.given("user_name"),
        role: sent.one("role").parse().ok(),
        member: sent.one("business").parse().ok(),
    };
    match accounts::invite(&visit.app, &visit.ctx, visit.org(), &user).await {
        Ok(offered) => hand_over(&visit, offered).await,
        Err(AppError::Refused(problems)) => {
            let typing = Typing { errors: Errors::from(&problems), user, ..Typing::default() };
            page_again(&build(&visit, "", typing).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// The directory, with what became of the link: it was sent, or is to be handed over.
async fn hand_over(visit: &Visit, offered: Offered) -> Answer {
    let typing = match offered.mailed {
        Some(mailed) => Typing { mailed, ..Typing::default() },
        None => Typing { link: invitation_address(visit.web.base(), &offered.link), ..Typing::default() },
    };
    page(&build(visit, "", typing).await?)
}

/// `POST .../members/businesses`: business-name, premises, area, trade.
pub(crate) async fn add_business(visit: Visit, sent: Sent) -> Answer {
    let business = Typed {
        name: sent.one("business-name").to_owned(),
        premises: sent.one("premises").to_owned(),
        area: sent.one("area").to_owned(),
        trade: sent.one("trade").to_owned(),
    };
    match accounts::add_member(&visit.app, &visit.ctx, visit.org(), &business).await {
        Ok(_) => Ok(see_other_done(&visit.href("/members"), "business-added")),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            // On this page `name` is the user's.
            errors.0.iter_mut().filter(|e| e.field == "name").for_each(|e| e.field = "business-name".into());
            let typing = Typing { errors, business: Some(business), ..Typing::default() };
            page_again(&build(&visit, "", typing).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What is done about a user.
#[derive(Clone, Copy)]
enum Deeds {
    Suspend,
    LetIn,
    End,
    Renew,
    Revoke,
}

impl Deeds {
    fn path(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::LetIn => "let-in",
            Self::End => "end",
            Self::Renew => "new-link",
            Self::Revoke => "take-back",
        }
    }
    /// Whether it is done about an invitation, and so needs no reason: nobody has lost anything.
    fn is_of_invitations(self) -> bool {
        matches!(self, Self::Renew | Self::Revoke)
    }
}

/// `GET .../members/{id}/suspend`
pub(crate) async fn ask_suspend(visit: Visit, id: Id<MembershipId>) -> Answer {
    ask(&visit, id, Deeds::Suspend).await
}
/// `GET .../members/{id}/let-in`
pub(crate) async fn ask_let_in(visit: Visit, id: Id<MembershipId>) -> Answer {
    ask(&visit, id, Deeds::LetIn).await
}
/// `GET .../members/{id}/end`
pub(crate) async fn ask_end(visit: Visit, id: Id<MembershipId>) -> Answer {
    ask(&visit, id, Deeds::End).await
}
/// `POST .../members/{id}/suspend`: reason.
pub(crate) async fn suspend(visit: Visit, id: Id<MembershipId>, sent: Sent) -> Answer {
    act(&visit, id, Deeds::Suspend, MembershipState::Suspended, "suspended", &sent).await
}
/// `POST .../members/{id}/let-in`: reason.
pub(crate) async fn let_in(visit: Visit, id: Id<MembershipId>, sent: Sent) -> Answer {
    act(&visit, id, Deeds::LetIn, MembershipState::Active, "let-in", &sent).await
}
/// `POST .../members/{id}/end`: reason.
pub(crate) async fn end(visit: Visit, id: Id<MembershipId>, sent: Sent) -> Answer {
    act(&visit, id, Deeds::End, MembershipState::Ended, "ended", &sent).await
}
/// `GET .../members/{id}/new-link`
pub(crate) async fn ask_new_link(visit: Visit, id: Id<MembershipId>) -> Answer {
    ask(&visit, id, Deeds::Renew).await
}
/// `GET .../members/{id}/take-back`
pub(crate) async fn ask_take_back(visit: Visit, id: Id<MembershipId>) -> Answer {
    ask(&visit, id, Deeds::Revoke).await
}
/// `POST .../members/{id}/new-link`
pub(crate) async fn new_link(visit: Visit, id: Id<MembershipId>) -> Answer {
    let offered = accounts::renew_invitation(&visit.app, &visit.ctx, id.0).await?;
    hand_over(&visit, offered).await
}
/// `POST .../members/{id}/take-back`
pub(crate) async fn take_back(visit: Visit, id: Id<MembershipId>) -> Answer {
    accounts::revoke_invitation(&visit.app, &visit.ctx, id.0).await?;
    Ok(see_other_done(&visit.href("/members"), "taken-back"))
}

async fn ask(visit: &Visit, id: Id<MembershipId>, deed: Deeds) -> Answer {
    page(&confirm(visit, id, deed, "", Errors::default()).await?)
}

async fn act(
    visit: &Visit,
    id: Id<MembershipId>,
    deed: Deeds,
    to: MembershipState,
    done: &str,
    sent: &Sent,
) -> Answer {
    let reason = sent.one("reason");
    if let Some((errors, minded)) = unminded(sent, "reason") {
        let again = confirm(visit, id, deed, reason, errors).await?;
        return page_again(&Confirm { hidden: vec![minded], ..again });
    }
    match accounts::set_membership(&visit.app, &visit.ctx, id.0, to, reason).await {
        Ok(()) => Ok(see_other_done(&visit.href("/members"), done)),
        Err(AppError::Refused(problems)) => {
            page_again(&confirm(visit, id, deed, reason, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn confirm(
    visit: &Visit,
    Id(id): Id<MembershipId>,
    deed: Deeds,
    reason: &str,
    errors: Errors,
) -> Result<Confirm, AppError> {
    let directory = accounts::directory(&visit.app, &visit.ctx, visit.org()).await?;
    let user = directory.users.into_iter().find(|user| user.membership == id).ok_or(AppError::Hidden)?;
    // What is for invitations is not there for roles, and the other way round.
    if deed.is_of_invitations() != (user.state == MembershipState::Invited) {
        return Err(AppError::Hidden);
    }
    let name = user.shown_name().to_owned();
    let (title, text, button) = match deed {
        Deeds::Suspend => (
            format!("Suspend {name}"),
            "They are out at once, on every device, until you let them back in.",
            "Suspend",
        ),
        Deeds::LetIn => {
            (format!("Let {name} back in"), "They can sign in again with their password.", "Let back in")
        }
        Deeds::End => (
            format!("Remove {name}"),
            "They are out at once, on every device. To let them back in you would invite them anew.",
            "Remove",
        ),
        Deeds::Renew => (
            format!("Make a new link for {name}"),
            "The link that they have ends. The new one works once, for three days.",
            "Make a new link",
        ),
        Deeds::Revoke => (
            format!("Take the invitation of {name} back"),
            "Their link ends, and what you typed about them is deleted.",
            "Take back",
        ),
    };
    Ok(Confirm {
        shell: visit.shell(Nav::Members),
        errors,
        crumbs: vec![Crumb { label: "Members".into(), href: visit.href("/members") }],
        here: name,
        title,
        text: vec![vec![Piece::text(text)]],
        danger: !matches!(deed, Deeds::LetIn | Deeds::Renew),
        action: visit.href(&format!("/members/{id}/{}", deed.path())),
        reason_label: if deed.is_of_invitations() { String::new() } else { "Why".into() },
        reason_hint: "Kept under Conduct for as long as the policy says, also after they are removed",
        reason: reason.to_owned(),
        button: button.into(),
        cancel: visit.href("/members"),
        ..Confirm::default()
    })
}

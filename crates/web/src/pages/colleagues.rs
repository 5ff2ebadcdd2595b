//! The business that one manages: its users, printed invitations and shared devices (INC-10).
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, qr},
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Piece, Row, Shell, Tag},
    visit::{Id, Visit, cookie},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    accounts::{self, NewUser, UserView, devices, invitation_address},
};
use fairwatch_core::{
    accounts::{MembershipState, own::Shows},
    gate::Role,
    ids::{DeviceId, MembershipId},
    world::london_date,
};

/// `colleagues.html`
#[derive(Template, Debug)]
#[template(path = "colleagues.html")]
struct Colleagues {
    shell: Shell,
    errors: Errors,
    business: String,
    people: Vec<Person>,
    invite_action: String,
    name: String,
    email: String,
    user_name: String,
    devices: Vec<Shared>,
    device_action: String,
    device: String,
    shows: Vec<Choice>,
}

#[derive(Debug)]
struct Person {
    name: String,
    tags: Vec<Tag>,
}

#[derive(Debug)]
struct Shared {
    name: String,
    note: String,
    end_href: String,
}

/// `printed_invitation.html`
#[derive(Template, Debug)]
#[template(path = "printed_invitation.html")]
struct Printed {
    shell: Shell,
    name: String,
    login: String,
    business: String,
    scheme: String,
    address: String,
    drawing: qr::Drawing,
    back: String,
}

/// What one of the forms had in it, to be shown again.
#[derive(Default)]
struct Typing {
    errors: Errors,
    user: NewUser,
    device: String,
    initials: bool,
}

async fn build(visit: &Visit, typing: Typing) -> Result<Colleagues, AppError> {
    let own = devices::own_business(&visit.app, &visit.ctx, visit.org()).await?;
    let people = own.team.people.iter().map(|person| {
        let mut tags = Vec::new();
        match person.state {
            MembershipState::Invited => tags.push(Tag::new("amber", "Invited, not yet accepted")),
            MembershipState::Suspended => tags.push(Tag::new("red", "Suspended")),
            MembershipState::Active | MembershipState::Ended => {}
        }
        if person.manages {
            tags.push(Tag::new("teal", "Manager"));
        }
        if person.has_pin {
            tags.push(Tag::new("green", "Has a PIN"));
        }
        Person { name: person.name.clone(), tags }
    });
    let shared = own.devices.iter().map(|device| {
        let shows = match device.shows {
            Shows::FirstNames => "shows first names",
            Shows::Initials => "shows initials",
        };
        let (since, last) = (words::date(london_date(device.since)), words::date_time(device.seen_at));
        Shared {
            name: device.name.clone(),
            note: format!("{shows} · since {since} · last used {last}"),
            end_href: visit.href(&format!("/colleagues/devices/{}/end", device.device)),
        }
    });
    let choice = |shows: Shows, label: &str, note: &str| Choice {
        value: shows.name().into(),
        label: label.into(),
        note: note.into(),
        checked: (shows == Shows::Initials) == typing.initials,
    };
    Ok(Colleagues {
        shell: visit.shell(Nav::Colleagues),
        errors: typing.errors,
        business: own.team.business.name.clone(),
        people: people.collect(),
        invite_action: visit.href("/colleagues/invite"),
        name: typing.user.name,
        email: typing.user.email.unwrap_or_default(),
        user_name: typing.user.user_name.unwrap_or_default(),
        devices: shared.collect(),
        device_action: visit.href("/colleagues/devices"),
        device: typing.device,
        shows: vec![
            choice(Shows::FirstNames, "First names", "Alex, Alex M."),
            choice(Shows::Initials, "Initials", "AM"),
        ],
    })
}

/// `GET .../colleagues`
pub(crate) async fn list(visit: Visit) -> Answer {
    page(&build(&visit, Typing::default()).await?)
}

/// `POST .../colleagues/invite`: name, email, user_name. The print is shown once and kept nowhere.
pub(crate) async fn invite(visit: Visit, sent: Sent) -> Answer {
    let user = NewUser {
        name: sent.one("name").to_owned(),
        email: sent.given("email"),
        user_name: sent.given("user_name"),
        ..NewUser::default()
    };
    match devices::invite_colleague(&visit.app, &visit.ctx, visit.org(), &user).await {
        Ok(invited) => {
            let address = invitation_address(visit.web.base(), &invited.link);
            page(&Printed {
                shell: visit.shell(Nav::Colleagues),
                drawing: qr::draw(&address, "The address of the invitation, for a telephone to scan")?,
                login: user.email.or(user.user_name).unwrap_or_default(),
                name: user.name,
                business: devices::own_business(&visit.app, &visit.ctx, visit.org())
                    .await?
                    .team
                    .business
                    .name,
                scheme: visit.scope.policy.scheme.name.to_string(),
                address,
                back: visit.href("/colleagues"),
            })
        }
        Err(AppError::Refused(problems)) => {
            let typing = Typing { errors: Errors::from(&problems), user, ..Typing::default() };
            page_again(&build(&visit, typing).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST .../colleagues/devices`: device, shows. This very browser becomes one; its manager is signed out on it.
pub(crate) async fn enrol(visit: Visit, sent: Sent) -> Answer {
    let name = sent.one("device");
    let shows = sent.one("shows").parse().unwrap_or(Shows::FirstNames);
    match devices::enrol(&visit.app, &visit.ctx, visit.org(), name, shows).await {
        Ok(token) => {
            let session = visit.session.session;
            accounts::end_sessions(&visit.app, &visit.ctx, Some(session)).await?;
            visit.web.forget(visit.session.account);
            let mut answer = see_other_done("/device", "device-enrolled");
            cookie::clear(&mut answer, visit.web.secure());
            cookie::set_device(&mut answer, visit.web.secure(), token.reveal());
            Ok(answer)
        }
        Err(AppError::Refused(problems)) => {
            let (errors, device) = (Errors::from(&problems), name.to_owned());
            let typing = Typing { errors, device, initials: shows == Shows::Initials, ..Typing::default() };
            page_again(&build(&visit, typing).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET .../colleagues/devices/{id}/end`
pub(crate) async fn ask_end(visit: Visit, id: Id<DeviceId>) -> Answer {
    let own = devices::own_business(&visit.app, &visit.ctx, visit.org()).await?;
    let device = own.devices.into_iter().find(|device| device.device == id.0).ok_or(AppError::Hidden)?;
    let text = "It shows nobody’s name any more, and whoever is signed in on it is out at once.";
    page(&Confirm {
        shell: visit.shell(Nav::Colleagues),
        crumbs: vec![Crumb { label: "Your business".into(), href: visit.href("/colleagues") }],
        here: device.name.clone(),
        title: format!("End {}", device.name),
        text: vec![vec![Piece::text(text)]],
        danger: true,
        action: visit.href(&format!("/colleagues/devices/{}/end", id.0)),
        button: "End it".into(),
        cancel: visit.href("/colleagues"),
        ..Confirm::default()
    })
}

/// `POST .../colleagues/devices/{id}/end`
pub(crate) async fn end(visit: Visit, id: Id<DeviceId>) -> Answer {
    devices::end(&visit.app, &visit.ctx, id.0).await?;
    Ok(see_other_done(&visit.href("/colleagues"), "device-ended"))
}

/// Whom the controller makes a manager, or whose managing ends.
async fn asked(visit: &Visit, id: MembershipId) -> Result<UserView, AppError> {
    let directory = accounts::directory(&visit.app, &visit.ctx, visit.org()).await?;
    let found = directory.users.into_iter().find(|user| user.membership == id);
    found
        .filter(|user| user.role == Role::MemberUser && user.state == MembershipState::Active)
        .ok_or(AppError::Hidden)
}

/// `GET .../members/{id}/manager`
pub(crate) async fn ask_manager(visit: Visit, id: Id<MembershipId>) -> Answer {
    let user = asked(&visit, id.0).await?;
    let name = user.shown_name().to_owned();
    let (title, text, button) = if user.manages {
        let text =
            "They invite nobody any more. What they have set up stays: others of the business can manage it.";
        (format!("{name} manages no more"), text, "End it")
    } else {
        let text = "They see the users of their own business, invite others to it by a printed page, and make its tills \
                    shared devices. Of other businesses they see nothing.";
        (format!("Make {name} a manager"), text, "Make them a manager")
    };
    page(&Confirm {
        shell: visit.shell(Nav::Members),
        crumbs: vec![Crumb { label: "Members".into(), href: visit.href("/members") }],
        here: name,
        title,
        text: vec![vec![Piece::text(text)]],
        action: visit.href(&format!("/members/{}/manager", id.0)),
        hidden: vec![Row::new("manages", if user.manages { "no" } else { "yes" })],
        button: button.into(),
        cancel: visit.href("/members"),
        ..Confirm::default()
    })
}

/// `POST .../members/{id}/manager`: manages.
pub(crate) async fn manager(visit: Visit, id: Id<MembershipId>, sent: Sent) -> Answer {
    let manages = match sent.one("manages") {
        "yes" => true,
        "no" => false,
        _ => return Err(AppError::Hidden.into()),
    };
    devices::set_manager(&visit.app, &visit.ctx, id.0, manages).await?;
    Ok(see_other_done(&visit.href("/members"), if manages { "manager" } else { "no-manager" }))
}

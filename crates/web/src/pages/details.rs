//! Correcting what is held of somebody who signs in, wishes about messages, and asking to be deleted (MEM-2).
use crate::{
    forms::Sent,
    pages::confirm::Confirm,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Crumb, Errors, Link, Piece, Row, Shell},
    visit::{Id, Own, Visit},
};
use askama::Template;
use fairwatch_app::{
    AppError,
    accounts::{self, NewUser, Password, correcting},
};
use fairwatch_core::{accounts::MembershipState, ids::MembershipId};

/// `details.html`: one form for one's own account, for what one scheme knows, and for a controller on somebody's behalf.
#[derive(Template, Debug, Default)]
#[template(path = "details.html")]
struct Details {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    text: String,
    action: String,
    name: String,
    email: String,
    user_name: Option<String>,
    asks: bool,
    reason: Option<String>,
    schemes: Vec<Link>,
    cancel: String,
}

fn account_crumb() -> Vec<Crumb> {
    vec![Crumb { label: "My account".into(), href: "/account".into() }]
}

/// `GET /account/details`
pub(crate) async fn ask_own(own: Own) -> Answer {
    let profile = accounts::own_copy(&own.app(), &own.ctx).await?.profile;
    let typed = NewUser {
        name: profile.name,
        email: profile.email,
        user_name: profile.user_name,
        ..NewUser::default()
    };
    page(&own_form(&own, typed, Errors::default()).await?)
}

async fn own_form(own: &Own, typed: NewUser, errors: Errors) -> Result<Details, AppError> {
    let copy = accounts::own_copy(&own.app(), &own.ctx).await?;
    let roles = copy.memberships.iter().filter(|role| role.told.is_some());
    let schemes = roles.map(|role| Link {
        label: format!("What {} knows of you as {}", own.scheme(&role.organisation), role.role.label()),
        href: format!("/account/details/{}", role.membership),
    });
    Ok(Details {
        shell: own.shell(),
        errors,
        crumbs: account_crumb(),
        title: "Correct your account".into(),
        text: "Your name is seen by each scheme in which you have a role. With the others you sign in."
            .into(),
        action: "/account/details".into(),
        name: typed.name,
        email: typed.email.unwrap_or_default(),
        user_name: Some(typed.user_name.unwrap_or_default()),
        asks: copy.has_password,
        schemes: schemes.collect(),
        cancel: "/account".into(),
        ..Details::default()
    })
}

/// `POST /account/details`: name, email, user_name, password.
pub(crate) async fn correct_own(own: Own, sent: Sent) -> Answer {
    let typed = NewUser {
        name: sent.one("name").to_owned(),
        email: sent.given("email"),
        user_name: sent.given("user_name"),
        ..NewUser::default()
    };
    let password = Password::from(sent.one("password"));
    match correcting::correct_own(&own.app(), &own.ctx, &typed, &password).await {
        Ok(()) => {
            own.web.forget(own.session.account);
            Ok(see_other_done("/account", "account-corrected"))
        }
        Err(AppError::Refused(problems)) => {
            page_again(&own_form(&own, typed, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What one scheme knows of somebody: the name and the address.
async fn told(own: &Own, id: MembershipId) -> Result<(String, String, String), AppError> {
    let copy = accounts::own_copy(&own.app(), &own.ctx).await?;
    let role = copy.memberships.into_iter().find(|role| role.membership == id).ok_or(AppError::Hidden)?;
    let told = role.told.ok_or(AppError::Hidden)?;
    Ok((own.scheme(&role.organisation), told.name, told.email.unwrap_or_default()))
}

fn told_form(
    own: &Own,
    id: MembershipId,
    scheme: &str,
    name: String,
    email: String,
    errors: Errors,
) -> Details {
    Details {
        shell: own.shell(),
        errors,
        crumbs: account_crumb(),
        title: format!("What {scheme} knows of you"),
        text: "It writes to this address, and knows you by this name beside that of your account. It changes nothing of \
               how you sign in."
            .into(),
        action: format!("/account/details/{id}"),
        name,
        email,
        cancel: "/account/details".into(),
        ..Details::default()
    }
}

/// `GET /account/details/{id}`
pub(crate) async fn ask_told(own: Own, Id(id): Id<MembershipId>) -> Answer {
    let (scheme, name, email) = told(&own, id).await?;
    page(&told_form(&own, id, &scheme, name, email, Errors::default()))
}

/// `POST /account/details/{id}`: name, email.
pub(crate) async fn correct_told(own: Own, Id(id): Id<MembershipId>, sent: Sent) -> Answer {
    let (scheme, ..) = told(&own, id).await?;
    let (name, email) = (sent.one("name"), sent.one("email"));
    match correcting::correct_told(&own.app(), &own.ctx, id, name, email).await {
        Ok(()) => Ok(see_other_done("/account", "account-corrected")),
        Err(AppError::Refused(problems)) => {
            page_again(&told_form(&own, id, &scheme, name.into(), email.into(), Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn user_form(
    visit: &Visit,
    id: MembershipId,
    typed: Option<(&str, &str, &str)>,
    errors: Errors,
) -> Result<Details, AppError> {
    let directory = accounts::directory(&visit.app, &visit.ctx, visit.org()).await?;
    let user = directory.users.into_iter().find(|user| user.membership == id);
    let user = user.filter(|user| user.state != MembershipState::Invited).ok_or(AppError::Hidden)?;
    let (name, email, reason) = match typed {
        Some((name, email, reason)) => (name.to_owned(), email.to_owned(), reason.to_owned()),
        None => (user.told.name.clone(), user.told.email.clone().unwrap_or_default(), String::new()),
    };
    Ok(Details {
        shell: visit.shell(Nav::Members),
        errors,
        crumbs: vec![Crumb { label: "Members".into(), href: visit.href("/members") }],
        title: format!("Correct {}", user.shown_name()),
        text: "On their behalf, where they asked for it. With what they sign in only they can change it."
            .into(),
        action: visit.href(&format!("/members/{id}/correct")),
        name,
        email,
        reason: Some(reason),
        cancel: visit.href("/members"),
        ..Details::default()
    })
}

/// `GET .../members/{id}/correct`
pub(crate) async fn ask_user(visit: Visit, Id(id): Id<MembershipId>) -> Answer {
    page(&user_form(&visit, id, None, Errors::default()).await?)
}

/// `POST .../members/{id}/correct`: name, email, reason.
pub(crate) async fn correct_user(visit: Visit, Id(id): Id<MembershipId>, sent: Sent) -> Answer {
    let typed = (sent.one("name"), sent.one("email"), sent.one("reason"));
    match correcting::correct_user(&visit.app, &visit.ctx, id, typed.0, typed.1, typed.2).await {
        Ok(()) => Ok(see_other_done(&visit.href("/members"), "account-corrected")),
        Err(AppError::Refused(problems)) => {
            page_again(&user_form(&visit, id, Some(typed), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /account/deletion`
pub(crate) async fn ask_deletion(own: Own) -> Answer {
    let copy = accounts::own_copy(&own.app(), &own.ctx).await?;
    let asked = copy.memberships.iter().any(|role| role.deletion_asked_on.is_some());
    let (title, text, button) = if asked {
        ("Take it back", "You asked to be deleted. Until that is done you can take it back.", "Take it back")
    } else {
        let text = "Each scheme in which you have a role is asked to remove you, and to delete what it holds of you. Until \
                    then you can take it back. Reports that you sent stay as long as they are kept, with the name and \
                    address under which you sent them, where the scheme's policy says so.";
        ("Ask to be deleted", text, "Ask to be deleted")
    };
    page(&Confirm {
        shell: own.shell(),
        crumbs: account_crumb(),
        here: title.into(),
        title: title.into(),
        text: vec![vec![Piece::text(text)]],
        danger: !asked,
        action: "/account/deletion".into(),
        hidden: vec![Row::new("do", if asked { "take-back" } else { "ask" })],
        button: button.into(),
        cancel: "/account".into(),
        ..Confirm::default()
    })
}

/// `POST /account/deletion`: do = ask | take-back.
pub(crate) async fn deletion(own: Own, sent: Sent) -> Answer {
    let ask = match sent.one("do") {
        "ask" => true,
        "take-back" => false,
        _ => return Err(AppError::Hidden.into()),
    };
    correcting::ask_deletion(&own.app(), &own.ctx, ask).await?;
    Ok(see_other_done("/account", if ask { "deletion-asked" } else { "deletion-taken-back" }))
}

/// `POST /account/preferences`: wanted, once for each kind.
pub(crate) async fn preferences(own: Own, sent: Sent) -> Answer {
    let wanted = sent.all("wanted").iter().filter_map(|kind| kind.parse().ok()).collect::<Vec<_>>();
    correcting::set_preferences(&own.app(), &own.ctx, &wanted).await?;
    Ok(see_other_done("/account", "preferences"))
}

//! One's own account: what is held, where one is signed in, the password (MEM-2, SEC-2).
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other_done},
    view::{Choice, Errors, HeldField, Row, Shell},
    visit::{Own, cookie},
    words,
};
use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    accounts::{self, OwnCopy, Password, correcting},
};
use fairwatch_core::{accounts::MembershipState, gate::Role, ids::SessionId, world::london_date};

/// `account.html`
#[derive(Template, Debug)]
#[template(path = "account.html")]
struct Account {
    shell: Shell,
    errors: Errors,
    name: String,
    data: Vec<HeldField>,
    password_action: String,
    sessions: Vec<SessionRow>,
    end_action: String,
    everywhere_action: String,
    memberships: Vec<Row>,
    copy_href: Option<String>,
    second: String,
    /// What is said of the PIN, for whoever is of a member.
    pin: Option<&'static str>,
    shared: bool,
    messages: Vec<Choice>,
    asked: bool,
}

#[derive(Debug)]
struct SessionRow {
    id: String,
    device: String,
    since: String,
    last: String,
    current: bool,
}

async fn build(own: &Own, errors: Errors) -> Result<Account, AppError> {
    let copy = accounts::own_copy(&own.app(), &own.ctx).await?;
    let wanted = correcting::preferences(&own.app(), &own.ctx).await?;
    let messages = wanted.into_iter().map(|(message, checked)| Choice {
        value: message.name().into(),
        label: message.label().into(),
        note: String::new(),
        checked,
    });
    let today = london_date(own.ctx.real_now());
    let sessions = copy.sessions.iter().map(|session| SessionRow {
        id: session.session.to_string(),
        device: if session.shared {
            format!("{}, a device of your business", browser(&session.device.browser))
        } else {
            format!("{} at {}", browser(&session.device.browser), session.device.address)
        },
        since: words::date_time(session.signed_in_at),
        last: if london_date(session.seen_at) == today {
            format!("today, {}", words::time(session.seen_at))
        } else {
            words::date_time(session.seen_at)
        },
        current: session.this,
    });
    Ok(Account {
        shell: own.shell(),
        errors,
        name: copy.profile.name.clone(),
        password_action: "/account/password".into(),
        end_action: "/account/sessions".into(),
        everywhere_action: "/account/sign-out-everywhere".into(),
        copy_href: (!own.session.shared).then(|| "/account/copy".into()),
        sessions: sessions.collect(),
        second: second(&copy),
        pin: pin(&copy),
        shared: own.session.device.is_some(),
        messages: messages.collect(),
        asked: copy.memberships.iter().any(|role| role.deletion_asked_on.is_some()),
        memberships: memberships(own, &copy),
        data: held(&copy),
    })
}

/// What is held, with who sees it.
fn held(copy: &OwnCopy) -> Vec<HeldField> {
    let item = |label: &str, value: String, who: &str| HeldField {
        label: label.into(),
        value,
        extra: String::new(),
        who: who.into(),
        sealed_href: None,
    };
    let schemes = "You, and each scheme in which you have a role";
    let own = "You. A scheme knows the one that it was told, which stands under Where you belong";
    let mut items = vec![item("Name", copy.profile.name.clone(), schemes)];
    if let Some(email) = &copy.profile.email {
        items.push(item("E-mail address", email.clone(), own));
    }
    if let Some(user_name) = &copy.profile.user_name {
        items.push(item("User name", user_name.clone(), own));
    }
    let password =
        if copy.has_password { "Set; what is kept of it cannot be turned back" } else { "Not set yet" };
    items.push(item("Password", password.into(), "Nobody"));
    items.push(item("Since", words::date(london_date(copy.since)), "You"));
    items
}

fn pin(copy: &OwnCopy) -> Option<&'static str> {
    let member = copy
        .memberships
        .iter()
        .any(|role| role.role == Role::MemberUser && role.state == MembershipState::Active);
    let said = if copy.has_pin {
        "You have one. Choosing another signs you out on shared devices."
    } else {
        "At a till that your business shares you pick your name and type it."
    };
    member.then_some(said)
}

/// What is given after the password, in a sentence.
fn second(copy: &OwnCopy) -> String {
    let names = copy.second_factors.factors.iter().map(|factor| factor.name.as_str()).collect::<Vec<_>>();
    if names.is_empty() {
        return "You sign in with your password alone.".into();
    }
    let left = copy.second_factors.recovery_codes_left;
    let codes = words::count(usize::try_from(left).unwrap_or(0), "recovery code", "recovery codes");
    format!("After your password you give: {}. You have {codes} left.", names.join(", "))
}

fn memberships(own: &Own, copy: &OwnCopy) -> Vec<Row> {
    let lines = copy.memberships.iter().map(|role| {
        let business =
            role.business.as_ref().map_or(String::new(), |business| format!(", {}", business.name));
        let state = match role.state {
            MembershipState::Active | MembershipState::Invited => "",
            MembershipState::Suspended => " (suspended)",
            MembershipState::Ended => " (ended)",
        };
        let since = words::date(london_date(role.since));
        let told = role.told.as_ref().map_or(String::new(), |told| {
            let known = [Some(&told.name), told.email.as_ref(), told.user_name.as_ref()];
            let known = known.into_iter().flatten().map(String::as_str).collect::<Vec<_>>();
            format!("; it was told: {}", known.join(", "))
        });
        let served = role.served.first().map_or(String::new(), |served| {
            let day = words::date(london_date(served.at));
            format!("; it gave you its privacy notice, version {}, on {day}", served.version)
        });
        let asked = role
            .deletion_asked_on
            .map_or(String::new(), |day| format!("; you asked on {} to be deleted", words::date(day)));
        Row::new(
            own.scheme(&role.organisation),
            format!("{}{business}{state}, since {since}{told}{served}{asked}", role.role.label()),
        )
    });
    lines.collect()
}

/// What people call a browser, out of what it says of itself.
fn browser(agent: &str) -> String {
    let kind = [("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")];
    let system = [
        ("Android", "Android"),
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "a Mac"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&kind), find(&system)) {
        (Some(kind), Some(system)) => format!("{kind} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.chars().take(40).collect(),
    }
}

/// `GET /account`
pub(crate) async fn show(own: Own) -> Answer {
    page(&build(&own, Errors::default()).await?)
}

/// `GET /account/copy`: all of it, as a file.
pub(crate) async fn copy(own: Own) -> Answer {
    // It would lie among the downloads of a device that others use as well (INC-10).
    if own.session.shared {
        return Err(AppError::Hidden.into());
    }
    let copy = correcting::whole_copy(&own.app(), &own.ctx).await?;
    let text = serde_json::to_string_pretty(&copy).map_err(PageError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-account.json\"")),
    ];
    Ok((headers, text).into_response())
}

/// `POST /account/password`: old, password, again.
pub(crate) async fn change_password(own: Own, sent: Sent) -> Answer {
    if sent.one("password") != sent.one("again") {
        let errors = Errors::one("again", "This is not the same as the new password above.");
        return page_again(&build(&own, errors).await?);
    }
    let (old, new) = (Password::from(sent.one("old")), Password::from(sent.one("password")));
    match accounts::change_password(&own.app(), &own.ctx, &old, &new).await {
        Ok(()) => Ok(see_other_done("/account", "password")),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            // The page calls the current one `old`, lest a browser fills it in as the new one.
            errors.0.iter_mut().filter(|e| e.field == "current").for_each(|e| e.field = "old".into());
            page_again(&build(&own, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/pin`: pin-password, pin.
pub(crate) async fn set_pin(own: Own, sent: Sent) -> Answer {
    let password = Password::from(sent.one("pin-password"));
    match accounts::devices::set_pin(&own.app(), &own.ctx, &password, sent.one("pin").trim()).await {
        Ok(()) => Ok(see_other_done("/account", "pin")),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            // On this page `password` is the new one.
            errors
                .0
                .iter_mut()
                .filter(|e| e.field == "password")
                .for_each(|e| e.field = "pin-password".into());
            page_again(&build(&own, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/sessions`: session.
pub(crate) async fn end_session(own: Own, sent: Sent) -> Answer {
    let session: SessionId = sent.one("session").parse().map_err(|_| AppError::Hidden)?;
    accounts::end_sessions(&own.app(), &own.ctx, Some(session)).await?;
    Ok(see_other_done("/account", "session-ended"))
}

/// `POST /account/sign-out-everywhere`
pub(crate) async fn sign_out_everywhere(own: Own) -> Answer {
    accounts::end_sessions(&own.app(), &own.ctx, None).await?;
    own.web.forget(own.session.account);
    let mut answer = see_other_done("/sign-in", "signed-out-everywhere");
    cookie::clear(&mut answer, own.web.secure());
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_have_the_names_that_people_know() {
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
        assert_eq!(browser(safari), "Safari on an iPhone");
        assert_eq!(
            browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
            "Firefox on Linux"
        );
        assert_eq!(browser("till-browser/1"), "till-browser/1");
    }
}

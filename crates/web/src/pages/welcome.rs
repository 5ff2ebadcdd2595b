//! Where everybody starts: the demo's people, the choice of an organisation, the home of a role.
use crate::{
    respond::{Answer, page, see_other},
    shell,
    view::{self, Shell},
    visit::{Guest, Own, slugs},
};
use askama::Template;
use fairwatch_app::{AppError, accounts::SessionView, orgs};
use fairwatch_core::gate::Role;

/// `demo_welcome.html`
#[derive(Template, Debug)]
#[template(path = "demo_welcome.html")]
struct DemoWelcome {
    shell: Shell,
    action: String,
    schemes: Vec<DemoScheme>,
}

#[derive(Debug)]
struct DemoScheme {
    name: String,
    about: String,
    personas: Vec<view::Persona>,
}

/// `choose_membership.html`
#[derive(Template, Debug)]
#[template(path = "choose_membership.html")]
struct ChooseMembership {
    shell: Shell,
    name: String,
    choices: Vec<MembershipChoice>,
}

#[derive(Debug)]
struct MembershipChoice {
    href: String,
    org: String,
    role: String,
    initials: String,
    controller: bool,
    note: String,
}

/// `GET /`: in a demo whom to be; otherwise to work, or to the sign-in page.
pub(crate) async fn start(guest: Guest) -> Answer {
    if guest.web.demo().is_some() {
        return demo(&guest).await;
    }
    match guest.session().await? {
        Some(session) => Ok(see_other(&first_page(&session))),
        None => guest.to_sign_in("/").await,
    }
}

/// Where somebody starts who has just signed in.
pub(crate) fn first_page(session: &SessionView) -> String {
    match slugs(session)[..] {
        [slug] => format!("/o/{slug}"),
        _ => "/choose".to_owned(),
    }
}

async fn demo(guest: &Guest) -> Answer {
    let state = guest.web.demo().ok_or(AppError::Hidden)?;
    let account = guest.session().await?.map(|session| session.account);
    let personas = state.personas();
    let schemes = orgs::all(&guest.web.app(), &guest.ctx).await?;
    let schemes = schemes.into_iter().map(|scope| DemoScheme {
        name: scope.policy.scheme.name.to_string(),
        about: scope.policy.scheme.about.to_string(),
        personas: personas
            .iter()
            .filter(|persona| persona.slug == scope.slug)
            .map(|persona| persona.view(account))
            .collect(),
    });
    let schemes = schemes.filter(|scheme| !scheme.personas.is_empty()).collect();
    page(&DemoWelcome { shell: guest.shell(), action: "/demo/sign-in".into(), schemes })
}

/// `GET /choose`: for whoever works in several organisations.
pub(crate) async fn choose(own: Own) -> Answer {
    let choices = own.who.places.iter().map(|(slug, name)| {
        let roles: Vec<Role> = own
            .session
            .memberships
            .iter()
            .filter(|membership| membership.scope.slug == *slug)
            .map(|membership| membership.role)
            .collect();
        MembershipChoice {
            href: format!("/o/{slug}"),
            org: name.clone(),
            role: shell::labels(&roles),
            initials: view::initials(name),
            controller: roles.contains(&Role::Controller),
            note: String::new(),
        }
    });
    page(&ChooseMembership { shell: own.shell(), name: own.who.name.clone(), choices: choices.collect() })
}

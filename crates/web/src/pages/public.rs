//! A scheme's public home: who it is, how to join, how to reach it, what rights people have (PUB-1). It sets no cookie,
//! loads nothing from elsewhere, and is the same for everybody.
use super::today;
use crate::{
    access::roles_in,
    forms::Sent,
    respond::{Answer, page, see_other},
    shell,
    view::{Link, Row, Shell},
    visit::{Guest, Visit},
};
use askama::Template;
use axum::extract::{Path, rejection::PathRejection};
use fairwatch_app::{
    App, AppError, notices, orgs,
    spam::{self, Looks},
};
use fairwatch_core::{gate::Ctx, scope::Scope};

/// `public.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "public.html")]
struct Public {
    shell: Shell,
    name: String,
    about: String,
    area: String,
    join: String,
    contact: String,
    letter: String,
    rights: String,
    policy: String,
    sign_in: String,
    reach: Vec<Row>,
    texts: Vec<Link>,
}

/// The scheme of a public page's path.
pub(crate) async fn scheme(
    guest: &Guest,
    path: Result<Path<String>, PathRejection>,
) -> Result<Scope, AppError> {
    let Path(slug) = path.map_err(|_| AppError::Hidden)?;
    orgs::by_slug(&guest.web.app(), &guest.ctx, &slug).await?.ok_or(AppError::Hidden)
}

/// What a public form looks like that came back (see `fairwatch_app::spam`).
pub(crate) fn looks(app: &App, ctx: &Ctx, sent: &Sent) -> Looks {
    spam::looks(app, ctx, sent.one("shown"), sent.one("site"))
}

/// The stamp for a form that is shown again.
pub(crate) fn stamp(app: &App, ctx: &Ctx, sent: &Sent) -> String {
    spam::again(app, ctx, sent.one("shown"))
}

/// `GET /o/{slug}`: whoever has a role here goes to where it starts, everybody else sees who the scheme is.
pub(crate) async fn home(guest: Guest, path: Result<Path<String>, PathRejection>) -> Answer {
    let scope = scheme(&guest, path).await?;
    if let Some(session) = guest.session().await?
        && let Some(membership) = roles_in(&session, &scope.slug).first().map(|found| (*found).clone())
    {
        let (app, ctx) = (guest.web.app(), guest.ctx.clone());
        let visit = Visit::new(guest, app, ctx, session, membership).await;
        let is_needed = !shell::looks_first(visit.role()) || today::needs(&visit).await?;
        return Ok(see_other(&shell::home(&visit, is_needed)));
    }
    let policy = &scope.policy;
    let at = |path: &str| format!("/o/{}{path}", scope.slug);
    let published = notices::published(&guest.web.app(), &guest.ctx, &scope.slug, None).await?;
    let texts = published.as_ref().map(notices::texts).unwrap_or_default().into_iter().map(|notice| Link {
        label: notice.title().to_owned(),
        href: at(&format!("/notices/{}", notice.name())),
    });
    let contact = &policy.scheme.contact;
    let row = |key: &str, value: String| Row { key: key.to_owned(), value };
    let lines = |list: Vec<String>| list.join(", ");
    let address = lines(contact.address.iter().map(ToString::to_string).collect());
    let rings = lines(contact.telephone.iter().map(ToString::to_string).collect());
    let email = contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let site = contact.website.as_ref().map(ToString::to_string).unwrap_or_default();
    let controller = policy.controller.contact.email.as_ref().map(ToString::to_string).unwrap_or_default();
    let reach = [
        row("Post", address),
        row("E-mail", email),
        row("Telephone", rings),
        row("Web site", site),
        row(&policy.controller.title, controller),
    ];
    page(&Public {
        shell: shell::of_place(&guest, &scope.slug, policy).await?,
        name: policy.scheme.name.to_string(),
        about: policy.scheme.about.to_string(),
        area: policy.scheme.area_of_operation.to_string(),
        join: at("/join"),
        contact: at("/contact"),
        letter: at("/letter"),
        rights: at("/rights"),
        policy: at("/policy"),
        sign_in: "/sign-in".into(),
        reach: reach.into_iter().filter(|row| !row.value.is_empty()).collect(),
        texts: texts.collect(),
    })
}

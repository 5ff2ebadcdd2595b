//! Businesses that want to join: the public form, and the board's pages (MEM-1).
use crate::{
    forms::Sent,
    pages::{
        confirm::unminded,
        public::{looks, scheme, stamp},
    },
    respond::{Answer, page, page_again, see_other_done},
    shell::{self, Nav},
    view::{Choice, Crumb, Errors, Row, Shell},
    visit::{Guest, Id, Visit},
    words,
};
use askama::Template;
use axum::extract::{Path, rejection::PathRejection};
use fairwatch_app::{
    AppError,
    accounts::invitation_address,
    enquiries,
    joining::{self, Held, Typed},
    spam::{self, AGAIN, Looks},
};
use fairwatch_core::{
    accounts::Business,
    ids::ApplicationId,
    joining::{ApplicationState, ApproveApplication},
    notices::Notice,
    scope::Scope,
};

/// `join.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "join.html")]
struct Join {
    shell: Shell,
    errors: Errors,
    stamp: String,
    scheme: String,
    action: String,
    notice: String,
    version: String,
    policy: String,
    areas: Vec<Choice>,
    typed: Typed,
}

/// `join_received.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "join_received.html")]
struct Received {
    shell: Shell,
    scheme: String,
    receipt: String,
    home: String,
}

fn typed(sent: &Sent) -> Typed {
    let field = |name: &str| sent.one(name).to_owned();
    Typed {
        business: Business {
            name: field("business"),
            premises: field("premises"),
            area: field("area"),
            trade: field("trade"),
        },
        person: field("person"),
        email: field("email"),
        telephone: field("telephone"),
        message: field("message"),
        agrees: sent.has("agrees"),
        version: field("version"),
    }
}

fn form(shell: Shell, scope: &Scope, typed: Typed, errors: Errors, stamp: String) -> Join {
    let at = |path: &str| format!("/o/{}{path}", scope.slug);
    let areas = scope.policy.areas.iter().map(|area| Choice {
        value: area.label.to_string(),
        label: area.label.to_string(),
        note: String::new(),
        checked: *area.label == *typed.business.area,
    });
    Join {
        shell,
        errors,
        stamp,
        scheme: scope.policy.scheme.short.to_string(),
        action: at("/join"),
        notice: at(&format!("/notices/{}", Notice::Members.name())),
        version: scope.policy_version.to_string(),
        policy: at("/policy"),
        areas: areas.collect(),
        typed,
    }
}

/// `GET /o/{slug}/join`
pub(crate) async fn ask(guest: Guest, path: Result<Path<String>, PathRejection>) -> Answer {
    let scope = scheme(&guest, path).await?;
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let stamp = spam::stamp(&guest.web.app(), &guest.ctx);
    page(&form(shell, &scope, Typed::default(), Errors::default(), stamp))
}

/// `POST /o/{slug}/join`: one answer, whoever applies.
pub(crate) async fn send(guest: Guest, path: Result<Path<String>, PathRejection>, sent: Sent) -> Answer {
    let scope = scheme(&guest, path).await?;
    let app = guest.web.app();
    let typed = typed(&sent);
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let received = match looks(&app, &guest.ctx, &sent) {
        Looks::Machine => Ok(enquiries::receipt(&guest.ctx)),
        Looks::Hasty => joining::check(&scope, &guest.ctx, &typed, guest.address)
            .and_then(|_| Err(AppError::refused(AGAIN))),
        Looks::Human => joining::receive(&app, &guest.ctx, &scope, &typed, guest.address).await,
    };
    match received {
        Ok(receipt) => page(&Received {
            shell,
            scheme: scope.policy.scheme.short.to_string(),
            receipt,
            home: format!("/o/{}", scope.slug),
        }),
        Err(AppError::Refused(problems)) => {
            let stamp = stamp(&app, &guest.ctx, &sent);
            page_again(&form(shell, &scope, typed, Errors::from(&problems), stamp))
        }
        Err(error) => Err(error.into()),
    }
}

/// `applications.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "applications.html")]
struct Applications {
    shell: Shell,
    crumbs: Vec<Crumb>,
    public: String,
    link: String,
    waiting: Vec<Line>,
    refused: Vec<Line>,
}

#[derive(Clone, Debug, Default)]
struct Line {
    href: String,
    title: String,
    text: String,
    day: String,
    note: String,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Members".into(), href: visit.href("/members") }]
}

fn line(visit: &Visit, held: &Held) -> Line {
    let application = &held.application;
    let parts = [&application.business.trade, &application.business.premises, &application.name];
    let parts: Vec<&str> = parts.into_iter().filter(|text| !text.is_empty()).map(String::as_str).collect();
    let (day, note) = match held.state {
        ApplicationState::Waiting => (words::date_time(held.received_at), "came"),
        ApplicationState::Refused => (words::date(held.erase_on), "deleted"),
    };
    Line {
        href: visit.href(&format!("/applications/{}", held.id)),
        title: application.business.name.clone(),
        text: parts.join(" · "),
        day,
        note: note.to_owned(),
    }
}

async fn listed(visit: &Visit, link: String) -> Answer {
    let held = joining::list(&visit.app, &visit.ctx, visit.org()).await?;
    let of = |state| held.iter().filter(move |held| held.state == state).map(|held| line(visit, held));
    page(&Applications {
        shell: visit.shell(Nav::Members),
        crumbs: crumbs(visit),
        public: visit.href("/join"),
        link,
        waiting: of(ApplicationState::Waiting).collect(),
        refused: of(ApplicationState::Refused).collect(),
    })
}

/// `GET /o/{slug}/applications`
pub(crate) async fn list(visit: Visit) -> Answer {
    listed(&visit, String::new()).await
}

/// `application.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "application.html")]
struct Application {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    facts: Vec<Row>,
    agreed: Vec<Row>,
    message: Vec<String>,
    reason: Vec<String>,
    /// The warnings that were shown already.
    minded: String,
    approve: Option<String>,
    refuse: String,
    typed: String,
}

fn one(visit: &Visit, held: &Held, typed: &str, errors: Errors) -> Application {
    let application = &held.application;
    let here = visit.href(&format!("/applications/{}", held.id));
    let mut crumbs = crumbs(visit);
    crumbs.push(Crumb { label: "Applications".into(), href: visit.href("/applications") });
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let business = &application.business;
    let facts = [
        Row::new("Premises", &*business.premises),
        Row::new("Part of town", &*business.area),
        Row::new("Trade", &*business.trade),
        Row::new("Applied by", &*application.name),
        Row::new("E-mail", &*application.email),
        Row::new("Telephone", &*application.telephone),
        Row::new("Came", words::date_time(held.received_at)),
        Row::new("Their receipt", &*application.receipt),
        Row::new("Decided", held.decided_on.map(words::date).unwrap_or_default()),
        Row::new("Deleted on", words::date(held.erase_on)),
    ];
    let decides = held.state == ApplicationState::Waiting && visit.may::<ApproveApplication>();
    Application {
        shell: visit.shell(Nav::Members),
        errors,
        crumbs,
        title: business.name.clone(),
        facts: facts.into_iter().filter(|row| !row.value.is_empty()).collect(),
        agreed: vec![
            Row::new(
                "To",
                format!("Rules, agreement and privacy notice, version {}", application.agreed.version),
            ),
            Row::new("Who", &*application.agreed.name),
            Row::new("When", words::date_time(application.agreed.at)),
            Row::new("From", &*application.agreed.from),
        ],
        message: lines(&application.message),
        reason: application.reason.as_deref().map(lines).unwrap_or_default(),
        minded: String::new(),
        approve: decides.then(|| format!("{here}/approve")),
        refuse: format!("{here}/refuse"),
        typed: typed.to_owned(),
    }
}

/// `GET /o/{slug}/applications/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<ApplicationId>) -> Answer {
    let held = joining::open(&visit.app, &visit.ctx, id).await?;
    page(&one(&visit, &held, "", Errors::default()))
}

/// `POST /o/{slug}/applications/{id}/approve`
pub(crate) async fn approve(visit: Visit, Id(id): Id<ApplicationId>) -> Answer {
    let (_, offered) = joining::approve(&visit.app, &visit.ctx, id).await?;
    match offered.mailed {
        Some(_) => Ok(see_other_done(&visit.href("/applications"), "joined")),
        None => listed(&visit, invitation_address(visit.web.base(), &offered.link)).await,
    }
}

/// `POST /o/{slug}/applications/{id}/refuse`: reason.
pub(crate) async fn refuse(visit: Visit, Id(id): Id<ApplicationId>, sent: Sent) -> Answer {
    if let Some((errors, minded)) = unminded(&sent, "reason") {
        let held = joining::open(&visit.app, &visit.ctx, id).await?;
        let again = one(&visit, &held, sent.one("reason"), errors);
        return page_again(&Application { minded: minded.value, ..again });
    }
    match joining::refuse(&visit.app, &visit.ctx, id, sent.one("reason")).await {
        Ok(()) => Ok(see_other_done(&visit.href("/applications"), "refused-joining")),
        Err(AppError::Refused(problems)) => {
            let held = joining::open(&visit.app, &visit.ctx, id).await?;
            page_again(&one(&visit, &held, sent.one("reason"), Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

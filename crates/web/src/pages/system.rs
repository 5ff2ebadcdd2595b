//! How the installation is, for its operator: counts and versions, nobody's data.
use crate::{
    pages::sweep as runs,
    respond::{Answer, page},
    shell::Nav,
    view::{Care, Row, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::{Engine, audit, mail, orgs, policies, sweep};
use fairwatch_core::audit::VerifyAudit;

/// `system.html`
#[derive(Template, Debug)]
#[template(path = "system.html")]
struct System {
    shell: Shell,
    cares: Vec<Care>,
    facts: Vec<Row>,
    orgs: Vec<OrgRow>,
    keys: Vec<Row>,
    runs: Vec<runs::SweepRun>,
    check_href: Option<String>,
}

#[derive(Debug)]
struct OrgRow {
    name: String,
    slug: String,
    policy: String,
    state: Tag,
}

/// `GET .../system`
pub(crate) async fn show(visit: Visit) -> Answer {
    let runs = sweep::runs(&visit.app, &visit.ctx, visit.org()).await?;
    let scopes = orgs::all(&visit.app, &visit.ctx).await?;
    let mut cares = Vec::new();
    let late = runs
        .iter()
        .find(|run| run.state == "finished")
        .is_none_or(|run| visit.ctx.now().duration_since(run.started_at).as_hours() > 24);
    if late {
        cares.push(Care {
            kind: "care".into(),
            text: "No sweep has finished in the last 24 hours. Nothing that is past its end is shown, but it is not destroyed either. See the server's log, and `fairwatch sweep --dry-run`.".into(),
            href: None,
            link: String::new(),
        });
    }
    let outbox = mail::outbox(&visit.app, &visit.ctx).await?;
    if let Some(outbox) = &outbox {
        let stuck = outbox.oldest.filter(|at| visit.ctx.real_now().duration_since(*at).as_mins() >= 60);
        if let Some(since) = stuck {
            cares.push(Care {
                kind: "care".into(),
                text: format!("Mail has been waiting since {}. The server’s log says what the mail server answers; `fairwatch mail test` tries it.", words::date_time(since)),
                href: None,
                link: String::new(),
            });
        }
    }
    for scope in &scopes {
        let damaged = policies::progress(&visit.app, &visit.ctx, scope.org).await?.damaged;
        if damaged > 0 {
            cares.push(Care {
                kind: "stop".into(),
                text: format!("{}: {damaged} damaged records could not be worked out by the policy in force. Nobody sees them, and no sweep ends them. The server’s log names each; restore them from a backup.", scope.slug),
                href: None,
                link: String::new(),
            });
        }
    }
    let engine = match visit.app.store.engine() {
        Engine::Sqlite => "SQLite, embedded",
        Engine::Postgres => "PostgreSQL",
    };
    let facts = vec![
        Row::new("Version", env!("CARGO_PKG_VERSION")),
        Row::new("Up since", words::date_time(visit.web.started())),
        Row::new("Address", visit.web.base()),
        Row::new("Database", engine),
        Row::new("Clock", words::date_time(visit.ctx.now())),
        Row::new(
            "Mail",
            &match &outbox {
                None => "Not sent: links are handed over".to_owned(),
                Some(outbox) => {
                    format!("{} waiting, {} given up in the last 30 days", outbox.waiting, outbox.given_up)
                }
            },
        ),
    ];
    let keys = vec![
        Row::new("Key file", "Fits this database"),
        Row::new("Key of the audit's signatures", audit::signing_key(&visit.app)),
    ];
    let orgs = scopes.into_iter().map(|scope| OrgRow {
        name: scope.policy.scheme.name.to_string(),
        slug: scope.slug.clone(),
        policy: format!("Version {}", scope.policy_version),
        state: Tag::new("green", "In service"),
    });
    page(&System {
        shell: visit.shell(Nav::System),
        cares,
        facts,
        orgs: orgs.collect(),
        keys,
        runs: runs
            .iter()
            .map(|run| runs::row(run.started_at, run.finished_at, &run.state, &run.report))
            .collect(),
        check_href: visit.may::<VerifyAudit>().then(|| visit.href("/audit/check")),
    })
}

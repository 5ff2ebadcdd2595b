//! Changing the scheme's policy: what is under way, one change with what it would do, and the versions that there were
//! (POL-5, SEC-6).
mod change;
mod edit;
mod lines;
mod versions;

pub(crate) use change::{authorise, people, propose, refuse, show, try_out, withdraw};
pub(crate) use edit::{ask as edit, save};
pub(crate) use versions::{holds, show as versions, texts, who};

use crate::{
    respond::{Answer, page, page_again, see_other},
    shell::Nav,
    view::{Crumb, Errors, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    policies::{self, Change},
};
use fairwatch_core::{
    ids::PolicyChangeId,
    policies::{ChangeState, DraftChange},
};

/// `policy_changes.html`
#[derive(Template, Debug)]
#[template(path = "policy_changes.html")]
struct Changes {
    shell: Shell,
    errors: Errors,
    in_force: String,
    published: String,
    versions: String,
    progress: String,
    begin: Option<String>,
    changes: Vec<Row>,
}

/// A change in a list.
#[derive(Debug)]
struct Row {
    title: String,
    href: String,
    note: String,
    state: Tag,
}

async fn build(visit: &Visit, errors: Errors) -> Result<Changes, AppError> {
    let (changes, progress) = policies::list(&visit.app, &visit.ctx, visit.org()).await?;
    let today = visit.scope.today;
    let is_open = |change: &Change| {
        change.state.is_undecided()
            || (change.state == ChangeState::Authorised && change.effective_on.is_some_and(|day| day > today))
    };
    let busy = changes.iter().any(is_open);
    let rows = changes.iter().map(|change| Row {
        title: title(change),
        href: visit.href(&format!("/policy/changes/{}", change.id)),
        note: change.written.reason.clone(),
        state: state(change, today),
    });
    Ok(Changes {
        shell: visit.shell(Nav::Policy),
        errors,
        in_force: format!("Version {} is in force.", visit.scope.policy_version),
        published: visit.href("/policy"),
        versions: visit.href("/policy/versions"),
        progress: if progress.left == 0 {
            String::new()
        } else {
            format!(
                "Records are being worked out by version {}: {} of {} people are done. Nobody else is shown until they are.",
                visit.scope.policy_version,
                crate::view::number(progress.people - progress.left),
                crate::view::number(progress.people)
            )
        },
        begin: (visit.may::<DraftChange>() && !busy).then(|| visit.href("/policy/changes")),
        changes: rows.collect(),
    })
}

/// `GET /o/{slug}/policy/changes`
pub(crate) async fn list(visit: Visit) -> Answer {
    page(&build(&visit, Errors::default()).await?)
}

/// `POST /o/{slug}/policy/changes`
pub(crate) async fn begin(visit: Visit) -> Answer {
    match policies::begin(&visit.app, &visit.ctx, visit.org()).await {
        Ok(id) => Ok(see_other(&format!("{}/edit", here(&visit, id)))),
        Err(AppError::Refused(problems)) => page_again(&build(&visit, Errors::from(&problems)).await?),
        Err(error) => Err(error.into()),
    }
}

fn here(visit: &Visit, id: PolicyChangeId) -> String {
    visit.href(&format!("/policy/changes/{id}"))
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Policy".into(), href: visit.href("/policy/changes") }]
}

fn title(change: &Change) -> String {
    match change.version {
        Some(version) => format!("Version {version}"),
        None => format!("Change of {}", words::date(fairwatch_core::world::london_date(change.created_at))),
    }
}

/// How far a change has come, as a word in a colour.
fn state(change: &Change, today: jiff::civil::Date) -> Tag {
    match (change.state, change.effective_on) {
        (ChangeState::Draft, _) => Tag::new("blue", "Draft"),
        (ChangeState::Proposed, _) => Tag::new("amber", "Waits for the board"),
        (ChangeState::Authorised, Some(day)) if day > today => {
            Tag::new("teal", format!("Agreed, from {}", words::short_date(day)))
        }
        (ChangeState::Authorised, _) => Tag::new("green", "Took effect"),
        (ChangeState::Refused, _) => Tag::new("red", "Refused"),
        (ChangeState::Withdrawn, _) => Tag::new("pale", "Taken back"),
    }
}

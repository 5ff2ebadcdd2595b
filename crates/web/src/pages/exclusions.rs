//! Warnings and exclusions: proposals and who decides on them, the controller's form, and how an exclusion ends before its
//! time.
//!
//! - `proposing` is the form by which somebody is warned, or their exclusion proposed.
//! - `deciding` is a proposal's page, on which those vote whom the policy names.
//! - `ending` shortens, narrows and lifts; `giving` is the form of police and agencies.
//! - `section` is what stands of it on a person's page.
pub(crate) mod deciding;
pub(crate) mod ending;
pub(crate) mod giving;
pub(crate) mod proposing;
pub(crate) mod section;

use crate::{
    pages::gallery::name_or_reference,
    respond::{Answer, page},
    shell::Nav,
    view::{Pager, Shell, Tag},
    visit::Visit,
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::exclusions::{
    Proposed,
    deciding::{self as cases, Line, Whom},
};
use fairwatch_core::{
    accounts::Business,
    exclusions::{Choice, Kind, ProposalState, Scope},
    gate::Role,
    ids::{MemberId, ProposalId},
    policy::Policy,
    scope::Scope as OrgScope,
};
use serde::Deserialize;

/// `cases.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "cases.html")]
struct Cases {
    shell: Shell,
    lead: String,
    appeals: String,
    waiting: Vec<CaseRow>,
    decided: Vec<CaseRow>,
    excluded: Vec<ExcludedRow>,
    is_controller: bool,
    pager: Pager,
}
/// A proposal in a list.
#[derive(Clone, Debug, Default)]
struct CaseRow {
    href: String,
    title: String,
    what: String,
    when: String,
    tags: Vec<Tag>,
}
/// Somebody who is excluded.
#[derive(Clone, Debug, Default)]
struct ExcludedRow {
    href: String,
    name: String,
    what: String,
    until: String,
}

/// How a proposal is called.
pub(super) fn case_name(number: i64) -> String {
    format!("Case {number}")
}

/// The address of a proposal's page.
pub(super) fn case_href(visit: &Visit, id: ProposalId) -> String {
    visit.href(&format!("/cases/{id}"))
}

/// What the policy calls a step; its id where a later policy dropped it.
pub(super) fn step_label(policy: &Policy, id: &str) -> String {
    let step = policy.exclusions.steps.iter().find(|step| *step.id == *id);
    step.map_or_else(|| id.to_owned(), |step| step.label.to_string())
}

/// From where somebody is, or would be, excluded.
pub(super) fn from_where(scope: Scope, premises: &[(MemberId, Business)]) -> String {
    if scope == Scope::Scheme {
        return "all members’ premises".to_owned();
    }
    let names = premises.iter().map(|(_, one)| format!("{}, {}", one.name, one.premises)).collect::<Vec<_>>();
    names.join("; ")
}

/// What became of a proposal, as a coloured word.
pub(super) fn state_tag(held: &Proposed) -> Tag {
    match (held.state, held.kind) {
        (ProposalState::Open, _) => Tag::new("amber", "Waits for a decision"),
        (ProposalState::Authorised, Kind::Warning) => Tag::new("teal", "Warned"),
        (ProposalState::Authorised, Kind::Exclusion) => Tag::new("red", "Authorised"),
        (ProposalState::Refused, _) => Tag::new("teal", "Refused"),
        (ProposalState::Lapsed, _) => Tag::new("pale", "Lapsed"),
        (ProposalState::Withdrawn, _) => Tag::new("pale", "Taken back"),
    }
}

/// The last day on which somebody can decide.
pub(super) fn last_day(held: &Proposed) -> String {
    words::date(held.closes_on.yesterday().unwrap_or(held.closes_on))
}

/// When a proposal was made, and what is to come or came of it.
pub(super) fn when(held: &Proposed) -> String {
    let made = words::date(held.opened_on);
    match (held.state, held.decided_on) {
        (ProposalState::Open, _) => format!("Proposed on {made}; to be decided by {}", last_day(held)),
        (ProposalState::Lapsed, on) => {
            format!(
                "Proposed on {made}, and not decided in time ({})",
                words::date(on.unwrap_or(held.closes_on))
            )
        }
        (_, Some(on)) if held.kind == Kind::Warning => words::date(on),
        (_, Some(on)) => format!("Proposed on {made}, decided on {}", words::date(on)),
        (_, None) => format!("Proposed on {made}"),
    }
}

/// What a proposal is for, in a line.
pub(super) fn what(policy: &Policy, held: &Proposed) -> String {
    let label = step_label(policy, &held.step);
    let months = held.months.map(|n| words::count(n as usize, "month", "months"));
    match (held.scope, months) {
        (Some(scope), Some(months)) => {
            let from = match scope {
                Scope::Scheme => String::new(),
                Scope::Some => format!(" ({})", words::count(held.premises.len(), "member", "members")),
            };
            format!("{label}{from}, for {months}")
        }
        _ => label,
    }
}

pub(super) fn name_of(scope: &OrgScope, whom: &Whom) -> String {
    name_or_reference(whom.name.as_deref(), scope, whom.number)
}

fn row(visit: &Visit, scope: &OrgScope, line: &Line) -> CaseRow {
    let held = &line.listed.held;
    let mut tags = vec![state_tag(held)];
    match line.listed.own {
        Some(Choice::Authorise) => tags.push(Tag::new("", "You agreed")),
        Some(Choice::Refuse) => tags.push(Tag::new("", "You refused")),
        Some(Choice::Abstain) => tags.push(Tag::new("", "You abstained")),
        None => {}
    }
    let whom = line.whom.as_ref().map(|whom| format!(", {}", name_of(scope, whom)));
    CaseRow {
        href: case_href(visit, held.id),
        title: format!("{}{}", case_name(held.number), whom.unwrap_or_default()),
        what: what(&scope.policy, held),
        when: when(held),
        tags,
    }
}

/// Which page of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    before: Option<i64>,
}

/// `GET /o/{slug}/cases`: what waits for a decision and what was decided; for the controller, who is excluded.
pub(crate) async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let all = cases::list(&visit.app, &visit.ctx, visit.org(), wanted.before).await?;
    let scope = &all.scope;
    let (open, decided): (Vec<&Line>, Vec<&Line>) =
        all.lines.iter().partition(|line| line.listed.held.state == ProposalState::Open);
    let is_controller = visit.role() == Role::Controller;
    let excluded = all.excluded.iter().map(|(whom, in_force)| ExcludedRow {
        href: crate::pages::subjects::here(&visit, whom.id),
        name: name_of(scope, whom),
        what: match in_force.scope {
            Scope::Scheme => "from all members’ premises".to_owned(),
            Scope::Some => {
                format!("from the premises of {}", words::count(in_force.premises.len(), "member", "members"))
            }
        },
        until: format!("until {}", words::date(in_force.ends_on)),
    });
    let votes = scope.policy.exclusions.votes as usize;
    let lead = if is_controller {
        "What you proposed, what became of it, and who is excluded today.".to_owned()
    } else {
        let blind = if scope.policy.exclusions.pseudonymised.is {
            " You decide on what happened: the pages say nothing of who it is."
        } else {
            ""
        };
        format!("Proposals to exclude somebody. {} must agree.{blind}", words::capital(&people(votes)))
    };
    page(&Cases {
        shell: visit.shell(Nav::Cases),
        lead,
        appeals: if is_controller { visit.href("/appeals") } else { String::new() },
        waiting: open.into_iter().map(|line| row(&visit, scope, line)).collect(),
        decided: decided.into_iter().map(|line| row(&visit, scope, line)).collect(),
        excluded: excluded.collect(),
        is_controller,
        pager: Pager {
            next: all.next.map(|before| visit.href(&format!("/cases?before={before}"))),
            ..Pager::default()
        },
    })
}

/// A number of people.
pub(super) fn people(n: usize) -> String {
    if n == 1 { "one of those who decide".to_owned() } else { format!("{n} of those who decide") }
}

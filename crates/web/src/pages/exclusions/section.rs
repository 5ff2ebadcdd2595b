//! What stands of warnings and exclusions on a person's page, for the controller and staff.
use super::{case_href, case_name, from_where, state_tag, what, when};
use crate::{
    pages::appeals,
    view::{Event, Tag},
    visit::Visit,
    words,
};
use fairwatch_app::subjects::Shown;
use fairwatch_core::{
    clocks::Stage,
    exclusions::{
        ExclusionState, Kind, ProposalState,
        appeals::{AppealState, hearers},
        deciders,
    },
    gate::Role,
};

/// The section.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// What is in force, in words; empty where nothing is.
    pub(crate) now: String,
    /// How that shows on the lifeline.
    pub(crate) note: String,
    /// What was decided and what waits, the newest first.
    pub(crate) events: Vec<Event>,
    /// Where somebody is warned, or their exclusion proposed.
    pub(crate) propose: Option<String>,
    /// Where the exclusion is shortened or narrowed.
    pub(crate) vary: Option<String>,
    /// Where it is lifted.
    pub(crate) lift: Option<String>,
    /// Where an appeal is written down.
    pub(crate) appeal: Option<String>,
    /// Why nothing can be proposed, or only a warning.
    pub(crate) hint: String,
}

impl Section {
    /// Whether there is anything to say.
    pub(crate) fn any(&self) -> bool {
        self.propose.is_some() || !self.events.is_empty()
    }

    /// The section of a person's page.
    pub(crate) fn of(visit: &Visit, shown: &Shown, here: &str) -> Self {
        let (scope, open) = (&shown.scope, &shown.open);
        let is_controller = visit.role() == Role::Controller;
        let changes = is_controller && open.life.stage.is_live();
        let in_force = open.exclusions.iter().find(|one| one.state == ExclusionState::InForce);
        let now = in_force.map(|one| {
            format!(
                "Excluded from {} since {}, until {}.",
                from_where(one.scope, &one.premises),
                words::date(one.starts_on),
                words::date(one.ends_on)
            )
        });
        let note = match (in_force, open.life.rule) {
            (Some(_), Some(fairwatch_core::clocks::Rule::Exclusion)) => {
                "The exclusion sets how long this person is shown: the lifeline above ends its first stage with it."
            }
            (Some(_), _) => "The exclusion does not change how long this person is shown.",
            (None, _) => "",
        };
        let can = changes && matches!(open.life.stage, Stage::Circulating | Stage::Held);
        let waits = open.proposals.iter().any(|one| one.state == ProposalState::Open);
        let hint = match open.life.stage {
            _ if !changes => "",
            _ if waits => "A proposal waits for a decision. Take it back before you make another.",
            Stage::Held => "Members do not see this person any more, so they can be warned and not excluded.",
            Stage::Circulating if open.life.restricted => {
                "Members are not shown this person while they are restricted, so they can be warned and not excluded."
            }
            Stage::Pending => "Nobody is warned or excluded who waits for agreement.",
            _ => "",
        };
        let deed = |name: &str| (changes && in_force.is_some()).then(|| format!("{here}/exclusion/{name}"));
        Self {
            now: now.unwrap_or_default(),
            note: note.to_owned(),
            events: events(visit, shown),
            propose: (can && !waits).then(|| format!("{here}/exclude")),
            vary: deed("vary").filter(|_| open.life.stage == Stage::Circulating),
            lift: deed("lift"),
            appeal: (changes && (in_force.is_some() || has_warning(shown))).then(|| format!("{here}/appeal")),
            hint: hint.to_owned(),
        }
        .named(scope.policy.exclusions.steps.is_empty())
    }

    fn named(mut self, nothing_to_take: bool) -> Self {
        if nothing_to_take {
            self.propose = None;
        }
        self
    }
}

/// The tag of somebody who is excluded.
pub(crate) fn tag(shown: &Shown) -> Option<Tag> {
    let until = shown.open.excluded.as_ref()?.ends_on;
    Some(Tag::new("red", format!("Excluded until {}", words::short_date(until))))
}

/// Whether a warning stands, against which somebody can appeal.
fn has_warning(shown: &Shown) -> bool {
    let stands = ProposalState::Authorised;
    shown.open.proposals.iter().any(|one| one.kind == Kind::Warning && one.state == stands)
}

fn events(visit: &Visit, shown: &Shown) -> Vec<Event> {
    let (scope, open) = (&shown.scope, &shown.open);
    let mut events = Vec::new();
    for one in &open.exclusions {
        let what = match (one.state, one.ended_on) {
            (ExclusionState::InForce, _) => format!("in force until {}", words::date(one.ends_on)),
            (ExclusionState::Expired, _) => format!("over since {}", words::date(one.ends_on)),
            (ExclusionState::Lifted, on) => format!("lifted on {}", words::date(on.unwrap_or(one.ends_on))),
            (ExclusionState::Replaced, on) => {
                format!("replaced by another on {}", words::date(on.unwrap_or(one.ends_on)))
            }
            (ExclusionState::Void, _) => "void, since a report on which it rested was taken away".to_owned(),
        };
        let changes =
            one.terms.changes.iter().map(|change| {
                format!(". {}: {}, since {}", words::date(change.on), change.what, change.reason)
            });
        events.push((
            one.starts_on,
            1,
            Event {
                title: format!("Excluded from {}", from_where(one.scope, &one.premises)),
                text: format!("{what}{}", changes.collect::<String>()),
                date: words::date(one.starts_on),
                kind: if one.state == ExclusionState::InForce { "red".into() } else { String::new() },
                ..Event::default()
            },
        ));
    }
    // What waits, and under which number others know it, is for those alone who may open it.
    let role = visit.role();
    let may_know = role == Role::Controller || !scope.policy.exclusions.pseudonymised.is;
    let opens = role == Role::Controller || (may_know && deciders(&scope.policy).contains(&role));
    let hears = role == Role::Controller || (may_know && hearers(&scope.policy).contains(&role));
    for one in open.proposals.iter().filter(|one| opens || one.kind == Kind::Warning) {
        let is_warning = one.kind == Kind::Warning;
        events.push((
            one.decided_on.unwrap_or(one.opened_on),
            0,
            Event {
                title: if is_warning {
                    super::step_label(&scope.policy, &one.step)
                } else {
                    format!("{}, {}", case_name(one.number), state_tag(one).text.to_lowercase())
                },
                text: match (is_warning, opens) {
                    (true, true) => case_name(one.number),
                    (true, false) => String::new(),
                    (false, _) => what(&scope.policy, one),
                },
                date: when(one),
                href: opens.then(|| case_href(visit, one.id)),
                kind: if one.state == ProposalState::Open { "next".into() } else { String::new() },
            },
        ));
    }
    for one in open.appeals.iter().filter(|one| hears || one.state != AppealState::Open) {
        let came = format!("came {}", words::date(one.received_on));
        events.push((
            one.decided_on.unwrap_or(one.received_on),
            2,
            Event {
                title: format!("Appeal: {}", appeals::state(one.state, one.outcome).text.to_lowercase()),
                text: if hears { format!("against {}, {came}", case_name(one.proposal.1)) } else { came },
                date: words::date(one.decided_on.unwrap_or(one.received_on)),
                href: hears.then(|| visit.href(&format!("/appeals/{}", one.id))),
                kind: if one.state == AppealState::Open { "next".into() } else { String::new() },
            },
        ));
    }
    events.sort_by_key(|(on, order, _)| std::cmp::Reverse((*on, *order)));
    events.into_iter().map(|(.., event)| event).collect()
}

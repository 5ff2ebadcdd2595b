//! The form by which somebody is warned, or their exclusion proposed (EXC-1, EXC-2).
use super::case_href;
use crate::{
    forms::Sent,
    pages::{gallery::name_or_reference, subjects::here},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Cautions, Choice, Crumb, Errors, FieldError, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    exclusions::proposing::{self, Caution, Ground, Outcome, Typed},
    subjects::{Involved, picks::businesses},
};
use fairwatch_core::{
    clocks::Stage,
    exclusions::{Kind, ProposalState, is_alone},
    ids::SubjectId,
    policy::practice::{Scope, Step, StepKind},
};
use std::collections::BTreeSet;

/// `propose.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "propose.html")]
struct Propose {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    minded: String,
    crumbs: Vec<Crumb>,
    name: String,
    tariff: Vec<String>,
    says: String,
    hint: String,
    action: String,
    cancel: String,
    steps: Vec<Choice>,
    scopes: Vec<Choice>,
    asks_months: bool,
    months: String,
    months_hint: String,
    premises: Vec<Choice>,
    evidence: Vec<Choice>,
    given: Vec<GivenItem>,
    necessity: String,
    proportionality: String,
    asks_account: bool,
    is_blind: bool,
    account: String,
    departs: String,
    decides: String,
}
/// What police or an agency gave.
#[derive(Clone, Debug, Default)]
struct GivenItem {
    id: String,
    text: String,
    who: String,
    checked: bool,
}

fn note(step: &Step, is_proposed: bool) -> String {
    let mut note = Vec::new();
    if is_proposed {
        note.push("What the tariff says".to_owned());
    }
    if let (Some(months), Some(longest)) = (step.months, step.longest_months) {
        let usual = words::count(months as usize, "month", "months");
        note.push(format!("usually {usual}, at the longest {longest}"));
    }
    words::capital(&note.join("; "))
}

async fn form(
    visit: &Visit,
    subject: SubjectId,
    typed: &Typed,
    errors: Errors,
    cautions: &[Caution],
) -> Result<Propose, PageError> {
    let Ground { scope, open, before } = proposing::ground(&visit.app, &visit.ctx, subject).await?;
    let exclusions = &scope.policy.exclusions;
    let is_held = open.life.stage == Stage::Held;
    let may = |step: &&Step| !is_held || step.kind == StepKind::Warning;
    let steps = before.tariff.steps(&scope.policy).iter().filter(may).collect::<Vec<_>>();
    let proposed = before.tariff.proposed(&scope.policy);
    let chosen = if typed.step.is_empty() {
        steps.last().map_or(String::new(), |step| step.id.to_string())
    } else {
        typed.step.clone()
    };
    let step_choices = steps.iter().rev().map(|step| Choice {
        value: step.id.to_string(),
        label: step.label.to_string(),
        note: note(step, proposed.is_some_and(|one| one.id == step.id)),
        checked: *step.id == *chosen,
    });
    let excludes = steps.iter().filter(|step| step.kind == StepKind::Exclusion).collect::<Vec<_>>();
    let asks_scope = excludes.iter().any(|step| step.scopes.len() > 1);
    let scopes =
        [("scheme", "From all members’ premises"), ("some", "From some members’ premises, chosen below")];
    let scopes = scopes.into_iter().filter(|_| asks_scope).map(|(value, label)| Choice {
        value: value.into(),
        label: label.into(),
        note: String::new(),
        checked: typed.scope == value,
    });
    let asks_premises = excludes.iter().any(|step| step.scopes.contains(&Scope::Some));
    let members =
        if asks_premises { businesses(&visit.app, &visit.ctx, visit.org()).await? } else { Vec::new() };
    let premises = members.into_iter().map(|(member, label)| Choice {
        checked: typed.premises.contains(&member.to_string()),
        value: member.to_string(),
        label,
        note: String::new(),
    });
    let mut seen = BTreeSet::new();
    // At first it rests on what the tariff counts.
    let is_new = typed.step.is_empty();
    let rests_on = |one: &Involved| match is_new {
        true => before.tariff.references.contains(&scope.reference(one.number)),
        false => typed.evidence.contains(&one.incident.to_string()),
    };
    let evidence = open.involved.iter().filter(|one| seen.insert(one.incident)).map(|one| Choice {
        value: one.incident.to_string(),
        label: format!(
            "{}, {} ({})",
            words::incident_kind(&scope.policy, &one.category),
            words::date(one.occurred_on),
            scope.reference(one.number)
        ),
        note: String::new(),
        checked: rests_on(one),
    });
    let given = before.given.iter().map(|one| GivenItem {
        id: one.id.to_string(),
        text: one.given.text.clone(),
        who: format!("{}, {}, {}", one.given.by, one.given.organisation, words::date(one.on)),
        checked: typed.given.contains(&one.id.to_string()),
    });
    let alone = is_alone(&scope.policy);
    let decides = if alone {
        "An exclusion you decide yourself, on its own page.".to_owned()
    } else {
        let deciders = exclusions.authorised_by.iter().map(ToString::to_string).collect::<Vec<_>>();
        format!(
            "An exclusion is decided by {}: {} must agree within {}. {} could vote today; whoever reported what you name as \
             evidence, or belongs to the business that did, takes no part, nor do you.",
            words::list(&deciders),
            exclusions.votes,
            exclusions.decide_within.length,
            before.deciders
        )
    };
    let hint = match before.open {
        Some(_) => "A proposal about this person waits for a decision. Take it back before you make another.",
        None if is_held => {
            "Members do not see this person any more. Only somebody who is shown can be excluded; this person can be warned."
        }
        None => "",
    };
    let usual = excludes.iter().map(|step| {
        format!("{}: {}", &*step.label, words::count(step.months.unwrap_or(0) as usize, "month", "months"))
    });
    let months_hint = format!("Empty is the usual period ({})", usual.collect::<Vec<_>>().join("; "));
    let back = here(visit, subject);
    let name = name_or_reference(open.profile.name(), &scope, open.number);
    let mut tariff = vec![before.tariff.counted.clone()];
    tariff.extend(before.tariff.why.iter().cloned());
    let says = tariff.pop().unwrap_or_default();
    let mut minded = typed.minded.clone();
    if !cautions.is_empty() {
        minded = proposing::mark(cautions);
    }
    Ok(Propose {
        shell: visit.shell(Nav::People),
        errors,
        cautions: Cautions(
            cautions
                .iter()
                .map(|one| FieldError { field: one.field.to_owned(), text: one.sentence.clone() })
                .collect(),
        ),
        minded,
        crumbs: vec![
            Crumb { label: "People".into(), href: visit.href("/people") },
            Crumb { label: name.clone(), href: back.clone() },
        ],
        name,
        tariff,
        says,
        hint: hint.to_owned(),
        action: format!("{back}/exclude"),
        cancel: back,
        steps: if before.open.is_some() { Vec::new() } else { step_choices.collect() },
        scopes: scopes.collect(),
        asks_months: !excludes.is_empty(),
        months: typed.months.clone(),
        months_hint,
        premises: premises.collect(),
        evidence: evidence.collect(),
        given: given.collect(),
        necessity: typed.necessity.clone(),
        proportionality: typed.proportionality.clone(),
        asks_account: !alone && !excludes.is_empty(),
        is_blind: exclusions.pseudonymised.is,
        account: typed.account.clone(),
        departs: typed.departs.clone(),
        decides: if excludes.is_empty() { String::new() } else { decides },
    })
}

fn typed(sent: &Sent) -> Typed {
    let one = |name: &str| sent.one(name).to_owned();
    Typed {
        step: one("step"),
        scope: one("scope"),
        months: one("months"),
        premises: sent.all("premises"),
        evidence: sent.all("evidence"),
        given: sent.all("given"),
        necessity: one("necessity"),
        proportionality: one("proportionality"),
        account: one("account"),
        departs: one("departs"),
        minded: one("minded"),
    }
}

/// `GET /o/{slug}/people/{id}/exclude`
pub(crate) async fn ask(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&form(&visit, subject, &Typed::default(), Errors::default(), &[]).await?)
}

/// `POST /o/{slug}/people/{id}/exclude`
pub(crate) async fn propose(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let typed = typed(&sent);
    match proposing::propose(&visit.app, &visit.ctx, subject, &typed).await {
        Ok(Outcome::Made(id, state)) => {
            let (path, code) = match state {
                ProposalState::Open => (case_href(&visit, id), "proposed"),
                _ => (here(&visit, subject), "warned"),
            };
            Ok(see_other_done(&path, code))
        }
        Ok(Outcome::Warned(cautions)) => {
            page_again(&form(&visit, subject, &typed, Errors::default(), &cautions).await?)
        }
        Err(AppError::Refused(problems)) => {
            page_again(&form(&visit, subject, &typed, Errors::from(&problems), &[]).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What a kind of step is called.
pub(super) fn kind_label(kind: Kind) -> &'static str {
    match kind {
        Kind::Warning => "Warning",
        Kind::Exclusion => "Exclusion",
    }
}

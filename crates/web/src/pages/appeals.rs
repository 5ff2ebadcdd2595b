//! Appeals: the controller writes one down; people who had no part in the decision hear it (EXC-5).
use crate::{
    forms::Sent,
    pages::{
        confirm::{Confirm, answered},
        day::Day,
        gallery::name_or_reference,
        subjects::here,
    },
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Link, Piece, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError, enquiries,
    exclusions::appeals::{self, Appealable, Chosen, Form, Listed, Shown, Typed},
};
use fairwatch_core::{
    accounts::Business,
    exclusions::{
        ExclusionState, Kind, Scope,
        appeals::{AppealState, Outcome},
    },
    gate::Role,
    ids::{AppealId, EnquiryId, MemberId, SubjectId},
};
use serde::Deserialize;

/// `appeal_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "appeal_form.html")]
struct AppealForm {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    cancel: String,
    against: Vec<Choice>,
    blind: bool,
    by: String,
    contact: String,
    says: String,
    received: Day,
    late: String,
    decide_within: String,
}

/// What the address of the form says: what was written on the public page, where that is how it came.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    enquiry: String,
}

impl Wanted {
    fn enquiry(&self) -> Option<EnquiryId> {
        self.enquiry.parse().ok()
    }
}

/// What a decision is called: `Exclusion from all members’ premises, decided 3 March 2026`.
fn named(one: &Appealable) -> String {
    let what = match &one.exclusion {
        None => "Warning",
        Some(exclusion) if exclusion.scope == Scope::Scheme => "Exclusion from all members’ premises",
        Some(_) => "Exclusion from some members’ premises",
    };
    format!("{what}, decided {}", words::date(one.decided_on))
}

fn note(one: &Appealable) -> String {
    match (one.served_on, one.late_from) {
        (Some(served), Some(late)) => {
            format!("Served {}: an appeal is in time before {}", words::date(served), words::date(late))
        }
        _ => "No record says that its letter was served, so no appeal is late".to_owned(),
    }
}

fn form(
    visit: &Visit,
    id: SubjectId,
    form: &Form,
    typed: &Typed,
    wanted: &Wanted,
    errors: Errors,
) -> AppealForm {
    let only = (form.against.len() == 1).then(|| form.against[0].proposal.to_string());
    let choice = |one: &Appealable| {
        let value = one.proposal.to_string();
        Choice {
            checked: typed.against == value || only.as_ref() == Some(&value),
            label: named(one),
            note: note(one),
            value,
        }
    };
    let query = wanted.enquiry().map(|id| format!("?enquiry={id}")).unwrap_or_default();
    AppealForm {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: vec![
            Crumb { label: "People".into(), href: visit.href("/people") },
            Crumb { label: "Record".into(), href: here(visit, id) },
        ],
        action: format!("{}/appeal{query}", here(visit, id)),
        cancel: here(visit, id),
        against: form.against.iter().map(choice).collect(),
        blind: form.scope.policy.exclusions.pseudonymised.is,
        by: typed.by.clone(),
        contact: typed.contact.clone(),
        says: typed.says.clone(),
        received: Day::from_text(&typed.received),
        late: typed.late.clone(),
        decide_within: form.scope.policy.exclusions.appeal_decided.length.to_string(),
    }
}

/// What was written on the public page, as the form begins with.
fn begun(visit: &Visit, form: &Form) -> Typed {
    let today = Day::of(visit.scope.today).text();
    match &form.enquiry {
        None => Typed { received: today, ..Typed::default() },
        Some(held) => {
            let enquiries::Held { enquiry, received_at, .. } = held;
            Typed {
                by: enquiry.name.clone(),
                contact: enquiry.contact.clone(),
                says: enquiry.message.clone(),
                received: Day::of(fairwatch_core::world::london_date(*received_at)).text(),
                ..Typed::default()
            }
        }
    }
}

/// `GET /o/{slug}/people/{id}/appeal`
pub(crate) async fn ask(visit: Visit, Id(id): Id<SubjectId>, Query(wanted): Query<Wanted>) -> Answer {
    let asked = appeals::ask(&visit.app, &visit.ctx, id, wanted.enquiry()).await?;
    page(&form(&visit, id, &asked, &begun(&visit, &asked), &wanted, Errors::default()))
}

/// `POST /o/{slug}/people/{id}/appeal`
pub(crate) async fn receive(
    visit: Visit,
    Id(id): Id<SubjectId>,
    Query(wanted): Query<Wanted>,
    sent: Sent,
) -> Answer {
    let field = |name: &str| sent.one(name).to_owned();
    let typed = Typed {
        against: field("against"),
        by: field("by"),
        contact: field("contact"),
        says: field("says"),
        received: Day::from_form(&sent, "received").text(),
        late: field("late"),
    };
    match appeals::receive(&visit.app, &visit.ctx, id, &typed, wanted.enquiry()).await {
        Ok(appeal) => Ok(see_other_done(&visit.href(&format!("/appeals/{appeal}")), "appeal-received")),
        Err(AppError::Refused(problems)) => {
            let asked = appeals::ask(&visit.app, &visit.ctx, id, wanted.enquiry()).await?;
            page_again(&form(&visit, id, &asked, &typed, &wanted, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `appeals.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "appeals.html")]
struct Appeals {
    shell: Shell,
    waiting: Vec<AppealRow>,
    decided: Vec<AppealRow>,
}
/// One of them in the list: nothing by which anybody could tell on whom.
#[derive(Clone, Debug, Default)]
struct AppealRow {
    href: String,
    title: String,
    line: String,
    day: String,
    note: String,
    tags: Vec<Tag>,
}

pub(crate) fn state(state: AppealState, outcome: Option<Outcome>) -> Tag {
    match (state, outcome) {
        (AppealState::Open, _) => Tag::new("blue", "Waits"),
        (AppealState::Withdrawn, _) => Tag::new("grey", "Taken back"),
        (AppealState::Decided, Some(Outcome::Upheld) | None) => Tag::new("grey", "Decision upheld"),
        (AppealState::Decided, Some(Outcome::Shortened)) => Tag::new("green", "Shortened"),
        (AppealState::Decided, Some(Outcome::Narrowed)) => Tag::new("green", "Narrowed"),
        (AppealState::Decided, Some(Outcome::Lifted)) => Tag::new("green", "Lifted"),
    }
}

fn title(kind: Kind, number: i64) -> String {
    match kind {
        Kind::Warning => format!("Appeal against the warning of case {number}"),
        Kind::Exclusion => format!("Appeal against the exclusion of case {number}"),
    }
}

fn row(visit: &Visit, one: &Listed) -> AppealRow {
    let waits = one.state == AppealState::Open;
    let late = waits && one.decide_by < visit.scope.today;
    AppealRow {
        href: visit.href(&format!("/appeals/{}", one.id)),
        title: title(one.kind, one.number),
        line: format!("Came {}", words::date(one.received_on)),
        day: if waits { words::date(one.decide_by) } else { String::new() },
        note: if waits { "decide by".to_owned() } else { String::new() },
        tags: std::iter::once(state(one.state, one.outcome))
            .chain(late.then(|| Tag::new("red", "Overdue")))
            .collect(),
    }
}

/// `GET /o/{slug}/appeals`
pub(crate) async fn list(visit: Visit) -> Answer {
    let listed = appeals::list(&visit.app, &visit.ctx, visit.org()).await?;
    let (waiting, decided): (Vec<_>, Vec<_>) = listed.iter().partition(|one| one.state == AppealState::Open);
    page(&Appeals {
        shell: visit.shell(Nav::Appeals),
        waiting: waiting.into_iter().map(|one| row(&visit, one)).collect(),
        decided: decided.into_iter().map(|one| row(&visit, one)).collect(),
    })
}

/// `appeal.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "appeal.html")]
struct Appeal {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    tags: Vec<Tag>,
    person: Option<Link>,
    says: Vec<String>,
    facts: Vec<Row>,
    decision: Vec<Row>,
    evidence: Vec<String>,
    outcome: Vec<String>,
    hears: bool,
    kept_out: bool,
    action: String,
    outcomes: Vec<Choice>,
    ends: Day,
    premises: Vec<Choice>,
    shortens: bool,
    narrows: bool,
    reason: String,
    withdraw: Option<String>,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn row_of(key: &str, value: impl Into<String>) -> Row {
    Row { key: key.to_owned(), value: value.into() }
}

fn about(shown: &Shown) -> Vec<Row> {
    let held = &shown.opened.held;
    let mut facts = vec![row_of("Came", words::date(held.received_on))];
    if held.state == AppealState::Open {
        facts.push(row_of("Decide by", words::date(held.decide_by)));
    }
    if let Some(late) = &held.says.late {
        facts.push(row_of("Late, and heard because", late.clone()));
    }
    for (key, value) in [
        ("From", &held.says.by),
        ("Reach them at", &held.says.contact),
        ("Written down by", &held.says.entered_by),
    ] {
        if !value.is_empty() {
            facts.push(row_of(key, value.clone()));
        }
    }
    if let Some(exclusion) = &shown.opened.exclusion {
        facts.push(row_of("The exclusion ends", words::date(exclusion.ends_on)));
        if exclusion.scope == Scope::Some {
            facts.push(row_of("From", names(&exclusion.premises)));
        }
    }
    facts
}

fn names(premises: &[(MemberId, Business)]) -> String {
    words::list(&premises.iter().map(|(_, business)| business.name.clone()).collect::<Vec<_>>())
}

/// What was decided, and on what, for those who hear it.
fn decision(shown: &Shown) -> Vec<Row> {
    let says = &shown.opened.case.held.says;
    vec![
        row_of("What happened", says.account.clone()),
        row_of("Why nothing milder would do", says.necessity.clone()),
        row_of("Why it is in proportion", says.proportionality.clone()),
    ]
}

fn outcomes(kind: Kind, chosen: &str) -> Vec<Choice> {
    let word = |outcome: Outcome| match (outcome, kind) {
        (Outcome::Upheld, _) => ("It stands", "Nothing changes"),
        (Outcome::Shortened, _) => ("It ends earlier", "On the day below"),
        (Outcome::Narrowed, _) => ("It is from fewer premises", "From those that you tick below"),
        (Outcome::Lifted, Kind::Exclusion) => ("It is lifted", "The exclusion is over now"),
        (Outcome::Lifted, Kind::Warning) => ("It is taken back", "The warning counts towards nothing"),
    };
    let choice = |outcome: &Outcome| Choice {
        value: outcome.name().to_owned(),
        label: word(*outcome).0.to_owned(),
        note: word(*outcome).1.to_owned(),
        checked: outcome.name() == chosen,
    };
    Outcome::of(kind).iter().map(choice).collect()
}

fn shown_page(visit: &Visit, shown: &Shown, chosen: &Chosen, errors: Errors) -> Appeal {
    let opened = &shown.opened;
    let (held, case) = (&opened.held, &opened.case);
    let open = held.state == AppealState::Open;
    let here_href = visit.href(&format!("/appeals/{}", held.id));
    let kind = case.held.kind;
    let premise = |(member, business): &(MemberId, Business)| Choice {
        checked: chosen.premises.contains(&member.to_string()),
        value: member.to_string(),
        label: business.name.clone(),
        note: String::new(),
    };
    let premises = opened.premises.iter().map(premise).collect::<Vec<_>>();
    let hears = open && shown.hears && !shown.had_a_part;
    let mut outcomes = outcomes(kind, &chosen.outcome);
    // What is over can be found not to have stood, and changed no more.
    let in_force = opened.exclusion.as_ref().is_some_and(|held| held.state == ExclusionState::InForce);
    let can = |outcome: &str| match outcome {
        "narrowed" => in_force && premises.len() > 1,
        "shortened" => in_force,
        _ => true,
    };
    outcomes.retain(|choice| can(&choice.value));
    let premises = if in_force { premises } else { Vec::new() };
    let evidence = |named: &fairwatch_app::exclusions::Named| {
        let kind = words::incident_kind(&shown.scope.policy, &named.category);
        format!("{kind}, {}", words::date(named.occurred_on))
    };
    Appeal {
        shell: visit.shell(Nav::Appeals),
        errors,
        crumbs: vec![Crumb { label: "Appeals".into(), href: visit.href("/appeals") }],
        title: title(kind, held.proposal.1),
        tags: vec![state(held.state, held.outcome)],
        person: shown.subject.map(|id| Link {
            label: name_or_reference(case.name.as_deref(), &shown.scope, case.subject_number),
            href: here(visit, id),
        }),
        says: lines(&held.says.says),
        facts: about(shown),
        decision: decision(shown),
        evidence: case.evidence.iter().map(evidence).collect(),
        outcome: held.says.reason.as_deref().filter(|_| !open).map(lines).unwrap_or_default(),
        hears,
        kept_out: open && shown.hears && shown.had_a_part,
        action: here_href.clone(),
        shortens: in_force,
        narrows: premises.len() > 1,
        outcomes,
        ends: Day::from_text(&chosen.ends),
        premises,
        reason: chosen.reason.clone(),
        withdraw: (open && visit.role() == Role::Controller).then(|| format!("{here_href}/withdraw")),
    }
}

/// `GET /o/{slug}/appeals/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<AppealId>) -> Answer {
    let shown = appeals::show(&visit.app, &visit.ctx, id).await?;
    page(&shown_page(&visit, &shown, &Chosen::default(), Errors::default()))
}

/// `POST /o/{slug}/appeals/{id}`: outcome, ends, premises, reason.
pub(crate) async fn decide(visit: Visit, Id(id): Id<AppealId>, sent: Sent) -> Answer {
    let chosen = Chosen {
        outcome: sent.one("outcome").to_owned(),
        ends: Day::from_form(&sent, "ends").text(),
        premises: sent.all("premises"),
        reason: sent.one("reason").to_owned(),
    };
    match appeals::decide(&visit.app, &visit.ctx, id, &chosen).await {
        Ok(()) => Ok(see_other_done(&visit.href("/appeals"), "appeal-decided")),
        Err(AppError::Refused(problems)) => {
            let shown = appeals::show(&visit.app, &visit.ctx, id).await?;
            page_again(&shown_page(&visit, &shown, &chosen, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

fn withdrawing(visit: &Visit, id: AppealId, reason: &str, errors: Errors) -> Confirm {
    let back = visit.href(&format!("/appeals/{id}"));
    Confirm {
        shell: visit.shell(Nav::Appeals),
        errors,
        crumbs: vec![Crumb { label: "Appeals".into(), href: visit.href("/appeals") }],
        here: "Taken back".into(),
        title: "The appeal was taken back".into(),
        text: vec![vec![Piece::text(
            "Nobody decides on it then. The person can appeal again while there is time.",
        )]],
        action: format!("{back}/withdraw"),
        reason_label: "How did they take it back, and when?".into(),
        reason: reason.to_owned(),
        button: "Record that".into(),
        cancel: back,
        ..Confirm::default()
    }
}

/// `GET /o/{slug}/appeals/{id}/withdraw`
pub(crate) async fn ask_withdraw(visit: Visit, Id(id): Id<AppealId>) -> Answer {
    appeals::show(&visit.app, &visit.ctx, id).await?;
    page(&withdrawing(&visit, id, "", Errors::default()))
}

/// `POST /o/{slug}/appeals/{id}/withdraw`
pub(crate) async fn withdraw(visit: Visit, Id(id): Id<AppealId>, sent: Sent) -> Answer {
    let done = appeals::withdraw(&visit.app, &visit.ctx, id, sent.one("reason")).await;
    let again = async |errors| Ok(withdrawing(&visit, id, sent.one("reason"), errors));
    answered(done, &visit.href("/appeals"), "appeal-withdrawn", again).await
}

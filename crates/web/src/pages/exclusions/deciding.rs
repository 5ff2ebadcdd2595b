//! A proposal's page: what it rests on, how it stands, and the vote of whoever decides (EXC-2).
use super::{
    case_href, case_name, from_where, last_day, name_of, proposing::kind_label, state_tag, step_label,
};
use crate::{
    forms::Sent,
    pages::{
        confirm::{Confirm, answered},
        subjects::here,
    },
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Event, Piece, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    exclusions::deciding::{self, Case},
};
use fairwatch_core::{
    exclusions::{Choice as Said, Kind, ProposalState, deciders},
    gate::Role,
    ids::ProposalId,
};

/// `case.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "case.html")]
struct CasePage {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    tags: Vec<Tag>,
    blind: String,
    whom: Option<Link>,
    facts: Vec<Row>,
    account: Vec<String>,
    necessity: Vec<String>,
    proportionality: Vec<String>,
    departs: Vec<String>,
    tariff: Vec<String>,
    evidence: Vec<EvidenceLine>,
    given: Vec<GivenLine>,
    stands: String,
    votes: Vec<Event>,
    conflict: String,
    action: Option<String>,
    choices: Vec<Choice>,
    reason: String,
    own: String,
    withdraw: Option<String>,
}
/// Of whom it is.
#[derive(Clone, Debug, Default)]
struct Link {
    href: Option<String>,
    name: String,
}
/// An incident that is named as evidence.
#[derive(Clone, Debug, Default)]
struct EvidenceLine {
    what: String,
    href: Option<String>,
    note: String,
}
/// What police or an agency gave.
#[derive(Clone, Debug, Default)]
struct GivenLine {
    text: Vec<String>,
    who: String,
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn said(choice: Said) -> &'static str {
    match choice {
        Said::Authorise => "Agreed",
        Said::Refuse => "Refused",
        Said::Abstain => "Took no part",
    }
}

fn stands(case: &Case) -> String {
    let (count, needed) = (case.votes.count, case.held.votes_needed);
    match case.held.state {
        ProposalState::Open => format!(
            "{} of {needed} needed have agreed, {} refused, {} took no part. {} can vote, until {}.",
            count.authorise,
            count.refuse,
            count.abstain,
            count.may,
            last_day(&case.held)
        ),
        ProposalState::Authorised => {
            format!("Authorised: {} agreed, {} refused.", count.authorise, count.refuse)
        }
        ProposalState::Refused => format!(
            "Refused: {} agreed, {} refused and {} took no part, so that {needed} could not agree any more.",
            count.authorise, count.refuse, count.abstain
        ),
        ProposalState::Lapsed => "It lapsed: not enough had agreed when its time was over.".to_owned(),
        ProposalState::Withdrawn => match (&case.held.says.overturned, &case.held.says.withdrawn) {
            (Some(why), _) => format!("Taken back on appeal: {why}"),
            (None, Some(why)) => format!("The controller took it back: {why}"),
            (None, None) => "The controller took it back.".to_owned(),
        },
    }
}

fn facts(case: &Case) -> Vec<Row> {
    let held = &case.held;
    let mut facts = vec![
        Row::new("What", kind_label(held.kind)),
        Row::new("Step of the tariff", step_label(&case.scope.policy, &held.step)),
    ];
    if let Some(scope) = held.scope {
        facts.push(Row::new("From", from_where(scope, &held.premises)));
    }
    if let Some(months) = held.months {
        facts.push(Row::new("For", words::count(months as usize, "month", "months")));
    }
    facts.push(Row::new("Proposed", format!("{}, by {}", words::date(held.opened_on), held.says.by)));
    match held.decided_on {
        Some(on) if held.kind == Kind::Exclusion => facts.push(Row::new("Decided", words::date(on))),
        _ if held.state == ProposalState::Open => facts.push(Row::new("Decide by", last_day(held))),
        _ => {}
    }
    facts
}

fn whole(visit: &Visit, case: &Case, typed: Option<(&str, &str)>, errors: Errors) -> CasePage {
    let held = &case.held;
    let is_controller = visit.role() == Role::Controller;
    let link = case.whom.as_ref().map(|whom| Link {
        href: is_controller.then(|| here(visit, whom.id)),
        name: name_of(&case.scope, whom),
    });
    let decides = deciders(&case.scope.policy).contains(&visit.role()) && held.kind == Kind::Exclusion;
    let is_open = held.state == ProposalState::Open;
    let own = case.votes.own.as_ref();
    let voted = own.map(|(choice, reason)| (choice.name(), reason.as_str()));
    let (chosen, reason) = typed.or(voted).unwrap_or_default();
    let choice = |value: Said, label: &str, note: &str| Choice {
        value: value.name().into(),
        label: label.into(),
        note: note.into(),
        checked: chosen == value.name(),
    };
    let known = case.whom.is_some();
    let mut tariff = held.says.tariff.clone();
    if !held.says.counted.is_empty() {
        tariff.insert(0, held.says.counted.clone());
    }
    let votes = case.votes.cast.iter().map(|vote| Event {
        title: format!("{}: {}", vote.says.by, said(vote.choice)),
        text: vote.says.reason.clone(),
        date: format!(
            "{}{}",
            words::date_time(vote.at),
            match (vote.counts, is_open) {
                (true, _) => "",
                (false, true) => " · counts no more: they have no vote here today",
                (false, false) => " · did not count: they had no vote here when it was decided",
            }
        ),
        ..Event::default()
    });
    CasePage {
        shell: visit.shell(Nav::Cases),
        errors,
        crumbs: vec![Crumb { label: "Exclusions".into(), href: visit.href("/cases") }],
        title: case_name(held.number),
        tags: vec![state_tag(held)],
        blind: if known {
            String::new()
        } else {
            "You decide on what happened, and not on whom: name, looks and record stay with the controller."
                .to_owned()
        },
        whom: link,
        facts: facts(case),
        account: paragraphs(&held.says.account),
        necessity: paragraphs(&held.says.necessity),
        proportionality: paragraphs(&held.says.proportionality),
        departs: held.says.departs.as_deref().map(paragraphs).unwrap_or_default(),
        tariff,
        evidence: case
            .evidence
            .iter()
            .map(|one| EvidenceLine {
                what: format!(
                    "{}, {}",
                    words::incident_kind(&case.scope.policy, &one.category),
                    words::date(one.occurred_on)
                ),
                href: (known && is_controller).then(|| visit.href(&format!("/incidents/{}", one.incident))),
                note: if one.stands { String::new() } else { "taken away from this person since".into() },
            })
            .collect(),
        given: case
            .given
            .iter()
            .map(|one| GivenLine {
                text: paragraphs(&one.given.text),
                who: format!("{}, {}, {}", one.given.by, one.given.organisation, words::date(one.on)),
            })
            .collect(),
        stands: if held.kind == Kind::Warning { String::new() } else { stands(case) },
        votes: votes.collect(),
        conflict: match case.conflict {
            _ if !(decides && is_open) => String::new(),
            Some(conflict) => conflict.sentence().to_owned(),
            None if !case.members_see => {
                "Members are not shown this person for now, so nobody decides until they are again."
                    .to_owned()
            }
            None => String::new(),
        },
        action: (decides && is_open && case.members_see && case.conflict.is_none())
            .then(|| format!("{}/vote", case_href(visit, held.id))),
        choices: vec![
            choice(Said::Authorise, "I agree", "On what is stated here it is necessary and proportionate"),
            choice(Said::Refuse, "I refuse", "It is not, or what is stated does not show it"),
            choice(
                Said::Abstain,
                "I take no part",
                "For example since I know who it is, or have an interest in it",
            ),
        ],
        reason: reason.to_owned(),
        own: own.map_or_else(String::new, |(choice, _)| {
            format!("You voted: {}. You can change it until it is decided.", said(*choice).to_lowercase())
        }),
        withdraw: (is_controller && is_open).then(|| format!("{}/withdraw", case_href(visit, held.id))),
    }
}

/// `GET /o/{slug}/cases/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<ProposalId>) -> Answer {
    let case = deciding::show(&visit.app, &visit.ctx, id).await?;
    page(&whole(&visit, &case, None, Errors::default()))
}

async fn again(visit: &Visit, id: ProposalId, sent: &Sent, errors: Errors) -> Answer {
    let case = deciding::show(&visit.app, &visit.ctx, id).await?;
    page_again(&whole(visit, &case, Some((sent.one("choice"), sent.one("reason"))), errors))
}

/// `POST /o/{slug}/cases/{id}/vote`
pub(crate) async fn vote(visit: Visit, Id(id): Id<ProposalId>, sent: Sent) -> Answer {
    let Ok(choice) = sent.one("choice").parse::<Said>() else {
        return again(&visit, id, &sent, Errors::one("choice", "Choose what you say to it.")).await;
    };
    match deciding::vote(&visit.app, &visit.ctx, id, choice, sent.one("reason")).await {
        Ok(state) => {
            let code = match state {
                ProposalState::Authorised => "authorised",
                ProposalState::Refused => "case-refused",
                _ => "voted",
            };
            Ok(see_other_done(&case_href(&visit, id), code))
        }
        Err(AppError::Refused(problems)) => again(&visit, id, &sent, Errors::from(&problems)).await,
        Err(error) => Err(error.into()),
    }
}

fn ask_withdraw_form(visit: &Visit, case: &Case, reason: &str, errors: Errors) -> Confirm {
    let back = case_href(visit, case.held.id);
    Confirm {
        shell: visit.shell(Nav::Cases),
        errors,
        crumbs: vec![
            Crumb { label: "Exclusions".into(), href: visit.href("/cases") },
            Crumb { label: case_name(case.held.number), href: back.clone() },
        ],
        here: "Take back".into(),
        title: "Take this proposal back?".into(),
        text: vec![vec![Piece::text(
            "Nobody can decide on it then. It is kept with the record, with the votes that were cast, and you can propose anew.",
        )]],
        action: format!("{back}/withdraw"),
        reason_label: "Why".into(),
        reason_hint: "Kept with the record, sealed",
        reason: reason.to_owned(),
        button: "Take it back".into(),
        cancel: back,
        ..Confirm::default()
    }
}

/// `GET /o/{slug}/cases/{id}/withdraw`
pub(crate) async fn ask_withdraw(visit: Visit, Id(id): Id<ProposalId>) -> Answer {
    let case = deciding::show(&visit.app, &visit.ctx, id).await?;
    if case.held.state != ProposalState::Open {
        return Err(PageError::from(AppError::Hidden));
    }
    page(&ask_withdraw_form(&visit, &case, "", Errors::default()))
}

/// `POST /o/{slug}/cases/{id}/withdraw`
pub(crate) async fn withdraw(visit: Visit, Id(id): Id<ProposalId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    let done = deciding::withdraw(&visit.app, &visit.ctx, id, reason).await;
    let again = async |errors| {
        let case = deciding::show(&visit.app, &visit.ctx, id).await?;
        Ok(ask_withdraw_form(&visit, &case, reason, errors))
    };
    answered(done, &case_href(&visit, id), "withdrawn", again).await
}

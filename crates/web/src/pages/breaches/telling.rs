//! Recording who was told of a breach, or why not, and how high the board judges the risk (BRE-2, BRE-3).
use super::{open, records, way, when};
use crate::{
    forms::Sent,
    pages::day::Day,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    breaches::{self, Breach, TypedStep},
};
use fairwatch_core::{breaches::StepKind, ids::BreachId};
use serde::Deserialize;

/// `data_breach_told.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "data_breach_told.html")]
struct Telling {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    kind: String,
    lead: String,
    question: String,
    choices: Vec<Choice>,
    at: Day,
    time: String,
    words: String,
    hint: String,
}

/// What a step asks: its lead, its question, and both answers.
fn asked(kind: StepKind) -> [&'static str; 4] {
    match kind {
        StepKind::Board => {
            ["The board judges the risk, and so it has to know.", "Was the board told?", "Yes", ""]
        }
        StepKind::Commissioner => [
            "Unless a risk to people is unlikely, the Information Commissioner is told within 72 hours, by telephone 0303 123 1113 or on ico.org.uk. What is not known yet can follow.",
            "Was the Information Commissioner told?",
            "Yes",
            "No: it was decided that a risk to people is unlikely",
        ],
        StepKind::Processor => [
            "A company that handles this data for the scheme is told as soon as you are aware.",
            "Were processors told?",
            "Yes",
            "No: none is concerned",
        ],
        StepKind::Risk => [
            "Where the risk is high, the people concerned are told without delay. Think of what can happen to them, how bad it would be, and how likely it is.",
            "Is the risk to people high, in the view of the board?",
            "High",
            "Not high",
        ],
        StepKind::People | StepKind::Changed => [
            "They are told in clear and plain language what happened, what may follow for them, what was done, and whom they can ask.",
            "Were the people concerned told?",
            "Yes",
            "No: it was decided not to",
        ],
    }
}

fn telling(visit: &Visit, breach: &Breach, kind: StepKind, sent: &Sent, errors: Errors) -> Telling {
    let (crumbs, here) = way(visit, breach);
    let [lead, question, yes, no] = asked(kind);
    let choice = |value: &str, label: &str| Choice {
        value: value.into(),
        label: label.into(),
        note: String::new(),
        checked: sent.one("yes") == value,
    };
    let (at, when) = when(sent, "at");
    Telling {
        shell: visit.shell(Nav::Breaches),
        errors,
        crumbs,
        title: kind.label().into(),
        action: format!("{here}/told"),
        cancel: here,
        kind: kind.name().into(),
        lead: lead.into(),
        question: question.into(),
        choices: [choice("yes", yes), choice("no", no)]
            .into_iter()
            .filter(|one| !one.label.is_empty())
            .collect(),
        at,
        time: when.time,
        words: sent.one("words").to_owned(),
        hint: match kind {
            StepKind::Risk => "Why the board judges so".into(),
            _ => "Whom, how, and under which reference; or the reason why not".into(),
        },
    }
}

/// What the page is about.
#[derive(Deserialize)]
pub(crate) struct About {
    #[serde(default)]
    kind: String,
}

/// The kind that is asked about, for whoever may record it.
fn kind_of(visit: &Visit, text: &str) -> Result<StepKind, AppError> {
    text.parse()
        .ok()
        .filter(|kind| StepKind::ALL.contains(kind) && records(visit, *kind))
        .ok_or(AppError::Hidden)
}

/// `GET /o/{slug}/breaches/{id}/told`: kind, that of the board where nothing is said.
pub(crate) async fn ask_told(visit: Visit, Id(id): Id<BreachId>, Query(about): Query<About>) -> Answer {
    let kind = if about.kind.is_empty() { StepKind::Board.name() } else { &about.kind };
    let kind = kind_of(&visit, kind)?;
    let breach = open(&visit, id).await?;
    let mut form = telling(&visit, &breach, kind, &Sent::default(), Errors::default());
    form.at = Day::of(visit.scope.today);
    form.time = words::time(visit.ctx.now());
    page(&form)
}

/// `POST /o/{slug}/breaches/{id}/told`
pub(crate) async fn told(visit: Visit, Id(id): Id<BreachId>, sent: Sent) -> Answer {
    let kind = kind_of(&visit, sent.one("kind"))?;
    let typed = TypedStep {
        kind: kind.name().to_owned(),
        yes: sent.one("yes").to_owned(),
        at: when(&sent, "at").1,
        words: sent.one("words").to_owned(),
    };
    match breaches::note(&visit.app, &visit.ctx, id, &typed).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/breaches/{id}")), "breach-noted")),
        Err(AppError::Refused(problems)) => {
            let breach = open(&visit, id).await?;
            page_again(&telling(&visit, &breach, kind, &sent, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

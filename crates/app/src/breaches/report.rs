//! What the register says of a breach, entry by entry, for its page and for its report alike; and the report as PDF for
//! the Information Commissioner, the board and the file (BRE-1, BRE-2).
use super::{Breach, show};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    breaches::{BreachState, ENTRIES, Step, StepKind, last},
    gate::Ctx,
    ids::BreachId,
    notices::{Block, Inline, Publication},
    scope::Scope,
    world::london,
};
use jiff::Timestamp;

/// An entry as it stands: its number, its words, the note that guides it, and what is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// From 1 to 12.
    pub number: usize,
    /// What it is.
    pub label: &'static str,
    /// What is to be written there.
    pub note: &'static str,
    /// What is known; nothing where nothing is yet.
    pub value: String,
}

fn moment(at: Timestamp) -> String {
    london().to_datetime(at).strftime("%-d %B %Y, %H:%M").to_string()
}

/// When somebody was told, or that it was decided not to, and why.
fn told(steps: &[Step], kind: StepKind) -> String {
    match last(steps, kind) {
        None => String::new(),
        Some(step) if step.yes => format!("{}. {}", moment(step.at), step.words),
        Some(step) => format!("Not told, as decided {}. {}", moment(step.at), step.words),
    }
}

/// The twelve entries in their order (BRE-1).
#[must_use]
pub fn entries(breach: &Breach) -> Vec<Told> {
    let (content, steps) = (&breach.content, &breach.steps);
    let kind = if content.is_personal { "Personal" } else { "Not personal" };
    let values = [
        moment(breach.aware_at),
        content.happened.clone(),
        content.cause.clone(),
        content.impact.clone(),
        kind.to_owned(),
        content.effects.clone(),
        told(steps, StepKind::Processor),
        told(steps, StepKind::Commissioner),
        told(steps, StepKind::People),
        content.format.clone(),
        content.mitigation.clone(),
        content.prevention.clone(),
    ];
    let all = ENTRIES.iter().zip(values).enumerate();
    all.map(|(index, (entry, value))| Told { number: index + 1, label: entry.label, note: entry.note, value })
        .collect()
}

fn text(words: impl Into<String>) -> Vec<Inline> {
    vec![Inline::Text(words.into())]
}

fn or_unknown(words: &str) -> Vec<Inline> {
    text(if words.is_empty() { "Not known yet" } else { words })
}

fn about(number: Option<u32>, kinds: &str) -> Vec<Inline> {
    match (number, kinds) {
        (None, "") => or_unknown(""),
        (None, kinds) => text(format!("{kinds}; how many is not known yet")),
        (Some(number), "") => text(format!("About {number}")),
        (Some(number), kinds) => text(format!("About {number}: {kinds}")),
    }
}

/// The report as a text, before it is set (BRE-2).
#[must_use]
pub fn publication(scope: &Scope, breach: &Breach, now: Timestamp) -> Publication {
    let heading = |words: &str| Block::Heading { level: 2, text: words.to_owned() };
    let fact = |term: &str, words: Vec<Inline>| (term.to_owned(), words);
    let content = &breach.content;
    let mut blocks = Vec::new();
    if breach.is_exercise {
        let words = "This is an exercise. Nothing happened, and nobody was told.";
        blocks.push(Block::Paragraph(vec![Inline::Strong(words.to_owned())]));
    }
    blocks.push(heading("The register’s twelve entries"));
    let entries = entries(breach);
    let term = |told: &Told| format!("{}. {}", told.number, told.label);
    blocks.push(Block::Facts(entries.iter().map(|told| (term(told), or_unknown(&told.value))).collect()));
    blocks.push(heading("What UK GDPR Article 33(3) asks for beside them"));
    blocks.push(Block::Facts(vec![
        fact("People concerned", about(content.people, &content.people_kinds)),
        fact("Records concerned", about(content.records, &content.record_kinds)),
        fact("Where more can be learned", or_unknown(&content.contact)),
        fact("Likely consequences", text("See entries 4 and 6.")),
        fact("Measures taken or proposed", text("See entries 11 and 12.")),
    ]));
    blocks.push(heading("Who was told, and what was decided"));
    let line = |step: &Step| {
        let what = match (step.kind, step.yes) {
            (StepKind::Risk, true) => "The board judges that the risk to people is high",
            (StepKind::Risk, false) => "The board judges that the risk to people is not high",
            (StepKind::Board, true) => "The board was told",
            (StepKind::Board, false) => "The board was not told",
            (StepKind::Commissioner, true) => "The Information Commissioner was told",
            (StepKind::Commissioner, false) => "The Information Commissioner is not told",
            (StepKind::Processor, true) => "Processors were told",
            (StepKind::Processor, false) => "No processor is told",
            (StepKind::People, true) => "The people concerned were told",
            (StepKind::People, false) => "The people concerned are not told",
            (StepKind::Changed, _) => "The register was corrected",
        };
        (format!("{}: {what}", moment(step.at)), text(&*step.words))
    };
    if breach.steps.is_empty() {
        blocks.push(Block::Paragraph(text("Nobody has been told yet.")));
    } else {
        blocks.push(Block::Facts(breach.steps.iter().map(line).collect()));
    }
    let contact = &scope.policy.controller.contact;
    let lines = contact.address.iter().map(ToString::to_string);
    let email = contact.email.iter().map(ToString::to_string);
    let state = match breach.state {
        BreachState::Open => "open",
        BreachState::Closed => "closed",
    };
    Publication {
        title: format!("Breach of personal data, number {}", breach.number),
        scheme: scope.policy.scheme.name.to_string(),
        version: format!("As the register has it on {}, {state}", moment(now)),
        contact: lines.chain(email).collect(),
        brand: scope.policy.scheme.brand.as_ref().map(ToString::to_string),
        blocks,
    }
}

/// The report as PDF, with the number of the breach (BRE-2).
///
/// # Errors
/// [`AppError::Hidden`] where there is no such breach; [`AppError::Refused`] where a template cannot be used.
#[boxed]
pub async fn report(app: &App, ctx: &Ctx, scope: &Scope, id: BreachId) -> Result<(i64, Vec<u8>), AppError> {
    let breach = show(app, ctx, id).await?;
    let publication = publication(scope, &breach, ctx.now());
    Ok((breach.number, app.documents.publication(publication).await?))
}

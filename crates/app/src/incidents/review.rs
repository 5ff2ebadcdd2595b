//! The controller's review of a report (INC-2).
use super::{
    suggesting::{Suggested, suggest},
    words::{self, Search, tidy},
};
use crate::{App, error::AppError, pictures};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{OrgId, PictureId, ReportId, SubjectId},
    incidents::{ApproveReport, OneReport, OpenReport, Person, RejectReport, ReviewQueue, tell},
    scope::{InOrg, Scope},
};
use fairwatch_store::{
    StoreError, Tx,
    incidents::{
        Held, Whole,
        review::{self, Approved, Named, Naming},
    },
};

/// What the use cases give back and take, so that their callers need not know the store.
pub use super::suggesting::{Candidate, Earlier, SeenBefore};
pub use fairwatch_store::incidents::review::{Around, Decision, Link, PersonDecision, Shows, Waiting};

/// Reports that wait, oldest first, and how many there are in all.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn queue(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    after: Option<i64>,
    size: u32,
) -> Result<(Vec<Waiting>, i64), AppError> {
    let queue = app
        .store
        .read::<ReviewQueue, _>(ctx, InOrg(org), async move |tx: &mut Tx<ReviewQueue>| {
            review::queue(tx, after, size).await
        })
        .await?;
    Ok(queue)
}

/// A report with all that a decision needs.
pub struct Review {
    /// The organisation and its policy.
    pub scope: Scope,
    /// The report.
    pub held: Held,
    /// For each person, in order, whom they may be.
    pub candidates: Vec<Vec<Candidate>>,
    /// For each picture, in order, where it was seen before.
    pub seen: Vec<Vec<SeenBefore>>,
    /// Incidents of the days around it that it may join.
    pub near: Vec<Whole>,
    /// Where it stands in the queue.
    pub around: Around,
}

impl Review {
    /// The report that comes after this one is decided.
    #[must_use]
    pub fn next(&self) -> Option<ReportId> {
        self.around.after.or(self.around.first)
    }
}

/// Reads a report to decide on it, with similar subjects for each person (INC-2).
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, report: ReportId) -> Result<Review, AppError> {
    open_with(app, ctx, report, &[]).await
}

/// As [`open`], with people whom the reporter did not list and the controller describes: for them, too, the review says
/// whom they may be.
///
/// # Errors
/// As [`open`].
#[boxed]
pub async fn open_with(app: &App, ctx: &Ctx, report: ReportId, added: &[Person]) -> Result<Review, AppError> {
    let (scope, held, near, around) = app
        .store
        .read::<OpenReport, _>(ctx, OneReport(report), async |tx: &mut Tx<OpenReport>| {
            let held = review::open(tx).await?;
            let near = review::near(tx).await?;
            let around = review::around(tx).await?;
            Ok((tx.permit().facts().scope.clone(), held, near, around))
        })
        .await?;
    let Suggested { candidates, seen } = suggest(app, ctx, &scope, &held, added).await?;
    Ok(Review { scope, held, candidates, seen, near, around })
}

/// What an approval led to.
#[derive(Clone, Debug)]
pub struct Released {
    /// The subjects to whom people were linked, in the order of the decision.
    pub subjects: Vec<SubjectId>,
    /// Pictures that show several people: a part may become the picture of each (INC-9).
    pub to_crop: Vec<PictureId>,
}

/// Approves a report (INC-2): the pictures that show one person are copied to that person's record in the same
/// transaction.
///
/// # Errors
/// [`AppError::Refused`] in words where the decision does not fit; nothing is lost.
#[boxed]
pub async fn approve(
    app: &App,
    ctx: &Ctx,
    report: ReportId,
    decision: Decision,
) -> Result<Released, AppError> {
    let decision = clean(decision)?;
    let copier = app.clone();
    let released = app
        .store
        .write::<ApproveReport, _>(ctx, OneReport(report), async move |tx: &mut Tx<ApproveReport>| {
            let org = tx.permit().facts().scope.org;
            review::add_people(tx, &decision).await?;
            let naming = review::naming(tx, &decision).await?;
            if let Some(sentence) = names_someone(&decision, &naming) {
                return Err(StoreError::Refused(sentence));
            }
            let Approved { subjects, copies, to_crop, .. } = review::approve(tx, &decision).await?;
            pictures::copy_all(&copier, tx, org, copies).await?;
            Ok(Released { subjects, to_crop })
        })
        .await?;
    Ok(released)
}

/// A decision without what cannot be seen in it; refused where something is missing or too long.
fn clean(mut decision: Decision) -> Result<Decision, AppError> {
    for text in [&mut decision.place, &mut decision.narrative, &mut decision.activity] {
        *text = tidy(text).trim().to_owned();
    }
    if decision.narrative.is_empty() {
        return Err(AppError::refused("Write what members may read, in a sentence."));
    }
    words::short("The text that members may read", &decision.narrative, words::TEXT)?;
    words::short("The place", &decision.place, words::LINE)?;
    words::short("What stands on the card", &decision.activity, words::FEW)?;
    if let Some((_, vehicle)) = &mut decision.vehicle {
        *vehicle = tidy(vehicle).trim().to_owned();
        words::short("The vehicle", vehicle, words::LINE)?;
    }
    for (n, person) in (1..).zip(&mut decision.people) {
        for text in [&mut person.name, &mut person.description, &mut person.necessity] {
            *text = tidy(text).trim().to_owned();
        }
        words::short(&format!("The name of person {n}"), &person.name, words::LINE)?;
        words::short(&format!("The description of person {n}"), &person.description, words::PARAGRAPH)?;
        words::short(&format!("Why person {n} is held"), &person.necessity, words::PARAGRAPH)?;
    }
    Ok(decision)
}

/// What to do about a text that names somebody and would outlive them (INC-9): what members read of the incident, and
/// what is held of the others. What is held of a person goes with that person.
fn names_someone(decision: &Decision, naming: &Naming) -> Option<String> {
    let narrative = tell(&decision.narrative, |_| " . ".to_owned());
    let place = if decision.joins.is_none() { &*decision.place } else { "" };
    let business = naming.business.as_deref().unwrap_or_default();
    let joined = naming.joined.as_ref().map_or_else(String::new, |words| {
        format!("{} . {}", tell(&words.narrative, |_| " . ".to_owned()), words.place)
    });
    naming.people.iter().find_map(|named| {
        let found = |text: &str, how| named.names.iter().find_map(|name| words::named(text, name, how));
        if let Some(word) = found(&narrative, Search::Close) {
            let instead = instead(named);
            return Some(format!("The text that members may read names someone (\u{201c}{word}\u{201d}). {instead}"));
        }
        if let Some(word) = found(place, Search::Place(business)) {
            return Some(format!(
                "The place names someone (\u{201c}{word}\u{201d}). Say where it was without a name: it would outlive the \
                 person."
            ));
        }
        if let Some(word) = found(&decision.activity, Search::Title) {
            return Some(format!(
                "The few words on the card name someone (\u{201c}{word}\u{201d}). Say what it was about without a name, \
                 such as: Theft, spirits."
            ));
        }
        for (n, other) in (1..).zip(&decision.people) {
            if Some(other.person) == named.person {
                continue;
            }
            let vehicle = decision.vehicle.as_ref().filter(|(whose, _)| *whose == other.person).map(|(_, text)| text);
            let texts = [&other.description, &other.necessity].into_iter().chain(vehicle);
            let word = texts.into_iter().find_map(|text| found(text, Search::Close));
            if let Some(word) = word {
                return Some(format!(
                    "What is held of person {n} names someone else (\u{201c}{word}\u{201d}). Take the name out: it would \
                     outlive the person."
                ));
            }
        }
        // Whoever was of the incident before is spoken of there as review released it then.
        named.person?;
        found(&joined, Search::Place(business)).map(|word| {
            format!(
                "The incident that this report would join names someone already (\u{201c}{word}\u{201d}). Approve the \
                 report as an incident of its own."
            )
        })
    })
}

fn instead(named: &Named) -> String {
    match named.person {
        Some(_) => format!(
            "Write {{{}}} in its place: the person is shown there as long as their record lives.",
            named.slot
        ),
        None => "Take the name out: the person is of the incident that this report joins, and would be outlived by the \
                 text."
            .to_owned(),
    }
}

/// Rejects a report with a reason that the reporter sees (INC-2).
///
/// # Errors
/// [`AppError::Refused`] where there is no reason.
#[boxed]
pub async fn reject(app: &App, ctx: &Ctx, report: ReportId, reason: &str) -> Result<(), AppError> {
    let reason = tidy(reason).trim().to_owned();
    words::short("The reason", &reason, words::REASON)?;
    if reason.is_empty() {
        return Err(AppError::refused("Say why, so that the reporter knows what to do differently."));
    }
    app.store
        .write::<RejectReport, _>(ctx, OneReport(report), async move |tx: &mut Tx<RejectReport>| {
            review::reject(tx, &reason).await
        })
        .await?;
    Ok(())
}

/// A proposal for the text that members may read: the reporter's sentence with each typed name replaced by the slot
/// of its person (INC-9).
#[must_use]
pub fn proposed_text(held: &Held) -> String {
    let mut text = held.report.sentence.clone();
    for person in &held.people {
        let Some(described) = &person.person else { continue };
        let slot = format!("{{{}}}", person.slot);
        for name in std::iter::once(described.name.trim()).chain(described.name.split_whitespace()) {
            let word = name.to_lowercase();
            if words::is_part(&word) {
                text = replace_word(&text, name, &slot, words::is_ordinary(&word));
            }
        }
        text = text.replace(&format!("{slot} {slot}"), &slot);
    }
    text
}

/// Replaces a word or phrase wherever it stands on its own, whatever its case; one that is a word of every day, too,
/// where it begins with a capital.
fn replace_word(text: &str, word: &str, by: &str, is_ordinary: bool) -> String {
    let lower = text.to_lowercase();
    let wanted = word.to_lowercase();
    // Lower-casing can change lengths in some scripts; then positions do not carry over and the text stays.
    if lower.len() != text.len() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = lower[at..].find(&wanted).map(|n| n + at) {
        let end = found + wanted.len();
        if !text.is_char_boundary(found) || !text.is_char_boundary(end) {
            return text.to_owned();
        }
        let before = text[..found].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        out.push_str(&text[at..found]);
        let capital = !is_ordinary || text[found..].starts_with(char::is_uppercase);
        out.push_str(if before && after && capital { by } else { &text[found..end] });
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

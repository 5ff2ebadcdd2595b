//! The register of personal data breaches: what is known, who was told, who was affected, and the report (BRE-1 to BRE-4).
mod report;

pub use report::{Told, entries, publication, report};

use crate::{
    App,
    error::{AppError, Check},
    incidents::words::{self, is_within, tidy, too_long},
    mail,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    breaches::{
        CloseBreach, Content, EditBreach, FindAffected, JudgeBreach, ListBreaches, NoteBreach, OneBreach,
        RecordBreach, ShowBreach, StepKind,
    },
    gate::Ctx,
    ids::{AccountId, BreachId, OrgId},
    scope::InOrg,
    world::london,
};
use fairwatch_store::{
    Tx,
    breaches::{self, Change, NewStep},
};
use jiff::{Timestamp, civil::Date};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::breaches::{Affected, AffectedPerson, Breach, Viewer, Window};

/// A day and a time of day, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// The day; none where nothing was typed.
    pub day: Option<Date>,
    /// The time, such as `14:05`.
    pub time: String,
}

impl When {
    /// The instant in London's time; none where it is no day and time. A time that the clocks skip is the one an hour
    /// later, and of one that comes twice it is the first.
    #[must_use]
    pub fn instant(&self) -> Option<Timestamp> {
        let (hours, minutes) = self.time.trim().split_once([':', '.'])?;
        let two =
            |text: &str| text.len() <= 2 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !two(hours) || !two(minutes) {
            return None;
        }
        let time = jiff::civil::Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok()?;
        Some(self.day?.to_datetime(time).to_zoned(london().clone()).ok()?.timestamp())
    }
}

/// What was typed about a breach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// When it was detected.
    pub aware: When,
    /// The words; numbers among them are read from `people` and `records`.
    pub content: Content,
    /// Whether it concerns personal data: `yes`, `no`, or nothing.
    pub personal: String,
    /// How many people, as typed.
    pub people: String,
    /// How many records, as typed.
    pub records: String,
    /// Of a change: the edition that was read.
    pub edition: i64,
    /// Of a change: why entry 1 or 5 is another.
    pub reason: String,
}

fn number(check: &mut Check, field: &'static str, typed: &str) -> Option<u32> {
    let digits = typed.replace([',', ' '], "");
    if digits.is_empty() {
        return None;
    }
    let number = digits.parse().ok();
    check.want(number.is_some(), field, "Enter a number in digits, such as 120, or leave it empty.");
    number
}

/// A time that lies in the past, or a refusal at its field.
fn past(check: &mut Check, ctx: &Ctx, field: &'static str, when: &When, example: &str) -> Timestamp {
    let found = when.instant();
    check.want(found.is_some(), field, format!("Enter day and time, such as {example}."));
    let at = found.unwrap_or(Timestamp::MIN);
    check.want(at <= ctx.now(), field, "That is in the future. Check day and time.");
    at
}

fn checked(ctx: &Ctx, typed: &Typed) -> Result<(Timestamp, Content), AppError> {
    let mut check = Check::default();
    let clean = |text: &str| tidy(text).trim().to_owned();
    let old = &typed.content;
    let title = clean(&old.title);
    check.want(!title.is_empty(), "title", "Give it a short name, without names of people.");
    check.want(is_within(&title, words::LINE), "title", format!("{}.", too_long("The name", words::LINE)));
    let aware = past(&mut check, ctx, "aware", &typed.aware, "20 11 2026 and 14:05");
    let personal = match &*typed.personal {
        "yes" => true,
        "no" => false,
        _ => {
            check.wrong("personal", "Say whether personal data is concerned.");
            false
        }
    };
    let content = Content {
        title,
        happened: clean(&old.happened),
        cause: clean(&old.cause),
        impact: clean(&old.impact),
        is_personal: personal,
        effects: clean(&old.effects),
        format: clean(&old.format),
        mitigation: clean(&old.mitigation),
        prevention: clean(&old.prevention),
        people_kinds: clean(&old.people_kinds),
        people: number(&mut check, "people", &typed.people),
        record_kinds: clean(&old.record_kinds),
        records: number(&mut check, "records", &typed.records),
        contact: clean(&old.contact),
    };
    for (field, text) in [
        ("happened", &content.happened),
        ("cause", &content.cause),
        ("impact", &content.impact),
        ("effects", &content.effects),
        ("format", &content.format),
        ("mitigation", &content.mitigation),
        ("prevention", &content.prevention),
        ("people_kinds", &content.people_kinds),
        ("record_kinds", &content.record_kinds),
        ("contact", &content.contact),
    ] {
        check.want(is_within(text, words::TEXT), field, format!("{}.", too_long("This", words::TEXT)));
    }
    check.done()?;
    Ok((aware, content))
}

/// The register, what is open first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Breach>, AppError> {
    let read = async |tx: &mut Tx<ListBreaches>| breaches::list(tx).await;
    Ok(app.store.read::<ListBreaches, _>(ctx, InOrg(org), read).await?)
}

/// One of them.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, id: BreachId) -> Result<Breach, AppError> {
    let read = async |tx: &mut Tx<ShowBreach>| breaches::show(tx).await;
    Ok(app.store.read::<ShowBreach, _>(ctx, OneBreach(id), read).await?)
}

/// Enters a breach; the board is sent a mail that there is one, unless it is an exercise (BRE-2).
///
/// # Errors
/// [`AppError::Refused`] in words, for each field that will not do.
#[boxed]
pub async fn record(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    typed: &Typed,
    is_exercise: bool,
) -> Result<BreachId, AppError> {
    let (aware, content) = checked(ctx, typed)?;
    let host = mail::base(app, ctx).await?;
    let record = async move |tx: &mut Tx<RecordBreach>| {
        breaches::record(tx, aware, is_exercise, &content, host.trim_end_matches('/')).await
    };
    Ok(app.store.write::<RecordBreach, _>(ctx, InOrg(org), record).await?)
}

/// Says more of it, or corrects what was said.
///
/// # Errors
/// As [`record`], and where somebody else has changed it, or entry 1 or 5 is another without a reason;
/// [`AppError::Hidden`] where none is open.
#[boxed]
pub async fn edit(app: &App, ctx: &Ctx, id: BreachId, typed: &Typed) -> Result<(), AppError> {
    let (aware_at, content) = checked(ctx, typed)?;
    let reason = tidy(&typed.reason).trim().to_owned();
    if !is_within(&reason, words::TEXT) {
        return Err(AppError::in_field("reason", format!("{}.", too_long("The reason", words::TEXT))));
    }
    let change = Change { read: typed.edition, aware_at, content, reason };
    let edit = async move |tx: &mut Tx<EditBreach>| breaches::edit(tx, &change).await;
    app.store.write::<EditBreach, _>(ctx, OneBreach(id), edit).await?;
    Ok(())
}

/// What was typed about a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedStep {
    /// What it is about.
    pub kind: String,
    /// `yes` or `no`: whether they were told; of the risk, whether it is high.
    pub yes: String,
    /// When.
    pub at: When,
    /// Whom and how, or why not.
    pub words: String,
}

/// Records who was told or why not, or how high the board judges the risk (BRE-2, BRE-3).
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where none is open, and of the risk for all but the board.
#[boxed]
pub async fn note(app: &App, ctx: &Ctx, id: BreachId, typed: &TypedStep) -> Result<(), AppError> {
    let mut check = Check::default();
    let kind = typed.kind.parse::<StepKind>();
    check.want(kind.is_ok(), "kind", "Choose what it is about.");
    let is_risk = kind.as_ref().is_ok_and(|kind| *kind == StepKind::Risk);
    let asked = if is_risk { "Say whether the risk is high." } else { "Say whether they were told." };
    check.want(matches!(&*typed.yes, "yes" | "no"), "yes", asked);
    let at = past(&mut check, ctx, "at", &typed.at, "21 11 2026 and 09:30");
    let words = tidy(&typed.words).trim().to_owned();
    check.want(
        !words.is_empty(),
        "words",
        match (is_risk, &*typed.yes) {
            (true, _) => "Say why the board judges so.",
            (false, "no") => "Say why not. It is kept as the reason of the decision.",
            (false, _) => "Say whom, how, and under which reference.",
        },
    );
    check.want(is_within(&words, words::TEXT), "words", format!("{}.", too_long("This", words::TEXT)));
    check.done()?;
    let Ok(kind) = kind else { return Err(AppError::Hidden) };
    let step = NewStep { kind, yes: typed.yes == "yes", at, words };
    if is_risk {
        let judge = async move |tx: &mut Tx<JudgeBreach>| breaches::judge(tx, &step).await;
        app.store.write::<JudgeBreach, _>(ctx, OneBreach(id), judge).await?;
    } else {
        let note = async move |tx: &mut Tx<NoteBreach>| breaches::note(tx, &step).await;
        app.store.write::<NoteBreach, _>(ctx, OneBreach(id), note).await?;
    }
    Ok(())
}

/// Closes a breach of which nothing is owed any more.
///
/// # Errors
/// [`AppError::Refused`] with what is still owed; [`AppError::Hidden`] where none is open.
#[boxed]
pub async fn close(app: &App, ctx: &Ctx, id: BreachId) -> Result<(), AppError> {
    let close = async |tx: &mut Tx<CloseBreach>| breaches::close(tx).await;
    app.store.write::<CloseBreach, _>(ctx, OneBreach(id), close).await?;
    Ok(())
}

/// Which looks are asked about, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedWindow {
    /// From when.
    pub from: When,
    /// Until when.
    pub until: When,
    /// By one person alone: the id of an account, or nothing.
    pub by: String,
}

/// Finds out from the audit chain whose records were seen in a time, and by whom (BRE-4).
///
/// # Errors
/// [`AppError::Refused`] where it is no time; [`AppError::Hidden`] where there is no such breach.
#[boxed]
pub async fn affected(app: &App, ctx: &Ctx, id: BreachId, typed: &TypedWindow) -> Result<Affected, AppError> {
    let mut check = Check::default();
    let (from, until) = (typed.from.instant(), typed.until.instant());
    check.want(from.is_some(), "from", "Enter day and time, such as 20 11 2026 and 08:00.");
    check.want(until.is_some(), "until", "Enter day and time, such as 20 11 2026 and 18:30.");
    if let (Some(from), Some(until)) = (from, until) {
        check.want(from < until, "until", "The end has to come after the beginning.");
    }
    let by = match &*typed.by {
        "" => None,
        by => {
            let by = by.parse::<AccountId>().ok();
            check.want(by.is_some(), "by", "Choose somebody of the list.");
            by
        }
    };
    check.done()?;
    let (Some(from), Some(until)) = (from, until) else { return Err(AppError::Hidden) };
    let window = Window { from, until, by };
    let find = async move |tx: &mut Tx<FindAffected>| breaches::affected(tx, window).await;
    Ok(app.store.read::<FindAffected, _>(ctx, OneBreach(id), find).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn bre_1_a_day_and_a_time_are_read_in_londons_time() {
        let at = |day, time: &str| When { day: Some(day), time: time.into() }.instant();
        let instant = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!(at(date(2026, 11, 20), "14:05"), instant("2026-11-20T14:05:00Z"));
        assert_eq!(at(date(2026, 7, 2), " 9.30 "), instant("2026-07-02T08:30:00Z"));
        assert_eq!(at(date(2026, 3, 29), "01:30"), instant("2026-03-29T01:30:00Z"), "the clocks skip it");
        assert_eq!(at(date(2026, 10, 25), "01:30"), instant("2026-10-25T00:30:00Z"), "it comes twice");
        for wrong in ["", "14", "25:00", "14:60", "+1:30", "1:-3", "١٤:٠٥", "14:05:09", "noon"] {
            assert_eq!(at(date(2026, 11, 20), wrong), None, "{wrong}");
        }
        assert_eq!(When { day: None, time: "14:05".into() }.instant(), None);
    }
}

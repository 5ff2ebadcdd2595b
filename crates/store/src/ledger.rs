//! The ledger of a subject: what happened, as dates, kinds and ids, from which the clock works out everything.
//!
//! The ledger is only ever added to. A report that is taken away leaves an event that says so, and the clock
//! works the subject out again as if it had never been made (RET-16). The columns `stage`, `ends_on` and
//! `delete_on` of a subject are an index of what the clock said last, for pages and the sweep.
mod excluding;

pub use excluding::Excluded;

use crate::{
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    keys,
};
use fairwatch_core::{
    clocks::{self, Agreeing, Event, Facts, Stage, Timeline, What, refusal, timeline},
    ids::{ExclusionId, HoldId, IncidentId, ReportId, SubjectId},
    policy::{
        changing::{Foretold, foretell},
        retention::{Column, Retention},
    },
    scope::Scope,
    subjects::Profile,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event as the ledger keeps it: dates, counts, kinds and references, no content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Recorded {
    /// An approved report; it counts from the day of its submission.
    Report {
        /// Its reference, such as CS-0231, as explanations name it.
        reference: String,
        /// The incident's reference: reports of one incident count once.
        incident: String,
        /// The day on which it happened.
        occurred: Date,
        /// How many pictures came with it.
        images: u32,
    },
    /// A report taken away.
    ReportRemoved {
        /// Its reference.
        reference: String,
    },
    /// The person was named.
    Identified,
    /// The date of birth became known. It is personal, so it stands in the sealed profile.
    BornKnown,
    /// The name was taken out: the person is as if nobody had named them before.
    NameRemoved,
    /// The date of birth was taken out, as if nobody had known it before.
    BirthRemoved,
    /// There is significant public interest.
    PublicInterest,
    /// Police or board agree.
    Agreement {
        /// Who: `police` or `board`.
        by: String,
    },
    /// A hold, with its planned end.
    Hold {
        /// The hold's id as text.
        id: HoldId,
        /// The first day on which it no longer counts.
        ends: Option<Date>,
    },
    /// A hold was ended.
    HoldEnded {
        /// The hold's id.
        id: HoldId,
    },
    /// Hidden from members.
    Restricted,
    /// No longer so.
    RestrictionEnded,
    /// Deleted before its time.
    Erased,
    /// Excluded from premises, or excluded until another day than before (EXC-1, RET-3).
    Excluded {
        /// The exclusion.
        exclusion: ExclusionId,
        /// The first day on which it is over.
        ends: Date,
        /// From where.
        scope: clocks::Scope,
    },
    /// An exclusion ended before its time.
    ExclusionLifted {
        /// The exclusion.
        exclusion: ExclusionId,
    },
    /// Another record of the same person was merged into this one, with all that had happened to it (SUB-2). The
    /// clocks know nothing of it: they take the events of both.
    Merged {
        /// The other's reference.
        reference: String,
    },
}

impl Recorded {
    fn kind(&self) -> &'static str {
        match self {
            Self::Report { .. } => "report",
            Self::ReportRemoved { .. } => "report_removed",
            Self::Identified => "identified",
            Self::BornKnown => "born_known",
            Self::NameRemoved => "name_removed",
            Self::BirthRemoved => "birth_removed",
            Self::PublicInterest => "public_interest",
            Self::Agreement { .. } => "agreement",
            Self::Hold { .. } => "hold",
            Self::HoldEnded { .. } => "hold_ended",
            Self::Restricted => "restricted",
            Self::RestrictionEnded => "restriction_ended",
            Self::Erased => "erased",
            Self::Excluded { .. } => "excluded",
            Self::ExclusionLifted { .. } => "exclusion_lifted",
            Self::Merged { .. } => "merged",
        }
    }
}

/// A recorded event with its day and, for a report, its ids.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The London day.
    pub on: Date,
    /// What.
    pub what: Recorded,
    /// The report that it is about, or that brought it: a name or a date of birth goes with its report (RET-16).
    pub report: Option<ReportId>,
    /// The incident of that report.
    pub incident: Option<IncidentId>,
}

impl Happening {
    /// An event that is about no report.
    #[must_use]
    pub fn new(on: Date, what: Recorded) -> Self {
        Self { on, what, report: None, incident: None }
    }

    /// What became known on a day through a report.
    pub(crate) fn brought(on: Date, what: Recorded, by: &Self) -> Self {
        Self { on, what, report: by.report, incident: by.incident }
    }
}

/// What the clock says of a subject on a day: the answer that enforces, explains and draws the lifeline.
#[derive(Clone, Debug)]
pub struct Life {
    /// The stage that holds.
    pub stage: Stage,
    /// Whether members may see it.
    pub members_see: bool,
    /// Whether it is hidden from members.
    pub restricted: bool,
    /// The day on which the stage ends if nothing more happens.
    pub until: Option<Date>,
    /// The rule that set that day.
    pub rule: Option<fairwatch_core::clocks::Rule>,
    /// Why it is still here, in words (RET-12).
    pub because: String,
    /// Stages past, present and planned, for the lifeline.
    pub segments: Vec<fairwatch_core::clocks::Segment>,
    /// The day of deletion if nothing more happens.
    pub deletion: Option<Date>,
    /// Whether a record of the deleted profile is due then (RET-7).
    pub stub_due: bool,
    /// Deleted already, and a record of the profile is kept.
    pub leaves_stub: bool,
    /// Whether the person is named by now.
    pub identified: bool,
    /// The exclusion that is in force (RET-3).
    pub excluded: Option<Excluded>,
    /// The set of parameters that applies, while there is a live subject.
    pub column: Option<Column>,
}

impl Life {
    /// The stage that holds.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }
    /// Whether members may see it.
    #[must_use]
    pub fn members_see(&self) -> bool {
        self.members_see
    }
}

/// The facts and the events of one subject, as the clock takes them.
#[derive(Clone)]
pub(crate) struct Ledger {
    facts: Facts,
    born: Option<Date>,
    happenings: Vec<(Date, Recorded, Option<ReportId>)>,
}

impl Ledger {
    pub(crate) fn new(profile: &Profile) -> Self {
        let facts = Facts {
            born: profile.born_at_first,
            apparent_age: profile.apparent_age,
            identified: profile.identified_at_first,
        };
        Self { facts, born: profile.born(), happenings: Vec::new() }
    }

    /// What happened, in order, without what a report brought that was taken away since, and without what was known
    /// already: that is recorded only in case the first to say it is taken away.
    pub(crate) fn happened(&self) -> Vec<(Date, Recorded)> {
        let (mut named, mut born) = (self.facts.identified, self.facts.born.is_some());
        self.counting()
            .filter(|(_, what)| match what {
                Recorded::Identified => !std::mem::replace(&mut named, true),
                Recorded::BornKnown => !std::mem::replace(&mut born, true),
                _ => true,
            })
            .map(|(on, what)| (on, what.clone()))
            .collect()
    }

    /// The same subject if its profile were another, and if these were to happen on a day: what a change would come to,
    /// before it is made.
    pub(crate) fn supposing(&self, profile: &Profile, on: Date, happen: &[Recorded]) -> Self {
        let mut supposed = Self { happenings: self.happenings.clone(), ..Self::new(profile) };
        for what in happen {
            supposed.push(on, what.clone(), None);
        }
        supposed
    }

    /// All but the names and dates of birth that came with reports that were taken away, or that were taken out since:
    /// the clocks know nothing of them, as if they had never been (RET-16).
    fn counting(&self) -> impl Iterator<Item = (Date, &Recorded)> {
        let is_removed = |report: Option<ReportId>| {
            report.is_some()
                && self
                    .happenings
                    .iter()
                    .any(|(_, what, of)| matches!(what, Recorded::ReportRemoved { .. }) && *of == report)
        };
        let last = |wanted: &Recorded| self.happenings.iter().rposition(|(_, what, _)| what == wanted);
        let (unnamed, unborn) = (last(&Recorded::NameRemoved), last(&Recorded::BirthRemoved));
        let mut at = 0;
        self.happenings.iter().filter_map(move |(on, what, report)| {
            let removed = match what {
                Recorded::Identified => unnamed,
                Recorded::BornKnown => unborn,
                _ => None,
            };
            at += 1;
            match what {
                Recorded::Identified | Recorded::BornKnown
                    if is_removed(*report) || removed.is_some_and(|removed| at <= removed) =>
                {
                    None
                }
                _ => Some((*on, what)),
            }
        })
    }

    /// Whether the last thing that happened is that a report was taken away, today. What that makes due is erased
    /// without a stub (`retention.md`, rule 8).
    pub(crate) fn lost_a_report(&self, today: Date) -> bool {
        matches!(self.happenings.last(), Some((on, Recorded::ReportRemoved { .. }, _)) if *on == today)
    }

    /// The day of the latest report that still counts.
    pub(crate) fn latest_report(&self) -> Option<Date> {
        self.standing_reports().map(|(on, _)| on).max()
    }

    /// The day of the first report.
    pub(crate) fn first_report(&self) -> Option<Date> {
        self.standing_reports().map(|(on, _)| on).min()
    }

    /// Reports that were not taken away.
    pub(crate) fn standing_reports(&self) -> impl Iterator<Item = (Date, &str)> {
        let removed = |reference: &str| {
            self.happenings.iter().any(
                |(_, what, _)| matches!(what, Recorded::ReportRemoved { reference: r } if r == reference),
            )
        };
        self.happenings.iter().filter_map(move |(on, what, _)| match what {
            Recorded::Report { reference, .. } if !removed(reference) => Some((*on, reference.as_str())),
            _ => None,
        })
    }

    fn push(&mut self, on: Date, what: Recorded, report: Option<ReportId>) {
        self.happenings.push((on, what, report));
    }

    fn texts(&self) -> Vec<String> {
        let id = |what: &Recorded| match what {
            Recorded::Hold { id, .. } | Recorded::HoldEnded { id } => id.to_string(),
            _ => String::new(),
        };
        self.counting().map(|(_, what)| id(what)).collect()
    }

    fn events<'a>(&'a self, ids: &'a [String]) -> Vec<Event<'a>> {
        let what = |recorded: &'a Recorded, id: &'a str| {
            Some(match recorded {
                Recorded::Report { reference, incident, occurred, images } => What::Report {
                    id: Some(reference),
                    incident: Some(incident),
                    occurred: *occurred,
                    images: *images,
                },
                Recorded::ReportRemoved { reference } => What::ReportRemoved { id: reference },
                Recorded::Identified => What::Identified,
                // The date itself was corrected away since: then there is nothing that became known.
                Recorded::BornKnown => What::BornKnown { born: self.born? },
                // What they took out does not count any more; the clocks need not know of more than that.
                Recorded::NameRemoved | Recorded::BirthRemoved => return None,
                Recorded::PublicInterest => What::PublicInterest,
                Recorded::Agreement { by } => {
                    What::Agreement { by: if by == "police" { Agreeing::Police } else { Agreeing::Board } }
                }
                Recorded::Hold { ends, .. } => What::Hold { id, ends: *ends },
                Recorded::HoldEnded { .. } => What::HoldEnded { id },
                Recorded::Restricted => What::Restricted,
                Recorded::RestrictionEnded => What::RestrictionEnded,
                Recorded::Erased => What::Erased,
                Recorded::Excluded { ends, scope, .. } => What::Exclusion { ends: *ends, scope: *scope },
                Recorded::ExclusionLifted { .. } => What::ExclusionLifted,
                Recorded::Merged { .. } => return None,
            })
        };
        let mut latest = None;
        self.counting()
            .zip(ids)
            .filter(|((_, recorded), _)| match recorded {
                Recorded::Excluded { exclusion, .. } => {
                    latest = Some(*exclusion);
                    true
                }
                // The clocks lift whatever is in force; one that another has replaced meanwhile was lifted already.
                Recorded::ExclusionLifted { exclusion } => latest == Some(*exclusion),
                _ => true,
            })
            .filter_map(|((on, recorded), id)| Some(Event { on, what: what(recorded, id)? }))
            .collect()
    }

    /// What the clock says on a day.
    pub(crate) fn life(&self, scope: &Scope, day: Date) -> Life {
        let ids = self.texts();
        let events = self.events(&ids);
        let line: Timeline<'_> = timeline(&scope.policy.retention(), self.facts, &events, day);
        let excluded = self.excluded(&events, &line);
        let identified = self.is_named(day);
        Life {
            stage: line.now.stage,
            members_see: line.now.members_see,
            restricted: line.now.restricted,
            until: line.now.until,
            rule: line.now.rule,
            because: line.now.because,
            deletion: line.now.deletion,
            stub_due: line.now.stub_due,
            leaves_stub: line.now.stub,
            column: line.now.column,
            excluded,
            segments: line.segments,
            identified,
        }
    }

    /// What becomes of the subject if another policy takes effect on a day (POL-5).
    pub(crate) fn foretell(&self, rules: (&Retention, &Retention), today: Date, effective: Date) -> Foretold {
        let ids = self.texts();
        foretell(rules, self.facts, &self.events(&ids), today, effective)
    }

    /// Whether the person is named by a day.
    pub(crate) fn is_named(&self, day: Date) -> bool {
        self.facts.identified
            || self.counting().any(|(on, what)| on <= day && matches!(what, Recorded::Identified))
    }

    /// Whether an exclusion was ever recorded.
    pub(crate) fn was_excluded(&self) -> bool {
        self.happenings.iter().any(|(_, what, _)| what.kind().starts_with("exclu"))
    }

    /// Adds what happened, as [`fill`] reads it.
    pub(crate) fn push_happening(&mut self, happening: Happening) {
        self.push(happening.on, happening.what, happening.report);
    }

    /// Whether one more event could be recorded; a sentence where not.
    pub(crate) fn refuses(&self, scope: &Scope, on: Date, what: Recorded) -> Option<String> {
        let mut with = Self { facts: self.facts, born: self.born, happenings: self.happenings.clone() };
        let lifts = matches!(what, Recorded::ExclusionLifted { .. });
        with.push(on, what, None);
        let ids = with.texts();
        let events = with.events(&ids);
        let (last, before) = events.split_last()?;
        if lifts && last.what != What::ExclusionLifted {
            return Some("another exclusion has taken its place".to_owned());
        }
        refusal(&scope.policy.retention(), self.facts, before, last).map(|why| why.to_string())
    }
}

/// The ledger of a subject, with the profile that belongs to it.
pub(crate) async fn load(
    inner: &mut Inner,
    subject: SubjectId,
    sealed: &[u8],
) -> Result<(Profile, Ledger), StoreError> {
    let key = inner.key(subject.0).await?;
    let profile: Profile = keys::open(&key, "subjects", "sealed", subject.0, sealed)?;
    let mut ledger = Ledger::new(&profile);
    let text = sql!(
        "SELECT happened_on, detail, report_id FROM subject_events WHERE subject_id = $1 ORDER BY happened_on, position"
    );
    for row in inner.rows(text, args![subject]).await? {
        let what = serde_json::from_str(&row.text("detail")?).map_err(|_| StoreError::corrupt("an event"))?;
        ledger.push(row.date("happened_on")?, what, row.opt_id("report_id")?);
    }
    Ok((profile, ledger))
}

/// The ledgers of many subjects, event by event, each subject's in order.
pub(crate) async fn fill(
    inner: &mut Inner,
    subjects: &[Uuid],
    mut each: impl FnMut(SubjectId, Happening),
) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT subject_id, happened_on, detail, report_id, incident_id FROM subject_events \
         WHERE subject_id IN ({ids}) ORDER BY subject_id, happened_on, position"
    );
    for row in inner.rows_in(text, subjects).await? {
        let what = serde_json::from_str(&row.text("detail")?).map_err(|_| StoreError::corrupt("an event"))?;
        let (on, report, incident) =
            (row.date("happened_on")?, row.opt_id("report_id")?, row.opt_id("incident_id")?);
        each(row.id("subject_id")?, Happening { on, what, report, incident });
    }
    Ok(())
}

pub(crate) async fn life(
    inner: &mut Inner,
    scope: &Scope,
    subject: SubjectId,
    sealed: &[u8],
) -> Result<Life, StoreError> {
    let (_, ledger) = load(inner, subject, sealed).await?;
    Ok(ledger.life(scope, scope.today))
}

/// Adds an event to a ledger. The caller settles the subject afterwards ([`crate::subjects::settle`]).
pub(crate) async fn append(
    inner: &mut Inner,
    subject: SubjectId,
    event: &Happening,
) -> Result<(), StoreError> {
    let take = sql!(
        "UPDATE subjects SET next_event = next_event + 1 WHERE id = $1 RETURNING next_event - 1 AS position"
    );
    let position = inner.one(take, args![subject]).await?.int("position")?;
    let at = inner.ctx.now().as_microsecond();
    let Happening { on, what, report, incident } = event.clone();
    put(inner, subject, &Line { position, on, at, what, report, incident }).await
}

/// A line of a ledger as it stands in the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) position: i64,
    pub(crate) on: Date,
    /// When it was recorded, in microseconds.
    pub(crate) at: i64,
    pub(crate) what: Recorded,
    pub(crate) report: Option<ReportId>,
    pub(crate) incident: Option<IncidentId>,
}

impl Ledger {
    /// The ledger that lines are of, in the order of days.
    pub(crate) fn of(profile: &Profile, lines: &[Line]) -> Self {
        let mut ledger = Self::new(profile);
        let mut lines = lines.iter().collect::<Vec<_>>();
        lines.sort_by_key(|line| (line.on, line.position));
        lines.into_iter().for_each(|line| ledger.push(line.on, line.what.clone(), line.report));
        ledger
    }
}

/// The lines of a ledger, by position.
pub(crate) async fn lines(inner: &mut Inner, subject: SubjectId) -> Result<Vec<Line>, StoreError> {
    let text = sql!(
        "SELECT position, happened_on, recorded_at, report_id, incident_id, detail FROM subject_events \
         WHERE subject_id = $1 ORDER BY position"
    );
    let rows = inner.rows(text, args![subject]).await?;
    rows.iter()
        .map(|row| {
            Ok(Line {
                position: row.int("position")?,
                on: row.date("happened_on")?,
                at: row.int("recorded_at")?,
                what: serde_json::from_str(&row.text("detail")?)
                    .map_err(|_| StoreError::corrupt("an event"))?,
                report: row.opt_id("report_id")?,
                incident: row.opt_id("incident_id")?,
            })
        })
        .collect()
}

/// Puts the lines of a merge, or of what it is taken apart into, in the place of a ledger. Nothing else may replace one.
pub(crate) async fn replace(inner: &mut Inner, subject: SubjectId, lines: &[Line]) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM subject_events WHERE subject_id = $1"), args![subject]).await?;
    for line in lines {
        put(inner, subject, line).await?;
    }
    let next = lines.iter().map(|line| line.position + 1).max().unwrap_or(1);
    inner.exec(sql!("UPDATE subjects SET next_event = $2 WHERE id = $1"), args![subject, next]).await?;
    Ok(())
}

async fn put(inner: &mut Inner, subject: SubjectId, line: &Line) -> Result<(), StoreError> {
    let detail = serde_json::to_string(&line.what).map_err(|_| StoreError::corrupt("an event"))?;
    let hold = match &line.what {
        Recorded::Hold { id, .. } | Recorded::HoldEnded { id } => Some(*id),
        _ => None,
    };
    let text = sql!(
        "INSERT INTO subject_events (subject_id, position, happened_on, recorded_at, kind, report_id, incident_id, hold_id, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    );
    let values = args![
        subject,
        line.position,
        line.on,
        line.at,
        line.what.kind(),
        line.report,
        line.incident,
        hold,
        detail
    ];
    inner.exec(text, values).await?;
    Ok(())
}

//! A subject's own clocks: its reports, the run that they make, and what falls due (RET-1 to RET-6, SUB-4).
use super::{
    answers::{Rule, Stage},
    calendar::{days_on, months_on},
    events::{Agreeing, Scope},
    facts::Person,
};
use crate::policy::retention::{Admit, Column, ExclusionEffect, Retention};
use jiff::civil::Date;

/// A child whose agreements are not complete as this day begins, counted from the day on which it became
/// pending, is deleted (SUB-4).
pub const AGREEMENT_DAYS: i32 = 28;

/// What was noted for a child, for the subject that there is or for the next (SUB-4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    pub(super) public_interest: bool,
    pub(super) police: bool,
    pub(super) board: bool,
}

impl Notes {
    pub(super) fn agree(&mut self, by: Agreeing) {
        match by {
            Agreeing::Police => self.police = true,
            Agreeing::Board => self.board = true,
        }
    }

    fn are_complete(self) -> bool {
        self.public_interest && self.police && self.board
    }
}

/// How a report counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counts {
    /// It started a run.
    First,
    /// It was made during a run.
    Further,
    /// It is of an incident that the report at this place had already brought.
    With(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Report<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) incident: Option<&'a str>,
    pub(super) on: Date,
    pub(super) occurred: Date,
    pub(super) images: u32,
    pub(super) counts: Counts,
    pub(super) column: Column,
    /// Until when it keeps the subject in circulation, by its column.
    pub(super) gives: Date,
}

impl<'a> Report<'a> {
    /// A report of that day, before it is known how it counts.
    pub(super) fn new(id: Option<&'a str>, incident: Option<&'a str>, on: Date, column: Column) -> Self {
        Self { id, incident, on, occurred: on, images: 0, counts: Counts::First, column, gives: on }
    }

    pub(super) fn is_counted(&self) -> bool {
        !matches!(self.counts, Counts::With(_))
    }

    /// For how many months it keeps the subject in circulation.
    pub(super) fn months(&self, rules: &Retention) -> u32 {
        let rules = rules.rules(self.column);
        if self.counts == Counts::Further { rules.repeat } else { rules.first }
    }

    fn counts_as(&mut self, counts: Counts, rules: &Retention) {
        self.counts = counts;
        self.gives = months_on(self.on, self.months(rules));
    }
}

/// The latest exclusion of a subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exclusion {
    /// Its number among those of the person's ledger, void ones included.
    pub(super) number: u32,
    pub(super) made: Date,
    /// The first day on which it is not in force.
    pub(super) ends: Date,
    /// Scheme-wide, and made when the run had a further report: it replaces where the policy says so.
    pub(super) may_replace: bool,
    /// It was lifted, and works on `end` no more.
    pub(super) lifted: bool,
    /// The run in which it was made, by the place of its first report.
    run: usize,
    /// How many reports had been made before it.
    reports_before: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Pending { since: Date },
    Circulating,
    Held,
}

/// The end of circulation.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) on: Date,
    pub(super) rule: Rule,
    /// The report that gives the most, by its place, and until when: the words name it beside an exclusion.
    pub(super) report: usize,
    pub(super) reports_give: Date,
}

/// What falls due next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) on: Date,
    pub(super) rule: Rule,
    pub(super) what: Fate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Withdrawal,
    Deletion {
        /// Months for which a record is kept, where it is due.
        stub: Option<u32>,
    },
}

#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) reports: Vec<Report<'a>>,
    /// The place of the report that started the run.
    pub(super) run: usize,
    pub(super) life: Life,
    pub(super) notes: Notes,
    pub(super) exclusion: Option<Exclusion>,
    /// The day before which `end` may not be, and whether lifting an exclusion set it.
    floor: Option<(Date, bool)>,
    /// The column of the run's latest report.
    pub(super) column: Column,
    pub(super) end: End,
}

impl<'a> Subject<'a> {
    /// A subject begins with its first report.
    pub(super) fn new(mut first: Report<'a>, notes: Notes, rules: &Retention) -> Self {
        let (on, column) = (first.on, first.column);
        first.counts_as(Counts::First, rules);
        let mut subject = Self {
            reports: Vec::with_capacity(4),
            run: 0,
            life: Life::Circulating,
            notes,
            exclusion: None,
            floor: None,
            column,
            end: End { on, rule: Rule::First, report: 0, reports_give: on },
        };
        subject.reports.push(first);
        subject.work_out(rules);
        subject.admit(rules, on);
        subject
    }

    pub(super) fn stage(&self) -> Stage {
        match self.life {
            Life::Pending { .. } => Stage::Pending,
            Life::Circulating => Stage::Circulating,
            Life::Held => Stage::Held,
        }
    }

    pub(super) fn circulates(&self) -> bool {
        self.life == Life::Circulating
    }

    /// The reports of the run that count, with their places. A run is never without one.
    pub(super) fn run_reports(&self) -> impl Iterator<Item = (usize, &Report<'a>)> {
        self.reports.iter().enumerate().skip(self.run).filter(|(_, report)| report.is_counted())
    }

    /// The place of the report that decides the column: the latest that counts.
    pub(super) fn latest(&self) -> usize {
        self.reports.iter().rposition(Report::is_counted).unwrap_or(self.run)
    }

    /// A report on this subject: one of an incident that it has counts as the first of them and moves no
    /// clock; one made while it is held starts a run. A run that waits for agreements has not ended, so that
    /// a report made meanwhile is a further one of it.
    pub(super) fn report(&mut self, mut report: Report<'a>, rules: &Retention) {
        let joins = report.incident.and_then(|incident| {
            self.reports.iter().position(|other| other.is_counted() && other.incident == Some(incident))
        });
        if let Some(place) = joins {
            report.counts = Counts::With(place);
            self.reports.push(report);
            return;
        }
        report.counts_as(Counts::Further, rules);
        if self.life == Life::Held {
            report.counts_as(Counts::First, rules);
            self.run = self.reports.len();
            self.floor = None;
            self.life = Life::Circulating;
        }
        let on = report.on;
        self.reports.push(report);
        self.work_out(rules);
        self.admit(rules, on);
    }

    /// The person was named, or the date of birth became known.
    pub(super) fn person_changed(&mut self, person: &Person, rules: &Retention, on: Date) {
        if self.life == Life::Held {
            return;
        }
        for report in self.reports.iter_mut().skip(self.run) {
            report.column = person.column(report.on);
            report.counts_as(report.counts, rules);
        }
        self.raise_floor(on, false);
        self.work_out(rules);
        self.admit(rules, on);
    }

    /// Something was noted for a child.
    pub(super) fn noted(&mut self, rules: &Retention, on: Date) {
        self.admit(rules, on);
    }

    pub(super) fn exclude(&mut self, number: u32, ends: Date, scope: Scope, rules: &Retention, on: Date) {
        let has_further = self.run_reports().nth(1).is_some();
        self.exclusion = Some(Exclusion {
            number,
            made: on,
            ends,
            may_replace: scope == Scope::Scheme && has_further,
            lifted: false,
            run: self.run,
            reports_before: self.reports.len(),
        });
        self.work_out(rules);
    }

    pub(super) fn is_excluded(&self, on: Date) -> bool {
        self.exclusion.is_some_and(|exclusion| exclusion.ends > on)
    }

    pub(super) fn lift(&mut self, rules: &Retention, on: Date) {
        let Some(exclusion) = &mut self.exclusion else { return };
        exclusion.ends = on;
        exclusion.lifted = true;
        if self.life != Life::Held {
            self.raise_floor(on, true);
            self.work_out(rules);
        }
    }

    pub(super) fn withdraw(&mut self) {
        self.life = Life::Held;
    }

    fn raise_floor(&mut self, on: Date, lifted: bool) {
        if self.floor.is_none_or(|(floor, _)| floor <= on) {
            self.floor = Some((on, lifted));
        }
    }

    /// A child waits for agreements; once nothing is missing the subject circulates.
    fn admit(&mut self, rules: &Retention, on: Date) {
        let must_wait = rules.rules(self.column).admit == Admit::WithAgreement && !self.notes.are_complete();
        match self.life {
            Life::Circulating if must_wait => self.life = Life::Pending { since: on },
            Life::Pending { .. } if !must_wait => {
                self.life = Life::Circulating;
                self.raise_floor(on, false);
                self.work_out(rules);
            }
            _ => {}
        }
    }

    /// What the policy lets the run's latest exclusion do, if it still does anything.
    pub(super) fn exclusion_effect(&self, rules: &Retention) -> Option<(Exclusion, ExclusionEffect)> {
        let exclusion = self.exclusion.filter(|exclusion| exclusion.run == self.run && !exclusion.lifted)?;
        match rules.rules(self.column).exclusion {
            ExclusionEffect::None => None,
            ExclusionEffect::Replaces if exclusion.may_replace => {
                Some((exclusion, ExclusionEffect::Replaces))
            }
            ExclusionEffect::Replaces | ExclusionEffect::Extends => {
                Some((exclusion, ExclusionEffect::Extends))
            }
        }
    }

    /// Works out column and `end` from the run's reports, its exclusion and its floor. Of two that give the
    /// same day the earlier one set it.
    fn work_out(&mut self, rules: &Retention) {
        self.column = self.reports[self.latest()].column;
        let effect = self.exclusion_effect(rules);
        let replaced = match effect {
            Some((exclusion, ExclusionEffect::Replaces)) => Some(exclusion),
            _ => None,
        };
        let mut end: Option<End> = None;
        for (place, report) in self.run_reports() {
            if replaced.is_some_and(|exclusion| place < exclusion.reports_before) {
                continue;
            }
            let on = report.gives;
            if end.is_none_or(|end| end.on < on) {
                let rule = if report.counts == Counts::Further { Rule::Repeat } else { Rule::First };
                end = Some(End { on, rule, report: place, reports_give: on });
            }
        }
        // An exclusion that replaces was there before the reports that count beside it, so that it wins a
        // tie; one that extends does nothing where the reports reach as far.
        let mut end = match (replaced, end) {
            (Some(exclusion), Some(end)) if end.on > exclusion.ends => end,
            (Some(exclusion), _) => {
                let report = self.latest();
                let reports_give = self.reports[report].gives;
                End { on: exclusion.ends, rule: Rule::Exclusion, report, reports_give }
            }
            (None, Some(end)) => end,
            (None, None) => self.end,
        };
        if let Some((exclusion, ExclusionEffect::Extends)) = effect
            && exclusion.ends > end.on
        {
            end = End { on: exclusion.ends, rule: Rule::Exclusion, ..end };
        }
        if let Some((floor, lifted)) = self.floor
            && floor > end.on
        {
            end = End { on: floor, rule: if lifted { Rule::Lifted } else { end.rule }, ..end };
        }
        self.end = end;
    }

    /// When everything is deleted if nothing more happens, by which rule, and the record that is then due.
    pub(super) fn deletion(&self, rules: &Retention, person: &Person) -> Due {
        let column = rules.rules(self.column);
        let record = column.stub.filter(|_| person.is_identified());
        let (mut on, mut rule, mut stub) = match self.life {
            Life::Pending { since } => (days_on(since, AGREEMENT_DAYS), Rule::AwaitingAgreement, None),
            Life::Circulating | Life::Held => (months_on(self.end.on, column.hold), Rule::Hold, record),
        };
        let latest = self.reports[self.latest()].on;
        let single = column.single_report_delete.filter(|_| self.counted() == 1);
        // An exclusion whose own end was reached by lifting still holds these two back to that day.
        let not_before = self
            .exclusion
            .filter(|exclusion| exclusion.run == self.run && column.exclusion != ExclusionEffect::None)
            .map_or(Date::MIN, |exclusion| exclusion.ends);
        for (months, its_rule) in [(single, Rule::SingleReport), (column.cap, Rule::Cap)] {
            let Some(months) = months else { continue };
            let day = months_on(latest, months).max(not_before);
            if day < on {
                (on, rule, stub) = (day, its_rule, record);
            }
        }
        Due { on, rule, what: Fate::Deletion { stub } }
    }

    /// What falls due next: withdrawal, or deletion where nothing comes between.
    pub(super) fn due(&self, rules: &Retention, person: &Person) -> Due {
        let deletion = self.deletion(rules, person);
        if self.life != Life::Circulating || deletion.on < self.end.on {
            return deletion;
        }
        let what = if deletion.on == self.end.on { deletion.what } else { Fate::Withdrawal };
        Due { on: self.end.on, rule: self.end.rule, what }
    }

    /// How many reports the subject has in all, those of one incident counted once.
    fn counted(&self) -> usize {
        self.reports.iter().filter(|report| report.is_counted()).count()
    }

    /// Incidents and images in use on a day. Images go with their incident, and those of a person who was
    /// not named in time go by themselves (RET-6).
    pub(super) fn in_use(&self, rules: &Retention, person: &Person, day: Date) -> (u64, u64) {
        let is_over = |from: Date, months: Option<u32>| months.is_some_and(|n| months_on(from, n) <= day);
        let incident_is_gone =
            |report: &Report<'_>| is_over(report.occurred, rules.rules(report.column).incident);
        let (mut incidents, mut images) = (0, 0);
        for report in &self.reports {
            let first = match report.counts {
                Counts::With(place) => &self.reports[place],
                Counts::First | Counts::Further => report,
            };
            if incident_is_gone(first) {
                continue;
            }
            incidents += u64::from(report.is_counted());
            let months = rules.rules(report.column).unidentified_image;
            let images_are_gone = is_over(report.on, months)
                && months.is_some_and(|n| !person.identified_before(months_on(report.on, n)));
            if !images_are_gone {
                images += u64::from(report.images);
            }
        }
        (incidents, images)
    }
}

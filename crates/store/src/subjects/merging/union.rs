//! Two ledgers as one: what happened to one person under two records, in the order in which it happened (SUB-2).
//!
//! The clocks know no merges. They take the events of both as if they had been recorded of one subject, so that the
//! answer is that of `retention.md` for their union.
use crate::ledger::{Line, Recorded};
use fairwatch_core::{
    ids::ReportId,
    subjects::{Profile, merging::Side},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Whose first event came first: what was known then is known at the outset. The record that is kept, if both came on
/// one day.
pub(super) fn first(kept: &[Line], other: &[Line]) -> Side {
    let begun = |lines: &[Line]| lines.iter().map(|line| line.on).min().unwrap_or(Date::MAX);
    if begun(other) < begun(kept) { Side::Other } else { Side::Kept }
}

/// The days of the reports that ledgers tell of.
pub(super) fn days(ledgers: [&[Line]; 2]) -> BTreeMap<ReportId, Date> {
    let reports = ledgers.into_iter().flatten().filter(|line| matches!(line.what, Recorded::Report { .. }));
    reports.filter_map(|line| Some((line.report?, line.on))).collect()
}

/// The events of both, numbered anew in the order of their days, and within a day in that in which they were recorded.
pub(super) fn union(kept: (&Profile, &[Line]), other: (&Profile, &[Line])) -> Vec<Line> {
    let (mut one, mut two) = (without_taken_out(kept.1), without_taken_out(other.1));
    count_once(&mut one, &mut two);
    rename(&one, &mut two);
    match first(kept.1, other.1) {
        Side::Kept => learn(other, &mut two),
        Side::Other => learn(kept, &mut one),
    }
    let mut all = one;
    all.append(&mut two);
    // Stable: what was recorded at one instant stays in order, and the kept record's goes first.
    all.sort_by_key(|line| (line.on, line.at));
    for (position, line) in (1..).zip(&mut all) {
        line.position = position;
    }
    all
}

/// A ledger without the names and dates of birth that were taken out of it, and without that they were: of the other
/// record, whose they never were, that says nothing (RET-16).
fn without_taken_out(lines: &[Line]) -> Vec<Line> {
    let last = |what: &Recorded| lines.iter().rposition(|line| line.what == *what);
    let (unnamed, unborn) = (last(&Recorded::NameRemoved), last(&Recorded::BirthRemoved));
    let counts = |(at, line): &(usize, &Line)| match line.what {
        Recorded::Identified => unnamed.is_none_or(|last| *at > last),
        Recorded::BornKnown => unborn.is_none_or(|last| *at > last),
        Recorded::NameRemoved | Recorded::BirthRemoved => false,
        _ => true,
    };
    lines.iter().enumerate().filter(counts).map(|(_, line)| line.clone()).collect()
}

/// The reports of a ledger that stand, and those that were taken away.
fn reports(lines: &[Line]) -> (BTreeSet<ReportId>, BTreeSet<ReportId>) {
    let is_removed = |reference: &str| {
        let removes =
            |line: &Line| matches!(&line.what, Recorded::ReportRemoved { reference: r } if r == reference);
        lines.iter().any(removes)
    };
    let (mut standing, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for line in lines {
        if let (Recorded::Report { reference, .. }, Some(report)) = (&line.what, line.report) {
            if is_removed(reference) {
                gone.insert(report)
            } else {
                standing.insert(report)
            };
        }
    }
    gone.retain(|report| !standing.contains(report));
    (standing, gone)
}

/// A report is one report: where it brought both, it counts once; where it was moved from one to the other, it counts
/// as if it had always been there (`retention.md`, rule 8).
fn count_once(one: &mut Vec<Line>, two: &mut Vec<Line>) {
    let ((stands_in_one, gone_from_one), (stands_in_two, gone_from_two)) = (reports(one), reports(two));
    let is_of = |line: &Line, reports: &BTreeSet<ReportId>| line.report.is_some_and(|r| reports.contains(&r));
    let is_report =
        |line: &Line| matches!(line.what, Recorded::Report { .. } | Recorded::ReportRemoved { .. });
    two.retain(|line| !(is_of(line, &stands_in_one) && (is_report(line) || is_of(line, &gone_from_two))));
    one.retain(|line| !(is_of(line, &gone_from_one) && is_of(line, &stands_in_two)));
}

/// References are unique in a ledger, those of reports that were taken away included.
fn rename(taken: &[Line], lines: &mut [Line]) {
    let name = |what: &Recorded| match what {
        Recorded::Report { reference, .. } | Recorded::ReportRemoved { reference } => Some(reference.clone()),
        _ => None,
    };
    let mut names = taken.iter().chain(&*lines).filter_map(|line| name(&line.what)).collect::<BTreeSet<_>>();
    let before = taken.iter().filter_map(|line| name(&line.what)).collect::<BTreeSet<_>>();
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for line in lines {
        let (Recorded::Report { reference, .. } | Recorded::ReportRemoved { reference }) = &mut line.what
        else {
            continue;
        };
        if !before.contains(reference) {
            continue;
        }
        let new = renamed.entry(reference.clone()).or_insert_with(|| {
            let free = (2..).map(|again| format!("{reference} ({again})")).find(|name| !names.contains(name));
            let free = free.unwrap_or_default();
            names.insert(free.clone());
            free
        });
        reference.clone_from(new);
    }
}

/// What was known of the later one from the outset became known of the person with its first report.
fn learn((profile, lines): (&Profile, &[Line]), into: &mut Vec<Line>) {
    let is_first =
        |line: &&Line| line.report == Some(profile.first) && matches!(line.what, Recorded::Report { .. });
    let Some(first) = lines.iter().find(is_first).or(lines.first()) else { return };
    let known = [
        (profile.identified_at_first, Recorded::Identified),
        (profile.born_at_first.is_some(), Recorded::BornKnown),
    ];
    let learnt = known.into_iter().filter(|(is_known, _)| *is_known);
    into.extend(learnt.map(|(_, what)| Line { what, report: Some(profile.first), ..first.clone() }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(position: i64, what: Recorded) -> Line {
        let (on, at) = (Date::constant(2026, 3, 1), 0);
        Line { position, on, at, what, report: None, incident: None }
    }

    #[test]
    fn sub_2_a_name_that_was_taken_out_of_one_takes_none_from_the_other() {
        let one = [
            line(1, Recorded::Identified),
            line(2, Recorded::NameRemoved),
            line(3, Recorded::BornKnown),
            line(4, Recorded::BirthRemoved),
            line(5, Recorded::BornKnown),
        ];
        let left = without_taken_out(&one);
        assert_eq!(left.iter().map(|line| line.position).collect::<Vec<_>>(), [5]);
        let two = [line(1, Recorded::Identified), line(2, Recorded::BornKnown)];
        assert_eq!(without_taken_out(&two).len(), 2);
    }
}

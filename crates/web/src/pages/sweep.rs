//! What the sweep would do, and what it did (RET-11). It is run by the server, or at the console.
use crate::{
    respond::Answer,
    respond::page,
    shell::Nav,
    view::{Shell, Tag, Tally, number},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::{
    policies,
    sweep::{self, Report},
};
use fairwatch_core::{policy::changing::Other, subjects::OpenSubject};
use jiff::Timestamp;

/// `sweep.html`
#[derive(Template, Debug)]
#[template(path = "sweep.html")]
struct Sweep {
    shell: Shell,
    action: Option<String>,
    asked: String,
    question: Option<SweepQuestion>,
    groups: Vec<SweepGroup>,
    runs: Vec<SweepRun>,
    tallies: Vec<Tally>,
    next: String,
}

#[derive(Debug)]
struct SweepQuestion {
    text: String,
    count: u32,
    error: String,
}

#[derive(Debug)]
struct SweepGroup {
    title: String,
    text: String,
    rows: Vec<SweepRow>,
    more: String,
}

#[derive(Debug)]
struct SweepRow {
    name: String,
    href: Option<String>,
    why: String,
    day: String,
    late: String,
}

/// A run, in counts.
#[derive(Debug)]
pub(crate) struct SweepRun {
    pub(crate) at: String,
    pub(crate) took: String,
    pub(crate) did: String,
    pub(crate) state: Tag,
}

/// So many of a group are named.
const NAMED: usize = 50;

/// `GET .../sweep`
pub(crate) async fn show(visit: Visit) -> Answer {
    let plan = sweep::plan_of(&visit.app, &visit.ctx, visit.org()).await?;
    let runs = sweep::runs(&visit.app, &visit.ctx, visit.org()).await?;
    // The board sees references; a link would lead it nowhere.
    let opens = visit.may::<OpenSubject>();
    let group = |title: &str, text: &str, wanted: &dyn Fn(&str, bool) -> bool| {
        let due: Vec<_> = plan.subjects.iter().filter(|due| wanted(&due.to, due.put_off)).collect();
        let rows = due.iter().take(NAMED).map(|due| SweepRow {
            name: due.reference.clone(),
            href: opens.then(|| visit.href(&format!("/people/{}", due.subject))),
            why: format!("now {}, by the clock {}", stage(&due.from), stage(&due.to)),
            day: due.rule.clone().unwrap_or_default(),
            late: String::new(),
        });
        let more = due.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!("and {} more", number(more as u64)) };
        (!due.is_empty()).then(|| SweepGroup {
            title: title.into(),
            text: text.into(),
            rows: rows.collect(),
            more,
        })
    };
    let groups = [
        group("To be deleted", "Rows, pictures and keys are destroyed, for good.", &|to, put_off| {
            to == "deleted" && !put_off
        }),
        group("To be frozen", "A hold keeps them until the last hold ends.", &|to, _| to == "frozen"),
        group("To be withdrawn", "Members do not see them already; the index follows.", &|to, _| {
            to == "held"
        }),
        group("Put off", "A report that waits for review names them.", &|_, put_off| put_off),
        group(
            "Something to lose",
            "An old picture, or a stage that the index has yet to follow.",
            &|to, put_off| !put_off && !["deleted", "frozen", "held"].contains(&to),
        ),
    ];
    let tally =
        |n: u64, label: &str| Tally { n: number(n), label: label.into(), href: String::new(), hot: false };
    let damaged = policies::progress(&visit.app, &visit.ctx, visit.org()).await?.damaged;
    let mut tallies = vec![
        tally(plan.held, "people held"),
        tally(plan.deletions() as u64, "to be deleted"),
        tally(plan.due(Other::Incidents), "incidents past their end"),
        tally(plan.due(Other::Reports), "rejected reports past theirs"),
        tally(plan.due(Other::Stubs), "records of deleted profiles past theirs"),
    ];
    if damaged > 0 {
        tallies.push(Tally {
            hot: true,
            ..tally(damaged, "damaged records that no sweep can end: see the log")
        });
    }
    page(&Sweep {
        shell: visit.shell(Nav::Sweep),
        action: None,
        asked: format!("What a sweep would do now, {}", words::date_time(visit.ctx.now())),
        question: None,
        groups: groups.into_iter().flatten().collect(),
        runs: runs
            .into_iter()
            .map(|run| row(run.started_at, run.finished_at, &run.state, &run.report))
            .collect(),
        tallies,
        next: "The server sweeps by itself, every hour.".into(),
    })
}

fn stage(name: &str) -> &str {
    match name {
        "pending" => "waiting for an agreement",
        "circulating" => "shown to members",
        "held" => "held for the controller",
        "frozen" => "frozen by a hold",
        "deleted" => "deleted",
        other => other,
    }
}

/// A run as a row, for this page and the operator's.
pub(crate) fn row(began: Timestamp, ended: Option<Timestamp>, state: &str, report: &str) -> SweepRun {
    let took = match ended.map(|ended| ended.duration_since(began).as_secs()) {
        Some(0) => "less than a second".to_owned(),
        Some(seconds @ 1..120) => format!("{seconds} s"),
        Some(seconds) => format!("{} min", seconds / 60),
        None => String::new(),
    };
    let state = match state {
        "finished" => Tag::new("green", "Finished"),
        "running" => Tag::new("blue", "Running"),
        _ => Tag::new("amber", "Stopped half-way"),
    };
    SweepRun { at: words::date_time(began), took, did: did(report), state }
}

/// What a run did, in counts alone.
fn did(report: &str) -> String {
    let Ok(report) = serde_json::from_str::<Report>(report) else { return String::new() };
    let counts = [
        (report.deleted, "deleted"),
        (report.withdrawn, "withdrawn"),
        (report.frozen, "frozen"),
        (report.put_off, "put off"),
        (report.incidents, "incidents"),
        (report.reports, "rejected reports"),
        (report.stubs, "records of profiles"),
        (report.drafts, "drafts"),
        (report.files, "files"),
    ];
    let said: Vec<String> =
        counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", number(*n))).collect();
    if said.is_empty() { "Nothing was due".into() } else { said.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_in_counts() {
        let report = Report { deleted: 2, files: 1204, ..Report::default() };
        assert_eq!(did(&serde_json::to_string(&report).unwrap()), "2 deleted, 1,204 files");
        assert_eq!(did(&serde_json::to_string(&Report::default()).unwrap()), "Nothing was due");
        assert_eq!(did("half a rep"), "");
    }
}

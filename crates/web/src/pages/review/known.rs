//! Where a picture of a report was seen before, in words (INC-2).
use crate::{
    pages::{gallery::name_or_reference, subjects::here},
    view::Link,
    visit::Visit,
    words,
};
use fairwatch_app::incidents::review::{Earlier, SeenBefore};
use fairwatch_core::incidents::ReportState;

/// One time that a picture was sent before.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// `Sent before with`, or what else is known of it.
    pub(super) text: String,
    /// The report, where it can be opened.
    pub(super) report: Option<Link>,
    /// The day on which it was sent, and what became of it.
    pub(super) note: String,
    /// Whom it shows there.
    pub(super) people: Vec<Link>,
}

/// A report in the place where the controller finds what became of it.
fn link(visit: &Visit, report: &Earlier) -> Link {
    let path = match report.incident {
        Some(incident) => format!("/incidents/{incident}"),
        None => format!("/review/{}", report.id),
    };
    Link { label: visit.scope.reference(report.number), href: visit.href(&path) }
}

fn state(report: &Earlier) -> &'static str {
    match report.state {
        ReportState::Waiting => "which still waits",
        ReportState::Approved => "which was approved",
        ReportState::Rejected => "which was rejected",
        ReportState::Removed => "which was taken away",
    }
}

pub(super) fn line(visit: &Visit, seen: &SeenBefore) -> Line {
    let mirrored = if seen.mirrored { ", the other way round," } else { "" };
    let people = seen.people.iter().map(|card| Link {
        label: name_or_reference(card.profile.name(), &visit.scope, card.number),
        href: here(visit, card.id),
    });
    Line {
        text: match (&seen.report, seen.sure) {
            (Some(_), true) => format!("This picture was sent before{mirrored} with"),
            (Some(_), false) => format!("This picture looks like one that was sent before{mirrored} with"),
            (None, true) => format!("This picture is held already{mirrored}"),
            (None, false) => format!("This picture looks like one that is held{mirrored}"),
        },
        report: seen.report.as_ref().map(|report| link(visit, report)),
        note: seen.report.as_ref().map_or_else(String::new, |report| {
            format!("of {}, {}", words::date(report.submitted_on), state(report))
        }),
        people: people.collect(),
    }
}

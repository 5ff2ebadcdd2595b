//! How long: sentences from the very values that the clocks take (RET-1 to RET-9, RET-15).
use super::{
    blocks::Inline,
    writer::{Writer, after, fact, months, viewer_words, viewers},
};
use crate::{
    clocks::AGREEMENT_DAYS,
    policy::{
        Policy,
        columns::Columns,
        period::{Length, Term},
        retention::{Admit, Column, ExclusionEffect, Rules},
    },
};

/// The sets of rules that a policy has, each with whom it is for.
pub(super) fn columns(policy: &Policy) -> Vec<(Column, &'static str, Rules)> {
    let rules = policy.retention();
    let one = |column, who| (column, who, *rules.rules(column));
    match policy.columns {
        Columns::All(_) => vec![one(Column::Known, "Everybody")],
        Columns::ByColumn(_) => vec![
            one(Column::Known, "Adults whose name we know"),
            one(Column::Unknown, "People whose name we do not know"),
            one(Column::Under18, "People under 18 on the day of the report"),
            one(Column::Under14, "People under 14 on the day of the report"),
        ],
    }
}

/// What happens to a record, in order: the case, and what follows.
pub(super) fn run(policy: &Policy, rules: &Rules) -> Vec<(String, Vec<Inline>)> {
    let held = viewers(&policy.subjects.held.viewers);
    let mut said = vec![
        fact(
            "A first report",
            format!(
                "Once we have approved it, members may see you for {} from the day on which it was sent to us.",
                months(rules.first)
            ),
        ),
        fact(
            "A further report in that time",
            format!(
                "Members may see you for {} from the day of that report. The later end counts.",
                months(rules.repeat)
            ),
        ),
        fact(
            "An exclusion",
            match rules.exclusion {
                ExclusionEffect::Extends => "If it lasts longer, members see you until it ends.",
                ExclusionEffect::Replaces => {
                    "After a further report, and from all members’ premises: members see you until the exclusion expires, and no longer. Any other exclusion: if it lasts longer, members see you until it ends."
                }
                ExclusionEffect::None => {
                    "It makes none of this longer. It ends when your record is deleted, if not before."
                }
            },
        ),
    ];
    if rules.hold == 0 {
        said.push(fact(
            "At the end",
            "If no further report has come, you are withdrawn from members, and your record is deleted for good on the same day.",
        ));
    } else {
        said.push(fact(
            "At the end",
            format!(
                "If no further report has come, you are withdrawn from members. We retain your record for a further {}, in which only {held} can see it. If no further incident is reported, it is then deleted for good and cannot be brought back.",
                months(rules.hold)
            ),
        ));
        said.push(fact(
            "A report after that",
            format!(
                "While only {held} can see your record, a new report counts as a first one, and the time begins again."
            ),
        ));
    }
    let unless = match rules.exclusion {
        ExclusionEffect::None => "",
        _ => ", though not before an exclusion that you are under has ended",
    };
    if let Some(single) = rules.single_report_delete {
        said.push(fact(
            "Only one report in all",
            format!("Your record is deleted {} after it{unless}.", months(single)),
        ));
    }
    if let Some(cap) = rules.cap {
        said.push(fact(
            "In any case",
            format!(
                "Your record is deleted at the latest {} after the latest report about you{unless}.",
                months(cap)
            ),
        ));
    }
    said.push(fact(
        "Incidents",
        match rules.incident {
            Some(incident) => format!(
                "What we hold about an incident is deleted {} after the day on which it happened, even if we still hold your record.",
                months(incident)
            ),
            None => "What we hold about an incident is deleted with your record. Where other people were involved as well, what is left no longer identifies you.".to_owned(),
        },
    ));
    if let Some(image) = rules.unidentified_image {
        said.push(fact(
            "Pictures without a name",
            format!(
                "Pictures of somebody whom nobody can name are deleted {} after the report.",
                months(image)
            ),
        ));
    }
    said.push(fact(
        "Afterwards",
        match rules.stub {
            Some(stub) => format!(
                "We keep a short record that there was one, for {}, in case you ask us for your data. It holds a code made from your name and date of birth, from which neither can be read, with the dates and the rule. Only the data controller sees it.",
                months(stub)
            ),
            None => "We keep no record of your deleted record.".to_owned(),
        },
    ));
    said
}

/// The same in a table: a row for each rule, a column for each set of them.
pub(super) fn table(policy: &Policy, writer: &mut Writer) {
    type Cell = fn(&Rules) -> String;
    fn limit(period: Option<u32>, none: &str) -> String {
        period.map_or(none.to_owned(), months)
    }
    let held = format!("Then held for {} alone", viewers(&policy.subjects.held.viewers));
    let rules: [(&str, Cell); 8] = [
        ("Members see the person after a first report", |rules| months(rules.first)),
        ("After a further report", |rules| months(rules.repeat)),
        (&held, |rules| if rules.hold == 0 { "Not held: deleted".into() } else { months(rules.hold) }),
        ("If there was one report only, deleted after", |rules| {
            limit(rules.single_report_delete, "No such limit")
        }),
        ("Deleted at the latest, after the latest report", |rules| limit(rules.cap, "No such limit")),
        ("Incidents are deleted, after they happened", |rules| limit(rules.incident, "With the record")),
        ("Pictures of unnamed people are deleted after", |rules| {
            limit(rules.unidentified_image, "With the record")
        }),
        ("A record of the deletion is kept for", |rules| limit(rules.stub, "None is kept")),
    ];
    let columns = columns(policy);
    let head: Vec<&str> = std::iter::once("Rule").chain(columns.iter().map(|(_, who, _)| *who)).collect();
    let row = |(name, cell): (&str, Cell)| {
        std::iter::once(name.to_owned()).chain(columns.iter().map(|(_, _, rules)| cell(rules))).collect()
    };
    writer.table(
        "Retention of records of people who are reported",
        &head,
        rules.into_iter().map(row).collect(),
    );
}

/// What of age is said: who is never held, and for whom more is asked.
pub(super) fn ages(policy: &Policy) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(years) = policy.subjects.minimum_age.years() {
        said.push(format!(
            "We hold nobody who is under {years} on the day of the report. If we find out later that somebody was, we delete the record at once."
        ));
    }
    if let Some(years) = policy.subjects.necessity_under.years() {
        said.push(format!(
            "Of somebody under {years} we hold a record only if the data controller has written down why it is necessary."
        ));
    }
    if policy.retention().under_14.admit == Admit::WithAgreement {
        said.push(format!(
            "Of somebody under 14 we hold a record only if there is a significant public interest, and the police and the board of management both agree. Until all of this is recorded, nobody but the data controller sees it; if it is not complete within {AGREEMENT_DAYS} days, the record is deleted."
        ));
    }
    said
}

/// What can keep a record beyond its time, or end it sooner: each exception that there is.
pub(super) fn exceptions(policy: &Policy) -> Vec<String> {
    let mut said = vec![
        format!(
            "If your data is needed for a legal claim or court proceedings, or for a request of yours that is still open, when it should be deleted, we put it on hold instead. Members never see it again, nobody else sees it but for that reason, and it is deleted when the reason has gone. Each hold has a reason and somebody who answers for it, and is reviewed every {}.",
            policy.reviews.holds.length
        ),
        format!(
            "A report about you that still waits to be checked can delay the deletion of your record, by {} at most.",
            policy.keep.review_delay.length
        ),
        "If a report about you is rejected or taken away, or an exclusion is lifted, we work everything out again from what is left. What is then out of time goes at once.".to_owned(),
        backups(policy),
    ];
    said.push(format!(
        "We keep numbers that point to nobody, to compare one year with another. A number below {} is not shown.",
        policy.statistics.suppress_below
    ));
    said
}

/// How deleted data leaves copies: people make these and end them, the program does neither.
pub(super) fn backups(policy: &Policy) -> String {
    format!(
        "We keep no backup for longer than {}, so that what is deleted is gone from them after that.",
        policy.keep.backup.length
    )
}

/// The log's end, which it does not have.
pub(super) const LOG: &str = "The log of who did and looked at what is kept for as long as we use our computer system. It holds references and no names.";

/// For whom a line of the policy's `[keep]` matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    Reported,
    Members,
    Public,
    Everybody,
}

/// Who sees to it that a period of `[keep]` ends what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The program, by its clocks and its sweep (`retention.rs` of the store).
    BySystem,
    /// People: what the program does not hold.
    ByHand,
}

/// What a line of `[keep]` is about, from when its period counts, for whom it matters and who ends it. Nothing for what
/// nobody ends yet: a row would promise it.
fn line(name: &str) -> Option<(&'static str, &'static str, &'static [For], Ended)> {
    use For::{Members, Public, Reported};
    let (what, from, whom): (_, _, &'static [For]) = match name {
        "review_delay" => ("A deletion that waits for a report to be checked", "at most", &[]),
        "rejected_report" => ("A report that we rejected", "after the rejection", &[Reported, Members]),
        "unattached" => (
            "Data from the police, other schemes or the public that belongs to no report",
            "after it came",
            &[Reported],
        ),
        "incident_without_subject" => {
            ("An incident with which nobody is linked", "after it happened", &[Reported])
        }
        "letter" => (
            "What letters to you say; which you were sent, and when, stays with your record",
            "after they were made",
            &[Reported],
        ),
        "vote" => ("Votes on an exclusion", "after the decision", &[Reported]),
        "service_record" => (
            "How, where and by whom a letter or notice was served; the day stays with your record",
            "after the attempt, and no longer than what the letter says",
            &[Reported],
        ),
        "appeal" => ("Appeals", "after the decision", &[Reported, Public]),
        "request" => ("Requests about your data", "after they were completed", &[Reported, Members, Public]),
        "pack" => ("The copy of your data that we made for you", "after it was sent", &[Reported, Members]),
        "complaint" => {
            ("Complaints about how we handle data", "after the outcome", &[Reported, Members, Public])
        }
        "breach" => ("The record of a personal data breach", "after it was closed", &[Reported, Members]),
        "enquiry" => ("Enquiries and what we answered", "after the answer", &[Public]),
        "application" => {
            ("An application to join that came to nothing", "after the decision", &[Public, Members])
        }
        "certification" => (
            "That you read and agreed to a text, when, and from which address",
            "after you agreed to its next version, and no longer than your role",
            &[Members],
        ),
        "old_document" => (
            "A former version of a document by which we work, and a former entry of a register",
            "after it was replaced",
            &[],
        ),
        "session" => ("A sign-in that is not used", "without activity, at the longest", &[Members]),
        "draft" => ("What you typed or uploaded and did not send", "after the last change", &[Members]),
        "mail" => ("Messages that we sent", "after they were sent or given up", &[Members, Public]),
        "news" => {
            ("News, alerts, documents and events, and who has read them", "after they were over", &[Members])
        }
        "meeting" => (
            "Meetings and trainings: who was invited, answered and came, and what was said",
            "after they took place",
            &[Members],
        ),
        "sharing" => ("The record of what went to whom", "after it went", &[Reported]),
        "backup" => ("Backups", "after they were made, at the longest", &[Reported, Members, Public]),
        _ => return None,
    };
    let by_hand = ["unattached", "pack", "breach", "sharing", "backup"].contains(&name);
    Some((what, from, whom, if by_hand { Ended::ByHand } else { Ended::BySystem }))
}

/// How long something is kept, and from when.
fn period(term: &Term, from: &str) -> String {
    match term.length {
        Length::Hours(0) => format!("Deleted at once {from}"),
        Length::Days(0) => match from.strip_prefix("after ") {
            Some(event) => format!("Deleted on the day on which {event}"),
            None => "Deleted on the same day".into(),
        },
        length if from == "at most" => format!("At most {length}"),
        length => format!("{} {from}", after(length)),
    }
}

/// The end of everything else that matters to somebody.
pub(super) fn rest(policy: &Policy, whom: For, writer: &mut Writer) {
    let rows = |ended: Ended| {
        let row = |(name, term): (&'static str, &Term)| {
            let (what, from, matters, by) = line(name)?;
            let told = by == ended && (whom == For::Everybody || matters.contains(&whom));
            told.then(|| vec![what.to_owned(), period(term, from)])
        };
        policy.keep.terms().into_iter().filter_map(row).collect::<Vec<_>>()
    };
    let (caption, elsewhere) = match whom {
        For::Everybody => ("Retention of everything else", "What is kept elsewhere"),
        For::Reported => (
            "How long we keep everything else that may be about you",
            "What is kept elsewhere about people who are reported",
        ),
        For::Members => ("How long we keep members’ data", "What is kept elsewhere about members"),
        For::Public => (
            "How long we keep visitors’ and enquirers’ data",
            "What is kept elsewhere about visitors and enquirers",
        ),
    };
    writer.table(caption, &["What", "How long"], rows(Ended::BySystem));
    let by_hand = rows(Ended::ByHand);
    if !by_hand.is_empty() {
        writer
            .say("What follows is not in our computer system, if we have it at all. We delete it ourselves:");
        writer.table(elsewhere, &["What", "How long"], by_hand);
    }
    if whom != For::Public {
        writer.say(LOG);
    }
}

/// Who can see a record after withdrawal, as a sentence.
pub(super) fn held(policy: &Policy) -> String {
    let words: Vec<&str> = policy.subjects.held.viewers.iter().map(|viewer| viewer_words(*viewer)).collect();
    format!(
        "Once you are withdrawn from members, only {} can see your record until it is deleted. After that nobody can.",
        super::writer::and(&words)
    )
}

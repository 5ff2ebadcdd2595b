//! The yearly audit of old data: what is older than the policy's age, why each is still here, what was due and is gone
//! (RET-13).
//!
//! A run is begun, what asks for a decision is decided on, and it is finished once nothing is past its end. What it says
//! are kinds, rules, days and counts: the report names nobody, neither by name nor by reference, so that it may outlive
//! everybody whom it counts.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{OldAuditId, OrgId},
    incidents::words,
    notices::{Block, Inline, Publication, bound},
    policy::Policy,
    scope::{InOrg, Scope},
};
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// A kind of record.
    Kind {
        /// A person who was reported.
        Person = "person",
        /// An incident.
        Incident = "incident",
        /// A report.
        Report = "report",
        /// A picture.
        Picture = "picture",
        /// A piece of evidence.
        Evidence = "evidence",
        /// A name that a member sent.
        Tip = "tip",
        /// That a member saw somebody.
        Sighting = "sighting",
        /// A proposal, with its votes.
        Proposal = "proposal",
        /// An appeal.
        Appeal = "appeal",
        /// A letter.
        Letter = "letter",
        /// What somebody wrote from outside.
        Enquiry = "enquiry",
        /// What a business wrote that wanted to join.
        Application = "application",
        /// The record of a deleted profile.
        Stub = "stub",
        /// A member business.
        Member = "member",
        /// Somebody's role.
        User = "user",
    }
}

impl Kind {
    /// Every kind, in the order of the report.
    pub const ALL: [Self; 15] = [
        Self::Person,
        Self::Incident,
        Self::Report,
        Self::Picture,
        Self::Evidence,
        Self::Tip,
        Self::Sighting,
        Self::Proposal,
        Self::Appeal,
        Self::Letter,
        Self::Enquiry,
        Self::Application,
        Self::Stub,
        Self::Member,
        Self::User,
    ];

    /// What several of them are called.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Person => "People who were reported",
            Self::Incident => "Incidents",
            Self::Report => "Reports",
            Self::Picture => "Pictures",
            Self::Evidence => "Evidence",
            Self::Tip => "Names that were sent",
            Self::Sighting => "Sightings",
            Self::Proposal => "Proposals and votes",
            Self::Appeal => "Appeals",
            Self::Letter => "Letters",
            Self::Enquiry => "Enquiries",
            Self::Application => "Applications to join",
            Self::Stub => "Records of deleted profiles",
            Self::Member => "Member businesses",
            Self::User => "Users",
        }
    }
}

words! {
    /// Why something that is old is still here.
    Why {
        /// Its end is over, and the sweep has not come by.
        Past = "past",
        /// A hold keeps it after its end.
        Frozen = "frozen",
        /// A hold is open, though its clock still runs.
        Held = "held",
        /// Somebody has to decide on it.
        Waiting = "waiting",
        /// An exclusion is in force.
        Exclusion = "exclusion",
        /// Members see the person by a later report.
        Shown = "shown",
        /// The controller alone holds the person, after withdrawal.
        Withdrawn = "withdrawn",
        /// A child's agreements are awaited.
        Agreement = "agreement",
        /// A period of its own runs.
        Period = "period",
        /// It belongs to a record that is still held, and goes with it.
        With = "with",
        /// The business or the person has a part in the scheme today.
        Part = "part",
    }
}

impl Why {
    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Past => "past its end: the next sweep destroys it",
            Self::Frozen => "kept after its end by a hold",
            Self::Held => "a hold is open",
            Self::Waiting => "waits for a decision",
            Self::Exclusion => "an exclusion is in force",
            Self::Shown => "shown to members by a later report",
            Self::Withdrawn => "withdrawn, held for the controller until its end",
            Self::Agreement => "agreements are awaited",
            Self::Period => "a period of the policy runs",
            Self::With => "belongs to a record that is still held, and goes with it",
            Self::Part => "has a part in the scheme today",
        }
    }

    /// Whether the controller has to say that it is right: nothing but a person's own judgement keeps it.
    #[must_use]
    pub fn asks(self) -> bool {
        matches!(self, Self::Frozen | Self::Held | Self::Waiting)
    }
}

words! {
    /// On what ground something is kept that only a judgement keeps.
    Ground {
        /// A legal claim is made or defended.
        Claim = "claim",
        /// A request of the person about their data is open.
        Request = "request",
        /// A proceeding of police or court runs.
        Proceedings = "proceedings",
    }
}

impl Ground {
    /// Every ground, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Claim, Self::Request, Self::Proceedings];

    /// In words.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Claim => "A legal claim is made or defended",
            Self::Request => "A request of the person about their data is open",
            Self::Proceedings => "A proceeding of police or court runs",
        }
    }
}

/// So many of a kind that are old for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The kind.
    pub kind: Kind,
    /// The reason.
    pub why: Why,
    /// How many.
    pub count: u64,
    /// The first day of the month since which the oldest of them is held; none where they are few.
    pub oldest: Option<Date>,
    /// The first day of the month by which the last of them ends, where each has an end; none where they are few.
    pub until: Option<Date>,
}

/// What an audit listed of a kind, and how much of it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// The kind.
    pub kind: Kind,
    /// How many were listed.
    pub listed: u64,
    /// How many of them are gone.
    pub gone: u64,
}

/// So many that are kept by judgement, on one ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The kind.
    pub kind: Kind,
    /// The ground.
    pub ground: Ground,
    /// How many.
    pub count: u64,
}

/// What a run found, and what it proves: counts and days alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The day on which it was begun.
    pub begun_on: Date,
    /// What is older than this day is old.
    pub before: Date,
    /// What was found.
    pub lines: Vec<Line>,
    /// The audit before, by its day, and what became of what it listed.
    pub last: Option<(Date, Vec<Gone>)>,
    /// How much of what this run listed is gone since.
    pub since_begun: Vec<Gone>,
    /// What is kept by judgement.
    pub kept: Vec<Kept>,
    /// What still asks for a decision.
    pub open: u64,
    /// How much is past its end and still here.
    pub past: u64,
    /// People past their end who are hidden and kept for some days, since a report that waits names them.
    pub put_off: u64,
    /// Files of deleted records that wait to be removed from the disk, of the whole installation.
    pub files: u64,
    /// Since the audit before, or since the scheme began: entries of the audit that say that a record was swept.
    pub swept: u64,
    /// Entries that say that a record was erased by the controller.
    pub erased: u64,
    /// Records of deleted profiles that were made.
    pub stubs: u64,
    /// The position in the audit chain after the last of those entries, and the hash of the chain there, in hexadecimal.
    pub head: (u64, String),
}

impl Summary {
    /// Whether everything is decided on, and nothing is past its end: then the run can be finished.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.open == 0 && self.past == 0
    }
}

fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn month(day: Option<Date>) -> String {
    day.map_or_else(|| "not said of so few".to_owned(), |day| day.strftime("%B %Y").to_string())
}

fn say(text: impl Into<String>) -> Block {
    Block::Paragraph(vec![Inline::Text(text.into())])
}

fn heading(text: &str) -> Block {
    Block::Heading { level: 2, text: text.to_owned() }
}

fn table(caption: &str, head: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table {
        caption: caption.to_owned(),
        head: head.iter().map(|&text| text.to_owned()).collect(),
        rows,
    }
}

fn gone(lines: &[Gone]) -> Block {
    let rows = lines.iter().map(|line| {
        let left = line.listed - line.gone.min(line.listed);
        vec![line.kind.label().to_owned(), line.listed.to_string(), line.gone.to_string(), left.to_string()]
    });
    table("What became of it", &["What", "Listed", "Gone", "Still here"], rows.collect())
}

/// What the audit does not count, and why (RET-13); every table is held against it by a test.
pub const NOT_COUNTED: &str = "the scheme’s policies, governing documents and registers, which are about the scheme; the audit, \
    which holds ids alone; requests, breaches of data and of rules, news, meetings, imports and exports, each of which ends by a period of its \
    own; and sessions, links, drafts, mail and the like, which end within days";

/// A run goes on for so many days: what it found is old itself after that, and it is begun anew.
pub const GOES_ON: i64 = 30;

/// Whether a run that was begun on a day is too old to be finished.
#[must_use]
pub fn is_stale(begun_on: Date, today: Date) -> bool {
    begun_on.saturating_add(Span::new().days(GOES_ON)) < today
}

/// A day as the report says it: its month, and nothing of few, since that would be somebody's own record.
#[must_use]
pub fn coarse(policy: &Policy, count: u64, day: Option<Date>) -> Option<Date> {
    day.filter(|_| count >= u64::from(policy.statistics.suppress_below)).map(Date::first_of_month)
}

/// The report of a run: kinds, rules, days and counts, and nobody's name or reference (RET-13).
#[must_use]
pub fn report(policy: &Policy, summary: &Summary, finished_on: Date, conclusion: &str) -> Publication {
    let age = policy.reviews.old_after.length;
    let mut blocks = vec![
        say(format!(
            "This report counts what the scheme held on {} and that was more than {age} old: what is from before {}. It says why \
             each is still here, and shows that what was due is gone. It names nobody, and says no dates of few.",
            day(summary.begun_on),
            day(summary.before)
        )),
        heading("What is old, and why it is still here"),
    ];
    if summary.lines.is_empty() {
        blocks.push(say("Nothing that the scheme held was that old."));
    } else {
        let rows = summary.lines.iter().map(|line| {
            let until = match line.until {
                Some(until) => month(Some(until)),
                None if line.oldest.is_none() => month(None),
                None => "with what it belongs to".to_owned(),
            };
            vec![
                line.kind.label().to_owned(),
                line.count.to_string(),
                line.why.label().to_owned(),
                month(line.oldest),
                until,
            ]
        });
        let head = ["What", "How many", "Why", "The oldest from", "Ends by"];
        blocks.push(table("What is old", &head, rows.collect()));
    }
    blocks.push(say(
        "What is held of a person, such as items, holds, exclusions and whom they act with, is counted with the person; what \
         belongs to a report, an incident or a letter, with that; what a business or a user agreed to and was given, with them.",
    ));
    blocks.push(say(format!("Not counted are {NOT_COUNTED}.")));
    blocks.push(heading("What was due, and is gone"));
    match &summary.last {
        Some((on, lines)) if !lines.is_empty() => {
            blocks.push(say(format!("The audit before, of {}, listed what stands here.", day(*on))));
            blocks.push(gone(lines));
        }
        Some((on, _)) => blocks.push(say(format!("The audit before, of {}, listed nothing.", day(*on)))),
        None => {
            blocks.push(say("This is the first audit of the scheme, so that there is none to compare with."));
        }
    }
    if !summary.since_begun.is_empty() {
        blocks.push(say("Of what this audit itself listed, this is gone since it was begun."));
        blocks.push(gone(&summary.since_begun));
    }
    blocks.push(say(
        "On the day on which this report was made nothing was held that was past its end: the program worked out again the \
         end of everybody whom this report counts, and of whatever its stored days say is due, as it does for the sweep, and found none.",
    ));
    blocks.push(Block::Facts(vec![
        ("Records that the clock changed or destroyed".into(), vec![Inline::Text(summary.swept.to_string())]),
        ("Records that the data controller erased".into(), vec![Inline::Text(summary.erased.to_string())]),
        ("Records of deleted profiles that were made".into(), vec![Inline::Text(summary.stubs.to_string())]),
        (
            "People past their end, hidden, and kept for some days for a report that waits".into(),
            vec![Inline::Text(summary.put_off.to_string())],
        ),
        (
            "Files of deleted records that the next sweep removes from the disk".into(),
            vec![Inline::Text(summary.files.to_string())],
        ),
        (
            "Where that is written".into(),
            vec![Inline::Text(format!(
                "in the scheme’s audit, up to entry {}, whose hash is {}",
                summary.head.0, summary.head.1
            ))],
        ),
    ]));
    if !summary.kept.is_empty() {
        blocks.push(heading("What is kept by judgement"));
        blocks.push(say(
            "No period keeps these. The data controller looked at each and said on what ground it stays.",
        ));
        let rows = summary.kept.iter().map(|kept| {
            vec![kept.kind.label().to_owned(), kept.count.to_string(), kept.ground.label().to_owned()]
        });
        blocks.push(table("What is kept by judgement", &["What", "How many", "Ground"], rows.collect()));
    }
    blocks.push(heading("Conclusion"));
    blocks.push(say(conclusion));
    blocks.push(heading("How to check this report"));
    blocks.push(say(
        "A file of signature goes with this one. It holds the SHA256 of this file, a statement of one line that names it, the \
         statement’s Ed25519 signature by the key of the installation, and that key’s public part. Whoever has both files can \
         check them with the program or with OpenSSL, as the handbook says, and needs nothing else of the scheme’s.",
    ));
    let version = format!("Begun on {}, finished on {}", day(summary.begun_on), day(finished_on));
    bound("Yearly audit of old data", version, policy, blocks)
}

/// A run as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneOldAudit(pub OldAuditId);

impl Target for OneOldAudit {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a run.
#[derive(Clone, Debug)]
pub struct OldAuditFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// When it was finished.
    pub finished_on: Option<Date>,
}

impl Facts for OldAuditFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn is_open(_: &Standing, _: &OneOldAudit, facts: &OldAuditFacts) -> bool {
    facts.finished_on.is_none()
}

fn is_finished(_: &Standing, _: &OneOldAudit, facts: &OldAuditFacts) -> bool {
    facts.finished_on.is_some()
}

crate::gate::actions! {
    /// What is old, the run that is open, and the audits that were made (RET-13).
    ShowOldData = "old_data.show", Look, [Role::Controller, Role::Board, Role::Auditor], InOrg => Scope;
    /// Begin the audit of a year.
    BeginOldAudit = "old_data.begin", Change, [Role::Controller], InOrg => Scope;
    /// Say on what ground something stays that only a judgement keeps.
    DecideOldItem = "old_data.decide", Change, [Role::Controller], OneOldAudit => OldAuditFacts, is_open;
    /// Finish the audit, with its signed report.
    FinishOldAudit = "old_data.finish", Change, [Role::Controller], OneOldAudit => OldAuditFacts, is_open;
    /// Read the report of an audit.
    ReadOldReport = "old_data.read", Look, [Role::Controller, Role::Board, Role::Auditor], OneOldAudit => OldAuditFacts, is_finished;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ret_13_a_report_says_what_is_old_why_and_what_is_gone_and_is_done_only_without_what_is_past() {
        let policy = Policy::parse("generic.toml", include_str!("../../../policies/generic.toml"))
            .expect("the pattern is good");
        let mut summary = Summary {
            begun_on: date(2026, 11, 20),
            before: date(2024, 11, 20),
            lines: vec![Line {
                kind: Kind::Person,
                why: Why::Frozen,
                count: 9,
                oldest: Some(date(2023, 1, 1)),
                until: None,
            }],
            last: Some((date(2025, 11, 1), vec![Gone { kind: Kind::Person, listed: 9, gone: 7 }])),
            since_begun: Vec::new(),
            kept: vec![Kept { kind: Kind::Person, ground: Ground::Claim, count: 2 }],
            open: 0,
            past: 0,
            put_off: 0,
            files: 0,
            swept: 12,
            erased: 1,
            stubs: 4,
            head: (321, "ab".repeat(32)),
        };
        assert!(summary.is_done());
        let text = format!("{:?}", report(&policy, &summary, date(2026, 11, 22), "All is as it should be."));
        for words in [
            "more than 24 months old",
            "kept after its end by a hold",
            "January 2023",
            "\"9\", \"7\", \"2\"",
            "A legal claim is made or defended",
            "entry 321",
            "All is as it should be.",
            "finished on 22 November 2026",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert_eq!(coarse(&policy, 4, Some(date(2023, 1, 31))), None, "of few no dates");
        assert_eq!(coarse(&policy, 5, Some(date(2023, 1, 31))), Some(date(2023, 1, 1)));
        assert!(
            !is_stale(date(2026, 11, 1), date(2026, 12, 1)) && is_stale(date(2026, 11, 1), date(2026, 12, 2))
        );
        summary.past = 1;
        assert!(!summary.is_done());
        assert!(Why::Held.asks() && !Why::Shown.asks());
    }
}

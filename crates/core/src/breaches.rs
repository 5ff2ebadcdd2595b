//! The register of personal data breaches: twelve entries, whom to tell by when, and how high the risk is (BRE-1 to
//! BRE-4).
//!
//! What was said of a breach is sealed under it. What was done about it is added to it step by step, and nothing of that
//! is changed afterwards: whom was told when, or why not, and how high the board judges the risk. What is still owed is
//! worked out from the steps.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{BreachId, OrgId},
    incidents::words,
    policy::Policy,
    rights::breach_by,
    scope::{InOrg, Scope},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An entry of the register: its words, and the note that guides whoever fills it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub label: &'static str,
    /// What to write there.
    pub note: &'static str,
}

/// The twelve entries in their order (BRE-1).
pub const ENTRIES: [Entry; 12] = [
    Entry { label: "Date and time of detection of the breach", note: "" },
    Entry { label: "Date and time of the breach", note: "If known; if not, the best estimate" },
    Entry {
        label: "Cause of the breach",
        note: "A malicious attack (internal or external), accident (technical failure), negligence or human error, or other",
    },
    Entry {
        label: "Likely impact of the breach",
        note: "Publication or theft of data, identity theft or fraud, loss of data, loss of confidentiality, damage to property, financial loss, interruption of business, liability, damage to reputation, or other",
    },
    Entry { label: "Type of data breached", note: "Personal or not personal" },
    Entry {
        label: "If personal data, what impact it may have on people’s rights and freedoms",
        note: "All possible significant negative effects, distress among them",
    },
    Entry { label: "Date of notification to processors", note: "As soon as we are aware of it" },
    Entry {
        label: "Date of notification to the Information Commissioner’s Office",
        note: "See “A breach of personal data”",
    },
    Entry {
        label: "Date of notification to the people concerned, if necessary",
        note: "Where it is likely to put them at high risk; where not, the reason",
    },
    Entry { label: "Data format", note: "Digital (encrypted or not), on paper, on removable media" },
    Entry {
        label: "Measures taken to mitigate adverse effects",
        note: "What was done to keep negative effects small",
    },
    Entry { label: "Measures taken so that a similar breach does not happen again", note: "" },
];

words! {
    /// What became of a breach.
    BreachState {
        /// It is being dealt with.
        Open = "open",
        /// It is closed, and kept for the policy's period.
        Closed = "closed",
    }
}

/// What the register says of a breach; sealed under it. The dates of entries 7 to 9 stand with the steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What it is called in the list.
    pub title: String,
    /// Entry 2: when it happened, or the best estimate.
    pub happened: String,
    /// Entry 3.
    pub cause: String,
    /// Entry 4.
    pub impact: String,
    /// Entry 5: whether personal data is concerned.
    pub is_personal: bool,
    /// Entry 6.
    pub effects: String,
    /// Entry 10.
    pub format: String,
    /// Entry 11.
    pub mitigation: String,
    /// Entry 12.
    pub prevention: String,
    /// What kinds of people are concerned (UK GDPR Article 33(3)(a)).
    pub people_kinds: String,
    /// About how many, as far as is known.
    pub people: Option<u32>,
    /// What kinds of records are concerned.
    pub record_kinds: String,
    /// About how many.
    pub records: Option<u32>,
    /// Where more can be learned (Article 33(3)(b)).
    pub contact: String,
}

words! {
    /// What was done about a breach.
    StepKind {
        /// The board was told.
        Board = "board",
        /// The Information Commissioner was told, or need not be.
        Commissioner = "commissioner",
        /// The processors concerned were told, or none is concerned.
        Processor = "processor",
        /// The board judged how high the risk to people is (BRE-3).
        Risk = "risk",
        /// The people concerned were told, or why they are not.
        People = "people",
        /// When it was detected, or whether it concerns personal data, was corrected: what was said before, and why.
        Changed = "changed",
    }
}

impl StepKind {
    /// Every kind that people record by itself, in the order of pages.
    pub const ALL: [Self; 5] = [Self::Processor, Self::Board, Self::Commissioner, Self::Risk, Self::People];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Board => "Board of management",
            Self::Commissioner => "Information Commissioner",
            Self::Processor => "Processors concerned",
            Self::Risk => "Risk to people, as the board judges it",
            Self::People => "People concerned",
            Self::Changed => "Corrected",
        }
    }
}

/// A step that was taken; its words are sealed under the breach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub kind: StepKind,
    /// Whether they were told; of the risk, whether it is high.
    pub yes: bool,
    /// When.
    pub at: Timestamp,
    /// Whom and how, under which reference; or why not.
    pub words: String,
    /// Who wrote it down; none where the program did.
    pub by: Option<String>,
}

/// The newest step of a kind: it says what holds.
#[must_use]
pub fn last(steps: &[Step], kind: StepKind) -> Option<&Step> {
    steps.iter().rfind(|step| step.kind == kind)
}

/// Something that is still to be done about a breach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owed {
    /// What.
    pub kind: StepKind,
    /// By when.
    pub by: Timestamp,
}

/// The newest step of a kind among those that were written down after the newest judgement of the risk.
fn since_judged(steps: &[Step], kind: StepKind) -> Option<&Step> {
    let judged = steps.iter().rposition(|step| step.kind == StepKind::Risk).map_or(0, |at| at + 1);
    last(&steps[judged..], kind)
}

/// Whether the board found the risk high when it judged last (BRE-3).
#[must_use]
pub fn is_high(steps: &[Step]) -> bool {
    last(steps, StepKind::Risk).is_some_and(|step| step.yes)
}

/// What is still owed of an open breach, the soonest first (BRE-2, BRE-3). Processors are told at once, board and
/// Commissioner within the policy's hours, which are the law's at most. The board judges the risk within the same time.
/// Where it is high, the Commissioner has to be told whatever was decided before, and people are told without delay: what
/// was decided of them before the board judged so does not count. That the board is told, nobody can decide against.
#[must_use]
pub fn owed(policy: &Policy, aware_at: Timestamp, is_personal: bool, steps: &[Step]) -> Vec<Owed> {
    let by = breach_by(aware_at, policy.deadlines.breach.length);
    let processors = breach_by(aware_at, policy.deadlines.breach_processor.length).min(by);
    let told = |kind| last(steps, kind).is_some_and(|step| step.yes);
    let mut all = Vec::new();
    let mut owe = |is_done: bool, kind, by| {
        if !is_done {
            all.push(Owed { kind, by });
        }
    };
    owe(last(steps, StepKind::Processor).is_some(), StepKind::Processor, processors);
    owe(told(StepKind::Board), StepKind::Board, by);
    // Where no personal data is concerned there is nobody else to tell.
    if is_personal {
        let high = is_high(steps);
        let commissioner =
            told(StepKind::Commissioner) || (!high && last(steps, StepKind::Commissioner).is_some());
        owe(commissioner, StepKind::Commissioner, by);
        let judged = last(steps, StepKind::Risk);
        owe(judged.is_some(), StepKind::Risk, by);
        if let Some(judged) = judged.filter(|_| high) {
            let people = told(StepKind::People) || since_judged(steps, StepKind::People).is_some();
            owe(people, StepKind::People, judged.at);
        }
    }
    all.sort_by_key(|owed| owed.by);
    all
}

/// A time that is left, or over, as pages say it.
#[must_use]
pub fn left(by: Timestamp, now: Timestamp) -> String {
    let (word, time) =
        if by >= now { ("left", by.duration_since(now)) } else { ("over", now.duration_since(by)) };
    let (hours, minutes) = (time.as_hours(), time.as_mins() % 60);
    let time = match (hours, minutes) {
        (0, 1) => "1 minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (1, _) => "1 hour".to_owned(),
        (hours @ ..100, _) => format!("{hours} hours"),
        (hours, _) => format!("{} days", hours / 24),
    };
    format!("{time} {word}")
}

/// A breach as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneBreach(pub BreachId);

impl Target for OneBreach {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a breach.
#[derive(Clone, Debug)]
pub struct BreachFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What became of it.
    pub state: BreachState,
}

impl Facts for BreachFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn open(_: &Standing, _: &OneBreach, facts: &BreachFacts) -> bool {
    facts.state == BreachState::Open
}

crate::gate::actions! {
    /// The register of breaches (BRE-1).
    ListBreaches = "breaches.list", Look, [Role::Controller, Role::Board], InOrg => Scope;
    /// Read one, and its report.
    ShowBreach = "breaches.show", Look, [Role::Controller, Role::Board], OneBreach => BreachFacts;
    /// Enter one, from becoming aware of it.
    RecordBreach = "breaches.record", Change, [Role::Controller, Role::Board], InOrg => Scope;
    /// Say more of it, or correct what was said.
    EditBreach = "breaches.edit", Change, [Role::Controller, Role::Board], OneBreach => BreachFacts, open;
    /// Record who was told, or why not (BRE-2, BRE-3).
    NoteBreach = "breaches.note", Change, [Role::Controller, Role::Board], OneBreach => BreachFacts, open;
    /// Judge how high the risk to people is: the board's alone (BRE-3).
    JudgeBreach = "breaches.judge", Change, [Role::Board], OneBreach => BreachFacts, open;
    /// Close it.
    CloseBreach = "breaches.close", Change, [Role::Controller, Role::Board], OneBreach => BreachFacts, open;
    /// Find out from the audit chain whose records who saw between two times (BRE-4).
    FindAffected = "breaches.affected", Look, [Role::Controller], OneBreach => BreachFacts;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        let text = include_str!("../../../policies/cheltenham-safe.toml");
        Policy::parse("cheltenham-safe.toml", text).expect("it is a policy")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn step(kind: StepKind, yes: bool, when: &str) -> Step {
        Step { kind, yes, at: at(when), words: String::new(), by: None }
    }

    #[test]
    fn bre_2_bre_3_what_is_owed_follows_from_what_was_done() {
        let (policy, aware) = (policy(), at("2026-11-20T09:00:00Z"));
        let kinds = |steps: &[Step], is_personal| {
            owed(&policy, aware, is_personal, steps).iter().map(|owed| owed.kind).collect::<Vec<_>>()
        };
        let all = owed(&policy, aware, true, &[]);
        assert_eq!((all[0].kind, all[0].by), (StepKind::Processor, aware), "processors as soon as aware");
        assert!(all[1..].iter().all(|owed| owed.by == at("2026-11-23T09:00:00Z")), "72 hours for the rest");
        assert_eq!(all.len(), 4, "people are told where the board finds the risk high, and not before");
        let mut steps = vec![
            step(StepKind::Processor, false, "2026-11-20T10:00:00Z"),
            step(StepKind::Board, true, "2026-11-20T10:00:00Z"),
        ];
        assert_eq!(kinds(&steps, true), [StepKind::Commissioner, StepKind::Risk]);
        assert!(kinds(&steps, false).is_empty(), "no personal data: nobody else");
        steps.push(step(StepKind::Risk, true, "2026-11-21T10:00:00Z"));
        let next = owed(&policy, aware, true, &steps);
        assert_eq!((next[0].kind, next[0].by), (StepKind::People, at("2026-11-21T10:00:00Z")));
        // The board may judge anew; what it said last holds.
        steps.push(step(StepKind::Risk, false, "2026-11-22T10:00:00Z"));
        assert_eq!(kinds(&steps, true), [StepKind::Commissioner]);
        steps.push(step(StepKind::Commissioner, false, "2026-11-22T11:00:00Z"));
        assert!(kinds(&steps, true).is_empty(), "why the Commissioner need not be told is a decision, too");
        // Where the board finds the risk high after all, what was decided before does not count.
        steps.push(step(StepKind::People, false, "2026-11-22T12:00:00Z"));
        steps.push(step(StepKind::Risk, true, "2026-11-22T13:00:00Z"));
        assert_eq!(kinds(&steps, true), [StepKind::People, StepKind::Commissioner]);
        steps.push(step(StepKind::People, false, "2026-11-22T14:00:00Z"));
        steps.push(step(StepKind::Commissioner, false, "2026-11-22T14:00:00Z"));
        assert_eq!(kinds(&steps, true), [StepKind::Commissioner], "a high risk is reported");
        steps.push(step(StepKind::Commissioner, true, "2026-11-22T15:00:00Z"));
        assert!(kinds(&steps, true).is_empty());
        let unheard = [step(StepKind::Board, false, "2026-11-20T10:00:00Z")];
        assert!(
            kinds(&unheard, false).contains(&StepKind::Board),
            "nobody decides against telling the board"
        );
    }

    #[test]
    fn bre_2_the_time_left_is_said_in_hours() {
        let by = at("2026-11-23T09:00:00Z");
        for (now, said) in [
            ("2026-11-20T09:00:00Z", "72 hours left"),
            ("2026-11-23T07:30:00Z", "1 hour left"),
            ("2026-11-23T08:59:00Z", "1 minute left"),
            ("2026-11-23T09:00:00Z", "0 minutes left"),
            ("2026-11-23T12:00:00Z", "3 hours over"),
            ("2026-12-03T09:00:00Z", "10 days over"),
        ] {
            assert_eq!(left(by, at(now)), said);
        }
    }
}

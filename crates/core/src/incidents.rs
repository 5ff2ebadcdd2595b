//! What happened, what members reported of it, and the people whom they described.
pub mod warnings;

pub use warnings::{Looks, Warning, every, warnings};

use crate::{
    clocks::AgeBand,
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{AccountId, IncidentId, OrgId, ReportId},
    scope::{InOrg, Scope},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What one member user sent; sealed under the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The kind of incident, an id of the policy's vocabulary.
    pub category: String,
    /// Where, in the reporter's words.
    pub place: String,
    /// When.
    pub occurred_at: Timestamp,
    /// What happened, in the reporter's words. Never shown to members: review writes the incident's narrative.
    pub sentence: String,
    /// Loss in pence, where there was one.
    pub loss_pence: Option<u64>,
    /// What was taken or damaged: ids of the policy's vocabulary.
    #[serde(default)]
    pub items: Vec<String>,
    /// How it ended, an id of the policy's vocabulary.
    #[serde(default)]
    pub outcome: Option<String>,
    /// A vehicle that was used.
    #[serde(default)]
    pub vehicle: Option<Vehicle>,
    /// The number under which the police know of it.
    #[serde(default)]
    pub police_reference: Option<String>,
    /// The submitting user's e-mail address, which stays with the report (INC-3), where they have one.
    pub reporter_email: Option<String>,
    /// The submitting user's name at the time.
    pub reporter_name: String,
    /// The business that they reported for.
    pub business: Option<String>,
}

impl Report {
    /// Whose words these are, as pages name them.
    #[must_use]
    pub fn sender(&self) -> &str {
        match &*self.reporter_name {
            "" => "a former member",
            name => name,
        }
    }

    /// Takes away who sent it, for whom it was, and, where the policy does not let it stay, the address (MEM-6, INC-3).
    pub fn forget_sender(&mut self, address_stays: bool) {
        self.reporter_name.clear();
        self.business = None;
        if !address_stays {
            self.reporter_email = None;
        }
    }

    /// Empties what may point to a person who is gone: the words, the vehicle, and the number under which the police
    /// know who it was (INC-9).
    pub fn say_nothing(&mut self) {
        self.sentence.clear();
        self.vehicle = None;
        self.police_reference = None;
    }
}

/// A vehicle that was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// The registration, in capitals and single spaces; empty where nobody saw it.
    pub registration: String,
    /// What it looks like, such as `Blue Ford Transit`.
    pub description: String,
}

impl Vehicle {
    /// A vehicle as typed; none where nothing was.
    #[must_use]
    pub fn typed(registration: &str, description: &str) -> Option<Self> {
        let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let registration = with_marks(&spaced(registration).to_uppercase());
        let vehicle = Self { registration, description: spaced(description) };
        (!vehicle.registration.is_empty() || !vehicle.description.is_empty()).then_some(vehicle)
    }
}

/// A text about a vehicle with registration marks as they stand on a plate, however they were typed: `ab12cde` and
/// `AB 12 CDE` are `AB12 CDE`, `a123bcd` is `A123 BCD`. All else stays as it is.
#[must_use]
pub fn with_marks(text: &str) -> String {
    let words = text.split(' ').collect::<Vec<_>>();
    let mut told: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let found = (1..=3).rev().filter(|n| at + n <= words.len()).find_map(|n| {
            let (joined, after) = bare(&words[at..at + n])?;
            // Words that stand apart may be words; the present form alone is sure enough to join them.
            let mark = if n == 1 { mark(&joined) } else { present(&joined) }?;
            Some((n, mark + after))
        });
        match found {
            Some((n, mark)) => {
                told.push(mark);
                at += n;
            }
            None => {
                told.push(words[at].to_owned());
                at += 1;
            }
        }
    }
    told.join(" ")
}

/// Words run together in capitals, and the commas and stops after the last; none where anything else parts them.
fn bare<'a>(words: &[&'a str]) -> Option<(String, &'a str)> {
    let last = words.last()?;
    let end = last.trim_end_matches([',', '.', ';', ')']).len();
    let joined = words[..words.len() - 1].concat() + &last[..end];
    joined.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| (joined.to_ascii_uppercase(), &last[end..]))
}

/// Two letters, two digits, three letters: since 2001.
fn present(text: &str) -> Option<String> {
    let shape = text.bytes().map(|b| if b.is_ascii_digit() { '0' } else { 'A' }).collect::<String>();
    (shape == "AA00AAA").then(|| format!("{} {}", &text[..4], &text[4..]))
}

/// The present form, or one of those before: a letter, up to three digits and three letters, or the other way round.
fn mark(text: &str) -> Option<String> {
    let shape = text.bytes().map(|b| if b.is_ascii_digit() { '0' } else { 'A' }).collect::<String>();
    match &*shape {
        "A0AAA" | "A00AAA" | "A000AAA" => {
            Some(format!("{} {}", &text[..text.len() - 3], &text[text.len() - 3..]))
        }
        "AAA0A" | "AAA00A" | "AAA000A" => Some(format!("{} {}", &text[..3], &text[3..])),
        _ => present(text),
    }
}

impl std::fmt::Display for Vehicle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [&*self.description, &*self.registration];
        f.write_str(&parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
    }
}

/// A person as a report describes them; sealed under the report, emptied when they are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// A name, if the reporter knows or guesses one.
    pub name: String,
    /// What they look like.
    pub description: String,
    /// The date of birth, where known.
    pub born: Option<Date>,
    /// How old they look.
    pub apparent_age: AgeBand,
}

/// An incident; sealed under itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Where.
    pub place: String,
    /// What happened, as review released it. People stand in it by slot, `{1}`, and are shown from the living
    /// subject (INC-9).
    pub narrative: String,
    /// Loss in pence, where there was one.
    pub loss_pence: Option<u64>,
    /// What was taken or damaged: ids of the policy's vocabulary.
    #[serde(default)]
    pub items: Vec<String>,
    /// How it ended, an id of the policy's vocabulary.
    #[serde(default)]
    pub outcome: Option<String>,
}

/// A piece of a narrative: text, or the slot of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// The person of this slot.
    Slot(u32),
}

/// Splits a narrative at its slots. A brace that is no slot is text.
#[must_use]
pub fn pieces(narrative: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut from) = (narrative, 0);
    while let Some(open) = rest[from..].find('{').map(|at| at + from) {
        let close = rest[open..].find('}').map(|at| at + open);
        let slot =
            close.and_then(|close| rest[open + 1..close].parse::<u32>().ok().map(|slot| (close, slot)));
        match slot {
            Some((close, slot)) => {
                if open > 0 {
                    found.push(Piece::Text(&rest[..open]));
                }
                found.push(Piece::Slot(slot));
                (rest, from) = (&rest[close + 1..], 0);
            }
            None => from = open + 1,
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    found
}

/// A narrative with each person in words.
#[must_use]
pub fn tell(narrative: &str, mut person: impl FnMut(u32) -> String) -> String {
    pieces(narrative)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Slot(slot) => person(slot),
        })
        .collect()
}

/// What stands for a person who was deleted (INC-9).
pub const SINCE_DELETED: &str = "a person since deleted";

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }
        impl $name {
            /// The stable name, as stored.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::incidents::UnknownState;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::incidents::UnknownState) }
            }
        }
    };
}

pub(crate) use words;

/// A stored state that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such state")]
pub struct UnknownState;

words! {
    /// What became of a report.
    ReportState {
        /// Waits for the controller.
        Waiting = "waiting",
        /// Approved: it counts from the day on which it was submitted.
        Approved = "approved",
        /// Rejected, with a reason that the reporter sees.
        Rejected = "rejected",
        /// Taken away after it had been approved.
        Removed = "removed",
    }
}
words! {
    /// What became of a report since whoever sent it last looked.
    News {
        /// It was approved.
        Approved = "approved",
        /// It was rejected, with a reason.
        Rejected = "rejected",
        /// It was taken away after it had been approved.
        Removed = "removed",
        /// Somebody in it who had no name has one now.
        Named = "named",
    }
}
words! {
    /// What became of a person in a report.
    PersonState {
        /// Waits for review.
        Waiting = "waiting",
        /// Linked to a subject.
        Linked = "linked",
        /// Not directly involved, or sharing is not necessary.
        LeftOut = "left_out",
        /// The subject was deleted; nothing is left but the slot.
        Gone = "gone",
    }
}

/// A report as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneReport(pub ReportId);

impl Target for OneReport {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a report.
#[derive(Clone, Debug)]
pub struct ReportFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The report.
    pub report: ReportId,
    /// Its number in the organisation, which is its reference.
    pub number: i64,
    /// The incident that it was approved into.
    pub incident: Option<IncidentId>,
    /// Who submitted it.
    pub submitter: AccountId,
    /// What became of it.
    pub state: ReportState,
    /// When it was submitted.
    pub submitted_at: Timestamp,
    /// The London day of that.
    pub submitted_on: Date,
    /// The day on which it happened.
    pub occurred_on: Date,
    /// Whether somebody in it, or in its incident, has been deleted or may not be held: whatever may show them went with
    /// that, and does not come back.
    pub silenced: bool,
}

impl Facts for ReportFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// An incident as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneIncident(pub IncidentId);

impl Target for OneIncident {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about an incident.
#[derive(Clone, Debug)]
pub struct IncidentFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The incident.
    pub incident: IncidentId,
    /// The day on which it is deleted whatever its subjects do, where the policy names one (INC-8).
    pub delete_on: Option<Date>,
}

impl Facts for IncidentFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn in_time(_: &Standing, _: &OneIncident, facts: &IncidentFacts) -> bool {
    facts.delete_on.is_none_or(|end| facts.scope.today < end)
}

fn own(standing: &Standing, _: &OneReport, facts: &ReportFacts) -> bool {
    standing.account == Some(facts.submitter)
}

/// The controller reviews; a report can be decided once.
fn waiting(_: &Standing, _: &OneReport, facts: &ReportFacts) -> bool {
    facts.state == ReportState::Waiting
}

crate::gate::actions! {
    /// Report an incident (INC-1).
    SubmitReport = "reports.submit", Change, [Role::MemberUser, Role::Staff, Role::Controller], InOrg => Scope, uncertified;
    /// What one has reported, and what became of it.
    ListOwnReports = "reports.mine", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller], InOrg => Scope, uncertified;
    /// One's own report.
    ShowOwnReport = "reports.show", Look, [Role::MemberUser, Role::Staff, Role::Controller],
        OneReport => ReportFacts, own, uncertified;
    /// Keep what was typed until it is sent.
    KeepDraft = "drafts.keep", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller], InOrg => Scope, uncertified;
    /// Reports that wait for the controller.
    ReviewQueue = "reports.queue", Look, [Role::Controller], InOrg => Scope;
    /// Read a report to decide on it.
    OpenReport = "reports.open", Look, [Role::Controller], OneReport => ReportFacts;
    /// Approve a report: link its people, release what is shared (INC-2).
    ApproveReport = "reports.approve", Change, [Role::Controller], OneReport => ReportFacts, waiting;
    /// Reject a report, with a reason that the reporter sees (INC-2).
    RejectReport = "reports.reject", Change, [Role::Controller], OneReport => ReportFacts, waiting;
    /// What was uploaded with a report, taken back before it was sent.
    RemovePicture = "drafts.remove_picture", Change, [Role::MemberUser, Role::Staff, Role::Controller], InOrg => Scope, uncertified;
    /// All of an incident.
    OpenIncident = "incidents.open", Look, [Role::Controller], OneIncident => IncidentFacts, in_time;
}

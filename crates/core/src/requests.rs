//! What people ask about their data: by the site, by e-mail, on paper, in person; identity, clarifications, more time,
//! and how it ended (SAR-1, SAR-2, SAR-6 to SAR-9, PUB-3).
//!
//! The public form takes whatever is sent with one answer, so that nobody can find out by it who is held. What happens to
//! a request is added to it step by step; its two clocks ([`crate::rights`]) are worked out from the steps each time, and
//! no due day is stored. To a person's record it is linked only once it is known who asks.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{OrgId, RequestAboutDataId, SubjectId},
    incidents::words,
    policy::Policy,
    rights::{Asked, Clocks, Course, Right, acknowledge_by},
    scope::{InOrg, Scope, ends},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// By which way it came.
    Origin {
        /// By the public form.
        Site = "site",
        /// By e-mail.
        Email = "email",
        /// On paper.
        Paper = "paper",
        /// Somebody said it to somebody of the scheme.
        InPerson = "in_person",
        /// By telephone.
        Telephone = "telephone",
    }
}

impl Origin {
    /// The ways by which it comes to the controller's desk.
    pub const ENTERED: [Self; 4] = [Self::Email, Self::Paper, Self::InPerson, Self::Telephone];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Site => "By the public form",
            Self::Email => "By e-mail",
            Self::Paper => "On paper",
            Self::InPerson => "In person",
            Self::Telephone => "By telephone",
        }
    }
}

words! {
    /// What became of it.
    RequestState {
        /// It is being dealt with.
        Open = "open",
        /// It is completed.
        Done = "done",
    }
}

words! {
    /// How it ended.
    Outcome {
        /// They have what they asked for.
        Given = "given",
        /// A part of it, with reasons for the rest.
        Partly = "partly",
        /// It was refused, with reasons.
        Refused = "refused",
        /// Nothing is held about them.
        Nothing = "nothing",
        /// They took it back.
        Withdrawn = "withdrawn",
        /// It was not shown who they are.
        Unknown = "unknown",
    }
}

impl Outcome {
    /// Every way in which it ends, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::Given, Self::Partly, Self::Refused, Self::Nothing, Self::Withdrawn, Self::Unknown];

    /// The ways in which a request for a right ends; a complaint is upheld or not, and says nothing of what is held.
    #[must_use]
    pub fn of(right: Right) -> Vec<Self> {
        let is_open =
            |outcome: &Self| right != Right::Complaint || !matches!(outcome, Self::Nothing | Self::Unknown);
        Self::ALL.into_iter().filter(is_open).collect()
    }

    /// What pages call it.
    #[must_use]
    pub fn label(self, right: Right) -> &'static str {
        match (self, right) {
            (Self::Given, Right::Complaint) => "Upheld",
            (Self::Partly, Right::Complaint) => "Upheld in part",
            (Self::Refused, Right::Complaint) => "Not upheld",
            (Self::Given, _) => "Done as they asked",
            (Self::Partly, _) => "Done in part, with reasons for the rest",
            (Self::Refused, _) => "Refused, with reasons",
            (Self::Nothing, _) => "Nothing is held about them",
            (Self::Withdrawn, _) => "They took it back",
            (Self::Unknown, _) => "They did not show who they are",
        }
    }

    /// Whether it says something about what is held, and so needs to be known who asks (SAR-2). Anybody may complain, and
    /// is told what became of it (SAR-8).
    #[must_use]
    pub fn discloses(self, right: Right) -> bool {
        right != Right::Complaint
            && matches!(self, Self::Given | Self::Partly | Self::Refused | Self::Nothing)
    }
}

/// What somebody asked; sealed under a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// By which the sender can name it: told to them once it was received.
    pub receipt: String,
    /// The reference on a letter, as typed; empty where there was none.
    pub reference: String,
    /// Who asks.
    pub name: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they ask.
    pub message: String,
    /// How it ended, and in which words.
    #[serde(default)]
    pub outcome: Option<(Outcome, String)>,
}

words! {
    /// What happened to a request.
    StepKind {
        /// They were told that it came.
        Receipt = "receipt",
        /// They were asked to show who they are, with the reason for the doubt.
        IdentityAsked = "identity_asked",
        /// Who they are was looked at: it is them, or it is not. Its day is that on which what shows it came, since the law's
        /// month begins with it, however long nobody looked.
        Identity = "identity",
        /// They were asked what is meant.
        Asked = "asked",
        /// They answered.
        Came = "came",
        /// They were told of two months more, with reasons.
        Extended = "extended",
        /// What was done or found meanwhile, and told.
        Progress = "progress",
    }
}

impl StepKind {
    /// What pages call it, as something that happened.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Receipt => "Told that it was received",
            Self::IdentityAsked => "Asked to show who they are",
            Self::Identity => "Identity looked at",
            Self::Asked => "Asked what is meant",
            Self::Came => "Their answer came",
            Self::Extended => "Told of two months more",
            Self::Progress => "Progress",
        }
    }
}

words! {
    /// How somebody's identity was looked at (SAR-2).
    How {
        /// A document was seen.
        Document = "document",
        /// A human compared them, in person, with the pictures that are held.
        InPerson = "in_person",
        /// They are known: whoever dealt with it has dealt with them before.
        Known = "known",
        /// They answered from an address that the scheme knew to be theirs.
        Address = "address",
    }
}

impl How {
    /// Every way, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Document, Self::InPerson, Self::Known, Self::Address];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Document => "A document was seen",
            Self::InPerson => "Compared in person, by a human, with the pictures that are held",
            Self::Known => "Known to whoever dealt with it",
            Self::Address => "Answered from an address that we knew to be theirs",
        }
    }
}

/// The words of a step; sealed under the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What was said, seen or asked.
    pub text: String,
    /// How, where identity was looked at.
    #[serde(default)]
    pub how: Option<How>,
}

/// Something that happened to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub kind: StepKind,
    /// On which day.
    pub on: Date,
    /// Of identity: whether it is them.
    pub yes: bool,
    /// In which words.
    pub words: Words,
    /// Who wrote it down; none where the program did.
    pub by: Option<String>,
}

/// The days of a request's steps, as its clocks and its rules take them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// What happened.
    pub kind: StepKind,
    /// On which day.
    pub on: Date,
    /// Of identity: whether it is them.
    pub yes: bool,
}

impl From<&Step> for Dated {
    fn from(step: &Step) -> Self {
        Self { kind: step.kind, on: step.on, yes: step.yes }
    }
}

fn first(steps: &[Dated], kind: StepKind) -> Option<Date> {
    steps.iter().filter(|step| step.kind == kind).map(|step| step.on).min()
}

/// Whether it is known who asks: what was found last holds (SAR-2).
#[must_use]
pub fn is_known(steps: &[Dated]) -> bool {
    steps.iter().rfind(|step| step.kind == StepKind::Identity).is_some_and(|step| step.yes)
}

/// Whether an answer is awaited without which nobody knows what is meant.
#[must_use]
pub fn is_awaited(steps: &[Dated]) -> bool {
    let count = |kind| steps.iter().filter(|step| step.kind == kind).count();
    count(StepKind::Asked) > count(StepKind::Came)
}

/// What the clocks of a request are worked out from.
#[must_use]
pub fn course(policy: &Policy, right: Right, received_on: Date, steps: &[Dated]) -> Course {
    let of = |kind| steps.iter().filter(move |step| step.kind == kind).map(|step| step.on);
    let shown = steps.iter().filter(|step| step.kind == StepKind::Identity && step.yes).map(|step| step.on);
    let mut asked = of(StepKind::Asked).collect::<Vec<_>>();
    let mut came = of(StepKind::Came).collect::<Vec<_>>();
    asked.sort_unstable();
    came.sort_unstable();
    let mut came = came.into_iter();
    Course {
        right,
        nation: policy.scheme.nation,
        received_on,
        promise: policy.deadlines.answer.length,
        identity: first(steps, StepKind::IdentityAsked).map(|on| Asked { on, came_on: shown.min() }),
        clarifications: asked.into_iter().map(|on| Asked { on, came_on: came.next() }).collect(),
        extended_on: first(steps, StepKind::Extended),
    }
}

/// By when they are told that it was received: the law's time for complaints, the scheme's promise for the rest.
#[must_use]
pub fn receipt_by(policy: &Policy, right: Right, received_on: Date) -> Date {
    match right {
        Right::Complaint => acknowledge_by(received_on, policy.deadlines.complaint.length),
        _ => ends(received_on, policy.deadlines.receipt.length),
    }
}

/// What is still to be done about an open request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// By when they are told that it came; none once they were.
    pub receipt_by: Option<Date>,
    /// By when it is answered: the earlier of both clocks.
    pub answer_by: Date,
    /// Both clocks.
    pub clocks: Clocks,
}

/// What is still to be done about an open request. Of a complaint the outcome is due without undue delay: the law names no
/// day, so it is due on the one that the scheme promises for requests.
#[must_use]
pub fn due(policy: &Policy, right: Right, received_on: Date, steps: &[Dated]) -> Due {
    let clocks = course(policy, right, received_on, steps).clocks();
    let receipt_by =
        first(steps, StepKind::Receipt).is_none().then(|| receipt_by(policy, right, received_on));
    let answer_by = if right == Right::Complaint { clocks.promise } else { clocks.due };
    Due { receipt_by, answer_by, clocks }
}

/// The day on which a request is deleted: its kind's period after it was completed. One that nobody ever completes has an
/// end, too: the same period, from the day that was promised (SAR-7, RET-15).
#[must_use]
pub fn erased_on(policy: &Policy, right: Right, received_on: Date, done_on: Option<Date>) -> Date {
    let keep = match right {
        Right::Complaint => &policy.keep.complaint,
        _ => &policy.keep.request,
    };
    ends(done_on.unwrap_or_else(|| ends(received_on, policy.deadlines.answer.length)), keep.length)
}

/// Why a step cannot be taken now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// The day is before that on which the request was received.
    TooEarly,
    /// The day has not come.
    Future,
    /// They were asked who they are already.
    AskedAlready,
    /// Nothing was asked.
    NothingAsked,
    /// The answer would have come before the question.
    BeforeAsked,
    /// A complaint has no month to extend.
    NoMonth,
    /// The first month is over, so that it can be extended no more.
    TooLate,
    /// It was extended already.
    ExtendedAlready,
    /// They were told of its receipt already.
    ToldAlready,
}

impl No {
    /// In words, for whoever wanted to take it.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TooEarly => "That is before the day on which the request came. Check the day.",
            Self::Future => "That day has not come yet. Record it on the day, or check the day.",
            Self::AskedAlready => "They were asked to show who they are already.",
            Self::NothingAsked => "Nothing was asked that they have not answered.",
            Self::BeforeAsked => "That is before they were asked. Check the day.",
            Self::NoMonth => {
                "A complaint has no month that could be extended: answer it without undue delay."
            }
            Self::TooLate => "The first month was over by that day, so the time cannot be extended.",
            Self::ExtendedAlready => "They were told of two months more already. It can be done once.",
            Self::ToldAlready => "They were told already that it came.",
        }
    }
}

/// Whether a step can be taken.
///
/// # Errors
/// Why not.
pub fn may(
    policy: &Policy,
    right: Right,
    received_on: Date,
    steps: &[Dated],
    step: Dated,
    today: Date,
) -> Result<(), No> {
    if step.on < received_on {
        return Err(No::TooEarly);
    }
    if step.on > today {
        return Err(No::Future);
    }
    match step.kind {
        StepKind::Receipt if first(steps, StepKind::Receipt).is_some() => Err(No::ToldAlready),
        StepKind::IdentityAsked if first(steps, StepKind::IdentityAsked).is_some() || is_known(steps) => {
            Err(No::AskedAlready)
        }
        StepKind::Came if !is_awaited(steps) => Err(No::NothingAsked),
        StepKind::Came => {
            let open = steps.iter().filter(|one| one.kind == StepKind::Asked).map(|one| one.on).max();
            if open.is_some_and(|asked| step.on < asked) { Err(No::BeforeAsked) } else { Ok(()) }
        }
        StepKind::Extended if right == Right::Complaint => Err(No::NoMonth),
        StepKind::Extended if first(steps, StepKind::Extended).is_some() => Err(No::ExtendedAlready),
        StepKind::Extended if !course(policy, right, received_on, steps).may_extend(step.on) => {
            Err(No::TooLate)
        }
        _ => Ok(()),
    }
}

/// A request as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneRequest(pub RequestAboutDataId);

impl Target for OneRequest {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a request.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// What became of it.
    pub state: RequestState,
    /// What is asked for.
    pub right: Right,
    /// When it came.
    pub received_on: Date,
    /// What has happened, oldest first.
    pub steps: Vec<Dated>,
    /// Whose record it is linked to.
    pub subject: Option<SubjectId>,
}

impl Facts for RequestFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

fn open(_: &Standing, _: &OneRequest, facts: &RequestFacts) -> bool {
    facts.state == RequestState::Open
}

/// A record is opened for a request only once it is known who asks (SAR-2).
fn known(_: &Standing, _: &OneRequest, facts: &RequestFacts) -> bool {
    facts.state == RequestState::Open && is_known(&facts.steps)
}

/// What the audit calls the arrival of a request by the public form, which needs no permit: anybody may ask.
pub const RECEIVED: &str = "requests.receive";

crate::gate::actions! {
    /// What people asked about their data, with its clocks (SAR-1).
    ListRequests = "requests.list", Look, [Role::Controller], InOrg => Scope;
    /// Read one.
    OpenRequest = "requests.open", Look, [Role::Controller], OneRequest => RequestFacts;
    /// How many there were and how they ended: counts alone, for the board (SAR-7).
    CountRequests = "requests.count", Unrecorded, [Role::Controller, Role::Board], InOrg => Scope;
    /// Enter one that came by e-mail, on paper, by telephone or in person.
    EnterRequest = "requests.enter", Change, [Role::Controller], InOrg => Scope;
    /// Record what happened to it: receipt, identity, clarification, more time (SAR-1, SAR-2).
    NoteRequest = "requests.note", Change, [Role::Controller], OneRequest => RequestFacts, open;
    /// Link it to the record of whoever asks, once it is known who that is (SAR-2).
    LinkRequest = "requests.link", Change, [Role::Controller], OneRequest => RequestFacts, known;
    /// Record how it ended (SAR-7).
    FinishRequest = "requests.finish", Change, [Role::Controller], OneRequest => RequestFacts, open;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn policy() -> Policy {
        let text = include_str!("../../../policies/cheltenham-safe.toml");
        Policy::parse("cheltenham-safe.toml", text).expect("it is a policy")
    }

    fn step(kind: StepKind, on: Date) -> Dated {
        Dated { kind, on, yes: true }
    }

    const CAME: Date = date(2026, 9, 1);

    #[test]
    fn sar_1_the_due_day_is_the_earlier_clock_and_the_receipt_stands_beside_it() {
        let policy = policy();
        let plain = due(&policy, Right::Access, CAME, &[]);
        assert_eq!((plain.answer_by, plain.receipt_by), (date(2026, 10, 1), Some(date(2026, 10, 1))));
        let told = due(&policy, Right::Access, CAME, &[step(StepKind::Receipt, date(2026, 9, 2))]);
        assert_eq!(
            (told.answer_by, told.receipt_by),
            (date(2026, 10, 1), None),
            "never instead of the answer"
        );
        // The promise is not paused.
        let asked = due(&policy, Right::Access, CAME, &[step(StepKind::Asked, date(2026, 9, 4))]);
        assert_eq!(asked.answer_by, date(2026, 10, 1));
        assert!(asked.clocks.statute.last_day().is_none());
        let complaint = due(&policy, Right::Complaint, CAME, &[]);
        assert_eq!(complaint.receipt_by, Some(date(2026, 9, 30)), "the day of receipt counts (SAR-8)");
    }

    #[test]
    fn sar_2_what_was_found_last_of_identity_holds() {
        let mut steps = vec![step(StepKind::IdentityAsked, date(2026, 9, 2))];
        assert!(!is_known(&steps));
        steps.push(step(StepKind::Identity, date(2026, 9, 8)));
        assert!(is_known(&steps));
        steps.push(Dated { yes: false, ..step(StepKind::Identity, date(2026, 9, 9)) });
        assert!(!is_known(&steps), "somebody looked again, and it is not them");
        assert_eq!(Outcome::ALL.iter().filter(|outcome| !outcome.discloses(Right::Erasure)).count(), 2);
        assert!(Outcome::of(Right::Complaint).iter().all(|outcome| !outcome.discloses(Right::Complaint)));
    }

    #[test]
    fn sar_1_a_step_that_cannot_be_is_refused_with_its_reason() {
        let (policy, today) = (policy(), date(2026, 12, 1));
        let of = |right, steps: &[Dated], kind, on| may(&policy, right, CAME, steps, step(kind, on), today);
        use StepKind::{Asked, Came, Extended, IdentityAsked, Receipt};
        assert_eq!(of(Right::Access, &[], Receipt, date(2026, 8, 31)), Err(No::TooEarly));
        assert_eq!(of(Right::Access, &[], Receipt, date(2026, 12, 2)), Err(No::Future));
        assert_eq!(of(Right::Access, &[], Came, date(2026, 9, 3)), Err(No::NothingAsked));
        let asked = [step(Asked, date(2026, 9, 4))];
        assert_eq!(of(Right::Access, &asked, Came, date(2026, 9, 3)), Err(No::BeforeAsked));
        assert_eq!(of(Right::Access, &asked, Came, date(2026, 9, 4)), Ok(()));
        assert_eq!(of(Right::Access, &[], Extended, date(2026, 10, 1)), Ok(()));
        assert_eq!(of(Right::Access, &[], Extended, date(2026, 10, 2)), Err(No::TooLate));
        assert_eq!(of(Right::Complaint, &[], Extended, date(2026, 9, 2)), Err(No::NoMonth));
        let told = [step(Extended, date(2026, 9, 20)), step(Receipt, date(2026, 9, 2))];
        assert_eq!(of(Right::Access, &told, Extended, date(2026, 9, 21)), Err(No::ExtendedAlready));
        assert_eq!(of(Right::Access, &told, Receipt, date(2026, 9, 21)), Err(No::ToldAlready));
        let who = [step(IdentityAsked, date(2026, 9, 2))];
        assert_eq!(of(Right::Access, &who, IdentityAsked, date(2026, 9, 3)), Err(No::AskedAlready));
    }

    #[test]
    fn sar_7_a_request_ends_its_period_after_it_was_completed() {
        let policy = policy();
        let done = erased_on(&policy, Right::Access, CAME, Some(date(2026, 9, 20)));
        assert_eq!(done, date(2028, 9, 20));
        assert_eq!(erased_on(&policy, Right::Complaint, CAME, None), date(2028, 10, 1));
    }
}

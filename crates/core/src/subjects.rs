//! People who were reported: what is held of them, and who may see it.
//!
//! - `fields` says what may be entered, from where, and in what shape (SUB-1).
//! - `sight` says what of it a viewer sees (SUB-6, VIS-1), and what members are told of somebody vulnerable (SUB-5).
//! - `picks` are the members who were picked for a person, to whom targeted data is shown (SUB-6).
//! - `merging` says what two profiles of one person make (SUB-2), `associates` who acts with whom (SUB-3).
pub mod associates;
pub mod fields;
pub mod merging;
pub mod picks;
pub mod sight;

use crate::{
    clocks::{AgeBand, Stage},
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{FieldId, IncidentId, MemberId, OrgId, ReportId, SubjectId, TipId},
    intelligence::Grading,
    policy::{Category, Policy, Viewer, scheme::SourceKind},
    scope::{InOrg, Installation, Scope},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where an item of personal data came from (INC-5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Source {
    /// The person themselves.
    Subject,
    /// A report by a member.
    Report {
        /// The report.
        report: ReportId,
        /// The incident.
        incident: IncidentId,
    },
    /// What a member sent beside reports, as the controller graded it (INC-4).
    Intelligence {
        /// What was sent.
        tip: TipId,
        /// How far it can be relied upon.
        grading: Grading,
    },
    /// The controller's own correction or note.
    Controller,
    /// Police or an agency, under a named agreement.
    Police {
        /// The agreement.
        agreement: String,
    },
    /// Another scheme.
    Scheme {
        /// The agreement.
        agreement: String,
    },
    /// A page of social media that anybody could see, as whoever recorded it confirmed (INC-6).
    SocialMedia {
        /// The page's address.
        address: String,
        /// The day on which it was seen there.
        seen_on: Date,
    },
}

impl Source {
    /// The report, where it is one.
    #[must_use]
    pub fn report(&self) -> Option<ReportId> {
        match self {
            Self::Report { report, .. } => Some(*report),
            _ => None,
        }
    }

    /// Whether a scheme takes data from there (INC-5). What its controller finds out, and what members report, it does.
    #[must_use]
    pub fn is_accepted(&self, policy: &Policy) -> bool {
        let takes = |kinds: &[SourceKind], agreement: Option<&str>| {
            policy
                .sources
                .iter()
                .any(|source| kinds.contains(&source.kind) && source.agreement.as_deref() == agreement)
        };
        match self {
            Self::Controller | Self::Report { .. } => true,
            Self::Intelligence { .. } => takes(&[SourceKind::Member], None),
            Self::Subject => takes(&[SourceKind::Subject], None),
            Self::Police { agreement } => takes(&[SourceKind::Police, SourceKind::Agency], Some(agreement)),
            Self::Scheme { agreement } => takes(&[SourceKind::NeighbouringScheme], Some(agreement)),
            Self::SocialMedia { .. } => takes(&[SourceKind::SocialMedia], None),
        }
    }
}

/// That the controller put an item right (RET-16). The source beside it is where the right value came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Corrected {
    /// Who did, by name.
    pub by: String,
    /// When.
    pub on: Date,
}

/// Where something came from, since when it is held, and whether it was put right (INC-5, SUB-7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Where it came from.
    pub source: Source,
    /// Since when it is held.
    pub since: Date,
    /// Who corrected it, and when.
    #[serde(default)]
    pub corrected: Option<Corrected>,
}

impl Origin {
    /// Something that came from a source on a day.
    #[must_use]
    pub fn new(source: Source, since: Date) -> Self {
        Self { source, since, corrected: None }
    }
}

/// One item that is held about a subject (SUB-7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// By which it is named when it is corrected or removed.
    pub id: FieldId,
    /// What it is; the policy says who sees it.
    pub category: Category,
    /// The value, as text.
    pub value: String,
    /// Where it came from.
    pub source: Source,
    /// Since when it is held.
    pub since: Date,
    /// Who else said the same, in order: it stays while one of them stands (RET-16).
    #[serde(default)]
    pub also: Vec<Source>,
    /// Who corrected it, and when (RET-16).
    #[serde(default)]
    pub corrected: Option<Corrected>,
}

impl Field {
    /// An item as it came from a source on a day.
    #[must_use]
    pub fn new(
        id: FieldId,
        category: Category,
        value: impl Into<String>,
        source: Source,
        since: Date,
    ) -> Self {
        Self { id, category, value: value.into(), source, since, also: Vec::new(), corrected: None }
    }
}

/// A value with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// What is held about a subject; sealed under the subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The report that made the subject.
    pub first: ReportId,
    /// The dates of birth that were given; the first of those that stand counts.
    pub births: Vec<Brought<Date>>,
    /// How old they look; serves while the date of birth is unknown (SUB-4).
    pub apparent_age: AgeBand,
    /// Who says how old they look.
    pub apparent_age_origin: Origin,
    /// Whether the person was named when the first report was approved. Later naming is an event.
    pub identified_at_first: bool,
    /// The date of birth if it was known when the first report was approved. Later knowledge is an event.
    pub born_at_first: Option<Date>,
    /// Everything else, in the order in which it came.
    pub fields: Vec<Field>,
    /// What each report that is shared was about, in a few words for the card; the newest is shown.
    pub activities: Vec<Brought<String>>,
    /// Why it is necessary to hold somebody so young, where the policy asks for that (SUB-4); the newest counts.
    pub necessities: Vec<Brought<String>>,
    /// The numbers of records that were merged into this one: it is known by them as well (SUB-2).
    #[serde(default)]
    pub other_numbers: Vec<i64>,
}

impl Profile {
    /// The newest value of a category.
    #[must_use]
    pub fn newest(&self, category: Category) -> Option<&Field> {
        self.fields.iter().rev().find(|field| field.category == category)
    }
    /// The name, where the person is identified.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.newest(Category::Name).map(|field| field.value.as_str())
    }
    /// The date of birth, where it is known.
    #[must_use]
    pub fn born(&self) -> Option<Date> {
        self.births.first().map(|birth| birth.value)
    }
    /// What the newest report that stands was about; empty where none says.
    #[must_use]
    pub fn activity(&self) -> &str {
        self.activities.last().map_or("", |activity| &activity.value)
    }
    /// Why it is necessary to hold somebody so young, where that was asked.
    #[must_use]
    pub fn necessity(&self) -> Option<&str> {
        self.necessities.last().map(|necessity| necessity.value.as_str())
    }
    /// Takes out the date of birth, as for a viewer to whom the policy does not give it.
    pub fn hide_birth(&mut self) {
        self.births.clear();
        self.born_at_first = None;
    }
    /// Adds what somebody says. What is held already is held once, with all who say it.
    pub fn add(&mut self, said: Field) {
        let same = |held: &&mut Field| held.category == said.category && held.value == said.value;
        match self.fields.iter_mut().find(same) {
            Some(held) if held.source == said.source || held.also.contains(&said.source) => {}
            Some(held) => held.also.push(said.source),
            None => self.fields.push(said),
        }
    }
    /// Takes out everything that came with a report alone, as if it had never been made (RET-16). What another
    /// report or the controller said as well stays.
    pub fn forget_report(&mut self, gone: ReportId) {
        let is_gone = |source: &Source| source.report() == Some(gone);
        self.fields.retain_mut(|field| {
            field.also.retain(|source| !is_gone(source));
            let stands = !is_gone(&field.source);
            if !stands && !field.also.is_empty() {
                field.source = field.also.remove(0);
                return true;
            }
            stands
        });
        self.name_by_alias();
        if self.first == gone {
            self.identified_at_first = false;
            self.born_at_first = None;
        }
        self.births.retain(|birth| !is_gone(&birth.origin.source));
        self.activities.retain(|activity| !is_gone(&activity.origin.source));
        self.necessities.retain(|necessity| !is_gone(&necessity.origin.source));
    }
    /// Where no name is left, another that a report gave is the name: it became an alias only because of one that
    /// came before it.
    fn name_by_alias(&mut self) {
        if self.name().is_some() {
            return;
        }
        let alias = |field: &&mut Field| {
            field.category == Category::Alias && matches!(field.source, Source::Report { .. })
        };
        if let Some(next) = self.fields.iter_mut().find(alias) {
            next.category = Category::Name;
        }
    }
}

/// As what a role looks at subjects, in the words of the policy; none for those who look at none.
#[must_use]
pub fn viewer(role: Role) -> Option<Viewer> {
    match role {
        Role::MemberUser => Some(Viewer::Member),
        Role::Staff => Some(Viewer::Staff),
        Role::Controller => Some(Viewer::Controller),
        Role::Board => Some(Viewer::Board),
        Role::Police | Role::Aic => Some(Viewer::Police),
        Role::Auditor | Role::Operator => None,
    }
}

/// A subject as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneSubject(pub SubjectId);

impl Target for OneSubject {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a subject. The stage is worked out by the clock from the whole ledger in the
/// transaction that asks, never read from an index (RET-10).
#[derive(Clone, Debug)]
pub struct SubjectFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The subject.
    pub subject: SubjectId,
    /// The stage that holds today.
    pub stage: Stage,
    /// Whether members may see it today: circulating and not restricted.
    pub members_see: bool,
    /// The businesses that are picked for it today (SUB-6).
    pub picked: Vec<MemberId>,
}

impl Facts for SubjectFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// A pair of subjects as a target: what is done to the first concerns the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoSubjects(pub SubjectId, pub SubjectId);

impl Target for TwoSubjects {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0, self.1.0]
    }
}

/// What the gate must know about a pair of subjects.
#[derive(Clone, Debug)]
pub struct PairFacts {
    /// The first.
    pub from: SubjectFacts,
    /// The second.
    pub to: SubjectFacts,
}

impl Facts for PairFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.from.scope.org)
    }
}

fn both_alive(standing: &Standing, target: &TwoSubjects, facts: &PairFacts) -> bool {
    target.0 != target.1
        && facts.from.scope.org == facts.to.scope.org
        && alive(standing, &OneSubject(target.0), &facts.from)
        && alive(standing, &OneSubject(target.1), &facts.to)
}

/// Members and those to whom the policy gives the same view (VIS-1, VIS-5).
fn circulating(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.members_see
}

/// The controller, and staff where the policy names authorised personnel (VIS-4). A frozen subject is seen for
/// its hold alone, a deleted one by nobody.
fn with_held(standing: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    let alive = matches!(facts.stage, Stage::Pending | Stage::Circulating | Stage::Held);
    let reader = standing.role.is_some_and(|role| match role {
        Role::Controller => true,
        _ => {
            facts.members_see
                || (facts.stage == Stage::Held
                    && viewer(role).is_some_and(|v| facts.scope.policy.sees_held(v)))
        }
    });
    alive && reader
}

fn alive(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    matches!(facts.stage, Stage::Pending | Stage::Circulating | Stage::Held)
}

fn frozen(_: &Standing, _: &OneSubject, facts: &SubjectFacts) -> bool {
    facts.stage == Stage::Frozen
}

/// The police see the gallery only where the policy names them as recipients (VIS-5).
pub(crate) fn by_policy(standing: &Standing, _: &InOrg, scope: &Scope) -> bool {
    match standing.role.and_then(viewer) {
        Some(viewer) if viewer.is_outside() => scope.policy.recipient(viewer).is_some(),
        Some(_) => true,
        None => false,
    }
}

/// Whether somebody may open a subject's page today, as members do or as the controller does.
#[must_use]
pub fn may_see(standing: &Standing, facts: &SubjectFacts) -> bool {
    let target = OneSubject(facts.subject);
    match standing.role {
        Some(Role::Controller | Role::Staff) => with_held(standing, &target, facts),
        _ => circulating_by_policy(standing, &target, facts),
    }
}

fn circulating_by_policy(standing: &Standing, target: &OneSubject, facts: &SubjectFacts) -> bool {
    circulating(standing, target, facts) && by_policy(standing, &InOrg(facts.scope.org), &facts.scope)
}

/// When somebody looked at the gallery: what came since their last visit is new to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Their last look.
    pub last: Timestamp,
    /// Their last look of the visit before; none where this is the first.
    pub before: Option<Timestamp>,
}

impl Visit {
    /// Looks that are closer together belong to one visit.
    const APART: SignedDuration = SignedDuration::from_mins(30);
    /// So often a look during a visit is worth writing down.
    const NOTED: SignedDuration = SignedDuration::from_mins(5);
    /// So long somebody who looks for the first time calls new what came.
    const FIRST: SignedDuration = SignedDuration::from_hours(7 * 24);

    /// The visit to which a look now belongs, and whether it is to be written down. A clock that was set back begins
    /// another.
    #[must_use]
    pub fn at(known: Option<Self>, now: Timestamp) -> (Self, bool) {
        match known {
            None => (Self { last: now, before: None }, true),
            Some(visit) => {
                let since = now.duration_since(visit.last);
                if since.is_negative() || since >= Self::APART {
                    (Self { last: now, before: Some(visit.last.min(now)) }, true)
                } else if since >= Self::NOTED {
                    (Self { last: now, ..visit }, true)
                } else {
                    (visit, false)
                }
            }
        }
    }

    /// From when on somebody is new.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.before.unwrap_or(self.last - Self::FIRST)
    }
}

/// Whether a change may concern what is shown of subjects, so that what is kept of them in memory is read again.
/// Every change does but these few, which are frequent and touch drafts, waiting reports and accounts alone.
#[must_use]
pub fn concerns_subjects(action: &str) -> bool {
    use crate::{
        accounts, enquiries, evidence, exclusions, gate::Action as _, incidents, intelligence, letters,
        pictures,
    };
    ![
        evidence::AddEvidence::NAME,
        evidence::TakeBackEvidence::NAME,
        evidence::AttachEvidence::NAME,
        evidence::ShareEvidence::NAME,
        evidence::ReleaseEvidence::NAME,
        evidence::RemoveEvidence::NAME,
        pictures::AddPicture::NAME,
        incidents::RemovePicture::NAME,
        incidents::SubmitReport::NAME,
        // What waits for the controller, and who was seen, changes nobody's card.
        intelligence::SendTip::NAME,
        intelligence::RejectTip::NAME,
        intelligence::SaySeen::NAME,
        intelligence::UndoSeen::NAME,
        enquiries::RECEIVED,
        enquiries::AnswerEnquiry::NAME,
        enquiries::RemoveEnquiry::NAME,
        exclusions::WithdrawCase::NAME,
        exclusions::appeals::WithdrawAppeal::NAME,
        exclusions::GiveEvidence::NAME,
        // What was written to somebody, and how it reached them, is on nobody's card.
        letters::MakeLetter::NAME,
        letters::RecordService::NAME,
        letters::ExemptNotice::NAME,
        letters::ReviewExemption::NAME,
        letters::EndExemption::NAME,
        accounts::SuspendUser::NAME,
        accounts::InviteUser::NAME,
        crate::importing::InviteImported::NAME,
        accounts::ChangeFactors::NAME,
        accounts::SetPin::NAME,
        accounts::CorrectAccount::NAME,
        accounts::SetPreferences::NAME,
        accounts::AskDeletion::NAME,
        accounts::CorrectUser::NAME,
        accounts::SetManager::NAME,
        accounts::InviteColleague::NAME,
        accounts::EnrolDevice::NAME,
        accounts::EndDevice::NAME,
    ]
    .contains(&action)
        && !crate::policies::CONCERN_NOBODY.contains(&action)
        && !crate::joining::CONCERN_NOBODY.contains(&action)
        && !crate::leaving::CONCERN_NOBODY.contains(&action)
        && !crate::conduct::CONCERN_NOBODY.contains(&action)
        && ![
            "governing.",
            "certifications.",
            "registers.",
            "duties.",
            "old_data.",
            "breaches.",
            "requests.",
            "groups.",
            "news.",
            "meetings.",
            "exporting.",
        ]
        .iter()
        .any(|feature| action.starts_with(feature))
}

crate::gate::actions! {
    /// A page of the gallery: people who circulate (VIS-1).
    Gallery = "subjects.gallery", Look, [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic],
        InOrg => Scope, by_policy;
    /// A subject as members see it (VIS-1).
    ShowSubject = "subjects.show", Look, [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic],
        OneSubject => SubjectFacts, circulating_by_policy;
    /// A page of everybody that is held, whatever the stage (VIS-4).
    ListSubjects = "subjects.list", Look, [Role::Controller, Role::Staff], InOrg => Scope;
    /// All that is held about a subject, and why it is still here (RET-12).
    OpenSubject = "subjects.open", Look, [Role::Controller, Role::Staff], OneSubject => SubjectFacts, with_held;
    /// What a hold alone keeps, seen for that hold (VIS-4, RET-11).
    OpenFrozen = "subjects.open_frozen", Look, [Role::Controller], OneSubject => SubjectFacts, frozen;
    /// Name a person, learn a date of birth, or correct what is held (RET-16).
    CorrectSubject = "subjects.correct", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Enter an item that the policy lists, with its source (SUB-1, INC-5).
    EnterField = "subjects.enter", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Remove an item that is held (RET-16).
    RemoveField = "subjects.remove_field", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Pick a member to whom targeted data of a person is shown (SUB-6).
    PickMember = "subjects.pick", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// End that.
    EndPick = "subjects.end_pick", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Hide a subject from members, or end that (RET-16).
    RestrictSubject = "subjects.restrict", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Delete a subject before its time (RET-16).
    EraseSubject = "subjects.erase", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Keep a subject from being destroyed while a proceeding runs (RET-11).
    HoldSubject = "subjects.hold", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// End a hold, also on what is frozen (RET-11).
    EndHold = "subjects.end_hold", Change, [Role::Controller], OneSubject => SubjectFacts;
    /// Record significant public interest, or the agreement of police or board, for a child (SUB-4).
    AgreeSubject = "subjects.agree", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Take a report away from a subject (RET-16).
    RemoveReport = "subjects.remove_report", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Move a report from one subject to another (RET-16).
    MoveReport = "subjects.move_report", Change, [Role::Controller], TwoSubjects => PairFacts, both_alive;
    /// Which subjects a person in a report may be.
    MatchSubjects = "subjects.match", Look, [Role::Controller], InOrg => Scope;
    /// What the sweep would do.
    PlanSweep = "sweep.plan", Look, [Role::Controller, Role::Board], InOrg => Scope, machine;
    /// Destroy what is due, in one scheme (RET-4, RET-11).
    SweepSubject = "sweep.subject", Change, [], OneSubject => SubjectFacts, machine;
    /// Destroy what is due but belongs to no subject.
    SweepScheme = "sweep.scheme", Change, [], InOrg => Scope, machine;
    /// Destroy what is due but belongs to no scheme.
    SweepInstallation = "sweep.installation", Change, [], Installation => Installation, machine;
    /// See the runs of the sweep, in counts.
    ShowSweeps = "sweep.show", Unrecorded, [Role::Controller, Role::Board, Role::Operator], InOrg => Scope, uncertified;
}

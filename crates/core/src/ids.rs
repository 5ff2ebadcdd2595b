//! Identifiers: one type for each kind of record, so that a subject's id cannot stand where a report's is
//! asked for. All are UUIDv7 made by [`crate::world::new_uuid`]; none carries meaning.
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }
        impl From<Uuid> for $name { fn from(id: Uuid) -> Self { Self(id) } }
        impl From<$name> for Uuid { fn from(id: $name) -> Self { id.0 } }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
    )+};
}

ids! {
    /// An organisation: a scheme or a police force.
    OrgId,
    /// A person's sign-in, with any number of memberships.
    AccountId,
    /// An account's role in one organisation.
    MembershipId,
    /// A business that belongs to a scheme.
    MemberId,
    /// A signed-in browser.
    SessionId,
    /// A second factor of an account (SEC-2).
    FactorId,
    /// A device that the people of a business share (INC-10).
    DeviceId,
    /// One request, command or job, as logs and audit name it.
    RequestId,
    /// A person who was reported.
    SubjectId,
    /// Something that happened, with one or more reports.
    IncidentId,
    /// What one member user sent about an incident.
    ReportId,
    /// A person as one report describes them, before and after review links them to a subject.
    PersonId,
    /// A picture, in all its sizes.
    PictureId,
    /// A clip, document or still that came with a report.
    EvidenceId,
    /// What a user typed and uploaded but has not sent.
    DraftId,
    /// A version of an organisation's policy.
    PolicyId,
    /// A change of an organisation's policy, before and after it takes effect (POL-5).
    PolicyChangeId,
    /// A run of the sweep.
    SweepId,
    /// A reason that keeps a subject from being destroyed.
    HoldId,
    /// What a member sent of a person beside reports, such as a name (INC-4).
    TipId,
    /// That a member saw a person.
    SightingId,
    /// An item that is held of a person.
    FieldId,
    /// That a member was picked for a person (SUB-6).
    PickId,
    /// That two records of one person were made one (SUB-2).
    MergeId,
    /// That two people commit such crime together (SUB-3).
    AssociationId,
    /// A record that a profile was held and deleted (RET-7).
    StubId,
    /// What somebody wrote from outside (PUB-2).
    EnquiryId,
    /// What a business wrote that wants to join (MEM-1).
    ApplicationId,
    /// A message that is to go out by e-mail.
    MailId,
    /// What somebody says against a decision about them (EXC-5).
    AppealId,
    /// That a warning or an exclusion is proposed (EXC-2).
    ProposalId,
    /// A vote on a proposal (EXC-2).
    VoteId,
    /// What police gave as evidence for a decision in which they have no part (EXC-8).
    GivenId,
    /// That a person is excluded from premises (EXC-1).
    ExclusionId,
    /// A letter to a person (EXC-3).
    LetterId,
    /// An attempt to serve a letter (EXC-4).
    AttemptId,
    /// That a privacy notice need not be served for now (NOT-1).
    ExemptionId,
    /// A governing document of the scheme (DOC-1).
    DocumentId,
    /// A version of one.
    DocumentVersionId,
    /// That somebody read and agreed to a text (MEM-3).
    CertificationId,
    /// That a member or a user broke the rules, or was suspended, with the reason (MEM-8).
    ConductId,
    /// That businesses and users were taken from a file (MEM-1).
    ImportId,
    /// An export of all of a scheme's data (SEC-6).
    ExportId,
    /// An entry of a register: a contract, an agreement, a responsible person, a registration (DOC-2).
    EntryId,
    /// That something was reviewed (DOC-1, DOC-3).
    ReviewId,
    /// A yearly audit of old data (RET-13).
    OldAuditId,
    /// A breach of personal data, in its register (BRE-1).
    BreachId,
    /// What somebody asked about their data (SAR-1); [`RequestId`] is that of a request to the program.
    RequestAboutDataId,
    /// A list of members of the scheme's own (MEM-4).
    GroupId,
    /// A piece of news, an alert, a document or an event (MEM-4).
    PostId,
    /// A meeting or a training (MEM-5).
    MeetingId,
    /// What a member owes the scheme for a period (MEM-5).
    FeeId,
}

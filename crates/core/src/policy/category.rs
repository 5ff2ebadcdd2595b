//! What may be held about a subject, and who sees each part of it (SUB-1, SUB-6, VIS-1 to VIS-5).
use super::{
    period::Age,
    text::{Id, Text},
};
use crate::subjects::Profile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// As what someone looks at a subject's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Viewer {
    /// Any user of any member.
    Member,
    /// A user of a member who was picked for this subject (SUB-6). Sees what any member sees, too.
    TargetedMember,
    /// Authorised staff of the scheme.
    Staff,
    /// The scheme's data controller.
    Controller,
    /// The board of management.
    Board,
    /// A police officer.
    Police,
    /// A user of another public agency.
    Agency,
    /// The controller of a neighbouring scheme, to whom data may be passed on (SHA-1).
    NeighbouringScheme,
}

impl Viewer {
    /// Every viewer, in order.
    pub const ALL: [Self; 8] = [
        Self::Member,
        Self::TargetedMember,
        Self::Staff,
        Self::Controller,
        Self::Board,
        Self::Police,
        Self::Agency,
        Self::NeighbouringScheme,
    ];

    /// Whether the viewer is outside the scheme and so needs an agreement.
    #[must_use]
    pub fn is_outside(self) -> bool {
        matches!(self, Self::Police | Self::Agency | Self::NeighbouringScheme)
    }
}

impl fmt::Display for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Member => "members",
            Self::TargetedMember => "targeted members",
            Self::Staff => "staff",
            Self::Controller => "the controller",
            Self::Board => "the board",
            Self::Police => "police",
            Self::Agency => "agencies",
            Self::NeighbouringScheme => "neighbouring schemes",
        })
    }
}

/// A kind of data about a subject. A category that the policy does not list cannot be entered (SUB-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// The name.
    Name,
    /// Other names that the person goes by.
    Alias,
    /// Pictures.
    Image,
    /// The date of birth.
    DateOfBirth,
    /// What the person looks like.
    Description,
    /// Ethnicity: special category data.
    Ethnicity,
    /// Others with whom the person commits such crime.
    Associates,
    /// Vehicles that the person uses.
    Vehicles,
    /// What the person is reported or suspected to have done or attempted.
    SuspectedActivity,
    /// How the person goes about it.
    ModusOperandi,
    /// Arrests.
    Arrests,
    /// Convictions.
    Convictions,
    /// Warnings of danger.
    WarningMarkers,
    /// That the person is excluded, from where and until when.
    Exclusion,
    /// Postal and e-mail addresses, telephone numbers and other contact details.
    ContactDetails,
    /// A medical condition that makes the person a danger to members: special category data.
    MedicalRisk,
    /// That the person is vulnerable (SUB-5).
    Vulnerability,
    /// Information and evidence about incidents: statements, recordings, documents.
    Evidence,
}

impl Category {
    /// Every category, in order.
    pub const ALL: [Self; 18] = [
        Self::Name,
        Self::Alias,
        Self::Image,
        Self::DateOfBirth,
        Self::Description,
        Self::Ethnicity,
        Self::Associates,
        Self::Vehicles,
        Self::SuspectedActivity,
        Self::ModusOperandi,
        Self::Arrests,
        Self::Convictions,
        Self::WarningMarkers,
        Self::Exclusion,
        Self::ContactDetails,
        Self::MedicalRisk,
        Self::Vulnerability,
        Self::Evidence,
    ];

    /// What the law makes of it, whatever a policy says (SUB-6).
    ///
    /// Allegations are criminal offence data as much as convictions are (DPA 2018 s.11(2)).
    #[must_use]
    pub fn nature_in_law(self) -> Nature {
        match self {
            Self::Ethnicity | Self::MedicalRisk => Nature::Special,
            Self::SuspectedActivity
            | Self::ModusOperandi
            | Self::Associates
            | Self::Arrests
            | Self::Convictions
            | Self::WarningMarkers
            | Self::Exclusion
            | Self::Evidence => Nature::CriminalOffence,
            Self::Name
            | Self::Alias
            | Self::Image
            | Self::DateOfBirth
            | Self::Description
            | Self::Vehicles
            | Self::ContactDetails
            | Self::Vulnerability => Nature::Ordinary,
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name => "name",
            Self::Alias => "alias",
            Self::Image => "image",
            Self::DateOfBirth => "date of birth",
            Self::Description => "description",
            Self::Ethnicity => "ethnicity",
            Self::Associates => "associates",
            Self::Vehicles => "vehicles",
            Self::SuspectedActivity => "suspected activity",
            Self::ModusOperandi => "modus operandi",
            Self::Arrests => "arrests",
            Self::Convictions => "convictions",
            Self::WarningMarkers => "warning markers",
            Self::Exclusion => "exclusion",
            Self::ContactDetails => "contact details",
            Self::MedicalRisk => "medical risk",
            Self::Vulnerability => "vulnerability",
            Self::Evidence => "evidence",
        })
    }
}

/// A word by which people are found again: a value that a category is often given, so that it is always written the
/// same way. Whoever sees the category sees the tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    /// What records name it by.
    pub id: Id,
    /// What people read, and what the field holds.
    pub label: Text,
    /// What it is held as.
    pub category: Category,
}

impl Tag {
    /// The categories that tags can be held as: what identifies people, or must not be common, is none.
    pub const CATEGORIES: [Category; 3] =
        [Category::Description, Category::ModusOperandi, Category::WarningMarkers];

    /// Whether this is held about somebody.
    #[must_use]
    pub fn is_on(&self, profile: &Profile) -> bool {
        let is_same = |value: &str| value.trim().to_lowercase() == self.label.to_lowercase();
        profile.fields.iter().any(|field| field.category == self.category && is_same(&field.value))
    }
}

/// What the law makes of a category (UK GDPR 9 and 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Nature {
    /// Personal data without further condition.
    Ordinary,
    /// Special category data: needs a condition of UK GDPR 9.
    Special,
    /// Criminal offence data, allegations included: needs a condition for UK GDPR 10.
    CriminalOffence,
}

impl fmt::Display for Nature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ordinary => "ordinary personal data",
            Self::Special => "special category data",
            Self::CriminalOffence => "criminal offence data",
        })
    }
}

/// What the policy says of one category of data about subjects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryRule {
    /// The category.
    pub kind: Category,
    /// Who sees it while the subject circulates. Everyone is named; nobody is implied but that a targeted
    /// member sees what any member sees.
    pub audience: Vec<Viewer>,
    /// What the law makes of it.
    pub nature: Nature,
    /// The `id` of the lawful condition, where the nature asks for one.
    pub condition: Option<Id>,
    /// Why it is held.
    pub purpose: Text,
    /// A recorded, reasoned, single release to someone who does not otherwise see it (VIS-2, VIS-3).
    pub release: Option<Release>,
    /// What those read who are not told the thing itself: of somebody vulnerable, what is right for them (SUB-5).
    pub advice: Option<Advice>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// What somebody reads in place of a category that they do not see.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// Who reads it.
    pub to: Vec<Viewer>,
    /// The words, which give no reason.
    pub text: Text,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// What a release may be made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// A member seeks its loss from the person.
    CivilRecovery,
    /// Proceedings in court.
    LegalProceedings,
}

/// A recorded, reasoned, single release (VIS-2, VIS-3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// To whom.
    pub to: Vec<Viewer>,
    /// For what alone.
    pub reasons: Vec<ReleaseReason>,
    /// Where the document says so.
    pub clause: Text,
}

/// A lawful condition for special category or criminal offence data (SUB-6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What categories name it by.
    pub id: Id,
    /// What it allows.
    pub nature: Nature,
    /// The article, the schedule and the paragraph.
    pub law: Text,
    /// Whether the law asks for an appropriate policy document.
    pub policy_document: bool,
    /// Why the processing is necessary for what the condition allows: the policy document must say so.
    pub necessary: Option<Text>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// A lawful basis of UK GDPR 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// UK GDPR 6(1)(f), which asks for a balance of interests.
    LegitimateInterests,
    /// UK GDPR 6(1)(ea): an interest that the law recognises, such as preventing crime.
    RecognisedLegitimateInterest,
    /// UK GDPR 6(1)(b).
    Contract,
    /// UK GDPR 6(1)(c).
    LegalObligation,
    /// UK GDPR 6(1)(e).
    PublicTask,
    /// UK GDPR 6(1)(a): can be withdrawn at any time.
    Consent,
}

/// The lawful basis and where it is stated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LawfulBasis {
    /// The basis.
    pub basis: Basis,
    /// What notices say of it.
    pub text: Text,
    /// Where the document says so.
    pub clause: Text,
}

/// A sentence of the scheme's and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// The sentence.
    pub text: Text,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// Yes or no, and where it is stated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Yes or no.
    pub is: bool,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// Those who see something, and where it is stated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Everyone who does.
    pub viewers: Vec<Viewer>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// The people who are reported (the documents say "offenders").
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subjects {
    /// Who they are.
    pub who: Statement,
    /// On what basis their data is processed.
    pub lawful_basis: LawfulBasis,
    /// The interests that are pursued, where the basis is legitimate interests (UK GDPR 14(2)(b)).
    #[serde(default)]
    pub interests: Vec<Statement>,
    /// What for.
    pub purposes: Vec<Statement>,
    /// Nobody younger can be held (SUB-4).
    pub minimum_age: Age,
    /// Someone younger is held only with the controller's recorded necessity (SUB-4).
    pub necessity_under: Age,
    /// Whether any special category data is processed at all.
    pub special_category: Answer,
    /// Who sees a subject between withdrawal and deletion (VIS-4).
    pub held: Audience,
}

/// The members of the scheme and their users (MEM-*).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Members {
    /// Who they are.
    pub who: Statement,
    /// On what basis their data is processed.
    pub lawful_basis: LawfulBasis,
    /// The interests that are pursued, where the basis is legitimate interests (UK GDPR 13(1)(d)).
    #[serde(default)]
    pub interests: Vec<Statement>,
    /// What for.
    pub purposes: Vec<Statement>,
    /// What is held about them.
    pub data: Statement,
    /// Whether they must give it, and what happens if they do not (UK GDPR 13(2)(e)).
    pub required: Option<Statement>,
    /// Whether any special category data about them is processed (MEM-7).
    pub special_category: Answer,
    /// Where it comes from.
    pub sources: Vec<Statement>,
    /// Who of the scheme sees it (VIS-6).
    pub audience: Audience,
    /// When it goes to a third party (VIS-6).
    pub third_parties: Statement,
    /// Whether the e-mail address stays with a report for as long as the report is kept (INC-3).
    pub email_stays_with_report: Answer,
}

//! What people must be told beyond who sees what and for how long (UK GDPR 13, 14 and 30).
use super::{
    category::{Audience, LawfulBasis, Statement},
    scheme::Contact,
    text::Text,
};
use schemars::JsonSchema;
use serde::Deserialize;

/// Who looks after data protection, and how data is secured. What is left out here is missing in the notices, and the
/// lint says by which article (NOT-4).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// The data protection officer, or that none is needed (UK GDPR 13(1)(b), 14(1)(b), 37).
    pub officer: Option<Officer>,
    /// The representative of a controller abroad, or that none is needed (UK GDPR 13(1)(a), 27).
    pub representative: Option<Statement>,
    /// What the scheme does for security beside what the program does (UK GDPR 30(1)(g), 32).
    #[serde(default)]
    pub measures: Vec<Statement>,
}

/// The data protection officer, or that none is needed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// What notices say of it.
    pub text: Text,
    /// How to reach the officer, where there is one.
    pub contact: Option<Contact>,
    /// Where the document says so, or `Decision: ...`.
    pub clause: Text,
}

/// People who visit the public pages, or write, ring or call without being a member (PUB-1, PUB-2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Public {
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
    /// Who of the scheme sees it.
    pub audience: Audience,
    /// When it goes to a third party.
    pub third_parties: Statement,
}

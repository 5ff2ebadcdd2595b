//! What a scheme publishes that it will do, as data (POL-1).
//!
//! Everything in which schemes differ stands in one TOML file for each scheme. The program enforces it, the
//! notices are written from it, and each record's explanation cites its clauses, so that the three cannot
//! differ (POL-4).
//!
//! - [`Policy::parse`] reads a file and refuses one that is malformed, contradicts itself or asks for what
//!   the law forbids, with file, line and reason (POL-3); [`check`] says all that there is to say of a file.
//! - [`Policy::sees`], [`Policy::sees_held`] and [`Policy::release`] answer who sees what.
//! - [`Policy::retention`] is what [`crate::clocks`] asks of it.
pub mod category;
pub mod changing;
pub mod columns;
pub mod finding;
pub mod keeping;
mod lint;
pub mod openness;
pub mod period;
pub mod practice;
pub(crate) mod read;
pub mod retention;
mod schema;
pub mod scheme;
mod sight;
pub mod text;

pub use category::{Category, CategoryRule, Nature, Release, ReleaseReason, Tag, Viewer};
pub use finding::{Finding, Severity};
pub use lint::{lint, lint_on};
pub use schema::schema;

use category::{Condition, Members, Statement, Subjects};
use columns::{Columns, Conflict, Replaced};
use keeping::{Deadlines, Keep, Reviews};
use openness::{Protection, Public};
use practice::{Exclusions, Images, SignIn, Statistics, Vocabulary};
use retention::{Column, Retention};
use schemars::JsonSchema;
use scheme::{
    Accreditation, Agreement, Area, Controller, Processor, Published, Recipient, Registration, Scheme,
    Source, Storage,
};
use serde::Deserialize;

/// The format of policy files that this program reads.
pub const FORMAT: u32 = 1;

/// A scheme's policy: everything in which schemes differ (POL-1).
///
/// One that came from [`Policy::parse`] has no errors. Its versions, with author, date and reason, are the
/// store's matter (POL-5).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    title = "Policy of a business crime reduction partnership",
    description = "Everything in which schemes differ. See docs/policy.md."
)]
pub struct Policy {
    /// The format of the file: 1.
    pub format: u32,
    /// The scheme itself.
    pub scheme: Scheme,
    /// Its data controller.
    pub controller: Controller,
    /// Its registration with the Information Commissioner.
    pub registration: Registration,
    /// Its accreditation.
    pub accreditation: Accreditation,
    /// The documents from which clauses are cited.
    #[serde(default)]
    pub published: Vec<Published>,
    /// The people who are reported.
    pub subjects: Subjects,
    /// What may be held about them, and who sees it.
    #[serde(rename = "category")]
    pub categories: Vec<CategoryRule>,
    /// The lawful conditions that categories name.
    #[serde(default, rename = "condition")]
    pub conditions: Vec<Condition>,
    /// Where their data may come from.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
    /// Who outside the scheme's own people may have access to it.
    #[serde(rename = "recipient")]
    pub recipients: Vec<Recipient>,
    /// Agreements with other organisations.
    #[serde(default, rename = "agreement")]
    pub agreements: Vec<Agreement>,
    /// How long subjects circulate and are held.
    #[serde(rename = "retention")]
    pub columns: Columns,
    /// Sentences that cannot both be kept, and the choice.
    #[serde(default, rename = "conflict")]
    pub conflicts: Vec<Conflict>,
    /// The exclusion scheme.
    pub exclusions: Exclusions,
    /// Pictures shown to members.
    pub images: Images,
    /// The words in which incidents are reported.
    pub incidents: Vocabulary,
    /// Words by which people are found again, such as how they go about it.
    #[serde(default, rename = "tag")]
    pub tags: Vec<Tag>,
    /// Places in the area.
    #[serde(rename = "area")]
    pub areas: Vec<Area>,
    /// The members and their users.
    pub members: Members,
    /// People who visit the public pages or write to the scheme.
    pub public: Public,
    /// Who looks after data protection, and how data is secured.
    pub protection: Protection,
    /// By when people are answered and told.
    pub deadlines: Deadlines,
    /// What comes round.
    pub reviews: Reviews,
    /// For how long everything else is kept.
    pub keep: Keep,
    /// How people sign in.
    pub sign_in: SignIn,
    /// De-personalised statistics.
    pub statistics: Statistics,
    /// Where data is kept.
    pub storage: Storage,
    /// Companies that handle data on the scheme's behalf.
    #[serde(default, rename = "processor")]
    pub processors: Vec<Processor>,
    /// What notices say of such companies where none is listed: that there is none, or of what kind they are.
    pub processors_unnamed: Option<Statement>,
    /// What the scheme's documents say that is unlawful or out of date today (POL-2).
    #[serde(default)]
    pub replaced: Vec<Replaced>,
    #[serde(skip)]
    #[schemars(skip)]
    places: read::Places,
}

impl Policy {
    /// Reads a policy file. `file` is only what findings call it.
    ///
    /// # Errors
    /// All errors that could be found in one go, when the file is malformed, contradicts itself or asks for
    /// what the law forbids (POL-3). Warnings and notes are [`lint()`]'s.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let policy = read::read(file, text)?;
        let mut errors = lint(&policy);
        errors.retain(|finding| finding.severity == Severity::Error);
        if errors.is_empty() { Ok(policy) } else { Err(errors) }
    }

    /// Where each entry stands in the file.
    pub(crate) fn places(&self) -> &read::Places {
        &self.places
    }

    /// What the clocks ask of the policy.
    #[must_use]
    pub fn retention(&self) -> Retention {
        let rules = |column| self.columns.column(column).rules();
        Retention {
            minimum_age: self.subjects.minimum_age.years(),
            known: rules(Column::Known),
            unknown: rules(Column::Unknown),
            under_18: rules(Column::Under18),
            under_14: rules(Column::Under14),
        }
    }
}

/// Reads a policy file and says all that there is to say of it: errors, warnings and notes, by line. The
/// policy is there only if nothing is an error.
#[must_use]
pub fn check(file: &str, text: &str) -> (Option<Policy>, Vec<Finding>) {
    match read::read(file, text) {
        Err(findings) => (None, findings),
        Ok(policy) => {
            let findings = lint(&policy);
            let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
            ((!refused).then_some(policy), findings)
        }
    }
}

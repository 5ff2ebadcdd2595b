//! The texts that a scheme publishes, written from the policy that the program enforces (POL-4, NOT-2 to NOT-4).
//!
//! [`publication`] is pure: a policy, what people wrote beside it and the registers go in, blocks come out, which a page
//! and a PDF render alike. Each notice is a module; what they share is in `parts` (who we are, rights, security) and
//! `keeping` (periods). Sentences take their periods from the very values that the clocks take, their audiences from
//! [`Policy::sees`], so that a notice cannot promise what the program does not do.
//!
//! [`prose`] is what only a human can write: Markdown beside the policy, with slots for everything that the policy
//! decides. [`check`] says what is wrong with it, and what of UK GDPR Articles 13, 14 and 30 a notice lacks.
mod blocks;
mod demands;
mod interests;
mod keeping;
mod members;
mod parts;
mod policy_document;
mod processing;
pub mod prose;
mod public;
mod record;
mod reported;
mod writer;

pub use blocks::{Block, Inline, Publication};
pub use demands::{Demand, check, demands};
pub use prose::{LONGEST as LONGEST_PROSE, Piece, Prose};

use crate::policy::{
    Policy,
    category::Basis,
    scheme::{Agreement, Processor},
};
use jiff::civil::Date;
use writer::Writer;

/// A text that a scheme publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// For people who are reported (NOT-1, NOT-2).
    Reported,
    /// For members and the people who act for them (NOT-3).
    Members,
    /// For whoever visits the public pages or writes.
    Public,
    /// How all of it is done, with the retention table.
    Processing,
    /// Why members' interests weigh more in this matter, and where they do not (UK GDPR 6(1)(f)).
    Interests,
    /// What DPA 2018, Schedule 1, Part 4 asks for.
    PolicyDocument,
    /// What UK GDPR Article 30 asks for.
    Record,
}

impl Notice {
    /// Every text, in the order in which they are listed.
    pub const ALL: [Self; 7] = [
        Self::Reported,
        Self::Members,
        Self::Public,
        Self::Processing,
        Self::Interests,
        Self::PolicyDocument,
        Self::Record,
    ];

    /// Its name in addresses: stable, since letters on paper carry it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Members => "members",
            Self::Public => "public",
            Self::Processing => "processing",
            Self::Interests => "legitimate-interests",
            Self::PolicyDocument => "policy-document",
            Self::Record => "record",
        }
    }

    /// The text with a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }

    /// Its title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Reported => "Privacy notice for people who are reported",
            Self::Members => "Privacy notice for members",
            Self::Public => "Privacy notice for visitors and enquirers",
            Self::Processing => "Personal data processing documentation",
            Self::Interests => "Legitimate interests statement",
            Self::PolicyDocument => "Appropriate policy document",
            Self::Record => "Record of processing",
        }
    }

    /// For whom it is, in a line.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Reported => {
                "For anybody who was reported to us, warned or excluded: what we hold, why, who sees it, how long we keep it, and your rights."
            }
            Self::Members => {
                "For businesses in the scheme and everybody who signs in: what we hold about you, and your rights."
            }
            Self::Public => {
                "For people who read these pages, and people who write to us, ring us or want to join."
            }
            Self::Processing => {
                "How we handle personal data from the first report to deletion, with every period in one table."
            }
            Self::Interests => {
                "Why we may do this without consent, and how we weighed it against people’s rights."
            }
            Self::PolicyDocument => {
                "How we handle data about offences, and any sensitive data, as the Data Protection Act 2018 asks."
            }
            Self::Record => "The record that Article 30 of the UK GDPR asks us to keep.",
        }
    }

    /// Whether a scheme has such a text: a balance of interests only where it rests on one, a policy document only
    /// where a condition asks for it.
    #[must_use]
    pub fn is_of(self, policy: &Policy) -> bool {
        match self {
            Self::Interests => [&policy.subjects.lawful_basis, &policy.members.lawful_basis]
                .iter()
                .any(|basis| basis.basis == Basis::LegitimateInterests),
            Self::PolicyDocument => policy.conditions.iter().any(|condition| condition.policy_document),
            _ => true,
        }
    }
}

/// What a scheme keeps in registers, and where its pages are.
#[derive(Clone, Debug)]
pub struct Registers<'a> {
    /// Companies that handle data on the scheme's behalf (DOC-2).
    pub processors: &'a [Processor],
    /// Agreements with other organisations (DOC-2).
    pub agreements: &'a [Agreement],
    /// Where the scheme's public pages begin: a path on a page, a whole address on paper.
    pub address: String,
}

impl<'a> Registers<'a> {
    /// The registers as the policy file keeps them.
    #[must_use]
    pub fn of(policy: &'a Policy, address: impl Into<String>) -> Self {
        Self { processors: &policy.processors, agreements: &policy.agreements, address: address.into() }
    }

    /// Where a text stands.
    fn place(&self, notice: Notice) -> String {
        format!("{}/notices/{}", self.address, notice.name())
    }
}

/// What a text is written from.
#[derive(Clone, Copy, Debug)]
struct Given<'a> {
    policy: &'a Policy,
    prose: &'a Prose,
    registers: &'a Registers<'a>,
}

/// A text of the scheme that is no notice, such as a report: its head, and what it says.
#[must_use]
pub(crate) fn bound(title: &str, version: String, policy: &Policy, blocks: Vec<Block>) -> Publication {
    Publication {
        title: title.to_owned(),
        scheme: writer::curled(&policy.scheme.name),
        version,
        contact: writer::contact_lines(&policy.scheme.contact),
        brand: policy.scheme.brand.as_ref().map(ToString::to_string),
        blocks: writer::typeset(blocks),
    }
}

/// Writes a text from a policy, what people wrote beside it, and the registers (POL-4).
#[must_use]
pub fn publication(
    notice: Notice,
    policy: &Policy,
    prose: &Prose,
    registers: &Registers<'_>,
    version: i64,
    in_force: Date,
) -> Publication {
    let given = Given { policy, prose, registers };
    let mut writer = Writer::default();
    match notice {
        Notice::Reported => reported::write(given, &mut writer),
        Notice::Members => members::write(given, &mut writer),
        Notice::Public => public::write(given, &mut writer),
        Notice::Processing => processing::write(given, &mut writer),
        Notice::Interests => interests::write(given, &mut writer),
        Notice::PolicyDocument => policy_document::write(given, &mut writer),
        Notice::Record => record::write(given, &mut writer),
    }
    let version = format!("Version {version}, in force from {}", in_force.strftime("%-d %B %Y"));
    bound(notice.title(), version, policy, writer.blocks)
}

//! The scheme's governing documents: each revision a version, the former kept, all of them reviewed (DOC-1).
//!
//! What the program writes from the policy ([`crate::notices`]) needs no copy here: it stands in the register by itself,
//! with the policy's version. This is for all the rest, as text or as PDF.
use crate::{
    gate::{AuditClass, Facts, Role, Standing, Target},
    ids::{DocumentId, OrgId},
    incidents::words,
    notices::{Block, Inline},
    scope::{InOrg, Scope},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most that a PDF may weigh: it is kept with its record.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;

words! {
    /// What a document is.
    Kind {
        /// Rules and protocols by which members act.
        Rules = "rules",
        /// The agreement that members sign.
        Agreement = "agreement",
        /// An agreement with another organisation about sharing.
        Sharing = "sharing",
        /// A contract with a company that handles data on the scheme's behalf.
        Contract = "contract",
        /// An assessment of what the processing could do to people.
        Impact = "impact",
        /// A balance of interests, where one stands beside what the program writes.
        Balance = "balance",
        /// An assessment of equality.
        Equality = "equality",
        /// An operating procedure.
        Procedure = "procedure",
        /// Anything else by which the scheme is governed.
        Other = "other",
    }
}

impl Kind {
    /// Every kind, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::Rules,
        Self::Agreement,
        Self::Sharing,
        Self::Contract,
        Self::Impact,
        Self::Balance,
        Self::Equality,
        Self::Procedure,
        Self::Other,
    ];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Rules => "Rules and protocols",
            Self::Agreement => "Members’ agreement",
            Self::Sharing => "Information sharing agreement",
            Self::Contract => "Processor contract",
            Self::Impact => "Data protection impact assessment",
            Self::Balance => "Balance of interests statement",
            Self::Equality => "Equality assessment",
            Self::Procedure => "Operating procedure",
            Self::Other => "Other document",
        }
    }
}

words! {
    /// For whom a document is; they read it, and certify where it asks for that.
    Audience {
        /// Everybody with a role in the scheme.
        All = "all",
        /// Member users.
        Members = "members",
        /// Everybody but member users.
        Office = "office",
    }
}

impl Audience {
    /// Every audience, in the order of the form.
    pub const ALL: [Self; 3] = [Self::All, Self::Members, Self::Office];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody in the scheme",
            Self::Members => "Members",
            Self::Office => "Controller, staff, board and police",
        }
    }

    /// Whether somebody of this role reads it. Those who keep the register read all of it.
    #[must_use]
    pub fn holds(self, role: Role) -> bool {
        match self {
            Self::All => true,
            Self::Members => role == Role::MemberUser,
            Self::Office => role != Role::MemberUser,
        }
    }
}

/// What a version says; sealed under the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The text; empty where the version is a PDF.
    pub text: String,
    /// What is different from the version before, for whoever has to agree again.
    pub changed: String,
}

/// A text as pages show it: paragraphs between empty lines, headings after `#`, points after `-`.
#[must_use]
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = String::new();
    let close = |open: &mut String, blocks: &mut Vec<Block>| {
        if !open.is_empty() {
            blocks.push(Block::Paragraph(vec![Inline::Text(std::mem::take(open))]));
        }
    };
    for line in text.lines().map(str::trim) {
        let heading = line.trim_start_matches('#');
        if line.is_empty() {
            close(&mut open, &mut blocks);
        } else if heading.len() < line.len() && heading.starts_with(' ') {
            close(&mut open, &mut blocks);
            blocks.push(Block::Heading { level: 3, text: heading.trim().to_owned() });
        } else if let Some(point) = line.strip_prefix("- ") {
            close(&mut open, &mut blocks);
            let point = vec![Inline::Text(point.trim().to_owned())];
            match blocks.last_mut() {
                Some(Block::List { items, .. }) => items.push(point),
                _ => blocks.push(Block::List { ordered: false, items: vec![point] }),
            }
        } else {
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(line);
        }
    }
    close(&mut open, &mut blocks);
    blocks
}

/// A document as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OneDocument(pub DocumentId);

impl Target for OneDocument {
    fn about(&self) -> Vec<Uuid> {
        vec![self.0.0]
    }
}

/// What the gate must know about a document.
#[derive(Clone, Debug)]
pub struct DocumentFacts {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// For whom it is.
    pub audience: Audience,
    /// Since when it is not in force any more.
    pub withdrawn_on: Option<Date>,
    /// Every active role that the asker has in the organisation: somebody with several agrees for all at once, and reads
    /// what each is asked, whichever the page is under (MEM-3).
    pub roles: Vec<Role>,
}

impl Facts for DocumentFacts {
    fn org(&self) -> Option<OrgId> {
        Some(self.scope.org)
    }
}

/// Whether a role keeps the register, and so reads documents that are not for it, and former ones.
#[must_use]
pub fn keeps(role: Role) -> bool {
    matches!(role, Role::Controller | Role::Board)
}

fn readable(standing: &Standing, _: &OneDocument, facts: &DocumentFacts) -> bool {
    let in_force = facts.withdrawn_on.is_none();
    // On a device that others use as well nobody has more than the role under which they signed in there (INC-10).
    let others = if standing.device.is_none() { &facts.roles[..] } else { &[] };
    standing.role.is_some_and(|role| {
        keeps(role) || (in_force && others.iter().chain([&role]).any(|role| facts.audience.holds(*role)))
    })
}

fn in_force(_: &Standing, _: &OneDocument, facts: &DocumentFacts) -> bool {
    facts.withdrawn_on.is_none()
}

crate::gate::actions! {
    /// The register of governing documents (DOC-1).
    ListDocuments = "governing.list", Unrecorded, [Role::Controller, Role::Board], InOrg => Scope;
    /// Read a document: it is about nobody, and whoever has to agree to it must be able to.
    ReadDocument = "governing.read", Unrecorded, Role::ALL, OneDocument => DocumentFacts, readable, uncertified;
    /// Enter a document.
    AddDocument = "governing.add", Change, [Role::Controller, Role::Board], InOrg => Scope;
    /// Revise a document: a version of its own, from a day on.
    ReviseDocument = "governing.revise", Change, [Role::Controller, Role::Board], OneDocument => DocumentFacts, in_force;
    /// Withdraw a document that is in force no more.
    WithdrawDocument = "governing.withdraw", Change, [Role::Controller, Role::Board],
        OneDocument => DocumentFacts, in_force;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_1_a_text_is_shown_as_it_was_written() {
        let shown = blocks("# Rules\n\nBe kind.\nBe quick.\n\n- One\n- Two\n\n#5 is no heading\n");
        let text = |text: &str| vec![Inline::Text(text.to_owned())];
        assert_eq!(
            shown,
            [
                Block::Heading { level: 3, text: "Rules".into() },
                Block::Paragraph(text("Be kind. Be quick.")),
                Block::List { ordered: false, items: vec![text("One"), text("Two")] },
                Block::Paragraph(text("#5 is no heading")),
            ]
        );
        assert!(blocks(" \n\n").is_empty());
    }

    #[test]
    fn mem_3_whoever_a_document_is_for_reads_it() {
        assert!(Audience::All.holds(Role::Police) && Audience::All.holds(Role::MemberUser));
        assert!(Audience::Members.holds(Role::MemberUser) && !Audience::Members.holds(Role::Staff));
        assert!(Audience::Office.holds(Role::Board) && !Audience::Office.holds(Role::MemberUser));
    }
}

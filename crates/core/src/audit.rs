//! The audit chain: an entry for every change and every look, that cannot be altered unseen (AUD-1, AUD-2).
//!
//! An entry's hash is BLAKE3 over a fixed prefix, the hash of the entry before it, and the entry's own fields,
//! each with its length. Anyone with the entries can work it out again; nobody without the signing key, which
//! lives outside the database, can sign another head.
use crate::{
    gate::{AuditClass, Role},
    scope::{InOrg, Installation, Scope},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One entry of a chain. It holds references, never personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The chain: the organisation's id, or nil for what belongs to none.
    pub chain: Uuid,
    /// From 1, without gaps.
    pub position: u64,
    /// When, by the clock of the records.
    pub at: Timestamp,
    /// The account's id, or the name of the job, or `console`, or `nobody`.
    pub actor: String,
    /// The role under which they acted; empty where none.
    pub role: String,
    /// The action's stable name.
    pub action: String,
    /// Look or change.
    pub class: AuditClass,
    /// What it was about: the target's ids, and those that a page returned.
    pub about: Vec<Uuid>,
    /// The request, as logs name it.
    pub request: Uuid,
    /// A salted commitment to the reason given, in hexadecimal; the reason itself is sealed under its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<String>,
    /// The hash of this entry, in hexadecimal.
    pub hash: String,
}

/// The first hash of a chain, before any entry.
pub const ROOT: [u8; 32] = [0; 32];

impl AuditClass {
    /// The stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Change => "change",
            Self::Unrecorded => "unrecorded",
        }
    }
}

impl Entry {
    /// The bytes whose hash, after the hash of the entry before, is this entry's: each field with its length,
    /// so that no two entries have the same bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + 16 * self.about.len());
        let mut put = |field: &[u8]| {
            bytes.extend_from_slice(&(field.len() as u64).to_le_bytes());
            bytes.extend_from_slice(field);
        };
        put(b"fairwatch audit entry 1");
        put(self.chain.as_bytes());
        put(&self.position.to_le_bytes());
        put(&self.at.as_microsecond().to_le_bytes());
        put(self.actor.as_bytes());
        put(self.role.as_bytes());
        put(self.action.as_bytes());
        put(self.class.name().as_bytes());
        for id in &self.about {
            put(id.as_bytes());
        }
        put(self.request.as_bytes());
        put(self.commitment.as_deref().unwrap_or("").as_bytes());
        bytes
    }
}

crate::gate::actions! {
    /// A page of the audit chain: ids, no personal data (SEC-6).
    ListAudit = "audit.list", Look, [Role::Controller, Role::Board, Role::Auditor], InOrg => Scope;
    /// Verify the chain of an organisation.
    VerifyAudit = "audit.verify", Unrecorded, [Role::Controller, Role::Board, Role::Auditor, Role::Operator], InOrg => Scope, machine, uncertified;
    /// Read whole chains out of the database, at the console.
    ExportAudit = "audit.export", Look, [], Installation => Installation, machine;
    /// Sign the heads of all chains with the key that lives outside the database.
    SignHeads = "audit.sign", Unrecorded, [], Installation => Installation, machine;
}

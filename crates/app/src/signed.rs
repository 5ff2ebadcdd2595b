//! Reports signed by the key of the installation: whoever has one and what goes beside it can show, without the program and
//! without the scheme, that nobody has changed it since (RET-13).
//!
//! What is signed is a statement of one line that says what the report is and gives its SHA256. It begins with what it is
//! for, so that a signature for one purpose cannot serve another (as the heads of the audit chains).
use crate::App;
use fairwatch_store::audit::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What goes beside a signed report, as a file. Bytes are in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// The line that is signed.
    pub statement: String,
    /// SHA256 of the report.
    pub sha256: String,
    /// Ed25519 over the statement.
    pub signature: String,
    /// The key by which it is checked, as DER (`SubjectPublicKeyInfo`), which OpenSSL reads.
    pub public_key: String,
}

/// What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410, 4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// SHA256 in hexadecimal.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal, as keys are told.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    hex(bytes)
}

fn statement(what: &str, hash: &str) -> String {
    format!("fairwatch signed report 1: {what}: SHA256 {hash}")
}

/// Signs a report: its fingerprint, and the signature over the statement that gives it. `what` says what it is, in words
/// that name nobody.
#[must_use]
pub fn sign(app: &App, what: &str, report: &[u8]) -> (String, Vec<u8>) {
    let hash = fingerprint(report);
    let signature = app.store.keys().sign(statement(what, &hash).as_bytes());
    (hash, signature.to_vec())
}

/// What goes beside a report that was signed, with the key that signed it then.
#[must_use]
pub fn beside(what: &str, hash: &str, signature: &[u8], public_key: &[u8]) -> Beside {
    let key = [&SPKI[..], public_key].concat();
    Beside {
        statement: statement(what, hash),
        sha256: hash.to_owned(),
        signature: hex(signature),
        public_key: hex(&key),
    }
}

/// Why a report and what goes beside it do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// The report is another one, or was changed.
    #[error(
        "the report is not the one that was signed: it was changed, or belongs to another file of signature"
    )]
    Changed,
    /// The statement speaks of another report, or what stands there is no signature.
    #[error("the file of signature is damaged, or was changed")]
    Damaged,
    /// The signature is not that key's.
    #[error("the signature is not valid")]
    Forged,
}

/// Checks a report against what goes beside it: what the report is, and the 32 bytes of the key that signed it.
///
/// # Errors
/// [`Unproven`] with what does not fit.
pub fn check(report: &[u8], beside: &Beside) -> Result<(String, [u8; 32]), Unproven> {
    let hash = fingerprint(report);
    if hash != beside.sha256 {
        return Err(Unproven::Changed);
    }
    let what = beside
        .statement
        .strip_prefix("fairwatch signed report 1: ")
        .and_then(|rest| rest.strip_suffix(&format!(": SHA256 {hash}")))
        .ok_or(Unproven::Damaged)?;
    let key = unhex(&beside.public_key).filter(|der| der.starts_with(&SPKI)).ok_or(Unproven::Damaged)?;
    let key: [u8; 32] = key[SPKI.len()..].try_into().map_err(|_| Unproven::Damaged)?;
    let signature = unhex(&beside.signature).and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    let signature = signature.ok_or(Unproven::Damaged)?;
    if !fairwatch_vault::verify(&key, beside.statement.as_bytes(), &signature) {
        return Err(Unproven::Forged);
    }
    Ok((what.to_owned(), key))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    digits.chunks(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect()
}

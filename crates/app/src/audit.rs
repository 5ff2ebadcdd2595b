//! The audit chains: read, verified, exported (AUD-1, AUD-2).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    audit::{Entry, ExportAudit, ListAudit, ROOT, VerifyAudit},
    gate::{Ctx, Role},
    ids::OrgId,
    scope::{InOrg, Installation},
};
use fairwatch_store::{
    Tx,
    audit::{self, Head, hex, link},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

pub use fairwatch_store::audit::Wanted;

/// An entry with its reason, where the owner under whom that is sealed still lives.
pub struct Line {
    /// The entry.
    pub entry: Entry,
    /// The reason that was given, for whom it is and while its owner lives.
    pub reason: Option<String>,
}

/// A page of an organisation's chain, newest first, of the entries that are wanted.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not see it.
#[boxed]
pub async fn list(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    wanted: Wanted,
    before: Option<u64>,
    size: u32,
) -> Result<Vec<Line>, AppError> {
    let lines = app
        .store
        .read::<ListAudit, _>(ctx, InOrg(org), async move |tx: &mut Tx<ListAudit>| {
            let entries = audit::page(tx, wanted, before, size).await?;
            let (from, to) =
                (entries.last().map_or(0, |e| e.position), entries.first().map_or(0, |e| e.position));
            // A reason may say something of somebody. The controller, to whom the records are open, reads it; board and
            // auditor see that one was given (SEC-6, AUD-2).
            let mut reasons = if tx.permit().standing().is(Role::Controller) {
                audit::reasons(tx, from, to).await?
            } else {
                HashMap::new()
            };
            Ok(entries
                .into_iter()
                .map(|entry| Line { reason: reasons.remove(&entry.position), entry })
                .collect())
        })
        .await?;
    Ok(lines)
}

/// A line of an exported file: JSON Lines, entries of each chain in order, then the heads, then the signatures.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case", deny_unknown_fields)]
pub enum Record {
    /// An entry.
    Entry(Entry),
    /// Where a chain ended when it was exported.
    Head {
        /// The chain.
        chain: Uuid,
        /// The number of entries.
        position: u64,
        /// The last hash.
        hash: String,
        /// Signature by the installation's key.
        signature: String,
    },
    /// A head that was signed on an earlier day.
    Signed {
        /// The chain.
        chain: Uuid,
        /// The number of entries then.
        position: u64,
        /// The hash then.
        hash: String,
        /// Signature by the installation's key.
        signature: String,
    },
    /// The key by which the signatures verify; compare it with what you were given in person.
    Key {
        /// Ed25519, in hexadecimal.
        public: String,
    },
}

const PAGE: u32 = 1000;

/// Everything that a verifier needs, line by line, oldest first.
///
/// # Errors
/// The store's; what `line` returns.
#[boxed]
pub async fn export(
    app: &App,
    ctx: &Ctx,
    line: &mut (dyn FnMut(&Record) -> Result<(), AppError> + Send),
) -> Result<u64, AppError> {
    let (heads, signed) = app
        .store
        .read::<ExportAudit, _>(ctx, Installation, async |tx: &mut Tx<ExportAudit>| {
            Ok((audit::extents(tx).await?, audit::signatures(tx).await?))
        })
        .await?;
    let keys = app.store.keys();
    line(&Record::Key { public: hex(&keys.public_key()) })?;
    let mut count = 0;
    for (head, top) in &heads {
        let mut from = 1;
        // Entries behind the head are none of the chain, and the verifier must see that they are there.
        let last = head.position.max(*top);
        while from <= last {
            let (chain, start) = (head.chain, from);
            let size = PAGE.min(u32::try_from(last - from + 1).unwrap_or(PAGE));
            let entries = app
                .store
                .read::<ExportAudit, _>(ctx, Installation, async move |tx: &mut Tx<ExportAudit>| {
                    audit::entries(tx, chain, start, size).await
                })
                .await?;
            if entries.is_empty() {
                break;
            }
            from = entries.last().map_or(from, |entry| entry.position) + 1;
            for entry in entries {
                count += 1;
                line(&Record::Entry(entry))?;
            }
        }
    }
    for (head, _) in heads {
        let signature = hex(&keys.sign(&head.bytes()));
        let Head { chain, position, hash } = head;
        line(&Record::Head { chain, position, hash: hex(&hash), signature })?;
    }
    for (Head { chain, position, hash }, signature) in signed {
        line(&Record::Signed { chain, position, hash: hex(&hash), signature: hex(&signature) })?;
    }
    Ok(count)
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were checked.
    pub entries: u64,
    /// Chains.
    pub chains: usize,
    /// Signed heads that were checked.
    pub signatures: usize,
    /// What is wrong, in words; nothing where all is well.
    pub faults: Vec<String>,
}

/// Checks exported records one by one: each hash from the one before, each position, each head and signature. It
/// finds an entry that was changed, removed, added or swapped, and a tail that was cut (AUD-1).
#[derive(Default)]
pub struct Verifier {
    chains: HashMap<Uuid, (u64, [u8; 32])>,
    hashes_at: HashMap<(Uuid, u64), [u8; 32]>,
    heads: usize,
    public: Option<[u8; 32]>,
    trusted: Option<[u8; 32]>,
    verdict: Verdict,
}

impl Verifier {
    /// A verifier that trusts one key; without one, the key in the file is taken at its word.
    #[must_use]
    pub fn trusting(key: Option<[u8; 32]>) -> Self {
        Self { trusted: key, ..Self::default() }
    }

    fn fault(&mut self, text: String) {
        self.verdict.faults.push(text);
    }

    /// Takes the next record.
    pub fn take(&mut self, record: Record) {
        match record {
            Record::Key { public } => self.key(&public),
            Record::Entry(entry) => self.entry(&entry),
            Record::Head { chain, position, hash, signature } => {
                self.heads += 1;
                let at = self.chains.get(&chain).copied().unwrap_or((0, ROOT));
                if at.0 != position || hex(&at.1) != hash {
                    self.fault(format!(
                        "chain {chain}: ends at entry {} although its head says {position}: entries were removed from or added to its end",
                        at.0
                    ));
                }
                self.signature(chain, position, &hash, &signature);
            }
            Record::Signed { chain, position, hash, signature } => {
                self.signature(chain, position, &hash, &signature);
                match self.hashes_at.get(&(chain, position)) {
                    Some(found) if hex(found) == hash => {}
                    Some(_) => self.fault(format!(
                        "chain {chain}: entry {position} is not what was signed: the chain was rewritten"
                    )),
                    None => self.fault(format!(
                        "chain {chain}: entry {position}, which was signed, is missing: the chain was cut"
                    )),
                }
            }
        }
    }

    fn key(&mut self, public: &str) {
        self.public = unhex(public).and_then(|bytes| bytes.try_into().ok());
        if let (Some(trusted), public) = (self.trusted, self.public)
            && public != Some(trusted)
        {
            self.fault("the file is signed with another key than the one that you trust".to_owned());
        }
    }

    fn entry(&mut self, entry: &Entry) {
        self.verdict.entries += 1;
        let (position, before) = self.chains.get(&entry.chain).copied().unwrap_or((0, ROOT));
        if entry.position != position + 1 {
            self.fault(format!(
                "chain {}: entry {} stands where entry {} belongs: one was removed, added or swapped",
                entry.chain,
                entry.position,
                position + 1
            ));
        }
        let hash = link(&before, entry);
        if hex(&hash) != entry.hash {
            self.fault(format!(
                "chain {}: entry {} does not follow from the one before it: it or its place was changed",
                entry.chain, entry.position
            ));
        }
        // Going on from what the entry claims names each fault once instead of all that follow it.
        let claimed = unhex(&entry.hash).and_then(|bytes| bytes.try_into().ok()).unwrap_or(hash);
        self.chains.insert(entry.chain, (entry.position, claimed));
        self.hashes_at.insert((entry.chain, entry.position), claimed);
    }

    fn signature(&mut self, chain: Uuid, position: u64, hash: &str, signature: &str) {
        self.verdict.signatures += 1;
        let public = self.trusted.or(self.public);
        let hash = unhex(hash).and_then(|bytes| bytes.try_into().ok());
        let signature = unhex(signature).and_then(|bytes| bytes.try_into().ok());
        let good = match (public, hash, signature) {
            (Some(public), Some(hash), Some(signature)) => {
                fairwatch_vault::verify(&public, &Head { chain, position, hash }.bytes(), &signature)
            }
            _ => false,
        };
        if !good {
            self.fault(format!(
                "chain {chain}: the signature over entry {position} is not the installation's"
            ));
        }
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        self.verdict.chains = self.chains.len();
        if self.heads == 0 {
            self.fault("there is no head: the end of the file is missing".to_owned());
        } else if self.heads < self.chains.len() {
            self.fault("there are entries of a chain without a head".to_owned());
        }
        self.verdict
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// Verifies the chains in the database.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn verify(app: &App, ctx: &Ctx) -> Result<Verdict, AppError> {
    let mut verifier = Verifier::trusting(Some(app.store.keys().public_key()));
    export(app, ctx, &mut |record| {
        verifier.take(record.clone());
        Ok(())
    })
    .await?;
    Ok(verifier.finish())
}

/// What a verification of one organisation's chain found.
#[derive(Clone, Debug)]
pub struct OwnVerdict {
    /// What was found.
    pub verdict: Verdict,
    /// The newest entry that was checked: its position, its instant and the head's hash.
    pub head: Option<(u64, Timestamp, String)>,
}

/// Verifies the chain of one organisation, for those whom it is about to satisfy (AUD-1).
///
/// Entries that are added meanwhile belong to the next verification: the head is read first.
///
/// # Errors
/// [`AppError::Hidden`] for those who may not.
#[boxed]
pub async fn verify_own(app: &App, ctx: &Ctx, org: OrgId) -> Result<OwnVerdict, AppError> {
    let keys = app.store.keys();
    let mut verifier = Verifier::trusting(Some(keys.public_key()));
    let (head, signed) =
        app.store.read::<VerifyAudit, _>(ctx, InOrg(org), async |tx| audit::own_head(tx).await).await?;
    let Some(Head { chain, position, hash }) = head else {
        return Ok(OwnVerdict { verdict: Verdict::default(), head: None });
    };
    let (mut from, mut newest) = (1, None);
    while from <= position {
        let size = PAGE.min(u32::try_from(position - from + 1).unwrap_or(PAGE));
        let look = app.store.read::<VerifyAudit, _>(ctx, InOrg(org), async move |tx| {
            audit::own_entries(tx, from, size).await
        });
        let entries = look.await?;
        let Some(last) = entries.last() else { break };
        from = last.position + 1;
        newest = Some((last.position, last.at, last.hash.clone()));
        entries.into_iter().for_each(|entry| verifier.take(Record::Entry(entry)));
    }
    let signature = hex(&keys.sign(&Head { chain, position, hash }.bytes()));
    verifier.take(Record::Head { chain, position, hash: hex(&hash), signature });
    // A head that was signed since belongs to the next verification, too.
    for (Head { chain, position, hash }, signature) in
        signed.into_iter().filter(|(head, _)| head.position <= position)
    {
        verifier.take(Record::Signed { chain, position, hash: hex(&hash), signature: hex(&signature) });
    }
    Ok(OwnVerdict { verdict: verifier.finish(), head: newest })
}

/// The key by which the signatures of this installation verify, in hexadecimal.
#[must_use]
pub fn signing_key(app: &App) -> String {
    hex(&app.store.keys().public_key())
}

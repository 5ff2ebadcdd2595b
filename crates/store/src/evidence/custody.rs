//! The chain of custody: what the audit chain says of one piece of evidence (VIS-3, AUD-1).
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    accounts::Profile,
    evidence::{OneEvidence, ShowEvidence},
    gate::Facts as _,
    ids::AccountId,
};
use fairwatch_vault::Place;
use jiff::Timestamp;
use uuid::Uuid;

/// What somebody did with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The position of the entry in the scheme's audit chain.
    pub position: i64,
    /// When.
    pub at: Timestamp,
    /// The stable name of the action.
    pub action: String,
    /// The name of the role.
    pub role: String,
    /// Who, by name while they have an account.
    pub who: Option<String>,
    /// The reason that they gave, where one was asked.
    pub reason: Option<String>,
}

/// Notes that an entry of an organisation's chain is about evidence, so that its custody is found without reading the
/// chain.
pub(crate) async fn note(inner: &mut Inner, position: i64) -> Result<(), StoreError> {
    for evidence in std::mem::take(&mut inner.custody) {
        let text = sql!(
            "INSERT INTO evidence_custody (evidence_id, position) VALUES ($1, $2) ON CONFLICT DO NOTHING"
        );
        inner.exec(text, args![evidence, position]).await?;
    }
    Ok(())
}

/// The chain of custody of the evidence that was allowed, oldest first, without the look that asks for it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn custody(tx: &mut Tx<ShowEvidence>) -> Result<Vec<Entry>, StoreError> {
    let OneEvidence(id) = *tx.permit.target();
    let Some(org) = tx.permit.facts().org() else { return Ok(Vec::new()) };
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT a.position, a.at, a.action, a.role, a.actor, r.owner_id, r.sealed FROM evidence_custody c \
         JOIN audit_entries a ON a.chain = $2 AND a.position = c.position \
         LEFT JOIN audit_reasons r ON r.chain = a.chain AND r.position = a.position \
         WHERE c.evidence_id = $1 ORDER BY c.position"
    );
    let mut entries = Vec::new();
    for row in inner.rows(text, args![id, org]).await? {
        let position = row.int("position")?;
        let reason = match (row.opt_id::<Uuid>("owner_id")?, row.opt_bytes("sealed")?) {
            (Some(owner), Some(sealed)) => inner.key_if_any(owner).await?.and_then(|key| {
                let place = Place { table: "audit_reasons", column: &position.to_string(), row: org.0 };
                key.open_json::<([u8; 16], String)>(place, &sealed).ok().map(|(_, reason)| reason)
            }),
            _ => None,
        };
        entries.push(Entry {
            position,
            at: row.instant("at")?,
            action: row.text("action")?,
            role: row.text("role")?,
            who: name(inner, &row.text("actor")?).await?,
            reason,
        });
    }
    Ok(entries)
}

async fn name(inner: &mut Inner, actor: &str) -> Result<Option<String>, StoreError> {
    let Ok(account) = actor.parse::<AccountId>() else { return Ok(None) };
    let row = inner.opt(sql!("SELECT sealed FROM accounts WHERE id = $1"), args![account]).await?;
    let (Some(row), Some(key)) = (row, inner.key_if_any(account.0).await?) else { return Ok(None) };
    let profile: Profile = keys::open(&key, "accounts", "sealed", account.0, &row.bytes("sealed")?)?;
    Ok(Some(profile.name))
}

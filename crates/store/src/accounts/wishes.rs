//! What people want of messages, and that they want to be deleted (MEM-2).
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
};
use fairwatch_core::{
    accounts::{AskDeletion, SetPreferences, ShowAccount, own::Message},
    ids::{AccountId, MembershipId, OrgId},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use uuid::Uuid;

/// A user who asked to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeletionAsked {
    /// Their role here.
    pub membership: MembershipId,
    /// The day on which they asked.
    pub asked_on: Date,
}

/// Whether somebody wants messages of a kind; whoever said nothing wants them.
///
/// # Errors
/// The engine's.
pub async fn wants(inner: &mut Inner, account: AccountId, message: Message) -> Result<bool, StoreError> {
    let text = sql!("SELECT wanted FROM preferences WHERE account_id = $1 AND kind = $2");
    let row = inner.opt(text, args![account, message.name()]).await?;
    row.map_or(Ok(true), |row| row.flag("wanted"))
}

/// Which messages one wants oneself.
///
/// # Errors
/// The engine's.
pub async fn own_preferences(tx: &mut Tx<ShowAccount>) -> Result<Vec<(Message, bool)>, StoreError> {
    let account = tx.permit.target().0;
    let mut all = Vec::with_capacity(Message::ALL.len());
    for message in Message::ALL {
        all.push((message, wants(&mut tx.inner, account, message).await?));
    }
    Ok(all)
}

/// Says which messages one wants.
///
/// # Errors
/// The engine's.
pub async fn set_preferences(tx: &mut Tx<SetPreferences>, wanted: &[Message]) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    for message in Message::ALL {
        let text = sql!(
            "INSERT INTO preferences (account_id, kind, wanted) VALUES ($1, $2, $3) \
             ON CONFLICT (account_id, kind) DO UPDATE SET wanted = excluded.wanted"
        );
        let is_wanted = i64::from(wanted.contains(&message));
        tx.inner.exec(text, args![account, message.name(), is_wanted]).await?;
    }
    Ok(())
}

/// Asks each scheme in which one has a role for the deletion of what it holds of oneself, or takes that back. Asking again
/// does not move the day.
///
/// # Errors
/// The engine's.
pub async fn ask_deletion(tx: &mut Tx<AskDeletion>, ask: bool) -> Result<(), StoreError> {
    let account = tx.permit.target().0;
    let today = tx.inner.ctx.today();
    let text = if ask {
        sql!(
            "UPDATE memberships SET deletion_asked_on = COALESCE(deletion_asked_on, $2) \
             WHERE account_id = $1 AND state IN ('active', 'suspended') RETURNING id"
        )
    } else {
        sql!(
            "UPDATE memberships SET deletion_asked_on = NULL \
             WHERE account_id = $1 AND deletion_asked_on <= $2 RETURNING id"
        )
    };
    let rows = tx.inner.rows(text, args![account, today]).await?;
    let touched = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    tx.saw(touched);
    Ok(())
}

/// Who of an organisation asked to be deleted and still has a role here, the earliest first: a duty of its controller.
///
/// # Errors
/// The engine's.
pub async fn deletions_asked(inner: &mut Inner, org: OrgId) -> Result<Vec<DeletionAsked>, StoreError> {
    let text = sql!(
        "SELECT id, deletion_asked_on FROM memberships WHERE org_id = $1 AND deletion_asked_on IS NOT NULL \
         AND state IN ('active', 'suspended') ORDER BY deletion_asked_on, id"
    );
    let rows = inner.rows(text, args![org]).await?;
    rows.iter()
        .map(|row| Ok(DeletionAsked { membership: row.id("id")?, asked_on: row.date("deletion_asked_on")? }))
        .collect()
}

/// A report that one sent: that one did. What it says of others is theirs.
#[derive(Clone, Debug, Serialize)]
pub struct OwnReport {
    /// The organisation, by its name in addresses.
    pub organisation: String,
    /// Its number there.
    pub number: i64,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// What became of it.
    pub state: String,
}

/// Something that the audit holds of oneself.
#[derive(Clone, Debug, Serialize)]
pub struct OwnDeed {
    /// When.
    pub at: Timestamp,
    /// What, by its stable name.
    pub action: String,
    /// As what.
    pub role: String,
}

/// What other parts of the program hold of whoever uses it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnTraces {
    /// The reports that one sent, the latest first.
    pub reports: Vec<OwnReport>,
    /// What the audit holds of oneself, the latest first.
    pub recorded: Vec<OwnDeed>,
}

/// Among so many entries of each chain one's own are looked for; what is older is asked for at the scheme.
const LATEST: i64 = 50_000;

/// What other parts of the program hold of oneself, for the copy that one takes away.
///
/// # Errors
/// The engine's.
pub async fn own_traces(tx: &mut Tx<ShowAccount>) -> Result<OwnTraces, StoreError> {
    let account = tx.permit.target().0;
    let text = sql!(
        "SELECT o.slug, r.number, r.submitted_at, r.state FROM reports r JOIN orgs o ON o.id = r.org_id \
         WHERE r.account_id = $1 ORDER BY r.submitted_at DESC, r.id"
    );
    let rows = tx.inner.rows(text, args![account]).await?;
    let reports = rows.iter().map(|row| {
        Ok(OwnReport {
            organisation: row.text("slug")?,
            number: row.int("number")?,
            sent_at: row.instant("submitted_at")?,
            state: row.text("state")?,
        })
    });
    let reports = reports.collect::<Result<Vec<_>, StoreError>>()?;
    let text = sql!("SELECT DISTINCT org_id FROM memberships WHERE account_id = $1 ORDER BY org_id");
    let rows = tx.inner.rows(text, args![account]).await?;
    let mut chains = rows.iter().map(|row| row.id("org_id")).collect::<Result<Vec<Uuid>, _>>()?;
    // What belongs to no organisation, such as signing in.
    chains.push(Uuid::nil());
    let mut recorded = Vec::new();
    for chain in chains {
        let text = sql!(
            "SELECT at, action, role FROM audit_entries WHERE chain = $1 AND actor = $2 AND position > \
             (SELECT h.position FROM audit_heads h WHERE h.chain = $1) - $3 ORDER BY position"
        );
        for row in tx.inner.rows(text, args![chain, account.to_string(), LATEST]).await? {
            recorded.push(OwnDeed {
                at: row.instant("at")?,
                action: row.text("action")?,
                role: row.text("role")?,
            });
        }
    }
    recorded.sort_by_key(|deed| std::cmp::Reverse(deed.at));
    Ok(OwnTraces { reports, recorded })
}

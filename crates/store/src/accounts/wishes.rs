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
use jiff::civil::Date;
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

//! The people of a scheme to whom something goes by mail, some at a time: thousands of mails are queued a hundred to a
//! transaction, and where it has come to is written down with them.
use super::{Posted, addresses, queue_with};
use crate::{
    accounts, conduct,
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
};
use fairwatch_core::{
    accounts::own::Message,
    gate::Role,
    ids::{AccountId, MemberId, MembershipId, OrgId},
    mail::Mail,
};
use uuid::Uuid;

/// So many people are looked at in one transaction.
const PART: i64 = 100;

/// Somebody with a role in a scheme.
pub(crate) struct Recipient {
    pub(crate) membership: MembershipId,
    pub(crate) account: AccountId,
    pub(crate) role: Role,
    /// The business, of a member user.
    pub(crate) member: Option<MemberId>,
}

/// The next people of a scheme after a role, by id, and the last of them where there may be more: its members' people and
/// those who run it. Those of a business that is suspended are passed over (MEM-8).
pub(crate) async fn next(
    inner: &mut Inner,
    org: OrgId,
    after: Uuid,
) -> Result<(Vec<Recipient>, Option<Uuid>), StoreError> {
    let text = sql!(
        "SELECT m.id, m.account_id, m.role, m.member_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.org_id = $1 AND m.id > $2 AND m.role IN ('member_user', 'controller', 'staff', 'board') \
         AND m.state = 'active' AND a.state = 'active' ORDER BY m.id LIMIT $3"
    );
    let mut part = Vec::new();
    for row in inner.rows(text, args![org, after, PART]).await? {
        part.push(Recipient {
            membership: row.id("id")?,
            account: row.id("account_id")?,
            role: row.word("role")?,
            member: row.opt_id("member_id")?,
        });
    }
    let is_whole = i64::try_from(part.len()).unwrap_or(i64::MAX) >= PART;
    let last = part.last().map(|one| one.membership.0).filter(|_| is_whole);
    let today = inner.ctx.today();
    let suspended = conduct::suspended(inner, org, today).await?;
    part.retain(|one| one.member.is_none_or(|member| !suspended.contains_key(&member)));
    Ok((part, last))
}

impl Recipient {
    /// Queues a mail for them where they want it and mail reaches them; whether it was. `write` is given address and name.
    pub(crate) async fn send(
        &self,
        inner: &mut Inner,
        message: Message,
        once: &str,
        write: impl Fn(&str, &str) -> Mail,
    ) -> Result<bool, StoreError> {
        self.send_with(inner, message, once, write, None).await
    }

    /// The same, with an appointment for their calendar.
    pub(crate) async fn send_with(
        &self,
        inner: &mut Inner,
        message: Message,
        once: &str,
        write: impl Fn(&str, &str) -> Mail,
        calendar: Option<&str>,
    ) -> Result<bool, StoreError> {
        if !accounts::wants(inner, self.account, message).await? {
            return Ok(false);
        }
        let reached = match addresses(inner, self.membership).await {
            Ok(Some(to)) => accounts::name_of(inner, self.account).await.map(|name| Some((to, name))),
            other => other.map(|_| None),
        };
        let (to, name) = match reached {
            Ok(Some((to, name))) => (to, name.unwrap_or_default()),
            Ok(None) => return Ok(false),
            // One damaged record keeps nobody else from being told.
            Err(StoreError::Corrupt(error)) => {
                tracing::error!(%error, membership = %self.membership, "somebody could not be told by mail");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let posted = Posted { mail: write(&to, &name), calendar: calendar.map(str::to_owned) };
        queue_with(inner, self.membership, Some(once), &posted).await
    }
}

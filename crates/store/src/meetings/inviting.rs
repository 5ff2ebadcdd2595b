//! Invitations by mail, and what became of a meeting (MEM-5).
use super::one;
use crate::{
    dialect::{Lock, args, sql},
    door::{Store, Tx},
    error::StoreError,
    mail::recipients,
    targets,
};
use fairwatch_core::{
    accounts::own::Message,
    calendar::calendar,
    gate::{Ctx, Role},
    ids::{MeetingId, OrgId},
    meetings::{Circle, Invite, OFFICE, entry, mails},
};
use uuid::Uuid;

/// The schemes in which an invitation has still to go out by mail.
///
/// # Errors
/// The engine's.
pub async fn to_invite(store: &Store, ctx: &Ctx) -> Result<Vec<OrgId>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT DISTINCT org_id FROM meetings WHERE mail_after IS NOT NULL");
    inner.rows(text, args![]).await?.iter().map(|row| row.id("org_id")).collect()
}

/// Queues the next mails of a meeting, each with the appointment; how many, or none where nothing is left to do. Of what is
/// over nobody is told any more. Each change goes out one time alone to each.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn invite(tx: &mut Tx<Invite>, host: &str) -> Result<Option<usize>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT id, mail_after FROM meetings WHERE org_id = $1 AND mail_after IS NOT NULL ORDER BY created_at, id LIMIT 1"
    );
    let Some(row) = inner.db.opt_locked(text, args![scope.org], Lock::Update).await? else { return Ok(None) };
    let id: MeetingId = row.id("id")?;
    let done = sql!("UPDATE meetings SET mail_after = $2 WHERE id = $1");
    let (meeting, _) = one(inner, id, None).await?;
    if meeting.at.day < scope.today {
        inner.exec(done, args![id, None::<Uuid>]).await?;
        return Ok(Some(0));
    }
    let for_whom = targets::of(inner, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let businesses = targets::of_all(inner, &scope).await?;
    let news = match (meeting.cancelled, meeting.sequence) {
        (true, _) => mails::News::Cancelled,
        (false, 0) => mails::News::Invited,
        (false, _) => mails::News::Changed,
    };
    let name = &*scope.policy.scheme.name;
    let change = (meeting.sequence, meeting.cancelled);
    let told_of = meeting.leaving();
    let appointment = entry((id, meeting.at), &told_of, change, (host, &scope.slug));
    let stamp = inner.ctx.real_now();
    let ics = calendar(name, "Meetings", std::slice::from_ref(&appointment), stamp);
    let (part, last) = recipients::next(inner, scope.org, row.id("mail_after")?).await?;
    let (mut queued, mut told) = (0, Vec::new());
    for one in &part {
        let business = one.member.and_then(|member| businesses.get(&member));
        let is_invited = if one.role == Role::MemberUser {
            meeting.circle == Circle::Members && business.is_some_and(|(_, belongs)| for_whom.holds(belongs))
        } else {
            OFFICE.contains(&one.role)
        };
        if !is_invited {
            continue;
        }
        let once = format!("meeting {id} {} {}", meeting.sequence, one.membership);
        let about = (&told_of, meeting.at);
        let write = |to: &str, who: &str| mails::meeting(to, who, name, news, about, &appointment.url);
        if one.send_with(inner, Message::Meetings, &once, write, Some(&ics)).await? {
            queued += 1;
            told.push(one.membership.0);
        }
    }
    inner.exec(done, args![id, last]).await?;
    tx.saw(told);
    Ok(Some(queued))
}

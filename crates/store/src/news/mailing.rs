//! News by mail: alerts as they are published, and once a week what is new (MEM-4).
//!
//! Thousands of mails are queued a hundred to a transaction, and where it has come to is written down with them: whoever
//! is killed goes on there, and each mail bears a name by which it goes out one time alone.
use super::{Post, opened};
use crate::{
    dialect::{Lock, args, sql},
    door::{Store, Tx},
    error::StoreError,
    mail::recipients,
    targets,
};
use fairwatch_core::{
    accounts::own::Message,
    gate::Ctx,
    ids::{OrgId, PostId},
    news::{
        Announce, Kind, SendDigest,
        mails::{self, Digest},
    },
    scope::Scope,
    targets::{Belongs, Targets},
    world::london_date,
};
use jiff::{Span, civil::Date};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The schemes in which an alert has still to go out by mail.
///
/// # Errors
/// The engine's.
pub async fn to_announce(store: &Store, ctx: &Ctx) -> Result<Vec<OrgId>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!("SELECT DISTINCT org_id FROM posts WHERE mail_after IS NOT NULL");
    inner.rows(text, args![]).await?.iter().map(|row| row.id("org_id")).collect()
}

/// Queues the next mails of an alert; how many, or none where nothing is left to do. An alert that is over, or was taken
/// back, goes to nobody any more.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn announce(tx: &mut Tx<Announce>, host: &str) -> Result<Option<usize>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT id, over_on, mail_after FROM posts WHERE org_id = $1 AND mail_after IS NOT NULL \
         ORDER BY published_at, id LIMIT 1"
    );
    let Some(row) = inner.db.opt_locked(text, args![scope.org], Lock::Update).await? else { return Ok(None) };
    let id: PostId = row.id("id")?;
    let done = sql!("UPDATE posts SET mail_after = $2 WHERE id = $1");
    if row.date("over_on")? < scope.today {
        inner.exec(done, args![id, None::<Uuid>]).await?;
        return Ok(Some(0));
    }
    let for_whom = targets::of(inner, &[id.0]).await?.remove(&id.0).unwrap_or_default();
    let businesses = targets::of_all(inner, &scope).await?;
    let (part, last) = recipients::next(inner, scope.org, row.id("mail_after")?).await?;
    let link = format!("{}/o/{}/news/{id}", host.trim_end_matches('/'), scope.slug);
    let (mut queued, mut told) = (0, Vec::new());
    for one in &part {
        let belongs = one.member.and_then(|member| businesses.get(&member));
        if !belongs.is_some_and(|(_, belongs)| for_whom.holds(belongs)) {
            continue;
        }
        let once = format!("alert {id} {}", one.membership);
        let write = |to: &str, name: &str| mails::alert(to, name, &scope.policy.scheme.name, &link);
        if one.send(inner, Message::Alerts, &once, write).await? {
            queued += 1;
            told.push(one.membership.0);
        }
    }
    inner.exec(done, args![id, last]).await?;
    tx.saw(told);
    Ok(Some(queued))
}

/// The Monday of the week in which a day is.
fn monday(day: Date) -> Date {
    let since = i64::from(day.weekday().to_monday_zero_offset());
    day.saturating_sub(Span::new().days(since))
}

/// After so many weeks of silence only the last of them are told.
const MOST_WEEKS: i64 = 4;

/// The schemes whose members have not been told of the week that is over.
///
/// # Errors
/// The engine's.
pub async fn due_weeks(store: &Store, ctx: &Ctx) -> Result<Vec<OrgId>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT o.id FROM orgs o LEFT JOIN digests d ON d.org_id = o.id \
         WHERE d.through_on IS NULL OR d.through_on < $1 ORDER BY o.id"
    );
    let rows = inner.rows(text, args![monday(ctx.today())]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// What a digest tells of.
#[derive(Clone, Debug)]
pub struct Week {
    /// The Monday on which it is told.
    pub monday: Date,
    /// What was published and is not over, the newest first.
    pub posts: Vec<Post>,
    /// Whom each is for.
    targets: HashMap<Uuid, Targets>,
    /// The last role that was told.
    after: Uuid,
}

/// What is to be told of the week that is over; none where it has been.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn week(tx: &mut Tx<SendDigest>) -> Result<Option<Week>, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let monday = monday(scope.today);
    let first = monday.saturating_sub(Span::new().days(7));
    let text = sql!(
        "INSERT INTO digests (org_id, through_on, mail_after) VALUES ($1, $2, NULL) ON CONFLICT (org_id) DO NOTHING"
    );
    inner.exec(text, args![scope.org, first]).await?;
    let text = sql!("SELECT through_on, week_on, mail_after FROM digests WHERE org_id = $1");
    let values = args![scope.org];
    let Some(row) = inner.db.opt_locked(text, values, Lock::Update).await? else { return Ok(None) };
    let through = row.date("through_on")?;
    if through >= monday {
        return Ok(None);
    }
    let from = through.max(monday.saturating_sub(Span::new().days(7 * MOST_WEEKS)));
    let text = sql!(
        "SELECT p.id, p.kind, p.radio, p.happens_on, p.over_on, p.looked, p.published_at, p.author_id, p.sealed, \
         CAST(0 AS BIGINT) AS has_file, CAST(0 AS BIGINT) AS was_read FROM posts p \
         WHERE p.org_id = $1 AND p.over_on >= $2 ORDER BY p.published_at DESC, p.id DESC"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    let mut posts = opened(inner, &rows, None).await?;
    posts.retain(|post| (from..monday).contains(&london_date(post.published_at)));
    let ids = posts.iter().map(|post| post.id.0).collect::<Vec<_>>();
    let targets = targets::of(inner, &ids).await?;
    // Whoever was told of a week before was not told of this one.
    let is_begun = row.opt_date("week_on")? == Some(monday);
    let after = row.opt_id("mail_after")?.filter(|_| is_begun).unwrap_or_default();
    Ok(Some(Week { monday, posts, targets, after }))
}

impl Week {
    /// What of it concerns a business: titles where they may leave the program, a number for the rest.
    fn of(&self, belongs: &Belongs, may_leave: &BTreeSet<PostId>) -> Digest {
        let mut digest = Digest::default();
        for post in &self.posts {
            if !self.targets.get(&post.id.0).is_none_or(|targets| targets.holds(belongs)) {
                continue;
            }
            if post.kind == Kind::Alert || !may_leave.contains(&post.id) {
                digest.others += 1;
                continue;
            }
            let day = post.happens_on.map(|day| day.strftime(", %-d %B %Y").to_string());
            let title = &post.content.title;
            digest.lines.push(format!("{}: {title}{}", post.kind.label(), day.unwrap_or_default()));
        }
        digest
    }
}

/// Queues the next mails of a week; how many, and whether all are told. Titles leave the program only of the posts of
/// which whoever calls says that they name nobody.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn digest(
    tx: &mut Tx<SendDigest>,
    host: &str,
    may_leave: &BTreeSet<PostId>,
) -> Result<(usize, bool), StoreError> {
    let Some(week) = week(tx).await? else { return Ok((0, true)) };
    let scope: Scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let done = sql!("UPDATE digests SET through_on = $2, mail_after = NULL WHERE org_id = $1");
    if week.posts.is_empty() || !inner.store.sends_mail() {
        inner.exec(done, args![scope.org, week.monday]).await?;
        return Ok((0, true));
    }
    let businesses = targets::of_all(inner, &scope).await?;
    let (part, last) = recipients::next(inner, scope.org, week.after).await?;
    let page = format!("{}/o/{}/news", host.trim_end_matches('/'), scope.slug);
    let (mut queued, mut told) = (0, Vec::new());
    for one in &part {
        let Some((_, belongs)) = one.member.and_then(|member| businesses.get(&member)) else { continue };
        let new = week.of(belongs, may_leave);
        if new.is_empty() {
            continue;
        }
        let once = format!("digest {} {}", week.monday, one.membership);
        let write = |to: &str, name: &str| mails::digest(to, name, &scope.policy.scheme.name, &new, &page);
        if one.send(inner, Message::Digest, &once, write).await? {
            queued += 1;
            told.push(one.membership.0);
        }
    }
    match last {
        Some(last) => {
            let text = sql!("UPDATE digests SET mail_after = $2, week_on = $3 WHERE org_id = $1");
            inner.exec(text, args![scope.org, last, week.monday]).await?;
        }
        None => {
            inner.exec(done, args![scope.org, week.monday]).await?;
        }
    }
    tx.saw(told);
    Ok((queued, last.is_none()))
}

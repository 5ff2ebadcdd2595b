//! Posts, whom they concern, and who has read them (MEM-4).
mod mailing;
mod naming;

pub use mailing::{Week, announce, digest, due_weeks, to_announce, week};
pub use naming::{Known, Surroundings, found, known, surroundings};

use crate::{
    accounts::users,
    certifications, conduct,
    dialect::{Lock, Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, orgs,
    targets::{self, Choices},
};
use fairwatch_core::{
    gate::{Action, Caller, Hidden, Role},
    ids::{AccountId, MemberId, MembershipId, PostId},
    news::{
        Content, Kind, ListAlerts, ListNews, OnePost, PostFacts, PrepareNews, PublishPost, ReadPost,
        ShowReaders, WithdrawPost, erased_on, keeps,
    },
    scope::Scope,
    targets::{Belongs, Targets},
};
use fairwatch_vault::{DataKey, Place};
use jiff::{
    Timestamp,
    civil::{Date, date},
};
use std::collections::HashMap;
use uuid::Uuid;

impl Load<OnePost> for PostFacts {
    async fn load(inner: &mut Inner, target: &OnePost, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!(
            "SELECT org_id, kind, over_on, author_id FROM posts WHERE id = $1 AND org_id = COALESCE($2, org_id)"
        );
        let lock = Some(crate::facts::lock(acting));
        let Some(row) = crate::facts::row(inner, text, target.0.0, lock).await? else { return Ok(None) };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let concerns = match acts_for(inner).await? {
            Some(member) => {
                let belongs = targets::of_business(inner, &scope, member).await?;
                let of = targets::of(inner, &[target.0.0]).await?;
                of.get(&target.0.0).is_none_or(|targets| targets.holds(&belongs))
            }
            None => true,
        };
        Ok(Some(Self {
            scope,
            kind: row.word("kind")?,
            over_on: row.date("over_on")?,
            author: row.opt_id("author_id")?,
            concerns,
        }))
    }
}

/// The business for which whoever asks acts, if they act for one.
pub(crate) async fn acts_for(inner: &mut Inner) -> Result<Option<MemberId>, StoreError> {
    let Caller::User { membership: Some(membership), .. } = inner.ctx.caller() else { return Ok(None) };
    let text = sql!("SELECT member_id FROM memberships WHERE id = $1 AND role = 'member_user'");
    let row = inner.opt(text, args![membership]).await?;
    Ok(row.map(|row| row.opt_id("member_id")).transpose()?.flatten())
}

/// A post.
#[derive(Clone, Debug)]
pub struct Post {
    /// Which.
    pub id: PostId,
    /// What it is.
    pub kind: Kind,
    /// Whether it is to be read out.
    pub radio: bool,
    /// Of an event: the day.
    pub happens_on: Option<Date>,
    /// The last day on which it is shown.
    pub over_on: Date,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who wrote it.
    pub author: Option<AccountId>,
    /// What it says.
    pub content: Content,
    /// Whether it has a PDF.
    pub has_file: bool,
    /// Whether the asker has read it.
    pub read: bool,
    /// Whether whoever wrote it was told if it names somebody who is held: of others nothing leaves by which they could tell.
    pub looked: bool,
}

/// A post to be published.
#[derive(Clone, Debug)]
pub struct NewPost {
    /// What it is.
    pub kind: Kind,
    /// Whether it is to be read out.
    pub radio: bool,
    /// Of an event: the day.
    pub happens_on: Option<Date>,
    /// The last day on which it is shown.
    pub over_on: Date,
    /// What it says.
    pub content: Content,
    /// The PDF, where it has one.
    pub pdf: Option<Vec<u8>>,
    /// For whom it is.
    pub targets: Targets,
    /// Whether its writer was told if it names somebody who is held.
    pub looked: bool,
}

fn place(id: PostId) -> Place<'static> {
    Place { table: "posts", column: "file", row: id.0 }
}

fn read_post(row: &Row, key: &DataKey) -> Result<Post, StoreError> {
    let id: PostId = row.id("id")?;
    Ok(Post {
        id,
        kind: row.word("kind")?,
        radio: row.flag("radio")?,
        happens_on: row.opt_date("happens_on")?,
        over_on: row.date("over_on")?,
        published_at: row.instant("published_at")?,
        author: row.opt_id("author_id")?,
        content: keys::open(key, "posts", "sealed", id.0, &row.bytes("sealed")?)?,
        has_file: row.flag("has_file")?,
        read: row.flag("was_read")?,
        looked: row.flag("looked")?,
    })
}

/// Opens rows of posts, as far as they are for a business; for whoever acts for none, all of them.
async fn opened(inner: &mut Inner, rows: &[Row], belongs: Option<&Belongs>) -> Result<Vec<Post>, StoreError> {
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let of = match belongs {
        Some(_) => targets::of(inner, &ids).await?,
        None => HashMap::new(),
    };
    let concerns =
        |id: &Uuid| belongs.is_none_or(|belongs| of.get(id).is_none_or(|targets| targets.holds(belongs)));
    let theirs = ids.iter().copied().filter(|id| concerns(id)).collect::<Vec<_>>();
    let known = inner.keys_of(&theirs).await?;
    let mut posts = Vec::with_capacity(theirs.len());
    for row in rows {
        let id: Uuid = row.id("id")?;
        if concerns(&id) {
            let key = known.get(&id).ok_or_else(|| StoreError::corrupt("a data key"))?;
            posts.push(read_post(row, key)?);
        }
    }
    Ok(posts)
}

async fn belongs<A: Action>(tx: &mut Tx<A>, scope: &Scope) -> Result<Option<Belongs>, StoreError> {
    let standing = tx.permit.standing();
    let (role, member) = (standing.role, standing.member);
    match member.filter(|_| role == Some(Role::MemberUser)) {
        Some(member) => Ok(Some(targets::of_business(&mut tx.inner, scope, member).await?)),
        None => Ok(None),
    }
}

/// What concerns the asker and is not over, the newest first; of those who write, everything that is kept.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListNews>) -> Result<Vec<Post>, StoreError> {
    let scope = tx.permit.facts().clone();
    let standing = tx.permit.standing();
    let (membership, keeper) = (standing.membership, standing.role.is_some_and(keeps));
    let from = if keeper { date(1, 1, 1) } else { scope.today };
    let text = sql!(
        "SELECT p.id, p.kind, p.radio, p.happens_on, p.over_on, p.looked, p.published_at, p.author_id, p.sealed, \
         CAST(CASE WHEN p.file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_file, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM post_reads r WHERE r.post_id = p.id AND r.membership_id = $3) \
         THEN 1 ELSE 0 END AS BIGINT) AS was_read \
         FROM posts p WHERE p.org_id = $1 AND p.over_on >= $2 ORDER BY p.published_at DESC, p.id DESC"
    );
    let rows = tx.inner.rows(text, args![scope.org, from, membership]).await?;
    let belongs = if rows.is_empty() { None } else { belongs(tx, &scope).await? };
    let mut posts = opened(&mut tx.inner, &rows, belongs.as_ref()).await?;
    // By the clock, whether or not the sweep has come by.
    posts.retain(|post| erased_on(&scope.policy, post.over_on) > scope.today);
    Ok(posts)
}

/// How many alerts concern the asker that they have not read. It opens none.
pub(crate) async fn unread<A: Action>(tx: &mut Tx<A>, scope: &Scope) -> Result<usize, StoreError> {
    let membership = tx.permit.standing().membership;
    let text = sql!(
        "SELECT p.id FROM posts p WHERE p.org_id = $1 AND p.kind = 'alert' AND p.over_on >= $2 \
         AND NOT EXISTS (SELECT 1 FROM post_reads r WHERE r.post_id = p.id AND r.membership_id = $3)"
    );
    let rows = tx.inner.rows(text, args![scope.org, scope.today, membership]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    if ids.is_empty() {
        return Ok(0);
    }
    let Some(belongs) = belongs(tx, scope).await? else { return Ok(ids.len()) };
    let of = targets::of(&mut tx.inner, &ids).await?;
    Ok(ids.iter().filter(|id| of.get(id).is_none_or(|targets| targets.holds(&belongs))).count())
}

/// The alerts that concern the asker and that they have not read, the newest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn unread_alerts(tx: &mut Tx<ListAlerts>) -> Result<Vec<Post>, StoreError> {
    let scope = tx.permit.facts().clone();
    let membership = tx.permit.standing().membership;
    let text = sql!(
        "SELECT p.id, p.kind, p.radio, p.happens_on, p.over_on, p.looked, p.published_at, p.author_id, p.sealed, \
         CAST(0 AS BIGINT) AS has_file, CAST(0 AS BIGINT) AS was_read \
         FROM posts p WHERE p.org_id = $1 AND p.kind = 'alert' AND p.over_on >= $2 \
         AND NOT EXISTS (SELECT 1 FROM post_reads r WHERE r.post_id = p.id AND r.membership_id = $3) \
         ORDER BY p.published_at DESC, p.id DESC"
    );
    let rows = tx.inner.rows(text, args![scope.org, scope.today, membership]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let belongs = belongs(tx, &scope).await?;
    opened(&mut tx.inner, &rows, belongs.as_ref()).await
}

/// A post, with who wrote it.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The post.
    pub post: Post,
    /// Who wrote it, as long as they have an account.
    pub author: Option<String>,
    /// Whether the asker may take it back.
    pub is_own: bool,
}

async fn one(inner: &mut Inner, id: PostId, membership: Option<MembershipId>) -> Result<Post, StoreError> {
    let text = sql!(
        "SELECT p.id, p.kind, p.radio, p.happens_on, p.over_on, p.looked, p.published_at, p.author_id, p.sealed, \
         CAST(CASE WHEN p.file IS NULL THEN 0 ELSE 1 END AS BIGINT) AS has_file, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM post_reads r WHERE r.post_id = p.id AND r.membership_id = $2) \
         THEN 1 ELSE 0 END AS BIGINT) AS was_read FROM posts p WHERE p.id = $1"
    );
    let row = inner.one(text, args![id, membership]).await?;
    let key = inner.key(id.0).await?;
    read_post(&row, &key)
}

/// A post; that the asker has read it is on record from now on.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn read(tx: &mut Tx<ReadPost>) -> Result<Whole, StoreError> {
    let OnePost(id) = *tx.permit.target();
    let standing = tx.permit.standing();
    let (membership, account) = (standing.membership, standing.account);
    let inner = &mut tx.inner;
    let post = one(inner, id, membership).await?;
    if let Some(membership) = membership.filter(|_| !post.read)
        && users::still_holds(inner, membership).await?
    {
        let text = sql!(
            "INSERT INTO post_reads (post_id, membership_id, read_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
        );
        let now = inner.ctx.now();
        inner.exec(text, args![id, membership, now]).await?;
    }
    let author = match post.author {
        Some(author) => certifications::names(inner, &[author.0]).await?.remove(&author.0),
        None => None,
    };
    let is_own = post.author.is_some() && post.author == account;
    Ok(Whole { post, author, is_own })
}

/// The PDF of a post.
///
/// # Errors
/// [`StoreError::Hidden`] where it has none.
pub async fn pdf(tx: &mut Tx<ReadPost>) -> Result<Vec<u8>, StoreError> {
    let OnePost(id) = *tx.permit.target();
    let row = tx.inner.one(sql!("SELECT file FROM posts WHERE id = $1"), args![id]).await?;
    let file = row.opt_bytes("file")?.ok_or(Hidden)?;
    let key = tx.inner.key(id.0).await?;
    Ok(key.open(place(id), &file)?.to_vec())
}

/// Whom something can be for.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn choices(tx: &mut Tx<PrepareNews>) -> Result<Choices, StoreError> {
    let scope = tx.permit.facts().clone();
    targets::choices(&mut tx.inner, &scope).await
}

/// Publishes a post; that of an alert its members are told by mail.
///
/// The same form sent twice is one post.
///
/// # Errors
/// [`StoreError::Hidden`] for a kind that is not theirs to write, and where the id is another's.
pub async fn publish(tx: &mut Tx<PublishPost>, id: PostId, new: &NewPost) -> Result<PostId, StoreError> {
    let scope = tx.permit.facts().clone();
    let standing = tx.permit.standing();
    if !standing.role.is_some_and(|role| new.kind.is_written_by(role)) {
        return Err(Hidden.into());
    }
    let author = standing.account;
    let inner = &mut tx.inner;
    let now = inner.ctx.now();
    let after = (new.kind == Kind::Alert && inner.store.sends_mail()).then(Uuid::nil);
    let text = sql!(
        "INSERT INTO posts (id, org_id, kind, radio, happens_on, over_on, looked, published_at, author_id, mail_after, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING"
    );
    let (kind, happens, over) = (new.kind.name(), new.happens_on, new.over_on);
    let empty = Vec::<u8>::new();
    let values = args![id, scope.org, kind, new.radio, happens, over, new.looked, now, author, after, empty];
    if inner.exec(text, values).await? == 0 {
        let text = sql!("SELECT id FROM posts WHERE id = $1 AND org_id = $2 AND author_id = $3");
        return inner.opt(text, args![id, scope.org, author]).await?.map(|_| id).ok_or_else(|| Hidden.into());
    }
    // Something else of this id is nothing to whoever made it up.
    if inner.has_key(id.0).await? {
        return Err(Hidden.into());
    }
    let key = inner.new_key(id.0, "post").await?;
    let sealed = inner.seal(&key, "posts", "sealed", id.0, &new.content)?;
    let file = new.pdf.as_ref().map(|bytes| key.seal(place(id), bytes, inner.ctx.randomness()));
    let text = sql!("UPDATE posts SET sealed = $2, file = $3 WHERE id = $1");
    inner.exec(text, args![id, sealed, file]).await?;
    targets::put(inner, id.0, &new.targets).await?;
    tx.saw([id.0]);
    Ok(id)
}

/// Takes a post back: it is destroyed.
///
/// # Errors
/// The engine's.
pub async fn withdraw(tx: &mut Tx<WithdrawPost>) -> Result<(), StoreError> {
    let OnePost(id) = *tx.permit.target();
    destroy(&mut tx.inner, id).await
}

async fn destroy(inner: &mut Inner, id: PostId) -> Result<(), StoreError> {
    // Nobody reads it from here on: what they leave would keep it from going.
    inner.db.opt_locked(sql!("SELECT id FROM posts WHERE id = $1"), args![id], Lock::Update).await?;
    inner.exec(sql!("DELETE FROM post_reads WHERE post_id = $1"), args![id]).await?;
    targets::remove(inner, id.0).await?;
    inner.exec(sql!("DELETE FROM posts WHERE id = $1"), args![id]).await?;
    inner.destroy_key(id.0).await
}

/// Destroys what was over for as long as the policy keeps it (RET-15). The day is not stored, so another policy is
/// followed at once.
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!("SELECT id, over_on FROM posts WHERE org_id = $1 AND over_on < $2 ORDER BY id");
    for row in inner.rows(text, args![scope.org, scope.today]).await? {
        if erased_on(&scope.policy, row.date("over_on")?) <= scope.today {
            destroy(inner, row.id("id")?).await?;
        }
    }
    Ok(())
}

/// What somebody has read goes with their role.
pub(crate) async fn forget(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM post_reads WHERE membership_id = $1"), args![membership]).await?;
    Ok(())
}

/// Somebody whom a post concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Their name, as the scheme knows it.
    pub name: String,
    /// Their business.
    pub business: String,
    /// When they read it, if they did.
    pub read_at: Option<Timestamp>,
}

/// Whom a post concerns among the members' people, by business and name, and when they read it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn readers(tx: &mut Tx<ShowReaders>) -> Result<(Post, Vec<Reader>), StoreError> {
    let OnePost(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let inner = &mut tx.inner;
    let post = one(inner, id, None).await?;
    let people = audience(inner, &scope, id.0).await?;
    let accounts = people.iter().map(|one| one.account.0).collect::<Vec<_>>();
    let names = certifications::names(inner, &accounts).await?;
    let text = sql!("SELECT membership_id, read_at FROM post_reads WHERE post_id = $1");
    let mut read = HashMap::new();
    for row in inner.rows(text, args![id]).await? {
        read.insert(row.id::<MembershipId>("membership_id")?, row.instant("read_at")?);
    }
    let mut readers = Vec::with_capacity(people.len());
    for one in &people {
        let (name, read_at) = (names.get(&one.account.0), read.get(&one.membership));
        let name = name.cloned().unwrap_or_default();
        readers.push(Reader { name, business: one.business.clone(), read_at: read_at.copied() });
    }
    readers.sort_by_cached_key(|one| (one.business.to_lowercase(), one.name.to_lowercase()));
    tx.saw(people.iter().map(|one| one.account.0).collect::<Vec<_>>());
    Ok((post, readers))
}

/// Somebody of a member business.
#[derive(Clone, Debug)]
pub(crate) struct Somebody {
    pub(crate) membership: MembershipId,
    pub(crate) account: AccountId,
    pub(crate) business: String,
}

/// The people of the businesses whom something is for, and that are not suspended (MEM-8).
pub(crate) async fn audience(
    inner: &mut Inner,
    scope: &Scope,
    about: Uuid,
) -> Result<Vec<Somebody>, StoreError> {
    let mut of = targets::of(inner, &[about]).await?;
    let targets = of.remove(&about).unwrap_or_default();
    let mut businesses = targets::of_all(inner, scope).await?;
    for suspended in conduct::suspended(inner, scope.org, scope.today).await?.keys() {
        businesses.remove(suspended);
    }
    let text = sql!(
        "SELECT m.id, m.account_id, m.member_id FROM memberships m JOIN accounts a ON a.id = m.account_id \
         WHERE m.org_id = $1 AND m.role = 'member_user' AND m.state = 'active' AND a.state = 'active' ORDER BY m.id"
    );
    let mut people = Vec::new();
    for row in inner.rows(text, args![scope.org]).await? {
        let Some(member) = row.opt_id::<MemberId>("member_id")? else { continue };
        if let Some((business, belongs)) = businesses.get(&member)
            && targets.holds(belongs)
        {
            let business = business.clone();
            people.push(Somebody { membership: row.id("id")?, account: row.id("account_id")?, business });
        }
    }
    Ok(people)
}

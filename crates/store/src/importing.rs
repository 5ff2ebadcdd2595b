//! Businesses and their users from a file (MEM-1).
use crate::{
    accounts::{Login, Token, invitations, links, members, users},
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts::Load,
    keys, mail, orgs,
};
use fairwatch_core::{
    accounts::{Business, MembershipState, Profile},
    gate::Role,
    ids::{ImportId, MemberId, MembershipId},
    importing::{
        ImportFacts, InviteImported, KEPT_DAYS, ListImports, OneImport, PRINTED_AT_ONCE, PreviewImport,
        TakeImport, UndoImport,
    },
    mail as letters,
    scope::Scope,
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Whether somebody of an import was ever invited, or anything refers to its businesses.
const TOUCHED: &str = sql!(
    "SELECT i.id FROM imports i WHERE i.id = $1 AND (i.touched = 1 \
     OR EXISTS (SELECT 1 FROM memberships m WHERE m.import_id = i.id AND m.state <> 'invited') \
     OR EXISTS (SELECT 1 FROM memberships m JOIN members b ON b.id = m.member_id WHERE b.import_id = i.id \
     AND (m.import_id IS NULL OR m.import_id <> i.id)) \
     OR EXISTS (SELECT 1 FROM members b WHERE b.import_id = i.id AND (b.state <> 'active' \
     OR EXISTS (SELECT 1 FROM reports p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM devices p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM agreements p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM picks p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM proposal_premises p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM exclusion_premises p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM leavings p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM member_suspensions p WHERE p.member_id = b.id) \
     OR EXISTS (SELECT 1 FROM conduct p WHERE p.member_id = b.id))))"
);

/// Notes that somebody was invited: what a file brought is not taken back any more, whatever becomes of them.
pub(crate) async fn touch(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    let text = sql!(
        "UPDATE imports SET touched = 1 WHERE id IN (SELECT m.import_id FROM memberships m WHERE m.id = $1) \
         OR id IN (SELECT b.import_id FROM memberships m JOIN members b ON b.id = m.member_id WHERE m.id = $1)"
    );
    inner.exec(text, args![membership]).await?;
    Ok(())
}

impl Load<OneImport> for ImportFacts {
    async fn load(inner: &mut Inner, target: &OneImport, acting: bool) -> Result<Option<Self>, StoreError> {
        let text = sql!("SELECT org_id FROM imports WHERE id = $1 AND org_id = COALESCE($2, org_id)");
        let Some(row) = crate::facts::row(inner, text, target.0.0, Some(crate::facts::lock(acting))).await?
        else {
            return Ok(None);
        };
        let Some(scope) = orgs::scope(inner, row.id("org_id")?).await? else { return Ok(None) };
        let untouched = inner.opt(TOUCHED, args![target.0]).await?.is_none();
        Ok(Some(Self { scope, untouched }))
    }
}

/// Whom a scheme has already.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Its businesses.
    pub members: Vec<(MemberId, Business)>,
    /// The businesses among them that are suspended.
    pub suspended: HashSet<MemberId>,
    /// What its member users, invited ones included, were said to sign in with, and for which business they act.
    pub logins: HashMap<String, Option<MemberId>>,
}

async fn known(inner: &mut Inner, scope: &Scope) -> Result<Known, StoreError> {
    let mut known = Known::default();
    for view in members::all(inner, scope.org).await? {
        known.members.push((view.member, view.business));
    }
    known.suspended = crate::conduct::suspended(inner, scope.org, scope.today).await?.into_keys().collect();
    let text = sql!(
        "SELECT id, member_id, sealed FROM memberships WHERE org_id = $1 AND role = 'member_user' AND state <> 'ended'"
    );
    let rows = inner.rows(text, args![scope.org]).await?;
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    for row in &rows {
        let id: Uuid = row.id("id")?;
        let key = keys.get(&id).ok_or_else(|| StoreError::corrupt("a data key"))?;
        let told: Profile = keys::open(key, "memberships", "sealed", id, &row.bytes("sealed")?)?;
        for login in [told.email, told.user_name].into_iter().flatten() {
            known.logins.insert(Login::new(&login).as_str().to_owned(), row.opt_id("member_id")?);
        }
    }
    Ok(known)
}

/// Whom the scheme has already, for the preview of a file. It is a look at its members.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn preview(tx: &mut Tx<PreviewImport>) -> Result<Known, StoreError> {
    let scope = tx.permit.facts().clone();
    known(&mut tx.inner, &scope).await
}

/// A business of a file, with the people whom the file names for it.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The business, where the scheme has it already.
    pub known: Option<MemberId>,
    /// What is known of it.
    pub business: Business,
    /// Its people, and whether each manages the others (INC-10).
    pub users: Vec<(Profile, bool)>,
}

/// An import.
#[derive(Clone, Debug)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// The day on which whoever is still not invited goes.
    pub goes_on: Date,
    /// The businesses that it brought.
    pub members: usize,
    /// Those whom it named.
    pub users: usize,
    /// Those of them who have an e-mail address and no invitation yet.
    pub to_mail: usize,
    /// Those of them who have none, and no invitation yet.
    pub to_print: usize,
    /// Those of them who have none, were invited by a printed page, and have not accepted.
    pub printed: usize,
    /// Whether it can be taken back.
    pub untouched: bool,
}

/// Takes what a file brings, once `plan` has looked at it beside what the scheme has at this moment.
///
/// # Errors
/// What `plan` refuses; the engine's.
pub async fn take(
    tx: &mut Tx<TakeImport>,
    plan: impl FnOnce(&Known) -> Result<Vec<NewMember>, StoreError>,
) -> Result<ImportId, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    let known = known(inner, &scope).await?;
    let new = plan(&known)?;
    let id: ImportId = inner.ctx.new_id();
    let (now, real_now) = (inner.ctx.now(), inner.ctx.real_now());
    let text = sql!("INSERT INTO imports (id, org_id, taken_at, taken_on) VALUES ($1, $2, $3, $4)");
    inner.exec(text, args![id, scope.org, now, scope.today]).await?;
    let goes = real_now + SignedDuration::from_hours(24 * KEPT_DAYS);
    let named = sql!(
        "INSERT INTO memberships (id, org_id, role, member_id, state, sealed, created_at, expires_at, manages, import_id) \
         VALUES ($1, $2, 'member_user', $3, 'invited', $4, $5, $6, $7, $8)"
    );
    for one in &new {
        let member = match one.known {
            Some(member) => member,
            None => {
                let member = members::make(inner, scope.org, &one.business).await?;
                inner
                    .exec(sql!("UPDATE members SET import_id = $2 WHERE id = $1"), args![member, id])
                    .await?;
                member
            }
        };
        for (profile, manages) in &one.users {
            let membership: MembershipId = inner.ctx.new_id();
            let sealed = users::seal_told(inner, membership, profile).await?;
            let values = args![membership, scope.org, member, sealed, now, goes, *manages, id];
            inner.exec(named, values).await?;
        }
    }
    // Whom it brought stands with the records; thousands of ids would say no more.
    tx.saw([id.0]);
    Ok(id)
}

/// What was taken lately, the latest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ListImports>) -> Result<Vec<Import>, StoreError> {
    let org = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT i.id, i.taken_at, i.taken_on, \
         (SELECT COUNT(*) FROM members b WHERE b.import_id = i.id AND b.state = 'active') AS members, \
         (SELECT COUNT(*) FROM memberships m WHERE m.import_id = i.id) AS users \
         FROM imports i WHERE i.org_id = $1 ORDER BY i.taken_at DESC, i.id DESC LIMIT 20"
    );
    let mut all = Vec::new();
    for row in inner.rows(text, args![org]).await? {
        let id: ImportId = row.id("id")?;
        let waiting = uninvited(inner, id).await?;
        let sends = inner.store.sends_mail();
        let printed = invited(inner, id).await?;
        let printed = printed.iter().filter(|one| !sends || one.told.email.is_none()).count();
        let to_mail = waiting.iter().filter(|one| one.told.email.is_some()).count();
        let count = |column| Ok::<_, StoreError>(usize::try_from(row.int(column)?).unwrap_or(0));
        all.push(Import {
            id,
            taken_at: row.instant("taken_at")?,
            goes_on: row.date("taken_on")?.saturating_add(jiff::Span::new().days(KEPT_DAYS)),
            members: count("members")?,
            users: count("users")?,
            to_mail,
            to_print: waiting.len() - to_mail,
            printed,
            untouched: inner.opt(TOUCHED, args![id]).await?.is_none(),
        });
    }
    Ok(all)
}

struct Uninvited {
    membership: MembershipId,
    member: Option<MemberId>,
    told: Profile,
}

/// Those of an import who have no invitation yet, in the order of the file.
async fn uninvited(inner: &mut Inner, id: ImportId) -> Result<Vec<Uninvited>, StoreError> {
    let text = sql!(
        "SELECT m.id, m.member_id, m.sealed FROM memberships m WHERE m.import_id = $1 AND m.state = 'invited' \
         AND m.invited_at IS NULL ORDER BY m.id"
    );
    let rows = inner.rows(text, args![id]).await?;
    opened(inner, rows).await
}

/// Those who were invited last and have not accepted, the latest first: what was printed last.
async fn invited(inner: &mut Inner, id: ImportId) -> Result<Vec<Uninvited>, StoreError> {
    let text = sql!(
        "SELECT m.id, m.member_id, m.sealed FROM memberships m WHERE m.import_id = $1 AND m.state = 'invited' \
         AND m.invited_at IS NOT NULL ORDER BY m.invited_at DESC, m.id"
    );
    let rows = inner.rows(text, args![id]).await?;
    opened(inner, rows).await
}

async fn opened(inner: &mut Inner, rows: Vec<crate::dialect::Row>) -> Result<Vec<Uninvited>, StoreError> {
    let ids = rows.iter().map(|row| row.id("id")).collect::<Result<Vec<Uuid>, _>>()?;
    let keys = inner.keys_of(&ids).await?;
    rows.iter()
        .map(|row| {
            let membership: MembershipId = row.id("id")?;
            let key = keys.get(&membership.0).ok_or_else(|| StoreError::corrupt("a data key"))?;
            let told = keys::open(key, "memberships", "sealed", membership.0, &row.bytes("sealed")?)?;
            Ok(Uninvited { membership, member: row.opt_id("member_id")?, told })
        })
        .collect()
}

/// How those of an import are invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By mail: all who have an address.
    Mail,
    /// By printed pages: the next of those who have none, or of all where no mail is sent.
    Print,
    /// What was printed last once more, with new links: a page can be lost before anybody had it.
    Again,
}

/// An invitation that is to be printed.
#[derive(Clone, Debug)]
pub struct ToPrint {
    /// Whom it is for.
    pub told: Profile,
    /// The business.
    pub business: String,
    /// With which it is accepted.
    pub link: Token,
}

/// What became of inviting those of an import.
#[derive(Clone, Debug, Default)]
pub struct InvitedMany {
    /// To so many a mail goes out.
    pub mailed: usize,
    /// What is to be printed now.
    pub printed: Vec<ToPrint>,
}

/// Invites those of an import who have no invitation yet.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn invite(
    tx: &mut Tx<InviteImported>,
    how: How,
    address: impl Fn(&Token) -> String,
) -> Result<InvitedMany, StoreError> {
    let (id, scope) = (tx.permit.target().0, tx.permit.facts().scope.clone());
    let inner = &mut tx.inner;
    let sends = inner.store.sends_mail();
    let suspended = crate::conduct::suspended(inner, scope.org, scope.today).await?;
    let mut done = InvitedMany::default();
    let until = inner.ctx.real_now() + links::LINK_LIFE;
    let people = match how {
        How::Mail | How::Print => uninvited(inner, id).await?,
        How::Again => invited(inner, id).await?,
    };
    for one in people {
        if one.member.is_some_and(|member| suspended.contains_key(&member)) {
            continue;
        }
        let to = one.told.email.clone().filter(|_| sends);
        match (how, to) {
            (How::Mail, Some(to)) => {
                let link = invitations::make_new_link(inner, one.membership).await?;
                let (name, role) = (&one.told.name, Role::MemberUser);
                let scheme = &scope.policy.scheme.name;
                let letter = letters::invitation(&to, name, scheme, role, &address(&link), until);
                mail::queue(inner, one.membership, None, &letter).await?;
                done.mailed += 1;
            }
            (How::Print | How::Again, None) if done.printed.len() < PRINTED_AT_ONCE => {
                let link = invitations::make_new_link(inner, one.membership).await?;
                let business = match one.member {
                    Some(member) => crate::leaving::business(inner, member).await?.name,
                    None => String::new(),
                };
                done.printed.push(ToPrint { told: one.told, business, link });
            }
            _ => {}
        }
    }
    Ok(done)
}

/// Takes an import back: everybody whom it named, and every business that it brought, with their keys.
///
/// # Errors
/// The engine's.
pub async fn undo(tx: &mut Tx<UndoImport>) -> Result<(), StoreError> {
    let id = tx.permit.target().0;
    let inner = &mut tx.inner;
    let text = sql!("SELECT id FROM memberships WHERE import_id = $1 AND state = $2 ORDER BY id");
    for row in inner.rows(text, args![id, MembershipState::Invited.name()]).await? {
        invitations::destroy(inner, row.id("id")?).await?;
    }
    let text = sql!("SELECT id FROM members WHERE import_id = $1 AND state = 'active' ORDER BY id");
    for row in inner.rows(text, args![id]).await? {
        let member: MemberId = row.id("id")?;
        // The row stays, empty, like that of a business that left: other records may have begun to refer to it.
        let text = sql!("UPDATE members SET state = 'left', sealed = $2 WHERE id = $1");
        inner.exec(text, args![member, Vec::<u8>::new()]).await?;
        inner.destroy_key(member.0).await?;
    }
    inner.exec(sql!("DELETE FROM imports WHERE id = $1"), args![id]).await?;
    Ok(())
}

/// Forgets imports once nobody of them waits for an invitation any more (RET-15).
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let since = scope.today.saturating_sub(jiff::Span::new().days(KEPT_DAYS));
    let text = sql!("DELETE FROM imports WHERE org_id = $1 AND taken_on <= $2");
    inner.exec(text, args![scope.org, since]).await?;
    Ok(())
}

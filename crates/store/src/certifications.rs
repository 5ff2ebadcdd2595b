//! Who has read and agreed to what (MEM-3).
//!
//! What somebody still owes is the view `certifications_owed`, which the session and every door ask in the statement that
//! finds out who asks; whether the policy's period is over is worked out from the day of the last agreement. Nothing of
//! it is stored, so a new policy, a document whose day has come, and the end of the period stop everybody at once.
use crate::{
    dialect::{Row, args, sql},
    door::{Inner, Tx},
    error::StoreError,
    keys,
};
use fairwatch_core::{
    accounts::Profile,
    certifications::{Certify, ListCertifications, ShowOwed, Text, again_on, asked, is_certified},
    gate::{Action, Role},
    governing::Audience,
    ids::{AccountId, CertificationId, DocumentId, MembershipId, OrgId},
    scope::{Scope, ends},
    world::london_date,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Whether somebody is certified, of a row that has `owes` and `agreed_on` of their membership.
pub(crate) fn of_row(row: &Row, scope: &Scope) -> Result<bool, StoreError> {
    let (owes, agreed_on) = (row.int("owes")? != 0, row.opt_date("agreed_on")?);
    Ok(is_certified(&scope.policy, scope.today, owes, agreed_on))
}

/// Records that somebody read and agreed to a version of a text; where from, if they did it in a browser.
pub(crate) async fn record(
    inner: &mut Inner,
    membership: MembershipId,
    text: Text,
    version: i64,
    address: Option<&str>,
) -> Result<(), StoreError> {
    let id: CertificationId = inner.ctx.new_id();
    let sealed = match address {
        Some(address) => {
            let key = inner.key(membership.0).await?;
            Some(inner.seal(&key, "certifications", "sealed", id.0, address)?)
        }
        None => None,
    };
    let put = sql!(
        "INSERT INTO certifications (id, membership_id, document_id, version, agreed_on, agreed_at, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let (today, now) = (inner.ctx.today(), inner.ctx.now());
    inner.exec(put, args![id, membership, text.document(), version, today, now, sealed]).await?;
    Ok(())
}

/// What was agreed to under a role goes with it.
pub(crate) async fn forget(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM certifications WHERE membership_id = $1"), args![membership]).await?;
    Ok(())
}

/// That somebody agreed to a version of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Agreed {
    /// To what.
    pub text: Text,
    /// To which version.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// On which day.
    pub on: Date,
    /// From which address; none where it was not in a browser.
    pub from: Option<String>,
}

/// What was agreed to under a role, the latest first.
pub(crate) async fn agreed(inner: &mut Inner, membership: MembershipId) -> Result<Vec<Agreed>, StoreError> {
    let text = sql!(
        "SELECT id, document_id, version, agreed_on, agreed_at, sealed FROM certifications WHERE membership_id = $1 \
         ORDER BY agreed_at DESC, id DESC"
    );
    let rows = inner.rows(text, args![membership]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = inner.key_if_any(membership.0).await?;
    rows.iter()
        .map(|row| {
            let id: CertificationId = row.id("id")?;
            let from = match (&key, row.opt_bytes("sealed")?) {
                (Some(key), Some(sealed)) => {
                    Some(keys::open(key, "certifications", "sealed", id.0, &sealed)?)
                }
                _ => None,
            };
            Ok(Agreed {
                text: row.opt_id::<DocumentId>("document_id")?.map_or(Text::Notice, Text::Document),
                version: row.int("version")?,
                at: row.instant("agreed_at")?,
                on: row.date("agreed_on")?,
                from,
            })
        })
        .collect()
}

/// Something that asks somebody to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asks {
    /// What.
    pub text: Text,
    /// From which version on it asks.
    asks: i64,
    /// The version in force: that which is read and agreed to.
    pub version: i64,
}

/// All that a role has to have agreed to today: the notice, and the documents that ask its readers.
async fn required(inner: &mut Inner, scope: &Scope, role: Role) -> Result<Vec<Asks>, StoreError> {
    let notice = sql!(
        "SELECT COALESCE(MAX(version), 1) AS asks FROM policies \
         WHERE org_id = $1 AND effective_on <= $2 AND (certify = 1 OR version = 1)"
    );
    let asks = inner.one(notice, args![scope.org, scope.today]).await?.int("asks")?;
    let mut all = vec![Asks { text: Text::Notice, asks, version: scope.policy_version }];
    let documents = sql!(
        "SELECT d.id, d.audience, MAX(v.version) AS version, MAX(CASE WHEN v.asks = 1 THEN v.version ELSE 0 END) AS asks \
         FROM governing_documents d JOIN document_versions v ON v.document_id = d.id AND v.effective_on <= $2 \
         WHERE d.org_id = $1 AND d.withdrawn_on IS NULL GROUP BY d.id, d.audience, d.created_at ORDER BY d.created_at, d.id"
    );
    for row in inner.rows(documents, args![scope.org, scope.today]).await? {
        let (asks, audience): (i64, Audience) = (row.int("asks")?, row.word("audience")?);
        if asks > 0 && audience.holds(role) {
            all.push(Asks { text: Text::Document(row.id("id")?), asks, version: row.int("version")? });
        }
    }
    Ok(all)
}

/// The active roles of an account in an organisation.
pub(crate) async fn roles_of(
    inner: &mut Inner,
    account: AccountId,
    org: OrgId,
) -> Result<Vec<(MembershipId, Role)>, StoreError> {
    let text = sql!(
        "SELECT id, role FROM memberships WHERE account_id = $1 AND org_id = $2 AND state = 'active' ORDER BY id"
    );
    let rows = inner.rows(text, args![account, org]).await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.word("role")?))).collect()
}

/// One's own roles in the organisation: somebody with several agrees for all of them at once. On a device that others
/// use as well it is the role under which they signed in there, and no other (INC-10).
async fn own_roles<A: Action>(tx: &mut Tx<A>) -> Result<Vec<(MembershipId, Role)>, StoreError> {
    let standing = tx.permit.standing();
    let (Some(account), Some(org)) = (standing.account, standing.org) else { return Ok(Vec::new()) };
    let only = standing.device.and(standing.membership);
    let mut all = roles_of(&mut tx.inner, account, org).await?;
    all.retain(|(membership, _)| only.is_none_or(|only| only == *membership));
    Ok(all)
}

/// What one of one's roles is asked for, and what it has agreed to.
struct Open {
    membership: MembershipId,
    asked: Vec<Asks>,
    agreed: Vec<Agreed>,
}

async fn open_for(
    inner: &mut Inner,
    scope: &Scope,
    roles: &[(MembershipId, Role)],
) -> Result<Vec<Open>, StoreError> {
    let mut all = Vec::with_capacity(roles.len());
    for (membership, role) in roles {
        let required = required(inner, scope, *role).await?;
        let agreed = agreed(inner, *membership).await?;
        let highest = |text: Text| agreed.iter().filter(|one| one.text == text).map(|one| one.version).max();
        let since = agreed.iter().filter(|one| one.text == Text::Notice).map(|one| one.on).max();
        let pairs = required.iter().map(|one| (one.text, one.asks)).collect::<Vec<_>>();
        let open = asked(&scope.policy, scope.today, &pairs, highest, since);
        let asked = required.into_iter().filter(|one| open.contains(&(one.text, one.asks))).collect();
        all.push(Open { membership: *membership, asked, agreed });
    }
    Ok(all)
}

/// What one is asked to agree to in an organisation, and has agreed to.
#[derive(Clone, Debug)]
pub struct Owed {
    /// What is asked, in the order in which it is read.
    pub asked: Vec<Asks>,
    /// What was agreed to, the latest first.
    pub agreed: Vec<Agreed>,
    /// The day on which everything is asked again.
    pub again_on: Option<Date>,
}

fn union(open: &[Open]) -> Vec<Asks> {
    let mut all: Vec<Asks> = Vec::new();
    for one in open.iter().flat_map(|open| &open.asked) {
        if !all.iter().any(|known| known.text == one.text) {
            all.push(*one);
        }
    }
    all
}

/// What one is asked to agree to, for all of one's roles in the organisation.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn owed(tx: &mut Tx<ShowOwed>) -> Result<Owed, StoreError> {
    let scope = tx.permit.facts().clone();
    let roles = own_roles(tx).await?;
    let open = open_for(&mut tx.inner, &scope, &roles).await?;
    let asked = union(&open);
    let since =
        |open: &Open| open.agreed.iter().filter(|one| one.text == Text::Notice).map(|one| one.on).max();
    let again_on = open.iter().filter_map(since).min().map(|day| again_on(&scope.policy, day));
    let mut agreed: Vec<Agreed> = Vec::new();
    for one in open.into_iter().flat_map(|open| open.agreed) {
        // For several roles one agreement is written several times.
        if !agreed
            .iter()
            .any(|known| (known.text, known.version, known.on) == (one.text, one.version, one.on))
        {
            agreed.push(one);
        }
    }
    agreed.sort_by_key(|one| std::cmp::Reverse(one.at));
    Ok(Owed { asked, agreed, again_on })
}

/// Records that one has read and agreed to all that is asked, in the versions that were shown.
///
/// # Errors
/// [`StoreError::Refused`] where not all of it was agreed to, or a text was revised since the page was opened.
pub async fn agree(tx: &mut Tx<Certify>, shown: &[(Text, i64)], address: &str) -> Result<(), StoreError> {
    let scope = tx.permit.facts().clone();
    let roles = own_roles(tx).await?;
    let open = open_for(&mut tx.inner, &scope, &roles).await?;
    for asks in union(&open) {
        match shown.iter().find(|(text, _)| *text == asks.text) {
            Some((_, version)) if *version == asks.version => {}
            Some(_) => {
                return Err(StoreError::refused(
                    "A text was revised while you read. Please look at the new one before you agree.",
                ));
            }
            None => {
                return Err(StoreError::refused(
                    "Tick each text to say that you have read it and agree to it.",
                ));
            }
        }
    }
    let mut about: Vec<Uuid> = Vec::new();
    for one in open {
        for asks in &one.asked {
            record(&mut tx.inner, one.membership, asks.text, asks.version, Some(address)).await?;
            about.extend(asks.text.document().map(|id| id.0));
        }
    }
    about.extend(tx.permit.standing().account.map(|account| account.0));
    about.sort_unstable();
    about.dedup();
    tx.saw(about);
    Ok(())
}

/// Somebody of the scheme who has yet to agree.
#[derive(Clone, Debug)]
pub struct Outstanding {
    /// Their role.
    pub membership: MembershipId,
    /// What they are called.
    pub name: String,
    /// The role.
    pub role: Role,
    /// When they last agreed to everything.
    pub agreed_on: Option<Date>,
}

/// How many of the scheme's people are certified, and who is not.
#[derive(Clone, Debug)]
pub struct Certified {
    /// Everybody with a role.
    pub of: usize,
    /// How many have agreed to all that asks.
    pub are: usize,
    /// Some of those who have not, who waited longest first.
    pub outstanding: Vec<Outstanding>,
}

/// At most so many are named on a page.
pub const MOST_NAMED: usize = 200;

/// Who has yet to agree (MEM-3).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn outstanding(tx: &mut Tx<ListCertifications>) -> Result<Certified, StoreError> {
    let scope = tx.permit.facts().clone();
    let rows = of_scheme(&mut tx.inner, &scope).await?;
    let of = rows.len();
    let mut open = rows.into_iter().filter(|one| !one.certified).collect::<Vec<_>>();
    open.sort_by_key(|one| (one.agreed_on, one.membership));
    let are = of - open.len();
    open.truncate(MOST_NAMED);
    let accounts = open.iter().map(|one| one.account.0).collect::<Vec<_>>();
    let names = names(&mut tx.inner, &accounts).await?;
    tx.saw(accounts);
    let outstanding = open
        .into_iter()
        .map(|one| Outstanding {
            membership: one.membership,
            name: names.get(&one.account.0).cloned().unwrap_or_default(),
            role: one.role,
            agreed_on: one.agreed_on,
        })
        .collect();
    Ok(Certified { of, are, outstanding })
}

pub(crate) struct Member {
    membership: MembershipId,
    account: AccountId,
    role: Role,
    pub(crate) agreed_on: Option<Date>,
    pub(crate) certified: bool,
    /// Since when they are asked: the day of what asks first, or of their role where that is later, or the end of the
    /// policy's period since they agreed last, whichever came first. A stored day, so that it does not move by itself.
    pub(crate) asked_on: Option<Date>,
}

/// Everybody with a role in a scheme, and whether they are certified.
pub(crate) async fn of_scheme(inner: &mut Inner, scope: &Scope) -> Result<Vec<Member>, StoreError> {
    let text = sql!(
        "SELECT m.id, m.account_id, m.role, m.created_at, \
         (SELECT MIN(f.asked_on) FROM certifications_owed f WHERE f.membership_id = m.id AND f.asked_on <= $2) AS asked_on, \
         (SELECT MAX(c.agreed_on) FROM certifications c WHERE c.membership_id = m.id AND c.document_id IS NULL) AS agreed_on, \
         CAST(CASE WHEN EXISTS (SELECT 1 FROM certifications_owed w WHERE w.membership_id = m.id AND w.asked_on <= $2) \
         THEN 1 ELSE 0 END AS BIGINT) AS owes \
         FROM memberships m WHERE m.org_id = $1 AND m.state = 'active' AND m.account_id IS NOT NULL"
    );
    let rows = inner.rows(text, args![scope.org, scope.today]).await?;
    rows.iter()
        .map(|row| {
            let agreed_on = row.opt_date("agreed_on")?;
            let begun = london_date(row.instant("created_at")?);
            let asked = row.opt_date("asked_on")?.map(|day| day.max(begun));
            let over = agreed_on.map(|day| again_on(&scope.policy, day)).filter(|day| *day <= scope.today);
            Ok(Member {
                membership: row.id("id")?,
                account: row.id("account_id")?,
                role: row.word("role")?,
                agreed_on,
                certified: of_row(row, scope)?,
                asked_on: asked.into_iter().chain(over).min(),
            })
        })
        .collect()
}

/// What accounts are called.
pub(crate) async fn names(inner: &mut Inner, accounts: &[Uuid]) -> Result<HashMap<Uuid, String>, StoreError> {
    let keys = inner.keys_of(accounts).await?;
    let text = sql!("SELECT id, sealed FROM accounts WHERE id IN ({ids})");
    let mut names = HashMap::with_capacity(accounts.len());
    for row in inner.rows_in(text, accounts).await? {
        let id: Uuid = row.id("id")?;
        let Some(key) = keys.get(&id) else { continue };
        let profile: Profile = keys::open(key, "accounts", "sealed", id, &row.bytes("sealed")?)?;
        names.insert(id, profile.name);
    }
    Ok(names)
}

/// Destroys what has been agreed to anew for as long as the policy keeps that (RET-15).
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!(
        "SELECT c.id, c.membership_id, c.document_id, c.agreed_on FROM certifications c \
         JOIN memberships m ON m.id = c.membership_id WHERE m.org_id = $1 ORDER BY c.agreed_at DESC, c.id DESC"
    );
    let keep = scope.policy.keep.certification.length;
    let mut next: BTreeMap<(Uuid, Option<Uuid>), Date> = BTreeMap::new();
    for row in inner.rows(text, args![scope.org]).await? {
        let of = (row.id("membership_id")?, row.opt_id("document_id")?);
        let replaced = next.insert(of, row.date("agreed_on")?);
        if replaced.is_some_and(|day| ends(day, keep) <= scope.today) {
            let id: CertificationId = row.id("id")?;
            inner.exec(sql!("DELETE FROM certifications WHERE id = $1"), args![id]).await?;
        }
    }
    Ok(())
}

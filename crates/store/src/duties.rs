//! What the duties of a scheme are worked out from, feeds of one's own calendar, and whom to remind (DOC-4).
//!
//! Dates and counts alone are read here, from the records that they belong to: nothing of it is stored a second time but
//! that somebody was reminded, so that nobody is reminded twice.
use crate::{
    accounts::{self, Token},
    certifications,
    dialect::{args, sql},
    door::{Inner, Store, Tx},
    error::StoreError,
    letters, mail, orgs, registers,
};
use fairwatch_core::{
    accounts::own::Message,
    duties::{Dated, Duty, EndFeed, Facts, Kind, MakeFeed, Remind, Reminder, ShowDuties, duties, of_roles},
    gate::{Ctx, Hidden, Role},
    ids::{AccountId, MemberId, MembershipId, OrgId},
    leaving::Leaving,
    mail as core_mail,
    registers::{Kind as Register, reviewable},
    scope::{Scope, ends},
    world::london_date,
};
use jiff::{Span, civil::Date};
use uuid::Uuid;

pub(crate) mod kept;

/// So many days after something of the registration has changed the Commissioner has to know: the Data Protection
/// (Charges and Information) Regulations 2018, regulation 2.
const TELL_WITHIN: i64 = 28;

/// All that the duties of a scheme follow from, on a day. Letters are worked out from everybody who is held, so `letters`
/// says whether they are: not for whom they are nothing, and not where nobody signed in.
async fn facts(inner: &mut Inner, scope: &Scope, letters: bool) -> Result<Facts, StoreError> {
    let kept = registers::kept(inner, scope).await?;
    let mut dated = waiting(inner, scope).await?;
    dated.extend(of_people(inner, scope).await?);
    dated.extend(leavings(inner, scope).await?);
    dated.extend(of_registers(&kept, scope));
    dated.extend(crate::requests::duties(inner, scope).await?);
    dated.extend(crate::breaches::dated(inner, scope).await?);
    dated.extend(crate::meetings::due(inner, scope, kept.known.begun).await?);
    let soonest = if letters { letters::soonest(inner, scope).await? } else { None };
    if let Some((due, count)) = soonest {
        dated.push(Dated { kind: Kind::Letter, key: "letters".into(), due, count, about: String::new() });
    }
    let members = certifications::of_scheme(inner, scope).await?;
    let open = members.iter().filter(|one| !one.certified).collect::<Vec<_>>();
    if !open.is_empty() {
        let due = open.iter().filter_map(|one| one.asked_on).min().unwrap_or(scope.today);
        let count = open.len() as u64;
        dated.push(Dated {
            kind: Kind::Certification,
            key: "certified".into(),
            due,
            count,
            about: String::new(),
        });
    }
    Ok(Facts { reviewable: reviewable(&scope.policy, &kept.known), dated })
}

/// Members that leave: the board ends their membership once they have confirmed it, or when the policy's time for that
/// is over (MEM-6).
async fn leavings(inner: &mut Inner, scope: &Scope) -> Result<Vec<Dated>, StoreError> {
    let text = sql!("SELECT member_id, asked_on, confirmed_on FROM leavings WHERE org_id = $1");
    let rows = inner.rows(text, args![scope.org]).await?;
    rows.iter()
        .map(|row| {
            let leaving = Leaving::new(scope, row.date("asked_on")?, row.opt_date("confirmed_on")?);
            let member: MemberId = row.id("member_id")?;
            Ok(Dated {
                kind: Kind::Leaving,
                key: member.to_string(),
                due: leaving.board_from,
                count: 1,
                about: String::new(),
            })
        })
        .collect()
}

/// Lists that wait, and what has come from outside.
async fn waiting(inner: &mut Inner, scope: &Scope) -> Result<Vec<Dated>, StoreError> {
    let mut all = Vec::new();
    // A report that waits delays deletions for so long (RET-11): by then it is decided on.
    let patience = scope.policy.keep.review_delay.length;
    let reports = sql!(
        "SELECT COUNT(*) AS n, MIN(submitted_at) AS first FROM reports WHERE org_id = $1 AND state = 'waiting'"
    );
    let names = sql!(
        "SELECT COUNT(*) AS n, MIN(sent_at) AS first FROM intelligence WHERE org_id = $1 AND state = 'waiting'"
    );
    for (kind, text) in [(Kind::Report, reports), (Kind::Name, names)] {
        let row = inner.one(text, args![scope.org]).await?;
        if let Some(first) = row.opt_instant("first")? {
            let due = ends(london_date(first), patience);
            let count = u64::try_from(row.int("n")?).unwrap_or(0);
            all.push(Dated { kind, key: "waiting".into(), due, count, about: String::new() });
        }
    }
    let enquiries = sql!(
        "SELECT id, answer_by AS due, '' AS about FROM enquiries WHERE org_id = $1 AND state = 'waiting' AND erase_on > $2"
    );
    let appeals =
        sql!("SELECT id, decide_by AS due, '' AS about FROM appeals WHERE org_id = $1 AND state = 'open'");
    let proposals = sql!(
        "SELECT id, closes_on AS due, CAST(number AS TEXT) AS about FROM proposals WHERE org_id = $1 AND state = 'open' \
         AND closes_on > $2"
    );
    let (org, on) = (|| args![scope.org], || args![scope.org, scope.today]);
    let asked =
        [(Kind::Enquiry, enquiries, on()), (Kind::Appeal, appeals, org()), (Kind::Proposal, proposals, on())];
    for (kind, text, values) in asked {
        for row in inner.rows(text, values).await? {
            let day = row.date("due")?;
            // On the day on which a proposal closes nobody can vote any more.
            let due = if kind == Kind::Proposal { day.saturating_sub(Span::new().days(1)) } else { day };
            let id: Uuid = row.id("id")?;
            all.push(Dated { kind, key: id.to_string(), due, count: 1, about: row.text("about")? });
        }
    }
    let deadlines = &scope.policy.deadlines;
    let applications = sql!(
        "SELECT id, received_on FROM applications WHERE org_id = $1 AND state = 'waiting' AND erase_on > $2"
    );
    for row in inner.rows(applications, on()).await? {
        let (id, due): (Uuid, Date) =
            (row.id("id")?, ends(row.date("received_on")?, deadlines.receipt.length));
        all.push(Dated { kind: Kind::Application, key: id.to_string(), due, count: 1, about: String::new() });
    }
    for one in accounts::deletions_asked(inner, scope.org).await? {
        let (key, due) = (one.membership.to_string(), ends(one.asked_on, deadlines.answer.length));
        all.push(Dated { kind: Kind::Deletion, key, due, count: 1, about: String::new() });
    }
    for (export, closes) in crate::exporting::waiting(inner, scope).await? {
        // On the day on which it closes nobody can decide any more.
        let (kind, due) = (Kind::Export, closes.saturating_sub(Span::new().days(1)));
        all.push(Dated { kind, key: export.to_string(), due, count: 1, about: String::new() });
    }
    for (member, found) in crate::conduct::suspended(inner, scope.org, scope.today).await? {
        let (kind, key) = (Kind::Suspension, member.to_string());
        all.push(Dated { kind, key, due: found.review_on, count: 1, about: String::new() });
    }
    let changes = sql!(
        "SELECT id, proposed_at, effective_on FROM policy_changes WHERE org_id = $1 AND state = 'proposed'"
    );
    for row in inner.rows(changes, args![scope.org]).await? {
        let proposed = row.opt_instant("proposed_at")?.map_or(scope.today, london_date);
        let due = row.opt_date("effective_on")?.unwrap_or(proposed);
        let id: Uuid = row.id("id")?;
        all.push(Dated { kind: Kind::Policy, key: id.to_string(), due, count: 1, about: String::new() });
    }
    Ok(all)
}

/// What is to be looked at again of people who are held: by id alone.
async fn of_people(inner: &mut Inner, scope: &Scope) -> Result<Vec<Dated>, StoreError> {
    let holds = sql!(
        "SELECT h.id, h.review_on AS due, h.subject_id FROM holds h JOIN subjects s ON s.id = h.subject_id \
         WHERE s.org_id = $1 AND h.ended_on IS NULL AND (h.ends_on IS NULL OR h.ends_on > $2)"
    );
    let exemptions = sql!(
        "SELECT id, review_on AS due, subject_id FROM notice_exemptions WHERE org_id = $1 AND ended_on IS NULL"
    );
    let picks = sql!(
        "SELECT p.id, p.ends_on AS due, p.subject_id FROM picks p JOIN subjects s ON s.id = p.subject_id \
         WHERE s.org_id = $1 AND p.ends_on > $2"
    );
    let mut all = Vec::new();
    let (org, on) = (|| args![scope.org], || args![scope.org, scope.today]);
    let asked = [(Kind::Hold, holds, on()), (Kind::Exemption, exemptions, org()), (Kind::Pick, picks, on())];
    for (kind, text, values) in asked {
        for row in inner.rows(text, values).await? {
            let (id, subject): (Uuid, Uuid) = (row.id("id")?, row.id("subject_id")?);
            let due = row.date("due")?;
            all.push(Dated { kind, key: id.to_string(), due, count: 1, about: subject.to_string() });
        }
    }
    Ok(all)
}

/// What of the registers runs out, and what the Commissioner has to know.
fn of_registers(kept: &registers::Kept, scope: &Scope) -> Vec<Dated> {
    let policy = &scope.policy;
    let mut all = Vec::new();
    let standing = || kept.entries.iter().filter(|entry| entry.ended_on.is_none());
    for kind in Register::ALL {
        for (key, label) in kind.named(policy).unwrap_or_default() {
            let entry = standing().find(|entry| (entry.kind, &entry.key) == (kind, &key));
            let end = kind.policy_end(policy, &key).or_else(|| entry.and_then(|entry| entry.expires_on));
            if let Some(due) = end {
                let key = format!("{} {key}", kind.name());
                all.push(Dated { kind: Kind::Expiry, key, due, count: 1, about: label });
            }
        }
    }
    for entry in standing().filter(|entry| entry.kind == Register::Revision) {
        let due = entry.starts_on.saturating_add(Span::new().days(TELL_WITHIN));
        let key = entry.id.to_string();
        all.push(Dated { kind: Kind::Revision, key, due, count: 1, about: String::new() });
    }
    all
}

/// The duties of a scheme for somebody's role, the soonest first.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn list(tx: &mut Tx<ShowDuties>) -> Result<Vec<Duty>, StoreError> {
    let scope = tx.permit.facts().clone();
    let role = tx.permit.standing().role;
    of_role(&mut tx.inner, &scope, role).await
}

/// The duties for which a role is responsible, the soonest first.
pub(crate) async fn of_role(
    inner: &mut Inner,
    scope: &Scope,
    role: Option<Role>,
) -> Result<Vec<Duty>, StoreError> {
    let Some(role) = role else { return Ok(Vec::new()) };
    let letters = Kind::Letter.roles(&scope.policy).contains(&role);
    Ok(of_roles(&kept::all(inner, scope, letters).await?, &[role]))
}

fn hashed(inner: &Inner, token: &Token) -> [u8; 32] {
    token.hashed(&inner.store.keys, "calendar feed")
}

/// Makes the address of one's own feed; the one before ends.
///
/// # Errors
/// The engine's.
pub async fn make_feed(tx: &mut Tx<MakeFeed>) -> Result<Token, StoreError> {
    let membership = tx.permit.standing().membership.ok_or(Hidden)?;
    let inner = &mut tx.inner;
    end_feeds(inner, membership).await?;
    let token = Token::fresh(inner.ctx.randomness());
    let text = sql!("INSERT INTO calendar_feeds (token, membership_id, created_at) VALUES ($1, $2, $3)");
    let (hash, now) = (hashed(inner, &token), inner.ctx.now());
    inner.exec(text, args![hash, membership, now]).await?;
    Ok(token)
}

/// Ends one's own feed.
///
/// # Errors
/// The engine's.
pub async fn end_feed(tx: &mut Tx<EndFeed>) -> Result<(), StoreError> {
    let membership = tx.permit.standing().membership.ok_or(Hidden)?;
    end_feeds(&mut tx.inner, membership).await
}

/// The feed of a role goes with it, and of what it was reminded.
pub(crate) async fn forget(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    end_feeds(inner, membership).await?;
    inner.exec(sql!("DELETE FROM reminders WHERE membership_id = $1"), args![membership]).await?;
    Ok(())
}

async fn end_feeds(inner: &mut Inner, membership: MembershipId) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM calendar_feeds WHERE membership_id = $1"), args![membership]).await?;
    Ok(())
}

/// That somebody was reminded is remembered for so long after the day of the duty: longer than anybody is reminded of it
/// ([`fairwatch_core::duties::REMINDED_DAYS`]).
const REMEMBERED_DAYS: i64 = 396;

/// Forgets of what people were reminded long ago (RET-15).
pub(crate) async fn forget_old(inner: &mut Inner, scope: &Scope) -> Result<(), StoreError> {
    let text = sql!(
        "DELETE FROM reminders WHERE due_on < $2 AND membership_id IN (SELECT m.id FROM memberships m WHERE m.org_id = $1)"
    );
    let since = scope.today.saturating_sub(Span::new().days(REMEMBERED_DAYS));
    inner.exec(text, args![scope.org, since]).await?;
    Ok(())
}

/// In one mail stand so many duties at most.
const MOST_IN_MAIL: usize = 20;

/// Reminds those who are responsible by mail: of each duty a fortnight before its day, on the day, and a week after it,
/// in one mail for what is new. How many mails were queued. It is written down in the same transaction, so that nobody is
/// reminded twice, whichever server does it, and nobody is forgotten because it did not run for a while.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn remind(tx: &mut Tx<Remind>, host: &str) -> Result<usize, StoreError> {
    let scope = tx.permit.facts().clone();
    let inner = &mut tx.inner;
    if !inner.store.sends_mail() {
        return Ok(0);
    }
    let facts = facts(inner, &scope, true).await?;
    let all = duties(&scope.policy, &facts);
    emptied(inner, &scope, &all).await?;
    let text = sql!(
        "SELECT id, account_id, role FROM memberships WHERE org_id = $1 AND state = 'active' AND account_id IS NOT NULL \
         AND role IN ('controller', 'staff', 'board') ORDER BY id"
    );
    let (mut queued, mut reminded) = (0, Vec::new());
    for row in inner.rows(text, args![scope.org]).await? {
        let (membership, account): (MembershipId, AccountId) = (row.id("id")?, row.id("account_id")?);
        let mine = of_roles(&all, &[row.word::<Role>("role")?]);
        if !accounts::wants(inner, account, Message::Reminders).await? {
            continue;
        }
        let Some(to) = mail::addresses(inner, membership).await? else { continue };
        let fresh = note(inner, membership, &mine, scope.today).await?;
        if fresh.is_empty() {
            continue;
        }
        let more = fresh.len().saturating_sub(MOST_IN_MAIL);
        let lines = fresh.into_iter().take(MOST_IN_MAIL).collect::<Vec<_>>();
        let name = accounts::name_of(inner, account).await?.unwrap_or_default();
        let page = format!("{}/o/{}/duties", host.trim_end_matches('/'), scope.slug);
        let text = core_mail::duties(&to, &name, &scope.policy.scheme.name, &lines, more, &page);
        let once = format!("duties {membership} {}", inner.ctx.request());
        if mail::queue(inner, membership, Some(&once), &text).await? {
            queued += 1;
            reminded.push(membership.0);
        }
    }
    tx.saw(reminded);
    Ok(queued)
}

/// A list that is empty begins anew: of what comes onto it next people are reminded again.
async fn emptied(inner: &mut Inner, scope: &Scope, all: &[Duty]) -> Result<(), StoreError> {
    let text = sql!(
        "DELETE FROM reminders WHERE duty LIKE $2 \
         AND membership_id IN (SELECT m.id FROM memberships m WHERE m.org_id = $1)"
    );
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_list()) {
        if !all.iter().any(|duty| duty.kind == kind) {
            inner.exec(text, args![scope.org, format!("{} %", kind.name())]).await?;
        }
    }
    Ok(())
}

/// Writes down of what somebody is reminded now, and gives back what of it is new.
async fn note(
    inner: &mut Inner,
    membership: MembershipId,
    duties: &[Duty],
    today: Date,
) -> Result<Vec<(String, Date)>, StoreError> {
    let put = sql!(
        "INSERT INTO reminders (membership_id, duty, due_on, stage) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
    );
    let said = sql!("SELECT due_on FROM reminders WHERE membership_id = $1 AND duty = $2 AND stage = $3");
    let mut fresh = Vec::new();
    for duty in duties {
        let Some(stage): Option<Reminder> = duty.reminder(today) else { continue };
        let name = format!("{} {}", duty.kind.name(), duty.key);
        // The day of a list is that of what waits longest on it, which moves with each decision.
        if duty.kind.is_list() && inner.opt(said, args![membership, &*name, stage.name()]).await?.is_some() {
            continue;
        }
        if inner.exec(put, args![membership, name, duty.due, stage.name()]).await? > 0 {
            fresh.push((duty.label.clone(), duty.due));
        }
    }
    Ok(fresh)
}

/// Whether one has a feed.
///
/// # Errors
/// The engine's.
pub async fn has_feed(tx: &mut Tx<ShowDuties>) -> Result<bool, StoreError> {
    let text = sql!("SELECT created_at FROM calendar_feeds WHERE membership_id = $1");
    let membership = tx.permit.standing().membership;
    Ok(tx.inner.opt(text, args![membership]).await?.is_some())
}

/// The duties behind the address of a feed, as long as the role is in force: none for an address that is nobody's. It
/// passes no door, since a calendar signs in nowhere; it holds dates and words that name nobody. So nothing that is held
/// of people is opened for it, and letters, which follow from that, are not in it.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn feed(
    store: &Store,
    ctx: &Ctx,
    token: &Token,
    known: Option<&str>,
) -> Result<Option<Feed>, StoreError> {
    let mut inner = store.glance(ctx).await?;
    let text = sql!(
        "SELECT m.org_id, m.role FROM calendar_feeds f JOIN memberships m ON m.id = f.membership_id \
         JOIN accounts a ON a.id = m.account_id WHERE f.token = $1 AND m.state = 'active' AND a.state = 'active'"
    );
    let hash = hashed(&inner, token);
    let Some(row) = inner.opt(text, args![hash]).await? else { return Ok(None) };
    let (org, role): (OrgId, Role) = (row.id("org_id")?, row.word("role")?);
    let Some(scope) = orgs::scope(&mut inner, org).await? else { return Ok(None) };
    let version = kept::version(&mut inner, &scope).await?.tag(&inner, &scope, role);
    if known == Some(&version) {
        return Ok(Some(Feed { version, scope, duties: None }));
    }
    let duties = of_roles(&kept::all(&mut inner, &scope, false).await?, &[role]);
    Ok(Some(Feed { version, scope, duties: Some(duties) }))
}

/// What lies behind the address of a feed.
#[derive(Debug)]
pub struct Feed {
    /// What a calendar that asks again says it has: it changes with anything that can move a duty, and each day.
    pub version: String,
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The duties; none where the calendar has this version already.
    pub duties: Option<Vec<Duty>>,
}

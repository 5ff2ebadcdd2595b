//! Who was affected: whose records were seen, by whom, between two times, as the audit chain says (BRE-4).
use crate::{
    certifications,
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
    facts,
};
use fairwatch_core::{
    breaches::FindAffected,
    ids::{AccountId, OrgId, SubjectId},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// At most so many entries are read, the newest first: what is asked more widely is asked again, more narrowly.
const MOST_ENTRIES: usize = 20_000;
/// At most so many people are shown one by one; the rest are counted.
const MOST_SHOWN: usize = 200;

/// Which looks are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From this instant on.
    pub from: Timestamp,
    /// Before this one.
    pub until: Timestamp,
    /// By one person alone, such as whose sign-in somebody else used.
    pub by: Option<AccountId>,
}

/// Somebody whose record was seen.
#[derive(Clone, Debug)]
pub struct AffectedPerson {
    /// Who.
    pub subject: SubjectId,
    /// By number.
    pub number: i64,
    /// How often.
    pub looks: u32,
    /// First within the time.
    pub first: Timestamp,
    /// And last.
    pub last: Timestamp,
    /// By whom.
    pub viewers: BTreeSet<Uuid>,
}

/// Somebody who looked.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// Who.
    pub account: AccountId,
    /// By name; none where they have left.
    pub name: Option<String>,
    /// How many looks at records they took.
    pub looks: u32,
    /// How many people's records these showed.
    pub people: usize,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Affected {
    /// How many entries showed somebody's record.
    pub looks: u32,
    /// How many people they showed; those whose record is gone are not among them.
    pub people: usize,
    /// Whether there were too many entries to read.
    pub is_cut: bool,
    /// Those who were seen most often, as far as their records are there.
    pub shown: Vec<AffectedPerson>,
    /// Those who looked, whoever saw most people first.
    pub viewers: Vec<Viewer>,
}

/// Finds out whose records were seen in a time, and by whom.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn affected(tx: &mut Tx<FindAffected>, window: Window) -> Result<Affected, StoreError> {
    let org = tx.permit.facts().scope.org;
    let inner = &mut tx.inner;
    let text = sql!(
        "SELECT at, actor, about FROM audit_entries WHERE chain = $1 AND class = 'look' AND at >= $2 AND at < $3 \
         AND ($4 = '' OR actor = $4) ORDER BY position DESC LIMIT $5"
    );
    let most = i64::try_from(MOST_ENTRIES).unwrap_or(i64::MAX).saturating_add(1);
    let by = window.by.map_or(String::new(), |by| by.to_string());
    let mut rows = inner.rows(text, args![org, window.from, window.until, by, most]).await?;
    let is_cut = rows.len() > MOST_ENTRIES;
    rows.truncate(MOST_ENTRIES);
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        // A job and the console show nothing to anybody: people alone look.
        if let Ok(actor) = row.text("actor")?.parse::<Uuid>() {
            entries.push((row.instant("at")?, actor, row.bytes("about")?));
        }
    }
    let ids = |about: &[u8]| {
        about.chunks_exact(16).filter_map(|id| Uuid::from_slice(id).ok()).collect::<BTreeSet<_>>()
    };
    let all = entries.iter().flat_map(|(_, _, about)| ids(about)).collect::<BTreeSet<_>>();
    let whose = whose(inner, org, &all.into_iter().collect::<Vec<_>>()).await?;
    let mut people: BTreeMap<SubjectId, AffectedPerson> = BTreeMap::new();
    let mut lookers: BTreeMap<Uuid, (u32, BTreeSet<SubjectId>)> = BTreeMap::new();
    let mut looks = 0;
    for (at, actor, about) in &entries {
        let seen = ids(about).iter().filter_map(|id| whose.get(id)).flatten().collect::<BTreeSet<_>>();
        if seen.is_empty() {
            continue;
        }
        looks += 1;
        let looker = lookers.entry(*actor).or_default();
        looker.0 += 1;
        for (subject, number) in seen {
            looker.1.insert(*subject);
            let one = people.entry(*subject).or_insert_with(|| AffectedPerson {
                subject: *subject,
                number: *number,
                looks: 0,
                first: *at,
                last: *at,
                viewers: BTreeSet::new(),
            });
            one.looks += 1;
            (one.first, one.last) = (one.first.min(*at), one.last.max(*at));
            one.viewers.insert(*actor);
        }
    }
    let count = people.len();
    let mut shown = people.into_values().collect::<Vec<_>>();
    shown.sort_by_key(|one| (std::cmp::Reverse(one.looks), one.number));
    shown.truncate(MOST_SHOWN);
    // Of somebody past the end, whether or not the sweep has come by, nothing is shown; they are counted.
    let mut live = Vec::with_capacity(shown.len());
    for one in shown {
        if facts::subject(inner, one.subject, None).await?.is_some_and(|facts| facts.stage.is_live()) {
            live.push(one);
        }
    }
    let accounts = lookers.keys().copied().collect::<Vec<_>>();
    let names = certifications::names(inner, &accounts).await?;
    let mut viewers = lookers
        .into_iter()
        .map(|(account, (looks, people))| Viewer {
            account: AccountId(account),
            name: names.get(&account).cloned(),
            looks,
            people: people.len(),
        })
        .collect::<Vec<_>>();
    viewers.sort_by_key(|viewer| (std::cmp::Reverse(viewer.people), viewer.account));
    tx.saw(live.iter().map(|one| one.subject.0));
    Ok(Affected { looks, people: count, is_cut, shown: live, viewers })
}

/// Whose records each id belongs to: a person's own or one that was merged into it, their pictures, incidents and reports
/// that they are in with their evidence, letters, proposals, appeals, names that were sent, and requests.
async fn whose(
    inner: &mut Inner,
    org: OrgId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<(SubjectId, i64)>>, StoreError> {
    let own = sql!(
        "SELECT s.id AS record, s.id AS subject_id, s.number, s.org_id FROM subjects s WHERE s.id IN ({ids})"
    );
    let pictures = sql!(
        "SELECT p.id AS record, s.id AS subject_id, s.number, s.org_id FROM pictures p \
         JOIN subjects s ON s.id = p.owner_id WHERE p.id IN ({ids})"
    );
    let incidents = sql!(
        "SELECT p.incident_id AS record, s.id AS subject_id, s.number, s.org_id FROM people p \
         JOIN subjects s ON s.id = p.subject_id WHERE p.incident_id IN ({ids})"
    );
    let reports = sql!(
        "SELECT p.report_id AS record, s.id AS subject_id, s.number, s.org_id FROM people p \
         JOIN subjects s ON s.id = p.subject_id WHERE p.report_id IN ({ids})"
    );
    let letters = sql!(
        "SELECT l.id AS record, s.id AS subject_id, s.number, s.org_id FROM letters l \
         JOIN subjects s ON s.id = l.subject_id WHERE l.id IN ({ids})"
    );
    // A look at a record that was merged since was one at whoever holds it now.
    let merged = sql!(
        "SELECT m.other_id AS record, s.id AS subject_id, s.number, s.org_id FROM merges m \
         JOIN subjects s ON s.id = m.owner_id WHERE m.other_id IN ({ids})"
    );
    let proposals = sql!(
        "SELECT p.id AS record, s.id AS subject_id, s.number, s.org_id FROM proposals p \
         JOIN subjects s ON s.id = p.subject_id WHERE p.id IN ({ids})"
    );
    let appeals = sql!(
        "SELECT a.id AS record, s.id AS subject_id, s.number, s.org_id FROM appeals a \
         JOIN subjects s ON s.id = a.subject_id WHERE a.id IN ({ids})"
    );
    let names = sql!(
        "SELECT i.id AS record, s.id AS subject_id, s.number, s.org_id FROM intelligence i \
         JOIN subjects s ON s.id = i.subject_id WHERE i.id IN ({ids})"
    );
    let evidence = sql!(
        "SELECT e.id AS record, s.id AS subject_id, s.number, s.org_id FROM evidence e \
         JOIN people p ON p.report_id = e.owner_id JOIN subjects s ON s.id = p.subject_id WHERE e.id IN ({ids})"
    );
    let requests = sql!(
        "SELECT r.id AS record, s.id AS subject_id, s.number, s.org_id FROM requests r \
         JOIN subjects s ON s.id = r.subject_id WHERE r.id IN ({ids})"
    );
    let all =
        [own, merged, pictures, incidents, reports, letters, proposals, appeals, names, evidence, requests];
    let mut found: HashMap<Uuid, BTreeSet<(SubjectId, i64)>> = HashMap::new();
    for text in all {
        for row in inner.rows_in(text, ids).await? {
            if row.id::<OrgId>("org_id")? == org {
                let one = (row.id("subject_id")?, row.int("number")?);
                found.entry(row.id("record")?).or_default().insert(one);
            }
        }
    }
    Ok(found)
}

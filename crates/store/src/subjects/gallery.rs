//! The gallery: who of those that circulate is looked for, in which order, and what is new to whom (VIS-1).
use super::{
    circulating::{self, Circulating, Shown},
    pages::Card,
};
use crate::{
    dialect::{args, sql},
    door::{Inner, Tx},
    error::StoreError,
};
use fairwatch_core::{
    exclusions::{Ended, telling},
    gate::Action,
    ids::SubjectId,
    policy::{Category, Tag, Viewer},
    scope::Scope,
    subjects::{Gallery, OneSubject, ShowSubject, Visit, sight, viewer},
    today::is_here,
};
use jiff::{Timestamp, civil::Date};

/// Which part of the gallery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Everybody.
    #[default]
    All,
    /// Shown since the viewer's last visit.
    New,
    /// Nobody has put a name to them.
    Unidentified,
    /// They are excluded, from wherever (EXC-6).
    Excluded,
}

/// Whom a viewer looks for; an empty word is any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// Which part.
    pub part: Filter,
    /// The part of town in which they were reported, as the policy's records name it.
    pub area: String,
    /// What they were reported for, as the policy's records name it.
    pub category: String,
    /// What is known of them, as the policy's records name it.
    pub tag: String,
}

impl From<Filter> for Sought {
    fn from(part: Filter) -> Self {
        Self { part, ..Self::default() }
    }
}

/// Where a page begins: after this day of the latest report, and this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After(pub Date, pub SubjectId);

impl After {
    fn of(card: &Card) -> Self {
        Self(card.latest_on, card.id)
    }
    fn is_past(self, card: &Card) -> bool {
        (card.latest_on, card.id) < (self.0, self.1)
    }
}

/// How many there are in each part of the gallery.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Everybody.
    pub all: i64,
    /// Shown since the viewer's last visit.
    pub since: i64,
    /// Nobody has put a name to them.
    pub unidentified: i64,
    /// They are excluded, from wherever.
    pub excluded: i64,
    /// Whom the viewer looks for.
    pub sought: i64,
}

/// A page of the gallery.
#[derive(Debug)]
pub struct Page {
    /// The people, those reported last first.
    pub cards: Vec<Card>,
    /// Who of them is new to the viewer.
    pub new: Vec<SubjectId>,
    /// Since when somebody is new to the viewer.
    pub since: Timestamp,
    /// Where the page before begins: none where this is the first, nothing inside where that is.
    pub back: Option<Option<After>>,
    /// Where the next page begins.
    pub next: Option<After>,
    /// How many there are.
    pub counts: Counts,
    /// Exclusions that have just ended, with who is still shown of them (EXC-7).
    pub ended: Vec<(Ended, Option<Card>)>,
}

/// What a viewer may be shown by: a filter on what they may not see would tell it.
struct Seeker<'a> {
    sought: &'a Sought,
    tag: Option<&'a Tag>,
    since: Timestamp,
    sees_activity: bool,
    sees_names: bool,
    sees_exclusions: bool,
    today: Date,
}

impl<'a> Seeker<'a> {
    fn new(scope: &'a Scope, viewer: Viewer, sought: &'a Sought, since: Timestamp) -> Self {
        let sees = |category| sight::sees(&scope.policy, viewer, category);
        let tag = scope.policy.tags.iter().find(|tag| *tag.id == *sought.tag);
        Self {
            sought,
            tag: tag.filter(|tag| sees(tag.category)),
            since,
            sees_activity: sees(Category::SuspectedActivity),
            sees_names: sees(Category::Name),
            sees_exclusions: telling::is_told(&scope.policy, viewer),
            today: scope.today,
        }
    }
    fn is_new(&self, one: &Shown<'_>) -> bool {
        one.since().is_some_and(|at| at > self.since)
    }
    fn is_unidentified(&self, one: &Shown<'_>) -> bool {
        self.sees_names && !one.is_identified()
    }
    fn is_excluded(&self, one: &Shown<'_>) -> bool {
        self.sees_exclusions && one.is_excluded(self.today)
    }
    fn finds(&self, one: &Shown<'_>) -> bool {
        let Sought { part, area, category, tag } = self.sought;
        let is_in_part = match part {
            Filter::All => true,
            Filter::New => self.is_new(one),
            Filter::Unidentified => self.is_unidentified(one),
            Filter::Excluded => self.is_excluded(one),
        };
        let is_reported = (area.is_empty() && category.is_empty())
            || (self.sees_activity && one.is_reported(category, area, self.today));
        let is_tagged = tag.is_empty() || self.tag.is_some_and(|tag| tag.is_on(&one.card.profile));
        is_in_part && is_reported && is_tagged
    }
    /// Everybody who is looked for, those reported last first.
    fn found<'b>(&self, circulating: &'b Circulating, scope: &Scope) -> Vec<Shown<'b>> {
        circulating.today(scope).filter(|one| self.finds(one)).collect()
    }
}

/// A page of the gallery, and how many there are in each part of it (VIS-1).
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn page(
    tx: &mut Tx<Gallery>,
    sought: &Sought,
    after: Option<After>,
    size: usize,
) -> Result<Page, StoreError> {
    let scope = tx.permit.facts().clone();
    let visit = visit(tx).await?;
    let circulating = circulating::of(&mut tx.inner, &scope).await?;
    let seeker = Seeker::new(&scope, viewer_of(tx), sought, visit.since());
    let (mut counts, mut found) = (Counts::default(), Vec::new());
    for one in circulating.today(&scope) {
        counts.all += 1;
        counts.since += i64::from(seeker.is_new(&one));
        counts.unidentified += i64::from(seeker.is_unidentified(&one));
        counts.excluded += i64::from(seeker.is_excluded(&one));
        if seeker.finds(&one) {
            found.push(one);
        }
    }
    counts.sought = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let first = after.map_or(0, |after| found.partition_point(|one| !after.is_past(one.card)));
    let here = &found[first..found.len().min(first + size)];
    let ended = match seeker.sees_exclusions {
        true => circulating.ended(scope.today, tx.permit.standing().member),
        false => Vec::new(),
    };
    let who = |ended: &Ended| {
        let found = circulating.one(&scope, ended.subject?);
        found.map(|(card, picture)| Card { picture, ..card.clone() })
    };
    let ended = ended
        .into_iter()
        .map(|ended| (who(&ended), ended))
        .map(|(who, ended)| (ended, who))
        .collect::<Vec<_>>();
    let page = Page {
        ended,
        cards: here.iter().map(|one| Card { picture: one.picture(&scope), ..one.card.clone() }).collect(),
        new: here.iter().filter(|one| seeker.is_new(one)).map(|one| one.card.id).collect(),
        since: visit.since(),
        back: (first > 0).then(|| {
            let before = first.checked_sub(size + 1).and_then(|last| found.get(last));
            before.map(|one| After::of(one.card))
        }),
        next: here.last().filter(|_| first + size < found.len()).map(|one| After::of(one.card)),
        counts,
    };
    tx.saw(page.cards.iter().map(|card| card.id.0));
    tx.saw(page.ended.iter().filter_map(|(_, who)| Some(who.as_ref()?.id.0)));
    Ok(page)
}

/// How many a viewer would find in the gallery: all, those who are new to them, and those who are excluded where they
/// are. It opens nobody's record and is no look: a start page tells it (DOC-4).
pub(crate) async fn numbers<A: Action>(tx: &mut Tx<A>, scope: &Scope) -> Result<Counts, StoreError> {
    let (visit, _) = Visit::at(tx.inner.visit, tx.inner.ctx.now());
    let member = tx.permit.standing().member;
    let circulating = circulating::of(&mut tx.inner, scope).await?;
    let nobody = Sought::default();
    let seeker = Seeker::new(scope, viewer_of(tx), &nobody, visit.since());
    let mut counts = Counts::default();
    for one in circulating.today(scope) {
        counts.all += 1;
        counts.since += i64::from(seeker.is_new(&one));
        counts.unidentified += i64::from(seeker.is_unidentified(&one));
        let here = one.card.exclusion.as_ref().is_some_and(|told| is_here(told, member, scope.today));
        counts.excluded += i64::from(seeker.sees_exclusions && here);
    }
    counts.sought = counts.all;
    Ok(counts)
}

/// Who stands before and after somebody in the gallery, among those whom the viewer looks for.
///
/// # Errors
/// The engine's, or a damaged record.
pub async fn beside(
    tx: &mut Tx<ShowSubject>,
    sought: &Sought,
) -> Result<(Option<SubjectId>, Option<SubjectId>), StoreError> {
    let OneSubject(id) = *tx.permit.target();
    let scope = tx.permit.facts().scope.clone();
    let now = tx.inner.ctx.now();
    let (visit, _) = Visit::at(tx.inner.visit, now);
    let circulating = circulating::of(&mut tx.inner, &scope).await?;
    let found = Seeker::new(&scope, viewer_of(tx), sought, visit.since()).found(&circulating, &scope);
    let Some(here) = found.iter().position(|one| one.card.id == id) else { return Ok((None, None)) };
    let at = |n: Option<usize>| n.and_then(|n| found.get(n)).map(|one| one.card.id);
    Ok((at(here.checked_sub(1)), at(here.checked_add(1))))
}

fn viewer_of<A: Action>(tx: &Tx<A>) -> Viewer {
    tx.permit.standing().role.and_then(viewer).unwrap_or(Viewer::Member)
}

/// The visit to which this look belongs; written down where that says something new.
async fn visit(tx: &mut Tx<Gallery>) -> Result<Visit, StoreError> {
    let inner: &mut Inner = &mut tx.inner;
    let (visit, is_worth_noting) = Visit::at(inner.visit, inner.ctx.now());
    if let Some(membership) = tx.permit.standing().membership.filter(|_| is_worth_noting) {
        let text = sql!("UPDATE memberships SET looked_at = $2, looked_before = $3 WHERE id = $1");
        inner.exec(text, args![membership, visit.last, visit.before]).await?;
    }
    Ok(visit)
}

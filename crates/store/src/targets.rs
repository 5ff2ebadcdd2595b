//! Whom something is for, as it is kept, and where a business belongs (MEM-4).
//!
//! A trade stands there as a keyed hash: what a member trades in is sealed under the member, and does not come out by
//! what is meant for it.
use crate::{
    accounts::members,
    dialect::{args, sql},
    door::Inner,
    error::StoreError,
    groups, keys,
};
use fairwatch_core::{
    accounts::Business,
    ids::{GroupId, MemberId},
    scope::Scope,
    targets::{Belongs, Targets, area_of, trade_of},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// What can be chosen of whom something is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The parts of town of the policy: id and label.
    pub areas: Vec<(String, String)>,
    /// The trades of the scheme's members, as one of them typed it, by what they are compared by.
    pub trades: BTreeMap<String, String>,
    /// The scheme's own lists.
    pub groups: Vec<(GroupId, String)>,
}

/// What was chosen, in the words of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Ids of the policy's parts of town.
    pub areas: Vec<String>,
    /// Trades, by what they are compared by.
    pub trades: Vec<String>,
    /// Ids of lists.
    pub groups: Vec<String>,
}

impl Choices {
    /// Those who were chosen, and in words; what is not there to be chosen any more is named nowhere, and chosen by
    /// nobody.
    #[must_use]
    pub fn of(&self, chosen: &Chosen) -> (Targets, Vec<String>) {
        let mut targets = Targets::default();
        let mut words = Vec::new();
        for (id, label) in self.areas.iter().filter(|(id, _)| chosen.areas.contains(id)) {
            targets.areas.insert(id.clone());
            words.push(label.clone());
        }
        for (trade, label) in self.trades.iter().filter(|(trade, _)| chosen.trades.contains(trade)) {
            targets.trades.insert(trade.clone());
            words.push(label.clone());
        }
        for (id, name) in self.groups.iter().filter(|(id, _)| chosen.groups.contains(&id.to_string())) {
            targets.groups.insert(*id);
            words.push(name.clone());
        }
        (targets, words)
    }

    /// Whether all that was chosen is there to be chosen.
    #[must_use]
    pub fn has(&self, chosen: &Chosen) -> bool {
        let (targets, _) = self.of(chosen);
        let several = |list: &[String]| list.iter().collect::<BTreeSet<_>>().len();
        targets.areas.len() == several(&chosen.areas)
            && targets.trades.len() == several(&chosen.trades)
            && targets.groups.len() == several(&chosen.groups)
    }
}

/// What can be chosen.
pub(crate) async fn choices(inner: &mut Inner, scope: &Scope) -> Result<Choices, StoreError> {
    let areas = scope.policy.areas.iter().map(|area| (area.id.to_string(), area.label.to_string()));
    let mut choices = Choices { areas: areas.collect(), ..Choices::default() };
    for view in members::all(inner, scope.org).await? {
        let trade = trade_of(&view.business);
        if !trade.is_empty() {
            let typed = view.business.trade.trim().to_owned();
            let label = choices.trades.entry(trade).or_insert_with(|| typed.clone());
            // Of several ways to type it, the same one each time.
            if typed < *label {
                *label = typed;
            }
        }
    }
    choices.groups = groups::names(inner, scope.org).await?;
    Ok(choices)
}

/// A trade as it is kept.
fn hidden(inner: &Inner, trade: &str) -> String {
    use std::fmt::Write as _;
    inner.store.keys.lookup("trade", trade).iter().fold(String::with_capacity(64), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

/// Keeps whom something is for.
pub(crate) async fn put(inner: &mut Inner, about: Uuid, targets: &Targets) -> Result<(), StoreError> {
    let text = sql!("INSERT INTO targets (about_id, kind, what) VALUES ($1, $2, $3)");
    let trades = targets.trades.iter().map(|trade| ("trade", hidden(inner, trade)));
    let all = targets.areas.iter().map(|area| ("area", area.clone())).chain(trades);
    let all = all.chain(targets.groups.iter().map(|group| ("group", group.to_string()))).collect::<Vec<_>>();
    for (kind, what) in all {
        inner.exec(text, args![about, kind, what]).await?;
    }
    Ok(())
}

/// Whom each of these is for; what is not among them is for everybody.
pub(crate) async fn of(inner: &mut Inner, about: &[Uuid]) -> Result<HashMap<Uuid, Targets>, StoreError> {
    let mut all: HashMap<Uuid, Targets> = HashMap::new();
    let text = sql!("SELECT about_id, kind, what FROM targets WHERE about_id IN ({ids})");
    for row in inner.rows_in(text, about).await? {
        let targets = all.entry(row.id("about_id")?).or_default();
        let what = row.text("what")?;
        match row.text("kind")?.as_str() {
            "area" => targets.areas.insert(what),
            "trade" => targets.trades.insert(what),
            _ => targets.groups.insert(what.parse().map_err(|_| StoreError::corrupt("a list"))?),
        };
    }
    Ok(all)
}

/// Ends with what they are about.
pub(crate) async fn remove(inner: &mut Inner, about: Uuid) -> Result<(), StoreError> {
    inner.exec(sql!("DELETE FROM targets WHERE about_id = $1"), args![about]).await?;
    Ok(())
}

fn belongs(inner: &Inner, scope: &Scope, business: &Business, groups: BTreeSet<GroupId>) -> Belongs {
    let trade = hidden(inner, &trade_of(business));
    Belongs { area: area_of(&scope.policy, business), trade, groups }
}

/// Where a business belongs; nowhere, once it has left.
pub(crate) async fn of_business(
    inner: &mut Inner,
    scope: &Scope,
    member: MemberId,
) -> Result<Belongs, StoreError> {
    let text = sql!("SELECT sealed FROM members WHERE id = $1 AND org_id = $2 AND state = 'active'");
    let Some(row) = inner.opt(text, args![member, scope.org]).await? else { return Ok(Belongs::default()) };
    let key = inner.key(member.0).await?;
    let business: Business = keys::open(&key, "members", "sealed", member.0, &row.bytes("sealed")?)?;
    let mut groups = BTreeSet::new();
    let text = sql!("SELECT group_id FROM group_members WHERE member_id = $1");
    for row in inner.rows(text, args![member]).await? {
        groups.insert(row.id("group_id")?);
    }
    Ok(belongs(inner, scope, &business, groups))
}

/// Each business of the scheme with its name, and where it belongs, for what goes to all of them.
pub(crate) async fn of_all(
    inner: &mut Inner,
    scope: &Scope,
) -> Result<HashMap<MemberId, (String, Belongs)>, StoreError> {
    let mut lists: HashMap<MemberId, BTreeSet<GroupId>> = HashMap::new();
    let text = sql!(
        "SELECT m.member_id, m.group_id FROM group_members m JOIN member_groups g ON g.id = m.group_id WHERE g.org_id = $1"
    );
    for row in inner.rows(text, args![scope.org]).await? {
        lists.entry(row.id("member_id")?).or_default().insert(row.id("group_id")?);
    }
    let all = members::all(inner, scope.org).await?;
    let one = |view: &members::MemberView| {
        let groups = lists.get(&view.member).cloned().unwrap_or_default();
        (view.member, (view.business.name.clone(), belongs(inner, scope, &view.business, groups)))
    };
    Ok(all.iter().map(one).collect())
}

//! Whom something of the scheme's is for among its members: by area, trade and group (MEM-4).
//!
//! One rule for news and meetings alike, so that nobody is told of a meeting by one and not by the other.
use crate::{accounts::Business, ids::GroupId, policy::Policy};
use std::collections::BTreeSet;

/// Whom something is for. Whatever is empty asks nothing; of what is not, a business must have one, and of each kind
/// that is named: the jewellers, of the High Street.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Targets {
    /// Parts of town, by [`area_of`].
    pub areas: BTreeSet<String>,
    /// Trades, by [`trade_of`] or by what stands for it where it is kept.
    pub trades: BTreeSet<String>,
    /// Lists of the scheme's own.
    pub groups: BTreeSet<GroupId>,
}

/// Where a business belongs, in the same words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belongs {
    /// Its part of town.
    pub area: String,
    /// Its trade.
    pub trade: String,
    /// The lists on which it stands.
    pub groups: BTreeSet<GroupId>,
}

impl Targets {
    /// Whether it is for every member.
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        self.areas.is_empty() && self.trades.is_empty() && self.groups.is_empty()
    }

    /// Whether it is for this business.
    #[must_use]
    pub fn holds(&self, business: &Belongs) -> bool {
        let any = |of: &BTreeSet<String>, one: &String| of.is_empty() || of.contains(one);
        any(&self.areas, &business.area)
            && any(&self.trades, &business.trade)
            && (self.groups.is_empty() || !self.groups.is_disjoint(&business.groups))
    }
}

/// Words as they are compared: however they were typed.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The part of town of a business: the policy's word for it where it is one of the policy's, else what was typed.
#[must_use]
pub fn area_of(policy: &Policy, business: &Business) -> String {
    let said = folded(&business.area);
    let is = |label: &str, id: &str| folded(label) == said || *id == *said;
    let known = policy.areas.iter().find(|area| is(&area.label, &area.id));
    known.map_or(said.clone(), |area| area.id.to_string())
}

/// The trade of a business.
#[must_use]
pub fn trade_of(business: &Business) -> String {
    folded(&business.trade)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn mem_4_what_names_nothing_is_for_everybody_and_each_kind_that_is_named_must_fit() {
        let (a, b) = (GroupId(Uuid::from_u128(1)), GroupId(Uuid::from_u128(2)));
        let shop =
            Belongs { area: "high_street".into(), trade: "jeweller".into(), groups: BTreeSet::from([a]) };
        assert!(Targets::default().is_everybody() && Targets::default().holds(&shop));
        let here = Targets { areas: set(&["high_street", "station"]), ..Targets::default() };
        assert!(here.holds(&shop) && !here.is_everybody());
        let jewellers = Targets { trades: set(&["jeweller"]), ..here.clone() };
        assert!(jewellers.holds(&shop));
        assert!(!jewellers.holds(&Belongs { trade: "bakery".into(), ..shop.clone() }), "each kind counts");
        assert!(!jewellers.holds(&Belongs { area: "park".into(), ..shop.clone() }));
        let group = |id| Targets { groups: BTreeSet::from([id]), ..Targets::default() };
        assert!(group(a).holds(&shop) && !group(b).holds(&shop));
        assert!(!here.holds(&Belongs::default()), "of whom nothing is known is in no part of town");
    }

    #[test]
    fn mem_4_areas_and_trades_are_compared_however_they_were_typed() {
        let policy = Policy::parse("generic.toml", include_str!("../../../policies/generic.toml")).unwrap();
        let area = policy.areas.first().unwrap();
        let shop = |area: &str| Business {
            name: "Shop".into(),
            premises: "1 Street".into(),
            area: area.into(),
            trade: " Fine  Jewellery ".into(),
        };
        let said = format!("  {} ", area.label.to_uppercase());
        assert_eq!(area_of(&policy, &shop(&said)), *area.id);
        assert_eq!(area_of(&policy, &shop(&area.id)), *area.id);
        assert_eq!(area_of(&policy, &shop("Over there")), "over there");
        assert_eq!(trade_of(&shop("")), "fine jewellery");
    }
}

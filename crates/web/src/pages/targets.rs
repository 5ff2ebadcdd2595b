//! For whom something is, as a form asks it (MEM-4).
use crate::{forms::Sent, view::Choice};
use fairwatch_app::news::{Choices, For};

/// The parts of a form that ask for whom something is; see `target_macros.html`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whom {
    pub(crate) areas: Vec<Choice>,
    pub(crate) trades: Vec<Choice>,
    pub(crate) groups: Vec<Choice>,
    /// Whether something was chosen, so that it is seen at once.
    pub(crate) is_open: bool,
}

impl Whom {
    /// What can be chosen, and what was.
    pub(crate) fn new(choices: &Choices, chosen: &For) -> Self {
        let one = |value: String, label: &str, chosen: &[String]| Choice {
            checked: chosen.contains(&value),
            value,
            label: label.to_owned(),
            note: String::new(),
        };
        let is_open = *chosen != For::default();
        Self {
            is_open,
            areas: choices.areas.iter().map(|(id, label)| one(id.clone(), label, &chosen.areas)).collect(),
            trades: choices
                .trades
                .iter()
                .map(|(trade, label)| one(trade.clone(), label, &chosen.trades))
                .collect(),
            groups: choices
                .groups
                .iter()
                .map(|(id, name)| one(id.to_string(), name, &chosen.groups))
                .collect(),
        }
    }
}

/// For whom it is to be, as a form sent it.
pub(crate) fn chosen(sent: &Sent) -> For {
    For { areas: sent.all("areas"), trades: sent.all("trades"), groups: sent.all("groups") }
}

/// For whom something is, in words.
pub(crate) fn told(for_whom: &[String]) -> String {
    if for_whom.is_empty() { "Every member".to_owned() } else { for_whom.join(", ") }
}

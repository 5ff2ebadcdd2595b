//! What is held of a person as a list: of each item its value, where it came from, why it is held, who sees it, since
//! when, and when it goes (SUB-7, SUB-6).
use super::told;
use crate::{view::Chip, words};
use fairwatch_app::subjects::Shown;
use fairwatch_core::{
    clocks::Stage,
    policy::{Category, Nature},
    subjects::{
        Corrected, Source,
        fields::{AS_TEXT, condition, is_single, may_hold},
        picks::targeted,
    },
};
use jiff::civil::Date;

/// What is held, with what can be done about it.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    /// When all of it goes.
    pub(super) goes: String,
    /// The items.
    pub(super) items: Vec<HeldItem>,
    /// What can be entered.
    pub(super) add: Vec<Chip>,
    /// Who was picked to see what is targeted, where the policy targets anything (SUB-6).
    pub(super) picked: Option<Picked>,
}
/// An item that is held.
#[derive(Clone, Debug, Default)]
pub(super) struct HeldItem {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) note: String,
    /// Where it came from, since when, and when it goes.
    pub(super) from: String,
    /// Who sees it, and why it is held.
    pub(super) seen: String,
    /// Under which condition of the law, where it needs one.
    pub(super) law: String,
    pub(super) correct: Option<String>,
    pub(super) remove: Option<String>,
}
/// Who is picked.
#[derive(Clone, Debug, Default)]
pub(super) struct Picked {
    pub(super) text: String,
    pub(super) href: String,
}

/// The list. `here` is the address of the record's page where it can be changed.
pub(super) fn held(shown: &Shown, here: Option<&str>) -> Held {
    let at = At { shown, here };
    let mut items = at.fields();
    items.extend(at.age());
    items.extend(at.pictures());
    items.extend(at.activity());
    items.extend(at.necessity());
    let order = |item: &(Option<Category>, HeldItem)| {
        Category::ALL.iter().position(|category| Some(*category) == item.0).unwrap_or(Category::ALL.len())
    };
    items.sort_by_key(order);
    Held {
        goes: goes(shown),
        items: items.into_iter().map(|(_, item)| item).collect(),
        add: here.map_or_else(Vec::new, |here| add(shown, here)),
        picked: picked(shown, here),
    }
}

/// When everything here goes.
fn goes(shown: &Shown) -> String {
    let life = &shown.open.life;
    match (life.stage, life.deletion) {
        (Stage::Frozen, _) => "All of it is kept for its hold alone.".to_owned(),
        (_, Some(day)) => format!(
            "All of it goes with the record: on {} if nothing more happens. What goes before that says so.",
            words::date(day)
        ),
        (_, None) => "All of it goes with the record.".to_owned(),
    }
}

type Item = (Option<Category>, HeldItem);

struct At<'a> {
    shown: &'a Shown,
    here: Option<&'a str>,
}

impl At<'_> {
    /// Where an item came from and since when; put right by whom.
    fn from(&self, source: &Source, since: Option<Date>, corrected: Option<&Corrected>) -> String {
        let (scope, open) = (&self.shown.scope, &self.shown.open);
        let mut text = words::capital(&told::source(scope, source, &open.involved));
        if let Some(since) = since {
            text.push_str(&format!(". Held since {}", words::date(since)));
        }
        if let Some(corrected) = corrected {
            text.push_str(&format!(", corrected by {} on {}", corrected.by, words::date(corrected.on)));
        }
        if let Some(day) = open.life.deletion.filter(|_| open.life.stage.is_live()) {
            text.push_str(&format!(", until {}", words::date(day)));
        }
        text + "."
    }

    /// Who sees a category and why it is held, and the condition under which it is.
    fn law(&self, category: Category) -> (String, String) {
        let policy = &self.shown.scope.policy;
        let Some(rule) = policy.category(category) else {
            return (
                "Seen by nobody but you: today\u{2019}s policy does not list it.".to_owned(),
                String::new(),
            );
        };
        let seen =
            format!("Seen by {}. {}.", told::seen_by(policy, category), rule.purpose.trim_end_matches('.'));
        let law = condition(policy, rule).map_or_else(String::new, |condition| {
            let document =
                if condition.policy_document { "; needs an appropriate policy document" } else { "" };
            format!("{}: {}{document}.", words::capital(&rule.nature.to_string()), &*condition.law)
        });
        (seen, if rule.nature == Nature::Ordinary { String::new() } else { law })
    }

    fn href(&self, item: &str) -> Option<String> {
        self.here.map(|here| format!("{here}/held/{item}"))
    }

    fn item(&self, category: Category, value: String, from: String) -> HeldItem {
        let (seen, law) = self.law(category);
        HeldItem { label: told::label(category), value, from, seen, law, ..HeldItem::default() }
    }

    fn fields(&self) -> Vec<Item> {
        let open = &self.shown.open;
        let fields = told::in_order(open).into_iter().map(|field| {
            let mut from = self.from(&field.source, Some(field.since), field.corrected.as_ref());
            if !field.also.is_empty() {
                let more = words::count(field.also.len(), "other", "others");
                from.push_str(&format!(" {} said the same.", words::capital(&more)));
            }
            let own = field.category == Category::Name || AS_TEXT.contains(&field.category);
            let id = field.id.to_string();
            let item = HeldItem {
                correct: self.href(&id).filter(|_| own),
                remove: self.href(&id).map(|href| format!("{href}/remove")),
                ..self.item(field.category, field.value.clone(), from)
            };
            (Some(field.category), item)
        });
        fields.collect()
    }

    /// The date of birth, or how old they look while it is unknown (SUB-4).
    fn age(&self) -> Option<Item> {
        let (scope, profile) = (&self.shown.scope, &self.shown.open.profile);
        let category = Some(Category::DateOfBirth);
        let Some(birth) = profile.births.first() else {
            let origin = &profile.apparent_age_origin;
            let item = HeldItem {
                label: "About how old".into(),
                value: words::age_band(profile.apparent_age).into(),
                from: self.from(&origin.source, Some(origin.since), origin.corrected.as_ref()),
                seen: "Seen by staff and the controller. It serves the clocks while the date of birth is not known."
                    .into(),
                correct: self.href("age"),
                ..HeldItem::default()
            };
            return Some((category, item));
        };
        let origin = &birth.origin;
        let from = self.from(&origin.source, Some(origin.since), origin.corrected.as_ref());
        let item = HeldItem {
            note: format!("{} years old", told::age(birth.value, scope.today)),
            correct: self.href("date_of_birth"),
            remove: self.href("date_of_birth/remove"),
            ..self.item(Category::DateOfBirth, words::date(birth.value), from)
        };
        Some((category, item))
    }

    /// Pictures have ends of their own (RET-6, INC-8).
    fn pictures(&self) -> Option<Item> {
        let open = &self.shown.open;
        if open.pictures.is_empty() {
            return None;
        }
        let end = open.pictures_end.filter(|_| open.life.stage.is_live());
        let from = match end {
            Some(end) if open.pictures.len() == 1 => {
                format!("From a report. Goes on {} at the latest.", words::date(end))
            }
            Some(end) => format!("From reports. The first goes on {} at the latest.", words::date(end)),
            None => "From reports, and gone with them or with the record.".to_owned(),
        };
        let value = words::count(open.pictures.len(), "picture", "pictures");
        Some((Some(Category::Image), self.item(Category::Image, value, from)))
    }

    /// What stands on the card, from the latest report.
    fn activity(&self) -> Option<Item> {
        let profile = &self.shown.open.profile;
        let latest = profile.activities.last().filter(|activity| !activity.value.is_empty())?;
        let from = self.from(&latest.origin.source, Some(latest.origin.since), None);
        let item = self.item(Category::SuspectedActivity, latest.value.clone(), from);
        Some((Some(Category::SuspectedActivity), HeldItem { note: "on the card".into(), ..item }))
    }

    fn necessity(&self) -> Option<Item> {
        let latest = self.shown.open.profile.necessities.last()?;
        let item = HeldItem {
            label: "Why somebody so young is held".into(),
            value: latest.value.clone(),
            from: self.from(&latest.origin.source, Some(latest.origin.since), None),
            seen: "Seen by the controller. The policy asks for it.".into(),
            ..HeldItem::default()
        };
        Some((None, item))
    }
}

/// What the policy lists and can be entered (SUB-1).
fn add(shown: &Shown, here: &str) -> Vec<Chip> {
    let (policy, profile) = (&shown.scope.policy, &shown.open.profile);
    let wanted = |category: &Category| match category {
        Category::Name => profile.name().is_none(),
        Category::DateOfBirth => profile.born().is_none(),
        other => AS_TEXT.contains(other) && !(is_single(*other) && profile.newest(*other).is_some()),
    };
    Category::ALL
        .into_iter()
        .filter(|category| wanted(category) && may_hold(policy, *category).is_ok())
        .map(|category| Chip {
            label: told::label(category),
            href: format!("{here}/held/{}", path(category)),
            count: None,
            current: false,
        })
        .collect()
}

/// A category in an address.
pub(super) fn path(category: Category) -> String {
    category.to_string().replace(' ', "_")
}

/// Who is picked for this person.
fn picked(shown: &Shown, here: Option<&str>) -> Option<Picked> {
    // Who was picked is the controller's to know.
    let href = format!("{}/picked", here?);
    let (policy, open) = (&shown.scope.policy, &shown.open);
    let targeted = targeted(policy).iter().map(ToString::to_string).collect::<Vec<_>>();
    if targeted.is_empty() {
        return None;
    }
    let what = words::list(&targeted);
    let names = open.picks.iter().map(|held| held.business.name.clone()).collect::<Vec<_>>();
    let text = match names.len() {
        0 => format!("No member is picked for this person, so none is shown {what}."),
        1 => format!("{} is picked for this person and shown {what}.", names[0]),
        _ => format!("{} are picked for this person and shown {what}.", words::list(&names)),
    };
    Some(Picked { text, href })
}

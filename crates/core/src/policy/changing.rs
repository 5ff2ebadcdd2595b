//! What a changed policy would do: to each person, to what is kept beside them, and to who sees what (POL-5).
//!
//! A dry run is no estimate. The clocks that will enforce the new policy are asked now, over the same ledger: until
//! the day of effect what the policy in force says holds, and from that day on what the new one says, which works
//! each ledger out from its beginning.
pub mod lines;

use super::{
    Category, Finding, Policy, Severity, Viewer,
    period::Length,
    retention::{Column, Retention},
};
use crate::clocks::{Event, Facts, Stage, timeline};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// What a person is to members and to the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Members see them.
    Shown,
    /// Kept, and hidden from members.
    Hidden,
    /// Deleted.
    Gone,
}

/// What becomes of somebody from a day on if nothing more happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course(Vec<(Date, Presence)>);

impl Course {
    /// What the clocks say from a day on.
    #[must_use]
    pub fn from(rules: &Retention, facts: Facts, events: &[Event<'_>], day: Date) -> Self {
        let line = timeline(rules, facts, events, day);
        let presence = |stage: Stage| match stage {
            Stage::Circulating if !line.now.restricted => Presence::Shown,
            Stage::Deleted | Stage::None | Stage::Refused => Presence::Gone,
            _ => Presence::Hidden,
        };
        let mut course = Self(vec![(day, presence(line.now.stage))]);
        line.planned.iter().for_each(|change| course.then(change.on, presence(change.stage)));
        course
    }

    fn then(&mut self, day: Date, presence: Presence) {
        match self.0.last_mut() {
            // What did not outlast its day was never there.
            Some(last) if last.0 == day => last.1 = presence,
            Some(last) if last.1 == presence => return,
            _ => self.0.push((day, presence)),
        }
        if let [.., before, last] = &*self.0
            && before.1 == last.1
        {
            self.0.pop();
        }
    }

    /// This until a day, and another from then on. Who is gone by then stays so.
    #[must_use]
    fn until(&self, day: Date, then: &Self) -> Self {
        let mut course = Self(self.0.iter().take_while(|(on, _)| *on < day).copied().collect());
        if course.0.last().is_none_or(|(_, last)| *last != Presence::Gone) {
            then.0.iter().for_each(|(on, presence)| course.then(*on, *presence));
        }
        course
    }

    /// What holds on a day: hidden before the first.
    #[must_use]
    pub fn on(&self, day: Date) -> Presence {
        self.0.iter().rev().find(|(on, _)| *on <= day).map_or(Presence::Hidden, |(_, presence)| *presence)
    }

    /// The first day from one on, on which it is no longer what it is there.
    fn leaves(&self, presence: Presence, from: Date) -> Option<Date> {
        self.0.iter().find(|(on, then)| *on > from && *then != presence).map(|(on, _)| *on)
    }

    fn gone(&self) -> Option<Date> {
        self.0.last().filter(|(_, last)| *last == Presence::Gone).map(|(on, _)| *on)
    }
}

/// What a changed policy does to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Members see them until the day of effect, and no longer.
    Hidden,
    /// They are withdrawn from members sooner, later on.
    ShownShorter,
    /// Members would not see them on the day of effect, and do.
    Shown,
    /// They are withdrawn from members later.
    ShownLonger,
    /// They would be kept on the day of effect, and are deleted.
    Deleted,
    /// They are deleted sooner, later on.
    DeletedSooner,
    /// They are deleted later.
    KeptLonger,
}

impl Effect {
    /// Every effect: what takes away first.
    pub const ALL: [Self; 7] = [
        Self::Hidden,
        Self::ShownShorter,
        Self::Deleted,
        Self::DeletedSooner,
        Self::Shown,
        Self::ShownLonger,
        Self::KeptLonger,
    ];

    /// The name by which data knows it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hidden => "hidden",
            Self::ShownShorter => "shown_shorter",
            Self::Shown => "shown",
            Self::ShownLonger => "shown_longer",
            Self::Deleted => "deleted",
            Self::DeletedSooner => "deleted_sooner",
            Self::KeptLonger => "kept_longer",
        }
    }
}

impl std::str::FromStr for Effect {
    type Err = UnknownEffect;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == text).ok_or(UnknownEffect)
    }
}

/// A stored effect that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such effect")]
pub struct UnknownEffect;

/// An effect with its days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Felt {
    /// What.
    pub effect: Effect,
    /// The day under the policy in force; none where there is no such day.
    pub was: Option<Date>,
    /// The day under the new one.
    pub will: Option<Date>,
}

/// Somebody's course with a change and without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foretold {
    /// If nothing is changed.
    pub without: Course,
    /// If the policy is.
    pub with: Course,
}

/// What becomes of somebody if another policy takes effect on a day (POL-5).
#[must_use]
pub fn foretell(
    (old, new): (&Retention, &Retention),
    facts: Facts,
    events: &[Event<'_>],
    today: Date,
    effective: Date,
) -> Foretold {
    let without = Course::from(old, facts, events, today);
    let then = Course::from(new, facts, events, effective.max(today));
    Foretold { with: without.until(effective.max(today), &then), without }
}

impl Foretold {
    /// What of it differs: at most one effect on being seen, and one on being kept.
    #[must_use]
    pub fn effects(&self, effective: Date) -> Vec<Felt> {
        use Presence::{Gone, Shown};
        let (was, will) = (self.without.on(effective), self.with.on(effective));
        let mut felt = Vec::new();
        let mut add = |effect, was, will| felt.push(Felt { effect, was, will });
        if was != Gone && will == Gone {
            add(Effect::Deleted, self.without.gone(), Some(effective));
        } else {
            let (before, after) = (self.without.gone(), self.with.gone());
            match (before, after) {
                (before, after) if before == after => {}
                (Some(before), Some(after)) if after < before => {
                    add(Effect::DeletedSooner, Some(before), Some(after));
                }
                (None, Some(_)) => add(Effect::DeletedSooner, None, after),
                _ => add(Effect::KeptLonger, before, after),
            }
        }
        let leaves = |course: &Course| course.leaves(Shown, effective);
        match (was == Shown, will == Shown) {
            (true, false) => add(Effect::Hidden, leaves(&self.without), Some(effective)),
            (false, true) => add(Effect::Shown, None, Some(effective)),
            (true, true) => {
                let (before, after) = (leaves(&self.without), leaves(&self.with));
                if before != after {
                    let is_shorter = after.is_some_and(|after| before.is_none_or(|before| after < before));
                    let effect = if is_shorter { Effect::ShownShorter } else { Effect::ShownLonger };
                    add(effect, before, after);
                }
            }
            (false, false) => {}
        }
        felt
    }
}

/// How many, and between which days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// The first day on which it happens.
    pub first: Option<Date>,
    /// The last.
    pub last: Option<Date>,
}

impl Tally {
    /// One more, or several.
    pub fn add(&mut self, count: u64, on: Option<Date>) {
        self.count += count;
        if let Some(on) = on {
            self.first = Some(self.first.map_or(on, |first| first.min(on)));
            self.last = Some(self.last.map_or(on, |last| last.max(on)));
        }
    }
}

/// A kind of record that ends by the policy and is no person (INC-8, RET-6, RET-7, RET-15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Other {
    /// Incidents, with their reports.
    Incidents,
    /// Pictures of people whom nobody has named.
    Pictures,
    /// Reports that were rejected or taken away.
    Reports,
    /// Names sent by members that were not taken over.
    Tips,
    /// Letters.
    Letters,
    /// Records of how a letter was served.
    Service,
    /// Records of deleted profiles.
    Stubs,
    /// What people wrote from outside.
    Enquiries,
    /// Applications to join that came to nothing.
    Applications,
    /// Requests about data, and complaints.
    Requests,
    /// Breaches of personal data that were closed.
    Breaches,
}

/// What a change does to the ends of one kind of record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// They would be kept on the day of effect, and go.
    pub at_once: u64,
    /// They go sooner, later on.
    pub sooner: u64,
    /// They are kept longer.
    pub later: u64,
}

impl Ends {
    /// Counts so many that would end on one day and do on another; none is never.
    pub fn add(&mut self, count: u64, was: Option<Date>, will: Option<Date>, effective: Date) {
        let (was, will) = (was.unwrap_or(Date::MAX), will.unwrap_or(Date::MAX));
        if was < effective || was == will || (was == effective && will <= effective) {
            // Gone by then, or as before.
        } else if will <= effective {
            self.at_once += count;
        } else if will < was {
            self.sooner += count;
        } else {
            self.later += count;
        }
    }
}

/// That somebody sees more of people, or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// Who.
    pub viewer: Viewer,
    /// What; none for all of somebody between withdrawal and deletion.
    pub category: Option<Category>,
    /// Whether they come to see it, or cease to.
    pub seen: bool,
    /// How many people that concerns on the day of effect.
    pub people: u64,
}

/// In what two policies differ as to who sees what (VIS-1 to VIS-5).
#[must_use]
pub fn sights(old: &Policy, new: &Policy) -> Vec<Sight> {
    let mut all = Vec::new();
    for viewer in Viewer::ALL {
        // To the controller all that is held is open.
        for category in Category::ALL.into_iter().filter(|_| viewer != Viewer::Controller) {
            let seen = new.sees(viewer, category);
            if seen != old.sees(viewer, category) {
                all.push(Sight { viewer, category: Some(category), seen, people: 0 });
            }
        }
        let seen = new.sees_held(viewer);
        if viewer != Viewer::Controller && seen != old.sees_held(viewer) {
            all.push(Sight { viewer, category: None, seen, people: 0 });
        }
    }
    all
}

/// A category that a policy no longer has, and of which something is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Which.
    pub category: Category,
    /// Of how many people who are kept on the day of effect.
    pub people: u64,
}

/// The categories that a policy no longer has. While something of one is held the notice would deny it (SUB-1, POL-4).
#[must_use]
pub fn dropped(old: &Policy, new: &Policy) -> Vec<Dropped> {
    let is_gone = |category: &Category| old.holds(*category) && !new.holds(*category);
    Category::ALL.into_iter().filter(is_gone).map(|category| Dropped { category, people: 0 }).collect()
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = if self.people == 1 { "1 person".to_owned() } else { format!("{} people", self.people) };
        write!(
            f,
            "The new policy has no category “{}”, and it is held of {people}. Remove it there first, or leave the category in and let nobody see it.",
            self.category
        )
    }
}

/// The numbers of a dry run: no names, and nobody by whom they could be found out but those who may see the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    /// The day of effect for which they were worked out.
    pub effective: Option<Date>,
    /// How many people were looked at.
    pub people: u64,
    /// What becomes of them.
    pub effects: BTreeMap<Effect, Tally>,
    /// What becomes of the rest.
    pub others: BTreeMap<Other, Ends>,
    /// Who sees more, or less.
    pub sights: Vec<Sight>,
    /// What would be held although the policy denies it.
    #[serde(default)]
    pub dropped: Vec<Dropped>,
}

impl Numbers {
    /// Adds what a further part found.
    pub fn take_in(&mut self, part: &Self) {
        self.people += part.people;
        for (effect, tally) in &part.effects {
            let all = self.effects.entry(*effect).or_default();
            all.add(tally.count, tally.first);
            all.add(0, tally.last);
        }
        for (other, ends) in &part.others {
            let all = self.others.entry(*other).or_default();
            all.at_once += ends.at_once;
            all.sooner += ends.sooner;
            all.later += ends.later;
        }
        for (all, sight) in self.sights.iter_mut().zip(&part.sights) {
            all.people += sight.people;
        }
        for (all, dropped) in self.dropped.iter_mut().zip(&part.dropped) {
            all.people += dropped.people;
        }
    }
}

/// A period or a number that differs between two policies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Where it stands in the file, such as `retention.known.first`.
    pub place: String,
    /// What it was.
    pub was: String,
    /// What it will be.
    pub will: String,
}

/// The periods in which two policies differ.
#[must_use]
pub fn periods(old: &Policy, new: &Policy) -> Vec<Period> {
    let mut all = Vec::new();
    let mut add = |place: String, was: String, will: String| {
        if was != will {
            all.push(Period { place, was, will });
        }
    };
    let age = |policy: &Policy| none_or(policy.subjects.minimum_age.years().map(u32::from), "years");
    add("subjects.minimum_age".into(), age(old), age(new));
    let columns = [
        (Column::Known, "known"),
        (Column::Unknown, "unknown"),
        (Column::Under18, "under_18"),
        (Column::Under14, "under_14"),
    ];
    let both_same = matches!((&old.columns, &new.columns), (super::Columns::All(_), super::Columns::All(_)));
    for (column, name) in columns.into_iter().take(if both_same { 1 } else { 4 }) {
        let (was, will) = (old.columns.column(column).rules(), new.columns.column(column).rules());
        let name = if both_same { "all" } else { name };
        let months = |n: u32| Length::Months(n).to_string();
        let limit = |n: Option<u32>| none_or(n, "months");
        for (field, was, will) in [
            ("first", months(was.first), months(will.first)),
            ("repeat", months(was.repeat), months(will.repeat)),
            ("hold", months(was.hold), months(will.hold)),
            ("single_report_delete", limit(was.single_report_delete), limit(will.single_report_delete)),
            ("cap", limit(was.cap), limit(will.cap)),
            ("stub", limit(was.stub), limit(will.stub)),
            ("incident", limit(was.incident), limit(will.incident)),
            ("unidentified_image", limit(was.unidentified_image), limit(will.unidentified_image)),
        ] {
            add(format!("retention.{name}.{field}"), was, will);
        }
    }
    let lists = [
        ("keep", old.keep.terms(), new.keep.terms()),
        ("deadlines", old.deadlines.terms(), new.deadlines.terms()),
        ("reviews", old.reviews.terms(), new.reviews.terms()),
    ];
    for (list, was, will) in lists {
        for ((name, was), (_, will)) in was.into_iter().zip(will) {
            add(format!("{list}.{name}"), was.length.to_string(), will.length.to_string());
        }
    }
    all
}

fn none_or(n: Option<u32>, unit: &str) -> String {
    n.map_or_else(|| "none".to_owned(), |n| format!("{n} {unit}"))
}

/// What a running scheme's policy may not change, since records are known by it.
#[must_use]
pub fn fixed(old: &Policy, new: &Policy) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut error = |path: &str, reason: String| {
        found.push(new.places().finding(Severity::Error, path, reason));
    };
    if old.scheme.slug != new.scheme.slug {
        let was = &*old.scheme.slug;
        error(
            "scheme.slug",
            format!("the short name stays `{was}`: addresses and letters that went out hold it"),
        );
    }
    if old.scheme.prefix != new.scheme.prefix {
        let was = &*old.scheme.prefix;
        error(
            "scheme.prefix",
            format!("the prefix stays `{was}`: records and letters that went out are known by it"),
        );
    }
    let mut gone = |list: &str, was: Vec<&str>, will: Vec<&str>| {
        for word in was.into_iter().filter(|word| !will.contains(word)) {
            error(
                list,
                format!(
                    "`{word}` is missing here: records name it. Change its label, and leave it in the list"
                ),
            );
        }
    };
    let words =
        |list: &'_ [super::practice::Word]| list.iter().map(|word| word.id.to_string()).collect::<Vec<_>>();
    let (was, will) = (&old.incidents, &new.incidents);
    for (list, was, will) in [
        ("incidents.categories", words(&was.categories), words(&will.categories)),
        ("incidents.items", words(&was.items), words(&will.items)),
        ("incidents.outcomes", words(&was.outcomes), words(&will.outcomes)),
    ] {
        gone(list, was.iter().map(String::as_str).collect(), will.iter().map(String::as_str).collect());
    }
    found
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Incidents => "Incidents with their reports",
            Self::Pictures => "Pictures of people whom nobody has named",
            Self::Reports => "Rejected reports and reports taken away",
            Self::Tips => "Names that members sent and that were not taken over",
            Self::Letters => "Letters",
            Self::Service => "Records of how letters were served",
            Self::Stubs => "Records that a profile was deleted",
            Self::Enquiries => "Enquiries from outside",
            Self::Applications => "Applications to join that came to nothing",
            Self::Requests => "Requests about data, and complaints",
            Self::Breaches => "The register of breaches of personal data",
        })
    }
}

/// Whether a profile holds anything of a category. Pictures, associates, evidence and exclusions stand beside it.
#[must_use]
pub fn holds(profile: &crate::subjects::Profile, category: Category) -> bool {
    match category {
        Category::DateOfBirth => !profile.births.is_empty(),
        Category::SuspectedActivity => !profile.activities.is_empty(),
        category => profile.newest(category).is_some(),
    }
}

#[cfg(test)]
mod tests;

//! What the policy's tariff says: which step is reached by what was reported, and why, in words (EXC-1).
//!
//! A pure function of the policy and of what counts. The step that is proposed is the last one that is reached; the
//! controller may go below it with a reason, and never above.
use super::{Kind, Scope};
use crate::{
    clocks::plus_months,
    policy::{
        Policy,
        practice::{self, Step},
    },
};
use jiff::{Timestamp, civil::Date};

/// An incident as far as the tariff knows it. Reports of one incident are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Its reference.
    pub reference: String,
    /// The day of its first report, by which it counts.
    pub on: Date,
    /// When that was approved: what was known at the last step is nothing new.
    pub at: Timestamp,
    /// What happened, by the policy's vocabulary; none where the incident itself is held no longer.
    pub category: Option<String>,
    /// It happened where and while the person was excluded.
    pub breach: bool,
}

/// A warning or an exclusion that was made before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The step of the policy, by its id.
    pub step: String,
    /// What it was.
    pub kind: Kind,
    /// The day on which it was decided.
    pub on: Date,
    /// The instant of that.
    pub at: Timestamp,
}

/// All that counts of somebody, in no order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// What was reported; a report of an incident that stands here already adds nothing.
    pub incidents: Vec<Counted>,
    /// What was done about it.
    pub earlier: Vec<Earlier>,
}

/// What the tariff says of somebody on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// The step that is reached, by its place in the policy; none where none is, or nothing happened since the last.
    pub step: Option<usize>,
    /// How many incidents count.
    pub incidents: u32,
    /// How many of them are serious.
    pub serious: u32,
    /// How many of them are breaches of an exclusion.
    pub breaches: u32,
    /// What counts, in words: it names incidents by their references.
    pub counted: String,
    /// The references of the incidents that count.
    pub references: Vec<String>,
    /// Why the tariff says what it says, in sentences that name no incident.
    pub why: Vec<String>,
}

/// What the controller asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The step, by its id.
    pub step: String,
    /// From where; none for a warning.
    pub scope: Option<Scope>,
    /// For how many months; none for a warning.
    pub months: Option<u32>,
}

/// How what is asked for stands to what the tariff says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It is what the tariff says.
    Same,
    /// It departs from it within what may be: that asks for a reason.
    Departs,
}

fn words_of(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn count(n: u32, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

impl From<practice::Scope> for Scope {
    fn from(scope: practice::Scope) -> Self {
        match scope {
            practice::Scope::Scheme => Self::Scheme,
            practice::Scope::Some => Self::Some,
        }
    }
}

/// What the tariff says of a history on a day.
#[must_use]
pub fn tariff(policy: &Policy, history: &History, today: Date) -> Tariff {
    let months = policy.exclusions.counts.months;
    let still_counts = |on: Date| on <= today && plus_months(on, months).is_none_or(|over| today < over);
    let mut counted: Vec<Counted> = Vec::new();
    let mut incidents = history.incidents.iter().collect::<Vec<_>>();
    incidents.sort_by(|a, b| (a.on, a.at, &a.category).cmp(&(b.on, b.at, &b.category)));
    for incident in incidents {
        match counted.iter_mut().find(|known| known.reference == incident.reference) {
            // The first report of an incident is the one that counts; what any of them shows, it shows.
            Some(known) => {
                known.on = known.on.min(incident.on);
                known.at = known.at.min(incident.at);
                known.breach |= incident.breach;
                known.category = known.category.take().or_else(|| incident.category.clone());
            }
            None => counted.push(incident.clone()),
        }
    }
    counted.retain(|incident| still_counts(incident.on));
    counted.sort_by(|a, b| (a.on, &a.reference).cmp(&(b.on, &b.reference)));
    let is_serious = |incident: &&Counted| {
        let id = incident.category.as_deref().unwrap_or_default();
        policy.incidents.categories.iter().any(|word| *word.id == *id && word.serious)
    };
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let incidents = number(counted.len());
    let serious = number(counted.iter().filter(is_serious).count());
    let breaches = number(counted.iter().filter(|incident| incident.breach).count());
    let mut why = Vec::new();
    let last =
        history.earlier.iter().filter(|earlier| still_counts(earlier.on)).max_by_key(|earlier| earlier.at);
    if let Some(last) = last {
        let label = policy.exclusions.steps.iter().find(|step| *step.id == *last.step);
        let label = label.map_or_else(|| last.step.clone(), |step| step.label.to_string());
        why.push(format!("The last step was “{label}”, on {}.", words_of(last.on)));
    }
    let is_news = last.is_none_or(|last| counted.iter().any(|incident| incident.at > last.at));
    let reached =
        policy.exclusions.steps.iter().rposition(|step| is_reached(step, incidents, serious, breaches));
    let step = reached.filter(|_| is_news);
    why.push(match step.and_then(|at| policy.exclusions.steps.get(at)) {
        Some(step) => {
            format!("The tariff says “{}”: {}.", step.label, because(step, incidents, serious, breaches))
        }
        None if reached.is_some() => {
            "Nothing was reported since, so the tariff says nothing more.".to_owned()
        }
        None => "No step of the tariff is reached.".to_owned(),
    });
    let references = counted.iter().map(|incident| incident.reference.clone()).collect();
    let counted = told(&counted, incidents, serious, breaches, months);
    Tariff { step, incidents, serious, breaches, counted, references, why }
}

fn is_reached(step: &Step, incidents: u32, serious: u32, breaches: u32) -> bool {
    incidents >= step.after_incidents.max(1)
        || step.after_serious.is_some_and(|n| serious >= n.max(1))
        || step.after_breaches.is_some_and(|n| breaches >= n.max(1))
}

fn told(counted: &[Counted], incidents: u32, serious: u32, breaches: u32, months: u32) -> String {
    if counted.is_empty() {
        return format!("Nothing that was reported in the last {} counts.", count(months, "month", "months"));
    }
    let names = counted.iter().map(|incident| format!("{} ({})", incident.reference, words_of(incident.on)));
    let names = names.collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "In the last {} {} {} reported: {names}.",
        count(months, "month", "months"),
        count(incidents, "incident", "incidents"),
        if incidents == 1 { "was" } else { "were" }
    );
    if serious > 0 {
        text.push_str(&format!(" {} serious.", verb(serious)));
    }
    if breaches > 0 {
        let words = if breaches == 1 { "a breach" } else { "breaches" };
        text.push_str(&format!(" {} {words} of an exclusion.", verb(breaches)));
    }
    text
}

fn verb(n: u32) -> String {
    format!("{n} of them {}", if n == 1 { "is" } else { "are" })
}

/// By which of its conditions a step is reached, in words.
fn because(step: &Step, incidents: u32, serious: u32, breaches: u32) -> String {
    let mut met = Vec::new();
    if incidents >= step.after_incidents {
        met.push(format!("it may be taken from {} on", count(step.after_incidents, "incident", "incidents")));
    }
    if let Some(n) = step.after_serious.filter(|n| serious >= *n) {
        met.push(format!("it may be taken from {} on", count(n, "serious incident", "serious incidents")));
    }
    if let Some(n) = step.after_breaches.filter(|n| breaches >= *n) {
        met.push(format!(
            "it may be taken from {} on",
            count(n, "breach of an exclusion", "breaches of an exclusion")
        ));
    }
    met.join(", and ")
}

impl Tariff {
    /// The step that is proposed.
    #[must_use]
    pub fn proposed<'a>(&self, policy: &'a Policy) -> Option<&'a Step> {
        self.step.and_then(|at| policy.exclusions.steps.get(at))
    }

    /// The steps that may be asked for: the one that is proposed, and those below it.
    #[must_use]
    pub fn steps<'a>(&self, policy: &'a Policy) -> &'a [Step] {
        self.step.map_or(&[], |at| policy.exclusions.steps.get(..=at).unwrap_or_default())
    }

    /// Whether what is asked for may be: what the tariff says, or less; never more (EXC-1).
    ///
    /// # Errors
    /// The field of the form, and a sentence that says why not.
    pub fn fits(&self, policy: &Policy, asked: &Asked) -> Result<Fit, (&'static str, String)> {
        let steps = &policy.exclusions.steps;
        let Some(at) = steps.iter().position(|step| *step.id == *asked.step) else {
            return Err(("step", "Choose a step of the tariff.".to_owned()));
        };
        let Some(most) = self.step else {
            return Err(("step", format!("This cannot be proposed. {}", self.why.join(" "))));
        };
        let step = &steps[at];
        if at > most {
            return Err((
                "step",
                format!(
                    "“{}” is more than the tariff allows. You can propose “{}” or less.",
                    step.label, steps[most].label
                ),
            ));
        }
        if Kind::from(step.kind) == Kind::Warning {
            return Ok(if at < most { Fit::Departs } else { Fit::Same });
        }
        let Some(scope) =
            asked.scope.filter(|scope| step.scopes.iter().any(|may| Scope::from(*may) == *scope))
        else {
            return Err(("scope", format!("Choose from where, as “{}” allows.", step.label)));
        };
        let (usual, longest) = (step.months.unwrap_or(0), step.longest_months.unwrap_or(0));
        let months = match asked.months {
            Some(months) if months > 0 => months,
            _ => return Err(("months", "Enter for how many months: at least 1.".to_owned())),
        };
        if months > longest {
            return Err((
                "months",
                format!("“{}” is for {} at the longest.", step.label, count(longest, "month", "months")),
            ));
        }
        let widest = if step.scopes.contains(&practice::Scope::Scheme) { Scope::Scheme } else { Scope::Some };
        let is_same = at == most && months == usual && scope == widest;
        Ok(if is_same { Fit::Same } else { Fit::Departs })
    }
}

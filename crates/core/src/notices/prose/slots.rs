//! Slots: names that stand for what the policy says.
use crate::{
    notices::writer::{and, months, viewers},
    policy::{Category, Policy, Viewer, period::Length, retention::Column, scheme::Contact},
};
use std::collections::BTreeMap;

/// Each slot, and what stands in its place; none where the policy leaves it open.
pub(super) type Slots = BTreeMap<String, Option<String>>;

/// Every slot that there is for a policy.
pub(super) fn of(policy: &Policy) -> Slots {
    let mut slots = Slots::new();
    let mut put = |name: String, value: Option<String>| {
        slots.insert(name, value);
    };
    let scheme = &policy.scheme;
    put("scheme.name".into(), Some(scheme.name.to_string()));
    put("scheme.short".into(), Some(scheme.short.to_string()));
    put("scheme.area".into(), Some(scheme.area_of_operation.to_string()));
    put("controller".into(), Some(policy.controller.title.to_string()));
    for (name, contact) in [("contact", &scheme.contact), ("controller", &policy.controller.contact)] {
        for (part, value) in reach(contact) {
            put(if part.is_empty() { name.to_owned() } else { format!("{name}.{part}") }, value);
        }
    }
    put("controller".into(), Some(policy.controller.title.to_string()));
    put("registration.number".into(), policy.registration.number.as_ref().map(ToString::to_string));
    let years = |age: Option<u8>| age.map(|years| years.to_string());
    put("minimum_age".into(), years(policy.subjects.minimum_age.years()));
    put("necessity_under".into(), years(policy.subjects.necessity_under.years()));
    let retention = policy.retention();
    let columns = [
        ("known", Column::Known),
        ("unknown", Column::Unknown),
        ("under_18", Column::Under18),
        ("under_14", Column::Under14),
    ];
    for (column, which) in columns {
        let rules = retention.rules(which);
        let periods = [
            ("first", Some(rules.first)),
            ("repeat", Some(rules.repeat)),
            ("hold", Some(rules.hold)),
            ("single_report_delete", rules.single_report_delete),
            ("cap", rules.cap),
            ("stub", rules.stub),
            ("incident", rules.incident),
            ("unidentified_image", rules.unidentified_image),
        ];
        for (parameter, period) in periods {
            put(format!("retention.{column}.{parameter}"), period.map(months));
        }
    }
    let terms = [
        ("keep", policy.keep.terms()),
        ("deadlines", policy.deadlines.terms()),
        ("reviews", policy.reviews.terms()),
    ];
    for (section, terms) in terms {
        for (name, term) in terms {
            put(format!("{section}.{name}"), Some(term.length.to_string()));
        }
    }
    put("exclusions.appeal".into(), Some(policy.exclusions.appeal.length.to_string()));
    put("exclusions.votes".into(), Some(policy.exclusions.votes.to_string()));
    put("exclusions.authorised_by".into(), Some(viewers(&policy.exclusions.authorised_by)));
    for step in &policy.exclusions.steps {
        put(format!("exclusions.{}.months", step.id), step.months.map(months));
        put(format!("exclusions.{}.longest", step.id), step.longest_months.map(months));
    }
    for category in Category::ALL {
        let seen: Vec<Viewer> =
            Viewer::ALL.into_iter().filter(|viewer| policy.sees(*viewer, category)).collect();
        put(format!("audience.{}", word(category)), policy.holds(category).then(|| viewers(&seen)));
    }
    put("audience.held".into(), Some(viewers(&policy.subjects.held.viewers)));
    put("audience.members".into(), Some(viewers(&policy.members.audience.viewers)));
    let names: Vec<&str> = policy.processors.iter().map(|processor| &*processor.name).collect();
    put("processors".into(), (!names.is_empty()).then(|| and(&names)));
    put("statistics.suppress_below".into(), Some(policy.statistics.suppress_below.to_string()));
    slots
}

/// How a category is called in the file.
fn word(category: Category) -> String {
    category.to_string().replace(' ', "_")
}

fn reach(contact: &Contact) -> [(&'static str, Option<String>); 5] {
    let address: Vec<&str> = contact.address.iter().map(|line| &**line).collect();
    let telephone: Vec<&str> = contact.telephone.iter().map(|number| &**number).collect();
    let some = |text: String| (!text.is_empty()).then_some(text);
    let email = contact.email.as_ref().map(ToString::to_string);
    let all: Vec<String> = some(address.join(", "))
        .into_iter()
        .chain(email.clone())
        .chain(some(telephone.join(" or ")))
        .collect();
    [
        ("", some(all.join(", "))),
        ("address", some(address.join(", "))),
        ("email", email),
        ("telephone", some(telephone.join(" or "))),
        ("website", contact.website.as_ref().map(ToString::to_string)),
    ]
}

/// Every period that a policy states, in hours, days and months.
pub(super) fn lengths(policy: &Policy) -> Vec<Length> {
    let mut lengths: Vec<Length> = [policy.keep.terms(), policy.deadlines.terms(), policy.reviews.terms()]
        .into_iter()
        .flatten()
        .map(|(_, term)| term.length)
        .collect();
    lengths.push(policy.exclusions.appeal.length);
    let steps = policy.exclusions.steps.iter().flat_map(|step| [step.months, step.longest_months]);
    lengths.extend(steps.flatten().map(Length::Months));
    let retention = policy.retention();
    for rules in [&retention.known, &retention.unknown, &retention.under_18, &retention.under_14] {
        let limits =
            [rules.single_report_delete, rules.cap, rules.stub, rules.incident, rules.unidentified_image];
        lengths.extend([rules.first, rules.repeat, rules.hold].map(Length::Months));
        lengths.extend(limits.into_iter().flatten().map(Length::Months));
    }
    lengths
}

/// Puts what the policy says in place of the slots of a text; what cannot be filled is told by its offset.
pub(super) fn fill(text: &str, slots: &Slots) -> (String, Vec<(usize, String)>) {
    let (mut filled, mut faults) = (String::with_capacity(text.len()), Vec::new());
    let (mut rest, mut offset) = (text, 0);
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            faults.push((offset + start, "this slot does not end: write `}}` after its name".into()));
            break;
        };
        filled.push_str(&rest[..start]);
        let name = rest[start + 2..start + length].trim();
        match slots.get(name) {
            Some(Some(value)) => filled.push_str(value),
            Some(None) => faults.push((
                offset + start,
                format!("the policy leaves `{name}` open, so there is nothing to say here"),
            )),
            None => faults
                .push((offset + start, format!("there is no slot `{}`{}", brief(name), near(name, slots)))),
        }
        let end = start + length + 2;
        offset += end;
        rest = &rest[end..];
    }
    filled.push_str(rest);
    (filled, faults)
}

fn brief(name: &str) -> String {
    name.chars().take(60).collect()
}

/// Slots with the same beginning or end, for somebody who mistyped one.
fn near(name: &str, slots: &Slots) -> String {
    let first = name.split('.').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    let alike =
        |slot: &&String| slot.split('.').next() == Some(first) || slot.rsplit('.').next() == Some(last);
    let found: Vec<&str> = slots.keys().filter(alike).take(6).map(String::as_str).collect();
    if found.is_empty() {
        "; see docs/policy.md for those that there are".into()
    } else {
        format!("; there are, for example: {}", found.join(", "))
    }
}

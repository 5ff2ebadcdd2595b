//! The record that UK GDPR Article 30 asks for, with what DPA 2018, Schedule 1, paragraph 41 adds.
use super::{
    Given, Notice,
    keeping::{self, For},
    parts,
    writer::{Writer, and, basis, capital, ended, fact, sentences, viewers},
};
use crate::policy::{
    Nature, Policy,
    category::{Audience, LawfulBasis, Statement},
};

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.say(format!(
        "{} keeps this record of what it does with personal data. It is written from the policy that our computer system enforces.",
        policy.scheme.name
    ));
    writer.say(parts::YOU);
    parts::who_we_are(given, writer);
    writer.say("There is no joint controller: each member answers for what it does with data for its own ends, and each partner for what it receives under an agreement.");
    reported(given, writer);
    let members = &policy.members;
    other(
        given,
        "Members and the people who act for them",
        Other {
            who: &members.who,
            lawful: &members.lawful_basis,
            interests: &members.interests,
            purposes: &members.purposes,
            data: &members.data,
            audience: &members.audience,
            third: &members.third_parties,
            keep: For::Members,
        },
        writer,
    );
    let public = &policy.public;
    other(
        given,
        "Visitors and enquirers",
        Other {
            who: &public.who,
            lawful: &public.lawful_basis,
            interests: &public.interests,
            purposes: &public.purposes,
            data: &public.data,
            audience: &public.audience,
            third: &public.third_parties,
            keep: For::Public,
        },
        writer,
    );
    writer.section("Processors");
    writer.points(parts::processors(given));
    writer.section("Transfers to other countries");
    writer.say(parts::transfers(policy, "personal data"));
    writer.section("Security, technical and organisational");
    writer.points(parts::security(policy));
    parts::changes(given, Notice::Record, writer);
}

fn reported(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    let subjects = &policy.subjects;
    writer.section("People who are reported");
    writer.facts(vec![
        fact("Categories of people", ended(&subjects.who.text)),
        fact("Purposes", sentences(&subjects.purposes).join(" ")),
        fact("Lawful basis", satisfied(&subjects.lawful_basis)),
        fact("Interests", sentences(&subjects.interests).join(" ")),
        fact("Conditions", conditions(policy)),
        fact(
            "Sources",
            policy.sources.iter().map(|source| ended(&source.text)).collect::<Vec<_>>().join(" "),
        ),
        fact("Recipients", parts::recipients(given).join(" ")),
        fact("After withdrawal", format!("{} alone.", capital(&viewers(&subjects.held.viewers)))),
        fact(
            "Kept and erased as our policy document says",
            "Yes: the system enforces it for records of people. What else there is, and every exception, is listed below.",
        ),
    ]);
    parts::categories(policy, false, writer);
    keeping::table(policy, writer);
    writer.points(keeping::exceptions(policy));
    keeping::rest(policy, For::Reported, writer);
}

/// How a processing satisfies Article 6.
fn satisfied(lawful: &LawfulBasis) -> String {
    format!("{}. {}", capital(basis(lawful.basis)), ended(&lawful.text))
}

/// Which condition is relied upon for what (DPA 2018, Schedule 1, paragraph 41).
fn conditions(policy: &Policy) -> String {
    let mut said = Vec::new();
    for condition in &policy.conditions {
        let kinds: Vec<String> = policy
            .categories
            .iter()
            .filter(|rule| rule.condition.as_ref() == Some(&condition.id))
            .map(|rule| rule.kind.to_string())
            .collect();
        said.push(format!("{}, for: {}.", condition.law, and(&kinds)));
    }
    if !policy.categories.iter().any(|rule| rule.nature == Nature::Special) {
        said.push("No special category data is processed.".into());
    }
    said.join(" ")
}

/// What is said of people who are not reported.
struct Other<'a> {
    who: &'a Statement,
    lawful: &'a LawfulBasis,
    interests: &'a [Statement],
    purposes: &'a [Statement],
    data: &'a Statement,
    audience: &'a Audience,
    third: &'a Statement,
    keep: For,
}

fn other(given: Given<'_>, title: &str, of: Other<'_>, writer: &mut Writer) {
    writer.section(title);
    let mut facts = vec![
        fact("Categories of people", ended(&of.who.text)),
        fact("Purposes", sentences(of.purposes).join(" ")),
        fact("Lawful basis", satisfied(of.lawful)),
    ];
    if !of.interests.is_empty() {
        facts.push(fact("Interests", sentences(of.interests).join(" ")));
    }
    facts.push(fact("Categories of data", ended(&of.data.text)));
    facts.push(fact(
        "Recipients",
        format!("{} {}", parts::own_audience(given, &of.audience.viewers), ended(&of.third.text)),
    ));
    writer.facts(facts);
    keeping::rest(given.policy, of.keep, writer);
}

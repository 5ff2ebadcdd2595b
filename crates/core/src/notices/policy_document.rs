//! The appropriate policy document that DPA 2018, Schedule 1, Part 4 asks for, for each condition that needs one (SUB-6).
use super::{
    Given, Notice,
    keeping::{self, For},
    parts,
    writer::{Writer, and, basis, ended, fact, sentences},
};
use crate::policy::{Policy, category::Condition};

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.say(format!(
        "{} uses data about criminal offences, which includes allegations, and any special category data that is named below, only where a condition of Schedule 1 of the Data Protection Act 2018 allows it. Part 4 of that Schedule asks for this document. It explains how we keep to the principles of data protection, and how long we keep such data.",
        policy.scheme.name
    ));
    writer.say(parts::YOU);
    parts::who_we_are(given, writer);
    for condition in policy.conditions.iter().filter(|condition| condition.policy_document) {
        one(policy, condition, writer);
    }
    principles(policy, writer);
    writer.section("How long such data is kept, and how it is erased");
    keeping::table(policy, writer);
    for (_, who, rules) in keeping::columns(policy) {
        writer.part(format!("{who}, step by step"));
        writer.facts(keeping::run(policy, &rules));
    }
    writer.part("Exceptions");
    writer.points(keeping::exceptions(policy));
    keeping::rest(policy, For::Reported, writer);
    writer.section("Review and availability");
    writer.say(format!(
        "We review this document every {}. We keep it for as long as we process such data and for at least six months after, and give it to the Information Commissioner on request, free of charge. Each entry of our record of processing names the condition on which it rests, how it satisfies Article 6 of the UK GDPR, and whether data is kept and erased as this document says.",
        policy.reviews.documents.length
    ));
    parts::changes(given, Notice::PolicyDocument, writer);
}

fn one(policy: &Policy, condition: &Condition, writer: &mut Writer) {
    writer.section(&format!("Condition: {}", condition.law));
    let kinds: Vec<String> = policy
        .categories
        .iter()
        .filter(|rule| rule.condition.as_ref() == Some(&condition.id))
        .map(|rule| parts::label(rule.kind, false).to_lowercase())
        .collect();
    let mut facts = vec![fact("Which data", format!("{}.", super::writer::capital(&and(&kinds))))];
    if let Some(necessary) = &condition.necessary {
        facts.push(fact("Why it is necessary", ended(necessary)));
    }
    facts.push(fact("Where our documents say so", ended(&condition.clause)));
    writer.facts(facts);
}

/// The principles of UK GDPR Article 5, and what is done for each.
fn principles(policy: &Policy, writer: &mut Writer) {
    let subjects = &policy.subjects;
    writer.section("How we keep to the principles");
    writer.facts(vec![
        fact(
            "Lawfulness, fairness, transparency",
            format!(
                "Our lawful basis is {}. {} People are told by a privacy notice that is always on display and that we do our best to serve within {}. People decide, not computers. Whoever is excluded can appeal.",
                basis(subjects.lawful_basis.basis),
                ended(&subjects.lawful_basis.text),
                policy.deadlines.notice.length
            ),
        ),
        fact(
            "Purpose limitation",
            format!("We use the data for these purposes and no others: {}", sentences(&subjects.purposes).join(" ")),
        ),
        fact(
            "Data minimisation",
            "Only the kinds of data that our policy lists can be entered at all. Each viewer sees only what the policy gives them. Free text is checked before it is shared.",
        ),
        fact(
            "Accuracy",
            format!(
                "The data controller checks every report before members see anything of it. Allegations are told as allegations. What is wrong is corrected, and those who were told are told of the correction. Requests are answered within {}.",
                policy.deadlines.answer.length
            ),
        ),
        fact(
            "Storage limitation",
            format!(
                "Every record of somebody who was reported has an end that the system enforces: it is hidden on the day, and deleted for good. {}",
                keeping::backups(policy)
            ),
        ),
        fact("Integrity and confidentiality", parts::security(policy).join(" ")),
        fact(
            "Accountability",
            format!(
                "The {} answers for all of this. Every look and every change is logged so that it cannot be altered unseen. {} An audit comes round every {}.",
                policy.controller.title,
                keeping::LOG,
                policy.reviews.audit.length
            ),
        ),
    ]);
}

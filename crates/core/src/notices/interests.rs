//! Why members' interests weigh more in this matter, and where they do not (UK GDPR 6(1)(f)).
use super::{
    Given, Notice, keeping, parts,
    prose::Piece,
    writer::{Writer, ended, months, sentences, viewers},
};
use crate::policy::{Category, Policy, Viewer, retention::ExclusionEffect};

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let Given { policy, prose, .. } = given;
    writer.say(format!(
        "We use data about people who were reported without asking for their consent. The law allows that where it is necessary for a legitimate interest, and where the rights and freedoms of those people do not weigh more. {} has to show that it has weighed them. Here is how.",
        policy.scheme.name
    ));
    writer.section("The interests");
    writer.points(sentences(&policy.subjects.interests));
    writer.say(ended(&policy.subjects.lawful_basis.text));
    writer.say("What we do for them:");
    writer.points(sentences(&policy.subjects.purposes));
    writer.blocks.extend(prose.blocks(Piece::Balance, given, 2));
    writer.section("What keeps the balance");
    writer.say("These limits are not intentions. This list is written from the rules by which our computer system decides what is shown, to whom and for how long.");
    writer.points(limits(policy));
    parts::complaints(policy, writer);
    parts::changes(given, Notice::Interests, writer);
}

/// The limits that the policy sets, which protect the person.
fn limits(policy: &Policy) -> Vec<String> {
    let mut said = vec![
        "Nothing is shown to members before the data controller has approved the report: was the person directly involved, and is it necessary to share it?".to_owned(),
    ];
    let hidden: Vec<String> = policy
        .categories
        .iter()
        .filter(|rule| !policy.sees(Viewer::Member, rule.kind))
        .map(|rule| parts::label(rule.kind, false).to_lowercase())
        .collect();
    if !hidden.is_empty() {
        said.push(format!(
            "Not every member sees everything. Kept from members in general: {}.",
            hidden.join("; ")
        ));
    }
    if let Some((_, who, rules)) = keeping::columns(policy).first() {
        said.push(format!(
            "Time is limited. {who}: members see a person for {} after a first report, and {} after a further one{}. Then only {} can see the record, for {}, before it is deleted for good.",
            months(rules.first),
            months(rules.repeat),
            match rules.exclusion {
                ExclusionEffect::None => "",
                ExclusionEffect::Extends => "; longer only if an exclusion lasts longer",
                ExclusionEffect::Replaces =>
                    "; an exclusion can take the place of that time, or make it longer",
            },
            viewers(&policy.subjects.held.viewers),
            if rules.hold == 0 { "no time at all".to_owned() } else { months(rules.hold) }
        ));
    }
    said.extend(keeping::ages(policy));
    if policy.holds(Category::Vulnerability) {
        said.push("People who are vulnerable are marked so that they are treated with care.".into());
    }
    if !policy.subjects.special_category.is {
        said.push("No special category data is processed.".into());
    }
    said.push(format!(
        "Whoever is excluded can appeal within {}, to people other than those who decided.",
        policy.exclusions.appeal.length
    ));
    said.push(format!(
        "Everybody can see their data within {}, have it corrected, object at any time, and complain.",
        policy.deadlines.answer.length
    ));
    said.push(
        "Every look at a record is written down, and the board of management can see who looked.".into(),
    );
    said
}

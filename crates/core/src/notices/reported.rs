//! For people who are reported: the notice that is served with letters and is always on display (NOT-1, NOT-2).
use super::{
    Given, Notice,
    keeping::{self, For},
    parts,
    prose::Piece,
    writer::{Writer, and, contact_lines, ended, fact, link, months, strong, text, viewers},
};
use crate::policy::{
    Category, Policy, Viewer,
    practice::{Scope, Step, StepKind},
    scheme::SourceKind,
};

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let Given { policy, prose, .. } = given;
    writer.say(format!(
        "This notice is for you if you were reported to {}, or warned or excluded by us. It says what we may hold about you, why, where it comes from, who sees it, for how long, and what you can do about it.",
        policy.scheme.name
    ));
    in_short(policy, writer);
    writer.blocks.extend(prose.blocks(Piece::Reported, given, 2));
    parts::who_we_are(given, writer);
    writer.section("Whom this is about");
    writer.say(ended(&policy.subjects.who.text));
    writer.points(keeping::ages(policy));
    let subjects = &policy.subjects;
    parts::purposes_and_basis(given, &subjects.purposes, &subjects.lawful_basis, &subjects.interests, writer);
    parts::conditions(given, writer);
    writer.section("What we may hold about you");
    parts::categories(policy, true, writer);
    what_we_do(writer);
    sources(given, writer);
    seen(given, writer);
    writer.section("Outside the UK");
    writer.say(parts::transfers(policy, "your data"));
    how_long(policy, writer);
    exclusions(policy, writer);
    told(given, writer);
    writer.section("How we keep it safe");
    writer.points(parts::security(policy));
    writer.say(parts::breach(policy));
    parts::automated(writer);
    parts::rights(given, For::Reported, writer);
    parts::complaints(policy, writer);
    parts::changes(given, Notice::Reported, writer);
}

/// The whole in a few lines, for somebody who reads no further.
fn in_short(policy: &Policy, writer: &mut Writer) {
    writer.section("In short");
    let shown = [
        (Category::Name, "name"),
        (Category::Image, "facial image"),
        (Category::DateOfBirth, "date of birth"),
    ];
    let members: Vec<&str> = shown
        .into_iter()
        .filter(|(category, _)| policy.sees(Viewer::Member, *category))
        .map(|(_, word)| word)
        .collect();
    let rules = keeping::columns(policy).first().map(|(_, _, rules)| *rules);
    let mut points = Vec::new();
    if let Some(rules) = rules {
        points.push(format!(
            "If you were given this notice, a member has reported that you were directly involved in one or more incidents. If we approve a report, members may see your {}, and what you are reported for, for {}; longer if you are reported again or excluded.",
            and(&members),
            months(rules.first)
        ));
    }
    points.push(format!(
        "After that members no longer see you. Later we delete everything for good. The dates are under “{HOW_LONG}”."
    ));
    points.push(format!(
        "You can ask what we hold, have mistakes corrected, object, appeal, and complain. It costs nothing. Ask the {}: {}.",
        policy.controller.title,
        contact_lines(&policy.controller.contact).into_iter().filter(|line| line.contains(": ")).collect::<Vec<_>>().join(". ")
    ));
    writer.points(points);
}

const HOW_LONG: &str = "How long we keep it";

/// The kinds of processing that there are.
fn what_we_do(writer: &mut Writer) {
    writer.section("What we do with it");
    writer.facts(vec![
        fact("Collect", "We take reports, and what else comes from the sources below."),
        fact("Store", "See “How we keep it safe”."),
        fact("Bring together", "We link you with the incidents in which you were involved, and with other people who were involved in them (collation)."),
        fact("Share", "See “Who sees it”."),
        fact("Keep and delete", "See “How long we keep it”."),
        fact("Count", "We analyse de-personalised data, to compare one time with another. Nobody can be picked out of it."),
    ]);
}

/// Where it comes from, and whether anybody could see it (UK GDPR 14(2)(f)).
fn sources(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("Where it comes from");
    let said = policy.sources.iter().map(|source| {
        let mut sentence = ended(&source.text);
        if source.kind == SourceKind::SocialMedia {
            sentence.push_str(" We note the address and the day on which anybody could see it.");
        }
        sentence
    });
    writer.points(said);
    if !policy.sources.iter().any(|source| source.kind == SourceKind::SocialMedia) {
        writer.say("We take nothing from social media or other sources that are open to everybody.");
    }
    writer.say("You do not have to tell us anything. Nothing happens to you for saying nothing.");
}

fn seen(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("Who sees it");
    writer.say("Each kind of data is seen by those whom the table above names for it, and by nobody else. These are the people and organisations outside our office who may have access:");
    writer.points(parts::recipients(given));
    let rest = [Viewer::Police, Viewer::Agency, Viewer::NeighbouringScheme];
    let none: Vec<&str> = rest
        .into_iter()
        .filter(|viewer| policy.recipient(*viewer).is_none())
        .map(super::writer::viewer_words)
        .collect();
    if !none.is_empty() {
        writer.say(format!("We give no access to {}.", super::writer::listed(&none, "or")));
    }
    writer.say(keeping::held(policy));
    writer.points(parts::processors(given));
    writer.say("You see it yourself when you ask for a copy. Beyond this it goes to somebody only where the law compels us, for example by an order of a court. Whoever was told of something that turns out to be wrong is told that too.");
    writer.say(&*policy.images.notice);
}

fn how_long(policy: &Policy, writer: &mut Writer) {
    writer.section(HOW_LONG);
    let columns = keeping::columns(policy);
    if columns.len() > 1 {
        writer.say("It depends on your age on the day of each report, and on whether we know your name.");
    }
    for (_, who, rules) in &columns {
        if columns.len() > 1 {
            writer.part(*who);
        }
        writer.facts(keeping::run(policy, rules));
    }
    writer.part("What can change this");
    writer.points(keeping::exceptions(policy));
    writer.part("Everything else");
    writer.say("What follows is kept for the time named, but goes with your record at the latest where it belongs to it.");
    keeping::rest(policy, For::Reported, writer);
}

/// Warnings, exclusions and appeals (EXC-1, EXC-2, EXC-5, EXC-8).
fn exclusions(policy: &Policy, writer: &mut Writer) {
    let exclusions = &policy.exclusions;
    writer.section("Warnings and exclusions, and how to appeal");
    writer.say("Members have the right to refuse you entry to their premises. We manage this together, step by step:");
    writer.table(
        "What can follow from reports",
        &["Step", "From how many incidents", "From where", "Usual time", "Longest time"],
        exclusions.steps.iter().map(step).collect(),
    );
    let by = viewers(&exclusions.authorised_by);
    writer.say(match exclusions.votes {
        1 => format!("An exclusion is decided by {by}, on the evidence, and may be refused."),
        votes => format!("An exclusion is decided by {by}, of whom at least {votes} must agree, on the evidence, and may be refused."),
    });
    writer.say("The police and other public bodies may give evidence. They take no part in the decision. You are told in writing from where you are excluded, for how long, and the rules. The fact that you are excluded is shared with members. When the exclusion is over, members are told at once.");
    writer.tell(vec![
        strong("You can appeal. "),
        text(format!(
            "Write to us within {} of getting the letter. Your appeal is decided by people other than those who decided before. They can uphold the exclusion, shorten it, narrow it or lift it.",
            exclusions.appeal.length
        )),
    ]);
}

fn step(step: &Step) -> Vec<String> {
    let scopes: Vec<&str> = step
        .scopes
        .iter()
        .map(|scope| match scope {
            Scope::Scheme => "all members’ premises",
            Scope::Some => "some members’ premises",
        })
        .collect();
    let time = |number: Option<u32>| number.map_or("Not limited in time".to_owned(), months);
    let incidents = match step.after_incidents {
        1 => "1 incident".to_owned(),
        more => format!("{more} incidents"),
    };
    let from = match step.kind {
        StepKind::Warning => "Nowhere: it is a warning".to_owned(),
        StepKind::Exclusion => super::writer::capital(&super::writer::listed(&scopes, "or")),
    };
    vec![step.label.to_string(), incidents, from, time(step.months), time(step.longest_months)]
}

/// When this notice reaches somebody (NOT-1).
fn told(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("When we tell you");
    writer.say("If we take your details from you, we hand you this notice there and then.");
    writer.say(format!(
        "If they come from somebody else, we do our best to bring you this notice before members first see you, and within {} at the latest. We record how and when we tried. If we leave it out, for example because it would put somebody at risk or because nobody knows where to find you, the reason is written down and reviewed every {}.",
        policy.deadlines.notice.length, policy.reviews.notice_exemptions.length
    ));
    writer.tell(vec![
        strong("If you have a letter from us, "),
        text("you can answer it on "),
        link("our page for letters", format!("{}/letter", given.registers.address)),
        text(": choose whether you appeal, want to know what we hold, want something corrected or deleted, or complain; type the reference that stands on the letter; and say how we can reach you. The page shows nothing about anybody, whatever the reference. You can use it without a letter, too."),
    ]);
    writer.tell(vec![
        text("It is always on public display: "),
        link("this notice on our pages", given.registers.place(Notice::Reported)),
        text("."),
    ]);
}

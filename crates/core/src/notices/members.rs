//! For members and the people who act for them, served when they accept an invitation (NOT-3).
use super::{
    Given, Notice,
    keeping::{self, For},
    parts,
    prose::Piece,
    writer::{Writer, ended, sentences},
};
use crate::policy::period::Length;

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let Given { policy, prose, .. } = given;
    let members = &policy.members;
    writer.say(format!(
        "This notice is for you if you belong to a business in {}, or act for one, and for everybody else who signs in to our system. It says what we hold about you, why, who sees it, for how long, and what your rights are.",
        policy.scheme.name
    ));
    writer.blocks.extend(prose.blocks(Piece::Members, given, 2));
    parts::who_we_are(given, writer);
    writer.section("Whom this is about");
    writer.say(ended(&members.who.text));
    parts::purposes_and_basis(given, &members.purposes, &members.lawful_basis, &members.interests, writer);
    writer.section("What we hold about you");
    writer.say(ended(&members.data.text));
    writer.say("To let you sign in we also hold how you sign in (never the password itself, which nobody can read), for each sign-in the kind of browser and the network address from which you signed in, and a log of what you did and looked at. Nobody but you sees the browsers and addresses on a page; they go a day after the sign-in has ended.");
    if !members.special_category.is {
        writer.say("No sensitive or “special category” data about members is processed: nothing on ethnicity, sexuality, religious beliefs, politics, health or the like.");
    }
    if let Some(required) = &members.required {
        writer.section("Whether you must give it");
        writer.say(ended(&required.text));
    }
    writer.section("Where it comes from");
    writer.points(sentences(&members.sources));
    writer.say("Whoever invited you told us your name and how to reach you. If you decline the invitation, that is deleted.");
    writer.section("Who sees it");
    writer.say(parts::own_audience(given, &members.audience.viewers));
    writer.points(parts::processors(given));
    writer.say(ended(&members.third_parties.text));
    writer.say("Your name stands with the reports that you send, for those who check them. People who are reported do not learn it from us; what would identify you is blacked out in the copies that they ask for.");
    writer.section("Outside the UK");
    writer.say(parts::transfers(policy, "members’ personal data"));
    how_long(given, writer);
    writer.section("How we keep it safe");
    writer.points(parts::security(policy));
    writer.say(parts::breach(policy));
    parts::automated(writer);
    parts::rights(given, For::Members, writer);
    parts::complaints(policy, writer);
    parts::changes(given, Notice::Members, writer);
}

fn how_long(given: Given<'_>, writer: &mut Writer) {
    let policy = given.policy;
    writer.section("How long we keep it");
    let leaves = match policy.keep.user.length {
        Length::Hours(0) | Length::Days(0) => "on the day on which you have left".to_owned(),
        length => format!("{length} after you have left"),
    };
    writer.say(format!("We keep your personal data only for as long as you are a member, or act for one. After that it is deleted for good and cannot be brought back: your name and contact details {leaves}. Our computer system does not do this by itself: the data controller sees to it, and confirms it to you if you ask."));
    let mut points = vec![format!(
        "When a member leaves the scheme, it confirms this with the board of management. If that has not happened after {}, the board does it.",
        policy.deadlines.leaving.length
    )];
    points.push(if policy.members.email_stays_with_report.is {
        "The e-mail address with which you sent a report stays with that report for as long as the report is kept, and nothing else of you: a report may be needed as evidence in legal proceedings.".to_owned()
    } else {
        "Nothing of you stays with the reports that you sent.".to_owned()
    });
    writer.points(points);
    keeping::rest(policy, For::Members, writer);
}

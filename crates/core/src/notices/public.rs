//! For whoever reads the public pages, or writes, rings or calls (PUB-1, PUB-2).
use super::{
    Given, Notice,
    keeping::{self, For},
    parts,
    prose::Piece,
    writer::{Writer, ended, link, text},
};

pub(super) fn write(given: Given<'_>, writer: &mut Writer) {
    let Given { policy, prose, .. } = given;
    let public = &policy.public;
    writer.say(format!(
        "This notice is for you if you read the public pages of {}, or if you write to us, ring us or call. We protect your privacy; this says how.",
        policy.scheme.name
    ));
    writer.tell(vec![
        text("If you are a member, or were reported, warned or excluded, another notice is for you: "),
        link("for members", given.registers.place(Notice::Members)),
        text(", or "),
        link("for people who are reported", given.registers.place(Notice::Reported)),
        text("."),
    ]);
    writer.blocks.extend(prose.blocks(Piece::Public, given, 2));
    parts::who_we_are(given, writer);
    writer.section("When you only read these pages");
    writer.points([
        "No cookies are set. The one cookie that there is keeps you signed in, if you sign in; it is strictly necessary for that and ends with it.",
        "Nobody counts or follows you: there is nothing from other websites in our pages, no advertising, and no statistics of visitors.",
        "Our log of requests holds which page was asked for, when, and whether it worked. It holds no name and no address.",
        "If you try to sign in and fail, we count the attempts from your network for a quarter of an hour, so that nobody can guess passwords. The count holds no readable address. Messages that are sent on our public page are counted in the same way, so that nobody can flood it.",
        "Our pages may lead to other websites. What those do with your data is theirs to say.",
    ]);
    writer.section("Whom this is about");
    writer.say(ended(&public.who.text));
    parts::purposes_and_basis(given, &public.purposes, &public.lawful_basis, &public.interests, writer);
    writer.section("What we hold about you");
    writer.say(ended(&public.data.text));
    writer.say(
        "It comes from you. You do not have to give it; but without a way to reach you we cannot answer.",
    );
    writer.section("Who sees it");
    writer.say(parts::own_audience(given, &public.audience.viewers));
    writer.points(parts::processors(given));
    writer.say(ended(&public.third_parties.text));
    writer.section("Outside the UK");
    writer.say(parts::transfers(policy, "your data"));
    writer.section("How long we keep it");
    keeping::rest(policy, For::Public, writer);
    writer.section("How we keep it safe");
    writer.points(parts::security(policy));
    writer.say(parts::breach(policy));
    parts::automated(writer);
    parts::rights(given, For::Public, writer);
    parts::complaints(policy, writer);
    parts::changes(given, Notice::Public, writer);
}

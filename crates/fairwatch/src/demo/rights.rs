//! What people asked about their data, a breach that is being dealt with, and an exercise (SAR-1, BRE-1).
use super::seed::Seeding;
use crate::commands::Failure;
use fairwatch_app::{
    breaches::{self, TypedStep as Told, When},
    requests::{self, Typed, TypedEntry, TypedStep},
};
use fairwatch_core::{
    breaches::{Content, StepKind as Tell},
    gate::{Caller, Ctx},
    requests::StepKind,
    scope::Scope,
    world::london,
};
use fairwatch_testkit::people as invented;
use jiff::{SignedDuration, Span, Timestamp, civil::Date};
use std::net::{IpAddr, Ipv4Addr};

fn asked(number: usize, which: u64, right: &str, message: &str) -> Typed {
    let born = jiff::civil::date(2026, 1, 1);
    let name = invented::Person::from_seed(1200 + 10 * number as u64 + which, born).name();
    Typed {
        right: right.into(),
        reference: String::new(),
        name,
        contact: format!("resident{which}@asks.example"),
        message: message.into(),
    }
}

fn note(kind: StepKind, on: Date, text: &str) -> TypedStep {
    TypedStep { kind: kind.name().into(), on: Some(on), text: text.into(), ..TypedStep::default() }
}

fn when(at: Timestamp) -> When {
    let here = london().to_datetime(at);
    When { day: Some(here.date()), time: here.strftime("%H:%M").to_string() }
}

/// Requests of the last weeks, at several stages, and what went wrong.
pub(crate) async fn happen(
    seeding: &Seeding,
    scope: &Scope,
    number: usize,
    controller: &Ctx,
) -> Result<(), Failure> {
    let (app, org) = (&seeding.app, scope.org);
    let today = controller.today();
    let ago = |days: i64| today.saturating_sub(Span::new().days(days));
    let enter = async |typed: Typed, origin: &str, received: Date| {
        let entry = TypedEntry { typed, origin: origin.into(), received: Some(received) };
        requests::enter(app, controller, org, &entry).await
    };
    // A letter: it is awaited who asks, so that the law's month has not begun.
    let letter = asked(number, 1, "access", "Please send me everything that you have about me.");
    let id = enter(letter, "paper", ago(16)).await?;
    requests::note(app, controller, id, &note(StepKind::Receipt, ago(15), "By post, with the receipt."))
        .await?;
    let doubt = "A copy of a document: nothing in the letter shows who wrote it.";
    requests::note(app, controller, id, &note(StepKind::IdentityAsked, ago(15), doubt)).await?;
    // At the counter: done within a week.
    let id =
        enter(asked(number, 2, "correction", "My name is written wrongly."), "in_person", ago(40)).await?;
    requests::note(app, controller, id, &note(StepKind::Receipt, ago(40), "At the counter.")).await?;
    let shown = TypedStep {
        yes: "yes".into(),
        how: "document".into(),
        ..note(StepKind::Identity, ago(40), "A driving licence, at the counter.")
    };
    requests::note(app, controller, id, &shown).await?;
    let told = "The spelling is put right. We told you so at the counter.";
    requests::finish(app, controller, id, "given", told, false).await?;
    // And one by the public form, today.
    let from = IpAddr::V4(Ipv4Addr::new(203, 0, 113, u8::try_from(number).unwrap_or(0)));
    let typed =
        asked(number, 3, "complaint", "A shop assistant told my neighbour that I am in your gallery.");
    requests::receive(app, &seeding.ctx(Caller::Nobody), org, &typed, from).await?;
    breach(seeding, scope, number, controller).await
}

async fn breach(seeding: &Seeding, scope: &Scope, number: usize, controller: &Ctx) -> Result<(), Failure> {
    let (app, org, now) = (&seeding.app, scope.org, controller.now());
    let content = Content {
        title: "A tablet left on a bus".into(),
        happened: "Yesterday, between five and six in the evening".into(),
        cause: "Human error: it was in a bag that was forgotten.".into(),
        impact: "Loss of confidentiality, if somebody gets past the lock".into(),
        effects: "Somebody could learn who is in the gallery. Distress to those people.".into(),
        format: "Digital: the tablet is encrypted and locks after three minutes".into(),
        mitigation: "Its sessions were ended from another device within the hour.".into(),
        people_kinds: "People who circulate".into(),
        record_kinds: "Names and pictures in the gallery".into(),
        contact: "The data controller, by the scheme’s telephone".into(),
        ..Content::default()
    };
    let typed = breaches::Typed {
        aware: when(now - SignedDuration::from_hours(20)),
        content,
        personal: "yes".into(),
        people: "60".into(),
        ..breaches::Typed::default()
    };
    // One of the schemes has lost something; the others practise.
    let id = breaches::record(app, controller, org, &typed, number != 0).await?;
    let told = |kind: Tell, yes: &str, words: &str| Told {
        kind: kind.name().into(),
        yes: yes.into(),
        at: when(now - SignedDuration::from_hours(19)),
        words: words.into(),
    };
    let none = "None is concerned: the tablet is the member’s own.";
    breaches::note(app, controller, id, &told(Tell::Processor, "no", none)).await?;
    breaches::note(app, controller, id, &told(Tell::Board, "yes", "By telephone, the chair first.")).await?;
    Ok(())
}

//! The registers: processors, agreements, responsible persons, registration, accreditation (DOC-2, DOC-3, POL-7).
mod support;

use fairwatch_app::registers::{self, Typed};
use fairwatch_core::registers::{Detail, Kind, Subject};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::civil::date;
use support::{GENERIC, Scene, hidden, later, policy_text, refusal};

fn entry(key: &str, name: &str) -> Typed {
    let detail = Detail { name: name.into(), contact: "Ring the desk".into(), ..Detail::default() };
    Typed { key: key.into(), starts: None, expires: None, detail }
}

/// A scheme with a processor and an agreement that ends.
fn with_partners() -> String {
    let more = "\n[[processor]]\nname = \"Harbour Hosting Ltd\"\ndoes = \"Keeps the server\"\ncountry = \"United Kingdom\"\nclause = \"Test\"\n\
                \n[[agreement]]\nid = \"harbour\"\nname = \"Sharing agreement\"\nwith = \"Harbour police\"\nends = 2027-06-30\nclause = \"Test\"\n";
    format!("{}{more}", policy_text(GENERIC))
}

on_both!(doc_2_pol_7_the_register_adds_to_the_policy_and_contradicts_it_nowhere);
/// DOC-2, POL-7: the policy file says who the processors are and when an agreement ends; the register adds contract,
/// contact and who looks after it, and takes nobody whom the file does not name.
async fn doc_2_pol_7_the_register_adds_to_the_policy_and_contradicts_it_nowhere(world: &World) -> Outcome {
    let scene = Scene::from_text(world, GENERIC, &with_partners()).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let add = async |kind, typed| registers::add(app, &controller.again(world), org, kind, typed).await;
    assert!(
        refusal(add(Kind::Processor, entry("Elsewhere Ltd", "Contract")).await)
            .contains("names nobody like that")
    );
    let host = add(Kind::Processor, entry("Harbour Hosting Ltd", "Contract of 2026")).await?;
    assert!(
        refusal(add(Kind::Processor, entry("Harbour Hosting Ltd", "")).await)
            .contains("an entry for this already")
    );
    assert!(refusal(add(Kind::Person, entry("", " ")).await).contains("Fill this in"));
    add(Kind::Person, entry("", "Una Example")).await?;
    add(Kind::Person, entry("", "Ola Example")).await?;
    let late = Typed { expires: Some(date(2028, 1, 1)), ..entry("harbour", "") };
    let agreement = add(Kind::Agreement, late).await?;
    let found = registers::overview(app, &controller.again(world), org).await?;
    let of = |id| found.entries.iter().find(|entry| entry.id == id).expect("it is there");
    assert_eq!(
        found.expiry(of(agreement)),
        Some(date(2027, 6, 30)),
        "the policy's day goes before the register's"
    );
    assert_eq!(of(host).detail.name, "Contract of 2026");
    assert_eq!(found.entries.iter().filter(|entry| entry.kind == Kind::Person).count(), 2);
    assert!(found.review_of(&Subject::entry(Kind::Processor, "Harbour Hosting Ltd")).is_some());
    registers::edit(app, &controller.again(world), host, entry("", "Contract of 2027")).await?;
    let backwards =
        Typed { starts: Some(date(2026, 5, 1)), expires: Some(date(2026, 4, 1)), ..entry("", "x") };
    assert!(
        refusal(registers::edit(app, &controller.again(world), host, backwards).await)
            .contains("before it begins")
    );
    // Nobody else's, and nobody else's scheme's.
    assert!(hidden(&registers::overview(app, &scene.member.again(world), org).await));
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, fairwatch_core::gate::Role::Controller).await;
    assert!(hidden(&registers::edit(app, &stranger.again(world), host, entry("", "Mine")).await));
    assert!(hidden(&registers::end(app, &stranger.again(world), host, "Mine").await));
    registers::end(app, &controller.again(world), host, "They stopped hosting").await?;
    assert!(
        hidden(&registers::edit(app, &controller.again(world), host, entry("", "x")).await),
        "it is over"
    );
    add(Kind::Processor, entry("Harbour Hosting Ltd", "A new contract")).await?;
    world.clock.set_day(later(world.nobody().today(), 366 * 8));
    scene.sweep(world).await?;
    let found = registers::overview(app, &controller.again(world), org).await?;
    assert!(
        found.entries.iter().all(|entry| entry.id != host),
        "a former entry goes when the policy says (RET-15)"
    );
    assert_eq!(found.entries.len(), 4);
    Ok(())
}

on_both!(doc_3_the_registration_is_reviewed_and_a_change_followed_until_it_is_told);
/// DOC-3: the registration comes round with its cycle; what has to change is followed until the Commissioner knows.
async fn doc_3_the_registration_is_reviewed_and_a_change_followed_until_it_is_told(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller) = (&scene.app, scene.org(), &scene.controller);
    let subject = Subject::entry(Kind::Registration, "registration");
    let due = async || {
        let found =
            registers::overview(app, &controller.again(world), org).await.expect("the registers open");
        found.review_of(&subject).expect("it comes round").due
    };
    assert_eq!(due().await, date(2027, 3, 2), "a year from the beginning");
    world.clock.set_day(date(2027, 2, 20));
    registers::review(app, &controller.again(world), org, subject.clone(), "Renewed, nothing to change.")
        .await?;
    assert_eq!(due().await, date(2028, 2, 20));
    let change = entry("", "We now keep clips");
    let change = registers::add(app, &controller.again(world), org, Kind::Revision, change).await?;
    let open = async || {
        let found =
            registers::overview(app, &controller.again(world), org).await.expect("the registers open");
        found.entries.iter().filter(|entry| entry.kind == Kind::Revision && entry.ended_on.is_none()).count()
    };
    assert_eq!(open().await, 1);
    assert!(refusal(registers::end(app, &controller.again(world), change, "").await).contains("Say why"));
    registers::end(app, &controller.again(world), change, "Told by form on 20 February").await?;
    assert_eq!(open().await, 0);
    Ok(())
}

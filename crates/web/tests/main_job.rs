//! The main job through the whole router, with a clock that is set, on both engines: a member reports, the
//! controller decides, the gallery shows, and the clock takes away again.
#[path = "main_job/browser.rs"]
mod browser;

use browser::{Browser, Town, between, face};
use fairwatch_app::subjects;
use fairwatch_core::{gate::Role, ids::SubjectId};
use fairwatch_testkit::{
    engines::{Outcome, World},
    on_both,
};
use jiff::civil::{Date, date};

const TM: (&str, &str) = ("tm-safer-towns.toml", include_str!("../../../policies/tm-safer-towns.toml"));
const CS: (&str, &str) = ("cheltenham-safe.toml", include_str!("../../../policies/cheltenham-safe.toml"));

async fn town(world: &World, (file, policy): (&str, &str)) -> Town {
    Town::new(world, file, policy).await
}

/// A report of a theft as a member types it; `more` comes before, so that it wins over what stands here.
fn theft<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("category", "theft"),
        ("place", "Till 3"),
        ("sentence", "Alfred Example took two bottles of gin."),
        ("loss", "12.50"),
        ("person-0-name", "Alfred Example"),
        ("person-0-description", "Tall, red cap, scar"),
        ("person-0-age", "adult"),
        ("do", "send"),
    ];
    let is_given = |name: &str| more.iter().any(|(given, _)| *given == name);
    more.iter().copied().chain(usual.into_iter().filter(|(name, _)| !is_given(name))).collect()
}

/// A decision on the first report of the queue: person 1 is somebody new, the picture shows them.
async fn decide(town: &Town, controller: &Browser, more: &[(&str, &str)]) -> browser::Got {
    let queue = controller.get(&town.at("/review")).await.page(200);
    let report = between(&queue, "/review/", "\"");
    let path = town.at(&format!("/review/{report}"));
    let form = controller.get(&path).await.page(200);
    let mut fields = more.to_vec();
    let picture = form.contains("name=\"picture-").then(|| {
        let id = between(&form, "name=\"picture-", "\"");
        format!("picture-{id}")
    });
    let usual = [
        ("join", ""),
        ("p1-link", "new"),
        ("p1-name", "Alfred Example"),
        ("p1-description", "Tall, red cap, scar"),
        ("p1-age", "adult"),
        ("category", "theft"),
        ("place", "Till 3"),
        ("activity", "Theft, spirits"),
        ("shared", "{1} took two bottles of gin."),
        ("decision", "approve"),
    ];
    fields.extend(usual.iter().filter(|(name, _)| !more.iter().any(|(given, _)| given == name)));
    if let Some(picture) = &picture {
        fields.push((picture, "1"));
    }
    controller.post(&path, &fields).await
}

fn days_after(day: Date, days: i64) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}

on_both!(a_report_reaches_the_gallery_and_leaves_it_on_the_right_day);
/// INC-1, INC-2, VIS-1, VIS-4, VIS-7, RET-10, RET-12.
async fn a_report_reaches_the_gallery_and_leaves_it_on_the_right_day(world: &World) -> Outcome {
    let here = town(world, TM).await;
    let there = town(world, CS).await;
    let member = here.browser(world, Role::MemberUser).await;
    let colleague = here.browser(world, Role::MemberUser).await;
    let controller = here.browser(world, Role::Controller).await;
    let strangers =
        [there.browser(world, Role::MemberUser).await, there.browser(world, Role::Controller).await];

    // The form begins at the reporter's own premises; sent, it waits.
    let form = member.get(&here.at("/report")).await.page(200);
    assert!(form.contains("Corner Shop"), "own premises by default");
    let sent = member.upload(&here.at("/report"), &theft(&[]), &[face(1)]).await;
    let thanks = member.get(sent.onward()).await.page(200);
    assert!(thanks.contains("Thank you"));
    let mine = member.get(&here.at("/reports")).await.page(200);
    assert!(mine.contains("Waiting") && mine.contains("Till 3"));
    let own = here.at(&format!("/reports/{}", between(&mine, "/reports/", "\"")));
    assert!(member.get(&own).await.page(200).contains("Alfred Example took two bottles"));
    assert!(!colleague.get(&here.at("/gallery")).await.page(200).contains("Alfred"), "not before review");

    // The controller finds it, with its picture, and what is missing from a decision is said.
    let queue = controller.get(&here.at("/review")).await.page(200);
    assert!(queue.contains("Alfred Example took") && queue.contains("/small?t="));
    let incomplete = decide(&here, &controller, &[("p1-link", ""), ("activity", "")]).await.page(422);
    assert!(incomplete.contains("Say who person 1 is") && incomplete.contains("in a few words"));
    assert!(incomplete.contains("{1} took two bottles of gin."), "what was typed is still there");
    let named = decide(&here, &controller, &[("shared", "Alfred ran off.")]).await.page(422);
    assert!(named.contains("names someone") && named.contains("Alfred ran off."), "INC-9");
    assert!(decide(&here, &controller, &[]).await.onward().contains("/review?done=approved"));

    // Members of this scheme see what the policy gives; the reporter sees the outcome.
    assert!(member.get(&own).await.page(200).contains("Approved"));
    let gallery = colleague.get(&here.at("/gallery")).await.page(200);
    assert!(gallery.contains("Alfred Example") && gallery.contains("Theft, spirits"));
    assert!(gallery.contains("Shown until 2 March 2027"), "the lifeline says until when");
    let subject = between(&gallery, "/people/", "\"").to_owned();
    let person = here.at(&format!("/people/{subject}"));
    let page = colleague.get(&person).await.page(200);
    assert!(page.contains("Alfred Example took two bottles of gin."), "a slot shows the living name");
    for hidden in ["Held for", "/restrict", "Seen by", "CS-", "Why this record is still here"] {
        assert!(!page.contains(hidden), "a member's page says nothing of {hidden}");
    }
    let small = between(&gallery, "<img src=\"", "\"").replace("&#38;", "&");
    let picture = colleague.get(&small).await;
    assert_eq!((picture.status.as_u16(), &*picture.kind), (200, "image/jpeg"));
    let medium = between(&page, "<img src=\"", "\"").to_owned();
    assert_eq!(colleague.get(&medium).await.kind, "image/jpeg");

    // For everybody else all of it is what does not exist, word by word (VIS-7).
    let nothing = here.at("/people/00000000-0000-7000-8000-000000000000");
    let constant = colleague.get(&nothing).await.page(404);
    let review = here.at(&format!("/review/{}", own.rsplit('/').next().unwrap_or_default()));
    for path in [&person, &own, &review, &small, &medium, &here.at("/gallery"), &here.at("/people/nonsense")]
    {
        for stranger in &strangers {
            assert_eq!(stranger.get(path).await.page(404), constant, "{path}");
        }
        assert!(here.nobody().get(path).await.onward().starts_with("/sign-in"));
    }
    assert_eq!(member.get(&small).await.page(404), constant, "a ticket is for one viewer");
    assert!(
        !colleague.get(&here.at("/today")).await.page(200).contains("Alfred"),
        "a day begins with no name"
    );
    for path in [&own, &review, &here.at("/people")] {
        assert_eq!(colleague.get(path).await.page(404), constant, "{path} is not a colleague's");
    }
    assert!(!strangers[0].get(&there.at("/gallery")).await.page(200).contains("Alfred"));

    // The controller reads why it is still here, which report set the day, and what comes.
    let whole = controller.get(&person).await.page(200);
    for said in ["Why this record is still here", "2 March 2027", "From report TM-0001", "Seen by members"] {
        assert!(whole.contains(said), "{said}");
    }
    let ctx = &controller.person.as_ref().expect("they are signed in").ctx;
    let life = subjects::open(&here.app, ctx, subject.parse::<SubjectId>()?).await?.open.life;
    assert_eq!(life.until, Some(date(2027, 3, 2)));
    let deleted = life.deletion.expect("everything has an end");
    assert!(whole.contains(&format!("Deleted {}", deleted.strftime("%-d %B %Y"))), "the lifeline ends");

    // Shown on the last day; gone on the next, though no sweep came by (RET-10).
    world.clock.set_day(date(2027, 3, 1));
    assert!(colleague.get(&here.at("/gallery")).await.page(200).contains("Alfred Example"));
    colleague.get(&person).await.page(200);
    world.clock.set_day(date(2027, 3, 2));
    assert!(!colleague.get(&here.at("/gallery")).await.page(200).contains("Alfred Example"));
    assert_eq!(colleague.get(&person).await.page(404), constant);
    assert_eq!(colleague.get(&medium).await.page(404), constant);
    assert_eq!(colleague.get(&small).await.page(404), constant);
    let held = controller.get(&person).await.page(200);
    assert!(held.contains("Held for you alone"), "VIS-4");
    assert!(controller.get(&here.at("/people?stage=held")).await.page(200).contains("Alfred Example"));
    world.clock.set_day(days_after(deleted, -1));
    controller.get(&person).await.page(200);

    // On its day it is gone for the controller, too, before any sweep.
    world.clock.set_day(deleted);
    assert_eq!(controller.get(&person).await.page(404), constant);
    assert_eq!(controller.get(&medium).await.page(404), constant);
    assert!(!controller.get(&here.at("/people")).await.page(200).contains("Alfred Example"));
    assert!(!controller.get(&here.at("/find?q=alfred")).await.page(200).contains("Alfred Example"));
    Ok(())
}

on_both!(a_rejected_report_tells_why);
/// INC-2: the reporter sees the reason, and nobody else sees the report.
async fn a_rejected_report_tells_why(world: &World) -> Outcome {
    let here = town(world, TM).await;
    let member = here.browser(world, Role::MemberUser).await;
    let controller = here.browser(world, Role::Controller).await;
    member.upload(&here.at("/report"), &theft(&[]), &[]).await.onward();
    let silent =
        decide(&here, &controller, &[("decision", "reject"), ("shared", "My words")]).await.page(422);
    assert!(silent.contains("Say why") && silent.contains("My words"));
    let reason = "It is no offence to look at gin.";
    decide(&here, &controller, &[("decision", "reject"), ("reason", reason)]).await.onward();
    let mine = member.get(&here.at("/reports")).await.page(200);
    assert!(mine.contains("Rejected") && mine.contains(reason));
    let own = here.at(&format!("/reports/{}", between(&mine, "/reports/", "\"")));
    let page = member.get(&own).await.page(200);
    assert!(page.contains(reason) && page.contains("It is erased on"));
    assert!(controller.get(&here.at("/review")).await.page(200).contains("All reviewed"));
    assert!(!member.get(&here.at("/gallery")).await.page(200).contains("Alfred"));
    Ok(())
}

on_both!(a_mistake_loses_nothing);
/// INC-1: what was typed and uploaded survives a mistake, and a page that was left.
async fn a_mistake_loses_nothing(world: &World) -> Outcome {
    let here = town(world, TM).await;
    let member = here.browser(world, Role::MemberUser).await;
    let path = here.at("/report");
    let wrong =
        [("sentence", " "), ("category", ""), ("day-day", "31"), ("day-month", "2"), ("day-year", "2026")];
    let form = member.upload(&path, &theft(&wrong), &[face(2)]).await.page(422);
    for said in ["Say in a sentence what happened", "Choose what happened", "Enter a day that exists"] {
        assert!(form.contains(said), "{said}");
    }
    assert!(
        form.contains("href=\"#sentence\"") && form.contains("id=\"sentence\""),
        "the summary leads there"
    );
    for typed in
        ["value=\"Alfred Example\"", "value=\"Tall, red cap, scar\"", "value=\"31\"", "value=\"12.50\""]
    {
        assert!(form.contains(typed), "{typed} is still there");
    }
    assert!(form.contains("remove-picture:"), "so is the picture");

    // Left and come back to, on any device, it is still there, and goes with the report.
    let form = member.get(&path).await.page(200);
    assert!(form.contains("Alfred Example") && form.contains("remove-picture:"));
    let garbage = member.upload(&path, &theft(&[]), &[b"no picture at all".to_vec()]).await.page(422);
    assert!(garbage.contains("href=\"#picture\"") && garbage.contains("Alfred Example"));
    let more = member.upload(&path, &theft(&[("do", "add-person")]), &[]).await.page(200);
    assert!(more.contains("Person 2") && more.contains("person-1-name"));
    let saved = member.post(&here.at("/report/draft"), &theft(&[("place", "The car park")])).await;
    assert!(saved.page(200).contains("\"cautions\":[]"), "and nothing in it has to go");
    assert!(member.get(&path).await.page(200).contains("The car park"));
    let thanks = member.upload(&path, &theft(&[]), &[]).await;
    member.get(thanks.onward()).await.page(200);
    let mine = member.get(&here.at("/reports")).await.page(200);
    let own = here.at(&format!("/reports/{}", between(&mine, "/reports/", "\"")));
    assert!(member.get(&own).await.page(200).contains("/small?t="), "the picture came along");
    assert!(!member.get(&path).await.page(200).contains("Alfred Example"), "the next report begins anew");
    Ok(())
}

on_both!(a_child_under_the_minimum_age_is_not_stored);
/// SUB-4, INC-1: clear words, nothing lost, and nothing stored.
async fn a_child_under_the_minimum_age_is_not_stored(world: &World) -> Outcome {
    // This scheme holds nobody under 14.
    let here = town(world, CS).await;
    let member = here.browser(world, Role::MemberUser).await;
    let path = here.at("/report");
    let child =
        [("person-0-name", "Tommy Little"), ("person-0-age", "under_14"), ("sentence", "A boy took sweets.")];
    let form = member.upload(&path, &theft(&child), &[face(3)]).await.page(422);
    assert!(form.contains("does not hold anything about children under 14"));
    assert!(form.contains("Tommy Little") && form.contains("A boy took sweets."), "nothing typed is lost");
    assert!(form.contains("pictures have not been kept"));
    let fresh = member.get(&path).await.page(200);
    assert!(!fresh.contains("A boy took sweets."), "the sentence may name the child");
    assert!(!fresh.contains("Tommy Little") && !fresh.contains("remove-picture:"), "nothing of the child");
    // Neither does a script's draft keep it, nor a date of birth that says the same.
    let born = [("person-0-born-day", "1"), ("person-0-born-month", "6"), ("person-0-born-year", "2015")];
    let child = [&[("person-0-name", "Tommy Little")], &born[..]].concat();
    member.post(&here.at("/report/draft"), &theft(&child)).await;
    assert!(!member.get(&path).await.page(200).contains("Tommy Little"));
    assert!(member.get(&here.at("/reports")).await.page(200).contains("No reports here"));
    // Without the child it is sent.
    let none = [("person-0-name", ""), ("person-0-description", ""), ("sentence", "A boy took sweets.")];
    member.upload(&path, &theft(&none), &[]).await.onward();
    Ok(())
}

on_both!(deeds_change_what_members_see_and_refusals_keep_what_was_typed);
/// RET-11, RET-16, VIS-1: restricted at once, held for a reason, corrected, erased.
async fn deeds_change_what_members_see_and_refusals_keep_what_was_typed(world: &World) -> Outcome {
    let here = town(world, TM).await;
    let member = here.browser(world, Role::MemberUser).await;
    let controller = here.browser(world, Role::Controller).await;
    member.upload(&here.at("/report"), &theft(&[]), &[face(4)]).await.onward();
    decide(&here, &controller, &[]).await.onward();
    let gallery = member.get(&here.at("/gallery")).await.page(200);
    let person = here.at(&format!("/people/{}", between(&gallery, "/people/", "\"")));
    let at = |deed: &str| format!("{person}/{deed}");

    assert!(controller.post(&at("restrict"), &[]).await.page(422).contains("Give a reason"));
    controller.post(&at("restrict"), &[("restrict-reason", "They object")]).await.onward();
    member.get(&person).await.page(404);
    assert!(!member.get(&here.at("/gallery")).await.page(200).contains("Alfred"));
    controller.post(&at("unrestrict"), &[("restrict-reason", "Settled")]).await.onward();
    member.get(&person).await.page(200);

    let hold = [
        ("kind", "proceeding"),
        ("hold-reason", "Case 7 at the county court"),
        ("review-day", "30"),
        ("review-month", "2"),
        ("review-year", "2026"),
    ];
    let refused = controller.post(&at("hold"), &hold).await.page(422);
    assert!(refused.contains("Enter a day that exists") && refused.contains("Case 7 at the county court"));
    let good = [&hold[..2], &[("review-day", "1"), ("review-month", "6"), ("review-year", "2026")]].concat();
    controller.post(&at("hold"), &good).await.onward();
    let page = controller.get(&person).await.page(200);
    assert!(page.contains("A running proceeding: Case 7 at the county court"));
    let name = between(&page, "<dt>Name</dt>", "Correct").to_owned();
    let name = between(&name, "href=\"", "\"").to_owned();
    assert!(controller.get(&name).await.page(200).contains("Correct: name"));
    let correction = [("value", "Albert Example"), ("source", "controller"), ("reason", "")];
    let refused = controller.post(&name, &correction).await.page(422);
    assert!(refused.contains("Albert Example") && refused.contains("Give a reason"));
    let correction = [("value", "Albert Example"), ("source", "controller"), ("reason", "His own letter")];
    controller.post(&name, &correction).await.onward();
    assert!(member.get(&here.at("/gallery")).await.page(200).contains("Albert Example"));

    // Members can do none of it, and learn nothing from trying.
    assert_eq!(
        member.post(&at("restrict"), &[("restrict-reason", "x")]).await.page(404),
        member.get(&here.at("/people/nonsense")).await.page(404)
    );

    // Erased under a hold it is frozen: listed without a name, opened with a reason, gone when the hold ends.
    assert!(controller.get(&at("erase")).await.page(200).contains("A hold is open"));
    assert!(controller.post(&at("erase"), &[]).await.onward().contains("stage=frozen"));
    member.get(&person).await.page(404);
    controller.get(&person).await.page(404);
    let list = controller.get(&here.at("/people?stage=frozen")).await.page(200);
    assert!(!list.contains("Albert"));
    let frozen = here.at(&format!("/frozen/{}", between(&list, "/frozen/", "\"")));
    assert!(!controller.get(&frozen).await.page(200).contains("Albert"));
    controller.post(&frozen, &[("reason", " ")]).await.page(422);
    let opened = controller.post(&frozen, &[("reason", "The court asks")]).await.page(200);
    assert!(opened.contains("Albert Example") && !opened.contains("/restrict"));
    let hold = between(&opened, "name=\"hold\" value=\"", "\"").to_owned();
    controller.post(&at("end-hold"), &[("hold", &hold)]).await.onward();
    controller.post(&frozen, &[("reason", "The court asks")]).await.page(404);
    assert!(!controller.get(&here.at("/people?stage=frozen")).await.page(200).contains("/frozen/"));
    Ok(())
}

on_both!(a_report_that_joins_an_incident_names_its_own_people);
/// INC-9, RET-1: two reports of one incident count once, and each slot stays that of its own person.
async fn a_report_that_joins_an_incident_names_its_own_people(world: &World) -> Outcome {
    let here = town(world, TM).await;
    let member = here.browser(world, Role::MemberUser).await;
    let controller = here.browser(world, Role::Controller).await;
    member.upload(&here.at("/report"), &theft(&[]), &[]).await.onward();
    decide(&here, &controller, &[]).await.onward();
    let second = [("person-0-name", "Bruno Example"), ("sentence", "Bruno Example held the door.")];
    member.upload(&here.at("/report"), &theft(&second), &[]).await.onward();
    let queue = controller.get(&here.at("/review")).await.page(200);
    let form =
        controller.get(&here.at(&format!("/review/{}", between(&queue, "/review/", "\"")))).await.page(200);
    assert!(form.contains("person 1 took two bottles of gin."), "the incident of the same day is offered");
    let incident = between(&form, "id=\"join-", "\"").to_owned();
    let joined = [
        ("join", &*incident),
        ("p1-name", "Bruno Example"),
        ("shared", "{1} held the door."),
        ("activity", "Theft"),
    ];
    decide(&here, &controller, &joined).await.onward();

    let page = controller.get(&here.at(&format!("/incidents/{incident}"))).await.page(200);
    for name in ["Alfred Example</a> took two bottles of gin. ", "Bruno Example</a> held the door."] {
        assert!(page.contains(name), "{name}: {page}");
    }
    let gallery = member.get(&here.at("/gallery")).await.page(200);
    for (name, reads) in [
        ("Alfred Example", "Alfred Example took two bottles of gin. another person held the door."),
        ("Bruno Example", "another person took two bottles of gin. Bruno Example held the door."),
    ] {
        let card = gallery.split("class=\"card\"").find(|card| card.contains(name)).expect(name);
        let person = here.at(&format!("/people/{}", between(card, "/people/", "\"")));
        let page = member.get(&person).await.page(200);
        assert!(page.contains(reads), "{page}");
    }
    Ok(())
}

//! Meetings, the annual general meeting and trainings: invitations, answers, who came, what was said, what is due (MEM-5).
mod support;

use fairwatch_app::{
    accounts::correcting::{set_preferences, whole_copy},
    conduct::{self, Until},
    duties, mail,
    meetings::{self, Outcome as Called, Typed},
    news::{For, minded},
};
use fairwatch_core::{
    accounts::own::Message,
    duties::Kind as Duty,
    gate::Role,
    ids::MeetingId,
    meetings::{Circle, Coming, Kind, erased_on},
    scope::Scope,
};
use fairwatch_store::{orgs, testing::Burglar};
use fairwatch_testkit::{
    engines::{Outcome, Person, World},
    on_both,
};
use jiff::civil::{Date, date};
use support::{GENERIC, Scene, hidden, later, policy, refusal};

async fn scope(world: &World, scene: &Scene) -> Scope {
    let scopes = orgs::all(&world.store, &world.console()).await.expect("schemes are listed");
    scopes.into_iter().find(|scope| scope.org == scene.org()).expect("it is there")
}

fn typed(kind: Kind, title: &str, day: Date) -> Typed {
    Typed {
        kind: Some(kind),
        circle: Some(Circle::Members),
        title: title.into(),
        place: "The town hall".into(),
        agenda: "- Welcome\n- What was new".into(),
        day: Some(day),
        from: "9:30".into(),
        to: "11".into(),
        ..Typed::default()
    }
}

async fn call(world: &World, scene: &Scene, by: &Person, typed: &Typed) -> MeetingId {
    let scope = scope(world, scene).await;
    let one = async |typed: &Typed| {
        meetings::call(&scene.app, &by.again(world), &scope, typed).await.expect("it is called")
    };
    match one(typed).await {
        Called::Kept(id) => id,
        Called::Warned(found) => match one(&Typed { minded: minded(&found), ..typed.clone() }).await {
            Called::Kept(id) => id,
            Called::Warned(again) => panic!("warned twice: {again:?}"),
        },
    }
}

async fn titles(world: &World, scene: &Scene, who: &Person) -> Vec<String> {
    let found = meetings::list(&scene.app, &who.again(world), scene.org()).await.expect("the list opens");
    found.into_iter().map(|meeting| meeting.content.title).collect()
}

on_both!(mem_5_those_who_are_invited_answer_come_and_read_what_was_said);
/// MEM-5: whoever is invited sees the meeting and answers, nobody else finds it; who came and what was said are recorded
/// from its day on; minutes are for those who were invited; counts say who came.
async fn mem_5_those_who_are_invited_answer_come_and_read_what_was_said(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller, member) = (&scene.app, scene.org(), &scene.controller, &scene.member);
    let board = world.person(&scene.scheme, Role::Board).await;
    let of = policy(GENERIC);
    let day = date(2026, 3, 20);
    let elsewhere = For { areas: vec![of.areas[1].id.to_string()], ..For::default() };
    let far = Typed { chosen: elsewhere, ..typed(Kind::Meeting, "Elsewhere", day) };
    let far = call(world, &scene, controller, &far).await;
    let office = Typed { circle: Some(Circle::Office), ..typed(Kind::Meeting, "The board", day) };
    let office = call(world, &scene, &board, &office).await;
    let all = call(world, &scene, controller, &typed(Kind::Meeting, "Briefing", day)).await;
    assert_eq!(titles(world, &scene, member).await, ["Briefing"]);
    assert_eq!(titles(world, &scene, &board).await.len(), 3);
    for hidden_one in [far, office] {
        assert!(hidden(&meetings::show(app, &member.again(world), hidden_one).await));
        assert!(hidden(&meetings::answer(app, &member.again(world), hidden_one, Some(Coming::Yes)).await));
    }
    let of = scope(world, &scene).await;
    assert!(hidden(
        &meetings::call(app, &member.again(world), &of, &typed(Kind::Meeting, "Mine", day)).await
    ));
    let wrong = Typed { from: "11:00".into(), to: "9:30".into(), day: None, ..typed(Kind::Meeting, "", day) };
    let said = refusal(meetings::call(app, &controller.again(world), &of, &wrong).await);
    for part in ["Say what it is called", "Say on which day", "end after it begins"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(
        refusal(meetings::answer(app, &member.again(world), all, None).await).contains("whether you come")
    );
    meetings::answer(app, &member.again(world), all, Some(Coming::No)).await?;
    meetings::answer(app, &member.again(world), all, Some(Coming::Yes)).await?;
    meetings::answer(app, &board.again(world), all, Some(Coming::No)).await?;
    let shown = meetings::show(app, &member.again(world), all).await?;
    assert_eq!(
        (shown.answers, shown.meeting.answer),
        ((1, 1), Some(Coming::Yes)),
        "what was said last counts"
    );
    assert!(
        hidden(&meetings::guests(app, &member.again(world), all).await),
        "names are for those who run it"
    );
    let (_, guests) = meetings::guests(app, &controller.again(world), all).await?;
    assert_eq!(guests[0].membership, member.membership, "those who come first");
    // Not before its day.
    let came = [member.membership, world.person(&scene.scheme, Role::Police).await.membership];
    assert!(hidden(&meetings::attend(app, &controller.again(world), all, &came, &[]).await));
    assert!(hidden(
        &meetings::keep_minutes(app, &controller.again(world), &of, all, "Said.", None, "").await
    ));
    world.clock.set_day(later(day, 1));
    assert!(hidden(&meetings::answer(app, &member.again(world), all, Some(Coming::No)).await), "it is over");
    meetings::attend(app, &controller.again(world), all, &came, &[]).await?;
    meetings::keep_minutes(app, &board.again(world), &of, all, "All agreed.", None, "").await?;
    let shown = meetings::show(app, &member.again(world), all).await?;
    assert_eq!(shown.came, 1, "whoever was not invited came to nothing");
    let own = whole_copy(app, &member.again(world)).await?.traces.meetings;
    let own = own.iter().map(|one| (one.day, one.answer.as_deref(), one.came)).collect::<Vec<_>>();
    assert_eq!(own, [(day, Some("yes"), true)], "MEM-2: it is in the copy of their own data");
    assert_eq!(shown.minutes.expect("they are kept").text, "All agreed.");
    let pdf = b"%PDF-1.7 minutes".to_vec();
    meetings::keep_minutes(app, &board.again(world), &of, all, "", Some(pdf.clone()), "").await?;
    assert_eq!(meetings::pdf(app, &member.again(world), all).await?, pdf);
    // One tick is put right, and nobody else's record goes: not that of who is not shown any more, either.
    meetings::attend(app, &controller.again(world), all, &[board.membership], &[]).await?;
    meetings::attend(app, &controller.again(world), all, &[], &[board.membership]).await?;
    assert_eq!(meetings::show(app, &member.again(world), all).await?.came, 1);
    let south = world.scheme("southgate").await;
    let stranger = world.person(&south, Role::Controller).await;
    assert!(hidden(&meetings::show(app, &stranger.ctx, all).await));
    assert!(hidden(&meetings::list(app, &stranger.again(world), org).await));
    Ok(())
}

on_both!(mem_5_invitations_go_out_once_with_an_appointment_and_say_what_changed);
/// MEM-5: each who is invited and wants it gets one mail for the invitation, one for each change and one where it is
/// cancelled, each with the same appointment for their calendar; the job that runs again sends none.
async fn mem_5_invitations_go_out_once_with_an_appointment_and_say_what_changed(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.clone().with_mailbox();
    let (app, controller, member) = (&scene.app, &scene.controller, &scene.member);
    let silent = scene.another_member(world).await;
    set_preferences(app, &silent.again(world), &[Message::Alerts]).await?;
    let job = || world.job("meetings");
    let day = date(2026, 3, 20);
    let id = call(world, &scene, controller, &typed(Kind::Meeting, "Briefing", day)).await;
    assert_eq!(meetings::invite(app, &job()).await?, 2, "the member and the controller");
    assert_eq!(meetings::invite(app, &job()).await?, 0, "once");
    // Each goes out before there is something newer to say.
    let deliver = async || mail::deliver_due(app, &world.job("mail")).await.expect("it goes out");
    deliver().await;
    let of = scope(world, &scene).await;
    let moved = Typed { place: "The library".into(), ..typed(Kind::Meeting, "Briefing", later(day, 7)) };
    meetings::change(app, &controller.again(world), &of, id, &moved).await?;
    assert_eq!(meetings::invite(app, &job()).await?, 2);
    deliver().await;
    meetings::cancel(app, &controller.again(world), id).await?;
    assert_eq!(meetings::invite(app, &job()).await?, 2);
    assert!(hidden(&meetings::cancel(app, &controller.again(world), id).await), "it is cancelled already");
    deliver().await;
    let all = app.mailbox().expect("there is one").all();
    let mine = all.iter().rev().filter(|kept| kept.mail.to == member.login).collect::<Vec<_>>();
    let subjects = mine.iter().map(|kept| &*kept.mail.subject).collect::<Vec<_>>();
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    for (kept, (subject, part)) in mine.iter().zip([
        ("you are invited", "DTSTART:20260320T093000Z"),
        ("a meeting has changed", "DTSTART:20260327T093000Z"),
        ("a meeting is cancelled", "STATUS:CANCELLED"),
    ]) {
        let calendar = kept.calendar.as_deref().expect("it bears an appointment");
        assert!(kept.mail.subject.contains(subject) && calendar.contains(part), "{subject}: {calendar}");
        assert!(calendar.contains(&format!("UID:meeting-{id}@")), "the same one each time");
    }
    assert!(!all.iter().any(|kept| kept.mail.to == silent.login), "who does not want it gets none");
    Ok(())
}

on_both!(mem_5_the_general_meeting_and_trainings_that_run_out_are_duties);
/// MEM-5, DOC-4: the annual general meeting is due a year after the last, whoever ran it; a training that runs out is due
/// for as many as took it, until they took it again; cancelled ones count for nothing.
async fn mem_5_the_general_meeting_and_trainings_that_run_out_are_duties(world: &World) -> Outcome {
    let scene = Scene::new(world, GENERIC).await;
    let (app, org, controller, member) = (&scene.app, scene.org(), &scene.controller, &scene.member);
    let due = async |kind: Duty| {
        let found = duties::list(app, &controller.again(world), org).await.expect("the calendar opens");
        let mine = found.duties.into_iter().filter(|duty| duty.kind == kind);
        mine.map(|duty| (duty.due, duty.label)).collect::<Vec<_>>()
    };
    assert_eq!(due(Duty::GeneralMeeting).await[0].0, date(2027, 3, 2), "a year after the scheme began here");
    let day = date(2026, 4, 10);
    let agm = call(world, &scene, controller, &typed(Kind::Agm, "AGM", day)).await;
    let dropped = call(world, &scene, controller, &typed(Kind::Agm, "Another", later(day, 9))).await;
    meetings::cancel(app, &controller.again(world), dropped).await?;
    assert_eq!(due(Duty::GeneralMeeting).await[0].0, date(2027, 3, 2), "not before it was held");
    let training = Typed { months: "6".into(), ..typed(Kind::Training, "Data protection", day) };
    let first = call(world, &scene, controller, &training).await;
    let second = Typed { months: "6".into(), ..typed(Kind::Training, " data Protection", date(2026, 9, 1)) };
    let second = call(world, &scene, controller, &second).await;
    world.clock.set_day(date(2026, 4, 30));
    assert_eq!(
        due(Duty::GeneralMeeting).await,
        [(date(2027, 4, 10), "Hold the annual general meeting".into())]
    );
    assert!(due(Duty::Training).await.is_empty(), "nobody took it");
    meetings::attend(app, &controller.again(world), first, &[member.membership, controller.membership], &[])
        .await?;
    let both = (date(2026, 10, 10), "Train 2 people again: Data protection".to_owned());
    assert_eq!(due(Duty::Training).await, [both]);
    world.clock.set_day(date(2026, 9, 1));
    meetings::attend(app, &controller.again(world), second, &[member.membership], &[]).await?;
    let found = due(Duty::Training).await;
    assert_eq!(found[0], (date(2026, 10, 10), "Train 1 person again: Data protection".to_owned()));
    assert_eq!((found.len(), found[1].0), (2, date(2027, 3, 1)));
    // Held by the clock, by the sweep destroyed when the policy says so.
    let gone = erased_on(&policy(GENERIC), day);
    world.clock.set_day(later(gone, -1));
    assert!(meetings::show(app, &controller.again(world), agm).await.is_ok());
    world.clock.set_day(gone);
    assert!(hidden(&meetings::show(app, &controller.again(world), agm).await));
    scene.sweep(world).await?;
    let burglar = Burglar::at(world.address()).await?;
    let left = burglar.number("SELECT COUNT(*) AS n FROM meetings").await?;
    assert_eq!(left, 2, "the cancelled one later, and the second training");
    assert_eq!(burglar.number("SELECT COUNT(*) AS n FROM meeting_attendance").await?, 1);
    burglar.leave().await;
    Ok(())
}

on_both!(mem_5_dis_20_a_meeting_is_no_way_round_the_gate);
/// MEM-5, DIS-20: title, place, agenda and minutes that name somebody who is held are warned of; where its writer lets them
/// stand, mail and calendars say no more than that there is a meeting. The same form sent twice is one meeting.
async fn mem_5_dis_20_a_meeting_is_no_way_round_the_gate(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.clone().with_mailbox();
    let (app, controller) = (&scene.app, &scene.controller);
    scene.subject("Cassius Quillfeather", &[]).await?;
    let of = scope(world, &scene).await;
    let day = date(2026, 3, 2);
    let named = typed(Kind::Meeting, "About quillfeather", day);
    let warned = meetings::call(app, &controller.again(world), &of, &named).await?;
    let Called::Warned(found) = warned else { panic!("it is warned of") };
    assert!(
        found.iter().any(|one| one.field == "title" && one.sentence.contains(&of.reference(1))),
        "{found:?}"
    );
    let id: MeetingId = world.nobody().new_id();
    let stands = Typed { minded: minded(&found), id: Some(id), ..named };
    for _ in 0..2 {
        let kept = meetings::call(app, &controller.again(world), &of, &stands).await?;
        assert_eq!(kept, Called::Kept(id), "sent twice it is one");
    }
    assert_eq!(titles(world, &scene, controller).await, ["About quillfeather"]);
    meetings::invite(app, &world.job("meetings")).await?;
    mail::deliver_due(app, &world.job("mail")).await?;
    let all = app.mailbox().expect("there is one").all();
    assert!(!all.is_empty());
    for kept in &all {
        let told = format!("{} {} {:?}", kept.mail.subject, kept.mail.text, kept.calendar).to_lowercase();
        assert!(!told.contains("quillfeather") && told.contains("meeting"), "{told}");
    }
    let ics = meetings::appointment(app, &controller.again(world), &of, id, "https://x").await?;
    assert!(!ics.to_lowercase().contains("quillfeather"));
    let said = "Cassius Quillfeather was spoken of.";
    let keep = async |minded: &str| {
        meetings::keep_minutes(app, &controller.again(world), &of, id, said, None, minded).await
    };
    let Called::Warned(found) = keep("").await? else { panic!("it is warned of") };
    assert_eq!(keep(&minded(&found)).await?, Called::Kept(()));
    // The board may not look who is held, and does not learn it from its own mail: of what it calls no title leaves.
    let board = world.person(&scene.scheme, Role::Board).await;
    for title in ["About quillfeather", "About the roads"] {
        let office = Typed { circle: Some(Circle::Office), ..typed(Kind::Meeting, title, day) };
        let id = call(world, &scene, &board, &office).await;
        let ics = meetings::appointment(app, &board.again(world), &of, id, "https://x").await?;
        assert!(ics.contains("SUMMARY:") && !ics.contains("About"), "{ics}");
    }
    // An id that is another thing's is not the board's to take, and tells nothing by an error.
    let subject = scene.subject("Una Example", &[]).await?;
    let taken = Typed { id: Some(MeetingId(subject.0)), ..typed(Kind::Meeting, "Briefing", day) };
    assert!(hidden(&meetings::call(app, &board.again(world), &of, &taken).await));
    Ok(())
}

on_both!(mem_8_nobody_of_a_suspended_business_is_invited);
/// MEM-8, MEM-5: while a business is suspended none of its people is among those who are invited, or gets an invitation.
async fn mem_8_nobody_of_a_suspended_business_is_invited(world: &World) -> Outcome {
    let mut scene = Scene::new(world, GENERIC).await;
    scene.app = scene.app.clone().with_mailbox();
    let (app, controller, member) = (&scene.app, &scene.controller, &scene.member);
    let board = world.person(&scene.scheme, Role::Board).await;
    let out = member.member.expect("they have a business");
    let until = Until { review: Some(later(controller.ctx.today(), 7)), ..Until::default() };
    conduct::suspend(app, &board.again(world), out, "They sell what was stolen.", &until).await?;
    let id = call(world, &scene, controller, &typed(Kind::Meeting, "Briefing", date(2026, 3, 20))).await;
    let invited = async || {
        let (_, guests) = meetings::guests(app, &controller.again(world), id).await.expect("the page opens");
        guests.iter().any(|guest| guest.membership == member.membership)
    };
    assert!(!invited().await);
    assert_eq!(meetings::invite(app, &world.job("meetings")).await?, 2, "controller and board");
    conduct::let_in(app, &board.again(world), out, "It is put right.").await?;
    assert!(invited().await);
    Ok(())
}

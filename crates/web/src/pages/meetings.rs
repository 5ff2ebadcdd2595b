//! Meetings and trainings (MEM-5).
pub(crate) mod after;
pub(crate) mod calling;

use super::{governing::save_pdf, news};
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Chip, Choice, Crumb, Errors, Link, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    meetings::{self, Meeting, Shown},
};
use fairwatch_core::{
    governing::blocks,
    ids::MeetingId,
    meetings::{
        Appointment, CallMeeting, ChangeMeeting, Circle, Coming, KeepMinutes, Kind, ShowAttendance,
        holds_until,
    },
    notices::{Block, Inline},
};

/// `meetings/list.html`
#[derive(Template, Debug)]
#[template(path = "meetings/list.html")]
struct List {
    shell: Shell,
    chips: Vec<Chip>,
    call: Option<String>,
    coming: Vec<Line>,
    before: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    href: String,
    title: String,
    text: String,
    day: String,
    tags: Vec<Tag>,
}

/// From when to when.
fn hours(at: Appointment) -> String {
    format!("{} to {}", at.from.strftime("%H:%M"), at.to.strftime("%H:%M"))
}

fn tags(meeting: &Meeting) -> Vec<Tag> {
    let colour = match meeting.kind {
        Kind::Meeting => "pale",
        Kind::Agm => "blue",
        Kind::Training => "teal",
    };
    let mut tags = vec![Tag::new(colour, meeting.kind.label())];
    if meeting.cancelled {
        tags.push(Tag::new("red", "Cancelled"));
    }
    tags
}

fn line(visit: &Visit, meeting: &Meeting) -> Line {
    let mut tags = tags(meeting);
    let is_open = !meeting.cancelled && meeting.at.day >= visit.scope.today;
    match meeting.answer.filter(|_| is_open) {
        Some(Coming::Yes) => tags.push(Tag::new("green", "You come")),
        Some(Coming::No) => tags.push(Tag::new("pale", "You do not come")),
        None if is_open => tags.push(Tag::new("amber", "Please answer")),
        None => {}
    }
    if meeting.has_minutes {
        tags.push(Tag::new("green", "Minutes"));
    }
    Line {
        href: visit.href(&format!("/meetings/{}", meeting.id)),
        title: meeting.content.title.clone(),
        text: format!("{}, {}", hours(meeting.at), meeting.content.place),
        day: words::date(meeting.at.day),
        tags,
    }
}

/// `GET /o/{slug}/meetings`
pub(crate) async fn list(visit: Visit) -> Answer {
    let found = meetings::list(&visit.app, &visit.ctx, visit.org()).await?;
    let (mut coming, before): (Vec<&Meeting>, Vec<&Meeting>) =
        found.iter().partition(|meeting| meeting.at.day >= visit.scope.today);
    coming.reverse();
    page(&List {
        shell: visit.shell(Nav::News),
        chips: news::chips(&visit, "/meetings"),
        call: visit.may::<CallMeeting>().then(|| visit.href("/meetings/new")),
        coming: coming.iter().map(|meeting| line(&visit, meeting)).collect(),
        before: before.iter().map(|meeting| line(&visit, meeting)).collect(),
    })
}

/// `meetings/meeting.html`
#[derive(Template, Debug)]
#[template(path = "meetings/meeting.html")]
struct MeetingPage {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    tags: Vec<Tag>,
    agenda: Vec<Block>,
    minutes: Vec<Block>,
    has_minutes: bool,
    pdf: Option<String>,
    answer: Option<Answering>,
    rows: Vec<Row>,
    calendar: Option<String>,
    links: Vec<Link>,
}

#[derive(Debug)]
struct Answering {
    action: String,
    choices: Vec<Choice>,
}

fn crumbs(visit: &Visit, meeting: Option<&Meeting>) -> Vec<Crumb> {
    let mut way = vec![Crumb { label: "Meetings".into(), href: visit.href("/meetings") }];
    way.extend(meeting.map(|meeting| Crumb {
        label: meeting.content.title.clone(),
        href: visit.href(&format!("/meetings/{}", meeting.id)),
    }));
    way
}

fn rows(visit: &Visit, shown: &Shown) -> Vec<Row> {
    let meeting = &shown.meeting;
    let mut rows = vec![
        Row::new("Day", words::weekday(meeting.at.day)),
        Row::new("Time", hours(meeting.at)),
        Row::new("Place", meeting.content.place.clone()),
        Row::new(
            "For",
            match meeting.circle {
                Circle::Members => news::for_whom(visit, &meeting.content.for_whom),
                Circle::Office => "Controller, staff and board".to_owned(),
            },
        ),
    ];
    if let Some(months) = meeting.valid_months {
        rows.push(Row::new("It holds until", words::date(holds_until(meeting.at.day, months))));
    }
    let (yes, no) = shown.answers;
    rows.push(Row::new("Answers", format!("{yes} come, {no} do not")));
    if shown.came > 0 {
        rows.push(Row::new("Came", shown.came.to_string()));
    }
    rows
}

fn links(visit: &Visit, meeting: &Meeting) -> Vec<Link> {
    let today = visit.scope.today;
    let is_to_come = !meeting.cancelled && meeting.at.day >= today;
    let is_held = !meeting.cancelled && meeting.at.day <= today;
    let link = |label: &str, more: &str| Link {
        label: label.into(),
        href: visit.href(&format!("/meetings/{}{more}", meeting.id)),
    };
    let mut links = Vec::new();
    if visit.may::<ShowAttendance>() {
        links.push(link(if is_held { "Record who came" } else { "Who comes" }, "/attendance"));
    }
    if is_held && visit.may::<KeepMinutes>() {
        links.push(link(
            if meeting.has_minutes { "Replace the minutes" } else { "Write the minutes" },
            "/minutes",
        ));
    }
    if is_to_come && visit.may::<ChangeMeeting>() {
        links.extend([link("Change it", "/change"), link("Cancel it", "/cancel")]);
    }
    links
}

async fn shown(visit: &Visit, id: MeetingId, errors: Errors) -> Result<MeetingPage, PageError> {
    let shown = meetings::show(&visit.app, &visit.ctx, id).await?;
    let meeting = &shown.meeting;
    let at = |more: &str| visit.href(&format!("/meetings/{id}{more}"));
    let is_open = !meeting.cancelled && meeting.at.day >= visit.scope.today;
    let choice = |coming: Coming, label: &str| Choice {
        value: coming.name().into(),
        label: label.into(),
        checked: meeting.answer == Some(coming),
        ..Choice::default()
    };
    Ok(MeetingPage {
        shell: visit.shell(Nav::News),
        errors,
        crumbs: crumbs(visit, None),
        title: meeting.content.title.clone(),
        lead: format!("{}, {}", words::weekday(meeting.at.day), hours(meeting.at)),
        tags: tags(meeting),
        agenda: blocks(&meeting.content.agenda),
        minutes: shown.minutes.as_ref().map(|minutes| blocks(&minutes.text)).unwrap_or_default(),
        has_minutes: meeting.has_minutes,
        pdf: shown.has_file.then(|| at("/pdf")),
        answer: is_open.then(|| Answering {
            action: at("/answer"),
            choices: vec![choice(Coming::Yes, "Yes, I come"), choice(Coming::No, "No, I cannot")],
        }),
        rows: rows(visit, &shown),
        calendar: is_open.then(|| at("/meeting.ics")),
        links: links(visit, meeting),
    })
}

/// `GET /o/{slug}/meetings/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    page(&shown(&visit, id, Errors::default()).await?)
}

/// `POST /o/{slug}/meetings/{id}/answer`: coming.
pub(crate) async fn answer(visit: Visit, Id(id): Id<MeetingId>, sent: Sent) -> Answer {
    let coming = sent.one("coming").parse().ok();
    match meetings::answer(&visit.app, &visit.ctx, id, coming).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/meetings/{id}")), "meeting-answered")),
        Err(AppError::Refused(problems)) => page_again(&shown(&visit, id, Errors::from(&problems)).await?),
        Err(error) => Err(error.into()),
    }
}

/// `GET /o/{slug}/meetings/{id}/meeting.ics`
pub(crate) async fn appointment(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    let host = visit.web.base().to_owned();
    let text = meetings::appointment(&visit.app, &visit.ctx, &visit.scope, id, &host).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"meeting.ics\"")),
    ];
    Ok((headers, text).into_response())
}

/// `GET /o/{slug}/meetings/{id}/pdf`
pub(crate) async fn pdf(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    save_pdf(meetings::pdf(&visit.app, &visit.ctx, id).await?, "minutes.pdf")
}

//! Who comes and came to a meeting, and what was said there (MEM-5).
use super::crumbs;
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Cautions, Crumb, Errors, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    meetings::{self, Guest, Outcome},
    news::minded,
};
use fairwatch_core::{
    ids::{MeetingId, MembershipId},
    meetings::{Coming, RecordAttendance},
};

/// `meetings/guests.html`
#[derive(Template, Debug)]
#[template(path = "meetings/guests.html")]
struct Guests {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    action: Option<String>,
    people: Vec<Person>,
    cancel: String,
}

#[derive(Debug)]
struct Person {
    id: String,
    name: String,
    of: String,
    answer: &'static str,
    came: bool,
}

/// `GET /o/{slug}/meetings/{id}/attendance`
pub(crate) async fn guests(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    let (meeting, guests) = meetings::guests(&visit.app, &visit.ctx, id).await?;
    let here = visit.href(&format!("/meetings/{id}"));
    let said = |wanted: Coming| guests.iter().filter(|one| one.answer == Some(wanted)).count();
    let is_held = !meeting.cancelled && meeting.at.day <= visit.scope.today;
    let person = |one: &Guest| Person {
        id: one.membership.to_string(),
        name: one.name.clone(),
        of: one.of.clone(),
        answer: match one.answer {
            Some(Coming::Yes) => "comes",
            Some(Coming::No) => "does not come",
            None => "",
        },
        came: one.came,
    };
    let invited = words::count(guests.len(), "person is", "people are");
    page(&Guests {
        shell: visit.shell(Nav::News),
        crumbs: crumbs(&visit, Some(&meeting)),
        title: meeting.content.title.clone(),
        lead: format!("{invited} invited; {} come, {} do not.", said(Coming::Yes), said(Coming::No)),
        action: (is_held && visit.may::<RecordAttendance>()).then(|| format!("{here}/attendance")),
        people: guests.iter().map(person).collect(),
        cancel: here,
    })
}

/// `POST /o/{slug}/meetings/{id}/attendance`: came, and was: those who were ticked when the page was shown.
pub(crate) async fn attend(visit: Visit, Id(id): Id<MeetingId>, sent: Sent) -> Answer {
    let came = sent.all("came").iter().filter_map(|id| id.parse().ok()).collect::<Vec<MembershipId>>();
    let was = sent.all("was").iter().filter_map(|id| id.parse().ok()).collect::<Vec<MembershipId>>();
    meetings::attend(&visit.app, &visit.ctx, id, &came, &was).await?;
    Ok(see_other_done(&visit.href(&format!("/meetings/{id}")), "attendance-kept"))
}

/// `meetings/minutes.html`
#[derive(Template, Debug)]
#[template(path = "meetings/minutes.html")]
struct MinutesForm {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    text: String,
    cautions: Cautions,
    minded: String,
}

async fn form(
    visit: &Visit,
    id: MeetingId,
    text: Option<&str>,
    errors: Errors,
) -> Result<MinutesForm, PageError> {
    let shown = meetings::show(&visit.app, &visit.ctx, id).await?;
    if shown.meeting.cancelled || shown.meeting.at.day > visit.scope.today {
        return Err(AppError::Hidden.into());
    }
    let here = visit.href(&format!("/meetings/{id}"));
    let kept = shown.minutes.map(|minutes| minutes.text).unwrap_or_default();
    Ok(MinutesForm {
        shell: visit.shell(Nav::News),
        errors,
        crumbs: crumbs(visit, Some(&shown.meeting)),
        title: format!("Minutes: {}", shown.meeting.content.title),
        action: format!("{here}/minutes"),
        cancel: here,
        text: text.map_or(kept, str::to_owned),
        cautions: Cautions::default(),
        minded: String::new(),
    })
}

/// `GET /o/{slug}/meetings/{id}/minutes`
pub(crate) async fn ask_minutes(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    page(&form(&visit, id, None, Errors::default()).await?)
}

/// `POST /o/{slug}/meetings/{id}/minutes`: text, file.
pub(crate) async fn keep_minutes(visit: Visit, Id(id): Id<MeetingId>, sent: Sent) -> Answer {
    let pdf = sent.files.first().map(|file| file.bytes.clone());
    let (text, seen) = (sent.one("text"), sent.one("minded"));
    let kept = meetings::keep_minutes(&visit.app, &visit.ctx, &visit.scope, id, text, pdf, seen).await;
    match kept {
        Ok(Outcome::Kept(())) => Ok(see_other_done(&visit.href(&format!("/meetings/{id}")), "minutes-kept")),
        Ok(Outcome::Warned(found)) => {
            let form = form(&visit, id, Some(text), Errors::default()).await?;
            let cautions = Cautions::from(&*found);
            page_again(&MinutesForm { cautions, minded: minded(&found), ..form })
        }
        Err(AppError::Refused(problems)) => {
            page_again(&form(&visit, id, Some(sent.one("text")), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

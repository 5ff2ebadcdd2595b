//! Calling a meeting, changing it, and cancelling it (MEM-5).
use super::crumbs;
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, day::Day, news::writing::form_id, targets, targets::Whom},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Cautions, Choice, Crumb, Errors, Piece, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use fairwatch_app::{
    AppError,
    incidents::reporting::cautions::Caution,
    meetings::{self, Meeting, Outcome, Typed},
    news::minded,
};
use fairwatch_core::{
    ids::MeetingId,
    meetings::{Circle, Kind},
};

/// `meetings/form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "meetings/form.html")]
struct Form {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    /// What is asked of a new meeting alone.
    new: Option<NewFields>,
    day_hint: &'static str,
    title_typed: String,
    place: String,
    agenda: String,
    when: Day,
    from: String,
    to: String,
    button: &'static str,
    cautions: Cautions,
    minded: String,
    /// By which the same form sent twice is known.
    id: String,
}

impl Form {
    /// Asks whether it may stand as it is.
    fn asking(self, found: &[Caution]) -> Self {
        Self { cautions: Cautions::from(found), minded: minded(found), ..self }
    }
}

#[derive(Clone, Debug, Default)]
struct NewFields {
    kinds: Vec<Choice>,
    circles: Vec<Choice>,
    months: String,
    whom: Whom,
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice { value: value.into(), label: label.into(), note: String::new(), checked: value == chosen }
}

async fn new_form(visit: &Visit, sent: &Sent, errors: Errors) -> Result<Form, AppError> {
    let choices = meetings::choices(&visit.app, &visit.ctx, visit.org()).await?;
    let kind = if sent.has("kind") { sent.one("kind") } else { Kind::Meeting.name() };
    let circle = if sent.has("circle") { sent.one("circle") } else { Circle::Members.name() };
    let new = NewFields {
        kinds: Kind::ALL.iter().map(|one| choice(one.name(), one.label(), kind)).collect(),
        circles: vec![
            choice(Circle::Members.name(), "Members, and those who run the scheme", circle),
            choice(Circle::Office.name(), "Controller, staff and board alone", circle),
        ],
        months: sent.one("months").to_owned(),
        whom: Whom::new(&choices, &targets::chosen(sent)),
    };
    Ok(Form {
        crumbs: crumbs(visit, None),
        title: "Call a meeting".into(),
        day_hint: "Of a day that is over it is a record that one was held",
        action: visit.href("/meetings/new"),
        cancel: visit.href("/meetings"),
        new: Some(new),
        button: "Call it",
        ..typed_again(visit, sent, errors)
    })
}

fn typed_again(visit: &Visit, sent: &Sent, errors: Errors) -> Form {
    Form {
        shell: visit.shell(Nav::News),
        errors,
        title_typed: sent.one("title").to_owned(),
        place: sent.one("place").to_owned(),
        agenda: sent.one("agenda").to_owned(),
        when: Day::from_form(sent, "day"),
        from: sent.one("from").to_owned(),
        to: sent.one("to").to_owned(),
        minded: sent.one("minded").to_owned(),
        id: form_id(visit, sent),
        ..Form::default()
    }
}

fn typed(sent: &Sent) -> Result<Typed, AppError> {
    let day = Day::from_form(sent, "day").parse().map_err(|_| {
        AppError::in_field("day", "There is no such day. Enter it in figures, such as 27 3 2027.")
    })?;
    Ok(Typed {
        kind: sent.one("kind").parse().ok(),
        circle: sent.one("circle").parse().ok(),
        title: sent.one("title").to_owned(),
        place: sent.one("place").to_owned(),
        agenda: sent.one("agenda").to_owned(),
        day,
        from: sent.one("from").to_owned(),
        to: sent.one("to").to_owned(),
        months: sent.one("months").to_owned(),
        chosen: targets::chosen(sent),
        minded: sent.one("minded").to_owned(),
        id: sent.one("id").parse().ok(),
    })
}

/// `GET /o/{slug}/meetings/new`
pub(crate) async fn ask(visit: Visit) -> Answer {
    page(&new_form(&visit, &Sent::default(), Errors::default()).await?)
}

/// `POST /o/{slug}/meetings/new`
pub(crate) async fn call(visit: Visit, sent: Sent) -> Answer {
    let done = match typed(&sent) {
        Ok(typed) => meetings::call(&visit.app, &visit.ctx, &visit.scope, &typed).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(Outcome::Kept(id)) => {
            Ok(see_other_done(&visit.href(&format!("/meetings/{id}")), "meeting-called"))
        }
        Ok(Outcome::Warned(found)) => {
            page_again(&new_form(&visit, &sent, Errors::default()).await?.asking(&found))
        }
        Err(AppError::Refused(problems)) => {
            page_again(&new_form(&visit, &sent, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// A meeting that is still to come.
async fn to_come(visit: &Visit, id: MeetingId) -> Result<Meeting, PageError> {
    let meeting = meetings::show(&visit.app, &visit.ctx, id).await?.meeting;
    if meeting.cancelled || meeting.at.day < visit.scope.today {
        return Err(AppError::Hidden.into());
    }
    Ok(meeting)
}

fn change_form(visit: &Visit, meeting: &Meeting, form: Form) -> Form {
    let here = visit.href(&format!("/meetings/{}", meeting.id));
    Form {
        crumbs: crumbs(visit, Some(meeting)),
        title: format!("Change: {}", meeting.content.title),
        action: format!("{here}/change"),
        cancel: here,
        button: "Change it",
        ..form
    }
}

/// `GET /o/{slug}/meetings/{id}/change`
pub(crate) async fn ask_change(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    let meeting = to_come(&visit, id).await?;
    let time = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
    let form = Form {
        shell: visit.shell(Nav::News),
        title_typed: meeting.content.title.clone(),
        place: meeting.content.place.clone(),
        agenda: meeting.content.agenda.clone(),
        when: Day::of(meeting.at.day),
        from: time(meeting.at.from),
        to: time(meeting.at.to),
        ..Form::default()
    };
    page(&change_form(&visit, &meeting, form))
}

/// `POST /o/{slug}/meetings/{id}/change`
pub(crate) async fn change(visit: Visit, Id(id): Id<MeetingId>, sent: Sent) -> Answer {
    let done = match typed(&sent) {
        Ok(typed) => meetings::change(&visit.app, &visit.ctx, &visit.scope, id, &typed).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(Outcome::Kept(())) => {
            Ok(see_other_done(&visit.href(&format!("/meetings/{id}")), "meeting-changed"))
        }
        Ok(Outcome::Warned(found)) => {
            let meeting = to_come(&visit, id).await?;
            let form = typed_again(&visit, &sent, Errors::default());
            page_again(&change_form(&visit, &meeting, form).asking(&found))
        }
        Err(AppError::Refused(problems)) => {
            let meeting = to_come(&visit, id).await?;
            let form = typed_again(&visit, &sent, Errors::from(&problems));
            page_again(&change_form(&visit, &meeting, form))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /o/{slug}/meetings/{id}/cancel`
pub(crate) async fn ask_cancel(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    let meeting = to_come(&visit, id).await?;
    let here = visit.href(&format!("/meetings/{id}"));
    let text = "Those who are invited are told by e-mail, if they want that. Some calendars take it out by themselves, in others people do it. It cannot be taken back: call it again instead.";
    page(&Confirm {
        shell: visit.shell(Nav::News),
        crumbs: crumbs(&visit, Some(&meeting)),
        here: "Cancel".into(),
        title: format!("Cancel {}?", meeting.content.title),
        text: vec![vec![Piece::text(text)]],
        danger: true,
        action: format!("{here}/cancel"),
        button: "Cancel the meeting".into(),
        cancel: here,
        ..Confirm::default()
    })
}

/// `POST /o/{slug}/meetings/{id}/cancel`
pub(crate) async fn cancel(visit: Visit, Id(id): Id<MeetingId>) -> Answer {
    meetings::cancel(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href(&format!("/meetings/{id}")), "meeting-cancelled"))
}

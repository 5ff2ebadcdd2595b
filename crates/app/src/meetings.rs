//! Meetings, the annual general meeting and trainings (MEM-5).
use crate::{
    App,
    error::{AppError, Check},
    governing::check_pdf,
    incidents::{
        reporting::cautions::{Caution, are_minded},
        words::{self, is_within, tidy, too_long},
    },
    news::{looks, naming},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    calendar::calendar,
    gate::{Action as _, Caller, Ctx},
    ids::{MeetingId, MembershipId, OrgId},
    meetings::{
        AnswerMeeting, Appointment, CallMeeting, CancelMeeting, ChangeMeeting, Circle, Coming, Content,
        Invite, KeepMinutes, Kind, ListMeetings, Minutes, OneMeeting, PrepareMeeting, RecordAttendance,
        ShowAttendance, ShowMeeting, entry, erased_on, holds_until,
    },
    news::LookForNames,
    scope::{InOrg, Scope},
};
use fairwatch_store::{
    Tx, meetings,
    targets::{Choices, Chosen},
};
use jiff::civil::{Date, Time};

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::meetings::{Guest, Meeting, NewMeeting, Shown};

/// So long an agenda or minutes may be.
const LONGEST: usize = 50_000;
/// A training holds for so many months at most.
const MOST_MONTHS: u32 = 120;

/// A meeting as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What it is.
    pub kind: Option<Kind>,
    /// Who is invited.
    pub circle: Option<Circle>,
    /// What it is called.
    pub title: String,
    /// Where.
    pub place: String,
    /// What is to be spoken of.
    pub agenda: String,
    /// On which day.
    pub day: Option<Date>,
    /// From when, such as 9:30.
    pub from: String,
    /// To when.
    pub to: String,
    /// Of a training: for so many months it holds; empty for ever.
    pub months: String,
    /// For whom of the members.
    pub chosen: Chosen,
    /// Which cautions its writer has seen, and passes over.
    pub minded: String,
    /// By which the same form sent twice is known; a new one where there is none.
    pub id: Option<MeetingId>,
}

/// What became of a text for those who are invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is kept.
    Kept(T),
    /// It is not: first its writer is to see what looks as if it must not stand there.
    Warned(Vec<Caution>),
}

/// What in texts names somebody, or must not stand there for another reason: meetings are no way round the gate, as little
/// as news is.
async fn cautions(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    fields: &naming::Fields<'_>,
    minded: &str,
) -> Result<Cautions, AppError> {
    let named = naming::look(app, ctx, scope, fields).await?;
    let mut found = looks(scope, fields);
    found.extend(named.cautions());
    let left = (!are_minded(&found, minded)).then_some(found);
    Ok(Cautions { left, looked: named.looked })
}

/// What a writer is told of their texts.
struct Cautions {
    /// What they have still to see.
    left: Option<Vec<Caution>>,
    /// Whether they were told of those who are held.
    looked: bool,
}

/// Whether title and place name nobody, so that they may stand in mail and in other calendars. Of whoever may not look at
/// everybody they never do: by what stands in their own mail they could tell whether somebody of a name is held.
async fn may_leave(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    content: &Content,
    looked: bool,
) -> Result<bool, AppError> {
    if !looked {
        return Ok(false);
    }
    let job = ctx.clone().with_caller(Caller::Job("meetings")).confined_to(&[LookForNames::NAME]);
    let texts = vec![(0, content.title.clone()), (1, content.place.clone())];
    let ask =
        async move |tx: &mut Tx<LookForNames>| Ok(naming::nameless(tx, &texts).await?.len() == texts.len());
    Ok(app.store.read::<LookForNames, _>(&job, InOrg(scope.org), ask).await?)
}

/// A time of day as people type it: 9, 9:30, 09.30, 14:00.
fn time(typed: &str) -> Option<Time> {
    let typed = typed.trim();
    let (hours, minutes) = typed.split_once([':', '.']).unwrap_or((typed, "0"));
    let number =
        |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<i8>().ok()).flatten();
    Time::new(number(hours)?, number(minutes)?, 0, 0).ok()
}

/// When, where and what, or what is wrong with it.
fn told(check: &mut Check, typed: &Typed) -> (Option<Appointment>, Content) {
    let line = |text: &str| tidy(text).replace('\n', " ").trim().to_owned();
    let (title, place) = (line(&typed.title), line(&typed.place));
    let agenda = tidy(&typed.agenda.replace("\r\n", "\n")).trim().to_owned();
    check.want(!title.is_empty(), "title", "Say what it is called.");
    check.want(!place.is_empty(), "place", "Say where it is.");
    for (field, what, text) in [("title", "The title", &title), ("place", "The place", &place)] {
        check.want(is_within(text, words::LINE), field, format!("{}.", too_long(what, words::LINE)));
    }
    check.want(is_within(&agenda, LONGEST), "agenda", format!("{}.", too_long("The agenda", LONGEST)));
    check.want(typed.day.is_some(), "day", "Say on which day it is, such as 27 3 2027.");
    let (from, to) = (time(&typed.from), time(&typed.to));
    check.want(from.is_some(), "from", "Say from when, such as 9:30.");
    check.want(to.is_some(), "to", "Say until when, such as 11:00.");
    check.want(from.zip(to).is_none_or(|(from, to)| from < to), "to", "It has to end after it begins.");
    let at = typed.day.zip(from.zip(to)).map(|(day, (from, to))| Appointment { day, from, to });
    (at, Content { title, place, agenda, for_whom: Vec::new() })
}

/// The meetings to which the asker is invited, the latest first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Meeting>, AppError> {
    let read = async |tx: &mut Tx<ListMeetings>| meetings::list(tx).await;
    Ok(app.store.read::<ListMeetings, _>(ctx, InOrg(org), read).await?)
}

/// A meeting to which the asker is invited.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, id: MeetingId) -> Result<Shown, AppError> {
    let read = async |tx: &mut Tx<ShowMeeting>| meetings::show(tx).await;
    Ok(app.store.read::<ShowMeeting, _>(ctx, OneMeeting(id), read).await?)
}

/// The PDF of a meeting's minutes.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn pdf(app: &App, ctx: &Ctx, id: MeetingId) -> Result<Vec<u8>, AppError> {
    let read = async |tx: &mut Tx<ShowMeeting>| meetings::pdf(tx).await;
    Ok(app.store.read::<ShowMeeting, _>(ctx, OneMeeting(id), read).await?)
}

/// A meeting for one's own calendar, as iCalendar. It names nobody.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn appointment(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    id: MeetingId,
    host: &str,
) -> Result<String, AppError> {
    let meeting = show(app, ctx, id).await?.meeting;
    let change = (meeting.sequence, meeting.cancelled);
    let entry = entry((id, meeting.at), &meeting.leaving(), change, (host, &scope.slug));
    Ok(calendar(&scope.policy.scheme.name, "Meetings", &[entry], ctx.real_now()))
}

/// Whom a meeting can be for.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn choices(app: &App, ctx: &Ctx, org: OrgId) -> Result<Choices, AppError> {
    let read = async |tx: &mut Tx<PrepareMeeting>| meetings::choices(tx).await;
    Ok(app.store.read::<PrepareMeeting, _>(ctx, InOrg(org), read).await?)
}

/// The texts of a meeting, each with its field.
fn fields(content: &Content) -> [(&'static str, &str); 3] {
    [("title", &content.title), ("place", &content.place), ("agenda", &content.agenda)]
}

/// Calls a meeting; those who are invited are told by mail. Of a day that is over it is a record that one was held.
///
/// # Errors
/// [`AppError::Refused`] in words, for each field that will not do.
#[boxed]
pub async fn call(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    typed: &Typed,
) -> Result<Outcome<MeetingId>, AppError> {
    let choices = choices(app, ctx, scope.org).await?;
    let mut check = Check::default();
    check.want(typed.kind.is_some(), "kind", "Choose what it is.");
    check.want(typed.circle.is_some(), "circle", "Choose who is invited.");
    let (at, content) = told(&mut check, typed);
    check.want(
        choices.has(&typed.chosen),
        "areas",
        "Something that you chose is not there any more. Choose again for whom it is.",
    );
    let typed_months = typed.months.trim();
    let is_training = typed.kind == Some(Kind::Training);
    let valid_months = typed_months.parse::<u32>().ok().filter(|months| (1..=MOST_MONTHS).contains(months));
    check.want(
        !is_training || typed_months.is_empty() || valid_months.is_some(),
        "months",
        "Say for how many months it holds, from 1 to 120, or leave it empty.",
    );
    // What shows that somebody was trained has to be there as long as the training holds.
    let outlives = valid_months
        .zip(typed.day)
        .is_some_and(|(months, day)| holds_until(day, months) > erased_on(&scope.policy, day));
    check.want(
        !is_training || !outlives,
        "months",
        format!(
            "Meetings are kept for {}: a training cannot hold for longer.",
            scope.policy.keep.meeting.length
        ),
    );
    check.done()?;
    let (Some(kind), Some(circle), Some(at)) = (typed.kind, typed.circle, at) else {
        return Err(AppError::Hidden);
    };
    let (targets, for_whom) = match circle {
        Circle::Members => choices.of(&typed.chosen),
        Circle::Office => <_>::default(),
    };
    let content = Content { for_whom, ..content };
    let Cautions { left, looked } = cautions(app, ctx, scope, &fields(&content), &typed.minded).await?;
    if let Some(found) = left {
        return Ok(Outcome::Warned(found));
    }
    let valid_months = valid_months.filter(|_| is_training);
    let leaves = may_leave(app, ctx, scope, &content, looked).await?;
    let new = NewMeeting { kind, circle, at, valid_months, content, targets, leaves };
    let id = typed.id.unwrap_or_else(|| ctx.new_id());
    let call = async move |tx: &mut Tx<CallMeeting>| meetings::call(tx, id, &new).await;
    Ok(Outcome::Kept(app.store.write::<CallMeeting, _>(ctx, InOrg(scope.org), call).await?))
}

/// Changes when, where and what a meeting is; those who are invited are told by mail.
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where there is none to come.
#[boxed]
pub async fn change(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    id: MeetingId,
    typed: &Typed,
) -> Result<Outcome<()>, AppError> {
    let mut check = Check::default();
    let (at, content) = told(&mut check, typed);
    check.want(
        typed.day.is_none_or(|day| day >= scope.today),
        "day",
        "This day is over. Give today or a later day.",
    );
    check.done()?;
    let at = at.ok_or(AppError::Hidden)?;
    let Cautions { left, looked } = cautions(app, ctx, scope, &fields(&content), &typed.minded).await?;
    if let Some(found) = left {
        return Ok(Outcome::Warned(found));
    }
    let leaves = may_leave(app, ctx, scope, &content, looked).await?;
    let change = async move |tx: &mut Tx<ChangeMeeting>| meetings::change(tx, at, content, leaves).await;
    Ok(Outcome::Kept(app.store.write::<ChangeMeeting, _>(ctx, OneMeeting(id), change).await?))
}

/// Cancels a meeting; those who are invited are told by mail.
///
/// # Errors
/// [`AppError::Hidden`] where there is none to come.
#[boxed]
pub async fn cancel(app: &App, ctx: &Ctx, id: MeetingId) -> Result<(), AppError> {
    let cancel = async |tx: &mut Tx<CancelMeeting>| meetings::cancel(tx).await;
    Ok(app.store.write::<CancelMeeting, _>(ctx, OneMeeting(id), cancel).await?)
}

/// Says whether one comes.
///
/// # Errors
/// [`AppError::Refused`] where nothing was chosen; [`AppError::Hidden`] where one is not invited, or it is over.
#[boxed]
pub async fn answer(app: &App, ctx: &Ctx, id: MeetingId, coming: Option<Coming>) -> Result<(), AppError> {
    let coming = coming.ok_or_else(|| AppError::in_field("coming", "Say whether you come."))?;
    let answer = async move |tx: &mut Tx<AnswerMeeting>| meetings::answer(tx, coming).await;
    Ok(app.store.write::<AnswerMeeting, _>(ctx, OneMeeting(id), answer).await?)
}

/// Who is invited, comes, and came.
///
/// # Errors
/// [`AppError::Hidden`] where there is none for them.
#[boxed]
pub async fn guests(app: &App, ctx: &Ctx, id: MeetingId) -> Result<(Meeting, Vec<Guest>), AppError> {
    let read = async |tx: &mut Tx<ShowAttendance>| meetings::guests(tx).await;
    Ok(app.store.read::<ShowAttendance, _>(ctx, OneMeeting(id), read).await?)
}

/// Records who came, and takes back those who did not after all: of those whom the page showed as having come.
///
/// # Errors
/// [`AppError::Hidden`] before its day.
#[boxed]
pub async fn attend(
    app: &App,
    ctx: &Ctx,
    id: MeetingId,
    came: &[MembershipId],
    did_not: &[MembershipId],
) -> Result<(), AppError> {
    let (came, did_not) = (came.to_vec(), did_not.to_vec());
    let attend = async move |tx: &mut Tx<RecordAttendance>| meetings::attend(tx, &came, &did_not).await;
    Ok(app.store.write::<RecordAttendance, _>(ctx, OneMeeting(id), attend).await?)
}

/// Keeps what was said; those who were invited read it.
///
/// # Errors
/// [`AppError::Refused`] without a text and a PDF, or with both; [`AppError::Hidden`] before its day.
#[boxed]
pub async fn keep_minutes(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    id: MeetingId,
    text: &str,
    pdf: Option<Vec<u8>>,
    minded: &str,
) -> Result<Outcome<()>, AppError> {
    let text = tidy(&text.replace("\r\n", "\n")).trim().to_owned();
    let mut check = Check::default();
    check.want(is_within(&text, LONGEST), "text", format!("{}.", too_long("The text", LONGEST)));
    match &pdf {
        Some(pdf) => {
            check.want(text.is_empty(), "text", "Type a text or choose a PDF, not both.");
            check_pdf(&mut check, pdf);
        }
        None => check.want(!text.is_empty(), "text", "Type what was said, or choose a PDF."),
    }
    check.done()?;
    if let Some(found) = cautions(app, ctx, scope, &[("text", &*text)], minded).await?.left {
        return Ok(Outcome::Warned(found));
    }
    let keep = async move |tx: &mut Tx<KeepMinutes>| {
        meetings::keep_minutes(tx, &Minutes { text }, pdf.as_deref()).await
    };
    Ok(Outcome::Kept(app.store.write::<KeepMinutes, _>(ctx, OneMeeting(id), keep).await?))
}

/// Queues the mails of meetings that were called, changed or cancelled since; how many.
///
/// # Errors
/// The store's, where it cannot be asked at all. What is wrong in one scheme keeps no other from being told.
#[boxed]
pub async fn invite(app: &App, ctx: &Ctx) -> Result<usize, AppError> {
    if !app.sends_mail() {
        return Ok(0);
    }
    let mut queued = 0;
    for org in meetings::to_invite(&app.store, ctx).await? {
        match invite_in(app, ctx, org).await {
            Ok(n) => queued += n,
            Err(error) => tracing::error!(%error, scheme = %org, "invitations could not be sent out"),
        }
    }
    Ok(queued)
}

async fn invite_in(app: &App, ctx: &Ctx, org: OrgId) -> Result<usize, AppError> {
    let host = crate::mail::base(app, ctx).await?;
    let mut queued = 0;
    loop {
        let host = host.clone();
        let part = async move |tx: &mut Tx<Invite>| meetings::invite(tx, &host).await;
        match app.store.write::<Invite, _>(ctx, InOrg(org), part).await? {
            Some(part) => queued += part,
            None => return Ok(queued),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil;

    #[test]
    fn a_time_is_read_as_people_type_it() {
        let at = |hour, minute| Some(civil::time(hour, minute, 0, 0));
        for (typed, wanted) in
            [("9", at(9, 0)), ("9:30", at(9, 30)), (" 09.05 ", at(9, 5)), ("23:59", at(23, 59))]
        {
            assert_eq!(time(typed), wanted, "{typed}");
        }
        for wrong in ["", "24:00", "9:60", "nine", "-1", "9:3x", "9:30:10", "+9"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}

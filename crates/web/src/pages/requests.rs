//! What people ask about their data: the public form, and the controller's desk with both clocks (SAR-1, SAR-2, SAR-7).
mod finishing;
mod noting;
mod public;

pub(crate) use finishing::{ask_finish, finish};
pub(crate) use noting::{ask_note, note};
pub(crate) use public::{ask as ask_public, send as send_public};

use super::day::Day;
use crate::{
    forms::Sent,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Event, Link, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    requests::{self, Held, Opened, TypedEntry},
};
use fairwatch_core::{
    ids::RequestAboutDataId,
    requests::{Dated, ListRequests, Origin, RequestState, StepKind, is_awaited, is_known},
    rights::{Right, Statute, holidays},
};

/// `requests.html`
#[derive(Template, Debug)]
#[template(path = "requests.html")]
struct Requests {
    shell: Shell,
    public: String,
    new: Option<String>,
    open: Vec<RequestRow>,
    done: Vec<RequestRow>,
    shows_list: bool,
    counts: Vec<CountRow>,
}

#[derive(Debug)]
struct RequestRow {
    href: String,
    title: String,
    line: String,
    day: String,
    note: String,
    tags: Vec<Tag>,
}

#[derive(Debug)]
struct CountRow {
    what: &'static str,
    open: u64,
    overdue: u64,
    done: u64,
    in_time: u64,
    refused: u64,
}

fn title(held: &Held) -> String {
    format!("{}: {}", held.right.label(), held.content.name)
}

fn tags(visit: &Visit, held: &Held) -> Vec<Tag> {
    let mut tags = Vec::new();
    if held.state == RequestState::Done {
        return tags;
    }
    if held.due.answer_by < visit.scope.today {
        tags.push(Tag::new("red", "Overdue"));
    }
    if held.due.receipt_by.is_some() {
        tags.push(Tag::new("amber", "Receipt not confirmed"));
    }
    match held.due.clocks.statute {
        Statute::NotBegun(_) => tags.push(Tag::new("blue", "Identity awaited")),
        Statute::Paused(_) => tags.push(Tag::new("blue", "Answer awaited")),
        Statute::Runs(_) => {}
    }
    tags
}

fn row(visit: &Visit, held: &Held) -> RequestRow {
    let is_open = held.state == RequestState::Open;
    RequestRow {
        href: visit.href(&format!("/requests/{}", held.id)),
        title: title(held),
        line: format!(
            "{}, {} · {}",
            held.origin.label(),
            words::date(held.received_on),
            held.content.receipt
        ),
        day: words::date(if is_open { held.due.answer_by } else { held.erase_on }),
        note: if is_open { "answer by" } else { "deleted" }.to_owned(),
        tags: tags(visit, held),
    }
}

/// `GET /o/{slug}/requests`: the list for the controller, counts for the board.
pub(crate) async fn list(visit: Visit) -> Answer {
    let shows_list = visit.may::<ListRequests>();
    let all =
        if shows_list { requests::list(&visit.app, &visit.ctx, visit.org()).await? } else { Vec::new() };
    let counts = requests::count(&visit.app, &visit.ctx, visit.org()).await?;
    let (open, done): (Vec<_>, Vec<_>) = all.iter().partition(|held| held.state == RequestState::Open);
    page(&Requests {
        shell: visit.shell(Nav::Requests),
        public: visit.href("/rights"),
        new: shows_list.then(|| visit.href("/requests/new")),
        open: open.into_iter().map(|held| row(&visit, held)).collect(),
        done: done.into_iter().map(|held| row(&visit, held)).collect(),
        shows_list,
        counts: counts
            .into_iter()
            .map(|(right, count)| CountRow {
                what: right.label(),
                open: count.open,
                overdue: count.overdue,
                done: count.done,
                in_time: count.in_time,
                refused: count.refused,
            })
            .collect(),
    })
}

/// `request_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "request_form.html")]
struct Entering {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    cancel: String,
    rights: Vec<Choice>,
    origins: Vec<Choice>,
    received: Day,
    reference: String,
    name: String,
    contact: String,
    message: String,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Requests".into(), href: visit.href("/requests") }]
}

/// The way to a page below that of one request.
fn way(visit: &Visit, held: &Held) -> (Vec<Crumb>, String) {
    let here = visit.href(&format!("/requests/{}", held.id));
    let mut way = crumbs(visit);
    way.push(Crumb { label: title(held), href: here.clone() });
    (way, here)
}

fn entering(visit: &Visit, sent: &Sent, errors: Errors) -> Entering {
    let text = |field: &str| sent.one(field).to_owned();
    let origin = |origin: &Origin| Choice {
        value: origin.name().into(),
        label: origin.label().into(),
        note: String::new(),
        checked: origin.name() == sent.one("origin"),
    };
    let right = |right: Right| Choice {
        value: right.name().into(),
        label: right.label().into(),
        note: asks(right).into(),
        checked: right.name() == sent.one("right"),
    };
    Entering {
        shell: visit.shell(Nav::Requests),
        errors,
        crumbs: crumbs(visit),
        action: visit.href("/requests/new"),
        cancel: visit.href("/requests"),
        rights: Right::ALL.into_iter().map(right).collect(),
        origins: Origin::ENTERED.iter().map(origin).collect(),
        received: Day::from_form(sent, "received"),
        reference: text("reference"),
        name: text("name"),
        contact: text("contact"),
        message: text("message"),
    }
}

/// What somebody says who asks for it.
fn asks(right: Right) -> &'static str {
    match right {
        Right::Access => "“What do you have about me?”",
        Right::Correction => "“That is wrong”",
        Right::Erasure => "“Delete it”",
        Right::Restriction => "“Do nothing with it until this is settled”",
        Right::Objection => "“You must not do this with my data”",
        Right::Complaint => "“I am not content with how you treat my data”",
    }
}

/// `GET /o/{slug}/requests/new`
pub(crate) async fn ask(visit: Visit) -> Answer {
    page(&entering(&visit, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/requests/new`
pub(crate) async fn enter(visit: Visit, sent: Sent) -> Answer {
    let done = match Day::from_form(&sent, "received").parse() {
        Ok(received) => {
            let origin = sent.one("origin").to_owned();
            let entry = TypedEntry { typed: public::typed(&sent), origin, received };
            requests::enter(&visit.app, &visit.ctx, visit.org(), &entry).await
        }
        Err(_) => Err(AppError::in_field(
            "received",
            "Enter the day, such as 27 3 2027, or leave it empty for today.",
        )),
    };
    match done {
        Ok(id) => Ok(see_other_done(&visit.href(&format!("/requests/{id}")), "request-entered")),
        Err(AppError::Refused(problems)) => page_again(&entering(&visit, &sent, Errors::from(&problems))),
        Err(error) => Err(error.into()),
    }
}

/// `request.html`
#[derive(Template, Debug)]
#[template(path = "request.html")]
struct RequestPage {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    tags: Vec<Tag>,
    clocks: Vec<Row>,
    notes: Vec<String>,
    message: Vec<String>,
    answer: Vec<String>,
    facts: Vec<Row>,
    events: Vec<Event>,
    steps: Vec<Link>,
    finish: Option<String>,
    link: Option<LinkForm>,
    subject: Option<Link>,
}

#[derive(Debug)]
struct LinkForm {
    action: String,
    number: String,
}

/// Both clocks in words, and what is to be known about them (SAR-1).
fn clocks(visit: &Visit, held: &Held) -> (Vec<Row>, Vec<String>) {
    let (due, clocks) = (&held.due, &held.due.clocks);
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    if let Some(by) = due.receipt_by {
        rows.push(Row::new("Tell them that it was received, by", words::weekday(by)));
    }
    let promise = visit.scope.policy.deadlines.answer.length;
    if held.right == Right::Complaint {
        rows.push(Row::new("Tell them the outcome, by", words::weekday(due.answer_by)));
        notes.push(format!(
            "The law asks for the outcome without undue delay and names no day; this one is {promise} from receipt, as for requests."
        ));
        return (rows, notes);
    }
    rows.push(Row::new("Answer by", words::weekday(due.answer_by)));
    rows.push(Row::new(format!("Our promise, {promise} from receipt"), words::weekday(clocks.promise)));
    let month = if clocks.extended { "The law’s month and two more" } else { "The law’s month" };
    let nation = visit.scope.policy.scheme.nation.label();
    let statute = match clocks.statute {
        Statute::Runs(last) => {
            if last.day != last.counted {
                notes.push(format!(
                    "The month ends on {}, which is no working day in {nation}, and so on the next one.",
                    words::weekday(last.counted)
                ));
            }
            if last.beyond {
                notes.push(format!(
                    "Bank holidays are known until {}. Beyond that weekends alone are taken into account: check the day.",
                    words::date(holidays::UNTIL)
                ));
            }
            words::weekday(last.day)
        }
        Statute::NotBegun(since) => {
            format!("Begins when they show who they are, asked for {}", words::date(since))
        }
        Statute::Paused(since) => {
            format!("Stands still since {}, while you wait for them", words::date(since))
        }
    };
    rows.push(Row::new(month, statute));
    if let Some(by) = clocks.extend_by {
        rows.push(Row::new("Two months more can be told until", words::weekday(by)));
    }
    if clocks.paused_days > 0 {
        let days = usize::try_from(clocks.paused_days).unwrap_or(0);
        notes.push(format!("The month stood still for {}.", words::count(days, "day", "days")));
    }
    notes.push("The promise is never paused. The earlier of both days is the one to keep.".to_owned());
    (rows, notes)
}

/// What can be recorded now.
fn steps(visit: &Visit, opened: &Opened) -> Vec<Link> {
    let held = &opened.held;
    let days = opened.steps.iter().map(Dated::from).collect::<Vec<_>>();
    let asked = |kind| days.iter().any(|step| step.kind == kind);
    let complaint = held.right == Right::Complaint;
    let offers = [
        (StepKind::Receipt, "We told them that it was received", held.due.receipt_by.is_some()),
        (
            StepKind::IdentityAsked,
            "We asked them to show who they are",
            !is_known(&days) && !asked(StepKind::IdentityAsked),
        ),
        (StepKind::Identity, "We looked at who they are", true),
        (StepKind::Asked, "We asked what they mean", !is_awaited(&days)),
        (StepKind::Came, "They answered", is_awaited(&days)),
        (
            StepKind::Extended,
            "We told them that it takes two months more",
            !complaint
                && !asked(StepKind::Extended)
                && held.due.clocks.extend_by.is_none_or(|by| visit.scope.today <= by),
        ),
        (StepKind::Progress, "Something else was done or told", true),
    ];
    let offered = offers.into_iter().filter(|(_, _, is_open)| *is_open);
    offered
        .map(|(kind, label, _)| Link {
            label: label.into(),
            href: visit.href(&format!("/requests/{}/note?kind={}", held.id, kind.name())),
        })
        .collect()
}

fn events(opened: &Opened) -> Vec<Event> {
    let held = &opened.held;
    let received = Event {
        title: "Received".into(),
        text: held.origin.label().to_lowercase(),
        date: words::date(held.received_on),
        ..Event::default()
    };
    let mut events = vec![received];
    for step in &opened.steps {
        let title = match (step.kind, step.yes) {
            (StepKind::Identity, true) => "It is them".to_owned(),
            (StepKind::Identity, false) => "It is not known to be them".to_owned(),
            (kind, _) => kind.label().to_owned(),
        };
        let how = step.words.how.map(|how| format!("{}. ", how.label())).unwrap_or_default();
        let by = step.by.as_ref().map(|by| format!(", recorded by {by}")).unwrap_or_default();
        events.push(Event {
            title,
            text: format!("{how}{}", step.words.text),
            date: format!("{}{by}", words::date(step.on)),
            ..Event::default()
        });
    }
    if let Some(day) = held.done_on {
        events.push(Event { title: "Completed".into(), date: words::date(day), ..Event::default() });
    }
    events
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn shown(visit: &Visit, opened: &Opened, number: &str, errors: Errors) -> RequestPage {
    let held = &opened.held;
    let is_open = held.state == RequestState::Open;
    let at = |deed: &str| visit.href(&format!("/requests/{}{deed}", held.id));
    let (clocks, notes) = if is_open { clocks(visit, held) } else { (Vec::new(), Vec::new()) };
    let or_none = |text: &str| if text.is_empty() { "None".to_owned() } else { text.to_owned() };
    let known = if held.is_known { "Known" } else { "Not known yet: nothing is said of what is held" };
    let facts = vec![
        Row::new("From", held.content.name.clone()),
        Row::new("Reach them at", held.content.contact.clone()),
        Row::new("Their receipt", held.content.receipt.clone()),
        Row::new("Reference that they gave", or_none(&held.content.reference)),
        Row::new("Who they are", known),
        Row::new("Deleted on", words::date(held.erase_on)),
    ];
    let answer = held.content.outcome.as_ref().map(|(outcome, text)| {
        let mut answer = vec![format!("{}.", outcome.label(held.right))];
        answer.extend(lines(text));
        answer
    });
    let lead = match held.done_on {
        Some(day) => format!("Completed {}", words::date(day)),
        None => format!("Answer by {}", words::date(held.due.answer_by)),
    };
    RequestPage {
        shell: visit.shell(Nav::Requests),
        errors,
        crumbs: crumbs(visit),
        title: title(held),
        lead,
        tags: tags(visit, held),
        clocks,
        notes,
        message: lines(&held.content.message),
        answer: answer.unwrap_or_default(),
        facts,
        events: events(opened),
        steps: if is_open { steps(visit, opened) } else { Vec::new() },
        finish: is_open.then(|| at("/finish")),
        link: (is_open && held.is_known).then(|| LinkForm {
            action: at("/link"),
            number: match (number, opened.subject) {
                ("", Some((_, number))) => visit.scope.reference(number),
                (typed, _) => typed.to_owned(),
            },
        }),
        subject: opened.subject.map(|(subject, number)| Link {
            label: visit.scope.reference(number),
            href: visit.href(&format!("/people/{subject}")),
        }),
    }
}

/// `GET /o/{slug}/requests/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<RequestAboutDataId>) -> Answer {
    let opened = requests::open(&visit.app, &visit.ctx, id).await?;
    page(&shown(&visit, &opened, "", Errors::default()))
}

/// `POST /o/{slug}/requests/{id}/link`: number, the reference of whoever asks.
pub(crate) async fn link(visit: Visit, Id(id): Id<RequestAboutDataId>, sent: Sent) -> Answer {
    let number = sent.one("number");
    match requests::link(&visit.app, &visit.ctx, id, number).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/requests/{id}")), "request-linked")),
        Err(AppError::Refused(problems)) => {
            let opened = requests::open(&visit.app, &visit.ctx, id).await?;
            page_again(&shown(&visit, &opened, number, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

/// One that is open; what is completed is changed no more.
async fn open(visit: &Visit, id: RequestAboutDataId) -> Result<Opened, AppError> {
    let opened = requests::open(&visit.app, &visit.ctx, id).await?;
    if opened.held.state == RequestState::Open { Ok(opened) } else { Err(AppError::Hidden) }
}

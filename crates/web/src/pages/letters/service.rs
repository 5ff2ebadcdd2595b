//! One letter: its copy, how it reached the person, and what shows that (EXC-4, NOT-1, O31 3.3).
use super::{bytes, crumbs, state};
use crate::{
    forms::Sent,
    pages::{day::Day, gallery::name_or_reference, subjects::here},
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Event, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    letters::{self, Attempt, Opened, service::Entered},
};
use fairwatch_core::{
    ids::{AttemptId, LetterId},
    letters::{
        RecordService,
        service::{How, Outcome, Shows, ways},
    },
};

/// `letter_record.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "letter_record.html")]
struct LetterPage {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    tags: Vec<Tag>,
    rows: Vec<Row>,
    download: String,
    events: Vec<Event>,
    form: Option<ServiceForm>,
}
/// The form that records an attempt.
#[derive(Clone, Debug, Default)]
struct ServiceForm {
    action: String,
    ways: Vec<Choice>,
    police_note: String,
    outcomes: Vec<Choice>,
    on: Day,
    place: String,
    by: String,
    note: String,
    shows: Vec<Choice>,
}

fn event(visit: &Visit, attempt: &Attempt) -> Event {
    let date = words::date(attempt.on);
    let told = attempt.said.as_ref().map(|(how, said)| {
        let note = if said.note.is_empty() { String::new() } else { format!(". {}", said.note) };
        let proof = match said.shows {
            Some(Shows::Signature) => ". There is a signature",
            Some(Shows::Photograph) => ". There is a photograph",
            None => "",
        };
        format!("{}, {}, by {}{note}{proof}", how.label().to_lowercase(), said.place, said.by)
    });
    Event {
        title: attempt.outcome.label().into(),
        text: told.unwrap_or_else(|| "what was said of it is past its end".to_owned()),
        date,
        href: attempt.has_proof.then(|| visit.href(&format!("/attempts/{}/proof", attempt.id))),
        kind: String::new(),
    }
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice { value: value.into(), label: label.into(), note: String::new(), checked: value == chosen }
}

fn form(visit: &Visit, opened: &Opened, sent: &Sent) -> ServiceForm {
    let ways = ways(&opened.facts.scope.policy);
    let police_note = if ways.iter().any(|how| how.asks_police()) {
        ""
    } else {
        "The police take part only for schemes that are accredited or work towards it; this one’s policy says neither."
    };
    let how = if sent.has("how") { sent.one("how") } else { How::ByHand.name() };
    let outcome = if sent.has("outcome") { sent.one("outcome") } else { Outcome::Served.name() };
    let shows = if sent.has("shows") { sent.one("shows") } else { Shows::Photograph.name() };
    ServiceForm {
        action: visit.href(&format!("/letters/{}", opened.held.id)),
        ways: ways.iter().map(|way| choice(way.name(), way.label(), how)).collect(),
        police_note: police_note.to_owned(),
        outcomes: Outcome::ALL.iter().map(|one| choice(one.name(), one.label(), outcome)).collect(),
        on: if sent.has("on-day") { Day::from_form(sent, "on") } else { Day::of(opened.facts.scope.today) },
        place: sent.one("place").to_owned(),
        by: sent.one("by").to_owned(),
        note: sent.one("note").to_owned(),
        shows: vec![
            choice(Shows::Photograph.name(), "A photograph", shows),
            choice(Shows::Signature.name(), "A signature", shows),
        ],
    }
}

fn letter(visit: &Visit, opened: &Opened, sent: &Sent, errors: Errors) -> LetterPage {
    let (held, scope) = (&opened.held, &opened.facts.scope);
    let name = name_or_reference(opened.name.as_deref(), scope, opened.number);
    let mut way = crumbs(visit, held.subject, &name);
    way.push(Crumb { label: "Letters".into(), href: format!("{}/letters", here(visit, held.subject)) });
    let to = [held.written.name.clone()].into_iter().chain(held.written.address.iter().cloned());
    let rows = vec![
        Row::new("To", to.collect::<Vec<_>>().join(", ")),
        Row::new("Reference", held.written.reference.clone()),
        Row::new("Made", words::date_time(held.made_at)),
        Row::new("Privacy notice", if held.with_notice { "Attached" } else { "Not attached" }),
    ];
    let served = held.attempts.iter().any(|attempt| attempt.outcome == Outcome::Served);
    LetterPage {
        shell: visit.shell(Nav::Letters),
        errors,
        crumbs: way,
        title: held.kind.label().to_owned(),
        tags: vec![state(held)],
        rows,
        download: visit.href(&format!("/letters/{}/pdf", held.id)),
        events: held.attempts.iter().map(|attempt| event(visit, attempt)).collect(),
        form: (visit.may::<RecordService>() && !served).then(|| form(visit, opened, sent)),
    }
}

/// `GET /o/{slug}/letters/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<LetterId>) -> Answer {
    let opened = letters::open(&visit.app, &visit.ctx, id).await?;
    page(&letter(&visit, &opened, &Sent::default(), Errors::default()))
}

fn entered(sent: &Sent) -> Result<Entered, AppError> {
    let how = sent.one("how").parse().map_err(|_| AppError::in_field("how", "Choose how it was served."))?;
    let outcome =
        sent.one("outcome").parse().map_err(|_| AppError::in_field("outcome", "Choose how it ended."))?;
    let no_day = || AppError::in_field("on", "Enter the day, such as 27 3 2027.");
    let on = Day::from_form(sent, "on").parse().map_err(|_| no_day())?.ok_or_else(no_day)?;
    let shows = sent.one("shows").parse().unwrap_or(Shows::Photograph);
    let proof = sent.files.first().map(|file| (shows, file.bytes.clone()));
    let text = |field: &str| sent.one(field).to_owned();
    Ok(Entered { how, on, outcome, place: text("place"), by: text("by"), note: text("note"), proof })
}

/// `POST /o/{slug}/letters/{id}`
pub(crate) async fn record(visit: Visit, Id(id): Id<LetterId>, sent: Sent) -> Answer {
    let done = match entered(&sent) {
        Ok(entered) => {
            let code = if entered.outcome == Outcome::Served { "served" } else { "attempted" };
            letters::service::record(&visit.app, &visit.ctx, id, entered).await.map(|_| code)
        }
        Err(error) => Err(error),
    };
    match done {
        Ok(code) => Ok(see_other_done(&visit.href(&format!("/letters/{id}")), code)),
        Err(AppError::Refused(problems)) => {
            let opened = letters::open(&visit.app, &visit.ctx, id).await?;
            page_again(&letter(&visit, &opened, &sent, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /o/{slug}/letters/{id}/pdf`: a copy; each is recorded. Its name is the reference, which names nobody.
pub(crate) async fn download(visit: Visit, Id(id): Id<LetterId>) -> Answer {
    let (reference, pdf) = letters::download(&visit.app, &visit.ctx, id).await?;
    Ok(bytes("application/pdf", "attachment", &format!("{reference}.pdf"), pdf))
}

/// `GET /o/{slug}/attempts/{id}/proof`
pub(crate) async fn proof(visit: Visit, Id(id): Id<AttemptId>) -> Answer {
    let jpeg = letters::service::proof(&visit.app, &visit.ctx, id).await?;
    Ok(bytes("image/jpeg", "inline", "proof-of-service.jpg", jpeg))
}

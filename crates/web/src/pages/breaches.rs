//! The register of personal data breaches (BRE-1 to BRE-4).
mod affected;
mod telling;

pub(crate) use affected::affected;
pub(crate) use telling::{ask_told, told};

use super::day::Day;
use crate::{
    forms::Sent,
    pages::confirm::Confirm,
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Event, Link, Piece, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::{
    extract::Query,
    http::{HeaderValue, header},
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    breaches::{self, Breach, Told, Typed, When},
};
use fairwatch_core::{
    breaches::{
        BreachState, Content, ENTRIES, Entry, FindAffected, JudgeBreach, StepKind, is_high, last, left,
    },
    ids::BreachId,
};
use serde::Deserialize;

/// `breaches.html`
#[derive(Template, Debug)]
#[template(path = "breaches.html")]
struct Breaches {
    shell: Shell,
    new: String,
    exercise: String,
    open: Vec<BreachRow>,
    closed: Vec<BreachRow>,
}

#[derive(Debug)]
struct BreachRow {
    href: String,
    title: String,
    line: String,
    day: String,
    note: String,
    tags: Vec<Tag>,
}

fn title(breach: &Breach) -> String {
    format!("Breach {}: {}", breach.number, breach.content.title)
}

fn tags(visit: &Visit, breach: &Breach) -> Vec<Tag> {
    let mut tags = Vec::new();
    if breach.is_exercise {
        tags.push(Tag::new("blue", "Exercise"));
    }
    if breach.owed.iter().any(|owed| owed.by < visit.ctx.now()) {
        tags.push(Tag::new("red", "Overdue"));
    }
    if is_high(&breach.steps) {
        tags.push(Tag::new("amber", "High risk"));
    }
    tags
}

fn row(visit: &Visit, breach: &Breach) -> BreachRow {
    let (day, note) = match (breach.owed.first(), breach.erase_on) {
        (Some(owed), _) => {
            (left(owed.by, visit.ctx.now()), format!("next: {}", owed.kind.label().to_lowercase()))
        }
        (None, Some(day)) => (words::date(day), "deleted".to_owned()),
        (None, None) => ("All done".to_owned(), "can be closed".to_owned()),
    };
    BreachRow {
        href: visit.href(&format!("/breaches/{}", breach.id)),
        title: title(breach),
        line: format!("Detected {}", words::date_time(breach.aware_at)),
        day,
        note,
        tags: tags(visit, breach),
    }
}

/// `GET /o/{slug}/breaches`
pub(crate) async fn list(visit: Visit) -> Answer {
    let all = breaches::list(&visit.app, &visit.ctx, visit.org()).await?;
    let (open, closed): (Vec<_>, Vec<_>) = all.iter().partition(|breach| breach.state == BreachState::Open);
    page(&Breaches {
        shell: visit.shell(Nav::Breaches),
        new: visit.href("/breaches/new"),
        exercise: visit.href("/breaches/new?exercise=yes"),
        open: open.into_iter().map(|breach| row(&visit, breach)).collect(),
        closed: closed.into_iter().map(|breach| row(&visit, breach)).collect(),
    })
}

/// `data_breach.html`
#[derive(Template, Debug)]
#[template(path = "data_breach.html")]
struct BreachPage {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    tags: Vec<Tag>,
    is_exercise: bool,
    owed: Vec<OwedRow>,
    entries: Vec<Told>,
    beside: Vec<Row>,
    events: Vec<Event>,
    edit: Option<String>,
    close: Option<String>,
    affected: Option<String>,
    more: Vec<Link>,
    pdf: String,
}

#[derive(Debug)]
struct OwedRow {
    href: Option<String>,
    label: String,
    by: String,
    left: String,
    is_over: bool,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Breaches".into(), href: visit.href("/breaches") }]
}

/// The way to a page below that of one breach.
fn way(visit: &Visit, breach: &Breach) -> (Vec<Crumb>, String) {
    let here = visit.href(&format!("/breaches/{}", breach.id));
    let mut way = crumbs(visit);
    way.push(Crumb { label: format!("Breach {}", breach.number), href: here.clone() });
    (way, here)
}

/// What is to be done about it, in words.
fn deed(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Board => "Tell the board",
        StepKind::Commissioner => "Tell the Information Commissioner, or say why not",
        StepKind::Processor => "Tell the processors concerned, or say why not",
        StepKind::Risk => "The board judges how high the risk to people is",
        StepKind::People => "Tell the people concerned, or say why not",
        StepKind::Changed => "Correct it",
    }
}

/// Whether whoever asks may record such a step: the risk is the board's to judge (BRE-3).
fn records(visit: &Visit, kind: StepKind) -> bool {
    kind != StepKind::Risk || visit.may::<JudgeBreach>()
}

fn events(breach: &Breach) -> Vec<Event> {
    let one = |step: &fairwatch_core::breaches::Step| {
        let title = match (step.kind, step.yes) {
            (StepKind::Risk, true) => "Risk to people: high",
            (StepKind::Risk, false) => "Risk to people: not high",
            (StepKind::Board, true) => "Board told",
            (StepKind::Board, false) => "Board not told",
            (StepKind::Commissioner, true) => "Information Commissioner told",
            (StepKind::Commissioner, false) => "Information Commissioner not told",
            (StepKind::Processor, true) => "Processors told",
            (StepKind::Processor, false) => "No processor told",
            (StepKind::People, true) => "People concerned told",
            (StepKind::People, false) => "People concerned not told",
            (StepKind::Changed, _) => "Corrected",
        };
        let by = step.by.as_ref().map(|by| format!(", recorded by {by}")).unwrap_or_default();
        Event {
            title: title.to_owned(),
            text: step.words.clone(),
            date: format!("{}{by}", words::date_time(step.at)),
            ..Event::default()
        }
    };
    breach.steps.iter().map(one).collect()
}

fn about(number: Option<u32>, kinds: &str) -> String {
    match (number, kinds) {
        (None, "") => "Not known yet".to_owned(),
        (None, kinds) => format!("{kinds}; how many is not known yet"),
        (Some(number), "") => format!("About {}", crate::view::number(number.into())),
        (Some(number), kinds) => format!("About {}: {kinds}", crate::view::number(number.into())),
    }
}

/// `GET /o/{slug}/breaches/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<BreachId>) -> Answer {
    let breach = breaches::show(&visit.app, &visit.ctx, id).await?;
    let now = visit.ctx.now();
    let at = |deed: &str| visit.href(&format!("/breaches/{id}{deed}"));
    let telling = |kind: StepKind| at(&format!("/told?kind={}", kind.name()));
    let owed = breach.owed.iter().map(|owed| OwedRow {
        href: records(&visit, owed.kind).then(|| telling(owed.kind)),
        label: deed(owed.kind).to_owned(),
        by: words::date_time(owed.by),
        left: left(owed.by, now),
        is_over: owed.by < now,
    });
    let is_open = breach.state == BreachState::Open;
    // What was said can be followed by something newer, such as what the Commissioner was told later.
    let said = |kind: &StepKind| last(&breach.steps, *kind).is_some() && records(&visit, *kind);
    let more = StepKind::ALL
        .into_iter()
        .filter(|kind| is_open && said(kind))
        .map(|kind| Link { label: format!("Add to: {}", kind.label().to_lowercase()), href: telling(kind) });
    let content = &breach.content;
    let mut beside = vec![
        Row::new("People concerned", about(content.people, &content.people_kinds)),
        Row::new("Records concerned", about(content.records, &content.record_kinds)),
        Row::new(
            "Where more can be learned",
            if content.contact.is_empty() { "Not said yet" } else { &*content.contact },
        ),
    ];
    if let Some(day) = breach.erase_on {
        beside.push(Row::new("Deleted on", words::date(day)));
    }
    let state = match breach.closed_on {
        Some(day) => format!("Closed {}", words::date(day)),
        None => "Open".to_owned(),
    };
    page(&BreachPage {
        shell: visit.shell(Nav::Breaches),
        crumbs: crumbs(&visit),
        title: title(&breach),
        lead: format!("Detected {}. {state}", words::date_time(breach.aware_at)),
        tags: tags(&visit, &breach),
        is_exercise: breach.is_exercise,
        owed: owed.collect(),
        entries: breaches::entries(&breach),
        beside,
        events: events(&breach),
        edit: is_open.then(|| at("/edit")),
        close: (is_open && breach.owed.is_empty()).then(|| at("/close")),
        affected: visit.may::<FindAffected>().then(|| at("/affected")),
        more: more.collect(),
        pdf: at("/pdf"),
    })
}

/// `GET /o/{slug}/breaches/{id}/pdf`
pub(crate) async fn pdf(visit: Visit, Id(id): Id<BreachId>) -> Answer {
    let (number, bytes) = breaches::report(&visit.app, &visit.ctx, &visit.scope, id).await?;
    let file = format!("inline; filename=\"{}-breach-{number}.pdf\"", visit.scope.slug);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(PageError::internal)?),
    ];
    Ok((headers, bytes).into_response())
}

/// `data_breach_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "data_breach_form.html")]
struct Form {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    cancel: String,
    is_new: bool,
    is_exercise: bool,
    aware: Day,
    time: String,
    content: Content,
    personal: Vec<Choice>,
    people: String,
    records: String,
    edition: i64,
    reason: String,
    entries: Vec<Entry>,
}

/// What a form sent, as it was typed: a day that does not exist is kept in its fields, and is no day.
fn when(sent: &Sent, id: &str) -> (Day, When) {
    let day = Day::from_form(sent, id);
    let time = sent.one(&format!("{id}-time")).to_owned();
    let found = day.parse().ok().flatten();
    (day, When { day: found, time })
}

fn typed(sent: &Sent) -> Typed {
    let text = |field: &str| sent.one(field).to_owned();
    Typed {
        aware: when(sent, "aware").1,
        content: Content {
            title: text("title"),
            happened: text("happened"),
            cause: text("cause"),
            impact: text("impact"),
            effects: text("effects"),
            format: text("format"),
            mitigation: text("mitigation"),
            prevention: text("prevention"),
            people_kinds: text("people_kinds"),
            record_kinds: text("record_kinds"),
            contact: text("contact"),
            ..Content::default()
        },
        personal: text("personal"),
        people: text("people"),
        records: text("records"),
        edition: sent.one("edition").parse().unwrap_or_default(),
        reason: text("reason"),
    }
}

fn personal(chosen: &str) -> Vec<Choice> {
    let choice = |value: &str, label: &str, note: &str| Choice {
        value: value.into(),
        label: label.into(),
        note: note.into(),
        checked: value == chosen,
    };
    vec![
        choice("yes", "Personal", "Anything about a living person"),
        choice("no", "Not personal", "Nobody’s data: nobody but the board and processors is told"),
    ]
}

fn form(visit: &Visit, typed: Typed, day: Day, errors: Errors) -> Form {
    Form {
        shell: visit.shell(Nav::Breaches),
        errors,
        crumbs: crumbs(visit),
        cancel: visit.href("/breaches"),
        aware: day,
        time: typed.aware.time,
        personal: personal(&typed.personal),
        content: typed.content,
        people: typed.people,
        records: typed.records,
        entries: ENTRIES.to_vec(),
        ..Form::default()
    }
}

fn new_form(visit: &Visit, sent: &Sent, is_exercise: bool, errors: Errors) -> Form {
    let title = if is_exercise { "Start an exercise" } else { "Record a breach" };
    Form {
        title: title.into(),
        action: visit.href("/breaches/new"),
        is_new: true,
        is_exercise,
        ..form(visit, typed(sent), when(sent, "aware").0, errors)
    }
}

/// Whether it is an exercise.
#[derive(Deserialize)]
pub(crate) struct Mode {
    #[serde(default)]
    exercise: String,
}

/// `GET /o/{slug}/breaches/new`: now is when it was detected, unless somebody says otherwise.
pub(crate) async fn ask(visit: Visit, Query(mode): Query<Mode>) -> Answer {
    let mut form = new_form(&visit, &Sent::default(), mode.exercise == "yes", Errors::default());
    form.aware = Day::of(visit.scope.today);
    form.time = words::time(visit.ctx.now());
    form.personal = personal("yes");
    page(&form)
}

/// `POST /o/{slug}/breaches/new`
pub(crate) async fn record(visit: Visit, sent: Sent) -> Answer {
    let is_exercise = sent.one("exercise") == "yes";
    match breaches::record(&visit.app, &visit.ctx, visit.org(), &typed(&sent), is_exercise).await {
        Ok(id) => Ok(see_other_done(&visit.href(&format!("/breaches/{id}")), "breach-recorded")),
        Err(AppError::Refused(problems)) => {
            page_again(&new_form(&visit, &sent, is_exercise, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

fn edit_form(visit: &Visit, breach: &Breach, typed: Typed, day: Day, errors: Errors) -> Form {
    let (crumbs, here) = way(visit, breach);
    Form {
        title: "Fill in the entries".into(),
        crumbs,
        action: format!("{here}/edit"),
        // Who was told that somebody else changed it can keep their own all the same.
        edition: breach.edition,
        reason: typed.reason.clone(),
        cancel: here,
        ..form(visit, typed, day, errors)
    }
}

/// One that is open; what is closed is changed no more.
async fn open(visit: &Visit, id: BreachId) -> Result<Breach, AppError> {
    let breach = breaches::show(&visit.app, &visit.ctx, id).await?;
    if breach.state == BreachState::Open { Ok(breach) } else { Err(AppError::Hidden) }
}

/// `GET /o/{slug}/breaches/{id}/edit`
pub(crate) async fn ask_edit(visit: Visit, Id(id): Id<BreachId>) -> Answer {
    let breach = open(&visit, id).await?;
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let day = fairwatch_core::world::london_date(breach.aware_at);
    let typed = Typed {
        aware: When { day: Some(day), time: words::time(breach.aware_at) },
        personal: if breach.content.is_personal { "yes" } else { "no" }.into(),
        people: number(breach.content.people),
        records: number(breach.content.records),
        content: breach.content.clone(),
        ..Typed::default()
    };
    page(&edit_form(&visit, &breach, typed, Day::of(day), Errors::default()))
}

/// `POST /o/{slug}/breaches/{id}/edit`
pub(crate) async fn edit(visit: Visit, Id(id): Id<BreachId>, sent: Sent) -> Answer {
    match breaches::edit(&visit.app, &visit.ctx, id, &typed(&sent)).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/breaches/{id}")), "breach-kept")),
        Err(AppError::Refused(problems)) => {
            let breach = open(&visit, id).await?;
            let day = when(&sent, "aware").0;
            page_again(&edit_form(&visit, &breach, typed(&sent), day, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

fn closing(visit: &Visit, breach: &Breach, errors: Errors) -> Confirm {
    let (crumbs, here) = way(visit, breach);
    let kept = visit.scope.policy.keep.breach.length;
    Confirm {
        shell: visit.shell(Nav::Breaches),
        errors,
        crumbs,
        here: "Close".into(),
        title: format!("Close breach {}?", breach.number),
        text: vec![vec![Piece::text(format!(
            "Nothing of it can be changed afterwards. It stays in the register for {kept}, then it is deleted."
        ))]],
        action: format!("{here}/close"),
        button: "Close it".into(),
        cancel: here,
        ..Confirm::default()
    }
}

/// `GET /o/{slug}/breaches/{id}/close`
pub(crate) async fn ask_close(visit: Visit, Id(id): Id<BreachId>) -> Answer {
    page(&closing(&visit, &open(&visit, id).await?, Errors::default()))
}

/// `POST /o/{slug}/breaches/{id}/close`
pub(crate) async fn close(visit: Visit, Id(id): Id<BreachId>) -> Answer {
    match breaches::close(&visit.app, &visit.ctx, id).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/breaches/{id}")), "breach-closed")),
        Err(AppError::Refused(problems)) => {
            page_again(&closing(&visit, &open(&visit, id).await?, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

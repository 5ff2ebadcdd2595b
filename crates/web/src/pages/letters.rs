//! Letters to people: what is to be made and served, and what was, beside the clock (EXC-3, EXC-4, NOT-1, NOT-5).
pub(crate) mod exempting;
pub(crate) mod making;
pub(crate) mod service;

use super::{gallery::name_or_reference, subjects::here};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Choice, Crumb, Errors, Link, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use fairwatch_app::{
    letters::{self, Held, Letters, Record},
    subjects::Shown,
};
use fairwatch_core::{
    gate::Role,
    ids::SubjectId,
    letters::{
        EndExemption, ExemptNotice, Kind, PreviewLetter,
        due::{Outstanding, Task},
        exemptions::Ground,
        service::Outcome,
    },
};
use jiff::civil::Date;
use uuid::Uuid;

/// Something that is to be done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Todo {
    pub(crate) title: String,
    pub(crate) why: String,
    pub(crate) by: String,
    pub(crate) overdue: bool,
    pub(crate) href: String,
    pub(crate) button: String,
    pub(crate) who: String,
    pub(crate) who_href: String,
}

/// The address of the form that makes a letter.
fn make_href(visit: &Visit, subject: SubjectId, kind: Kind, about: Option<Uuid>) -> String {
    let about = about.map_or_else(String::new, |id| format!("?about={id}"));
    format!("{}/letters/new/{}{about}", here(visit, subject), kind.name())
}

fn failed(what: &Outstanding) -> String {
    match what.failed {
        None => "nobody has tried yet".to_owned(),
        Some((1, on)) => format!("one attempt failed, on {}", words::date(on)),
        Some((n, on)) => format!("{n} attempts failed, the last on {}", words::date(on)),
    }
}

fn todo(visit: &Visit, subject: SubjectId, what: &Outstanding, today: Date) -> Todo {
    let since = words::date(what.since);
    let place = format!("{}/letters", here(visit, subject));
    let (title, why, href, button) = match what.task {
        Task::Make { kind, about } => {
            let why = match kind {
                Kind::Warning => format!("The warning was authorised on {since}. Nothing was written yet"),
                Kind::Exclusion => {
                    format!("The exclusion is in force from {since}. The person has no notice of it")
                }
                Kind::Variation => format!("The exclusion was changed on {since}, after the last letter"),
                Kind::Lifting => format!("The exclusion was lifted on {since}. The person was not told"),
                Kind::Expiry => "The exclusion ends, and the data may go with it".to_owned(),
                Kind::AppealReceipt => format!("An appeal came on {since}. It was not acknowledged"),
                Kind::AppealDecision => format!("The appeal was decided on {since}. The person was not told"),
                Kind::Notice => format!("Data are held since {since}. The privacy notice was not served"),
                Kind::Confirmation => String::new(),
            };
            let href =
                if visit.may::<PreviewLetter>() { make_href(visit, subject, kind, about) } else { place };
            (format!("{}: to be made", kind.label()), why, href, "Make it")
        }
        Task::Serve { letter, kind } => {
            let notice =
                if what.notice && kind != Kind::Notice { ". The privacy notice goes with it" } else { "" };
            let why = format!("Made on {since}; {}{notice}", failed(what));
            (
                format!("{}: to be served", kind.label()),
                why,
                visit.href(&format!("/letters/{letter}")),
                "Record service",
            )
        }
        Task::Review { .. } => {
            let why = format!("The exemption from the privacy notice was to be looked at again on {since}");
            ("Exemption: to be reviewed".to_owned(), why, format!("{place}#exemption"), "Review it")
        }
    };
    Todo {
        title,
        why,
        by: what.by.map_or_else(String::new, |by| format!("by {}", words::date(by))),
        overdue: what.is_overdue(today),
        href,
        button: button.to_owned(),
        ..Todo::default()
    }
}

/// What of a person's letters stands on the page of their record.
#[derive(Clone, Debug, Default)]
pub(crate) struct LettersSection {
    pub(crate) clock: Vec<Row>,
    pub(crate) todo: Vec<Todo>,
    pub(crate) href: String,
}

impl LettersSection {
    pub(crate) fn of(visit: &Visit, shown: &Shown, here: &str) -> Option<Self> {
        let record = shown.letters.as_ref().filter(|_| shown.open.life.stage.is_live())?;
        let today = shown.scope.today;
        let todo = record.outstanding.iter().map(|what| todo(visit, shown.open.id, what, today));
        Some(Self { clock: clock(record, today), todo: todo.collect(), href: format!("{here}/letters") })
    }
}

/// The clock of circulation and the record of service, together (NOT-1).
fn clock(record: &Record, today: Date) -> Vec<Row> {
    let day = |date: Option<Date>, none: &str| date.map_or_else(|| none.to_owned(), words::date);
    let exempt = record.exemptions.iter().find(|held| held.ended.is_none());
    let notice = match (record.notice_served, exempt, record.notice_due) {
        (Some(on), ..) => format!("Served on {}", words::date(on)),
        (None, Some(held), _) => {
            format!(
                "Not served: exempt since {}, reviewed on {}",
                words::date(held.since),
                words::date(held.review)
            )
        }
        (None, None, Some(due)) if due < today => format!("Not served. It was due by {}", words::date(due)),
        (None, None, Some(due)) => format!("Not served yet. It is due by {}", words::date(due)),
        (None, None, None) => "Nothing is held that it would tell of".to_owned(),
    };
    vec![
        Row::new("Data first collected", day(record.collected, "Not yet")),
        Row::new("First shown to members", day(record.circulated, "Not yet")),
        Row::new("Privacy notice", notice),
    ]
}

/// `letters.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "letters.html")]
struct OutstandingList {
    shell: Shell,
    overdue: usize,
    enquiries: String,
    todo: Vec<Todo>,
    more: usize,
}

/// So many stand on the list; the rest come up as these are done.
const MOST: usize = 200;

/// `GET /o/{slug}/letters`
pub(crate) async fn outstanding(visit: Visit) -> Answer {
    let (scope, listed) = letters::outstanding(&visit.app, &visit.ctx, visit.org()).await?;
    let rows = listed.iter().take(MOST).map(|one| Todo {
        who: name_or_reference(one.name.as_deref(), &scope, one.number),
        who_href: format!("{}/letters", here(&visit, one.subject)),
        ..todo(&visit, one.subject, &one.what, scope.today)
    });
    page(&OutstandingList {
        shell: visit.shell(Nav::Letters),
        overdue: listed.iter().filter(|one| one.what.is_overdue(scope.today)).count(),
        enquiries: match visit.role() {
            Role::Controller => visit.href("/enquiries"),
            _ => String::new(),
        },
        todo: rows.collect(),
        more: listed.len().saturating_sub(MOST),
    })
}

/// `subject_letters.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "subject_letters.html")]
struct PersonsLetters {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    name: String,
    clock: Vec<Row>,
    todo: Vec<Todo>,
    letters: Vec<Listed>,
    others: Vec<Link>,
    exemption: Option<Exemption>,
    former: Vec<Row>,
    exempt: Option<ExemptForm>,
}
/// A letter that was made.
#[derive(Clone, Debug, Default)]
struct Listed {
    title: String,
    note: String,
    href: String,
    tags: Vec<Tag>,
}
/// The exemption that stands.
#[derive(Clone, Debug, Default)]
struct Exemption {
    id: String,
    rows: Vec<Row>,
    found: String,
    review_action: Option<String>,
    end_action: String,
}
/// The form that records one.
#[derive(Clone, Debug, Default)]
struct ExemptForm {
    action: String,
    grounds: Vec<Choice>,
    reason: String,
}

/// What was typed into the forms of the page.
#[derive(Clone, Debug, Default)]
struct Typed {
    ground: String,
    reason: String,
    found: String,
}

fn state(held: &Held) -> Tag {
    let served = held.attempts.iter().find(|attempt| attempt.outcome == Outcome::Served);
    let failed = held.attempts.iter().filter(|attempt| attempt.outcome == Outcome::Failed).count();
    match (served, held.attempts.first()) {
        (Some(attempt), _) => Tag::new("green", format!("Served on {}", words::short_date(attempt.on))),
        (None, Some(last)) if last.outcome == Outcome::Endeavoured => {
            Tag::new("pale", "Not served, best endeavours")
        }
        _ if failed > 0 => Tag::new("amber", words::count(failed, "attempt failed", "attempts failed")),
        _ => Tag::new("amber", "To be served"),
    }
}

fn crumbs(visit: &Visit, subject: SubjectId, name: &str) -> Vec<Crumb> {
    vec![
        Crumb { label: "People".into(), href: visit.href("/people") },
        Crumb { label: name.to_owned(), href: here(visit, subject) },
    ]
}

fn persons(
    visit: &Visit,
    subject: SubjectId,
    found: &Letters,
    typed: &Typed,
    errors: Errors,
) -> PersonsLetters {
    let (scope, record) = (&found.scope, &found.record);
    let name = name_or_reference(found.name.as_deref(), scope, found.number);
    let listed = record.letters.iter().map(|held| Listed {
        title: held.kind.label().to_owned(),
        note: format!("made on {}, {}", words::date(held.made_on), held.written.reference),
        href: visit.href(&format!("/letters/{}", held.id)),
        tags: vec![state(held)],
    });
    let others = record.possible.iter().filter(|_| visit.may::<PreviewLetter>()).map(|(kind, about)| Link {
        label: kind.label().to_owned(),
        href: make_href(visit, subject, *kind, *about),
    });
    let at = |deed: &str| format!("{}/letters/{deed}", here(visit, subject));
    let exemption = record.exemptions.iter().find(|held| held.ended.is_none()).map(|held| {
        let mut rows = vec![
            Row::new("Ground", held.ground.label()),
            Row::new("Why", held.said.reason.clone()),
            Row::new("Since", words::date(held.since)),
            Row::new("Looked at again on", words::date(held.review)),
        ];
        rows.extend(
            held.said
                .reviews
                .iter()
                .map(|(on, found)| Row::new(format!("Reviewed {}", words::date(*on)), found)),
        );
        Exemption {
            id: held.id.to_string(),
            rows,
            found: typed.found.clone(),
            review_action: visit.may::<EndExemption>().then(|| at("exempt/review")),
            end_action: at("exempt/end"),
        }
    });
    let former = record.exemptions.iter().filter_map(|held| {
        let ended = words::date(held.ended?);
        let line = format!("{}. From {} to {ended}", held.said.reason, words::date(held.since));
        Some(Row::new(held.ground.label(), line))
    });
    let may_exempt = visit.may::<ExemptNotice>() && exemption.is_none() && record.notice_served.is_none();
    let grounds = Ground::ALL.into_iter().map(|ground| Choice {
        value: ground.name().into(),
        label: ground.label().into(),
        note: String::new(),
        checked: ground.name() == typed.ground,
    });
    PersonsLetters {
        shell: visit.shell(Nav::Letters),
        errors,
        crumbs: crumbs(visit, subject, &name),
        clock: clock(record, scope.today),
        todo: record.outstanding.iter().map(|what| todo(visit, subject, what, scope.today)).collect(),
        letters: listed.collect(),
        others: others.collect(),
        exempt: may_exempt.then(|| ExemptForm {
            action: at("exempt"),
            grounds: grounds.collect(),
            reason: typed.reason.clone(),
        }),
        former: former.collect(),
        exemption,
        name,
    }
}

/// `GET /o/{slug}/people/{id}/letters`
pub(crate) async fn of_person(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let found = letters::of_subject(&visit.app, &visit.ctx, subject).await?;
    page(&persons(&visit, subject, &found, &Typed::default(), Errors::default()))
}

/// Should a browser take the bytes for a page after all, it is one that can do nothing but show them.
const POLICY: &str = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; img-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Bytes that are no page, kept nowhere on the way.
fn bytes(kind: &'static str, how: &str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    let mut set = |key, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(key, value);
        }
    };
    set(header::CONTENT_TYPE, kind);
    set(header::CACHE_CONTROL, "no-store");
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::CONTENT_DISPOSITION, &format!("{how}; filename=\"{name}\""));
    response
}

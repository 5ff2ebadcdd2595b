//! The calendar of duties, and its feed (DOC-4).
use crate::{
    respond::{Answer, PageError, page, see_other_done},
    shell::Nav,
    view::{Chip, Shell, Tag},
    visit::{Guest, Visit},
    words,
};
use askama::Template;
use axum::{
    extract::{Path, Query, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse as _,
};
use fairwatch_app::{AppError, duties};
use fairwatch_core::duties::{Duty, State};
use jiff::civil::Date;
use serde::Deserialize;

/// `duties.html`
#[derive(Template, Debug)]
#[template(path = "duties.html")]
struct Duties {
    shell: Shell,
    chips: Vec<Chip>,
    summary: String,
    parts: Vec<Part>,
    feed: String,
    has_feed: bool,
    make: String,
    end: String,
}

#[derive(Debug)]
struct Part {
    title: String,
    duties: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    label: String,
    href: String,
    day: String,
    who: String,
    tag: Option<Tag>,
}

/// Which part of the calendar is wanted: all of it, or what is near.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    all: String,
}

fn listed(visit: &Visit, duty: &Duty) -> Listed {
    let tag = match duty.state(visit.scope.today) {
        State::Overdue => Some(Tag::new("red", "Overdue")),
        State::Today => Some(Tag::new("amber", "Today")),
        State::Soon | State::Later => None,
    };
    Listed {
        label: duty.label.clone(),
        href: visit.href(&duty.path),
        day: words::date(duty.due),
        who: words::list(&duty.roles.iter().map(|role| role.label().to_owned()).collect::<Vec<_>>()),
        tag,
    }
}

/// The duties in parts: what is overdue, what is due today and in the next two weeks, then month by month.
fn parts(visit: &Visit, duties: &[Duty]) -> Vec<Part> {
    let today = visit.scope.today;
    let title = |duty: &Duty| match duty.state(today) {
        State::Overdue => "Overdue".to_owned(),
        State::Today => "Today".to_owned(),
        State::Soon => "In the next two weeks".to_owned(),
        State::Later => month(duty.due),
    };
    let mut parts: Vec<Part> = Vec::new();
    for duty in duties {
        let title = title(duty);
        match parts.last_mut() {
            Some(part) if part.title == title => part.duties.push(listed(visit, duty)),
            _ => parts.push(Part { title, duties: vec![listed(visit, duty)] }),
        }
    }
    parts
}

fn month(day: Date) -> String {
    day.strftime("%B %Y").to_string()
}

async fn shown(visit: &Visit, wanted: &Wanted, feed: String) -> Answer {
    let found = duties::list(&visit.app, &visit.ctx, visit.org()).await?;
    let near = |duty: &&Duty| wanted.all == "yes" || duty.state(visit.scope.today) != State::Later;
    let list = found.duties.iter().filter(near).cloned().collect::<Vec<_>>();
    let overdue = found.duties.iter().filter(|duty| duty.state(visit.scope.today) == State::Overdue).count();
    let chip = |label: &str, path: &str, n: usize, current| Chip {
        label: label.into(),
        href: visit.href(path),
        count: u32::try_from(n).ok(),
        current,
    };
    let soon = found.duties.iter().filter(|duty| duty.state(visit.scope.today) != State::Later).count();
    page(&Duties {
        shell: visit.shell(Nav::Duties),
        chips: vec![
            chip("Due soon", "/duties", soon, wanted.all != "yes"),
            chip("All", "/duties?all=yes", found.duties.len(), wanted.all == "yes"),
        ],
        summary: match overdue {
            0 => "Nothing is overdue.".to_owned(),
            n => format!("{} overdue.", words::count(n, "duty is", "duties are")),
        },
        parts: parts(visit, &list),
        feed,
        has_feed: found.has_feed,
        make: visit.href("/duties/feed"),
        end: visit.href("/duties/feed/end"),
    })
}

/// `GET /o/{slug}/duties`: all, for what is far away, too.
pub(crate) async fn list(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    shown(&visit, &wanted, String::new()).await
}

/// `POST /o/{slug}/duties/feed`: the address is on the page that answers, and nowhere else.
pub(crate) async fn make_feed(visit: Visit) -> Answer {
    let path = duties::make_feed(&visit.app, &visit.ctx, visit.org()).await?;
    let feed = format!("{}{path}", visit.web.base().trim_end_matches('/'));
    shown(&visit, &Wanted { all: String::new() }, feed).await
}

/// `POST /o/{slug}/duties/feed/end`
pub(crate) async fn end_feed(visit: Visit) -> Answer {
    duties::end_feed(&visit.app, &visit.ctx, visit.org()).await?;
    Ok(see_other_done(&visit.href("/duties"), "feed-ended"))
}

/// `GET /calendar/{token}`: the feed, for a calendar that signs in nowhere. One that has it already is told so.
pub(crate) async fn feed(
    guest: Guest,
    headers: HeaderMap,
    path: Result<Path<String>, PathRejection>,
) -> Answer {
    let Path(token) = path.map_err(|_| AppError::Hidden)?;
    let token = token.strip_suffix(".ics").unwrap_or(&token);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known = known.map(|value| value.trim().trim_start_matches("W/").trim_matches('"'));
    let found = duties::feed(&guest.web.app(), &guest.ctx, token, guest.web.base(), known).await?;
    let found = found.ok_or(AppError::Hidden)?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", found.version)).map_err(PageError::internal)?;
    let headers = [
        (header::ETAG, tag),
        // It may be kept, and is asked for again each time.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"duties.ics\"")),
    ];
    Ok(match found.text {
        Some(text) => (headers, text).into_response(),
        None => (StatusCode::NOT_MODIFIED, headers).into_response(),
    })
}

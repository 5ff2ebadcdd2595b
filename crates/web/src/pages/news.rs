//! What a scheme tells its members (MEM-4).
pub(crate) mod writing;

use super::{governing::save_pdf, targets::told};
use crate::{
    respond::{Answer, PageError, page},
    shell::Nav,
    view::{Chip, Crumb, Link, Row, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::news::{self, Post};
use fairwatch_core::{
    gate::Role,
    governing::blocks,
    groups::ListGroups,
    ids::PostId,
    news::{Kind, ListAlerts, ShowReaders, radio},
    notices::{Block, Inline},
    world::london_date,
};

/// `news/list.html`
#[derive(Template, Debug)]
#[template(path = "news/list.html")]
struct List {
    shell: Shell,
    lead: String,
    chips: Vec<Chip>,
    write: Vec<Link>,
    shown: Vec<Line>,
    over: Vec<Line>,
    groups: Option<String>,
}

#[derive(Debug)]
struct Line {
    href: String,
    title: String,
    text: String,
    day: String,
    tags: Vec<Tag>,
}

/// An alert that one has not read; see `news/_alerts.html`.
#[derive(Clone, Debug, Default)]
pub(crate) struct AlertLine {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) day: String,
}

/// The alerts that whoever asks has not read, for the page on which they start; its route names [`ListAlerts`].
pub(crate) async fn unread(visit: &Visit) -> Result<Vec<AlertLine>, PageError> {
    let is_told = matches!(visit.role(), Role::MemberUser | Role::Staff);
    if !is_told || !visit.may::<ListAlerts>() {
        return Ok(Vec::new());
    }
    let alerts = news::unread_alerts(&visit.app, &visit.ctx, visit.org()).await?;
    let line = |post: &Post| AlertLine {
        href: visit.href(&format!("/news/{}", post.id)),
        title: post.content.title.clone(),
        day: words::date(london_date(post.published_at)),
    };
    Ok(alerts.iter().map(line).collect())
}

fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::Alert => "red",
        Kind::Event => "teal",
        Kind::Document => "blue",
        Kind::News => "pale",
    }
}

fn tags(post: &Post) -> Vec<Tag> {
    let mut tags = vec![Tag::new(colour(post.kind), post.kind.label())];
    if post.radio {
        tags.push(Tag::new("amber", "For radio"));
    }
    tags
}

/// The beginning of a text, in one line.
fn beginning(text: &str) -> String {
    const MOST: usize = 160;
    let mut words = String::new();
    let mut was_apart = false;
    for line in text.lines().map(str::trim) {
        let bare = line.trim_start_matches(['#', '-']).trim_start();
        let is_apart = bare.len() < line.len() || line.is_empty();
        if !bare.is_empty() && !words.is_empty() {
            // What stood in lines of its own does not become one sentence.
            let is_open = words.ends_with(|last: char| !last.is_ascii_punctuation());
            words.push_str(if is_open && (is_apart || was_apart) { "; " } else { " " });
        }
        words.extend(
            bare.split_whitespace().enumerate().flat_map(|(at, word)| [if at > 0 { " " } else { "" }, word]),
        );
        was_apart = is_apart;
    }
    match words.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", words[..at].trim_end()),
        None => words,
    }
}

/// When and where an event is.
fn happens(post: &Post) -> Option<String> {
    let day = post.happens_on?;
    let mut parts = vec![words::weekday(day)];
    parts.extend(
        [&post.content.time, &post.content.place].into_iter().filter(|part| !part.is_empty()).cloned(),
    );
    Some(parts.join(", "))
}

fn line(visit: &Visit, post: &Post) -> Line {
    let mut tags = tags(post);
    if !post.read && post.over_on >= visit.scope.today {
        tags.push(Tag::new("amber", "New"));
    }
    let text = beginning(&post.content.text);
    Line {
        href: visit.href(&format!("/news/{}", post.id)),
        title: post.content.title.clone(),
        text: match happens(post) {
            Some(when) if text.is_empty() => when,
            Some(when) => format!("{when}. {text}"),
            None => text,
        },
        day: words::date(london_date(post.published_at)),
        tags,
    }
}

/// What somebody with this role can write.
fn writable(visit: &Visit) -> impl Iterator<Item = Kind> {
    let role = visit.role();
    Kind::ALL.into_iter().filter(move |kind| kind.is_written_by(role))
}

/// What a page calls the writing of each kind.
fn verb(kind: Kind) -> &'static str {
    match kind {
        Kind::News => "Publish news",
        Kind::Alert => "Send an alert",
        Kind::Document => "Share a document",
        Kind::Event => "Announce an event",
    }
}

/// The two places of what a scheme tells its members.
pub(crate) fn chips(visit: &Visit, here: &str) -> Vec<Chip> {
    let chip = |label: &str, path: &str| Chip {
        label: label.into(),
        href: visit.href(path),
        count: None,
        current: path == here,
    };
    vec![chip("News", "/news"), chip("Meetings", "/meetings")]
}

/// `GET /o/{slug}/news`
pub(crate) async fn list(visit: Visit) -> Answer {
    let posts = news::list(&visit.app, &visit.ctx, visit.org()).await?;
    let (shown, over): (Vec<&Post>, Vec<&Post>) =
        posts.iter().partition(|post| post.over_on >= visit.scope.today);
    let write = writable(&visit).map(|kind| Link {
        label: verb(kind).to_owned(),
        href: visit.href(&format!("/news/new/{}", kind.name())),
    });
    let write = write.collect::<Vec<_>>();
    let lead = if write.is_empty() { "What your scheme tells you." } else { "What your members are told." };
    page(&List {
        shell: visit.shell(Nav::News),
        lead: lead.into(),
        chips: chips(&visit, "/news"),
        write,
        shown: shown.iter().map(|post| line(&visit, post)).collect(),
        over: over.iter().map(|post| line(&visit, post)).collect(),
        groups: visit.may::<ListGroups>().then(|| visit.href("/groups")),
    })
}

/// `news/post.html`
#[derive(Template, Debug)]
#[template(path = "news/post.html")]
struct PostPage {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    tags: Vec<Tag>,
    lead: String,
    read_out: String,
    blocks: Vec<Block>,
    pdf: Option<String>,
    rows: Vec<Row>,
    readers: Option<String>,
    withdraw: Option<String>,
}

/// For whom something is. Members are not told what the controller's lists are called, nor who else is meant.
pub(crate) fn for_whom(visit: &Visit, words: &[String]) -> String {
    let keeps = matches!(visit.role(), Role::Controller | Role::Board);
    if keeps || words.is_empty() { told(words) } else { "Your business".to_owned() }
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "News".into(), href: visit.href("/news") }]
}

/// `GET /o/{slug}/news/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<PostId>) -> Answer {
    let news::Whole { post, author, is_own } = news::read(&visit.app, &visit.ctx, id).await?;
    let at = |more: &str| visit.href(&format!("/news/{id}{more}"));
    let content = &post.content;
    let mut rows = Vec::new();
    if let Some(day) = post.happens_on {
        rows.push(Row::new("Day", words::weekday(day)));
        rows.extend((!content.time.is_empty()).then(|| Row::new("Time", content.time.clone())));
        rows.push(Row::new("Place", content.place.clone()));
    }
    rows.push(Row::new("For", for_whom(&visit, &content.for_whom)));
    rows.push(Row::new("Published", words::date_time(post.published_at)));
    rows.push(Row::new("Shown until", words::date(post.over_on)));
    rows.extend(author.map(|author| Row::new("Written by", author)));
    let is_controller = visit.role() == Role::Controller;
    let prefix = &*visit.scope.policy.scheme.prefix;
    page(&PostPage {
        shell: visit.shell(Nav::News),
        crumbs: crumbs(&visit),
        title: content.title.clone(),
        tags: tags(&post),
        lead: happens(&post).unwrap_or_else(|| words::date(london_date(post.published_at))),
        read_out: if post.radio { radio::read_out(&content.text, prefix) } else { String::new() },
        blocks: blocks(&content.text),
        pdf: post.has_file.then(|| at("/pdf")),
        rows,
        readers: visit.may::<ShowReaders>().then(|| at("/readers")),
        withdraw: (is_controller || is_own && post.kind.is_written_by(visit.role())).then(|| at("/withdraw")),
    })
}

/// `GET /o/{slug}/news/{id}/pdf`
pub(crate) async fn pdf(visit: Visit, Id(id): Id<PostId>) -> Answer {
    let bytes = news::pdf(&visit.app, &visit.ctx, id).await?;
    save_pdf(bytes, "document.pdf")
}

/// `news/readers.html`
#[derive(Template, Debug)]
#[template(path = "news/readers.html")]
struct Readers {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    lead: String,
    people: Vec<Reader>,
}

#[derive(Debug)]
struct Reader {
    name: String,
    business: String,
    when: String,
    tag: Option<Tag>,
}

/// `GET /o/{slug}/news/{id}/readers`
pub(crate) async fn readers(visit: Visit, Id(id): Id<PostId>) -> Answer {
    let (post, people) = news::readers(&visit.app, &visit.ctx, id).await?;
    let read = people.iter().filter(|one| one.read_at.is_some()).count();
    let mut way = crumbs(&visit);
    way.push(Crumb { label: post.content.title.clone(), href: visit.href(&format!("/news/{id}")) });
    let person = |one: news::Reader| Reader {
        name: one.name,
        business: one.business,
        when: one.read_at.map(words::date_time).unwrap_or_default(),
        tag: one.read_at.is_none().then(|| Tag::new("amber", "Not read")),
    };
    let whom = words::count(people.len(), "person", "people");
    page(&Readers {
        shell: visit.shell(Nav::News),
        crumbs: way,
        title: post.content.title.clone(),
        lead: format!("{read} of {whom} whom it concerns have read it."),
        people: people.into_iter().map(person).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_one_line_and_ends_at_a_letter() {
        assert_eq!(beginning("# Hello\n\n- one\n- two"), "Hello; one; two");
        assert_eq!(beginning("One\ntwo."), "One two.", "a line that goes on is one");
        let long = "ä".repeat(200);
        assert_eq!(beginning(&long).chars().count(), 161);
    }
}

//! The gallery: people to know about, pictures first (VIS-1).
use super::subjects::{lifeline, portraits};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{Card, Chip, Pager, Shell},
    visit::Visit,
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::subjects::{self, After, Filter, GalleryPage};
use fairwatch_core::{incidents::SubmitReport, policy::Category, scope::Scope};
use jiff::{Span, civil::Date};
use serde::Deserialize;

/// `gallery.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "gallery.html")]
struct Gallery {
    shell: Shell,
    title: String,
    lead: String,
    chips: Vec<Chip>,
    report_href: Option<String>,
    cards: Vec<Card>,
    pager: Pager,
    empty_title: String,
    empty_text: String,
}

/// For so many days somebody is new.
const NEW_DAYS: i64 = 7;

/// Since when somebody is new.
fn new_since(today: Date) -> Date {
    today.saturating_sub(Span::new().days(NEW_DAYS))
}

/// Which part of the gallery an address names; an address that names none shows all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Show {
    #[default]
    All,
    New,
    Unknown,
}

impl Show {
    fn parse(text: &str) -> Self {
        match text {
            "new" => Self::New,
            "who-is-this" => Self::Unknown,
            _ => Self::All,
        }
    }
    fn filter(self) -> Filter {
        match self {
            Self::All => Filter::All,
            Self::New => Filter::New,
            Self::Unknown => Filter::Unidentified,
        }
    }
    fn query(self) -> &'static str {
        match self {
            Self::All => "",
            Self::New => "show=new",
            Self::Unknown => "show=who-is-this",
        }
    }
}

/// Where a page begins, as an address carries it: the day of the last one's latest report and its id.
fn parse_after(text: &str) -> Option<After> {
    let (day, id) = text.split_once('.')?;
    Some(After(day.parse().ok()?, id.parse().ok()?))
}

fn after_text(After(day, id): After) -> String {
    format!("{day}.{id}")
}

/// How a page names somebody who has no name, or whose name the viewer may not see.
pub(crate) fn name_or_reference(name: Option<&str>, scope: &Scope, number: i64) -> String {
    name.map_or_else(|| format!("Ref {}", scope.reference(number)), str::to_owned)
}

/// What somebody's newest report was about, and when it was.
pub(crate) fn activity_line(card: &subjects::Card) -> String {
    let reported = format!("reported {}", words::date(card.latest_on));
    match card.profile.activity() {
        "" => words::capital(&reported),
        activity => format!("{activity} · {reported}"),
    }
}

fn card(visit: &Visit, page: &GalleryPage, card: &subjects::Card) -> Card {
    let scope = &page.scope;
    let id = card.id;
    Card {
        href: visit.href(&format!("/people/{id}")),
        name: name_or_reference(card.profile.name(), scope, card.number),
        line: card.profile.activity().to_owned(),
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
        unknown: !card.identified && scope.policy.sees(page.viewer, Category::Name),
        new: card.shown_from.is_some_and(|day| day >= new_since(scope.today)),
        life: lifeline::of_card(card, scope.today),
        report_href: visit.may::<SubmitReport>().then(|| visit.href(&format!("/report?subject={id}"))),
        ..Card::default()
    }
    .with_acts(visit, id)
}

fn chips(visit: &Visit, page: &GalleryPage, show: Show) -> Vec<Chip> {
    [
        (Show::All, "Everyone", page.counts.all),
        (Show::New, "New this week", page.counts.since),
        (Show::Unknown, "Who is this?", page.counts.unidentified),
    ]
    .into_iter()
    .map(|(part, label, count)| Chip {
        label: label.to_owned(),
        href: match part.query() {
            "" => visit.href("/gallery"),
            query => visit.href(&format!("/gallery?{query}")),
        },
        count: u32::try_from(count).ok(),
        current: part == show,
    })
    .collect()
}

fn pager(visit: &Visit, page: &GalleryPage, show: Show, is_first: bool) -> Pager {
    let of = match show {
        Show::All => page.counts.all,
        Show::New => page.counts.since,
        Show::Unknown => page.counts.unidentified,
    };
    let next = page.next.map(|after| {
        let joined = if show.query().is_empty() { String::new() } else { format!("{}&", show.query()) };
        visit.href(&format!("/gallery?{joined}after={}", after_text(after)))
    });
    let summary = match (page.cards.len(), is_first && next.is_none()) {
        (0, _) | (_, true) => String::new(),
        (here, _) => format!(
            "{here} of {} on this page",
            words::count(usize::try_from(of).unwrap_or(0), "person", "people")
        ),
    };
    Pager { next, summary, ..Pager::default() }
}

/// What stands in place of pictures where there are none.
fn empty(show: Show) -> (&'static str, &'static str) {
    match show {
        Show::All => {
            ("Nobody is shown now", "People appear here when the controller has approved a report of them.")
        }
        Show::New => ("Nobody new this week", "Everybody who is shown has been here for more than a week."),
        Show::Unknown => ("Everybody here has a name", "People whom nobody could name yet appear here."),
    }
}

/// What the address of a page of the gallery says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    show: String,
    after: String,
}

/// `GET /o/{slug}/gallery`
pub(crate) async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let show = Show::parse(&wanted.show);
    let after = parse_after(&wanted.after);
    let since = new_since(visit.scope.today);
    let found = subjects::gallery(&visit.app, &visit.ctx, visit.org(), show.filter(), after, since).await?;
    let (empty_title, empty_text) = empty(show);
    page(&Gallery {
        shell: visit.shell(Nav::Gallery),
        title: "People to know about".into(),
        lead: found.scope.policy.images.notice.to_string(),
        chips: chips(&visit, &found, show),
        report_href: visit.may::<SubmitReport>().then(|| visit.href("/report")),
        cards: found.cards.iter().map(|person| card(&visit, &found, person)).collect(),
        pager: pager(&visit, &found, show, after.is_none()),
        empty_title: empty_title.into(),
        empty_text: empty_text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairwatch_core::ids::SubjectId;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_nonsense_is_the_first_page() {
        let after = After(jiff::civil::date(2026, 11, 21), SubjectId(uuid::Uuid::from_u128(7)));
        assert_eq!(parse_after(&after_text(after)), Some(after));
        for text in ["", ".", "2026-11-31.x", "2026-11-21", "x.00000000-0000-0000-0000-000000000007"] {
            assert_eq!(parse_after(text), None, "{text}");
        }
    }
}

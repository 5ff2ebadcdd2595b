//! The gallery: people to know about, pictures first (VIS-1).
use super::{
    excluded::{self, EndedLine},
    news::{self, AlertLine},
    subjects::{lifeline, portraits},
};
use crate::{
    forms::encoded,
    respond::{Answer, page},
    shell::Nav,
    view::{Card, Chip, Choice, Pager, Shell},
    visit::Visit,
    words,
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::subjects::{self, After, Filter, GalleryPage};
use fairwatch_core::{
    exclusions::telling, ids::SubjectId, incidents::SubmitReport, policy::Category, scope::Scope,
    subjects::sight, world::london_date,
};
use serde::Deserialize;

/// `gallery.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "gallery.html")]
struct Gallery {
    shell: Shell,
    title: String,
    lead: String,
    alerts: Vec<AlertLine>,
    chips: Vec<Chip>,
    ended: Vec<EndedLine>,
    sift: Sift,
    report_href: Option<String>,
    cards: Vec<Card>,
    pager: Pager,
    empty_title: String,
    empty_text: String,
}

/// The filters: what they begin with, what can be chosen, and what is.
#[derive(Clone, Debug, Default)]
struct Sift {
    action: String,
    show: String,
    selects: Vec<Select>,
    is_open: bool,
    clear: Option<String>,
}

/// One filter.
#[derive(Clone, Debug, Default)]
struct Select {
    name: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

/// Whom somebody looks for, as an address carries it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    show: String,
    area: String,
    category: String,
    tag: String,
}

impl Sought {
    /// For the use case; an address that names no part shows everybody.
    pub(crate) fn sought(&self) -> subjects::Sought {
        subjects::Sought {
            part: match &*self.show {
                NEW => Filter::New,
                UNKNOWN => Filter::Unidentified,
                EXCLUDED => Filter::Excluded,
                _ => Filter::All,
            },
            area: self.area.clone(),
            category: self.category.clone(),
            tag: self.tag.clone(),
        }
    }
    /// The gallery, with what was looked for.
    pub(crate) fn gallery(&self, visit: &Visit) -> String {
        visit.href(&format!("/gallery{}", self.query("")))
    }
    /// Somebody, with what was looked for.
    pub(crate) fn person(&self, visit: &Visit, id: SubjectId) -> String {
        visit.href(&format!("/people/{id}{}", self.query("")))
    }
    fn is_sifted(&self) -> bool {
        ![&self.area, &self.category, &self.tag].into_iter().all(String::is_empty)
    }
    /// The query of an address, from its question mark on, with `more` at its end.
    fn query(&self, more: &str) -> String {
        let parts =
            [("show", &self.show), ("area", &self.area), ("category", &self.category), ("tag", &self.tag)];
        let mut query = String::new();
        for (name, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.push_str(&format!("{}{name}={}", if query.is_empty() { '?' } else { '&' }, encoded(value)));
        }
        if !more.is_empty() {
            query.push_str(&format!("{}{more}", if query.is_empty() { '?' } else { '&' }));
        }
        query
    }
}

const NEW: &str = "new";
const UNKNOWN: &str = "who-is-this";
const EXCLUDED: &str = "excluded";

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

fn card(visit: &Visit, page: &GalleryPage, sought: &Sought, card: &subjects::Card) -> Card {
    let scope = &page.scope;
    let id = card.id;
    let unknown = !card.identified && scope.policy.sees(page.viewer, Category::Name);
    // Who looks for people without a name goes by what they look like.
    let described = card
        .profile
        .newest(Category::Description)
        .filter(|_| unknown && sought.sought().part == Filter::Unidentified);
    Card {
        href: sought.person(visit, id),
        name: name_or_reference(card.profile.name(), scope, card.number),
        line: described
            .map_or_else(|| card.profile.activity().to_owned(), |described| described.value.clone()),
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
        unknown,
        new: page.new.contains(&id),
        breach_href: card
            .exclusion
            .as_ref()
            .filter(|told| visit.may::<SubmitReport>() && excluded::is_here(visit, told))
            .map(|_| visit.href(&format!("/people/{id}/breach"))),
        excluded: excluded::tag(visit, card.exclusion.as_ref()),
        life: lifeline::of_card(card, scope.today),
        report_href: visit.may::<SubmitReport>().then(|| visit.href(&format!("/report?subject={id}"))),
        ..Card::default()
    }
    .with_acts(visit, id)
}

fn chips(visit: &Visit, page: &GalleryPage, sought: &Sought) -> Vec<Chip> {
    let is_told = telling::is_told(&page.scope.policy, page.viewer);
    let excluded = (EXCLUDED, Filter::Excluded, "Excluded", page.counts.excluded);
    [
        ("", Filter::All, "Everyone", page.counts.all),
        (NEW, Filter::New, "New to you", page.counts.since),
        (UNKNOWN, Filter::Unidentified, "Who is this?", page.counts.unidentified),
    ]
    .into_iter()
    .chain(is_told.then_some(excluded))
    .map(|(show, part, label, count)| Chip {
        label: label.to_owned(),
        href: Sought { show: show.to_owned(), ..sought.clone() }.gallery(visit),
        // Counted without the filters: with them, the line above the pictures says how many.
        count: u32::try_from(count).ok().filter(|_| !sought.is_sifted()),
        current: part == sought.sought().part,
    })
    .collect()
}

fn sift(visit: &Visit, page: &GalleryPage, sought: &Sought) -> Sift {
    let policy = &page.scope.policy;
    let sees = |category| sight::sees(policy, page.viewer, category);
    let select = |name, label, any: &str, chosen: &str, words: Vec<(String, String)>| {
        let any = std::iter::once((String::new(), any.to_owned()));
        let choice = |(value, label): (String, String)| Choice {
            checked: value == chosen,
            label,
            value,
            ..Choice::default()
        };
        Select { name, label, choices: any.chain(words).map(choice).collect() }
    };
    let word = |id: &str, label: &str| (id.to_owned(), label.to_owned());
    let mut selects = Vec::new();
    if sees(Category::SuspectedActivity) {
        let areas = policy.areas.iter().map(|area| word(&area.id, &area.label)).collect();
        selects.push(select("area", "Reported in", "Anywhere", &sought.area, areas));
        let kinds = policy.incidents.categories.iter().map(|kind| word(&kind.id, &kind.label)).collect();
        selects.push(select("category", "Reported for", "Anything", &sought.category, kinds));
    }
    let tags = policy.tags.iter().filter(|tag| sees(tag.category));
    let tags = tags.map(|tag| word(&tag.id, &tag.label)).collect::<Vec<_>>();
    if !tags.is_empty() {
        selects.push(select("tag", "Known for", "Anything", &sought.tag, tags));
    }
    Sift {
        action: visit.href("/gallery"),
        show: sought.show.clone(),
        selects,
        is_open: sought.is_sifted(),
        clear: sought
            .is_sifted()
            .then(|| Sought { show: sought.show.clone(), ..Sought::default() }.gallery(visit)),
    }
}

fn pager(visit: &Visit, page: &GalleryPage, sought: &Sought) -> Pager {
    let of = usize::try_from(page.counts.sought).unwrap_or(0);
    let start = |after: After| {
        visit.href(&format!("/gallery{}", sought.query(&format!("after={}", after_text(after)))))
    };
    let is_whole = page.back.is_none() && page.next.is_none();
    Pager {
        prev: page.back.map(|after| after.map_or_else(|| sought.gallery(visit), start)),
        next: page.next.map(start),
        summary: if is_whole && !sought.is_sifted() {
            String::new()
        } else {
            format!("{} of {} on this page", page.cards.len(), words::count(of, "person", "people"))
        },
        ..Pager::default()
    }
}

/// What stands above the pictures.
fn head(part: Filter, page: &GalleryPage) -> (&'static str, String) {
    let notice = page.scope.policy.images.notice.to_string();
    match part {
        Filter::All => ("People to know about", notice),
        Filter::New => {
            ("New to you", format!("Shown since {}. {notice}", words::date(london_date(page.since))))
        }
        Filter::Excluded => ("Excluded", format!("From where and until when stands on each page. {notice}")),
        Filter::Unidentified => (
            "Who is this?",
            format!(
                "Nobody knows their names yet. If you do, say so: the controller looks at it first. {notice}"
            ),
        ),
    }
}

/// What stands in place of pictures where there are none.
fn empty(sought: &Sought) -> (&'static str, &'static str) {
    match sought.sought().part {
        _ if sought.is_sifted() => {
            ("Nobody fits", "Nobody who is shown now fits what you chose. Choose less.")
        }
        Filter::All => {
            ("Nobody is shown now", "People appear here when the controller has approved a report of them.")
        }
        Filter::New => ("Nobody new", "You have seen everybody who is shown."),
        Filter::Excluded => {
            ("Nobody is excluded", "People who are excluded from members’ premises appear here.")
        }
        Filter::Unidentified => {
            ("Everybody here has a name", "People whom nobody could name yet appear here.")
        }
    }
}

/// What the address of a page of the gallery says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    #[serde(flatten)]
    sought: Sought,
    after: String,
}

/// `GET /o/{slug}/gallery`
pub(crate) async fn show(visit: Visit, Query(Wanted { sought, after }): Query<Wanted>) -> Answer {
    let after = parse_after(&after);
    let found = subjects::gallery(&visit.app, &visit.ctx, visit.org(), &sought.sought(), after).await?;
    let alerts = news::unread(&visit).await?;
    let (title, lead) = head(sought.sought().part, &found);
    let (empty_title, empty_text) = empty(&sought);
    page(&Gallery {
        shell: visit.shell(Nav::Gallery),
        title: title.into(),
        lead,
        alerts,
        chips: chips(&visit, &found, &sought),
        ended: excluded::ended(&visit, &found),
        sift: sift(&visit, &found, &sought),
        report_href: visit.may::<SubmitReport>().then(|| visit.href("/report")),
        cards: found.cards.iter().map(|person| card(&visit, &found, &sought, person)).collect(),
        pager: pager(&visit, &found, &sought),
        empty_title: empty_title.into(),
        empty_text: empty_text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_nonsense_is_the_first_page() {
        let after = After(jiff::civil::date(2026, 11, 21), SubjectId(uuid::Uuid::from_u128(7)));
        assert_eq!(parse_after(&after_text(after)), Some(after));
        for text in ["", ".", "2026-11-31.x", "2026-11-21", "x.00000000-0000-0000-0000-000000000007"] {
            assert_eq!(parse_after(text), None, "{text}");
        }
    }
}

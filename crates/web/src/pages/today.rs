//! Where the controller starts: what waits, and what falls due.
use super::{
    gallery::name_or_reference,
    subjects::{here, lifeline, portraits},
};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{LifeSmall, Pic, Shell, Tally},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::subjects::{self, Card, Overview};
use fairwatch_core::{clocks::Stage, scope::Scope, world::london};

/// `today.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "today.html")]
struct Today {
    shell: Shell,
    greeting: String,
    date: String,
    tallies: Vec<Tally>,
    due: Vec<DueRow>,
    due_href: String,
}
/// Somebody whose stage ends soon.
#[derive(Clone, Debug, Default)]
struct DueRow {
    href: String,
    name: String,
    what: String,
    day: String,
    picture: Option<Pic>,
    life: LifeSmall,
}

fn greeting(hour: i8, name: &str) -> String {
    let part = match hour {
        ..=11 => "morning",
        12..=17 => "afternoon",
        _ => "evening",
    };
    let first = name.split_whitespace().next().unwrap_or_default();
    if first.is_empty() { format!("Good {part}") } else { format!("Good {part}, {first}") }
}

fn tallies(visit: &Visit, overview: Overview, due: usize) -> Vec<Tally> {
    let tally = |n: i64, one: &str, many: &str, path: &str| Tally {
        n: n.to_string(),
        label: if n == 1 { one } else { many }.to_owned(),
        href: visit.href(path),
        hot: false,
    };
    let waiting = tally(overview.waiting, "report to review", "reports to review", "/review");
    let mut tallies = vec![
        Tally { hot: overview.waiting > 0, ..waiting },
        tally(
            overview.circulating,
            "person shown to members",
            "people shown to members",
            "/people?stage=shown",
        ),
        tally(overview.held, "held for you alone", "held for you alone", "/people?stage=held"),
    ];
    if overview.pending > 0 {
        let text = ("child waits for agreement", "children wait for agreement");
        tallies.push(tally(overview.pending, text.0, text.1, "/people?stage=waiting"));
    }
    if overview.appeals > 0 {
        let waiting = tally(overview.appeals, "appeal to decide", "appeals to decide", "/appeals");
        tallies.push(Tally { hot: true, ..waiting });
    }
    if overview.enquiries > 0 {
        let waiting = tally(overview.enquiries, "enquiry to answer", "enquiries to answer", "/enquiries");
        tallies.push(Tally { hot: true, ..waiting });
    }
    if overview.proposals > 0 {
        let text = ("proposal waits for a decision", "proposals wait for a decision");
        tallies.push(tally(overview.proposals, text.0, text.1, "/cases"));
    }
    let soon = tally(i64::try_from(due).unwrap_or(i64::MAX), "due in 30 days", "due in 30 days", "/sweep");
    // The list is cut at twenty; the number does not pretend otherwise.
    let n = if due >= 20 { "20+".to_owned() } else { soon.n };
    tallies.push(Tally { n, ..soon });
    tallies
}

fn due(visit: &Visit, scope: &Scope, card: &Card) -> DueRow {
    let what = match (card.stage, card.delete_on) {
        (Stage::Circulating, Some(delete)) if card.delete_on != card.ends_on => {
            format!("leaves the gallery, held until {}", words::date(delete))
        }
        (Stage::Pending, _) => "deleted, unless the agreements are complete".to_owned(),
        _ => "deleted".to_owned(),
    };
    DueRow {
        href: here(visit, card.id),
        name: name_or_reference(card.profile.name(), scope, card.number),
        what,
        day: card.ends_on.map(words::date).unwrap_or_default(),
        picture: card.picture.map(|picture| portraits::small(visit, picture)),
        life: lifeline::of_card(card, scope.today),
    }
}

/// `GET /o/{slug}/today`
pub(crate) async fn show(visit: Visit) -> Answer {
    let (scope, overview, soon) = subjects::overview(&visit.app, &visit.ctx, visit.org()).await?;
    let now = london().to_datetime(visit.ctx.now());
    let waiting = u64::try_from(overview.waiting).unwrap_or(0);
    page(&Today {
        shell: visit.shell(Nav::Today).counted(Nav::Review, waiting),
        greeting: greeting(now.hour(), &visit.who.name),
        date: words::weekday(scope.today),
        tallies: tallies(&visit, overview, soon.len()),
        due: soon.iter().map(|card| due(&visit, &scope, card)).collect(),
        due_href: visit.href("/sweep"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_knows_the_hour_and_the_first_name() {
        assert_eq!(greeting(9, "Ruth Okafor"), "Good morning, Ruth");
        assert_eq!(greeting(17, ""), "Good afternoon");
        assert_eq!(greeting(23, "Ruth"), "Good evening, Ruth");
    }
}

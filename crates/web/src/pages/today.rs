//! Where a role starts: what needs one today, in order, and what one works with (DOC-4).
use super::{
    gallery::name_or_reference,
    news::{self, AlertLine},
    subjects::{here, lifeline, portraits},
};
use crate::{
    respond::{Answer, page},
    shell::Nav,
    view::{LifeSmall, Link, Pic, Shell, Tag, Tally},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    subjects::{self, Card, Counts, Overview},
    today::{self, Chain, Day},
};
use fairwatch_core::{
    clocks::Stage,
    duties::State,
    gate::{Action as _, Caller, Role},
    incidents::SubmitReport,
    scope::Scope,
    subjects::Gallery,
    today::{ALERTS, Need, ShowToday},
    world::{london, london_date},
};

/// `today.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "today.html")]
struct Today {
    shell: Shell,
    greeting: String,
    date: String,
    alerts: Vec<AlertLine>,
    needs: Vec<NeedRow>,
    more: Option<Link>,
    actions: Vec<Link>,
    tallies: Vec<Tally>,
    audit: String,
    due: Vec<DueRow>,
    due_href: String,
}
/// Something that needs whoever looks.
#[derive(Clone, Debug, Default)]
struct NeedRow {
    href: String,
    label: String,
    day: String,
    tag: Option<Tag>,
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

/// At most so many lines; the rest stands in the calendar.
const MOST: usize = 12;

fn need(visit: &Visit, need: &Need) -> NeedRow {
    let today = visit.scope.today;
    let day = match (need.until, need.due) {
        // Kept by the clock that nobody moves.
        (Some(until), _) if london_date(until) == london_date(visit.ctx.real_now()) => {
            format!("kept until {} today", words::time(until))
        }
        (Some(until), _) => format!("kept until {}", words::date_time(until)),
        (None, Some(due)) => words::date(due),
        (None, None) => String::new(),
    };
    let tag = match need.state {
        State::Overdue => Some(Tag::new("red", "Overdue")),
        State::Today if need.due == Some(today) => Some(Tag::new("amber", "Today")),
        _ => None,
    };
    NeedRow { href: visit.href(&need.path), label: need.label.clone(), day, tag }
}

fn tally(visit: &Visit, n: i64, one: &str, many: &str, path: &str) -> Tally {
    Tally {
        n: n.to_string(),
        label: if n == 1 { one } else { many }.to_owned(),
        href: visit.href(path),
        hot: false,
    }
}

/// Who is held, for the controller.
fn held(visit: &Visit, overview: Overview, due: usize) -> Vec<Tally> {
    let mut tallies = vec![
        tally(
            visit,
            overview.circulating,
            "person shown to members",
            "people shown to members",
            "/people?stage=shown",
        ),
        tally(visit, overview.held, "held for you alone", "held for you alone", "/people?stage=held"),
    ];
    if overview.pending > 0 {
        let text = ("child waits for agreement", "children wait for agreement");
        tallies.push(tally(visit, overview.pending, text.0, text.1, "/people?stage=waiting"));
    }
    if overview.proposals > 0 {
        let text = ("proposal waits for a decision", "proposals wait for a decision");
        tallies.push(tally(visit, overview.proposals, text.0, text.1, "/cases"));
    }
    let soon = i64::try_from(due).unwrap_or(i64::MAX);
    let soon = tally(visit, soon, "due in 30 days", "due in 30 days", "/sweep");
    // The list is cut at twenty; the number does not pretend otherwise.
    let n = if due >= 20 { "20+".to_owned() } else { soon.n };
    tallies.push(Tally { n, ..soon });
    tallies
}

/// Who is in the gallery, for those who look people up. Of what there is nobody of nothing is said.
fn shown(visit: &Visit, counts: &Counts) -> Vec<Tally> {
    let here = match visit.role() {
        Role::MemberUser => ("person excluded from here", "people excluded from here"),
        _ => ("person excluded", "people excluded"),
    };
    let new = ("new since your last visit", "new since your last visit");
    let all = [
        (counts.since, new, "/gallery?show=new"),
        (counts.excluded, here, "/gallery?show=excluded"),
        (counts.all, ("person to know about", "people to know about"), "/gallery"),
    ];
    let there = all.into_iter().filter(|(n, ..)| *n > 0);
    there
        .map(|(n, (one, many), path)| Tally {
            hot: path.ends_with("new"),
            ..tally(visit, n, one, many, path)
        })
        .collect()
}

/// How the audit stands, in a sentence.
fn audit(chain: Chain) -> String {
    let entries = crate::view::number(u64::try_from(chain.entries).unwrap_or(0));
    let signed = match chain.signed_on {
        Some(day) => format!("its head was last signed on {}", words::date(day)),
        None => "no sweep has signed its head yet".to_owned(),
    };
    format!("The audit of this scheme has {entries} entries; {signed}.")
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

/// What one can do at once.
fn actions(visit: &Visit) -> Vec<Link> {
    let mut actions = Vec::new();
    if visit.may::<SubmitReport>() && visit.role() != Role::Controller {
        actions.push(Link { label: "Report an incident".into(), href: visit.href("/report") });
    }
    if visit.may::<Gallery>() && visit.role() == Role::MemberUser {
        actions.push(Link { label: "People to know about".into(), href: visit.href("/gallery") });
    }
    if visit.role() == Role::Auditor {
        actions.push(Link { label: "Check the audit".into(), href: visit.href("/audit/check") });
    }
    actions
}

/// Whether something needs somebody who has just come: then they start with it.
pub(crate) async fn needs(visit: &Visit) -> Result<bool, AppError> {
    let caller = Caller::User {
        session: visit.session.session,
        account: visit.session.account,
        membership: Some(visit.membership.membership),
    };
    let ctx = visit.ctx.clone().with_caller(caller).confined_to(&[ShowToday::NAME]);
    match today::show(&visit.app, &ctx, visit.org()).await {
        Ok(day) => Ok(!day.needs.is_empty()),
        // Whoever has yet to certify is asked to on the page to which they go.
        Err(AppError::Hidden) => Ok(false),
        Err(error) => Err(error),
    }
}

/// `GET /o/{slug}/today`
pub(crate) async fn show(visit: Visit) -> Answer {
    let Day { scope, mut needs, gallery, audit: chain } =
        today::show(&visit.app, &visit.ctx, visit.org()).await?;
    let alerts = news::unread(&visit).await?;
    if !alerts.is_empty() {
        // They stand above, each by its title.
        needs.retain(|need| need.path != ALERTS);
    }
    let now = london().to_datetime(visit.ctx.now());
    let mut shell = visit.shell(Nav::Today);
    let (mut tallies, mut soon) = (Vec::new(), Vec::new());
    if visit.role() == Role::Controller {
        let (_, overview, ending) = subjects::overview(&visit.app, &visit.ctx, visit.org()).await?;
        shell = shell.counted(Nav::Review, u64::try_from(overview.waiting).unwrap_or(0));
        tallies = held(&visit, overview, ending.len());
        soon = ending.iter().map(|card| due(&visit, &scope, card)).collect();
    } else if let Some(counts) = &gallery {
        tallies = shown(&visit, counts);
    }
    let more = needs.len().saturating_sub(MOST);
    page(&Today {
        shell,
        greeting: greeting(now.hour(), &visit.who.name),
        date: words::weekday(scope.today),
        alerts,
        more: (more > 0).then(|| Link {
            label: format!("and {} in the calendar", words::count(more, "other", "others")),
            href: visit.href("/duties"),
        }),
        needs: needs.iter().take(MOST).map(|one| need(&visit, one)).collect(),
        actions: actions(&visit),
        tallies,
        audit: chain.map(audit).unwrap_or_default(),
        due: soon,
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

//! A person as the controller sees them: all that is held, who sees it, why it is still here and until when
//! (RET-12).
use super::{
    associates::Ties,
    deeds::{HoldForm, Typed},
    held::{Held, held},
    lifeline, portraits, told,
};
use crate::{
    pages::{
        evidence::{Item, listed},
        exclusions::section::{self, Section},
        gallery::name_or_reference,
        letters::LettersSection,
    },
    shell::Nav,
    view::{Crumb, Errors, Event, Life, Pic, Piece, Shell, Tag, Thumb},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::subjects::{Open, Recorded, Shown};
use fairwatch_core::{
    clocks::{AgeBand, Stage},
    gate::Role,
    policy::Category,
    scope::Scope,
};
use jiff::civil::Date;

/// `subject.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "subject.html")]
pub(super) struct Subject {
    shell: Shell,
    crumbs: Vec<Crumb>,
    name: String,
    reference: String,
    tags: Vec<Tag>,
    big: Option<Pic>,
    thumbs: Vec<Thumb>,
    pictures_note: String,
    why: Vec<Vec<Piece>>,
    life: Option<Life>,
    next: Vec<Vec<Piece>>,
    held: Held,
    events: Vec<Event>,
    evidence: Vec<Item>,
    reports: Vec<SubjectReport>,
    agreements: Option<Agreements>,
    holds: Vec<Hold>,
    errors: Errors,
    changes: bool,
    restrict: Option<String>,
    end_restriction: Option<String>,
    restrict_reason: String,
    hold: Option<HoldForm>,
    erase: Option<String>,
    ties: Ties,
    letters: Option<LettersSection>,
    exclusions: Section,
}
/// A report of the person.
#[derive(Clone, Debug, Default)]
struct SubjectReport {
    reference: String,
    href: Option<String>,
    date: String,
    what: String,
    counts: String,
    move_href: Option<String>,
    remove_href: Option<String>,
}
/// What a child's record waits for (SUB-4).
#[derive(Clone, Debug, Default)]
struct Agreements {
    action: String,
    text: String,
    items: Vec<Agreement>,
    reason: String,
}
/// One of them.
#[derive(Clone, Debug, Default)]
struct Agreement {
    value: String,
    label: String,
    done: Option<String>,
    checked: bool,
}
/// What keeps the record from being destroyed (RET-11).
#[derive(Clone, Debug, Default)]
struct Hold {
    id: String,
    label: String,
    note: String,
    end_action: Option<String>,
}

/// The page, with what was typed into its forms and what is wrong with it.
pub(super) fn page(
    visit: &Visit,
    shown: &Shown,
    picture: Option<usize>,
    typed: &Typed,
    errors: Errors,
) -> Subject {
    let (scope, open) = (&shown.scope, &shown.open);
    let here = visit.href(&format!("/people/{}", open.id));
    let reference = scope.reference(open.number);
    let name = name_or_reference(open.profile.name(), scope, open.number);
    // What is frozen is kept for its hold alone: nothing is changed but that the hold ends.
    let changes = visit.role() == Role::Controller && open.life.stage.is_live();
    // Pictures of what is frozen stay closed: their routes show what is alive.
    let pictures = if open.life.stage == Stage::Frozen { &[] } else { &*open.pictures };
    let (big, thumbs) = portraits::album(visit, Some(&here), pictures, picture, &name);
    let restricted = open.life.restricted;
    let deed = |name: &str| changes.then(|| format!("{here}/{name}"));
    Subject {
        shell: visit.shell(Nav::People),
        crumbs: vec![Crumb { label: "People".into(), href: visit.href("/people") }],
        tags: section::tag(shown).into_iter().chain(tags(open)).collect(),
        big,
        thumbs,
        pictures_note: pictures_note(scope, open),
        why: vec![vec![Piece::text(because(open))]],
        life: lifeline::whole(&open.life, &counted(open), scope.today),
        next: vec![vec![Piece::text(next(open))]],
        held: held(shown, changes.then_some(&*here)),
        events: events(open, scope.today),
        evidence: listed(visit, &shown.evidence),
        reports: reports(visit, shown, changes),
        agreements: (changes && open.life.stage == Stage::Pending).then(|| agreements(open, &here, typed)),
        holds: holds(visit, open, &here),
        errors,
        changes,
        restrict: deed("restrict").filter(|_| !restricted),
        end_restriction: deed("unrestrict").filter(|_| restricted),
        restrict_reason: typed.restrict_reason.clone(),
        hold: changes.then(|| HoldForm::new(scope, &here, typed)),
        erase: deed("erase"),
        ties: Ties::of(visit, shown, &here),
        letters: LettersSection::of(visit, shown, &here),
        exclusions: Section::of(visit, shown, &here),
        name,
        reference,
    }
}

fn tags(open: &Open) -> Vec<Tag> {
    let mut tags = Vec::new();
    match open.life.stage {
        Stage::Circulating if !open.life.restricted => tags.push(Tag::new("green", "Shown to members")),
        Stage::Circulating => {}
        Stage::Held => tags.push(Tag::new("teal", "Held for you alone")),
        stage => tags.push(Tag::new("amber", lifeline::stage_name(stage))),
    }
    if open.life.restricted {
        tags.push(Tag::new("amber", "Restricted"));
    }
    if !open.life.identified {
        tags.push(Tag::new("blue", "Who is this?"));
    }
    tags
}

/// The clock's own explanation. It names holds by their ids, which say nothing to people: the list of holds is on
/// the same page.
pub(super) fn because(open: &Open) -> String {
    open.holds
        .iter()
        .fold(open.life.because.clone(), |text, hold| text.replace(&format!(" ({})", hold.id), ""))
}

fn next(open: &Open) -> String {
    let deletion = open.life.deletion.map(words::date);
    match (open.life.stage, open.life.until, deletion) {
        (Stage::Circulating, Some(until), Some(deletion)) if Some(until) != open.life.deletion => format!(
            "If nothing more happens, withdrawn on {} and deleted on {deletion}. A further report changes these days.",
            words::date(until)
        ),
        (Stage::Circulating | Stage::Held | Stage::Pending, _, Some(deletion)) => {
            format!("If nothing more happens, deleted on {deletion}. A further report changes that day.")
        }
        _ => String::new(),
    }
}

fn pictures_note(scope: &Scope, open: &Open) -> String {
    let who = told::audience(&scope.policy, Category::Image);
    match open.pictures.len() {
        n if n > 0 && open.life.stage == Stage::Frozen => {
            format!("{}, closed while the record is frozen", words::count(n, "picture", "pictures"))
        }
        0 => "No picture is held.".to_owned(),
        n => format!("{}. Seen by: {who}", words::count(n, "picture", "pictures")),
    }
}

/// Reports that still count, for the marks on the lifeline.
fn counted(open: &Open) -> Vec<(Date, String)> {
    let reports = open.happened.iter().filter_map(|(on, what)| match what {
        Recorded::Report { reference, .. } if !is_removed(open, reference) => Some((*on, reference.clone())),
        _ => None,
    });
    let mut reports = reports.collect::<Vec<_>>();
    reports.sort();
    reports
}

fn is_removed(open: &Open, reference: &str) -> bool {
    open.happened
        .iter()
        .any(|(_, what)| matches!(what, Recorded::ReportRemoved { reference: gone } if gone == reference))
}

fn events(open: &Open, today: Date) -> Vec<Event> {
    let planned =
        open.life.segments.iter().filter(|segment| segment.is_planned && segment.from > today).rev();
    let planned = planned.map(|segment| Event {
        title: match segment.stage {
            Stage::Held => "Withdrawn from members".into(),
            stage => lifeline::stage_name(stage).into(),
        },
        text: "if nothing more happens".into(),
        date: words::date(segment.from),
        kind: "next".into(),
        ..Event::default()
    });
    let past = open.happened.iter().map(|(on, what)| {
        let (title, text) = told::happened(what);
        let kind = if matches!(what, Recorded::Erased | Recorded::Restricted) { "red" } else { "" };
        (*on, Event { title, text, date: words::date(*on), kind: kind.into(), ..Event::default() })
    });
    let seen = open.sightings.iter().map(|sighting| {
        let at = words::date_time(sighting.at);
        let text = sighting.seen.told();
        (sighting.on, Event { title: "Seen".into(), text, date: at, ..Event::default() })
    });
    let mut past = past.chain(seen).collect::<Vec<_>>();
    past.sort_by_key(|(on, _)| std::cmp::Reverse(*on));
    planned.chain(past.into_iter().map(|(_, event)| event)).collect()
}

fn reports(visit: &Visit, shown: &Shown, changes: bool) -> Vec<SubjectReport> {
    let (scope, open) = (&shown.scope, &shown.open);
    let mut seen: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    // The oldest first, so that of several reports of one incident the first is the one that counts.
    for (on, what) in open.happened.iter().rev() {
        let Recorded::Report { reference, incident, occurred, .. } = what else { continue };
        let known = open.involved.iter().find(|i| scope.reference(i.report_number) == *reference);
        let removed = is_removed(open, reference);
        let counts = if removed {
            "removed".to_owned()
        } else if seen.contains(&incident.as_str()) {
            format!("of the same incident as another, {incident}: counts once")
        } else {
            seen.push(incident);
            "counts".to_owned()
        };
        let kind = known.map(|i| words::incident_kind(&scope.policy, &i.category));
        let at = |deed: &str| {
            let report = known.filter(|_| changes && !removed)?.report;
            Some(visit.href(&format!("/people/{}/reports/{report}/{deed}", open.id)))
        };
        rows.push(SubjectReport {
            reference: reference.clone(),
            // Staff see of an incident what stands on this page.
            href: known
                .filter(|_| visit.role() == Role::Controller)
                .map(|i| visit.href(&format!("/incidents/{}", i.incident))),
            date: words::date(*on),
            what: format!("{}, {}", kind.unwrap_or_else(|| "No longer held".into()), words::date(*occurred)),
            counts,
            move_href: at("move"),
            remove_href: at("remove"),
        });
    }
    rows.reverse();
    rows
}

fn agreements(open: &Open, here: &str, typed: &Typed) -> Agreements {
    let done = |wanted: &dyn Fn(&Recorded) -> bool| {
        let found = open.happened.iter().find(|(_, what)| wanted(what));
        found.map(|(on, _)| format!("recorded on {}", words::date(*on)))
    };
    let by =
        |who: &'static str| move |what: &Recorded| matches!(what, Recorded::Agreement { by } if by == who);
    let item = |value: &str, label: &str, done: Option<String>| Agreement {
        value: value.into(),
        label: label.into(),
        done,
        checked: typed.agreement == value,
    };
    Agreements {
        action: format!("{here}/agree"),
        text: "A person under 14 is shown only with a recorded public interest and the agreement of police and board. \
               You alone see this record until then."
            .into(),
        items: vec![
            item(
                "public_interest",
                "There is significant public interest",
                done(&|what| matches!(what, Recorded::PublicInterest)),
            ),
            item("police", "The police agree", done(&by("police"))),
            item("board", "The board agrees", done(&by("board"))),
        ],
        reason: typed.agreement_reason.clone(),
    }
}

fn holds(visit: &Visit, open: &Open, here: &str) -> Vec<Hold> {
    let is_over = |hold: &fairwatch_app::subjects::Hold| {
        hold.ended_on.is_some() || hold.ends_on.is_some_and(|end| end <= visit.scope.today)
    };
    open.holds
        .iter()
        .map(|hold| {
            let since = words::date(fairwatch_core::world::london_date(hold.created_at));
            let end = match (hold.ended_on, hold.ends_on) {
                (Some(ended), _) => format!("ended on {}", words::date(ended)),
                (None, Some(end)) => format!("until {}", words::date(end)),
                (None, None) => format!("reviewed on {}", words::date(hold.review_on)),
            };
            let ends_here = visit.role() == Role::Controller && !is_over(hold);
            Hold {
                id: hold.id.to_string(),
                label: hold.reason.clone(),
                note: format!("since {since}, {end}"),
                end_action: ends_here.then(|| format!("{here}/end-hold")),
            }
        })
        .collect()
}

/// The choices of how old somebody looks, for forms.
pub(crate) fn ages(chosen: &str) -> Vec<crate::view::Choice> {
    [("adult", AgeBand::Adult), ("under_18", AgeBand::Under18), ("under_14", AgeBand::Under14)]
        .into_iter()
        .map(|(value, band)| crate::view::Choice {
            value: value.into(),
            label: words::age_band(band).into(),
            note: String::new(),
            checked: value == chosen,
        })
        .collect()
}

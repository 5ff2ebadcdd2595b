//! A person as members see them: while they are shown, and of them what the policy gives.
use super::{lifeline, portraits, told};
use crate::{
    pages::{
        evidence::{Item, listed},
        excluded,
        gallery::{self, name_or_reference},
    },
    shell::Nav,
    view::{Crumb, Event, LifeSmall, Pic, Piece, Row, Shell, Tag, Thumb},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::subjects::{Involved, Shown};
use fairwatch_core::{
    exclusions::GiveEvidence,
    incidents::SubmitReport,
    intelligence::{SaySeen, SendTip},
    policy::{Category, Viewer},
    subjects::picks,
};

/// `subject_member.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "subject_member.html")]
pub(super) struct SubjectMember {
    shell: Shell,
    crumbs: Vec<Crumb>,
    name: String,
    reference: String,
    tags: Vec<Tag>,
    big: Option<Pic>,
    thumbs: Vec<Thumb>,
    pictures_note: String,
    why: Vec<Vec<Piece>>,
    life: LifeSmall,
    fields: Vec<Row>,
    events: Vec<Event>,
    evidence: Vec<Item>,
    seen_action: Option<String>,
    seen_undo: Option<String>,
    know_href: Option<String>,
    report_href: Option<String>,
    breach_href: Option<String>,
    excluded: String,
    give_href: Option<String>,
    care: String,
    before: Option<String>,
    after: Option<String>,
    targeted: String,
    near: Vec<Near>,
}
/// Somebody with whom the person acts.
#[derive(Clone, Debug, Default)]
struct Near {
    href: String,
    name: String,
    picture: Option<Pic>,
    why: Vec<String>,
}

/// Those with whom the person acts, of whom the use case tells this viewer (SUB-3).
fn near(visit: &Visit, shown: &Shown) -> Vec<Near> {
    let scope = &shown.scope;
    let one = |near: &fairwatch_app::subjects::associates::Near| Near {
        href: super::here(visit, near.card.id),
        name: name_or_reference(near.card.profile.name(), scope, near.card.number),
        picture: near.card.picture.map(|picture| portraits::small(visit, picture)),
        why: why_near(near),
    };
    shown.near.iter().map(one).collect()
}

/// Members read how often, and not of which incidents: those stand on each page.
fn why_near(near: &fairwatch_app::subjects::associates::Near) -> Vec<String> {
    let mut why =
        near.linked.iter().map(|link| words::capital(link.association.together.words())).collect::<Vec<_>>();
    if !near.incidents.is_empty() {
        why.push(format!("{} together", words::count(near.incidents.len(), "incident", "incidents")));
    }
    if !near.vehicles.is_empty() {
        why.push(format!("The same vehicle: {}", words::list(&near.vehicles)));
    }
    why
}

/// The page. What it holds the use case has cut to what the viewer may see; the controller's explanation, which
/// speaks of holds and restrictions, stays behind.
pub(super) fn page(
    visit: &Visit,
    shown: &Shown,
    picture: Option<usize>,
    sought: &gallery::Sought,
) -> SubjectMember {
    let (scope, open) = (&shown.scope, &shown.open);
    let sees = |category| scope.policy.sees(shown.viewer, category);
    let reference = scope.reference(open.number);
    let name = name_or_reference(open.profile.name(), scope, open.number);
    let here = visit.href(&format!("/people/{}", open.id));
    // Who has to say why they look would be asked again for each picture of the same look.
    let page = Some(&*here).filter(|_| !scope.policy.asks_reason(shown.viewer));
    let (big, thumbs) = portraits::album(visit, page, &open.pictures, picture, &name);
    let says_seen = visit.may::<SaySeen>();
    let unknown = !open.life.identified && sees(Category::Name);
    SubjectMember {
        shell: visit.shell(Nav::Gallery),
        crumbs: vec![Crumb { label: "Gallery".into(), href: sought.gallery(visit) }],
        before: shown.beside.0.map(|id| sought.person(visit, id)),
        after: shown.beside.1.map(|id| sought.person(visit, id)),
        tags: tags(visit, shown, unknown),
        big,
        thumbs,
        pictures_note: scope.policy.images.notice.to_string(),
        why: why(shown),
        life: lifeline::present(&open.life, scope.today),
        fields: fields(shown),
        events: events(shown),
        seen_action: says_seen.then(|| format!("{here}/seen")).filter(|_| open.sightings.is_empty()),
        seen_undo: says_seen.then(|| format!("{here}/seen/undo")).filter(|_| !open.sightings.is_empty()),
        know_href: (unknown && visit.may::<SendTip>()).then(|| format!("{here}/name")),
        evidence: listed(visit, &shown.evidence),
        near: near(visit, shown),
        report_href: visit.may::<SubmitReport>().then(|| visit.href(&format!("/report?subject={}", open.id))),
        excluded: shown.exclusion.as_ref().map_or_else(String::new, |told| excluded::sentence(visit, told)),
        breach_href: shown
            .exclusion
            .as_ref()
            .filter(|told| visit.may::<SubmitReport>() && excluded::is_here(visit, told))
            .map(|_| format!("{here}/breach")),
        give_href: visit.may::<GiveEvidence>().then(|| format!("{here}/evidence")),
        care: shown.advice.clone().unwrap_or_default(),
        targeted: targeted(shown),
        name,
        reference,
    }
}

fn tags(visit: &Visit, shown: &Shown, unknown: bool) -> Vec<Tag> {
    let unknown = unknown.then(|| Tag::new("blue", "Who is this?"));
    excluded::tag(visit, shown.exclusion.as_ref()).into_iter().chain(unknown).collect()
}

fn why(shown: &Shown) -> Vec<Vec<Piece>> {
    let (scope, open) = (&shown.scope, &shown.open);
    let mut text = String::new();
    if let Some(latest) = open.involved.iter().map(|involved| involved.occurred_on).max() {
        let what = words::count(incidents(shown).len(), "incident", "incidents");
        text = format!("Reported for {what}, the latest on {}. ", words::date(latest));
    }
    if let Some(until) = open.life.until {
        text.push_str(&format!(
            "{} shows a person for a time after a report, and then no longer: this one until {}.",
            &*scope.policy.scheme.name,
            words::date(until)
        ));
    }
    vec![vec![Piece::text(text)]]
}

/// What stands here because this member was picked, and who else does not read it (SUB-6).
fn targeted(shown: &Shown) -> String {
    if shown.viewer != Viewer::TargetedMember {
        return String::new();
    }
    let held = picks::targeted(&shown.scope.policy);
    let held = held.into_iter().filter(|category| shown.open.profile.newest(*category).is_some());
    let held = held.map(|category| category.to_string()).collect::<Vec<_>>();
    if held.is_empty() {
        return String::new();
    }
    format!(
        "Your business was picked for this person: you read {}, which other members do not. Tell nobody who does not \
         work with you.",
        words::list(&held)
    )
}

fn fields(shown: &Shown) -> Vec<Row> {
    let (scope, open) = (&shown.scope, &shown.open);
    let mut rows = told::in_order(open)
        .into_iter()
        .map(|field| Row::new(told::label(field.category), field.value.clone()))
        .collect::<Vec<_>>();
    if let Some(born) = open.profile.born() {
        let age = told::age(born, scope.today);
        rows.push(Row::new("Date of birth", format!("{}, {age} years old", words::date(born))));
    }
    if !open.profile.activity().is_empty() {
        rows.push(Row::new(told::label(Category::SuspectedActivity), open.profile.activity().to_owned()));
    }
    rows
}

/// The incidents with what was released of each; one that several reports tell of stands there once.
fn incidents(shown: &Shown) -> Vec<(&Involved, &str)> {
    let mut found: Vec<(&Involved, &str)> = Vec::new();
    for (involved, narrative) in shown.open.involved.iter().zip(&shown.narratives) {
        if !found.iter().any(|(other, _)| other.incident == involved.incident) {
            found.push((involved, narrative));
        }
    }
    found
}

fn events(shown: &Shown) -> Vec<Event> {
    incidents(shown)
        .into_iter()
        .map(|(involved, narrative)| Event {
            title: words::incident_kind(&shown.scope.policy, &involved.category),
            text: narrative.to_owned(),
            date: words::date(involved.occurred_on),
            ..Event::default()
        })
        .collect()
}

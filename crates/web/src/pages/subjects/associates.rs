//! Who commits such crime with whom: a drawing with its table, and what the controller records (SUB-3).
use super::{
    choosing::{Candidate, candidates, chosen, crumbs, name, name_of, reason_asked},
    graph::{self, Drawing},
    here, id, told,
};
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, gallery::name_or_reference},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Piece, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use axum::extract::Path;
use fairwatch_app::{
    AppError,
    subjects::{
        self, Shown,
        associates::{self, Near},
    },
};
use fairwatch_core::{
    gate::Role,
    ids::{AssociationId, SubjectId},
    policy::{Category, scheme::SourceKind},
    scope::Scope,
    subjects::{Source, associates::Together, merging::MergeSubjects},
};

/// What joins a record to others, on its page.
#[derive(Clone, Debug, Default)]
pub(super) struct Ties {
    pub(super) merged: Vec<String>,
    pub(super) merge: Option<String>,
    pub(super) unmerge: Option<String>,
    pub(super) associates: Option<String>,
}

impl Ties {
    pub(super) fn of(visit: &Visit, shown: &Shown, here: &str) -> Self {
        let (scope, open) = (&shown.scope, &shown.open);
        let is_live = open.life.stage.is_live();
        let may_merge = is_live && visit.role() == Role::Controller && visit.may::<MergeSubjects>();
        let numbers = &open.profile.other_numbers;
        let sees = visit.role() == Role::Controller || scope.policy.sees(shown.viewer, Category::Associates);
        Self {
            merged: numbers.iter().map(|number| scope.reference(*number)).collect(),
            merge: may_merge.then(|| format!("{here}/merge")),
            unmerge: (may_merge && !numbers.is_empty()).then(|| format!("{here}/unmerge")),
            associates: (is_live && sees).then(|| format!("{here}/associates")),
        }
    }
}

/// `associates.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "associates.html")]
struct Associates {
    shell: Shell,
    crumbs: Vec<Crumb>,
    name: String,
    drawing: Option<Drawing>,
    told: String,
    people: Vec<Row>,
    who: String,
    add: Option<String>,
}
/// Somebody in the table.
#[derive(Clone, Debug, Default)]
struct Row {
    href: String,
    name: String,
    reference: String,
    why: Vec<String>,
    recorded: Vec<Recorded>,
}
/// What the controller recorded.
#[derive(Clone, Debug, Default)]
struct Recorded {
    what: String,
    note: String,
    remove: Option<String>,
}

/// Why somebody is near, in words.
fn reasons(scope: &Scope, near: &Near) -> Vec<String> {
    let mut why = Vec::new();
    if !near.incidents.is_empty() {
        let numbers = near.incidents.iter().map(|number| scope.reference(*number)).collect::<Vec<_>>();
        let count = words::count(numbers.len(), "incident", "incidents");
        why.push(format!("{count} together: {}", words::list(&numbers)));
    }
    if !near.vehicles.is_empty() {
        why.push(format!("The same vehicle: {}", words::list(&near.vehicles)));
    }
    why
}

fn rows(visit: &Visit, shown: &associates::Shown) -> Vec<Row> {
    let scope = &shown.scope;
    let here = here(visit, shown.open.id);
    let changes = visit.role() == Role::Controller && shown.open.life.stage.is_live();
    let row = |near: &Near| Row {
        href: super::here(visit, near.card.id),
        name: name_or_reference(near.card.profile.name(), scope, near.card.number),
        reference: scope.reference(near.card.number),
        why: reasons(scope, near),
        recorded: near
            .linked
            .iter()
            .map(|link| Recorded {
                what: format!(
                    "{}: {}",
                    words::capital(link.association.together.words()),
                    link.association.reason
                ),
                note: format!(
                    "{}, recorded on {}",
                    told::source(scope, &link.association.source, &shown.open.involved),
                    words::date(link.on)
                ),
                remove: changes.then(|| format!("{here}/associates/{}/remove", link.id)),
            })
            .collect(),
    };
    shown.near.iter().map(row).collect()
}

fn drawing(visit: &Visit, shown: &associates::Shown) -> Option<Drawing> {
    let scope = &shown.scope;
    let mut vehicles: Vec<String> = Vec::new();
    let mut people = Vec::new();
    for near in &shown.near {
        let mut theirs = Vec::new();
        for mark in &near.vehicles {
            let place = vehicles.iter().position(|known| known == mark).unwrap_or_else(|| {
                vehicles.push(mark.clone());
                vehicles.len() - 1
            });
            theirs.push(place);
        }
        let mut why = Vec::new();
        if !near.incidents.is_empty() {
            why.push(words::count(near.incidents.len(), "incident", "incidents"));
        }
        if !near.linked.is_empty() {
            why.push("recorded".to_owned());
        }
        people.push(graph::Person {
            name: name_or_reference(near.card.profile.name(), scope, near.card.number),
            href: Some(here(visit, near.card.id)),
            why,
            vehicles: theirs,
        });
    }
    graph::draw(&name_of(scope, &shown.open), &vehicles, &people)
}

/// `GET /o/{slug}/people/{id}/associates`
pub(crate) async fn show(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let shown = associates::show(&visit.app, &visit.ctx, visit.org(), subject).await?;
    let name = name_of(&shown.scope, &shown.open);
    let drawing = drawing(&visit, &shown);
    let told = match drawing.as_ref().map(|drawing| drawing.left_out) {
        Some(0) => "The table says the same in words.".to_owned(),
        Some(n) => format!(
            "The table says the same in words, and of {} more for whom there is no room here.",
            words::count(n, "person", "people")
        ),
        None => String::new(),
    };
    let adds = visit.role() == Role::Controller
        && shown.scope.policy.holds(Category::Associates)
        && shown.open.life.stage.is_live();
    page(&Associates {
        shell: visit.shell(Nav::People),
        crumbs: crumbs(&visit, &shown.scope, &shown.open),
        people: rows(&visit, &shown),
        who: told::audience(&shown.scope.policy, Category::Associates),
        add: adds.then(|| format!("{}/associates/add", here(&visit, subject))),
        drawing,
        told,
        name,
    })
}

/// `associate.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "associate.html")]
struct Record {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    name: String,
    action: String,
    q: String,
    candidates: Vec<Candidate>,
    kinds: Vec<Choice>,
    sources: Vec<Choice>,
    reason: String,
}

/// Where it may come from: the reports of the person, what members sent of them, the agreements of the policy, or the
/// controller (INC-5).
fn sources(shown: &Shown) -> Vec<(String, String, Source)> {
    let (scope, open) = (&shown.scope, &shown.open);
    let mut all = vec![("controller".to_owned(), "I found it out myself".to_owned(), Source::Controller)];
    for involved in &open.involved {
        let source = Source::Report { report: involved.report, incident: involved.incident };
        let kind = words::incident_kind(&scope.policy, &involved.category);
        let reference = scope.reference(involved.report_number);
        let label = format!("Report {reference}: {kind}, {}", words::date(involved.occurred_on));
        if !all.iter().any(|(.., known)| *known == source) {
            all.push((format!("report:{}", involved.report), label, source));
        }
    }
    for field in &open.profile.fields {
        if let Source::Intelligence { tip, .. } = &field.source {
            let label = format!("What a member sent: {}", field.value);
            all.push((format!("tip:{tip}"), label, field.source.clone()));
        }
    }
    for source in &scope.policy.sources {
        let (kind, made) = match (source.kind, source.agreement.as_deref()) {
            (SourceKind::Police | SourceKind::Agency, Some(id)) => {
                ("agreement", Source::Police { agreement: id.to_owned() })
            }
            (SourceKind::NeighbouringScheme, Some(id)) => {
                ("scheme", Source::Scheme { agreement: id.to_owned() })
            }
            _ => continue,
        };
        let id = source.agreement.as_deref().unwrap_or_default();
        all.push((format!("{kind}:{id}"), source.text.to_string(), made));
    }
    all
}

async fn form(visit: &Visit, subject: SubjectId, sent: &Sent, errors: Errors) -> Result<Record, PageError> {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let q = sent.one("q").to_owned();
    let choice = |value: &str, label: String, checked: bool| Choice {
        value: value.to_owned(),
        label,
        note: String::new(),
        checked,
    };
    let kinds = Together::ALL
        .into_iter()
        .map(|kind| choice(kind.name(), words::capital(kind.words()), sent.one("together") == kind.name()));
    Ok(Record {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown.scope, &shown.open),
        name: name(&shown),
        action: format!("{}/associates/add", here(visit, subject)),
        candidates: candidates(visit, subject, &q, sent.one("to")).await?,
        kinds: kinds.collect(),
        sources: sources(&shown)
            .into_iter()
            .map(|(value, label, _)| choice(&value, label, sent.one("source") == value))
            .collect(),
        reason: sent.one("reason").to_owned(),
        q,
    })
}

/// `GET /o/{slug}/people/{id}/associates/add`
pub(crate) async fn ask(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&form(&visit, subject, &Sent::default(), Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/associates/add`
pub(crate) async fn record(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    if sent.one("do") == "find" {
        return page(&form(&visit, subject, &sent, Errors::default()).await?);
    }
    match recorded(&visit, subject, &sent).await {
        Ok(()) => Ok(see_other_done(&format!("{}/associates", here(&visit, subject)), "associated")),
        Err(AppError::Refused(problems)) => {
            let errors = reason_asked(Errors::from(&problems), &sent);
            page_again(&form(&visit, subject, &sent, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn recorded(visit: &Visit, subject: SubjectId, sent: &Sent) -> Result<(), AppError> {
    let (app, ctx) = (&visit.app, &visit.ctx);
    let other = match chosen(visit, sent).await {
        Ok(other) if other == subject => {
            return Err(AppError::in_field("q", "Choose somebody else: this is the same record."));
        }
        Err(AppError::Refused(_)) => {
            let problem = "Look the person up and choose them, or enter their reference.";
            return Err(AppError::in_field("q", problem));
        }
        other => other?,
    };
    let together = Together::named(sent.one("together"))
        .ok_or_else(|| AppError::in_field("together", "Choose what they do together"))?;
    let shown = subjects::open(app, ctx, subject).await?;
    let source = sources(&shown).into_iter().find(|(value, ..)| value == sent.one("source"));
    let (.., source) = source.ok_or_else(|| AppError::in_field("source", "Choose where it comes from"))?;
    associates::associate(app, ctx, subject, other, together, source, sent.one("reason")).await?;
    Ok(())
}

async fn remove_form(
    visit: &Visit,
    subject: SubjectId,
    link: AssociationId,
    reason: &str,
    errors: Errors,
) -> Result<Confirm, PageError> {
    let shown = associates::show(&visit.app, &visit.ctx, visit.org(), subject).await?;
    let near = shown.near.iter().find(|near| near.linked.iter().any(|known| known.id == link));
    let near = near.ok_or(AppError::Hidden)?;
    let other = name_or_reference(near.card.profile.name(), &shown.scope, near.card.number);
    let own = name_of(&shown.scope, &shown.open);
    let back = format!("{}/associates", here(visit, subject));
    Ok(Confirm {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown.scope, &shown.open),
        here: "Who they act with".into(),
        title: format!("Take back that {own} and {other} act together?"),
        text: vec![vec![Piece::text(
            "What was recorded of it is deleted, on both records. What they were reported for together stays.",
        )]],
        action: format!("{back}/{link}/remove"),
        reason_label: "Why?".into(),
        reason_hint: "The audit notes that a reason was given. Nobody can read it later, since it speaks of both.",
        reason: reason.to_owned(),
        button: "Take it back".into(),
        cancel: back,
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/people/{id}/associates/{link}/remove`
pub(crate) async fn ask_remove(
    visit: Visit,
    Path((_, subject, link)): Path<(String, String, String)>,
) -> Answer {
    page(&remove_form(&visit, id(&subject)?, id(&link)?, "", Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/associates/{link}/remove`
pub(crate) async fn remove(
    visit: Visit,
    Path((_, subject, link)): Path<(String, String, String)>,
    sent: Sent,
) -> Answer {
    let (subject, link): (SubjectId, AssociationId) = (id(&subject)?, id(&link)?);
    match associates::dissociate(&visit.app, &visit.ctx, subject, link, sent.one("reason")).await {
        Ok(()) => Ok(see_other_done(&format!("{}/associates", here(&visit, subject)), "dissociated")),
        Err(AppError::Refused(problems)) => {
            let errors = reason_asked(Errors::from(&problems), &sent);
            page_again(&remove_form(&visit, subject, link, sent.one("reason"), errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

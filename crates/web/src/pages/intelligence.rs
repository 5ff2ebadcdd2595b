//! Who somebody is, and that somebody was seen: what members tell beside reports, and the controller's decision (INC-4).
use super::subjects::{here, portraits, told};
use crate::{
    forms::Sent,
    pages::confirm::Confirm,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Card, Choice, Crumb, Errors, Pic, Piece, Row, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError, intelligence,
    intelligence::Opened,
    subjects::{self, Shown},
};
use fairwatch_core::{
    ids::{SubjectId, TipId},
    intelligence::{Grading, Knowledge, Reliability, SaySeen, SendTip},
};
use std::str::FromStr as _;

impl Card {
    /// With what members tell of somebody from their card.
    pub(crate) fn with_acts(mut self, visit: &Visit, subject: SubjectId) -> Self {
        let at = |deed: &str| format!("{}/{deed}", here(visit, subject));
        self.seen_href = visit.may::<SaySeen>().then(|| at("seen"));
        self.know_href = (self.unknown && visit.may::<SendTip>()).then(|| at("name"));
        self
    }
}

/// As what the person is spoken of.
fn called(shown: &Shown) -> String {
    super::gallery::name_or_reference(shown.open.profile.name(), &shown.scope, shown.open.number)
}

fn crumbs(visit: &Visit, subject: SubjectId, name: &str) -> Vec<Crumb> {
    vec![
        Crumb { label: "Gallery".into(), href: visit.href("/gallery") },
        Crumb { label: name.to_owned(), href: here(visit, subject) },
    ]
}

/// `GET /o/{slug}/people/{id}/seen`: from a card, before it is said.
pub(crate) async fn ask_seen(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let shown = subjects::show(&visit.app, &visit.ctx, subject, "").await?;
    let name = called(&shown);
    let text = "Here and now: at your own premises, today. The controller sees it; it changes nothing of how long this \
                person is shown. You can take it back until midnight.";
    page(&Confirm {
        shell: visit.shell(Nav::Gallery),
        crumbs: crumbs(&visit, subject, &name),
        here: "Seen here".into(),
        title: format!("Did you see {name} here today?"),
        text: vec![vec![Piece::text(text)]],
        action: format!("{}/seen", here(&visit, subject)),
        button: "Yes, seen here".into(),
        cancel: visit.href("/gallery"),
        ..Confirm::default()
    })
}

/// `POST /o/{slug}/people/{id}/seen`
pub(crate) async fn say_seen(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    intelligence::say_seen(&visit.app, &visit.ctx, subject).await?;
    Ok(see_other_done(&here(&visit, subject), "seen"))
}

/// `POST /o/{slug}/people/{id}/seen/undo`
pub(crate) async fn undo_seen(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    intelligence::undo_seen(&visit.app, &visit.ctx, subject).await?;
    Ok(see_other_done(&here(&visit, subject), "not-seen"))
}

/// `name_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "name_form.html")]
struct NameForm {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    picture: Option<Pic>,
    action: String,
    cancel: String,
    name: String,
    how: String,
    sure: Vec<Choice>,
}

fn sure(chosen: &str) -> Vec<Choice> {
    let known = [
        (Knowledge::Direct, "I know them myself"),
        (Knowledge::Indirect, "Somebody told me"),
        (Knowledge::Unknown, "I am not sure"),
    ];
    let choice = |(knowledge, label): (Knowledge, &str)| Choice {
        value: knowledge.name().to_owned(),
        label: label.to_owned(),
        note: String::new(),
        checked: knowledge.name() == chosen,
    };
    known.map(choice).into()
}

fn name_form(visit: &Visit, shown: &Shown, sent: &Sent, errors: Errors) -> NameForm {
    let subject = shown.open.id;
    NameForm {
        shell: visit.shell(Nav::Gallery),
        errors,
        crumbs: crumbs(visit, subject, &called(shown)),
        picture: shown.open.pictures.first().map(|picture| portraits::small(visit, *picture)),
        action: format!("{}/name", here(visit, subject)),
        cancel: here(visit, subject),
        name: sent.one("name").to_owned(),
        how: sent.one("how").to_owned(),
        sure: sure(sent.one("sure")),
    }
}

/// `GET /o/{slug}/people/{id}/name`
pub(crate) async fn ask_name(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let shown = subjects::show(&visit.app, &visit.ctx, subject, "").await?;
    page(&name_form(&visit, &shown, &Sent::default(), Errors::default()))
}

/// `POST /o/{slug}/people/{id}/name`
pub(crate) async fn send_name(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let knowledge = Knowledge::from_str(sent.one("sure")).unwrap_or(Knowledge::Unknown);
    let (app, ctx) = (&visit.app, &visit.ctx);
    match intelligence::send(app, ctx, subject, sent.one("name"), sent.one("how"), knowledge).await {
        Ok(_) => Ok(see_other_done(&here(&visit, subject), "name-sent")),
        Err(AppError::Refused(problems)) => {
            let field =
                if sent.given("name").is_some() && sent.given("how").is_none() { "how" } else { "name" };
            let shown = subjects::show(app, ctx, subject, "").await?;
            page_again(&name_form(&visit, &shown, &sent, Errors::one(field, &problems.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}

/// `name_review.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "name_review.html")]
struct NameReview {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    reference: String,
    person_href: String,
    big: Option<Pic>,
    how: String,
    facts: Vec<Row>,
    action: String,
    name: String,
    source: Vec<Choice>,
    information: Vec<Choice>,
    rejecting: bool,
    reason: String,
}

fn choice(value: &str, label: &str, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), label: label.to_owned(), note: String::new(), checked: value == chosen }
}

fn review_page(visit: &Visit, opened: &Opened, sent: Option<&Sent>, errors: Errors) -> NameReview {
    let (tip, open) = (&opened.tip, &opened.open);
    let said = |field: &str, fresh: &str| sent.map_or(fresh, |sent| sent.one(field)).to_owned();
    let source = said("source", Reliability::Untested.name());
    let information = said("information", tip.tip.knowledge.name());
    let sources = [Reliability::Reliable, Reliability::Untested, Reliability::NotReliable];
    let known = [Knowledge::Direct, Knowledge::Indirect, Knowledge::Unknown, Knowledge::Doubtful];
    let business = tip.tip.business.as_deref().map(|name| format!(", {name}")).unwrap_or_default();
    let reference = opened.scope.reference(tip.number);
    NameReview {
        shell: visit.shell(Nav::Review),
        errors,
        crumbs: vec![Crumb { label: "Review queue".into(), href: visit.href("/review") }],
        person_href: here(visit, tip.subject),
        big: open.pictures.first().map(|picture| portraits::small(visit, *picture)),
        how: tip.tip.how.clone(),
        facts: vec![
            Row::new("From", format!("{}{business}", tip.tip.sender())),
            Row::new("How they know", told::knowledge(tip.tip.knowledge)),
            Row::new("Sent", words::date_time(tip.sent_at)),
        ],
        action: visit.href(&format!("/names/{}", tip.id)),
        name: said("name", &tip.tip.name),
        source: sources.map(|word| choice(word.name(), told::reliability(word), &source)).into(),
        information: known.map(|word| choice(word.name(), told::knowledge(word), &information)).into(),
        rejecting: sent.is_some_and(|sent| sent.one("decision") == "reject"),
        reason: said("reason", ""),
        reference,
    }
}

/// `GET /o/{slug}/names/{id}`
pub(crate) async fn review(visit: Visit, Id(tip): Id<TipId>) -> Answer {
    let opened = intelligence::open(&visit.app, &visit.ctx, tip).await?;
    page(&review_page(&visit, &opened, None, Errors::default()))
}

/// `POST /o/{slug}/names/{id}`
pub(crate) async fn decide(visit: Visit, Id(tip): Id<TipId>, sent: Sent) -> Answer {
    let (app, ctx) = (&visit.app, &visit.ctx);
    let rejects = sent.one("decision") == "reject";
    let decided = if rejects {
        intelligence::reject(app, ctx, tip, sent.one("reason")).await
    } else {
        let grading = Grading {
            source: Reliability::from_str(sent.one("source")).unwrap_or(Reliability::Untested),
            information: Knowledge::from_str(sent.one("information")).unwrap_or(Knowledge::Unknown),
        };
        intelligence::accept(app, ctx, tip, sent.one("name"), grading).await.map(|_| ())
    };
    match decided {
        Ok(()) => {
            let code = if rejects { "name-rejected" } else { "name-accepted" };
            Ok(see_other_done(&visit.href("/review"), code))
        }
        Err(AppError::Refused(problems)) => {
            let field = if rejects { "reason" } else { "name" };
            let opened = intelligence::open(app, ctx, tip).await?;
            page_again(&review_page(&visit, &opened, Some(&sent), Errors::one(field, &problems.to_string())))
        }
        Err(error) => Err(error.into()),
    }
}

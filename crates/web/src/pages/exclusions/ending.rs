//! An exclusion shortened, narrowed to fewer premises, or lifted, by the controller and with the reason.
use super::from_where;
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, day::Day, gallery::name_or_reference, subjects::here},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Piece, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    exclusions::{self, Change, Exclusion},
    subjects::{self, Shown, picks::businesses},
};
use fairwatch_core::{
    clocks::Stage,
    exclusions::{ExclusionState, Scope},
    ids::{MemberId, SubjectId},
};

/// `vary.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "vary.html")]
struct Vary {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    now: String,
    action: String,
    cancel: String,
    ends: Day,
    premises: Vec<Choice>,
    reason: String,
}

/// The record with the exclusion that is in force; without one there is no such page.
async fn current(visit: &Visit, subject: SubjectId) -> Result<(Shown, Exclusion), PageError> {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let one = shown.open.exclusions.iter().find(|one| one.state == ExclusionState::InForce).cloned();
    let one = one.filter(|_| shown.open.life.stage.is_live()).ok_or(AppError::Hidden)?;
    Ok((shown, one))
}

fn crumbs(visit: &Visit, shown: &Shown) -> Vec<Crumb> {
    let name = name_or_reference(shown.open.profile.name(), &shown.scope, shown.open.number);
    vec![
        Crumb { label: "People".into(), href: visit.href("/people") },
        Crumb { label: name, href: here(visit, shown.open.id) },
    ]
}

fn now(one: &Exclusion) -> String {
    format!("Excluded from {} until {}.", from_where(one.scope, &one.premises), words::date(one.ends_on))
}

async fn form(
    visit: &Visit,
    subject: SubjectId,
    sent: Option<&Sent>,
    errors: Errors,
) -> Result<Vary, PageError> {
    let (shown, one) = current(visit, subject).await?;
    if shown.open.life.stage != Stage::Circulating {
        return Err(AppError::Hidden.into());
    }
    let members = match one.scope {
        Scope::Scheme => businesses(&visit.app, &visit.ctx, visit.org()).await?,
        Scope::Some => one
            .premises
            .iter()
            .map(|(member, business)| (*member, format!("{}, {}", business.name, business.premises)))
            .collect(),
    };
    let chosen = sent.map(|sent| sent.all("premises"));
    let premises = members.into_iter().map(|(member, label)| Choice {
        value: member.to_string(),
        label,
        note: String::new(),
        checked: chosen.as_ref().is_none_or(|chosen| chosen.contains(&member.to_string())),
    });
    let back = here(visit, subject);
    Ok(Vary {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown),
        now: now(&one),
        action: format!("{back}/exclusion/vary"),
        cancel: back,
        ends: sent.map(|sent| Day::from_form(sent, "ends")).unwrap_or_default(),
        premises: premises.collect(),
        reason: sent.map_or_else(String::new, |sent| sent.one("reason").to_owned()),
    })
}

/// `GET /o/{slug}/people/{id}/exclusion/vary`
pub(crate) async fn ask_vary(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&form(&visit, subject, None, Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/exclusion/vary`
pub(crate) async fn vary(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let before = form(&visit, subject, None, Errors::default()).await?;
    let Ok(ends_on) = Day::from_form(&sent, "ends").parse() else {
        let errors = Errors::one("ends", "Enter a day that exists, such as 27 3 2027");
        return page_again(&form(&visit, subject, Some(&sent), errors).await?);
    };
    let chosen = sent.all("premises");
    // What was offered when the page was made: a business that joined meanwhile was not left out by whoever chose.
    let offered = sent.all("offered");
    let is_same = match offered.is_empty() {
        true => before.premises.iter().all(|one| chosen.contains(&one.value)),
        false => offered.iter().all(|one| chosen.contains(one)),
    };
    let members = chosen.iter().map(|id| id.parse::<MemberId>()).collect::<Result<Vec<_>, _>>();
    let Ok(members) = members else {
        let errors = Errors::one("premises", "Choose from the list.");
        return page_again(&form(&visit, subject, Some(&sent), errors).await?);
    };
    let change = Change { ends_on, premises: (!is_same).then_some(members) };
    match exclusions::vary(&visit.app, &visit.ctx, subject, change, sent.one("reason")).await {
        Ok(()) => Ok(see_other_done(&here(&visit, subject), "varied")),
        Err(AppError::Refused(problems)) => {
            page_again(&form(&visit, subject, Some(&sent), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn ask(visit: &Visit, subject: SubjectId, reason: &str, errors: Errors) -> Result<Confirm, PageError> {
    let (shown, one) = current(visit, subject).await?;
    let back = here(visit, subject);
    Ok(Confirm {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: crumbs(visit, &shown),
        here: "Lift the exclusion".into(),
        title: "Lift the exclusion?".into(),
        text: vec![vec![Piece::text(now(&one))]],
        effects: vec![
            "It ends today, for every member and on every server.".into(),
            "If it kept the person in circulation, the clocks are worked out again, and the person may be withdrawn at once."
                .into(),
            "That it stood, and why it was lifted, stays with the record.".into(),
        ],
        action: format!("{back}/exclusion/lift"),
        reason_label: "Why".into(),
        reason_hint: "Kept with the record, sealed",
        reason: reason.to_owned(),
        button: "Lift it".into(),
        cancel: back,
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/people/{id}/exclusion/lift`
pub(crate) async fn ask_lift(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&ask(&visit, subject, "", Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/exclusion/lift`
pub(crate) async fn lift(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    match exclusions::lift(&visit.app, &visit.ctx, subject, reason).await {
        Ok(()) => {
            // What was lifted may have been all that kept the record.
            let path = match subjects::open(&visit.app, &visit.ctx, subject).await {
                Err(AppError::Hidden) => visit.href("/people"),
                _ => here(&visit, subject),
            };
            Ok(see_other_done(&path, "lifted"))
        }
        Err(AppError::Refused(problems)) => {
            page_again(&ask(&visit, subject, reason, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

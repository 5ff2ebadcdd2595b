//! Members who are picked for a person, and shown what the policy targets (SUB-6).
use super::{here, id};
use crate::{
    forms::Sent,
    pages::{day::Day, gallery::name_or_reference},
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    subjects::{self, picks},
};
use fairwatch_core::{
    ids::{MemberId, PickId, SubjectId},
    subjects::picks::targeted,
};

/// `picks.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "picks.html")]
struct Picks {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    what: String,
    picked: Vec<Picked>,
    action: String,
    end_action: String,
    cancel: String,
    businesses: Vec<Choice>,
    ends: Day,
    reason: String,
}
/// A member who is picked.
#[derive(Clone, Debug, Default)]
struct Picked {
    id: String,
    name: String,
    note: String,
}

async fn form(visit: &Visit, subject: SubjectId, sent: &Sent, errors: Errors) -> Result<Picks, PageError> {
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let targeted = targeted(&shown.scope.policy).iter().map(ToString::to_string).collect::<Vec<_>>();
    // Where the policy targets nothing there is nothing to pick for, and no such page.
    if targeted.is_empty() {
        return Err(AppError::Hidden.into());
    }
    let open = &shown.open;
    let picked = open.picks.iter().map(|held| {
        let until = held.pick.ends_on.map(|end| format!(", until {}", words::date(end)));
        let since = words::date(held.picked_on);
        Picked {
            id: held.pick.id.to_string(),
            name: format!("{}, {}", held.business.name, held.business.premises),
            note: format!("{}. Since {since}{}", held.reason, until.unwrap_or_default()),
        }
    });
    let picked = picked.collect();
    let is_picked = |member: &MemberId| open.picks.iter().any(|held| held.pick.member == *member);
    let businesses = picks::businesses(&visit.app, &visit.ctx, visit.org()).await?;
    let chosen = sent.one("business");
    let choice =
        |value: String, label: String| Choice { checked: value == chosen, value, label, note: String::new() };
    let businesses = [choice(String::new(), "Choose a member".into())].into_iter().chain(
        businesses
            .into_iter()
            .filter(|(member, _)| !is_picked(member))
            .map(|(member, label)| choice(member.to_string(), label)),
    );
    let here = here(visit, subject);
    Ok(Picks {
        shell: visit.shell(Nav::People),
        errors,
        crumbs: vec![
            Crumb { label: "People".into(), href: visit.href("/people") },
            Crumb {
                label: name_or_reference(open.profile.name(), &shown.scope, open.number),
                href: here.clone(),
            },
        ],
        what: words::list(&targeted),
        picked,
        action: format!("{here}/picked"),
        end_action: format!("{here}/picked/end"),
        cancel: here,
        businesses: businesses.collect(),
        ends: Day::from_form(sent, "ends"),
        reason: sent.one("reason").to_owned(),
    })
}

/// `GET /o/{slug}/people/{id}/picked`
pub(crate) async fn ask(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    page(&form(&visit, subject, &Sent::default(), Errors::default()).await?)
}

/// `POST /o/{slug}/people/{id}/picked`
pub(crate) async fn pick(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let done = match (sent.one("business").parse::<MemberId>(), Day::from_form(&sent, "ends").parse()) {
        (Err(_), _) => Err(AppError::in_field("business", "Choose a member of this scheme.")),
        (_, Err(_)) => Err(AppError::in_field("ends", "Enter a day that exists, such as 27 3 2027")),
        (Ok(member), Ok(ends)) => {
            picks::pick(&visit.app, &visit.ctx, subject, member, ends, sent.one("reason")).await
        }
    };
    match done {
        Ok(_) => Ok(see_other_done(&format!("{}/picked", here(&visit, subject)), "picked")),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            for error in errors.0.iter_mut().filter(|error| error.field.is_empty()) {
                "reason".clone_into(&mut error.field);
            }
            page_again(&form(&visit, subject, &sent, errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/people/{id}/picked/end`
pub(crate) async fn end(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let pick: PickId = id(sent.one("pick"))?;
    match picks::end(&visit.app, &visit.ctx, subject, pick).await {
        Ok(()) => Ok(see_other_done(&format!("{}/picked", here(&visit, subject)), "pick-ended")),
        Err(AppError::Refused(problems)) => {
            let errors = Errors::from(&problems);
            page_again(&form(&visit, subject, &Sent::default(), errors).await?)
        }
        Err(error) => Err(error.into()),
    }
}

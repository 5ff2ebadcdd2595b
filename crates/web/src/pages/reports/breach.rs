//! That somebody was where they are excluded from, in two taps: open it, send it (EXC-6).
use crate::{
    forms::Sent,
    pages::{
        excluded,
        gallery::name_or_reference,
        reports::form,
        subjects::{here, portraits},
    },
    respond::{Answer, page, page_again, see_other},
    shell::Nav,
    view::{Cautions, Crumb, Errors, Pic, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    incidents::reporting::{self, Mistake, Outcome, Typed, TypedPerson, cautions},
    subjects::{self, Shown},
};
use fairwatch_core::{ids::SubjectId, policy::practice::BREACH};

/// `breach.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "breach.html")]
struct Breach {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    minded: String,
    asks: bool,
    crumbs: Vec<Crumb>,
    title: String,
    picture: Option<Pic>,
    told: String,
    place: String,
    when: String,
    sentence: String,
    action: String,
    whole: String,
    cancel: String,
}

/// What the report says where nothing is typed.
const SENTENCE: &str = "They came in although they are excluded.";

/// The person, while they are excluded from where the asker is; nothing else can be breached.
async fn excluded(visit: &Visit, subject: SubjectId) -> Result<Shown, AppError> {
    let shown = subjects::show(&visit.app, &visit.ctx, subject, "").await?;
    let holds = shown.exclusion.as_ref().is_some_and(|told| excluded::is_here(visit, told));
    if holds {
        return Ok(shown);
    }
    Err(AppError::refused(
        "This person is not excluded from your premises now. If something happened, report it as an incident.",
    ))
}

/// The person, as far as the asker may know of them. A report is not stopped because its reporter has yet to certify
/// (MEM-3): to them whoever they chose is nobody in particular, there or not (VIS-7), and review sees to the rest.
async fn known(visit: &Visit, subject: SubjectId) -> Result<Option<Shown>, AppError> {
    match excluded(visit, subject).await {
        Ok(shown) => Ok(Some(shown)),
        Err(AppError::Hidden) if !visit.membership.certified => Ok(None),
        Err(error) => Err(error),
    }
}

fn build(visit: &Visit, subject: SubjectId, shown: Option<&Shown>, typed: &Typed, errors: Errors) -> Breach {
    let name =
        shown.map(|shown| name_or_reference(shown.open.profile.name(), &shown.scope, shown.open.number));
    let mut crumbs = vec![Crumb { label: "Gallery".into(), href: visit.href("/gallery") }];
    crumbs.extend(name.clone().map(|label| Crumb { label, href: here(visit, subject) }));
    let picture = shown.and_then(|shown| shown.open.pictures.first());
    let told = match shown {
        Some(shown) => {
            shown.exclusion.as_ref().map_or_else(String::new, |told| excluded::sentence(visit, told))
        }
        None => form::UNTIL_CERTIFIED.to_owned(),
    };
    Breach {
        shell: visit.shell(Nav::Gallery),
        errors,
        crumbs,
        title: format!("Report that {} is here", name.as_deref().unwrap_or("the person you chose")),
        picture: picture.map(|picture| portraits::small(visit, *picture)),
        told,
        place: typed.place.clone(),
        when: format!("today, {}", words::time(visit.ctx.now())),
        sentence: typed.sentence.clone(),
        action: format!("{}/breach", here(visit, subject)),
        whole: visit.href(&format!("/report?subject={subject}")),
        cancel: here(visit, subject),
        ..Breach::default()
    }
}

/// `GET /o/{slug}/people/{id}/breach`
pub(crate) async fn ask(visit: Visit, Id(subject): Id<SubjectId>) -> Answer {
    let shown = known(&visit, subject).await?;
    let place = reporting::own_place(&visit.app, &visit.ctx, visit.org()).await?;
    let typed = Typed { place, sentence: SENTENCE.to_owned(), ..Typed::default() };
    page(&build(&visit, subject, shown.as_ref(), &typed, Errors::default()))
}

/// `POST /o/{slug}/people/{id}/breach`: place, sentence, minded.
pub(crate) async fn send(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let shown = known(&visit, subject).await?;
    let typed = Typed {
        category: BREACH.to_owned(),
        place: sent.one("place").to_owned(),
        sentence: sent.one("sentence").to_owned(),
        minded: sent.one("minded").to_owned(),
        people: vec![TypedPerson { proposed: subject.to_string(), ..TypedPerson::default() }],
        ..Typed::default()
    };
    match reporting::breach(&visit.app, &visit.ctx, visit.org(), &typed).await? {
        Outcome::Sent(sent) => Ok(see_other(&visit.href(&format!("/report/sent?id={}", sent.id)))),
        Outcome::Mistakes(mistakes) => {
            page_again(&build(&visit, subject, shown.as_ref(), &typed, errors(&mistakes)))
        }
        Outcome::Warned(found) => page(&Breach {
            cautions: form::cautions(&found),
            minded: cautions::mark(&found),
            asks: true,
            ..build(&visit, subject, shown.as_ref(), &typed, Errors::default())
        }),
    }
}

/// What is wrong with a field that this page does not have is said above it.
fn errors(mistakes: &[Mistake]) -> Errors {
    let mut errors = form::errors(mistakes);
    for error in &mut errors.0 {
        if !["place", "sentence"].contains(&&*error.field) {
            error.field.clear();
        }
    }
    errors
}

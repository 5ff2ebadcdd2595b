//! Reporting an incident: the form, its draft, its pictures, and sending it (INC-1).
use super::form::{self, KnownPerson, MOST_PEOPLE};
use crate::{
    forms::{File, Sent},
    pages::{
        evidence::add,
        excluded,
        gallery::name_or_reference,
        subjects::{id, portraits},
    },
    respond::{Answer, PageError, page, page_again, see_other},
    uploads::{self, To},
    view::{Errors, FieldError},
    visit::{Visit, resume::is_resumed},
};
use axum::{
    Json,
    extract::{Query, Request},
    http::StatusCode,
    response::IntoResponse as _,
};
use fairwatch_app::{
    AppError,
    incidents::reporting::{
        self, FORM, Mistake, Outcome, Typed, TypedPerson,
        cautions::{self, Caution},
    },
    pictures,
    subjects::{self, Shown},
};
use fairwatch_core::ids::{PictureId, SubjectId};
use serde::{Deserialize, Serialize};

/// What the address of the form says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    subject: String,
}

/// `GET /o/{slug}/report`: the form as it was left, or a fresh one at the reporter's own premises.
pub(crate) async fn show(visit: Visit, Query(wanted): Query<Wanted>) -> Answer {
    let mut draft = reporting::draft(&visit.app, &visit.ctx, visit.org()).await?;
    if let Ok(subject) = wanted.subject.parse::<SubjectId>() {
        propose(&mut draft.typed, subject);
    }
    let known = known(&visit, &mut draft.typed).await?;
    let cautions = cautions::of(&visit.scope, &draft.typed);
    let form = form::form(&visit, &draft.typed, known, &draft.pictures, Errors::default(), &cautions);
    page(&form.with_evidence(&visit, &draft.evidence))
}

/// Puts somebody whom the reporter chose into the report, once.
fn propose(typed: &mut Typed, subject: SubjectId) {
    let proposed = subject.to_string();
    if typed.people.iter().any(|person| person.proposed == proposed) || typed.people.len() >= MOST_PEOPLE {
        return;
    }
    let person = TypedPerson { proposed, ..TypedPerson::default() };
    // A set of fields into which nothing was typed gives way.
    match typed.people.iter_mut().find(|other| **other == TypedPerson::default()) {
        Some(blank) => *blank = person,
        None => typed.people.push(person),
    }
}

/// Whom the reporter chose, as far as they may see them; who is not to be seen, or not there, is taken out without
/// a word (VIS-7). A reporter who has yet to certify sees nobody, so whomever they chose stays, and is shown as no more
/// than that (MEM-3).
async fn known(visit: &Visit, typed: &mut Typed) -> Result<Vec<Option<KnownPerson>>, PageError> {
    let mut known = Vec::new();
    for person in &mut typed.people {
        let shown = match person.proposed.parse::<SubjectId>() {
            Ok(subject) => subjects::show(&visit.app, &visit.ctx, subject, "").await,
            Err(_) => Err(AppError::Hidden),
        };
        match shown {
            Ok(shown) => known.push(Some(KnownPerson {
                id: person.proposed.clone(),
                name: name_or_reference(shown.open.profile.name(), &shown.scope, shown.open.number),
                note: note(visit, &shown),
                picture: shown.open.pictures.first().map(|picture| portraits::small(visit, *picture)),
            })),
            Err(AppError::Hidden)
                if !visit.membership.certified && person.proposed.parse::<SubjectId>().is_ok() =>
            {
                known.push(Some(KnownPerson {
                    id: person.proposed.clone(),
                    name: "The person you chose".into(),
                    note: form::UNTIL_CERTIFIED.into(),
                    picture: None,
                }));
            }
            Err(AppError::Hidden) => {
                person.proposed.clear();
                known.push(None);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(known)
}

/// What stands below the name of somebody whom the reporter chose: that this is a breach, where they are excluded from
/// here (EXC-6).
fn note(visit: &Visit, shown: &Shown) -> String {
    let told = shown.exclusion.as_ref().filter(|told| excluded::is_here(visit, told));
    told.map_or_else(
        || shown.open.profile.activity().to_owned(),
        |told| format!("{} This report says that it was breached.", excluded::sentence(visit, told)),
    )
}

/// The form again. The pictures are those of the draft, which has just been kept.
async fn again(visit: &Visit, mut typed: Typed, errors: Errors) -> Answer {
    let draft = reporting::draft(&visit.app, &visit.ctx, visit.org()).await?;
    let known = known(visit, &mut typed).await?;
    let is_wrong = errors.any();
    let cautions = cautions::of(&visit.scope, &typed);
    let form = form::form(visit, &typed, known, &draft.pictures, errors, &cautions)
        .with_evidence(visit, &draft.evidence);
    if is_wrong { page_again(&form) } else { page(&form) }
}

/// The form again, with what may have to go before it is sent (INC-7). The draft has just been kept.
async fn ask(visit: &Visit, mut typed: Typed, found: &[Caution]) -> Answer {
    let pictures = reporting::draft(&visit.app, &visit.ctx, visit.org()).await?.pictures;
    let known = known(visit, &mut typed).await?;
    page(&form::form(visit, &typed, known, &pictures, Errors::default(), found).asking())
}

/// Takes the pictures of a form into the draft, so that they survive a mistake elsewhere in it.
async fn take(visit: &Visit, files: Vec<File>) -> Result<Errors, PageError> {
    let mut errors = Errors::default();
    for file in files {
        match pictures::add(&visit.app, &visit.ctx, visit.org(), FORM, file.bytes).await {
            Ok(_) => {}
            Err(AppError::Refused(problems)) => errors.0.extend(
                problems
                    .iter()
                    .map(|problem| FieldError { field: "picture".into(), text: problem.sentence.clone() }),
            ),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(errors)
}

/// `POST /o/{slug}/report`: sends it, or does what another button of the form says, and shows it again.
pub(crate) async fn send(visit: Visit, request: Request) -> Answer {
    let (app, ctx, org) = (&visit.app, &visit.ctx, visit.org());
    let uploads::Received { mut sent, problems, .. } =
        uploads::receive(request, &visit.web, To::Draft(app, ctx, org)).await?;
    let mut typed = form::typed(&sent);
    let pressed = sent.one("do").to_owned();
    let files = std::mem::take(&mut sent.files);
    let mut errors = take(&visit, files).await?;
    errors.0.extend(add::problems(&problems).0);
    if pressed == "send" && !errors.any() && !is_resumed(&sent) {
        return match reporting::submit(app, ctx, org, &typed).await? {
            Outcome::Sent(sent) => Ok(see_other(&visit.href(&format!("/report/sent?id={}", sent.id)))),
            Outcome::Mistakes(mistakes) => again(&visit, typed, form::errors(&mistakes)).await,
            Outcome::Warned(found) => ask(&visit, typed, &found).await,
        };
    }
    if let Some(picture) = pressed.strip_prefix("remove-picture:") {
        pictures::remove(app, ctx, org, FORM, id(picture)?).await?;
    } else if let Some(evidence) = pressed.strip_prefix("remove-evidence:") {
        fairwatch_app::evidence::take_back(app, ctx, org, FORM, id(evidence)?).await?;
    } else if let Some(n) = pressed.strip_prefix("remove-person:").and_then(|n| n.parse::<usize>().ok()) {
        if n < typed.people.len() {
            typed.people.remove(n);
        }
    } else if pressed == "add-person" && typed.people.len() < MOST_PEOPLE {
        typed.people.push(TypedPerson::default());
    }
    let mistakes = reporting::look_over(app, ctx, org, &typed).await?;
    // What is wrong elsewhere is said when the report is sent; that a child may not be held is said at once.
    let said = if pressed == "send" && !is_resumed(&sent) {
        mistakes
    } else {
        mistakes.into_iter().filter(Mistake::is_too_young).collect()
    };
    errors.0.splice(0..0, form::errors(&said).0);
    again(&visit, typed, errors).await
}

/// What was kept looks as if it held what must not be there.
#[derive(Serialize)]
struct Kept {
    cautions: Vec<KeptCaution>,
    /// What the form sends back, to say that these were shown.
    minded: String,
}
/// A warning at a field.
#[derive(Serialize)]
struct KeptCaution {
    field: String,
    text: String,
}

/// `POST /o/{slug}/report/draft`: what a script keeps as it is typed; the answer holds the warnings to show (INC-7), so
/// that there is one place that knows them.
pub(crate) async fn keep(visit: Visit, sent: Sent) -> Answer {
    let found = reporting::keep_draft(&visit.app, &visit.ctx, visit.org(), &form::typed(&sent)).await?;
    let minded = cautions::mark(&found);
    let cautions = found.into_iter().map(|found| KeptCaution { field: found.field, text: found.sentence });
    Ok(Json(Kept { cautions: cautions.collect(), minded }).into_response())
}

/// `POST /o/{slug}/report/discard`
pub(crate) async fn discard(visit: Visit) -> Answer {
    reporting::discard_draft(&visit.app, &visit.ctx, visit.org()).await?;
    Ok(crate::respond::see_other_done(&visit.href("/report"), "discarded"))
}

/// A picture that a script uploaded.
#[derive(Serialize)]
struct Received {
    id: String,
    small: String,
}
/// Why not.
#[derive(Serialize)]
struct NotReceived {
    error: String,
}

/// `POST /o/{slug}/report/picture`: a picture that a script uploads while the rest is typed.
pub(crate) async fn add_picture(visit: Visit, sent: Sent) -> Answer {
    let Some(file) = sent.files.into_iter().next() else {
        let error = "Choose a picture".to_owned();
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(NotReceived { error })).into_response());
    };
    match pictures::add(&visit.app, &visit.ctx, visit.org(), FORM, file.bytes).await {
        Ok(picture) => {
            let received = Received { id: picture.to_string(), small: visit.small(picture) };
            Ok(Json(received).into_response())
        }
        Err(AppError::Refused(problems)) => {
            let error = problems.to_string();
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Json(NotReceived { error })).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/report/picture/remove`
pub(crate) async fn remove_picture(visit: Visit, sent: Sent) -> Answer {
    let picture: PictureId = id(sent.one("picture"))?;
    pictures::remove(&visit.app, &visit.ctx, visit.org(), FORM, picture).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

//! Why a privacy notice is not served for now: recorded, reviewed, ended (NOT-1).
use super::{Typed, persons};
use crate::{
    forms::Sent,
    pages::subjects::{here, id},
    respond::{Answer, page_again, see_other_done},
    view::Errors,
    visit::{Id, Visit},
};
use fairwatch_app::{
    AppError,
    letters::{self, exemptions},
};
use fairwatch_core::{
    ids::{ExemptionId, SubjectId},
    letters::exemptions::Ground,
};

async fn answer(
    visit: &Visit,
    subject: SubjectId,
    code: &str,
    field: &str,
    typed: Typed,
    done: Result<(), AppError>,
) -> Answer {
    match done {
        Ok(()) => Ok(see_other_done(&format!("{}/letters", here(visit, subject)), code)),
        Err(AppError::Refused(problems)) => {
            let mut errors = Errors::from(&problems);
            for error in errors.0.iter_mut().filter(|error| error.field == "reason" || error.field.is_empty())
            {
                field.clone_into(&mut error.field);
            }
            let found = letters::of_subject(&visit.app, &visit.ctx, subject).await?;
            page_again(&persons(visit, subject, &found, &typed, errors))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/people/{id}/letters/exempt`
pub(crate) async fn exempt(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let typed = Typed {
        ground: sent.one("ground").to_owned(),
        reason: sent.one("reason").to_owned(),
        found: String::new(),
    };
    let done = match typed.ground.parse::<Ground>() {
        Ok(ground) => {
            exemptions::exempt(&visit.app, &visit.ctx, subject, ground, &typed.reason).await.map(|_| ())
        }
        Err(_) => Err(AppError::in_field("ground", "Choose the ground.")),
    };
    answer(&visit, subject, "exempted", "reason", typed, done).await
}

/// `POST /o/{slug}/people/{id}/letters/exempt/review`
pub(crate) async fn review(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let exemption: ExemptionId = id(sent.one("exemption"))?;
    let typed = Typed { found: sent.one("found").to_owned(), ..Typed::default() };
    let done = exemptions::review(&visit.app, &visit.ctx, exemption, &typed.found).await;
    answer(&visit, subject, "exemption-reviewed", "found", typed, done).await
}

/// `POST /o/{slug}/people/{id}/letters/exempt/end`
pub(crate) async fn end(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    exemptions::end(&visit.app, &visit.ctx, id::<ExemptionId>(sent.one("exemption"))?).await?;
    Ok(see_other_done(&format!("{}/letters", here(&visit, subject)), "exemption-ended"))
}

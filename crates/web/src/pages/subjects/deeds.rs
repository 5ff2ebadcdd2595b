//! What the controller does to a record, as forms on its page: restrict, hold, agree (RET-11, RET-16,
//! SUB-4). A refusal shows the page again with what was typed.
use super::{again, here, id};
use crate::{
    forms::Sent,
    pages::day::Day,
    respond::{Answer, see_other_done},
    view::{Choice, Errors},
    visit::{Id, Visit},
};
use fairwatch_app::{
    AppError,
    subjects::{self, Agreement},
};
use fairwatch_core::{
    clocks::Stage,
    ids::{HoldId, SubjectId},
    scope::{Scope, ends},
};

/// What was typed into the forms of a record's page, as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) agreement: String,
    pub(super) agreement_reason: String,
    pub(super) restrict_reason: String,
    hold: Option<TypedHold>,
}
#[derive(Clone, Debug, Default)]
struct TypedHold {
    kind: String,
    reason: String,
    review: Day,
    ends: Day,
}

/// The form that holds a record.
#[derive(Clone, Debug, Default)]
pub(super) struct HoldForm {
    pub(super) action: String,
    pub(super) kinds: Vec<Choice>,
    pub(super) reason: String,
    pub(super) review: Day,
    pub(super) ends: Day,
}

/// What a hold may be for (RET-11).
const KINDS: &[(&str, &str)] = &[
    ("proceeding", "A running proceeding"),
    ("request", "An open access request"),
    ("legal", "Another legal duty to keep it"),
];

impl HoldForm {
    pub(super) fn new(scope: &Scope, here: &str, typed: &Typed) -> Self {
        let usual = || TypedHold {
            kind: "proceeding".into(),
            review: Day::of(ends(scope.today, scope.policy.reviews.holds.length)),
            ..TypedHold::default()
        };
        let TypedHold { kind, reason, review, ends } = typed.hold.clone().unwrap_or_else(usual);
        let choice = |(value, label): &(&str, &str)| Choice {
            value: (*value).into(),
            label: (*label).into(),
            note: String::new(),
            checked: *value == kind,
        };
        Self {
            action: format!("{here}/hold"),
            kinds: KINDS.iter().map(choice).collect(),
            reason,
            review,
            ends,
        }
    }
}

/// A refusal at the control that it is about. What has no control of its own is about the reason where none was
/// given, and about the record otherwise.
fn errors_at(problems: &fairwatch_app::error::Problems, reason_id: &str, reason: &str) -> Errors {
    let mut errors = Errors::from(problems);
    if reason.trim().is_empty() {
        for error in errors.0.iter_mut().filter(|error| error.field.is_empty()) {
            reason_id.clone_into(&mut error.field);
        }
    }
    errors
}

/// Where a record is after a deed: its own page, or the list where it is there no longer.
pub(super) fn after(visit: &Visit, subject: SubjectId, stage: Option<Stage>, code: &str) -> Answer {
    Ok(match stage {
        Some(Stage::Frozen) => see_other_done(&visit.href("/people?stage=frozen"), "frozen"),
        Some(Stage::Deleted | Stage::None | Stage::Refused) => {
            see_other_done(&visit.href("/people"), "erased")
        }
        _ => see_other_done(&here(visit, subject), code),
    })
}

/// Answers a deed: on where it is done, the page again where it is refused.
async fn ended(
    visit: &Visit,
    subject: SubjectId,
    typed: &Typed,
    at: (&str, &str),
    code: &str,
    result: Result<Option<Stage>, AppError>,
) -> Answer {
    match result {
        Ok(stage) => after(visit, subject, stage, code),
        Err(AppError::Refused(problems)) => {
            again(visit, subject, typed, errors_at(&problems, at.0, at.1)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn restriction(visit: &Visit, subject: SubjectId, restricted: bool, sent: &Sent, code: &str) -> Answer {
    let reason = sent.one("restrict-reason").to_owned();
    let done = subjects::restrict(&visit.app, &visit.ctx, subject, restricted, &reason).await;
    let typed = Typed { restrict_reason: reason.clone(), ..Typed::default() };
    ended(visit, subject, &typed, ("restrict-reason", &reason), code, done.map(|()| None)).await
}

/// `POST /o/{slug}/people/{id}/restrict`
pub(crate) async fn restrict(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    restriction(&visit, subject, true, &sent, "restricted").await
}

/// `POST /o/{slug}/people/{id}/unrestrict`
pub(crate) async fn unrestrict(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    restriction(&visit, subject, false, &sent, "unrestricted").await
}

/// `POST /o/{slug}/people/{id}/agree`
pub(crate) async fn agree(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let typed = Typed {
        agreement: sent.one("agreement").to_owned(),
        agreement_reason: sent.one("agreement-reason").to_owned(),
        ..Typed::default()
    };
    let agreement = match &*typed.agreement {
        "public_interest" => Agreement::PublicInterest,
        "police" => Agreement::Police,
        "board" => Agreement::Board,
        _ => {
            let errors = Errors::one("agreement-reason", "Choose which of the three you record");
            return again(&visit, subject, &typed, errors).await;
        }
    };
    let reason = &typed.agreement_reason;
    let done = subjects::agree(&visit.app, &visit.ctx, subject, agreement, reason).await;
    ended(&visit, subject, &typed, ("agreement-reason", reason), "agreed", done.map(Some)).await
}

/// `POST /o/{slug}/people/{id}/hold`
pub(crate) async fn hold(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let given = TypedHold {
        kind: sent.one("kind").to_owned(),
        reason: sent.one("hold-reason").to_owned(),
        review: Day::from_form(&sent, "review"),
        ends: Day::from_form(&sent, "ends"),
    };
    let typed = Typed { hold: Some(given.clone()), ..Typed::default() };
    let wrong = |field: &str| Errors::one(field, "Enter a day that exists, such as 27 3 2027");
    let Ok(review) = given.review.parse() else {
        return again(&visit, subject, &typed, wrong("review")).await;
    };
    let Ok(until) = given.ends.parse() else { return again(&visit, subject, &typed, wrong("ends")).await };
    let Some(review) = review.or(until) else {
        let errors = Errors::one("review", "Enter the day on which you look at this hold again");
        return again(&visit, subject, &typed, errors).await;
    };
    // The kind stands before the words, so that the list of holds says at once what each is for.
    let reason = match (KINDS.iter().find(|(kind, _)| *kind == given.kind), given.reason.trim()) {
        (Some((_, label)), words) if !words.is_empty() => format!("{label}: {words}"),
        (_, words) => words.to_owned(),
    };
    let done = subjects::hold(&visit.app, &visit.ctx, subject, &reason, review, until).await;
    ended(&visit, subject, &typed, ("hold-reason", &given.reason), "held", done.map(|_| None)).await
}

/// `POST /o/{slug}/people/{id}/end-hold`
pub(crate) async fn end_hold(visit: Visit, Id(subject): Id<SubjectId>, sent: Sent) -> Answer {
    let hold: HoldId = id(sent.one("hold"))?;
    match subjects::end_hold(&visit.app, &visit.ctx, subject, hold).await {
        Ok(stage) => after(&visit, subject, Some(stage), "hold-ended"),
        // The page on which the hold stands may be one that is opened with a reason alone.
        Err(error) => Err(error.into()),
    }
}

//! Before something that cannot be taken back, and wherever a reason is asked for.
use crate::{
    forms::Sent,
    respond::{Answer, page_again, see_other_done},
    view::{Crumb, Errors, FieldError, Piece, Row, Shell},
};
use askama::Template;
use fairwatch_app::AppError;
use fairwatch_app::incidents::reporting::cautions::{are_minded, mark, special};

/// `confirm.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm {
    pub(crate) shell: Shell,
    pub(crate) errors: Errors,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) here: String,
    pub(crate) title: String,
    pub(crate) text: Vec<Vec<Piece>>,
    pub(crate) effects: Vec<String>,
    pub(crate) danger: bool,
    pub(crate) action: String,
    pub(crate) hidden: Vec<Row>,
    pub(crate) reason_label: String,
    /// What becomes of the reason, where that is not what becomes of every other.
    pub(crate) reason_hint: &'static str,
    pub(crate) reason: String,
    pub(crate) button: String,
    pub(crate) cancel: String,
}

/// What comes of a deed that was asked about first: on to `to` where it was done, saying so; the question again, with what
/// was typed, where it was refused.
pub(crate) async fn answered(
    done: Result<(), AppError>,
    to: &str,
    said: &str,
    again: impl AsyncFnOnce(Errors) -> Result<Confirm, AppError>,
) -> Answer {
    match done {
        Ok(()) => Ok(see_other_done(to, said)),
        Err(AppError::Refused(problems)) => page_again(&again(Errors::from(&problems)).await?),
        Err(error) => Err(error.into()),
    }
}

/// What is said of a free text about a member or one of its people that may tell of health, origin or belief (MEM-7): once,
/// at its field. What is given back beside it goes into the form, so that the text is kept as it is when it is sent again.
pub(crate) fn unminded(sent: &Sent, field: &str) -> Option<(Errors, Row)> {
    let found = special(field, sent.one(field));
    if are_minded(&found, sent.one("minded")) {
        return None;
    }
    let again = "Change it, or send it again to keep it as it is if it is something else.";
    let one = |caution: &fairwatch_app::incidents::reporting::cautions::Caution| FieldError {
        field: field.to_owned(),
        text: format!("{}. {again}", caution.sentence),
    };
    Some((Errors(found.iter().take(1).map(one).collect()), Row::new("minded", mark(&found))))
}

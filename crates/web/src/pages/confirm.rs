//! Before something that cannot be taken back, and wherever a reason is asked for.
use crate::{
    respond::{Answer, page_again, see_other_done},
    view::{Crumb, Errors, Piece, Row, Shell},
};
use askama::Template;
use fairwatch_app::AppError;

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

//! Signing in and out.
use crate::{
    respond::{Answer, page},
    view::{Crumb, Errors, Piece, Row, Shell},
    visit::Guest,
};
use askama::Template;

/// `sign_in.html`
#[derive(Template, Debug)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn {
    pub(crate) shell: Shell,
    pub(crate) errors: Errors,
    pub(crate) action: String,
    pub(crate) login: String,
    pub(crate) next: String,
    pub(crate) demo_href: Option<String>,
    pub(crate) note: String,
    /// Fields of another form, carried along.
    pub(crate) carried: Vec<Row>,
}

/// The page after a sign-in that posts what was typed before back to its form.
pub(crate) fn resumed(guest: &Guest, to: String, hidden: Vec<Row>) -> Answer {
    page(&Confirm {
        shell: guest.shell(),
        errors: Errors::default(),
        crumbs: Vec::new(),
        here: String::new(),
        title: "You are signed in again".into(),
        text: vec![vec![Piece::text(
            "What you typed is kept. Nothing has been sent yet: look at it once more and send it.",
        )]],
        effects: Vec::new(),
        danger: false,
        action: to,
        hidden,
        reason_label: String::new(),
        reason: String::new(),
        button: "Go on with it".into(),
        cancel: "/".into(),
    })
}

/// `confirm.html`: before something that cannot be taken back, and wherever a reason is asked for.
#[derive(Template, Debug)]
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
    pub(crate) reason: String,
    pub(crate) button: String,
    pub(crate) cancel: String,
}

//! What was typed survives a session that ended meanwhile.
//!
//! A route that says `.resumable()` in the table is answered, where nobody is signed in any more, with the sign-in
//! page, which carries the form's fields. After the sign-in a page with one button posts them to the same address
//! again, with the field [`MARK`] beside them. The handler then shows its form with what was typed (and may keep it
//! as a draft), but sends nothing: see [`is_resumed`]. Files cannot be carried: pictures go into the draft of whoever's
//! session ended by itself not long ago ([`Lapsed`]); of anybody else they are lost, and the page says so.
use crate::{
    forms::{File, Sent},
    pages::{confirm::Confirm, device, second_factor, sign_in::SignIn},
    respond::{Answer, PageError, page, page_with},
    view::{Errors, Piece, Row},
    visit::{Guest, local_path},
};
use axum::http::StatusCode;
use fairwatch_app::{App, AppError, incidents::reporting::FORM, pictures};
use fairwatch_core::{gate::Ctx, ids::OrgId};

/// The field that tells a form that was resumed from one that was sent.
pub(crate) const MARK: &str = "resumed";
/// The field of the sign-in form that holds the address to which what was typed goes back.
pub(crate) const TO: &str = "resume";
/// So many bytes of names and values are carried: far more than a report is, and, encoded twice over, less than the
/// sign-in form may weigh.
pub(crate) const MOST: usize = 64 * 1024;
/// What stands before the name of a field that is carried, so that none is taken for the sign-in form's own.
const PREFIX: &str = "kept-";

/// Whether a form is sent back by the sign-in page, and is to be shown again rather than acted upon.
pub(crate) fn is_resumed(sent: &Sent) -> bool {
    sent.has(MARK)
}

/// What became of the files of a form that met a session which had ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files {
    /// There were none.
    None,
    /// They are all in the draft.
    Kept,
    /// Some, or all, have to be chosen again.
    Lost,
}

impl Files {
    /// The same, with what became of evidence beside the pictures.
    pub(crate) fn with_evidence(self, taken: usize, refused: usize) -> Self {
        match self {
            Self::None if taken > 0 && refused == 0 => Self::Kept,
            _ if refused > 0 => Self::Lost,
            files => files,
        }
    }
    fn sentence(self) -> &'static str {
        match self {
            Self::None => "What you typed is kept: sign in to go on.",
            Self::Kept => "What you typed is kept, and so are your pictures and files: sign in to go on.",
            Self::Lost => {
                "What you typed is kept: sign in to go on. Pictures have to be chosen again, and so have files."
            }
        }
    }
}

/// Somebody whose session ended by itself a while ago: their pictures are taken into their own draft, which they see
/// when they have signed in again, and nobody else does.
pub(crate) struct Lapsed {
    pub(crate) app: App,
    /// Confined to what somebody in this state may do.
    pub(crate) ctx: Ctx,
    pub(crate) org: OrgId,
}

impl Lapsed {
    /// Takes pictures into the draft. One that is refused has to be chosen again, and is then told why.
    pub(crate) async fn keep(&self, files: Vec<File>) -> Result<Files, PageError> {
        let mut kept = if files.is_empty() { Files::None } else { Files::Kept };
        for file in files {
            match pictures::add(&self.app, &self.ctx, self.org, FORM, file.bytes).await {
                Ok(_) => {}
                Err(AppError::Refused(_) | AppError::Hidden) => kept = Files::Lost,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(kept)
    }
}

/// What was typed, as hidden fields of a page that comes between.
pub(crate) fn carry(path: &str, sent: &Sent) -> Vec<Row> {
    let mut room = MOST;
    let carried = sent.fields().iter().filter(|(name, _)| name != MARK).filter(|(name, value)| {
        let left = room.checked_sub(PREFIX.len() + name.len() + value.len());
        room = left.unwrap_or(room);
        left.is_some()
    });
    let carried = carried.map(|(name, value)| Row::new(format!("{PREFIX}{name}"), value));
    carried.chain([Row::new(TO, path)]).collect()
}

/// Asks whoever sent a form to sign in first: the sign-in page, which carries what was typed; a shared device carries nothing.
pub(crate) async fn ask(guest: &Guest, path: &str, sent: &Sent, files: Files) -> Answer {
    let carried = carry(path, sent);
    if guest.is_half().await? {
        let note = format!("Your role needs a second step now. {}", files.sentence());
        return second_factor::asked(guest, StatusCode::FORBIDDEN, "", carried, &note, Errors::default())
            .await;
    }
    if let Some(front) = guest.front().await? {
        // Whoever unlocks it may be somebody else, and would send it under their name (INC-10).
        let note = "The device was locked. What was typed last was not sent and does not stand here any more, since somebody else may be the next. What was kept as a draft, its owner finds there.";
        return device::asked(guest, StatusCode::FORBIDDEN, front, "", note, "", Errors::default());
    }
    let note = format!("You were signed out after a while. {}", files.sentence());
    // Not 401: that wants a scheme of authentication, which a browser would ask for.
    page_with(StatusCode::FORBIDDEN, &SignIn { note, carried, ..SignIn::fresh(guest) })
}

/// What a sign-in form carries, as hidden fields to carry on.
pub(crate) fn carried(sent: &Sent) -> Vec<Row> {
    let ours = |name: &str| name.starts_with(PREFIX) || name == TO;
    sent.fields().iter().filter(|(name, _)| ours(name)).map(|(name, value)| Row::new(name, value)).collect()
}

/// After the sign-in: the address, and the fields that go back to it.
pub(crate) fn back(sent: &Sent) -> Option<(String, Vec<Row>)> {
    let to = local_path(sent.one(TO)).filter(|path| path.starts_with("/o/"))?.to_owned();
    let fields = sent
        .fields()
        .iter()
        .filter_map(|(name, value)| name.strip_prefix(PREFIX).map(|name| Row::new(name, value)));
    Some((to, fields.chain([Row::new(MARK, "yes")]).collect()))
}

/// The page that posts what was typed back to its form.
pub(crate) fn go_on(guest: &Guest, to: String, hidden: Vec<Row>) -> Answer {
    let text = "What you typed is kept. Nothing has been sent yet: look at it once more and send it.";
    page(&Confirm {
        shell: guest.shell(),
        title: "You are signed in again".into(),
        text: vec![vec![Piece::text(text)]],
        action: to,
        hidden,
        button: "Go on with it".into(),
        cancel: "/".into(),
        ..Confirm::default()
    })
}

//! Whoever looks is burned into what they are shown, so that a picture that was copied on can be traced (VIS-8).
//!
//! Small pictures bear a short code of the viewer below the face; those of 640 pixels and more viewer, scheme and time
//! across it. The controller's own view bears none, and neither does what somebody has uploaded themselves.
use crate::{App, error::AppError};
use fairwatch_core::{
    gate::{Action, Standing},
    ids::{AccountId, OrgId},
    pictures::{PictureFacts, bears_mark},
    scope::Scope,
    world::london,
};
use fairwatch_imaging::{Mark, ShortMark, mark, short_mark};
use fairwatch_store::{StoreError, Tx, accounts};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Codes by organisation and viewer.
type Codes = HashMap<(OrgId, AccountId), Arc<ShortMark>>;

/// Codes that were drawn once; each costs as much as a page.
#[derive(Clone, Default)]
pub(crate) struct Drawn(Arc<Mutex<Codes>>);

/// So many are kept.
const MOST: usize = 2000;
/// Letters and digits that nobody takes for one another.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The short code of a viewer in an organisation, as it stands below small pictures; the list of users tells whose it
/// is. In another organisation the same person has another, so that two schemes cannot tell that they share them
/// (VIS-6).
#[must_use]
pub fn viewer_code(app: &App, org: OrgId, account: AccountId) -> String {
    let hash = app.store.keys().lookup("viewer code", &format!("{org} {account}"));
    hash[..6].iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}

/// What is put into a picture before it leaves.
pub(super) enum Bears {
    /// Nothing.
    Nothing,
    /// The code below a small one.
    Code(Arc<ShortMark>),
    /// Viewer, scheme and time.
    Whole(Mark),
}

/// The mark of whoever asks: viewer, scheme and time.
pub(crate) async fn viewers_mark<A: Action>(
    app: &App,
    tx: &mut Tx<A>,
    scope: &Scope,
) -> Result<Mark, StoreError> {
    let account = tx.permit().standing().account;
    let code = account.map_or_else(String::new, |account| viewer_code(app, scope.org, account));
    // Two may have one name.
    let viewer = format!("{} {code}", accounts::viewer_name(tx).await?);
    let at = london().to_datetime(tx.ctx().now()).strftime("%-d %B %Y, %H:%M").to_string();
    Ok(Mark::new(&viewer, &scope.policy.scheme.name, &at))
}

impl Bears {
    /// What a small picture bears for whoever asks.
    pub(super) fn code(app: &App, standing: &Standing, facts: &PictureFacts) -> Self {
        let Some(account) = standing.account.filter(|_| bears_mark(standing, facts)) else {
            return Self::Nothing;
        };
        let mut drawn = app.marks.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drawn.len() >= MOST {
            drawn.clear();
        }
        let org = facts.scope.org;
        let draw = || Arc::new(ShortMark::new(&viewer_code(app, org, account)));
        let mark = drawn.entry((org, account)).or_insert_with(draw);
        Self::Code(Arc::clone(mark))
    }

    /// What a larger picture bears for whoever asks.
    pub(super) async fn whole<A: Action>(
        app: &App,
        tx: &mut Tx<A>,
        standing: &Standing,
        facts: &PictureFacts,
    ) -> Result<Self, StoreError> {
        if !bears_mark(standing, facts) {
            return Ok(Self::Nothing);
        }
        viewers_mark(app, tx, &facts.scope).await.map(Self::Whole)
    }

    /// Puts it in. A picture that cannot be marked is not shown.
    pub(super) fn put(&self, jpeg: Vec<u8>) -> Result<Vec<u8>, AppError> {
        let marked = match self {
            Self::Nothing => return Ok(jpeg),
            Self::Code(code) => short_mark(&jpeg, code),
            Self::Whole(whole) => mark(&jpeg, whole),
        };
        marked.map(|encoded| encoded.bytes).map_err(AppError::internal)
    }
}

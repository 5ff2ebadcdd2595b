//! The gallery: those who circulate, a page at a time (VIS-1).
use super::{After, Card, Counts, GalleryCards, Sought, strip, viewer_of};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    exclusions::Ended,
    gate::Ctx,
    ids::{OrgId, SubjectId},
    policy::Viewer,
    scope::{InOrg, Scope},
    subjects::Gallery,
};
use fairwatch_store::{Tx, subjects::gallery};
use jiff::Timestamp;

/// A page of the gallery.
pub struct GalleryPage {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// As what the viewer looks.
    pub viewer: Viewer,
    /// The people.
    pub cards: Vec<Card>,
    /// Who of them is new to the viewer.
    pub new: Vec<SubjectId>,
    /// Since when somebody is new to the viewer.
    pub since: Timestamp,
    /// Where the page before begins: none where this is the first, nothing inside where that is.
    pub back: Option<Option<After>>,
    /// Where the next page begins.
    pub next: Option<After>,
    /// How many there are.
    pub counts: Counts,
    /// Exclusions that have just ended, with who is still shown of them (EXC-7).
    pub ended: Vec<(Ended, Option<Card>)>,
}

/// So many pictures stand on a page of the gallery.
pub const GALLERY_PAGE: usize = 48;

/// People who circulate (VIS-1).
///
/// # Errors
/// [`AppError::Hidden`] where the policy names no such viewer.
#[boxed]
pub async fn gallery(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    sought: &Sought,
    after: Option<After>,
) -> Result<GalleryPage, AppError> {
    let page = app
        .store
        .read::<Gallery, _>(ctx, InOrg(org), async move |tx: &mut Tx<Gallery>| {
            let GalleryCards { mut cards, new, since, back, next, counts, mut ended } =
                gallery::page(tx, sought, after, GALLERY_PAGE).await?;
            let scope = tx.permit().facts().clone();
            let viewer = viewer_of(tx.permit().standing().role);
            for card in cards.iter_mut().chain(ended.iter_mut().filter_map(|(_, who)| who.as_mut())) {
                strip(&scope, viewer, card);
            }
            Ok(GalleryPage { scope, viewer, cards, new, since, back, next, counts, ended })
        })
        .await?;
    Ok(page)
}

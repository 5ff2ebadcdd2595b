//! The pictures of a person's page. Small ones carry a ticket, since the look at their page is recorded already; a
//! larger one is a look of its own, which its route records.
use crate::{
    view::{Pic, Thumb},
    visit::Visit,
};
use fairwatch_core::ids::PictureId;

/// A small picture: the name stands beside it, so it says nothing of its own.
pub(crate) fn small(visit: &Visit, picture: PictureId) -> Pic {
    Pic { src: visit.small(picture), width: 240, height: 300, alt: String::new() }
}

/// The picture that is chosen, large, and all as small ones that choose another on the same page. `chosen` counts
/// from one, as people count. Where the page cannot be opened by its address alone, the small ones lead to large
/// ones.
pub(crate) fn album(
    visit: &Visit,
    page: Option<&str>,
    pictures: &[PictureId],
    chosen: Option<usize>,
    name: &str,
) -> (Option<Pic>, Vec<Thumb>) {
    let chosen = chosen.and_then(|n| n.checked_sub(1)).filter(|n| *n < pictures.len()).unwrap_or(0);
    let of = pictures.len();
    let big = pictures.get(chosen).map(|id| Pic {
        src: visit.medium(*id),
        width: 640,
        height: 800,
        alt: format!("Picture of {name}"),
    });
    let thumbs = pictures
        .iter()
        .enumerate()
        .map(|(n, id)| Thumb {
            src: visit.small(*id),
            href: page.map_or_else(|| visit.large(*id), |page| format!("{page}?picture={}", n + 1)),
            alt: format!("Picture {} of {of}", n + 1),
            current: n == chosen,
        })
        .collect();
    (big, thumbs)
}

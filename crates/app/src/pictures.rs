//! Pictures: taken in, looked at, copied from a report to a subject.
pub mod crops;
mod marks;

pub use marks::viewer_code;
pub(crate) use marks::{Drawn, viewers_mark};

use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_blobs::{BlobName, Blobs};
use fairwatch_core::{
    gate::{Action, Caller, Ctx, Hidden},
    ids::{DraftId, OrgId, PictureId},
    incidents::RemovePicture,
    pictures::{AddPicture, OnePicture, ShowPicture, Size, Thumbnail, needs_reason},
    scope::InOrg,
};
use fairwatch_imaging::{Limits, Prepared, prepare};
use fairwatch_store::{
    StoreError, Tx,
    incidents::drafts,
    pictures::{self, Copy, Files, Handover, Opened, place, prints},
};
use fairwatch_vault::DataKey;
use marks::Bears;
use std::sync::Arc;

/// A JPEG that may be shown.
pub struct Jpeg(pub Vec<u8>);

/// A picture in its three sizes, as it is to be sealed.
struct Sizes {
    small: Vec<u8>,
    medium: Vec<u8>,
    large: Vec<u8>,
    /// Of the large one.
    side: (u32, u32),
    /// What it looks like.
    print: Vec<u8>,
}

impl From<Prepared> for Sizes {
    fn from(prepared: Prepared) -> Self {
        Self {
            side: (prepared.large.width, prepared.large.height),
            print: prepared.fingerprint.to_bytes(),
            small: prepared.small.bytes,
            medium: prepared.medium.bytes,
            large: prepared.large.bytes,
        }
    }
}

/// Sealed files that were written and flushed before the rows that name them, and the sealed print.
struct Sealed {
    files: Files,
    print: Vec<u8>,
    written: Vec<(BlobName, Vec<u8>)>,
}

fn seal(ctx: &Ctx, key: &DataKey, picture: PictureId, sizes: Sizes) -> Sealed {
    let mut written = Vec::with_capacity(3);
    let mut one = |size: Size, bytes: &[u8]| {
        let name = BlobName::new(ctx.randomness());
        written.push((name, key.seal(place(picture, size), bytes, ctx.randomness())));
        name.to_string()
    };
    let small = one(Size::Small, &sizes.small);
    let medium = one(Size::Medium, &sizes.medium);
    let large = one(Size::Large, &sizes.large);
    let (width, height) = sizes.side;
    let print = key.seal(prints::place(picture), &sizes.print, ctx.randomness());
    Sealed { files: Files { small, medium, large, width, height }, print, written }
}

async fn write(blobs: &Arc<Blobs>, written: Vec<(BlobName, Vec<u8>)>) -> Result<(), AppError> {
    let blobs = Arc::clone(blobs);
    crate::blocking(move || {
        for (name, bytes) in &written {
            blobs.put(*name, bytes)?;
        }
        Ok(())
    })
    .await
}

/// Takes an upload into the draft of a form: decoded within limits, turned upright, stripped, made in three sizes,
/// sealed (SEC-4).
///
/// # Errors
/// [`AppError::Refused`] with a sentence about the file, or where the report is full.
#[boxed]
pub async fn add(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    form: &str,
    bytes: Vec<u8>,
) -> Result<PictureId, AppError> {
    let form = form.to_owned();
    let (draft, key): (DraftId, DataKey) = {
        let form = form.clone();
        app.store
            .write::<AddPicture, _>(ctx, InOrg(org), async move |tx: &mut Tx<AddPicture>| {
                drafts::room(tx, &form).await
            })
            .await?
    };
    // One at a time, so that memory stays bounded whoever uploads what.
    let _turn = app.decoding.acquire().await.map_err(|_| AppError::busy())?;
    let prepared: Prepared = crate::blocking(move || {
        prepare(&bytes, &Limits::default()).map_err(|refused| AppError::refused(refused.to_string()))
    })
    .await?;
    let id: PictureId = ctx.new_id();
    let Sealed { files, print, written } = seal(ctx, &key, id, prepared.into());
    write(&app.blobs, written).await?;
    app.store
        .write::<AddPicture, _>(ctx, InOrg(org), async move |tx: &mut Tx<AddPicture>| {
            drafts::add(tx, draft, id, &files, print).await
        })
        .await?;
    Ok(id)
}

/// Takes an upload out of one's own draft again.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn remove(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    form: &str,
    picture: PictureId,
) -> Result<(), AppError> {
    let form = form.to_owned();
    app.store
        .write::<RemovePicture, _>(ctx, InOrg(org), async move |tx: &mut Tx<RemovePicture>| {
            drafts::remove(tx, &form, picture).await
        })
        .await?;
    Ok(())
}

/// How long a ticket for a small picture lasts, in seconds, at least; twice that at most.
const TICKET: i64 = 300;

/// What a ticket is for. One for the small picture does not open the large one.
const SMALL: &str = "picture ticket";
const LARGER: &str = "larger picture ticket";

fn ticket_of(app: &App, ctx: &Ctx, what: &str, picture: PictureId, window: i64) -> String {
    let viewer = match ctx.caller() {
        Caller::User { session, .. } => session.to_string(),
        _ => String::new(),
    };
    let hash = app.store.keys().lookup(what, &format!("{viewer}|{picture}|{window}"));
    fairwatch_store::audit::hex(&hash[..12])
}

/// The ticket that a page gives the address of a small picture: bound to the viewer's session and some minutes, so
/// that a copied address shows nothing to anybody else, and the picture needs no audit entry beside the page's.
#[must_use]
pub fn ticket(app: &App, ctx: &Ctx, picture: PictureId) -> String {
    ticket_of(app, ctx, SMALL, picture, ctx.real_now().as_second().div_euclid(TICKET))
}

/// The ticket that the page of a person gives the addresses of larger pictures. Whoever has to give a reason for each
/// look gets that page for a reason alone, so the ticket stands for the reason (VIS-5); nobody else needs one.
#[must_use]
pub fn larger_ticket(app: &App, ctx: &Ctx, picture: PictureId) -> String {
    ticket_of(app, ctx, LARGER, picture, ctx.real_now().as_second().div_euclid(TICKET))
}

fn is_good(app: &App, ctx: &Ctx, what: &str, picture: PictureId, ticket: &str) -> bool {
    let window = ctx.real_now().as_second().div_euclid(TICKET);
    [window, window - 1].iter().any(|w| ticket_of(app, ctx, what, picture, *w) == ticket)
}

/// A small picture on a page whose look is recorded already.
///
/// # Errors
/// [`AppError::Hidden`] where the ticket is not the viewer's or has run out, the viewer may not see it, or it is gone.
#[boxed]
pub async fn thumbnail(app: &App, ctx: &Ctx, picture: PictureId, ticket: &str) -> Result<Jpeg, AppError> {
    if !is_good(app, ctx, SMALL, picture, ticket) {
        return Err(AppError::Hidden);
    }
    let (opened, bears) = app
        .store
        .read::<Thumbnail, _>(ctx, OnePicture(picture), async |tx: &mut Tx<Thumbnail>| {
            let bears = Bears::code(app, tx.permit().standing(), tx.permit().facts());
            Ok((pictures::show(tx).await?, bears))
        })
        .await?;
    read(app, opened, Size::Small, bears).await
}

/// A picture of 640 pixels and more, for whoever has to give no reason; the look is recorded.
///
/// # Errors
/// As [`thumbnail`].
#[boxed]
pub async fn show(app: &App, ctx: &Ctx, picture: PictureId, size: Size) -> Result<Jpeg, AppError> {
    show_larger(app, ctx, picture, size, "").await
}

/// A picture of 640 pixels and more; the look is recorded. Those of whom the policy asks a reason for each look need
/// the [ticket](larger_ticket) that the page gave them for it (VIS-5).
///
/// # Errors
/// As [`thumbnail`].
#[boxed]
pub async fn show_larger(
    app: &App,
    ctx: &Ctx,
    picture: PictureId,
    size: Size,
    ticket: &str,
) -> Result<Jpeg, AppError> {
    let reasoned = is_good(app, ctx, LARGER, picture, ticket);
    let (opened, bears) = app
        .store
        .read::<ShowPicture, _>(ctx, OnePicture(picture), async move |tx: &mut Tx<ShowPicture>| {
            let (standing, facts) = (tx.permit().standing().clone(), tx.permit().facts().clone());
            if !reasoned && needs_reason(&standing, &facts) {
                return Err(Hidden.into());
            }
            let bears = Bears::whole(app, tx, &standing, &facts).await?;
            Ok((pictures::show(tx).await?, bears))
        })
        .await?;
    read(app, opened, size, bears).await
}

async fn read(app: &App, opened: Opened, size: Size, bears: Bears) -> Result<Jpeg, AppError> {
    if size == Size::Small {
        // Some ten kilobytes, and a strip below them: handing that to another thread costs as much as doing it.
        return bears.put(read_now(&app.blobs, &opened, size)?).map(Jpeg);
    }
    let blobs = Arc::clone(&app.blobs);
    crate::blocking(move || bears.put(read_now(&blobs, &opened, size)?).map(Jpeg)).await
}

/// A picture for a letter to the person whom it shows: as it is held, without a viewer's mark.
pub(crate) async fn of_letter(app: &App, opened: &Opened, size: Size) -> Result<Vec<u8>, AppError> {
    let name: BlobName = opened.files.name(size).parse().map_err(|_| AppError::Hidden)?;
    let blobs = Arc::clone(&app.blobs);
    let sealed = crate::blocking(move || Ok(blobs.get(name)?)).await?;
    Ok(opened.key.open(place(opened.picture, size), &sealed).map_err(StoreError::from)?.to_vec())
}

fn read_now(blobs: &Blobs, opened: &Opened, size: Size) -> Result<Vec<u8>, AppError> {
    let name: BlobName = opened.files.name(size).parse().map_err(|_| AppError::Hidden)?;
    let sealed = blobs.get(name)?;
    let bytes = opened.key.open(place(opened.picture, size), &sealed).map_err(StoreError::from)?;
    Ok(bytes.to_vec())
}

/// Copies pictures of a report to the subjects that they show, inside the transaction that links them, so that a
/// crash leaves neither half.
pub(crate) async fn copy_all<A: Action>(
    app: &App,
    tx: &mut Tx<A>,
    org: OrgId,
    copies: Vec<Copy>,
) -> Result<(), StoreError> {
    for copy in copies {
        let (Sealed { files, print, .. }, copy) = copy_files(app, tx.ctx(), copy).await?;
        pictures::keep_copy(tx, org, &copy, &files, print).await?;
    }
    Ok(())
}

/// Seals pictures that go over to another subject under its key, inside the transaction that gives them to it. The old
/// files go after the commit; until then both are there, so that a crash leaves neither half.
pub(crate) async fn hand_over_all<A: Action>(
    app: &App,
    tx: &mut Tx<A>,
    handovers: Vec<Handover>,
) -> Result<(), StoreError> {
    for handover in handovers {
        let (id, print) = (handover.from.picture, handover.print.clone());
        let key = Arc::clone(&handover.key);
        let (sealed, from) = seal_again(app, tx.ctx(), handover.from, print, id, &key).await?;
        let handover = Handover { from, key, print: handover.print };
        pictures::keep_handover(tx, &handover, &sealed.files, &sealed.print).await?;
    }
    Ok(())
}

async fn copy_files(app: &App, ctx: &Ctx, copy: Copy) -> Result<(Sealed, Copy), StoreError> {
    let (sealed, from) = seal_again(app, ctx, copy.from, copy.print.clone(), copy.to, &copy.key).await?;
    Ok((sealed, Copy { from, ..copy }))
}

/// Writes the files of a picture once more, sealed for another picture or under another key.
async fn seal_again(
    app: &App,
    ctx: &Ctx,
    from: Opened,
    print: Vec<u8>,
    to: PictureId,
    key: &DataKey,
) -> Result<(Sealed, Opened), StoreError> {
    let blobs = Arc::clone(&app.blobs);
    let failed = |_: AppError| StoreError::refused("A picture could not be copied. Try again.");
    let (from, sizes) = crate::blocking(move || {
        let read = |size| read_now(&blobs, &from, size);
        let sizes = Sizes {
            small: read(Size::Small)?,
            medium: read(Size::Medium)?,
            large: read(Size::Large)?,
            side: (from.files.width, from.files.height),
            print,
        };
        Ok((from, sizes))
    })
    .await
    .map_err(failed)?;
    let mut sealed = seal(ctx, key, to, sizes);
    write(&app.blobs, std::mem::take(&mut sealed.written)).await.map_err(failed)?;
    Ok((sealed, from))
}

/// Removes the files whose rows are gone, and uploads that were never committed (RET-9).
///
/// # Errors
/// The store's, or the disk's.
#[boxed]
pub async fn collect(app: &App, ctx: &Ctx) -> Result<usize, AppError> {
    let mut count = 0;
    loop {
        let names = pictures::removals(&app.store, ctx).await?;
        if names.is_empty() {
            break;
        }
        let blobs = Arc::clone(&app.blobs);
        let gone = names.clone();
        crate::blocking(move || {
            for name in &gone {
                if let Ok(name) = name.parse::<BlobName>() {
                    blobs.remove(name)?;
                }
            }
            Ok(())
        })
        .await?;
        pictures::removed(&app.store, ctx, &names).await?;
        count += names.len();
    }
    let before = ctx.real_now() - jiff::SignedDuration::from_hours(24);
    let blobs = Arc::clone(&app.blobs);
    let old = crate::blocking(move || {
        blobs.remove_unfinished(before)?;
        Ok(blobs.list_older_than(before)?)
    })
    .await?;
    for name in old {
        if !pictures::is_used(&app.store, ctx, &name.to_string()).await? {
            let blobs = Arc::clone(&app.blobs);
            crate::blocking(move || Ok(blobs.remove(name)?)).await?;
            count += 1;
        }
    }
    Ok(count)
}

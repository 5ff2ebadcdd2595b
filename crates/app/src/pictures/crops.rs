//! Parts of pictures that show several people, each kept with the one whom it shows (INC-9).
use super::{Sealed, read_now, seal, write};
use crate::{App, error::AppError, incidents::labels};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{PictureId, SubjectId},
    pictures::{CropPicture, OnePicture, PrepareCrop, ShowCrops, Size, UndoCrop},
    scope::Scope,
    subjects::OneSubject,
};
use fairwatch_imaging::prepare_crop;
use fairwatch_store::{Tx, pictures::crops};
use std::{collections::HashMap, sync::Arc};

/// What the use cases take and give back, so that their callers need not know the store or imaging.
pub use fairwatch_imaging::Region;
pub use fairwatch_store::pictures::crops::Several;

/// A picture that shows several people, with those who may get a part of it.
pub struct Cropping {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The picture.
    pub several: Several,
    /// The people whom its report brought who are there today, by name where they have one.
    pub names: HashMap<SubjectId, Option<String>>,
}

/// A picture that shows several people, for the controller who cuts parts out of it.
///
/// # Errors
/// [`AppError::Hidden`] where it is none.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, picture: PictureId) -> Result<Cropping, AppError> {
    let cropping = app
        .store
        .read::<ShowCrops, _>(ctx, OnePicture(picture), async |tx: &mut Tx<ShowCrops>| {
            let several = crops::several(tx).await?;
            let names = labels(tx, several.people.iter().copied()).await?;
            Ok(Cropping { scope: tx.permit().facts().scope.clone(), several, names })
        })
        .await?;
    Ok(cropping)
}

/// A part larger than this share of the picture is the picture.
const WHOLE: f64 = 0.9;

/// Keeps a part of a picture that shows several people as a picture of the one whom that part shows: sealed under them,
/// with the report as its source. The original stays with its incident.
///
/// # Errors
/// [`AppError::Refused`] with a sentence about the part; [`AppError::Hidden`] where this picture has none for them.
#[boxed]
pub async fn crop(
    app: &App,
    ctx: &Ctx,
    subject: SubjectId,
    picture: PictureId,
    region: Region,
) -> Result<PictureId, AppError> {
    // What shows several people as a whole shows one in a part: a slip must not put the others on their card (INC-9).
    if region.width * region.height > WHOLE {
        return Err(AppError::refused(
            "This is nearly the whole picture, which shows several people. Mark the part that shows this person alone.",
        ));
    }
    let (opened, key) = app
        .store
        .read::<PrepareCrop, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<PrepareCrop>| {
            crops::prepare(tx, picture).await
        })
        .await?;
    let _turn = app.decoding.acquire().await.map_err(|_| AppError::busy())?;
    let blobs = Arc::clone(&app.blobs);
    let prepared = crate::blocking(move || {
        let large = read_now(&blobs, &opened, Size::Large)?;
        prepare_crop(&large, region).map_err(|refused| AppError::refused(refused.to_string()))
    })
    .await?;
    let id: PictureId = ctx.new_id();
    let Sealed { files, print, written } = seal(ctx, &key, id, prepared.into());
    write(&app.blobs, written).await?;
    app.store
        .write::<CropPicture, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<CropPicture>| {
            crops::keep(tx, picture, id, &files, print).await
        })
        .await?;
    Ok(id)
}

/// Takes such a part away again.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn undo(app: &App, ctx: &Ctx, subject: SubjectId, part: PictureId) -> Result<(), AppError> {
    app.store
        .write::<UndoCrop, _>(ctx, OneSubject(subject), async move |tx: &mut Tx<UndoCrop>| {
            crops::undo(tx, part).await
        })
        .await?;
    super::collect(app, ctx).await?;
    Ok(())
}

//! What is held of a person, item by item: entered, put right and taken out (SUB-1, SUB-4, INC-5, INC-6, RET-16).
use super::{Correction, Item, given};
use crate::{
    App,
    error::AppError,
    incidents::{
        reporting::cautions::{self, Caution},
        words,
    },
    pictures,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    clocks::Stage,
    gate::Ctx,
    ids::{FieldId, SubjectId},
    policy::{Category, Policy},
    subjects::{
        CorrectSubject, EnterField, OneSubject, RemoveField, Source,
        fields::{unwanted, value},
    },
};
use fairwatch_store::{Tx, subjects::fields};
use jiff::civil::Date;

/// An item as it was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What it is.
    pub category: Category,
    /// The value.
    pub value: String,
    /// Where it comes from.
    pub source: Source,
    /// Whether whoever records it confirms that anybody could see it: asked of social media (INC-6).
    pub was_public: bool,
    /// Which warnings the form has shown.
    pub minded: String,
}

/// What became of it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is held.
    Done,
    /// It looks as if something must not stand there (INC-7): it is said once, and then passed over.
    Warned(Vec<Caution>),
}

impl Typed {
    /// The value as it is held, unless something is wrong with it, or in it.
    fn read(&self, ctx: &Ctx, policy: &Policy) -> Result<Result<String, Vec<Caution>>, AppError> {
        let text = value(self.category, &words::tidy(&self.value))
            .map_err(|why| AppError::in_field("value", why.to_string()))?;
        if let Source::SocialMedia { address, seen_on } = &self.source {
            public_page(ctx.today(), address, *seen_on, self.was_public)?;
        }
        let found = unwanted(policy, self.category, &text).into_iter().map(|warning| Caution {
            field: "value".into(),
            looks: warning.looks,
            found: text[warning.start..warning.end].to_owned(),
            sentence: warning.sentence,
        });
        let found = found.collect::<Vec<_>>();
        Ok(if cautions::are_minded(&found, &self.minded) { Ok(text) } else { Err(found) })
    }
}

/// Enters an item that the policy lists, with its source (SUB-1, INC-5).
///
/// # Errors
/// [`AppError::Refused`] in words where the policy does not list it, or does not take it from there.
#[boxed]
pub async fn enter(
    app: &App,
    ctx: &Ctx,
    policy: &Policy,
    id: SubjectId,
    typed: Typed,
) -> Result<Outcome, AppError> {
    let text = match typed.read(ctx, policy)? {
        Ok(text) => text,
        Err(found) => return Ok(Outcome::Warned(found)),
    };
    app.store
        .write::<EnterField, _>(ctx, OneSubject(id), async move |tx: &mut Tx<EnterField>| {
            fields::enter(tx, typed.category, &text, typed.source).await
        })
        .await?;
    Ok(Outcome::Done)
}

/// Puts an item right; who did, when and where the right value came from stands beside it (RET-16).
///
/// # Errors
/// [`AppError::Hidden`] where there is no such item; [`AppError::Refused`] in words.
#[boxed]
pub async fn correct_field(
    app: &App,
    ctx: &Ctx,
    policy: &Policy,
    id: SubjectId,
    field: FieldId,
    typed: Typed,
    reason: &str,
) -> Result<Outcome, AppError> {
    let text = match typed.read(ctx, policy)? {
        Ok(text) => text,
        Err(found) => return Ok(Outcome::Warned(found)),
    };
    let reason = given(reason)?;
    app.store
        .write::<CorrectSubject, _>(ctx, OneSubject(id), async move |tx: &mut Tx<CorrectSubject>| {
            fields::correct_field(tx, field, &text, typed.source, &reason).await
        })
        .await?;
    Ok(Outcome::Done)
}

/// Takes an item out; the stage that holds afterwards (RET-16).
///
/// # Errors
/// [`AppError::Refused`] without a reason, or at `ends-record` where the record would end and that was not confirmed.
#[boxed]
pub async fn remove(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    item: Item,
    reason: &str,
    ends_record: bool,
) -> Result<Stage, AppError> {
    let reason = given(reason)?;
    let stage = app
        .store
        .write::<RemoveField, _>(ctx, OneSubject(id), async move |tx: &mut Tx<RemoveField>| {
            fields::remove(tx, item, &reason, ends_record).await
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Names a person, puts a date of birth right, or how old they look; the stage that holds afterwards (RET-16, SUB-4).
///
/// # Errors
/// [`AppError::Refused`] in words where it cannot be done; at `ends-record` where the record would end and that was not
/// confirmed, at `necessity` where the policy asks why somebody so young is held.
#[boxed]
pub async fn correct(
    app: &App,
    ctx: &Ctx,
    id: SubjectId,
    correction: Correction,
    reason: &str,
) -> Result<Stage, AppError> {
    let mut correction = correction;
    if correction.name.is_none() && correction.born.is_none() && correction.apparent_age.is_none() {
        return Err(AppError::refused("Nothing was changed. Enter what is to be corrected."));
    }
    if let Some(name) = &mut correction.name {
        *name = value(Category::Name, &words::tidy(name))
            .map_err(|why| AppError::in_field("value", why.to_string()))?;
    }
    let reason = given(reason)?;
    if let Some(Source::SocialMedia { address, seen_on }) = &correction.source {
        public_page(ctx.today(), address, *seen_on, correction.was_public)?;
    }
    if correction.born.is_some_and(|born| born > ctx.today()) {
        return Err(AppError::in_field("born", "The date of birth must be in the past."));
    }
    if let Some(necessity) = &mut correction.necessity {
        *necessity = words::tidy(necessity).trim().to_owned();
        words::short("Why it is necessary", necessity, words::PARAGRAPH)?;
    }
    let stage = app
        .store
        .write::<CorrectSubject, _>(ctx, OneSubject(id), async move |tx: &mut Tx<CorrectSubject>| {
            fields::correct(tx, &correction, &reason).await
        })
        .await?;
    pictures::collect(app, ctx).await?;
    Ok(stage)
}

/// Social media is a source only where it was public, with address and date (INC-6).
fn public_page(today: Date, address: &str, seen_on: Date, was_public: bool) -> Result<(), AppError> {
    let is_address = address.strip_prefix("https://").or(address.strip_prefix("http://"));
    if !is_address.is_some_and(|rest| rest.contains('.') && !rest.contains(char::is_whitespace)) {
        return Err(AppError::in_field(
            "page-address",
            "Enter the address of the page, which begins with https://",
        ));
    }
    if !words::is_within(address, words::PARAGRAPH) {
        return Err(AppError::in_field(
            "page-address",
            words::too_long("The address of the page", words::PARAGRAPH),
        ));
    }
    if seen_on > today {
        return Err(AppError::in_field("page-seen", "Enter the day on which you saw it, today or before."));
    }
    if !was_public {
        return Err(AppError::in_field(
            "page-public",
            "Confirm that anybody could see it. What is not public is no source for this scheme.",
        ));
    }
    Ok(())
}

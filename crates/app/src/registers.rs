//! The registers and their reviews (DOC-1, DOC-2, DOC-3, POL-7).
use crate::{
    App,
    error::{AppError, Check},
    governing::given,
    incidents::words::{self, is_within, tidy, too_long},
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{EntryId, OrgId},
    registers::{
        AddEntry, Detail, EditEntry, EndEntry, Kind, ListRegisters, OneEntry, RecordReview, Reviewable,
        Subject, reviewable,
    },
    scope::{InOrg, Scope},
};
use fairwatch_store::{
    StoreError, Tx,
    governing::Document,
    registers::{self, NewEntry},
};
use jiff::civil::Date;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::registers::{Entry, Review};

/// An entry as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What of the policy file it belongs to.
    pub key: String,
    /// Since when; today where nothing is said.
    pub starts: Option<Date>,
    /// When it runs out.
    pub expires: Option<Date>,
    /// What it says.
    pub detail: Detail,
}

/// Of what the policy names the register need not say it again.
fn must_name(kind: Kind) -> bool {
    matches!(kind, Kind::Person | Kind::Revision | Kind::Certificate)
}

const NAME_IT: &str = "Fill this in: without it nobody knows what the entry is about.";

fn fit(check: &mut Check, typed: Typed, today: Date) -> (Date, Option<Date>, Detail) {
    let detail = typed.detail;
    let [name, about, contact, responsible, note] =
        [&detail.name, &detail.about, &detail.contact, &detail.responsible, &detail.note]
            .map(|text| tidy(text).trim().to_owned());
    for (field, text, most) in [
        ("name", &name, words::PARAGRAPH),
        ("about", &about, words::PARAGRAPH),
        ("contact", &contact, words::PARAGRAPH),
        ("responsible", &responsible, words::LINE),
        ("note", &note, words::TEXT),
    ] {
        check.want(is_within(text, most), field, format!("{}.", too_long("This", most)));
    }
    let starts = typed.starts.unwrap_or(today);
    check.want(
        typed.expires.is_none_or(|end| end > starts),
        "expires",
        "It cannot run out before it begins. Check the two days.",
    );
    (starts, typed.expires, Detail { name, about, contact, responsible, note })
}

/// What the registers hold, and what of it is to be reviewed when.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// Since when the policy holds that is in force.
    pub in_force: Date,
    /// The governing documents.
    pub documents: Vec<Document>,
    /// The entries, those that are over among them.
    pub entries: Vec<Entry>,
    /// Every review that is kept, the latest first.
    pub reviews: Vec<Review>,
    /// What comes round, the soonest first.
    pub reviewable: Vec<Reviewable>,
}

impl Overview {
    /// When something is to be reviewed, if it is.
    #[must_use]
    pub fn review_of(&self, subject: &Subject) -> Option<&Reviewable> {
        self.reviewable.iter().find(|one| one.subject == *subject)
    }
    /// The day on which an entry runs out: the policy file's, or the register's.
    #[must_use]
    pub fn expiry(&self, entry: &Entry) -> Option<Date> {
        entry.kind.policy_end(&self.scope.policy, &entry.key).or(entry.expires_on)
    }
}

/// The registers, the governing documents, and when each is to be reviewed.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn overview(app: &App, ctx: &Ctx, org: OrgId) -> Result<Overview, AppError> {
    let read = async |tx: &mut Tx<ListRegisters>| registers::overview(tx).await;
    let registers::Kept { scope, known, documents, entries, reviews } =
        app.store.read::<ListRegisters, _>(ctx, InOrg(org), read).await?;
    let reviewable = reviewable(&scope.policy, &known);
    Ok(Overview { in_force: known.in_force, scope, documents, entries, reviews, reviewable })
}

/// Enters something.
///
/// # Errors
/// [`AppError::Refused`] in words.
#[boxed]
pub async fn add(app: &App, ctx: &Ctx, org: OrgId, kind: Kind, typed: Typed) -> Result<EntryId, AppError> {
    let mut check = Check::default();
    let key = typed.key.clone();
    let (starts_on, expires_on, detail) = fit(&mut check, typed, ctx.today());
    check.want(!must_name(kind) || !detail.name.is_empty(), "name", NAME_IT);
    check.done()?;
    let new = NewEntry { kind, key, starts_on, expires_on, detail };
    let add = async move |tx: &mut Tx<AddEntry>| registers::add(tx, &new).await;
    Ok(app.store.write::<AddEntry, _>(ctx, InOrg(org), add).await?)
}

/// Puts an entry right.
///
/// # Errors
/// [`AppError::Refused`] in words; [`AppError::Hidden`] where none stands.
#[boxed]
pub async fn edit(app: &App, ctx: &Ctx, id: EntryId, typed: Typed) -> Result<(), AppError> {
    let mut check = Check::default();
    let (starts, expires, detail) = fit(&mut check, typed, ctx.today());
    check.done()?;
    let edit = async move |tx: &mut Tx<EditEntry>| {
        if must_name(tx.permit().facts().kind) && detail.name.is_empty() {
            return Err(StoreError::RefusedAt("name", NAME_IT.into()));
        }
        registers::edit(tx, starts, expires, &detail).await
    };
    app.store.write::<EditEntry, _>(ctx, OneEntry(id), edit).await?;
    Ok(())
}

/// Says that an entry is over.
///
/// # Errors
/// [`AppError::Refused`] without a reason; [`AppError::Hidden`] where none stands.
#[boxed]
pub async fn end(app: &App, ctx: &Ctx, id: EntryId, reason: &str) -> Result<(), AppError> {
    let reason = given(reason)?;
    let end = async move |tx: &mut Tx<EndEntry>| registers::end(tx, &reason).await;
    app.store.write::<EndEntry, _>(ctx, OneEntry(id), end).await?;
    Ok(())
}

/// Records a review.
///
/// # Errors
/// [`AppError::Refused`] without words; [`AppError::Hidden`] for what this scheme does not review.
#[boxed]
pub async fn review(app: &App, ctx: &Ctx, org: OrgId, subject: Subject, found: &str) -> Result<(), AppError> {
    let found = tidy(found).trim().to_owned();
    if found.is_empty() {
        return Err(AppError::in_field(
            "reason",
            "Say what the review found, if only that all of it still holds.",
        ));
    }
    if !is_within(&found, words::TEXT) {
        return Err(AppError::in_field("reason", format!("{}.", too_long("This", words::TEXT))));
    }
    let review = async move |tx: &mut Tx<RecordReview>| registers::review(tx, &subject, &found).await;
    app.store.write::<RecordReview, _>(ctx, InOrg(org), review).await?;
    Ok(())
}

//! What a scheme publishes: public, and so through no door (POL-4, NOT-2).
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::PolicyId,
    notices::{self, Notice, Prose, Publication, Registers},
    policy::{Finding, Policy, Severity},
};
pub use fairwatch_store::notices::{Published, Served};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::Mutex;

/// What a scheme publishes: the version in force, or a former one by its number. None where there is no such scheme, or
/// the version has yet to take effect.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn published(
    app: &App,
    ctx: &Ctx,
    slug: &str,
    version: Option<i64>,
) -> Result<Option<Published>, AppError> {
    Ok(fairwatch_store::notices::published(&app.store, ctx, slug, version).await?)
}

/// The texts that a scheme has.
#[must_use]
pub fn texts(published: &Published) -> Vec<Notice> {
    Notice::ALL.into_iter().filter(|notice| notice.is_of(&published.policy)).collect()
}

/// One of its texts; none where it has no such text. `host` stands before addresses: nothing on a page, the
/// installation's own address on paper.
#[must_use]
pub fn text(published: &Published, notice: Notice, host: &str) -> Option<Publication> {
    let address = format!("{}/o/{}", host.trim_end_matches('/'), published.slug);
    let registers = Registers::of(&published.policy, address);
    notice.is_of(&published.policy).then(|| {
        notices::publication(
            notice,
            &published.policy,
            &published.prose,
            &registers,
            published.version,
            published.in_force,
        )
    })
}

/// So many PDFs are remembered: a scheme has seven texts, and a former version is rarely asked for.
const REMEMBERED: usize = 128;

/// The PDFs that were made, by version of the policy. Anybody may ask for one, so none is made twice.
#[derive(Clone, Default)]
pub(crate) struct Made(Arc<Mutex<Kept>>);

/// Each text of a version of the policy, as PDF.
type Kept = HashMap<(PolicyId, Notice), Arc<Vec<u8>>>;

/// One of a scheme's texts as PDF (NOT-2); none where it has no such text. `host` as for [`text`].
///
/// # Errors
/// [`AppError::Refused`] where a template of the installation cannot be used; [`AppError::Internal`].
#[boxed]
pub async fn pdf(
    app: &App,
    published: &Published,
    notice: Notice,
    host: &str,
) -> Result<Option<Arc<Vec<u8>>>, AppError> {
    let Some(publication) = text(published, notice, host) else { return Ok(None) };
    // Whoever asks while it is being made waits for that one.
    let mut made = app.notices.0.lock().await;
    if let Some(bytes) = made.get(&(published.id, notice)) {
        return Ok(Some(Arc::clone(bytes)));
    }
    let bytes = Arc::new(app.documents.publication(publication).await?);
    if made.len() >= REMEMBERED {
        made.clear();
    }
    made.insert((published.id, notice), Arc::clone(&bytes));
    Ok(Some(bytes))
}

/// Reads a policy and holds its notices against the law and what was written beside it (POL-3, POL-4, NOT-4).
///
/// # Errors
/// Everything for which it is refused.
pub fn fit(file: &str, text: &str, prose: &Prose) -> Result<Policy, Vec<Finding>> {
    let policy = Policy::parse(file, text)?;
    let mut findings = notices::check(&policy, prose, &folder(file));
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() { Ok(policy) } else { Err(findings) }
}

/// The folder in which what is written beside a policy file lies: its name without the ending.
#[must_use]
pub fn folder(file: &str) -> String {
    file.strip_suffix(".toml").unwrap_or(file).to_owned()
}

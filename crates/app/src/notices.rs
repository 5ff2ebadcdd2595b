//! What a scheme publishes: public, and so through no door (POL-4, NOT-2).
use crate::{App, error::AppError};
use fairwatch_core::{
    gate::Ctx,
    notices::{self, Notice, Prose, Publication, Registers},
    policy::{Finding, Policy, Severity},
};
pub use fairwatch_store::notices::{Published, Served};

/// What a scheme publishes: the version in force, or a former one by its number. None where there is no such scheme, or
/// the version has yet to take effect.
///
/// # Errors
/// The store's.
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

//! All letters that are due in a scheme, one after another: when a policy changes or many exclusions end at once.
use super::{Draft, make, material, outstanding, writing::gives_reason as needs_words};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::Ctx,
    ids::{LetterId, OrgId, SubjectId},
    letters::{Kind, due::Task},
};
use uuid::Uuid;

/// A letter that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The person.
    pub subject: SubjectId,
    /// Their reference.
    pub reference: String,
    /// Which letter.
    pub kind: Kind,
    /// About what.
    pub about: Option<Uuid>,
}

/// What became of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The letters that were made.
    pub letters: Vec<LetterId>,
    /// Those that were not, by the person's reference, and why.
    pub refused: Vec<(String, Kind, String)>,
}

/// The letters that are to be made in a scheme; of some kinds, where any are named.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn due(app: &App, ctx: &Ctx, org: OrgId, kinds: &[Kind]) -> Result<Vec<Due>, AppError> {
    let (scope, listed) = outstanding(app, ctx, org).await?;
    let wanted = |one: &fairwatch_store::letters::Listed| match one.what.task {
        Task::Make { kind, about } if kinds.is_empty() || kinds.contains(&kind) => {
            Some(Due { subject: one.subject, reference: scope.reference(one.number), kind, about })
        }
        _ => None,
    };
    Ok(listed.iter().filter_map(wanted).collect())
}

/// Makes letters, each as its form proposes it and in a transaction of its own: a run that is stopped has made what it has
/// made, and the next goes on with what is left. `progress` is told after each: how many are done, of how many.
///
/// One is in memory at a time. A letter that cannot be made, since something is missing, is said and left for somebody to
/// look at; so is one that needs words which nobody has written for the person, such as why an exclusion was changed.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn make_many(
    app: &App,
    ctx: &Ctx,
    due: &[Due],
    progress: &(dyn Fn(usize, usize) + Send + Sync),
) -> Result<Made, AppError> {
    let mut made = Made::default();
    for (n, one) in due.iter().enumerate() {
        match make_one(app, ctx, one).await {
            Ok(letter) => made.letters.push(letter),
            Err(AppError::Refused(why)) => {
                made.refused.push((one.reference.clone(), one.kind, why.to_string()));
            }
            // Gone meanwhile.
            Err(AppError::Hidden) => {}
            Err(error) => return Err(error),
        }
        progress(n + 1, due.len());
    }
    Ok(made)
}

async fn make_one(app: &App, ctx: &Ctx, due: &Due) -> Result<LetterId, AppError> {
    let material = material(app, ctx, due.subject, due.kind, due.about).await?;
    let mut order = Draft::of(&material, due.kind).order;
    order.about = due.about;
    if order.name.is_empty() {
        return Err(AppError::refused(
            "Nobody knows the name yet: make it by hand, and say how they are addressed.",
        ));
    }
    if needs_words(due.kind) && order.reason.trim().is_empty() {
        return Err(AppError::refused("It says why, in words that the person reads: make it by hand."));
    }
    make(app, ctx, due.subject, &order).await
}

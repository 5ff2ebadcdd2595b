//! Incidents: reporting, My reports, and the controller's review.
pub mod reporting;
pub mod review;
mod suggesting;
pub(crate) mod words;

use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    gate::{Action, Ctx},
    ids::{IncidentId, SubjectId},
    incidents::{OneIncident, OpenIncident, SINCE_DELETED, tell},
};
use fairwatch_store::{Tx, incidents, subjects};
use std::collections::HashMap;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::incidents::{Held, HeldPerson, HeldPicture, Whole};

/// An incident with its narrative in words.
pub struct Told {
    /// The incident.
    pub whole: incidents::Whole,
    /// The narrative, with each person by name or reference.
    pub narrative: String,
    /// The people: slot, subject, and how the page names them.
    pub people: Vec<(u32, Option<SubjectId>, String)>,
}

/// All of an incident, for the controller.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, incident: IncidentId) -> Result<Told, AppError> {
    let told = app
        .store
        .read::<OpenIncident, _>(ctx, OneIncident(incident), async |tx: &mut Tx<OpenIncident>| {
            let whole = incidents::open(tx).await?;
            let people = whole
                .reports
                .iter()
                .flat_map(|report| &report.people)
                .map(|person| (person.slot, person.subject))
                .collect::<Vec<_>>();
            let names = labels(tx, people.iter().filter_map(|(_, subject)| *subject)).await?;
            let people = people
                .into_iter()
                .map(|(slot, subject)| (slot, subject, label(subject, &names)))
                .collect::<Vec<_>>();
            let narrative = tell(&whole.incident.narrative, |slot| {
                people
                    .iter()
                    .find(|(s, ..)| *s == slot)
                    .map_or(SINCE_DELETED.to_owned(), |(.., name)| name.clone())
            });
            Ok(Told { whole, narrative, people })
        })
        .await?;
    Ok(told)
}

/// The names of subjects, for a page that may show them.
pub(crate) async fn labels<A: Action>(
    tx: &mut Tx<A>,
    subjects: impl Iterator<Item = SubjectId>,
) -> Result<HashMap<SubjectId, Option<String>>, fairwatch_store::StoreError> {
    let ids = subjects.collect::<Vec<_>>();
    subjects::names(tx, &ids).await
}

/// How a narrative names the person of a slot (INC-9).
pub(crate) fn label(subject: Option<SubjectId>, names: &HashMap<SubjectId, Option<String>>) -> String {
    match subject.and_then(|id| names.get(&id)) {
        None => SINCE_DELETED.to_owned(),
        Some(name) => name.clone().unwrap_or_else(|| "a person not yet named".to_owned()),
    }
}

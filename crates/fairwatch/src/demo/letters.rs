//! What a scheme has written by now, and how it was served: one letter of a decision reached the person, one is on its
//! way, the rest is still to be done; and most of those whom nobody knows by name cannot be told (NOT-1, NOT-5).
use super::seed::Seeding;
use crate::commands::Failure;
use fairwatch_app::letters::{
    self, Listed, exemptions,
    service::{self, Entered},
};
use fairwatch_core::{
    gate::Ctx,
    ids::{OrgId, SubjectId},
    letters::{
        Kind,
        due::Task,
        exemptions::Ground,
        service::{How, Outcome},
    },
};
use std::collections::BTreeSet;

/// Of so many whose notice is outstanding, one stays on the list.
const ONE_OF: usize = 6;

/// Writes and serves, as the controller does today.
pub(crate) async fn happen(seeding: &Seeding, org: OrgId, controller: &Ctx) -> Result<(), Failure> {
    let (_, listed) = letters::outstanding(&seeding.app, controller, org).await?;
    let decided: BTreeSet<SubjectId> = listed
        .iter()
        .filter(|one| matches!(one.what.task, Task::Make { kind, .. } if kind != Kind::Notice))
        .map(|one| one.subject)
        .collect();
    let notices = listed.iter().filter(|one| !decided.contains(&one.subject));
    for (n, one) in notices.enumerate() {
        exempt(seeding, controller, one, n).await?;
    }
    let letters = listed.iter().filter(|one| decided.contains(&one.subject) && one.name.is_some());
    let letters = letters.filter_map(|one| match one.what.task {
        // The others need words that somebody finds.
        Task::Make { kind: kind @ (Kind::Warning | Kind::Exclusion), about } => {
            Some((one.subject, kind, about))
        }
        _ => None,
    });
    for (n, (subject, kind, about)) in letters.take(2).enumerate() {
        let mut order = letters::draft(&seeding.app, controller, subject, kind, about).await?.order;
        order.about = about;
        order.address = "Flat 2\n14 Invented Street\nSampleton".into();
        let letter = letters::make(&seeding.app, controller, subject, &order).await?;
        let on = controller.today();
        let attempt = |outcome: Outcome, note: &str| Entered {
            how: How::ByHand,
            on,
            outcome,
            place: "14 Invented Street".into(),
            by: "The town warden".into(),
            note: note.into(),
            proof: None,
        };
        let tried = attempt(Outcome::Failed, "Nobody opened.");
        service::record(&seeding.app, controller, letter, tried).await?;
        if n == 0 {
            let served = attempt(Outcome::Served, "In the evening. They took it and read it.");
            service::record(&seeding.app, controller, letter, served).await?;
        }
    }
    Ok(())
}

async fn exempt(seeding: &Seeding, controller: &Ctx, one: &Listed, n: usize) -> Result<(), Failure> {
    let (ground, reason) = match &one.name {
        None => {
            (Ground::Impossible, "Nobody knows who they are. Their picture is shown so that somebody may.")
        }
        Some(_) if n.is_multiple_of(ONE_OF) => return Ok(()),
        Some(_) => {
            (Ground::Impossible, "No address is known. Members hand the notice over when they meet them.")
        }
    };
    exemptions::exempt(&seeding.app, controller, one.subject, ground, reason).await?;
    Ok(())
}

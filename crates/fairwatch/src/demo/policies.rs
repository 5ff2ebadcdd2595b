//! How the demonstration's schemes changed their policies: one did, and one waits for its board (POL-5).
use super::{people::Staffing, seed::Seeding};
use crate::commands::Failure;
use fairwatch_app::{
    accounts,
    policies::{self, Typed},
};
use fairwatch_core::{
    gate::{Ctx, Role},
    ids::PolicyChangeId,
    scope::Scope,
    world::london_date,
};
use jiff::{SignedDuration, Span};

/// The number of the scheme that keeps rejected reports for a shorter time since its first months.
const CHANGED: u64 = 1;
/// That of the scheme whose controller asks for shorter periods.
const ASKING: u64 = 3;

/// The same text with other numbers in the lines that begin so, where they stand in a section that begins so.
fn with(text: &str, section: &str, begin: &str, rule: &str) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            inside = line.starts_with(section);
        }
        if inside && line.starts_with(begin) { format!("{begin}{rule}") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

async fn propose(
    seeding: &Seeding,
    scope: &Scope,
    controller: &Ctx,
    days: i64,
    reason: &str,
    change: impl FnOnce(&str) -> String,
) -> Result<PolicyChangeId, Failure> {
    let app = &seeding.app;
    let (text, _) = policies::version(app, controller, scope.org, 1).await?;
    let text = change(&text);
    let id = policies::begin(app, controller, scope.org).await?;
    let prose = policies::open(app, controller, id).await?.prose;
    let from = Some(controller.today().saturating_add(Span::new().days(days)));
    policies::save(app, controller, id, Typed { text, prose, reason: reason.into(), from }).await?;
    policies::try_out(app, controller, id, usize::MAX).await?;
    policies::propose(app, controller, id).await?;
    Ok(id)
}

/// What happened in a scheme's first months.
pub(crate) async fn early(
    seeding: &Seeding,
    scope: &Scope,
    staffing: &Staffing,
    controller: &Ctx,
    number: u64,
) -> Result<(), Failure> {
    let Some(board) = staffing.all.iter().find(|user| user.role == Role::Board) else { return Ok(()) };
    if number != CHANGED {
        return Ok(());
    }
    seeding.clock.set(seeding.now - SignedDuration::from_hours(24 * 430));
    seeding.clock.set_real(seeding.now);
    let reason = "Two weeks are enough to answer whoever sent a report that was rejected.";
    let rule = "{ days = 14, clause = \"Decision: two weeks, as the board decided\" }";
    let id = propose(seeding, scope, controller, 14, reason, |text| {
        with(text, "[keep]", "rejected_report = ", rule)
    });
    let id = id.await?;
    let ctx = board.acts(seeding).await?;
    policies::authorise(&seeding.app, &ctx, id).await?;
    accounts::end_sessions(&seeding.app, &ctx, None).await?;
    Ok(())
}

/// What waits today.
pub(crate) async fn today(
    seeding: &Seeding,
    scope: &Scope,
    controller: &Ctx,
    number: u64,
) -> Result<(), Failure> {
    if number != ASKING {
        return Ok(());
    }
    let reason = format!(
        "At the meeting in {} members asked whether a whole year is needed after a first report.",
        london_date(seeding.now).strftime("%B")
    );
    let rule = "{ months = 9, clause = \"Decision: nine months, proposed to the board\" }";
    propose(seeding, scope, controller, 21, &reason, |text| with(text, "[retention", "first = ", rule))
        .await?;
    Ok(())
}

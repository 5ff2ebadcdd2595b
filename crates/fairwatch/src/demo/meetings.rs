//! Meetings and trainings of the demonstration's schemes: one that was held, with minutes, and two to come (MEM-5).
use super::{people::Staffing, seed::Seeding};
use crate::commands::Failure;
use fairwatch_app::{
    meetings::{self, Outcome, Typed},
    news::minded,
};
use fairwatch_core::{
    gate::Ctx,
    meetings::{Circle, Kind},
    scope::Scope,
    world::london_date,
};
use jiff::Span;

const MINUTES: &str = "# Reports\n\nThe controller told how many reports were approved, and why some were not.\n\n\
    # Agreed\n\n- Pictures are sent with the report, not later.\n- Whoever is new at a till is shown the rules in the first week.\n";

/// Whoever made these up passes over what their words may look like.
async fn call(seeding: &Seeding, ctx: &Ctx, scope: &Scope, typed: Typed) -> Result<(), Failure> {
    if let Outcome::Warned(found) = meetings::call(&seeding.app, ctx, scope, &typed).await? {
        let again = Typed { minded: minded(&found), ..typed };
        meetings::call(&seeding.app, ctx, scope, &again).await?;
    }
    Ok(())
}

/// What happens on each of the days on which members are told something ([`super::news::AGO`]).
pub(crate) async fn happen(
    seeding: &Seeding,
    scope: &Scope,
    staffing: &Staffing,
    controller: &Ctx,
    which: usize,
) -> Result<(), Failure> {
    let app = &seeding.app;
    let present = london_date(seeding.now);
    let day = |ahead: i64| Some(present.saturating_add(Span::new().days(ahead)));
    let meeting = Typed {
        circle: Some(Circle::Members),
        place: "The town hall, first floor".into(),
        from: "18:00".into(),
        to: "19:30".into(),
        ..Typed::default()
    };
    match which {
        0 => {
            let training = Typed {
                kind: Some(Kind::Training),
                title: "Data protection at the till".into(),
                agenda: "- What may be reported, and what not\n- Who may look at the gallery\n- What to do when somebody asks".into(),
                day: day(-8),
                months: "12".into(),
                ..meeting
            };
            call(seeding, controller, scope, training).await?;
        }
        1 => {
            let held = meetings::list(app, controller, scope.org).await?;
            if let Some(held) = held.first() {
                let came = staffing.users.iter().take(5).map(|user| user.membership).collect::<Vec<_>>();
                meetings::attend(app, controller, held.id, &came, &[]).await?;
                let keep = async |minded: &str| {
                    meetings::keep_minutes(app, controller, scope, held.id, MINUTES, None, minded).await
                };
                if let Outcome::Warned(found) = keep("").await? {
                    keep(&minded(&found)).await?;
                }
            }
        }
        2 => {
            let agm = Typed {
                kind: Some(Kind::Agm),
                title: "Annual general meeting".into(),
                agenda: "- The year in figures\n- Accounts and subscriptions\n- Election of the board\n- Questions".into(),
                day: day(33),
                ..meeting
            };
            call(seeding, controller, scope, agm).await?;
        }
        _ => {
            let office = Typed {
                kind: Some(Kind::Meeting),
                circle: Some(Circle::Office),
                title: "Board meeting".into(),
                agenda: "- Proposals to exclude\n- What is overdue\n- The controller’s report".into(),
                day: day(9),
                place: "The scheme’s office".into(),
                ..meeting
            };
            call(seeding, controller, scope, office).await?;
        }
    }
    Ok(())
}

//! What the demonstration's schemes tell their members (MEM-4, DIS-20).
use super::{people::Staffing, seed::Seeding};
use crate::commands::Failure;
use fairwatch_app::{
    groups,
    news::{self, For, Outcome, Typed},
};
use fairwatch_core::{gate::Ctx, news::Kind, scope::Scope, world::london_date};
use jiff::Span;

/// What is told, so many days ago.
pub(crate) const AGO: [(usize, i64); 4] = [(0, 22), (1, 8), (2, 5), (3, 1)];

async fn tell(seeding: &Seeding, scope: &Scope, ctx: &Ctx, typed: Typed) -> Result<(), Failure> {
    let first = news::publish(&seeding.app, ctx, scope, typed.clone()).await?;
    // Whoever made these up passes over what their words may look like.
    if let Outcome::Warned(found) = first {
        let again = Typed { minded: news::minded(&found), ..typed };
        news::publish(&seeding.app, ctx, scope, again).await?;
    }
    Ok(())
}

/// Something is told.
pub(crate) async fn happen(
    seeding: &Seeding,
    scope: &Scope,
    staffing: &Staffing,
    controller: &Ctx,
    which: usize,
) -> Result<(), Failure> {
    // The policy and the day are those of the moment, not of the beginning.
    let scope = &Scope { today: controller.today(), ..scope.clone() };
    let present = london_date(seeding.now);
    let typed = match which {
        0 => {
            let list = groups::add(&seeding.app, controller, scope.org, "Shops with spirits").await?;
            let some = staffing.users.iter().filter_map(|user| user.member).take(3).collect::<Vec<_>>();
            groups::edit(&seeding.app, controller, list, "Shops with spirits", &some).await?;
            Typed {
                kind: Some(Kind::Document),
                title: "What to write down of an incident".into(),
                text: "Keep this beside the till.\n\n- Who saw it, and from where\n- What was done, in the order in which it was done\n- What was taken or damaged, and its price\n- Which camera shows it, and until when the pictures are kept".into(),
                ..Typed::default()
            }
        }
        1 => Typed {
            kind: Some(Kind::News),
            title: "Three exclusions in one month".into(),
            text: "The board decided on three exclusions last month. Your reports made that possible: each of them said plainly who did what, and when.\n\nThank you. Please go on sending pictures with them.".into(),
            over_on: Some(present.saturating_add(Span::new().days(30))),
            ..Typed::default()
        },
        2 => Typed {
            kind: Some(Kind::Event),
            title: "Briefing before the winter season".into(),
            text: "What we saw last year, what is new this year, and time for your questions. Bring whoever is new at your tills.".into(),
            happens_on: Some(present.saturating_add(Span::new().days(12))),
            time: "09:00 to 10:00".into(),
            place: "The town hall, first floor".into(),
            ..Typed::default()
        },
        _ => Typed {
            kind: Some(Kind::Alert),
            title: "Bags lined with foil".into(),
            text: "Two shops found bags that were lined with foil, so that tags do not ring. Look at large bags that are carried flat.\n\nTell us of it at once, with the time, so that the cameras can be kept.".into(),
            chosen: For {
                areas: scope.policy.areas.first().map(|area| area.id.to_string()).into_iter().collect(),
                ..For::default()
            },
            over_on: Some(present.saturating_add(Span::new().days(6))),
            ..Typed::default()
        },
    };
    tell(seeding, scope, controller, typed).await?;
    super::meetings::happen(seeding, scope, staffing, controller, which).await
}

//! What is done to many records at once, and not by a request.
use super::{super::Failure, filling::Scheme, resident};
use crate::installation::World;
use fairwatch_app::{App, letters::many, policies};
use fairwatch_core::{gate::Caller, letters::Kind};
use std::time::Instant;

/// What a dry run of a changed policy costs, person by person (POL-5).
pub(super) async fn foretell(app: &App, world: &World, scheme: &Scheme) -> Result<(), Failure> {
    let ctx = world.ctx(Caller::Console);
    let scope = fairwatch_app::orgs::by_slug(app, &ctx, &scheme.slug).await?;
    let scope = scope.ok_or_else(|| Failure::new("no scheme"))?;
    let (text, _) = policies::version(app, &ctx, scope.org, 1).await?;
    // Everybody is withdrawn on another day, so that there is a line for each to be written down.
    let text = text.replace("first = { months = 12,", "first = { months = 6,");
    let id = policies::begin(app, &ctx, scope.org).await?;
    let prose = policies::open(app, &ctx, id).await?.prose;
    let typed = policies::Typed { text, prose, reason: "A benchmark".into(), from: Some(scope.today) };
    policies::save(app, &ctx, id, typed).await?;
    let began = Instant::now();
    policies::try_out(app, &ctx, id, usize::MAX).await?;
    let took = began.elapsed().as_secs_f64();
    let tried =
        policies::open(app, &ctx, id).await?.change.tried.map(|tried| tried.numbers).unwrap_or_default();
    let felt: u64 = tried.effects.values().map(|tally| tally.count).sum();
    println!(
        "dry run of a policy: {} people, {felt} effects in {took:.2} s, {:.0} people a second",
        tried.people,
        tried.people as f64 / took
    );
    policies::withdraw(app, &ctx, id, "A benchmark").await?;
    Ok(())
}

/// What a batch of letters costs, with the notice attached, sealed and stored; and whether memory grows with it (EXC-3).
pub(super) async fn letters(app: &App, world: &World, scheme: &Scheme, most: usize) -> Result<(), Failure> {
    let ctx = world.ctx(Caller::Job("letters"));
    let scope = fairwatch_app::orgs::by_slug(app, &ctx, &scheme.slug).await?;
    let scope = scope.ok_or_else(|| Failure::new("no scheme"))?;
    let mut due = many::due(app, &ctx, scope.org, &[Kind::Notice]).await?;
    due.truncate(most);
    // The first reads typefaces and templates, which stay.
    let rest = due.split_off(1.min(due.len()));
    many::make_many(app, &ctx, &due, &|_, _| {}).await?;
    let (before, began) = (resident(), Instant::now());
    let made = many::make_many(app, &ctx, &rest, &|_, _| {}).await?;
    let took = began.elapsed().as_secs_f64();
    println!(
        "letters: {} made in one batch in {took:.1} s, {:.1} ms each; resident memory {} MB before, {} MB after",
        made.letters.len(),
        took * 1e3 / made.letters.len() as f64,
        before / 1024,
        resident() / 1024
    );
    Ok(())
}

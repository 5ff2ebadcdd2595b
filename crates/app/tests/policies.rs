//! A policy is changed by two people, is in force by the clock, and does on each day what its dry run said (POL-5,
//! SEC-6, RET-10).
#[path = "policies/agreeing.rs"]
mod agreeing;
#[path = "policies/applying.rs"]
mod applying;
mod support;
#[path = "policies/trying.rs"]
mod trying;

use fairwatch_app::{
    App, AppError,
    policies::{self, Typed},
    subjects::{self, Part},
};
use fairwatch_core::{
    gate::{Ctx, Role},
    ids::{PolicyChangeId, SubjectId},
};
use fairwatch_testkit::engines::{Person, World};
use jiff::civil::Date;
use std::collections::BTreeSet;
use support::{GENERIC, Scene, policy_text};

/// The generic policy with other months for a named adult.
fn with(first: u32, hold: u32) -> String {
    let text = policy_text(GENERIC);
    let text = replaced(text, "first", first);
    replaced(&text, "hold", hold)
}

/// Another number of months in every column's rule of this name.
fn replaced(text: &str, rule: &str, months: u32) -> String {
    let mut inside = false;
    let lines = text.lines().map(|line| {
        if line.starts_with('[') {
            inside = line.starts_with("[retention");
        }
        match line.split_once("months = ") {
            Some((head, tail)) if inside && head.starts_with(&format!("{rule} = ")) => {
                let rest = tail.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{head}months = {months}{rest}")
            }
            _ => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

struct Changing {
    scene: Scene,
    board: Person,
}

impl Changing {
    async fn new(world: &World) -> Self {
        Self::under(world, policy_text(GENERIC)).await
    }
    async fn under(world: &World, text: &str) -> Self {
        let scene = Scene::from_text(world, GENERIC, text).await;
        let board = world.person(&scene.scheme, Role::Board).await;
        Self { scene, board }
    }
    fn app(&self) -> &App {
        &self.scene.app
    }
    fn controller(&self) -> &Ctx {
        &self.scene.controller.ctx
    }
    /// Written, tried and put before the board.
    async fn proposed(&self, text: &str, from: Date) -> Result<PolicyChangeId, AppError> {
        let (app, ctx) = (self.app(), self.controller());
        let id = policies::begin(app, ctx, self.scene.org()).await?;
        let typed = Typed {
            text: text.to_owned(),
            reason: "The board asked for it".into(),
            from: Some(from),
            ..Typed::default()
        };
        policies::save(app, ctx, id, typed).await?;
        assert!(policies::try_out(app, ctx, id, usize::MAX).await?);
        policies::propose(app, ctx, id).await?;
        Ok(id)
    }
    async fn agreed(&self, text: &str, from: Date) -> Result<PolicyChangeId, AppError> {
        let id = self.proposed(text, from).await?;
        policies::authorise(self.app(), &self.board.ctx, id).await?;
        Ok(id)
    }
    /// Who is on the controller's list.
    async fn listed(&self) -> Result<BTreeSet<SubjectId>, AppError> {
        let page = subjects::list(self.app(), self.controller(), self.scene.org(), Part::All, None).await?;
        Ok(page.cards.iter().map(|card| card.id).collect())
    }
    async fn shown(&self) -> Result<BTreeSet<SubjectId>, AppError> {
        Ok(self.scene.shown().await?.into_iter().collect())
    }
}

fn today(world: &World) -> Date {
    world.nobody().today()
}

//! Proposals and votes, as several tests need them.
use super::Scene;
use fairwatch_app::{
    AppError,
    exclusions::{
        deciding,
        proposing::{self, Outcome, Typed},
    },
};
use fairwatch_core::{
    exclusions::Choice,
    gate::Role,
    ids::{MemberId, ProposalId, SubjectId},
};
use fairwatch_testkit::engines::{Person, World};

/// So many of the board.
pub(crate) async fn board(scene: &Scene, world: &World, n: usize) -> Vec<Person> {
    let mut board = Vec::new();
    for _ in 0..n {
        board.push(world.person(&scene.scheme, Role::Board).await);
    }
    board
}

/// A step that the controller proposes, with all incidents of the person as evidence; a warning stands with that.
pub(crate) async fn propose(
    scene: &Scene,
    id: SubjectId,
    step: &str,
    premises: &[MemberId],
) -> Result<ProposalId, AppError> {
    let ground = proposing::ground(&scene.app, &scene.controller.ctx, id).await?;
    let scope = match step {
        "warning" => "",
        _ if premises.is_empty() => "scheme",
        _ => "some",
    };
    let typed = Typed {
        step: step.into(),
        scope: scope.into(),
        premises: premises.iter().map(ToString::to_string).collect(),
        evidence: ground.open.involved.iter().map(|one| one.incident.to_string()).collect(),
        necessity: "Warnings were not heeded.".into(),
        proportionality: "It is for the usual time.".into(),
        account: "{1} left without paying, and pushed a worker.".into(),
        departs: "As the shops concerned ask.".into(),
        ..Typed::default()
    };
    match proposing::propose(&scene.app, &scene.controller.ctx, id, &typed).await? {
        Outcome::Made(id, _) => Ok(id),
        Outcome::Warned(cautions) => Err(AppError::refused(format!("{cautions:?}"))),
    }
}

/// Somebody with three incidents whom three of the board exclude: from these premises, or from all.
pub(crate) async fn exclude(
    scene: &Scene,
    board: &[Person],
    name: &str,
    premises: &[MemberId],
) -> Result<(SubjectId, ProposalId), AppError> {
    let id = scene.subject(name, &[]).await?;
    scene.again(id).await?;
    scene.again(id).await?;
    let step = if premises.is_empty() { "scheme_exclusion" } else { "exclusion" };
    let case = propose(scene, id, step, premises).await?;
    for voter in &board[..3] {
        let (app, ctx) = (&scene.app, &voter.ctx);
        deciding::vote(app, ctx, case, Choice::Authorise, "I read what it rests on.").await?;
    }
    Ok((id, case))
}

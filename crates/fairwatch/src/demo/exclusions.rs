//! What a scheme decides in its year: somebody is warned, some are excluded, one is refused, and one vote is open. Made by
//! the use cases by which people do it.
use super::{
    people::{Staffing, User},
    seed::Seeding,
};
use crate::commands::Failure;
use fairwatch_app::{
    AppError, accounts,
    exclusions::{
        deciding,
        proposing::{self, Ground, Outcome, Typed},
    },
};
use fairwatch_core::{
    clocks::Stage,
    exclusions::{Choice, ProposalState, is_alone},
    gate::Ctx,
    ids::{ProposalId, SubjectId},
    policy::practice::{Scope, Step, StepKind},
};
use std::collections::{BTreeSet, HashMap};

/// What is to be seen in the demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Somebody is warned.
    Warn,
    /// Somebody is excluded from everywhere.
    Everywhere,
    /// Somebody is excluded from a few premises.
    Somewhere,
    /// A proposal is refused.
    Refuse,
    /// A vote has begun.
    Open,
}

impl Plan {
    /// All of it, with how many days ago it happens.
    pub(crate) const ALL: [(Self, i64); 5] =
        [(Self::Warn, 21), (Self::Everywhere, 16), (Self::Refuse, 12), (Self::Somewhere, 9), (Self::Open, 4)];

    /// The step by which it can be done, of those that the tariff allows.
    fn step(self, steps: &[Step]) -> Option<(&Step, &'static str)> {
        let has = |step: &&Step, scope: Scope| step.scopes.contains(&scope);
        let excludes = |step: &&Step| step.kind == StepKind::Exclusion;
        match self {
            Self::Warn => match steps {
                [only] if only.kind == StepKind::Warning => Some((only, "")),
                _ => None,
            },
            Self::Everywhere => {
                steps.iter().rfind(|step| has(step, Scope::Scheme)).map(|step| (step, "scheme"))
            }
            Self::Somewhere => steps.iter().rfind(|step| has(step, Scope::Some)).map(|step| (step, "some")),
            Self::Refuse | Self::Open => steps
                .iter()
                .rfind(excludes)
                .map(|step| (step, if has(&step, Scope::Scheme) { "scheme" } else { "some" })),
        }
    }
}

/// Does one of these, to the first person whom it fits and to whom none was done.
pub(crate) async fn happen(
    seeding: &Seeding,
    staffing: &Staffing,
    controller: &Ctx,
    known: &HashMap<u64, SubjectId>,
    plan: Plan,
    done: &mut BTreeSet<SubjectId>,
) -> Result<(), Failure> {
    let mut people = known.iter().collect::<Vec<_>>();
    // The earliest are near their end, and would be gone before anybody looks.
    people.sort_unstable_by_key(|(person, _)| std::cmp::Reverse(**person));
    for (_, subject) in people {
        if done.contains(subject) {
            continue;
        }
        let ground = match proposing::ground(&seeding.app, controller, *subject).await {
            Ok(ground) => ground,
            Err(AppError::Hidden) => continue,
            Err(error) => return Err(error.into()),
        };
        if ground.open.life.stage != Stage::Circulating || ground.open.life.restricted {
            continue;
        }
        let steps = ground.before.tariff.steps(&ground.scope.policy);
        let Some((step, from)) = plan.step(steps) else { continue };
        let typed = typed(staffing, &ground, step, from);
        if let Outcome::Made(proposal, ProposalState::Open) =
            proposing::propose(&seeding.app, controller, *subject, &typed).await?
        {
            decide(seeding, staffing, controller, &ground, proposal, plan).await?;
        }
        done.insert(*subject);
        break;
    }
    Ok(())
}

fn typed(staffing: &Staffing, ground: &Ground, step: &Step, from: &str) -> Typed {
    let incidents = ground.open.involved.iter().map(|one| one.incident.to_string()).collect::<BTreeSet<_>>();
    let premises =
        staffing.users.iter().take(3).filter_map(|user| user.member).map(|member| member.to_string());
    Typed {
        step: step.id.to_string(),
        scope: from.to_owned(),
        months: String::new(),
        premises: if from == "some" { premises.collect() } else { Vec::new() },
        evidence: incidents.into_iter().collect(),
        necessity: "Staff asked {1} to stay away, and it happened again. Nothing milder is left to try."
            .into(),
        proportionality: "It is for the usual time. {1} can shop elsewhere in town, and can appeal.".into(),
        account:
            "On each of the days below {1} left without paying. Staff who asked about it were shouted at."
                .into(),
        departs: "The shops that are concerned ask for no more than this.".into(),
        ..Typed::default()
    }
}

async fn decide(
    seeding: &Seeding,
    staffing: &Staffing,
    controller: &Ctx,
    ground: &Ground,
    proposal: ProposalId,
    plan: Plan,
) -> Result<(), Failure> {
    let app = &seeding.app;
    let vote = async |by: &Ctx, choice: Choice, reason: &str| {
        deciding::vote(app, by, proposal, choice, reason).await.map_err(Failure::from)
    };
    if is_alone(&ground.scope.policy) {
        match plan {
            Plan::Open => {}
            Plan::Refuse => {
                vote(controller, Choice::Refuse, "On second thoughts a warning serves as well.").await?;
            }
            _ => {
                vote(
                    controller,
                    Choice::Authorise,
                    "The reports agree with each other and with the pictures.",
                )
                .await?;
            }
        }
        return Ok(());
    }
    let votes: &[(Choice, &str)] = match plan {
        Plan::Open => &[(Choice::Authorise, "What is stated shows it, and the time is the usual one.")],
        Plan::Refuse => &[
            (Choice::Authorise, "Two incidents in such a short time call for it."),
            (Choice::Refuse, "The second report does not say what was taken."),
            (Choice::Refuse, "A warning was not tried."),
            (Choice::Refuse, "A warning should come first."),
        ],
        _ => &[
            (Choice::Authorise, "The reports agree with each other."),
            (Choice::Authorise, "Staff must be able to work without fear."),
            (Choice::Authorise, "It is for no longer than is usual."),
        ],
    };
    for (member, (choice, reason)) in staffing.board.iter().zip(votes) {
        let ctx = User::acts(member, seeding).await?;
        match deciding::vote(app, &ctx, proposal, *choice, reason).await {
            // Whoever has an interest in it has no part, and what is decided is decided.
            Ok(_) | Err(AppError::Refused(_) | AppError::Hidden) => {}
            Err(error) => return Err(error.into()),
        }
        accounts::end_sessions(app, &ctx, None).await?;
    }
    Ok(())
}

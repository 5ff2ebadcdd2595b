//! Warnings and exclusions in the random histories: proposed by the tariff, decided by those whom the policy names, and
//! ended before their time, by the use cases that people use (RET-3, EXC-1, EXC-7).
use super::{Done, History, Told};
use crate::support::{Proposable, hidden, later, proposable};
use fairwatch_app::{
    AppError,
    exclusions::{
        self, Change, deciding,
        proposing::{self, Outcome},
    },
};
use fairwatch_core::{
    clocks::{self, Scope},
    exclusions::{Choice, ProposalState, deciders},
    ids::SubjectId,
    policy::practice::StepKind,
};
use jiff::civil::Date;
use std::collections::BTreeSet;

impl History<'_> {
    /// Everybody whom the controller's page lists as excluded today.
    pub(super) async fn listed_as_excluded(&self) -> Result<BTreeSet<(SubjectId, Date)>, AppError> {
        let (app, ctx) = (&self.scene.app, &self.scene.controller.ctx);
        let cases = deciding::list(app, ctx, self.scene.org(), None).await?;
        Ok(cases.excluded.iter().map(|(whom, in_force)| (whom.id, in_force.ends_on)).collect())
    }

    pub(super) async fn exclude_or_lift(&mut self) -> Done {
        // Somebody with several reports, mostly: of others the tariff says no more than a warning.
        let often =
            (0..self.cases.len()).filter(|at| self.cases[*at].reports.len() > 1 && self.now(*at).is_live());
        let often = often.collect::<Vec<_>>();
        let place = match &*often {
            [] => self.someone(),
            often => Some(*self.random.pick(often)),
        };
        let Some(place) = place else { return Ok(()) };
        let now = self.now(place);
        let (app, ctx, id) = (&self.scene.app, &self.scene.controller.ctx, self.cases[place].subject);
        let today = self.today;
        let case = self.cases[place].clone();
        let in_force = clocks::state(&self.rules, case.facts, &case.events(), today).excluded;
        match (self.random.below(4), in_force) {
            (0, in_force) => {
                let lifted = exclusions::lift(app, ctx, id, "They made it good").await;
                let may = now.is_live() && in_force.is_some();
                assert_eq!(lifted.is_ok(), may, "{today} {id}: {lifted:?}");
                assert_eq!(case.refuses(&self.rules, today, &Told::Lifted).is_none(), may, "{today} {id}");
                if may {
                    self.happened(place, Told::Lifted);
                }
                Ok(())
            }
            (1, Some(in_force)) if later(today, 2) < in_force.ends && now.stage == "circulating" => {
                let ends = later(
                    today,
                    1 + self.random.between(0, i64::from((in_force.ends - today).get_days()) - 2),
                );
                let scope = exclusions_scope(&fairwatch_app::subjects::open(app, ctx, id).await?.open);
                let change = Change { ends_on: Some(ends), premises: None };
                exclusions::vary(app, ctx, id, change, "They keep to it").await?;
                self.happened(place, Told::Excluded { ends, scope });
                Ok(())
            }
            _ => self.exclude(place).await,
        }
    }

    async fn exclude(&mut self, place: usize) -> Done {
        let now = self.now(place);
        let (app, ctx, id) = (&self.scene.app, &self.scene.controller.ctx, self.cases[place].subject);
        let ground = proposing::ground(app, ctx, id).await;
        let may_ask = matches!(&*now.stage, "circulating" | "held");
        assert_eq!(hidden(&ground), !may_ask, "{} {id}", self.today);
        let Ok(ground) = ground else { return Ok(()) };
        let Some(Proposable { typed, kind, terms }) = proposable(self.scene, &ground, &mut self.random)
        else {
            return Ok(());
        };
        let made = proposing::propose(app, ctx, id, &typed).await;
        if kind == StepKind::Warning {
            // No clock knows of it, as the next comparison shows.
            made?;
            self.note(format!("{id} warned"));
            return Ok(());
        }
        let Ok(Outcome::Made(proposal, _)) = made else {
            let refused = crate::support::refusal(made);
            assert!(now.stage == "held" && refused.contains("Only somebody who is shown"), "{refused}");
            return Ok(());
        };
        let mut state = ProposalState::Open;
        for voter in self.voters.iter().filter(|one| deciders(&ground.scope.policy).contains(&one.role)) {
            if state == ProposalState::Open {
                state = deciding::vote(app, &voter.ctx, proposal, Choice::Authorise, "It is shown").await?;
            }
        }
        assert_eq!(state, ProposalState::Authorised);
        let (scope, months) = terms.expect("an exclusion has terms");
        let ends = clocks::plus_months(self.today, months).expect("a day");
        let told = Told::Excluded { ends, scope };
        assert_eq!(self.cases[place].refuses(&self.rules, self.today, &told), None);
        self.happened(place, told);
        self.excluded += 1;
        Ok(())
    }
}

fn exclusions_scope(open: &fairwatch_app::subjects::Open) -> Scope {
    open.excluded.as_ref().map_or(Scope::Some, |one| one.scope)
}

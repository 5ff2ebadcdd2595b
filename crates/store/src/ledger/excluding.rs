//! Exclusions in a ledger: which is in force by the clock, and what became of each (RET-3).
use super::{Ledger, Life, Recorded};
use fairwatch_core::{
    clocks::{Event, Timeline, What},
    exclusions::ExclusionState,
    ids::ExclusionId,
};
use jiff::civil::Date;

/// An exclusion that is in force by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The exclusion.
    pub exclusion: ExclusionId,
    /// The first day on which it is over.
    pub ends_on: Date,
}

/// What became of an exclusion by a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Became {
    pub(crate) exclusion: ExclusionId,
    pub(crate) state: ExclusionState,
    /// The first day on which it is over, or would have been.
    pub(crate) ends_on: Date,
    /// The day on which it ended; none while it is in force, and where it is void.
    pub(crate) ended_on: Option<Date>,
}

impl Ledger {
    /// The exclusions that were made, with their days, in the order in which the clocks take them.
    fn exclusions(&self) -> impl Iterator<Item = (Date, ExclusionId, Date)> {
        self.counting().filter_map(|(on, what)| match what {
            Recorded::Excluded { exclusion, ends, .. } => Some((on, *exclusion, *ends)),
            _ => None,
        })
    }

    /// Which exclusion is in force: the clock counts those that it could take.
    pub(super) fn excluded(&self, events: &[Event<'_>], line: &Timeline<'_>) -> Option<Excluded> {
        let in_force = line.now.excluded?;
        let is_exclusion = |event: &Event<'_>| matches!(event.what, What::Exclusion { .. });
        let could_be_taken = |at: usize| !line.passed_over.iter().any(|passed| passed.event == at);
        let made = (0..events.len()).filter(|at| is_exclusion(&events[*at])).zip(self.exclusions());
        let mut taken = made.filter(|(at, _)| could_be_taken(*at));
        let (_, (_, exclusion, _)) = taken.nth(usize::try_from(in_force.number).ok()?.checked_sub(1)?)?;
        Some(Excluded { exclusion, ends_on: in_force.ends })
    }

    /// What became of each exclusion, in the order in which they were made. The rows follow it: they are a record of
    /// what the clock says.
    pub(crate) fn became(&self, life: &Life, today: Date) -> Vec<Became> {
        let mut all: Vec<Became> = Vec::new();
        for (_, exclusion, ends_on) in self.exclusions() {
            match all.iter_mut().find(|known| known.exclusion == exclusion) {
                Some(known) => known.ends_on = ends_on,
                None => {
                    all.push(Became { exclusion, state: ExclusionState::Void, ends_on, ended_on: None });
                }
            }
        }
        for one in &mut all {
            let last = self.exclusions().filter(|(_, id, _)| *id == one.exclusion).map(|(on, ..)| on).last();
            let after = |on: &Date| last.is_some_and(|last| *on >= last) && *on < one.ends_on;
            let lifted = self.counting().find_map(|(on, what)| match what {
                Recorded::ExclusionLifted { exclusion } if *exclusion == one.exclusion => Some(on),
                _ => None,
            });
            let mut seen = false;
            let replaced = self.exclusions().find_map(|(on, id, _)| {
                seen |= id == one.exclusion;
                (seen && id != one.exclusion && after(&on)).then_some(on)
            });
            let ended = |state, on| (state, Some(on));
            (one.state, one.ended_on) = match (life.excluded, lifted, replaced) {
                (Some(in_force), ..) if in_force.exclusion == one.exclusion => {
                    one.ends_on = in_force.ends_on;
                    (ExclusionState::InForce, None)
                }
                (_, Some(on), Some(by)) if by < on => ended(ExclusionState::Replaced, by),
                (_, Some(on), _) => ended(ExclusionState::Lifted, on),
                (_, None, Some(on)) => ended(ExclusionState::Replaced, on),
                _ if one.ends_on <= today => ended(ExclusionState::Expired, one.ends_on),
                _ => (ExclusionState::Void, None),
            };
        }
        all
    }
}

//! What is to be made, served and reviewed (NOT-5): a pure function of what was decided, what was made, what was served
//! and what the policy says.
use super::Kind;
use crate::{
    exclusions::appeals::Outcome,
    ids::{ExemptionId, LetterId, MemberId},
    policy::period::Length,
    scope::ends,
};
use jiff::{Span, civil::Date};
use uuid::Uuid;

/// So many days before an exclusion ends, its letter is due: the data may go with it (EXC-7).
const AHEAD: i64 = 7;

/// What was decided of a person, by whatever table records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// A warning was authorised.
    Warning {
        /// The proposal.
        id: Uuid,
        /// When.
        on: Date,
    },
    /// An exclusion.
    Exclusion {
        /// The exclusion.
        id: Uuid,
        /// Its first day.
        starts: Date,
        /// The first day on which it is over, as it stands.
        ends: Date,
        /// From whose premises; empty for all.
        premises: Vec<MemberId>,
        /// The day on which it was changed last, where it was.
        changed: Option<Date>,
        /// The day on which it was lifted, where it was.
        lifted: Option<Date>,
        /// Whether nothing is to be told of it: it never was, or another one took its place.
        moot: bool,
    },
    /// An appeal.
    Appeal {
        /// The appeal.
        id: Uuid,
        /// The exclusion against which it is.
        exclusion: Option<Uuid>,
        /// The day on which it came.
        received: Date,
        /// The day on which it was decided, where it was, and how.
        decided: Option<(Date, Outcome)>,
    },
}

/// A letter that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The letter.
    pub id: LetterId,
    /// What it is.
    pub kind: Kind,
    /// What it is about: a proposal, an exclusion or an appeal.
    pub about: Option<Uuid>,
    /// The exclusion of which it tells.
    pub exclusion: Option<Uuid>,
    /// When it was made.
    pub on: Date,
    /// Whether the privacy notice is attached.
    pub with_notice: bool,
    /// Until when, and from where, it says that somebody is excluded.
    pub says: Option<(Date, Vec<MemberId>)>,
    /// The day on which it was served, where it was.
    pub served: Option<Date>,
    /// Whether nothing more is tried.
    pub endeavoured: bool,
    /// How many attempts failed, and when the last one was.
    pub failed: Option<(u32, Date)>,
    /// Whether it is past its end, so that nobody can take a copy of it any more (RET-15).
    pub ended: bool,
}

impl Made {
    /// Whether the person has been told by it, or is to be: it was served, nothing more can be tried, or it is on its way
    /// and says what stands.
    fn counts(&self, decided: &[Decided], today: Date) -> bool {
        self.served.is_some() || self.endeavoured || (!self.ended && self.stands(decided, today))
    }

    /// Whether what it tells of is still so: a letter whose decision is gone, has been taken back, lifted or is over, or
    /// stands with another end or other premises than it says, is not to be handed to anybody.
    fn stands(&self, decided: &[Decided], today: Date) -> bool {
        let about = |id: &Uuid| self.about == Some(*id);
        let says = |ends: &Date, premises: &[MemberId]| {
            self.says.as_ref().is_none_or(|(until, from)| until == ends && sorted(from) == sorted(premises))
        };
        match self.kind {
            Kind::Notice => true,
            Kind::Warning => {
                decided.iter().any(|one| matches!(one, Decided::Warning { id, .. } if about(id)))
            }
            Kind::AppealReceipt => decided
                .iter()
                .any(|one| matches!(one, Decided::Appeal { id, decided: None, .. } if about(id))),
            Kind::AppealDecision => {
                let decision = decided
                    .iter()
                    .any(|one| matches!(one, Decided::Appeal { id, decided: Some(_), .. } if about(id)));
                decision
                    && (self.says.is_none()
                        || decided.iter().any(|one| match one {
                            Decided::Exclusion { id, ends, premises, lifted: None, moot: false, .. } => {
                                self.exclusion == Some(*id) && *ends > today && says(ends, premises)
                            }
                            _ => false,
                        }))
            }
            Kind::Lifting => decided.iter().any(
                |one| matches!(one, Decided::Exclusion { id, lifted: Some(_), moot: false, .. } if about(id)),
            ),
            // The end of an exclusion is as true afterwards, and from where it was does not stand in the letter.
            Kind::Expiry => decided.iter().any(|one| match one {
                Decided::Exclusion { id, ends, lifted: None, moot: false, .. } => {
                    about(id) && self.says.as_ref().is_none_or(|(until, _)| until == ends)
                }
                _ => false,
            }),
            Kind::Exclusion | Kind::Confirmation | Kind::Variation => decided.iter().any(|one| match one {
                Decided::Exclusion { id, ends, premises, lifted: None, moot: false, .. } => {
                    about(id) && *ends > today && says(ends, premises)
                }
                _ => false,
            }),
        }
    }
}

/// An exemption that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exempt {
    /// The exemption.
    pub id: ExemptionId,
    /// Since when.
    pub since: Date,
    /// When it is looked at again.
    pub review: Date,
}

/// All that is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What was decided.
    pub decided: Vec<Decided>,
    /// What was made.
    pub made: Vec<Made>,
    /// The exemption from the notice, where one stands.
    pub exempt: Option<Exempt>,
    /// The day on which data were first collected.
    pub collected: Option<Date>,
    /// The day on which members first saw them.
    pub circulated: Option<Date>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Task {
    /// A letter is to be made.
    Make {
        /// Which.
        kind: Kind,
        /// About what.
        about: Option<Uuid>,
    },
    /// A letter that was made is to be served.
    Serve {
        /// The letter.
        letter: LetterId,
        /// What it is.
        kind: Kind,
    },
    /// An exemption is to be looked at again.
    Review {
        /// The exemption.
        exemption: ExemptionId,
    },
}

/// What is to be done, since when and by when (NOT-5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outstanding {
    /// What.
    pub task: Task,
    /// Since when.
    pub since: Date,
    /// The last day on which it is in time, where there is one.
    pub by: Option<Date>,
    /// Attempts that failed, and when the last one was.
    pub failed: Option<(u32, Date)>,
    /// Whether the privacy notice is served with it.
    pub notice: bool,
}

impl Outstanding {
    /// Whether it is too late.
    #[must_use]
    pub fn is_overdue(&self, today: Date) -> bool {
        self.by.is_some_and(|by| by < today)
    }
}

/// The last day on which the privacy notice is in time: the earlier of the policy's period after collection and of first
/// circulation (UK GDPR 14(3), NOT-1).
#[must_use]
pub fn notice_due(collected: Option<Date>, circulated: Option<Date>, period: Length) -> Option<Date> {
    [collected.map(|on| ends(on, period)), circulated].into_iter().flatten().min()
}

/// Whether the privacy notice reached the person: with any letter that it was attached to.
#[must_use]
pub fn notice_served(made: &[Made]) -> Option<Date> {
    made.iter().filter(|letter| letter.with_notice).filter_map(|letter| letter.served).min()
}

/// What is outstanding of a person today, soonest first.
#[must_use]
pub fn outstanding(known: &Known, notice: Length, today: Date) -> Vec<Outstanding> {
    let mut found = Vec::new();
    let mut make = |kind, about: Option<Uuid>, since, by| {
        found.push(Outstanding { task: Task::Make { kind, about }, since, by, failed: None, notice: false });
    };
    let made_of = |kind: Kind, about: Uuid| {
        known.made.iter().filter(move |made| made.kind == kind && made.about == Some(about))
    };
    // Of what was made once, and went wrong before anybody had it, nobody has been told.
    let has = |kind: Kind, about: Uuid| made_of(kind, about).any(|made| made.counts(&known.decided, today));
    for decided in &known.decided {
        match decided {
            Decided::Warning { id, on } => {
                if !has(Kind::Warning, *id) {
                    make(Kind::Warning, Some(*id), *on, None);
                }
            }
            Decided::Exclusion { moot: true, .. } => {}
            Decided::Exclusion { id, starts, ends, premises, changed, lifted, .. } => {
                // Whoever may have heard of it, since its notice left the house without a record, hears of its end.
                let told = made_of(Kind::Exclusion, *id).next().is_some();
                // What an appeal decided is told by the letter about that decision: that it is lifted by one that lifted
                // it, and no other.
                let appealed = |lifted: Option<Date>| {
                    known.decided.iter().any(|other| match other {
                        Decided::Appeal {
                            id: appeal,
                            exclusion: Some(against),
                            decided: Some((on, outcome)),
                            ..
                        } if against == id => match lifted {
                            Some(day) => *outcome == Outcome::Lifted && *on == day,
                            None => !has(Kind::AppealDecision, *appeal),
                        },
                        _ => false,
                    })
                };
                if let Some(lifted) = lifted {
                    // Of what was never told, no end needs telling.
                    if told && !appealed(Some(*lifted)) && !has(Kind::Lifting, *id) {
                        make(Kind::Lifting, Some(*id), *lifted, None);
                    }
                    continue;
                }
                let over = *ends <= today;
                // A notice that never reached them and says what stands no more is made anew, not varied.
                let noticed = has(Kind::Exclusion, *id);
                if !noticed && !over {
                    make(Kind::Exclusion, Some(*id), *starts, Some(*starts));
                }
                if noticed && !over && !appealed(None) && differs(&known.made, *id, *ends, premises) {
                    make(Kind::Variation, Some(*id), changed.unwrap_or(today), None);
                }
                let from = ends.saturating_sub(Span::new().days(AHEAD));
                if told && from <= today && !has(Kind::Expiry, *id) {
                    make(Kind::Expiry, Some(*id), from, Some(*ends));
                }
            }
            Decided::Appeal { id, received, decided, .. } => {
                if decided.is_none() && !has(Kind::AppealReceipt, *id) {
                    make(Kind::AppealReceipt, Some(*id), *received, None);
                }
                if let Some((decided, _)) = decided
                    && !has(Kind::AppealDecision, *id)
                {
                    make(Kind::AppealDecision, Some(*id), *decided, None);
                }
            }
        }
    }
    let due = notice_due(known.collected, known.circulated, notice);
    let open_notice = notice_served(&known.made).is_none() && known.exempt.is_none();
    let waits = |made: &&Made| {
        made.served.is_none() && !made.endeavoured && !made.ended && made.stands(&known.decided, today)
    };
    for made in known.made.iter().filter(waits) {
        let carries = made.with_notice && open_notice;
        // A covering letter has nothing to say once the notice itself came with another one, or need not come.
        if made.kind == Kind::Notice && !open_notice {
            continue;
        }
        let by = [carries.then_some(due).flatten(), before(made, &known.decided)].into_iter().flatten().min();
        found.push(Outstanding {
            task: Task::Serve { letter: made.id, kind: made.kind },
            since: made.on,
            by,
            failed: made.failed,
            notice: carries,
        });
    }
    if let Some(since) = known.collected.filter(|_| open_notice && !found.iter().any(|one| one.notice)) {
        let task = Task::Make { kind: Kind::Notice, about: None };
        found.push(Outstanding { task, since, by: due, failed: None, notice: true });
    }
    if let Some(exempt) = known.exempt.filter(|exempt| exempt.review <= today) {
        found.push(Outstanding {
            task: Task::Review { exemption: exempt.id },
            since: exempt.review,
            by: Some(exempt.review),
            failed: None,
            notice: true,
        });
    }
    found.sort_by_key(|one| (one.by.unwrap_or(Date::MAX), one.since, one.task));
    found
}

/// The letters that can be written of a person today, whether or not they are due: a copy for another address, a
/// confirmation that somebody asks for.
#[must_use]
pub fn possible(known: &Known, today: Date) -> Vec<(Kind, Option<Uuid>)> {
    let mut found = vec![(Kind::Notice, None)];
    for decided in &known.decided {
        match decided {
            Decided::Warning { id, .. } => found.push((Kind::Warning, Some(*id))),
            Decided::Exclusion { moot: true, .. } => {}
            Decided::Appeal { id, decided, .. } => {
                let kind = if decided.is_some() { Kind::AppealDecision } else { Kind::AppealReceipt };
                found.push((kind, Some(*id)));
            }
            Decided::Exclusion { id, lifted: Some(_), .. } => found.push((Kind::Lifting, Some(*id))),
            Decided::Exclusion { id, ends, changed, .. } if *ends > today => {
                found.extend([(Kind::Exclusion, Some(*id)), (Kind::Confirmation, Some(*id))]);
                if changed.is_some() {
                    found.push((Kind::Variation, Some(*id)));
                }
                found.push((Kind::Expiry, Some(*id)));
            }
            Decided::Exclusion { id, .. } => found.push((Kind::Expiry, Some(*id))),
        }
    }
    found
}

/// Whether the newest letter that says until when and from where says something else than what stands.
fn differs(made: &[Made], about: Uuid, ends: Date, premises: &[MemberId]) -> bool {
    let telling = made.iter().filter(|made| made.exclusion == Some(about));
    let newest =
        telling.filter_map(|made| made.says.as_ref().map(|says| (made.on, says))).max_by_key(|(on, _)| *on);
    newest.is_some_and(|(_, (until, from))| *until != ends || sorted(from) != sorted(premises))
}

fn sorted(ids: &[MemberId]) -> Vec<MemberId> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids
}

/// By when a letter must be there to be of use: the notice of an exclusion when it begins, that of its end when it ends.
fn before(made: &Made, decided: &[Decided]) -> Option<Date> {
    decided.iter().find_map(|decided| match decided {
        Decided::Exclusion { id, starts, ends, .. } if made.about == Some(*id) => match made.kind {
            Kind::Exclusion => Some((*starts).max(made.on)),
            Kind::Expiry => Some(*ends),
            _ => None,
        },
        _ => None,
    })
}

#[cfg(test)]
mod tests;

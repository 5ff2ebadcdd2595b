//! What needs somebody today, in order: where a role starts (DOC-4).
//!
//! A pure function of the calendar's duties and of the few things that wait for one person alone. What is of one kind
//! stands in one line, with the day of what is due first: whoever starts their day reads ten lines, not a hundred.
use crate::{
    duties::{Duty, Kind, State},
    exclusions::Told,
    gate::{AuditClass, Role, Standing},
    ids::MemberId,
    scope::{InOrg, Scope},
    subjects::{self, viewer},
};
use jiff::{Timestamp, civil::Date};
use std::collections::BTreeMap;

/// What waits for one person, beside the duties of their role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Own {
    /// A report that they have begun and not sent, and until when it is kept (INC-10).
    pub draft: Option<Timestamp>,
    /// So many alerts concern them that they have not read (MEM-4).
    pub alerts: usize,
    /// The scheme was told that their business leaves, and they can confirm it up to this day (MEM-6).
    pub leaving: Option<Date>,
    /// The heads of the audit chain have not been signed since this day, which whoever audits has to know (AUD-1).
    pub unsigned: Option<Date>,
}

/// Something that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// In words that name nobody.
    pub label: String,
    /// Where it is done: a path below the scheme's.
    pub path: String,
    /// The last day on which it is in time; of several the first.
    pub due: Option<Date>,
    /// The instant at which it is too late, where that is a matter of hours.
    pub until: Option<Timestamp>,
    /// How near it is.
    pub state: State,
}

/// Every sweep signs the heads of the chains, and there is one each hour: after so many days something is wrong.
const SIGNED_WITHIN: i64 = 2;

/// Where alerts are read.
pub const ALERTS: &str = "/news";

/// Whether the heads were signed lately. Both days are by the clock that nobody moves, as signatures are.
#[must_use]
pub fn is_signed(signed_on: Date, today: Date) -> bool {
    signed_on.saturating_add(jiff::Span::new().days(SIGNED_WITHIN)) >= today
}

/// What needs somebody today, the most urgent first. What is far away is left to the calendar.
#[must_use]
pub fn needs(duties: &[Duty], own: &Own, today: Date) -> Vec<Need> {
    let mut kinds: BTreeMap<Kind, Vec<&Duty>> = BTreeMap::new();
    for duty in duties.iter().filter(|duty| duty.state(today) != State::Later) {
        kinds.entry(duty.kind).or_default().push(duty);
    }
    let mut all = Vec::new();
    for (kind, mut of_kind) in kinds {
        of_kind.sort_by(|a, b| (a.due, &a.key).cmp(&(b.due, &b.key)));
        match (kind.several(of_kind.len()), of_kind.as_slice()) {
            (Some((label, path)), [first, _, ..]) => {
                all.push(Need { label, path: path.into(), ..single(first, today) });
            }
            _ => all.extend(of_kind.iter().map(|duty| single(duty, today))),
        }
    }
    if let Some(until) = own.draft {
        all.push(Need {
            label: "Send the report that you began".into(),
            path: "/report".into(),
            due: None,
            until: Some(until),
            state: State::Today,
        });
    }
    if own.alerts > 0 {
        let label = match own.alerts {
            1 => "Read an alert".to_owned(),
            n => format!("Read {n} alerts"),
        };
        all.push(Need { label, path: ALERTS.into(), due: None, until: None, state: State::Today });
    }
    if let Some(due) = own.leaving {
        let state = crate::duties::state(due, today);
        all.push(Need {
            label: "Say whether your business leaves the scheme".into(),
            path: "/leave".into(),
            due: Some(due),
            until: None,
            state,
        });
    }
    if let Some(since) = own.unsigned {
        all.push(Need {
            label: "The audit has not been signed lately: ask the operator whether the sweep runs".into(),
            path: "/audit/check".into(),
            due: Some(since),
            until: None,
            state: State::Overdue,
        });
    }
    // Within a state what is due first; a matter of hours goes before one of days.
    all.sort_by(|a, b| (a.state, a.due, &a.label).cmp(&(b.state, b.due, &b.label)));
    all
}

fn single(duty: &Duty, today: Date) -> Need {
    Need {
        label: duty.label.clone(),
        path: duty.path.clone(),
        due: Some(duty.due),
        until: None,
        state: duty.state(today),
    }
}

/// Whether somebody's role looks at the gallery here, and so is told how many are in it (VIS-1, VIS-5).
#[must_use]
pub fn has_gallery(standing: &Standing, scope: &Scope) -> bool {
    standing.role.is_some_and(|role| role != Role::Board && viewer(role).is_some())
        && subjects::by_policy(standing, &InOrg(scope.org), scope)
}

/// Whether an exclusion is in force at the asker's own premises; for who has none, at any.
#[must_use]
pub fn is_here(told: &Told, member: Option<MemberId>, today: Date) -> bool {
    told.holds(today) && (member.is_none() || told.reaches(member))
}

/// The police start somewhere only where the policy names them (VIS-5).
fn named(standing: &Standing, target: &InOrg, scope: &Scope) -> bool {
    let outside = standing.role.and_then(viewer).is_some_and(|viewer| viewer.is_outside());
    !outside || subjects::by_policy(standing, target, scope)
}

crate::gate::actions! {
    /// See what needs one today: counts and days, which name nobody.
    ShowToday = "today.show", Unrecorded, [Role::MemberUser, Role::Staff, Role::Controller, Role::Board,
        Role::Police, Role::Aic, Role::Auditor], InOrg => Scope, named;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn duty(kind: Kind, key: &str, due: Date) -> Duty {
        let (label, path) = (format!("{} {key}", kind.name()), format!("/{key}"));
        Duty { kind, key: key.into(), label, due, roles: Vec::new(), path }
    }

    #[test]
    fn doc_4_what_needs_somebody_stands_in_order_and_each_kind_in_one_line() {
        let today = date(2026, 11, 22);
        let duties = [
            duty(Kind::Enquiry, "a", date(2026, 11, 30)),
            duty(Kind::Enquiry, "b", date(2026, 11, 20)),
            duty(Kind::Appeal, "c", today),
            duty(Kind::Review, "d", date(2027, 3, 1)),
        ];
        let found = needs(&duties, &Own::default(), today);
        assert_eq!(found.len(), 2, "what is far away is in the calendar alone: {found:?}");
        assert_eq!(found[0].label, "2 enquiries to answer");
        assert_eq!(
            (found[0].due, found[0].state),
            (Some(date(2026, 11, 20)), State::Overdue),
            "the first of them"
        );
        assert_eq!((found[1].path.as_str(), found[1].state), ("/c", State::Today), "one stands as it is");
        let until: Timestamp = "2026-11-22T17:00:00Z".parse().unwrap();
        let own = Own { draft: Some(until), alerts: 2, leaving: Some(date(2026, 12, 1)), unsigned: None };
        let found = needs(&duties, &own, today);
        let order = found.iter().map(|need| need.path.as_str()).collect::<Vec<_>>();
        assert_eq!(order, ["/enquiries", "/news", "/report", "/c", "/leave"]);
        assert_eq!(found[1].label, "Read 2 alerts");
        assert!(needs(&[], &Own::default(), today).is_empty());
    }

    #[test]
    fn aud_1_a_chain_that_was_signed_three_days_ago_was_not_signed_lately() {
        let signed = date(2026, 11, 20);
        assert!(is_signed(signed, date(2026, 11, 22)) && !is_signed(signed, date(2026, 11, 23)));
        let own = Own { unsigned: Some(signed), ..Own::default() };
        let found = needs(&[], &own, date(2026, 11, 23));
        assert!(found[0].label.contains("not been signed") && found[0].state == State::Overdue);
    }

    #[test]
    fn doc_4_no_kind_of_duty_loses_its_day_or_its_place_when_it_is_gathered() {
        let today = date(2026, 11, 22);
        for kind in Kind::ALL {
            let two = [duty(kind, "a", date(2026, 11, 25)), duty(kind, "b", date(2026, 11, 24))];
            let found = needs(&two, &Own::default(), today);
            assert_eq!(found[0].due, Some(date(2026, 11, 24)), "{kind:?}");
            assert!(
                found.iter().all(|need| need.path.starts_with('/') && !need.label.is_empty()),
                "{kind:?}"
            );
        }
    }
}

//! What every question in an organisation is asked against: its policy, and today.
use crate::{
    clocks::plus_months,
    gate::{Facts, Target},
    ids::{OrgId, PolicyId},
    policy::{Policy, period::Length},
};
use jiff::{Span, civil::Date};
use std::sync::Arc;
use uuid::Uuid;

/// An organisation as the target of an action: a new record in it, or a page of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InOrg(pub OrgId);

impl Target for InOrg {
    fn about(&self) -> Vec<Uuid> {
        Vec::new()
    }
}

/// Nothing in particular: the installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installation;

impl Target for Installation {
    fn about(&self) -> Vec<Uuid> {
        Vec::new()
    }
}

impl Facts for Installation {
    fn org(&self) -> Option<OrgId> {
        None
    }
}

/// An organisation, the policy that it has in force, and the day on which the question is asked.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The organisation.
    pub org: OrgId,
    /// Its name in addresses.
    pub slug: String,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// Which of its versions that is.
    pub policy_id: PolicyId,
    /// The version of that policy.
    pub policy_version: i64,
    /// Today in London.
    pub today: Date,
}

impl Scope {
    /// The reference of a report, an incident or a subject by its number, such as CS-0231.
    #[must_use]
    pub fn reference(&self, number: i64) -> String {
        format!("{}-{number:04}", &*self.policy.scheme.prefix)
    }
}

/// The day on which a length of time that began on a day is over (RET-8).
#[must_use]
pub fn ends(from: Date, length: Length) -> Date {
    match length {
        Length::Hours(n) => from.saturating_add(Span::new().days(i64::from(n.div_ceil(24)))),
        Length::Days(n) => from.saturating_add(Span::new().days(i64::from(n))),
        Length::Months(n) => plus_months(from, n).unwrap_or(Date::MAX),
    }
}

impl Facts for Scope {
    fn org(&self) -> Option<OrgId> {
        Some(self.org)
    }
}

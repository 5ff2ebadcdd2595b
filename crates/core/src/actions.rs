//! Every action there is, for the role matrix and the route table (SEC-3).
use crate::{
    accounts, audit, certifications, duties, enquiries, evidence, exclusions, finding, gate::Listed,
    governing, groups, incidents, intelligence, joining, leaving, letters, meetings, news, pictures,
    policies, registers, subjects,
};

/// Every action, feature by feature.
#[must_use]
pub fn all() -> Vec<Listed> {
    [
        accounts::ACTIONS,
        audit::ACTIONS,
        certifications::ACTIONS,
        duties::ACTIONS,
        enquiries::ACTIONS,
        evidence::ACTIONS,
        exclusions::ACTIONS,
        exclusions::appeals::ACTIONS,
        finding::ACTIONS,
        governing::ACTIONS,
        groups::ACTIONS,
        incidents::ACTIONS,
        intelligence::ACTIONS,
        joining::ACTIONS,
        leaving::ACTIONS,
        letters::ACTIONS,
        meetings::ACTIONS,
        news::ACTIONS,
        pictures::ACTIONS,
        policies::ACTIONS,
        registers::ACTIONS,
        subjects::ACTIONS,
        subjects::merging::ACTIONS,
        subjects::associates::ACTIONS,
    ]
    .concat()
}

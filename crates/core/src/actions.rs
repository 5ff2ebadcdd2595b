//! Every action there is, for the role matrix and the route table (SEC-3).
use crate::{
    accounts, accreditation, audit, certifications, duties, enquiries, evidence, exclusions, finding,
    gate::Listed, governing, incidents, intelligence, joining, leaving, letters, old_data, pictures,
    policies, registers, subjects, today,
};

/// Every action, feature by feature.
#[must_use]
pub fn all() -> Vec<Listed> {
    [
        accounts::ACTIONS,
        accreditation::ACTIONS,
        audit::ACTIONS,
        certifications::ACTIONS,
        duties::ACTIONS,
        enquiries::ACTIONS,
        evidence::ACTIONS,
        exclusions::ACTIONS,
        exclusions::appeals::ACTIONS,
        finding::ACTIONS,
        governing::ACTIONS,
        incidents::ACTIONS,
        intelligence::ACTIONS,
        joining::ACTIONS,
        leaving::ACTIONS,
        letters::ACTIONS,
        old_data::ACTIONS,
        pictures::ACTIONS,
        policies::ACTIONS,
        registers::ACTIONS,
        subjects::ACTIONS,
        subjects::merging::ACTIONS,
        subjects::associates::ACTIONS,
        today::ACTIONS,
    ]
    .concat()
}

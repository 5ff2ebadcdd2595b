//! Every action there is, for the role matrix and the route table (SEC-3).
use crate::{
    accounts, audit, certifications, conduct, duties, enquiries, evidence, exclusions, exporting, finding,
    gate::Listed, governing, importing, incidents, intelligence, joining, leaving, letters, oversight,
    pictures, policies, registers, subjects,
};

/// Every action, feature by feature.
#[must_use]
pub fn all() -> Vec<Listed> {
    [
        accounts::ACTIONS,
        audit::ACTIONS,
        certifications::ACTIONS,
        conduct::ACTIONS,
        duties::ACTIONS,
        enquiries::ACTIONS,
        evidence::ACTIONS,
        exclusions::ACTIONS,
        exclusions::appeals::ACTIONS,
        exporting::ACTIONS,
        finding::ACTIONS,
        governing::ACTIONS,
        importing::ACTIONS,
        incidents::ACTIONS,
        intelligence::ACTIONS,
        joining::ACTIONS,
        leaving::ACTIONS,
        letters::ACTIONS,
        oversight::ACTIONS,
        pictures::ACTIONS,
        policies::ACTIONS,
        registers::ACTIONS,
        subjects::ACTIONS,
        subjects::merging::ACTIONS,
        subjects::associates::ACTIONS,
    ]
    .concat()
}

//! Every action there is, for the role matrix and the route table (SEC-3).
use crate::{
    accounts, audit, evidence, finding, gate::Listed, incidents, intelligence, pictures, policies, subjects,
};

/// Every action, feature by feature.
#[must_use]
pub fn all() -> Vec<Listed> {
    [
        accounts::ACTIONS,
        audit::ACTIONS,
        evidence::ACTIONS,
        finding::ACTIONS,
        incidents::ACTIONS,
        intelligence::ACTIONS,
        pictures::ACTIONS,
        policies::ACTIONS,
        subjects::ACTIONS,
        subjects::merging::ACTIONS,
        subjects::associates::ACTIONS,
    ]
    .concat()
}

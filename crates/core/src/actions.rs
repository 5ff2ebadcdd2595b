//! Every action there is, for the role matrix and the route table (SEC-3).
use crate::{accounts, audit, evidence, gate::Listed, incidents, pictures, subjects};

/// Every action, feature by feature.
#[must_use]
pub fn all() -> Vec<Listed> {
    [
        accounts::ACTIONS,
        audit::ACTIONS,
        evidence::ACTIONS,
        incidents::ACTIONS,
        pictures::ACTIONS,
        subjects::ACTIONS,
    ]
    .concat()
}

//! Every action there is, for the role matrix and the route table (SEC-3).
use crate::{
    accounts, accreditation, audit, breaches, certifications, conduct, duties, enquiries, evidence,
    exclusions, exporting, finding, gate::Listed, governing, groups, importing, incidents, intelligence,
    joining, leaving, letters, meetings, news, old_data, oversight, pictures, policies, registers, requests,
    subjects, today,
};

/// Every action, feature by feature.
#[must_use]
pub fn all() -> Vec<Listed> {
    [
        accounts::ACTIONS,
        accreditation::ACTIONS,
        audit::ACTIONS,
        breaches::ACTIONS,
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
        groups::ACTIONS,
        incidents::ACTIONS,
        intelligence::ACTIONS,
        joining::ACTIONS,
        leaving::ACTIONS,
        letters::ACTIONS,
        old_data::ACTIONS,
        oversight::ACTIONS,
        meetings::ACTIONS,
        news::ACTIONS,
        pictures::ACTIONS,
        policies::ACTIONS,
        registers::ACTIONS,
        requests::ACTIONS,
        subjects::ACTIONS,
        subjects::merging::ACTIONS,
        subjects::associates::ACTIONS,
        today::ACTIONS,
    ]
    .concat()
}

//! The part of the table for reports, review, subjects and incidents.
use super::Route;

pub(super) fn table() -> Vec<Route> {
    vec![]
}

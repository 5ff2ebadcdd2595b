//! The pages, feature by feature.
pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod members;
pub(crate) mod pictures;
pub(crate) mod policy;
pub(crate) mod sign_in;
pub(crate) mod sweep;
pub(crate) mod system;
pub(crate) mod welcome;

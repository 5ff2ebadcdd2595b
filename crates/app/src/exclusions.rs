//! Warnings and exclusions.
pub mod appeals;

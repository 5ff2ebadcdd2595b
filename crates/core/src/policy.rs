//! What a scheme publishes that it will do, as data (POL-1).
pub mod retention;

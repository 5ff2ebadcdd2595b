//! The texts that a scheme publishes, written from the policy that the program enforces (POL-4, NOT-2 to NOT-4).

mod blocks;

pub use blocks::{Block, Inline, Publication};

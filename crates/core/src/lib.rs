//! The words of the field and the rules of Fairwatch, without any input or output.
//!
//! Nothing here reads a file, a socket, the wall clock or a source of randomness: facts and dates go in,
//! answers come out, so that each rule can be tried on any day of any year. What leans on the world is in
//! the crates around this one (see `docs/ARCHITECTURE.md`).
//!
//! The modules bear the names of features, and the same names in `store`, `app` and `web`:
//!
//! - [`gate`]: who asks ([`gate::Ctx`]), what for ([`gate::Action`]), and the proof that it is allowed
//!   ([`gate::Permit`]).
//! - [`policy`]: what a scheme publishes that it will do, as data.
//! - [`clocks`]: what stage a subject is in on a day, which rule says so, and what comes next.
pub mod clocks;
pub mod gate;
pub mod ids;
pub mod policy;
pub mod world;

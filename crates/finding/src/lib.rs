//! The index in memory that finds anyone: one box over what the viewer may see.
mod codes;
mod dictionary;
mod entry;
mod expand;
mod fold;
mod index;
mod near;
mod nicknames;
mod query;
mod search;
mod sound;
mod suggest;
mod words;

pub use entry::{Entry, Filter, How, Kind, Kinds, Viewer};
pub use index::Index;
pub use query::Query;
pub use search::Hit;
pub use suggest::{Reason, Suggestion};

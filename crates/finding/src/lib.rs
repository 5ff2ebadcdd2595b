//! The index in memory that finds anyone (INC-2, SUB-3): one box over what the viewer may see.
//!
//! Names however they are spelt: slips, sound-alikes, nicknames and the same name in other languages, short forms,
//! initials, unfinished words, other order, other scripts. Plates and references by a part. Words of descriptions,
//! vehicles and places. [`Index::suggest`] finds, for review, who may be the same as somebody described.
//!
//! The crate is pure: entries go in, answers come out. It knows no store, no clock and no randomness. Whoever calls
//! says with each text what [`Kind`] it is and with each search, as a [`Viewer`], which kinds and which entries count.
//! **What a viewer may not see has no influence on what they get** (VIS-7): weights are fixed and not worked out from how
//! often words occur, nothing is cut off before the hidden is left out, and ties are broken by recency and key. A
//! property test holds that. What remains is time: a search reads the whole dictionary, so one that is larger by
//! hidden words takes microseconds longer.
//!
//! ```
//! use fairwatch_finding::{Entry, How, Index, Kind, Query, Viewer};
//!
//! let mut index = Index::new();
//! index.put(&Entry { key: 7, flags: 0, recent: 0, texts: &[(Kind::Name, "Siobhán O'Brien")] });
//! let hits = index.search(&Query::typed("shivaun o brien"), &Viewer::ALL, 5);
//! assert_eq!((hits[0].key, hits[0].how), (7, How::Sounds));
//! ```
//!
//! How it works and what else was considered stands in `docs/ARCHITECTURE.md`, "Finding".
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
pub use nicknames::is_first_name;
pub use query::Query;
pub use search::Hit;
pub use suggest::{Reason, Suggestion};

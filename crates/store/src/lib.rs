//! SQL for SQLite and PostgreSQL, the gate's doors, and the audit chains.
//!
//! The only ways to personal data are [`Store::read`] and [`Store::write`]: they open the transaction, find who
//! asks, load the facts, authorise, run, append the audit entry and commit, as one. Inside, the functions of the
//! feature modules take a [`Tx`], whose permit says which record they may touch; ids beside it do not count.
//!
//! `dialect` alone knows the engines. Every statement is one text for both.
pub mod accounts;
pub mod accreditation;
pub mod audit;
pub mod certifications;
mod dialect;
mod door;
pub mod duties;
pub mod enquiries;
mod error;
pub mod evidence;
pub mod exclusions;
mod facts;
pub mod finding;
pub mod governing;
pub mod incidents;
pub mod intelligence;
pub mod joining;
mod keys;
mod leases;
pub mod leaving;
pub mod ledger;
pub mod letters;
pub mod mail;
pub mod notices;
pub mod old_data;
pub mod orgs;
pub mod pictures;
pub mod policies;
pub mod registers;
pub mod retention;
pub mod subjects;
pub mod sweep;
#[doc(hidden)]
pub mod testing;
pub mod today;

pub use dialect::Engine;
pub use door::{Address, Store, Tx};
pub use error::StoreError;
pub use facts::Load;

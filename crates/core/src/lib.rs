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
//! - [`accounts`], [`incidents`], [`intelligence`], [`subjects`], [`pictures`], [`enquiries`], [`evidence`],
//!   [`exclusions`], [`finding`], [`audit`]: the records of each feature and the actions on them; [`actions`] lists them all.
//! - [`conduct`]: breaches of the rules by members, and suspending one.
//! - [`governing`], [`certifications`]: the scheme's documents, and who has agreed to them.
//! - [`duties`]: one calendar of every duty, worked out from registers and records.
//! - [`today`]: what needs somebody today, in order.
//! - [`rights`]: the clocks of what people ask about their data; [`requests`] and [`breaches`] are the records.
//! - [`oversight`]: what the board sees of the office's doings.
//! - [`registers`]: processors, agreements, responsible persons, registrations, and their reviews.
//! - [`exporting`]: all of a scheme's data as one file.
//! - [`importing`]: businesses and users from a file.
//! - [`joining`], [`leaving`]: businesses that want to join, and that leave.
//! - [`letters`]: letters to people, their service, and what is outstanding.
//! - [`mail`]: what is sent by e-mail.
//! - [`calendar`]: what other calendars read.
//! - [`news`], [`meetings`], [`groups`], [`targets`]: what a scheme tells its members, and whom of them it concerns.
//! - [`notices`]: the texts that a scheme publishes, written from its policy.
//! - [`old_data`]: the yearly audit of what is old.
//! - [`accreditation`]: what an assessor reads, with evidence from the records.
//! - [`clocks`]: what stage a subject is in on a day, which rule says so, and what comes next.
pub mod accounts;
pub mod accreditation;
pub mod actions;
pub mod audit;
pub mod breaches;
pub mod calendar;
pub mod certifications;
pub mod clocks;
pub mod conduct;
pub mod duties;
pub mod enquiries;
pub mod evidence;
pub mod exclusions;
pub mod exporting;
pub mod finding;
pub mod gate;
pub mod governing;
pub mod groups;
pub mod ids;
pub mod importing;
pub mod incidents;
pub mod intelligence;
pub mod joining;
pub mod leaving;
pub mod letters;
pub mod mail;
pub mod meetings;
pub mod news;
pub mod notices;
pub mod old_data;
pub mod oversight;
pub mod pictures;
pub mod policies;
pub mod policy;
pub mod registers;
pub mod requests;
pub mod rights;
pub mod scope;
pub mod subjects;
pub mod targets;
pub mod today;
pub mod world;

//! Route table, pages and assets.
//!
//! - [`router`] makes the service; [`Web`] is what it stands on. The binary needs nothing else.
//! - `routes` is the one table: each route names who may use it, and the guard in `access` holds it to that
//!   before the handler runs (SEC-3). Handlers are thin: they read a form, call one use case of `fairwatch_app`
//!   and fill in a template.
//! - `visit` is what a handler is given: who asks, in which organisation, as what.
//! - `respond` makes answers and, outermost, turns whatever went wrong into a page, logs the request and sets
//!   the headers of every response.
mod access;
mod assets;
mod demo;
mod forms;
mod host;
mod pages;
mod range;
mod respond;
mod routes;
mod shell;
mod uploads;
mod view;
mod visit;
mod web;
mod words;

pub use demo::{DemoState, Fresh, Persona, Task};
#[doc(hidden)]
pub use routes::listed;
pub use routes::router;
pub use web::{Mode, Web};

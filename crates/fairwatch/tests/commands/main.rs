//! The commands as people type them: the real binary, in a process of its own, on both engines.
mod audit;
mod bad_input;
mod demo;
mod evidence;
mod http;
mod installation;
mod mail;
mod policy;
mod run;
mod sweep;
mod town;

fairwatch_testkit::smtp_server!();

//! The whole router over a real store, with a clock that is set: who gets in where, and with what headers.
mod certify;
mod demo;
mod evidence;
mod headers;
mod house;
mod invitations;
mod joining;
mod lapsed;
mod looks;
mod notices;
mod pages;
mod policies;
mod second_factor;
mod sessions;
mod shared_devices;
mod tables;
mod walk;

//! Bad days: the real binary in several processes over one database, with what can happen to processes, databases,
//! providers and disks. To show, whatever happens: no program is lost, none is made twice, nothing is at odds.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare has failed")]

mod answers;
mod database;
mod frozen;
mod house;
mod locked;
mod process;
mod provider;
mod rounds;

//! The commands as people and scripts meet them: the real binary, its exit codes, its one line of
//! error, what it prints and what it leaves behind.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare has failed")]

mod accounts;
mod admin;
mod api;
mod bad_input;
mod bench;
mod bucket;
mod documents;
mod folder;
mod metrics;
mod notifications;
mod once;
mod outputs;
mod paid;
mod post_office;
mod private;
mod program;
mod run;
mod schedule;
mod server;
mod settings;
mod usage;
mod web_errors;

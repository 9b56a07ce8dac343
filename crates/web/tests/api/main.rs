//! The API as its callers meet it, over SQLite and PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod asking;
mod browsers;
mod channels;
mod harness;
mod hearing;
mod keys;
mod limits;
mod pages;
mod plans;
#[path = "../account/provider.rs"]
#[expect(dead_code, reason = "it also tells of people")]
mod provider;
mod providers;
mod rights;
mod scheduler;
mod wishes;

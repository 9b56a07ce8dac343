//! The API as its callers meet it, over SQLite and PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod asking;
mod harness;
mod keys;
mod limits;
mod pages;
mod plans;
mod rights;
mod wishes;

//! Private podcasts as apps meet them: over HTTP, on both databases, and by readers that are not ours.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare has failed")]

mod bad_input;
mod contents;
mod harness;
mod ranges;
mod readers;
mod tokens;

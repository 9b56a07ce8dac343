//! Sources and their articles, on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod articles;
mod due;
mod harness;
mod retention;

//! What every `JobStore` keeps to, on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod claiming;
mod crowding;
mod dead;
mod fence;
mod harness;
mod room;
mod settling;
mod stopping;
mod telling;
mod working;

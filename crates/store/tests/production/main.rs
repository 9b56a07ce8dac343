//! From a slot to its program, as the store keeps it, on both databases: what is repeated, comes late or comes
//! twice at once changes nothing.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod artifacts;
mod barrier;
mod broken;
mod giving_up;
mod harness;
mod planning;
mod publishing;
mod schedules;
mod selecting;
mod statements;
mod telling;

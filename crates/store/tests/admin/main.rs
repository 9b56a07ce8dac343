//! What operators do: looking for contradictions, taking up again, calling off, letting in.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod accounts;
mod belongings;
mod check;
mod harness;
mod hearing;
mod listing;
mod plans;
mod reopening;
mod retention;
mod tokens;

//! What provider control keeps to on both databases, with two nodes on one database.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod budgets;
mod harness;
mod leases;
mod limits;
mod payments;
mod statements;
mod trouble;

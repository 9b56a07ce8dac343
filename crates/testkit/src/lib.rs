//! For tests only: throw-away databases. Nothing in the product depends on this room.

mod postgres;

pub use postgres::{CLUSTER_VARIABLE, Postgres, PostgresError};

//! For tests only: throw-away databases and buckets. Nothing in the product depends on this room.

mod bucket;
mod postgres;

pub use bucket::S3;
pub use postgres::{CLUSTER_VARIABLE, Postgres, PostgresError};

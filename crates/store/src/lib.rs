//! The only SQL of the house: SQLite and PostgreSQL behind one set of functions, a file per noun.
//!
//! It records what the rules decided and asks `domain` for the rules. It never reads the wall clock:
//! every instant comes in as microseconds since the epoch, UTC. It knows no HTTP and no provider.

pub mod articles;
pub mod artifacts;
pub mod audit;
pub mod batches;
mod db;
mod ear;
pub mod feeds;
pub mod jobs;
mod learned;
pub mod listeners;
pub mod occurrences;
pub mod programs;
mod row;
pub mod sources;
mod transaction;
pub mod trial;

pub use articles::{StoredArticle, TakenIn};
pub use artifacts::{Artifact, Claim, Fenced, Made};
pub use db::{Connections, Db, Store};
pub use sources::{Asked, DueSource, NewSource, Source, Told};
pub use transaction::Tx;

/// Microseconds since the epoch, UTC.
pub type Micros = i64;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database url {0:?} is not understood; use sqlite:///path/to/file or postgres://…")]
    Url(String),
    #[error("database {place} cannot be opened: {cause}; check the address and its rights")]
    Open { place: String, cause: String },
    #[error("database does not answer: {0}")]
    Query(#[from] sqlx::Error),
    #[error("database schema cannot be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("table {table}, row {row}, column {column} holds what cannot be: {cause}")]
    Inconsistent { table: &'static str, column: &'static str, row: String, cause: String },
}

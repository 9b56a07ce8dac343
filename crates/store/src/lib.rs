//! The only SQL of the house: SQLite and PostgreSQL behind one set of functions, a file per noun.
//!
//! It records what the rules decided and asks `domain` for the rules. It never reads the wall clock:
//! every instant comes in as microseconds since the epoch, UTC. It knows no HTTP and no provider.

pub mod accounts;
pub mod articles;
pub mod artifacts;
pub mod attempts;
pub mod audit;
pub mod batches;
pub mod belongings;
pub mod calling_off;
pub mod ceremonies;
pub mod channels;
pub mod check;
mod db;
pub mod deliveries;
pub mod demand;
mod ear;
pub mod entitlement;
pub mod external;
pub mod feed_tokens;
pub mod feeds;
pub mod following;
pub mod hearing;
pub mod idempotency;
pub mod identities;
pub mod inbox;
pub mod jobs;
mod learned;
pub mod ledger;
pub mod links;
pub mod listeners;
pub mod occurrences;
mod outage;
pub mod own_sources;
pub mod passkeys;
pub mod podcasts;
pub mod programs;
pub mod providers;
pub mod reopening;
pub mod requests;
pub mod retention;
mod row;
pub mod sessions;
pub mod sources;
pub mod subscriptions;
pub mod tellings;
pub mod tokens;
mod transaction;
pub mod trial;
mod wishes;

pub use articles::{StoredArticle, TakenIn};
pub use artifacts::{Artifact, Claim, Fenced, Made};
pub use db::{Connections, Db, Store};
pub use row::Legible;
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

impl StoreError {
    /// The database is away, full or busy: what failed now works when it is back, whoever asks.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Query(error) => outage::is_outage(error),
            Self::Url(_) | Self::Open { .. } | Self::Migrate(_) | Self::Inconsistent { .. } => false,
        }
    }

    /// The database is well and does not take these values: it would not take them next time either.
    pub fn is_refusal(&self) -> bool {
        let Self::Query(sqlx::Error::Database(error)) = self else { return false };
        // Of SQLite's codes 18 is "too big". Of PostgreSQL's classes 22 is data, 54 a limit; constraints have
        // kinds.
        let code = error.code().unwrap_or_default();
        error.kind() != sqlx::error::ErrorKind::Other
            || code == "18"
            || (code.len() == 5 && (code.starts_with("22") || code.starts_with("54")))
    }
}

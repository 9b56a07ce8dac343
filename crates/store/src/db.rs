//! The two databases, opened and brought up to date.

use crate::StoreError;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::{path::Path, str::FromStr, time::Duration};

/// For a server to take a connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// Same text, either database.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Runs one body against whichever database it is; the body's SQL must run on both.
macro_rules! on {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::Db::Sqlite($pool) => $body,
            $crate::Db::Postgres($pool) => $body,
        }
    };
}
pub(crate) use on;

#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
}

impl Store {
    /// Opens `sqlite:///path` (the file and its folder are made when missing) or `postgres://…`, and
    /// brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let db = match url.split_once(':') {
            Some(("sqlite", _)) => Db::Sqlite(open_sqlite(url).await?),
            Some(("postgres" | "postgresql", _)) => Db::Postgres(open_postgres(url).await?),
            _ => return Err(StoreError::Url(url.split('@').next_back().unwrap_or_default().to_owned())),
        };
        let store = Self { db };
        store.migrate().await?;
        Ok(store)
    }

    pub const fn dialect(&self) -> &'static str {
        match self.db {
            Db::Sqlite(_) => "sqlite",
            Db::Postgres(_) => "postgres",
        }
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let migrations = sqlx::migrate!("./migrations");
        on!(&self.db, pool => migrations.run(pool).await)?;
        Ok(())
    }

    /// Waits for statements under way and lets the files go.
    pub async fn close(&self) {
        on!(&self.db, pool => pool.close().await);
    }
}

async fn open_sqlite(url: &str) -> Result<SqlitePool, StoreError> {
    let cannot = |place: &Path, cause: &dyn std::fmt::Display| StoreError::Open {
        place: place.display().to_string(),
        cause: cause.to_string(),
    };
    let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Url(url.to_owned()))?;
    let file = options.get_filename().to_owned();
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(|cause| cannot(&file, &cause))?;
    }
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // A program that was said to be published must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .map_err(|cause| cannot(&file, &cause))
}

async fn open_postgres(url: &str) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|cause| StoreError::Open { place: "postgres".into(), cause: cause.to_string() })?;
    let place = format!("postgres at {}:{}", options.get_host(), options.get_port());
    let cannot = |cause: String| StoreError::Open { place: place.clone(), cause };
    // The pool would try a refused connection for all its time, and then not say why.
    let first = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options));
    let first = first.await.map_err(|_| cannot(format!("no answer within {} s", PATIENCE.as_secs())))?;
    let closed = first.map_err(|cause| cannot(cause.to_string()))?.close().await;
    closed.map_err(|cause| cannot(cause.to_string()))?;
    Ok(PgPoolOptions::new().max_connections(8).acquire_timeout(PATIENCE).connect_lazy_with(options))
}

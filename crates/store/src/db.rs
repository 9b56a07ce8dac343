//! The two databases, opened and brought up to date.

use crate::{Micros, StoreError};
use sqlx::Connection;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool,
    SqlitePoolOptions, SqliteSynchronous,
};
use std::{
    fs::{File, OpenOptions},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    str::FromStr,
    time::Duration,
};

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

/// Connections to the database, by whether somebody uses them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    pub idle: u32,
    pub busy: u32,
}

#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    /// What writes on its own. SQLite takes one writer at a time: here they queue up fairly for one
    /// connection instead of trying again and again until the file is free.
    pub(crate) writer: Db,
    /// What works the queue. PostgreSQL's connections for it plan without statistics: a table that is
    /// empty one minute and full the next must not be read from end to end because of the last ANALYZE.
    pub(crate) queue: Db,
    pub(crate) bell: queue::Bell,
    pub(crate) ear: std::sync::Arc<crate::ear::Ear>,
    pub(crate) limits: std::sync::Arc<crate::jobs::LimitsWatch>,
}

impl Store {
    /// Opens `sqlite:///path` (the file and its folder are made when missing) or `postgres://…`, and
    /// brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_kept(url, Kept::Durably).await
    }

    /// The same for a file that nobody needs after a power cut: simulations and measurements.
    pub async fn open_thrown_away(url: &str) -> Result<Self, StoreError> {
        Self::open_kept(url, Kept::Loosely).await
    }

    async fn open_kept(url: &str, kept: Kept) -> Result<Self, StoreError> {
        // Held until the schema stands.
        let mut _alone = None;
        let (db, writer, queue) = match url.split_once(':') {
            Some(("sqlite", _)) => {
                _alone = Some(alone(url).await?);
                let writer = Db::Sqlite(open_sqlite(url, Use::Write, kept).await?);
                let reader = match kept {
                    Kept::Durably => Db::Sqlite(open_sqlite(url, Use::Read, kept).await?),
                    // Whoever throws a file away asks one thing after the other, and reads by its writer what
                    // another connection would read again after every write.
                    Kept::Loosely => writer.clone(),
                };
                (reader, writer.clone(), writer)
            }
            Some(("postgres" | "postgresql", _)) => {
                let pool = Db::Postgres(open_postgres(url, 8, &[]).await?);
                (pool.clone(), pool, Db::Postgres(open_postgres(url, 4, &QUEUE_PLANS).await?))
            }
            _ => return Err(StoreError::Url(url.split('@').next_back().unwrap_or_default().to_owned())),
        };
        let (bell, ear, limits) = (queue::Bell::new(), Default::default(), Default::default());
        let store = Self { db, writer, queue, bell, ear, limits };
        store.migrate().await?;
        store.key_addresses().await?;
        Ok(store)
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.db, Db::Sqlite(_))
    }

    pub const fn dialect(&self) -> &'static str {
        match self.db {
            Db::Sqlite(_) => "sqlite",
            Db::Postgres(_) => "postgres",
        }
    }

    /// Whether it answers, with a schema in it.
    pub async fn answers(&self) -> Result<(), StoreError> {
        on!(&self.db, pool => sqlx::query(include_str!("../sql/answers.sql")).fetch_one(pool).await.map(drop)?);
        Ok(())
    }

    /// The instant that nodes agree on; `None` where there is no server that could tell it.
    pub async fn server_time(&self) -> Result<Option<Micros>, StoreError> {
        let Db::Postgres(pool) = &self.db else { return Ok(None) };
        Ok(Some(sqlx::query_scalar(include_str!("../sql/clock.postgres.sql")).fetch_one(pool).await?))
    }

    /// The connections this process has.
    pub fn connections(&self) -> Connections {
        // SQLite's queue is its writer; PostgreSQL's writer is its reader.
        let second = if matches!(self.db, Db::Sqlite(_)) { &self.writer } else { &self.queue };
        let mut connections = Connections::default();
        for db in [&self.db, second] {
            let (open, idle) =
                on!(db, pool => (pool.size(), u32::try_from(pool.num_idle()).unwrap_or(u32::MAX)));
            connections.idle += idle.min(open);
            connections.busy += open.saturating_sub(idle);
        }
        connections
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let own = match self.db {
            Db::Sqlite(_) => sqlx::migrate!("./migrations/sqlite"),
            Db::Postgres(_) => sqlx::migrate!("./migrations/postgres"),
        };
        let shared = sqlx::migrate!("./migrations");
        let mut all = [shared.migrations.as_ref(), own.migrations.as_ref()].concat();
        all.sort_by_key(|migration| migration.version);
        on!(&self.writer, pool => Migrator::with_migrations(all).run(pool).await)?;
        Ok(())
    }

    /// Waits for statements under way and lets the files go.
    pub async fn close(&self) {
        for db in [&self.queue, &self.writer, &self.db] {
            on!(db, pool => pool.close().await);
        }
    }
}

/// What of a SQLite file survives a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// A program that was said to be published.
    Durably,
    Loosely,
}

impl Kept {
    const fn synchronous(self) -> SqliteSynchronous {
        match self {
            Self::Durably => SqliteSynchronous::Full,
            Self::Loosely => SqliteSynchronous::Off,
        }
    }

    /// A log lets others read while one writes; who is alone writes each page once.
    const fn journal(self) -> SqliteJournalMode {
        match self {
            Self::Durably => SqliteJournalMode::Wal,
            Self::Loosely => SqliteJournalMode::Memory,
        }
    }

    /// Who is alone keeps the file's lock, and knows that nobody changed what it has read.
    const fn locking(self) -> SqliteLockingMode {
        match self {
            Self::Durably => SqliteLockingMode::Normal,
            Self::Loosely => SqliteLockingMode::Exclusive,
        }
    }

    /// In KiB, negative as SQLite has it, for each connection.
    const fn cache(self) -> &'static str {
        match self {
            Self::Durably => "-16000",
            Self::Loosely => "-64000",
        }
    }
}

/// What a pool of SQLite's connections is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Read,
    Write,
}

/// Keeps other processes from opening the same file. Nothing else does: a second one that switches a new
/// file to its journal meets a lock it cannot wait for, and sqlx locks only PostgreSQL while it migrates.
async fn alone(url: &str) -> Result<File, StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Url(url.to_owned()))?;
    let database = options.get_filename().to_owned();
    let mut place = database.as_os_str().to_owned();
    place.push(".lock");
    let lock = move || -> std::io::Result<File> {
        if let Some(folder) = database.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = File::create(&place)?;
        file.lock()?;
        // Addresses and hashes of passwords are in it; the log beside it is made with the same rights.
        OpenOptions::new().append(true).create(true).mode(0o600).open(&database)?;
        Ok(file)
    };
    let locked = tokio::task::spawn_blocking(lock).await.unwrap_or_else(|error| Err(error.into()));
    locked.map_err(|cause| cannot(options.get_filename(), &cause))
}

fn cannot(place: &Path, cause: &dyn std::fmt::Display) -> StoreError {
    StoreError::Open { place: place.display().to_string(), cause: cause.to_string() }
}

async fn open_sqlite(url: &str, purpose: Use, kept: Kept) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Url(url.to_owned()))?;
    let file = options.get_filename().to_owned();
    let options = options
        .synchronous(kept.synchronous())
        .locking_mode(kept.locking())
        .foreign_keys(true)
        .pragma("cache_size", kept.cache())
        // What is deleted is written over: a page that goes on being used would keep it.
        .pragma("secure_delete", "fast")
        // 16 MB of log before it is folded into the file: claims wait for that.
        .pragma("wal_autocheckpoint", "4000")
        .statement_cache_capacity(200)
        // Rows that are handed over at once: each time the reader's thread is woken.
        .row_buffer_size(500)
        .busy_timeout(Duration::from_secs(10));
    // Only a new file can be told to give room back to the disk, a little at a time. The setting takes the write
    // lock: a connection that asked for it again would wait for a transaction that may be waiting for it.
    let is_new = file.metadata().map_or(true, |file| file.len() == 0);
    let options = if is_new { options.auto_vacuum(SqliteAutoVacuum::Incremental) } else { options };
    let (connections, options) = match purpose {
        Use::Read => (4, options.pragma("query_only", "on")),
        Use::Write => (1, options.create_if_missing(true).journal_mode(kept.journal())),
    };
    SqlitePoolOptions::new()
        .max_connections(connections)
        // A file does not hang up.
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|cause| cannot(&file, &cause))
}

/// Every statement of the queue reads by an index, whatever the planner believes of the table; and what it
/// believes to be dear it must not compile first, which took 300 ms a claim where the claim takes 3.
const QUEUE_PLANS: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("plan_cache_mode", "force_generic_plan"),
    ("jit", "off"),
];

async fn open_postgres(url: &str, connections: u32, settings: &[(&str, &str)]) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|cause| StoreError::Open { place: "postgres".into(), cause: cause.to_string() })?;
    let options = options.options(settings.iter().copied());
    let place = format!("postgres at {}:{}", options.get_host(), options.get_port());
    let cannot = |cause: String| StoreError::Open { place: place.clone(), cause };
    // The pool would try a refused connection for all its time, and then not say why.
    let first = tokio::time::timeout(PATIENCE, PgConnection::connect_with(&options));
    let first = first.await.map_err(|_| cannot(format!("no answer within {} s", PATIENCE.as_secs())))?;
    let closed = first.map_err(|cause| cannot(cause.to_string()))?.close().await;
    closed.map_err(|cause| cannot(cause.to_string()))?;
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        // The queue asks again by itself when a connection was lost; a ping would double its round trips.
        .test_before_acquire(settings.is_empty())
        .acquire_timeout(PATIENCE)
        .connect_lazy_with(options))
}

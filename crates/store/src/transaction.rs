//! A change and the jobs that follow from it, in one transaction.

use crate::{Db, Store, StoreError, ear::Ear};
use queue::{Bell, Kind};
use sqlx::{PgPool, Postgres, Sqlite, Transaction};
use std::{collections::BTreeMap, sync::Arc};

/// Rolled back when dropped before it is committed.
///
/// On SQLite it holds the process's only writing connection from its first moment: nothing slow belongs
/// between its beginning and its end, and no other write of the same task.
#[derive(Debug)]
pub struct Tx {
    pub(crate) inner: Inner,
    bell: Bell,
    /// Whether workers are to be woken when it is committed.
    pub(crate) rings: bool,
    ear: Arc<Ear>,
    /// New jobs, to be told of when it is committed.
    pub(crate) enqueued: BTreeMap<Kind, u64>,
}

#[derive(Debug)]
pub(crate) enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body on a transaction of either database; the body's SQL must run on both.
macro_rules! on_tx {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.inner {
            $crate::transaction::Inner::Sqlite(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
            $crate::transaction::Inner::Postgres(transaction) => {
                let $connection = &mut **transaction;
                $body
            }
        }
    };
}
pub(crate) use on_tx;

impl Store {
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.begin_on(&self.writer).await
    }

    pub(crate) async fn begin_on(&self, db: &Db) -> Result<Tx, StoreError> {
        let inner = match db {
            // A transaction that began by reading could not start to write once another has.
            Db::Sqlite(pool) => Inner::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Inner::Postgres(begin_postgres(pool).await?),
        };
        let (bell, ear) = (self.bell.clone(), self.ear.clone());
        Ok(Tx { inner, bell, rings: false, ear, enqueued: BTreeMap::new() })
    }
}

/// Begins in a task of its own, which comes to its end even if nobody waits for it any more. A BEGIN that is sent and
/// then given up would leave the connection inside a transaction that nobody commits, and the next who gets that
/// connection would write into it.
pub(crate) async fn begin_postgres(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin().await });
    begun.await.unwrap_or_else(|ended| Err(sqlx::Error::Io(std::io::Error::other(ended))))
}

impl Tx {
    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.inner, Inner::Sqlite(_))
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(transaction) => transaction.commit().await?,
            Inner::Postgres(transaction) => transaction.commit().await?,
        }
        if self.rings {
            self.bell.ring();
        }
        for (kind, count) in &self.enqueued {
            self.ear.hear(kind, *count);
        }
        Ok(())
    }
}

//! What time and other processes do to jobs: leases that end, waits that end, cancelling, wake-ups.

use super::{kind, lane, unsigned};
use crate::{
    Db, Micros, Store, StoreError, Tx,
    db::on,
    transaction::{Inner, on_tx},
};
use queue::{Bell, Counts, JobId, Lapsed, Promoted, State, Ticket};
use sqlx::{PgPool, postgres::PgListener};
use std::time::Duration;

/// id, fence, kind, lane, owner, due_at, tries, crashes.
type LapsedRow = (i64, i32, String, i16, String, i64, i32, i32);

impl Tx {
    /// Ends the wait of the unfinished job with this key, if it waits for its time; whether it did. Workers
    /// hear of it when the transaction is committed.
    pub async fn wake(&mut self, key: &str, now: Micros) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../../sql/jobs/wake.sql"))
            .bind(key)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        if rows > 0 {
            self.wake_workers().await?;
        }
        Ok(rows > 0)
    }
}

impl Store {
    pub(super) async fn lapsed_jobs(&self, now: Micros, limit: u32) -> Result<Vec<Lapsed>, StoreError> {
        let rows: Vec<LapsedRow> = on!(&self.queue, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/lapsed.sql"))
                .bind(now).bind(i64::from(limit)).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(id, fence, name, lane_number, owner, due_at, tries, crashes)| {
                Ok(Lapsed {
                    ticket: Ticket { id: JobId(id), fence: unsigned(id, "fence", fence)? },
                    kind: kind(name),
                    lane: lane(id, lane_number)?,
                    owner,
                    due_at,
                    counts: Counts {
                        tries: unsigned(id, "tries", tries)?,
                        crashes: unsigned(id, "crashes", crashes)?,
                    },
                })
            })
            .collect()
    }

    pub(super) async fn promote_due_jobs(&self, now: Micros, limit: u32) -> Result<Promoted, StoreError> {
        let count = match &self.queue {
            Db::Sqlite(pool) => sqlx::query(include_str!("../../sql/jobs/promote_due.sqlite.sql"))
                .bind(now)
                .bind(i64::from(limit))
                .execute(pool)
                .await?
                .rows_affected(),
            Db::Postgres(pool) => sqlx::query(include_str!("../../sql/jobs/promote_due.postgres.sql"))
                .bind(now)
                .bind(i64::from(limit))
                .execute(pool)
                .await?
                .rows_affected(),
        };
        let next_at = on!(&self.queue, pool =>
            sqlx::query_scalar(include_str!("../../sql/jobs/next_due.sql")).fetch_one(pool).await?);
        if count > 0 {
            self.bell.ring();
        }
        Ok(Promoted { count, next_at })
    }

    pub(super) async fn promote_held_jobs(
        &self,
        hold: &str,
        now: Micros,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin_on(&self.queue).await?;
        let limit = i64::from(limit);
        let count = match &mut tx.inner {
            Inner::Sqlite(tx) => sqlx::query(include_str!("../../sql/jobs/promote_held.sqlite.sql"))
                .bind(hold)
                .bind(now)
                .bind(limit)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
            Inner::Postgres(tx) => sqlx::query(include_str!("../../sql/jobs/promote_held.postgres.sql"))
                .bind(hold)
                .bind(now)
                .bind(limit)
                .execute(&mut **tx)
                .await?
                .rows_affected(),
        };
        if count > 0 {
            tx.wake_workers().await?;
        }
        tx.commit().await?;
        Ok(count)
    }

    pub(super) async fn cancel_jobs(&self, ids: &[JobId], now: Micros) -> Result<u64, StoreError> {
        let mut tx = self.begin_on(&self.queue).await?;
        let count = tx.cancel_jobs(ids, now).await?;
        tx.commit().await?;
        Ok(count)
    }

    /// The unfinished job of a key, if there is one.
    pub async fn find_job(&self, key: &str) -> Result<Option<(JobId, State)>, StoreError> {
        let row: Option<(i64, String)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/find_key.sql")).bind(key).fetch_optional(pool).await?);
        row.map(|(id, name)| {
            let state = State::from_name(&name).ok_or_else(|| super::inconsistent(id, "state", &name))?;
            Ok((JobId(id), state))
        })
        .transpose()
    }

    pub(super) async fn relay_wakeups(&self) {
        match &self.db {
            // All workers of a SQLite file are in this process and hear the bell itself.
            Db::Sqlite(_) => std::future::pending().await,
            Db::Postgres(pool) => loop {
                if let Err(error) = relay_postgres(pool, &self.bell).await {
                    tracing::warn!(%error, "wake-ups are not heard; looking by the clock until they are");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            },
        }
    }
}

impl Tx {
    /// Takes back unfinished jobs, running ones included; how many were unfinished.
    pub async fn cancel_jobs(&mut self, ids: &[JobId], now: Micros) -> Result<u64, StoreError> {
        let mut count = 0;
        let mut ids = ids.to_vec();
        // Rows are locked in one order everywhere.
        ids.sort_unstable();
        for id in ids {
            if let Inner::Postgres(tx) = &mut self.inner {
                sqlx::query(include_str!("../../sql/jobs/cancel.lock.postgres.sql"))
                    .bind(id.0)
                    .execute(&mut **tx)
                    .await?;
            }
            on_tx!(self, connection => sqlx::query(include_str!("../../sql/jobs/cancel.record.sql"))
                .bind(id.0).bind(now).execute(connection).await?.rows_affected());
            count += on_tx!(self, connection => sqlx::query(include_str!("../../sql/jobs/cancel.sql"))
                .bind(id.0).bind(now).execute(connection).await?.rows_affected());
        }
        Ok(count)
    }
}

async fn relay_postgres(pool: &PgPool, bell: &Bell) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen("mimiyori_jobs").await?;
    loop {
        // `None` is a connection that was lost and made again: something may have been missed.
        listener.try_recv().await?;
        while listener.next_buffered().is_some() {}
        bell.ring();
    }
}

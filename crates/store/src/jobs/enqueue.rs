//! New jobs, many at once, inside the caller's transaction.

use super::json;
use crate::{Micros, StoreError, Tx, transaction::Inner};
use queue::{Begin, Enqueued, NewJob, OnDuplicate};
use sqlx::{PgConnection, SqliteConnection};
use std::{borrow::Cow, collections::HashMap};

/// Rows in one statement: bounds its memory.
const CHUNK: usize = 2_000;

impl Tx {
    /// Workers hear of them when the transaction is committed. Jobs of one kind are to stand together:
    /// every change of kind is a statement.
    pub async fn enqueue(
        &mut self,
        jobs: &[NewJob],
        on_duplicate: OnDuplicate,
        now: Micros,
    ) -> Result<Enqueued, StoreError> {
        let mut new = 0;
        for of_kind in jobs.chunk_by(|a, b| a.kind == b.kind) {
            for chunk in of_kind.chunks(CHUNK) {
                let count = self.enqueue_chunk(chunk, on_duplicate, now).await?;
                if count > 0 {
                    *self.enqueued.entry(chunk[0].kind.clone()).or_default() += count;
                }
                new += count;
            }
        }
        if new > 0 && jobs.iter().any(|job| job.begin == Begin::Now) {
            self.wake_workers().await?;
        }
        Ok(Enqueued { new, duplicates: jobs.len() as u64 - new })
    }

    async fn enqueue_chunk(
        &mut self,
        jobs: &[NewJob],
        on_duplicate: OnDuplicate,
        now: Micros,
    ) -> Result<u64, StoreError> {
        let jobs = match on_duplicate {
            OnDuplicate::Keep => Cow::Borrowed(jobs),
            OnDuplicate::Join => Cow::Owned(merge(jobs)),
        };
        match &mut self.inner {
            Inner::Sqlite(tx) => {
                if on_duplicate == OnDuplicate::Join {
                    join_sqlite(tx, &jobs).await?;
                }
                enqueue_sqlite(tx, &jobs, now).await
            }
            Inner::Postgres(tx) => {
                if on_duplicate == OnDuplicate::Join {
                    join_postgres(tx, &jobs).await?;
                }
                enqueue_postgres(tx, &jobs, now).await
            }
        }
    }

    pub(super) async fn wake_workers(&mut self) -> Result<(), StoreError> {
        if let (Inner::Postgres(tx), false) = (&mut self.inner, self.rings) {
            sqlx::query(include_str!("../../sql/jobs/notify.postgres.sql")).execute(&mut **tx).await?;
        }
        self.rings = true;
        Ok(())
    }
}

async fn enqueue_sqlite(
    connection: &mut SqliteConnection,
    jobs: &[NewJob],
    now: Micros,
) -> Result<u64, StoreError> {
    let rows: Vec<_> = jobs
        .iter()
        .map(|job| {
            (
                job.kind.name(),
                &job.work,
                &job.key,
                &job.group,
                job.lane.0,
                job.start_by,
                job.due_at,
                demand(job),
                ready_at(job, now),
                hold(job),
            )
        })
        .collect();
    let answer = sqlx::query(include_str!("../../sql/jobs/enqueue.sqlite.sql"))
        .bind(json(&rows))
        .bind(now)
        .execute(connection)
        .await?;
    Ok(answer.rows_affected())
}

async fn enqueue_postgres(
    connection: &mut PgConnection,
    jobs: &[NewJob],
    now: Micros,
) -> Result<u64, StoreError> {
    let answer = sqlx::query(include_str!("../../sql/jobs/enqueue.postgres.sql"))
        .bind(column(jobs, |job| job.kind.name()))
        .bind(column(jobs, |job| job.work.as_str()))
        .bind(column(jobs, |job| job.key.as_deref()))
        .bind(column(jobs, |job| job.group.as_deref()))
        .bind(column(jobs, |job| i16::from(job.lane.0)))
        .bind(column(jobs, |job| job.start_by))
        .bind(column(jobs, |job| job.due_at))
        .bind(column(jobs, demand))
        .bind(column(jobs, |job| ready_at(job, now)))
        .bind(column(jobs, hold))
        .bind(now)
        .execute(connection)
        .await?;
    Ok(answer.rows_affected())
}

async fn join_sqlite(connection: &mut SqliteConnection, jobs: &[NewJob]) -> Result<(), StoreError> {
    let wishes: Vec<_> = jobs
        .iter()
        .filter_map(|job| Some((job.key.as_deref()?, job.lane.0, job.start_by, job.due_at, demand(job))))
        .collect();
    if !wishes.is_empty() {
        sqlx::query(include_str!("../../sql/jobs/join.sqlite.sql"))
            .bind(json(&wishes))
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn join_postgres(connection: &mut PgConnection, jobs: &[NewJob]) -> Result<(), StoreError> {
    let mut wishes: Vec<&NewJob> = jobs.iter().filter(|job| job.key.is_some()).collect();
    // Rows are locked in one order everywhere.
    wishes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    if !wishes.is_empty() {
        sqlx::query(include_str!("../../sql/jobs/join.postgres.sql"))
            .bind(column(&wishes, |job| job.key.as_deref()))
            .bind(column(&wishes, |job| i16::from(job.lane.0)))
            .bind(column(&wishes, |job| job.start_by))
            .bind(column(&wishes, |job| job.due_at))
            .bind(column(&wishes, |job| demand(job)))
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Jobs of one key become one that serves all of them.
fn merge(jobs: &[NewJob]) -> Vec<NewJob> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut merged: Vec<NewJob> = Vec::with_capacity(jobs.len());
    for job in jobs {
        if let Some(key) = job.key.as_deref() {
            if let Some(&place) = places.get(key) {
                let first = &mut merged[place];
                first.lane = first.lane.min(job.lane);
                first.start_by = first.start_by.min(job.start_by);
                first.due_at = first.due_at.min(job.due_at);
                first.demand = first.demand.saturating_add(job.demand);
                continue;
            }
            places.insert(key, merged.len());
        }
        merged.push(job.clone());
    }
    merged
}

fn column<'a, J, V>(jobs: &'a [J], value: impl Fn(&'a J) -> V) -> Vec<V> {
    jobs.iter().map(value).collect()
}

fn ready_at(job: &NewJob, now: Micros) -> Micros {
    match job.begin {
        Begin::Now | Begin::Held(_) => now,
        Begin::At(instant) => instant.max(now),
    }
}

fn hold(job: &NewJob) -> Option<&str> {
    match &job.begin {
        Begin::Held(hold) => Some(hold),
        Begin::Now | Begin::At(_) => None,
    }
}

fn demand(job: &NewJob) -> i32 {
    i32::try_from(job.demand).unwrap_or(i32::MAX)
}

//! Limits, counts, history and retention.

use super::{inconsistent, kind, lane};
use crate::{Db, Micros, Store, StoreError, db::on, transaction::on_tx};
use queue::{Class, JobId, Kind, Lane, Limits, Spent, State, lifecycle::Ending};

/// Jobs of one lane, kind and state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub lane: Lane,
    pub kind: Kind,
    pub state: State,
    pub total: u64,
    /// Of them, available ones whose time has not come.
    pub waiting: u64,
    /// Since when the oldest that can be claimed could be.
    pub oldest_ready_at: Option<Micros>,
}

/// Attempts of one kind that ended one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneCount {
    pub kind: Kind,
    pub ending: Ending,
    pub total: u64,
}

/// One lease of a job, from its start to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub fence: u32,
    pub kind: Kind,
    pub lane: Lane,
    pub ending: Ending,
    pub started_at: Micros,
    pub ended_at: Micros,
    pub owner: String,
    pub class: Option<Class>,
    pub message: Option<String>,
    pub spent: Spent,
}

/// What one step of retention forgot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    pub attempts: u64,
    pub cancelled: u64,
    pub discarded: u64,
}

/// fence, kind, lane, outcome, started_at, ended_at, owner, class, message, units, cost_micro_usd.
type AttemptRow =
    (i32, String, i16, String, i64, i64, String, Option<String>, Option<String>, Option<i64>, Option<i64>);

impl Store {
    pub async fn limits(&self) -> Result<Limits, StoreError> {
        let rows: Vec<(String, String, i32)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/limits.sql")).fetch_all(pool).await?);
        let mut limits = Limits::default();
        for (scope, name, max_running) in rows {
            let max_running = max_running.cast_unsigned();
            match (scope.as_str(), name.is_empty()) {
                ("kind", _) => drop(limits.per_kind.insert(Kind::from(name), max_running)),
                (_, true) => limits.per_group = Some(max_running),
                (_, false) => drop(limits.groups.insert(name, max_running)),
            }
        }
        Ok(limits)
    }

    /// Puts these limits in place of those that hold. Other nodes follow within a second; what runs
    /// already is not stopped.
    pub async fn set_limits(&self, limits: &Limits) -> Result<(), StoreError> {
        let kinds = limits.per_kind.iter().map(|(kind, &max)| ("kind", kind.name(), max));
        let every = limits.per_group.iter().map(|&max| ("group", "", max));
        let groups = limits.groups.iter().map(|(group, &max)| ("group", group.as_str(), max));
        let mut tx = self.begin().await?;
        on_tx!(tx, connection => sqlx::query(include_str!("../../sql/jobs/limits_clear.sql"))
            .execute(connection).await?.rows_affected());
        for (scope, name, max) in kinds.chain(every).chain(groups) {
            let max = i32::try_from(max).unwrap_or(i32::MAX);
            on_tx!(tx, connection => sqlx::query(include_str!("../../sql/jobs/limit_set.sql"))
                .bind(scope).bind(name).bind(max).execute(connection).await?.rows_affected());
        }
        tx.rings = true;
        tx.commit().await?;
        self.limits.forget();
        Ok(())
    }

    /// What is in the queue. Reads it all: for a page or a scrape, not for a loop.
    pub async fn count_jobs(&self) -> Result<Vec<Count>, StoreError> {
        let rows: Vec<(i16, String, String, i64, i64, Option<i64>)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/counts.sql")).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(lane_number, name, state, total, waiting, oldest_ready_at)| {
                Ok(Count {
                    lane: lane(0, lane_number)?,
                    kind: kind(name),
                    state: State::from_name(&state).ok_or_else(|| inconsistent(0, "state", &state))?,
                    total: total.cast_unsigned(),
                    waiting: waiting.cast_unsigned(),
                    oldest_ready_at,
                })
            })
            .collect()
    }

    /// Whether a job of a kind waits to be claimed.
    pub async fn has_ready(&self, kind: &str) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../../sql/jobs/any_ready.sql")).bind(kind).fetch_optional(pool).await?
        });
        Ok(row.is_some())
    }

    /// How leases ended since an instant; what is done is counted here.
    pub async fn count_attempts(&self, since: Micros) -> Result<Vec<DoneCount>, StoreError> {
        let rows: Vec<(String, String, i64)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/done_since.sql")).bind(since).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(name, outcome, total)| {
                let ending = read_ending(0, &outcome)?;
                Ok(DoneCount { kind: kind(name), ending, total: total.cast_unsigned() })
            })
            .collect()
    }

    /// Where a job stands; `None` when it never was, or is forgotten.
    pub async fn job_state(&self, id: JobId) -> Result<Option<State>, StoreError> {
        let name: Option<String> = on!(&self.db, pool =>
            sqlx::query_scalar(include_str!("../../sql/jobs/state.sql")).bind(id.0).fetch_optional(pool).await?);
        name.map(|name| State::from_name(&name).ok_or_else(|| inconsistent(id.0, "state", &name))).transpose()
    }

    /// How a job went, lease by lease.
    pub async fn attempts(&self, id: JobId) -> Result<Vec<Attempt>, StoreError> {
        let rows: Vec<AttemptRow> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../../sql/jobs/attempts.sql")).bind(id.0).fetch_all(pool).await?);
        rows.into_iter().map(|row| read_attempt(id.0, row)).collect()
    }

    /// Forgets at most `limit` of each sort that ended before an instant: one short step, to be repeated
    /// with pauses while it finds any. SQLite gives a little of the room back to the disk.
    pub async fn prune_jobs(&self, before: Micros, limit: u32) -> Result<Pruned, StoreError> {
        let limit = i64::from(limit);
        let attempts = match &self.queue {
            Db::Sqlite(pool) => sqlx::query(include_str!("../../sql/jobs/prune_attempts.sqlite.sql"))
                .bind(before)
                .bind(limit)
                .execute(pool)
                .await?
                .rows_affected(),
            Db::Postgres(pool) => sqlx::query(include_str!("../../sql/jobs/prune_attempts.postgres.sql"))
                .bind(before)
                .bind(limit)
                .execute(pool)
                .await?
                .rows_affected(),
        };
        let cancelled = on!(&self.queue, pool =>
            sqlx::query(include_str!("../../sql/jobs/prune_cancelled.sql"))
                .bind(before).bind(limit).execute(pool).await?.rows_affected());
        let discarded = on!(&self.queue, pool =>
            sqlx::query(include_str!("../../sql/jobs/prune_discarded.sql"))
                .bind(before).bind(limit).execute(pool).await?.rows_affected());
        if let Db::Sqlite(pool) = &self.queue {
            // One row a page; all of them must be read, or nothing is given back.
            sqlx::query("PRAGMA incremental_vacuum(500)").fetch_all(pool).await?;
        }
        Ok(Pruned { attempts, cancelled, discarded })
    }
}

fn read_attempt(job: i64, row: AttemptRow) -> Result<Attempt, StoreError> {
    let (fence, name, lane_number, outcome, started_at, ended_at, owner, class, message, units, cost) = row;
    let amount = |value: Option<i64>| value.unwrap_or(0).cast_unsigned();
    Ok(Attempt {
        fence: fence.cast_unsigned(),
        kind: kind(name),
        lane: lane(job, lane_number)?,
        ending: read_ending(job, &outcome)?,
        started_at,
        ended_at,
        owner,
        class: class
            .map(|name| Class::from_name(&name).ok_or_else(|| inconsistent(job, "class", &name)))
            .transpose()?,
        message,
        spent: Spent { units: amount(units), cost_micro_usd: amount(cost) },
    })
}

fn read_ending(job: i64, name: &str) -> Result<Ending, StoreError> {
    Ending::from_name(name).ok_or_else(|| StoreError::Inconsistent {
        table: "attempts",
        column: "outcome",
        row: job.to_string(),
        cause: format!("{name:?} is no outcome"),
    })
}

//! How leases ended, in batches, fenced.

use super::json;
use crate::{Db, Store, StoreError, transaction::begin_postgres};
use queue::{
    Settlement, Ticket, fingerprint,
    lifecycle::{Ending, Next},
    store::SettledBy,
};
use serde::Serialize;
use sqlx::{Sqlite, Transaction};
use std::collections::HashSet;

/// A job that is done: what its last row in `attempts` says beyond the job's own.
struct Finish<'a> {
    ticket: Ticket,
    outcome: &'static str,
    at: i64,
    message: Option<&'a str>,
    units: Option<i64>,
    cost_micro_usd: Option<i64>,
}

/// A job that goes on or is dead, in the names that the statements read.
#[derive(Serialize)]
struct Change<'a> {
    id: i64,
    fence: u32,
    outcome: &'static str,
    at: i64,
    class: Option<&'static str>,
    message: Option<&'a str>,
    units: Option<i64>,
    cost_micro_usd: Option<i64>,
    state: &'static str,
    ready_at: Option<i64>,
    tries: u32,
    crashes: u32,
    fingerprint: Option<String>,
    gave_up: Option<&'static str>,
    by_time: bool,
}

impl Store {
    pub(super) async fn settle_jobs(&self, settlements: &[Settlement]) -> Result<Vec<Ticket>, StoreError> {
        let done = |settlement: &&Settlement| settlement.step.to == Next::Done;
        let finishes: Vec<Finish<'_>> = settlements.iter().filter(done).map(finish).collect();
        let changes: Vec<Change<'_>> = settlements.iter().filter(|one| !done(one)).map(change).collect();
        let recorded = match &self.queue {
            Db::Sqlite(pool) => {
                let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
                let recorded =
                    finish_sqlite(&mut tx, &finishes).await? + change_sqlite(&mut tx, &changes).await?;
                tx.commit().await?;
                recorded
            }
            Db::Postgres(pool) if changes.is_empty() => finish_postgres(pool, &finishes).await?,
            Db::Postgres(pool) => {
                let mut tx = begin_postgres(pool).await?;
                let mut recorded = change_postgres(&mut *tx, &changes).await?;
                if !finishes.is_empty() {
                    recorded += finish_postgres(&mut *tx, &finishes).await?;
                }
                tx.commit().await?;
                recorded
            }
        };
        if changes.iter().any(|change| change.ready_at.is_some_and(|ready_at| ready_at <= change.at)) {
            self.bell.ring();
        }
        if recorded == settlements.len() as u64 {
            return Ok(Vec::new());
        }
        self.refused(settlements).await
    }

    /// The settlements that are not on record as they were asked for. One that was recorded before, and
    /// whose answer was lost, is on record.
    async fn refused(&self, settlements: &[Settlement]) -> Result<Vec<Ticket>, StoreError> {
        let ids: Vec<i64> = settlements.iter().map(|settlement| settlement.ticket.id.0).collect();
        let rows: Vec<(i64, i32, String, i64)> = match &self.queue {
            Db::Sqlite(pool) => {
                sqlx::query_as(include_str!("../../sql/jobs/recorded.sqlite.sql"))
                    .bind(json(&ids))
                    .fetch_all(pool)
                    .await?
            }
            Db::Postgres(pool) => {
                sqlx::query_as(include_str!("../../sql/jobs/recorded.postgres.sql"))
                    .bind(&ids)
                    .fetch_all(pool)
                    .await?
            }
        };
        let on_record: HashSet<_> = rows
            .iter()
            .map(|(job, fence, outcome, at)| (*job, fence.cast_unsigned(), outcome.as_str(), *at))
            .collect();
        let asked = |settlement: &&Settlement| {
            let Ticket { id, fence } = settlement.ticket;
            !on_record.contains(&(id.0, fence, ending(settlement).name(), settlement.at))
        };
        Ok(settlements.iter().filter(asked).map(|settlement| settlement.ticket).collect())
    }
}

async fn finish_sqlite(tx: &mut Transaction<'_, Sqlite>, finishes: &[Finish<'_>]) -> Result<u64, StoreError> {
    if finishes.is_empty() {
        return Ok(0);
    }
    let rows: Vec<_> = finishes
        .iter()
        .map(|one| {
            let Ticket { id, fence } = one.ticket;
            (id.0, fence, one.outcome, one.at, one.message, one.units, one.cost_micro_usd)
        })
        .collect();
    let rows = json(&rows);
    let recorded = sqlx::query(include_str!("../../sql/jobs/finish.record.sqlite.sql"))
        .bind(&rows)
        .execute(&mut **tx)
        .await?
        .rows_affected();
    sqlx::query(include_str!("../../sql/jobs/finish.sqlite.sql")).bind(&rows).execute(&mut **tx).await?;
    Ok(recorded)
}

async fn change_sqlite(tx: &mut Transaction<'_, Sqlite>, changes: &[Change<'_>]) -> Result<u64, StoreError> {
    if changes.is_empty() {
        return Ok(0);
    }
    let rows = json(&changes);
    let recorded = sqlx::query(include_str!("../../sql/jobs/change.record.sqlite.sql"))
        .bind(&rows)
        .execute(&mut **tx)
        .await?
        .rows_affected();
    sqlx::query(include_str!("../../sql/jobs/change.sqlite.sql")).bind(&rows).execute(&mut **tx).await?;
    Ok(recorded)
}

async fn finish_postgres(
    executor: impl sqlx::PgExecutor<'_>,
    finishes: &[Finish<'_>],
) -> Result<u64, StoreError> {
    let answer = sqlx::query(include_str!("../../sql/jobs/finish.postgres.sql"))
        .bind(finishes.iter().map(|one| one.ticket.id.0).collect::<Vec<_>>())
        .bind(finishes.iter().map(|one| one.ticket.fence.cast_signed()).collect::<Vec<_>>())
        .bind(finishes.iter().map(|one| one.outcome).collect::<Vec<_>>())
        .bind(finishes.iter().map(|one| one.at).collect::<Vec<_>>())
        .bind(finishes.iter().map(|one| one.message).collect::<Vec<_>>())
        .bind(finishes.iter().map(|one| one.units).collect::<Vec<_>>())
        .bind(finishes.iter().map(|one| one.cost_micro_usd).collect::<Vec<_>>())
        .execute(executor)
        .await?;
    Ok(answer.rows_affected())
}

async fn change_postgres(
    executor: impl sqlx::PgExecutor<'_>,
    changes: &[Change<'_>],
) -> Result<u64, StoreError> {
    let answer = sqlx::query(include_str!("../../sql/jobs/change.postgres.sql"))
        .bind(json(&changes))
        .execute(executor)
        .await?;
    Ok(answer.rows_affected())
}

fn finish(settlement: &Settlement) -> Finish<'_> {
    let record = settlement.step.record.as_ref();
    Finish {
        ticket: settlement.ticket,
        outcome: ending(settlement).name(),
        at: settlement.at,
        message: record.and_then(|record| record.message.as_deref()),
        units: used(settlement.spent.units),
        cost_micro_usd: used(settlement.spent.cost_micro_usd),
    }
}

fn change(settlement: &Settlement) -> Change<'_> {
    let step = &settlement.step;
    let record = step.record.as_ref();
    let class = record.and_then(|record| record.class);
    let message = record.and_then(|record| record.message.as_deref());
    let (ready_at, gave_up) = match step.to {
        Next::Available { ready_at } => (Some(ready_at), None),
        Next::Dead(reason) => (None, Some(reason.name())),
        Next::Leased | Next::Done | Next::Cancelled => (None, None),
    };
    let group = |(class, message)| fingerprint(&settlement.kind, class, message);
    Change {
        id: settlement.ticket.id.0,
        fence: settlement.ticket.fence,
        outcome: ending(settlement).name(),
        at: settlement.at,
        class: class.map(queue::Class::name),
        message,
        units: used(settlement.spent.units),
        cost_micro_usd: used(settlement.spent.cost_micro_usd),
        state: step.to.state().name(),
        ready_at,
        tries: step.counts.tries,
        crashes: step.counts.crashes,
        fingerprint: gave_up.and(class.zip(message)).map(group),
        gave_up,
        by_time: settlement.by == SettledBy::Time,
    }
}

/// Every step that ends a lease says how; a finished job without a word is done.
fn ending(settlement: &Settlement) -> Ending {
    settlement.step.record.as_ref().map_or(Ending::Done, |record| record.ending)
}

/// Nothing used takes no room.
fn used(amount: u64) -> Option<i64> {
    (amount > 0).then(|| i64::try_from(amount).unwrap_or(i64::MAX))
}

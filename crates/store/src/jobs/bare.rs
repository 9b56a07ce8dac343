//! The bare batch claim that `bench dispatch` measures the queue against.
//!
//! One loop over the same tables: lease a batch by one plain statement, record the batch as done by the
//! queue's own. No lanes, no limits, no handlers, no overlap: what the durable row writes cost by
//! themselves.

use crate::{Db, Micros, Store, StoreError, db::on};
use queue::{
    Counts, JobId, Kind, Settlement, Spent, Ticket,
    lifecycle::{Ending, Next, Record, Step},
    store::SettledBy,
};

/// Drains all available jobs of kind `bench`; how many.
pub async fn drain_bare(store: &Store, batch: u32, now: Micros) -> Result<u64, StoreError> {
    let mut drained = 0;
    loop {
        let rows: Vec<(i64, i32)> = match &store.queue {
            Db::Sqlite(pool) => {
                sqlx::query_as(include_str!("../../sql/bench/claim.sqlite.sql"))
                    .bind(i64::from(batch))
                    .bind("bare")
                    .bind(now)
                    .bind(now + 30_000_000)
                    .fetch_all(pool)
                    .await?
            }
            Db::Postgres(pool) => {
                sqlx::query_as(include_str!("../../sql/bench/claim.postgres.sql"))
                    .bind(i64::from(batch))
                    .bind("bare")
                    .bind(now)
                    .bind(now + 30_000_000)
                    .fetch_all(pool)
                    .await?
            }
        };
        if rows.is_empty() {
            return Ok(drained);
        }
        let settlements: Vec<Settlement> = rows.into_iter().map(|row| done(row, now)).collect();
        store.settle_jobs(&settlements).await?;
        drained += settlements.len() as u64;
    }
}

/// Forgets the attempts that a measurement left: 100,000 rows that say nothing about anybody's program.
pub async fn forget_bench(store: &Store) -> Result<(), StoreError> {
    on!(&store.queue, pool =>
        sqlx::query(include_str!("../../sql/bench/forget.sql")).execute(pool).await.map(drop)?);
    Ok(())
}

fn done((id, fence): (i64, i32), at: Micros) -> Settlement {
    Settlement {
        ticket: Ticket { id: JobId(id), fence: fence.cast_unsigned() },
        kind: Kind::new("bench"),
        step: Step {
            to: Next::Done,
            counts: Counts::default(),
            record: Some(Record { ending: Ending::Done, class: None, message: None }),
        },
        at,
        by: SettledBy::Holder,
        spent: Spent::default(),
    }
}
